//! Predicates on calls and values, which can say why not.

use super::call::Call;

/// Which calls are meant.
#[derive(Clone, Debug)]
pub struct CallMatcher {}

/// Whether a call is one of those meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Yes,
    No,
    /// Something the matcher asks about was not recorded: an unreadable or cut argument, an outcome that never came.
    Unknown,
}

/// Why a call is not one of those meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The argument's name, or `outcome`.
    pub(crate) what: String,
    pub(crate) wanted: String,
    pub(crate) was: String,
}

impl CallMatcher {
    pub(crate) fn judge(&self, _call: &Call) -> Verdict {
        todo!()
    }

    /// Why [`judge`](Self::judge) does not say yes, by the branch that comes nearest; empty when it says yes.
    /// `None` when no branch is about a call of this name.
    pub(crate) fn differences(&self, _call: &Call) -> Option<Vec<Difference>> {
        todo!()
    }

    /// The numbers of the x86_64 calls it is about.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        std::iter::empty()
    }

    /// The name, when the matcher is one bare name given as a string: `"open"`, not `call!("open")`.
    pub(crate) fn plain_name(&self) -> Option<&'static str> {
        todo!()
    }
}
