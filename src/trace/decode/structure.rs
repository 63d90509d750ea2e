//! Structures: their fields by offset, and which of them mean something.

use std::net::IpAddr;

use crate::abi::constants::files::DT;
use crate::abi::constants::process::CAP_SET;
use crate::abi::signature::{Field, Layout, Len, Shape, Struct};
use crate::trace::decode::memory::list;
use crate::trace::decode::{Decoder, integer, integer_at, signal};
use crate::trace::raw::Phase;
use crate::trace::resolve;
use crate::trace::value::{Buffer, Descriptor, FieldValue, List, ListEnd, Structure, Value, Word};

impl Decoder<'_> {
    /// One structure.
    pub(super) fn one(&self, of: &'static Struct, phase: Phase, address: u64) -> Option<Value> {
        let bytes = &self.capture(phase, address)?.bytes;
        self.layout(of, bytes.get(..of.size)?, phase)
    }

    /// As many structures as the length says, as far as they were copied; none at all is an address.
    pub(super) fn structures(
        &self,
        of: &'static Struct,
        len: Len,
        phase: Phase,
        address: u64,
    ) -> Option<Value> {
        let wanted = self.length(len, phase);
        match of.layout {
            Layout::DirEntries => return self.entries(wanted, phase, address),
            Layout::CpuSet => return self.bits(wanted.saturating_mul(8), phase, address, Value::Uint),
            Layout::FdSet => {
                let nfds = self.length(Len::Arg("nfds"), phase);
                let fd = |number| {
                    Value::Fd(Descriptor { number: number as i32, link: None, socket: None, raced: false })
                };
                return self.bits(nfds, phase, address, fd);
            }
            Layout::Opaque => return None,
            Layout::Fields(_) if of.name == "cap_data" => return self.capabilities(wanted, phase, address),
            _ if resolve::in_bytes(len) => return self.sized(of, wanted, phase, address),
            _ => {}
        }
        if wanted == 0 && address != 0 && self.is_there(phase) {
            return Some(Value::Array(List { items: Vec::new(), end: ListEnd::Whole }));
        }
        let items: Vec<Value> = self
            .capture(phase, address)?
            .bytes
            .chunks_exact(of.size.max(1))
            .take(usize::try_from(wanted).unwrap_or(usize::MAX))
            .map_while(|bytes| self.layout(of, bytes, phase))
            .collect();
        (!items.is_empty()).then(|| Value::Array(list(items, wanted)))
    }

    /// A structure that grows: the program says how much of it there is.
    fn sized(&self, of: &'static Struct, bytes: u64, phase: Phase, address: u64) -> Option<Value> {
        let captured = &self.capture(phase, address)?.bytes;
        if phase == Phase::Exit && self.row.name == "clone3" {
            return self.new_thread(captured);
        }
        let bytes = captured.len().min(usize::try_from(bytes).unwrap_or(usize::MAX)).min(of.size);
        // The kernel refuses one that is shorter than the first there was.
        let first = if of.name == "clone_args" { 64 } else { of.size.min(24) };
        if bytes < first { None } else { self.layout(of, &captured[..bytes], phase) }
    }

    /// What clone3(2) has left in the memory its structure points to, as it was asked to: CLONE_PIDFD, CLONE_PARENT_SETTID.
    fn new_thread(&self, arguments: &[u8]) -> Option<Value> {
        let flags = integer_at(arguments, 0, 8)?;
        let left = |name, flag, at, shape| {
            if flags & flag == 0 {
                return None;
            }
            let bytes = &self.capture(Phase::Exit, integer_at(arguments, at, 8)?)?.bytes;
            let item = self.scalar(shape, integer_at(bytes, 0, 4)?, Phase::Exit);
            let value = Value::Array(List { items: vec![item], end: ListEnd::Whole });
            Some(FieldValue { name, value, verbose: false })
        };
        let all = [left("pidfd", 0x1000, 8, Shape::Fd), left("parent_tid", 0x10_0000, 24, Shape::Pid)];
        let fields: Vec<FieldValue> = all.into_iter().flatten().collect();
        (!fields.is_empty()).then_some(Value::Struct(Structure { name: "clone_args", fields }))
    }

    /// Sets of capabilities, whose upper halves stand in a second structure. See capget(2).
    fn capabilities(&self, count: u64, phase: Phase, address: u64) -> Option<Value> {
        const SIZE: usize = 12;
        let bytes = &self.capture(phase, address)?.bytes;
        let set = |name, at| {
            let high = if count > 1 { integer_at(bytes, SIZE + at, 4)? << 32 } else { 0 };
            let value = Word { family: &CAP_SET, value: integer_at(bytes, at, 4)? | high };
            Some(FieldValue { name, value: Value::Flags(value), verbose: false })
        };
        let fields = vec![set("effective", 0)?, set("permitted", 4)?, set("inheritable", 8)?];
        Some(Value::Struct(Structure { name: "cap_data", fields }))
    }

    /// The entries of a directory. See getdents(2).
    fn entries(&self, bytes: u64, phase: Phase, address: u64) -> Option<Value> {
        let captured: &[u8] = match bytes {
            0 if self.is_there(phase) && address != 0 => &[],
            _ => &self.capture(phase, address)?.bytes,
        };
        let items = entries(captured, self.row.name == "getdents64");
        let end = if captured.len() as u64 == bytes { ListEnd::Whole } else { ListEnd::Truncated };
        let (count, list) = (items.len() as u64, List { items, end });
        Some(Value::Counted { address, count, what: "entries", list })
    }

    /// The numbers of the bits that are set, of the first `count`.
    fn bits(&self, count: u64, phase: Phase, address: u64, item: impl Fn(u64) -> Value) -> Option<Value> {
        let nothing = count == 0 && address != 0 && self.is_there(phase);
        let bytes = self.capture(phase, address).map(|capture| &*capture.bytes);
        let bytes = bytes.or_else(|| nothing.then_some(&[]))?;
        let is_set = |bit: &u64| bytes.get((bit / 8) as usize).is_some_and(|byte| byte & 1 << (bit % 8) != 0);
        let there = count.min(bytes.len() as u64 * 8);
        let end = if there == count { ListEnd::Whole } else { ListEnd::Truncated };
        Some(Value::Set(List { items: (0..there).filter(is_set).map(item).collect(), end }))
    }

    pub(super) fn layout(&self, of: &'static Struct, bytes: &[u8], phase: Phase) -> Option<Value> {
        let value = match of.layout {
            Layout::Fields(fields) => {
                let fields = fields.iter().filter_map(|field| self.field(field, bytes, phase)).collect();
                let structure = self.followed(Structure { name: of.name, fields });
                Value::Struct(self.settled(structure, phase))
            }
            Layout::SignalSet => Value::SignalSet(integer(bytes)?),
            Layout::WaitStatus => Value::WaitStatus(integer(bytes)? as u32),
            Layout::SignalInfo => Value::Struct(signal::structure(bytes)),
            Layout::Message => Value::Struct(self.message(bytes, phase)?),
            Layout::FdSet | Layout::CpuSet | Layout::DirEntries | Layout::Opaque => return None,
        };
        Some(value)
    }

    fn field(&self, field: &'static Field, structure: &[u8], phase: Phase) -> Option<FieldValue> {
        let bytes = structure.get(field.offset..field.offset + field.size)?;
        let value = match field.kind.shape {
            Shape::Hidden => return None,
            Shape::One(_, of) if matches!(of.layout, Layout::Message) => {
                // How much was received stands behind the message.
                self.layout(of, structure.get(field.offset..)?, phase)?
            }
            Shape::One(_, of) => self.layout(of, bytes, phase)?,
            Shape::Chars => Value::Text(chars(bytes)),
            Shape::Host => Value::Host(host(bytes)?),
            Shape::Scalars(_, kind, Len::Exactly(count)) => {
                let size = field.size / (count as usize).max(1);
                let items = bytes.chunks_exact(size.max(1)).filter_map(integer);
                let items = items.map(|value| self.scalar(kind.shape, value, phase)).collect();
                Value::Array(List { items, end: ListEnd::Whole })
            }
            Shape::Int if field.size == 2 => Value::Int((integer(bytes)? as i16).into()),
            // An enumeration as wide as an address, such as a signal's handler, may be one.
            Shape::OneOf(family) if field.size == 8 => match integer(bytes)? {
                value if family.members.iter().any(|member| member.value == value) => {
                    Value::Enumeration(Word { family, value })
                }
                value => Value::Address(value),
            },
            shape => self.scalar(shape, integer(bytes)?, phase),
        };
        Some(FieldValue { name: field.name, value, verbose: field.verbose })
    }

    /// The signal set that the last argument of pselect6(2) points to.
    fn followed(&self, mut structure: Structure) -> Structure {
        let leads_to_a_set = matches!(structure.name, "sigset_argpack" | "aio_sigset");
        let address = structure.field("sigmask").and_then(Value::as_int).filter(|_| leads_to_a_set);
        let set = address.and_then(|address| self.capture(Phase::Entry, address as u64));
        if let Some(set) = set.and_then(|set| integer_at(&set.bytes, 0, 8)) {
            structure.fields[0].value = Value::SignalSet(set);
        }
        structure
    }

    /// Without the fields that another field says mean nothing: a device has a number and no size.
    fn settled(&self, mut structure: Structure, phase: Phase) -> Structure {
        const S_IFMT: u32 = 0o170_000;
        const S_IFCHR: u32 = 0o020_000;
        const S_IFBLK: u32 = 0o060_000;
        let number = |name| structure.field(name).and_then(Value::as_int).unwrap_or(0);
        let has = |name, flag| structure.field(name).and_then(Value::flags).is_some_and(|it| it.has(flag));
        let sent = structure.field("sigev_value").and_then(|it| it.field("sival_ptr")?.as_int());
        let absent: Vec<&str> = match structure.name {
            "stat" => match number("st_mode") as u32 & S_IFMT {
                S_IFCHR | S_IFBLK => vec!["st_size"],
                _ => vec!["st_rdev"],
            },
            "sigevent" if sent == Some(0) => vec!["sigev_value"],
            "ksigaction" if !has("sa_flags", "SA_RESTORER") => vec!["sa_restorer"],
            "fsxattr" if phase == Phase::Entry => vec!["fsx_nextents"],
            // Whose lock it is, F_GETLK says.
            "flock" if phase == Phase::Entry => vec!["l_pid"],
            "open_how" if number("mode") == 0 && !has("flags", "O_CREAT") => vec!["mode"],
            "clone_args" => {
                let needs = [
                    ("pidfd", has("flags", "CLONE_PIDFD")),
                    ("child_tid", has("flags", "CLONE_CHILD_SETTID") || has("flags", "CLONE_CHILD_CLEARTID")),
                    ("parent_tid", has("flags", "CLONE_PARENT_SETTID")),
                    ("tls", has("flags", "CLONE_SETTLS")),
                    ("set_tid", number("set_tid_size") != 0),
                    ("set_tid_size", number("set_tid_size") != 0),
                    ("cgroup", has("flags", "CLONE_INTO_CGROUP")),
                ];
                needs.into_iter().filter(|(_, needed)| !needed).map(|(name, _)| name).collect()
            }
            _ => return structure,
        };
        structure.fields.retain(|field| !absent.contains(&field.name));
        structure
    }
}

/// A string in an array, up to its NUL.
pub(super) fn chars(bytes: &[u8]) -> Buffer {
    let end = bytes.iter().position(|&byte| byte == 0);
    Buffer {
        bytes: bytes[..end.unwrap_or(bytes.len())].into(),
        total: Some(end.unwrap_or(bytes.len()) as u64),
    }
}

/// An address of a host, of 4 or 16 bytes.
pub(super) fn host(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => Some(<[u8; 4]>::try_from(bytes).ok()?.into()),
        _ => Some(<[u8; 16]>::try_from(bytes).ok()?.into()),
    }
}

/// What getdents64(2) or getdents(2) wrote: the one has the type of a file in front of its name, the other in the last byte.
fn entries(mut bytes: &[u8], modern: bool) -> Vec<Value> {
    /// Offset of d_reclen.
    const LENGTH: usize = 16;
    let mut entries = Vec::new();
    while let Some(length) = integer_at(bytes, LENGTH, 2) {
        let Some((entry, rest)) = bytes.split_at_checked(length as usize).filter(|_| length > 0) else {
            break;
        };
        entries.extend(self::entry(entry, modern));
        bytes = rest;
    }
    entries
}

fn entry(bytes: &[u8], modern: bool) -> Option<Value> {
    let (type_at, name_at) = if modern { (18, 19) } else { (bytes.len().checked_sub(1)?, 18) };
    let field = |name, value| FieldValue { name, value, verbose: false };
    let kind =
        field("d_type", Value::Enumeration(Word { family: &DT, value: integer_at(bytes, type_at, 1)? }));
    let name = field("d_name", Value::Text(chars(bytes.get(name_at..)?)));
    let mut fields = vec![
        field("d_ino", Value::Uint(integer_at(bytes, 0, 8)?)),
        field("d_off", Value::Int(integer_at(bytes, 8, 8)? as i64)),
        field("d_reclen", Value::Uint(integer_at(bytes, 16, 2)?)),
    ];
    fields.extend(if modern { [kind, name] } else { [name, kind] });
    Some(Value::Struct(Structure { name: if modern { "linux_dirent64" } else { "linux_dirent" }, fields }))
}
