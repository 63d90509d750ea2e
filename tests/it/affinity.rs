//! A program that makes calls all the time shares a core with its tracer, and never learns of it.

use expect_syscalls::Trace;

use crate::vocabulary::*;

#[track_caller]
fn case(cases: &[&str]) -> Trace {
    same_as_untraced(|_| tracee("affinity", cases))
}

/// Where a machine has one core, there is nothing to see.
#[test]
fn a_program_sees_where_it_may_run_by_itself() {
    for cases in
        [&["asked", "asked"][..], &["status"], &["late_status", "status"], &["asked", "late_status", "asked"]]
    {
        case(cases).success();
    }
}

/// Also where the calls by which it looks are left out.
#[test]
fn a_program_of_which_little_is_recorded_sees_the_same() {
    let cases = ["asked", "status", "late_status", "child", "set", "asked"];
    let untraced = tracee("affinity", cases).output().expect("it runs");
    let trace = tracer().only(["write"]).run(tracee("affinity", cases));
    assert_eq!(stdout(&trace), text(&untraced.stdout));
}

#[test]
fn its_children_and_threads_may_run_where_it_may() {
    for cases in [&["child", "child"][..], &["thread"], &["child", "thread", "asked"]] {
        case(cases).success();
    }
}

/// A thread that executes a program goes by another number from then on, and keeps what it was permitted.
#[test]
fn a_program_that_a_thread_executes_may_run_where_the_thread_may() {
    case(&["thread_executes"]).success();
}

#[test]
fn where_it_wants_to_run_is_where_it_runs() {
    case(&["set", "asked", "child"]).success();
}

#[test]
fn threads_of_the_test_run_where_they_may() {
    let allowed = || std::fs::read_to_string("/proc/thread-self/status").expect("proc is mounted");
    let line =
        |status: String| status.lines().find(|line| line.starts_with("Cpus_allowed:")).map(str::to_owned);
    let before = line(allowed());
    case(&["asked", "status"]);
    assert_eq!(line(allowed()), before);
}
