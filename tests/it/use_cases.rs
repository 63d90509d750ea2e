//! What people assert on system calls, each in a few lines; and each with a program that does it wrong, where the assertion fails.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use expect_syscalls::{
    BlindSpot, Call, CallMatcher, Trace, Value, any_of, call, fail, family as calls_of, field, file,
    has_item, re, returns, signal, under,
};
use tempfile::TempDir;

use crate::vocabulary::*;

/// A directory with a file `x` in it.
fn room() -> TempDir {
    let dir = tempdir();
    fs::write(dir.path().join("x"), "contents\n").expect("a file");
    dir
}

/// What a tracee does in a fresh directory.
fn habit(name: &str) -> (TempDir, Trace) {
    let dir = room();
    let trace = record(tracee("habits", [name.as_ref(), dir.path().as_os_str()]));
    (dir, trace)
}

/// In which everything that happens at all has happened.
const SOON: Duration = Duration::from_secs(60);
/// In which nothing that would be wrong happens, most likely.
const SHORT: Duration = Duration::from_millis(300);

fn ls(option: &str, dir: &Path) -> Trace {
    record(program("ls", [option.as_ref(), dir.as_os_str()]))
}

#[test]
fn a_listing_asks_for_no_attributes() {
    let (empty, links) = (tempdir(), tempdir());
    for name in ["a", "b", "c"] {
        std::os::unix::fs::symlink("x", links.path().join(name)).expect("a link");
    }
    let asked = ls("-1", empty.path()).count(calls_of::stat());
    // It looks at its stdout once it has something to say.
    ls("-1", links.path()).success().times(calls_of::stat(), ..=asked + 1);
    violated(ls("-l", links.path()).success().try_times(calls_of::stat(), ..=asked + 1), "must be made");
}

#[test]
fn moving_over_a_file_never_removes_it_first() {
    let never = |trace: &Trace, b: &Path| {
        trace.success().try_never(call!("unlink", path = b).or(call!("unlinkat", path = b))).map(drop)
    };
    let in_room = |script: &str| {
        let dir = room();
        fs::write(dir.path().join("y"), "old").expect("a file");
        let mut command = sh(script);
        command.current_dir(dir.path());
        let trace = record(command);
        never(&trace, &dir.path().join("y"))
    };
    in_room("mv -f x y; exit 0").expect("mv renames");
    violated(in_room("rm y; mv x y; exit 0"), "made once, must never be made");
}

#[test]
fn the_cache_is_dropped_to_the_end_of_the_file() {
    let dir = room();
    let dd = |options: &[&str]| {
        let input = format!("if={}", dir.path().join("x").display());
        let mut command = program("dd", [input.as_str(), "of=/dev/null"]);
        record(std::mem::replace(command.args(options), Command::new("dd")))
    };
    let dropped = || call!("fadvise64", len = 0, advice = "POSIX_FADV_DONTNEED").ok();
    dd(&["iflag=nocache"]).success().contains(dropped());
    violated(dd(&[]).success().try_contains(dropped()), "no call matches");
}

#[test]
fn a_watch_is_removed_while_the_program_runs() {
    let removed = || call!("inotify_rm_watch").ok();
    let room = tempdir();
    let log = room.path().join("log");
    let follow = || {
        fs::write(&log, "one\n").expect("a file");
        let mut running = tracer().spawn(program("tail", ["-F".as_ref(), log.as_os_str()])).expect("it runs");
        running.wait_for(call!("write", buf = "one\n").ok(), SOON).expect("it says what is there");
        running
    };
    let mut running = follow();
    let watches = call!("inotify_add_watch").ok().or("nanosleep").or("clock_nanosleep");
    if running.wait_for(watches, SOON).expect("it waits").name() != "inotify_add_watch" {
        return skipped("this tail does not use inotify");
    }
    // It waits; then the file is rotated.
    running.wait_for(call!("poll").or("ppoll").or("select").or("pselect6"), SOON).expect("it waits");
    fs::rename(&log, room.path().join("log.1")).expect("it is renamed");
    fs::write(&log, "two\n").expect("a file");
    running.wait_for(call!("write", buf = "two\n").ok(), SOON).expect("it follows the name");
    running.wait_for(removed(), SOON).expect("it lets the old file go");
    // A file that stays is watched on.
    let error = follow().wait_for(removed(), SHORT).expect_err("nothing was rotated");
    assert!(error.is_timeout() && error.to_string().contains("no call matches within"), "{error}");
}

#[test]
fn a_read_that_fails_is_reported() {
    let dir = room();
    let (x, y) = (dir.path().join("x"), dir.path().join("y"));
    let broken = tracer().inject(call!("read", fd = file(&x)), fail("EIO"));
    for command in ["cat", "sort", "wc", "od"] {
        let trace = broken.run(program(command, [&x]));
        trace.contains(call!("read", fd = file(&x)).fails("EIO"));
        assert!(text(trace.stderr()).contains("Input/output error"), "{command}: {}", text(trace.stderr()));
        violated(trace.try_success(), "exited with");
    }
    // Who reads another file has not been tested.
    fs::copy(&x, &y).expect("a file");
    let untried = broken.try_run(program("cat", [&y])).map(drop).expect_err("nothing failed");
    assert!(untried.is_missing_fault(), "{untried}");
}

#[test]
fn what_was_written_in_part_is_written_on() {
    let rest = || call!("write", fd = 1, buf = "ents\n").ok();
    let short = tracer().inject(call!("write", fd = 1).nth(1..=4), returns(1));
    let tee = short.clone().stdin("contents\n").run(program("tee", ["/dev/null"]));
    tee.success().contains(rest());
    assert_eq!(text(tee.stdout()), "ents\n");
    let once = short.run(tracee("habits", ["write_once", "/"]));
    violated(once.success().try_contains(rest()), "no call matches");
    // Where the kernel cannot splice, cat copies.
    let spliced = tracer().inject(call!("splice").optional(), fail("EINVAL"));
    let cat = spliced.stdin("contents\n").run(program("cat", [""; 0]));
    assert_eq!(text(cat.success().stdout()), "contents\n");
}

#[test]
fn a_killed_writer_leaves_a_cut_file_unless_it_is_atomic() {
    let dir = room();
    let (out, whole) = (dir.path().join("out"), "123456789");
    let killed = |script: &str| {
        let fourth = call!("write", fd = 1, buf = re("^[0-9]$")).nth(4);
        let mut command = sh(script);
        command.current_dir(dir.path());
        // The write is made, and then the signal comes.
        tracer().inject(fourth, signal("SIGTERM")).stdin(whole).run(command)
    };
    let cut = killed("exec dd bs=1 of=out");
    cut.signal("SIGTERM").never(calls_of::rename());
    assert_eq!(fs::read_to_string(&out).expect("it is there"), "1234");
    violated(cut.try_success(), "the program was killed by SIGTERM");
    fs::remove_file(&out).expect("it is there");
    killed("dd bs=1 of=out.tmp && mv out.tmp out || exit 0").success().never(calls_of::rename());
    assert!(!out.exists());
    let mut plain = sh("dd bs=1 of=out.tmp && mv out.tmp out || exit 0");
    plain.current_dir(dir.path());
    let plain = tracer().stdin(whole).run(plain);
    violated(plain.success().try_never(calls_of::rename()), "made once, must never be made");
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a child that is no tracee is waited for as ever")]
fn a_program_that_runs_syncs_its_checksum() {
    use std::io::Write as _;
    if !has("sync") {
        return;
    }
    let synced = || call!("fsync", fd = file(re("/checksum$"))).ok();
    let flushes = |which: &str| {
        let dir = room();
        fs::write(dir.path().join("checksum"), "1").expect("a file");
        let mut server = sh(&format!("read line; sync {which}; read line"));
        let mut server =
            server.current_dir(dir.path()).stdin(Stdio::piped()).spawn().expect("the shell runs");
        let attached = tracer().attach(server.id());
        let mut running = match attached {
            Err(error) if error.to_string().contains("ptrace_scope=1") => {
                server.kill().expect("it runs");
                server.wait().expect("it ends");
                skipped(&error.to_string());
                return None;
            }
            attached => attached.expect("it can be traced"),
        };
        let stdin = server.stdin.as_mut().expect("it is a pipe");
        writeln!(stdin, "flush").expect("it reads");
        let found = running.wait_for(synced(), if which == "checksum" { SOON } else { SHORT });
        drop(running.detach());
        drop(server.stdin.take());
        server.wait().expect("it ends");
        Some(found.map(|call| call.arg("fd").and_then(Value::as_path).is_some_and(|fd| fd.is_absolute())))
    };
    let Some(found) = flushes("checksum") else { return };
    assert!(found.expect("it syncs"));
    let error = flushes("x").expect("as before").expect_err("it syncs another file");
    assert!(error.to_string().contains("no call matches"), "{error}");
}

#[test]
fn a_file_is_served_by_sendfile() {
    let (_, trace) = habit("sendfile");
    trace.success().contains(call!("sendfile").ok());
    let (_, trace) = habit("read_and_write");
    violated(trace.success().try_contains(call!("sendfile").ok()), "no call matches");
}

#[test]
fn a_directory_is_synced_between_a_link_and_its_entry_in_the_journal() {
    let steps = |dir: &TempDir| -> [CallMatcher; 3] {
        let journal = dir.path().join("journal");
        [
            calls_of::link().ok(),
            call!("fsync", fd = file(dir.path())).ok(),
            call!("write", fd = file(journal)),
        ]
    };
    let (dir, trace) = habit("publish");
    trace.success().in_order(steps(&dir));
    trace.files_written().only(under(dir.path()));
    let (dir, trace) = habit("publish_unsynced");
    violated(trace.success().try_in_order(steps(&dir)), "wrong order at step 3 of 3");
    violated(trace.files_written().try_only(under(dir.path().join("y"))), "not allowed");
}

#[test]
fn a_path_is_opened_beneath_its_directory() {
    let beneath = || call!("openat2", how = field("resolve", "RESOLVE_BENEATH")).ok();
    let (_, trace) = habit("beneath");
    trace.success().contains(beneath());
    let (_, trace) = habit("anywhere");
    violated(trace.success().try_contains(beneath()), "no call matches");
}

fn synced(rename: &Call) -> CallMatcher {
    let from = rename.arg("oldpath").and_then(Value::as_path).expect("a path");
    call!("fsync", fd = file(&*from)).ok()
}

#[test]
fn every_rename_is_preceded_by_a_sync_of_that_file() {
    let run = |how: &str| {
        let dir = tempdir();
        record(tracee("files", [how.as_ref(), dir.path().as_os_str()]))
    };
    let (safe, unsafe_) = (run("atomic"), run("unsynced"));
    safe.success().each(calls_of::rename()).preceded_by(synced).with_no(calls_of::write());
    violated(unsafe_.success().each(calls_of::rename()).try_preceded_by(synced), "rename");
    // What one does more than the other.
    assert!(safe.names().difference(&unsafe_.names()).any(|name| *name == "fsync"));
    assert!(!unsafe_.names().difference(&safe.names()).any(|name| *name == "rename"));
}

#[test]
fn nothing_is_asked_of_a_network() {
    let offline = record(program("cat", ["/etc/hostname"]));
    offline.success().never(calls_of::network());
    let online = record(tracee("sockets", ["connect", "127.0.0.1:1"]));
    violated(online.try_never(calls_of::network()), "must never be made");
    violated(online.connections().try_none(), "connection");
    violated(online.connections().try_only("127.0.0.1:2"), "not allowed");
    if has("bash") {
        // It asks whether its stdin is a socket, and it is none.
        let mut bash = program("bash", ["-c", ":"]);
        // Where these are not set, it asks who the user is, and the C library asks a service.
        bash.env("HOME", "/").env("SHELL", "/bin/sh");
        record(bash).success().never(calls_of::network());
    }
}

#[test]
fn only_what_is_on_a_list_is_called() {
    let allowed = || calls_of::open().or(calls_of::read()).or(calls_of::write()).or(calls_of::stat());
    let allowed = || {
        allowed()
            .or(calls_of::memory())
            .or("close")
            .or("fadvise64")
            .or("exit_group")
            .or(calls_of::randomness())
    };
    let run = |program: &mut Command| tracer().hermetic().run(program);
    run(Command::new("cat").arg("/etc/hostname")).success().after_startup().only(allowed());
    let moved = run(Command::new("sh").args(["-c", "cd /; exit 0"]));
    violated(moved.success().after_startup().try_only(allowed()), "chdir");
}

#[test]
fn moving_is_renaming_purging_is_unlinking_and_copying_tries_to_clone() {
    let run = |script: &str| {
        let dir = room();
        let mut command = sh(script);
        command.current_dir(dir.path());
        record(command)
    };
    let clone = || call!("ioctl", request = "FICLONE");
    run("mv x y; exit 0").success().contains(calls_of::rename().on(re("/y$")).ok());
    violated(run("cp x y; rm x; exit 0").success().try_contains(calls_of::rename().ok()), "no call matches");
    run("rm x; exit 0").success().contains(calls_of::unlink().on(re("/x$")).ok());
    violated(run(": > x; exit 0").success().try_contains(calls_of::unlink().ok()), "no call matches");
    run("cp --reflink=auto x y; exit 0").success().contains(clone());
    violated(run("cp --reflink=never x y; exit 0").success().try_contains(clone()), "no call matches");
}

#[test]
fn processes_and_threads_are_counted() {
    let pipe = record(sh("cat /etc/hostname | cat; exit 0"));
    pipe.success().times(calls_of::spawn(), 2);
    pipe.programs_run().only(any_of([re("/sh$"), re("/cat$")]));
    violated(record(sh("cat /etc/hostname; exit 0")).success().try_times(calls_of::spawn(), 2), "made once");
    violated(record(sh("ls /; exit 0")).programs_run().try_never(re("/ls$")), "must never be");
    let threads = record(tracee("threads", ["many", "3"]));
    threads.success().times(calls_of::threads(), 3);
    violated(threads.try_times(calls_of::threads(), ..=2), "threads");
}

#[test]
fn programs_are_known_by_their_arguments() {
    let trace = record(sh("cat /etc/hostname; exit 0"));
    let ran = |argument: &str| call!("execve", path = re("/cat$"), argv = has_item(argument)).ok();
    trace.success().contains(ran("/etc/hostname"));
    violated(trace.try_contains(ran("/etc/passwd")), "no call matches");
    violated(trace.try_never(ran("/etc/hostname")), "must never be made");
    let argv: Vec<_> = trace.process("cat").processes().map(|it| it.argv().to_vec()).collect();
    assert_eq!(argv, [["cat", "/etc/hostname"]]);
}

#[test]
fn the_files_that_are_read_are_named() {
    let dir = room();
    let (font, other) = (dir.path().join("x"), dir.path().join("other"));
    let trace = record(program("cat", [&font]));
    trace.success().files_read().ignoring_runtime().only(&font);
    violated(trace.files_read().try_contains(&other), "matches");
    // An attempt is no reading.
    let missed = record(program("cat", [&other]));
    violated(missed.code(1).files_read().try_contains(&other), "matches");
}

#[test]
fn a_descriptor_is_known_by_its_file_through_a_duplication() {
    let dir = room();
    let (out, other) = (dir.path().join("out"), dir.path().join("x"));
    let trace = record(sh(&format!("exec > {}; echo hello; exit 0", out.display())));
    trace.success().contains(call!("write", fd = file(&out), buf = "hello\n").ok());
    violated(trace.try_contains(call!("write", fd = file(&other))), "no call matches");
    violated(trace.try_never(call!("write", fd = file(&out))), "must never be made");
}

#[test]
fn between_two_marks_nothing_is_written() {
    let written = |trace: &Trace| {
        let between = trace.success().between("start", "stop");
        between.contains(calls_of::read());
        between.try_never(calls_of::write()).map(drop)
    };
    let (_, trace) = habit("marked");
    written(&trace).expect("it only reads there");
    violated(trace.try_never(calls_of::write()), "must never be made");
    cannot_tell(
        trace.between("start", "end").try_never(calls_of::write()),
        "the mark \"end\" was never made",
    );
    let (_, trace) = habit("marked_writing");
    violated(trace.between("start", "stop").files_written().try_none(), "must be none");
}

#[test]
fn one_process_of_several_is_looked_at() {
    let trace = record(sh("cat /etc/hostname; exit 0"));
    let opens = || calls_of::open().on("/etc/hostname");
    trace.success().process("cat").contains(opens());
    trace.process("sh").never(opens());
    violated(trace.process("cat").try_never(opens()), "must never be made");
    cannot_tell(trace.process("cta").try_never(opens()), "there is no process named \"cta\"");
    assert_eq!(blind_spots(&trace.process("cta")), [BlindSpot::Empty]);
}

#[test]
fn every_file_is_closed_again() {
    let (dir, trace) = habit("tidy");
    trace.success().leaked_files().none();
    violated(trace.leaked_files().try_contains(dir.path().join("x")), "there are no leaked files");
    let (dir, trace) = habit("leak");
    trace.success().leaked_files().only(dir.path().join("x"));
    violated(trace.leaked_files().try_none(), "1 of 1 leaked file is there, where there must be none");
    let (_, trace) = habit("leak_killed");
    cannot_tell(
        trace.signal("SIGABRT").leaked_files().try_none(),
        "the process was killed, or closed it unseen",
    );
    // What is closed at an exec is not held, and what a child inherits is not its own.
    let run = |script: &str| record(sh(script));
    run("exec 3< /etc/hostname; (exit 0); exec 3<&-; exit 0").success().leaked_files().none();
    run("exec 3< /etc/hostname; exec 4<&3 3<&-; exit 0").success().leaked_files().only("/etc/hostname");
    let filtered = tracer().only([calls_of::open()]).run(sh("exec 3< /etc/hostname; exec 3<&-; exit 0"));
    cannot_tell(filtered.success().leaked_files().try_never("/etc/hostname"), "or closed it unseen");
}
