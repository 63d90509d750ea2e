//! Asserts that a program replaces a file the durable way: it writes a temporary file, syncs it, renames it.
//!
//! The program is this example itself, started again; `careless` leaves out the sync.
//!
//! ```text
//! cargo run --example atomic_write
//! cargo run --example atomic_write -- careless
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]

use std::env;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use expect_syscalls::{call, expect_syscalls, file};

fn main() -> io::Result<()> {
    let mut args = env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some("write"), Some(target)) => replace(target.as_ref(), true),
        (Some("write-careless"), Some(target)) => replace(target.as_ref(), false),
        (Some("careless"), _) => check("write-careless"),
        _ => check("write"),
    }
}

/// What a test of a real program would hold.
fn check(how: &str) -> io::Result<()> {
    let dir = tempfile::tempdir()?;
    let target = dir.path().join("settings.json");
    let temporary = dir.path().join("settings.json.tmp");

    let trace = expect_syscalls(Command::new(env::current_exe()?).arg(how).arg(&target));
    trace.success().in_order([
        call!("write", fd = file(&temporary)).ok(),
        call!("fsync", fd = file(&temporary)).ok(),
        call!("rename", oldpath = &temporary, newpath = &target).ok(),
    ]);
    println!("{} was written, synced and renamed, in this order", target.display());
    Ok(())
}

fn replace(target: &Path, sync: bool) -> io::Result<()> {
    let temporary = target.with_extension("json.tmp");
    let mut file = File::create(&temporary)?;
    file.write_all(b"{\"theme\": \"dark\"}\n")?;
    if sync {
        file.sync_all()?;
    }
    fs::rename(&temporary, target)
}
