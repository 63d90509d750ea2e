//! The state machine: a stop of a task goes in; how to resume it, and what was recorded, comes out.

mod blind;
mod company;
mod executed;
pub(crate) mod faults;
mod filtered;
mod living;
mod mounts;
pub(crate) mod passed;
mod restarts;
mod roots;
mod sockets;
mod supplied;
mod weight;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::abi::signature::Signature;
use crate::abi::syscalls;
use crate::engine::capture::{self, Limits, again};
use crate::engine::family_tree::FamilyTree;
use crate::engine::memory::{Link, Memory};
use crate::engine::stop::{Creation, Entry, Resume, Stop};
use crate::engine::tracees::company::Company;
use crate::engine::tracees::faults::{Planned, Rule};
use crate::engine::tracees::filtered::Filtered;
use crate::engine::tracees::passed::Passed;
use crate::engine::tracees::restarts::Interrupted;
use crate::engine::tracees::roots::RootCalls;
use crate::engine::tracees::sockets::Sockets;
use crate::engine::tracees::weight::{Lately, weight};
use crate::trace::blind::BlindSpot;
use crate::trace::raw::{Abi, Capture, Moment, Noted, Phase, RawCall, RawOutcome, Registers, TaskId};
use crate::trace::record::{Mark, MarkKind};
use crate::trace::requests::Request;
use crate::trace::tree::Tree;

const OPEN: u32 = 2;
const OPENAT: u32 = 257;
const OPENAT2: u32 = 437;
const EXECVE: u32 = 59;
const EXECVEAT: u32 = 322;
const CLONE: u32 = 56;
const FORK: u32 = 57;
const VFORK: u32 = 58;
const CHROOT: u32 = 161;
const CLONE3: u32 = 435;
const IO_SUBMIT: u32 = 209;
const IO_URING_SETUP: u32 = 425;
const PIDFD_GETFD: u32 = 438;
const CLONE_UNTRACED: u64 = 0x80_0000;
const RT_SIGRETURN: u32 = 15;

/// Everything that is traced, and all that was recorded of it.
#[derive(Debug)]
pub(crate) struct Tracees {
    live: BTreeMap<u32, Live>,
    family: FamilyTree,
    /// The processes in which the dynamic loader is at work.
    starting: BTreeSet<u32>,
    company: Company,
    launch: Launch,
    recorded: Recorded,
    lately: Lately,
    sockets: Sockets,
    /// What io_submit(2) was asked for.
    requests: BTreeSet<Request>,
    roots: RootCalls,
    limits: Limits,
    /// The calls to record, by number, sorted; `None` for all.
    only: Option<Vec<u32>>,
    filtered: Filtered,
    /// Whether the program may set up an io_uring.
    io_uring: bool,
    /// A task may supply pages of another's memory.
    supplies: bool,
    /// Faults to inject.
    rules: Vec<Rule>,
    /// Where the root began, if we have started it.
    cwd: Option<Arc<[u8]>>,
    /// Counts entries, exits and marks.
    order: u64,
}

/// What has been recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorded {
    pub(crate) calls: Vec<RawCall>,
    pub(crate) marks: Vec<Mark>,
    /// Execs that failed before the program was found: `execvp` searches PATH.
    pub(crate) attempts: Vec<RawCall>,
    /// Blind spots, each with the index of the call that showed it.
    pub(crate) blind: Vec<(BlindSpot, usize)>,
    /// Blind spots that a call showed which was left out.
    pub(crate) blind_aside: Vec<(BlindSpot, RawCall)>,
    /// Sockets that may be used by calls that are left out.
    pub(crate) passed: Vec<Passed>,
    /// What has ended since it was last taken; kept only when somebody asks for it.
    pub(crate) news: Option<Vec<News>>,
    /// How much memory all this takes, about.
    pub(crate) bytes: usize,
}

/// Something for a transcript.
#[derive(Clone, Copy, Debug)]
pub(crate) enum News {
    /// The call at this index has ended, or never will.
    Call(usize),
    /// The mark at this index.
    Mark(usize),
}

/// How far the root has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Launch {
    /// It waits for us, or searches PATH.
    Searching,
    /// An exec has failed; another exec may follow, or std gives up.
    Missed,
    /// The program was not found: std reports it, and the child is ours no more.
    GivenUp,
    /// The program runs, or has run.
    Done,
}

/// A tracee.
#[derive(Debug)]
struct Live {
    task: TaskId,
    open: Option<Open>,
    /// The call it made last.
    last: Option<usize>,
    /// A call that a signal interrupted, and that the kernel may make anew.
    interrupted: Option<Interrupted>,
    /// The file behind the descriptor that its last call has made.
    opened: Option<Arc<[u8]>>,
    /// What is to be done at the exit of the call it is in.
    planned: Option<Planned>,
    /// It is in a group-stop.
    listens: bool,
    /// It may have a seccomp filter of its own.
    own_filter: bool,
    /// It was in company at its last entry.
    accompanied: bool,
}

/// A call between its entry and its exit.
#[derive(Debug)]
enum Open {
    /// At this index of the recorded calls.
    Recorded(usize),
    /// Followed, and not recorded: an exec that belongs to the launch, or a call that was left out and tells
    /// more than that it was made.
    Aside(Box<RawCall>),
    /// Left out.
    Skipped,
}

impl Tracees {
    pub(crate) fn new(limits: Limits, only: Option<Vec<u32>>, wants_news: bool) -> Tracees {
        let recorded = Recorded { news: wants_news.then(Vec::new), ..Recorded::default() };
        Tracees {
            live: BTreeMap::new(),
            family: FamilyTree::default(),
            starting: BTreeSet::new(),
            company: Company::default(),
            launch: Launch::Searching,
            recorded,
            lately: Lately::default(),
            sockets: Sockets::default(),
            requests: BTreeSet::new(),
            roots: RootCalls::default(),
            limits,
            only,
            filtered: Filtered::default(),
            io_uring: true,
            supplies: false,
            cwd: None,
            rules: Vec::new(),
            order: 0,
        }
    }

    /// Makes `io_uring_setup` answer ENOSYS.
    pub(crate) fn forbid_io_uring(&mut self) {
        self.io_uring = false;
    }

    /// A task has stopped: takes note of it, and says how it goes on. `at` is the time since the recording began.
    pub(crate) fn on_stop(&mut self, tid: u32, stop: Stop, at: Duration, memory: &impl Memory) -> Resume {
        if !self.meet(tid, memory) {
            return Resume::Run;
        }
        self.live_mut(tid).listens = matches!(stop, Stop::Group(_));
        match stop {
            Stop::Entry(entry) => return self.enter(tid, &entry, at, memory),
            Stop::Reported(entry) => return self.enter_reported(tid, &entry, at, memory),
            Stop::Untraceable => return Resume::Skip,
            Stop::Exit(rax) => {
                let (rax, how) = self.judge_exit(tid, rax);
                self.leave(tid, rax, at, memory);
                return how;
            }
            Stop::Signal(signal, info) => {
                self.unmask_rejected_call(tid, signal, info.as_deref());
                self.mark(tid, at, MarkKind::Signal(signal, info));
                return Resume::Deliver(signal);
            }
            Stop::Group(signal) => {
                self.mark(tid, at, MarkKind::Stopped(signal));
                return Resume::Listen;
            }
            Stop::Created(how, child) => self.announce(tid, child, how),
            Stop::Exec(former) => {
                if self.launch != Launch::Done {
                    self.cwd = memory.link(Link::Cwd);
                    self.note_inherited(memory);
                }
                self.exec(tid, former);
                self.note_program(tid, memory);
                if memory.has_no_loader() {
                    self.end_start_up(tid);
                }
                if memory.lost_privileges(self.keeps_privileges_back()) {
                    self.note_lost_privileges(tid);
                }
            }
            Stop::EntryPoint => self.end_start_up(tid),
            Stop::Trap | Stop::Other => {}
        }
        Resume::Run
    }

    /// A task has ended, with this wait status.
    pub(crate) fn on_end(&mut self, tid: u32, status: i32, at: Duration) {
        self.company.leave(tid);
        let Some(live) = self.live.remove(&tid) else {
            return self.family.end_unmet(tid, status);
        };
        if status & 0x7f == filtered::SIGSYS && self.may_have_been_rejected(&live) {
            self.reject_last_call(live.last);
        }
        self.close(live.interrupted.map(Interrupted::into_open));
        self.close(live.open);
        let mark = Mark { task: live.task, tid, at: self.moment(at), what: MarkKind::Ended(status) };
        self.push_mark(mark);
        self.family.end(live.task, status);
    }

    pub(crate) fn launch(&self) -> Launch {
        self.launch
    }

    pub(crate) fn family(&self) -> &FamilyTree {
        &self.family
    }

    pub(crate) fn take_news(&mut self) -> Vec<News> {
        self.recorded.news.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(crate) fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// The root's wait status, once it has ended.
    pub(crate) fn status(&self) -> Option<i32> {
        self.family.root_status()
    }

    /// The recording is over.
    pub(crate) fn finish(&mut self) -> (Tree, Recorded) {
        for (_, live) in std::mem::take(&mut self.live) {
            self.close(live.interrupted.map(Interrupted::into_open));
            self.close(live.open);
        }
        (self.tree(), std::mem::take(&mut self.recorded))
    }

    /// False for a task that is gone already: nobody can say which process it was of. Its end is on the way, and its
    /// creator's event tells what it was.
    fn meet(&mut self, tid: u32, memory: &impl Memory) -> bool {
        if self.live.contains_key(&tid) {
            return true;
        }
        let Some(pid) = memory.process() else { return false };
        let task = self.family.meet(tid, pid);
        self.live.insert(tid, Live { own_filter: self.may_have_filter(), ..Live::new(task) });
        true
    }

    fn end_start_up(&mut self, tid: u32) {
        self.starting.remove(&self.family.task(self.live(tid).task).process);
    }

    fn announce(&mut self, creator: u32, child: u32, how: Creation) {
        self.note_company(creator, child, how);
        self.note_thread(creator, how);
        let creator = self.live(creator).task;
        self.family.announce(creator, child, how);
    }

    fn enter(&mut self, tid: u32, entry: &Entry, at: Duration, memory: &impl Memory) -> Resume {
        let execs = entry.abi == Abi::X86_64 && matches!(entry.number, EXECVE | EXECVEAT);
        if self.launch != Launch::Done && !execs {
            // The hook's own futex comes before the first exec. What comes after a failed one is std giving
            // up: it must find its child untraced, or it waits for an end that we have already taken.
            if self.launch == Launch::Missed {
                self.launch = Launch::GivenUp;
                return Resume::Detach(0);
            }
            return Resume::Run;
        }
        if self.enter_again(tid, entry) {
            return Resume::Run;
        }
        self.look_for_suppliers(entry);
        let records = self.launch == Launch::Done && self.records(entry);
        let open = if records || execs || tells_more(entry.number) {
            let call = self.open(tid, entry, at, memory);
            if records { self.push_call(call) } else { Open::Aside(Box::new(call)) }
        } else {
            Open::Skipped
        };
        self.live_mut(tid).accompanied = self.is_in_company(tid);
        // A call that never left, such as rt_sigreturn into another one, is closed by the next entry.
        let unfinished = self.live_mut(tid).open.replace(open);
        self.close(unfinished);
        self.look_at_filters(tid, entry);
        if !self.io_uring && entry.abi == Abi::X86_64 && entry.number == IO_URING_SETUP {
            return Resume::Skip;
        }
        match self.live(tid).open {
            Some(Open::Recorded(index)) => self.judge_entry(tid, index),
            _ => Resume::Run,
        }
    }

    /// Calls of the other interfaces and those in no table are recorded always: they may be what is asked for.
    fn records(&self, entry: &Entry) -> bool {
        match &self.only {
            Some(only) if row(entry.abi, entry.number).is_some() => only.binary_search(&entry.number).is_ok(),
            _ => true,
        }
    }

    fn open(&mut self, tid: u32, entry: &Entry, at: Duration, memory: &impl Memory) -> RawCall {
        let task = self.live(tid).task;
        let row = row(entry.abi, entry.number);
        let mut captured = capture::at_entry(row, &entry.args, entry.stack_pointer, &self.limits, memory);
        self.sockets.tell(&mut captured.files);
        captured.files.iter().for_each(|note| self.look_at_file(&note.link));
        let &Entry { args, instruction_pointer, stack_pointer, .. } = entry;
        let registers = Registers { args, instruction_pointer, stack_pointer };
        let mut noted = Noted::begin(registers, self.lately.of(entry.number));
        noted.add(captured.captures, captured.files, Vec::new());
        RawCall {
            abi: entry.abi,
            number: entry.number,
            task,
            image: self.family.image(task),
            startup: self.starting.contains(&self.family.task(task).process),
            entered: self.moment(at),
            left: None,
            outcome: RawOutcome::Unfinished,
            noted,
            injected: None,
        }
    }

    fn push_call(&mut self, call: RawCall) -> Open {
        self.recorded.calls.push(call);
        Open::Recorded(self.recorded.calls.len() - 1)
    }

    fn leave(&mut self, tid: u32, rax: i64, at: Duration, memory: &impl Memory) {
        let moment = self.moment(at);
        let in_company = self.live(tid).accompanied || self.is_in_company(tid);
        let reads_late = self.supplies && !in_company;
        let Some(mut open) = self.live_mut(tid).open.take() else { return };
        (self.live_mut(tid).last, self.live_mut(tid).opened) = (None, None);
        let call = match &mut open {
            Open::Recorded(index) => {
                self.live_mut(tid).last = Some(*index);
                Some(&mut self.recorded.calls[*index])
            }
            Open::Aside(call) => Some(&mut **call),
            Open::Skipped => None,
        };
        if let Some(call) = call {
            if reads_late && supplied::leaves_memory(call.number, rax) {
                call.noted.add_late(again::late(row(call.abi, call.number), call, &self.limits, memory));
            }
            end_call(call, rax, moment, &self.limits, memory);
            if in_company {
                let row = row(call.abi, call.number);
                let changed = again::at_exit_again(row, call, &self.limits, memory);
                call.noted.add(changed.captures, changed.files, Vec::new());
            }
            self.sockets.learn(call);
            let made = call.noted.files.iter().rfind(|note| note.phase == Phase::Exit && note.fd >= 0);
            let opened = made.map(|note| note.link.clone());
            if call.number == RT_SIGRETURN {
                self.note_return(tid, rax);
            }
            opened.iter().for_each(|link| self.look_at_file(link));
            self.live_mut(tid).opened = opened;
        }
        self.note_received(&open, memory);
        match open {
            Open::Recorded(index) if self.left_to_restart(index) => self.interrupt(tid, index),
            open => self.close(Some(open)),
        }
    }

    /// A call has ended, or never will.
    fn close(&mut self, open: Option<Open>) {
        match open {
            Some(Open::Recorded(index)) => {
                let call = &mut self.recorded.calls[index];
                self.recorded.bytes += self.lately.keep(call) + self.roots.learn(call);
                let spot = blind::news(call, &mut self.requests);
                self.recorded.blind.extend(spot.map(|spot| (spot, index)));
                self.tell(News::Call(index));
            }
            Some(Open::Aside(call)) if self.launch != Launch::Done => {
                self.launch = Launch::Missed;
                self.recorded.attempts.push(*call);
            }
            Some(Open::Aside(call)) => {
                self.recorded.bytes += self.roots.learn(&call);
                if let Some(spot) = blind::news(&call, &mut self.requests) {
                    self.recorded.bytes += weight(&call);
                    self.recorded.blind_aside.push((spot, *call));
                }
            }
            Some(Open::Skipped) | None => {}
        }
    }

    fn mark(&mut self, tid: u32, at: Duration, what: MarkKind) {
        if self.launch == Launch::Done {
            let mark = Mark { task: self.live(tid).task, tid, at: self.moment(at), what };
            self.push_mark(mark);
        }
    }

    fn push_mark(&mut self, mark: Mark) {
        self.tell(News::Mark(self.recorded.marks.len()));
        self.recorded.push_mark(mark);
    }

    fn tell(&mut self, news: News) {
        if let Some(all) = &mut self.recorded.news {
            all.push(news);
        }
    }

    fn moment(&mut self, at: Duration) -> Moment {
        self.order += 1;
        Moment::new(self.order, at)
    }

    fn live(&self, tid: u32) -> &Live {
        self.live.get(&tid).expect("BUG: a stop of a task that was not met")
    }

    fn live_mut(&mut self, tid: u32) -> &mut Live {
        self.live.get_mut(&tid).expect("BUG: a stop of a task that was not met")
    }
}

fn row(abi: Abi, number: u32) -> Option<&'static Signature> {
    if abi == Abi::X86_64 { syscalls::by_number(number) } else { None }
}

/// Whether a call may show a blind spot, or says what became of another, or who has which root directory, or what a program
/// may look at. Those are followed also where they are left out.
fn tells_more(number: u32) -> bool {
    let makes = matches!(number, CLONE | CLONE3 | FORK | VFORK);
    let opens = matches!(number, OPEN | OPENAT | OPENAT2);
    let others = matches!(number, IO_URING_SETUP | IO_SUBMIT | PIDFD_GETFD | RT_SIGRETURN | CHROOT);
    makes || opens || mounts::may_mount(number) || others
}

/// The first word of `struct clone_args`. See clone(2).
fn clone3_flags(call: &RawCall) -> u64 {
    let of_args = |capture: &&Capture| capture.phase == Phase::Entry && capture.address == call.args()[0];
    let bytes = call.noted.captures.iter().find(of_args).and_then(|capture| capture.bytes.get(..8));
    bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_ne_bytes)
}

fn end_call(call: &mut RawCall, rax: i64, moment: Moment, limits: &Limits, memory: &impl Memory) {
    call.outcome = RawOutcome::Left(rax);
    call.left = Some(moment);
    let captured = capture::at_exit(row(call.abi, call.number), call, limits, memory);
    call.noted.add(captured.captures, captured.files, Vec::new());
    let places = capture::places::places(row(call.abi, call.number), call, memory);
    call.noted.add(Vec::new(), Vec::new(), places);
}

#[cfg(test)]
mod anything;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
#[cfg(test)]
mod tests;
