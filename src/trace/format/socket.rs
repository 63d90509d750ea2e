//! The text of socket addresses.

use std::fmt::{self, Write};
use std::net::SocketAddr;

use crate::abi::constants::network::AF;
use crate::trace::format::Format;
use crate::trace::format::address::fields;
use crate::trace::format::quote::string;
use crate::trace::format::value::value;
use crate::trace::value::{SocketAddress, Value, Word};

pub(super) fn socket(f: &mut impl Write, address: &SocketAddress, format: &Format) -> fmt::Result {
    f.write_str("{sa_family=")?;
    let family = Word { family: &AF, value: family(address).into() };
    value(f, &Value::Enumeration(family), format)?;
    match address {
        SocketAddress::Inet(SocketAddr::V4(v4)) => {
            write!(f, ", sin_port=htons({}), sin_addr=inet_addr(\"{}\")", v4.port(), v4.ip())?;
        }
        SocketAddress::Inet(SocketAddr::V6(v6)) => write!(
            f,
            ", sin6_port=htons({}), sin6_flowinfo=htonl({}), inet_pton(AF_INET6, \"{}\", &sin6_addr), sin6_scope_id={}",
            v6.port(),
            v6.flowinfo(),
            v6.ip(),
            v6.scope_id()
        )?,
        SocketAddress::Unix(name) if name.is_empty() => {}
        SocketAddress::Unix(name) => {
            f.write_str(", sun_path=")?;
            let name = match name.strip_prefix(b"\0") {
                Some(name) => {
                    f.write_char('@')?;
                    name
                }
                None => name,
            };
            string(f, name, false, format.strings)?;
        }
        SocketAddress::Netlink { pad, pid, groups } => {
            if *pad != 0 {
                write!(f, ", nl_pad={pad:#x}")?;
            }
            write!(f, ", nl_pid={pid}, nl_groups=")?;
            match groups {
                0 => f.write_str("00000000")?,
                groups => write!(f, "{groups:#08x}")?,
            }
        }
        SocketAddress::Other(_, bytes) if bytes.is_empty() => {}
        SocketAddress::Other(family, bytes) => match fields(*family, bytes, format) {
            Some(fields) => fields.iter().try_for_each(|(name, text)| write!(f, ", {name}={text}"))?,
            None => {
                f.write_str(", sa_data=")?;
                string(f, bytes, false, format.strings)?;
            }
        },
    }
    f.write_char('}')
}

/// See socket(2).
fn family(address: &SocketAddress) -> u16 {
    match address {
        SocketAddress::Unix(_) => 1,
        SocketAddress::Inet(SocketAddr::V4(_)) => 2,
        SocketAddress::Inet(SocketAddr::V6(_)) => 10,
        SocketAddress::Netlink { .. } => 16,
        SocketAddress::Other(family, _) => *family,
    }
}
