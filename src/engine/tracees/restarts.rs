//! Calls that a signal interrupts. The kernel may make them anew, and the call and its restarts are one.

use crate::abi::errno::Errno;
use crate::engine::stop::Entry;
use crate::engine::tracees::{Open, Tracees};
use crate::trace::raw::RawOutcome;

pub(crate) const RESTART_SYSCALL: u32 = 219;

/// A recorded call that left with a restart code. See "Interruption of system calls" in signal(7).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interrupted {
    index: usize,
    /// The next entry may be it: nothing else has been entered since, or a handler has returned to it.
    next: bool,
}

impl Interrupted {
    /// As it is to be closed when it is not made anew.
    pub(crate) fn into_open(self) -> Open {
        Open::Recorded(self.index)
    }
}

impl Tracees {
    /// Whether the kernel makes an interrupted call anew: the call and its restarts are one. See restart_syscall(2).
    pub(crate) fn enter_again(&mut self, tid: u32, entry: &Entry) -> bool {
        let Some(interrupted) = &mut self.live_mut(tid).interrupted else { return false };
        let index = interrupted.index;
        let next = std::mem::replace(&mut interrupted.next, false);
        let call = &mut self.recorded.calls[index];
        let same = entry.number == call.number
            && entry.args == *call.args()
            && entry.instruction_pointer == call.noted.registers.instruction_pointer;
        if !next || entry.abi != call.abi || !(same || entry.number == RESTART_SYSCALL) {
            return false;
        }
        call.outcome = RawOutcome::Unfinished;
        call.left = None;
        let live = self.live_mut(tid);
        live.interrupted = None;
        live.open = Some(Open::Recorded(index));
        true
    }

    /// A recorded call has left with a restart code. What becomes of it is not known yet.
    pub(crate) fn interrupt(&mut self, tid: u32, index: usize) {
        let earlier = self.live_mut(tid).interrupted.replace(Interrupted { index, next: true });
        self.close(earlier.map(Interrupted::into_open));
    }

    /// A handler returns, perhaps to a call that was interrupted. The register that rt_sigreturn(2) restores holds the
    /// number of a call that is made anew, or the error that the program sees.
    pub(crate) fn note_return(&mut self, tid: u32, rax: i64) {
        const EINTR: i64 = -4;
        let Some(interrupted) = self.live_mut(tid).interrupted.take() else { return };
        let call = &mut self.recorded.calls[interrupted.index];
        if rax == i64::from(call.number) || rax == i64::from(RESTART_SYSCALL) {
            self.live_mut(tid).interrupted = Some(Interrupted { next: true, ..interrupted });
            return;
        }
        if rax == EINTR {
            call.outcome = RawOutcome::Left(EINTR);
        }
        self.close(Some(interrupted.into_open()));
    }

    pub(crate) fn left_to_restart(&self, index: usize) -> bool {
        self.recorded.calls[index].errno().is_some_and(|errno| Errno(errno).is_restart())
    }
}
