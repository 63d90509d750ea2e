//! expect-syscalls
mod error;
mod abi;
mod trace;
mod engine;
mod kernel;
mod tracer;
mod expect;

pub use abi::errno::Errno;
pub use error::Error;
pub use expect::snapshot::level::Level;
pub use trace::blind::BlindSpot;
pub use trace::call::{Argument, Call, Outcome};
pub use trace::format::Format;
pub use trace::matcher::CallMatcher;
pub use trace::query::Trace;
pub use trace::record::{Mark, Record};
pub use trace::tree::Process;
pub use trace::value::{
    Buffer, Descriptor, FieldValue, List, PathText, SocketAddress, Structure, Value, Word,
};
pub use tracer::{Tracer, available, expect_syscalls};
