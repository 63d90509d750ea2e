//! Effects: what was done, whatever the call was named.

pub(crate) mod list;
pub(crate) mod leaks;
pub(crate) mod operations;
pub(crate) mod arguments;
mod rows;
pub(crate) mod place;
pub(crate) mod runtime;
