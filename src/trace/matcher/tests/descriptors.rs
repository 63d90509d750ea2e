use super::*;

fn read(fd: i32, link: &str) -> MadeCall {
    made("read").fd("fd", fd, link)
}

#[test]
fn a_number_is_a_number() {
    check(call!("read", fd = 3), read(3, "/a"), Yes);
    check(call!("read", fd = 3), read(4, "/a"), No);
    check(call!("close", fd = -1), made("close").arg("fd", 0xffff_ffff).failed("EBADF"), Yes);
    check(call!("openat", dirfd = "AT_FDCWD"), opened("/a"), Yes);
    check(call!("openat", dirfd = "AT_FDCWD"), made("openat").arg("dirfd", 3), No);
    assert_eq!(
        refusal(|| call!("read", fd = "/a")),
        "read's fd is a descriptor: ask for file(\"/a\"), or for a number"
    );
    assert!(refusal(|| call!("read", fd = any_of([5_000_000_000_i64]))).contains("does not fit"));
}

#[test]
fn a_file_is_what_it_refers_to() {
    check(call!("read", fd = file("/a")), read(3, "/a"), Yes);
    check(call!("read", fd = file("/a")), read(3, "/b"), No);
    check(call!("read", fd = file("/a")), read(3, "/a (deleted)"), Yes);
    check(call!("read", fd = file("/a")), read(3, "pipe:[7]"), No);
    check(call!("read", fd = file("/a")), made("read").arg("fd", 3), Unknown);
    check(call!("read", fd = file("/a")), made("read").arg("fd", -1).failed("EBADF"), No);
    check(call!("read", fd = file(under("/a"))), read(3, "/a/b"), Yes);
    check(call!("read", fd = file(under("/a"))), read(3, "/ab"), No);
    check(call!("read", fd = file(re("^pipe:"))), read(3, "pipe:[7]"), Yes);
    check(call!("read", fd = !file("/a")), read(3, "/b"), Yes);
    assert!(refusal(|| file("a")).contains("wants an absolute path"));
}

#[test]
fn a_file_can_be_another_calls() {
    let renamed = made("rename").path("oldpath", "/a").path("newpath", "/b").returned(0).made();
    let synced = || call!("fsync", fd = file(renamed.arg("oldpath").unwrap()));
    check(synced(), made("fsync").fd("fd", 3, "/a"), Yes);
    check(synced(), made("fsync").fd("fd", 3, "/b"), No);
    assert!(refusal(|| file(&Value::Int(3))).contains("wants a path"));
}

#[test]
fn on_asks_every_path_and_descriptor() {
    check(family::open().on("/a"), opened("/a"), Yes);
    check(family::open().on("/a"), opened("/b"), No);
    check(family::write().on("/a"), made("write").fd("fd", 3, "/a"), Yes);
    check(family::write().on("/a"), made("write").fd("fd", 3, "/b"), No);
    check(family::write().on("/a"), made("write").arg("fd", 3), Unknown);
    let renaming = || made("rename").path("oldpath", "/a").path("newpath", "/b").returned(0);
    check(family::rename().on("/b"), renaming(), Yes);
    check(family::rename().on("/c"), renaming(), No);
    check(family::rename().on(under("/a")), renaming(), Yes);
    check(family::rename().on("/a").on("/b"), renaming(), Yes);
    check(family::rename().on("/a").on("/c"), renaming(), No);
    check(family::open().on("/a"), made("openat").arg("path", 0x666).returned(3), Unknown);
    check(family::open().on("/a"), made("open_by_handle_at").opened(3, "/a"), Yes);
    // Where a path starts is not what the call is about.
    check(
        family::open().on("/d"),
        made("openat").fd("dirfd", 7, "/d").path("path", "x").failed("ENOENT"),
        No,
    );
}

#[test]
fn of_two_files_a_family_is_about_one() {
    let calls = [("copy_file_range", "fd_in", "fd_out"), ("sendfile", "in_fd", "out_fd")];
    for (name, from, to) in
        calls.into_iter().chain([("splice", "fd_in", "fd_out"), ("tee", "fd_in", "fd_out")])
    {
        let copying = || made(name).fd(from, 3, "/a").fd(to, 4, "/b").returned(7);
        let (read, written) = (|file| family::read().on(file), |file| family::write().on(file));
        check(read("/a"), copying(), Yes);
        check(read("/b"), copying(), No);
        check(written("/b"), copying(), Yes);
        check(written("/a"), copying(), No);
        check(read("/b").or(written("/b")), copying(), Yes);
        check(written("/a"), made(name).fd(from, 3, "/a").arg(to, 4).returned(7), Unknown);
        check(CallMatcher::from(name).on("/a").on("/b"), copying(), Yes);
        let was = family::write().on("/a").differences(&copying().made()).unwrap();
        assert_eq!(was[0].was, "4</b>");
    }
}
