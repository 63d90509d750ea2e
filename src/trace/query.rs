//! [`Trace`]: a finished recording, whole or narrowed, and the questions that do not judge.

use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::blind::Hole;
use super::call::Call;
use super::matcher::{CallMatcher, Verdict};
use super::tree::{Process, Tree};

/// What a recorded program, and everything it started, asked of the kernel.
#[derive(Clone, Debug)]
pub struct Trace {
    pub(crate) shared: Arc<Recording>,
    /// Indices into the recording's calls; `None` for the whole trace.
    pub(crate) selection: Option<Arc<[u32]>>,
    /// How this view came about, in the user's words: `.process("sh")`.
    pub(crate) view: Arc<str>,
    /// Blind spots that the test accepted.
    pub(crate) allowed: Arc<[super::blind::BlindSpot]>,
}

/// What the tracer hands over when a recording ends.
#[derive(Debug, Default)]
pub struct Recording {
    /// In the order in which they were entered.
    pub calls: Vec<Call>,
    /// Signals and ends, in order: what is shown between the calls.
    pub marks: Vec<super::record::Mark>,
    pub tree: Arc<Tree>,
    /// The root's wait status; `None` while it runs.
    pub status: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// What could have hidden calls.
    pub holes: Vec<Hole>,
    /// Signals that the test itself asked to be sent to the root.
    pub asked_signals: Vec<i32>,
    /// Whether the test has said how the program should have ended.
    pub end_stated: AtomicBool,
}
impl Trace {
    pub(crate) fn new(recording: Recording) -> Trace {
        Trace { shared: Arc::new(recording), selection: None, view: "".into(), allowed: Arc::new([]) }
    }
    pub fn calls(&self) -> &[Call] {
        &self.shared.calls
    }
    pub fn stdout(&self) -> &[u8] {
        &self.shared.stdout
    }
    pub fn stderr(&self) -> &[u8] {
        &self.shared.stderr
    }
    pub fn status(&self) -> Option<i32> {
        self.shared.status
    }
    pub fn processes(&self) -> &[crate::trace::tree::Process] {
        &self.shared.tree.processes
    }
}
