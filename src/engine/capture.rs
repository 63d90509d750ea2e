//! stub
use crate::abi::signature::Signature;
use crate::engine::memory::Memory;
use crate::trace::raw::{Capture, FileNote, RawCall};
#[derive(Clone, Debug)]
pub struct Limits {
    pub buffer: usize,
}
impl Default for Limits {
    fn default() -> Limits {
        Limits { buffer: 4096 }
    }
}
#[derive(Debug, Default)]
pub struct Captured {
    pub captures: Vec<Capture>,
    pub files: Vec<FileNote>,
}
pub fn at_entry(
    _s: Option<&Signature>,
    _args: &[u64; 6],
    _l: &Limits,
    _m: &impl Memory,
    _into: &mut Captured,
) {
}
pub fn at_exit(_s: Option<&Signature>, _call: &RawCall, _l: &Limits, _m: &impl Memory, _into: &mut Captured) {
}
