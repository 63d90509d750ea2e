//! [`Level::Effects`](crate::expect::snapshot::level::Level::Effects): a line for each operation, object and outcome.

use std::collections::BTreeSet;

use crate::abi::signals;
use crate::expect::snapshot::normalise::Normaliser;
use crate::trace::call::{Call, Outcome};
use crate::trace::effects::operations::{self, Deed, Object, Operation};

/// `rename "[DIR]/x.tmp" -> "[DIR]/x" ok`, each once, sorted by bytes.
pub(crate) fn lines(calls: &[&Call], normaliser: &Normaliser) -> Vec<String> {
    let deeds = operations::deeds(calls);
    let lines: BTreeSet<String> = deeds.iter().map(|deed| line(calls[deed.call], deed, normaliser)).collect();
    lines.into_iter().collect()
}

fn line(call: &Call, deed: &Deed, normaliser: &Normaliser) -> String {
    let outcome = match call.outcome() {
        Outcome::Returned(_) => "ok".to_owned(),
        Outcome::Failed(errno) => errno.to_string(),
        Outcome::Unfinished => "?".to_owned(),
    };
    match object(call, deed, normaliser) {
        Some(object) => format!("{} {object} {outcome}", deed.operation),
        None => format!("{} {outcome}", deed.operation),
    }
}

fn object(call: &Call, deed: &Deed, normaliser: &Normaliser) -> Option<String> {
    Some(match &deed.object {
        Object::File(path) => normaliser.file(path, call),
        // What a symbolic link holds, and what is mounted, is text.
        Object::Pair(text, path) if matches!(deed.operation, Operation::Symlink | Operation::Mount) => {
            format!("{} -> {}", normaliser.path(text, call), normaliser.file(path, call))
        }
        Object::Pair(from, to) => format!("{} -> {}", normaliser.file(from, call), normaliser.file(to, call)),
        Object::Exchange(one, other) => {
            format!("{} <-> {}", normaliser.file(one, call), normaliser.file(other, call))
        }
        Object::Unreadable => "?".to_owned(),
        Object::Peer(address) => normaliser.address(address.as_ref()?, call),
        Object::Signal(target, signal) => {
            let signal = signals::name(*signal).unwrap_or_else(|| signal.to_string());
            match target {
                Some(id) => format!("{} {signal}", normaliser.id(*id, call)),
                None => format!("<pidfd> {signal}"),
            }
        }
    })
}
