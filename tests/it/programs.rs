//! Programs of every kind, also some that cannot be executed.

use std::path::Path;

use expect_syscalls::{BlindSpot, Outcome, Trace, call};

use crate::vocabulary::*;

#[track_caller]
fn case(name: &str) -> Trace {
    same_as_untraced(|dir| tracee("programs", [name.as_ref(), dir.as_os_str()]))
}

#[test]
fn a_script_is_one_exec_of_the_script() {
    let trace = case("script");
    assert_eq!(stdout(&trace), "1 arguments, program\n");
    let execs: Vec<_> = trace.root().matching(call!("execve").ok()).map(ToString::to_string).collect();
    assert!(execs.len() == 2 && execs[1].contains("/program\", [\"a name\", \"an argument\"]"), "{execs:?}");
    assert!(trace.root().matching("execve").all(|call| !call.to_string().starts_with("execve(\"/bin/sh\"")));
    assert_eq!(stdout(&case("nested_script")), "inner, 2 arguments\n");
}

#[test]
fn what_has_no_interpreter_is_executed_twice() {
    let trace = case("no_interpreter");
    assert_eq!(stdout(&trace), "by the shell\n");
    trace.in_order([call!("execve").fails("ENOEXEC"), call!("execve", path = "/bin/sh").ok()]);
}

#[test]
fn a_refused_exec_changes_nothing() {
    let trace = case("refused");
    for errno in ["ENOEXEC", "ETXTBSY", "ENOENT"] {
        trace.times(call!("execve").fails(errno), 1);
    }
    assert_eq!(trace.processes().count(), 1);
}

/// The old program is gone, the new one cannot be: neither is there.
#[test]
fn an_exec_may_die() {
    let trace = case("dies");
    assert_eq!(stdout(&trace), "status 0xb\n");
    let child = trace.process("program").count("execve") + trace.children().count("execve");
    assert!(child >= 1);
    assert_eq!(trace.count(call!("execve").ok()), 1, "that of the tracee itself");
    assert!(family(&trace).contains("main.c1: signal: 11 (SIGSEGV)"), "{}", family(&trace));
}

/// The call that executes it is the old program's, in entry and exit.
#[test]
fn a_program_of_32_bits_is_followed() {
    let trace = case("i386");
    if !stdout(&trace).starts_with("32 bits\n") {
        return skipped("this kernel runs no 32-bit programs");
    }
    check(&family(&trace), "main: exit status: 0\nmain.c1: exit status: 7");
    trace.times(call!("execve").ok(), 2);
    let foreign: Vec<_> = trace.calls().filter(|call| call.name().contains(':')).collect();
    assert_eq!(foreign.iter().map(|call| call.name()).collect::<Vec<_>>(), ["i386:write", "i386:exit"]);
    assert!(matches!(foreign[0].outcome(), Outcome::Returned(value) if value.as_int() == Some(8)));
    assert!(blind_spots(&trace).contains(&BlindSpot::Foreign));
}

/// A program that may be executed and not be read: who may not read everything sees calls and no strings, and
/// says so.
#[test]
fn an_unreadable_program_keeps_its_strings() {
    let script = "cp \"$1\" program && chmod 111 program && exec ./program open /dev/null";
    let trace = same_as_untraced(|dir| {
        let program = tracee("programs", [""; 0]).get_program().to_owned();
        let mut command = program_in(dir, script);
        command.arg(program);
        command
    });
    trace.success();
    let read = trace.count(call!("openat", path = "/dev/null").ok());
    let refusal = trace.try_never(call!("openat", path = "/no/such/file")).map(drop);
    match read {
        0 => assert!(refusal.expect_err("it cannot tell").is_inconclusive()),
        _ => assert!(refusal.is_ok()),
    }
}

/// A leak checker traces the program it is in, which has one tracer already: the report says how to do without.
#[test]
fn a_program_that_must_trace_itself_gets_advice() {
    let dir = tempdir();
    let script =
        "echo 'int main(void) { return 0; }' > leaks.c && cc -fsanitize=leak -o leaks leaks.c && ./leaks";
    if !has("cc") || !program_in(dir.path(), script).output().is_ok_and(|built| built.status.success()) {
        return skipped("the compiler has no leak checker");
    }
    let report =
        record(program_in(dir.path(), "exec ./leaks")).try_success().map(drop).expect_err("it fails");
    let hint =
        "hint      LeakSanitizer needs ptrace for itself: run the program with LSAN_OPTIONS=detect_leaks=0";
    assert!(report.to_string().contains(hint), "{report}");
    record(program_in(dir.path(), "LSAN_OPTIONS=detect_leaks=0 exec ./leaks")).success();
}

fn program_in(dir: &Path, script: &str) -> std::process::Command {
    let mut command = program("sh", ["-c", script, "sh"]);
    command.current_dir(dir);
    command
}
