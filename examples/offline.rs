//! Proves that a command stays off the network, and shows the report for one that does not.
//!
//! ```text
//! cargo run --example offline
//! cargo run --example offline -- git --version
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]

use std::env;
use std::process::Command;

use expect_syscalls::{expect_syscalls, family};

fn main() {
    let mut args = env::args_os().skip(1);
    let mut command = match args.next() {
        Some(program) => Command::new(program),
        None => Command::new("sh"),
    };
    if command.get_program() == "sh" {
        command.args(["-c", "ls / | wc -l"]);
    }
    command.args(args);

    let trace = expect_syscalls(&mut command);
    trace.never(family::network());
    println!(
        "{command:?} made {} calls in {} processes, and none of them on the network",
        trace.calls().count(),
        trace.processes().count(),
    );

    // The control: the same assertion sees a connection that is made, even one that is refused.
    let mut connecting = Command::new("bash");
    connecting.args(["-c", "exec 3<>/dev/tcp/127.0.0.1/1"]);
    let trace = expect_syscalls(&mut connecting);
    match trace.code(1).try_never(family::network()) {
        Ok(_) => println!("{connecting:?} made no connection: has this bash no /dev/tcp?"),
        Err(mismatch) => println!("\n{connecting:?} did not stay offline:\n{mismatch}"),
    }
}
