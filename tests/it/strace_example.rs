//! The example `strace`, run as a program: each of its options.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use regex::Regex;

use crate::vocabulary::*;

/// `cargo test` builds the examples beside the tests.
fn example() -> PathBuf {
    let own = std::env::current_exe().expect("a test is a program");
    let path =
        own.parent().and_then(|deps| deps.parent()).expect("it lies in a directory").join("examples/strace");
    assert!(path.is_file(), "{} is not there: cargo build --example strace", path.display());
    path
}

fn strace(args: &[&str]) -> Output {
    Command::new(example()).args(args).output().expect("it starts")
}

/// What it says, on success.
#[track_caller]
fn lines(args: &[&str]) -> Vec<String> {
    let output = strace(args);
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    text(&output.stderr).lines().map(str::to_owned).collect()
}

const OPENED: &str = r#"openat(AT_FDCWD, "/etc/hostname", O_RDONLY)"#;

#[test]
fn a_path_is_what_it_is_about() {
    let all = lines(&["-a", "60", "-P", "/etc/hostname", "cat", "/etc/hostname"]);
    assert_eq!(all[0], format!("{OPENED:<60}= 3"));
    assert!(all.iter().any(|line| line.starts_with("read(3, ")), "{all:?}");
    assert!(!all.iter().any(|line| line.contains("execve") || line.contains("/etc/ld.so")), "{all:?}");
    let both = lines(&["-e", "trace=close", "-P", "/etc/hostname", "-qq", "cat", "/etc/hostname"]);
    assert_eq!(both.len(), 1, "{both:?}");
    assert!(both[0].starts_with("close(3)"), "{both:?}");
}

#[test]
fn strings_and_names_have_several_forms() {
    let one = |args: &[&str]| {
        let all = [args, &["-qq", "-e", "openat", "-P", "/etc/hostname", "cat", "/etc/hostname"]].concat();
        lines(&all).concat()
    };
    assert_eq!(
        one(&["-xx", "-X", "raw"]).split('=').next().map(str::trim_end),
        Some(r#"openat(-100, "\x2f\x65\x74\x63\x2f\x68\x6f\x73\x74\x6e\x61\x6d\x65", 0)"#)
    );
    assert!(one(&["-x"]).starts_with(OPENED));
    assert!(one(&["-X", "abbrev"]).starts_with(OPENED));
    assert!(
        one(&["-X", "verbose"])
            .starts_with(r#"openat(-100 /* AT_FDCWD */, "/etc/hostname", 0 /* O_RDONLY */) "#)
    );
    assert!(one(&["-y"]).ends_with("= 3</etc/hostname>"));
    assert!(one(&["-n"]).starts_with(&format!("[ 257] {OPENED}")));
    let timed = one(&["-T"]);
    assert!(Regex::new(r" = 3 <\d+\.\d{6}>$").expect("a pattern").is_match(&timed), "{timed}");
    let output = strace(&["-X", "neat", "true"]);
    assert!(
        !output.status.success()
            && text(&output.stderr).starts_with("strace: -X takes raw, abbrev or verbose")
    );
}

#[test]
fn sockets_have_protocols() {
    let connect = |options: &[&str]| {
        let tracee = tracee("sockets", ["connect"]);
        let program = tracee.get_program().to_str().expect("a name in UTF-8");
        lines(&[options, &["-qq", "-e", "connect", program, "connect", "127.0.0.1:1"]].concat()).concat()
    };
    assert!(connect(&["-yy"]).starts_with("connect(3<TCP:["), "{}", connect(&["-yy"]));
    assert!(connect(&["-y"]).starts_with("connect(3<socket:["), "{}", connect(&["-y"]));
}

#[test]
fn sockets_have_the_addresses_that_calls_have_told() {
    let tracee = tracee("sockets", ["pair"]);
    let program = tracee.get_program().to_str().expect("a name in UTF-8");
    let all = lines(&["-yy", "-qq", "-e", "trace=%network,close", program, "pair"]);
    let line = |start: &str| all.iter().find(|line| line.starts_with(start)).cloned().unwrap_or_default();
    let number = |pattern: &str, line: &str| {
        let found = Regex::new(pattern).expect("a pattern").captures(line).map(|found| found[1].to_owned());
        found.unwrap_or_else(|| panic!("{pattern} in {line:?}\n{all:#?}"))
    };
    // A port that the kernel chooses is known when it has been asked for.
    number(r"^bind\(3<TCP:\[(\d+)\]>, ", &line("bind(3"));
    number(r"^getsockname\(3<TCP:\[(\d+)\]>, ", &line("getsockname(3"));
    let port = number(r"sin_port=htons\((\d+)\)", &line("getsockname(3"));
    let peer = number(r"sin_port=htons\((\d+)\)", &line("accept4(3"));
    let (listens, connected) =
        (format!("<TCP:[127.0.0.1:{port}]>"), format!("127.0.0.1:{port}->127.0.0.1:{peer}"));
    assert!(line("accept4(3").starts_with(&format!("accept4(3{listens}, ")), "{all:#?}");
    assert!(line("accept4(3").ends_with(&format!("<TCP:[{connected}]>")), "{all:#?}");
    assert!(all.iter().any(|line| line.starts_with("close(") && line.contains(&connected)), "{all:#?}");
}

#[test]
fn the_data_stands_behind_the_line() {
    let printed = |options: &[&str]| {
        lines(
            &[options, &["-qq", "-e", "trace=write", "sh", "-c", "printf 'aZ\\1\\n3456789abcdefg'"]].concat(),
        )
    };
    let dumped = [
        " | 00000  61 5a 01 0a 33 34 35 36  37 38 39 61 62 63 64 65  aZ..3456789abcde |",
        " | 00010  66 67                                             fg               |",
    ];
    assert_eq!(printed(&["-e", "write=1"])[1..], dumped);
    assert_eq!(printed(&["-e", "write=all"])[1..], dumped);
    assert_eq!(printed(&["-e", "write=!2"])[1..], dumped);
    for others in ["write=2", "write=none", "read=1", "write=!1"] {
        assert_eq!(printed(&["-e", others]).len(), 1, "{others}");
    }
    assert!(!strace(&["-e", "write=odd", "true"]).status.success());
    let read =
        lines(&["-qq", "-P", "/etc/hostname", "-e", "trace=read", "-e", "read=3", "cat", "/etc/hostname"]);
    let bytes = fs::read("/etc/hostname").expect("it has a name");
    let first = format!(" | 00000  {:02x} {:02x}", bytes[0], bytes[1]);
    assert!(read[1].starts_with(&first), "{read:#?}");
}

#[test]
fn devices_have_numbers() {
    let all = lines(&["-yy", "-qq", "-e", "read", "cat", "/dev/null"]);
    let last = all.last().expect("a line");
    assert!(last.starts_with("read(3</dev/null<char 1:3>>, \"\", "), "{all:#?}");
    let plain = lines(&["-y", "-qq", "-e", "read", "cat", "/dev/null"]);
    assert!(plain.last().is_some_and(|line| line.starts_with("read(3</dev/null>, ")), "{plain:#?}");
}

#[test]
fn calls_are_chosen_by_how_they_ended() {
    let script = "cd /none; cd /; exit 0";
    let run = |options: &[&str]| {
        let options = [options, &["-qq", "-e", "chdir,exit_group", "sh", "-c", script]].concat();
        let all = lines(&options).into_iter().filter(|line| !line.starts_with("sh:"));
        let name = |line: String| line.split(')').next().unwrap_or_default().to_owned();
        all.map(name).collect::<Vec<_>>()
    };
    let (failed, done, end) = (r#"chdir("/none""#, r#"chdir("/""#, "exit_group(0");
    assert_eq!(run(&[]), [failed, done, end]);
    assert_eq!(run(&["-z"]), [done]);
    assert_eq!(run(&["-Z"]), [failed]);
    assert_eq!(run(&["-e", "status=unfinished"]), [end]);
    assert_eq!(run(&["-e", "status=successful,failed"]), [failed, done]);
    assert_eq!(run(&["-e", "status=!failed"]), [done, end]);
    assert!(!strace(&["-e", "status=odd", "true"]).status.success());
}

#[test]
fn signals_are_chosen_by_name() {
    let run = |set: &str| {
        lines(&["-e", set, "-e", "trace=none", "sh", "-c", "kill -CHLD $$; trap : USR1; kill -USR1 $$"])
    };
    let signals = |set: &str| {
        let all = run(set).into_iter().filter(|line| line.starts_with("---"));
        all.map(|line| line.split(' ').nth(1).unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(signals("signal=all"), ["SIGCHLD", "SIGUSR1"]);
    assert_eq!(signals("signal=CHLD"), ["SIGCHLD"]);
    assert_eq!(signals("signal=!SIGCHLD"), ["SIGUSR1"]);
    assert_eq!(signals("signal=17,10"), ["SIGCHLD", "SIGUSR1"]);
    assert_eq!(run("signal=none"), ["+++ exited with 0 +++"]);
    let wrong = strace(&["-e", "signal=SIGODD", "true"]);
    assert!(text(&wrong.stderr).starts_with("strace: there is no signal `SIGODD`"));
}

#[test]
fn counts_stand_in_a_table() {
    let all = lines(&["-c", "-e", "chdir", "sh", "-c", "cd /; cd /none || cd /"]);
    let all: Vec<_> = all.into_iter().filter(|line| !line.starts_with("sh:")).collect();
    assert_eq!(all[0], "% time     seconds  usecs/call     calls    errors syscall");
    let row = Regex::new(r"^100\.00 +0\.\d{6} +\d+ +3 +1 chdir$").expect("a pattern");
    assert!(row.is_match(&all[2]), "{all:?}");
    assert!(all[4].ends_with(" 3         1 total"), "{all:?}");
    assert_eq!(all.len(), 5);
    let both = lines(&["-C", "-qq", "-e", "chdir", "sh", "-c", "cd /"]);
    assert!(both[0].starts_with(r#"chdir("/")"#) && both[1].starts_with("% time"), "{both:?}");
}

#[test]
fn the_program_has_the_environment_and_the_user_that_are_asked_for() {
    let output = strace(&[
        "-qq",
        "-e",
        "none",
        "-E",
        "GREETING=hello",
        "-E",
        "HOME",
        "sh",
        "-c",
        "echo $GREETING-$HOME-",
    ]);
    assert_eq!(text(&output.stdout), "hello--\n");
    if is_root() && has("id") {
        let output = strace(&["-qq", "-e", "none", "-u", "nobody", "id", "-un"]);
        assert_eq!(text(&output.stdout), "nobody\n", "{}", text(&output.stderr));
    }
    let output = strace(&["-u", "no-such-user", "true"]);
    assert_eq!(text(&output.stderr), "strace: there is no user `no-such-user`\n");
}

#[test]
fn children_are_followed_into_a_file() {
    let dir = tempdir();
    let file = dir.path().join("out");
    let name = file.to_str().expect("a name in UTF-8");
    let quiet = lines(&["-f", "-o", name, "-s", "3", "-e", "execve,write", "sh", "-c", "/bin/echo hello; :"]);
    assert!(quiet.is_empty(), "{quiet:?}");
    let written = fs::read_to_string(&file).expect("it was written");
    let pids: std::collections::BTreeSet<_> =
        written.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(pids.len(), 2, "{written}");
    assert!(written.contains(r#" write(1, "hel"..., 6)"#), "{written}");
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the example traces, and we do not")]
fn a_process_that_runs_is_joined() {
    let mut cat = Command::new("cat");
    cat.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::null());
    let mut cat = cat.spawn().expect("it starts");
    let pid = cat.id().to_string();
    let mut strace = Command::new(example());
    let dir = tempdir();
    let file = dir.path().join("out");
    strace.args(["-e", "write", "-p", &pid, "-o"]).arg(&file);
    let strace = strace.spawn().expect("it starts");
    let traced = || {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.lines().any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0"))
    };
    let begun = std::time::Instant::now();
    while !traced() && begun.elapsed() < std::time::Duration::from_secs(5) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let joined = traced();
    std::io::Write::write_all(&mut cat.stdin.take().expect("a pipe"), b"hello").expect("it reads");
    let status = strace.wait_with_output().expect("it ends").status;
    cat.wait_with_output().expect("it ends");
    if !joined {
        assert!(!status.success());
        return skipped("a process that is no descendant cannot be traced here");
    }
    assert!(status.success());
    let written = fs::read_to_string(&file).expect("it was written");
    assert!(written.starts_with(r#"write(1, "hello", 5)"#), "{written}");
    assert!(written.ends_with("+++ exited with 0 +++\n"), "{written}");
}

#[test]
fn json_is_an_object_a_line() {
    let output = strace(&["-j", "-e", "chdir", "sh", "-c", "cd /"]);
    let first = text(&output.stderr).lines().next().map(str::to_owned).unwrap_or_default();
    if first == "strace: -j wants the feature `serde`" {
        assert!(!output.status.success());
        return skipped("the example was built without the feature `serde`");
    }
    assert!(first.starts_with(r#"{"name":"chdir","number":80,"#) && first.ends_with('}'), "{first}");
}

#[test]
fn what_is_not_understood_is_said() {
    let why = |args: &[&str]| {
        let output = strace(args);
        assert!(!output.status.success());
        text(&output.stderr).lines().next().map(str::to_owned).unwrap_or_default()
    };
    assert_eq!(why(&[]), "strace: no program is given");
    assert_eq!(why(&["-k", "true"]), "strace: there is no option -k");
    assert_eq!(why(&["-s", "long", "true"]), "strace: -s wants a number, not `long`");
    assert_eq!(
        why(&["-e", "opnat", "true"]),
        "strace: no x86_64 system call is called `opnat`; did you mean `openat`?"
    );
    assert_eq!(
        why(&["-e", "inject=x", "true"]),
        "strace: -e takes trace=, signal=, status=, read= or write=, not `inject=`"
    );
}

/// What differs from run to run, and what the oracle explains.
fn compared(lines: &[String]) -> Vec<String> {
    let patterns = [
        (r"\) += ", ") = "),
        (r"0x[0-9a-f]{12}\b", "ADDRESS"),
        // What holds numbers of threads, addresses, or chance.
        (r"\b(set_tid_address|rseq|gettid|getrandom|sched_getaffinity|read)\(.*", "$1"),
        // Where the path does not start there, it is not asked for.
        (r"AT_FDCWD</[^>]*>", "AT_FDCWD"),
        (r"/proc/\d+/", "/proc/PID/"),
        (r"data=\{u32=(\d+), u64=\d+\}", "data=$1"),
    ];
    let one = |line: &String| {
        let patterns = patterns.iter();
        patterns.fold(line.clone(), |line, (what, by)| {
            Regex::new(what).expect("a pattern").replace_all(&line, *by).into_owned()
        })
    };
    lines.iter().map(one).collect()
}

#[test]
fn the_installed_strace_shows_the_same() {
    if !has("strace") || !crate::strace_oracle::is_known_strace() {
        return;
    }
    let tracee = tracee("commands", [""; 0]);
    let program = tracee.get_program().to_str().expect("a name in UTF-8");
    let options: [&[&str]; 17] = [
        &["-x"],
        // Addresses of hosts are no strings.
        &["-xx", "-s", "5", "-e", "trace=!setsockopt,sendto"],
        &["-s", "5", "-e", "trace=sendto"],
        // Terminals have more of their own there.
        &["-X", "raw", "-e", "trace=!ioctl,sendto"],
        &["-e", "read=all", "-e", "write=all", "-e", "trace=sendto,pread64,write"],
        &["-X", "verbose", "-e", "trace=bind,connect,socket,setsockopt"],
        &["-X", "abbrev"],
        &["-z"],
        &["-Z", "-a", "60"],
        &["-e", "status=unfinished"],
        &["-n", "-e", "trace=%file,%memory"],
        &["-y", "-e", "trace=%file,read,close"],
        &["-e", "trace=!%memory,ioctl"],
        &["-P", "/etc/ld.so.cache"],
        &["-q", "-e", "signal=none", "-e", "trace=prctl,seccomp"],
        &["-qq", "-e", "trace=chmod"],
        &["-e", "trace=none"],
    ];
    for options in options {
        let run = |mut command: Command| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            command.env_clear().env("PATH", path).args(options).arg(program);
            let output = command.output().expect("it starts");
            compared(&text(&output.stderr).lines().map(str::to_owned).collect::<Vec<_>>())
        };
        let (ours, theirs) = (run(Command::new(example())), run(Command::new("strace")));
        let pairs = crate::strace_oracle::differing(&theirs, &ours);
        assert!(pairs.is_empty(), "{options:?}: strace and ours: {pairs:#?}");
        assert!(!ours.is_empty());
    }
}
