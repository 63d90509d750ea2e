//! [`sweep`]: the same program again and again, each time with one call failing.

use std::any::Any;
use std::borrow::BorrowMut;
use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};
use std::process::Command;
use std::thread;

use crate::error::Error;
use crate::trace::call::Call;
use crate::trace::fault::{Fault, Nth, Occurrences, Scope};
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;
use crate::tracer::Tracer;

/// Runs a program once as it is, then once for each of its calls that match, with just that one having the fault; `check` asserts on
/// the trace of each of these runs.
///
/// The same as [`Tracer::new`]`().`[`sweep`](Tracer::sweep)`(..)`.
///
/// ```
/// use expect_syscalls::{call, fail, file, sweep};
/// use std::process::Command;
///
/// // Whichever read fails, cat says so.
/// sweep(|| {
///     let mut command = Command::new("cat");
///     command.arg("/etc/hostname");
///     command
/// }, call!("read", fd = file("/etc/hostname")), fail("EIO"), |trace| {
///     trace.code(1);
/// });
/// ```
///
/// # Panics
///
/// As [`Tracer::sweep`].
#[track_caller]
pub fn sweep<C: BorrowMut<Command> + Send>(
    command: impl FnMut() -> C,
    calls: impl Into<CallMatcher>,
    fault: Fault,
    check: impl FnMut(&Trace),
) {
    Tracer::new().sweep(command, calls, fault, check);
}

impl Tracer {
    /// How many runs of a [`sweep`](Tracer::sweep) are made at the same time: one unless said otherwise. The checks are made one after the
    /// other all the same, in the order of the calls, so that the failure that is told is always that of the first call.
    ///
    /// Each run must have its own files then: `command` makes a fresh directory for each.
    ///
    /// # Panics
    ///
    /// On 0.
    #[must_use]
    #[track_caller]
    pub fn sweep_threads(mut self, threads: usize) -> Tracer {
        assert!(threads > 0, "a sweep with no thread checks nothing");
        self.sweep_threads = threads;
        self
    }

    /// Runs a program once as it is, then once for each of its calls that match, with just that one having the fault; `check` asserts on
    /// the trace of each of these runs. Calls are numbered within the thread that makes them, in its order, so that the numbers mean the
    /// same in every run.
    ///
    /// # Panics
    ///
    /// When `check` does, with the call that had the fault; when no call matches, so that nothing would be checked; when a later run does not
    /// come to the call that is to have the fault; and where [`run`](Tracer::run) and [`inject`](Tracer::inject) do.
    #[track_caller]
    pub fn sweep<C: BorrowMut<Command> + Send>(
        &self,
        mut command: impl FnMut() -> C,
        calls: impl Into<CallMatcher>,
        fault: Fault,
        mut check: impl FnMut(&Trace),
    ) {
        let calls = calls.into();
        // What cannot be injected is refused before anything runs.
        let _ = self.clone().inject(&calls, fault);
        let first = self.clone().reaching(&Occurrences::from(&calls)).run(command());
        let occurrences: Vec<(Nth, &Call)> = numbered(&first, &calls);
        assert!(!occurrences.is_empty(), "no call matches, so there is nothing to sweep over: {calls}");
        let total = occurrences.len();
        let numbered: Vec<_> = occurrences.into_iter().enumerate().collect();
        for batch in numbered.chunks(self.sweep_threads) {
            let with_fault = |which: Nth, call: &Call| {
                let scope = Scope::Task(call.thread().to_owned());
                let rule = Occurrences { matcher: calls.clone(), which, scope, optional: false };
                self.clone().inject(rule, fault)
            };
            let runs = batch.iter().map(|(_, (which, call))| (with_fault(*which, call), command())).collect();
            for ((number, (_, call)), outcome) in batch.iter().zip(run_all(runs)) {
                let of = format!("{fault} on call {} of {total}: {}  {call}", number + 1, call.thread());
                let trace = match outcome {
                    Ok(trace) => trace,
                    Err(error) if error.is_missing_fault() => {
                        panic!("the program took another way before what was to have {of}\n{error}")
                    }
                    Err(error) => panic!("with {of}\n{error}"),
                };
                if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(|| check(&trace))) {
                    panic!("with {of}\n{}", text(&*panic));
                }
            }
        }
    }
}

/// The outcomes of some runs at the same time, in their order.
fn run_all<C: BorrowMut<Command> + Send>(runs: Vec<(Tracer, C)>) -> Vec<Result<Trace, Error>> {
    let run = |(tracer, command): (Tracer, C)| tracer.try_run(command);
    if runs.len() == 1 {
        return runs.into_iter().map(run).collect();
    }
    thread::scope(|scope| {
        let threads: Vec<_> = runs.into_iter().map(|each| scope.spawn(move || run(each))).collect();
        let outcome = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic))
        };
        threads.into_iter().map(outcome).collect()
    })
}

/// The calls that match, each with its number among those of its thread.
fn numbered<'a>(trace: &'a Trace, calls: &CallMatcher) -> Vec<(Nth, &'a Call)> {
    // The exec of the program itself, which is no call of the program.
    let launch = trace.calls().next().filter(|call| matches!(call.name(), "execve" | "execveat"));
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let number = |call: &'a Call| {
        let count = counts.entry(call.thread()).or_default();
        *count += 1;
        (Nth::from(*count), call)
    };
    let own = |call: &&Call| launch.is_none_or(|launch| !std::ptr::eq(launch, *call));
    trace.matching(calls).filter(own).map(number).collect()
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("the check panicked")
}
