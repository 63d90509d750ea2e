//! Sends itself signals, of every sort and at every moment.

use std::ffi::{c_int, c_long, c_void};
use std::io::{Read as _, Write as _};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

unsafe extern "C" {
    fn fork() -> c_int;
    fn _exit(status: c_int) -> !;
    fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn kill(pid: c_int, signal: c_int) -> c_int;
    fn raise(signal: c_int) -> c_int;
    fn getpid() -> c_int;
    fn sigaction(signal: c_int, new: *const Action, old: *mut Action) -> c_int;
    fn sigqueue(pid: c_int, signal: c_int, value: *mut c_void) -> c_int;
    fn setitimer(which: c_int, new: *const [u64; 4], old: *mut [u64; 4]) -> c_int;
    fn read(fd: c_int, buf: *mut c_void, count: usize) -> isize;
    fn write(fd: c_int, buf: *const c_void, count: usize) -> isize;
    fn pipe(fds: *mut c_int) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    fn setpgid(pid: c_int, group: c_int) -> c_int;
}

/// `struct sigaction` of glibc.
#[repr(C)]
struct Action {
    handler: usize,
    mask: [u64; 16],
    flags: c_int,
    restorer: usize,
}

const SIGTRAP: c_int = 5;
const SIGKILL: c_int = 9;
const SIGALRM: c_int = 14;
const SIGTERM: c_int = 15;
const SIGCONT: c_int = 18;
const SIGSTOP: c_int = 19;
const SIG_IGN: usize = 1;
const SA_SIGINFO: c_int = 4;
const SA_RESTART: c_int = 0x1000_0000;
const WUNTRACED: c_int = 2;
const WCONTINUED: c_int = 8;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let number = || args[2].parse::<c_int>().expect("a number");
    match args[1].as_str() {
        "handle_each" => handle_each(),
        "ignore_each" => ignore_each(),
        "trap" => trap(),
        "breakpoint" => unsafe { std::arch::asm!("int3") },
        "stop_child" => stop_child(),
        "stop_self" => stop_self(number()),
        "restart" => interrupted_read(SA_RESTART),
        "interrupt" => interrupted_read(0),
        "sleep" => stopped_sleep(),
        "stop_threads" => stop_threads(),
        "kill_stopped" => kill_stopped(),
        "kill_threads" => kill_threads(),
        "queue" => queue(),
        "return" => return_from_handler(),
        "kill_race" => (0..number()).for_each(kill_race),
        other => panic!("no such case: {other:?}"),
    }
}

static LAST: [AtomicI32; 2] = [const { AtomicI32::new(0) }; 2];
static LAST_VALUE: AtomicU64 = AtomicU64::new(0);
static COUNT: AtomicI32 = AtomicI32::new(0);

extern "C" fn note(signal: c_int, info: *const [i32; 32], _: *mut c_void) {
    let info = unsafe { &*info };
    LAST[0].store(signal, Ordering::SeqCst);
    LAST[1].store(info[2], Ordering::SeqCst);
    LAST_VALUE.store(info[6] as u32 as u64 | (info[7] as u32 as u64) << 32, Ordering::SeqCst);
    COUNT.fetch_add(1, Ordering::SeqCst);
}

fn handle(signal: c_int, handler: usize, flags: c_int) -> bool {
    let action = Action { handler, mask: [0; 16], flags: flags | SA_SIGINFO, restorer: 0 };
    unsafe { sigaction(signal, &action, null_mut()) == 0 }
}

/// Every signal that can be handled, with a value that must arrive.
fn handle_each() {
    for signal in 1..=64 {
        if !handle(signal, note as *const () as usize, 0) {
            println!("{signal} cannot be handled");
            continue;
        }
        unsafe { sigqueue(getpid(), signal, (0x1234_5678_9abc_0000u64 + signal as u64) as *mut c_void) };
        let [last, code] = LAST.each_ref().map(|last| last.load(Ordering::SeqCst));
        println!("{last} with code {code} and value {:#x}", LAST_VALUE.load(Ordering::SeqCst));
    }
}

fn ignore_each() {
    for signal in (1..=64).filter(|&signal| handle(signal, SIG_IGN, 0)) {
        assert_eq!(unsafe { raise(signal) }, 0);
    }
    println!("ignored");
}

/// Traps of the program's own are no business of its tracer.
fn trap() {
    handle(SIGTRAP, note as *const () as usize, 0);
    unsafe { raise(SIGTRAP) };
    println!("raised: {}", COUNT.load(Ordering::SeqCst));
    unsafe { kill(getpid(), SIGTRAP) };
    println!("sent: {}", COUNT.load(Ordering::SeqCst));
    unsafe { std::arch::asm!("int3") };
    println!("breakpoint: {}", COUNT.load(Ordering::SeqCst));
    // The trap flag: an exception after the next instruction.
    unsafe {
        std::arch::asm!(
            "pushfq",
            "or qword ptr [rsp], 0x100",
            "popfq",
            "nop",
            "pushfq",
            "and qword ptr [rsp], -257",
            "popfq",
        )
    };
    println!("steps: {}", COUNT.load(Ordering::SeqCst) > 3);
}

fn child(body: impl FnOnce()) -> c_int {
    let pid = unsafe { fork() };
    if pid == 0 {
        body();
        unsafe { _exit(0) }
    }
    pid
}

fn wait(pid: c_int, options: c_int) -> c_int {
    let mut status = 0;
    assert_eq!(unsafe { waitpid(pid, &mut status, options) }, pid);
    status
}

/// A child stops itself, stays stopped, and goes on when told to; the parent is told of each.
fn stop_child() {
    let (mut echo, echoes) = std::io::pipe().expect("a pipe");
    let (mut gate, gate_opener) = std::io::pipe().expect("a pipe");
    let pid = child(|| {
        unsafe { raise(SIGSTOP) };
        (&echoes).write_all(b"x").expect("the pipe is open");
        gate.read_exact(&mut [0]).expect("the pipe is open");
    });
    println!("stopped {:#x}", wait(pid, WUNTRACED));
    println!("silent while stopped: {}", is_silent(&echo, 100));
    unsafe { kill(pid, SIGCONT) };
    println!("continued {:#x}", wait(pid, WCONTINUED));
    echo.read_exact(&mut [0]).expect("it goes on");
    (&gate_opener).write_all(b"x").expect("the pipe is open");
    println!("ended {:#x}", wait(pid, 0));
}

/// Whether nothing comes for so many milliseconds.
fn is_silent(pipe: &impl std::os::fd::AsRawFd, milliseconds: c_int) -> bool {
    const SYS_POLL: c_long = 7;
    const POLLIN: u64 = 1;
    let mut fds = pipe.as_raw_fd() as u64 | POLLIN << 32;
    unsafe { syscall(SYS_POLL, &mut fds, 1, milliseconds) == 0 }
}

/// We stop ourselves by a stopping signal; a child continues us until it knows that it has. In a process group
/// with a parent outside of it, or a terminal's signals would not stop us.
fn stop_self(signal: c_int) {
    unsafe { setpgid(0, 0) };
    let (done, say_done) = std::io::pipe().expect("a pipe");
    let root = unsafe { getpid() };
    let pid = child(|| {
        while is_silent(&done, 20) {
            unsafe { kill(root, SIGCONT) };
        }
    });
    println!("raised {}", unsafe { raise(signal) });
    (&say_done).write_all(b"x").expect("the pipe is open");
    println!("helper {:#x}", wait(pid, 0));
}

static PIPE: [AtomicI32; 2] = [const { AtomicI32::new(-1) }; 2];

extern "C" fn fill(_: c_int, _: *const [i32; 32], _: *mut c_void) {
    unsafe { write(PIPE[1].load(Ordering::SeqCst), b"x".as_ptr().cast(), 1) };
}

/// A read that a signal interrupts; the handler makes sure that a second attempt has something to read.
fn interrupted_read(flags: c_int) {
    let mut fds = [0; 2];
    unsafe { pipe(fds.as_mut_ptr()) };
    PIPE.iter().zip(fds).for_each(|(place, fd)| place.store(fd, Ordering::SeqCst));
    handle(SIGALRM, fill as *const () as usize, flags);
    let mut buf = [0u8; 8];
    let mut read = || unsafe { read(fds[0], buf.as_mut_ptr().cast(), buf.len()) };
    unsafe { setitimer(0, &[0, 0, 0, 50_000], null_mut()) };
    let first = read();
    match first {
        -1 => println!("{:?}, then {}", std::io::Error::last_os_error().kind(), read()),
        _ => println!("{first}"),
    }
}

/// A sleep that is stopped and continued goes on by restart_syscall(2), and lasts no longer than it should.
fn stopped_sleep() {
    const SYS_NANOSLEEP: c_long = 35;
    let pid = child(|| {
        let time = [0u64, 300_000_000];
        let result = unsafe { syscall(SYS_NANOSLEEP, &time, null::<u64>()) };
        println!("slept: {result}");
    });
    // Asleep in a call, neither running nor stopped by a tracer.
    while state(pid) != 'S' {
        std::thread::yield_now();
    }
    unsafe { kill(pid, SIGSTOP) };
    println!("stopped {:#x}", wait(pid, WUNTRACED));
    unsafe { kill(pid, SIGCONT) };
    println!("ended {:#x}", wait(pid, 0));
}

fn state(pid: c_int) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it is there");
    stat.rsplit(") ").next().and_then(|rest| rest.chars().next()).expect("a state")
}

/// A process of four threads, of which each stops when it is stopped.
fn stop_threads() {
    let (gate, gate_opener) = std::io::pipe().expect("a pipe");
    let (mut ready, say_ready) = std::io::pipe().expect("a pipe");
    let pid = child(|| {
        let blocked = || drop((&gate).read_exact(&mut [0]));
        std::thread::scope(|scope| {
            (0..3).for_each(|_| drop(scope.spawn(blocked)));
            (&say_ready).write_all(b"x").expect("the pipe is open");
            blocked();
        });
    });
    ready.read_exact(&mut [0]).expect("the pipe is open");
    unsafe { kill(pid, SIGSTOP) };
    println!("stopped {:#x}", wait(pid, WUNTRACED));
    unsafe { kill(pid, SIGCONT) };
    println!("continued {:#x}", wait(pid, WCONTINUED));
    (&gate_opener).write_all(b"four").expect("the pipe is open");
    println!("ended {:#x}", wait(pid, 0));
}

fn kill_stopped() {
    let pid = child(|| {
        unsafe { raise(SIGSTOP) };
    });
    println!("stopped {:#x}", wait(pid, WUNTRACED));
    unsafe { kill(pid, SIGKILL) };
    println!("ended {:#x}", wait(pid, 0));
}

/// One signal, sent to one thread, ends them all.
fn kill_threads() {
    for _ in 0..3 {
        std::thread::spawn(|| std::thread::park());
    }
    std::thread::spawn(|| unsafe { raise(SIGTERM) });
    loop {
        std::thread::park();
    }
}

static ORDER: [AtomicU64; 8] = [const { AtomicU64::new(0) }; 8];

extern "C" fn append(signal: c_int, info: *const [i32; 32], _: *mut c_void) {
    let value = signal as u64 * 1000 + unsafe { &*info }[6] as u64;
    ORDER[COUNT.fetch_add(1, Ordering::SeqCst) as usize].store(value, Ordering::SeqCst);
}

/// Real-time signals queue, and each keeps its value. See signal(7).
fn queue() {
    const SYS_RT_SIGPROCMASK: c_long = 14;
    let signals = [40, 41];
    let mask: u64 = signals.iter().map(|signal| 1 << (signal - 1)).sum();
    assert!(signals.iter().all(|&signal| handle(signal, append as *const () as usize, 0)));
    unsafe { syscall(SYS_RT_SIGPROCMASK, 0, &mask, null::<u64>(), 8) };
    for (signal, value) in [(41, 1), (40, 2), (41, 3), (40, 4)] {
        unsafe { sigqueue(getpid(), signal, value as *mut c_void) };
    }
    unsafe { syscall(SYS_RT_SIGPROCMASK, 1, &mask, null::<u64>(), 8) };
    println!("{:?}", ORDER.each_ref().map(|value| value.load(Ordering::SeqCst)));
}

/// A handler that interrupts no call returns to a register that looks like the error of one.
fn return_from_handler() {
    handle(SIGTRAP, note as *const () as usize, 0);
    let kept: i64;
    unsafe { std::arch::asm!("int3", inlateout("rax") -2i64 => kept) };
    println!("{kept}");
}

/// Five threads that call all the time, killed at some moment.
fn kill_race(_: c_int) {
    let (mut ready, say_ready) = std::io::pipe().expect("a pipe");
    let pid = child(|| {
        let busy = || {
            loop {
                unsafe { getpid_call() };
            }
        };
        for _ in 0..4 {
            std::thread::spawn(busy);
        }
        (&say_ready).write_all(b"x").expect("the pipe is open");
        busy();
    });
    ready.read_exact(&mut [0]).expect("the pipe is open");
    unsafe { kill(pid, SIGKILL) };
    assert_eq!(wait(pid, 0), SIGKILL);
}

unsafe fn getpid_call() {
    unsafe { syscall(39) };
}
