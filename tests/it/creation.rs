//! Unusual relatives, and deaths at bad moments.

use std::time::Duration;

use expect_syscalls::{Trace, Tracer, call};

use crate::vocabulary::*;

#[track_caller]
fn case(args: &[&str]) -> Trace {
    same_as_untraced(|_| tracee("creation", args))
}

#[test]
fn a_child_that_asks_for_our_tracer_has_it_anyway() {
    check(&family(&case(&["for_our_tracer"])), "main: exit status: 0\nmain.c1: exit status: 5");
}

#[test]
fn a_child_that_is_refused_is_none() {
    let trace = case(&["refused"]);
    trace.times(call!("clone").fails("EINVAL"), 1);
    assert_eq!(trace.processes().count(), 1);
}

/// Numbers are what they are outside, where the tracer is.
#[test]
fn a_namespace_has_numbers_of_its_own() {
    let trace = case(&["namespace"]);
    if stdout(&trace).starts_with("refused") {
        return skipped("this machine makes no namespaces for us");
    }
    assert_eq!(stdout(&trace), "2 made by 1\n1 made 2, status 0x600\nstatus 0x500\n");
    check(&family(&trace), "main: exit status: 0\nmain.c1: exit status: 5\nmain.c1.c1: exit status: 6");
}

#[test]
fn a_subreaper_gets_its_grandchildren() {
    let trace = case(&["subreaper"]);
    check(&stdout(&trace), "first 0x300\nsecond 0x400\nthen -1");
    check(&family(&trace), "main: exit status: 0\nmain.c1: exit status: 3\nmain.c1.c1: exit status: 4");
}

#[test]
fn children_that_nobody_waits_for_are_accounted_for() {
    let trace = case(&["no_zombies"]);
    check(&family(&trace), "main: exit status: 0\nmain.c1: exit status: 3");
}

#[test]
fn a_signal_to_the_whole_group_ends_it() {
    let trace = case(&["kill_group"]);
    trace.signal("SIGTERM");
    assert_eq!(family(&trace).matches(": signal: 15 (SIGTERM)").count(), 4, "{}", family(&trace));
}

#[test]
fn a_storm_of_forks_and_kills_ends() {
    let trace = case(&["storm", "20"]);
    trace.success();
    assert!(trace.processes().all(|process| process.status().is_some()), "{}", family(&trace));
}

#[test]
fn a_change_of_user_hides_nothing_from_root() {
    if !is_root() {
        return skipped("only root may change its user");
    }
    case(&["changed_user"]).success().contains(call!("openat", path = "/dev/null").ok());
}

#[test]
fn a_program_is_as_dumpable_as_it_would_be() {
    assert_eq!(stdout(&case(&["dumpable"])), "1\n");
}

/// A process has one tracer, and that is us: the one thing that cannot be as it would be. See ptrace(2).
#[test]
fn a_program_that_traces_is_refused() {
    // Not run untraced, where this process would be its tracer.
    let trace = record(tracee("creation", ["trace_me"]));
    assert_eq!(stdout(&trace), "-1\n");
    trace.times(call!("ptrace").fails("EPERM"), 1);
    let trace = record(tracee("creation", ["trace_child"]));
    assert_eq!(stdout(&trace), "-1, Operation not permitted (os error 1)\nstatus 0x9\n");
}

#[test]
fn a_timeout_names_who_is_alive_and_not_who_is_gone() {
    let tracer = Tracer::new().timeout(Duration::from_secs(3));
    let error = tracer.try_run(tracee("creation", ["stuck_child"])).map(drop).expect_err("it hangs");
    assert!(error.is_timeout(), "{error}");
    let text = error.to_string();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(
        lines[1].starts_with("  main.c1 (") && lines[1].contains("creation stuck_child): for "),
        "{text}"
    );
    assert!(lines[1].contains(" in pause("), "{text}");
}
