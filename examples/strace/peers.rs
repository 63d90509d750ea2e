//! What `-yy` says of descriptors: the addresses of sockets, as far as calls have told them, and the numbers of devices.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use expect_syscalls::{Call, Descriptor, Outcome, SocketAddress, Value};

/// Of each socket, by the text of its link; shared with the format of the lines.
#[derive(Clone, Default)]
pub(crate) struct Peers(Arc<Mutex<HashMap<String, Socket>>>);

#[derive(Clone, Default)]
struct Socket {
    own: Option<SocketAddress>,
    peer: Option<SocketAddress>,
    /// The other one of a pair.
    twin: Option<String>,
    /// What a netlink socket speaks.
    netlink: Option<String>,
}

impl Peers {
    /// What stands behind the number of a descriptor, where it is more than the link and the protocol.
    pub(crate) fn text(&self, fd: &Descriptor) -> Option<String> {
        if fd.is_socket() {
            let socket = self.sockets().get(&*fd.link()?).cloned()?;
            return Some(format!("{}:[{}]", fd.protocol()?, socket.text(fd)?));
        }
        device(fd)
    }

    /// Learns from a call that has succeeded.
    pub(crate) fn learn(&self, call: &Call) {
        let Outcome::Returned(result) = call.outcome() else { return };
        match call.name() {
            "socket" => self.speaks(call, result),
            "socketpair" => self.pair(call),
            "accept" | "accept4" => self.accepted(call, result),
            "connect" => self.update(call, |socket, address| socket.peer = Some(address)),
            "getpeername" => self.update(call, |socket, address| socket.peer = Some(address)),
            "bind" | "getsockname" => self.update(call, |socket, address| {
                socket.own = Some(address).filter(is_chosen).or(socket.own.take());
            }),
            _ => {}
        }
    }

    fn speaks(&self, call: &Call, made: &Value) {
        let protocol = call.arg("protocol").map(Value::to_string).unwrap_or_default();
        if let (Some(made), Some(protocol)) = (link(made), protocol.strip_prefix("NETLINK_")) {
            self.sockets().entry(made).or_default().netlink = Some(protocol.to_owned());
        }
    }

    fn pair(&self, call: &Call) {
        let both: Vec<String> =
            call.arg("sv").map(Value::items).unwrap_or_default().iter().filter_map(link).collect();
        if let [one, other] = &both[..] {
            self.sockets().entry(one.clone()).or_default().twin = Some(other.clone());
            self.sockets().entry(other.clone()).or_default().twin = Some(one.clone());
        }
    }

    /// The new socket has the address of the one that listens, unless that listens to all.
    fn accepted(&self, call: &Call, made: &Value) {
        let (Some(listens), Some(made)) = (call.arg("sockfd").and_then(link), link(made)) else { return };
        let mut sockets = self.sockets();
        let own = sockets.get(&listens).and_then(|socket| socket.own.clone());
        sockets.insert(made, Socket { own, peer: call.arg("addr").and_then(address), ..Socket::default() });
    }

    fn update(&self, call: &Call, set: impl Fn(&mut Socket, SocketAddress)) {
        let socket = call.arg("sockfd").and_then(link);
        if let (Some(socket), Some(address)) = (socket, call.arg("addr").and_then(address)) {
            set(self.sockets().entry(socket).or_default(), address);
        }
    }

    fn sockets(&self) -> MutexGuard<'_, HashMap<String, Socket>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Socket {
    fn text(&self, fd: &Descriptor) -> Option<String> {
        let link = fd.link()?;
        let number = |link: &str| link.trim_start_matches("socket:[").trim_end_matches(']').to_owned();
        match (&self.own, &self.peer) {
            (Some(SocketAddress::Inet(own)), Some(SocketAddress::Inet(peer)))
                if !fd.protocol()?.starts_with("UDP") =>
            {
                Some(format!("{own}->{peer}"))
            }
            (Some(SocketAddress::Inet(own)), _) => Some(own.to_string()),
            (Some(SocketAddress::Netlink { pid, .. }), _) => {
                Some(format!("{}:{pid}", self.netlink.as_ref()?))
            }
            (Some(SocketAddress::Unix(name)), _) if !name.is_empty() => {
                let name = String::from_utf8_lossy(name);
                Some(match name.strip_prefix('\0') {
                    Some(name) => format!("{},@{name:?}", number(&link)),
                    None => format!("{},{name:?}", number(&link)),
                })
            }
            _ => Some(format!("{}->{}", number(&link), number(self.twin.as_ref()?))),
        }
    }
}

/// Not what the kernel was asked to choose.
fn is_chosen(address: &SocketAddress) -> bool {
    match address {
        SocketAddress::Inet(inet) => inet.port() != 0 && !inet.ip().is_unspecified(),
        SocketAddress::Netlink { pid, .. } => *pid != 0,
        _ => true,
    }
}

fn link(value: &Value) -> Option<String> {
    value.as_fd().and_then(Descriptor::link).map(|link| link.into_owned())
}

fn address(value: &Value) -> Option<SocketAddress> {
    match value {
        Value::Socket(address) => Some(address.clone()),
        Value::Changed(_, after) => address(after),
        _ => None,
    }
}

fn device(fd: &Descriptor) -> Option<String> {
    let path = fd.path().filter(|path| path.starts_with("/dev"))?;
    let status = fs::metadata(path).ok()?;
    let kind = match status.file_type() {
        it if it.is_char_device() => "char",
        it if it.is_block_device() => "block",
        _ => return None,
    };
    let number = status.rdev();
    let major = number >> 8 & 0xfff | number >> 32 & !0xfff;
    let minor = number & 0xff | number >> 12 & 0xffff_ff00;
    Some(format!("{}<{kind} {major}:{minor}>", fd.link()?))
}
