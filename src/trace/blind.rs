//! Blind spots: what could have hidden a call from the recording.

use std::sync::atomic::Ordering;

use crate::abi::signals;
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;

/// A reason why a call may have been made without being in the trace. Every negative assertion asks for
/// the ones that could hide what it looks for, and refuses to pass: it cannot tell.
///
/// [`Trace::allowing`] accepts one knowingly.
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
    /// A clock was asked for, which the vDSO answers in user space: see vdso(7).
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
    /// What was seen, for the report: `#88 main  io_uring_setup(...) = 5`.
    pub evidence: String,
    /// For [`BlindSpot::Filter`]: the calls that were recorded, by number; empty for every other.
    pub recorded: Vec<u32>,
}

impl Hole {
    pub(crate) fn new(spot: BlindSpot, evidence: impl Into<String>) -> Hole {
        Hole { spot, evidence: evidence.into(), recorded: Vec::new() }
    }

    /// Whether calls that `matcher` asks for could be hidden in it.
    pub(crate) fn hides(&self, matcher: &CallMatcher) -> bool {
        let mut numbers = matcher.numbers();
        match self.spot {
            BlindSpot::Filter => numbers.any(|number| !self.recorded.contains(&number)),
            BlindSpot::Vdso => numbers.any(|number| VDSO.contains(&number)),
            BlindSpot::IoUring => numbers.any(|number| !NOT_IN_A_RING.contains(&number)),
            // Those are in the trace: a matcher judges them one by one.
            BlindSpot::Foreign | BlindSpot::UnknownCall | BlindSpot::Unreadable => false,
            _ => true,
        }
    }
}

/// clock_gettime, clock_getres, gettimeofday, time, getcpu. See vdso(7).
const VDSO: [u32; 5] = [228, 229, 96, 201, 309];

/// What no io_uring request can do: exec, fork, kill, exit, ids, namespaces, mounts, memory, signals. See io_uring_enter(2).
const NOT_IN_A_RING: [u32; 60] = [
    9, 10, 11, 12, 13, 14, 15, 25, 56, 57, 58, 59, 60, 62, 101, 105, 106, 109, 112, 113, 114, 116, 117, 119,
    122, 123, 126, 128, 129, 130, 131, 137, 138, 155, 157, 158, 160, 161, 165, 166, 200, 219, 231, 234, 272,
    297, 302, 308, 317, 318, 321, 322, 424, 429, 430, 432, 435, 442, 446, 467,
];

impl Trace {
    /// What could have hidden a call that `matcher` asks for, but for what the test has allowed.
    pub(crate) fn holes_for(&self, matcher: &CallMatcher) -> Vec<Hole> {
        let holes = self.shared.holes.iter().filter(|hole| hole.hides(matcher)).cloned();
        let holes = holes.chain(self.early_end()).chain(self.empty());
        holes.filter(|hole| !self.allowed.contains(&hole.spot)).collect()
    }

    /// Every blind spot of the recording, and of this view, but for those that were allowed.
    pub(crate) fn holes(&self) -> Vec<Hole> {
        let holes = self.shared.holes.iter().cloned().chain(self.early_end()).chain(self.empty());
        holes.filter(|hole| !self.allowed.contains(&hole.spot)).collect()
    }

    /// A program that crashed, or refused to work, has not done what it would have done.
    fn early_end(&self) -> Option<Hole> {
        if self.shared.end_stated.load(Ordering::Relaxed) {
            return None;
        }
        let Some(status) = self.shared.status else {
            return Some(Hole::new(BlindSpot::Running, "the program had not ended"));
        };
        match (status & 0x7f, status >> 8 & 0xff) {
            (0, 0) => None,
            (0, code) => Some(Hole::new(
                BlindSpot::Status,
                format!("the program exited with {code}, and the test does not say that it should"),
            )),
            (signal, _) => {
                let name = signals::name(signal).unwrap_or_else(|| signal.to_string());
                Some(Hole::new(BlindSpot::EarlyEnd, format!("the program was killed by {name}")))
            }
        }
    }

    fn empty(&self) -> Option<Hole> {
        if !self.is_view() || self.len() > 0 {
            return None;
        }
        let mut programs: Vec<_> = Vec::new();
        for process in &self.shared.tree.processes {
            let names = process.images.iter().filter_map(|image| image.program.file_name());
            programs.extend(names.map(|name| name.to_string_lossy()));
        }
        programs.dedup();
        let evidence = format!("{} selects no call; the programs are: {}", self.view, programs.join(", "));
        Some(Hole::new(BlindSpot::Empty, evidence))
    }
}
