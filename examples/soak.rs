//! Records small programs by the thousand, in parallel and beside ordinary children, and counts what goes wrong: a
//! recording that fails, a status or an output that is not the program's, a number of calls that changes.
//!
//! ```text
//! cargo run --release --example soak              # 200 recordings on 4 threads
//! cargo run --release --example soak -- 20000 16
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]
#![allow(clippy::disallowed_methods, reason = "ordinary children are waited for")]

use std::collections::BTreeMap;
use std::env;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use expect_syscalls::{Trace, Tracer};

/// What it runs, by name: the script, its exit code, its stdout, and whether it makes the same calls every time.
const PROGRAMS: [(&str, &str, i32, &str, bool); 6] = [
    ("nothing", ":", 0, "", true),
    ("a child", "(exit 3); echo $?", 0, "3\n", true),
    ("a pipeline", "echo x | cat | cat; exit 4", 4, "x\n", false),
    ("a signal", "sh -c 'kill -TERM $$'; echo $?", 0, "143\n", true),
    ("a background job", "sleep 0.01 & wait; exit 5", 5, "", false),
    ("a missing program", "exec /no/such/program 2>/dev/null", 127, "", true),
];

fn main() -> ExitCode {
    let number = |index, default| match env::args().nth(index) {
        None => default,
        Some(arg) => {
            arg.parse::<usize>().unwrap_or_else(|_| panic!("soak [RECORDINGS] [THREADS], not {arg:?}"))
        }
    };
    let (recordings, threads) = (number(1, 200), number(2, 4).max(1));
    let begun = Instant::now();
    let soak = Soak::default();
    thread::scope(|scope| {
        let ordinary: Vec<_> = (0..2).map(|_| scope.spawn(|| soak.ordinary_children())).collect();
        let recorders: Vec<_> = (0..threads).map(|_| scope.spawn(|| soak.record(recordings))).collect();
        recorders.into_iter().for_each(|thread| soak.note_end("recorder", thread.join().is_err()));
        soak.done.store(true, Ordering::Relaxed);
        ordinary.into_iter().for_each(|thread| soak.note_end("parent", thread.join().is_err()));
    });
    let faults = soak.faults.into_inner().unwrap_or_else(PoisonError::into_inner);
    let count: usize = faults.values().sum();
    println!(
        "{recordings} recordings on {threads} threads beside {} ordinary children in {:.1?}: {count} faults",
        soak.children.into_inner(),
        begun.elapsed(),
    );
    faults.iter().for_each(|(fault, count)| eprintln!("{count} x {fault}"));
    if count == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[derive(Default)]
struct Soak {
    next: AtomicUsize,
    done: AtomicBool,
    children: AtomicUsize,
    /// By program, how many calls it made at first.
    calls: Mutex<BTreeMap<&'static str, usize>>,
    faults: Mutex<BTreeMap<String, usize>>,
}

impl Soak {
    fn record(&self, recordings: usize) {
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= recordings {
                return;
            }
            let program = PROGRAMS[index % PROGRAMS.len()];
            match Tracer::new().try_run(Command::new("sh").args(["-c", program.1])) {
                Ok(trace) => self.judge(program, &trace),
                Err(error) => self.fault(format!("{}: {error}", program.0)),
            }
        }
    }

    fn judge(&self, (name, _, code, stdout, repeats): (&'static str, &str, i32, &str, bool), trace: &Trace) {
        if trace.status().code() != Some(code) {
            self.fault(format!("{name}: ended with {}", trace.status()));
        }
        if trace.stdout() != stdout.as_bytes() {
            self.fault(format!("{name}: wrote {:?}", String::from_utf8_lossy(trace.stdout())));
        }
        if trace.processes().any(|process| process.status().is_none()) {
            self.fault(format!("{name}: a process never ended"));
        }
        let calls = trace.calls().count();
        let first = *lock(&self.calls).entry(name).or_insert(calls);
        if repeats && calls != first {
            self.fault(format!("{name}: made {calls} calls, and {first} at first"));
        }
    }

    /// Children that nobody records, and whose ends nobody may take.
    fn ordinary_children(&self) {
        while !self.done.load(Ordering::Relaxed) {
            let status = Command::new("sh").args(["-c", "exit 6"]).stdin(Stdio::null()).status();
            self.children.fetch_add(1, Ordering::Relaxed);
            match status {
                Ok(status) if status.code() == Some(6) => {}
                other => self.fault(format!("an ordinary child: {other:?}")),
            }
        }
    }

    fn note_end(&self, thread: &str, panicked: bool) {
        if panicked {
            self.fault(format!("a {thread} panicked"));
        }
    }

    fn fault(&self, fault: String) {
        *lock(&self.faults).entry(fault).or_default() += 1;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
