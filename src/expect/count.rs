//! How often a call was made: `contains`, `never` and `times` are the same question.

use crate::abi::families;
use crate::expect::mismatch::Mismatch;
use crate::expect::report::calls::{self, Shown};
use crate::expect::report::{Report, Row, Tone, blind, near, number, program, searched};
use crate::expect::times::{Times, times};
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::query::Trace;

/// So many found calls are shown.
const FOUND: usize = 10;

/// How often a call was made: `sure` times at least, `sure` and `unsure` times at most; without an upper end if something
/// could have hidden more.
pub(crate) struct Tally {
    pub(crate) sure: Vec<usize>,
    pub(crate) unsure: Vec<usize>,
    pub(crate) holes: Vec<Hole>,
}

/// What a tally means for a demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judgement {
    Holds,
    TooMany,
    TooFew,
    /// Calls that nobody can tell of decide it.
    Unsure,
    /// All that was seen is as it must be.
    Unseen,
}

impl Tally {
    pub(crate) fn new(trace: &Trace, matcher: &CallMatcher) -> Tally {
        let mut tally = Tally { sure: Vec::new(), unsure: Vec::new(), holes: trace.holes_for(matcher) };
        for (index, call) in trace.entries() {
            match matcher.judge(call) {
                Verdict::Yes => tally.sure.push(index),
                Verdict::Unknown => tally.unsure.push(index),
                Verdict::No => {}
            }
        }
        tally
    }

    fn judge(&self, times: Times) -> Judgement {
        let (sure, possible) = (self.sure.len(), self.sure.len() + self.unsure.len());
        match times.most {
            Some(most) if sure > most => Judgement::TooMany,
            _ if possible < times.least => Judgement::TooFew,
            _ if sure < times.least => Judgement::Unsure,
            Some(most) if possible > most => Judgement::Unsure,
            Some(_) if !self.holes.is_empty() => Judgement::Unseen,
            _ => Judgement::Holds,
        }
    }
}

/// What the report calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Contains,
    Never,
    Times,
}

/// Whether the calls that match are as many as they must be.
pub(crate) fn check(
    trace: &Trace,
    matcher: &CallMatcher,
    number: Times,
    asked: Asked,
) -> Result<(), Mismatch> {
    let tally = Tally::new(trace, matcher);
    let question = Question { trace, matcher, number, asked, tally: &tally };
    match tally.judge(number) {
        Judgement::Holds => question.plain_name(),
        Judgement::TooMany => Err(question.too_many()),
        Judgement::TooFew => Err(question.too_few()),
        Judgement::Unsure => Err(question.unsure()),
        Judgement::Unseen => Err(question.unseen()),
    }
}

struct Question<'a> {
    trace: &'a Trace,
    matcher: &'a CallMatcher,
    number: Times,
    asked: Asked,
    tally: &'a Tally,
}

impl Question<'_> {
    fn too_many(&self) -> Mismatch {
        let found = &self.tally.sure;
        let report = Report::violated(format!("made {}, {}", times(found.len()), self.must()))
            .row(self.asked())
            .rows(calls::first(self.trace, "made", found, FOUND, Tone::Against))
            .rows(calls::startup(self.trace, found))
            .rows(self.perhaps())
            .row(searched::row(self.trace, Some(self.matcher)))
            .rows(blind::unseen("more may have been made", &self.tally.holes));
        self.mismatch(report, found)
    }

    fn too_few(&self) -> Mismatch {
        let found = &self.tally.sure;
        let made = match (found.len(), self.asked) {
            (0, Asked::Contains) => "no call matches".to_owned(),
            (0, _) => format!("never made, {}", self.must()),
            (some, _) => format!("made {}, {}", times(some), self.must()),
        };
        let report = Report::violated(made)
            .row(self.asked())
            .rows(calls::first(self.trace, "made", found, FOUND, Tone::For))
            .row(searched::row(self.trace, Some(self.matcher)))
            .rows(self.perhaps())
            .rows(near::rows(self.trace, self.matcher))
            .rows(blind::unseen("it may have happened", &self.tally.holes));
        self.mismatch(report, &[])
    }

    fn unsure(&self) -> Mismatch {
        let Tally { sure, unsure, holes } = self.tally;
        let perhaps = match unsure.len() {
            1 => "1 call could match".to_owned(),
            many => format!("{many} calls could match"),
        };
        let why = match (sure.len(), self.asked) {
            (0, Asked::Contains | Asked::Never) => format!("no call matches for sure, and {perhaps}"),
            (0, _) => format!("never made for sure, and {perhaps}; {}", self.must()),
            (some, _) => format!("made {} for sure, and {perhaps}; {}", times(some), self.must()),
        };
        let report = Report::cannot_tell(&why)
            .row(self.asked())
            .rows(calls::first(self.trace, "made", sure, FOUND, Tone::Plain))
            .rows(self.perhaps())
            .row(searched::row(self.trace, Some(self.matcher)))
            .rows(if self.number.most.is_some() {
                self.remedies()
            } else {
                blind::unseen("it may have happened", holes)
            });
        self.mismatch(report, unsure)
    }

    fn unseen(&self) -> Mismatch {
        let Tally { sure, holes, .. } = self.tally;
        let but = blind::but(holes);
        let why = match (sure.len(), self.trace.calls().count()) {
            (0, 0) if holes.iter().all(|hole| hole.spot == BlindSpot::Empty) => {
                "there is no call to look at".to_owned()
            }
            (0, 0) => format!("no call was recorded, {but}"),
            (0, all) => format!("none of {} matches, {but}", recorded(all)),
            (some, _) => format!("made {}, {}, {but}", times(some), self.must()),
        };
        let report = Report::cannot_tell(&why)
            .row(self.asked())
            .rows(calls::first(self.trace, "made", sure, FOUND, Tone::Plain))
            .row(searched::row(self.trace, Some(self.matcher)))
            .rows(self.remedies());
        self.mismatch(report, &[])
    }

    /// A bare name means one call, where a library may make another: `never("open")` says nothing of `openat`.
    fn plain_name(&self) -> Result<(), Mismatch> {
        let Some(name) = self.matcher.plain_name() else { return Ok(()) };
        if self.number.most.is_none() || !self.tally.sure.is_empty() {
            return Ok(());
        }
        let variants: Vec<&str> = families::variants(name).collect();
        let made: Vec<usize> = self
            .trace
            .entries()
            .filter(|(_, call)| variants.contains(&call.name()))
            .map(|(index, _)| index)
            .collect();
        let Some(&first) = made.first() else { return Ok(()) };
        let other = self.trace.shared.calls[first].name();
        let every = match families::of(name) {
            Some(family) => format!("family::{}() means every call that {}", family.name, family.what),
            None => format!("call!(\"{name}\").or(\"{other}\") means both"),
        };
        let made_others = made.iter().map(|&index| self.trace.shared.calls[index].name());
        let count = made_others.filter(|made| *made == other).count();
        let why = format!("{name} was never made, but {other} was, {}", times(count));
        let report = Report::cannot_tell(&why)
            .row(self.asked())
            .rows(calls::first(self.trace, "made", &made, 3, Tone::Plain))
            .row(searched::row(self.trace, Some(self.matcher)))
            .row(Row::new("either", every).tone(Tone::Hint))
            .row(Row::new("or", format!("call!(\"{name}\") means this one call")).tone(Tone::Hint));
        Err(self.mismatch(report, &made))
    }

    /// `must never be made`.
    fn must(&self) -> String {
        match (self.asked, self.number) {
            (Asked::Never, _) | (_, Times { most: Some(0), .. }) => "must never be made".to_owned(),
            (_, number) => format!("must be made {number}"),
        }
    }

    fn asked(&self) -> Row {
        let label = match self.asked {
            Asked::Contains => "wanted",
            Asked::Never => "never",
            Asked::Times => "counted",
        };
        Row::new(label, searched::asked(self.matcher)).tone(Tone::Asked)
    }

    /// Those of which nobody can tell, and what about them.
    fn perhaps(&self) -> Vec<Row> {
        perhaps(self.trace, self.matcher, &self.tally.unsure)
    }

    fn remedies(&self) -> Vec<Row> {
        blind::remedies(self.trace, &self.tally.holes, Some(self.matcher))
    }

    fn mismatch(&self, report: Report, against: &[usize]) -> Mismatch {
        let report = report.foot(program::foot(self.trace, against));
        Mismatch::new(self.trace, report, against.to_vec())
    }
}

/// `412 recorded calls`.
fn recorded(calls: usize) -> String {
    number(calls, "recorded call")
}

/// Calls of which nobody can tell whether they match, each with the first thing that is not known of it.
pub(crate) fn perhaps(trace: &Trace, matcher: &CallMatcher, unsure: &[usize]) -> Vec<Row> {
    const MOST: usize = 5;
    let shown = unsure.iter().take(MOST).map(|&index| {
        let call = &trace.shared.calls[index];
        let differences = matcher.differences(call).unwrap_or_default();
        Shown::differing(index, call, &differences[..differences.len().min(1)])
    });
    let mut rows = calls::block(trace, "perhaps", &shown.collect::<Vec<_>>(), Tone::Plain);
    rows.extend(calls::more(unsure.len(), MOST));
    rows
}

#[cfg(test)]
mod tests;
