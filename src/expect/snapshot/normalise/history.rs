//! [`History`]: what something was, and since when. Numbers of tasks and descriptors are used again.

/// Values by the moment from which on they hold, in the order of a recording's entries and exits.
#[derive(Clone, Debug)]
pub(crate) struct History<T> {
    changes: Vec<(u64, T)>,
}

impl<T> Default for History<T> {
    fn default() -> History<T> {
        History { changes: Vec::new() }
    }
}

impl<T> History<T> {
    pub(crate) fn add(&mut self, since: u64, value: T) {
        let place = self.changes.partition_point(|(earlier, _)| *earlier <= since);
        self.changes.insert(place, (since, value));
    }

    /// What held at a moment.
    pub(crate) fn at(&self, moment: u64) -> Option<&T> {
        self.changes.iter().rfind(|(since, _)| *since <= moment).map(|(_, value)| value)
    }

    /// What held at a moment; what came first, where that was later: a creator may know of a task before it is seen.
    pub(crate) fn at_or_soon(&self, moment: u64) -> Option<&T> {
        self.at(moment).or_else(|| self.changes.first().map(|(_, value)| value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_change_holds() {
        let mut history = History::default();
        history.add(5, "b");
        history.add(2, "a");
        history.add(5, "c");
        assert_eq!(
            [1, 2, 4, 5, 9].map(|moment| history.at(moment).copied()),
            [None, Some("a"), Some("a"), Some("c"), Some("c")]
        );
        assert_eq!(history.at_or_soon(1), Some(&"a"));
    }
}
