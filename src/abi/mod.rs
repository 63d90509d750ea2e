//! Ground floor: facts about Linux on x86_64. Data only; it imports nothing of this crate but itself.

pub mod signature;
pub mod errno;
pub mod syscalls;
