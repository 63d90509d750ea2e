//! The text of a snapshot, and traces as data, kept by other crates: insta and expect-test.
//!
//! They may write into the source tree, so each case is a process of its own that tells them not to.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use expect_syscalls::{Level, Trace};
use expect_test::expect;

use crate::vocabulary::{record, tempdir, text, tracee};

fn trace(what: &str, dir: &Path) -> Trace {
    let trace = record(tracee("files", [Path::new(what), dir]));
    trace.success();
    trace
}

/// What the others run: not a test when it is run by itself.
#[test]
fn a_case() {
    let Ok(case) = env::var("FOREIGN_CASE") else {
        return;
    };
    let dir = tempdir();
    // The one that has changed does not sync.
    let (tool, what) = case.split_once(' ').expect("a tool and a program");
    let trace = trace(what, dir.path());
    match tool {
        "insta" => insta_holds(&trace, dir.path()),
        "expect-test" => expect_test_holds(&trace, dir.path()),
        #[cfg(feature = "serde")]
        "redactions" => redactions_hold(&trace, dir.path()),
        other => panic!("no case {other}"),
    }
}

fn insta_holds(trace: &Trace, dir: &Path) {
    let snapshot = trace.snapshot().redact(dir, "[DIR]");
    insta::assert_snapshot!(snapshot, @r#"
    create "[DIR]/x.tmp" ok
    exec "[BIN]" ok
    rename "[DIR]/x.tmp" -> "[DIR]/x" ok
    resize "[DIR]/x.tmp" ok
    write "[DIR]/x.tmp" ok
    "#);
    let calls = trace.select("fsync").snapshot().level(Level::Calls).redact(dir, "[DIR]");
    insta::assert_snapshot!(calls, @r#"
    main:
      fsync(<[DIR]/x.tmp>) = ok
      fsync(<[DIR]>) = ok
    "#);
}

fn expect_test_holds(trace: &Trace, dir: &Path) {
    let snapshot = trace.select("fsync").snapshot().level(Level::Calls).redact(dir, "[DIR]");
    expect![[r#"
        main:
          fsync(<[DIR]/x.tmp>) = ok
          fsync(<[DIR]>) = ok
    "#]]
    .assert_eq(&snapshot.to_string());
}

/// Values serialise as they are: what varies is for insta to hide.
#[cfg(feature = "serde")]
fn redactions_hold(trace: &Trace, dir: &Path) {
    let dir = dir.display().to_string();
    let synced: Vec<_> = trace.matching("fsync").take(1).collect();
    insta::assert_json_snapshot!(synced, {
        "[].pid" => "[PID]",
        "[].tid" => "[PID]",
        "[].started" => "[TIME]",
        "[].duration" => "[TIME]",
        "[].args.**.link" => insta::dynamic_redaction(move |link, _| {
            link.as_str().expect("a path").replace(&dir, "[DIR]")
        }),
    }, @r#"
    [
      {
        "name": "fsync",
        "number": 74,
        "process": "main",
        "thread": "main",
        "pid": "[PID]",
        "tid": "[PID]",
        "started": "[TIME]",
        "duration": "[TIME]",
        "args": {
          "fd": {
            "fd": {
              "number": 3,
              "link": "[DIR]/x.tmp"
            }
          }
        },
        "outcome": {
          "returned": {
            "int": 0
          }
        }
      }
    ]
    "#);
}

/// On a developer's machine, and in a CI run.
const MACHINES: [fn(&mut Command); 2] = [
    |command| {
        command.env("INSTA_UPDATE", "no").env_remove("CI");
    },
    |command| {
        command.env("CI", "true").env_remove("INSTA_UPDATE");
    },
];

/// Runs a case above.
fn run(case: &str, machine: fn(&mut Command)) -> Output {
    let mut test = Command::new(env::current_exe().expect("the test binary"));
    test.args(["--exact", "foreign_tools::a_case", "--nocapture", "--test-threads=1"]);
    for variable in ["INSTA_FORCE_PASS", "INSTA_FORCE_UPDATE", "INSTA_OUTPUT", "UPDATE_EXPECT"] {
        test.env_remove(variable);
    }
    machine(&mut test);
    // insta asks cargo for it otherwise.
    test.env("INSTA_WORKSPACE_ROOT", env!("CARGO_MANIFEST_DIR"));
    test.env("FOREIGN_CASE", case).env("RUST_BACKTRACE", "0");
    test.output().expect("the test binary runs")
}

/// The file of the unchanged program's texts, which is this one, and its neighbours.
fn source_tree() -> Vec<(String, Vec<u8>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let entries = fs::read_dir(dir).expect("the tests").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> =
        entries.map(|path| (path.display().to_string(), fs::read(&path).unwrap_or_default())).collect();
    files.sort();
    files
}

/// The tool accepts the text, says no to that of a program that does not sync, and leaves the source tree alone.
#[track_caller]
fn tells_them_apart(tool: &str, gone: &str) {
    let before = source_tree();
    for machine in MACHINES {
        let same = run(&format!("{tool} atomic"), machine);
        assert!(same.status.success(), "{tool}:\n{}{}", text(&same.stdout), text(&same.stderr));
        let other = run(&format!("{tool} unsynced"), machine);
        assert_eq!(other.status.code(), Some(101), "{tool} accepts another text");
        let report = text(&other.stdout) + &text(&other.stderr);
        assert!(report.contains(gone), "{tool}:\n{report}");
    }
    assert!(source_tree() == before, "{tool} has written into the source tree");
}

#[test]
fn insta_keeps_the_text() {
    tells_them_apart("insta", "fsync(<[DIR]/x.tmp>) = ok");
}

#[test]
fn expect_test_keeps_the_text() {
    tells_them_apart("expect-test", "fsync(<[DIR]/x.tmp>) = ok");
}

#[test]
#[cfg(feature = "serde")]
fn insta_redacts_values() {
    tells_them_apart("redactions", "[DIR]/x.tmp");
}
