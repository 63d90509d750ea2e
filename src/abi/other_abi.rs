//! The numbers of the other two interfaces of an x86_64 kernel: i386 (`int 0x80` and 32-bit programs) and x32.
//! Calls through them are named, and never read with the x86_64 table.

use crate::abi::syscalls;

/// The name of an i386 call, such as `socketcall`.
pub(crate) fn i386_name(number: u32) -> Option<&'static str> {
    match ::syscalls::x86::Sysno::new(number as usize) {
        // `break` is a word of Rust.
        Some(call) => Some(call.name().trim_start_matches("r#")),
        None if number >= FIRST_COMMON => syscalls::by_number(number).map(|row| row.name),
        None => None,
    }
}

/// The i386 call of this name.
pub(crate) fn i386_number(name: &str) -> Option<u32> {
    (0..512).find(|&number| i386_name(number) == Some(name))
}

/// The x86_64 calls that the i386 call `name` does the work of: mostly the one of the same name, for `socketcall` and `ipc` a whole
/// group, for what x86_64 has no call for none. See syscalls(2).
pub(crate) fn i386_means(name: &'static str) -> Vec<&'static str> {
    if let Some((_, group)) = OTHERWISE.iter().find(|(own, _)| *own == name) {
        return group.to_vec();
    }
    // Wider arguments made new names: `stat64`, `getuid32`, `ppoll_time64`.
    let shorter = ["", "_time64", "_64", "64", "32"].into_iter().filter_map(|end| name.strip_suffix(end));
    shorter.filter_map(syscalls::by_name).map(|row| row.name).take(1).collect()
}

/// The name of an x32 call, by its number without bit 30: mostly those of x86_64. Calls whose structures have another layout have
/// numbers of their own, and not their old ones.
pub(crate) fn x32_name(number: u32) -> Option<&'static str> {
    match number.checked_sub(FIRST_OWN) {
        Some(own) => X32.get(own as usize).copied(),
        None => {
            let name = syscalls::by_number(number)?.name;
            (!X32.contains(&name) && !NOT_IN_X32.contains(&name)).then_some(name)
        }
    }
}

/// From here on a call has the same number everywhere.
const FIRST_COMMON: u32 = 424;
const FIRST_OWN: u32 = 512;

/// Not there at all.
static NOT_IN_X32: &[&str] = &[
    "uselib",
    "_sysctl",
    "create_module",
    "get_kernel_syms",
    "query_module",
    "nfsservctl",
    "set_thread_area",
    "get_thread_area",
    "epoll_ctl_old",
    "epoll_wait_old",
    "vserver",
];

/// From 512 on. See asm/unistd_x32.h.
#[rustfmt::skip]
static X32: &[&str] = &[
    "rt_sigaction", "rt_sigreturn", "ioctl", "readv", "writev", "recvfrom",
    "sendmsg", "recvmsg", "execve", "ptrace", "rt_sigpending", "rt_sigtimedwait",
    "rt_sigqueueinfo", "sigaltstack", "timer_create", "mq_notify", "kexec_load", "waitid",
    "set_robust_list", "get_robust_list", "vmsplice", "move_pages", "preadv", "pwritev",
    "rt_tgsigqueueinfo", "recvmmsg", "sendmmsg", "process_vm_readv", "process_vm_writev", "setsockopt",
    "getsockopt", "io_setup", "io_submit", "execveat", "preadv2", "pwritev2",
];

/// i386 calls that go by other names on x86_64.
static OTHERWISE: &[(&str, &[&str])] = &[
    ("socketcall", &SOCKET_CALLS),
    ("ipc", &IPC_CALLS),
    ("waitpid", &["wait4"]),
    ("oldstat", &["stat"]),
    ("oldfstat", &["fstat"]),
    ("oldlstat", &["lstat"]),
    ("fstatat64", &["newfstatat"]),
    ("umount", &["umount2"]),
    ("stime", &["settimeofday"]),
    ("nice", &["setpriority"]),
    ("signal", &["rt_sigaction"]),
    ("sigaction", &["rt_sigaction"]),
    ("sgetmask", &["rt_sigprocmask"]),
    ("ssetmask", &["rt_sigprocmask"]),
    ("sigprocmask", &["rt_sigprocmask"]),
    ("sigsuspend", &["rt_sigsuspend"]),
    ("sigpending", &["rt_sigpending"]),
    ("sigreturn", &["rt_sigreturn"]),
    ("readdir", &["getdents"]),
    ("olduname", &["uname"]),
    ("oldolduname", &["uname"]),
    ("_llseek", &["lseek"]),
    ("_newselect", &["select"]),
    ("ugetrlimit", &["getrlimit"]),
    ("mmap2", &["mmap"]),
];

/// See socketcall(2).
static SOCKET_CALLS: [&str; 18] = [
    "socket",
    "bind",
    "connect",
    "listen",
    "accept",
    "getsockname",
    "getpeername",
    "socketpair",
    "sendto",
    "recvfrom",
    "shutdown",
    "setsockopt",
    "getsockopt",
    "sendmsg",
    "recvmsg",
    "accept4",
    "recvmmsg",
    "sendmmsg",
];

/// See ipc(2).
static IPC_CALLS: [&str; 12] = [
    "semop",
    "semget",
    "semctl",
    "semtimedop",
    "msgsnd",
    "msgrcv",
    "msgget",
    "msgctl",
    "shmat",
    "shmdt",
    "shmget",
    "shmctl",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_is_another_call() {
        assert_eq!((i386_name(5), i386_name(102), i386_name(9999)), (Some("open"), Some("socketcall"), None));
        assert_eq!(i386_number("socketcall"), Some(102));
        assert_eq!((i386_name(17), i386_number("break")), (Some("break"), Some(17)));
        assert_eq!(
            (i386_name(470), i386_name(336), i386_name(500)),
            (Some("listns"), Some("perf_event_open"), None)
        );
        assert_eq!((x32_name(39), x32_name(520), x32_name(600)), (Some("getpid"), Some("execve"), None));
        // Moved, gone.
        assert_eq!((x32_name(59), x32_name(134), x32_name(471)), (None, None, Some("rseq_slice_yield")));
        assert_eq!((0..600).filter(|&number| x32_name(number).is_some()).count(), 374);
        assert_eq!((0..600).filter(|&number| i386_name(number).is_some()).count(), 461);
    }

    #[test]
    fn every_x32_name_is_a_call_of_x86_64() {
        for name in X32.iter().chain(NOT_IN_X32) {
            assert!(syscalls::by_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn an_i386_call_means_what_does_its_work() {
        assert_eq!(i386_means("open"), ["open"]);
        assert_eq!((i386_means("stat64"), i386_means("getuid32")), (vec!["stat"], vec!["getuid"]));
        assert_eq!(i386_means("ppoll_time64"), ["ppoll"]);
        assert_eq!(i386_means("fadvise64_64"), ["fadvise64"]);
        assert_eq!(i386_means("pread64"), ["pread64"]);
        assert_eq!((i386_means("socketcall").len(), i386_means("ipc").len()), (18, 12));
        let nothing: Vec<_> =
            (0..512).filter_map(i386_name).filter(|name| i386_means(name).is_empty()).collect();
        let gone = [
            "break", "stty", "gtty", "ftime", "prof", "lock", "mpx", "ulimit", "profil", "idle", "vm86old",
            "bdflush", "vm86",
        ];
        assert_eq!(nothing, gone);
        let names = OTHERWISE.iter().flat_map(|(_, group)| *group);
        assert!(names.into_iter().all(|name| syscalls::by_name(name).is_some()));
    }
}
