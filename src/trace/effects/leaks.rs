//! What processes still held when they ended: their tables of open files, replayed.

use std::collections::{BTreeMap, HashMap};

use crate::trace::call::{Call, Outcome};
use crate::trace::effects::operations::{file_of, open_flags};
use crate::trace::effects::place::is_regular;
use crate::trace::value::{Descriptor, PathText, Value};

const O_CLOEXEC: u64 = 0o2_000_000;

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

/// Of one process: what it opened itself, by number.
type Table = BTreeMap<i64, Held>;

/// The leaks of a whole recording, in the order of the calls that opened them.
///
/// A number is free once a call that closes it has begun, and taken once one that opens it has ended: so the steps of
/// several threads come in the order in which the kernel took them.
pub(crate) fn leaks(calls: &[Call]) -> Vec<Leak> {
    let mut steps = Vec::with_capacity(2 * calls.len());
    for (index, call) in calls.iter().enumerate() {
        steps.push((call.raw().entered.order, index, false));
        steps.extend(call.raw().left.map(|left| (left.order, index, true)));
    }
    steps.sort_unstable();
    let mut tables: HashMap<u32, Table> = HashMap::new();
    for (_, index, done) in steps {
        let call = &calls[index];
        let table = tables.entry(call.task().process).or_default();
        match (done, call.succeeded()) {
            (false, true) => close(table, call),
            (true, true) => open(table, call, index),
            // Even a close that fails has closed. See close(2).
            (false, false) if call.name() == "close" => close(table, call),
            _ => {}
        }
    }
    let mut leaks = Vec::new();
    for held in tables.into_values().flat_map(BTreeMap::into_values) {
        let killed = calls[held.call].process().status.is_none_or(|status| status & 0x7f != 0);
        leaks.push(Leak { call: held.call, file: held.file, killed });
    }
    leaks.sort_by_key(|leak| leak.call);
    leaks
}

fn close(table: &mut Table, call: &Call) {
    const CLOSE_RANGE_CLOEXEC: u64 = 4;
    let args = call.raw().args;
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
    const F_SETFD: u64 = 2;
    const F_DUPFD_CLOEXEC: u64 = 1030;
    let args = call.raw().args;
    match call.name() {
        "execve" | "execveat" => return table.retain(|_, held| !held.close_on_exec),
        "fcntl" if args[1] == F_SETFD => {
            if let Some(held) = table.get_mut(&fd(args[0])) {
                held.close_on_exec = args[2] & 1 == 1;
            }
            return;
        }
        _ => {}
    }
    let Outcome::Returned(Value::Fd(opened)) = call.outcome() else { return };
    let number = i64::from(opened.number());
    let held = match call.name() {
        // A duplicate of what it inherited is not opened by it.
        "dup" | "dup2" | "dup3" | "fcntl" => table.get(&fd(args[0])).cloned().map(|held| {
            let word =
                if call.name() == "dup3" { args[2] & O_CLOEXEC != 0 } else { args[1] == F_DUPFD_CLOEXEC };
            Held { close_on_exec: word && call.name() != "dup" && call.name() != "dup2", ..held }
        }),
        _ => file(opened).map(|file| {
            let close_on_exec = open_flags(call) & O_CLOEXEC != 0;
            Held { call: index, file, close_on_exec }
        }),
    };
    // The three standard streams are there to be held.
    if let Some(held) = held.filter(|_| number > 2) {
        table.insert(number, held);
    }
}

fn file(opened: &Descriptor) -> Option<PathText> {
    if is_regular(opened) { file_of(opened) } else { None }
}

fn fd(register: u64) -> i64 {
    i64::from(register as i32)
}
