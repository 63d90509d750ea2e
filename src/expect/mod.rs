//! The right wing: what should have happened, and what to say when it did not.

pub(crate) mod assertions;
pub(crate) mod times;
pub(crate) mod mismatch;
pub(crate) mod count;
pub(crate) mod bare_name;
pub(crate) mod allow;
pub(crate) mod order;
pub(crate) mod each;
pub(crate) mod end;
pub(crate) mod report;
pub(crate) mod calls_file;
pub(crate) mod snapshot;
#[cfg(test)]
pub(crate) mod fixture;
pub(crate) mod effects;
