//! Lines as strace prints them for the same calls.

mod addresses;
mod formats;
mod named;
mod netlink;
mod words;

use super::*;
use crate::trace::call::Call;
use crate::trace::decode::tests::{Made, ints, made, numbered, words};
use crate::trace::raw::{Abi, Capture, CaptureEnd, Moment, Phase, TaskId};
use crate::trace::record::{Mark, MarkKind};
use std::time::Duration;

const CWD: u64 = -100i32 as u32 as u64;
/// Where the literals put a string or a structure.
const A: u64 = 0x1000;
const B: u64 = 0x2000;

#[track_caller]
fn check(call: &Call, expected: &str) {
    assert_eq!(call.to_string(), expected);
}

#[track_caller]
fn check_in(format: &Format, call: &Call, expected: &str) {
    assert_eq!(call.display(format).to_string(), expected);
}

fn open(path: &[u8], flags: u64, mode: u64) -> Made {
    made("openat", &[CWD, A, flags, mode]).before(A, path)
}

#[test]
fn opening() {
    let odd = open("/tmp/x\n\x01\x0f2\"é".as_bytes(), 0x242, 0o644).returned(3);
    check(&odd, r#"openat(AT_FDCWD, "/tmp/x\n\1\0172\"\303\251", O_RDWR|O_CREAT|O_TRUNC, 0644) = 3"#);
    let gone = open(b"/x", 0x8041_0002, 0o600).returned(-2);
    check(
        &gone,
        r#"openat(AT_FDCWD, "/x", O_RDWR|O_TMPFILE|0x80000000, 0600) = -1 ENOENT (No such file or directory)"#,
    );
    check(
        &open(b"zz", 0x10_1001, 0).returned(-2),
        r#"openat(AT_FDCWD, "zz", O_WRONLY|O_SYNC) = -1 ENOENT (No such file or directory)"#,
    );
    check(
        &made("openat", &[CWD, 1, 3]).returned(-14),
        "openat(AT_FDCWD, 0x1, O_ACCMODE) = -1 EFAULT (Bad address)",
    );
    check(
        &made("openat", &[77, A, 0x20_0000]).before(A, b"zz").returned(-9),
        r#"openat(77, "zz", O_RDONLY|O_PATH) = -1 EBADF (Bad file descriptor)"#,
    );
    let how =
        made("openat2", &[CWD, A, B, 24]).before(A, b"/etc/passwd").before(B, &words(&[0x8_0000, 0, 4]));
    check(
        &how.returned(30),
        r#"openat2(AT_FDCWD, "/etc/passwd", {flags=O_RDONLY|O_CLOEXEC, resolve=RESOLVE_NO_SYMLINKS}, 24) = 30"#,
    );
    check(&made("close", &[u64::MAX]).returned(-9), "close(-1) = -1 EBADF (Bad file descriptor)");
}

#[test]
fn paths_are_whole_and_buffers_cut() {
    let long = [b'p'; 50];
    check(&made("rmdir", &[A]).before(A, &long).returned(0), &format!("rmdir(\"{}\") = 0", "p".repeat(50)));
    let digits = b"0123456789012345678901234567890123456789";
    let write = |count: usize, bytes: &[u8]| {
        made("write", &[5, A, count as u64]).before(A, bytes).returned(count as i64)
    };
    check(&write(40, digits), r#"write(5, "01234567890123456789012345678901"..., 40) = 40"#);
    check(&write(32, &digits[..32]), r#"write(5, "01234567890123456789012345678901", 32) = 32"#);
    check(&write(6, b"\0\x01\x02\09\xff"), r#"write(5, "\0\1\2\09\377", 6) = 6"#);
    check(&write(0, b""), r#"write(5, "", 0) = 0"#);
    check(&made("write", &[5, 0, 0]).returned(0), "write(5, NULL, 0) = 0");
    check(&made("write", &[5, 8, 5]).returned(-14), "write(5, 0x8, 5) = -1 EFAULT (Bad address)");
    check(
        &made("read", &[5, A, 10]).after(A, b"0123456789").returned(10),
        r#"read(5, "0123456789", 10) = 10"#,
    );
    check(&made("read", &[5, A, 10]).returned(0), r#"read(5, "", 10) = 0"#);
    check_in(&Format::new().string_limit(4), &write(6, b"abcdef"), r#"write(5, "abcd"..., 6) = 6"#);
    check_in(
        &Format::new().string_limit(100),
        &write(40, digits),
        &format!("write(5, \"{}\", 40) = 40", "0123456789".repeat(4)),
    );
    let random = made("getrandom", &[A, 8, 1]).after(A, b"\x19\x5aabcd\0\xff").returned(8);
    check(&random, r#"getrandom("\x19\x5a\x61\x62\x63\x64\x00\xff", 8, GRND_NONBLOCK) = 8"#);
}

#[test]
fn vectors() {
    let vector = words(&[B, 3, 0x3000, 4, 0, 0]);
    let write =
        made("writev", &[5, A, 3]).before(A, &vector).before(B, b"abc").before(0x3000, b"defg").returned(7);
    check(
        &write,
        r#"writev(5, [{iov_base="abc", iov_len=3}, {iov_base="defg", iov_len=4}, {iov_base=NULL, iov_len=0}], 3) = 7"#,
    );
    let read = made("readv", &[5, A, 2]).before(A, &words(&[B, 3, 0x3000, 400]));
    let full = read.clone().after(B, b"012").after(0x3000, b"34").returned(5);
    check(&full, r#"readv(5, [{iov_base="012", iov_len=3}, {iov_base="34", iov_len=400}], 2) = 5"#);
    check(
        &read.returned(-9),
        "readv(5, [{iov_base=0x2000, iov_len=3}, {iov_base=0x3000, iov_len=400}], 2) = -1 EBADF (Bad file descriptor)",
    );
    check(&made("writev", &[5, A, 0]).returned(0), "writev(5, [], 0) = 0");
    check(
        &made("writev", &[5, 8, 1]).capture(Phase::Entry, 8, b"", CaptureEnd::Unreadable(14)).returned(-14),
        "writev(5, 0x8, 1) = -1 EFAULT (Bad address)",
    );
    check(
        &made("writev", &[5, A, u64::MAX]).returned(-22),
        "writev(5, 0x1000, -1) = -1 EINVAL (Invalid argument)",
    );
}

/// `struct stat` with a mode, a device and a size.
fn stat(mode: u32, rdev: u64, size: u64) -> Vec<u8> {
    let mut bytes = vec![0; 144];
    bytes[24..28].copy_from_slice(&mode.to_ne_bytes());
    bytes[40..48].copy_from_slice(&rdev.to_ne_bytes());
    bytes[48..56].copy_from_slice(&size.to_ne_bytes());
    bytes
}

#[test]
fn file_attributes() {
    let fstat = |bytes: &[u8]| made("fstat", &[5, A]).after(A, bytes).returned(0);
    check(&fstat(&stat(0o100_600, 0, 78)), "fstat(5, {st_mode=S_IFREG|0600, st_size=78, ...}) = 0");
    check(
        &fstat(&stat(0o020_666, 0x103, 0)),
        "fstat(5, {st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}) = 0",
    );
    check(
        &fstat(&stat(0o041_777, 0, 4096)),
        "fstat(5, {st_mode=S_IFDIR|S_ISVTX|0777, st_size=4096, ...}) = 0",
    );
    let full = fstat(&stat(0o100_600, 0, 78)).display(&Format::new().verbose(true)).to_string();
    assert!(
        full.starts_with("fstat(5, {st_dev=makedev(0, 0), st_ino=0, st_mode=S_IFREG|0600, st_nlink=0, ")
            && !full.contains("..."),
        "{full}"
    );
    let empty = made("newfstatat", &[5, A, B, 0x1000]).before(A, b"").returned(-2);
    check(&empty, r#"newfstatat(5, "", 0x2000, AT_EMPTY_PATH) = -1 ENOENT (No such file or directory)"#);
    let mut bytes = vec![0; 256];
    bytes[..4].copy_from_slice(&0x17ff_u32.to_ne_bytes());
    bytes[28..30].copy_from_slice(&0o100_644_u16.to_ne_bytes());
    bytes[40..48].copy_from_slice(&1221_u64.to_ne_bytes());
    let statx =
        made("statx", &[CWD, A, 0x100, 0x7ff, B]).before(A, b"/etc/passwd").after(B, &bytes).returned(0);
    check(
        &statx,
        "statx(AT_FDCWD, \"/etc/passwd\", AT_STATX_SYNC_AS_STAT|AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, {stx_mask=STATX_BASIC_STATS|STATX_MNT_ID, stx_attributes=0, stx_mode=S_IFREG|0644, stx_size=1221, ...}) = 0",
    );
    check(
        &made("mknodat", &[CWD, A, 0o024_644, 0x103]).before(A, b"n").returned(0),
        r#"mknodat(AT_FDCWD, "n", S_IFCHR|S_ISUID|0644, makedev(0x1, 0x3)) = 0"#,
    );
    check(
        &made("mknodat", &[CWD, A, 0o010_644, 0]).before(A, b"n").returned(0),
        r#"mknodat(AT_FDCWD, "n", S_IFIFO|0644) = 0"#,
    );
    check(&made("chmod", &[A, 0]).before(A, b"f").returned(0), r#"chmod("f", 000) = 0"#);
    check(&made("umask", &[0o22]).returned(0), "umask(022) = 000");
    check(&made("chown", &[A, u64::MAX, 5]).before(A, b"f").returned(0), r#"chown("f", -1, 5) = 0"#);
    check(&made("access", &[A, 0]).before(A, b"f").returned(0), r#"access("f", F_OK) = 0"#);
    check(&made("access", &[A, 5]).before(A, b"f").returned(0), r#"access("f", R_OK|X_OK) = 0"#);
    check(
        &made("readlink", &[A, B, 9]).before(A, b"l").after(B, b"to").returned(2),
        r#"readlink("l", "to", 9) = 2"#,
    );
    check(&made("getcwd", &[A, 9]).after(A, b"/tmp\0").returned(5), r#"getcwd("/tmp", 9) = 5"#);
    let times = made("utimensat", &[CWD, A, B, 0x100])
        .before(A, b"f")
        .before(B, &words(&[0, 0x3fff_ffff, 5, 0x3fff_fffe]));
    check(
        &times.returned(0),
        r#"utimensat(AT_FDCWD, "f", [UTIME_NOW, UTIME_OMIT], AT_SYMLINK_NOFOLLOW) = 0"#,
    );
    let mut entry = [0; 24];
    entry[16] = 24;
    let entries = made("getdents64", &[3, A, 4096]).after(A, &entry.repeat(3)).returned(72);
    check(&entries, "getdents64(3, 0x1000 /* 3 entries */, 4096) = 72");
    (entry[0], entry[8], entry[18], entry[19]) = (5, 9, 4, b'd');
    let modern = made("getdents64", &[3, A, 4096]).after(A, &entry).returned(24);
    let old =
        made("getdents", &[3, A, 4096]).after(A, &[&entry[..18], b"ab\0\0\0\x08"].concat()).returned(24);
    let none = made("getdents64", &[3, A, 4096]).returned(0);
    for (call, shown) in [
        (modern, "64(3, [{d_ino=5, d_off=9, d_reclen=24, d_type=DT_DIR, d_name=\"d\"}], 4096) = 24"),
        (old, "(3, [{d_ino=5, d_off=9, d_reclen=24, d_name=\"ab\", d_type=DT_REG}], 4096) = 24"),
        (none, "64(3, [], 4096) = 0"),
    ] {
        check_in(&Format::new().verbose(true), &call, &format!("getdents{shown}"));
    }
    check(&made("getdents64", &[3, A, 4096]).returned(0), "getdents64(3, 0x1000 /* 0 entries */, 4096) = 0");
}

#[test]
fn descriptors() {
    check(&made("fcntl", &[5, 1]).returned(0), "fcntl(5, F_GETFD) = 0");
    check(&made("fcntl", &[5, 1]).returned(1), "fcntl(5, F_GETFD) = 0x1 (flags FD_CLOEXEC)");
    check(&made("fcntl", &[5, 3]).returned(0x8002), "fcntl(5, F_GETFL) = 0x8002 (flags O_RDWR|O_LARGEFILE)");
    check(&made("fcntl", &[5, 4, 0x802]).returned(0), "fcntl(5, F_SETFL, O_RDWR|O_NONBLOCK) = 0");
    check(&made("fcntl", &[5, 0, 20]).returned(20), "fcntl(5, F_DUPFD, 20) = 20");
    check(&made("fcntl", &[5, 1034]).returned(1), "fcntl(5, F_GET_SEALS) = 0x1 (seals F_SEAL_SEAL)");
    check(
        &made("fcntl", &[5, 99, 5]).returned(-22),
        "fcntl(5, 0x63 /* F_??? */, 0x5) = -1 EINVAL (Invalid argument)",
    );
    check(
        &made("pipe2", &[A, 0x8_0800]).after(A, &ints(&[9, 11])).returned(0),
        "pipe2([9, 11], O_NONBLOCK|O_CLOEXEC) = 0",
    );
    check(
        &made("lseek", &[5, -5i64 as u64, 9]).returned(-22),
        "lseek(5, -5, 0x9 /* SEEK_??? */) = -1 EINVAL (Invalid argument)",
    );
    let sent = made("sendfile", &[11, 5, A, 5]).before(A, &words(&[3])).after(A, &words(&[8])).returned(5);
    check(&sent, "sendfile(11, 5, [3] => [8], 5) = 5");
    check(&made("sendfile", &[11, 5, 0, 5]).returned(0), "sendfile(11, 5, NULL, 5) = 0");
    let spliced =
        made("splice", &[5, A, 11, 0, 3, 1]).before(A, &words(&[8])).after(A, &words(&[11])).returned(3);
    check(&spliced, "splice(5, [8], 11, NULL, 3, SPLICE_F_MOVE) = 3");
    let paths = Format::new().fd_paths(true);
    let opened =
        open(b"data", 0, 0).file(Phase::Entry, -100, "/tmp").file(Phase::Exit, 5, "/tmp/d\n").returned(5);
    check_in(&paths, &opened, r#"openat(AT_FDCWD</tmp>, "data", O_RDONLY) = 5</tmp/d\n>"#);
    check_in(
        &paths,
        &made("close", &[5]).file(Phase::Entry, 5, "pipe:[17]").returned(0),
        "close(5<pipe:[17]>) = 0",
    );
    check_in(&paths, &made("close", &[5]).returned(0), "close(5) = 0");
}

#[test]
fn requests() {
    check(
        &made("ioctl", &[0, 0x5401, A]).returned(-25),
        "ioctl(0, TCGETS, 0x1000) = -1 ENOTTY (Inappropriate ioctl for device)",
    );
    check(&made("ioctl", &[5, 0x541b, A]).after(A, &ints(&[7])).returned(0), "ioctl(5, FIONREAD, [7]) = 0");
    check(
        &made("ioctl", &[5, 0x1234_5678, 5]).returned(-25),
        "ioctl(5, _IOC(_IOC_NONE, 0x56, 0x78, 0x1234), 0x5) = -1 ENOTTY (Inappropriate ioctl for device)",
    );
    check(
        &made("ioctl", &[5, 0x8008_1234, A]).returned(-25),
        "ioctl(5, _IOC(_IOC_READ, 0x12, 0x34, 0x8), 0x1000) = -1 ENOTTY (Inappropriate ioctl for device)",
    );
    check(
        &made("ioctl", &[5, 0xc008_1200, A]).returned(-25),
        "ioctl(5, _IOC(_IOC_READ|_IOC_WRITE, 0x12, 0, 0x8), 0x1000) = -1 ENOTTY (Inappropriate ioctl for device)",
    );
}

fn pollfds(fds: &[(i32, i16, i16)]) -> Vec<u8> {
    let bytes = |&(fd, events, revents): &(i32, i16, i16)| {
        [&fd.to_ne_bytes()[..], &events.to_ne_bytes(), &revents.to_ne_bytes()].concat()
    };
    fds.iter().flat_map(bytes).collect()
}

#[test]
fn waiting_for_descriptors() {
    let poll = made("poll", &[A, 2, 100]).before(A, &pollfds(&[(11, 5, 0), (9, 1, 0)]));
    let ready = poll.clone().after(A, &pollfds(&[(11, 5, 4), (9, 1, 0)]));
    check(
        &ready.returned(1),
        "poll([{fd=11, events=POLLIN|POLLOUT}, {fd=9, events=POLLIN}], 2, 100) = 1 ([{fd=11, revents=POLLOUT}])",
    );
    check(
        &poll.clone().returned(-516),
        "poll([{fd=11, events=POLLIN|POLLOUT}, {fd=9, events=POLLIN}], 2, 100) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)",
    );
    let none = made("poll", &[A, 1, 0]).before(A, &pollfds(&[(-1, 5, 4)])).after(A, &pollfds(&[(-1, 5, 0)]));
    check(&none.returned(0), "poll([{fd=-1}], 1, 0) = 0 (Timeout)");
    check(&made("poll", &[0, 0, 1]).returned(0), "poll(NULL, 0, 1) = 0 (Timeout)");
    let set = 1_u64 << 1 | 1 << 33;
    let ppoll = made("ppoll", &[A, 1, B, 0x3000, 8])
        .before(A, &pollfds(&[(9, 1, 0)]))
        .after(A, &pollfds(&[(9, 1, 1)]));
    let ppoll = ppoll.before(B, &words(&[1, 1000])).after(B, &words(&[1, 18])).before(0x3000, &words(&[set]));
    check(
        &ppoll.returned(1),
        "ppoll([{fd=9, events=POLLIN}], 1, {tv_sec=1, tv_nsec=1000}, [INT RT_2], 8) = 1 ([{fd=9, revents=POLLIN}], left {tv_sec=1, tv_nsec=18})",
    );
    let select = made("select", &[12, A, B, 0, 0x3000])
        .before(A, &words(&[1 << 9]))
        .before(B, &words(&[1 << 11 | 1 << 3]));
    let select = select.before(0x3000, &words(&[1, 0])).after(0x3000, &words(&[0, 5])).after(A, &words(&[0]));
    check(
        &select.after(B, &words(&[1 << 11])).returned(1),
        "select(12, [9], [3 11], NULL, {tv_sec=1, tv_usec=0}) = 1 (out [11], left {tv_sec=0, tv_usec=5})",
    );
    check(&made("select", &[0, 0, 0, 0, 0]).returned(0), "select(0, NULL, NULL, NULL, NULL) = 0 (Timeout)");
    let event = [&5_u32.to_ne_bytes()[..], &11_u64.to_ne_bytes()].concat();
    check(&made("epoll_ctl", &[12, 2, 11, A]).returned(0), "epoll_ctl(12, EPOLL_CTL_DEL, 11, 0x1000) = 0");
    check(
        &made("epoll_ctl", &[12, 1, 11, A]).before(A, &event).returned(0),
        "epoll_ctl(12, EPOLL_CTL_ADD, 11, {events=EPOLLIN|EPOLLOUT, data=0xb}) = 0",
    );
    check(&made("epoll_wait", &[12, A, 4, 1]).returned(0), "epoll_wait(12, [], 4, 1) = 0");
}

#[test]
fn sockets() {
    check(
        &made("socket", &[2, 0x8_0801, 6]).returned(13),
        "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_TCP) = 13",
    );
    check(&made("socket", &[1, 2, 0]).returned(14), "socket(AF_UNIX, SOCK_DGRAM, 0) = 14");
    check(&made("socket", &[16, 3, 0]).returned(16), "socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = 16");
    let inet = b"\x02\0\x1f\x90\x7f\0\0\x01\0\0\0\0\0\0\0\0";
    let connect = |bytes: &[u8]| made("connect", &[3, A, bytes.len() as u64]).before(A, bytes).returned(0);
    check(
        &connect(inet),
        r#"connect(3, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, 16) = 0"#,
    );
    check(&connect(b"\x01\0/run/x\0"), r#"connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 9) = 0"#);
    check(&connect(b"\x01\0\0abstract"), r#"connect(3, {sa_family=AF_UNIX, sun_path=@"abstract"}, 11) = 0"#);
    check(&connect(b"\x01\0"), "connect(3, {sa_family=AF_UNIX}, 2) = 0");
    check(&connect(b"\x0a\0\0"), r#"connect(3, {sa_family=AF_INET6, sa_data="\0"}, 3) = 0"#);
    check(
        &connect(&[b"\0\0".as_slice(), &[0; 14]].concat()),
        r#"connect(3, {sa_family=AF_UNSPEC, sa_data="\0\0\0\0\0\0\0\0\0\0\0\0\0\0"}, 16) = 0"#,
    );
    let mut inet6 = vec![0; 28];
    inet6[..4].copy_from_slice(b"\x0a\0\0\x35");
    (inet6[8], inet6[9], inet6[23], inet6[24]) = (0xfe, 0x80, 1, 1);
    check(
        &connect(&inet6),
        r#"connect(3, {sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "fe80::1", &sin6_addr), sin6_scope_id=1}, 28) = 0"#,
    );
    let set = made("setsockopt", &[13, 1, 2, A, 4]).before(A, &ints(&[1])).returned(0);
    check(&set, "setsockopt(13, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0");
    let time = made("setsockopt", &[13, 1, 20, A, 16]).before(A, &words(&[5, 0])).returned(0);
    check(
        &time,
        r#"setsockopt(13, SOL_SOCKET, SO_RCVTIMEO_OLD, "\5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16) = 0"#,
    );
    let get = made("getsockopt", &[13, 1, 3, A, B]).before(B, &ints(&[4])).after(B, &ints(&[4]));
    check(
        &get.clone().after(A, &ints(&[-7])).returned(0),
        "getsockopt(13, SOL_SOCKET, SO_TYPE, [-7], [4]) = 0",
    );
    check(
        &get.returned(-9),
        "getsockopt(13, SOL_SOCKET, SO_TYPE, 0x1000, [4]) = -1 EBADF (Bad file descriptor)",
    );
    let name = |room| made("getsockname", &[13, A, B]).before(B, &ints(&[room])).after(B, &ints(&[16]));
    check(
        &name(16).after(A, inet).returned(0),
        r#"getsockname(13, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, [16]) = 0"#,
    );
    check(
        &name(4).after(A, &inet[..4]).returned(0),
        r#"getsockname(13, {sa_family=AF_INET, sa_data="\37\220"}, [4 => 16]) = 0"#,
    );
    check(
        &name(16).returned(-107),
        "getsockname(13, 0x1000, [16]) = -1 ENOTCONN (Transport endpoint is not connected)",
    );
    check(
        &made("accept", &[13, 0, 0]).returned(-11),
        "accept(13, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)",
    );
    let received = made("recvfrom", &[18, A, 100, 0, B, 0x3000])
        .after(A, b"hello")
        .before(0x3000, &ints(&[16]))
        .after(0x3000, &ints(&[0]));
    check(&received.returned(5), r#"recvfrom(18, "hello", 100, 0, 0x2000, [16 => 0]) = 5"#);
}

#[test]
fn signals() {
    let act = words(&[0x5555_5555_79d9, 0x1400_0000, 0x7fff_f7e1_1050, 1 << 14]);
    let action = made("rt_sigaction", &[10, A, 0, 8]).before(A, &act).returned(0);
    check(
        &action,
        "rt_sigaction(SIGUSR1, {sa_handler=0x5555555579d9, sa_mask=[TERM], sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=0x7ffff7e11050}, NULL, 8) = 0",
    );
    let old = made("rt_sigaction", &[13, 0, B, 8]).after(B, &words(&[1, 0, 0, 0])).returned(0);
    check(&old, "rt_sigaction(SIGPIPE, NULL, {sa_handler=SIG_IGN, sa_mask=[], sa_flags=0}, 8) = 0");
    let mask = |set: u64| made("rt_sigprocmask", &[2, A, 0, 8]).before(A, &words(&[set])).returned(0);
    check(&mask(0), "rt_sigprocmask(SIG_SETMASK, [], NULL, 8) = 0");
    check(&mask(1 << 1 | 1 << 33), "rt_sigprocmask(SIG_SETMASK, [INT RT_2], NULL, 8) = 0");
    check(&mask(!(0b11 << 31)), "rt_sigprocmask(SIG_SETMASK, ~[RTMIN RT_1], NULL, 8) = 0");
    check(&made("kill", &[7, 99]).returned(-22), "kill(7, 99) = -1 EINVAL (Invalid argument)");
    check(&made("kill", &[0, 0]).returned(0), "kill(0, 0) = 0");
    check(&made("tgkill", &[7, 8, 10]).returned(0), "tgkill(7, 8, SIGUSR1) = 0");
}

#[test]
fn processes() {
    check(
        &made("clone", &[0x0120_0011, 0, 0, 0x7f10]).returned(7),
        "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f10) = 7",
    );
    // As the C library makes it: an address for a pidfd that is not asked for.
    let thread = words(&[0x3d_0f00, 0x7010, 0x7010, 0x7010, 0, 0x7000, 0x7f_ff80, 0x70c0, 0, 0, 0]);
    let clone = made("clone3", &[A, 88]).before(A, &thread).after(A, &thread).after(0x7010, &ints(&[8]));
    check(
        &clone.returned(8),
        "clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID, child_tid=0x7010, parent_tid=0x7010, exit_signal=0, stack=0x7000, stack_size=0x7fff80, tls=0x70c0} => {parent_tid=[8]}, 88) = 8",
    );
    let wait = |status| made("wait4", &[7, A, 0, 0]).after(A, &ints(&[status])).returned(7);
    check(&wait(0x300), "wait4(7, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 7");
    check(&wait(9), "wait4(7, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL) = 7");
    check(&wait(0x8b), "wait4(7, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}], 0, NULL) = 7");
    check(&wait(0x137f), "wait4(7, [{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}], 0, NULL) = 7");
    check(&wait(0xffff), "wait4(7, [{WIFCONTINUED(s)}], 0, NULL) = 7");
    check(
        &made("wait4", &[u64::MAX, A, 1, 0]).returned(-10),
        "wait4(-1, 0x1000, WNOHANG, NULL) = -1 ECHILD (No child processes)",
    );
    check(&made("exit_group", &[3]).call(), "exit_group(3) = ?");
    check(&made("exit_group", &[-1i64 as u64]).call(), "exit_group(-1) = ?");
    let exec = made("execve", &[A, B, 0x3000])
        .before(A, b"/bin/ls")
        .before(B, &words(&[0x4000, 0x5000]))
        .before(0x4000, b"ls")
        .before(0x5000, b"-l");
    check(
        &exec.clone().before(0x3000, &words(&[1; 35])).returned(0),
        r#"execve("/bin/ls", ["ls", "-l"], 0x3000 /* 35 vars */) = 0"#,
    );
    check(
        &exec.clone().before(0x3000, &words(&[1])).returned(0),
        r#"execve("/bin/ls", ["ls", "-l"], 0x3000 /* 1 var */) = 0"#,
    );
    check(
        &exec.before(0x3000, &[]).returned(-2),
        r#"execve("/bin/ls", ["ls", "-l"], 0x3000 /* 0 vars */) = -1 ENOENT (No such file or directory)"#,
    );
    let limit = |cur, max| made("prlimit64", &[0, 3, 0, A]).after(A, &words(&[cur, max])).returned(0);
    check(
        &limit(8192 * 1024, u64::MAX),
        "prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0",
    );
    check(&limit(20000, 1024), "prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=20000, rlim_max=1024}) = 0");
    check(
        &made("sched_getaffinity", &[0, 128, A]).after(A, &words(&[3])).returned(8),
        "sched_getaffinity(0, 128, [0 1]) = 8",
    );
    check(&made("sched_getscheduler", &[0]).returned(0), "sched_getscheduler(0) = 0 (SCHED_OTHER)");
    check(&made("getgroups", &[0, 0]).returned(2), "getgroups(0, NULL) = 2");
    check(&made("getgroups", &[8, A]).after(A, &ints(&[1, 2])).returned(2), "getgroups(8, [1, 2]) = 2");
    check(&made("personality", &[0xffff_ffff]).returned(0), "personality(0xffffffff) = 0 (PER_LINUX)");
}

#[test]
fn memory() {
    check(
        &made("mmap", &[0, 4096, 3, 0x22, 0xffff_ffff, 0]).returned(0x7f0d_854e_e000),
        "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0d854ee000",
    );
    check(
        &made("mmap", &[0, 4096, 0, 0x5404_0001, 5, 4096]).returned(-22),
        "mmap(NULL, 4096, PROT_NONE, MAP_SHARED|MAP_HUGETLB|21<<MAP_HUGE_SHIFT, 5, 0x1000) = -1 EINVAL (Invalid argument)",
    );
    check(
        &made("mmap", &[0, 4096, 1, 0x812, 3, 0x1c000]).returned(0x7000),
        "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_FIXED|MAP_DENYWRITE, 3, 0x1c000) = 0x7000",
    );
    check(
        &made("mremap", &[0, 1, 2, 1]).returned(-14),
        "mremap(NULL, 1, 2, MREMAP_MAYMOVE) = -1 EFAULT (Bad address)",
    );
    check(&made("brk", &[0]).returned(0x5555_5555_9000), "brk(NULL) = 0x555555559000");
    check(&made("futex", &[A, 0x81, 1]).returned(0), "futex(0x1000, FUTEX_WAKE_PRIVATE, 1) = 0");
    check(
        &made("futex", &[A, 0, 77, 0]).returned(-11),
        "futex(0x1000, FUTEX_WAIT, 77, NULL) = -1 EAGAIN (Resource temporarily unavailable)",
    );
    let bitset = made("futex", &[A, 0x189, 0, B, 0, u64::MAX]).before(B, &words(&[0, 5])).returned(-110);
    check(
        &bitset,
        "futex(0x1000, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 0, {tv_sec=0, tv_nsec=5}, FUTEX_BITSET_MATCH_ANY) = -1 ETIMEDOUT (Connection timed out)",
    );
    check(&made("rseq", &[A, 32, 0, 0x5305_3053]).returned(0), "rseq(0x1000, 0x20, 0, 0x53053053) = 0");
}

#[test]
fn calls_of_no_table_and_results_nobody_saw() {
    check(
        &numbered(Abi::X86_64, 999, &[1, 2, 3]).returned(-38),
        "syscall_0x3e7(0x1, 0x2, 0x3, 0, 0, 0) = -1 ENOSYS (Function not implemented)",
    );
    check(&numbered(Abi::I386, 5, &[1, 2]).returned(3), "i386:open(0x1, 0x2, 0, 0, 0, 0) = 3");
    check(
        &made("read", &[0, A, 8]).returned(-512),
        "read(0, 0x1000, 8) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)",
    );
    check(&made("pause", &[]).returned(-514), "pause() = ? ERESTARTNOHAND (To be restarted if no handler)");
    check(&made("getpid", &[]).returned(-4095), "getpid() = -1 4095 (Unknown error)");
    check(&made("read", &[0, A, 8]).call(), "read(0, 0x1000, 8) = ?");
    let sleep = made("nanosleep", &[A, B]).before(A, &words(&[5, 0]));
    check(
        &sleep.clone().after(B, &words(&[3, 9])).returned(-516),
        "nanosleep({tv_sec=5, tv_nsec=0}, {tv_sec=3, tv_nsec=9}) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)",
    );
    check(&sleep.returned(0), "nanosleep({tv_sec=5, tv_nsec=0}, 0x2000) = 0");
}

#[test]
fn a_line_has_two_parts() {
    let call = open(b"/x", 0, 0).returned(-2);
    let format = Format::new();
    assert_eq!(call.display_call(&format).to_string(), r#"openat(AT_FDCWD, "/x", O_RDONLY)"#);
    assert_eq!(call.display_result(&format).to_string(), "-1 ENOENT (No such file or directory)");
    assert_eq!(made("exit", &[0]).call().display_result(&format).to_string(), "?");
}

#[test]
fn arrays_are_cut_where_they_were_and_where_the_text_is() {
    let exec = |count: usize, end| {
        let pointers: Vec<u64> = (0..count as u64).map(|index| 0x8000 + 2 * index).collect();
        let mut call = made("execve", &[0, A, 0]);
        call = call.capture(Phase::Entry, A, &words(&pointers), end);
        pointers.iter().fold(call, |call, &at| call.before(at, b"a"))
    };
    let items = |count: usize| vec!["\"a\""; count].join(", ");
    check(&exec(32, CaptureEnd::Whole).returned(0), &format!("execve(NULL, [{}], NULL) = 0", items(32)));
    check(&exec(33, CaptureEnd::Whole).returned(0), &format!("execve(NULL, [{}, ...], NULL) = 0", items(32)));
    check_in(
        &Format::new().verbose(true),
        &exec(33, CaptureEnd::Whole).returned(0),
        &format!("execve(NULL, [{}], NULL) = 0", items(33)),
    );
    check(
        &exec(2, CaptureEnd::Unreadable(14)).returned(-14),
        "execve(NULL, [\"a\", \"a\", ... /* 0x1010 */], NULL) = -1 EFAULT (Bad address)",
    );
    let mut cut = exec(2, CaptureEnd::Whole);
    cut.raw.noted.captures.retain(|Capture { address, .. }| *address != 0x8002);
    check(&cut.returned(0), "execve(NULL, [\"a\", ...], NULL) = 0");
}

fn mark(what: MarkKind) -> String {
    let at = Moment::new(0, Duration::ZERO);
    Mark { task: TaskId(0), tid: 7, at, what }.to_string()
}

#[test]
fn signals_and_ends_have_lines_of_their_own() {
    let mut info = ints(&[17, 0, 1, 0, 7, 0, 3, 0]);
    info.resize(128, 0);
    assert_eq!(
        mark(MarkKind::Signal(17, Some(info.into()))),
        "--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=7, si_uid=0, si_status=3, si_utime=0, si_stime=0} ---"
    );
    assert_eq!(mark(MarkKind::Signal(34, None)), "--- SIGRT_2 ---");
    assert_eq!(mark(MarkKind::Stopped(22)), "--- stopped by SIGTTOU ---");
    assert_eq!(mark(MarkKind::Ended(0)), "+++ exited with 0 +++");
    assert_eq!(mark(MarkKind::Ended(0x2a00)), "+++ exited with 42 +++");
    assert_eq!(mark(MarkKind::Ended(9)), "+++ killed by SIGKILL +++");
    assert_eq!(mark(MarkKind::Ended(0x8b)), "+++ killed by SIGSEGV (core dumped) +++");
}
