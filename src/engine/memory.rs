//! The engine's only window on a stopped task.

use std::sync::Arc;

/// A link in `/proc/TID`. See proc(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// What a descriptor refers to.
    Fd(i32),
    /// The working directory.
    Cwd,
}

/// A stopped task: its memory and its links.
pub(crate) trait Memory {
    /// Copies bytes from `address` on. Fewer than asked for: the byte after them cannot be read. None: the errno.
    fn read(&self, address: u64, buf: &mut [u8]) -> Result<usize, i32>;

    /// The text of a link; `None` where there is no such descriptor, or the task is gone.
    fn link(&self, of: Link) -> Option<Arc<[u8]>>;

    /// The pid of the process that the task belongs to; `None` when it is gone.
    fn process(&self) -> Option<u32>;

    /// At an exec: whether the program would have had more privileges if it were not traced.
    fn lost_privileges(&self) -> bool {
        false
    }
}
