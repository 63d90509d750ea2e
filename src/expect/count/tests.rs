use super::*;
use crate::expect::fixture::{Made, cannot_tell, family, made, openat, violated};
use crate::trace::blind::BlindSpot;
use crate::trace::matcher::value::under;

fn app() -> Made {
    made(
        r#"
            main!   openat(-100, "/etc/ld.so.cache", 0x80000) = 3</etc/ld.so.cache>
            main    openat(-100, "/etc/app.conf", 0x80000) = -2
            main    clone(0, 0, 0, 0, 0) = 101
            main.c1 openat(-100, "/etc/app/app.conf", 0) = 3</etc/app/app.conf>
            main    fsync(4</tmp/data>) = 0
            main    fsync(5</tmp/index>) = 0
            main    exit_group(0) = ?
            "#,
    )
    .program("main", &["app", "--check"])
    .program("main.c1", &["sh", "-c", "cat $CONF"])
}

fn quiet() -> Made {
    made("main openat(-100, \"/etc/app.conf\", 0x80000) = 3</etc/app.conf>")
}

#[test]
fn contains_is_content_with_one_call_whatever_was_hidden() {
    let trace = app().hole(BlindSpot::IoUring, "#1 main  io_uring_setup(...) = 5").trace();
    assert!(trace.try_contains(openat("/etc/app/app.conf").ok()).is_ok());
}

#[test]
fn contains_shows_what_comes_nearest() {
    violated(
        app().trace().try_contains(openat("/etc/app.conf").ok()),
        r#"
no call matches
  wanted    openat(path = "/etc/app.conf") = ok
  searched  the whole trace: 7 calls in 2 processes, 3 named openat, 1 of these in start-up
  nearest   #2 main     openat(AT_FDCWD, "/etc/app.conf", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)
                          outcome: wanted ok, was ENOENT
            #4 main.c1  openat(AT_FDCWD, "/etc/app/app.conf", O_RDONLY) = 3</etc/app/app.conf>
                          path: wanted "/etc/app.conf", was "/etc/app/app.conf"
            #1 main     openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3</etc/ld.so.cache>
                          path: wanted "/etc/app.conf", was "/etc/ld.so.cache"
  program   app --check, exited with 0
  tree      main     app --check        exited with 0  6 calls
            main.c1  sh -c "cat $CONF"  exited with 0  1 call
"#,
    );
}

#[test]
fn contains_shows_where_it_did_happen_when_the_view_lacks_it() {
    let view = app().trace().only_calls(".process(\"sh\")", &[3]);
    violated(
        view.try_contains(openat("/etc/ld.so.cache")),
        r#"
no call matches
  wanted    openat(path = "/etc/ld.so.cache")
  searched  .process("sh"): 1 of 7 calls in 1 process, 1 named openat
  elsewhere #1 main  openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3</etc/ld.so.cache>
                       did happen, but outside of the view, in main (app)
  nearest   #2 main     openat(AT_FDCWD, "/etc/app.conf", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)
                          path: wanted "/etc/ld.so.cache", was "/etc/app.conf"
                          outside of the view
            #4 main.c1  openat(AT_FDCWD, "/etc/app/app.conf", O_RDONLY) = 3</etc/app/app.conf>
                          path: wanted "/etc/ld.so.cache", was "/etc/app/app.conf"
  program   app --check, exited with 0
  tree      main     app --check        exited with 0  6 calls
            main.c1  sh -c "cat $CONF"  exited with 0  1 call
"#,
    );
    let view = app().trace().only_calls(".after_startup()", &[1, 3]);
    let mismatch = view.try_contains(openat("/etc/ld.so.cache")).unwrap_err().to_string();
    assert!(mismatch.contains("did happen, but before the program's entry point\n"), "{mismatch}");
}

#[test]
fn contains_says_when_the_view_is_no_place_to_look() {
    let view = app().trace().process("worker");
    violated(
        view.try_contains("fsync"),
        r#"
no call matches
  wanted    fsync
  searched  .process("worker"): 0 of 7 calls
  but       there is no process named "worker"; there were: app, sh
  elsewhere #5 main  fsync(4</tmp/data>) = 0
                       did happen, but outside of the view, in main (app)
            #6 main  fsync(5</tmp/index>) = 0
                       did happen, but outside of the view, in main (app)
  program   app --check, exited with 0
  tree      main     app --check        exited with 0  6 calls
            main.c1  sh -c "cat $CONF"  exited with 0  1 call
"#,
    );
}

#[test]
fn contains_shows_a_variant_of_the_call() {
    violated(
        app().trace().try_contains("fdatasync"),
        r#"
no call matches
  wanted    fdatasync
  searched  the whole trace: 7 calls in 2 processes, 0 named fdatasync
  nearest   #5 main  fsync(4</tmp/data>) = 0
            #6 main  fsync(5</tmp/index>) = 0
  program   app --check, exited with 0
  tree      main     app --check        exited with 0  6 calls
            main.c1  sh -c "cat $CONF"  exited with 0  1 call
"#,
    );
}

#[test]
fn a_failed_contains_says_what_may_have_hidden_the_call() {
    let evidence = "#1 main  io_uring_setup(256, 0x7ffe) = 5";
    violated(
        quiet().hole(BlindSpot::IoUring, evidence).trace().try_contains("connect"),
        r#"
no call matches
  wanted    connect
  searched  the whole trace: 1 call in 1 process, 0 named connect
  unseen    it may have happened unseen: io_uring: #1 main  io_uring_setup(256, 0x7ffe) = 5; requests in its ring are no system calls
  program   app, exited with 0
"#,
    );
}

#[test]
fn contains_cannot_tell_from_a_call_without_an_outcome() {
    let trace = made("main fsync(3</tmp/data>) = ?").trace();
    cannot_tell(
        trace.try_contains(CallMatcher::from("fsync").ok()),
        r#"
cannot tell: no call matches for sure, and 1 call could match
  wanted    fsync = ok
  perhaps   #1 main  fsync(3</tmp/data>) = ?
                       outcome: wanted ok, was unfinished
  searched  the whole trace: 1 call in 1 process, 1 named fsync
  program   app, exited with 0
"#,
    );
}

#[test]
fn never_holds_where_nothing_is_hidden() {
    assert!(app().trace().try_never(family("network")).is_ok());
}

#[test]
fn never_shows_what_was_made_and_by_whom() {
    violated(
        app().trace().try_never(family("open")),
        r#"
made 3 times, must never be made
  never     family::open()  [open, openat, openat2, ... 5 calls]
  made      #1 main     openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3</etc/ld.so.cache>
            #2 main     openat(AT_FDCWD, "/etc/app.conf", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)
            #4 main.c1  openat(AT_FDCWD, "/etc/app/app.conf", O_RDONLY) = 3</etc/app/app.conf>
  searched  the whole trace: 7 calls in 2 processes, 3 with one of these names, 1 of these in start-up
  program   app --check, exited with 0
  tree      main     app --check        exited with 0  6 calls  <- 2 of them
            main.c1  sh -c "cat $CONF"  exited with 0  1 call  <- 1 of them
"#,
    );
}

#[test]
fn never_is_not_content_with_silence() {
    let evidence = "#1 main  io_uring_setup(256, 0x7ffe) = 5";
    cannot_tell(
        quiet().hole(BlindSpot::IoUring, evidence).trace().try_never("connect"),
        r#"
cannot tell: none of 1 recorded call matches, but such calls could have been made unseen
  never     connect
  searched  the whole trace: 1 call in 1 process, 0 named connect
  because   io_uring: #1 main  io_uring_setup(256, 0x7ffe) = 5; requests in its ring are no system calls
  either    Tracer::new().io_uring(false): io_uring_setup fails with ENOSYS, and the program falls back to calls that are seen
  or        t.allowing(BlindSpot::IoUring): accept it knowingly
  program   app, exited with 0
"#,
    );
}

#[test]
fn never_cannot_tell_from_calls_that_could_match() {
    let trace = made("main openat(-100, 0x7ffe, 0) = 3").trace();
    cannot_tell(
        trace.try_never(openat("/etc/passwd")),
        r#"
cannot tell: no call matches for sure, and 1 call could match
  never     openat(path = "/etc/passwd")
  perhaps   #1 main  openat(AT_FDCWD, 0x7ffe, O_RDONLY) = 3
                       path: wanted "/etc/passwd", was 0x7ffe
  searched  the whole trace: 1 call in 1 process, 1 named openat
  unless    t.allowing(BlindSpot::Unreadable): take it that they do not match
  program   app, exited with 0
"#,
    );
    assert!(trace.allowing(BlindSpot::Unreadable).try_never(openat("/etc/passwd")).is_ok());
    assert!(trace.allowing(BlindSpot::Unreadable).try_contains(openat("/etc/passwd")).is_err());
}

#[test]
fn a_path_that_led_elsewhere_is_forbidden_where_it_was_written_and_found_where_it_led() {
    let trace = made("main openat(-100, \"/tmp/d/link\", 0) = 3</etc/x>").trace();
    let inside = || openat(under("/tmp/d"));
    assert!(trace.try_contains(openat(under("/etc"))).is_ok());
    assert!(trace.try_never(inside()).is_err_and(|it| !it.is_inconclusive()));
    violated(
        trace.try_contains(inside()),
        r#"
no call matches
  wanted    openat(path under "/tmp/d")
  searched  the whole trace: 1 call in 1 process, 1 named openat
  nearest   #1 main  openat(AT_FDCWD, "/tmp/d/link", O_RDONLY) = 3</etc/x>
                       is meant as it is written, but led elsewhere
  program   app, exited with 0
"#,
    );
    assert!(trace.try_times(inside(), 1).is_err());
    assert!(trace.try_times(inside(), 0).is_err());
    assert!(trace.try_in_order([inside()]).is_err());
}

#[test]
fn never_cannot_tell_when_the_recording_left_the_call_out() {
    let trace = quiet().filter(&["openat", "socket"]).trace();
    cannot_tell(
        trace.try_never(CallMatcher::from("socket").or("connect")),
        r#"
cannot tell: none of 1 recorded call matches, but such calls could have been made unseen
  never     socket or connect
  searched  the whole trace: 1 call in 1 process, 0 with one of these names
  because   Tracer::only(..) leaves calls out
  either    record these too: add connect to Tracer::only(..)
  or        t.allowing(BlindSpot::Filter): accept it knowingly
  program   app, exited with 0
"#,
    );
}

#[test]
fn never_cannot_tell_when_the_program_failed_early() {
    let program = quiet().program("main", &["app", "--colour=\"x y\""]).ended(2 << 8);
    let trace = program
        .stderr("app: usage\n\x1b[1mtry\x1b[0m --help\n")
        .hole(BlindSpot::Status, "the program exited with 2, and the test does not say that it should")
        .trace();
    cannot_tell(
        trace.try_never("connect"),
        r#"
cannot tell: none of 1 recorded call matches, but the program failed, and may not have got that far
  never     connect
  searched  the whole trace: 1 call in 1 process, 0 named connect
  because   the program exited with 2, and the test does not say that it should
  either    `.code(2)` first, if it should end like this; `.success()` first, if it should not
  or        t.allowing(BlindSpot::Status): accept it knowingly
  program   app "--colour=\"x y\"", exited with 2
  stderr    app: usage
            \u{1b}[1mtry\u{1b}[0m --help
"#,
    );
}

#[test]
fn never_refuses_a_bare_name_when_a_variant_was_made() {
    cannot_tell(
        quiet().trace().try_never("open"),
        r#"
cannot tell: open was never made, but openat was, once
  never     open
  made      #1 main  openat(AT_FDCWD, "/etc/app.conf", O_RDONLY|O_CLOEXEC) = 3</etc/app.conf>
  searched  the whole trace: 1 call in 1 process, 0 named open
  either    family::open() means every call that opens a file
  or        call!("open") means this one call
  program   app, exited with 0
"#,
    );
    assert!(quiet().trace().try_never(CallMatcher::from("open").ok()).is_ok());
    assert!(quiet().trace().try_never("connect").is_ok());
}

#[test]
fn times_counts() {
    let trace = app().trace();
    assert!(trace.try_times("fsync", 2).is_ok());
    assert!(trace.try_times("fsync", 1..).is_ok());
    assert!(trace.try_times("fsync", ..=2).is_ok());
    assert!(trace.try_times("connect", 0).is_ok());
}

#[test]
fn times_says_how_many_were_too_many() {
    violated(
        app().trace().try_times("fsync", 1),
        r#"
made 2 times, must be made exactly once
  counted   fsync
  made      #5 main  fsync(4</tmp/data>) = 0
            #6 main  fsync(5</tmp/index>) = 0
  searched  the whole trace: 7 calls in 2 processes, 2 named fsync
  program   app --check, exited with 0
  tree      main     app --check        exited with 0  6 calls  <- all of them
            main.c1  sh -c "cat $CONF"  exited with 0  1 call
"#,
    );
}

#[test]
fn times_says_how_many_are_missing() {
    violated(
        app().trace().try_times("fsync", 3..=4),
        r#"
made 2 times, must be made 3 to 4 times
  counted   fsync
  made      #5 main  fsync(4</tmp/data>) = 0
            #6 main  fsync(5</tmp/index>) = 0
  searched  the whole trace: 7 calls in 2 processes, 2 named fsync
  program   app --check, exited with 0
  tree      main     app --check        exited with 0  6 calls
            main.c1  sh -c "cat $CONF"  exited with 0  1 call
"#,
    );
}

#[test]
fn times_cannot_tell_where_a_call_could_match() {
    let trace = made("main fsync(3</tmp/data>) = 0\nmain fsync(3</tmp/data>) = ?").trace();
    cannot_tell(
        trace.try_times(CallMatcher::from("fsync").ok(), 1),
        r#"
cannot tell: made once for sure, and 1 call could match; must be made exactly once
  counted   fsync = ok
  made      #1 main  fsync(3</tmp/data>) = 0
  perhaps   #2 main  fsync(3</tmp/data>) = ?
                       outcome: wanted ok, was unfinished
  searched  the whole trace: 2 calls in 1 process, 2 named fsync
  program   app, exited with 0
"#,
    );
}

#[test]
fn times_with_an_upper_end_is_not_content_with_what_was_seen() {
    let trace = app().ended(11).trace();
    cannot_tell(
        trace.try_times("fsync", ..=2),
        r#"
cannot tell: made 2 times, must be made at most 2 times, but the program did not get to its end
  counted   fsync
  made      #5 main  fsync(4</tmp/data>) = 0
            #6 main  fsync(5</tmp/index>) = 0
  searched  the whole trace: 7 calls in 2 processes, 2 named fsync
  because   the program was killed by SIGSEGV after 7 calls; its last was #7 main  exit_group(0) = ?
  either    `.signal("SIGSEGV")` first, if it should end like this
  or        t.allowing(BlindSpot::EarlyEnd): accept it knowingly
  program   app --check, killed by SIGSEGV
  tree      main     app --check        killed by SIGSEGV  6 calls
            main.c1  sh -c "cat $CONF"  exited with 0      1 call
"#,
    );
    assert!(trace.try_times("fsync", 2..).is_ok());
    assert!(trace.signal("SIGSEGV").try_times("fsync", ..=2).is_ok());
}
