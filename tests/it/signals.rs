//! Signals: delivered as sent, stops that stop, calls that are interrupted.

use expect_syscalls::{Outcome, Trace, call};

use crate::vocabulary::*;

#[track_caller]
fn case(args: &[&str]) -> Trace {
    same_as_untraced(|_| tracee("signals", args))
}

#[test]
fn every_signal_arrives_with_its_value() {
    let trace = case(&["handle_each"]);
    let text = stdout(&trace);
    // All but SIGKILL, SIGSTOP and two that glibc keeps for itself.
    assert_eq!(text.matches(" with code -1 and value 0x123456789abc00").count(), 60, "{text}");
    let delivered: Vec<_> = trace.marks().filter_map(|mark| mark.signal()).collect();
    let sent: Vec<_> = (1..=64).filter(|signal| ![9, 19, 32, 33].contains(signal)).collect();
    assert_eq!(delivered, sent);
    let last = trace.marks().filter(|mark| mark.signal().is_some()).last().expect("64").to_string();
    assert!(last.contains("SIGRT_32") && last.contains("SI_QUEUE"), "{last}");
}

#[test]
fn ignored_signals_are_ignored() {
    let trace = case(&["ignore_each"]);
    assert_eq!(stdout(&trace), "ignored\n");
    trace.times(call!("rt_sigreturn"), 0);
}

#[test]
fn a_signal_ends_a_program_as_it_would() {
    for signal in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 24, 31, 34, 50, 64] {
        use std::os::unix::process::ExitStatusExt as _;
        let trace = same_as_untraced(|_| tracee("processes", ["signal".to_owned(), signal.to_string()]));
        assert_eq!(trace.status().signal(), Some(signal));
        assert_eq!(trace.stdout(), b"");
        let end = trace.marks().last().expect("an end").to_string();
        assert!(end.starts_with("+++ killed by SIG"), "{end}");
    }
    for harmless in [17, 18, 23, 28] {
        let trace = same_as_untraced(|_| tracee("processes", ["signal".to_owned(), harmless.to_string()]));
        assert_eq!(stdout(&trace), "survived\n");
    }
}

#[test]
fn a_core_dump_is_one() {
    let trace = same_as_untraced(|dir| {
        let mut command = sh("ulimit -c unlimited 2>/dev/null; exec \"$0\" signal 11");
        command.arg(tracee("processes", [""; 0]).get_program()).current_dir(dir);
        command
    });
    trace.signal("SIGSEGV");
}

#[test]
fn traps_of_the_programs_own_are_its_own() {
    let trace = case(&["trap"]);
    assert_eq!(stdout(&trace), "raised: 1\nsent: 2\nbreakpoint: 3\nsteps: true\n");
    let trace = case(&["breakpoint"]);
    trace.signal("SIGTRAP");
}

/// A stop lasts, the parent is told of it, and of its end.
#[test]
fn a_stopped_child_stays_stopped_until_it_is_continued() {
    let trace = case(&["stop_child"]);
    check(&stdout(&trace), "stopped 0x137f\nsilent while stopped: true\ncontinued 0xffff\nended 0x0");
    assert!(trace.marks().any(|mark| mark.to_string() == "--- stopped by SIGSTOP ---"));
}

#[test]
fn a_program_that_stops_itself_is_continued_by_its_child() {
    // SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU.
    for signal in ["19", "20", "21", "22"] {
        assert_eq!(stdout(&case(&["stop_self", signal])), "raised 0\nhelper 0x0\n");
    }
}

/// What the kernel makes anew is one call, and what the program sees of an interruption is its result.
#[test]
fn an_interrupted_call_is_one_call() {
    for tracer in [tracer(), tracer().only(["read"])] {
        let trace = tracer.run(tracee("signals", ["restart"]));
        assert_eq!(trace.stdout(), b"1\n");
        trace
            .success()
            .times(call!("read", count = 8).ok(), 1)
            .never(call!("read", count = 8).fails("EINTR"));

        let trace = tracer.run(tracee("signals", ["interrupt"]));
        assert_eq!(trace.stdout(), b"Interrupted, then 1\n");
        trace
            .success()
            .times(call!("read", count = 8).fails("EINTR"), 1)
            .times(call!("read", count = 8).returns(1), 1);
    }
    case(&["restart"]);
    case(&["interrupt"]);
}

#[test]
fn a_sleep_that_was_stopped_goes_on() {
    let trace = case(&["sleep"]);
    trace.times(call!("nanosleep").returns(0), 1).never("restart_syscall");
    let sleep = trace.matching("nanosleep").next().expect("it sleeps");
    assert!(
        sleep.duration().is_some_and(|lasted| lasted >= std::time::Duration::from_millis(300)),
        "{sleep}"
    );
}

#[test]
fn a_kill_at_any_moment_is_the_end_and_nothing_else() {
    let trace = case(&["kill_race", "30"]);
    trace.success();
    assert_eq!(
        trace.processes().filter(|process| process.status().is_some_and(|s| s.code().is_none())).count(),
        30
    );
    assert!(trace.matching("getpid").all(|call| match call.outcome() {
        Outcome::Returned(pid) => pid.as_int() == Some(call.process().pid().into()),
        outcome => *outcome == Outcome::Unfinished,
    }));
}

#[test]
fn a_death_has_its_line() {
    let text = transcript(&record(sh("kill -TERM $$")));
    let end: Vec<_> = text.lines().rev().take(2).collect();
    assert_eq!(end[0], "main  +++ killed by SIGTERM +++");
    assert!(
        end[1].starts_with("main  --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=main"),
        "{text}"
    );
}

#[test]
fn every_thread_of_a_stopped_process_stops() {
    let trace = case(&["stop_threads"]);
    check(&stdout(&trace), "stopped 0x137f\ncontinued 0xffff\nended 0x0");
    let stops = trace.marks().filter(|mark| mark.to_string() == "--- stopped by SIGSTOP ---").count();
    // A thread that had not begun when its process was stopped stops too, and reports it as its first stop.
    assert!((1..=4).contains(&stops), "{stops}");
}

#[test]
fn a_kill_ends_what_is_stopped() {
    let trace = case(&["kill_stopped"]);
    check(&stdout(&trace), "stopped 0x137f\nended 0x9");
    check(&family(&trace), "main: exit status: 0\nmain.c1: signal: 9 (SIGKILL)");
}

#[test]
fn one_signal_ends_all_threads() {
    let trace = case(&["kill_threads"]);
    trace.signal("SIGTERM");
    assert_eq!(trace.marks().filter(|mark| mark.signal() == Some(15)).count(), 1);
}

#[test]
fn real_time_signals_queue_and_keep_their_values() {
    let trace = case(&["queue"]);
    // In which order they are taken up is the kernel's; the program has printed the same one untraced.
    let mut delivered: Vec<_> = trace.marks().filter_map(|mark| mark.signal()).collect();
    delivered.sort_unstable();
    assert_eq!(delivered, [40, 40, 41, 41]);
}

/// The register that rt_sigreturn(2) restores is the program's own, whatever it looks like.
#[test]
fn a_return_from_a_handler_restores_any_register() {
    let trace = case(&["return"]);
    assert_eq!(stdout(&trace), "-2\n");
    trace.times("rt_sigreturn", 1);
}
