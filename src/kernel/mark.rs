//! A call that does nothing, and can be seen.
#![allow(unsafe_code)]

/// Writes to the descriptor -1, which nobody has: the call fails with EBADF. See write(2).
pub(crate) fn write_nowhere(bytes: &[u8]) {
    // SAFETY: the bytes outlive the call.
    unsafe {
        libc::write(-1, bytes.as_ptr().cast(), bytes.len());
    }
}
