//! A small strace on the public interface, with strace's own options.
//!
//! ```text
//! cargo run --example strace -- ls
//! cargo run --example strace -- -f -e trace=%file sh -c 'ls / | wc -l'
//! cargo run --example strace -- -o /tmp/trace -s 100 -v -y cat /etc/passwd
//! cargo run --example strace -- -c -p 4711
//! ```
//!
//! It prints while the program runs, and exits with the program's status.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]

mod dump;
mod options;
mod peers;
mod printer;
mod summary;
mod user;

use std::env;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use expect_syscalls::{Trace, Tracer};

use options::Options;
use printer::Printer;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let options = match Options::parse(env::args_os().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("strace: {why}\n{}", options::USAGE);
            return ExitCode::FAILURE;
        }
    };
    match trace(options) {
        Ok(code) => ExitCode::from(code),
        Err(why) => {
            eprintln!("strace: {why}");
            ExitCode::FAILURE
        }
    }
}

fn trace(options: Options) -> Result<u8> {
    let output: Box<dyn Write + Send> = match &options.output {
        Some(file) => Box::new(io::BufWriter::new(File::create(file)?)),
        None => Box::new(io::stderr()),
    };
    let (attach, command) = (options.attach, command(&options)?);
    let verbose = options.verbose;
    let dumps = !(options.read.is_none() && options.written.is_none());
    let printer = Arc::new(Mutex::new(Printer::new(options, output)));
    let observer = {
        let printer = printer.clone();
        move |record: &_| printer.lock().unwrap_or_else(PoisonError::into_inner).print(record)
    };
    let tracer = Tracer::new()
        .capture(false)
        .environment(verbose)
        .aslr(true)
        .timeout(Duration::MAX)
        .call_limit(usize::MAX)
        .trace_limit(usize::MAX);
    // See read(2): no call moves more.
    let tracer = if dumps { tracer.buffer_limit(0x7fff_f000) } else { tracer };
    let trace = match (attach, command) {
        (Some(pid), _) => tracer.stream_attached(pid, observer)?.finish()?,
        (None, mut command) => tracer.stream(&mut command, observer)?,
    };
    printer.lock().unwrap_or_else(PoisonError::into_inner).finish()?;
    Ok(code(&trace))
}

fn command(options: &Options) -> Result<Command> {
    use std::os::unix::process::CommandExt as _;
    let mut command = Command::new(&options.program);
    command.args(&options.arguments);
    for (name, value) in &options.environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if let Some(user) = &options.user {
        let user = user::find(user)?;
        command.uid(user.uid).gid(user.gid);
    }
    Ok(command)
}

fn code(trace: &Trace) -> u8 {
    let status = trace.status();
    let code = status.code().or(status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
