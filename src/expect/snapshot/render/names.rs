//! [`Level::Names`](crate::expect::snapshot::level::Level::Names): the vocabulary of a program.

use std::collections::BTreeSet;

use crate::trace::call::Call;
use crate::trace::effects::operations;

/// Operations, and the names of the calls that are none, each once, sorted.
pub(crate) fn lines(calls: &[&Call]) -> Vec<String> {
    let operations = operations::deeds(calls).into_iter().map(|deed| deed.operation.to_string());
    let others = calls.iter().map(|call| call.name()).filter(|name| !operations::is_operation(name));
    let names: BTreeSet<String> = operations.chain(others.map(str::to_owned)).collect();
    names.into_iter().collect()
}
