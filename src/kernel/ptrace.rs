//! Requests to tracees. See ptrace(2).
#![allow(unsafe_code)]

use std::mem::offset_of;

use nix::sys::ptrace::{self, Options};
use nix::unistd::Pid;

use crate::engine::stop::{Creation, Entry, Reach, Resume, Stop};
use crate::kernel::filter;
use crate::trace::raw::Abi;

/// The si_code of a SIGTRAP by a hardware breakpoint. See sigaction(2).
const TRAP_HWBKPT: i32 = 4;
/// `AUDIT_ARCH_I386` of linux/audit.h, as `PTRACE_GET_SYSCALL_INFO` reports it.
const AUDIT_ARCH_I386: u32 = 0x4000_0003;
/// `__X32_SYSCALL_BIT` of asm/unistd.h.
const X32_BIT: u64 = 0x4000_0000;
/// Where the number of a call stands in the user area.
const ORIG_RAX: usize = offset_of!(libc::user, regs) + offset_of!(libc::user_regs_struct, orig_rax);
/// Where its result stands.
const RAX: usize = offset_of!(libc::user, regs) + offset_of!(libc::user_regs_struct, rax);
const CS: usize = offset_of!(libc::user, regs) + offset_of!(libc::user_regs_struct, cs);
const RSP: usize = offset_of!(libc::user, regs) + offset_of!(libc::user_regs_struct, rsp);
/// AT_ENTRY of getauxval(3).
const AT_ENTRY: u64 = 9;

/// A tracee in a ptrace-stop: the only state in which it takes requests. Resuming consumes it.
///
/// A request that fails with ESRCH means that it was killed meanwhile; its end will be reported.
#[derive(Debug)]
#[must_use = "a stopped task stays stopped until it is resumed"]
pub(crate) struct Stopped {
    tid: u32,
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
    pub(crate) fn new(tid: u32) -> Stopped {
        Stopped { tid }
    }

    pub(crate) fn tid(&self) -> u32 {
        self.tid
    }

    /// What it stopped for; `None` when it was killed meanwhile, and the stop means nothing any more.
    ///
    /// At an exec stop this also sets the breakpoint that reports the program's entry point.
    pub(crate) fn observe(&self, signal: i32, event: i32) -> Option<Stop> {
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
                self.break_at_entry_point();
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
            // Nobody would take the trap any more.
            self.set_debug_register(7, 0);
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
        if signal == libc::SIGTRAP && info.si_code == TRAP_HWBKPT {
            self.set_debug_register(7, 0);
            return Stop::EntryPoint;
        }
        // SAFETY: siginfo_t is 128 bytes of plain data, filled in by the kernel.
        let bytes: [u8; size_of::<libc::siginfo_t>()] = unsafe { std::mem::transmute(info) };
        Stop::Signal(signal, Some(Box::new(bytes)))
    }

    fn message(&self) -> Option<u32> {
        ptrace::getevent(id(self.tid)).ok().map(|message| message as u32)
    }

    /// Asks to be told when the program's own entry point is reached: a hardware breakpoint, which leaves the
    /// program's memory alone, is not inherited by its children and is gone at the next exec. Where it cannot
    /// be had, start-up has no end, and a view after it is empty.
    fn break_at_entry_point(&self) {
        let Some(entry) = self.entry_point() else { return };
        if self.set_debug_register(0, entry) {
            // Bit 0 enables the first breakpoint; its type and length bits are 0: execution.
            self.set_debug_register(7, 1);
        }
    }

    /// AT_ENTRY in the auxiliary vector of the new program. See getauxval(3) and proc(5).
    fn entry_point(&self) -> Option<u64> {
        let vector = std::fs::read(format!("/proc/{}/auxv", self.tid)).ok()?;
        let word = |bytes: &[u8]| bytes.try_into().ok().map(u64::from_ne_bytes);
        vector
            .chunks_exact(16)
            .filter_map(|pair| Some((word(&pair[..8])?, word(&pair[8..])?)))
            .find_map(|(key, value)| (key == AT_ENTRY).then_some(value))
    }

    /// At an exec stop: makes the program find no vDSO, so that it asks the kernel for the time. Whether that is for sure.
    ///
    /// The program's memory is written to, here and nowhere else, before its first instruction. See vdso(7).
    pub(crate) fn hide_vdso(&self) -> bool {
        const AT_SYSINFO_EHDR: u64 = 33;
        const AT_IGNORE: u64 = 1;
        match self.auxiliary(AT_SYSINFO_EHDR) {
            Some(Some(key)) => {
                ptrace::write(id(self.tid), key as ptrace::AddressType, AT_IGNORE as libc::c_long).is_ok()
            }
            Some(None) => true,
            None => false,
        }
    }

    /// At an exec stop: where the auxiliary vector has `wanted`, if it has it; `None` when the vector was not understood, as
    /// that of a 32-bit program. It lies above the arguments and the variables on the new stack.
    fn auxiliary(&self, wanted: u64) -> Option<Option<u64>> {
        const AT_NULL: u64 = 0;
        /// Of a program in 64-bit mode: `__USER_CS` of asm/segment.h.
        const USER_CS: u64 = 0x33;
        if self.register(CS)? != USER_CS {
            return None;
        }
        let stack = self.register(RSP)?;
        // Each of the two lists has a NULL at its end.
        let mut place = stack + 8 * (self.word(stack)? + 2);
        while self.word(place)? != 0 {
            place += 8;
        }
        place += 8;
        loop {
            match self.word(place)? {
                AT_NULL => return Some(None),
                key if key == wanted => return Some(Some(place)),
                _ => place += 16,
            }
        }
    }

    fn register(&self, offset: usize) -> Option<u64> {
        ptrace::read_user(id(self.tid), offset as ptrace::AddressType).ok().map(|word| word as u64)
    }

    fn word(&self, address: u64) -> Option<u64> {
        ptrace::read(id(self.tid), address as ptrace::AddressType).ok().map(|word| word as u64)
    }

    fn set_debug_register(&self, register: usize, value: u64) -> bool {
        let offset = offset_of!(libc::user, u_debugreg) + register * size_of::<u64>();
        ptrace::write_user(id(self.tid), offset as ptrace::AddressType, value as libc::c_long).is_ok()
    }
}

pub(crate) fn id(tid: u32) -> Pid {
    Pid::from_raw(tid as libc::pid_t)
}
