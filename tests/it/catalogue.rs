//! Ways to pass without having looked, and with each the question beside it that can be answered. By the letters:
//! A the question was wrong, B the program did not get that far, C it happened where nobody looked, D it was recorded and
//! not understood, E the test did not look.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::Duration;

use expect_syscalls::{BlindSpot, CallMatcher, Mismatch, call, family as calls_of, under};

use crate::vocabulary::*;

#[track_caller]
fn refused<T>(inconclusive: bool, result: Result<T, Mismatch>, phrase: &str) {
    let mismatch = result.map(drop).expect_err("it passed");
    let text = mismatch.to_string();
    assert!(mismatch.is_inconclusive() == inconclusive && text.contains(phrase), "{text}");
}

/// The matcher cannot be made, for this reason.
#[track_caller]
fn no_question<M: Into<CallMatcher>>(make: impl FnOnce() -> M, phrase: &str) {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(make().into()))).expect_err("the question was taken");
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default();
    assert!(text.contains(phrase), "{text}");
}

#[test]
fn a_misspelt_names() {
    no_question(|| "conect", "did you mean `connect`?");
    no_question(|| "%netwrok", "netwrok");
    no_question(|| call!("openat").fails("ENOTENT"), "ENOENT");
    no_question(|| call!("openat", flags = "O_CRAET"), "O_CREAT");
    drop(call!("openat", flags = "O_CREAT").fails("ENOENT"));
}

#[test]
fn a_names_of_something_else() {
    no_question(|| "send", "sendto");
    no_question(|| "socketcall", "i386");
    drop(CallMatcher::from("sendto"));
}

#[test]
fn a_values_that_cannot_occur() {
    no_question(|| call!("connect", addr = "example.org:80"), "example.org");
    no_question(|| call!("openat", flags = "MAP_SHARED"), "MAP_SHARED");
    no_question(|| call!("openat", path = under("")), "wants an absolute path");
    no_question(|| call!("openat", flags = ""), "no O_ value is called ``");
    no_question(|| call!("fcntl", cmd = "O_RDONLY"), "O_RDONLY");
    drop(call!("connect", addr = "192.0.2.1:80"));
}

#[test]
fn a_flag_worth_nothing_is_a_value_of_a_field() {
    let trace = record(sh("exec 3> /dev/null; exit 0"));
    let opened = |mode: &str| call!("openat", path = "/dev/null", flags = mode).ok();
    trace.success().contains(opened("O_WRONLY")).never(opened("O_RDONLY"));
    let read = record(sh("exec 3< /dev/null; exit 0"));
    refused(false, read.success().try_never(opened("O_RDONLY")), "must never be made");
}

#[test]
fn a_one_name_of_several() {
    let trace = record(program("cat", ["/etc/hostname"]));
    refused(true, trace.success().try_never("open"), "open was never made, but openat was");
    trace.never(call!("open")).never("link");
}

#[test]
fn b_a_program_that_failed_or_was_killed() {
    let failed = record(program("cat", ["/no/such/file"]));
    refused(
        true,
        failed.try_never("connect"),
        "the program exited with 1, and the test does not say that it should",
    );
    failed.code(1).never("connect");
    let killed = record(sh("kill -KILL $$"));
    refused(true, killed.try_never("connect"), "the program was killed by SIGKILL after");
    refused(
        false,
        killed.try_success().and_then(|it| it.try_never("connect")),
        "the program was killed by SIGKILL",
    );
    killed.signal("SIGKILL").never("connect");
}

#[test]
fn b_a_program_that_never_started() {
    let error = tracer().try_run(Command::new("no-such-program")).map(drop).expect_err("there is none");
    assert!(error.is_spawn_failure() && error.trace().is_none(), "{error}");
    assert!(error.to_string().contains("no-such-program"), "{error}");
}

#[test]
fn b_a_program_that_did_not_end() {
    let late = |millis| {
        let late = tracer().timeout(Duration::from_millis(millis)).try_run(program("sleep", ["1000"]));
        late.map(drop).expect_err("it takes too long")
    };
    // On a busy machine it takes a while until it sleeps.
    let mut errors = [300, 1000, 3000, 10_000, 30_000].into_iter().map(late);
    let error = errors.find(|error| error.to_string().contains("in clock_nanosleep("));
    let error = error.expect("it sleeps at last");
    let trace = error.trace().expect("what there was");
    refused(true, trace.try_never("connect"), "broken off");
    trace.contains("clock_nanosleep").allowing(BlindSpot::Limit).never("connect");
    let mut running = tracer().spawn(program("sleep", ["1000"])).expect("it runs");
    running.wait_for("clock_nanosleep", Duration::from_secs(60)).expect("it sleeps");
    refused(true, running.trace_so_far().try_never("connect"), "in clock_nanosleep(");
    running.signal("SIGTERM").expect("it runs");
    running.finish().expect("it ends").never("connect");
}

#[test]
fn b_a_view_of_nothing() {
    let trace = record(program("cat", ["/etc/hostname"]));
    refused(true, trace.success().process("sh").try_never("connect"), "there is no process named \"sh\"");
    refused(true, trace.children().try_never("connect"), "there was no process but the root");
    refused(true, trace.between("a", "b").try_never("connect"), "the mark \"a\" was never made");
    refused(true, trace.select("fork").try_never("connect"), "no call matches");
    trace.process("cat").never("connect");
    trace.children().allowing(BlindSpot::Empty).never("connect");
}

#[test]
fn c_a_child_outside() {
    let escaping = || tracee("processes", ["clone_untraced"]);
    let trace = record(escaping());
    if trace.count("clone") == 0 {
        return skipped("no child was made");
    }
    refused(true, trace.success().try_never("connect"), "a child outside: ");
    trace.allowing(BlindSpot::Escaped).never("connect");
    record(tracee("processes", ["clone"])).success().never("connect");
}

#[test]
fn c_a_socket_that_was_passed() {
    let with_stdin = || {
        let (near, far) = UnixStream::pair().expect("a pair of sockets");
        drop(near);
        let mut command = program("cat", [""; 0]);
        command.stdin(OwnedFd::from(far));
        command
    };
    let trace = record(with_stdin());
    refused(true, trace.success().try_never(calls_of::network()), "a socket that no recorded call made: ");
    refused(true, trace.connections().try_none(), "a socket that no recorded call made: ");
    trace.never(call!("execveat")).allowing(BlindSpot::PassedSocket).never(calls_of::network());
    record(program("cat", ["/etc/hostname"])).success().never(calls_of::network());
}

#[test]
fn c_calls_that_were_left_out() {
    let filtered = || tracer().only(["openat", "read"]).run(program("cat", ["/etc/hostname"]));
    refused(true, filtered().success().try_never("connect"), "add connect to Tracer::only(..)");
    refused(true, filtered().success().try_never(calls_of::network()), "Tracer::only(..) leaves calls out");
    filtered().success().never(call!("openat", path = "/etc/shadow"));
}

#[test]
fn c_randomness_from_the_vdso() {
    let asked = || call!("getrandom", flags = "GRND_RANDOM");
    let trace = record(tracee("habits", ["droppable", "/"]));
    if stdout(&trace) != "mapped\n" {
        return skipped("this kernel has no MAP_DROPPABLE, and its vDSO no getrandom");
    }
    refused(true, trace.success().try_never(asked()), "random numbers without a call, in the memory of #");
    refused(false, trace.try_never("getrandom"), "more may have been made unseen: vDSO");
    trace.allowing(BlindSpot::Vdso).never(asked());
    tracer().vdso(false).run(tracee("habits", ["droppable", "/"])).success().never(asked());
    // With other memory the vDSO cannot.
    record(tracee("habits", ["private", "/"])).success().never(asked());
}

#[test]
fn c_a_filter_of_the_programs_own() {
    // It outranks a filter that would stop at these calls only: an answer of its own would never be seen.
    let filtered = tracer().only(["getppid"]).run(tracee("seccomp", ["errno"]));
    refused(false, filtered.success().try_never("getppid"), "made once, must never be made");
    filtered.contains("getppid").never(call!("getppid").ok());
    tracer().only(["getppid"]).run(program("cat", ["/etc/hostname"])).success().never("getppid");
}

#[test]
fn c_a_service_that_is_asked() {
    let asks = record(tracee("sockets", ["connect", "unix:/no/such/socket"]));
    refused(false, asks.success().try_never(calls_of::network()), "must never be made");
    refused(false, asks.connections().try_none(), "/no/such/socket");
    record(program("cat", ["/etc/hostname"])).success().never(calls_of::network()).connections().none();
}

#[test]
fn d_a_number_in_no_table() {
    let trace = record(tracee("abi", ["numbers"]));
    // The kernel has none of them, so that nothing was done.
    trace.success().never(calls_of::network());
    refused(false, trace.try_never("getpid"), "must never be made");
}

#[test]
fn d_an_argument_that_cannot_be_read() {
    let trace = record(tracee("memory", ["paths"]));
    let unread = trace.matching("openat").filter(|call| call.to_string().contains("0x")).count();
    assert!(unread > 0, "{:?}", trace.names());
    refused(true, trace.success().try_never(call!("openat", path = "/no/such/path")), "was 0x8");
    trace.allowing(BlindSpot::Unreadable).never(call!("openat", path = "/no/such/path"));
    trace.never(call!("openat", path = "/no/such/path").ok());
}

#[test]
fn d_a_call_that_the_programs_own_filter_rejected() {
    let trace = record(tracee("seccomp", ["trap"]));
    refused(true, trace.success().try_contains(call!("getppid").ok()), "getppid");
    trace.contains("getppid");
    record(tracee("seccomp", ["log"])).success().contains(call!("getppid").ok());
}

#[test]
fn d_a_call_of_another_interface() {
    let trace = record(tracee("abi", ["i386"]));
    if !trace.status().success() {
        return skipped("this kernel has no i386 interface");
    }
    refused(true, trace.success().try_never(call!("open", path = "/etc/passwd")), "i386:open(");
    refused(true, trace.files_read().try_never("/etc/shadow"), "another interface");
    trace.never(call!("connect", addr = "192.0.2.1:80"));
}

/// Another thread changes the path between our look at it and the kernel's. What was opened, the kernel tells.
#[test]
fn d_a_path_that_another_thread_changes() {
    let opened = |name: &str| call!("openat", path = name);
    let trace = record(tracee("habits", ["flip", "/"]));
    let raced = trace.success().after_startup();
    if raced.count("openat") < 1000 || raced.count(opened("/etc/nonexist").ok()) == 0 {
        return skipped("the threads did not come in each other's way");
    }
    let missing = || opened("/etc/hostname").fails("ENOENT");
    refused(true, raced.try_never(opened("/etc/passwd")), "which another thread was changing");
    refused(true, raced.try_never(missing()), "which another thread was changing");
    refused(true, raced.try_contains(missing()), "no call matches for sure");
    raced.never(opened("/etc/passwd").ok()).contains(opened("/etc/hostname").ok());
    raced.files_read().contains("/etc/hostname").never("/etc/passwd").never("/etc/nonexist");
    raced.allowing(BlindSpot::Unreadable).never(opened("/etc/passwd"));

    // The same buffer with the same paths, and nobody else who changes it.
    let trace = record(tracee("habits", ["alternate", "/"]));
    let alone = trace.success().after_startup();
    alone.never(opened("/etc/passwd")).never(missing());
    alone.times(opened("/etc/nonexist").fails("ENOENT"), 500).times(opened("/etc/hostname").ok(), 500);
    refused(false, alone.try_never(opened("/etc/nonexist")), "must never be made");
}

#[test]
fn d_a_register_that_a_handler_returns_to() {
    // The call that the signal has interrupted failed with EINTR, and its error is what rt_sigreturn restores.
    let trace = record(tracee("signals", ["interrupt"]));
    let signals = || CallMatcher::from("%signal");
    assert!(
        trace.matching("rt_sigreturn").any(|call| call.to_string().ends_with(" (Interrupted system call)"))
    );
    trace.success().contains("rt_sigreturn").never(signals().fails("EINTR"));
    let returns = trace.select("rt_sigreturn");
    refused(
        false,
        returns.try_contains(signals().fails("EINTR")),
        "was none: it does not return to its caller",
    );
    trace.contains(call!("read").fails("EINTR"));
    refused(false, trace.try_never(call!("read").fails("EINTR")), "must never be made");
    no_question(|| call!("rt_sigreturn").ok(), "does not return to its caller");
}

#[test]
fn d_a_buffer_that_was_cut() {
    let says = || tracer().buffer_limit(4).run(sh("echo 0123456789"));
    refused(true, says().success().try_never(call!("write", buf = "0123456789\n")), "Tracer::buffer_limit");
    says().success().never(call!("write", buf = "9876543210\n"));
}

#[test]
fn e_a_rule_about_nothing() {
    let trace = record(program("cat", ["/etc/hostname"]));
    let sync = |_: &_| "fsync";
    refused(true, trace.success().each("rename").try_preceded_by(sync), "so `each` says nothing");
    refused(true, trace.select("rename").try_only("rename"), "no call matches rename");
    refused(true, trace.files_written().try_only(under("/tmp")), "so `only` says nothing");
    trace.files_written().none();
    trace.allowing(BlindSpot::Empty).files_written().only(under("/tmp"));
    let copied = tempdir();
    let copy = record(program("cp", ["/etc/hostname".as_ref(), copied.path().as_os_str()]));
    copy.success().files_written().only(under(copied.path()));
}
