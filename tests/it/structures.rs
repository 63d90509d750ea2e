//! Structures that programs pass to the kernel, and what matchers ask of them.

use std::fs;

use expect_syscalls::{Mismatch, Value, call, field};

use crate::vocabulary::*;

#[track_caller]
fn violated<T>(result: Result<T, Mismatch>, phrase: &str) {
    let mismatch = result.err().expect("the assertion fails");
    assert!(!mismatch.is_inconclusive() && mismatch.to_string().contains(phrase), "{mismatch}");
}

#[test]
fn a_connection_is_known_by_its_address() {
    let trace = record(tracee("sockets", ["connect", "127.0.0.1:1"]));
    trace.success().contains(call!("connect", addr = "127.0.0.1:1").fails("ECONNREFUSED"));
    trace.contains(call!("connect", addr = "127.0.0.1"));
    for other in ["10.0.0.1:443", "127.0.0.1:2", "10.0.0.1"] {
        trace.never(call!("connect", addr = other));
        violated(trace.try_contains(call!("connect", addr = other)), "no call matches");
    }
}

#[test]
fn a_thread_is_known_by_its_flags() {
    let threads = || call!("clone3", cl_args = field("flags", "CLONE_THREAD"));
    let trace = record(tracee("threads", ["many", "2"]));
    // An older libc has no clone3.
    if trace.count("clone") > 0 {
        return skipped("threads are made by clone here");
    }
    trace.success().times(threads(), 2);
    violated(trace.try_never(threads()), "clone3(");
    trace.never(call!("clone3", cl_args = field("flags", "CLONE_NEWUSER")));
}

#[test]
fn the_size_of_a_file_is_in_its_status() {
    let dir = tempdir();
    let path = dir.path().join("five");
    fs::write(&path, "12345").expect("a file");
    let trace = record(program("cat", [&path]));
    let status = |size: i64| {
        call!("newfstatat", statbuf = field("st_size", size))
            .or(call!("fstat", statbuf = field("st_size", size)))
    };
    trace.success().contains(status(5));
    trace.never(status(54_321));
    let size = |call: &expect_syscalls::Call| call.arg("statbuf")?.field("st_size").and_then(Value::as_int);
    assert!(trace.calls().filter_map(size).any(|size| size == 5));
}
