//! How to assert a negative. Pages of their own tell what to do [when calls fail](faults), and how to keep [golden files](snapshots).
//!
//! "It never connects", "it writes nothing outside its directory": such a claim is about what is not there, and what is not there
//! looks the same as what nobody looked for. A negative assertion of this crate therefore has three answers: it holds, it is
//! violated, or it cannot tell. Only the first passes. This page is about getting from the third to one of the others.
//!
//! # Say how the program should have ended
//!
//! A program that fell over its command line made no connection either. State the end first:
//!
//! ```
//! # use expect_syscalls::{expect_syscalls, family};
//! # use std::process::Command;
//! let trace = expect_syscalls(Command::new("cat").arg("/no/such/file"));
//! let refusal = trace.try_never(family::network()).unwrap_err();
//! assert!(refusal.is_inconclusive());
//! assert!(refusal.to_string().contains("the program exited with 1, and the test does not say that it should"));
//! trace.code(1).never(family::network());
//! ```
//!
//! # Say what it did, before what it did not
//!
//! Whether the program came to the point where it could have gone wrong, no recording knows. Something that it does there shows it:
//!
//! ```
//! # use expect_syscalls::{call, expect_syscalls, family};
//! # use std::process::Command;
//! let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
//! trace.success().contains(call!("openat", path = "/etc/hostname").ok()).never(family::network());
//! ```
//!
//! # Let the matcher say yes once
//!
//! A matcher that can never say yes forbids nothing. Names of calls and arguments are checked by the compiler inside
//! [`call!`](crate::call!), those of flags and values when the matcher is made; for the rest, hold it in a variable and show it a program that does the thing:
//!
//! ```
//! # use expect_syscalls::{expect_syscalls, family};
//! # use std::process::Command;
//! let removal = family::unlink().on("/tmp/expect-syscalls.none").or(family::rename());
//! let removes = expect_syscalls(Command::new("rm").args(["-f", "/tmp/expect-syscalls.none"]));
//! removes.success().contains(&removal);
//! let reads = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
//! reads.success().never(&removal);
//! ```
//!
//! # Forbid what is done, not how it is spelt
//!
//! Where one libc calls `open`, another calls `openat`. A plain name of which a variant was made is refused; a
//! [`family`](crate::family) has all of them, and effects, such as [`Trace::files_written`](crate::Trace::files_written), go by what was done:
//!
//! ```
//! # use expect_syscalls::{call, expect_syscalls, family, under};
//! # use std::process::Command;
//! let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
//! assert!(trace.success().try_never("open").unwrap_err().is_inconclusive());
//! trace.never(family::open().on("/etc/shadow"));
//! trace.files_read().never(under("/root"));
//! trace.files_written().none();
//! ```
//!
//! # Count against another run
//!
//! How many calls the C library makes on its own is no business of the test. What a feature adds is:
//!
//! ```
//! # use expect_syscalls::{expect_syscalls, family};
//! # use std::process::Command;
//! let one = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
//! let two = expect_syscalls(Command::new("cat").args(["/etc/hostname", "/etc/hostname"]));
//! two.success().times(family::open(), ..=one.count(family::open()) + 1);
//! assert!(two.names().difference(&one.names()).next().is_none(), "it makes calls that it did not make before");
//! ```
//!
//! # Close the blind spot, or accept it
//!
//! Work can be done without a call, or by calls that were not recorded: each way is a [`BlindSpot`](crate::BlindSpot), and hinders only the
//! assertions that it could deceive. The report names what was seen, the setting that removes it, and how to accept it:
//!
//! | blind spot | what removes it |
//! |---|---|
//! | `EarlyEnd`, `Status` | [`signal`](crate::Trace::signal), [`code`](crate::Trace::code) or [`success`](crate::Trace::success) before it |
//! | `Limit`, `Running` | a higher limit; waiting for the end |
//! | `Empty` | a view that selects something; `none()` rather than `only(..)` |
//! | `Filter` | [`Tracer::only`](crate::Tracer::only) with these calls, or without it |
//! | `IoUring` | [`Tracer::io_uring`](crate::Tracer::io_uring)`(false)` |
//! | `Aio` | [`Tracer::inject`](crate::Tracer::inject)`("io_setup", fail("ENOSYS"))` |
//! | `Vdso` | [`Tracer::vdso`](crate::Tracer::vdso)`(false)` |
//! | `Privileges` | a test that runs as the user whose privileges the program takes |
//! | `Unreadable` | [`Tracer::buffer_limit`](crate::Tracer::buffer_limit), where a buffer was cut; nothing, where another thread was changing a path, or where it cannot be known where a path led through links |
//! | `PassedSocket` | [`Tracer::only`](crate::Tracer::only) with `family::read()` and `family::write()`, where it left them out and the socket was not used |
//! | `Escaped`, `Foreign`, `UnknownCall`, `Mounts`, and a `PassedSocket` that was used | nothing: [`Trace::allowing`](crate::Trace::allowing) accepts them |
//!
//! ```
//! # use expect_syscalls::{family, BlindSpot, Tracer};
//! # use std::process::Command;
//! let trace = Tracer::new().run(Command::new("cat").arg("/etc/hostname"));
//! assert!(trace.success().try_never(family::clock()).unwrap_err().is_inconclusive());
//! trace.allowing(BlindSpot::Vdso).never(family::clock());
//!
//! let trace = Tracer::new().vdso(false).run(Command::new("cat").arg("/etc/hostname"));
//! trace.success().never(family::clock());
//! ```
//!
//! # What stays outside
//!
//! A trace is about one process tree. A service that the program asks over a unix socket works for it unseen; the `connect` is seen.
//! What is written to a shared mapping is no call, so `files_written()` goes by how a file was opened. The old vsyscall page
//! answers clocks unseen whatever `Tracer::vdso` says; no C library since 2014 uses it. The clock instruction and the
//! random number instruction of the processor, and the random bytes that every program gets at its start, cannot be seen.

pub mod faults;
pub mod snapshots;
