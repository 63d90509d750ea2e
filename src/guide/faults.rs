//! How to test what a program does when a call fails.
//!
//! The disk is full, the directory is gone, the connection is refused, the write was a short one: what a program does then is rarely
//! tested, since it is hard to bring about. A recording can bring it about, in one call of one run, without root, without another file
//! system, and without a word in the program.
//!
//! # One call
//!
//! A rule is a matcher and a fault. The matcher is one of those that assertions take, with arguments as the program gives them; the fault is an
//! error ([`fail`](crate::fail)), a result that is not true ([`returns`](crate::returns)), time
//! ([`delay`](crate::delay)) or a [`signal`](crate::signal):
//!
//! ```
//! # use expect_syscalls::{call, fail, file, Tracer};
//! # use std::process::Command;
//! let broken = Tracer::new().inject(call!("read", fd = file("/etc/hostname")), fail("EIO"));
//! let trace = broken.run(Command::new("cat").arg("/etc/hostname"));
//! trace.code(1);
//! assert!(String::from_utf8_lossy(trace.stderr()).contains("Input/output error"));
//! ```
//!
//! A rule is asked as the call is entered, when nobody knows yet where a path leads: it is compared as written and in absolute normal form, and
//! links in it are not followed. An assertion on the same call may say yes for the file it led to.
//!
//! The kernel does not make a call that fails or is replaced: nothing is written, nobody is connected to. In the trace it stands with what the
//! program asked and what it was told, and is marked `(INJECTED)`; [`Trace::injected`](crate::Trace::injected) has all of them.
//!
//! # Which of the calls
//!
//! Without more, a rule is for every call that matches. [`nth`](crate::CallMatcher::nth) takes one, or a range, in the whole tree, or in
//! [each process](crate::Occurrences::per_process):
//!
//! ```
//! # use expect_syscalls::{call, fail, signal, Tracer};
//! # use std::process::Command;
//! let script = "echo 1; echo 2; echo 3; true";
//! let write = || call!("write", fd = 1);
//! let second = Tracer::new().inject(write().nth(2), fail("ENOSPC"));
//! assert_eq!(second.run(Command::new("sh").args(["-c", script])).stdout(), b"1\n3\n");
//! let rest = Tracer::new().inject(write().nth(2..), fail("ENOSPC"));
//! assert_eq!(rest.run(Command::new("sh").args(["-c", script])).stdout(), b"1\n");
//! let killed = Tracer::new().inject(write().nth(2), signal("SIGTERM"));
//! killed.run(Command::new("sh").args(["-c", script])).signal("SIGTERM");
//! ```
//!
//! Take a family where another C library makes another call: [`family::open`](crate::family::open) rather than `openat`.
//!
//! # Short writes, and calls that wait
//!
//! [`returns`](crate::returns) says that the call did something, and it did not: a program that is told that one byte was written must go on with the
//! second. Each of these bytes is missing from what arrives:
//!
//! ```
//! # use expect_syscalls::{call, returns, Tracer};
//! # use std::process::Command;
//! let short = Tracer::new().stdin("contents\n").inject(call!("write", fd = 1).nth(1..=3), returns(1));
//! let trace = short.run(Command::new("tee").arg("/dev/null"));
//! trace.success().contains(call!("write", fd = 1, buf = "tents\n").ok());
//! assert_eq!(trace.stdout(), b"tents\n");
//! ```
//!
//! What the kernel would have written to the program's memory is not there either: a `read` that returns 10 leaves the buffer as it was.
//!
//! # A fault that did not happen
//!
//! A test of a failure that never came is a test of nothing. A rule that was for no call fails the run, with the calls that came nearest:
//!
//! ```
//! # use expect_syscalls::{call, fail, Tracer};
//! # use std::process::Command;
//! let rule = Tracer::new().inject(call!("openat", path = "/etc/hostnam"), fail("EIO"));
//! let error = rule.try_run(Command::new("cat").arg("/etc/hostname")).unwrap_err();
//! assert!(error.is_missing_fault());
//! assert!(error.to_string().contains(r#"path: wanted "/etc/hostnam", was "/etc/hostname""#));
//! ```
//!
//! [`optional`](crate::CallMatcher::optional) says that it need not happen: `family::network().optional()` keeps a program offline, whether
//! it wants to be online or not.
//!
//! # Every call, one after the other
//!
//! [`sweep`](crate::sweep) records once to see which calls there are, and runs once more for each of them with that one failing. The check
//! states what must hold whichever it is: that the program says so, and that the old file or the new one is there, and not a half:
//!
//! ```
//! # use expect_syscalls::{call, fail, family, file, Tracer};
//! # use std::process::Command;
//! # let dir = tempfile::tempdir().unwrap();
//! # let path = dir.path().join("copy");
//! let copy = || {
//!     let mut command = Command::new("dd");
//!     command.args(["if=/etc/hostname", "conv=fsync"]).arg(format!("of={}", path.display()));
//!     command
//! };
//! let calls = call!("write", fd = file(&path)).or(call!("fsync", fd = file(&path)));
//! Tracer::new().sweep(copy, calls, fail("EIO"), |trace| {
//!     trace.code(1);
//! });
//! ```
//!
//! A check that fails is told with the call that had the fault. [`sweep_threads`](crate::Tracer::sweep_threads) makes several runs at the
//! same time, for which `command` must give each its own files.
//!
//! # What a rule cannot reach
//!
//! * A matcher that asks for the outcome, `.ok()`, is refused: nobody knows it when the call is entered.
//! * Work without a call. Where a rule is for calls that an io_uring or the vDSO could do instead, the program gets none:
//!   [`Tracer::io_uring`](crate::Tracer::io_uring), [`Tracer::vdso`](crate::Tracer::vdso).
//! * A process that is attached to has its vDSO already. A rule on clocks fails there, unless it is optional.
//! * Calls of i386 and x32 programs are known by name: a rule with an argument is not for them.
//! * `exit_group` and `rt_sigreturn` do not return, and cannot fail.
//!
//! ```
//! # use expect_syscalls::{family, fail, Tracer};
//! # use std::process::Command;
//! let stopped = Tracer::new().inject(family::clock(), fail("EINVAL"));
//! let trace = stopped.run(Command::new("date"));
//! trace.contains(family::clock().fails("EINVAL"));
//! ```
