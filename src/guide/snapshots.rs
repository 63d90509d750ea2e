//! How to keep what a program does as a golden file.
//!
//! A snapshot is the negative assertion that is easiest to write: this was done, and nothing else. It is worth as much as its text is
//! stable, and as its reader understands when it changes.
//!
//! # The first one
//!
//! ```no_run
//! use expect_syscalls::{assert_syscall_snapshot, expect_syscalls};
//! use std::process::Command;
//!
//! # fn main() {}
//! #[test]
//! fn export_touches_this() {
//!     assert_syscall_snapshot!(|| {
//!         let dir = tempfile::tempdir().unwrap();
//!         let trace = expect_syscalls(Command::new("export").arg(dir.path()));
//!         trace.success();
//!         trace.snapshot().redact(dir.path(), "[DIR]")
//!     });
//! }
//! ```
//!
//! It fails, as there is no file yet, and ends with the command that writes one: `EXPECT_SYSCALLS=overwrite cargo test ..`. That one runs
//! the closure twice, and writes nothing when the texts differ. Commit the file below `tests/syscalls`, and review it as you would the test.
//!
//! # Which level
//!
//! Take [`Level::Effects`](crate::Level::Effects), which is the default, unless the order is what the test is about; then
//! [`Level::Calls`](crate::Level::Calls), narrowed by [`select`](crate::Trace::select) or [`without`](crate::Snapshot::without) to the calls in
//! question. [`Level::Full`](crate::Level::Full) is for looking, and for a program of one thread that always runs in the same place.
//!
//! These programs were recorded again and again, on a machine with other work to do, while their surroundings changed: home directory,
//! `TMPDIR`, `LD_LIBRARY_PATH`, working directory, a large environment, process ids. *same*: one text came of all runs. *local*: one text in
//! the same surroundings, another in others. *varies*: several in the same surroundings. All runs were on one machine: another has its own
//! libraries, which show at every level but `effects`. There, one program gave one text under the C libraries of Debian 11, 12 and 13.
//!
#![doc = include_str!("stable_levels.md")]
//!
//! # Reading a failure
//!
//! ```text
//! the program did not do what tests/syscalls/cli__writes_atomically.syscalls says
//!   test      cli::writes_atomically at tests/cli.rs:14
//!   level     calls
//!   lines     1 gone (-), 1 new (+), from line 9 of the file
//!   every changed line is a call of fsync or fdatasync
//!
//!   main exec "[BIN]":
//!     openat(AT_FDCWD, "[DIR]/x.tmp", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = <[DIR]/x.tmp>
//!     write(<[DIR]/x.tmp>) = ok x2
//! -   fsync(<[DIR]/x.tmp>) = ok
//! +   fdatasync(<[DIR]/x.tmp>) = ok
//!     close(<[DIR]/x.tmp>) = ok
//!     rename("[DIR]/x.tmp", "[DIR]/x") = ok
//!     exit_group(0) = ?
//!
//!   new text  target/expect-syscalls/app/cli__writes_atomically.syscalls
//!   accept    EXPECT_SYSCALLS=overwrite cargo test -p app --test cli -- --exact writes_atomically
//! ```
//!
//! What is in brackets stands for something that varies; [`Snapshot`](crate::Snapshot) lists what. `main` is the program, `main.c1` the first
//! process that it made, `main.t1` its first thread. `x2` is said of equal calls in a row, `...` of lines that have not changed.
//!
//! # By other tools
//!
//! The `Display` of a [`Snapshot`](crate::Snapshot) is its text, so whatever compares strings can keep it, such as `expect-test`
//!
//! ```
//! use expect_syscalls::expect_syscalls;
//! use expect_test::expect;
//! use std::process::Command;
//!
//! let trace = expect_syscalls(Command::new("cat").arg("/etc/passwd"));
//! trace.success();
//! expect![[r#"
//!     exec "[BIN]" ok
//!     read "/etc/passwd" ok
//! "#]]
//! .assert_eq(&trace.snapshot().to_string());
//! ```
//!
//! or `insta`, which takes the snapshot itself:
//!
//! ```no_run
//! # use expect_syscalls::expect_syscalls;
//! # use std::process::Command;
//! let trace = expect_syscalls(Command::new("cat").arg("/etc/passwd"));
//! trace.success();
//! insta::assert_snapshot!(trace.snapshot(), @r#"
//! exec "[BIN]" ok
//! read "/etc/passwd" ok
//! "#);
//! ```
//!
//! With the feature `serde`, calls and traces are data for `insta::assert_json_snapshot!`. They are as they were: what varies is for the
//! redactions of insta to hide.
//!
#![cfg_attr(feature = "serde", doc = "```no_run")]
#![cfg_attr(not(feature = "serde"), doc = "```ignore")]
//! # use expect_syscalls::{Call, expect_syscalls};
//! # use std::process::Command;
//! # let trace = expect_syscalls(Command::new("export"));
//! let renames: Vec<&Call> = trace.matching("rename").collect();
//! insta::assert_json_snapshot!(renames, {
//!     "[].pid" => "[PID]",
//!     "[].tid" => "[PID]",
//!     "[].started" => "[TIME]",
//!     "[].duration" => "[TIME]",
//! });
//! ```
//!
//! Three things [`assert_syscall_snapshot!`](crate::assert_syscall_snapshot) does that a comparison of texts cannot, and that the test then has to see
//! to: it refuses where something could have hidden a call, such as a program that failed (say `success()` first) or a
//! [`BlindSpot`](crate::BlindSpot) (see [`blind_spots`](crate::Trace::blind_spots)); it refuses an empty text; and it records twice before it writes.
