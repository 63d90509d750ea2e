//! `each(..).preceded_by(..)`: every call has a partner.

mod partners;

use std::collections::BTreeSet;
use std::ops::Deref;

use crate::expect::bare_name;
use crate::expect::count::{Tally, perhaps};
use crate::expect::each::partners::{Partners, Side};
use crate::expect::mismatch::Mismatch;
use crate::expect::order::precedes;
use crate::expect::report::calls::{self, Shown};
use crate::expect::report::{Report, Row, Tone, are, blind, cut_line, near, number, program, searched};
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::call::Call;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::query::Trace;

/// So many calls without a partner are shown.
const ALONE: usize = 3;
/// So many are looked for.
const ENOUGH: usize = 100;

/// The calls of which something is demanded. See [`Trace::each`].
#[must_use = "`each` alone asserts nothing: go on with `preceded_by` or `followed_by`"]
#[derive(Debug)]
pub struct Each<'a> {
    trace: &'a Trace,
    matcher: CallMatcher,
    /// The places of those that match, or could.
    subjects: Vec<usize>,
    holes: Vec<Hole>,
}

/// Calls that have their partners. It is the trace again, with one more demand to be made: [`with_no`](Paired::with_no).
#[derive(Debug)]
pub struct Paired<'a> {
    each: Each<'a>,
    side: Side,
    /// The nearest partner of each subject.
    partners: Vec<usize>,
}

impl<'a> Each<'a> {
    pub(crate) fn new(trace: &'a Trace, matcher: CallMatcher) -> Each<'a> {
        let Tally { sure, unsure } = Tally::against(trace, &matcher);
        let holes = trace.holes_for(&matcher);
        let mut subjects: Vec<usize> = sure.into_iter().chain(unsure).collect();
        subjects.sort_unstable();
        Each { trace, matcher, subjects, holes }
    }

    /// Asserts that before each of them a call was made, and had ended, that matches what `partner` returns for it. One call may
    /// serve several.
    ///
    /// ```no_run
    /// # use expect_syscalls::{call, expect_syscalls, family, file, Value};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(&mut Command::new("sync-and-rename"));
    /// trace.each("rename").preceded_by(|rename| {
    ///     let from = rename.arg("oldpath").and_then(Value::as_path).unwrap();
    ///     call!("fsync", fd = file(&*from)).ok()
    /// });
    /// ```
    ///
    /// # Panics
    ///
    /// When one has no such partner, and when nobody can tell: no call matches at all, or some could be hidden.
    #[track_caller]
    pub fn preceded_by<M: Into<CallMatcher>>(self, partner: impl Fn(&Call) -> M) -> Paired<'a> {
        let wanted = self.wanted(partner);
        self.paired(Side::Before, &wanted)
    }

    /// As [`preceded_by`](Each::preceded_by), of calls that began after each of them had ended.
    ///
    /// # Panics
    ///
    /// As `preceded_by`.
    #[track_caller]
    pub fn followed_by<M: Into<CallMatcher>>(self, partner: impl Fn(&Call) -> M) -> Paired<'a> {
        let wanted = self.wanted(partner);
        self.paired(Side::After, &wanted)
    }

    /// As [`preceded_by`](Each::preceded_by), without the panic.
    ///
    /// # Errors
    ///
    /// Where `preceded_by` panics.
    #[track_caller]
    pub fn try_preceded_by<M: Into<CallMatcher>>(
        self,
        partner: impl Fn(&Call) -> M,
    ) -> Result<Paired<'a>, Mismatch> {
        let wanted = self.wanted(partner);
        self.pair(Side::Before, &wanted)
    }

    /// As [`followed_by`](Each::followed_by), without the panic.
    ///
    /// # Errors
    ///
    /// Where `followed_by` panics.
    #[track_caller]
    pub fn try_followed_by<M: Into<CallMatcher>>(
        self,
        partner: impl Fn(&Call) -> M,
    ) -> Result<Paired<'a>, Mismatch> {
        let wanted = self.wanted(partner);
        self.pair(Side::After, &wanted)
    }

    /// What each of them needs. A loop, so that a name that is no call's panics at the line of the test.
    #[track_caller]
    fn wanted<M: Into<CallMatcher>>(&self, partner: impl Fn(&Call) -> M) -> Vec<CallMatcher> {
        let mut wanted = Vec::with_capacity(self.subjects.len());
        for &index in &self.subjects {
            wanted.push(partner(&self.trace.shared.calls[index]).into());
        }
        wanted
    }

    #[track_caller]
    fn paired(self, side: Side, wanted: &[CallMatcher]) -> Paired<'a> {
        match self.pair(side, wanted) {
            Ok(paired) => paired,
            Err(mismatch) => mismatch.raise(),
        }
    }

    fn pair(self, side: Side, wanted: &[CallMatcher]) -> Result<Paired<'a>, Mismatch> {
        if self.subjects.is_empty() && !self.trace.allowed.contains(&BlindSpot::Empty) {
            return Err(self.vacuous());
        }
        let search = Partners::new(self.trace);
        let mut partners = Vec::with_capacity(wanted.len());
        let mut alone = Vec::new();
        let mut unsure = Vec::new();
        let mut doubts = Vec::new();
        for (&subject, wanted) in self.subjects.iter().zip(wanted) {
            let found = search.nearest(subject, wanted, side);
            match found.sure {
                Some(partner) => partners.push(partner),
                None if found.possible.is_some() || self.judge(subject) == Verdict::Unknown => {
                    doubts.extend(found.possible.map(|partner| (partner, wanted)));
                    unsure.push((subject, wanted));
                }
                None => alone.push((subject, wanted)),
            }
            if alone.len() == ENOUGH {
                break;
            }
        }
        if !alone.is_empty() {
            return Err(self.alone(side, &alone));
        }
        if !unsure.is_empty() {
            return Err(self.unsure(side, &unsure, &doubts));
        }
        if !self.holes.is_empty() {
            return Err(self.unseen());
        }
        Ok(Paired { each: self, side, partners })
    }

    fn judge(&self, index: usize) -> Verdict {
        self.trace.verdict(&self.matcher, &self.trace.shared.calls[index])
    }

    fn vacuous(&self) -> Mismatch {
        let accept = "t.allowing(BlindSpot::Empty): accept it knowingly";
        let report = Report::cannot_tell("no call matches, so `each` says nothing")
            .row(self.asked())
            .row(searched::row(self.trace, Some(&self.matcher)))
            .rows(near::rows(self.trace, &self.matcher, &[]))
            .row(Row::new("unless", accept).tone(Tone::Hint));
        self.mismatch(report, &[])
    }

    fn alone(&self, side: Side, alone: &[(usize, &CallMatcher)]) -> Mismatch {
        let are = are(alone.len());
        let all = number(self.subjects.len(), "call");
        let more = if alone.len() == ENOUGH { " or more" } else { "" };
        let headline = format!("{}{more} of {all} {are} not {} what is wanted", alone.len(), side.words());
        let mut report = Report::violated(headline)
            .row(self.asked())
            .rows(self.without(side, alone))
            .row(searched::row(self.trace, Some(&self.matcher)));
        if let Some(&(subject, wanted)) = alone.first() {
            report = report
                .rows(self.but(side, subject, wanted))
                .rows(near::rows(self.trace, wanted, &[]))
                .rows(blind::unseen("it may have happened", &self.trace.holes_for(wanted)));
        }
        self.mismatch(report, &alone.iter().map(|(index, _)| *index).collect::<Vec<_>>())
    }

    /// `doubts` are the calls that could be partners.
    fn unsure(
        &self,
        side: Side,
        unsure: &[(usize, &CallMatcher)],
        doubts: &[(usize, &CallMatcher)],
    ) -> Mismatch {
        let subjects: Vec<usize> = unsure.iter().map(|(index, _)| *index).collect();
        let calls = number(unsure.len(), "call");
        let headline = format!("{calls} could be without what is wanted {}", side.place());
        let report = Report::cannot_tell(&headline)
            .row(self.asked())
            .rows(self.without(side, unsure))
            .rows(
                doubts
                    .iter()
                    .take(ALONE)
                    .flat_map(|(partner, wanted)| perhaps(self.trace, wanted, &[*partner])),
            )
            .row(searched::row(self.trace, Some(&self.matcher)))
            .rows(blind::doubted(self.trace, &self.matcher, &subjects, "do not match"));
        self.mismatch(report, &subjects)
    }

    fn unseen(&self) -> Mismatch {
        let all = self.subjects.len();
        let calls = number(all, "recorded call");
        let report =
            Report::cannot_tell(&format!("{calls} {} as wanted, {}", are(all), blind::but(&self.holes)))
                .row(self.asked())
                .row(searched::row(self.trace, Some(&self.matcher)))
                .rows(blind::remedies(self.trace, &self.holes, Some(&self.matcher)));
        self.mismatch(report, &[])
    }

    /// The first of the calls without a partner, each with what it lacks.
    fn without(&self, side: Side, alone: &[(usize, &CallMatcher)]) -> Vec<Row> {
        let shown = alone.iter().take(ALONE);
        let shown = shown.map(|(index, wanted)| {
            Shown::note(*index, cut_line(&format!("wanted {}: {wanted}", side.place())))
        });
        let mut rows = calls::block(self.trace, "alone", &shown.collect::<Vec<_>>(), Tone::Against);
        rows.extend(calls::more(alone.len(), ALONE));
        rows
    }

    /// A call that would do, on the wrong side.
    fn but(&self, side: Side, subject: usize, wanted: &CallMatcher) -> Vec<Row> {
        let mut matching = self
            .trace
            .entries()
            .filter(|(index, call)| *index != subject && wanted.allows(call) == Verdict::Yes);
        let nearest = matching.next().map(|first| {
            matching.fold(first, |near, other| {
                if other.0.abs_diff(subject) < near.0.abs_diff(subject) { other } else { near }
            })
        });
        let Some((index, call)) = nearest else { return Vec::new() };
        let of = &self.trace.shared.calls[subject];
        let (wrong, other) = match side {
            Side::Before => (precedes(of, call), "did happen, but later"),
            Side::After => (precedes(call, of), "did happen, but earlier"),
        };
        let note = if wrong {
            other.to_owned()
        } else {
            format!("did happen, but at the same time, in {}", call.thread())
        };
        calls::block(self.trace, "but", &[Shown::note(index, note)], Tone::Plain)
    }

    fn asked(&self) -> Row {
        Row::new("each", searched::asked(&self.matcher)).tone(Tone::Asked)
    }

    fn mismatch(&self, report: Report, against: &[usize]) -> Mismatch {
        Mismatch::new(self.trace, report.foot(program::foot(self.trace, against)), against.to_vec())
    }
}

impl Side {
    fn words(self) -> &'static str {
        match self {
            Side::Before => "preceded by",
            Side::After => "followed by",
        }
    }

    fn place(self) -> &'static str {
        match self {
            Side::Before => "before it",
            Side::After => "after it",
        }
    }
}

impl<'a> Paired<'a> {
    /// Asserts that, for each of the calls, no call that matches lies between it and its nearest partner, not even in part:
    /// "synced, and not written again before it was renamed".
    ///
    /// # Panics
    ///
    /// When there is one, and when nobody can tell.
    #[track_caller]
    pub fn with_no(self, matcher: impl Into<CallMatcher>) -> &'a Trace {
        let trace = self.each.trace;
        match self.undisturbed(&matcher.into()) {
            Ok(()) => trace,
            Err(mismatch) => mismatch.raise(),
        }
    }

    /// As [`with_no`](Paired::with_no), without the panic.
    ///
    /// # Errors
    ///
    /// Where `with_no` panics.
    #[track_caller]
    pub fn try_with_no(self, matcher: impl Into<CallMatcher>) -> Result<&'a Trace, Mismatch> {
        self.undisturbed(&matcher.into()).map(|()| self.each.trace)
    }

    fn undisturbed(&self, matcher: &CallMatcher) -> Result<(), Mismatch> {
        let tally = Tally::against(self.each.trace, matcher);
        let holes = self.each.trace.holes_for(matcher);
        let mut disturbed = Vec::new();
        let mut unsure = Vec::new();
        let all: Vec<usize> = tally.sure.iter().chain(&tally.unsure).copied().collect();
        for (&subject, &partner) in self.each.subjects.iter().zip(&self.partners) {
            let sure = self.between(partner, subject, &tally.sure);
            let possible = self.between(partner, subject, &all);
            if !sure.is_empty() {
                disturbed.push((subject, sure));
            } else if !possible.is_empty() {
                unsure.push((subject, possible));
            }
        }
        if !disturbed.is_empty() {
            return Err(self.disturbed(matcher, &disturbed, false));
        }
        if !unsure.is_empty() {
            return Err(self.disturbed(matcher, &unsure, true));
        }
        let variants = self.variants_between(matcher);
        if !variants.is_empty() {
            let asked = vec![self.each.asked(), no(matcher)];
            let report =
                bare_name::report(self.each.trace, matcher, "was not made between", &variants, asked);
            return Err(self.each.mismatch(report, &variants));
        }
        if holes.is_empty() { Ok(()) } else { Err(self.unseen(matcher, &holes)) }
    }

    /// Where `matcher` is a bare name: calls between that are variants of it.
    fn variants_between(&self, matcher: &CallMatcher) -> Vec<usize> {
        let trace = self.each.trace;
        let made = bare_name::variants(trace, matcher, trace.entries().map(|(index, _)| index));
        let pairs = self.each.subjects.iter().zip(&self.partners);
        let between = pairs.flat_map(|(&subject, &partner)| self.between(partner, subject, &made));
        let between: BTreeSet<usize> = between.collect();
        between.into_iter().collect()
    }

    /// Those of `list` that neither had ended before the first of the two began, nor began after the second had ended.
    fn between(&self, partner: usize, subject: usize, list: &[usize]) -> Vec<usize> {
        let call = |index: usize| &self.each.trace.shared.calls[index];
        let (first, second) = match self.side {
            Side::Before => (partner, subject),
            Side::After => (subject, partner),
        };
        let inside = |&index: &usize| {
            index != first
                && index != second
                && !precedes(call(index), call(first))
                && !precedes(call(second), call(index))
        };
        list.iter().copied().filter(inside).collect()
    }

    fn disturbed(&self, matcher: &CallMatcher, disturbed: &[(usize, Vec<usize>)], perhaps: bool) -> Mismatch {
        let calls = number(self.each.subjects.len(), "call");
        let count = disturbed.len();
        let report = if perhaps {
            Report::cannot_tell(&format!("between {count} of {calls} and its partner, something could match"))
        } else {
            Report::violated(format!("between {count} of {calls} and its partner, something matches"))
        };
        let mut report = report.row(self.each.asked()).row(no(matcher));
        for (subject, between) in disturbed.iter().take(ALONE) {
            let mut shown = between.clone();
            shown.truncate(2);
            shown.push(*subject);
            let at = self.each.subjects.iter().position(|index| index == subject);
            shown.extend(at.map(|at| self.partners[at]));
            shown.sort_unstable();
            report = report.rows(calls::first(self.each.trace, "between", &shown, 4, Tone::Against));
        }
        let between: Vec<usize> = disturbed.iter().flat_map(|(_, between)| between).copied().collect();
        let report = report.row(searched::row(self.each.trace, Some(matcher)));
        let doubted = if perhaps { &between[..] } else { &[] };
        self.each.mismatch(
            report.rows(blind::doubted(self.each.trace, matcher, doubted, "do not match")),
            &between,
        )
    }

    fn unseen(&self, matcher: &CallMatcher, holes: &[Hole]) -> Mismatch {
        let why = format!("no recorded call lies between, {}", blind::but(holes));
        let report = Report::cannot_tell(&why)
            .row(self.each.asked())
            .row(no(matcher))
            .row(searched::row(self.each.trace, Some(matcher)))
            .rows(blind::remedies(self.each.trace, holes, Some(matcher)));
        self.each.mismatch(report, &[])
    }
}

fn no(matcher: &CallMatcher) -> Row {
    Row::new("with no", searched::asked(matcher)).tone(Tone::Asked)
}

impl Deref for Paired<'_> {
    type Target = Trace;

    fn deref(&self) -> &Trace {
        self.each.trace
    }
}

#[cfg(test)]
mod tests;
