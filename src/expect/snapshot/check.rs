//! Checking a text against its file, and overwriting the file with it.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use crate::expect::report::{Palette, number};
use crate::expect::snapshot::diff::{self, Edit};
use crate::expect::snapshot::file::{self, Header, Stored};
use crate::expect::snapshot::level::Level;
use crate::expect::snapshot::place::Place;

/// Lines of a new text that a failure shows.
const FIRST_LINES: usize = 10;
/// Names that are worth being listed.
const FEW: usize = 3;

/// What `EXPECT_SYSCALLS` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Check,
    Overwrite,
}

impl Mode {
    /// Reads the variable. What is misspelt is refused before anything is compared: it would pass wherever
    /// the text happens to match.
    pub(crate) fn from_variable(value: Option<&str>) -> Result<Mode, String> {
        match value {
            None | Some("" | "check") => Ok(Mode::Check),
            Some("overwrite") => Ok(Mode::Overwrite),
            Some(other) => Err(format!(
                "EXPECT_SYSCALLS={other} means nothing: `check`, or nothing at all, compares with the stored snapshots; \
                 `overwrite` writes them"
            )),
        }
    }
}

/// A snapshot, as far as checking needs to know it.
pub(crate) trait Subject {
    fn level(&self) -> Level;
    /// Why its text cannot be trusted to be complete: a blind spot, and what removes it.
    fn refusal(&self, palette: Palette) -> Option<String>;
    /// The text, at any level.
    fn body(&self, level: Level) -> String;
    /// The text without the calls of these names.
    fn body_without(&self, level: Level, names: &[String]) -> String;
    /// Settings that had no effect.
    fn unused(&self) -> Vec<String>;
}

/// What is checked, and where it belongs.
pub(crate) struct Case<'a, S> {
    pub(crate) place: &'a Place,
    pub(crate) header: &'a Header,
    /// `tests/cli.rs:14`.
    pub(crate) site: &'a str,
    pub(crate) subject: &'a S,
    pub(crate) palette: Palette,
}

/// Compares the text with the file. The error is the report.
pub(crate) fn check<S: Subject>(case: &Case<'_, S>) -> Result<(), String> {
    let body = body_of(case.subject, case.palette)?;
    let stored = match fs::read_to_string(&case.place.file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(missing(case, &body)),
        Err(error) => {
            let file = case.place.file.display();
            return Err(format!("the snapshot {file} cannot be read: {error}\n{}", case.ending(&body)));
        }
    };
    let stored = file::parse(&stored).map_err(|why| {
        format!(
            "{} is no snapshot that can be read: {why}\n{}",
            case.place.file.display(),
            case.ending(&body)
        )
    })?;
    if stored.body == body {
        case.drop_artefact();
        return Ok(());
    }
    Err(differing(case, &stored, &body))
}

/// Writes the text to the file, if it is the one that `again` gives too. The error is why not.
pub(crate) fn overwrite<S: Subject>(
    case: &Case<'_, S>,
    again: Option<impl FnOnce() -> S>,
) -> Result<(), String> {
    let body = body_of(case.subject, case.palette)?;
    let Some(again) = again else { return Err(not_repeatable(case)) };
    let second = again();
    let second_body = body_of(&second, case.palette)?;
    if second_body != body {
        return Err(unstable(case, &second, &body, &second_body));
    }
    let file = &case.place.file;
    let text = file::compose(case.header, &body);
    let unchanged = fs::read(file).is_ok_and(|stored| stored == text.as_bytes());
    if !unchanged {
        file::put(file, &text)
            .map_err(|error| format!("the snapshot {} cannot be written: {error}", file.display()))?;
    }
    case.drop_artefact();
    Ok(())
}

/// The text, if it is one that means something.
fn body_of(subject: &impl Subject, palette: Palette) -> Result<String, String> {
    if let Some(refusal) = subject.refusal(palette) {
        return Err(refusal);
    }
    let body = subject.body(subject.level());
    if body.is_empty() {
        return Err(format!(
            "the snapshot is empty at level {}: nothing of what it would show was done, or `without` has left nothing; \
             an empty text would be equal to that of a program that did not run",
            subject.level()
        ));
    }
    Ok(body)
}

impl<S: Subject> Case<'_, S> {
    fn opening(&self) -> String {
        let Case { header, site, .. } = self;
        format!("  test      {} at {site}\n  level     {}", header.test, header.level)
    }

    /// Where the text is left, and how to accept it; and leaves it there.
    fn ending(&self, body: &str) -> String {
        let mut ending = String::new();
        for unused in self.subject.unused() {
            line(&mut ending, format_args!("  unused    {unused} has had no effect"));
        }
        if let Some(artefact) = self.keep_artefact(body) {
            line(&mut ending, format_args!("  new text  {}", artefact.display()));
        }
        ending + &format!("  accept    {}", self.place.command)
    }

    fn keep_artefact(&self, body: &str) -> Option<&Path> {
        let artefact = self.place.artefact.as_deref()?;
        file::put(artefact, &file::compose(self.header, body)).ok()?;
        Some(artefact)
    }

    /// What an earlier run has left would be taken for this one's.
    fn drop_artefact(&self) {
        if let Some(artefact) = &self.place.artefact {
            let _absent_or_kept = fs::remove_file(artefact);
        }
    }
}

fn missing<S: Subject>(case: &Case<'_, S>, body: &str) -> String {
    let mut report = format!("there is no snapshot {}\n{}", case.place.file.display(), case.opening());
    report.push_str("\n  the text begins with\n");
    for text in body.lines().take(FIRST_LINES) {
        line(&mut report, format_args!("    {text}"));
    }
    if let Some(more) = body.lines().count().checked_sub(FIRST_LINES).filter(|more| *more > 0) {
        line(&mut report, format_args!("    ... and {} more", number(more, "line")));
    }
    report + &case.ending(body)
}

fn differing<S: Subject>(case: &Case<'_, S>, stored: &Stored, body: &str) -> String {
    let mut report = format!("the program did otherwise than {}\n", case.place.file.display());
    if let Some(level) = stored.level.filter(|level| *level != case.header.level) {
        line(
            &mut report,
            format_args!("  the file is of level {level}, the snapshot of level {}", case.header.level),
        );
    }
    line(&mut report, format_args!("{}", case.opening()));
    for hint in hints(&stored.body, body, case.header.level) {
        line(&mut report, format_args!("  {hint}"));
    }
    line(&mut report, format_args!("\n{}\n", diff::show(&stored.body, body, case.palette)));
    report + &case.ending(body)
}

/// What the difference might come from.
fn hints(stored: &str, body: &str, level: Level) -> Vec<String> {
    let mut hints = Vec::new();
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    if level > Level::Effects && sorted(stored) == sorted(body) {
        hints.push("the same lines in another order: level effects ignores the order".to_owned());
        return hints;
    }
    let edits = diff::edits(stored, body);
    if level >= Level::Calls
        && let Some(names) = changed_calls(&edits).filter(|names| names.len() <= FEW)
    {
        hints.push(format!("differs only in calls of {}", names.join(", ")));
    }
    if let Some(path) = common_path(&edits) {
        hints.push(format!("differs only in paths below {path}"));
    }
    hints
}

/// The names of the calls in changed lines; `None` if another line has changed.
fn changed_calls(edits: &[Edit<'_>]) -> Option<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for text in changed_lines(edits) {
        let name = call_in(text)?;
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    (!names.is_empty()).then_some(names)
}

/// The name of the call that a line shows: what stands before the first parenthesis.
fn call_in(text: &str) -> Option<&str> {
    let (before, _) = text.split_once('(')?;
    let name = before.rsplit(' ').next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

fn changed_lines<'a>(edits: &[Edit<'a>]) -> impl Iterator<Item = &'a str> {
    edits.iter().filter_map(|edit| match *edit {
        Edit::Remove(text) | Edit::Add(text) => Some(text),
        Edit::Keep(_) => None,
    })
}

/// The directory that the first path of every changed line is below, if it is not the root.
fn common_path(edits: &[Edit<'_>]) -> Option<String> {
    let mut common: Option<Vec<&str>> = None;
    for text in changed_lines(edits) {
        let (_, from) = text.split_once('"')?;
        let (path, _) = from.split_once('"')?;
        let (directory, _) = path.rsplit_once('/')?;
        let parts: Vec<&str> = directory.split('/').collect();
        common = Some(match common {
            None => parts,
            Some(common) => {
                let same = common.iter().zip(&parts).take_while(|(left, right)| left == right).count();
                common[..same].to_vec()
            }
        });
    }
    common.map(|parts| parts.join("/")).filter(|path| !path.is_empty())
}

fn not_repeatable<S: Subject>(case: &Case<'_, S>) -> String {
    format!(
        "not written: {}\n{}\n  A snapshot is written only if two runs give the same text, and this recording cannot be made again. \
         Give the macro a closure that records; it is called twice to overwrite, once to check:\n    \
         assert_syscall_snapshot!(|| expect_syscalls(Command::new(\"app\").arg(\"--check\")))",
        case.place.file.display(),
        case.opening()
    )
}

fn unstable<S: Subject>(case: &Case<'_, S>, second: &S, body: &str, second_body: &str) -> String {
    let level = case.header.level;
    let mut report = format!("not written: two runs gave different texts at level {level}\n");
    line(&mut report, format_args!("{}", diff::show(body, second_body, case.palette)));
    let agreed = Level::ALL.into_iter().rev().filter(|lower| *lower < level);
    let agreed = agreed.map(|lower| (lower, case.subject.body(lower), second.body(lower)));
    let agreed = agreed.into_iter().find(|(_, first, second)| first == second);
    let names = changed_calls(&diff::edits(body, second_body)).filter(|names| {
        names.len() <= FEW && case.subject.body_without(level, names) == second.body_without(level, names)
    });
    let mut ways = Vec::new();
    if let Some((level, text, _)) = agreed {
        ways.push(format!("the same at level {level}, {}", number(text.lines().count(), "line")));
    }
    if let Some(names) = names {
        ways.push(names.iter().map(|name| format!(".without({name:?})")).collect());
    }
    if ways.is_empty() {
        ways.push("different at every level".to_owned());
    }
    line(&mut report, format_args!("  {}", ways.join("; or ")));
    report.push_str(
        "  Each run must find the same state: what one leaves behind, the next one meets. Make directories inside the closure.",
    );
    report
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("BUG: a String takes whatever is written to it");
}

#[cfg(test)]
mod tests {
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
            let kept =
                body.lines().filter(|line| !names.iter().any(|name| line.contains(&format!("{name}("))));
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
                artefact: Some(dir.path().join("target/expect-syscalls/app/cli__f.syscalls")),
                command: "EXPECT_SYSCALLS=overwrite cargo test -p app --test cli f".to_owned(),
            };
            let header =
                Header { test: "cli::f".to_owned(), source: "tests/cli.rs".to_owned(), level: Level::Calls };
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
            overwrite(&self.case(&fake(body)), Some(|| fake(again)))
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
        let report = room.text(room.check(&body));
        let expected = "there is no snapshot tests/syscalls/cli__f.syscalls\n  \
            test      cli::f at tests/cli.rs:14\n  level     calls\n  the text begins with\n      getpid0() = ok\n";
        assert!(report.starts_with(expected), "{report}");
        let expected = "      getpid9() = ok\n    ... and 2 lines more\n  \
            new text  target/expect-syscalls/app/cli__f.syscalls\n  \
            accept    EXPECT_SYSCALLS=overwrite cargo test -p app --test cli f";
        assert!(report.ends_with(expected), "{report}");
        assert_eq!(
            room.names(),
            ["target/expect-syscalls/app/cli__f.syscalls"],
            "the source tree is as it was"
        );
    }

    #[test]
    fn a_difference_is_shown_and_the_source_tree_left_alone() {
        let room = Room::new();
        let stored = "main exec \"[BIN]\":\n  fsync(<[DIR]/x>) = ok\n";
        room.overwrite(stored, stored).unwrap();
        let report = room.text(room.check(&stored.replace("fsync", "fdatasync")));
        assert_eq!(
            report,
            "the program did otherwise than tests/syscalls/cli__f.syscalls\n  \
             test      cli::f at tests/cli.rs:14\n  level     calls\n  differs only in calls of fsync, fdatasync\n\n  \
             main exec \"[BIN]\":\n-   fsync(<[DIR]/x>) = ok\n+   fdatasync(<[DIR]/x>) = ok\n\n  \
             new text  target/expect-syscalls/app/cli__f.syscalls\n  \
             accept    EXPECT_SYSCALLS=overwrite cargo test -p app --test cli f"
        );
        let kept = fs::read_to_string(&room.place.file).unwrap();
        assert_eq!(kept, file::compose(&room.header, stored));
        room.check(stored).unwrap();
        assert_eq!(room.names(), ["tests/syscalls/cli__f.syscalls"], "the old artefact is gone");
    }

    #[test]
    fn an_empty_text_is_refused_in_both_modes() {
        let room = Room::new();
        assert!(room.text(room.check("")).contains("the snapshot is empty at level calls"));
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
            "not written: two runs gave different texts at level calls\n  main.c1 exec \"/usr/bin/sort\":\n\
             -   read(<pipe:1>) = ok x3\n+   read(<pipe:1>) = ok x4\n  \
             the same at level effects, 1 line; or .without(\"read\")\n  \
             Each run must find the same state: what one leaves behind, the next one meets. Make directories inside the closure."
        );
        assert_eq!(room.names(), Vec::<String>::new());
    }

    #[test]
    fn without_a_second_run_nothing_is_written() {
        let room = Room::new();
        let report = overwrite(&room.case(&fake("x\n")), None::<fn() -> Fake>).unwrap_err();
        assert!(report.contains("assert_syscall_snapshot!(||"), "{report}");
        assert_eq!(room.names(), Vec::<String>::new());
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
            report.contains("syscalls\n  the file is of level calls, the snapshot of level full\n"),
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
            ["differs only in paths below [DIR]/a"]
        );
        assert_eq!(hints("read \"/a\" ok\n", "exec \"/b\" ok\n", Level::Effects), Vec::<String>::new());
    }
}
