//! Which bytes to copy at a stop, and which links to read. Nothing is interpreted, and everything is bounded: a length that the
//! program gives is never a length to allocate.

pub(crate) mod again;
pub(crate) mod places;

use crate::abi::signature::{Dir, Layout, Len, Shape, Signature, Struct};
use crate::engine::memory::{Link, Memory};
use crate::trace::raw::{Capture, CaptureEnd, FileNote, Phase, RawCall, RawOutcome, SIGNAL_FRAME_MASK};
use crate::trace::requests;
use crate::trace::resolve::{self, AT_FDCWD};

/// PATH_MAX of limits.h: a longer path fails with ENAMETOOLONG.
const PATH_LIMIT: usize = 4096;
/// How much of argv is kept, in strings and in bytes.
const STRINGS: usize = 4096;
const STRING_BYTES: usize = 64 << 10;
/// UIO_MAXIOV of the kernel.
const ARRAY_LIMIT: u64 = 1024;
/// Larger than any structure the kernel knows.
const STRUCT_LIMIT: u64 = 4096;
/// Larger than any socket address: `struct sockaddr_storage`.
const ADDRESS_LIMIT: u64 = 128;
/// How many messages of one call are followed to their buffers.
const MESSAGES: usize = 64;
/// Strings are read in pieces that end where a small page would.
const PIECE: u64 = 256;
const WORD: usize = 8;
/// A signal set of the kernel.
const SIGSET: u64 = 8;
const EFAULT: i32 = 14;

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes of each data buffer.
    pub(crate) buffer: usize,
    /// Whether the variables of environments are kept.
    pub(crate) environment: bool,
}

/// What one stop gave.
#[derive(Debug, Default)]
pub(crate) struct Captured {
    pub(crate) captures: Vec<Capture>,
    pub(crate) files: Vec<FileNote>,
}

/// What must be copied before the kernel works on the call.
pub(crate) fn at_entry(
    row: Option<&'static Signature>,
    args: &[u64; 6],
    stack_pointer: u64,
    limits: &Limits,
    memory: &impl Memory,
) -> Captured {
    let captured = Captured::default();
    let Some(row) = row else { return captured };
    let mut stop = At { row, phase: Phase::Entry, args, result: None, entry: &[], limits, memory, captured };
    for (register, name, shape) in resolve::arguments(row, args) {
        stop.argument(name, args[register], shape);
    }
    if row.name == "rt_sigreturn" {
        stop.copy(stack_pointer.wrapping_add(SIGNAL_FRAME_MASK), SIGSET, SIGSET);
    }
    if row.name == "io_submit" {
        stop.requests(args[2], args[1]);
    }
    stop.working_directory();
    stop.captured
}

/// What the kernel has written, and what a new descriptor refers to.
pub(crate) fn at_exit(
    row: Option<&'static Signature>,
    call: &RawCall,
    limits: &Limits,
    memory: &impl Memory,
) -> Captured {
    let captured = Captured::default();
    let (Some(row), RawOutcome::Left(_)) = (row, call.outcome) else { return captured };
    let (args, entry, result) = (call.args(), &call.noted.captures, call.result());
    let mut stop = At { row, phase: Phase::Exit, args, result, entry, limits, memory, captured };
    for (register, name, shape) in resolve::arguments(row, args) {
        if resolve::is_written(row, args, name, call.outcome) {
            stop.argument(name, args[register], shape);
        }
    }
    if let (Some(fd), Shape::Fd) = (result, resolve::result(row, args)) {
        stop.link(fd as i32);
    }
    stop.captured
}

/// A stop of a call.
struct At<'a, M> {
    row: &'static Signature,
    phase: Phase,
    args: &'a [u64; 6],
    /// What the call returned, at its exit.
    result: Option<i64>,
    /// What was copied at entry, at its exit.
    entry: &'a [Capture],
    limits: &'a Limits,
    memory: &'a M,
    captured: Captured,
}

impl<M: Memory> At<'_, M> {
    fn argument(&mut self, name: &str, value: u64, shape: Shape) {
        let entry = self.phase != Phase::Exit;
        match shape {
            Shape::Fd | Shape::DirFd if self.phase == Phase::Again => self.link_again(name, value as i32),
            Shape::Fd | Shape::DirFd if entry && value as i32 != AT_FDCWD => self.link(value as i32),
            Shape::Path | Shape::Str if entry => {
                self.string(value, PATH_LIMIT);
            }
            Shape::StrVec if entry && (name == "argv" || self.limits.environment) => self.strings(value),
            // The environment is counted then, not copied.
            Shape::StrVec if entry => drop(self.pointers(value)),
            Shape::Bytes(dir, len) if self.is_due(dir) => {
                let len = self.length(len);
                self.buffer(value, len);
            }
            Shape::PathOut(len) if !entry => {
                let len = self.length(len).min(PATH_LIMIT as u64);
                self.copy(value, len, PATH_LIMIT as u64);
            }
            Shape::One(dir, of) if self.is_due(dir) => self.structures(value, of, of.size as u64),
            Shape::Many(dir, of, len) if self.is_due(dir) => {
                let bytes = resolve::extent(of, len, self.length(len));
                self.structures(value, of, bytes);
            }
            Shape::One(_, of) | Shape::Many(_, of, _) if self.phase == Phase::Again => {
                self.messages(value, of)
            }
            Shape::Scalars(dir, kind, len) if self.is_due(dir) => {
                let count = self.length(len).min(ARRAY_LIMIT);
                self.scalars(value, &kind.shape, count);
            }
            Shape::Iov(dir, count) => {
                let count = self.length(Len::Arg(count));
                self.vectors(value, count, dir, self.received());
            }
            Shape::SockAddr(dir, len) if self.is_due(dir) => {
                let len = self.length(len);
                self.copy(value, len, ADDRESS_LIMIT);
            }
            _ => {}
        }
    }

    /// Input is copied at entry, output at exit, both at both.
    fn is_due(&self, dir: Dir) -> bool {
        matches!(
            (self.phase, dir),
            (Phase::Entry, Dir::In | Dir::InOut)
                | (Phase::Exit, Dir::Out | Dir::InOut)
                | (Phase::Again, Dir::In)
        )
    }

    fn length(&self, len: Len) -> u64 {
        resolve::length(self.row, self.args, len, self.result, |address| {
            let mut word = [0; 4];
            let now = (self.memory.read(address, &mut word) == Ok(4)).then(|| u32::from_ne_bytes(word))?;
            // The kernel writes no more than there was room for, and says how much there would have been.
            let before = self.before(address).first_chunk().copied().map(u32::from_ne_bytes);
            Some(before.map_or(now, |before| now.min(before)))
        })
    }

    /// What was copied from `address` first: at entry, if it was read then.
    fn before(&self, address: u64) -> &[u8] {
        let mut captures = self.entry.iter().chain(&self.captured.captures);
        captures.find(|capture| capture.address == address).map_or(&[], |capture| &capture.bytes)
    }

    /// The working directory, where a path, or a directory without one, starts there.
    fn working_directory(&mut self) {
        let starts_here = |(register, shape): (usize, Shape)| match shape {
            Shape::Path => {
                let relative = !self.before(self.args[register]).starts_with(b"/");
                relative && resolve::start(self.row, self.args, register) == Some(AT_FDCWD)
            }
            Shape::DirFd => {
                let next = self.row.params.get(register + 1).map(|param| param.kind.shape);
                self.args[register] as i32 == AT_FDCWD && !matches!(next, Some(Shape::Path))
            }
            _ => false,
        };
        let mut shapes =
            self.row.params.iter().enumerate().map(|(register, param)| (register, param.kind.shape));
        if !shapes.any(starts_here) {
            return;
        }
        if let Some(link) = self.memory.link(Link::Cwd) {
            self.captured.files.push(FileNote { phase: self.phase, fd: AT_FDCWD, link, socket: None });
        }
    }

    fn link(&mut self, fd: i32) {
        if fd < 0 {
            return;
        }
        if let Some(link) = self.memory.link(Link::Fd(fd)) {
            self.captured.files.push(FileNote { phase: self.phase, fd, link, socket: None });
        }
    }

    /// What a descriptor refers to now, unless the call itself closes or replaces it, or moves it to another name.
    fn link_again(&mut self, name: &str, fd: i32) {
        let replaced = matches!((self.row.name, name), ("dup2" | "dup3", "newfd") | ("close", _));
        if fd >= 0 && !replaced && !matches!(self.row.name, "move_mount" | "setns") {
            let link = self.memory.link(Link::Fd(fd)).unwrap_or_default();
            self.captured.files.push(FileNote { phase: self.phase, fd, link, socket: None });
        }
    }

    /// Up to its NUL, which is not kept.
    fn string(&mut self, address: u64, limit: usize) -> usize {
        if address == 0 {
            return 0;
        }
        let mut bytes = Vec::new();
        let mut piece = [0; PIECE as usize];
        let end = loop {
            let at = address.wrapping_add(bytes.len() as u64);
            let wanted = (PIECE - at % PIECE).min((limit - bytes.len()) as u64) as usize;
            if wanted == 0 {
                break CaptureEnd::Truncated;
            }
            let (read, errno) = match self.memory.read(at, &mut piece[..wanted]) {
                Ok(read) => (read, EFAULT),
                Err(errno) => (0, errno),
            };
            if let Some(end) = piece[..read].iter().position(|&byte| byte == 0) {
                bytes.extend_from_slice(&piece[..end]);
                break CaptureEnd::Whole;
            }
            bytes.extend_from_slice(&piece[..read]);
            if read < wanted {
                break CaptureEnd::Unreadable(errno);
            }
        };
        let len = bytes.len();
        self.push(address, bytes, end);
        len
    }

    /// argv or envp: the array, and its strings.
    fn strings(&mut self, address: u64) {
        let mut left = STRING_BYTES;
        for pointer in self.pointers(address) {
            if left == 0 {
                break;
            }
            left -= self.string(pointer, left).min(left);
        }
    }

    /// The addresses of a NULL-terminated array, the NULL not among them.
    fn pointers(&mut self, address: u64) -> Vec<u64> {
        let mut pointers = Vec::new();
        if address == 0 {
            return pointers;
        }
        let mut piece = [0; PIECE as usize];
        let end = loop {
            if pointers.len() >= STRINGS {
                break CaptureEnd::Truncated;
            }
            let at = address.wrapping_add((WORD * pointers.len()) as u64);
            // Whole words, in pieces as for strings; a word across the end of one is read alone.
            let wanted = ((PIECE - at % PIECE) as usize / WORD * WORD).max(WORD);
            let (read, errno) = match self.memory.read(at, &mut piece[..wanted]) {
                Ok(read) => (read, EFAULT),
                Err(errno) => (0, errno),
            };
            let found = words(&piece[..read]);
            let null = found.iter().position(|&pointer| pointer == 0);
            pointers.extend_from_slice(&found[..null.unwrap_or(found.len())]);
            if null.is_some() {
                break CaptureEnd::Whole;
            }
            if read < wanted {
                break CaptureEnd::Unreadable(errno);
            }
        };
        let bytes = pointers.iter().flat_map(|pointer| pointer.to_ne_bytes()).collect();
        self.push(address, bytes, end);
        pointers
    }

    fn buffer(&mut self, address: u64, len: u64) {
        self.copy(address, len, self.limits.buffer as u64);
    }

    fn structures(&mut self, address: u64, of: &'static Struct, bytes: u64) {
        match of.layout {
            Layout::Opaque => return,
            Layout::DirEntries => self.copy(address, bytes, 32 << 10),
            Layout::CpuSet => self.copy(address, bytes, STRUCT_LIMIT),
            _ => self.copy(address, bytes, ARRAY_LIMIT * of.size as u64),
        }
        self.messages(address, of);
        let leads_to_a_set = matches!(of.name, "sigset_argpack" | "aio_sigset");
        if let Some(set) = word(self.before(address), 0).filter(|_| leads_to_a_set) {
            self.copy(set, SIGSET, SIGSET);
        }
        if self.row.name == "clone3" && self.phase == Phase::Exit {
            self.new_thread(address);
        }
    }

    /// What the messages in a structure lead to.
    fn messages(&mut self, address: u64, of: &'static Struct) {
        for at in messages(of) {
            // At exit the structure may hold other addresses than the ones that were used.
            let all = self.before(address).chunks_exact(of.size.max(1)).take(MESSAGES);
            let headers: Vec<Vec<u8>> = all.map(|item| item.get(at..).unwrap_or_default().to_vec()).collect();
            for (index, before) in headers.iter().enumerate() {
                let now = match self.phase {
                    Phase::Again => before.clone(),
                    _ => self.now(address, index * of.size + at),
                };
                self.message(before, &now);
            }
        }
    }

    /// What was copied from `address` at this stop, from `skip` on.
    fn now(&self, address: u64, skip: usize) -> Vec<u8> {
        let capture = self.captured.captures.iter().find(|capture| capture.address == address);
        capture.and_then(|capture| capture.bytes.get(skip..)).unwrap_or_default().to_vec()
    }

    /// io_submit(2): the list, and what each of its requests asks for, of which file.
    fn requests(&mut self, list: u64, count: u64) {
        self.copy(list, count.saturating_mul(WORD as u64), ARRAY_LIMIT * WORD as u64);
        for request in words(self.before(list)) {
            self.copy(request, requests::HEAD as u64, requests::HEAD as u64);
            let fd = requests::descriptor(self.before(request));
            if let Some(fd) = fd.filter(|fd| self.captured.files.iter().all(|note| note.fd != *fd)) {
                self.link(fd);
            }
        }
    }

    /// `struct msghdr`: the address, the buffers, the control messages. See recvmsg(2).
    fn message(&mut self, before: &[u8], now: &[u8]) {
        const HEADER: usize = 56;
        let field = |of: &[u8], at| word(of, at).unwrap_or(0);
        let name_room = u64::from(field(before, 8) as u32);
        let name_len = u64::from(field(now, 8) as u32).min(name_room);
        let control_len = field(now, 40).min(field(before, 40));
        let dir = if self.row.name.starts_with("recv") { Dir::Out } else { Dir::In };
        // recvmmsg(2) returns a number of messages; how long each is stands behind it.
        let received = match self.row.name {
            "recvmmsg" => u64::from(field(now, HEADER) as u32),
            _ => self.received(),
        };
        self.vectors(field(before, 16), field(before, 24), dir, received);
        if self.is_due(dir) {
            self.copy(field(before, 0), name_len, ADDRESS_LIMIT);
            self.copy(field(before, 32), control_len, STRUCT_LIMIT);
        }
    }

    /// Where clone3(2) has left the descriptor and the number of what is new: CLONE_PIDFD, CLONE_PARENT_SETTID.
    fn new_thread(&mut self, address: u64) {
        /// Flags, and the offsets of the addresses that they are about.
        const LEFT: [(u64, usize); 2] = [(0x1000, 8), (0x10_0000, 24)];
        for (flag, at) in LEFT {
            let arguments = self.before(address);
            match (word(arguments, 0), word(arguments, at)) {
                (Some(flags), Some(number)) if flags & flag != 0 => self.copy(number, 4, 4),
                _ => {}
            }
        }
    }

    fn scalars(&mut self, address: u64, shape: &Shape, count: u64) {
        let size = resolve::size_of(shape);
        self.copy(address, count * size, ARRAY_LIMIT * 8);
        if let (Shape::Fd, Phase::Exit) = (shape, self.phase) {
            let last = self.captured.captures.last().filter(|capture| capture.address == address);
            let bytes = last.map(|capture| capture.bytes.clone()).unwrap_or_default();
            for fd in bytes.chunks_exact(4).filter_map(|word| word.try_into().ok()).map(i32::from_ne_bytes) {
                self.link(fd);
            }
        }
    }

    /// How many bytes the call has read; any number before its exit.
    fn received(&self) -> u64 {
        self.result.map_or(u64::MAX, |result| result as u64)
    }

    /// The array of `struct iovec`, and the buffers behind when their bytes are there; `left` of them in all.
    fn vectors(&mut self, address: u64, count: u64, dir: Dir, mut left: u64) {
        const VECTOR: u64 = 2 * WORD as u64;
        if self.before(address).is_empty() {
            self.copy(address, count.saturating_mul(VECTOR), ARRAY_LIMIT * VECTOR);
        }
        if !self.is_due(dir) {
            return;
        }
        let mut kept = self.limits.buffer as u64;
        for vector in words(self.before(address)).chunks_exact(2) {
            let len = vector[1].min(left);
            left -= len;
            if len > 0 && kept > 0 {
                self.copy(vector[0], len, kept);
                kept -= len.min(kept);
            }
        }
    }

    /// `len` bytes, at most `limit`.
    fn copy(&mut self, address: u64, len: u64, limit: u64) {
        let wanted = len.min(limit) as usize;
        if address == 0 || wanted == 0 {
            return;
        }
        let mut bytes = vec![0; wanted];
        let (read, errno) = match self.memory.read(address, &mut bytes) {
            Ok(read) => (read, EFAULT),
            Err(errno) => (0, errno),
        };
        bytes.truncate(read);
        let end = match () {
            () if read < wanted => CaptureEnd::Unreadable(errno),
            () if len > limit => CaptureEnd::Truncated,
            () => CaptureEnd::Whole,
        };
        self.push(address, bytes, end);
    }

    fn push(&mut self, address: u64, bytes: Vec<u8>, end: CaptureEnd) {
        self.captured.captures.push(Capture { phase: self.phase, address, bytes: bytes.into(), end });
    }
}

/// Where in a structure there are messages: it is one, or has them as fields.
fn messages(of: &'static Struct) -> Vec<usize> {
    match of.layout {
        Layout::Message => vec![0],
        Layout::Fields(fields) => {
            let is_message =
                |shape: &Shape| matches!(shape, Shape::One(_, of) if matches!(of.layout, Layout::Message));
            fields.iter().filter(|field| is_message(&field.kind.shape)).map(|field| field.offset).collect()
        }
        _ => Vec::new(),
    }
}

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.chunks_exact(WORD).filter_map(|bytes| word(bytes, 0)).collect()
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_ne_bytes)
}

#[cfg(test)]
mod tests;
