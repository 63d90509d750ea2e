//! The file with all calls, to which a failed assertion points.

use std::fmt::Write as _;
use std::fs;
use std::panic::Location;
use std::path::{Path, PathBuf};

use crate::trace::format::Format;
use crate::trace::query::Trace;

/// Writes the whole trace to `target/expect-syscalls/cli.rs-14.trace`, and returns that name. `None` where there is no
/// target directory, or it cannot be written: a report goes without.
pub(crate) fn write(trace: &Trace, place: &Location<'_>) -> Option<String> {
    let test = std::env::current_exe().ok()?;
    let marked = |directory: &Path| directory.join("CACHEDIR.TAG").is_file();
    let directory = target(&test, marked)?.join("expect-syscalls");
    fs::create_dir_all(&directory).ok()?;
    let file = directory.join(name(place.file(), place.line()));
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

fn name(source: &str, line: u32) -> String {
    let source = Path::new(source).file_name().map(|name| name.to_string_lossy().into_owned());
    format!("{}-{line}.trace", source.unwrap_or_default())
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
    fn the_name_is_made_of_the_last_part_of_the_source_and_the_line() {
        assert_eq!(name("tests/it/cli.rs", 14), "cli.rs-14.trace");
    }
}
