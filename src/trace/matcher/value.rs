//! What an argument may be asked: the functions that make a [`Match`], and the types that keep one kind of question off the others.

use std::fmt;
use std::net::SocketAddr;
use std::ops::{BitOr, Not};
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use regex::bytes::Regex;

use crate::abi::signature::{Family, Member};
use crate::trace::bytes;
use crate::trace::matcher::{Closure, bind};
use crate::trace::value::Value;

/// A question about an argument, of any kind.
///
/// Made of literals and of the functions [`under`], [`re`], [`file`], [`exactly`], [`inet`], [`unix`], [`any_of`], [`has_item`] and
/// [`field`]; `!m` negates, `a | b` joins.
#[derive(Clone)]
pub struct Match(pub(crate) Test);

/// What is asked. Literals become one of the others when they meet the parameter they are for.
#[derive(Clone)]
pub(crate) enum Test {
    Text(Vec<u8>),
    Number(i64),
    ExactText(Vec<u8>),
    /// A path in its forms: as given, in absolute normal form, and with links resolved.
    Path {
        given: Vec<u8>,
        absolute: Option<Vec<u8>>,
        canonical: Option<Vec<u8>>,
    },
    /// As written by the program.
    Written(Vec<u8>),
    Under {
        given: Vec<u8>,
        directory: Vec<u8>,
        canonical: Option<Vec<u8>>,
    },
    /// The file that a descriptor refers to.
    File {
        given: Vec<u8>,
        absolute: Vec<u8>,
        canonical: Option<Vec<u8>>,
    },
    Regex(Arc<Regex>),
    /// The whole content of a buffer or string.
    Bytes(Vec<u8>),
    /// All of these flags, or the enumeration's value.
    Flags {
        family: &'static Family,
        members: Vec<&'static Member>,
        exact: bool,
    },
    /// An address, with any port where none is given.
    Peer(std::net::IpAddr, Option<u16>),
    Inet,
    Unix(Vec<u8>),
    /// A name whose meaning another argument decides: a flag, an enumeration's value, or a text.
    Named(String),
    Field(String, Box<Match>),
    Item(Box<Match>),
    Any(Vec<Match>),
    Not(Box<Match>),
    Closure(Closure, &'static Location<'static>),
}

/// Asks where a path leads: see [`under`].
#[derive(Clone, Debug)]
pub struct PathMatch(pub(crate) Match);

/// Asks for a pattern: see [`re`].
#[derive(Clone, Debug)]
pub struct TextMatch(pub(crate) Match);

/// Asks what a descriptor refers to: see [`file`].
#[derive(Clone, Debug)]
pub struct FileMatch(pub(crate) Match);

/// Asks for a peer: see [`inet`] and [`unix`].
#[derive(Clone, Debug)]
pub struct AddressMatch(pub(crate) Match);

/// Asks for nothing more and nothing less: see [`exactly`].
#[derive(Clone, Debug)]
pub struct ExactMatch(pub(crate) Match);

/// A path, or the file of a descriptor, in `directory` or below it, or that directory itself.
///
/// Components are compared, so that `/tmp/ab` is not under `/tmp/a`. A path counts in absolute normal form, and
/// where the kernel said which file was opened, that file counts too.
///
/// # Panics
///
/// When `directory` is empty or relative: it would mean another one in each process.
///
/// ```
/// # use expect_syscalls::{call, expect_syscalls, under};
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("ls").arg("/etc/apt"));
/// trace.contains(call!("openat", path = under("/etc")).ok()).never(call!("openat", path = under("/etc/ssh")));
/// ```
#[must_use]
#[track_caller]
pub fn under(directory: impl AsRef<Path>) -> PathMatch {
    let given = bytes::of(directory.as_ref().as_os_str()).into_owned();
    let shown = String::from_utf8_lossy(&given).into_owned();
    let Some(absolute) = bytes::absolute(None, &given).filter(|_| !given.is_empty()) else {
        panic!("under({shown:?}) wants an absolute path");
    };
    let canonical = bind::canonical(&given);
    PathMatch(Match(Test::Under { given, directory: absolute, canonical }))
}

/// A path, string or buffer in which the pattern is found, in the syntax of the `regex` crate. It is not anchored, and works on bytes.
///
/// # Panics
///
/// When the pattern is no regular expression.
///
/// ```
/// # use expect_syscalls::{call, expect_syscalls, re};
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("echo").arg("4711"));
/// trace.contains(call!("write", buf = re(r"^\d+\n$")));
/// ```
#[must_use]
#[track_caller]
pub fn re(pattern: &str) -> TextMatch {
    match Regex::new(pattern) {
        Ok(regex) => TextMatch(Match(Test::Regex(Arc::new(regex)))),
        Err(error) => panic!("re({pattern:?}) is no regular expression: {error}"),
    }
}

/// A descriptor that refers to this file when the call is entered. A number alone means another file in each process and at each time.
///
/// ```
/// # use expect_syscalls::{call, expect_syscalls, file};
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
/// trace.contains(call!("read", fd = file("/etc/hostname")).ok());
/// ```
///
/// # Panics
///
/// When the path is relative.
#[must_use]
#[track_caller]
pub fn file(path: impl IntoFile) -> FileMatch {
    let given = path.into_file();
    let Some(absolute) = bytes::absolute(None, &given) else {
        panic!("file({:?}) wants an absolute path", String::from_utf8_lossy(&given));
    };
    let canonical = bind::canonical(&given);
    FileMatch(Match(Test::File { given, absolute, canonical }))
}

/// What [`file`] takes: a path, or a decoded path or descriptor of another call.
pub trait IntoFile: sealed::Sealed {
    #[doc(hidden)]
    fn into_file(self) -> Vec<u8>;
}

mod sealed {
    #[expect(unnameable_types, reason = "nobody else implements it")]
    pub trait Sealed {}
    impl<P: AsRef<std::path::Path>> Sealed for P {}
    impl Sealed for &crate::trace::value::Value {}
}

impl<P: AsRef<Path>> IntoFile for P {
    fn into_file(self) -> Vec<u8> {
        bytes::of(self.as_ref().as_os_str()).into_owned()
    }
}

impl IntoFile for &Value {
    #[track_caller]
    fn into_file(self) -> Vec<u8> {
        match self.as_path() {
            Some(path) => bytes::of(path.as_os_str()).into_owned(),
            None => panic!("file({self}) wants a path or a descriptor that refers to a file"),
        }
    }
}

/// For flags: these bits and no others. For paths: as the program wrote it, in no other form.
///
/// ```
/// # use expect_syscalls::{call, exactly, expect_syscalls};
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
/// trace.contains(call!("openat", path = exactly("/etc/hostname"), flags = exactly("O_RDONLY")));
/// ```
#[must_use]
pub fn exactly(text: impl AsRef<Path>) -> ExactMatch {
    ExactMatch(Match(Test::ExactText(bytes::of(text.as_ref().as_os_str()).into_owned())))
}

/// Any IPv4 or IPv6 address.
///
/// ```
/// # use expect_syscalls::{call, expect_syscalls, inet};
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("bash").args(["-c", "exec 3<>/dev/tcp/127.0.0.1/1"]));
/// trace.code(1).contains(call!("connect", addr = inet()).fails("ECONNREFUSED"));
/// ```
#[must_use]
pub fn inet() -> AddressMatch {
    AddressMatch(Match(Test::Inet))
}

/// The address of a unix socket: a path as the program wrote it, or `@name` in the abstract namespace. See unix(7).
#[must_use]
pub fn unix(path: impl AsRef<Path>) -> AddressMatch {
    let path = bytes::of(path.as_ref().as_os_str()).into_owned();
    AddressMatch(Match(Test::Unix(path)))
}

/// One of these.
///
/// ```
/// # use expect_syscalls::{any_of, call};
/// let standard = call!("openat", path = any_of(["/etc/app.conf", "/usr/lib/app.conf"]));
/// ```
#[must_use]
pub fn any_of<M: Into<Match>>(matches: impl IntoIterator<Item = M>) -> Match {
    Match(Test::Any(matches.into_iter().map(Into::into).collect()))
}

/// An array, such as argv, with an element that matches.
///
/// ```
/// # use expect_syscalls::{call, expect_syscalls, has_item};
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("ls").args(["-l", "/etc"]));
/// trace.contains(call!("execve", argv = has_item("-l")));
/// ```
#[must_use]
pub fn has_item(item: impl Into<Match>) -> Match {
    Match(Test::Item(Box::new(item.into())))
}

/// A structure whose field matches.
///
/// ```
/// # use expect_syscalls::{call, expect_syscalls, field};
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
/// trace.contains(call!("newfstatat", statbuf = field("st_uid", 0)).ok());
/// ```
#[must_use]
pub fn field(name: &str, value: impl Into<Match>) -> Match {
    Match(Test::Field(name.to_owned(), Box::new(value.into())))
}

macro_rules! convert {
    ($($from:ty => |$value:ident| $test:expr;)*) => {
        $( impl From<$from> for Match {
            fn from($value: $from) -> Match {
                Match($test)
            }
        } )*
    };
}

convert! {
    &str => |text| Test::Text(text.as_bytes().to_vec());
    &String => |text| Test::Text(text.as_bytes().to_vec());
    String => |text| Test::Text(text.into_bytes());
    &Path => |path| Test::Text(bytes::of(path.as_os_str()).into_owned());
    PathBuf => |path| Test::Text(bytes::of(path.as_os_str()).into_owned());
    &PathBuf => |path| Test::Text(bytes::of(path.as_os_str()).into_owned());
    &[u8] => |bytes| Test::Bytes(bytes.to_vec());
    Vec<u8> => |bytes| Test::Bytes(bytes);
    SocketAddr => |address| Test::Peer(address.ip(), Some(address.port()));
    i32 => |number| Test::Number(number.into());
    u32 => |number| Test::Number(number.into());
    i64 => |number| Test::Number(number);
    u64 => |number| Test::Number(number as i64);
    usize => |number| Test::Number(number as i64);
}

impl<const N: usize> From<&[u8; N]> for Match {
    fn from(bytes: &[u8; N]) -> Match {
        Match(Test::Bytes(bytes.to_vec()))
    }
}

macro_rules! wrap {
    ($($name:ident)*) => {
        $( impl From<$name> for Match {
            fn from(it: $name) -> Match {
                it.0
            }
        }

        impl From<&$name> for Match {
            fn from(it: &$name) -> Match {
                it.0.clone()
            }
        }

        impl Not for $name {
            type Output = Match;

            fn not(self) -> Match {
                !self.0
            }
        }

        impl<M: Into<Match>> BitOr<M> for $name {
            type Output = Match;

            fn bitor(self, other: M) -> Match {
                self.0 | other
            }
        } )*
    };
}

wrap! { PathMatch TextMatch FileMatch AddressMatch ExactMatch }

impl Not for Match {
    type Output = Match;

    fn not(self) -> Match {
        Match(Test::Not(Box::new(self)))
    }
}

impl<M: Into<Match>> BitOr<M> for Match {
    type Output = Match;

    fn bitor(self, other: M) -> Match {
        Match(Test::Any(vec![self, other.into()]))
    }
}

impl fmt::Debug for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
