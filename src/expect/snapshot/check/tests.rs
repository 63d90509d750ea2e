//! Reports, files and refusals, with texts that are given.

use super::*;

/// A snapshot whose text is the same at all levels from `upper` on, and another below.
#[derive(Default)]
struct Fake {
    body: String,
    lower: String,
    refusal: Option<String>,
    unused: Vec<String>,
}

impl Subject for Fake {
    fn level(&self) -> Level {
        Level::Calls
    }
    fn refusal(&self, _: Palette) -> Option<String> {
        self.refusal.clone()
    }
    fn body(&self, level: Level) -> String {
        if level >= Level::Calls { self.body.clone() } else { self.lower.clone() }
    }
    fn body_without(&self, level: Level, names: &[String]) -> String {
        let body = self.body(level);
        let kept = body.lines().filter(|line| !names.iter().any(|name| line.contains(&format!("{name}("))));
        kept.map(|line| format!("{line}\n")).collect()
    }
    fn unused(&self) -> Vec<String> {
        self.unused.clone()
    }
}

struct Room {
    dir: tempfile::TempDir,
    place: Place,
    header: Header,
}

impl Room {
    fn new() -> Room {
        let dir = tempfile::tempdir().unwrap();
        let place = Place {
            file: dir.path().join("tests/syscalls/cli__f.syscalls"),
            source: dir.path().join("tests/cli.rs"),
            artefact: Some(dir.path().join("target/expect-syscalls/app/cli__f.syscalls")),
            command: "EXPECT_SYSCALLS=overwrite cargo test -p app --test cli -- --exact f".to_owned(),
        };
        let header = Header {
            test: "cli::f".to_owned(),
            source: "tests/cli.rs".to_owned(),
            level: Level::Calls,
            generated: false,
            once: false,
        };
        Room { dir, place, header }
    }

    fn case<'a>(&'a self, subject: &'a Fake) -> Case<'a, Fake> {
        let Room { place, header, .. } = self;
        Case { place, header, site: "tests/cli.rs:14", subject, palette: Palette::Plain }
    }

    fn check(&self, body: &str) -> Result<(), String> {
        check(&self.case(&fake(body)))
    }

    fn overwrite(&self, body: &str, again: &str) -> Result<(), String> {
        overwrite(&self.case(&fake(body)), Some(|| fake(again))).map(|_| ())
    }

    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        list(self.dir.path(), self.dir.path(), &mut names);
        names.sort();
        names
    }

    /// A report with the room's own directory left out.
    fn text(&self, report: Result<(), String>) -> String {
        report.unwrap_err().replace(&format!("{}/", self.dir.path().display()), "")
    }
}

fn list(root: &Path, dir: &Path, names: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(root, &path, names);
        } else {
            names.push(path.strip_prefix(root).unwrap().display().to_string());
        }
    }
}

fn fake(body: &str) -> Fake {
    Fake { body: body.to_owned(), lower: "lower\n".to_owned(), ..Fake::default() }
}

#[test]
fn the_variable_has_three_values() {
    for value in [None, Some(""), Some("check")] {
        assert_eq!(Mode::from_variable(value), Ok(Mode::Check));
    }
    assert_eq!(Mode::from_variable(Some("overwrite")), Ok(Mode::Overwrite));
    for value in ["overwite", "1", "true", "OVERWRITE", " check"] {
        let why = Mode::from_variable(Some(value)).unwrap_err();
        assert!(why.starts_with(&format!("EXPECT_SYSCALLS={value} means nothing")), "{why}");
    }
}

#[test]
fn what_was_written_is_what_is_checked() {
    let room = Room::new();
    room.overwrite("  sync() = ok\n", "  sync() = ok\n").unwrap();
    assert_eq!(room.names(), ["tests/syscalls/cli__f.syscalls"]);
    room.check("  sync() = ok\n").unwrap();
    assert!(room.check("  sync() = ok\n  sync() = ok\n").is_err());
}

#[test]
fn a_missing_file_fails_with_its_first_lines_and_the_command() {
    let room = Room::new();
    let body = (0..12).map(|n| format!("  getpid{n}() = ok\n")).collect::<String>();
    let whole = room.text(room.check("  getpid() = ok\n"));
    assert!(whole.contains("\n  the text is\n      getpid() = ok\n"), "{whole}");
    let report = room.text(room.check(&body));
    let expected = "there is no snapshot tests/syscalls/cli__f.syscalls\n  \
        test      cli::f at tests/cli.rs:14\n  level     calls\n  the text begins with\n      getpid0() = ok\n";
    assert!(report.starts_with(expected), "{report}");
    let expected = "      getpid9() = ok\n    ... and 2 lines more\n  \
        new text  target/expect-syscalls/app/cli__f.syscalls\n  \
        accept    EXPECT_SYSCALLS=overwrite cargo test -p app --test cli -- --exact f";
    assert!(report.ends_with(expected), "{report}");
    assert_eq!(room.names(), ["target/expect-syscalls/app/cli__f.syscalls"], "the source tree is as it was");
}

#[test]
fn a_difference_is_shown_and_the_source_tree_left_alone() {
    let room = Room::new();
    let stored = "main exec \"[BIN]\":\n  fsync(<[DIR]/x>) = ok\n";
    room.overwrite(stored, stored).unwrap();
    let report = room.text(room.check(&stored.replace("fsync", "fdatasync")));
    assert_eq!(
        report,
        "the program did not do what tests/syscalls/cli__f.syscalls says\n  \
         test      cli::f at tests/cli.rs:14\n  level     calls\n  lines     1 gone (-), 1 new (+), from line 7 of the file\n  \
         every changed line is a call of fsync or fdatasync\n\n  \
         main exec \"[BIN]\":\n-   fsync(<[DIR]/x>) = ok\n+   fdatasync(<[DIR]/x>) = ok\n\n  \
         new text  target/expect-syscalls/app/cli__f.syscalls\n  \
         accept    EXPECT_SYSCALLS=overwrite cargo test -p app --test cli -- --exact f"
    );
    let kept = fs::read_to_string(&room.place.file).unwrap();
    assert_eq!(kept, file::compose(&room.header, stored));
    room.check(stored).unwrap();
    assert_eq!(room.names(), ["tests/syscalls/cli__f.syscalls"], "the old artefact is gone");
}

#[test]
fn the_guide_shows_what_is_said() {
    let mut room = Room::new();
    for path in [&mut room.place.file, room.place.artefact.as_mut().unwrap()] {
        path.set_file_name("cli__writes_atomically.syscalls");
    }
    room.place.command.pop();
    room.place.command.push_str("writes_atomically");
    room.header.test = "cli::writes_atomically".to_owned();
    let stored = "main exec \"[BIN]\":\n  \
                  openat(AT_FDCWD, \"[DIR]/x.tmp\", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = <[DIR]/x.tmp>\n  \
                  write(<[DIR]/x.tmp>) = ok x2\n  fsync(<[DIR]/x.tmp>) = ok\n  close(<[DIR]/x.tmp>) = ok\n  \
                  rename(\"[DIR]/x.tmp\", \"[DIR]/x\") = ok\n  exit_group(0) = ?\n";
    room.overwrite(stored, stored).unwrap();
    let report = room.text(room.check(&stored.replace("fsync", "fdatasync")));
    let comment =
        report.lines().map(|line| format!("//! {line}").trim_end().to_owned() + "\n").collect::<String>();
    let guide = include_str!("../../../guide/snapshots.rs");
    assert!(guide.contains(&format!("```text\n{comment}//! ```\n")), "{comment}");
}

/// Two processes, 124 lines.
fn long() -> String {
    let calls = |task: &str| -> String {
        (0..30)
            .map(|n| {
                format!("  openat(AT_FDCWD, \"[DIR]/{task}{n}\", O_RDONLY) = ENOENT\n  step{n}() = ok\n")
            })
            .collect()
    };
    format!(
        "main exec \"[BIN]\":\n{}main.c1 exec \"/bin/sync\":\n{}  sync() = ok\n  exit_group(0) = ?\n",
        calls("a"),
        calls("b")
    )
}

/// What is said of a long file when the program has changed, in which the difference itself is of at most ten lines.
#[track_caller]
fn says(now: &str, extent: &str, hint: &str, difference: &str) {
    let room = Room::new();
    room.overwrite(&long(), &long()).unwrap();
    let difference = difference.trim_start_matches('\n');
    assert_eq!(
        room.text(room.check(now)),
        format!(
            "the program did not do what tests/syscalls/cli__f.syscalls says\n  test      cli::f at tests/cli.rs:14\n  \
             level     calls\n  lines     {extent} of the file\n  every changed line is {hint}\n\n{difference}\n  \
             new text  target/expect-syscalls/app/cli__f.syscalls\n  \
             accept    EXPECT_SYSCALLS=overwrite cargo test -p app --test cli -- --exact f"
        )
    );
    assert!(difference.lines().count() <= 10, "{difference}");
}

#[test]
fn a_wrong_line_in_a_long_file_is_shown_in_ten_lines() {
    assert_eq!(long().lines().count(), 124);
    says(
        &long().replace("b12\", O_RDONLY) = ENOENT", "b12\", O_RDONLY) = <[DIR]/b12>"),
        "1 gone (-), 1 new (+), from line 92",
        "a call of openat\n  every changed line is about something below [DIR]",
        r#"
  main.c1 exec "/bin/sync":
  ...
    step10() = ok
    openat(AT_FDCWD, "[DIR]/b11", O_RDONLY) = ENOENT
    step11() = ok
-   openat(AT_FDCWD, "[DIR]/b12", O_RDONLY) = ENOENT
+   openat(AT_FDCWD, "[DIR]/b12", O_RDONLY) = <[DIR]/b12>
    step12() = ok
    openat(AT_FDCWD, "[DIR]/b13", O_RDONLY) = ENOENT
    step13() = ok
"#,
    );
}

#[test]
fn a_missing_line_in_a_long_file_is_shown_in_ten_lines() {
    says(
        &long().replacen("  step20() = ok\n", "", 1),
        "1 gone (-), from line 48",
        "a call of step20",
        r#"
  main exec "[BIN]":
  ...
    openat(AT_FDCWD, "[DIR]/a19", O_RDONLY) = ENOENT
    step19() = ok
    openat(AT_FDCWD, "[DIR]/a20", O_RDONLY) = ENOENT
-   step20() = ok
    openat(AT_FDCWD, "[DIR]/a21", O_RDONLY) = ENOENT
    step21() = ok
    openat(AT_FDCWD, "[DIR]/a22", O_RDONLY) = ENOENT
"#,
    );
}

#[test]
fn a_line_more_at_the_end_of_a_long_file_is_shown_in_ten_lines() {
    says(
        &(long() + "  kill(0, SIGTERM) = ok\n"),
        "1 new (+), from line 130",
        "a call of kill",
        r#"
  main.c1 exec "/bin/sync":
  ...
    step29() = ok
    sync() = ok
    exit_group(0) = ?
+   kill(0, SIGTERM) = ok
"#,
    );
}

#[test]
fn an_empty_text_is_refused_in_both_modes() {
    let room = Room::new();
    let report = room.text(room.check(""));
    assert!(
        report.starts_with("the snapshot is empty: nothing of what its level would show was done"),
        "{report}"
    );
    let where_it_belongs = "\n  test      cli::f at tests/cli.rs:14\n  level     calls\n  file      tests/syscalls/cli__f.syscalls";
    assert!(report.ends_with(where_it_belongs), "{report}");
    assert!(room.text(room.overwrite("", "")).contains("the snapshot is empty"));
    assert_eq!(room.names(), Vec::<String>::new());
}

#[test]
fn a_blind_spot_is_refused_before_anything_is_compared_or_written() {
    let room = Room::new();
    room.overwrite("x\n", "x\n").unwrap();
    let blind = || Fake { refusal: Some("cannot tell: io_uring".to_owned()), ..fake("x\n") };
    assert_eq!(check(&room.case(&blind())).unwrap_err(), "cannot tell: io_uring");
    assert_eq!(overwrite(&room.case(&blind()), Some(blind)).unwrap_err(), "cannot tell: io_uring");
    let second = overwrite(
        &room.case(&fake("y\n")),
        Some(|| Fake { refusal: Some("late".to_owned()), ..fake("y\n") }),
    );
    assert_eq!(second.unwrap_err(), "late");
    room.check("x\n").unwrap();
}

#[test]
fn two_runs_must_agree() {
    let room = Room::new();
    let report = room.text(room.overwrite(
        "main.c1 exec \"/usr/bin/sort\":\n  read(<pipe:1>) = ok x3\n",
        "main.c1 exec \"/usr/bin/sort\":\n  read(<pipe:1>) = ok x4\n",
    ));
    assert_eq!(
        report,
        "two runs gave different texts, so nothing was written to tests/syscalls/cli__f.syscalls\n  \
         test      cli::f at tests/cli.rs:14\n  level     calls\n  \
         lines     1 in the first run only (-), 1 in the second only (+)\n\n  \
         main.c1 exec \"/usr/bin/sort\":\n-   read(<pipe:1>) = ok x3\n+   read(<pipe:1>) = ok x4\n\n  \
         stable    .level(Level::Effects), of which the text has 1 line; or .without(\"read\")\n  \
         else      each run must find the same state: what one leaves behind, the next one meets; \
         make directories inside the closure"
    );
    assert_eq!(room.names(), Vec::<String>::new());
}

#[test]
fn what_is_stable_at_no_level_is_said_to_be() {
    let room = Room::new();
    let other = || Fake { lower: "another\n".to_owned(), ..fake("y\n") };
    let report = room.text(overwrite(&room.case(&fake("x\n")), Some(other)).map(|_| ()));
    assert!(report.contains("\n  stable    no level\n"), "{report}");
}

#[test]
fn what_cannot_be_recorded_again_is_written_and_says_so() {
    let room = Room::new();
    let write = |body: &str| overwrite(&room.case(&fake(body)), None::<fn() -> Fake>);
    let once = || fs::read_to_string(&room.place.file).unwrap().contains("\n# recorded: once\n");
    assert_eq!(write("x\n"), Ok(Written::OfOneRun));
    assert!(once());
    room.check("x\n").unwrap();
    let report = room.text(room.check("y\n"));
    assert!(
        report.contains("\n  the file was written from one recording: if the program has not changed"),
        "{report}"
    );
    assert_eq!(write("x\n"), Ok(Written::OfTwoRuns));
    assert!(!once());
    assert!(!room.text(room.check("y\n")).contains("one recording"));
    assert_eq!(write("y\n"), Ok(Written::OfOneRun));
    assert!(once());
}

#[test]
fn a_test_that_a_macro_makes_is_marked() {
    let room = Room::new();
    let marked = || {
        room.overwrite("x\n", "x\n").unwrap();
        fs::read_to_string(&room.place.file).unwrap().contains("\n# generated: by a macro\n")
    };
    assert!(!marked(), "the source is not there to be read");
    file::put(&room.place.source, "cases! { f, g }\n").unwrap();
    assert!(marked());
    file::put(&room.place.source, "fn f() {}\n").unwrap();
    assert!(!marked());
}

#[test]
fn a_stale_header_is_rewritten_and_does_not_fail() {
    let mut room = Room::new();
    room.overwrite("x\n", "x\n").unwrap();
    room.header.source = "tests/moved.rs".to_owned();
    room.check("x\n").unwrap();
    room.overwrite("x\n", "x\n").unwrap();
    assert!(fs::read_to_string(&room.place.file).unwrap().contains("# source: tests/moved.rs\n"));
}

#[test]
fn an_equal_file_is_not_written_again() {
    let room = Room::new();
    room.overwrite("x\n", "x\n").unwrap();
    let inode = || std::os::unix::fs::MetadataExt::ino(&fs::metadata(&room.place.file).unwrap());
    let before = inode();
    room.overwrite("x\n", "x\n").unwrap();
    assert_eq!(inode(), before);
}

#[test]
fn another_level_in_the_file_is_named_first() {
    let mut room = Room::new();
    room.overwrite("x\n", "x\n").unwrap();
    room.header.level = Level::Full;
    let report = room.text(room.check("y\n"));
    assert!(
        report.contains("syscalls says\n  the file is of level calls, the snapshot of level full\n"),
        "{report}"
    );
}

#[test]
fn what_is_no_snapshot_is_said_to_be_none() {
    let room = Room::new();
    file::put(&room.place.file, "read \"a\" ok\n").unwrap();
    assert!(room.text(room.check("x\n")).contains("is no snapshot that can be read"));
}

#[test]
fn settings_without_effect_are_listed() {
    let room = Room::new();
    let subject = Fake { unused: vec![".redact(\"/b\", \"[B]\")".to_owned()], ..fake("x\n") };
    let report = check(&room.case(&subject)).unwrap_err();
    assert!(report.contains("  unused    .redact(\"/b\", \"[B]\") has had no effect\n"), "{report}");
}

#[test]
fn hints_say_what_the_difference_has_in_common() {
    assert_eq!(
        hints("  a() = ok\n  b() = ok\n", "  b() = ok\n  a() = ok\n", Level::Calls),
        ["the same lines in another order: level effects ignores the order"]
    );
    assert_eq!(
        hints("read \"[DIR]/a/x\" ok\n", "read \"[DIR]/a/y\" ok\n", Level::Effects),
        ["every changed line is about something below [DIR]/a"]
    );
    assert_eq!(hints("read \"/a\" ok\n", "exec \"/b\" ok\n", Level::Effects), Vec::<String>::new());
}
