//! The search for a call in a recording that goes on.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use crate::abi::errno::Errno;
use crate::engine::tracees::Tracees;
use crate::trace::call::Call;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::raw::{Abi, RawCall, RawOutcome};
use crate::trace::tree::Tree;

/// A search: no call is judged again whose verdict cannot change.
pub(crate) struct Search<'a> {
    matcher: &'a CallMatcher,
    /// Sorted.
    numbers: Vec<u32>,
    /// The first call that was not looked at.
    next: usize,
    /// Calls that may match once they have ended.
    open: Vec<usize>,
}

impl Search<'_> {
    pub(crate) fn new(matcher: &CallMatcher) -> Search<'_> {
        let mut numbers: Vec<u32> = matcher.numbers().collect();
        numbers.sort_unstable();
        Search { matcher, numbers, next: 0, open: Vec::new() }
    }

    /// The first call that is known to match, among those that are new or have ended since.
    pub(crate) fn next(&mut self, tracees: &Tracees, taken: &HashSet<usize>) -> Option<(usize, Call)> {
        let calls = &tracees.recorded().calls;
        let tree = OnceLock::new();
        let new = self.next..calls.len();
        let (ended, open) = self.open.iter().partition(|index| has_ended(&calls[**index]));
        self.open = open;
        let ended: Vec<usize> = ended;
        for index in ended.into_iter().chain(new) {
            self.next = self.next.max(index + 1);
            let raw = &calls[index];
            if taken.contains(&index) || !self.asks_for(raw) {
                continue;
            }
            let tree: &Arc<Tree> = tree.get_or_init(|| Arc::new(tracees.tree()));
            let call = Call::new(raw.clone(), tree.clone());
            match self.matcher.judge(&call) {
                Verdict::Yes => return Some((index, call)),
                _ if !has_ended(raw) => self.open.push(index),
                _ => {}
            }
        }
        None
    }

    fn asks_for(&self, call: &RawCall) -> bool {
        call.abi != Abi::X86_64 || self.numbers.binary_search(&call.number).is_ok()
    }
}

/// Whether its outcome is known for good: a call with a restart code may be made anew.
fn has_ended(call: &RawCall) -> bool {
    let restarts = call.errno().is_some_and(|errno| Errno(errno).is_restart());
    call.outcome != RawOutcome::Unfinished && !restarts
}
