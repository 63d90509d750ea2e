//! Rules for faults, and what may not be there where they should reach every call.

use crate::abi::syscalls::by_number;
use crate::abi::unseen;
use crate::trace::fault::{Action, Fault, Occurrences};
#[cfg(doc)]
use crate::trace::matcher::CallMatcher;
#[cfg(doc)]
use crate::trace::query::Trace;
use crate::tracer::Tracer;

impl Tracer {
    /// Does something to the calls that match, on the way: lets them [`fail`](crate::fail), [`returns`](crate::returns) a value instead of
    /// making them, [`delay`](crate::delay)s them, sends their caller a [`signal`](crate::signal). [`nth`](CallMatcher::nth) says to which of them.
    ///
    /// The kernel never makes a call that fails or is replaced. What it would have written to the program's memory is not
    /// written. Such a call is in the trace, with what the program asked, marked `(INJECTED)`: see [`Trace::injected`].
    ///
    /// Of several rules the first that is for a call acts; all of them count it. Whether a call matches is decided when it is entered: a rule
    /// cannot ask for what the call returns or writes. The exec of the program itself is no call of the program.
    ///
    /// A fault that never happens fails the recording, with the calls that came nearest; [`optional`](CallMatcher::optional) on the matcher
    /// permits it. Where a rule is for calls whose work an io_uring could do, [`io_uring`](Tracer::io_uring) is off; where it is for
    /// calls that the vDSO could answer, a clock's or getrandom(2), so is [`vdso`](Tracer::vdso). That of a process that is
    /// [attached](Tracer::attach) to cannot be hidden: a rule for such calls fails there, unless it is optional.
    ///
    /// ```
    /// # use expect_syscalls::{Tracer, call, fail, family};
    /// # use std::process::Command;
    /// let full = Tracer::new().inject(call!("write", fd = 1), fail("ENOSPC"));
    /// let trace = full.run(Command::new("cat").arg("/etc/hostname"));
    /// trace.code(1);
    /// assert!(String::from_utf8_lossy(trace.stderr()).contains("No space left on device"));
    ///
    /// let offline = Tracer::new().inject(family::network().optional(), fail("EACCES"));
    /// offline.run(Command::new("true")).success();
    /// ```
    ///
    /// # Panics
    ///
    /// On a matcher that asks for an outcome, and on a fault that the call cannot have: `exit_group` does not return.
    #[must_use]
    #[track_caller]
    pub fn inject(mut self, calls: impl Into<Occurrences>, fault: Fault) -> Tracer {
        let occurrences = calls.into();
        if occurrences.matcher.asks_for_outcome() {
            panic!(
                "a fault is injected when a call is entered, so it cannot depend on the outcome: {}",
                occurrences.matcher
            );
        }
        for name in names(&occurrences) {
            let must_return =
                matches!(fault.action, Action::Fail(_) | Action::Return(_) | Action::DelayAfter(_));
            if must_return && matches!(name, "exit" | "exit_group" | "rt_sigreturn") {
                panic!("`{name}` does not return to its caller: it cannot have {fault}");
            }
        }
        self.rules.push((occurrences, fault));
        self
    }

    /// With nothing that could do the work of these calls unseen, as where they have a fault.
    pub(super) fn reaching(mut self, calls: &Occurrences) -> Tracer {
        self.io_uring &= !names(calls).any(unseen::ring_can);
        self.vdso &= !vdso_evades(calls);
        self
    }

    /// Whether the program may have an io_uring: no rule must be evaded by it.
    pub(super) fn permits_ring(&self) -> bool {
        self.io_uring && !self.rules.iter().any(|(calls, _)| names(calls).any(unseen::ring_can))
    }

    /// Whether the program may have a vDSO: likewise.
    pub(super) fn permits_vdso(&self) -> bool {
        self.vdso && !self.rules.iter().any(|(calls, _)| vdso_evades(calls))
    }
}

/// Whether the vDSO could answer some of these calls.
pub(crate) fn vdso_evades(calls: &Occurrences) -> bool {
    names(calls).any(|name| unseen::vdso_answers(name) || name == "getrandom")
}

fn names(calls: &Occurrences) -> impl Iterator<Item = &'static str> {
    calls.matcher.numbers().filter_map(by_number).map(|row| row.name)
}
