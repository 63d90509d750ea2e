//! The file with all calls, to which a failed assertion points.

use std::fmt::Write as _;
use std::fs;
use std::panic::Location;
use std::path::{Path, PathBuf};

use crate::trace::format::Format;
use crate::trace::query::Trace;

/// Writes the whole trace to `target/expect-syscalls/cli.rs-14-reads.trace`, and returns that name. `None` where there is no
/// target directory, or it cannot be written: a report goes without.
pub(crate) fn write(trace: &Trace, place: &Location<'_>) -> Option<String> {
    let test = std::env::current_exe().ok()?;
    let marked = |directory: &Path| directory.join("CACHEDIR.TAG").is_file();
    let directory = target(&test, marked)?.join("expect-syscalls");
    fs::create_dir_all(&directory).ok()?;
    let file = directory.join(name(place.file(), place.line(), running_test().as_deref()));
    fs::write(&file, text(trace)).ok()?;
    let here = std::env::current_dir().ok();
    let shown = here.and_then(|here| file.strip_prefix(here).ok().map(Path::to_owned)).unwrap_or(file);
    Some(shown.display().to_string())
}

/// The directory in which cargo put the running test: it marks that with a `CACHEDIR.TAG`, unless it was there before. The
/// test is in `target/debug/deps`, with a target of its own in `target/x86_64-unknown-linux-musl/debug/deps`.
fn target(test: &Path, is_marked: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    const DEEPEST: usize = 4;
    let marked = test.ancestors().skip(1).take(DEEPEST).find(|directory| is_marked(directory));
    let by_place = || test.parent().filter(|directory| directory.ends_with("deps"))?.parent()?.parent();
    marked.or_else(by_place).map(Path::to_owned)
}

/// The test that this thread runs: one place may be that of several, which all call the function that it is in. The harness names
/// threads so, or is told the name by its caller, as nextest does.
fn running_test() -> Option<String> {
    let thread = std::thread::current().name().map(str::to_owned);
    thread.filter(|name| name != "main").or_else(|| std::env::args().skip_while(|it| it != "--exact").nth(1))
}

fn name(source: &str, line: u32, test: Option<&str>) -> String {
    const LONGEST: usize = 100;
    let source = Path::new(source).file_name().map(|name| name.to_string_lossy().into_owned());
    // Of a name that is longer than a file's may be, the end says more.
    let skipped = test.map_or(0, |test| test.chars().count().saturating_sub(LONGEST));
    let test = test.map(|test| test.chars().skip(skipped).collect::<String>());
    let test = test.map(|test| format!("-{}", test.replace("::", "__").replace('/', "_")));
    format!("{}-{line}{}.trace", source.unwrap_or_default(), test.unwrap_or_default())
}

fn text(trace: &Trace) -> String {
    let format = Format::new().fd_paths(true);
    let mut text = String::new();
    for (index, call) in trace.whole().entries() {
        let line = writeln!(text, "#{} {}  {}", index + 1, call.thread(), call.display(&format));
        line.expect("BUG: a string takes any text");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_directory_is_the_marked_one_or_that_above_the_profile() {
        let find = |test: &str, marked: &str| target(test.as_ref(), |it| it == Path::new(marked));
        assert_eq!(find("/app/target/debug/deps/cli-1", "/app/target"), Some("/app/target".into()));
        assert_eq!(find("/app/target/musl/debug/deps/cli-1", "/app/target"), Some("/app/target".into()));
        assert_eq!(find("/app/target/debug/examples/cli", "/app/target"), Some("/app/target".into()));
        assert_eq!(find("/app/target/debug/deps/cli-1", "nowhere"), Some("/app/target".into()));
        assert_eq!(
            find("/.cache/build/app/target/debug/deps/cli", "/.cache"),
            Some("/.cache/build/app/target".into())
        );
        assert_eq!(find("/tmp/rustdoctest/cli", "nowhere"), None);
        assert_eq!(find("/deps/cli", "nowhere"), None);
    }

    #[test]
    fn the_name_is_made_of_the_last_part_of_the_source_the_line_and_the_test() {
        assert_eq!(name("tests/it/cli.rs", 14, Some("cli::reads")), "cli.rs-14-cli__reads.trace");
        assert_eq!(name("cli.rs", 14, None), "cli.rs-14.trace");
        let long = name("cli.rs", 14, Some(&format!("{}b", "a".repeat(300))));
        assert_eq!(long, format!("cli.rs-14-{}b.trace", "a".repeat(99)));
    }
}
