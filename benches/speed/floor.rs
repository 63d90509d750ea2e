//! What cannot be had for less: a tracer that resumes its tracees and does nothing else, all on one core.

use std::ffi::CString;
use std::ptr::null_mut;

use libc::{c_int, c_void, pid_t};

/// Runs a program and everything it starts, and stops at each call.
pub(crate) fn trace(command: &[String]) {
    let argv: Vec<CString> =
        command.iter().map(|word| CString::new(word.as_str()).expect("no NUL")).collect();
    let mut pointers: Vec<_> = argv.iter().map(|word| word.as_ptr()).collect();
    pointers.push(std::ptr::null());
    stay_on_one_core();
    // SAFETY: this process has one thread, and the child executes a program.
    let root = unsafe { libc::fork() };
    if root == 0 {
        // SAFETY: a NULL-terminated array of strings, which are there.
        unsafe {
            libc::ptrace(libc::PTRACE_TRACEME, 0, null_mut::<c_void>(), null_mut::<c_void>());
            libc::execvp(pointers[0], pointers.as_ptr());
            libc::_exit(127);
        }
    }
    wait(root);
    const FOLLOW: c_int = libc::PTRACE_O_TRACEFORK | libc::PTRACE_O_TRACEVFORK | libc::PTRACE_O_TRACECLONE;
    const OPTIONS: c_int = FOLLOW | libc::PTRACE_O_TRACESYSGOOD | libc::PTRACE_O_TRACEEXEC;
    // SAFETY: requests to a stopped tracee, which read nothing but numbers.
    unsafe {
        libc::ptrace(libc::PTRACE_SETOPTIONS, root, null_mut::<c_void>(), OPTIONS as usize);
        libc::ptrace(libc::PTRACE_SYSCALL, root, null_mut::<c_void>(), 0usize);
    }
    let mut code = 0;
    while let Some((pid, status)) = wait(-1) {
        if !libc::WIFSTOPPED(status) {
            if pid == root {
                code = libc::WEXITSTATUS(status);
            }
            continue;
        }
        let signal = match libc::WSTOPSIG(status) {
            // Those of ptrace itself, and the first stop of a child.
            libc::SIGTRAP | libc::SIGSTOP => 0,
            signal if signal & 0x80 != 0 => 0,
            signal => signal as usize,
        };
        // SAFETY: as above.
        unsafe {
            libc::ptrace(libc::PTRACE_SYSCALL, pid, null_mut::<c_void>(), signal);
        }
    }
    std::process::exit(code);
}

fn wait(pid: pid_t) -> Option<(pid_t, c_int)> {
    let mut status = 0;
    // SAFETY: `status` is a valid place for the word.
    let pid = unsafe { libc::waitpid(pid, &mut status, libc::__WALL) };
    (pid > 0).then_some((pid, status))
}

fn stay_on_one_core() {
    // SAFETY: a set of cores is plain data, for which zeros are valid.
    unsafe {
        let mut cores: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(libc::sched_getcpu() as usize, &mut cores);
        libc::sched_setaffinity(0, size_of_val(&cores), &cores);
    }
}

/// The program that is traced.
pub(crate) fn make_calls(what: &str, times: usize) {
    for _ in 0..times {
        match what {
            "getppid" => {
                // SAFETY: it takes nothing.
                unsafe { libc::syscall(libc::SYS_getppid) };
            }
            "files" => {
                // SAFETY: a string, and buffers with their lengths.
                unsafe {
                    let mut buffer = [0u8; 512];
                    let mut stat: libc::stat = std::mem::zeroed();
                    let fd = libc::open(c"/etc/passwd".as_ptr(), libc::O_RDONLY);
                    libc::fstat(fd, &mut stat);
                    libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len());
                    libc::close(fd);
                }
            }
            other => panic!("no such loop: {other}"),
        }
    }
}
