//! Socket addresses, messages, control messages.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use crate::abi::constants::network::{MSG, SCM, SOL};
use crate::abi::signature::Dir;
use crate::trace::decode::{Decoder, integer_at};
use crate::trace::raw::{CaptureEnd, Phase};
use crate::trace::value::{Buffer, FieldValue, List, ListEnd, SocketAddress, Structure, Value, Word};

const AF_UNIX: u16 = 1;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;
const AF_NETLINK: u16 = 16;
const SOL_SOCKET: u64 = 1;
const SCM_RIGHTS: u64 = 1;
const SCM_CREDENTIALS: u64 = 2;

impl Decoder<'_> {
    /// An address that is an argument.
    pub(super) fn address(&self, dir: Dir, address: u64) -> Option<Value> {
        match dir {
            Dir::In => self.socket_address(Phase::Entry, address),
            dir => self.both(dir, address, |phase| self.socket_address(phase, address)),
        }
    }

    pub(super) fn socket_address(&self, phase: Phase, address: u64) -> Option<Value> {
        let capture = self.capture(phase, address)?;
        let refused = matches!(capture.end, CaptureEnd::Unreadable(_));
        let there = socket_address(&capture.bytes).filter(|_| !refused)?;
        let raced = phase == Phase::Entry && self.is_changed(address);
        Some(Value::Socket(if raced { SocketAddress::Raced(Box::new(there)) } else { there }))
    }

    /// `struct msghdr`, and behind it, for recvmmsg(2), how many bytes were received. See recvmsg(2).
    pub(super) fn message(&self, bytes: &[u8], phase: Phase) -> Option<Structure> {
        const RECEIVED: usize = 56;
        let word = |at| integer_at(bytes, at, 8);
        let (receives, several) = (self.row.name.starts_with("recv"), self.row.name == "recvmmsg");
        let received = match phase {
            Phase::Exit if several => integer_at(bytes, RECEIVED, 4)?,
            Phase::Exit if receives => self.raw.result().unwrap_or(0) as u64,
            _ => u64::MAX,
        };
        if receives && phase == Phase::Entry {
            // Nothing is there yet but the room for an address.
            let room = field("msg_namelen", Value::Int((integer_at(bytes, 8, 4)? as i32).into()));
            return Some(Structure { name: "msghdr", fields: vec![room] });
        }
        let dir = if receives { Dir::Out } else { Dir::In };
        let read = if receives { phase } else { Phase::Entry };
        let (name, name_len, vectors, count) =
            (word(0)?, integer_at(bytes, 8, 4)? as i32, word(16)?, word(24)?);
        let (control, control_len) = (word(32)?, word(40)?);
        let shown_name = if name_len == 0 { None } else { self.socket_address(read, name) };
        let shown_vectors = self.buffers(dir, count, vectors, received);
        let mut fields = vec![
            field("msg_name", shown_name.unwrap_or(Value::Address(name))),
            field("msg_namelen", Value::Int(name_len.into())),
            field("msg_iov", shown_vectors.unwrap_or(Value::Address(vectors))),
            field("msg_iovlen", Value::Uint(count)),
        ];
        if control_len > 0 {
            let messages = self.control(read, control, control_len);
            fields.push(field("msg_control", messages.unwrap_or(Value::Address(control))));
        }
        fields.push(field("msg_controllen", Value::Uint(control_len)));
        let flags = Value::Flags(Word { family: &MSG, value: integer_at(bytes, 48, 4)? });
        fields.push(field("msg_flags", flags));
        Some(Structure { name: "msghdr", fields })
    }

    /// Control messages, each padded to eight bytes. See cmsg(3).
    fn control(&self, phase: Phase, address: u64, total: u64) -> Option<Value> {
        const HEADER: usize = 16;
        let mut bytes: &[u8] = &self.capture(phase, address)?.bytes;
        let mut left = total as usize;
        let mut items = Vec::new();
        while let Some(len) = integer_at(bytes, 0, 8) {
            let len = len as usize;
            let Some(message) = bytes.get(..len).filter(|message| message.len() >= HEADER) else { break };
            items.push(self.control_message(message, phase)?);
            let padded = len.next_multiple_of(8);
            left = left.saturating_sub(padded);
            bytes = bytes.get(padded..).unwrap_or_default();
        }
        let end = if left == 0 { ListEnd::Whole } else { ListEnd::Truncated };
        (!items.is_empty()).then_some(Value::Array(List { items, end }))
    }

    fn control_message(&self, bytes: &[u8], phase: Phase) -> Option<Value> {
        const HEADER: usize = 16;
        let (level, ty) = (integer_at(bytes, 8, 4)?, integer_at(bytes, 12, 4)?);
        let data = &bytes[HEADER..];
        let int = |at| Some(Value::Int((integer_at(data, at, 4)? as i32).into()));
        let data = match (level, ty) {
            (SOL_SOCKET, SCM_RIGHTS) => {
                let fds = data.chunks_exact(4).filter_map(|fd| integer_at(fd, 0, 4));
                let fd = |fd| Value::Fd(self.descriptor(fd as i32, phase));
                Value::Array(List { items: fds.map(fd).collect(), end: ListEnd::Whole })
            }
            (SOL_SOCKET, SCM_CREDENTIALS) if data.len() >= 12 => {
                let fields = vec![field("pid", int(0)?), field("uid", int(4)?), field("gid", int(8)?)];
                Value::Struct(Structure { name: "ucred", fields })
            }
            _ => Value::Bytes(Buffer { bytes: data.into(), total: Some(data.len() as u64) }),
        };
        let ty = match level {
            SOL_SOCKET => Value::Enumeration(Word { family: &SCM, value: ty }),
            _ => Value::Hex(ty),
        };
        let fields = vec![
            field("cmsg_len", Value::Uint(bytes.len() as u64)),
            field("cmsg_level", Value::Enumeration(Word { family: &SOL, value: level })),
            field("cmsg_type", ty),
            field("cmsg_data", data),
        ];
        Some(Value::Struct(Structure { name: "cmsghdr", fields }))
    }
}

fn field(name: &'static str, value: Value) -> FieldValue {
    FieldValue { name, value, verbose: false }
}

/// An address too short for its family is shown as the bytes that there are.
fn socket_address(bytes: &[u8]) -> Option<SocketAddress> {
    let family = integer_at(bytes, 0, 2)? as u16;
    let address = match family {
        AF_UNIX => Some(SocketAddress::Unix(unix_name(&bytes[2..]).into())),
        AF_INET => inet(bytes).map(|it| SocketAddress::Inet(SocketAddr::V4(it))),
        AF_INET6 => inet6(bytes).map(|it| SocketAddress::Inet(SocketAddr::V6(it))),
        AF_NETLINK => netlink(bytes),
        _ => None,
    };
    Some(address.unwrap_or_else(|| SocketAddress::Other(family, bytes[2..].into())))
}

/// See ip(7).
fn inet(bytes: &[u8]) -> Option<SocketAddrV4> {
    let address: [u8; 4] = *bytes.get(4..)?.first_chunk()?;
    (bytes.len() >= 16).then_some(SocketAddrV4::new(Ipv4Addr::from(address), port(bytes)?))
}

/// See ipv6(7). A kernel older than the scope takes 24 bytes.
fn inet6(bytes: &[u8]) -> Option<SocketAddrV6> {
    let flow = u32::from_be_bytes(*bytes.get(4..)?.first_chunk()?);
    let address: [u8; 16] = *bytes.get(8..)?.first_chunk()?;
    let scope = integer_at(bytes, 24, 4).unwrap_or(0) as u32;
    Some(SocketAddrV6::new(Ipv6Addr::from(address), port(bytes)?, flow, scope))
}

/// See netlink(7).
fn netlink(bytes: &[u8]) -> Option<SocketAddress> {
    let word = |at| integer_at(bytes, at, 4).map(|word| word as u32);
    let pad = integer_at(bytes, 2, 2)? as u16;
    Some(SocketAddress::Netlink { pad, pid: word(4)?, groups: word(8)? })
}

fn port(bytes: &[u8]) -> Option<u16> {
    bytes.get(2..)?.first_chunk().copied().map(u16::from_be_bytes)
}

/// A path ends at its NUL; an abstract name begins with one and has all the rest. See unix(7).
fn unix_name(bytes: &[u8]) -> &[u8] {
    match bytes.iter().position(|&byte| byte == 0) {
        None | Some(0) => bytes,
        Some(end) => &bytes[..end],
    }
}
