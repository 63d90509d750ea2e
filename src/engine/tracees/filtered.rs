//! Filters of the program's own, and where one of ours leaves it to the kernel to make calls that nobody wants to see. See
//! seccomp(2).
//!
//! A program that has a filter of its own goes on without ours, stop by stop: of several answers to a call the kernel takes one,
//! and ours is not the first. See "Seccomp filters" there.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use crate::abi::syscalls;
use crate::engine::memory::Memory;
use crate::engine::stop::{Creation, Entry, Reach, Resume};
use crate::engine::tracees::faults::Planned;
use crate::engine::tracees::restarts::RESTART_SYSCALL;
use crate::engine::tracees::supplied::USERFAULTFD;
use crate::engine::tracees::{CLONE, CLONE_UNTRACED, CLONE3, EXECVE, EXECVEAT, Launch, Live, Open, Tracees};
use crate::engine::tracees::{clone3_flags, tells_more};
use crate::trace::raw::{Abi, RawOutcome};

pub(super) const SIGSYS: i32 = 31;
const PRCTL: u32 = 157;
const SECCOMP: u32 = 317;
const SCHED_SETAFFINITY: u32 = 203;
const SCHED_GETAFFINITY: u32 = 204;
const PR_GET_SECCOMP: u64 = 21;
const PR_SET_SECCOMP: u64 = 22;
const PR_SET_NO_NEW_PRIVS: u64 = 38;
const PR_GET_NO_NEW_PRIVS: u64 = 39;
/// Of seccomp(2): the mode, the operation of the same number, and a flag.
const MODE_STRICT: u64 = 1;
const SET_MODE_STRICT: u64 = 0;
const FLAG_TSYNC: u64 = 1;
/// The page where the kernel answers some calls without an entry and an exit; filters are asked all the same. See vdso(7).
const VSYSCALL: Range<u64> = 0xffff_ffff_ff60_0000..0xffff_ffff_ff60_1000;

/// The filter, and what the program does of the kind.
#[derive(Debug, Default)]
pub(super) struct Filtered {
    is_on: bool,
    /// The program had to give up that it may gain privileges.
    without_privileges: bool,
    /// A task may have a filter of its own, or has given up privileges by itself.
    own_filter: bool,
    own_without_privileges: bool,
    /// The pids of those that have made threads.
    threaded: BTreeSet<u32>,
    /// What the program does, and a filter of ours does not permit.
    unfit: Option<&'static str>,
}

impl Tracees {
    /// The calls, sorted by number, that need not stop a task, where there are some.
    pub(crate) fn quiet_numbers(&self) -> Option<Vec<u32>> {
        let only = self.only.as_ref().filter(|_| self.rules.is_empty())?;
        let followed = [
            EXECVE,
            EXECVEAT,
            RESTART_SYSCALL,
            PRCTL,
            SECCOMP,
            SCHED_GETAFFINITY,
            SCHED_SETAFFINITY,
            USERFAULTFD,
        ];
        let quiet = |number: &u32| {
            only.binary_search(number).is_err() && !tells_more(*number) && !followed.contains(number)
        };
        Some(syscalls::TABLE.iter().map(|row| row.number).filter(quiet).collect())
    }

    /// All calls but the [`quiet_numbers`](Tracees::quiet_numbers) are reported from now on. `without_privileges`: no program that is
    /// executed gains any now.
    pub(crate) fn filter_calls(&mut self, without_privileges: bool) {
        self.filtered.is_on = true;
        self.filtered.without_privileges = without_privileges;
    }

    /// At which calls the task is to stop: at its exit from one that it is in, and wherever our filter may not be asked.
    pub(crate) fn reach(&self, tid: u32) -> Reach {
        let at_reported = |live: &Live| live.open.is_none() && live.interrupted.is_none() && !live.own_filter;
        let known = self.live.get(&tid).is_some_and(at_reported);
        if self.filtered.is_on && known { Reach::Reported } else { Reach::Every }
    }

    /// What the program is about to do and a filter of ours does not permit.
    pub(crate) fn unfit(&self) -> Option<&'static str> {
        self.filtered.unfit
    }

    /// Whether programs are kept from gaining privileges by our filter, and by nothing else that is known.
    pub(super) fn keeps_privileges_back(&self) -> bool {
        self.filtered.without_privileges && !self.filtered.own_without_privileges
    }

    /// A call that the program's own seccomp filter answered with SIGSYS leaves with its number as result,
    /// which looks like a success. See SECCOMP_RET_TRAP in seccomp(2).
    pub(super) fn unmask_rejected_call(&mut self, tid: u32, signal: i32, info: Option<&[u8]>) {
        const SYS_SECCOMP: i32 = 1;
        let code = info.and_then(|info| info.get(8..12)).and_then(|code| code.try_into().ok());
        let by_filter = signal == SIGSYS && code.map(i32::from_ne_bytes) == Some(SYS_SECCOMP);
        if by_filter && self.may_have_been_rejected(self.live(tid)) {
            let last = self.live(tid).last;
            self.reject_last_call(last);
        }
    }

    pub(super) fn reject_last_call(&mut self, last: Option<usize>) {
        let Some(call) = last.map(|index| &mut self.recorded.calls[index]) else { return };
        if call.outcome == RawOutcome::Left(call.number.into()) {
            call.outcome = RawOutcome::Unfinished;
        }
    }

    /// Whether a filter of its own may have answered the call that a task has made last: where only ours can be asked, that
    /// call may have been seen by nobody.
    pub(super) fn may_have_been_rejected(&self, live: &Live) -> bool {
        !self.filtered.is_on || live.own_filter
    }

    /// Whether a task that is new may have a filter of its own.
    pub(super) fn may_have_filter(&self) -> bool {
        self.filtered.own_filter
    }

    /// The filter reports a call: news, unless its entry was a stop already.
    pub(super) fn enter_reported(
        &mut self,
        tid: u32,
        entry: &Entry,
        at: Duration,
        memory: &impl Memory,
    ) -> Resume {
        if self.live(tid).open.is_some() || VSYSCALL.contains(&entry.instruction_pointer) {
            return Resume::Run;
        }
        let how = self.enter(tid, entry, at, memory);
        let live = self.live_mut(tid);
        if matches!(live.open, Some(Open::Skipped)) && live.planned.is_none() {
            live.open = None;
        }
        how
    }

    /// A call is being entered under our filter: what the program is not to see of it, and what it does of the kind itself.
    pub(super) fn look_at_filters(&mut self, tid: u32, entry: &Entry) {
        if !self.filtered.is_on || self.launch != Launch::Done {
            return;
        }
        let own = self.live(tid).own_filter;
        match (entry.number, entry.args[0]) {
            _ if entry.abi != Abi::X86_64 => self.trust_no_filter(tid),
            (PRCTL, PR_GET_SECCOMP) if !own => self.answer(tid, 0),
            (PRCTL, PR_GET_NO_NEW_PRIVS) if self.keeps_privileges_back() => self.answer(tid, 0),
            (PRCTL, PR_SET_NO_NEW_PRIVS) => self.filtered.own_without_privileges = true,
            (PRCTL, PR_SET_SECCOMP) if entry.args[1] == MODE_STRICT => {
                self.end_by("enters the strict mode of seccomp(2)")
            }
            (SECCOMP, SET_MODE_STRICT) => self.end_by("enters the strict mode of seccomp(2)"),
            (SECCOMP, _) if entry.args[1] & FLAG_TSYNC != 0 && self.has_threads(tid) => {
                self.end_by("gives all its threads a seccomp filter at once");
            }
            (PRCTL, PR_SET_SECCOMP) | (SECCOMP, _) => self.trust_no_filter(tid),
            (CLONE, flags) if flags & CLONE_UNTRACED != 0 => {
                self.end_by("makes a task that is not traced (CLONE_UNTRACED)")
            }
            (CLONE3, _) => {
                let live = self.live(tid);
                if self.open_call(live).is_some_and(|call| clone3_flags(call) & CLONE_UNTRACED != 0) {
                    self.end_by("makes a task that is not traced (CLONE_UNTRACED)");
                }
            }
            _ => {}
        }
    }

    /// The task has a filter of its own, or will, or may; and who is made from now on may have it too.
    fn trust_no_filter(&mut self, tid: u32) {
        self.live_mut(tid).own_filter = true;
        self.filtered.own_filter = true;
    }

    fn answer(&mut self, tid: u32, value: i64) {
        self.live_mut(tid).planned = Some(Planned::Result(value));
    }

    fn end_by(&mut self, what: &'static str) {
        self.filtered.unfit.get_or_insert(what);
    }

    /// Whether its process has had several threads since it executed its program: when one of them ends is not for us to say.
    fn has_threads(&self, tid: u32) -> bool {
        self.filtered.threaded.contains(&self.family.process_of(self.live(tid).task).pid)
    }

    /// A task has made another.
    pub(super) fn note_thread(&mut self, creator: u32, how: Creation) {
        if how == Creation::Clone {
            let pid = self.family.process_of(self.live(creator).task).pid;
            self.filtered.threaded.insert(pid);
        }
    }

    /// A process has executed a program, and has one thread.
    pub(super) fn forget_threads(&mut self, pid: u32) {
        self.filtered.threaded.remove(&pid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::capture::Limits;
    use crate::engine::memory::text::Text;
    use crate::engine::stop::Stop;
    use crate::engine::tracees::EXECVE;
    use std::cell::Cell;

    const GETPPID: u32 = 110;
    const READ: u32 = 0;

    fn stop(tracees: &mut Tracees, tid: u32, stop: Stop) -> Resume {
        tracees.on_stop(tid, stop, Duration::ZERO, &Text(tid, b"", Cell::default()))
    }

    fn entry(number: u32, args: [u64; 2]) -> Entry {
        let args = [args[0], args[1], 0, 0, 0, 0];
        Entry { abi: Abi::X86_64, number, args, instruction_pointer: 1, stack_pointer: 2 }
    }

    fn reported(tracees: &mut Tracees, tid: u32, number: u32, args: [u64; 2]) -> Resume {
        stop(tracees, tid, Stop::Reported(entry(number, args)))
    }

    /// Pid 10 under a filter, where these calls are recorded.
    fn filtered(only: &[u32]) -> Tracees {
        let mut tracees = Tracees::new(Limits { buffer: 64, environment: false }, Some(only.to_vec()), false);
        stop(&mut tracees, 10, Stop::Entry(entry(EXECVE, [0, 0])));
        stop(&mut tracees, 10, Stop::Exec(10));
        stop(&mut tracees, 10, Stop::Exit(0));
        assert_eq!(tracees.reach(10), Reach::Every);
        tracees.filter_calls(true);
        assert_eq!(tracees.reach(10), Reach::Reported);
        tracees
    }

    #[test]
    fn what_is_neither_recorded_nor_followed_is_quiet() {
        let quiet = filtered(&[GETPPID]).quiet_numbers().expect("some");
        assert!(quiet.is_sorted() && quiet.contains(&READ));
        for number in [GETPPID, EXECVE, CLONE, CLONE3, PRCTL, SECCOMP, RESTART_SYSCALL, 257, 15] {
            assert!(!quiet.contains(&number), "{number}");
        }
        assert_eq!(
            Tracees::new(Limits { buffer: 64, environment: false }, None, false).quiet_numbers(),
            None
        );
    }

    #[test]
    fn a_call_is_followed_to_its_exit_and_is_one_wherever_it_stops() {
        let mut tracees = filtered(&[GETPPID]);
        reported(&mut tracees, 10, GETPPID, [0, 0]);
        assert_eq!(tracees.reach(10), Reach::Every);
        stop(&mut tracees, 10, Stop::Exit(1));
        assert_eq!(tracees.reach(10), Reach::Reported);
        stop(&mut tracees, 10, Stop::Entry(entry(GETPPID, [0, 0])));
        reported(&mut tracees, 10, GETPPID, [0, 0]);
        stop(&mut tracees, 10, Stop::Exit(1));
        assert_eq!(tracees.recorded.calls.len(), 2);
        // One that need not be followed.
        reported(&mut tracees, 10, SCHED_GETAFFINITY, [0, 0]);
        assert_eq!(tracees.reach(10), Reach::Reported);
    }

    #[test]
    fn a_call_that_has_no_exit_is_none() {
        let mut tracees = filtered(&[GETPPID]);
        let at = Entry { instruction_pointer: 0xffff_ffff_ff60_0400, ..entry(GETPPID, [0, 0]) };
        assert_eq!(stop(&mut tracees, 10, Stop::Reported(at)), Resume::Run);
        assert_eq!((tracees.reach(10), tracees.recorded.calls.len()), (Reach::Reported, 0));
    }

    #[test]
    fn who_has_a_filter_of_its_own_stops_at_every_call_and_so_do_its_children() {
        for (number, args) in [(SECCOMP, [1, 0]), (PRCTL, [PR_SET_SECCOMP, 2])] {
            let mut tracees = filtered(&[GETPPID]);
            reported(&mut tracees, 10, CLONE, [0, 0]);
            stop(&mut tracees, 10, Stop::Created(Creation::Fork, 11));
            stop(&mut tracees, 11, Stop::Trap);
            stop(&mut tracees, 10, Stop::Exit(11));
            reported(&mut tracees, 10, number, args);
            stop(&mut tracees, 10, Stop::Exit(0));
            stop(&mut tracees, 12, Stop::Trap);
            let reaches = [10, 11, 12].map(|tid| tracees.reach(tid));
            assert_eq!(reaches, [Reach::Every, Reach::Reported, Reach::Every]);
            assert_eq!(tracees.unfit(), None);
            assert_eq!(stop(&mut tracees, 10, Stop::Untraceable), Resume::Skip);
        }
    }

    #[test]
    fn a_call_that_was_interrupted_is_followed_until_it_is_known_what_became_of_it() {
        const ERESTARTSYS: i64 = -512;
        let mut tracees = filtered(&[READ]);
        reported(&mut tracees, 10, READ, [0, 0]);
        stop(&mut tracees, 10, Stop::Exit(ERESTARTSYS));
        assert_eq!(tracees.reach(10), Reach::Every);
        reported(&mut tracees, 10, READ, [0, 0]);
        stop(&mut tracees, 10, Stop::Exit(1));
        assert_eq!((tracees.reach(10), tracees.recorded.calls.len()), (Reach::Reported, 1));
    }

    #[test]
    fn a_filter_is_kept_by_who_executes_and_may_be_any_of_another_interface() {
        // Thread 11 has it, and goes by the number of its process afterwards.
        let mut tracees = filtered(&[GETPPID]);
        let in_process = |tracees: &mut Tracees, it| {
            tracees.on_stop(11, it, Duration::ZERO, &Text(10, b"", Cell::default()));
        };
        reported(&mut tracees, 10, CLONE, [0, 0]);
        stop(&mut tracees, 10, Stop::Created(Creation::Clone, 11));
        stop(&mut tracees, 10, Stop::Exit(11));
        in_process(&mut tracees, Stop::Trap);
        in_process(&mut tracees, Stop::Reported(entry(SECCOMP, [1, 0])));
        in_process(&mut tracees, Stop::Exit(0));
        in_process(&mut tracees, Stop::Reported(entry(EXECVE, [0, 0])));
        stop(&mut tracees, 10, Stop::Exec(11));
        stop(&mut tracees, 10, Stop::Exit(0));
        assert_eq!(tracees.reach(10), Reach::Every);

        let mut tracees = filtered(&[GETPPID]);
        stop(&mut tracees, 10, Stop::Reported(Entry { abi: Abi::I386, ..entry(GETPPID, [0, 0]) }));
        stop(&mut tracees, 10, Stop::Exit(0));
        stop(&mut tracees, 12, Stop::Trap);
        assert_eq!([10, 12].map(|tid| tracees.reach(tid)), [Reach::Every; 2]);
    }

    #[test]
    fn it_is_told_of_its_own_filters_alone() {
        let mut tracees = filtered(&[GETPPID]);
        let mut told = |option, result| {
            reported(&mut tracees, 10, PRCTL, [option, 0]);
            stop(&mut tracees, 10, Stop::Exit(result))
        };
        assert_eq!(told(PR_GET_SECCOMP, 2), Resume::Return(0));
        assert_eq!(told(PR_GET_NO_NEW_PRIVS, 1), Resume::Return(0));
        assert_eq!(told(PR_SET_NO_NEW_PRIVS, 0), Resume::Run);
        assert_eq!(told(PR_GET_NO_NEW_PRIVS, 1), Resume::Run);
        assert_eq!(told(PR_SET_SECCOMP, 0), Resume::Run);
        assert_eq!(told(PR_GET_SECCOMP, 2), Resume::Run);
        assert!(!tracees.keeps_privileges_back());
    }

    #[test]
    fn where_only_ours_can_answer_nothing_was_rejected() {
        let mut tracees = filtered(&[READ]);
        reported(&mut tracees, 10, READ, [0, 0]);
        stop(&mut tracees, 10, Stop::Exit(READ.into()));
        tracees.on_end(10, SIGSYS, Duration::ZERO);
        assert_eq!(tracees.recorded.calls[0].outcome, RawOutcome::Left(READ.into()));
    }

    #[test]
    fn what_a_filter_does_not_permit_is_said() {
        let unfit = |number, args| {
            let mut tracees = filtered(&[GETPPID]);
            reported(&mut tracees, 10, number, args);
            tracees.unfit().is_some()
        };
        assert!(unfit(PRCTL, [PR_SET_SECCOMP, MODE_STRICT]));
        assert!(unfit(SECCOMP, [SET_MODE_STRICT, 0]));
        assert!(unfit(CLONE, [CLONE_UNTRACED, 0]));
        assert!(!unfit(CLONE, [17, 0]));
        // It has no other threads, and then it has.
        assert!(!unfit(SECCOMP, [1, FLAG_TSYNC]));
        for (how, has_threads) in [(Creation::Fork, false), (Creation::Vfork, false), (Creation::Clone, true)]
        {
            let mut tracees = filtered(&[GETPPID]);
            reported(&mut tracees, 10, CLONE, [0, 0]);
            stop(&mut tracees, 10, Stop::Created(how, 11));
            stop(&mut tracees, 10, Stop::Exit(11));
            reported(&mut tracees, 10, SECCOMP, [1, FLAG_TSYNC]);
            assert_eq!(tracees.unfit().is_some(), has_threads);
        }
        // Another program has one thread.
        let mut tracees = filtered(&[GETPPID]);
        reported(&mut tracees, 10, CLONE, [0, 0]);
        stop(&mut tracees, 10, Stop::Created(Creation::Clone, 11));
        stop(&mut tracees, 10, Stop::Exit(11));
        reported(&mut tracees, 10, EXECVE, [0, 0]);
        stop(&mut tracees, 10, Stop::Exec(10));
        stop(&mut tracees, 10, Stop::Exit(0));
        reported(&mut tracees, 10, SECCOMP, [1, FLAG_TSYNC]);
        assert_eq!(tracees.unfit(), None);
    }
}
