//! The program's streams and the deadline, watched while the tracer thread works.

use std::fs::File;
use std::io::{self, PipeReader, Read as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::kernel::launch::Ends;
use crate::tracer::drive::{Broken, Control};

/// How long a killed tree may take to die.
const LAST_GRACE: Duration = Duration::from_secs(10);
/// How often a tree that is to die is woken again: the process in reach may have ended by itself.
const INSIST: Duration = Duration::from_millis(20);

/// What the program wrote.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    /// The tracer thread is not done, and will not be.
    pub(crate) stuck: bool,
}

/// Feeds and drains the program's streams until the tracer thread is done, and breaks the recording off at
/// the deadline; without one, it waits as long as the program runs.
///
/// Both outputs are drained at once, so that a program that fills one while nobody reads it cannot hang.
/// Nothing waits for the end of a stream: a process that got away from us may hold it open.
pub(crate) fn until_done(
    ends: Ends,
    input: Arc<[u8]>,
    done: PipeReader,
    control: &Control,
    deadline: Option<Instant>,
    limit: usize,
) -> Output {
    let mut streams = Streams::new(ends, input, limit);
    let mut killing: Option<Instant> = None;
    loop {
        let now = Instant::now();
        if killing.is_none() && deadline.is_some_and(|deadline| now >= deadline) {
            control.break_off(Broken::Timeout);
            killing = Some(now);
        }
        if killing.is_none() && streams.is_over_limit() {
            control.break_off(Broken::Output);
            killing = Some(now);
        }
        if let Some(since) = killing {
            if now >= since + LAST_GRACE {
                return streams.into_output(true);
            }
            control.wake();
        }
        let left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(now));
        let limit = if killing.is_some() { INSIST } else { left };
        if streams.turn(&done, limit) {
            return streams.into_output(false);
        }
    }
}

struct Streams {
    /// What is left of the input, and where it goes.
    stdin: Vec<File>,
    input: Arc<[u8]>,
    written: usize,
    stdout: Sink,
    stderr: Sink,
}

/// The sources of one output, and what came out of them.
struct Sink {
    sources: Vec<File>,
    bytes: Vec<u8>,
    limit: usize,
    over: bool,
}

impl Streams {
    fn new(ends: Ends, input: Arc<[u8]>, limit: usize) -> Streams {
        let sink = |ends: Vec<OwnedFd>| Sink { sources: files(ends), bytes: Vec::new(), limit, over: false };
        let stdin = if input.is_empty() { Vec::new() } else { files(ends.stdin) };
        Streams { stdin, input, written: 0, stdout: sink(ends.stdout), stderr: sink(ends.stderr) }
    }

    fn is_over_limit(&self) -> bool {
        self.stdout.over || self.stderr.over
    }

    /// Waits for something to do, and does it. True when the tracer thread is done and all is drained.
    fn turn(&mut self, done: &PipeReader, limit: Duration) -> bool {
        let is_done = {
            let mut polled = vec![PollFd::new(done.as_fd(), PollFlags::POLLIN)];
            polled.extend(self.stdin.iter().map(|file| PollFd::new(file.as_fd(), PollFlags::POLLOUT)));
            polled.extend(self.sources().map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
            // One millisecond more than asked: the deadline must have passed when it is looked at again.
            let limit = PollTimeout::try_from(limit.saturating_add(Duration::from_millis(1)))
                .unwrap_or(PollTimeout::MAX);
            // EINTR, the only failure, is a turn without anything to do.
            let _ = poll(&mut polled, limit);
            polled[0].any().unwrap_or(false)
        };
        self.feed();
        self.stdout.drain();
        self.stderr.drain();
        is_done
    }

    fn sources(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.stdout.sources.iter().chain(&self.stderr.sources).map(|file| file.as_fd())
    }

    fn feed(&mut self) {
        let input = &self.input;
        let written = &mut self.written;
        self.stdin.retain_mut(|file| {
            while *written < input.len() {
                match file.write(&input[*written..]) {
                    Ok(count) => *written += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
                }
            }
            false
        });
    }

    fn into_output(self, stuck: bool) -> Output {
        Output { stdout: self.stdout.bytes, stderr: self.stderr.bytes, stuck }
    }
}

impl Sink {
    /// Takes what is there. Past the limit it is thrown away, so that the program can still be killed in peace.
    fn drain(&mut self) {
        let mut chunk = [0; 16384];
        let Sink { sources, bytes, limit, over } = self;
        sources.retain_mut(|file| {
            loop {
                match file.read(&mut chunk) {
                    Ok(0) => return false,
                    Ok(count) if bytes.len() + count > *limit => *over = true,
                    Ok(count) => bytes.extend_from_slice(&chunk[..count]),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
                }
                if *over {
                    return true;
                }
            }
        });
    }
}

fn files(ends: Vec<OwnedFd>) -> Vec<File> {
    ends.into_iter()
        .inspect(|end| {
            // Our end alone becomes non-blocking: the program's is another open file. See fcntl(2).
            let _ = fcntl(end, FcntlArg::F_SETFL(OFlag::O_NONBLOCK));
        })
        .map(File::from)
        .collect()
}
