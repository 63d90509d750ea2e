//! The words of the engine: what a task stopped for, and how it goes on.

use std::time::Duration;

use crate::trace::raw::Abi;

/// What the kernel reports of a task. See ptrace(2).
#[derive(Debug, PartialEq)]
pub(crate) enum Stop {
    /// Syscall-entry-stop.
    Entry(Entry),
    /// Our seccomp filter reports a call; where every call stops its task, after the syscall-entry-stop.
    Reported(Entry),
    /// A filter of the program's own wants its tracer to decide on a call. It has none that it knows of, and the call is then
    /// to fail: see SECCOMP_RET_TRACE in seccomp(2).
    Untraceable,
    /// Syscall-exit-stop, with the result register.
    Exit(i64),
    /// Signal-delivery-stop: the signal and its raw siginfo, where it could be had.
    Signal(i32, Option<Box<[u8]>>),
    /// Group-stop by this signal.
    Group(i32),
    /// The first stop of a new tracee, the end of a group-stop, or an interrupt.
    Trap,
    /// It has made a task, by `fork`, `vfork` or `clone`.
    Created(Creation, u32),
    /// It has executed a program; the tid it had before, which differs when a thread other than the leader did.
    Exec(u32),
    /// The program's own entry point is reached: the dynamic loader is done.
    EntryPoint,
    /// An event that says nothing the engine needs.
    Other,
}

/// The registers at a syscall-entry-stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Entry {
    pub abi: Abi,
    /// Without the x32 bit.
    pub number: u32,
    pub args: [u64; 6],
    pub instruction_pointer: u64,
    pub stack_pointer: u64,
}

/// Which of ptrace's three events announced a new task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Creation {
    Fork,
    Vfork,
    /// `clone` or `clone3` with another exit signal than SIGCHLD, as threads have.
    Clone,
}

/// How a stopped task goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resume {
    /// To its next stop.
    Run,
    /// To the exit of the call it is at the entry of, which is not made: it fails with ENOSYS.
    Skip,
    /// To its next stop, with this signal delivered.
    Deliver(i32),
    /// From the exit of a call to its next stop, with this in the result register.
    Return(i64),
    /// As `Run`, when this time has passed.
    Later(Duration),
    /// It stays in its group-stop and reports the end of it.
    Listen,
    /// Without us, with this signal delivered; 0 for none.
    Detach(i32),
}

/// Which calls stop a task that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// All, at entry and exit.
    Every,
    /// Those that our seccomp filter reports.
    Reported,
}
