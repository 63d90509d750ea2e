//! Blind spots: what could have hidden a call from the recording.

use std::sync::atomic::Ordering;

use crate::abi::signals;
use crate::abi::syscalls;
use crate::abi::unseen;
use crate::trace::call::Call;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::mounts;
use crate::trace::query::Trace;
use crate::trace::requests::Request;
use crate::trace::view;

/// A reason why a call may have been made without being in the trace. Every negative assertion asks for
/// the ones that could hide what it looks for, and refuses to pass: it cannot tell.
///
/// [`Trace::allowing`] accepts one knowingly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BlindSpot {
    /// The root was ended by a signal that nobody asked for: what it would have done next is unknown. In a view of one program
    /// ([`Trace::process`]) also that a child which ran it has crashed.
    EarlyEnd,
    /// The root ended with a status other than 0, and the test has not said that it should.
    Status,
    /// A limit of the recording (time, output, tasks, calls, memory) was reached, and the tree killed.
    Limit,
    /// The program was attached to, or let go: it made calls before the recording, or after.
    Attached,
    /// The recording was looked at while the program was still running.
    Running,
    /// The view contains nothing to look at.
    Empty,
    /// [`Tracer::only`](crate::Tracer::only) left the call out.
    Filter,
    /// An io_uring was set up: its requests are no system calls.
    IoUring,
    /// Requests were given to io_submit(2), which are no system calls: they read, write, sync and poll. Where the list could be read, it
    /// hides what it asks for, and nothing else; and [effects](Trace#effects) go by how a file was opened, where that was recorded.
    Aio,
    /// A clock was asked for, which the vDSO answers in user space: see vdso(7). So did the old vsyscall page, which
    /// no setting removes: no C library since 2014 uses it.
    Vdso,
    /// Data went through a socket that no recorded call made: it was inherited, or received from another process. Where
    /// [`Tracer::only`](crate::Tracer::only) leaves out calls that read or write, it is enough that there was such a socket.
    PassedSocket,
    /// A child was made with `CLONE_UNTRACED`.
    Escaped,
    /// A call through the i386 or x32 interface, known by name only.
    Foreign,
    /// A call whose number is in no table.
    UnknownCall,
    /// An argument that a matcher asked about could not be read, was cut, or was a path that another thread was changing
    /// while the kernel read it.
    Unreadable,
    /// Something was mounted, moved or unmounted, a tree opened that is mounted nowhere, or another mount namespace entered: from then on a path may name another file
    /// than the test means. Or a `pre_exec` hook had entered one, or changed the root directory. See mount_namespaces(7).
    /// Assertions that ask for no file go on.
    Mounts,
    /// A setuid program ran without its privileges, because it was traced.
    Privileges,
}

/// A blind spot that was met, and where.
#[derive(Clone, Debug)]
pub(crate) struct Hole {
    /// Which.
    pub spot: BlindSpot,
    /// What was seen, for the report: `#88 main  io_uring_setup(...) = 5`.
    pub evidence: String,
    /// For [`BlindSpot::Filter`]: the calls that were recorded, by number; empty for every other.
    pub recorded: Vec<u32>,
    /// For [`BlindSpot::Aio`]: what was asked for; empty for every other.
    pub requests: Vec<Request>,
}

impl Hole {
    pub(crate) fn new(spot: BlindSpot, evidence: impl Into<String>) -> Hole {
        Hole { spot, evidence: evidence.into(), recorded: Vec::new(), requests: Vec::new() }
    }

    /// Whether calls that `matcher` asks for could be hidden in it.
    ///
    /// Calls that were recorded and not understood hide nothing by themselves: the matcher says of each whether it
    /// could be meant.
    pub(crate) fn hides(&self, matcher: &CallMatcher) -> bool {
        let asks_for = |can: &dyn Fn(&str) -> bool| {
            matcher.numbers().filter_map(syscalls::by_number).any(|row| can(row.name))
        };
        match self.spot {
            BlindSpot::Filter => matcher.numbers().any(|number| !self.recorded.contains(&number)),
            BlindSpot::IoUring => asks_for(&unseen::ring_can),
            BlindSpot::Aio => {
                asks_for(&|name| self.requests.iter().any(|request| unseen::is_like(request.does, name)))
            }
            BlindSpot::Vdso => asks_for(&unseen::vdso_answers),
            BlindSpot::PassedSocket => asks_for(&unseen::is_network),
            BlindSpot::Mounts => mounts::asks_for_files(matcher),
            BlindSpot::Foreign | BlindSpot::UnknownCall | BlindSpot::Unreadable => false,
            _ => true,
        }
    }
}

impl Trace {
    /// What could hide calls that `matcher` asks for, without what the test accepted. For negative assertions.
    pub(crate) fn holes_for(&self, matcher: &CallMatcher) -> Vec<Hole> {
        let answered = self.vdso_answers_getrandom(matcher);
        let mut holes =
            self.matter(|hole| hole.hides(matcher) || answered.is_some() && hole.spot == BlindSpot::Vdso);
        for hole in &mut holes {
            match &answered {
                Some(evidence) if hole.spot == BlindSpot::Vdso && !hole.hides(matcher) => {
                    hole.evidence.clone_from(evidence);
                }
                _ => {}
            }
        }
        holes
    }

    /// Whether `call` is meant. A call of which that cannot be told is not meant where the test accepted the reason.
    pub(crate) fn verdict(&self, matcher: &CallMatcher, call: &Call) -> Verdict {
        match matcher.judge(call) {
            Verdict::Unknown if matcher.doubt(call).is_some_and(|spot| self.allowed.contains(&spot)) => {
                Verdict::No
            }
            verdict => verdict,
        }
    }

    /// All blind spots, without what the test accepted.
    pub(crate) fn holes(&self) -> Vec<Hole> {
        self.matter(|_| true)
    }

    /// Those of the recording that matter; its end, and what the view itself does not know, always do.
    fn matter(&self, matters: impl Fn(&Hole) -> bool) -> Vec<Hole> {
        let recorded = self.shared.holes.iter().filter(|hole| matters(hole)).cloned();
        let all = recorded.chain(self.end_hole()).chain(self.own.iter().cloned());
        let all = all.chain(self.empty_hole());
        all.filter(|hole| !self.allowed.contains(&hole.spot)).collect()
    }

    /// The root did not get to an end that the test asked for.
    fn end_hole(&self) -> Option<Hole> {
        const SIGKILL: i32 = 9;
        let Some(status) = self.shared.status else {
            let told = [BlindSpot::Running, BlindSpot::Attached];
            let known = self.shared.holes.iter().any(|hole| told.contains(&hole.spot));
            return (!known).then(|| Hole::new(BlindSpot::Running, "the program had not ended"));
        };
        if self.shared.end_stated.load(Ordering::Relaxed) {
            return None;
        }
        let (signal, code) = (status & 0x7f, status >> 8 & 0xff);
        match (signal, code) {
            (0, 0) => None,
            (0, code) => {
                let unsaid = "and the test does not say that it should";
                Some(Hole::new(BlindSpot::Status, format!("the program exited with {code}, {unsaid}")))
            }
            (signal, _) if self.shared.asked.contains(&signal) => None,
            // We have killed it, and said so.
            (SIGKILL, _) if self.shared.holes.iter().any(|hole| hole.spot == BlindSpot::Limit) => None,
            (signal, _) => Some(Hole::new(BlindSpot::EarlyEnd, self.killed_by(signal))),
        }
    }

    /// A view without calls that did not say so itself. Where a filter left calls out, that is no wonder.
    fn empty_hole(&self) -> Option<Hole> {
        let told = |hole: &Hole| hole.spot == BlindSpot::Empty;
        let filtered = |hole: &Hole| hole.spot == BlindSpot::Filter;
        let empty = self.is_view() && self.len() == 0;
        if !empty || self.own.iter().any(told) || self.shared.holes.iter().any(filtered) {
            return None;
        }
        let programs = self.programs().join(", ");
        Some(Hole::new(
            BlindSpot::Empty,
            format!("{} selects no call; the programs are: {programs}", self.view),
        ))
    }

    fn killed_by(&self, signal: i32) -> String {
        let signal = signals::name(signal).unwrap_or_else(|| signal.to_string());
        let calls = &self.shared.calls;
        let roots = calls.iter().enumerate().rev().find(|(_, call)| call.task().process == 0);
        let last = roots.map(|(index, call)| format!("; its last was {}", view::line(index, call)));
        let number = match calls.len() {
            1 => "1 call".to_owned(),
            many => format!("{many} calls"),
        };
        format!("the program was killed by {signal} after {number}{}", last.unwrap_or_default())
    }

    /// How the vDSO could answer getrandom(2): only from memory that is mapped with `MAP_DROPPABLE`. See vdso(7), mmap(2).
    fn vdso_answers_getrandom(&self, matcher: &CallMatcher) -> Option<String> {
        const MAP_TYPE: u64 = 0xf;
        const MAP_DROPPABLE: u64 = 0x8;
        const MMAP: u32 = 9;
        if !matcher.numbers().filter_map(syscalls::by_number).any(|row| row.name == "getrandom") {
            return None;
        }
        let says =
            |memory: String| format!("the program can draw random numbers without a call, in {memory}");
        let unseen = |hole: &Hole| hole.spot == BlindSpot::Filter && !hole.recorded.contains(&MMAP);
        if self.shared.holes.iter().any(unseen) {
            return Some(says("memory from an mmap that Tracer::only(..) left out".to_owned()));
        }
        let droppable =
            |call: &&Call| call.name() == "mmap" && call.raw().args()[3] & MAP_TYPE == MAP_DROPPABLE;
        let index = self.shared.calls.iter().position(|call| droppable(&call))?;
        Some(says(format!("the memory of {}", view::line(index, &self.shared.calls[index]))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::build::{call, ended, numbered, trace};
    use crate::trace::raw::Abi;
    use std::sync::atomic::Ordering;

    fn spots(trace: &Trace, matcher: impl Into<CallMatcher>) -> Vec<BlindSpot> {
        trace.holes_for(&matcher.into()).into_iter().map(|hole| hole.spot).collect()
    }

    #[test]
    fn a_filter_hides_what_it_left_out() {
        let connect = CallMatcher::from("connect").numbers().next().unwrap();
        let filtered = trace([]).with_hole(BlindSpot::Filter, &[connect]);
        assert_eq!(spots(&filtered, "connect"), []);
        assert_eq!(spots(&filtered, "execve"), [BlindSpot::Filter]);
        assert_eq!(spots(&filtered, crate::trace::family::network()), [BlindSpot::Filter]);
        assert_eq!(spots(&filtered.allowing(BlindSpot::Filter), "execve"), []);
    }

    #[test]
    fn a_ring_hides_what_it_can_do() {
        let ring = trace([]).with_hole(BlindSpot::IoUring, &[]);
        assert_eq!(spots(&ring, "connect"), [BlindSpot::IoUring]);
        assert_eq!(spots(&ring, "execve"), []);
        assert_eq!(spots(&ring.allowing(BlindSpot::IoUring), "connect"), []);
    }

    #[test]
    fn requests_hide_what_they_ask_for() {
        let hole =
            |does| Hole { requests: vec![Request { does, file: None }], ..Hole::new(BlindSpot::Aio, "") };
        let write = hole("write");
        assert!(write.hides(&crate::trace::family::write().on("/x")) && write.hides(&"pwrite64".into()));
        let others =
            [crate::trace::family::read(), crate::trace::family::sync(), crate::trace::family::network()];
        assert!(others.iter().all(|matcher| !write.hides(matcher)));
        assert!(hole("fsync").hides(&crate::trace::family::sync()) && hole("poll").hides(&"ppoll".into()));
        let unread = hole("sendto");
        assert!(unread.hides(&crate::trace::family::network()));
    }

    #[test]
    fn mounts_hide_which_file_it_was() {
        let mounted = trace([]).with_hole(BlindSpot::Mounts, &[]);
        assert_eq!(spots(&mounted, crate::trace::family::open().on("/x")), [BlindSpot::Mounts]);
        assert_eq!(spots(&mounted, crate::trace::family::open()), []);
        assert_eq!(spots(&mounted.allowing(BlindSpot::Mounts), crate::call!("unlink", path = "/x")), []);
    }

    #[test]
    fn the_vdso_hides_clocks_and_sometimes_randomness() {
        let vdso = trace([]).with_hole(BlindSpot::Vdso, &[]);
        assert_eq!(spots(&vdso, "time"), [BlindSpot::Vdso]);
        assert_eq!(spots(&vdso, "getrandom"), []);
        let droppable = trace([call("mmap").arg("flags", 0x28).returned(0)]).with_hole(BlindSpot::Vdso, &[]);
        assert_eq!(spots(&droppable, "getrandom"), [BlindSpot::Vdso]);
    }

    #[test]
    fn an_end_that_nobody_asked_for_hides_what_would_have_come() {
        let failed = ended(2 << 8, []);
        assert_eq!(spots(&failed, "connect"), [BlindSpot::Status]);
        assert_eq!(failed.root().blind_spots(), [BlindSpot::Status, BlindSpot::Empty]);
        failed.shared.end_stated.store(true, Ordering::Relaxed);
        assert_eq!(spots(&failed, "connect"), []);
        let killed = ended(9, [call("getpid").returned(7)]);
        let holes = killed.holes_for(&"connect".into());
        let evidence = "the program was killed by SIGKILL after 1 call; its last was #1 main  getpid() = 7";
        assert_eq!((holes[0].spot, holes[0].evidence.as_str()), (BlindSpot::EarlyEnd, evidence));
        assert_eq!(spots(&killed.allowing(BlindSpot::EarlyEnd), "connect"), []);
    }

    #[test]
    fn what_was_not_understood_matters_to_those_whom_it_could_be() {
        let all = trace([
            numbered(Abi::X86_64, 999).returned(0),
            numbered(Abi::X86_64, 998).failed("ENOSYS"),
            numbered(Abi::I386, 5).returned(3),
            call("openat").arg("path", 0x666).returned(3),
        ]);
        let doubts = |trace: &Trace, matcher: CallMatcher| -> Vec<BlindSpot> {
            let unknown = trace.calls().filter(|call| trace.verdict(&matcher, call) == Verdict::Unknown);
            unknown.filter_map(|call| matcher.doubt(call)).collect()
        };
        let opening = || crate::trace::family::open().on("/x");
        let (unknown, foreign, unread) = (BlindSpot::UnknownCall, BlindSpot::Foreign, BlindSpot::Unreadable);
        assert_eq!(doubts(&all, opening()), [unknown, foreign, unread]);
        assert_eq!(doubts(&all.allowing(foreign), opening()), [unknown, unread]);
        assert_eq!(doubts(&all, "connect".into()), []);
        assert_eq!(doubts(&all, crate::call!("open", path = "/x")), [foreign]);
        let unfinished = trace([call("openat").path("path", "/x")]);
        let ok = crate::call!("openat").ok();
        assert_eq!(unfinished.verdict(&ok, &unfinished.shared.calls[0]), Verdict::Unknown);
        assert_eq!(doubts(&unfinished, ok), []);
    }
}
