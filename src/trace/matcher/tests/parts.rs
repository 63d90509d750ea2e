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
    assert!(refusal(|| call!("openat2", how = field("resolve", "RESOLVE_BENAETH"))).contains("did you mean"));
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
