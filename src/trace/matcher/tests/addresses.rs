use super::*;

fn connect(bytes: &[u8]) -> MadeCall {
    made("connect").bytes("addr", bytes).failed("ECONNREFUSED")
}

fn v4(port: u16) -> Vec<u8> {
    [&[2, 0][..], &port.to_be_bytes(), &[127, 0, 0, 1], &[0; 8]].concat()
}

fn mapped(port: u16) -> Vec<u8> {
    let address = "::ffff:127.0.0.1".parse::<std::net::Ipv6Addr>().unwrap().octets();
    [&[10, 0][..], &port.to_be_bytes(), &[0; 4], &address, &[0; 4]].concat()
}

fn unix_name(name: &[u8]) -> Vec<u8> {
    [&[1, 0], name].concat()
}

#[test]
fn addresses_have_a_port_or_any() {
    check(call!("connect", addr = "127.0.0.1:80"), connect(&v4(80)), Yes);
    check(call!("connect", addr = "127.0.0.1:80"), connect(&v4(81)), No);
    check(call!("connect", addr = "127.0.0.1"), connect(&v4(81)), Yes);
    check(call!("connect", addr = "127.0.0.2"), connect(&v4(81)), No);
    check(call!("connect", addr = "127.0.0.1:80"), connect(&mapped(80)), Yes);
    check(call!("connect", addr = "[::1]:80"), connect(&mapped(80)), No);
    let address: std::net::SocketAddr = "127.0.0.1:80".parse().unwrap();
    check(call!("connect", addr = address), connect(&v4(80)), Yes);
    check(call!("connect", addr = address.ip()), connect(&v4(8)), Yes);
}

#[test]
fn no_address_in_particular_may_be_this_machine() {
    let any = |port: u16| [&[2, 0][..], &port.to_be_bytes(), &[0; 12]].concat();
    let any6 = |port: u16| [&[10, 0][..], &port.to_be_bytes(), &[0; 24]].concat();
    check(call!("connect", addr = "127.0.0.1:80"), connect(&any(80)), Unknown);
    check(call!("connect", addr = "127.0.0.1"), connect(&any6(80)), Unknown);
    check(call!("connect", addr = "[::1]:80"), connect(&any6(80)), Unknown);
    check(call!("connect", addr = "127.0.0.1:80"), connect(&any(81)), No);
    check(call!("connect", addr = "10.0.0.1"), connect(&any(80)), No);
    check(call!("connect", addr = "0.0.0.0:80"), connect(&any(80)), Yes);
    check(call!("connect", addr = "0.0.0.0:80"), connect(&v4(80)), No);
    let unspecified = |port: u8| [&[0, 0, 0, port][..], &[0; 12]].concat();
    for wanted in [call!("connect", addr = "127.0.0.1"), call!("connect", addr = inet())] {
        check(wanted.clone(), connect(&unspecified(80)), Unknown);
        // A disconnect.
        check(wanted, connect(&unspecified(0)), No);
    }
}

#[test]
fn inet_is_any_internet_address() {
    check(call!("connect", addr = inet()), connect(&v4(80)), Yes);
    check(call!("connect", addr = inet()), connect(&mapped(80)), Yes);
    check(call!("connect", addr = inet()), connect(&unix_name(b"/run/x\0")), No);
    // AF_UNSPEC disconnects, AF_NETLINK is another family.
    check(call!("connect", addr = inet()), connect(&[0; 16]), No);
    check(call!("connect", addr = inet()), connect(&[16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), No);
    // Too short, unreadable, not there.
    check(call!("connect", addr = inet()), connect(&v4(80)[..6]), Unknown);
    check(call!("connect", addr = "127.0.0.1"), connect(&v4(80)[..6]), Unknown);
    check(call!("connect", addr = inet()), made("connect").arg("addr", 0x666), Unknown);
    check(call!("sendto", dest_addr = inet()), made("sendto").returned(3), No);
}

#[test]
fn unix_sockets_have_paths_or_abstract_names() {
    check(call!("connect", addr = unix("/run/x")), connect(&unix_name(b"/run/x\0")), Yes);
    check(call!("connect", addr = unix("/run/x")), connect(&unix_name(b"/run/y\0")), No);
    check(call!("connect", addr = unix("/run/x")), connect(&unix_name(b"\0/run/x")), No);
    check(call!("connect", addr = unix("@bus")), connect(&unix_name(b"\0bus")), Yes);
    check(call!("connect", addr = unix("@bus")), connect(&unix_name(b"\0bas")), No);
    check(call!("connect", addr = unix(under("/run"))), connect(&unix_name(b"/run/x\0")), Yes);
    check(call!("connect", addr = unix(under("/run"))), connect(&unix_name(b"/tmp/x\0")), No);
    check(call!("connect", addr = unix(under("/run"))), connect(&unix_name(b"x\0")), Unknown);
    check(call!("connect", addr = unix("/run/x")), connect(&v4(80)), No);
    check(call!("connect", addr = unix("/run/x")), connect(&unix_name(b"")), No);
}

#[test]
fn names_are_not_resolved() {
    assert!(refusal(|| call!("connect", addr = "localhost:80")).contains("names are not resolved"));
    assert!(refusal(|| call!("connect", addr = "/run/x")).contains("unix(path)"));
    assert!(refusal(|| call!("openat", path = Match::from(inet()))).contains("cannot be asked"));
}
