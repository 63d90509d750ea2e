//! What the environment says: directories that differ from machine to machine, and where the test runs.

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use crate::expect::report::Palette;
use crate::expect::snapshot::place::{self, Whereabouts};
use crate::trace::bytes;

/// The directories that have placeholders of their own, and those for temporary files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    pub(crate) home: Option<PathBuf>,
    pub(crate) target: Option<PathBuf>,
    pub(crate) current: Option<PathBuf>,
    /// `TMPDIR` and what is in its place where it is not set: both, as a program may use either.
    pub(crate) tmpdirs: Vec<PathBuf>,
    pub(crate) temporary: Vec<Vec<u8>>,
}

impl Surroundings {
    pub(crate) fn of_this_process() -> Surroundings {
        let told = env::var_os("TMPDIR").map(PathBuf::from).filter(|dir| dir.is_absolute());
        let tmpdirs: Vec<PathBuf> = told.into_iter().chain(["/tmp".into()]).collect();
        let temporary = tmpdirs.iter().cloned().chain(["/var/tmp".into()]);
        Surroundings {
            home: env::var_os("HOME").map(PathBuf::from),
            target: target_dir(),
            current: env::current_dir().ok(),
            temporary: temporary
                .map(|dir: PathBuf| crate::expect::snapshot::redact::normal(&bytes::of(dir.as_os_str())))
                .collect(),
            tmpdirs,
        }
    }
}

/// A path as given, and the file it leads to.
pub(crate) fn forms(path: &Path) -> Vec<PathBuf> {
    let mut forms = vec![path.to_owned()];
    forms.extend(fs::canonicalize(path).ok());
    forms
}

/// Where this test runs.
pub(crate) fn whereabouts() -> Whereabouts {
    Whereabouts {
        manifest_dir: env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from),
        package: env::var("CARGO_PKG_NAME").ok(),
        target: target_dir(),
    }
}

/// The value of `EXPECT_SYSCALLS`. What is not UTF-8 is none of its values.
pub(crate) fn mode() -> Option<String> {
    env::var_os("EXPECT_SYSCALLS").map(|value| value.to_string_lossy().into_owned())
}

/// Whether this is a run of continuous integration: nothing is decided by it.
pub(crate) fn is_ci() -> bool {
    env::var_os("CI").is_some()
}

/// Colour is for terminals. See no-color.org.
pub(crate) fn palette() -> Palette {
    let wanted = io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted { Palette::Colour } else { Palette::Plain }
}

fn target_dir() -> Option<PathBuf> {
    place::target_dir(&env::current_exe().ok()?)
}
