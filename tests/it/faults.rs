//! Faults that are injected: into which calls, that they happened, and what the program makes of them.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use expect_syscalls::{
    BlindSpot, Call, Fault, Occurrences, Outcome, Trace, Tracer, call, delay, fail, family, file, re,
    returns, signal, sweep,
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
    expected = "the program took another way before what was to have fail(\"EIO\") on call 1 of 1: main"
)]
fn a_sweep_over_a_program_that_changes_its_ways_is_told() {
    let mut runs = 0;
    let changing = || {
        runs += 1;
        sh(if runs == 1 { "cd /" } else { "true" })
    };
    sweep(changing, "chdir", fail("EIO"), |_| ());
}

/// A fault in one call of a real program: what it says, and that it says nothing without the fault.
#[track_caller]
fn complains(command: impl Fn() -> Command, rule: impl Into<Occurrences>, fault: Fault, says: &str) {
    let harmed = tracer().inject(rule, fault).run(command());
    let said = text(harmed.stderr());
    assert!(!harmed.status().success() && said.contains(says), "{}: {said}", harmed.status());
    assert!(harmed.injected().next().is_some());
    let unharmed = record(command());
    unharmed.success();
    assert!(!text(unharmed.stderr()).contains(says), "{}", text(unharmed.stderr()));
    assert_eq!(unharmed.injected().count(), 0);
}

#[test]
fn programs_that_copy_and_sort_tell_of_their_faults() {
    let room = tempdir();
    let path = |name: &str| room.path().join(name);
    fs::write(path("from"), "b\na\n").expect("a file");
    let with = |name: &'static str, files: [PathBuf; 2]| move || program(name, &files);
    let cp = with("cp", [path("from"), path("to")]);
    let copies = call!("write", fd = file(path("to"))).or(call!("ioctl", request = "FICLONE"));
    complains(cp, copies.or("copy_file_range"), fail("EDQUOT"), "Disk quota exceeded");
    complains(
        || copy(&path("from"), &path("to")),
        call!("fsync", fd = file(path("to"))),
        fail("EIO"),
        "Input/output error",
    );
    let cat = || program("cat", [path("from")]);
    complains(cat, call!("openat", path = path("from")), fail("EACCES"), "Permission denied");
    complains(cat, call!("read", fd = file(path("from"))).nth(1), fail("EIO"), "Input/output error");
    let sort = || program("sort", [path("from")]);
    complains(sort, call!("write", fd = 1), fail("ENOSPC"), "No space left on device");
    // What is interrupted is made again, by cat and sort at least.
    for command in [cat(), sort()] {
        let trace = tracer().inject(call!("read", fd = file(path("from"))).nth(2), returns(0)).run(command);
        trace.success();
        assert_eq!(trace.stdout().len(), 4);
    }
}

#[test]
fn a_shell_tells_of_its_faults() {
    let script = || sh("cd / && echo there");
    complains(script, call!("chdir", path = "/"), fail("EACCES"), "can't cd to /");
    complains(|| sh("/bin/true && echo there"), family::spawn(), fail("EAGAIN"), "ork");
    complains(|| sh("x=$(echo 1)"), call!("pipe2").or("pipe"), fail("EMFILE"), "ipe");
}

#[test]
fn git_and_python_tell_of_their_faults() {
    if has("git") {
        let room = tempdir();
        let runs = Cell::new(0);
        let init = || {
            runs.set(runs.get() + 1);
            let mut git = program("git", ["init", "-q"]);
            git.arg(room.path().join(runs.get().to_string()));
            git.env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", room.path());
            git
        };
        let config = family::open().on(re("/config.lock$"));
        complains(init, config, fail("ENOSPC"), "No space left on device");
        complains(init, family::rename().on(re("/config$")).nth(1), fail("EIO"), "Input/output error");
    }
    // What is called python3 may be a script that looks for it.
    let own_name = program("python3", ["-c", "import sys; print(sys.executable)"]).output();
    if let Ok(own_name) = own_name.as_ref().map(|it| text(&it.stdout)) {
        let python = |script: &'static str| || program(own_name.trim(), ["-c", script]);
        let reads = python("open('/etc/hostname').read()");
        complains(reads, family::open().on("/etc/hostname"), fail("EMFILE"), "Too many open files");
        let resolves = python("import socket; socket.socket()");
        complains(resolves, call!("socket"), fail("EPERM"), "PermissionError");
        let runs = python("import subprocess; subprocess.run(['true'], check=True)");
        complains(runs, family::spawn(), fail("EAGAIN"), "BlockingIOError");
    } else {
        skipped("no `python3` on this machine");
    }
}

/// The vDSO would answer, and the rule would never know.
#[test]
fn a_rule_on_clocks_hides_the_vdso() {
    let reads = || tracee("abi", ["vdso"]);
    assert_eq!(record(reads()).count("clock_gettime"), 0);
    for tracer in [tracer(), tracer().vdso(true)] {
        let harmed = tracer.inject(call!("clock_gettime"), fail("EINVAL")).vdso(true).run(reads());
        assert_eq!(stdout(&harmed), "0 answers\n");
        assert_eq!(harmed.injected().count(), harmed.count("clock_gettime"));
        assert_eq!(harmed.blind_spots(), []);
    }
    let some = tracer().inject(family::clock().nth(51..), fail("EINVAL")).run(reads());
    assert_eq!(stdout(&some), "50 answers\n");
    // Other rules leave it where it is.
    let others = tracer().inject(call!("chdir").optional(), fail("EIO")).run(reads());
    assert_eq!((stdout(&others).as_str(), others.count("clock_gettime")), ("100 answers\n", 0));
}

#[test]
fn a_sweep_over_clocks_finds_all_of_them() {
    let date = || program("date", [""; 0]);
    let mut runs = 0;
    sweep(date, call!("clock_gettime"), fail("EINVAL"), |trace| {
        assert_eq!(trace.injected().count(), 1);
        runs += 1;
    });
    assert_eq!(runs, tracer().vdso(false).run(date()).count("clock_gettime"));
    assert!(runs > record(date()).count("clock_gettime"));
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a child that is no tracee is waited for as ever")]
fn a_rule_on_clocks_fails_where_the_vdso_cannot_be_hidden() {
    let attach = |tracer: &Tracer| {
        let mut waits = sh("read line; cd /").stdin(std::process::Stdio::piped()).spawn().expect("it runs");
        let running = tracer.attach(waits.id());
        drop(waits.stdin.take());
        let outcome = running.and_then(expect_syscalls::Running::finish);
        // Whoever ends as a tracee is reaped by the tracer.
        let _ = waits.wait();
        outcome
    };
    let clocks = call!("clock_gettime").or("chdir");
    let error = match attach(&tracer().inject(&clocks, fail("EIO"))) {
        Err(error) if error.to_string().contains("ptrace_scope=1") => return skipped(&error.to_string()),
        outcome => outcome.map(drop).expect_err("who can tell"),
    };
    check(
        &error.to_string(),
        r#"
calls that were to have a fault may have been answered without it
  fail("EIO") on clock_gettime or chdir: the vDSO may have answered, see vdso(7)
  .optional() on the matcher says that they may
"#
        .trim_start(),
    );
    assert!(error.is_missing_fault());
    error.trace().expect("all of it").contains(call!("chdir").fails("EIO"));
    attach(&tracer().inject(clocks.optional(), fail("EIO"))).expect("it may").contains("chdir");
    attach(&tracer().inject("chdir", fail("EIO"))).expect("that is no clock").contains("chdir");
}

#[test]
fn calls_of_i386_can_fail_too() {
    let foreign = || tracee("abi", ["i386"]);
    let unharmed = record(foreign());
    if !unharmed.status().success() {
        return skipped("this kernel has no i386 interface");
    }
    assert!(stdout(&unharmed).starts_with("getpid true\nopen "));
    let harmed = tracer().inject(call!("getpid").nth(1), returns(7)).run(foreign());
    assert!(stdout(&harmed).starts_with("getpid false\n"), "{}", stdout(&harmed));
    let [call] = &injected(&harmed)[..] else { panic!("{:?}", injected(&harmed)) };
    assert!(call.starts_with("i386:getpid(") && call.ends_with(") = 7 (INJECTED)"), "{call}");
    let harmed = tracer().inject("open", fail("EACCES")).run(foreign());
    assert!(stdout(&harmed).contains("\nopen -13\n"), "{}", stdout(&harmed));
    // What it opens is not known, so no rule on a path is for it.
    let by_path = tracer().inject(call!("open", path = "/etc/passwd"), fail("EACCES")).try_run(foreign());
    assert!(by_path.map(drop).expect_err("nobody knows").is_missing_fault());
}

/// A program that is i386 altogether: `_start` opens nothing and exits with what getpid(2) said.
#[test]
fn programs_of_i386_can_fail_too() {
    let room = tempdir();
    let (source, output) = (room.path().join("i386.s"), room.path().join("i386"));
    let text = ".globl _start\n_start:\nmov $20, %eax\nint $0x80\nmov $12, %eax\nmov $root, %ebx\nint $0x80\n\
                neg %eax\nmov %eax, %ebx\nmov $1, %eax\nint $0x80\nroot: .asciz \"/\"\n";
    fs::write(&source, text).expect("a file");
    let options = ["-m32", "-nostdlib", "-static", "-o"];
    let mut compile = Command::new("cc");
    match compile.args(options).arg(&output).arg(&source).output() {
        Ok(done) if done.status.success() => {}
        other => return skipped(&format!("this machine builds no i386 programs: {other:?}")),
    }
    let run = || Command::new(&output);
    match tracer().try_run(run()) {
        Ok(trace) => trace.success(),
        Err(error) => return skipped(&format!("this machine runs no i386 programs: {error}")),
    };
    let harmed = tracer().inject("chdir", fail("EACCES")).run(run());
    harmed.code(13).contains("chdir");
    assert_eq!(harmed.injected().count(), 1);
    // Numbers of i386 are not those of x86_64: 12 is brk there.
    assert!(
        tracer()
            .inject("brk", fail("ENOMEM"))
            .try_run(run())
            .map(drop)
            .is_err_and(|it| it.is_missing_fault())
    );
}

#[test]
fn a_sweep_with_threads_says_what_one_without_says() {
    let script = "cd / ; cd /tmp || exit 7; cd /usr || exit 8; cd /etc; exit 0";
    let swept = |threads: usize| {
        let mut ends = Vec::new();
        let note = |trace: &Trace| {
            let call = trace.injected().next().expect("a fault");
            ends.push((call.arg("path").expect("a path").to_string(), trace.status().code()));
        };
        tracer().sweep_threads(threads).sweep(|| sh(script), "chdir", fail("EIO"), note);
        ends
    };
    let expected = [("/", 2), ("/tmp", 7), ("/usr", 8), ("/etc", 0)];
    let one = swept(1);
    assert_eq!(
        one.iter().map(|(path, _)| path.trim_matches('"')).collect::<Vec<_>>(),
        expected.map(|it| it.0)
    );
    for threads in [2, 3, 16] {
        assert_eq!(swept(threads), one);
    }
}

/// Of several that fail it is the first that is told, whichever ran first.
#[test]
#[should_panic(expected = "with fail(\"EIO\") on call 2 of 4: main  chdir(\"/tmp\") = 0")]
fn the_first_failure_of_a_sweep_with_threads_is_told() {
    let script = "cd / || true; cd /tmp && cd /usr && cd /etc";
    tracer().sweep_threads(4).sweep(
        || sh(script),
        "chdir",
        fail("EIO"),
        |trace| {
            trace.success();
        },
    );
}

#[test]
#[should_panic(expected = "a sweep with no thread checks nothing")]
fn a_sweep_needs_a_thread() {
    let _ = tracer().sweep_threads(0);
}
