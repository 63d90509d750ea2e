//! Programs with a seccomp filter of their own.

use expect_syscalls::{Outcome, Tracer, call};

use crate::vocabulary::*;

/// What the filter does, what became of the call, how the program ends.
#[test]
fn what_a_filter_answers_is_told_from_what_the_kernel_did() {
    for (action, outcome, end) in [
        ("errno", "fails", "exit status: 0"),
        ("trace", "fails", "exit status: 0"),
        ("log", "returns", "exit status: 0"),
        ("trap", "none", "exit status: 0"),
        ("trap_unhandled", "none", "signal: 31 (SIGSYS)"),
        ("kill", "none", "signal: 31 (SIGSYS)"),
        ("kill_thread", "none", "exit status: 0"),
    ] {
        let trace = same_as_untraced(|_| tracee("seccomp", [action]));
        assert_eq!(trace.status().to_string().trim_end_matches(" (core dumped)"), end, "{action}");
        let asked: Vec<_> = trace.matching("getppid").map(|call| call.outcome().clone()).collect();
        let is = match asked[0] {
            Outcome::Failed(_) => "fails",
            Outcome::Returned(_) => "returns",
            _ => "none",
        };
        assert_eq!(is, outcome, "{action}: {asked:?}");
    }
}

#[test]
fn a_signal_that_no_filter_sent_changes_no_result() {
    let trace = same_as_untraced(|_| tracee("seccomp", ["raise"]));
    trace.signal("SIGSYS").contains(call!("read").returns(0));

    // The read is the last call that was recorded, and was not the last that was made.
    let trace = Tracer::new().only(["read"]).run(tracee("seccomp", ["raise"]));
    trace.signal("SIGSYS").contains(call!("read").returns(0));
}

#[test]
fn a_filtered_trace_knows_of_a_filtered_answer() {
    let trace = Tracer::new().only(["getppid"]).run(tracee("seccomp", ["trap"]));
    assert!(trace.calls().all(|call| *call.outcome() == Outcome::Unfinished));
    trace.times("getppid", 1);
}
