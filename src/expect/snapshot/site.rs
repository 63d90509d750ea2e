//! [`Site`]: where the macro is written, and the name of the file that follows from it.

use std::collections::HashMap;
use std::path::Path;

use crate::expect::snapshot::file::Header;
use crate::expect::snapshot::level::Level;

/// The end of the names of snapshots in doc tests, which are functions of no crate.
pub(crate) const DOC_TESTS: &str = "__doctest";

/// Where `assert_syscall_snapshot!` is written: what the compiler knows there.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// `type_name` of a function written inside the enclosing one.
    pub inner: &'static str,
    /// `module_path!()`.
    pub module: &'static str,
    /// `file!()`.
    pub file: &'static str,
    /// `line!()`.
    pub line: u32,
    /// `CARGO_PKG_NAME` as compiled in.
    pub package: Option<&'static str>,
    /// `CARGO_MANIFEST_DIR` as compiled in.
    pub manifest_dir: Option<&'static str>,
}

impl Site {
    /// The name of the snapshot, `<module path with __>__<function>[@name]`.
    pub(crate) fn key(&self, name: Option<&str>) -> Result<String, String> {
        if let Some(name) = name {
            check_name(name)?;
        }
        let stem = match (self.path(), name) {
            (Some(path), _) => path.replace("::", "__"),
            // A doc test is a crate that rustdoc makes up; its package is what lasts.
            (None, Some(_)) => format!("{}{DOC_TESTS}", self.crate_of_package()),
            (None, None) => return Err(self.nameless()),
        };
        Ok(name.map_or(stem.clone(), |name| format!("{stem}@{name}")))
    }

    /// The header of the file.
    pub(crate) fn header(&self, level: Level) -> Header {
        let test = self.path().unwrap_or_else(|| self.module.to_owned());
        Header { test, source: self.source(), level, generated: false, once: false }
    }

    /// `tests/cli.rs:14`, for messages.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.source(), self.line)
    }

    /// The path of the enclosing function, the crate's name in front; `None` where it has no stable one.
    pub(crate) fn path(&self) -> Option<String> {
        let function = self.function()?;
        Some(format!("{}::{function}", self.module))
    }

    /// The enclosing function, from its module on.
    pub(crate) fn function(&self) -> Option<String> {
        if self.is_doc_test() {
            return None;
        }
        let inside = self.inner.strip_prefix(self.module)?.strip_prefix("::")?;
        let (path, _) = inside.rsplit_once("::")?;
        let parts: Vec<&str> = path.split("::").filter(|part| *part != "{{closure}}").collect();
        let plain = |part: &&str| part.chars().all(|c| c.is_alphanumeric() || c == '_');
        (!parts.is_empty() && parts.iter().all(plain)).then(|| parts.join("::"))
    }

    /// The source file, from the package's directory on. The compiler names it from the workspace's.
    pub(crate) fn source(&self) -> String {
        let file = Path::new(self.file);
        let manifest_dir = Path::new(self.manifest_dir.unwrap_or_default());
        match file.strip_prefix(manifest_dir) {
            Ok(inside) if file.is_absolute() => return inside.display().to_string(),
            _ => {}
        }
        let parts: Vec<_> = file.components().collect();
        let prefix = |count: &usize| parts[..*count].iter().collect::<std::path::PathBuf>();
        let package = (1..parts.len()).rev().find(|count| manifest_dir.ends_with(prefix(count)));
        let inside: std::path::PathBuf = parts[package.unwrap_or(0)..].iter().collect();
        inside.display().to_string()
    }

    /// Merged doc tests are modules of a bundle that is named for an edition, others functions of `rust_out`.
    fn is_doc_test(&self) -> bool {
        let root = self.module.split("::").next().unwrap_or_default();
        root == "rust_out" || root.starts_with("doctest_") || self.inner.contains("::_doctest_main_")
    }

    fn crate_of_package(&self) -> String {
        self.package.unwrap_or("unknown").replace('-', "_")
    }

    fn nameless(&self) -> String {
        format!(
            "a snapshot without a name is named for the function around it, and there is none with a stable name at \
             {}: doc tests and functions of an `impl` block have none; give it a name: \
             assert_syscall_snapshot!(\"name\", ..)",
            self.place()
        )
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(fits) {
        return Err(format!(
            "`{name}` cannot be the name of a snapshot: it becomes part of a file's, and may hold A-Z a-z 0-9 - _ ."
        ));
    }
    Ok(())
}

/// The snapshots that this process has looked at, so that two of them never share a file.
#[derive(Debug, Default)]
pub(crate) struct Register {
    /// By the file's path in lower case: there are file systems that know no other.
    taken: HashMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    file: String,
    place: String,
    body: String,
}

impl Register {
    /// Notes that the site at `place` has given `body` for `file`. The same site may come again, in a loop or a retry, with
    /// the same text.
    pub(crate) fn enter(&mut self, file: &Path, place: &str, named: bool, body: &str) -> Result<(), String> {
        let file = file.display().to_string();
        let entry = self.taken.entry(file.to_lowercase()).or_insert_with(|| Entry {
            file: file.clone(),
            place: place.to_owned(),
            body: body.to_owned(),
        });
        let both = format!("{} and {place}", entry.place);
        if entry.place != place {
            let why = match (entry.file == file, named) {
                (false, _) => format!("{} differs from it only in upper and lower case", entry.file),
                (true, true) => "give each a name of its own".to_owned(),
                (true, false) => "give all but one a name: assert_syscall_snapshot!(\"name\", ..)".to_owned(),
            };
            return Err(format!("two snapshots want to be {file}, at {both}: {why}"));
        }
        if entry.body != body {
            return Err(format!(
                "the snapshot at {place} was reached twice and gave different texts; both would be {file}: give each case \
                 a name, assert_syscall_snapshot!(&case, ..)"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        Site {
            inner: "cli::paths::writes_atomically::inner",
            module: "cli::paths",
            file: "tests/cli/paths.rs",
            line: 14,
            package: Some("app"),
            manifest_dir: Some("/ws/app"),
        }
    }

    #[test]
    fn the_name_is_the_path_of_the_function() {
        assert_eq!(site().key(None).unwrap(), "cli__paths__writes_atomically");
        assert_eq!(site().key(Some("second-1.0")).unwrap(), "cli__paths__writes_atomically@second-1.0");
    }

    #[test]
    fn closures_and_async_blocks_leave_no_mark() {
        let inside = Site { inner: "cli::paths::f::{{closure}}::{{closure}}::inner", ..site() };
        assert_eq!(inside.key(None).unwrap(), "cli__paths__f");
        let nested = Site { inner: "cli::paths::outer::case::inner", ..site() };
        assert_eq!(nested.key(None).unwrap(), "cli__paths__outer__case");
    }

    #[test]
    fn this_very_function_is_found() {
        fn inner() {}
        fn name_of<T>(_: T) -> &'static str {
            std::any::type_name::<T>()
        }
        let in_closure = || name_of(inner);
        let names = [name_of(inner), in_closure()];
        for inner in names {
            let here = Site { inner, module: module_path!(), ..site() };
            assert_eq!(here.function().as_deref(), Some("this_very_function_is_found"));
        }
    }

    #[test]
    fn where_there_is_no_stable_name_one_is_asked_for() {
        let unstable = [
            Site { inner: "cli::paths::<impl cli::A>::f::inner", ..site() },
            Site { inner: "<cli::A as cli::B>::f::inner", ..site() },
            Site {
                inner: "rust_out::main::_doctest_main_src_lib_rs_1_0::inner",
                module: "rust_out",
                ..site()
            },
            Site { inner: "doctest_bundle_2024::a::main::inner", module: "doctest_bundle_2024::a", ..site() },
        ];
        for site in unstable {
            let why = site.key(None).unwrap_err();
            assert!(why.contains("give it a name"), "{why}");
            assert_eq!(site.key(Some("x")).unwrap(), "app__doctest@x");
        }
    }

    #[test]
    fn a_name_must_fit_a_file_name() {
        for name in ["", "a/b", "a b", "ä", "a@b"] {
            assert!(site().key(Some(name)).unwrap_err().contains("cannot be the name"), "{name}");
        }
    }

    #[test]
    fn the_source_is_named_from_the_package_on() {
        let at = |file, manifest_dir| Site { file, manifest_dir: Some(manifest_dir), ..site() }.source();
        assert_eq!(at("tests/cli.rs", "/ws"), "tests/cli.rs");
        assert_eq!(at("app/tests/cli.rs", "/ws/app"), "tests/cli.rs");
        assert_eq!(at("crates/app/tests/cli.rs", "/ws/crates/app"), "tests/cli.rs");
        assert_eq!(at("/ws/app/tests/cli.rs", "/ws/app"), "tests/cli.rs");
    }

    #[test]
    fn two_sites_with_one_file_are_told_apart() {
        let mut register = Register::default();
        register.enter(Path::new("/a/x.syscalls"), "tests/cli.rs:14", false, "one").unwrap();
        register.enter(Path::new("/a/x.syscalls"), "tests/cli.rs:14", false, "one").unwrap();
        let why = register.enter(Path::new("/a/x.syscalls"), "tests/cli.rs:20", false, "one").unwrap_err();
        assert!(why.contains("at tests/cli.rs:14 and tests/cli.rs:20"), "{why}");
        let why = register.enter(Path::new("/a/X.syscalls"), "tests/cli.rs:30", true, "one").unwrap_err();
        assert!(why.contains("only in upper and lower case"), "{why}");
        let why = register.enter(Path::new("/a/x.syscalls"), "tests/cli.rs:14", false, "two").unwrap_err();
        assert!(why.contains("reached twice"), "{why}");
        register.enter(Path::new("/b/x.syscalls"), "tests/cli.rs:20", false, "two").unwrap();
    }
}
