//! Who was made by which call, and what that says of root directories: chroot(2), replayed.

use std::collections::HashMap;
use std::sync::Arc;

use crate::trace::call::{Call, Outcome};
use crate::trace::decode;
use crate::trace::matcher::about::clone_flags;
use crate::trace::raw::TaskId;
use crate::trace::value::Value;

/// The root directories of processes, where they are not ours.
#[derive(Debug, Default)]
pub(crate) struct Roots {
    /// By process, in order.
    of: HashMap<u32, Vec<Since>>,
}

/// A root directory, and from which point of the recording on.
type Since = (u64, Arc<[u8]>);

impl Roots {
    /// What the calls say: whoever is made has the root of who made it.
    pub(crate) fn replay(calls: &[Call]) -> Roots {
        let mut roots = Roots::default();
        let moves = |call: &Call| call.name() == "chroot" && call.succeeded();
        if !calls.iter().any(moves) {
            return roots;
        }
        let made = creations(calls);
        for (index, call) in calls.iter().enumerate() {
            let order = call.raw().entered.order();
            let process = call.task().process;
            if let Some(child) = made.get(&index).map(|child| call.tree().tasks[child.0 as usize].process) {
                let root = roots.of(process, order).cloned().filter(|_| child != process);
                roots.of.entry(child).or_default().extend(root.map(|root| (0, root)));
            }
            if !moves(call) {
                continue;
            }
            // Decoded anew: what the call itself keeps will have its root.
            let mut args = decode::decode(call.raw()).args.into_iter();
            let Some(Value::Path(mut path)) = args.next().map(|arg| arg.value) else { continue };
            path.root = roots.of(process, order).cloned();
            let resolved = path.resolved.as_deref().filter(|root| root.starts_with(b"/"));
            if let Some(root) = resolved.map(<[u8]>::to_vec).or_else(|| path.absolute_bytes()) {
                let left = call.raw().left.map_or(order, |left| left.order());
                roots.of.entry(process).or_default().push((left, root.into()));
            }
        }
        roots
    }

    /// The root of a process at a point of the recording.
    pub(crate) fn of(&self, process: u32, order: u64) -> Option<&Arc<[u8]>> {
        let changes = self.of.get(&process)?;
        changes.iter().rev().find(|(since, _)| *since <= order).map(|(_, root)| root)
    }
}

/// The task that each call has made: the third child of a task was made by the third of its calls that made one.
pub(crate) fn creations(calls: &[Call]) -> HashMap<usize, TaskId> {
    const CLONE_THREAD: u64 = 0x1_0000;
    let Some(tree) = calls.first().map(Call::tree) else { return HashMap::new() };
    let mut children = HashMap::new();
    for (index, task) in tree.tasks.iter().enumerate() {
        let Some(creator) = task.creator else { continue };
        let thread = tree.tasks[creator.0 as usize].process == task.process;
        children.insert((creator, thread, task.ordinal), TaskId(index as u32));
    }
    let mut counts: HashMap<(TaskId, bool), u32> = HashMap::new();
    let mut made = HashMap::new();
    for (index, call) in calls.iter().enumerate() {
        let makes = matches!(call.name(), "fork" | "vfork" | "clone" | "clone3");
        if !makes || matches!(call.outcome(), Outcome::Failed(_)) {
            continue;
        }
        let thread = clone_flags(call).is_some_and(|flags| flags & CLONE_THREAD != 0);
        let creator = call.raw().task;
        let count = counts.entry((creator, thread)).or_default();
        *count += 1;
        made.extend(children.get(&(creator, thread, *count)).map(|child| (index, *child)));
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::build::{MadeCall, call, trace};

    fn absolute(calls: Vec<MadeCall>) -> String {
        let trace = trace(calls);
        let last = trace.calls().last().and_then(|call| call.arg("path")).expect("a path");
        last.as_path().expect("a path").display().to_string()
    }

    fn chroot(path: &str) -> MadeCall {
        call("chroot").path("path", path).cwd("/home").returned(0)
    }

    fn unlink() -> MadeCall {
        call("unlink").path("path", "/x/../y").returned(0)
    }

    #[test]
    fn a_root_is_in_front_of_absolute_paths() {
        assert_eq!(absolute(vec![unlink()]), "/y");
        assert_eq!(absolute(vec![chroot("/jail"), unlink()]), "/jail/y");
        assert_eq!(absolute(vec![chroot("jail"), unlink()]), "/home/jail/y");
        assert_eq!(absolute(vec![chroot("/jail").failed("EPERM"), unlink()]), "/y");
        assert_eq!(absolute(vec![chroot("/jail"), chroot("/cell"), unlink()]), "/jail/cell/y");
        // It does not lead out.
        let out = call("unlink").path("path", "/../../etc").returned(0);
        assert_eq!(absolute(vec![chroot("/jail"), out]), "/jail/etc");
        // Where the kernel says where a path starts, it says so with the root.
        let relative = call("unlink").path("path", "y").cwd("/jail").returned(0);
        assert_eq!(absolute(vec![chroot("/jail"), relative]), "/jail/y");
    }

    #[test]
    fn a_root_is_inherited_and_changed_by_each_for_itself() {
        let fork = || call("fork").returned(101);
        assert_eq!(absolute(vec![chroot("/jail"), fork(), unlink().by("main.c1")]), "/jail/y");
        assert_eq!(absolute(vec![fork(), chroot("/jail"), unlink().by("main.c1")]), "/y");
        assert_eq!(absolute(vec![fork(), chroot("/jail").by("main.c1"), unlink()]), "/y");
        assert_eq!(absolute(vec![chroot("/jail"), unlink().by("main.t1")]), "/jail/y");
    }

    #[test]
    fn the_target_of_a_link_is_text() {
        let link = call("symlink").path("target", "/x").path("linkpath", "/l").returned(0);
        let trace = trace([chroot("/jail"), link]);
        let link = trace.calls().last().expect("a call");
        let path = |name| link.arg(name).and_then(Value::as_path).expect("a path").display().to_string();
        assert_eq!((path("target"), path("linkpath")), ("/x".to_owned(), "/jail/l".to_owned()));
    }
}
