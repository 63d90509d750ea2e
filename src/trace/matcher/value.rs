//! What an argument may be asked: the functions that make a [`Match`], and the types that keep one kind of question off the others.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::{BitOr, Not};
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use regex::bytes::Regex;

use crate::abi::signature::{Family, Member};
use crate::trace::bytes;
use crate::trace::calls::{Matches, class};
use crate::trace::matcher::bind;
use crate::trace::value::Value;

/// A question about an argument, of any kind.
///
/// Made of literals and of the functions [`under`], [`re`], [`file`](file()), [`exactly`], [`inet`], [`unix`], [`any_of`], [`has_item`] and
/// [`field`]; `!m` negates, `a | b` joins.
///
/// A text is what the argument makes of it. Of a path it is the whole: as the program wrote it, absolute, or where it led; a relative one
/// starts where the program did. Of a buffer or a string it is the whole too: [`re`] finds a part. `"O_CREAT|O_EXCL"` asks for these
/// flags whatever else is set, where [`exactly`] takes no others, and `"O_RDONLY"` for the access mode. A number is the whole, modes
/// in octal: `mode = 0o644`.
#[derive(Clone)]
pub struct Match(pub(crate) Test);

/// What is asked. Literals become one of the others when they meet the parameter they are for.
#[derive(Clone)]
pub(crate) enum Test {
    /// A literal whose meaning another argument decides: a path, a text, flags, an enumeration's value.
    Text(Place),
    Exact(Place),
    Number(i128),
    /// A number that is shown in another way: a mode in octal, a signal by its name.
    Worded(i128, String),
    Path(Place),
    /// As written by the program.
    Written(Vec<u8>),
    Under(Place),
    /// What the file is that a descriptor refers to.
    File(Box<Match>),
    Regex(Arc<Regex>),
    /// The whole content of a buffer or string.
    Bytes(Vec<u8>),
    /// All of these flags, or the enumeration's value.
    Flags {
        family: &'static Family,
        members: Vec<&'static Member>,
        exact: bool,
    },
    /// The file type, and bits of a mode.
    Mode(Vec<&'static Member>),
    /// An address, with any port where none is given.
    Peer(std::net::IpAddr, Option<u16>),
    Inet,
    /// What the path is of a unix socket.
    Unix(Box<Match>),
    Field(String, Box<Match>),
    Item(Box<Match>),
    Any(Vec<Match>),
    Not(Box<Match>),
    /// With its place for the report, and whether it asks about something that had to be read through an address.
    Closure(Closure, &'static Location<'static>, bool),
}

/// A path that a test names: as given, in absolute normal form, and with links resolved where that differs: all of them, and all
/// but the last component, which a call such as unlink(2) does not follow.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) given: Vec<u8>,
    /// `None` for a relative path.
    pub(crate) absolute: Option<Vec<u8>>,
    pub(crate) canonical: Option<Vec<u8>>,
    pub(crate) unfollowed: Option<Vec<u8>>,
}

impl Place {
    pub(crate) fn new(given: &[u8]) -> Place {
        let (absolute, canonical) = (bytes::absolute(None, given), bind::canonical(given));
        // Where no link is, there is none at the end either.
        let unfollowed = canonical.as_ref().and_then(|_| bind::canonical_but_last(given));
        Place { given: given.to_vec(), absolute, canonical, unfollowed }
    }

    /// Whether this is one of its forms with links resolved.
    pub(crate) fn leads_to(&self, form: &[u8]) -> bool {
        self.canonical.as_deref() == Some(form) || self.unfollowed.as_deref() == Some(form)
    }
}

/// A shared closure over a value.
pub(crate) type Closure = Arc<dyn Fn(&Value) -> bool + Send + Sync>;

/// Asks where a path leads: see [`under`].
#[derive(Clone, Debug)]
pub struct PathMatch(pub(crate) Match);

/// Asks for a pattern: see [`re`].
#[derive(Clone, Debug)]
pub struct TextMatch(pub(crate) Match);

/// Asks what a descriptor refers to: see [`file`](file()).
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
/// where it led through links, the file it led to counts too. `only` wants that file to be there. For a call that gives no descriptor the file
/// is looked up when the call is over, without waiting for anybody; where that does not do, as on a network file system, what is
/// asked of a path that led through a directory cannot be told. Before Linux 5.12 nothing is looked up, and the text
/// counts, as it does for a call without an end.
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
    let place = Place::new(&bytes::of(directory.as_ref().as_os_str()));
    if place.absolute.is_none() {
        panic!("under({:?}) wants an absolute path", directory.as_ref());
    }
    PathMatch(Match(Test::Under(place)))
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
/// Takes a path, `under(..)` or `re(..)`, or what another call had: a path or a descriptor.
///
/// A file that was deleted goes by the name it had. Where another file was given that name, or it was opened more than once, nobody can
/// tell which of them it is.
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
/// When the path is relative, or when the value is neither path nor file.
#[must_use]
#[track_caller]
pub fn file(path: impl IntoFile) -> FileMatch {
    FileMatch(Match(Test::File(Box::new(path.into_file()))))
}

/// What [`file`](file()) takes: a path, a question about paths, or a decoded path or descriptor of another call.
pub trait IntoFile: sealed::Sealed {
    #[doc(hidden)]
    #[track_caller]
    fn into_file(self) -> Match;
}

mod sealed {
    #[expect(unnameable_types, reason = "nobody else implements it")]
    pub trait Sealed {}
    impl<P: AsRef<std::path::Path>> Sealed for P {}
    impl Sealed for &crate::trace::value::Value {}
    impl Sealed for crate::trace::matcher::value::PathMatch {}
    impl Sealed for crate::trace::matcher::value::TextMatch {}
}

impl<P: AsRef<Path>> IntoFile for P {
    #[track_caller]
    fn into_file(self) -> Match {
        absolute(&bytes::of(self.as_ref().as_os_str()))
    }
}

impl IntoFile for PathMatch {
    fn into_file(self) -> Match {
        self.0
    }
}

impl IntoFile for TextMatch {
    fn into_file(self) -> Match {
        self.0
    }
}

impl IntoFile for &Value {
    #[track_caller]
    fn into_file(self) -> Match {
        match self.as_path() {
            Some(path) => absolute(&bytes::of(path.as_os_str())),
            None => panic!("file({self}) wants a path or a descriptor that refers to a file"),
        }
    }
}

#[track_caller]
fn absolute(given: &[u8]) -> Match {
    let place = Place::new(given);
    if place.absolute.is_none() {
        panic!("file({:?}) wants an absolute path", String::from_utf8_lossy(given));
    }
    Match(Test::Path(place))
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
    let text = bytes::of(text.as_ref().as_os_str()).into_owned();
    ExactMatch(Match(Test::Exact(Place::new(&text))))
}

/// Any IPv4 or IPv6 address; and of a descriptor, that it is a socket for such. Of a socket that nobody has seen to be made, and that has not
/// told its address, it is not known.
///
/// ```
/// # use expect_syscalls::{call, expect_syscalls, inet};
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("bash").args(["-c", "exec 3<>/dev/tcp/127.0.0.1/1"]));
/// trace.code(1).contains(call!("connect", addr = inet()).fails("ECONNREFUSED"));
/// trace.never(call!("write", fd = inet()));
/// ```
#[must_use]
pub fn inet() -> AddressMatch {
    AddressMatch(Match(Test::Inet))
}

/// The address of a unix socket: a path, or `@name` in the abstract namespace. See unix(7). A path that was bound, connected or sent to
/// counts like those of files: as written, and where it led.
///
/// ```
/// # use expect_syscalls::{call, under, unix};
/// let bus = call!("connect", addr = unix("/run/dbus/system_bus_socket"));
/// let private = call!("bind", addr = unix("@app"));
/// let any = call!("connect", addr = unix(under("/run")));
/// ```
#[must_use]
#[track_caller]
pub fn unix(path: impl Matches<class::FilePath>) -> AddressMatch {
    AddressMatch(Match(Test::Unix(Box::new(path.into_match()))))
}

/// One of these.
///
/// ```
/// # use expect_syscalls::{any_of, call};
/// let standard = call!("openat", path = any_of(["/etc/app.conf", "/usr/lib/app.conf"]));
/// ```
///
/// # Panics
///
/// When there is nothing to choose from.
#[must_use]
#[track_caller]
pub fn any_of<M: Into<Match>>(matches: impl IntoIterator<Item = M>) -> Match {
    let all: Vec<Match> = matches.into_iter().map(Into::into).collect();
    assert!(!all.is_empty(), "any_of([]) says nothing");
    Match(Test::Any(all))
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
    &str => |text| Test::Text(Place::new(text.as_bytes()));
    &String => |text| Test::Text(Place::new(text.as_bytes()));
    String => |text| Test::Text(Place::new(text.as_bytes()));
    &Path => |path| Test::Text(Place::new(&bytes::of(path.as_os_str())));
    PathBuf => |path| Test::Text(Place::new(&bytes::of(path.as_os_str())));
    &PathBuf => |path| Test::Text(Place::new(&bytes::of(path.as_os_str())));
    &[u8] => |bytes| Test::Bytes(bytes.to_vec());
    Vec<u8> => |bytes| Test::Bytes(bytes);
    SocketAddr => |address| Test::Peer(address.ip(), Some(address.port()));
    IpAddr => |address| Test::Peer(address, None);
    i32 => |number| Test::Number(number.into());
    u32 => |number| Test::Number(number.into());
    i64 => |number| Test::Number(number.into());
    u64 => |number| Test::Number(number.into());
    usize => |number| Test::Number(number as i128);
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
