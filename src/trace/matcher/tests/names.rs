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
    let kept = CallMatcher::from("openat");
    check(&kept, opened("/a"), Yes);
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
    let numbers: Vec<u32> = CallMatcher::from("read").or(call!(write)).or(family::exec()).numbers().collect();
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
