//! What the threads of a recording share.

use std::collections::HashSet;
use std::fmt;
use std::io::{self, PipeReader, PipeWriter, Write as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::tracees::Tracees;
use crate::kernel::diagnosis;
use crate::kernel::kill::Target;
use crate::kernel::ptrace::Bond;
use crate::kernel::rescue::{self, Blocked};
use crate::trace::call::Call;
use crate::trace::matcher::CallMatcher;
use crate::tracer::placement::Placement;
use crate::tracer::search::Search;

/// The tracer thread is done.
pub(crate) const DONE: u8 = 0;
/// Somebody wants to see what the program has written until now.
const EMPTY: u8 = 1;
/// A task is kept on one core, and somebody must look whether it still stops.
const PINNED: u8 = 2;
/// Far longer than a stop takes to be handled.
const SECOND_LOOK: Duration = Duration::from_millis(50);
/// Far longer than a batch of stops takes to be handled.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two tries to lock what the tracer thread may have locked for ever.
const TRY: Duration = Duration::from_millis(1);

/// Why a recording was broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    Timeout,
    Output,
    Calls,
    Tasks,
    /// The recording has become too big.
    Memory,
    /// It does something that it could not do under our seccomp filter as it does without.
    Unfit(&'static str),
    /// The child was not heard of again before it had executed the program.
    Launch,
    /// Nobody wants the recording any more.
    Dropped,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Broken::Timeout => "the time of Tracer::timeout has passed",
            Broken::Output => "the program wrote more than Tracer::output_limit permits",
            Broken::Calls => "more calls were made than Tracer::call_limit permits",
            Broken::Tasks => "more tasks were alive than Tracer::task_limit permits",
            Broken::Memory => "more was recorded than Tracer::trace_limit permits",
            Broken::Unfit(_) => "the filter of Tracer::only would disturb the program",
            Broken::Launch => "the program was not heard of again",
            Broken::Dropped => "it was dropped",
        })
    }
}

/// What the program has written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    /// How often somebody has asked for what is in the pipes, and how often it was taken from there since.
    asked: u64,
    answered: u64,
    /// Nothing will be taken any more.
    closed: bool,
}

/// What the tracer thread, the thread that watches streams and clock, and the test share.
#[derive(Debug)]
pub(crate) struct Control {
    pub(crate) bond: Bond,
    begun: Instant,
    /// Locked by the tracer thread while it handles stops, not while it waits for them.
    tracees: Mutex<Tracees>,
    /// Told when stops have been handled, and when the tracer thread is done.
    handled: Condvar,
    /// How many wait for that; changed with the tracees locked.
    waiting: AtomicUsize,
    pub(crate) output: Mutex<Output>,
    /// Told when the pipes have been emptied for somebody.
    emptied: Condvar,
    /// The number of the tracer thread.
    pub(crate) tracer: OnceLock<u32>,
    /// The first process.
    pub(crate) root: OnceLock<Target>,
    /// Why paths name other files for the program from its beginning.
    pub(crate) elsewhere: OnceLock<&'static str>,
    /// Signals that the test has sent to the first process.
    asked: Mutex<Vec<i32>>,
    bell: Mutex<Bell>,
    placement: Mutex<Placement>,
    broken: Mutex<Option<Broken>>,
    /// Says that `broken` is set, without its lock.
    is_broken: AtomicBool,
    /// Tasks of which somebody else has taken a stop.
    robbed: Mutex<Vec<u32>>,
    /// What the tracer thread was blocked in when the time had passed.
    blocked: Mutex<Option<Blocked>>,
    is_done: AtomicBool,
    /// A program could find the vDSO.
    has_vdso: AtomicBool,
    /// To the thread that watches the streams: [`DONE`] or [`EMPTY`].
    news: PipeWriter,
}

impl Control {
    /// The control, and the pipe with [`DONE`] and [`EMPTY`] for the thread that watches the streams.
    pub(crate) fn new(bond: Bond, tracees: Tracees) -> io::Result<(Arc<Control>, PipeReader)> {
        let (reader, news) = io::pipe()?;
        let control = Control {
            bond,
            begun: Instant::now(),
            tracees: Mutex::new(tracees),
            handled: Condvar::new(),
            waiting: AtomicUsize::new(0),
            placement: Mutex::default(),
            output: Mutex::default(),
            emptied: Condvar::new(),
            tracer: OnceLock::new(),
            root: OnceLock::new(),
            elsewhere: OnceLock::new(),
            asked: Mutex::default(),
            bell: Mutex::default(),
            broken: Mutex::default(),
            is_broken: AtomicBool::new(false),
            robbed: Mutex::default(),
            blocked: Mutex::default(),
            is_done: AtomicBool::new(false),
            has_vdso: AtomicBool::new(false),
            news,
        };
        Ok((Arc::new(control), reader))
    }

    pub(crate) fn tracees(&self) -> MutexGuard<'_, Tracees> {
        lock(&self.tracees)
    }

    /// The same, if they can be had within `limit`: the tracer thread may be blocked by a tracee, and have them locked.
    fn tracees_within(&self, limit: Duration) -> Option<MutexGuard<'_, Tracees>> {
        let begun = Instant::now();
        loop {
            match self.tracees.try_lock() {
                Ok(tracees) => return Some(tracees),
                Err(TryLockError::Poisoned(panicked)) => return Some(panicked.into_inner()),
                Err(TryLockError::WouldBlock) if begun.elapsed() >= limit => return None,
                Err(TryLockError::WouldBlock) => thread::sleep(TRY),
            }
        }
    }

    /// The time since the recording began.
    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    pub(crate) fn output(&self) -> MutexGuard<'_, Output> {
        lock(&self.output)
    }

    /// What the program has written until now, to the last byte.
    pub(crate) fn output_so_far(&self) -> Output {
        let mut output = self.output();
        if !output.closed {
            output.asked += 1;
            let _ = (&self.news).write_all(&[EMPTY]);
        }
        let asked = output.asked;
        let waits = |output: &mut Output| output.answered < asked && !output.closed;
        let emptied = self.emptied.wait_while(output, waits);
        emptied.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The pipes have been emptied after this news.
    pub(crate) fn answer(&self, news: &[u8]) {
        self.output().answered += news.iter().filter(|news| **news == EMPTY).count() as u64;
        self.emptied.notify_all();
    }

    /// Nobody empties the pipes any more.
    pub(crate) fn close_output(&self) {
        self.output().closed = true;
        self.emptied.notify_all();
    }

    /// Says to those who wait for a call that there may be one.
    pub(crate) fn tell(&self) {
        if self.waiting.load(Ordering::Acquire) > 0 {
            self.handled.notify_all();
        }
    }

    /// Where the tracer thread and its tracees run.
    pub(crate) fn placement(&self) -> MutexGuard<'_, Placement> {
        lock(&self.placement)
    }

    /// Asks the thread that watches the clock to watch a task that is kept on one core.
    pub(crate) fn say_pinned(&self) {
        let _ = (&self.news).write_all(&[PINNED]);
    }

    /// With the tracees unlocked, until stops have been handled, `limit` at most.
    fn await_handled<'a>(
        &self,
        tracees: MutexGuard<'a, Tracees>,
        limit: Duration,
    ) -> MutexGuard<'a, Tracees> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let waited = self.handled.wait_timeout(tracees, limit);
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits for a call that matches, is known to, and was not `taken` before.
    ///
    /// `Err` holds whether the program is over.
    pub(crate) fn wait_for(
        &self,
        matcher: &CallMatcher,
        deadline: Option<Instant>,
        taken: &mut HashSet<usize>,
    ) -> Result<Call, bool> {
        let mut search = Search::new(matcher);
        let mut tracees = self.tracees();
        loop {
            // Looked at before the calls: what came last is not missed.
            let is_done = self.is_done();
            if let Some((index, call)) = search.next(&tracees, taken) {
                taken.insert(index);
                return Ok(call);
            }
            if is_done {
                return Err(true);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let left = left.unwrap_or(Duration::MAX);
            if left.is_zero() {
                return Err(false);
            }
            tracees = self.await_handled(tracees, left);
        }
    }

    /// Breaks the recording off: the tree will be killed, or let go where it is not ours. The first reason stays.
    pub(crate) fn break_off(&self, why: Broken) {
        lock(&self.broken).get_or_insert(why);
        self.is_broken.store(true, Ordering::Release);
    }

    /// Takes note of what keeps the recording from going on: what the tracer thread is blocked in, and tasks that wait for us to
    /// resume them, while we wait for them to stop, as somebody else has taken the stop.
    pub(crate) fn note_hindrance(&self) {
        let look = || Some(self.tracees_within(PATIENCE)?.standing(diagnosis::is_in_a_stop));
        let Some(first) = look() else {
            *lock(&self.blocked) = self.tracer.get().and_then(|tracer| rescue::blocked(*tracer));
            return;
        };
        if first.1.is_empty() {
            return;
        }
        // One that has just stopped is handled before the second look.
        thread::sleep(SECOND_LOOK);
        if look().as_ref() == Some(&first) {
            *lock(&self.robbed) = first.1;
        }
    }

    /// The tasks of [`note_hindrance`](Control::note_hindrance).
    pub(crate) fn robbed(&self) -> Vec<u32> {
        lock(&self.robbed).clone()
    }

    /// What [`note_hindrance`](Control::note_hindrance) found the tracer thread in.
    pub(crate) fn blocked(&self) -> Option<Blocked> {
        *lock(&self.blocked)
    }

    /// Makes the tracer thread look up, and does its work where it cannot: what has to go on before it can may be a tracee that is
    /// stopped, and whose end does as well. `since` the recording was broken off.
    pub(crate) fn insist(&self, since: Duration) {
        self.wake();
        if self.bond == Bond::Ours && since >= PATIENCE && self.tracees_within(Duration::ZERO).is_none() {
            self.tracer.get().copied().into_iter().for_each(rescue::kill_tracees);
        }
    }

    /// Makes the tracer thread look up, to kill the tree or let it go.
    fn wake(&self) {
        match self.bond {
            Bond::Theirs => self.let_go(),
            Bond::Ours => {
                if let Some((_, target)) = &lock(&self.bell).target {
                    target.kill();
                }
            }
        }
    }

    /// Makes the tracer thread let all tracees go.
    pub(crate) fn let_go(&self) {
        let mut bell = lock(&self.bell);
        if bell.is_leaving {
            return;
        }
        bell.is_leaving = true;
        // One that has ended needs no ringing: its end wakes too.
        bell.rung = bell.target.as_ref().filter(|(_, target)| target.ring().is_ok()).map(|(pid, _)| *pid);
    }

    /// Waits for the end of the tracer thread, `limit` at most. Not with the tracees, which it may have locked for ever.
    pub(crate) fn await_done(&self, limit: Duration) {
        let begun = Instant::now();
        while !self.is_done() && begun.elapsed() < limit {
            thread::sleep(TRY);
        }
    }

    /// Signals the first process, as the test asks.
    pub(crate) fn signal(&self, signal: i32) -> io::Result<()> {
        let root = self.root.get().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        lock(&self.asked).push(signal);
        root.signal(signal)
    }

    pub(crate) fn asked(&self) -> Vec<i32> {
        lock(&self.asked).clone()
    }

    /// `None` when there is no process that could be signalled.
    pub(crate) fn set_target(&self, target: Option<(u32, Target)>) {
        lock(&self.bell).target = target;
    }

    /// The tracer thread lets the tracees go by itself.
    pub(crate) fn start_leaving(&self) {
        lock(&self.bell).is_leaving = true;
    }

    /// Whether the tracees are to be let go.
    pub(crate) fn is_leaving(&self) -> bool {
        lock(&self.bell).is_leaving
    }

    /// The process that was signalled to wake the tracer thread, and has not taken the signal yet.
    pub(crate) fn rung(&self) -> Option<u32> {
        lock(&self.bell).rung
    }

    /// It has taken it. Who sent it holds the lock until the tracer thread can see why.
    pub(crate) fn heard(&self) {
        lock(&self.bell).rung = None;
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Acquire)
    }

    pub(crate) fn broken(&self) -> Option<Broken> {
        *lock(&self.broken)
    }

    /// A program can find the vDSO.
    pub(crate) fn show_vdso(&self) {
        self.has_vdso.store(true, Ordering::Release);
    }

    pub(crate) fn has_vdso(&self) -> bool {
        self.has_vdso.load(Ordering::Acquire)
    }

    /// Whether the tracer thread is done.
    pub(crate) fn is_done(&self) -> bool {
        self.is_done.load(Ordering::Acquire)
    }
}

/// How another thread wakes the tracer thread.
#[derive(Debug, Default)]
struct Bell {
    /// A process that is alive: a signal to it makes an event, without a signal to this process.
    target: Option<(u32, Target)>,
    rung: Option<u32>,
    is_leaving: bool,
}

/// Says so when the tracer thread ends, by a panic too.
pub(crate) struct SayDone<'a>(pub(crate) &'a Control);

impl Drop for SayDone<'_> {
    fn drop(&mut self) {
        let _held = self.0.tracees();
        self.0.is_done.store(true, Ordering::Release);
        self.0.tell();
        let _ = (&self.0.news).write_all(&[DONE]);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic of the tracer thread is reported as such; what it left behind is not looked at.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
