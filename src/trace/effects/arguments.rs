//! What the arguments of a call say of files and peers.

use std::sync::Arc;

use crate::trace::bytes;
use crate::trace::call::{Call, Outcome};
use crate::trace::effects::place;
use crate::trace::value::{Descriptor, PathText, SocketAddress, Value, Walked};

pub(crate) const O_ACCMODE: u64 = 0o3;
pub(crate) const O_RDONLY: u64 = 0o0;
pub(crate) const O_WRONLY: u64 = 0o1;
pub(crate) const O_RDWR: u64 = 0o2;
pub(crate) const O_CREAT: u64 = 0o100;
pub(crate) const O_EXCL: u64 = 0o200;
pub(crate) const O_TRUNC: u64 = 0o1000;
pub(crate) const O_DIRECTORY: u64 = 0o200_000;
pub(crate) const O_PATH: u64 = 0o10_000_000;
pub(crate) const O_TMPFILE: u64 = 0o20_200_000;

/// The flags of a call that opens; `creat` has them in its name. `None` where they could not be read.
pub(crate) fn open_flags(call: &Call) -> Option<u64> {
    if call.name() == "creat" {
        return Some(O_CREAT | O_WRONLY | O_TRUNC);
    }
    let word = |value: &Value| match value {
        Value::Flags(word) => Some(word.value),
        _ => None,
    };
    let how = || match call.arg("how") {
        Some(Value::Struct(how)) => how.fields.iter().find(|field| field.name == "flags"),
        _ => None,
    };
    call.arg("flags").and_then(word).or_else(|| word(&how()?.value))
}

/// Whether the call makes a file or directory that was not there before, or fails.
pub(crate) fn creates_exclusively(call: &Call) -> bool {
    match call.name() {
        "mkdir" | "mkdirat" => true,
        "open" | "openat" | "openat2" => has_flags(call, O_CREAT | O_EXCL),
        _ => false,
    }
}

/// Whether the call makes a file without a name. See O_TMPFILE in open(2).
pub(crate) fn creates_unnamed(call: &Call) -> bool {
    matches!(call.name(), "open" | "openat" | "openat2") && has_flags(call, O_TMPFILE)
}

fn has_flags(call: &Call, flags: u64) -> bool {
    open_flags(call).is_some_and(|word| word & flags == flags)
}

/// The file that a call opens: by its path, or by the descriptor it returned.
pub(crate) fn opened(call: &Call) -> Option<PathText> {
    match (call.arg("path"), call.outcome()) {
        (Some(Value::Path(path)), _) => Some(path.clone()),
        (_, Outcome::Returned(Value::Fd(fd))) => file_of(fd),
        _ => None,
    }
}

/// A path argument; the file of `dirfd` where the path is empty or NULL. See AT_EMPTY_PATH in openat(2).
pub(crate) fn path(call: &Call, argument: &str, dirfd: &str) -> Option<PathText> {
    match call.arg(argument)? {
        Value::Path(path) if path.raced => None,
        Value::Path(path) if !path.written.is_empty() => Some(path.clone()),
        Value::Path(path) => descriptor(call, dirfd).and_then(file_of).or_else(|| Some(path.clone())),
        Value::Address(0) => descriptor(call, dirfd).and_then(file_of),
        _ => None,
    }
}

pub(crate) fn is_unreadable(call: &Call, argument: &str) -> bool {
    match call.arg(argument) {
        Some(Value::Address(_)) => true,
        Some(value) => value.is_raced(),
        None => false,
    }
}

pub(crate) fn descriptor<'a>(call: &'a Call, argument: &str) -> Option<&'a Descriptor> {
    match call.arg(argument)? {
        Value::Fd(fd) => Some(fd),
        _ => None,
    }
}

pub(crate) fn link<'a>(call: &'a Call, argument: &str) -> Option<&'a [u8]> {
    descriptor(call, argument)?.link.as_deref()
}

/// The file a descriptor refers to, as a path that the kernel has resolved.
pub(crate) fn file_of(fd: &Descriptor) -> Option<PathText> {
    file_named(fd.link.clone()?)
}

/// The file to which a link of /proc leads.
pub(crate) fn file_named(link: Arc<[u8]>) -> Option<PathText> {
    if link.first() != Some(&b'/') {
        return None;
    }
    let written = place::undeleted(&link).into();
    Some(PathText {
        written,
        truncated: false,
        base: None,
        root: None,
        raced: false,
        walked: Walked::Not,
        resolved: Some(link),
    })
}

pub(crate) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Uint(number) => i64::try_from(*number).ok(),
        _ => None,
    }
}

pub(crate) fn address(value: &Value) -> Option<&SocketAddress> {
    match value {
        Value::Socket(address) => Some(address),
        Value::Changed(_, after) => address(after),
        _ => None,
    }
}

/// An address that a call names, as the test sees it: links resolved, the root directory of the process in front.
pub(crate) fn from_our_root(address: &SocketAddress, call: &Call) -> SocketAddress {
    let place = call.raw().noted.places.first().and_then(|note| note.place.as_deref());
    match (address, place.filter(|place| place.starts_with(b"/")), call.root()) {
        // An abstract name begins with a NUL. See unix(7).
        (SocketAddress::Unix(path), Some(place), _) if path.first().is_some_and(|first| *first != 0) => {
            SocketAddress::Unix(place.into())
        }
        (SocketAddress::Unix(path), _, Some(root)) if path.starts_with(b"/") => {
            let relative = bytes::absolute(None, path).unwrap_or_default();
            let path = bytes::absolute(Some(root), relative.strip_prefix(b"/").unwrap_or_default());
            SocketAddress::Unix(path.unwrap_or(relative).into())
        }
        _ => address.clone(),
    }
}

/// The addresses in a value: itself, or the `msg_name` of messages.
#[derive(Default)]
pub(crate) struct Addresses<'a> {
    pub(crate) known: Vec<&'a SocketAddress>,
    /// Whether there are more, which could not be read or were not kept.
    pub(crate) has_unread: bool,
}

impl<'a> Addresses<'a> {
    pub(crate) fn collect(&mut self, value: &'a Value) {
        match value {
            Value::Socket(_) if value.is_raced() => self.has_unread = true,
            Value::Socket(address) => self.known.push(address),
            Value::Struct(fields) => {
                let has_name = value.field("msg_namelen").and_then(Value::as_int) != Some(0);
                let is_name = |name| name == "msg_hdr" || name == "msg_name" && has_name;
                let names = fields.fields.iter().filter(|field| is_name(field.name));
                names.for_each(|field| self.collect(&field.value));
            }
            Value::Array(list) => {
                list.items.iter().for_each(|item| self.collect(item));
                self.has_unread |= !list.is_whole();
            }
            Value::Changed(before, _) => self.collect(before),
            Value::Address(address) => self.has_unread |= *address != 0,
            _ => {}
        }
    }
}
