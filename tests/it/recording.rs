//! From a `Command` to a trace, or to the error that says why there is none.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use expect_syscalls::{BlindSpot, Error, Tracer, family as calls_of};
use regex::Regex;

use crate::vocabulary::*;

/// The error of a recording that cannot be made.
#[track_caller]
fn error(command: &mut Command) -> Error {
    let error = tracer().try_run(&mut *command).map(drop).expect_err("no program runs");
    assert!(error.is_spawn_failure() && !error.is_timeout() && !error.is_refused(), "{error}");
    assert!(error.trace().is_none());
    error
}

#[test]
fn a_missing_program_is_named_with_every_place_that_was_searched() {
    let mut missing = Command::new("no-such-program");
    let text = error(missing.env("PATH", "/no/such/dir:/usr/bin:/bin")).to_string();
    check(
        &text,
        r#"cannot run "no-such-program": No such file or directory (os error 2)
  tried "/no/such/dir/no-such-program": ENOENT (No such file or directory)
  tried "/usr/bin/no-such-program": ENOENT (No such file or directory)
  tried "/bin/no-such-program": ENOENT (No such file or directory)"#,
    );
}

#[test]
fn a_missing_path_was_tried_once() {
    let text = error(&mut Command::new("/no/such/program")).to_string();
    check(
        &text,
        r#"cannot run "/no/such/program": No such file or directory (os error 2)
  tried "/no/such/program": ENOENT (No such file or directory)"#,
    );
}

#[test]
fn what_cannot_be_executed_is_told_from_what_is_missing() {
    let dir = tempdir();
    let file = dir.path().join("file");
    fs::write(&file, "no program").expect("a file");
    for path in [file.as_path(), dir.path()] {
        let text = error(&mut Command::new(path)).to_string();
        check(
            &text,
            &format!(
                "cannot run {path:?}: Permission denied (os error 13)\n  tried {path:?}: EACCES (Permission denied)"
            ),
        );
    }
    make_script(&file, "#!/no/such/interpreter");
    assert!(error(&mut Command::new(&file)).to_string().contains("No such file or directory"));
}

#[test]
fn a_script_without_an_interpreter_is_the_shells() {
    let trace = same_as_untraced(|dir| {
        let script = dir.join("script");
        make_script(&script, "echo from the shell; ls /");
        sh(&format!("exec {}", script.display()))
    });
    assert!(trace.stdout().starts_with(b"from the shell\n"));
}

/// By another process: here, a child that another test forks would hold the file open for writing until its
/// exec, and nobody could execute it.
fn make_script(file: &Path, text: &str) {
    let made = sh("echo \"$1\" > \"$0\" && chmod 755 \"$0\"").arg(file).arg(text).status().expect("sh runs");
    assert!(made.success());
}

#[test]
fn a_missing_directory_is_named() {
    let text = error(Command::new("true").current_dir("/no/such/dir")).to_string();
    assert!(text.contains("/no/such/dir") && text.contains("No such file or directory"), "{text}");
}

#[test]
fn a_missing_program_never_hangs_and_never_panics() {
    for _ in 0..100 {
        assert!(
            error(&mut Command::new("no-such-program")).to_string().contains("No such file or directory")
        );
    }
}

#[test]
fn the_roots_own_exec_is_the_first_call_and_the_search_for_it_is_none() {
    let mut command = Command::new("true");
    let path = std::env::var("PATH").expect("there is a PATH");
    command.env("PATH", format!("/no/such/dir:/nor/this:{path}"));
    let trace = record(command);
    assert_eq!(trace.calls().next().map(|call| call.number()), Some(59));
    assert_eq!(count(&trace, "execve"), 1);
    assert_eq!(count(&trace, "exit_group"), 1);
    assert!(status(&trace).success());
}

#[test]
fn the_timeout_kills_the_whole_tree_and_says_what_it_was_doing() {
    let begun = Instant::now();
    let error = Tracer::new().timeout(Duration::from_secs(3)).try_run(tracee("processes", ["blocked"]));
    let error = error.map(drop).expect_err("it hangs");
    assert!(error.is_timeout() && !error.is_spawn_failure(), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(12), "killing took {:?}", begun.elapsed());

    let text = error.to_string();
    assert!(text.starts_with("the program did not end within 3s, and was killed"), "{text}");
    assert!(text.contains("Tracer::timeout"), "{text}");
    let line = |label: &str| {
        let start = format!("  {label} (");
        let line = text
            .lines()
            .find(|line| line.starts_with(&start))
            .unwrap_or_else(|| panic!("no {label}: {text}"));
        line.to_owned()
    };
    assert!(line("main").contains(" in wait4("), "{text}");
    assert!(line("main.c1").contains(" in pause("), "{text}");
    assert!(line("main.c2").contains(": in no call"), "{text}");
    assert!(line("main.t1").contains(" in futex("), "{text}");
    assert_eq!(text.lines().count(), 5, "{text}");

    let trace = error.trace().expect("what was recorded until then");
    assert_eq!(trace.stdout(), b"ready\n");
    for process in trace.processes() {
        let stat = fs::read_to_string(format!("/proc/{}/stat", process.pid()));
        // The orphans' new parent may not have collected them yet.
        assert!(
            stat.as_ref().map_or(true, |stat| stat.contains(") Z ")),
            "{} lives: {stat:?}",
            process.label()
        );
    }
}

#[test]
fn a_program_that_ends_in_time_is_not_killed() {
    let trace = Tracer::new().timeout(Duration::from_secs(3600)).try_run(sh("exit 3")).expect("it runs");
    assert_eq!(status(&trace).code(), Some(3));
    let none = Tracer::new().timeout(Duration::ZERO).try_run(sh("sleep 1000"));
    assert!(none.map(drop).expect_err("there is no time at all").is_timeout());
    let for_ever = Tracer::new().timeout(Duration::MAX).try_run(sh("exit 4")).expect("it runs");
    assert_eq!(status(&for_ever).code(), Some(4));
}

/// What a limit says, without what differs from run to run: numbers, and what each task was in at the end.
fn settled(error: &Error) -> String {
    let end = Regex::new(r"(?m)(for [\d.]+[^ ]*s in .*|in no call)$").expect("a pattern");
    let count = Regex::new(r" \d+(,| of| calls|$)").expect("a pattern");
    let path = Regex::new(r"\([^ ]*/").expect("a pattern");
    let lines: Vec<String> = error
        .to_string()
        .lines()
        .map(|line| end.replace(line, "..").into_owned())
        .map(|line| path.replace(&line, "(").into_owned())
        .map(|line| if line.starts_with("  ") { count.replace_all(&line, " N$1").into_owned() } else { line })
        .collect();
    lines.join("\n")
}

/// The error of a recording that was broken off at a limit.
#[track_caller]
fn limit(tracer: Tracer, command: Command) -> Error {
    let error = tracer.try_run(command).map(drop).expect_err("the limit is passed");
    assert!(!error.is_timeout() && !error.is_spawn_failure(), "{error}");
    assert!(error.trace().is_some());
    error
}

#[test]
fn output_has_a_limit() {
    let filtered = tracer().only(["write", "execve"]);
    let error = limit(filtered.output_limit(1 << 20), tracee("streams", ["endless"]));
    check(
        &settled(&error),
        r"
the program wrote more than 1048576 bytes, and the program was killed; Tracer::output_limit sets the limit
  most calls: write N, execve N
  busiest: main (streams endless), N of N calls
  main (streams endless): ..
"
        .trim_start(),
    );
    let kept = error.trace().map_or(0, |trace| trace.stdout().len());
    assert!((1 << 19..=1 << 20).contains(&kept), "{kept}");

    let exact =
        tracer().output_limit(1 << 20).try_run(tracee("streams", ["both", "1048576"])).expect("it fits");
    assert_eq!((exact.stdout().len(), exact.stderr().len()), (1 << 20, 1 << 20));
}

#[test]
fn calls_have_a_limit() {
    let mut endless = tracee("streams", ["endless"]);
    endless.stdout(Stdio::null());
    let error = limit(tracer().only(["write", "execve"]).call_limit(1000), endless);
    check(
        &settled(&error),
        r"
more than 1000 calls were made, and the program was killed; Tracer::call_limit sets the limit
  most calls: write N, execve N
  busiest: main (streams endless), N of N calls
  main (streams endless): ..
"
        .trim_start(),
    );
    let writes = error.trace().map_or(0, |trace| trace.count("write"));
    assert!(error.to_string().contains(&format!("most calls: write {writes}, execve 1\n")), "{error}");
    let calls = error.trace().map_or(0, |trace| trace.calls().count());
    assert!((1001..1020).contains(&calls), "{calls}");
}

#[test]
fn tasks_have_a_limit_that_stops_a_fork_bomb() {
    let bomb = tracee("processes", ["fork_bomb"]);
    let error = limit(tracer().only([calls_of::spawn()]).task_limit(50), bomb).to_string();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(
        lines[0],
        "more than 50 tasks were alive, and the program was killed; Tracer::task_limit sets the limit"
    );
    assert!(lines[1].starts_with("  most calls: clone "), "{error}");
    assert!(lines[2].starts_with("  busiest: main"), "{error}");
    assert!(lines[3].starts_with("  main ("), "{error}");
    // Some of them will do.
    let more = Regex::new(r"^  \.\.\. and \d+ more$").expect("a pattern");
    assert!(lines.len() == 12 && more.is_match(lines[11]), "{error}");
}

#[test]
fn a_recording_has_a_limit() {
    // Each writes 4096 bytes 100 times, and that is all there is to record.
    let big = || {
        let mut both = tracee("streams", ["both".to_owned(), (50 * 4096).to_string()]);
        both.stdout(Stdio::null()).stderr(Stdio::null());
        both
    };
    let writes = || tracer().only(["write"]);
    let error = limit(writes().trace_limit(100 * 4096), big());
    check(
        &settled(&error),
        r"
the recording takes more than 409600 bytes, and the program was killed; Tracer::trace_limit sets the limit
  Tracer::only(..) records fewer calls, Tracer::buffer_limit less of each
  most calls: write N
  busiest: main (streams both 204800), N of N calls
  main (streams both 204800): ..
"
        .trim_start(),
    );
    let kept = error.trace().map_or(0, |trace| trace.count("write"));
    assert!((80..100).contains(&kept), "{kept}");
    assert!(error.trace().is_some_and(|trace| trace.blind_spots().contains(&BlindSpot::Limit)));
    // What helps, each by itself.
    for tracer in [writes().trace_limit(500_000), writes().trace_limit(100 * 4096).buffer_limit(16)] {
        assert_eq!(tracer.run(big()).success().count("write"), 100);
    }
    tracer().only(["openat"]).trace_limit(100 * 4096).run(big()).success();
}

/// Signals take room too, whatever calls are recorded.
#[test]
fn signals_count_for_the_limit_of_a_recording() {
    let signals = || sh("trap : USR1; i=0; while [ $i -lt 200 ]; do kill -USR1 $$; i=$((i+1)); done");
    let only = || tracer().only(["connect"]);
    let error = limit(only().trace_limit(20_000), signals());
    assert!(error.to_string().starts_with("the recording takes more than 20000 bytes"), "{error}");
    only().trace_limit(200_000).run(signals()).success();
}

#[test]
fn a_command_can_be_recorded_again_and_spawned_in_between() {
    let mut command = sh("echo out; echo err >&2; exit 3");
    let first = tracer().try_run(&mut command).expect("it runs");
    let untraced = command.output().expect("it runs");
    let second = tracer().try_run(&mut command).expect("it runs");
    assert_eq!(first.stdout(), b"out\n");
    assert_eq!(first.stderr(), b"err\n");
    assert_eq!((untraced.stdout.as_slice(), untraced.stderr.as_slice()), (first.stdout(), first.stderr()));
    assert_eq!((second.stdout(), second.stderr()), (first.stdout(), first.stderr()));
    assert_eq!(untraced.status, status(&first));
    assert_eq!(first.calls().count(), second.calls().count());
    assert!(command.status().expect("it runs").code() == Some(3), "a hook is left over");
}

#[test]
fn a_command_whose_recording_failed_can_be_spawned() {
    let dir = tempdir();
    let link = dir.path().join("true");
    let mut command = Command::new(&link);
    assert!(tracer().try_run(&mut command).is_err());
    let program = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
        .map(|dir| dir.join("true"))
        .find(|file| file.is_file())
        .expect("there is a `true`");
    std::os::unix::fs::symlink(program, &link).expect("a link");
    assert!(command.status().expect("it runs").success());
    assert!(status(&tracer().try_run(&mut command).expect("it runs")).success());
}

#[test]
fn a_hermetic_environment_is_what_the_command_says_and_nothing_else() {
    let mut command = Command::new("env");
    command.env("OWN", "kept").env_remove("HOME");
    let trace = tracer().hermetic().try_run(&mut command).expect("it runs");
    let mut lines: Vec<_> = stdout(&trace).lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, ["LC_ALL=C", "OWN=kept", "PATH=/usr/bin:/bin", "TZ=UTC"]);

    let mut own = Command::new("env");
    own.env("TZ", "Asia/Tokyo");
    let trace = tracer().hermetic().try_run(&mut own).expect("it runs");
    assert!(stdout(&trace).contains("TZ=Asia/Tokyo\n"));
}

#[test]
fn without_aslr_addresses_repeat_and_with_it_they_do_not() {
    let addresses = |tracer: Tracer| {
        let trace = tracer.hermetic().try_run(Command::new("true")).expect("it runs");
        let brk = trace.matching("brk").next().expect("it asks for its break");
        format!("{brk}")
    };
    if can_switch_aslr_off() {
        assert_eq!(addresses(tracer()), addresses(tracer()));
    } else {
        skipped("this container refuses personality(2)");
    }
    let random: std::collections::BTreeSet<_> = (0..8).map(|_| addresses(tracer().aslr(true))).collect();
    assert!(random.len() > 1, "{random:?}");
}

fn can_switch_aslr_off() -> bool {
    let output = program("setarch", ["-R", "true"]).output();
    output.is_ok_and(|output| output.status.success())
}

#[test]
fn everything_else_that_the_command_says_is_honoured() {
    use std::os::unix::process::CommandExt as _;
    let trace = same_as_untraced(|dir| {
        let mut command = tracee("streams", ["surroundings"]);
        command.arg0("another name").current_dir(dir).process_group(0).env_clear().env("A", "1").env("B", "");
        command
    });
    assert!(text(trace.stdout()).contains("another name"));
    same_as_untraced(|_| tracee("streams", ["surroundings"]));
}

#[test]
fn root_may_run_a_program_as_somebody_else() {
    use std::os::unix::process::CommandExt as _;
    if !is_root() {
        return;
    }
    let trace = same_as_untraced(|_| {
        let mut command = program("sh", ["-c", "id -u; id -g; cat /proc/self/status | grep -c Cap"]);
        command.uid(65534).gid(65534).current_dir("/");
        command
    });
    assert!(stdout(&trace).starts_with("65534\n65534\n"));
}

#[test]
fn the_machine_permits_tracing() {
    expect_syscalls::available().expect("these tests trace");
}

#[test]
#[should_panic(expected = "cannot run \"/no/such/program\"")]
fn run_panics_with_the_error() {
    let _ = tracer().run(Command::new("/no/such/program"));
}

#[test]
fn a_panic_points_at_the_test() {
    let place = std::sync::Arc::new(std::sync::Mutex::new(None));
    alone("recording::a_panic_points_at_the_test", || {
        let seen = place.clone();
        std::panic::set_hook(Box::new(move |info| {
            *seen.lock().expect("no panic") = info.location().map(|at| (at.file().to_owned(), at.line()));
        }));
        let before = line!();
        let panic =
            std::panic::catch_unwind(|| expect_syscalls::expect_syscalls(Command::new("/no/such/program")));
        drop(std::panic::take_hook());
        assert!(panic.is_err());
        let (file, at) = place.lock().expect("no panic").take().expect("a place");
        assert_eq!(Path::new(&file).file_name(), Some("recording.rs".as_ref()));
        assert!((before + 1..before + 4).contains(&at), "{at}");
    });
}

#[test]
fn a_panic_of_the_observer_is_said_to_be_its_own() {
    let error = Tracer::new().stream(Command::new("true"), |_| panic!("not mine")).unwrap_err();
    assert_eq!(error.to_string(), "the observer panicked, and the recording ended with it: not mine");
}

#[test]
fn a_program_that_runs_in_circles_is_known_by_its_calls() {
    let circles = sh("while :; do kill -0 $$; done");
    let error = Tracer::new().timeout(Duration::from_secs(3)).try_run(circles).unwrap_err();
    assert!(error.is_timeout() && error.to_string().contains("\n  most calls: "), "{error}");
}
