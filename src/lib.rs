//! expect-syscalls
mod error;
mod abi;
mod trace;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod engine;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod kernel;
mod tracer;
mod expect;

pub use abi::errno::Errno;
pub use error::Error;
pub use expect::each::{Each, Paired};
pub use expect::mismatch::Mismatch;
pub use expect::snapshot::Snapshot;
pub use expect::snapshot::level::Level;
pub use expect::times::Times;
pub use trace::blind::BlindSpot;
pub use trace::call::{Argument, Call, Outcome};
pub use trace::calls::{Matches, Syscall, class};
pub use trace::family;
pub use trace::format::Format;
pub use trace::matcher::CallMatcher;
pub use trace::matcher::value::{
    AddressMatch, ExactMatch, FileMatch, IntoFile, Match, PathMatch, TextMatch, any_of, exactly, field, file,
    has_item, inet, re, under, unix,
};
pub use trace::query::Trace;
pub use trace::record::{Mark, Record};
pub use trace::tree::Process;
pub use trace::value::{
    Buffer, Descriptor, FieldValue, List, PathText, SocketAddress, Structure, Value, Word,
};
pub use tracer::{Tracer, available, expect_syscalls};

/// A builder for every call, checked by the compiler: see [`call!`].
pub mod calls {
    pub use crate::trace::calls::functions::*;
}

#[doc(hidden)]
pub mod __private {
    pub use crate::expect::snapshot::assertion::{Recorded, assert_snapshot};
    pub use crate::expect::snapshot::site::Site;
    pub use crate::trace::calls::{At, Numbered, find, marker};
}
