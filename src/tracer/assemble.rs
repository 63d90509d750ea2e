//! From what two threads brought home to a trace, or to the error that says why there is none.

use std::collections::HashSet;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::sync::Arc;

use crate::abi::families;
use crate::engine::tracees::{Launch, Recorded};
use crate::error::{Error, Reason};
use crate::kernel::launch::Failure;
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::call::{Call, Outcome};
use crate::trace::query::{Recording, Trace};
use crate::trace::raw::Phase;
use crate::trace::raw::RawCall;
use crate::tracer::Tracer;
use crate::tracer::drive::{Broken, Driven, Session};
use crate::tracer::supervise::Output;

/// The outcome of a recording.
pub(crate) fn outcome(
    tracer: &Tracer,
    command: &Command,
    spawned: Result<(), Failure>,
    driven: Driven,
    output: Output,
) -> Result<Trace, Error> {
    let program = || command.get_program().into();
    let failure = match (spawned, driven) {
        (_, Driven::Done(session)) if session.broken == Some(Broken::Launch) => Reason::Stuck,
        (_, Driven::Refused(request, errno, pid, diagnosis)) => {
            Reason::Refused { request, errno, pid, diagnosis }
        }
        (_, Driven::Failed(source)) => Reason::Io { doing: "wait for the program", source },
        (Err(Failure::HookNeverRan), _) => {
            Reason::Died { program: program(), how: "ended in another pre_exec hook".to_owned() }
        }
        (Err(Failure::Std(source)), driven) => {
            let attempts = match (driven, command.get_current_dir()) {
                (Driven::Done(session), _) => attempts(*session),
                // std gave up before the exec, and its error does not name what it could not enter.
                (_, Some(dir)) => vec![format!("to start it in {dir:?}")],
                (_, None) => Vec::new(),
            };
            Reason::Spawn { program: program(), source, attempts }
        }
        (_, Driven::Dead(status)) => died(program(), status),
        (Ok(()), Driven::NothingToTrace) => Reason::Bug("the program runs, and was not traced".to_owned()),
        (Ok(()), Driven::Done(session)) if session.broken.is_some() => {
            return recording(tracer, *session, output);
        }
        (Ok(()), Driven::Done(session)) if session.launch == Launch::GivenUp => {
            // A hook has closed the descriptor by which std would have learnt of it.
            let source = io::Error::from_raw_os_error(last_errno(&session));
            Reason::Spawn { program: program(), source, attempts: attempts(*session) }
        }
        (Ok(()), Driven::Done(session)) if session.launch != Launch::Done => {
            died(program(), session.status.unwrap_or_default())
        }
        (Ok(()), Driven::Done(session)) => return recording(tracer, *session, output),
    };
    Err(Error::new(failure))
}

fn recording(tracer: &Tracer, mut session: Session, output: Output) -> Result<Trace, Error> {
    let broken = session.broken;
    let alive = std::mem::take(&mut session.alive);
    let reason = broken.map(|broken| broken_off(tracer, broken, alive));
    let trace = trace(tracer, session, output, broken.is_some());
    match reason {
        None => Ok(trace),
        Some(reason) => Err(Error::new(reason).with_trace(trace)),
    }
}

fn trace(tracer: &Tracer, session: Session, output: Output, broken: bool) -> Trace {
    let Session { status, tree, recorded, vdso, .. } = session;
    let tree = Arc::new(tree);
    let Recorded { calls, marks, blind, blind_aside, .. } = recorded;
    let calls: Vec<Call> = calls.into_iter().map(|raw| Call::new(raw, tree.clone())).collect();
    let seen = blind.into_iter().map(|(spot, index)| hole(spot, &format!("#{}", index + 1), &calls[index]));
    let left_out =
        blind_aside.into_iter().map(|(spot, raw)| hole(spot, "left out:", &Call::new(raw, tree.clone())));
    let mut holes: Vec<Hole> = seen.chain(left_out).collect();
    let passed = traffic_on_passed_sockets(&calls);
    let at = |index: usize| hole(BlindSpot::PassedSocket, &format!("#{}", index + 1), &calls[index]);
    holes.extend(passed.into_iter().map(at));
    if vdso {
        holes.push(Hole::new(BlindSpot::Vdso, "the program can read clocks without a call: see vdso(7)"));
    }
    if broken {
        let evidence = "the recording was broken off, and the program killed".to_owned();
        holes.push(Hole { spot: BlindSpot::Limit, evidence, recorded: Vec::new() });
    }
    if let Some(recorded) = tracer.recorded_numbers() {
        let evidence = "Tracer::only(..) leaves calls out".to_owned();
        holes.push(Hole { spot: BlindSpot::Filter, evidence, recorded });
    }
    Trace::new(Recording {
        calls,
        marks,
        tree,
        status,
        stdout: output.stdout,
        stderr: output.stderr,
        holes,
        ..Recording::default()
    })
}

/// The first calls that move data through sockets which no recorded call made, by their places.
fn traffic_on_passed_sockets(calls: &[Call]) -> Vec<usize> {
    const MAKE: [&str; 4] = ["socket", "socketpair", "accept", "accept4"];
    let sockets = |call: &Call, phase: Phase| -> Vec<Arc<[u8]>> {
        let notes = call.raw().files.iter().filter(|note| note.phase == phase);
        notes.map(|note| note.link.clone()).filter(|link| link.starts_with(b"socket:")).collect()
    };
    let data: Vec<&str> = ["read", "write"]
        .into_iter()
        .filter_map(families::by_name)
        .flat_map(|family| family.members.iter().copied())
        .collect();
    let mut known = HashSet::new();
    let mut traffic = Vec::new();
    for (index, call) in calls.iter().enumerate() {
        if MAKE.contains(&call.name()) {
            known.extend(sockets(call, Phase::Exit));
        } else if data.contains(&call.name()) {
            let passed =
                sockets(call, Phase::Entry).into_iter().filter(|socket| known.insert(socket.clone()));
            traffic.extend(passed.map(|_| index));
        }
    }
    traffic
}

fn hole(spot: BlindSpot, place: &str, call: &Call) -> Hole {
    let evidence = format!("{place} {}  {call}", call.thread());
    Hole { spot, evidence, recorded: Vec::new() }
}

fn broken_off(tracer: &Tracer, broken: Broken, alive: Vec<String>) -> Reason {
    let limit = |limit, setting| Reason::Limit { limit, setting };
    match broken {
        Broken::Launch => Reason::Stuck,
        Broken::Timeout => Reason::Timeout { after: tracer.timeout, alive },
        Broken::Output => limit(
            format!("the program wrote more than {} bytes", tracer.output_limit),
            "Tracer::output_limit",
        ),
        Broken::Calls => {
            limit(format!("more than {} calls were made", tracer.call_limit), "Tracer::call_limit")
        }
        Broken::Tasks => {
            limit(format!("more than {} tasks were alive", tracer.task_limit), "Tracer::task_limit")
        }
    }
}

fn died(program: PathBuf, status: i32) -> Reason {
    Reason::Died { program, how: format!("ended ({})", ExitStatus::from_raw(status)) }
}

/// Why the last attempt to execute the program failed.
fn last_errno(session: &Session) -> i32 {
    session.recorded.attempts.last().and_then(RawCall::errno).unwrap_or_default()
}

/// A line for each place where `execvp` looked.
fn attempts(session: Session) -> Vec<String> {
    let tree = Arc::new(session.tree);
    let line = |raw| {
        let call = Call::new(raw, tree.clone());
        let path = call.arg("path").map(ToString::to_string).unwrap_or_default();
        match call.outcome() {
            Outcome::Failed(errno) => format!("{path}: {errno} ({})", errno.description()),
            _ => path,
        }
    };
    session.recorded.attempts.into_iter().map(line).collect()
}
