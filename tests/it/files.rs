//! Files, whatever they were called: paths in all spellings, effects of real programs, sockets.

use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::Path;

use expect_syscalls::{call, calls, family as calls_of, file, inet, re, under, unix};

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
