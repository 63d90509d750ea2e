use super::*;

const LOCALHOST: &[u8] = b"\x02\x00\x00\x09\x7f\x00\x00\x01\0\0\0\0\0\0\0\0";
const ELSEWHERE: &[u8] = b"\x02\x00\x00\x09\x7f\x09\x09\x09\0\0\0\0\0\0\0\0";

fn connect() -> MadeCall {
    made("connect").arg("sockfd", 3).memory("addr", LOCALHOST).arg("addrlen", 16).returned(0)
}

fn write() -> MadeCall {
    made("write").fd("fd", 3, "/good").replaced(3, "/evil").returned(1)
}

#[test]
fn nobody_knows_what_a_descriptor_was_that_another_thread_replaced() {
    check(call!("write", fd = file("/evil")), write(), Unknown);
    check(call!("write", fd = file("/good")), write(), Unknown);
    check(call!("write", fd = !file("/good")), write(), Unknown);
    check(call!("write", fd = inet()), write(), Unknown);
    check(call!("write", fd = |_: &Value| false), write(), Unknown);
    check(family::write().on(under("/evil")), write(), Unknown);
    check("write", write(), Yes);
    check(call!("write", fd = 3), write(), Yes);
    check(call!("write", fd = 4), write(), No);
    let differences = call!("write", fd = file("/evil")).differences(&write().made()).expect("a write");
    assert_eq!(differences[0].was, "3</good>, which another thread was changing");
    assert!(trace([write()]).try_never(call!("write", fd = file("/evil"))).unwrap_err().is_inconclusive());
}

#[test]
fn nobody_knows_where_a_path_started_whose_directory_another_thread_replaced() {
    let unlink =
        |path| made("unlinkat").fd("dirfd", 3, "/good").replaced(3, "/evil").path("path", path).returned(0);
    check(call!("unlinkat", path = "/evil/a"), unlink("a"), Unknown);
    check(call!("unlinkat", path = "/evil/a"), unlink("/b"), No);
    let open = made("openat").fd("dirfd", 3, "/good").replaced(3, "/evil").path("path", "a");
    check(call!("openat", path = "/evil/a"), open.opened(4, "/good/a"), No);
}

#[test]
fn nobody_knows_what_an_address_was_that_another_thread_changed() {
    let raced = || connect().again("addr", ELSEWHERE);
    check(call!("connect", addr = "127.9.9.9"), raced(), Unknown);
    check(call!("connect", addr = "127.0.0.1:9"), raced(), Unknown);
    check(call!("connect", addr = inet()), raced(), Unknown);
    check(call!("connect", addr = unix("/run/x")), raced(), Unknown);
    check(call!("connect", addr = |_: &Value| false), raced(), Unknown);
    check(call!("connect", addr = "127.9.9.9"), connect(), No);
    assert_eq!(raced().made().to_string(), connect().made().to_string());
    let differences = call!("connect", addr = "127.9.9.9").differences(&raced().made()).expect("a connect");
    assert!(differences[0].was.ends_with("}, which another thread was changing"), "{}", differences[0].was);
    assert!(trace([raced()]).connections().try_never("127.9.9.9").unwrap_err().is_inconclusive());
    // The same buffer, at another time.
    let both = trace([connect(), raced()]);
    check_all(&both, call!("connect", addr = "127.9.9.9"), Unknown);
}

#[test]
fn nobody_knows_what_a_structure_or_a_string_was_that_another_thread_changed() {
    let how = |flags: u64| [flags.to_ne_bytes(), [0; 8], [0; 8]].concat();
    let open = || openat_2().memory("how", &how(0)).arg("size", 24);
    check(call!("openat2", how = field("flags", "O_RDWR")), open(), No);
    check(call!("openat2", how = field("flags", "O_RDWR")), open().again("how", &how(2)), Unknown);
    let message =
        [0x5000_u64, 16, 0, 0, 0, 0, 0].iter().flat_map(|word| word.to_ne_bytes()).collect::<Vec<_>>();
    let send = || made("sendmsg").memory("msg", &message).memory_at(0x5000, LOCALHOST).returned(0);
    let to = || call!("sendmsg", msg = field("msg_name", "127.9.9.9"));
    check(to(), send(), No);
    check(to(), send().again_at(0x5000, ELSEWHERE), Unknown);
    let get = || made("getxattr").path("path", "/a").path("name", "user.a");
    check(call!("getxattr", name = "user.b"), get(), No);
    check(call!("getxattr", name = "user.b"), get().again("name", b"user.b"), Unknown);
}

fn openat_2() -> MadeCall {
    made("openat2").arg("dirfd", -100).path("path", "/a")
}

#[track_caller]
fn check_all(trace: &crate::trace::query::Trace, matcher: CallMatcher, expected: Verdict) {
    for call in trace.calls() {
        assert_eq!(matcher.judge(call), expected, "{call}");
    }
}
