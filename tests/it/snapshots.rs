//! Snapshots of real programs, and the files they are kept in.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use expect_syscalls::__private::{Site, assert_no_stale_snapshots, assert_snapshot};
use expect_syscalls::{Level, Snapshot, Trace, assert_no_stale_snapshots, assert_syscall_snapshot};

use crate::vocabulary::{check, has, program, record, sh, tempdir, text, tracee, tracer};

/// How often a text must come out the same.
const RUNS: usize = 10;

/// The text of what `command` makes in a fresh directory, which is the same in every run.
#[track_caller]
fn stable(level: Level, prepare: impl Fn(&Path), command: impl Fn(&Path) -> Command) -> String {
    let take = || {
        let dir = tempdir();
        prepare(dir.path());
        let trace = record(command(dir.path()));
        trace.success();
        trace.snapshot().level(level).redact(dir.path(), "[DIR]").to_string()
    };
    let first = take();
    for _ in 1..RUNS {
        check(&take(), &first);
    }
    first
}

fn nothing(_: &Path) {}

fn one_file(dir: &Path) {
    fs::write(dir.join("a"), "text\n").expect("a file");
}

#[test]
fn an_atomic_write_is_a_protocol() {
    assert_syscall_snapshot!(|| {
        let dir = tempdir();
        let trace = record(tracee("files", [Path::new("atomic"), dir.path()]));
        own_calls(&trace).redact(dir.path(), "[DIR]")
    });
}

/// The calls of a Rust program, without those of its standard library's start.
fn own_calls(trace: &Trace) -> Snapshot {
    let snapshot = trace.snapshot().level(Level::Calls);
    snapshot.without("poll").without("rt_sigaction").without("prlimit64")
}

#[test]
fn the_same_text_comes_out_of_every_run() {
    let calls = |what: &'static str| {
        move |dir: &Path| program(tracee("files", [""; 0]).get_program(), [Path::new(what), dir])
    };
    for what in ["atomic", "random", "missing", "relative", "append", "threads"] {
        for level in [Level::Names, Level::Effects, Level::Calls] {
            stable(level, nothing, calls(what));
        }
    }
    stable(Level::Full, nothing, calls("atomic"));
}

#[test]
fn cat_reads() {
    let effects = stable(Level::Effects, one_file, |dir| program("cat", [dir.join("a")]));
    check(&effects, "exec \"[BIN]\" ok\nread \"[DIR]/a\" ok");
}

#[test]
fn a_shell_writes_where_it_is_told_to() {
    let effects = stable(Level::Effects, one_file, |dir| {
        let mut command = sh("cat < a > b; echo more >> b");
        command.current_dir(dir);
        command
    });
    check(
        &effects.replace("/usr/bin/", "/bin/"),
        r#"
create "[DIR]/b" ok
exec "/bin/cat" ok
exec "[BIN]" ok
read "[DIR]/a" ok
resize "[DIR]/b" ok
write "[DIR]/b" ok"#
            .trim_start(),
    );
}

#[test]
fn files_are_copied_moved_and_removed() {
    let copied = stable(Level::Effects, one_file, |dir| program("cp", [dir.join("a"), dir.join("b")]));
    check(&copied, "create \"[DIR]/b\" ok\nexec \"[BIN]\" ok\nread \"[DIR]/a\" ok\nwrite \"[DIR]/b\" ok");
    let moved = stable(Level::Effects, one_file, |dir| program("mv", [dir.join("a"), dir.join("b")]));
    check(&moved, "exec \"[BIN]\" ok\nrename \"[DIR]/a\" -> \"[DIR]/b\" ok");
    let made = stable(Level::Effects, nothing, |dir| {
        let mut command = program("mkdir", ["-p", "x/y"]);
        command.current_dir(dir);
        command
    });
    check(&made, "exec \"[BIN]\" ok\nmkdir \"[DIR]/x\" ok\nmkdir \"[DIR]/x/y\" ok");
    let nested = |dir: &Path| {
        fs::create_dir_all(dir.join("x/y")).expect("directories");
        fs::write(dir.join("x/y/z"), "").expect("a file");
    };
    let removed = stable(Level::Effects, nested, |dir| program("rm", [Path::new("-r"), &dir.join("x")]));
    check(
        &removed,
        "exec \"[BIN]\" ok\nlist \"[DIR]/x\" ok\nlist \"[DIR]/x/y\" ok\nremove \"[DIR]/x\" ok\n\
         remove \"[DIR]/x/y\" ok\nremove \"[DIR]/x/y/z\" ok",
    );
}

#[test]
fn a_pipeline_is_the_same_as_a_set_of_effects() {
    let effects = stable(Level::Effects, one_file, |dir| {
        let mut command = sh("cat a | sort | head -n 1 > b");
        command.current_dir(dir);
        command
    });
    assert!(effects.contains("read \"[DIR]/a\" ok\n"), "{effects}");
    assert!(effects.contains("bin/sort\" ok\n"), "{effects}");
}

#[test]
fn what_goes_wrong_is_shown() {
    let effects = stable(Level::Effects, nothing, |dir| tracee("files", [Path::new("missing"), dir]));
    check(
        &effects,
        "exec \"[BIN]\" ok\nmkdir \"[DIR]\" EEXIST\nread \"[DIR]/no\" ENOENT\nremove \"[DIR]/no\" ENOENT",
    );
}

#[test]
fn temporary_names_do_not_show() {
    let effects = stable(Level::Effects, nothing, |dir| tracee("files", [Path::new("random"), dir]));
    check(
        &effects,
        r#"
create "[DIR]/[TMP 1]" ok
create "[DIR]/[TMP 2]" ok
exec "[BIN]" ok
remove "[DIR]/[TMP 2]" ok
rename "[DIR]/[TMP 1]" -> "[DIR]/kept" ok
write "[DIR]/[TMP 1]" ok
write "[DIR]/[TMP 2]" ok"#
            .trim_start(),
    );
}

#[test]
fn peers_are_shown_and_ports_that_nobody_asked_for_are_not() {
    let effects = stable(Level::Effects, nothing, |dir| tracee("peers", [dir]));
    check(
        &effects,
        r#"
accept 127.0.0.1:[PORT] ok
connect "[DIR]/none" ENOENT
connect "[DIR]/socket" ok
connect 127.0.0.1:1 ECONNREFUSED
connect 127.0.0.1:[PORT] ok
create "[DIR]/socket" ok
exec "[BIN]" ok
listen "[DIR]/socket" ok
listen 127.0.0.1:0 ok
send 127.0.0.1:9 ok"#
            .trim_start(),
    );
    let calls = stable(Level::Calls, nothing, |dir| tracee("peers", [dir]));
    assert!(
        calls.contains("  accept4(<socket:1>, 127.0.0.1:[PORT], SOCK_CLOEXEC) = <socket:3>\n"),
        "{calls}"
    );
}

#[test]
fn a_change_of_the_protocol_changes_the_text() {
    let calls = |what: &str| {
        let dir = tempdir();
        let trace = record(tracee("files", [Path::new(what), dir.path()]));
        own_calls(&trace).redact(dir.path(), "[DIR]").to_string()
    };
    assert!(calls("atomic").contains("  fsync(<[DIR]/x.tmp>) = ok\n"));
    assert!(!calls("unsynced").contains("fsync"));
}

#[test]
fn the_surroundings_do_not_show() {
    let variations: [fn(&mut Command); 6] = [
        |_| {},
        |command| {
            command.env("LD_LIBRARY_PATH", "/no/one:/no/two:/usr/lib");
        },
        |command| {
            command.env("HOME", "/no/home").env("TMPDIR", "/var/tmp");
        },
        |command| {
            command.env("FILLER", "x".repeat(50_000));
        },
        |command| {
            command.current_dir("/");
        },
        |command| {
            command.env_clear().env("PATH", "/usr/bin:/bin");
        },
    ];
    let take = |vary: fn(&mut Command), aslr| {
        let dir = tempdir();
        let mut command = tracee("files", [Path::new("atomic"), dir.path()]);
        vary(&mut command);
        let trace = tracer().aslr(aslr).run(command);
        own_calls(&trace).redact(dir.path(), "[DIR]").to_string()
    };
    let plain = take(variations[0], false);
    for vary in variations {
        check(&take(vary, false), &plain);
        check(&take(vary, true), &plain);
    }
}

/// `gcc`, `git` and `sed` make temporary files each in its own way.
#[test]
fn programs_with_temporary_files_give_one_text() {
    if has("gcc") {
        let source =
            |dir: &Path| fs::write(dir.join("a.c"), "int main(void) { return 0; }\n").expect("a source");
        stable(Level::Effects, source, |dir| {
            let mut command = program("gcc", ["-c", "a.c"]);
            command.current_dir(dir);
            command
        });
    }
    if has("sed") {
        stable(Level::Effects, one_file, |dir| {
            program("sed", [Path::new("-i"), Path::new("s/t/T/"), &dir.join("a")])
        });
    }
    if has("mktemp") {
        stable(Level::Effects, nothing, |_| sh("rmdir $(mktemp -d)"));
    }
    if has("git") {
        let repository = |dir: &Path| {
            let mut init = program("git", ["init", "-q"]);
            assert!(init.current_dir(dir).status().expect("git runs").success());
            one_file(dir);
        };
        stable(Level::Effects, repository, |dir| {
            let mut command = program("git", ["add", "a"]);
            command.current_dir(dir);
            command
        });
    }
}

/// Runs one case below in a process of its own, with a package of its own and this value of the variable.
fn run(room: &Path, case: &str, value: &str) -> Output {
    run_in(room, case, value, |command| {
        command.env_remove("CI");
    })
}

fn run_in(room: &Path, case: &str, value: &str, surroundings: impl Fn(&mut Command)) -> Output {
    let test = env::current_exe().expect("the test binary");
    let mut command = Command::new(test);
    command.args(["--exact", "snapshots::a_case", "--nocapture", "--test-threads=1"]);
    command.env("SNAPSHOT_ROOM", room).env("SNAPSHOT_CASE", case).env("EXPECT_SYSCALLS", value);
    command.env("RUST_BACKTRACE", "0");
    surroundings(&mut command);
    command.output().expect("the test binary runs")
}

/// What the others run: not a test when it is run by itself.
#[test]
fn a_case() {
    let (Some(room), Some(case)) = (env::var_os("SNAPSHOT_ROOM"), env::var_os("SNAPSHOT_CASE")) else {
        return;
    };
    let room: &'static str = room.into_string().expect("UTF-8").leak();
    // The new text is kept in a file by package and name: the test that reads it shares it with no other.
    let package = if case == "head" { "yet-another" } else { "another" };
    let site = |line| Site {
        inner: "cli::reads::inner",
        module: "cli",
        file: "tests/cli.rs",
        line,
        package: Some(package),
        manifest_dir: Some(room),
    };
    let cat = || record(program("cat", ["/etc/passwd"]));
    match case.to_str().expect("UTF-8") {
        "closure" => assert_snapshot(&site(1), None, &cat),
        "head" => assert_snapshot(&site(1), None, &|| record(program("head", ["/etc/hostname"]))),
        "trace" => assert_snapshot(&site(1), None, &cat()),
        "named" => assert_snapshot(&site(1), Some("second"), &cat),
        "two sites" => {
            assert_snapshot(&site(1), None, &cat);
            assert_snapshot(&site(2), None, &cat);
        }
        "loop" => (0..2).for_each(|_| assert_snapshot(&site(1), None, &cat)),
        "unstable" => {
            let runs = std::sync::atomic::AtomicUsize::new(0);
            let record = || {
                let run = runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                record(program("cat", [if run == 0 { "/etc/passwd" } else { "/etc/hostname" }]))
            };
            assert_snapshot(&site(1), None, &record);
        }
        "empty" => assert_snapshot(&site(1), None, &|| {
            cat().snapshot().without("execve").without("openat").without("read")
        }),
        "stale" => assert_no_stale_snapshots(&site(1)),
        "failed" => assert_snapshot(&site(1), None, &|| record(program("cat", ["/no/such/file"]))),
        other => panic!("no case {other}"),
    }
}

/// What a failing case says.
#[track_caller]
fn refusal(room: &Path, case: &str, value: &str) -> String {
    let output = run(room, case, value);
    assert!(!output.status.success(), "{case} passes");
    text(&output.stderr).replace(&room.display().to_string(), "[ROOM]") + &text(&output.stdout)
}

#[track_caller]
fn passes(room: &Path, case: &str, value: &str) {
    let output = run(room, case, value);
    assert!(output.status.success(), "{case}:\n{}{}", text(&output.stdout), text(&output.stderr));
}

fn stored(room: &Path) -> Option<String> {
    fs::read_to_string(room.join("tests/syscalls/cli__reads.syscalls")).ok()
}

#[test]
fn overwriting_writes_what_checking_accepts() {
    let room = tempdir();
    passes(room.path(), "closure", "overwrite");
    assert_eq!(
        stored(room.path()).as_deref(),
        Some(
            "# expect-syscalls snapshot v1\n# test: cli::reads\n# source: tests/cli.rs\n# level: effects\n\n\
             exec \"[BIN]\" ok\nread \"/etc/passwd\" ok\n"
        )
    );
    for value in ["", "check"] {
        passes(room.path(), "closure", value);
        passes(room.path(), "trace", value);
        passes(room.path(), "loop", value);
    }
    passes(room.path(), "named", "overwrite");
    assert!(room.path().join("tests/syscalls/cli__reads@second.syscalls").exists());
}

#[test]
fn a_ci_run_may_overwrite_and_says_so() {
    let room = tempdir();
    let output = run_in(room.path(), "closure", "overwrite", |command| {
        command.env("CI", "1");
    });
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(
        text(&output.stderr).contains("EXPECT_SYSCALLS=overwrite in a CI run: "),
        "{}",
        text(&output.stderr)
    );
    assert!(stored(room.path()).is_some());
}

/// A workspace that has moved since it was built: cargo says where the package is now.
#[test]
fn the_package_is_where_cargo_says() {
    let (old, new) = (tempdir(), tempdir());
    let moved = |package: &'static str| {
        let new = new.path().to_owned();
        move |command: &mut Command| {
            command.env("CARGO_MANIFEST_DIR", &new).env("CARGO_PKG_NAME", package).env_remove("CI");
        }
    };
    let output = run_in(old.path(), "closure", "overwrite", moved("another"));
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!((stored(old.path()).is_some(), stored(new.path()).is_some()), (false, true));
    let output = run_in(old.path(), "closure", "overwrite", moved("a third"));
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(stored(old.path()).is_some());
    let gone = old.path().join("gone");
    let report = refusal(&gone, "closure", "check");
    assert!(report.contains("the package `another` is not at [ROOM] any more"), "{report}");
}

#[test]
fn another_text_fails_with_the_difference_and_the_command() {
    let room = tempdir();
    passes(room.path(), "closure", "overwrite");
    let before = stored(room.path());
    let report = refusal(room.path(), "head", "check");
    let lines = [
        "the program did not do what [ROOM]/tests/syscalls/cli__reads.syscalls says\n",
        "  test      cli::reads at tests/cli.rs:1\n",
        "  lines     1 gone (-), 1 new (+), from line 7 of the file\n",
        "- read \"/etc/passwd\" ok\n+ read \"/etc/hostname\" ok\n",
        "EXPECT_SYSCALLS=overwrite cargo test -p yet-another --test cli -- --exact reads\n",
    ];
    for line in lines {
        assert!(report.contains(line), "{report}");
    }
    let file =
        report.lines().find_map(|line| line.strip_prefix("  new text  ")).expect("the new text is kept");
    assert!(fs::read_to_string(file).expect("it is there").ends_with("read \"/etc/hostname\" ok\n"));
    assert_eq!(stored(room.path()), before, "checking writes nothing into the source tree");
}

#[test]
fn a_missing_file_fails() {
    let room = tempdir();
    let report = refusal(room.path(), "closure", "");
    assert!(report.contains("there is no snapshot [ROOM]/tests/syscalls/cli__reads.syscalls\n"), "{report}");
    assert!(report.contains("    exec \"[BIN]\" ok\n    read \"/etc/passwd\" ok\n"), "{report}");
    assert_eq!(fs::read_dir(room.path()).expect("the room").count(), 0);
}

#[test]
fn a_misspelt_value_fails_before_anything_is_compared() {
    let room = tempdir();
    passes(room.path(), "closure", "overwrite");
    let report = refusal(room.path(), "closure", "overwite");
    assert!(report.contains("EXPECT_SYSCALLS=overwite means nothing"), "{report}");
}

#[test]
fn what_differs_between_two_runs_is_not_written() {
    let room = tempdir();
    let report = refusal(room.path(), "unstable", "overwrite");
    assert!(report.contains("two runs gave different texts, so nothing was written to [ROOM]/tests/syscalls/cli__reads.syscalls\n"), "{report}");
    assert!(report.contains("- read \"/etc/passwd\" ok\n+ read \"/etc/hostname\" ok\n"), "{report}");
    assert!(report.contains("  stable    .level(Level::Names), of which the text has "), "{report}");
    assert_eq!(stored(room.path()), None);
}

#[test]
fn without_a_closure_the_file_says_that_it_was_recorded_once() {
    let room = tempdir();
    let output = run(room.path(), "trace", "overwrite");
    let said = text(&output.stderr).replace(&room.path().display().to_string(), "[ROOM]");
    let line = "written from one recording, so run the test again to see that another gives the same: \
                [ROOM]/tests/syscalls/cli__reads.syscalls\n";
    assert!(output.status.success() && said.contains(line), "{said}");
    assert!(stored(room.path()).is_some_and(|text| text.contains("\n# recorded: once\n\n")));
    passes(room.path(), "trace", "check");
    passes(room.path(), "trace", "overwrite");
    assert!(stored(room.path()).is_some_and(|text| !text.contains("once")));
}

#[test]
fn a_ci_run_that_was_not_told_to_writes_nothing() {
    let room = tempdir();
    let output = run_in(room.path(), "closure", "", |command| {
        command.env("CI", "1");
    });
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("there is no snapshot"), "{}", text(&output.stderr));
    assert_eq!(fs::read_dir(room.path()).expect("the room").count(), 0);
}

#[test]
fn an_empty_text_is_neither_written_nor_accepted() {
    let room = tempdir();
    for value in ["overwrite", "check"] {
        let report = refusal(room.path(), "empty", value);
        assert!(report.contains("the snapshot is empty: "), "{report}");
        assert_eq!(stored(room.path()), None);
    }
    let file = room.path().join("tests/syscalls/cli__reads.syscalls");
    fs::create_dir_all(file.parent().expect("a directory")).expect("it is made");
    for empty in ["", "# expect-syscalls snapshot v1\n# level: effects\n\n"] {
        fs::write(&file, empty).expect("an empty file");
        refusal(room.path(), "empty", "check");
        refusal(room.path(), "closure", "check");
    }
}

#[test]
fn every_snapshot_has_its_test() {
    assert_no_stale_snapshots!();
}

#[test]
fn a_stale_snapshot_is_named_with_the_command_that_removes_it() {
    let room = tempdir();
    passes(room.path(), "stale", "check");
    passes(room.path(), "closure", "overwrite");
    fs::write(room.path().join("tests/cli.rs"), "fn reads() {}\n").expect("a source");
    passes(room.path(), "stale", "check");
    fs::write(room.path().join("tests/cli.rs"), "fn writes() {}\n").expect("a source");
    let report = refusal(room.path(), "stale", "check");
    let expected = "1 stale snapshot below [ROOM]/tests/syscalls\n  \
                    cli__reads.syscalls  tests/cli.rs has no `fn reads` any more\n  \
                    remove    git rm tests/syscalls/cli__reads.syscalls\n";
    assert!(report.contains(expected), "{report}");
    assert!(stored(room.path()).is_some(), "it is not removed");
}

#[test]
fn two_places_cannot_share_a_file() {
    let room = tempdir();
    for value in ["overwrite", "check"] {
        let report = refusal(room.path(), "two sites", value);
        assert!(report.contains("at tests/cli.rs:1 and tests/cli.rs:2"), "{report}");
        passes(room.path(), "closure", "overwrite");
    }
}

#[test]
fn a_failed_program_is_not_taken_for_its_snapshot() {
    let room = tempdir();
    for value in ["overwrite", "check"] {
        let report = refusal(room.path(), "failed", value);
        assert!(report.contains("cannot tell: a snapshot at level effects"), "{report}");
        assert!(report.contains("`.code(1)` first"), "{report}");
    }
    assert_eq!(stored(room.path()), None);
}
