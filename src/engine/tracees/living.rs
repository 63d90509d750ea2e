//! The tasks that are traced at the moment: whom there is to ask, to signal, to let go.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::engine::stop::Creation;
use crate::engine::tracees::{Launch, Live, Open, Tracees};
use crate::trace::raw::{RawCall, TaskId};

impl Live {
    pub(crate) fn new(task: TaskId) -> Live {
        Live {
            task,
            open: None,
            last: None,
            interrupted: None,
            opened: None,
            planned: None,
            listens: false,
            own_filter: false,
            accompanied: false,
        }
    }
}

impl Tracees {
    /// The process `pid` is there already, and these of its tasks are traced now.
    pub(crate) fn adopt(&mut self, pid: u32, tids: &[u32], program: PathBuf, argv: Vec<OsString>) {
        self.launch = Launch::Done;
        let leader = self.family.meet(pid, pid);
        self.family.exec(leader, program, argv);
        tids.iter().filter(|tid| **tid != pid).for_each(|tid| self.company.join(pid, *tid));
        for &tid in tids {
            let task = if tid == pid {
                leader
            } else {
                self.family.announce(leader, tid, Creation::Clone);
                self.family.meet(tid, pid)
            };
            self.live.insert(tid, Live::new(task));
        }
    }

    /// How much has happened, and the tasks that are `stopped` though they were resumed; none where a fault may
    /// delay them.
    pub(crate) fn standing(&self, stopped: impl Fn(u32) -> bool) -> (u64, Vec<u32>) {
        let may_stand = |tid: &u32| self.rules.is_empty() && self.can_run(*tid);
        let mut standing: Vec<u32> = self.tids().filter(may_stand).filter(|tid| stopped(*tid)).collect();
        standing.sort_unstable();
        (self.order, standing)
    }

    /// Whether there is one task, and no other was announced.
    pub(crate) fn is_alone(&self) -> bool {
        self.live.len() == 1 && !self.family.expects_somebody()
    }

    /// The file behind the descriptor that the call which the task has just left made.
    pub(crate) fn just_opened(&self, tid: u32) -> Option<&[u8]> {
        self.live.get(&tid)?.opened.as_deref()
    }

    /// How many tasks there are.
    pub(crate) fn live_tasks(&self) -> usize {
        self.live.len()
    }

    pub(crate) fn tids(&self) -> impl Iterator<Item = u32> + '_ {
        self.live.keys().copied()
    }

    /// Whether the task is alive, and not in a group-stop.
    pub(crate) fn can_run(&self, tid: u32) -> bool {
        self.live.get(&tid).is_some_and(|live| !live.listens)
    }

    /// Whether that is so of a task of this process.
    pub(crate) fn can_any_run(&self, pid: u32) -> bool {
        self.live.values().any(|live| !live.listens && self.family.process_of(live.task).pid == pid)
    }

    /// A task and its process, best one that can run.
    pub(crate) fn someone(&self) -> Option<(u32, u32)> {
        let (tid, live) = self.live.iter().min_by_key(|(_, live)| live.listens)?;
        Some((*tid, self.family.process_of(live.task).pid))
    }

    /// The calls that have no end yet, and the tasks that are in none: for the report of a timeout.
    pub(crate) fn pending(&self) -> Vec<(TaskId, Option<&RawCall>)> {
        let mut pending: Vec<_> = self.live.values().map(|live| (live.task, self.open_call(live))).collect();
        pending.sort_by_key(|(task, _)| *task);
        pending
    }

    pub(super) fn open_call<'a>(&'a self, live: &'a Live) -> Option<&'a RawCall> {
        match live.open.as_ref()? {
            Open::Recorded(index) => Some(&self.recorded.calls[*index]),
            Open::Aside(call) => Some(call),
            Open::Skipped => None,
        }
    }
}
