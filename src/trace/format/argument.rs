//! The text of arguments and results that one call shows in its own way.

use std::fmt::{self, Write};

use crate::abi::constants::process::{FUTEX_OP, FUTEX_OP_CMP};
use crate::trace::call::{Argument, Call, Outcome};
use crate::trace::format::mode;
use crate::trace::format::value::{self, hex, priority, value};
use crate::trace::format::word::word;
use crate::trace::format::{Constants, Format};
use crate::trace::value::{Buffer, List, ListEnd, Value, Word};

/// One argument.
pub(super) fn argument(f: &mut impl Write, call: &Call, argument: &Argument, format: &Format) -> fmt::Result {
    match (call.name(), argument.name, &argument.value) {
        ("mmap", "offset", Value::Int(offset)) => hex(f, *offset as u64),
        ("mknod" | "mknodat", _, Value::Mode(mode)) => mode::node(f, u32::from(*mode as u16), format),
        // As the kernel takes it, in 16 bits.
        (_, _, Value::Mode(mode)) => mode::permissions(f, u32::from(*mode as u16)),
        (_, "nodemask" | "old_nodes" | "new_nodes", Value::Array(mask)) => nodes(f, mask, format),
        ("capget" | "capset", "hdrp", header) => value(f, before(header), format),
        ("prctl", "arg3", Value::Address(word)) if !has(call, "option", "PR_SET_VMA") => hex(f, *word),
        ("rseq", "rseq_len", Value::Uint(len)) => hex(f, *len),
        ("getrandom", "buf", buffer) => value::random(f, buffer, format),
        ("personality", "persona", Value::Flags(word)) if word.bits() as u32 == u32::MAX => {
            f.write_str("0xffffffff")
        }
        ("futex", "val3", Value::Hex(bits)) if has(call, "op", "FUTEX_WAKE_OP") => wake(f, *bits as u32),
        ("futex", "val3", Value::Hex(bits)) if *bits as u32 == u32::MAX => {
            f.write_str("FUTEX_BITSET_MATCH_ANY")
        }
        ("futex", "val3", Value::Hex(bits)) => hex(f, (*bits as u32).into()),
        ("shmget" | "semget" | "msgget", "key", Value::Hex(0)) => f.write_str("IPC_PRIVATE"),
        ("socket", "protocol", Value::Int(protocol)) if has(call, "domain", "AF_PACKET") => {
            ethernet(f, *protocol as u16)
        }
        ("prctl", "arg2", Value::Int(-1)) if has(call, "option", "PR_SET_PTRACER") => {
            f.write_str("PR_SET_PTRACER_ANY")
        }
        ("mincore", "vec", Value::Bytes(pages)) => value(f, &numbers(pages), format),
        ("poll" | "ppoll", "fds", fds) => asked(f, before(fds), format),
        // What became of them stands behind the result.
        (_, "readfds" | "writefds" | "exceptfds" | "timeout", set) => value(f, before(set), format),
        ("splice" | "copy_file_range", "off_in" | "off_out", offset) => value(f, before(offset), format),
        ("sendfile", "offset", Value::Changed(before, after)) => {
            value(f, before, format)?;
            f.write_str(" => ")?;
            value(f, after, format)
        }
        (_, _, argument) => value(f, argument, format),
    }
}

fn has(call: &Call, name: &str, flag: &str) -> bool {
    call.arg(name).and_then(Value::flags).is_some_and(|word| word.has(flag))
}

/// What is done to the second word, and how it is compared. See FUTEX_WAKE_OP in futex(2).
fn wake(f: &mut impl Write, bits: u32) -> fmt::Result {
    const SHIFTED: u32 = 0x8000_0000;
    let part = |family, value: u32| Word { family, value: value.into() };
    if bits & SHIFTED != 0 {
        f.write_str("FUTEX_OP_OPARG_SHIFT<<28|")?;
    }
    word(f, &part(&FUTEX_OP, bits >> 28 & 7))?;
    f.write_str("<<28|")?;
    hex(f, (bits >> 12 & 0xfff).into())?;
    f.write_str("<<12|")?;
    word(f, &part(&FUTEX_OP_CMP, bits >> 24 & 0xf))?;
    f.write_str("<<24|")?;
    hex(f, (bits & 0xfff).into())
}

/// Words with all their digits but two. See set_mempolicy(2).
fn nodes(f: &mut impl Write, mask: &List, format: &Format) -> fmt::Result {
    value::list(f, mask, ", ", format, |f, item| match item.as_int() {
        Some(0) => f.write_str("0000000000000000"),
        Some(word) => write!(f, "{word:#016x}"),
        None => value(f, item, format),
    })
}

/// In network byte order. See packet(7).
fn ethernet(f: &mut impl Write, protocol: u16) -> fmt::Result {
    let protocol = u16::from_be(protocol);
    let name = match protocol {
        0x0003 => "ETH_P_ALL",
        0x0800 => "ETH_P_IP",
        0x0806 => "ETH_P_ARP",
        0x86dd => "ETH_P_IPV6",
        _ => return write!(f, "htons({protocol:#x} /* ETH_P_??? */)"),
    };
    write!(f, "htons({name})")
}

/// A byte for each page.
fn numbers(pages: &Buffer) -> Value {
    let items = pages.bytes.iter().map(|byte| Value::Uint((*byte).into())).collect();
    let end = if pages.is_truncated() { ListEnd::Truncated } else { ListEnd::Whole };
    Value::Array(List { items, end })
}

/// What stands behind a result: its flags, what became ready, how much time was left.
pub(super) fn remark(f: &mut impl Write, call: &Call, format: &Format) -> fmt::Result {
    let Outcome::Returned(result) = call.outcome() else { return Ok(()) };
    match (call.name(), result) {
        ("poll" | "ppoll" | "select" | "pselect6", Value::Int(0)) => f.write_str(" (Timeout)"),
        ("poll" | "ppoll", Value::Int(_)) => remarks(f, &[ready_fds(call, format), left(call, format)]),
        ("select" | "pselect6", Value::Int(_)) => {
            let set = |label, name| ready_set(call, label, name, format);
            remarks(
                f,
                &[
                    set("in", "readfds"),
                    set("out", "writefds"),
                    set("except", "exceptfds"),
                    left(call, format),
                ],
            )
        }
        // In most remarks names stay names.
        ("personality", Value::Flags(_) | Value::Enumeration(_)) => {
            write!(f, " ({})", text(result, format).unwrap_or_default())
        }
        (name, Value::Flags(bits)) if bits.bits() != 0 || !bits.names().is_empty() => {
            let label = match (name, bits.family.name) {
                ("fcntl", "F_SEAL") => "seals ",
                ("fcntl", _) => "flags ",
                _ => "",
            };
            match bits.family.name {
                "IOPRIO" if format.constants == Constants::Numbers => return Ok(()),
                "IOPRIO" => write!(f, " ({})", priority(bits, format))?,
                "FD_FLAGS" => write!(f, " ({label}{})", text(result, format).unwrap_or_default())?,
                _ => {
                    write!(f, " ({label}")?;
                    word(f, bits)?;
                    f.write_char(')')?;
                }
            }
            Ok(())
        }
        (_, Value::Enumeration(of)) if of.name().is_some() => {
            f.write_str(" (")?;
            word(f, of)?;
            f.write_char(')')
        }
        (_, Value::Signal(1..)) => write!(f, " ({result})"),
        _ => Ok(()),
    }
}

/// As the program passed it.
fn before(value: &Value) -> &Value {
    if let Value::Changed(before, _) = value { before } else { value }
}

/// As the kernel left it.
fn after(value: &Value) -> &Value {
    if let Value::Changed(_, after) = value { after } else { value }
}

/// The descriptors and events that poll(2) was asked about; a negative one is passed over.
fn asked(f: &mut impl Write, fds: &Value, format: &Format) -> fmt::Result {
    let Value::Array(list) = fds else { return value(f, fds, format) };
    let mut asked = List { items: Vec::new(), end: list.end };
    for item in &list.items {
        let Value::Struct(pollfd) = item else { continue };
        let mut pollfd = pollfd.clone();
        let skipped = pollfd.field("fd").and_then(Value::as_int).is_some_and(|fd| fd < 0);
        pollfd.fields.retain(|field| field.name == "fd" || field.name == "events" && !skipped);
        asked.items.push(Value::Struct(pollfd));
    }
    value(f, &Value::Array(asked), format)
}

fn remarks(f: &mut impl Write, remarks: &[Option<String>]) -> fmt::Result {
    let all: Vec<&str> = remarks.iter().flatten().map(String::as_str).collect();
    if all.is_empty() { Ok(()) } else { write!(f, " ({})", all.join(", ")) }
}

/// Those with events.
fn ready_fds(call: &Call, format: &Format) -> Option<String> {
    let Value::Array(list) = after(call.arg("fds")?) else { return None };
    let mut ready = List { items: Vec::new(), end: list.end };
    for item in &list.items {
        let Value::Struct(pollfd) = item else { continue };
        if pollfd.field("revents").and_then(Value::as_int).is_some_and(|events| events != 0) {
            let mut pollfd = pollfd.clone();
            pollfd.fields.retain(|field| field.name != "events");
            ready.items.push(Value::Struct(pollfd));
        }
    }
    text(&Value::Array(ready), format)
}

/// A set that is not empty.
fn ready_set(call: &Call, label: &str, name: &str, format: &Format) -> Option<String> {
    let set = after(call.arg(name)?);
    if set.items().is_empty() { None } else { Some(format!("{label} {}", text(set, format)?)) }
}

/// The kernel counts the timeout down. See select(2).
fn left(call: &Call, format: &Format) -> Option<String> {
    match after(call.arg("timeout")?) {
        time @ Value::Struct(_) => Some(format!("left {}", text(time, format)?)),
        _ => None,
    }
}

fn text(of: &Value, format: &Format) -> Option<String> {
    let mut text = String::new();
    value(&mut text, of, format).is_ok().then_some(text)
}
