//! A call with any registers over any memory is decoded and written down without a panic, and within bounds.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| expect_syscalls::fuzz(bytes));
