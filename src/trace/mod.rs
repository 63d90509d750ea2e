//! The hall: what happened, and what can be asked of it. Plain values: no process, no clock.

pub mod raw;
pub mod tree;
pub mod call;
pub mod value;
pub mod bytes;
pub mod record;
pub mod resolve;
pub mod decode;
pub mod flags;
pub mod format;
pub mod matcher;
pub mod calls;
pub mod family;
pub mod blind;
pub mod query;
pub mod effects;
