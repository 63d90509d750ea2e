use super::*;

#[test]
fn a_matcher_is_said_in_words() {
    check_words("connect", "connect");
    check_words(
        call!("openat", path = "/etc/app.conf", flags = "O_RDONLY").ok(),
        "openat(path = \"/etc/app.conf\", flags has O_RDONLY) = ok",
    );
    check_words(call!("fsync", fd = file("/tmp/db")), "fsync(fd = file \"/tmp/db\")");
    check_words(call!("openat", path = under("/tmp")), "openat(path under \"/tmp\")");
    check_words(call!("openat", path = !under("/tmp")), "openat(path not under \"/tmp\")");
    check_words(call!("lseek", whence = "SEEK_SET"), "lseek(whence = SEEK_SET)");
    check_words(call!("openat", path = any_of(["/a", "/b"])), "openat(path = \"/a\" or \"/b\")");
    check_words(family::open().on("/a").fails("ENOENT"), "family::open() on \"/a\" = ENOENT");
    check_words(family::read().on(under("/a")), "family::read() on under \"/a\"");
    check_words("%network", "%network");
    check_words(call!("write", fd = 1).returns(3), "write(fd = 1) = 3");
    check_words(call!("mknod", mode = "S_IFIFO"), "mknod(mode has S_IFIFO)");
    check_words(call!("connect", addr = unix("@x")), "connect(addr = unix \"@x\")");
    check_words(call!("execve", argv = has_item("-l")), "execve(argv has item \"-l\")");
    let closure = call!("read", fd = |_: &Value| true).to_string();
    assert!(
        closure.starts_with("read(fd passes the closure at src/trace/matcher/tests/words.rs:"),
        "{closure}"
    );
}

#[test]
fn alternatives_share_what_is_asked_of_all() {
    check_words(call!("fsync").or("fdatasync").ok(), "fsync or fdatasync = ok");
    check_words(
        call!("unlink", path = "/b").or(call!("unlinkat", path = "/b")),
        "unlink or unlinkat(path = \"/b\")",
    );
    check_words(call!("open").or(call!("creat").ok()), "open, or creat = ok");
    check_words(family::open().ok().or("execve"), "family::open() = ok, or execve");
}

#[test]
fn differences_are_those_of_the_nearest_branch() {
    let call = openat("/etc/app.conf").failed("ENOENT").made();
    let matcher =
        call!("openat", path = "/x", flags = "O_CREAT").or(call!("openat", path = "/etc/app.conf").ok());
    let expected =
        Difference { what: "outcome".to_owned(), wanted: "ok".to_owned(), was: "ENOENT".to_owned() };
    assert_eq!(matcher.differences(&call), Some(vec![expected]));
    assert_eq!(CallMatcher::from("connect").differences(&call), None);
    let path = call!("openat", path = "/etc/other").differences(&call).unwrap();
    assert_eq!(path[0].wanted, "\"/etc/other\"");
    assert_eq!(path[0].was, "\"/etc/app.conf\"");
    let on = family::open().on("/x").differences(&call).unwrap();
    assert_eq!((on[0].what.as_str(), on[0].was.as_str()), ("on", "\"/etc/app.conf\""));
}

#[test]
fn a_doubt_has_its_reason() {
    let doubt = |matcher: CallMatcher, call: MadeCall| matcher.doubt(&call.made());
    let asked = || call!("openat", path = "/a");
    assert_eq!(doubt(asked(), made("openat").arg("path", 0x666)), Some(BlindSpot::Unreadable));
    assert_eq!(doubt(family::open(), numbered(Abi::X86_64, 999)), Some(BlindSpot::UnknownCall));
    assert_eq!(doubt(call!("open", path = "/a"), numbered(Abi::I386, 5)), Some(BlindSpot::Foreign));
    assert_eq!(doubt(asked(), opened("/a")), None);
    assert_eq!(doubt(asked().ok(), openat("/a")), None);
}
