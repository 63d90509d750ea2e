//! From a [`RawCall`] to names and values. Total: whatever the registers and bytes are, there is an answer.

mod memory;
mod netlink;
mod rtnetlink;
mod links;
mod diag;
mod signal;
mod socket;
mod structure;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use crate::abi::constants::system::KEY_SPEC;
use crate::abi::errno::Errno;
use crate::abi::other_abi;
use crate::abi::signature::{Dir, Shape, Signature};
use crate::abi::syscalls;
use crate::trace::call::{Argument, Decoded, Outcome};
use crate::trace::raw::{Abi, Phase, RawCall, RawOutcome};
use crate::trace::resolve;
use crate::trace::value::{Descriptor, Structure, Value, Word};

/// The row of a native call; `None` for a call in no table and through the other interfaces.
pub(crate) fn signature(raw: &RawCall) -> Option<&'static Signature> {
    if raw.abi == Abi::X86_64 { syscalls::by_number(raw.number) } else { None }
}

/// The name a call goes by.
fn name(raw: &RawCall) -> String {
    let (prefix, name) = match raw.abi {
        Abi::X86_64 => ("", syscalls::by_number(raw.number).map(|row| row.name)),
        Abi::I386 => ("i386:", other_abi::i386_name(raw.number)),
        Abi::X32 => ("x32:", other_abi::x32_name(raw.number)),
    };
    match name {
        Some(name) => format!("{prefix}{name}"),
        None => format!("{prefix}syscall_{:#x}", raw.number),
    }
}

/// The arguments that exist, and the outcome.
pub(crate) fn decode(raw: &RawCall) -> Decoded {
    match signature(raw) {
        Some(row) => Decoder { raw, row }.decode(),
        None => Decoded {
            args: raw_arguments(raw),
            outcome: outcome(raw, |rax| Value::Int(rax as i64)),
            name: Some(name(raw).into()),
        },
    }
}

/// The fields of a `siginfo_t`, as they are filled in for its signal and code.
pub(crate) fn siginfo(bytes: &[u8]) -> Structure {
    signal::structure(bytes)
}

fn raw_arguments(raw: &RawCall) -> Vec<Argument> {
    const NAMES: [&str; 6] = ["arg1", "arg2", "arg3", "arg4", "arg5", "arg6"];
    let argument = |(name, &value)| Argument { name, value: Value::Hex(value) };
    NAMES.into_iter().zip(raw.args()).map(argument).collect()
}

fn outcome(raw: &RawCall, result: impl Fn(u64) -> Value) -> Outcome {
    match (raw.outcome, raw.errno().map(Errno)) {
        (RawOutcome::Unfinished, _) => Outcome::Unfinished,
        (_, Some(errno)) if errno.is_restart() => Outcome::Unfinished,
        (_, Some(errno)) => Outcome::Failed(errno),
        (RawOutcome::Left(rax), None) => Outcome::Returned(result(rax as u64)),
    }
}

/// A call with a row.
struct Decoder<'a> {
    raw: &'a RawCall,
    row: &'static Signature,
}

impl Decoder<'_> {
    fn decode(&self) -> Decoded {
        let shape = resolve::result(self.row, self.raw.args());
        let outcome = outcome(self.raw, |rax| self.scalar(shape, rax, Phase::Exit));
        Decoded { args: self.arguments(), outcome, name: None }
    }

    fn arguments(&self) -> Vec<Argument> {
        resolve::arguments(self.row, self.raw.args())
            .filter(|(_, _, shape)| !matches!(shape, Shape::Hidden))
            .map(|(register, name, shape)| {
                let value = self.value(register, name, shape, self.raw.args()[register]);
                Argument { name, value }
            })
            .collect()
    }

    /// An argument. A pointer whose target was not copied, or not the whole of it, stays an address.
    fn value(&self, register: usize, name: &str, shape: Shape, value: u64) -> Value {
        let pointed = match shape {
            Shape::Path => self.path(register, value),
            Shape::One(..) | Shape::Scalars(..) if name == "optval" && self.is_short(shape) => {
                self.short_option(shape, value)
            }
            Shape::Str => self.text(value),
            Shape::StrVec => self.strings(name, value),
            Shape::Bytes(dir, len) if name == "optval" => self.option(dir, len, value),
            Shape::Bytes(dir, len) if self.row.name == "prctl" => self.thread_name(dir, len, value),
            Shape::Bytes(dir, len) => self.buffer(dir, len, value),
            Shape::PathOut(_) => self.path_out(value),
            Shape::One(dir, of) => self.both(dir, value, |phase| self.one(of, phase, value)),
            Shape::Many(dir, of, len) => {
                self.both(dir, value, |phase| self.structures(of, len, phase, value))
            }
            Shape::Scalars(dir, kind, len) => {
                self.both(dir, value, |phase| self.scalars(&kind.shape, len, phase, value))
            }
            Shape::Iov(dir, count) => self.vectors(dir, count, value),
            Shape::SockAddr(dir, _) => self.address(dir, value),
            // Flags are 32 bits wide, whatever stands above them in the register; those of fanotify_mark(2) are not.
            Shape::Bits(family) if family.name != "FAN" => {
                return Value::Flags(Word { family, value: (value as u32).into() });
            }
            _ => return self.scalar(shape, value, Phase::Entry),
        };
        pointed.unwrap_or(Value::Address(value))
    }

    /// A value that is all in its register.
    fn scalar(&self, shape: Shape, value: u64, phase: Phase) -> Value {
        match shape {
            // A keyring of the process, not a serial number. See keyctl(2).
            Shape::Key if (-8..0).contains(&(value as i32)) => {
                Value::Enumeration(Word { family: &KEY_SPEC, value: value as i32 as u64 })
            }
            Shape::Int | Shape::Pid | Shape::Key => Value::Int((value as i32).into()),
            Shape::Zero | Shape::Long | Shape::Off | Shape::Never => Value::Int(value as i64),
            Shape::Uint => Value::Uint((value as u32).into()),
            Shape::Size | Shape::Ulong => Value::Uint(value),
            Shape::Uid | Shape::Gid if value as i32 == -1 => Value::Int(-1),
            Shape::Uid | Shape::Gid => Value::Uint((value as u32).into()),
            Shape::Hex | Shape::IpcKey => Value::Hex(value),
            Shape::Fd | Shape::DirFd => Value::Fd(self.descriptor(value as i32, phase)),
            Shape::Signal => Value::Signal(value as i32),
            Shape::Mode => Value::Mode(value as u32),
            Shape::Dev => Value::Device(value),
            Shape::Bits(family) => Value::Flags(Word { family, value }),
            Shape::OneOf(family) => Value::Enumeration(Word { family, value: (value as u32).into() }),
            _ => Value::Address(value),
        }
    }

    /// What a pointer leads to: before the call, after it, or both where the kernel changed it.
    fn both(&self, dir: Dir, address: u64, read: impl Fn(Phase) -> Option<Value>) -> Option<Value> {
        match dir {
            // It is not known which of the two the kernel has read.
            Dir::In if self.is_changed(address) => None,
            Dir::In => read(Phase::Entry),
            Dir::Out => read(Phase::Exit),
            Dir::InOut => match (read(Phase::Entry), read(Phase::Exit)) {
                (Some(before), Some(after)) if after != before => {
                    Some(Value::Changed(Box::new(before), Box::new(after)))
                }
                (before, after) => before.or(after),
            },
        }
    }

    /// Whether the memory was to be read in this phase: output is there when the call succeeded.
    fn is_there(&self, phase: Phase) -> bool {
        phase == Phase::Entry || self.raw.result().is_some()
    }

    fn descriptor(&self, number: i32, phase: Phase) -> Descriptor {
        let note = self.raw.noted.files.iter().find(|note| note.fd == number && note.phase == phase);
        Descriptor {
            number,
            link: note.map(|note| note.link.clone()),
            socket: note.and_then(|note| note.socket),
            raced: phase == Phase::Entry && self.is_replaced(number),
        }
    }

    /// Whether a descriptor referred to something else when the call was over.
    fn is_replaced(&self, number: i32) -> bool {
        self.raw.noted.files.iter().any(|note| note.fd == number && note.phase == Phase::Again)
    }

    /// Whether other bytes were there when the call was over than at its entry.
    fn is_changed(&self, address: u64) -> bool {
        self.raw.noted.captures.iter().any(|it| it.address == address && it.phase == Phase::Again)
    }

    fn link(&self, fd: i32, phase: Phase) -> Option<Arc<[u8]>> {
        let note = self.raw.noted.files.iter().find(|note| note.fd == fd && note.phase == phase)?;
        Some(note.link.clone())
    }
}

fn phase(dir: Dir) -> Phase {
    if dir == Dir::In { Phase::Entry } else { Phase::Exit }
}

/// A little-endian integer of up to eight bytes.
fn integer(bytes: &[u8]) -> Option<u64> {
    let mut word = [0; 8];
    word.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(u64::from_le_bytes(word))
}

/// The integer of `size` bytes at an offset.
fn integer_at(bytes: &[u8], at: usize, size: usize) -> Option<u64> {
    bytes.get(at..at + size).and_then(integer)
}
