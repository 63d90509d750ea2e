//! Processes: made in every way, executing other programs, ending in every way.

use std::collections::BTreeSet;

use expect_syscalls::{BlindSpot, Outcome, Trace, call, family as calls_of};

use crate::vocabulary::*;

/// A case of the tracee program, which must do the same untraced.
#[track_caller]
fn case(args: &[&str]) -> Trace {
    same_as_untraced(|_| tracee("processes", args))
}

#[test]
fn every_way_to_make_a_process() {
    for (case_name, child) in [
        ("fork", "exit status: 3"),
        ("clone", "exit status: 5"),
        ("clone3", "exit status: 5"),
        ("clone_no_signal", "exit status: 5"),
        ("clone_real_time_signal", "exit status: 5"),
        ("clone_shared_memory", "exit status: 0"),
        ("clone_vfork_exec", "exit status: 6"),
        ("clone_vfork_killed", "signal: 9 (SIGKILL)"),
    ] {
        let trace = case(&[case_name]);
        check(&family(&trace), &format!("main: exit status: 0\nmain.c1: {child}"));
        let [root, made] = trace.processes().collect::<Vec<_>>()[..] else { panic!("{case_name}") };
        assert_eq!(root.program(), made.program(), "{case_name}: a copy runs the program of its creator");
        assert!(blind_spots(&trace).is_empty(), "{case_name}: {:?}", blind_spots(&trace));
        // The creator got the child's number as the result of a call.
        let pid = i64::from(made.pid());
        trace.times(calls_of::spawn().returns(pid), 1);
    }
}

#[test]
fn a_child_of_a_child() {
    let trace = case(&["fork_fork"]);
    check(&family(&trace), "main: exit status: 0\nmain.c1: exit status: 4\nmain.c1.c1: exit status: 4");
    let spawned: Vec<_> = trace.matching(calls_of::spawn()).map(|call| call.thread().to_owned()).collect();
    assert_eq!(spawned, ["main", "main.c1"]);
}

#[test]
fn children_of_the_shell_are_numbered_in_their_order() {
    let trace =
        same_as_untraced(|_| sh("sh -c 'exit 1'; sh -c 'exit 2'; sh -c 'exit 3' | sh -c 'exit 4'; exit 5"));
    check(
        &family(&trace),
        "main: exit status: 5\nmain.c1: exit status: 1\nmain.c2: exit status: 2\nmain.c3: exit status: 3\n\
         main.c4: exit status: 4",
    );
}

#[test]
fn a_spawn_by_the_standard_library() {
    let trace = case(&["spawn"]);
    assert!(
        family(&trace).starts_with("main: exit status: 0\nmain.c1: exit status: 6\n"),
        "{}",
        family(&trace)
    );
    trace.times(call!("execve", path = "/no/such/program").fails("ENOENT"), 1);
}

#[test]
fn a_sibling_is_a_child_of_its_creator() {
    // In a shell, which waits for the untraced one: our own child it would be otherwise.
    let program = tracee("processes", ["clone_parent"]).get_program().to_owned();
    let trace = same_as_untraced(|_| sh(&format!("{} clone_parent; wait; true", program.display())));
    assert_eq!(stdout(&trace), "the sibling, which is no child\n");
    let ends = family(&trace);
    check(&ends, "main: exit status: 0\nmain.c1: exit status: 0\nmain.c1.c1: exit status: 8");

    // Here it is a child of ours, and nobody but the tracer thread waits for it.
    let trace = record(tracee("processes", ["clone_parent"]));
    check(&family(&trace), "main: exit status: 0\nmain.c1: exit status: 8");
}

#[test]
fn a_daemon_is_recorded_to_its_end() {
    let trace =
        same_as_untraced(|dir| tracee("processes", ["daemon".as_ref(), dir.join("made").as_os_str()]));
    check(&family(&trace), "main: exit status: 0\nmain.c1: exit status: 0\nmain.c1.c1: exit status: 0");
    let made = trace.matching(call!("mkdir").ok()).next().expect("the daemon's directory");
    assert_eq!(made.thread(), "main.c1.c1");
    let root_ends = trace.root().matching("exit_group").next().expect("it ends").started();
    assert!(root_ends < made.started(), "it was to outlive the root");
}

#[test]
fn output_after_the_roots_end_is_captured() {
    // Not compared with an untraced run, whose output std reads to the end of the pipe.
    assert_eq!(stdout(&record(tracee("processes", ["ends_first"]))), "said after the root's end\n");
}

#[test]
fn statuses_are_the_programs_own() {
    for code in [0, 1, 2, 42, 127, 128, 255] {
        let trace = case(&["exit", &code.to_string()]);
        assert_eq!(trace.status().code(), Some(code));
        trace.code(code);
    }
}

#[test]
fn an_exec_by_the_leader_ends_the_other_threads() {
    let trace = case(&["exec_leader"]);
    assert_eq!(stdout(&trace), "executed by the leader\n");
    check(&family(&trace), "main: exit status: 0");
    trace.times("execve", 2).times(call!("execve").ok(), 2);
    assert!(trace.matching("pause").all(|call| *call.outcome() == Outcome::Unfinished));
}

/// The thread's number changes to the leader's, in the middle of its call.
#[test]
fn an_exec_by_another_thread_replaces_the_leader() {
    for (name, leaders_end) in [("exec_thread", "pause"), ("exec_zombie_leader", "exit")] {
        let trace = case(&[name]);
        assert_eq!(stdout(&trace), "executed by a thread\n");
        check(&family(&trace), "main: exit status: 0");
        let execs: Vec<_> =
            trace.matching("execve").map(|call| (call.thread(), call.outcome().clone())).collect();
        let [(first, ok), (second, second_ok)] = &execs[..] else { panic!("{name}: {execs:?}") };
        assert!(*first == "main" && second.starts_with("main.t"), "{name}: {execs:?}");
        assert!(ok == second_ok && *ok != Outcome::Unfinished, "{name}: {execs:?}");
        // The thread may be quicker than the leader, which then makes no call any more.
        let last = trace.matching(leaders_end).filter(|call| call.thread() == "main").last();
        assert!(last.is_none_or(|call| *call.outcome() == Outcome::Unfinished), "{name}: {last:?}");
        // What the new program does is done by the leader.
        let said = trace.matching(call!("write", fd = 1)).next().expect("it says so");
        assert_eq!(said.thread(), "main", "{name}");
    }
}

#[test]
fn of_two_threads_that_execute_one_gets_through() {
    for _ in 0..30 {
        let trace = record(tracee("processes", ["exec_both"]));
        assert_eq!(stdout(&trace), "executed by one of two\n");
        check(&family(&trace), "main: exit status: 0");
        // The loser's call has no end, or it did not come so far.
        let outcomes: Vec<_> = trace.matching("execve").map(|call| call.outcome().clone()).collect();
        let done = outcomes.iter().filter(|outcome| **outcome != Outcome::Unfinished).count();
        assert!(done == 2 && outcomes.len() <= 3, "{outcomes:?}");
    }
}

#[test]
fn a_failed_exec_is_a_failed_call() {
    let trace = case(&["exec_fails"]);
    assert_eq!(stdout(&trace), "the third attempt\n");
    trace
        .in_order([
            call!("execve").ok(),
            call!("execve", path = "/no/such/program").fails("ENOENT"),
            call!("execve", path = "/dev/null").fails("EACCES"),
            call!("execve").ok(),
        ])
        .times("execve", 4);
    case(&["exec_fails_in_thread"]).times(call!("execve").fails("ENOENT"), 1);
}

#[test]
fn execs_without_arguments_or_without_a_path() {
    assert_eq!(stdout(&case(&["exec_null_argv"])), "1 argument, 0 variables\n");
    let trace = case(&["exec_memfd"]);
    assert_eq!(stdout(&trace), "executed from memory\n");
    trace.times(call!("execveat").ok(), 1);
    let trace = case(&["exec_again", "5"]);
    trace.times(call!("execve").ok(), 6);
}

#[test]
fn children_that_are_killed_at_birth_are_accounted_for() {
    for _ in 0..3 {
        let trace = record(tracee("processes", ["fork_kill", "100"]));
        assert!(trace.status().success());
        let (killed, other): (Vec<_>, Vec<_>) = trace
            .processes()
            .skip(1)
            .partition(|process| process.status().is_some_and(|s| s.code().is_none()));
        assert_eq!((killed.len(), other.len()), (100, 0), "{}", family(&trace));
        let labels: BTreeSet<_> = killed.iter().map(|process| process.label()).collect();
        let expected: Vec<_> = (1..=100).map(|number| format!("main.c{number}")).collect();
        assert_eq!(labels, expected.iter().map(String::as_str).collect());
    }
}

#[test]
fn a_parent_sees_its_children_as_if_nobody_traced_them() {
    assert!(case(&["wait_all"]).stdout().ends_with(b"then -1\n"));
    case(&["sigchld_ignored"]);
}

#[test]
fn a_program_may_be_bound_to_its_parents_life() {
    assert_eq!(stdout(&case(&["death_signal"])), "alive\n");
    // The thread that asked for the recording is its parent, also where that is not the main one.
    let trace =
        std::thread::spawn(|| record(tracee("processes", ["death_signal"]))).join().expect("no panic");
    assert_eq!(stdout(&trace), "alive\n");
}

#[test]
fn a_child_that_nobody_may_trace_is_a_blind_spot() {
    for name in ["clone_untraced", "clone3_untraced"] {
        let trace = case(&[name]);
        check(&family(&trace), "main: exit status: 0");
        assert_eq!(blind_spots(&trace), [BlindSpot::Escaped], "{name}");
        assert!(trace.try_never("socket").map(drop).expect_err("it cannot tell").is_inconclusive(), "{name}");
        trace.allowing(BlindSpot::Escaped).never("socket");
    }
}

#[test]
fn programs_of_each_process_are_known() {
    let trace = record(sh("cat /dev/null; head -c 1 /dev/zero | wc -c"));
    let programs: Vec<_> = trace
        .processes()
        .map(|process| process.program().file_name().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    let mut sorted = programs.clone();
    sorted.sort();
    assert_eq!(sorted, ["cat", "head", "sh", "wc"]);
    let wc = trace.processes().find(|process| process.program().ends_with("wc")).expect("wc ran");
    assert_eq!(wc.argv(), ["wc", "-c"]);
    trace.process("cat").contains(call!("openat", path = "/dev/null"));
    assert!(trace.process("wc").try_contains(call!("openat", path = "/dev/null")).is_err());
}
