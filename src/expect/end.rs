//! How the program ended: `success`, `code`, `signal`.

use std::sync::atomic::Ordering;

use crate::abi::signals;
use crate::expect::mismatch::Mismatch;
use crate::expect::report::{Report, Row, Tone, calls, program};
use crate::trace::call::Outcome;
use crate::trace::query::Trace;

/// An end that the test demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Code(i32),
    Signal(i32),
}

/// The signal called `name`.
///
/// # Panics
///
/// When there is none, with the nearest.
#[track_caller]
pub(crate) fn signal(name: &str) -> End {
    End::Signal(signals::number(name))
}

/// Whether the root ended like this. If it did, it did not end early: negative assertions may build on it. If it did not,
/// and the test goes on all the same, they still may not.
pub(crate) fn check(trace: &Trace, wanted: End) -> Result<(), Mismatch> {
    let status = trace.shared.status;
    if status.is_some_and(|status| wanted.is(status)) {
        trace.shared.end_stated.store(true, Ordering::Relaxed);
        return Ok(());
    }
    let ended = match status {
        None => Report::cannot_tell("the end of the program was not seen"),
        Some(_) => Report::violated(format!("the program {}", was(status))),
    };
    let report = ended
        .row(Row::new("wanted", wanted.text()).tone(Tone::Asked))
        .rows(trace.is_view().then(|| {
            Row::new("but", "a view ends as its root did: Trace::processes() has the ends of the others")
                .tone(Tone::Hint)
        }))
        .rows(failures(trace))
        .foot(program::foot(trace, &[]));
    Err(Mismatch::new(trace, report, Vec::new()))
}

impl End {
    /// See wait(2).
    fn is(self, status: i32) -> bool {
        match self {
            End::Code(code) => status & 0x7f == 0 && status >> 8 & 0xff == code,
            End::Signal(signal) => status & 0x7f == signal,
        }
    }

    fn text(self) -> String {
        match self {
            End::Code(code) => format!("exited with {code}"),
            End::Signal(signal) => program::ending(Some(signal)),
        }
    }
}

/// `exited with 2`, `was killed by SIGKILL`.
fn was(status: Option<i32>) -> String {
    let ending = program::ending(status);
    if ending.starts_with("killed") { format!("was {ending}") } else { ending }
}

/// Why it gave up: where the test made calls of the root fail, those; else the last ones that failed. A program that ended well
/// gave nothing up.
fn failures(trace: &Trace) -> Vec<Row> {
    const MOST: usize = 3;
    if matches!(trace.shared.status, None | Some(0)) {
        return Vec::new();
    }
    let failed = trace.shared.calls.iter().enumerate().rev().filter(|(_, call)| {
        call.task().process == 0 && !call.raw().startup && matches!(call.outcome(), Outcome::Failed(_))
    });
    let injected = failed.clone().filter(|(_, call)| call.is_injected());
    let (injected, failed) = (injected.map(|(index, _)| index), failed.map(|(index, _)| index));
    let mut last: Vec<usize> = injected.take(MOST).collect();
    if last.is_empty() {
        last = failed.take(MOST).collect();
    }
    last.reverse();
    calls::first(trace, "failed", &last, MOST, Tone::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::fixture::{Made, cannot_tell, made, violated};

    const KILLED: i32 = 9;

    fn app() -> Made {
        made(
            r#"
            main! openat(-100, "/lib/x", 0) = -2
            main  openat(-100, "/etc/app.conf", 0) = -2
            main  exit_group(2) = ?
            "#,
        )
    }

    #[test]
    fn the_end_is_compared() {
        assert!(app().trace().try_success().is_ok());
        assert!(app().ended(2 << 8).trace().try_code(2).is_ok());
        assert!(app().ended(KILLED).trace().try_signal("SIGKILL").is_ok());
        assert!(app().ended(KILLED | 0x80).trace().try_signal("KILL").is_ok());
        assert!(app().ended(KILLED).trace().try_code(0).is_err());
        assert!(app().ended(9 << 8).trace().try_signal("SIGKILL").is_err());
    }

    #[test]
    fn another_end_is_shown_with_what_went_wrong() {
        violated(
            app().ended(2 << 8).stderr("app: no configuration\n").trace().try_success(),
            r#"
the program exited with 2
  wanted    exited with 0
  failed    #2 main  openat(AT_FDCWD, "/etc/app.conf", O_RDONLY) = -1 ENOENT (No such file or directory)
  program   app, exited with 2
  stderr    app: no configuration
"#,
        );
        violated(
            app().ended(KILLED).trace().try_code(2),
            r#"
the program was killed by SIGKILL
  wanted    exited with 2
  failed    #2 main  openat(AT_FDCWD, "/etc/app.conf", O_RDONLY) = -1 ENOENT (No such file or directory)
  program   app, killed by SIGKILL
"#,
        );
        violated(
            app().trace().try_signal("SIGKILL"),
            r#"
the program exited with 0
  wanted    killed by SIGKILL
  program   app, exited with 0
"#,
        );
    }

    #[test]
    fn of_a_program_that_was_not_seen_to_end_nobody_can_tell() {
        let mut trace = app();
        trace.status = None;
        cannot_tell(
            trace.trace().try_success(),
            r#"
cannot tell: the end of the program was not seen
  wanted    exited with 0
  program   app, end not seen
"#,
        );
    }

    #[test]
    fn the_test_has_said_how_it_should_end() {
        let trace = app().ended(2 << 8).trace();
        assert!(!trace.shared.end_stated.load(Ordering::Relaxed));
        let view = trace.only_calls(".root()", &[0]);
        let _ = view.try_code(2);
        assert!(trace.shared.end_stated.load(Ordering::Relaxed));
    }

    #[test]
    fn an_end_that_was_stated_and_did_not_come_leaves_negative_assertions_open() {
        let trace = app().ended(KILLED).trace();
        assert!(trace.try_success().is_err() && trace.try_code(2).is_err());
        assert!(trace.try_never("connect").unwrap_err().is_inconclusive());
        assert!(trace.try_signal("SIGKILL").is_ok());
        assert!(trace.try_never("connect").is_ok());
    }

    #[test]
    #[should_panic(expected = "no signal is called `SIGTREM`; did you mean `SIGTERM`?")]
    fn an_unknown_signal_is_refused() {
        let _ = app().trace().try_signal("SIGTREM");
    }
}
