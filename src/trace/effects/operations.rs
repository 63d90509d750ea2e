//! Canonical operations: what a call does, whatever its name is. `open`, `openat`, `openat2` and `creat` come to the same.
//!
//! Most calls are rows of a table: see [`rows`](crate::trace::effects::rows). Opening, signals and
//! sockets, where flags or earlier calls decide, are functions below it.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::trace::call::{Call, Outcome};
use crate::trace::effects::arguments::*;
use crate::trace::effects::place::{self, is_regular};
use crate::trace::effects::rows::{At, row};
use crate::trace::value::{Descriptor, PathText, SocketAddress, Value, Walked};

/// What a call does to something outside the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Operation {
    Accept,
    Attributes,
    Connect,
    Create,
    Exec,
    Kill,
    Link,
    List,
    Listen,
    Mkdir,
    Mount,
    Node,
    Read,
    Remove,
    Rename,
    Resize,
    Send,
    Symlink,
    Unmount,
    Write,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Operation::Accept => "accept",
            Operation::Attributes => "attributes",
            Operation::Connect => "connect",
            Operation::Create => "create",
            Operation::Exec => "exec",
            Operation::Kill => "kill",
            Operation::Link => "link",
            Operation::List => "list",
            Operation::Listen => "listen",
            Operation::Mkdir => "mkdir",
            Operation::Mount => "mount",
            Operation::Node => "node",
            Operation::Read => "read",
            Operation::Remove => "remove",
            Operation::Rename => "rename",
            Operation::Resize => "resize",
            Operation::Send => "send",
            Operation::Symlink => "symlink",
            Operation::Unmount => "unmount",
            Operation::Write => "write",
        })
    }
}

/// An operation that a call stands for, done or attempted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Deed {
    /// The index of the call among those that were looked at.
    pub(crate) call: usize,
    pub(crate) operation: Operation,
    pub(crate) object: Object,
}

/// What an operation is done to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Object {
    File(PathText),
    /// From the first to the second: the old name and the new one, the target and the link.
    Pair(PathText, PathText),
    /// Two names that change places.
    Exchange(PathText, PathText),
    /// The other end of a connection, or the address that is listened at; `None` where no call named it.
    Peer(Option<SocketAddress>),
    /// A path that could not be read, or that another thread was changing.
    Unreadable,
    /// Who a signal is for, as the program gave it, and the signal. `None` for a process known by a descriptor.
    Signal(Option<i64>, i32),
}

use At::{Any, File, Pair, Path, Target};
use Operation::{Attributes, List, Read, Resize, Write};

/// The operations that the calls stand for, in the order of the calls. A call that stands for none, such as `stat`, gives none.
pub(crate) fn deeds(calls: &[&Call]) -> Vec<Deed> {
    let mut deriving = Deriving { directories: directories(calls), ..Deriving::default() };
    for (index, call) in calls.iter().enumerate() {
        deriving.call = index;
        deriving.look_at(call);
    }
    deriving.deeds
}

/// Whether a call of this name stands for an operation: perhaps only with certain flags.
pub(crate) fn is_operation(name: &str) -> bool {
    row(name).is_some() || IRREGULAR.contains(&name)
}

/// The calls that [`Deriving::look_at`] has a function for, but for those that seldom stand for anything: mmap and ioctl.
const IRREGULAR: &[&str] = &[
    "open",
    "openat",
    "openat2",
    "creat",
    "open_by_handle_at",
    "bind",
    "listen",
    "connect",
    "accept",
    "accept4",
    "sendto",
    "sendmsg",
    "sendmmsg",
];

/// What must be remembered from call to call.
#[derive(Default)]
struct Deriving {
    deeds: Vec<Deed>,
    call: usize,
    /// Where sockets were bound, by what their descriptors refer to.
    bound: HashMap<Vec<u8>, SocketAddress>,
    directories: HashSet<Vec<u8>>,
}

impl Deriving {
    fn look_at(&mut self, call: &Call) {
        match call.name() {
            "open" | "openat" | "openat2" | "creat" | "open_by_handle_at" => self.open(call),
            "bind" => self.bind(call),
            "listen" => {
                let local = self.bound_address(call, "sockfd");
                self.push(Operation::Listen, Object::Peer(local));
            }
            "connect" => self.reach(Operation::Connect, call, "addr"),
            "accept" | "accept4" => {
                let peer = call.arg("addr").and_then(address).cloned();
                // Who comes to an address of the machine's own alone is as near as that.
                let near = || self.bound_address(call, "sockfd").filter(is_own);
                self.push(Operation::Accept, Object::Peer(peer.or_else(near)));
            }
            "sendto" => self.reach(Operation::Send, call, "dest_addr"),
            "sendmsg" => self.reach(Operation::Send, call, "msg"),
            "sendmmsg" => self.reach(Operation::Send, call, "msgvec"),
            // What is tried depends on the file system.
            "mmap" | "ioctl" if matches!(call.outcome(), Outcome::Failed(_)) => {}
            "mmap" => self.map(call),
            "ioctl" => self.control(call),
            name => {
                for (operation, at) in row(name).unwrap_or_default() {
                    if let Some(object) = object(call, *at) {
                        self.push(*operation, object);
                    }
                }
            }
        }
    }

    fn push(&mut self, operation: Operation, object: Object) {
        self.deeds.push(Deed { call: self.call, operation, object });
    }

    /// What opening does is what the flags ask for. See open(2). A directory is only read once it is listed.
    fn open(&mut self, call: &Call) {
        let Some(flags) = open_flags(call) else {
            // How it was opened could not be read.
            let all = [Read, Write, Operation::Create];
            return all.into_iter().for_each(|operation| self.push(operation, Object::Unreadable));
        };
        let object = match opened(call) {
            _ if flags & O_PATH != 0 => return,
            Some(file) => Object::File(file),
            None if is_unreadable(call, "path") => Object::Unreadable,
            None => return,
        };
        let failed = matches!(call.outcome(), Outcome::Failed(_));
        let tmpfile = flags & O_TMPFILE == O_TMPFILE;
        let directory = flags & O_DIRECTORY != 0 && !tmpfile || !failed && self.is_directory(&object);
        let mut operations = Vec::new();
        match flags & O_ACCMODE {
            O_RDONLY if !directory => operations.push(Read),
            O_RDONLY if failed => operations.push(List),
            O_WRONLY => operations.push(Write),
            O_RDWR => operations.extend([Read, Write]),
            _ => {}
        }
        if flags & O_CREAT != 0 || tmpfile {
            operations.push(Operation::Create);
        }
        if flags & O_TRUNC != 0 && flags & (O_CREAT | O_EXCL) != O_CREAT | O_EXCL {
            operations.push(Resize);
        }
        for operation in operations {
            self.push(operation, object.clone());
        }
    }

    fn is_directory(&self, object: &Object) -> bool {
        matches!(object, Object::File(file) if self.directories.contains(place::shown(file).as_ref()))
    }

    /// A mapped file is read, or written, without a further call: also one that the program has inherited. See mmap(2).
    fn map(&mut self, call: &Call) {
        const PROT_READ: u64 = 1;
        const PROT_WRITE: u64 = 2;
        /// `MAP_SHARED`, and a bit of `MAP_SHARED_VALIDATE`.
        const MAP_SHARED: u64 = 1;
        let word = |argument| match call.arg(argument) {
            Some(Value::Flags(word)) => word.value,
            _ => 0,
        };
        let Some(file) = object(call, File("fd")) else { return };
        if word("prot") & PROT_READ != 0 {
            self.push(Read, file.clone());
        }
        if word("prot") & PROT_WRITE != 0 && word("flags") & MAP_SHARED != 0 {
            self.push(Write, file);
        }
    }

    /// The requests by which files are changed, whatever they were opened for. See ioctl_iflags(2), ioctl_ficlonerange(2).
    fn control(&mut self, call: &Call) {
        /// What fallocate(2) does too, on every file system: `FS_IOC_RESVSP`, `FS_IOC_UNRESVSP`, both for 64 bits, and
        /// `FS_IOC_ZERO_RANGE`. See linux/falloc.h of the kernel.
        const ALLOCATE: [u32; 5] = [0x4030_5828, 0x4030_5829, 0x4030_582a, 0x4030_582b, 0x4030_5839];
        let request = call.arg("request").and_then(Value::flags);
        let is = |names: &[&str]| request.is_some_and(|request| names.iter().any(|name| request.has(name)));
        let (operation, at) = if is(&["FS_IOC_SETFLAGS", "FS_IOC_FSSETXATTR", "FS_IOC_SETVERSION"]) {
            (Attributes, Any("fd"))
        } else if is(&["FICLONE", "FICLONERANGE"]) {
            (Write, File("fd"))
        } else if request.is_some_and(|request| ALLOCATE.contains(&(request.value as u32))) {
            (Resize, File("fd"))
        } else {
            return;
        };
        if let Some(object) = object(call, at) {
            self.push(operation, object);
        }
    }

    /// Binding makes a file where the address is one, and gives the socket the address it will listen at.
    fn bind(&mut self, call: &Call) {
        if is_unreadable(call, "addr") {
            return self.push(Operation::Create, Object::Unreadable);
        }
        let Some(bound) = call.arg("addr").and_then(address) else { return };
        match bound {
            SocketAddress::Unix(path) if path.first().is_some_and(|first| *first != 0) => {
                let looked = call.raw().noted.places.first();
                let file = PathText {
                    written: path.clone(),
                    truncated: false,
                    base: None,
                    root: call.root().cloned(),
                    raced: false,
                    walked: if looked.is_some_and(|note| note.place.is_none()) {
                        Walked::Lost
                    } else {
                        Walked::Not
                    },
                    resolved: looked.and_then(|note| note.place.clone()),
                };
                self.push(Operation::Create, Object::File(file));
            }
            _ => {}
        }
        if let Some(link) = link(call, "sockfd").filter(|_| call.succeeded()) {
            self.bound.insert(link.to_vec(), from_our_root(bound, call));
        }
    }

    /// A disconnect, `AF_UNSPEC`, reaches nobody, and neither does a send without an address. A datagram to that family goes to the
    /// IPv4 address behind it: see `udp_sendmsg` in net/ipv4/udp.c of the kernel.
    fn reach(&mut self, operation: Operation, call: &Call, argument: &str) {
        const AF_UNSPEC: u16 = 0;
        const EFAULT: i32 = 14;
        let mut addresses = Addresses::default();
        call.arg(argument).into_iter().for_each(|value| addresses.collect(value));
        for peer in addresses.known {
            match peer {
                SocketAddress::Other(AF_UNSPEC, rest)
                    if operation == Operation::Connect || rest.is_empty() => {}
                peer => self.push(operation, Object::Peer(Some(from_our_root(peer, call)))),
            }
        }
        // What the kernel could not read either reached nobody.
        if addresses.has_unread && call.raw().errno() != Some(EFAULT) {
            self.push(operation, Object::Unreadable);
        }
    }

    fn bound_address(&self, call: &Call, argument: &str) -> Option<SocketAddress> {
        self.bound.get(link(call, argument)?).cloned()
    }
}

fn object(call: &Call, at: At) -> Option<Object> {
    match at {
        Path(argument) => {
            let file = path(call, argument, "dirfd").map(Object::File);
            file.or_else(|| is_unreadable(call, argument).then_some(Object::Unreadable))
        }
        // There may be nothing to mount, as when a mount is changed. See mount(2).
        Pair("source", target) if path(call, "source", "").is_none() => {
            path(call, target, "").map(Object::File)
        }
        Pair(from, to) if is_unreadable(call, from) || is_unreadable(call, to) => Some(Object::Unreadable),
        Pair(from, to) => {
            let (from, to) = (path(call, from, from_dirfd(from))?, path(call, to, "newdirfd")?);
            Some(if exchanges(call) { Object::Exchange(from, to) } else { Object::Pair(from, to) })
        }
        File(argument) | Any(argument) if is_unknown(descriptor(call, argument)?) => {
            (descriptor(call, argument)?.number >= 0).then_some(Object::Unreadable)
        }
        File(argument) => {
            descriptor(call, argument).filter(|fd| is_regular(fd)).and_then(file_of).map(Object::File)
        }
        Any(argument) => descriptor(call, argument).and_then(file_of).map(Object::File),
        Target(argument) => {
            let signal = match call.arg("sig")? {
                Value::Signal(signal) => *signal,
                _ => return None,
            };
            // Signal 0 is no signal but a question. See kill(2).
            (signal != 0).then(|| Object::Signal(call.arg(argument).and_then(number), signal))
        }
    }
}

fn is_unknown(fd: &Descriptor) -> bool {
    fd.link.is_none() || fd.raced
}

/// Whether only this machine can come to the address.
fn is_own(address: &SocketAddress) -> bool {
    match address {
        SocketAddress::Inet(address) => address.ip().to_canonical().is_loopback(),
        address => matches!(address, SocketAddress::Unix(_)),
    }
}

fn from_dirfd(argument: &str) -> &'static str {
    if argument == "from_path" { "from_dirfd" } else { "olddirfd" }
}

fn exchanges(call: &Call) -> bool {
    const RENAME_EXCHANGE: u64 = 2;
    call.name() == "renameat2"
        && matches!(call.arg("flags"), Some(Value::Flags(word)) if word.value & RENAME_EXCHANGE != 0)
}

/// The paths that are known to be directories: they were listed, made, started from, or hold a file that was reached.
fn directories(calls: &[&Call]) -> HashSet<Vec<u8>> {
    let mut directories = HashSet::new();
    for call in calls.iter().filter(|call| call.succeeded()) {
        if matches!(call.name(), "getdents" | "getdents64" | "fchdir") {
            directories.extend(link(call, "fd").map(<[u8]>::to_vec));
        }
        for arg in call.args() {
            let Value::Path(path) = arg.value() else { continue };
            // An empty path starts nowhere: it means the descriptor's own file. See AT_EMPTY_PATH in openat(2).
            let starts = !path.written.is_empty() && !path.written.starts_with(b"/");
            directories.extend(path.base.as_deref().filter(|_| starts).map(<[u8]>::to_vec));
            let file = place::shown(path).into_owned();
            let parent = file.iter().rposition(|&byte| byte == b'/').map(|slash| file[..slash].to_vec());
            directories.extend(parent);
            if matches!(call.name(), "mkdir" | "mkdirat" | "chdir" | "rmdir") {
                directories.insert(file);
            }
        }
    }
    directories
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::build::call;

    #[test]
    fn space_is_given_to_a_file_by_requests_too() {
        let asked = |request| {
            let ioctl = call("ioctl").fd("fd", 3, "/x").register_at(1, request);
            deeds(&[&ioctl.returned(0).made()]).into_iter().map(|deed| deed.operation).collect::<Vec<_>>()
        };
        assert_eq!(asked(0x4030_5828), [Resize]);
        assert_eq!(asked(1 << 40 | 0x4030_5839), [Resize]);
        assert_eq!(asked(0x4030_5830), []);
    }

    #[test]
    fn what_maps_no_file_is_no_deed() {
        let mapped = |fd| call("mmap").arg("prot", 3).arg("fd", fd).returned(0x7f00).made();
        assert!(deeds(&[&mapped(-1)]).is_empty());
        assert_eq!(deeds(&[&mapped(3)])[0].object, Object::Unreadable);
    }
}
