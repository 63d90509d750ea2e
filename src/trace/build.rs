//! Traces made by hand, for tests.

use std::sync::Arc;
use std::time::Duration;

use crate::abi::errno::Errno;
use crate::abi::syscalls;
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::call::Call;
use crate::trace::query::{Recording, Trace};
use crate::trace::raw::{
    Abi, Capture, CaptureEnd, FileNote, Moment, Noted, Phase, PlaceNote, RawCall, RawOutcome, TaskId,
};
use crate::trace::resolve::AT_FDCWD;
use crate::trace::tree::{Image, Process, Task, Tree};

/// A call in the making, by the root `main`, which runs `/bin/app`. It has not returned.
#[derive(Clone)]
pub(crate) struct MadeCall {
    raw: RawCall,
    by: &'static str,
    program: &'static str,
}

/// A native call of this name, all its registers 0.
pub(crate) fn call(name: &str) -> MadeCall {
    let row = syscalls::by_name(name).unwrap_or_else(|| panic!("no call {name}"));
    numbered(Abi::X86_64, row.number)
}

/// A call through any interface.
pub(crate) fn numbered(abi: Abi, number: u32) -> MadeCall {
    let raw = RawCall {
        abi,
        number,
        task: TaskId(0),
        image: 0,
        startup: false,
        entered: Moment::new(0, Duration::ZERO),
        left: None,
        outcome: RawOutcome::Unfinished,
        noted: Noted::default(),
        injected: None,
    };
    MadeCall { raw, by: "main", program: "/bin/app" }
}

impl MadeCall {
    /// The register of an argument.
    pub(crate) fn arg(mut self, name: &str, value: i64) -> MadeCall {
        let register = self.register(name);
        self.raw.noted.registers.args[register] = value as u64;
        self
    }

    /// A register by its position.
    pub(crate) fn register_at(mut self, register: usize, value: u64) -> MadeCall {
        self.raw.noted.registers.args[register] = value;
        self
    }

    /// A descriptor and what it refers to.
    pub(crate) fn fd(self, name: &str, fd: i32, link: &str) -> MadeCall {
        self.arg(name, fd.into()).note(Phase::Entry, fd, link)
    }

    /// A path, or any string.
    pub(crate) fn path(self, name: &str, path: &str) -> MadeCall {
        let address = self.address(name);
        self.arg(name, address as i64).capture(Phase::Entry, address, path.as_bytes(), CaptureEnd::Whole)
    }

    /// A buffer that the program passes; its length, in the argument behind it, is set too.
    pub(crate) fn bytes(self, name: &str, bytes: &[u8]) -> MadeCall {
        let address = self.address(name);
        let register = self.register(name);
        self.arg(name, address as i64).register_at(register + 1, bytes.len() as u64).capture(
            Phase::Entry,
            address,
            bytes,
            CaptureEnd::Whole,
        )
    }

    /// A buffer of which only the beginning was kept.
    pub(crate) fn cut_bytes(self, name: &str, kept: &[u8], total: u64) -> MadeCall {
        let register = self.register(name);
        let address = self.address(name);
        self.arg(name, address as i64).register_at(register + 1, total).capture(
            Phase::Entry,
            address,
            kept,
            CaptureEnd::Truncated,
        )
    }

    /// Memory that an argument points to, at entry.
    pub(crate) fn memory(self, name: &str, bytes: &[u8]) -> MadeCall {
        let address = self.address(name);
        self.arg(name, address as i64).capture(Phase::Entry, address, bytes, CaptureEnd::Whole)
    }

    /// Memory at an address, at entry.
    pub(crate) fn memory_at(self, address: u64, bytes: &[u8]) -> MadeCall {
        self.capture(Phase::Entry, address, bytes, CaptureEnd::Whole)
    }

    /// Memory that an argument points to, at exit.
    pub(crate) fn output(self, name: &str, bytes: &[u8]) -> MadeCall {
        let address = self.address(name);
        self.arg(name, address as i64).capture(Phase::Exit, address, bytes, CaptureEnd::Whole)
    }

    /// Memory that an argument points to, which was another at exit.
    pub(crate) fn again(self, name: &str, bytes: &[u8]) -> MadeCall {
        let address = self.address(name);
        self.capture(Phase::Again, address, bytes, CaptureEnd::Whole)
    }

    /// Memory at an address, which was another at exit.
    pub(crate) fn again_at(self, address: u64, bytes: &[u8]) -> MadeCall {
        self.capture(Phase::Again, address, bytes, CaptureEnd::Whole)
    }

    /// A descriptor that referred to this at exit.
    pub(crate) fn replaced(self, fd: i32, link: &str) -> MadeCall {
        self.note(Phase::Again, fd, link)
    }

    /// A NULL-terminated array of strings.
    pub(crate) fn strings(mut self, name: &str, strings: &[&str]) -> MadeCall {
        let address = self.address(name);
        let mut array = Vec::new();
        for (index, string) in strings.iter().enumerate() {
            let at = address + 0x100 * (index as u64 + 1);
            array.extend(at.to_ne_bytes());
            self = self.capture(Phase::Entry, at, string.as_bytes(), CaptureEnd::Whole);
        }
        self.memory(name, &array)
    }

    /// The working directory at entry.
    pub(crate) fn cwd(mut self, link: &str) -> MadeCall {
        let register = syscalls::by_number(self.raw.number).and_then(|row| row.position("dirfd"));
        if let Some(register) = register {
            self.raw.noted.registers.args[register] = AT_FDCWD as u64;
        }
        self.note(Phase::Entry, AT_FDCWD, link)
    }

    /// Where a path led, links resolved; `None` where that could not be found out.
    pub(crate) fn led(mut self, name: &str, place: Option<&str>) -> MadeCall {
        let place = place.map(|place| place.as_bytes().into());
        let note = PlaceNote { register: self.register(name) as u8, place };
        self.raw.noted.places.push(note);
        self
    }

    /// It returned this.
    pub(crate) fn returned(mut self, result: i64) -> MadeCall {
        self.raw.outcome = RawOutcome::Left(result);
        self
    }

    /// It returned a descriptor that refers to this.
    pub(crate) fn opened(self, fd: i32, link: &str) -> MadeCall {
        self.note(Phase::Exit, fd, link).returned(fd.into())
    }

    /// It failed with this error.
    pub(crate) fn failed(self, errno: &str) -> MadeCall {
        let errno = Errno::from_name(errno).unwrap_or_else(|| panic!("no error {errno}"));
        self.returned(-i64::from(errno.number()))
    }

    /// The task that made it, by its label: `main.c1`, `main.t2`.
    pub(crate) fn by(mut self, label: &'static str) -> MadeCall {
        self.by = label;
        self
    }

    /// The program that the process ran when it made it.
    pub(crate) fn running(mut self, program: &'static str) -> MadeCall {
        self.program = program;
        self
    }

    /// It was made before the program's entry point.
    pub(crate) fn startup(mut self) -> MadeCall {
        self.raw.startup = true;
        self
    }

    /// The call alone, made by a root that made no other.
    pub(crate) fn made(self) -> Call {
        trace([self]).shared.calls[0].clone()
    }

    pub(crate) fn note(mut self, phase: Phase, fd: i32, link: &str) -> MadeCall {
        let note = FileNote { phase, fd, link: link.as_bytes().into(), socket: None };
        self.raw.noted.files.push(note);
        self
    }

    fn capture(mut self, phase: Phase, address: u64, bytes: &[u8], end: CaptureEnd) -> MadeCall {
        let capture = Capture { phase, address, bytes: bytes.into(), end };
        self.raw.noted.captures.push(capture);
        self
    }

    fn address(&self, name: &str) -> u64 {
        0x10_000 * (self.register(name) as u64 + 1)
    }

    fn register(&self, name: &str) -> usize {
        let row = syscalls::by_number(self.raw.number).expect("a call with a row");
        row.position(name).unwrap_or_else(|| panic!("{} has no argument {name}", row.name))
    }
}

/// These calls, one after the other. The root exited with 0.
pub(crate) fn trace(calls: impl IntoIterator<Item = MadeCall>) -> Trace {
    ended(0, calls)
}

/// As [`trace`], of a root that ended with this wait status.
pub(crate) fn ended(status: i32, calls: impl IntoIterator<Item = MadeCall>) -> Trace {
    let mut tree = Tree::default();
    task(&mut tree, "main");
    let mut raws = Vec::new();
    for (index, MadeCall { mut raw, by, program }) in calls.into_iter().enumerate() {
        let order = 2 * index as u64;
        let moment = |order| Moment::new(order, Duration::from_micros(order));
        raw.entered = moment(order);
        raw.left = matches!(raw.outcome, RawOutcome::Left(_)).then(|| moment(order + 1));
        raw.task = task(&mut tree, by);
        raw.image = image(&mut tree, raw.task, program);
        raws.push(raw);
    }
    tree.processes[0].status = Some(status);
    let tree = Arc::new(tree);
    let calls = raws.into_iter().map(|raw| Call::new(raw, tree.clone())).collect();
    Trace::new(Recording { calls, tree, status: Some(status), ..Recording::default() })
}

impl Trace {
    /// The same recording with a blind spot.
    pub(crate) fn with_hole(self, spot: BlindSpot, recorded: &[u32]) -> Trace {
        let mut recording = Arc::try_unwrap(self.shared).expect("a trace that nobody else has");
        let evidence = format!("{spot:?}");
        recording.holes.push(Hole { recorded: recorded.to_vec(), ..Hole::new(spot, evidence) });
        Trace::new(recording)
    }
}

fn task(tree: &mut Tree, label: &str) -> TaskId {
    if let Some(known) = tree.tasks.iter().position(|task| task.label == label) {
        return TaskId(known as u32);
    }
    let creator = label.rsplit_once('.').map(|(creator, _)| task(tree, creator));
    let parent = creator.map(|creator| tree.tasks[creator.0 as usize].process);
    let tid = 100 + tree.tasks.len() as u32;
    let thread = label.rsplit('.').next().is_some_and(|last| last.starts_with('t'));
    let process = parent.filter(|_| thread).unwrap_or(tree.processes.len() as u32);
    if !thread {
        let (label, images) = (label.to_owned(), vec![program("/bin/app")]);
        tree.processes.push(Process { pid: tid, label, parent, images, status: Some(0) });
    }
    let digits = label.rsplit('.').next().map(|last| last.trim_start_matches(['c', 't']));
    let ordinal = digits.and_then(|digits| digits.parse().ok()).unwrap_or(0);
    tree.tasks.push(Task { tid, process, creator, ordinal, label: label.to_owned() });
    TaskId(tree.tasks.len() as u32 - 1)
}

fn image(tree: &mut Tree, task: TaskId, path: &str) -> u32 {
    let process = tree.tasks[task.0 as usize].process;
    let images = &mut tree.processes[process as usize].images;
    if images.last().is_none_or(|last| last.program.as_os_str() != path) {
        images.push(program(path));
    }
    images.len() as u32 - 1
}

fn program(path: &str) -> Image {
    Image { program: path.into(), argv: vec![path.into()] }
}
