//! The text of a call: `openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3`.

use std::fmt::{self, Display, Write};

use crate::abi::errno::Errno;
use crate::trace::call::{Call, Outcome};
use crate::trace::format::Format;
use crate::trace::format::argument::{argument, remark};
use crate::trace::format::value;
use crate::trace::raw::{Injected, RawOutcome, SIGNAL_FRAME_MASK};
use crate::trace::value::Value;

/// strace's notation, as [`Format::new`] describes it.
impl Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.display(&Format::new()).fmt(f)
    }
}

impl Call {
    /// Its text in another format.
    pub fn display<'a>(&'a self, format: &'a Format) -> impl Display + 'a {
        Shown { call: self, format, part: Part::Both }
    }

    /// The part of its text in front of the equals sign: name and arguments.
    pub fn display_call<'a>(&'a self, format: &'a Format) -> impl Display + 'a {
        Shown { call: self, format, part: Part::Call }
    }

    /// The part of its text behind the equals sign: result or error.
    pub fn display_result<'a>(&'a self, format: &'a Format) -> impl Display + 'a {
        Shown { call: self, format, part: Part::Result }
    }
}

struct Shown<'a> {
    call: &'a Call,
    format: &'a Format,
    part: Part,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Call,
    Result,
    Both,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.part != Part::Result {
            call(f, self.call, self.format)?;
        }
        if self.part == Part::Both {
            f.write_str(" = ")?;
        }
        if self.part != Part::Call {
            result(f, self.call, self.format)?;
            f.write_str(match self.call.raw().injected {
                None => "",
                Some(Injected::Fault) => " (INJECTED)",
                Some(Injected::Delay) => " (DELAYED)",
            })?;
        }
        Ok(())
    }
}

fn call(f: &mut impl Write, call: &Call, format: &Format) -> fmt::Result {
    write!(f, "{}(", call.name())?;
    match call.name() {
        "clone" => clone_arguments(f, call, format)?,
        "rt_sigreturn" => restored_mask(f, call)?,
        _ => {
            for (index, arg) in call.args().iter().enumerate() {
                if index > 0 {
                    f.write_str(", ")?;
                }
                argument(f, call, arg, format)?;
            }
        }
    }
    f.write_char(')')
}

/// The raw call has another order of arguments than the library's, so they are named.
fn clone_arguments(f: &mut impl Write, call: &Call, format: &Format) -> fmt::Result {
    const SHOWN: [(&str, &str); 5] = [
        ("stack", "child_stack"),
        ("flags", "flags"),
        ("parent_tid", "parent_tid"),
        ("tls", "tls"),
        ("child_tid", "child_tidptr"),
    ];
    let mut separator = "";
    for (name, shown) in SHOWN {
        if let Some(value) = call.arg(name) {
            write!(f, "{separator}{shown}=")?;
            value::value(f, value, format)?;
            separator = ", ";
        }
    }
    Ok(())
}

/// It has no argument but the stack, on which the kernel put the mask that it takes back. See sigreturn(2).
fn restored_mask(f: &mut impl Write, call: &Call) -> fmt::Result {
    let at = call.raw().noted.registers.stack_pointer.wrapping_add(SIGNAL_FRAME_MASK);
    let set = call.raw().noted.captures.iter().find(|capture| capture.address == at);
    match set.and_then(|set| set.bytes.first_chunk().copied()).map(u64::from_ne_bytes) {
        Some(set) => {
            f.write_str("{mask=")?;
            value::signal_set(f, set)?;
            f.write_char('}')
        }
        None => Ok(()),
    }
}

fn result(f: &mut impl Write, call: &Call, format: &Format) -> fmt::Result {
    match call.outcome() {
        Outcome::Returned(result) => {
            match result {
                Value::Flags(word) if word.family.name == "IOPRIO" => write!(f, "{}", word.bits())?,
                Value::Flags(word) => value::hex(f, word.bits())?,
                Value::Enumeration(word) if call.name() == "fcntl" => value::hex(f, word.bits())?,
                Value::Enumeration(word) => write!(f, "{}", word.bits())?,
                Value::Signal(signal) => write!(f, "{signal}")?,
                result => value::value(f, result, format)?,
            }
            remark(f, call, format)
        }
        Outcome::Failed(errno) => write!(f, "-1 {errno} ({})", errno.description()),
        Outcome::Unfinished => match call.raw().outcome {
            RawOutcome::Left(code @ -4095..=-1) => {
                let code = Errno(-code as i32);
                write!(f, "? {code} ({})", code.description())
            }
            _ => f.write_char('?'),
        },
    }
}
