//! What a snapshot claims: that no other call was made of those that its level shows. What could have hidden
//! one refuses it.

use std::collections::HashSet;

use crate::abi::syscalls;
use crate::expect::report::{Report, blind, program, searched};
use crate::expect::snapshot::level::Level;
use crate::expect::snapshot::normalise::hidden;
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::effects::operations;
use crate::trace::matcher::{Branch, CallMatcher, Calls};
use crate::trace::query::Trace;
use crate::trace::requests;

/// Why the text at `level` may lack something, and what helps.
pub(crate) fn refusal(trace: &Trace, level: Level, without: &[CallMatcher]) -> Option<Report> {
    let holes = holes(trace, level, without);
    if holes.is_empty() {
        return None;
    }
    let why =
        format!("a snapshot at level {level} claims that nothing else was done, {}", blind::but(&holes));
    let report = Report::cannot_tell(&why).row(searched::row(trace, None));
    Some(report.rows(blind::remedies(trace, &holes, None)).foot(program::foot(trace, &[])))
}

fn holes(trace: &Trace, level: Level, without: &[CallMatcher]) -> Vec<Hole> {
    let mut holes = claim(level, without).map_or_else(Vec::new, |claim| match level {
        Level::Effects => requests::unopened(trace.holes_for(&claim), trace, &claim),
        _ => trace.holes_for(&claim),
    });
    // A call that is known by name or number alone is a line of its own at other levels, but no operation.
    if level == Level::Effects {
        let nameless = |hole: &&Hole| matches!(hole.spot, BlindSpot::Foreign | BlindSpot::UnknownCall);
        let allowed = |hole: &&Hole| trace.allowed.contains(&hole.spot);
        let more = trace.shared.holes.iter().filter(nameless).filter(|hole| !allowed(hole));
        holes.extend(more.cloned());
    }
    holes
}

/// The calls that a level shows, but for those that are left out. Clocks are not among them: the vDSO answers in user
/// space on most machines, and no line says how often.
fn claim(level: Level, without: &[CallMatcher]) -> Option<CallMatcher> {
    let shown = |name: &str| match level {
        Level::Effects => operations::is_operation(name),
        Level::Names | Level::Calls => !hidden::is_always_hidden(name),
        Level::Full => !hidden::is_clock(name),
    };
    let whole = without.iter().filter(|matcher| matcher.branches().iter().all(is_unconditional));
    let left_out: HashSet<u32> = whole.flat_map(CallMatcher::numbers).collect();
    let rows = syscalls::TABLE.iter().filter(|row| shown(row.name) && !left_out.contains(&row.number));
    rows.map(|row| CallMatcher::from(row.name)).reduce(CallMatcher::or)
}

/// Whether it leaves out all calls of its names.
fn is_unconditional(branch: &Branch) -> bool {
    let always = match &branch.calls {
        Calls::Family(family) => family.condition.takes_any_arguments(),
        Calls::One(_) | Calls::Class(..) => true,
    };
    always && branch.arguments.is_empty() && branch.on.is_empty() && branch.outcomes.is_empty()
}
