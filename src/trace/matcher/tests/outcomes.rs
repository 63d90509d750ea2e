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

#[test]
fn what_a_handler_returns_to_is_no_outcome() {
    const EINTR: i64 = -4;
    let returns = |value| made("rt_sigreturn").returned(value);
    let class = || CallMatcher::from("%signal");
    for register in [EINTR, 0, 7] {
        check("rt_sigreturn", returns(register), Yes);
        check(class(), returns(register), Yes);
        check(class().ok(), returns(register), No);
        check(class().fails("EINTR"), returns(register), No);
        check(class().returns(7), returns(register), No);
    }
    check(class().ok(), made("rt_sigprocmask").returned(0), Yes);
    check(class().fails("EINTR"), made("pause").failed("EINTR"), Yes);
    let differences = class().fails("EINTR").differences(&returns(EINTR).made()).expect("it is of the class");
    assert_eq!(differences[0].was, "none: it does not return to its caller");
    assert_eq!(
        refusal(|| call!("rt_sigreturn").ok()),
        "`rt_sigreturn` does not return to its caller, so no call of it is ok"
    );
    assert_eq!(
        refusal(|| call!("rt_sigreturn").fails("EINTR")),
        "`rt_sigreturn` does not return to its caller, so no call of it is EINTR"
    );
}
