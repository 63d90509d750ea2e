//! From what two threads brought home to a trace, or to the error that says why there is none.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io;
use std::iter::repeat;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::sync::Arc;

use crate::abi::syscalls;
use crate::engine::tracees::faults::Rule;
use crate::engine::tracees::{Launch, Recorded, Tracees};
use crate::error::{Error, Reason};
use crate::kernel::launch::Failure;
use crate::kernel::ptrace::Bond;
use crate::kernel::rescue::Blocked;
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::call::{Call, Outcome};
use crate::trace::fault::Action;
use crate::trace::matcher::relation::Relations;
use crate::trace::query::{Recording, Trace};
use crate::trace::raw::RawCall;
use crate::trace::requests;
use crate::trace::tree::Tree;
use crate::tracer::Tracer;
use crate::tracer::busy;
use crate::tracer::control::{Broken, Control, Output};
use crate::tracer::drive::{self, Driven, Session};
use crate::tracer::inject::vdso_evades;
use crate::tracer::passed;

/// Where a call stands that is not in the trace.
const LEFT_OUT: &str = "left out:";

/// Why the program does not run.
pub(crate) fn failure(command: &Command, failure: Failure, driven: Driven, control: &Control) -> Error {
    let program = || command.get_program().into();
    Error::new(match (failure, driven) {
        (_, Driven::Done(session)) if session.broken == Some(Broken::Launch) => Reason::Stuck,
        (_, Driven::Refused(request, errno, pid, diagnosis)) => {
            Reason::Refused { request, errno, pid, diagnosis }
        }
        (_, Driven::Failed(source)) => Reason::Io { doing: "wait for the program", source },
        (Failure::HookNeverRan, _) => {
            Reason::Died { program: program(), how: "ended in another pre_exec hook".to_owned() }
        }
        (Failure::Std(source), driven) => {
            let attempts = match (driven, command.get_current_dir()) {
                (Driven::Done(_), _) => attempts(control),
                // std gave up before the exec, and its error does not name what it could not enter.
                (_, Some(dir)) => vec![format!("to start it in {dir:?}")],
                (_, None) => Vec::new(),
            };
            Reason::Spawn { program: program(), source, attempts }
        }
    })
}

/// The outcome of a recording of a program that runs, as far as std knows.
pub(crate) fn outcome(
    tracer: &Tracer,
    program: PathBuf,
    driven: Driven,
    control: &Control,
) -> Result<Trace, Error> {
    let session = match driven {
        Driven::Done(session) => *session,
        Driven::Refused(request, errno, pid, diagnosis) => {
            return Err(Error::new(Reason::Refused { request, errno, pid, diagnosis }));
        }
        Driven::Failed(source) => return Err(Error::io("wait for the program", source)),
        Driven::Dead(status) => return Err(Error::new(died(program, status))),
        Driven::NothingToTrace => {
            return Err(Error::new(Reason::Bug("the program runs, and was not traced".to_owned())));
        }
    };
    if session.broken == Some(Broken::Launch) {
        return Err(Error::new(Reason::Stuck));
    }
    if session.broken.is_none() && session.launch == Launch::GivenUp {
        // A hook has closed the descriptor by which std would have learnt of it.
        let source = io::Error::from_raw_os_error(last_errno(control));
        return Err(Error::new(Reason::Spawn { program, source, attempts: attempts(control) }));
    }
    if session.broken.is_none() && session.launch != Launch::Done {
        let status = control.tracees().status().unwrap_or_default();
        return Err(Error::new(died(program, status)));
    }
    recording(tracer, session, control)
}

fn recording(tracer: &Tracer, session: Session, control: &Control) -> Result<Trace, Error> {
    let mut material = Material::take(control);
    if session.let_go && material.status.is_none() {
        let evidence = "the program went on when it was let go, and was not seen any more";
        material.holes.push(Hole::new(BlindSpot::Attached, evidence));
    }
    let Some(broken) = session.broken else {
        if material.status.is_none() && !session.let_go {
            return Err(Error::new(Reason::Robbed));
        }
        let trace = trace(tracer, material);
        if session.let_go {
            return Ok(trace);
        }
        let (unhappened, evaded) = (unhappened(control, &trace), evaded(control));
        return match (unhappened.is_empty(), evaded.is_empty()) {
            (true, true) => Ok(trace),
            (true, false) => Err(Error::new(Reason::Evaded { rules: evaded }).with_trace(trace)),
            (false, _) => Err(Error::new(Reason::NotInjected { rules: unhappened }).with_trace(trace)),
        };
    };
    let mut notes = session.alive;
    notes.extend(control.robbed().into_iter().map(|tid| robbed(&material.tree, tid)));
    notes.extend(control.blocked().map(|call| blocked(&material.tree, call)));
    let evidence = "the recording was broken off, and the program killed";
    if control.bond == Bond::Ours {
        material.holes.push(Hole::new(BlindSpot::Limit, evidence));
    }
    let trace = trace(tracer, material);
    let reason = broken_off(tracer, broken, notes, control.bond, &trace);
    Err(Error::new(reason).with_trace(trace))
}

/// The error of a recording whose end was waited for in vain.
pub(crate) fn stuck(tracer: &Tracer, control: &Control) -> Error {
    Error::new(match control.blocked() {
        Some(call) if control.bond == Bond::Ours => {
            let alive = vec![blocked(&Tree::default(), call)];
            Reason::Timeout { after: tracer.timeout, alive, killed: true }
        }
        _ => Reason::Stuck,
    })
}

/// The tracer thread was blocked in this call.
fn blocked(tree: &Tree, call: Blocked) -> String {
    match call.reads {
        Some(tid) => format!(
            "nothing was recorded any more: the tracer was reading memory of {}, and waited for a page that comes from \
             somebody else, such as a task that is stopped meanwhile: see userfaultfd(2) and fuse(4)",
            label(tree, tid)
        ),
        None => {
            let name = syscalls::by_number(call.number).map_or("an unknown call", |row| row.name);
            format!(
                "nothing was recorded any more: the tracer, or an observer that it told of a call, waited in {name}"
            )
        }
    }
}

/// The last task with the number `tid`.
fn label(tree: &Tree, tid: u32) -> &str {
    tree.tasks.iter().rfind(|task| task.tid == tid).map_or("a task", |task| &task.label)
}

/// The task with the number `tid` was stopped, and nobody told the tracer thread.
fn robbed(tree: &Tree, tid: u32) -> String {
    format!(
        "{} has stopped, and another thread of this process has taken the stop, as waitpid(-1) does: \
         let each thread wait for its own children, by their pids",
        label(tree, tid)
    )
}

/// The faults that should have happened and did not, with the calls that came nearest.
fn unhappened(control: &Control, trace: &Trace) -> Vec<String> {
    const NEAR: usize = 3;
    let tracees = control.tracees();
    let mut lines = Vec::new();
    for rule in tracees.rules().iter().filter(|rule| rule.happened == 0 && !rule.occurrences.optional) {
        lines.push(format!("{} on {}", rule.fault, rule.occurrences));
        if rule.matched() > 0 {
            lines.push(format!("  {} calls match", rule.matched()));
        }
        let matcher = &rule.occurrences.matcher;
        let relations = Relations::of(matcher);
        let mut near: Vec<_> = trace.calls().filter_map(|call| Some((relations.to(call)?, call))).collect();
        // The most alike first, the program's own before those of its start-up.
        near.sort_by_key(|((_, differences), call)| {
            let alike: usize = differences.iter().map(|it| common(&it.wanted, &it.was)).sum();
            (differences.len(), call.raw().startup, Reverse(alike))
        });
        for ((_, differences), call) in near.into_iter().take(NEAR) {
            lines.push(format!("  {}  {call}", call.thread()));
            let wanted = differences
                .into_iter()
                .map(|it| format!("    {}: wanted {}, was {}", it.what, it.wanted, it.was));
            lines.extend(wanted);
        }
    }
    lines
}

/// How many characters two texts have in common at their beginning.
fn common(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count()
}

/// The faults that have happened, and may not have reached all calls: nobody can hide the vDSO of a program that runs already.
fn evaded(control: &Control) -> Vec<String> {
    let tracees = control.tracees();
    let rules = tracees.rules().iter().filter(|_| control.has_vdso());
    let rules = rules.filter(|rule| !rule.occurrences.optional && vdso_evades(&rule.occurrences));
    rules
        .map(|rule| {
            format!("{} on {}: the vDSO may have answered, see vdso(7)", rule.fault, rule.occurrences)
        })
        .collect()
}

/// The recording of a program that still runs, or has just ended.
pub(crate) fn so_far(tracer: &Tracer, control: &Control) -> Trace {
    trace(tracer, Material::copy(control))
}

/// What a trace is made from.
struct Material {
    status: Option<i32>,
    tree: Tree,
    recorded: Recorded,
    output: Output,
    /// Signals that the test sent.
    asked: Vec<i32>,
    holes: Vec<Hole>,
}

impl Material {
    fn take(control: &Control) -> Material {
        let mut tracees = control.tracees();
        let status = tracees.status();
        let (tree, recorded) = tracees.finish();
        let asked = signals(&tracees, control);
        let output = std::mem::take(&mut *control.output());
        Material { status, tree, recorded, output, asked, holes: outside(control) }
    }

    fn copy(control: &Control) -> Material {
        let output = control.output_so_far();
        let tracees = control.tracees();
        let mut holes = outside(control);
        let alive = drive::describe_pending(&tracees, control.elapsed());
        holes.extend(alive.into_iter().map(|task| Hole::new(BlindSpot::Running, task)));
        Material {
            status: tracees.status(),
            tree: tracees.tree(),
            recorded: tracees.recorded().clone(),
            output,
            asked: signals(&tracees, control),
            holes,
        }
    }
}

/// Those that the test sent, itself or by a fault.
fn signals(tracees: &Tracees, control: &Control) -> Vec<i32> {
    let happened = tracees.rules().iter().filter(|rule| rule.happened > 0);
    let signal =
        |rule: &Rule| if let Action::Signal(signal) = rule.fault.action { Some(signal) } else { None };
    happened.filter_map(signal).chain(control.asked()).collect()
}

/// What no call tells of.
fn outside(control: &Control) -> Vec<Hole> {
    let ran = "the program ran already when the recording began";
    let reads = "the program can read clocks without a call: see vdso(7)";
    let attached = (control.bond == Bond::Theirs).then(|| Hole::new(BlindSpot::Attached, ran));
    let vdso = control.has_vdso().then(|| Hole::new(BlindSpot::Vdso, reads));
    let elsewhere = control.elsewhere.get().map(|why| Hole::new(BlindSpot::Mounts, *why));
    attached.into_iter().chain(vdso).chain(elsewhere).collect()
}

fn trace(tracer: &Tracer, material: Material) -> Trace {
    let Material { status, tree, recorded, output, asked, mut holes } = material;
    let tree = Arc::new(tree);
    let Recorded { calls, marks, blind, blind_aside, passed: sockets, .. } = recorded;
    let calls: Vec<Call> = calls.into_iter().map(|raw| Call::new(raw, tree.clone())).collect();
    let seen = blind.into_iter().map(|(spot, index)| hole(spot, &format!("#{}", index + 1), &calls[index]));
    let aside: Vec<(BlindSpot, Call)> =
        blind_aside.into_iter().map(|(spot, raw)| (spot, Call::new(raw, tree.clone()))).collect();
    let left_out = aside.iter().map(|(spot, call)| hole(*spot, LEFT_OUT, call));
    holes.extend(seen.chain(left_out));
    let numbers = (1..=calls.len()).map(Some).chain(repeat(None));
    let all = calls.iter().chain(aside.iter().map(|(_, call)| call)).zip(numbers);
    let place = |number: Option<usize>| number.map_or(LEFT_OUT.to_owned(), |number| format!("#{number}"));
    let traffic = passed::traffic(all).into_iter();
    holes.extend(traffic.map(|(call, number)| hole(BlindSpot::PassedSocket, &place(number), call)));
    holes.extend(sockets.iter().map(passed::unseen));
    if let Some(recorded) = tracer.recorded_numbers() {
        let evidence = "Tracer::only(..) leaves calls out".to_owned();
        holes.push(Hole { recorded, ..Hole::new(BlindSpot::Filter, evidence) });
    }
    Trace::new(Recording {
        calls,
        marks,
        tree,
        status,
        stdout: output.stdout,
        stderr: output.stderr,
        asked,
        holes,
        ..Recording::default()
    })
}

fn hole(spot: BlindSpot, place: &str, call: &Call) -> Hole {
    let evidence = format!("{place} {}  {call}", call.thread());
    if spot != BlindSpot::Aio {
        return Hole::new(spot, evidence);
    }
    let requests = requests::requests(call.raw());
    let asked: BTreeSet<&str> = requests.iter().map(|request| request.does).collect();
    let asked = Vec::from_iter(asked).join(", ");
    Hole { requests, ..Hole::new(spot, format!("{evidence}, asked for {asked}")) }
}

/// So many calls are not those of a program that hangs.
const BUSY: usize = 1000;

fn broken_off(tracer: &Tracer, broken: Broken, alive: Vec<String>, bond: Bond, trace: &Trace) -> Reason {
    let killed = bond == Bond::Ours;
    let limit = |limit, setting| {
        let less = "Tracer::only(..) records fewer calls, Tracer::buffer_limit less of each".to_owned();
        let less = (broken == Broken::Memory).then_some(less);
        let state = busy::most_calls(trace).into_iter().chain(busy::some(&alive));
        let state = less.into_iter().chain(state).collect();
        Reason::Limit { limit, setting, killed, state }
    };
    match broken {
        Broken::Launch | Broken::Dropped => Reason::Stuck,
        Broken::Unfit(what) => Reason::Unfit(what),
        Broken::Timeout => {
            // One that runs in circles is known by its calls.
            let busy = (trace.len() >= BUSY).then(|| busy::most_calls(trace)).into_iter().flatten();
            Reason::Timeout { after: tracer.timeout, alive: alive.into_iter().chain(busy).collect(), killed }
        }
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
        Broken::Memory => limit(
            format!("the recording takes more than {} bytes", tracer.trace_limit),
            "Tracer::trace_limit",
        ),
    }
}

fn died(program: PathBuf, status: i32) -> Reason {
    Reason::Died { program, how: format!("ended ({})", ExitStatus::from_raw(status)) }
}

/// Why the last attempt to execute the program failed.
fn last_errno(control: &Control) -> i32 {
    control.tracees().recorded().attempts.last().and_then(RawCall::errno).unwrap_or_default()
}

/// A line for each place where `execvp` looked.
fn attempts(control: &Control) -> Vec<String> {
    let (tree, recorded) = control.tracees().finish();
    let tree = Arc::new(tree);
    let line = |raw| {
        let call = Call::new(raw, tree.clone());
        let path = call.arg("path").map(ToString::to_string).unwrap_or_default();
        match call.outcome() {
            Outcome::Failed(errno) => format!("{path}: {errno} ({})", errno.description()),
            _ => path,
        }
    };
    recorded.attempts.into_iter().map(line).collect()
}
