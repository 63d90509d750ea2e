//! The text of socket addresses.

use std::fmt::{self, Write};
use std::net::SocketAddr;

use crate::abi::constants::network::AF;
use crate::trace::format::address::fields;
use crate::trace::format::quote::string;
use crate::trace::format::value::{octets, value};
use crate::trace::format::{Constants, Format};
use crate::trace::value::{SocketAddress, Value, Word};

pub(super) fn socket(f: &mut impl Write, address: &SocketAddress, format: &Format) -> fmt::Result {
    if let SocketAddress::Raced(address) = address {
        return socket(f, address, format);
    }
    f.write_str("{sa_family=")?;
    let family = Word { family: &AF, value: family(address).into() };
    value(f, &Value::Enumeration(family), format)?;
    match address {
        SocketAddress::Inet(SocketAddr::V4(v4)) => {
            port(f, "sin_port", v4.port(), format)?;
            f.write_str(", sin_addr=")?;
            value(f, &Value::Host((*v4.ip()).into()), format)?;
        }
        SocketAddress::Inet(SocketAddr::V6(v6)) => {
            let flow = v6.flowinfo();
            port(f, "sin6_port", v6.port(), format)?;
            f.write_str(", sin6_flowinfo=")?;
            octets(f, &flow.to_be_bytes(), format, format_args!("htonl({flow})"))?;
            match format.constants {
                Constants::Names => write!(f, ", inet_pton(AF_INET6, \"{}\", &sin6_addr)", v6.ip())?,
                _ => {
                    f.write_str(", sin6_addr=")?;
                    value(f, &Value::Host((*v6.ip()).into()), format)?;
                }
            }
            write!(f, ", sin6_scope_id={}", v6.scope_id())?;
        }
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
        SocketAddress::Raced(_) => {}
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

/// In the order of the network. See byteorder(3).
fn port(f: &mut impl Write, name: &str, port: u16, format: &Format) -> fmt::Result {
    write!(f, ", {name}=")?;
    octets(f, &port.to_be_bytes(), format, format_args!("htons({port})"))
}

/// See socket(2).
fn family(address: &SocketAddress) -> u16 {
    match address {
        SocketAddress::Unix(_) => 1,
        SocketAddress::Inet(SocketAddr::V4(_)) => 2,
        SocketAddress::Inet(SocketAddr::V6(_)) => 10,
        SocketAddress::Netlink { .. } => 16,
        SocketAddress::Other(family, _) => *family,
        SocketAddress::Raced(address) => self::family(address),
    }
}
