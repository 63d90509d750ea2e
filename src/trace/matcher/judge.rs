//! The answers: yes, no, or unknown where something was not recorded.

mod peers;

use std::borrow::Cow;
use std::sync::Arc;

use crate::abi::constants::files::S_IF;
use crate::abi::signals;
use crate::abi::signature::{Family, Form, Member};
use crate::trace::bytes;
use crate::trace::call::Call;
use crate::trace::deleted::{self, Deleted};
use crate::trace::flags;
use crate::trace::matcher::value::{Match, Place, Test};
use crate::trace::matcher::{Verdict, bind};
use crate::trace::raw::PlaceNote;
use crate::trace::sockets::Sockets;
use crate::trace::value::{Buffer, Descriptor, PathText, Value, Walked};

/// How `under` reads a path. Everything else is read in one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Whatever could be meant counts: the path as the text has it, and the file it led to.
    #[default]
    Forbid,
    /// What it led to counts, where that is known.
    Allow,
}

/// What a value is looked at with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Around<'a> {
    pub(crate) reading: Reading,
    /// Where the program began: relative paths of a test start there.
    start: Option<&'a [u8]>,
    /// The process whose own directory `/proc/self` is.
    pid: Option<u32>,
    /// The root directory of the process, where it is not ours.
    root: Option<&'a Arc<[u8]>>,
    /// Where the path of a socket led.
    socket: Option<&'a PlaceNote>,
    /// What is known of sockets.
    sockets: Option<&'a Sockets>,
    /// What is known of names that end as those of deleted files.
    deleted: Option<&'a Deleted>,
}

impl<'a> Around<'a> {
    pub(crate) fn call(call: &'a Call, reading: Reading) -> Around<'a> {
        let start = call.tree().cwd.get().map(|cwd| &**cwd);
        let pid = call.tree().tasks.first().map(|_| call.process().pid);
        Around {
            reading,
            start,
            pid,
            root: call.root(),
            socket: call.raw().noted.places.first(),
            sockets: call.tree().sockets.get(),
            deleted: call.tree().deleted.get(),
        }
    }

    /// What is denied is allowed by the opposite.
    fn opposite(self) -> Around<'a> {
        let reading = if self.reading == Reading::Forbid { Reading::Allow } else { Reading::Forbid };
        Around { reading, ..self }
    }
}

impl Match {
    /// Whether `value` is what is asked for.
    pub(crate) fn judge(&self, value: &Value) -> Verdict {
        self.judge_in(value, Around::default())
    }

    pub(crate) fn judge_in(&self, value: &Value, around: Around<'_>) -> Verdict {
        match &self.0 {
            Test::Not(inner) => return !inner.judge_in(value, around.opposite()),
            Test::Any(all) => {
                let answers = all.iter().map(|one| one.judge_in(value, around));
                return answers.fold(Verdict::No, Verdict::or);
            }
            Test::Closure(holds, _, through) => return judge_closure(&**holds, *through, value),
            _ => {}
        }
        match value {
            Value::Changed(before, after) if self.is_about_one_of(before, after) => {
                let there = if self.is_about(after) { after } else { before };
                self.judge_in(there, around)
            }
            // It was the one, and became the other.
            Value::Changed(before, after) => self.judge_in(before, around).or(self.judge_in(after, around)),
            Value::Path(path) => self.judge_path(path, around),
            Value::Fd(fd) => self.judge_descriptor(fd, around),
            Value::Bytes(buffer) | Value::Text(buffer) => self.judge_buffer(buffer),
            Value::Netlink(bytes, _) => self.judge_buffer(bytes),
            Value::Socket(address) => self.judge_address(address, around),
            Value::Struct(structure) => match &self.0 {
                Test::Field(name, inner) => {
                    structure.field(name).map_or(Verdict::Unknown, |value| inner.judge_in(value, around))
                }
                _ => self.judge_parts(value, around),
            },
            Value::Array(_) | Value::Set(_) => self.judge_parts(value, around),
            Value::Address(address) => self.judge_pointer(*address),
            Value::Counted { .. } if matches!(self.0, Test::Item(_)) => self.judge_parts(value, around),
            // Whatever else is asked is not known.
            Value::Counted { .. } => Verdict::Unknown,
            _ => self.judge_word(value),
        }
    }

    /// Whether it asks for a field that the structure has.
    fn is_about(&self, structure: &Value) -> bool {
        matches!(&self.0, Test::Field(name, _) if structure.field(name).is_some())
    }

    /// What the kernel writes into a structure may be other fields than those it reads.
    fn is_about_one_of(&self, before: &Value, after: &Value) -> bool {
        self.is_about(before) != self.is_about(after)
    }

    fn judge_path(&self, path: &PathText, around: Around<'_>) -> Verdict {
        // The kernel may have read something else.
        if path.raced {
            return Verdict::Unknown;
        }
        let resolved = path.resolved.as_deref();
        let Some(reading) = resolved.and_then(|link| deleted::reading(around.deleted, link)) else {
            return self.judge_forms(path, around);
        };
        let is_reused = || around.deleted.zip(resolved).is_some_and(|(known, link)| known.is_reused(link));
        match reading.judge(|name| self.judge_forms(&path.led_to(name), around)) {
            // The file that has the name now may be meant.
            Verdict::Yes if self.asks_for_one_file() && is_reused() => Verdict::Unknown,
            verdict => verdict,
        }
    }

    fn asks_for_one_file(&self) -> bool {
        match &self.0 {
            Test::File(inner) => inner.asks_for_one_file(),
            test => matches!(test, Test::Written(_) | Test::Path(_) | Test::Text(_) | Test::Exact(_)),
        }
    }

    fn judge_forms(&self, path: &PathText, around: Around<'_>) -> Verdict {
        let forms = Forms::of(path, around);
        match &self.0 {
            Test::Written(wanted) => whole(&path.written, wanted, !path.truncated),
            Test::Path(place) | Test::Text(place) | Test::Exact(place) => forms.is(place, around),
            Test::Under(place) => forms.is_under(place, around.reading),
            Test::File(inner) => inner.judge_path(path, around),
            Test::Regex(regex) => forms.find(|form| regex.is_match(form)),
            Test::Bytes(wanted) => whole(&path.written, wanted, !path.truncated),
            Test::Not(_) | Test::Any(_) | Test::Closure(..) => {
                self.judge_in(&Value::Path(path.clone()), around)
            }
            _ => Verdict::No,
        }
    }

    fn judge_descriptor(&self, fd: &Descriptor, around: Around<'_>) -> Verdict {
        match &self.0 {
            Test::Number(number) => (i128::from(fd.number) == *number).into(),
            // The call may have been about another file.
            _ if fd.raced => Verdict::Unknown,
            Test::Inet => match &fd.link {
                Some(link) if !link.starts_with(b"socket:") => Verdict::No,
                Some(link) => match around.sockets.and_then(|sockets| sockets.domain(link)) {
                    Some(domain) => peers::is_inet(domain).into(),
                    None => Verdict::Unknown,
                },
                None if fd.number < 0 => Verdict::No,
                None => Verdict::Unknown,
            },
            Test::File(_) | Test::Path(_) | Test::Under(_) | Test::Regex(_) | Test::Written(_) => {
                match &fd.link {
                    Some(link) => {
                        let resolved = Some(link.clone());
                        let written = (**link).into();
                        self.judge_path(
                            &PathText {
                                written,
                                truncated: false,
                                base: None,
                                root: None,
                                raced: false,
                                walked: crate::trace::value::Walked::Not,
                                resolved,
                            },
                            around,
                        )
                    }
                    // Where the kernel did not say, a number that cannot be open refers to nothing.
                    None if fd.number < 0 => Verdict::No,
                    None => Verdict::Unknown,
                }
            }
            _ => Verdict::No,
        }
    }

    fn judge_buffer(&self, buffer: &Buffer) -> Verdict {
        let complete = !buffer.is_truncated();
        match &self.0 {
            Test::Bytes(wanted) => whole(&buffer.bytes, wanted, complete),
            Test::Text(wanted) | Test::Exact(wanted) => whole(&buffer.bytes, &wanted.given, complete),
            Test::Regex(regex) if complete => regex.is_match(&buffer.bytes).into(),
            // What is found at the end of the part that was kept may have been found because it ends there.
            Test::Regex(regex) => match regex.shortest_match(&buffer.bytes) {
                Some(end) if end < buffer.bytes.len() => Verdict::Yes,
                _ => Verdict::Unknown,
            },
            _ => Verdict::No,
        }
    }

    /// An array: one of its elements, or its only one where a scalar is pointed to.
    fn judge_parts(&self, value: &Value, around: Around<'_>) -> Verdict {
        let items = value.items();
        let complete = match value {
            Value::Array(list) | Value::Set(list) | Value::Counted { list, .. } => list.is_whole(),
            _ => true,
        };
        match (&self.0, items) {
            (Test::Item(inner), items) => {
                let answers = items.iter().map(|item| inner.judge_in(item, around));
                let verdict = answers.fold(Verdict::No, Verdict::or);
                if complete { verdict } else { verdict.or(Verdict::Unknown) }
            }
            // A vector of buffers is one buffer in pieces.
            (Test::Bytes(_) | Test::Regex(_) | Test::Text(_), items) if is_vectors(items) => {
                self.judge_buffer(&vectors(items, complete))
            }
            (_, [single]) if complete => self.judge_in(single, around),
            (_, _) if !complete => Verdict::Unknown,
            _ => Verdict::No,
        }
    }

    /// An address in place of what it points to: NULL is nothing; anything else was not read, or is not decoded.
    fn judge_pointer(&self, address: u64) -> Verdict {
        match &self.0 {
            Test::Number(number) => (i128::from(address as i64) == *number).into(),
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
                members.iter().all(|member| has(family, word.value, member)).into()
            }
            (Test::Text(names), Value::Flags(word) | Value::Enumeration(word)) => {
                let names = String::from_utf8_lossy(&names.given);
                names.split('|').all(|name| word.has(name.trim())).into()
            }
            (Test::Mode(members), Value::Mode(mode)) => {
                members.iter().all(|member| has_mode(*mode, member)).into()
            }
            (Test::Text(name), Value::Signal(signal)) => {
                let name = signals::from_name(&String::from_utf8_lossy(&name.given));
                (name == Some(*signal)).into()
            }
            (Test::Item(inner), Value::SignalSet(set)) => {
                let members = (1..=64).filter(|signal| set >> (signal - 1) & 1 == 1);
                let answers = members.map(|signal| inner.judge(&Value::Signal(signal)));
                answers.fold(Verdict::No, Verdict::or)
            }
            (Test::Text(text), Value::Host(address)) => {
                (String::from_utf8_lossy(&text.given).parse() == Ok(*address)).into()
            }
            (Test::Peer(wanted, None), Value::Host(address)) => (wanted == address).into(),
            (Test::Number(number), Value::WaitStatus(status)) => (i128::from(*status) == *number).into(),
            (Test::Number(number) | Test::Worded(number, _), value) => {
                value.as_int().is_some_and(|value| i128::from(value) == i128::from(*number as i64)).into()
            }
            _ => Verdict::No,
        }
    }
}

/// A closure sees what there is; of what was cut, or not read, it cannot deny anything.
fn judge_closure(holds: &dyn Fn(&Value) -> bool, through: bool, value: &Value) -> Verdict {
    let cut = match value {
        Value::Address(0) => false,
        Value::Address(_) if through => return Verdict::Unknown,
        value if value.is_raced() => return Verdict::Unknown,
        Value::Bytes(buffer) | Value::Text(buffer) | Value::Netlink(buffer, _) => buffer.is_truncated(),
        Value::Path(path) => path.truncated,
        Value::Array(list) | Value::Set(list) | Value::Counted { list, .. } => !list.is_whole(),
        _ => false,
    };
    match holds(value) {
        true => Verdict::Yes,
        false if cut => Verdict::Unknown,
        false => Verdict::No,
    }
}

/// The forms in which a path can be compared.
struct Forms<'a> {
    path: &'a PathText,
    absolute: Option<Vec<u8>>,
    resolved: Option<&'a [u8]>,
    /// The absolute and the resolved form, where they lead into the process's own directory of `/proc`.
    own: [Option<Vec<u8>>; 2],
}

impl<'a> Forms<'a> {
    fn of(path: &'a PathText, around: Around<'_>) -> Forms<'a> {
        let absolute = path.absolute_bytes();
        let resolved = path.resolved.as_deref();
        let own = [absolute.as_deref(), resolved].map(|form| own_proc(form?, around.pid?));
        Forms { path, absolute, resolved, own }
    }

    fn is(&self, place: &Place, around: Around<'_>) -> Verdict {
        if *self.path.written == *place.given {
            return Verdict::Yes;
        }
        let wanted = match (&place.absolute, around.start) {
            (Some(wanted), _) => Cow::Borrowed(&**wanted),
            (None, start @ Some(_)) => match bytes::absolute(start, &place.given) {
                Some(wanted) => Cow::Owned(wanted),
                None => return Verdict::No,
            },
            (None, None) => return self.may_end_with(&place.given),
        };
        self.found(|form| *form == *wanted || place.leads_to(form))
    }

    fn is_under(&self, place: &Place, reading: Reading) -> Verdict {
        let directories =
            [place.absolute.as_deref(), place.canonical.as_deref(), place.unfollowed.as_deref()];
        let inside = |form: &[u8]| directories.iter().flatten().any(|directory| is_under(form, directory));
        match self.resolved {
            Some(resolved) if reading == Reading::Allow => inside(resolved).into(),
            _ => self.found(inside),
        }
    }

    /// Whether a search finds something in any form.
    fn find(&self, search: impl Fn(&[u8]) -> bool) -> Verdict {
        if search(&self.path.written) { Verdict::Yes } else { self.found(search) }
    }

    fn found(&self, is: impl Fn(&[u8]) -> bool) -> Verdict {
        let [own_absolute, own_resolved] = &self.own;
        if self.resolved.is_some_and(&is) || own_resolved.as_deref().is_some_and(&is) {
            Verdict::Yes
        } else if self.absolute.as_deref().is_some_and(&is) || own_absolute.as_deref().is_some_and(&is) {
            self.by_text()
        } else {
            self.else_no()
        }
    }

    /// The answer where the text alone says yes: `a/../b` is not `b` when `a` is a link, and what is in a link is elsewhere.
    fn by_text(&self) -> Verdict {
        let folded = self.path.written.split(|&byte| byte == b'/').any(|part| part == b"..");
        let elsewhere = folded || self.path.walked == Walked::Lost;
        if elsewhere && self.resolved.is_none() { Verdict::Unknown } else { Verdict::Yes }
    }

    /// The answer where no form says yes.
    fn else_no(&self) -> Verdict {
        let relative = !self.path.written.starts_with(b"/");
        let nowhere = relative && self.path.base.is_none() || self.path.walked == Walked::Lost;
        let unknown = self.path.truncated || nowhere && self.resolved.is_none();
        if unknown { Verdict::Unknown } else { Verdict::No }
    }

    /// The answer for a relative path when nobody knows where the program began.
    fn may_end_with(&self, given: &[u8]) -> Verdict {
        let Some(end) = bytes::absolute(Some(b"/"), given) else { return Verdict::Unknown };
        let ends = |form: &[u8]| form.ends_with(&end);
        let may = self.resolved.is_some_and(ends) || self.absolute.as_deref().is_some_and(ends);
        if may { Verdict::Unknown } else { self.else_no() }
    }
}

/// `/proc/4711/maps` as `/proc/self/maps`, to process 4711.
fn own_proc(path: &[u8], pid: u32) -> Option<Vec<u8>> {
    let rest = path.strip_prefix(b"/proc/")?.strip_prefix(pid.to_string().as_bytes())?;
    (rest.is_empty() || rest.starts_with(b"/")).then(|| [b"/proc/self", rest].concat())
}

/// Whether all of `member` is in the word; a signal, where the family has one in its low byte.
pub(crate) fn has(family: &Family, value: u64, member: &Member) -> bool {
    if family.form == Form::SignalLow && member.name.starts_with("SIG") {
        return value & 0xff == member.value;
    }
    flags::has(family, value, member)
}

/// The file type is a field of the mode, the others are bits.
pub(crate) fn has_mode(mode: u32, member: &Member) -> bool {
    const S_IFMT: u64 = 0o170_000;
    let mode = u64::from(mode);
    match S_IF.members.iter().any(|it| it.name == member.name) {
        true => mode & S_IFMT == member.value,
        false => mode & member.value == member.value,
    }
}

/// Equality; of a part it can only be said that it differs.
fn whole(kept: &[u8], wanted: &[u8], complete: bool) -> Verdict {
    match complete {
        true => (kept == wanted).into(),
        false if wanted.len() > kept.len() && wanted.starts_with(kept) => Verdict::Unknown,
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

fn is_vectors(items: &[Value]) -> bool {
    let is_vector = |item: &Value| item.field("iov_base").is_some() && item.field("iov_len").is_some();
    !items.is_empty() && items.iter().all(is_vector)
}

/// The bytes of an array of `struct iovec`, joined as far as they were kept.
fn vectors(items: &[Value], complete: bool) -> Buffer {
    let mut bytes = Vec::new();
    let mut total = 0;
    for item in items {
        let len = item.field("iov_len").and_then(Value::as_int).unwrap_or(0) as u64;
        let base = item.field("iov_base");
        // An output buffer holds what was received, which may be less than there was room for.
        let there = match base {
            Some(Value::Bytes(buffer) | Value::Netlink(buffer, _)) => buffer.total,
            _ => None,
        };
        match base {
            Some(Value::Bytes(buffer) | Value::Netlink(buffer, _)) if bytes.len() as u64 == total => {
                bytes.extend_from_slice(&buffer.bytes)
            }
            _ => {}
        }
        total += there.unwrap_or(len);
    }
    // More followed than was recorded.
    let unseen = u64::from(!complete);
    Buffer { bytes: bytes.into(), total: Some(total + unseen) }
}
