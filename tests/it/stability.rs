//! One text from every run: many programs, each recorded again and again while everything changes that has no
//! say in what they do.
//!
//! Each round is a process of this test binary with surroundings of its own; what it recorded it leaves in files.

#![allow(clippy::disallowed_methods, reason = "rounds are processes of the test, and no tracees")]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use expect_syscalls::Level;
use regex::Regex;

use crate::vocabulary::{has, program, record, sh, skipped, tempdir, text, tracee};

const LEVELS: [Level; 4] = [Level::Names, Level::Effects, Level::Calls, Level::Full];

/// One program at work.
struct Scenario {
    name: &'static str,
    /// Without these the machine cannot run it.
    needs: &'static [&'static str],
    /// Makes what the program finds in its directory.
    prepare: fn(&Path),
    command: fn(&Path) -> Command,
    /// Whether it is worth its time in every run of the tests.
    quick: bool,
}

/// The shell in the directory.
macro_rules! shell {
    ($name:literal, $needs:expr, $prepare:expr) => {
        Scenario {
            name: $name,
            needs: &$needs,
            prepare: $prepare,
            command: |dir| script(dir, $name),
            quick: true,
        }
    };
    ($name:literal, $needs:expr) => {
        shell!($name, $needs, files)
    };
}

macro_rules! case {
    ($name:literal, $needs:expr, $command:expr) => {
        Scenario { name: $name, needs: &$needs, prepare: files, command: $command, quick: true }
    };
}

const SCENARIOS: &[Scenario] = &[
    case!("cat a", ["cat"], |dir| program("cat", [dir.join("a")])),
    case!("ls -l", ["ls"], |dir| program("ls", [Path::new("-l"), dir])),
    case!("date", ["date"], |_| program("date", [""; 0])),
    case!("sed -i", ["sed"], |dir| program("sed", [Path::new("-i"), Path::new("s/t/T/"), &dir.join("a")])),
    case!("Rust: an atomic write", ["rustc"], |dir| tracee("files", [Path::new("atomic"), dir])),
    case!("Rust: temporary names", ["rustc"], |dir| tracee("files", [Path::new("random"), dir])),
    case!("Rust: threads with files", ["rustc"], |dir| tracee("files", [Path::new("threads"), dir])),
    case!("Rust: threads", ["rustc"], |_| tracee("threads", ["many", "6"])),
    case!("Rust: sockets", ["rustc"], |dir| tracee("peers", [dir])),
    shell!("cat a | sort | head -n 1 > first", ["cat", "sort", "head"]),
    shell!("cp a n; mv n m; mkdir -p x/y; rm -r x", ["cp", "mv", "mkdir", "rm"]),
    shell!("for i in 1 2 3 4; do sort a > out$i & done; wait", ["sort"]),
    shell!("ls | xargs -n 1 -P 4 wc -l", ["ls", "xargs", "wc"]),
    shell!("find . -name 'f*' -exec grep -l text {} +", ["find", "grep"]),
    shell!("tar cf - a f1 f2 | gzip > all.gz; gunzip < all.gz | tar tf -", ["tar", "gzip", "gunzip"]),
    shell!("d=$(mktemp -d) && date > $d/x && rm -r $d", ["mktemp", "date", "rm"]),
    shell!("awk '{ print | \"sort\" }' a", ["awk", "sort"]),
    shell!("sort --parallel=4 -S 1M big > sorted", ["sort"], large),
    shell!("gcc -c p.c", ["gcc"], source),
    shell!("gcc p.c -o p && ./p", ["gcc"], source),
    shell!("make -s -j 4", ["make", "gcc"], makefile),
    shell!("git status", ["git"], repository),
    shell!("git add a && git -c user.name=n -c user.email=e commit -q -m m", ["git"], repository),
    shell!("perl -e 'for (1..3) { fork or do { open F, q(a); exit } } wait for 1..3'", ["perl"]),
    case!("python3: nothing", ["python3"], |dir| python(dir, "pass")),
    case!("python3: threads", ["python3"], |dir| python(dir, PYTHON_THREADS)),
    case!("python3: temporary files", ["python3"], |dir| python(dir, PYTHON_TEMPORARY)),
    case!("python3: subprocesses", ["python3"], |dir| python(dir, PYTHON_CHILDREN)),
    shell!("sqlite3 -init /dev/null db 'create table t(x)'", ["sqlite3"]),
    Scenario { quick: false, prepare: source, ..case!("rustc -O h.rs, without tgkill", ["rustc"], rustc) },
    Scenario { quick: false, ..shell!("node -e 'require(\"fs\").readFile(\"a\", () => 0)'", ["node"]) },
];

const PYTHON_THREADS: &str = "import threading as t
ts = [t.Thread(target=lambda: open('a').read()) for _ in range(4)]
[x.start() for x in ts]
[x.join() for x in ts]";
const PYTHON_TEMPORARY: &str = "import tempfile
with tempfile.TemporaryDirectory() as d, tempfile.NamedTemporaryFile() as f: open(d + '/x', 'w').write(f.name)";
const PYTHON_CHILDREN: &str = "import subprocess as s
ps = [s.Popen(['cat', 'a']) for _ in range(3)]
[p.wait() for p in ps]";

fn script(dir: &Path, script: &str) -> Command {
    let mut command = sh(script);
    command.current_dir(dir);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.env("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z").env("GIT_COMMITTER_DATE", "2001-01-01T00:00:00Z");
    command
}

/// The interpreter itself, as what is in PATH may be a script that looks for it, and where it is installed.
static PYTHON: LazyLock<(String, String)> = LazyLock::new(|| {
    let asked = program("python3", ["-c", "import sys; print(sys.executable, sys.prefix)"]).output();
    let answer = text(&asked.expect("python3 runs").stdout);
    let (executable, prefix) = answer.trim().split_once(' ').expect("two paths");
    (executable.to_owned(), prefix.to_owned())
});

fn python(dir: &Path, code: &str) -> Command {
    let mut command = program(&PYTHON.0, ["-c", code]);
    command.current_dir(dir).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// The compiler itself, and where it is installed. What is in PATH may look for it in the directories above.
static RUST: LazyLock<String> = LazyLock::new(|| {
    let asked = program("rustc", ["--print", "sysroot"]).current_dir("/").output();
    text(&asked.expect("rustc runs").stdout).trim().to_owned()
});

fn rustc(dir: &Path) -> Command {
    let mut command = program(Path::new(&*RUST).join("bin/rustc"), ["-O", "h.rs"]);
    command.current_dir(dir);
    command
}

fn files(dir: &Path) {
    for name in ["a", "f1", "f2", "f3"] {
        fs::write(dir.join(name), "text\nmore\n").expect("a file");
    }
}

fn large(dir: &Path) {
    let lines: String =
        (0..60_000_u64).map(|n| format!("{}\n", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    fs::write(dir.join("big"), lines).expect("a file");
}

fn source(dir: &Path) {
    fs::write(dir.join("p.c"), "#include <stdio.h>\nint main(void) { return puts(\"p\") < 0; }\n")
        .expect("a file");
    fs::write(dir.join("h.rs"), "fn main() { println!(\"h\"); }\n").expect("a file");
}

fn makefile(dir: &Path) {
    let rules = "all: x.o y.o z.o\n%.o: %.c\n\t$(CC) -c $< -o $@\n";
    fs::write(dir.join("Makefile"), rules).expect("a file");
    for name in ["x.c", "y.c", "z.c"] {
        fs::write(dir.join(name), "int f(void) { return 0; }\n").expect("a file");
    }
}

fn repository(dir: &Path) {
    files(dir);
    let mut init = program("git", ["init", "-q"]);
    assert!(init.current_dir(dir).status().expect("git runs").success());
}

/// What is different in a round.
struct Surroundings {
    name: &'static str,
    change: fn(&mut Command, &Path),
    /// Small process ids.
    own_pids: bool,
}

const SURROUNDINGS: &[Surroundings] = &[
    Surroundings { name: "as it is", change: |_, _| {}, own_pids: false },
    Surroundings { name: "everything else", change: everything, own_pids: false },
    Surroundings { name: "own pids, TMPDIR", change: temporary, own_pids: true },
    Surroundings { name: "TMPDIR", change: temporary, own_pids: false },
    Surroundings { name: "HOME", change: home, own_pids: false },
    Surroundings { name: "LD_LIBRARY_PATH", change: libraries, own_pids: false },
    Surroundings { name: "a large environment", change: environment, own_pids: false },
    Surroundings { name: "own pids", change: |_, _| {}, own_pids: true },
];

/// Those that the quick run has time for.
const QUICK: usize = 3;

fn everything(command: &mut Command, room: &Path) {
    temporary(command, room);
    home(command, room);
    libraries(command, room);
    environment(command, room);
    command.current_dir("/");
}

fn temporary(command: &mut Command, room: &Path) {
    command.env("TMPDIR", made(room, "t"));
}

fn home(command: &mut Command, room: &Path) {
    // What finds the compiler by the home directory still finds it.
    let old = PathBuf::from(env::var_os("HOME").unwrap_or_default());
    for (variable, dir) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup"), ("PYENV_ROOT", ".pyenv")] {
        if env::var_os(variable).is_none() && old.join(dir).is_dir() {
            command.env(variable, old.join(dir));
        }
    }
    command.env("HOME", made(room, "home"));
}

fn libraries(command: &mut Command, _: &Path) {
    let old = env::var("LD_LIBRARY_PATH").unwrap_or_default();
    command.env("LD_LIBRARY_PATH", format!("/no/one:/no/two:{old}"));
}

fn environment(command: &mut Command, _: &Path) {
    command.env("FILLER", "x".repeat(50_000));
}

fn made(room: &Path, name: &str) -> PathBuf {
    let dir = room.join(name);
    fs::create_dir_all(&dir).expect("a directory");
    dir
}

/// The distinct texts of every program that the machine has, at each level, each with the surroundings that it came of.
type Texts = BTreeMap<usize, [BTreeSet<(&'static str, String)>; 4]>;

/// Records all programs in all these surroundings, `at_once` of them at the same time.
fn texts(rounds: &[&Surroundings], quick: bool, at_once: usize) -> Texts {
    let chosen = SCENARIOS.iter().enumerate().filter(|(_, scenario)| scenario.quick || !quick);
    let chosen: Vec<usize> = chosen
        .filter(|(_, scenario)| scenario.needs.iter().all(|program| has(program)))
        .map(|(index, _)| index)
        .collect();
    // Compiled before they are run: two rounds would do it at once.
    for name in ["files", "threads", "peers"] {
        tracee(name, [""; 0]);
    }
    let room = tempdir();
    let mut texts = Texts::new();
    for (batch, rounds) in rounds.chunks(at_once).enumerate() {
        let start = |(index, surroundings): (usize, &&Surroundings)| {
            // Of one length, which some calls return.
            let room = made(room.path(), &format!("{batch:03}.{index:03}"));
            let child = round(surroundings, &chosen, &room);
            (surroundings.name, child, room)
        };
        let running: Vec<_> = rounds.iter().enumerate().map(start).collect();
        for (name, child, room) in running {
            let output = child.wait_with_output().expect("a round ends");
            assert!(output.status.success(), "{name}:\n{}{}", text(&output.stdout), text(&output.stderr));
            for &index in &chosen {
                let found = texts.entry(index).or_default();
                for (level, found) in LEVELS.iter().zip(found) {
                    let text = fs::read_to_string(recorded(&room, index, *level)).expect("a text");
                    found.insert((name, text));
                }
            }
            fs::remove_dir_all(room).expect("the texts are removed");
        }
    }
    texts
}

fn recorded(room: &Path, index: usize, level: Level) -> PathBuf {
    room.join(format!("{index}.{level}"))
}

/// Starts a process that records all `chosen` programs.
fn round(surroundings: &Surroundings, chosen: &[usize], room: &Path) -> Child {
    let mut command = Command::new(env::current_exe().expect("the test binary"));
    if surroundings.own_pids && pid_namespaces() {
        command = program("unshare", NAMESPACE);
        command.arg(env::current_exe().expect("the test binary"));
    }
    command.args(["--exact", "stability::a_round", "--nocapture", "--test-threads=1"]);
    // Else it may be the home directory, which has another name.
    command.current_dir(room);
    (surroundings.change)(&mut command, room);
    let list: Vec<String> = chosen.iter().map(usize::to_string).collect();
    command.env("STABILITY_ROOM", room).env("STABILITY_CHOSEN", list.join(" "));
    command.env_remove("EXPECT_SYSCALLS").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("a round starts")
}

/// With a `/proc` that knows them.
const NAMESPACE: [&str; 5] = ["--user", "--map-current-user", "--pid", "--fork", "--mount-proc"];

fn pid_namespaces() -> bool {
    static POSSIBLE: LazyLock<bool> = LazyLock::new(|| {
        let mut unshare = program("unshare", NAMESPACE);
        let possible = unshare.arg("true").output().is_ok_and(|output| output.status.success());
        if !possible {
            skipped("no process ids of one's own on this machine");
        }
        possible
    });
    *POSSIBLE
}

/// What a round runs: not a test when it is run by itself.
#[test]
fn a_round() {
    let (Some(room), Ok(chosen)) = (env::var_os("STABILITY_ROOM"), env::var("STABILITY_CHOSEN")) else {
        return;
    };
    for index in chosen.split(' ').map(|index| index.parse::<usize>().expect("a number")) {
        let Scenario { name, prepare, command, .. } = &SCENARIOS[index];
        let dir = tempdir();
        prepare(dir.path());
        let trace = record(command(dir.path()));
        assert!(trace.status().success(), "{name}: {}\n{}", trace.status(), text(trace.stderr()));
        let mut snapshot = trace.snapshot().redact(dir.path(), "[DIR]");
        // These may be in a home directory, which is another one in some rounds.
        if name.starts_with("python3") {
            snapshot = snapshot.redact(&PYTHON.1, "[PYTHON]");
        } else if name.starts_with("rustc") {
            // It wakes one of its threads by a signal, if that one is still there.
            snapshot = snapshot.redact(&*RUST, "[RUST]").without("tgkill");
        }
        for level in LEVELS {
            let text = snapshot.clone().level(level).to_string();
            fs::write(recorded(Path::new(&room), index, level), text).expect("a text is left");
        }
    }
}

/// The programs that gave more than one text at the default level, with the lines in which they differ.
fn unstable(texts: &Texts) -> String {
    let mut report = String::new();
    for (index, levels) in texts {
        let effects: BTreeSet<&String> = levels[1].iter().map(|(_, text)| text).collect();
        let effects: Vec<&String> = effects.into_iter().collect();
        if let [first, second, ..] = effects[..] {
            let lines = |text: &String| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
            let (first, second) = (lines(first), lines(second));
            writeln!(report, "{}: {} texts", SCENARIOS[*index].name, effects.len()).expect("a String");
            for line in first.difference(&second) {
                writeln!(report, "- {line}").expect("a String");
            }
            for line in second.difference(&first) {
                writeln!(report, "+ {line}").expect("a String");
            }
        }
    }
    report
}

#[test]
fn effects_are_the_same_in_every_run() {
    let rounds: Vec<&Surroundings> = SURROUNDINGS.iter().take(QUICK).collect();
    let texts = texts(&rounds, true, QUICK);
    let report = unstable(&texts);
    assert!(report.is_empty(), "{report}");
}

/// The same, for as long as it takes, on a machine that has other things to do. Prints which levels are stable, and on request
/// leaves it in the guide.
#[test]
#[ignore = "takes minutes"]
fn long() {
    let write = match env::var("STABILITY_TABLE").as_deref() {
        Err(_) => false,
        Ok("write") => true,
        Ok(other) => panic!("STABILITY_TABLE={other} means nothing: `write` writes {TABLE}"),
    };
    let times =
        env::var("STABILITY_RUNS").map_or(5, |runs| runs.parse().expect("STABILITY_RUNS is a number"));
    let rounds: Vec<&Surroundings> = (0..times).flat_map(|_| SURROUNDINGS).collect();
    let processors = thread::available_parallelism().map_or(2, |count| count.get());
    let texts = busy(processors, || texts(&rounds, false, processors));
    let table = table(&texts, rounds.len());
    let _ = writeln!(io::stderr(), "{table}");
    let report = unstable(&texts);
    assert!(report.is_empty(), "{report}");
    if write {
        assert_eq!(texts.len(), SCENARIOS.len(), "the table is written where every program is installed");
        fs::write(root().join(TABLE), table).expect("the table is written");
    }
}

/// What `work` gives, while so many threads do nothing but take time from it.
fn busy<T>(threads: usize, work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let result = panic::catch_unwind(AssertUnwindSafe(work));
        done.store(true, Ordering::Relaxed);
        result.unwrap_or_else(|panic| panic::resume_unwind(panic))
    })
}

/// The part of the guide that is made here.
const TABLE: &str = "src/guide/stable_levels.md";
const GENERATED: &str =
    "<!-- Generated: STABILITY_TABLE=write cargo test --test it -- --ignored --nocapture stability::long -->";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One line for each program: whether all runs gave the same text, level by level.
fn table(texts: &Texts, runs: usize) -> String {
    let mut table =
        format!("{GENERATED}\n| {runs} runs of | names | effects | calls | full |\n|---|---|---|---|---|\n");
    for (index, levels) in texts {
        let cells: Vec<&str> = levels.iter().map(cell).collect();
        writeln!(table, "| `{}` | {} |", cell_text(SCENARIOS[*index].name), cells.join(" | "))
            .expect("a String");
    }
    table
}

fn cell(texts: &BTreeSet<(&str, String)>) -> &'static str {
    let distinct: BTreeSet<&String> = texts.iter().map(|(_, text)| text).collect();
    let surroundings: BTreeSet<&str> = texts.iter().map(|(surroundings, _)| *surroundings).collect();
    match (distinct.len(), texts.len() == surroundings.len()) {
        (1, _) => "same",
        (_, true) => "local",
        (_, false) => "varies",
    }
}

fn cell_text(name: &str) -> String {
    name.replace('|', "\\|")
}

/// What is wrong with a table, apart from what only runs can tell.
fn faults(table: &str) -> Option<String> {
    let Some((GENERATED, rest)) = table.split_once('\n') else {
        return Some(format!("the first line is not\n{GENERATED}"));
    };
    let row = Regex::new(r"^\| `(.+)`((?: \| (?:same|local|varies)){4}) \|$").expect("a pattern");
    let mut named = Vec::new();
    for line in rest.lines().skip(2) {
        let Some(row) = row.captures(line) else {
            return Some(format!("no row: {line}"));
        };
        named.push(row[1].to_owned());
    }
    let listed: Vec<String> = SCENARIOS.iter().map(|scenario| cell_text(scenario.name)).collect();
    let different = (0..named.len().max(listed.len())).find(|&row| named.get(row) != listed.get(row))?;
    Some(format!(
        "row {different} is of {:?}, and should be of {:?}",
        named.get(different),
        listed.get(different)
    ))
}

#[test]
fn the_table_in_the_guide_is_of_these_programs() {
    let faults = faults(&fs::read_to_string(root().join(TABLE)).expect("the table is there"));
    assert_eq!(faults, None, "{TABLE}: make it anew by the command in its first line");
}

#[test]
fn one_text_here_is_not_one_text_everywhere() {
    let of = |texts: &[(&'static str, &str)]| {
        cell(&texts.iter().map(|(surroundings, text)| (*surroundings, (*text).to_owned())).collect())
    };
    assert_eq!(of(&[("HOME", "a"), ("HOME", "a"), ("TMPDIR", "a")]), "same");
    assert_eq!(of(&[("HOME", "a"), ("TMPDIR", "b"), ("HOME", "a")]), "local");
    assert_eq!(of(&[("HOME", "a"), ("TMPDIR", "a"), ("HOME", "b")]), "varies");
    assert_eq!(of(&[("HOME", "a"), ("HOME", "b")]), "varies");
}

#[test]
fn a_table_of_other_programs_is_found_out() {
    let same = || [(); 4].map(|()| BTreeSet::from([("HOME", String::new())]));
    let texts: Texts = (0..SCENARIOS.len()).map(|index| (index, same())).collect();
    let good = table(&texts, 3);
    assert_eq!(faults(&good), None);
    let lines: Vec<&str> = good.lines().collect();
    let without = |left_out: usize| -> String {
        lines
            .iter()
            .enumerate()
            .filter(|(line, _)| *line != left_out)
            .map(|(_, line)| format!("{line}\n"))
            .collect()
    };
    let bad = [
        (without(0), "the first line is not\n<!-- Generated"),
        (without(3), "row 0 is of Some(\"ls -l\"), and should be of Some(\"cat a\")"),
        (without(lines.len() - 1), "row 30 is of None"),
        (good.replace("`ls -l`", "`ls -a`"), "row 1 is of Some(\"ls -a\")"),
        (format!("{good}| `more` | same | same | same | same |\n"), "and should be of None"),
        (good.replacen("same", "mostly", 1), "no row: | `cat a` | mostly"),
        (String::new(), "the first line"),
    ];
    for (bad, expected) in bad {
        let faults = faults(&bad).unwrap_or_default();
        assert!(faults.contains(expected), "{faults}");
    }
}
