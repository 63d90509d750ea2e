//! Which sockets there are, and how they were made: a descriptor alone does not say.

use std::collections::HashMap;
use std::sync::Arc;

use crate::trace::raw::{Abi, FileNote, Phase, RawCall, Socket};

const SOCKET: u32 = 41;
const ACCEPT: u32 = 43;
const SOCKETPAIR: u32 = 53;
const ACCEPT4: u32 = 288;

/// The sockets that recorded calls have made, by their links: descriptors are handed on and numbered anew.
#[derive(Debug, Default)]
pub(super) struct Sockets(HashMap<Arc<[u8]>, Socket>);

impl Sockets {
    /// Says of those in `files` how they were made.
    pub(super) fn tell(&self, files: &mut [FileNote]) {
        if self.0.is_empty() {
            return;
        }
        for note in files {
            note.socket = self.0.get(&note.link).copied();
        }
    }

    /// Whether a recorded call has made it.
    pub(super) fn has(&self, link: &Arc<[u8]>) -> bool {
        self.0.contains_key(link)
    }

    /// Learns from a call that has ended. A socket that was accepted is like the one that listened.
    pub(super) fn learn(&mut self, call: &mut RawCall) {
        let [domain, ty, protocol] = [0, 1, 2].map(|register| call.args()[register] as u32);
        let made = match call.number {
            _ if call.abi != Abi::X86_64 || call.errno().is_some() => None,
            SOCKET | SOCKETPAIR => Some(Socket { domain, ty, protocol }),
            ACCEPT | ACCEPT4 => call.noted.files.iter().find_map(|note| note.socket),
            _ => None,
        };
        if let Some(made) = made {
            let new = call.noted.files.iter().filter(|note| note.phase == Phase::Exit);
            self.0.extend(new.map(|note| (note.link.clone(), made)));
        }
        // Calls that have nothing noted share that.
        if !call.noted.files.is_empty() {
            self.tell(&mut call.noted.files);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::decode::tests::{Made, made};
    use crate::trace::raw::RawOutcome;

    fn left(made: Made, rax: i64) -> RawCall {
        let mut call = made.raw;
        call.outcome = RawOutcome::Left(rax);
        call
    }

    #[test]
    fn a_socket_is_known_by_its_link() {
        let mut sockets = Sockets::default();
        let link = |made: Made, phase, fd, link| made.file(phase, fd, link);
        let mut socket = left(link(made("socket", &[16, 3, 4]), Phase::Exit, 3, "socket:[5]"), 3);
        sockets.learn(&mut socket);
        let netlink = Some(Socket { domain: 16, ty: 3, protocol: 4 });
        assert_eq!(socket.noted.files[0].socket, netlink);
        let told = |sockets: &Sockets, text| {
            let mut files = link(made("close", &[9]), Phase::Entry, 9, text).raw.noted.files.clone();
            sockets.tell(&mut files);
            files[0].socket
        };
        assert_eq!((told(&sockets, "socket:[5]"), told(&sockets, "socket:[6]")), (netlink, None));
        // What failed made nothing; what was accepted is like what listened.
        sockets.learn(&mut left(link(made("socket", &[2, 1, 0]), Phase::Exit, 4, "socket:[6]"), -24));
        assert_eq!(told(&sockets, "socket:[6]"), None);
        let accept = link(made("accept", &[3, 0, 0]), Phase::Entry, 3, "socket:[5]");
        let mut accept = left(link(accept, Phase::Exit, 7, "socket:[7]"), 7);
        sockets.tell(&mut accept.noted.files);
        sockets.learn(&mut accept);
        assert_eq!(told(&sockets, "socket:[7]"), netlink);
    }
}
