//! Effects.
pub(crate) mod operations;
pub(crate) mod place;
