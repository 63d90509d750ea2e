//! Root directories while they are recorded: chroot(2), and who was made by whom, also where those calls are left out.

use std::sync::Arc;

use crate::engine::tracees::weight::weight;
use crate::engine::tracees::{CHROOT, CLONE, CLONE3, FORK, Tracees, VFORK};
use crate::trace::call::Call;
use crate::trace::raw::{Abi, RawCall};
use crate::trace::roots::Roots;
use crate::trace::tree::Tree;

/// The calls that have ended and say who has which root directory.
#[derive(Debug, Default)]
pub(super) struct RootCalls {
    calls: Vec<RawCall>,
    /// Whether a root was changed at all.
    changed: bool,
}

impl RootCalls {
    /// Learns from a call that has ended, or never will. Returns how much memory that took.
    pub(super) fn learn(&mut self, call: &RawCall) -> usize {
        if !tells_of_roots(call) {
            return 0;
        }
        self.changed |= call.number == CHROOT;
        self.calls.push(call.clone());
        weight(call)
    }
}

impl Tracees {
    /// Everything that ran, as it stands, with the root directories that are not ours.
    pub(crate) fn tree(&self) -> Tree {
        let tree = self.family.tree();
        if let Some(cwd) = &self.cwd {
            tree.cwd.get_or_init(|| cwd.clone());
        }
        if self.roots.changed {
            // Who has been made may be here before its creator has left the call.
            let open = self.live.values().filter_map(|live| self.open_call(live));
            let open = open.filter(|call| call.number != CHROOT && tells_of_roots(call));
            let mut all: Vec<&RawCall> = self.roots.calls.iter().chain(open).collect();
            all.sort_by_key(|call| call.entered.order());
            let family = Arc::new(self.family.tree());
            let calls: Vec<Call> =
                all.into_iter().map(|raw| Call::new(raw.clone(), family.clone())).collect();
            tree.roots.get_or_init(|| Roots::replay(&calls));
        }
        tree
    }
}

fn tells_of_roots(call: &RawCall) -> bool {
    let number = matches!(call.number, CHROOT | FORK | VFORK | CLONE | CLONE3);
    number && call.abi == Abi::X86_64 && call.errno().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::capture::Limits;
    use crate::engine::memory::text::{PATH, Text};
    use crate::engine::stop::{Creation, Entry, Resume, Stop};
    use crate::engine::tracees::faults::Rule;
    use crate::trace::fault::fail;
    use std::cell::Cell;
    use std::time::Duration;

    const UNLINK: u32 = 87;

    fn stop(tracees: &mut Tracees, tid: u32, stop: Stop) -> Resume {
        tracees.on_stop(tid, stop, Duration::ZERO, &Text(tid, b"", Cell::default()))
    }

    fn enter(tracees: &mut Tracees, tid: u32, number: u32, text: &'static [u8]) -> Resume {
        let args = [PATH, 0, 0, 0, 0, 0];
        let entry = Entry { abi: Abi::X86_64, number, args, instruction_pointer: 1, stack_pointer: 2 };
        tracees.on_stop(tid, Stop::Entry(entry), Duration::ZERO, &Text(tid, text, Cell::default()))
    }

    fn call(tracees: &mut Tracees, tid: u32, number: u32, text: &'static [u8], rax: i64) {
        enter(tracees, tid, number, text);
        stop(tracees, tid, Stop::Exit(rax));
    }

    /// Pid 10, of which only unlinks are recorded.
    fn running() -> Tracees {
        let mut tracees = Tracees::new(Limits { buffer: 64, environment: false }, Some(vec![UNLINK]), false);
        enter(&mut tracees, 10, 59, b"/bin/true\0");
        stop(&mut tracees, 10, Stop::Exec(10));
        stop(&mut tracees, 10, Stop::Exit(0));
        tracees
    }

    fn paths(tracees: &mut Tracees) -> Vec<String> {
        let (tree, recorded) = tracees.finish();
        let tree = Arc::new(tree);
        assert!(recorded.calls.iter().all(|call| call.number == UNLINK));
        let calls = recorded.calls.into_iter().map(|raw| Call::new(raw, tree.clone()));
        let path = |call: Call| Some(call.arg("path")?.as_path()?.display().to_string());
        calls.filter_map(path).collect()
    }

    #[test]
    fn a_root_is_known_where_only_other_calls_are_recorded() {
        let mut tracees = running();
        call(&mut tracees, 10, UNLINK, b"/a\0", 0);
        call(&mut tracees, 10, CHROOT, b"/no\0", -1);
        call(&mut tracees, 10, UNLINK, b"/a\0", 0);
        call(&mut tracees, 10, CHROOT, b"/jail\0", 0);
        call(&mut tracees, 10, UNLINK, b"/a\0", 0);
        // Its child has it too, and runs before the call that made it has ended.
        enter(&mut tracees, 10, FORK, b"");
        stop(&mut tracees, 10, Stop::Created(Creation::Fork, 11));
        call(&mut tracees, 11, CHROOT, b"/cell\0", 0);
        call(&mut tracees, 11, UNLINK, b"/a\0", 0);
        stop(&mut tracees, 10, Stop::Exit(11));
        call(&mut tracees, 10, UNLINK, b"/a\0", 0);
        assert_eq!(paths(&mut tracees), ["/a", "/a", "/jail/a", "/jail/cell/a", "/jail/a"]);
    }

    #[test]
    fn faults_are_for_paths_with_their_root() {
        let rule = || Rule::new(crate::call!("unlink", path = "/jail/a").into(), fail("EIO"));
        let mut tracees = running();
        tracees.inject(vec![rule()]);
        assert_eq!(enter(&mut tracees, 10, UNLINK, b"/jail/a\0"), Resume::Skip);
        stop(&mut tracees, 10, Stop::Exit(-38));
        assert_eq!(enter(&mut tracees, 10, UNLINK, b"/a\0"), Resume::Run);
        stop(&mut tracees, 10, Stop::Exit(-2));
        call(&mut tracees, 10, CHROOT, b"/jail\0", 0);
        assert_eq!(enter(&mut tracees, 10, UNLINK, b"/a\0"), Resume::Skip);
        stop(&mut tracees, 10, Stop::Exit(-38));
        // In the child, while the call that made it goes on.
        enter(&mut tracees, 10, FORK, b"");
        stop(&mut tracees, 10, Stop::Created(Creation::Fork, 11));
        assert_eq!(enter(&mut tracees, 11, UNLINK, b"/a\0"), Resume::Skip);
    }
}
