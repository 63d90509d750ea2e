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
    assert!(refusal(|| call!("openat", flags = "")).starts_with("openat's flags: no O_ value is called ``"));
    assert_eq!(
        refusal(|| call!("openat", flags = "SEEK_SET")),
        "openat's flags: `SEEK_SET` is one of the SEEK_ values, and this takes O_"
    );
    assert!(refusal(|| call!("openat", flags = !Match::from("O_CRAET"))).contains("O_CREAT"));
    assert!(refusal(|| call!("kill", sig = "SIGTREM")).contains("did you mean `SIGTERM`?"));
    assert!(refusal(|| call!("mkdir", mode = "S_IFDRI")).contains("did you mean `S_IFDIR`?"));
}
