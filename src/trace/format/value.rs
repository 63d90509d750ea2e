//! The text of values.

use std::fmt::{self, Display, Write};
use std::net::IpAddr;

use crate::abi::constants::network::SOCK_FLAGS;
use crate::abi::signals;
use crate::trace::format::mode::{device, mode, permissions};
use crate::trace::format::netlink::{content, netlink};
use crate::trace::format::quote::{hex_quoted, quoted, string};
use crate::trace::format::socket::socket;
use crate::trace::format::word::word;
use crate::trace::format::{Constants, Format};
use crate::trace::value::{Descriptor, FieldValue, List, ListEnd, Structure, Value, Word};

const AT_FDCWD: i32 = -100;

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        value(f, self, &Format::new())
    }
}

/// One value.
pub(crate) fn value(f: &mut impl Write, value: &Value, format: &Format) -> fmt::Result {
    match value {
        Value::Int(number) => write!(f, "{number}"),
        Value::Uint(number) => write!(f, "{number}"),
        Value::Hex(word) => hex(f, *word),
        Value::Address(0) => f.write_str("NULL"),
        Value::Address(address) => write!(f, "{address:#x}"),
        Value::Fd(fd) => descriptor(f, fd, format),
        Value::Path(path) => string(f, &path.written, path.truncated, format.strings),
        Value::Text(text) => bytes(f, &text.bytes, text.total, format),
        Value::Bytes(buffer) => bytes(f, &buffer.bytes, buffer.total, format),
        Value::Flags(bits) if bits.family.name == "SOCK" && format.constants != Constants::Names => {
            socket_type(f, bits, format)
        }
        Value::Flags(bits) if bits.family.name == "CLONE_SIG" && format.constants != Constants::Names => {
            clone_flags(f, bits, format)
        }
        Value::Flags(bits)
            if matches!(bits.family.name, "IPC_GET" | "SHM_GET") && format.constants != Constants::Names =>
        {
            ipc_flags(f, bits, format)
        }
        Value::Flags(bits) if bits.family.name == "IOPRIO" => match format.constants {
            Constants::Names => f.write_str(&priority(bits, format)),
            Constants::Numbers => write!(f, "{}", bits.value),
            Constants::Both => write!(f, "{} /* {} */", bits.value, priority(bits, format)),
        },
        Value::Flags(bits) | Value::Enumeration(bits) => {
            named(f, format, |f| hex(f, bits.value), |text| word(text, bits))
        }
        Value::Mode(mode) => named(f, format, |f| permissions(f, *mode), |text| self::mode(text, *mode)),
        Value::Device(device) => named(f, format, |f| hex(f, *device), |text| self::device(text, *device)),
        Value::Signal(signal) => match signals::name(*signal) {
            Some(name) => named(f, format, |f| write!(f, "{signal}"), |text| text.write_str(&name)),
            None => write!(f, "{signal}"),
        },
        Value::SignalSet(set) => named_signals(f, *set, format),
        Value::WaitStatus(status) => wait_status(f, *status),
        Value::Socket(address) => socket(f, address, format),
        Value::Host(IpAddr::V4(address)) => {
            octets(f, &address.octets(), format, format_args!("inet_addr(\"{address}\")"))
        }
        Value::Host(IpAddr::V6(address)) => {
            octets(f, &address.octets(), format, format_args!("inet_pton(AF_INET6, \"{address}\")"))
        }
        Value::Netlink(_, messages) => netlink(f, messages, format),
        Value::Struct(structure) => self::structure(f, structure, format),
        Value::Array(list) => array(f, list, ", ", format),
        Value::Set(list) => array(f, list, " ", format),
        Value::Changed(before, after) => changed(f, before, after, format),
        Value::Counted { list, .. } if format.verbose && (list.is_whole() || !list.items.is_empty()) => {
            array(f, list, ", ", format)
        }
        Value::Counted { address, count, what, .. } => counted(f, *address, *count, what),
    }
}

/// Random bytes.
pub(crate) fn random(f: &mut impl Write, value: &Value, format: &Format) -> fmt::Result {
    match value {
        Value::Bytes(buffer) => {
            let shown = buffer.bytes.len().min(format.string_limit);
            hex_quoted(f, &buffer.bytes[..shown], buffer.total != Some(shown as u64))
        }
        other => self::value(f, other, format),
    }
}

/// `0x1f`, but `0`.
pub(crate) fn hex(f: &mut impl Write, word: u64) -> fmt::Result {
    if word == 0 { f.write_char('0') } else { write!(f, "{word:#x}") }
}

/// A number, the name it has, or both. A text that begins with a digit is the number already.
pub(super) fn named<W: Write>(
    f: &mut W,
    format: &Format,
    number: impl Fn(&mut W) -> fmt::Result,
    name: impl Fn(&mut String) -> fmt::Result,
) -> fmt::Result {
    if format.constants == Constants::Numbers {
        return number(f);
    }
    let mut text = String::new();
    name(&mut text)?;
    if format.constants == Constants::Names || is_number(&text) {
        return f.write_str(&text);
    }
    number(f)?;
    write!(f, " /* {text} */")
}

/// What stands in memory in the order of the network, or without any: its bytes, what is made of them, or both.
pub(super) fn octets(
    f: &mut impl Write,
    bytes: &[u8],
    format: &Format,
    name: fmt::Arguments<'_>,
) -> fmt::Result {
    if format.constants == Constants::Names {
        return f.write_fmt(name);
    }
    hex_quoted(f, bytes, false)?;
    if format.constants == Constants::Both { write!(f, " /* {name} */") } else { Ok(()) }
}

/// Not so `1<<TCP_LISTEN`.
fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit()) && !text.starts_with("1<<")
}

/// The type and, where there are some, the flags. See socket(2).
fn socket_type(f: &mut impl Write, word: &Word, format: &Format) -> fmt::Result {
    const TYPE: u64 = 0xf;
    let part = |f: &mut _, value| {
        let part = Word { family: word.family, value };
        named(f, format, |f| hex(f, value), |text| self::word(text, &part))
    };
    part(f, word.value & TYPE)?;
    if word.value & !TYPE == 0 {
        return Ok(());
    }
    f.write_char('|')?;
    let flags = Word { family: &SOCK_FLAGS, value: word.value & !TYPE };
    named(f, format, |f| hex(f, flags.value), |text| self::word(text, &flags))
}

/// The flags and, where there is one, the signal that the end of the new process sends. See clone(2).
fn clone_flags(f: &mut impl Write, word: &Word, format: &Format) -> fmt::Result {
    const SIGNAL: u64 = 0xff;
    let flags = Word { family: word.family, value: word.value & !SIGNAL };
    let signal = (word.value & SIGNAL) as i32;
    if flags.value != 0 || signal == 0 {
        named(f, format, |f| hex(f, flags.value), |text| self::word(text, &flags))?;
    }
    match (flags.value, signal) {
        (_, 0) => return Ok(()),
        (0, _) => {}
        _ => f.write_char('|')?,
    }
    value(f, &Value::Signal(signal), format)
}

/// The flags, and the permissions in the low bits. See shmget(2).
fn ipc_flags(f: &mut impl Write, word: &Word, format: &Format) -> fmt::Result {
    const MODE: u64 = 0o777;
    let flags = Word { family: word.family, value: word.value & !MODE };
    if flags.value != 0 {
        let mut names = String::new();
        self::word(&mut names, &flags)?;
        let names = names.strip_suffix("|000").unwrap_or(&names);
        named(f, format, |f| hex(f, flags.value), |text| text.write_str(names))?;
        f.write_char('|')?;
    }
    permissions(f, (word.value & MODE) as u32)
}

/// The class and the level of a priority of input and output. See ioprio_set(2).
pub(super) fn priority(word: &Word, format: &Format) -> String {
    const SHIFT: u32 = 13;
    let mut class = String::new();
    let of = Word { family: word.family, value: word.value >> SHIFT << SHIFT };
    let number = |text: &mut String| hex(text, of.value >> SHIFT);
    let name = |text: &mut String| match of.name() {
        Some(name) => text.write_str(name),
        None => write!(text, "{:#x} /* IOPRIO_CLASS_??? */", of.value >> SHIFT),
    };
    named(&mut class, format, number, name).expect("BUG: a string takes all");
    format!("IOPRIO_PRIO_VALUE({class}, {})", word.value & ((1 << SHIFT) - 1))
}

fn named_signals(f: &mut impl Write, set: u64, format: &Format) -> fmt::Result {
    match format.constants {
        Constants::Names => signal_set(f, set),
        constants => signals_of(f, set, |signal| match (constants, signals::short_name(signal)) {
            (Constants::Both, Some(name)) => format!("{signal} /* {name} */"),
            _ => signal.to_string(),
        }),
    }
}

fn descriptor(f: &mut impl Write, fd: &Descriptor, format: &Format) -> fmt::Result {
    match fd.number {
        AT_FDCWD => {
            named(f, format, |f| write!(f, "{AT_FDCWD}"), |text| text.write_str("AT_FDCWD"))?;
        }
        number => write!(f, "{number}")?,
    }
    let told = format.fd_text.as_ref().filter(|_| format.fd_paths).and_then(|text| text(fd));
    if let Some(text) = told {
        return write!(f, "<{text}>");
    }
    match &fd.link {
        Some(link) if format.fd_paths => {
            let mut text = String::new();
            quoted(&mut text, link, false)?;
            let text = text.trim_matches('"');
            // Of a file without a name, the kernel says so behind the one that it had.
            if let Some(text) = text.strip_suffix(" (deleted)").filter(|text| text.starts_with('/')) {
                return write!(f, "<{text}>(deleted)");
            }
            match fd.protocol().filter(|_| format.fd_protocols) {
                Some(protocol) => write!(f, "<{}>", text.replacen("socket", protocol, 1)),
                None => write!(f, "<{text}>"),
            }
        }
        _ => Ok(()),
    }
}

fn bytes(f: &mut impl Write, bytes: &[u8], total: Option<u64>, format: &Format) -> fmt::Result {
    let shown = bytes.len().min(format.string_limit);
    string(f, &bytes[..shown], total != Some(shown as u64), format.strings)
}

/// The signals of a set; of one with most of them, those that are missing.
pub(crate) fn signal_set(f: &mut impl Write, set: u64) -> fmt::Result {
    signals_of(f, set, |signal| signals::short_name(signal).unwrap_or_default())
}

fn signals_of(f: &mut impl Write, set: u64, name: impl Fn(i32) -> String) -> fmt::Result {
    const MOST: u32 = 64 * 2 / 3;
    let (mark, set) = if set.count_ones() >= MOST { ("~", !set) } else { ("", set) };
    let names: Vec<String> = (1..=64).filter(|signal| set & 1 << (signal - 1) != 0).map(name).collect();
    write!(f, "{mark}[{}]", names.join(" "))
}

/// See wait(2).
fn wait_status(f: &mut impl Write, status: u32) -> fmt::Result {
    let signal = |number: u32| signals::name(number as i32).unwrap_or_else(|| number.to_string());
    let (low, high) = (status & 0x7f, status >> 8 & 0xff);
    match (low, status & 0xffff) {
        (_, 0xffff) => f.write_str("[{WIFCONTINUED(s)}]"),
        (0, _) => write!(f, "[{{WIFEXITED(s) && WEXITSTATUS(s) == {high}}}]"),
        (0x7f, _) => write!(f, "[{{WIFSTOPPED(s) && WSTOPSIG(s) == {}}}]", signal(high)),
        (low, _) => {
            let core = if status & 0x80 == 0 { "" } else { " && WCOREDUMP(s)" };
            write!(f, "[{{WIFSIGNALED(s) && WTERMSIG(s) == {}{core}}}]", signal(low))
        }
    }
}

fn structure(f: &mut impl Write, structure: &Structure, format: &Format) -> fmt::Result {
    if let Some(instead) = special_time(structure) {
        return f.write_str(instead);
    }
    if let ("sched_param", [priority]) = (structure.name, &structure.fields[..]) {
        f.write_char('[')?;
        value(f, &priority.value, format)?;
        return f.write_char(']');
    }
    if matches!(structure.name, "ipv4_devconf" | "ipv6_devconf") {
        return settings(f, structure, format);
    }
    f.write_char('{')?;
    let mut hidden = false;
    let mut first = true;
    for field in &structure.fields {
        if field.verbose && !format.verbose {
            hidden = true;
            continue;
        }
        if !first {
            f.write_str(", ")?;
        }
        first = false;
        if let (Value::Host(IpAddr::V6(address)), Constants::Names) = (&field.value, format.constants) {
            write!(f, "inet_pton(AF_INET6, \"{address}\", &{})", field.name)?;
            continue;
        }
        write!(f, "{}=", field.name)?;
        self::field(f, structure.name, field, format)?;
    }
    f.write_str(match (hidden, first) {
        (true, true) => "...}",
        (true, false) => ", ...}",
        (false, _) => "}",
    })
}

/// See utimensat(2): a time that is no time.
fn special_time(structure: &Structure) -> Option<&'static str> {
    const UTIME_NOW: i64 = 0x3fff_ffff;
    const UTIME_OMIT: i64 = 0x3fff_fffe;
    match structure.field("tv_nsec").and_then(Value::as_int)? {
        UTIME_NOW if structure.name == "utimespec" => Some("UTIME_NOW"),
        UTIME_OMIT if structure.name == "utimespec" => Some("UTIME_OMIT"),
        _ => None,
    }
}

fn field(f: &mut impl Write, of: &str, field: &FieldValue, format: &Format) -> fmt::Result {
    match (of, field.name, &field.value) {
        ("rlimit", _, Value::Uint(limit)) => self::limit(f, *limit, format),
        ("tms", ..) | ("siginfo", "si_utime" | "si_stime", _) => ticks(f, &field.value, format),
        ("open_how", _, Value::Mode(mode)) => permissions(f, *mode),
        ("inet_diag_sockid", "idiag_sport" | "idiag_dport", Value::Uint(port)) => {
            octets(f, &(*port as u16).to_be_bytes(), format, format_args!("htons({port})"))
        }
        ("nlattr", "nla_type", Value::Enumeration(word)) => attribute_type(f, word, format),
        ("udev_monitor_netlink_header", "prefix", Value::Text(text)) => {
            string(f, &text.bytes, false, format.strings)
        }
        ("udev_monitor_netlink_header", "magic", big) => in_order(f, big, format),
        ("udev_monitor_netlink_header", name, big) if name.starts_with("filter_") => in_order(f, big, format),
        ("nlmsgerr" | "rtgenmsg", ..) => content(f, &field.value, format),
        ("clone_args", "stack_size", Value::Uint(size)) => hex(f, *size),
        (_, _, value) => self::value(f, value, format),
    }
}

/// Two bits of the type are flags.
fn attribute_type(f: &mut impl Write, ty: &Word, format: &Format) -> fmt::Result {
    const FLAGS: [(u64, &str); 2] = [(0x8000, "NLA_F_NESTED"), (0x4000, "NLA_F_NET_BYTEORDER")];
    let mut plain = *ty;
    for (bit, name) in FLAGS.into_iter().filter(|(bit, _)| ty.value & bit != 0) {
        plain.value &= !bit;
        named(f, format, |f| hex(f, bit), |text| text.write_str(name))?;
        f.write_char('|')?;
    }
    value(f, &Value::Enumeration(plain), format)
}

/// A number in the order of the network. See byteorder(3).
fn in_order(f: &mut impl Write, number: &Value, format: &Format) -> fmt::Result {
    f.write_str("htonl(")?;
    value(f, number, format)?;
    f.write_char(')')
}

/// The settings of a link, by name: `[[DEVCONF_FORWARDING]=0, [DEVCONF_HOPLIMIT]=64]`. Those of IPv4 are counted from one.
fn settings(f: &mut impl Write, of: &Structure, format: &Format) -> fmt::Result {
    let (prefix, past) = if of.name == "ipv4_devconf" { ("IPV4_", "-1") } else { ("", "") };
    let shown = if format.verbose { of.fields.len() } else { of.fields.len().min(format.string_limit) };
    f.write_char('[')?;
    for (index, field) in of.fields[..shown].iter().enumerate() {
        f.write_str(if index > 0 { ", [" } else { "[" })?;
        match field.name {
            "" => write!(f, "{index} /* {prefix}DEVCONF_??? */")?,
            name => named(f, format, |f| write!(f, "{index}"), |text| write!(text, "{name}{past}"))?,
        }
        f.write_str("]=")?;
        value(f, &field.value, format)?;
    }
    f.write_str(if shown < of.fields.len() { ", ...]" } else { "]" })
}

/// A time in ticks, of which the kernel has a hundred a second. See times(2).
fn ticks(f: &mut impl Write, ticks: &Value, format: &Format) -> fmt::Result {
    value(f, ticks, format)?;
    match ticks.as_int() {
        Some(ticks @ 1..) => write!(f, " /* {}.{:02} s */", ticks / 100, ticks % 100),
        _ => Ok(()),
    }
}

/// See getrlimit(2). Multiples of 1024 are shown as such.
fn limit(f: &mut impl Write, limit: u64, format: &Format) -> fmt::Result {
    let name = match limit {
        u64::MAX => "RLIM64_INFINITY".to_owned(),
        limit if limit > 1024 && limit % 1024 == 0 => format!("{}*1024", limit / 1024),
        limit => return write!(f, "{limit}"),
    };
    match format.constants {
        Constants::Names => f.write_str(&name),
        Constants::Numbers => write!(f, "{limit}"),
        Constants::Both => write!(f, "{limit} /* {name} */"),
    }
}

fn array(f: &mut impl Write, list: &List, separator: &str, format: &Format) -> fmt::Result {
    self::list(f, list, separator, format, |f, item| value(f, item, format))
}

/// The elements, each as `one` writes it.
pub(super) fn list<W: Write>(
    f: &mut W,
    list: &List,
    separator: &str,
    format: &Format,
    one: impl Fn(&mut W, &Value) -> fmt::Result,
) -> fmt::Result {
    f.write_char('[')?;
    let shown = if format.verbose { list.items.len() } else { list.items.len().min(format.string_limit) };
    for (index, item) in list.items[..shown].iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        one(f, item)?;
    }
    let separator = if shown == 0 { "" } else { separator };
    match list.end {
        ListEnd::Whole if shown == list.items.len() => {}
        ListEnd::Unreadable(address) if shown == list.items.len() => {
            write!(f, "{separator}... /* {address:#x} */")?;
        }
        _ => write!(f, "{separator}...")?,
    }
    f.write_char(']')
}

/// `[4 => 16]` for a scalar that is pointed to; of everything else what it was in the end.
fn changed(f: &mut impl Write, before: &Value, after: &Value, format: &Format) -> fmt::Result {
    match (before, after) {
        (Value::Array(was), Value::Array(is)) => match (&was.items[..], &is.items[..]) {
            ([Value::Struct(_)], [_]) => value(f, after, format),
            ([was], [is]) => {
                f.write_char('[')?;
                value(f, was, format)?;
                f.write_str(" => ")?;
                value(f, is, format)?;
                f.write_char(']')
            }
            _ => value(f, after, format),
        },
        (Value::Struct(was), Value::Struct(is)) if is.name == "clone_args" => {
            structure(f, was, format)?;
            f.write_str(" => ")?;
            structure(f, is, format)
        }
        (Value::Struct(was), Value::Struct(is)) if is.name == "msghdr" => message(f, was, is, format),
        _ => value(f, after, format),
    }
}

/// How much room for an address there was, and how much of it was used.
fn message(f: &mut impl Write, was: &Structure, is: &Structure, format: &Format) -> fmt::Result {
    const LENGTH: &str = "msg_namelen";
    let room = was.field(LENGTH).filter(|room| is.field(LENGTH).is_some_and(|used| used != *room));
    f.write_char('{')?;
    for (index, FieldValue { name, value, .. }) in is.fields.iter().enumerate() {
        let separator = if index > 0 { ", " } else { "" };
        write!(f, "{separator}{name}=")?;
        if let (&LENGTH, Some(room)) = (name, room) {
            self::value(f, room, format)?;
            f.write_str(" => ")?;
        }
        self::value(f, value, format)?;
    }
    f.write_char('}')
}

fn counted(f: &mut impl Write, address: u64, count: u64, what: &str) -> fmt::Result {
    let what = if count == 1 && what == "vars" { "var" } else { what };
    value(f, &Value::Address(address), &Format::new())?;
    write!(f, " /* {count} {what} */")
}
