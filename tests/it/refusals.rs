//! Machines that do not let us trace, or not all of it. Each in a process of its own, whose limits are its own.
#![allow(unsafe_code)]

use std::process::Command;

use expect_syscalls::{call, family as family_of, under};

use crate::vocabulary::*;

/// From here on, in this process and all it starts, these calls fail with EPERM. See seccomp(2).
fn forbid(calls: &[i64]) {
    let instruction = |code: u32, jt, jf, k| libc::sock_filter { code: code as u16, jt, jf, k };
    let mut filter = vec![instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0)];
    for (index, call) in calls.iter().enumerate() {
        let rest = (calls.len() - index) as u8;
        filter.push(instruction(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, rest, 0, *call as u32));
    }
    filter.push(instruction(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW));
    filter.push(instruction(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32));
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the filter outlives the calls, which copy it.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        // For all threads: the tracer thread is one.
        let all = libc::SECCOMP_FILTER_FLAG_TSYNC;
        let mode = libc::SECCOMP_SET_MODE_FILTER;
        assert_eq!(libc::syscall(libc::SYS_seccomp, mode, all, &program), 0);
    }
}

#[test]
fn a_container_that_blocks_ptrace_is_named() {
    alone("refusals::a_container_that_blocks_ptrace_is_named", || {
        forbid(&[libc::SYS_ptrace]);
        let error = tracer().try_run(Command::new("true")).map(drop).expect_err("it is forbidden");
        assert!(error.is_refused() && !error.is_spawn_failure(), "{error}");
        let text = error.to_string();
        assert!(text.starts_with("expect-syscalls cannot trace here: the seccomp profile"), "{text}");
        assert!(text.contains("--cap-add=SYS_PTRACE"), "{text}");
        assert!(text.contains("[PTRACE_SEIZE on pid "), "{text}");
        assert!(text.ends_with("Operation not permitted (os error 1)]"), "{text}");

        let unavailable = expect_syscalls::available().expect_err("it is forbidden");
        assert!(unavailable.is_refused() && unavailable.to_string().contains("SYS_PTRACE"), "{unavailable}");
    });
}

#[test]
fn a_container_that_blocks_personality_traces_all_the_same() {
    alone("refusals::a_container_that_blocks_personality_traces_all_the_same", || {
        forbid(&[libc::SYS_personality]);
        let trace = record(sh("echo out"));
        assert_eq!(trace.stdout(), b"out\n");
    });
}

#[test]
fn without_process_vm_readv_memory_is_read_another_way() {
    alone("refusals::without_process_vm_readv_memory_is_read_another_way", || {
        let program = |trace: &expect_syscalls::Trace| trace.calls().next().expect("its exec").to_string();
        let usual = program(&record(Command::new("true")));
        forbid(&[libc::SYS_process_vm_readv, libc::SYS_kcmp]);
        let trace = record(Command::new("true"));
        assert_eq!(program(&trace), usual);
        assert_eq!(record(sh("echo out")).stdout(), b"out\n");
    });
}

#[test]
fn a_process_that_ignores_sigchld_is_told_so() {
    alone("refusals::a_process_that_ignores_sigchld_is_told_so", || {
        // SAFETY: a disposition without a handler.
        unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
        let error = tracer().try_run(Command::new("true")).map(drop).expect_err("std cannot work");
        assert!(error.is_refused(), "{error}");
        check(
            &error.to_string(),
            "SIGCHLD is ignored in this process, and std::process needs it: set it to SIG_DFL",
        );
        // SAFETY: as above.
        unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
        assert!(status(&record(Command::new("true"))).success());
    });
}

#[test]
fn a_second_tracer_is_named() {
    if !has("strace") {
        return;
    }
    alone("refusals::a_second_tracer_is_named", || {
        // The child of a traced child: what `strace -f cargo test` is.
        let strace = program("strace", ["-f", "-o", "/dev/null"])
            .arg(std::env::current_exe().expect("the test binary"))
            .args(["--exact", "refusals::under_strace", "--ignored", "--nocapture", "--test-threads=1"])
            .output()
            .expect("strace runs");
        let report = format!("{}{}", text(&strace.stdout), text(&strace.stderr));
        assert!(strace.status.success() && report.contains("1 passed"), "{report}");
    });
}

#[test]
#[ignore = "the other half of a_second_tracer_is_named, which runs it"]
fn under_strace() {
    let error = tracer().try_run(Command::new("true")).map(drop).expect_err("there is another tracer");
    assert!(error.is_refused(), "{error}");
    let text = error.to_string();
    assert!(text.contains("the test process runs under a tracer, `strace` (pid "), "{text}");
}

/// What is looked up meanwhile is a link, or done without.
#[test]
fn out_of_descriptors_a_recording_goes_on() {
    use std::time::Duration;
    alone("refusals::out_of_descriptors_a_recording_goes_on", || {
        let writes = |file: &str| family_of::write().on(under(file));
        let script = "sleep 1; cd /; echo written; sh -c 'exit 3'";
        let mut running = tracer().spawn(sh(script)).expect("it runs");
        running.wait_for("clock_nanosleep", Duration::from_secs(60)).expect("it sleeps");
        // SAFETY: the structure outlives the call.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &libc::rlimit { rlim_cur: 64, rlim_max: 64 }) };
        let taken: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
        assert!(taken.len() < 64);
        let trace = running.finish().expect("it ends");
        drop(taken);
        assert_eq!((trace.status().code(), trace.stdout()), (Some(3), &b"written\n"[..]));
        trace
            .code(3)
            .contains(call!("chdir", path = "/").ok())
            .contains(call!("write", buf = "written\n").ok());
        assert_eq!(
            family(&trace),
            "main: exit status: 3\nmain.c1: exit status: 0\nmain.c2: exit status: 3\n"
        );
        trace.never("connect").never(writes("/no/such"));

        // None at all: then poll(2) refuses to watch those that are open.
        let mut running = tracer().spawn(sh("sleep 1; echo written")).expect("it runs");
        running.wait_for("clock_nanosleep", Duration::from_secs(60)).expect("it sleeps");
        // SAFETY: as above.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &libc::rlimit { rlim_cur: 0, rlim_max: 64 }) };
        let begun = std::time::Instant::now();
        let trace = running.finish().expect("it ends");
        assert!(begun.elapsed() < Duration::from_secs(30), "it was waited for until the timeout");
        // SAFETY: as above.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &libc::rlimit { rlim_cur: 64, rlim_max: 64 }) };
        assert_eq!(stdout(&trace), "written\n");
        let endless = tracer().timeout(Duration::from_secs(2)).spawn(sh("sleep 1000"));
        let mut running = endless.expect("it runs");
        running.wait_for("clock_nanosleep", Duration::from_secs(60)).expect("it sleeps");
        // SAFETY: as above.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &libc::rlimit { rlim_cur: 0, rlim_max: 64 }) };
        assert!(running.finish().map(drop).expect_err("it sleeps on").is_timeout());
    });
}

/// All processes of its namespace are its own to lose: whoever has no parent any more becomes its child. See pid_namespaces(7).
#[test]
fn the_first_process_of_a_namespace_records_what_it_inherits() {
    if !has("unshare") {
        return;
    }
    let mut unshare = as_root(program("unshare", ["-pf", "--kill-child", "--mount-proc"]));
    if !unshare.arg("true").output().is_ok_and(|output| output.status.success()) {
        return skipped("no pid namespace can be made here");
    }
    let mut unshare = as_root(program("unshare", ["-pf", "--kill-child", "--mount-proc"]));
    unshare.arg(std::env::current_exe().expect("the test binary"));
    unshare.args([
        "--exact",
        "refusals::as_the_first_process",
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ]);
    let output = unshare.output().expect("unshare runs");
    let report = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success() && report.contains("1 passed"), "{report}");
}

#[test]
#[ignore = "the other half of the_first_process_of_a_namespace_records_what_it_inherits, which runs it"]
fn as_the_first_process() {
    assert_eq!(std::process::id(), 1);
    let orphan = record(sh("(sleep 0.2; echo late) & exit 0"));
    assert_eq!(orphan.stdout(), b"late\n");
    assert_eq!(
        family(&orphan),
        "main: exit status: 0\nmain.c1: exit status: 0\nmain.c1.c1: exit status: 0\n"
    );
    // All but the first process and itself: kill(2). We are not harmed, nor is what we record.
    let all = record(sh("sleep 1000 & kill -TERM -1; wait $!; echo $?"));
    assert_eq!(stdout(&all), "143\n");
    assert_eq!(family(&all), "main: exit status: 0\nmain.c1: signal: 15 (SIGTERM)\n");
    // Nobody is left, neither alive nor dead.
    let numbers = std::fs::read_dir("/proc").expect("a /proc").flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    assert_eq!(numbers.collect::<Vec<_>>(), [1]);
}

/// The numbers of its children are there those of other processes, whose files and threads the trace would tell of.
#[test]
fn a_proc_of_another_pid_namespace_is_named() {
    let in_a_namespace = |options: &[&str], script: Option<&str>| {
        let mut unshare = as_root(program("unshare", options));
        match script {
            Some(script) => unshare.args(["sh", "-c", script]),
            None => unshare.arg(std::env::current_exe().expect("the test binary")).args([
                "--exact",
                "refusals::with_the_outer_proc",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ]),
        };
        unshare.output().expect("unshare runs")
    };
    if !has("unshare") {
        return;
    }
    let probe = in_a_namespace(&["-pf", "--kill-child"], Some("exit 0"));
    if !probe.status.success() {
        return skipped(&format!("no pid namespace can be made here: {}", text(&probe.stderr)));
    }
    let outer = in_a_namespace(&["-pf", "--kill-child"], None);
    let report = format!("{}{}", text(&outer.stdout), text(&outer.stderr));
    assert!(outer.status.success() && report.contains("1 passed"), "{report}");
    assert!(report.contains("refused with its number"), "{report}");
    // With a /proc of its own it is recorded.
    let fresh = in_a_namespace(&["-pf", "--mount-proc"], None);
    let report = format!("{}{}", text(&fresh.stdout), text(&fresh.stderr));
    if report.contains("mount") && !report.contains("1 passed") {
        return skipped(&format!("no /proc can be mounted here: {report}"));
    }
    assert!(fresh.status.success() && report.contains("recorded it all"), "{report}");
}

#[test]
#[ignore = "the other half of a_proc_of_another_pid_namespace_is_named, which runs it"]
fn with_the_outer_proc() {
    let own = std::process::id();
    let pipeline = || sh("tar -c /etc/hostname 2> /dev/null | gzip | gzip -d | tar -t");
    let shown = std::fs::read_link("/proc/self").expect("a /proc");
    if shown.to_str() == Some(&own.to_string()) {
        let trace = record(pipeline());
        assert_eq!((stdout(&trace).as_str(), trace.count("execve") >= 4), ("etc/hostname\n", true));
        return eprintln!("recorded it all");
    }
    for error in [
        tracer().try_run(pipeline()).map(drop).expect_err("the numbers are others"),
        tracer().attach(own).map(drop).expect_err("the numbers are others"),
        expect_syscalls::available().expect_err("the numbers are others"),
    ] {
        assert!(error.is_refused() && !error.is_spawn_failure(), "{error}");
        let shown = shown.display();
        check(
            &error.to_string(),
            &format!(
                "expect-syscalls cannot trace here: /proc shows another pid namespace than that of this process, which is \
                 pid {own} and is pid {shown} there; mount a /proc of its own, as `unshare --mount-proc` or `mount -t \
                 proc proc /proc` does"
            ),
        );
    }
    eprintln!("refused with its number");
}

#[test]
fn root_without_the_capability_is_told_why_another_user_cannot_be_traced() {
    use std::os::unix::process::CommandExt as _;
    if !is_root() {
        return;
    }
    alone("refusals::root_without_the_capability_is_told_why_another_user_cannot_be_traced", || {
        drop_capability(19);
        assert!(status(&record(Command::new("true"))).success());
        let mut other = Command::new("true");
        other.uid(65534);
        let error = tracer().try_run(&mut other).map(drop).expect_err("it is forbidden");
        assert!(error.is_refused(), "{error}");
        let text = error.to_string();
        assert!(text.contains("the command changes its uid and this process lacks CAP_SYS_PTRACE"), "{text}");
    });
}

/// See capset(2): version 3, two sets of three words.
pub(crate) fn drop_capability(capability: u32) {
    let mut header = [0x2008_0522u32, 0];
    let mut sets = [[0u32; 3]; 2];
    // SAFETY: both have the layout that the calls expect.
    unsafe {
        assert_eq!(libc::syscall(libc::SYS_capget, &mut header, &mut sets), 0);
        sets[0].iter_mut().for_each(|set| *set &= !(1 << capability));
        assert_eq!(libc::syscall(libc::SYS_capset, &header, &sets), 0);
        assert_eq!(libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0), 0);
    }
}

#[test]
fn a_user_who_may_have_no_more_threads_is_told_so() {
    alone_as_nobody("refusals::a_user_who_may_have_no_more_threads_is_told_so", || {
        // SAFETY: the structure outlives the call.
        unsafe { libc::setrlimit(libc::RLIMIT_NPROC, &libc::rlimit { rlim_cur: 1, rlim_max: 1 }) };
        let error = tracer().try_run(Command::new("true")).map(drop).expect_err("the thread is refused");
        check(
            &error.to_string(),
            "cannot start the tracer thread: Resource temporarily unavailable (os error 11)",
        );
    });
}

/// Another thread that waits for any child takes our stops. There is no cure; there is an end, and a reason.
#[test]
fn a_thief_of_stops_cannot_hang_the_test() {
    alone("refusals::a_thief_of_stops_cannot_hang_the_test", || {
        std::thread::spawn(wait_for_any_child);
        let tracer = tracer().timeout(std::time::Duration::from_secs(1));
        let error = (0..20).find_map(|_| tracer.try_run(sh("ls /; ls /")).map(drop).err());
        let error = error.expect("the thief gets a stop of some recording");
        assert!(error.to_string().contains("thread of this process"), "{error}");
    });
}

#[test]
fn a_thief_of_stops_is_named() {
    alone("refusals::a_thief_of_stops_is_named", || {
        let tracer = tracer().timeout(std::time::Duration::from_secs(2));
        let mut running = tracer.spawn(sh("exec cat /dev/zero > /dev/null")).expect("it runs");
        running.wait_for("write", std::time::Duration::from_secs(60)).expect("it writes");
        std::thread::spawn(wait_for_any_child);
        let error = running.finish().map(drop).expect_err("it hangs").to_string();
        check(
            error.lines().last().unwrap_or_default().trim(),
            "main has stopped, and another thread of this process has taken the stop, as waitpid(-1) does: \
             let each thread wait for its own children, by their pids",
        );
    });
}

/// The thief ends with the process.
fn wait_for_any_child() {
    loop {
        // SAFETY: no status is asked for.
        unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::__WALL) };
    }
}

/// Nothing is said of a thief where a program merely hangs, whatever it is blocked in.
#[test]
fn a_program_that_hangs_has_not_been_robbed() {
    let tracer = tracer().timeout(std::time::Duration::from_millis(300));
    let script = "cat /dev/zero > /dev/null & sh -c 'kill -STOP $$' & sleep 1000";
    let error = tracer.try_run(sh(script)).map(drop).expect_err("it hangs");
    assert!(error.is_timeout() && !error.to_string().contains("another thread"), "{error}");
}
