use super::*;
use crate::expect::fixture::{Made, cannot_tell, fsync, made, openat, violated};
use crate::trace::value::Value;

fn save() -> Made {
    made(
        r#"
            main fsync(3</tmp/a>) = 0
            main write(3</tmp/a>, "x", 1) = 1
            main rename("/tmp/a", "/srv/a") = 0
            main rename("/tmp/b", "/srv/b") = 0
            main fsync(4</tmp/b>) = 0
            "#,
    )
}

/// The sync of the file that is renamed.
fn sync(rename: &Call) -> CallMatcher {
    let from = rename.arg("oldpath").and_then(Value::as_path).unwrap();
    fsync(from.to_str().unwrap())
}

#[test]
fn every_call_has_its_partner() {
    let first = save().trace().only_calls(".between(\"a\", \"b\")", &[0, 1, 2]);
    assert!(first.each("rename").try_preceded_by(sync).is_ok());
    assert!(save().trace().each("fsync").try_followed_by(|_| "fsync").is_err());
    assert!(save().trace().each("rename").try_followed_by(|_| "fsync").is_ok());
}

#[test]
fn the_call_without_a_partner_is_shown() {
    violated(
        save().trace().each("rename").try_preceded_by(sync),
        r#"
1 of 2 calls is not preceded by what is wanted
  each      rename
  alone     #4 main  rename("/tmp/b", "/srv/b") = 0
                       wanted before it: fsync(fd = file "/tmp/b")
  searched  the whole trace: 5 calls in 1 process, 2 named rename
  but       #5 main  fsync(4</tmp/b>) = 0
                       did happen, but later
  nearest   #1 main  fsync(3</tmp/a>) = 0
                       fd: wanted file "/tmp/b", was 3</tmp/a>
  program   app, exited with 0
"#,
    );
    violated(
        save().trace().each("rename").try_followed_by(|_| "fdatasync"),
        r#"
2 of 2 calls are not followed by what is wanted
  each      rename
  alone     #3 main  rename("/tmp/a", "/srv/a") = 0
                       wanted after it: fdatasync
            #4 main  rename("/tmp/b", "/srv/b") = 0
                       wanted after it: fdatasync
  searched  the whole trace: 5 calls in 1 process, 2 named rename
  nearest   #1 main  fsync(3</tmp/a>) = 0
            #5 main  fsync(4</tmp/b>) = 0
  program   app, exited with 0
"#,
    );
}

#[test]
fn of_no_call_each_says_nothing() {
    cannot_tell(
        save().trace().each("renameat2").try_preceded_by(|_| "fsync"),
        r#"
cannot tell: no call matches, so `each` says nothing
  each      renameat2
  searched  the whole trace: 5 calls in 1 process, 0 named renameat2
  nearest   #3 main  rename("/tmp/a", "/srv/a") = 0
            #4 main  rename("/tmp/b", "/srv/b") = 0
  unless    t.allowing(BlindSpot::Empty): accept it knowingly
  program   app, exited with 0
"#,
    );
}

#[test]
fn nobody_can_tell_where_the_partner_is_a_call_that_could_match() {
    let trace = made("main openat(-100, 0x7ffe, 0) = 3\nmain unlink(\"/tmp/a\") = 0").trace();
    cannot_tell(
        trace.each("unlink").try_preceded_by(|_| openat("/tmp/a")),
        r#"
cannot tell: 1 call could be without what is wanted before it
  each      unlink
  alone     #2 main  unlink("/tmp/a") = 0
                       wanted before it: openat(path = "/tmp/a")
  perhaps   #1 main  openat(AT_FDCWD, 0x7ffe, O_RDONLY) = 3
                       path: wanted "/tmp/a", was 0x7ffe
  searched  the whole trace: 2 calls in 1 process, 1 named unlink
  program   app, exited with 0
"#,
    );
}

#[test]
fn a_call_that_could_be_meant_needs_a_partner_unless_the_test_accepts_the_doubt() {
    let trace = made(
        r#"
        main openat(-100, "/tmp/a", 0) = 3</tmp/a>
        main fsync(3</tmp/a>) = 0
        main openat(-100, 0x7ffe, 0) = 4
        "#,
    )
    .trace();
    cannot_tell(
        trace.each(openat("/tmp/a")).try_followed_by(|_| "fsync"),
        r#"
cannot tell: 1 call could be without what is wanted after it
  each      openat(path = "/tmp/a")
  alone     #3 main  openat(AT_FDCWD, 0x7ffe, O_RDONLY) = 4
                       wanted after it: fsync
  searched  the whole trace: 3 calls in 1 process, 2 named openat
  unless    t.allowing(BlindSpot::Unreadable): take it that they do not match
  program   app, exited with 0
"#,
    );
    let accepted = trace.allowing(BlindSpot::Unreadable);
    assert!(accepted.each(openat("/tmp/a")).try_followed_by(|_| "fsync").is_ok());
}

#[test]
fn nobody_can_tell_whether_something_lies_between() {
    let trace = made(
        r#"
        main fsync(3</tmp/a>) = 0
        main openat(-100, 0x7ffe, 0) = 4
        main rename("/tmp/a", "/srv/a") = 0
        "#,
    )
    .trace();
    cannot_tell(
        trace.each("rename").try_preceded_by(sync).unwrap().try_with_no(openat("/tmp/a")),
        r#"
cannot tell: between 1 of 1 call and its partner, something could match
  each      rename
  with no   openat(path = "/tmp/a")
  between   #1 main  fsync(3</tmp/a>) = 0
            #2 main  openat(AT_FDCWD, 0x7ffe, O_RDONLY) = 4
            #3 main  rename("/tmp/a", "/srv/a") = 0
  searched  the whole trace: 3 calls in 1 process, 1 named openat
  unless    t.allowing(BlindSpot::Unreadable): take it that they do not match
  program   app, exited with 0
"#,
    );
    let accepted = trace.allowing(BlindSpot::Unreadable);
    let paired = accepted.each("rename").try_preceded_by(sync).unwrap();
    assert!(paired.try_with_no(openat("/tmp/a")).is_ok());
}

#[test]
fn nobody_can_tell_where_some_could_be_hidden() {
    let trace = made("main fsync(3</tmp/a>) = 0\nmain unlink(\"/tmp/a\") = 0");
    let trace = trace.hole(BlindSpot::IoUring, "#1 main  io_uring_setup(256, 0x7ffe) = 5").trace();
    cannot_tell(
        trace.each("unlink").try_preceded_by(|_| "fsync"),
        r#"
cannot tell: 1 recorded call is as wanted, but such calls could have been made unseen
  each      unlink
  searched  the whole trace: 2 calls in 1 process, 1 named unlink
  because   io_uring: #1 main  io_uring_setup(256, 0x7ffe) = 5; requests in its ring are no system calls
  either    Tracer::new().io_uring(false): io_uring_setup fails with ENOSYS, and the program falls back to calls that are seen
  or        t.allowing(BlindSpot::IoUring): accept it knowingly
  program   app, exited with 0
"#,
    );
}

#[test]
fn nothing_may_lie_between() {
    let first = save().trace().only_calls(".between(\"a\", \"b\")", &[0, 1, 2]);
    let paired = || first.each("rename").try_preceded_by(sync).unwrap();
    assert!(paired().try_with_no("unlink").is_ok());
    violated(
        paired().try_with_no("write"),
        r#"
between 1 of 1 call and its partner, something matches
  each      rename
  with no   write
  between   #1 main  fsync(3</tmp/a>) = 0
            #2 main  write(3</tmp/a>, "x", 1) = 1
            #3 main  rename("/tmp/a", "/srv/a") = 0
  searched  .between("a", "b"): 3 of 5 calls in 1 process, 1 named write
  program   app, exited with 0
"#,
    );
}

#[test]
fn a_bare_name_does_not_hide_a_variant_that_lies_between() {
    let trace = made(
        r#"
        main write(3</tmp/a>, "w", 1) = 1
        main fsync(3</tmp/a>) = 0
        main pwrite64(3</tmp/a>, "x", 1, 0) = 1
        main rename("/tmp/a", "/srv/a") = 0
        "#,
    )
    .trace();
    let paired = || trace.each("rename").try_preceded_by(sync).unwrap();
    cannot_tell(
        paired().try_with_no("write"),
        r#"
cannot tell: write was not made between, but pwrite64 was, once
  each      rename
  with no   write
  made      #3 main  pwrite64(3</tmp/a>, "x", 1, 0) = 1
  searched  the whole trace: 4 calls in 1 process, 1 named write
  either    family::write() means every call that writes data
  or        call!("write") means this one call
  program   app, exited with 0
"#,
    );
    assert!(paired().try_with_no(CallMatcher::from("write").ok()).is_ok());
    assert!(paired().try_with_no("unlink").is_ok());
}

#[test]
fn nobody_can_tell_what_lies_between_unseen() {
    let trace = made("main fsync(3</tmp/a>) = 0\nmain rename(\"/tmp/a\", \"/b\") = 0");
    let trace = trace.filter(&["fsync", "rename"]).trace();
    cannot_tell(
        trace.each("rename").try_preceded_by(sync).unwrap().try_with_no("write"),
        r#"
cannot tell: no recorded call lies between, but such calls could have been made unseen
  each      rename
  with no   write
  searched  the whole trace: 2 calls in 1 process, 0 named write
  because   Tracer::only(..) leaves calls out
  either    record these too: add write to Tracer::only(..)
  or        t.allowing(BlindSpot::Filter): accept it knowingly
  program   app, exited with 0
"#,
    );
}
