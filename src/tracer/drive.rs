//! The tracer thread: next batch, what it means, resume.

use std::any::Any;
use std::ffi::OsString;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use crate::engine::stop::{Reach, Resume, Stop};
use crate::engine::tracees::{Launch, News, Tracees};
use crate::kernel::attach;
use crate::kernel::diagnosis;
use crate::kernel::kill;
use crate::kernel::page::{Page, State};
use crate::kernel::ptrace::{self, Bond, Stopped};
use crate::kernel::rescue;
use crate::kernel::wait::{self, Waited};
use crate::trace::call::Call;
use crate::trace::raw::Abi;
use crate::trace::record::Record;
use crate::tracer::Observer;
use crate::tracer::control::{Broken, Control, SayDone};
use crate::tracer::filtering::{Filtering, Stage};

/// Between two looks at tracees of which none can run.
const LOOK: Duration = Duration::from_millis(1);

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

/// How a session went.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) launch: Launch,
    /// Why it was broken off, if it was.
    pub(crate) broken: Option<Broken>,
    /// What the tasks were at when it was.
    pub(crate) alive: Vec<String>,
    /// Whether the tracees were let go.
    pub(crate) let_go: bool,
}

/// Bounds that only the tracer thread can watch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) calls: usize,
    pub(crate) tasks: usize,
    /// Of memory, for what is recorded.
    pub(crate) bytes: usize,
    /// Whether programs may find the vDSO.
    pub(crate) vdso: bool,
    /// Whether the program is traced to its end, and may be marked by it.
    pub(crate) stays: bool,
    /// Whether a seccomp filter may let calls pass that are not recorded.
    pub(crate) filter: bool,
    /// When the program must have been executed, if ever. Later the supervising thread watches the clock.
    pub(crate) launched_by: Option<Instant>,
}

/// The life of the tracer thread of a program that we start.
pub(crate) fn drive(page: &Page, control: &Control, bounds: Bounds, observer: Option<Observer>) -> Driven {
    let _done = SayDone(control);
    let _ = control.tracer.set(rescue::own());
    page.wait_while(State::Waiting, None);
    if page.is(State::Aborted) {
        return Driven::NothingToTrace;
    }
    let root = page.pid() as u32;
    let filtering = if bounds.filter { Filtering::of(&control.tracees()) } else { Filtering::Rests };
    if let Err((request, errno)) = ptrace::seize(root, control.bond, filtering.is_wanted()) {
        if diagnosis::has_ended(root) {
            return Driven::Dead(wait::reap(root));
        }
        let diagnosis = diagnosis::refusal(errno, root);
        page.refuse(errno);
        return Driven::Refused(request, errno, root, diagnosis);
    }
    // Once the child is stopped under us, it may leave the hook: its exec will be seen.
    Drive { filtering, ..Drive::new(control, bounds, observer, root) }.run(|| page.set(State::Go))
}

/// The life of the tracer thread of a program that was there before. `begun` is told once it is traced, or why not.
pub(crate) fn drive_attached(
    pid: u32,
    control: &Control,
    bounds: Bounds,
    observer: Option<Observer>,
    begun: &Sender<Result<(), attach::Refusal>>,
) -> Driven {
    let _done = SayDone(control);
    let _ = control.tracer.set(rescue::own());
    let threads = match attach::seize_all(pid, control.bond) {
        Ok(threads) => threads,
        Err(refusal) => {
            let _ = begun.send(Err(refusal));
            return Driven::NothingToTrace;
        }
    };
    let (program, argv) = attach::image(pid);
    control.tracees().adopt(pid, &threads, program, argv);
    let _ = begun.send(Ok(()));
    Drive::new(control, bounds, observer, pid).run(|| ())
}

/// What the observer panicked with: it is not ours.
pub(crate) struct ObserverPanic(pub(crate) Box<dyn Any + Send>);

struct Drive<'a> {
    control: &'a Control,
    bounds: Bounds,
    observer: Option<Observer>,
    root: u32,
    /// The task whose process wakes us when it is signalled.
    target: Option<u32>,
    /// What the tasks were at when the recording was broken off.
    alive: Option<Vec<String>>,
    /// Tasks that are delayed, and until when.
    held: Vec<(Instant, Stopped)>,
    /// All tracees have been interrupted: each is let go at its next stop.
    leaving: bool,
    /// As the last batch left it.
    launch: Launch,
    /// Whether there is one tracee, and no other can be on its way.
    alone: bool,
    /// Whether all tasks are in a group-stop: nothing but SIGCONT and SIGKILL gives an event.
    all_listen: bool,
    filtering: Filtering,
}

impl<'a> Drive<'a> {
    fn new(control: &'a Control, bounds: Bounds, observer: Option<Observer>, root: u32) -> Drive<'a> {
        if control.bond == Bond::Theirs {
            control.placement().stop();
        }
        if bounds.vdso || control.bond == Bond::Theirs {
            control.show_vdso();
        }
        if let Some(elsewhere) = diagnosis::other_files(root) {
            let _ = control.elsewhere.set(elsewhere);
        }
        if let Ok(target) = kill::Target::new(root) {
            let _ = control.root.set(target);
        }
        Drive {
            control,
            bounds,
            observer,
            root,
            target: None,
            alive: None,
            held: Vec::new(),
            leaving: false,
            launch: control.tracees().launch(),
            alone: false,
            all_listen: false,
            filtering: Filtering::Rests,
        }
    }

    fn run(mut self, ready: impl FnOnce()) -> Driven {
        match self.batches(ready) {
            Ok(()) => Driven::Done(Box::new(self.into_session())),
            Err(error) => Driven::Failed(error),
        }
    }

    fn batches(&mut self, ready: impl FnOnce()) -> io::Result<()> {
        let mut batch = Vec::new();
        self.wait(&mut batch)?;
        ready();
        while !batch.is_empty() {
            self.handle(&mut batch);
            self.control.tell();
            self.wait(&mut batch)?;
        }
        Ok(())
    }

    /// Waits for the next batch. Until the program has been executed, std's `spawn` waits for it to be, and
    /// nobody but us can watch the clock.
    fn wait(&mut self, batch: &mut Vec<Waited>) -> io::Result<()> {
        while let Some(next) = self.held.iter().map(|(until, _)| *until).min() {
            if wait::batch_before(Some(next), LOOK, batch)? && !batch.is_empty() {
                return Ok(());
            }
            self.release();
        }
        let dies = |control: &Control| control.bond == Bond::Ours && control.is_broken();
        while self.all_listen && !self.leaving && !dies(self.control) {
            if wait::batch_before(Some(Instant::now() + LOOK), LOOK, batch)? {
                return Ok(());
            }
            let control = self.control;
            self.watch(&mut control.tracees());
        }
        if self.launch == Launch::Done || self.control.is_broken() {
            return wait::batch(self.alone, batch);
        }
        if !wait::batch_before(self.bounds.launched_by, wait::PAUSE, batch)? {
            self.control.break_off(Broken::Launch);
            kill::kill_tracee(self.root);
            wait::batch(false, batch)?;
        }
        Ok(())
    }

    fn handle(&mut self, batch: &mut Vec<Waited>) {
        let at = self.control.elapsed();
        let mut tracees = self.control.tracees();
        if self.control.is_broken() {
            self.note_pending(&tracees);
        }
        for waited in batch.drain(..) {
            self.take(&mut tracees, waited, at);
        }
        self.report(&mut tracees);
        self.watch(&mut tracees);
    }

    fn take(&mut self, tracees: &mut Tracees, waited: Waited, at: Duration) {
        match waited {
            Waited::Ended { tid, status } => {
                self.held.retain(|(_, stopped)| stopped.tid() != tid);
                self.control.placement().on_end(tid);
                tracees.on_end(tid, status, at);
            }
            Waited::Stopped { tid, signal, event } => {
                let stopped = Stopped::new(tid, tracees.may_supply());
                // A task that was killed since is left alone: its end is on the way.
                match stopped.observe(signal, event, self.bounds.stays) {
                    Some(Stop::Signal(_, Some(info))) if kill::is_ring(&info) => self.hear(tracees, stopped),
                    Some(stop) => self.go_on(tracees, stopped, stop, at),
                    None => {}
                }
            }
        }
    }

    /// The signal that woke us is not the program's.
    fn hear(&mut self, tracees: &Tracees, stopped: Stopped) {
        self.control.heard();
        resume(tracees, stopped, Resume::Run);
    }

    fn go_on(&mut self, tracees: &mut Tracees, stopped: Stopped, stop: Stop, at: Duration) {
        if !self.bounds.vdso && matches!(stop, Stop::Exec(_)) && !stopped.hide_vdso() {
            self.control.show_vdso();
        }
        if stopped.tid() == self.root && self.filtering.on_stop(tracees, &stopped, &stop) == Stage::Filter {
            return resume(tracees, stopped, Resume::Run);
        }
        let created = if let Stop::Created(_, child) = stop { Some(child) } else { None };
        let entry = match &stop {
            Stop::Entry(entry) | Stop::Reported(entry) => Some((entry.abi, entry.number)),
            _ => None,
        };
        let how = tracees.on_stop(stopped.tid(), stop, at, &stopped);
        if self.launch == Launch::Done {
            self.place(tracees, stopped.tid(), entry, at);
        }
        if let Some(what) = tracees.unfit() {
            self.control.break_off(Broken::Unfit(what));
        }
        if self.control.is_broken() && self.control.bond == Bond::Ours {
            created.into_iter().for_each(kill::kill_tracee);
            kill::kill_tracee(stopped.tid());
            return resume(tracees, stopped, Resume::Run);
        }
        match how {
            Resume::Deliver(signal) if self.leaving => resume(tracees, stopped, Resume::Detach(signal)),
            Resume::Run | Resume::Listen | Resume::Later(_) if self.leaving => {
                resume(tracees, stopped, Resume::Detach(0));
            }
            Resume::Later(time) => self.held.push((Instant::now() + time, stopped)),
            how => resume(tracees, stopped, how),
        }
    }

    /// Keeps a stopped task on our core while it stops all the time.
    fn place(&self, tracees: &Tracees, tid: u32, entry: Option<(Abi, u32)>, at: Duration) {
        let mut placement = self.control.placement();
        let was_pinned = placement.is_pinned();
        placement.on_stop(tid, at);
        match entry {
            Some((abi, number)) => placement.before_call(abi, number),
            None => tracees.just_opened(tid).into_iter().for_each(|file| placement.opened(file)),
        }
        if self.leaving {
            placement.stop();
        }
        if placement.is_pinned() && !was_pinned {
            self.control.say_pinned();
        }
    }

    /// Lets those go on whose delay is over, and all once the recording is.
    fn release(&mut self) {
        let now = Instant::now();
        let ends = self.leaving || self.control.is_broken();
        let (over, held) = self.held.drain(..).partition(|(until, _)| ends || *until <= now);
        self.held = held;
        let over: Vec<(Instant, Stopped)> = over;
        let how = if self.leaving { Resume::Detach(0) } else { Resume::Run };
        // A delay is a fault, and where there are faults there is no filter.
        over.into_iter().for_each(|(_, stopped)| stopped.resume(how, Reach::Every));
    }

    /// Tells the observer what is new, while nobody waits for us.
    fn report(&mut self, tracees: &mut Tracees) {
        let Some(observer) = &mut self.observer else { return };
        let news = tracees.take_news();
        if news.is_empty() {
            return;
        }
        let tree = Arc::new(tracees.tree());
        let recorded = tracees.recorded();
        let tell = || {
            for item in news {
                observer(&match item {
                    News::Call(index) => Record::Call(Call::new(recorded.calls[index].clone(), tree.clone())),
                    News::Mark(index) => Record::Mark(recorded.marks[index].clone()),
                });
            }
        };
        if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(tell)) {
            panic::resume_unwind(Box::new(ObserverPanic(panic)));
        }
    }

    /// Keeps a living process in the other threads' reach, and the bounds.
    fn watch(&mut self, tracees: &mut Tracees) {
        self.launch = tracees.launch();
        if self.launch == Launch::GivenUp {
            return self.control.set_target(None);
        }
        if tracees.recorded().calls.len() > self.bounds.calls {
            self.control.break_off(Broken::Calls);
        }
        if tracees.recorded().bytes > self.bounds.bytes {
            self.control.break_off(Broken::Memory);
        }
        self.alone = tracees.is_alone();
        if tracees.live_tasks() > self.bounds.tasks {
            self.control.break_off(Broken::Tasks);
        }
        if !self.target.is_some_and(|target| tracees.can_run(target)) {
            let target = tracees.someone();
            self.target = target.map(|(tid, _)| tid);
            self.all_listen = self.target.is_some_and(|target| !tracees.can_run(target));
            let process = target.and_then(|(_, pid)| Some((pid, kill::Target::new(pid).ok()?)));
            self.control.set_target(process);
        }
        match self.control.bond {
            _ if !self.control.is_broken() => {}
            Bond::Ours => {
                self.note_pending(tracees);
                tracees.family().alive().for_each(kill::kill_tracee);
            }
            Bond::Theirs => {
                self.note_pending(tracees);
                self.control.start_leaving();
            }
        }
        self.let_go(tracees);
    }

    /// Takes the next step in letting the tracees go, once that is asked for.
    fn let_go(&mut self, tracees: &Tracees) {
        if self.leaving || !self.control.is_leaving() {
            return;
        }
        // Untraced, the process that was signalled to wake us would be stopped by that signal; in one that is
        // stopped already, the signal is gone when it goes on. See signal(7).
        if self.control.rung().is_some_and(|pid| tracees.can_any_run(pid)) {
            return;
        }
        self.leaving = true;
        self.control.placement().stop();
        self.release();
        tracees.tids().for_each(ptrace::interrupt);
    }

    /// Once, before the killing changes it.
    fn note_pending(&mut self, tracees: &Tracees) {
        if self.alive.is_none() {
            self.alive = Some(describe_pending(tracees, self.control.elapsed()));
        }
    }

    fn into_session(self) -> Session {
        Session {
            launch: self.launch,
            broken: self.control.broken(),
            alive: self.alive.unwrap_or_default(),
            let_go: self.leaving,
        }
    }
}

fn resume(tracees: &Tracees, stopped: Stopped, how: Resume) {
    let reach = tracees.reach(stopped.tid());
    stopped.resume(how, reach);
}

/// A line for each task: what it is in, and for how long.
pub(crate) fn describe_pending(tracees: &Tracees, now: Duration) -> Vec<String> {
    let tree = Arc::new(tracees.tree());
    let line = |(task, call): (crate::trace::raw::TaskId, Option<&crate::trace::raw::RawCall>)| {
        let who = &tree.tasks[task.0 as usize];
        let process = &tree.processes[who.process as usize];
        let program = command_line(process.argv());
        match call {
            Some(call) => {
                let since = now.saturating_sub(call.entered.at());
                let call = Call::new(call.clone(), tree.clone());
                format!("{} ({program}): for {since:.1?} in {call}", who.label)
            }
            None => format!("{} ({program}): in no call", who.label),
        }
    };
    tracees.pending().into_iter().map(line).collect()
}

/// In one line, and not a long one.
pub(crate) fn command_line(argv: &[OsString]) -> String {
    const MOST: usize = 100;
    let line = argv.join(" ".as_ref()).to_string_lossy().replace(char::is_control, " ");
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}
