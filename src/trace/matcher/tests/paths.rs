use super::*;

fn asked(path: &str) -> CallMatcher {
    call!("openat", path = path)
}

#[test]
fn any_form_of_a_path_counts() {
    check(asked("/a/b"), openat("/a/b").failed("ENOENT"), Yes);
    check(asked("/a/b"), openat("/a//./b/").failed("ENOENT"), Yes);
    check(asked("/a/b/"), openat("/a/b").failed("ENOENT"), Yes);
    check(asked("/a/b"), openat("b").cwd("/a").failed("ENOENT"), Yes);
    check(asked("/a/b"), openat("b").cwd("/c").failed("ENOENT"), No);
    check(asked("/a/b"), openat("/link").opened(3, "/a/b"), Yes);
    check(asked("/link"), openat("/link").opened(3, "/a/b"), Yes);
    check(asked("/a/b"), made("openat").fd("dirfd", 7, "/a").path("path", "b").failed("ENOENT"), Yes);
    check(asked("/a"), opened("/a/b"), No);
    check(asked("/a/b"), openat("/a/b").opened(3, "/a/b (deleted)"), Yes);
    check(call!("openat", path = Path::new("/a")), opened("/a"), Yes);
    check(call!("openat", path = String::from("/a")), opened("/b"), No);
}

#[test]
fn text_alone_does_not_tell_what_lies_beyond_a_link() {
    check(asked("/b"), openat("/a/../b").failed("EACCES"), Unknown);
    check(asked("/b"), openat("/a/../b").opened(3, "/b"), Yes);
    check(asked("/c"), openat("/a/../b").failed("EACCES"), No);
    check(call!("openat", path = under("/b")), openat("/a/../b/c").failed("EACCES"), Unknown);
    check(call!("openat", path = re("^/b")), openat("/a/../b").failed("EACCES"), Unknown);
}

#[test]
fn a_path_counts_where_it_led() {
    let unlink = |place| made("unlink").path("path", "/l/x").returned(0).led("path", place);
    let asked = |path: &str| call!("unlink", path = path);
    check(asked("/real/x"), unlink(Some("/real/x")), Yes);
    check(asked("/l/x"), unlink(Some("/real/x")), Yes);
    check(asked("/other/x"), unlink(Some("/real/x")), No);
    check(call!("unlink", path = under("/real")), unlink(Some("/real/x")), Yes);
    check(call!("unlink", path = exactly("/real/x")), unlink(Some("/real/x")), No);
    // All of them are allowed to be where they led only.
    let allowed = |dir: &str| call!("unlink", path = under(dir)).allows(&unlink(Some("/real/x")).made());
    assert_eq!((allowed("/real"), allowed("/l")), (Yes, No));
    // `..` that was followed says it all.
    let back = || made("unlink").path("path", "/l/../x").returned(0);
    check(asked("/real/x"), back().led("path", Some("/real/x")), Yes);
    check(asked("/y"), back().led("path", Some("/real/x")), No);
}

#[test]
fn what_led_nobody_knows_where_may_be_anywhere() {
    let unlink = || made("unlink").path("path", "/l/x").returned(0).led("path", None);
    let asked = |path: &str| call!("unlink", path = path);
    check(asked("/real/x"), unlink(), Unknown);
    check(call!("unlink", path = under("/real")), unlink(), Unknown);
    check(call!("unlink", path = under("/l")), unlink(), Unknown);
    check(call!("unlink", path = !under("/l")), unlink(), Unknown);
    check(asked("/l/x"), unlink(), Yes);
    check(call!("unlink", path = exactly("/real/x")), unlink(), No);
    assert_eq!(asked("/a").doubt(&unlink().made()), Some(crate::trace::blind::BlindSpot::Unreadable));
    let differs = asked("/a").differences(&unlink().made()).expect("it is about unlink");
    assert_eq!(differs[0].was, r#""/l/x", and where that led could not be found out"#);
}

#[test]
fn what_could_not_be_read_may_be_any_path() {
    let unread = || made("openat").arg("path", 0x666);
    check(asked("/a"), unread().failed("EFAULT"), Unknown);
    check(call!("openat", path = under("/a")), unread().returned(3), Unknown);
    check(call!("openat", path = !Match::from("/a")), unread().returned(3), Unknown);
    check(asked("/a"), made("openat").arg("path", 0).failed("EFAULT"), No);
    check(asked("/a/b"), openat("b").failed("ENOENT"), Unknown);
}

#[test]
fn a_relative_path_starts_where_the_program_did() {
    let moved = || [openat("x").cwd("/home").failed("ENOENT"), openat("/home/a/b").failed("ENOENT")];
    let judge = |calls: Vec<MadeCall>| {
        let trace = trace(calls);
        let last = trace.calls().last().expect("a call").clone();
        asked("a/b").judge(&last)
    };
    assert_eq!(judge(moved().into()), Yes);
    assert_eq!(judge(vec![openat("x").cwd("/tmp").failed("ENOENT"), openat("/home/a/b")]), No);
    // Nobody knows where.
    assert_eq!(judge(vec![openat("/home/a/b")]), Unknown);
    assert_eq!(judge(vec![openat("/home/xa/b")]), No);
    check(asked("a/b"), openat("a/b").cwd("/tmp").failed("ENOENT"), Yes);
    check(asked("a/b"), openat("/tmp/a/c").failed("ENOENT"), No);
}

#[test]
fn exactly_is_as_written() {
    check(call!("openat", path = exactly("/a")), opened("/a"), Yes);
    check(call!("openat", path = exactly("/a")), openat("/./a").opened(3, "/a"), No);
    check(call!("openat", path = exactly("a")), openat("a").cwd("/").failed("ENOENT"), Yes);
}

#[test]
fn under_compares_components() {
    let inside = || call!("openat", path = under("/tmp/a"));
    check(inside(), opened("/tmp/a/b/c"), Yes);
    check(inside(), opened("/tmp/a"), Yes);
    check(inside(), opened("/tmp/ab"), No);
    check(inside(), opened("/tmp"), No);
    check(inside(), openat("b").cwd("/tmp/a").failed("ENOENT"), Yes);
    check(inside(), openat("/x").opened(3, "/tmp/a/b"), Yes);
    check(call!("openat", path = under("/")), opened("/x"), Yes);
    assert!(refusal(|| under("")).contains("wants an absolute path"));
}

#[test]
fn under_is_read_by_use() {
    let leaving = openat("/tmp/d/link").opened(3, "/etc/x").made();
    let staying = opened("/tmp/d/x").made();
    let inside = call!("openat", path = under("/tmp/d"));
    assert_eq!((inside.judge(&leaving), inside.allows(&leaving)), (Yes, No));
    assert_eq!((inside.judge(&staying), inside.allows(&staying)), (Yes, Yes));
    let etc = call!("openat", path = under("/etc"));
    assert_eq!((etc.judge(&leaving), etc.allows(&leaving)), (Yes, Yes));
    // Whoever forbids what is not inside, allows what is.
    let outside = call!("openat", path = !under("/tmp/d"));
    assert_eq!((outside.judge(&leaving), outside.allows(&leaving)), (Yes, No));
    assert_eq!((outside.judge(&staying), outside.allows(&staying)), (No, No));
}

#[test]
fn patterns_are_searched_in_all_forms() {
    check(call!("openat", path = re("ssl")), opened("/usr/lib/libssl.so"), Yes);
    check(call!("openat", path = re("^/usr")), openat("lib").cwd("/usr").failed("ENOENT"), Yes);
    check(call!("openat", path = re("^lib$")), openat("lib").cwd("/usr").failed("ENOENT"), Yes);
    check(call!("openat", path = re("^ssl")), opened("/usr/lib/libssl.so"), No);
    assert!(refusal(|| re("(")).starts_with("re(\"(\") is no regular expression"));
}

#[test]
fn the_processs_own_directory_is_self() {
    check(asked("/proc/self/maps"), openat("/proc/100/maps").opened(3, "/proc/100/maps"), Yes);
    check(asked("/proc/self/maps"), openat("/proc/self/maps").opened(3, "/proc/100/maps"), Yes);
    check(asked("/proc/self/maps"), openat("/proc/1000/maps").opened(3, "/proc/1000/maps"), No);
}

#[test]
fn a_link_in_the_tests_own_path_is_followed() {
    let real = tempfile::tempdir().unwrap();
    let real = real.path().canonicalize().unwrap();
    std::fs::create_dir(real.join("dir")).unwrap();
    std::os::unix::fs::symlink(real.join("dir"), real.join("link")).unwrap();
    let (link, dir) = (real.join("link/new"), real.join("dir/new"));
    let made_there = || openat("/elsewhere").opened(3, dir.to_str().unwrap());
    check(call!("openat", path = &link), made_there(), Yes);
    check(call!("openat", path = under(real.join("link"))), made_there(), Yes);
    check(call!("read", fd = file(&link)), made("read").fd("fd", 3, dir.to_str().unwrap()), Yes);
    check(call!("openat", path = real.join("other/new")), made_there(), No);
}

#[test]
fn without_a_path_the_descriptor_is_meant() {
    let by_fd = || made("utimensat").fd("dirfd", 3, "/a").arg("path", 0);
    check(call!("utimensat", path = "/a"), by_fd().returned(0), Yes);
    check(call!("utimensat", path = "/b"), by_fd().returned(0), No);
    check(call!("utimensat", path = "/a"), by_fd().failed("EFAULT"), No);
    let empty = || made("newfstatat").fd("dirfd", 3, "/a").path("path", "").returned(0);
    check(call!("newfstatat", path = "/a"), empty(), Yes);
}
