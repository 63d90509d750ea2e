//! The lines of whole programs are those of the installed strace, and where they are not, it is known why.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use regex::{Captures, Regex};

use crate::vocabulary::*;

/// Where our text differs on purpose: what strace 6.1 prints, a pattern; what we print instead; why.
const EXPLAINED: &[(&str, &str, &str)] = &[
    (
        r"^rseq\(ADDRESS,",
        "rseq({cpu_id_start=0, cpu_id=-1, rseq_cs=NULL, flags=0, node_id=0, mm_cid=0},",
        "the structure is decoded, as by later versions",
    ),
    (
        r" /\* \d{4}-\d\d-\d\dT[0-9:.]+\+0000 \*/",
        "",
        "what a time is called depends on the time zone of who reads it",
    ),
];

/// A test for each line: a name, the program and its arguments, in a fresh directory with some files. A shell with children is
/// none of them: when it learns of an end is the scheduler's.
macro_rules! same_lines {
    ($($name:ident: $($word:literal)+;)*) => {
        $(
            #[test]
            fn $name() {
                check(&[$($word),+]);
            }
        )*
    };
}

same_lines! {
    list: "ls" "-l" "--color=never" ".";
    print: "cat" "words" "/etc/passwd" "no-such-file";
    shell: "sh" "-c" "cd sub; echo hello > new; test -r new && echo $PWD; exit 3";
    sorted: "sort" "-o" "sorted" "words";
    versions: "git" "--version";
    edited: "sed" "-n" "-e" "2p" "words";
    found: "find" "." "-name" "*.txt" "-size" "+0";
    archive: "tar" "cf" "all.tar" "sub" "words";
    copy: "cp" "-a" "sub" "copy";
    directories: "mkdir" "-p" "a/b/c" "sub";
    first_lines: "head" "-n" "1" "words" "/dev/null";
    counted: "wc" "words";
    touched: "touch" "-d" "2020-01-02 03:04:05" "words" "fresh";
    removed: "rm" "-r" "sub";
    linked: "ln" "-s" "words" "link";
    permissions: "chmod" "u+s,g-w" "words";
    compared: "cmp" "words" "sub/one.txt";
    blocks: "dd" "if=words" "of=out" "bs=4" "count=2" "status=none";
    killed: "sh" "-c" "kill -KILL $$";
}

#[test]
fn what_commands_decide() {
    let program = tracee("commands", [""; 0]);
    check(&[program.get_program().to_str().expect("a name in UTF-8")]);
}

#[track_caller]
fn check(words: &[&str]) {
    if !["strace", words[0]].into_iter().all(has) || !is_known_strace() {
        return;
    }
    let (ours, theirs) = (tempdir(), tempdir());
    let ours = recorded(prepare(words, ours.path()), ours.path());
    let theirs = traced_by_strace(prepare(words, theirs.path()), theirs.path());
    let mut differences = String::new();
    for (index, theirs) in theirs.iter().enumerate() {
        let ours = ours.get(index).map_or(&[][..], Vec::as_slice);
        for (theirs, ours) in differing(theirs, ours) {
            differences += &format!("process {index}:\n  strace {theirs}\n  ours   {ours}\n");
        }
    }
    assert!(differences.is_empty(), "{words:?}\n{differences}");
    assert_eq!(ours.len(), theirs.len(), "{words:?}: processes");
    assert!(ours.iter().flatten().count() > 20, "{words:?}: {ours:?}");
}

/// The version that was compared. Others print other things.
pub(crate) fn is_known_strace() -> bool {
    let version = Command::new("strace").arg("-V").output().expect("strace starts").stdout;
    let version = text(&version);
    let number = version.lines().next().and_then(|line| line.rsplit(' ').next()).unwrap_or_default();
    if number != "6.1" {
        skipped(&format!("this is strace {number}, and the comparison was made with 6.1"));
    }
    number == "6.1"
}

/// The same files, whoever looks.
pub(crate) fn prepare(words: &[&str], dir: &Path) -> Command {
    fs::write(dir.join("words"), "pear\napple\nfig\n").expect("a file");
    fs::create_dir(dir.join("sub")).expect("a directory");
    // cp(1) takes them in the order of their inodes, and those are numbered in any order.
    let mut made = ["sub/a", "sub/b"].map(|name| dir.join(name));
    for file in &made {
        fs::write(file, "").expect("a file");
    }
    made.sort_by_key(|file| fs::metadata(file).expect("it is there").ino());
    for (file, (name, text)) in made.iter().zip([("sub/one.txt", "1\n"), ("sub/two.txt", "2\n")]) {
        fs::write(file, text).expect("a file");
        fs::rename(file, dir.join(name)).expect("a new name");
    }
    let mut command = program(words[0], &words[1..]);
    surround(&mut command, dir);
    command
}

fn surround(command: &mut Command, dir: &Path) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.current_dir(dir).env_clear().env("PATH", path).env("LC_ALL", "C").env("TZ", "UTC");
    command.env("HOME", dir).env("PWD", dir).env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1");
}

/// The lines of each process, in the order in which they began.
pub(crate) fn recorded(command: Command, dir: &Path) -> Vec<Vec<String>> {
    let trace = record(command);
    let mut processes: Vec<_> = trace.processes().map(|process| (process.pid(), process.label())).collect();
    processes.sort_unstable();
    let lines = |(_, label): &(u32, &str)| {
        trace.calls().filter(|call| call.process().label() == *label).map(ToString::to_string).collect()
    };
    let pids: Vec<u32> = processes.iter().map(|(pid, _)| *pid).collect();
    normalised(processes.iter().map(lines).collect(), &pids, dir)
}

pub(crate) fn traced_by_strace(command: Command, dir: &Path) -> Vec<Vec<String>> {
    let output = tempdir();
    // Addresses are in /proc/self/maps too, which programs read.
    let mut strace =
        if has("setarch") { program("setarch", ["-R", "strace"]) } else { Command::new("strace") };
    strace.args(["-ff", "-o"]).arg(output.path().join("of"));
    strace.arg(command.get_program()).args(command.get_args());
    surround(&mut strace, dir);
    strace.stdin(Stdio::null()).output().expect("strace starts");
    let mut processes = BTreeMap::new();
    for file in fs::read_dir(output.path()).expect("the directory of strace's output") {
        let path = file.expect("an entry").path();
        let pid = path.extension().and_then(|pid| pid.to_str()?.parse().ok()).expect("a pid");
        processes.insert(pid, String::from_utf8_lossy(&fs::read(path).expect("a file")).into_owned());
    }
    let lines = |text: &String| {
        let calls = text.lines().filter(|line| !line.starts_with("---") && !line.starts_with("+++"));
        calls.map(str::to_owned).collect()
    };
    let pids: Vec<u32> = processes.keys().copied().collect();
    let explained = |line: String| {
        EXPLAINED.iter().fold(line, |line, (theirs, ours, _)| {
            Regex::new(theirs).expect("a pattern").replace_all(&line, *ours).into_owned()
        })
    };
    let lines = normalised(processes.values().map(lines).collect(), &pids, dir);
    lines.into_iter().map(|lines| lines.into_iter().map(explained).collect()).collect()
}

/// Without what differs from run to run.
fn normalised(lines: Vec<Vec<String>>, pids: &[u32], dir: &Path) -> Vec<Vec<String>> {
    let pattern = |text: &str| Regex::new(text).expect("a pattern");
    let always = [
        // Where the result stands.
        (pattern(r"\) += "), ") = "),
        (pattern(r"0x[0-9a-f]{7,16}\b"), "ADDRESS"),
        (pattern(r"getppid\(\) = \d+"), "getppid() = PARENT"),
        (pattern(r#"getrandom\("[^"]*""#), "getrandom(RANDOM"),
        (pattern(r"tv_(sec|usec|nsec)=\d+"), "tv_$1=TIME"),
        (
            pattern(
                r"(loads|uptime|freeram|sharedram|bufferram|procs|f_bfree|f_bavail|f_ffree)=(\[[^\]]*\]|\d+)",
            ),
            "$1=N",
        ),
    ];
    // A size may be the same number: in a field, or of calls that move bytes or place memory.
    let number = pattern(r"(\w+=)?\b(\d+)\b");
    let sizes = pattern(
        r"^(p?(read|write)(v|64)?|lseek|\w*stat\w*|mmap|mremap|munmap|mprotect|getdents64|sendfile|copy_file_range|ftruncate|fadvise64)\(",
    );
    let names = |found: &Captures<'_>| {
        let field = found.get(1).map_or("", |field| field.as_str());
        let index = pids.iter().position(|pid| pid.to_string() == found[2]);
        match index {
            Some(index) if field.is_empty() || field.ends_with("pid=") => format!("{field}PID{index}"),
            _ => found[0].to_owned(),
        }
    };
    let one = |line: String| {
        let mut line = line.replace(dir.to_str().expect("a name in UTF-8"), "DIR");
        for (what, by) in &always {
            line = what.replace_all(&line, *by).into_owned();
        }
        if sizes.is_match(&line) { line } else { number.replace_all(&line, names).into_owned() }
    };
    lines.into_iter().map(|lines| lines.into_iter().map(one).collect()).collect()
}

/// Pairs of lines that differ; of a line that the other has not, the other is empty.
pub(crate) fn differing(theirs: &[String], ours: &[String]) -> Vec<(String, String)> {
    let name = |line: &String| line.split('(').next().unwrap_or_default().to_owned();
    let ahead = |lines: &[String], of: Option<&String>| {
        of.and_then(|of| lines.iter().position(|line| name(line) == name(of))).unwrap_or(usize::MAX)
    };
    let (mut theirs, mut ours) = (theirs, ours);
    let mut pairs = Vec::new();
    while !theirs.is_empty() || !ours.is_empty() {
        let (left, right) = (theirs.first(), ours.first());
        // On to where both have a call of the same name, by the shorter way.
        let (in_theirs, in_ours) = (ahead(theirs, right), ahead(ours, left));
        let (take_left, take_right) = (in_theirs <= in_ours, in_ours <= in_theirs);
        let line = |line: Option<&String>, taken: bool| line.filter(|_| taken).cloned().unwrap_or_default();
        let pair = (line(left, take_left || right.is_none()), line(right, take_right || left.is_none()));
        theirs = &theirs[usize::from(!pair.0.is_empty())..];
        ours = &ours[usize::from(!pair.1.is_empty())..];
        if pair.0 != pair.1 {
            pairs.push(pair);
        }
    }
    pairs
}

#[test]
fn differing_lines_are_paired() {
    let lines = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let pairs = differing(&lines("a(1) b(1) d(1) e(1)"), &lines("a(1) b(2) c(1) d(1)"));
    let expected = [("b(1)", "b(2)"), ("", "c(1)"), ("e(1)", "")];
    assert_eq!(pairs, expected.map(|(theirs, ours)| (theirs.to_owned(), ours.to_owned())));
}
