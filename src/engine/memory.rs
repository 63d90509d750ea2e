//! The engine's only window on a stopped task.
use std::sync::Arc;

/// What a link in /proc is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Fd(i32),
    Cwd,
    Root,
}

/// A stopped task, as the engine sees it.
pub trait Memory {
    fn read(&self, address: u64, buf: &mut [u8]) -> Result<usize, i32>;
    fn link(&self, of: Link) -> Option<Arc<[u8]>>;
    fn process(&self) -> Option<u32>;
}
