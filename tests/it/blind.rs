//! What a recording leaves out, it says; and a setting that hides nothing hides nothing.

use std::path::Path;
use std::process::Command;
use std::sync::mpsc;

use expect_syscalls::{BlindSpot, Record, Tracer, call, family as calls_of, file, has_item, under};
use regex::Regex;

use crate::vocabulary::*;

#[test]
fn a_filter_keeps_what_it_names_and_answers_for_nothing_else() {
    let all = record(sh("cat /etc/hostname; exit 3"));
    let trace = Tracer::new().only(["openat"]).run(sh("cat /etc/hostname; exit 3"));
    assert!(trace.calls().all(|call| call.name() == "openat"));
    assert_eq!(trace.count("openat"), all.count("openat"));
    assert_eq!((trace.stdout(), trace.status()), (all.stdout(), all.status()));
    assert_eq!(family(&trace), family(&all));
    assert_eq!(blind_spots(trace.code(3)), [BlindSpot::Filter]);

    trace.never(call!("openat", path = "/no/such/file"));
    trace.process("cat").contains(call!("openat", path = "/etc/hostname"));
    let refusal = trace.try_never("connect").map(drop).expect_err("it was not recorded");
    assert!(refusal.is_inconclusive() && refusal.to_string().contains("only"), "{refusal}");
}

#[test]
fn a_ring_is_seen_behind_a_filter_and_can_be_refused() {
    let ring = || tracee("paths", ["ring", "/"]);
    if !stdout(&record(ring())).starts_with("a ring") {
        return skipped("this machine has no io_uring");
    }
    for tracer in [Tracer::new(), Tracer::new().only([calls_of::open()])] {
        let trace = tracer.run(ring());
        assert!(trace.blind_spots().contains(&BlindSpot::IoUring));
        let refusal = trace
            .try_never(call!("openat", path = "/no/such/file"))
            .map(drop)
            .expect_err("a ring opens files");
        assert!(refusal.is_inconclusive(), "{refusal}");
        trace.allowing(BlindSpot::IoUring).never(call!("openat", path = "/no/such/file"));
    }
    let trace = Tracer::new().io_uring(false).run(ring());
    assert_eq!(stdout(&trace), "Function not implemented (os error 38)\n");
    assert!(!trace.blind_spots().contains(&BlindSpot::IoUring));
    trace.never(call!("openat", path = "/no/such/file"));
}

/// A file that a program opens itself counts by that, and one that it inherits may have been changed.
#[test]
fn what_is_asked_of_io_submit_is_hidden_and_nothing_else() {
    let dir = tempdir();
    let saves = || tracee("paths", ["save_by_requests".as_ref(), dir.path().as_os_str()]);
    if stdout(&record(saves())).starts_with("Function not implemented") {
        return skipped("this machine has no io_submit");
    }
    let fsync = || call!("fsync").or(call!("fdatasync"));
    for tracer in [tracer(), tracer().only([calls_of::write(), calls_of::sync(), calls_of::rename()])] {
        let trace = tracer.run(saves());
        let spots = blind_spots(trace.success());
        assert!(spots.contains(&BlindSpot::Aio), "{spots:?}");
        unsure(trace.try_never(fsync()), "asked for fsync");
        unsure(trace.try_never(call!("pwrite64", fd = file(dir.path().join("new")))), "asked for write");
        trace.never("sync").never("syncfs").allowing(BlindSpot::Aio).never(fsync());
    }
    let trace = record(saves());
    trace.success().never(calls_of::read().on("/no/such/file")).connections().none();
    trace.files_written().only(under(dir.path()));
    trace.files_read().never("/no/such/file");

    let asks = |case: &str| {
        let mut command = tracee("paths", [case, "/"]);
        let open = std::fs::OpenOptions::new().read(true).write(true).open(dir.path().join("saved"));
        command.stdin(open.expect("it was saved"));
        record(command)
    };
    let written = asks("submit");
    unsure(written.success().files_written().try_none(), "asked for write");
    written.files_read().never("/no/such/file");
    let read = asks("submit_reads");
    read.success().files_written().none();
    unsure(read.files_read().try_never("/no/such/file"), "asked for read");
}

#[test]
fn a_request_on_an_inherited_socket_is_network() {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().expect("a pair of sockets");
    let mut command = tracee("paths", ["submit", "/"]);
    command.stdin(std::os::fd::OwnedFd::from(theirs));
    let trace = record(command);
    if stdout(&trace).starts_with("Function not implemented") {
        return skipped("this machine has no io_submit");
    }
    drop(ours);
    unsure(trace.success().try_never(calls_of::network()), "io_submit(");
    unsure(trace.connections().try_none(), "a socket that no recorded call made");
}

#[test]
fn where_the_calls_that_use_it_are_left_out_an_inherited_socket_is_enough() {
    let copies = || {
        let (mut ours, theirs) = std::os::unix::net::UnixStream::pair().expect("a pair of sockets");
        std::io::Write::write_all(&mut ours, b"contents").expect("it is sent");
        let mut command = tracee("paths", ["copy", "/"]);
        command.stdin(std::os::fd::OwnedFd::from(theirs));
        command
    };
    let remedy = "add family::read() and family::write() to Tracer::only(..)";
    let trace = tracer().only([calls_of::network()]).run(copies());
    assert_eq!(trace.stdout(), b"contents");
    unsure(trace.success().try_never(calls_of::network()), remedy);
    unsure(trace.connections().try_none(), "0<socket:[");
    trace.allowing(BlindSpot::PassedSocket).never(calls_of::network()).connections().none();

    let all = [calls_of::network(), calls_of::read(), calls_of::write()];
    let refusal = tracer().only(all).run(copies()).success().try_never(calls_of::network()).map(drop);
    let text = refusal.expect_err("it was used").to_string();
    assert!(text.contains("read(0, ") && !text.contains(remedy), "{text}");

    // There is none, and one that is made here is none.
    let only = || tracer().only([calls_of::network()]).stdin("");
    only().run(tracee("paths", ["copy", "/"])).success().never(calls_of::network()).connections().none();
    let trace = only().run(tracee("passing", ["hand_over_socket", "/"]));
    assert_eq!(blind_spots(trace.success()), [BlindSpot::Filter]);
    trace.connections().only("127.0.0.1");
}

#[track_caller]
fn unsure<T>(result: Result<T, expect_syscalls::Mismatch>, phrase: &str) {
    let refusal = result.map(drop).expect_err("nobody can tell");
    assert!(refusal.is_inconclusive() && refusal.to_string().contains(phrase), "{refusal}");
}

#[test]
fn an_end_that_nobody_expected_is_a_blind_spot() {
    let trace = record(sh("kill -SEGV $$"));
    assert!(trace.try_never("connect").map(drop).expect_err("what would it have done").is_inconclusive());
    trace.signal("SIGSEGV").never("connect");

    let failed = record(sh("exit 3"));
    assert!(failed.try_never("connect").map(drop).expect_err("it failed").is_inconclusive());
    failed.code(3).never("connect");

    let broken =
        Tracer::new().call_limit(10).try_run(Command::new("ls")).map(drop).expect_err("it makes more");
    let trace = broken.trace().expect("what there was");
    assert!(trace.blind_spots().contains(&BlindSpot::Limit));
    assert!(trace.try_never("connect").map(drop).expect_err("it was not finished").is_inconclusive());
}

#[test]
fn a_buffer_beyond_its_limit_cannot_be_asked() {
    let writes = || sh("echo 0123456789");
    let trace = Tracer::new().buffer_limit(4).run(writes());
    let write = trace.matching(call!("write", fd = 1)).next().expect("it writes");
    assert_eq!(write.arg("buf").and_then(|buf| buf.as_bytes()), Some(&b"0123"[..]));
    assert!(write.to_string().contains("\"0123\"..., 11) = 11"), "{write}");
    assert!(
        trace
            .try_never(call!("write", buf = "0123456789\n"))
            .map(drop)
            .expect_err("it may be")
            .is_inconclusive()
    );
    trace.never(call!("write", buf = "9"));
    // Paths are always whole.
    let trace = Tracer::new().buffer_limit(0).run(sh("cat /etc/hostname"));
    trace.contains(call!("openat", path = "/etc/hostname"));

    let whole = record(writes());
    whole.contains(call!("write", buf = "0123456789\n"));
    assert_eq!(whole.stdout(), b"0123456789\n");
}

#[test]
fn a_stream_is_the_trace_as_it_comes_about() {
    let (sender, receiver) = mpsc::channel();
    let trace = tracer()
        .stream(sh("echo x | cat; sh -c 'kill -TERM $$'; exit 3"), move |record| {
            let line = match record {
                Record::Call(call) => call.to_string(),
                Record::Mark(mark) => mark.to_string(),
                other => panic!("{other:?}"),
            };
            sender.send(line).expect("somebody listens");
        })
        .expect("it runs");
    assert_eq!(trace.status().code(), Some(3));
    let streamed: Vec<_> = receiver.into_iter().collect();
    let mut expected: Vec<_> = trace.calls().map(ToString::to_string).collect();
    expected.extend(trace.marks().map(ToString::to_string));
    assert!(streamed[0].starts_with("execve("), "{}", streamed[0]);
    assert!(streamed.last().is_some_and(|last| last == "+++ exited with 3 +++"), "{streamed:?}");
    let (mut streamed, mut all) = (streamed, expected);
    streamed.sort();
    all.sort();
    check(&streamed.join("\n"), &all.join("\n"));
}

#[test]
fn a_transcript_repeats() {
    let dir = Path::new("/");
    let run = || {
        let mut command = sh("cat /etc/hostname > /dev/null; exit 3");
        command.current_dir(dir);
        transcript(&tracer().hermetic().try_run(&mut command).expect("it runs"))
    };
    // Which of two processes is first is the scheduler's, and so is what a handler returns to. Random bytes are random,
    // and a busy machine charges a tick to whoever runs when it comes.
    let varies = Regex::new(r#"(getrandom\(|rt_sigreturn\(.*\) = |si_utime=).*"#).expect("a pattern");
    let sorted = |text: String| {
        let mut lines: Vec<_> = text.lines().map(|line| varies.replace(line, "${1}[VARIES]")).collect();
        lines.sort();
        lines.join("\n")
    };
    let first = run();
    assert!(first.ends_with("main  exit_group(3) = ?\nmain  +++ exited with 3 +++\n"), "{first}");
    for _ in 0..5 {
        check(&sorted(run()), &sorted(first.clone()));
    }
}

#[test]
fn a_clock_is_read_unseen_unless_the_vdso_is_hidden() {
    let reads = || tracee("abi", ["vdso"]);
    let refusal =
        record(reads()).success().try_never(calls_of::clock()).map(drop).expect_err("it may be read");
    let text = refusal.to_string();
    assert!(refusal.is_inconclusive() && text.contains("Tracer::new().vdso(false)"), "{text}");

    let hidden = tracer().vdso(false).run(reads());
    assert_eq!(stdout(&hidden), stdout(&record(reads())));
    assert_eq!(hidden.blind_spots(), []);
    hidden.times(call!("clock_gettime").ok(), 100);
    let refusal = hidden.try_never(calls_of::clock()).map(drop).expect_err("it is read");
    assert!(!refusal.is_inconclusive(), "{refusal}");
    tracer().vdso(false).run(sh("cat /etc/hostname; exit 0")).success().never(calls_of::clock());
}

#[test]
fn the_vdso_is_hidden_from_every_program_whatever_lies_on_its_stack() {
    let mut command = sh("true; env A=B \"$0\" vdso; exit 0");
    command.arg(tracee("abi", [""]).get_program()).env_clear().env("PATH", "/usr/bin:/bin");
    command.args((0..1000).map(|number| format!("argument {number}")));
    let trace = tracer().vdso(false).run(&mut command);
    assert_eq!(stdout(&trace), "100 answers\n");
    trace.children().contains("clock_gettime");
    assert_eq!(trace.blind_spots(), []);
}

#[test]
fn a_program_that_takes_privileges_runs_without_them() {
    use std::os::unix::fs::MetadataExt as _;
    let takes =
        |file: &&str| std::fs::metadata(file).is_ok_and(|file| file.mode() & 0o4000 != 0 && file.uid() == 0);
    let Some(program) = ["/usr/bin/su", "/usr/bin/passwd", "/usr/bin/mount"].into_iter().find(takes) else {
        return skipped("no program here takes the privileges of root");
    };
    alone_as_nobody("blind::a_program_that_takes_privileges_runs_without_them", || {
        let trace = record(crate::vocabulary::program(program, ["--help"]));
        let refusal = trace.success().try_never("setuid").map(drop).expect_err("it would have done more");
        let expected = format!("without its privileges: #1 main  execve(\"{program}\"");
        assert!(refusal.is_inconclusive() && refusal.to_string().contains(&expected), "{refusal}");
        trace.allowing(BlindSpot::Privileges).never("setuid");

        let inner = record(sh(&format!("{program} --help; exit 0")));
        assert_eq!(blind_spots(inner.success()), [BlindSpot::Privileges]);
        let filtered = tracer().only(["openat"]).run(crate::vocabulary::program(program, ["--help"]));
        assert!(filtered.success().blind_spots().contains(&BlindSpot::Privileges));
        // The filter that the shell has keeps them back too, and is ours.
        let filtered = tracer().only(["openat"]).run(sh(&format!("{program} --help; exit 0")));
        assert!(filtered.success().blind_spots().contains(&BlindSpot::Privileges));
        record(crate::vocabulary::program("cat", ["/etc/hostname"])).success().never("setuid");
    });
}

/// As root of a user namespace, a program that changes what paths name, behind a filter too; and one that does not.
#[test]
fn where_something_is_mounted_nobody_knows_which_file_a_path_names() {
    if !has("unshare") || !has("mount") {
        return;
    }
    let dir = tempdir();
    let elsewhere = dir.path().join("etc");
    std::fs::create_dir(&elsewhere).expect("a directory");
    let unshared = |script: &str| program("unshare", ["-rm", "sh", "-c", script]);
    let still = || unshared("cat /etc/hostname");
    let trace = record(still());
    if !trace.status().success() {
        return skipped(&format!("no namespace can be made here: {}", text(trace.stderr())));
    }
    let mounts = format!("mount --bind {0} /mnt && cat /etc/hostname", elsewhere.display());
    let mounting = || unshared(&mounts);
    let missing = || call!("openat", path = under("/no/such"));
    for tracer in [tracer(), tracer().only([calls_of::open().or("connect")])] {
        // Its mounts are its own, and still the same.
        let trace = tracer.run(still());
        assert!(!blind_spots(&trace).contains(&BlindSpot::Mounts));
        trace.success().never(missing()).never("connect");

        let trace = tracer.run(mounting());
        assert_eq!(trace.status().code(), Some(0), "{}", text(trace.stderr()));
        assert!(blind_spots(&trace).contains(&BlindSpot::Mounts));
        let refusal = trace.success().try_never(missing()).map(drop).expect_err("it may be another file");
        assert!(refusal.is_inconclusive(), "{refusal}");
        assert!(refusal.to_string().contains("a path may name another file than in the test"), "{refusal}");
        trace.never("connect").contains(call!("openat", path = "/etc/hostname"));
        trace.allowing(BlindSpot::Mounts).never(missing());
    }
    // Nothing was mounted.
    let failed = record(unshared("mount --bind /no/such /mnt; true"));
    failed.success().never(missing());
}

#[test]
fn a_child_that_crashed_may_not_have_got_that_far() {
    let dir = tempdir();
    std::fs::write(dir.path().join("x"), "").expect("a file");
    let mut command = sh("\"$0\" leak_killed \"$1\"; exit 0");
    command.arg(tracee("habits", [""]).get_program()).arg(dir.path());
    let trace = record(command);
    trace.success();
    let view = trace.process("habits");
    let report = view.try_never("connect").unwrap_err().to_string();
    assert!(report.contains("main.c1 was killed by SIGABRT, and may not have got that far"), "{report}");
    assert!(!report.contains("`.signal("), "{report}");
    view.allowing(BlindSpot::EarlyEnd).never("connect");
    view.contains("openat");
    trace.process("sh").never("connect");
}

#[test]
fn what_was_not_kept_says_how_to_keep_it() {
    let keep = "either    Tracer::environment(true), which keeps";
    let env = || sh("FOO=bar env; exit 0");
    let asked = || call!("execve", envp = has_item("FOO=bar"));
    let trace = record(env());
    cannot_tell(trace.try_contains(asked()), keep);
    cannot_tell(trace.try_never(asked()), keep);
    assert!(Tracer::new().environment(true).run(env()).try_contains(asked()).is_ok());
    let cut = Tracer::new().buffer_limit(4).run(sh("echo hello"));
    cannot_tell(cut.try_contains(call!("write", buf = "hello\n")), "either    Tracer::buffer_limit, where");
    // Who asks for the end of a child in a view of it hears of the root's.
    let report = record(sh("env false; exit 0")).process("false").try_code(1).unwrap_err().to_string();
    assert!(report.contains("but       a view ends as its root did: Trace::processes() has"), "{report}");
}
