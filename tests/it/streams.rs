//! The standard streams: as the `Command` says, captured where it says nothing.
#![allow(unsafe_code)]

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, Write as _};
use std::process::Stdio;

use crate::vocabulary::*;

#[test]
fn what_the_command_leaves_alone_is_captured() {
    let trace = record(tracee("streams", ["kinds"]));
    check(&stdout(&trace), "0 device\n1 pipe\n2 pipe");
    let trace = record(sh("echo out; echo err >&2"));
    assert_eq!((trace.stdout(), trace.stderr()), (&b"out\n"[..], &b"err\n"[..]));
}

#[test]
fn both_outputs_are_drained_at_once() {
    let trace = same_as_untraced(|_| tracee("streams", ["both", "1048576"]));
    assert_eq!((trace.stdout().len(), trace.stderr().len()), (1 << 20, 1 << 20));
}

#[test]
fn stdin_is_empty_unless_it_is_said_otherwise() {
    check(&stdout(&record(tracee("streams", ["count"]))), "0 bytes");
}

#[test]
fn stdin_is_fed() {
    let bytes: Vec<u8> = (0..1_000_000u32).map(|index| index as u8).collect();
    let fed =
        |case, bytes: Vec<u8>| tracer().stdin(bytes).try_run(tracee("streams", [case])).expect("it runs");
    assert_eq!(fed("copy", bytes.clone()).stdout(), bytes);
    check(&stdout(&fed("count", bytes.clone())), "1000000 bytes");
    check(&stdout(&fed("count", Vec::new())), "0 bytes");
    // Nobody reads it, and it does not fit into a pipe.
    check(&stdout(&fed("ignore", bytes)), "nothing read");
    check(&stdout(&fed("kinds", Vec::new())), "0 pipe\n1 pipe\n2 pipe");
}

#[test]
fn a_file_stays_a_file() {
    let mut input = tempfile::tempfile().expect("a file");
    input.write_all(b"from a file").expect("it is written");
    input.rewind().expect("it is a file");
    let mut output = tempfile::tempfile().expect("a file");
    let mut command = tracee("streams", ["copy"]);
    command.stdin(input).stdout(output.try_clone().expect("a clone"));
    let trace = record(command);
    assert_eq!(trace.stdout(), b"");
    let mut text = String::new();
    output.rewind().expect("it is a file");
    output.read_to_string(&mut text).expect("it is text");
    assert_eq!(text, "from a file");
}

#[test]
fn one_file_for_both_outputs_stays_one() {
    let dir = tempdir();
    let log = dir.path().join("log");
    let file = File::create(&log).expect("a file");
    let mut command = sh("echo out; echo err >&2; echo out");
    command.stderr(file.try_clone().expect("a clone")).stdout(file);
    let trace = record(command);
    assert_eq!((trace.stdout(), trace.stderr()), (&b""[..], &b""[..]));
    assert_eq!(fs::read_to_string(log).expect("the file"), "out\nerr\nout\n");
}

#[test]
fn pipes_that_the_command_asks_for_are_drained_and_fed() {
    let mut command = sh("cat; echo err >&2");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let trace = tracer().stdin("fed\n").try_run(&mut command).expect("it runs");
    assert_eq!((trace.stdout(), trace.stderr()), (&b"fed\n"[..], &b"err\n"[..]));

    let mut unfed = tracee("streams", ["count"]);
    unfed.stdin(Stdio::piped());
    check(&stdout(&record(unfed)), "0 bytes");
}

#[test]
fn null_stays_null() {
    let mut command = sh("echo out; echo err >&2");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let trace = record(command);
    assert_eq!((trace.stdout(), trace.stderr()), (&b""[..], &b""[..]));
}

#[test]
fn an_inherited_stream_counts_as_left_alone() {
    let mut command = sh("echo out; echo err >&2");
    command.stdout(Stdio::inherit()).stderr(Stdio::inherit());
    let trace = record(command);
    assert_eq!((trace.stdout(), trace.stderr()), (&b"out\n"[..], &b"err\n"[..]));
}

#[test]
fn streams_may_be_left_to_the_test() {
    alone("streams::streams_may_be_left_to_the_test", || {
        let trace = tracer().capture(false).try_run(sh("echo shown")).expect("it runs");
        assert_eq!(trace.stdout(), b"");
    });
}

#[test]
fn streams_that_the_test_has_closed_are_captured_all_the_same() {
    alone("streams::streams_that_the_test_has_closed_are_captured_all_the_same", || {
        let saved: Vec<_> = (0..3).map(duplicate).collect();
        (0..3).for_each(close);
        let trace = tracer().try_run(sh("echo out; echo err >&2; cat"));
        saved.iter().zip(0..).for_each(|(saved, fd)| put_back(saved, fd));
        let trace = trace.expect("it runs");
        assert_eq!((trace.stdout(), trace.stderr()), (&b"out\n"[..], &b"err\n"[..]));
    });
}

fn duplicate(fd: i32) -> std::os::fd::OwnedFd {
    // SAFETY: 0, 1 and 2 are open in a test process.
    unsafe { std::os::fd::BorrowedFd::borrow_raw(fd) }.try_clone_to_owned().expect("a standard stream")
}

fn close(fd: i32) {
    // SAFETY: nobody else runs in this process, and it is put back.
    unsafe { libc::close(fd) };
}

fn put_back(saved: &impl std::os::fd::AsRawFd, fd: i32) {
    // SAFETY: takes numbers only.
    unsafe { libc::dup2(saved.as_raw_fd(), fd) };
}

#[test]
fn a_program_may_close_everything() {
    same_as_untraced(|_| tracee("streams", ["close_all"]));
}

#[test]
fn no_descriptor_of_ours_is_in_the_programs_way() {
    same_as_untraced(|_| tracee("streams", ["first_fd"]));
    let trace = record(sh("ls /proc/self/fd"));
    assert_eq!(trace.stdout(), sh("ls /proc/self/fd").output().expect("it runs").stdout);
}

/// What is waited for is the end of the tree, not of its output.
#[test]
fn output_that_somebody_else_holds_open_is_not_waited_for() {
    // Not traced, since it is made with CLONE_UNTRACED; it holds stdout until its stdin ends.
    let (gate, opener) = std::io::pipe().expect("a pipe");
    let mut command = tracee("processes", ["escape"]);
    command.stdin(gate);
    let trace = record(command);
    check(&stdout(&trace), "escaped");
    drop(opener);
}

#[test]
fn a_pipe_of_the_tests_own_is_the_tests() {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = sh("echo out");
    command.stdout(writer);
    assert_eq!(record(command).stdout(), b"");
    let mut text = String::new();
    reader.read_to_string(&mut text).expect("it is text");
    assert_eq!(text, "out\n");
}
