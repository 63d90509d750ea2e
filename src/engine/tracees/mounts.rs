//! Calls after which a path may name another file: mount(2) and its like.

use crate::abi::constants::names;
use crate::trace::raw::RawCall;

const PIVOT_ROOT: u32 = 155;
const MOUNT: u32 = 165;
const UMOUNT2: u32 = 166;
const SETNS: u32 = 308;
const OPEN_TREE: u32 = 428;
const MOVE_MOUNT: u32 = 429;
const FSMOUNT: u32 = 432;
const OPEN_TREE_ATTR: u32 = 467;

pub(super) fn may_mount(number: u32) -> bool {
    let opens = matches!(number, OPEN_TREE | OPEN_TREE_ATTR | FSMOUNT);
    opens || matches!(number, PIVOT_ROOT | MOUNT | UMOUNT2 | SETNS | MOVE_MOUNT)
}

/// Whether an x86_64 call, if it succeeded, changed what paths name. In a tree that is mounted nowhere they begin at the top of it: see
/// open_tree(2), fsmount(2).
pub(super) fn changes_names(call: &RawCall) -> bool {
    const OPEN_TREE_CLONE: u64 = 1;
    match call.number {
        PIVOT_ROOT | UMOUNT2 | MOVE_MOUNT | FSMOUNT => true,
        OPEN_TREE | OPEN_TREE_ATTR => call.args()[2] & OPEN_TREE_CLONE != 0,
        MOUNT => mounts(call.args()[3] as u32),
        SETNS => enters_mounts(call),
        _ => false,
    }
}

/// The flags say which of its operations mount(2) does, and are looked at in this order.
fn mounts(flags: u32) -> bool {
    const MAGIC: u32 = 0xc0ed_0000;
    const PROPAGATION: u32 = names::MS_SHARED | names::MS_PRIVATE | names::MS_SLAVE | names::MS_UNBINDABLE;
    // What old programs pass in the upper half says nothing. See MS_MGC_VAL in mount(2).
    let flags = if flags & 0xffff_0000 == MAGIC { flags & 0xffff } else { flags };
    if flags & names::MS_REMOUNT != 0 {
        return false;
    }
    flags & names::MS_BIND != 0 || flags & PROPAGATION == 0
}

/// Without a type, setns(2) enters what the descriptor is of. A namespace that is mounted somewhere does not tell by its link.
fn enters_mounts(call: &RawCall) -> bool {
    const CLONE_NEWNS: u64 = 0x2_0000;
    let wanted = call.args()[1] & 0xffff_ffff;
    if wanted != 0 {
        return wanted & CLONE_NEWNS != 0;
    }
    let descriptor = call.args()[0] as i32;
    let link = call.noted.files.iter().find(|note| note.fd == descriptor).map(|note| &*note.link);
    let is_of = |name: &[u8]| link.is_some_and(|link| link.starts_with(name));
    let others: [&[u8]; 7] = [b"net:[", b"uts:[", b"ipc:[", b"pid:[", b"user:[", b"cgroup:[", b"time:["];
    !others.into_iter().any(is_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::capture::Limits;
    use crate::engine::memory::text::{PATH, Text};
    use crate::engine::stop::{Entry, Stop};
    use crate::engine::tracees::Tracees;
    use crate::trace::blind::BlindSpot;
    use crate::trace::raw::Abi;
    use std::cell::Cell;
    use std::time::Duration;

    const GETPID: u32 = 39;

    /// The blind spots of a program of which `only` these calls are recorded, after one call.
    fn blind(only: Option<Vec<u32>>, number: u32, args: [u64; 6], rax: i64) -> Vec<BlindSpot> {
        let mut tracees = Tracees::new(Limits { buffer: 64, environment: false }, only, false);
        let mut stop = |stop| {
            tracees.on_stop(10, stop, Duration::ZERO, &Text(10, b"/x\0", Cell::default()));
        };
        let entry = |number, args| {
            Stop::Entry(Entry { abi: Abi::X86_64, number, args, instruction_pointer: 1, stack_pointer: 2 })
        };
        stop(entry(59, [PATH, 0, 0, 0, 0, 0]));
        stop(Stop::Exec(10));
        stop(Stop::Exit(0));
        stop(entry(number, args));
        stop(Stop::Exit(rax));
        let (_, recorded) = tracees.finish();
        let aside = recorded.blind_aside.into_iter().map(|(spot, _)| spot);
        recorded.blind.into_iter().map(|(spot, _)| spot).chain(aside).collect()
    }

    #[track_caller]
    fn check(changes: bool, number: u32, args: [u64; 6]) {
        let expected = if changes { vec![BlindSpot::Mounts] } else { Vec::new() };
        for only in [None, Some(vec![GETPID])] {
            assert_eq!(blind(only.clone(), number, args, 0), expected);
            assert_eq!(blind(only, number, args, -1), []);
        }
    }

    fn mount(flags: u32) -> [u64; 6] {
        [PATH, PATH, 0, flags.into(), 0, 0]
    }

    #[test]
    fn what_is_mounted_moved_or_unmounted_changes_names() {
        check(true, MOUNT, mount(0));
        check(true, MOUNT, mount(names::MS_BIND));
        check(true, MOUNT, mount(names::MS_MOVE));
        check(true, MOUNT, mount(names::MS_BIND | names::MS_PRIVATE));
        check(true, MOUNT, mount(0xc0ed_0000));
        check(true, UMOUNT2, [PATH, 0, 0, 0, 0, 0]);
        check(true, PIVOT_ROOT, [PATH, PATH, 0, 0, 0, 0]);
        check(true, MOVE_MOUNT, [3, PATH, 4, PATH, 0, 0]);
    }

    #[test]
    fn in_a_tree_that_is_mounted_nowhere_files_have_other_names() {
        const OPEN_TREE_CLOEXEC: u64 = 0x8_0000;
        for opens in [OPEN_TREE, OPEN_TREE_ATTR] {
            check(true, opens, [3, PATH, OPEN_TREE_CLOEXEC | 1, 0, 0, 0]);
            check(false, opens, [3, PATH, OPEN_TREE_CLOEXEC, 0, 0, 0]);
        }
        check(true, FSMOUNT, [3, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn propagation_and_options_change_no_name() {
        const MS_REC: u32 = 0x4000;
        check(false, MOUNT, mount(names::MS_PRIVATE | MS_REC));
        for flags in [names::MS_SHARED, names::MS_SLAVE, names::MS_UNBINDABLE] {
            check(false, MOUNT, mount(flags));
        }
        check(false, MOUNT, mount(names::MS_REMOUNT));
        check(false, MOUNT, mount(names::MS_REMOUNT | names::MS_BIND));
        check(false, GETPID, [0; 6]);
    }

    #[test]
    fn another_namespace_has_other_mounts() {
        const CLONE_NEWNET: u64 = 0x4000_0000;
        check(true, SETNS, [3, 0x2_0000, 0, 0, 0, 0]);
        check(true, SETNS, [3, 0x2_0000 | CLONE_NEWNET, 0, 0, 0, 0]);
        check(false, SETNS, [3, CLONE_NEWNET, 0, 0, 0, 0]);
        // It may be a mount namespace.
        check(true, SETNS, [3, 0, 0, 0, 0, 0]);
    }
}
