//! What processes still held when they ended: their tables of open files, replayed.

use std::collections::{BTreeMap, HashMap};

use crate::trace::call::{Call, Outcome};
use crate::trace::effects::arguments::{file_of, open_flags};
use crate::trace::effects::place::is_regular;
use crate::trace::matcher::about::clone_flags;
use crate::trace::raw::TaskId;
use crate::trace::roots;
use crate::trace::value::{Descriptor, PathText, Value};

const O_CLOEXEC: u64 = 0o2_000_000;

/// The calls by which a descriptor can be closed, or which say whose it is.
pub(crate) const CLOSING: [&str; 11] = [
    "close",
    "close_range",
    "dup2",
    "dup3",
    "fcntl",
    "ioctl",
    "execve",
    "execveat",
    "clone",
    "clone3",
    "unshare",
];

/// A file that its process opened, and held to its end.
pub(crate) struct Leak {
    /// The place of the call that opened it.
    pub(crate) call: usize,
    pub(crate) file: PathText,
    /// The process did not end by itself, and might have closed it.
    pub(crate) killed: bool,
}

#[derive(Clone)]
struct Held {
    call: usize,
    file: PathText,
    close_on_exec: bool,
}

/// What was opened by a holder of the table, by number.
type Table = BTreeMap<i64, Held>;

/// The tables of all tasks. Threads share one, and so do processes that were made with `CLONE_FILES`. See clone(2).
struct Tables<'a> {
    calls: &'a [Call],
    all: Vec<Table>,
    /// Which is whose.
    of: HashMap<TaskId, usize>,
    /// The task that a call has made.
    made: HashMap<usize, TaskId>,
}

/// The leaks of a whole recording, in the order of the calls that opened them.
///
/// A number is free once a call that closes it has begun, and taken once one that opens it has ended: so the steps of
/// several threads come in the order in which the kernel took them.
pub(crate) fn leaks(calls: &[Call]) -> Vec<Leak> {
    let mut steps = Vec::with_capacity(2 * calls.len());
    for (index, call) in calls.iter().enumerate() {
        steps.push((call.raw().entered.order(), index, false));
        steps.extend(call.raw().left.map(|left| (left.order(), index, true)));
    }
    steps.sort_unstable();
    let mut tables = Tables { calls, all: Vec::new(), of: HashMap::new(), made: roots::creations(calls) };
    for (_, index, done) in steps {
        let call = &calls[index];
        if !done {
            tables.create(index);
        }
        match (done, call.succeeded()) {
            (false, true) => {
                tables.unshare(call);
                close(tables.of(call.raw().task), call);
            }
            (true, true) if matches!(call.name(), "execve" | "execveat") => tables.exec(call),
            (true, true) => open(tables.of(call.raw().task), call, index),
            // Even a close that fails has closed. See close(2).
            (false, false) if call.name() == "close" => close(tables.of(call.raw().task), call),
            _ => {}
        }
    }
    tables.leaks()
}

impl Tables<'_> {
    fn of(&mut self, task: TaskId) -> &mut Table {
        let index = self.index(task);
        &mut self.all[index]
    }

    /// A task that was not seen to be made has the table of its process.
    fn index(&mut self, task: TaskId) -> usize {
        if let Some(index) = self.of.get(&task) {
            return *index;
        }
        let process = self.process(task);
        let known =
            self.of.iter().find(|(other, _)| self.process(**other) == process).map(|(_, index)| *index);
        let index = known.unwrap_or_else(|| self.add(Table::new()));
        self.of.insert(task, index);
        index
    }

    fn add(&mut self, table: Table) -> usize {
        self.all.push(table);
        self.all.len() - 1
    }

    fn process(&self, task: TaskId) -> u32 {
        self.calls.first().map_or(0, |call| call.tree().tasks[task.0 as usize].process)
    }

    /// The new task shares the table of who makes it, or has a copy. What a process inherits it has not opened.
    fn create(&mut self, index: usize) {
        const CLONE_FILES: u64 = 0x400;
        let Some(&child) = self.made.get(&index) else { return };
        let call = &self.calls[index];
        let parent = self.index(call.raw().task);
        let shares = clone_flags(call).is_some_and(|flags| flags & CLONE_FILES != 0);
        let table = if shares { parent } else { self.add(self.copy(parent, self.process(child))) };
        self.of.insert(child, table);
    }

    /// A copy of a table, as far as `process` has opened what is in it.
    fn copy(&self, table: usize, process: u32) -> Table {
        let own = |held: &Held| self.calls[held.call].task().process == process;
        self.all[table].iter().filter(|(_, held)| own(held)).map(|(fd, held)| (*fd, held.clone())).collect()
    }

    /// The task goes on with a copy: unshare(2), close_range(2).
    fn unshare(&mut self, call: &Call) {
        const CLONE_FILES: u64 = 0x400;
        const CLOSE_RANGE_UNSHARE: u64 = 2;
        let args = call.raw().args();
        let unshares = match call.name() {
            "unshare" => args[0] & CLONE_FILES != 0,
            "close_range" => args[2] & CLOSE_RANGE_UNSHARE != 0,
            _ => false,
        };
        let task = call.raw().task;
        let table = self.index(task);
        if unshares && self.of.values().filter(|other| **other == table).count() > 1 {
            let copy = self.copy(table, call.task().process);
            let copy = self.add(copy);
            self.of.insert(task, copy);
        }
    }

    /// The process goes on with a copy, in which what is marked so is closed. See execve(2).
    fn exec(&mut self, call: &Call) {
        let process = call.task().process;
        let table = self.index(call.raw().task);
        let mut copy = self.copy(table, process);
        copy.retain(|_, held| !held.close_on_exec);
        let copy = self.add(copy);
        let own = |task: &TaskId| self.process(*task) == process;
        let tasks: Vec<TaskId> = self.of.keys().copied().filter(own).collect();
        for task in tasks {
            self.of.insert(task, copy);
        }
    }

    fn leaks(self) -> Vec<Leak> {
        let mut killed = vec![false; self.all.len()];
        let mut held = vec![false; self.all.len()];
        for (task, &table) in &self.of {
            let Some(tree) = self.calls.first().map(Call::tree) else { continue };
            let status = tree.processes[self.process(*task) as usize].status;
            killed[table] |= status.is_none_or(|status| status & 0x7f != 0);
            held[table] = true;
        }
        let mut leaks = Vec::new();
        for (index, table) in self.all.into_iter().enumerate().filter(|(index, _)| held[*index]) {
            let leak = |held: Held| Leak { call: held.call, file: held.file, killed: killed[index] };
            // The three standard streams are there to be held.
            let kept = table.into_iter().filter(|(fd, _)| *fd > 2).map(|(_, held)| held);
            leaks.extend(kept.map(leak));
        }
        leaks.sort_by_key(|leak| (leak.call, leak.killed));
        leaks
    }
}

fn close(table: &mut Table, call: &Call) {
    const CLOSE_RANGE_CLOEXEC: u64 = 4;
    let args = call.raw().args();
    match call.name() {
        "close" => _ = table.remove(&fd(args[0])),
        "dup2" | "dup3" if args[0] as u32 != args[1] as u32 => _ = table.remove(&fd(args[1])),
        "close_range" => {
            let range = i64::from(args[0] as u32)..=i64::from(args[1] as u32);
            if args[2] & CLOSE_RANGE_CLOEXEC == 0 {
                table.retain(|number, _| !range.contains(number));
            } else {
                table.range_mut(range).for_each(|(_, held)| held.close_on_exec = true);
            }
        }
        _ => {}
    }
}

fn open(table: &mut Table, call: &Call, index: usize) {
    const F_DUPFD_CLOEXEC: u32 = 1030;
    let args = call.raw().args();
    if let Some(close_on_exec) = marks(call) {
        table.entry(fd(args[0])).and_modify(|held| held.close_on_exec = close_on_exec);
        return;
    }
    // What another process has opened is received.
    if call.name() == "pidfd_getfd" {
        return;
    }
    let Outcome::Returned(Value::Fd(opened)) = call.outcome() else { return };
    let number = i64::from(opened.number());
    let held = match call.name() {
        // A duplicate of what it inherited is not opened by it.
        "dup" | "dup2" | "dup3" | "fcntl" => table.get(&fd(args[0])).cloned().map(|held| {
            let word = if call.name() == "dup3" {
                args[2] & O_CLOEXEC != 0
            } else {
                args[1] as u32 == F_DUPFD_CLOEXEC
            };
            Held { close_on_exec: word && call.name() != "dup" && call.name() != "dup2", ..held }
        }),
        _ => file(opened).map(|file| {
            let close_on_exec = open_flags(call).unwrap_or(0) & O_CLOEXEC != 0;
            Held { call: index, file, close_on_exec }
        }),
    };
    if let Some(held) = held {
        table.insert(number, held);
    }
}

/// Whether its descriptor is closed by an exec from now on, where the call says so. See F_SETFD in fcntl(2), FIOCLEX in ioctl(2).
fn marks(call: &Call) -> Option<bool> {
    const F_SETFD: u32 = 2;
    const FD_CLOEXEC: u64 = 1;
    const FIONCLEX: u32 = 0x5450;
    const FIOCLEX: u32 = 0x5451;
    let args = call.raw().args();
    match (call.name(), args[1] as u32) {
        ("fcntl", F_SETFD) => Some(args[2] & FD_CLOEXEC != 0),
        ("ioctl", FIOCLEX) => Some(true),
        ("ioctl", FIONCLEX) => Some(false),
        _ => None,
    }
}

fn file(opened: &Descriptor) -> Option<PathText> {
    if is_regular(opened) { file_of(opened) } else { None }
}

fn fd(register: u64) -> i64 {
    i64::from(register as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::build::{MadeCall, call, ended, trace};
    use crate::trace::query::Trace;

    const CLONE_FILES: i64 = 0x400;

    fn held(trace: &Trace) -> Vec<String> {
        let text = |leak: &Leak| String::from_utf8_lossy(&leak.file.written).into_owned();
        leaks(&trace.shared.calls).iter().map(text).collect()
    }

    fn opens(fd: i32, path: &str) -> MadeCall {
        call("openat").path("path", path).opened(fd, path)
    }

    fn closes(fd: i32) -> MadeCall {
        call("close").fd("fd", fd, "").returned(0)
    }

    /// `main` has made `main.c1`.
    fn clones(flags: i64) -> MadeCall {
        call("clone").arg("flags", flags | 17).returned(101)
    }

    #[test]
    fn what_is_closed_is_held_no_more() {
        assert_eq!(held(&trace([opens(3, "/a"), opens(4, "/b"), closes(3)])), ["/b"]);
        let range = call("close_range").arg("first", 3).arg("last", 9).returned(0);
        assert_eq!(held(&trace([opens(3, "/a"), opens(10, "/b"), range.clone()])), ["/b"]);
        // CLOSE_RANGE_CLOEXEC closes when another program is executed.
        let marks = range.arg("flags", 4);
        let exec = call("execve").path("path", "/x").returned(0);
        assert_eq!(held(&trace([opens(3, "/a"), marks.clone()])), ["/a"]);
        assert!(held(&trace([opens(3, "/a"), marks, exec])).is_empty());
    }

    #[test]
    fn a_stream_may_be_held_and_its_duplicate_may_not() {
        let dup = |from: i32, to: i32| call("dup").fd("oldfd", from, "/a").opened(to, "/a");
        assert!(held(&trace([closes(0), opens(0, "/a")])).is_empty());
        assert_eq!(held(&trace([closes(0), opens(0, "/a"), dup(0, 3), closes(0)])), ["/a"]);
        let over = call("dup2").fd("oldfd", 3, "/a").arg("newfd", 1).opened(1, "/a");
        assert!(held(&trace([opens(3, "/a"), over.clone(), closes(3)])).is_empty());
        assert_eq!(held(&trace([opens(3, "/a"), over, closes(3), dup(1, 4)])), ["/a"]);
    }

    #[test]
    fn what_an_exec_closes_is_marked_in_several_ways() {
        let exec = || call("execve").path("path", "/x").returned(0);
        let opens = |flags| opens(3, "/a").arg("flags", flags);
        let kept = |flags, mark: MadeCall| !held(&trace([opens(flags), mark.returned(0), exec()])).is_empty();
        let ioctl = |request| call("ioctl").arg("fd", 3).register_at(1, request);
        let fcntl = |word, flag| call("fcntl").arg("fd", 3).register_at(1, word).register_at(2, flag);
        let cloexec = O_CLOEXEC as i64;
        assert!(kept(cloexec, ioctl(0x5450)) && !kept(0, ioctl(0x5451)));
        assert!(kept(cloexec, fcntl(2, 0)) && !kept(0, fcntl(2, 1)));
        // The kernel takes the lower half of the word.
        const UPPER: u64 = 0xdead_beef << 32;
        assert!(kept(cloexec, ioctl(UPPER | 0x5450)) && !kept(0, ioctl(UPPER | 0x5451)));
        assert!(kept(cloexec, fcntl(UPPER | 2, 0)) && !kept(0, fcntl(UPPER | 2, 1)));
        let duplicate = fcntl(UPPER | 1030, 0).opened(4, "/a");
        assert!(held(&trace([opens(0), duplicate, closes(3), exec()])).is_empty());
    }

    #[test]
    fn a_shared_table_is_one() {
        let made = |flags, by| trace([opens(3, "/a"), clones(flags), closes(3).by(by)]);
        assert!(held(&made(CLONE_FILES, "main.c1")).is_empty());
        assert_eq!(held(&made(0, "main.c1")), ["/a"]);
        assert!(held(&made(0, "main")).is_empty());
        let opened = |flags| trace([clones(flags), opens(3, "/a").by("main.c1"), closes(3)]);
        assert!(held(&opened(CLONE_FILES)).is_empty());
        assert_eq!(held(&opened(0)), ["/a"]);
        // One of those that held it was killed.
        let killed = ended(9, [clones(CLONE_FILES), opens(3, "/a").by("main.c1")]);
        assert!(leaks(&killed.shared.calls)[0].killed);
    }

    #[test]
    fn a_table_is_shared_until_it_is_not() {
        let unshares = call("unshare").arg("flags", CLONE_FILES).returned(0).by("main.c1");
        let shared = || vec![opens(3, "/a"), clones(CLONE_FILES)];
        let with = |more: Vec<MadeCall>| held(&trace(shared().into_iter().chain(more)));
        assert_eq!(with(vec![unshares.clone(), closes(3).by("main.c1")]), ["/a"]);
        assert!(with(vec![unshares, closes(3)]).is_empty());
        let exec = call("execve").path("path", "/x").returned(0).by("main.c1");
        assert_eq!(with(vec![exec.clone(), closes(3).by("main.c1")]), ["/a"]);
        assert!(with(vec![exec, closes(3)]).is_empty());
        let closes_own = call("close_range").arg("first", 3).arg("last", 9).arg("flags", 2).returned(0);
        assert_eq!(with(vec![closes_own.by("main.c1")]), ["/a"]);
    }

    #[test]
    fn threads_share_a_table_unless_they_do_not() {
        let thread = |flags: i64| call("clone").arg("flags", 0x1_0000 | flags).returned(101);
        let made = |flags| trace([opens(3, "/a"), thread(flags), closes(3).by("main.t1")]);
        assert!(held(&made(CLONE_FILES)).is_empty());
        assert_eq!(held(&made(0)), ["/a"]);
        // It was not seen how the thread was made.
        assert!(held(&trace([opens(3, "/a"), closes(3).by("main.t1")])).is_empty());
    }

    #[test]
    fn what_was_received_was_not_opened() {
        let received = call("pidfd_getfd").opened(3, "/a");
        assert!(held(&trace([received, call("fcntl").arg("fd", 3).opened(4, "/a")])).is_empty());
    }
}
