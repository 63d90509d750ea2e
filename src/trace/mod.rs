//! The hall: what happened, and what can be asked of it. Plain values: no process, no clock.

pub(crate) mod fault;
pub(crate) mod raw;
pub(crate) mod tree;
pub(crate) mod call;
pub(crate) mod value;
pub(crate) mod bytes;
pub(crate) mod record;
pub(crate) mod resolve;
pub(crate) mod mounts;
pub(crate) mod roots;
pub(crate) mod raced;
pub(crate) mod deleted;
pub(crate) mod sockets;
pub(crate) mod requests;
pub(crate) mod decode;
pub(crate) mod flags;
pub(crate) mod format;
pub(crate) mod matcher;
pub(crate) mod calls;
pub mod family;
pub(crate) mod blind;
pub(crate) mod query;
pub(crate) mod effects;
pub(crate) mod view;
#[cfg(feature = "serde")]
pub(crate) mod serialize;
#[cfg(test)]
pub(crate) mod build;
pub(crate) mod pattern;
