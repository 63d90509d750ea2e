//! Makes calls all the time, and then says where it may run.

use std::ffi::{c_int, c_long};
use std::os::unix::process::CommandExt as _;

unsafe extern "C" {
    fn fork() -> c_int;
    fn _exit(status: c_int) -> !;
    fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
}

const SYS_GETPPID: c_long = 110;
const SYS_SCHED_SETAFFINITY: c_long = 203;
const SYS_SCHED_GETAFFINITY: c_long = 204;

fn main() {
    for case in std::env::args().skip(1) {
        call_all_the_time();
        match case.as_str() {
            "asked" => println!("asked: {:x?}", affinity()),
            "status" => println!("status: {}", status()),
            "late_status" => {
                let file = std::fs::File::open("/proc/self/status").expect("proc is mounted");
                call_all_the_time();
                println!("status: {}", allowed(&std::io::read_to_string(file).expect("it is readable")));
            }
            "child" => in_a_child(),
            "thread" => {
                std::thread::spawn(|| println!("thread: {}", status())).join().expect("it ends");
            }
            "thread_executes" => {
                let program = std::env::current_exe().expect("its path");
                let thread = std::thread::spawn(move || {
                    call_all_the_time();
                    std::process::Command::new(program).arg("status").exec()
                });
                panic!("{:?}", thread.join());
            }
            "set" => {
                let first = affinity().map(|word| word & word.wrapping_neg());
                call_all_the_time();
                unsafe { syscall(SYS_SCHED_SETAFFINITY, 0, size_of_val(&first), &first) };
                call_all_the_time();
                println!("set: {}", status());
            }
            other => panic!("no such case: {other:?}"),
        }
    }
}

fn call_all_the_time() {
    for _ in 0..400 {
        unsafe { syscall(SYS_GETPPID) };
    }
}

fn affinity() -> [u64; 16] {
    let mut mask = [0; 16];
    let len = unsafe { syscall(SYS_SCHED_GETAFFINITY, 0, size_of_val(&mask), &mut mask) };
    assert!(len > 0);
    mask
}

fn status() -> String {
    allowed(&std::fs::read_to_string("/proc/self/status").expect("proc is mounted"))
}

fn allowed(status: &str) -> String {
    let line = status.lines().find(|line| line.starts_with("Cpus_allowed:"));
    line.expect("a line of proc_pid_status(5)").to_owned()
}

fn in_a_child() {
    let pid = unsafe { fork() };
    if pid == 0 {
        println!("child: {:x?} {}", affinity(), status());
        unsafe { _exit(0) }
    }
    assert_eq!(unsafe { waitpid(pid, std::ptr::null_mut(), 0) }, pid);
}
