//! What pointers lead to: paths, strings, buffers, arrays.

use std::collections::HashMap;
use std::sync::Arc;

use crate::abi::signature::{Dir, Len, Shape};
use crate::trace::decode::structure::chars;
use crate::trace::decode::{Decoder, integer, integer_at, phase};
use crate::trace::raw::{Capture, CaptureEnd, Phase, PlaceNote};
use crate::trace::resolve;
use crate::trace::value::{Buffer, FieldValue, List, ListEnd, PathText, Structure, Value, Walked};

const WORD: usize = 8;

impl Decoder<'_> {
    pub(super) fn path(&self, register: usize, address: u64) -> Option<Value> {
        let (written, end) = string(self.capture(Phase::Entry, address)?)?;
        let start = resolve::start(self.row, self.raw.args(), register);
        let looked = self.raw.noted.places.iter().find(|note| usize::from(note.register) == register);
        let resolved = self.resolved();
        let starts_elsewhere = !written.starts_with(b"/") && start.is_some_and(|fd| self.is_replaced(fd));
        Some(Value::Path(PathText {
            written: written.into(),
            truncated: end == CaptureEnd::Truncated,
            base: start.and_then(|fd| self.link(fd, Phase::Entry)),
            root: None,
            raced: resolved.is_none() && starts_elsewhere,
            walked: match looked {
                None => Walked::Not,
                Some(PlaceNote { place: Some(_), .. }) if self.row.name.starts_with("execve") => {
                    Walked::Beside
                }
                Some(PlaceNote { place: Some(_), .. }) => Walked::Done,
                Some(PlaceNote { place: None, .. }) => Walked::Lost,
            },
            resolved: resolved.or_else(|| looked?.place.clone()),
        }))
    }

    /// The file behind the descriptor that the call returned.
    fn resolved(&self) -> Option<Arc<[u8]>> {
        let fd = self.raw.result()?;
        match resolve::result(self.row, self.raw.args()) {
            Shape::Fd => self.link(fd as i32, Phase::Exit),
            _ => None,
        }
    }

    pub(super) fn text(&self, address: u64) -> Option<Value> {
        text(self.capture(Phase::Entry, address)?).filter(|_| !self.is_changed(address))
    }

    pub(super) fn strings(&self, name: &str, address: u64) -> Option<Value> {
        let pointers = self.capture(Phase::Entry, address)?;
        let count = pointers.bytes.len() / WORD;
        if count == 0 && pointers.end != CaptureEnd::Whole {
            return None;
        }
        let words = pointers.bytes.chunks_exact(WORD).filter_map(integer);
        let copies = self.captures(Phase::Entry);
        // One that was looked at and could not be read is its address; those behind the limit were not looked at.
        let kept = words.map_while(|pointer| Some((pointer, copies.get(&pointer)?)));
        let strings: Vec<Value> =
            kept.map(|(pointer, copy)| text(copy).unwrap_or(Value::Address(pointer))).collect();
        let end = match pointers.end {
            CaptureEnd::Unreadable(_) => {
                ListEnd::Unreadable(address.wrapping_add(pointers.bytes.len() as u64))
            }
            CaptureEnd::Whole if strings.len() == count => ListEnd::Whole,
            _ => ListEnd::Truncated,
        };
        let list = List { items: strings, end };
        Some(match name {
            "envp" => Value::Counted { address, count: count as u64, what: "vars", list },
            _ => Value::Array(list),
        })
    }

    pub(super) fn buffer(&self, dir: Dir, len: Len, address: u64) -> Option<Value> {
        let phase = phase(dir);
        let total = self.length(len, phase);
        if total == 0 && address != 0 && self.is_there(phase) && self.is_looked_at(len) {
            return Some(Value::Bytes(Buffer { bytes: Box::default(), total: Some(0) }));
        }
        self.data(phase, address, total).map(|data| self.message_bytes(data))
    }

    /// The value of a socket's option: most are an `int`. See socket(7).
    pub(super) fn option(&self, dir: Dir, len: Len, address: u64) -> Option<Value> {
        let value = self.buffer(dir, len, address)?;
        match value.as_bytes() {
            Some(bytes) if bytes.len() == 4 => {
                let int = Value::Int((integer(bytes)? as i32).into());
                Some(Value::Array(List { items: vec![int], end: ListEnd::Whole }))
            }
            _ => Some(value),
        }
    }

    /// Whether the value of a socket's option is shorter than what the option is known to be.
    pub(super) fn is_short(&self, shape: Shape) -> bool {
        let (dir, size) = match shape {
            Shape::One(dir, of) => (dir, of.size as u64),
            Shape::Scalars(dir, kind, _) => (dir, resolve::size_of(&kind.shape)),
            _ => return false,
        };
        self.length(option_len(dir), phase(dir)) < size
    }

    pub(super) fn short_option(&self, shape: Shape, address: u64) -> Option<Value> {
        match shape {
            Shape::Scalars(dir, ..) => self.buffer(dir, option_len(dir), address),
            _ => None,
        }
    }

    /// PR_GET_NAME of prctl(2).
    pub(super) fn thread_name(&self, dir: Dir, len: Len, address: u64) -> Option<Value> {
        Some(Value::Text(chars(self.buffer(dir, len, address)?.as_bytes()?)))
    }

    /// `total` bytes, as many of them as were kept.
    fn data(&self, phase: Phase, address: u64, total: u64) -> Option<Buffer> {
        let bytes = &self.capture(phase, address)?.bytes;
        let kept = &bytes[..bytes.len().min(usize::try_from(total).unwrap_or(usize::MAX))];
        (!kept.is_empty()).then(|| Buffer { bytes: kept.into(), total: Some(total) })
    }

    pub(super) fn path_out(&self, address: u64) -> Option<Value> {
        let capture = self.capture(Phase::Exit, address)?;
        // getcwd counts the NUL that it writes.
        let written = capture.bytes.strip_suffix(b"\0").unwrap_or(&capture.bytes);
        let truncated = capture.end != CaptureEnd::Whole;
        Some(Value::Path(PathText {
            written: written.into(),
            truncated,
            base: None,
            root: None,
            raced: false,
            walked: crate::trace::value::Walked::Not,
            resolved: None,
        }))
    }

    pub(super) fn scalars(&self, shape: &Shape, len: Len, phase: Phase, address: u64) -> Option<Value> {
        let wanted = self.length(len, phase);
        // One node less than is said are none, and then there is no mask either. See set_mempolicy(2).
        let is_mask = match len {
            Len::NodeWords(name) => resolve::value(self.row, self.raw.args(), name) != 1,
            _ => true,
        };
        if wanted == 0 && address != 0 && self.is_there(phase) && is_mask {
            return Some(Value::Array(List { items: Vec::new(), end: ListEnd::Whole }));
        }
        let items: Vec<Value> = self
            .capture(phase, address)?
            .bytes
            .chunks_exact(resolve::size_of(shape) as usize)
            .take(usize::try_from(wanted).unwrap_or(usize::MAX))
            .filter_map(integer)
            .map(|value| self.scalar(*shape, value, phase))
            .collect();
        (!items.is_empty()).then(|| Value::Array(list(items, wanted)))
    }

    pub(super) fn vectors(&self, dir: Dir, count: &'static str, address: u64) -> Option<Value> {
        let received = if dir == Dir::Out { self.raw.result().unwrap_or(0) as u64 } else { u64::MAX };
        let buffers = self.length(Len::Arg(count), Phase::Entry);
        if self.is_looked_at(Len::Arg(count)) { self.buffers(dir, buffers, address, received) } else { None }
    }

    /// An array of buffers, with `left` bytes in all of them.
    pub(super) fn buffers(&self, dir: Dir, count: u64, address: u64, mut left: u64) -> Option<Value> {
        if count == 0 && address != 0 {
            return Some(Value::Array(List { items: Vec::new(), end: ListEnd::Whole }));
        }
        let array = self.capture(Phase::Entry, address).or_else(|| self.capture(Phase::Exit, address))?;
        let items: Vec<Value> = array
            .bytes
            .chunks_exact(2 * WORD)
            .filter_map(|vector| Some((integer_at(vector, 0, WORD)?, integer_at(vector, WORD, WORD)?)))
            .map(|(base, len)| {
                let there = len.min(left);
                left -= there;
                let written = self.is_there(phase(dir)) && base != 0;
                let data = match there {
                    0 if written => Some(Buffer { bytes: Box::default(), total: Some(0) }),
                    _ => self.data(phase(dir), base, there),
                };
                vector(data.map_or(Value::Address(base), |data| self.message_bytes(data)), len)
            })
            .collect();
        (!items.is_empty()).then(|| Value::Array(list(items, count)))
    }

    /// A negative number of bytes or buffers is none that the kernel looks at. With no room for extended attributes, it
    /// says how much is needed: listxattr(2).
    fn is_looked_at(&self, len: Len) -> bool {
        match len {
            Len::RetUpTo("size") => resolve::value(self.row, self.raw.args(), "size") != 0,
            Len::Arg(name) => {
                let value = resolve::value(self.row, self.raw.args(), name);
                value == 0 || self.length(len, Phase::Entry) > 0
            }
            _ => true,
        }
    }

    pub(super) fn length(&self, len: Len, phase: Phase) -> u64 {
        let word = |phase, address| {
            let bytes = &self.capture(phase, address)?.bytes;
            bytes.first_chunk().copied().map(u32::from_ne_bytes)
        };
        resolve::length(self.row, self.raw.args(), len, self.raw.result(), |address| {
            let before = word(Phase::Entry, address);
            let after = if phase == Phase::Exit { word(phase, address) } else { None };
            before.into_iter().chain(after).min()
        })
    }

    /// The longest copy from an address: two arguments may have led there.
    pub(super) fn capture(&self, phase: Phase, address: u64) -> Option<&Capture> {
        let captures = self.raw.noted.captures.iter();
        captures
            .filter(|capture| capture.phase == phase && capture.address == address)
            .max_by_key(|it| it.bytes.len())
    }

    /// The same of all addresses, where many are to be looked up.
    fn captures(&self, phase: Phase) -> HashMap<u64, &Capture> {
        let mut longest: HashMap<u64, &Capture> = HashMap::new();
        for capture in self.raw.noted.captures.iter().filter(|capture| capture.phase == phase) {
            let known = longest.entry(capture.address).or_insert(capture);
            if capture.bytes.len() >= known.bytes.len() {
                *known = capture;
            }
        }
        longest
    }
}

fn text(capture: &Capture) -> Option<Value> {
    let (text, end) = string(capture)?;
    let total = (end == CaptureEnd::Whole).then_some(text.len() as u64);
    Some(Value::Text(Buffer { bytes: text.into(), total }))
}

/// A string that was read to its end or to a limit.
fn string(capture: &Capture) -> Option<(&[u8], CaptureEnd)> {
    // Another argument may have led to the same place, and beyond the string's end.
    if let Some(end) = capture.bytes.iter().position(|&byte| byte == 0) {
        return Some((&capture.bytes[..end], CaptureEnd::Whole));
    }
    (!matches!(capture.end, CaptureEnd::Unreadable(_))).then_some((&capture.bytes, capture.end))
}

/// Where the length of a socket's option stands: see getsockopt(2).
fn option_len(dir: Dir) -> Len {
    if dir == Dir::In { Len::Arg("optlen") } else { Len::At("optlen") }
}

/// Those of `wanted` elements that are there.
pub(super) fn list(items: Vec<Value>, wanted: u64) -> List {
    let end = if items.len() as u64 == wanted { ListEnd::Whole } else { ListEnd::Truncated };
    List { items, end }
}

fn vector(base: Value, len: u64) -> Value {
    let field = |name, value| FieldValue { name, value, verbose: false };
    let fields = vec![field("iov_base", base), field("iov_len", Value::Uint(len))];
    Value::Struct(Structure { name: "iovec", fields })
}
