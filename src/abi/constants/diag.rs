//! Families of questions about sockets: see sock_diag(7).

use crate::abi::constants::{family, names};
use crate::abi::signature::{Family, Form, Member, Role};

family! {
    TCP_STATE: One {
        TCP_ESTABLISHED, TCP_SYN_SENT, TCP_SYN_RECV, TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_TIME_WAIT,
        TCP_CLOSE, TCP_CLOSE_WAIT, TCP_LAST_ACK, TCP_LISTEN, TCP_CLOSING,
    }
    INET_DIAG: One {
        INET_DIAG_NONE, INET_DIAG_MEMINFO, INET_DIAG_INFO, INET_DIAG_VEGASINFO, INET_DIAG_CONG,
        INET_DIAG_TOS, INET_DIAG_TCLASS, INET_DIAG_SKMEMINFO, INET_DIAG_SHUTDOWN, INET_DIAG_DCTCPINFO,
        INET_DIAG_PROTOCOL, INET_DIAG_SKV6ONLY, INET_DIAG_LOCALS, INET_DIAG_PEERS, INET_DIAG_PAD,
        INET_DIAG_MARK, INET_DIAG_BBRINFO, INET_DIAG_CLASS_ID, INET_DIAG_MD5SIG, INET_DIAG_ULP_INFO,
        INET_DIAG_SK_BPF_STORAGES, INET_DIAG_CGROUP_ID, INET_DIAG_SOCKOPT,
    }
    INET_DIAG_REQ: One {
        INET_DIAG_REQ_NONE, INET_DIAG_REQ_BYTECODE, INET_DIAG_REQ_SK_BPF_STORAGES, INET_DIAG_REQ_PROTOCOL,
    }
    UNIX_DIAG: One {
        UNIX_DIAG_NAME, UNIX_DIAG_VFS, UNIX_DIAG_PEER, UNIX_DIAG_ICONS, UNIX_DIAG_RQLEN, UNIX_DIAG_MEMINFO,
        UNIX_DIAG_SHUTDOWN, UNIX_DIAG_UID,
    }
    UDIAG_SHOW: Bits {
        UDIAG_SHOW_NAME, UDIAG_SHOW_VFS, UDIAG_SHOW_PEER, UDIAG_SHOW_ICONS, UDIAG_SHOW_RQLEN,
        UDIAG_SHOW_MEMINFO, UDIAG_SHOW_UID,
    }
}

const fn bit(name: &'static str, bit: u32) -> Member {
    Member { name, value: 1 << bit, role: Role::Plain }
}

/// Sets of states. What they are called is no name, but says how it is made of one.
pub(crate) static TCP_STATES: Family = Family {
    name: "TCP_STATES",
    form: Form::Bits,
    members: &[
        bit("1<<TCP_ESTABLISHED", 1),
        bit("1<<TCP_SYN_SENT", 2),
        bit("1<<TCP_SYN_RECV", 3),
        bit("1<<TCP_FIN_WAIT1", 4),
        bit("1<<TCP_FIN_WAIT2", 5),
        bit("1<<TCP_TIME_WAIT", 6),
        bit("1<<TCP_CLOSE", 7),
        bit("1<<TCP_CLOSE_WAIT", 8),
        bit("1<<TCP_LAST_ACK", 9),
        bit("1<<TCP_LISTEN", 10),
        bit("1<<TCP_CLOSING", 11),
    ],
};

/// Sets of what an answer is to hold.
pub(crate) static INET_DIAG_EXT: Family = Family {
    name: "INET_DIAG_EXT",
    form: Form::Bits,
    members: &[
        bit("1<<(INET_DIAG_MEMINFO-1)", 0),
        bit("1<<(INET_DIAG_INFO-1)", 1),
        bit("1<<(INET_DIAG_VEGASINFO-1)", 2),
        bit("1<<(INET_DIAG_CONG-1)", 3),
        bit("1<<(INET_DIAG_TOS-1)", 4),
        bit("1<<(INET_DIAG_TCLASS-1)", 5),
        bit("1<<(INET_DIAG_SKMEMINFO-1)", 6),
        bit("1<<(INET_DIAG_SHUTDOWN-1)", 7),
    ],
};
