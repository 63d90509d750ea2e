//! [`Trace`]: a finished recording, whole or narrowed, and the questions that do not judge.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::bytes;
use crate::trace::call::Call;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::record::Mark;
use crate::trace::tree::{Process, Tree};

/// What a recorded program, and everything it started, asked of the kernel.
///
/// A view, such as [`process`](Trace::process), is again a trace: every query, assertion and snapshot works on it. Clones share
/// the recording.
#[derive(Clone, Debug)]
pub struct Trace {
    pub(crate) shared: Arc<Recording>,
    /// Indices into the recording's calls; `None` for the whole trace.
    pub(crate) selection: Option<Arc<[u32]>>,
    /// How this view came about, in the user's words: `.process("sh")`.
    pub(crate) view: Arc<str>,
    /// Blind spots that the test accepted.
    pub(crate) allowed: Arc<[BlindSpot]>,
}

/// What the tracer hands over when a recording ends.
#[derive(Debug, Default)]
pub struct Recording {
    /// In the order in which they were entered.
    pub calls: Vec<Call>,
    /// Signals and ends, in order: what is shown between the calls.
    pub marks: Vec<Mark>,
    /// Who made the calls.
    pub tree: Arc<Tree>,
    /// The root's wait status; `None` while it runs.
    pub status: Option<i32>,
    /// What it wrote, where that was captured.
    pub stdout: Vec<u8>,
    /// As `stdout`.
    pub stderr: Vec<u8>,
    /// What could have hidden calls.
    pub holes: Vec<Hole>,
    /// Whether the test has said how the program should have ended.
    pub end_stated: AtomicBool,
}

/// # Queries
///
/// They report what was recorded, and do not judge: a count of 0 may mean that nobody looked.
impl Trace {
    /// The calls, in the order in which they were entered. Does not judge: to forbid a call, use [`never`](Trace::never).
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.entries().map(|(_, call)| call)
    }

    /// The calls that match. Does not judge: an empty result may mean that nobody looked; [`never`](Trace::never) does not pass then.
    ///
    /// A call of which it cannot be told is not among them.
    #[track_caller]
    pub fn matching(&self, matcher: impl Into<CallMatcher>) -> impl Iterator<Item = &Call> {
        let matcher = matcher.into();
        self.calls().filter(move |call| matcher.judge(call) == Verdict::Yes)
    }

    /// How many calls match. Does not judge: `assert_eq!(trace.count(m), 0)` can pass blindly, [`trace.never(m)`](Trace::never) cannot.
    #[must_use]
    #[track_caller]
    pub fn count(&self, matcher: impl Into<CallMatcher>) -> usize {
        self.matching(matcher).count()
    }

    /// Whether a call matches. Does not judge: use [`contains`](Trace::contains) or [`never`](Trace::never) to assert.
    #[must_use]
    #[track_caller]
    pub fn any(&self, matcher: impl Into<CallMatcher>) -> bool {
        self.matching(matcher).next().is_some()
    }

    /// The names of all calls, once each.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        self.calls().map(Call::name).collect()
    }

    /// How the program ended, the root of the tree. Of a recording that was broken off, the status of a killed program.
    #[must_use]
    pub fn status(&self) -> ExitStatus {
        const SIGKILL: i32 = 9;
        bytes::exit_status(self.shared.status.unwrap_or(SIGKILL))
    }

    /// What the program, and all that inherited its stdout, wrote there; empty where the `Command` redirected it.
    #[must_use]
    pub fn stdout(&self) -> &[u8] {
        &self.shared.stdout
    }

    /// As [`stdout`](Trace::stdout), of stderr.
    #[must_use]
    pub fn stderr(&self) -> &[u8] {
        &self.shared.stderr
    }

    /// The processes, in the order in which they were met; the root is the first. Of a view, those that made its calls.
    pub fn processes(&self) -> impl Iterator<Item = &Process> {
        let made: BTreeSet<u32> = self.calls().map(|call| call.task().process).collect();
        let processes = self.shared.tree.processes.iter().enumerate();
        processes
            .filter(move |(index, _)| !self.is_view() || made.contains(&(*index as u32)))
            .map(|(_, it)| it)
    }

    /// What could have hidden a call from this trace, but for what was allowed.
    #[must_use]
    pub fn blind_spots(&self) -> Vec<BlindSpot> {
        let mut spots = Vec::new();
        for hole in self.holes() {
            if !spots.contains(&hole.spot) {
                spots.push(hole.spot);
            }
        }
        spots
    }

    /// Signals and the ends of tasks, in the order in which they came.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        self.shared.marks.iter()
    }
}

/// # Views
///
/// Each is again a trace. A view that selects nothing cannot hold a negative assertion: [`BlindSpot::Empty`].
impl Trace {
    /// The calls of the root alone: the process that the `Command` started.
    #[must_use]
    pub fn root(&self) -> Trace {
        self.narrowed(".root()", |call| call.task().process == 0)
    }

    /// The calls of everything that the root started, and of what those started in turn.
    #[must_use]
    pub fn children(&self) -> Trace {
        self.narrowed(".children()", |call| call.task().process != 0)
    }

    /// The calls that were made while running the program of this name, or of this path.
    ///
    /// A process counts from its exec on: what it did before, as a copy of the one that forked it, belongs to that program.
    ///
    /// ```
    /// # use expect_syscalls::expect_syscalls;
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("sh").args(["-c", "ls / | wc -l"]));
    /// trace.process("ls").contains("getdents64").never("fork");
    /// ```
    #[must_use]
    pub fn process(&self, program: &str) -> Trace {
        self.narrowed(&format!(".process({program:?})"), |call| {
            call.image().is_some_and(|image| is_program(&image.program, program))
        })
    }

    /// The calls that were made once the program's own entry point was reached, in each process: without the work of the dynamic
    /// loader, and without the root's own `execve`.
    #[must_use]
    pub fn after_startup(&self) -> Trace {
        self.narrowed(".after_startup()", |call| !call.raw().startup)
    }

    /// The calls that match.
    #[must_use]
    #[track_caller]
    pub fn select(&self, matcher: impl Into<CallMatcher>) -> Trace {
        let matcher = matcher.into();
        self.narrowed(&format!(".select({matcher})"), |call| matcher.judge(call) != Verdict::No)
    }

    /// The same trace, with a blind spot accepted knowingly: negative assertions on it hold in spite of it, and their reports
    /// say that it was allowed. It is no error when there is none.
    #[must_use]
    pub fn allowing(&self, spot: BlindSpot) -> Trace {
        let mut trace = self.clone();
        trace.allowed = self.allowed.iter().copied().chain([spot]).collect();
        trace
    }
}

impl Trace {
    pub(crate) fn new(recording: Recording) -> Trace {
        Trace { shared: Arc::new(recording), selection: None, view: "".into(), allowed: Arc::new([]) }
    }

    /// The calls with their positions in the whole recording.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (usize, &Call)> {
        let calls = &self.shared.calls;
        let all = self.selection.is_none().then(|| calls.iter().enumerate());
        let some = self.selection.as_deref().unwrap_or_default();
        let some = some.iter().map(|&index| (index as usize, &calls[index as usize]));
        all.into_iter().flatten().chain(some)
    }

    /// The trace that this is a view of.
    pub(crate) fn whole(&self) -> Trace {
        Trace { selection: None, view: "".into(), ..self.clone() }
    }

    pub(crate) fn is_view(&self) -> bool {
        self.selection.is_some()
    }

    /// How many calls there are.
    pub(crate) fn len(&self) -> usize {
        self.selection.as_ref().map_or(self.shared.calls.len(), |selection| selection.len())
    }

    fn narrowed(&self, how: &str, keep: impl Fn(&Call) -> bool) -> Trace {
        let selection =
            self.entries().filter(|(_, call)| keep(call)).map(|(index, _)| index as u32).collect();
        Trace { selection: Some(selection), view: format!("{}{how}", self.view).into(), ..self.clone() }
    }
}

fn is_program(path: &Path, program: &str) -> bool {
    if program.contains('/') {
        path == Path::new(program)
    } else {
        path.file_name() == Some(program.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_can_be_shared_between_threads() {
        fn check<T: Send + Sync + Clone>() {}
        check::<Trace>();
    }
}
