//! Makes processes in every way there is, and lets them end in every way.

use std::ffi::{CString, c_char, c_int, c_long, c_void};
use std::io::{Read as _, Write as _};
use std::os::fd::IntoRawFd as _;
use std::process::exit;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Barrier, OnceLock};

unsafe extern "C" {
    fn fork() -> c_int;
    fn clone(
        f: extern "C" fn(*mut c_void) -> c_int,
        stack: *mut c_void,
        flags: c_int,
        arg: *mut c_void,
        ...
    ) -> c_int;
    fn execv(path: *const c_char, argv: *const *const c_char) -> c_int;
    fn execve(path: *const c_char, argv: *const *const c_char, envp: *const *const c_char) -> c_int;
    fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn waitid(sort: c_int, id: c_int, info: *mut c_void, options: c_int) -> c_int;
    fn kill(pid: c_int, signal: c_int) -> c_int;
    fn raise(signal: c_int) -> c_int;
    fn getpid() -> c_int;
    fn setsid() -> c_int;
    fn close(fd: c_int) -> c_int;
    fn pause() -> c_int;
    fn signal(signal: c_int, handler: usize) -> usize;
    fn prctl(option: c_int, value: c_long, ...) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    fn _exit(status: c_int) -> !;
}

const SIGKILL: c_int = 9;
const SIGTERM: c_int = 15;
const SIGCHLD: c_int = 17;
const SIG_IGN: usize = 1;
const WEXITED: c_int = 4;
const WNOWAIT: c_int = 0x0100_0000;
const __WALL: c_int = 0x4000_0000;
const CLONE_VM: c_int = 0x100;
const CLONE_VFORK: c_int = 0x4000;
const CLONE_PARENT: c_int = 0x8000;
const CLONE_UNTRACED: c_int = 0x80_0000;
const PR_SET_PDEATHSIG: c_int = 1;
const SYS_EXIT: c_long = 60;
const SYS_CLONE3: c_long = 435;
const SYS_EXECVEAT: c_long = 322;
const SYS_MEMFD_CREATE: c_long = 319;

/// Not `/proc/self/exe`, which a process whose leader has ended has no more.
static PROGRAM: OnceLock<CString> = OnceLock::new();

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let program = std::env::current_exe().expect("there is a program");
    PROGRAM.get_or_init(|| CString::new(program.into_os_string().into_encoded_bytes()).expect("no NUL"));
    let arg = |index: usize| args.get(index).map_or("", String::as_str);
    let number = |index: usize| arg(index).parse::<c_int>().expect("a number");
    match arg(1) {
        "" => println!("{} argument, {} variables", args.len(), std::env::vars_os().count()),
        "say" => println!("{}", arg(2)),
        "exit" => exit(number(2)),
        "signal" => ended_by(number(2)),
        "fork" => report(child(|| 3)),
        "fork_fork" => report(child(|| wait_for(child(|| 4)) >> 8)),
        "clone" => report(cloned(SIGCHLD, exits_with_5)),
        "clone_vfork_exec" => report(cloned(CLONE_VM | CLONE_VFORK | SIGCHLD, executes)),
        "clone_vfork_killed" => report(cloned(CLONE_VM | CLONE_VFORK | SIGCHLD, is_killed)),
        "clone_no_signal" => report(cloned(0, exits_with_5)),
        "clone_real_time_signal" => {
            unsafe { signal(35, SIG_IGN) };
            report(cloned(35, exits_with_5));
        }
        "clone_shared_memory" => {
            report(cloned(CLONE_VM | SIGCHLD, writes_to_memory));
            println!("written {}", WRITTEN.load(Ordering::SeqCst));
        }
        "clone3" => report(cloned3(0)),
        "clone_parent" => sibling(),
        "clone_untraced" => report(cloned(CLONE_UNTRACED | SIGCHLD, exits_with_5)),
        "clone3_untraced" => report(cloned3(CLONE_UNTRACED as u64)),
        "escape" => escape(),
        "spawn" => {
            let status = std::process::Command::new(&args[0]).args(["exit", "6"]).status();
            println!("{status:?}");
            let missing = std::process::Command::new("/no/such/program").status();
            println!("{:?}", missing.map_err(|error| error.kind()));
        }
        "daemon" => daemon(arg(2)),
        "ends_first" => ends_first(),
        "exec_leader" => exec_by_leader(),
        "exec_thread" => exec_by_thread(false),
        "exec_zombie_leader" => exec_by_thread(true),
        "exec_both" => exec_by_both(),
        "exec_fails" => exec_fails(),
        "exec_fails_in_thread" => exec_fails_in_thread(),
        "exec_null_argv" => exec_null_argv(),
        "exec_memfd" => exec_memfd(),
        "exec_again" => exec_again(number(2)),
        "fork_kill" => (0..number(2)).for_each(|_| assert_eq!(fork_and_kill(), SIGKILL)),
        "wait_all" => wait_for_all(),
        "sigchld_ignored" => sigchld_ignored(),
        "death_signal" => bound_to_its_parent(),
        "blocked" => blocked(),
        "fork_bomb" => loop {
            unsafe { fork() };
        },
        other => panic!("no such case: {other:?}"),
    }
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

fn cloned(flags: c_int, body: extern "C" fn(*mut c_void) -> c_int) -> c_int {
    let stack = Box::leak(vec![0u128; 4096].into_boxed_slice());
    let pid = unsafe { clone(body, stack.as_mut_ptr_range().end.cast(), flags, null_mut()) };
    assert!(pid > 0);
    pid
}

/// clone3(2) as a fork.
fn cloned3(flags: u64) -> c_int {
    let args: [u64; 8] = [flags, 0, 0, 0, SIGCHLD as u64, 0, 0, 0];
    let pid = unsafe { syscall(SYS_CLONE3, args.as_ptr(), size_of_val(&args)) };
    assert!(pid >= 0);
    if pid == 0 {
        unsafe { _exit(5) }
    }
    pid as c_int
}

extern "C" fn exits_with_5(_: *mut c_void) -> c_int {
    5
}

extern "C" fn executes(_: *mut c_void) -> c_int {
    unsafe { execute_self(&["exit", "6"]) };
    127
}

extern "C" fn is_killed(_: *mut c_void) -> c_int {
    unsafe { raise(SIGKILL) }
}

static WRITTEN: AtomicI32 = AtomicI32::new(0);

extern "C" fn writes_to_memory(_: *mut c_void) -> c_int {
    WRITTEN.store(7, Ordering::SeqCst);
    0
}

fn wait_for(pid: c_int) -> c_int {
    let mut status = 0;
    assert_eq!(unsafe { waitpid(pid, &mut status, __WALL) }, pid);
    status
}

fn report(pid: c_int) {
    println!("status {:#x}", wait_for(pid));
}

fn ended_by(number: c_int) {
    // std handles two of them, to tell of stack overflows.
    const SIG_DFL: usize = 0;
    unsafe {
        signal(number, SIG_DFL);
        raise(number);
    }
    println!("survived");
}

/// A process with our parent as its parent: we cannot wait for it, and learn of its end by its pipe.
fn sibling() {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let pid = unsafe { syscall(56, (CLONE_PARENT | SIGCHLD) as c_long, 0, 0, 0, 0) };
    if pid == 0 {
        (&writer).write_all(b"the sibling").expect("the pipe is open");
        unsafe { _exit(8) }
    }
    drop(writer);
    let mut said = String::new();
    reader.read_to_string(&mut said).expect("the pipe is open");
    println!(
        "{said}, which is {}",
        if unsafe { waitpid(-1, null_mut(), __WALL) } < 0 { "no child" } else { "a child" }
    );
}

/// A pipe whose other end is closed by the end of the calling process, and not before: to be closed by its children.
fn end_of_this_process() -> (std::io::PipeReader, c_int) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    (reader, writer.into_raw_fd())
}

/// The grandchild makes `dir` when the root and its child are gone.
fn daemon(dir: &str) {
    let (mut reader, end) = end_of_this_process();
    child(|| {
        unsafe { setsid() };
        child(|| {
            unsafe { close(end) };
            reader.read_to_end(&mut Vec::new()).expect("the pipe is open");
            std::fs::create_dir(dir).expect("the directory is new");
            0
        });
        0
    });
}

/// The root ends while its child waits for it to.
fn ends_first() {
    let (mut reader, end) = end_of_this_process();
    child(|| {
        unsafe { close(end) };
        reader.read_to_end(&mut Vec::new()).expect("the pipe is open");
        println!("said after the root's end");
        0
    });
}

/// A process that no tracer follows holds our outputs open until its stdin ends.
fn escape() {
    let pid = unsafe { syscall(56, (CLONE_UNTRACED | SIGCHLD) as c_long, 0, 0, 0, 0) };
    if pid == 0 {
        std::io::stdin().read_to_end(&mut Vec::new()).expect("stdin");
        unsafe { _exit(0) }
    }
    println!("escaped");
}

unsafe fn execute_self(args: &[&str]) {
    let program = PROGRAM.get().expect("main has set it");
    let args: Vec<CString> =
        ["processes"].iter().chain(args).map(|arg| CString::new(*arg).expect("no NUL")).collect();
    let argv: Vec<_> = args.iter().map(|arg| arg.as_ptr()).chain([null()]).collect();
    unsafe { execv(program.as_ptr(), argv.as_ptr()) };
}

/// Two threads that wait for ever, and say when they are about to.
fn waiting_threads() {
    let ready = Arc::new(Barrier::new(3));
    for _ in 0..2 {
        let ready = ready.clone();
        std::thread::spawn(move || {
            ready.wait();
            loop {
                unsafe { pause() };
            }
        });
    }
    ready.wait();
}

fn exec_by_leader() {
    waiting_threads();
    unsafe { execute_self(&["say", "executed by the leader"]) };
}

fn exec_by_thread(leader_ends_first: bool) {
    waiting_threads();
    std::thread::spawn(move || {
        let stat = format!("/proc/self/task/{}/stat", std::process::id());
        while leader_ends_first {
            let stat = std::fs::read_to_string(&stat).expect("the leader is there");
            if stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")) {
                break;
            }
            std::thread::yield_now();
        }
        unsafe { execute_self(&["say", "executed by a thread"]) };
    });
    if leader_ends_first {
        unsafe { syscall(SYS_EXIT, 0) };
    }
    loop {
        unsafe { pause() };
    }
}

/// One of two threads gets through; the other dies in the call.
fn exec_by_both() {
    let ready = Arc::new(Barrier::new(2));
    for _ in 0..2 {
        let ready = ready.clone();
        std::thread::spawn(move || {
            ready.wait();
            unsafe { execute_self(&["say", "executed by one of two"]) };
        });
    }
    loop {
        unsafe { pause() };
    }
}

fn exec_fails() {
    let argv = [c"x".as_ptr(), null()];
    unsafe {
        execv(c"/no/such/program".as_ptr(), argv.as_ptr());
        execv(c"/dev/null".as_ptr(), argv.as_ptr());
        execute_self(&["say", "the third attempt"]);
    }
}

fn exec_fails_in_thread() {
    let failed = std::thread::spawn(|| {
        let argv = [c"x".as_ptr(), null()];
        unsafe { execv(c"/no/such/program".as_ptr(), argv.as_ptr()) };
        std::io::Error::last_os_error().kind()
    });
    println!("{:?}", failed.join());
}

/// The kernel makes one empty argument of it. See execve(2).
fn exec_null_argv() {
    unsafe { execve(c"/proc/self/exe".as_ptr(), null(), null()) };
}

/// A program without a path.
fn exec_memfd() {
    let argv = [c"processes".as_ptr(), c"say".as_ptr(), c"executed from memory".as_ptr(), null()];
    let program = std::fs::read("/proc/self/exe").expect("the program is readable");
    unsafe {
        let fd = syscall(SYS_MEMFD_CREATE, c"program".as_ptr(), 1) as c_int;
        let mut file =
            std::mem::ManuallyDrop::new(<std::fs::File as std::os::fd::FromRawFd>::from_raw_fd(fd));
        file.write_all(&program).expect("there is memory");
        let envp = [null::<c_char>()];
        const AT_EMPTY_PATH: c_int = 0x1000;
        syscall(SYS_EXECVEAT, fd, c"".as_ptr(), argv.as_ptr(), envp.as_ptr(), AT_EMPTY_PATH);
    }
}

fn exec_again(times: c_int) {
    match times {
        0 => println!("pid {}", if std::process::id() > 1 { "kept" } else { "lost" }),
        times => unsafe { execute_self(&["exec_again", &(times - 1).to_string()]) },
    }
}

fn fork_and_kill() -> c_int {
    let pid = child(|| unsafe { pause() });
    unsafe { kill(pid, SIGKILL) };
    wait_for(pid)
}

/// What a parent sees of its children must not depend on who traces them.
fn wait_for_all() {
    let mut children: Vec<_> = (1..=3).map(|status| child(|| status)).collect();
    children.push(child(|| unsafe { raise(SIGTERM) }));
    const P_ALL: c_int = 0;
    let mut statuses = Vec::new();
    for _ in &children {
        let mut info = [0i32; 32];
        assert_eq!(unsafe { waitid(P_ALL, 0, info.as_mut_ptr().cast(), WEXITED | WNOWAIT) }, 0);
        // si_code, si_pid, si_status of sigaction(2).
        let (code, pid, status) = (info[2], info[4], info[6]);
        let word = wait_for(pid);
        statuses.push((code, status, word));
    }
    statuses.sort();
    println!("{statuses:?}");
    println!("then {}", unsafe { waitpid(-1, null_mut(), __WALL) });
}

fn sigchld_ignored() {
    unsafe { signal(SIGCHLD, SIG_IGN) };
    let pid = child(|| 0);
    println!("wait says {}", unsafe { waitpid(pid, null_mut(), 0) });
}

/// The thread that forked us must outlive us.
fn bound_to_its_parent() {
    unsafe { prctl(PR_SET_PDEATHSIG, SIGTERM as c_long, 0, 0, 0) };
    for _ in 0..1000 {
        std::thread::yield_now();
    }
    println!("alive");
}

/// A tree that hangs: the root in wait4, a child in a session of its own, a thread, a process that spins.
fn blocked() {
    let stop = AtomicBool::new(false);
    child(|| {
        unsafe { setsid() };
        unsafe { pause() }
    });
    child(|| {
        while !stop.load(Ordering::Relaxed) {
            std::hint::spin_loop();
        }
        0
    });
    std::thread::spawn(|| std::thread::park());
    unsafe { kill(getpid(), 0) };
    println!("ready");
    wait_for(-1);
}
