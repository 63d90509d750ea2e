//! Who shares its memory or its descriptors with others, which may change them under a call.

use std::collections::BTreeMap;

use crate::engine::stop::Creation;
use crate::engine::tracees::{CLONE, CLONE3, Tracees, clone3_flags};
use crate::trace::raw::{Abi, RawCall};

const CLONE_VM: u64 = 0x100;
const CLONE_FILES: u64 = 0x400;

/// Processes that share, and their threads, by number.
#[derive(Debug, Default)]
pub(super) struct Company {
    /// The group of each.
    groups: BTreeMap<u32, u32>,
    /// How many are in a group.
    sizes: BTreeMap<u32, usize>,
}

impl Company {
    /// From now on these two share.
    pub(super) fn join(&mut self, one: u32, other: u32) {
        let group = self.groups.get(&one).copied().unwrap_or_else(|| self.enter(one, one));
        match self.groups.get(&other).copied() {
            None => _ = self.enter(other, group),
            Some(left) if left == group => {}
            // Who shares with the one shares with the other.
            Some(left) => {
                self.groups.values_mut().filter(|it| **it == left).for_each(|it| *it = group);
                *self.sizes.entry(group).or_default() += self.sizes.remove(&left).unwrap_or(0);
            }
        }
    }

    fn enter(&mut self, one: u32, group: u32) -> u32 {
        self.groups.insert(one, group);
        *self.sizes.entry(group).or_default() += 1;
        group
    }

    /// It has ended, or executed a program, and shares nothing any more.
    pub(super) fn leave(&mut self, one: u32) {
        let size = self.groups.remove(&one).and_then(|group| self.sizes.get_mut(&group));
        size.into_iter().for_each(|size| *size -= 1);
    }

    fn has(&self, one: u32) -> bool {
        let size = self.groups.get(&one).and_then(|group| self.sizes.get(group));
        size.is_some_and(|size| *size > 1)
    }
}

impl Tracees {
    /// Takes note of who shares from now on: threads, and who was made with CLONE_VM, as by vfork, or with CLONE_FILES. See clone(2).
    pub(super) fn note_company(&mut self, creator: u32, child: u32, how: Creation) {
        let creator = self.live(creator);
        if how != Creation::Fork || self.open_call(creator).is_some_and(shares) {
            let pid = self.family.process_of(creator.task).pid;
            self.company.join(pid, child);
        }
    }

    /// Whether others may write to the memory of a task, or change its descriptors. Who was met before its creator spoke of it may be anything.
    pub(super) fn is_in_company(&self, tid: u32) -> bool {
        let task = self.live(tid).task;
        let unannounced = self.family.task(task).creator.is_none() && self.family.task(task).process != 0;
        unannounced || self.company.has(self.family.process_of(task).pid)
    }
}

fn shares(call: &RawCall) -> bool {
    let flags = match call.number {
        _ if call.abi != Abi::X86_64 => CLONE_VM,
        CLONE => call.args()[0],
        CLONE3 => clone3_flags(call),
        _ => 0,
    };
    flags & (CLONE_VM | CLONE_FILES) != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::capture::Limits;
    use crate::engine::memory::text::{PATH, Text};
    use crate::engine::stop::{Entry, Stop};
    use crate::trace::raw::Phase;
    use std::cell::Cell;
    use std::sync::Arc;
    use std::time::Duration;

    const UNLINK: u32 = 87;
    const ENOENT: i64 = -2;

    fn stop(tracees: &mut Tracees, tid: u32, pid: u32, stop: Stop, text: &'static [u8]) -> usize {
        let memory = Text(pid, text, Cell::new(0));
        tracees.on_stop(tid, stop, Duration::ZERO, &memory);
        memory.2.get()
    }

    fn entry(number: u32, args: [u64; 6]) -> Stop {
        Stop::Entry(Entry { abi: Abi::X86_64, number, args, instruction_pointer: 1, stack_pointer: 2 })
    }

    fn exec(tracees: &mut Tracees, tid: u32) {
        stop(tracees, tid, tid, entry(59, [0; 6]), b"");
        stop(tracees, tid, tid, Stop::Exec(tid), b"");
        stop(tracees, tid, tid, Stop::Exit(0), b"");
    }

    /// Pid 10, which has made 11 by a call with these registers.
    fn made(how: Creation, number: u32, flags: u64) -> Tracees {
        let mut tracees = Tracees::new(Limits { buffer: 64, environment: false }, None, false);
        exec(&mut tracees, 10);
        stop(&mut tracees, 10, 10, entry(number, [flags, 0, 0, 0, 0, 0]), b"");
        stop(&mut tracees, 10, 10, Stop::Created(how, 11), b"");
        stop(&mut tracees, 10, 10, Stop::Exit(11), b"");
        tracees
    }

    /// What was read at the exit of an unlink of "/a", and how often.
    fn unlinks(tracees: &mut Tracees, tid: u32, pid: u32, after: &'static [u8], rax: i64) -> (String, usize) {
        stop(tracees, tid, pid, entry(UNLINK, [PATH, 0, 0, 0, 0, 0]), b"/a\0");
        let reads = stop(tracees, tid, pid, Stop::Exit(rax), after);
        let call = tracees.recorded.calls.last().expect("a call");
        let again = call.noted.captures.iter().filter(|it| it.phase == Phase::Again && it.address == PATH);
        (again.map(|it| String::from_utf8_lossy(&it.bytes).into_owned()).collect(), reads)
    }

    #[test]
    fn a_path_that_another_changed_under_a_call_is_kept_twice() {
        let mut threads = made(Creation::Clone, CLONE, 0x10_0000 | CLONE_VM);
        assert_eq!(unlinks(&mut threads, 11, 10, b"/b\0", ENOENT), ("/b".to_owned(), 1));
        assert_eq!(unlinks(&mut threads, 10, 10, b"/b\0", ENOENT), ("/b".to_owned(), 1));
        assert_eq!(unlinks(&mut threads, 10, 10, b"/b\0", 0), ("/b".to_owned(), 1));
        assert_eq!(unlinks(&mut threads, 10, 10, b"/a\0", ENOENT), (String::new(), 1));
        // It is seen for what it was at entry all the same.
        unlinks(&mut threads, 10, 10, b"/b\0", ENOENT);
        let raw = threads.recorded.calls.last().expect("a call").clone();
        let call = crate::trace::call::Call::new(raw, Arc::new(threads.tree()));
        assert_eq!(call.to_string(), "unlink(\"/a\") = -1 ENOENT (No such file or directory)");
    }

    #[test]
    fn nothing_is_read_again_where_nobody_shares_the_memory() {
        let none = (String::new(), 0);
        let mut threads = made(Creation::Clone, CLONE, CLONE_VM);
        exec(&mut threads, 10);
        assert_eq!(unlinks(&mut threads, 10, 10, b"/b\0", ENOENT), none);
        assert_eq!(unlinks(&mut threads, 10, 10, b"/b\0", 0), none);
        let mut forked = made(Creation::Fork, CLONE, 17);
        assert_eq!(unlinks(&mut forked, 10, 10, b"/b\0", ENOENT), none);
        assert_eq!(unlinks(&mut forked, 11, 11, b"/b\0", ENOENT), none);
    }

    #[test]
    fn who_is_made_with_the_memory_of_its_creator_shares_it_until_it_executes() {
        let descriptors = (Creation::Fork, CLONE, CLONE_FILES | 17);
        let memory = [(Creation::Fork, CLONE, CLONE_VM | 17), (Creation::Vfork, 58, 0)];
        for (how, number, flags) in memory.into_iter().chain([descriptors]) {
            let mut tracees = made(how, number, flags);
            assert_eq!(unlinks(&mut tracees, 11, 11, b"/b\0", ENOENT), ("/b".to_owned(), 1));
            assert_eq!(unlinks(&mut tracees, 10, 10, b"/b\0", ENOENT), ("/b".to_owned(), 1));
            exec(&mut tracees, 11);
            for pid in [10, 11] {
                assert_eq!(unlinks(&mut tracees, pid, pid, b"/b\0", ENOENT), (String::new(), 0));
            }
        }
    }

    #[test]
    fn a_thread_that_has_ended_is_no_company() {
        let mut threads = made(Creation::Clone, CLONE, CLONE_VM);
        assert_eq!(unlinks(&mut threads, 11, 10, b"/b\0", ENOENT), ("/b".to_owned(), 1));
        threads.on_end(11, 0, Duration::ZERO);
        assert_eq!(unlinks(&mut threads, 10, 10, b"/b\0", ENOENT), (String::new(), 0));
    }

    #[test]
    fn a_process_leaves_whichever_of_its_threads_executes() {
        let mut threads = made(Creation::Clone, CLONE, CLONE_VM);
        stop(&mut threads, 11, 10, Stop::Trap, b"");
        stop(&mut threads, 10, 10, entry(CLONE, [CLONE_VM, 0, 0, 0, 0, 0]), b"");
        stop(&mut threads, 10, 10, Stop::Created(Creation::Fork, 12), b"");
        stop(&mut threads, 10, 10, Stop::Exit(12), b"");
        stop(&mut threads, 11, 10, entry(59, [0; 6]), b"");
        stop(&mut threads, 10, 10, Stop::Exec(11), b"");
        stop(&mut threads, 10, 10, Stop::Exit(0), b"");
        assert_eq!(unlinks(&mut threads, 10, 10, b"/b\0", ENOENT), (String::new(), 0));
    }

    #[test]
    fn who_was_there_at_the_entry_may_have_changed_it_and_be_gone_at_the_exit() {
        let mut threads = made(Creation::Clone, CLONE, CLONE_VM);
        stop(&mut threads, 10, 10, entry(UNLINK, [PATH, 0, 0, 0, 0, 0]), b"/a\0");
        threads.on_end(11, 0, Duration::ZERO);
        assert_eq!(stop(&mut threads, 10, 10, Stop::Exit(0), b"/b\0"), 1);
    }

    #[test]
    fn who_leaves_does_not_part_the_others() {
        let mut company = Company::default();
        company.join(10, 11);
        company.join(20, 21);
        company.join(11, 20);
        company.leave(11);
        assert!([10, 20, 21].into_iter().all(|one| company.has(one)) && !company.has(11));
        company.leave(10);
        company.leave(21);
        assert!(!company.has(20));
    }

    #[test]
    fn who_is_met_before_its_creator_speaks_may_share() {
        let mut tracees = Tracees::new(Limits { buffer: 64, environment: false }, None, false);
        exec(&mut tracees, 10);
        assert_eq!(unlinks(&mut tracees, 11, 11, b"/b\0", ENOENT), ("/b".to_owned(), 1));
    }
}
