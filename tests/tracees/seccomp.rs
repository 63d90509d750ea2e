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

fn ask() -> c_long {
    unsafe { syscall(SYS_GETPPID) }
}

fn parent() -> c_long {
    std::os::unix::process::parent_id().into()
}

/// getppid(2) gets `action`, everything else passes. See seccomp(2).
fn filter(action: u32) {
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
    const PR_SET_SECCOMP: c_int = 22;
    const PR_SET_NO_NEW_PRIVS: c_int = 38;
    const SECCOMP_MODE_FILTER: c_ulong = 2;
    unsafe {
        assert_eq!(prctl(PR_SET_NO_NEW_PRIVS, 1 as c_ulong, 0 as c_ulong, 0 as c_ulong, 0 as c_ulong), 0);
        assert_eq!(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
    }
}
