//! The staircase: settings, one thread, one loop, the deadline, the program's streams.

#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod record;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod drive;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod supervise;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod assemble;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod busy;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod control;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod search;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod passed;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod placement;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod filtering;
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
mod program;
pub(crate) mod running;
mod inject;
pub(crate) mod sweep;
#[cfg(not(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere))))]
mod elsewhere;
#[cfg(not(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere))))]
use elsewhere::{program, record};
pub(crate) mod mark;

use std::borrow::BorrowMut;
use std::fmt;
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::error::{Error, Reason};
use crate::trace::fault::{Fault, Occurrences};
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;
use crate::trace::record::Record;
use crate::tracer::program::Program;
use crate::tracer::running::Running;

/// Runs `command` and everything it starts under ptrace(2), and returns what they asked of the kernel.
///
/// The same as [`Tracer::new`]`().`[`run`](Tracer::run)`(command)`: the settings are described there.
///
/// Everything the [`Command`] says is honoured. Where it says nothing, stdin is `/dev/null`, and stdout and
/// stderr are captured: see [`Trace::stdout`]. The command can be used again afterwards, traced or not.
///
/// # Panics
///
/// When there is no recording: the program cannot be run, tracing is not permitted here, or the program has
/// not ended within 60 s. [`Tracer::try_run`] returns the error instead.
///
/// # Examples
///
/// ```
/// use expect_syscalls::{call, expect_syscalls, family};
/// use std::process::Command;
///
/// let trace = expect_syscalls(Command::new("cat").arg("/etc/passwd"));
/// trace
///     .success()
///     .contains(call!("openat", path = "/etc/passwd"))
///     .never(family::network());
/// ```
///
/// A trace is bound to a name before it is asked, since every assertion hands on a reference to it:
///
/// ```compile_fail,E0716
/// # use expect_syscalls::expect_syscalls;
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("true")).success();
/// trace.never("connect");
/// ```
#[track_caller]
pub fn expect_syscalls(command: impl BorrowMut<Command>) -> Trace {
    Tracer::new().run(command)
}

/// Whether this machine lets this process trace, found out by doing it, once per process.
///
/// # Errors
///
/// An [`Error`] that says what was refused, why, and what helps. No test is skipped on its own: one that
/// wants to go on without tracing says so itself.
///
/// ```
/// if let Err(why) = expect_syscalls::available() {
///     assert!(std::env::var_os("CI").is_none(), "{why}");
///     eprintln!("NOT CHECKED: {why}");
///     return;
/// }
/// ```
pub fn available() -> Result<(), Error> {
    static REFUSAL: OnceLock<Option<String>> = OnceLock::new();
    let refusal = REFUSAL.get_or_init(|| match Tracer::new().try_run(Command::new("/proc/self/exe/none")) {
        Err(error) if error.is_spawn_failure() => None,
        Err(error) => Some(error.to_string()),
        Ok(_) => Some("a file was executed as if it were a directory".to_owned()),
    });
    match refusal {
        None => Ok(()),
        Some(text) => Err(Error::new(Reason::Unavailable(text.clone()))),
    }
}

/// How to record. Plain settings: a test suite keeps one in a function.
///
/// ```
/// use expect_syscalls::Tracer;
/// use std::process::Command;
/// use std::time::Duration;
///
/// fn tracer() -> Tracer {
///     Tracer::new().timeout(Duration::from_secs(10)).hermetic()
/// }
///
/// let trace = tracer().stdin("3\n1\n2\n").run(&mut Command::new("sort"));
/// assert_eq!(trace.stdout(), b"1\n2\n3\n");
/// ```
#[derive(Clone)]
pub struct Tracer {
    timeout: Duration,
    stdin: Option<Arc<[u8]>>,
    only: Option<Vec<CallMatcher>>,
    buffer_limit: usize,
    environment: bool,
    output_limit: usize,
    call_limit: usize,
    task_limit: usize,
    trace_limit: usize,
    aslr: bool,
    vdso: bool,
    capture: bool,
    io_uring: bool,
    seccomp: bool,
    hermetic: bool,
    sweep_threads: usize,
    rules: Vec<(Occurrences, Fault)>,
}

/// Called with each [`Record`] of a recording, on the tracer thread.
type Observer = Box<dyn FnMut(&Record) + Send>;

impl Tracer {
    /// The settings of [`expect_syscalls`].
    #[must_use]
    pub fn new() -> Tracer {
        Tracer {
            timeout: Duration::from_secs(60),
            stdin: None,
            only: None,
            buffer_limit: 4096,
            environment: false,
            output_limit: 16 << 20,
            call_limit: 1_000_000,
            task_limit: 4096,
            trace_limit: 1 << 30,
            aslr: false,
            vdso: true,
            capture: true,
            io_uring: true,
            seccomp: true,
            hermetic: false,
            sweep_threads: 1,
            rules: Vec::new(),
        }
    }

    /// How long the program and everything it started may take: 60 s unless said otherwise. Then all of it is
    /// killed, and the recording fails with what every task was blocked in.
    ///
    /// Traced calls take 50 to 100 times as long as others, whole programs 2 to 30 times.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Tracer {
        self.timeout = timeout;
        self
    }

    /// What the program reads from stdin, where the `Command` does not redirect it. Nothing unless said otherwise.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Tracer {
        self.stdin = Some(bytes.into().into());
        self
    }

    /// Records just the calls that one of the matchers names; arguments they ask about are not looked at. The others are made at
    /// full speed where a filter can be had: see [`seccomp`](Tracer::seccomp). Negative assertions about them cannot tell: see
    /// [`BlindSpot::Filter`](crate::BlindSpot::Filter).
    ///
    /// ```
    /// # use expect_syscalls::{family, Tracer};
    /// # use std::process::Command;
    /// let trace = Tracer::new().only([family::open(), family::network()]).run(Command::new("true"));
    /// trace.never(family::network());
    /// assert!(trace.try_never("execve").unwrap_err().is_inconclusive());
    /// ```
    ///
    /// # Panics
    ///
    /// On an unknown name, and when there is no matcher at all.
    #[must_use]
    #[track_caller]
    pub fn only<M: Into<CallMatcher>>(mut self, calls: impl IntoIterator<Item = M>) -> Tracer {
        let mut matchers = Vec::new();
        for call in calls {
            matchers.push(call.into());
        }
        assert!(!matchers.is_empty(), "only([]) would record nothing: name the calls to record");
        self.only = Some(matchers);
        self
    }

    /// Whether a seccomp filter may let the calls that [`only`](Tracer::only) leaves out pass in the kernel, at full speed. On unless said
    /// otherwise; the trace is the same without it, and takes longer.
    ///
    /// The filter is the program's until its end, and it shows: in `/proc/PID/status`, in that programs are executed without the
    /// privileges of a set-user-ID bit where the test has no `CAP_SYS_PTRACE` (a traced program gets none anyway), and in that what
    /// needs `no_new_privs` needs it no more. A program that a filter would disturb fails the recording, with an error that says so:
    /// one that enters the strict mode of seccomp(2), or gives all its threads a filter at once, or makes tasks with `CLONE_UNTRACED`.
    ///
    /// Without a filter in any case: [`spawn`](Tracer::spawn), whose program may be let go, [`attach`](Tracer::attach),
    /// [`inject`](Tracer::inject), programs that have a filter of their own from then on, and tests that run under one, as in many
    /// containers.
    ///
    /// ```
    /// # use expect_syscalls::{family, Tracer};
    /// # use std::process::Command;
    /// let tracer = Tracer::new().only([family::network()]);
    /// let filtered = tracer.clone().run(Command::new("true"));
    /// let stepwise = tracer.seccomp(false).run(Command::new("true"));
    /// assert_eq!(filtered.count(family::network()), stepwise.count(family::network()));
    /// ```
    #[must_use]
    pub fn seccomp(mut self, on: bool) -> Tracer {
        self.seccomp = on;
        self
    }

    /// How many bytes are kept of each data buffer: 4096 unless said otherwise. Paths are always whole. What
    /// a matcher asks about bytes beyond it cannot be told.
    #[must_use]
    pub fn buffer_limit(mut self, bytes: usize) -> Tracer {
        self.buffer_limit = bytes;
        self
    }

    /// Whether the variables that a program is executed with are recorded, up to 64 KiB of them. When not, as unless said otherwise,
    /// they are counted only, since they may be secrets, which a failed test or a golden file would show.
    ///
    /// ```
    /// # use expect_syscalls::{Tracer, call, has_item};
    /// # use std::process::Command;
    /// let trace = Tracer::new().environment(true).run(Command::new("sh").args(["-c", "A=1 /bin/true; exit 0"]));
    /// trace.success().contains(call!("execve", path = "/bin/true", envp = has_item("A=1")));
    /// trace.never(call!("execve", envp = has_item("A=2")));
    /// ```
    #[must_use]
    pub fn environment(mut self, on: bool) -> Tracer {
        self.environment = on;
        self
    }

    /// How many bytes the program may write to stdout, and to stderr, while they are captured: 16 MiB unless
    /// said otherwise. More, and it is killed and the recording fails.
    #[must_use]
    pub fn output_limit(mut self, bytes: usize) -> Tracer {
        self.output_limit = bytes;
        self
    }

    /// How many calls may be recorded: a million unless said otherwise. More, and the program is killed and
    /// the recording fails.
    #[must_use]
    pub fn call_limit(mut self, calls: usize) -> Tracer {
        self.call_limit = calls;
        self
    }

    /// How many tasks, processes and threads, may be alive at once: 4096 unless said otherwise. More, and the
    /// program is killed and the recording fails.
    #[must_use]
    pub fn task_limit(mut self, tasks: usize) -> Tracer {
        self.task_limit = tasks;
        self
    }

    /// How many bytes of memory the recording may take: 1 GiB unless said otherwise. More, and the program is killed and
    /// the recording fails. Counted are the paths and buffers that are kept, and 512 bytes for each call. What the program
    /// itself takes is not.
    ///
    /// [`only`](Tracer::only) records fewer calls, [`buffer_limit`](Tracer::buffer_limit) less of each.
    #[must_use]
    pub fn trace_limit(mut self, bytes: usize) -> Tracer {
        self.trace_limit = bytes;
        self
    }

    /// Whether the kernel may place the program's memory at random addresses. Off unless said otherwise, so
    /// that addresses in a trace repeat, as far as the machine permits it: containers may refuse. See
    /// ADDR_NO_RANDOMIZE in personality(2).
    #[must_use]
    pub fn aslr(mut self, on: bool) -> Tracer {
        self.aslr = on;
        self
    }

    /// Whether programs find the vDSO, through which the C library reads clocks without a call. When not, `clock_gettime` and its
    /// like are calls that can be seen, and slower. See vdso(7).
    ///
    /// Before a program runs, the entry `AT_SYSINFO_EHDR` of its auxiliary vector is made `AT_IGNORE`. See getauxval(3). Nothing can
    /// hide the clock instruction of the processor, or the old vsyscall page, which no C library since 2014 uses.
    ///
    /// ```
    /// # use expect_syscalls::{family, Tracer};
    /// # use std::process::Command;
    /// let trace = Tracer::new().vdso(false).run(Command::new("date"));
    /// trace.success().contains(family::clock());
    /// let trace = Tracer::new().vdso(false).run(Command::new("true"));
    /// trace.success().never(family::clock());
    /// ```
    #[must_use]
    pub fn vdso(mut self, on: bool) -> Tracer {
        self.vdso = on;
        self
    }

    /// Whether standard streams that the `Command` does not redirect are captured. When not, they are the test's own:
    /// for a program that talks to a terminal.
    #[must_use]
    pub fn capture(mut self, on: bool) -> Tracer {
        self.capture = on;
        self
    }

    /// Whether the program may set up an io_uring. When not, `io_uring_setup` fails with `ENOSYS`, as on an older kernel, and
    /// programs fall back to calls that can be seen; what an io_uring does is no system call. See io_uring(7).
    #[must_use]
    pub fn io_uring(mut self, on: bool) -> Tracer {
        self.io_uring = on;
        self
    }

    /// Runs the program in an environment that is the same everywhere: `LC_ALL=C`, `TZ=UTC`,
    /// `PATH=/usr/bin:/bin`, and nothing that would be inherited, such as the `LD_LIBRARY_PATH` that cargo sets. What the
    /// `Command` sets itself stays. The environment remains on a `&mut Command`.
    #[must_use]
    pub fn hermetic(mut self) -> Tracer {
        self.hermetic = true;
        self
    }

    /// Records a run of `command`, to the end of the last process that it started.
    ///
    /// # Panics
    ///
    /// Where [`try_run`](Tracer::try_run) returns an error, with its text.
    #[track_caller]
    pub fn run(&self, mut command: impl BorrowMut<Command>) -> Trace {
        match record::record(self, command.borrow_mut(), None) {
            Ok(trace) => trace,
            Err(error) => panic!("{error}"),
        }
    }

    /// Records a run of `command`, to the end of the last process that it started.
    ///
    /// # Errors
    ///
    /// When the program cannot be run, when tracing is not permitted here, and when the timeout or a limit
    /// has passed: then [`Error::trace`] has what was recorded until then. In every case nothing that was
    /// started is left.
    ///
    /// ```
    /// # use expect_syscalls::Tracer;
    /// # use std::process::Command;
    /// # use std::time::Duration;
    /// let error = Tracer::new().timeout(Duration::from_millis(50)).try_run(Command::new("sleep").arg("1000"));
    /// assert!(error.unwrap_err().is_timeout());
    /// ```
    pub fn try_run(&self, mut command: impl BorrowMut<Command>) -> Result<Trace, Error> {
        record::record(self, command.borrow_mut(), None)
    }

    /// As [`try_run`](Tracer::try_run), and hands each call, signal and end to `observer` as soon as it is complete, while the
    /// program runs. The observer is called on another thread.
    ///
    /// ```
    /// # use expect_syscalls::{Record, Tracer};
    /// # use std::process::Command;
    /// # use std::sync::mpsc;
    /// let (sender, lines) = mpsc::channel();
    /// Tracer::new().stream(Command::new("true"), move |record| {
    ///     if let Record::Call(call) = record {
    ///         sender.send(call.to_string()).unwrap();
    ///     }
    /// })?;
    /// assert!(lines.recv().unwrap().starts_with("execve("));
    /// # Ok::<(), expect_syscalls::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`try_run`](Tracer::try_run), and when the observer panics: the program does not outlive that.
    pub fn stream(
        &self,
        mut command: impl BorrowMut<Command>,
        observer: impl FnMut(&Record) + Send + 'static,
    ) -> Result<Trace, Error> {
        record::record(self, command.borrow_mut(), Some(Box::new(observer)))
    }

    /// Starts `command`, and lets the test go on while it runs under trace: for a server, or anything that waits.
    ///
    /// ```
    /// # use expect_syscalls::Tracer;
    /// # use std::process::Command;
    /// # use std::time::Duration;
    /// let mut running = Tracer::new().spawn(Command::new("sleep").arg("1000"))?;
    /// running.wait_for("clock_nanosleep", Duration::from_secs(10))?;
    /// running.signal("SIGTERM")?;
    /// running.finish()?.signal("SIGTERM");
    /// # Ok::<(), expect_syscalls::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the program cannot be run, and when tracing is not permitted here.
    pub fn spawn(&self, mut command: impl BorrowMut<Command>) -> Result<Running, Error> {
        Program::spawn(self, command.borrow_mut()).map(Running::new)
    }

    /// Traces a process that runs already, with all its threads, and what it starts from then on. Children that it
    /// has already are left alone.
    ///
    /// What it did before is not known, so negative assertions cannot tell: see
    /// [`BlindSpot::Attached`](crate::BlindSpot::Attached). It is never killed, neither by a timeout or limit, which end the
    /// recording, nor with the test. Of the settings, those about starting a program have no say.
    ///
    /// Calls that it is blocked in are made anew by the kernel, but for those of which signal(7) says that they fail with
    /// `EINTR` also without a handler.
    ///
    /// Do not wait for a child of this process, as [`Child::wait`](std::process::Child::wait) does, while it is traced: that takes its stops, and the
    /// recording hangs. When it ends under trace, the recording knows how, and `wait` fails with `ECHILD`.
    ///
    /// ```
    /// # use expect_syscalls::{BlindSpot, Tracer, call};
    /// # use std::io::Write as _;
    /// # use std::process::{Command, Stdio};
    /// # use std::time::Duration;
    /// let mut cat = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    /// let mut running = match Tracer::new().attach(cat.id()) {
    ///     Ok(running) => running,
    ///     Err(why) => return Ok(eprintln!("NOT CHECKED: {why}")),
    /// };
    /// cat.stdin.take().unwrap().write_all(b"hello")?;
    /// running.wait_for(call!("write", buf = "hello").ok(), Duration::from_secs(10))?;
    /// running.finish()?.success().allowing(BlindSpot::Attached).never("connect");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When there is no such process, and when tracing it is not permitted: Yama, where it is set up so, lets a
    /// process trace its descendants alone. See ptrace(2).
    pub fn attach(&self, pid: u32) -> Result<Running, Error> {
        Program::attach(self, pid, None).map(Running::new)
    }

    /// As [`attach`](Tracer::attach), and hands each call, signal and end to `observer`, as [`stream`](Tracer::stream) does.
    ///
    /// ```
    /// # use expect_syscalls::{Record, Tracer};
    /// # use std::process::{Command, Stdio};
    /// # use std::sync::mpsc;
    /// let mut cat = Command::new("cat").stdin(Stdio::piped()).spawn()?;
    /// let (sender, lines) = mpsc::channel();
    /// let running = Tracer::new().stream_attached(cat.id(), move |record| {
    ///     if let Record::Call(call) = record {
    ///         sender.send(call.to_string()).unwrap();
    ///     }
    /// });
    /// drop(cat.stdin.take());
    /// match running {
    ///     Ok(running) => drop(running.finish()?),
    ///     Err(why) => return Ok(eprintln!("NOT CHECKED: {why}")),
    /// }
    /// assert!(lines.iter().any(|line| line.starts_with("exit_group(0)")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`attach`](Tracer::attach).
    pub fn stream_attached(
        &self,
        pid: u32,
        observer: impl FnMut(&Record) + Send + 'static,
    ) -> Result<Running, Error> {
        Program::attach(self, pid, Some(Box::new(observer))).map(Running::new)
    }

    /// The numbers of the calls to record, sorted; `None` for all.
    fn recorded_numbers(&self) -> Option<Vec<u32>> {
        let matchers = self.only.iter().flatten();
        self.only.as_ref()?;
        let rules = self.rules.iter().map(|(occurrences, _)| &occurrences.matcher);
        let mut numbers: Vec<u32> = matchers.chain(rules).flat_map(|matcher| matcher.numbers()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Some(numbers)
    }
}

impl Default for Tracer {
    fn default() -> Tracer {
        Tracer::new()
    }
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracer").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
