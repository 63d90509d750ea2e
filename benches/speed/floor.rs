//! What cannot be had for less: a tracer that resumes its tracees and does nothing else, all on one core.

use std::ffi::CString;
use std::ptr::null_mut;

use libc::{c_int, c_void, pid_t};

/// Runs a program and everything it starts, and stops at each call. What a recording cannot do without is asked for where `asks`:
/// which call it is, and where the program's own part begins.
pub(crate) fn trace(command: &[String], asks: bool) {
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
        if asks {
            ask(pid, status);
        }
        // SAFETY: as above.
        unsafe {
            libc::ptrace(libc::PTRACE_SYSCALL, pid, null_mut::<c_void>(), signal);
        }
    }
    std::process::exit(code);
}

/// Asks for the call at its entry or exit, and at an exec stop for a hardware breakpoint, wherever that is.
fn ask(pid: pid_t, status: c_int) {
    const DEBUG_REGISTERS: usize = std::mem::offset_of!(libc::user, u_debugreg);
    // SAFETY: the structure is plain data and is as long as is said; the others are numbers.
    unsafe {
        if libc::WSTOPSIG(status) & 0x80 != 0 {
            let mut info: libc::ptrace_syscall_info = std::mem::zeroed();
            libc::ptrace(libc::PTRACE_GET_SYSCALL_INFO, pid, size_of_val(&info), &raw mut info);
        } else if status >> 16 == libc::PTRACE_EVENT_EXEC {
            for (register, value) in [(0, 0x1000usize), (7, 1), (7, 0)] {
                libc::ptrace(libc::PTRACE_POKEUSER, pid, DEBUG_REGISTERS + 8 * register, value);
            }
        }
    }
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

/// Has each call of this process looked at by a seccomp filter that lets all of them pass. See seccomp(2).
pub(crate) fn filter() {
    let statement = |code: u32, k| libc::sock_filter { code: code as u16, jt: 0, jf: 0, k };
    let mut code = [
        // The first of its arguments: where a filter looks at those, the kernel runs it at each call.
        statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 16),
        statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: code.len() as u16, filter: code.as_mut_ptr() };
    // SAFETY: the program is there, and is copied.
    let installed = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program)
    };
    assert_eq!(installed, 0, "no filter can be had here");
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
