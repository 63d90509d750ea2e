//! Documented lists of calls: what a program does, whatever the call is named.
//!
//! A family has every variant (`*at`, `*2`, the legacy names), so that another libc does not break a test. A family may
//! take a call only under a condition, which is said here; nothing else is hidden in it.

use crate::abi::syscalls;

/// A list of calls that do one thing.
#[derive(Debug)]
pub(crate) struct CallFamily {
    /// The name of its function in `family`.
    pub name: &'static str,
    /// What its calls do: *opens a file*.
    pub what: &'static str,
    /// Their names.
    pub members: &'static [&'static str],
    /// When a member counts.
    pub condition: When,
}

/// When a call of a family counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Always.
    Always,
    /// `clone` and `clone3` without `CLONE_THREAD`.
    Processes,
    /// `clone` and `clone3` with `CLONE_THREAD`.
    Threads,
    /// `clone` and `clone3` with a `CLONE_NEW*` flag.
    Namespaces,
    /// `fcntl` with `F_SETLK`, `F_SETLKW` and their `F_OFD_` twins.
    Locks,
    /// `prctl` with `PR_SET_KEEPCAPS`, `PR_SET_SECUREBITS`, `PR_CAPBSET_DROP`, `PR_CAP_AMBIENT` and `PR_SET_NO_NEW_PRIVS`.
    Privileges,
    /// Opening `/dev/random`, `/dev/urandom` or `/dev/hwrng`.
    Randomness,
    /// What does not fail with `ENOTSOCK`: shells ask whether their stdin is a socket.
    Sockets,
}

impl When {
    /// Whether a call counts whatever its arguments are.
    pub(crate) fn takes_any_arguments(self) -> bool {
        matches!(self, When::Always | When::Sockets)
    }
}

/// The family called `name`.
pub(crate) fn by_name(name: &str) -> Option<&'static CallFamily> {
    FAMILIES.iter().find(|family| family.name == name)
}

/// strace's class `%name`: its name and its members.
pub(crate) fn class(name: &str) -> Option<(&'static str, &'static [&'static str])> {
    let name = if name == "net" { "network" } else { name };
    CLASSES.iter().find(|class| class.0 == name).copied()
}

/// The names of strace's classes.
pub(crate) fn class_names() -> impl Iterator<Item = &'static str> {
    CLASSES.iter().map(|class| class.0)
}

/// The calls that do what the call `name` does, in another spelling; the call itself is not among them.
pub(crate) fn variants(name: &str) -> impl Iterator<Item = &'static str> + '_ {
    let group = VARIANTS.iter().find(|group| group.contains(&name)).copied().unwrap_or_default();
    group.iter().copied().filter(move |&other| other != name)
}

/// The first family that has the call `name` without a condition.
pub(crate) fn of(name: &str) -> Option<&'static CallFamily> {
    FAMILIES.iter().find(|family| family.condition.takes_any_arguments() && family.members.contains(&name))
}

/// The argument that a family of calls is about, where the call has two files: one is read, and the other one written.
pub(crate) fn side(family: &CallFamily, call: &str) -> Option<&'static str> {
    let between = BETWEEN.iter().find(|between| between.0 == call)?;
    match family.name {
        "read" => Some(between.1),
        "write" => Some(between.2),
        _ => None,
    }
}

/// Calls that move data from one file to another: their names, and the arguments for the source and the target.
static BETWEEN: &[(&str, &str, &str)] = &[
    ("copy_file_range", "fd_in", "fd_out"),
    ("sendfile", "in_fd", "out_fd"),
    ("splice", "fd_in", "fd_out"),
    ("tee", "fd_in", "fd_out"),
];

/// Whether some family has both calls without a condition.
pub(crate) fn related(one: &str, other: &str) -> bool {
    let has = |family: &&CallFamily| family.members.contains(&one) && family.members.contains(&other);
    FAMILIES.iter().filter(|family| family.condition.takes_any_arguments()).any(|family| has(&family))
}

/// Calls that libraries take for one another.
static VARIANTS: &[&[&str]] = &[
    &["open", "openat", "openat2", "creat"],
    &["stat", "lstat", "fstat", "newfstatat", "statx"],
    &["access", "faccessat", "faccessat2"],
    &["readlink", "readlinkat"],
    &["rename", "renameat", "renameat2"],
    &["unlink", "unlinkat", "rmdir"],
    &["link", "linkat"],
    &["symlink", "symlinkat"],
    &["mkdir", "mkdirat"],
    &["mknod", "mknodat"],
    &["chmod", "fchmod", "fchmodat", "fchmodat2"],
    &["chown", "fchown", "lchown", "fchownat"],
    &["utime", "utimes", "futimesat", "utimensat"],
    &["read", "pread64", "readv", "preadv", "preadv2"],
    &["write", "pwrite64", "writev", "pwritev", "pwritev2"],
    &["truncate", "ftruncate"],
    &["fsync", "fdatasync"],
    &["fork", "vfork", "clone", "clone3"],
    &["execve", "execveat"],
    &["accept", "accept4"],
    &["sendto", "sendmsg", "sendmmsg"],
    &["recvfrom", "recvmsg", "recvmmsg"],
    &["dup", "dup2", "dup3"],
    &["pipe", "pipe2"],
    &["poll", "ppoll", "select", "pselect6"],
    &["epoll_wait", "epoll_pwait", "epoll_pwait2"],
    &["epoll_create", "epoll_create1"],
    &["inotify_init", "inotify_init1"],
    &["eventfd", "eventfd2"],
    &["signalfd", "signalfd4"],
    &["getdents", "getdents64"],
    &["wait4", "waitid"],
    &["kill", "tkill", "tgkill"],
    &["nanosleep", "clock_nanosleep"],
    &["time", "gettimeofday", "clock_gettime"],
    &["getrlimit", "setrlimit", "prlimit64"],
    &["settimeofday", "clock_settime"],
    &["adjtimex", "clock_adjtime"],
    &["alarm", "setitimer"],
    &["semop", "semtimedop"],
    &["setxattr", "lsetxattr", "fsetxattr", "setxattrat"],
    &["getxattr", "lgetxattr", "fgetxattr", "getxattrat"],
    &["listxattr", "llistxattr", "flistxattr", "listxattrat"],
    &["removexattr", "lremovexattr", "fremovexattr", "removexattrat"],
    &["setuid", "setreuid", "setresuid"],
    &["setgid", "setregid", "setresgid"],
    &["getpgrp", "getpgid"],
    &["statfs", "fstatfs"],
    &["mlock", "mlock2"],
    &["mprotect", "pkey_mprotect"],
    &["sched_setscheduler", "sched_setparam", "sched_setattr"],
    &["sched_getscheduler", "sched_getparam", "sched_getattr"],
    &["io_getevents", "io_pgetevents"],
    &["init_module", "finit_module"],
    &["kexec_load", "kexec_file_load"],
    &["quotactl", "quotactl_fd"],
];

macro_rules! call_families {
    ($($name:ident $what:literal $when:ident : $($member:ident)*;)*) => {
        /// All families.
        pub(crate) static FAMILIES: &[CallFamily] = &[ $( CallFamily {
            name: stringify!($name),
            what: $what,
            members: &[ $( stringify!($member) ),* ],
            condition: When::$when,
        } ),* ];
    };
}

macro_rules! classes {
    ($($name:literal : $($member:ident)*;)*) => {
        /// strace's classes, by the name behind the `%`; `%stat` is the one it calls `%%stat`.
        static CLASSES: &[(&str, &[&str])] = &[ $( ($name, &[ $( stringify!($member) ),* ]) ),* ];
    };
}

macro_rules! plain {
    ($($member:ident)*) => {
        /// The calls that are in no family.
        #[cfg(test)]
        static PLAIN: &[&str] = &[ $( stringify!($member) ),* ];
    };
}

call_families! {
    open "opens a file" Always: open openat openat2 creat open_by_handle_at;
    read "reads data" Always: read pread64 readv preadv preadv2 sendfile splice tee copy_file_range;
    write "writes data" Always: write pwrite64 writev pwritev pwritev2 vmsplice sendfile splice tee
        copy_file_range;
    resize "changes the size of a file" Always: truncate ftruncate fallocate;
    rename "renames" Always: rename renameat renameat2;
    unlink "removes a name" Always: unlink unlinkat rmdir;
    link "makes a link, hard or symbolic" Always: link linkat symlink symlinkat;
    create "makes a directory or a node" Always: mkdir mkdirat mknod mknodat;
    stat "asks for a file's attributes" Always: stat lstat fstat newfstatat statx;
    access "asks for permission" Always: access faccessat faccessat2;
    readlink "reads a symbolic link" Always: readlink readlinkat;
    list "lists a directory" Always: getdents getdents64;
    attributes "changes a file's attributes" Always: chmod fchmod fchmodat fchmodat2 chown fchown lchown
        fchownat utime utimes futimesat utimensat file_setattr;
    xattr "reads or changes extended attributes" Always: setxattr lsetxattr fsetxattr setxattrat
        getxattr lgetxattr fgetxattr getxattrat listxattr llistxattr flistxattr listxattrat removexattr
        lremovexattr fremovexattr removexattrat;
    sync "brings data to the disk" Always: sync syncfs fsync fdatasync msync sync_file_range;
    lock "locks a file or a part of it" Locks: flock fcntl;
    network "does anything with sockets" Sockets: socket socketpair bind listen accept accept4 connect
        shutdown getsockname getpeername setsockopt getsockopt sendto recvfrom sendmsg recvmsg sendmmsg
        recvmmsg;
    spawn "makes a process" Processes: fork vfork clone clone3;
    threads "makes a thread" Threads: clone clone3;
    exec "executes a program" Always: execve execveat;
    privileges "changes users, groups or capabilities" Privileges: setuid setgid setreuid setregid
        setresuid setresgid setfsuid setfsgid setgroups capset prctl;
    namespaces "enters or makes a namespace, or changes the root" Namespaces: unshare setns chroot
        pivot_root clone clone3;
    mount "changes what is mounted" Always: mount umount2 pivot_root move_mount fsopen fsconfig fsmount
        fspick open_tree open_tree_attr mount_setattr;
    signal "sends a signal" Always: kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo
        pidfd_send_signal;
    clock "reads a clock" Always: time gettimeofday clock_gettime clock_getres;
    set_clock "sets a clock" Always: settimeofday clock_settime adjtimex clock_adjtime;
    randomness "asks for random bytes" Randomness: getrandom open openat openat2 creat
        open_by_handle_at;
    memory "maps, unmaps or protects memory" Always: brk mmap munmap mremap mprotect pkey_mprotect
        madvise mlock mlock2 mlockall munlock munlockall mseal;
}

classes! {
    "file": open stat lstat access execve truncate getcwd chdir rename mkdir rmdir creat link unlink
        symlink readlink chmod chown lchown utime mknod uselib statfs pivot_root chroot acct mount
        umount2 swapon swapoff quotactl setxattr lsetxattr getxattr lgetxattr listxattr llistxattr
        removexattr lremovexattr utimes inotify_add_watch openat mkdirat mknodat fchownat futimesat
        newfstatat unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat utimensat
        fanotify_mark name_to_handle_at renameat2 execveat statx open_tree move_mount fsconfig
        fspick openat2 faccessat2 mount_setattr fchmodat2 setxattrat getxattrat listxattrat
        removexattrat open_tree_attr file_getattr file_setattr;
    "desc": read write open close fstat poll lseek mmap ioctl pread64 pwrite64 readv writev pipe
        select dup dup2 sendfile fcntl flock fsync fdatasync ftruncate getdents fchdir creat fchmod
        fchown fstatfs readahead fsetxattr fgetxattr flistxattr fremovexattr epoll_create getdents64
        fadvise64 epoll_wait epoll_ctl mq_open mq_timedsend mq_timedreceive mq_notify mq_getsetattr
        inotify_init inotify_add_watch inotify_rm_watch openat mkdirat mknodat fchownat futimesat
        newfstatat unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat pselect6 ppoll
        splice tee sync_file_range vmsplice utimensat epoll_pwait signalfd timerfd_create eventfd
        fallocate timerfd_settime timerfd_gettime signalfd4 eventfd2 epoll_create1 dup3 pipe2
        inotify_init1 preadv pwritev perf_event_open fanotify_init fanotify_mark name_to_handle_at
        open_by_handle_at syncfs setns finit_module renameat2 memfd_create kexec_file_load bpf
        execveat userfaultfd copy_file_range preadv2 pwritev2 statx pidfd_send_signal io_uring_setup
        io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig fsmount fspick
        pidfd_open openat2 pidfd_getfd faccessat2 process_madvise epoll_pwait2 mount_setattr
        quotactl_fd landlock_create_ruleset landlock_add_rule landlock_restrict_self memfd_secret
        process_mrelease cachestat fchmodat2 setxattrat getxattrat listxattrat removexattrat
        open_tree_attr file_getattr file_setattr;
    "network": sendfile socket connect accept sendto recvfrom sendmsg recvmsg shutdown bind listen
        getsockname getpeername socketpair setsockopt getsockopt getpmsg putpmsg accept4 recvmmsg
        sendmmsg;
    "process": clone fork vfork execve exit wait4 kill rt_sigqueueinfo tkill exit_group tgkill
        waitid rt_tgsigqueueinfo execveat pidfd_send_signal clone3;
    "signal": rt_sigaction rt_sigprocmask rt_sigreturn pause kill rt_sigpending rt_sigtimedwait
        rt_sigqueueinfo rt_sigsuspend sigaltstack tkill tgkill signalfd signalfd4 rt_tgsigqueueinfo
        pidfd_send_signal io_uring_enter;
    "ipc": shmget shmat shmctl semget semop semctl shmdt msgget msgsnd msgrcv msgctl semtimedop;
    "memory": mmap mprotect munmap brk mremap msync mincore madvise shmat shmdt mlock munlock
        mlockall munlockall io_setup io_destroy remap_file_pages mbind set_mempolicy get_mempolicy
        migrate_pages move_pages mlock2 pkey_mprotect io_uring_register set_mempolicy_home_node
        map_shadow_stack mseal;
    "stat": stat;
    "lstat": lstat;
    "fstat": fstat newfstatat statx;
    "%stat": stat fstat lstat newfstatat statx;
    "statfs": statfs;
    "fstatfs": fstatfs;
    "%statfs": ustat statfs fstatfs;
    "clock": gettimeofday adjtimex settimeofday time clock_settime clock_gettime clock_getres
        clock_adjtime;
    "creds": getuid getgid setuid setgid geteuid getegid setreuid setregid getgroups setgroups
        setresuid getresuid setresgid getresgid setfsuid setfsgid capget capset prctl;
    "pure": getpid getuid getgid geteuid getegid getppid getpgrp gettid;
}

plain! {
    close poll lseek rt_sigaction rt_sigprocmask rt_sigreturn ioctl pipe select sched_yield mincore
    shmget shmat shmctl dup dup2 pause nanosleep getitimer alarm setitimer getpid exit wait4 uname
    semget semop semctl shmdt msgget msgsnd msgrcv msgctl getcwd chdir fchdir umask getrlimit getrusage
    sysinfo times ptrace getuid syslog getgid geteuid getegid setpgid getppid getpgrp setsid getgroups
    getresuid getresgid getpgid getsid capget rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack
    uselib personality ustat statfs fstatfs sysfs getpriority setpriority sched_setparam sched_getparam
    sched_setscheduler sched_getscheduler sched_get_priority_max sched_get_priority_min
    sched_rr_get_interval vhangup modify_ldt _sysctl arch_prctl setrlimit acct swapon swapoff reboot
    sethostname setdomainname iopl ioperm create_module init_module delete_module get_kernel_syms
    query_module quotactl nfsservctl getpmsg putpmsg afs_syscall tuxcall security gettid readahead futex
    sched_setaffinity sched_getaffinity set_thread_area io_setup io_destroy io_getevents io_submit
    io_cancel get_thread_area lookup_dcookie epoll_create epoll_ctl_old epoll_wait_old remap_file_pages
    set_tid_address restart_syscall semtimedop fadvise64 timer_create timer_settime timer_gettime
    timer_getoverrun timer_delete clock_nanosleep exit_group epoll_wait epoll_ctl vserver mbind
    set_mempolicy get_mempolicy mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
    kexec_load waitid add_key request_key keyctl ioprio_set ioprio_get inotify_init inotify_add_watch
    inotify_rm_watch migrate_pages pselect6 ppoll set_robust_list get_robust_list move_pages epoll_pwait
    signalfd timerfd_create eventfd timerfd_settime timerfd_gettime signalfd4 eventfd2 epoll_create1
    dup3 pipe2 inotify_init1 perf_event_open fanotify_init fanotify_mark prlimit64 name_to_handle_at
    getcpu process_vm_readv process_vm_writev kcmp finit_module sched_setattr sched_getattr seccomp
    memfd_create kexec_file_load bpf userfaultfd membarrier pkey_alloc pkey_free io_pgetevents rseq
    uretprobe uprobe io_uring_setup io_uring_enter io_uring_register pidfd_open close_range pidfd_getfd
    process_madvise epoll_pwait2 quotactl_fd landlock_create_ruleset landlock_add_rule
    landlock_restrict_self memfd_secret process_mrelease futex_waitv set_mempolicy_home_node cachestat
    map_shadow_stack futex_wake futex_wait futex_requeue statmount listmount lsm_get_self_attr
    lsm_set_self_attr lsm_list_modules file_getattr listns rseq_slice_yield
}

/// Why there is no call of this name: it is something else's, or a misspelling.
pub(crate) fn no_such_call(name: &str) -> String {
    if let Some((_, instead)) = LIBRARY.iter().find(|(function, _)| *function == name) {
        return format!("`{name}` is a C library function; it calls {instead}");
    }
    if crate::abi::other_abi::i386_number(name).is_some() {
        return format!("`{name}` exists for i386 programs only");
    }
    let names = syscalls::NAMES.iter().map(|(name, _)| *name);
    match crate::abi::check::suggest(name, names) {
        Some(near) => format!("no x86_64 system call is called `{name}`; did you mean `{near}`?"),
        None => format!("no x86_64 system call is called `{name}`"),
    }
}

/// Functions of the C library that are no calls, and what they call.
static LIBRARY: &[(&str, &str)] = &[
    ("abort", "`tgkill`: see family::signal()"),
    ("adjtime", "`adjtimex`: see family::set_clock()"),
    ("aio_read", "`pread64`, in a thread of its own"),
    ("aio_write", "`pwrite64`, in a thread of its own"),
    ("arc4random", "`getrandom`: see family::randomness()"),
    ("calloc", "`brk` and `mmap`: see family::memory()"),
    ("clock", "`clock_gettime`: see family::clock()"),
    ("closedir", "`close`"),
    ("creat64", "`openat`: see family::open()"),
    ("daemon", "`clone`: see family::spawn()"),
    ("dlopen", "`openat` and `mmap`: see family::open()"),
    ("eaccess", "`faccessat2`: see family::access()"),
    ("euidaccess", "`faccessat2`: see family::access()"),
    ("eventfd_read", "`read`"),
    ("eventfd_write", "`write`"),
    ("exec", "`execve`"),
    ("execl", "`execve`"),
    ("execle", "`execve`"),
    ("execlp", "`execve`, once for each directory in PATH"),
    ("execv", "`execve`"),
    ("execvp", "`execve`, once for each directory in PATH"),
    ("execvpe", "`execve`, once for each directory in PATH"),
    ("_exit", "`exit_group`"),
    ("_Exit", "`exit_group`"),
    ("fclose", "`close`"),
    ("fexecve", "`execveat`"),
    ("fflush", "`write`"),
    ("fgets", "`read`"),
    ("fopen", "`openat`: see family::open()"),
    ("forkpty", "`clone`: see family::spawn()"),
    ("fprintf", "`write`"),
    ("fputs", "`write`"),
    ("fread", "`read`"),
    ("free", "`munmap`, if anything: see family::memory()"),
    ("freopen", "`openat`: see family::open()"),
    ("fseek", "`lseek`"),
    ("fstat64", "`newfstatat`: see family::stat()"),
    ("fstatat", "`newfstatat`: see family::stat()"),
    ("fstatat64", "`newfstatat`: see family::stat()"),
    ("fstatvfs", "`fstatfs`"),
    ("ftell", "`lseek`"),
    ("ftime", "`clock_gettime`: see family::clock()"),
    ("ftruncate64", "`ftruncate`"),
    ("futimens", "`utimensat`: see family::attributes()"),
    ("futimes", "`utimensat`: see family::attributes()"),
    ("fwrite", "`write`"),
    ("get_nprocs", "`openat` and `read`"),
    ("getaddrinfo", "`socket`, `connect` and `sendto`: see family::network()"),
    ("getdirentries", "`getdents64`"),
    ("getentropy", "`getrandom`: see family::randomness()"),
    ("gethostbyname", "`socket`, `connect` and `sendto`: see family::network()"),
    ("gethostname", "`uname`"),
    ("getline", "`read`"),
    ("initgroups", "`setgroups`: see family::privileges()"),
    ("isatty", "`ioctl`"),
    ("killpg", "`kill`: see family::signal()"),
    ("lchmod", "`fchmodat2`: see family::attributes()"),
    ("lockf", "`fcntl`: see family::lock()"),
    ("lseek64", "`lseek`"),
    ("lstat64", "`newfstatat`: see family::stat()"),
    ("lutimes", "`utimensat`: see family::attributes()"),
    ("malloc", "`brk` and `mmap`: see family::memory()"),
    ("mkdtemp", "`mkdir`: see family::create()"),
    ("mkfifo", "`mknodat`: see family::create()"),
    ("mkostemp", "`openat`: see family::open()"),
    ("mkstemp", "`openat`: see family::open()"),
    ("mmap64", "`mmap`"),
    ("mq_close", "`close`"),
    ("mq_receive", "`mq_timedreceive`"),
    ("mq_send", "`mq_timedsend`"),
    ("nice", "`setpriority`"),
    ("open64", "`openat`: see family::open()"),
    ("openat64", "`openat`: see family::open()"),
    ("opendir", "`openat`: see family::open()"),
    ("openpty", "`openat` and `ioctl`"),
    ("popen", "`clone3` and `execve`: see family::spawn()"),
    ("posix_fadvise", "`fadvise64`"),
    ("posix_fallocate", "`fallocate`"),
    ("posix_madvise", "`madvise`"),
    ("posix_memalign", "`brk` and `mmap`: see family::memory()"),
    ("posix_spawn", "`clone3` and `execve`: see family::spawn()"),
    ("posix_spawnp", "`clone3` and `execve`: see family::spawn()"),
    ("pread", "`pread64`"),
    ("preadv64", "`preadv`"),
    ("printf", "`write`"),
    ("prlimit", "`prlimit64`"),
    ("pselect", "`pselect6`"),
    ("pthread_create", "`clone3`: see family::threads()"),
    ("pthread_join", "`futex`"),
    ("pthread_kill", "`tgkill`: see family::signal()"),
    ("pthread_mutex_lock", "`futex`, if it has to wait"),
    ("puts", "`write`"),
    ("pwrite", "`pwrite64`"),
    ("pwritev64", "`pwritev`"),
    ("raise", "`tgkill`: see family::signal()"),
    ("readdir", "`getdents64`"),
    ("realloc", "`brk`, `mmap` and `mremap`: see family::memory()"),
    ("realpath", "`readlink` or `newfstatat`: see family::readlink()"),
    ("recv", "`recvfrom`"),
    ("remove", "`unlink` or `rmdir`: see family::unlink()"),
    ("rewinddir", "`lseek`"),
    ("sbrk", "`brk`"),
    ("scandir", "`openat` and `getdents64`: see family::list()"),
    ("sched_getcpu", "`getcpu`"),
    ("seekdir", "`lseek`"),
    ("sem_post", "`futex`, if somebody waits"),
    ("sem_wait", "`futex`, if it has to wait"),
    ("send", "`sendto`"),
    ("sendfile64", "`sendfile`"),
    ("setegid", "`setresgid`: see family::privileges()"),
    ("seteuid", "`setresuid`: see family::privileges()"),
    ("shm_open", "`openat`: see family::open()"),
    ("shm_unlink", "`unlink`: see family::unlink()"),
    ("sigaction", "`rt_sigaction`"),
    ("signal", "`rt_sigaction`"),
    ("sigpending", "`rt_sigpending`"),
    ("sigprocmask", "`rt_sigprocmask`"),
    ("sigqueue", "`rt_sigqueueinfo`"),
    ("sigsuspend", "`rt_sigsuspend`"),
    ("sigtimedwait", "`rt_sigtimedwait`"),
    ("sigwait", "`rt_sigtimedwait`"),
    ("sigwaitinfo", "`rt_sigtimedwait`"),
    ("sleep", "`clock_nanosleep`"),
    ("stat64", "`newfstatat`: see family::stat()"),
    ("statvfs", "`statfs`"),
    ("stime", "`clock_settime`: see family::set_clock()"),
    ("system", "`clone3` and `execve`: see family::spawn()"),
    ("tcgetattr", "`ioctl`"),
    ("tcgetpgrp", "`ioctl`"),
    ("tcsetattr", "`ioctl`"),
    ("tcsetpgrp", "`ioctl`"),
    ("tmpfile", "`openat`: see family::open()"),
    ("truncate64", "`truncate`"),
    ("umount", "`umount2`"),
    ("usleep", "`clock_nanosleep`"),
    ("wait", "`wait4`"),
    ("wait3", "`wait4`"),
    ("waitpid", "`wait4`"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_call_is_in_a_family_or_plain() {
        let in_families: HashSet<_> = FAMILIES.iter().flat_map(|family| family.members).copied().collect();
        for row in syscalls::TABLE {
            let plain = PLAIN.contains(&row.name);
            assert_ne!(in_families.contains(row.name), plain, "{}: in a family or plain, not both", row.name);
        }
    }

    #[test]
    fn every_name_in_a_list_is_a_call() {
        let families = FAMILIES.iter().flat_map(|family| family.members);
        let classes = CLASSES.iter().flat_map(|class| class.1);
        for name in families.chain(classes).chain(VARIANTS.iter().copied().flatten()).chain(PLAIN) {
            assert!(syscalls::by_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_call_is_in_one_group_of_variants() {
        let mut seen = HashSet::new();
        for name in VARIANTS.iter().copied().flatten() {
            assert!(seen.insert(name), "{name}");
        }
        assert_eq!(variants("openat").collect::<Vec<_>>(), ["open", "openat2", "creat"]);
        assert_eq!(variants("bpf").count(), 0);
    }

    #[test]
    fn what_a_library_calls_for_another_is_a_variant() {
        let pairs = [
            ("adjtimex", "clock_adjtime"),
            ("settimeofday", "clock_settime"),
            ("semop", "semtimedop"),
            ("alarm", "setitimer"),
            ("getpgrp", "getpgid"),
        ];
        let written = [("setxattr", "fsetxattr"), ("getxattr", "lgetxattr"), ("setuid", "setresuid")];
        for (function, call) in pairs.into_iter().chain(written) {
            assert!(variants(function).any(|name| name == call), "{function}");
            assert!(variants(call).any(|name| name == function), "{call}");
        }
    }

    #[test]
    fn classes_are_those_of_strace() {
        let has = |name, call| class(name).is_some_and(|class| class.1.contains(&call));
        assert!(has("file", "openat") && !has("file", "read") && has("desc", "read"));
        assert!(has("network", "sendfile") && has("net", "sendfile") && has("%stat", "statx"));
        assert!(has("process", "clone3") && !has("process", "unshare") && !has("stat", "fstat"));
        assert_eq!((class("files"), class("")), (None, None));
        assert!(class_names().all(|name| class(name).is_some()));
    }

    #[test]
    fn what_is_no_call_is_explained() {
        assert_eq!(no_such_call("send"), "`send` is a C library function; it calls `sendto`");
        assert_eq!(no_such_call("socketcall"), "`socketcall` exists for i386 programs only");
        assert_eq!(
            no_such_call("conect"),
            "no x86_64 system call is called `conect`; did you mean `connect`?"
        );
        assert_eq!(no_such_call("frobnicate"), "no x86_64 system call is called `frobnicate`");
        let mut seen = HashSet::new();
        for (function, instead) in LIBRARY {
            assert!(syscalls::by_name(function).is_none() && seen.insert(function), "{function}");
            // Every second part is in backquotes.
            for call in instead.split('`').skip(1).step_by(2) {
                assert!(syscalls::by_name(call).is_some(), "{function} calls {call}");
            }
            if let Some((_, family)) = instead.split_once("family::") {
                assert!(by_name(family.trim_end_matches("()")).is_some(), "{function} is in {family}");
            }
        }
    }
}
