use super::*;

#[test]
fn a_closure_sees_the_value() {
    let short = || call!("write", buf = |buf: &Value| buf.as_bytes().is_some_and(|bytes| bytes.len() < 4));
    check(short(), made("write").bytes("buf", b"abc"), Yes);
    check(short(), made("write").bytes("buf", b"abcd"), No);
    check(short(), made("write").arg("buf", 0x666).arg("count", 3), Unknown);
}

#[test]
fn of_a_part_a_closure_cannot_deny() {
    let starts = || call!("write", buf = |buf: &Value| buf.as_str().is_some_and(|text| text.contains("GET")));
    check(starts(), made("write").cut_bytes("buf", b"GET /", 100), Yes);
    check(starts(), made("write").cut_bytes("buf", b"xyz", 100), Unknown);
}

#[test]
fn an_address_that_is_not_read_is_a_value() {
    let mapped = || call!("mmap", addr = |addr: &Value| addr.as_int() == Some(0x1000));
    check(mapped(), made("mmap").arg("addr", 0x1000), Yes);
    check(mapped(), made("mmap").arg("addr", 0x2000), No);
}
