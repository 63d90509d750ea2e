//! Effects.
pub(crate) mod operations;
pub(crate) mod place;
pub(crate) mod list;
pub(crate) mod runtime;
