//! What arguments mean, decided by the value of another one: fcntl, ioctl, prctl, futex and their like.
//!
//! A case lists the arguments that exist under that value. Without a case all are shown, in hexadecimal.

use crate::abi::constants::files::{DN, F_SEAL, FD_FLAGS, FLOCK_TYPE, FS_FL, O, RWH};
use crate::abi::constants::memory::{MEMBARRIER_CMDS, MPOL};
use crate::abi::constants::names;
use crate::abi::constants::network::{IP, IPPROTO, IPV6, NETLINK, NETLINK_OPT, SO, TCP, UDP};
use crate::abi::constants::process::{CAP, PTRACE_O, SECBIT};
use crate::abi::constants::system::*;
use crate::abi::constants::terminal::{TC_FLOW, TC_QUEUE};
use crate::abi::errno::ERRNO;
use crate::abi::signature::*;
use crate::abi::structs::*;

/// `NAME(argument: kind, ...) -> result, ...`, one selector; `FIRST / SECOND(...)` where two arguments decide.
macro_rules! selector {
    ($(#[$doc:meta])* $selector:ident & $mask:literal {
        $($name:ident $(/ $second:ident)? ( $($param:ident : $kind:expr),* ) $(-> $result:expr)?),* $(,)?
    }) => {
        $(#[$doc])*
        pub(crate) static $selector: Selector = Selector {
            mask: $mask,
            cases: &[ $( Case {
                value: selector!(@value $name $($second)?),
                params: &[ $( Param { name: stringify!($param), kind: $kind } ),* ],
                result: selector!(@result $($result)?),
            } ),* ],
        };
    };
    (@value $name:ident) => { names::$name as u64 };
    (@value $name:ident $second:ident) => { (names::$name as u64) << 32 | names::$second as u64 };
    (@result) => { None };
    (@result $result:expr) => { Some($result) };
}

selector! {
    /// `fcntl(2)`, by `cmd`.
    BY_F & 0xffff_ffff {
        F_DUPFD(arg: INT) -> FD, F_DUPFD_CLOEXEC(arg: INT) -> FD, F_DUPFD_QUERY(arg: FD), F_CREATED_QUERY(),
        F_GETFD() -> bits(&FD_FLAGS), F_SETFD(arg: bits(&FD_FLAGS)),
        F_GETFL() -> bits(&O), F_SETFL(arg: bits(&O)),
        F_SETLK(arg: input(&flock)), F_SETLKW(arg: input(&flock)), F_GETLK(arg: inout(&flock)),
        F_OFD_SETLK(arg: input(&flock)), F_OFD_SETLKW(arg: input(&flock)), F_OFD_GETLK(arg: inout(&flock)),
        F_GETOWN() -> PID, F_SETOWN(arg: PID), F_GETOWN_EX(arg: output(&f_owner_ex)), F_SETOWN_EX(arg: input(&f_owner_ex)),
        F_GETOWNER_UIDS(arg: scalar_output(&UID, exactly(2))), F_GETSIG() -> SIGNAL, F_SETSIG(arg: SIGNAL),
        F_GETLEASE() -> one_of(&FLOCK_TYPE), F_SETLEASE(arg: one_of(&FLOCK_TYPE)), F_NOTIFY(arg: bits(&DN)),
        F_GETPIPE_SZ(), F_SETPIPE_SZ(arg: INT), F_GET_SEALS() -> bits(&F_SEAL), F_ADD_SEALS(arg: bits(&F_SEAL)),
        F_GET_RW_HINT(arg: scalar_output(&RW_HINT, ONE)), F_SET_RW_HINT(arg: scalar_input(&RW_HINT, ONE)),
        F_GET_FILE_RW_HINT(arg: scalar_output(&RW_HINT, ONE)), F_SET_FILE_RW_HINT(arg: scalar_input(&RW_HINT, ONE)),
    }
}

/// The policy that `get_mempolicy(2)` writes: an `int`.
pub(crate) const POLICY: Kind = bits(&MPOL);

/// A `uint64_t` there.
const RW_HINT: Kind = one_of(&RWH);

selector! {
    /// `ioctl(2)`, by `request`.
    BY_IOCTL & 0xffff_ffff {
        TCGETS(arg: output(&termios)), TCSETS(arg: input(&termios)), TCSETSW(arg: input(&termios)), TCSETSF(arg: input(&termios)),
        TCGETS2(arg: output(&termios2)), TCSETS2(arg: input(&termios2)), TCSETSW2(arg: input(&termios2)),
        TCSETSF2(arg: input(&termios2)),
        TIOCGWINSZ(arg: output(&winsize)), TIOCSWINSZ(arg: input(&winsize)),
        TIOCGPGRP(arg: scalar_output(&PID, ONE)), TIOCSPGRP(arg: scalar_input(&PID, ONE)), TIOCGSID(arg: scalar_output(&PID, ONE)),
        TIOCSCTTY(arg: INT), TIOCNOTTY(), TIOCEXCL(), TIOCNXCL(), TIOCGEXCL(arg: scalar_output(&INT, ONE)),
        TCSBRK(arg: INT), TCSBRKP(arg: INT), TIOCSBRK(), TIOCCBRK(), TCXONC(arg: one_of(&TC_FLOW)), TCFLSH(arg: one_of(&TC_QUEUE)),
        TIOCGPTN(arg: scalar_output(&INT, ONE)), TIOCSPTLCK(arg: scalar_input(&INT, ONE)),
        TIOCGPTLCK(arg: scalar_output(&INT, ONE)), TIOCGPTPEER(arg: bits(&O)) -> FD, TIOCPKT(arg: scalar_input(&INT, ONE)),
        TIOCGETD(arg: scalar_output(&INT, ONE)), TIOCSETD(arg: scalar_input(&INT, ONE)), TIOCOUTQ(arg: scalar_output(&INT, ONE)),
        TIOCSTI(arg: bytes_in(ONE)),
        FIONBIO(arg: scalar_input(&INT, ONE)), FIOASYNC(arg: scalar_input(&INT, ONE)), FIONREAD(arg: scalar_output(&INT, ONE)),
        FIOCLEX(), FIONCLEX(), FICLONE(arg: FD), FICLONERANGE(arg: input(&file_clone_range)),
        FIGETBSZ(arg: scalar_output(&INT, ONE)),
        FS_IOC_GETFLAGS(arg: scalar_output(&INODE_FLAGS, ONE)), FS_IOC_SETFLAGS(arg: scalar_input(&INODE_FLAGS, ONE)),
        FS_IOC_FSGETXATTR(arg: output(&fsxattr)), FS_IOC_FSSETXATTR(arg: input(&fsxattr)),
        SIOCATMARK(arg: scalar_output(&INT, ONE)),
        BLKGETSIZE64(arg: scalar_output(&ULONG, ONE)), BLKGETSIZE(arg: scalar_output(&ULONG, ONE)),
        BLKSSZGET(arg: scalar_output(&INT, ONE)), BLKPBSZGET(arg: scalar_output(&UINT, ONE)),
        BLKROGET(arg: scalar_output(&INT, ONE)), BLKFLSBUF(),
        NS_GET_USERNS() -> FD, NS_GET_PARENT() -> FD, NS_GET_NSTYPE(), RNDGETENTCNT(arg: scalar_output(&INT, ONE)),
    }
}

/// An `int`, whatever the number of the request says. See ioctl_iflags(2).
const INODE_FLAGS: Kind = bits(&FS_FL);

selector! {
    /// `prctl(2)`, by `option`.
    BY_PR & 0xffff_ffff {
        PR_SET_NAME(arg2: STR), PR_GET_NAME(arg2: bytes_out(exactly(16))), PR_SET_PDEATHSIG(arg2: SIGNAL),
        PR_GET_PDEATHSIG(arg2: scalar_output(&SIGNAL, ONE)), PR_GET_DUMPABLE() -> one_of(&SUID_DUMP), PR_SET_DUMPABLE(arg2: one_of(&SUID_DUMP)),
        PR_GET_KEEPCAPS(), PR_SET_KEEPCAPS(arg2: ULONG), PR_GET_SECUREBITS() -> bits(&SECBIT), PR_SET_SECUREBITS(arg2: bits(&SECBIT)),
        PR_CAPBSET_READ(arg2: one_of(&CAP)), PR_CAPBSET_DROP(arg2: one_of(&CAP)),
        PR_CAP_AMBIENT(arg2: one_of(&PR_CAP_AMBIENT_ARG), arg3: one_of(&CAP).read_if("arg2", of_one_capability), arg4: HEX, arg5: HEX),
        PR_SET_CHILD_SUBREAPER(arg2: ULONG), PR_GET_CHILD_SUBREAPER(arg2: scalar_output(&INT, ONE)), PR_SET_PTRACER(arg2: PID),
        PR_SET_NO_NEW_PRIVS(arg2: ULONG, arg3: HEX, arg4: HEX, arg5: HEX),
        PR_GET_NO_NEW_PRIVS(arg2: HEX, arg3: HEX, arg4: HEX, arg5: HEX),
        PR_GET_TIMING(), PR_SET_TIMING(arg2: INT), PR_GET_UNALIGN(arg2: PTR), PR_GET_FPEMU(arg2: PTR), PR_SET_FPEMU(arg2: UINT),
        PR_GET_FPEXC(arg2: PTR), PR_SET_FPEXC(arg2: UINT), PR_GET_ENDIAN(arg2: PTR), PR_SET_ENDIAN(arg2: UINT), PR_GET_FP_MODE(),
        PR_SVE_GET_VL(), PR_SVE_SET_VL(arg2: HEX), PR_SME_GET_VL(), PR_SME_SET_VL(arg2: HEX),
        PR_GET_SECCOMP(), PR_SET_SECCOMP(arg2: one_of(&SECCOMP_MODE), arg3: input(&sock_fprog).only_if("arg2", filters)),
        PR_GET_TSC(arg2: scalar_output(&INT, ONE)), PR_SET_TSC(arg2: one_of(&PR_TSC)),
        PR_SET_TIMERSLACK(arg2: ULONG), PR_GET_TIMERSLACK(), PR_TASK_PERF_EVENTS_DISABLE(), PR_TASK_PERF_EVENTS_ENABLE(),
        PR_MCE_KILL(arg2: one_of(&PR_MCE_KILL_ARG), arg3: one_of(&PR_MCE_KILL_POLICY).read_if("arg2", of_a_policy), arg4: HEX, arg5: HEX),
        PR_MCE_KILL_GET(arg2: HEX, arg3: HEX, arg4: HEX, arg5: HEX),
        PR_SET_MM(arg2: one_of(&PR_SET_MM_ARG), arg3: PTR, arg4: HEX, arg5: HEX),
        PR_SET_VMA(arg2: one_of(&PR_SET_VMA_ARG), arg3: PTR, arg4: SIZE, arg5: STR),
        PR_GET_TID_ADDRESS(arg2: scalar_output(&PTR, ONE)),
        PR_SET_THP_DISABLE(arg2: ULONG, arg3: HEX, arg4: HEX, arg5: HEX),
        PR_GET_THP_DISABLE(arg2: HEX, arg3: HEX, arg4: HEX, arg5: HEX),
        PR_GET_SPECULATION_CTRL(arg2: one_of(&PR_SPEC)), PR_SET_SPECULATION_CTRL(arg2: one_of(&PR_SPEC), arg3: bits(&PR_SPEC_CTRL)),
        PR_SET_IO_FLUSHER(arg2: ULONG, arg3: HEX, arg4: HEX, arg5: HEX),
        PR_GET_IO_FLUSHER(arg2: HEX, arg3: HEX, arg4: HEX, arg5: HEX),
        PR_SET_SYSCALL_USER_DISPATCH(arg2: one_of(&PR_SYS_DISPATCH), arg3: HEX, arg4: HEX, arg5: PTR),
        PR_SCHED_CORE(arg2: one_of(&PR_SCHED_CORE_ARG), arg3: PID, arg4: one_of(&PR_SCHED_CORE_SCOPE), arg5: PTR),
        PR_SET_MDWE(arg2: bits(&PR_MDWE), arg3: HEX, arg4: HEX, arg5: HEX),
        PR_GET_MDWE(arg2: HEX, arg3: HEX, arg4: HEX, arg5: HEX),
        PR_SET_MEMORY_MERGE(arg2: ULONG, arg3: HEX, arg4: HEX, arg5: HEX),
        PR_GET_MEMORY_MERGE(arg2: HEX, arg3: HEX, arg4: HEX, arg5: HEX),
        PR_TIMER_CREATE_RESTORE_IDS(arg2: one_of(&PR_TIMER_CREATE_RESTORE_IDS_ARG), arg3: HEX, arg4: HEX, arg5: HEX),
        PR_FUTEX_HASH(arg2: one_of(&PR_FUTEX_HASH_ARG), arg3: HEX, arg4: HEX, arg5: HEX),
        PR_RSEQ_SLICE_EXTENSION(arg2: one_of(&PR_RSEQ_SLICE_EXTENSION_ARG), arg3: HEX, arg4: HEX, arg5: HEX),
    }
}

/// The mode is one that comes with a filter.
const fn filters(mode: u64) -> bool {
    mode as u32 == names::SECCOMP_MODE_FILTER
}

/// The command is about the capability that follows. See PR_CAP_AMBIENT(2const).
const fn of_one_capability(command: u64) -> bool {
    matches!(
        command as u32,
        names::PR_CAP_AMBIENT_IS_SET | names::PR_CAP_AMBIENT_RAISE | names::PR_CAP_AMBIENT_LOWER
    )
}

/// The command sets the policy that follows. See PR_MCE_KILL(2const).
const fn of_a_policy(command: u64) -> bool {
    command as u32 == names::PR_MCE_KILL_SET
}

selector! {
    /// `arch_prctl(2)`, by `op`.
    BY_ARCH & 0xffff_ffff {
        ARCH_SET_FS(addr: PTR), ARCH_SET_GS(addr: PTR),
        ARCH_GET_FS(addr: scalar_output(&PTR, ONE)), ARCH_GET_GS(addr: scalar_output(&PTR, ONE)),
        ARCH_GET_CPUID(), ARCH_SET_CPUID(addr: ULONG),
        ARCH_GET_XCOMP_SUPP(addr: scalar_output(&HEX, ONE)), ARCH_GET_XCOMP_PERM(addr: scalar_output(&HEX, ONE)),
        ARCH_GET_XCOMP_GUEST_PERM(addr: scalar_output(&HEX, ONE)), ARCH_REQ_XCOMP_PERM(addr: ULONG),
        ARCH_REQ_XCOMP_GUEST_PERM(addr: ULONG), ARCH_SHSTK_STATUS(addr: scalar_output(&HEX, ONE)),
        ARCH_GET_UNTAG_MASK(addr: scalar_output(&HEX, ONE)), ARCH_GET_MAX_TAG_BITS(addr: scalar_output(&ULONG, ONE)),
    }
}

selector! {
    /// `futex(2)`, by the command in `op`. A count sits in the register of the timeout.
    BY_FUTEX & 0x7f {
        FUTEX_WAIT(val: UINT, timeout: input(&timespec)), FUTEX_WAKE(val: UINT), FUTEX_FD(val: UINT),
        FUTEX_WAIT_BITSET(val: UINT, timeout: input(&timespec), val3: HEX), FUTEX_WAKE_BITSET(val: UINT, val3: HEX),
        FUTEX_REQUEUE(val: UINT, timeout: UINT, uaddr2: PTR), FUTEX_CMP_REQUEUE(val: UINT, timeout: UINT, uaddr2: PTR, val3: UINT),
        FUTEX_CMP_REQUEUE_PI(val: UINT, timeout: UINT, uaddr2: PTR, val3: UINT),
        FUTEX_WAIT_REQUEUE_PI(val: UINT, timeout: input(&timespec), uaddr2: PTR),
        FUTEX_WAKE_OP(val: UINT, timeout: UINT, uaddr2: PTR, val3: HEX),
        FUTEX_LOCK_PI(timeout: input(&timespec)), FUTEX_LOCK_PI2(timeout: input(&timespec)), FUTEX_UNLOCK_PI(), FUTEX_TRYLOCK_PI(),
    }
}

selector! {
    /// The protocol of `socket(2)`, by `domain`.
    BY_PROTO & 0xffff_ffff {
        AF_INET(protocol: one_of(&IPPROTO)), AF_INET6(protocol: one_of(&IPPROTO)), AF_NETLINK(protocol: one_of(&NETLINK)),
        AF_UNIX(protocol: INT),
    }
}

selector! {
    /// The option of `getsockopt(2)` and `setsockopt(2)`, by `level`.
    BY_SO_NAME & 0xffff_ffff {
        SOL_SOCKET(optname: one_of(&SO)), SOL_IP(optname: one_of(&IP)), SOL_IPV6(optname: one_of(&IPV6)),
        SOL_TCP(optname: one_of(&TCP)), SOL_UDP(optname: one_of(&UDP)), SOL_NETLINK(optname: one_of(&NETLINK_OPT)),
    }
}

selector! {
    /// The value that `setsockopt(2)` sets, by `level` and `optname`. The others are shown as long as `optlen` says.
    BY_SO_VAL & 0xffff_ffff_ffff_ffff {
        SOL_SOCKET / SO_LINGER(optval: input(&linger)), SOL_SOCKET / SO_ATTACH_FILTER(optval: input(&sock_fprog)),
        SOL_SOCKET / SO_ATTACH_REUSEPORT_CBPF(optval: input(&sock_fprog)),
        SOL_IP / IP_ADD_MEMBERSHIP(optval: input(&ip_mreq)), SOL_IP / IP_DROP_MEMBERSHIP(optval: input(&ip_mreq)),
        SOL_IPV6 / IPV6_ADD_MEMBERSHIP(optval: input(&ipv6_mreq)), SOL_IPV6 / IPV6_DROP_MEMBERSHIP(optval: input(&ipv6_mreq)),
        SOL_IPV6 / IPV6_JOIN_ANYCAST(optval: input(&ipv6_mreq)), SOL_IPV6 / IPV6_LEAVE_ANYCAST(optval: input(&ipv6_mreq)),
    }
}

selector! {
    /// The value that `getsockopt(2)` gets, by `level` and `optname`.
    BY_SO_GOT & 0xffff_ffff_ffff_ffff {
        SOL_SOCKET / SO_LINGER(optval: output(&linger)), SOL_SOCKET / SO_PEERCRED(optval: output(&ucred)),
        SOL_SOCKET / SO_ERROR(optval: scalar_output(&PENDING, ONE)),
    }
}

/// The error that was pending, and is no more. See socket(7).
const PENDING: Kind = one_of(&ERRNO);

selector! {
    /// The result of `membarrier(2)`, by `cmd`: which commands there are.
    BY_MEMBARRIER & 0xffff_ffff {
        MEMBARRIER_CMD_QUERY() -> bits(&MEMBARRIER_CMDS),
    }
}

selector! {
    /// `kcmp(2)`, by `ty`. The descriptors are those of other processes.
    BY_KCMP & 0xffff_ffff {
        KCMP_FILE(idx1: UINT, idx2: UINT), KCMP_VM(), KCMP_FILES(), KCMP_FS(), KCMP_SIGHAND(), KCMP_IO(), KCMP_SYSVSEM(),
        KCMP_EPOLL_TFD(idx1: UINT, idx2: input(&kcmp_epoll_slot)),
    }
}

selector! {
    /// `seccomp(2)`, by `operation`.
    BY_SECCOMP & 0xffff_ffff {
        SECCOMP_SET_MODE_STRICT(args: PTR), SECCOMP_SET_MODE_FILTER(args: input(&sock_fprog)),
        SECCOMP_GET_ACTION_AVAIL(args: scalar_input(&ACTION, ONE)),
        SECCOMP_GET_NOTIF_SIZES(args: output(&seccomp_notif_sizes)),
    }
}

/// What a filter may return.
const ACTION: Kind = one_of(&SECCOMP_ACTION);

selector! {
    /// `fsconfig(2)`, by `cmd`.
    BY_FSCONFIG & 0xffff_ffff {
        FSCONFIG_SET_FLAG(key: STR, value: PTR, aux: INT), FSCONFIG_SET_STRING(key: STR, value: STR, aux: INT),
        FSCONFIG_SET_BINARY(key: STR, value: bytes_in(len("aux")), aux: INT), FSCONFIG_SET_PATH(key: STR, value: PATH, aux: DIRFD),
        FSCONFIG_SET_PATH_EMPTY(key: STR, value: PATH, aux: DIRFD), FSCONFIG_SET_FD(key: STR, value: PTR, aux: FD),
        FSCONFIG_CMD_CREATE(key: PTR, value: PTR, aux: INT), FSCONFIG_CMD_RECONFIGURE(key: PTR, value: PTR, aux: INT),
        FSCONFIG_CMD_CREATE_EXCL(key: PTR, value: PTR, aux: INT),
    }
}

selector! {
    /// `landlock_add_rule(2)`, by `rule_type`.
    BY_LANDLOCK_RULE & 0xffff_ffff {
        LANDLOCK_RULE_PATH_BENEATH(rule_attr: input(&landlock_path_beneath_attr)),
        LANDLOCK_RULE_NET_PORT(rule_attr: input(&landlock_net_port_attr)),
    }
}

selector! {
    /// `io_uring_enter(2)`: `argp` is a structure of its own with `IORING_ENTER_EXT_ARG`, and a signal set without.
    BY_IORING_ENTER & 0x8 {
        NO_IORING_ENTER_EXT_ARG(argp: input(&sigset)), IORING_ENTER_EXT_ARG(argp: PTR),
    }
}

selector! {
    /// `io_uring_register(2)`, by `opcode`; its highest bit says that the ring itself is registered.
    BY_IORING_REGISTER & 0x7fff_ffff {
        IORING_REGISTER_BUFFERS(arg: inputs(&iovec, len("nr_args"))), IORING_UNREGISTER_BUFFERS(arg: PTR),
        IORING_REGISTER_FILES(arg: scalar_input(&FD, len("nr_args"))), IORING_UNREGISTER_FILES(arg: PTR),
        IORING_REGISTER_EVENTFD(arg: scalar_input(&FD, len("nr_args"))), IORING_UNREGISTER_EVENTFD(arg: PTR),
        IORING_REGISTER_EVENTFD_ASYNC(arg: scalar_input(&FD, len("nr_args"))), IORING_REGISTER_PERSONALITY(arg: PTR),
        IORING_UNREGISTER_PERSONALITY(arg: PTR), IORING_REGISTER_ENABLE_RINGS(arg: PTR),
        IORING_REGISTER_PROBE(arg: PTR),
    }
}

selector! {
    /// `keyctl(2)`, by `op`.
    BY_KEYCTL & 0xffff_ffff {
        KEYCTL_GET_KEYRING_ID(arg2: KEY, arg3: INT), KEYCTL_JOIN_SESSION_KEYRING(arg2: STR),
        KEYCTL_UPDATE(arg2: KEY, arg3: bytes_in(len("arg4")), arg4: SIZE), KEYCTL_REVOKE(arg2: KEY),
        KEYCTL_CHOWN(arg2: KEY, arg3: UID, arg4: GID), KEYCTL_SETPERM(arg2: KEY, arg3: HEX),
        KEYCTL_DESCRIBE(arg2: KEY, arg3: bytes_out(ret_up_to("arg4")), arg4: SIZE), KEYCTL_CLEAR(arg2: KEY),
        KEYCTL_LINK(arg2: KEY, arg3: KEY), KEYCTL_UNLINK(arg2: KEY, arg3: KEY),
        KEYCTL_SEARCH(arg2: KEY, arg3: STR, arg4: STR, arg5: KEY),
        KEYCTL_READ(arg2: KEY, arg3: bytes_out(ret_up_to("arg4")), arg4: SIZE),
        KEYCTL_INSTANTIATE(arg2: KEY, arg3: bytes_in(len("arg4")), arg4: SIZE, arg5: KEY),
        KEYCTL_NEGATE(arg2: KEY, arg3: UINT, arg4: KEY), KEYCTL_SET_TIMEOUT(arg2: KEY, arg3: UINT),
        KEYCTL_ASSUME_AUTHORITY(arg2: KEY), KEYCTL_GET_SECURITY(arg2: KEY, arg3: bytes_out(ret_up_to("arg4")), arg4: SIZE),
        KEYCTL_SESSION_TO_PARENT(), KEYCTL_INVALIDATE(arg2: KEY), KEYCTL_GET_PERSISTENT(arg2: UID, arg3: KEY),
        KEYCTL_RESTRICT_KEYRING(arg2: KEY, arg3: STR, arg4: STR), KEYCTL_MOVE(arg2: KEY, arg3: KEY, arg4: KEY, arg5: HEX),
        KEYCTL_CAPABILITIES(arg2: bytes_out(ret_up_to("arg3")), arg3: SIZE),
    }
}

selector! {
    /// `msgctl(2)`, by `cmd`.
    BY_MSGCTL & 0xff {
        IPC_RMID(buf: PTR), IPC_STAT(buf: output(&msqid_ds)), IPC_SET(buf: input(&msqid_ds)), MSG_STAT(buf: output(&msqid_ds)),
        MSG_STAT_ANY(buf: output(&msqid_ds)),
    }
}

selector! {
    /// `semctl(2)`, by `cmd`.
    BY_SEMCTL & 0xff {
        IPC_RMID(arg: PTR), IPC_STAT(arg: output(&semid_ds)), IPC_SET(arg: input(&semid_ds)), SEM_STAT(arg: output(&semid_ds)),
        SEM_STAT_ANY(arg: output(&semid_ds)), SETVAL(arg: HEX), GETVAL(arg: PTR), GETPID(arg: PTR), GETNCNT(arg: PTR),
        GETZCNT(arg: PTR), GETALL(arg: PTR), SETALL(arg: PTR),
    }
}

selector! {
    /// `shmctl(2)`, by `cmd`.
    BY_SHMCTL & 0xff {
        IPC_RMID(buf: PTR), IPC_STAT(buf: output(&shmid_ds)), IPC_SET(buf: input(&shmid_ds)), SHM_STAT(buf: output(&shmid_ds)),
        SHM_STAT_ANY(buf: output(&shmid_ds)), SHM_LOCK(buf: PTR), SHM_UNLOCK(buf: PTR),
    }
}

selector! {
    /// `ptrace(2)`, by `request`.
    BY_PTRACE & 0xffff_ffff {
        PTRACE_TRACEME(), PTRACE_ATTACH(), PTRACE_KILL(), PTRACE_INTERRUPT(), PTRACE_LISTEN(),
        PTRACE_PEEKTEXT(addr: PTR, data: scalar_output(&PTR, ONE)), PTRACE_PEEKDATA(addr: PTR, data: scalar_output(&PTR, ONE)),
        PTRACE_PEEKUSR(addr: PTR, data: scalar_output(&PTR, ONE)),
        PTRACE_POKETEXT(addr: PTR, data: PTR), PTRACE_POKEDATA(addr: PTR, data: PTR), PTRACE_POKEUSR(addr: PTR, data: PTR),
        PTRACE_CONT(addr: PTR, data: SIGNAL), PTRACE_SYSCALL(addr: PTR, data: SIGNAL), PTRACE_SINGLESTEP(addr: PTR, data: SIGNAL),
        PTRACE_SINGLEBLOCK(addr: PTR, data: SIGNAL), PTRACE_SYSEMU(addr: PTR, data: SIGNAL),
        PTRACE_SYSEMU_SINGLESTEP(addr: PTR, data: SIGNAL), PTRACE_DETACH(addr: PTR, data: SIGNAL),
        PTRACE_SEIZE(addr: PTR, data: bits(&PTRACE_O)), PTRACE_SETOPTIONS(addr: PTR, data: bits(&PTRACE_O)),
        PTRACE_GETEVENTMSG(addr: PTR, data: scalar_output(&ULONG, ONE)), PTRACE_GETSIGINFO(addr: PTR, data: output(&siginfo)),
        PTRACE_SETSIGINFO(addr: PTR, data: input(&siginfo)),
        PTRACE_GETSIGMASK(addr: SIZE, data: output(&sigset)), PTRACE_SETSIGMASK(addr: SIZE, data: input(&sigset)),
    }
}

macro_rules! undecided {
    ($($(#[$doc:meta])* $selector:ident)*) => {
        $( $(#[$doc])* pub(crate) static $selector: Selector = Selector { mask: u64::MAX, cases: &[] }; )*
    };
}

undecided! {
    /// `bpf(2)`.
    BY_BPF
    /// `modify_ldt(2)`.
    BY_LDT
    /// `quotactl(2)`.
    BY_QCMD
    /// `sysfs(2)`.
    BY_SYSFS
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn params(selector: &Selector, value: u64) -> Option<Vec<&'static str>> {
        let case = selector.cases.iter().find(|case| case.value == value & selector.mask)?;
        Some(case.params.iter().map(|param| param.name).collect())
    }

    #[test]
    fn a_case_says_which_arguments_there_are() {
        assert_eq!(params(&BY_F, 3), Some(vec![]));
        assert_eq!(params(&BY_F, 0), Some(vec!["arg"]));
        assert_eq!(params(&BY_F, 999), None);
        // FUTEX_WAIT_BITSET|FUTEX_PRIVATE_FLAG|FUTEX_CLOCK_REALTIME
        assert_eq!(params(&BY_FUTEX, 0x189), Some(vec!["val", "timeout", "val3"]));
        assert_eq!(params(&BY_FUTEX, 6), Some(vec!["timeout"]));
        assert_eq!(params(&BY_PR, 38), Some(vec!["arg2", "arg3", "arg4", "arg5"]));
        assert_eq!(params(&BY_PR, 3), Some(vec![]));
        assert_eq!(params(&BY_IOCTL, 0x5451), Some(vec![]));
        // SOL_SOCKET, SO_LINGER; SOL_IP, 13.
        assert_eq!(params(&BY_SO_VAL, 1 << 32 | 13), Some(vec!["optval"]));
        assert_eq!(params(&BY_SO_VAL, 13), None);
        // IPC_64|IPC_STAT
        assert_eq!(params(&BY_SHMCTL, 0x102), Some(vec!["buf"]));
        assert_eq!((params(&BY_BPF, 0), params(&BY_BPF, u64::MAX)), (None, None));
        assert!(filters(2) && !filters(1) && !filters(0));
    }

    #[test]
    fn cases_exclude_each_other() {
        let selectors = [
            &BY_F,
            &BY_IOCTL,
            &BY_PR,
            &BY_ARCH,
            &BY_FUTEX,
            &BY_PROTO,
            &BY_SO_NAME,
            &BY_SO_VAL,
            &BY_SO_GOT,
            &BY_KCMP,
            &BY_SECCOMP,
            &BY_FSCONFIG,
            &BY_LANDLOCK_RULE,
            &BY_IORING_ENTER,
            &BY_IORING_REGISTER,
            &BY_KEYCTL,
            &BY_MSGCTL,
            &BY_SEMCTL,
            &BY_SHMCTL,
            &BY_PTRACE,
        ];
        for selector in selectors {
            let mut values = HashSet::new();
            for case in selector.cases {
                assert!(values.insert(case.value), "{:#x} is there twice", case.value);
                assert_eq!(case.value & !selector.mask, 0, "{:#x} is outside of the mask", case.value);
            }
        }
    }
}
