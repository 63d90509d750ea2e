//! The layouts of structures, as field tables: short reads and structures that grow come for free.
//!
//! Offsets are those of the type in linux-raw-sys that has the kernel's layout, or of one of our [`own`]; its size is compared with
//! the kernel's when the crate is compiled. Structures without a table yet are shown as their address.

#![allow(non_upper_case_globals)]

mod own;

use linux_raw_sys::{general, io_uring, landlock, net, netlink, ptrace, system};

use crate::abi::constants::files::{
    EPOLL, F_OWNER, FLOCK_TYPE, FS_MAGIC, FS_XFLAG, MOUNT_ATTR, MS, O, O_FLAGS, POLL, RESOLVE, RWF, SEEK, ST,
    STATX, STATX_ATTR, XATTR,
};
use crate::abi::constants::memory::SEM_FLG;
use crate::abi::constants::network::AF;
use crate::abi::constants::process::{CAP_VERSION, CLONE, FUTEX2, HANDLER, SA, SCHED, SCHED_FLAG, SIGEV, SS};
use crate::abi::constants::rtnetlink::{ARPHRD, IFA_F, IFF, RT_SCOPE, RT_TABLE, RTM_F, RTN, RTPROT};
use crate::abi::constants::system::{
    ADJ, IOCB_CMD, IORING_FEAT, IORING_SETUP, LANDLOCK_ACCESS_FS, LANDLOCK_ACCESS_NET, LANDLOCK_SCOPE, STA,
};
use crate::abi::constants::terminal::{C_CFLAG, C_IFLAG, C_LFLAG, C_OFLAG};
use crate::abi::signature::*;

const fn size_of_field<T, F>(_: fn(T) -> F) -> usize {
    size_of::<F>()
}

/// `name: type = size { field: kind, ... }`; a `#[verbose]` field is left out of the text unless it is verbose. In a field, the kind of a
/// structure means one that is embedded.
macro_rules! layout {
    ($name:ident : $ty:ty = $size:literal { $($(#[$verbose:ident])? $field:ident $(as $shown:ident)? : $kind:expr),* $(,)? }) => {
        const _: () = assert!(
            // Elsewhere the headers are of another machine, and nothing is traced.
            cfg!(not(target_arch = "x86_64")) || size_of::<$ty>() == $size,
            concat!("`", stringify!($ty), "` is not ", $size, " bytes, as in the kernel")
        );
        #[doc = concat!("`struct ", stringify!($name), "`.")]
        pub(crate) static $name: Struct = Struct {
            name: stringify!($name),
            size: $size,
            layout: Layout::Fields(&[ $( Field {
                name: layout!(@name $field $($shown)?),
                offset: core::mem::offset_of!($ty, $field),
                size: size_of_field(|it: $ty| it.$field),
                kind: $kind,
                verbose: layout!(@is $($verbose)?),
            } ),* ]),
        };
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $shown:ident) => { stringify!($shown) };
    (@is) => { false };
    (@is verbose) => { true };
}

macro_rules! special {
    ($($name:ident = $size:literal, $layout:ident;)*) => {
        $( #[doc = concat!("`", stringify!($name), "`.")]
        pub(crate) static $name: Struct = Struct { name: stringify!($name), size: $size, layout: Layout::$layout }; )*
    };
}

layout!(stat: general::stat = 144 {
    #[verbose] st_dev: DEV, #[verbose] st_ino: ULONG, st_mode: MODE, #[verbose] st_nlink: ULONG,
    #[verbose] st_uid: UID, #[verbose] st_gid: GID, #[verbose] st_blksize: LONG, #[verbose] st_blocks: LONG,
    st_size: OFF, st_rdev: DEV, #[verbose] st_atime: LONG, #[verbose] st_atime_nsec: ULONG,
    #[verbose] st_mtime: LONG, #[verbose] st_mtime_nsec: ULONG, #[verbose] st_ctime: LONG, #[verbose] st_ctime_nsec: ULONG,
});
layout!(statx_timestamp: general::statx_timestamp = 16 { tv_sec: LONG, tv_nsec: UINT });
layout!(statx: general::statx = 256 {
    stx_mask: bits(&STATX), #[verbose] stx_blksize: UINT, stx_attributes: bits(&STATX_ATTR),
    #[verbose] stx_nlink: UINT, #[verbose] stx_uid: UID, #[verbose] stx_gid: GID, stx_mode: MODE,
    #[verbose] stx_ino: ULONG, stx_size: ULONG, #[verbose] stx_blocks: ULONG,
    #[verbose] stx_attributes_mask: bits(&STATX_ATTR), #[verbose] stx_atime: input(&statx_timestamp),
    #[verbose] stx_btime: input(&statx_timestamp), #[verbose] stx_ctime: input(&statx_timestamp),
    #[verbose] stx_mtime: input(&statx_timestamp), #[verbose] stx_rdev_major: UINT,
    #[verbose] stx_rdev_minor: UINT, #[verbose] stx_dev_major: UINT, #[verbose] stx_dev_minor: UINT,
    #[verbose] stx_mnt_id: ULONG, #[verbose] stx_dio_mem_align: UINT, #[verbose] stx_dio_offset_align: UINT,
    #[verbose] stx_subvol: ULONG,
});
layout!(fsid: general::__kernel_fsid_t = 8 { val: scalar_output(&HEX, exactly(2)) });
layout!(statfs: general::statfs = 120 {
    f_type: one_of(&FS_MAGIC), f_bsize: LONG, f_blocks: LONG, f_bfree: LONG, f_bavail: LONG, f_files: LONG,
    f_ffree: LONG, f_fsid: input(&fsid), f_namelen: LONG, f_frsize: LONG, f_flags: bits(&ST),
});
layout!(ustat: own::Ustat = 32 { f_tfree: INT, f_tinode: ULONG, f_fname: CHARS, f_fpack: CHARS });
layout!(file_handle: own::FileHandle = 8 { handle_bytes: UINT, handle_type: INT });
layout!(file_attr: general::file_attr = 24 {
    fa_xflags: bits(&FS_XFLAG), fa_extsize: UINT, fa_nextents: UINT, fa_projid: UINT, fa_cowextsize: UINT,
});
layout!(fsxattr: general::fsxattr = 28 {
    fsx_xflags: bits(&FS_XFLAG), fsx_extsize: UINT, fsx_nextents: UINT, fsx_projid: HEX, fsx_cowextsize: UINT,
});
layout!(xattr_args: general::xattr_args = 16 { value: PTR, size: UINT, flags: bits(&XATTR) });
layout!(cachestat_range: general::cachestat_range = 16 { off: ULONG, len: ULONG });
layout!(cachestat: general::cachestat = 40 {
    nr_cache: ULONG, nr_dirty: ULONG, nr_writeback: ULONG, nr_evicted: ULONG, nr_recently_evicted: ULONG,
});
layout!(file_clone_range: general::file_clone_range = 32 {
    src_fd: FD, src_offset: ULONG, src_length: ULONG, dest_offset: ULONG,
});
layout!(open_how: general::open_how = 24 { flags: bits(&O), mode: MODE, resolve: bits(&RESOLVE) });
layout!(mount_attr: general::mount_attr = 32 {
    attr_set: bits(&MOUNT_ATTR), attr_clr: bits(&MOUNT_ATTR), propagation: bits(&MS), userns_fd: FD,
});
layout!(mnt_id_req: general::mnt_id_req = 32 {
    size: UINT, #[verbose] spare: HEX, mnt_id: HEX, param: HEX, mnt_ns_id: HEX,
});
layout!(flock: general::flock = 32 {
    l_type: one_of(&FLOCK_TYPE), l_whence: one_of(&SEEK), l_start: OFF, l_len: OFF, l_pid: PID,
});
layout!(f_owner_ex: general::f_owner_ex = 8 { type_ as type: one_of(&F_OWNER), pid: PID });
layout!(pollfd: general::pollfd = 8 { fd: FD, events: bits(&POLL), revents: bits(&POLL) });
layout!(epoll_event: general::epoll_event = 12 { events: bits(&EPOLL), data: HEX });
layout!(iovec: general::iovec = 16 { iov_base: PTR, iov_len: SIZE });

layout!(timespec: general::__kernel_timespec = 16 { tv_sec: LONG, tv_nsec: LONG });
layout!(utimespec: general::__kernel_timespec = 16 { tv_sec: LONG, tv_nsec: LONG });
layout!(timeval: general::__kernel_old_timeval = 16 { tv_sec: LONG, tv_usec: LONG });
layout!(timezone: general::timezone = 8 { tz_minuteswest: INT, tz_dsttime: INT });
layout!(itimerspec: general::__kernel_itimerspec = 32 { it_interval: input(&timespec), it_value: input(&timespec) });
layout!(itimerval: general::__kernel_old_itimerval = 32 { it_interval: input(&timeval), it_value: input(&timeval) });
layout!(utimbuf: own::Utimbuf = 16 { actime: LONG, modtime: LONG });
layout!(tms: own::Tms = 32 { tms_utime: LONG, tms_stime: LONG, tms_cutime: LONG, tms_cstime: LONG });
layout!(timex: own::Timex = 208 {
    modes: bits(&ADJ), offset: LONG, freq: LONG, maxerror: LONG, esterror: LONG, status: bits(&STA), constant: LONG,
    precision: LONG, tolerance: LONG, time: input(&timeval), tick: LONG, ppsfreq: LONG, jitter: LONG, shift: INT,
    stabil: LONG, jitcnt: LONG, calcnt: LONG, errcnt: LONG, stbcnt: LONG, tai: INT,
});

layout!(ksigaction: general::kernel_sigaction = 32 {
    sa_handler_kernel as sa_handler: one_of(&HANDLER), sa_mask: input(&sigset), sa_flags: bits(&SA), sa_restorer: PTR,
});
layout!(stack_t: general::stack_t = 24 { ss_sp: PTR, ss_flags: bits(&SS), ss_size: SIZE });
layout!(sigval: own::Sigval = 8 { sival_ptr as sival_int: INT, sival_ptr: PTR });
layout!(sigevent: own::Sigevent = 64 { sigev_value: input(&sigval), sigev_signo: SIGNAL, sigev_notify: one_of(&SIGEV) });
layout!(rlimit: general::rlimit64 = 16 { rlim_cur: ULONG, rlim_max: ULONG });
layout!(rusage: general::rusage = 144 {
    ru_utime: input(&timeval), ru_stime: input(&timeval), #[verbose] ru_maxrss: LONG, #[verbose] ru_ixrss: LONG,
    #[verbose] ru_idrss: LONG, #[verbose] ru_isrss: LONG, #[verbose] ru_minflt: LONG, #[verbose] ru_majflt: LONG,
    #[verbose] ru_nswap: LONG, #[verbose] ru_inblock: LONG, #[verbose] ru_oublock: LONG, #[verbose] ru_msgsnd: LONG,
    #[verbose] ru_msgrcv: LONG, #[verbose] ru_nsignals: LONG, #[verbose] ru_nvcsw: LONG, #[verbose] ru_nivcsw: LONG,
});
layout!(sched_param: own::SchedParam = 4 { sched_priority: INT });
layout!(sched_attr: own::SchedAttr = 56 {
    size: UINT, sched_policy: one_of(&SCHED), sched_flags: bits(&SCHED_FLAG), sched_nice: INT, sched_priority: UINT,
    sched_runtime: ULONG, sched_deadline: ULONG, sched_period: ULONG, sched_util_min: UINT, sched_util_max: UINT,
});
layout!(clone_args: general::clone_args = 88 {
    flags: bits(&CLONE), pidfd: PTR, child_tid: PTR, parent_tid: PTR, exit_signal: SIGNAL, stack: PTR,
    stack_size: SIZE, tls: PTR, #[verbose] set_tid: PTR, #[verbose] set_tid_size: ULONG, #[verbose] cgroup: ULONG,
});
layout!(rseq: own::Rseq = 32 {
    cpu_id_start: UINT, cpu_id: INT, rseq_cs: PTR, flags: HEX, node_id: UINT, mm_cid: UINT,
});
layout!(futex_waitv: general::futex_waitv = 24 { val: HEX, uaddr: PTR, flags: bits(&FUTEX2) });
layout!(kcmp_epoll_slot: own::KcmpEpollSlot = 12 { efd: UINT, tfd: UINT, toff: UINT });
layout!(cap_header: general::__user_cap_header_struct = 8 { version: one_of(&CAP_VERSION), pid: PID });
layout!(cap_data: general::__user_cap_data_struct = 12 { effective: HEX, permitted: HEX, inheritable: HEX });
layout!(sock_fprog: ptrace::sock_fprog = 16 { len: UINT, filter: PTR });
layout!(seccomp_notif_sizes: ptrace::seccomp_notif_sizes = 6 {
    seccomp_notif: UINT, seccomp_notif_resp: UINT, seccomp_data: UINT,
});
layout!(landlock_ruleset_attr: landlock::landlock_ruleset_attr = 24 {
    handled_access_fs: bits(&LANDLOCK_ACCESS_FS), handled_access_net: bits(&LANDLOCK_ACCESS_NET), scoped: bits(&LANDLOCK_SCOPE),
});
layout!(landlock_path_beneath_attr: landlock::landlock_path_beneath_attr = 12 {
    allowed_access: bits(&LANDLOCK_ACCESS_FS), parent_fd: FD,
});
layout!(landlock_net_port_attr: landlock::landlock_net_port_attr = 16 {
    allowed_access: bits(&LANDLOCK_ACCESS_NET), port: ULONG,
});

layout!(linger: net::linger = 8 { l_onoff: INT, l_linger: INT });
layout!(ucred: net::ucred = 12 { pid: PID, uid: UID, gid: GID });
layout!(ip_mreq: net::ip_mreq = 8 { imr_multiaddr: HOST, imr_interface: HOST });
layout!(ipv6_mreq: net::ipv6_mreq = 20 { ipv6mr_multiaddr: HOST, ipv6mr_ifindex as ipv6mr_interface: INT });
layout!(ifinfomsg: netlink::ifinfomsg = 16 {
    ifi_family: one_of(&AF), ifi_type: one_of(&ARPHRD), ifi_index: INT, ifi_flags: bits(&IFF), ifi_change: bits(&IFF),
});
layout!(ifaddrmsg: netlink::ifaddrmsg = 8 {
    ifa_family: one_of(&AF), ifa_prefixlen: UINT, ifa_flags: bits(&IFA_F), ifa_scope: one_of(&RT_SCOPE), ifa_index: UINT,
});
layout!(rtmsg: netlink::rtmsg = 12 {
    rtm_family: one_of(&AF), rtm_dst_len: UINT, rtm_src_len: UINT, rtm_tos: HEX, rtm_table: one_of(&RT_TABLE),
    rtm_protocol: one_of(&RTPROT), rtm_scope: one_of(&RT_SCOPE), rtm_type: one_of(&RTN), rtm_flags: bits(&RTM_F),
});
layout!(rtnl_link_stats64: netlink::rtnl_link_stats64 = 200 {
    rx_packets: ULONG, tx_packets: ULONG, rx_bytes: ULONG, tx_bytes: ULONG, rx_errors: ULONG,
    tx_errors: ULONG, rx_dropped: ULONG, tx_dropped: ULONG, multicast: ULONG, collisions: ULONG,
    rx_length_errors: ULONG, rx_over_errors: ULONG, rx_crc_errors: ULONG, rx_frame_errors: ULONG,
    rx_fifo_errors: ULONG, rx_missed_errors: ULONG, tx_aborted_errors: ULONG, tx_carrier_errors: ULONG,
    tx_fifo_errors: ULONG, tx_heartbeat_errors: ULONG, tx_window_errors: ULONG, rx_compressed: ULONG,
    tx_compressed: ULONG, rx_nohandler: ULONG, rx_otherhost_dropped: ULONG,
});
layout!(rtnl_link_stats: netlink::rtnl_link_stats = 96 {
    rx_packets: UINT, tx_packets: UINT, rx_bytes: UINT, tx_bytes: UINT, rx_errors: UINT, tx_errors: UINT,
    rx_dropped: UINT, tx_dropped: UINT, multicast: UINT, collisions: UINT, rx_length_errors: UINT,
    rx_over_errors: UINT, rx_crc_errors: UINT, rx_frame_errors: UINT, rx_fifo_errors: UINT,
    rx_missed_errors: UINT, tx_aborted_errors: UINT, tx_carrier_errors: UINT, tx_fifo_errors: UINT,
    tx_heartbeat_errors: UINT, tx_window_errors: UINT, rx_compressed: UINT, tx_compressed: UINT,
    rx_nohandler: UINT,
});
layout!(rtnl_link_ifmap: netlink::rtnl_link_ifmap = 32 {
    mem_start: HEX, mem_end: HEX, base_addr: HEX, irq: UINT, dma: UINT, port: UINT,
});
layout!(ifla_cacheinfo: netlink::ifla_cacheinfo = 16 {
    max_reasm_len: UINT, tstamp: UINT, reachable_time: UINT, retrans_time: UINT,
});
layout!(mmsghdr: net::mmsghdr = 64 { msg_hdr: input(&msghdr), msg_len: UINT });

layout!(sysinfo: system::sysinfo = 112 {
    uptime: LONG, loads: scalar_output(&ULONG, exactly(3)), totalram: ULONG, freeram: ULONG, sharedram: ULONG,
    bufferram: ULONG, totalswap: ULONG, freeswap: ULONG, procs: UINT, totalhigh: ULONG, freehigh: ULONG, mem_unit: UINT,
});
layout!(utsname: system::new_utsname = 390 {
    sysname: CHARS, nodename: CHARS, #[verbose] release: CHARS, #[verbose] version: CHARS, #[verbose] machine: CHARS,
    #[verbose] domainname: CHARS,
});
layout!(winsize: general::winsize = 8 { ws_row: UINT, ws_col: UINT, ws_xpixel: UINT, ws_ypixel: UINT });
layout!(termios: general::termios = 36 {
    c_iflag: bits(&C_IFLAG), c_oflag: bits(&C_OFLAG), c_cflag: bits(&C_CFLAG), c_lflag: bits(&C_LFLAG),
    #[verbose] c_line: UINT, #[verbose] c_cc: scalar_output(&HEX, exactly(19)),
});
layout!(termios2: general::termios2 = 44 {
    c_iflag: bits(&C_IFLAG), c_oflag: bits(&C_OFLAG), c_cflag: bits(&C_CFLAG), c_lflag: bits(&C_LFLAG),
    #[verbose] c_line: UINT, #[verbose] c_cc: scalar_output(&HEX, exactly(19)), #[verbose] c_ispeed: UINT,
    #[verbose] c_ospeed: UINT,
});

layout!(ipc_perm: own::IpcPerm = 48 { uid: UID, gid: GID, mode: MODE, key: HEX, cuid: UID, cgid: GID });
layout!(semid_ds: own::SemidDs = 104 { sem_perm: input(&ipc_perm), sem_otime: LONG, sem_ctime: LONG, sem_nsems: ULONG });
layout!(shmid_ds: own::ShmidDs = 112 {
    shm_perm: input(&ipc_perm), shm_segsz: SIZE, shm_cpid: PID, shm_lpid: PID, shm_nattch: ULONG, shm_atime: LONG,
    shm_dtime: LONG, shm_ctime: LONG,
});
layout!(msqid_ds: own::MsqidDs = 120 {
    msg_perm: input(&ipc_perm), msg_stime: LONG, msg_rtime: LONG, msg_ctime: LONG, msg_qnum: ULONG, msg_qbytes: ULONG,
    msg_lspid: PID, msg_lrpid: PID,
});
layout!(sembuf: own::Sembuf = 6 { sem_num: UINT, sem_op: INT, sem_flg: bits(&SEM_FLG) });
layout!(mq_attr: own::MqAttr = 64 { mq_flags: bits(&O_FLAGS), mq_maxmsg: LONG, mq_msgsize: LONG, mq_curmsgs: LONG });

layout!(io_sqring_offsets: io_uring::io_sqring_offsets = 40 {
    head: UINT, tail: UINT, ring_mask: UINT, ring_entries: UINT, flags: UINT, dropped: UINT, array: UINT, user_addr: PTR,
});
layout!(io_cqring_offsets: io_uring::io_cqring_offsets = 40 {
    head: UINT, tail: UINT, ring_mask: UINT, ring_entries: UINT, overflow: UINT, cqes: UINT, flags: UINT, user_addr: PTR,
});
layout!(io_uring_params: io_uring::io_uring_params = 120 {
    flags: bits(&IORING_SETUP), #[verbose] sq_thread_cpu: UINT, #[verbose] sq_thread_idle: UINT, sq_entries: UINT,
    cq_entries: UINT, features: bits(&IORING_FEAT), #[verbose] wq_fd: FD, #[verbose] sq_off: input(&io_sqring_offsets),
    #[verbose] cq_off: input(&io_cqring_offsets),
});
layout!(io_event: own::IoEvent = 32 { data: HEX, obj: HEX, res: LONG, res2: LONG });
layout!(iocb: own::Iocb = 64 {
    aio_data: HEX, aio_key: UINT, aio_rw_flags: bits(&RWF), aio_lio_opcode: one_of(&IOCB_CMD), #[verbose] aio_reqprio: INT,
    aio_fildes: FD, aio_buf: PTR, aio_nbytes: SIZE, aio_offset: OFF, #[verbose] aio_flags: HEX, #[verbose] aio_resfd: FD,
});
layout!(kexec_segment: own::KexecSegment = 32 { buf: PTR, bufsz: SIZE, mem: PTR, memsz: SIZE });
layout!(sigset_argpack: own::SigsetArgpack = 16 { sigmask: PTR, sigsetsize: SIZE });
layout!(aio_sigset: own::SigsetArgpack = 16 { sigmask: PTR, sigsetsize: SIZE });

special! {
    sigset = 8, SignalSet;
    fdset = 8, FdSet;
    cpuset = 8, CpuSet;
    dirent = 1, DirEntries;
    dirent64 = 1, DirEntries;
    wstatus = 4, WaitStatus;
    siginfo = 128, SignalInfo;
    msghdr = 56, Message;
    iocbp = 8, Opaque;
    lsm_ctx = 1, Opaque;
    lsm_id = 8, Opaque;
    msgbuf = 1, Opaque;
    ns_id_req = 32, Opaque;
    perf_event_attr = 136, Opaque;
    statmount = 512, Opaque;
    user_desc = 16, Opaque;
}
