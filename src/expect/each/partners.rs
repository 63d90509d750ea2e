//! The partner of a call: the nearest before or after it.

use std::collections::{BTreeSet, HashMap};

use crate::expect::order::precedes;
use crate::trace::call::Call;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::query::Trace;

/// On which side of a call its partner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
}

/// The calls of a view by number, so that a search does not pass all of them for each of many calls.
pub(crate) struct Partners<'a> {
    trace: &'a Trace,
    by_number: HashMap<u32, Vec<usize>>,
    /// Those in no table, and of the other interfaces: any matcher may be about them.
    others: Vec<usize>,
}

/// The nearest call that matches for sure, and the nearest that could.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) sure: Option<usize>,
    pub(crate) possible: Option<usize>,
}

impl<'a> Partners<'a> {
    pub(crate) fn new(trace: &'a Trace) -> Partners<'a> {
        let mut by_number: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut others = Vec::new();
        for (index, call) in trace.entries() {
            match call.signature() {
                Some(row) => by_number.entry(row.number).or_default().push(index),
                None => others.push(index),
            }
        }
        Partners { trace, by_number, others }
    }

    /// The nearest leaves the least between the two: before the subject, the call that began last; after it, the one that ended
    /// first.
    pub(crate) fn nearest(&self, subject: usize, wanted: &CallMatcher, side: Side) -> Found {
        let numbers: BTreeSet<u32> = wanted.numbers().collect();
        let lists = numbers.iter().filter_map(|number| self.by_number.get(number)).chain([&self.others]);
        let mut nearest = Found::default();
        for list in lists {
            let found = match side {
                Side::Before => self.before(subject, wanted, list),
                Side::After => self.after(subject, wanted, list),
            };
            nearest.sure = self.nearer(nearest.sure, found.sure, side);
            nearest.possible = self.nearer(nearest.possible, found.possible, side);
        }
        nearest
    }

    fn before(&self, subject: usize, wanted: &CallMatcher, list: &[usize]) -> Found {
        let mut found = Found::default();
        let earlier = list.partition_point(|&index| index < subject);
        for &index in list[..earlier].iter().rev() {
            if precedes(self.call(index), self.call(subject)) {
                match wanted.allows(self.call(index)) {
                    Verdict::Yes => return Found { sure: Some(index), ..found },
                    Verdict::Unknown => found.possible = found.possible.or(Some(index)),
                    Verdict::No => {}
                }
            }
        }
        found
    }

    fn after(&self, subject: usize, wanted: &CallMatcher, list: &[usize]) -> Found {
        let mut found = Found::default();
        let later = list.partition_point(|&index| index <= subject);
        for &index in &list[later..] {
            // Nothing that begins after it has ended can end before it.
            if found.sure.is_some_and(|nearest| self.call(index).raw().entered.order() > self.end(nearest)) {
                break;
            }
            if precedes(self.call(subject), self.call(index)) {
                match wanted.allows(self.call(index)) {
                    Verdict::Yes => found.sure = self.nearer(found.sure, Some(index), Side::After),
                    Verdict::Unknown => found.possible = found.possible.or(Some(index)),
                    Verdict::No => {}
                }
            }
        }
        found
    }

    fn nearer(&self, one: Option<usize>, other: Option<usize>, side: Side) -> Option<usize> {
        let (Some(first), Some(second)) = (one, other) else { return one.or(other) };
        match side {
            Side::Before => Some(first.max(second)),
            Side::After if self.end(second) < self.end(first) => Some(second),
            Side::After => Some(first),
        }
    }

    fn end(&self, index: usize) -> u64 {
        self.call(index).raw().left.map_or(u64::MAX, |left| left.order())
    }

    fn call(&self, index: usize) -> &'a Call {
        &self.trace.shared.calls[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::fixture::{made, openat};

    #[test]
    fn the_nearest_leaves_the_least_between() {
        let trace = made(
            r#"
            main    fsync(3</tmp/a>) = 0 @0..1
            main    fsync(3</tmp/b>) = 0 @2..3
            main    unlink("/tmp/c") = 0 @4..5
            main.t1 fsync(3</tmp/d>) = 0 @6..20
            main.t2 fsync(3</tmp/e>) = 0 @7..8
            main    openat(-100, 0x7ffe, 0) = 3 @21..22
            "#,
        )
        .trace();
        let partners = Partners::new(&trace);
        let nearest = |wanted: &CallMatcher, side| partners.nearest(2, wanted, side);
        let (sure, possible) = (Some(1), None);
        assert_eq!(nearest(&"fsync".into(), Side::Before), Found { sure, possible });
        assert_eq!(nearest(&"fsync".into(), Side::After), Found { sure: Some(4), possible });
        assert_eq!(nearest(&"openat".into(), Side::Before), Found::default());
        let possible = Some(5);
        assert_eq!(nearest(&openat("/tmp/x"), Side::After), Found { sure: None, possible });
    }
}
