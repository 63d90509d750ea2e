//! Paths that lead through links, for calls that give no descriptor: what is meant is where they lead.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_syscalls::{Trace, call, family, under, unix};

use crate::vocabulary::*;

/// `in/` with a file, a link to it, a link to `out/`, a link to the root directory; and `out/` with a file and a link to `in/`.
struct Room(tempfile::TempDir);

impl Room {
    fn new() -> Room {
        let room = Room(tempdir());
        let path = |name: &str| room.path(name);
        fs::create_dir_all(path("in/deep")).expect("a directory");
        fs::create_dir_all(path("out/deep")).expect("a directory");
        fs::write(path("in/x"), "contents\n").expect("a file");
        fs::write(path("out/x"), "contents\n").expect("a file");
        symlink("x", path("in/file")).expect("a link");
        symlink(path("out"), path("in/away")).expect("a link");
        symlink(path("out/deep"), path("in/deeper")).expect("a link");
        symlink(path("out/x"), path("in/other")).expect("a link");
        symlink("../in", path("out/back")).expect("a link");
        room
    }

    /// With links resolved: where it is, is not under test.
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().expect("it is there").join(name)
    }

    /// In `in/`.
    fn run(&self, steps: &[&str]) -> Trace {
        let trace = record(self.command(steps));
        let done: String =
            steps.iter().map(|step| format!("{}: done\n", step.split(' ').next().unwrap())).collect();
        assert_eq!(stdout(&trace), done);
        trace
    }

    fn command(&self, steps: &[&str]) -> Command {
        let mut command = tracee("links", steps);
        command.current_dir(self.path("in"));
        command
    }
}

#[test]
fn what_is_removed_through_a_link_is_where_it_leads() {
    let room = Room::new();
    let trace = room.run(&["unlink away/x", "unlink ../out/back/x"]);
    let (inside, outside) = (room.path("in"), room.path("out"));
    trace.files_removed().contains(outside.join("x")).contains(inside.join("x"));
    violated(trace.files_removed().try_only(under(&inside)), "through a link");
    violated(trace.files_removed().try_only(under(&outside)), "1 of 2 removed files is not allowed");
    violated(
        trace.files_removed().try_never(outside.join("x")),
        "1 of 2 removed files is among what must never be",
    );
    violated(trace.try_never(call!("unlink", path = under(&outside))), "must never be made");
    trace
        .contains(call!("unlink", path = outside.join("x")))
        .contains(call!("unlink", path = inside.join("away/x")));
    trace.contains(family::unlink().on(outside.join("x"))).never(call!("unlink", path = under("/etc")));
    // Out of the link into the directory.
    let room = Room::new();
    let trace = room.run(&["unlink ../out/back/x"]);
    trace.files_removed().only(under(room.path("in"))).never(under(room.path("out")));
    violated(trace.files_removed().try_only(under(room.path("out"))), "not allowed");
}

#[test]
fn the_report_says_through_which_link() {
    let room = Room::new();
    let trace = room.run(&["unlink away/x"]);
    let report =
        trace.files_removed().try_only(under(room.path("in"))).map(drop).expect_err("it was outside");
    let report = report.to_string().replace(&*room.path("").to_string_lossy(), "/ROOM/");
    let shown: Vec<&str> = report.lines().take(4).map(str::trim).collect();
    assert!(shown[2].starts_with("outside   \"/ROOM/out/x\"  removed"), "{report}");
    assert_eq!(
        shown[..2],
        ["1 of 1 removed file is not allowed", "only      under \"/ROOM/in\""],
        "{report}"
    );
    assert_eq!(shown[3], "through a link: \"/ROOM/in/away/x\" is \"/ROOM/out/x\"", "{report}");
}

#[test]
fn what_is_renamed_through_a_link_is_where_it_leads() {
    let room = Room::new();
    let (inside, outside) = (room.path("in"), room.path("out"));
    let trace = room.run(&["rename x away/y", "rename away/x z"]);
    trace.files_written().contains(outside.join("y")).contains(inside.join("z"));
    trace.files_removed().contains(inside.join("x")).contains(outside.join("x"));
    violated(trace.files_written().try_only(under(&inside)), "1 of 2 written files is not allowed");
    violated(trace.files_removed().try_only(under(&inside)), "1 of 2 removed files is not allowed");
    violated(trace.try_never(call!("rename", newpath = under(&outside))), "must never be made");
    violated(trace.try_never(call!("rename", oldpath = under(&outside))), "must never be made");
    trace
        .each(call!("rename", oldpath = outside.join("x")))
        .preceded_by(|_| call!("rename", newpath = outside.join("y")));
}

#[test]
fn two_dots_lead_back_from_where_a_link_leads() {
    let room = Room::new();
    let trace = room.run(&["unlink deeper/../x", "mkdir deep/../made"]);
    trace.files_removed().only(room.path("out/x"));
    violated(trace.files_removed().try_only(under(room.path("in"))), "not allowed");
    violated(trace.try_never(call!("unlink", path = under(room.path("out")))), "must never be made");
    // And where no link is, to where they seem to.
    trace
        .contains(call!("mkdir", path = room.path("in/made")))
        .never(call!("mkdir", path = under(room.path("out"))));
    trace.files_written().only(under(room.path("in")));
}

#[test]
fn a_link_at_the_end_counts_where_the_call_follows_it() {
    let room = Room::new();
    let (inside, outside) = (room.path("in"), room.path("out"));
    let trace = room.run(&["truncate other", "chmod other", "stat away/x"]);
    violated(trace.files_written().try_only(under(&inside)), "1 of 1 written file is not allowed");
    trace.files_written().only(outside.join("x"));
    violated(trace.try_never(call!("truncate", path = under(&outside))), "must never be made");
    violated(trace.try_never(call!("chmod", path = under(&outside))), "must never be made");
    let stat = || family::stat().on(outside.join("x")).ok();
    violated(trace.try_never(stat()), "must never be made");
    // The link itself is in its directory.
    let trace = room.run(&["lstat other", "unlink other", "unlink away"]);
    trace.files_removed().only(under(&inside)).contains(inside.join("other"));
    trace.never(family::unlink().on(under(&outside))).never(family::stat().on(outside.join("x")));
    violated(trace.files_removed().try_only(under(&outside)), "2 of 2 removed files are not allowed");
}

#[test]
fn a_link_that_stands_behind_a_link_has_two_names() {
    let room = Room::new();
    symlink("/etc/hostname", room.path("out/l")).expect("a link");
    let trace = room.run(&["symlink /etc/hostname away/m"]);
    // It is there yet: its name must not be taken for what it leads to.
    let made = trace.files_written();
    made.only(room.path("in/away/m")).only(room.path("out/m")).never("/etc/hostname");
    violated(made.try_never(room.path("in/away/m")), "must never be");
    violated(made.try_never(room.path("out/m")), "must never be");
}

#[test]
fn what_could_not_be_opened_is_meant_where_it_is_not() {
    let room = Room::new();
    let trace = record(room.command(&["open away/missing"]));
    assert!(stdout(&trace).starts_with("open: No such file"));
    let open = |dir: &Path| call!("openat", path = under(dir)).fails("ENOENT");
    violated(trace.try_never(open(&room.path("out"))), "must never be made");
    violated(trace.try_never(open(&room.path("in"))), "must never be made");
    trace.never(open(Path::new("/usr")).or("creat"));
}

#[test]
fn a_path_may_start_at_a_descriptor() {
    let room = Room::new();
    let trace = room.run(&[
        "unlinkat . away/x",
        "hold ../out",
        "truncate /proc/self/fd/9/deep/../back/x",
        "unlink /dev/fd/9/back/x",
    ]);
    let removed = trace.files_removed();
    removed.contains(room.path("out/x")).contains(room.path("in/x")).never(under("/dev"));
    violated(removed.try_never(room.path("in/x")), "must never be");
    violated(trace.files_removed().try_only(under(room.path("in"))), "not allowed");
    trace.files_written().only(room.path("in/x"));
}

#[test]
fn an_open_file_gets_a_name_by_its_descriptor() {
    let room = Room::new();
    let trace =
        room.run(&["hold away/x", "linkat /proc/self/fd/9 y", "truncate /proc/self/fd/9", "chmod /dev/fd/9"]);
    trace.contains(call!("linkat", oldpath = room.path("out/x"), newpath = room.path("in/y")));
    violated(trace.try_never(call!("linkat", oldpath = under(room.path("out")))), "must never be made");
    violated(trace.files_written().try_only(under(room.path("in"))), "not allowed");
    trace
        .files_written()
        .contains(room.path("out/x"))
        .contains(room.path("in/y"))
        .never(under("/proc"))
        .never(under("/dev"));
}

#[test]
fn a_directory_that_is_a_link_stays_one_after_chdir() {
    let room = Room::new();
    let trace = room.run(&["chdir away", "unlink x"]);
    trace.contains(call!("chdir", path = room.path("out"))).files_removed().only(under(room.path("out")));
    violated(trace.try_never(call!("chdir", path = under(room.path("out")))), "must never be made");
}

#[test]
fn links_in_a_root_of_its_own_lead_to_what_is_in_it() {
    if !is_root() {
        return;
    }
    let room = Room::new();
    symlink("/deep", room.path("in/absolute")).expect("a link");
    fs::write(room.path("in/deep/x"), "").expect("a file");
    fs::write(room.path("in/deep/y"), "").expect("a file");
    let trace = room.run(&[
        "chroot .",
        "chdir /",
        "unlink /absolute/x",
        "unlink absolute/../absolute/../../deep/y",
        "bind /deep/s",
        "connect /absolute/s",
    ]);
    trace
        .files_removed()
        .only(under(room.path("in/deep")))
        .contains(room.path("in/deep/x"))
        .contains(room.path("in/deep/y"));
    violated(trace.files_removed().try_never(under(room.path("in"))), "must never be");
    trace.never(call!("unlink", path = under("/deep")));
    // And sockets.
    trace
        .contains(call!("bind", addr = unix(room.path("in/deep/s"))))
        .never(call!("bind", addr = unix(under("/deep"))));
    violated(trace.try_never(call!("bind", addr = unix(under(room.path("in/deep"))))), "must never be made");
    trace.connections().contains(unix(room.path("in/deep/s"))).never(unix(under("/deep")));
    violated(trace.connections().try_never(unix(room.path("in/deep/s"))), "must never be");
    trace.after_startup().files_written().contains(room.path("in/deep/s")).never("/deep/s");
}

/// A file that was inherited is changed without a call that names it, or a descriptor of a call that writes.
#[test]
fn what_is_done_by_a_descriptor_or_a_mapping_counts() {
    let room = Room::new();
    let inherited =
        || fs::File::options().read(true).write(true).open(room.path("out/x")).expect("it is there");
    let with = |step: &[&str]| {
        let mut command = room.command(step);
        command.stdin(inherited());
        let trace = record(command);
        assert!(stdout(&trace).ends_with("done\n"), "{}", stdout(&trace));
        trace
    };
    let outside = room.path("out/x");
    for step in [["write_by_mapping"].as_slice(), &["hold x", "copy_to_stdin"]] {
        let trace = with(step);
        violated(trace.files_written().try_none(), "where there must be none");
        violated(trace.files_written().try_never(&outside), "must never be");
        trace.files_written().only(&outside);
    }
    let trace = with(&["read_by_mapping"]);
    trace.files_written().none();
    violated(trace.files_read().try_never(&outside), "must never be");
    for step in ["empty ../out/x", "fchmod ../out/x", "flags ../out/x"] {
        let trace = record(room.command(&[step]));
        if !stdout(&trace).ends_with("done\n") {
            skipped(&format!("{step}: {}", stdout(&trace)));
            continue;
        }
        violated(trace.files_written().try_none(), "where there must be none");
        trace.files_written().only(&outside);
        violated(trace.files_written().try_only(under(room.path("in"))), "not allowed");
    }
    let trace = room.run(&["open ../out/x", "stat ../out/x"]);
    trace.files_written().none();
}

#[test]
fn new_names_count_whatever_made_them() {
    let room = Room::new();
    let (inside, outside) = (room.path("in"), room.path("out"));
    let trace = room.run(&["create2 away/made"]);
    trace.files_written().only(outside.join("made"));
    violated(trace.files_written().try_only(under(&inside)), "not allowed");
    let trace = room.run(&["exchange x away/x"]);
    trace.files_written().contains(inside.join("x")).contains(outside.join("x"));
    violated(trace.files_written().try_only(under(&inside)), "1 of 2 written files is not allowed");
    let trace = record(room.command(&["tmpfile . away/named"]));
    if stdout(&trace).ends_with("done\n") {
        trace.files_written().contains(outside.join("named"));
        violated(trace.files_written().try_only(under(&inside)), "not allowed");
    } else {
        skipped("this file system makes no files without a name");
    }
    let trace = room.run(&["bind away/socket", "bind near"]);
    trace.files_written().contains(outside.join("socket")).contains(inside.join("near"));
    violated(trace.files_written().try_only(under(&inside)), "1 of 2 written files is not allowed");
}

/// As `/var/run` leads to `/run`.
#[test]
fn a_socket_behind_a_link_is_the_socket() {
    let room = Room::new();
    let socket = |path: &str| unix(room.path(path));
    let trace = room.run(&[
        "bind ../out/s",
        &format!("connect {}", room.path("in/away/s").display()),
        "connect away/s",
    ]);
    for name in ["out/s", "in/away/s"] {
        violated(trace.try_never(call!("connect", addr = socket(name))), "must never be made");
        violated(trace.connections().try_never(socket(name)), "must never be");
        trace.connections().contains(socket(name));
    }
    trace.times(call!("connect", addr = socket("out/s")), 2).never(call!("connect", addr = socket("in/s")));
    trace
        .contains(call!("bind", addr = socket("out/s")))
        .never(call!("bind", addr = unix(under(room.path("in")))));
    for path in [room.path("in/away/s").display().to_string(), "away/s".to_owned()] {
        let trace = record(room.command(&[&format!("sendmsg {path}")]));
        violated(trace.connections().try_never(socket("out/s")), "must never be");
        trace
            .connections()
            .never(socket("in/s"))
            .contains(socket("out/s"))
            .only(unix(under(room.path("out"))));
    }
    // Also where nobody listens.
    let trace = record(room.command(&[&format!("connect {}", room.path("in/away/none").display())]));
    violated(trace.connections().try_never(socket("out/none")), "must never be");
    trace.connections().contains(socket("out/none")).only(unix(under(room.path("out"))));
}

/// As `/bin/sh` is `/usr/bin/dash` on some machines.
#[test]
fn a_program_is_forbidden_by_any_of_its_names() {
    let room = Room::new();
    fs::copy(which("true"), room.path("out/program")).expect("a program");
    let mut command = sh("away/program; exit 0");
    command.current_dir(room.path("in"));
    let trace = record(command);
    for name in ["out/program", "in/away/program"] {
        let path = room.path(name);
        violated(trace.programs_run().try_never(&path), "must never be");
        violated(trace.try_never(call!("execve", path = &path)), "must never be made");
        trace.programs_run().contains(&path);
    }
    let shown: Vec<_> = trace.programs_run().iter().filter_map(|it| Some(it.path()?.into_owned())).collect();
    assert_eq!(shown.last(), Some(&room.path("in/away/program")));
    trace.programs_run().never(room.path("in/program"));
}

fn which(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").expect("a PATH");
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file()).expect("a program")
}

/// What every program does must not become a matter of doubt.
#[test]
fn ordinary_programs_leave_no_doubt() {
    let scripts = [
        ("ls", "ls -lR /etc /usr/lib/ssl >/dev/null 2>&1; true"),
        ("tar", "mkdir d; echo x >d/x; ln -s d l; tar cf a.tar d l; tar xf a.tar; rm -r d l"),
        ("make", "printf 'a: b\\n\\tcp b a\\n' >Makefile; touch b; make -s a"),
        ("python3", "python3 -c 'import json, shutil, tempfile; shutil.rmtree(tempfile.mkdtemp())'"),
        ("git", "git init -q . && git -c user.name=a -c user.email=b commit -q --allow-empty -m x"),
    ];
    for (program, script) in scripts {
        if !has(program) {
            continue;
        }
        let dir = tempdir();
        let mut command = sh(script);
        command.current_dir(dir.path());
        let trace = record(command);
        trace.success();
        // It would be inconclusive if the place of any path were not known.
        let nowhere = "/no/such/file";
        let asked = family::stat().or(family::unlink()).or(family::rename()).or("mkdir").or("mkdirat");
        let asked =
            asked.or(family::attributes()).or("link").or("linkat").or("access").or("faccessat2").or("chdir");
        trace
            .never(asked.on(nowhere))
            .never(call!("readlink", path = nowhere))
            .never(call!("readlinkat", path = nowhere));
    }
}
