//! What a snapshot is for: a program that has changed fails, and its reader sees at once in what.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use expect_syscalls::__private::{Site, assert_snapshot};
use expect_syscalls::{Level, Snapshot};

use crate::vocabulary::{check, record, tempdir, text, tracee};

const LEVELS: [Level; 4] = [Level::Names, Level::Effects, Level::Calls, Level::Full];
const NONE: &str = "none";

fn snapshot(mutation: &str, level: Level) -> Snapshot {
    let dir = tempdir();
    let trace = record(tracee("mutants", [Path::new(mutation), dir.path()]));
    let snapshot = trace.snapshot().level(level).redact(dir.path(), "[DIR]");
    // What Rust's standard library does at the start is not what this is about.
    snapshot.without("poll").without("rt_sigaction").without("prlimit64")
}

/// The levels at which the text is another one.
fn caught(mutation: &str) -> Vec<Level> {
    let differs =
        |level: &Level| snapshot(mutation, *level).to_string() != snapshot(NONE, *level).to_string();
    LEVELS.into_iter().filter(differs).collect()
}

#[test]
fn mutants_are_caught_at_the_levels_that_promise_it() {
    assert_eq!(caught(NONE), []);
    assert_eq!(caught("opens one more file"), LEVELS);
    assert_eq!(caught("does not rename"), LEVELS);
    assert_eq!(caught("connects"), LEVELS);
    assert_eq!(caught("syncs too late"), [Level::Calls, Level::Full], "a set has no order");
}

/// What the test says when its file holds the text of the unchanged program. The test runs in a process of its own,
/// which is not told to overwrite.
#[track_caller]
fn report(mutation: &str, level: Level) -> String {
    let room = tempdir();
    fs::create_dir_all(room.path().join("tests/syscalls")).expect("a directory");
    let header = "# expect-syscalls snapshot v1\n# test: app::writes\n# source: tests/app.rs\n# level:";
    let golden = format!("{header} {level}\n\n{}", snapshot(NONE, level));
    fs::write(room.path().join("tests/syscalls/app__writes.syscalls"), golden).expect("a golden file");
    let mut test = Command::new(env::current_exe().expect("the test binary"));
    test.args(["--exact", "mutations::a_mutant", "--nocapture", "--test-threads=1"]);
    test.env("MUTANT_ROOM", room.path()).env("MUTANT", mutation).env("MUTANT_LEVEL", level.to_string());
    test.env("EXPECT_SYSCALLS", "check").env("RUST_BACKTRACE", "0");
    let output = test.output().expect("the test binary runs");
    assert!(!output.status.success(), "{mutation} passes at level {level}");
    let report = text(&output.stderr).replace(&room.path().display().to_string(), "[ROOM]");
    let report = report.split_once(" panicked at ").and_then(|(_, rest)| rest.split_once('\n'));
    let report = report.expect("a panic").1;
    let lines = report.lines().filter(|line| !line.starts_with("  new text  "));
    lines.take_while(|line| !line.starts_with("note: ")).map(|line| line.to_owned() + "\n").collect()
}

/// What the others run: not a test when it is run by itself.
#[test]
fn a_mutant() {
    let (Ok(room), Ok(mutation), Ok(level)) =
        (env::var("MUTANT_ROOM"), env::var("MUTANT"), env::var("MUTANT_LEVEL"))
    else {
        return;
    };
    let level = LEVELS.into_iter().find(|known| known.to_string() == level).expect("a level");
    // The new text is left in a file by package and name: nobody else writes it.
    let package = format!("mutant-{}-{level}", mutation.replace(' ', "-"));
    let site = Site {
        inner: "app::writes::inner",
        module: "app",
        file: "tests/app.rs",
        line: 7,
        package: Some(package.leak()),
        manifest_dir: Some(room.leak()),
    };
    assert_snapshot(&site, None, &|| snapshot(&mutation, level));
}

const HEAD: &str = "the program did not do what [ROOM]/tests/syscalls/app__writes.syscalls says\n  \
                    test      app::writes at tests/app.rs:7\n";

#[test]
fn one_more_file_is_one_more_line() {
    let expected = r#"  level     effects
  lines     1 new (+), from line 8 of the file
  every changed line is about something below [DIR]

  create "[DIR]/x.tmp" ok
  exec "[BIN]" ok
+ read "[DIR]/extra" ENOENT
  rename "[DIR]/x.tmp" -> "[DIR]/x" ok
  resize "[DIR]/x.tmp" ok
  write "[DIR]/x.tmp" ok

  accept    EXPECT_SYSCALLS=overwrite cargo test -p mutant-opens-one-more-file-effects --test app -- --exact writes
"#;
    check(&report("opens one more file", Level::Effects), &(HEAD.to_owned() + expected));
}

#[test]
fn a_rename_that_is_gone_is_a_line_less() {
    let expected = r#"  level     effects
  lines     1 gone (-), from line 8 of the file
  every changed line is about something below [DIR]

  create "[DIR]/x.tmp" ok
  exec "[BIN]" ok
- rename "[DIR]/x.tmp" -> "[DIR]/x" ok
  resize "[DIR]/x.tmp" ok
  write "[DIR]/x.tmp" ok

  accept    EXPECT_SYSCALLS=overwrite cargo test -p mutant-does-not-rename-effects --test app -- --exact writes
"#;
    check(&report("does not rename", Level::Effects), &(HEAD.to_owned() + expected));
}

#[test]
fn a_connection_is_an_effect() {
    let expected = r#"  level     effects
  lines     1 new (+), from line 6 of the file

+ connect 127.0.0.1:1 ECONNREFUSED
  create "[DIR]/x.tmp" ok
  exec "[BIN]" ok
  rename "[DIR]/x.tmp" -> "[DIR]/x" ok

  accept    EXPECT_SYSCALLS=overwrite cargo test -p mutant-connects-effects --test app -- --exact writes
"#;
    check(&report("connects", Level::Effects), &(HEAD.to_owned() + expected));
}

#[test]
fn a_sync_that_comes_too_late_is_another_protocol() {
    let expected = r#"  level     calls
  lines     1 gone (-), 1 new (+), from line 9 of the file
  every changed line is a call of fsync

  main exec "[BIN]":
    openat(AT_FDCWD, "[DIR]/x.tmp", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = <[DIR]/x.tmp>
    write(<[DIR]/x.tmp>) = ok
-   fsync(<[DIR]/x.tmp>) = ok
    rename("[DIR]/x.tmp", "[DIR]/x") = ok
+   fsync(<[DIR]/x>) = ok
    close(<[DIR]/x>) = ok
    exit_group(0) = ?

  accept    EXPECT_SYSCALLS=overwrite cargo test -p mutant-syncs-too-late-calls --test app -- --exact writes
"#;
    check(&report("syncs too late", Level::Calls), &(HEAD.to_owned() + expected));
}
