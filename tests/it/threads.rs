//! Threads: how many, who ends first, who gets a turn.

use std::time::{Duration, Instant};

use expect_syscalls::{Outcome, Trace, call, family, file, re, unix};

use crate::vocabulary::*;

#[track_caller]
fn case(args: &[&str]) -> Trace {
    same_as_untraced(|_| tracee("threads", args))
}

#[test]
fn threads_are_numbered_as_they_are_made_whoever_runs_first() {
    for _ in 0..10 {
        let trace = case(&["many", "10"]);
        assert_eq!(stdout(&trace), "55 calls\n");
        check(&family(&trace), "main: exit status: 0");
        // Each thread makes as many calls as its number.
        for number in 1..=10 {
            let label = format!("main.t{number}");
            assert_eq!(
                trace.matching("getppid").filter(|call| call.thread() == label).count(),
                number,
                "{label}"
            );
        }
        trace.times("getppid", 55);
    }
}

#[test]
fn many_threads() {
    let trace = case(&["many", "300"]);
    trace.success().times("getppid", 300 * 301 / 2);
    assert!(trace.calls().all(|call| !call.thread().starts_with('?')));
}

#[test]
fn a_thread_may_end_the_process() {
    let trace = case(&["exit_group"]);
    assert_eq!(trace.status().code(), Some(7));
    let end = trace.matching("exit_group").next().expect("it says so");
    assert_eq!((end.thread(), end.outcome()), ("main.t3", &Outcome::Unfinished));
    assert!(trace.matching("pause").all(|call| *call.outcome() == Outcome::Unfinished));
}

#[test]
fn threads_may_outlive_the_leader() {
    let trace = case(&["leader_first"]);
    assert_eq!(trace.status().code(), Some(9));
    trace.in_order([call!("getppid").ok(), call!("exit_group")]);
    let leaders = trace.matching("exit").next().expect("it ends");
    assert_eq!((leaders.thread(), leaders.outcome()), ("main", &Outcome::Unfinished));
    let end = trace.matching("exit_group").next().expect("it says so");
    assert_eq!(end.thread(), "main.t1");
}

/// The kernel offers the newest tracee first: without taking all that is ready before resuming any, the
/// oldest would never get a turn.
#[test]
fn busy_threads_do_not_starve_the_oldest() {
    let begun = Instant::now();
    case(&["busy", "16"]);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn real_time_signals_of_the_c_library_get_through() {
    let trace = case(&["setxid"]);
    assert_eq!(stdout(&trace), "setuid 0\n");
    trace.times(call!("setuid").ok(), 3);
    // PTHREAD_CANCELED.
    assert_eq!(stdout(&case(&["cancel"])), "cancelled -1\n");
}

/// What a call was about when it was over is not what it was about at its entry, and the kernel has read one of the two.
#[test]
fn what_another_thread_replaces_under_a_call_is_not_told() {
    let trace = same_as_untraced(|dir| tracee("threads", ["replace".as_ref(), dir.as_os_str()]));
    assert_eq!(stdout(&trace), "done\n");
    let unknown = |result: Result<&Trace, expect_syscalls::Mismatch>| {
        let why = result.map(drop).expect_err("nobody can tell");
        assert!(why.is_inconclusive(), "{why}");
        assert!(why.to_string().contains(", which another"), "{why}");
    };
    unknown(trace.try_never(call!("read", fd = file(re("/evil$")))));
    unknown(trace.try_contains(call!("read", fd = file(re("^pipe:"))).returns(1)));
    unknown(trace.try_never(call!("connect", addr = unix("/run/elsewhere"))));
    trace.contains(call!("read", fd = 50).returns(1));
    // Nobody knows of one connection where it went; the others are known.
    let connections = trace.connections().try_never(unix("/run/elsewhere")).map(drop);
    assert!(connections.expect_err("nobody can tell").is_inconclusive());
    trace.connections().contains(unix(re("/good$")));
    trace.never(family::write().on(re("/evil$")));
}

#[test]
fn no_assertion_holds_by_mistake_where_threads_come_in_each_others_way() {
    for _ in 0..15 {
        let dir = tempdir();
        let trace = record(tracee("threads", ["race".as_ref(), dir.path().as_os_str()]));
        if stdout(trace.success()) != "0\n" {
            let never = trace.try_never(call!("write", fd = file(dir.path().join("evil"))));
            assert!(never.is_err(), "the other file was written to");
        }
    }
}
