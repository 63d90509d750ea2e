//! The right wing: what should have happened. Imports the hall and the ground floor, never ptrace.

pub mod snapshot;
