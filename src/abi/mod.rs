//! Ground floor: facts about Linux on x86_64. Data only; it imports nothing of this crate but itself.

pub mod signature;
pub mod syscalls;
pub mod constants;
pub mod structs;
pub mod selectors;
pub mod families;
pub mod errno;
pub mod signals;
pub mod other_abi;
pub mod check;
