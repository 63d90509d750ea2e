//! The rule of the bare name: it means one call, where a library may make another. `never("open")` says nothing of `openat`.

use crate::abi::families;
use crate::expect::report::{Report, Row, Tone, calls, searched};
use crate::expect::times::times;
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;

/// So many of the other calls are shown.
const MADE: usize = 3;

/// Those of `places` whose call is a variant of the bare name that `matcher` is; none where it is more than a bare name.
pub(crate) fn variants(
    trace: &Trace,
    matcher: &CallMatcher,
    places: impl IntoIterator<Item = usize>,
) -> Vec<usize> {
    let names: Vec<&str> = matcher.plain_name().into_iter().flat_map(families::variants).collect();
    places.into_iter().filter(|&index| names.contains(&trace.shared.calls[index].name())).collect()
}

/// Why nobody can tell: the call `was never made`, but those of `made` were, under another name.
pub(crate) fn report(
    trace: &Trace,
    matcher: &CallMatcher,
    was: &str,
    made: &[usize],
    asked: Vec<Row>,
) -> Report {
    let name = matcher.plain_name().expect("BUG: only a bare name has variants");
    let other = trace.shared.calls[made[0]].name();
    let count = made.iter().filter(|&&index| trace.shared.calls[index].name() == other).count();
    let every = match families::of(name) {
        Some(family) => format!("family::{}() means every call that {}", family.name, family.what),
        None => format!("call!(\"{name}\").or(\"{other}\") means both"),
    };
    Report::cannot_tell(&format!("{name} {was}, but {other} was, {}", times(count)))
        .rows(asked)
        .rows(calls::first(trace, "made", made, MADE, Tone::Plain))
        .row(searched::row(trace, Some(matcher)))
        .row(Row::new("either", every).tone(Tone::Hint))
        .row(Row::new("or", format!("call!(\"{name}\") means this one call")).tone(Tone::Hint))
}
