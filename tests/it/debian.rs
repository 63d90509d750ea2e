//! The effects of a program are the same under the C libraries of several Debian releases.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;
use std::thread;

use expect_syscalls::{Level, Snapshot};

use crate::vocabulary::{check, has, is_root, program, record, tempdir, text};

/// Debian 11, 12 and 13, with glibc 2.31, 2.36 and 2.41.
const SUITES: [&str; 3] = ["bullseye", "bookworm", "trixie"];
const MIRROR: &str = "http://deb.debian.org/debian";

/// What the libraries do each in its own way: `realpath` by lstat(2) or by readlink(2), `faccessat` by newer calls, `mkstemp` with
/// other random bytes, `system` by other ways to make a process. Without the start files of the C library, which would ask for that of
/// the machine that compiled it.
const PROGRAM: &str = r#"
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void work(void) {
    char resolved[PATH_MAX], temporary[] = "XXXXXX";
    if (chdir("/room") != 0) exit(12);
    if (faccessat(AT_FDCWD, "in", R_OK, AT_EACCESS) != 0) exit(1);
    if (!realpath("link/../in", resolved)) exit(2);
    if (open("none", O_RDONLY) != -1) exit(3);
    int fd = mkstemp(temporary);
    if (fd < 0 || write(fd, "text\n", 5) != 5 || fsync(fd) != 0 || close(fd) != 0) exit(4);
    if (rename(temporary, "out") != 0) exit(5);
    DIR *dir = opendir(".");
    while (dir && readdir(dir)) {}
    if (!dir || closedir(dir) != 0) exit(6);
    if (system("cat in > copy") != 0) exit(7);
    time_t now = 0;
    if (!localtime(&now) || !getpwuid(0)) exit(8);
    FILE *file = fopen("log", "a");
    if (!file || fputs("line\n", file) < 0 || fclose(file) != 0) exit(9);
    if (remove("copy") != 0) exit(10);
#ifdef MORE
    if (chmod("out", 0600) != 0) exit(11);
#endif
    exit(0);
}

__attribute__((force_align_arg_pointer)) void _start(void) { work(); }
"#;

#[test]
#[ignore = "downloads three Debian releases"]
fn releases_agree_on_the_effects() {
    if !is_root() || !has("debootstrap") || !has("unshare") || !has("chroot") || !has("cc") {
        return;
    }
    let room = tempdir();
    compile(room.path(), "app", &[]);
    compile(room.path(), "more", &["-DMORE"]);
    thread::scope(|scope| {
        for suite in SUITES {
            let root = room.path().join(suite);
            scope.spawn(move || install(suite, &root));
        }
    });
    let snapshots = SUITES.map(|suite| snapshot(room.path(), suite, "app"));
    for level in [Level::Names, Level::Effects, Level::Calls] {
        let texts = snapshots.clone().map(|snapshot| snapshot.level(level).to_string());
        let verdict = if texts.iter().all(|text| *text == texts[0]) { "the same" } else { "different" };
        let _ = writeln!(io::stderr(), "level {level}: {verdict} in {}", SUITES.join(", "));
    }
    for (suite, snapshot) in SUITES.iter().zip(&snapshots) {
        let _ = writeln!(io::stderr(), "checking {suite}");
        check(&effects(snapshot), EFFECTS.trim_start());
    }
    let more = effects(&snapshot(room.path(), SUITES[0], "more"));
    check(&more, &EFFECTS.trim_start().replacen("connect", "attributes \"/room/out\" ok\nconnect", 1));
}

const EFFECTS: &str = r#"
connect "/var/run/nscd/socket" ENOENT
create "/room/[TMP 1]" ok
create "/room/copy" ok
create "/room/log" ok
exec "/app" ok
exec "/bin/sh" ok
exec "/usr/bin/cat" ok
exec "[BIN]" ok
list "/room" ok
read "/etc/nsswitch.conf" ok
read "/etc/passwd" ok
read "/room/[TMP 1]" ok
read "/room/in" ok
read "/room/none" ENOENT
read "/usr/share/zoneinfo/Etc/UTC" ok
remove "/room/copy" ok
rename "/room/[TMP 1]" -> "/room/out" ok
resize "/room/copy" ok
write "/room/[TMP 1]" ok
write "/room/copy" ok
write "/room/log" ok
"#;

/// With paths as the program sees them, whether or not we know where its root is.
fn effects(snapshot: &Snapshot) -> String {
    snapshot.to_string().replace("[ROOT]", "")
}

fn compile(room: &Path, name: &str, flags: &[&str]) {
    let source = room.join("app.c");
    fs::write(&source, PROGRAM).expect("a source");
    let mut cc = program("cc", ["-O1", "-Wall", "-nostartfiles", "-o"]);
    let output = cc.arg(room.join(name)).arg(&source).args(flags).output().expect("cc runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// A minimal userland. What debootstrap mounts, nobody else sees, and it goes with it.
fn install(suite: &str, root: &Path) {
    let mirror = env::var("DEBIAN_MIRROR").unwrap_or_else(|_| MIRROR.to_owned());
    let mut debootstrap = program("unshare", ["--mount", "--propagation", "private", "debootstrap"]);
    debootstrap.args(["--variant=minbase", suite]).arg(root).arg(&mirror);
    let output = debootstrap.output().expect("debootstrap runs");
    let log = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{suite} from {mirror}, for another one set DEBIAN_MIRROR:\n{log}");
}

/// What the program does in a userland, in a fresh directory.
fn snapshot(room: &Path, suite: &str, app: &str) -> Snapshot {
    let root = room.join(suite);
    let inside = root.join("room");
    let _absent = fs::remove_dir_all(&inside);
    fs::create_dir_all(inside.join("dir")).expect("a directory");
    fs::write(inside.join("in"), "text\n").expect("a file");
    std::os::unix::fs::symlink("dir", inside.join("link")).expect("a link");
    fs::copy(room.join(app), root.join("app")).expect("the program is copied");
    let mut command = Command::new("chroot");
    command.arg(&root).arg("/app").env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LC_ALL", "C");
    let trace = record(command);
    assert!(trace.status().success(), "{suite}: {}\n{}", trace.status(), text(trace.stderr()));
    trace.snapshot().redact(&root, "[ROOT]")
}
