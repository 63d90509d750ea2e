//! How much memory a recording takes, about, and how it takes less.

use std::collections::BTreeMap;

use crate::engine::tracees::Recorded;
use crate::trace::raw::{Capture, FileNote, Noted, PlaceNote, RawCall};
use crate::trace::record::Mark;

/// What a call costs besides what it shows: registers, places in lists, and what will be decoded of it.
const CALL: usize = 512;

impl Recorded {
    pub(super) fn push_mark(&mut self, mark: Mark) {
        // With what the kernel says of a signal. See sigaction(2).
        const SIGINFO: usize = 128;
        self.bytes += size_of::<Mark>() + SIGINFO;
        self.marks.push(mark);
    }
}

/// What was noted of the last call of each number.
#[derive(Debug, Default)]
pub(super) struct Lately(BTreeMap<u32, Noted>);

impl Lately {
    pub(super) fn of(&self, number: u32) -> Option<&Noted> {
        self.0.get(&number)
    }

    /// Nothing more will be noted of a call: keeps it once if it is the same again, and says what the call weighs.
    pub(super) fn keep(&mut self, call: &mut RawCall) -> usize {
        let last = self.0.entry(call.number).or_default();
        if call.noted.share(last) {
            return CALL;
        }
        *last = call.noted.clone();
        weight(call)
    }
}

pub(super) fn weight(call: &RawCall) -> usize {
    let captures = call.noted.captures.iter().map(|capture| size_of::<Capture>() + capture.bytes.len());
    let files = call.noted.files.iter().map(|note| size_of::<FileNote>() + note.link.len());
    let links = call.noted.places.iter().map(|note| note.place.as_ref().map_or(0, |place| place.len()));
    let places = links.map(|link| size_of::<PlaceNote>() + link);
    CALL + captures.chain(files).chain(places).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::capture::Limits;
    use crate::engine::memory::text::{PATH, Text};
    use crate::engine::stop::{Entry, Stop};
    use crate::engine::tracees::Tracees;
    use crate::trace::build::call;
    use crate::trace::raw::Abi;
    use std::time::Duration;

    #[test]
    fn what_is_noted_again_weighs_nothing() {
        let close = |link| call("close").fd("fd", 3, link).returned(0).made().raw().clone();
        let mut lately = Lately::default();
        let mut keep = |link| lately.keep(&mut close(link));
        let first = keep("/a");
        assert!(first > CALL, "{first}");
        assert_eq!([keep("/a"), keep("/a"), keep("/b"), keep("/a")], [CALL, CALL, first, first]);
        assert_eq!(lately.keep(&mut call("getppid").returned(0).made().raw().clone()), CALL);
    }

    #[test]
    fn a_call_that_is_made_anew_weighs_once() {
        const ACCESS: u32 = 21;
        const EXECVE: u32 = 59;
        let mut tracees = Tracees::new(Limits { buffer: 64, environment: false }, None, false);
        let mut stop = |stop| {
            tracees.on_stop(10, stop, Duration::ZERO, &Text(10, b"/a\0", 0.into()));
            tracees.recorded().bytes
        };
        let args = [PATH, 0, 0, 0, 0, 0];
        let entry = |number| {
            Stop::Entry(Entry { abi: Abi::X86_64, number, args, instruction_pointer: 1, stack_pointer: 2 })
        };
        stop(entry(EXECVE));
        stop(Stop::Exec(10));
        let none = stop(Stop::Exit(0));
        stop(entry(ACCESS));
        let first = stop(Stop::Exit(0));
        assert!(first - none > CALL);
        for code in [-512, -512, -512] {
            stop(entry(ACCESS));
            assert_eq!(stop(Stop::Exit(code)), first);
        }
        stop(entry(ACCESS));
        assert_eq!(stop(Stop::Exit(0)) - first, CALL);
    }
}
