//! The words in which the scenarios are told.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use expect_syscalls::{BlindSpot, Mismatch, Process, Trace, Tracer};
use regex::{Captures, Regex};
use tempfile::TempDir;

/// A tracer whose timeout is reached by a program that hangs, and by no other.
pub(crate) fn tracer() -> Tracer {
    Tracer::new().timeout(Duration::from_secs(60))
}

/// Records a program that can be run.
#[track_caller]
pub(crate) fn record(mut command: Command) -> Trace {
    match tracer().try_run(&mut command) {
        Ok(trace) => trace,
        Err(error) => panic!("{command:?}: {error}"),
    }
}

/// The assertion does not hold, and says so with this phrase.
#[track_caller]
pub(crate) fn violated(result: Result<impl Sized, Mismatch>, phrase: &str) {
    let mismatch = result.map(drop).expect_err("it passed");
    assert!(!mismatch.is_inconclusive() && mismatch.to_string().contains(phrase), "{mismatch}");
}

/// Nobody can tell, and the report says why with this phrase.
#[track_caller]
pub(crate) fn cannot_tell(result: Result<impl Sized, Mismatch>, phrase: &str) {
    let mismatch = result.map(drop).expect_err("it passed");
    assert!(mismatch.is_inconclusive() && mismatch.to_string().contains(phrase), "{mismatch}");
}

/// A shell with a script.
pub(crate) fn sh(script: &str) -> Command {
    program("sh", ["-c", script])
}

/// A program of this machine with its arguments.
pub(crate) fn program<A: AsRef<OsStr>>(
    name: impl AsRef<OsStr>,
    args: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = Command::new(name);
    command.args(args);
    command
}

/// The tracee program `tests/tracees/NAME.rs` with its arguments.
pub(crate) fn tracee<A: AsRef<OsStr>>(name: &str, args: impl IntoIterator<Item = A>) -> Command {
    program(compiled(name), args)
}

/// Whether the machine has a program; says so where it has not.
pub(crate) fn has(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).any(|dir| dir.join(program).is_file());
    if !found {
        skipped(&format!("no `{program}` on this machine"));
    }
    found
}

/// Whether we are root; says so where we are not.
pub(crate) fn is_root() -> bool {
    if !am_root() {
        skipped("this needs root");
    }
    am_root()
}

/// The same, and says nothing.
pub(crate) fn am_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// The program as root, of a user namespace of its own where we are not: user_namespaces(7). Whether that is permitted shows.
pub(crate) fn as_root(command: Command) -> Command {
    if am_root() {
        return command;
    }
    let mut alone = program("unshare", ["-r"]);
    alone.arg(command.get_program()).args(command.get_args());
    alone
}

/// Says that something was not tested.
pub(crate) fn skipped(why: &str) {
    // Not eprintln, which the test harness keeps to itself when a test passes.
    let _ = writeln!(io::stderr(), "SKIPPED: {why}");
}

/// A directory that goes with the value, and that every user may enter.
pub(crate) fn tempdir() -> TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().expect("a temporary directory");
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("its mode is changed");
    dir
}

/// The stdout of a program that ended well.
#[track_caller]
pub(crate) fn stdout(trace: &Trace) -> String {
    assert!(status(trace).success(), "{}, stderr:\n{}", status(trace), text(trace.stderr()));
    text(trace.stdout())
}

/// How the root ended.
#[track_caller]
pub(crate) fn status(trace: &Trace) -> ExitStatus {
    trace.status()
}

/// How many calls of this name were made.
#[track_caller]
pub(crate) fn count(trace: &Trace, name: &str) -> usize {
    trace.count(name)
}

/// What could have hidden calls of this run, besides the vDSO, which every program has.
pub(crate) fn blind_spots(trace: &Trace) -> Vec<BlindSpot> {
    trace.blind_spots().into_iter().filter(|spot| *spot != BlindSpot::Vdso).collect()
}

/// Every process by its name, and how it ended.
pub(crate) fn family(trace: &Trace) -> String {
    let mut processes: Vec<_> = trace.processes().collect();
    processes.sort_by_key(|process| process.label());
    let line = |process: &&Process| match process.status() {
        Some(status) => format!("{}: {status}\n", process.label()),
        None => format!("{}: never ended\n", process.label()),
    };
    processes.iter().map(line).collect()
}

/// The calls that the program made after its start-up, with the signals and ends in between, one a line. Numbers of
/// processes are replaced by their names.
pub(crate) fn transcript(trace: &Trace) -> String {
    let name = |pid: u32| trace.processes().find(|process| process.pid() == pid).map(Process::label);
    let calls = trace.after_startup();
    let calls = calls.calls().map(|call| (call.started(), call.thread().to_owned(), call.to_string()));
    let marks = trace.marks().map(|mark| {
        let thread = name(mark.tid()).unwrap_or("a thread").to_owned();
        (mark.at(), thread, mark.to_string())
    });
    let mut lines: Vec<_> = calls.chain(marks).collect();
    lines.sort_by_key(|(at, ..)| *at);
    // Where a pid stands: a size, or a mode, may be the same number.
    let pid = r"(si_pid=|\bwait4\(|\bkill\(|^(?:getpid|getppid|fork|vfork|clone3?|wait4)\(.* = )(\d+)\b";
    let pid = Regex::new(pid).expect("a pattern");
    let mut text = String::new();
    for (_, thread, line) in lines {
        let named = |found: &Captures<'_>| {
            let label = found[2].parse().ok().and_then(name).unwrap_or(&found[2]);
            format!("{}{label}", &found[1])
        };
        text += &format!("{thread}  {}\n", pid.replace_all(&line, named));
    }
    text
}

/// Compares whole texts, and shows both where they differ.
#[track_caller]
pub(crate) fn check(actual: &str, expected: &str) {
    let (actual, expected) = (actual.trim_end(), expected.trim_end());
    if actual != expected {
        panic!("not as expected:\n{}", pretty_assertions::StrComparison::new(actual, expected));
    }
}

/// Runs what `command` makes untraced and traced, each in a fresh directory of the same name, and insists on
/// the same wait status, stdout and stderr.
#[track_caller]
pub(crate) fn same_as_untraced(command: impl Fn(&Path) -> Command) -> Trace {
    let room = tempdir();
    let dir = room.path().join("dir");
    fs::create_dir(&dir).expect("a fresh directory");
    let untraced = command(&dir).output().unwrap_or_else(|error| panic!("{:?}: {error}", command(&dir)));
    fs::remove_dir_all(&dir).expect("the directory is removed");
    fs::create_dir(&dir).expect("a fresh directory");
    let trace = record(command(&dir));
    let traced =
        Output { status: status(&trace), stdout: trace.stdout().to_vec(), stderr: trace.stderr().to_vec() };
    check(&shown(&traced), &shown(&untraced));
    assert_eq!(traced, untraced);
    trace
}

/// Runs `body` in a process of its own, for what a whole process has one of: signal dispositions, a seccomp
/// filter, its descriptors. `name` is the calling test's: `module::function`.
#[track_caller]
pub(crate) fn alone(name: &str, body: impl FnOnce()) {
    alone_in(name, |_| {}, body);
}

#[track_caller]
fn alone_in(name: &str, surroundings: impl FnOnce(&mut Command), body: impl FnOnce()) {
    const ALONE: &str = "EXPECT_SYSCALLS_IT_ALONE";
    if env::var_os(ALONE).is_some_and(|alone| alone == name) {
        return body();
    }
    let mut again = Command::new(env::current_exe().expect("the test binary"));
    again.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(ALONE, name);
    surroundings(&mut again);
    let output = match again.output() {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return skipped(&format!("the other user may not run the test binary: {error}"));
        }
        Err(error) => panic!("the test binary does not run: {error}"),
    };
    let report = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success() && report.contains("1 passed"), "{} of {name}:\n{report}", output.status);
    report.lines().filter_map(|line| line.strip_prefix("SKIPPED: ")).for_each(skipped);
}

/// As [`alone`], and where we are root, as the user nobody: for what a tracer without privileges sees.
#[track_caller]
pub(crate) fn alone_as_nobody(name: &str, body: impl FnOnce()) {
    use std::os::unix::process::CommandExt as _;
    let root = am_root();
    let again = |command: &mut Command| {
        if root {
            command.uid(65534).gid(65534).current_dir("/");
        }
    };
    alone_in(name, again, body);
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn shown(output: &Output) -> String {
    format!("{}\nstdout:\n{}\nstderr:\n{}", output.status, text(&output.stdout), text(&output.stderr))
}

/// The program, compiled where it is older than its source.
///
/// The lock keeps the threads of this process apart, the directory the processes of nextest: rustc names its
/// intermediate files after the crate, beside the output. The rename lets nobody see half a program.
fn compiled(name: &str) -> PathBuf {
    static LOCK: Mutex<()> = Mutex::new(());
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tracees").join(name).with_extension("rs");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _one_at_a_time = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    if changed(&program).is_none_or(|program| changed(&source).is_some_and(|source| source > program)) {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{}", std::process::id()));
        fs::create_dir_all(&dir).expect("a directory to compile in");
        let output = dir.join(name);
        let rustc = Command::new("rustc").args(["--edition=2024", "-o"]).arg(&output).arg(&source).output();
        let rustc = rustc.expect("rustc runs");
        assert!(rustc.status.success(), "{}:\n{}", source.display(), text(&rustc.stderr));
        assert!(rustc.stderr.is_empty(), "{}:\n{}", source.display(), text(&rustc.stderr));
        fs::rename(&output, &program).expect("the program gets its place");
        fs::remove_dir_all(&dir).expect("the directory is removed");
    }
    program
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}
