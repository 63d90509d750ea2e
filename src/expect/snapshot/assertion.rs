//! `assert_syscall_snapshot!` and what it expands to.

use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use crate::expect::snapshot::Snapshot;
use crate::expect::snapshot::check::{self, Case, Mode, Subject as _, Written};
use crate::expect::snapshot::place::Place;
use crate::expect::snapshot::site::{Register, Site};
use crate::expect::snapshot::surroundings;
use crate::trace::query::Trace;

/// Compares what a program did with the text that is kept in a file of the test's own package:
/// `tests/syscalls/<module>__<function>.syscalls`.
///
/// ```no_run
/// use expect_syscalls::{Level, assert_syscall_snapshot, expect_syscalls};
/// use std::process::Command;
///
/// # fn main() {}
/// #[test]
/// fn writes_atomically() {
///     assert_syscall_snapshot!(|| {
///         let dir = tempfile::tempdir().unwrap();
///         let trace = expect_syscalls(Command::new("app").arg(dir.path().join("out")));
///         trace.snapshot().level(Level::Calls).redact(dir.path(), "[DIR]")
///     });
/// }
/// ```
///
/// It takes a closure that gives a [`Snapshot`] or a [`Trace`], as above, or either of these by itself; a name in
/// front, `assert_syscall_snapshot!("second", ..)`, tells several in one test apart, and becomes part of the file's.
///
/// `EXPECT_SYSCALLS=overwrite cargo test` writes the files. It calls the closure twice, and writes nothing when the two texts differ:
/// it says in which lines, and at which level they agree. What is no closure cannot be recorded again: it is written all the same, and
/// the file says `# recorded: once` until overwriting it again has found the same text. With the variable unset, empty or `check`, nothing in the source tree is ever written; a text that differs is
/// left below `target/expect-syscalls`. Any other value panics.
///
/// # Panics
///
/// When the file is missing, or has another text: with the difference, and the command that accepts it. When something could
/// have hidden calls that the level shows, as the text claims that nothing else was done: a program that failed (say
/// `.code(1)` first), a [`BlindSpot`](crate::BlindSpot). When the text is empty. When two snapshots would be one file, or
/// the place has no stable name: in doc tests and in methods, give a name.
#[macro_export]
macro_rules! assert_syscall_snapshot {
    ($what:expr $(,)?) => {
        $crate::__private::assert_snapshot(&$crate::__site!(), ::core::option::Option::None, &$what)
    };
    ($name:expr, $what:expr $(,)?) => {
        $crate::__private::assert_snapshot(
            &$crate::__site!(),
            ::core::option::Option::Some(::core::convert::AsRef::<str>::as_ref(&$name)),
            &$what,
        )
    };
}

/// Where it is written.
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    () => {{
        fn inner() {}
        fn name_of<T>(_: T) -> &'static str {
            ::core::any::type_name::<T>()
        }
        $crate::__private::Site {
            inner: name_of(inner),
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
            package: ::core::option_env!("CARGO_PKG_NAME"),
            manifest_dir: ::core::option_env!("CARGO_MANIFEST_DIR"),
        }
    }};
}

/// What a snapshot can be made of: a [`Trace`], a [`Snapshot`], or a closure that gives one of them.
pub trait Recorded {
    /// The snapshot. A closure records anew.
    fn take(&self) -> Snapshot;

    /// Whether taking it again is another recording.
    fn records(&self) -> bool {
        false
    }
}

impl Recorded for Snapshot {
    fn take(&self) -> Snapshot {
        self.clone()
    }
}

impl Recorded for &Snapshot {
    fn take(&self) -> Snapshot {
        (*self).clone()
    }
}

impl Recorded for Trace {
    fn take(&self) -> Snapshot {
        self.snapshot()
    }
}

impl Recorded for &Trace {
    fn take(&self) -> Snapshot {
        self.snapshot()
    }
}

impl<F, S> Recorded for F
where
    F: Fn() -> S,
    S: Into<Snapshot>,
{
    #[track_caller]
    fn take(&self) -> Snapshot {
        self().into()
    }

    fn records(&self) -> bool {
        true
    }
}

/// The body of the macro.
///
/// # Panics
///
/// As [`assert_syscall_snapshot!`](crate::assert_syscall_snapshot) says.
#[track_caller]
pub fn assert_snapshot(site: &Site, name: Option<&str>, what: &dyn Recorded) {
    if let Err(report) = settle(site, name, what) {
        panic!("{report}");
    }
}

fn settle(site: &Site, name: Option<&str>, what: &dyn Recorded) -> Result<(), String> {
    let mode = Mode::from_variable(surroundings::mode().as_deref())?;
    let key = site.key(name)?;
    let place = Place::new(site, &key, &surroundings::whereabouts())?;
    let subject = what.take();
    register(site, name, &place, &subject)?;
    let case = Case {
        place: &place,
        header: &site.header(subject.level),
        site: &site.place(),
        subject: &subject,
        palette: surroundings::palette(),
    };
    match mode {
        Mode::Check => check::check(&case),
        Mode::Overwrite => {
            let file = place.file.display();
            if surroundings::is_ci() {
                say(&format!("EXPECT_SYSCALLS=overwrite in a CI run: {file}"));
            }
            if check::overwrite(&case, what.records().then_some(|| what.take()))? == Written::OfOneRun {
                say(&format!(
                    "written from one recording, so run the test again to see that another gives the same: {file}"
                ));
            }
            Ok(())
        }
    }
}

/// For whom the output of a passing test is kept from.
fn say(line: &str) {
    let _unseen = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Two snapshots in one file would each pass with the text of the other.
fn register(site: &Site, name: Option<&str>, place: &Place, subject: &Snapshot) -> Result<(), String> {
    static SEEN: Mutex<Option<Register>> = Mutex::new(None);
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let body = subject.body(subject.level);
    seen.get_or_insert_default().enter(&place.file, &site.place(), name.is_some(), &body)
}
