//! Files, whatever they were called: paths in all spellings, effects of real programs, sockets.

use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use expect_syscalls::{
    BlindSpot, Trace, Value, call, calls, expect_syscalls, fail, family as calls_of, file, inet, re, under,
    unix,
};

use crate::vocabulary::*;

fn case(name: &str, dir: &Path) -> std::process::Command {
    tracee("paths", [name.as_ref(), dir.as_os_str()])
}

#[test]
fn a_file_is_found_by_any_of_its_names() {
    let trace = same_as_untraced(|dir| {
        fs::write(dir.join("file"), "").expect("a file");
        case("spellings", dir)
    });
    assert_eq!(stdout(&trace), "true\n".repeat(10));
    let first = trace.matching(call!("openat", path = re("^/.*/dir/file$"))).next().expect("by its own name");
    let path = first.arg("path").and_then(|path| path.as_path()).expect("a path").into_owned();
    trace.times(call!("openat", path = &path).ok(), 10).times(calls_of::open().on(&path), 10);
    let refusal = trace.try_never(call!("openat", path = &path)).map(drop).expect_err("it was opened");
    assert!(!refusal.is_inconclusive(), "{refusal}");
    trace.never(call!("openat", path = path.with_file_name("another")));
}

#[test]
fn effects_are_those_that_were_had() {
    let dir = tempdir();
    let path = |name: &str| dir.path().join(name);
    fs::write(path("read"), "text").expect("a file");
    fs::write(path("old"), "old").expect("a file");
    let trace = record(case("effects", dir.path()));
    trace.success();
    trace.files_read().contains(path("read"));
    trace.files_written().only(under(dir.path())).contains(path("old")).contains(path("renamed"));
    assert!(trace.files_written().try_contains(path("read")).is_err());
    assert!(trace.files_read().try_contains(path("old")).is_err());
    assert!(trace.files_written().try_only(under("/no/such/dir")).is_err());
    assert!(trace.files_written().try_none().is_err());
    trace.files_removed().contains(path("directory")).contains(path("other name"));
    assert!(trace.files_removed().try_contains(path("nothing")).is_err(), "it was not there");
    trace.connections().none();
    trace.programs_run().only(re("/paths$"));
}

#[test]
fn programs_of_a_pipeline_are_effects() {
    let trace = record(sh("echo x | cat | wc -c"));
    let run: Vec<_> =
        trace.programs_run().iter().filter_map(|effect| Some(effect.path()?.into_owned())).collect();
    let names: Vec<_> = run.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    assert!(names.contains(&"cat") && names.contains(&"wc"), "{names:?}");
    assert!(trace.programs_run().try_never(re("/cat$")).is_err());
}

#[test]
fn connections_are_seen_whether_they_succeed_or_not() {
    for (to, matcher) in
        [("127.0.0.1:1", calls::connect().addr("127.0.0.1:1")), ("[::1]:1", calls::connect().addr("[::1]:1"))]
    {
        let trace = same_as_untraced(|_| tracee("sockets", ["connect", to]));
        let matcher = expect_syscalls::CallMatcher::from(matcher);
        if !stdout(&trace).contains("ConnectionRefused") {
            skipped(&format!("nothing refuses {to} here"));
            continue;
        }
        trace.times(&matcher, 1).contains(matcher.fails("ECONNREFUSED"));
        trace.never(calls::connect().addr("127.0.0.1:2")).contains(calls::connect().addr(inet()));
        assert!(trace.try_never(calls_of::network()).is_err());
    }
    let trace = same_as_untraced(|_| tracee("sockets", ["connect", "unix:/no/such/socket"]));
    trace.contains(call!("connect", addr = unix("/no/such/socket")).fails("ENOENT"));
    trace.never(call!("connect", addr = unix("/no/such/other")));

    let trace = record(tracee("sockets", ["pair"]));
    assert_eq!(stdout(&trace), "connected\nconnected\n");
    assert!(trace.connections().try_none().is_err());
    let trace = record(tracee("sockets", ["send", "127.0.0.1:9"]));
    trace.contains(call!("sendto", dest_addr = "127.0.0.1:9"));
}

/// Network by calls that do not sound like it, on a socket that no recorded call made.
#[test]
fn traffic_on_an_inherited_socket_is_network() {
    let (mut ours, theirs) = connected_pair();
    ours.write_all(b"from the network").expect("it is sent");
    let mut command = case("copy", Path::new("/"));
    command.stdin(OwnedFd::from(theirs));
    let trace = record(command);
    assert_eq!(trace.stdout(), b"from the network");
    assert!(trace.try_never(calls_of::network()).is_err(), "{:?}", trace.names());
    assert!(trace.connections().try_none().is_err());

    // The same program, and no socket.
    let trace = tracer().stdin("from a pipe").try_run(case("copy", Path::new("/"))).expect("it runs");
    assert_eq!(trace.stdout(), b"from a pipe");
    trace.never(calls_of::network()).connections().none();
}

fn connected_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let one = TcpStream::connect(listener.local_addr().expect("it is bound")).expect("it listens");
    (one, listener.accept().expect("it is connected").0)
}

#[test]
fn a_descriptor_is_the_file_it_refers_to() {
    let dir = tempdir();
    let log = dir.path().join("log");
    let trace = record(sh(&format!("exec 5>{}; echo one >&5; exec 5>&-; echo two", log.display())));
    trace
        .contains(call!("write", fd = file(&log), buf = "one\n"))
        .never(call!("write", fd = file(&log), buf = "two\n"))
        .times(call!("write", fd = file(&log)), 1);
}

fn passing(name: &str) -> (tempfile::TempDir, Trace) {
    let dir = tempdir();
    fs::write(dir.path().join("x"), "contents\n").expect("a file");
    let trace = record(tracee("passing", [name.as_ref(), dir.path().as_os_str()]));
    (dir, trace)
}

/// Over a socket from a process that is traced, and by pidfd_getfd(2).
#[test]
fn a_descriptor_from_another_process_is_the_file_it_refers_to() {
    for way in ["hand_over", "fetch"] {
        let (dir, trace) = passing(way);
        let reads = |name: &str| call!("read", fd = file(dir.path().join(name))).ok();
        assert_eq!(stdout(&trace), "contents\n");
        // The one that reads has not opened it.
        trace.success().root().contains(reads("x")).never(calls_of::open().on(dir.path().join("x")));
        trace.root().never(reads("y")).files_read().contains(dir.path().join("x"));
        violated(trace.root().try_never(reads("x")), "must never be made");
        violated(trace.root().try_contains(reads("y")), "no call matches");
        trace.leaked_files().never(dir.path().join("y"));
        trace.never(calls_of::network().on(under("/"))).connections().none();
    }
}

/// What a process outside passes in over its stdin, a unix socket.
fn received(name: &str, passed: OwnedFd) -> Trace {
    let (near, far) = UnixStream::pair().expect("a pair of sockets");
    let mut sender = tracee("passing", ["send", "/"]);
    let sent = sender.stdin(OwnedFd::from(near)).stdout(passed).output().expect("it runs");
    assert!(sent.status.success(), "{}", text(&sent.stderr));
    // The command holds our end of what was passed.
    drop(sender);
    let mut command = tracee("passing", [name, "/"]);
    command.stdin(OwnedFd::from(far));
    record(command)
}

#[test]
fn a_file_from_outside_is_known_by_its_name() {
    let dir = tempdir();
    let (x, y) = (dir.path().join("x"), dir.path().join("y"));
    fs::write(&x, "contents\n").expect("a file");
    let trace = received("receive_and_read", fs::File::open(&x).expect("it is there").into());
    assert_eq!(stdout(&trace), "contents\n");
    trace.success().contains(call!("read", fd = file(&x)).ok()).never(calls_of::open().on(&x));
    trace.files_read().contains(&x).never(&y);
    violated(trace.files_read().try_never(&x), "must never be");
    violated(trace.try_contains(call!("read", fd = file(&y))), "no call matches");
    // It was not opened here.
    trace.leaked_files().none();
}

#[test]
fn a_socket_from_outside_is_network_as_soon_as_it_is_used() {
    let is_socket = |fd: &Value| fd.as_fd().is_some_and(expect_syscalls::Descriptor::is_socket);
    for (how, name) in [("receive_and_write", "write"), ("receive_and_send", "sendto")] {
        let (mut ours, theirs) = connected_pair();
        let trace = received(how, theirs.into());
        let mut byte = [0];
        std::io::Read::read_exact(&mut ours, &mut byte).expect("it was sent");
        let by_name = if name == "write" {
            trace.success().contains(call!("write", fd = is_socket).ok());
            call!("write", fd = is_socket).or("connect")
        } else {
            trace.success().contains(call!("sendto", sockfd = is_socket).ok());
            call!("sendto", sockfd = is_socket).or("connect")
        };
        violated(trace.try_never(by_name), "must never be made");
        // For what it is, nobody has said.
        cannot_tell(
            trace.try_never(call!("write", fd = inet()).or(call!("sendto", sockfd = inet()))),
            "was ",
        );
        assert!(trace.try_never(calls_of::network()).is_err(), "{how}");
        cannot_tell(trace.connections().try_none(), "a socket that no recorded call made: ");
    }
    // Who receives it over the unix socket asks that socket, and nothing else, for it.
    let (_ours, theirs) = connected_pair();
    let trace = received("receive", theirs.into());
    trace.success().allowing(BlindSpot::PassedSocket).never(call!("sendto", sockfd = is_socket));
    cannot_tell(trace.connections().try_none(), "a socket that no recorded call made: ");
    // A socket of its own is no such thing.
    let (_, trace) = passing("hand_over");
    trace.success().connections().none();
}

/// Who receives it may be another process than who made it: it was made under our eyes.
#[test]
fn a_socket_that_was_made_here_is_not_from_outside() {
    let (_, trace) = passing("hand_over_socket");
    let is_socket = |fd: &Value| fd.as_fd().is_some_and(expect_syscalls::Descriptor::is_socket);
    trace.success().root().contains(call!("sendto", sockfd = is_socket).ok()).never("connect");
    // It is known for what its maker made it, wherever it is.
    trace.root().contains(call!("sendto", sockfd = inet()).ok()).never(call!("recvmsg", sockfd = inet()));
    violated(trace.root().try_never(call!("sendto", sockfd = inet())), "must never be made");
    violated(trace.root().try_contains(call!("recvmsg", sockfd = inet())), "sockfd: wanted inet(), was ");
    assert_eq!(blind_spots(&trace), []);
    trace.connections().only("127.0.0.1");
    violated(trace.connections().try_none(), "where there must be none");
    violated(trace.try_never(calls_of::network()), "must never be made");
}

#[test]
fn what_another_program_still_holds_is_a_leak() {
    let (dir, trace) = passing("keep_at_exec");
    trace.success().leaked_files().only(dir.path().join("x"));
    violated(trace.leaked_files().try_none(), "1 of 1 leaked file");
    let (dir, trace) = passing("close_at_exec");
    trace.success().leaked_files().none();
    violated(trace.leaked_files().try_contains(dir.path().join("x")), "there are no leaked files");
}

#[test]
fn a_duplicate_is_the_same_file() {
    let (dir, trace) = passing("duplicate");
    let out = dir.path().join("out");
    trace.success().times(call!("write", fd = file(&out)).ok(), 5);
    violated(trace.try_times(call!("write", fd = file(&out)), ..=4), "made 5 times");
    trace.never(call!("write", fd = file(dir.path().join("x"))));
    // The one that was not closed: the file itself was.
    trace.leaked_files().only(&out);
    violated(trace.leaked_files().try_none(), "1 of 1 leaked file");
}

#[test]
fn a_range_of_descriptors_is_closed_at_once() {
    for way in ["close_range", "close_range_at_exec"] {
        let (dir, trace) = passing(way);
        let x = dir.path().join("x");
        trace.success().times(calls_of::open().on(&x).ok(), 2).leaked_files().none();
        violated(trace.leaked_files().try_contains(&x), "there are no leaked files");
    }
}

#[test]
fn who_shares_a_table_closes_for_all() {
    for (way, leaks) in [("close_shared", false), ("close_copy", true), ("close_in_thread", false)] {
        let (dir, trace) = passing(way);
        let x = dir.path().join("x");
        trace.success().contains(call!("close", fd = file(&x)).ok());
        if leaks {
            trace.leaked_files().only(&x);
            violated(trace.leaked_files().try_none(), "1 of 1 leaked file");
        } else {
            trace.leaked_files().none();
            violated(trace.leaked_files().try_contains(&x), "there are no leaked files");
        }
    }
    // Who left out how processes were made does not know who shares.
    let dir = tempdir();
    fs::write(dir.path().join("x"), "").expect("a file");
    let command = tracee("passing", ["close_copy".as_ref(), dir.path().as_os_str()]);
    let filtered = tracer().only([calls_of::open().or("close")]).run(command);
    cannot_tell(filtered.success().leaked_files().try_none(), "");
}

/// Paths are as the test sees them. An ordinary user changes its root in a user namespace of its own: user_namespaces(7).
#[test]
fn paths_in_a_root_of_its_own_have_that_root_in_front() {
    let dir = tempdir();
    let path = |name: &str| dir.path().join(name);
    fs::write(path("x"), "contents\n").expect("a file");
    let command = || as_root(tracee("habits", ["chroot".as_ref(), dir.path().as_os_str()]));
    let trace = record(command());
    if stdout_of(&trace) != "it is there\n" {
        return skipped(&format!("no root can be changed here: {}", text(trace.stderr())));
    }
    let own = trace.success().process("habits");
    own.after_startup().files_written().only(under(dir.path())).contains(path("y")).contains(path("z"));
    own.files_removed().only(under(dir.path())).contains(path("z")).never("/z");
    own.after_startup().files_read().contains(path("x")).never("/x");
    own.contains(call!("unlink", path = path("z")).ok()).times(calls_of::open().on(path("x")).ok(), 2);
    own.contains(call!("openat", path = path("etc/shadow")).fails("ENOENT"));
    own.never(call!("openat", path = under("/etc/sha")));
    violated(own.try_never(call!("unlink", path = path("z"))), "must never be made");
    violated(own.files_removed().try_only(under(path("no"))), "not allowed");
    // What is outside is meant by the same words before.
    violated(own.try_never(call!("openat", path = under("/etc"))), "must never be made");
    own.after_startup().never(call!("openat", path = under("/etc")));
    // Also where the call that changed it is left out.
    let filtered = tracer().only(["unlink", "execve"]).run(command());
    filtered
        .success()
        .contains(call!("unlink", path = path("z")).ok())
        .never(call!("unlink", path = under("/z")));
    violated(filtered.try_never(call!("unlink", path = path("z"))), "must never be made");
    // And for faults.
    let faults = tracer().inject(call!("unlink", path = path("z")), fail("EIO")).run(command());
    faults.contains(call!("unlink", path = path("z")).fails("EIO"));
}

fn stdout_of(trace: &Trace) -> String {
    text(trace.stdout())
}

#[test]
fn the_interpreter_of_a_script_counts() {
    let dir = tempdir();
    let script = dir.path().join("script");
    // Written by another process: one that is forked here meanwhile would hold it open, and it could not be executed.
    let write = format!("printf '#!/bin/sh\nexit 0\n' > {0}; chmod +x {0}", script.display());
    assert!(Command::new("sh").args(["-c", &write]).status().unwrap().success());
    let trace = expect_syscalls(&mut Command::new(&script));
    trace.success().programs_run().contains(&script).only(&script);
    let shell = re("^/(usr/)?bin/[a-z]*sh$");
    let report = trace.programs_run().try_never(shell.clone()).unwrap_err().to_string();
    assert!(report.contains("executed as the interpreter of a script  #1 main  execve("), "{report}");
    // What is reached through links is no script.
    let linked = expect_syscalls(Command::new("/bin/sh").args(["-c", ":"]));
    assert_eq!(linked.programs_run().iter().count(), 1);
    linked.programs_run().contains(shell);
}

#[test]
fn a_relative_path_of_a_test_starts_where_the_program_did() {
    let cat = |file: &str| expect_syscalls(Command::new("cat").arg(file).current_dir("/etc"));
    cat("/etc/hostname").contains(call!("openat", path = "hostname"));
    cat("hostname").contains(call!("openat", path = "/etc/hostname"));
    // Nothing told where that was but the program's start.
    expect_syscalls(Command::new("cat").arg("/etc/hostname").current_dir("/"))
        .never(call!("openat", path = "hostname"));
}

/// The kernel says ` (deleted)` behind the name of a file that has none any more, and a file may be called so.
#[test]
fn a_deleted_file_goes_by_its_name_and_a_file_that_is_called_so_by_its_own() {
    let dir = tempdir();
    let run = |script: &str| {
        let mut command = sh(script);
        command.current_dir(dir.path());
        record(command)
    };
    let write = |name: &str| call!("write", fd = file(dir.path().join(name)));
    let trace = run("exec 3> tmp; rm tmp; echo gone >&3");
    trace.success().contains(write("tmp").ok()).never(write("tmp (deleted)"));
    let trace = run("exec 3> 'x (deleted)'; echo there >&3");
    trace.success().contains(write("x (deleted)").ok()).never(write("x"));
    assert!(trace.try_never(write("x (deleted)")).is_err());
    assert!(trace.try_contains(write("x")).is_err());
}

/// What reached the disk is the file that had the name before.
#[test]
fn a_sync_of_the_file_that_was_replaced_is_none_of_the_new_one() {
    let dir = tempdir();
    let synced_first = |prepare: &str| {
        let sync = "dd if=/dev/null conv=fsync status=none >&3";
        let mut command = sh(&format!("{prepare}; {sync}; mv new x"));
        command.current_dir(dir.path());
        let trace = record(command);
        trace.success();
        let sync = |_: &_| call!("fsync", fd = file(dir.path().join("new"))).ok();
        trace.each(calls_of::rename().on(dir.path().join("x"))).try_preceded_by(sync).map(drop)
    };
    synced_first("echo text > new; exec 3>> new").expect("it is the same file");
    cannot_tell(synced_first("echo old > new; exec 3>> new; rm new; echo text > new"), "/new (deleted)>");
    cannot_tell(synced_first("echo old > new; exec 3>> new; echo text > tmp; mv tmp new"), "/new (deleted)>");
    violated(synced_first("echo text > new; echo old > tmp; exec 3>> tmp; rm tmp"), "fsync");
}
