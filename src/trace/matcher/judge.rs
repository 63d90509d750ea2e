//! The answers: yes, no, or unknown where something was not recorded.

use std::net::{IpAddr, SocketAddr};

use crate::abi::families::When;
use crate::trace::bytes;
use crate::trace::call::Call;
use crate::trace::flags;
use crate::trace::matcher::value::{Match, Test};
use crate::trace::matcher::{Verdict, bind};
use crate::trace::value::{Buffer, Descriptor, PathText, SocketAddress, Value};

impl Match {
    /// Whether `value` is what is asked for.
    pub(crate) fn judge(&self, value: &Value) -> Verdict {
        match &self.0 {
            Test::Not(inner) => return !inner.judge(value),
            Test::Any(all) => return all.iter().map(|one| one.judge(value)).fold(Verdict::No, Verdict::or),
            Test::Closure(holds, _) => return holds(value).into(),
            _ => {}
        }
        match value {
            Value::Changed(_, after) => self.judge(after),
            Value::Path(path) => self.judge_path(path),
            Value::Fd(fd) => self.judge_descriptor(fd),
            Value::Bytes(buffer) | Value::Text(buffer) => self.judge_buffer(buffer),
            Value::Socket(address) => self.judge_address(address),
            Value::Struct(structure) => match &self.0 {
                Test::Field(name, inner) => {
                    structure.field(name).map_or(Verdict::Unknown, |value| inner.judge(value))
                }
                _ => self.judge_parts(value),
            },
            Value::Array(_) | Value::Set(_) => self.judge_parts(value),
            Value::Address(address) => self.judge_pointer(*address),
            _ => self.judge_word(value),
        }
    }

    fn judge_path(&self, path: &PathText) -> Verdict {
        let absolute = path.absolute_bytes();
        let resolved = path.resolved.as_deref().map(without_deleted);
        match &self.0 {
            Test::Written(wanted) => whole(&path.written, wanted, !path.truncated),
            Test::Path { given, absolute: wanted, canonical } => {
                let wanted = match wanted {
                    Some(wanted) => Some(wanted.clone()),
                    None => bytes::absolute(path.base.as_deref(), given),
                };
                let is = |form: &[u8]| wanted.as_deref() == Some(form) || canonical.as_deref() == Some(form);
                match () {
                    () if *path.written == **given => Verdict::Yes,
                    () if resolved.is_some_and(is) => Verdict::Yes,
                    () if absolute.as_deref().is_some_and(is) => path.by_text(),
                    () => path.else_no(),
                }
            }
            Test::Under { directory, canonical, .. } => {
                let inside = |form: &[u8]| {
                    is_under(form, directory) || canonical.as_deref().is_some_and(|it| is_under(form, it))
                };
                match () {
                    () if resolved.is_some_and(inside) => Verdict::Yes,
                    () if absolute.as_deref().is_some_and(inside) => path.by_text(),
                    () => path.else_no(),
                }
            }
            Test::File { absolute: wanted, canonical, .. } => {
                let is = |form: &[u8]| form == wanted || canonical.as_deref() == Some(form);
                (resolved.is_some_and(is) || absolute.as_deref().is_some_and(is)).into()
            }
            Test::Regex(regex) => {
                let forms = [Some(&*path.written), absolute.as_deref(), resolved];
                let found = forms.into_iter().flatten().any(|form| regex.is_match(form));
                if found { Verdict::Yes } else { path.else_no() }
            }
            Test::Bytes(wanted) => whole(&path.written, wanted, !path.truncated),
            Test::Named(wanted) => whole(&path.written, wanted.as_bytes(), !path.truncated),
            _ => Verdict::No,
        }
    }

    fn judge_descriptor(&self, fd: &Descriptor) -> Verdict {
        let link = fd.link.as_deref().map(without_deleted);
        // Where the kernel did not say, a number that cannot be open refers to nothing.
        let unknown = if fd.number < 0 { Verdict::No } else { Verdict::Unknown };
        match &self.0 {
            Test::Number(number) => (i64::from(fd.number) == *number).into(),
            Test::File { absolute, canonical, .. } => {
                link.map_or(unknown, |link| (link == absolute || canonical.as_deref() == Some(link)).into())
            }
            Test::Path { absolute, canonical, .. } => link.map_or(unknown, |link| {
                (absolute.as_deref() == Some(link) || canonical.as_deref() == Some(link)).into()
            }),
            Test::Under { directory, canonical, .. } => link.map_or(unknown, |link| {
                let canonical = canonical.as_deref().is_some_and(|canonical| is_under(link, canonical));
                (canonical || is_under(link, directory)).into()
            }),
            Test::Regex(regex) => link.map_or(unknown, |link| regex.is_match(link).into()),
            _ => Verdict::No,
        }
    }

    fn judge_buffer(&self, buffer: &Buffer) -> Verdict {
        let complete = !buffer.is_truncated();
        match &self.0 {
            Test::Bytes(wanted) | Test::Text(wanted) => whole(&buffer.bytes, wanted, complete),
            Test::Named(wanted) => whole(&buffer.bytes, wanted.as_bytes(), complete),
            Test::Regex(regex) if regex.is_match(&buffer.bytes) => Verdict::Yes,
            Test::Regex(_) if !complete => Verdict::Unknown,
            _ => Verdict::No,
        }
    }

    fn judge_address(&self, address: &SocketAddress) -> Verdict {
        match (&self.0, address) {
            (Test::Inet, SocketAddress::Inet(_)) => Verdict::Yes,
            (Test::Peer(ip, port), SocketAddress::Inet(address)) => is_peer(*ip, *port, address).into(),
            (Test::Unix(wanted), SocketAddress::Unix(name)) => {
                let name = match name.strip_prefix(b"\0") {
                    Some(name) => [b"@", name].concat(),
                    None => name.to_vec(),
                };
                (name == *wanted).into()
            }
            _ => Verdict::No,
        }
    }

    /// An array: one of its elements, or its only one where a scalar is pointed to.
    fn judge_parts(&self, value: &Value) -> Verdict {
        let items = value.items();
        let complete = match value {
            Value::Array(list) | Value::Set(list) => list.is_whole(),
            _ => true,
        };
        match (&self.0, items) {
            (Test::Item(inner), items) => {
                let verdict = items.iter().map(|item| inner.judge(item)).fold(Verdict::No, Verdict::or);
                if complete { verdict } else { verdict.or(Verdict::Unknown) }
            }
            (_, [single]) if complete => self.judge(single),
            // A vector of buffers is one buffer in pieces.
            (Test::Bytes(_) | Test::Regex(_), items) if vectors(items).is_some() => {
                vectors(items).map_or(Verdict::No, |buffer| self.judge_buffer(&buffer))
            }
            _ => Verdict::No,
        }
    }

    /// An address in place of what it points to: NULL is nothing; anything else was not read, or is not decoded.
    fn judge_pointer(&self, address: u64) -> Verdict {
        match &self.0 {
            Test::Number(number) => (address as i64 == *number).into(),
            _ if address == 0 => Verdict::No,
            _ => Verdict::Unknown,
        }
    }

    fn judge_word(&self, value: &Value) -> Verdict {
        match (&self.0, value) {
            (Test::Flags { family, members, exact: true }, Value::Flags(word) | Value::Enumeration(word)) => {
                (word.value == bind::word(family, members)).into()
            }
            (Test::Flags { family, members, .. }, Value::Flags(word) | Value::Enumeration(word)) => {
                members.iter().all(|member| flags::has(family, word.value, member)).into()
            }
            (Test::Named(names), Value::Flags(word) | Value::Enumeration(word)) => {
                names.split('|').all(|name| word.has(name.trim())).into()
            }
            (Test::Number(number), value) => (value.as_int() == Some(*number)).into(),
            _ => Verdict::No,
        }
    }
}

impl PathText {
    /// The answer where the text alone says yes: `a/../b` is not `b` when `a` is a link.
    fn by_text(&self) -> Verdict {
        let folded = self.written.split(|&byte| byte == b'/').any(|part| part == b"..");
        if folded && self.resolved.is_none() { Verdict::Unknown } else { Verdict::Yes }
    }

    /// The answer where no form says yes.
    fn else_no(&self) -> Verdict {
        let relative = !self.written.starts_with(b"/");
        let unknown = self.truncated || (relative && self.base.is_none() && self.resolved.is_none());
        if unknown { Verdict::Unknown } else { Verdict::No }
    }
}

/// Whether a call of a family counts, by its arguments.
pub(crate) fn counts(condition: When, call: &Call) -> Verdict {
    const CLONE_THREAD: u64 = 0x1_0000;
    const CLONE_NEW: u64 = 0x7e02_0080;
    let with_flags = |wanted: u64, is: bool| {
        let flags = match call.name() {
            "clone" => call.arg("flags").and_then(Value::as_int),
            "clone3" => call.arg("cl_args").and_then(|args| args.field("flags")).and_then(Value::as_int),
            _ => return Verdict::Yes,
        };
        flags.map_or(Verdict::Unknown, |flags| ((flags as u64 & wanted != 0) == is).into())
    };
    let named = |argument: &str, names: &[&str]| {
        let word = call.arg(argument).and_then(Value::flags);
        word.map_or(Verdict::Unknown, |word| names.iter().any(|name| word.has(name)).into())
    };
    match condition {
        When::Always => Verdict::Yes,
        When::Processes => with_flags(CLONE_THREAD, false),
        When::Threads => with_flags(CLONE_THREAD, true),
        When::Namespaces => with_flags(CLONE_NEW, true),
        When::Locks if call.name() == "fcntl" => {
            named("cmd", &["F_SETLK", "F_SETLKW", "F_OFD_SETLK", "F_OFD_SETLKW"])
        }
        When::Privileges if call.name() == "prctl" => named("option", &PRIVILEGES),
        When::Randomness if call.name() != "getrandom" => {
            let device = |path: &str| {
                let wanted = bind::path(path.as_ref());
                call.arg("path").map_or(Verdict::Unknown, |value| wanted.judge(value))
            };
            device("/dev/random").or(device("/dev/urandom")).or(device("/dev/hwrng"))
        }
        When::Locks | When::Privileges | When::Randomness => Verdict::Yes,
    }
}

const PRIVILEGES: [&str; 5] =
    ["PR_SET_KEEPCAPS", "PR_SET_SECUREBITS", "PR_CAPBSET_DROP", "PR_CAP_AMBIENT", "PR_SET_NO_NEW_PRIVS"];

/// Equality; of a part it can only be said that it differs.
fn whole(kept: &[u8], wanted: &[u8], complete: bool) -> Verdict {
    match complete {
        true => (kept == wanted).into(),
        false if wanted.len() >= kept.len() && wanted.starts_with(kept) => Verdict::Unknown,
        false => Verdict::No,
    }
}

/// By components: `/tmp/ab` is not under `/tmp/a`.
fn is_under(path: &[u8], directory: &[u8]) -> bool {
    match path.strip_prefix(directory) {
        Some(rest) => rest.is_empty() || rest.starts_with(b"/") || directory == b"/",
        None => false,
    }
}

/// An IPv4 address counts in its IPv6 spelling too.
fn is_peer(ip: IpAddr, port: Option<u16>, address: &SocketAddr) -> bool {
    address.ip().to_canonical() == ip.to_canonical() && port.is_none_or(|port| port == address.port())
}

fn without_deleted(link: &[u8]) -> &[u8] {
    link.strip_suffix(b" (deleted)").unwrap_or(link)
}

/// The bytes of an array of `struct iovec`, joined as far as they were kept.
fn vectors(items: &[Value]) -> Option<Buffer> {
    let mut bytes = Vec::new();
    let mut total = 0;
    for item in items {
        let len = item.field("iov_len")?.as_int()? as u64;
        total += len;
        if let Some(Value::Bytes(buffer)) = item.field("iov_base")
            && bytes.len() as u64 + len == total
        {
            bytes.extend_from_slice(&buffer.bytes);
        }
    }
    (!items.is_empty()).then(|| Buffer { bytes: bytes.into(), total: Some(total) })
}
