//! [`Call`]: one system call, decoded when asked.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::abi::errno::Errno;
use crate::abi::signature::Signature;
use crate::trace::decode;
use crate::trace::raw::RawCall;
use crate::trace::tree::{Image, Process, Task, Tree};
use crate::trace::value::Value;

/// A system call that the program, or something it started, made.
#[derive(Clone, Debug)]
pub struct Call {
    raw: RawCall,
    tree: Arc<Tree>,
    decoded: OnceLock<Box<Decoded>>,
}

/// What decoding makes of a [`RawCall`].
#[derive(Clone, Debug)]
pub(crate) struct Decoded {
    /// Those that exist, in the order of the signature; for a call in no table, six words named `arg1` to `arg6`.
    pub(crate) args: Vec<Argument>,
    pub(crate) outcome: Outcome,
    /// The name of a call without a row.
    pub(crate) name: Option<Box<str>>,
}

/// A named argument of a [`Call`].
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    pub(crate) name: &'static str,
    pub(crate) value: Value,
}

impl Argument {
    /// The parameter's name in the table, such as `path`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its value.
    pub fn value(&self) -> &Value {
        &self.value
    }
}

/// How a call went.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It returned this.
    Returned(Value),
    /// It failed: the program sees -1 and this `errno`.
    Failed(Errno),
    /// It has no result that the program saw: the task ended inside it, the recording ended first, or a
    /// signal interrupted it and the kernel made it anew.
    Unfinished,
}

impl Call {
    pub(crate) fn new(raw: RawCall, tree: Arc<Tree>) -> Call {
        Call { raw, tree, decoded: OnceLock::new() }
    }

    /// The kernel's name: `openat`. `syscall_0x3e7` for a number in no table; `i386:open` and
    /// `x32:getpid` for calls through the other interfaces, which are never read with the x86_64 table.
    pub fn name(&self) -> &str {
        match self.signature() {
            Some(row) => row.name,
            None => self.decoded().name.as_deref().unwrap_or_default(),
        }
    }

    /// The number, in the numbering of the interface it was made through.
    pub fn number(&self) -> u32 {
        self.raw.number
    }

    /// All six argument registers, whatever the call takes.
    pub fn registers(&self) -> [u64; 6] {
        *self.raw.args()
    }

    /// Where in the program's memory the call was made, and its stack pointer there.
    pub fn location(&self) -> (u64, u64) {
        (self.raw.noted.registers.instruction_pointer, self.raw.noted.registers.stack_pointer)
    }

    /// The arguments that exist, in order.
    pub fn args(&self) -> &[Argument] {
        &self.decoded().args
    }

    /// The argument called `name`; `None` where this call has none of that name, such as the `mode` of an
    /// `openat` that creates nothing.
    pub fn arg(&self, name: &str) -> Option<&Value> {
        self.args().iter().find(|arg| arg.name == name).map(|arg| &arg.value)
    }

    /// How it went.
    pub fn outcome(&self) -> &Outcome {
        &self.decoded().outcome
    }

    /// The process that made it.
    pub fn process(&self) -> &Process {
        &self.tree.processes[self.task().process as usize]
    }

    /// The name, by creation path, of the thread that made it: `main.t2`.
    pub fn thread(&self) -> &str {
        &self.task().label
    }

    /// The kernel's number of that thread. Another thread may have had it before.
    pub fn tid(&self) -> u32 {
        self.task().tid
    }

    /// When it was entered: time since the recording began.
    pub fn started(&self) -> Duration {
        self.raw.entered.at()
    }

    /// How long it took, as measured by the tracer; `None` for a call without an end.
    pub fn duration(&self) -> Option<Duration> {
        self.raw.left.map(|left| left.at().saturating_sub(self.raw.entered.at()))
    }

    /// Whether its result was replaced, or its caller delayed or signalled: see [`Tracer::inject`](crate::Tracer::inject).
    pub fn is_injected(&self) -> bool {
        self.raw.injected.is_some()
    }

    pub(crate) fn raw(&self) -> &RawCall {
        &self.raw
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(crate) fn task(&self) -> &Task {
        &self.tree.tasks[self.raw.task.0 as usize]
    }

    /// The program that was running when the call was made.
    pub(crate) fn image(&self) -> Option<&Image> {
        self.process().images.get(self.raw.image as usize)
    }

    /// Its row in the table; `None` for a call in no table and for the other interfaces.
    pub(crate) fn signature(&self) -> Option<&'static Signature> {
        decode::signature(&self.raw)
    }

    /// Whether it returned and was no error.
    pub(crate) fn succeeded(&self) -> bool {
        self.raw.result().is_some()
    }

    /// The root directory of the process, where it is not ours. See chroot(2).
    pub(crate) fn root(&self) -> Option<&Arc<[u8]>> {
        let roots = self.tree.roots.get().filter(|_| !self.tree.tasks.is_empty())?;
        roots.of(self.task().process, self.raw.entered.order())
    }

    fn decoded(&self) -> &Decoded {
        self.decoded.get_or_init(|| {
            let mut decoded = Box::new(decode::decode(&self.raw));
            self.set_root(&mut decoded.args);
            if let Some(raced) = self.tree.raced.get() {
                raced.mark(self, &mut decoded.args);
            }
            decoded
        })
    }

    /// Absolute paths start at the root of the process, which may not be ours.
    fn set_root(&self, args: &mut [Argument]) {
        let Some(root) = self.root() else { return };
        // The target of a symbolic link is text.
        let links = self.signature().is_some_and(|row| row.name.starts_with("symlink"));
        let is_text = |arg: &Argument| arg.name == "target" && links;
        for arg in args.iter_mut().filter(|arg| !is_text(arg)) {
            if let Value::Path(path) = &mut arg.value {
                path.root = Some(root.clone());
            }
        }
    }
}
