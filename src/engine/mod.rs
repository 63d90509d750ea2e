//! Left wing: what the stops of many tasks mean, as a state machine. It makes no system call and knows no clock.

pub(crate) mod stop;
pub(crate) mod memory;
pub(crate) mod capture;
pub(crate) mod family_tree;
pub(crate) mod tracees;
