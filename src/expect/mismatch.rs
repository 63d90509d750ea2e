//! [`Mismatch`]: an assertion that does not hold.

use std::error::Error;
use std::fmt;
use std::io::{self, IsTerminal as _};
use std::panic::Location;

use crate::expect::calls_file;
use crate::expect::report::{Palette, Report};
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
    use crate::expect::fixture::made;

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
    }
}
