//! Which calls are left out below [`Level::Full`](crate::expect::snapshot::level::Level::Full): those that
//! belong to the machinery under the program, and those that only time decides.

use std::collections::{HashMap, HashSet};

use crate::abi::families;
use crate::trace::call::Call;
use crate::trace::effects::place;
use crate::trace::effects::runtime::{self, Objects};
use crate::trace::raw::TaskId;
use crate::trace::value::{PathText, Value};

/// Memory, beside the family: address space that the allocator, the loader and thread stacks need.
const MEMORY: &[&str] =
    &["mincore", "map_shadow_stack", "pkey_alloc", "pkey_free", "process_madvise", "set_mempolicy_home_node"];

/// How threads wait for one another, and what the C library tells the kernel about itself.
const SCHEDULING: &[&str] = &[
    "arch_prctl",
    "futex",
    "futex_requeue",
    "futex_wait",
    "futex_waitv",
    "futex_wake",
    "get_robust_list",
    "membarrier",
    "restart_syscall",
    "rseq",
    "rseq_slice_yield",
    "sched_getaffinity",
    "sched_yield",
    "set_robust_list",
    "set_tid_address",
];

/// Signal masks and stacks; what is done on a signal stays.
const SIGNAL_MASKS: &[&str] = &["rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "sigaltstack"];

/// Answered by the vDSO on most machines, by the kernel on some. See vdso(7).
const CLOCKS: &[&str] = &["clock_getres", "clock_gettime", "getcpu", "gettimeofday", "time"];

/// As read from `/dev/urandom`, which is no effect either. The C library draws again where a temporary name comes out
/// uneven, and newer ones ask the vDSO. See getrandom(2).
const RANDOM_BYTES: &str = "getrandom";

const WAITS: &[&str] = &["wait4", "waitid"];

/// Calls that move data, or wait until it can be moved: they are tried again when they are interrupted or would block.
const RETRIED: &[&str] = &[
    "accept",
    "accept4",
    "epoll_pwait",
    "epoll_pwait2",
    "epoll_wait",
    "mq_timedreceive",
    "mq_timedsend",
    "msgrcv",
    "msgsnd",
    "poll",
    "ppoll",
    "pselect6",
    "select",
    "semop",
    "semtimedop",
];

const EINTR: i32 = 4;
const EAGAIN: i32 = 11;
const ENOSYS: i32 = 38;

/// Whether a call moves data: its size, its position and how often it is made depend on buffers and time.
pub(crate) fn transfers(name: &str) -> bool {
    const OTHER: &[&str] = &[
        "recvfrom",
        "recvmmsg",
        "recvmsg",
        "sendmmsg",
        "sendmsg",
        "sendto",
        "process_vm_readv",
        "process_vm_writev",
    ];
    let member = |family| families::by_name(family).is_some_and(|family| family.members.contains(&name));
    member("read") || member("write") || member("list") || OTHER.contains(&name)
}

/// Whether a call makes a process or thread.
pub(crate) fn creates_task(name: &str) -> bool {
    families::by_name("spawn").is_some_and(|family| family.members.contains(&name))
}

/// Whether a call executes a program.
pub(crate) fn executes(name: &str) -> bool {
    families::by_name("exec").is_some_and(|family| family.members.contains(&name))
}

/// Whether calls of this name are left out whatever they do.
pub(crate) fn is_always_hidden(name: &str) -> bool {
    MEMORY.contains(&name)
        || families::by_name("memory").is_some_and(|family| family.members.contains(&name))
        || SCHEDULING.contains(&name)
        || SIGNAL_MASKS.contains(&name)
        || is_clock(name)
        || name == RANDOM_BYTES
        // The end of a thread, and its own id, which debug builds of Rust's standard library ask for.
        || matches!(name, "exit" | "gettid")
}

/// Whether the vDSO may answer in place of the kernel.
pub(crate) fn is_clock(name: &str) -> bool {
    CLOCKS.contains(&name)
}

/// Why a call is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// It is shown.
    No,
    /// It shows in the headings of tasks: creating and waiting.
    InHeadings,
    Yes,
}

/// For each of the calls of a recording, whether it is left out.
pub(crate) fn hidden(calls: &[&Call]) -> Vec<Hidden> {
    let surroundings = Surroundings::new(calls);
    calls.iter().enumerate().map(|(index, call)| surroundings.judge(index, call)).collect()
}

struct Surroundings<'a> {
    calls: &'a [&'a Call],
    /// The next call of the same task.
    next: Vec<Option<usize>>,
    objects: Objects,
    /// The last components of the programs that were executed.
    programs: HashSet<&'a [u8]>,
}

impl<'a> Surroundings<'a> {
    fn new(calls: &'a [&'a Call]) -> Surroundings<'a> {
        let mut next = vec![None; calls.len()];
        let mut following: HashMap<TaskId, usize> = HashMap::new();
        for (index, call) in calls.iter().enumerate().rev() {
            next[index] = following.insert(call.raw().task, index);
        }
        let executed = calls.iter().filter(|call| executes(call.name()) && call.succeeded());
        let programs = executed.filter_map(|call| last_component(call)).collect();
        Surroundings { calls, next, objects: Objects::new(calls), programs }
    }

    fn judge(&self, index: usize, call: &Call) -> Hidden {
        let name = call.name();
        if executes(name) {
            return if self.is_search(index, call) { Hidden::Yes } else { Hidden::No };
        }
        if is_always_hidden(name)
            || call.raw().startup
            || self.is_retried(call)
            || self.is_unknown_to_kernel(index, call)
        {
            return Hidden::Yes;
        }
        if self.is_debug_check(index, call) || self.is_of_runtime(call) {
            return Hidden::Yes;
        }
        let structural = WAITS.contains(&name) || creates_task(name) && call.raw().errno().is_none();
        if structural { Hidden::InHeadings } else { Hidden::No }
    }

    /// Interrupted, or told to come again; the call that follows is the one that counts.
    fn is_retried(&self, call: &Call) -> bool {
        match call.raw().errno() {
            Some(EINTR | 512..=516) => true,
            Some(EAGAIN) => transfers(call.name()) || RETRIED.contains(&call.name()),
            _ => false,
        }
    }

    /// An older kernel does not have the call, and the program went on to another one.
    fn is_unknown_to_kernel(&self, index: usize, call: &Call) -> bool {
        call.raw().errno() == Some(ENOSYS)
            && self.next[index].is_some_and(|next| !matches!(self.calls[next].name(), "exit" | "exit_group"))
    }

    /// `fcntl(F_GETFD)` before `close`: Rust's standard library looks whether a descriptor is open, in debug builds.
    fn is_debug_check(&self, index: usize, call: &Call) -> bool {
        const F_GETFD: u64 = 1;
        let next = self.next[index].map(|next| self.calls[next]);
        call.name() == "fcntl"
            && call.raw().args()[1] == F_GETFD
            && next.is_some_and(|next| {
                next.name() == "close" && next.raw().args()[0] as u32 == call.raw().args()[0] as u32
            })
    }

    /// A directory of PATH without the program that was then found in another: where it is tried depends on the machine.
    /// See execvp(3).
    fn is_search(&self, index: usize, call: &Call) -> bool {
        let same = |other: &Call| {
            executes(other.name())
                && last_component(other) == last_component(call)
                && other.arg("argv") == call.arg("argv")
        };
        let later = std::iter::successors(self.next[index], |&index| self.next[index]);
        let mut later = later.map(|index| self.calls[index]).take_while(|other| same(other));
        call.raw().errno().is_some() && later.any(Call::succeeded)
    }

    /// About a file that a runtime uses for itself, or a shared object that it loads.
    fn is_of_runtime(&self, call: &Call) -> bool {
        // What becomes a standard stream matters, whatever it is.
        if families::variants("dup").chain(["dup"]).any(|name| name == call.name()) {
            return false;
        }
        let pid = call.process().pid();
        match call.args().iter().map(|arg| arg.value()).find(|value| is_file(value)) {
            Some(Value::Path(path)) => {
                let absolute = path.absolute_bytes().unwrap_or_default();
                let resolved = place::shown(path);
                let sought = is_lookup(call) && call.raw().errno().is_some();
                runtime::is_name(&absolute, pid)
                    || runtime::is_name(&resolved, pid)
                    || self.objects.contain(&resolved)
                    || sought && (self.objects.were_looked_for_as(path) || self.is_program_sought(path))
            }
            Some(Value::Fd(fd)) => {
                let file = fd.link.as_deref().map(place::undeleted).unwrap_or_default();
                runtime::is_name(file, pid) || self.objects.contain(file)
            }
            _ => false,
        }
    }

    /// A shell looks for a program in the directories of PATH, by asking for its attributes.
    fn is_program_sought(&self, path: &PathText) -> bool {
        path.written.first() == Some(&b'/') && self.programs.contains(last_component_of(path))
    }
}

/// Whether a value says which file a call is about. A working directory does not: a path follows.
fn is_file(value: &Value) -> bool {
    match value {
        Value::Path(path) => !path.written.is_empty(),
        Value::Fd(fd) => fd.number >= 0,
        _ => false,
    }
}

fn is_lookup(call: &Call) -> bool {
    let looks =
        |family| families::by_name(family).is_some_and(|family| family.members.contains(&call.name()));
    looks("open") || looks("stat") || looks("access")
}

fn last_component(call: &Call) -> Option<&[u8]> {
    match call.arg("path")? {
        Value::Path(path) => Some(last_component_of(path)),
        _ => None,
    }
}

fn last_component_of(path: &PathText) -> &[u8] {
    path.written.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::syscalls;

    #[test]
    fn lists_name_calls() {
        for name in [MEMORY, SCHEDULING, SIGNAL_MASKS, CLOCKS, WAITS, RETRIED].concat() {
            assert!(syscalls::by_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn transfers_are_those_that_move_data() {
        for name in ["read", "pwritev2", "sendfile", "getdents64", "recvmsg"] {
            assert!(transfers(name), "{name}");
        }
        for name in ["openat", "lseek", "fsync", "ftruncate", "accept4"] {
            assert!(!transfers(name), "{name}");
        }
    }
}
