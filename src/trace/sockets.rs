//! What sockets are for: told by the calls that made them, and by the addresses that they have.

use std::collections::HashMap;
use std::sync::Arc;

use crate::abi::unseen;
use crate::trace::call::Call;
use crate::trace::raw::Phase;
use crate::trace::value::{SocketAddress, Value};

/// The address family of each socket, by what its descriptors refer to. The kernel gives every socket another number.
#[derive(Debug, Default)]
pub(crate) struct Sockets(HashMap<Arc<[u8]>, u16>);

impl Sockets {
    pub(crate) fn replay(calls: &[Call]) -> Sockets {
        let mut sockets = Sockets::default();
        for call in calls.iter().filter(|call| call.succeeded() && unseen::is_network(call.name())) {
            let domain = match call.name() {
                "socket" | "socketpair" => Some(call.raw().args()[0] as u16),
                "accept" | "accept4" => {
                    links(call, Phase::Entry).find_map(|listens| sockets.domain(&listens))
                }
                _ => None,
            };
            if let Some(domain) = domain.or_else(|| address(call)) {
                sockets.0.extend(
                    links(call, Phase::Exit).chain(links(call, Phase::Entry)).map(|link| (link, domain)),
                );
            }
        }
        sockets
    }

    /// `AF_INET` and its like, where it is known.
    pub(crate) fn domain(&self, link: &[u8]) -> Option<u16> {
        self.0.get(link).copied()
    }
}

fn links(call: &Call, phase: Phase) -> impl Iterator<Item = Arc<[u8]>> {
    let notes = call.raw().noted.files.iter().filter(move |note| note.phase == phase);
    notes.map(|note| note.link.clone()).filter(|link| link.starts_with(b"socket:"))
}

/// The family of an address that the socket has, or that it reached.
fn address(call: &Call) -> Option<u16> {
    const AF_UNIX: u16 = 1;
    const AF_INET: u16 = 2;
    const AF_INET6: u16 = 10;
    call.args().iter().find_map(|arg| match arg.value() {
        Value::Socket(SocketAddress::Inet(address)) => {
            Some(if address.is_ipv4() { AF_INET } else { AF_INET6 })
        }
        Value::Socket(SocketAddress::Unix(_)) => Some(AF_UNIX),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::trace::build::{MadeCall, call, trace};
    use crate::trace::matcher::Verdict;
    use crate::trace::matcher::value::inet;

    /// The answer for a write to the socket 7 after these calls.
    fn is_inet(before: Vec<MadeCall>) -> Verdict {
        let write = call("write").fd("fd", 9, "socket:[7]").returned(1);
        let trace = trace(before.into_iter().chain([write]));
        crate::call!("write", fd = inet()).judge(trace.calls().last().expect("a write"))
    }

    fn socket(domain: i64, link: &str) -> MadeCall {
        call("socket").arg("domain", domain).opened(3, link)
    }

    #[test]
    fn a_socket_is_what_it_was_made_for() {
        assert_eq!(is_inet(vec![socket(2, "socket:[7]")]), Verdict::Yes);
        assert_eq!(is_inet(vec![socket(10, "socket:[7]")]), Verdict::Yes);
        assert_eq!(is_inet(vec![socket(1, "socket:[7]")]), Verdict::No);
        assert_eq!(is_inet(vec![socket(2, "socket:[8]")]), Verdict::Unknown);
        assert_eq!(is_inet(Vec::new()), Verdict::Unknown);
        let accepted = call("accept").fd("sockfd", 3, "socket:[6]").opened(4, "socket:[7]");
        assert_eq!(is_inet(vec![socket(2, "socket:[6]"), accepted.clone()]), Verdict::Yes);
        assert_eq!(is_inet(vec![accepted]), Verdict::Unknown);
    }

    #[test]
    fn a_socket_that_was_passed_tells_what_it_is_by_its_address() {
        let address = [2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        let connect = call("connect").fd("sockfd", 3, "socket:[7]").bytes("addr", &address);
        assert_eq!(is_inet(vec![connect.clone().returned(0)]), Verdict::Yes);
        assert_eq!(is_inet(vec![connect.failed("ECONNREFUSED")]), Verdict::Unknown);
    }

    #[test]
    fn what_is_no_socket_is_none_for_the_internet() {
        let asked = || crate::call!("write", fd = inet());
        let judge = |write: MadeCall| asked().judge(&write.made());
        assert_eq!(judge(call("write").fd("fd", 1, "/tmp/x").returned(1)), Verdict::No);
        assert_eq!(judge(call("write").arg("fd", -1).failed("EBADF")), Verdict::No);
        assert_eq!(judge(call("write").arg("fd", 1).returned(1)), Verdict::Unknown);
        assert_eq!(asked().to_string(), "write(fd = inet())");
    }
}
