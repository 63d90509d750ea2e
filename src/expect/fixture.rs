//! Traces written by hand, for the tests of assertions.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use pretty_assertions::assert_eq;

use crate::abi::{families, syscalls};
use crate::expect::mismatch::Mismatch;
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::call::Call;
use crate::trace::matcher::value::{Match, file};
use crate::trace::matcher::{CallMatcher, Calls, bind};
use crate::trace::query::{Recording, Trace};
use crate::trace::raw::{
    Abi, Capture, CaptureEnd, FileNote, Moment, Noted, Phase, RawCall, RawOutcome, TaskId,
};
use crate::trace::tree::{Image, Process, Task, Tree};

/// A recording in the making. The root is `app`, and exited with 0.
pub(crate) struct Made {
    calls: Vec<RawCall>,
    tree: Tree,
    pub(crate) status: Option<i32>,
    stderr: Vec<u8>,
    holes: Vec<Hole>,
}

/// One call a line: `main openat(-100, "/etc/app.conf", 0) = 3</etc/app.conf>`. An error is its negative number, `?` is no
/// end. `main!` made it in start-up. `@4..9` are the moments of entry and exit; without them the calls follow one another.
pub(crate) fn made(lines: &str) -> Made {
    let tree = Tree::default();
    let mut made = Made { calls: Vec::new(), tree, status: Some(0), stderr: Vec::new(), holes: Vec::new() };
    made.task("main");
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        made.call(line);
    }
    made
}

impl Made {
    pub(crate) fn program(mut self, label: &str, words: &[&str]) -> Made {
        let task = self.task(label);
        let process = self.tree.tasks[task as usize].process as usize;
        let argv = words.iter().map(OsString::from).collect();
        self.tree.processes[process].images =
            vec![Image { program: format!("/bin/{}", words[0]).into(), argv }];
        self
    }

    /// It executed another program.
    pub(crate) fn becomes(mut self, label: &str, words: &[&str]) -> Made {
        let task = self.task(label);
        let process = self.tree.tasks[task as usize].process as usize;
        let argv = words.iter().map(OsString::from).collect();
        self.tree.processes[process]
            .images
            .push(Image { program: format!("/bin/{}", words[0]).into(), argv });
        self
    }

    /// The root's wait status.
    pub(crate) fn ended(mut self, status: i32) -> Made {
        self.status = Some(status);
        self.tree.processes[0].status = Some(status);
        self
    }

    pub(crate) fn stderr(mut self, text: &str) -> Made {
        self.stderr = text.into();
        self
    }

    pub(crate) fn hole(mut self, spot: BlindSpot, evidence: &str) -> Made {
        self.holes.push(Hole::new(spot, evidence));
        self
    }

    /// Only these calls were recorded.
    pub(crate) fn filter(mut self, names: &[&str]) -> Made {
        let recorded = names.iter().map(|name| syscalls::by_name(name).unwrap().number).collect();
        let evidence = "Tracer::only(..) leaves calls out".to_owned();
        self.holes.push(Hole { recorded, ..Hole::new(BlindSpot::Filter, evidence) });
        self
    }

    pub(crate) fn trace(self) -> Trace {
        let tree = Arc::new(self.tree);
        let calls = self.calls.into_iter().map(|raw| Call::new(raw, tree.clone())).collect();
        Trace::new(Recording {
            calls,
            tree,
            status: self.status,
            stderr: self.stderr,
            holes: self.holes,
            ..Recording::default()
        })
    }

    fn task(&mut self, label: &str) -> u32 {
        if let Some(known) = self.tree.tasks.iter().position(|task| task.label == label) {
            return known as u32;
        }
        let creator = label.rsplit_once('.').map(|(creator, _)| TaskId(self.task(creator)));
        let made_by = creator.map(|creator| self.tree.tasks[creator.0 as usize].process);
        let tid = 100 + self.tree.tasks.len() as u32;
        let thread = label.rsplit('.').next().is_some_and(|last| last.starts_with('t'));
        let process = made_by.filter(|_| thread).unwrap_or(self.tree.processes.len() as u32);
        if !thread {
            let image = Image { program: "/bin/app".into(), argv: vec!["app".into()] };
            let label = label.to_owned();
            let images = vec![image];
            self.tree.processes.push(Process { pid: tid, label, parent: made_by, images, status: Some(0) });
        }
        self.tree.tasks.push(Task { tid, process, creator, ordinal: 1, label: label.to_owned() });
        self.tree.tasks.len() as u32 - 1
    }

    fn call(&mut self, line: &str) {
        let (thread, rest) = line.split_once(' ').unwrap();
        let (name, rest) = rest.trim_start().split_once('(').unwrap();
        let (args, rest) = rest.split_once(") = ").unwrap();
        let (result, moments) = rest.split_once(" @").unwrap_or((rest, ""));
        let next = 2 * self.calls.len() as u64;
        let (entered, left) = match moments.split_once("..") {
            Some((entered, left)) => (entered.parse().unwrap(), left.parse().unwrap()),
            None => (next, next + 1),
        };
        let moment = |order| Moment::new(order, Duration::from_micros(order));
        let mut raw = RawCall {
            abi: Abi::X86_64,
            number: syscalls::by_name(name).unwrap().number,
            task: TaskId(self.task(thread.trim_end_matches('!'))),
            image: 0,
            startup: thread.ends_with('!'),
            entered: moment(entered),
            left: (result != "?").then(|| moment(left)),
            outcome: RawOutcome::Unfinished,
            noted: Noted::default(),
            injected: None,
        };
        let mut captures = Vec::new();
        let mut files = Vec::new();
        for (index, arg) in args.split(", ").filter(|arg| !arg.is_empty()).enumerate() {
            raw.noted.registers.args[index] = match arg.strip_prefix('"') {
                Some(text) => {
                    let address = 0x1000 * (index as u64 + 1);
                    let bytes = text.trim_end_matches('"').as_bytes().into();
                    captures.push(Capture { phase: Phase::Entry, address, bytes, end: CaptureEnd::Whole });
                    address
                }
                None => number(arg, Phase::Entry, &mut files) as u64,
            };
        }
        if result != "?" {
            raw.outcome = RawOutcome::Left(number(result, Phase::Exit, &mut files));
        }
        raw.noted.add(captures, files, Vec::new());
        self.calls.push(raw);
    }
}

/// `3`, `0x80000`, or a descriptor with what it refers to: `3</etc/passwd>`.
fn number(text: &str, phase: Phase, files: &mut Vec<FileNote>) -> i64 {
    let (digits, link) = text.split_once('<').unwrap_or((text, ""));
    let number = match digits.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).unwrap(),
        None => digits.parse().unwrap(),
    };
    if !link.is_empty() {
        let link = link.trim_end_matches('>').as_bytes().into();
        files.push(FileNote { phase, fd: number as i32, link, socket: None });
    }
    number
}

/// The assertion is known not to hold, and this is its whole report.
#[track_caller]
pub(crate) fn violated<T>(result: Result<T, Mismatch>, report: &str) {
    check(result, false, report);
}

/// Nobody can tell whether the assertion holds, and this is its whole report.
#[track_caller]
pub(crate) fn cannot_tell<T>(result: Result<T, Mismatch>, report: &str) {
    check(result, true, report);
}

#[track_caller]
fn check<T>(result: Result<T, Mismatch>, inconclusive: bool, report: &str) {
    let Err(mismatch) = result else { panic!("the assertion holds") };
    assert_eq!(mismatch.to_string(), report.trim_matches('\n'));
    assert_eq!(mismatch.is_inconclusive(), inconclusive);
}

/// `openat(path = ..)`.
pub(crate) fn openat(path: impl Into<Match>) -> CallMatcher {
    asking("openat", "path", path.into())
}

/// `fsync(fd = file ..)`.
pub(crate) fn fsync(path: &str) -> CallMatcher {
    asking("fsync", "fd", file(path).into())
}

fn asking(call: &str, argument: &str, wanted: Match) -> CallMatcher {
    let row = syscalls::by_name(call).unwrap();
    let param = row.params.iter().find(|param| param.name == argument).unwrap();
    CallMatcher::new(Calls::One(row), vec![(param.name, bind::bind(row, param, wanted))])
}

pub(crate) fn family(name: &str) -> CallMatcher {
    CallMatcher::new(Calls::Family(families::by_name(name).unwrap()), Vec::new())
}

impl Trace {
    /// A view of the calls at these places.
    pub(crate) fn only_calls(&self, view: &str, places: &[u32]) -> Trace {
        Trace { selection: Some(places.into()), view: view.into(), ..self.clone() }
    }
}
