//! [`Level`]: how much a snapshot shows.

use std::fmt;

/// How much a snapshot shows, and in which order.
///
/// ```
/// use expect_syscalls::Level;
///
/// assert!(Level::Effects < Level::Calls);
/// assert_eq!(Level::Effects.to_string(), "effects");
/// assert_eq!(Level::default(), Level::Effects);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// What kinds of things were done: operations such as `read` and `rename`, and calls that are none of
    /// them by name, once each, sorted. For lists of what is allowed.
    Names,
    /// What was done to what, and how it went: `rename "[DIR]/x.tmp" -> "[DIR]/x" ok`. Each line once, sorted, so
    /// that it does not matter which process did it, in which order, or by which of several calls. Right for pipelines and
    /// thread pools, and the same under glibc and musl.
    #[default]
    Effects,
    /// The calls of each task, in its own order, without what varies from run to run. For the protocol of one process, such
    /// as an atomic write or the dropping of privileges.
    Calls,
    /// Every call and signal in one order, results and sizes and start-up included. For programs of one
    /// thread, on one machine.
    Full,
}

impl Level {
    /// All, from the one that shows least.
    pub(crate) const ALL: [Level; 4] = [Level::Names, Level::Effects, Level::Calls, Level::Full];

    pub(crate) fn named(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Level::Names => "names",
            Level::Effects => "effects",
            Level::Calls => "calls",
            Level::Full => "full",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for level in Level::ALL {
            assert_eq!(Level::named(&level.to_string()), Some(level));
        }
        assert_eq!(Level::named("Effects"), None);
    }
}
