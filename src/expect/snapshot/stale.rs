//! Files of snapshots that no test can reach any more, found by reading sources: whatever a run has left out, a file
//! is stale only when its test is gone.

use std::fs;
use std::io;
use std::path::Path;

use crate::expect::report::number;
use crate::expect::snapshot::file;
use crate::expect::snapshot::place;
use crate::expect::snapshot::site::{DOC_TESTS, Site};
use crate::expect::snapshot::surroundings;

/// Fails for every file below `tests/syscalls` of the test's own package whose test is gone.
///
/// Of each file, the source that its header names must be there and have the function that it names, and the file must be called
/// after that function. Nothing is run for this and nothing is removed, so filtered, ignored and failing tests keep their
/// files. Where a macro makes the function, only the source is looked for.
///
/// ```no_run
/// use expect_syscalls::assert_no_stale_snapshots;
///
/// # fn main() {}
/// #[test]
/// fn every_snapshot_has_its_test() {
///     assert_no_stale_snapshots!();
/// }
/// ```
///
/// # Panics
///
/// When a file is stale or cannot be read: with each of them, what it lacks, and the command that removes it.
#[macro_export]
macro_rules! assert_no_stale_snapshots {
    () => {
        $crate::__private::assert_no_stale_snapshots(&$crate::__site!())
    };
}

/// The body of the macro.
///
/// # Panics
///
/// As [`assert_no_stale_snapshots!`](crate::assert_no_stale_snapshots) says.
#[track_caller]
pub fn assert_no_stale_snapshots(site: &Site) {
    let package = place::package_dir(site, &surroundings::whereabouts());
    if let Err(report) = package.and_then(|package| check(&package)) {
        panic!("{report}");
    }
}

fn check(package: &Path) -> Result<(), String> {
    let directory = package.join(place::DIRECTORY);
    let names =
        names(&directory).map_err(|error| format!("{} cannot be read: {error}", directory.display()))?;
    let stale: Vec<(String, String)> = names
        .into_iter()
        .filter_map(|name| {
            let why = why_stale(package, &directory.join(&name), &name)?;
            Some((name, why))
        })
        .collect();
    if stale.is_empty() {
        return Ok(());
    }
    let mut report = format!("{} below {}", number(stale.len(), "stale snapshot"), directory.display());
    let width = stale.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, why) in &stale {
        report += &format!("\n  {name:width$}  {why}");
    }
    let paths: Vec<String> = stale.iter().map(|(name, _)| format!("{}/{name}", place::DIRECTORY)).collect();
    Err(report + "\n  remove    git rm " + &paths.join(" "))
}

/// The names of the files of snapshots, sorted; none where there is no directory.
fn names(directory: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.ends_with(place::SUFFIX).then_some(name));
    }
    names.sort();
    Ok(names)
}

/// What a file lacks, if it lacks something.
fn why_stale(package: &Path, path: &Path, name: &str) -> Option<String> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return Some(format!("cannot be read: {error}")),
    };
    if let Err(why) = file::parse(&text) {
        return Some(format!("is no snapshot that can be read: {why}"));
    }
    let (Some(test), Some(source)) = (file::said(&text, "test"), file::said(&text, "source")) else {
        return Some("does not say which test it belongs to".to_owned());
    };
    let stem = name.strip_suffix(place::SUFFIX).unwrap_or(name);
    let stem = stem.split_once('@').map_or(stem, |(stem, _)| stem);
    let of_doc_test = stem.ends_with(DOC_TESTS);
    if !of_doc_test && stem != test.replace("::", "__") {
        return Some(format!("is not called after its test {test}"));
    }
    let Ok(code) = fs::read_to_string(package.join(&source)) else {
        return Some(format!("its source {source} is gone"));
    };
    let function = test.rsplit("::").next().unwrap_or(&test);
    let found = of_doc_test || file::said(&text, "generated").is_some() || has_function(&code, function);
    (!found).then(|| format!("{source} has no `fn {function}` any more"))
}

/// Whether a source has a function of this name.
pub(crate) fn has_function(code: &str, name: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut starts = code.match_indices("fn ").map(|(at, word)| (&code[..at], &code[at + word.len()..]));
    starts.any(|(before, after)| {
        let rest = after.trim_start().strip_prefix(name);
        !before.ends_with(part_of_name) && rest.is_some_and(|rest| !rest.starts_with(part_of_name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::snapshot::file::Header;
    use crate::expect::snapshot::level::Level;

    /// A package with one source.
    fn package() -> tempfile::TempDir {
        let package = tempfile::tempdir().unwrap();
        fs::create_dir_all(package.path().join(place::DIRECTORY)).unwrap();
        fs::write(package.path().join("tests/cli.rs"), "#[test]\nfn writes() {}\n").unwrap();
        package
    }

    fn header(test: &str, source: &str) -> Header {
        let level = Level::Effects;
        Header { test: test.to_owned(), source: source.to_owned(), level, generated: false, once: false }
    }

    fn put(package: &Path, name: &str, text: &str) {
        fs::write(package.join(place::DIRECTORY).join(name), text).unwrap();
    }

    #[test]
    fn files_with_a_test_are_not_stale() {
        let package = package();
        check(package.path()).unwrap();
        let text = file::compose(&header("cli::writes", "tests/cli.rs"), "x\n");
        put(package.path(), "cli__writes.syscalls", &text);
        put(package.path(), "cli__writes@second.syscalls", &text.replace('\n', "\r\n"));
        let doc = file::compose(&header("rust_out", "tests/cli.rs"), "x\n");
        put(package.path(), "app__doctest@a.syscalls", &doc);
        let made = Header { generated: true, ..header("cli::made_by_a_macro", "tests/cli.rs") };
        put(package.path(), "cli__made_by_a_macro.syscalls", &file::compose(&made, "x\n"));
        put(package.path(), "README.md", "no snapshot");
        check(package.path()).unwrap();
        fs::remove_dir_all(package.path().join(place::DIRECTORY)).unwrap();
        check(package.path()).unwrap();
    }

    #[test]
    fn files_without_a_test_are_named_with_what_they_lack() {
        let package = package();
        let text = |test: &str, source: &str| file::compose(&header(test, source), "x\n");
        put(package.path(), "cli__gone.syscalls", &text("cli::gone", "tests/cli.rs"));
        put(package.path(), "cli__moved.syscalls", &text("cli::writes", "tests/cli.rs"));
        put(package.path(), "old__writes.syscalls", &text("old::writes", "tests/old.rs"));
        put(package.path(), "other.syscalls", "anything\n");
        let report = check(package.path()).unwrap_err();
        assert_eq!(
            report.replace(&package.path().display().to_string(), "[APP]"),
            "4 stale snapshots below [APP]/tests/syscalls\n  \
             cli__gone.syscalls    tests/cli.rs has no `fn gone` any more\n  \
             cli__moved.syscalls   is not called after its test cli::writes\n  \
             old__writes.syscalls  its source tests/old.rs is gone\n  \
             other.syscalls        is no snapshot that can be read: it does not begin with \"# expect-syscalls snapshot v\"\n  \
             remove    git rm tests/syscalls/cli__gone.syscalls tests/syscalls/cli__moved.syscalls \
             tests/syscalls/old__writes.syscalls tests/syscalls/other.syscalls"
        );
        assert!(
            package.path().join(place::DIRECTORY).join("cli__gone.syscalls").exists(),
            "nothing is removed"
        );
    }

    #[test]
    fn functions_are_found_by_their_whole_names() {
        for code in ["fn f() {}", "pub(crate) async fn f<T>() {}", "mod m {\n    fn  f (){}\n}"] {
            assert!(has_function(code, "f"), "{code}");
        }
        for code in ["fn ff() {}", "fn g() {}", "let f = 1;", "often f()"] {
            assert!(!has_function(code, "f"), "{code}");
        }
    }
}
