//! The disk is full at the third write: does the program say so, and leave nothing half done?
//!
//! The program is this example itself, started again: it writes a report to a temporary file, and renames it.
//!
//! ```text
//! cargo run --example disk_full
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]

use std::env;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use expect_syscalls::{Tracer, call, fail, family, file, sweep};

fn main() -> io::Result<()> {
    let mut args = env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some("write"), Some(target)) => report(target.as_ref()),
        _ => check(),
    }
}

/// What a test of a real program would hold.
fn check() -> io::Result<()> {
    let dir = tempfile::tempdir()?;
    let target = dir.path().join("report");
    let temporary = dir.path().join("report.tmp");
    let program = env::current_exe()?;
    let command = || {
        // Each run finds the same situation.
        let _ = fs::remove_file(&target);
        let mut command = Command::new(&program);
        command.arg("write").arg(&target);
        command
    };

    let full = Tracer::new().inject(call!("write", fd = file(&temporary)).nth(3), fail("ENOSPC"));
    let trace = full.run(command());
    trace.code(1).never(family::rename());
    assert!(!target.exists() && !temporary.exists(), "something half done is left");
    for call in trace.injected() {
        println!("{call}");
    }
    print!("it said: {}", String::from_utf8_lossy(trace.stderr()));

    // And whichever write or sync fails, there is a whole report or none.
    let mut faults = 0;
    sweep(command, family::write().or(family::sync()).on(&temporary), fail("EIO"), |trace| {
        trace.code(1).never(family::rename());
        assert!(!target.exists());
        faults += 1;
    });
    println!("{faults} faults, one by one: never a report that is half done");
    Ok(())
}

fn report(target: &Path) -> io::Result<()> {
    let temporary = target.with_extension("tmp");
    let written = (|| {
        let mut file = File::create(&temporary)?;
        for line in 1..=5 {
            writeln!(file, "line {line}")?;
        }
        file.sync_all()?;
        fs::rename(&temporary, target)
    })();
    written.inspect_err(|_| drop(fs::remove_file(&temporary)))
}
