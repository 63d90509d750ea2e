//! What a fuzzer thinks of, as calls: recorded, decoded, and written down.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::capture::Limits;
use crate::engine::memory::{Link, Memory};
use crate::engine::stop::{Entry, Stop};
use crate::engine::tracees::{EXECVE, Tracees};
use crate::trace::call::Call;
use crate::trace::raw::Abi;

pub(crate) const ROOT: u32 = 10;
/// An argv at its limit, with every byte escaped, comes to a fifth of it.
const LONGEST: usize = 2 << 20;

/// A call of these bytes: the registers and the result, in five each, then the memory.
#[cfg_attr(not(fuzzing), allow(unreachable_pub, reason = "it is the door of a fuzzer"))]
pub fn fuzz(bytes: &[u8]) {
    const REGISTERS: usize = 5 * 10;
    let Some((head, memory)) = bytes.split_at_checked(REGISTERS) else { return };
    let mut words = head.chunks_exact(5).map(|word| match word {
        [kind, value @ ..] => {
            let value = u32::from_le_bytes(value.try_into().expect("BUG: four bytes are left"));
            match kind % 4 {
                0 => u64::from(value),
                1 => Given::START + u64::from(value) % (memory.len() as u64 + 1),
                2 => i64::from(value as i32) as u64,
                _ => u64::from(value) << 32 | u64::from(value),
            }
        }
        [] => 0,
    });
    let mut word = || words.next().unwrap_or(0);
    let abi = [Abi::X86_64, Abi::X86_64, Abi::I386, Abi::X32][(word() % 4) as usize];
    let entry = entry(abi, (word() % 480) as u32, &mut word);
    texts([(entry, word() as i64)].into_iter(), &Given(memory));
}

/// Makes these calls, and looks at the text of each: how many there are.
pub(crate) fn texts(calls: impl Iterator<Item = (Entry, i64)>, memory: &impl Memory) -> usize {
    let mut tracees = Tracees::new(Limits { buffer: 64, environment: false }, None, false);
    let mut stop = |stop| {
        tracees.on_stop(ROOT, stop, Duration::ZERO, memory);
    };
    let exec = entry(Abi::X86_64, EXECVE, || 0);
    [Stop::Trap, Stop::Entry(exec), Stop::Exec(ROOT), Stop::Exit(0)].into_iter().for_each(&mut stop);
    for (entry, result) in calls {
        stop(Stop::Entry(entry));
        stop(Stop::Exit(result));
    }
    tracees.on_end(ROOT, 0, Duration::ZERO);
    let (tree, recorded) = tracees.finish();
    let tree = Arc::new(tree);
    let count = recorded.calls.len();
    for raw in recorded.calls {
        let (number, abi) = (raw.number, raw.abi);
        let text = Call::new(raw, tree.clone()).to_string();
        assert!(text.len() < LONGEST, "{} bytes of {number} through {abi:?}", text.len());
        assert!(!text.contains(char::is_control), "{text:?}");
    }
    count
}

pub(crate) fn entry(abi: Abi, number: u32, mut word: impl FnMut() -> u64) -> Entry {
    let args = std::array::from_fn(|_| word());
    Entry { abi, number, args, instruction_pointer: word(), stack_pointer: word() }
}

/// Memory that is there once, and the descriptors with even numbers.
struct Given<'a>(&'a [u8]);

impl Given<'_> {
    const START: u64 = 0x7000_0000_0000;
}

impl Memory for Given<'_> {
    fn read(&self, address: u64, buf: &mut [u8]) -> Result<usize, i32> {
        const EFAULT: i32 = 14;
        let at = address.checked_sub(Given::START).and_then(|at| usize::try_from(at).ok());
        let found = at.and_then(|at| self.0.get(at..)).filter(|found| !found.is_empty()).ok_or(EFAULT)?;
        let len = found.len().min(buf.len());
        buf[..len].copy_from_slice(&found[..len]);
        Ok(len)
    }

    fn link(&self, of: Link) -> Option<Arc<[u8]>> {
        match of {
            Link::Fd(fd) if fd % 2 != 0 => None,
            Link::Fd(_) | Link::Cwd | Link::Root | Link::Exe => {
                Some(self.0.get(..40).unwrap_or(self.0).into())
            }
        }
    }

    fn process(&self) -> Option<u32> {
        Some(ROOT)
    }
}
