//! Shows what a golden file of a program would hold, level by level, and whether another run would agree with it.
//!
//! ```text
//! cargo run --example golden
//! cargo run --example golden -- git status
//! ```
//!
//! Without arguments it is a shell that sorts a file in a directory of its own. In a test, `assert_syscall_snapshot!` keeps the text of one
//! level in a file, and compares.

#![allow(clippy::print_stdout, reason = "a program prints")]

use std::env;
use std::fs;
use std::io;
use std::process::Command;

use expect_syscalls::{Level, Snapshot, Tracer};

/// Lines of a level that are shown.
const SHOWN: usize = 15;

fn main() -> io::Result<()> {
    let args: Vec<_> = env::args_os().skip(1).collect();
    if args.is_empty() {
        print!("{}", levels(&sorted()?, &sorted()?));
    } else {
        let record = || Tracer::new().run(Command::new(&args[0]).args(&args[1..])).snapshot();
        print!("{}", levels(&record(), &record()));
    }
    Ok(())
}

/// What a test would give to `assert_syscall_snapshot!`: each recording finds the same state, in a directory of its own.
pub(crate) fn sorted() -> io::Result<Snapshot> {
    let dir = tempfile::tempdir()?;
    fs::write(dir.path().join("names"), "Zoe\nAda\n")?;
    let mut command = Command::new("sh");
    command.args(["-c", "sort names > sorted && mv sorted names"]).current_dir(dir.path());
    let trace = Tracer::new().hermetic().run(command);
    trace.success();
    Ok(trace.snapshot().redact(dir.path(), "[DIR]"))
}

/// The text of a recording at each level, and whether another gave the same.
pub(crate) fn levels(one: &Snapshot, other: &Snapshot) -> String {
    let mut shown = String::new();
    for level in [Level::Names, Level::Effects, Level::Calls, Level::Full] {
        let text = |snapshot: &Snapshot| snapshot.clone().level(level).to_string();
        let (text, again) = (text(one), text(other));
        let verdict = if text == again { "the same" } else { "different" };
        let lines = text.lines().count();
        shown += &format!("level {level}: {lines} lines, {verdict} in another run\n");
        shown.extend(text.lines().take(SHOWN).map(|line| format!("    {line}\n")));
        if lines > SHOWN {
            shown += &format!("    ... and {} more\n", lines - SHOWN);
        }
    }
    shown
}
