use super::*;

/// What is refused, and with which words behind "cannot be both".
#[track_caller]
fn refused(make: impl FnOnce() -> CallMatcher + std::panic::UnwindSafe, why: &str) {
    assert_eq!(refusal(make), why);
}

#[test]
fn two_values_of_one_field_are_refused() {
    refused(
        || call!("openat", flags = "O_WRONLY|O_CREAT|O_RDWR"),
        "openat's flags cannot be both `O_WRONLY` and `O_RDWR`: any_of([\"O_WRONLY\", \"O_RDWR\"]) asks for one or \
         the other",
    );
    let both = |make: fn() -> CallMatcher, of: &str| {
        let why = refusal(make);
        assert!(why.starts_with(&format!("{of} cannot be both `")), "{why}");
    };
    both(|| call!("socket", domain = "AF_INET|AF_INET6"), "socket's domain");
    both(|| call!("lseek", whence = "SEEK_SET|SEEK_CUR"), "lseek's whence");
    both(|| call!("socket", ty = "SOCK_STREAM|SOCK_DGRAM"), "socket's ty");
    both(|| call!("mmap", flags = "MAP_SHARED|MAP_PRIVATE"), "mmap's flags");
    both(|| call!("mmap", flags = exactly("MAP_SHARED|MAP_SHARED_VALIDATE")), "mmap's flags");
    both(|| call!("mknod", mode = "S_IFDIR|S_IFREG"), "mknod's mode");
    both(|| call!("clone", flags = "SIGCHLD|SIGHUP"), "clone's flags");
    both(|| call!("fcntl", arg = "O_RDONLY|O_RDWR"), "fcntl's arg");
    both(|| call!("openat2", how = field("flags", "O_RDONLY|O_RDWR")), "openat2's how.flags");
    both(|| call!("openat", flags = any_of(["O_RDONLY|O_RDWR", "O_CREAT"])), "openat's flags");
    both(|| call!("openat", flags = !Match::from("O_RDONLY|O_RDWR")), "openat's flags");
    refused(
        || call!("mmap", prot = "PROT_NONE|PROT_READ"),
        "mmap's prot cannot be both `PROT_NONE` and `PROT_READ`, for `PROT_NONE` is a word of 0: \
         any_of([\"PROT_NONE\", \"PROT_READ\"]) asks for one or the other",
    );
}

#[test]
fn names_that_overlap_are_not_refused() {
    check(call!("openat", flags = "O_SYNC|O_DSYNC"), flags(0x10_1000), Yes);
    check(call!("openat", flags = "O_TMPFILE|O_DIRECTORY|O_RDWR"), flags(0x41_0002), Yes);
    check(call!("openat", flags = "O_RDONLY|O_RDONLY"), flags(0), Yes);
    let map = |word: i64| made("mmap").arg("flags", word).returned(4096);
    check(call!("mmap", flags = "MAP_SHARED_VALIDATE|MAP_SYNC"), map(0x8_0003), Yes);
    // As in C.
    check(call!("mmap", flags = exactly("MAP_FILE|MAP_PRIVATE")), map(2), Yes);
    check(call!("socket", domain = "AF_UNIX|AF_LOCAL"), made("socket").arg("domain", 1).returned(3), Yes);
    let node = made("mknod").path("path", "/a").arg("mode", 0o014_644).returned(0);
    check(call!("mknod", mode = "S_IFIFO|S_ISUID"), node, Yes);
}

#[test]
fn a_string_with_a_nul_is_refused() {
    refused(
        || call!("openat", path = "/etc/hostname\0"),
        "openat's path cannot be \"/etc/hostname\\0\": it ends at its first NUL",
    );
    let nul = |make: fn() -> CallMatcher| assert!(refusal(make).ends_with("it ends at its first NUL"));
    nul(|| call!("openat", path = exactly("a\0b")));
    nul(|| call!("openat", path = under("/a\0b")));
    nul(|| call!("write", fd = file("/a\0b")));
    nul(|| family::open().on("/a\0b"));
    nul(|| call!("execve", argv = has_item("a\0")));
    nul(|| call!("setxattr", name = "user.a\0"));
    nul(|| call!("connect", addr = unix("/run/a\0")));
    // They end where their length says.
    let data = made("write").bytes("buf", b"a\0").returned(2);
    check(call!("write", buf = "a\0"), data, Yes);
    check_words(call!("connect", addr = unix("@a\0b")), "connect(addr = unix \"@a\\0b\")");
}

#[test]
fn an_error_that_no_program_sees_is_refused() {
    refused(
        || call!("read").fails("ERESTARTSYS"),
        "no call fails with ERESTARTSYS, which the kernel keeps to itself: the call is made anew, or fails with what \
         .fails(\"EINTR\") asks for",
    );
    check_words(call!("read").fails("ERESTART"), "read = ERESTART");
}
