//! What is worth a line in a transcript besides a call: signals and ends.

use crate::trace::call::Call;
use crate::trace::raw::{Moment, TaskId};

/// A line of a transcript, as it comes about. See [`Tracer::stream`](crate::Tracer::stream).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Record {
    /// A call has ended, or never will.
    Call(Call),
    /// A signal was delivered, or a task or process ended.
    Mark(Mark),
}

/// A signal or an end. Its `Display` is strace's notation: `--- SIGCHLD {...} ---`, `+++ exited with 0 +++`.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub(crate) task: TaskId,
    pub(crate) tid: u32,
    pub(crate) at: Moment,
    pub(crate) what: MarkKind,
}

impl Mark {
    /// The kernel's number of the thread.
    pub fn tid(&self) -> u32 {
        self.tid
    }

    /// When it came: time since the recording began.
    pub fn at(&self) -> std::time::Duration {
        self.at.at()
    }

    /// The signal, where one was delivered. See signal(7).
    pub fn signal(&self) -> Option<i32> {
        if let MarkKind::Signal(signal, _) = self.what { Some(signal) } else { None }
    }

    /// Whether a task or process ended.
    pub fn is_end(&self) -> bool {
        matches!(self.what, MarkKind::Ended(_))
    }
}

/// What a [`Mark`] marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MarkKind {
    /// A signal that is about to be delivered: number, and the raw siginfo (128 bytes) where it could be had.
    Signal(i32, Option<Box<[u8]>>),
    /// A stopping signal stopped the process.
    Stopped(i32),
    /// A task ended, with this wait status.
    Ended(i32),
}
