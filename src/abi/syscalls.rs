use crate::abi::signature::Signature;
pub fn by_number(_n: u32) -> Option<&'static Signature> {
    None
}
