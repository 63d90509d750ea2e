//! Types that linux-raw-sys lacks, with the kernel's layout. They lend their offsets and are never made.

#![allow(dead_code)]

macro_rules! types {
    ($($name:ident { $($field:ident: $ty:ty),* $(,)? })*) => {
        $( #[repr(C)]
        pub(crate) struct $name { $( pub(crate) $field: $ty ),* } )*
    };
}

types! {
    Tms { tms_utime: i64, tms_stime: i64, tms_cutime: i64, tms_cstime: i64 }
    Utimbuf { actime: i64, modtime: i64 }
    Ustat { f_tfree: i32, f_tinode: u64, f_fname: [u8; 6], f_fpack: [u8; 6] }
    Rseq {
        cpu_id_start: u32, cpu_id: u32, rseq_cs: u64, flags: u32, node_id: u32, mm_cid: u32,
        padding: u32,
    }
    SchedParam { sched_priority: i32 }
    SchedAttr {
        size: u32, sched_policy: u32, sched_flags: u64, sched_nice: i32, sched_priority: u32,
        sched_runtime: u64, sched_deadline: u64, sched_period: u64, sched_util_min: u32,
        sched_util_max: u32,
    }
    Timex {
        modes: u32, offset: i64, freq: i64, maxerror: i64, esterror: i64, status: i32,
        constant: i64, precision: i64, tolerance: i64, time: [i64; 2], tick: i64, ppsfreq: i64,
        jitter: i64, shift: i32, stabil: i64, jitcnt: i64, calcnt: i64, errcnt: i64, stbcnt: i64,
        tai: i32, reserved: [i32; 11],
    }
    MqAttr { mq_flags: i64, mq_maxmsg: i64, mq_msgsize: i64, mq_curmsgs: i64, reserved: [i64; 4] }
    Sembuf { sem_num: u16, sem_op: i16, sem_flg: i16 }
    IpcPerm {
        key: i32, uid: u32, gid: u32, cuid: u32, cgid: u32, mode: u32, seq: u16, unused: [u64; 2],
    }
    SemidDs {
        sem_perm: IpcPerm, sem_otime: i64, unused1: u64, sem_ctime: i64, unused2: u64,
        sem_nsems: u64, unused3: [u64; 2],
    }
    ShmidDs {
        shm_perm: IpcPerm, shm_segsz: u64, shm_atime: i64, shm_dtime: i64, shm_ctime: i64,
        shm_cpid: i32, shm_lpid: i32, shm_nattch: u64, unused: [u64; 2],
    }
    MsqidDs {
        msg_perm: IpcPerm, msg_stime: i64, msg_rtime: i64, msg_ctime: i64, msg_cbytes: u64,
        msg_qnum: u64, msg_qbytes: u64, msg_lspid: i32, msg_lrpid: i32, unused: [u64; 2],
    }
    FileHandle { handle_bytes: u32, handle_type: i32 }
    IoEvent { data: u64, obj: u64, res: i64, res2: i64 }
    Iocb {
        aio_data: u64, aio_key: u32, aio_rw_flags: i32, aio_lio_opcode: u16, aio_reqprio: i16,
        aio_fildes: u32, aio_buf: u64, aio_nbytes: u64, aio_offset: i64, aio_reserved2: u64,
        aio_flags: u32, aio_resfd: u32,
    }
    KexecSegment { buf: u64, bufsz: u64, mem: u64, memsz: u64 }
    KcmpEpollSlot { efd: u32, tfd: u32, toff: u32 }
    SigsetArgpack { sigmask: u64, sigsetsize: u64 }
    Sigval { sival_ptr: u64 }
    Sigevent { sigev_value: Sigval, sigev_signo: i32, sigev_notify: i32, rest: [u64; 6] }
}
