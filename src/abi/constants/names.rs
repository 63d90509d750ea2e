//! The constants under their C names, from linux-raw-sys where it has them.

#![allow(missing_docs, unused_imports)]

#[cfg(not(target_arch = "x86_64"))]
pub(crate) use elsewhere::*;
pub(crate) use linux_raw_sys::general::*;
pub(crate) use linux_raw_sys::io_uring::{
    IORING_ENTER_ABS_TIMER, IORING_ENTER_EXT_ARG, IORING_ENTER_EXT_ARG_REG, IORING_ENTER_GETEVENTS,
    IORING_ENTER_NO_IOWAIT, IORING_ENTER_REGISTERED_RING, IORING_ENTER_SQ_WAIT, IORING_ENTER_SQ_WAKEUP,
    IORING_FEAT_CQE_SKIP, IORING_FEAT_CUR_PERSONALITY, IORING_FEAT_EXT_ARG, IORING_FEAT_FAST_POLL,
    IORING_FEAT_LINKED_FILE, IORING_FEAT_MIN_TIMEOUT, IORING_FEAT_NATIVE_WORKERS, IORING_FEAT_NO_IOWAIT,
    IORING_FEAT_NODROP, IORING_FEAT_POLL_32BITS, IORING_FEAT_RECVSEND_BUNDLE, IORING_FEAT_REG_REG_RING,
    IORING_FEAT_RSRC_TAGS, IORING_FEAT_RW_ATTR, IORING_FEAT_RW_CUR_POS, IORING_FEAT_SINGLE_MMAP,
    IORING_FEAT_SQPOLL_NONFIXED, IORING_FEAT_SUBMIT_STABLE, IORING_SETUP_ATTACH_WQ, IORING_SETUP_CLAMP,
    IORING_SETUP_COOP_TASKRUN, IORING_SETUP_CQE32, IORING_SETUP_CQSIZE, IORING_SETUP_DEFER_TASKRUN,
    IORING_SETUP_HYBRID_IOPOLL, IORING_SETUP_IOPOLL, IORING_SETUP_NO_MMAP, IORING_SETUP_NO_SQARRAY,
    IORING_SETUP_R_DISABLED, IORING_SETUP_REGISTERED_FD_ONLY, IORING_SETUP_SINGLE_ISSUER,
    IORING_SETUP_SQ_AFF, IORING_SETUP_SQE128, IORING_SETUP_SQPOLL, IORING_SETUP_SUBMIT_ALL,
    IORING_SETUP_TASKRUN_FLAG, SPLICE_F_FD_IN_FIXED,
};
pub(crate) use linux_raw_sys::ioctl::*;
pub(crate) use linux_raw_sys::landlock::*;
pub(crate) use linux_raw_sys::mempolicy::{
    MPOL_BIND, MPOL_DEFAULT, MPOL_F_ADDR, MPOL_F_MEMS_ALLOWED, MPOL_F_NODE, MPOL_F_NUMA_BALANCING,
    MPOL_F_RELATIVE_NODES, MPOL_F_STATIC_NODES, MPOL_INTERLEAVE, MPOL_LOCAL, MPOL_MF_LAZY, MPOL_MF_MOVE,
    MPOL_MF_MOVE_ALL, MPOL_MF_STRICT, MPOL_PREFERRED, MPOL_PREFERRED_MANY, MPOL_WEIGHTED_INTERLEAVE,
};
pub(crate) use linux_raw_sys::net::*;
pub(crate) use linux_raw_sys::netlink::{
    IFA_ADDRESS, IFA_ANYCAST, IFA_BROADCAST, IFA_CACHEINFO, IFA_F_DADFAILED, IFA_F_DEPRECATED,
    IFA_F_HOMEADDRESS, IFA_F_MANAGETEMPADDR, IFA_F_MCAUTOJOIN, IFA_F_NODAD, IFA_F_NOPREFIXROUTE,
    IFA_F_OPTIMISTIC, IFA_F_PERMANENT, IFA_F_SECONDARY, IFA_F_STABLE_PRIVACY, IFA_F_TEMPORARY,
    IFA_F_TENTATIVE, IFA_FLAGS, IFA_LABEL, IFA_LOCAL, IFA_MULTICAST, IFA_PROTO, IFA_RT_PRIORITY,
    IFA_TARGET_NETNSID, IFA_UNSPEC, IFLA_ADDRESS, IFLA_AF_SPEC, IFLA_ALLMULTI, IFLA_ALT_IFNAME,
    IFLA_BROADCAST, IFLA_CARRIER, IFLA_CARRIER_CHANGES, IFLA_CARRIER_DOWN_COUNT, IFLA_CARRIER_UP_COUNT,
    IFLA_COST, IFLA_DEVLINK_PORT, IFLA_DPLL_PIN, IFLA_EVENT, IFLA_EXT_MASK, IFLA_GRO_IPV4_MAX_SIZE,
    IFLA_GRO_MAX_SIZE, IFLA_GROUP, IFLA_GSO_IPV4_MAX_SIZE, IFLA_GSO_MAX_SEGS, IFLA_GSO_MAX_SIZE,
    IFLA_IF_NETNSID, IFLA_IFALIAS, IFLA_IFNAME, IFLA_LINK, IFLA_LINK_NETNSID, IFLA_LINKINFO, IFLA_LINKMODE,
    IFLA_MAP, IFLA_MASTER, IFLA_MAX_MTU, IFLA_MAX_PACING_OFFLOAD_HORIZON, IFLA_MIN_MTU, IFLA_MTU,
    IFLA_NET_NS_FD, IFLA_NET_NS_PID, IFLA_NETNS_IMMUTABLE, IFLA_NEW_IFINDEX, IFLA_NEW_NETNSID,
    IFLA_NUM_RX_QUEUES, IFLA_NUM_TX_QUEUES, IFLA_NUM_VF, IFLA_OPERSTATE, IFLA_PAD, IFLA_PARENT_DEV_BUS_NAME,
    IFLA_PARENT_DEV_NAME, IFLA_PERM_ADDRESS, IFLA_PHYS_PORT_ID, IFLA_PHYS_PORT_NAME, IFLA_PHYS_SWITCH_ID,
    IFLA_PORT_SELF, IFLA_PRIORITY, IFLA_PROMISCUITY, IFLA_PROP_LIST, IFLA_PROTINFO, IFLA_PROTO_DOWN,
    IFLA_PROTO_DOWN_REASON, IFLA_QDISC, IFLA_STATS, IFLA_STATS64, IFLA_TARGET_NETNSID, IFLA_TSO_MAX_SEGS,
    IFLA_TSO_MAX_SIZE, IFLA_TXQLEN, IFLA_UNSPEC, IFLA_VF_PORTS, IFLA_VFINFO_LIST, IFLA_WEIGHT, IFLA_WIRELESS,
    IFLA_XDP, NETLINK_ADD_MEMBERSHIP, NETLINK_AUDIT, NETLINK_BROADCAST_ERROR, NETLINK_CAP_ACK,
    NETLINK_CONNECTOR, NETLINK_CRYPTO, NETLINK_DNRTMSG, NETLINK_DROP_MEMBERSHIP, NETLINK_ECRYPTFS,
    NETLINK_EXT_ACK, NETLINK_FIB_LOOKUP, NETLINK_FIREWALL, NETLINK_GENERIC, NETLINK_GET_STRICT_CHK,
    NETLINK_IP6_FW, NETLINK_ISCSI, NETLINK_KOBJECT_UEVENT, NETLINK_LIST_MEMBERSHIPS, NETLINK_LISTEN_ALL_NSID,
    NETLINK_NETFILTER, NETLINK_NFLOG, NETLINK_NO_ENOBUFS, NETLINK_PKTINFO, NETLINK_RDMA, NETLINK_ROUTE,
    NETLINK_SCSITRANSPORT, NETLINK_SELINUX, NETLINK_SMC, NETLINK_SOCK_DIAG, NETLINK_UNUSED, NETLINK_USERSOCK,
    NETLINK_XFRM, NLM_F_ACK, NLM_F_ACK_TLVS, NLM_F_APPEND, NLM_F_ATOMIC, NLM_F_BULK, NLM_F_CAPPED,
    NLM_F_CREATE, NLM_F_DUMP, NLM_F_DUMP_FILTERED, NLM_F_DUMP_INTR, NLM_F_ECHO, NLM_F_EXCL, NLM_F_MATCH,
    NLM_F_MULTI, NLM_F_NONREC, NLM_F_REPLACE, NLM_F_REQUEST, NLM_F_ROOT, NLMSG_DONE, NLMSG_ERROR, NLMSG_NOOP,
    NLMSG_OVERRUN, RTEXT_FILTER_BRVLAN, RTEXT_FILTER_BRVLAN_COMPRESSED, RTEXT_FILTER_CFM_CONFIG,
    RTEXT_FILTER_CFM_STATUS, RTEXT_FILTER_MRP, RTEXT_FILTER_MST, RTEXT_FILTER_SKIP_STATS, RTEXT_FILTER_VF,
    RTM_DELACTION, RTM_DELADDR, RTM_DELADDRLABEL, RTM_DELANYCAST, RTM_DELCHAIN, RTM_DELLINK, RTM_DELLINKPROP,
    RTM_DELMDB, RTM_DELMULTICAST, RTM_DELNEIGH, RTM_DELNETCONF, RTM_DELNEXTHOP, RTM_DELNEXTHOPBUCKET,
    RTM_DELNSID, RTM_DELQDISC, RTM_DELROUTE, RTM_DELRULE, RTM_DELTCLASS, RTM_DELTFILTER, RTM_DELTUNNEL,
    RTM_DELVLAN, RTM_F_CLONED, RTM_F_EQUALIZE, RTM_F_FIB_MATCH, RTM_F_LOOKUP_TABLE, RTM_F_NOTIFY,
    RTM_F_OFFLOAD, RTM_F_OFFLOAD_FAILED, RTM_F_PREFIX, RTM_F_TRAP, RTM_GETACTION, RTM_GETADDR,
    RTM_GETADDRLABEL, RTM_GETANYCAST, RTM_GETCHAIN, RTM_GETDCB, RTM_GETLINK, RTM_GETLINKPROP, RTM_GETMDB,
    RTM_GETMULTICAST, RTM_GETNEIGH, RTM_GETNEIGHTBL, RTM_GETNETCONF, RTM_GETNEXTHOP, RTM_GETNEXTHOPBUCKET,
    RTM_GETNSID, RTM_GETQDISC, RTM_GETROUTE, RTM_GETRULE, RTM_GETSTATS, RTM_GETTCLASS, RTM_GETTFILTER,
    RTM_GETTUNNEL, RTM_GETVLAN, RTM_NEWACTION, RTM_NEWADDR, RTM_NEWADDRLABEL, RTM_NEWANYCAST,
    RTM_NEWCACHEREPORT, RTM_NEWCHAIN, RTM_NEWLINK, RTM_NEWLINKPROP, RTM_NEWMDB, RTM_NEWMULTICAST,
    RTM_NEWNDUSEROPT, RTM_NEWNEIGH, RTM_NEWNEIGHTBL, RTM_NEWNETCONF, RTM_NEWNEXTHOP, RTM_NEWNEXTHOPBUCKET,
    RTM_NEWNSID, RTM_NEWPREFIX, RTM_NEWQDISC, RTM_NEWROUTE, RTM_NEWRULE, RTM_NEWSTATS, RTM_NEWTCLASS,
    RTM_NEWTFILTER, RTM_NEWTUNNEL, RTM_NEWVLAN, RTM_SETDCB, RTM_SETLINK, RTM_SETNEIGHTBL, RTM_SETSTATS,
    RTN_ANYCAST, RTN_BLACKHOLE, RTN_BROADCAST, RTN_LOCAL, RTN_MULTICAST, RTN_NAT, RTN_PROHIBIT, RTN_THROW,
    RTN_UNICAST, RTN_UNREACHABLE, RTN_UNSPEC, RTN_XRESOLVE, RTPROT_BABEL, RTPROT_BGP, RTPROT_BIRD,
    RTPROT_BOOT, RTPROT_DHCP, RTPROT_DNROUTED, RTPROT_EIGRP, RTPROT_GATED, RTPROT_ISIS, RTPROT_KEEPALIVED,
    RTPROT_KERNEL, RTPROT_MROUTED, RTPROT_MRT, RTPROT_NTK, RTPROT_OPENR, RTPROT_OSPF, RTPROT_OVN, RTPROT_RA,
    RTPROT_REDIRECT, RTPROT_RIP, RTPROT_STATIC, RTPROT_UNSPEC, RTPROT_XORP, RTPROT_ZEBRA,
};
pub(crate) use linux_raw_sys::prctl::*;
#[cfg(target_arch = "x86_64")]
pub(crate) use linux_raw_sys::ptrace::{
    PTRACE_ARCH_PRCTL, PTRACE_GET_THREAD_AREA, PTRACE_GETFPREGS, PTRACE_GETFPXREGS, PTRACE_GETREGS,
    PTRACE_OLDSETOPTIONS, PTRACE_SET_THREAD_AREA, PTRACE_SETFPREGS, PTRACE_SETFPXREGS, PTRACE_SETREGS,
    PTRACE_SINGLEBLOCK,
};
pub(crate) use linux_raw_sys::ptrace::{
    PTRACE_ATTACH, PTRACE_CONT, PTRACE_DETACH, PTRACE_EVENT_CLONE, PTRACE_EVENT_EXEC, PTRACE_EVENT_EXIT,
    PTRACE_EVENT_FORK, PTRACE_EVENT_SECCOMP, PTRACE_EVENT_STOP, PTRACE_EVENT_VFORK, PTRACE_EVENT_VFORK_DONE,
    PTRACE_GET_RSEQ_CONFIGURATION, PTRACE_GET_SYSCALL_INFO, PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG,
    PTRACE_GETEVENTMSG, PTRACE_GETREGSET, PTRACE_GETSIGINFO, PTRACE_GETSIGMASK, PTRACE_INTERRUPT,
    PTRACE_KILL, PTRACE_LISTEN, PTRACE_O_EXITKILL, PTRACE_O_SUSPEND_SECCOMP, PTRACE_O_TRACECLONE,
    PTRACE_O_TRACEEXEC, PTRACE_O_TRACEEXIT, PTRACE_O_TRACEFORK, PTRACE_O_TRACESECCOMP, PTRACE_O_TRACESYSGOOD,
    PTRACE_O_TRACEVFORK, PTRACE_O_TRACEVFORKDONE, PTRACE_PEEKDATA, PTRACE_PEEKSIGINFO, PTRACE_PEEKTEXT,
    PTRACE_PEEKUSR, PTRACE_POKEDATA, PTRACE_POKETEXT, PTRACE_POKEUSR, PTRACE_SECCOMP_GET_FILTER,
    PTRACE_SECCOMP_GET_METADATA, PTRACE_SEIZE, PTRACE_SET_SYSCALL_INFO,
    PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG, PTRACE_SETOPTIONS, PTRACE_SETREGSET, PTRACE_SETSIGINFO,
    PTRACE_SETSIGMASK, PTRACE_SINGLESTEP, PTRACE_SYSCALL, PTRACE_SYSEMU, PTRACE_SYSEMU_SINGLESTEP,
    PTRACE_TRACEME, SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_NEW_LISTENER,
    SECCOMP_FILTER_FLAG_SPEC_ALLOW, SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
    SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, SECCOMP_GET_ACTION_AVAIL, SECCOMP_GET_NOTIF_SIZES,
    SECCOMP_MODE_DISABLED, SECCOMP_MODE_FILTER, SECCOMP_MODE_STRICT, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO,
    SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_LOG, SECCOMP_RET_TRACE, SECCOMP_RET_TRAP,
    SECCOMP_RET_USER_NOTIF, SECCOMP_SET_MODE_FILTER, SECCOMP_SET_MODE_STRICT,
};

/// What the headers of other machines lack. Nothing is traced there.
#[cfg(not(target_arch = "x86_64"))]
mod elsewhere {
    pub(crate) const PTRACE_GETREGS: u32 = 12;
    pub(crate) const PTRACE_SETREGS: u32 = 13;
    pub(crate) const PTRACE_GETFPREGS: u32 = 14;
    pub(crate) const PTRACE_SETFPREGS: u32 = 15;
    pub(crate) const PTRACE_GETFPXREGS: u32 = 18;
    pub(crate) const PTRACE_SETFPXREGS: u32 = 19;
    pub(crate) const PTRACE_OLDSETOPTIONS: u32 = 21;
    pub(crate) const PTRACE_GET_THREAD_AREA: u32 = 25;
    pub(crate) const PTRACE_SET_THREAD_AREA: u32 = 26;
    pub(crate) const PTRACE_ARCH_PRCTL: u32 = 30;
    pub(crate) const PTRACE_SINGLEBLOCK: u32 = 33;
    pub(crate) const MAP_32BIT: u32 = 0x40;
    pub(crate) const MAP_ABOVE4G: u32 = 0x80;
    pub(crate) const ARCH_SET_FS: u32 = 0x1002;
}

// Variants of enumerations there.
pub(crate) const FSCONFIG_CMD_CREATE: u64 =
    linux_raw_sys::general::fsconfig_command::FSCONFIG_CMD_CREATE as u64;
pub(crate) const FSCONFIG_CMD_CREATE_EXCL: u64 =
    linux_raw_sys::general::fsconfig_command::FSCONFIG_CMD_CREATE_EXCL as u64;
pub(crate) const FSCONFIG_CMD_RECONFIGURE: u64 =
    linux_raw_sys::general::fsconfig_command::FSCONFIG_CMD_RECONFIGURE as u64;
pub(crate) const FSCONFIG_SET_BINARY: u64 =
    linux_raw_sys::general::fsconfig_command::FSCONFIG_SET_BINARY as u64;
pub(crate) const FSCONFIG_SET_FD: u64 = linux_raw_sys::general::fsconfig_command::FSCONFIG_SET_FD as u64;
pub(crate) const FSCONFIG_SET_FLAG: u64 = linux_raw_sys::general::fsconfig_command::FSCONFIG_SET_FLAG as u64;
pub(crate) const FSCONFIG_SET_PATH: u64 = linux_raw_sys::general::fsconfig_command::FSCONFIG_SET_PATH as u64;
pub(crate) const FSCONFIG_SET_PATH_EMPTY: u64 =
    linux_raw_sys::general::fsconfig_command::FSCONFIG_SET_PATH_EMPTY as u64;
pub(crate) const FSCONFIG_SET_STRING: u64 =
    linux_raw_sys::general::fsconfig_command::FSCONFIG_SET_STRING as u64;
pub(crate) const IORING_REGISTER_BUFFERS: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_BUFFERS as u64;
pub(crate) const IORING_REGISTER_BUFFERS2: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_BUFFERS2 as u64;
pub(crate) const IORING_REGISTER_BUFFERS_UPDATE: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_BUFFERS_UPDATE as u64;
pub(crate) const IORING_REGISTER_CLOCK: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_CLOCK as u64;
pub(crate) const IORING_REGISTER_CLONE_BUFFERS: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_CLONE_BUFFERS as u64;
pub(crate) const IORING_REGISTER_ENABLE_RINGS: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_ENABLE_RINGS as u64;
pub(crate) const IORING_REGISTER_EVENTFD: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_EVENTFD as u64;
pub(crate) const IORING_REGISTER_EVENTFD_ASYNC: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_EVENTFD_ASYNC as u64;
pub(crate) const IORING_REGISTER_FILES: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_FILES as u64;
pub(crate) const IORING_REGISTER_FILES2: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_FILES2 as u64;
pub(crate) const IORING_REGISTER_FILES_UPDATE: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_FILES_UPDATE as u64;
pub(crate) const IORING_REGISTER_FILES_UPDATE2: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_FILES_UPDATE2 as u64;
pub(crate) const IORING_REGISTER_FILE_ALLOC_RANGE: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_FILE_ALLOC_RANGE as u64;
pub(crate) const IORING_REGISTER_IOWQ_AFF: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_IOWQ_AFF as u64;
pub(crate) const IORING_REGISTER_IOWQ_MAX_WORKERS: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_IOWQ_MAX_WORKERS as u64;
pub(crate) const IORING_REGISTER_MEM_REGION: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_MEM_REGION as u64;
pub(crate) const IORING_REGISTER_NAPI: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_NAPI as u64;
pub(crate) const IORING_REGISTER_PBUF_RING: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_PBUF_RING as u64;
pub(crate) const IORING_REGISTER_PBUF_STATUS: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_PBUF_STATUS as u64;
pub(crate) const IORING_REGISTER_PERSONALITY: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_PERSONALITY as u64;
pub(crate) const IORING_REGISTER_PROBE: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_PROBE as u64;
pub(crate) const IORING_REGISTER_RESIZE_RINGS: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_RESIZE_RINGS as u64;
pub(crate) const IORING_REGISTER_RESTRICTIONS: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_RESTRICTIONS as u64;
pub(crate) const IORING_REGISTER_RING_FDS: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_RING_FDS as u64;
pub(crate) const IORING_REGISTER_SEND_MSG_RING: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_SEND_MSG_RING as u64;
pub(crate) const IORING_REGISTER_SYNC_CANCEL: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_SYNC_CANCEL as u64;
pub(crate) const IORING_REGISTER_USE_REGISTERED_RING: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_USE_REGISTERED_RING as u64;
pub(crate) const IORING_REGISTER_ZCRX_IFQ: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_REGISTER_ZCRX_IFQ as u64;
pub(crate) const IORING_UNREGISTER_BUFFERS: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_UNREGISTER_BUFFERS as u64;
pub(crate) const IORING_UNREGISTER_EVENTFD: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_UNREGISTER_EVENTFD as u64;
pub(crate) const IORING_UNREGISTER_FILES: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_UNREGISTER_FILES as u64;
pub(crate) const IORING_UNREGISTER_IOWQ_AFF: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_UNREGISTER_IOWQ_AFF as u64;
pub(crate) const IORING_UNREGISTER_NAPI: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_UNREGISTER_NAPI as u64;
pub(crate) const IORING_UNREGISTER_PBUF_RING: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_UNREGISTER_PBUF_RING as u64;
pub(crate) const IORING_UNREGISTER_PERSONALITY: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_UNREGISTER_PERSONALITY as u64;
pub(crate) const IORING_UNREGISTER_RING_FDS: u64 =
    linux_raw_sys::io_uring::io_uring_register_op::IORING_UNREGISTER_RING_FDS as u64;
pub(crate) const LANDLOCK_RULE_NET_PORT: u64 =
    linux_raw_sys::landlock::landlock_rule_type::LANDLOCK_RULE_NET_PORT as u64;
pub(crate) const LANDLOCK_RULE_PATH_BENEATH: u64 =
    linux_raw_sys::landlock::landlock_rule_type::LANDLOCK_RULE_PATH_BENEATH as u64;
pub(crate) const MEMBARRIER_CMD_FLAG_CPU: u64 =
    linux_raw_sys::general::membarrier_cmd_flag::MEMBARRIER_CMD_FLAG_CPU as u64;
pub(crate) const MEMBARRIER_CMD_GET_REGISTRATIONS: u64 =
    linux_raw_sys::general::membarrier_cmd::MEMBARRIER_CMD_GET_REGISTRATIONS as u64;
pub(crate) const MEMBARRIER_CMD_GLOBAL: u64 =
    linux_raw_sys::general::membarrier_cmd::MEMBARRIER_CMD_GLOBAL as u64;
pub(crate) const MEMBARRIER_CMD_GLOBAL_EXPEDITED: u64 =
    linux_raw_sys::general::membarrier_cmd::MEMBARRIER_CMD_GLOBAL_EXPEDITED as u64;
pub(crate) const MEMBARRIER_CMD_PRIVATE_EXPEDITED: u64 =
    linux_raw_sys::general::membarrier_cmd::MEMBARRIER_CMD_PRIVATE_EXPEDITED as u64;
pub(crate) const MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ: u64 =
    linux_raw_sys::general::membarrier_cmd::MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ as u64;
pub(crate) const MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE: u64 =
    linux_raw_sys::general::membarrier_cmd::MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE as u64;
pub(crate) const MEMBARRIER_CMD_QUERY: u64 =
    linux_raw_sys::general::membarrier_cmd::MEMBARRIER_CMD_QUERY as u64;
pub(crate) const MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED: u64 =
    linux_raw_sys::general::membarrier_cmd::MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED as u64;
pub(crate) const MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED: u64 =
    linux_raw_sys::general::membarrier_cmd::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED as u64;
pub(crate) const MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ: u64 =
    linux_raw_sys::general::membarrier_cmd::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ as u64;
pub(crate) const MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE: u64 =
    linux_raw_sys::general::membarrier_cmd::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE as u64;
pub(crate) const MEMBARRIER_CMD_SHARED: u64 =
    linux_raw_sys::general::membarrier_cmd::MEMBARRIER_CMD_SHARED as u64;

/// Under the mask of `IORING_ENTER_EXT_ARG`: the flag is not there.
pub(crate) const NO_IORING_ENTER_EXT_ARG: u64 = 0;

// Linux names that linux-raw-sys lacks.
pub(crate) const ADDR_COMPAT_LAYOUT: u64 = 0x200000;
pub(crate) const ADDR_LIMIT_32BIT: u64 = 0x800000;
pub(crate) const ADDR_LIMIT_3GB: u64 = 0x8000000;
pub(crate) const ADDR_NO_RANDOMIZE: u64 = 0x40000;
pub(crate) const ADJ_ESTERROR: u64 = 0x8;
pub(crate) const ADJ_FREQUENCY: u64 = 0x2;
pub(crate) const ADJ_MAXERROR: u64 = 0x4;
pub(crate) const ADJ_MICRO: u64 = 0x1000;
pub(crate) const ADJ_NANO: u64 = 0x2000;
pub(crate) const ADJ_OFFSET: u64 = 0x1;
pub(crate) const ADJ_SETOFFSET: u64 = 0x100;
pub(crate) const ADJ_STATUS: u64 = 0x10;
pub(crate) const ADJ_TAI: u64 = 0x80;
pub(crate) const ADJ_TICK: u64 = 0x4000;
pub(crate) const ADJ_TIMECONST: u64 = 0x20;
pub(crate) const AF_FILE: u64 = 0x1;
pub(crate) const AF_IB: u64 = 0x1b;
pub(crate) const AF_LOCAL: u64 = 0x1;
pub(crate) const AF_MPLS: u64 = 0x1c;
pub(crate) const AF_ROUTE: u64 = 0x10;
pub(crate) const ARCH_ENABLE_TAGGED_ADDR: u64 = 0x4002;
pub(crate) const ARCH_GET_CPUID: u64 = 0x1011;
pub(crate) const ARCH_GET_FS: u64 = 0x1003;
pub(crate) const ARCH_GET_GS: u64 = 0x1004;
pub(crate) const ARCH_GET_MAX_TAG_BITS: u64 = 0x4003;
pub(crate) const ARCH_GET_UNTAG_MASK: u64 = 0x4001;
pub(crate) const ARCH_GET_XCOMP_GUEST_PERM: u64 = 0x1024;
pub(crate) const ARCH_GET_XCOMP_PERM: u64 = 0x1022;
pub(crate) const ARCH_GET_XCOMP_SUPP: u64 = 0x1021;
pub(crate) const ARCH_MAP_VDSO_32: u64 = 0x2002;
pub(crate) const ARCH_MAP_VDSO_64: u64 = 0x2003;
pub(crate) const ARCH_MAP_VDSO_X32: u64 = 0x2001;
pub(crate) const ARCH_REQ_XCOMP_GUEST_PERM: u64 = 0x1025;
pub(crate) const ARCH_REQ_XCOMP_PERM: u64 = 0x1023;
pub(crate) const ARCH_SET_CPUID: u64 = 0x1012;
pub(crate) const ARCH_SET_GS: u64 = 0x1001;
pub(crate) const ARCH_SHSTK_DISABLE: u64 = 0x5002;
pub(crate) const ARCH_SHSTK_ENABLE: u64 = 0x5001;
pub(crate) const ARCH_SHSTK_LOCK: u64 = 0x5003;
pub(crate) const ARCH_SHSTK_STATUS: u64 = 0x5005;
pub(crate) const ARCH_SHSTK_UNLOCK: u64 = 0x5004;
pub(crate) const BPF_BTF_GET_FD_BY_ID: u64 = 0x13;
pub(crate) const BPF_BTF_GET_NEXT_ID: u64 = 0x17;
pub(crate) const BPF_BTF_LOAD: u64 = 0x12;
pub(crate) const BPF_ENABLE_STATS: u64 = 0x20;
pub(crate) const BPF_ITER_CREATE: u64 = 0x21;
pub(crate) const BPF_LINK_CREATE: u64 = 0x1c;
pub(crate) const BPF_LINK_DETACH: u64 = 0x22;
pub(crate) const BPF_LINK_GET_FD_BY_ID: u64 = 0x1e;
pub(crate) const BPF_LINK_GET_NEXT_ID: u64 = 0x1f;
pub(crate) const BPF_LINK_UPDATE: u64 = 0x1d;
pub(crate) const BPF_MAP_CREATE: u64 = 0x0;
pub(crate) const BPF_MAP_DELETE_BATCH: u64 = 0x1b;
pub(crate) const BPF_MAP_DELETE_ELEM: u64 = 0x3;
pub(crate) const BPF_MAP_FREEZE: u64 = 0x16;
pub(crate) const BPF_MAP_GET_FD_BY_ID: u64 = 0xe;
pub(crate) const BPF_MAP_GET_NEXT_ID: u64 = 0xc;
pub(crate) const BPF_MAP_GET_NEXT_KEY: u64 = 0x4;
pub(crate) const BPF_MAP_LOOKUP_AND_DELETE_BATCH: u64 = 0x19;
pub(crate) const BPF_MAP_LOOKUP_AND_DELETE_ELEM: u64 = 0x15;
pub(crate) const BPF_MAP_LOOKUP_BATCH: u64 = 0x18;
pub(crate) const BPF_MAP_LOOKUP_ELEM: u64 = 0x1;
pub(crate) const BPF_MAP_UPDATE_BATCH: u64 = 0x1a;
pub(crate) const BPF_MAP_UPDATE_ELEM: u64 = 0x2;
pub(crate) const BPF_OBJ_GET: u64 = 0x7;
pub(crate) const BPF_OBJ_GET_INFO_BY_FD: u64 = 0xf;
pub(crate) const BPF_OBJ_PIN: u64 = 0x6;
pub(crate) const BPF_PROG_ASSOC_STRUCT_OPS: u64 = 0x26;
pub(crate) const BPF_PROG_ATTACH: u64 = 0x8;
pub(crate) const BPF_PROG_BIND_MAP: u64 = 0x23;
pub(crate) const BPF_PROG_DETACH: u64 = 0x9;
pub(crate) const BPF_PROG_GET_FD_BY_ID: u64 = 0xd;
pub(crate) const BPF_PROG_GET_NEXT_ID: u64 = 0xb;
pub(crate) const BPF_PROG_LOAD: u64 = 0x5;
pub(crate) const BPF_PROG_QUERY: u64 = 0x10;
pub(crate) const BPF_PROG_RUN: u64 = 0xa;
pub(crate) const BPF_PROG_STREAM_READ_BY_FD: u64 = 0x25;
pub(crate) const BPF_PROG_TEST_RUN: u64 = 0xa;
pub(crate) const BPF_RAW_TRACEPOINT_OPEN: u64 = 0x11;
pub(crate) const BPF_TASK_FD_QUERY: u64 = 0x14;
pub(crate) const BPF_TOKEN_CREATE: u64 = 0x24;
pub(crate) const CLONE_AUTOREAP: u64 = 0x400000000;
pub(crate) const CLONE_EMPTY_MNTNS: u64 = 0x2000000000;
pub(crate) const CLONE_NNP: u64 = 0x800000000;
pub(crate) const CLONE_PIDFD_AUTOKILL: u64 = 0x1000000000;
pub(crate) const CLOSE_RANGE_CLOEXEC: u64 = 0x4;
pub(crate) const CLOSE_RANGE_UNSHARE: u64 = 0x2;
pub(crate) const DT_WHT: u64 = 0xe;
pub(crate) const EPOLL_URING_WAKE: u64 = 0x8000000;
pub(crate) const FAN_ACCESS: u64 = 0x1;
pub(crate) const FAN_ACCESS_PERM: u64 = 0x20000;
pub(crate) const FAN_ATTRIB: u64 = 0x4;
pub(crate) const FAN_CLASS_CONTENT: u64 = 0x4;
pub(crate) const FAN_CLASS_NOTIF: u64 = 0x0;
pub(crate) const FAN_CLASS_PRE_CONTENT: u64 = 0x8;
pub(crate) const FAN_CLOEXEC: u64 = 0x1;
pub(crate) const FAN_CLOSE_NOWRITE: u64 = 0x10;
pub(crate) const FAN_CLOSE_WRITE: u64 = 0x8;
pub(crate) const FAN_CREATE: u64 = 0x100;
pub(crate) const FAN_DELETE: u64 = 0x200;
pub(crate) const FAN_DELETE_SELF: u64 = 0x400;
pub(crate) const FAN_ENABLE_AUDIT: u64 = 0x40;
pub(crate) const FAN_EVENT_ON_CHILD: u64 = 0x8000000;
pub(crate) const FAN_FS_ERROR: u64 = 0x8000;
pub(crate) const FAN_MARK_ADD: u64 = 0x1;
pub(crate) const FAN_MARK_DONT_FOLLOW: u64 = 0x4;
pub(crate) const FAN_MARK_EVICTABLE: u64 = 0x200;
pub(crate) const FAN_MARK_FILESYSTEM: u64 = 0x100;
pub(crate) const FAN_MARK_FLUSH: u64 = 0x80;
pub(crate) const FAN_MARK_IGNORE: u64 = 0x400;
pub(crate) const FAN_MARK_IGNORED_MASK: u64 = 0x20;
pub(crate) const FAN_MARK_IGNORED_SURV_MODIFY: u64 = 0x40;
pub(crate) const FAN_MARK_IGNORE_SURV: u64 = 0x440;
pub(crate) const FAN_MARK_INODE: u64 = 0x0;
pub(crate) const FAN_MARK_MNTNS: u64 = 0x110;
pub(crate) const FAN_MARK_MOUNT: u64 = 0x10;
pub(crate) const FAN_MARK_ONLYDIR: u64 = 0x8;
pub(crate) const FAN_MARK_REMOVE: u64 = 0x2;
pub(crate) const FAN_MNT_ATTACH: u64 = 0x1000000;
pub(crate) const FAN_MNT_DETACH: u64 = 0x2000000;
pub(crate) const FAN_MODIFY: u64 = 0x2;
pub(crate) const FAN_MOVED_FROM: u64 = 0x40;
pub(crate) const FAN_MOVED_TO: u64 = 0x80;
pub(crate) const FAN_MOVE_SELF: u64 = 0x800;
pub(crate) const FAN_NONBLOCK: u64 = 0x2;
pub(crate) const FAN_ONDIR: u64 = 0x40000000;
pub(crate) const FAN_OPEN: u64 = 0x20;
pub(crate) const FAN_OPEN_EXEC: u64 = 0x1000;
pub(crate) const FAN_OPEN_EXEC_PERM: u64 = 0x40000;
pub(crate) const FAN_OPEN_PERM: u64 = 0x10000;
pub(crate) const FAN_PRE_ACCESS: u64 = 0x100000;
pub(crate) const FAN_Q_OVERFLOW: u64 = 0x4000;
pub(crate) const FAN_RENAME: u64 = 0x10000000;
pub(crate) const FAN_REPORT_DFID_NAME: u64 = 0xc00;
pub(crate) const FAN_REPORT_DFID_NAME_TARGET: u64 = 0x1e00;
pub(crate) const FAN_REPORT_DIR_FID: u64 = 0x400;
pub(crate) const FAN_REPORT_FD_ERROR: u64 = 0x2000;
pub(crate) const FAN_REPORT_FID: u64 = 0x200;
pub(crate) const FAN_REPORT_MNT: u64 = 0x4000;
pub(crate) const FAN_REPORT_NAME: u64 = 0x800;
pub(crate) const FAN_REPORT_PIDFD: u64 = 0x80;
pub(crate) const FAN_REPORT_TARGET_FID: u64 = 0x1000;
pub(crate) const FAN_REPORT_TID: u64 = 0x100;
pub(crate) const FAN_UNLIMITED_MARKS: u64 = 0x20;
pub(crate) const FAN_UNLIMITED_QUEUE: u64 = 0x10;
pub(crate) const FDPIC_FUNCPTRS: u64 = 0x80000;
pub(crate) const FSMOUNT_NAMESPACE: u64 = 0x2;
pub(crate) const FUTEX_ROBUST_LIST32: u64 = 0x400;
pub(crate) const FUTEX_ROBUST_UNLOCK: u64 = 0x200;
pub(crate) const F_GETDELEG: u64 = 0x40f;
pub(crate) const F_GETLK64: u64 = 0x5;
pub(crate) const F_SETDELEG: u64 = 0x410;
pub(crate) const F_SETLK64: u64 = 0x6;
pub(crate) const F_SETLKW64: u64 = 0x7;
pub(crate) const GETALL: u64 = 0xd;
pub(crate) const GETNCNT: u64 = 0xe;
pub(crate) const GETPID: u64 = 0xb;
pub(crate) const GETVAL: u64 = 0xc;
pub(crate) const GETZCNT: u64 = 0xf;
pub(crate) const GUEST_MEMFD_MAGIC: u64 = 0x474d454d;
pub(crate) const IOCB_CMD_FDSYNC: u64 = 0x3;
pub(crate) const IOCB_CMD_FSYNC: u64 = 0x2;
pub(crate) const IOCB_CMD_NOOP: u64 = 0x6;
pub(crate) const IOCB_CMD_POLL: u64 = 0x5;
pub(crate) const IOCB_CMD_PREAD: u64 = 0x0;
pub(crate) const IOCB_CMD_PREADV: u64 = 0x7;
pub(crate) const IOCB_CMD_PWRITE: u64 = 0x1;
pub(crate) const IOCB_CMD_PWRITEV: u64 = 0x8;
pub(crate) const IOPRIO_CLASS_BE: u64 = 0x2;
pub(crate) const IOPRIO_CLASS_IDLE: u64 = 0x3;
pub(crate) const IOPRIO_CLASS_NONE: u64 = 0x0;
pub(crate) const IOPRIO_CLASS_RT: u64 = 0x1;
pub(crate) const IOPRIO_WHO_PGRP: u64 = 0x2;
pub(crate) const IOPRIO_WHO_PROCESS: u64 = 0x1;
pub(crate) const IOPRIO_WHO_USER: u64 = 0x3;
pub(crate) const IORING_REGISTER_BPF_FILTER: u64 = 0x25;
pub(crate) const IORING_REGISTER_QUERY: u64 = 0x23;
pub(crate) const IORING_REGISTER_ZCRX_CTRL: u64 = 0x24;
pub(crate) const IORING_SETUP_CQE_MIXED: u64 = 0x40000;
pub(crate) const IORING_SETUP_SQE_MIXED: u64 = 0x80000;
pub(crate) const IORING_SETUP_SQ_REWIND: u64 = 0x100000;
pub(crate) const IPC_CREAT: u64 = 0x200;
pub(crate) const IPC_EXCL: u64 = 0x400;
pub(crate) const IPC_INFO: u64 = 0x3;
pub(crate) const IPC_NOWAIT: u64 = 0x800;
pub(crate) const IPC_RMID: u64 = 0x0;
pub(crate) const IPC_SET: u64 = 0x1;
pub(crate) const IPC_STAT: u64 = 0x2;
pub(crate) const KCMP_EPOLL_TFD: u64 = 0x7;
pub(crate) const KCMP_FILE: u64 = 0x0;
pub(crate) const KCMP_FILES: u64 = 0x2;
pub(crate) const KCMP_FS: u64 = 0x3;
pub(crate) const KCMP_IO: u64 = 0x5;
pub(crate) const KCMP_SIGHAND: u64 = 0x4;
pub(crate) const KCMP_SYSVSEM: u64 = 0x6;
pub(crate) const KCMP_VM: u64 = 0x1;
pub(crate) const KEXEC_ARCH_386: u64 = 0x30000;
pub(crate) const KEXEC_ARCH_68K: u64 = 0x40000;
pub(crate) const KEXEC_ARCH_AARCH64: u64 = 0xb70000;
pub(crate) const KEXEC_ARCH_ARM: u64 = 0x280000;
pub(crate) const KEXEC_ARCH_DEFAULT: u64 = 0x0;
pub(crate) const KEXEC_ARCH_IA_64: u64 = 0x320000;
pub(crate) const KEXEC_ARCH_LOONGARCH: u64 = 0x1020000;
pub(crate) const KEXEC_ARCH_MIPS: u64 = 0x80000;
pub(crate) const KEXEC_ARCH_MIPS_LE: u64 = 0xa0000;
pub(crate) const KEXEC_ARCH_PARISC: u64 = 0xf0000;
pub(crate) const KEXEC_ARCH_PPC64: u64 = 0x150000;
pub(crate) const KEXEC_ARCH_PPC: u64 = 0x140000;
pub(crate) const KEXEC_ARCH_RISCV: u64 = 0xf30000;
pub(crate) const KEXEC_ARCH_S390: u64 = 0x160000;
pub(crate) const KEXEC_ARCH_SH: u64 = 0x2a0000;
pub(crate) const KEXEC_ARCH_X86_64: u64 = 0x3e0000;
pub(crate) const KEXEC_CRASH_HOTPLUG_SUPPORT: u64 = 0x8;
pub(crate) const KEXEC_FILE_DEBUG: u64 = 0x8;
pub(crate) const KEXEC_FILE_FORCE_DTB: u64 = 0x20;
pub(crate) const KEXEC_FILE_NO_CMA: u64 = 0x10;
pub(crate) const KEXEC_FILE_NO_INITRAMFS: u64 = 0x4;
pub(crate) const KEXEC_FILE_ON_CRASH: u64 = 0x2;
pub(crate) const KEXEC_FILE_UNLOAD: u64 = 0x1;
pub(crate) const KEXEC_ON_CRASH: u64 = 0x1;
pub(crate) const KEXEC_PRESERVE_CONTEXT: u64 = 0x2;
pub(crate) const KEXEC_UPDATE_ELFCOREHDR: u64 = 0x4;
pub(crate) const KEYCTL_ASSUME_AUTHORITY: u64 = 0x10;
pub(crate) const KEYCTL_CAPABILITIES: u64 = 0x1f;
pub(crate) const KEYCTL_CHOWN: u64 = 0x4;
pub(crate) const KEYCTL_CLEAR: u64 = 0x7;
pub(crate) const KEYCTL_DESCRIBE: u64 = 0x6;
pub(crate) const KEYCTL_DH_COMPUTE: u64 = 0x17;
pub(crate) const KEYCTL_GET_KEYRING_ID: u64 = 0x0;
pub(crate) const KEYCTL_GET_PERSISTENT: u64 = 0x16;
pub(crate) const KEYCTL_GET_SECURITY: u64 = 0x11;
pub(crate) const KEYCTL_INSTANTIATE: u64 = 0xc;
pub(crate) const KEYCTL_INSTANTIATE_IOV: u64 = 0x14;
pub(crate) const KEYCTL_INVALIDATE: u64 = 0x15;
pub(crate) const KEYCTL_JOIN_SESSION_KEYRING: u64 = 0x1;
pub(crate) const KEYCTL_LINK: u64 = 0x8;
pub(crate) const KEYCTL_MOVE: u64 = 0x1e;
pub(crate) const KEYCTL_NEGATE: u64 = 0xd;
pub(crate) const KEYCTL_PKEY_DECRYPT: u64 = 0x1a;
pub(crate) const KEYCTL_PKEY_ENCRYPT: u64 = 0x19;
pub(crate) const KEYCTL_PKEY_QUERY: u64 = 0x18;
pub(crate) const KEYCTL_PKEY_SIGN: u64 = 0x1b;
pub(crate) const KEYCTL_PKEY_VERIFY: u64 = 0x1c;
pub(crate) const KEYCTL_READ: u64 = 0xb;
pub(crate) const KEYCTL_REJECT: u64 = 0x13;
pub(crate) const KEYCTL_RESTRICT_KEYRING: u64 = 0x1d;
pub(crate) const KEYCTL_REVOKE: u64 = 0x3;
pub(crate) const KEYCTL_SEARCH: u64 = 0xa;
pub(crate) const KEYCTL_SESSION_TO_PARENT: u64 = 0x12;
pub(crate) const KEYCTL_SETPERM: u64 = 0x5;
pub(crate) const KEYCTL_SET_REQKEY_KEYRING: u64 = 0xe;
pub(crate) const KEYCTL_SET_TIMEOUT: u64 = 0xf;
pub(crate) const KEYCTL_UNLINK: u64 = 0x9;
pub(crate) const KEYCTL_UPDATE: u64 = 0x2;
pub(crate) const KEYCTL_WATCH_KEY: u64 = 0x20;
pub(crate) const KEY_SPEC_GROUP_KEYRING: u64 = 0xfffffffffffffffa;
pub(crate) const KEY_SPEC_PROCESS_KEYRING: u64 = 0xfffffffffffffffe;
pub(crate) const KEY_SPEC_REQKEY_AUTH_KEY: u64 = 0xfffffffffffffff9;
pub(crate) const KEY_SPEC_REQUESTOR_KEYRING: u64 = 0xfffffffffffffff8;
pub(crate) const KEY_SPEC_SESSION_KEYRING: u64 = 0xfffffffffffffffd;
pub(crate) const KEY_SPEC_THREAD_KEYRING: u64 = 0xffffffffffffffff;
pub(crate) const KEY_SPEC_USER_KEYRING: u64 = 0xfffffffffffffffc;
pub(crate) const KEY_SPEC_USER_SESSION_KEYRING: u64 = 0xfffffffffffffffb;
pub(crate) const LANDLOCK_ACCESS_FS_RESOLVE_UNIX: u64 = 0x10000;
pub(crate) const LANDLOCK_ACCESS_NET_BIND_UDP: u64 = 0x4;
pub(crate) const LANDLOCK_ACCESS_NET_CONNECT_SEND_UDP: u64 = 0x8;
pub(crate) const LANDLOCK_RESTRICT_SELF_TSYNC: u64 = 0x8;
pub(crate) const LSM_ATTR_CURRENT: u64 = 0x64;
pub(crate) const LSM_ATTR_EXEC: u64 = 0x65;
pub(crate) const LSM_ATTR_FSCREATE: u64 = 0x66;
pub(crate) const LSM_ATTR_KEYCREATE: u64 = 0x67;
pub(crate) const LSM_ATTR_PREV: u64 = 0x68;
pub(crate) const LSM_ATTR_SOCKCREATE: u64 = 0x69;
pub(crate) const LSM_ATTR_UNDEF: u64 = 0x0;
pub(crate) const LSM_FLAG_SINGLE: u64 = 0x1;
pub(crate) const MAP_ANON: u64 = 0x20;
pub(crate) const MMAP_PAGE_ZERO: u64 = 0x100000;
pub(crate) const MODULE_INIT_COMPRESSED_FILE: u64 = 0x4;
pub(crate) const MODULE_INIT_IGNORE_MODVERSIONS: u64 = 0x1;
pub(crate) const MODULE_INIT_IGNORE_VERMAGIC: u64 = 0x2;
pub(crate) const MSG_BATCH: u64 = 0x40000;
pub(crate) const MSG_COPY: u64 = 0x4000;
pub(crate) const MSG_EXCEPT: u64 = 0x2000;
pub(crate) const MSG_FASTOPEN: u64 = 0x20000000;
pub(crate) const MSG_INFO: u64 = 0xc;
pub(crate) const MSG_NOERROR: u64 = 0x1000;
pub(crate) const MSG_PROXY: u64 = 0x10;
pub(crate) const MSG_SOCK_DEVMEM: u64 = 0x2000000;
pub(crate) const MSG_STAT: u64 = 0xb;
pub(crate) const MSG_STAT_ANY: u64 = 0xd;
pub(crate) const MSG_TRYHARD: u64 = 0x4;
pub(crate) const MSG_WAITFORONE: u64 = 0x10000;
pub(crate) const MSG_ZEROCOPY: u64 = 0x4000000;
pub(crate) const NULL_FS_MAGIC: u64 = 0x4e554c4c;
pub(crate) const OPEN_TREE_NAMESPACE: u64 = 0x2;
pub(crate) const O_ASYNC: u64 = 0x2000;
pub(crate) const O_EMPTYPATH: u64 = 0x4000000;
pub(crate) const O_FSYNC: u64 = 0x101000;
pub(crate) const O_RSYNC: u64 = 0x101000;
pub(crate) const PERF_FLAG_FD_CLOEXEC: u64 = 0x8;
pub(crate) const PERF_FLAG_FD_NO_GROUP: u64 = 0x1;
pub(crate) const PERF_FLAG_FD_OUTPUT: u64 = 0x2;
pub(crate) const PERF_FLAG_PID_CGROUP: u64 = 0x4;
pub(crate) const PER_BSD: u64 = 0x6;
pub(crate) const PER_HPUX: u64 = 0x10;
pub(crate) const PER_IRIX32: u64 = 0x4000009;
pub(crate) const PER_IRIX64: u64 = 0x400000b;
pub(crate) const PER_IRIXN32: u64 = 0x400000a;
pub(crate) const PER_ISCR4: u64 = 0x4000005;
pub(crate) const PER_LINUX32: u64 = 0x8;
pub(crate) const PER_LINUX32_3GB: u64 = 0x8000008;
pub(crate) const PER_LINUX: u64 = 0x0;
pub(crate) const PER_LINUX_32BIT: u64 = 0x800000;
pub(crate) const PER_LINUX_FDPIC: u64 = 0x80000;
pub(crate) const PER_OSF4: u64 = 0xf;
pub(crate) const PER_OSR5: u64 = 0x6000003;
pub(crate) const PER_RISCOS: u64 = 0xc;
pub(crate) const PER_SCOSVR3: u64 = 0x7000003;
pub(crate) const PER_SOLARIS: u64 = 0x400000d;
pub(crate) const PER_SUNOS: u64 = 0x4000006;
pub(crate) const PER_SVR3: u64 = 0x5000002;
pub(crate) const PER_SVR4: u64 = 0x4100001;
pub(crate) const PER_UW7: u64 = 0x410000e;
pub(crate) const PER_WYSEV386: u64 = 0x5000004;
pub(crate) const PER_XENIX: u64 = 0x5000007;
pub(crate) const PIDFD_NONBLOCK: u64 = 0x800;
pub(crate) const PIDFD_SIGNAL_PROCESS_GROUP: u64 = 0x4;
pub(crate) const PIDFD_SIGNAL_THREAD: u64 = 0x1;
pub(crate) const PIDFD_SIGNAL_THREAD_GROUP: u64 = 0x2;
pub(crate) const PIDFD_THREAD: u64 = 0x80;
pub(crate) const PR_GET_CFI: u64 = 0x50;
pub(crate) const PR_RSEQ_SLICE_EXTENSION: u64 = 0x4f;
pub(crate) const PR_RSEQ_SLICE_EXTENSION_GET: u64 = 0x1;
pub(crate) const PR_RSEQ_SLICE_EXTENSION_SET: u64 = 0x2;
pub(crate) const PR_SET_CFI: u64 = 0x51;
pub(crate) const Q_GETFMT: u64 = 0x800004;
pub(crate) const Q_GETINFO: u64 = 0x800005;
pub(crate) const Q_GETNEXTQUOTA: u64 = 0x800009;
pub(crate) const Q_GETQUOTA: u64 = 0x800007;
pub(crate) const Q_QUOTAOFF: u64 = 0x800003;
pub(crate) const Q_QUOTAON: u64 = 0x800002;
pub(crate) const Q_SETINFO: u64 = 0x800006;
pub(crate) const Q_SETQUOTA: u64 = 0x800008;
pub(crate) const Q_SYNC: u64 = 0x800001;
pub(crate) const Q_XGETNEXTQUOTA: u64 = 0x5809;
pub(crate) const Q_XGETQSTAT: u64 = 0x5805;
pub(crate) const Q_XGETQSTATV: u64 = 0x5808;
pub(crate) const Q_XGETQUOTA: u64 = 0x5803;
pub(crate) const Q_XQUOTAOFF: u64 = 0x5802;
pub(crate) const Q_XQUOTAON: u64 = 0x5801;
pub(crate) const Q_XQUOTARM: u64 = 0x5806;
pub(crate) const Q_XQUOTASYNC: u64 = 0x5807;
pub(crate) const Q_XSETQLIM: u64 = 0x5804;
pub(crate) const READ_IMPLIES_EXEC: u64 = 0x400000;
pub(crate) const RLIMIT_OFILE: u64 = 0x7;
pub(crate) const RSEQ_FLAG_SLICE_EXT_DEFAULT_ON: u64 = 0x2;
pub(crate) const RSEQ_FLAG_UNREGISTER: u64 = 0x1;
pub(crate) const RUSAGE_LWP: u64 = 0x1;
pub(crate) const RWF_ATOMIC: u64 = 0x40;
pub(crate) const RWF_DONTCACHE: u64 = 0x80;
pub(crate) const RWF_NOAPPEND: u64 = 0x20;
pub(crate) const RWF_NOSIGNAL: u64 = 0x100;
pub(crate) const SA_INTERRUPT: u64 = 0x20000000;
pub(crate) const SCHED_ISO: u64 = 0x4;
pub(crate) const SCHED_OTHER: u64 = 0x0;
pub(crate) const SCM_PIDFD: u64 = 0x4;
pub(crate) const SECBIT_EXEC_DENY_INTERACTIVE: u64 = 0x400;
pub(crate) const SECBIT_EXEC_DENY_INTERACTIVE_LOCKED: u64 = 0x800;
pub(crate) const SECBIT_EXEC_RESTRICT_FILE: u64 = 0x100;
pub(crate) const SECBIT_EXEC_RESTRICT_FILE_LOCKED: u64 = 0x200;
pub(crate) const SECBIT_KEEP_CAPS: u64 = 0x10;
pub(crate) const SECBIT_KEEP_CAPS_LOCKED: u64 = 0x20;
pub(crate) const SECBIT_NOROOT: u64 = 0x1;
pub(crate) const SECBIT_NOROOT_LOCKED: u64 = 0x2;
pub(crate) const SECBIT_NO_CAP_AMBIENT_RAISE: u64 = 0x40;
pub(crate) const SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED: u64 = 0x80;
pub(crate) const SECBIT_NO_SETUID_FIXUP: u64 = 0x4;
pub(crate) const SECBIT_NO_SETUID_FIXUP_LOCKED: u64 = 0x8;
pub(crate) const SEM_INFO: u64 = 0x13;
pub(crate) const SEM_STAT: u64 = 0x12;
pub(crate) const SEM_STAT_ANY: u64 = 0x14;
pub(crate) const SEM_UNDO: u64 = 0x1000;
pub(crate) const SETALL: u64 = 0x11;
pub(crate) const SETVAL: u64 = 0x10;
pub(crate) const SFD_CLOEXEC: u64 = 0x80000;
pub(crate) const SFD_NONBLOCK: u64 = 0x800;
pub(crate) const SHM_EXEC: u64 = 0x8000;
pub(crate) const SHM_HUGETLB: u64 = 0x800;
pub(crate) const SHM_INFO: u64 = 0xe;
pub(crate) const SHM_LOCK: u64 = 0xb;
pub(crate) const SHM_NORESERVE: u64 = 0x1000;
pub(crate) const SHM_RDONLY: u64 = 0x1000;
pub(crate) const SHM_REMAP: u64 = 0x4000;
pub(crate) const SHM_RND: u64 = 0x2000;
pub(crate) const SHM_STAT: u64 = 0xd;
pub(crate) const SHM_STAT_ANY: u64 = 0xf;
pub(crate) const SHM_UNLOCK: u64 = 0xc;
pub(crate) const SHORT_INODE: u64 = 0x1000000;
pub(crate) const SNDCTL_TMR_CONTINUE: u64 = 0x5404;
pub(crate) const SNDCTL_TMR_START: u64 = 0x5402;
pub(crate) const SNDCTL_TMR_STOP: u64 = 0x5403;
pub(crate) const SIG_DFL: u64 = 0;
pub(crate) const SIG_IGN: u64 = 1;
pub(crate) const SOCK_CLOEXEC: u64 = 0x80000;
pub(crate) const SOCK_DCCP: u64 = 0x6;
pub(crate) const SOCK_NONBLOCK: u64 = 0x800;
pub(crate) const SOCK_PACKET: u64 = 0xa;
pub(crate) const SOL_VSOCK: u64 = 0x11f;
pub(crate) const STATMOUNT_BY_FD: u64 = 0x1;
pub(crate) const STA_CLK: u64 = 0x8000;
pub(crate) const STA_CLOCKERR: u64 = 0x1000;
pub(crate) const STA_DEL: u64 = 0x20;
pub(crate) const STA_FLL: u64 = 0x8;
pub(crate) const STA_FREQHOLD: u64 = 0x80;
pub(crate) const STA_INS: u64 = 0x10;
pub(crate) const STA_MODE: u64 = 0x4000;
pub(crate) const STA_NANO: u64 = 0x2000;
pub(crate) const STA_PLL: u64 = 0x1;
pub(crate) const STA_PPSERROR: u64 = 0x800;
pub(crate) const STA_PPSFREQ: u64 = 0x2;
pub(crate) const STA_PPSJITTER: u64 = 0x200;
pub(crate) const STA_PPSSIGNAL: u64 = 0x100;
pub(crate) const STA_PPSTIME: u64 = 0x4;
pub(crate) const STA_PPSWANDER: u64 = 0x400;
pub(crate) const STA_UNSYNC: u64 = 0x40;
pub(crate) const STICKY_TIMEOUTS: u64 = 0x4000000;
pub(crate) const ST_MANDLOCK: u64 = 0x40;
pub(crate) const ST_NOATIME: u64 = 0x400;
pub(crate) const ST_NODEV: u64 = 0x4;
pub(crate) const ST_NODIRATIME: u64 = 0x800;
pub(crate) const ST_NOEXEC: u64 = 0x8;
pub(crate) const ST_NOSUID: u64 = 0x2;
pub(crate) const ST_NOSYMFOLLOW: u64 = 0x2000;
pub(crate) const ST_RDONLY: u64 = 0x1;
pub(crate) const ST_RELATIME: u64 = 0x1000;
pub(crate) const ST_SYNCHRONOUS: u64 = 0x10;
pub(crate) const ST_VALID: u64 = 0x20;
pub(crate) const SUID_DUMP_DISABLE: u64 = 0x0;
pub(crate) const SUID_DUMP_ROOT: u64 = 0x2;
pub(crate) const SUID_DUMP_USER: u64 = 0x1;
pub(crate) const SWAP_FLAG_DISCARD: u64 = 0x10000;
pub(crate) const SWAP_FLAG_DISCARD_ONCE: u64 = 0x20000;
pub(crate) const SWAP_FLAG_DISCARD_PAGES: u64 = 0x40000;
pub(crate) const SWAP_FLAG_PREFER: u64 = 0x8000;
pub(crate) const SYSLOG_ACTION_CLEAR: u64 = 0x5;
pub(crate) const SYSLOG_ACTION_CLOSE: u64 = 0x0;
pub(crate) const SYSLOG_ACTION_CONSOLE_LEVEL: u64 = 0x8;
pub(crate) const SYSLOG_ACTION_CONSOLE_OFF: u64 = 0x6;
pub(crate) const SYSLOG_ACTION_CONSOLE_ON: u64 = 0x7;
pub(crate) const SYSLOG_ACTION_OPEN: u64 = 0x1;
pub(crate) const SYSLOG_ACTION_READ: u64 = 0x2;
pub(crate) const SYSLOG_ACTION_READ_ALL: u64 = 0x3;
pub(crate) const SYSLOG_ACTION_READ_CLEAR: u64 = 0x4;
pub(crate) const SYSLOG_ACTION_SIZE_BUFFER: u64 = 0xa;
pub(crate) const SYSLOG_ACTION_SIZE_UNREAD: u64 = 0x9;
pub(crate) const TIME_DEL: u64 = 0x2;
pub(crate) const TIME_ERROR: u64 = 0x5;
pub(crate) const TIME_INS: u64 = 0x1;
pub(crate) const TIME_OK: u64 = 0x0;
pub(crate) const TIME_OOP: u64 = 0x3;
pub(crate) const TIME_WAIT: u64 = 0x4;
pub(crate) const DCCPDIAG_GETSOCK: u64 = 0x13;
pub(crate) const SOCK_DESTROY: u64 = 0x15;
pub(crate) const SOCK_DIAG_BY_FAMILY: u64 = 0x14;
pub(crate) const TCPDIAG_GETSOCK: u64 = 0x12;
pub(crate) const ARPHRD_ETHER: u64 = 0x1;
pub(crate) const ARPHRD_IEEE80211: u64 = 0x321;
pub(crate) const ARPHRD_IPGRE: u64 = 0x30a;
pub(crate) const ARPHRD_LOOPBACK: u64 = 0x304;
pub(crate) const ARPHRD_NETROM: u64 = 0x0;
pub(crate) const ARPHRD_NONE: u64 = 0xfffe;
pub(crate) const ARPHRD_PPP: u64 = 0x200;
pub(crate) const ARPHRD_SIT: u64 = 0x308;
pub(crate) const ARPHRD_TUNNEL: u64 = 0x300;
pub(crate) const ARPHRD_TUNNEL6: u64 = 0x301;
pub(crate) const ARPHRD_VOID: u64 = 0xffff;
pub(crate) const IFF_ALLMULTI: u64 = 0x200;
pub(crate) const IFF_AUTOMEDIA: u64 = 0x4000;
pub(crate) const IFF_BROADCAST: u64 = 0x2;
pub(crate) const IFF_DEBUG: u64 = 0x4;
pub(crate) const IFF_DORMANT: u64 = 0x20000;
pub(crate) const IFF_DYNAMIC: u64 = 0x8000;
pub(crate) const IFF_ECHO: u64 = 0x40000;
pub(crate) const IFF_LOOPBACK: u64 = 0x8;
pub(crate) const IFF_LOWER_UP: u64 = 0x10000;
pub(crate) const IFF_MASTER: u64 = 0x400;
pub(crate) const IFF_MULTICAST: u64 = 0x1000;
pub(crate) const IFF_NOARP: u64 = 0x80;
pub(crate) const IFF_NOTRAILERS: u64 = 0x20;
pub(crate) const IFF_POINTOPOINT: u64 = 0x10;
pub(crate) const IFF_PORTSEL: u64 = 0x2000;
pub(crate) const IFF_PROMISC: u64 = 0x100;
pub(crate) const IFF_RUNNING: u64 = 0x40;
pub(crate) const IFF_SLAVE: u64 = 0x800;
pub(crate) const IFF_UP: u64 = 0x1;
pub(crate) const RTA_CACHEINFO: u64 = 0xc;
pub(crate) const RTA_DPORT: u64 = 0x1d;
pub(crate) const RTA_DST: u64 = 0x1;
pub(crate) const RTA_ENCAP: u64 = 0x16;
pub(crate) const RTA_ENCAP_TYPE: u64 = 0x15;
pub(crate) const RTA_EXPIRES: u64 = 0x17;
pub(crate) const RTA_FLOW: u64 = 0xb;
pub(crate) const RTA_GATEWAY: u64 = 0x5;
pub(crate) const RTA_IIF: u64 = 0x3;
pub(crate) const RTA_IP_PROTO: u64 = 0x1b;
pub(crate) const RTA_MARK: u64 = 0x10;
pub(crate) const RTA_METRICS: u64 = 0x8;
pub(crate) const RTA_MFC_STATS: u64 = 0x11;
pub(crate) const RTA_MP_ALGO: u64 = 0xe;
pub(crate) const RTA_MULTIPATH: u64 = 0x9;
pub(crate) const RTA_NEWDST: u64 = 0x13;
pub(crate) const RTA_NH_ID: u64 = 0x1e;
pub(crate) const RTA_OIF: u64 = 0x4;
pub(crate) const RTA_PAD: u64 = 0x18;
pub(crate) const RTA_PREF: u64 = 0x14;
pub(crate) const RTA_PREFSRC: u64 = 0x7;
pub(crate) const RTA_PRIORITY: u64 = 0x6;
pub(crate) const RTA_PROTOINFO: u64 = 0xa;
pub(crate) const RTA_SESSION: u64 = 0xd;
pub(crate) const RTA_SPORT: u64 = 0x1c;
pub(crate) const RTA_SRC: u64 = 0x2;
pub(crate) const RTA_TABLE: u64 = 0xf;
pub(crate) const RTA_TTL_PROPAGATE: u64 = 0x1a;
pub(crate) const RTA_UID: u64 = 0x19;
pub(crate) const RTA_UNSPEC: u64 = 0x0;
pub(crate) const RTA_VIA: u64 = 0x12;
pub(crate) const RT_SCOPE_HOST: u64 = 0xfe;
pub(crate) const RT_SCOPE_LINK: u64 = 0xfd;
pub(crate) const RT_SCOPE_NOWHERE: u64 = 0xff;
pub(crate) const RT_SCOPE_SITE: u64 = 0xc8;
pub(crate) const RT_SCOPE_UNIVERSE: u64 = 0x0;
pub(crate) const RT_TABLE_COMPAT: u64 = 0xfc;
pub(crate) const RT_TABLE_DEFAULT: u64 = 0xfd;
pub(crate) const RT_TABLE_LOCAL: u64 = 0xff;
pub(crate) const RT_TABLE_MAIN: u64 = 0xfe;
pub(crate) const RT_TABLE_UNSPEC: u64 = 0x0;
pub(crate) const UDP_CORK: u64 = 0x1;
pub(crate) const UDP_ENCAP: u64 = 0x64;
pub(crate) const UDP_GRO: u64 = 0x68;
pub(crate) const UDP_NO_CHECK6_RX: u64 = 0x66;
pub(crate) const UDP_NO_CHECK6_TX: u64 = 0x65;
pub(crate) const UDP_SEGMENT: u64 = 0x67;
pub(crate) const UNAME26: u64 = 0x20000;
pub(crate) const WHOLE_SECONDS: u64 = 0x2000000;
pub(crate) const ARPHRD_EETHER: u64 = 0x2;
pub(crate) const ARPHRD_AX25: u64 = 0x3;
pub(crate) const ARPHRD_PRONET: u64 = 0x4;
pub(crate) const ARPHRD_CHAOS: u64 = 0x5;
pub(crate) const ARPHRD_IEEE802: u64 = 0x6;
pub(crate) const ARPHRD_ARCNET: u64 = 0x7;
pub(crate) const ARPHRD_APPLETLK: u64 = 0x8;
pub(crate) const ARPHRD_DLCI: u64 = 0xf;
pub(crate) const ARPHRD_ATM: u64 = 0x13;
pub(crate) const ARPHRD_METRICOM: u64 = 0x17;
pub(crate) const ARPHRD_IEEE1394: u64 = 0x18;
pub(crate) const ARPHRD_EUI64: u64 = 0x1b;
pub(crate) const ARPHRD_INFINIBAND: u64 = 0x20;
pub(crate) const ARPHRD_SLIP: u64 = 0x100;
pub(crate) const ARPHRD_CSLIP: u64 = 0x101;
pub(crate) const ARPHRD_SLIP6: u64 = 0x102;
pub(crate) const ARPHRD_CSLIP6: u64 = 0x103;
pub(crate) const ARPHRD_RSRVD: u64 = 0x104;
pub(crate) const ARPHRD_ADAPT: u64 = 0x108;
pub(crate) const ARPHRD_ROSE: u64 = 0x10e;
pub(crate) const ARPHRD_X25: u64 = 0x10f;
pub(crate) const ARPHRD_HWX25: u64 = 0x110;
pub(crate) const ARPHRD_CAN: u64 = 0x118;
pub(crate) const ARPHRD_MCTP: u64 = 0x122;
pub(crate) const ARPHRD_CISCO: u64 = 0x201;
pub(crate) const ARPHRD_HDLC: u64 = 0x201;
pub(crate) const ARPHRD_LAPB: u64 = 0x204;
pub(crate) const ARPHRD_DDCMP: u64 = 0x205;
pub(crate) const ARPHRD_RAWHDLC: u64 = 0x206;
pub(crate) const ARPHRD_RAWIP: u64 = 0x207;
pub(crate) const ARPHRD_FRAD: u64 = 0x302;
pub(crate) const ARPHRD_SKIP: u64 = 0x303;
pub(crate) const ARPHRD_LOCALTLK: u64 = 0x305;
pub(crate) const ARPHRD_FDDI: u64 = 0x306;
pub(crate) const ARPHRD_BIF: u64 = 0x307;
pub(crate) const ARPHRD_IPDDP: u64 = 0x309;
pub(crate) const ARPHRD_PIMREG: u64 = 0x30b;
pub(crate) const ARPHRD_HIPPI: u64 = 0x30c;
pub(crate) const ARPHRD_ASH: u64 = 0x30d;
pub(crate) const ARPHRD_ECONET: u64 = 0x30e;
pub(crate) const ARPHRD_IRDA: u64 = 0x30f;
pub(crate) const ARPHRD_FCPP: u64 = 0x310;
pub(crate) const ARPHRD_FCAL: u64 = 0x311;
pub(crate) const ARPHRD_FCPL: u64 = 0x312;
pub(crate) const ARPHRD_FCFABRIC: u64 = 0x313;
pub(crate) const ARPHRD_IEEE802_TR: u64 = 0x320;
pub(crate) const ARPHRD_IEEE80211_PRISM: u64 = 0x322;
pub(crate) const ARPHRD_IEEE80211_RADIOTAP: u64 = 0x323;
pub(crate) const ARPHRD_IEEE802154: u64 = 0x324;
pub(crate) const ARPHRD_IEEE802154_MONITOR: u64 = 0x325;
pub(crate) const ARPHRD_PHONET: u64 = 0x334;
pub(crate) const ARPHRD_PHONET_PIPE: u64 = 0x335;
pub(crate) const ARPHRD_CAIF: u64 = 0x336;
pub(crate) const ARPHRD_IP6GRE: u64 = 0x337;
pub(crate) const ARPHRD_NETLINK: u64 = 0x338;
pub(crate) const ARPHRD_6LOWPAN: u64 = 0x339;
pub(crate) const ARPHRD_VSOCKMON: u64 = 0x33a;
pub(crate) const ETH_P_LOOP: u64 = 0x60;
pub(crate) const ETH_P_PUP: u64 = 0x200;
pub(crate) const ETH_P_PUPAT: u64 = 0x201;
pub(crate) const ETH_P_TSN: u64 = 0x22f0;
pub(crate) const ETH_P_ERSPAN2: u64 = 0x22eb;
pub(crate) const ETH_P_IP: u64 = 0x800;
pub(crate) const ETH_P_X25: u64 = 0x805;
pub(crate) const ETH_P_ARP: u64 = 0x806;
pub(crate) const ETH_P_BPQ: u64 = 0x8ff;
pub(crate) const ETH_P_IEEEPUP: u64 = 0xa00;
pub(crate) const ETH_P_IEEEPUPAT: u64 = 0xa01;
pub(crate) const ETH_P_BATMAN: u64 = 0x4305;
pub(crate) const ETH_P_DEC: u64 = 0x6000;
pub(crate) const ETH_P_DNA_DL: u64 = 0x6001;
pub(crate) const ETH_P_DNA_RC: u64 = 0x6002;
pub(crate) const ETH_P_DNA_RT: u64 = 0x6003;
pub(crate) const ETH_P_LAT: u64 = 0x6004;
pub(crate) const ETH_P_DIAG: u64 = 0x6005;
pub(crate) const ETH_P_CUST: u64 = 0x6006;
pub(crate) const ETH_P_SCA: u64 = 0x6007;
pub(crate) const ETH_P_TEB: u64 = 0x6558;
pub(crate) const ETH_P_RARP: u64 = 0x8035;
pub(crate) const ETH_P_ATALK: u64 = 0x809b;
pub(crate) const ETH_P_AARP: u64 = 0x80f3;
pub(crate) const ETH_P_8021Q: u64 = 0x8100;
pub(crate) const ETH_P_ERSPAN: u64 = 0x88be;
pub(crate) const ETH_P_IPX: u64 = 0x8137;
pub(crate) const ETH_P_IPV6: u64 = 0x86dd;
pub(crate) const ETH_P_PAUSE: u64 = 0x8808;
pub(crate) const ETH_P_SLOW: u64 = 0x8809;
pub(crate) const ETH_P_WCCP: u64 = 0x883e;
pub(crate) const ETH_P_MPLS_UC: u64 = 0x8847;
pub(crate) const ETH_P_MPLS_MC: u64 = 0x8848;
pub(crate) const ETH_P_ATMMPOA: u64 = 0x884c;
pub(crate) const ETH_P_PPP_DISC: u64 = 0x8863;
pub(crate) const ETH_P_PPP_SES: u64 = 0x8864;
pub(crate) const ETH_P_LINK_CTL: u64 = 0x886c;
pub(crate) const ETH_P_ATMFATE: u64 = 0x8884;
pub(crate) const ETH_P_PAE: u64 = 0x888e;
pub(crate) const ETH_P_PROFINET: u64 = 0x8892;
pub(crate) const ETH_P_REALTEK: u64 = 0x8899;
pub(crate) const ETH_P_AOE: u64 = 0x88a2;
pub(crate) const ETH_P_ETHERCAT: u64 = 0x88a4;
pub(crate) const ETH_P_8021AD: u64 = 0x88a8;
pub(crate) const ETH_P_802_EX1: u64 = 0x88b5;
pub(crate) const ETH_P_PREAUTH: u64 = 0x88c7;
pub(crate) const ETH_P_TIPC: u64 = 0x88ca;
pub(crate) const ETH_P_LLDP: u64 = 0x88cc;
pub(crate) const ETH_P_MRP: u64 = 0x88e3;
pub(crate) const ETH_P_MACSEC: u64 = 0x88e5;
pub(crate) const ETH_P_8021AH: u64 = 0x88e7;
pub(crate) const ETH_P_MVRP: u64 = 0x88f5;
pub(crate) const ETH_P_1588: u64 = 0x88f7;
pub(crate) const ETH_P_NCSI: u64 = 0x88f8;
pub(crate) const ETH_P_PRP: u64 = 0x88fb;
pub(crate) const ETH_P_CFM: u64 = 0x8902;
pub(crate) const ETH_P_FCOE: u64 = 0x8906;
pub(crate) const ETH_P_IBOE: u64 = 0x8915;
pub(crate) const ETH_P_TDLS: u64 = 0x890d;
pub(crate) const ETH_P_FIP: u64 = 0x8914;
pub(crate) const ETH_P_80221: u64 = 0x8917;
pub(crate) const ETH_P_HSR: u64 = 0x892f;
pub(crate) const ETH_P_NSH: u64 = 0x894f;
pub(crate) const ETH_P_LOOPBACK: u64 = 0x9000;
pub(crate) const ETH_P_QINQ1: u64 = 0x9100;
pub(crate) const ETH_P_QINQ2: u64 = 0x9200;
pub(crate) const ETH_P_QINQ3: u64 = 0x9300;
pub(crate) const ETH_P_EDSA: u64 = 0xdada;
pub(crate) const ETH_P_DSA_8021Q: u64 = 0xdadb;
pub(crate) const ETH_P_DSA_A5PSW: u64 = 0xe001;
pub(crate) const ETH_P_IFE: u64 = 0xed3e;
pub(crate) const ETH_P_AF_IUCV: u64 = 0xfbfb;
pub(crate) const ETH_P_802_3: u64 = 0x1;
pub(crate) const ETH_P_AX25: u64 = 0x2;
pub(crate) const ETH_P_ALL: u64 = 0x3;
pub(crate) const ETH_P_802_2: u64 = 0x4;
pub(crate) const ETH_P_SNAP: u64 = 0x5;
pub(crate) const ETH_P_DDCMP: u64 = 0x6;
pub(crate) const ETH_P_WAN_PPP: u64 = 0x7;
pub(crate) const ETH_P_PPP_MP: u64 = 0x8;
pub(crate) const ETH_P_LOCALTALK: u64 = 0x9;
pub(crate) const ETH_P_CAN: u64 = 0xc;
pub(crate) const ETH_P_CANFD: u64 = 0xd;
pub(crate) const ETH_P_CANXL: u64 = 0xe;
pub(crate) const ETH_P_PPPTALK: u64 = 0x10;
pub(crate) const ETH_P_TR_802_2: u64 = 0x11;
pub(crate) const ETH_P_MOBITEX: u64 = 0x15;
pub(crate) const ETH_P_CONTROL: u64 = 0x16;
pub(crate) const ETH_P_IRDA: u64 = 0x17;
pub(crate) const ETH_P_ECONET: u64 = 0x18;
pub(crate) const ETH_P_HDLC: u64 = 0x19;
pub(crate) const ETH_P_ARCNET: u64 = 0x1a;
pub(crate) const ETH_P_DSA: u64 = 0x1b;
pub(crate) const ETH_P_TRAILER: u64 = 0x1c;
pub(crate) const ETH_P_PHONET: u64 = 0xf5;
pub(crate) const ETH_P_IEEE802154: u64 = 0xf6;
pub(crate) const ETH_P_CAIF: u64 = 0xf7;
pub(crate) const ETH_P_XDSA: u64 = 0xf8;
pub(crate) const ETH_P_MAP: u64 = 0xf9;
pub(crate) const ETH_P_MCTP: u64 = 0xfa;
pub(crate) const PACKET_HOST: u64 = 0x0;
pub(crate) const PACKET_BROADCAST: u64 = 0x1;
pub(crate) const PACKET_MULTICAST: u64 = 0x2;
pub(crate) const PACKET_OTHERHOST: u64 = 0x3;
pub(crate) const PACKET_OUTGOING: u64 = 0x4;
pub(crate) const PACKET_LOOPBACK: u64 = 0x5;
pub(crate) const PACKET_USER: u64 = 0x6;
pub(crate) const PACKET_KERNEL: u64 = 0x7;
pub(crate) const VMADDR_CID_HYPERVISOR: u64 = 0x0;
pub(crate) const VMADDR_CID_LOCAL: u64 = 0x1;
pub(crate) const VMADDR_CID_HOST: u64 = 0x2;
pub(crate) const VMADDR_CID_ANY: u64 = 0xffffffff;
pub(crate) const VMADDR_PORT_ANY: u64 = 0xffffffff;
pub(crate) const VMADDR_FLAG_TO_HOST: u64 = 0x1;
pub(crate) const CRYPTO_ALG_KERN_DRIVER_ONLY: u64 = 0x1000;
pub(crate) const L2CAP_PSM_SDP: u64 = 0x1;
pub(crate) const L2CAP_PSM_RFCOMM: u64 = 0x3;
pub(crate) const L2CAP_PSM_3DSP: u64 = 0x21;
pub(crate) const L2CAP_PSM_IPSP: u64 = 0x23;
pub(crate) const L2CAP_PSM_LE_DYN_START: u64 = 0x80;
pub(crate) const L2CAP_PSM_LE_DYN_END: u64 = 0xff;
pub(crate) const L2CAP_PSM_DYN_START: u64 = 0x1001;
pub(crate) const L2CAP_PSM_AUTO_END: u64 = 0x10ff;
pub(crate) const L2CAP_PSM_DYN_END: u64 = 0xffff;
pub(crate) const L2CAP_CID_SIGNALING: u64 = 0x1;
pub(crate) const L2CAP_CID_CONN_LESS: u64 = 0x2;
pub(crate) const L2CAP_CID_A2MP: u64 = 0x3;
pub(crate) const L2CAP_CID_ATT: u64 = 0x4;
pub(crate) const L2CAP_CID_LE_SIGNALING: u64 = 0x5;
pub(crate) const L2CAP_CID_SMP: u64 = 0x6;
pub(crate) const L2CAP_CID_SMP_BREDR: u64 = 0x7;
pub(crate) const L2CAP_CID_DYN_START: u64 = 0x40;
pub(crate) const L2CAP_CID_LE_DYN_END: u64 = 0x7f;
pub(crate) const L2CAP_CID_DYN_END: u64 = 0xffff;
pub(crate) const BDADDR_BREDR: u64 = 0x0;
pub(crate) const BDADDR_LE_PUBLIC: u64 = 0x1;
pub(crate) const BDADDR_LE_RANDOM: u64 = 0x2;
pub(crate) const HCI_CHANNEL_RAW: u64 = 0x0;
pub(crate) const HCI_CHANNEL_USER: u64 = 0x1;
pub(crate) const HCI_CHANNEL_MONITOR: u64 = 0x2;
pub(crate) const HCI_CHANNEL_CONTROL: u64 = 0x3;
pub(crate) const HCI_CHANNEL_LOGGING: u64 = 0x4;
pub(crate) const TIPC_SERVICE_RANGE: u64 = 0x1;
pub(crate) const TIPC_SERVICE_ADDR: u64 = 0x2;
pub(crate) const TIPC_SOCKET_ADDR: u64 = 0x3;
pub(crate) const TIPC_ZONE_SCOPE: u64 = 0x1;
pub(crate) const TIPC_CLUSTER_SCOPE: u64 = 0x2;
pub(crate) const TIPC_NODE_SCOPE: u64 = 0x3;
pub(crate) const XDP_SHARED_UMEM: u64 = 0x1;
pub(crate) const XDP_COPY: u64 = 0x2;
pub(crate) const XDP_ZEROCOPY: u64 = 0x4;
pub(crate) const XDP_USE_NEED_WAKEUP: u64 = 0x8;
pub(crate) const XDP_USE_SG: u64 = 0x10;
pub(crate) const NFC_PROTO_JEWEL: u64 = 0x1;
pub(crate) const NFC_PROTO_MIFARE: u64 = 0x2;
pub(crate) const NFC_PROTO_FELICA: u64 = 0x3;
pub(crate) const NFC_PROTO_ISO14443: u64 = 0x4;
pub(crate) const NFC_PROTO_NFC_DEP: u64 = 0x5;
pub(crate) const NFC_PROTO_ISO14443_B: u64 = 0x6;
pub(crate) const NFC_PROTO_ISO15693: u64 = 0x7;
pub(crate) const IFLA_INFO_UNSPEC: u64 = 0x0;
pub(crate) const IFLA_INFO_KIND: u64 = 0x1;
pub(crate) const IFLA_INFO_DATA: u64 = 0x2;
pub(crate) const IFLA_INFO_XSTATS: u64 = 0x3;
pub(crate) const IFLA_INFO_SLAVE_KIND: u64 = 0x4;
pub(crate) const IFLA_INFO_SLAVE_DATA: u64 = 0x5;
pub(crate) const IFLA_XDP_UNSPEC: u64 = 0x0;
pub(crate) const IFLA_XDP_FD: u64 = 0x1;
pub(crate) const IFLA_XDP_ATTACHED: u64 = 0x2;
pub(crate) const IFLA_XDP_FLAGS: u64 = 0x3;
pub(crate) const IFLA_XDP_PROG_ID: u64 = 0x4;
pub(crate) const IFLA_XDP_DRV_PROG_ID: u64 = 0x5;
pub(crate) const IFLA_XDP_SKB_PROG_ID: u64 = 0x6;
pub(crate) const IFLA_XDP_HW_PROG_ID: u64 = 0x7;
pub(crate) const IFLA_XDP_EXPECTED_FD: u64 = 0x8;
pub(crate) const XDP_ATTACHED_NONE: u64 = 0x0;
pub(crate) const XDP_ATTACHED_DRV: u64 = 0x1;
pub(crate) const XDP_ATTACHED_SKB: u64 = 0x2;
pub(crate) const XDP_ATTACHED_HW: u64 = 0x3;
pub(crate) const XDP_ATTACHED_MULTI: u64 = 0x4;
pub(crate) const XDP_FLAGS_UPDATE_IF_NOEXIST: u64 = 0x1;
pub(crate) const XDP_FLAGS_SKB_MODE: u64 = 0x2;
pub(crate) const XDP_FLAGS_DRV_MODE: u64 = 0x4;
pub(crate) const XDP_FLAGS_HW_MODE: u64 = 0x8;
pub(crate) const XDP_FLAGS_REPLACE: u64 = 0x10;
pub(crate) const IFLA_INET_UNSPEC: u64 = 0x0;
pub(crate) const IFLA_INET_CONF: u64 = 0x1;
pub(crate) const IFLA_INET6_UNSPEC: u64 = 0x0;
pub(crate) const IFLA_INET6_FLAGS: u64 = 0x1;
pub(crate) const IFLA_INET6_CONF: u64 = 0x2;
pub(crate) const IFLA_INET6_STATS: u64 = 0x3;
pub(crate) const IFLA_INET6_MCAST: u64 = 0x4;
pub(crate) const IFLA_INET6_CACHEINFO: u64 = 0x5;
pub(crate) const IFLA_INET6_ICMP6STATS: u64 = 0x6;
pub(crate) const IFLA_INET6_TOKEN: u64 = 0x7;
pub(crate) const IFLA_INET6_ADDR_GEN_MODE: u64 = 0x8;
pub(crate) const IFLA_INET6_RA_MTU: u64 = 0x9;
pub(crate) const IF_RS_SENT: u64 = 0x10;
pub(crate) const IF_RA_RCVD: u64 = 0x20;
pub(crate) const IF_RA_MANAGED: u64 = 0x40;
pub(crate) const IF_RA_OTHERCONF: u64 = 0x80;
pub(crate) const IF_READY: u64 = 0x80000000;
pub(crate) const IN6_ADDR_GEN_MODE_EUI64: u64 = 0x0;
pub(crate) const IN6_ADDR_GEN_MODE_NONE: u64 = 0x1;
pub(crate) const IN6_ADDR_GEN_MODE_STABLE_PRIVACY: u64 = 0x2;
pub(crate) const IN6_ADDR_GEN_MODE_RANDOM: u64 = 0x3;
pub(crate) const TCP_ESTABLISHED: u64 = 0x1;
pub(crate) const TCP_SYN_SENT: u64 = 0x2;
pub(crate) const TCP_SYN_RECV: u64 = 0x3;
pub(crate) const TCP_FIN_WAIT1: u64 = 0x4;
pub(crate) const TCP_FIN_WAIT2: u64 = 0x5;
pub(crate) const TCP_TIME_WAIT: u64 = 0x6;
pub(crate) const TCP_CLOSE: u64 = 0x7;
pub(crate) const TCP_CLOSE_WAIT: u64 = 0x8;
pub(crate) const TCP_LAST_ACK: u64 = 0x9;
pub(crate) const TCP_LISTEN: u64 = 0xa;
pub(crate) const TCP_CLOSING: u64 = 0xb;
pub(crate) const INET_DIAG_NONE: u64 = 0x0;
pub(crate) const INET_DIAG_MEMINFO: u64 = 0x1;
pub(crate) const INET_DIAG_INFO: u64 = 0x2;
pub(crate) const INET_DIAG_VEGASINFO: u64 = 0x3;
pub(crate) const INET_DIAG_CONG: u64 = 0x4;
pub(crate) const INET_DIAG_TOS: u64 = 0x5;
pub(crate) const INET_DIAG_TCLASS: u64 = 0x6;
pub(crate) const INET_DIAG_SKMEMINFO: u64 = 0x7;
pub(crate) const INET_DIAG_SHUTDOWN: u64 = 0x8;
pub(crate) const INET_DIAG_DCTCPINFO: u64 = 0x9;
pub(crate) const INET_DIAG_PROTOCOL: u64 = 0xa;
pub(crate) const INET_DIAG_SKV6ONLY: u64 = 0xb;
pub(crate) const INET_DIAG_LOCALS: u64 = 0xc;
pub(crate) const INET_DIAG_PEERS: u64 = 0xd;
pub(crate) const INET_DIAG_PAD: u64 = 0xe;
pub(crate) const INET_DIAG_MARK: u64 = 0xf;
pub(crate) const INET_DIAG_BBRINFO: u64 = 0x10;
pub(crate) const INET_DIAG_CLASS_ID: u64 = 0x11;
pub(crate) const INET_DIAG_MD5SIG: u64 = 0x12;
pub(crate) const INET_DIAG_ULP_INFO: u64 = 0x13;
pub(crate) const INET_DIAG_SK_BPF_STORAGES: u64 = 0x14;
pub(crate) const INET_DIAG_CGROUP_ID: u64 = 0x15;
pub(crate) const INET_DIAG_SOCKOPT: u64 = 0x16;
pub(crate) const INET_DIAG_REQ_NONE: u64 = 0x0;
pub(crate) const INET_DIAG_REQ_BYTECODE: u64 = 0x1;
pub(crate) const INET_DIAG_REQ_SK_BPF_STORAGES: u64 = 0x2;
pub(crate) const INET_DIAG_REQ_PROTOCOL: u64 = 0x3;
pub(crate) const UNIX_DIAG_NAME: u64 = 0x0;
pub(crate) const UNIX_DIAG_VFS: u64 = 0x1;
pub(crate) const UNIX_DIAG_PEER: u64 = 0x2;
pub(crate) const UNIX_DIAG_ICONS: u64 = 0x3;
pub(crate) const UNIX_DIAG_RQLEN: u64 = 0x4;
pub(crate) const UNIX_DIAG_MEMINFO: u64 = 0x5;
pub(crate) const UNIX_DIAG_SHUTDOWN: u64 = 0x6;
pub(crate) const UNIX_DIAG_UID: u64 = 0x7;
pub(crate) const UDIAG_SHOW_NAME: u64 = 0x1;
pub(crate) const UDIAG_SHOW_VFS: u64 = 0x2;
pub(crate) const UDIAG_SHOW_PEER: u64 = 0x4;
pub(crate) const UDIAG_SHOW_ICONS: u64 = 0x8;
pub(crate) const UDIAG_SHOW_RQLEN: u64 = 0x10;
pub(crate) const UDIAG_SHOW_MEMINFO: u64 = 0x20;
pub(crate) const UDIAG_SHOW_UID: u64 = 0x40;
