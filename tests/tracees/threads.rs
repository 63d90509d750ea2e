//! Threads, and who ends first.

use std::ffi::{c_int, c_long, c_void};
use std::ptr::{null, null_mut};
use std::sync::{Arc, Barrier};
use std::thread;

unsafe extern "C-unwind" {
    fn syscall(number: c_long, ...) -> c_long;
    fn pause() -> c_int;
    fn setuid(uid: u32) -> c_int;
    fn getuid() -> u32;
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

fn ask() {
    unsafe { syscall(SYS_GETPPID) };
}

fn wait_for_ever() {
    loop {
        unsafe { pause() };
    }
}
