//! What the program gave a call, looked at once more at its exit: another task may have changed it, or supplied it, meanwhile.

use crate::abi::signature::{Dir, Shape, Signature};
use crate::engine::capture::{At, Captured, Limits};
use crate::engine::memory::Memory;
use crate::trace::raw::{Capture, FileNote, Phase, RawCall};
use crate::trace::resolve;

/// What the program gave, where it is another than at the entry: who shares the memory or the descriptors may have changed it before
/// the kernel read it. Data that is written or sent is not looked at.
pub(crate) fn at_exit_again(
    row: Option<&'static Signature>,
    call: &RawCall,
    limits: &Limits,
    memory: &impl Memory,
) -> Captured {
    let captured = Captured::default();
    let Some(row) = row else { return captured };
    // All is another program's by then.
    if row.name.starts_with("execve") && call.result().is_some() {
        return captured;
    }
    let (args, entry, limits) = (call.args(), &call.noted.captures, &Limits { buffer: 0, ..*limits });
    let mut stop = At { row, phase: Phase::Again, args, result: None, entry, limits, memory, captured };
    for (register, name, shape) in resolve::arguments(row, args) {
        stop.argument(name, args[register], shape);
    }
    let Captured { mut captures, mut files } = stop.captured;
    captures.retain(|now| is_changed(entry, now));
    files.retain(|now| is_another(&call.noted.files, now));
    Captured { captures, files }
}

/// Whether there were other bytes at the entry, and it was not the call itself that wrote there.
fn is_changed(noted: &[Capture], now: &Capture) -> bool {
    let is_same = |before: &Capture| before.bytes == now.bytes && before.end == now.end;
    let at_entry = |it: &&Capture| it.phase == Phase::Entry && it.address == now.address;
    let mut before = noted.iter().filter(at_entry).peekable();
    let longest = before.clone().map(|it| it.bytes.len()).max().unwrap_or(0).max(now.bytes.len()) as u64;
    let is_written = |it: &Capture| {
        let end = it.address.saturating_add(it.bytes.len() as u64);
        it.phase == Phase::Exit && it.address <= now.address.saturating_add(longest) && now.address < end
    };
    before.peek().is_some() && !before.any(is_same) && !noted.iter().any(is_written)
}

/// Whether a descriptor referred to another file at the entry. One that was deleted since is the same.
fn is_another(noted: &[FileNote], now: &FileNote) -> bool {
    let before = noted.iter().find(|it| it.phase == Phase::Entry && it.fd == now.fd);
    let is_same = |before: &FileNote| {
        before.link == now.link || now.link.strip_suffix(b" (deleted)") == Some(&*before.link)
    };
    before.is_some_and(|before| !is_same(before))
}

/// The input of a call that could not be read at its entry, read at its exit. What the kernel may have written to since is left.
pub(crate) fn late(
    row: Option<&'static Signature>,
    call: &RawCall,
    limits: &Limits,
    memory: &impl Memory,
) -> Vec<Capture> {
    let noted = &call.noted.captures;
    let Some(row) = row.filter(|_| noted.iter().any(Capture::is_cut_at_entry)) else { return Vec::new() };
    let (args, captured) = (call.args(), Captured::default());
    let mut stop = At { row, phase: Phase::Entry, args, result: None, entry: &[], limits, memory, captured };
    for (register, name, shape) in resolve::arguments(row, args) {
        if is_input(shape) {
            stop.argument(name, args[register], shape);
        }
    }
    let mut late = stop.captured.captures;
    let is_known = |address| noted.iter().any(|it| it.address == address && !it.is_cut_at_entry());
    late.retain(|it| !is_known(it.address));
    late
}

/// Whether the kernel reads the memory that an argument leads to, and does not write to it.
fn is_input(shape: Shape) -> bool {
    match shape {
        Shape::Path | Shape::Str | Shape::StrVec => true,
        Shape::Bytes(dir, _)
        | Shape::One(dir, _)
        | Shape::Many(dir, ..)
        | Shape::Scalars(dir, ..)
        | Shape::Iov(dir, _)
        | Shape::SockAddr(dir, _) => dir == Dir::In,
        _ => false,
    }
}
