//! Threads, and who ends first.

use std::ffi::{c_char, c_int, c_long, c_void};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::ptr::{null, null_mut};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Barrier};
use std::thread;

unsafe extern "C-unwind" {
    fn syscall(number: c_long, ...) -> c_long;
    fn pause() -> c_int;
    fn setuid(uid: u32) -> c_int;
    fn getuid() -> u32;
    fn dup2(old: c_int, new: c_int) -> c_int;
    fn read(fd: c_int, to: *mut u8, len: usize) -> isize;
    fn write(fd: c_int, from: *const c_char, len: usize) -> isize;
    fn socket(domain: c_int, ty: c_int, protocol: c_int) -> c_int;
    fn listen(socket: c_int, backlog: c_int) -> c_int;
    fn connect(socket: c_int, address: *const u8, len: u32) -> c_int;
    fn pthread_create(
        thread: *mut usize,
        attributes: *const c_void,
        body: extern "C-unwind" fn(*mut c_void) -> *mut c_void,
        arg: *mut c_void,
    ) -> c_int;
    fn pthread_cancel(thread: usize) -> c_int;
    fn pthread_join(thread: usize, result: *mut *mut c_void) -> c_int;
}

const SYS_GETPPID: c_long = 110;
const SYS_EXIT: c_long = 60;
const SYS_EXIT_GROUP: c_long = 231;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let number = || args[2].parse::<usize>().expect("a number");
    match args[1].as_str() {
        "many" => many(number()),
        "exit_group" => exit_group(),
        "leader_first" => leader_first(),
        "busy" => busy(number()),
        "setxid" => setxid(),
        "cancel" => cancel(),
        "replace" => replace(&args[2]),
        "race" => race(&args[2]),
        other => panic!("no such case: {other:?}"),
    }
}

/// Each thread makes as many calls as its number.
fn many(threads: usize) {
    let threads: Vec<_> = (1..=threads)
        .map(|number| {
            thread::spawn(move || {
                (0..number).for_each(|_| ask());
                number
            })
        })
        .collect();
    let calls: usize = threads.into_iter().map(|thread| thread.join().expect("it ends")).sum();
    println!("{calls} calls");
}

/// A thread ends the process while the others wait for ever.
fn exit_group() {
    let ready = Arc::new(Barrier::new(3));
    for _ in 0..2 {
        let ready = ready.clone();
        thread::spawn(move || {
            ready.wait();
            wait_for_ever();
        });
    }
    thread::spawn(move || {
        ready.wait();
        unsafe { syscall(SYS_EXIT_GROUP, 7) };
    });
    wait_for_ever();
}

/// The leader is a zombie while a thread goes on, and gives the process its status.
fn leader_first() {
    thread::spawn(|| {
        let stat = format!("/proc/self/task/{}/stat", std::process::id());
        while !std::fs::read_to_string(&stat).expect("it is there").contains(") Z ") {
            thread::yield_now();
        }
        ask();
        unsafe { syscall(SYS_EXIT_GROUP, 9) };
    });
    unsafe { syscall(SYS_EXIT, 0) };
}

/// Threads that call without a pause must not starve the oldest one.
fn busy(threads: usize) {
    for _ in 0..threads {
        thread::spawn(|| {
            loop {
                ask();
            }
        });
    }
    for _ in 0..100 {
        thread::yield_now();
    }
    println!("done");
}

/// glibc makes every thread call setuid, by a real-time signal.
fn setxid() {
    let ready = Arc::new(Barrier::new(3));
    for _ in 0..2 {
        let ready = ready.clone();
        thread::spawn(move || {
            ready.wait();
            wait_for_ever();
        });
    }
    ready.wait();
    println!("setuid {}", unsafe { setuid(getuid()) });
}

/// glibc cancels a thread by another real-time signal.
fn cancel() {
    extern "C-unwind" fn wait(_: *mut c_void) -> *mut c_void {
        loop {
            unsafe { pause() };
        }
    }
    let (mut thread, mut result) = (0, null_mut());
    unsafe {
        pthread_create(&mut thread, null(), wait, null_mut());
        pthread_cancel(thread);
        pthread_join(thread, &mut result);
    }
    println!("cancelled {}", result as isize);
}

/// The leader is in a call that waits, on the descriptor 50 or at an address; meanwhile a thread replaces that by another, and ends the wait.
fn replace(dir: &str) {
    let (about, leader) = (Arc::new(AtomicBool::new(false)), std::process::id());
    let waits = about.clone();
    let mut name = address(&format!("{dir}/good"));
    let (listener, at) = (UnixListener::bind(format!("{dir}/good")).expect("it binds"), name.as_mut_ptr() as usize);
    unsafe { listen(listener.as_raw_fd(), 0) };
    // One may wait to be accepted, and the next one waits to be one of those.
    let first = UnixStream::connect(format!("{dir}/good")).expect("it connects");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let evil = std::fs::File::create(format!("{dir}/evil")).expect("it is made");
    assert_eq!(unsafe { dup2(reader.as_raw_fd(), 50) }, 50);
    let thread = thread::spawn(move || {
        until_it_sleeps(leader, &waits);
        unsafe { dup2(evil.as_raw_fd(), 50) };
        (&writer).write_all(b"x").expect("there is room");
        until_it_sleeps(leader, &waits);
        unsafe { *(at as *mut u8).add(2) = b'-' };
        drop(listener.accept());
        listener
    });
    let mut byte = 0_u8;
    about.store(true, SeqCst);
    assert_eq!(unsafe { read(50, &mut byte, 1) }, 1);
    let socket = unsafe { socket(1, 1, 0) };
    about.store(true, SeqCst);
    assert_eq!(unsafe { connect(socket, at as *const u8, name.len() as u32) }, 0);
    drop((thread.join().expect("it ends"), first, reader));
    println!("done");
}

/// `struct sockaddr_un`: see unix(7).
fn address(path: &str) -> Vec<u8> {
    [&[1, 0], path.as_bytes(), &[0]].concat()
}

/// After it has said that it will.
fn until_it_sleeps(tid: u32, about: &AtomicBool) {
    while !about.swap(false, SeqCst) {
        std::hint::spin_loop();
    }
    let stat = format!("/proc/self/task/{tid}/stat");
    while !std::fs::read_to_string(&stat).expect("it is there").contains(") S ") {
        thread::yield_now();
    }
}

/// A thread replaces the descriptor 50 while the leader writes to it, sooner or later, until a byte is in the other file.
fn race(dir: &str) {
    const STOP: usize = usize::MAX;
    let open = |name: &str| std::fs::File::create(format!("{dir}/{name}")).expect("it is made");
    let (good, evil) = (open("good"), open("evil"));
    let (delay, other) = (Arc::new(AtomicUsize::new(0)), evil.as_raw_fd());
    let given = delay.clone();
    let thread = thread::spawn(move || {
        loop {
            match given.load(SeqCst) {
                0 => std::hint::spin_loop(),
                STOP => break,
                delay => {
                    (0..delay).for_each(|_| std::hint::spin_loop());
                    unsafe { dup2(other, 50) };
                    given.store(0, SeqCst);
                }
            }
        }
    });
    let written = || evil.metadata().expect("it is there").len();
    for round in 1..=40 {
        unsafe { dup2(good.as_raw_fd(), 50) };
        delay.store(round * 100, SeqCst);
        unsafe { write(50, c"x".as_ptr(), 1) };
        while delay.load(SeqCst) != 0 {
            std::hint::spin_loop();
        }
        if written() > 0 {
            break;
        }
    }
    delay.store(STOP, SeqCst);
    thread.join().expect("it ends");
    println!("{}", written());
}

fn ask() {
    unsafe { syscall(SYS_GETPPID) };
}

fn wait_for_ever() {
    loop {
        unsafe { pause() };
    }
}
