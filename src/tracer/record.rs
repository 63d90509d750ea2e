//! One recording, from the settings to the outcome.

use std::any::Any;
use std::ffi::OsString;
use std::io::PipeReader;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::engine::capture::Limits;
use crate::engine::tracees::Tracees;
use crate::engine::tracees::faults::Rule;
use crate::error::{Error, Reason};
use crate::kernel::attach::Refusal;
use crate::kernel::diagnosis;
use crate::kernel::launch::{Ends, Failure, Launch, Streams};
use crate::kernel::page::{Page, State};
use crate::kernel::ptrace::Bond;
use crate::kernel::wait;
use crate::trace::query::Trace;
use crate::tracer::control::Control;
use crate::tracer::drive::{self, Bounds, Driven, ObserverPanic};
use crate::tracer::supervise::{self, Stuck};
use crate::tracer::{Observer, Tracer, assemble};

/// The least time that the launch may take: an exec that hangs is another error than a program that does.
const LAUNCH: Duration = Duration::from_secs(10);

/// Runs `command` to the end of the last process that it started.
///
/// The program is forked on this thread, which then watches its streams and the deadline; the tracer thread
/// does the rest.
pub(crate) fn record(
    settings: &Tracer,
    command: &mut Command,
    observer: Option<Observer>,
) -> Result<Trace, Error> {
    let (session, ends) = Session::begin(settings, command, observer, true)?;
    let supervised = session.supervisor(ends).run();
    session.end(supervised)
}

/// A recording that has begun.
pub(crate) struct Session {
    settings: Tracer,
    program: PathBuf,
    pub(crate) control: Arc<Control>,
    /// Where the child and the tracer thread met; a program that was there before did not.
    page: Option<Page>,
    thread: JoinHandle<Driven>,
    news: Arc<PipeReader>,
    deadline: Option<Instant>,
}

/// What the thread that watches a program's streams and the clock needs.
pub(crate) struct Supervisor {
    ends: Ends,
    input: Arc<[u8]>,
    news: Arc<PipeReader>,
    control: Arc<Control>,
    deadline: Option<Instant>,
    limit: usize,
}

impl Session {
    /// Runs `command`, up to the exec. `stays`: it will not be let go.
    pub(crate) fn begin(
        settings: &Tracer,
        command: &mut Command,
        observer: Option<Observer>,
        stays: bool,
    ) -> Result<(Session, Ends), Error> {
        if let Some(text) = diagnosis::sigchld_ignored() {
            return Err(Error::new(Reason::Unavailable(text.to_owned())));
        }
        own_proc()?;
        if settings.hermetic {
            clear_environment(command);
        }
        let launch = Launch::prepare(command, streams(settings), settings.aslr)
            .map_err(|source| Error::io("set up the program's streams", source))?;
        let page = launch.page();
        let (control, news) = control(settings, Bond::Ours, observer.is_some())?;
        let begun = Instant::now();
        let deadline = begun.checked_add(settings.timeout);
        let launched_by = deadline.map(|deadline| deadline.max(begun + LAUNCH));
        let thread = {
            let bounds = Bounds { stays, filter: stays && settings.seccomp, ..bounds(settings, launched_by) };
            let (control, page) = (control.clone(), page.clone());
            start_thread(move || drive::drive(&page, &control, bounds, observer))?
        };
        let session = Session {
            settings: settings.clone(),
            program: command.get_program().into(),
            control,
            page: Some(page),
            thread,
            news: Arc::new(news),
            deadline,
        };
        match launch.spawn(command) {
            Ok(ends) => Ok((session, ends)),
            Err(failure) => Err(session.failed(failure, command)),
        }
    }

    /// Traces a process that runs already.
    pub(crate) fn attach(settings: &Tracer, pid: u32, observer: Option<Observer>) -> Result<Session, Error> {
        own_proc()?;
        let (control, news) = control(settings, Bond::Theirs, observer.is_some())?;
        let deadline = Instant::now().checked_add(settings.timeout);
        let (sender, begun) = mpsc::channel();
        let thread = {
            let (control, bounds) = (control.clone(), bounds(settings, None));
            start_thread(move || drive::drive_attached(pid, &control, bounds, observer, &sender))?
        };
        match begun.recv() {
            Ok(Ok(())) => Ok(Session {
                settings: settings.clone(),
                program: PathBuf::new(),
                control,
                page: None,
                thread,
                news: Arc::new(news),
                deadline,
            }),
            Ok(Err(Refusal { request, errno, diagnosis })) => {
                Err(Error::new(Reason::NotAttached { request, errno, pid, diagnosis }))
            }
            Err(_) => Err(join(thread, None).err().unwrap_or_else(|| Error::new(Reason::Stuck))),
        }
    }

    /// The other half of the work, for this thread or another.
    pub(crate) fn supervisor(&self, ends: Ends) -> Supervisor {
        Supervisor {
            ends,
            input: self.settings.stdin.clone().unwrap_or_default(),
            news: self.news.clone(),
            control: self.control.clone(),
            deadline: self.deadline,
            limit: self.settings.output_limit,
        }
    }

    /// The outcome, once the supervisor's work is done.
    pub(crate) fn end(self, supervised: Result<(), Stuck>) -> Result<Trace, Error> {
        supervised.map_err(|Stuck| assemble::stuck(&self.settings, &self.control))?;
        let driven = join(self.thread, self.page.as_ref())?;
        if let Some(page) = self.page {
            close(&page, driven.left_the_child());
        }
        assemble::outcome(&self.settings, self.program, driven, &self.control)
    }

    /// What was recorded until now.
    pub(crate) fn so_far(&self) -> Trace {
        assemble::so_far(&self.settings, &self.control)
    }

    /// The process id of a program that we have started.
    pub(crate) fn pid(&self) -> u32 {
        self.page.as_ref().map_or(0, |page| page.pid() as u32)
    }

    /// The program does not run.
    fn failed(self, failure: Failure, command: &Command) -> Error {
        match join(self.thread, self.page.as_ref()) {
            Err(error) => error,
            Ok(driven) => {
                if let Some(page) = self.page {
                    close(&page, false);
                }
                assemble::failure(command, failure, driven, &self.control)
            }
        }
    }
}

impl Supervisor {
    /// Until the tracer thread is done.
    pub(crate) fn run(self) -> Result<(), Stuck> {
        let Supervisor { ends, input, news, control, deadline, limit } = self;
        supervise::until_done(ends, input, &news, &control, deadline, limit)
    }
}

fn control(settings: &Tracer, bond: Bond, observed: bool) -> Result<(Arc<Control>, PipeReader), Error> {
    let limits = Limits { buffer: settings.buffer_limit, environment: settings.environment };
    let mut tracees = Tracees::new(limits, settings.recorded_numbers(), observed);
    if !settings.permits_ring() {
        tracees.forbid_io_uring();
    }
    tracees.inject(settings.rules.iter().cloned().map(|(calls, fault)| Rule::new(calls, fault)).collect());
    Control::new(bond, tracees).map_err(|source| Error::io("set up the tracer thread", source))
}

/// What is read of tracees is read by their numbers.
fn own_proc() -> Result<(), Error> {
    diagnosis::foreign_proc().map_or(Ok(()), |text| Err(Error::new(Reason::Unavailable(text))))
}

fn bounds(settings: &Tracer, launched_by: Option<Instant>) -> Bounds {
    Bounds {
        calls: settings.call_limit,
        tasks: settings.task_limit,
        bytes: settings.trace_limit,
        vdso: settings.permits_vdso(),
        stays: false,
        filter: false,
        launched_by,
    }
}

fn start_thread(life: impl FnOnce() -> Driven + Send + 'static) -> Result<JoinHandle<Driven>, Error> {
    thread::Builder::new()
        .name("tracer".to_owned())
        .spawn(life)
        .map_err(|source| Error::io("start the tracer thread", source))
}

/// The recording is over.
fn close(page: &Page, left_the_child: bool) {
    page.set(State::Inert);
    if left_the_child {
        // std reaps a child that says that it failed, and believes that this one runs.
        wait::reap(page.pid() as u32);
    }
}

fn streams(settings: &Tracer) -> Streams {
    match (settings.capture, &settings.stdin) {
        (false, _) => Streams::Inherit,
        (true, None) => Streams::Capture,
        (true, Some(_)) => Streams::Feed,
    }
}

fn clear_environment(command: &mut Command) {
    let own: Vec<(OsString, OsString)> =
        command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
    command.env_clear().env("LC_ALL", "C").env("TZ", "UTC").env("PATH", "/usr/bin:/bin").envs(own);
}

/// The end of the tracer thread is the end of its tracees; of the root, a child of this process, a zombie
/// would be left.
fn join(thread: JoinHandle<Driven>, page: Option<&Page>) -> Result<Driven, Error> {
    thread.join().map_err(|panic| {
        if let Some(page) = page {
            wait::reap(page.pid() as u32);
        }
        Error::new(match panic.downcast::<ObserverPanic>() {
            Ok(observers) => Reason::Observer(panic_text(&*observers.0)),
            Err(ours) => Reason::Bug(panic_text(&*ours)),
        })
    })
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("the tracer thread panicked").to_owned()
}
