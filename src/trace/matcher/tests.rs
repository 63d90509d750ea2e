use std::path::Path;

use super::*;
use crate::call;
use crate::trace::build::{MadeCall, call as made, numbered, trace};
use crate::trace::family;
use crate::trace::matcher::value::{any_of, exactly, field, file, has_item, inet, re, under, unix};
use crate::trace::raw::Abi;
use crate::trace::value::Value;
use Verdict::{No, Unknown, Yes};

#[track_caller]
fn check(matcher: impl Into<CallMatcher>, call: MadeCall, expected: Verdict) {
    let (matcher, call) = (matcher.into(), call.made());
    assert_eq!(matcher.judge(&call), expected, "{matcher}: {call}");
    // What says no says why, and what says yes has nothing to say.
    let differences = matcher.differences(&call);
    match expected {
        Yes => assert_eq!(differences, Some(Vec::new())),
        _ => assert!(differences.is_none_or(|all| !all.is_empty()), "{matcher}: {call}"),
    }
}

#[track_caller]
fn check_words(matcher: impl Into<CallMatcher>, expected: &str) {
    assert_eq!(matcher.into().to_string(), expected);
}

/// The text with which a matcher is refused.
fn refusal<T>(make: impl FnOnce() -> T + std::panic::UnwindSafe) -> String {
    match std::panic::catch_unwind(make) {
        Ok(_) => panic!("it was accepted"),
        Err(panic) => panic
            .downcast_ref::<String>()
            .cloned()
            .unwrap_or_else(|| (*panic.downcast_ref::<&str>().expect("a text")).to_owned()),
    }
}

fn openat(path: &str) -> MadeCall {
    made("openat").arg("dirfd", -100).path("path", path)
}

fn opened(path: &str) -> MadeCall {
    openat(path).opened(3, path)
}

fn flags(word: i64) -> MadeCall {
    openat("/a").arg("flags", word).returned(3)
}

mod names {
    use super::*;

    #[test]
    fn a_name_means_every_attempt() {
        check("openat", opened("/a"), Yes);
        check("openat", openat("/a").failed("ENOENT"), Yes);
        check("openat", openat("/a"), Yes);
        check("open", opened("/a"), No);
        check("%file", opened("/a"), Yes);
        check("%network", opened("/a"), No);
        check(family::open(), opened("/a"), Yes);
        check(family::network(), opened("/a"), No);
        check(String::from("openat"), opened("/a"), Yes);
        check(&CallMatcher::from("openat"), opened("/a"), Yes);
    }

    #[test]
    fn unknown_names_are_refused_with_the_nearest() {
        let of = |name: &'static str| refusal(move || CallMatcher::from(name));
        assert_eq!(of("conect"), "no x86_64 system call is called `conect`; did you mean `connect`?");
        assert_eq!(of("send"), "`send` is a C library function; it calls `sendto`");
        assert_eq!(of("socketcall"), "`socketcall` exists for i386 programs only");
        assert_eq!(of("%netwrk"), "no class is called `netwrk`; did you mean `network`?");
        let error = refusal(|| call!("openat").fails("ENOENTT"));
        assert_eq!(error, "no error is called `ENOENTT`; did you mean `ENOENT`?");
    }

    #[test]
    fn only_a_bare_string_is_a_plain_name() {
        assert_eq!(CallMatcher::from("open").plain_name(), Some("open"));
        assert_eq!(call!("open").plain_name(), None);
        assert_eq!(family::open().plain_name(), None);
        assert_eq!(CallMatcher::from("open").or("openat").plain_name(), None);
    }

    #[test]
    fn numbers_are_those_of_all_branches() {
        let numbers: Vec<u32> =
            CallMatcher::from("read").or(call!(write)).or(family::exec()).numbers().collect();
        assert_eq!(numbers, [0, 1, 59, 322]);
    }

    #[test]
    fn calls_of_other_interfaces_are_known_by_name() {
        let i386 = |number| numbered(Abi::I386, number).returned(3);
        check("open", i386(5), Yes);
        check("openat", i386(5), No);
        check(family::open(), i386(5), Yes);
        check(call!("open", path = "/a"), i386(5), Unknown);
        check(call!("openat", path = "/a"), i386(5), No);
        check(family::open().on("/a"), i386(5), Unknown);
        check("stat", i386(195), Yes);
        check(family::stat(), i386(195), Yes);
        // socketcall, clone
        check("connect", i386(102), Unknown);
        check(family::network(), i386(102), Yes);
        check(family::write(), i386(102), No);
        check(family::spawn(), i386(120), Unknown);
        check(call!("open").ok(), numbered(Abi::I386, 5).failed("ENOENT"), No);
        check("execve", numbered(Abi::X32, 520).returned(0), Yes);
        check("read", numbered(Abi::X32, 520).returned(0), No);
    }

    #[test]
    fn a_number_in_no_table_may_be_of_any_family() {
        let unknown = || numbered(Abi::X86_64, 999);
        check(family::open(), unknown().returned(3), Unknown);
        check(family::open().on("/a"), unknown().returned(3), Unknown);
        check("%file", unknown().returned(3), Unknown);
        check(family::open(), unknown().failed("ENOSYS"), No);
        check("open", unknown().returned(3), No);
    }
}

mod outcomes {
    use super::*;

    #[test]
    fn ok_is_a_result_that_is_no_error() {
        check(call!("openat").ok(), opened("/a"), Yes);
        check(call!("openat").ok(), openat("/a").failed("ENOENT"), No);
        check(call!("openat").ok(), openat("/a"), Unknown);
        check(call!("connect").ok(), made("connect").failed("EINPROGRESS"), No);
    }

    #[test]
    fn errors_are_those_that_the_program_sees() {
        check(call!("openat").fails("ENOENT"), openat("/a").failed("ENOENT"), Yes);
        check(call!("openat").fails("ENOENT"), openat("/a").failed("EACCES"), No);
        check(call!("openat").fails("ENOENT"), opened("/a"), No);
        check(call!("openat").fails("ENOENT"), openat("/a"), Unknown);
        check(call!("read").fails("EWOULDBLOCK"), made("read").failed("EAGAIN"), Yes);
    }

    #[test]
    fn an_interrupted_call_did_not_succeed() {
        const ERESTARTSYS: i64 = -512;
        check(call!("read").ok(), made("read").returned(ERESTARTSYS), No);
        check(call!("read").returns(0), made("read").returned(ERESTARTSYS), No);
        check(call!("read").fails("EINTR"), made("read").returned(ERESTARTSYS), Unknown);
        check(call!("read").fails("EIO"), made("read").returned(ERESTARTSYS), No);
    }

    #[test]
    fn results_are_compared() {
        check(call!("write").returns(3), made("write").returned(3), Yes);
        check(call!("write").returns(3), made("write").returned(4), No);
        check(call!("write").returns(3), made("write").failed("EIO"), No);
        check(call!("write").returns(3), made("write"), Unknown);
        check(call!("write").returns(3).ok(), made("write").returned(3), Yes);
    }

    #[test]
    fn what_no_call_can_do_is_refused() {
        assert_eq!(
            refusal(|| call!("read").returns(-1)),
            "no call returns -1: one that fails is asked for by its error, .fails(\"EPERM\")"
        );
        assert_eq!(refusal(|| call!("read").ok().fails("EIO")), "no call of read is both ok and EIO");
        assert_eq!(
            refusal(|| call!("read").fails("EIO").fails("EINTR")),
            "no call of read is both EIO and EINTR"
        );
        assert_eq!(refusal(|| call!("read").returns(1).returns(2)), "no call of read is both 1 and 2");
    }

    #[test]
    fn conditions_after_or_hold_for_all_before_those_inside_for_their_own() {
        let all = call!("unlink").or("rmdir").ok();
        check(&all, made("unlink").failed("ENOENT"), No);
        check(&all, made("rmdir").failed("ENOENT"), No);
        check(&all, made("rmdir").returned(0), Yes);
        let inner = call!("unlink").or(call!("rmdir").ok());
        check(&inner, made("unlink").failed("ENOENT"), Yes);
        check(&inner, made("rmdir").failed("ENOENT"), No);
        let outer = call!("unlink").ok().or("rmdir");
        check(&outer, made("unlink").failed("ENOENT"), No);
        check(&outer, made("rmdir").failed("ENOENT"), Yes);
    }
}

mod path {
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
    fn what_could_not_be_read_may_be_any_path() {
        let unread = || made("openat").arg("path", 0x666);
        check(asked("/a"), unread().failed("EFAULT"), Unknown);
        check(call!("openat", path = under("/a")), unread().returned(3), Unknown);
        check(!CallMatchesOrNot::path("/a"), unread().returned(3), Unknown);
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
}

/// `!` on a path, which is a literal.
struct CallMatchesOrNot(Match);

impl CallMatchesOrNot {
    fn path(path: &str) -> CallMatchesOrNot {
        CallMatchesOrNot(Match::from(path))
    }
}

impl std::ops::Not for CallMatchesOrNot {
    type Output = CallMatcher;

    fn not(self) -> CallMatcher {
        call!("openat", path = !self.0)
    }
}

mod descriptors {
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
}

mod words_of_flags {
    use super::*;

    const O_CREAT: i64 = 0o100;
    const O_EXCL: i64 = 0o200;
    const O_WRONLY: i64 = 1;

    #[test]
    fn all_named_flags_are_set() {
        check(call!("openat", flags = "O_CREAT|O_EXCL"), flags(O_CREAT | O_EXCL | O_WRONLY), Yes);
        check(call!("openat", flags = "O_CREAT | O_EXCL"), flags(O_CREAT | O_EXCL), Yes);
        check(call!("openat", flags = "O_CREAT|O_EXCL"), flags(O_CREAT), No);
        check(call!("openat", flags = !Match::from("O_CREAT")), flags(O_EXCL), Yes);
    }

    #[test]
    fn a_flag_worth_nothing_is_a_field() {
        check(call!("openat", flags = "O_RDONLY"), flags(O_CREAT), Yes);
        check(call!("openat", flags = "O_RDONLY"), flags(O_WRONLY), No);
        check(call!("openat", flags = "O_WRONLY"), flags(2), No);
    }

    #[test]
    fn exactly_is_the_whole_word() {
        check(call!("openat", flags = exactly("O_CREAT|O_WRONLY")), flags(O_CREAT | O_WRONLY), Yes);
        check(call!("openat", flags = exactly("O_CREAT|O_WRONLY")), flags(O_CREAT | O_EXCL | O_WRONLY), No);
        check(call!("openat", flags = exactly("O_RDONLY")), flags(0), Yes);
        check(call!("openat", flags = exactly("O_RDONLY")), flags(O_CREAT), No);
        check(call!("openat", flags = 0o101), flags(O_CREAT | O_WRONLY), Yes);
    }

    #[test]
    fn names_of_several_bits_contain_their_parts() {
        const O_SYNC: i64 = 0x10_1000;
        check(call!("openat", flags = "O_DSYNC"), flags(O_SYNC), Yes);
        check(call!("openat", flags = "O_SYNC"), flags(0x1000), No);
    }

    #[test]
    fn a_clone_carries_a_signal() {
        let clone = |flags| made("clone").arg("flags", flags).returned(7);
        check(call!("clone", flags = "CLONE_VM|SIGCHLD"), clone(0x100 | 17), Yes);
        check(call!("clone", flags = "SIGCHLD"), clone(0x100), No);
        check(call!("clone", flags = "SIGHUP"), clone(17), No);
    }

    #[test]
    fn enumerations_and_signals_go_by_name() {
        let seek = |whence| made("lseek").arg("whence", whence).returned(0);
        check(call!("lseek", whence = "SEEK_SET"), seek(0), Yes);
        check(call!("lseek", whence = "SEEK_END"), seek(0), No);
        check(call!("lseek", whence = any_of(["SEEK_SET", "SEEK_END"])), seek(2), Yes);
        check(call!("socket", domain = "AF_LOCAL"), made("socket").arg("domain", 1).returned(3), Yes);
        check(call!("socket", type = "SOCK_STREAM"), made("socket").arg("ty", 0x80001).returned(3), Yes);
        check(call!("socket", type = "SOCK_DGRAM"), made("socket").arg("ty", 0x80001).returned(3), No);
        check(call!("kill", sig = "SIGTERM"), made("kill").arg("sig", 15).returned(0), Yes);
        check(call!("kill", sig = "SIGTERM"), made("kill").arg("sig", 9).returned(0), No);
        check(call!("kill", sig = 9), made("kill").arg("sig", 9).returned(0), Yes);
    }

    #[test]
    fn a_mode_has_a_file_type_and_bits() {
        let node = |mode| made("mknod").path("path", "/a").arg("mode", mode).returned(0);
        check(call!("mknod", mode = "S_IFIFO"), node(0o010_644), Yes);
        check(call!("mknod", mode = "S_IFCHR"), node(0o060_644), No);
        check(call!("mknod", mode = "S_ISUID"), node(0o014_644), Yes);
        check(call!("mkdir", mode = 0o755), made("mkdir").arg("mode", 0o755), Yes);
        check(call!("mkdir", mode = 0o755), made("mkdir").arg("mode", 0o700), No);
    }

    #[test]
    fn names_of_nothing_are_refused() {
        assert_eq!(
            refusal(|| call!("openat", flags = "O_CRAET")),
            "openat's flags: no O_ value is called `O_CRAET`; did you mean `O_CREAT`?"
        );
        assert!(
            refusal(|| call!("openat", flags = "")).starts_with("openat's flags: no O_ value is called ``")
        );
        assert_eq!(
            refusal(|| call!("openat", flags = "SEEK_SET")),
            "openat's flags: `SEEK_SET` is one of the SEEK_ values, and this takes O_"
        );
        assert!(refusal(|| call!("openat", flags = !Match::from("O_CRAET"))).contains("O_CREAT"));
        assert!(refusal(|| call!("kill", sig = "SIGTREM")).contains("did you mean `SIGTERM`?"));
        assert!(refusal(|| call!("mkdir", mode = "S_IFDRI")).contains("did you mean `S_IFDIR`?"));
    }
}

mod decided {
    use super::*;

    const F_SETFL: i64 = 4;

    #[test]
    fn the_case_says_what_an_argument_means() {
        let fcntl = |cmd, arg| made("fcntl").arg("cmd", cmd).arg("arg", arg).returned(0);
        check(call!("fcntl", cmd = "F_SETFL", arg = "O_NONBLOCK"), fcntl(F_SETFL, 0o4000), Yes);
        check(call!("fcntl", cmd = "F_SETFL", arg = "O_NONBLOCK"), fcntl(F_SETFL, 0), No);
        check(call!("fcntl", arg = 7), fcntl(0, 7), Yes);
        check(call!("fcntl", arg = 7), fcntl(0, 8), No);
        check(
            call!("prctl", arg2 = "name"),
            made("prctl").arg("option", 15).path("arg2", "name").returned(0),
            Yes,
        );
        check(
            call!("prctl", arg2 = "name"),
            made("prctl").arg("option", 15).path("arg2", "other").returned(0),
            No,
        );
        check(
            call!("prctl", arg2 = "SIGTERM"),
            made("prctl").arg("option", 1).arg("arg2", 15).returned(0),
            Yes,
        );
        check(
            call!("prctl", arg2 = "SIGTERM"),
            made("prctl").arg("option", 1).arg("arg2", 9).returned(0),
            No,
        );
    }

    #[test]
    fn what_fits_no_case_is_refused() {
        assert!(refusal(|| call!("fcntl", arg = "O_NONBLOKC")).contains("did you mean `O_NONBLOCK`?"));
        assert!(refusal(|| call!("fcntl", arg = field("l_tpye", 0))).contains("did you mean `l_type`?"));
    }

    #[test]
    fn an_argument_that_is_not_there_does_not_match_and_says_why() {
        check(call!("openat", mode = 0o600), flags(0), No);
        check(call!("openat", mode = 0o600), flags(0o100), No);
        let differences = call!("openat", mode = 0o600).differences(&flags(0).made()).unwrap();
        let expected = Difference {
            what: "mode".to_owned(),
            wanted: "384".to_owned(),
            was: "absent: openat has no mode with flags O_RDONLY".to_owned(),
        };
        assert_eq!(differences, [expected]);
    }
}

mod numbers {
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
}

mod buffers {
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
}

mod addresses {
    use super::*;

    fn connect(bytes: &[u8]) -> MadeCall {
        made("connect").bytes("addr", bytes).failed("ECONNREFUSED")
    }

    fn v4(port: u16) -> Vec<u8> {
        [&[2, 0][..], &port.to_be_bytes(), &[127, 0, 0, 1], &[0; 8]].concat()
    }

    fn mapped(port: u16) -> Vec<u8> {
        let address = "::ffff:127.0.0.1".parse::<std::net::Ipv6Addr>().unwrap().octets();
        [&[10, 0][..], &port.to_be_bytes(), &[0; 4], &address, &[0; 4]].concat()
    }

    fn unix_name(name: &[u8]) -> Vec<u8> {
        [&[1, 0], name].concat()
    }

    #[test]
    fn addresses_have_a_port_or_any() {
        check(call!("connect", addr = "127.0.0.1:80"), connect(&v4(80)), Yes);
        check(call!("connect", addr = "127.0.0.1:80"), connect(&v4(81)), No);
        check(call!("connect", addr = "127.0.0.1"), connect(&v4(81)), Yes);
        check(call!("connect", addr = "127.0.0.2"), connect(&v4(81)), No);
        check(call!("connect", addr = "127.0.0.1:80"), connect(&mapped(80)), Yes);
        check(call!("connect", addr = "[::1]:80"), connect(&mapped(80)), No);
        let address: std::net::SocketAddr = "127.0.0.1:80".parse().unwrap();
        check(call!("connect", addr = address), connect(&v4(80)), Yes);
        check(call!("connect", addr = address.ip()), connect(&v4(8)), Yes);
    }

    #[test]
    fn inet_is_any_internet_address() {
        check(call!("connect", addr = inet()), connect(&v4(80)), Yes);
        check(call!("connect", addr = inet()), connect(&mapped(80)), Yes);
        check(call!("connect", addr = inet()), connect(&unix_name(b"/run/x\0")), No);
        // AF_UNSPEC disconnects, AF_NETLINK is another family.
        check(call!("connect", addr = inet()), connect(&[0; 16]), No);
        check(call!("connect", addr = inet()), connect(&[16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), No);
        // Too short, unreadable, not there.
        check(call!("connect", addr = inet()), connect(&v4(80)[..6]), Unknown);
        check(call!("connect", addr = "127.0.0.1"), connect(&v4(80)[..6]), Unknown);
        check(call!("connect", addr = inet()), made("connect").arg("addr", 0x666), Unknown);
        check(call!("sendto", dest_addr = inet()), made("sendto").returned(3), No);
    }

    #[test]
    fn unix_sockets_have_paths_or_abstract_names() {
        check(call!("connect", addr = unix("/run/x")), connect(&unix_name(b"/run/x\0")), Yes);
        check(call!("connect", addr = unix("/run/x")), connect(&unix_name(b"/run/y\0")), No);
        check(call!("connect", addr = unix("/run/x")), connect(&unix_name(b"\0/run/x")), No);
        check(call!("connect", addr = unix("@bus")), connect(&unix_name(b"\0bus")), Yes);
        check(call!("connect", addr = unix("@bus")), connect(&unix_name(b"\0bas")), No);
        check(call!("connect", addr = unix(under("/run"))), connect(&unix_name(b"/run/x\0")), Yes);
        check(call!("connect", addr = unix(under("/run"))), connect(&unix_name(b"/tmp/x\0")), No);
        check(call!("connect", addr = unix(under("/run"))), connect(&unix_name(b"x\0")), Unknown);
        check(call!("connect", addr = unix("/run/x")), connect(&v4(80)), No);
        check(call!("connect", addr = unix("/run/x")), connect(&unix_name(b"")), No);
    }

    #[test]
    fn names_are_not_resolved() {
        assert!(refusal(|| call!("connect", addr = "localhost:80")).contains("names are not resolved"));
        assert!(refusal(|| call!("connect", addr = "/run/x")).contains("unix(path)"));
        assert!(refusal(|| call!("openat", path = Match::from(inet()))).contains("cannot be asked"));
    }
}

mod parts {
    use super::*;

    #[test]
    fn an_array_has_an_item() {
        let exec = || made("execve").path("path", "/bin/ls").strings("argv", &["ls", "-l"]).returned(0);
        check(call!("execve", argv = has_item("-l")), exec(), Yes);
        check(call!("execve", argv = has_item("-a")), exec(), No);
        check(call!("execve", argv = has_item(re("^-"))), exec(), Yes);
        check(call!("execve", argv = !has_item("-l")), exec(), No);
        check(
            call!("execve", argv = has_item("-l")),
            made("execve").arg("argv", 0x666).failed("EFAULT"),
            Unknown,
        );
        check(call!("execve", envp = has_item("A=1")), made("execve").strings("envp", &["A=1"]), Unknown);
        assert!(refusal(|| call!("execve", argv = any_of(["-l"]))).contains("has_item"));
        let pipe = || made("pipe").output("pipefd", &[3, 0, 0, 0, 4, 0, 0, 0]).returned(0);
        check(call!("pipe", pipefd = has_item(4)), pipe(), Yes);
        check(call!("pipe", pipefd = has_item(5)), pipe(), No);
        assert!(refusal(|| call!("openat", path = has_item("x"))).contains("no array"));
    }

    #[test]
    fn a_set_of_signals_has_its_members() {
        let block = |set: u64| made("rt_sigprocmask").memory("set", &set.to_ne_bytes()).returned(0);
        check(call!("rt_sigprocmask", set = has_item("SIGTERM")), block(1 << 14), Yes);
        check(call!("rt_sigprocmask", set = has_item("SIGTERM")), block(1 << 8), No);
        assert!(refusal(|| call!("rt_sigprocmask", set = has_item("SIGTREM"))).contains("SIGTERM"));
    }

    #[test]
    fn a_structure_has_fields() {
        const RESOLVE_BENEATH: u64 = 8;
        let how = |resolve: u64| {
            let bytes: Vec<u8> = [0, 0, resolve].iter().flat_map(|word| word.to_ne_bytes()).collect();
            made("openat2").path("path", "/a").memory("how", &bytes).arg("size", 24).returned(3)
        };
        check(call!("openat2", how = field("resolve", "RESOLVE_BENEATH")), how(RESOLVE_BENEATH), Yes);
        check(call!("openat2", how = field("resolve", "RESOLVE_BENEATH")), how(0), No);
        check(call!("openat2", how = field("resolve", 8)), how(RESOLVE_BENEATH), Yes);
        check(
            call!("openat2", how = field("resolve", "RESOLVE_BENEATH")),
            made("openat2").arg("how", 0x666).arg("size", 24),
            Unknown,
        );
        assert_eq!(
            refusal(|| call!("openat2", how = field("reslove", 0))),
            "openat2's how: no field of struct open_how is called `reslove`; did you mean `resolve`?"
        );
        assert!(
            refusal(|| call!("openat2", how = field("resolve", "RESOLVE_BENAETH"))).contains("did you mean")
        );
        assert!(refusal(|| call!("openat", path = field("x", 0))).contains("is no structure"));
    }

    #[test]
    fn what_changed_was_both() {
        let len = |before: i32, after: i32| {
            made("getsockname")
                .memory("addrlen", &before.to_ne_bytes())
                .output("addrlen", &after.to_ne_bytes())
                .returned(0)
        };
        check(call!("getsockname", addrlen = 16), len(128, 16), Yes);
        check(call!("getsockname", addrlen = 128), len(128, 16), Yes);
        check(call!("getsockname", addrlen = 17), len(128, 16), No);
    }

    #[test]
    fn one_of_several_is_enough() {
        check(call!("openat", path = any_of(["/a", "/b"])), opened("/b"), Yes);
        check(call!("openat", path = any_of(["/a", "/b"])), opened("/c"), No);
        check(call!("openat", path = under("/a") | re("x$")), opened("/box"), Yes);
        check(call!("openat", path = under("/a") | re("x$")), opened("/b"), No);
        check(call!("openat", path = !(under("/a") | under("/b"))), opened("/c"), Yes);
        check(call!("openat", path = any_of(["/a", "/b"])), made("openat").arg("path", 0x666), Unknown);
        assert_eq!(refusal(|| any_of::<&str>([])), "any_of([]) says nothing");
    }
}

mod closures {
    use super::*;

    #[test]
    fn a_closure_sees_the_value() {
        let short =
            || call!("write", buf = |buf: &Value| buf.as_bytes().is_some_and(|bytes| bytes.len() < 4));
        check(short(), made("write").bytes("buf", b"abc"), Yes);
        check(short(), made("write").bytes("buf", b"abcd"), No);
        check(short(), made("write").arg("buf", 0x666).arg("count", 3), Unknown);
    }

    #[test]
    fn of_a_part_a_closure_cannot_deny() {
        let starts =
            || call!("write", buf = |buf: &Value| buf.as_str().is_some_and(|text| text.contains("GET")));
        check(starts(), made("write").cut_bytes("buf", b"GET /", 100), Yes);
        check(starts(), made("write").cut_bytes("buf", b"xyz", 100), Unknown);
    }

    #[test]
    fn an_address_that_is_not_read_is_a_value() {
        let mapped = || call!("mmap", addr = |addr: &Value| addr.as_int() == Some(0x1000));
        check(mapped(), made("mmap").arg("addr", 0x1000), Yes);
        check(mapped(), made("mmap").arg("addr", 0x2000), No);
    }
}

mod families {
    use super::*;

    const CLONE_THREAD: i64 = 0x1_0000;
    const CLONE_NEWNET: i64 = 0x4000_0000;

    fn clone3(flags: i64) -> MadeCall {
        let mut bytes = flags.to_ne_bytes().to_vec();
        bytes.resize(88, 0);
        made("clone3").memory("cl_args", &bytes).arg("size", 88).returned(7)
    }

    #[test]
    fn a_thread_is_no_process() {
        let clone = |flags| made("clone").arg("flags", flags).returned(7);
        check(family::spawn(), clone(17), Yes);
        check(family::spawn(), clone(CLONE_THREAD), No);
        check(family::threads(), clone(CLONE_THREAD), Yes);
        check(family::threads(), clone(17), No);
        check(family::spawn(), clone3(0), Yes);
        check(family::spawn(), clone3(CLONE_THREAD), No);
        check(family::threads(), clone3(CLONE_THREAD), Yes);
        check(family::spawn(), made("vfork").returned(7), Yes);
        check(family::threads(), made("vfork").returned(7), No);
        check(family::spawn(), made("clone3").arg("cl_args", 0x666).arg("size", 88), Unknown);
    }

    #[test]
    fn a_namespace_is_asked_for_by_flag() {
        check(family::namespaces(), made("unshare").arg("flags", CLONE_NEWNET), Yes);
        check(family::namespaces(), clone3(CLONE_NEWNET), Yes);
        check(family::namespaces(), clone3(0), No);
        check(family::namespaces(), clone3(0x80), Yes);
        // A part of the signal.
        check(family::namespaces(), made("clone").arg("flags", 0x80 | 17), No);
    }

    #[test]
    fn other_uses_of_a_call_do_not_count() {
        check(family::lock(), made("fcntl").arg("cmd", 6).returned(0), Yes);
        check(family::lock(), made("fcntl").arg("cmd", 1).returned(0), No);
        check(family::lock(), made("flock").returned(0), Yes);
        check(family::privileges(), made("prctl").arg("option", 38).returned(0), Yes);
        check(family::privileges(), made("prctl").arg("option", 15).returned(0), No);
        check(family::privileges(), made("setuid").returned(0), Yes);
        check(family::randomness(), opened("/dev/urandom"), Yes);
        check(family::randomness(), opened("/dev/null"), No);
        check(family::randomness(), made("getrandom").returned(16), Yes);
        check(family::randomness(), made("openat").arg("path", 0x666).returned(3), Unknown);
        check(family::randomness(), made("open_by_handle_at").opened(3, "/dev/random"), Yes);
        check(family::randomness(), made("open_by_handle_at").failed("EPERM"), No);
    }
}

mod texts {
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
            closure.starts_with("read(fd passes the closure at src/trace/matcher/tests.rs:"),
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
}
