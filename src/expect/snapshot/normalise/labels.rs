//! The ids of the tree by the names of its tasks, which do not vary.

use std::collections::HashMap;

use crate::expect::snapshot::normalise::history::History;
use crate::trace::call::Call;
use crate::trace::tree::Tree;

/// What stands for an id that belongs to no task of the tree.
const OUTSIDE: &str = "[PID]";

/// Names for process and thread ids.
#[derive(Debug)]
pub(crate) struct Labels {
    /// By id, since the first call of the task: an id may be used again.
    tasks: HashMap<u32, History<String>>,
}

impl Labels {
    pub(crate) fn new(tree: &Tree, calls: &[&Call]) -> Labels {
        let mut since = vec![u64::MAX; tree.tasks.len()];
        for call in calls {
            let first = &mut since[call.raw().task.0 as usize];
            *first = (*first).min(call.raw().entered.order());
        }
        let mut tasks: HashMap<u32, History<String>> = HashMap::new();
        for (task, since) in tree.tasks.iter().zip(since) {
            tasks.entry(task.tid).or_default().add(since, task.label.clone());
        }
        Labels { tasks }
    }

    /// The name of the task that has this id when `call` is made. A process goes by the name of its leader, whose id it has.
    pub(crate) fn of(&self, id: i64, call: &Call) -> Option<&str> {
        let known = self.tasks.get(&u32::try_from(id).ok()?)?;
        known.at_or_soon(call.raw().left.unwrap_or(call.raw().entered).order()).map(String::as_str)
    }

    /// An argument or result that is a process, group, session or thread id. 0 and -1 are no ids: they mean
    /// *own*, *any* or *all*. A negative one means a group. See kill(2), wait(2).
    pub(crate) fn id(&self, id: i64, call: &Call) -> String {
        match id {
            0 | -1 => id.to_string(),
            group if group < 0 => format!("-{}", self.of(-group, call).unwrap_or(OUTSIDE)),
            id => self.of(id, call).unwrap_or(OUTSIDE).to_owned(),
        }
    }

    /// What the component behind `/proc/`, or behind `/proc/PID/task/`, stands for, if it is an id.
    pub(crate) fn component(&self, component: &[u8], call: &Call) -> Option<String> {
        let digits =
            std::str::from_utf8(component).ok().filter(|text| text.bytes().all(|c| c.is_ascii_digit()))?;
        let id = digits.parse().ok()?;
        Some(self.of(id, call).unwrap_or(OUTSIDE).to_owned())
    }
}

/// How labels are sorted: by their numbers, so that `t2` stands before `t10`; a task before those that it made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SortKey(Vec<(String, u32)>);

impl SortKey {
    pub(crate) fn of(label: &str) -> SortKey {
        let parts = label.split('.').map(|part| {
            let digits = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
            (part[..digits].to_owned(), part[digits..].parse().unwrap_or(0))
        });
        SortKey(parts.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_sorted_by_their_numbers() {
        let mut labels = ["main.t10", "main.t2", "main.c1", "main", "main.c1.t1", "main.c10", "main.c2"];
        labels.sort_by_key(|label| SortKey::of(label));
        assert_eq!(labels, ["main", "main.c1", "main.c1.t1", "main.c2", "main.c10", "main.t2", "main.t10"]);
    }
}
