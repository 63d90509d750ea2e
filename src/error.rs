//! [`Error`]: why no recording could be made.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::trace::query::Trace;

/// Why no recording could be made, or why it was broken off.
///
/// Its text says what was attempted, what was seen and what helps. It is about the test and the machine;
/// what a recorded program did wrong is a [`Mismatch`](crate::Mismatch).
///
/// ```
/// # use std::process::Command;
/// # use expect_syscalls::Tracer;
/// let error = Tracer::new().try_run(&mut Command::new("/no/such/program")).unwrap_err();
/// # #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
/// assert!(error.to_string().contains("/no/such/program"));
/// ```
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    reason: Reason,
    trace: Option<Trace>,
}

/// The reasons, with what is needed to word them.
#[derive(Debug)]
pub(crate) enum Reason {
    /// The program could not be started.
    Spawn { program: PathBuf, source: io::Error, attempts: Vec<String> },
    /// The child was gone before the program ran, by itself or by a signal.
    Died { program: PathBuf, how: String },
    /// The kernel refused a request; the diagnosis says why and what to do.
    Refused { request: &'static str, errno: i32, pid: u32, diagnosis: String },
    /// A process that runs already cannot be traced; the diagnosis says why.
    NotAttached { request: &'static str, errno: i32, pid: u32, diagnosis: String },
    /// A program that runs has not made a call that was waited for; what it did, line by line.
    NotCalled { wanted: String, within: Option<Duration>, state: Vec<String> },
    /// Faults that should have happened did not; which, and what came nearest, line by line.
    NotInjected { rules: Vec<String> },
    /// The same of those that calls may have evaded.
    Evaded { rules: Vec<String> },
    /// Tracing is known to be impossible; why, in full.
    Unavailable(String),
    /// The deadline passed; a line for each task that was alive.
    Timeout { after: Duration, alive: Vec<String>, killed: bool },
    /// A limit of the recording was passed; which, the setting that raises it, and what the program did, line by line.
    Limit { limit: String, setting: &'static str, killed: bool, state: Vec<String> },
    /// The program does what a seccomp filter does not permit; what.
    Unfit(&'static str),
    /// The end of the program was taken by somebody else.
    Robbed,
    /// The child was not heard of before its exec, or the tree did not die when it was killed.
    Stuck,
    /// Something of the test process itself failed.
    Io { doing: &'static str, source: io::Error },
    /// Not Linux on x86_64.
    #[allow(dead_code, reason = "made elsewhere than on Linux alone")]
    Unsupported,
    /// The observer that the test gave panicked, with this.
    Observer(String),
    /// A defect of this crate.
    Bug(String),
}

impl Error {
    pub(crate) fn new(reason: Reason) -> Error {
        Error { inner: Box::new(Inner { reason, trace: None }) }
    }

    pub(crate) fn io(doing: &'static str, source: io::Error) -> Error {
        Error::new(Reason::Io { doing, source })
    }

    pub(crate) fn with_trace(mut self, trace: Trace) -> Error {
        self.inner.trace = Some(trace);
        self
    }

    /// What was recorded before the recording was broken off by the timeout or a limit. Its negative
    /// assertions cannot tell.
    pub fn trace(&self) -> Option<&Trace> {
        self.inner.trace.as_ref()
    }

    /// Whether the deadline of [`Tracer::timeout`](crate::Tracer::timeout) or [`Running::wait_for`](crate::Running::wait_for) passed.
    pub fn is_timeout(&self) -> bool {
        matches!(self.inner.reason, Reason::Timeout { .. } | Reason::NotCalled { within: Some(_), .. })
    }

    /// Whether the program could not be started: not found, not executable, a wrong directory.
    pub fn is_spawn_failure(&self) -> bool {
        matches!(self.inner.reason, Reason::Spawn { .. } | Reason::Died { .. })
    }

    /// Whether a fault of [`Tracer::inject`](crate::Tracer::inject) never happened. [`trace`](Error::trace) has the whole recording.
    pub fn is_missing_fault(&self) -> bool {
        matches!(self.inner.reason, Reason::NotInjected { .. } | Reason::Evaded { .. })
    }

    /// Whether this machine does not let this process trace.
    pub fn is_refused(&self) -> bool {
        matches!(
            self.inner.reason,
            Reason::Refused { .. }
                | Reason::NotAttached { .. }
                | Reason::Unavailable(_)
                | Reason::Unsupported
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner.reason {
            Reason::Spawn { program, source, attempts } => {
                write!(f, "cannot run {program:?}: {source}")?;
                for attempt in attempts {
                    write!(f, "\n  tried {attempt}")?;
                }
                Ok(())
            }
            Reason::Died { program, how } => {
                write!(f, "cannot run {program:?}: the child {how} before it executed the program; look at the Command's pre_exec hooks and limits")
            }
            Reason::Refused { request, errno, pid, diagnosis } => {
                let why = io::Error::from_raw_os_error(*errno);
                write!(f, "expect-syscalls cannot trace here: {diagnosis} [{request} on pid {pid}: {why}]")
            }
            Reason::NotAttached { request, errno, pid, diagnosis } => {
                let why = io::Error::from_raw_os_error(*errno);
                write!(f, "cannot attach to pid {pid}: {diagnosis} [{request}: {why}]")
            }
            Reason::NotInjected { rules } => {
                f.write_str("a fault that was to be injected never happened")?;
                rules.iter().try_for_each(|line| write!(f, "\n  {line}"))?;
                f.write_str("\n  .optional() on the matcher says that it need not happen")
            }
            Reason::Evaded { rules } => {
                f.write_str("calls that were to have a fault may have been answered without it")?;
                rules.iter().try_for_each(|line| write!(f, "\n  {line}"))?;
                f.write_str("\n  .optional() on the matcher says that they may")
            }
            Reason::NotCalled { wanted, within, state } => {
                match within {
                    Some(limit) => write!(f, "no call matches within {limit:?}: {wanted}")?,
                    None => write!(f, "no call matches, and the program has ended: {wanted}")?,
                }
                state.iter().try_for_each(|line| write!(f, "\n  {line}"))
            }
            Reason::Timeout { after, alive, killed } => {
                let then = if *killed { "was killed" } else { "was let go" };
                write!(f, "the program did not end within {after:?}, and {then}; Tracer::timeout sets the time")?;
                alive.iter().try_for_each(|line| write!(f, "\n  {line}"))
            }
            Reason::Limit { limit, setting, killed, state } => {
                let then = if *killed { "the program was killed" } else { "the recording was ended" };
                write!(f, "{limit}, and {then}; {setting} sets the limit")?;
                state.iter().try_for_each(|line| write!(f, "\n  {line}"))
            }
            Reason::Stuck => f.write_str(
                "the program did not go on, or did not die when it was killed: it hangs in the kernel, or another \
                 thread of this process waits for any child, with waitpid(-1), and took a stop of the program",
            ),
            Reason::Unfit(what) => write!(
                f,
                "the program {what}, which it could not do under the seccomp filter of Tracer::only as it does without: it was \
                 killed; Tracer::seccomp(false) records it without a filter"
            ),
            Reason::Robbed => f.write_str(
                "another thread of this process has taken the end of the program, as waitpid(-1) does: let each \
                 thread wait for its own children, by their pids",
            ),
            Reason::Unavailable(why) => f.write_str(why),
            Reason::Io { doing, source } => write!(f, "cannot {doing}: {source}"),
            Reason::Unsupported => f.write_str(
                "expect-syscalls cannot trace here: it needs Linux on x86_64; gate the test with \
                 #[cfg(all(target_os = \"linux\", target_arch = \"x86_64\"))]",
            ),
            Reason::Observer(what) => {
                write!(f, "the observer panicked, and the recording ended with it: {what}")
            }
            Reason::Bug(what) => write!(f, "BUG in expect-syscalls: {what}"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.inner.reason {
            Reason::Spawn { source, .. } | Reason::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
