//! What io_submit(2) is asked for: a list of requests, which are no calls.

use std::collections::HashSet;
use std::sync::Arc;

use crate::abi::families;
use crate::abi::unseen;
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::call::Call;
use crate::trace::effects::arguments::open_flags;
use crate::trace::effects::place::undeleted;
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;
use crate::trace::raw::{Phase, RawCall, RawOutcome};

/// The part of a request that says what it asks for, of which file: `struct iocb` of linux/aio_abi.h.
pub(crate) const HEAD: usize = 24;

const OPERATION: usize = 16;
const FILE: usize = 20;
const WORD: usize = 8;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Request {
    /// The call whose work it does.
    pub(crate) does: &'static str,
    /// What its descriptor refers to, where that is known.
    pub(crate) file: Option<Arc<[u8]>>,
}

/// The descriptor that a request is about.
pub(crate) fn descriptor(head: &[u8]) -> Option<i32> {
    head.get(FILE..)?.first_chunk().copied().map(i32::from_ne_bytes)
}

/// The requests that the kernel has taken, or may have taken. Where they could not be read, everything that there is.
pub(crate) fn requests(call: &RawCall) -> Vec<Request> {
    // A socket that was passed is among what it may be about.
    let anything = || unseen::AIO.into_iter().chain(["sendto", "recvfrom"]);
    let any = || anything().map(|does| Request { does, file: None }).collect();
    listed(call).unwrap_or_else(any)
}

/// The kernel takes them from the front of the list, and says how many it took.
fn listed(call: &RawCall) -> Option<Vec<Request>> {
    let taken = match call.outcome {
        RawOutcome::Left(result) => result,
        RawOutcome::Unfinished => call.args()[1] as i64,
    };
    let taken = usize::try_from(taken.max(0)).ok()?;
    let list = memory(call, call.args()[2], taken.checked_mul(WORD)?)?;
    let mut requests = Vec::new();
    for address in list.chunks_exact(WORD) {
        let head = memory(call, u64::from_ne_bytes(*address.first_chunk()?), HEAD)?;
        let does = unseen::aio_does(u16::from_ne_bytes(*head.get(OPERATION..)?.first_chunk()?));
        let file = descriptor(head).and_then(|fd| file(call, fd));
        requests.extend(does.map(|does| Request { does, file }));
    }
    Some(requests)
}

fn memory(call: &RawCall, address: u64, len: usize) -> Option<&[u8]> {
    let all = call.noted.captures.iter().filter(|it| it.phase == Phase::Entry && it.address == address);
    if len == 0 { Some(&[]) } else { all.filter_map(|it| it.bytes.get(..len)).next() }
}

fn file(call: &RawCall, fd: i32) -> Option<Arc<[u8]>> {
    let note = call.noted.files.iter().find(|note| note.fd == fd && note.phase == Phase::Entry)?;
    Some(note.link.clone())
}

/// What of these could hide what is done to files that `matcher` asks for, whatever the call: a file that a call of `trace`
/// opened to do it is known by that.
pub(crate) fn unopened(mut holes: Vec<Hole>, trace: &Trace, matcher: &CallMatcher) -> Vec<Hole> {
    if holes.iter().any(|hole| hole.spot == BlindSpot::Aio) {
        let opened: HashSet<(Vec<u8>, bool)> = trace.calls().flat_map(opened).collect();
        holes.iter_mut().for_each(|hole| hole.requests.retain(|request| !is_known(request, &opened)));
        holes.retain(|hole| hole.spot != BlindSpot::Aio || hole.hides(matcher));
    }
    holes
}

/// The file that a call opens, and whether to write to it.
fn opened(call: &Call) -> Vec<(Vec<u8>, bool)> {
    const O_ACCMODE: u64 = 3;
    let opens = families::by_name("open").is_some_and(|family| family.members.contains(&call.name()));
    let made = call.raw().noted.files.iter().find(|note| note.phase == Phase::Exit);
    let (Some(made), Some(flags)) = (made.filter(|_| opens), open_flags(call)) else { return Vec::new() };
    let accesses: &[bool] = match flags & O_ACCMODE {
        0 => &[false],
        1 => &[true],
        _ => &[false, true],
    };
    accesses.iter().map(|writes| (undeleted(&made.link).to_owned(), *writes)).collect()
}

/// What has no name is no file whose effects are listed.
fn is_known(request: &Request, opened: &HashSet<(Vec<u8>, bool)>) -> bool {
    let writes = request.does.starts_with("write");
    request.file.as_ref().is_some_and(|file| {
        file.first() != Some(&b'/') || opened.contains(&(undeleted(file).to_owned(), writes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::build::{MadeCall, call, trace};

    const LIST: u64 = 0x5000;

    fn head(operation: u16, fd: i32) -> Vec<u8> {
        [&[0; OPERATION][..], &operation.to_ne_bytes(), &[0; 2], &fd.to_ne_bytes()].concat()
    }

    /// `io_submit` of these operations on 3, which is a file.
    fn submits(operations: &[u16], taken: i64) -> MadeCall {
        let at = |index: usize| LIST + 0x100 * (index as u64 + 1);
        let list: Vec<u8> = (0..operations.len()).flat_map(|index| at(index).to_ne_bytes()).collect();
        let made = call("io_submit").arg("nr", operations.len() as i64).arg("iocbpp", LIST as i64);
        let made = made.memory_at(LIST, &list).note(Phase::Entry, 3, "/d/f").returned(taken);
        let each = operations.iter().enumerate();
        each.fold(made, |made, (index, operation)| made.memory_at(at(index), &head(*operation, 3)))
    }

    fn asked(made: MadeCall) -> Vec<String> {
        let trace = trace([made]);
        let text = |request: Request| {
            let file = request.file.map(|file| String::from_utf8_lossy(&file).into_owned());
            format!("{} {}", request.does, file.unwrap_or_default())
        };
        requests(trace.shared.calls[0].raw()).into_iter().map(text).collect()
    }

    #[test]
    fn what_is_asked_for_stands_in_the_list() {
        assert_eq!(
            asked(submits(&[0, 1, 2, 3, 5, 6, 7, 8], 8)).join(", "),
            "read /d/f, write /d/f, fsync /d/f, \
            fdatasync /d/f, poll /d/f, readv /d/f, writev /d/f"
        );
        // The kernel took the first one.
        assert_eq!(asked(submits(&[0, 1], 1)), ["read /d/f"]);
        assert!(asked(submits(&[6], 1)).is_empty());
    }

    #[test]
    fn what_cannot_be_read_may_ask_for_anything() {
        let unread = call("io_submit").arg("nr", 1).arg("iocbpp", LIST as i64).returned(1);
        assert_eq!(asked(unread.clone()).len(), 9);
        assert_eq!(asked(unread.memory_at(LIST, &0x666_u64.to_ne_bytes())).len(), 9);
        // More than was kept.
        assert_eq!(asked(submits(&[0, 0], 3)).len(), 9);
    }

    /// Whether the requests hide what is done to files that `matcher` asks for, after the file was opened so.
    fn hides(matcher: CallMatcher, opened: Option<i64>, operation: u16) -> bool {
        let open = |flags| call("openat").arg("flags", flags).opened(3, "/d/f");
        let trace = trace(opened.map(open).into_iter().chain([submits(&[operation], 1)]));
        let requests = trace.calls().last().map(|call| requests(call.raw())).unwrap();
        let hole = Hole { requests, ..Hole::new(BlindSpot::Aio, "") };
        !unopened(vec![hole], &trace, &matcher).is_empty()
    }

    #[test]
    fn a_file_that_was_opened_to_it_counts_by_that() {
        use crate::trace::family::{read, unlink, write};
        const O_WRONLY: i64 = 1;
        const O_RDWR: i64 = 2;
        const WRITES: u16 = 1;
        assert!(hides(write(), None, WRITES) && hides(read(), None, 0));
        assert!(!hides(write(), Some(O_WRONLY), WRITES) && !hides(write(), Some(O_RDWR), WRITES));
        assert!(!hides(read(), Some(0), 0) && !hides(read(), Some(O_RDWR), 0));
        // It was opened for the other, and inherited for this.
        assert!(hides(write(), Some(0), WRITES) && hides(read(), Some(O_WRONLY), 0));
        assert!(!hides(unlink(), None, WRITES));
    }
}
