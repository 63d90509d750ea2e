//! `siginfo_t`: a union, whose fields the signal and its code decide. See sigaction(2).

use crate::abi::constants::process::{BUS, CLD, FPE, ILL, SEGV, SI, SYS, TRAP};
use crate::abi::signature::Family;
use crate::trace::decode::integer_at;
use crate::trace::value::{FieldValue, Structure, Value, Word};

const SIGILL: i32 = 4;
const SIGTRAP: i32 = 5;
const SIGBUS: i32 = 7;
const SIGFPE: i32 = 8;
const SIGSEGV: i32 = 11;
const SIGCHLD: i32 = 17;
const SIGSYS: i32 = 31;

const SI_QUEUE: i32 = -1;
const SI_TIMER: i32 = -2;
const SI_MESGQ: i32 = -3;
const SI_KERNEL: i32 = 0x80;
const CLD_EXITED: i32 = 1;

/// The fields that are filled in; of a cut one, those that are there.
pub(super) fn structure(bytes: &[u8]) -> Structure {
    let int = |at| integer_at(bytes, at, 4).map(|it| it as i32);
    let mut fields = Fields { bytes, fields: Vec::new() };
    if let (Some(signal), Some(errno), Some(code)) = (int(0), int(4), int(8)) {
        fields.push("si_signo", Value::Signal(signal));
        if errno != 0 {
            fields.push("si_errno", Value::Int(errno.into()));
        }
        fields.push(
            "si_code",
            Value::Enumeration(Word { family: codes(signal, code), value: code as u32 as u64 }),
        );
        fields.rest(signal, code);
    }
    Structure { name: "siginfo", fields: fields.fields }
}

struct Fields<'a> {
    bytes: &'a [u8],
    fields: Vec<FieldValue>,
}

impl Fields<'_> {
    fn rest(&mut self, signal: i32, code: i32) {
        match (signal, code) {
            (_, SI_TIMER) => {
                self.int("si_timerid", 16);
                self.int("si_overrun", 20);
                self.value();
            }
            (_, SI_QUEUE | SI_MESGQ) => {
                self.sender();
                self.value();
            }
            (_, ..=0) => self.sender(),
            (SIGCHLD, _) => {
                self.sender();
                let status = self.word(24, 4).map(|status| match code {
                    CLD_EXITED => Value::Int((status as i32).into()),
                    _ => Value::Signal(status as i32),
                });
                self.push_some("si_status", status);
                self.long("si_utime", 32);
                self.long("si_stime", 40);
            }
            (SIGILL | SIGTRAP | SIGBUS | SIGFPE | SIGSEGV, _) => self.address("si_addr", 16),
            (SIGSYS, _) => {
                self.address("si_call_addr", 16);
                self.int("si_syscall", 24);
                let arch = self.word(28, 4).map(Value::Hex);
                self.push_some("si_arch", arch);
            }
            // Sent by the kernel, which is nobody.
            (_, SI_KERNEL) => {}
            _ => self.sender(),
        }
    }

    fn sender(&mut self) {
        self.int("si_pid", 16);
        let uid = self.word(20, 4).map(Value::Uint);
        self.push_some("si_uid", uid);
    }

    fn value(&mut self) {
        self.int("si_int", 24);
        self.address("si_ptr", 24);
    }

    fn int(&mut self, name: &'static str, at: usize) {
        let value = self.word(at, 4).map(|it| Value::Int((it as i32).into()));
        self.push_some(name, value);
    }

    fn long(&mut self, name: &'static str, at: usize) {
        let value = self.word(at, 8).map(|it| Value::Int(it as i64));
        self.push_some(name, value);
    }

    fn address(&mut self, name: &'static str, at: usize) {
        let value = self.word(at, 8).map(Value::Address);
        self.push_some(name, value);
    }

    fn word(&self, at: usize, size: usize) -> Option<u64> {
        integer_at(self.bytes, at, size)
    }

    fn push_some(&mut self, name: &'static str, value: Option<Value>) {
        if let Some(value) = value {
            self.push(name, value);
        }
    }

    fn push(&mut self, name: &'static str, value: Value) {
        self.fields.push(FieldValue { name, value, verbose: false });
    }
}

fn codes(signal: i32, code: i32) -> &'static Family {
    match (signal, code) {
        (_, ..=0 | SI_KERNEL) => &SI,
        (SIGILL, _) => &ILL,
        (SIGTRAP, _) => &TRAP,
        (SIGBUS, _) => &BUS,
        (SIGFPE, _) => &FPE,
        (SIGSEGV, _) => &SEGV,
        (SIGCHLD, _) => &CLD,
        (SIGSYS, _) => &SYS,
        _ => &SI,
    }
}
