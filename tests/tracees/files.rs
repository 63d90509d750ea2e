//! What is done with files, a sub-command each. The last argument is a directory.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let dir = Path::new(&args[2]);
    match args[1].as_str() {
        "atomic" => atomic(dir),
        "unsynced" => unsynced(dir),
        "random" => random(dir),
        "append" => append(dir),
        "missing" => missing(dir),
        "threads" => threads(dir),
        "relative" => relative(dir),
        other => panic!("no sub-command {other}"),
    }
}

/// Writes a file so that it is there as a whole or not at all.
fn atomic(dir: &Path) {
    let mut file = File::create(dir.join("x.tmp")).unwrap();
    file.write_all(b"one\n").unwrap();
    file.write_all(b"two\n").unwrap();
    file.sync_all().unwrap();
    drop(file);
    fs::rename(dir.join("x.tmp"), dir.join("x")).unwrap();
    File::open(dir).unwrap().sync_all().unwrap();
}

/// The same without the part that makes it safe.
fn unsynced(dir: &Path) {
    fs::write(dir.join("x.tmp"), "one\ntwo\n").unwrap();
    fs::rename(dir.join("x.tmp"), dir.join("x")).unwrap();
}

/// Temporary names that are other ones in every run.
fn random(dir: &Path) {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    let new = |name: String| {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        options.open(dir.join(name)).unwrap()
    };
    let id = std::process::id();
    let (one, two) = (format!("a{id}{nanos}"), format!("b{nanos}{id}"));
    writeln!(new(one.clone()), "first").unwrap();
    writeln!(new(two.clone()), "second").unwrap();
    fs::rename(dir.join(one), dir.join("kept")).unwrap();
    fs::remove_file(dir.join(two)).unwrap();
}

fn append(dir: &Path) {
    let mut log = OpenOptions::new().append(true).create(true).open(dir.join("log")).unwrap();
    writeln!(log, "line").unwrap();
}

fn missing(dir: &Path) {
    assert!(fs::read(dir.join("no")).is_err());
    assert!(fs::create_dir(dir).is_err());
    assert!(fs::remove_file(dir.join("no")).is_err());
}

fn threads(dir: &Path) {
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for file in 0..20 {
                    fs::write(dir.join(format!("{thread}-{file}")), "x").unwrap();
                }
            });
        }
    });
}

fn relative(dir: &Path) {
    std::env::set_current_dir(dir).unwrap();
    fs::create_dir_all("a/b").unwrap();
    fs::write("a/b/../c", "x").unwrap();
    let mut text = String::new();
    File::open("./a/c").unwrap().read_to_string(&mut text).unwrap();
    fs::remove_dir_all("a").unwrap();
}
