//! Two tasks on one core. See sched_setaffinity(2).

use nix::sched::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
use nix::unistd::{Pid, gettid};

/// A tracee and the tracer thread, kept on one core until [`restore`](Pinned::restore).
#[derive(Debug)]
pub(crate) struct Pinned {
    tracee: Home,
    tracer: Home,
}

/// Where a task may run by itself.
#[derive(Debug)]
struct Home {
    tid: Pid,
    cores: CpuSet,
}

impl Pinned {
    /// On the core of the calling thread, the tracer of a stopped task. `None` where that cannot be had.
    pub(crate) fn here(tid: u32) -> Option<Pinned> {
        let home = |tid| Some(Home { tid, cores: sched_getaffinity(tid).ok()? });
        let tracer = home(gettid())?;
        let tracee = home(Pid::from_raw(tid as i32))?;
        let core = sched_getcpu().ok()?;
        if !tracee.cores.is_set(core).ok()? {
            return None;
        }
        let mut only = CpuSet::new();
        only.set(core).ok()?;
        sched_setaffinity(tracer.tid, &only).ok()?;
        if sched_setaffinity(tracee.tid, &only).is_err() {
            tracer.restore();
            return None;
        }
        Some(Pinned { tracee, tracer })
    }

    /// From any thread. A task that is gone needs no home.
    pub(crate) fn restore(self) {
        self.tracee.restore();
        self.tracer.restore();
    }
}

impl Home {
    fn restore(&self) {
        let _ = sched_setaffinity(self.tid, &self.cores);
    }
}
