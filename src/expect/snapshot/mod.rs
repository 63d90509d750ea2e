//! Snapshots: what a program did, as text that stays the same from run to run, kept in a file.
//!
//! A [`Snapshot`] goes through `normalise` (what varies, and what stands for it), `redact` (what the user replaces) and
//! `render` (the lines of a level). The macro in `assertion` finds the file's `place` from its `site`, and `check` compares
//! or overwrites.

pub(crate) mod level;
pub(crate) mod assertion;
pub(crate) mod site;
pub(crate) mod normalise;
pub(crate) mod redact;
pub(crate) mod pieces;
pub(crate) mod render;
pub(crate) mod claim;
pub(crate) mod check;
pub(crate) mod diff;
pub(crate) mod file;
pub(crate) mod place;
pub(crate) mod stale;
pub(crate) mod surroundings;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::expect::report::Palette;
use crate::expect::snapshot::check::Subject;
use crate::expect::snapshot::level::Level;
use crate::expect::snapshot::normalise::Normaliser;
use crate::expect::snapshot::normalise::hidden;
use crate::expect::snapshot::redact::{Redaction, Redactor};
use crate::expect::snapshot::render::Candidate;
use crate::expect::snapshot::surroundings::Surroundings;
use crate::trace::bytes;
use crate::trace::call::Call;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::query::Trace;

/// What a program did, as text that is the same in every run. Its `Display` is the text.
///
/// What varies is shown by what it means:
///
/// | value | shown as |
/// |---|---|
/// | a descriptor | its file, `</etc/passwd>`, or its kind and number, `<pipe:1>`, `<epoll>`; inherited ones are `<stdout>` |
/// | the id of a process or thread of the tree | its place in the tree, `main.c1`; others are `[PID]` |
/// | an address | `[ADDR]` |
/// | a port, or an abstract name, that the kernel chose | `[PORT]`, `[ABSTRACT 1]` |
/// | a temporary name: made exclusively in a directory for temporary files, or gone in the end | `[TMP 1]` |
/// | the working directory, `HOME`, `TMPDIR` and `/tmp`, cargo's target directory, the program itself | `[CWD]`, `[HOME]`, `[TMPDIR]`, `[TARGET]`, `[BIN]` |
///
/// Below [`Level::Full`], sizes, times and the contents of structures and buffers are not shown, equal calls in a row are one line
/// (`x3`), and left out are: what happens before a program's own entry point; memory, locks, signal masks, clocks and random bytes; calls that are
/// made again after `EINTR` or `EAGAIN`; calls that the kernel does not know (`ENOSYS`); the search for a program in `PATH`; and the
/// files that runtimes read for themselves, such as locales, time zones, `/dev/null` and `/dev/urandom`.
///
/// [`assert_syscall_snapshot!`](crate::assert_syscall_snapshot) keeps it in a file. [`guide::snapshots`](crate::guide::snapshots) says which
/// level is stable for which program, and how insta and expect-test keep it.
///
/// ```
/// use expect_syscalls::{Level, expect_syscalls};
/// use std::process::Command;
///
/// let trace = expect_syscalls(Command::new("cat").arg("/etc/passwd"));
/// assert_eq!(trace.snapshot().to_string(), "exec \"[BIN]\" ok\nread \"/etc/passwd\" ok\n");
/// assert!(trace.snapshot().level(Level::Names).to_string().starts_with("close\nexec\n"));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a snapshot that is not asserted says nothing"]
pub struct Snapshot {
    trace: Trace,
    level: Level,
    redactions: Vec<Redaction>,
    without: Vec<CallMatcher>,
    /// Names that are shown although they are temporary.
    kept: Vec<Vec<u8>>,
    surroundings: Surroundings,
}

/// # Snapshots
impl Trace {
    /// The text of what was done, at level [`Level::Effects`] unless said otherwise.
    ///
    /// A snapshot is a negative assertion: it claims that nothing else was done. See
    /// [`assert_syscall_snapshot!`](crate::assert_syscall_snapshot).
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            trace: self.clone(),
            level: Level::default(),
            redactions: Vec::new(),
            without: Vec::new(),
            kept: Vec::new(),
            surroundings: Surroundings::of_this_process(),
        }
    }
}

impl Snapshot {
    /// How much it shows.
    pub fn level(mut self, level: Level) -> Snapshot {
        self.level = level;
        self
    }

    /// Shows `placeholder` instead of `path`, wherever a path begins with it: whole components only, so that `/tmp/a` is not found
    /// in `/tmp/ab`. Where it leads through a link, the file behind counts as well. The longest of several wins.
    ///
    /// A redaction that replaces nothing is listed when the assertion fails.
    ///
    /// ```
    /// # use expect_syscalls::expect_syscalls;
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("cat").arg("/etc/passwd"));
    /// let snapshot = trace.snapshot().redact("/etc", "[ETC]");
    /// assert!(snapshot.to_string().ends_with("read \"[ETC]/passwd\" ok\n"));
    /// ```
    ///
    /// # Panics
    ///
    /// On a path that is empty, relative or the root directory, and on a placeholder that does not look like `[DIR]` or has
    /// a meaning of its own.
    #[track_caller]
    pub fn redact(self, path: impl AsRef<Path>, placeholder: &str) -> Snapshot {
        let forms = surroundings::forms(path.as_ref());
        let forms: Vec<&Path> = forms.iter().map(PathBuf::as_path).collect();
        self.with(Redaction::path(&forms, placeholder))
    }

    /// Shows `replacement` instead of what matches `pattern`, a regular expression, within one path or string. The replacement
    /// has a placeholder in it: `redact_re(r"\.05\w+\.rcgu", ".[ID].rcgu")`.
    ///
    /// # Panics
    ///
    /// On a pattern that is wrong or matches the empty string, and on a replacement without a placeholder.
    #[track_caller]
    pub fn redact_re(self, pattern: &str, replacement: &str) -> Snapshot {
        self.with(Redaction::pattern(pattern, replacement))
    }

    /// Leaves calls out, at every level. A matcher of which no call was made is listed when the assertion fails.
    ///
    /// # Panics
    ///
    /// On an unknown name.
    #[track_caller]
    pub fn without(mut self, calls: impl Into<CallMatcher>) -> Snapshot {
        self.without.push(calls.into());
        self
    }

    /// Shows the file name `name` as it is, although what happened to the file makes its name a temporary one: it was made
    /// exclusively, and was gone in the end. `index.lock` is such a name.
    pub fn keep(mut self, name: &str) -> Snapshot {
        self.kept.push(name.as_bytes().to_owned());
        self
    }

    #[track_caller]
    fn with(mut self, redaction: Result<Redaction, String>) -> Snapshot {
        match redaction {
            Ok(redaction) => self.redactions.push(redaction),
            Err(why) => panic!("{why}"),
        }
        self
    }

    /// The text at a level, and the redactions that replaced nothing in it.
    fn render(&self, level: Level, without: &[CallMatcher]) -> (String, Vec<String>) {
        let recording = &self.trace.shared;
        let all: Vec<&Call> = recording.calls.iter().collect();
        let hidden = hidden::hidden(&all);
        let redactor = Redactor::new(&self.redactions, &self.built_in(&all));
        let normaliser =
            Normaliser::new(&recording.tree, &all, redactor, &self.surroundings.temporary, &self.kept);
        let left_out = |call: &Call| {
            self.without.iter().chain(without).any(|matcher| matcher.judge(call) == Verdict::Yes)
        };
        let shown = self.trace.entries().filter(|(_, call)| !left_out(call));
        let candidates: Vec<Candidate<'_>> = shown.map(|(index, call)| (call, hidden[index])).collect();
        let marks = if self.trace.is_view() { &[] } else { recording.marks.as_slice() };
        let lines = render::lines(level, &candidates, marks, &recording.tree, &normaliser);
        let text = lines.into_iter().map(|line| line + "\n").collect();
        (text, normaliser.unused())
    }

    /// What stands for the directories of this machine, and for the program.
    fn built_in(&self, all: &[&Call]) -> Vec<Redaction> {
        let Surroundings { home, target, current, .. } = &self.surroundings;
        let root = self.trace.shared.tree.processes.first();
        let program = root.and_then(|root| root.images.first()).map(|image| image.program.clone());
        let cwd = first_cwd(all).or_else(|| current.clone());
        let target_tmp = target.as_ref().map(|target| target.join("tmp"));
        let tmpdirs = self.surroundings.tmpdirs.iter().map(|dir| (Some(dir), "[TMPDIR]"));
        let named = [
            (program.as_ref(), "[BIN]"),
            (cwd.as_ref(), "[CWD]"),
            (home.as_ref(), "[HOME]"),
            (target.as_ref(), "[TARGET]"),
            (target_tmp.as_ref(), "[TARGET_TMP]"),
        ];
        let redaction = |(path, placeholder): (Option<&PathBuf>, &str)| {
            // The program goes by the name it was executed under; what a link leads to may be another program's too.
            let forms = if placeholder == "[BIN]" { vec![path?.clone()] } else { surroundings::forms(path?) };
            let forms: Vec<&Path> = forms.iter().map(PathBuf::as_path).collect();
            Redaction::built_in(&forms, placeholder)
        };
        named.into_iter().chain(tmpdirs).filter_map(redaction).collect()
    }
}

/// The directory that the root was started in, if a relative path of its shows it.
fn first_cwd(calls: &[&Call]) -> Option<PathBuf> {
    let own = calls.iter().filter(|call| call.task().process == 0);
    let before = own.take_while(|call| !(matches!(call.name(), "chdir" | "fchdir") && call.succeeded()));
    let mut links =
        before.flat_map(|call| call.raw().noted.files.iter()).filter(|note| note.fd == normalise::AT_FDCWD);
    links.next().map(|note| bytes::path(&note.link).into_owned())
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(self.level, &[]).0)
    }
}

impl From<&Trace> for Snapshot {
    fn from(trace: &Trace) -> Snapshot {
        trace.snapshot()
    }
}

impl From<Trace> for Snapshot {
    fn from(trace: Trace) -> Snapshot {
        trace.snapshot()
    }
}

impl From<&Snapshot> for Snapshot {
    fn from(snapshot: &Snapshot) -> Snapshot {
        snapshot.clone()
    }
}

impl Subject for Snapshot {
    fn level(&self) -> Level {
        self.level
    }

    fn refusal(&self, palette: Palette) -> Option<String> {
        claim::refusal(&self.trace, self.level, &self.without).map(|report| report.text(palette, None))
    }

    fn body(&self, level: Level) -> String {
        self.render(level, &[]).0
    }

    fn body_without(&self, level: Level, names: &[String]) -> String {
        let without: Vec<CallMatcher> =
            names.iter().filter_map(|name| CallMatcher::parse(name).ok()).collect();
        self.render(level, &without).0
    }

    fn unused(&self) -> Vec<String> {
        let (_, mut unused) = self.render(self.level, &[]);
        for matcher in &self.without {
            if self.trace.calls().all(|call| matcher.judge(call) == Verdict::No) {
                unused.push(format!(".without({matcher})"));
            }
        }
        unused
    }
}
