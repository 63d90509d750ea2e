//! From a [`RawCall`] to names and values. Total: whatever the registers and bytes are, there is an answer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use crate::abi::errno::Errno;
use crate::abi::other_abi;
use crate::abi::signature::{Dir, Field, Layout, Len, Shape, Signature, Struct};
use crate::abi::syscalls;
use crate::trace::call::{Argument, Decoded, Outcome};
use crate::trace::raw::{Abi, Capture, CaptureEnd, Phase, RawCall, RawOutcome};
use crate::trace::resolve;
use crate::trace::value::{
    Buffer, Descriptor, FieldValue, List, ListEnd, PathText, SocketAddress, Structure, Value, Word,
};

const AT_FDCWD: i32 = -100;
const AF_UNIX: u16 = 1;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;
/// More addresses than this are not kept of an array of strings or buffers.
const WORD: usize = 8;

/// The row of a native call; `None` for a call in no table and through the other interfaces.
pub(crate) fn signature(raw: &RawCall) -> Option<&'static Signature> {
    if raw.abi == Abi::X86_64 { syscalls::by_number(raw.number) } else { None }
}

/// The name a call goes by.
pub(crate) fn name(raw: &RawCall) -> String {
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
    let args = match signature(raw) {
        Some(row) => Decoder { raw, row }.arguments(),
        None => raw_arguments(raw),
    };
    Decoded { args, outcome: outcome(raw) }
}

fn raw_arguments(raw: &RawCall) -> Vec<Argument> {
    const NAMES: [&str; 6] = ["arg1", "arg2", "arg3", "arg4", "arg5", "arg6"];
    let argument = |(name, &value)| Argument { name, value: Value::Hex(value) };
    NAMES.into_iter().zip(&raw.args).map(argument).collect()
}

fn outcome(raw: &RawCall) -> Outcome {
    match (raw.outcome, raw.errno().map(Errno)) {
        (RawOutcome::Unfinished, _) => Outcome::Unfinished,
        (_, Some(errno)) if errno.is_restart() => Outcome::Unfinished,
        (_, Some(errno)) => Outcome::Failed(errno),
        (RawOutcome::Left(rax), None) => Outcome::Returned(match signature(raw) {
            Some(row) => {
                Decoder { raw, row }.scalar(resolve::result(row, &raw.args), rax as u64, Phase::Exit)
            }
            None => Value::Int(rax),
        }),
    }
}

/// A call with a row.
struct Decoder<'a> {
    raw: &'a RawCall,
    row: &'static Signature,
}

impl Decoder<'_> {
    fn arguments(&self) -> Vec<Argument> {
        resolve::arguments(self.row, &self.raw.args)
            .into_iter()
            .filter(|(_, _, shape)| !matches!(shape, Shape::Hidden))
            .map(|(register, name, shape)| {
                let value = self.value(register, name, shape, self.raw.args[register]);
                Argument { name, value }
            })
            .collect()
    }

    /// An argument. A pointer whose target was not copied, or not the whole of it, stays an address.
    fn value(&self, register: usize, name: &str, shape: Shape, value: u64) -> Value {
        let pointed = match shape {
            Shape::Path => self.path(register, value),
            Shape::Str => self.text(value),
            Shape::StrVec => self.strings(name, value),
            Shape::Bytes(dir, len) => self.buffer(dir, len, value),
            Shape::PathOut(_) => self.path_out(value),
            Shape::One(dir, of) => self.both(dir, |phase| self.structure(of, phase, value, 1)?.pop()),
            Shape::Many(dir, of, len) => self.both(dir, |phase| self.structures(of, len, phase, value)),
            Shape::Scalars(dir, kind, len) => {
                self.both(dir, |phase| self.scalars(&kind.shape, len, phase, value))
            }
            Shape::Iov(dir, count) => self.vectors(dir, count, value),
            Shape::SockAddr(dir, _) => self.both(dir, |phase| self.socket_address(phase, value)),
            _ => return self.scalar(shape, value, Phase::Entry),
        };
        pointed.unwrap_or(Value::Address(value))
    }

    /// A value that is all in its register.
    fn scalar(&self, shape: Shape, value: u64, phase: Phase) -> Value {
        match shape {
            Shape::Int | Shape::Pid | Shape::Key => Value::Int((value as i32).into()),
            Shape::Zero | Shape::Long | Shape::Off | Shape::Never => Value::Int(value as i64),
            Shape::Uint => Value::Uint((value as u32).into()),
            Shape::Size | Shape::Ulong => Value::Uint(value),
            Shape::Uid | Shape::Gid if value as i32 == -1 => Value::Int(-1),
            Shape::Uid | Shape::Gid => Value::Uint((value as u32).into()),
            Shape::Hex | Shape::IpcKey => Value::Hex(value),
            Shape::Fd | Shape::DirFd => {
                let number = value as i32;
                Value::Fd(Descriptor { number, link: self.link(number, phase) })
            }
            Shape::Signal => Value::Signal(value as i32),
            Shape::Mode => Value::Mode(value as u32),
            Shape::Dev => Value::Device(value),
            Shape::Bits(family) => Value::Flags(Word { family, value }),
            Shape::OneOf(family) => Value::Enumeration(Word { family, value: (value as u32).into() }),
            _ => Value::Address(value),
        }
    }

    fn path(&self, register: usize, address: u64) -> Option<Value> {
        let capture = self.string(address)?;
        Some(Value::Path(PathText {
            written: capture.bytes.clone(),
            truncated: capture.end == CaptureEnd::Truncated,
            base: self.base(register),
            resolved: self.resolved(),
        }))
    }

    /// The directory that a relative path starts from: that of the descriptor in front of it, or the working directory.
    /// The target of a symbolic link starts nowhere: it is text.
    fn base(&self, register: usize) -> Option<Arc<[u8]>> {
        if self.row.params[register].name == "target" && self.row.name.starts_with("symlink") {
            return None;
        }
        let before = register.checked_sub(1).map(|register| (register, self.row.params[register].kind.shape));
        let directory = match before {
            Some((register, Shape::DirFd)) => self.raw.args[register] as i32,
            _ => AT_FDCWD,
        };
        self.link(directory, Phase::Entry)
    }

    /// The file behind the descriptor that the call returned.
    fn resolved(&self) -> Option<Arc<[u8]>> {
        let fd = self.raw.result()?;
        match resolve::result(self.row, &self.raw.args) {
            Shape::Fd => self.link(fd as i32, Phase::Exit),
            _ => None,
        }
    }

    fn text(&self, address: u64) -> Option<Value> {
        let capture = self.string(address)?;
        let total = (capture.end == CaptureEnd::Whole).then_some(capture.bytes.len() as u64);
        Some(Value::Text(Buffer { bytes: capture.bytes.clone(), total }))
    }

    fn strings(&self, name: &str, address: u64) -> Option<Value> {
        let pointers = self.capture(Phase::Entry, address)?;
        let count = pointers.bytes.len() / WORD;
        if name == "envp" {
            return Some(Value::Counted { address, count: count as u64, what: "vars" });
        }
        let strings: Vec<Value> = words(&pointers.bytes).map_while(|pointer| self.text(pointer)).collect();
        let end = match pointers.end {
            CaptureEnd::Unreadable(_) => ListEnd::Unreadable(address + pointers.bytes.len() as u64),
            CaptureEnd::Whole if strings.len() == count => ListEnd::Whole,
            _ => ListEnd::Truncated,
        };
        Some(Value::Array(List { items: strings, end }))
    }

    /// A string that was read to its end or to a limit.
    fn string(&self, address: u64) -> Option<&Capture> {
        let capture = self.capture(Phase::Entry, address)?;
        (!matches!(capture.end, CaptureEnd::Unreadable(_))).then_some(capture)
    }

    fn buffer(&self, dir: Dir, len: Len, address: u64) -> Option<Value> {
        let phase = phase(dir);
        let total = self.length(len, phase);
        if total == 0 && address != 0 && self.is_there(phase) {
            return Some(Value::Bytes(Buffer { bytes: Box::default(), total: Some(0) }));
        }
        let capture = self.capture(phase, address).filter(|capture| !capture.bytes.is_empty())?;
        Some(Value::Bytes(Buffer { bytes: capture.bytes.clone(), total: Some(total) }))
    }

    fn path_out(&self, address: u64) -> Option<Value> {
        let capture = self.capture(Phase::Exit, address)?;
        // getcwd counts the NUL that it writes.
        let written = capture.bytes.strip_suffix(b"\0").unwrap_or(&capture.bytes);
        let truncated = capture.end != CaptureEnd::Whole;
        Some(Value::Path(PathText { written: written.into(), truncated, base: None, resolved: None }))
    }

    /// What a pointer leads to: before the call, after it, or both where the kernel changed it.
    fn both(&self, dir: Dir, read: impl Fn(Phase) -> Option<Value>) -> Option<Value> {
        if dir != Dir::InOut {
            return read(phase(dir));
        }
        let before = read(Phase::Entry)?;
        match read(Phase::Exit) {
            Some(after) if after != before => Some(Value::Changed(Box::new(before), Box::new(after))),
            _ => Some(before),
        }
    }

    fn structures(&self, of: &'static Struct, len: Len, phase: Phase, address: u64) -> Option<Value> {
        let wanted = self.length(len, phase);
        if let Layout::DirEntries = of.layout {
            let bytes = self.capture(phase, address).map_or(&[][..], |capture| &capture.bytes);
            if bytes.is_empty() && self.raw.result() != Some(0) {
                return None;
            }
            let count = entries(bytes);
            return Some(Value::Counted { address, count, what: "entries" });
        }
        if wanted == 0 && address != 0 && self.is_there(phase) {
            return Some(Value::Array(List { items: Vec::new(), end: ListEnd::Whole }));
        }
        let items = self.structure(of, phase, address, wanted)?;
        let end = if items.len() as u64 == wanted { ListEnd::Whole } else { ListEnd::Truncated };
        Some(Value::Array(List { items, end }))
    }

    /// Up to `count` structures in a row; at least one, or it is an address.
    fn structure(&self, of: &'static Struct, phase: Phase, address: u64, count: u64) -> Option<Vec<Value>> {
        let bytes = &self.capture(phase, address)?.bytes;
        let items: Vec<Value> = bytes
            .chunks_exact(of.size.max(1))
            .take(usize::try_from(count).unwrap_or(usize::MAX))
            .map_while(|bytes| self.layout(of, bytes, phase))
            .collect();
        (!items.is_empty()).then_some(items)
    }

    fn layout(&self, of: &'static Struct, bytes: &[u8], phase: Phase) -> Option<Value> {
        let value = match of.layout {
            Layout::Fields(fields) => {
                let fields = fields.iter().filter_map(|field| self.field(field, bytes, phase)).collect();
                Value::Struct(Structure { name: of.name, fields }).settled()
            }
            Layout::SignalSet => Value::SignalSet(integer(bytes)?),
            Layout::WaitStatus => Value::WaitStatus(integer(bytes)? as u32),
            Layout::FdSet | Layout::CpuSet | Layout::DirEntries | Layout::Opaque => return None,
        };
        Some(value)
    }

    fn field(&self, field: &'static Field, bytes: &[u8], phase: Phase) -> Option<FieldValue> {
        let bytes = bytes.get(field.offset..field.offset + field.size)?;
        let value = match field.kind.shape {
            Shape::One(_, of) => self.layout(of, bytes, phase)?,
            Shape::Int if field.size == 2 => Value::Int((integer(bytes)? as i16).into()),
            shape => self.scalar(shape, integer(bytes)?, phase),
        };
        Some(FieldValue { name: field.name, value, verbose: field.verbose })
    }

    fn scalars(&self, shape: &Shape, len: Len, phase: Phase, address: u64) -> Option<Value> {
        let wanted = self.length(len, phase);
        let bytes = &self.capture(phase, address)?.bytes;
        let items: Vec<Value> = bytes
            .chunks_exact(resolve::size_of(shape) as usize)
            .filter_map(integer)
            .map(|value| self.scalar(*shape, value, phase))
            .collect();
        let end = if items.len() as u64 == wanted { ListEnd::Whole } else { ListEnd::Truncated };
        (!items.is_empty()).then_some(Value::Array(List { items, end }))
    }

    fn vectors(&self, dir: Dir, count: &'static str, address: u64) -> Option<Value> {
        let wanted = self.length(Len::Arg(count), Phase::Entry);
        let array = self.capture(Phase::Entry, address)?;
        let mut left = if dir == Dir::Out { self.raw.result().unwrap_or(0) as u64 } else { u64::MAX };
        let items: Vec<Value> = array
            .bytes
            .chunks_exact(2 * WORD)
            .filter_map(|vector| Some((integer(&vector[..WORD])?, integer(&vector[WORD..])?)))
            .map(|(base, len)| {
                let there = len.min(left);
                left -= there;
                let bytes = self.capture(phase(dir), base).filter(|_| there > 0);
                let data = bytes.map(|capture| Buffer { bytes: capture.bytes.clone(), total: Some(there) });
                vector(data.map_or(Value::Address(base), Value::Bytes), len)
            })
            .collect();
        let end = if items.len() as u64 == wanted { ListEnd::Whole } else { ListEnd::Truncated };
        Some(Value::Array(List { items, end }))
    }

    fn socket_address(&self, phase: Phase, address: u64) -> Option<Value> {
        let capture = self.capture(phase, address)?;
        let whole = capture.end == CaptureEnd::Whole;
        socket_address(&capture.bytes).filter(|_| whole).map(Value::Socket)
    }

    /// Whether the memory was to be read in this phase: output is there when the call succeeded.
    fn is_there(&self, phase: Phase) -> bool {
        phase == Phase::Entry || self.raw.result().is_some()
    }

    fn length(&self, len: Len, phase: Phase) -> u64 {
        resolve::length(self.row, &self.raw.args, len, self.raw.result(), |address| {
            let bytes = &self.capture(phase, address).or_else(|| self.capture(Phase::Entry, address))?.bytes;
            Some(u32::from_ne_bytes(bytes.get(..4)?.try_into().ok()?))
        })
    }

    fn capture(&self, phase: Phase, address: u64) -> Option<&Capture> {
        self.raw.captures.iter().find(|capture| capture.phase == phase && capture.address == address)
    }

    fn link(&self, fd: i32, phase: Phase) -> Option<Arc<[u8]>> {
        let note = self.raw.files.iter().find(|note| note.fd == fd && note.phase == phase)?;
        Some(note.link.clone())
    }
}

impl Value {
    /// A structure in which one field says what the others mean: a device has a number and no size.
    fn settled(mut self) -> Value {
        const S_IFMT: u32 = 0o170_000;
        const S_IFCHR: u32 = 0o020_000;
        const S_IFBLK: u32 = 0o060_000;
        if let Value::Struct(structure) = &mut self
            && let Some(&Value::Mode(mode)) = structure.field("st_mode")
        {
            let device = matches!(mode & S_IFMT, S_IFCHR | S_IFBLK);
            let absent = if device { "st_size" } else { "st_rdev" };
            structure.fields.retain(|field| field.name != absent);
        }
        self
    }
}

fn vector(base: Value, len: u64) -> Value {
    let field = |name, value| FieldValue { name, value, verbose: false };
    let fields = vec![field("iov_base", base), field("iov_len", Value::Uint(len))];
    Value::Struct(Structure { name: "iovec", fields })
}

fn phase(dir: Dir) -> Phase {
    if dir == Dir::In { Phase::Entry } else { Phase::Exit }
}

fn socket_address(bytes: &[u8]) -> Option<SocketAddress> {
    let family = u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?);
    let port = || Some(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?));
    Some(match family {
        AF_UNIX => SocketAddress::Unix(unix_name(bytes.get(2..)?).into()),
        AF_INET => {
            let address: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
            SocketAddress::Inet(SocketAddr::new(IpAddr::V4(Ipv4Addr::from(address)), port()?))
        }
        AF_INET6 => {
            let address: [u8; 16] = bytes.get(8..24)?.try_into().ok()?;
            SocketAddress::Inet(SocketAddr::new(IpAddr::V6(Ipv6Addr::from(address)), port()?))
        }
        family => SocketAddress::Other(family, bytes[2..].into()),
    })
}

/// A path ends at its NUL; an abstract name begins with one and has all the rest. See unix(7).
fn unix_name(bytes: &[u8]) -> &[u8] {
    match bytes.iter().position(|&byte| byte == 0) {
        None | Some(0) => bytes,
        Some(end) => &bytes[..end],
    }
}

/// How many entries getdents64(2) wrote.
fn entries(mut bytes: &[u8]) -> u64 {
    /// Offset of d_reclen.
    const LENGTH: usize = 16;
    let mut count = 0;
    while let Some(length) = bytes.get(LENGTH..LENGTH + 2).and_then(integer) {
        let Some(rest) = bytes.get(length as usize..).filter(|_| length > 0) else { break };
        count += 1;
        bytes = rest;
    }
    count
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u64> + '_ {
    bytes.chunks_exact(WORD).filter_map(integer)
}

/// A little-endian integer of up to eight bytes.
fn integer(bytes: &[u8]) -> Option<u64> {
    let mut word = [0; WORD];
    word.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(u64::from_le_bytes(word))
}
