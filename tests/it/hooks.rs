//! What a user's own `pre_exec` hooks may do to us, and we to them.
#![allow(unsafe_code)]

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use expect_syscalls::{BlindSpot, call, under};

use crate::vocabulary::*;

/// A command with a hook that does nothing but make system calls.
fn hooked(mut command: Command, hook: impl FnMut() -> io::Result<()> + Send + Sync + 'static) -> Command {
    // SAFETY: the hooks of this module allocate nothing and take no lock.
    unsafe { command.pre_exec(hook) };
    command
}

fn raw(number: i64, args: [u64; 3]) -> i64 {
    // SAFETY: what is called here takes numbers, or the address of something that outlives the call.
    unsafe { libc::syscall(number, args[0], args[1], args[2]) }
}

/// A hook that closes every descriptor it can, as daemons and sandboxes do.
fn close_all() -> io::Result<()> {
    raw(libc::SYS_close_range, [3, u32::MAX.into(), 0]);
    Ok(())
}

#[test]
fn a_hook_may_close_every_descriptor() {
    let trace = record(hooked(sh("echo out; echo err >&2"), close_all));
    assert_eq!((trace.stdout(), trace.stderr()), (&b"out\n"[..], &b"err\n"[..]));
    let fed = tracer().stdin("fed").try_run(hooked(program("cat", [""; 0]), close_all)).expect("it runs");
    assert_eq!(fed.stdout(), b"fed");
}

#[test]
fn a_missing_program_is_missing_even_where_the_hook_has_closed_the_way_to_say_so() {
    let error = tracer().try_run(hooked(Command::new("/no/such/program"), close_all)).map(drop);
    let error = error.expect_err("no program runs");
    assert!(error.is_spawn_failure(), "{error}");
    check(
        &error.to_string(),
        r#"cannot run "/no/such/program": No such file or directory (os error 2)
  tried "/no/such/program": ENOENT (No such file or directory)"#,
    );
}

#[test]
fn a_hook_may_mark_every_descriptor() {
    let trace = record(hooked(sh("echo out"), || {
        const CLOSE_RANGE_CLOEXEC: u64 = 4;
        raw(libc::SYS_close_range, [3, u32::MAX.into(), CLOSE_RANGE_CLOEXEC]);
        Ok(())
    }));
    assert_eq!(trace.stdout(), b"out\n");
}

#[test]
fn a_hook_that_ends_the_child_is_no_empty_trace() {
    let command = hooked(Command::new("true"), || {
        raw(libc::SYS_exit_group, [0, 0, 0]);
        Ok(())
    });
    let error = tracer().try_run(command).map(drop).expect_err("no program runs");
    assert!(error.is_spawn_failure(), "{error}");
    check(
        &error.to_string(),
        "cannot run \"true\": the child ended in another pre_exec hook before it executed the program; \
         look at the Command's pre_exec hooks and limits",
    );
}

#[test]
fn a_hook_that_is_killed_is_no_empty_trace() {
    let command = hooked(Command::new("true"), || {
        raw(libc::SYS_kill, [raw(libc::SYS_getpid, [0; 3]) as u64, libc::SIGKILL as u64, 0]);
        Ok(())
    });
    let error = tracer().try_run(command).map(drop).expect_err("no program runs");
    assert!(error.is_spawn_failure(), "{error}");
}

#[test]
fn the_error_of_a_hook_is_the_error_of_the_recording() {
    let command = hooked(Command::new("true"), || Err(io::Error::from_raw_os_error(libc::EDOM)));
    let error = tracer().try_run(command).map(drop).expect_err("no program runs");
    assert!(error.is_spawn_failure(), "{error}");
    check(&error.to_string(), "cannot run \"true\": Numerical argument out of domain (os error 33)");
}

#[test]
fn a_child_that_dies_between_our_hook_and_its_exec_is_no_empty_trace() {
    // The signal is pending, and blocked until the exec has failed or succeeded: the program dies at its start.
    // With an alarm instead, the child may die in our hook.
    for microseconds in [1, 100, 300, 1000, 3000] {
        let command = hooked(program("sleep", ["1000"]), move || {
            let timer = [0u64, 0, 0, microseconds];
            raw(libc::SYS_setitimer, [0, timer.as_ptr() as u64, 0]);
            Ok(())
        });
        match tracer().try_run(command) {
            Ok(trace) => assert_eq!(text_of_end(&trace), "signal: 14 (SIGALRM)"),
            Err(error) => {
                assert!(error.is_spawn_failure(), "{error}");
                let text = error.to_string();
                assert!(
                    text.contains("signal: 14 (SIGALRM)") || text.contains("another pre_exec hook"),
                    "{text}"
                );
            }
        }
    }
}

fn text_of_end(trace: &expect_syscalls::Trace) -> String {
    status(trace).to_string()
}

#[test]
fn signals_may_be_blocked_or_arrive_in_the_hook() {
    let blocked = hooked(sh("echo out"), || {
        let all = u64::MAX;
        // SAFETY: a set of 8 bytes, read only.
        unsafe { libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_BLOCK, &all, 0usize, 8usize) };
        Ok(())
    });
    assert_eq!(record(blocked).stdout(), b"out\n");
    // Pending for the program to be stopped by, which a second process undoes.
    let ignored = hooked(sh("echo out"), || {
        raw(libc::SYS_kill, [raw(libc::SYS_getpid, [0; 3]) as u64, libc::SIGWINCH as u64, 0]);
        Ok(())
    });
    assert_eq!(record(ignored).stdout(), b"out\n");
}

#[test]
fn a_hook_may_leave_session_group_and_directory() {
    let trace = same_as_untraced(|_| {
        hooked(sh("pwd; test $(ps -o sid= -p $$) = $$ && echo leads; ps -o tty= -p $$ 2>&1"), || {
            raw(libc::SYS_setsid, [0; 3]);
            raw(libc::SYS_chdir, [c"/usr".as_ptr() as u64, 0, 0]);
            Ok(())
        })
    });
    assert!(trace.stdout().starts_with(b"/usr\nleads\n"));
}

#[test]
fn a_hook_may_enter_a_user_namespace() {
    const CLONE_NEWUSER: u64 = 0x1000_0000;
    let probe = hooked(Command::new("true"), || match raw(libc::SYS_unshare, [CLONE_NEWUSER, 0, 0]) {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    })
    .status();
    if probe.is_err() {
        return skipped("no user namespaces on this machine");
    }
    let trace = record(hooked(sh("id -u; echo out"), || {
        raw(libc::SYS_unshare, [CLONE_NEWUSER, 0, 0]);
        Ok(())
    }));
    assert_eq!(stdout(&trace), "65534\nout\n");
}

#[test]
fn a_hook_may_forbid_what_we_do_in_it() {
    // No descriptors but the one that the loader needs.
    let trace = record(hooked(sh("ulimit -n; echo out"), || {
        let limit = [4u64, 4];
        raw(libc::SYS_setrlimit, [libc::RLIMIT_NOFILE.into(), limit.as_ptr() as u64, 0]);
        Ok(())
    }));
    assert!(trace.stdout().starts_with(b"4\n"), "{:?} {:?}", text(trace.stdout()), text(trace.stderr()));
}

#[test]
fn hooks_run_in_their_order_and_once_for_each_run() {
    let dir = tempdir();
    let log = std::fs::File::create(dir.path().join("log")).expect("a file");
    let fd = std::os::fd::AsRawFd::as_raw_fd(&log) as u64;
    let write = move |letter: &'static [u8; 1]| {
        move || {
            raw(libc::SYS_write, [fd, letter.as_ptr() as u64, 1]);
            Ok(())
        }
    };
    let mut command = hooked(hooked(Command::new("true"), write(b"a")), write(b"b"));
    for _ in 0..2 {
        tracer().try_run(&mut command).expect("it runs");
    }
    command.status().expect("it runs");
    assert_eq!(std::fs::read_to_string(dir.path().join("log")).expect("the file"), "ababab");
}

/// What a hook does is not recorded, and what it leaves behind is seen.
#[test]
fn a_hook_may_make_paths_name_other_files() {
    const CLONE_NEWUSER: u64 = 0x1000_0000;
    const CLONE_NEWNS: u64 = 0x2_0000;
    let missing = || call!("openat", path = under("/no/such"));
    let checked = |what: &str, enter: fn() -> i64| {
        // Where all of the system is below /usr, it is a root directory that programs run in.
        let moved = |program: &str| {
            hooked(Command::new(program), move || {
                raw(libc::SYS_unshare, [CLONE_NEWUSER, 0, 0]);
                if enter() == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
            })
        };
        if let Err(why) = moved("/bin/true").status() {
            return skipped(&format!("no {what} here: {why}"));
        }
        let trace = record(moved("/bin/true"));
        assert!(blind_spots(&trace).contains(&BlindSpot::Mounts), "{what}");
        let refusal = trace.success().try_never(missing()).map(drop).expect_err("it may be another file");
        assert!(refusal.is_inconclusive() && refusal.to_string().contains(what), "{refusal}");
        trace.never("connect").allowing(BlindSpot::Mounts).never(missing());
    };
    checked("another mount namespace", || raw(libc::SYS_unshare, [CLONE_NEWNS, 0, 0]));
    checked("another root directory", || raw(libc::SYS_chroot, [c"/usr".as_ptr() as u64, 0, 0]));
    let still = hooked(Command::new("/bin/true"), || {
        raw(libc::SYS_unshare, [CLONE_NEWUSER, 0, 0]);
        Ok(())
    });
    record(still).success().never(missing());
}
