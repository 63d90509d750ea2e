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
    check(call!("prctl", arg2 = "SIGTERM"), made("prctl").arg("option", 1).arg("arg2", 15).returned(0), Yes);
    check(call!("prctl", arg2 = "SIGTERM"), made("prctl").arg("option", 1).arg("arg2", 9).returned(0), No);
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
        wanted: "0600".to_owned(),
        was: "absent: openat has no mode with flags O_RDONLY".to_owned(),
    };
    assert_eq!(differences, [expected]);
}
