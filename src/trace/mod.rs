//! The hall: what happened, and what can be asked of it. Plain values: no process, no clock.

pub mod raw;
pub mod tree;
pub mod value;
pub mod call;
pub mod record;
pub mod decode;
pub mod matcher;
pub mod blind;
pub mod query;
pub mod pattern;
pub mod effects;
