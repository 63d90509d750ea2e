//! What arguments mean, decided by the value of another one: fcntl, ioctl, prctl, futex and their like.
//!
//! A case lists the arguments that exist under that value. Without a case all are shown, in hexadecimal.

use crate::abi::constants::files::{F_SEAL, FD_FLAGS, O};
use crate::abi::constants::names;
use crate::abi::constants::network::{IP, IPPROTO, IPV6, NETLINK, SO, TCP};
use crate::abi::signature::*;
use crate::abi::structs::*;

/// `NAME(argument: kind, ...) -> result, ...`, one selector.
macro_rules! selector {
    ($(#[$doc:meta])* $selector:ident & $mask:literal { $($name:ident ( $($param:ident : $kind:expr),* ) $(-> $result:expr)?),* $(,)? }) => {
        $(#[$doc])*
        pub static $selector: Selector = Selector {
            mask: $mask,
            cases: &[ $( Case {
                value: names::$name as u64,
                params: &[ $( Param { name: stringify!($param), kind: $kind } ),* ],
                result: selector!(@result $($result)?),
            } ),* ],
        };
    };
    (@result) => { None };
    (@result $result:expr) => { Some($result) };
}

selector! {
    /// `fcntl(2)`, by `cmd`.
    BY_F & 0xffff_ffff {
        F_DUPFD(arg: FD) -> FD, F_DUPFD_CLOEXEC(arg: FD) -> FD, F_DUPFD_QUERY(arg: FD),
        F_GETFD() -> bits(&FD_FLAGS), F_SETFD(arg: bits(&FD_FLAGS)),
        F_GETFL() -> bits(&O), F_SETFL(arg: bits(&O)),
        F_SETLK(arg: input(&flock)), F_SETLKW(arg: input(&flock)), F_GETLK(arg: inout(&flock)),
        F_OFD_SETLK(arg: input(&flock)), F_OFD_SETLKW(arg: input(&flock)), F_OFD_GETLK(arg: inout(&flock)),
        F_GETOWN() -> PID, F_SETOWN(arg: PID), F_GETSIG() -> SIGNAL, F_SETSIG(arg: SIGNAL), F_GETLEASE(),
        F_GETPIPE_SZ(), F_SETPIPE_SZ(arg: INT), F_GET_SEALS() -> bits(&F_SEAL), F_ADD_SEALS(arg: bits(&F_SEAL)),
    }
}

selector! {
    /// `ioctl(2)`, by `request`.
    BY_IOCTL & 0xffff_ffff {
        TCGETS(arg: output(&termios)), TCSETS(arg: input(&termios)), TCSETSW(arg: input(&termios)),
        TIOCGWINSZ(arg: output(&winsize)), TIOCSWINSZ(arg: input(&winsize)),
        TIOCGPGRP(arg: scalar_output(&PID, ONE)), TIOCSPGRP(arg: scalar_input(&PID, ONE)),
        FIONBIO(arg: scalar_input(&INT, ONE)), FIOASYNC(arg: scalar_input(&INT, ONE)),
        FIONREAD(arg: scalar_output(&INT, ONE)), FIOCLEX(), FIONCLEX(), FICLONE(arg: FD), TIOCSCTTY(arg: INT),
        TIOCNOTTY(), TIOCGPTN(arg: scalar_output(&INT, ONE)), TIOCSPTLCK(arg: scalar_input(&INT, ONE)),
    }
}

selector! {
    /// `prctl(2)`, by `option`.
    BY_PR & 0xffff_ffff {
        PR_SET_NAME(arg2: STR), PR_SET_PDEATHSIG(arg2: SIGNAL), PR_GET_DUMPABLE(), PR_SET_DUMPABLE(arg2: ULONG),
        PR_GET_KEEPCAPS(), PR_SET_KEEPCAPS(arg2: ULONG), PR_GET_SECUREBITS(), PR_CAPBSET_READ(arg2: ULONG),
        PR_CAPBSET_DROP(arg2: ULONG), PR_SET_CHILD_SUBREAPER(arg2: ULONG), PR_SET_PTRACER(arg2: PID),
        PR_SET_NO_NEW_PRIVS(arg2: ULONG, arg3: ULONG, arg4: ULONG, arg5: ULONG),
        PR_GET_NO_NEW_PRIVS(arg2: ULONG, arg3: ULONG, arg4: ULONG, arg5: ULONG),
    }
}

selector! {
    /// `arch_prctl(2)`, by `op`.
    BY_ARCH & 0xffff_ffff {
        ARCH_SET_FS(addr: PTR), ARCH_SET_GS(addr: PTR),
        ARCH_GET_FS(addr: scalar_output(&PTR, ONE)), ARCH_GET_GS(addr: scalar_output(&PTR, ONE)),
    }
}

selector! {
    /// `futex(2)`, by the command in `op`.
    BY_FUTEX & 0x7f {
        FUTEX_WAIT(val: INT, timeout: input(&timespec)), FUTEX_WAKE(val: INT),
        FUTEX_WAIT_BITSET(val: INT, timeout: input(&timespec), val3: HEX), FUTEX_WAKE_BITSET(val: INT, val3: HEX),
        FUTEX_REQUEUE(val: INT, timeout: INT, uaddr2: PTR), FUTEX_CMP_REQUEUE(val: INT, timeout: INT, uaddr2: PTR, val3: INT),
        FUTEX_WAKE_OP(val: INT, timeout: INT, uaddr2: PTR, val3: HEX),
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
        SOL_TCP(optname: one_of(&TCP)),
    }
}

macro_rules! undecided {
    ($($(#[$doc:meta])* $selector:ident)*) => {
        $( $(#[$doc])* pub static $selector: Selector = Selector { mask: u64::MAX, cases: &[] }; )*
    };
}

undecided! {
    /// `bpf(2)`.
    BY_BPF
    /// `fsconfig(2)`.
    BY_FSCONFIG
    /// `io_uring_enter(2)`.
    BY_IORING_ENTER
    /// `io_uring_register(2)`.
    BY_IORING_REGISTER
    /// `kcmp(2)`.
    BY_KCMP
    /// `keyctl(2)`.
    BY_KEYCTL
    /// `landlock_add_rule(2)`.
    BY_LANDLOCK_RULE
    /// `modify_ldt(2)`.
    BY_LDT
    /// `msgctl(2)`.
    BY_MSGCTL
    /// `ptrace(2)`.
    BY_PTRACE
    /// `quotactl(2)`.
    BY_QCMD
    /// `seccomp(2)`.
    BY_SECCOMP
    /// `semctl(2)`.
    BY_SEMCTL
    /// `shmctl(2)`.
    BY_SHMCTL
    /// The value of a socket option, by level and option.
    BY_SO_VAL
    /// `sysfs(2)`.
    BY_SYSFS
}
