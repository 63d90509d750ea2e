//! The right wing: what should have happened, and what to say when it did not.

pub mod assertions;
pub mod times;
pub mod mismatch;
pub mod count;
pub mod allow;
pub mod order;
pub mod each;
pub mod end;
pub mod report;
pub mod calls_file;
#[cfg(test)]
pub mod fixture;
