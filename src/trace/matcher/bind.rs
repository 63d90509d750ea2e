//! A question meets the parameter it is about: literals get their meaning, and what cannot be asked of it panics.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use crate::abi::constants;
use crate::abi::signals;
use crate::abi::signature::{Family, Form, Layout, Member, Param, Role, Shape, Signature};
use crate::trace::bytes;
use crate::trace::flags;
use crate::trace::matcher::unknown;
use crate::trace::matcher::value::{Match, Test};

/// `wanted` as a question about `param` of `row`.
///
/// # Panics
///
/// When it cannot be asked: a number for a path, a flag of another family.
#[track_caller]
pub(crate) fn bind(row: &Signature, param: &Param, wanted: Match) -> Match {
    let of = format!("{}'s {}", row.name, param.name);
    bound(&of, param.kind.shape, wanted)
}

/// `wanted` as a question about something of this shape, which reports call `of`.
#[track_caller]
pub(crate) fn bind_shape(of: &str, shape: Shape, wanted: Match) -> Match {
    bound(of, shape, wanted)
}

/// A path in its forms.
pub(crate) fn path(path: &Path) -> Match {
    Match(path_test(bytes::of(path.as_os_str()).into_owned()))
}

/// The path with links resolved, where the file exists now, and that differs: a test's temporary directory may stand behind a link.
pub(crate) fn canonical(path: &[u8]) -> Option<Vec<u8>> {
    let canonical = std::fs::canonicalize(bytes::path(path)).ok()?;
    let canonical = bytes::of(canonical.as_os_str()).into_owned();
    (canonical != path).then_some(canonical)
}

#[track_caller]
fn bound(of: &str, shape: Shape, wanted: Match) -> Match {
    let test = match wanted.0 {
        Test::Text(text) => self::text(of, shape, text),
        Test::ExactText(text) => exact(of, shape, text),
        Test::Not(inner) => Test::Not(Box::new(bound(of, shape, *inner))),
        Test::Any(all) => {
            let mut any = Vec::new();
            for one in all {
                any.push(bound(of, shape, one));
            }
            Test::Any(any)
        }
        Test::Item(item) => self::item(of, shape, *item),
        Test::Field(name, inner) => field(of, shape, name, *inner),
        test => test,
    };
    Match(test)
}

#[track_caller]
fn text(of: &str, shape: Shape, text: Vec<u8>) -> Test {
    let word = String::from_utf8_lossy(&text).into_owned();
    match shape {
        Shape::Path | Shape::PathOut(_) => path_test(text),
        Shape::Str | Shape::Bytes(..) | Shape::Iov(..) => Test::Bytes(text),
        Shape::Bits(family) | Shape::OneOf(family) => {
            Test::Flags { family, members: names(of, family, &word), exact: false }
        }
        Shape::Signal => match signals::from_name(&word) {
            Some(signal) => Test::Number(signal.into()),
            None => panic!("{of}: {}", unknown("signal", &word, signals::names())),
        },
        Shape::SockAddr(..) => peer(of, &word),
        Shape::DirFd if word == "AT_FDCWD" => Test::Number(-100),
        Shape::Fd | Shape::DirFd => {
            panic!("{of} is a descriptor: ask for file({word:?}), or for a number")
        }
        Shape::By(..) | Shape::ByTwo(..) => Test::Named(word),
        Shape::StrVec => panic!("{of} is an array: ask for has_item({word:?})"),
        _ => panic!("{of} is a number, and cannot be {word:?}"),
    }
}

#[track_caller]
fn exact(of: &str, shape: Shape, text: Vec<u8>) -> Test {
    match shape {
        Shape::Path | Shape::PathOut(_) => Test::Written(text),
        Shape::Bits(family) => {
            let members = names(of, family, &String::from_utf8_lossy(&text));
            Test::Flags { family, members, exact: true }
        }
        shape => self::text(of, shape, text),
    }
}

/// The members that `"A|B"` names.
#[track_caller]
fn names(of: &str, family: &'static Family, text: &str) -> Vec<&'static Member> {
    let mut members = Vec::new();
    for name in text.split('|').map(str::trim) {
        match family.members.iter().find(|member| member.name == name) {
            Some(member) => members.push(member),
            None => panic!("{of}: {}", no_member(family, name)),
        }
    }
    members
}

/// Words for a name that is none of the family's: another family's, or a misspelling.
fn no_member(family: &Family, name: &str) -> String {
    let of_another = constants::all().find(|other| other.members.iter().any(|member| member.name == name));
    match of_another {
        Some(other) => {
            format!("`{name}` is one of the {}_ values, and this takes {}_", other.name, family.name)
        }
        None => {
            let known = family.members.iter().map(|member| member.name);
            unknown(&format!("{}_ value", family.name), name, known)
        }
    }
}

/// `127.0.0.1:80`, `[::1]:80`, or an address with any port.
#[track_caller]
fn peer(of: &str, text: &str) -> Test {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Test::Peer(address.ip(), Some(address.port()));
    }
    match text.parse::<IpAddr>() {
        Ok(address) => Test::Peer(address, None),
        Err(_) => panic!(
            "{of} cannot be {text:?}: an address is written \"127.0.0.1:80\", \"[::1]:80\" or \"127.0.0.1\" for any port, or \
             unix(path); names are not resolved"
        ),
    }
}

#[track_caller]
fn item(of: &str, shape: Shape, item: Match) -> Test {
    let element = match shape {
        Shape::StrVec => Shape::Str,
        Shape::Scalars(_, kind, _) => kind.shape,
        Shape::Many(dir, of, _) => Shape::One(dir, of),
        Shape::Iov(dir, count) => Shape::Iov(dir, count),
        Shape::By(name, selector) => Shape::By(name, selector),
        _ => panic!("{of} is no array, and has no items"),
    };
    Test::Item(Box::new(bound(of, element, item)))
}

#[track_caller]
fn field(of: &str, shape: Shape, name: String, inner: Match) -> Test {
    let (Shape::One(_, layout) | Shape::Many(_, layout, _)) = shape else {
        if let Shape::By(..) | Shape::ByTwo(..) = shape {
            return Test::Field(name, Box::new(inner));
        }
        panic!("{of} is no structure, and has no field `{name}`");
    };
    let Layout::Fields(fields) = layout.layout else { return Test::Field(name, Box::new(inner)) };
    match fields.iter().find(|field| field.name == name) {
        Some(field) => {
            let inner = bound(&format!("{of}.{name}"), field.kind.shape, inner);
            Test::Field(name, Box::new(inner))
        }
        None => {
            let sort = format!("field of struct {}", layout.name);
            panic!("{of}: {}", unknown(&sort, &name, fields.iter().map(|field| field.name)));
        }
    }
}

fn path_test(given: Vec<u8>) -> Test {
    let absolute = bytes::absolute(None, &given);
    let canonical = absolute.as_ref().and_then(|_| canonical(&given));
    Test::Path { given, absolute, canonical }
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
