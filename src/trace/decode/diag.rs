//! Questions about sockets and their answers: see sock_diag(7).

use crate::abi::constants::diag::{
    INET_DIAG, INET_DIAG_EXT, INET_DIAG_REQ, TCP_STATE, TCP_STATES, UDIAG_SHOW, UNIX_DIAG,
};
use crate::abi::constants::network::{AF, IPPROTO, SOCK};
use crate::abi::signature::Family;
use crate::trace::decode::netlink::{about, field, structure, whole};
use crate::trace::decode::structure::host;
use crate::trace::decode::{Decoder, integer, integer_at};
use crate::trace::value::{FieldValue, List, ListEnd, Value, Word};

const AF_UNIX: u8 = 1;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;

/// Makes a structure of its bytes, all of which are there.
type Reader = fn(&[u8]) -> Value;

impl Decoder<'_> {
    /// What follows the header: a structure and, behind it, attributes.
    pub(super) fn about_socket(&self, is_question: bool, bytes: &[u8]) -> Vec<Value> {
        let (size, read, attributes): (usize, Reader, Option<&'static Family>) = match (bytes[0], is_question)
        {
            (AF_INET | AF_INET6, true) => (56, inet_question, Some(&INET_DIAG_REQ)),
            (AF_INET | AF_INET6, false) => (72, inet_answer, Some(&INET_DIAG)),
            (AF_UNIX, true) => (24, unix_question, None),
            (AF_UNIX, false) => (16, unix_answer, Some(&UNIX_DIAG)),
            _ => return vec![about("family", false, bytes)],
        };
        let Some(body) = bytes.get(..size) else {
            let family = match (bytes.len(), is_question, bytes[0]) {
                (1, ..) => "family",
                (_, true, _) => "sdiag_family",
                (_, false, AF_UNIX) => "udiag_family",
                (_, false, _) => "idiag_family",
            };
            return vec![about(family, true, bytes)];
        };
        let mut parts = vec![read(body)];
        parts.extend(attributes.and_then(|family| self.attributes(family, bytes[0], &bytes[size..])));
        parts
    }

    /// `None` for what is shown as bytes.
    pub(super) fn socket_attribute(&self, name: &str, bytes: &[u8]) -> Option<Value> {
        match name {
            "UNIX_DIAG_RQLEN" => {
                let fields = vec![uint("udiag_rqueue", bytes, 0)?, uint("udiag_wqueue", bytes, 4)?];
                Some(structure("unix_diag_rqlen", fields))
            }
            "UNIX_DIAG_PEER" | "UNIX_DIAG_SHUTDOWN" | "UNIX_DIAG_UID" => integer(bytes).map(Value::Uint),
            "INET_DIAG_MARK" | "INET_DIAG_SHUTDOWN" | "INET_DIAG_CLASS_ID" | "INET_DIAG_SKV6ONLY" => {
                integer(bytes).map(Value::Uint)
            }
            _ => None,
        }
    }
}

/// `struct inet_diag_req_v2`.
fn inet_question(bytes: &[u8]) -> Value {
    let fields = vec![
        one_of("sdiag_family", &AF, bytes[0]),
        one_of("sdiag_protocol", &IPPROTO, bytes[1]),
        flags("idiag_ext", &INET_DIAG_EXT, bytes[2].into()),
        flags("idiag_states", &TCP_STATES, int(bytes, 4)),
        field("id", socket(bytes[0], &bytes[8..])),
    ];
    structure("inet_diag_req_v2", fields)
}

/// `struct inet_diag_msg`.
fn inet_answer(bytes: &[u8]) -> Value {
    let mut fields = vec![
        one_of("idiag_family", &AF, bytes[0]),
        one_of("idiag_state", &TCP_STATE, bytes[1]),
        field("idiag_timer", Value::Uint(bytes[2].into())),
        field("idiag_retrans", Value::Uint(bytes[3].into())),
        field("id", socket(bytes[0], &bytes[4..])),
    ];
    let numbers = ["idiag_expires", "idiag_rqueue", "idiag_wqueue", "idiag_uid", "idiag_inode"];
    let numbers = numbers.into_iter().enumerate();
    fields.extend(numbers.map(|(index, name)| field(name, Value::Uint(int(bytes, 52 + 4 * index)))));
    structure("inet_diag_msg", fields)
}

/// `struct unix_diag_req`.
fn unix_question(bytes: &[u8]) -> Value {
    let fields = vec![
        one_of("sdiag_family", &AF, bytes[0]),
        field("sdiag_protocol", Value::Hex(bytes[1].into())),
        flags("udiag_states", &TCP_STATES, int(bytes, 4)),
        field("udiag_ino", Value::Uint(int(bytes, 8))),
        flags("udiag_show", &UDIAG_SHOW, int(bytes, 12)),
        field("udiag_cookie", cookie(&bytes[16..])),
    ];
    structure("unix_diag_req", fields)
}

/// `struct unix_diag_msg`.
fn unix_answer(bytes: &[u8]) -> Value {
    let fields = vec![
        one_of("udiag_family", &AF, bytes[0]),
        one_of("udiag_type", &SOCK, bytes[1]),
        one_of("udiag_state", &TCP_STATE, bytes[2]),
        field("udiag_ino", Value::Uint(int(bytes, 4))),
        field("udiag_cookie", cookie(&bytes[8..])),
    ];
    structure("unix_diag_msg", fields)
}

/// `struct inet_diag_sockid`: ports and addresses are in the order of the network.
fn socket(family: u8, bytes: &[u8]) -> Value {
    let size = if family == AF_INET { 4 } else { 16 };
    let port = |at: usize| Value::Uint(u16::from_be_bytes([bytes[at], bytes[at + 1]]).into());
    let address = |at: usize| {
        let octets = &bytes[at..at + size];
        host(octets).map_or_else(|| Value::Bytes(whole(octets)), Value::Host)
    };
    let fields = vec![
        field("idiag_sport", port(0)),
        field("idiag_dport", port(2)),
        field("idiag_src", address(4)),
        field("idiag_dst", address(20)),
        field("idiag_if", Value::Uint(int(bytes, 36))),
        field("idiag_cookie", cookie(&bytes[40..])),
    ];
    structure("inet_diag_sockid", fields)
}

fn cookie(bytes: &[u8]) -> Value {
    Value::Array(List {
        items: vec![Value::Uint(int(bytes, 0)), Value::Uint(int(bytes, 4))],
        end: ListEnd::Whole,
    })
}

fn one_of(name: &'static str, family: &'static Family, value: u8) -> FieldValue {
    field(name, Value::Enumeration(Word { family, value: value.into() }))
}

fn flags(name: &'static str, family: &'static Family, value: u64) -> FieldValue {
    field(name, Value::Flags(Word { family, value }))
}

fn uint(name: &'static str, bytes: &[u8], at: usize) -> Option<FieldValue> {
    Some(field(name, Value::Uint(integer_at(bytes, at, 4)?)))
}

fn int(bytes: &[u8], at: usize) -> u64 {
    integer_at(bytes, at, 4).unwrap_or(0)
}
