//! How much memory a recording takes, about.

use crate::engine::tracees::Recorded;
use crate::trace::raw::{Capture, FileNote, PlaceNote, RawCall};
use crate::trace::record::Mark;

/// What a call costs besides what it shows: registers, places in lists, and what will be decoded of it.
const CALL: usize = 512;

impl Recorded {
    /// A call grew by what it showed since it was weighed with `before`.
    pub(super) fn grow(&mut self, before: usize, now: usize) {
        self.bytes += now.saturating_sub(before);
    }

    pub(super) fn push_mark(&mut self, mark: Mark) {
        // With what the kernel says of a signal. See sigaction(2).
        const SIGINFO: usize = 128;
        self.bytes += size_of::<Mark>() + SIGINFO;
        self.marks.push(mark);
    }
}

pub(super) fn weight(call: &RawCall) -> usize {
    let captures = call.noted.captures.iter().map(|capture| size_of::<Capture>() + capture.bytes.len());
    let files = call.noted.files.iter().map(|note| size_of::<FileNote>() + note.link.len());
    let links = call.noted.places.iter().map(|note| note.place.as_ref().map_or(0, |place| place.len()));
    let places = links.map(|link| size_of::<PlaceNote>() + link);
    CALL + captures.chain(files).chain(places).sum::<usize>()
}
