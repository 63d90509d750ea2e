//! Structures that programs pass to the kernel, and what matchers ask of them.

use std::fs;

use expect_syscalls::{Value, call, field, has_item};

use crate::vocabulary::*;

#[test]
fn a_connection_is_known_by_its_address() {
    let trace = record(tracee("sockets", ["connect", "127.0.0.1:1"]));
    trace.success().contains(call!("connect", addr = "127.0.0.1:1").fails("ECONNREFUSED"));
    trace.contains(call!("connect", addr = "127.0.0.1"));
    for other in ["10.0.0.1:443", "127.0.0.1:2", "10.0.0.1"] {
        trace.never(call!("connect", addr = other));
        violated(trace.try_contains(call!("connect", addr = other)), "no call matches");
    }
}

#[test]
fn a_thread_is_known_by_its_flags() {
    let threads = || call!("clone3", cl_args = field("flags", "CLONE_THREAD"));
    let trace = record(tracee("threads", ["many", "2"]));
    // An older libc has no clone3.
    if trace.count("clone") > 0 {
        return skipped("threads are made by clone here");
    }
    trace.success().times(threads(), 2);
    violated(trace.try_never(threads()), "clone3(");
    trace.never(call!("clone3", cl_args = field("flags", "CLONE_NEWUSER")));
}

#[test]
fn the_size_of_a_file_is_in_its_status() {
    let dir = tempdir();
    let path = dir.path().join("five");
    fs::write(&path, "12345").expect("a file");
    let trace = record(program("cat", [&path]));
    let status = |size: i64| {
        call!("newfstatat", statbuf = field("st_size", size))
            .or(call!("fstat", statbuf = field("st_size", size)))
    };
    trace.success().contains(status(5));
    trace.never(status(54_321));
    let size = |call: &expect_syscalls::Call| call.arg("statbuf")?.field("st_size").and_then(Value::as_int);
    assert!(trace.calls().filter_map(size).any(|size| size == 5));
}

#[test]
fn the_entries_of_a_directory_have_names_and_types() {
    let named = |name: &str| call!("getdents64", dirp = has_item(field("d_name", name)));
    let dir = tempdir();
    fs::write(dir.path().join("a file"), "").expect("a file");
    fs::create_dir(dir.path().join("a directory")).expect("a directory");
    let trace = record(program("ls", [dir.path()]));
    trace.success().times(named("a file"), 1).times(named("a directory"), 1).never(named("another"));
    violated(trace.try_never(named("a file")), "getdents64(");
    violated(trace.try_contains(named("another")), "no call matches");
    trace.never(call!("getdents64", dirp = has_item(field("d_type", "DT_LNK"))));

    // More than is kept of one call: what is not there may have been cut.
    for number in 0..1200 {
        fs::write(dir.path().join(format!("one of very many files {number}")), "").expect("a file");
    }
    let script = "import os; os.listdir('.')";
    let listing = "import ctypes, os; fd = os.open('.', 0); buffer = ctypes.create_string_buffer(1 << 20); \
                   print(ctypes.CDLL(None).syscall(217, fd, buffer, 1 << 20))";
    if has("python3") {
        let in_dir = |script| {
            let mut command = program("python3", ["-c", script]);
            command.current_dir(dir.path());
            record(command)
        };
        // Both are whole for a buffer of 32 KiB at a time.
        in_dir(script).success().never(named("another"));
        let refusal =
            in_dir(listing).success().try_never(named("another")).map(drop).expect_err("it cannot tell");
        assert!(refusal.is_inconclusive(), "{refusal}");
    }
}

#[test]
fn environments_are_recorded_on_demand() {
    let with = |what: &str| call!("execve", path = "/bin/true", envp = has_item(what));
    let command = || {
        let mut command = sh("SECRET=1 /bin/true; exit 0");
        command.env_clear().env("PATH", "/usr/bin:/bin");
        command
    };
    let trace = tracer().environment(true).run(command());
    trace.success().contains(with("SECRET=1")).never(with("SECRET=2"));
    violated(trace.try_never(with("SECRET=1")), "execve(");
    // Its text is the same as without.
    let line = |trace: &expect_syscalls::Trace| {
        trace
            .calls()
            .map(|call| call.to_string())
            .find(|line| line.starts_with("execve(\"/bin/true\""))
            .expect("it is run")
    };
    let without = record(command());
    assert!(line(&trace).ends_with(" vars */) = 0") && !line(&trace).contains("SECRET"), "{}", line(&trace));
    assert_eq!(line(&trace), line(&without));
    let refusal = without.success().try_never(with("SECRET=1")).map(drop).expect_err("it cannot tell");
    assert!(refusal.is_inconclusive(), "{refusal}");
}
