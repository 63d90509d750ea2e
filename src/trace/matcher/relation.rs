//! Which calls come near those that a matcher is about, by their names.

use std::collections::HashSet;

use crate::abi::{families, syscalls};
use crate::trace::call::Call;
use crate::trace::matcher::{CallMatcher, Difference};

/// How near the name of a call is, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// It is one of the names.
    Same,
    /// It is a variant of one: `openat` for `open`.
    Variant,
    /// It is in a family with the only one: `copy_file_range` for `write`.
    Family,
}

/// The names that a matcher is about, and their variants.
pub(crate) struct Relations<'a> {
    matcher: &'a CallMatcher,
    names: HashSet<&'static str>,
    variants: HashSet<&'static str>,
}

impl<'a> Relations<'a> {
    pub(crate) fn of(matcher: &'a CallMatcher) -> Relations<'a> {
        let rows = matcher.numbers().filter_map(syscalls::by_number);
        let names: HashSet<&str> = rows.map(|row| row.name).collect();
        let variants = names.iter().copied().flat_map(families::variants).collect();
        Relations { matcher, names, variants }
    }

    /// How near `call` is, and where it differs from what is asked for. `None` where its name is a stranger's.
    pub(crate) fn to(&self, call: &Call) -> Option<(Relation, Vec<Difference>)> {
        if let Some(differences) = self.matcher.differences(call) {
            return Some((Relation::Same, differences));
        }
        let related = || self.only_name().is_some_and(|name| families::related(name, call.name()));
        let relation = match call.name() {
            name if self.variants.contains(name) => Relation::Variant,
            _ if related() => Relation::Family,
            _ => return None,
        };
        Some((relation, self.matcher.differences_of_another(call)))
    }

    fn only_name(&self) -> Option<&'static str> {
        self.names.iter().next().copied().filter(|_| self.names.len() == 1)
    }
}
