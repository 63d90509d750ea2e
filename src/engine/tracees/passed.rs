//! Sockets that the program did not make, where the calls that use them are left out: nobody will see whether it does.

use std::sync::Arc;

use crate::abi::families;
use crate::abi::syscalls;
use crate::engine::memory::{Link, Memory};
use crate::engine::tracees::{Open, PIDFD_GETFD, Tracees};
use crate::trace::decode;
use crate::trace::raw::{Abi, RawCall};
use crate::trace::value::Value;

const RECVMSG: u32 = 47;
const RECVMMSG: u32 = 299;

/// A socket that nobody saw made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passed {
    /// The number of its descriptor.
    pub(crate) fd: i32,
    /// Such as `socket:[99]`; `None` where it cannot be known which descriptors there are.
    pub(crate) link: Option<Arc<[u8]>>,
    /// By a call, not as the program began.
    pub(crate) received: bool,
}

impl Tracees {
    /// The root has executed its program, and what it has now it inherited.
    pub(super) fn note_inherited(&mut self, memory: &impl Memory) {
        if !self.leaves_data_out() {
            return;
        }
        let Some(descriptors) = memory.descriptors() else {
            return self.recorded.passed.push(Passed { fd: -1, link: None, received: false });
        };
        for fd in descriptors {
            self.note_passed(fd, false, memory);
        }
    }

    /// A call has ended that may have received some. See unix(7), pidfd_getfd(2).
    pub(super) fn note_received(&mut self, open: &Open, memory: &impl Memory) {
        let call = match open {
            Open::Recorded(index) => &self.recorded.calls[*index],
            Open::Aside(call) => call,
            Open::Skipped => return,
        };
        if !may_have_received(call) || !self.leaves_data_out() {
            return;
        }
        for fd in received(call) {
            self.note_passed(fd, true, memory);
        }
    }

    fn note_passed(&mut self, fd: i32, received: bool, memory: &impl Memory) {
        let link = memory.link(Link::Fd(fd)).filter(|link| link.starts_with(b"socket:"));
        let known = |link: &Arc<[u8]>| {
            self.sockets.has(link) || self.recorded.passed.iter().any(|it| it.link.as_ref() == Some(link))
        };
        if let Some(link) = link.filter(|link| !known(link)) {
            self.recorded.passed.push(Passed { fd, link: Some(link), received });
        }
    }

    /// Whether data can be moved by calls that nobody sees.
    fn leaves_data_out(&self) -> bool {
        let Some(only) = &self.only else { return false };
        let families = ["read", "write"].into_iter().filter_map(families::by_name);
        let mut rows = families.flat_map(|family| family.members).filter_map(|name| syscalls::by_name(name));
        rows.any(|row| !only.contains(&row.number))
    }
}

fn may_have_received(call: &RawCall) -> bool {
    let receives = matches!(call.number, RECVMSG | RECVMMSG | PIDFD_GETFD);
    receives && call.abi == Abi::X86_64 && call.errno().is_none()
}

/// The descriptors that a call has received.
fn received(call: &RawCall) -> Vec<i32> {
    if call.number == PIDFD_GETFD {
        return call.result().map(|fd| fd as i32).into_iter().collect();
    }
    let decoded = decode::decode(call);
    let messages = decoded.args.iter().filter(|arg| matches!(arg.name, "msg" | "msgvec"));
    messages.flat_map(|arg| descriptors(&arg.value)).collect()
}

/// Those in a message, or in a list of them: control messages have some, and nothing else.
fn descriptors(value: &Value) -> Vec<i32> {
    match value {
        Value::Fd(fd) => vec![fd.number()],
        Value::Struct(structure) => {
            structure.fields().iter().flat_map(|field| descriptors(field.value())).collect()
        }
        Value::Changed(_, after) => descriptors(after),
        other => other.items().iter().flat_map(descriptors).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::capture::Limits;
    use crate::engine::stop::{Entry, Stop};
    use std::time::Duration;

    const READ: u32 = 0;
    const WRITE: u32 = 1;
    const CONTROL: u64 = 0x2000;
    const HEADER: u64 = 0x1000;

    /// A task that has two sockets, 0 and 7, and a file, and a message that brought 7.
    struct Holder {
        lists: bool,
    }

    impl Holder {
        fn message() -> Vec<u8> {
            let words = [0, 0, 0, 0, CONTROL, 20, 0_u64];
            words.into_iter().flat_map(u64::to_ne_bytes).collect()
        }

        fn control() -> Vec<u8> {
            let (len, rights) = (20_u64.to_ne_bytes(), [1, 1, 7].map(i32::to_ne_bytes));
            [&len[..], rights.as_flattened(), &[0; 4]].concat()
        }
    }

    impl Memory for Holder {
        fn read(&self, address: u64, buf: &mut [u8]) -> Result<usize, i32> {
            let (at, bytes) =
                if address < CONTROL { (HEADER, Holder::message()) } else { (CONTROL, Holder::control()) };
            let rest = address.checked_sub(at).and_then(|at| bytes.get(at as usize..)).ok_or(14)?;
            let len = rest.len().min(buf.len());
            buf[..len].copy_from_slice(&rest[..len]);
            Ok(len)
        }

        fn link(&self, of: Link) -> Option<Arc<[u8]>> {
            let link: &[u8] = match of {
                Link::Fd(0) => b"socket:[5]",
                Link::Fd(7) => b"socket:[6]",
                Link::Fd(1) => b"/d/f",
                _ => return None,
            };
            Some(link.into())
        }

        fn process(&self) -> Option<u32> {
            Some(10)
        }

        fn descriptors(&self) -> Option<Vec<i32>> {
            self.lists.then(|| vec![0, 1])
        }
    }

    /// What was passed to a program of which these calls are recorded, and which makes one call.
    fn passed(only: Option<Vec<u32>>, number: u32, result: i64, lists: bool) -> Vec<(i32, bool)> {
        let mut tracees = Tracees::new(Limits { buffer: 64, environment: false }, only, false);
        let mut stop = |stop| {
            tracees.on_stop(10, stop, Duration::ZERO, &Holder { lists });
        };
        let entry = |number, args| {
            Stop::Entry(Entry { abi: Abi::X86_64, number, args, instruction_pointer: 1, stack_pointer: 2 })
        };
        stop(entry(59, [0; 6]));
        stop(Stop::Exec(10));
        stop(Stop::Exit(0));
        stop(entry(number, [3, HEADER, 0, 0, 0, 0]));
        stop(Stop::Exit(result));
        tracees.finish().1.passed.into_iter().map(|it| (it.fd, it.received)).collect()
    }

    #[test]
    fn what_was_inherited_is_told_where_its_use_is_not_seen() {
        assert_eq!(passed(Some(vec![41, 47]), 39, 0, true), [(0, false)]);
        assert_eq!(passed(Some(vec![READ, WRITE]), 39, 0, true), [(0, false)]);
        assert_eq!(passed(Some(vec![]), 39, 0, false), [(-1, false)]);
        assert_eq!(passed(None, 39, 0, true), []);
        let families = ["read", "write"].into_iter().filter_map(families::by_name);
        let data = families.flat_map(|family| family.members).filter_map(|name| syscalls::by_name(name));
        let mut data: Vec<u32> = data.map(|row| row.number).collect();
        data.sort_unstable();
        assert_eq!(passed(Some(data), PIDFD_GETFD, 7, true), []);
    }

    #[test]
    fn what_was_received_is_told_too() {
        assert_eq!(passed(Some(vec![RECVMSG]), RECVMSG, 1, true), [(0, false), (7, true)]);
        assert_eq!(passed(Some(vec![RECVMSG]), RECVMSG, -11, true), [(0, false)]);
        // It is followed where it is left out.
        assert_eq!(passed(Some(vec![]), PIDFD_GETFD, 7, true), [(0, false), (7, true)]);
        assert_eq!(passed(Some(vec![]), PIDFD_GETFD, 0, true), [(0, false)]);
    }
}
