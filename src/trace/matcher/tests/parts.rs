use super::*;
use crate::trace::decode::tests::{ints, made as literal, words};

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
    check(call!("execve", envp = has_item("A=1")), made("execve").strings("envp", &["A=1"]), Yes);
    check(call!("execve", envp = has_item("A=2")), made("execve").strings("envp", &["A=1"]), No);
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

#[test]
fn fields_of_what_a_command_decides() {
    let flags = |flags: u64| {
        let bytes: Vec<u8> = std::iter::once(flags).chain([0; 10]).flat_map(u64::to_ne_bytes).collect();
        made("clone3").memory("cl_args", &bytes).arg("size", 88).returned(7)
    };
    let threads = || call!("clone3", cl_args = field("flags", "CLONE_THREAD"));
    check(threads(), flags(0x3d_0f00), Yes);
    check(threads(), flags(0x11), No);
    check(call!("clone3", cl_args = field("flags", "CLONE_VM|CLONE_THREAD")), flags(0x1_0000), No);
    check(threads(), made("clone3").arg("cl_args", 0x666).arg("size", 88), Unknown);
    // The kernel writes where the structure points to, not into it: its flags are those of before.
    let bytes = words(&[0x3d_0f00, 0, 0, 0x77, 0, 0, 0, 0, 0, 0, 0]);
    let made_by_libc = literal("clone3", &[0x1000, 88]).before(0x1000, &bytes).after(0x1000, &bytes);
    let made_by_libc = made_by_libc.after(0x77, &[9, 0, 0, 0]).returned(9);
    assert_eq!(threads().judge(&made_by_libc), Yes);
    let isolated = call!("clone3", cl_args = field("flags", "CLONE_NEWUSER"));
    assert_eq!(isolated.judge(&made_by_libc), No);
    assert!(made_by_libc.arg("cl_args").unwrap().field("flags").unwrap().flags().unwrap().has("CLONE_VM"));
    assert!(refusal(|| call!("clone3", cl_args = field("flags", "CLONE_TRHEAD"))).contains("CLONE_THREAD"));

    let join = |group: [u8; 8]| {
        let option = made("setsockopt").arg("level", 0).arg("optname", 35).arg("optlen", 8);
        option.memory("optval", &group).returned(0)
    };
    let group = || call!("setsockopt", optval = field("imr_multiaddr", "224.0.0.5"));
    check(group(), join([224, 0, 0, 5, 0, 0, 0, 0]), Yes);
    check(group(), join([224, 0, 0, 6, 0, 0, 0, 0]), No);
    assert!(refusal(|| call!("setsockopt", optval = field("imr_multiaddr", "all"))).contains("224.0.0.1"));

    let policy = |mode: i32| made("get_mempolicy").output("mode", &mode.to_ne_bytes()).returned(0);
    check(call!("get_mempolicy", mode = has_item("MPOL_BIND")), policy(2), Yes);
    check(call!("get_mempolicy", mode = has_item("MPOL_BIND")), policy(3), No);

    let size = |size: i64| {
        let mut stat = [0; 144];
        stat[48..56].copy_from_slice(&size.to_ne_bytes());
        made("fstat").arg("fd", 3).output("statbuf", &stat).returned(0)
    };
    check(call!("fstat", statbuf = field("st_size", 5)), size(5), Yes);
    check(call!("fstat", statbuf = field("st_size", 5)), size(6), No);
    // Of a call that failed, nothing is known to be there, and of one that wrote a part, not even that.
    let failed = |errno| made("fstat").arg("statbuf", 0x666).failed(errno);
    check(call!("fstat", statbuf = field("st_size", 5)), failed("EBADF"), No);
    check(call!("fstat", statbuf = !field("st_size", 5)), failed("EBADF"), No);
    check(call!("fstat", statbuf = field("st_size", 5)), failed("EFAULT"), Unknown);
    check(call!("fstat", statbuf = field("st_size", 5)), made("fstat").arg("statbuf", 0x666), Unknown);
    let call = size(6).made();
    assert_eq!(call.arg("statbuf").unwrap().field("st_size").and_then(Value::as_int), Some(6));
}

#[test]
fn messages_are_bytes_and_what_they_say() {
    let sent = |ty: i32| {
        let message = ints(&[16, ty | 1 << 16, 7, 0]);
        literal("sendto", &[3, 0x1000, 16]).socket(3, 16, 0).before(0x1000, &message).returned(16)
    };
    let asks = |ty: &'static str| {
        call!(
            "sendto",
            buf = move |buf: &Value| {
                let mut types = buf.items().iter().filter_map(|message| message.field("nlmsg_type"));
                types.any(|it| it.flags().is_some_and(|it| it.has(ty)))
            }
        )
    };
    assert_eq!(asks("RTM_GETLINK").judge(&sent(18)), Yes);
    assert_eq!(asks("RTM_GETLINK").judge(&sent(22)), No);
    assert_eq!(call!("sendto", buf = re("^\\x10")).judge(&sent(18)), Yes);
    assert_eq!(call!("sendto", buf = "\x10").judge(&sent(18)), No);
}
