//! One recording, from the settings to the outcome.

use std::any::Any;
use std::ffi::OsString;
use std::process::Command;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::engine::capture::Limits;
use crate::engine::tracees::Tracees;
use crate::error::{Error, Reason};
use crate::kernel::diagnosis;
use crate::kernel::launch::{Launch, Streams};
use crate::kernel::page::{Page, State};
use crate::kernel::wait;
use crate::trace::query::Trace;
use crate::tracer::drive::{self, Bounds, Control, Driven};
use crate::tracer::supervise::{self, Output};
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
    if let Some(text) = diagnosis::sigchld_ignored() {
        return Err(Error::new(Reason::Unavailable(text.to_owned())));
    }
    if settings.hermetic {
        clear_environment(command);
    }
    let launch = Launch::prepare(command, streams(settings), settings.aslr)
        .map_err(|source| Error::io("set up the program's streams", source))?;
    let page = launch.page();
    let (control, done) = Control::new().map_err(|source| Error::io("set up the tracer thread", source))?;
    let begun = Instant::now();
    let deadline = begun.checked_add(settings.timeout);
    let launched_by = deadline.map(|deadline| deadline.max(begun + LAUNCH));
    let thread = start_thread(settings, &control, &page, launched_by, observer)?;
    let (spawned, output) = match launch.spawn(command) {
        Ok(ends) => {
            let input = settings.stdin.clone().unwrap_or_default();
            let output = supervise::until_done(ends, input, done, &control, deadline, settings.output_limit);
            (Ok(()), output)
        }
        Err(failure) => (Err(failure), Output::default()),
    };
    if output.stuck {
        return Err(Error::new(Reason::Stuck));
    }
    let driven = join(thread, &page)?;
    page.set(State::Inert);
    if spawned.is_ok() && driven.left_the_child() {
        // std reaps a child that says that it failed, and believes that this one runs.
        wait::reap(page.pid() as u32);
    }
    assemble::outcome(settings, command, spawned, driven, output)
}

fn start_thread(
    settings: &Tracer,
    control: &Arc<Control>,
    page: &Page,
    launched_by: Option<Instant>,
    observer: Option<Observer>,
) -> Result<JoinHandle<Driven>, Error> {
    let limits = Limits { buffer: settings.buffer_limit };
    let bounds =
        Bounds { calls: settings.call_limit, tasks: settings.task_limit, vdso: settings.vdso, launched_by };
    let mut tracees = Tracees::new(limits, settings.recorded_numbers(), observer.is_some());
    if !settings.io_uring {
        tracees.forbid_io_uring();
    }
    let (control, page) = (control.clone(), page.clone());
    thread::Builder::new()
        .name("tracer".to_owned())
        .spawn(move || drive::drive(&page, &control, tracees, bounds, observer))
        .map_err(|source| Error::io("start the tracer thread", source))
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
fn join(thread: JoinHandle<Driven>, page: &Page) -> Result<Driven, Error> {
    thread.join().map_err(|panic| {
        wait::reap(page.pid() as u32);
        Error::new(Reason::Bug(panic_text(&*panic)))
    })
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("the tracer thread panicked").to_owned()
}
