//! Socket addresses: a port or name that the program asked for stays, one that the kernel chose does not.

use std::collections::{HashMap, HashSet};

use crate::trace::call::Call;
use crate::trace::value::{SocketAddress, Value};

/// The range from which the kernel takes ports for those who do not ask for one. See ip_local_port_range in ip(7).
const EPHEMERAL: std::ops::RangeInclusive<u16> = 32768..=60999;

/// What the program asked for.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    ports: HashSet<u16>,
    /// Abstract names of the kernel's choice, in the order in which they were seen.
    abstract_names: HashMap<Vec<u8>, usize>,
}

impl Addresses {
    pub(crate) fn new(calls: &[&Call]) -> Addresses {
        let mut addresses = Addresses::default();
        let mut asked: HashSet<&[u8]> = HashSet::new();
        for call in calls {
            match call.arg("addr") {
                Some(Value::Socket(SocketAddress::Inet(addr))) if call.name() == "bind" => {
                    addresses.ports.insert(addr.port());
                }
                Some(Value::Socket(SocketAddress::Unix(name)))
                    if matches!(call.name(), "bind" | "connect") =>
                {
                    asked.insert(name);
                }
                _ => {}
            }
        }
        for call in calls.iter().filter(|call| tells_an_address(call.name())) {
            for arg in call.args() {
                let value = match arg.value() {
                    Value::Changed(_, after) => after,
                    value => value,
                };
                let Value::Socket(SocketAddress::Unix(name)) = value else { continue };
                if name.first() == Some(&0) && !asked.contains(&**name) {
                    let next = addresses.abstract_names.len() + 1;
                    addresses.abstract_names.entry(name.to_vec()).or_insert(next);
                }
            }
        }
        addresses
    }

    /// A port, or the mark of one that the kernel chose.
    pub(crate) fn port(&self, port: u16) -> String {
        if EPHEMERAL.contains(&port) && !self.ports.contains(&port) {
            "[PORT]".to_owned()
        } else {
            port.to_string()
        }
    }

    /// The mark of an abstract name that the kernel chose.
    pub(crate) fn abstract_name(&self, name: &[u8]) -> Option<String> {
        self.abstract_names.get(name).map(|number| format!("[ABSTRACT {number}]"))
    }
}

/// Whether the kernel fills in an address.
fn tells_an_address(name: &str) -> bool {
    matches!(name, "accept" | "accept4" | "getsockname" | "getpeername" | "recvfrom")
}
