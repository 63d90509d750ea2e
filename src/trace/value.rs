//! Decoded arguments.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::abi::signature::Family;
use crate::trace::bytes;
use crate::trace::flags;
use crate::trace::raw::Socket;

/// A decoded argument, result or field.
///
/// Its `Display` is strace's notation.
///
/// ```
/// # use expect_syscalls::{expect_syscalls, Value};
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("cat").arg("/etc/passwd"));
/// let open = trace.matching("openat").last().unwrap();
/// assert_eq!(open.arg("path").and_then(Value::as_path).unwrap().to_str(), Some("/etc/passwd"));
/// assert_eq!(open.arg("flags").unwrap().to_string(), "O_RDONLY");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A signed number.
    Int(i64),
    /// An unsigned number.
    Uint(u64),
    /// A word that is shown in hexadecimal: opaque bits, or an argument nobody decodes yet.
    Hex(u64),
    /// An address in the program's memory, NULL included. Also a pointer whose target could not be read, or is not decoded.
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
    /// The address of a host.
    Host(IpAddr),
    /// Messages of netlink(7): their bytes, and what they say. A message is a header, or an array of a header and what follows it.
    Netlink(Buffer, List),
    /// A structure.
    Struct(Structure),
    /// An array.
    Array(List),
    /// A set, of descriptors or processors: those that are in it.
    Set(List),
    /// What it was at entry, and what the kernel made of it.
    Changed(Box<Value>, Box<Value>),
    /// Something at an address that is counted and not shown: the entries of a directory, whose items are structures, and the variables
    /// of an environment, which are recorded with [`Tracer::environment`](crate::Tracer::environment) alone.
    Counted {
        /// Where it is.
        address: u64,
        /// How many there are.
        count: u64,
        /// Of what, such as `entries`.
        what: &'static str,
        /// What they are, where that is recorded.
        list: List,
    },
}

impl Value {
    /// A number: of the integers, descriptors, modes, signals, flags and addresses.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            Value::Uint(value) | Value::Hex(value) | Value::Address(value) | Value::Device(value) => {
                Some(*value as i64)
            }
            Value::Fd(fd) => Some(fd.number.into()),
            Value::Flags(word) | Value::Enumeration(word) => Some(word.value as i64),
            Value::Mode(mode) => Some((*mode).into()),
            Value::Signal(signal) => Some((*signal).into()),
            Value::Changed(_, after) => after.as_int(),
            _ => None,
        }
    }

    /// A file descriptor.
    pub fn as_fd(&self) -> Option<&Descriptor> {
        if let Value::Fd(fd) = self { Some(fd) } else { None }
    }

    /// A path: in absolute normal form where it is known, as written elsewhere. For a descriptor, the file it refers to.
    pub fn as_path(&self) -> Option<Cow<'_, Path>> {
        match self {
            Value::Path(path) => Some(path.absolute().map_or_else(|| path.written(), Cow::Owned)),
            Value::Fd(fd) => fd.path().map(Cow::Borrowed),
            _ => None,
        }
    }

    /// The three forms of a path.
    pub fn as_path_text(&self) -> Option<&PathText> {
        if let Value::Path(path) = self { Some(path) } else { None }
    }

    /// The bytes of a buffer, of a string, or of a path as written.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Bytes(buffer) | Value::Text(buffer) | Value::Netlink(buffer, _) => Some(&buffer.bytes),
            Value::Path(path) => Some(&path.written),
            _ => None,
        }
    }

    /// As [`as_bytes`](Value::as_bytes), where they are UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(self.as_bytes()?).ok()
    }

    /// As [`as_bytes`](Value::as_bytes), as a system string.
    pub fn as_os_str(&self) -> Option<Cow<'_, OsStr>> {
        self.as_bytes().map(bytes::os_str)
    }

    /// The flags, or the enumeration's value, by name.
    pub fn flags(&self) -> Option<&Word> {
        if let Value::Flags(word) | Value::Enumeration(word) = self { Some(word) } else { None }
    }

    /// The field of a structure; of one that the kernel changed, what it became where both have it.
    pub fn field(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Struct(structure) => structure.field(name),
            Value::Changed(before, after) => after.field(name).or_else(|| before.field(name)),
            _ => None,
        }
    }

    /// Whether another thread was changing it, so that the call may have been about something else.
    pub(crate) fn is_raced(&self) -> bool {
        match self {
            Value::Path(path) => path.raced,
            Value::Fd(fd) => fd.raced,
            Value::Socket(address) => matches!(address, SocketAddress::Raced(_)),
            _ => false,
        }
    }

    /// The elements of an array or a set; none for everything else.
    pub fn items(&self) -> &[Value] {
        match self {
            Value::Array(list) | Value::Set(list) | Value::Netlink(_, list) | Value::Counted { list, .. } => {
                &list.items
            }
            Value::Changed(_, after) => after.items(),
            _ => &[],
        }
    }
}

/// A file descriptor.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptor {
    pub(crate) number: i32,
    /// `/proc/TID/fd`'s text, for `AT_FDCWD` the working directory.
    pub(crate) link: Option<Arc<[u8]>>,
    /// How it was made, where it is a socket that a recorded call made.
    pub(crate) socket: Option<Socket>,
    /// Another thread was replacing it: the kernel may have used another file.
    pub(crate) raced: bool,
}

impl Descriptor {
    /// The number, as the program sees it.
    pub fn number(&self) -> i32 {
        self.number
    }

    /// The file it refers to; `None` for what is no file, and where the kernel did not say. A deleted file
    /// keeps its name.
    pub fn path(&self) -> Option<&Path> {
        let link = self.link.as_deref()?;
        let link = link.strip_suffix(b" (deleted)").unwrap_or(link);
        match bytes::path(link.starts_with(b"/").then_some(link)?) {
            Cow::Borrowed(path) => Some(path),
            Cow::Owned(_) => None,
        }
    }

    /// What it refers to, in the kernel's words: a path, `pipe:[4711]`, `socket:[4711]`,
    /// `anon_inode:[eventpoll]`. See proc_pid_fd(5).
    pub fn link(&self) -> Option<Cow<'_, str>> {
        self.link.as_deref().map(String::from_utf8_lossy)
    }

    /// Whether it referred to something else when the call was over, since another thread has closed or replaced it: the call may have
    /// been about either.
    pub fn is_raced(&self) -> bool {
        self.raced
    }

    /// Whether it is a socket.
    pub fn is_socket(&self) -> bool {
        self.link.as_deref().is_some_and(|link| link.starts_with(b"socket:"))
    }

    /// The protocol of a socket that the recorded program has made: `TCP`, `UDPv6`, `UNIX-STREAM`, `NETLINK` and so on. See
    /// socket(2).
    ///
    /// ```
    /// # use expect_syscalls::{expect_syscalls, Value};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("bash").args(["-c", "exec 3<>/dev/tcp/127.0.0.1/1"]));
    /// let connect = trace.matching("connect").last().unwrap();
    /// assert_eq!(connect.arg("sockfd").and_then(Value::as_fd).unwrap().protocol(), Some("TCP"));
    /// ```
    pub fn protocol(&self) -> Option<&'static str> {
        /// By domain and type, and what an internet socket is asked to speak.
        const PROTOCOLS: [(u32, u32, u32, &str); 13] = [
            (1, 1, 0, "UNIX-STREAM"),
            (1, 2, 0, "UNIX-DGRAM"),
            (1, 5, 0, "UNIX-SEQPACKET"),
            (2, 1, 0, "TCP"),
            (2, 1, 6, "TCP"),
            (2, 2, 0, "UDP"),
            (2, 2, 17, "UDP"),
            (10, 1, 0, "TCPv6"),
            (10, 1, 6, "TCPv6"),
            (10, 2, 0, "UDPv6"),
            (10, 2, 17, "UDPv6"),
            (2, 2, 1, "PING"),
            (10, 2, 58, "PINGv6"),
        ];
        let socket = self.socket?;
        let ty = socket.ty & 0xf;
        let known = PROTOCOLS.iter().find(|it| (it.0, it.1, it.2) == (socket.domain, ty, socket.protocol));
        match (socket.domain, ty) {
            (16, _) => Some("NETLINK"),
            (17, _) => Some("PACKET"),
            (2, 3) => Some("RAW"),
            (10, 3) => Some("RAWv6"),
            _ => known.map(|known| known.3),
        }
    }

    /// Whether it is a pipe.
    pub fn is_pipe(&self) -> bool {
        self.link.as_deref().is_some_and(|link| link.starts_with(b"pipe:"))
    }
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
    /// The task's root directory, where it is not ours. See chroot(2).
    pub(crate) root: Option<Arc<[u8]>>,
    /// Another thread was changing the text: the kernel may have read another one.
    pub(crate) raced: bool,
    /// Whether the tracer looked itself where the path leads.
    pub(crate) walked: Walked,
    /// The file the kernel named for the descriptor that the call returned, or for the tracer when it looked.
    pub(crate) resolved: Option<Arc<[u8]>>,
}

/// What the tracer knows of a path for which a call returned no descriptor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Walked {
    /// It did not ask, or the text says it all.
    #[default]
    Not,
    /// The path led through a link or `..`: `resolved` says where to.
    Done,
    /// As `Done`, of a program that was executed: it goes by the name that it was given, which tells it what to do.
    Beside,
    /// It may have led elsewhere than the text says, and nobody knows where to.
    Lost,
}

impl PathText {
    /// As the program wrote it.
    pub fn written(&self) -> Cow<'_, Path> {
        bytes::path(&self.written)
    }

    /// Joined to the working directory or the directory's descriptor, with `.`, `..` and `//` folded by text. `None`
    /// for a relative path whose start is not known. After chroot(2) it is as the test sees it: the new root is in front.
    pub fn absolute(&self) -> Option<PathBuf> {
        self.absolute_bytes().map(|path| bytes::path(&path).into_owned())
    }

    /// The file that the kernel opened, links resolved. For a call that returns no descriptor, where the path led when the call was over, as far as the call
    /// itself follows links: `None` where that is what [`absolute`](PathText::absolute) says, and where it could not be found out.
    pub fn resolved(&self) -> Option<Cow<'_, Path>> {
        self.resolved.as_deref().map(bytes::path)
    }

    /// Whether another thread was seen to change the text in the program's memory while calls were made with it, or the directory that it
    /// starts from, so that the kernel may have read another one. Never for a path of which the kernel has named the file that it opened.
    pub fn is_raced(&self) -> bool {
        self.raced
    }

    /// The path of a file that goes by this name. Of a descriptor the name is all there is.
    pub(crate) fn led_to(&self, name: &[u8]) -> PathText {
        let is_link = self.resolved.as_deref() == Some(&self.written);
        let written = if is_link { name.into() } else { self.written.clone() };
        PathText { written, resolved: Some(name.into()), ..self.clone() }
    }

    pub(crate) fn absolute_bytes(&self) -> Option<Vec<u8>> {
        if self.truncated {
            return None;
        }
        let absolute = bytes::absolute(self.base.as_deref(), &self.written)?;
        match &self.root {
            Some(root) if self.written.starts_with(b"/") => {
                let relative = &absolute[1..];
                bytes::absolute(Some(root), relative)
            }
            _ => Some(absolute),
        }
    }
}

/// Bytes, perhaps not all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Buffer {
    /// Those that were kept.
    pub(crate) bytes: Box<[u8]>,
    /// How many there were; `None` for a string cut before its end.
    pub(crate) total: Option<u64>,
}

impl Buffer {
    /// Those that were recorded.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many there were; `None` for a string that was cut before its end.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Whether there were more than were recorded.
    pub fn is_truncated(&self) -> bool {
        self.total != Some(self.bytes.len() as u64)
    }
}

/// A word of a flag set or an enumeration.
#[derive(Clone, Copy)]
pub struct Word {
    pub(crate) family: &'static Family,
    pub(crate) value: u64,
}

impl Word {
    /// The bits.
    pub fn bits(&self) -> u64 {
        self.value
    }

    /// Whether the flag `name` is set, all its bits. A field inside the word, such as the access mode of `open`, is
    /// compared as a field. False for a name that is none of this word's.
    pub fn has(&self, name: &str) -> bool {
        let member = self.family.members.iter().find(|member| member.name == name);
        member.is_some_and(|member| flags::has(self.family, self.value, member))
    }

    /// The names of what is set, as in strace's text. Bits without a name are not among them.
    pub fn names(&self) -> Vec<&'static str> {
        flags::split(self.family, self.value).0.into_iter().map(|member| member.name).collect()
    }

    /// The name of an enumeration's value.
    pub fn name(&self) -> Option<&'static str> {
        self.names().first().copied()
    }
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
    Inet(SocketAddr),
    /// `AF_UNIX`: a path, an abstract name with its leading NUL, or nothing.
    Unix(Box<[u8]>),
    /// `AF_NETLINK`. See netlink(7).
    Netlink {
        /// What stands in the padding: nothing, but where the program left it as it was.
        pad: u16,
        /// Whose; 0 is the kernel's.
        pid: u32,
        /// The multicast groups, a bit for each.
        groups: u32,
    },
    /// Another family, with the bytes behind it.
    Other(u16, Box<[u8]>),
    /// What it was at the entry of the call. Another thread was changing it: the kernel may have read another one.
    Raced(Box<SocketAddress>),
}

/// A structure.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    /// The C name.
    pub(crate) name: &'static str,
    /// In the order of the structure; those that were not captured are absent.
    pub(crate) fields: Vec<FieldValue>,
}

impl Structure {
    /// The C name, such as `stat`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The fields, in their order.
    pub fn fields(&self) -> &[FieldValue] {
        &self.fields
    }

    /// The field called `name`.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|field| field.name == name).map(|field| &field.value)
    }
}

/// A field of a structure.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldValue {
    pub(crate) name: &'static str,
    pub(crate) value: Value,
    /// Shown only in verbose text.
    pub(crate) verbose: bool,
}

impl FieldValue {
    /// The C name, such as `st_size`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its value.
    pub fn value(&self) -> &Value {
        &self.value
    }
}

/// An array.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// What the elements are.
    pub(crate) items: Vec<Value>,
    /// Why it ends there: more followed, or an address could not be read.
    pub(crate) end: ListEnd,
}

impl List {
    /// The elements that were recorded.
    pub fn items(&self) -> &[Value] {
        &self.items
    }

    /// Whether all elements were recorded.
    pub fn is_whole(&self) -> bool {
        self.end == ListEnd::Whole
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::constants::files::O;

    fn fd(link: Option<&str>) -> Descriptor {
        Descriptor { number: 3, link: link.map(|link| link.as_bytes().into()), socket: None, raced: false }
    }

    #[test]
    fn a_descriptor_has_a_path_when_it_is_a_file() {
        let path = |link| fd(link).path().and_then(|path| path.to_str().map(str::to_owned));
        assert_eq!(path(Some("/etc/passwd")).as_deref(), Some("/etc/passwd"));
        assert_eq!(path(Some("/tmp/x (deleted)")).as_deref(), Some("/tmp/x"));
        assert_eq!(
            (path(Some("pipe:[1]")), path(Some("anon_inode:[eventpoll]")), path(None)),
            (None, None, None)
        );
        assert!(fd(Some("socket:[1]")).is_socket() && !fd(Some("socket:[1]")).is_pipe());
        assert!(fd(Some("pipe:[1]")).is_pipe() && !fd(Some("/pipe:[1]")).is_pipe());
    }

    #[test]
    fn values_give_what_they_are_and_nothing_else() {
        let path = |written: &str, base: Option<&str>| {
            let base = base.map(|base| base.as_bytes().into());
            Value::Path(PathText {
                written: written.as_bytes().into(),
                truncated: false,
                base,
                root: None,
                raced: false,
                walked: crate::trace::value::Walked::Not,
                resolved: None,
            })
        };
        assert_eq!(path("a", Some("/tmp")).as_path().as_deref(), Some(Path::new("/tmp/a")));
        assert_eq!(path("a", None).as_path().as_deref(), Some(Path::new("a")));
        assert_eq!(path("a", None).as_str(), Some("a"));
        assert_eq!((path("1", None).as_int(), path("1", None).as_fd()), (None, None));
        assert_eq!(Value::Fd(fd(Some("/x"))).as_path().as_deref(), Some(Path::new("/x")));
        assert_eq!((Value::Int(-1).as_int(), Value::Address(7).as_int()), (Some(-1), Some(7)));
        assert_eq!(
            (Value::Int(1).as_path(), Value::Int(1).as_bytes(), Value::Int(1).flags()),
            (None, None, None)
        );
        assert!(Value::Int(1).items().is_empty() && Value::Int(1).field("x").is_none());
    }

    #[test]
    fn a_changed_value_is_what_it_became() {
        let list = |value| Value::Array(List { items: vec![Value::Uint(value)], end: ListEnd::Whole });
        let changed = Value::Changed(Box::new(list(4)), Box::new(list(16)));
        assert_eq!(changed.items(), [Value::Uint(16)]);
        assert_eq!(changed.to_string(), "[4 => 16]");
    }

    #[test]
    fn a_word_has_flags_by_name() {
        let word = Word { family: &O, value: 0x8_0241 };
        assert_eq!(word.names(), ["O_WRONLY", "O_CREAT", "O_TRUNC", "O_CLOEXEC"]);
        assert!(word.has("O_CREAT") && word.has("O_WRONLY"));
        assert!(!word.has("O_RDONLY") && !word.has("O_EXCL") && !word.has("O_CRAET"));
    }
}
