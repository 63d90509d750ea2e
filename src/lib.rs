//! expect-syscalls
mod abi;
mod trace;

pub use abi::errno::Errno;
pub use trace::blind::BlindSpot;
pub use trace::call::{Argument, Call, Outcome};
pub use trace::matcher::CallMatcher;
pub use trace::query::Trace;
pub use trace::record::{Mark, Record};
pub use trace::tree::Process;
pub use trace::value::{
    Buffer, Descriptor, FieldValue, List, PathText, SocketAddress, Structure, Value, Word,
};
