//! From a [`RawCall`] to names and values. Total: whatever the registers and bytes are, there is an answer.

use super::call::{Decoded, Outcome};
use super::raw::RawCall;
use crate::abi::signature::Signature;

/// The name a call goes by.
pub(crate) fn name(_raw: &RawCall) -> &str {
    todo!()
}

/// The row of a native call.
pub(crate) fn signature(_raw: &RawCall) -> Option<&'static Signature> {
    todo!()
}

/// All arguments and the outcome.
pub(crate) fn decode(_raw: &RawCall) -> Decoded {
    Decoded { args: Vec::new(), outcome: Outcome::Unfinished }
}
