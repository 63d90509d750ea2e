//! Calls with any registers over any memory: whatever comes, there is a text, on one line and of bounded length.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::engine::memory::{Link, Memory};
use crate::engine::tracees::fuzz::{ROOT, entry, fuzz, texts};
use crate::trace::raw::Abi;

/// Another one makes other calls; each makes the same ones every time.
const SEED: u64 = 0x5eed;
const ROUNDS: u64 = 12;

#[test]
fn what_a_fuzzer_thinks_of_has_a_text() {
    let mut random = Random(SEED);
    for len in (0..200).chain([4096]) {
        let bytes: Vec<u8> = (0..len).map(|_| random.next() as u8).collect();
        fuzz(&bytes);
    }
}

#[test]
fn anything_has_a_text() {
    for seed in SEED..SEED + ROUNDS {
        if catch_unwind(AssertUnwindSafe(|| every_call(seed))).is_err() {
            panic!("the calls of seed {seed:#x} have no text");
        }
    }
}

/// Each number of the table once, and some that are in none, through every interface.
fn every_call(seed: u64) {
    let mut random = Random(seed);
    let memory = Arbitrary(random.next());
    let calls = (0..480).chain([999, u32::MAX]).map(|number| {
        let abi = random.choose([Abi::X86_64, Abi::X86_64, Abi::X86_64, Abi::I386, Abi::X32]);
        (entry(abi, number, || random.word()), random.result())
    });
    assert!(texts(calls, &memory) > 450);
}

/// splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    fn choose<T: Copy, const N: usize>(&mut self, from: [T; N]) -> T {
        from[(self.next() % N as u64) as usize]
    }

    /// What programs pass, and what they should not.
    fn word(&mut self) -> u64 {
        let (any, small) = (self.next(), self.next() % 70);
        let address = 0x7000_0000_0000 + any % (1 << 24);
        let odd =
            self.choose([u64::MAX, i64::MIN as u64, 1 << 31, 1 << 32, u64::MAX - 4095, 1 << (any % 64)]);
        self.choose([
            0,
            small,
            small,
            (small as i64).wrapping_neg() as u64,
            address,
            address,
            address,
            any,
            odd,
        ])
    }

    fn result(&mut self) -> i64 {
        let word = self.word() as i64;
        let error = -(self.next() as i64 & 0xfff);
        self.choose([0, 1, word, word, error, -512, -516])
    }
}

fn mixed(value: u64) -> u64 {
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}

/// Memory that is the same whenever it is read, with holes. Words in it look like lengths, addresses, text, or nothing.
struct Arbitrary(u64);

impl Arbitrary {
    fn byte(&self, address: u64) -> u8 {
        let word = mixed(self.0 ^ address >> 3);
        let low = address & 7;
        match word >> 32 & 7 {
            0 | 1 if low == 0 => (word & 0x7f) as u8,
            0 | 1 => 0,
            // An address of the same memory.
            2 => (0x7000_0000_0000 + word % (1 << 24)).to_le_bytes()[low as usize],
            3 => 0xff,
            4 | 5 => b"a/.\n\x1b\\\"z"[(word >> low & 7) as usize],
            _ => word.to_le_bytes()[low as usize],
        }
    }
}

impl Memory for Arbitrary {
    fn read(&self, address: u64, buf: &mut [u8]) -> Result<usize, i32> {
        for (index, byte) in buf.iter_mut().enumerate() {
            let at = address.wrapping_add(index as u64);
            if mixed(self.0 ^ at >> 12) & 3 == 0 {
                return if index == 0 { Err(14) } else { Ok(index) };
            }
            *byte = self.byte(at);
        }
        Ok(buf.len())
    }

    fn link(&self, of: Link) -> Option<Arc<[u8]>> {
        const LINKS: [&[u8]; 5] =
            [b"/a/b", b"socket:[5]", b"anon_inode:[x", b"", b"/\xff\n\x1b[31m (deleted)"];
        let Link::Fd(fd) = of else { return Some(LINKS[4].into()) };
        LINKS.get(mixed(self.0 ^ fd as u64) as usize % 6).map(|link| (*link).into())
    }

    fn process(&self) -> Option<u32> {
        Some(ROOT)
    }
}
