//! After a recording, however it went, nothing of it is left: no process, no descriptor, no thread.
#![allow(unsafe_code)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use expect_syscalls::Tracer;

use crate::vocabulary::*;

#[test]
fn nothing_is_left() {
    alone("leftovers::nothing_is_left", || {
        // Compile first.
        let blocked = || tracee("processes", ["blocked"]);
        let endless = || tracee("streams", ["endless"]);
        let bomb = || tracee("processes", ["fork_bomb"]);
        let sibling = || tracee("processes", ["clone_parent"]);
        drop((blocked(), endless(), bomb(), sibling()));
        let before = census();
        let same = |after: &str| assert_eq!(census(), before, "after {after}");

        for _ in 0..20 {
            record(sh("echo x | cat; exit 3"));
        }
        same("a program that ended");
        record(sibling());
        same("a sibling, which is a child of ours");
        for _ in 0..20 {
            tracer().try_run(Command::new("/no/such/program")).map(drop).expect_err("it is missing");
            tracer()
                .try_run(Command::new("true").current_dir("/no/such/dir"))
                .map(drop)
                .expect_err("it is missing");
        }
        same("a missing program");
        Tracer::new().timeout(Duration::from_millis(500)).try_run(blocked()).map(drop).expect_err("it hangs");
        same("a timeout");
        Tracer::new().output_limit(100_000).try_run(endless()).map(drop).expect_err("it is endless");
        Tracer::new().call_limit(2000).try_run(endless()).map(drop).expect_err("it is endless");
        Tracer::new().task_limit(30).try_run(bomb()).map(drop).expect_err("it is a bomb");
        same("a limit");
        for ends in [end_at_once, close_everything, be_killed] {
            for program in ["true", "/no/such/program"] {
                let mut command = Command::new(program);
                // SAFETY: the hooks only make system calls.
                unsafe { command.pre_exec(ends) };
                drop(tracer().try_run(&mut command));
            }
        }
        same("a hook that misbehaved");
        let mut piped = sh("cat; echo x >&2");
        piped.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        tracer().stdin("x").try_run(&mut piped).expect("it runs");
        drop(piped);
        same("pipes of the Command's own");
        let panicked = std::panic::catch_unwind(|| {
            let _ = Tracer::new().stream(sh("sleep 1000 & echo x"), |_| panic!("the observer's"));
        });
        drop(panicked);
        same("a panic of the observer");
    });
}

/// Nobody is there any more to kill them but the kernel. See PTRACE_O_EXITKILL in ptrace(2).
#[test]
fn a_killed_test_process_leaves_no_tracee() {
    let mut recorder = Command::new(std::env::current_exe().expect("the test binary"))
        .args(["--exact", "leftovers::records_a_tree_that_hangs", "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test binary runs");
    let output = BufReader::new(recorder.stdout.take().expect("a pipe"));
    let line = output.lines().map_while(Result::ok).find(|line| line.starts_with("tree ")).expect("a line");
    let pids: Vec<u32> = line.split(' ').skip(1).map(|pid| pid.parse().expect("a number")).collect();
    assert_eq!(pids.len(), 2, "{line}");
    let tracees = pids.into_iter().map(pidfd).collect::<Vec<_>>();
    assert!(!tracees.iter().any(|tracee| has_ended(tracee, Duration::ZERO)));
    #[allow(clippy::disallowed_methods, reason = "it is no tracee")]
    recorder.kill().and_then(|()| recorder.wait()).expect("it dies");
    assert!(tracees.iter().all(|tracee| has_ended(tracee, Duration::from_secs(60))));
}

#[test]
#[ignore = "the other half of a_killed_test_process_leaves_no_tracee, which runs it and kills it"]
fn records_a_tree_that_hangs() {
    let tracer = Tracer::new().capture(false).timeout(Duration::from_secs(120));
    drop(tracer.try_run(sh("sleep 1000 & echo tree $$ $!; trap '' TERM; wait")));
}

fn pidfd(pid: u32) -> OwnedFd {
    // SAFETY: it takes numbers, and returns a new descriptor.
    unsafe {
        let fd = libc::syscall(libc::SYS_pidfd_open, pid, 0);
        assert!(fd >= 0, "{}", std::io::Error::last_os_error());
        OwnedFd::from_raw_fd(fd as i32)
    }
}

fn has_ended(process: &OwnedFd, within: Duration) -> bool {
    let mut polled = libc::pollfd { fd: process.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one structure, which outlives the call.
    unsafe { libc::poll(&mut polled, 1, within.as_millis() as i32) == 1 }
}

fn end_at_once() -> std::io::Result<()> {
    // SAFETY: takes a number.
    unsafe { libc::_exit(0) }
}

fn close_everything() -> std::io::Result<()> {
    // SAFETY: takes numbers only.
    unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, 0) };
    Ok(())
}

fn be_killed() -> std::io::Result<()> {
    // SAFETY: takes numbers only.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    Ok(())
}

/// Our children, descriptors and threads, by name. Of the children that are not ours any more, and die, nobody can say
/// when they are gone.
fn census() -> String {
    let children: String = entries("/proc/self/task")
        .iter()
        .map(|task| fs::read_to_string(format!("/proc/self/task/{task}/children")).unwrap_or_default())
        .collect();
    let threads: Vec<_> = entries("/proc/self/task")
        .iter()
        .map(|task| fs::read_to_string(format!("/proc/self/task/{task}/comm")).unwrap_or_default())
        .collect();
    format!("children: {children}\nthreads: {threads:?}\ndescriptors: {:?}", entries("/proc/self/fd"))
}

fn entries(dir: &str) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir)
        .expect("it is there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}
