//! How much time a recording takes, as ratios: `cargo bench` (some minutes), `cargo bench -- getppid` (one part).
//!
//! Each part runs its commands one after another, again and again, and compares the medians: what else the machine does falls on
//! all of them alike. Figures are times of the first command named in the head of a column over that of the second.

#![allow(unsafe_code, reason = "the floor is a tracer of its own")]
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a program that prints and waits")]

use std::cell::RefCell;
use std::env;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use expect_syscalls::Tracer;

use crate::floor::Asks;

mod floor;

/// Of so many runs the median is taken.
const RUNS: usize = 7;
const CALLS: &str = "20000";

fn main() {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.first().map(String::as_str) {
        Some("loop") => return floor::make_calls(&args[1], args[2].parse().expect("a number")),
        Some("floor") => return floor::trace(&args[1..], Asks::Nothing),
        Some("asking") => return floor::trace(&args[1..], Asks::Calls),
        Some("reading") => return floor::trace(&args[1..], Asks::Files),
        Some("pinned") => {
            floor::stay_on_one_core();
            let error = Command::new(&args[1]).args(&args[2..]).exec();
            panic!("{} does not run: {error}", args[1]);
        }
        Some("filtered") => {
            floor::filter();
            return floor::make_calls(&args[1], args[2].parse().expect("a number"));
        }
        _ => {}
    }
    let wanted = |name: &str| args.is_empty() || args.iter().any(|arg| name.contains(arg.as_str()));
    println!(
        "{:24} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10}",
        "", "untraced", "/untraced", "/floor", "/asking", "/reading", "/strace", "/pinned"
    );
    for (name, command) in commands() {
        if wanted(name) {
            compare(name, command);
        }
    }
    if wanted("only") {
        only();
    }
    if wanted("parallel") {
        parallel();
    }
    if wanted("growth") {
        growth();
    }
}

type Make = Box<dyn Fn() -> Command + Sync>;

/// What is recorded, each in a fresh process.
fn commands() -> Vec<(&'static str, Make)> {
    let shell = |script: &'static str| -> Make {
        Box::new(move || {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        })
    };
    vec![
        ("getppid x 20,000", Box::new(|| looping("getppid", CALLS))),
        ("open fstat read close", Box::new(|| looping("files", "5000"))),
        ("/bin/true", Box::new(|| Command::new("/bin/true"))),
        ("git status", shell("git status")),
        ("make -j2", shell(MAKE)),
    ]
}

/// Twelve objects of a small program, in a directory that goes again.
const MAKE: &str = r#"dir=$(mktemp -d) && cd "$dir" && for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "int f$i(void) { return $i; }" > f$i.c; done
printf 'all: $(patsubst %%.c,%%.o,$(wildcard *.c))\n' > Makefile && make -s -j2 && cd / && rm -r "$dir""#;

fn looping(what: &str, times: &str) -> Command {
    let mut command = own();
    command.args(["loop", what, times]);
    command
}

/// This program, in another part.
fn own() -> Command {
    Command::new(env::current_exe().expect("the benchmark's own path"))
}

/// `command` as the arguments of another.
fn under(mut tracer: Command, command: &Command) -> Command {
    tracer.arg(command.get_program()).args(command.get_args());
    tracer
}

fn strace(options: &[&str]) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o", "/dev/null"]).args(options);
    strace
}

/// A tracer that does nothing, or nothing but to ask; or what keeps a tracer on one core.
fn own_part(kind: &str) -> Command {
    let mut part = own();
    part.arg(kind);
    part
}

fn compare(name: &str, make: Make) {
    let [untraced, floor, asking, reading, strace, pinned, ours] = medians([
        &|| run(make()),
        &|| run(under(own_part("floor"), &make())),
        &|| run(under(own_part("asking"), &make())),
        &|| run(under(own_part("reading"), &make())),
        &|| run(under(strace(&[]), &make())),
        &|| run(under(own_part("pinned"), &under(strace(&[]), &make()))),
        &|| drop(Tracer::new().run(make())),
    ]);
    let ratio = |of: Duration| format!("{:.2}", ours.as_secs_f64() / of.as_secs_f64());
    println!(
        "{name:24} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10}",
        format!("{untraced:.1?}"),
        ratio(untraced),
        ratio(floor),
        ratio(asking),
        ratio(reading),
        ratio(strace),
        ratio(pinned),
    );
}

/// Recording `openat` alone, of a program that makes other calls, and of one that also makes this one.
fn only() {
    const MANY: &str = "2000000";
    let filtered = || {
        let mut command = own();
        command.args(["filtered", "getppid", MANY]);
        command
    };
    for (name, make) in [
        ("getppid x 2,000,000", Box::new(|| looping("getppid", MANY)) as Make),
        ("open fstat read close", Box::new(|| looping("files", "5000"))),
    ] {
        let [untraced, filter, strace, ours] = medians([
            &|| run(make()),
            &|| run(filtered()),
            &|| run(under(strace(&["--seccomp-bpf", "-e", "trace=openat"]), &make())),
            &|| drop(Tracer::new().only(["openat"]).run(make())),
        ]);
        let ratio = |of: Duration| ours.as_secs_f64() / of.as_secs_f64();
        println!(
            "only(openat), {name}: {:.2} of untraced, {:.2} of strace --seccomp-bpf",
            ratio(untraced),
            ratio(strace)
        );
        if name.starts_with("getppid") {
            println!("only(openat), {name}: {:.2} of a filter without a tracer", ratio(filter));
        }
    }
}

fn parallel() {
    const TRACES: usize = 8;
    let record = || drop(Tracer::new().run(looping("getppid", "5000")));
    let [in_a_row, at_once] = medians([&|| (0..TRACES).for_each(|_| record()), &|| {
        std::thread::scope(|scope| (0..TRACES).for_each(|_| drop(scope.spawn(record))));
    }]);
    println!(
        "{TRACES} recordings at once: {:.2} of the time in a row",
        at_once.as_secs_f64() / in_a_row.as_secs_f64()
    );
}

fn growth() {
    let record = |calls: &str| {
        let before = resident();
        let tracer = Tracer::new().timeout(Duration::from_secs(600)).call_limit(10_000_000);
        let trace = tracer.trace_limit(usize::MAX).run(looping("getppid", calls));
        resident().saturating_sub(before) as f64 / trace.calls().count() as f64
    };
    let sizes = RefCell::new(Vec::new());
    let many = || sizes.borrow_mut().push(record("1000000"));
    let [some, many] = medians_of(
        3,
        [
            &|| {
                record("100000");
            },
            &many,
        ],
    );
    let ratio = many.as_secs_f64() / some.as_secs_f64();
    // The least: what the allocator keeps for the next recording is not of this one.
    let bytes = sizes.into_inner().into_iter().fold(f64::INFINITY, f64::min);
    println!("ten times the calls: {ratio:.1} times the time, {bytes:.0} bytes a call");
}

/// Bytes of memory in use, by proc_pid_statm(5).
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("proc is mounted");
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("a number of pages");
    pages * 4096
}

fn run(mut command: Command) {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()), "{command:?} does not run");
}

fn medians<const N: usize>(parts: [&dyn Fn(); N]) -> [Duration; N] {
    medians_of(RUNS, parts)
}

fn medians_of<const N: usize>(runs: usize, parts: [&dyn Fn(); N]) -> [Duration; N] {
    let mut times = [const { Vec::new() }; N];
    for _ in 0..runs {
        for (part, times) in parts.iter().zip(&mut times) {
            let begun = Instant::now();
            part();
            times.push(begun.elapsed());
        }
        let _ = std::io::stdout().flush();
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    })
}
