//! Killing, without ever hitting a stranger.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, FromRawFd as _, OwnedFd};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// Kills a process that the calling tracer thread has not reaped yet, so that the pid is still its own.
pub(crate) fn kill_tracee(pid: u32) {
    // SAFETY: kill(2) takes numbers only.
    unsafe {
        libc::kill(pid as libc::pid_t, libc::SIGKILL);
    }
}

/// The value that [`Target::ring`] sends along, and its place in siginfo_t. See sigaction(2).
const RING: u64 = 0x6578_7065_6374_2d73;
const RING_AT: usize = 24;

/// Whether this is the siginfo of [`Target::ring`].
pub(crate) fn is_ring(info: &[u8]) -> bool {
    info.get(RING_AT..RING_AT + 8) == Some(&RING.to_ne_bytes())
        && info.get(8..12) == Some(&libc::SI_QUEUE.to_ne_bytes())
}

/// A process that any thread may kill, however late: a pidfd never names another one. See pidfd_open(2).
#[derive(Debug)]
pub(crate) struct Target(OwnedFd);

impl Target {
    pub(crate) fn new(pid: u32) -> io::Result<Target> {
        // SAFETY: pidfd_open(2) takes numbers only.
        let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid as libc::pid_t, 0) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call returned a new descriptor, which nobody else knows.
        Ok(Target(unsafe { OwnedFd::from_raw_fd(fd as i32) }))
    }

    pub(crate) fn kill(&self) {
        let _ = self.send(libc::SIGKILL, std::ptr::null());
    }

    pub(crate) fn signal(&self, signal: i32) -> io::Result<()> {
        self.send(signal, std::ptr::null())
    }

    /// Makes a process that runs under trace stop once, by a signal that no task can block and that its tracer
    /// takes away again: see [`is_ring`]. A thread in waitpid(2) cannot be woken otherwise without a handler
    /// in this process.
    pub(crate) fn ring(&self) -> io::Result<()> {
        // SAFETY: siginfo_t is plain data, for which zeros are valid.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        info.si_signo = libc::SIGSTOP;
        info.si_code = libc::SI_QUEUE;
        // SAFETY: the structure has room for the value that sigqueue(3) sends, at the place it has there.
        unsafe {
            std::ptr::from_mut(&mut info).cast::<u8>().add(RING_AT).cast::<u64>().write_unaligned(RING);
        }
        self.send(libc::SIGSTOP, &info)
    }

    fn send(&self, signal: i32, info: *const libc::siginfo_t) -> io::Result<()> {
        // SAFETY: `info` is null or a structure that outlives the call.
        let result =
            unsafe { libc::syscall(libc::SYS_pidfd_send_signal, self.0.as_raw_fd(), signal, info, 0) };
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Whether it has ended, or ends within `limit`. Unlike waiting, this takes nothing from anybody. See
    /// pidfd_open(2).
    pub(crate) fn has_ended(&self, limit: Duration) -> bool {
        let mut polled = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
        poll(&mut polled, limit).is_ok_and(|ready| ready > 0)
    }
}
