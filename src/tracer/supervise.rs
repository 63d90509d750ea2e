//! The program's streams and the deadline, watched while the tracer thread works.

use std::fs::File;
use std::io::{self, PipeReader, Read as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::kernel::launch::Ends;
use crate::tracer::control::{Broken, Control, DONE, Output};
use crate::tracer::placement::REST;

/// How long a killed tree may take to die.
const LAST_GRACE: Duration = Duration::from_secs(10);
/// How often a tree that is to die is woken again: the process in reach may have ended by itself.
const INSIST: Duration = Duration::from_millis(20);

/// How often streams are looked at that cannot be watched.
const BLIND: Duration = Duration::from_millis(1);

/// The tracer thread is not done, and will not be.
#[derive(Debug)]
pub(crate) struct Stuck;

/// Feeds and drains the program's streams until the tracer thread is done, and breaks the recording off at
/// the deadline; without one, it waits as long as the program runs.
///
/// A program that was let go, and writes to us, finds its streams open as long as this process lives.
///
/// Both outputs are drained at once, so that a program that fills one while nobody reads it cannot hang.
/// Nothing waits for the end of a stream: a process that got away from us may hold it open.
pub(crate) fn until_done(
    ends: Ends,
    input: Arc<[u8]>,
    news: &PipeReader,
    control: &Control,
    deadline: Option<Instant>,
    limit: usize,
) -> Result<(), Stuck> {
    let mut streams = Streams::new(ends, input, limit);
    let watched = watch(&mut streams, news, control, deadline);
    control.close_output();
    if control.is_leaving() && !streams.is_idle() {
        // Without the thread the program gets SIGPIPE, as it does when this process ends.
        let _ = thread::Builder::new().name("streams".to_owned()).spawn(move || streams.drain());
    }
    watched
}

fn watch(
    streams: &mut Streams,
    news: &PipeReader,
    control: &Control,
    deadline: Option<Instant>,
) -> Result<(), Stuck> {
    let mut killing: Option<Instant> = None;
    loop {
        let now = Instant::now();
        if killing.is_none() && deadline.is_some_and(|deadline| now >= deadline) {
            control.note_hindrance();
            control.break_off(Broken::Timeout);
            killing = Some(now);
        }
        if killing.is_none() && streams.is_over_limit() {
            control.break_off(Broken::Output);
            killing = Some(now);
        }
        if let Some(since) = killing {
            if now >= since + LAST_GRACE {
                return Err(Stuck);
            }
            control.insist(now - since);
        }
        let left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(now));
        let limit = if killing.is_some() { INSIST } else { left };
        let limit = if control.placement().rest(control.elapsed()) { limit.min(REST) } else { limit };
        let is_done = control.is_done();
        let has_news = streams.await_something(Some(news), limit);
        let mut bytes = [0; 64];
        let count = if has_news { (&*news).read(&mut bytes).unwrap_or(0) } else { 0 };
        // What the program wrote before the news is in the pipes now.
        streams.take_turn(&mut control.output());
        match is_done || bytes[..count].contains(&DONE) {
            true => return Ok(()),
            false => control.answer(&bytes[..count]),
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
    limit: usize,
    over: bool,
}

impl Streams {
    fn new(ends: Ends, input: Arc<[u8]>, limit: usize) -> Streams {
        let sink = |ends: Vec<OwnedFd>| Sink { sources: files(ends), limit, over: false };
        let stdin = if input.is_empty() { Vec::new() } else { files(ends.stdin) };
        Streams { stdin, input, written: 0, stdout: sink(ends.stdout), stderr: sink(ends.stderr) }
    }

    fn is_over_limit(&self) -> bool {
        self.stdout.over || self.stderr.over
    }

    fn is_idle(&self) -> bool {
        self.stdin.is_empty() && self.stdout.sources.is_empty() && self.stderr.sources.is_empty()
    }

    /// Goes on until nobody holds the other ends, and throws away what comes.
    fn drain(mut self) {
        while !self.is_idle() {
            self.await_something(None, Duration::MAX);
            self.take_turn(&mut Output::default());
        }
    }

    /// Whether there is news; there may be something to do besides.
    fn await_something(&self, news: Option<&PipeReader>, limit: Duration) -> bool {
        let mut polled: Vec<PollFd<'_>> = Vec::new();
        polled.extend(self.stdin.iter().map(|file| PollFd::new(file.as_fd(), PollFlags::POLLOUT)));
        polled.extend(self.sources().map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
        polled.extend(news.map(|news| PollFd::new(news.as_fd(), PollFlags::POLLIN)));
        // One millisecond more than asked: the deadline must have passed when it is looked at again.
        let limit =
            PollTimeout::try_from(limit.saturating_add(Duration::from_millis(1))).unwrap_or(PollTimeout::MAX);
        // EINTR is a turn without anything to do.
        if poll(&mut polled, limit) == Err(Errno::EINVAL) {
            // More than this process may open by now: see RLIMIT_NOFILE in poll(2). Somebody has to look by himself.
            thread::sleep(BLIND);
            return false;
        }
        news.is_some() && polled.last().and_then(PollFd::any).unwrap_or(false)
    }

    fn take_turn(&mut self, output: &mut Output) {
        self.feed();
        self.stdout.drain(&mut output.stdout);
        self.stderr.drain(&mut output.stderr);
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
}

impl Sink {
    /// Takes what is there. Past the limit it is thrown away, so that the program can still be killed in peace.
    fn drain(&mut self, bytes: &mut Vec<u8>) {
        let mut chunk = [0; 16384];
        let Sink { sources, limit, over } = self;
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
