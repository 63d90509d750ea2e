//! [`Running`]: a recording that goes on while the test does.

use std::fmt;
use std::time::Duration;

use crate::abi::signals;
use crate::error::Error;
use crate::trace::call::Call;
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;
use crate::tracer::program::Program;

/// A program that runs under trace while the test goes on: made by [`Tracer::spawn`](crate::Tracer::spawn) and
/// [`Tracer::attach`](crate::Tracer::attach).
///
/// Dropped, it kills the program that it has started, and everything that this started. A program that it was
/// attached to goes on untraced.
///
/// ```
/// use expect_syscalls::{Tracer, call};
/// use std::process::Command;
/// use std::time::Duration;
///
/// let mut running = Tracer::new().spawn(Command::new("sleep").arg("1000"))?;
/// running.wait_for("clock_nanosleep", Duration::from_secs(10))?;
/// running.signal("SIGTERM")?;
/// let trace = running.finish()?;
/// trace.signal("SIGTERM").never("connect");
/// # Ok::<(), expect_syscalls::Error>(())
/// ```
#[must_use = "the program is killed when this is dropped"]
pub struct Running {
    program: Program,
}

impl Running {
    pub(crate) fn new(program: Program) -> Running {
        Running { program }
    }

    /// Waits until a call matches that no earlier `wait_for` has returned, `limit` at most. Calls that were made
    /// before are looked at first, so that nothing is missed in between.
    ///
    /// A call counts as soon as it is known to match: `"accept"` when it is entered, `call!("accept").ok()` when it has
    /// returned.
    ///
    /// ```
    /// # use expect_syscalls::{Tracer, call};
    /// # use std::process::Command;
    /// # use std::time::Duration;
    /// let mut running = Tracer::new().spawn(Command::new("sh").args(["-c", "echo ready; sleep 1000"]))?;
    /// let call = running.wait_for(call!("write", buf = "ready\n").ok(), Duration::from_secs(10))?;
    /// assert_eq!(call.to_string(), r#"write(1, "ready\n", 6) = 6"#);
    /// # Ok::<(), expect_syscalls::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When there is no such call in time, and when the program has ended without one: [`Error::trace`] has what
    /// was recorded until then. The program is left as it is.
    ///
    /// # Panics
    ///
    /// On an unknown name.
    #[track_caller]
    pub fn wait_for(&mut self, call: impl Into<CallMatcher>, limit: Duration) -> Result<Call, Error> {
        self.program.wait_for(&call.into(), limit)
    }

    /// The process id of the program.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.program.pid()
    }

    /// Sends a signal, such as `"SIGTERM"`, to the program. That it ends by this signal is then no blind spot. See
    /// signal(7).
    ///
    /// # Errors
    ///
    /// When the program has ended.
    ///
    /// # Panics
    ///
    /// When no signal has this name.
    #[track_caller]
    pub fn signal(&self, name: &str) -> Result<(), Error> {
        let number = signals::number(name);
        self.program.signal(number).map_err(|source| Error::io("signal the program", source))
    }

    /// What was recorded until now. Calls that have not returned are
    /// [`Outcome::Unfinished`](crate::Outcome::Unfinished), and negative assertions cannot tell: see
    /// [`BlindSpot::Running`](crate::BlindSpot::Running).
    ///
    /// ```
    /// # use expect_syscalls::Tracer;
    /// # use std::process::Command;
    /// # use std::time::Duration;
    /// let mut running = Tracer::new().spawn(Command::new("sleep").arg("1000"))?;
    /// running.wait_for("clock_nanosleep", Duration::from_secs(10))?;
    /// let trace = running.trace_so_far();
    /// trace.contains("execve");
    /// assert!(trace.try_never("connect").unwrap_err().is_inconclusive());
    /// # Ok::<(), expect_syscalls::Error>(())
    /// ```
    #[must_use]
    pub fn trace_so_far(&self) -> Trace {
        self.program.so_far()
    }

    /// Waits for the end of the program and of everything that it started.
    ///
    /// # Errors
    ///
    /// As [`Tracer::try_run`](crate::Tracer::try_run): the timeout counts from the start.
    pub fn finish(self) -> Result<Trace, Error> {
        self.program.finish()
    }

    /// Lets the program go on untraced, in the state it is in, and returns what was recorded. Negative assertions
    /// cannot tell, for what it does from then on: see [`BlindSpot::Attached`](crate::BlindSpot::Attached).
    ///
    /// A program that is to outlive the test had better not have its output captured: see
    /// [`Tracer::capture`](crate::Tracer::capture). Calls that the program was blocked in are made anew by the kernel, but
    /// for those of which signal(7) says that they fail with `EINTR` also without a handler.
    ///
    /// # Panics
    ///
    /// When the tracees cannot be let go: with the text of the [`Error`].
    #[track_caller]
    pub fn detach(self) -> Trace {
        match self.program.detach() {
            Ok(trace) => trace,
            Err(error) => panic!("{error}"),
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("pid", &self.pid()).finish_non_exhaustive()
    }
}
