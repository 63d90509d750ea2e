//! A program under trace, and the threads that look after it.

use std::collections::HashSet;
use std::io;
use std::process::Command;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::error::{Error, Reason};
use crate::kernel::launch::Ends;
use crate::trace::bytes;
use crate::trace::call::Call;
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;
use crate::tracer::control::Broken;
use crate::tracer::record::Session;
use crate::tracer::supervise::Stuck;
use crate::tracer::{Observer, Tracer, drive};

/// How often a tree that nobody wants any more is woken, and for how long.
const INSIST: Duration = Duration::from_millis(20);
const LAST_GRACE: Duration = Duration::from_secs(10);

/// What is behind a [`Running`](crate::Running).
pub(crate) struct Program {
    /// `None` once it is ended.
    parts: Option<Parts>,
    pid: u32,
    /// The calls that were waited for, by their places.
    taken: HashSet<usize>,
}

struct Parts {
    session: Session,
    supervisor: JoinHandle<Result<(), Stuck>>,
}

impl Program {
    pub(crate) fn spawn(settings: &Tracer, command: &mut Command) -> Result<Program, Error> {
        let (session, ends) = Session::begin(settings, command, None, false)?;
        let pid = session.pid();
        Program::watched(session, ends, pid)
    }

    pub(crate) fn attach(settings: &Tracer, pid: u32, observer: Option<Observer>) -> Result<Program, Error> {
        let session = Session::attach(settings, pid, observer)?;
        Program::watched(session, Ends::default(), pid)
    }

    /// The caller's thread has other things to do: another watches the streams and the clock.
    fn watched(session: Session, ends: Ends, pid: u32) -> Result<Program, Error> {
        let supervisor = session.supervisor(ends);
        let supervisor = thread::Builder::new()
            .name("streams".to_owned())
            .spawn(|| supervisor.run())
            .map_err(|source| Error::io("start the thread that drains the program's streams", source))?;
        Ok(Program { parts: Some(Parts { session, supervisor }), pid, taken: HashSet::new() })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    pub(crate) fn wait_for(&mut self, matcher: &CallMatcher, limit: Duration) -> Result<Call, Error> {
        let deadline = Instant::now().checked_add(limit);
        let control = self.session().control.clone();
        control.wait_for(matcher, deadline, &mut self.taken).map_err(|is_over| {
            let within = (!is_over).then_some(limit);
            let trace = self.so_far();
            let state = self.state(matcher, &trace, is_over);
            let wanted = matcher.to_string();
            Error::new(Reason::NotCalled { wanted, within, state }).with_trace(trace)
        })
    }

    pub(crate) fn signal(&self, signal: i32) -> io::Result<()> {
        self.session().control.signal(signal)
    }

    pub(crate) fn so_far(&self) -> Trace {
        self.session().so_far()
    }

    pub(crate) fn finish(mut self) -> Result<Trace, Error> {
        self.end()
    }

    pub(crate) fn detach(mut self) -> Result<Trace, Error> {
        self.session().control.let_go();
        self.end()
    }

    fn session(&self) -> &Session {
        &self.parts.as_ref().expect("BUG: a program that was ended is used").session
    }

    fn end(&mut self) -> Result<Trace, Error> {
        let Parts { session, supervisor } = self.parts.take().expect("BUG: a program is ended twice");
        let supervised = supervisor.join().unwrap_or(Err(Stuck));
        session.end(supervised)
    }

    /// What the program has done instead, for whoever waited for a call in vain.
    fn state(&self, matcher: &CallMatcher, trace: &Trace, is_over: bool) -> Vec<String> {
        const MOST: usize = 3;
        let numbers: HashSet<u32> = matcher.numbers().collect();
        let near: Vec<_> = trace.calls().filter(|call| numbers.contains(&call.number())).collect();
        let mut lines = vec![format!("{} calls were made, {} of them by that name", trace.len(), near.len())];
        lines.extend(near.iter().rev().take(MOST).rev().map(|call| format!("  {}  {call}", call.thread())));
        let control = &self.session().control;
        if let Some(broken) = control.broken() {
            lines.push(format!("the recording was broken off: {broken}"));
        }
        if is_over {
            let status = trace.shared.status.map(bytes::exit_status);
            lines.extend(status.map(|status| format!("the program ended with {status}")));
            let errors = String::from_utf8_lossy(trace.stderr());
            lines.extend(
                errors.lines().rev().take(MOST).map(|line| format!("stderr: {}", line.escape_debug())),
            );
        } else {
            lines.extend(drive::describe_pending(&control.tracees(), control.elapsed()));
        }
        lines
    }
}

impl Drop for Program {
    /// Nothing is left of what we have started; what was there before goes on.
    fn drop(&mut self) {
        let Some(Parts { session, supervisor }) = self.parts.take() else { return };
        session.control.break_off(Broken::Dropped);
        let begun = Instant::now();
        while !session.control.is_done() && begun.elapsed() < LAST_GRACE {
            session.control.insist(begun.elapsed());
            session.control.await_done(INSIST);
        }
        if session.control.is_done() {
            let _ = supervisor.join();
            let _ = session.end(Ok(()));
        }
    }
}
