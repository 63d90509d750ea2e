//! Ground floor: facts about Linux on x86_64. Data only; it imports nothing of this crate but itself.

pub(crate) mod signature;
pub(crate) mod syscalls;
pub(crate) mod constants;
pub(crate) mod structs;
pub(crate) mod selectors;
pub(crate) mod families;
pub(crate) mod errno;
pub(crate) mod signals;
pub(crate) mod other_abi;
pub(crate) mod unseen;
pub(crate) mod check;
#[cfg(test)]
pub(crate) mod lines;
#[cfg(test)]
mod tests;
