//! Blind spots: what could have hidden a call from the recording.

use super::matcher::CallMatcher;

/// A reason why a call may have been made without being in the trace. Every negative assertion asks for
/// the ones that could hide what it looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BlindSpot {
    /// The root was ended by a signal that nobody asked for: what it would have done next is unknown.
    EarlyEnd,
    /// The root ended with a status other than 0, and the test has not said that it should.
    Status,
    /// A limit of the recording (time, output, tasks, calls) was reached, and the tree killed.
    Limit,
    /// The recording was looked at while the program was still running.
    Running,
    /// The view contains nothing to look at.
    Empty,
    /// [`Tracer::only`](crate::Tracer::only) left the call out.
    Filter,
    /// An io_uring was set up: its requests are no system calls.
    IoUring,
    /// The vDSO answers clock calls in user space.
    Vdso,
    /// A child was made with `CLONE_UNTRACED`.
    Escaped,
    /// A call through the i386 or x32 interface, known by name only.
    Foreign,
    /// A call whose number is in no table.
    UnknownCall,
    /// An argument that a matcher asked about could not be read, or was cut.
    Unreadable,
    /// A setuid program ran without its privileges, because it was traced.
    Privileges,
}

/// A blind spot that was met, and where.
#[derive(Clone, Debug)]
pub struct Hole {
    /// Which.
    pub spot: BlindSpot,
    /// What was seen, for the report: `io_uring: #88 main  io_uring_setup(...) = 5`.
    pub evidence: String,
    /// For [`BlindSpot::Filter`]: the calls that were recorded, by number; empty for every other.
    pub recorded: Vec<u32>,
}

impl Hole {
    /// Whether calls that `matcher` asks for could be hidden in it.
    pub fn hides(&self, matcher: &CallMatcher) -> bool {
        match self.spot {
            BlindSpot::Filter => matcher.numbers().any(|number| !self.recorded.contains(&number)),
            _ => true,
        }
    }
}
