//! `Tracer::only` with a seccomp filter in the kernel: as without, and quicker.

use std::collections::BTreeMap;
use std::process::Command;

use expect_syscalls::{BlindSpot, CallMatcher, Trace, Tracer, call, fail};
use regex::Regex;

use crate::startup::compiled;
use crate::vocabulary::*;

/// Whether a program would get a filter here.
fn is_possible() -> bool {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let own = status.lines().find_map(|line| line.strip_prefix("Seccomp:")).unwrap_or_default();
    if own.trim() != "0" {
        skipped("the tests run under a seccomp filter");
    }
    own.trim() == "0"
}

/// The calls of each thread, and the ends.
fn by_thread(trace: &Trace) -> String {
    let pid = Regex::new(r"= \d+$").expect("a pattern");
    let mut threads: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for call in trace.calls() {
        let line = call.to_string();
        let line =
            if call.name().ends_with("pid") { pid.replace(&line, "= a pid").into_owned() } else { line };
        threads.entry(call.thread()).or_default().push(line);
    }
    let lines = threads
        .iter()
        .flat_map(|(thread, calls)| calls.iter().map(move |call| format!("{thread}  {call}\n")));
    lines.chain([family(trace)]).collect()
}

/// Records `calls` with a filter and without, and insists on the same trace, and on what the program does by itself.
#[track_caller]
fn same_without(calls: &[&str], command: impl Fn() -> Command) -> Trace {
    let untraced = command().output().expect("it runs");
    let tracer = tracer().only(calls.iter().copied());
    let filtered = tracer.run(command());
    let stepwise = tracer.seccomp(false).run(command());
    check(&by_thread(&filtered), &by_thread(&stepwise));
    assert_eq!(blind_spots(&filtered), blind_spots(&stepwise));
    assert_eq!((status(&filtered), text(filtered.stdout())), (untraced.status, text(&untraced.stdout)));
    assert_eq!(filtered.stderr(), untraced.stderr);
    filtered
}

#[test]
fn there_is_a_filter_and_it_can_be_left_out() {
    let seen = |tracer: Tracer| stdout(&tracer.run(program("grep", ["Seccomp:", "/proc/self/status"])));
    if is_possible() {
        assert_eq!(seen(tracer().only(["connect"])), "Seccomp:\t2\n");
        assert_eq!(seen(tracer().only(["connect"]).seccomp(false)), "Seccomp:\t0\n");
        assert_eq!(seen(tracer()), "Seccomp:\t0\n");
        // It would outlive the trace.
        let running = tracer().only(["connect"]).spawn(program("grep", ["Seccomp:", "/proc/self/status"]));
        assert_eq!(stdout(&running.and_then(|it| it.finish()).expect("it ends")), "Seccomp:\t0\n");
    }
}

#[test]
fn the_trace_is_the_same() {
    for calls in [&["openat"][..], &["read", "write", "close"], &["execve", "exit_group"], &["connect"]] {
        same_without(calls, || program("cat", ["/etc/hostname", "/no/such/file"]));
        same_without(calls, || sh("ls / | wc -l; (cd /; exit 3); sh -c 'kill -TERM $$'; exec true"));
        same_without(calls, || tracee("threads", ["many", "4"]));
        same_without(calls, || tracee("processes", ["exec_thread"]));
    }
    let trace = same_without(&["openat"], || program("cat", ["/etc/hostname"]));
    trace.success().contains(call!("openat", path = "/etc/hostname")).times("openat", 2..);
    assert!(trace.try_never("read").is_err());
}

#[test]
fn what_is_stopped_or_interrupted_goes_on() {
    for (calls, args) in [
        (["nanosleep"], &["sleep"][..]),
        (["rt_sigaction"], &["stop_self", "19"]),
        (["rt_sigaction"], &["handle_each"]),
        (["rt_sigaction"], &["trap"]),
    ] {
        same_without(&calls, || tracee("signals", args));
    }
}

#[test]
fn a_program_that_cannot_be_run_is_reported_by_std() {
    for calls in ["write", "execve", "close"] {
        let error = tracer().only([calls]).try_run(Command::new("/no/such/program"));
        let text = error.expect_err("there is no such program").to_string();
        assert!(text.starts_with("cannot run \"/no/such/program\": No such file or directory"), "{text}");
    }
}

#[test]
fn a_filter_of_the_programs_own_answers_as_it_would() {
    for action in ["errno", "trace", "log", "trap", "trap_unhandled", "kill", "kill_thread", "supervised"] {
        let trace = same_without(&["getppid"], || tracee("seccomp", [action]));
        trace.allowing(BlindSpot::EarlyEnd).contains("getppid");
    }
    // Who is made before it, and who is made after it; what either executes has what its maker has.
    let trace = same_without(&["getppid"], || tracee("seccomp", ["children"]));
    assert_eq!(stdout(&trace), "false\ntrue\n\n");
    trace.times("getppid", 2).times(call!("getppid").fails("EBADFD"), 1);
}

#[test]
fn a_program_that_asks_for_filters_is_told_of_its_own() {
    let told = stdout(&same_without(&["getppid"], || tracee("seccomp", ["asks"])));
    assert_eq!(told, "(0, 0) (2, 1)\n");
}

/// What it says, and what the program does all the same without a filter.
#[test]
fn a_program_that_a_filter_would_disturb_is_refused() {
    if !is_possible() {
        return;
    }
    for (program, case, does) in [
        ("seccomp", "strict", "enters the strict mode of seccomp(2)"),
        ("seccomp", "all_threads", "gives all its threads a seccomp filter at once"),
        ("processes", "clone_untraced", "makes a task that is not traced (CLONE_UNTRACED)"),
        ("processes", "clone3_untraced", "makes a task that is not traced (CLONE_UNTRACED)"),
    ] {
        let tracer = tracer().only(["getppid"]);
        let error = tracer.try_run(tracee(program, [case])).expect_err("it is disturbed");
        check(
            &error.to_string(),
            &format!(
                "the program {does}, which it could not do under the seccomp filter of Tracer::only as it does without: it \
                 was killed; Tracer::seccomp(false) records it without a filter"
            ),
        );
        let untraced = tracee(program, [case]).output().expect("it runs");
        let trace = tracer.seccomp(false).run(tracee(program, [case]));
        assert_eq!((status(&trace), trace.stdout()), (untraced.status, &*untraced.stdout), "{case}");
    }
}

#[test]
fn calls_of_other_interfaces_are_seen_all_the_same() {
    for case in ["i386", "numbers"] {
        same_without(&["connect"], || tracee("abi", [case]));
    }
    // Its exit is never seen, and so neither is its entry.
    same_without(&["time"], || tracee("abi", ["vsyscall"]));
}

/// The number of the call that puts a filter on means another there, which may well succeed.
#[test]
fn a_program_whose_first_call_is_of_another_interface_gets_none() {
    let dir = tempdir();
    let source = "void _start(void) {\n\
                  __asm__ volatile(\"int $0x80\" : : \"a\"(20), \"b\"(0), \"c\"(0), \"d\"(0));\n\
                  __asm__ volatile(\"syscall\" : : \"a\"(110) : \"rcx\", \"r11\", \"memory\");\n\
                  __asm__ volatile(\"syscall\" : : \"a\"(231), \"D\"(3));\n__builtin_unreachable(); }";
    if !compiled(dir.path(), "first", source, &["-nostdlib", "-static", "-O1"]) {
        return skipped("there is no C compiler");
    }
    let trace = same_without(&["getppid"], || Command::new(dir.path().join("first")));
    let names: Vec<&str> = trace.calls().map(|call| call.name()).collect();
    assert_eq!(names, ["i386:getpid", "getppid"]);
}

#[test]
fn an_ordinary_user_gets_it_too() {
    alone_as_nobody("filter::an_ordinary_user_gets_it_too", || {
        if is_possible() {
            let seen = tracer().only(["connect"]).run(program("grep", ["^Seccomp:", "/proc/self/status"]));
            assert_eq!(stdout(&seen), "Seccomp:\t2\n");
            same_without(&["openat"], || program("cat", ["/etc/hostname"]));
            let told = stdout(&same_without(&["getppid"], || tracee("seccomp", ["asks"])));
            assert_eq!(told, "(0, 0) (2, 1)\n");
        }
    });
}

#[test]
fn faults_are_injected_without_it() {
    if is_possible() {
        let tracer = tracer().only(["connect"]).inject(CallMatcher::from("getuid").optional(), fail("EPERM"));
        let trace = tracer.run(program("grep", ["Seccomp:", "/proc/self/status"]));
        assert_eq!(stdout(&trace), "Seccomp:\t0\n");
    }
}
