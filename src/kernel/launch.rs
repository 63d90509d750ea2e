//! From a `Command` to a traced child in front of its `execve`.
//!
//! The child meets us in a `pre_exec` hook, which std runs last of all, right before the exec: there it waits
//! until it is seized. `PTRACE_TRACEME` looks simpler and was dropped: it does not show the root's own exec,
//! cannot listen in a group-stop, and deadlocks on a signal before the exec.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use linux_personality::Personality;

use crate::kernel::kill::Target;
use crate::kernel::page::{Page, State};
use crate::kernel::wait;

/// How long the child waits to be seized before it gives up, and we for the child: each answers in
/// microseconds, or is dead.
const PATIENCE: Duration = Duration::from_secs(60);

/// What becomes of the standard streams that the `Command` does not redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Streams {
    /// stdin is /dev/null, stdout and stderr are captured.
    Capture,
    /// As `Capture`, but stdin is a pipe that the test fills.
    Feed,
    /// They are the test's own.
    Inherit,
}

/// A recording's way into a `Command`.
pub(crate) struct Launch {
    page: Page,
    /// Our ends of the pipes, and the child's.
    ends: Ends,
    theirs: Vec<OwnedFd>,
}

/// Our ends of the program's standard streams. A stream has two, of which the `Command` decides which carries data.
#[derive(Default)]
pub(crate) struct Ends {
    pub(crate) stdin: Vec<OwnedFd>,
    pub(crate) stdout: Vec<OwnedFd>,
    pub(crate) stderr: Vec<OwnedFd>,
}

/// Why no program runs.
#[derive(Debug)]
pub(crate) enum Failure {
    /// std's own word.
    Std(io::Error),
    /// The child ended before the hook: another hook ended it.
    HookNeverRan,
}

impl Launch {
    /// Adds the hook to `command`. It stays there, and does nothing once the recording is over.
    pub(crate) fn prepare(command: &mut Command, streams: Streams, aslr: bool) -> io::Result<Launch> {
        let page = Page::new()?;
        let mut launch = Launch { page: page.clone(), ends: Ends::default(), theirs: Vec::new() };
        let replacements = match streams {
            Streams::Inherit => Vec::new(),
            Streams::Capture | Streams::Feed => launch.open_streams(streams)?,
        };
        let personality = if aslr { None } else { without_aslr() };
        let hook = Hook { page, replacements, personality };
        // SAFETY: the hook only makes system calls on memory that was set up before the fork.
        unsafe {
            command.pre_exec(move || hook.run());
        }
        Ok(launch)
    }

    pub(crate) fn page(&self) -> Page {
        self.page.clone()
    }

    /// Forks, and returns when the program has been executed, or never will be. Called on the thread that
    /// called us: a program bound to its parent's death is bound to the thread that forked it. See
    /// PR_SET_PDEATHSIG in prctl(2).
    pub(crate) fn spawn(mut self, command: &mut Command) -> Result<Ends, Failure> {
        let result = command.spawn();
        if let Ok(child) = &result {
            self.await_hook(child.id());
        }
        let hook_never_ran = self.page.change(State::Waiting, State::Aborted);
        let child = result.map_err(Failure::Std)?;
        if hook_never_ran {
            wait::reap(child.id());
            return Err(Failure::HookNeverRan);
        }
        // Where the `Command` has a pipe of its own, ours leads nowhere; and as long as a child that another thread
        // forks at this moment holds a copy of its other end, writing to it would not even fail.
        if let Some(stdin) = child.stdin {
            self.ends.stdin = vec![stdin.into()];
        }
        self.ends.stdout.extend(child.stdout.map(OwnedFd::from));
        self.ends.stderr.extend(child.stderr.map(OwnedFd::from));
        Ok(std::mem::take(&mut self.ends))
    }

    /// A user's hook that closes every descriptor also closes the one by which `spawn` learns of the exec:
    /// then it returns while the child is on its way to our hook, or has ended.
    fn await_hook(&self, pid: u32) {
        const TURN: Duration = Duration::from_millis(1);
        let begun = Instant::now();
        let Ok(child) = Target::new(pid) else { return };
        while self.page.is(State::Waiting) && !child.has_ended(TURN) {
            if begun.elapsed() > PATIENCE {
                child.kill();
            }
        }
    }

    fn open_streams(&mut self, streams: Streams) -> io::Result<Vec<Replacement>> {
        let stdin: OwnedFd = if streams == Streams::Feed {
            let (theirs, ours) = io::pipe()?;
            self.ends.stdin.push(ours.into());
            theirs.into()
        } else {
            File::open("/dev/null")?.into()
        };
        let (out, stdout) = io::pipe()?;
        let (err, stderr) = io::pipe()?;
        self.ends.stdout.push(out.into());
        self.ends.stderr.push(err.into());
        let replacements = [stdin, stdout.into(), stderr.into()]
            .into_iter()
            .enumerate()
            .map(|(fd, new)| self.replacement(fd as RawFd, new))
            .collect::<io::Result<_>>()?;
        Ok(replacements)
    }

    fn replacement(&mut self, fd: RawFd, new: OwnedFd) -> io::Result<Replacement> {
        // In a test process with a closed standard stream it may have got that number: a clone is above 2, and
        // the number stays taken until the fork, so that nothing that std opens can get it.
        let new = if new.as_raw_fd() <= 2 {
            let above = new.try_clone()?;
            self.theirs.push(new);
            above
        } else {
            new
        };
        // SAFETY: 0, 1 and 2 are not closed in this process, or the clone fails with EBADF.
        let own = unsafe { BorrowedFd::borrow_raw(fd) }.try_clone_to_owned();
        let path = CString::new(format!("/proc/{}/fd/{}", std::process::id(), new.as_raw_fd()))?;
        let replacement = Replacement {
            fd,
            own: own.as_ref().map_or(-1, |own| own.as_raw_fd()),
            identity: own.as_ref().ok().and_then(|own| identity(own.as_fd().as_raw_fd())),
            new: new.as_raw_fd(),
            new_path: path,
        };
        self.theirs.push(new);
        self.theirs.extend(own);
        Ok(replacement)
    }
}

impl Drop for Launch {
    /// A hook that was never used must not wait for a tracer thread that does not exist.
    fn drop(&mut self) {
        self.page.change(State::Waiting, State::Inert);
    }
}

/// A standard stream, and what takes its place where the `Command` left it alone.
struct Replacement {
    fd: RawFd,
    /// A duplicate of what the test process has there; -1 where that is closed.
    own: RawFd,
    identity: Option<(u64, u64)>,
    new: RawFd,
    /// `new` by another way, for when the user's hooks have closed all descriptors.
    new_path: CString,
}

/// What runs in the forked child, where no lock may be taken and nothing allocated.
struct Hook {
    page: Page,
    replacements: Vec<Replacement>,
    /// Bits of personality(2).
    personality: Option<u32>,
}

impl Hook {
    fn run(&self) -> io::Result<()> {
        if !self.page.is(State::Waiting) {
            return Ok(());
        }
        for replacement in &self.replacements {
            replacement.apply()?;
        }
        if let Some(personality) = self.personality {
            // Containers refuse it; addresses differ then, and nothing else. See personality(2).
            let _ = linux_personality::personality(Personality::from_bits_truncate(personality));
        }
        // After setuid(2), or from an unreadable test binary, seizing would be refused; exec sets it anew.
        // See PR_SET_DUMPABLE in prctl(2).
        // SAFETY: takes numbers only.
        unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 1, 0, 0, 0) };
        // SAFETY: takes nothing.
        self.page.announce(unsafe { libc::getpid() });
        if !self.page.wait_while(State::Ready, Some(PATIENCE)) {
            return Err(io::Error::from_raw_os_error(libc::ETIMEDOUT));
        }
        if self.page.is(State::Refused) {
            return Err(io::Error::from_raw_os_error(self.page.errno()));
        }
        Ok(())
    }
}

impl Replacement {
    fn apply(&self) -> io::Result<()> {
        if !self.is_untouched() {
            return Ok(());
        }
        // SAFETY: dup2 takes numbers only.
        let mut result = unsafe { libc::dup2(self.new, self.fd) };
        if result < 0 {
            // One end of the pipe: who holds both never sees the end of its input.
            let access = if self.fd == 0 { libc::O_RDONLY } else { libc::O_WRONLY };
            // SAFETY: the path is NUL-terminated and was made before the fork.
            let new = unsafe { libc::open(self.new_path.as_ptr(), access | libc::O_CLOEXEC) };
            // SAFETY: as above. `new` is no standard stream, or it is already in its place.
            result = unsafe { libc::dup2(new, self.fd) };
        }
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Whether the child's stream is still the test's own: the same open file, or closed in both.
    fn is_untouched(&self) -> bool {
        const KCMP_FILE: i32 = 0;
        // SAFETY: kcmp(2) takes numbers only.
        let same = unsafe {
            let pid = libc::getpid();
            libc::syscall(libc::SYS_kcmp, pid, pid, KCMP_FILE, self.own, self.fd)
        };
        match same {
            0 => true,
            1.. => false,
            _ => identity(self.fd) == self.identity,
        }
    }
}

/// Device and inode.
fn identity(fd: RawFd) -> Option<(u64, u64)> {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `stat` has room for the structure, which is read only when the call has filled it in.
    unsafe {
        (libc::fstat(fd, stat.as_mut_ptr()) == 0).then(|| {
            let stat = stat.assume_init();
            (stat.st_dev, stat.st_ino)
        })
    }
}

/// The present personality and ADDR_NO_RANDOMIZE.
fn without_aslr() -> Option<u32> {
    let now = linux_personality::get_personality().ok()?;
    Some((now | Personality::ADDR_NO_RANDOMIZE).bits())
}
