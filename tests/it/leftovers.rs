//! After a recording, however it went, nothing of it is left: no process, no descriptor, no thread.
#![allow(unsafe_code)]

use std::fs;
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
