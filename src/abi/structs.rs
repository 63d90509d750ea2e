//! The layouts of structures, as field tables: short reads and structures that grow come for free.
//!
//! Offsets are those of the type in linux-raw-sys that has the kernel's layout; its size is compared with the kernel's when the
//! crate is compiled. Structures without a table yet are shown as their address.

#![allow(non_upper_case_globals)]

use linux_raw_sys::{general, net, system};

use crate::abi::constants::files::{
    EPOLL, FLOCK_TYPE, MOUNT_ATTR, O, POLL, RESOLVE, SEEK, ST, STATX, STATX_ATTR,
};
use crate::abi::constants::process::{CLONE, HANDLER, SA, SS};
use crate::abi::signature::*;

const fn size_of_field<T, F>(_: fn(T) -> F) -> usize {
    size_of::<F>()
}

/// `name: type = size { field: kind, ... }`; a `#[verbose]` field is left out of the text unless it is verbose. In a field, the kind of a
/// structure means one that is embedded.
macro_rules! layout {
    ($name:ident : $ty:ty = $size:literal { $($(#[$verbose:ident])? $field:ident $(as $shown:ident)? : $kind:expr),* $(,)? }) => {
        const _: () = assert!(
            size_of::<$ty>() == $size,
            concat!("`", stringify!($ty), "` is not ", $size, " bytes, as in the kernel")
        );
        #[doc = concat!("`struct ", stringify!($name), "`.")]
        pub static $name: Struct = Struct {
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
        pub static $name: Struct = Struct { name: stringify!($name), size: $size, layout: Layout::$layout }; )*
    };
}

layout!(stat: general::stat = 144 {
    #[verbose] st_dev: DEV, #[verbose] st_ino: ULONG, st_mode: MODE, #[verbose] st_nlink: ULONG,
    #[verbose] st_uid: UID, #[verbose] st_gid: GID, #[verbose] st_blksize: LONG, #[verbose] st_blocks: LONG,
    st_size: OFF, st_rdev: DEV, #[verbose] st_atime: LONG, #[verbose] st_atime_nsec: ULONG,
    #[verbose] st_mtime: LONG, #[verbose] st_mtime_nsec: ULONG, #[verbose] st_ctime: LONG, #[verbose] st_ctime_nsec: ULONG,
});
layout!(statx: general::statx = 256 {
    stx_mask: bits(&STATX), #[verbose] stx_blksize: UINT, stx_attributes: bits(&STATX_ATTR),
    #[verbose] stx_nlink: UINT, #[verbose] stx_uid: UID, #[verbose] stx_gid: GID, stx_mode: MODE,
    #[verbose] stx_ino: ULONG, stx_size: ULONG, #[verbose] stx_blocks: ULONG,
    #[verbose] stx_attributes_mask: bits(&STATX_ATTR), #[verbose] stx_rdev_major: UINT,
    #[verbose] stx_rdev_minor: UINT, #[verbose] stx_dev_major: UINT, #[verbose] stx_dev_minor: UINT,
    #[verbose] stx_mnt_id: ULONG,
});
layout!(statfs: general::statfs = 120 {
    f_type: HEX, f_bsize: LONG, f_blocks: LONG, f_bfree: LONG, f_bavail: LONG, f_files: LONG, f_ffree: LONG,
    f_namelen: LONG, f_frsize: LONG, f_flags: bits(&ST),
});
layout!(timespec: general::__kernel_timespec = 16 { tv_sec: LONG, tv_nsec: LONG });
layout!(utimespec: general::__kernel_timespec = 16 { tv_sec: LONG, tv_nsec: LONG });
layout!(timeval: general::__kernel_old_timeval = 16 { tv_sec: LONG, tv_usec: LONG });
layout!(timezone: general::timezone = 8 { tz_minuteswest: INT, tz_dsttime: INT });
layout!(ksigaction: general::kernel_sigaction = 32 {
    sa_handler_kernel as sa_handler: one_of(&HANDLER), sa_mask: input(&sigset), sa_flags: bits(&SA), sa_restorer: PTR,
});
layout!(stack_t: general::stack_t = 24 { ss_sp: PTR, ss_flags: bits(&SS), ss_size: SIZE });
layout!(rlimit: general::rlimit64 = 16 { rlim_cur: ULONG, rlim_max: ULONG });
layout!(sysinfo: system::sysinfo = 112 {
    uptime: LONG, totalram: ULONG, freeram: ULONG, sharedram: ULONG, bufferram: ULONG, totalswap: ULONG,
    freeswap: ULONG, procs: UINT, totalhigh: ULONG, freehigh: ULONG, mem_unit: UINT,
});
layout!(pollfd: general::pollfd = 8 { fd: FD, events: bits(&POLL), revents: bits(&POLL) });
layout!(epoll_event: general::epoll_event = 12 { events: bits(&EPOLL), data: HEX });
layout!(iovec: general::iovec = 16 { iov_base: PTR, iov_len: SIZE });
layout!(flock: general::flock = 32 {
    l_type: one_of(&FLOCK_TYPE), l_whence: one_of(&SEEK), l_start: OFF, l_len: OFF, #[verbose] l_pid: PID,
});
layout!(winsize: general::winsize = 8 { ws_row: UINT, ws_col: UINT, ws_xpixel: UINT, ws_ypixel: UINT });
layout!(open_how: general::open_how = 24 { flags: bits(&O), mode: MODE, resolve: bits(&RESOLVE) });
layout!(clone_args: general::clone_args = 88 {
    flags: bits(&CLONE), pidfd: PTR, child_tid: PTR, parent_tid: PTR, exit_signal: SIGNAL, stack: PTR,
    stack_size: SIZE, tls: PTR, #[verbose] set_tid: PTR, #[verbose] set_tid_size: ULONG, #[verbose] cgroup: ULONG,
});
layout!(linger: net::linger = 8 { l_onoff: INT, l_linger: INT });
layout!(ucred: net::ucred = 12 { pid: PID, uid: UID, gid: GID });
layout!(mount_attr: general::mount_attr = 32 {
    attr_set: bits(&MOUNT_ATTR), attr_clr: bits(&MOUNT_ATTR), propagation: HEX, userns_fd: FD,
});

special! {
    sigset = 8, SignalSet;
    fdset = 8, FdSet;
    cpuset = 8, CpuSet;
    dirent64 = 1, DirEntries;
    wstatus = 4, WaitStatus;
    aio_sigset = 16, Opaque;
    cachestat = 40, Opaque;
    cachestat_range = 16, Opaque;
    cap_data = 12, Opaque;
    cap_header = 8, Opaque;
    dirent = 1, Opaque;
    file_attr = 24, Opaque;
    file_handle = 8, Opaque;
    futex_waitv = 24, Opaque;
    io_event = 32, Opaque;
    io_uring_params = 120, Opaque;
    iocb = 64, Opaque;
    iocbp = 8, Opaque;
    itimerspec = 32, Opaque;
    itimerval = 32, Opaque;
    kexec_segment = 32, Opaque;
    landlock_ruleset_attr = 24, Opaque;
    lsm_ctx = 1, Opaque;
    lsm_id = 8, Opaque;
    mmsghdr = 64, Opaque;
    mnt_id_req = 32, Opaque;
    mq_attr = 64, Opaque;
    msgbuf = 1, Opaque;
    msghdr = 56, Opaque;
    nodemask = 8, Opaque;
    ns_id_req = 32, Opaque;
    perf_event_attr = 136, Opaque;
    rseq = 32, Opaque;
    rusage = 144, Opaque;
    sched_attr = 56, Opaque;
    sched_param = 4, Opaque;
    sembuf = 6, Opaque;
    sigevent = 64, Opaque;
    siginfo = 128, Opaque;
    sigset_argpack = 16, Opaque;
    statmount = 512, Opaque;
    timex = 208, Opaque;
    tms = 32, Opaque;
    user_desc = 16, Opaque;
    ustat = 32, Opaque;
    utimbuf = 16, Opaque;
    utsname = 390, Opaque;
    xattr_args = 16, Opaque;
    termios = 36, Opaque;
    f_owner_ex = 8, Opaque;
}
