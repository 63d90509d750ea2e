//! Where there is nothing to record with, the crate compiles and says so. Other systems are stood in for by a flag.
#![cfg(not(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere))))]

use std::process::Command;

use expect_syscalls::{Tracer, available, calls, family};

#[test]
fn every_recording_fails_and_says_what_is_needed() {
    let error = Tracer::new().try_run(Command::new("true")).expect_err("nothing can be recorded");
    assert!(error.is_refused());
    assert!(error.to_string().contains("it needs Linux on x86_64"), "{error}");
    assert!(available().expect_err("nothing can be recorded").to_string().contains("Linux on x86_64"));
}

#[test]
fn matchers_can_be_made() {
    let matcher = family::open().or(calls::connect().addr("127.0.0.1:80"));
    assert_eq!(matcher.to_string(), "family::open(), or connect(addr = \"127.0.0.1:80\")");
}
