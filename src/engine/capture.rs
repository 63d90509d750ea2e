//! Which bytes to copy at a stop, and which links to read. Nothing is interpreted, and everything is bounded: a length that the
//! program gives is never a length to allocate.

use crate::abi::signature::{Dir, Layout, Len, Shape, Signature, Struct};
use crate::engine::memory::{Link, Memory};
use crate::trace::raw::{Capture, CaptureEnd, FileNote, Phase, RawCall};
use crate::trace::resolve;

/// PATH_MAX of limits.h: a longer path fails with ENAMETOOLONG.
const PATH_LIMIT: usize = 4096;
/// How much of argv is kept, in strings and in bytes.
const STRINGS: usize = 4096;
const STRING_BYTES: usize = 64 << 10;
/// UIO_MAXIOV of the kernel.
const ARRAY_LIMIT: u64 = 1024;
/// Larger than any structure the kernel knows.
const STRUCT_LIMIT: u64 = 4096;
/// Strings are read in pieces that end where a small page would.
const PIECE: u64 = 256;
const EFAULT: i32 = 14;
const AT_FDCWD: i32 = -100;

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes of each data buffer.
    pub(crate) buffer: usize,
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
    limits: &Limits,
    memory: &impl Memory,
) -> Captured {
    let mut stop =
        At { phase: Phase::Entry, args, result: None, limits, memory, captured: Captured::default() };
    let Some(row) = row else { return stop.captured };
    for (register, name, shape) in resolve::arguments(row, args) {
        stop.argument(row, name, args[register], shape);
    }
    stop.directory(row);
    stop.captured
}

/// What the kernel has written, and what a new descriptor refers to. Nothing for a call that failed.
pub(crate) fn at_exit(
    row: Option<&'static Signature>,
    call: &RawCall,
    limits: &Limits,
    memory: &impl Memory,
) -> Captured {
    let result = call.result();
    let mut stop =
        At { phase: Phase::Exit, args: &call.args, result, limits, memory, captured: Captured::default() };
    let (Some(row), Some(result)) = (row, result) else { return stop.captured };
    for (register, name, shape) in resolve::arguments(row, &call.args) {
        stop.argument(row, name, call.args[register], shape);
    }
    if let Shape::Fd = resolve::result(row, &call.args) {
        stop.link(result as i32);
    }
    stop.captured
}

/// A stop of a call.
struct At<'a, M> {
    phase: Phase,
    args: &'a [u64; 6],
    /// What the call returned, at its exit.
    result: Option<i64>,
    limits: &'a Limits,
    memory: &'a M,
    captured: Captured,
}

impl<M: Memory> At<'_, M> {
    fn argument(&mut self, row: &'static Signature, name: &str, value: u64, shape: Shape) {
        let entry = self.phase == Phase::Entry;
        match shape {
            Shape::Fd | Shape::DirFd if entry && value as i32 != AT_FDCWD => self.link(value as i32),
            Shape::Path | Shape::Str if entry => {
                self.string(value, PATH_LIMIT);
            }
            Shape::StrVec if entry && name == "argv" => self.strings(value),
            // The environment is counted, not copied.
            Shape::StrVec if entry => drop(self.pointers(value)),
            Shape::Bytes(dir, len) if self.is_due(dir) => {
                let len = self.length(row, len);
                self.buffer(value, len);
            }
            Shape::PathOut(len) if !entry => {
                let len = self.length(row, len).min(PATH_LIMIT as u64);
                self.copy(value, len, PATH_LIMIT as u64);
            }
            Shape::One(dir, of) if self.is_due(dir) => self.structures(value, of, 1),
            Shape::Many(dir, of, len) if self.is_due(dir) => {
                let count = self.length(row, len);
                self.structures(value, of, count);
            }
            Shape::Scalars(dir, kind, len) if self.is_due(dir) => {
                let count = self.length(row, len).min(ARRAY_LIMIT);
                self.scalars(value, &kind.shape, count);
            }
            Shape::Iov(dir, count) => {
                let count = self.length(row, Len::Arg(count));
                self.vectors(value, count, dir);
            }
            Shape::SockAddr(dir, len) if self.is_due(dir) => {
                let len = self.length(row, len);
                self.copy(value, len, 128);
            }
            _ => {}
        }
    }

    /// Input is copied at entry, output at exit, both at both.
    fn is_due(&self, dir: Dir) -> bool {
        matches!(
            (self.phase, dir),
            (Phase::Entry, Dir::In | Dir::InOut) | (Phase::Exit, Dir::Out | Dir::InOut)
        )
    }

    fn length(&self, row: &'static Signature, len: Len) -> u64 {
        resolve::length(row, self.args, len, self.result, |address| {
            let mut word = [0; 4];
            (self.memory.read(address, &mut word) == Ok(4)).then(|| u32::from_ne_bytes(word))
        })
    }

    /// The directory that a relative path starts from, where no descriptor names it.
    fn directory(&mut self, row: &'static Signature) {
        let mut named = false;
        for (register, param) in row.params.iter().enumerate() {
            match param.kind.shape {
                Shape::DirFd => {
                    named = true;
                    if self.args[register] as i32 == AT_FDCWD {
                        return self.cwd();
                    }
                }
                Shape::Path if !named => return self.cwd(),
                _ => {}
            }
        }
    }

    fn cwd(&mut self) {
        // An absolute path needs none; most paths are.
        let paths = self.captured.captures.iter();
        if paths.clone().all(|path| path.bytes.first() == Some(&b'/')) && paths.len() > 0 {
            return;
        }
        if let Some(link) = self.memory.link(Link::Cwd) {
            self.captured.files.push(FileNote { phase: self.phase, fd: AT_FDCWD, link });
        }
    }

    fn link(&mut self, fd: i32) {
        if fd >= 0
            && let Some(link) = self.memory.link(Link::Fd(fd))
        {
            self.captured.files.push(FileNote { phase: self.phase, fd, link });
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

    /// argv: the array, and its strings.
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
        let end = loop {
            if pointers.len() == STRINGS {
                break CaptureEnd::Truncated;
            }
            let mut word = [0; 8];
            let at = address.wrapping_add(8 * pointers.len() as u64);
            match self.memory.read(at, &mut word) {
                Ok(8) => match u64::from_ne_bytes(word) {
                    0 => break CaptureEnd::Whole,
                    pointer => pointers.push(pointer),
                },
                Ok(_) => break CaptureEnd::Unreadable(EFAULT),
                Err(errno) => break CaptureEnd::Unreadable(errno),
            }
        };
        let bytes = pointers.iter().flat_map(|pointer| pointer.to_ne_bytes()).collect();
        self.push(address, bytes, end);
        pointers
    }

    fn buffer(&mut self, address: u64, len: u64) {
        self.copy(address, len, self.limits.buffer as u64);
    }

    fn structures(&mut self, address: u64, of: &'static Struct, count: u64) {
        match of.layout {
            Layout::Opaque => {}
            Layout::DirEntries => self.copy(address, count, 32 << 10),
            Layout::CpuSet => self.copy(address, count, STRUCT_LIMIT),
            _ => {
                let count = count.min(ARRAY_LIMIT);
                self.copy(address, count * of.size as u64, ARRAY_LIMIT * of.size as u64);
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

    /// The array of `struct iovec` at entry; the buffers behind when their bytes are there.
    fn vectors(&mut self, address: u64, count: u64, dir: Dir) {
        let mut words = vec![0; (count.min(ARRAY_LIMIT) * 16) as usize];
        let read = self.memory.read(address, &mut words).unwrap_or(0);
        words.truncate(read);
        if self.phase == Phase::Entry {
            self.copy(address, count.saturating_mul(16), ARRAY_LIMIT * 16);
        }
        if !self.is_due(dir) {
            return;
        }
        let mut left = self.result.map_or(u64::MAX, |result| result as u64);
        let mut kept = self.limits.buffer as u64;
        for vector in words.chunks_exact(16) {
            let word = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_ne_bytes);
            let len = word(&vector[8..]).min(left);
            left -= len;
            if len > 0 && kept > 0 {
                self.copy(word(&vector[..8]), len, kept);
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
