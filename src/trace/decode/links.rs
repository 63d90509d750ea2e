//! What the attributes of a link hold, where it is more than one value: see rtnetlink(7).

use crate::abi::constants::links::{
    DEVCONF, IF_INET6, IFLA_INET, IFLA_INET6, IFLA_INFO, IFLA_XDP_ATTR, IN6_ADDR_GEN_MODE, IPV4_DEVCONF,
    XDP_ATTACHED, XDP_FLAGS,
};
use crate::abi::constants::network::AF;
use crate::abi::signature::{Family, Struct};
use crate::abi::structs::{ifla_cacheinfo, rtnl_link_ifmap, rtnl_link_stats, rtnl_link_stats64};
use crate::trace::decode::netlink::{field, structure};
use crate::trace::decode::structure::{chars, host};
use crate::trace::decode::{Decoder, integer};
use crate::trace::raw::Phase;
use crate::trace::value::{List, ListEnd, Value, Word};

impl Decoder<'_> {
    /// A structure, attributes of another family, or a value of one that only a link has. `None` for what is told by its name, and
    /// for what we do not know.
    pub(super) fn link_attribute(&self, name: &str, own: u8, bytes: &[u8]) -> Option<Value> {
        const AF_BRIDGE: u8 = 7;
        let word = |family| integer(bytes).map(|value| Word { family, value });
        let inner = |family| self.attributes(family, own, bytes);
        let least = |of: &'static Struct, size: usize| {
            bytes.get(..size).and_then(|_| self.layout(of, bytes, Phase::Entry))
        };
        match name {
            // The last counters came later.
            "IFLA_STATS64" => least(&rtnl_link_stats64, 184),
            "IFLA_STATS" => least(&rtnl_link_stats, 92),
            "IFLA_MAP" => least(&rtnl_link_ifmap, 28),
            "IFLA_INET6_CACHEINFO" => least(&ifla_cacheinfo, ifla_cacheinfo.size),
            "IFLA_LINKINFO" => inner(&IFLA_INFO),
            "IFLA_XDP" => inner(&IFLA_XDP_ATTR),
            // Of a bridge it holds attributes of its own.
            "IFLA_AF_SPEC" if own != AF_BRIDGE => inner(&AF),
            "AF_INET" => inner(&IFLA_INET),
            "AF_INET6" => inner(&IFLA_INET6),
            "IFLA_INFO_KIND" | "IFLA_INFO_SLAVE_KIND" => Some(Value::Text(chars(bytes))),
            "IFLA_XDP_FD" => integer(bytes).map(|fd| Value::Int((fd as i32).into())),
            "IFLA_XDP_ATTACHED" => word(&XDP_ATTACHED).map(Value::Enumeration),
            "IFLA_XDP_FLAGS" => word(&XDP_FLAGS).map(Value::Flags),
            "IFLA_INET_CONF" => Some(settings("ipv4_devconf", &IPV4_DEVCONF, bytes)),
            "IFLA_INET6_CONF" => Some(settings("ipv6_devconf", &DEVCONF, bytes)),
            // Which number counts what, every kernel decides for itself.
            "IFLA_INET6_STATS" | "IFLA_INET6_ICMP6STATS" => Some(numbers(bytes)),
            "IFLA_INET6_FLAGS" => word(&IF_INET6).map(Value::Flags),
            "IFLA_INET6_TOKEN" if bytes.len() == 16 => host(bytes).map(Value::Host),
            "IFLA_INET6_ADDR_GEN_MODE" => word(&IN6_ADDR_GEN_MODE).map(Value::Enumeration),
            name if name.starts_with("IFLA_XDP_") || name == "IFLA_INET6_RA_MTU" => {
                integer(bytes).map(Value::Uint)
            }
            _ => None,
        }
    }
}

/// A number for each setting; those that came after ours have no name.
fn settings(name: &'static str, family: &'static Family, bytes: &[u8]) -> Value {
    let setting = |(index, number): (usize, &[u8])| {
        let known = family.members.get(index).map_or("", |member| member.name);
        field(known, Value::Int((integer(number).unwrap_or(0) as i32).into()))
    };
    structure(name, bytes.chunks_exact(4).enumerate().map(setting).collect())
}

fn numbers(bytes: &[u8]) -> Value {
    let items = bytes.chunks_exact(8).filter_map(integer).map(Value::Uint).collect();
    Value::Array(List { items, end: ListEnd::Whole })
}
