use super::*;

const CLONE_THREAD: i64 = 0x1_0000;
const CLONE_NEWNET: i64 = 0x4000_0000;

fn clone3(flags: i64) -> MadeCall {
    let mut bytes = flags.to_ne_bytes().to_vec();
    bytes.resize(88, 0);
    made("clone3").memory("cl_args", &bytes).arg("size", 88).returned(7)
}

#[test]
fn a_thread_is_no_process() {
    let clone = |flags| made("clone").arg("flags", flags).returned(7);
    check(family::spawn(), clone(17), Yes);
    check(family::spawn(), clone(CLONE_THREAD), No);
    check(family::threads(), clone(CLONE_THREAD), Yes);
    check(family::threads(), clone(17), No);
    check(family::spawn(), clone3(0), Yes);
    check(family::spawn(), clone3(CLONE_THREAD), No);
    check(family::threads(), clone3(CLONE_THREAD), Yes);
    check(family::spawn(), made("vfork").returned(7), Yes);
    check(family::threads(), made("vfork").returned(7), No);
    check(family::spawn(), made("clone3").arg("cl_args", 0x666).arg("size", 88), Unknown);
}

#[test]
fn a_namespace_is_asked_for_by_flag() {
    check(family::namespaces(), made("unshare").arg("flags", CLONE_NEWNET), Yes);
    check(family::namespaces(), clone3(CLONE_NEWNET), Yes);
    check(family::namespaces(), clone3(0), No);
    check(family::namespaces(), clone3(0x80), Yes);
    // A part of the signal.
    check(family::namespaces(), made("clone").arg("flags", 0x80 | 17), No);
}

#[test]
fn other_uses_of_a_call_do_not_count() {
    check(family::lock(), made("fcntl").arg("cmd", 6).returned(0), Yes);
    check(family::lock(), made("fcntl").arg("cmd", 1).returned(0), No);
    check(family::lock(), made("flock").returned(0), Yes);
    check(family::privileges(), made("prctl").arg("option", 38).returned(0), Yes);
    check(family::privileges(), made("prctl").arg("option", 15).returned(0), No);
    check(family::privileges(), made("setuid").returned(0), Yes);
    check(family::randomness(), opened("/dev/urandom"), Yes);
    check(family::randomness(), opened("/dev/null"), No);
    check(family::randomness(), made("getrandom").returned(16), Yes);
    check(family::randomness(), made("openat").arg("path", 0x666).returned(3), Unknown);
    check(family::randomness(), made("open_by_handle_at").opened(3, "/dev/random"), Yes);
    check(family::randomness(), made("open_by_handle_at").failed("EPERM"), No);
}

#[test]
fn where_there_is_no_socket_there_is_no_network() {
    check(family::network(), made("getpeername").failed("ENOTSOCK"), No);
    check(family::network(), made("getpeername").failed("ENOTCONN"), Yes);
    check(family::network(), made("connect").failed("EACCES"), Yes);
    check(family::network(), made("socket").returned(3), Yes);
    check("getpeername", made("getpeername").failed("ENOTSOCK"), Yes);
}
