//! The text of marks: `--- SIGCHLD {...} ---`, `+++ exited with 0 +++`.

use std::fmt::{self, Display};

use crate::abi::constants::process::{BUS, CLD, FPE, ILL, SEGV, SI, SYS, TRAP};
use crate::abi::signals;
use crate::abi::signature::Family;
use crate::trace::flags;
use crate::trace::record::{Mark, MarkKind};

impl Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            MarkKind::Signal(signal, Some(info)) => {
                write!(f, "--- {} {} ---", name(*signal), siginfo(*signal, info))
            }
            MarkKind::Signal(signal, None) => write!(f, "--- {} ---", name(*signal)),
            MarkKind::Stopped(signal) => write!(f, "--- stopped by {} ---", name(*signal)),
            MarkKind::Ended(status) => ended(f, *status),
        }
    }
}

/// See wait(2).
fn ended(f: &mut fmt::Formatter<'_>, status: i32) -> fmt::Result {
    match status & 0x7f {
        0 => write!(f, "+++ exited with {} +++", status >> 8 & 0xff),
        signal => {
            let core = if status & 0x80 == 0 { "" } else { " (core dumped)" };
            write!(f, "+++ killed by {}{core} +++", name(signal))
        }
    }
}

fn name(signal: i32) -> String {
    signals::name(signal).unwrap_or_else(|| signal.to_string())
}

/// The fields that this signal and code fill in. See sigaction(2).
fn siginfo(signal: i32, info: &[u8]) -> String {
    const SI_TIMER: i32 = -2;
    let int =
        |at: usize| info.get(at..at + 4).and_then(|it| it.try_into().ok()).map_or(0, i32::from_ne_bytes);
    let long =
        |at: usize| info.get(at..at + 8).and_then(|it| it.try_into().ok()).map_or(0, i64::from_ne_bytes);
    let code = int(8);
    let mut text = format!("{{si_signo={}, si_code={}", name(signal), code_name(signal, code));
    let sender = format!(", si_pid={}, si_uid={}", int(16), int(20) as u32);
    let more = match (signal, code) {
        (_, SI_TIMER) => format!(", si_timerid={:#x}, si_overrun={}", int(16), int(20)),
        // SI_QUEUE and the others that carry a value.
        (_, -3 | -1) => format!("{sender}, si_value={{si_int={}, si_ptr={:#x}}}", int(24), long(24)),
        (_, ..=0) => sender,
        (17, _) => {
            let status = if code == 1 { int(24).to_string() } else { name(int(24)) };
            format!("{sender}, si_status={status}, si_utime={}, si_stime={}", long(32), long(40))
        }
        (4 | 5 | 7 | 8 | 11, 1..0x80) => match long(16) {
            0 => ", si_addr=NULL".to_owned(),
            address => format!(", si_addr={address:#x}"),
        },
        (31, 1 | 2) => {
            format!(", si_call_addr={:#x}, si_syscall={:#x}, si_arch={:#x}", long(16), int(24), int(28))
        }
        _ => String::new(),
    };
    text += &more;
    text + "}"
}

fn code_name(signal: i32, code: i32) -> String {
    let family: &'static Family = match (signal, code) {
        (_, ..=0 | 0x80) => &SI,
        (4, _) => &ILL,
        (5, _) => &TRAP,
        (7, _) => &BUS,
        (8, _) => &FPE,
        (11, _) => &SEGV,
        (17, _) => &CLD,
        (31, _) => &SYS,
        _ => &SI,
    };
    let (members, _) = flags::split(family, code as u64);
    members.first().map_or_else(|| code.to_string(), |member| member.name.to_owned())
}
