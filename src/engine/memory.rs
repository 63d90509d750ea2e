//! The engine's only window on a stopped task.

use std::sync::Arc;

/// A link in `/proc/TID`. See proc(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// What a descriptor refers to.
    Fd(i32),
    /// The working directory.
    Cwd,
    /// The root directory. See chroot(2).
    Root,
    /// The program.
    Exe,
}

/// Where a walk along a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Walk {
    /// Where its text says: there is no link on the way.
    Straight,
    /// There is a link on the way.
    Linked,
    /// To this file, links resolved.
    To(Arc<[u8]>),
    /// There is nothing of that name.
    Nowhere,
    /// It could not be found out without waiting for somebody, who may be a stopped task.
    Lost,
    /// This kernel cannot be asked. See openat2(2): `RESOLVE_CACHED` came with Linux 5.12.
    Untold,
}

/// A stopped task: its memory and its links.
pub(crate) trait Memory {
    /// Copies bytes from `address` on. Fewer than asked for: the byte after them cannot be read. None: the errno.
    fn read(&self, address: u64, buf: &mut [u8]) -> Result<usize, i32>;

    /// The text of a link; `None` where there is no such descriptor, or the task is gone.
    fn link(&self, of: Link) -> Option<Arc<[u8]>>;

    /// Whether there is a link on the way from a directory along a path, its last component included. Never waits.
    fn look(&self, _from: Link, _path: &[u8]) -> Walk {
        Walk::Untold
    }

    /// Where a path leads from the root directory of the task, links resolved. Never waits.
    fn walk(&self, _path: &[u8]) -> Walk {
        Walk::Untold
    }

    /// The pid of the process that the task belongs to; `None` when it is gone.
    fn process(&self) -> Option<u32>;

    /// The descriptors that are open; `None` where they cannot be listed.
    fn descriptors(&self) -> Option<Vec<i32>> {
        Some(Vec::new())
    }

    /// At an exec: whether the program begins at once, without a dynamic loader.
    fn has_no_loader(&self) -> bool {
        false
    }

    /// At an exec: whether the program would have had more privileges if it were not traced. `kept_back`: it is our doing that
    /// none are gained.
    fn lost_privileges(&self, _kept_back: bool) -> bool {
        false
    }
}

/// A memory for tests.
#[cfg(test)]
pub(crate) mod text {
    use super::*;
    use std::cell::Cell;

    /// A task of this process, in whose memory there is one text, and how often that was read.
    pub(crate) struct Text(pub(crate) u32, pub(crate) &'static [u8], pub(crate) Cell<usize>);

    /// Where the text is.
    pub(crate) const PATH: u64 = 0x1000;

    impl Memory for Text {
        fn read(&self, address: u64, buf: &mut [u8]) -> Result<usize, i32> {
            self.2.set(self.2.get() + 1);
            let rest = address.checked_sub(PATH).and_then(|at| self.1.get(at as usize..)).ok_or(14)?;
            let len = rest.len().min(buf.len());
            buf[..len].copy_from_slice(&rest[..len]);
            Ok(len)
        }

        fn link(&self, _of: Link) -> Option<Arc<[u8]>> {
            None
        }

        fn process(&self) -> Option<u32> {
            Some(self.0)
        }
    }
}
