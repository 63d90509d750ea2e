//! Snapshots: what a program did, as text that stays the same from run to run, kept in a file.

pub mod level;
pub mod site;
pub(crate) mod pieces;
pub(crate) mod redact;
pub(crate) mod file;
pub(crate) mod place;
pub(crate) mod diff;
pub(crate) mod check;
