//! A question meets the parameter it is about: literals get their meaning, and what cannot be asked of it panics.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use crate::abi::constants;
use crate::abi::constants::files::{DT, S_IF, S_MODE};
use crate::abi::constants::process::SIGNALS;
use crate::abi::signals;
use crate::abi::signature::{Family, Form, Layout, Member, Param, Role, Selector, Shape, Signature, Struct};
use crate::abi::signature::{LONG, UINT, ULONG, one_of};
use crate::trace::bytes;
use crate::trace::flags;
use crate::trace::matcher::possible;
use crate::trace::matcher::unknown;
use crate::trace::matcher::value::{Match, Place, Test};

/// `wanted` as a question about `param` of `row`.
///
/// # Panics
///
/// When it cannot be asked: a number for a path, a flag of another family. Otherwise it would be a question that no call
/// answers with yes, and `never` would hold by mistake.
#[track_caller]
pub(crate) fn bind(row: &Signature, param: &Param, wanted: Match) -> Match {
    let of = format!("{}'s {}", row.name, param.name);
    let bound = match param.kind.shape {
        Shape::By(_, selector) | Shape::ByTwo(_, _, selector) => decided(&of, param.name, selector, wanted),
        shape => bound(&of, shape, wanted),
    };
    match bound {
        Ok(bound) => bound,
        Err(why) => panic!("{why}"),
    }
}

/// `wanted` as a question about something of this shape, which reports call `of`.
#[track_caller]
pub(crate) fn bind_shape(of: &str, shape: Shape, wanted: Match) -> Match {
    match bound(of, shape, wanted) {
        Ok(bound) => bound,
        Err(why) => panic!("{why}"),
    }
}

/// A path in its forms.
pub(crate) fn path(path: &Path) -> Match {
    Match(Test::Path(Place::new(&bytes::of(path.as_os_str()))))
}

/// What the path is with links resolved, where that differs. A test's temporary directory may stand behind a link, and the kernel
/// names files by where they are. Of what does not exist yet, the directory that does counts. The one look at the file
/// system that a matcher takes, when it is made.
pub(crate) fn canonical(path: &[u8]) -> Option<Vec<u8>> {
    // There it would be a directory of this process.
    if !path.starts_with(b"/") || path.starts_with(b"/proc/self") || path.starts_with(b"/proc/thread-self") {
        return None;
    }
    let path = bytes::path(path);
    let existing = path.ancestors().find_map(|it| Some((it, std::fs::canonicalize(it).ok()?)));
    let (existing, canonical) = existing?;
    let canonical = canonical.join(path.strip_prefix(existing).ok()?);
    let canonical = bytes::absolute(None, &bytes::of(canonical.as_os_str()))?;
    (bytes::absolute(None, &bytes::of(path.as_os_str())).as_ref() != Some(&canonical)).then_some(canonical)
}

/// As [`canonical`], but for the last component, which may be a link itself.
pub(crate) fn canonical_but_last(path: &[u8]) -> Option<Vec<u8>> {
    let (directory, last) = path.split_at(path.iter().rposition(|&byte| byte == b'/')? + 1);
    if matches!(last, b"" | b"." | b"..") {
        return None;
    }
    bytes::absolute(Some(&canonical(directory)?), last)
}

/// What another argument decides about has to fit one of the cases; which one, shows when a call is there.
fn decided(of: &str, param: &str, selector: &Selector, wanted: Match) -> Result<Match, String> {
    let cases = selector.cases.iter().flat_map(|case| case.params);
    let shapes = cases.filter(|other| other.name == param).map(|other| other.kind.shape).chain([Shape::Hex]);
    let mut refusals = Vec::new();
    for shape in shapes {
        match bound(of, shape, wanted.clone()) {
            Ok(_) => return Ok(wanted),
            Err(why) => refusals.push(why),
        }
    }
    // The one that has the field knows best.
    let inside = refusals.iter().position(|why| why.starts_with(&format!("{of}.")));
    let near = inside.or_else(|| refusals.iter().position(|why| why.contains("did you mean")));
    let near = near.or_else(|| refusals.iter().position(|why| why.contains("cannot be both")));
    Err(refusals.swap_remove(near.unwrap_or(0)))
}

fn bound(of: &str, shape: Shape, wanted: Match) -> Result<Match, String> {
    possible::ends_at_nul(of, shape, &wanted.0)?;
    let test = match wanted.0 {
        Test::Not(inner) => Test::Not(Box::new(bound(of, shape, *inner)?)),
        Test::Any(all) => {
            Test::Any(all.into_iter().map(|one| bound(of, shape, one)).collect::<Result<_, _>>()?)
        }
        Test::Text(text) => self::text(of, shape, text)?,
        Test::Exact(text) => exact(of, shape, text)?,
        Test::Number(number) => worded(shape, self::number(of, shape, number)?),
        Test::Item(item) => self::item(of, shape, *item)?,
        Test::Field(name, inner) => field(of, shape, name, *inner)?,
        Test::File(inner) => match shape {
            Shape::Path | Shape::Fd | Shape::DirFd => {
                Test::File(Box::new(bound("file(..)", Shape::Path, *inner)?))
            }
            _ => return Err(format!("{of} is no descriptor, and refers to no file")),
        },
        Test::Unix(inner) => match shape {
            Shape::SockAddr(..) => Test::Unix(Box::new(bound(possible::UNIX, Shape::Path, *inner)?)),
            _ => return Err(format!("{of} is no address")),
        },
        Test::Closure(holds, place, _) => Test::Closure(holds, place, leads_somewhere(shape)),
        test if fits(&test, shape) => test,
        test => return Err(format!("{of} cannot be asked: {}", Match(test))),
    };
    Ok(Match(test))
}

/// Whether the argument is an address that is read: then an address in its place means that it could not be.
fn leads_somewhere(shape: Shape) -> bool {
    match shape {
        Shape::One(_, of) | Shape::Many(_, of, _) => !matches!(of.layout, Layout::Opaque),
        Shape::Path | Shape::PathOut(_) | Shape::Str | Shape::StrVec | Shape::Bytes(..) | Shape::Iov(..) => {
            true
        }
        Shape::Scalars(..) | Shape::SockAddr(..) => true,
        _ => false,
    }
}

fn fits(test: &Test, shape: Shape) -> bool {
    let is_path = matches!(shape, Shape::Path | Shape::PathOut(_) | Shape::Fd | Shape::DirFd);
    match test {
        Test::Path(_) | Test::Written(_) | Test::Under(_) => is_path,
        Test::Regex(_) => is_path || is_text(shape),
        Test::Bytes(_) => is_text(shape),
        Test::Peer(_, None) if matches!(shape, Shape::Host) => true,
        Test::Peer(..) => matches!(shape, Shape::SockAddr(..)),
        Test::Inet => matches!(shape, Shape::SockAddr(..) | Shape::Fd),
        Test::Flags { family, .. } => match shape {
            Shape::Bits(other) | Shape::OneOf(other) => std::ptr::eq(*family, other),
            _ => false,
        },
        Test::Mode(_) => matches!(shape, Shape::Mode),
        _ => false,
    }
}

fn is_text(shape: Shape) -> bool {
    matches!(shape, Shape::Str | Shape::Chars | Shape::Bytes(..) | Shape::Iov(..))
}

fn text(of: &str, shape: Shape, text: Place) -> Result<Test, String> {
    let word = String::from_utf8_lossy(&text.given).into_owned();
    match shape {
        Shape::Path | Shape::PathOut(_) => Ok(Test::Path(text)),
        _ if is_text(shape) => Ok(Test::Bytes(text.given)),
        Shape::Bits(family) | Shape::OneOf(family) => {
            let members = names(of, family, &word)?;
            possible::in_one_word(of, family, &members)?;
            Ok(Test::Flags { family, members, exact: false })
        }
        Shape::Signal => match signals::from_name(&word) {
            Some(signal) => Ok(worded(shape, signal.into())),
            None => Err(format!("{of}: {}", unknown("signal", &word, signals::names()))),
        },
        Shape::Mode => {
            let members = modes(of, &word)?;
            possible::in_one_mode(of, &members)?;
            Ok(Test::Mode(members))
        }
        Shape::SockAddr(..) => peer(of, &word),
        Shape::Host => match word.parse() {
            Ok(address) => Ok(Test::Peer(address, None)),
            Err(_) => {
                Err(format!("{of} cannot be {word:?}: an address is written \"224.0.0.1\" or \"ff02::1\""))
            }
        },
        Shape::DirFd if word == "AT_FDCWD" => Ok(Test::Number(-100)),
        Shape::Fd | Shape::DirFd => {
            Err(format!("{of} is a descriptor: ask for file({word:?}), or for a number"))
        }
        Shape::StrVec | Shape::Many(..) => Err(format!("{of} is an array: ask for has_item({word:?})")),
        Shape::One(..) => Err(format!("{of} is a structure: ask for field(.., {word:?})")),
        _ => Err(format!("{of} is a number, and cannot be {word:?}")),
    }
}

fn exact(of: &str, shape: Shape, text: Place) -> Result<Test, String> {
    match shape {
        Shape::Path | Shape::PathOut(_) => Ok(Test::Written(text.given)),
        Shape::Bits(family) => {
            let members = names(of, family, &String::from_utf8_lossy(&text.given))?;
            possible::in_exactly_one_word(of, family, &members)?;
            Ok(Test::Flags { family, members, exact: true })
        }
        shape => self::text(of, shape, text),
    }
}

/// The members that `"A|B"` names. A signal counts where the family has one in its low byte.
fn names(of: &str, family: &'static Family, text: &str) -> Result<Vec<&'static Member>, String> {
    let signals = if family.form == Form::SignalLow { SIGNALS.members } else { &[] };
    let mut members = Vec::new();
    for name in text.split('|').map(str::trim) {
        let known = || family.members.iter().chain(signals);
        match known().find(|member| member.name == name) {
            Some(member) => members.push(member),
            None => {
                return Err(format!("{of}: {}", no_member(family, name, known().map(|member| member.name))));
            }
        }
    }
    Ok(members)
}

/// Words for a name that is none of the family's: another family's, or a misspelling.
fn no_member<'a>(family: &Family, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let of_another = constants::all().find(|other| other.members.iter().any(|member| member.name == name));
    match of_another {
        Some(other) => {
            format!("`{name}` is one of the {}_ values, and this takes {}_", other.name, family.name)
        }
        None => unknown(&format!("{}_ value", family.name), name, known),
    }
}

/// The members that `"S_IFDIR|S_ISVTX"` names: the file type is a field, the others are bits.
fn modes(of: &str, text: &str) -> Result<Vec<&'static Member>, String> {
    let mut members = Vec::new();
    for name in text.split('|').map(str::trim) {
        let known = || S_IF.members.iter().chain(S_MODE.members);
        match known().find(|member| member.name == name) {
            Some(member) => members.push(member),
            None if u32::from_str_radix(name, 8).is_ok() => {
                let digits = name.trim_start_matches('0');
                return Err(format!("{of} cannot be {name:?}: a number is written 0o{digits}"));
            }
            None => {
                let near = unknown("file type or mode bit", name, known().map(|member| member.name));
                return Err(format!("{of}: {near}"));
            }
        }
    }
    Ok(members)
}

/// `127.0.0.1:80`, `[::1]:80`, or an address with any port.
fn peer(of: &str, text: &str) -> Result<Test, String> {
    parse_peer(text).ok_or_else(|| {
        format!(
            "{of} cannot be {text:?}: an address is written \"127.0.0.1:80\", \"[::1]:80\" or \"127.0.0.1\" for any \
             port, or unix(path); names are not resolved"
        )
    })
}

pub(crate) fn parse_peer(text: &str) -> Option<Test> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(Test::Peer(address.ip(), Some(address.port())));
    }
    text.parse::<IpAddr>().ok().map(|address| Test::Peer(address, None))
}

/// A number in the words in which the argument is shown.
fn worded(shape: Shape, number: i128) -> Test {
    let word = match shape {
        Shape::Mode => Some(format!("0{number:o}")),
        Shape::Signal => i32::try_from(number).ok().and_then(signals::name),
        _ => None,
    };
    word.map_or(Test::Number(number), |word| Test::Worded(number, word))
}

/// The number as the parameter holds it: at its width, with its sign.
fn number(of: &str, shape: Shape, number: i128) -> Result<i128, String> {
    let word = i128::from(i32::MIN)..=i128::from(u32::MAX);
    let long = i128::from(i64::MIN)..=i128::from(u64::MAX);
    let (range, as_held): (_, fn(i128) -> i128) = match shape {
        Shape::Int | Shape::Pid | Shape::Key | Shape::Fd | Shape::DirFd | Shape::Signal => {
            (word, |number| i128::from(number as i32))
        }
        Shape::Uid | Shape::Gid if number == -1 || number == i128::from(u32::MAX) => return Ok(-1),
        Shape::Bits(family) if family.name == "FAN" => (long, |number| i128::from(number as i64)),
        Shape::Uint | Shape::Uid | Shape::Gid | Shape::Mode | Shape::Bits(_) | Shape::OneOf(_) => {
            (word, |number| i128::from(number as u32))
        }
        Shape::Scalars(_, kind, _) => return self::number(of, kind.shape, number),
        Shape::One(_, of) if matches!(of.layout, Layout::WaitStatus) => {
            (word, |number| i128::from(number as u32))
        }
        // NULL.
        _ if leads_somewhere(shape) && number == 0 => return Ok(0),
        _ if leads_somewhere(shape) => {
            return Err(format!("{of} cannot be {number}: it is no number"));
        }
        _ => (long, |number| i128::from(number as i64)),
    };
    if range.contains(&number) {
        Ok(as_held(number))
    } else {
        Err(format!("{of} cannot be {number}: it does not fit"))
    }
}

fn item(of: &str, shape: Shape, item: Match) -> Result<Test, String> {
    let of = format!("an item of {of}");
    let element = match shape {
        Shape::StrVec => Shape::Str,
        Shape::Scalars(_, kind, _) => kind.shape,
        Shape::One(_, set) | Shape::Many(_, set, _) if matches!(set.layout, Layout::SignalSet) => {
            Shape::Signal
        }
        Shape::One(_, set) | Shape::Many(_, set, _) if matches!(set.layout, Layout::FdSet) => Shape::Fd,
        Shape::One(_, set) | Shape::Many(_, set, _) if matches!(set.layout, Layout::CpuSet) => Shape::Int,
        Shape::Many(_, entries, _) if matches!(entries.layout, Layout::DirEntries) => {
            return Ok(Test::Item(Box::new(entry(&of, item)?)));
        }
        Shape::Many(dir, of, _) => Shape::One(dir, of),
        Shape::Iov(..) => return Ok(Test::Item(Box::new(vector(&of, item)?))),
        _ => return Err(format!("{of}: that is no array, and has no items")),
    };
    Ok(Test::Item(Box::new(bound(&of, element, item)?)))
}

/// A question about one entry of a directory.
fn entry(of: &str, wanted: Match) -> Result<Match, String> {
    const FIELDS: [(&str, Shape); 5] = [
        ("d_ino", ULONG.shape),
        ("d_off", LONG.shape),
        ("d_reclen", UINT.shape),
        ("d_type", one_of(&DT).shape),
        ("d_name", Shape::Str),
    ];
    match wanted.0 {
        Test::Field(name, inner) => match FIELDS.iter().find(|(field, _)| *field == name) {
            Some((_, shape)) => {
                let inner = bound(&format!("{of}.{name}"), *shape, *inner)?;
                Ok(Match(Test::Field(name, Box::new(inner))))
            }
            None => {
                let names = FIELDS.map(|(field, _)| field);
                Err(format!("{of}: {}", unknown("field of struct linux_dirent64", &name, names)))
            }
        },
        Test::Closure(..) => Ok(wanted),
        _ => Err(format!("{of} is an entry of a directory: ask for field(\"d_name\", ..)")),
    }
}

/// A question about one `struct iovec`.
fn vector(of: &str, wanted: Match) -> Result<Match, String> {
    match &wanted.0 {
        Test::Field(name, _) if !["iov_base", "iov_len"].contains(&name.as_str()) => {
            Err(format!("{of}: {}", unknown("field of struct iovec", name, ["iov_base", "iov_len"])))
        }
        Test::Field(..) | Test::Closure(..) => Ok(wanted),
        _ => Err(format!("{of} is a struct iovec: ask for field(\"iov_base\", ..)")),
    }
}

fn field(of: &str, shape: Shape, name: String, inner: Match) -> Result<Test, String> {
    let (Shape::One(_, layout) | Shape::Many(_, layout, _)) = shape else {
        return Err(format!("{of} is no structure, and has no field `{name}`"));
    };
    let Struct { layout: Layout::Fields(fields), .. } = layout else {
        return match layout.layout {
            Layout::Message | Layout::SignalInfo | Layout::Opaque => Ok(Test::Field(name, Box::new(inner))),
            _ => Err(format!("{of} is a struct {}, which is shown without fields", layout.name)),
        };
    };
    match fields.iter().find(|field| field.name == name) {
        Some(field) => {
            let inner = bound(&format!("{of}.{name}"), field.kind.shape, inner)?;
            Ok(Test::Field(name, Box::new(inner)))
        }
        None => {
            let sort = format!("field of struct {}", layout.name);
            Err(format!("{of}: {}", unknown(&sort, &name, fields.iter().map(|field| field.name))))
        }
    }
}

/// The word that `members` make, for `exactly`.
pub(crate) fn word(family: &Family, members: &[&Member]) -> u64 {
    let value = members.iter().fold(0, |word, member| word | member.value);
    match family.form {
        Form::One => members.first().map_or(0, |member| member.value),
        Form::Field(mask) => {
            let field =
                members.iter().find(|member| flags::is_field(family, member) && member.role != Role::Other);
            field.map_or(value, |field| value & !mask | field.value)
        }
        _ => value,
    }
}
