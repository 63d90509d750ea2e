use super::*;
use crate::expect::fixture::{Made, cannot_tell, made, violated};
use crate::trace::matcher::value::{any_of, under};

/// It reads a file, makes one and renames it, and fails to open another.
fn save() -> Made {
    made(
        r#"
            main openat(-100, "/etc/app.conf", 0) = 3</etc/app.conf>
            main openat(-100, "/srv/x.tmp", 0x241, 0x1b6) = 4</srv/x.tmp>
            main rename("/srv/x.tmp", "/srv/x") = 0
            main openat(-100, "/var/log/app", 0x401) = -13
            "#,
    )
}

#[test]
fn what_was_done_is_compared() {
    let trace = save().trace();
    assert!(trace.files_written().try_only(under("/srv")).is_ok());
    assert!(trace.files_read().try_only("/etc/app.conf").is_ok());
    assert!(trace.files_removed().try_contains("/srv/x.tmp").is_ok());
    assert!(trace.files_written().try_never(under("/var")).is_ok());
    assert!(trace.connections().try_none().is_ok());
}

#[test]
fn what_is_not_allowed_is_shown() {
    violated(save().trace().files_written().try_only("/srv/x"), ONLY);
    violated(save().trace().files_removed().try_none(), NONE);
    violated(save().trace().files_read().try_contains("/etc/passwd"), CONTAINS);
    violated(save().trace().files_written().try_never("/srv/x"), NEVER);
}

#[test]
fn of_nothing_only_says_nothing() {
    let trace = made(r#"main openat(-100, "/a", 0) = 3</a>"#).trace();
    cannot_tell(trace.files_written().try_only(under("/srv")), NOTHING);
    assert!(trace.allowing(BlindSpot::Empty).files_written().try_only(under("/srv")).is_ok());
    assert!(trace.files_written().try_none().is_ok());
}

#[test]
fn mounts_matter_to_those_who_ask_for_files() {
    let trace = save().hole(BlindSpot::Mounts, "#9 main  pivot_root(\"new\", \"old\") = 0").trace();
    for result in [trace.files_written().try_only(under("/srv")), trace.files_written().try_never("/no")] {
        assert!(result.is_err_and(|it| it.is_inconclusive() && it.to_string().contains("pivot_root")));
    }
    assert!(trace.allowing(BlindSpot::Mounts).files_written().try_only(under("/srv")).is_ok());
    assert!(trace.programs_run().try_none().is_ok());
}

#[test]
fn what_may_have_been_hidden_cannot_be_told() {
    let trace = save().hole(BlindSpot::IoUring, "#9 main  io_uring_setup(8, {...}) = 5").trace();
    cannot_tell(trace.files_written().try_only(under("/srv")), RING);
    // No ring executes a program.
    assert!(trace.programs_run().try_none().is_ok());
    let trace = save().hole(BlindSpot::Foreign, "#9 main  i386:open(...) = 5").trace();
    assert!(trace.files_written().try_only(under("/srv")).is_err_and(|it| it.is_inconclusive()));
    assert!(trace.allowing(BlindSpot::Foreign).files_written().try_only(under("/srv")).is_ok());
}

#[test]
fn a_call_without_an_end_may_have_done_it() {
    let trace = made(r#"main openat(-100, "/srv/x", 0x241, 0x1b6) = ?"#).trace();
    cannot_tell(trace.files_written().try_none(), PERHAPS);
    assert!(trace.files_written().try_never("/srv/x").is_err_and(|it| it.is_inconclusive()));
    assert!(trace.files_written().try_contains("/srv/x").is_err_and(|it| !it.is_inconclusive()));
    assert!(trace.files_written().try_never("/srv/y").is_ok());
}

#[test]
fn what_led_nobody_knows_where_may_be_what_must_not_be() {
    use crate::trace::build::{call, trace};
    let unlink = |place| trace([call("unlink").path("path", "/l/x").returned(0).led("path", place)]);
    let lost = unlink(None);
    assert!(lost.files_removed().try_only(under("/l")).is_err_and(|it| it.is_inconclusive()));
    assert!(lost.files_removed().try_never(under("/real")).is_err_and(|it| it.is_inconclusive()));
    assert!(lost.files_removed().try_none().is_err_and(|it| !it.is_inconclusive()));
    let accepted = lost.allowing(BlindSpot::Unreadable);
    assert!(accepted.files_removed().try_only(under("/l")).is_ok());
    let led = unlink(Some("/real/x"));
    assert!(led.files_removed().try_only(under("/real")).is_ok());
    assert!(led.files_removed().try_only(under("/l")).is_err_and(|it| !it.is_inconclusive()));
    assert!(led.files_removed().try_never(under("/real")).is_err_and(|it| !it.is_inconclusive()));
    // What `..` leads back from may be a link.
    let folded = trace([call("unlink").path("path", "/l/../x").returned(0)]);
    assert!(folded.files_removed().try_never(under("/real")).is_err_and(|it| it.is_inconclusive()));
}

#[test]
#[should_panic(expected = "connections cannot be \"example.org\"")]
fn names_of_hosts_are_refused() {
    let _ = save().trace().connections().try_never("example.org");
}

#[test]
#[should_panic(
    expected = "files read are known by absolute paths, and \"app.conf\" is relative: join it to a directory, or ask for \
                any that ends like this by re(\"/app.conf$\")"
)]
fn a_relative_path_is_refused() {
    let _ = save().trace().files_read().try_never(any_of(["/etc/hosts", "app.conf"]));
}

const ONLY: &str = r#"
1 of 2 written files is not allowed
  only      "/srv/x"
  outside   "/srv/x.tmp"  opened for writing  #2 main  openat(AT_FDCWD, "/srv/x.tmp", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 4</srv/x.tmp>
  searched  the whole trace: 4 calls in 1 process
  program   app, exited with 0
"#;
const NONE: &str = r#"
1 of 1 removed file is there, where there must be none
  none      removed files
  there     "/srv/x.tmp"  renamed from  #3 main  rename("/srv/x.tmp", "/srv/x") = 0
  searched  the whole trace: 4 calls in 1 process
  program   app, exited with 0
"#;
const CONTAINS: &str = r#"
none of 1 file read matches
  wanted    "/etc/passwd"
  there     "/etc/app.conf"  opened for reading  #1 main  openat(AT_FDCWD, "/etc/app.conf", O_RDONLY) = 3</etc/app.conf>
  searched  the whole trace: 4 calls in 1 process
  program   app, exited with 0
"#;
const NEVER: &str = r#"
1 of 2 written files is among what must never be
  never     "/srv/x"
  there     "/srv/x"  renamed to  #3 main  rename("/srv/x.tmp", "/srv/x") = 0
  searched  the whole trace: 4 calls in 1 process
  program   app, exited with 0
"#;
const NOTHING: &str = r#"
cannot tell: there are no written files, so `only` says nothing
  only      under "/srv"
  searched  the whole trace: 1 call in 1 process
  either    none(): assert that there are none
  or        t.allowing(BlindSpot::Empty): accept it knowingly
  program   app, exited with 0
"#;
const RING: &str = r#"
cannot tell: what was recorded would do, but such calls could have been made unseen
  only      under "/srv"
  searched  the whole trace: 4 calls in 1 process
  because   io_uring: #9 main  io_uring_setup(8, {...}) = 5; requests in its ring are no system calls
  either    Tracer::new().io_uring(false): io_uring_setup fails with ENOSYS, and the program falls back to calls that are seen
  or        t.allowing(BlindSpot::IoUring): accept it knowingly
  program   app, exited with 0
"#;
const PERHAPS: &str = r#"
cannot tell: a call that has no end may have done what must not be
  none      written files
  perhaps   "/srv/x"  opened for writing  #1 main  openat(AT_FDCWD, "/srv/x", O_WRONLY|O_CREAT|O_TRUNC, 0666) = ?
  searched  the whole trace: 1 call in 1 process
  program   app, exited with 0
"#;

#[test]
fn what_was_done_to_what_could_not_be_read_was_done() {
    let trace = made(
        r#"
            main unlink(0x666) = 0
            main mkdir(0x666, 0x1ed) = 0
            main rmdir(0x666) = -14
            "#,
    )
    .trace();
    violated(
        trace.files_removed().try_none().map(drop),
        r#"
1 of 1 removed file is there, where there must be none
  none      removed files
  there     0x666  removed  #1 main  unlink(0x666) = 0
  searched  the whole trace: 3 calls in 1 process
  program   app, exited with 0
"#,
    );
    cannot_tell(
        trace.files_removed().try_never("/x").map(drop),
        r#"
cannot tell: what was done to a path that could not be read may be what must not be
  never     "/x"
  perhaps   0x666  removed  #1 main  unlink(0x666) = 0
  searched  the whole trace: 3 calls in 1 process
  unless    t.allowing(BlindSpot::Unreadable): take it that it may be
  program   app, exited with 0
"#,
    );
    let accepted = trace.allowing(BlindSpot::Unreadable).files_removed();
    assert!(accepted.try_never("/x").is_ok() && accepted.try_only("/x").is_ok());
    assert!(accepted.try_none().is_err());
    assert!(trace.files_removed().try_only(under("/srv")).is_err_and(|it| it.is_inconclusive()));
    assert!(trace.files_written().try_none().is_err_and(|it| !it.is_inconclusive()));
    assert!(trace.files_removed().try_contains("/x").is_err());
}

#[test]
fn an_ioctl_that_was_left_out_may_have_kept_a_file_open() {
    let mut names = vec!["open", "openat", "openat2", "creat", "open_by_handle_at"];
    names.extend(["close", "close_range", "dup", "dup2", "dup3", "fcntl"]);
    let held =
        |names: &[&str]| made("main close(3) = 0").filter(names).trace().leaked_files().try_none().map(drop);
    assert!(held(&names).unwrap_err().is_inconclusive());
    names.push("ioctl");
    assert!(held(&names).is_ok());
}
