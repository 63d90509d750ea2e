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
const NLM_F_REQUEST: u64 = 1;
const SOCK_DIAG_BY_FAMILY: u64 = 20;
const SOCK_DESTROY: u64 = 21;
const NLMSG_ERROR: u64 = 2;
const NLMSG_DONE: u64 = 3;
/// Below it are the messages of all protocols.
const NLMSG_MIN_TYPE: u64 = 16;

impl Decoder<'_> {
    /// What went through a descriptor: bytes, or messages where it is a netlink socket that we have seen made.
    pub(super) fn message_bytes(&self, data: Buffer) -> Value {
        let messages = self.netlink().and_then(|protocol| match protocol {
            NETLINK_KOBJECT_UEVENT => device_event(&data),
            protocol => self.messages(protocol, &data),
        });
        match messages {
            Some(messages) => Value::Netlink(data, messages),
            None => Value::Bytes(data),
        }
    }

    /// The protocol of the netlink socket that the call sends to or receives from.
    fn netlink(&self) -> Option<u32> {
        let moves = self.row.name.starts_with("send") || self.row.name.starts_with("recv");
        let fd = self.raw.args()[0] as i32;
        let note = self.raw.noted.files.iter().find(|note| note.fd == fd && note.socket.is_some());
        let socket = note.filter(|_| moves)?.socket?;
        (socket.domain == AF_NETLINK).then_some(socket.protocol)
    }

    fn messages(&self, protocol: u32, data: &Buffer) -> Option<List> {
        let mut bytes = &*data.bytes;
        let mut items = Vec::new();
        while let Some(len) = integer_at(bytes, 0, 4).filter(|_| bytes.len() >= HEADER) {
            // A length that leaves no room for its header ends the list.
            let (len, lies) = ((len as usize).max(HEADER), (len as usize) < HEADER);
            items.push(self.message_of(protocol, &bytes[..len.min(bytes.len())]));
            bytes = bytes.get(len.next_multiple_of(4)..).filter(|_| !lies).unwrap_or_default();
        }
        let end = if data.is_truncated() { ListEnd::Truncated } else { ListEnd::Whole };
        (!items.is_empty()).then_some(List { items, end })
    }

    fn message_of(&self, protocol: u32, bytes: &[u8]) -> Value {
        let int = |at, size| integer_at(bytes, at, size).unwrap_or(0);
        let ty = int(4, 2);
        let (types, flags) = families(protocol, ty);
        let header = structure(
            "nlmsghdr",
            vec![
                field("nlmsg_len", Value::Uint(int(0, 4))),
                field("nlmsg_type", Value::Enumeration(Word { family: types, value: ty })),
                field("nlmsg_flags", Value::Flags(Word { family: flags, value: int(6, 2) })),
                field("nlmsg_seq", Value::Uint(int(8, 4))),
                field("nlmsg_pid", Value::Int((int(12, 4) as i32).into())),
            ],
        );
        match bytes.get(HEADER..).filter(|rest| !rest.is_empty()) {
            Some(rest) => {
                let mut items = vec![header];
                items.extend(self.content(protocol, ty, int(6, 2), rest));
                Value::Array(List { items, end: ListEnd::Whole })
            }
            None => header,
        }
    }

    /// An error and what it is about; links, addresses, routes and sockets with their attributes; the address family of other subjects;
    /// bytes of other protocols.
    fn content(&self, protocol: u32, ty: u64, flags: u64, bytes: &[u8]) -> Vec<Value> {
        let single = match (protocol, ty) {
            (_, NLMSG_DONE) if bytes.len() == 4 => {
                Value::Int((integer_at(bytes, 0, 4).unwrap_or(0) as i32).into())
            }
            (_, NLMSG_ERROR) if bytes.len() >= 4 => self.error(protocol, bytes),
            (NETLINK_ROUTE, NLMSG_MIN_TYPE..) => return self.subject(ty, bytes),
            (NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY | SOCK_DESTROY) => {
                return self.about_socket(flags & NLM_F_REQUEST != 0, bytes);
            }
            (NETLINK_SOCK_DIAG, 17..) => about("family", false, bytes),
            _ => Value::Bytes(whole(bytes)),
        };
        vec![single]
    }

    fn error(&self, protocol: u32, bytes: &[u8]) -> Value {
        let number = -(integer_at(bytes, 0, 4).unwrap_or(0) as i32);
        let error = Word { family: &ERRNO, value: number as u32 as u64 };
        let mut fields = vec![field("error", Value::Enumeration(error))];
        let about = bytes.get(4..).filter(|about| !about.is_empty());
        fields.extend(about.map(|about| match integer_at(about, 4, 2) {
            // One about another would have no end.
            Some(ty) if about.len() >= HEADER && ty != NLMSG_ERROR => {
                field("msg", self.message_of(protocol, about))
            }
            _ => field("msg", Value::Bytes(whole(about))),
        }));
        structure("nlmsgerr", fields)
    }
}

/// What udev sends on, a header and `ACTION=add` with others, each with its NUL. The kernel's own events are text.
fn device_event(data: &Buffer) -> Option<List> {
    const HEADER: usize = 40;
    let bytes = data.bytes.strip_prefix(b"libudev\0").and_then(|_| data.bytes.get(..HEADER))?;
    let int = |at| integer_at(bytes, at, 4).unwrap_or(0);
    let big = |at| Value::Hex((int(at) as u32).swap_bytes().into());
    let header = structure(
        "udev_monitor_netlink_header",
        vec![
            field("prefix", Value::Text(whole(b"libudev"))),
            field("magic", big(8)),
            field("header_size", Value::Uint(int(12))),
            field("properties_off", Value::Uint(int(16))),
            field("properties_len", Value::Uint(int(20))),
            field("filter_subsystem_hash", big(24)),
            field("filter_devtype_hash", big(28)),
            field("filter_tag_bloom_hi", big(32)),
            field("filter_tag_bloom_lo", big(36)),
        ],
    );
    let total = data.total.map(|total| total.saturating_sub(HEADER as u64));
    let properties = Buffer { bytes: data.bytes[HEADER..].into(), total };
    let message = match properties.bytes.is_empty() {
        true => header,
        false => Value::Array(List { items: vec![header, Value::Text(properties)], end: ListEnd::Whole }),
    };
    Some(List { items: vec![message], end: ListEnd::Whole })
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

/// What is known of a subject without a structure; a request may end behind the family, and what is left is then part of
/// the `...`.
pub(super) fn about(family: &'static str, is_cut: bool, bytes: &[u8]) -> Value {
    let word = Word { family: &AF, value: bytes[0].into() };
    let mut fields = vec![field(family, Value::Enumeration(word))];
    if bytes.len() > 1 {
        let data = Value::Bytes(whole(&bytes[1..]));
        fields.push(FieldValue { name: "data", value: data, verbose: is_cut });
    }
    structure("rtgenmsg", fields)
}

pub(super) fn structure(name: &'static str, fields: Vec<FieldValue>) -> Value {
    Value::Struct(Structure { name, fields })
}

pub(super) fn whole(bytes: &[u8]) -> Buffer {
    Buffer { bytes: bytes.into(), total: Some(bytes.len() as u64) }
}

pub(super) fn field(name: &'static str, value: Value) -> FieldValue {
    FieldValue { name, value, verbose: false }
}
