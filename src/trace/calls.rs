//! A builder for every call of the table, checked by the compiler: [`call!`](crate::call) is made of them.

use std::fmt;
use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::abi::constants::{files::*, ioctl::*, memory::*, network::*, process::*, system::*};
use crate::abi::selectors::*;
use crate::abi::signature::*;
use crate::abi::structs::*;
use crate::abi::syscalls::*;
use crate::trace::matcher::value::{AddressMatch, ExactMatch, FileMatch, Match, PathMatch, Test, TextMatch};
use crate::trace::matcher::{CallMatcher, Calls, bind};
use crate::trace::value::Value;

/// A matcher of the calls of one name, to be asked about its arguments. Made by the functions in [`calls`](crate::calls) and by
/// [`call!`](crate::call).
#[must_use]
pub struct Syscall<C> {
    row: &'static Signature,
    arguments: Vec<(&'static str, Match)>,
    call: PhantomData<C>,
}

// By hand: derived, these would ask the same of each of the hundreds of markers.
impl<C> Clone for Syscall<C> {
    fn clone(&self) -> Syscall<C> {
        Syscall { row: self.row, arguments: self.arguments.clone(), call: PhantomData }
    }
}

impl<C> fmt::Debug for Syscall<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Syscall").field("row", &self.row).field("arguments", &self.arguments).finish()
    }
}

impl<C> Syscall<C> {
    #[doc(hidden)]
    #[inline]
    pub fn __new(number: u32) -> Syscall<C> {
        let row = by_number(number).expect("BUG: a builder for a call in no table");
        Syscall { row, arguments: Vec::new(), call: PhantomData }
    }

    #[track_caller]
    fn with(mut self, name: &'static str, wanted: Match) -> Syscall<C> {
        let position = self.row.position(name).expect("BUG: a builder's method without a parameter");
        self.arguments.push((name, bind::bind(self.row, &self.row.params[position], wanted)));
        self
    }

    /// Only calls that returned and were no error: see [`CallMatcher::ok`].
    pub fn ok(self) -> CallMatcher {
        CallMatcher::from(self).ok()
    }

    /// Only calls that failed with this error: see [`CallMatcher::fails`].
    ///
    /// # Panics
    ///
    /// When there is no such error.
    #[track_caller]
    pub fn fails(self, errno: &str) -> CallMatcher {
        CallMatcher::from(self).fails(errno)
    }

    /// Only calls that returned this: see [`CallMatcher::returns`].
    ///
    /// # Panics
    ///
    /// On a number that only a failed call could show.
    #[track_caller]
    pub fn returns(self, value: i64) -> CallMatcher {
        CallMatcher::from(self).returns(value)
    }

    /// Only calls of which some path or descriptor refers to this file: see [`CallMatcher::on`].
    #[track_caller]
    pub fn on(self, file: impl Matches<class::FilePath>) -> CallMatcher {
        CallMatcher::from(self).on(file)
    }

    /// These calls, or those of `other`: see [`CallMatcher::or`].
    #[track_caller]
    pub fn or(self, other: impl Into<CallMatcher>) -> CallMatcher {
        CallMatcher::from(self).or(other)
    }
}

impl<C> From<Syscall<C>> for CallMatcher {
    fn from(call: Syscall<C>) -> CallMatcher {
        CallMatcher::new(Calls::One(call.row), call.arguments)
    }
}

/// What an argument of class `K` can be compared with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand for {K}",
    label = "not a value for this argument",
    note = "a path or string takes a str, a Path, under(..), re(..), exactly(..); a descriptor a number or file(..);",
    note = "flags and enumerations their names, such as \"O_CREAT|O_EXCL\"; an address \"127.0.0.1:80\", inet(), unix(..);",
    note = "a structure field(..), an array has_item(..); everything any_of([..]), a negation, or a closure |value: &Value| -> bool"
)]
pub trait Matches<K> {
    #[doc(hidden)]
    #[track_caller]
    fn into_match(self) -> Match;
}

/// The classes of arguments, by what they can be compared with. They are never made.
pub mod class {
    macro_rules! classes {
        ($($number:literal $name:ident: $doc:literal;)*) => {
            $( #[doc = $doc] #[derive(Debug)] pub enum $name {}
            impl Classified for Class<$number> { type Kind = $name; } )*
        };
    }

    /// The class with a number.
    #[derive(Debug)]
    pub enum Class<const N: u8> {}

    /// From the number to the class.
    pub trait Classified {
        /// The class.
        type Kind;
    }

    classes! {
        0 Number: "A number.";
        1 FilePath: "A path.";
        2 Text: "A string or a buffer.";
        3 Fd: "A descriptor.";
        4 Flags: "Flags or an enumeration.";
        5 Peer: "A socket address.";
        6 Parts: "A structure or an array.";
        7 SignalName: "A signal.";
        8 Decided: "Decided by another argument.";
        9 Mode: "Permission bits and a file type.";
    }

    /// The class of a kind.
    pub(crate) const fn of(kind: crate::abi::signature::Kind) -> u8 {
        use crate::abi::signature::Shape;
        match kind.shape {
            Shape::Path | Shape::PathOut(_) => 1,
            Shape::Str | Shape::Bytes(..) | Shape::Iov(..) => 2,
            Shape::Fd | Shape::DirFd => 3,
            Shape::Bits(_) | Shape::OneOf(_) => 4,
            Shape::SockAddr(..) => 5,
            Shape::One(..) | Shape::Many(..) | Shape::Scalars(..) | Shape::StrVec => 6,
            Shape::Signal => 7,
            Shape::By(..) | Shape::ByTwo(..) => 8,
            Shape::Mode => 9,
            _ => 0,
        }
    }
}

macro_rules! matches {
    ($($class:ident: $($ty:ty),*;)*) => {
        $( $( impl Matches<class::$class> for $ty {
            fn into_match(self) -> Match {
                self.into()
            }
        } )* )*
    };
}

matches! {
    Number: i32, u32, i64, u64, usize;
    FilePath: &str, &String, String, &Path, PathBuf, &PathBuf, PathMatch, &PathMatch, TextMatch, &TextMatch, ExactMatch, &ExactMatch;
    Text: &str, &String, String, &[u8], Vec<u8>, TextMatch, &TextMatch;
    Fd: i32, &str, FileMatch, &FileMatch, PathMatch, &PathMatch, TextMatch, AddressMatch, &AddressMatch;
    Flags: &str, &String, i32, u32, i64, u64, ExactMatch, &ExactMatch;
    Peer: &str, &String, SocketAddr, IpAddr, AddressMatch, &AddressMatch;
    Parts: i32, u32, i64, u64, usize;
    SignalName: &str, i32;
    Mode: &str, i32, u32;
    Decided: &str, &String, String, i32, u32, i64, u64, usize, FileMatch, PathMatch, TextMatch, AddressMatch, ExactMatch;
}

impl<const N: usize> Matches<class::Text> for &[u8; N] {
    fn into_match(self) -> Match {
        self.into()
    }
}

impl<K> Matches<K> for Match {
    fn into_match(self) -> Match {
        self
    }
}

impl<K> Matches<K> for &Match {
    fn into_match(self) -> Match {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<K, F: Fn(&Value) -> bool + Send + Sync + 'static> Matches<K> for F {
    #[track_caller]
    fn into_match(self) -> Match {
        Match(Test::Closure(Arc::new(self), Location::caller(), false))
    }
}

/// From a call's number to its builder, for `call!` with a name in quotes.
#[doc(hidden)]
#[derive(Debug)]
pub enum At<const NUMBER: u32> {}

#[doc(hidden)]
pub trait Numbered {
    type Call;

    fn start() -> Syscall<Self::Call>;
}

/// The types that keep the builders of the calls apart.
#[doc(hidden)]
pub mod marker {
    macro_rules! markers {
        ($($($number:literal)? $name:ident ( $($rest:tt)* ) -> $result:expr ;)*) => {
            $( #[allow(non_camel_case_types)] pub enum $name {} )*
        };
    }

    crate::abi::syscalls::each_syscall!(markers);
}

macro_rules! number {
    ($number:literal $name:ident) => {
        $number
    };
    ($name:ident) => {
        ::syscalls::x86_64::Sysno::$name as u32
    };
}

macro_rules! builders {
    ($($($number:literal)? $name:ident ( $($param:ident : $kind:expr),* $(,)? ) -> $result:expr ;)*) => {
        /// One function for each call.
        #[allow(unreachable_pub, reason = "it is the public module `calls`")]
        pub mod functions {
            $( #[doc = concat!("Matches `", stringify!($name), "(2)`.")]
            #[inline]
            pub fn $name() -> $crate::trace::calls::Syscall<$crate::trace::calls::marker::$name> {
                $crate::trace::calls::Syscall::__new(number!($($number)? $name))
            } )*
        }

        $( impl Numbered for At<{ number!($($number)? $name) }> {
            type Call = marker::$name;

            #[inline]
            fn start() -> Syscall<marker::$name> {
                functions::$name()
            }
        }

        impl Syscall<marker::$name> {
            $( #[doc = concat!("Asks about the argument `", stringify!($param), "` of `", stringify!($name), "(2)`.")]
            #[track_caller]
            #[allow(clippy::should_implement_trait, reason = "clock_nanosleep and nanosleep call an argument `rem`")]
            pub fn $param(
                self,
                value: impl Matches<<class::Class<{ class::of($kind) }> as class::Classified>::Kind>,
            ) -> Self {
                self.with(stringify!($param), value.into_match())
            } )*
        } )*
    };
}

each_syscall!(builders);

/// Matches a call by its name and arguments, both checked by the compiler.
///
/// The name stands with or without quotes. Arguments have the names of the manual page; a file name is always `path`,
/// though `pathname` and `filename` are understood, and so is the kernel's `dfd` for `dirfd`.
/// What each takes is described at [`Match`](crate::Match) and its functions.
///
/// ```
/// use expect_syscalls::{call, exactly, file, under};
///
/// let any = call!(connect);
/// let created = call!("openat", path = under("/tmp"), flags = "O_CREAT|O_EXCL").ok();
/// let synced = call!("fsync", fd = file("/tmp/db")).ok();
/// let dup = call!("dup2", newfd = 1);
/// let tcp = call!("socket", domain = "AF_INET", type = "SOCK_STREAM");
/// ```
///
/// `"open"` alone, as in `trace.never("open")`, cannot pass while `openat` did the same; `call!("open")` means just that call. For all calls
/// that do a thing there is a [`family`](crate::family).
///
/// A name that is no call's, an argument that the call does not have, and a value that cannot stand for it do not compile:
///
/// ```compile_fail
/// # use expect_syscalls::call;
/// call!("openat", pth = "/etc/passwd"); // no method named `pth` found for struct `Syscall<C>`
/// ```
///
/// Names of flags and signals are looked up when the matcher is made, and panic with the nearest one.
#[macro_export]
macro_rules! call {
    ($name:literal $(, $($rest:tt)*)?) => {
        $crate::CallMatcher::from($crate::__arguments!(
            {
                const NUMBER: u32 = $crate::__private::find($name);
                <$crate::__private::At<NUMBER> as $crate::__private::Numbered>::start()
            };
            $($($rest)*)?
        ))
    };
    ($name:ident $(, $($rest:tt)*)?) => {
        $crate::CallMatcher::from($crate::__arguments!($crate::calls::$name(); $($($rest)*)?))
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __arguments {
    ($call:expr;) => { $call };
    ($call:expr; type = $value:expr $(, $($rest:tt)*)?) => { $crate::__arguments!($call.ty($value); $($($rest)*)?) };
    ($call:expr; pathname = $value:expr $(, $($rest:tt)*)?) => { $crate::__arguments!($call.path($value); $($($rest)*)?) };
    ($call:expr; filename = $value:expr $(, $($rest:tt)*)?) => { $crate::__arguments!($call.path($value); $($($rest)*)?) };
    ($call:expr; dfd = $value:expr $(, $($rest:tt)*)?) => { $crate::__arguments!($call.dirfd($value); $($($rest)*)?) };
    ($call:expr; $param:ident = $value:expr $(, $($rest:tt)*)?) => { $crate::__arguments!($call.$param($value); $($($rest)*)?) };
    ($call:expr; $param:ident $($rest:tt)*) => { $call.$param };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_argument_has_the_name_of_a_matchers_method() {
        for row in TABLE {
            for param in row.params {
                assert!(!["ok", "fails", "returns", "or", "on", "nth"].contains(&param.name), "{}", row.name);
            }
        }
    }
}
