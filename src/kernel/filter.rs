//! A seccomp filter that lets the kernel make calls which nobody wants to see, without a stop. See seccomp(2).
//!
//! The program puts it on itself: at its first call, other calls are made in place of it, and then the call itself. A hook before
//! the exec could do so too, and was dropped: std's own code in a child that could not execute the program would run untraced
//! under a filter whose answer is then ENOSYS.
#![allow(unsafe_code)]

use std::io::{IoSlice, IoSliceMut};
use std::mem::offset_of;

use nix::sys::ptrace;
use nix::sys::uio::{RemoteIoVec, process_vm_readv, process_vm_writev};

use crate::kernel::diagnosis;
use crate::kernel::privileges;
use crate::kernel::ptrace::{Stopped, id};

/// The part of SECCOMP_RET_TRACE that comes with the event: the program's own filters, if any, say something else.
pub(crate) const TAG: u16 = 0x5e5c;
const AUDIT_ARCH_X86_64: u32 = 0xc000_003e;
/// What the x86_64 ABI lets a function use below its stack pointer.
const RED_ZONE: u64 = 128;
/// `struct sock_fprog`: a length and a pointer.
const PROGRAM_HEAD: usize = 16;
/// Of the instruction `syscall`.
const INSTRUCTION: u64 = 2;

/// Instructions of the filter, as bytes.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    code: Vec<libc::sock_filter>,
}

impl Filter {
    /// Calls with these numbers, sorted, are made without a stop; those of other interfaces never are.
    pub(crate) fn passing(quiet: &[u32]) -> Filter {
        let load = |offset: usize| libc::sock_filter {
            code: (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16,
            jt: 0,
            jf: 0,
            k: offset as u32,
        };
        let skip_if = |test: u32, k: u32| libc::sock_filter {
            code: (libc::BPF_JMP | test | libc::BPF_K) as u16,
            jt: 1,
            jf: 0,
            k,
        };
        let answer =
            |k: u32| libc::sock_filter { code: (libc::BPF_RET | libc::BPF_K) as u16, jt: 0, jf: 0, k };
        let report = answer(libc::SECCOMP_RET_TRACE | u32::from(TAG));
        let mut code = vec![
            load(offset_of!(libc::seccomp_data, arch)),
            skip_if(libc::BPF_JEQ, AUDIT_ARCH_X86_64),
            report,
            load(offset_of!(libc::seccomp_data, nr)),
        ];
        // Comparisons of numbers with constants alone: the kernel then keeps the answers, and runs no filter.
        for (first, end) in ranges(quiet) {
            code.extend([skip_if(libc::BPF_JGE, first), report]);
            code.extend([skip_if(libc::BPF_JGE, end), answer(libc::SECCOMP_RET_ALLOW)]);
        }
        code.push(report);
        Filter { code }
    }

    /// `struct sock_fprog` and the instructions after it, as they are to stand at `place`.
    fn bytes(&self, place: u64) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(PROGRAM_HEAD + 8 * self.code.len());
        bytes.extend((self.code.len() as u64).to_ne_bytes());
        bytes.extend((place + PROGRAM_HEAD as u64).to_ne_bytes());
        for it in &self.code {
            bytes.extend(it.code.to_ne_bytes());
            bytes.extend([it.jt, it.jf]);
            bytes.extend(it.k.to_ne_bytes());
        }
        bytes
    }
}

/// From each to before the other.
fn ranges(sorted: &[u32]) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &number in sorted {
        match ranges.last_mut() {
            Some((_, end)) if *end == number => *end += 1,
            _ => ranges.push((number, number + 1)),
        }
    }
    ranges
}

/// The filter on its way into a program that is at the entry of a call.
#[derive(Debug)]
pub(crate) struct Installation {
    /// As the call found them.
    registers: libc::user_regs_struct,
    /// What was below the stack, and where.
    memory: Vec<u8>,
    place: u64,
    step: Step,
    /// Whether the program could gain no privileges by executing another before.
    no_new_privs: bool,
}

/// The call that is made in place of the program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Filter,
    NoNewPrivs,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Another call is made in place of the program's.
    GoesOn,
    /// The program's call comes next; whether there is a filter.
    Over(bool),
}

impl Installation {
    /// At the entry of a call. `None` where the program's memory or registers cannot be had.
    pub(crate) fn begin(stopped: &Stopped, filter: &Filter) -> Option<Installation> {
        let registers = ptrace::getregs(id(stopped.tid())).ok()?;
        let len = PROGRAM_HEAD + 8 * filter.code.len();
        let place = registers.rsp.checked_sub(RED_ZONE + len as u64)? & !15;
        let mut memory = vec![0; len];
        let there = [RemoteIoVec { base: place as usize, len }];
        let read = process_vm_readv(id(stopped.tid()), &mut [IoSliceMut::new(&mut memory)], &there).ok()?;
        let installation = Installation { registers, memory, place, step: Step::Filter, no_new_privs: false };
        let made = read == len
            && installation.write(stopped, &filter.bytes(place))
            && installation.make(stopped, installation.seccomp(), 0);
        made.then_some(installation)
    }

    /// At the exit of the call that was made in place of the program's.
    pub(crate) fn after(&mut self, stopped: &Stopped, result: i64) -> Progress {
        let goes_on = match (self.step, result) {
            (Step::Filter, 0) => return self.end(stopped, true),
            // Without CAP_SYS_ADMIN a program must have given up privileges to come. A tracer without
            // CAP_SYS_PTRACE keeps those from it anyway. See execve(2).
            (Step::Filter, _) if result == -i64::from(libc::EACCES) && !self.no_new_privs => {
                !privileges::has_ptrace_capability() && self.again(stopped, Step::NoNewPrivs)
            }
            (Step::NoNewPrivs, 0) => {
                self.no_new_privs = true;
                self.again(stopped, Step::Filter)
            }
            _ => false,
        };
        if goes_on { Progress::GoesOn } else { self.end(stopped, false) }
    }

    /// Whether privileges were given up for it.
    pub(crate) fn took_privileges(&self) -> bool {
        self.no_new_privs
    }

    fn seccomp(&self) -> [u64; 4] {
        let flags = libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW;
        [libc::SYS_seccomp as u64, libc::SECCOMP_SET_MODE_FILTER.into(), flags, self.place]
    }

    fn again(&mut self, stopped: &Stopped, step: Step) -> bool {
        self.step = step;
        let call = match step {
            Step::Filter => self.seccomp(),
            Step::NoNewPrivs => [libc::SYS_prctl as u64, libc::PR_SET_NO_NEW_PRIVS as u64, 1, 0],
        };
        self.make(stopped, call, INSTRUCTION)
    }

    /// Has a call made: at the entry of another, in place of it; with `back`, by the same instruction once more.
    fn make(&self, stopped: &Stopped, [number, first, second, third]: [u64; 4], back: u64) -> bool {
        let registers = libc::user_regs_struct {
            orig_rax: if back == 0 { number } else { u64::MAX },
            rax: if back == 0 { self.registers.rax } else { number },
            rip: self.registers.rip - back,
            rdi: first,
            rsi: second,
            rdx: third,
            r10: 0,
            r8: 0,
            ..self.registers
        };
        ptrace::setregs(id(stopped.tid()), registers).is_ok()
    }

    /// Leaves everything as it was before the program's call.
    fn end(&self, stopped: &Stopped, installed: bool) -> Progress {
        self.write(stopped, &self.memory);
        let registers = libc::user_regs_struct {
            orig_rax: u64::MAX,
            rax: self.registers.orig_rax,
            rip: self.registers.rip - INSTRUCTION,
            ..self.registers
        };
        // That it has been killed meanwhile is no failure.
        let _ = ptrace::setregs(id(stopped.tid()), registers);
        Progress::Over(installed)
    }

    fn write(&self, stopped: &Stopped, bytes: &[u8]) -> bool {
        let there = [RemoteIoVec { base: self.place as usize, len: bytes.len() }];
        process_vm_writev(id(stopped.tid()), &[IoSlice::new(bytes)], &there) == Ok(bytes.len())
    }
}

/// Whether a filter of ours would see every call: one that this process has, in a container, answers before it.
pub(crate) fn is_possible() -> bool {
    diagnosis::status_field("/proc/thread-self/status", "Seccomp:").as_deref() == Some("0")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the filter answers, by the rules of classic BPF as far as it needs them.
    fn answer(filter: &Filter, arch: u32, number: u32) -> u32 {
        let (mut at, mut word) = (0, 0);
        loop {
            let it = &filter.code[at];
            let jump = |holds: bool| 1 + usize::from(if holds { it.jt } else { it.jf });
            at += match u32::from(it.code) & 0x07 {
                libc::BPF_LD => {
                    word = if it.k == 4 { arch } else { number };
                    1
                }
                libc::BPF_JMP if u32::from(it.code) & 0xf0 == libc::BPF_JEQ => jump(word == it.k),
                libc::BPF_JMP => jump(word >= it.k),
                _ => return it.k,
            };
        }
    }

    #[test]
    fn calls_that_nobody_wants_pass_and_all_others_are_reported() {
        let quiet = [0, 1, 2, 5, 7, 8, 462];
        let filter = Filter::passing(&quiet);
        for number in (0..600).chain([u32::MAX, 0x4000_0000, 0x4000_0001]) {
            let passes = answer(&filter, AUDIT_ARCH_X86_64, number) == libc::SECCOMP_RET_ALLOW;
            assert_eq!(passes, quiet.contains(&number), "{number}");
            let reported = libc::SECCOMP_RET_TRACE | u32::from(TAG);
            assert_eq!(answer(&filter, 0x4000_0003, number), reported, "{number}");
        }
        assert_eq!(
            answer(&Filter::passing(&[]), AUDIT_ARCH_X86_64, 0) & 0x7fff_0000,
            libc::SECCOMP_RET_TRACE
        );
    }

    #[test]
    fn the_program_says_how_long_it_is_and_where_it_stands() {
        let bytes = Filter::passing(&[3]).bytes(0x1000);
        assert_eq!(bytes.len(), 16 + 8 * 9);
        assert_eq!(bytes[..8], 9u64.to_ne_bytes());
        assert_eq!(bytes[8..16], 0x1010u64.to_ne_bytes());
    }
}
