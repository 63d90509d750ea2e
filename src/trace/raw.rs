//! What the tracer records of a call: registers and bytes, nothing interpreted.

use std::num::NonZeroU64;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

/// The interface a call was made through: `PTRACE_GET_SYSCALL_INFO.arch`, and bit 30 of the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Abi {
    /// The native interface.
    X86_64,
    /// `int 0x80` and 32-bit programs.
    I386,
    /// x86_64 registers, 32-bit pointers: bit 30 of the number is set.
    X32,
}

/// A point of the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// One more than the position. Words that have a value to spare: there are two in each call.
    place: NonZeroU64,
    nanoseconds: u64,
}

impl Moment {
    /// The position among all entries and exits of the recording, and the time since it began.
    pub(crate) fn new(order: u64, at: Duration) -> Moment {
        let place = NonZeroU64::MIN.saturating_add(order);
        Moment { place, nanoseconds: u64::try_from(at.as_nanos()).unwrap_or(u64::MAX) }
    }

    /// Its position.
    pub(crate) fn order(self) -> u64 {
        self.place.get() - 1
    }

    /// The time since the recording began.
    pub(crate) fn at(self) -> Duration {
        Duration::from_nanos(self.nanoseconds)
    }
}

/// A task by the order in which the tracer met it: an index into [`Tree::tasks`](super::tree::Tree::tasks).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TaskId(pub u32);

/// How a call went, as the registers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RawOutcome {
    /// The exit stop was seen, with this in `rax`: -4095..=-1 is an error or a restart code.
    Left(i64),
    /// No exit stop: the task ended, was replaced by exec in another thread, or is still in the call.
    Unfinished,
}

/// What was done to a call on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Injected {
    /// Its result was replaced, or it was signalled.
    Fault,
    /// It was delayed.
    Delay,
}

/// When memory was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// At the entry stop.
    Entry,
    /// At the exit stop.
    Exit,
    /// At the exit stop, of what was read at the entry stop: it is another, and the kernel may have read either.
    Again,
}

/// Why a capture ends where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CaptureEnd {
    /// All that was asked for is there.
    Whole,
    /// Cut at a limit of the recording; there was more.
    Truncated,
    /// The kernel refused to read the byte after the last one, with this errno.
    Unreadable(i32),
}

/// Bytes copied from the program's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Capture {
    /// When it was read.
    pub phase: Phase,
    /// Where the first byte was.
    pub address: u64,
    /// The bytes.
    pub bytes: Box<[u8]>,
    /// Why it ends there.
    pub end: CaptureEnd,
}

impl Capture {
    /// Whether not all could be read at the entry.
    pub(crate) fn is_cut_at_entry(&self) -> bool {
        self.phase == Phase::Entry && matches!(self.end, CaptureEnd::Unreadable(_))
    }

    /// The bytes up to a NUL.
    pub(crate) fn text(&self) -> &[u8] {
        self.bytes.split(|&byte| byte == 0).next().unwrap_or_default()
    }
}

/// Stands for the program in [`FileNote::fd`].
pub(crate) const PROGRAM: i32 = i32::MIN;

/// What a descriptor, or the working directory, referred to: the text of the link in `/proc/TID/fd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileNote {
    /// When it was asked.
    pub phase: Phase,
    /// The descriptor; `AT_FDCWD` (-100) for the working directory; [`PROGRAM`] for the file that runs after an exec.
    pub fd: i32,
    /// Such as `/etc/passwd`, `pipe:[1234]`, `socket:[99]`, `/memfd:x (deleted)`, `anon_inode:[eventpoll]`. Read again, it is empty where
    /// there is no such descriptor any more.
    pub link: Arc<[u8]>,
    /// Of a socket, how it was made, where that was recorded.
    pub socket: Option<Socket>,
}

/// Where a path of a call led that gave no descriptor for it, and that went through a link, `..` or `/proc/self/fd`: found out at its exit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlaceNote {
    /// The register of the argument.
    pub register: u8,
    /// The file, links resolved as far as the call resolves them. `None` where that could not be found out.
    pub place: Option<Arc<[u8]>>,
}

/// The arguments of socket(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Socket {
    /// Such as `AF_INET`.
    pub domain: u32,
    /// Such as `SOCK_STREAM`, with the flags.
    pub ty: u32,
    /// Such as `IPPROTO_TCP`.
    pub protocol: u32,
}

/// Where the mask is that rt_sigreturn(2) restores: bytes from the stack pointer, which then points to a `ucontext_t`.
pub(crate) const SIGNAL_FRAME_MASK: u64 = 296;

/// The registers at the entry of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Registers {
    /// All six arguments, whatever the call takes.
    pub args: [u64; 6],
    /// `rip`.
    pub instruction_pointer: u64,
    /// `rsp`.
    pub stack_pointer: u64,
}

/// What the program gave, and what was looked at for it. Calls in a loop that are the same in this have it in common.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noted(Arc<Notes>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    /// The registers.
    pub registers: Registers,
    /// Memory.
    pub captures: Vec<Capture>,
    /// Descriptors.
    pub files: Vec<FileNote>,
    /// Where its paths led, where that is not what their text says.
    pub places: Vec<PlaceNote>,
}

impl Noted {
    /// Of a call with these registers, behind `last`.
    pub(crate) fn begin(registers: Registers, last: Option<&Noted>) -> Noted {
        match last {
            Some(last) if last.registers == registers && last.is_bare() => last.clone(),
            _ => Noted(Arc::new(Notes { registers, ..Notes::default() })),
        }
    }

    /// Puts memory in the place of what could not be read of it before.
    pub(crate) fn add_late(&mut self, captures: Vec<Capture>) {
        if !captures.is_empty() {
            let is_there = |it: &Capture| captures.iter().any(|late| late.address == it.address);
            self.captures.retain(|it| !(it.is_cut_at_entry() && is_there(it)));
            self.captures.extend(captures);
        }
    }

    fn is_bare(&self) -> bool {
        self.captures.is_empty() && self.files.is_empty() && self.places.is_empty()
    }

    pub(crate) fn add(&mut self, captures: Vec<Capture>, files: Vec<FileNote>, places: Vec<PlaceNote>) {
        if !(captures.is_empty() && files.is_empty() && places.is_empty()) {
            let notes = &mut **self;
            append(&mut notes.captures, captures);
            append(&mut notes.files, files);
            append(&mut notes.places, places);
        }
    }

    /// Has it in common with `earlier`, where that is the same. Says whether it is.
    pub(crate) fn share(&mut self, earlier: &Noted) -> bool {
        let is_same = self.0 == earlier.0;
        if is_same {
            self.0 = earlier.0.clone();
        }
        is_same
    }
}

/// Mostly there is nothing yet, and the list is taken as it is.
fn append<T>(list: &mut Vec<T>, more: Vec<T>) {
    if list.is_empty() {
        *list = more;
    } else {
        list.extend(more);
    }
}

impl Deref for Noted {
    type Target = Notes;

    fn deref(&self) -> &Notes {
        &self.0
    }
}

impl DerefMut for Noted {
    fn deref_mut(&mut self) -> &mut Notes {
        Arc::make_mut(&mut self.0)
    }
}

/// A call as recorded.
#[derive(Clone, Debug)]
pub(crate) struct RawCall {
    /// The interface it was made through.
    pub abi: Abi,
    /// The number, without the x32 bit.
    pub number: u32,
    /// Who made it.
    pub task: TaskId,
    /// Which of the program images of its process was running: an index into `Process::images`.
    pub image: u32,
    /// Whether the image's entry point had not yet been reached: the dynamic loader was at work.
    pub startup: bool,
    /// The entry stop.
    pub entered: Moment,
    /// The exit stop, where there was one.
    pub left: Option<Moment>,
    /// What the registers said at exit.
    pub outcome: RawOutcome,
    /// Its registers, and what was looked at.
    pub noted: Noted,
    /// What was done to it on the way.
    pub injected: Option<Injected>,
}

impl RawCall {
    /// All six argument registers, whatever the call takes.
    pub(crate) fn args(&self) -> &[u64; 6] {
        &self.noted.registers.args
    }

    /// The error number, where the call failed: 512..=516 are restart codes.
    pub(crate) fn errno(&self) -> Option<i32> {
        match self.outcome {
            RawOutcome::Left(rax @ -4095..=-1) => Some(-rax as i32),
            _ => None,
        }
    }

    /// The result, where the call returned one.
    pub(crate) fn result(&self) -> Option<i64> {
        match self.outcome {
            RawOutcome::Left(rax) if !(-4095..=-1).contains(&rax) => Some(rax),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_small_and_says_nothing_for_nothing() {
        assert_eq!((size_of::<RawCall>(), size_of::<Option<Moment>>()), (72, 16));
        let registers = Registers { stack_pointer: 8, ..Registers::default() };
        let first = Noted::begin(registers, None);
        let mut second = Noted::begin(registers, Some(&first));
        second.add(Vec::new(), Vec::new(), Vec::new());
        assert!(Arc::ptr_eq(&first.0, &second.0));
    }

    #[test]
    fn what_is_noted_of_one_call_is_not_of_another() {
        let registers = Registers { stack_pointer: 8, ..Registers::default() };
        let first = Noted::begin(registers, None);
        let mut second = Noted::begin(registers, Some(&first));
        second.add(Vec::new(), Vec::new(), vec![PlaceNote { register: 1, place: None }]);
        assert_eq!((first.places.len(), second.places.len()), (0, 1));
        for (registers, last) in [(registers, &second), (Registers::default(), &first)] {
            let third = Noted::begin(registers, Some(last));
            assert_eq!((third.registers, third.places.len()), (registers, 0));
        }
    }

    #[test]
    fn what_is_the_same_is_kept_once() {
        let with = |place: &[u8]| {
            let mut noted = Noted::begin(Registers::default(), None);
            noted.add(Vec::new(), Vec::new(), vec![PlaceNote { register: 1, place: Some(place.into()) }]);
            noted
        };
        let (earlier, mut same, mut other) = (with(b"/a"), with(b"/a"), with(b"/b"));
        assert_eq!((same.share(&earlier), other.share(&earlier)), (true, false));
        assert!(Arc::ptr_eq(&same.0, &earlier.0));
        assert_eq!(other.places[0].place.as_deref(), Some(b"/b".as_slice()));
        same.add(Vec::new(), Vec::new(), vec![PlaceNote { register: 2, place: None }]);
        assert_eq!((earlier.places.len(), same.places.len()), (1, 2));
    }

    #[test]
    fn a_moment_keeps_what_it_is_given() {
        let moment = Moment::new(0, Duration::from_nanos(7));
        assert_eq!((moment.order(), moment.at()), (0, Duration::from_nanos(7)));
    }
}
