//! When the tracer thread is blocked: what it waits for, and the end of its tracees without its help.

use std::fs;

use nix::unistd::gettid;

use crate::kernel::attach;
use crate::kernel::diagnosis;
use crate::kernel::kill::Target;

const PTRACE: u32 = 101;
const PROCESS_VM_READV: u32 = 310;

/// A call that a thread is blocked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Blocked {
    pub(crate) number: u32,
    /// The task whose memory it reads.
    pub(crate) reads: Option<u32>,
}

/// The number of the calling thread.
pub(crate) fn own() -> u32 {
    gettid().as_raw() as u32
}

/// What a thread of this process is blocked in, if it is. See proc_pid_syscall(5).
pub(crate) fn blocked(tid: u32) -> Option<Blocked> {
    blocked_by(&fs::read_to_string(format!("/proc/self/task/{tid}/syscall")).ok()?)
}

/// The same, by the text: the number, then the arguments.
fn blocked_by(text: &str) -> Option<Blocked> {
    let mut words = text.split_whitespace();
    let number = words.next()?.parse().ok()?;
    let mut tasks = words.map(|word| u32::from_str_radix(word.trim_start_matches("0x"), 16).ok());
    let reads = match number {
        PROCESS_VM_READV => tasks.next(),
        PTRACE => tasks.nth(1),
        _ => None,
    };
    Some(Blocked { number, reads: reads.flatten() })
}

/// Kills the processes of all tracees of a thread. See `TracerPid` in proc_pid_status(5).
pub(crate) fn kill_tracees(tracer: u32) {
    for pid in attach::numbers("/proc") {
        // Taken before the look, so that it cannot name a process which came later.
        let Ok(target) = Target::new(pid) else { continue };
        let mut tasks = attach::tasks(pid).into_iter();
        if tasks.any(|tid| diagnosis::tracer_of(tid) == Some(tracer)) {
            target.kill();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_is_blocked_in_is_told_apart() {
        let read = "310 0x3e8 0x7ffd0 0x1 0x7ffd8 0x1 0x0 0x7ffc0 0x7f00\n";
        assert_eq!(blocked_by(read), Some(Blocked { number: 310, reads: Some(1000) }));
        let peek = "101 0x2 0x3e8 0x1000 0x7ffd8 0x0 0x0 0x7ffc0 0x7f00\n";
        assert_eq!(blocked_by(peek), Some(Blocked { number: 101, reads: Some(1000) }));
        let poll = "7 0x3e8 0x1 0x10 0x0 0x0 0x0 0x7ffc0 0x7f00\n";
        assert_eq!(blocked_by(poll), Some(Blocked { number: 7, reads: None }));
        assert_eq!(["running\n", "-1 0x7ffc0 0x7f00\n", ""].map(blocked_by), [None; 3]);
    }
}
