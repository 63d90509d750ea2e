//! Whether the address of a socket is the one that is asked for.

use std::net::{IpAddr, SocketAddr};

use crate::trace::matcher::judge::Around;
use crate::trace::matcher::value::{Match, Test};
use crate::trace::matcher::{Verdict, bind};
use crate::trace::value::{PathText, SocketAddress, Value, Walked};

const AF_UNSPEC: u16 = 0;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;

/// Whether it is the family of IPv4 or IPv6.
pub(super) fn is_inet(family: u16) -> bool {
    matches!(family, AF_INET | AF_INET6)
}

impl Match {
    pub(super) fn judge_address(&self, address: &SocketAddress, around: Around<'_>) -> Verdict {
        match (&self.0, address) {
            // The kernel may have read another.
            (_, SocketAddress::Raced(_)) => Verdict::Unknown,
            // Too short to be read.
            (Test::Inet | Test::Peer(..), SocketAddress::Other(AF_INET | AF_INET6, _)) => Verdict::Unknown,
            // A datagram goes to the IPv4 address behind it: see `udp_sendmsg` in net/ipv4/udp.c of the kernel.
            (Test::Inet | Test::Peer(..), SocketAddress::Other(AF_UNSPEC, rest)) => {
                self.judge_unspecified(rest)
            }
            (Test::Inet, SocketAddress::Inet(_)) => Verdict::Yes,
            (Test::Peer(ip, port), SocketAddress::Inet(address)) => is_peer(*ip, *port, address),
            (Test::Unix(inner), SocketAddress::Unix(name)) => inner.judge_unix(name, around),
            (Test::Text(text), address) => {
                let peer = std::str::from_utf8(&text.given).ok().and_then(bind::parse_peer);
                peer.map_or(Verdict::No, |peer| Match(peer).judge_address(address, around))
            }
            _ => Verdict::No,
        }
    }

    /// What IPv4 would take such an address for: a port and an address. Zeros are those of a disconnect.
    fn judge_unspecified(&self, rest: &[u8]) -> Verdict {
        let (Some(port), Some(ip)) =
            (rest.first_chunk(), rest.get(2..).and_then(|rest| rest.first_chunk::<4>()))
        else {
            return Verdict::No;
        };
        let meant = SocketAddr::from((*ip, u16::from_be_bytes(*port)));
        let is_nobody = meant.ip().is_unspecified() && meant.port() == 0;
        let may_be = match &self.0 {
            Test::Peer(ip, port) => !is_nobody && is_peer(*ip, *port, &meant) != Verdict::No,
            _ => !is_nobody,
        };
        if may_be { Verdict::Unknown } else { Verdict::No }
    }

    /// The name of a unix socket: a path, or what follows the NUL of an abstract one. See unix(7).
    fn judge_unix(&self, name: &[u8], around: Around<'_>) -> Verdict {
        match name.strip_prefix(b"\0") {
            Some(name) => {
                let name = [b"@", name].concat();
                match &self.0 {
                    Test::Path(place) => (place.given == name).into(),
                    Test::Regex(regex) => regex.is_match(&name).into(),
                    Test::Written(wanted) => (*wanted == name).into(),
                    _ => Verdict::No,
                }
            }
            None if name.is_empty() => Verdict::No,
            None => {
                let lost = around.socket.is_some_and(|note| note.place.is_none());
                let path = PathText {
                    written: name.into(),
                    truncated: false,
                    base: None,
                    root: around.root.cloned(),
                    raced: false,
                    walked: if lost { Walked::Lost } else { Walked::Not },
                    resolved: around.socket.and_then(|note| note.place.clone()),
                };
                self.judge_in(&Value::Path(path), Around { root: None, ..around })
            }
        }
    }
}

/// An IPv4 address counts in its IPv6 spelling too. Whoever connects to no address in particular mostly reaches this machine: see
/// `ip_route_output_key_hash_rcu` in net/ipv4/route.c and `tcp_v6_connect` in net/ipv6/tcp_ipv6.c of the kernel.
fn is_peer(ip: IpAddr, port: Option<u16>, address: &SocketAddr) -> Verdict {
    let (wanted, is) = (ip.to_canonical(), address.ip().to_canonical());
    if port.is_some_and(|port| port != address.port()) {
        return Verdict::No;
    }
    if is.is_unspecified() && wanted.is_loopback() { Verdict::Unknown } else { (is == wanted).into() }
}
