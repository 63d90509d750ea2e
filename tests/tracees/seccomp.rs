//! Puts a filter on itself, and makes the call that it is about.

use std::ffi::{c_int, c_long, c_ulong, c_void};

unsafe extern "C" {
    fn prctl(option: c_int, ...) -> c_int;
    fn sigaction(signal: c_int, new: *const Action, old: *mut Action) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    fn raise(signal: c_int) -> c_int;
}

#[repr(C)]
struct Action {
    handler: usize,
    mask: [u64; 16],
    flags: c_int,
    restorer: usize,
}

#[repr(C)]
struct Instruction {
    code: u16,
    jump_true: u8,
    jump_false: u8,
    k: u32,
}

#[repr(C)]
struct Program {
    len: u16,
    filter: *const Instruction,
}

const SIGSYS: c_int = 31;
const SYS_READ: c_long = 0;
const SYS_GETPPID: c_long = 110;

const KILL_PROCESS: u32 = 0x8000_0000;
const KILL_THREAD: u32 = 0;
const TRAP: u32 = 0x0003_0000;
const ERRNO: u32 = 0x0005_0000;
const TRACE: u32 = 0x7ff0_0000;
const LOG: u32 = 0x7ffc_0000;
const ALLOW: u32 = 0x7fff_0000;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args[1].as_str() {
        "ask" => println!("{}", ask() < 0),
        "errno" => answered(ERRNO | 77),
        "trace" => answered(TRACE | 5),
        "log" => answered(LOG),
        "trap" => trapped(),
        "trap_unhandled" => answered(TRAP),
        "kill" => answered(KILL_PROCESS),
        "kill_thread" => {
            let ended = std::thread::spawn(|| {
                filter(KILL_THREAD);
                ask()
            });
            while !ended.is_finished() && std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count) > 1
            {
                std::thread::yield_now();
            }
            println!("the thread has ended");
        }
        "raise" => raised_after_read(),
        "supervised" => supervised(),
        "strict" => strict(),
        "dispatched" => dispatched(),
        "asks" => asks(),
        "all_threads" => all_threads(),
        "children" => children(),
        other => panic!("no such case: {other:?}"),
    }
}

fn answered(action: u32) {
    filter(action);
    let answer = ask();
    match answer {
        -1 => println!("{}", std::io::Error::last_os_error()),
        _ => println!("{}", if answer == parent() { "the parent" } else { "something else" }),
    }
}

extern "C" fn answer(_: c_int, info: *const [i32; 32], context: *mut c_void) {
    let info = unsafe { &*info };
    // si_code and si_syscall of sigaction(2).
    println!("trapped, code {}, call {}", info[2], info[6]);
    // REG_RAX of the saved registers, what the program will see as the result: the gregs start at byte 40.
    const REG_RAX: usize = 13;
    unsafe { context.cast::<u8>().add(40).cast::<i64>().add(REG_RAX).write(-77) };
}

fn trapped() {
    let action = Action { handler: answer as *const () as usize, mask: [0; 16], flags: 4, restorer: 0 };
    unsafe { sigaction(SIGSYS, &action, std::ptr::null_mut()) };
    filter(TRAP);
    println!("the program sees {}, {}", ask(), std::io::Error::last_os_error());
}

/// A read that returns 0, which is its number, and a SIGSYS that has nothing to do with it.
fn raised_after_read() {
    let null = std::fs::File::open("/dev/null").expect("it is readable");
    let mut byte = 0u8;
    println!("read {}", unsafe { syscall(SYS_READ, std::os::fd::AsRawFd::as_raw_fd(&null), &mut byte, 1) });
    unsafe { raise(SIGSYS) };
}

/// Another thread answers for the kernel. See seccomp_unotify(2).
fn supervised() {
    use std::sync::mpsc;
    const USER_NOTIF: u32 = 0x7fc0_0000;
    const SECCOMP_IOCTL_NOTIF_RECV: c_long = 0xc050_2100;
    const SECCOMP_IOCTL_NOTIF_SEND: c_long = 0xc018_2101;
    const SYS_IOCTL: c_long = 16;
    let (send, receive) = mpsc::channel::<c_long>();
    let supervisor = std::thread::spawn(move || {
        let listener = receive.recv().expect("the filter is there");
        let (mut asked, mut answer) = ([0u64; 10], [0u64; 3]);
        unsafe { syscall(SYS_IOCTL, listener, SECCOMP_IOCTL_NOTIF_RECV, asked.as_mut_ptr()) };
        // The request, and 4242 as the result.
        answer[..2].copy_from_slice(&[asked[0], 4242]);
        unsafe { syscall(SYS_IOCTL, listener, SECCOMP_IOCTL_NOTIF_SEND, answer.as_mut_ptr()) };
        asked[2] as i32
    });
    send.send(listening_filter(USER_NOTIF)).expect("somebody listens");
    println!("the answer is {}", ask());
    println!("to call {}", supervisor.join().expect("it ends"));
}

/// No call but read, write, _exit and sigreturn: the next one is the end. See SECCOMP_SET_MODE_STRICT in seccomp(2).
fn strict() {
    const PR_SET_SECCOMP: c_int = 22;
    const SECCOMP_MODE_STRICT: c_ulong = 1;
    unsafe {
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
        syscall(1, 1, c"written\n".as_ptr(), 8);
        syscall(SYS_GETPPID);
        syscall(1, 1, c"not reached\n".as_ptr(), 12);
    }
}

/// What it is told of filters and of no_new_privs, before it does anything of the kind and after.
fn asks() {
    const PR_GET_SECCOMP: c_int = 21;
    const PR_GET_NO_NEW_PRIVS: c_int = 39;
    let none = 0 as c_ulong;
    let told = || unsafe { (prctl(PR_GET_SECCOMP), prctl(PR_GET_NO_NEW_PRIVS, none, none, none, none)) };
    let before = told();
    filter(LOG);
    println!("{before:?} {:?}", told());
}

/// A filter for all threads at once.
fn all_threads() {
    use std::sync::mpsc;
    const SECCOMP_FILTER_FLAG_TSYNC: c_ulong = 1;
    let (done, wait) = mpsc::channel::<()>();
    let other = std::thread::spawn(move || {
        let _ = wait.recv();
        ask()
    });
    println!("{}", install(ERRNO | 77, SECCOMP_FILTER_FLAG_TSYNC));
    drop(done);
    println!("{}", other.join().expect("it has asked"));
}

/// Who is made before the filter, who is made after it, and what either executes.
fn children() {
    let ask_there = || {
        let own = std::env::current_exe().expect("it has a name");
        let output = std::process::Command::new(own).arg("ask").output().expect("it runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let before = std::thread::spawn(ask_there).join().expect("it has run");
    filter(ERRNO | 77);
    let after = std::thread::spawn(ask_there).join().expect("it has run");
    println!("{before}{after}");
}

static SELECTOR: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

extern "C" fn emulate(signal: c_int, info: *const [i32; 32], context: *mut c_void) {
    SELECTOR.store(0, std::sync::atomic::Ordering::SeqCst);
    answer(signal, info, context);
}

/// A call that the kernel gives back to the program, which emulates it. See PR_SET_SYSCALL_USER_DISPATCH in prctl(2).
fn dispatched() {
    const PR_SET_SYSCALL_USER_DISPATCH: c_int = 59;
    let action = Action { handler: emulate as *const () as usize, mask: [0; 16], flags: 4, restorer: 0 };
    unsafe { sigaction(SIGSYS, &action, std::ptr::null_mut()) };
    let (on, none) = (1 as c_ulong, 0 as c_ulong);
    if unsafe { prctl(PR_SET_SYSCALL_USER_DISPATCH, on, none, none, SELECTOR.as_ptr()) } != 0 {
        return println!("refused: {}", std::io::Error::last_os_error());
    }
    SELECTOR.store(1, std::sync::atomic::Ordering::SeqCst);
    let answer = ask();
    println!("the program sees {answer}, {}", ask() == parent());
}

fn ask() -> c_long {
    unsafe { syscall(SYS_GETPPID) }
}

fn parent() -> c_long {
    std::os::unix::process::parent_id().into()
}

/// getppid(2) gets `action`, everything else passes. See seccomp(2).
fn filter(action: u32) {
    assert_eq!(install(action, 0), 0);
}

/// As [`filter`], and the descriptor where its questions are asked.
fn listening_filter(action: u32) -> c_long {
    const SECCOMP_FILTER_FLAG_NEW_LISTENER: c_ulong = 8;
    install(action, SECCOMP_FILTER_FLAG_NEW_LISTENER)
}

fn install(action: u32, flags: c_ulong) -> c_long {
    const LOAD_NUMBER: u16 = 0x20;
    const JUMP_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    let instruction = |code, jump_false, k| Instruction { code, jump_true: 0, jump_false, k };
    let filter = [
        instruction(LOAD_NUMBER, 0, 0),
        instruction(JUMP_EQUAL, 1, SYS_GETPPID as u32),
        instruction(RETURN, 0, action),
        instruction(RETURN, 0, ALLOW),
    ];
    let program = Program { len: filter.len() as u16, filter: filter.as_ptr() };
    const PR_SET_NO_NEW_PRIVS: c_int = 38;
    const SYS_SECCOMP: c_long = 317;
    const SECCOMP_SET_MODE_FILTER: c_ulong = 1;
    unsafe {
        assert_eq!(prctl(PR_SET_NO_NEW_PRIVS, 1 as c_ulong, 0 as c_ulong, 0 as c_ulong, 0 as c_ulong), 0);
        syscall(SYS_SECCOMP, SECCOMP_SET_MODE_FILTER, flags, &program)
    }
}
