//! Where the program's own part begins, and that the program does not notice that somebody wants to know.

use std::path::Path;
use std::process::Command;

use expect_syscalls::{Trace, call, under};

use crate::vocabulary::*;

/// Whether the dynamic loader's part is told from the program's.
#[track_caller]
fn begins_with_the_program(trace: &Trace) {
    let own = trace.after_startup();
    own.contains(call!("write", buf = "begun\n"));
    own.never(call!("openat", path = under("/etc/ld.so.cache")));
}

fn says(what: &str) -> Command {
    program("echo", [what])
}

/// Compiles this with these options; `false` where that cannot be.
pub(crate) fn compiled(dir: &Path, name: &str, source: &str, options: &[&str]) -> bool {
    let file = dir.join("source.c");
    std::fs::write(&file, source).expect("it is written");
    let output = Command::new("gcc").args(options).arg("-o").arg(dir.join(name)).arg(&file).output();
    output.is_ok_and(|output| output.status.success())
}

#[test]
fn start_up_ends_at_the_entry_point() {
    begins_with_the_program(record(says("begun")).success());
    let running = tracer().spawn(says("begun")).expect("it runs");
    begins_with_the_program(running.finish().expect("it ends").success());
    let children = record(sh("echo begun; /bin/echo begun"));
    begins_with_the_program(&children.success().children());
}

#[test]
fn a_program_finds_its_entry_point() {
    let found = |trace: &Trace| assert_eq!(stdout(trace), "true\n");
    found(&same_as_untraced(|_| tracee("abi", ["entry"])));
    found(&tracer().spawn(tracee("abi", ["entry"])).and_then(|it| it.finish()).expect("it ends"));
}

#[test]
fn a_loader_that_shows_what_it_is_told_shows_the_truth() {
    let trace = record({
        let mut command = says("begun");
        command.env("LD_SHOW_AUXV", "1");
        command
    });
    let shown = stdout(&trace);
    let entry = shown.lines().find_map(|line| line.strip_prefix("AT_ENTRY:"));
    assert!(entry.is_none_or(|entry| entry.trim().starts_with("0x55")), "{shown}");
    begins_with_the_program(trace.success());
}

/// A signal that is blocked or ignored would be neither once the kernel has sent it for a fault. Here the two are SIGTRAP and SIGSEGV.
#[test]
fn a_program_that_ignores_faults_goes_on_ignoring_them() {
    let last_digits = r"s/^Sig[IB].*\(...\)$/\1/p";
    // Whoever runs the tests may ignore others.
    let both = |text: &str| {
        let masks = text.lines().filter_map(|line| u64::from_str_radix(line, 16).ok());
        masks.map(|mask| mask & 0x410).collect::<Vec<_>>()
    };
    for (ignored, mask) in [("SEGV", 0x400), ("TRAP", 0x10), ("SEGV TRAP", 0x410)] {
        let script = format!("trap '' {ignored}; sed -n '{last_digits}' /proc/self/status; /bin/echo begun");
        let trace = same_as_untraced(|_| sh(&script));
        assert_eq!(both(&stdout(&trace)), [0, mask]);
        if ignored != "SEGV TRAP" {
            begins_with_the_program(trace.success());
        }
    }
    let blocks = "import signal, os, sys\n\
                  signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGSEGV, signal.SIGTRAP])\n\
                  os.execv('/bin/sed', ['sed', '-n', sys.argv[1], '/proc/self/status'])";
    if has("python3") {
        let trace = same_as_untraced(|_| program("python3", ["-c", blocks, last_digits]));
        assert_eq!(both(&stdout(&trace)), [0x410, 0]);
    }
}

/// Its fault is its own.
#[test]
fn a_program_that_jumps_nowhere_is_ended_by_that() {
    let dir = tempdir();
    let source = "int main(void) { ((void (*)(void)) 0x755555555000)(); return 0; }";
    if !compiled(dir.path(), "nowhere", source, &[]) {
        return skipped("there is no C compiler");
    }
    same_as_untraced(|_| Command::new(dir.path().join("nowhere"))).signal("SIGSEGV");
}

/// Two processes come to the entry point, of which one has executed the program.
#[test]
fn a_library_may_fork_before_the_program_begins() {
    let dir = tempdir();
    let source = "#include <unistd.h>\n#include <sys/wait.h>\n\
                  __attribute__((constructor)) static void begin(void) { if (fork()) wait(0); }";
    if !compiled(dir.path(), "forks.so", source, &["-shared", "-fPIC"]) {
        return skipped("there is no C compiler");
    }
    let forking = || {
        let mut command = says("begun");
        command.env("LD_PRELOAD", dir.path().join("forks.so"));
        command
    };
    let trace = same_as_untraced(|_| forking());
    assert_eq!(stdout(&trace), "begun\nbegun\n");
    assert_eq!(trace.after_startup().count(call!("write", buf = "begun\n")), 2);
}

#[test]
fn a_program_without_a_loader_begins_at_once() {
    let dir = tempdir();
    let source = "void _start(void) {\n\
                  __asm__ volatile(\"syscall\" : : \"a\"(1), \"D\"(1), \"S\"(\"begun\\n\"), \"d\"(6) : \"rcx\", \"r11\", \"memory\");\n\
                  __asm__ volatile(\"syscall\" : : \"a\"(231), \"D\"(0));\n__builtin_unreachable(); }";
    if !compiled(dir.path(), "bare", source, &["-nostdlib", "-static", "-O1"]) {
        return skipped("there is no C compiler");
    }
    let trace = same_as_untraced(|_| Command::new(dir.path().join("bare")));
    assert_eq!(trace.after_startup().names(), ["write", "exit_group"].into());
    begins_with_the_program(trace.success());
}
