//! Faults that are injected: into which calls, that they happened, and what the program makes of them.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use expect_syscalls::{
    BlindSpot, Call, Outcome, Trace, call, delay, fail, family, file, returns, signal, sweep,
};

use crate::vocabulary::*;

fn injected(trace: &Trace) -> Vec<String> {
    trace.injected().map(ToString::to_string).collect()
}

#[test]
fn a_write_that_fails_is_not_made_and_the_program_says_so() {
    let room = tempdir();
    let (from, to) = (room.path().join("from"), room.path().join("to"));
    fs::write(&from, vec![b'x'; 300_000]).expect("a file");
    let dd = || {
        let mut command = program("dd", ["bs=100000", "status=none"]);
        command.arg(format!("if={}", from.display())).arg(format!("of={}", to.display()));
        command
    };
    let full = tracer().inject(call!("write", fd = file(&to)).nth(3), fail("ENOSPC"));
    let trace = full.run(dd());
    trace.code(1).times(call!("write", fd = file(&to)), 3);
    assert!(text(trace.stderr()).contains("No space left on device"), "{}", text(trace.stderr()));
    assert_eq!(fs::metadata(&to).expect("it is there").len(), 200_000);
    let all = injected(&trace);
    assert_eq!(all.len(), 1);
    assert!(all[0].ends_with("100000) = -1 ENOSPC (No space left on device) (INJECTED)"), "{}", all[0]);
    // Without the rule, the program behaves.
    tracer().run(dd()).success();
    assert_eq!(fs::metadata(&to).expect("it is there").len(), 300_000);
}

#[test]
fn a_call_that_is_replaced_leaves_no_trace_in_the_world() {
    let room = tempdir();
    let dir = room.path().join("dir");
    let trace = tracer().inject(call!("mkdir", path = &dir), returns(0)).run(program("mkdir", [&dir]));
    trace.success();
    assert!(!dir.exists());
    assert_eq!(trace.injected().next().map(Call::outcome).map(shown).as_deref(), Some("0"));
    tracer().run(program("mkdir", [&dir])).success();
    assert!(dir.exists());
}

fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Returned(value) => value.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn families_threads_and_children_are_reached() {
    let online = program("bash", ["-c", "(exec 3<>/dev/tcp/127.0.0.1/1); true"]);
    let trace = tracer().inject(call!("socket", domain = "AF_INET"), fail("EACCES")).run(online);
    assert!(text(trace.stderr()).contains("Permission denied"), "{}", text(trace.stderr()));
    assert!(trace.injected().all(|call| call.thread() == "main.c1"));
    let trace = tracer().inject("getppid", returns(7)).run(tracee("threads", ["many", "3"]));
    trace.success();
    let threads: std::collections::BTreeSet<_> = trace.injected().map(Call::thread).collect();
    assert!(threads.len() > 1, "{threads:?}");
    assert!(trace.matching("getppid").all(Call::is_injected));
}

#[test]
fn occurrences_are_counted_in_the_tree_or_in_each_process() {
    let script = "cd / ; cd /tmp; (cd /; cd /usr; true)";
    let failing = |calls: expect_syscalls::Occurrences| -> Vec<String> {
        let trace = tracer().inject(calls, fail("EIO")).run(sh(script));
        trace
            .injected()
            .map(|call| format!("{} {}", call.thread(), call.arg("path").expect("a path")))
            .collect()
    };
    assert_eq!(failing(call!("chdir").nth(3)), [r#"main.c1 "/""#]);
    assert_eq!(failing(call!("chdir").nth(2..=3)), [r#"main "/tmp""#, r#"main.c1 "/""#]);
    assert_eq!(failing(call!("chdir").nth(2..).per_process()), [r#"main "/tmp""#, r#"main.c1 "/usr""#]);
    assert_eq!(failing(call!("chdir", path = "/").nth(2)), [r#"main.c1 "/""#]);
}

#[test]
fn the_first_rule_acts_and_all_count() {
    let trace = tracer()
        .inject(call!("chdir", path = "/tmp"), fail("EIO"))
        .inject(call!("chdir").nth(3), fail("EACCES"))
        .run(sh("cd /; cd /tmp; cd /usr; true"));
    let failed: Vec<_> = trace.matching("chdir").map(|call| call.outcome().clone()).collect();
    assert_eq!(failed.iter().map(shown).collect::<Vec<_>>(), ["0", "Failed(EIO)", "Failed(EACCES)"]);
}

#[test]
fn a_signal_comes_as_the_call_is_entered_and_is_no_early_end() {
    let trace = tracer().inject(call!("chdir").nth(2), signal("SIGTERM")).run(sh("cd /; cd /tmp; cd /usr"));
    trace.signal("SIGTERM").times(call!("chdir").ok(), 2).never("connect");
    assert_eq!(blind_spots(&trace), []);
    assert_eq!(injected(&trace), [r#"chdir("/tmp") = 0 (INJECTED)"#]);
}

#[test]
fn a_delay_passes_before_the_call_or_after_it() {
    const PAUSE: Duration = Duration::from_millis(200);
    for slow in [delay(PAUSE), delay(PAUSE).after()] {
        let begun = Instant::now();
        let trace = tracer().inject(call!("chdir"), slow).run(sh("cd /; pwd"));
        assert!(begun.elapsed() >= PAUSE);
        trace.success();
        assert_eq!(
            (trace.stdout(), injected(&trace)),
            (&b"/\n"[..], vec![r#"chdir("/") = 0 (DELAYED)"#.to_owned()])
        );
    }
    let late = tracer().timeout(PAUSE).inject(call!("chdir"), delay(Duration::from_secs(1000)));
    assert!(late.try_run(sh("cd /")).expect_err("it takes too long").is_timeout());
}

#[test]
fn who_is_killed_while_it_is_delayed_is_not_waited_for() {
    let begun = Instant::now();
    // The reader kills who tells it its number, which then enters the call that is delayed.
    let script = "sh -c 'echo $$; cd /' | { read pid; kill -KILL $pid; }";
    let trace = tracer().inject(call!("chdir").optional(), delay(Duration::from_secs(30))).run(sh(script));
    trace.success();
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn an_exec_a_fork_and_a_call_that_waits_can_fail() {
    let trace = tracer().inject("execve", fail("ENOMEM")).run(sh("/bin/true; echo $?"));
    trace.success().contains(call!("execve", path = "/bin/true").fails("ENOMEM"));
    let trace = tracer().inject(family::spawn(), fail("EPERM")).run(sh("/bin/true & wait"));
    assert_eq!(trace.processes().count(), 1);
    let trace = tracer().inject("clock_nanosleep", returns(0)).run(program("sleep", ["1000"]));
    trace.success();
}

#[test]
fn what_is_left_out_is_recorded_where_it_is_injected() {
    let trace = tracer().only(["close"]).inject("chdir", fail("EIO")).run(sh("cd /; true"));
    assert_eq!(injected(&trace), [r#"chdir("/") = -1 EIO (Input/output error) (INJECTED)"#]);
    assert!(trace.names().into_iter().all(|name| ["chdir", "close"].contains(&name)));
}

#[test]
fn a_fault_that_never_happens_fails_the_run() {
    let never = tracer()
        .inject(call!("chdir", path = "/nowhere"), fail("EIO"))
        .inject(call!("chdir").nth(3), fail("EIO"))
        .inject(family::sync().optional(), fail("EIO"));
    let error = never.try_run(sh("cd /; cd /tmp")).expect_err("it has no third");
    assert!(error.is_missing_fault());
    error.trace().expect("all of it").success().times("chdir", 2);
    check(
        &error.to_string(),
        r#"
a fault that was to be injected never happened
  fail("EIO") on chdir(path = "/nowhere")
    main  chdir("/") = 0
      path: wanted "/nowhere", was "/"
    main  chdir("/tmp") = 0
      path: wanted "/nowhere", was "/tmp"
  fail("EIO") on chdir, the 3rd
    2 calls match
    main  chdir("/") = 0
    main  chdir("/tmp") = 0
  .optional() on the matcher says that it need not happen
"#
        .trim_start(),
    );
}

#[test]
#[should_panic(
    expected = "a fault is injected when a call is entered, so it cannot depend on the outcome: chdir = ok"
)]
fn a_rule_cannot_ask_for_the_outcome() {
    let _ = tracer().inject(call!("chdir").ok(), fail("EIO"));
}

#[test]
#[should_panic(expected = "`exit_group` does not return to its caller: it cannot have fail(\"EIO\")")]
fn an_exit_cannot_fail() {
    let _ = tracer().inject("exit_group", fail("EIO"));
}

#[test]
fn a_ring_does_not_evade_a_rule() {
    let ring = || tracee("paths", ["ring", "/"]);
    if !stdout(&record(ring())).starts_with("a ring") {
        return skipped("this machine has no io_uring");
    }
    let trace = tracer().inject(call!("openat", path = "/no/such/file").optional(), fail("EIO")).run(ring());
    assert!(stdout(&trace).starts_with("Function not implemented"), "{}", stdout(&trace));
    assert!(!trace.blind_spots().contains(&BlindSpot::IoUring));
}

#[test]
fn a_running_program_can_be_harmed_too() {
    let mut running = tracer()
        .inject(call!("chdir").nth(1), fail("EIO"))
        .spawn(sh("cd /; exec sleep 1000"))
        .expect("it runs");
    let call = running.wait_for("chdir", Duration::from_secs(60)).expect("it is made");
    assert!(call.is_injected());
    running.wait_for("clock_nanosleep", Duration::from_secs(60)).expect("it sleeps");
    running.signal("SIGTERM").expect("it is there");
    running.finish().expect("the fault has happened").signal("SIGTERM");
}

/// Copies a file and syncs the copy.
fn copy(from: &Path, to: &Path) -> Command {
    let mut command = program("dd", ["conv=fsync", "status=none", "bs=1000"]);
    command.arg(format!("if={}", from.display())).arg(format!("of={}", to.display()));
    command
}

#[test]
fn a_sweep_lets_each_call_fail_once() {
    let room = tempdir();
    let (from, to) = (room.path().join("from"), room.path().join("to"));
    fs::write(&from, vec![b'x'; 2500]).expect("a file");
    let mut failed = Vec::new();
    let mut note = |trace: &Trace| {
        trace.code(1);
        failed.extend(
            injected(trace).into_iter().map(|call| call.split('(').next().unwrap_or_default().to_owned()),
        );
    };
    let writes = call!("write", fd = file(&to)).or(call!("fsync", fd = file(&to)));
    sweep(|| copy(&from, &to), &writes, fail("EIO"), &mut note);
    assert_eq!(failed, ["write", "write", "write", "fsync"]);
}

#[test]
#[should_panic(expected = "with fail(\"EIO\") on call 2 of 2: main  chdir(\"/tmp\") = 0")]
fn a_sweep_tells_which_fault_was_too_much() {
    let checks = |trace: &Trace| {
        trace.success();
    };
    sweep(|| sh("cd / || true; cd /tmp"), "chdir", fail("EIO"), checks);
}

#[test]
#[should_panic(expected = "no call matches, so there is nothing to sweep over: family::sync()")]
fn a_sweep_over_nothing_is_refused() {
    sweep(|| sh("cd /"), family::sync(), fail("EIO"), |_| ());
}

#[test]
#[should_panic(
    expected = "the program took another way before the call that was to have fail(\"EIO\"), 1 of 1: main"
)]
fn a_sweep_over_a_program_that_changes_its_ways_is_told() {
    let mut runs = 0;
    let changing = || {
        runs += 1;
        sh(if runs == 1 { "cd /" } else { "true" })
    };
    sweep(changing, "chdir", fail("EIO"), |_| ());
}
