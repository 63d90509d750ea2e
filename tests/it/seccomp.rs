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

#[test]
fn what_a_supervisor_answers_is_the_result() {
    let trace = same_as_untraced(|_| tracee("seccomp", ["supervised"]));
    assert_eq!(stdout(&trace), "the answer is 4242\nto call 110\n");
    trace.times(call!("getppid").returns(4242), 1);
}

#[test]
fn the_strict_mode_kills_at_the_next_call() {
    let trace = same_as_untraced(|_| tracee("seccomp", ["strict"]));
    assert_eq!(trace.stdout(), b"written\n");
    trace.signal("SIGKILL");
    assert!(trace.matching("getppid").all(|call| *call.outcome() == Outcome::Unfinished));
}

/// The kernel hands it back before any tracer sees it; that it may do so is a call of its own.
#[test]
fn a_dispatched_call_is_made_by_nobody() {
    let trace = same_as_untraced(|_| tracee("seccomp", ["dispatched"]));
    if text(trace.stdout()).starts_with("refused") {
        return skipped("this kernel has no user dispatch");
    }
    assert!(trace.stdout().starts_with(b"trapped, code 2, call 110\n"));
    // The two that the program makes to compare the answers.
    trace.times("getppid", 2).contains(call!("prctl", option = "PR_SET_SYSCALL_USER_DISPATCH").ok());
}
