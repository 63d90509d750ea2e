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
        // SAFETY: no siginfo is passed.
        unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                self.0.as_raw_fd(),
                libc::SIGKILL,
                std::ptr::null::<libc::siginfo_t>(),
                0,
            );
        }
    }

    /// Whether it has ended, or ends within `limit`. Unlike waiting, this takes nothing from anybody. See
    /// pidfd_open(2).
    pub(crate) fn has_ended(&self, limit: Duration) -> bool {
        let mut polled = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
        poll(&mut polled, limit).is_ok_and(|ready| ready > 0)
    }
}
