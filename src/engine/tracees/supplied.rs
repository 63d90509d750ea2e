//! Memory of which pages come from another task of the program: see userfaultfd(2) and fuse(4). Who reads such a page while that task
//! is stopped waits for ever, and so a page that is not there is not read. The kernel does read it, and at the exit of the call it is there.

use crate::engine::stop::Entry;
use crate::engine::tracees::{EXECVE, EXECVEAT, Tracees};
use crate::trace::raw::Abi;

pub(super) const USERFAULTFD: u32 = 323;
/// What those who supply pages have open, whatever directory the devices are in.
const SUPPLIES: [&[u8]; 3] = [b"/dev/fuse", b"/dev/userfaultfd", b"anon_inode:[userfaultfd]"];

impl Tracees {
    /// Whether a page that is not there may be one for which a task of the program is asked.
    pub(crate) fn may_supply(&self) -> bool {
        self.supplies
    }

    /// Takes note of who asks to supply pages.
    pub(super) fn look_for_suppliers(&mut self, entry: &Entry) {
        self.supplies |= entry.number == USERFAULTFD && entry.abi == Abi::X86_64;
    }

    /// Takes note of a file by which pages are supplied, also one that was passed to the program.
    pub(super) fn look_at_file(&mut self, link: &[u8]) {
        self.supplies |= SUPPLIES.iter().any(|name| link.ends_with(name));
    }
}

/// Whether the memory of a task is the same at the exit of a call: an exec leaves nothing of it.
pub(super) fn leaves_memory(number: u32, rax: i64) -> bool {
    !matches!(number, EXECVE | EXECVEAT) || rax < 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::capture::Limits;
    use crate::engine::memory::text::{PATH, Text};
    use crate::engine::stop::{Creation, Stop};
    use crate::trace::raw::{Capture, CaptureEnd, Phase};
    use std::cell::Cell;
    use std::time::Duration;

    const ACCESS: u32 = 21;

    fn stop(tracees: &mut Tracees, stop: Stop, text: &'static [u8]) {
        tracees.on_stop(10, stop, Duration::ZERO, &Text(10, text, Cell::new(0)));
    }

    fn entry(number: u32) -> Stop {
        let args = [PATH, 0, 0, 0, 0, 0];
        Stop::Entry(Entry { abi: Abi::X86_64, number, args, instruction_pointer: 1, stack_pointer: 2 })
    }

    fn made(first: u32) -> Tracees {
        let mut tracees = Tracees::new(Limits { buffer: 64, environment: false }, None, false);
        stop(&mut tracees, entry(EXECVE), b"");
        stop(&mut tracees, Stop::Exec(10), b"");
        stop(&mut tracees, Stop::Exit(0), b"");
        stop(&mut tracees, entry(first), b"");
        stop(&mut tracees, Stop::Exit(3), b"");
        tracees
    }

    /// What is known of the path of a call, of which nothing was there at the entry.
    fn path(mut tracees: Tracees, number: u32, rax: i64) -> Option<String> {
        stop(&mut tracees, entry(number), b"");
        stop(&mut tracees, Stop::Exit(rax), b"/a\0");
        let call = tracees.recorded().calls.last().expect("a call");
        let of_path = |it: &&Capture| it.address == PATH && it.phase == Phase::Entry;
        let mut captures = call.noted.captures.iter().filter(of_path);
        let path = captures.next().expect("an argument");
        assert!(captures.next().is_none());
        (path.end == CaptureEnd::Whole).then(|| String::from_utf8_lossy(&path.bytes).into_owned())
    }

    #[test]
    fn what_was_not_there_is_read_once_the_kernel_has_waited_for_it() {
        const GETPID: u32 = 39;
        assert_eq!(path(made(USERFAULTFD), ACCESS, 0).as_deref(), Some("/a"));
        assert_eq!(path(made(USERFAULTFD), EXECVE, -2).as_deref(), Some("/a"));
        // It is the memory of another program then.
        assert_eq!(path(made(USERFAULTFD), EXECVE, 0), None);
        // The kernel could not read it.
        assert_eq!(path(made(GETPID), ACCESS, 0), None);
        // Another thread may have put it there.
        let mut threaded = made(USERFAULTFD);
        stop(&mut threaded, Stop::Created(Creation::Clone, 11), b"");
        assert_eq!(path(threaded, ACCESS, 0), None);
    }

    #[test]
    fn who_supplies_pages_is_known_by_what_is_open() {
        let supplies = |link: &[u8]| {
            let mut tracees = made(39);
            tracees.look_at_file(link);
            tracees.may_supply()
        };
        assert!(supplies(b"/dev/fuse") && supplies(b"/mnt/dev/fuse"));
        assert!(supplies(b"anon_inode:[userfaultfd]"));
        assert!(!supplies(b"/dev/null") && !supplies(b"anon_inode:[eventfd]"));
    }
}
