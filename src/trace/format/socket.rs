//! The text of socket addresses.

use std::fmt::{self, Write};
use std::net::SocketAddr;

use crate::abi::constants::network::AF;
use crate::trace::format::Format;
use crate::trace::format::quote::string;
use crate::trace::format::word::word;
use crate::trace::value::{SocketAddress, Word};

pub(super) fn socket(f: &mut impl Write, address: &SocketAddress, format: &Format) -> fmt::Result {
    match address {
        SocketAddress::Inet(SocketAddr::V4(v4)) => {
            write!(
                f,
                "{{sa_family=AF_INET, sin_port=htons({}), sin_addr=inet_addr(\"{}\")}}",
                v4.port(),
                v4.ip()
            )
        }
        SocketAddress::Inet(SocketAddr::V6(v6)) => write!(
            f,
            "{{sa_family=AF_INET6, sin6_port=htons({}), sin6_flowinfo=htonl({}), inet_pton(AF_INET6, \"{}\", &sin6_addr), sin6_scope_id={}}}",
            v6.port(),
            v6.flowinfo(),
            v6.ip(),
            v6.scope_id()
        ),
        SocketAddress::Unix(name) if name.is_empty() => f.write_str("{sa_family=AF_UNIX}"),
        SocketAddress::Unix(name) => {
            f.write_str("{sa_family=AF_UNIX, sun_path=")?;
            match name.strip_prefix(b"\0") {
                Some(name) => {
                    f.write_char('@')?;
                    string(f, name, false, format.strings)?;
                }
                None => string(f, name, false, format.strings)?,
            }
            f.write_char('}')
        }
        SocketAddress::Netlink { pad, pid, groups } => {
            f.write_str("{sa_family=AF_NETLINK, ")?;
            if *pad != 0 {
                write!(f, "nl_pad={pad:#x}, ")?;
            }
            write!(f, "nl_pid={pid}, nl_groups=")?;
            match groups {
                0 => f.write_str("00000000}"),
                groups => write!(f, "{groups:#08x}}}"),
            }
        }
        SocketAddress::Other(family, bytes) => {
            let name = Word { family: &AF, value: (*family).into() };
            f.write_str("{sa_family=")?;
            word(f, &name)?;
            if !bytes.is_empty() {
                f.write_str(", sa_data=")?;
                string(f, bytes, false, format.strings)?;
            }
            f.write_char('}')
        }
    }
}
