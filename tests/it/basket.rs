//! A basket of everyday programs: whether all that they pass to the kernel has a name, and where the installed strace says
//! something else. It takes a minute or two, so it is run by hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use expect_syscalls::{Trace, Value};
use regex::Regex;

use crate::strace_oracle::{differing, is_known_strace, prepare, recorded, traced_by_strace};
use crate::vocabulary::*;

/// Run in a directory of their own, with a few files in it. None of them changes anything elsewhere.
const BASKET: [&[&str]; 76] = [
    &["ls", "-laZ", "."],
    &["cat", "words"],
    &["cp", "-a", "sub", "copy"],
    &["mv", "words", "moved"],
    &["rm", "-r", "sub"],
    &["ln", "-s", "words", "link"],
    &["ln", "words", "hard"],
    &["mkdir", "-p", "a/b"],
    &["rmdir", "empty"],
    &["touch", "-d", "2020-01-02", "words"],
    &["chmod", "g+s", "sub"],
    &["chown", "--reference=words", "sub"],
    &["stat", "words"],
    &["stat", "-f", "words"],
    &["df", "."],
    &["du", "-s", "."],
    &["head", "-c", "3", "words"],
    &["tail", "-n", "1", "words"],
    &["sort", "--parallel=2", "words"],
    &["uniq", "words"],
    &["wc", "words"],
    &["cut", "-c1", "words"],
    &["tr", "a", "b"],
    &["seq", "3"],
    &["date"],
    &["env"],
    &["id"],
    &["uname", "-a"],
    &["nproc"],
    &["tee", "out"],
    &["dd", "if=words", "of=out", "bs=4", "conv=fsync"],
    &["truncate", "-s", "100", "words"],
    &["split", "-n", "2", "words"],
    &["shuf", "-i", "1-3"],
    &["mkfifo", "fifo"],
    &["realpath", "sub"],
    &["sha256sum", "words"],
    &["timeout", "5", "true"],
    &["nice", "-n", "5", "true"],
    &["stty"],
    &["tty"],
    &["find", ".", "-type", "f", "-newer", "words"],
    &["find", ".", "-type", "f", "-exec", "cat", "{}", "+"],
    &["xargs", "echo"],
    &["grep", "-r", "pear", "."],
    &["sed", "-i", "s/pear/plum/", "words"],
    &["awk", "{print NR}", "words"],
    &["diff", "words", "sub/one.txt"],
    &["cmp", "words", "sub/one.txt"],
    &["tar", "czf", "all.tgz", "sub", "words"],
    &["gzip", "-k", "words"],
    &["bzip2", "-k", "words"],
    &["xz", "-k", "words"],
    &["flock", "words", "true"],
    &["lsattr", "sub"],
    &["hostname"],
    &["free"],
    &["uptime"],
    &["sh", "-c", "ls / | sort | wc -l"],
    &[
        "sh",
        "-c",
        "seq 4 | xargs -P 2 -n 1 echo; umask; ulimit -a >limits; trap : USR1; kill -USR1 $$; times",
    ],
    &["bash", "-c", "for i in 1 2 3; do echo $i; done | cat; read x < words; echo <(true)"],
    &["git", "init", "-q", "."],
    &[
        "sh",
        "-c",
        // What the commit is called depends on when it is made.
        "export GIT_AUTHOR_DATE='@1 +0000' GIT_COMMITTER_DATE='@1 +0000'; git init -q . && git add words && git -c user.name=a -c user.email=b commit -qm x && git log",
    ],
    &["gcc", "-c", "hello.c"],
    &["sh", "-c", "gcc -o hello hello.c && ./hello"],
    &["make", "-j2"],
    &["ar", "rc", "lib.a", "words"],
    &["objdump", "-h", "/bin/true"],
    &["ldd", "/bin/true"],
    &[
        "python3",
        "-c",
        "import subprocess, threading; subprocess.run(['true']); threading.Thread(target=print).start()",
    ],
    &["python3", "-c", PYTHON_SOCKETS],
    &["python3", "-c", PYTHON_FILES],
    &["perl", "-e", "opendir D, '.'; print readdir D; print `true`; sleep 0; printf '%s', (stat 'words')[7]"],
    &["dpkg-query", "-W", "bash"],
    &["openssl", "rand", "-hex", "4"],
    &["cargo", "--version"],
];

const PYTHON_SOCKETS: &str = "
import os, select, socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 0)); s.listen(); s.settimeout(0.1)
c = socket.create_connection(s.getsockname()); d, _ = s.accept()
c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1); c.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
c.sendall(b'hello'); d.recv(10); c.shutdown(socket.SHUT_WR)
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(('127.0.0.1', 0))
u.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
u.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, bytes([224, 0, 0, 5, 127, 0, 0, 1]))
n = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); n.bind((0, 0))
a, b = socket.socketpair(); a.sendall(b'hi'); b.recv(5); socket.send_fds(a, [b'x'], [0])
e = select.epoll(); e.register(a, select.EPOLLOUT); e.poll(1)
p = select.poll(); p.register(b); p.poll(1); select.select([b], [a], [], 1)
";

const PYTHON_FILES: &str = "
import fcntl, mmap, os, resource, signal, tempfile
f = open('words', 'r+'); fcntl.flock(f, fcntl.LOCK_EX); fcntl.lockf(f, fcntl.LOCK_EX); fcntl.fcntl(f, fcntl.F_GETFL)
m = mmap.mmap(-1, 4096); m.write(b'x'); m.madvise(mmap.MADV_DONTNEED)
os.memfd_create('m'); os.eventfd(0); os.sched_getaffinity(0); os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_NORMAL)
os.posix_fallocate(f.fileno(), 0, 100); os.statvfs('.'); os.times(); os.chmod('words', 0o100600); os.umask(0o22)
resource.getrlimit(resource.RLIMIT_NOFILE); resource.getrusage(resource.RUSAGE_SELF)
signal.signal(signal.SIGUSR1, lambda *a: None); os.kill(os.getpid(), signal.SIGUSR1); signal.setitimer(signal.ITIMER_REAL, 10)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT]); signal.sigtimedwait([signal.SIGUSR2], 0.01)
a, b = os.pipe2(os.O_CLOEXEC); os.write(b, b'x'); os.read(a, 1); os.rename('words', 'other'); os.utime('other', (1, 2))
";

/// Numbers that are nothing else: the call, the argument or field, why.
const NUMBERS: [(&str, &str, &str); 9] = [
    ("statfs", "val", "an identifier"),
    ("fstatfs", "val", "an identifier"),
    ("futex", "val3", "a mask; the text names the one of all bits"),
    ("set_mempolicy", "nodemask", "a mask of nodes"),
    ("prctl", "arg2", "programs ask for capabilities until there are none"),
    ("rt_sigaction", "sa_flags", "a program that fills the upper half too"),
    ("rseq", "sig", "a signature that the program makes up"),
    ("epoll_ctl", "data", "the program's own"),
    ("epoll_wait", "data", "the program's own"),
];

/// What the installed strace is known to print in another way, by the beginning of its line.
const OTHERWISE: [(&str, &str); 11] = [
    ("epoll_ctl(N, EPOLL_CTL_ADD, N, {events=", "the data is one word in later versions"),
    ("epoll_ctl(N, EPOLL_CTL_MOD, N, {events=", "the data is one word in later versions"),
    ("epoll_wait(N, [{events=", "the data is one word in later versions"),
    ("rt_sigprocmask(", "when a child ends is the scheduler's"),
    ("wait4(", "when a child ends is the scheduler's"),
    ("rt_sigreturn(", "when a child ends is the scheduler's"),
    ("futex(", "who waits for whom is the scheduler's"),
    ("times(", "another run has other times"),
    ("sendto(N, [{nlmsg_len", "attributes of netlink messages are bytes here"),
    ("recvmsg(N, {msg_name={sa_family=AF_NETLINK", "attributes of netlink messages are bytes here"),
    ("setsockopt(N, SOL_IPV6", "the names of interfaces are the machine's"),
];

#[test]
#[ignore = "takes minutes"]
fn everything_has_a_name() {
    let mut nameless = BTreeMap::new();
    let mut programs = 0;
    for words in BASKET.into_iter().filter(|words| has(words[0])) {
        let dir = tempdir();
        programs += 1;
        find_nameless(&record(prepared(words, dir.path())), &mut nameless);
    }
    let text: Vec<String> = nameless.into_iter().map(|(what, line)| format!("{what}\n    {line}")).collect();
    assert!(text.is_empty(), "shown as numbers:\n{}", text.join("\n"));
    assert!(programs > 40, "{programs} programs of the basket are there");
}

#[test]
#[ignore = "takes minutes"]
fn the_installed_strace_says_the_same() {
    if !has("strace") || !is_known_strace() {
        return;
    }
    let mut causes: BTreeMap<String, (u32, String)> = BTreeMap::new();
    for words in BASKET.into_iter().filter(|words| has(words[0])) {
        let (ours, theirs) = (tempdir(), tempdir());
        let command = |dir: &Path| prepared(words, dir);
        let (ours, theirs) = (
            recorded(command(ours.path()), ours.path()),
            traced_by_strace(command(theirs.path()), theirs.path()),
        );
        for (theirs, ours) in theirs.iter().zip(&ours) {
            // A call that only one of them made is another run, not another text.
            let pairs = differing(theirs, ours).into_iter();
            for (theirs, ours) in pairs.filter(|(theirs, ours)| !theirs.is_empty() && !ours.is_empty()) {
                if let Some(cause) = cause(&theirs, &ours) {
                    let example = format!(
                        "{}:\n      strace {theirs}\n      ours   {ours}",
                        words.join(" ").trim().lines().next().unwrap_or_default()
                    );
                    causes.entry(cause).or_insert((0, example)).0 += 1;
                }
            }
        }
    }
    let text: Vec<String> = causes
        .into_iter()
        .map(|(cause, (count, example))| format!("{count:>4} x {cause}\n  {example}"))
        .collect();
    assert!(text.is_empty(), "{} causes:\n{}", text.len(), text.join("\n"));
}

fn prepared(words: &[&str], dir: &Path) -> Command {
    let command = prepare(words, dir);
    fs::write(dir.join("hello.c"), "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n")
        .expect("a file");
    fs::write(dir.join("Makefile"), "all: one two\none two:\n\techo $@ > $@\n").expect("a file");
    fs::create_dir(dir.join("empty")).expect("a directory");
    command
}

fn find_nameless(trace: &Trace, found: &mut BTreeMap<String, String>) {
    for call in trace.calls() {
        for argument in call.args() {
            let mut note = |name: &str, why: &str| {
                let known = NUMBERS.iter().any(|known| known.0 == call.name() && known.1 == name);
                if !known {
                    found
                        .entry(format!("{}: {name}: {why}", call.name()))
                        .or_insert_with(|| call.to_string());
                }
            };
            nameless(argument.name(), argument.value(), &mut note);
            let of_a_command =
                matches!(argument.name(), "arg" | "optval" | "arg2" | "arg3" | "arg4" | "arg5");
            let succeeded = !call.to_string().contains(") = -1 ");
            if let (Value::Address(1..), true, true) = (argument.value(), of_a_command, succeeded) {
                note(argument.name(), "an address that nobody follows");
            }
        }
    }
}

/// Bits and values without a name, and words that nobody decodes.
fn nameless(name: &str, value: &Value, note: &mut impl FnMut(&str, &str)) {
    match value {
        Value::Flags(_) | Value::Enumeration(_) => {
            let text = value.to_string();
            if text.contains("???") || text.contains("|0x") {
                note(name, &text);
            }
        }
        Value::Hex(1..) => note(name, "a word"),
        Value::Struct(structure) => {
            structure.fields().iter().for_each(|field| nameless(field.name(), field.value(), note));
        }
        Value::Changed(before, after) => {
            nameless(name, before, note);
            nameless(name, after, note);
        }
        other => other.items().iter().for_each(|item| nameless(name, item, note)),
    }
}

/// In what two lines of the same call differ, without the numbers of this run; `None` where that is known.
fn cause(theirs: &str, ours: &str) -> Option<String> {
    let number = Regex::new(r"\b\d+\b|\bPID\d+\b|\bADDRESS\b").expect("a pattern");
    let plain = |line: &str| number.replace_all(line, "N").into_owned();
    let (theirs, ours) = (plain(theirs), plain(ours));
    let name = |line: &str| line.split('(').next().unwrap_or_default().to_owned();
    let result = |line: &str| line.rsplit(") = ").next().unwrap_or_default().to_owned();
    // Another run had another result, or other data.
    let strings = Regex::new(r#""([^"\\]|\\.)*"(\.\.\.)?"#).expect("a pattern");
    let without = |line: &str| strings.replace_all(line, "S").into_owned();
    if name(&theirs) != name(&ours) || result(&theirs) != result(&ours) || without(&theirs) == without(&ours)
    {
        return None;
    }
    if OTHERWISE.iter().any(|(known, _)| theirs.starts_with(known)) {
        return None;
    }
    // Of which thread malloc makes an arena first is chance.
    let is_arena = |line: &str| line.starts_with("mmap(") && line.contains("MAP_NORESERVE");
    if is_arena(&theirs) != is_arena(&ours) {
        return None;
    }
    let parts = |line: &str| line.split(", ").map(str::to_owned).collect::<Vec<_>>();
    let (theirs, ours_parts) = (parts(&theirs), parts(&ours));
    let at = theirs.iter().zip(&ours_parts).position(|(theirs, ours)| theirs != ours).unwrap_or(0);
    let part = |parts: &[String]| parts.get(at).cloned().unwrap_or_default();
    Some(format!("{}: {} / {}", name(&ours), part(&theirs), part(&ours_parts)))
}
