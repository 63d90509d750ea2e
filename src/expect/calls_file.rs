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
    let directory = target()?.join("expect-syscalls");
    fs::create_dir_all(&directory).ok()?;
    let file = directory.join(name(place.file(), place.line()));
    fs::write(&file, text(trace)).ok()?;
    let here = std::env::current_dir().ok();
    let shown = here.and_then(|here| file.strip_prefix(here).ok().map(Path::to_owned)).unwrap_or(file);
    Some(shown.display().to_string())
}

/// The directory in which cargo put the running test: it marks that with a `CACHEDIR.TAG`.
fn target() -> Option<PathBuf> {
    let test = std::env::current_exe().ok()?;
    test.ancestors().skip(1).find(|directory| directory.join("CACHEDIR.TAG").is_file()).map(Path::to_owned)
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
    fn the_name_is_made_of_the_last_part_of_the_source_and_the_line() {
        assert_eq!(name("tests/it/cli.rs", 14), "cli.rs-14.trace");
    }
}
