//! What cannot be had for less: a tracer that resumes its tracees and does nothing else, all on one core.

use std::cell::Cell;
use std::ffi::CString;
use std::io::Write as _;
use std::ptr::null_mut;

use libc::{c_int, c_void, pid_t};

/// What a tracer asks the kernel for at its stops. Nothing of it is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Nothing,
    /// Which call it is, and where the program's own part begins.
    Calls,
    /// Also what a recording shows of a file: the path, what was read, and what each descriptor refers to.
    Files,
}

/// Runs a program and everything it starts, and stops at each call.
pub(crate) fn trace(command: &[String], asks: Asks) {
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
        if asks != Asks::Nothing {
            ask(pid, status, asks);
        }
        // SAFETY: as above.
        unsafe {
            libc::ptrace(libc::PTRACE_SYSCALL, pid, null_mut::<c_void>(), signal);
        }
    }
    std::process::exit(code);
}

/// Asks for the call at its entry or exit, and at an exec stop for a hardware breakpoint, wherever that is.
fn ask(pid: pid_t, status: c_int, asks: Asks) {
    const DEBUG_REGISTERS: usize = std::mem::offset_of!(libc::user, u_debugreg);
    // SAFETY: the structure is plain data and is as long as is said; the others are numbers.
    unsafe {
        if libc::WSTOPSIG(status) & 0x80 != 0 {
            let mut info: libc::ptrace_syscall_info = std::mem::zeroed();
            libc::ptrace(libc::PTRACE_GET_SYSCALL_INFO, pid, size_of_val(&info), &raw mut info);
            if asks == Asks::Files {
                ask_for_files(pid, &info);
            }
        } else if status >> 16 == libc::PTRACE_EVENT_EXEC {
            for (register, value) in [(0, 0x1000usize), (7, 1), (7, 0)] {
                libc::ptrace(libc::PTRACE_POKEUSER, pid, DEBUG_REGISTERS + 8 * register, value);
            }
        }
    }
}

/// At the stops of a loop over a file, whose only thread is traced.
fn ask_for_files(pid: pid_t, info: &libc::ptrace_syscall_info) {
    thread_local! {
        /// The call at whose exit it stops next.
        static CALL: Cell<(i64, [u64; 6])> = const { Cell::new((-1, [0; 6])) };
    }
    const PATH: usize = 256;
    if info.op == libc::PTRACE_SYSCALL_INFO_ENTRY {
        // SAFETY: `op` says that this is the member the kernel filled in.
        let entry = unsafe { info.u.entry };
        CALL.set((entry.nr as i64, entry.args));
        match entry.nr as i64 {
            libc::SYS_openat => copy(pid, entry.args[1], PATH),
            libc::SYS_newfstatat => {
                link(pid, entry.args[0]);
                copy(pid, entry.args[1], PATH);
            }
            libc::SYS_fstat | libc::SYS_read | libc::SYS_close => link(pid, entry.args[0]),
            _ => {}
        }
    } else if info.op == libc::PTRACE_SYSCALL_INFO_EXIT {
        // SAFETY: as above.
        let result = unsafe { info.u.exit.sval };
        let (call, args) = CALL.get();
        match call {
            _ if result < 0 => {}
            libc::SYS_openat => link(pid, result as u64),
            libc::SYS_newfstatat => copy(pid, args[2], size_of::<libc::stat>()),
            libc::SYS_fstat => copy(pid, args[1], size_of::<libc::stat>()),
            libc::SYS_read => copy(pid, args[1], result as usize),
            _ => {}
        }
    }
}

fn copy(pid: pid_t, address: u64, len: usize) {
    let mut bytes = [0u8; 4096];
    let len = len.min(bytes.len());
    let here = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: len };
    let there = libc::iovec { iov_base: address as *mut c_void, iov_len: len };
    // SAFETY: it writes to `bytes`, and no more than there is room for.
    unsafe { libc::process_vm_readv(pid, &here, 1, &there, 1, 0) };
}

fn link(pid: pid_t, fd: u64) {
    let mut name = [0u8; 64];
    write!(&mut name[..63], "/proc/{pid}/fd/{}", fd as i32).expect("there is room");
    let mut text = [0u8; 256];
    // SAFETY: the name ends with a NUL, and the length is that of the buffer.
    unsafe { libc::readlink(name.as_ptr().cast(), text.as_mut_ptr().cast(), text.len()) };
}

fn wait(pid: pid_t) -> Option<(pid_t, c_int)> {
    let mut status = 0;
    // SAFETY: `status` is a valid place for the word.
    let pid = unsafe { libc::waitpid(pid, &mut status, libc::__WALL) };
    (pid > 0).then_some((pid, status))
}

pub(crate) fn stay_on_one_core() {
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
