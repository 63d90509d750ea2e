//! The cellar: system calls and registers, and the only unsafe code of the crate. It never asks what a call means.

pub(crate) mod page;
pub(crate) mod affinity;
pub(crate) mod launch;
pub(crate) mod attach;
pub(crate) mod wait;
pub(crate) mod walk;
pub(crate) mod ptrace;
pub(crate) mod memory;
pub(crate) mod supplied;
pub(crate) mod entry;
pub(crate) mod filter;
pub(crate) mod privileges;
pub(crate) mod kill;
pub(crate) mod rescue;
pub(crate) mod diagnosis;
pub(crate) mod mark;
