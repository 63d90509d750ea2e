//! Waiting for tracees: the one place that does.
#![allow(unsafe_code)]

use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// Between two looks at what answers in microseconds.
pub(crate) const PAUSE: Duration = Duration::from_micros(20);

/// What `waitpid` said of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    /// It is stopped: the signal and the event of ptrace(2).
    Stopped { tid: u32, signal: i32, event: i32 },
    /// It is gone: its wait status.
    Ended { tid: u32, status: i32 },
}

impl Waited {
    fn tid(self) -> u32 {
        match self {
            Waited::Stopped { tid, .. } | Waited::Ended { tid, .. } => tid,
        }
    }
}

/// Blocks until something happens to a tracee of the calling thread, then takes everything that is ready.
/// Empty when there is no tracee left.
///
/// All of a batch is taken before anything is resumed: the kernel offers the newest tracee first, so that a
/// busy one would starve an older one. A task that is in the batch twice was killed after its first stop;
/// what follows is left for the next batch. `alone`: there is one tracee, so that nothing else can be ready.
pub(crate) fn batch(alone: bool, into: &mut Vec<Waited>) -> io::Result<()> {
    into.clear();
    match wait(0)? {
        Answer::Happened(first) if alone => {
            into.push(first);
            Ok(())
        }
        Answer::Happened(first) => drain(first, into),
        Answer::Nothing | Answer::Nobody => Ok(()),
    }
}

/// As [`batch`]; false when nothing has happened by `deadline`.
///
/// waitpid(2) takes no deadline, so this asks again and again, with a `pause` between.
pub(crate) fn batch_before(
    deadline: Option<Instant>,
    pause: Duration,
    into: &mut Vec<Waited>,
) -> io::Result<bool> {
    into.clear();
    loop {
        match wait(libc::WNOHANG)? {
            Answer::Happened(first) => return drain(first, into).map(|()| true),
            Answer::Nobody => return Ok(true),
            Answer::Nothing if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
                return Ok(false);
            }
            Answer::Nothing => thread::sleep(pause),
        }
    }
}

fn drain(first: Waited, into: &mut Vec<Waited>) -> io::Result<()> {
    into.push(first);
    while let Answer::Happened(next) = wait(libc::WNOHANG)? {
        let again = into.iter().any(|earlier| earlier.tid() == next.tid());
        into.push(next);
        if again {
            break;
        }
    }
    Ok(())
}

enum Answer {
    Happened(Waited),
    Nothing,
    /// There is no tracee left.
    Nobody,
}

/// `__WALL`: tasks of any exit signal. `__WNOTHREAD`: only tracees of this thread, so that other recordings
/// and other children of this process are left alone. See wait(2).
///
/// Not nix's `waitpid`: it fails on a status that carries a real-time signal, after the kernel has handed
/// the event over, so that the stop is lost.
fn wait(options: i32) -> io::Result<Answer> {
    loop {
        let mut status = 0;
        // SAFETY: `status` is a valid place for the word.
        let tid = unsafe { libc::waitpid(-1, &mut status, libc::__WALL | libc::__WNOTHREAD | options) };
        match tid {
            0 => return Ok(Answer::Nothing),
            1.. => return Ok(Answer::Happened(classify(tid as u32, status))),
            _ => match io::Error::last_os_error() {
                error if error.raw_os_error() == Some(libc::ECHILD) => return Ok(Answer::Nobody),
                error if error.kind() == io::ErrorKind::Interrupted => {}
                error => return Err(error),
            },
        }
    }
}

fn classify(tid: u32, status: i32) -> Waited {
    if libc::WIFSTOPPED(status) {
        return Waited::Stopped { tid, signal: libc::WSTOPSIG(status), event: status >> 16 };
    }
    // WIFCONTINUED is not asked for, so what is no stop is an end.
    Waited::Ended { tid, status }
}

/// Waits for a child that is not traced: its wait status.
pub(crate) fn reap(pid: u32) -> i32 {
    let mut status = 0;
    // SAFETY: `status` is a valid place for the word.
    unsafe {
        libc::waitpid(pid as libc::pid_t, &mut status, 0);
    }
    status
}
