//! Values that have a name because of what stands before them: a command, an option, a level.

use super::*;
use crate::trace::value::Value;

const EBADF: &str = "-1 EBADF (Bad file descriptor)";

#[test]
fn masks_of_memory_nodes() {
    let mask = words(&[5, 0, 1]);
    let set = |nodes| made("set_mempolicy", &[2, A, nodes]).before(A, &mask).returned(0);
    check(&set(64), "set_mempolicy(MPOL_BIND, [0x00000000000005], 64) = 0");
    // One bit less than is said.
    check(&set(65), "set_mempolicy(MPOL_BIND, [0x00000000000005], 65) = 0");
    check(&set(66), "set_mempolicy(MPOL_BIND, [0x00000000000005, 0000000000000000], 66) = 0");
    check(&set(0), "set_mempolicy(MPOL_BIND, [], 0) = 0");
    check(&set(1), "set_mempolicy(MPOL_BIND, 0x1000, 1) = 0");
    check(
        &made("set_mempolicy", &[0x8001, 0, 0]).returned(0),
        "set_mempolicy(MPOL_PREFERRED|MPOL_F_STATIC_NODES, NULL, 0) = 0",
    );
    let long = made("mbind", &[A, 4096, 3, B, 64 * 40 + 1, 1]).before(B, &words(&[7; 40])).returned(0);
    let shown = ["0x00000000000007"; 32].join(", ");
    check(&long, &format!("mbind(0x1000, 4096, MPOL_INTERLEAVE, [{shown}, ...], 2561, MPOL_MF_STRICT) = 0"));
    let got = made("get_mempolicy", &[A, B, 128, 0, 4]).after(A, &ints(&[3])).after(B, &words(&[1, 0]));
    check(
        &got.clone().returned(0),
        "get_mempolicy([MPOL_INTERLEAVE], [0x00000000000001, 0000000000000000], 128, NULL, MPOL_F_MEMS_ALLOWED) = 0",
    );
    assert_eq!(
        got.returned(0).arg("mode").unwrap().items()[0].flags().unwrap().name(),
        Some("MPOL_INTERLEAVE")
    );
    check(
        &made("get_mempolicy", &[A, 0, 0, 0, 0]).returned(-22),
        "get_mempolicy(0x1000, NULL, 0, NULL, 0) = -1 EINVAL (Invalid argument)",
    );
    check(
        &made("migrate_pages", &[7, 65, A, B]).before(A, &words(&[1])).before(B, &words(&[0])).returned(0),
        "migrate_pages(7, 65, [0x00000000000001], [0000000000000000]) = 0",
    );
}

#[test]
fn flags_of_an_inode() {
    let set = |flags| made("ioctl", &[3, 0x4008_6602, A]).before(A, &ints(&[flags])).returned(-9);
    check(
        &set(0x80030),
        &format!("ioctl(3, FS_IOC_SETFLAGS, [FS_IMMUTABLE_FL|FS_APPEND_FL|FS_EXTENT_FL]) = {EBADF}"),
    );
    check(&set(0), &format!("ioctl(3, FS_IOC_SETFLAGS, [0]) = {EBADF}"));
    check(&set(0x0100_0001), &format!("ioctl(3, FS_IOC_SETFLAGS, [FS_SECRM_FL|0x1000000]) = {EBADF}"));
    let get = made("ioctl", &[3, 0x8008_6601, A]);
    // An `int`, whatever follows it.
    check(
        &get.clone().after(A, &ints(&[0x80000, -1])).returned(0),
        "ioctl(3, FS_IOC_GETFLAGS, [FS_EXTENT_FL]) = 0",
    );
    check(&get.returned(-9), &format!("ioctl(3, FS_IOC_GETFLAGS, 0x1000) = {EBADF}"));
    let extended = [&ints(&[2, 0, 1, 4, 0])[..], &[0; 8]].concat();
    check(
        &made("ioctl", &[3, 0x801c_581f, A]).after(A, &extended).returned(0),
        "ioctl(3, FS_IOC_FSGETXATTR, {fsx_xflags=FS_XFLAG_PREALLOC, fsx_extsize=0, fsx_nextents=1, fsx_projid=0x4, \
         fsx_cowextsize=0}) = 0",
    );
    check(
        &made("ioctl", &[3, 0x401c_5820, A]).before(A, &extended).returned(0),
        "ioctl(3, FS_IOC_FSSETXATTR, {fsx_xflags=FS_XFLAG_PREALLOC, fsx_extsize=0, fsx_projid=0x4, fsx_cowextsize=0}) = 0",
    );
}

#[test]
fn modes_of_a_terminal() {
    let set = |request, modes: [u32; 4]| {
        let modes = modes.map(|word| word as i32);
        made("ioctl", &[9, request, A]).before(A, &[&ints(&modes)[..], &[0; 20]].concat()).returned(-9)
    };
    check(
        &set(0x5404, [0, 0, 0xbf, 0]),
        &format!(
            "ioctl(9, SNDCTL_TMR_CONTINUE or TCSETSF, {{c_iflag=, c_oflag=NL0|CR0|TAB0|BS0|VT0|FF0|, \
             c_cflag=B38400|CS8|CREAD, c_lflag=, ...}}) = {EBADF}"
        ),
    );
    check(
        &set(0x5402, [0x8000_0100, 0x100_0001, 0x8000_000d, 0x4000_0000]),
        &format!(
            "ioctl(9, SNDCTL_TMR_START or TCSETS, {{c_iflag=ICRNL|0x80000000, \
             c_oflag=NL0|CR0|TAB0|BS0|VT0|FF0|OPOST|0x1000000, c_cflag=B9600|CS5|CRTSCTS, c_lflag=0x40000000, ...}}) \
             = {EBADF}"
        ),
    );
    check(
        &set(0x5403, [0, 0, 0, 1]),
        &format!(
            "ioctl(9, SNDCTL_TMR_STOP or TCSETSW, {{c_iflag=, c_oflag=NL0|CR0|TAB0|BS0|VT0|FF0|, c_cflag=B0|CS5|, \
             c_lflag=ISIG, ...}}) = {EBADF}"
        ),
    );
}

#[test]
fn options_of_a_process() {
    let ambient = |command, capability, rest| {
        made("prctl", &[47, command, capability, rest, 0])
            .returned(0)
            .display_call(&Format::new())
            .to_string()
    };
    assert_eq!(ambient(1, 13, 0), "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_RAW, 0, 0)");
    assert_eq!(ambient(2, 99, 1), "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 0x63 /* CAP_??? */, 0x1, 0)");
    assert_eq!(ambient(3, 0, 0), "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_CHOWN, 0, 0)");
    assert_eq!(ambient(4, 0, 0), "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)");
    assert_eq!(ambient(9, 3, 0), "prctl(PR_CAP_AMBIENT, 0x9 /* PR_CAP_AMBIENT_??? */, 0x3, 0, 0)");
    check(
        &made("prctl", &[33, 1, 1, 0, 0]).returned(0),
        "prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0) = 0",
    );
    check(
        &made("prctl", &[38, 1, 0, 16, 0]).returned(-22),
        "prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0x10, 0) = -1 EINVAL (Invalid argument)",
    );
    let act = words(&[1, 0x3000_0000, 0, 0]);
    check(
        &made("rt_sigaction", &[10, A, 0, 8]).before(A, &act).returned(0),
        "rt_sigaction(SIGUSR1, {sa_handler=SIG_IGN, sa_mask=[], sa_flags=SA_RESTART|SA_INTERRUPT}, NULL, 8) = 0",
    );
    let available =
        |action: u32| made("seccomp", &[2, 0, A]).before(A, &ints(&[action as i32, -1])).returned(0);
    check(&available(0x8000_0000), "seccomp(SECCOMP_GET_ACTION_AVAIL, 0, [SECCOMP_RET_KILL_PROCESS]) = 0");
    check(&available(0x5_0005), "seccomp(SECCOMP_GET_ACTION_AVAIL, 0, [0x50005 /* SECCOMP_RET_??? */]) = 0");
    check(
        &made("seccomp", &[2, 0, 0]).returned(-14),
        "seccomp(SECCOMP_GET_ACTION_AVAIL, 0, NULL) = -1 EFAULT (Bad address)",
    );
    let header = made("capget", &[A, 0]).before(A, &ints(&[0, 0])).after(A, &ints(&[0x2008_0522, 0]));
    check(&header.returned(0), "capget({version=0 /* _LINUX_CAPABILITY_VERSION_??? */, pid=0}, NULL) = 0");
    let times = made("times", &[A]).after(A, &words(&[1, 0, 130, -4i64 as u64]));
    check(
        &times.returned(1_720_525_934),
        "times({tms_utime=1 /* 0.01 s */, tms_stime=0, tms_cutime=130 /* 1.30 s */, tms_cstime=-4}) = 1720525934",
    );
    check(&made("times", &[0]).returned(17), "times(NULL) = 17");
}

#[test]
fn modes_of_files() {
    let line = |name, args: &[u64]| {
        made(name, args).before(A, b"x").returned(0).display_call(&Format::new()).to_string()
    };
    assert_eq!(line("chmod", &[A, 0o100_644]), r#"chmod("x", 0100644)"#);
    assert_eq!(line("chmod", &[A, 0o104_755]), r#"chmod("x", 0104755)"#);
    assert_eq!(line("chmod", &[A, 7]), r#"chmod("x", 007)"#);
    // Sixteen bits are looked at.
    assert_eq!(line("chmod", &[A, 0x1234_5678]), r#"chmod("x", 053170)"#);
    assert_eq!(line("mkdirat", &[CWD, A, 0o40_755]), r#"mkdirat(AT_FDCWD, "x", 040755)"#);
    assert_eq!(
        line("openat", &[CWD, A, 0o100, 0o100_600]),
        r#"openat(AT_FDCWD, "x", O_RDONLY|O_CREAT, 0100600)"#
    );
    assert_eq!(line("mknod", &[A, 0o104_644, 0]), r#"mknod("x", S_IFREG|S_ISUID|0644)"#);
    assert_eq!(line("mknod", &[A, 0o4644, 0]), r#"mknod("x", S_ISUID|0644)"#);
    assert_eq!(line("mknod", &[A, 0, 0]), r#"mknod("x", 000)"#);
    let how = made("openat2", &[CWD, A, B, 24]).before(A, b"x").before(B, &words(&[0x40, 0o100_644, 0]));
    assert!(how.returned(3).to_string().contains("{flags=O_RDONLY|O_CREAT, mode=0100644, resolve=0}"));
    check(&made("umask", &[0o22]).returned(0o77), "umask(022) = 077");
}

#[test]
fn options_of_a_socket() {
    let error = |number: i32, len: i32| {
        let call =
            made("getsockopt", &[3, 1, 4, A, B]).before(B, &ints(&[len])).after(B, &ints(&[len.min(4)]));
        call.after(A, &ints(&[number])).returned(0)
    };
    check(&error(111, 4), "getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0");
    check(&error(0, 8), "getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [8 => 4]) = 0");
    check(&error(4000, 4), "getsockopt(3, SOL_SOCKET, SO_ERROR, [4000], [4]) = 0");
    check(&error(111, 2), r#"getsockopt(3, SOL_SOCKET, SO_ERROR, "o\0", [2]) = 0"#);
    let group = b"\xe0\0\0\x05\x7f\0\0\x01";
    let join = |len| made("setsockopt", &[3, 0, 35, A, len]).before(A, group).returned(0);
    check(
        &join(8),
        "setsockopt(3, SOL_IP, IP_ADD_MEMBERSHIP, {imr_multiaddr=inet_addr(\"224.0.0.5\"), \
         imr_interface=inet_addr(\"127.0.0.1\")}, 8) = 0",
    );
    check(&join(4), "setsockopt(3, SOL_IP, IP_ADD_MEMBERSHIP, 0x1000, 4) = 0");
    assert_eq!(
        join(8).arg("optval").unwrap().field("imr_multiaddr"),
        Some(&Value::Host([224, 0, 0, 5].into()))
    );
    let mut group = [0; 20];
    group[..2].copy_from_slice(b"\xff\x02");
    group[15] = 1;
    group[16] = 7;
    check(
        &made("setsockopt", &[3, 41, 20, A, 20]).before(A, &group).returned(0),
        "setsockopt(3, SOL_IPV6, IPV6_ADD_MEMBERSHIP, {inet_pton(AF_INET6, \"ff02::1\", &ipv6mr_multiaddr), \
         ipv6mr_interface=7}, 20) = 0",
    );
}
