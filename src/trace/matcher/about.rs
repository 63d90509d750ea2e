//! Which calls are meant, by their names, and in families with a condition by their arguments.

use crate::abi::families::{self, CallFamily, When};
use crate::abi::other_abi;
use crate::abi::signature::Signature;
use crate::abi::syscalls;
use crate::trace::call::{Call, Outcome};
use crate::trace::matcher::judge::{Around, Reading};
use crate::trace::matcher::{Verdict, bind};
use crate::trace::raw::Abi;
use crate::trace::value::Value;

/// Which calls a branch is about.
#[derive(Clone, Debug)]
pub(crate) enum Calls {
    One(&'static Signature),
    Family(&'static CallFamily),
    /// One of strace's classes.
    Class(&'static str, &'static [&'static str]),
}

impl Calls {
    /// Whether a call is one of these, by its name and, in a family with a condition, by its arguments.
    pub(crate) fn about(&self, call: &Call) -> Verdict {
        if call.raw().abi != Abi::X86_64 {
            return self.about_foreign(call);
        }
        match (self, call.signature()) {
            (_, None) => self.about_unknown(call),
            (_, Some(made)) if !self.has(made.name) => Verdict::No,
            (Calls::Family(family), Some(_)) => counts(family.condition, call),
            _ => Verdict::Yes,
        }
    }

    /// i386 and x32 calls are known by name. Two of i386 are doors to whole groups.
    fn about_foreign(&self, call: &Call) -> Verdict {
        let raw = call.raw();
        if matches!(self, Calls::Family(family) if family.condition == When::Sockets) && has_no_socket(call) {
            return Verdict::No;
        }
        let meant = match raw.abi {
            Abi::I386 => other_abi::i386_name(raw.number).map(other_abi::i386_means),
            _ => other_abi::x32_name(raw.number).map(|name| vec![name]),
        };
        let Some(meant) = meant else { return self.about_unknown(call) };
        let (some, all) = (meant.iter().any(|name| self.has(name)), meant.iter().all(|name| self.has(name)));
        match self {
            _ if !some => Verdict::No,
            Calls::Family(family) if !family.condition.takes_any_arguments() => Verdict::Unknown,
            _ if all => Verdict::Yes,
            _ => Verdict::Unknown,
        }
    }

    /// A number in no table belongs to whatever newer kernels have: perhaps to another call of the family, never to one
    /// that has a name.
    fn about_unknown(&self, call: &Call) -> Verdict {
        const ENOSYS: i32 = 38;
        match self {
            Calls::Family(_) | Calls::Class(..) if call.raw().errno() != Some(ENOSYS) => Verdict::Unknown,
            _ => Verdict::No,
        }
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Calls::One(row) => row.name == name,
            Calls::Family(CallFamily { members, .. }) | Calls::Class(_, members) => members.contains(&name),
        }
    }

    /// The argument that these calls are about, where the call `name` has two files.
    pub(crate) fn side(&self, name: &str) -> Option<&'static str> {
        match self {
            Calls::Family(family) => families::side(family, name),
            Calls::One(_) | Calls::Class(..) => None,
        }
    }

    pub(crate) fn numbers(&self) -> Vec<u32> {
        let number = |name: &&str| syscalls::by_name(name).map(|row| row.number);
        match self {
            Calls::One(row) => vec![row.number],
            Calls::Family(CallFamily { members, .. }) | Calls::Class(_, members) => {
                members.iter().filter_map(number).collect()
            }
        }
    }
}

/// Whether a call of a family counts, by its arguments.
fn counts(condition: When, call: &Call) -> Verdict {
    const CLONE_THREAD: u64 = 0x1_0000;
    let named = |argument: &str, names: &[&str]| {
        let word = call.arg(argument).and_then(Value::flags);
        word.map_or(Verdict::Unknown, |word| names.iter().any(|name| word.has(name)).into())
    };
    let flags = |is: fn(u64) -> bool| clone_flags(call).map_or(Verdict::Unknown, |flags| is(flags).into());
    match (condition, call.name()) {
        (When::Processes, "clone" | "clone3") => flags(|flags| flags & CLONE_THREAD == 0),
        (When::Threads, _) => flags(|flags| flags & CLONE_THREAD != 0),
        // What is CLONE_NEWTIME for clone3(2) is a part of the signal for clone(2).
        (When::Namespaces, "clone") => flags(|flags| flags & 0x7e02_0000 != 0),
        (When::Namespaces, "clone3") => flags(|flags| flags & 0x7e02_0080 != 0),
        (When::Locks, "fcntl") => named("cmd", &["F_SETLK", "F_SETLKW", "F_OFD_SETLK", "F_OFD_SETLKW"]),
        (When::Privileges, "prctl") => named("option", &PRIVILEGES),
        (When::Sockets, _) => (!has_no_socket(call)).into(),
        (When::Randomness, name) if name != "getrandom" => opens_random_device(call),
        _ => Verdict::Yes,
    }
}

/// Its descriptor was no socket, and it did nothing. See errno(3).
fn has_no_socket(call: &Call) -> bool {
    const ENOTSOCK: i32 = 88;
    call.raw().errno() == Some(ENOTSOCK)
}

/// The flags of clone(2) are in a register, those of clone3(2) in memory.
pub(crate) fn clone_flags(call: &Call) -> Option<u64> {
    let flags = match call.arg("cl_args") {
        None => call.arg("flags")?.as_int(),
        Some(Value::Changed(before, _)) => before.field("flags")?.as_int(),
        Some(args) => args.field("flags")?.as_int(),
    };
    flags.map(|flags| flags as u64)
}

fn opens_random_device(call: &Call) -> Verdict {
    let around = Around::call(call, Reading::Forbid);
    // A handle has no name: the descriptor tells what it was.
    let opened = match (call.arg("path"), call.outcome()) {
        (None, Outcome::Returned(value)) => Some(value),
        (None, Outcome::Failed(_)) => return Verdict::No,
        (path, _) => path,
    };
    let is = |device: &str| {
        opened.map_or(Verdict::Unknown, |value| bind::path(device.as_ref()).judge_in(value, around))
    };
    is("/dev/random").or(is("/dev/urandom")).or(is("/dev/hwrng"))
}

const PRIVILEGES: [&str; 5] =
    ["PR_SET_KEEPCAPS", "PR_SET_SECUREBITS", "PR_CAPBSET_DROP", "PR_CAP_AMBIENT", "PR_SET_NO_NEW_PRIVS"];
