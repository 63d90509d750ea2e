//! Who made the calls: processes, their tasks, the programs they ran.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Arc, OnceLock};

use crate::trace::deleted::Deleted;
use crate::trace::raced::Raced;
use crate::trace::raw::TaskId;
use crate::trace::roots::Roots;
use crate::trace::sockets::Sockets;

/// Everything that ran, in the order in which the tracer met it. The root is the first of both lists.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// Indexed by [`TaskId`].
    pub tasks: Vec<Task>,
    /// Indexed by [`Task::process`].
    pub processes: Vec<Process>,
    /// The root's first working directory: where it was when it was executed, else as far as a call of it says so.
    pub cwd: OnceLock<Arc<[u8]>>,
    /// The root directories that are not ours. Found when the recording ends.
    pub roots: OnceLock<Roots>,
    /// What sockets are for. Found when the recording ends.
    pub sockets: OnceLock<Sockets>,
    /// The paths that were changed under calls. Found when the recording ends.
    pub raced: OnceLock<Raced>,
    /// What is known of names that end in ` (deleted)`.
    pub deleted: OnceLock<Deleted>,
}

/// One thread as the kernel schedules it.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// The kernel's number for it; may have been another task's before, or after.
    pub tid: u32,
    /// Its process: an index into [`Tree::processes`].
    pub process: u32,
    /// The task that made it. `None` for the root, and when the creator's event never came.
    pub creator: Option<TaskId>,
    /// How many processes, or threads, its creator had made when it had made this one, itself included: the 2 of `main.c2`.
    pub ordinal: u32,
    /// Its name by creation path, such as `main.c1.t2`. Given when the recording ends.
    pub label: String,
}

/// A process of the recorded tree.
#[derive(Clone, Debug)]
pub struct Process {
    pub(crate) pid: u32,
    pub(crate) label: String,
    /// The process of the task that made it.
    pub(crate) parent: Option<u32>,
    /// Programs it ran, the first of them its creator's where it was forked.
    pub(crate) images: Vec<Image>,
    /// The wait status of its leader, once it has ended.
    pub(crate) status: Option<i32>,
}

/// A program that a process ran.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    /// As given to execve, made absolute.
    pub(crate) program: PathBuf,
    pub(crate) argv: Vec<OsString>,
}

impl Process {
    /// The process id. It may have belonged to another process earlier in the recording.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The name by creation path: `main` for the root, `main.c2` for the second process it made.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The program it ran last: the file given to `execve(2)`, made absolute.
    pub fn program(&self) -> &Path {
        self.images.last().map_or(Path::new(""), |image| &image.program)
    }

    /// The arguments of the program it ran last, the program's name first.
    pub fn argv(&self) -> &[OsString] {
        self.images.last().map_or(&[], |image| &image.argv)
    }

    /// How it ended; `None` while it runs, and where the end was not seen.
    pub fn status(&self) -> Option<ExitStatus> {
        self.status.map(crate::trace::bytes::exit_status)
    }
}
