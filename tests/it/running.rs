//! Programs that run while the test goes on: waited for, signalled, looked at, attached to and let go.
#![allow(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    reason = "children of the test that are not its tracees are waited for as ever"
)]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use expect_syscalls::{BlindSpot, Record, Running, Tracer, Value, call, family, under};
use regex::Regex;

use crate::vocabulary::*;

/// In which everything that happens at all has happened.
const SOON: Duration = Duration::from_secs(60);
/// In which nothing that would be wrong happens, most likely.
const SHORT: Duration = Duration::from_millis(50);

fn server() -> Running {
    tracer().spawn(tracee("patient", ["serve"])).expect("it runs")
}

/// The connection to a server that listens.
fn connect(running: &mut Running) -> TcpStream {
    running.wait_for(call!("write", fd = 1).ok(), SOON).expect("it tells its address");
    let address = text(running.trace_so_far().stdout());
    TcpStream::connect(address.trim()).expect("it listens")
}

/// The server's answer to a line.
fn say(stream: &TcpStream, line: &str) -> String {
    let mut stream = stream;
    writeln!(stream, "{line}").expect("it reads");
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).expect("it answers");
    answer
}

#[test]
fn a_server_is_waited_for_talked_to_and_stopped() {
    let mut running = server();
    running.wait_for(call!("listen").ok(), SOON).expect("it listens");
    let stream = connect(&mut running);
    let accepted = running.wait_for(family::network().ok(), SOON).expect("calls made before count too");
    assert_eq!(accepted.name(), "socket");
    assert_eq!(say(&stream, "hello"), "you said hello\n");
    assert_eq!(say(&stream, "quit"), "you said quit\n");
    let trace = running.finish().expect("it ends");
    trace.success().in_order([call!("listen").ok(), call!("accept4").ok(), call!("sendto").or("write").ok()]);
    trace.never("connect").never(family::spawn());
    assert!(trace.try_never("accept4").is_err());
}

#[test]
fn each_call_is_returned_once_in_the_order_of_the_calls() {
    let mut running = tracer().spawn(sh("cd /; cd /tmp; cd /usr; read never < /dev/zero")).expect("it runs");
    let mut chdir = || running.wait_for(call!("chdir").ok(), SOON).expect("it is made").to_string();
    assert_eq!(
        [chdir(), chdir(), chdir()].join(" "),
        r#"chdir("/") = 0 chdir("/tmp") = 0 chdir("/usr") = 0"#
    );
    running.wait_for(call!("chdir", path = "/usr"), SHORT).expect_err("it was returned");
}

#[test]
fn a_call_counts_when_it_is_known_to_match() {
    let mut running = server();
    let entered = running.wait_for("accept4", SOON).expect("it waits for a connection");
    assert_eq!(entered.outcome(), &expect_syscalls::Outcome::Unfinished);
    running.wait_for(call!("accept4").ok(), SHORT).expect_err("nobody connects");
    let _stream = connect(&mut running);
    let mut again = server();
    let _stream = connect(&mut again);
    let returned = again.wait_for(call!("accept4").ok(), SOON).expect("somebody connects");
    assert!(returned.to_string().contains("127.0.0.1"), "{returned}");
}

#[test]
fn what_did_not_come_in_time_is_told_with_what_came() {
    let mut running = tracer().spawn(sh("cd /; cd /nowhere; exec sleep 1000")).expect("it runs");
    running.wait_for("clock_nanosleep", SOON).expect("it sleeps");
    let error = running.wait_for(call!("chdir", path = "/usr").ok(), SHORT).expect_err("it does not");
    assert!(error.is_timeout());
    error.trace().expect("what was recorded").contains(call!("chdir", path = "/"));
    check(
        &settled(&error.to_string()),
        r#"
no call matches within 50ms: chdir(path = "/usr") = ok
  [N] calls were made, 2 of them by that name
    main  chdir("/") = 0
    main  chdir("/nowhere") = -1 ENOENT (No such file or directory)
  main (sleep 1000): for [TIME] in clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=1000, tv_nsec=0}, [ADDRESS]) = ?
"#
        .trim_start(),
    );
}

#[test]
fn a_program_that_has_ended_is_not_waited_for() {
    let mut running = tracer().spawn(sh("echo no such port >&2; exit 3")).expect("it runs");
    let error = running.wait_for(call!("listen").ok(), SOON).expect_err("it gives up");
    assert!(!error.is_timeout());
    check(
        &settled(&error.to_string()),
        "no call matches, and the program has ended: listen = ok
  [N] calls were made, 0 of them by that name
  the program ended with exit status: 3
  stderr: no such port",
    );
    running.finish().expect("it ended").code(3);
}

/// Without what differs from run to run.
fn settled(text: &str) -> String {
    let text = Regex::new(r"\d+ calls were").expect("a pattern").replace(text, "[N] calls were");
    let text = Regex::new(r"0x[0-9a-f]+").expect("a pattern").replace_all(&text, "[ADDRESS]").into_owned();
    Regex::new(r"for [\d.]+\S?s ").expect("a pattern").replace_all(&text, "for [TIME] ").into_owned()
}

#[test]
fn a_signal_of_the_tests_own_is_no_early_end() {
    for (asked, passes) in [(true, true), (false, false)] {
        let mut running = tracer().spawn(program("sleep", ["1000"])).expect("it runs");
        running.wait_for("clock_nanosleep", SOON).expect("it sleeps");
        if asked {
            running.signal("SIGTERM").expect("it runs");
        } else {
            // SAFETY: kill takes numbers only.
            assert_eq!(unsafe { libc::kill(running.pid() as i32, libc::SIGTERM) }, 0);
        }
        let trace = running.finish().expect("it ends");
        assert_eq!(trace.try_never("connect").is_ok(), passes);
        trace.signal("SIGTERM").never("connect");
    }
}

#[test]
#[should_panic(expected = "no signal is called `SIGTREM`; did you mean `SIGTERM`?")]
fn a_misspelt_signal_is_refused() {
    let _ = server().signal("SIGTREM");
}

#[test]
fn who_has_ended_takes_no_signal() {
    let mut running = tracer().spawn(program("true", [""; 0])).expect("it runs");
    running.wait_for("connect", SOON).expect_err("it ends");
    let error = running.signal("SIGTERM").expect_err("it has ended");
    assert_eq!(error.to_string(), "cannot signal the program: No such process (os error 3)");
}

#[test]
fn a_look_in_between_sees_what_was_and_asserts_nothing_that_may_come() {
    let mut running = server();
    running.wait_for("accept4", SOON).expect("it waits");
    let trace = running.trace_so_far();
    assert!(text(trace.stdout()).starts_with("127.0.0.1:"), "{}", text(trace.stdout()));
    trace.contains(call!("listen").ok());
    let cannot_tell = trace.try_never("connect").expect_err("it runs");
    assert!(cannot_tell.is_inconclusive());
    let report = settled(&cannot_tell.to_string());
    assert!(report.contains("for [TIME] in accept4("), "{report}");
    assert_eq!(blind_spots(&trace), [BlindSpot::Running]);
    trace.allowing(BlindSpot::Running).never("connect");
    assert!(trace.allowing(BlindSpot::Running).try_never("listen").is_err());
    let stream = connect(&mut running);
    say(&stream, "quit");
    running.finish().expect("it ends").success().never("connect");
}

#[test]
fn what_was_written_is_there_once_the_write_is() {
    for _ in 0..20 {
        let mut running = tracer().spawn(sh("echo hello; exec sleep 1000")).expect("it runs");
        running.wait_for(call!("write", buf = "hello\n").ok(), SOON).expect("it writes");
        assert_eq!(running.trace_so_far().stdout(), b"hello\n");
    }
}

#[test]
fn a_missing_program_is_told_at_once() {
    let error = tracer().spawn(program("/no/such/program", [""; 0])).expect_err("it is missing");
    assert!(error.is_spawn_failure());
    assert!(error.to_string().contains("/no/such/program"), "{error}");
}

#[test]
fn the_timeout_counts_from_the_start() {
    let tracer = Tracer::new().timeout(Duration::from_millis(300));
    let running = tracer.spawn(program("sleep", ["1000"])).expect("it runs");
    let error = running.finish().expect_err("it takes too long");
    assert!(error.is_timeout());
    assert!(error.to_string().contains("\n  main (sleep 1000): "), "{error}");
    error.trace().expect("what was recorded").contains("execve");
}

#[test]
fn dropped_it_is_gone_with_all_it_started() {
    let mut running = tracer().spawn(sh("setsid sleep 1000 & exec sleep 1000")).expect("it runs");
    running.wait_for("clock_nanosleep", SOON).expect("one sleeps");
    running.wait_for("clock_nanosleep", SOON).expect("the other sleeps");
    let pids: Vec<u32> = running.trace_so_far().processes().map(expect_syscalls::Process::pid).collect();
    assert_eq!(pids.len(), 2);
    drop(running);
    for pid in pids {
        let state = field(pid, "State:");
        assert!(state.is_none_or(|state| state.starts_with(['Z', 'X'])), "{pid} is alive");
    }
}

/// Waits until a process is in this state: on its way there, it runs.
#[track_caller]
fn comes_to(pid: u32, state: &str) {
    let begun = Instant::now();
    while field(pid, "State:").as_deref() != Some(state) {
        assert!(begun.elapsed() < SOON, "{:?}", field(pid, "State:"));
        std::thread::yield_now();
    }
}

/// A line of proc_pid_status(5).
fn field(pid: u32, key: &str) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    text.lines().find_map(|line| line.strip_prefix(key)).map(|rest| rest.trim().to_owned())
}

/// A program that the test started without us, and talks to.
struct Obedient {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Obedient {
    fn start() -> Obedient {
        let mut command = tracee("patient", ["obey"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
        let stdin = child.stdin.take().expect("it is a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let mut obedient = Obedient { child, stdin, stdout };
        assert_eq!(obedient.hear(), "ready\n");
        obedient
    }

    fn tell(&mut self, who: &str, dir: &Path) {
        writeln!(self.stdin, "{who} {}", dir.display()).expect("it reads");
        assert_eq!(self.hear(), "done\n");
        assert!(dir.is_dir());
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("it answers");
        line
    }

    fn end(mut self) -> std::process::ExitStatus {
        drop(self.stdin);
        self.child.wait().expect("it ends")
    }
}

/// Attaches, or says why that cannot be tested here.
fn attach(tracer: &Tracer, pid: u32) -> Option<Running> {
    match tracer.attach(pid) {
        Ok(running) => Some(running),
        Err(error) if error.to_string().contains("ptrace_scope=1") => {
            skipped(&error.to_string());
            None
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_process_that_runs_is_joined_with_its_threads_and_left_again() {
    let room = tempdir();
    let dir = |name: &str| room.path().join(name);
    let mut obedient = Obedient::start();
    let pid = obedient.child.id();
    obedient.tell("main", &dir("before"));
    let Some(mut running) = attach(&tracer(), pid) else { return };
    assert_eq!(running.pid(), pid);
    for who in ["main", "thread", "child"] {
        obedient.tell(who, &dir(who));
        let made = running.wait_for(call!("mkdir", path = &dir(who)).ok(), SOON).expect("it is seen");
        let by = [("main", "main"), ("thread", "main.t1"), ("child", "main.c1")];
        assert!(by.contains(&(who, made.thread())), "{who}: {}", made.thread());
    }
    let trace = running.detach();
    obedient.tell("thread", &dir("after"));
    assert_eq!(field(pid, "TracerPid:").as_deref(), Some("0"));
    assert!(obedient.end().success());
    assert_eq!(trace.count(call!("mkdir").ok()), 3);
    assert!(trace.root().processes().next().is_some_and(|it| it.program().ends_with("patient")));
    let cannot_tell = trace.try_never("connect").expect_err("it was not seen from the beginning to the end");
    check(
        cannot_tell.to_string().split("  program").next().unwrap_or_default(),
        &format!(
            "cannot tell: none of {0} recorded calls matches, but such calls could have been made unseen
  never     connect
  searched  the whole trace: {0} calls in 2 processes, 0 named connect
  because   the program ran already when the recording began
            the program went on when it was let go, and was not seen any more
  either    Tracer::spawn, and Running::finish: from the beginning to the end
  or        t.allowing(BlindSpot::Attached): accept it knowingly",
            trace.calls().count()
        ),
    );
    trace.allowing(BlindSpot::Attached).never("connect").contains(call!("mkdir", path = &dir("main")));
}

#[test]
fn the_end_of_a_process_that_was_joined_is_seen() {
    let Obedient { child, stdin, .. } = Obedient::start();
    let Some(running) = attach(&tracer(), child.id()) else { return };
    drop(stdin);
    let trace = running.finish().expect("it ends");
    trace.success();
    assert_eq!(blind_spots(&trace), [BlindSpot::Attached]);
}

#[test]
fn neither_timeout_nor_drop_harms_what_was_there_before() {
    let room = tempdir();
    let mut obedient = Obedient::start();
    let pid = obedient.child.id();
    let Some(running) = attach(&tracer().timeout(SHORT), pid) else { return };
    let error = running.finish().expect_err("it does not end");
    assert!(error.is_timeout());
    assert_eq!(field(pid, "TracerPid:").as_deref(), Some("0"));
    obedient.tell("main", &room.path().join("a"));
    drop(attach(&tracer(), pid));
    assert_eq!(field(pid, "TracerPid:").as_deref(), Some("0"));
    obedient.tell("thread", &room.path().join("b"));
    let running = attach(&tracer().call_limit(1), pid);
    obedient.tell("child", &room.path().join("c"));
    let error = running.expect("as before").finish().expect_err("that is more than one call");
    let text = error.to_string();
    let first =
        "more than 1 calls were made, and the recording was ended; Tracer::call_limit sets the limit\n";
    assert!(text.starts_with(first) && text.contains("\n  most calls: "), "{text}");
    obedient.tell("main", &room.path().join("d"));
    assert!(obedient.end().success());
}

#[test]
fn what_is_let_go_stays_in_the_state_it_is_in() {
    let mut running = tracer().capture(false).spawn(sh("kill -STOP $$; exec sleep 1000")).expect("it runs");
    running.wait_for(call!("kill").ok(), SOON).expect("it stops itself");
    let pid = running.pid();
    running.wait_for("clock_nanosleep", SHORT).expect_err("it is stopped");
    running.detach().contains(call!("kill"));
    comes_to(pid, "T (stopped)");
    assert_eq!(field(pid, "TracerPid:").as_deref(), Some("0"));
    // Stopped it can be joined, goes on under trace, and is let go asleep.
    let Some(mut running) = attach(&tracer(), pid) else { return kill(pid) };
    running.wait_for("execve", SHORT).expect_err("it is stopped");
    running.signal("SIGCONT").expect("it is there");
    running.wait_for("clock_nanosleep", SOON).expect("it goes on");
    running.detach().contains("execve");
    comes_to(pid, "S (sleeping)");
    kill(pid);
}

#[test]
fn a_program_that_is_let_go_finds_its_streams_open() {
    let mut running = server();
    let stream = connect(&mut running);
    let pid = running.pid();
    running.detach().contains("listen");
    assert_eq!(field(pid, "TracerPid:").as_deref(), Some("0"));
    assert_eq!(say(&stream, "quit"), "you said quit\n");
    kill(pid);
}

/// Kills a child of ours that nobody else waits for.
fn kill(pid: u32) {
    // SAFETY: these take numbers, and no status is asked for.
    unsafe {
        libc::kill(pid as i32, libc::SIGKILL);
        libc::waitpid(pid as i32, std::ptr::null_mut(), 0);
    }
}

#[test]
fn who_cannot_be_attached_to_is_told_why() {
    let refused = |pid: u32| tracer().attach(pid).expect_err("it cannot be traced").to_string();
    let own = std::process::id();
    check(
        &refused(own),
        &format!(
            "cannot attach to pid {own}: a process cannot trace itself: attach to another \
             [PTRACE_SEIZE: Operation not permitted (os error 1)]"
        ),
    );
    let mut gone = program("true", [""; 0]).spawn().expect("it runs");
    gone.wait().expect("it ends");
    let pid = gone.id();
    check(
        &refused(pid),
        &format!(
            "cannot attach to pid {pid}: there is no process {pid}, or it has ended \
             [PTRACE_SEIZE: No such process (os error 3)]"
        ),
    );
    let mut running = tracer().spawn(program("sleep", ["1000"])).expect("it runs");
    running.wait_for("clock_nanosleep", SOON).expect("it sleeps");
    let text = refused(running.pid());
    assert!(text.contains("`sleep` is traced already, by `tracer` (pid "), "{text}");
    assert!(tracer().attach(running.pid()).expect_err("it is traced").is_refused());
}

/// Observers see paths as the trace will have them, also where the calls that say so are left out.
#[test]
fn paths_in_a_root_of_its_own_have_that_root_in_front_while_it_runs() {
    let dir = tempdir();
    let removed = dir.path().join("x");
    let waits = || as_root(tracee("habits", ["chroot_and_wait".as_ref(), dir.path().as_os_str()]));
    let removes = || call!("unlink", path = &*removed).ok();
    fs::write(&removed, "").expect("a file");
    let filter = || tracer().only(["unlink", "clock_nanosleep"]);
    let mut running = filter().spawn(waits()).expect("it runs");
    if let Err(error) = running.wait_for("clock_nanosleep", SOON) {
        return skipped(&format!("no root can be changed here: {error}"));
    }
    running.wait_for(removes(), SHORT).expect("it was removed in its root");
    let trace = running.trace_so_far();
    trace.contains(removes());
    let outside = call!("unlink", path = under("/x"));
    assert!(trace.try_contains(outside).is_err(), "it was not this one");
    drop(running);

    fs::write(&removed, "").expect("a file");
    let (sender, paths) = mpsc::channel();
    let streamed = filter().timeout(Duration::from_secs(3)).stream(waits(), move |record| {
        let Record::Call(call) = record else { return };
        if let Some(path) = call.arg("path").and_then(Value::as_path) {
            sender.send(path.into_owned()).expect("somebody listens");
        }
    });
    assert!(streamed.expect_err("it waits").is_timeout());
    assert!(paths.iter().any(|path| path == removed), "it was removed in its root");
}
