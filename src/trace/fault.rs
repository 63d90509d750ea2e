//! Faults to inject: what is done to a call, and to which of those that match.

use std::fmt;
use std::ops::{Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};
use std::time::Duration;

use crate::abi::errno::Errno;
use crate::abi::signals;
use crate::trace::calls::Syscall;
use crate::trace::matcher::CallMatcher;

/// What an injection does to a call: made by [`fail`], [`returns`], [`delay`] and [`signal`]. See
/// [`Tracer::inject`](crate::Tracer::inject).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Fault {
    pub(crate) action: Action,
}

/// What a [`Fault`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Fail(Errno),
    Return(i64),
    DelayBefore(Duration),
    DelayAfter(Duration),
    Signal(i32),
}

/// The call is not made, and fails with this error, by its name in errno(3).
///
/// # Panics
///
/// When there is no such error.
///
/// ```
/// # use expect_syscalls::fail;
/// assert_eq!(fail("ENOSPC").to_string(), "fail(\"ENOSPC\")");
/// ```
#[track_caller]
pub fn fail(errno: &str) -> Fault {
    Fault { action: Action::Fail(Errno::named(errno)) }
}

/// The call is not made, and returns this.
///
/// # Panics
///
/// On a number that means an error, -4095 to -1: that is [`fail`].
///
/// ```
/// # use expect_syscalls::returns;
/// assert_eq!(returns(0).to_string(), "returns(0)");
/// ```
#[track_caller]
pub fn returns(value: i64) -> Fault {
    if (-4095..=-1).contains(&value) {
        let errno = Errno(-value as i32);
        panic!("no call returns {value}: let it fail with fail(\"{errno}\")");
    }
    Fault { action: Action::Return(value) }
}

/// The call is made later; with [`after`](Fault::after), its caller goes on later. Other tasks go on meanwhile.
///
/// ```
/// # use expect_syscalls::delay;
/// # use std::time::Duration;
/// let slow = delay(Duration::from_millis(10));
/// assert_eq!((slow.to_string(), slow.after().to_string()), ("delay(10ms)".into(), "delay(10ms).after()".into()));
/// ```
pub fn delay(time: Duration) -> Fault {
    Fault { action: Action::DelayBefore(time) }
}

/// The caller is sent this signal, by its name in signal(7), as it enters the call. The call is made all the same, unless the signal is
/// `SIGKILL`; one that waits is interrupted. A program that ends by it ends as the test has asked: that is no
/// [`BlindSpot::EarlyEnd`](crate::BlindSpot::EarlyEnd).
///
/// # Panics
///
/// When no signal has this name.
///
/// ```
/// # use expect_syscalls::signal;
/// assert_eq!(signal("SIGTERM").to_string(), "signal(\"SIGTERM\")");
/// ```
#[track_caller]
pub fn signal(name: &str) -> Fault {
    Fault { action: Action::Signal(signals::number(name)) }
}

impl Fault {
    /// The time passes after the call, before its caller goes on.
    ///
    /// # Panics
    ///
    /// When this is no [`delay`].
    #[track_caller]
    pub fn after(self) -> Fault {
        match self.action {
            Action::DelayBefore(time) | Action::DelayAfter(time) => {
                Fault { action: Action::DelayAfter(time) }
            }
            _ => panic!("only delay(..) can come after the call, not {self}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.action {
            Action::Fail(errno) => write!(f, "fail(\"{errno}\")"),
            Action::Return(value) => write!(f, "returns({value})"),
            Action::DelayBefore(time) => write!(f, "delay({time:?})"),
            Action::DelayAfter(time) => write!(f, "delay({time:?}).after()"),
            Action::Signal(signal) => {
                write!(f, "signal(\"{}\")", signals::name(signal).unwrap_or_else(|| signal.to_string()))
            }
        }
    }
}

/// Which of the calls that match a fault is for: all, unless [`nth`](CallMatcher::nth) says otherwise. Every matcher converts.
#[derive(Clone, Debug)]
#[must_use]
pub struct Occurrences {
    pub(crate) matcher: CallMatcher,
    pub(crate) which: Nth,
    pub(crate) scope: Scope,
    /// Nothing is said when it never comes to pass.
    pub(crate) optional: bool,
}

/// Among which calls occurrences are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Tree,
    Process,
    /// Those of the thread with this name.
    Task(String),
}

/// One occurrence, or a range of them, counted from 1: `3`, `3..`, `2..=4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nth {
    first: usize,
    last: Option<usize>,
}

impl Occurrences {
    /// Counts the calls of each process apart: `nth(1)` is then the first of every process.
    pub fn per_process(mut self) -> Occurrences {
        self.scope = Scope::Process;
        self
    }

    /// It is no error if this never happens.
    pub fn optional(mut self) -> Occurrences {
        self.optional = true;
        self
    }
}

impl CallMatcher {
    /// Which of the calls that match, for [`Tracer::inject`](crate::Tracer::inject), counted from 1. All that match are counted, also those that
    /// another rule took.
    ///
    /// ```
    /// # use expect_syscalls::{Tracer, call, fail};
    /// # use std::process::Command;
    /// let trace = Tracer::new()
    ///     .inject(call!("write", fd = 1).nth(2..), fail("ENOSPC"))
    ///     .run(Command::new("sh").args(["-c", "echo 1; echo 2; true"]));
    /// assert_eq!(trace.stdout(), b"1\n");
    /// ```
    ///
    /// # Panics
    ///
    /// On 0 and on an empty range.
    #[track_caller]
    pub fn nth(self, which: impl Into<Nth>) -> Occurrences {
        Occurrences { which: which.into(), ..Occurrences::from(self) }
    }

    /// It is no error if the fault never happens: see [`Occurrences::optional`].
    pub fn optional(self) -> Occurrences {
        Occurrences::from(self).optional()
    }
}

impl<C> Syscall<C> {
    /// Which of these calls, for [`Tracer::inject`](crate::Tracer::inject): see [`CallMatcher::nth`].
    ///
    /// # Panics
    ///
    /// On 0 and on an empty range.
    #[track_caller]
    pub fn nth(self, which: impl Into<Nth>) -> Occurrences {
        CallMatcher::from(self).nth(which)
    }

    /// It is no error if the fault never happens: see [`Occurrences::optional`].
    pub fn optional(self) -> Occurrences {
        CallMatcher::from(self).optional()
    }
}

impl<M: Into<CallMatcher>> From<M> for Occurrences {
    #[track_caller]
    fn from(matcher: M) -> Occurrences {
        let all = Nth { first: 1, last: None };
        Occurrences { matcher: matcher.into(), which: all, scope: Scope::Tree, optional: false }
    }
}

impl fmt::Display for Occurrences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.matcher)?;
        match (self.which.first, self.which.last) {
            (1, None) => {}
            (first, None) => write!(f, ", from the {} on", ordinal(first))?,
            (first, Some(last)) if first == last => write!(f, ", the {}", ordinal(first))?,
            (first, Some(last)) => write!(f, ", the {} to the {}", ordinal(first), ordinal(last))?,
        }
        match &self.scope {
            Scope::Tree => Ok(()),
            Scope::Process => f.write_str(" of each process"),
            Scope::Task(label) => write!(f, " of {label}"),
        }
    }
}

/// `1st`, `2nd`, `11th`.
pub(crate) fn ordinal(number: usize) -> String {
    let suffix = match (number % 10, number % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

impl Nth {
    #[track_caller]
    fn new(first: usize, last: Option<usize>) -> Nth {
        assert!(first > 0, "occurrences are counted from 1");
        if let Some(last) = last.filter(|last| *last < first) {
            panic!("no occurrence is in the range {first}..={last}");
        }
        Nth { first, last }
    }

    pub(crate) fn contains(self, number: usize) -> bool {
        number >= self.first && self.last.is_none_or(|last| number <= last)
    }
}

impl From<usize> for Nth {
    #[track_caller]
    fn from(number: usize) -> Nth {
        Nth::new(number, Some(number))
    }
}

impl From<RangeFrom<usize>> for Nth {
    #[track_caller]
    fn from(range: RangeFrom<usize>) -> Nth {
        Nth::new(range.start, None)
    }
}

impl From<RangeInclusive<usize>> for Nth {
    #[track_caller]
    fn from(range: RangeInclusive<usize>) -> Nth {
        Nth::new(*range.start(), Some(*range.end()))
    }
}

impl From<Range<usize>> for Nth {
    #[track_caller]
    fn from(range: Range<usize>) -> Nth {
        Nth::new(range.start, Some(range.end.saturating_sub(1)))
    }
}

impl From<RangeToInclusive<usize>> for Nth {
    #[track_caller]
    fn from(range: RangeToInclusive<usize>) -> Nth {
        Nth::new(1, Some(range.end))
    }
}

impl From<RangeTo<usize>> for Nth {
    #[track_caller]
    fn from(range: RangeTo<usize>) -> Nth {
        Nth::new(1, Some(range.end.saturating_sub(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occurrences_are_counted_from_one() {
        let which = |nth: Nth| (1..=5).filter(|number| nth.contains(*number)).collect::<Vec<_>>();
        assert_eq!(which(2.into()), [2]);
        assert_eq!(which((3..).into()), [3, 4, 5]);
        assert_eq!(which((2..=4).into()), [2, 3, 4]);
        assert_eq!(which((2..4).into()), [2, 3]);
        assert_eq!(which((..=2).into()), [1, 2]);
        assert_eq!(which((..3).into()), [1, 2]);
    }

    #[test]
    #[should_panic(expected = "occurrences are counted from 1")]
    fn there_is_no_zeroth() {
        let _ = Nth::from(0);
    }

    #[test]
    #[should_panic(expected = "no occurrence is in the range 4..=2")]
    #[allow(clippy::reversed_empty_ranges, reason = "that is what is refused")]
    fn an_empty_range_is_refused() {
        let _ = Nth::from(4..=2);
    }

    #[test]
    fn rules_are_told_in_words() {
        let of = |occurrences: Occurrences| occurrences.to_string();
        assert_eq!(of("write".into()), "write");
        assert_eq!(of(CallMatcher::from("write").nth(3)), "write, the 3rd");
        assert_eq!(
            of(CallMatcher::from("write").nth(2..=11).per_process()),
            "write, the 2nd to the 11th of each process"
        );
        assert_eq!(of(CallMatcher::from("write").nth(21..)), "write, from the 21st on");
    }

    #[test]
    #[should_panic(expected = "no error is called `ENOSPACE`; did you mean `ENOSPC`?")]
    fn a_misspelt_error_is_refused() {
        let _ = fail("ENOSPACE");
    }

    #[test]
    #[should_panic(expected = "no call returns -28: let it fail with fail(\"ENOSPC\")")]
    fn an_error_is_no_result() {
        let _ = returns(-28);
    }

    #[test]
    #[should_panic(expected = "only delay(..) can come after the call, not fail(\"EIO\")")]
    fn a_failure_does_not_come_after() {
        let _ = fail("EIO").after();
    }
}
