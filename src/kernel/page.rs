//! The page on which the tracer thread and the forked child meet before the program is executed.
//!
//! Shared memory and a futex rather than a pipe: the user's own `pre_exec` hooks run before ours and may
//! close every descriptor.
#![allow(unsafe_code)]

use std::io;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use std::time::Duration;

/// How far the two sides have got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum State {
    /// Nobody has come yet.
    Waiting = 0,
    /// The child is in its hook, and its pid is on the page.
    Ready = 1,
    /// It is traced, and may execute the program.
    Go = 2,
    /// It could not be seized; the errno is on the page.
    Refused = 3,
    /// `spawn` returned, and the hook never ran.
    Aborted = 4,
    /// The recording is over: a hook that stays on the `Command` does nothing.
    Inert = 5,
}

#[repr(C)]
struct Shared {
    state: AtomicU32,
    pid: AtomicI32,
    errno: AtomicI32,
}

/// A handle on the page. It stays mapped while a handle lives.
#[derive(Clone)]
pub(crate) struct Page {
    mapping: Arc<Mapping>,
}

struct Mapping(NonNull<Shared>);

// SAFETY: the page holds nothing but atomics.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Page {
    pub(crate) fn new() -> io::Result<Page> {
        // SAFETY: a new anonymous mapping, which aliases nothing.
        let address = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                size_of::<Shared>(),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if address == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let shared = NonNull::new(address.cast::<Shared>()).expect("BUG: mmap returned NULL");
        Ok(Page { mapping: Arc::new(Mapping(shared)) })
    }

    pub(crate) fn is(&self, state: State) -> bool {
        self.shared().state.load(Ordering::Acquire) == state as u32
    }

    pub(crate) fn pid(&self) -> i32 {
        self.shared().pid.load(Ordering::Acquire)
    }

    pub(crate) fn errno(&self) -> i32 {
        self.shared().errno.load(Ordering::Acquire)
    }

    pub(crate) fn set(&self, state: State) {
        self.shared().state.store(state as u32, Ordering::Release);
        self.wake();
    }

    pub(crate) fn announce(&self, pid: i32) {
        self.shared().pid.store(pid, Ordering::Release);
        self.set(State::Ready);
    }

    pub(crate) fn refuse(&self, errno: i32) {
        self.shared().errno.store(errno, Ordering::Release);
        self.set(State::Refused);
    }

    /// Changes the state, unless the other side has done so already.
    pub(crate) fn change(&self, from: State, to: State) -> bool {
        let state = &self.shared().state;
        let changed =
            state.compare_exchange(from as u32, to as u32, Ordering::AcqRel, Ordering::Acquire).is_ok();
        if changed {
            self.wake();
        }
        changed
    }

    /// Waits while the state is `state`; false when `limit` has passed first.
    ///
    /// Called in the forked child: it makes one system call and allocates nothing.
    pub(crate) fn wait_while(&self, state: State, limit: Option<Duration>) -> bool {
        let timeout = limit.map(|limit| libc::timespec {
            tv_sec: limit.as_secs() as libc::time_t,
            tv_nsec: limit.subsec_nanos().into(),
        });
        while self.is(state) {
            let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
            // SAFETY: the word and the time outlive the call. Not FUTEX_PRIVATE_FLAG: two processes wait on it.
            let result = unsafe {
                libc::syscall(
                    libc::SYS_futex,
                    self.shared().state.as_ptr(),
                    libc::FUTEX_WAIT,
                    state as u32,
                    timeout,
                )
            };
            if result < 0 && errno() == libc::ETIMEDOUT {
                return !self.is(state);
            }
        }
        true
    }

    fn wake(&self) {
        // SAFETY: FUTEX_WAKE only uses the address of the word.
        unsafe {
            libc::syscall(libc::SYS_futex, self.shared().state.as_ptr(), libc::FUTEX_WAKE, i32::MAX);
        }
    }

    fn shared(&self) -> &Shared {
        // SAFETY: mapped until the last handle is dropped, zeroed by the kernel, and only ever read as atomics.
        unsafe { self.mapping.0.as_ref() }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the last handle is gone, so nobody can reach the page any more.
        unsafe {
            libc::munmap(self.0.as_ptr().cast(), size_of::<Shared>());
        }
    }
}

fn errno() -> i32 {
    // SAFETY: the location is valid for the calling thread.
    unsafe { *libc::__errno_location() }
}
