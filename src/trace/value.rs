//! Decoded arguments.

use std::sync::Arc;

use crate::abi::signature::Family;

/// A decoded argument, result or field.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    Uint(u64),
    /// A word that is shown in hexadecimal: opaque bits, or an argument nobody decodes yet.
    Hex(u64),
    /// An address in the program's memory, NULL included.
    Address(u64),
    /// A file descriptor and what it refers to.
    Fd(Descriptor),
    /// A path.
    Path(PathText),
    /// A string that is no path.
    Text(Buffer),
    /// A data buffer.
    Bytes(Buffer),
    /// A set of flags.
    Flags(Word),
    /// One value of an enumeration.
    Enumeration(Word),
    /// Permission bits and file type.
    Mode(u32),
    /// A device number.
    Device(u64),
    /// A signal number.
    Signal(i32),
    /// A set of signals: bit 0 is signal 1.
    SignalSet(u64),
    /// The status word of `wait4(2)`.
    WaitStatus(u32),
    /// A socket address.
    Socket(SocketAddress),
    /// A structure.
    Struct(Structure),
    /// An array.
    Array(List),
    /// What it was at entry, and what the kernel made of it.
    Changed(Box<Value>, Box<Value>),
}

/// A file descriptor.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptor {
    pub(crate) number: i32,
    /// `/proc/TID/fd`'s text, for `AT_FDCWD` the working directory.
    pub(crate) link: Option<Arc<[u8]>>,
}

/// A path argument in up to three forms.
#[derive(Clone, Debug, PartialEq)]
pub struct PathText {
    /// As written.
    pub(crate) written: Box<[u8]>,
    /// More followed than was recorded.
    pub(crate) truncated: bool,
    /// The directory a relative path starts from, where it is known.
    pub(crate) base: Option<Arc<[u8]>>,
    /// The file the kernel named for the descriptor that the call returned.
    pub(crate) resolved: Option<Arc<[u8]>>,
}

/// Bytes, perhaps not all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Buffer {
    /// Those that were kept.
    pub(crate) bytes: Box<[u8]>,
    /// How many there were; `None` for a string cut before its end.
    pub(crate) total: Option<u64>,
}

/// A word of a flag set or an enumeration.
#[derive(Clone, Copy)]
pub struct Word {
    pub(crate) family: &'static Family,
    pub(crate) value: u64,
}

impl PartialEq for Word {
    fn eq(&self, other: &Word) -> bool {
        std::ptr::eq(self.family, other.family) && self.value == other.value
    }
}

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({:#x})", self.family.name, self.value)
    }
}

/// A socket address.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SocketAddress {
    /// `AF_INET` and `AF_INET6`.
    Inet(std::net::SocketAddr),
    /// `AF_UNIX`: a path, an abstract name with its leading NUL, or nothing.
    Unix(Box<[u8]>),
    /// Another family, with the bytes behind it.
    Other(u16, Box<[u8]>),
}

/// A structure.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    /// The C name.
    pub(crate) name: &'static str,
    /// In the order of the structure; those that were not captured are absent.
    pub(crate) fields: Vec<FieldValue>,
}

/// A field of a structure.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldValue {
    pub(crate) name: &'static str,
    pub(crate) value: Value,
    /// Shown only in verbose text.
    pub(crate) verbose: bool,
}

/// An array.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// What the elements are.
    pub(crate) items: Vec<Value>,
    /// Why it ends there: more followed, or an address could not be read.
    pub(crate) end: ListEnd,
}

/// Why a [`List`] ends where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListEnd {
    /// All elements are there.
    Whole,
    /// More followed than was recorded.
    Truncated,
    /// The kernel refused to read at this address.
    Unreadable(u64),
}
