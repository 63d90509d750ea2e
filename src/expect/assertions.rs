//! The assertions of [`Trace`]: thin fronts, which return the trace or panic with the report.

use crate::expect::allow;
use crate::expect::count::{self, Asked};
use crate::expect::each::Each;
use crate::expect::end::{self, End};
use crate::expect::mismatch::Mismatch;
use crate::expect::order;
use crate::expect::times::Times;
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;

/// # Assertions
///
/// Each panics with a report at the line that made it, and returns the trace so that the next can follow; each has a twin
/// that begins with `try_` and returns the [`Mismatch`] instead.
///
/// `never`, `only`, `times` with an upper end and `each` need the absence of calls. They do not hold because nothing was
/// seen: they also ask what could have hidden a call, and fail, saying so, if there is anything. See
/// [`BlindSpot`](crate::BlindSpot).
///
/// State first how the program ended, then what it did, then what it did not:
///
/// ```no_run
/// # use expect_syscalls::{call, expect_syscalls, family};
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("app").arg("--offline"));
/// trace.success().contains(call!("openat", path = "/etc/app.conf").ok()).never(family::network());
/// ```
impl Trace {
    /// Asserts that a call matches: one is enough, whatever else was not recorded.
    ///
    /// # Panics
    ///
    /// When none does; the report shows those that come nearest.
    #[track_caller]
    pub fn contains(&self, matcher: impl Into<CallMatcher>) -> &Trace {
        self.hold(count::check(self, &matcher.into(), AT_LEAST_ONCE, Asked::Contains))
    }

    /// As [`contains`](Trace::contains), without the panic.
    ///
    /// # Errors
    ///
    /// Where `contains` panics.
    #[track_caller]
    pub fn try_contains(&self, matcher: impl Into<CallMatcher>) -> Result<&Trace, Mismatch> {
        self.held(count::check(self, &matcher.into(), AT_LEAST_ONCE, Asked::Contains))
    }

    /// Asserts that no call matches.
    ///
    /// A bare name means this one call: `never("open")` fails where `openat` was made instead, and says so. A
    /// [`family`](crate::family) means all of them.
    ///
    /// # Panics
    ///
    /// When one matches, and when nobody can tell: one could match, or could have been made unseen.
    #[track_caller]
    pub fn never(&self, matcher: impl Into<CallMatcher>) -> &Trace {
        self.hold(count::check(self, &matcher.into(), NEVER, Asked::Never))
    }

    /// As [`never`](Trace::never), without the panic.
    ///
    /// # Errors
    ///
    /// Where `never` panics.
    #[track_caller]
    pub fn try_never(&self, matcher: impl Into<CallMatcher>) -> Result<&Trace, Mismatch> {
        self.held(count::check(self, &matcher.into(), NEVER, Asked::Never))
    }

    /// Asserts how many calls match: a number, or any range.
    ///
    /// ```no_run
    /// # use expect_syscalls::{expect_syscalls, family};
    /// # use std::process::Command;
    /// # let trace = expect_syscalls(&mut Command::new("true"));
    /// # let base = trace.clone();
    /// trace.times("fsync", 1);
    /// trace.times(family::spawn(), 1..=3);
    /// trace.times(family::stat(), ..=base.count(family::stat()) + 1);
    /// ```
    ///
    /// # Panics
    ///
    /// When they are more or fewer, when nobody can tell, and when the range holds no number.
    #[track_caller]
    pub fn times(&self, matcher: impl Into<CallMatcher>, number: impl Into<Times>) -> &Trace {
        self.hold(count::check(self, &matcher.into(), number.into(), Asked::Times))
    }

    /// As [`times`](Trace::times), without the panic.
    ///
    /// # Errors
    ///
    /// Where `times` panics, save for the range without a number.
    #[track_caller]
    pub fn try_times(
        &self,
        matcher: impl Into<CallMatcher>,
        number: impl Into<Times>,
    ) -> Result<&Trace, Mismatch> {
        self.held(count::check(self, &matcher.into(), number.into(), Asked::Times))
    }

    /// Asserts that there are calls, one for each matcher, of which each had ended before the next began. Others may lie
    /// between.
    ///
    /// Calls of different threads that overlap are in no order. A call that makes a process or thread comes before what that
    /// does.
    ///
    /// ```no_run
    /// # use expect_syscalls::{call, expect_syscalls};
    /// # use std::process::Command;
    /// # let trace = expect_syscalls(&mut Command::new("true"));
    /// trace.in_order([call!("write").ok(), call!("fsync").ok(), call!("rename").ok()]);
    /// ```
    ///
    /// # Panics
    ///
    /// When there are no such calls; the report shows how far it goes. When there is no matcher.
    #[track_caller]
    pub fn in_order<M: Into<CallMatcher>>(&self, steps: impl IntoIterator<Item = M>) -> &Trace {
        let mut matchers = Vec::new();
        for step in steps {
            matchers.push(step.into());
        }
        self.hold(order::check(self, &matchers))
    }

    /// As [`in_order`](Trace::in_order), without the panic.
    ///
    /// # Errors
    ///
    /// Where `in_order` panics, save for the list without a matcher.
    #[track_caller]
    pub fn try_in_order<M: Into<CallMatcher>>(
        &self,
        steps: impl IntoIterator<Item = M>,
    ) -> Result<&Trace, Mismatch> {
        let mut matchers = Vec::new();
        for step in steps {
            matchers.push(step.into());
        }
        self.held(order::check(self, &matchers))
    }

    /// Asserts that every call matches, and that there is one.
    ///
    /// Any blind spot stands against it, but the vDSO: a clock that is read in user space is no call.
    ///
    /// # Panics
    ///
    /// When a call does not match, when there is none, and when nobody can tell.
    #[track_caller]
    pub fn only(&self, matcher: impl Into<CallMatcher>) -> &Trace {
        self.hold(allow::check(self, &matcher.into()))
    }

    /// As [`only`](Trace::only), without the panic.
    ///
    /// # Errors
    ///
    /// Where `only` panics.
    #[track_caller]
    pub fn try_only(&self, matcher: impl Into<CallMatcher>) -> Result<&Trace, Mismatch> {
        self.held(allow::check(self, &matcher.into()))
    }

    /// The calls that match, for a demand that each must meet: [`preceded_by`](Each::preceded_by),
    /// [`followed_by`](Each::followed_by).
    #[track_caller]
    pub fn each(&self, matcher: impl Into<CallMatcher>) -> Each<'_> {
        Each::new(self, matcher.into())
    }

    /// Asserts that the program exited with 0.
    ///
    /// This, [`code`](Trace::code) and [`signal`](Trace::signal) are about the process that the test started, in every view.
    /// They also say how it should end: without one of them, a program that failed leaves negative assertions open.
    ///
    /// # Panics
    ///
    /// When it ended otherwise, or its end was not seen.
    #[track_caller]
    pub fn success(&self) -> &Trace {
        self.hold(end::check(self, End::Code(0)))
    }

    /// As [`success`](Trace::success), without the panic.
    ///
    /// # Errors
    ///
    /// Where `success` panics.
    pub fn try_success(&self) -> Result<&Trace, Mismatch> {
        self.held(end::check(self, End::Code(0)))
    }

    /// Asserts that the program exited with `code`.
    ///
    /// # Panics
    ///
    /// When it ended otherwise, or its end was not seen.
    #[track_caller]
    pub fn code(&self, code: i32) -> &Trace {
        self.hold(end::check(self, End::Code(code)))
    }

    /// As [`code`](Trace::code), without the panic.
    ///
    /// # Errors
    ///
    /// Where `code` panics.
    pub fn try_code(&self, code: i32) -> Result<&Trace, Mismatch> {
        self.held(end::check(self, End::Code(code)))
    }

    /// Asserts that the program was killed by this signal, by its name in signal(7).
    ///
    /// # Panics
    ///
    /// When it ended otherwise, when its end was not seen, and when there is no such signal.
    #[track_caller]
    pub fn signal(&self, name: &str) -> &Trace {
        self.hold(end::check(self, end::signal(name)))
    }

    /// As [`signal`](Trace::signal), without the panic.
    ///
    /// # Errors
    ///
    /// Where `signal` panics, save for the name of no signal.
    #[track_caller]
    pub fn try_signal(&self, name: &str) -> Result<&Trace, Mismatch> {
        self.held(end::check(self, end::signal(name)))
    }

    #[track_caller]
    fn hold(&self, result: Result<(), Mismatch>) -> &Trace {
        match result {
            Ok(()) => self,
            Err(mismatch) => mismatch.raise(),
        }
    }

    fn held(&self, result: Result<(), Mismatch>) -> Result<&Trace, Mismatch> {
        result.map(|()| self)
    }
}

const AT_LEAST_ONCE: Times = Times { least: 1, most: None };
const NEVER: Times = Times { least: 0, most: Some(0) };

#[cfg(test)]
mod tests {
    use std::panic::{self, AssertUnwindSafe};

    use crate::expect::fixture::made;

    #[test]
    fn the_panic_has_the_report_and_the_line_and_leaves_all_calls_in_a_file() {
        let trace = made("main fsync(3</tmp/a>) = 0\nmain exit_group(0) = ?").trace();
        let fail = || {
            trace.contains("fsync").never("fsync");
        };
        let line = line!() - 2;
        let panic = panic::catch_unwind(AssertUnwindSafe(fail)).unwrap_err();
        let report = panic.downcast_ref::<String>().unwrap();
        assert!(report.contains("made once, must never be made"), "{report}");
        let file = report.split_whitespace().last().unwrap();
        // Without threads of its own the harness names the test only where it is told which.
        const NAME: &str =
            "expect__assertions__tests__the_panic_has_the_report_and_the_line_and_leaves_all_calls_in_a_file";
        let (_, name) = file.rsplit_once("expect-syscalls/assertions.rs-").expect("a file");
        let named = NAME.len().checked_sub(100).map_or(NAME, |skipped| &NAME[skipped..]);
        assert!(
            [format!("{line}.trace"), format!("{line}-{named}.trace")].iter().any(|it| it == name),
            "{report}"
        );
        let calls = std::fs::read_to_string(file).unwrap();
        assert_eq!(calls, "#1 main  fsync(3</tmp/a>) = 0\n#2 main  exit_group(0) = ?\n");
    }

    #[test]
    fn assertions_can_be_chained() {
        let trace = made("main fsync(3</tmp/a>) = 0").trace();
        let same = trace.success().contains("fsync").times("fsync", 1).never("connect").only("fsync");
        assert!(std::ptr::eq(same.in_order(["fsync"]).code(0), &trace));
    }

    #[test]
    #[should_panic(expected = "exited with 0")]
    fn a_wrong_end_panics() {
        made("").trace().signal("SIGKILL");
    }

    #[test]
    #[should_panic(expected = "1 of 1 call is not preceded by what is wanted")]
    fn a_call_without_its_partner_panics() {
        made("main fsync(3</tmp/a>) = 0").trace().each("fsync").preceded_by(|_| "unlink");
    }
}
