//! Words in which more than flags stands, and values that only one call shows in its way.

use super::*;

/// The line of a call that failed with ENOSYS, without its result.
#[track_caller]
fn shows(name: &str, args: &[u64], expected: &str) {
    assert_eq!(made(name, args).returned(-38).display_call(&Format::new()).to_string(), expected);
}

#[test]
fn what_has_no_name_says_what_it_would_be() {
    shows("lseek", &[5, 5, 9], "lseek(5, 5, 0x9 /* SEEK_??? */)");
    shows("access", &[0, 8], "access(NULL, 0x8 /* ?_OK */)");
    shows("rt_sigprocmask", &[9, 0, 0, 8], "rt_sigprocmask(0x9 /* SIG_??? */, NULL, NULL, 8)");
    shows("epoll_ctl", &[0, 0, 0, 0], "epoll_ctl(0, 0 /* EPOLL_CTL_??? */, 0, NULL)");
    shows("setsockopt", &[3, 99, 98, 0, 4], "setsockopt(3, 0x63 /* SOL_?? */, 98, NULL, 4)");
    shows("renameat2", &[0, 0, 0, 0, 8], "renameat2(0, NULL, 0, NULL, 0x8 /* RENAME_?? */)");
    shows("dup3", &[3, 4, 1], "dup3(3, 4, 0x1 /* O_??? */)");
    shows(
        "reboot",
        &[1, 2, 3],
        "reboot(0x1 /* LINUX_REBOOT_MAGIC_??? */, 0x2 /* LINUX_REBOOT_MAGIC_??? */, 0x3 /* LINUX_REBOOT_CMD_??? */)",
    );
    shows("socket", &[99, 77, 88], "socket(0x63 /* AF_??? */, 0x4d /* SOCK_??? */, 88)");
    shows("futex", &[A, 99, 1, 2, 3, 4], "futex(0x1000, 0x63 /* FUTEX_??? */, 1, 0x2, 0x3, 0x4)");
    // Of flags, 0 is none.
    shows("dup3", &[3, 4, 0], "dup3(3, 4, 0)");
}

#[test]
fn fields_inside_of_words() {
    shows("shmget", &[0, 4096, 0o1600], "shmget(IPC_PRIVATE, 4096, IPC_CREAT|0600)");
    shows("shmget", &[1, 1, 1 | 21 << 26], "shmget(0x1, 1, 21<<SHM_HUGE_SHIFT|001)");
    shows("semget", &[5, 1, 0], "semget(0x5, 1, 000)");
    shows("msgget", &[5, 0o3600], "msgget(0x5, IPC_CREAT|IPC_EXCL|0600)");
    shows(
        "ioprio_set",
        &[1, 0, 0x4004],
        "ioprio_set(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4))",
    );
    shows(
        "ioprio_set",
        &[1, 0, 0xe000],
        "ioprio_set(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(0x7 /* IOPRIO_CLASS_??? */, 0))",
    );
    shows("quotactl", &[0x8000_0201, 0, 0, 0], "quotactl(QCMD(Q_QUOTAON, GRPQUOTA), NULL, 0, NULL)");
    shows("quotactl", &[0x80_0002, 0, 0, 0], "quotactl(QCMD(0x8000 /* Q_??? */, PRJQUOTA), NULL, 0, NULL)");
    shows(
        "quotactl",
        &[0x8000_0207, 0, 0, 0],
        "quotactl(QCMD(Q_QUOTAON, 0x7 /* ???QUOTA */), NULL, 0, NULL)",
    );
    shows("swapon", &[0, 0], "swapon(NULL, 0)");
    shows("swapon", &[0, 0x1_8005], "swapon(NULL, SWAP_FLAG_PREFER|SWAP_FLAG_DISCARD|5)");
    shows("memfd_create", &[0, 16 << 26], "memfd_create(NULL, 16<<MFD_HUGE_SHIFT)");
    shows(
        "mmap",
        &[0, 4096, 1, 0x5404_0022, u64::MAX, 0],
        "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT, -1, 0)",
    );
    shows(
        "futex",
        &[A, 133, 1, 1, A, 0x0400_0001],
        "futex(0x1000, FUTEX_WAKE_OP_PRIVATE, 1, 1, 0x1000, FUTEX_OP_SET<<28|0<<12|FUTEX_OP_CMP_GT<<24|0x1)",
    );
    shows("socket", &[17, 3, 768], "socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL))");
    shows("socketpair", &[1, 1, 0, 0], "socketpair(AF_UNIX, SOCK_STREAM, 0, NULL)");
    shows("prctl", &[0x59616d61, u64::MAX], "prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY)");
    shows("keyctl", &[0, u64::MAX, 0], "keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_THREAD_KEYRING, 0)");
}

#[test]
fn arguments_that_only_some_commands_have() {
    shows("syslog", &[9, A, 10], "syslog(9 /* SYSLOG_ACTION_SIZE_UNREAD */)");
    shows("syslog", &[2, 0, 10], "syslog(2 /* SYSLOG_ACTION_READ */, NULL, 10)");
    shows("membarrier", &[0, 0, 7], "membarrier(MEMBARRIER_CMD_QUERY, 0)");
    shows(
        "membarrier",
        &[128, 1, 7],
        "membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, MEMBARRIER_CMD_FLAG_CPU, 7)",
    );
    shows("bpf", &[0, 0, 0], "bpf(BPF_MAP_CREATE, NULL, 0)");
}

#[test]
fn results_with_a_name_behind() {
    check(&made("fcntl", &[3, 1025]).returned(2), "fcntl(3, F_GETLEASE) = 0x2 (F_UNLCK)");
    check(&made("prctl", &[3]).returned(1), "prctl(PR_GET_DUMPABLE) = 1 (SUID_DUMP_USER)");
    check(&made("prctl", &[30]).returned(50_000), "prctl(PR_GET_TIMERSLACK) = 50000");
    check(
        &made("membarrier", &[0, 0]).returned(3),
        "membarrier(MEMBARRIER_CMD_QUERY, 0) = 0x3 (MEMBARRIER_CMD_GLOBAL|MEMBARRIER_CMD_GLOBAL_EXPEDITED)",
    );
    check(&made("membarrier", &[1, 0]).returned(0), "membarrier(MEMBARRIER_CMD_GLOBAL, 0) = 0");
    check(
        &made("ioprio_get", &[1, 0]).returned(0),
        "ioprio_get(IOPRIO_WHO_PROCESS, 0) = 0 (IOPRIO_PRIO_VALUE(IOPRIO_CLASS_NONE, 0))",
    );
    let mut info = [0; 128];
    info[0] = 10;
    check(
        &made("rt_sigtimedwait", &[0, A, 0, 8]).after(A, &info).returned(10),
        "rt_sigtimedwait(NULL, {si_signo=SIGUSR1, si_code=SI_USER, si_pid=0, si_uid=0}, NULL, 8) = 10 (SIGUSR1)",
    );
}

#[test]
fn structures_that_say_more_than_their_fields() {
    let termios = [&ints(&[0x500, 5, 0xbf, 0x8a3b])[..], &[0; 20]].concat();
    check(
        &made("ioctl", &[5, 0x5401, A]).after(A, &termios).returned(0),
        "ioctl(5, TCGETS, {c_iflag=ICRNL|IXON, c_oflag=NL0|CR0|TAB0|BS0|VT0|FF0|OPOST|ONLCR, c_cflag=B38400|CS8|CREAD, \
         c_lflag=ISIG|ICANON|ECHO|ECHOE|ECHOK|IEXTEN|ECHOCTL|ECHOKE, ...}) = 0",
    );
    let version_3 = ints(&[0x2008_0522, 0]);
    let sets = ints(&[1, 0, 0, 1 << 8, 3, 0]);
    check(
        &made("capget", &[A, B]).before(A, &version_3).after(A, &version_3).after(B, &sets).returned(0),
        "capget({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, {effective=1<<CAP_CHOWN|1<<CAP_CHECKPOINT_RESTORE, \
         permitted=1<<CAP_MAC_OVERRIDE|1<<CAP_MAC_ADMIN, inheritable=0}) = 0",
    );
    let version_1 = ints(&[0x1998_0330, 0]);
    check(
        &made("capset", &[A, B]).before(A, &version_1).before(B, &sets).returned(0),
        "capset({version=_LINUX_CAPABILITY_VERSION_1, pid=0}, {effective=1<<CAP_CHOWN, permitted=0, inheritable=0}) = 0",
    );
    let timer = |value: u64| {
        let event = [&value.to_ne_bytes()[..], &ints(&[10, 0]), &[0; 48]].concat();
        made("timer_create", &[0, A, B]).before(A, &event).after(B, &ints(&[0])).returned(0)
    };
    check(
        &timer(0),
        "timer_create(CLOCK_REALTIME, {sigev_signo=SIGUSR1, sigev_notify=SIGEV_SIGNAL}, [0]) = 0",
    );
    check(
        &timer(5),
        "timer_create(CLOCK_REALTIME, {sigev_value={sival_int=5, sival_ptr=0x5}, sigev_signo=SIGUSR1, sigev_notify=SIGEV_SIGNAL}, [0]) = 0",
    );
    let pack = made("pselect6", &[0, 0, 0, 0, 0, A]).before(A, &words(&[B, 8]));
    check(
        &pack.clone().before(B, &words(&[1 << 9])).returned(0),
        "pselect6(0, NULL, NULL, NULL, NULL, {sigmask=[USR1], sigsetsize=8}) = 0 (Timeout)",
    );
    check(
        &pack.returned(0),
        "pselect6(0, NULL, NULL, NULL, NULL, {sigmask=0x2000, sigsetsize=8}) = 0 (Timeout)",
    );
    let new = words(&[0x10_1000, 0x3000, 0, 0x4000, 17, 0, 0, 0, 0, 0, 0]);
    check(
        &made("clone3", &[A, 88])
            .before(A, &new)
            .after(A, &new)
            .after(0x3000, &ints(&[3]))
            .after(0x4000, &ints(&[77]))
            .returned(77),
        "clone3({flags=CLONE_PIDFD|CLONE_PARENT_SETTID, pidfd=0x3000, parent_tid=0x4000, exit_signal=SIGCHLD, stack=NULL, \
         stack_size=0} => {pidfd=[3], parent_tid=[77]}, 88) = 77",
    );
    check(
        &made("clone3", &[A, 8]).before(A, &words(&[0])).returned(-22),
        "clone3(0x1000, 8) = -1 EINVAL (Invalid argument)",
    );
}

#[test]
fn what_one_call_shows_in_its_way() {
    check(&made("mincore", &[A, 8192, B]).after(B, &[1, 0]).returned(0), "mincore(0x1000, 8192, [1, 0]) = 0");
    check(
        &made("prctl", &[16, A]).after(A, b"zoo\0\0\0\0\0\0\0\0\0\0\0\0\0").returned(0),
        r#"prctl(PR_GET_NAME, "zoo") = 0"#,
    );
    check(
        &made("sethostname", &[A, u64::MAX]).returned(-22),
        "sethostname(0x1000, -1) = -1 EINVAL (Invalid argument)",
    );
    check(
        &made("sched_setaffinity", &[0, 0, A]).returned(-22),
        "sched_setaffinity(0, 0, []) = -1 EINVAL (Invalid argument)",
    );
    // The size that is needed, and nothing there.
    check(&made("flistxattr", &[3, A, 0]).returned(0), "flistxattr(3, 0x1000, 0) = 0");
    check(&made("flistxattr", &[3, A, 9]).returned(0), r#"flistxattr(3, "", 9) = 0"#);
    let unreadable = |call: Made, at| call.capture(Phase::Entry, at, b"", CaptureEnd::Unreadable(14));
    let exec = made("execve", &[1, 2, 3]);
    check(
        &unreadable(unreadable(unreadable(exec, 1), 2), 3).returned(-14),
        "execve(0x1, 0x2, 0x3) = -1 EFAULT (Bad address)",
    );
    let exec =
        made("execve", &[A, B, 0]).before(A, b"/x").before(B, &words(&[0x3000, 1])).before(0x3000, b"a");
    check(
        &unreadable(exec, 1).returned(-2),
        r#"execve("/x", ["a", 0x1], NULL) = -1 ENOENT (No such file or directory)"#,
    );
    let mut back = made("rt_sigreturn", &[]).before(0x7000 + 296, &words(&[1 << 9]));
    back.raw.noted.registers.stack_pointer = 0x7000;
    check(&back.clone().returned(-4), "rt_sigreturn({mask=[USR1]}) = -1 EINTR (Interrupted system call)");
    back.raw.noted.captures.clear();
    check(&back.returned(0), "rt_sigreturn() = 0");
}

#[test]
fn remarks_and_parts_in_numbers() {
    let check = |call: &Call, numbers: &str, both: &str| {
        check_in(&Format::new().constants(Constants::Numbers), call, numbers);
        check_in(&Format::new().constants(Constants::Both), call, both);
    };
    check(
        &made("fcntl", &[5, 1]).returned(1),
        "fcntl(5, 0x1) = 0x1 (flags 0x1)",
        "fcntl(5, 0x1 /* F_GETFD */) = 0x1 (flags 0x1 /* FD_CLOEXEC */)",
    );
    check(
        &made("ioprio_get", &[1, 0]).returned(0x4005),
        "ioprio_get(0x1, 0) = 16389",
        "ioprio_get(0x1 /* IOPRIO_WHO_PROCESS */, 0) = 16389 (IOPRIO_PRIO_VALUE(0x2 /* IOPRIO_CLASS_BE */, 5))",
    );
    check(
        &made("ioprio_set", &[1, 0, 0x4005]).returned(0),
        "ioprio_set(0x1, 0, 16389) = 0",
        "ioprio_set(0x1 /* IOPRIO_WHO_PROCESS */, 0, 16389 /* IOPRIO_PRIO_VALUE(0x2 /* IOPRIO_CLASS_BE */, 5) */) = 0",
    );
    check(
        &made("personality", &[0xffff_ffff]).returned(0),
        "personality(0xffffffff) = 0 (0)",
        "personality(0xffffffff) = 0 (0 /* PER_LINUX */)",
    );
    check(
        &made("fcntl", &[5, 11]).returned(12),
        "fcntl(5, 0xb) = 12 (SIGUSR2)",
        "fcntl(5, 0xb /* F_GETSIG */) = 12 (SIGUSR2)",
    );
    check(
        &made("clone", &[0x120_0011, 0, 0, 0, 0]).returned(77),
        "clone(child_stack=NULL, flags=0x1200000|17, child_tidptr=NULL) = 77",
        "clone(child_stack=NULL, flags=0x1200000 /* CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID */|17 /* SIGCHLD */, child_tidptr=NULL) = 77",
    );
    check(
        &made("shmget", &[0x1234, 100, 0o1644]).returned(1),
        "shmget(0x1234, 100, 0x200|0644) = 1",
        "shmget(0x1234, 100, 0x200 /* IPC_CREAT */|0644) = 1",
    );
    // The least number that the new descriptor may have is none itself.
    let copy = made("fcntl", &[5, 0, 3]).file(Phase::Entry, 3, "/x").returned(7);
    check_in(&Format::new().fd_paths(true), &copy, "fcntl(5, F_DUPFD, 3) = 7");
}

#[test]
fn a_command_may_return_a_descriptor() {
    const NS_GET_USERNS: u64 = 0xb701;
    let ioctl = |request| {
        let call = made("ioctl", &[4, request, 0]).file(Phase::Exit, 5, "user:[1]").returned(5);
        call.display(&Format::new().fd_paths(true)).to_string()
    };
    assert_eq!(ioctl(NS_GET_USERNS), "ioctl(4, NS_GET_USERNS) = 5<user:[1]>");
    assert!(ioctl(0xb703).ends_with(" = 5"), "{}", ioctl(0xb703));
}

#[test]
fn what_is_deleted_is_so_behind_its_name() {
    let text = |link: &str| {
        let close = made("close", &[3]).file(Phase::Entry, 3, link).returned(0);
        close.display(&Format::new().fd_paths(true)).to_string()
    };
    assert_eq!(text("/tmp/x (deleted)"), "close(3</tmp/x>(deleted)) = 0");
    assert_eq!(text("/tmp/x"), "close(3</tmp/x>) = 0");
    assert_eq!(text("pipe:[1] (deleted)"), "close(3<pipe:[1] (deleted)>) = 0");
}
