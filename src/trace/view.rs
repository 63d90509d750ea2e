//! Views: a trace narrowed.

use std::path::Path;

use crate::abi::signals;
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::call::Call;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::query::Trace;
use crate::trace::tree::Process;

const AFTER_STARTUP: &str = ".after_startup()";

/// # Views
///
/// A view is a `Trace` again. One that finds nothing is a blind spot, [`BlindSpot::Empty`]: a negative assertion on it fails, for
/// there was nothing to look at.
impl Trace {
    /// The calls of the root: the process started from the `Command`, all its threads.
    #[must_use]
    pub fn root(&self) -> Trace {
        self.view(".root()", |call| call.task().process == 0)
    }

    /// The calls of all processes but the root: its children, and theirs.
    ///
    /// ```
    /// # use expect_syscalls::expect_syscalls;
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("sh").args(["-c", "cat /etc/passwd; exit 0"]));
    /// assert!(trace.children().any("execve"));
    /// ```
    #[must_use]
    pub fn children(&self) -> Trace {
        let view = self.view(".children()", |call| call.task().process != 0);
        let alone = self.shared.tree.processes.len() < 2;
        view.empty_if(alone, || "there was no process but the root".to_owned())
    }

    /// The calls made while running a program of this name: its file name, or the path that was executed. A child
    /// runs the program of its parent until it executes another.
    ///
    /// ```
    /// # use expect_syscalls::{call, expect_syscalls};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("sh").args(["-c", "cat /etc/passwd; exit 0"]));
    /// assert!(trace.process("cat").any(call!("openat", path = "/etc/passwd")));
    /// assert!(!trace.process("sh").any(call!("openat", path = "/etc/passwd")));
    /// ```
    #[must_use]
    pub fn process(&self, program: impl AsRef<Path>) -> Trace {
        let program = program.as_ref();
        let view = self.view(&format!(".process({program:?})"), |call| {
            call.image().is_some_and(|image| is_program(&image.program, program))
        });
        let mut images = self.shared.tree.processes.iter().flat_map(|process| &process.images);
        let unknown = !images.any(|image| is_program(&image.program, program));
        let view = view.empty_if(unknown, || {
            format!("there is no process named {program:?}; there were: {}", self.programs().join(", "))
        });
        match self.crash(program) {
            Some(crash) => view.with(BlindSpot::EarlyEnd, crash),
            None => view,
        }
    }

    /// A process other than the root that was running `program` when it crashed. See "Action Core" in signal(7).
    fn crash(&self, program: &Path) -> Option<String> {
        const SIGNALS: [i32; 10] = [3, 4, 5, 6, 7, 8, 11, 24, 25, 31];
        let children = self.shared.tree.processes.iter().skip(1);
        let mut those = children
            .filter(|child| child.images.last().is_some_and(|image| is_program(&image.program, program)));
        those.find_map(|child| {
            let signal =
                child.status.map(|status| status & 0x7f).filter(|signal| SIGNALS.contains(signal))?;
            let signal = signals::name(signal).unwrap_or_default();
            Some(format!("{} was killed by {signal}, and may not have got that far", child.label))
        })
    }

    /// What the programs themselves did: of each process the calls from the entry point of its program on, without
    /// the work of the kernel and the dynamic loader. What a child does between `fork(2)` and `execve(2)` is in it;
    /// the root's own `execve` is not.
    ///
    /// ```
    /// # use expect_syscalls::expect_syscalls;
    /// # use std::process::Command;
    /// let trace = expect_syscalls(&mut Command::new("true"));
    /// assert!(trace.any("execve"));
    /// assert!(!trace.after_startup().any("execve"));
    /// ```
    #[must_use]
    pub fn after_startup(&self) -> Trace {
        self.view(AFTER_STARTUP, |call| !call.raw().startup)
    }

    /// The calls that match. What is asked of the view can then not be told where some call may or may not belong to it.
    ///
    /// It is asked of these calls alone: `trace.select("openat").never("socket")` holds, whatever sockets the program makes.
    ///
    /// ```
    /// # use expect_syscalls::{expect_syscalls, family};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("cat").arg("/etc/passwd"));
    /// let opened = trace.select(family::open());
    /// assert!(opened.calls().count() < trace.calls().count());
    /// ```
    #[must_use]
    #[track_caller]
    pub fn select(&self, matcher: impl Into<CallMatcher>) -> Trace {
        let matcher = matcher.into();
        let mut view = self.view(&format!(".select({matcher})"), |call| matcher.judge(call) == Verdict::Yes);
        let unsure = self.entries().find(|(_, call)| self.verdict(&matcher, call) == Verdict::Unknown);
        if let Some((index, call)) = unsure {
            view = view
                .with(BlindSpot::Unreadable, format!("{}: it may belong to this view", line(index, call)));
        }
        let nothing = view.calls().next().is_none();
        view.empty_if(nothing, || format!("no call matches {matcher}"))
    }

    /// What happened, in all tasks, between two marks that the program itself makes. A mark is a harmless call that fails, in any
    /// language: `write(-1, "expect-syscalls:a", 17)` is the mark `a`. Both must be made once, in this order, in one
    /// task.
    #[must_use]
    pub fn between(&self, first: &str, last: &str) -> Trace {
        let name = format!(".between({first:?}, {last:?})");
        match self.marked(first, last) {
            Ok((open, close)) => {
                let within = |(index, _): &(usize, &Call)| open < *index && *index < close;
                let places = self.entries().filter(within).map(|(index, _)| index as u32).collect();
                self.narrowed(&name, places)
            }
            Err(why) => self.narrowed(&name, Vec::new()).with(BlindSpot::Empty, why),
        }
    }

    /// The same view, where assertions accept that calls may have been hidden in this way. What is not there can be allowed too:
    /// kernels differ. Reports say what was allowed.
    ///
    /// ```
    /// # use expect_syscalls::{expect_syscalls, BlindSpot};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(&mut Command::new("true"));
    /// trace.success().allowing(BlindSpot::IoUring).never("connect");
    /// ```
    #[must_use]
    pub fn allowing(&self, spot: BlindSpot) -> Trace {
        let mut allowed = self.allowed.to_vec();
        if !allowed.contains(&spot) {
            allowed.push(spot);
        }
        Trace { allowed: allowed.into(), ..self.clone() }
    }

    /// Whether it was narrowed by [`after_startup`](Trace::after_startup).
    pub(crate) fn leaves_start_up_out(&self) -> bool {
        self.view.contains(AFTER_STARTUP)
    }

    fn view(&self, name: &str, belongs: impl Fn(&Call) -> bool) -> Trace {
        let members = self.entries().filter(|(_, call)| belongs(call));
        let places = members.map(|(index, _)| index as u32).collect();
        self.narrowed(name, places)
    }

    fn narrowed(&self, name: &str, places: Vec<u32>) -> Trace {
        let view = format!("{}{name}", self.view).into();
        Trace { selection: Some(places.into()), view, ..self.clone() }
    }

    /// Nothing to look at, and why.
    fn empty_if(self, nothing: bool, why: impl FnOnce() -> String) -> Trace {
        let known = self.own.iter().any(|hole| hole.spot == BlindSpot::Empty);
        if nothing && !known { self.with(BlindSpot::Empty, why()) } else { self }
    }

    fn with(self, spot: BlindSpot, evidence: String) -> Trace {
        let hole = Hole::new(spot, evidence);
        Trace { own: self.own.iter().cloned().chain([hole]).collect(), ..self }
    }

    /// The file names of the programs that ran, each once.
    pub(crate) fn programs(&self) -> Vec<String> {
        let mut names = Vec::new();
        for image in self.shared.tree.processes.iter().flat_map(|process: &Process| &process.images) {
            let name = image.program.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The places of both marks, or why they mark nothing.
    fn marked(&self, first: &str, last: &str) -> Result<(usize, usize), String> {
        let (open, close) = (self.mark(first)?, self.mark(last)?);
        let calls = &self.shared.calls;
        if calls[open].raw().task != calls[close].raw().task {
            return Err(format!(
                "the mark {first:?} was made in {} and {last:?} in {}",
                calls[open].thread(),
                calls[close].thread()
            ));
        }
        if open < close { Ok((open, close)) } else { Err(format!("the mark {last:?} came before {first:?}")) }
    }

    fn mark(&self, name: &str) -> Result<usize, String> {
        let calls = self.shared.calls.iter().enumerate();
        let found: Vec<usize> =
            calls.filter(|(_, call)| is_mark(call, name)).map(|(index, _)| index).collect();
        match found[..] {
            [index] => Ok(index),
            [] => Err(format!("the mark {name:?} was never made")),
            _ => Err(format!("the mark {name:?} was made {} times", found.len())),
        }
    }
}

/// `#12 main  read(...) = 3`, as reports show a call.
pub(crate) fn line(index: usize, call: &Call) -> String {
    format!("#{} {}  {call}", index + 1, call.thread())
}

fn is_program(image: &Path, asked: &Path) -> bool {
    if asked.components().count() > 1 { image == asked } else { image.file_name() == asked.file_name() }
}

fn is_mark(call: &Call, name: &str) -> bool {
    let text =
        || call.arg("buf").and_then(|buf| buf.as_bytes()?.strip_prefix(b"expect-syscalls:".as_slice()));
    call.name() == "write" && call.raw().args()[0] as i32 == -1 && text() == Some(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::build::{MadeCall, call, trace};

    #[track_caller]
    fn check(view: &Trace, name: &str, numbers: &[usize]) {
        let places: Vec<usize> = view.entries().map(|(index, _)| index).collect();
        assert_eq!((&*view.view, &places[..]), (name, numbers));
        assert_eq!(view.blind_spots(), []);
    }

    #[track_caller]
    fn check_empty(view: &Trace, why: &str) {
        assert_eq!(view.calls().count(), 0);
        let holes = view.holes();
        let holes: Vec<_> = holes.iter().map(|hole| (hole.spot, hole.evidence.as_str())).collect();
        assert_eq!(holes, [(BlindSpot::Empty, why)]);
        assert_eq!(view.holes_for(&"connect".into()).len(), 1);
        assert_eq!(view.allowing(BlindSpot::Empty).holes_for(&"connect".into()).len(), 0);
    }

    fn mark(name: &str) -> MadeCall {
        call("write").arg("fd", -1).bytes("buf", format!("expect-syscalls:{name}").as_bytes()).failed("EBADF")
    }

    #[test]
    fn processes_are_told_apart() {
        let all = trace([
            call("execve").returned(0).startup(),
            call("getpid").returned(1),
            call("getuid").by("main.t1").returned(1),
            call("execve").by("main.c1").returned(0),
            call("getgid").by("main.c1").running("/bin/sh").returned(1),
        ]);
        check(&all.root(), ".root()", &[0, 1, 2]);
        check(&all.children(), ".children()", &[3, 4]);
        check(&all.process("sh"), ".process(\"sh\")", &[4]);
        check(&all.process("/bin/sh"), ".process(\"/bin/sh\")", &[4]);
        check(&all.process("app"), ".process(\"app\")", &[0, 1, 2, 3]);
        check(&all.after_startup(), ".after_startup()", &[1, 2, 3, 4]);
        check(&all.after_startup().root(), ".after_startup().root()", &[1, 2]);
        check(&all.select("getuid").root(), ".select(getuid).root()", &[2]);
        check_empty(
            &all.process("/usr/bin/sh"),
            "there is no process named \"/usr/bin/sh\"; there were: app, sh",
        );
        check_empty(&all.select("connect"), "no call matches connect");
        check_empty(&all.select("connect").root(), "no call matches connect");
    }

    #[test]
    fn a_root_that_is_alone_has_no_children() {
        let alone = trace([call("getpid").returned(1)]);
        check_empty(&alone.children(), "there was no process but the root");
        check_empty(
            &trace([call("execve").returned(0).startup()]).after_startup(),
            ".after_startup() selects no call; the programs are: app",
        );
    }

    #[test]
    fn what_a_filter_left_out_makes_no_view_empty() {
        let filtered = trace([]).with_hole(BlindSpot::Filter, &[42]);
        let empty = |view: Trace| view.blind_spots().contains(&BlindSpot::Empty);
        assert!(!empty(filtered.root()) && !empty(filtered.after_startup()));
        assert!(empty(filtered.process("typo")) && empty(filtered.select("connect")));
    }

    #[test]
    fn marks_enclose_what_all_tasks_did() {
        let all = [
            call("getuid").returned(1),
            mark("a"),
            call("getpid").returned(1),
            call("getgid").by("main.c1").returned(1),
            mark("b"),
            call("gettid").returned(1),
        ];
        let marked = trace(all.clone());
        check(&marked.between("a", "b"), ".between(\"a\", \"b\")", &[2, 3]);
        check(&marked.root().between("a", "b"), ".root().between(\"a\", \"b\")", &[2]);
        check_empty(&marked.between("b", "a"), "the mark \"a\" came before \"b\"");
        check_empty(&marked.between("a", "c"), "the mark \"c\" was never made");
        let twice = trace(all.into_iter().chain([mark("b")]));
        check_empty(&twice.between("a", "b"), "the mark \"b\" was made 2 times");
        let apart = trace([mark("a"), mark("b").by("main.t1")]);
        check_empty(&apart.between("a", "b"), "the mark \"a\" was made in main and \"b\" in main.t1");
        check_empty(
            &trace([mark("a"), mark("b")]).between("a", "b"),
            ".between(\"a\", \"b\") selects no call; the programs are: app",
        );
    }

    #[test]
    fn what_may_belong_to_a_view_is_a_blind_spot_of_it() {
        let all = trace([
            call("openat").path("path", "/a").returned(3),
            call("openat").arg("path", 0x666).returned(4),
        ]);
        let named = || crate::call!("openat", path = "/a");
        let view = all.select(named());
        assert_eq!(view.calls().count(), 1);
        assert_eq!(view.blind_spots(), [BlindSpot::Unreadable]);
        assert_eq!(all.allowing(BlindSpot::Unreadable).select(named()).blind_spots(), []);
    }
}
