//! Order: which call precedes which, and `in_order`.

use crate::expect::mismatch::Mismatch;
use crate::expect::report::calls::{self, Shown};
use crate::expect::report::{Report, Row, Tone, blind, near, program, searched};
use crate::trace::blind::Hole;
use crate::trace::call::Call;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::query::Trace;

/// Whether `earlier` had ended when `later` began. A call that makes a task precedes what the task does: `vfork(2)` returns
/// after the child has executed another program. A call without an end precedes nothing.
pub(crate) fn precedes(earlier: &Call, later: &Call) -> bool {
    let Some(left) = earlier.raw().left else { return false };
    left.order < later.raw().entered.order || makes(earlier, later)
}

/// Whether `maker` made the task that made `call`.
fn makes(maker: &Call, call: &Call) -> bool {
    let task = call.task();
    is_maker(maker)
        && task.creator == Some(maker.raw().task)
        && maker.raw().result() == Some(task.tid.into())
        && maker.raw().entered.order < call.raw().entered.order
}

fn is_maker(call: &Call) -> bool {
    matches!(call.name(), "fork" | "vfork" | "clone" | "clone3")
}

/// A longest chain of calls, each for the next step.
struct Chain {
    /// The places of the calls, as many as there are steps when the chain is complete.
    links: Vec<usize>,
}

/// A call that can stand for a step, and the one before it.
struct Link {
    index: usize,
    before: Option<usize>,
}

/// Looks at every candidate of every step, so that no early choice spoils a later one. Of the calls that can end a chain,
/// the one that ended first is best: whatever another precedes, it precedes, except what they themselves make.
fn chain(trace: &Trace, candidates: &[Vec<usize>]) -> Chain {
    let call = |index: usize| &trace.shared.calls[index];
    let mut steps: Vec<Vec<Link>> = Vec::new();
    for step in candidates {
        let links = match steps.last() {
            None => step.iter().map(|&index| Link { index, before: None }).collect(),
            Some(before) => reachable(trace, before, step),
        };
        if links.is_empty() {
            break;
        }
        steps.push(links);
    }
    let mut links = Vec::new();
    let mut next = steps.last().and_then(|last| ends_first(last, call));
    for step in steps.iter().rev() {
        let Some(at) = next else { break };
        links.push(step[at].index);
        next = step[at].before;
    }
    links.reverse();
    Chain { links }
}

fn reachable(trace: &Trace, before: &[Link], step: &[usize]) -> Vec<Link> {
    let call = |index: usize| &trace.shared.calls[index];
    let makers: Vec<usize> = (0..before.len()).filter(|&at| is_maker(call(before[at].index))).collect();
    let first = before.iter().enumerate().filter(|(_, link)| call(link.index).raw().left.is_some());
    let first = first.min_by_key(|(_, link)| call(link.index).raw().left.map(|left| left.order));
    let first = first.map(|(at, _)| at);
    let mut links = Vec::new();
    for &index in step {
        let later = call(index);
        let predecessor = first
            .filter(|&at| precedes(call(before[at].index), later))
            .or_else(|| makers.iter().copied().find(|&at| precedes(call(before[at].index), later)));
        if predecessor.is_some() {
            links.push(Link { index, before: predecessor });
        }
    }
    links
}

/// The position of the link whose call ended first; those without an end come last.
fn ends_first<'a>(links: &[Link], call: impl Fn(usize) -> &'a Call) -> Option<usize> {
    let end = |link: &Link| call(link.index).raw().left.map_or(u64::MAX, |left| left.order);
    links.iter().enumerate().min_by_key(|(_, link)| end(link)).map(|(at, _)| at)
}

/// Whether there are calls, one for each step, of which each precedes the next.
///
/// # Panics
///
/// When there is no step.
#[track_caller]
pub(crate) fn check(trace: &Trace, steps: &[CallMatcher]) -> Result<(), Mismatch> {
    assert!(!steps.is_empty(), "in_order([]) asks for nothing: give it at least one step");
    let mut sure = vec![Vec::new(); steps.len()];
    let mut possible = vec![Vec::new(); steps.len()];
    for (index, call) in trace.entries() {
        for (step, matcher) in steps.iter().enumerate() {
            match matcher.judge(call) {
                Verdict::Yes => {
                    sure[step].push(index);
                    possible[step].push(index);
                }
                Verdict::Unknown => possible[step].push(index),
                Verdict::No => {}
            }
        }
    }
    let found = chain(trace, &sure).links;
    if found.len() == steps.len() {
        return Ok(());
    }
    let perhaps = chain(trace, &possible).links;
    let sequence = Sequence { trace, steps, sure: &sure, found: &found };
    Err(if perhaps.len() == steps.len() { sequence.unsure(&perhaps) } else { sequence.missed() })
}

struct Sequence<'a> {
    trace: &'a Trace,
    steps: &'a [CallMatcher],
    /// The calls that match for sure, for each step.
    sure: &'a [Vec<usize>],
    /// The witnesses of the steps that are there.
    found: &'a [usize],
}

impl Sequence<'_> {
    fn missed(&self) -> Mismatch {
        let step = self.found.len();
        let nowhere = self.sure[step].is_empty();
        let what = if nowhere { "no call for" } else { "wrong order at" };
        let matcher = &self.steps[step];
        let mut report = Report::violated(format!("{what} step {} of {}", step + 1, self.steps.len()))
            .rows(self.rows(self.found))
            .rows(self.but())
            .row(searched::row(self.trace, Some(matcher)));
        if nowhere {
            report = report.rows(near::rows(self.trace, matcher));
        }
        let holes: Vec<Hole> =
            self.steps[step..].iter().flat_map(|step| self.trace.holes_for(step)).collect();
        let report = report.rows(blind::unseen(&holes)).foot(program::foot(self.trace, &[]));
        Mismatch::new(self.trace, report, Vec::new())
    }

    fn unsure(&self, perhaps: &[usize]) -> Mismatch {
        let unsure: Vec<usize> = perhaps
            .iter()
            .zip(self.steps)
            .filter(|&(&index, step)| step.judge(&self.trace.shared.calls[index]) == Verdict::Unknown)
            .map(|(&index, _)| index)
            .collect();
        let report =
            Report::cannot_tell("the steps are in order only if the calls that could match do match")
                .rows(self.rows(perhaps))
                .row(searched::row(self.trace, None))
                .foot(program::foot(self.trace, &unsure));
        Mismatch::new(self.trace, report, unsure)
    }

    /// Each step: with its witness, missed, or not come to.
    fn rows(&self, witnesses: &[usize]) -> Vec<Row> {
        let mut rows = Vec::new();
        for (step, matcher) in self.steps.iter().enumerate() {
            let text = format!("{}. {matcher}", step + 1);
            match witnesses.get(step) {
                Some(&index) => {
                    let sure = matcher.judge(&self.trace.shared.calls[index]) == Verdict::Yes;
                    let (label, tone) = if sure { ("ok", Tone::For) } else { ("perhaps", Tone::Hint) };
                    rows.push(Row::new(label, text).tone(Tone::Asked));
                    rows.push(Row::new("", format!("   {}", calls::one(self.trace, index))).tone(tone));
                    rows.extend((!sure).then(|| self.unknown(matcher, index)).flatten());
                }
                None if step == witnesses.len() => rows.push(Row::new("MISS", text).tone(Tone::Against)),
                None => rows.push(Row::new("", text)),
            }
        }
        rows
    }

    fn unknown(&self, matcher: &CallMatcher, index: usize) -> Option<Row> {
        let differences = matcher.differences(&self.trace.shared.calls[index])?;
        let first = differences.first()?;
        Some(Row::new("", format!("     {}", calls::difference(first))).tone(Tone::Hint))
    }

    /// Where the calls of the missed step are instead.
    fn but(&self) -> Vec<Row> {
        const MOST: usize = 3;
        let step = self.found.len();
        let Some(&previous) = self.found.last() else { return Vec::new() };
        let witness = &self.trace.shared.calls[previous];
        let notes = self.sure[step].iter().take(MOST).map(|&index| {
            let call = &self.trace.shared.calls[index];
            let note = if index == previous {
                format!("is the call of step {step} itself")
            } else if precedes(call, witness) {
                format!("did happen, but earlier than step {step}")
            } else if witness.raw().left.is_none() {
                format!("did happen, but step {step} has no end that anything could come after")
            } else {
                format!("did happen, but at the same time as step {step}, in {}", call.thread())
            };
            Shown::note(index, note)
        });
        let mut rows = calls::block(self.trace, "but", &notes.collect::<Vec<_>>(), Tone::Plain);
        rows.extend(calls::more(self.sure[step].len(), MOST));
        rows
    }
}
