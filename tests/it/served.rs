//! A file system, and memory, that the program serves itself: whoever waits for it while the program is stopped waits forever.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use expect_syscalls::{BlindSpot, Tracer, call};

use crate::refusals::drop_capability;
use crate::vocabulary::*;

const CAP_SYS_PTRACE: u32 = 19;

/// Serves a directory `d` with a file `x`, of which nothing may be kept in the cache, and removes the file from within. By the
/// protocol of fuse(4).
const SERVER: &str = r#"
import ctypes, os, struct, sys
libc = ctypes.CDLL(None)
where = sys.argv[1]
fd = os.open("/dev/fuse", os.O_RDWR)
if libc.mount(b"fuse", where.encode(), b"fuse", 0, b"fd=%d,rootmode=40000,user_id=0,group_id=0" % fd):
    sys.exit("cannot mount")
def attributes(node):
    mode = 0o100644 if node == 3 else 0o40755
    return struct.pack("<6Q10I", node, 0, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)
def serve():
    while True:
        request = os.read(fd, 1 << 17)
        _, op, unique, node = struct.unpack_from("<IIQQ", request)
        name = request[40:].split(b"\0")[0]
        number = {b"d": 2, b"x": 3}.get(name)
        error, data = 0, b""
        if op in (2, 42): continue
        elif op == 26: data = struct.pack("<IIIIHHII", 7, 31, 0, 0, 1, 1, 65536, 1) + bytes(36)
        elif op == 1 and number: data = struct.pack("<4Q2I", number, 0, 0, 0, 0, 0) + attributes(number)
        elif op == 1: error = -2
        elif op == 3: data = struct.pack("<QII", 0, 0, 0) + attributes(node)
        elif op != 10: error = -38
        os.write(fd, struct.pack("<IiQ", 16 + len(data), error, unique) + data)
pid = os.fork()
if pid == 0: serve()
os.chdir(where)
os.unlink("d/x")
os.chdir("/")
libc.umount2(where.encode(), 2)
os.kill(pid, 9)
os.waitpid(pid, 0)
print("removed")
"#;

#[test]
fn where_a_path_leads_is_not_asked_of_the_program_itself() {
    let can_serve = Path::new("/dev/fuse").exists() && has("unshare") && has("python3");
    if !is_root() || !can_serve {
        return skipped("nobody can serve a file system here");
    }
    let dir = tempdir();
    let serves = || {
        program("unshare", ["-m".as_ref(), "python3".as_ref(), "-c".as_ref(), SERVER.as_ref(), dir.path()])
    };
    if !serves().output().is_ok_and(|served| served.status.success()) {
        return skipped("no file system can be served here");
    }
    let trace = record(serves());
    assert_eq!(stdout(trace.success()), "removed\n");
    assert_eq!(trace.calls().filter(|call| call.to_string().starts_with("unlink(\"d/x\")")).count(), 1);
}

/// The device is opened before the recording, and so not seen to be.
#[test]
fn the_timeout_ends_also_a_tracer_that_waits_for_a_tracee() {
    let faults = || Some(Stdio::from(File::options().read(true).write(true).open("/dev/userfaultfd").ok()?));
    let supplies =
        || Some(tracee("served", ["fault_by_stdin"]).stdin(faults()?).output().ok()?.status.success());
    if supplies() != Some(true) {
        return skipped("there is no /dev/userfaultfd here that we may open");
    }
    let unseen = |timeout| Tracer::new().only(["write"]).seccomp(false).timeout(timeout);
    let mut command = tracee("served", ["fault_by_stdin"]);
    command.stdin(faults().expect("it is there"));
    let error = unseen(Duration::from_secs(10))
        .try_run(&mut command)
        .map(drop)
        .expect_err("nobody supplies the page");
    assert!(error.is_timeout(), "{error}");
    let text = error.to_string();
    assert!(text.contains("was killed") && text.contains("main (") && text.contains("in write("), "{text}");
    assert!(text.contains("the tracer was reading memory of main, and waited for a page"), "{text}");
    let trace = error.trace().expect("what was recorded");
    assert_eq!(family(trace), "main: signal: 9 (SIGKILL)\nmain.c1: signal: 9 (SIGKILL)\n");

    // Nor is whoever drops it kept waiting.
    let mut command = tracee("served", ["fault_by_stdin"]);
    command.stdin(faults().expect("it is there"));
    let running = unseen(Duration::MAX).spawn(&mut command).expect("it runs");
    let blocked = format!("/proc/{}/syscall", running.pid());
    // Stopped at the entry of write(2), of which the tracer reads what is written.
    let at_write = || std::fs::read_to_string(&blocked).is_ok_and(|call| call.starts_with("1 "));
    while !at_write() {
        assert!(Path::new(&blocked).exists(), "it has ended");
        std::thread::yield_now();
    }
    drop(running);
    assert!(!Path::new(&blocked).exists());
}

/// A page that another process supplies is not waited for; once the kernel has it, it is read.
#[test]
fn memory_that_a_tracee_supplies_is_not_waited_for() {
    if !tracee("served", ["fault"]).output().is_ok_and(|supplied| supplied.status.success()) {
        return skipped("there is no userfaultfd for us here: see vm.unprivileged_userfaultfd");
    }
    for tracer in [tracer(), tracer().only(["write"])] {
        let trace = tracer.run(tracee("served", ["fault"]));
        assert_eq!(stdout(&trace), "supplied\n");
        trace.contains(call!("write", buf = "supplied\n").ok()).never(call!("write", buf = "other"));
    }
}

/// As root, of a user namespace where we are another user.
fn serves(case: &str, dir: &Path) -> Command {
    let served = tracee("served", [case.as_ref(), dir.as_os_str()]);
    let mut alone = program("unshare", ["-m"]);
    alone.arg(served.get_program()).args(served.get_args());
    as_root(alone)
}

fn can_serve(dir: &Path) -> bool {
    let can = has("unshare") && serves("map", dir).output().is_ok_and(|served| served.status.success());
    if !can {
        skipped("no file system can be served here");
    }
    can
}

#[test]
fn a_program_on_a_file_system_that_is_served_by_a_tracee_is_recorded() {
    let dir = tempdir();
    if !can_serve(dir.path()) {
        return;
    }
    alone("served::a_program_on_a_file_system_that_is_served_by_a_tracee_is_recorded", || {
        if am_root() {
            // With it, nobody asks for the privileges of programs.
            drop_capability(CAP_SYS_PTRACE);
        }
        let trace = record(serves("exec", dir.path()));
        assert_eq!(stdout(trace.success()), "executed 0\n");
        trace.contains(call!("execve", path = dir.path().join("f")).ok());
        // Its path was on a page that only the server has.
        trace.contains(call!("access", path = "/etc/hostname").ok());
        trace.allowing(BlindSpot::Mounts).never(call!("access", path = "/no/such"));
    });
}

#[test]
fn a_file_that_is_served_by_a_tracee_and_mapped_is_recorded() {
    let dir = tempdir();
    if !can_serve(dir.path()) {
        return;
    }
    let trace = record(serves("map", dir.path()));
    assert_eq!(stdout(trace.success()), "hhhh");
    trace.contains(call!("write", buf = "hhhh").ok());
}
