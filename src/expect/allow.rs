//! `only`: every call is one of those allowed.

use crate::expect::count::{self, Tally};
use crate::expect::mismatch::Mismatch;
use crate::expect::report::{Report, Row, Tone, blind, calls, number, program, searched};
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;
use std::collections::HashSet;

/// So many calls are shown.
const OUTSIDE: usize = 10;

/// Whether all calls match, and there are any.
pub(crate) fn check(trace: &Trace, matcher: &CallMatcher) -> Result<(), Mismatch> {
    let tally = Tally::new(trace, matcher);
    let allowed: HashSet<usize> = tally.sure.iter().chain(&tally.unsure).copied().collect();
    let all: Vec<usize> = trace.entries().map(|(index, _)| index).collect();
    let outside: Vec<usize> = all.iter().copied().filter(|index| !allowed.contains(index)).collect();
    let holes = holes(trace, tally.holes);
    let (report, against) = if !outside.is_empty() {
        (violated(trace, matcher, &outside, all.len()), outside)
    } else if !tally.unsure.is_empty() {
        let why = format!("{} could be one that is not allowed", number(tally.unsure.len(), "call"));
        let report = Report::cannot_tell(&why)
            .row(asked(matcher))
            .rows(count::perhaps(trace, matcher, &tally.unsure))
            .row(searched::row(trace, None))
            .rows(blind::remedies(trace, &holes, None));
        (report, tally.unsure)
    } else if !holes.is_empty() {
        (unseen(trace, matcher, &holes, all.len()), Vec::new())
    } else {
        return Ok(());
    };
    let foot = program::foot(trace, &against);
    Err(Mismatch::new(trace, report.foot(foot), against))
}

fn violated(trace: &Trace, matcher: &CallMatcher, outside: &[usize], all: usize) -> Report {
    let are = if outside.len() == 1 { "is" } else { "are" };
    Report::violated(format!("{} of {} {are} not allowed", outside.len(), number(all, "call")))
        .row(asked(matcher))
        .rows(calls::first(trace, "outside", outside, OUTSIDE, Tone::Against))
        .row(searched::row(trace, None))
}

fn unseen(trace: &Trace, matcher: &CallMatcher, holes: &[Hole], all: usize) -> Report {
    let why = match all {
        0 => "no call was recorded, so `only` says nothing".to_owned(),
        all => format!("all of {} are allowed, {}", number(all, "recorded call"), blind::but(holes)),
    };
    Report::cannot_tell(&why)
        .row(asked(matcher))
        .row(searched::row(trace, None))
        .rows(blind::remedies(trace, holes, None))
}

fn asked(matcher: &CallMatcher) -> Row {
    Row::new("only", searched::asked(matcher)).tone(Tone::Asked)
}

/// Anything can hide a call that is *not* one of those allowed, so all blind spots count, not those of the matcher. The
/// vDSO is in nearly every program, and would leave no `only` that holds: what it answers changes nothing in the world.
fn holes(trace: &Trace, of_the_matcher: Vec<Hole>) -> Vec<Hole> {
    let mut holes = of_the_matcher;
    for hole in &trace.shared.holes {
        let known = holes.iter().any(|it| it.spot == hole.spot && it.evidence == hole.evidence);
        if !known && !trace.allowed.contains(&hole.spot) {
            holes.push(hole.clone());
        }
    }
    holes.retain(|hole| hole.spot != BlindSpot::Vdso);
    holes
}
