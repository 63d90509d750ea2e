//! Messages of rtnetlink(7): links, addresses and routes, with their attributes.

use crate::abi::constants::rtnetlink::{IFA, IFA_F, IFLA, RT_TABLE, RTA, RTEXT_FILTER};
use crate::abi::signature::{Family, Struct};
use crate::abi::structs::{ifaddrmsg, ifinfomsg, rtmsg};
use crate::trace::decode::netlink::{about, field, structure, whole};
use crate::trace::decode::structure::{chars, host};
use crate::trace::decode::{Decoder, integer, integer_at};
use crate::trace::raw::Phase;
use crate::trace::value::{List, ListEnd, Value, Word};

/// A kind of message: its types, the field that every request has, its structure, its attributes.
struct Subject {
    first: u64,
    last: u64,
    family: &'static str,
    layout: &'static Struct,
    attributes: &'static Family,
}

static SUBJECTS: [Subject; 3] = [
    Subject { first: 16, last: 19, family: "ifi_family", layout: &ifinfomsg, attributes: &IFLA },
    Subject { first: 20, last: 22, family: "ifa_family", layout: &ifaddrmsg, attributes: &IFA },
    Subject { first: 24, last: 26, family: "rtm_family", layout: &rtmsg, attributes: &RTA },
];

/// What attributes hold, where it is no bytes: text, a number, the address of a host.
const TEXTS: [&str; 4] = ["IFLA_IFNAME", "IFLA_QDISC", "IFLA_IFALIAS", "IFA_LABEL"];
const NUMBERS: [&str; 34] = [
    "IFLA_MTU",
    "IFLA_LINK",
    "IFLA_MASTER",
    "IFLA_TXQLEN",
    "IFLA_WEIGHT",
    "IFLA_OPERSTATE",
    "IFLA_LINKMODE",
    "IFLA_NUM_VF",
    "IFLA_GROUP",
    "IFLA_PROMISCUITY",
    "IFLA_NUM_TX_QUEUES",
    "IFLA_NUM_RX_QUEUES",
    "IFLA_CARRIER",
    "IFLA_CARRIER_CHANGES",
    "IFLA_PROTO_DOWN",
    "IFLA_GSO_MAX_SEGS",
    "IFLA_GSO_MAX_SIZE",
    "IFLA_GRO_MAX_SIZE",
    "IFLA_TSO_MAX_SIZE",
    "IFLA_TSO_MAX_SEGS",
    "IFLA_ALLMULTI",
    "IFLA_GSO_IPV4_MAX_SIZE",
    "IFLA_GRO_IPV4_MAX_SIZE",
    "IFLA_MAX_PACING_OFFLOAD_HORIZON",
    "IFLA_CARRIER_UP_COUNT",
    "IFLA_CARRIER_DOWN_COUNT",
    "IFLA_MIN_MTU",
    "IFLA_MAX_MTU",
    "IFA_RT_PRIORITY",
    "RTA_IIF",
    "RTA_OIF",
    "RTA_PRIORITY",
    "RTA_MARK",
    "RTA_UID",
];
const HOSTS: [&str; 8] = [
    "IFA_ADDRESS",
    "IFA_LOCAL",
    "IFA_BROADCAST",
    "IFA_ANYCAST",
    "RTA_DST",
    "RTA_SRC",
    "RTA_GATEWAY",
    "RTA_PREFSRC",
];

impl Decoder<'_> {
    /// What follows the header: a structure and, behind it, attributes.
    pub(super) fn subject(&self, ty: u64, bytes: &[u8]) -> Vec<Value> {
        let Some(subject) = SUBJECTS.iter().find(|subject| (subject.first..=subject.last).contains(&ty))
        else {
            return vec![about("family", false, bytes)];
        };
        let size = subject.layout.size;
        let body = bytes.get(..size).and_then(|body| self.layout(subject.layout, body, Phase::Entry));
        let Some(body) = body else { return vec![about(subject.family, true, bytes)] };
        let mut parts = vec![body];
        parts.extend(self.attributes(subject.attributes, bytes[0], &bytes[size..]));
        parts
    }

    /// An attribute, or an array of several, of a message about the address family `own`. See RTA_OK in rtnetlink(3).
    pub(super) fn attributes(&self, family: &'static Family, own: u8, mut bytes: &[u8]) -> Option<Value> {
        const HEADER: usize = 4;
        let mut items = Vec::new();
        while let Some(len) = integer_at(bytes, 0, 2) {
            let Some(all) = bytes.get(..len as usize).filter(|all| all.len() >= HEADER) else { break };
            items.push(self.attribute(family, own, all));
            bytes = bytes.get(all.len().next_multiple_of(4)..).unwrap_or_default();
        }
        // What is no attribute.
        items.extend((!bytes.is_empty()).then(|| Value::Bytes(whole(bytes))));
        match items.len() {
            0 | 1 => items.pop(),
            _ => Some(Value::Array(List { items, end: ListEnd::Whole })),
        }
    }

    fn attribute(&self, family: &'static Family, own: u8, bytes: &[u8]) -> Value {
        /// Two bits say that it is nested, and in what order its bytes are.
        const TYPE: u64 = 0x3fff;
        let int = |at| integer_at(bytes, at, 2).unwrap_or(0);
        let ty = Word { family, value: int(2) };
        let fields = vec![field("nla_len", Value::Uint(int(0))), field("nla_type", Value::Enumeration(ty))];
        let header = structure("nlattr", fields);
        let plain = Word { family, value: ty.value & TYPE };
        match bytes.get(4..).filter(|value| !value.is_empty()) {
            Some(value) => {
                let name = plain.name().unwrap_or_default();
                let nested = self.link_attribute(name, own, value);
                let nested = nested.or_else(|| self.socket_attribute(name, value));
                let value = nested.unwrap_or_else(|| held(name, value));
                Value::Array(List { items: vec![header, value], end: ListEnd::Whole })
            }
            None => header,
        }
    }
}

fn held(name: &str, bytes: &[u8]) -> Value {
    let word = |family| integer(bytes).filter(|_| bytes.len() == 4).map(|value| Word { family, value });
    let value = match name {
        "IFA_FLAGS" => word(&IFA_F).map(Value::Flags),
        "IFLA_EXT_MASK" => word(&RTEXT_FILTER).map(Value::Flags),
        "RTA_TABLE" => word(&RT_TABLE).map(Value::Enumeration),
        name if TEXTS.contains(&name) => Some(Value::Text(chars(bytes))),
        name if NUMBERS.contains(&name) => integer(bytes).map(Value::Uint),
        name if HOSTS.contains(&name) && matches!(bytes.len(), 4 | 16) => host(bytes).map(Value::Host),
        _ => None,
    };
    value.unwrap_or_else(|| Value::Bytes(whole(bytes)))
}
