//! Memory that is hard to read, lengths that are too long to read.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use expect_syscalls::{Outcome, Trace, Value, call};

use crate::vocabulary::*;

#[track_caller]
fn case(name: &str) -> Trace {
    same_as_untraced(|dir| {
        let mut command = tracee("memory", [name]);
        command.current_dir(dir);
        command
    })
}

/// A path is read wherever the kernel reads one, and nowhere else.
#[test]
fn paths_are_read_where_the_kernel_reads_them() {
    let trace = case("paths");
    let opened = trace.after_startup();
    let (opened, failed): (Vec<_>, Vec<_>) =
        opened.matching("openat").partition(|call| matches!(call.outcome(), Outcome::Returned(_)));
    let opened: Vec<_> = opened.iter().filter(|call| call.arg("path").is_some_and(is_passwd)).collect();
    let successes =
        stdout(&trace).lines().filter(|line| line.rsplit(": ").next().is_some_and(is_number)).count();
    assert_eq!(opened.len(), successes, "{}", stdout(&trace));
    assert!(successes >= 3, "{}", stdout(&trace));

    let faults: Vec<_> = failed.iter().filter(|call| call.to_string().contains("EFAULT")).collect();
    assert_eq!(faults.len() + successes, 11);
    // A debugger can also read the inaccessible page, and the one for execution where protection keys close it to the program: see pkeys(7).
    let read = faults.iter().filter(|call| call.arg("path").is_some_and(is_passwd)).count();
    assert!(read <= 2, "{faults:?}");
    trace.times(call!("openat", path = "/etc/passwd").ok(), successes);
}

fn is_passwd(path: &Value) -> bool {
    path.as_path().as_deref() == Some(Path::new("/etc/passwd"))
}

fn is_number(text: &str) -> bool {
    text.parse::<u32>().is_ok()
}

#[test]
fn paths_are_bytes() {
    let odd = OsStr::from_bytes(b"a\xff\n\t\"\\\x1b[31m b");
    let trace = same_as_untraced(|_| tracee("memory", [OsStr::new("bytes"), odd]));
    let call = trace.matching(call!("openat", path = Path::new(odd))).next().expect("the odd name");
    let text = call.to_string();
    assert!(
        text.contains(r#""a\xff\n\t\"\\\x1b[31m b""#) || text.contains(r#""a\377\n\t\"\\\33[31m b""#),
        "{text}"
    );
    assert!(text.is_ascii() && !text.contains('\n'));
}

#[test]
fn paths_that_are_too_long_are_kept_as_far_as_the_kernel_looks() {
    for name in ["long_path", "no_end"] {
        let trace = case(name);
        let call = trace.matching(call!("openat").fails("ENAMETOOLONG")).next().expect("it fails").clone();
        let path = call.arg("path").and_then(Value::as_path_text).expect("a path");
        assert_eq!(path.written().as_os_str().len(), 4096, "{name}");
        assert!(path.written().as_os_str().as_bytes().iter().all(|byte| *byte == b'x'), "{name}");
    }
}

#[test]
fn lengths_are_numbers_and_no_promise() {
    let trace = case("huge");
    let writes: Vec<_> = trace.matching(call!("write", fd = 3)).collect();
    let counts: Vec<_> = writes.iter().filter_map(|call| call.arg("count")?.as_int()).collect();
    assert!(counts.contains(&(1 << 40)), "{counts:?}");
    let last = trace.matching(call!("write", count = 4097)).next().expect("a page and a byte");
    let kept = last.arg("buf").and_then(Value::as_bytes).map(<[u8]>::len);
    assert_eq!(kept, Some(4096), "the page that was there");
}

#[test]
fn vectors_may_be_anything() {
    let trace = case("vectors");
    assert_eq!(trace.count("writev"), 12);
    let invalid = trace.count(call!("writev").fails("EINVAL"));
    assert!(invalid >= 4, "{}", stdout(&trace));
    for call in trace.matching("writev") {
        assert!(call.to_string().len() < 100_000, "a text of {} bytes", call.to_string().len());
    }
}

#[test]
fn an_argument_that_the_call_overwrites_is_what_it_was() {
    let trace = case("overwritten");
    let read = trace.matching(call!("readlink", path = "/proc/self/cwd")).next().expect("it reads a link");
    assert!(read.to_string().starts_with("readlink(\"/proc/self/cwd\", \"/"), "{read}");
}

#[test]
fn arguments_of_an_exec_may_fill_megabytes() {
    let trace = case("huge_argv");
    assert!(trace.stdout().ends_with(b"2005 arguments, 395222 bytes\n"));
    trace.times(call!("execve").fails("E2BIG"), 1).times(call!("execve").ok(), 2);
}

#[test]
fn a_mapping_beyond_its_file_cannot_be_read() {
    let trace = case("beyond_the_end");
    trace.times(call!("openat").fails("EFAULT"), 1).times(call!("write").fails("EFAULT"), 1);
}

#[test]
fn structures_may_be_of_another_size() {
    let trace = case("newer_structures");
    trace.times(call!("openat2", path = "/etc/passwd"), 6);
    let ok = trace.count(call!("openat2").ok());
    assert_eq!(
        ok,
        stdout(&trace).lines().filter(|line| line.rsplit(": ").next().is_some_and(is_number)).count()
    );
}

/// What was opened is known from the descriptor, whatever the path said when it was read.
#[test]
fn a_path_that_changes_meanwhile_is_the_file_that_was_opened() {
    let trace = record(tracee("memory", ["changed_meanwhile"]));
    let opened: usize = stdout(&trace).trim().parse().expect("a number");
    let after = trace.after_startup();
    assert_eq!(after.count(call!("openat", path = "/dev/null").ok()), opened);
}

/// The text of a call that failed is what was there at its entry, and perhaps not what the kernel read.
#[test]
fn nobody_knows_which_path_a_call_missed_that_was_changed_meanwhile() {
    let elsewhere = || call!("unlink", path = "/nowhere/z");
    let cannot_tell =
        |trace: &Trace| trace.try_never(elsewhere()).is_err_and(|mismatch| mismatch.is_inconclusive());
    let changed = record(tracee("memory", ["missed_meanwhile"]));
    assert!(cannot_tell(changed.success()));
    changed.contains(call!("unlink").fails("ENOENT"));
    let only = tracer().only(["unlink"]).run(tracee("memory", ["missed_meanwhile"]));
    assert!(cannot_tell(only.success()));
    let unchanged = record(tracee("memory", ["missed_unchanged"]));
    unchanged.success().never(elsewhere()).times(call!("unlink", path = "/nowhere/a").fails("ENOENT"), 20);
}
