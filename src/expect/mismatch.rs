//! [`Mismatch`]: an assertion that does not hold.

use std::error::Error;
use std::fmt;
use std::io::{self, IsTerminal as _};
use std::panic::Location;

use crate::expect::calls_file;
use crate::expect::report::{Palette, Report};
use crate::trace::blind::BlindSpot;
use crate::trace::call::Call;
use crate::trace::query::Trace;

/// An assertion that does not hold, or of which nobody can tell whether it holds. Its text is the report.
///
/// The assertions of [`Trace`] that begin with `try_` return it; the others panic with it.
///
/// ```no_run
/// # use expect_syscalls::expect_syscalls;
/// # use std::process::Command;
/// let trace = expect_syscalls(&mut Command::new("true"));
/// let mismatch = trace.try_contains("connect").unwrap_err();
/// assert!(!mismatch.is_inconclusive());
/// assert!(mismatch.to_string().starts_with("no call matches"));
/// ```
#[must_use = "a mismatch that nobody looks at asserts nothing"]
pub struct Mismatch {
    inner: Box<Inner>,
}

struct Inner {
    report: Report,
    trace: Trace,
    /// Places in the recording.
    calls: Vec<usize>,
}

impl Mismatch {
    pub(crate) fn new(trace: &Trace, report: Report, calls: Vec<usize>) -> Mismatch {
        Mismatch { inner: Box::new(Inner { report, trace: trace.clone(), calls }) }
    }

    /// Whether the recording is too incomplete to tell. `false` when the assertion is known not to hold.
    pub fn is_inconclusive(&self) -> bool {
        self.inner.report.inconclusive
    }

    /// The calls that speak against the assertion: those that should not have been made, those that lack a partner, and
    /// those of which nobody can tell. None where a call is missing.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.inner.calls.iter().map(|&index| &self.inner.trace.shared.calls[index])
    }

    /// Where something is missing, the calls that come nearest, the nearest first: such as were made outside of the view or too early, failed,
    /// or differ in an argument. The report says how.
    ///
    /// ```
    /// # use expect_syscalls::{call, expect_syscalls};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
    /// let mismatch = trace.try_contains(call!("openat", path = "/etc/hostnam")).unwrap_err();
    /// assert!(mismatch.nearest().any(|call| call.to_string().contains("\"/etc/hostname\"")));
    /// ```
    pub fn nearest(&self) -> impl Iterator<Item = &Call> {
        let near = self.inner.report.calls_under(&["elsewhere", "but", "tried", "nearest", "there"]);
        near.into_iter().map(|index| &self.inner.trace.shared.calls[index])
    }

    /// The blind spots that the report tells of: because of which nobody can tell, or in which more may have been done.
    pub fn blind_spots(&self) -> Vec<BlindSpot> {
        self.inner.report.spots()
    }

    /// The trace, or the view, that was asked.
    pub fn trace(&self) -> &Trace {
        &self.inner.trace
    }

    /// Panics with the report, in colour where somebody sees it. All calls go to a file, which the report names.
    #[track_caller]
    pub(crate) fn raise(&self) -> ! {
        let file = calls_file::write(&self.inner.trace, Location::caller());
        let colour =
            io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty());
        let palette = if colour { Palette::Colour } else { Palette::Plain };
        panic!("{}", self.inner.report.text(palette, file.as_deref()));
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.report.text(Palette::Plain, None))
    }
}

/// As [`Display`](fmt::Display): what `unwrap` prints is the report.
impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for Mismatch {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::fixture::{made, openat};

    #[test]
    fn a_mismatch_can_be_handed_on_and_names_its_calls() {
        fn check<T: Error + Send + Sync + 'static>(_: &T) {}
        let trace = made("main fsync(3</tmp/a>) = 0\nmain getpid() = 1\nmain fsync(4</tmp/b>) = 0").trace();
        let mismatch = trace.try_never("fsync").unwrap_err();
        check(&mismatch);
        let calls: Vec<String> = mismatch.calls().map(Call::to_string).collect();
        assert_eq!(calls, ["fsync(3) = 0", "fsync(4) = 0"]);
        assert_eq!(trace.try_contains("unlink").unwrap_err().calls().count(), 0);
        assert_eq!(format!("{mismatch:?}"), mismatch.to_string());
        assert_eq!((mismatch.nearest().count(), mismatch.blind_spots()), (0, Vec::new()));
        assert_eq!(mismatch.trace().calls().count(), 3);
    }

    #[test]
    fn what_is_missing_has_calls_that_come_near() {
        let trace = made(
            r#"
            main openat(-100, "/etc/b", 0) = -2
            main openat(-100, "/etc/a1", 0) = 3</etc/a1>
            main openat(-100, "/etc/c", 0) = 4</etc/c>
            "#,
        );
        let trace = trace.hole(BlindSpot::IoUring, "#9 main  io_uring_setup(8, {...}) = 5").trace();
        let near = |mismatch: &Mismatch| -> Vec<String> {
            mismatch.nearest().filter_map(|call| Some(call.arg("path")?.to_string())).collect()
        };
        let missing = trace.try_contains(openat("/etc/b").ok()).unwrap_err();
        assert_eq!(near(&missing)[0], "\"/etc/b\"");
        assert_eq!((missing.calls().count(), missing.blind_spots()), (0, vec![BlindSpot::IoUring]));
        let files = trace.files_read();
        let unread = files.try_contains("/etc/b").unwrap_err();
        assert_eq!(near(&unread), ["\"/etc/b\"", "\"/etc/c\"", "\"/etc/a1\""]);
        assert_eq!(unread.blind_spots(), [BlindSpot::IoUring]);
        let order = trace.try_in_order([openat("/etc/c"), openat("/etc/a1")]).unwrap_err();
        assert_eq!(near(&order), ["\"/etc/a1\""]);
    }
}
