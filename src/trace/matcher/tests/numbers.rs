use super::*;

#[test]
fn numbers_have_the_width_and_sign_of_their_parameter() {
    let owner = |uid| made("chown").arg("owner", uid).returned(0);
    check(call!("chown", owner = -1), owner(0xffff_ffff), Yes);
    check(call!("chown", owner = 0), owner(0xffff_ffff), No);
    let read = |count| made("read").arg("count", count);
    check(call!("read", count = u64::MAX), read(-1), Yes);
    check(call!("read", count = -1), read(-1), Yes);
    // The upper half counts here.
    check(call!("read", count = -1), read(0xffff_ffff), No);
    check(call!("read", count = 4096), read(4096), Yes);
    check(call!("lseek", offset = -4), made("lseek").arg("offset", -4), Yes);
    check(call!("listen", backlog = 128), made("listen").arg("backlog", 1 << 32 | 128), Yes);
}

#[test]
fn an_address_is_a_number_and_null_is_nothing() {
    check(call!("mmap", addr = 0), made("mmap").arg("addr", 0), Yes);
    check(call!("mmap", addr = 0), made("mmap").arg("addr", 0x1000), No);
    let wait = |status| made("wait4").arg("wstatus", status);
    check(call!("wait4", wstatus = 0), wait(0).returned(-10), Yes);
    assert!(refusal(|| call!("openat", path = any_of([42]))).contains("it is no number"));
}
