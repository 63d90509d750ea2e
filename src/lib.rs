//! Run a real program in a test, and assert on the system calls that it and everything it started have made.
//!
//! ```no_run
//! use expect_syscalls::{call, expect_syscalls, family, under};
//! use std::process::Command;
//!
//! # let dir = std::path::Path::new("/tmp/export");
//! // in a #[test]
//! let trace = expect_syscalls(Command::new("export").arg(dir));
//! trace
//!     .success()
//!     .contains(call!("openat", path = "/etc/passwd"))
//!     .never("connect")
//!     .never(family::network());
//! ```
//!
//! [`expect_syscalls`] runs the program under ptrace(2), decodes every x86_64 call with typed arguments, and
//! returns a [`Trace`] to query and to assert on. It needs neither strace nor root.
//!
//! Three promises come before every feature:
//!
//! 1. **An assertion never passes by mistake.** It holds, or it fails, or it says why it cannot know.
//! 2. **Tracing does not change the program, and never hangs the test.**
//! 3. **The same test gives the same verdict** on every run and every machine.
//!
//! # Recording
//!
//! [`expect_syscalls`] is [`Tracer::new`]`().`[`run`](Tracer::run)`(command)`. [`Tracer`] has the settings: the timeout, stdin, a hermetic
//! environment, limits. Everything that the program starts is recorded, to the end of the last process.
//!
//! A server, or anything else that does not end by itself, is started by [`Tracer::spawn`], or joined by [`Tracer::attach`]: a
//! [`Running`] program is waited for, signalled, looked at and let go while the test goes on.
//!
//! # Faults
//!
//! [`Tracer::inject`] lets chosen calls [`fail`], return what they did not do ([`returns`]), wait ([`delay`]) or be interrupted by a
//! [`signal`]: the third write to the log, every call of [`family::network`]. A fault that never happened fails the run, so that no test passes
//! because nothing was tried. [`sweep`] lets one call after the other fail; [`guide::faults`] has the whole of it:
//!
//! ```
//! use expect_syscalls::{Tracer, call, fail};
//! use std::process::Command;
//!
//! let trace = Tracer::new()
//!     .inject(call!("write", fd = 1).nth(2), fail("ENOSPC"))
//!     .run(Command::new("sh").args(["-c", "echo 1; echo 2; echo 3"]));
//! assert_eq!(trace.stdout(), b"1\n3\n");
//! ```
//!
//! # Asking
//!
//! A [`Trace`] has queries ([`calls`](Trace::calls), [`matching`](Trace::matching), [`count`](Trace::count)), views ([`process`](Trace::process),
//! [`after_startup`](Trace::after_startup)) and assertions ([`contains`](Trace::contains), [`never`](Trace::never),
//! [`times`](Trace::times), [`in_order`](Trace::in_order), [`only`](Trace::only)). Wherever a call is asked for, there is a choice of
//! matchers:
//!
//! | written | means |
//! |---|---|
//! | `"connect"` | every attempt to make this call |
//! | `"%network"` | the calls of one of strace's classes |
//! | [`call!`]`("openat", path = "/etc/passwd").ok()` | a call by its arguments and outcome, checked by the compiler |
//! | [`family::open`]`().on("/etc/passwd")` | whatever opens this file, `open`, `openat`, `openat2` or `creat` |
//!
//! Arguments are compared with literals and with [`under`], [`re`], [`file`](file()), [`exactly`], [`inet`], [`unix`], [`any_of`], [`has_item`] and
//! [`field`].
//!
//! # Asserting that something did not happen
//!
//! `never`, `only` and upper bounds are *negative*: they claim that nothing else was done. They fail as *cannot tell*
//! where a [`BlindSpot`] could have hidden a call, such as a program that crashed before it came to the point. State the
//! end, and something that was done, before what was not:
//!
//! ```
//! # use expect_syscalls::{call, expect_syscalls, family};
//! # use std::process::Command;
//! let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
//! trace.success().contains(call!("openat", path = "/etc/hostname").ok()).never(family::network());
//! ```
//!
//! A matcher is worth what it can see. Hold it in a variable, and let it say yes once:
//!
//! ```
//! # use expect_syscalls::{expect_syscalls, family};
//! # use std::process::Command;
//! let net = family::network();
//! let online = expect_syscalls(Command::new("bash").args(["-c", "exec 3<>/dev/tcp/127.0.0.1/1"]));
//! online.code(1).contains(&net);
//! let offline = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
//! offline.success().never(&net);
//! ```
//!
//! [`guide`] has the rest of it, and [`guide::snapshots`] how to keep what a program does as a golden file.
//!
//! # Where it runs
//!
//! Linux 5.3 or newer on x86_64. Elsewhere the crate compiles, and every recording fails with an error that says so; see
//! [`available`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod abi;
mod trace;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod engine;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod kernel;
mod tracer;
mod expect;
pub mod guide;

/// The door for `tests/fuzz`, which nobody else finds open.
#[cfg(fuzzing)]
#[doc(hidden)]
pub use engine::tracees::fuzz::fuzz;

pub use abi::errno::Errno;
pub use error::Error;
pub use expect::each::{Each, Paired};
pub use expect::mismatch::Mismatch;
pub use expect::snapshot::Snapshot;
pub use expect::snapshot::level::Level;
pub use expect::times::Times;
pub use trace::blind::BlindSpot;
pub use trace::call::{Argument, Call, Outcome};
pub use trace::calls::{Matches, Syscall, class};
pub use trace::effects::list::{Effect, Effects};
pub use trace::family;
pub use trace::fault::{Fault, Nth, Occurrences, delay, fail, returns, signal};
pub use trace::format::{Constants, Format, Strings};
pub use trace::matcher::CallMatcher;
pub use trace::matcher::value::{
    AddressMatch, ExactMatch, FileMatch, IntoFile, Match, PathMatch, TextMatch, any_of, exactly, field, file,
    has_item, inet, re, under, unix,
};
pub use trace::query::Trace;
pub use trace::record::{Mark, Record};
pub use trace::tree::Process;
pub use trace::value::{
    Buffer, Descriptor, FieldValue, List, PathText, SocketAddress, Structure, Value, Word,
};
pub use tracer::mark::mark;
pub use tracer::running::Running;
pub use tracer::sweep::sweep;
pub use tracer::{Tracer, available, expect_syscalls};

/// A builder for every call, checked by the compiler: see [`call!`].
///
/// ```
/// use expect_syscalls::{calls, CallMatcher};
///
/// let matcher = CallMatcher::from(calls::openat().path("/etc/passwd").flags("O_CREAT"));
/// assert_eq!(matcher.to_string(), "openat(path = \"/etc/passwd\", flags has O_CREAT)");
/// ```
pub mod calls {
    pub use crate::trace::calls::functions::*;
}

#[doc(hidden)]
pub mod __private {
    pub use crate::abi::syscalls::find;
    pub use crate::expect::snapshot::assertion::{Recorded, assert_snapshot};
    pub use crate::expect::snapshot::site::Site;
    pub use crate::expect::snapshot::stale::assert_no_stale_snapshots;
    pub use crate::trace::calls::{At, Numbered, marker};
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
