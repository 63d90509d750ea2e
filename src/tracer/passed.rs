//! Sockets that no recorded call made, and what may have gone through them.

use std::collections::HashSet;

use crate::abi::families;
use crate::engine::tracees::passed::Passed;
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::call::Call;
use crate::trace::raw::{FileNote, Phase};

/// The first calls that move data through sockets which no call before them made.
pub(crate) fn traffic<'a, P>(calls: impl Iterator<Item = (&'a Call, P)>) -> Vec<(&'a Call, P)> {
    const MESSAGES: [&str; 7] =
        ["sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "io_submit"];
    const MAKE: [&str; 4] = ["socket", "socketpair", "accept", "accept4"];
    let families = ["read", "write"].into_iter().filter_map(families::by_name);
    let data: Vec<&str> = families.flat_map(|family| family.members).copied().chain(MESSAGES).collect();
    let mut known = HashSet::new();
    let mut traffic = Vec::new();
    for (call, place) in calls {
        let mut sockets = sockets(call).peekable();
        if sockets.peek().is_none() {
            continue;
        }
        if MAKE.contains(&call.name()) {
            known.extend(sockets.filter(|note| note.phase == Phase::Exit).map(|note| note.link.clone()));
        } else if data.contains(&call.name()) {
            let used = sockets.filter(|note| note.phase == Phase::Entry);
            let new = used.filter(|note| known.insert(note.link.clone())).count();
            traffic.extend((new > 0).then_some((call, place)));
        }
    }
    traffic
}

/// One that may be used by calls that were left out.
pub(crate) fn unseen(passed: &Passed) -> Hole {
    let how = if passed.received { "received" } else { "inherited" };
    let socket = match &passed.link {
        Some(link) => format!("{}<{}>, {how}", passed.fd, String::from_utf8_lossy(link)),
        None => "what it inherited cannot be listed".to_owned(),
    };
    let remedy = "to see what uses it, add family::read() and family::write() to Tracer::only(..)";
    Hole::new(BlindSpot::PassedSocket, format!("{socket}; {remedy}"))
}

fn sockets(call: &Call) -> impl Iterator<Item = &FileNote> {
    call.raw().noted.files.iter().filter(|note| note.link.starts_with(b"socket:"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::build::{call, trace};

    #[test]
    fn what_goes_through_a_socket_that_was_made_here_is_known() {
        let written = |link| call("write").fd("fd", 3, link).returned(1);
        let submitted = |link| call("io_submit").note(Phase::Entry, 3, link).returned(1);
        let made = call("socket").opened(3, "socket:[1]");
        let (known, new) = ("socket:[1]", "socket:[2]");
        let all = [made, written(known), submitted(known), submitted(new), written(new), written("/d/f")];
        let trace = trace(all);
        let numbers = traffic(trace.shared.calls.iter().zip(1..)).into_iter().map(|(_, number)| number);
        assert_eq!(Vec::from_iter(numbers), [4]);
    }
}
