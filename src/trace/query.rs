//! [`Trace`]: a finished recording, whole or narrowed, and the questions that do not judge.

use std::collections::BTreeSet;
use std::fmt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::bytes;
use crate::trace::call::Call;
use crate::trace::deleted::Deleted;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::raced::Raced;
use crate::trace::raw::Phase;
use crate::trace::record::Mark;
use crate::trace::resolve::AT_FDCWD;
use crate::trace::roots::Roots;
use crate::trace::sockets::Sockets;
use crate::trace::tree::{Process, Tree};

/// What a recorded program, and everything it started, asked of the kernel.
///
/// A view, such as [`process`](Trace::process), is again a trace: every query, assertion and snapshot works on it. Clones share
/// the recording.
#[derive(Clone)]
pub struct Trace {
    pub(crate) shared: Arc<Recording>,
    /// Indices into the recording's calls; `None` for the whole trace.
    pub(crate) selection: Option<Arc<[u32]>>,
    /// How this view came about, in the user's words: `.process("sh")`.
    pub(crate) view: Arc<str>,
    /// Blind spots that the test accepted.
    pub(crate) allowed: Arc<[BlindSpot]>,
    /// Blind spots of the view itself: it found nothing, or cannot tell what belongs to it.
    pub(crate) own: Arc<[Hole]>,
}

/// What the tracer hands over when a recording ends.
#[derive(Debug, Default)]
pub(crate) struct Recording {
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
    /// Signals that the test sent to the root.
    pub asked: Vec<i32>,
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

    /// The calls to which something was done on the way: see [`Tracer::inject`](crate::Tracer::inject).
    ///
    /// ```
    /// # use expect_syscalls::{Tracer, call, fail};
    /// # use std::process::Command;
    /// let trace = Tracer::new()
    ///     .inject(call!("openat", path = "/etc/hostname"), fail("EIO"))
    ///     .run(Command::new("cat").arg("/etc/hostname"));
    /// trace.code(1);
    /// let injected: Vec<_> = trace.injected().map(ToString::to_string).collect();
    /// assert_eq!(
    ///     injected,
    ///     [r#"openat(AT_FDCWD, "/etc/hostname", O_RDONLY) = -1 EIO (Input/output error) (INJECTED)"#]
    /// );
    /// ```
    pub fn injected(&self) -> impl Iterator<Item = &Call> {
        self.calls().filter(|call| call.is_injected())
    }

    /// The names of all calls, once each.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        self.calls().map(Call::name).collect()
    }

    /// How the program ended, the root of the tree. Of one that was not seen to end, as it was let go or still runs, the status of
    /// a killed program: [`success`](Trace::success) and its like cannot tell then.
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

/// A summary: what ran, how it ended, how much was recorded, what may be missing.
impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = self.shared.tree.processes.first();
        let mut summary = f.debug_struct("Trace");
        summary.field("program", &root.map_or(&[][..], Process::argv));
        if self.is_view() {
            summary.field("view", &format_args!("{}", self.view));
        }
        summary
            .field("calls", &self.len())
            .field("processes", &self.processes().count())
            .field("status", &self.shared.status.map(bytes::exit_status))
            .field("blind_spots", &self.blind_spots())
            .finish_non_exhaustive()
    }
}

impl Trace {
    pub(crate) fn new(recording: Recording) -> Trace {
        recording.tree.roots.get_or_init(|| Roots::replay(&recording.calls));
        recording.tree.raced.get_or_init(|| Raced::replay(&recording.calls));
        recording.tree.deleted.get_or_init(|| Deleted::replay(&recording.calls));
        recording.tree.sockets.get_or_init(|| Sockets::replay(&recording.calls));
        if let Some(cwd) = first_cwd(&recording.calls) {
            recording.tree.cwd.get_or_init(|| cwd);
        }
        let (allowed, own) = (Arc::new([]), Arc::new([]));
        Trace { shared: Arc::new(recording), selection: None, view: "".into(), allowed, own }
    }

    /// The calls with their positions in the whole recording.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (usize, &Call)> {
        let calls = &self.shared.calls;
        let all = self.selection.is_none().then(|| calls.iter().enumerate());
        let some = self.selection.as_deref().unwrap_or_default();
        let some = some.iter().map(|&index| (index as usize, &calls[index as usize]));
        all.into_iter().flatten().chain(some)
    }

    /// The trace that this is a view of; what the test accepted stays accepted.
    pub(crate) fn whole(&self) -> Trace {
        Trace { selection: None, view: "".into(), own: Arc::new([]), ..self.clone() }
    }

    /// How many calls there are.
    pub(crate) fn len(&self) -> usize {
        self.selection.as_ref().map_or(self.shared.calls.len(), |selection| selection.len())
    }

    pub(crate) fn is_view(&self) -> bool {
        self.selection.is_some()
    }
}

/// Where the root began: the first working directory that one of its calls names, before it changed it.
fn first_cwd(calls: &[Call]) -> Option<Arc<[u8]>> {
    for call in calls.iter().filter(|call| call.task().process == 0) {
        let note =
            call.raw().noted.files.iter().find(|note| note.fd == AT_FDCWD && note.phase == Phase::Entry);
        if let Some(note) = note {
            return Some(note.link.clone());
        }
        if matches!(call.name(), "chdir" | "fchdir") && call.succeeded() {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::build::{call, trace};

    #[test]
    fn a_trace_can_be_shared_sent_and_cloned() {
        fn check<T: Send + Sync + Clone>() {}
        check::<Trace>();
        check::<CallMatcher>();
        check::<crate::trace::matcher::value::Match>();
    }

    #[test]
    fn queries_report_what_was_recorded() {
        let trace = trace([
            call("openat").path("path", "/etc/passwd").returned(3),
            call("read").fd("fd", 3, "/etc/passwd").returned(7),
            call("openat").path("path", "/nowhere").failed("ENOENT"),
        ]);
        assert_eq!(trace.calls().count(), 3);
        assert_eq!((trace.count("openat"), trace.count("write")), (2, 0));
        assert!(trace.any("read") && !trace.any("connect"));
        assert_eq!(trace.matching(CallMatcher::from("openat").ok()).count(), 1);
        assert_eq!(trace.names().into_iter().collect::<Vec<_>>(), ["openat", "read"]);
        assert!(trace.status().success());
        assert_eq!(trace.processes().map(Process::label).collect::<Vec<_>>(), ["main"]);
    }

    #[test]
    fn its_debug_text_is_a_summary() {
        let trace = trace([call("getpid").returned(7), call("connect").failed("EACCES")]);
        let status = "Some(ExitStatus(unix_wait_status(0)))";
        let expected = format!("calls: 2, processes: 1, status: {status}, blind_spots: [], .. }}");
        let text = format!("{trace:?}");
        assert!(text.starts_with("Trace { program: ") && text.ends_with(&expected), "{text}");
        let view = format!("{:?}", trace.select("getpid"));
        assert!(view.contains("view: .select(getpid), calls: 1, "), "{view}");
    }

    #[test]
    #[should_panic(expected = "did you mean `connect`?")]
    fn a_misspelt_name_is_refused() {
        let _ = trace([]).count("conect");
    }

    #[test]
    fn the_first_working_directory_is_the_roots_before_it_moves() {
        let at = |path, cwd| call("openat").path("path", path).cwd(cwd).returned(3);
        let cwd = |calls: Vec<crate::trace::build::MadeCall>| trace(calls).shared.tree.cwd.get().cloned();
        assert_eq!(cwd(vec![at("a", "/home"), at("b", "/tmp")]).as_deref(), Some(b"/home".as_slice()));
        let moved = call("chdir").path("path", "/tmp").returned(0);
        assert_eq!(cwd(vec![moved, at("a", "/tmp")]), None);
        assert_eq!(cwd(vec![at("a", "/child").by("main.c1")]), None);
    }
}
