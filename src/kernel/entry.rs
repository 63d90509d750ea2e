//! Where the program's own part begins, and what else its auxiliary vector says. See getauxval(3).
#![allow(unsafe_code)]

use std::mem::offset_of;

use nix::sys::ptrace;

use crate::engine::memory::Memory as _;
use crate::kernel::ptrace::{Stopped, id};

const AT_NULL: u64 = 0;
const AT_IGNORE: u64 = 1;
const AT_ENTRY: u64 = 9;
const AT_SYSINFO_EHDR: u64 = 33;

const CS: usize = offset_of!(libc::user, regs) + offset_of!(libc::user_regs_struct, cs);
const RIP: usize = offset_of!(libc::user, regs) + offset_of!(libc::user_regs_struct, rip);
const RSP: usize = offset_of!(libc::user, regs) + offset_of!(libc::user_regs_struct, rsp);
/// Of a program in 64-bit mode: `__USER_CS` of asm/segment.h.
const USER_CS: u64 = 0x33;

/// The si_code of a SIGTRAP by a hardware breakpoint. See sigaction(2).
const TRAP_HWBKPT: i32 = 4;
/// An address differs in this bit from one where nobody has code: programs are loaded around 0x5555_5555_4000 or at 0x40_0000, and
/// libraries below 0x7fff_ffff_f000.
const ELSEWHERE: u64 = 1 << 45;

impl Stopped {
    /// At an exec stop: whether the program begins at its own entry point, without a dynamic loader.
    pub(crate) fn begins_at_entry_point(&self) -> bool {
        self.register(RIP).is_some_and(|at| Some(at) == self.entry_point())
    }

    /// At an exec stop: asks to be told when the dynamic loader is done. Where that cannot be had, start-up has no end, and a view
    /// after it is empty.
    ///
    /// The loader is told to go elsewhere then, and gets there no further than to a signal, which is ours to take. A hardware
    /// breakpoint is told of less, and makes every switch between the tracer and the program dearer to the end of its life, by a
    /// fifth of what a stop costs: it is for a program that may be let go before, where the loader is another's than ours to tell,
    /// and where it is asked to show what it was told.
    pub(crate) fn watch_for_entry_point(&self, stays: bool) {
        let Some(entry) = self.entry_point().filter(|entry| self.register(RIP) != Some(*entry)) else {
            return;
        };
        if stays
            && self.takes(libc::SIGSEGV)
            && !self.shows_vector()
            && self.tell_entry_point(entry, entry ^ ELSEWHERE)
        {
            return;
        }
        if self.takes(libc::SIGTRAP) && self.set_debug_register(0, entry) {
            // Bit 0 enables the first breakpoint; its type and length bits are 0: execution.
            self.set_debug_register(7, 1);
        }
    }

    /// Nobody would take the trap any more.
    pub(crate) fn forget_entry_point(&self) {
        self.set_debug_register(7, 0);
    }

    /// At a stop for a signal: whether it says that the loader is done. The program is where it should be then, and as it should be.
    pub(crate) fn is_at_entry_point(&self, info: &libc::siginfo_t) -> bool {
        if info.si_signo == libc::SIGTRAP && info.si_code == TRAP_HWBKPT {
            self.forget_entry_point();
            return true;
        }
        if info.si_signo != libc::SIGSEGV || info.si_code <= 0 {
            return false;
        }
        // SAFETY: the kernel fills in the address for a SIGSEGV of its own.
        let fault = unsafe { info.si_addr() } as u64;
        let Some(entry) = self.entry_point().filter(|entry| entry ^ ELSEWHERE == fault) else { return false };
        if self.register(RIP) != Some(fault) {
            return false;
        }
        self.tell_entry_point(fault, entry);
        ptrace::write_user(id(self.tid()), RIP as ptrace::AddressType, entry as libc::c_long).is_ok()
    }

    /// At an exec stop: makes the program find no vDSO, so that it asks the kernel for the time. Whether that is for sure. See vdso(7).
    pub(crate) fn hide_vdso(&self) -> bool {
        match self.auxiliary(AT_SYSINFO_EHDR) {
            Some(Some(entry)) => self.set_word(entry, AT_IGNORE),
            Some(None) => true,
            None => false,
        }
    }

    /// The entry point of the program, as the kernel remembers it. See proc_pid_auxv(5).
    fn entry_point(&self) -> Option<u64> {
        let vector = std::fs::read(format!("/proc/{}/auxv", self.tid())).ok()?;
        let word = |bytes: &[u8]| bytes.try_into().ok().map(u64::from_ne_bytes);
        vector
            .chunks_exact(16)
            .filter_map(|pair| Some((word(&pair[..8])?, word(&pair[8..])?)))
            .find_map(|(key, value)| (key == AT_ENTRY).then_some(value))
    }

    /// With the stack as at the first instruction: changes what the program finds as its entry point, if it is `from`.
    fn tell_entry_point(&self, from: u64, to: u64) -> bool {
        let Some(Some(place)) = self.auxiliary(AT_ENTRY) else { return false };
        self.word(place + 8) == Some(from) && self.set_word(place + 8, to)
    }

    /// Whether a signal that the kernel sends changes nothing of the program's: one that is blocked or ignored is neither
    /// afterwards. A library that makes it so before the program begins comes too late to be heeded.
    fn takes(&self, signal: i32) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.tid())).unwrap_or_default();
        let is_clear = |name| {
            let mask = status.lines().find_map(|line| line.strip_prefix(name));
            let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
            mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 0)
        };
        is_clear("SigBlk:") && is_clear("SigIgn:")
    }

    /// Whether the loader writes down what it is told. See ld.so(8).
    fn shows_vector(&self) -> bool {
        let variables = std::fs::read(format!("/proc/{}/environ", self.tid())).unwrap_or_default();
        variables.split(|&byte| byte == 0).any(|variable| variable.starts_with(b"LD_SHOW_AUXV="))
    }

    /// With the stack as at the first instruction: where the auxiliary vector has `wanted`, if it has it; `None` when the vector was
    /// not understood, as that of a 32-bit program. It lies above the arguments and the variables.
    fn auxiliary(&self, wanted: u64) -> Option<Option<u64>> {
        if self.register(CS)? != USER_CS {
            return None;
        }
        let mut stack = Words { stopped: self, start: 0, bytes: Vec::new() };
        let top = self.register(RSP)?;
        // Each of the two lists has a NULL at its end.
        let mut place = top + 8 * (stack.at(top)? + 2);
        while stack.at(place)? != 0 {
            place += 8;
        }
        place += 8;
        loop {
            match stack.at(place)? {
                AT_NULL => return Some(None),
                key if key == wanted => return Some(Some(place)),
                _ => place += 16,
            }
        }
    }

    fn set_word(&self, address: u64, word: u64) -> bool {
        ptrace::write(id(self.tid()), address as ptrace::AddressType, word as libc::c_long).is_ok()
    }
}

/// Words of a program's memory, read a piece at a time.
struct Words<'a> {
    stopped: &'a Stopped,
    start: u64,
    bytes: Vec<u8>,
}

impl Words<'_> {
    fn at(&mut self, address: u64) -> Option<u64> {
        const PIECE: usize = 1024;
        let word = |words: &Words<'_>| {
            let at = usize::try_from(address.checked_sub(words.start)?).ok()?;
            words.bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_ne_bytes)
        };
        if let Some(known) = word(self) {
            return Some(known);
        }
        self.bytes.resize(PIECE, 0);
        let read = self.stopped.read(address, &mut self.bytes).ok()?;
        self.bytes.truncate(read);
        self.start = address;
        word(self)
    }
}
