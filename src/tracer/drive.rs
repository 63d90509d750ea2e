//! The tracer thread: next batch, what it means, resume.

use std::io::{self, PipeReader, PipeWriter, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::engine::stop::{Resume, Stop};
use crate::engine::tracees::{Launch, News, Recorded, Tracees};
use crate::kernel::diagnosis;
use crate::kernel::kill::{self, Target};
use crate::kernel::page::{Page, State};
use crate::kernel::ptrace::{self, Stopped};
use crate::kernel::wait::{self, Waited};
use crate::trace::call::Call;
use crate::trace::record::Record;
use crate::trace::tree::Tree;
use crate::tracer::Observer;

/// What the tracer thread brings home.
#[derive(Debug)]
pub(crate) enum Driven {
    /// The hook never ran.
    NothingToTrace,
    /// The child was killed before it could be seized: its wait status.
    Dead(i32),
    /// The child could not be seized: request, errno, pid, diagnosis.
    Refused(&'static str, i32, u32, String),
    /// Waiting failed.
    Failed(io::Error),
    /// There is no tracee left.
    Done(Box<Session>),
}

impl Driven {
    /// Whether the child is not traced, and so not reaped.
    pub(crate) fn left_the_child(&self) -> bool {
        match self {
            Driven::Done(session) => session.launch == Launch::GivenUp,
            Driven::Refused(..) => true,
            Driven::NothingToTrace | Driven::Dead(_) | Driven::Failed(_) => false,
        }
    }
}

/// A finished session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) launch: Launch,
    pub(crate) status: Option<i32>,
    pub(crate) tree: Tree,
    pub(crate) recorded: Recorded,
    /// Why the tree was killed, if it was.
    pub(crate) broken: Option<Broken>,
    /// What the tasks were at when it was.
    pub(crate) alive: Vec<String>,
    /// Whether a program could find the vDSO.
    pub(crate) vdso: bool,
}

/// Why a recording was broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    Timeout,
    Output,
    Calls,
    Tasks,
    /// The child was not heard of again before it had executed the program.
    Launch,
}

/// Bounds that only the tracer thread can watch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) calls: usize,
    pub(crate) tasks: usize,
    /// Whether programs may find the vDSO.
    pub(crate) vdso: bool,
    /// When the program must have been executed, if ever. Later the supervising thread watches the clock.
    pub(crate) launched_by: Option<Instant>,
}

/// What the supervising thread and the tracer thread share.
#[derive(Debug)]
pub(crate) struct Control {
    /// A process of the tree that is alive: killing it wakes the tracer thread, without a signal to this process.
    target: Mutex<Option<Target>>,
    broken: Mutex<Option<Broken>>,
    /// Says that `broken` is set, without its lock.
    is_broken: AtomicBool,
    done: PipeWriter,
}

impl Control {
    /// The control, and a pipe that becomes readable when the tracer thread is done.
    pub(crate) fn new() -> io::Result<(Arc<Control>, PipeReader)> {
        let (reader, done) = io::pipe()?;
        let control = Control {
            target: Mutex::new(None),
            broken: Mutex::new(None),
            is_broken: AtomicBool::new(false),
            done,
        };
        Ok((Arc::new(control), reader))
    }

    /// Breaks the recording off: the tree will be killed. The first reason stays.
    pub(crate) fn break_off(&self, why: Broken) {
        lock(&self.broken).get_or_insert(why);
        self.is_broken.store(true, Ordering::Release);
    }

    /// Kills one process, which makes the tracer thread look up and kill the others.
    pub(crate) fn wake(&self) {
        if let Some(target) = &*lock(&self.target) {
            target.kill();
        }
    }

    fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Acquire)
    }

    fn broken(&self) -> Option<Broken> {
        *lock(&self.broken)
    }
}

/// Says so when the thread ends, by a panic too.
struct SayDone<'a>(&'a Control);

impl Drop for SayDone<'_> {
    fn drop(&mut self) {
        let _ = (&self.0.done).write_all(&[0]);
    }
}

/// The life of the tracer thread.
pub(crate) fn drive(
    page: &Page,
    control: &Control,
    tracees: Tracees,
    bounds: Bounds,
    observer: Option<Observer>,
) -> Driven {
    let _done = SayDone(control);
    page.wait_while(State::Waiting, None);
    if page.is(State::Aborted) {
        return Driven::NothingToTrace;
    }
    let root = page.pid() as u32;
    if let Err((request, errno)) = ptrace::seize(root) {
        if diagnosis::has_ended(root) {
            return Driven::Dead(wait::reap(root));
        }
        let diagnosis = diagnosis::refusal(errno, root);
        page.refuse(errno);
        return Driven::Refused(request, errno, root, diagnosis);
    }
    let vdso = bounds.vdso;
    let drive =
        Drive { tracees, control, bounds, observer, begun: Instant::now(), target: None, alive: None, vdso };
    match drive.run(page) {
        Ok(session) => Driven::Done(Box::new(session)),
        Err(error) => Driven::Failed(error),
    }
}

struct Drive<'a> {
    tracees: Tracees,
    control: &'a Control,
    bounds: Bounds,
    observer: Option<Observer>,
    begun: Instant,
    /// The process that `control.target` kills.
    target: Option<u32>,
    /// What the tasks were at when the recording was broken off.
    alive: Option<Vec<String>>,
    /// Whether a program could find the vDSO.
    vdso: bool,
}

impl Drive<'_> {
    fn run(mut self, page: &Page) -> io::Result<Session> {
        let mut batch = Vec::new();
        self.wait(page, &mut batch)?;
        // The child is stopped under us: it may leave the hook, and its exec will be seen.
        page.set(State::Go);
        while !batch.is_empty() {
            let at = self.begun.elapsed();
            if self.control.is_broken() {
                self.note_pending();
            }
            for waited in batch.drain(..) {
                self.take(waited, at);
            }
            self.report();
            self.watch();
            self.wait(page, &mut batch)?;
        }
        Ok(self.into_session())
    }

    /// Waits for the next batch. Until the program has been executed, std's `spawn` waits for it to be, and
    /// nobody but us can watch the clock.
    fn wait(&self, page: &Page, batch: &mut Vec<Waited>) -> io::Result<()> {
        if self.tracees.launch() == Launch::Done || self.control.is_broken() {
            return wait::batch(batch);
        }
        if !wait::batch_before(self.bounds.launched_by, batch)? {
            self.control.break_off(Broken::Launch);
            kill::kill_tracee(page.pid() as u32);
            wait::batch(batch)?;
        }
        Ok(())
    }

    fn take(&mut self, waited: Waited, at: Duration) {
        match waited {
            Waited::Ended { tid, status } => self.tracees.on_end(tid, status, at),
            Waited::Stopped { tid, signal, event } => {
                let stopped = Stopped::new(tid);
                // A task that was killed since is left alone: its end is on the way.
                let Some(stop) = stopped.observe(signal, event) else { return };
                self.go_on(stopped, stop, at);
            }
        }
    }

    fn go_on(&mut self, stopped: Stopped, stop: Stop, at: Duration) {
        if !self.bounds.vdso && matches!(stop, Stop::Exec(_)) {
            self.vdso |= !stopped.hide_vdso();
        }
        let created = if let Stop::Created(_, child) = stop { Some(child) } else { None };
        let how = self.tracees.on_stop(stopped.tid(), stop, at, &stopped);
        if self.control.is_broken() {
            created.into_iter().for_each(kill::kill_tracee);
            kill::kill_tracee(stopped.tid());
            stopped.resume(Resume::Run);
        } else {
            stopped.resume(how);
        }
    }

    /// Tells the observer what is new, while nobody waits for us.
    fn report(&mut self) {
        let Some(observer) = &mut self.observer else { return };
        let news = self.tracees.take_news();
        if news.is_empty() {
            return;
        }
        let tree = Arc::new(self.tracees.family().tree());
        let recorded = self.tracees.recorded();
        for item in news {
            observer(&match item {
                News::Call(index) => Record::Call(Call::new(recorded.calls[index].clone(), tree.clone())),
                News::Mark(index) => Record::Mark(recorded.marks[index].clone()),
            });
        }
    }

    /// Keeps a living process in the other thread's reach, and the bounds.
    fn watch(&mut self) {
        if self.tracees.launch() == Launch::GivenUp {
            *lock(&self.control.target) = None;
            return;
        }
        if self.tracees.recorded().calls.len() > self.bounds.calls {
            self.control.break_off(Broken::Calls);
        }
        if self.tracees.live_tasks() > self.bounds.tasks {
            self.control.break_off(Broken::Tasks);
        }
        let family = self.tracees.family();
        if self.target.is_none_or(|target| !family.is_alive(target)) {
            self.target = family.alive().next();
            *lock(&self.control.target) = self.target.and_then(|pid| Target::new(pid).ok());
        }
        if self.control.is_broken() {
            self.note_pending();
            self.tracees.family().alive().for_each(kill::kill_tracee);
        }
    }

    /// Once, before the killing changes it.
    fn note_pending(&mut self) {
        if self.alive.is_none() {
            self.alive = Some(self.describe_pending());
        }
    }

    /// A line for each task: what it is in, and for how long.
    fn describe_pending(&self) -> Vec<String> {
        let now = self.begun.elapsed();
        let tree = Arc::new(self.tracees.family().tree());
        let line = |(task, call): (crate::trace::raw::TaskId, Option<&crate::trace::raw::RawCall>)| {
            let who = &tree.tasks[task.0 as usize];
            let process = &tree.processes[who.process as usize];
            let program = process.argv().join(" ".as_ref());
            let program = program.to_string_lossy();
            match call {
                Some(call) => {
                    let since = now.saturating_sub(call.entered.at);
                    let call = Call::new(call.clone(), tree.clone());
                    format!("{} ({program}): for {since:.1?} in {call}", who.label)
                }
                None => format!("{} ({program}): in no call", who.label),
            }
        };
        self.tracees.pending().into_iter().map(line).collect()
    }

    fn into_session(self) -> Session {
        let vdso = self.vdso;
        let (launch, status) = (self.tracees.launch(), self.tracees.status());
        let (tree, recorded) = self.tracees.finish();
        let broken = self.control.broken();
        Session { launch, status, tree, recorded, broken, alive: self.alive.unwrap_or_default(), vdso }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What is behind these locks is replaced whole, so that a panic leaves nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
