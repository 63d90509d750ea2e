//! Calls through other doors, with odd numbers, and those that are none.

use expect_syscalls::{BlindSpot, Trace, call};

use crate::vocabulary::*;

#[track_caller]
fn case(name: &str) -> Trace {
    same_as_untraced(|_| tracee("abi", [name]))
}

/// 20 is getpid and 5 is open there; here they are writev and fstat.
#[test]
fn calls_of_i386_are_named_as_such() {
    let trace = case("i386");
    if !trace.status().success() {
        return skipped("this kernel has no i386 interface");
    }
    assert!(trace.stdout().starts_with(b"getpid true\nopen "));
    let foreign: Vec<_> = trace.calls().map(|call| call.name()).filter(|name| name.contains(':')).collect();
    assert_eq!(foreign[..2], ["i386:getpid", "i386:open"]);
    trace.allowing(BlindSpot::Foreign).never(call!("writev"));
    assert_eq!(blind_spots(&trace), [BlindSpot::Foreign]);
    let refusal = trace.try_never(call!("open")).map(drop).expect_err("it was made");
    assert!(refusal.to_string().contains("i386:open(0x"), "{refusal}");
    trace.never("connect");
}

#[test]
fn numbers_that_are_no_calls_have_names_that_say_so() {
    let trace = case("numbers");
    let names: Vec<_> = trace.after_startup().calls().map(|call| call.name().to_owned()).collect();
    let expected = [
        "x32:getpid",
        "x32:syscall_0x270f",
        "syscall_0x270f",
        "syscall_0x190",
        "syscall_0xffffffff",
        "syscall_0xfffffffe",
        "getpid",
        "getpid",
    ];
    let odd: Vec<_> =
        names.iter().filter(|name| name.contains("getpid") || name.contains("syscall_")).collect();
    // The program asks for its pid in the usual way first.
    assert_eq!(odd[1..], expected, "{names:?}");
    // The kernel said ENOSYS to all of them: nothing was done that could be hidden.
    if String::from_utf8_lossy(trace.stdout()).contains("x32 getpid: -38") {
        assert_eq!(blind_spots(&trace), []);
    }
}

#[test]
fn the_vdso_answers_without_a_call() {
    let trace = case("vdso");
    assert_eq!(stdout(&trace), "100 answers\n");
    assert_eq!(trace.count("clock_gettime"), 0);
    let refusal = trace.try_never("clock_gettime").map(drop).expect_err("it cannot tell");
    assert!(refusal.is_inconclusive(), "{refusal}");
}

#[test]
fn a_call_by_its_old_address_is_none() {
    let trace = case("vsyscall");
    assert_eq!(trace.count("time"), 0);
}
