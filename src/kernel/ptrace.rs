//! Requests to tracees. See ptrace(2).
#![allow(unsafe_code)]

use std::mem::offset_of;

use nix::sys::ptrace::{self, Options};
use nix::unistd::Pid;

use crate::engine::stop::{Creation, Entry, Reach, Resume, Stop};
use crate::kernel::filter;
use crate::trace::raw::Abi;

/// `AUDIT_ARCH_I386` of linux/audit.h, as `PTRACE_GET_SYSCALL_INFO` reports it.
const AUDIT_ARCH_I386: u32 = 0x4000_0003;
/// `__X32_SYSCALL_BIT` of asm/unistd.h.
const X32_BIT: u64 = 0x4000_0000;
/// Where the number of a call stands in the user area.
const ORIG_RAX: usize = offset_of!(libc::user, regs) + offset_of!(libc::user_regs_struct, orig_rax);
/// Where its result stands.
const RAX: usize = offset_of!(libc::user, regs) + offset_of!(libc::user_regs_struct, rax);

/// A tracee in a ptrace-stop: the only state in which it takes requests. Resuming consumes it.
///
/// A request that fails with ESRCH means that it was killed meanwhile; its end will be reported.
#[derive(Debug)]
#[must_use = "a stopped task stays stopped until it is resumed"]
pub(crate) struct Stopped {
    tid: u32,
    /// Pages of its memory may come from another tracee, and are not waited for.
    supplied: bool,
}

/// What the end of the tracer thread, by a panic or with the whole test process, is to a tracee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bond {
    /// The end of it too, and of all that it starts: the program is ours.
    Ours,
    /// Nothing: the program was there before.
    Theirs,
}

/// Makes a task a tracee of the calling thread, and stops it: the stop is reported like any other. `filters`: what a seccomp
/// filter says is to be reported too.
pub(crate) fn seize(tid: u32, bond: Bond, filters: bool) -> Result<(), (&'static str, i32)> {
    let own = if bond == Bond::Ours { Options::PTRACE_O_EXITKILL } else { Options::empty() };
    let reported = if filters { Options::PTRACE_O_TRACESECCOMP } else { Options::empty() };
    let options = own
        | reported
        | Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEVFORKDONE
        | Options::PTRACE_O_TRACEEXEC;
    ptrace::seize(id(tid), options).map_err(|errno| ("PTRACE_SEIZE", errno as i32))?;
    ptrace::interrupt(id(tid)).map_err(|errno| ("PTRACE_INTERRUPT", errno as i32))
}

/// Makes a tracee stop, also one that listens in a group-stop. One that is stopped or dead needs no asking.
pub(crate) fn interrupt(tid: u32) {
    let _ = ptrace::interrupt(id(tid));
}

impl Stopped {
    /// The tracee that `waited` found stopped.
    pub(crate) fn new(tid: u32, supplied: bool) -> Stopped {
        Stopped { tid, supplied }
    }

    pub(crate) fn is_supplied(&self) -> bool {
        self.supplied
    }

    pub(crate) fn tid(&self) -> u32 {
        self.tid
    }

    /// What it stopped for; `None` when it was killed meanwhile, and the stop means nothing any more.
    ///
    /// At an exec stop this also sees to it that the program's entry point is reported. `stays`: it is traced to its end.
    pub(crate) fn observe(&self, signal: i32, event: i32, stays: bool) -> Option<Stop> {
        match event {
            0 if signal == libc::SIGTRAP | 0x80 => self.syscall_stop(),
            0 => Some(self.signal_stop(signal)),
            libc::PTRACE_EVENT_STOP => Some(match signal {
                libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU => Stop::Group(signal),
                _ => Stop::Trap,
            }),
            libc::PTRACE_EVENT_FORK => self.message().map(|tid| Stop::Created(Creation::Fork, tid)),
            libc::PTRACE_EVENT_VFORK => self.message().map(|tid| Stop::Created(Creation::Vfork, tid)),
            libc::PTRACE_EVENT_CLONE => self.message().map(|tid| Stop::Created(Creation::Clone, tid)),
            libc::PTRACE_EVENT_SECCOMP => self.syscall_stop(),
            libc::PTRACE_EVENT_EXEC => {
                self.watch_for_entry_point(stays);
                self.message().map(Stop::Exec)
            }
            _ => Some(Stop::Other),
        }
    }

    /// Lets it go on, to a call within `reach` or what else it stops for. That it has been killed meanwhile is no failure.
    pub(crate) fn resume(self, how: Resume, reach: Reach) {
        if how == Resume::Skip {
            // No call has the number -1: the kernel answers ENOSYS by itself.
            let _ = ptrace::write_user(id(self.tid), ORIG_RAX as ptrace::AddressType, -1);
        }
        if let Resume::Return(value) = how {
            let _ = ptrace::write_user(id(self.tid), RAX as ptrace::AddressType, value);
        }
        if let Resume::Detach(_) = how {
            self.forget_entry_point();
        }
        let on = match reach {
            Reach::Every => libc::PTRACE_SYSCALL,
            Reach::Reported => libc::PTRACE_CONT,
        };
        let (request, signal) = match how {
            Resume::Run | Resume::Skip | Resume::Return(_) | Resume::Later(_) => (on, 0),
            Resume::Deliver(signal) => (on, signal),
            Resume::Listen => (libc::PTRACE_LISTEN, 0),
            Resume::Detach(signal) => (libc::PTRACE_DETACH, signal),
        };
        // Not nix: it has no PTRACE_LISTEN, and no value for a real-time signal.
        // SAFETY: these requests read nothing but numbers.
        unsafe {
            libc::ptrace(request, self.tid as libc::pid_t, 0usize, signal as usize);
        }
    }

    fn syscall_stop(&self) -> Option<Stop> {
        let info = ptrace::syscall_info(id(self.tid)).ok()?;
        let entry = |number: u64, args| {
            let (abi, number) = match info.arch {
                AUDIT_ARCH_I386 => (Abi::I386, number),
                // -1 and other negative numbers have the bit set too, and are no x32 calls.
                _ if number & X32_BIT != 0 && number as i32 > 0 => (Abi::X32, number & !X32_BIT),
                _ => (Abi::X86_64, number),
            };
            Entry {
                abi,
                number: number as u32,
                args,
                instruction_pointer: info.instruction_pointer,
                stack_pointer: info.stack_pointer,
            }
        };
        match info.op {
            libc::PTRACE_SYSCALL_INFO_ENTRY => {
                // SAFETY: `op` says that this is the member the kernel filled in.
                let it = unsafe { info.u.entry };
                Some(Stop::Entry(entry(it.nr, it.args)))
            }
            libc::PTRACE_SYSCALL_INFO_SECCOMP => {
                // SAFETY: as above.
                let it = unsafe { info.u.seccomp };
                Some(match it.ret_data == u32::from(filter::TAG) {
                    true => Stop::Reported(entry(it.nr, it.args)),
                    false => Stop::Untraceable,
                })
            }
            libc::PTRACE_SYSCALL_INFO_EXIT => {
                // SAFETY: as above.
                let exit = unsafe { info.u.exit };
                Some(Stop::Exit(exit.sval))
            }
            // PTRACE_SYSCALL_INFO_NONE: it has been killed since, and is on its way out.
            _ => None,
        }
    }

    fn signal_stop(&self, signal: i32) -> Stop {
        let Ok(info) = ptrace::getsiginfo(id(self.tid)) else { return Stop::Signal(signal, None) };
        if self.is_at_entry_point(&info) {
            return Stop::EntryPoint;
        }
        // SAFETY: siginfo_t is 128 bytes of plain data, filled in by the kernel.
        let bytes: [u8; size_of::<libc::siginfo_t>()] = unsafe { std::mem::transmute(info) };
        Stop::Signal(signal, Some(Box::new(bytes)))
    }

    fn message(&self) -> Option<u32> {
        ptrace::getevent(id(self.tid)).ok().map(|message| message as u32)
    }

    pub(crate) fn register(&self, offset: usize) -> Option<u64> {
        ptrace::read_user(id(self.tid), offset as ptrace::AddressType).ok().map(|word| word as u64)
    }

    pub(crate) fn word(&self, address: u64) -> Option<u64> {
        ptrace::read(id(self.tid), address as ptrace::AddressType).ok().map(|word| word as u64)
    }

    pub(crate) fn set_debug_register(&self, register: usize, value: u64) -> bool {
        let offset = offset_of!(libc::user, u_debugreg) + register * size_of::<u64>();
        ptrace::write_user(id(self.tid), offset as ptrace::AddressType, value as libc::c_long).is_ok()
    }
}

pub(crate) fn id(tid: u32) -> Pid {
    Pid::from_raw(tid as libc::pid_t)
}
