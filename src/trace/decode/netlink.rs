//! Messages of netlink(7): a header, and what follows it.

use crate::abi::constants::network::{
    AF, NLM_F, NLM_F_ANSWER, NLM_F_DELETE, NLM_F_GET, NLM_F_NEW, NLMSG, RTM, SOCK_DIAG,
};
use crate::abi::errno::ERRNO;
use crate::abi::signature::Family;
use crate::trace::decode::{Decoder, integer_at};
use crate::trace::value::{Buffer, FieldValue, List, ListEnd, Structure, Value, Word};

const HEADER: usize = 16;
const AF_NETLINK: u32 = 16;
const NETLINK_ROUTE: u32 = 0;
const NETLINK_SOCK_DIAG: u32 = 4;
const NETLINK_KOBJECT_UEVENT: u32 = 15;
const NLMSG_ERROR: u64 = 2;
const NLMSG_DONE: u64 = 3;
/// Below it are the messages of all protocols.
const NLMSG_MIN_TYPE: u64 = 16;

impl Decoder<'_> {
    /// What went through a descriptor: bytes, or messages where it is a netlink socket that we have seen made.
    pub(super) fn message_bytes(&self, data: Buffer) -> Value {
        let messages = self.netlink().and_then(|protocol| messages(protocol, &data));
        match messages {
            Some(messages) => Value::Netlink(data, messages),
            None => Value::Bytes(data),
        }
    }

    /// The protocol of the netlink socket that the call sends to or receives from.
    fn netlink(&self) -> Option<u32> {
        let moves = self.row.name.starts_with("send") || self.row.name.starts_with("recv");
        let fd = self.raw.args[0] as i32;
        let note = self.raw.files.iter().find(|note| note.fd == fd && note.socket.is_some());
        let socket = note.filter(|_| moves)?.socket?;
        (socket.domain == AF_NETLINK && socket.protocol != NETLINK_KOBJECT_UEVENT).then_some(socket.protocol)
    }
}

fn messages(protocol: u32, data: &Buffer) -> Option<List> {
    let mut bytes = &*data.bytes;
    let mut items = Vec::new();
    while let Some(len) = integer_at(bytes, 0, 4).filter(|_| bytes.len() >= HEADER) {
        // A length that leaves no room for its header ends the list.
        let (len, lies) = ((len as usize).max(HEADER), (len as usize) < HEADER);
        items.push(message(protocol, &bytes[..len.min(bytes.len())]));
        bytes = bytes.get(len.next_multiple_of(4)..).filter(|_| !lies).unwrap_or_default();
    }
    let end = if data.is_truncated() { ListEnd::Truncated } else { ListEnd::Whole };
    (!items.is_empty()).then_some(List { items, end })
}

fn message(protocol: u32, bytes: &[u8]) -> Value {
    let int = |at, size| integer_at(bytes, at, size).unwrap_or(0);
    let ty = int(4, 2);
    let (types, flags) = families(protocol, ty);
    let header = Value::Struct(Structure {
        name: "nlmsghdr",
        fields: vec![
            field("nlmsg_len", Value::Uint(int(0, 4))),
            field("nlmsg_type", Value::Enumeration(Word { family: types, value: ty })),
            field("nlmsg_flags", Value::Flags(Word { family: flags, value: int(6, 2) })),
            field("nlmsg_seq", Value::Uint(int(8, 4))),
            field("nlmsg_pid", Value::Uint(int(12, 4))),
        ],
    });
    match bytes.get(HEADER..).filter(|rest| !rest.is_empty()) {
        Some(rest) => {
            let items = vec![header, content(protocol, ty, rest)];
            Value::Array(List { items, end: ListEnd::Whole })
        }
        None => header,
    }
}

/// What types and flags are called. What the upper half of the flags means, the type says; those of rtnetlink(7) come in
/// fours: new, delete, get, set.
fn families(protocol: u32, ty: u64) -> (&'static Family, &'static Family) {
    match (protocol, ty) {
        (_, NLMSG_ERROR | NLMSG_DONE) => (&NLMSG, &NLM_F_ANSWER),
        (NETLINK_ROUTE, NLMSG_MIN_TYPE..) if RTM.members.iter().all(|known| known.value != ty) => {
            (&RTM, &NLM_F)
        }
        (NETLINK_ROUTE, NLMSG_MIN_TYPE..) => match ty % 4 {
            0 => (&RTM, &NLM_F_NEW),
            1 => (&RTM, &NLM_F_DELETE),
            2 => (&RTM, &NLM_F_GET),
            _ => (&RTM, &NLM_F),
        },
        (NETLINK_SOCK_DIAG, 17..) => (&SOCK_DIAG, &NLM_F_GET),
        _ => (&NLMSG, &NLM_F),
    }
}

/// An error and what it is about; of routes, links and sockets the address family; bytes of the others.
fn content(protocol: u32, ty: u64, bytes: &[u8]) -> Value {
    const RTM_LAST_LINK: u64 = 19;
    match (protocol, ty) {
        (_, NLMSG_DONE) if bytes.len() == 4 => {
            Value::Int((integer_at(bytes, 0, 4).unwrap_or(0) as i32).into())
        }
        (_, NLMSG_ERROR) if bytes.len() >= 4 => error(protocol, bytes),
        (NETLINK_ROUTE, NLMSG_MIN_TYPE..=RTM_LAST_LINK) => about("ifi_family", 16, bytes),
        (NETLINK_ROUTE, 20..=22) => about("ifa_family", 8, bytes),
        (NETLINK_ROUTE, 24..=26) => about("rtm_family", 12, bytes),
        (NETLINK_ROUTE, NLMSG_MIN_TYPE..) | (NETLINK_SOCK_DIAG, 17..) => about("family", 0, bytes),
        _ => Value::Bytes(whole(bytes)),
    }
}

fn error(protocol: u32, bytes: &[u8]) -> Value {
    let number = -(integer_at(bytes, 0, 4).unwrap_or(0) as i32);
    let mut fields =
        vec![field("error", Value::Enumeration(Word { family: &ERRNO, value: number as u32 as u64 }))];
    let about = bytes.get(4..).filter(|about| !about.is_empty());
    fields.extend(about.map(|about| {
        let about = if about.len() < HEADER { Value::Bytes(whole(about)) } else { message(protocol, about) };
        field("msg", about)
    }));
    Value::Struct(Structure { name: "nlmsgerr", fields })
}

/// A request may end behind the family; what is left of the structure of `size` bytes is then part of the `...`.
fn about(family: &'static str, size: usize, bytes: &[u8]) -> Value {
    let word = Word { family: &AF, value: bytes[0].into() };
    let mut fields = vec![field(family, Value::Enumeration(word))];
    if bytes.len() > 1 {
        let verbose = bytes.len() < size;
        fields.push(FieldValue { name: "data", value: Value::Bytes(whole(&bytes[1..])), verbose });
    }
    Value::Struct(Structure { name: "rtgenmsg", fields })
}

fn whole(bytes: &[u8]) -> Buffer {
    Buffer { bytes: bytes.into(), total: Some(bytes.len() as u64) }
}

fn field(name: &'static str, value: Value) -> FieldValue {
    FieldValue { name, value, verbose: false }
}
