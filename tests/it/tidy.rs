//! The rules that the sources keep. Each has a test in which it must say no.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use expect_syscalls::{Call, CallMatcher, Effects, Error, Mismatch, Trace, Tracer};
use regex::Regex;

/// A room of the house: what a line that lives there may name.
struct Room {
    name: &'static str,
    rooms: &'static [&'static str],
    /// Crates that are not the standard library.
    crates: &'static [&'static str],
    /// What touches the world: `fs`, `env`, `thread`, and `clock` for `Instant` and `SystemTime`.
    world: &'static [&'static str],
}

/// `libc` in `abi` is for constants.
const HOUSE: &[Room] = &[
    Room { name: "abi", rooms: &["abi"], crates: &["linux_raw_sys", "syscalls", "libc"], world: &[] },
    Room { name: "trace", rooms: &["abi", "trace"], crates: &["regex", "serde", "syscalls"], world: &[] },
    Room { name: "engine", rooms: &["abi", "trace", "engine"], crates: &[], world: &[] },
    Room {
        name: "kernel",
        rooms: &["abi", "trace", "engine", "kernel", "error"],
        crates: &["libc", "nix", "linux_personality"],
        world: &["fs", "clock", "thread"],
    },
    Room {
        name: "tracer",
        rooms: &["abi", "trace", "engine", "kernel", "error", "tracer"],
        crates: &["nix"],
        world: &["fs", "clock", "thread"],
    },
    Room {
        name: "expect",
        rooms: &["abi", "trace", "expect"],
        crates: &["pretty_assertions", "tempfile", "regex"],
        world: &["fs", "env"],
    },
    Room { name: "error", rooms: &["trace"], crates: &[], world: &[] },
    Room { name: "guide", rooms: &[], crates: &[], world: &[] },
];

/// Lines that may do what their room may not: file, what they name, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("trace/matcher/bind.rs", "fs", "a directory that a matcher names is resolved once, when it is named"),
    ("expect/calls_file.rs", "thread", "the harness names the thread of a test after it"),
];

static OUTSIDE: LazyLock<Vec<String>> = LazyLock::new(dependencies);
static OWN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\$?)\bcrate::(\w+)"));
static PREFIX: LazyLock<Regex> = LazyLock::new(|| pattern(r"(::)?\b([a-z_]+)::"));
static WORLD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bstd::(fs|env|thread)\b"));
static CLOCK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(Instant|SystemTime)\b"));
static UNSAFE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bunsafe\b"));
static TEST_MODULE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?m)^#\[cfg\(test\)\]\n(?:pub\(crate\) )?mod (\w+);"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

#[test]
fn arrows_point_downwards() {
    let breaches: Vec<_> = sources().iter().flat_map(arrows).collect();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn unsafe_code_is_in_the_cellar_and_says_why() {
    let breaches: Vec<_> = sources().iter().flat_map(unsafe_code).collect();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn nothing_is_unwrapped() {
    let breaches: Vec<_> = sources().iter().flat_map(unwraps).collect();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn the_changelog_has_a_heading_for_the_version() {
    assert!(has_heading(&read("CHANGELOG.md"), env!("CARGO_PKG_VERSION")));
    assert!(has_heading(&read("CHANGELOG.md"), "Unreleased"));
}

#[test]
fn documents_name_files_that_exist() {
    for document in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let missing = missing_files(&read(document), |path| root().join(path).exists());
        assert!(missing.is_empty(), "{document} names {missing:?}");
    }
}

#[test]
fn what_contributors_are_shown_is_there() {
    let facts: String = files("src/abi").iter().map(|file| read(file)).collect();
    let shown = blocks(&read("CONTRIBUTING.md"));
    assert!(shown.len() >= 4, "a call, a flag set, a command, a structure: {shown:?}");
    for block in shown {
        assert!(facts.contains(&block), "CONTRIBUTING.md shows what src/abi has not:\n{block}");
    }
}

#[test]
fn every_module_of_these_tests_is_compiled() {
    let main = read("tests/it/main.rs");
    for file in files("tests/it") {
        let module = file.trim_start_matches("tests/it/").trim_end_matches(".rs").trim_end_matches("/mod");
        assert!(
            module == "main" || module.contains('/') || main.contains(&format!("mod {module};")),
            "{file}"
        );
    }
}

#[test]
fn every_room_is_known() {
    let rooms: Vec<_> = fs::read_dir(root().join("src"))
        .expect("there are sources")
        .filter_map(|entry| entry.ok()?.path().file_stem()?.to_str().map(str::to_owned))
        .filter(|name| name != "lib")
        .collect();
    assert!(rooms.len() >= 6);
    for room in rooms {
        assert!(HOUSE.iter().any(|known| known.name == room), "{room} has no line in the table");
    }
}

#[test]
fn traces_and_errors_go_anywhere() {
    fn is_shared<T: Send + Sync + Clone + 'static>() {}
    fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
    is_shared::<Trace>();
    is_shared::<Tracer>();
    is_shared::<Call>();
    is_shared::<CallMatcher>();
    is_shared::<Effects>();
    is_error::<Error>();
    is_error::<Mismatch>();
}

/// A file of `src`, as far as it ends up in the library: without comments and tests.
struct Source {
    /// Below `src`.
    path: String,
    /// Line by line, comments included.
    lines: Vec<String>,
}

impl Source {
    fn new(path: &str, text: &str) -> Source {
        let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).map(str::to_owned);
        let tests_at_the_top = text.lines().skip_while(|line| !line.starts_with("#[cfg(test)]")).nth(1);
        // `mod tests;` among other modules is no foot of a file.
        let lines = match tests_at_the_top {
            Some(line) if line.ends_with(';') => text.lines().map(str::to_owned).collect(),
            _ => lines.collect(),
        };
        Source { path: path.to_owned(), lines }
    }

    fn room(&self) -> &'static Room {
        let name = self.path.split(['/', '.']).next().unwrap_or_default();
        HOUSE.iter().find(|room| room.name == name).unwrap_or_else(|| panic!("{} is in no room", self.path))
    }

    /// The lines that are no comments, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = |line: &'_ str| line.find("//").unwrap_or(line.len());
        self.lines.iter().enumerate().map(move |(index, line)| (index + 1, &line[..code(line)]))
    }

    fn may(&self, what: &str) -> bool {
        EXCEPTIONS.iter().any(|(file, excepted, _)| self.path == *file && what == *excepted)
    }

    /// Whether a module of ours goes by this name here: `syscalls` is a crate and a module of `abi`.
    fn imports_own(&self, name: &str) -> bool {
        self.lines.iter().any(|line| line.starts_with("use crate::") && line.ends_with(&format!("::{name};")))
    }

    fn breach(&self, line: usize, what: &str) -> String {
        format!("src/{}:{line}: {what}", self.path)
    }
}

fn arrows(source: &Source) -> Vec<String> {
    let room = source.room();
    let mut breaches = Vec::new();
    // Expressions are slow where they are not optimised.
    let suspects = |line: &str| ["::", "Instant", "SystemTime"].iter().any(|word| line.contains(word));
    for (number, line) in source.code().filter(|(_, line)| suspects(line)) {
        let mut breach = |what: String| breaches.push(source.breach(number, &what));
        if line.contains("crate::{") || line.contains(" std::{") {
            breach("a group hides what is imported: a line for each".to_owned());
        }
        if line.contains("super::") && line.trim() != "use super::*;" {
            breach("super:: hides the room: write the whole path".to_owned());
        }
        for name in OWN.captures_iter(line).filter(|name| name[1].is_empty()).map(|name| name[2].to_owned()) {
            if !room.rooms.contains(&name.as_str()) {
                breach(format!("{} may not name crate::{name}", room.name));
            }
        }
        for prefix in PREFIX.captures_iter(line) {
            let name = prefix[2].to_owned();
            let start = prefix.get(0).map_or(0, |whole| whole.start());
            let is_inside_a_path = prefix.get(1).is_none() && line[..start].ends_with(':');
            let is_own = is_inside_a_path || prefix.get(1).is_none() && source.imports_own(&name);
            if OUTSIDE.contains(&name) && !is_own && !room.crates.contains(&name.as_str()) {
                breach(format!("{} may not name the crate {name}", room.name));
            }
        }
        let touched = WORLD.captures_iter(line).map(|name| name[1].to_owned());
        let touched = touched.chain(CLOCK.is_match(line).then(|| "clock".to_owned()));
        for name in touched {
            if !room.world.contains(&name.as_str()) && !source.may(&name) {
                breach(format!("{} may not touch {name}", room.name));
            }
        }
    }
    breaches
}

/// Each block, implementation and function has a comment in the four lines above it that says why.
fn unsafe_code(source: &Source) -> Vec<String> {
    let mut breaches = Vec::new();
    for (number, _) in source.code().filter(|(_, line)| line.contains("unsafe") && UNSAFE.is_match(line)) {
        let above = &source.lines[number.saturating_sub(5)..number - 1];
        if source.room().name != "kernel" {
            breaches.push(source.breach(number, "unsafe code outside of kernel"));
        } else if !above.iter().any(|line| line.contains("// SAFETY: ")) {
            breaches.push(source.breach(number, "unsafe code without a SAFETY sentence"));
        }
    }
    breaches
}

fn unwraps(source: &Source) -> Vec<String> {
    let banned = [".unwrap()", ".expect(\""];
    source
        .code()
        .filter(|(_, line)| {
            banned.iter().any(|banned| line.contains(banned)) && !line.contains(".expect(\"BUG: ")
        })
        .map(|(number, line)| {
            source.breach(number, &format!("{}: expect(\"BUG: why\") is for our own invariants", line.trim()))
        })
        .collect()
}

fn has_heading(changelog: &str, version: &str) -> bool {
    changelog.lines().any(|line| line.starts_with(&format!("## [{version}]")))
}

/// Paths in a document, in the places where this crate has files.
fn missing_files(document: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let path = pattern(r"(^|[`( \n])((src|tests|examples|benches|\.ci)/[\w./-]*|[A-Z]+[\w-]*\.(md|toml))");
    path.captures_iter(document)
        .map(|path| path[2].trim_end_matches('.').to_owned())
        .filter(|path| !exists(path))
        .collect()
}

/// The Rust code that a document shows.
fn blocks(document: &str) -> Vec<String> {
    let block = pattern(r"(?s)```rust\n(.*?)\n```");
    block.captures_iter(document).map(|block| block[1].to_owned()).collect()
}

/// The files of `src` that end up in the library.
fn sources() -> Vec<Source> {
    let all = files("src");
    let only_tests: Vec<PathBuf> = all.iter().flat_map(|file| test_modules(file, &read(file))).collect();
    let is_library = |file: &&String| {
        let path = Path::new(file.as_str());
        file.as_str() != "src/lib.rs"
            && !only_tests.iter().any(|tests| path.starts_with(tests) || path == tests.with_extension("rs"))
    };
    let sources: Vec<_> = all
        .iter()
        .filter(is_library)
        .map(|file| Source::new(file.trim_start_matches("src/"), &read(file)))
        .collect();
    assert!(sources.len() > 40, "the sources have gone");
    sources
}

/// Where the modules are that a file declares for tests alone, without extension.
fn test_modules(file: &str, text: &str) -> Vec<PathBuf> {
    let file = Path::new(file);
    let dir = match file.file_name().and_then(|name| name.to_str()) {
        Some("mod.rs" | "lib.rs") => file.parent().expect("a file is in a directory").to_owned(),
        _ => file.with_extension(""),
    };
    TEST_MODULE.captures_iter(text).map(|module| dir.join(&module[1])).collect()
}

/// All Rust files below a directory, as paths from the root of the crate.
fn files(dir: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(dir)).expect("a directory") {
        let entry = entry.expect("an entry");
        let path = format!("{dir}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(files(&path));
        } else if path.ends_with(".rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The names of all dependencies, as code spells them.
fn dependencies() -> Vec<String> {
    let manifest = read("Cargo.toml");
    let sections = manifest
        .split("\n[")
        .filter(|section| section.lines().next().is_some_and(|line| line.contains("dependencies]")));
    let names =
        sections.flat_map(|section| section.lines().skip(1)).filter_map(|line| line.split_once(" = "));
    names.map(|(name, _)| name.replace('-', "_")).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

mod says_no {
    use super::*;

    /// That a rule finds exactly one breach in a file with this line.
    #[track_caller]
    fn breach(rule: fn(&Source) -> Vec<String>, path: &str, text: &str, expected: &str) {
        let breaches = rule(&Source::new(path, text));
        assert_eq!(breaches.len(), 1, "{text:?}: {breaches:?}");
        assert!(breaches[0].contains(expected), "{breaches:?}");
    }

    #[track_caller]
    fn fine(rule: fn(&Source) -> Vec<String>, path: &str, text: &str) {
        assert_eq!(rule(&Source::new(path, text)), Vec::<String>::new(), "{text:?}");
    }

    #[test]
    fn to_arrows_that_point_upwards() {
        breach(arrows, "abi/errno.rs", "use crate::trace::call::Call;", "abi may not name crate::trace");
        breach(
            arrows,
            "trace/call.rs",
            "fn f(x: crate::engine::stop::Stop) {}",
            "trace may not name crate::engine",
        );
        breach(arrows, "expect/count.rs", "use crate::tracer::Tracer;", "expect may not name crate::tracer");
        breach(arrows, "engine/stop.rs", "use crate::kernel::wait;", "engine may not name crate::kernel");
        breach(arrows, "kernel/wait.rs", "use crate::tracer::Tracer;", "kernel may not name crate::tracer");
        breach(arrows, "tracer/drive.rs", "use crate::expect::times;", "tracer may not name crate::expect");
        breach(arrows, "error.rs", "use crate::kernel::diagnosis;", "error may not name crate::kernel");
        // The flat re-exports hide the room.
        breach(arrows, "expect/count.rs", "use crate::Trace;", "expect may not name crate::Trace");
        fine(
            arrows,
            "trace/call.rs",
            "use crate::trace::raw::RawCall;\n/// See [`Tracer`](crate::tracer::Tracer).\n$crate::Any",
        );
    }

    #[test]
    fn to_spellings_that_hide() {
        breach(arrows, "trace/call.rs", "use crate::{engine, kernel};", "a group");
        breach(arrows, "abi/errno.rs", "use std::{fmt, fs};", "a group");
        breach(arrows, "trace/call.rs", "use super::raw::RawCall;", "super::");
        breach(arrows, "trace/call.rs", "    super::helper();", "super::");
        fine(
            arrows,
            "trace/call.rs",
            "fn f() {}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n    use crate::kernel;\n}",
        );
    }

    #[test]
    fn to_crates_and_the_world_in_the_wrong_room() {
        breach(arrows, "trace/call.rs", "use nix::unistd::Pid;", "trace may not name the crate nix");
        breach(arrows, "engine/tracees.rs", "let x = libc::SIGSYS;", "engine may not name the crate libc");
        breach(arrows, "expect/count.rs", "let x = linux_raw_sys::general::O_RDWR;", "linux_raw_sys");
        breach(arrows, "tracer/mod.rs", "use regex::Regex;", "tracer may not name the crate regex");
        breach(arrows, "trace/call.rs", "use std::fs::File;", "trace may not touch fs");
        breach(arrows, "abi/errno.rs", "std::env::var(\"X\")", "abi may not touch env");
        breach(arrows, "engine/tracees.rs", "std::thread::sleep(x)", "engine may not touch thread");
        breach(arrows, "engine/tracees.rs", "let now = Instant::now();", "engine may not touch clock");
        breach(arrows, "trace/query.rs", "use std::time::SystemTime;", "trace may not touch clock");
        breach(arrows, "tracer/mod.rs", "std::env::var(\"X\")", "tracer may not touch env");
        fine(arrows, "engine/tracees.rs", "use std::time::Duration;\nuse crate::abi::syscalls::by_number;");
    }

    #[test]
    fn to_unsafe_code() {
        let unexplained = "fn f() {\n    unsafe { g() }\n}";
        breach(unsafe_code, "trace/call.rs", unexplained, "outside of kernel");
        breach(unsafe_code, "kernel/wait.rs", unexplained, "without a SAFETY sentence");
        fine(
            unsafe_code,
            "kernel/wait.rs",
            "fn f() {\n    // SAFETY: nothing is read.\n    unsafe { g() }\n}",
        );
        fine(unsafe_code, "kernel/wait.rs", "#![allow(unsafe_code)]\n// unsafe in a comment");
    }

    #[test]
    fn to_unwraps() {
        breach(unwraps, "trace/call.rs", "let x = y.unwrap();", "BUG");
        breach(unwraps, "trace/call.rs", "let x = y.expect(\"works\");", "BUG");
        fine(unwraps, "trace/call.rs", "let x = y.expect(\"BUG: why\");\n/// x.unwrap()");
    }

    #[test]
    fn to_missing_headings_and_files() {
        assert!(!has_heading("# Changelog\n\n## [0.1.0] - today\n", "0.2.0"));
        assert!(!has_heading("text about ## [0.2.0]\n", "0.2.0"));
        let document =
            "See `src/no.rs`, (examples/no.rs) and\ntests/it/no.rs. Also `src/yes.rs` and `NO.md`.";
        let missing = missing_files(document, |path| path == "src/yes.rs");
        assert_eq!(blocks("x\n```rust\nlet a;\n```\n```sh\nls\n```\n"), ["let a;"]);
        assert_eq!(missing, ["src/no.rs", "examples/no.rs", "tests/it/no.rs", "NO.md"]);
    }

    #[test]
    fn to_an_unknown_room() {
        let attic = std::panic::catch_unwind(|| arrows(&Source::new("attic/box.rs", "fn f() {}")));
        assert!(attic.is_err());
    }

    #[test]
    fn and_knows_the_dependencies_and_what_is_a_test() {
        for name in ["nix", "libc", "regex", "linux_raw_sys", "linux_personality", "tempfile", "trybuild"] {
            assert!(OUTSIDE.iter().any(|known| known == name), "{name}: {:?}", *OUTSIDE);
        }
        let modules =
            test_modules("src/trace/decode/mod.rs", "mod a;\n#[cfg(test)]\npub(crate) mod tests;\n");
        assert_eq!(modules, [Path::new("src/trace/decode/tests")]);
        let modules = test_modules("src/engine/tracees.rs", "fn f() {}\n\n#[cfg(test)]\nmod tests;\n");
        assert_eq!(modules, [Path::new("src/engine/tracees/tests")]);
    }
}
