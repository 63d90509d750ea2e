//! What a call may have hidden.

use std::collections::BTreeSet;

use crate::engine::tracees::{
    CLONE, CLONE_UNTRACED, CLONE3, IO_SUBMIT, IO_URING_SETUP, clone3_flags, mounts, row,
};
use crate::trace::blind::BlindSpot;
use crate::trace::raw::{Abi, RawCall};
use crate::trace::requests::{self, Request};

const ENOSYS: i32 = 38;

/// What a call that has ended, or never will, may have hidden that is not known yet. Requests are made by the thousand, and ask for the
/// same again.
pub(super) fn news(call: &RawCall, known: &mut BTreeSet<Request>) -> Option<BlindSpot> {
    let spot = blind_spot(call)?;
    let before = known.len();
    if spot == BlindSpot::Aio {
        known.extend(requests::requests(call));
    }
    (spot != BlindSpot::Aio || known.len() > before).then_some(spot)
}

fn blind_spot(call: &RawCall) -> Option<BlindSpot> {
    if call.errno().is_some() && (call.abi == Abi::X86_64 || call.errno() == Some(ENOSYS)) {
        return None;
    }
    match call.number {
        _ if call.abi != Abi::X86_64 => Some(BlindSpot::Foreign),
        CLONE if call.args()[0] & CLONE_UNTRACED != 0 => Some(BlindSpot::Escaped),
        CLONE3 if clone3_flags(call) & CLONE_UNTRACED != 0 => Some(BlindSpot::Escaped),
        IO_URING_SETUP => Some(BlindSpot::IoUring),
        IO_SUBMIT if call.result() != Some(0) => Some(BlindSpot::Aio),
        _ if mounts::changes_names(call) => Some(BlindSpot::Mounts),
        number if row(call.abi, number).is_none() => Some(BlindSpot::UnknownCall),
        _ => None,
    }
}
