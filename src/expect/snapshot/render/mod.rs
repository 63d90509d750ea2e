//! From the calls of a trace to lines of text.

mod calls;
mod effects;
mod names;
mod value;

use crate::expect::snapshot::level::Level;
use crate::expect::snapshot::normalise::Normaliser;
use crate::expect::snapshot::normalise::hidden::Hidden;
use crate::trace::call::Call;
use crate::trace::record::Mark;
use crate::trace::tree::Tree;

/// A call that is to be shown, and whether it is part of what the levels below `Full` leave out.
pub(crate) type Candidate<'a> = (&'a Call, Hidden);

/// The lines of a level.
pub(crate) fn lines(
    level: Level,
    candidates: &[Candidate<'_>],
    marks: &[Mark],
    tree: &Tree,
    normaliser: &Normaliser,
) -> Vec<String> {
    let kept = |keep: fn(Hidden) -> bool| -> Vec<&Call> {
        candidates.iter().filter(|(_, hidden)| keep(*hidden)).map(|(call, _)| *call).collect()
    };
    match level {
        Level::Names => names::lines(&kept(|hidden| hidden != Hidden::Yes)),
        Level::Effects => effects::lines(&kept(|hidden| hidden == Hidden::No), normaliser),
        Level::Calls => calls::by_task(&kept(|hidden| hidden == Hidden::No), normaliser),
        Level::Full => calls::in_order(&kept(|_| true), marks, tree, normaliser),
    }
}
