//! THE TABLE: every x86_64 system call, one line each, in the order of their numbers.
//!
//! A line is the SYNOPSIS of the manual page: the kernel's name of the call, the page's names of the arguments (a
//! file name is always `path`, `type` is `ty`), the kind of each and of the result. A call that the `syscalls` crate does not
//! know yet has its number in front.

use crate::abi::check;
use crate::abi::constants::names;
use crate::abi::constants::{files::*, ioctl::*, memory::*, network::*, process::*, system::*};
use crate::abi::families;
use crate::abi::selectors::*;
use crate::abi::signature::*;
use crate::abi::structs::*;

/// The row of the call with this number.
pub(crate) fn by_number(number: u32) -> Option<&'static Signature> {
    let row = BY_NUMBER.get(number as usize)?;
    TABLE.get(usize::from(*row))
}

/// The row of the call with this name.
pub(crate) fn by_name(name: &str) -> Option<&'static Signature> {
    let index = NAMES.binary_search_by(|(row, _)| row.cmp(&name)).ok()?;
    by_number(NAMES[index].1)
}

/// The row of the call with this name.
///
/// # Errors
///
/// When there is none: what the name is instead, or which one it resembles.
pub(crate) fn lookup(name: &str) -> Result<&'static Signature, String> {
    by_name(name).ok_or_else(|| families::no_such_call(name))
}

/// The number of the call with this name, while the caller is compiled: `call!` is made of it.
///
/// # Panics
///
/// When there is none, with the name that it resembles.
#[allow(unreachable_pub)] // For the macro, which is expanded elsewhere.
#[track_caller]
pub const fn find(name: &str) -> u32 {
    check::find(NAMES, name)
}

/// The file is created, so it gets a mode. `O_TMPFILE` contains `O_DIRECTORY`: all its bits must be there.
pub(crate) const fn creates(flags: u64) -> bool {
    const O_CREAT: u64 = names::O_CREAT as u64;
    const O_TMPFILE: u64 = names::O_TMPFILE as u64;
    flags & O_CREAT != 0 || flags & O_TMPFILE == O_TMPFILE
}

/// The node is a device.
pub(crate) const fn special(mode: u64) -> bool {
    matches!(mode as u32 & names::S_IFMT, names::S_IFCHR | names::S_IFBLK)
}

/// The mapping goes to an address that was asked for.
pub(crate) const fn moves(flags: u64) -> bool {
    flags as u32 & (names::MREMAP_FIXED | names::MREMAP_DONTUNMAP) != 0
}

pub(crate) const fn parent_tid(flags: u64) -> bool {
    flags as u32 & (names::CLONE_PARENT_SETTID | names::CLONE_PIDFD) != 0
}

pub(crate) const fn child_tid(flags: u64) -> bool {
    flags as u32 & (names::CLONE_CHILD_SETTID | names::CLONE_CHILD_CLEARTID) != 0
}

pub(crate) const fn tls(flags: u64) -> bool {
    flags as u32 & names::CLONE_SETTLS != 0
}

/// The log is read into the buffer.
pub(crate) const fn reads_log(ty: u64) -> bool {
    matches!(
        ty as u32 as u64,
        names::SYSLOG_ACTION_READ | names::SYSLOG_ACTION_READ_ALL | names::SYSLOG_ACTION_READ_CLEAR
    )
}

pub(crate) const fn names_cpu(flags: u64) -> bool {
    flags as u32 & names::MEMBARRIER_CMD_FLAG_CPU as u32 != 0
}

/// The reboot command is a string.
pub(crate) const fn restart2(op: u64) -> bool {
    op as u32 == names::LINUX_REBOOT_CMD_RESTART2
}

pub(crate) const fn not_del(op: u64) -> bool {
    op as u32 != names::EPOLL_CTL_DEL
}

/// Something is mounted that was not before. See mount(2): the operations share one call.
pub(crate) const fn new_mount(flags: u64) -> bool {
    mount_data(flags) && flags as u32 & names::MS_REMOUNT == 0
}

pub(crate) const fn mount_data(flags: u64) -> bool {
    const OTHERS: u32 = names::MS_BIND
        | names::MS_MOVE
        | names::MS_SHARED
        | names::MS_PRIVATE
        | names::MS_SLAVE
        | names::MS_UNBINDABLE;
    flags as u32 & OTHERS == 0
}

macro_rules! number {
    ($number:literal $name:ident) => {
        $number
    };
    ($name:ident) => {
        ::syscalls::x86_64::Sysno::$name as u32
    };
}

/// Defines the table, and a macro that hands the lines on to another macro: the builders behind `call!` are made of them.
macro_rules! syscalls {
    (($d:tt) $each:ident: $($lines:tt)*) => {
        syscalls! { @table $($lines)* }
        macro_rules! $each { ($d emit:ident) => { $d emit! { $($lines)* } } }
        pub(crate) use $each;
    };
    (@table $($($number:literal)? $name:ident ( $($param:ident : $kind:expr),* $(,)? ) -> $result:expr ;)*) => {
        const SIGNATURES: &[Signature] = &[ $( Signature {
            number: number!($($number)? $name),
            name: stringify!($name),
            params: &[ $( Param { name: stringify!($param), kind: $kind } ),* ],
            result: $result,
        } ),* ];
        /// All rows, in the order of their numbers.
        pub(crate) static TABLE: &[Signature] = SIGNATURES;
        /// Names and numbers, in the order of the names.
        pub(crate) static NAMES: &[(&str, u32)] =
            &check::sorted([ $( (stringify!($name), number!($($number)? $name)) ),* ]);
        #[cfg(test)]
        const _: () = crate::abi::lines::validate(SIGNATURES);
    };
}

/// The index of each number's row; past the table's end where there is none.
static BY_NUMBER: [u16; check::NUMBERS] = check::index(SIGNATURES);

syscalls! { ($) each_syscall:
    read(fd: FD, buf: bytes_out(ret_up_to("count")), count: SIZE) -> SIZE;
    write(fd: FD, buf: bytes_in(len("count")), count: SIZE) -> SIZE;
    open(path: PATH, flags: bits(&O), mode: MODE.only_if("flags", creates)) -> FD;
    close(fd: FD) -> ZERO;
    stat(path: PATH, statbuf: output(&stat)) -> ZERO;
    fstat(fd: FD, statbuf: output(&stat)) -> ZERO;
    lstat(path: PATH, statbuf: output(&stat)) -> ZERO;
    poll(fds: inouts(&pollfd, len("nfds")), nfds: UINT, timeout: INT) -> INT;
    lseek(fd: FD, offset: OFF, whence: one_of(&SEEK)) -> OFF;
    mmap(addr: PTR, length: SIZE, prot: bits(&PROT), flags: bits(&MAP), fd: FD, offset: OFF) -> PTR;
    mprotect(addr: PTR, length: SIZE, prot: bits(&PROT)) -> ZERO;
    munmap(addr: PTR, length: SIZE) -> ZERO;
    brk(addr: PTR) -> PTR;
    rt_sigaction(signum: SIGNAL, act: input(&ksigaction), oldact: output(&ksigaction), sigsetsize: SIZE) -> ZERO;
    rt_sigprocmask(how: one_of(&SIG_HOW), set: input(&sigset), oldset: output(&sigset), sigsetsize: SIZE) -> ZERO;
    rt_sigreturn() -> NEVER;
    ioctl(fd: FD, request: one_of(&IOCTL), arg: by("request", &BY_IOCTL)) -> by("request", &BY_IOCTL);
    pread64(fd: FD, buf: bytes_out(ret_up_to("count")), count: SIZE, offset: OFF) -> SIZE;
    pwrite64(fd: FD, buf: bytes_in(len("count")), count: SIZE, offset: OFF) -> SIZE;
    readv(fd: FD, iov: iov_out("iovcnt"), iovcnt: INT) -> SIZE;
    writev(fd: FD, iov: iov_in("iovcnt"), iovcnt: INT) -> SIZE;
    access(path: PATH, mode: bits(&ACCESS)) -> ZERO;
    pipe(pipefd: scalar_output(&FD, exactly(2))) -> ZERO;
    select(nfds: INT, readfds: inouts(&fdset, bit_words("nfds")), writefds: inouts(&fdset, bit_words("nfds")), exceptfds: inouts(&fdset, bit_words("nfds")), timeout: inout(&timeval)) -> INT;
    sched_yield() -> ZERO;
    mremap(old_address: PTR, old_size: SIZE, new_size: SIZE, flags: bits(&MREMAP), new_address: PTR.only_if("flags", moves)) -> PTR;
    msync(addr: PTR, length: SIZE, flags: bits(&MS_SYNC)) -> ZERO;
    mincore(addr: PTR, length: SIZE, vec: bytes_out(pages("length"))) -> ZERO;
    madvise(addr: PTR, length: SIZE, advice: one_of(&MADV)) -> ZERO;
    shmget(key: IPC_KEY, size: SIZE, shmflg: bits(&SHM_GET)) -> INT;
    shmat(shmid: INT, shmaddr: PTR, shmflg: bits(&SHM_AT)) -> PTR;
    shmctl(shmid: INT, cmd: one_of(&SHMCTL), buf: by("cmd", &BY_SHMCTL)) -> INT;
    dup(oldfd: FD) -> FD;
    dup2(oldfd: FD, newfd: FD) -> FD;
    pause() -> ZERO;
    nanosleep(req: input(&timespec), rem: output(&timespec)) -> ZERO;
    getitimer(which: one_of(&ITIMER), curr_value: output(&itimerval)) -> ZERO;
    alarm(seconds: UINT) -> UINT;
    setitimer(which: one_of(&ITIMER), new_value: input(&itimerval), old_value: output(&itimerval)) -> ZERO;
    getpid() -> PID;
    sendfile(out_fd: FD, in_fd: FD, offset: scalar_inout(&OFF, ONE), count: SIZE) -> SIZE;
    socket(domain: one_of(&AF), ty: bits(&SOCK), protocol: by("domain", &BY_PROTO)) -> FD;
    connect(sockfd: FD, addr: sockaddr_in(len("addrlen")), addrlen: UINT) -> ZERO;
    accept(sockfd: FD, addr: sockaddr_out(at("addrlen")), addrlen: scalar_inout(&UINT, ONE)) -> FD;
    sendto(sockfd: FD, buf: bytes_in(len("len")), len: SIZE, flags: bits(&MSG), dest_addr: sockaddr_in(len("addrlen")), addrlen: UINT) -> SIZE;
    recvfrom(sockfd: FD, buf: bytes_out(ret_up_to("len")), len: SIZE, flags: bits(&MSG), src_addr: sockaddr_out(at("addrlen")), addrlen: scalar_inout(&UINT, ONE)) -> SIZE;
    sendmsg(sockfd: FD, msg: input(&msghdr), flags: bits(&MSG)) -> SIZE;
    recvmsg(sockfd: FD, msg: inout(&msghdr), flags: bits(&MSG)) -> SIZE;
    shutdown(sockfd: FD, how: one_of(&SHUT)) -> ZERO;
    bind(sockfd: FD, addr: sockaddr_in(len("addrlen")), addrlen: UINT) -> ZERO;
    listen(sockfd: FD, backlog: INT) -> ZERO;
    getsockname(sockfd: FD, addr: sockaddr_out(at("addrlen")), addrlen: scalar_inout(&UINT, ONE)) -> ZERO;
    getpeername(sockfd: FD, addr: sockaddr_out(at("addrlen")), addrlen: scalar_inout(&UINT, ONE)) -> ZERO;
    socketpair(domain: one_of(&AF), ty: bits(&SOCK), protocol: INT, sv: scalar_output(&FD, exactly(2))) -> ZERO;
    setsockopt(sockfd: FD, level: one_of(&SOL), optname: by("level", &BY_SO_NAME), optval: by_two("level", "optname", &BY_SO_VAL), optlen: UINT) -> ZERO;
    getsockopt(sockfd: FD, level: one_of(&SOL), optname: by("level", &BY_SO_NAME), optval: by_two("level", "optname", &BY_SO_GOT), optlen: scalar_inout(&UINT, ONE)) -> ZERO;
    clone(flags: bits(&CLONE_SIG), stack: PTR, parent_tid: scalar_output(&INT, ONE).only_if("flags", parent_tid), child_tid: PTR.only_if("flags", child_tid), tls: PTR.only_if("flags", tls)) -> PID;
    fork() -> PID;
    vfork() -> PID;
    execve(path: PATH, argv: STRV, envp: STRV) -> ZERO;
    exit(status: INT) -> NEVER;
    wait4(pid: PID, wstatus: output(&wstatus), options: bits(&W), rusage: output(&rusage)) -> PID;
    kill(pid: PID, sig: SIGNAL) -> ZERO;
    uname(buf: output(&utsname)) -> ZERO;
    semget(key: IPC_KEY, nsems: INT, semflg: bits(&IPC_GET)) -> INT;
    semop(semid: INT, sops: inputs(&sembuf, len("nsops")), nsops: UINT) -> ZERO;
    semctl(semid: INT, semnum: INT, cmd: one_of(&SEMCTL), arg: by("cmd", &BY_SEMCTL)) -> INT;
    shmdt(shmaddr: PTR) -> ZERO;
    msgget(key: IPC_KEY, msgflg: bits(&IPC_GET)) -> INT;
    msgsnd(msqid: INT, msgp: inputs(&msgbuf, len("msgsz")), msgsz: SIZE, msgflg: bits(&IPC_MSG)) -> ZERO;
    msgrcv(msqid: INT, msgp: outputs(&msgbuf, RET), msgsz: SIZE, msgtyp: LONG, msgflg: bits(&IPC_MSG)) -> SIZE;
    msgctl(msqid: INT, cmd: one_of(&MSGCTL), buf: by("cmd", &BY_MSGCTL)) -> INT;
    fcntl(fd: FD, cmd: one_of(&F), arg: by("cmd", &BY_F)) -> by("cmd", &BY_F);
    flock(fd: FD, operation: bits(&LOCK)) -> ZERO;
    fsync(fd: FD) -> ZERO;
    fdatasync(fd: FD) -> ZERO;
    truncate(path: PATH, length: OFF) -> ZERO;
    ftruncate(fd: FD, length: OFF) -> ZERO;
    getdents(fd: FD, dirp: outputs(&dirent, RET), count: UINT) -> SIZE;
    getcwd(buf: path_out(RET), size: SIZE) -> SIZE;
    chdir(path: PATH) -> ZERO;
    fchdir(fd: FD) -> ZERO;
    rename(oldpath: PATH, newpath: PATH) -> ZERO;
    mkdir(path: PATH, mode: MODE) -> ZERO;
    rmdir(path: PATH) -> ZERO;
    creat(path: PATH, mode: MODE) -> FD;
    link(oldpath: PATH, newpath: PATH) -> ZERO;
    unlink(path: PATH) -> ZERO;
    symlink(target: PATH, linkpath: PATH) -> ZERO;
    readlink(path: PATH, buf: path_out(RET), bufsiz: INT) -> SIZE;
    chmod(path: PATH, mode: MODE) -> ZERO;
    fchmod(fd: FD, mode: MODE) -> ZERO;
    chown(path: PATH, owner: UID, group: GID) -> ZERO;
    fchown(fd: FD, owner: UID, group: GID) -> ZERO;
    lchown(path: PATH, owner: UID, group: GID) -> ZERO;
    umask(mask: MODE) -> MODE;
    gettimeofday(tv: output(&timeval), tz: output(&timezone)) -> ZERO;
    getrlimit(resource: one_of(&RLIMIT), rlim: output(&rlimit)) -> ZERO;
    getrusage(who: one_of(&RUSAGE), usage: output(&rusage)) -> ZERO;
    sysinfo(info: output(&sysinfo)) -> ZERO;
    times(buf: output(&tms)) -> LONG;
    ptrace(request: one_of(&PTRACE), pid: PID, addr: by("request", &BY_PTRACE), data: by("request", &BY_PTRACE)) -> LONG;
    getuid() -> UID;
    syslog(ty: one_of(&SYSLOG), bufp: bytes_out(ret_up_to("len")).only_if("ty", reads_log), len: INT.only_if("ty", reads_log)) -> INT;
    getgid() -> GID;
    setuid(uid: UID) -> ZERO;
    setgid(gid: GID) -> ZERO;
    geteuid() -> UID;
    getegid() -> GID;
    setpgid(pid: PID, pgid: PID) -> ZERO;
    getppid() -> PID;
    getpgrp() -> PID;
    setsid() -> PID;
    setreuid(ruid: UID, euid: UID) -> ZERO;
    setregid(rgid: GID, egid: GID) -> ZERO;
    getgroups(size: INT, list: scalar_output(&GID, ret_up_to("size"))) -> INT;
    setgroups(size: INT, list: scalar_input(&GID, len("size"))) -> ZERO;
    setresuid(ruid: UID, euid: UID, suid: UID) -> ZERO;
    getresuid(ruid: scalar_output(&UID, ONE), euid: scalar_output(&UID, ONE), suid: scalar_output(&UID, ONE)) -> ZERO;
    setresgid(rgid: GID, egid: GID, sgid: GID) -> ZERO;
    getresgid(rgid: scalar_output(&GID, ONE), egid: scalar_output(&GID, ONE), sgid: scalar_output(&GID, ONE)) -> ZERO;
    getpgid(pid: PID) -> PID;
    setfsuid(fsuid: UID) -> UID;
    setfsgid(fsgid: GID) -> GID;
    getsid(pid: PID) -> PID;
    capget(hdrp: inout(&cap_header), datap: outputs(&cap_data, cap_version("hdrp"))) -> ZERO;
    capset(hdrp: inout(&cap_header), datap: inputs(&cap_data, cap_version("hdrp"))) -> ZERO;
    rt_sigpending(set: output(&sigset), sigsetsize: SIZE) -> ZERO;
    rt_sigtimedwait(set: input(&sigset), info: output(&siginfo), timeout: input(&timespec), sigsetsize: SIZE) -> SIGNAL;
    rt_sigqueueinfo(tgid: PID, sig: SIGNAL, info: input(&siginfo)) -> ZERO;
    rt_sigsuspend(mask: input(&sigset), sigsetsize: SIZE) -> ZERO;
    sigaltstack(ss: input(&stack_t), old_ss: output(&stack_t)) -> ZERO;
    utime(path: PATH, times: input(&utimbuf)) -> ZERO;
    mknod(path: PATH, mode: MODE, dev: DEV.only_if("mode", special)) -> ZERO;
    uselib(library: PATH) -> ZERO;
    personality(persona: bits(&PER)) -> bits(&PER);
    ustat(dev: DEV, ubuf: output(&ustat)) -> ZERO;
    statfs(path: PATH, buf: output(&statfs)) -> ZERO;
    fstatfs(fd: FD, buf: output(&statfs)) -> ZERO;
    sysfs(option: INT, arg1: by("option", &BY_SYSFS), arg2: by("option", &BY_SYSFS)) -> INT;
    getpriority(which: one_of(&PRIO), who: INT) -> INT;
    setpriority(which: one_of(&PRIO), who: INT, prio: INT) -> ZERO;
    sched_setparam(pid: PID, param: input(&sched_param)) -> ZERO;
    sched_getparam(pid: PID, param: output(&sched_param)) -> ZERO;
    sched_setscheduler(pid: PID, policy: bits(&SCHED), param: input(&sched_param)) -> ZERO;
    sched_getscheduler(pid: PID) -> bits(&SCHED);
    sched_get_priority_max(policy: one_of(&SCHED)) -> INT;
    sched_get_priority_min(policy: one_of(&SCHED)) -> INT;
    sched_rr_get_interval(pid: PID, tp: output(&timespec)) -> ZERO;
    mlock(addr: PTR, length: SIZE) -> ZERO;
    munlock(addr: PTR, length: SIZE) -> ZERO;
    mlockall(flags: bits(&MCL)) -> ZERO;
    munlockall() -> ZERO;
    vhangup() -> ZERO;
    modify_ldt(func: INT, ptr: by("func", &BY_LDT), bytecount: SIZE) -> INT;
    pivot_root(new_root: PATH, put_old: PATH) -> ZERO;
    _sysctl(args: PTR) -> ZERO;
    prctl(option: one_of(&PR), arg2: by("option", &BY_PR), arg3: by("option", &BY_PR), arg4: by("option", &BY_PR), arg5: by("option", &BY_PR)) -> by("option", &BY_PR);
    arch_prctl(op: one_of(&ARCH), addr: by("op", &BY_ARCH)) -> INT;
    adjtimex(buf: inout(&timex)) -> one_of(&TIME_STATE);
    setrlimit(resource: one_of(&RLIMIT), rlim: input(&rlimit)) -> ZERO;
    chroot(path: PATH) -> ZERO;
    sync() -> ZERO;
    acct(path: PATH) -> ZERO;
    settimeofday(tv: input(&timeval), tz: input(&timezone)) -> ZERO;
    mount(source: PATH, target: PATH, filesystemtype: STR.read_if("mountflags", new_mount), mountflags: bits(&MS), data: STR.read_if("mountflags", mount_data)) -> ZERO;
    umount2(target: PATH, flags: bits(&UMOUNT)) -> ZERO;
    swapon(path: PATH, swapflags: bits(&SWAP)) -> ZERO;
    swapoff(path: PATH) -> ZERO;
    reboot(magic: one_of(&REBOOT_MAGIC), magic2: one_of(&REBOOT_MAGIC), op: one_of(&REBOOT), arg: STR.only_if("op", restart2)) -> ZERO;
    sethostname(name: bytes_in(len("len")), len: INT) -> ZERO;
    setdomainname(name: bytes_in(len("len")), len: INT) -> ZERO;
    iopl(level: INT) -> ZERO;
    ioperm(from: ULONG, num: ULONG, turn_on: INT) -> ZERO;
    create_module(name: STR, size: SIZE) -> PTR;
    init_module(module_image: PTR, len: SIZE, param_values: STR) -> ZERO;
    delete_module(name: STR, flags: bits(&O_FLAGS)) -> ZERO;
    get_kernel_syms(table: PTR) -> INT;
    query_module(name: STR, which: INT, buf: PTR, bufsize: SIZE, ret: PTR) -> INT;
    quotactl(cmd: bits(&QCMD), special: PATH, id: UID, addr: by("cmd", &BY_QCMD)) -> ZERO;
    nfsservctl(cmd: INT, argp: PTR, resp: PTR) -> INT;
    getpmsg(arg1: HEX, arg2: HEX, arg3: HEX, arg4: HEX, arg5: HEX) -> INT;
    putpmsg(arg1: HEX, arg2: HEX, arg3: HEX, arg4: HEX, arg5: HEX) -> INT;
    afs_syscall(arg1: HEX, arg2: HEX, arg3: HEX, arg4: HEX, arg5: HEX) -> INT;
    tuxcall(arg1: HEX, arg2: HEX, arg3: HEX) -> INT;
    security(arg1: HEX, arg2: HEX, arg3: HEX) -> INT;
    gettid() -> PID;
    readahead(fd: FD, offset: OFF, count: SIZE) -> ZERO;
    setxattr(path: PATH, name: STR, value: bytes_in(len("size")), size: SIZE, flags: bits(&XATTR)) -> ZERO;
    lsetxattr(path: PATH, name: STR, value: bytes_in(len("size")), size: SIZE, flags: bits(&XATTR)) -> ZERO;
    fsetxattr(fd: FD, name: STR, value: bytes_in(len("size")), size: SIZE, flags: bits(&XATTR)) -> ZERO;
    getxattr(path: PATH, name: STR, value: bytes_out(ret_up_to("size")), size: SIZE) -> SIZE;
    lgetxattr(path: PATH, name: STR, value: bytes_out(ret_up_to("size")), size: SIZE) -> SIZE;
    fgetxattr(fd: FD, name: STR, value: bytes_out(ret_up_to("size")), size: SIZE) -> SIZE;
    listxattr(path: PATH, list: bytes_out(ret_up_to("size")), size: SIZE) -> SIZE;
    llistxattr(path: PATH, list: bytes_out(ret_up_to("size")), size: SIZE) -> SIZE;
    flistxattr(fd: FD, list: bytes_out(ret_up_to("size")), size: SIZE) -> SIZE;
    removexattr(path: PATH, name: STR) -> ZERO;
    lremovexattr(path: PATH, name: STR) -> ZERO;
    fremovexattr(fd: FD, name: STR) -> ZERO;
    tkill(tid: PID, sig: SIGNAL) -> ZERO;
    time(tloc: scalar_output(&LONG, ONE)) -> LONG;
    futex(uaddr: PTR, op: bits(&FUTEX), val: by("op", &BY_FUTEX), timeout: by("op", &BY_FUTEX), uaddr2: by("op", &BY_FUTEX), val3: by("op", &BY_FUTEX)) -> INT;
    sched_setaffinity(pid: PID, cpusetsize: UINT, mask: inputs(&cpuset, len("cpusetsize"))) -> ZERO;
    sched_getaffinity(pid: PID, cpusetsize: UINT, mask: outputs(&cpuset, RET)) -> SIZE;
    set_thread_area(u_info: inout(&user_desc)) -> ZERO;
    io_setup(nr_events: UINT, ctx_idp: scalar_inout(&ULONG, ONE)) -> ZERO;
    io_destroy(ctx_id: HEX) -> ZERO;
    io_getevents(ctx_id: HEX, min_nr: LONG, nr: LONG, events: outputs(&io_event, RET), timeout: inout(&timespec)) -> INT;
    io_submit(ctx_id: HEX, nr: LONG, iocbpp: inputs(&iocbp, len("nr"))) -> INT;
    io_cancel(ctx_id: HEX, iocb: input(&iocb), result: output(&io_event)) -> ZERO;
    get_thread_area(u_info: inout(&user_desc)) -> ZERO;
    lookup_dcookie(cookie: HEX, buffer: bytes_out(ret_up_to("size")), size: SIZE) -> SIZE;
    epoll_create(size: INT) -> FD;
    epoll_ctl_old(arg1: HEX, arg2: HEX, arg3: HEX, arg4: HEX) -> INT;
    epoll_wait_old(arg1: HEX, arg2: HEX, arg3: HEX, arg4: HEX) -> INT;
    remap_file_pages(addr: PTR, size: SIZE, prot: bits(&PROT), pgoff: ULONG, flags: bits(&MAP)) -> ZERO;
    getdents64(fd: FD, dirp: outputs(&dirent64, RET), count: UINT) -> SIZE;
    set_tid_address(tidptr: PTR) -> PID;
    restart_syscall() -> INT;
    semtimedop(semid: INT, sops: inputs(&sembuf, len("nsops")), nsops: UINT, timeout: input(&timespec)) -> ZERO;
    fadvise64(fd: FD, offset: OFF, len: SIZE, advice: one_of(&POSIX_FADV)) -> ZERO;
    timer_create(clockid: one_of(&CLOCK), sevp: input(&sigevent), timerid: scalar_output(&INT, ONE)) -> ZERO;
    timer_settime(timerid: INT, flags: bits(&TIMER), new_value: input(&itimerspec), old_value: output(&itimerspec)) -> ZERO;
    timer_gettime(timerid: INT, curr_value: output(&itimerspec)) -> ZERO;
    timer_getoverrun(timerid: INT) -> INT;
    timer_delete(timerid: INT) -> ZERO;
    clock_settime(clockid: one_of(&CLOCK), tp: input(&timespec)) -> ZERO;
    clock_gettime(clockid: one_of(&CLOCK), tp: output(&timespec)) -> ZERO;
    clock_getres(clockid: one_of(&CLOCK), res: output(&timespec)) -> ZERO;
    clock_nanosleep(clockid: one_of(&CLOCK), flags: bits(&TIMER), request: input(&timespec), remain: output(&timespec)) -> ZERO;
    exit_group(status: INT) -> NEVER;
    epoll_wait(epfd: FD, events: outputs(&epoll_event, RET), maxevents: INT, timeout: INT) -> INT;
    epoll_ctl(epfd: FD, op: one_of(&EPOLL_CTL), fd: FD, event: input(&epoll_event).read_if("op", not_del)) -> ZERO;
    tgkill(tgid: PID, tid: PID, sig: SIGNAL) -> ZERO;
    utimes(path: PATH, times: inputs(&timeval, exactly(2))) -> ZERO;
    vserver(arg1: HEX, arg2: HEX, arg3: HEX, arg4: HEX, arg5: HEX) -> INT;
    mbind(addr: PTR, len: SIZE, mode: bits(&MPOL), nodemask: scalar_input(&HEX, node_words("maxnode")), maxnode: ULONG, flags: bits(&MPOL_MF)) -> ZERO;
    set_mempolicy(mode: bits(&MPOL), nodemask: scalar_input(&HEX, node_words("maxnode")), maxnode: ULONG) -> ZERO;
    get_mempolicy(mode: scalar_output(&POLICY, ONE), nodemask: scalar_output(&HEX, node_words("maxnode")), maxnode: ULONG, addr: PTR, flags: bits(&MPOL_F)) -> ZERO;
    mq_open(name: STR, oflag: bits(&O), mode: MODE.only_if("oflag", creates), attr: input(&mq_attr).only_if("oflag", creates)) -> FD;
    mq_unlink(name: STR) -> ZERO;
    mq_timedsend(mqdes: FD, msg_ptr: bytes_in(len("msg_len")), msg_len: SIZE, msg_prio: UINT, abs_timeout: input(&timespec)) -> ZERO;
    mq_timedreceive(mqdes: FD, msg_ptr: bytes_out(ret_up_to("msg_len")), msg_len: SIZE, msg_prio: scalar_output(&UINT, ONE), abs_timeout: input(&timespec)) -> SIZE;
    mq_notify(mqdes: FD, sevp: input(&sigevent)) -> ZERO;
    mq_getsetattr(mqdes: FD, newattr: input(&mq_attr), oldattr: output(&mq_attr)) -> ZERO;
    kexec_load(entry: PTR, nr_segments: ULONG, segments: inputs(&kexec_segment, len("nr_segments")), flags: bits(&KEXEC)) -> ZERO;
    waitid(idtype: one_of(&P), id: INT, infop: output(&siginfo), options: bits(&W), rusage: output(&rusage)) -> ZERO;
    add_key(ty: STR, description: STR, payload: bytes_in(len("plen")), plen: SIZE, keyring: KEY) -> KEY;
    request_key(ty: STR, description: STR, callout_info: STR, dest_keyring: KEY) -> KEY;
    keyctl(op: one_of(&KEYCTL), arg2: by("op", &BY_KEYCTL), arg3: by("op", &BY_KEYCTL), arg4: by("op", &BY_KEYCTL), arg5: by("op", &BY_KEYCTL)) -> INT;
    ioprio_set(which: one_of(&IOPRIO_WHO), who: INT, ioprio: bits(&IOPRIO)) -> ZERO;
    ioprio_get(which: one_of(&IOPRIO_WHO), who: INT) -> bits(&IOPRIO);
    inotify_init() -> FD;
    inotify_add_watch(fd: FD, path: PATH, mask: bits(&IN)) -> INT;
    inotify_rm_watch(fd: FD, wd: INT) -> ZERO;
    migrate_pages(pid: PID, maxnode: ULONG, old_nodes: scalar_input(&HEX, node_words("maxnode")), new_nodes: scalar_input(&HEX, node_words("maxnode"))) -> INT;
    openat(dirfd: DIRFD, path: PATH, flags: bits(&O), mode: MODE.only_if("flags", creates)) -> FD;
    mkdirat(dirfd: DIRFD, path: PATH, mode: MODE) -> ZERO;
    mknodat(dirfd: DIRFD, path: PATH, mode: MODE, dev: DEV.only_if("mode", special)) -> ZERO;
    fchownat(dirfd: DIRFD, path: PATH, owner: UID, group: GID, flags: bits(&AT)) -> ZERO;
    futimesat(dirfd: DIRFD, path: PATH, times: inputs(&timeval, exactly(2))) -> ZERO;
    newfstatat(dirfd: DIRFD, path: PATH, statbuf: output(&stat), flags: bits(&AT)) -> ZERO;
    unlinkat(dirfd: DIRFD, path: PATH, flags: bits(&AT)) -> ZERO;
    renameat(olddirfd: DIRFD, oldpath: PATH, newdirfd: DIRFD, newpath: PATH) -> ZERO;
    linkat(olddirfd: DIRFD, oldpath: PATH, newdirfd: DIRFD, newpath: PATH, flags: bits(&AT)) -> ZERO;
    symlinkat(target: PATH, newdirfd: DIRFD, linkpath: PATH) -> ZERO;
    readlinkat(dirfd: DIRFD, path: PATH, buf: path_out(RET), bufsiz: INT) -> SIZE;
    fchmodat(dirfd: DIRFD, path: PATH, mode: MODE) -> ZERO;
    faccessat(dirfd: DIRFD, path: PATH, mode: bits(&ACCESS)) -> ZERO;
    pselect6(nfds: INT, readfds: inouts(&fdset, bit_words("nfds")), writefds: inouts(&fdset, bit_words("nfds")), exceptfds: inouts(&fdset, bit_words("nfds")), timeout: inout(&timespec), sigmask: input(&sigset_argpack)) -> INT;
    ppoll(fds: inouts(&pollfd, len("nfds")), nfds: UINT, timeout: inout(&timespec), sigmask: input(&sigset), sigsetsize: SIZE) -> INT;
    unshare(flags: bits(&CLONE)) -> ZERO;
    set_robust_list(head: PTR, len: SIZE) -> ZERO;
    get_robust_list(pid: PID, head_ptr: scalar_output(&PTR, ONE), len_ptr: scalar_output(&SIZE, ONE)) -> ZERO;
    splice(fd_in: FD, off_in: scalar_inout(&OFF, ONE), fd_out: FD, off_out: scalar_inout(&OFF, ONE), len: SIZE, flags: bits(&SPLICE)) -> SIZE;
    tee(fd_in: FD, fd_out: FD, len: SIZE, flags: bits(&SPLICE)) -> SIZE;
    sync_file_range(fd: FD, offset: OFF, nbytes: OFF, flags: bits(&SYNC_FILE_RANGE)) -> ZERO;
    vmsplice(fd: FD, iov: iov_in("nr_segs"), nr_segs: ULONG, flags: bits(&SPLICE)) -> SIZE;
    move_pages(pid: PID, count: ULONG, pages: scalar_input(&PTR, len("count")), nodes: scalar_input(&INT, len("count")), status: scalar_output(&INT, len("count")), flags: bits(&MPOL_MF)) -> INT;
    utimensat(dirfd: DIRFD, path: PATH, times: inputs(&utimespec, exactly(2)), flags: bits(&AT)) -> ZERO;
    epoll_pwait(epfd: FD, events: outputs(&epoll_event, RET), maxevents: INT, timeout: INT, sigmask: input(&sigset), sigsetsize: SIZE) -> INT;
    signalfd(fd: FD, mask: input(&sigset), sizemask: SIZE) -> FD;
    timerfd_create(clockid: one_of(&CLOCK), flags: bits(&TFD)) -> FD;
    eventfd(initval: UINT) -> FD;
    fallocate(fd: FD, mode: bits(&FALLOC_FL), offset: OFF, len: OFF) -> ZERO;
    timerfd_settime(fd: FD, flags: bits(&TFD_TIMER), new_value: input(&itimerspec), old_value: output(&itimerspec)) -> ZERO;
    timerfd_gettime(fd: FD, curr_value: output(&itimerspec)) -> ZERO;
    accept4(sockfd: FD, addr: sockaddr_out(at("addrlen")), addrlen: scalar_inout(&UINT, ONE), flags: bits(&SOCK_FLAGS)) -> FD;
    signalfd4(fd: FD, mask: input(&sigset), sizemask: SIZE, flags: bits(&SFD)) -> FD;
    eventfd2(initval: UINT, flags: bits(&EFD)) -> FD;
    epoll_create1(flags: bits(&EPOLL_CREATE)) -> FD;
    dup3(oldfd: FD, newfd: FD, flags: bits(&O_FLAGS)) -> FD;
    pipe2(pipefd: scalar_output(&FD, exactly(2)), flags: bits(&O_FLAGS)) -> ZERO;
    inotify_init1(flags: bits(&IN_INIT)) -> FD;
    preadv(fd: FD, iov: iov_out("iovcnt"), iovcnt: INT, offset: OFF, pos_h: HIDDEN) -> SIZE;
    pwritev(fd: FD, iov: iov_in("iovcnt"), iovcnt: INT, offset: OFF, pos_h: HIDDEN) -> SIZE;
    rt_tgsigqueueinfo(tgid: PID, tid: PID, sig: SIGNAL, info: input(&siginfo)) -> ZERO;
    perf_event_open(attr: input(&perf_event_attr), pid: PID, cpu: INT, group_fd: FD, flags: bits(&PERF_FLAG)) -> FD;
    recvmmsg(sockfd: FD, msgvec: inouts(&mmsghdr, RET), vlen: UINT, flags: bits(&MSG), timeout: inout(&timespec)) -> INT;
    fanotify_init(flags: bits(&FAN_INIT), event_f_flags: bits(&O)) -> FD;
    fanotify_mark(fanotify_fd: FD, flags: bits(&FAN_MARK), mask: bits(&FAN), dirfd: DIRFD, path: PATH) -> ZERO;
    prlimit64(pid: PID, resource: one_of(&RLIMIT), new_limit: input(&rlimit), old_limit: output(&rlimit)) -> ZERO;
    name_to_handle_at(dirfd: DIRFD, path: PATH, handle: inout(&file_handle), mount_id: scalar_output(&INT, ONE), flags: bits(&AT_HANDLE)) -> ZERO;
    open_by_handle_at(mount_fd: DIRFD, handle: input(&file_handle), flags: bits(&O)) -> FD;
    clock_adjtime(clk_id: one_of(&CLOCK), buf: inout(&timex)) -> one_of(&TIME_STATE);
    syncfs(fd: FD) -> ZERO;
    sendmmsg(sockfd: FD, msgvec: inouts(&mmsghdr, len("vlen")), vlen: UINT, flags: bits(&MSG)) -> INT;
    setns(fd: FD, nstype: bits(&CLONE)) -> ZERO;
    getcpu(cpu: scalar_output(&UINT, ONE), node: scalar_output(&UINT, ONE), tcache: PTR) -> ZERO;
    process_vm_readv(pid: PID, local_iov: iov_out("liovcnt"), liovcnt: ULONG, remote_iov: inputs(&iovec, len("riovcnt")), riovcnt: ULONG, flags: HEX) -> SIZE;
    process_vm_writev(pid: PID, local_iov: iov_in("liovcnt"), liovcnt: ULONG, remote_iov: inputs(&iovec, len("riovcnt")), riovcnt: ULONG, flags: HEX) -> SIZE;
    kcmp(pid1: PID, pid2: PID, ty: one_of(&KCMP), idx1: by("ty", &BY_KCMP), idx2: by("ty", &BY_KCMP)) -> INT;
    finit_module(fd: FD, param_values: STR, flags: bits(&MODULE_INIT)) -> ZERO;
    sched_setattr(pid: PID, attr: input(&sched_attr), flags: HEX) -> ZERO;
    sched_getattr(pid: PID, attr: output(&sched_attr), size: UINT, flags: HEX) -> ZERO;
    renameat2(olddirfd: DIRFD, oldpath: PATH, newdirfd: DIRFD, newpath: PATH, flags: bits(&RENAME)) -> ZERO;
    seccomp(operation: one_of(&SECCOMP), flags: bits(&SECCOMP_FLAG), args: by("operation", &BY_SECCOMP)) -> INT;
    getrandom(buf: bytes_out(ret_up_to("buflen")), buflen: SIZE, flags: bits(&GRND)) -> SIZE;
    memfd_create(name: STR, flags: bits(&MFD)) -> FD;
    kexec_file_load(kernel_fd: FD, initrd_fd: FD, cmdline_len: ULONG, cmdline: bytes_in(len("cmdline_len")), flags: bits(&KEXEC_FILE)) -> ZERO;
    bpf(cmd: one_of(&BPF), attr: by("cmd", &BY_BPF), size: UINT) -> INT;
    execveat(dirfd: DIRFD, path: PATH, argv: STRV, envp: STRV, flags: bits(&AT_EXEC)) -> ZERO;
    userfaultfd(flags: bits(&UFFD)) -> FD;
    membarrier(cmd: one_of(&MEMBARRIER), flags: bits(&MEMBARRIER_FLAG), cpu_id: INT.only_if("flags", names_cpu)) -> by("cmd", &BY_MEMBARRIER);
    mlock2(addr: PTR, length: SIZE, flags: bits(&MLOCK)) -> ZERO;
    copy_file_range(fd_in: FD, off_in: scalar_inout(&OFF, ONE), fd_out: FD, off_out: scalar_inout(&OFF, ONE), len: SIZE, flags: HEX) -> SIZE;
    preadv2(fd: FD, iov: iov_out("iovcnt"), iovcnt: INT, offset: OFF, pos_h: HIDDEN, flags: bits(&RWF)) -> SIZE;
    pwritev2(fd: FD, iov: iov_in("iovcnt"), iovcnt: INT, offset: OFF, pos_h: HIDDEN, flags: bits(&RWF)) -> SIZE;
    pkey_mprotect(addr: PTR, length: SIZE, prot: bits(&PROT), pkey: INT) -> ZERO;
    pkey_alloc(flags: HEX, access_rights: bits(&PKEY)) -> INT;
    pkey_free(pkey: INT) -> ZERO;
    statx(dirfd: DIRFD, path: PATH, flags: bits(&AT_STATX), mask: bits(&STATX), statxbuf: output(&statx)) -> ZERO;
    io_pgetevents(ctx_id: HEX, min_nr: LONG, nr: LONG, events: outputs(&io_event, RET), timeout: inout(&timespec), usig: input(&aio_sigset)) -> INT;
    rseq(rseq: input(&rseq), rseq_len: UINT, flags: bits(&RSEQ), sig: HEX) -> ZERO;
    uretprobe() -> HEX;
    uprobe() -> HEX;
    pidfd_send_signal(pidfd: FD, sig: SIGNAL, info: input(&siginfo), flags: bits(&PIDFD_SIGNAL)) -> ZERO;
    io_uring_setup(entries: UINT, params: inout(&io_uring_params)) -> FD;
    io_uring_enter(fd: FD, to_submit: UINT, min_complete: UINT, flags: bits(&IORING_ENTER), argp: by("flags", &BY_IORING_ENTER), argsz: SIZE) -> INT;
    io_uring_register(fd: FD, opcode: one_of(&IORING_REGISTER), arg: by("opcode", &BY_IORING_REGISTER), nr_args: UINT) -> INT;
    open_tree(dirfd: DIRFD, path: PATH, flags: bits(&OPEN_TREE)) -> FD;
    move_mount(from_dirfd: DIRFD, from_path: PATH, to_dirfd: DIRFD, to_path: PATH, flags: bits(&MOVE_MOUNT)) -> ZERO;
    fsopen(fsname: STR, flags: bits(&FSOPEN)) -> FD;
    fsconfig(fd: FD, cmd: one_of(&FSCONFIG), key: by("cmd", &BY_FSCONFIG), value: by("cmd", &BY_FSCONFIG), aux: by("cmd", &BY_FSCONFIG)) -> ZERO;
    fsmount(fsfd: FD, flags: bits(&FSMOUNT), attr_flags: bits(&MOUNT_ATTR)) -> FD;
    fspick(dirfd: DIRFD, path: PATH, flags: bits(&FSPICK)) -> FD;
    pidfd_open(pid: PID, flags: bits(&PIDFD)) -> FD;
    clone3(cl_args: inouts(&clone_args, len("size")), size: SIZE) -> PID;
    close_range(first: UINT, last: UINT, flags: bits(&CLOSE_RANGE)) -> ZERO;
    openat2(dirfd: DIRFD, path: PATH, how: inputs(&open_how, len("size")), size: SIZE) -> FD;
    pidfd_getfd(pidfd: FD, targetfd: FD, flags: HEX) -> FD;
    faccessat2(dirfd: DIRFD, path: PATH, mode: bits(&ACCESS), flags: bits(&AT_ACCESS)) -> ZERO;
    process_madvise(pidfd: FD, iovec: inputs(&iovec, len("vlen")), vlen: SIZE, advice: one_of(&MADV), flags: HEX) -> SIZE;
    epoll_pwait2(epfd: FD, events: outputs(&epoll_event, RET), maxevents: INT, timeout: input(&timespec), sigmask: input(&sigset), sigsetsize: SIZE) -> INT;
    mount_setattr(dirfd: DIRFD, path: PATH, flags: bits(&AT), attr: inputs(&mount_attr, len("size")), size: SIZE) -> ZERO;
    quotactl_fd(fd: FD, cmd: bits(&QCMD), id: UID, addr: by("cmd", &BY_QCMD)) -> ZERO;
    landlock_create_ruleset(attr: inputs(&landlock_ruleset_attr, len("size")), size: SIZE, flags: bits(&LANDLOCK_CREATE)) -> FD;
    landlock_add_rule(ruleset_fd: FD, rule_type: one_of(&LANDLOCK_RULE), rule_attr: by("rule_type", &BY_LANDLOCK_RULE), flags: HEX) -> ZERO;
    landlock_restrict_self(ruleset_fd: FD, flags: bits(&LANDLOCK_RESTRICT)) -> ZERO;
    memfd_secret(flags: bits(&O_FLAGS)) -> FD;
    process_mrelease(pidfd: FD, flags: HEX) -> ZERO;
    futex_waitv(waiters: inputs(&futex_waitv, len("nr_futexes")), nr_futexes: UINT, flags: HEX, timeout: input(&timespec), clockid: one_of(&CLOCK)) -> INT;
    set_mempolicy_home_node(start: PTR, len: SIZE, home_node: ULONG, flags: HEX) -> ZERO;
    cachestat(fd: FD, cstat_range: input(&cachestat_range), cstat: output(&cachestat), flags: HEX) -> ZERO;
    fchmodat2(dirfd: DIRFD, path: PATH, mode: MODE, flags: bits(&AT)) -> ZERO;
    map_shadow_stack(addr: PTR, size: SIZE, flags: bits(&SHADOW_STACK)) -> PTR;
    futex_wake(uaddr: PTR, mask: HEX, nr: INT, flags: bits(&FUTEX2)) -> INT;
    futex_wait(uaddr: PTR, val: ULONG, mask: HEX, flags: bits(&FUTEX2), timeout: input(&timespec), clockid: one_of(&CLOCK)) -> ZERO;
    futex_requeue(waiters: inputs(&futex_waitv, exactly(2)), flags: HEX, nr_wake: INT, nr_requeue: INT) -> INT;
    statmount(req: input(&mnt_id_req), smbuf: output(&statmount), bufsize: SIZE, flags: bits(&STATMOUNT_CALL)) -> ZERO;
    listmount(req: input(&mnt_id_req), mnt_ids: scalar_output(&HEX, RET), nr_mnt_ids: SIZE, flags: bits(&LISTMOUNT)) -> INT;
    lsm_get_self_attr(attr: one_of(&LSM_ATTR), ctx: outputs(&lsm_ctx, at("size")), size: scalar_inout(&UINT, ONE), flags: bits(&LSM_FLAG)) -> INT;
    lsm_set_self_attr(attr: one_of(&LSM_ATTR), ctx: inputs(&lsm_ctx, len("size")), size: UINT, flags: HEX) -> ZERO;
    lsm_list_modules(ids: outputs(&lsm_id, RET), size: scalar_inout(&UINT, ONE), flags: HEX) -> INT;
    mseal(addr: PTR, length: SIZE, flags: HEX) -> ZERO;
    setxattrat(dirfd: DIRFD, path: PATH, at_flags: bits(&AT), name: STR, args: inputs(&xattr_args, len("size")), size: SIZE) -> ZERO;
    getxattrat(dirfd: DIRFD, path: PATH, at_flags: bits(&AT), name: STR, args: inouts(&xattr_args, len("size")), size: SIZE) -> SIZE;
    listxattrat(dirfd: DIRFD, path: PATH, at_flags: bits(&AT), list: bytes_out(ret_up_to("size")), size: SIZE) -> SIZE;
    removexattrat(dirfd: DIRFD, path: PATH, at_flags: bits(&AT), name: STR) -> ZERO;
    open_tree_attr(dirfd: DIRFD, path: PATH, flags: bits(&OPEN_TREE), attr: inputs(&mount_attr, len("size")), size: SIZE) -> FD;
    file_getattr(dirfd: DIRFD, path: PATH, attr: outputs(&file_attr, len("size")), size: SIZE, at_flags: bits(&AT)) -> ZERO;
    file_setattr(dirfd: DIRFD, path: PATH, attr: inputs(&file_attr, len("size")), size: SIZE, at_flags: bits(&AT)) -> ZERO;
    470 listns(req: input(&ns_id_req), ns_ids: scalar_output(&HEX, RET), nr_ns_ids: SIZE, flags: HEX) -> INT;
    471 rseq_slice_yield() -> INT;
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! handed_on {
        ($($($number:literal)? $name:ident ( $($param:ident : $kind:expr),* $(,)? ) -> $result:expr ;)*) => {
            [ $( (stringify!($name), &[ $( stringify!($param) ),* ] as &[&str]) ),* ]
        };
    }

    #[test]
    fn the_lines_are_handed_on_as_they_are() {
        let lines = each_syscall!(handed_on);
        assert_eq!(lines.len(), TABLE.len());
        for (row, (name, params)) in TABLE.iter().zip(lines) {
            assert_eq!(row.name, name);
            assert!(row.params.iter().map(|param| param.name).eq(params.iter().copied()), "{name}");
        }
    }

    #[test]
    fn conditions_hold_and_fail() {
        // O_TMPFILE contains O_DIRECTORY.
        assert!(creates(0o101) && creates(0o20_200_002) && !creates(0o200_000) && !creates(0o1000));
        assert!(special(0o020_644) && special(0o060_644) && !special(0o100_644) && !special(0o010_644));
        assert!(moves(2) && moves(4) && !moves(1));
        assert!(parent_tid(0x10_0000) && parent_tid(0x1000) && !parent_tid(0x0120_0011));
        assert!(child_tid(0x20_0000) && child_tid(0x0100_0000) && !child_tid(0x10_0011));
        assert!(tls(0x8_0000) && !tls(0x3d_0f00 & !0x8_0000));
        assert!(restart2(0xa1b2_c3d4) && !restart2(0x0123_4567));
        assert!(not_del(1) && not_del(3) && !not_del(2));
        assert!(new_mount(0) && new_mount(1) && !new_mount(32) && !new_mount(0x1000) && !new_mount(1 << 20));
        assert!(mount_data(32) && !mount_data(0x1000 | 32) && !mount_data(0x2000));
    }

    #[test]
    fn calls_that_never_were_show_registers() {
        let shown = |name| by_name(name).map(|row| row.params.len());
        let (five, four, three) = (Some(5), Some(4), Some(3));
        assert_eq!((shown("getpmsg"), shown("putpmsg"), shown("afs_syscall")), (five, five, five));
        assert_eq!((shown("epoll_ctl_old"), shown("epoll_wait_old")), (four, four));
        assert_eq!((shown("tuxcall"), shown("security"), shown("vserver")), (three, three, five));
    }
}
