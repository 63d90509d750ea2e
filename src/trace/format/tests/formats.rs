//! The same calls in other formats.

use super::*;

fn in_both(call: &Call, numbers: &str, both: &str) {
    check_in(&Format::new().constants(Constants::Numbers), call, numbers);
    check_in(&Format::new().constants(Constants::Both), call, both);
}

#[test]
fn numbers_and_names() {
    in_both(
        &open(b"/x", 0x8000_0041, 0o644).returned(4),
        r#"openat(-100, "/x", 0x80000041, 0644) = 4"#,
        r#"openat(-100 /* AT_FDCWD */, "/x", 0x80000041 /* O_WRONLY|O_CREAT|0x80000000 */, 0644) = 4"#,
    );
    in_both(
        &made("lseek", &[3, 0, 9]).returned(-22),
        "lseek(3, 0, 0x9) = -1 EINVAL (Invalid argument)",
        "lseek(3, 0, 0x9 /* SEEK_??? */) = -1 EINVAL (Invalid argument)",
    );
    in_both(&made("kill", &[7, 17]).returned(0), "kill(7, 17) = 0", "kill(7, 17 /* SIGCHLD */) = 0");
    in_both(
        &made("stat", &[A, B]).before(A, b"/dev/null").after(B, &stat(0o020_666, 0x103, 0)).returned(0),
        r#"stat("/dev/null", {st_mode=020666, st_rdev=0x103, ...}) = 0"#,
        r#"stat("/dev/null", {st_mode=020666 /* S_IFCHR|0666 */, st_rdev=0x103 /* makedev(0x1, 0x3) */, ...}) = 0"#,
    );
    in_both(
        &made("rt_sigprocmask", &[0, A, 0, 8]).before(A, &words(&[1 << 9])).returned(0),
        "rt_sigprocmask(0, [10], NULL, 8) = 0",
        "rt_sigprocmask(0 /* SIG_BLOCK */, [10 /* USR1 */], NULL, 8) = 0",
    );
    in_both(
        &made("getrlimit", &[3, A]).after(A, &words(&[8 << 20, u64::MAX])).returned(0),
        "getrlimit(0x3, {rlim_cur=8388608, rlim_max=18446744073709551615}) = 0",
        "getrlimit(0x3 /* RLIMIT_STACK */, {rlim_cur=8388608 /* 8192*1024 */, \
         rlim_max=18446744073709551615 /* RLIM64_INFINITY */}) = 0",
    );
    // Without flags there is no name.
    in_both(&made("dup3", &[3, 4, 0]).returned(4), "dup3(3, 4, 0) = 4", "dup3(3, 4, 0) = 4");
}

#[test]
fn strings_in_hexadecimal() {
    let write = |bytes: &[u8]| made("write", &[1, A, bytes.len() as u64]).before(A, bytes).returned(1);
    let unprintable = Format::new().strings(Strings::HexUnprintable);
    check_in(&unprintable, &write(b"a\tb\r\x0b\n"), r#"write(1, "a\tb\r\v\n", 6) = 1"#);
    check_in(&unprintable, &write(b"a\0b"), r#"write(1, "\x61\x00\x62", 3) = 1"#);
    check_in(&unprintable, &write(b"\x7f"), r#"write(1, "\x7f", 1) = 1"#);
    let hex = Format::new().strings(Strings::Hex);
    check_in(&hex, &write(b"a\""), r#"write(1, "\x61\x22", 2) = 1"#);
    check_in(&hex, &made("rmdir", &[A]).before(A, b"/a").returned(0), r#"rmdir("\x2f\x61") = 0"#);
    check_in(&hex.string_limit(1), &write(b"ab"), r#"write(1, "\x61"..., 2) = 1"#);
    let connect = made("connect", &[3, A, 5]).before(A, b"\x01\0/a\0").returned(0);
    let hex = Format::new().strings(Strings::Hex);
    check_in(&hex, &connect, r#"connect(3, {sa_family=AF_UNIX, sun_path="\x2f\x61"}, 5) = 0"#);
}

#[test]
fn protocols_of_sockets() {
    let socket = |domain, protocol| made("close", &[3]).socket(3, domain, protocol).returned(0);
    let format = Format::new().fd_paths(true);
    check_in(&format, &socket(16, 0), "close(3<socket:[1]>) = 0");
    let format = format.fd_protocols(true);
    check_in(&format, &socket(16, 0), "close(3<NETLINK:[1]>) = 0");
    check_in(&format, &socket(2, 0), "close(3<RAW:[1]>) = 0");
    // One that nobody knows, and one that was not seen made.
    check_in(&format, &socket(99, 0), "close(3<socket:[1]>) = 0");
    let unseen = made("close", &[3]).file(Phase::Entry, 3, "socket:[1]").returned(0);
    check_in(&format, &unseen, "close(3<socket:[1]>) = 0");
}
