use super::*;

fn write(bytes: &[u8]) -> MadeCall {
    made("write").bytes("buf", bytes)
}

fn cut(kept: &[u8]) -> MadeCall {
    made("write").cut_bytes("buf", kept, 100)
}

#[test]
fn text_and_bytes_are_the_whole_buffer() {
    check(call!("write", buf = "abc"), write(b"abc"), Yes);
    check(call!("write", buf = "abc"), write(b"abcd"), No);
    check(call!("write", buf = b"\0\xff"), write(b"\0\xff"), Yes);
    check(call!("write", buf = b"\0\xff"), write(b"\0\xfe"), No);
    check(call!("write", buf = "abc"), made("write").arg("buf", 0x666).arg("count", 3), Unknown);
    check(call!("write", buf = ""), write(b""), Yes);
}

#[test]
fn patterns_are_searched() {
    check(call!("write", buf = re(r"^\d+$")), write(b"4711"), Yes);
    check(call!("write", buf = re(r"^\d+$")), write(b"4711x"), No);
    check(call!("write", buf = re(r"(?-u)\xff")), write(b"\0\xff"), Yes);
}

#[test]
fn of_a_part_only_some_things_are_known() {
    check(call!("write", buf = "abc"), cut(b"xy"), No);
    check(call!("write", buf = "ab"), cut(b"ab"), No);
    check(call!("write", buf = "abcdef"), cut(b"abc"), Unknown);
    check(call!("write", buf = re("b")), cut(b"abc"), Yes);
    check(call!("write", buf = re("x")), cut(b"abc"), Unknown);
    // Found because the part ends there.
    check(call!("write", buf = re("c$")), cut(b"abc"), Unknown);
}

#[test]
fn a_vector_is_one_buffer() {
    let vectors = |len: u64| {
        let mut array = Vec::new();
        for (base, len) in [(0x9000_u64, 3_u64), (0xa000, len)] {
            array.extend(base.to_ne_bytes());
            array.extend(len.to_ne_bytes());
        }
        made("writev")
            .memory("iov", &array)
            .arg("iovcnt", 2)
            .memory_at(0x9000, b"abc")
            .memory_at(0xa000, b"de")
    };
    check(call!("writev", iov = "abcde"), vectors(2), Yes);
    check(call!("writev", iov = "abc"), vectors(2), No);
    check(call!("writev", iov = re("cd")), vectors(2), Yes);
    check(call!("writev", iov = re("zz")), vectors(2), No);
    check(call!("writev", iov = re("zz")), vectors(9), Unknown);
    check(call!("writev", iov = has_item(field("iov_len", 2))), vectors(2), Yes);
    check(call!("writev", iov = has_item(field("iov_base", "de"))), vectors(2), Yes);
    check(call!("writev", iov = has_item(field("iov_base", "xx"))), vectors(2), No);
    assert!(refusal(|| call!("writev", iov = has_item(field("iov_bsae", "x")))).contains("`iov_base`"));
    assert!(refusal(|| call!("writev", iov = has_item("x"))).contains("struct iovec"));
}
