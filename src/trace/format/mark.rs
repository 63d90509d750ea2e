//! The text of marks: `--- SIGCHLD {...} ---`, `+++ exited with 0 +++`.

use std::fmt::{self, Display};

use crate::abi::signals;
use crate::trace::decode;
use crate::trace::format::{Format, value};
use crate::trace::record::{Mark, MarkKind};
use crate::trace::value::Value;

impl Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.display(&Format::new()).fmt(f)
    }
}

impl Mark {
    /// Its text in another format.
    pub fn display<'a>(&'a self, format: &'a Format) -> impl Display + 'a {
        Shown { mark: self, format }
    }
}

struct Shown<'a> {
    mark: &'a Mark,
    format: &'a Format,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.mark.what {
            MarkKind::Signal(signal, Some(info)) => {
                write!(f, "--- {} ", name(*signal))?;
                value::value(f, &Value::Struct(decode::siginfo(info)), self.format)?;
                f.write_str(" ---")
            }
            MarkKind::Signal(signal, None) => write!(f, "--- {} ---", name(*signal)),
            MarkKind::Stopped(signal) => write!(f, "--- stopped by {} ---", name(*signal)),
            MarkKind::Ended(status) => ended(f, *status),
        }
    }
}

/// See wait(2).
fn ended(f: &mut fmt::Formatter<'_>, status: i32) -> fmt::Result {
    match status & 0x7f {
        0 => write!(f, "+++ exited with {} +++", status >> 8 & 0xff),
        signal => {
            let core = if status & 0x80 == 0 { "" } else { " (core dumped)" };
            write!(f, "+++ killed by {}{core} +++", name(signal))
        }
    }
}

fn name(signal: i32) -> String {
    signals::name(signal).unwrap_or_else(|| signal.to_string())
}
