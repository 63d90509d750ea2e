//! Checking a text against its file, and overwriting the file with it.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use crate::expect::report::{Palette, number};
use crate::expect::snapshot::diff::{self, Edit};
use crate::expect::snapshot::file::{self, Header, Stored};
use crate::expect::snapshot::level::Level;
use crate::expect::snapshot::place::Place;
use crate::expect::snapshot::stale;

/// Lines of a new text that a failure shows.
const FIRST_LINES: usize = 10;
/// Names that are worth being listed.
const FEW: usize = 3;

/// Why a text that was never compared with another recording's may differ.
const ONCE: &str = "the file was written from one recording: if the program has not changed, its text varies from run to run at this \
                    level, and a closure, assert_syscall_snapshot!(|| ..), finds out which one is stable";

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
    let body = body_of(case, case.subject)?;
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

/// Writes the text to the file, if it is the one that `again` gives too. What cannot be recorded again is written as it is; then
/// the file says so, until another recording has given the same text. The error is why nothing was written.
pub(crate) fn overwrite<S: Subject>(
    case: &Case<'_, S>,
    again: Option<impl FnOnce() -> S>,
) -> Result<Written, String> {
    let body = body_of(case, case.subject)?;
    let file = &case.place.file;
    let once = match again {
        Some(again) => {
            let second = again();
            let second_body = body_of(case, &second)?;
            if second_body != body {
                return Err(unstable(case, &second, &body, &second_body));
            }
            false
        }
        // An equal text in the file is that of another recording.
        None => !fs::read_to_string(file)
            .is_ok_and(|stored| file::parse(&stored).is_ok_and(|stored| stored.body == body)),
    };
    let header = Header { once, generated: is_generated(case), ..case.header.clone() };
    let text = file::compose(&header, &body);
    let unchanged = fs::read(file).is_ok_and(|stored| stored == text.as_bytes());
    if !unchanged {
        file::put(file, &text)
            .map_err(|error| format!("the snapshot {} cannot be written: {error}", file.display()))?;
    }
    case.drop_artefact();
    Ok(if once { Written::OfOneRun } else { Written::OfTwoRuns })
}

/// What is known of a text that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    OfOneRun,
    OfTwoRuns,
}

/// Whether the source is there and does not have the test.
fn is_generated<S>(case: &Case<'_, S>) -> bool {
    let function = case.header.test.rsplit("::").next().unwrap_or_default();
    fs::read_to_string(&case.place.source).is_ok_and(|code| !stale::has_function(&code, function))
}

/// The text of one recording, if it is one that means something.
fn body_of<S: Subject>(case: &Case<'_, S>, subject: &S) -> Result<String, String> {
    if let Some(refusal) = subject.refusal(case.palette) {
        return Err(refusal);
    }
    let body = subject.body(subject.level());
    if body.is_empty() {
        return Err(format!(
            "the snapshot is empty: nothing of what its level would show was done, or `without` has left nothing; \
             an empty text would be equal to that of a program that did not run\n{}\n  file      {}",
            case.opening(),
            case.place.file.display()
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
    let whole = body.lines().count() <= FIRST_LINES;
    report.push_str(if whole { "\n  the text is\n" } else { "\n  the text begins with\n" });
    for text in body.lines().take(FIRST_LINES) {
        line(&mut report, format_args!("    {text}"));
    }
    if let Some(more) = body.lines().count().checked_sub(FIRST_LINES).filter(|more| *more > 0) {
        line(&mut report, format_args!("    ... and {} more", number(more, "line")));
    }
    report + &case.ending(body)
}

fn differing<S: Subject>(case: &Case<'_, S>, stored: &Stored, body: &str) -> String {
    let mut report = format!("the program did not do what {} says\n", case.place.file.display());
    if let Some(level) = stored.level.filter(|level| *level != case.header.level) {
        line(
            &mut report,
            format_args!("  the file is of level {level}, the snapshot of level {}", case.header.level),
        );
    }
    line(&mut report, format_args!("{}", case.opening()));
    let edits = diff::edits(&stored.body, body);
    let first = stored.first + edits.iter().take_while(|edit| matches!(edit, Edit::Keep(_))).count();
    let extent = extent(&edits, ["gone (-)", "new (+)"]);
    line(&mut report, format_args!("  lines     {extent}, from line {first} of the file"));
    for hint in hints(&stored.body, body, case.header.level) {
        line(&mut report, format_args!("  {hint}"));
    }
    if stored.once {
        line(&mut report, format_args!("  {ONCE}"));
    }
    line(&mut report, format_args!("\n{}\n", diff::show(&stored.body, body, case.palette)));
    report + &case.ending(body)
}

/// How many lines are in one text only, with the signs that stand before them in the difference.
fn extent(edits: &[Edit<'_>], only: [&str; 2]) -> String {
    let old = edits.iter().filter(|edit| matches!(edit, Edit::Remove(_))).count();
    let new = edits.iter().filter(|edit| matches!(edit, Edit::Add(_))).count();
    let parts = [old, new].into_iter().zip(only).filter(|(count, _)| *count > 0);
    parts.map(|(count, only)| format!("{count} {only}")).collect::<Vec<_>>().join(", ")
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
    let names = changed_calls(&edits).filter(|names| level >= Level::Calls && names.len() <= FEW);
    if let Some(names) = names {
        hints.push(format!("every changed line is a call of {}", names.join(" or ")));
    }
    if let Some(path) = common_path(&edits) {
        hints.push(format!("every changed line is about something below {path}"));
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

fn unstable<S: Subject>(case: &Case<'_, S>, second: &S, body: &str, second_body: &str) -> String {
    let edits = diff::edits(body, second_body);
    let file = case.place.file.display();
    let mut report = format!("two runs gave different texts, so nothing was written to {file}\n");
    line(&mut report, format_args!("{}", case.opening()));
    let extent = extent(&edits, ["in the first run only (-)", "in the second only (+)"]);
    line(&mut report, format_args!("  lines     {extent}"));
    line(&mut report, format_args!("\n{}\n", diff::show(body, second_body, case.palette)));
    line(&mut report, format_args!("  stable    {}", stable(case, second, &edits)));
    report.push_str(
        "  else      each run must find the same state: what one leaves behind, the next one meets; make directories inside the closure",
    );
    report
}

/// What makes the texts of two runs equal.
fn stable<S: Subject>(case: &Case<'_, S>, second: &S, edits: &[Edit<'_>]) -> String {
    let level = case.header.level;
    let lower = Level::ALL.into_iter().rev().filter(|lower| *lower < level);
    let mut texts = lower.map(|lower| (lower, case.subject.body(lower), second.body(lower)));
    let agreed = texts.find(|(_, first, second)| first == second);
    let names = changed_calls(edits).filter(|names| {
        names.len() <= FEW && case.subject.body_without(level, names) == second.body_without(level, names)
    });
    let level = agreed.map(|(level, text, _)| {
        format!(".level(Level::{level:?}), of which the text has {}", number(text.lines().count(), "line"))
    });
    let without = names.map(|names| names.iter().map(|name| format!(".without({name:?})")).collect());
    let ways: Vec<String> = level.into_iter().chain(without).collect();
    if ways.is_empty() { "no level".to_owned() } else { ways.join("; or ") }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("BUG: a String takes whatever is written to it");
}
