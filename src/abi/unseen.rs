//! What calls can do their work without being made.

use crate::abi::constants::names;
use crate::abi::families;

/// Whether an io_uring has an operation that does what the call `name`, or a variant of it, does. See io_uring_enter(2).
pub(crate) fn ring_can(name: &str) -> bool {
    RING.contains(&name) || families::variants(name).any(|variant| RING.contains(&variant))
}

/// The calls whose work the requests of io_submit(2) can do. What a socket is given or gives is written and read.
pub(crate) const AIO: [&str; 7] = ["read", "write", "fsync", "fdatasync", "poll", "readv", "writev"];

/// The call whose work a request of io_submit(2) does.
pub(crate) fn aio_does(operation: u16) -> Option<&'static str> {
    match u64::from(operation) {
        names::IOCB_CMD_PREAD => Some("read"),
        names::IOCB_CMD_PREADV => Some("readv"),
        names::IOCB_CMD_PWRITE => Some("write"),
        names::IOCB_CMD_PWRITEV => Some("writev"),
        names::IOCB_CMD_FSYNC => Some("fsync"),
        names::IOCB_CMD_FDSYNC => Some("fdatasync"),
        names::IOCB_CMD_POLL => Some("poll"),
        _ => None,
    }
}

/// Whether to do the work of the call `done` is to do that of the call `name`, or of a variant of it.
pub(crate) fn is_like(done: &str, name: &str) -> bool {
    done == name || families::variants(name).any(|variant| variant == done)
}

/// Whether the vDSO may answer the call `name` in user space. See vdso(7).
pub(crate) fn vdso_answers(name: &str) -> bool {
    matches!(name, "clock_gettime" | "clock_getres" | "gettimeofday" | "time" | "getcpu")
}

/// Files, sockets, sync, polling, pipes, extended attributes, futexes and waiting; nothing that executes, forks,
/// kills, mounts or changes ids.
#[rustfmt::skip]
static RING: &[&str] = &[
    "read", "readv", "write", "writev", "fsync", "fdatasync", "sync_file_range", "poll", "epoll_ctl", "epoll_wait",
    "sendto", "sendmsg", "recvfrom", "recvmsg", "accept4", "connect", "socket", "bind", "listen", "shutdown",
    "getsockopt", "setsockopt", "getsockname", "getpeername", "ioctl", "nanosleep", "clock_nanosleep", "fallocate",
    "ftruncate", "openat", "openat2", "close", "statx", "fadvise64", "madvise", "splice", "tee", "renameat2",
    "unlinkat", "mkdirat", "symlinkat", "linkat", "setxattr", "fsetxattr", "getxattr", "fgetxattr", "pipe2",
    "waitid", "futex", "futex_wait", "futex_wake", "futex_waitv",
];

/// Whether the call `name` is one of those that do anything with sockets.
pub(crate) fn is_network(name: &str) -> bool {
    crate::abi::families::by_name("network").is_some_and(|family| family.members.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::syscalls;

    #[test]
    fn a_ring_opens_and_connects_but_does_not_execute() {
        assert!(["open", "creat", "connect", "pwrite64", "unlink", "pipe"].into_iter().all(ring_can));
        assert!(!["execve", "fork", "clone3", "kill", "mount", "setuid"].into_iter().any(ring_can));
        assert!(RING.iter().all(|name| syscalls::by_name(name).is_some()));
    }

    #[test]
    fn a_list_of_requests_reads_writes_syncs_and_polls() {
        let can = |name: &str| AIO.iter().any(|done| is_like(done, name));
        assert!(["pread64", "pwritev2", "fsync", "fdatasync", "ppoll"].into_iter().all(can));
        assert!(!["openat", "sync", "sendto", "close", "rename", "unlink"].into_iter().any(can));
        let all: Vec<&str> = (0..=9).filter_map(aio_does).collect();
        assert!(all.len() == AIO.len() && all.iter().all(|done| AIO.contains(done)));
        assert!(is_like("write", "pwrite64") && !is_like("read", "pwrite64"));
    }

    #[test]
    fn the_vdso_tells_the_time() {
        assert!(vdso_answers("clock_gettime") && !vdso_answers("clock_settime"));
    }
}
