//! Keeping a tracee that makes calls all the time on the core of its tracer: a stop costs 7 µs there, and up to 100 µs between
//! two cores, of which each goes to sleep meanwhile.
//!
//! By itself the scheduler wakes the one on an idle core, since the other is still at work. The program does not see it: its
//! own affinity is given back before a call that looks at it or hands it on.

use std::time::Duration;

use crate::abi::syscalls;
use crate::kernel::affinity::Pinned;
use crate::trace::raw::Abi;

/// So many stops of one task, with none of another between, are looked at together.
const STREAK: u32 = 64;
/// Stops that come faster than this are worth it.
const FAST: Duration = Duration::from_micros(200);
/// A task that has not stopped for so long computes, or waits.
pub(crate) const REST: Duration = Duration::from_millis(10);

/// Where the tracer thread and its tracees run.
#[derive(Debug, Default)]
pub(crate) struct Placement {
    /// The task that stopped last, how often in a row, since when, and when.
    tid: u32,
    streak: u32,
    since: Duration,
    last: Duration,
    pinned: Option<Pinned>,
    /// The program has a say in it, or may look at any time.
    off: bool,
}

impl Placement {
    /// A task has stopped, at this time.
    pub(crate) fn on_stop(&mut self, tid: u32, at: Duration) {
        if self.off {
            return;
        }
        self.last = at;
        if tid != self.tid {
            self.release();
            (self.tid, self.since) = (tid, at);
        }
        self.streak += 1;
        if self.streak < STREAK {
            return;
        }
        match at.saturating_sub(self.since) < FAST * self.streak {
            false => self.release(),
            true if self.pinned.is_none() => self.pinned = Pinned::here(tid),
            true => {}
        }
        (self.streak, self.since) = (0, at);
    }

    /// The task is about to make this call.
    pub(crate) fn before_call(&mut self, abi: Abi, number: u32) {
        if self.off {
            return;
        }
        let row = if abi == Abi::X86_64 { syscalls::by_number(number) } else { None };
        match row.map(|row| row.name) {
            Some("clone" | "clone3" | "fork" | "vfork" | "sched_getaffinity") => self.release(),
            // A thread that executes a program has another number when it stops again.
            Some("execve" | "execveat") => self.release(),
            // An unknown call may do anything. The threads of an io_uring run where their maker may.
            Some("sched_setaffinity" | "io_uring_setup") | None => self.stop(),
            Some(_) => {}
        }
    }

    /// A task has opened this file: proc_pid_status(5) shows affinities whenever it is read.
    pub(crate) fn opened(&mut self, file: &[u8]) {
        if file.ends_with(b"/status") {
            self.stop();
        }
    }

    /// A task has ended.
    pub(crate) fn on_end(&mut self, tid: u32) {
        if tid == self.tid {
            self.release();
        }
    }

    /// Gives back what was taken when nothing has stopped for a while. Whether something is left to give back.
    pub(crate) fn rest(&mut self, now: Duration) -> bool {
        if now.saturating_sub(self.last) >= REST {
            self.release();
        }
        self.is_pinned()
    }

    pub(crate) fn is_pinned(&self) -> bool {
        self.pinned.is_some()
    }

    /// Gives back what was taken, for good.
    pub(crate) fn stop(&mut self) {
        self.release();
        self.off = true;
    }

    /// Gives back what was taken, until it is worth it again.
    fn release(&mut self) {
        self.streak = 0;
        self.since = self.last;
        if let Some(pinned) = self.pinned.take() {
            pinned.restore();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sched::{CpuSet, sched_getaffinity};
    use nix::unistd::{Pid, gettid};

    fn mine() -> CpuSet {
        sched_getaffinity(Pid::from_raw(0)).expect("it is told")
    }

    /// The calling thread plays both parts. Each test has a thread of its own.
    fn after_streak(every: Duration) -> (Placement, u32) {
        let (mut placement, tid) = (Placement::default(), gettid().as_raw() as u32);
        (1..=STREAK).for_each(|stop| placement.on_stop(tid, every * stop));
        (placement, tid)
    }

    #[test]
    fn a_task_that_stops_all_the_time_is_pinned_until_another_stops() {
        let before = mine();
        let (mut placement, tid) = after_streak(FAST / 2);
        assert!(placement.is_pinned());
        placement.on_stop(tid + 1, FAST * STREAK);
        assert!(!placement.is_pinned());
        assert_eq!(mine(), before);
    }

    #[test]
    fn a_task_that_seldom_stops_is_left_alone() {
        assert!(!after_streak(FAST * 2).0.is_pinned());
    }

    #[test]
    fn one_that_rests_or_ends_is_let_go() {
        let (mut placement, _) = after_streak(FAST / 2);
        assert!(placement.rest(FAST * STREAK));
        assert!(!placement.rest(FAST * STREAK + REST));
        let (mut placement, tid) = after_streak(FAST / 2);
        placement.on_end(tid + 1);
        assert!(placement.is_pinned());
        placement.on_end(tid);
        assert!(!placement.is_pinned());
    }

    #[test]
    fn one_that_looks_is_let_go_and_one_that_decides_is_left_alone() {
        let number = |name| syscalls::by_name(name).expect("it is in the table").number;
        let still_pins = |mut placement: Placement, tid| {
            assert!(!placement.is_pinned());
            (1..=STREAK).for_each(|stop| placement.on_stop(tid, FAST / 2 * (STREAK + stop)));
            placement.is_pinned()
        };
        let before = mine();
        for (name, again) in
            [("sched_getaffinity", true), ("clone3", true), ("execve", true), ("sched_setaffinity", false)]
        {
            let (mut placement, tid) = after_streak(FAST / 2);
            placement.before_call(Abi::X86_64, number("getppid"));
            placement.opened(b"/proc/1/stat");
            assert!(placement.is_pinned());
            placement.before_call(Abi::X86_64, number(name));
            assert_eq!(mine(), before, "{name}");
            assert_eq!(still_pins(placement, tid), again, "{name}");
            sched_setaffinity(&before);
        }
        let (mut placement, tid) = after_streak(FAST / 2);
        placement.opened(b"/proc/1/task/1/status");
        assert!(!still_pins(placement, tid));
        let (mut placement, tid) = after_streak(FAST / 2);
        placement.before_call(Abi::I386, 1);
        assert!(!still_pins(placement, tid));
    }

    fn sched_setaffinity(cores: &CpuSet) {
        nix::sched::sched_setaffinity(Pid::from_raw(0), cores).expect("they were permitted");
    }
}
