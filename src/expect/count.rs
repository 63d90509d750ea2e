//! How often a call was made: `contains`, `never` and `times` are the same question.

use crate::expect::bare_name;
use crate::expect::mismatch::Mismatch;
use crate::expect::report::calls::{self, Shown};
use crate::expect::report::{Report, Row, Tone, blind, near, number, program, searched};
use crate::expect::times::{Times, times};
use crate::trace::blind::Hole;
use crate::trace::call::Call;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::query::Trace;

/// So many found calls are shown.
const FOUND: usize = 10;

/// How often a call was made: `sure` times at least, `sure` and `unsure` times at most.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) sure: Vec<usize>,
    pub(crate) unsure: Vec<usize>,
}

impl Tally {
    /// The calls that count where they must not be: whatever a path could mean, without those of which the test accepts that
    /// nobody can tell.
    pub(crate) fn against(trace: &Trace, matcher: &CallMatcher) -> Tally {
        Tally::new(trace, |call| trace.verdict(matcher, call))
    }

    /// The calls that count where they must be: a path is the file it led to.
    pub(crate) fn for_it(trace: &Trace, matcher: &CallMatcher) -> Tally {
        Tally::new(trace, |call| matcher.allows(call))
    }

    fn new(trace: &Trace, judge: impl Fn(&Call) -> Verdict) -> Tally {
        let mut tally = Tally::default();
        for (index, call) in trace.entries() {
            match judge(call) {
                Verdict::Yes => tally.sure.push(index),
                Verdict::Unknown => tally.unsure.push(index),
                Verdict::No => {}
            }
        }
        tally
    }

    fn possible(&self) -> usize {
        self.sure.len() + self.unsure.len()
    }
}

/// What was counted means for a demand; with what was counted.
#[derive(Clone, Copy)]
enum Judgement<'a> {
    Holds,
    TooMany(&'a Tally),
    TooFew(&'a Tally),
    /// Calls that nobody can tell of decide it.
    Unsure(&'a Tally),
    /// All that was seen is as it must be, but more could have been made unseen.
    Unseen,
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
    let tally = |wanted: bool, of: fn(&Trace, &CallMatcher) -> Tally| {
        if wanted { of(trace, matcher) } else { Tally::default() }
    };
    let for_it = tally(number.least > 0, Tally::for_it);
    let against = tally(number.most.is_some(), Tally::against);
    let holes = trace.holes_for(matcher);
    let question = Question { trace, matcher, number, asked, for_it, against, holes };
    match question.judge() {
        Judgement::Holds => question.bare_name(),
        Judgement::TooMany(tally) => Err(question.too_many(tally)),
        Judgement::TooFew(tally) => Err(question.too_few(tally)),
        Judgement::Unsure(tally) => Err(question.unsure(tally)),
        Judgement::Unseen => Err(question.unseen()),
    }
}

struct Question<'a> {
    trace: &'a Trace,
    matcher: &'a CallMatcher,
    number: Times,
    asked: Asked,
    /// Where there is a lower end.
    for_it: Tally,
    /// Where there is an upper end.
    against: Tally,
    /// What could have hidden more.
    holes: Vec<Hole>,
}

impl Question<'_> {
    fn judge(&self) -> Judgement<'_> {
        let Question { number: Times { least, most }, for_it, against, holes, .. } = self;
        match *most {
            Some(most) if against.sure.len() > most => Judgement::TooMany(against),
            _ if for_it.possible() < *least => Judgement::TooFew(for_it),
            _ if for_it.sure.len() < *least => Judgement::Unsure(for_it),
            Some(most) if against.possible() > most => Judgement::Unsure(against),
            Some(_) if !holes.is_empty() => Judgement::Unseen,
            _ => Judgement::Holds,
        }
    }

    fn too_many(&self, tally: &Tally) -> Mismatch {
        let found = &tally.sure;
        let report = Report::violated(format!("made {}, {}", times(found.len()), self.must()))
            .row(self.asked())
            .rows(calls::first(self.trace, "made", found, FOUND, Tone::Against))
            .rows(self.perhaps(tally))
            .row(searched::row(self.trace, Some(self.matcher)))
            .rows(calls::in_startup(self.trace, found))
            .rows(blind::unseen("more may have been made", &self.holes));
        self.mismatch(report, found)
    }

    fn too_few(&self, tally: &Tally) -> Mismatch {
        let found = &tally.sure;
        let made = match (found.len(), self.asked) {
            (0, Asked::Contains) => "no call matches".to_owned(),
            (0, _) => format!("never made, {}", self.must()),
            (some, _) => format!("made {}, {}", times(some), self.must()),
        };
        let report = Report::violated(made)
            .row(self.asked())
            .rows(calls::first(self.trace, "made", found, FOUND, Tone::For))
            .row(searched::row(self.trace, Some(self.matcher)))
            .rows(blind::empty(&self.holes))
            .rows(self.perhaps(tally))
            .rows(near::rows(self.trace, self.matcher, &tally.unsure))
            .rows(blind::unseen("it may have happened", &self.holes));
        self.mismatch(report, &[])
    }

    fn unsure(&self, tally: &Tally) -> Mismatch {
        let Tally { sure, unsure } = tally;
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
            .rows(self.perhaps(tally))
            .row(searched::row(self.trace, Some(self.matcher)));
        // A call that must be cannot be had by accepting that nobody knows.
        let report = if sure.len() < self.number.least {
            let more = blind::keeping_more(self.trace, unsure);
            report.rows(blind::unseen("it may have happened", &self.holes)).rows(more)
        } else {
            report
                .rows(blind::doubted(self.trace, self.matcher, unsure, "do not match"))
                .rows(self.remedies())
        };
        self.mismatch(report, unsure)
    }

    fn unseen(&self) -> Mismatch {
        let sure = &self.against.sure;
        let but = blind::but(&self.holes);
        let why = match (sure.len(), self.trace.calls().count()) {
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

    /// Where none was made, a bare name must not hide that a variant of it was.
    fn bare_name(&self) -> Result<(), Mismatch> {
        if self.number.most.is_none() || !self.against.sure.is_empty() {
            return Ok(());
        }
        let made =
            bare_name::variants(self.trace, self.matcher, self.trace.entries().map(|(index, _)| index));
        if made.is_empty() {
            return Ok(());
        }
        let report = bare_name::report(self.trace, self.matcher, "was never made", &made, vec![self.asked()]);
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
    fn perhaps(&self, tally: &Tally) -> Vec<Row> {
        perhaps(self.trace, self.matcher, &tally.unsure)
    }

    fn remedies(&self) -> Vec<Row> {
        blind::remedies(self.trace, &self.holes, Some(self.matcher))
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
        Shown::differing(index, &differences[..differences.len().min(1)])
    });
    let mut rows = calls::block(trace, "perhaps", &shown.collect::<Vec<_>>(), Tone::Plain);
    rows.extend(calls::more(unsure.len(), MOST));
    rows
}

#[cfg(test)]
mod tests;
