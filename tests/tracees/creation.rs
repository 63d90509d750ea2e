//! Makes processes that are unusual relatives, and kills them at bad moments.

use std::ffi::{c_int, c_long, c_void};
use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::ptr::null_mut;

unsafe extern "C" {
    fn fork() -> c_int;
    fn _exit(status: c_int) -> !;
    fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn kill(pid: c_int, signal: c_int) -> c_int;
    fn pause() -> c_int;
    fn getpid() -> c_int;
    fn getppid() -> c_int;
    fn setpgid(pid: c_int, group: c_int) -> c_int;
    fn setresuid(real: u32, effective: u32, saved: u32) -> c_int;
    fn prctl(option: c_int, value: c_long, ...) -> c_int;
    fn sigaction(signal: c_int, new: *const Action, old: *mut Action) -> c_int;
    fn ptrace(request: c_int, pid: c_int, address: *mut c_void, data: *mut c_void) -> c_long;
    fn syscall(number: c_long, ...) -> c_long;
}

/// `struct sigaction` of glibc.
#[repr(C)]
struct Action {
    handler: usize,
    mask: [u64; 16],
    flags: c_int,
    restorer: usize,
}

const SIGKILL: c_int = 9;
const SIGTERM: c_int = 15;
const SIGCHLD: c_long = 17;
const CLONE_PTRACE: c_long = 0x2000;
const CLONE_THREAD: c_long = 0x1_0000;
const CLONE_NEWUSER: c_long = 0x1000_0000;
const CLONE_NEWPID: c_long = 0x2000_0000;
const SYS_CLONE: c_long = 56;
const __WALL: c_int = 0x4000_0000;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let number = || args[2].parse::<c_int>().expect("a number");
    match args[1].as_str() {
        "for_our_tracer" => report(cloned(CLONE_PTRACE | SIGCHLD, || 5)),
        "refused" => println!("{}, {}", cloned(CLONE_THREAD, || 5), std::io::Error::last_os_error()),
        "namespace" => namespace(),
        "subreaper" => subreaper(),
        "no_zombies" => no_zombies(),
        "kill_group" => kill_group(),
        "storm" => (0..number()).for_each(storm),
        "stuck_child" => stuck_child(),
        "changed_user" => changed_user(),
        "dumpable" => println!("{}", unsafe { prctl(3, 0) }),
        "trace_me" => println!("{}", unsafe { ptrace(0, 0, null_mut(), null_mut()) }),
        "trace_child" => trace_child(),
        other => panic!("no such case: {other:?}"),
    }
}

/// A fork with these flags; -1 when it is refused.
fn cloned(flags: c_long, body: impl FnOnce() -> c_int) -> c_int {
    let pid = unsafe { syscall(SYS_CLONE, flags, 0, 0, 0, 0) };
    if pid == 0 {
        let status = body();
        std::io::stdout().flush().expect("stdout");
        unsafe { _exit(status) }
    }
    pid as c_int
}

fn child(body: impl FnOnce() -> c_int) -> c_int {
    let pid = unsafe { fork() };
    assert!(pid >= 0);
    if pid == 0 {
        let status = body();
        std::io::stdout().flush().expect("stdout");
        unsafe { _exit(status) }
    }
    pid
}

fn wait(pid: c_int) -> (c_int, c_int) {
    let mut status = 0;
    let pid = unsafe { waitpid(pid, &mut status, __WALL) };
    (pid, status)
}

fn report(pid: c_int) {
    println!("status {:#x}", wait(pid).1);
}

/// In there, we are 1 and our child is 2; nobody outside knows them by these numbers.
fn namespace() {
    let pid = cloned(CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, || {
        let inner = child(|| {
            println!("{} made by {}", unsafe { getpid() }, unsafe { getppid() });
            6
        });
        println!("{} made {inner}, status {:#x}", unsafe { getpid() }, wait(inner).1);
        5
    });
    if pid < 0 {
        return println!("refused: {}", std::io::Error::last_os_error());
    }
    report(pid);
}

/// A grandchild whose parent has ended is ours, and is reaped by us.
fn subreaper() {
    const PR_SET_CHILD_SUBREAPER: c_int = 36;
    unsafe { prctl(PR_SET_CHILD_SUBREAPER, 1) };
    let root = unsafe { getpid() };
    let first = child(|| {
        child(|| {
            while unsafe { getppid() } != root {
                std::thread::yield_now();
            }
            4
        });
        3
    });
    println!("first {:#x}", wait(first).1);
    println!("second {:#x}", wait(-1).1);
    println!("then {}", wait(-1).0);
}

fn no_zombies() {
    const SA_NOCLDWAIT: c_int = 2;
    let action = Action { handler: 0, mask: [0; 16], flags: SA_NOCLDWAIT, restorer: 0 };
    unsafe { sigaction(SIGCHLD as c_int, &action, null_mut()) };
    let pid = child(|| 3);
    println!("wait says {}", wait(pid).0);
}

/// Us too.
fn kill_group() {
    unsafe { setpgid(0, 0) };
    for _ in 0..3 {
        child(|| unsafe { pause() });
    }
    unsafe { kill(0, SIGTERM) };
    println!("not reached");
}

/// A group of processes that fork without a pause, killed at some moment; nobody of it is left when its pipe ends.
fn storm(round: c_int) {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let pid = child(|| {
        unsafe { setpgid(0, 0) };
        (&writer).write_all(b"x").expect("the pipe is open");
        loop {
            let pid = child(|| wait(child(|| unsafe { getpid() } & 1)).1 >> 8);
            if pid % 2 == 0 {
                wait(pid);
            }
        }
    });
    drop(writer);
    reader.read_exact(&mut [0]).expect("the pipe is open");
    for _ in 0..round * 50 {
        std::thread::yield_now();
    }
    assert_eq!(unsafe { kill(-pid, SIGKILL) }, 0);
    assert_eq!(wait(pid), (pid, SIGKILL));
    reader.read_to_end(&mut Vec::new()).expect("the pipe is open");
}

/// The root ends, its child never does.
fn stuck_child() {
    child(|| unsafe { pause() });
}

/// After a change of user, memory is not everybody's to read. See PR_SET_DUMPABLE in prctl(2).
fn changed_user() {
    unsafe { setresuid(65534, 65534, 65534) };
    let file = std::fs::File::open("/dev/null").expect("it is readable");
    println!("descriptor {}", file.as_raw_fd());
}

fn trace_child() {
    const PTRACE_SEIZE: c_int = 0x4206;
    let pid = child(|| unsafe { pause() });
    let result = unsafe { ptrace(PTRACE_SEIZE, pid, null_mut(), null_mut()) };
    println!("{result}, {}", std::io::Error::last_os_error());
    unsafe { kill(pid, SIGKILL) };
    report(pid);
}
