//! [`Effects`]: what was done to one sort of thing, whatever the calls were named.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::iter;
use std::path::Path;
use std::sync::Arc;

use crate::abi::signature::{Dir, Len, Shape};
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::bytes;
use crate::trace::call::Call;
use crate::trace::effects::arguments::file_named;
use crate::trace::effects::operations::{Deed, Object, Operation, deeds};
use crate::trace::effects::{leaks, place, runtime};
use crate::trace::format::quoted;
use crate::trace::matcher::value::{Match, Test};
use crate::trace::matcher::{CallMatcher, Verdict, bind};
use crate::trace::query::Trace;
use crate::trace::raw::{PROGRAM, RawOutcome};
use crate::trace::value::{PathText, SocketAddress, Value, Walked};

/// What a program did to one sort of thing: the files it wrote, the programs it ran. Whatever the calls were named, paths absolute,
/// and each thing once.
///
/// Made by [`Trace::files_read`] and its sisters.
#[derive(Clone, Debug)]
pub struct Effects {
    pub(crate) trace: Trace,
    pub(crate) sort: Sort,
    pub(crate) items: Vec<Effect>,
    /// How many entries were left out as the runtime's own.
    pub(crate) ignored: usize,
}

/// One thing, and the first call that did something to it.
#[derive(Clone, Debug)]
pub struct Effect {
    object: Value,
    /// `created`, `opened for writing`.
    what: &'static str,
    pub(crate) done: Done,
    /// The place of the call in the whole recording.
    pub(crate) index: usize,
    call: Call,
}

/// How far a deed got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Done {
    Yes,
    /// Its call has no end: the task was killed in it, perhaps after it was done.
    Perhaps,
}

/// The sorts of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Read,
    Written,
    Removed,
    Run,
    Reached,
    Leaked,
}

/// # Effects
///
/// What was done, whatever the call was named, with paths absolute.
impl Trace {
    /// The files that were opened for reading, the directories that were listed, and inherited files that were read. Not what was
    /// merely looked at (`stat`), and not what failed to open.
    ///
    /// ```
    /// # use expect_syscalls::{expect_syscalls};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
    /// trace.success().files_read().contains("/etc/hostname").never("/etc/shadow");
    /// ```
    #[must_use]
    pub fn files_read(&self) -> Effects {
        Effects::new(self, Sort::Read)
    }

    /// The files that were opened for writing, created, resized or changed in their attributes, and the names that were made:
    /// the new name of a rename, links, directories; and inherited files that were written to or mapped to be. Not what failed; and whether
    /// anything was written to an open file is not asked.
    ///
    /// A file counts under the name by which it was reached. One that has another name elsewhere, since it was linked or mounted there,
    /// changes there too: `never(family::link())` and `never(family::mount())` forbid that. Of an inherited file to which io_submit(2) writes nobody can tell: see [`BlindSpot::Aio`].
    ///
    /// ```
    /// # use expect_syscalls::{expect_syscalls, under};
    /// # use std::process::Command;
    /// # let dir = tempfile::tempdir().unwrap();
    /// let trace = expect_syscalls(Command::new("cp").arg("/etc/hostname").arg(dir.path()));
    /// trace.success().files_written().only(under(dir.path()));
    /// ```
    #[must_use]
    pub fn files_written(&self) -> Effects {
        Effects::new(self, Sort::Written)
    }

    /// The names that were removed: unlinked files and directories, and the old name of a rename.
    ///
    /// ```
    /// # use expect_syscalls::{expect_syscalls};
    /// # use std::process::Command;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # std::fs::write(dir.path().join("old"), "").unwrap();
    /// let trace = expect_syscalls(Command::new("rm").arg(dir.path().join("old")));
    /// trace.success().files_removed().only(dir.path().join("old"));
    /// ```
    #[must_use]
    pub fn files_removed(&self) -> Effects {
        Effects::new(self, Sort::Removed)
    }

    /// The programs that were executed, the root's included, by the names that they were given, for a program may be told by its name what
    /// to do. The file that such a name led to through links counts as well. A script counts under its own name, and so does the interpreter that
    /// runs it; [`only`](Effects::only) does not ask that for leave.
    ///
    /// ```
    /// # use expect_syscalls::{expect_syscalls, re};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("sh").args(["-c", "ls / | wc -l"]));
    /// trace.success().programs_run().contains(re("/ls$")).contains(re("/wc$")).never(re("/rm$"));
    /// ```
    #[must_use]
    pub fn programs_run(&self) -> Effects {
        Effects::new(self, Sort::Run)
    }

    /// The addresses that were connected to, sent to, accepted from and listened at, whatever the outcome, unix sockets included. Not those that
    /// a socket is only bound to, to receive what others send: [`family::network`](crate::family::network) has that too.
    ///
    /// ```
    /// # use expect_syscalls::expect_syscalls;
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("bash").args(["-c", "exec 3<>/dev/tcp/127.0.0.1/1"]));
    /// trace.code(1).connections().contains("127.0.0.1:1").never("192.0.2.1");
    /// ```
    #[must_use]
    pub fn connections(&self) -> Effects {
        Effects::new(self, Sort::Reached)
    }

    /// The files that a process opened itself and still held when it ended by its own will. Not its standard streams, not what it
    /// inherited, and not what was closed as it executed another program. Of a process that was killed nobody can tell.
    ///
    /// ```
    /// # use expect_syscalls::{expect_syscalls};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
    /// trace.success().leaked_files().none();
    /// let trace = expect_syscalls(Command::new("sh").args(["-c", "exec 3< /etc/hostname; exit 0"]));
    /// trace.success().leaked_files().contains("/etc/hostname");
    /// ```
    #[must_use]
    pub fn leaked_files(&self) -> Effects {
        Effects::leaked(self)
    }
}

impl Effects {
    /// The things, in the order in which something was first done to them. Does not judge: to forbid, use [`none`](Effects::none) or
    /// [`never`](Effects::never).
    pub fn iter(&self) -> impl Iterator<Item = &Effect> {
        self.items.iter()
    }

    /// Without what a program's runtime reads for itself: what was read before its entry point was reached, and after that files with
    /// exact, well-known names: shared objects that are mapped as code, the loader's cache, locale and zone files,
    /// `/dev/urandom`, the process's own `/proc/self/maps` and a few like them. A plug-in read from `/usr/lib` stays. Of files that were
    /// written it leaves out `/dev/null` alone.
    #[must_use]
    pub fn ignoring_runtime(mut self) -> Effects {
        let calls: Vec<&Call> = self.trace.calls().collect();
        let objects = runtime::Objects::new(&calls);
        let before = self.items.len();
        self.items.retain(|item| {
            let pid = item.call.process().pid();
            let file = item.path_bytes();
            let own = |file: &[u8]| runtime::is_name(file, pid) || objects.contain(file);
            !match self.sort {
                Sort::Read | Sort::Leaked => item.call.raw().startup || file.is_some_and(own),
                Sort::Written => file == Some(b"/dev/null"),
                Sort::Removed | Sort::Run | Sort::Reached => false,
            }
        });
        self.ignored += before - self.items.len();
        self
    }

    /// The effects of this sort that another view has, the runtime's own included.
    pub(crate) fn of(&self, trace: &Trace) -> Effects {
        if self.sort == Sort::Leaked { Effects::leaked(trace) } else { Effects::new(trace, self.sort) }
    }

    /// What is held is told by the whole recording; a view has what its own calls opened.
    fn leaked(trace: &Trace) -> Effects {
        let calls = &trace.shared.calls;
        let own: HashSet<usize> = trace.entries().map(|(index, _)| index).collect();
        let [first, rest @ ..] = leaks::CLOSING;
        let close = rest.iter().fold(CallMatcher::from(first), |all, name| all.or(*name));
        let closes =
            |hole: &Hole| matches!(hole.spot, BlindSpot::Filter | BlindSpot::IoUring) && hole.hides(&close);
        let unseen = trace.holes().iter().any(closes);
        let mut seen = HashSet::new();
        let mut items = Vec::new();
        for leak in leaks::leaks(calls).into_iter().filter(|leak| own.contains(&leak.call)) {
            let done = if leak.killed || unseen { Done::Perhaps } else { Done::Yes };
            let (object, what) = file(&leak.file, "never closed");
            let effect = Effect { object, what, done, index: leak.call, call: calls[leak.call].clone() };
            if seen.insert(effect.identity()) {
                items.push(effect);
            }
        }
        Effects { trace: trace.clone(), sort: Sort::Leaked, items, ignored: 0 }
    }

    fn new(trace: &Trace, sort: Sort) -> Effects {
        let (places, calls): (Vec<usize>, Vec<&Call>) = trace.entries().unzip();
        let mut seen = HashSet::new();
        let mut items = Vec::new();
        for deed in deeds(&calls) {
            let call = calls[deed.call];
            for (object, what) in things(sort, &deed, call) {
                let done =
                    if call.raw().outcome == RawOutcome::Unfinished { Done::Perhaps } else { Done::Yes };
                let effect = Effect { object, what, done, index: places[deed.call], call: call.clone() };
                if seen.insert(effect.identity()) {
                    items.push(effect);
                }
            }
        }
        Effects { trace: trace.clone(), sort, items, ignored: 0 }
    }
}

impl Effect {
    /// The file, in absolute normal form; as the kernel resolved it where it told.
    pub fn path(&self) -> Option<Cow<'_, Path>> {
        self.path_bytes().map(bytes::path)
    }

    /// The address that was reached.
    pub fn peer(&self) -> Option<&SocketAddress> {
        if let Value::Socket(peer) = &self.object { Some(peer) } else { None }
    }

    /// What was done, such as `created`.
    pub fn what(&self) -> &str {
        self.what
    }

    /// The first call that did it.
    pub fn call(&self) -> &Call {
        &self.call
    }

    pub(crate) fn judge(&self, wanted: &Match) -> Verdict {
        match &self.object {
            // Nobody knows who it was.
            Value::Socket(SocketAddress::Other(_, name)) if name.is_empty() => Verdict::Unknown,
            object => wanted.judge(object),
        }
    }

    /// Whether somebody else than the program asked for it: the first line of a script.
    pub(crate) fn is_implied(&self) -> bool {
        self.what == INTERPRETS
    }

    /// Effects that are alike in this are one: what is shown, and where that led, which links may have changed since.
    fn identity(&self) -> (String, Done, Option<Arc<[u8]>>, bool) {
        let path = if let Value::Path(path) = &self.object { Some(path) } else { None };
        let led = path.and_then(|path| path.resolved.clone());
        (self.to_string(), self.done, led, path.is_some_and(|path| path.walked == Walked::Lost))
    }

    fn path_bytes(&self) -> Option<&[u8]> {
        if let Value::Path(path) = &self.object { Some(&path.written) } else { None }
    }
}

/// The thing: `"/etc/passwd"`, or an address.
impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.object {
            Value::Path(path) => quoted(f, &path.written, path.truncated),
            Value::Socket(SocketAddress::Inet(address)) => write!(f, "{address}"),
            Value::Socket(SocketAddress::Other(_, name)) if name.is_empty() => {
                f.write_str("somebody of whom no call says the address")
            }
            other => write!(f, "{other}"),
        }
    }
}

impl Sort {
    /// What its things are, for one and for more.
    pub(crate) fn noun(self, number: usize) -> &'static str {
        match (self, number) {
            (Sort::Read, 1) => "file read",
            (Sort::Read, _) => "files read",
            (Sort::Written, 1) => "written file",
            (Sort::Written, _) => "written files",
            (Sort::Removed, 1) => "removed file",
            (Sort::Removed, _) => "removed files",
            (Sort::Run, 1) => "program",
            (Sort::Run, _) => "programs",
            (Sort::Reached, 1) => "connection",
            (Sort::Reached, _) => "connections",
            (Sort::Leaked, 1) => "leaked file",
            (Sort::Leaked, _) => "leaked files",
        }
    }

    /// A question about one of its things.
    #[track_caller]
    pub(crate) fn bind(self, wanted: Match) -> Match {
        let shape = match self {
            Sort::Reached => Shape::SockAddr(Dir::In, Len::Ret),
            _ => Shape::Path,
        };
        let wanted = bind::bind_shape(self.noun(2), shape, wanted);
        if let Some(path) = relative_path(&wanted) {
            panic!(
                "{} are known by absolute paths, and {path:?} is relative: join it to a directory, or ask for any that ends \
                 like this by re({:?})",
                self.noun(2),
                format!("/{path}$")
            );
        }
        wanted
    }
}

/// A path in the question that no directory stands in front of.
fn relative_path(wanted: &Match) -> Option<Cow<'_, str>> {
    match &wanted.0 {
        Test::Path(place) if place.absolute.is_none() => Some(String::from_utf8_lossy(&place.given)),
        Test::Not(inner) | Test::File(inner) => relative_path(inner),
        Test::Any(all) => all.iter().find_map(relative_path),
        _ => None,
    }
}

/// What is done with the interpreter of a script.
const INTERPRETS: &str = "executed as the interpreter of a script";

/// What of this sort a deed is done to, and what was done.
fn things(sort: Sort, deed: &Deed, call: &Call) -> Vec<(Value, &'static str)> {
    use Operation::{
        Accept, Attributes, Connect, Create, Exec, Link, List, Listen, Mkdir, Node, Read, Remove,
    };
    use Operation::{Rename, Resize, Send, Symlink, Write};
    let failed = matches!(call.raw().outcome, RawOutcome::Left(_)) && !call.succeeded();
    if sort != Sort::Reached && failed {
        return Vec::new();
    }
    match (sort, deed.operation, &deed.object) {
        (Sort::Read, Read, Object::Unreadable) => unread(call, "opened for reading"),
        (Sort::Read, List, Object::Unreadable) => unread(call, "listed"),
        (Sort::Written, Write | Create | Mkdir | Node | Resize, Object::Unreadable) => {
            unread(call, "written")
        }
        (Sort::Written, Attributes, Object::Unreadable) => unread(call, "changed in its attributes"),
        (Sort::Written, Link | Symlink | Rename, Object::Unreadable) => unread(call, "named"),
        (Sort::Removed, Remove | Rename, Object::Unreadable) => unread(call, "removed"),
        (Sort::Run, Exec, Object::Unreadable) => unread(call, "executed"),
        (Sort::Read, Read, Object::File(path)) => vec![file(path, "opened for reading")],
        (Sort::Read, List, Object::File(path)) => vec![file(path, "listed")],
        (Sort::Written, Write, Object::File(path)) => vec![file(path, "opened for writing")],
        (Sort::Written, Create | Mkdir | Node, Object::File(path)) => vec![file(path, "created")],
        (Sort::Written, Resize, Object::File(path)) => vec![file(path, "resized")],
        (Sort::Written, Attributes, Object::File(path)) => vec![file(path, "changed in its attributes")],
        (Sort::Written, Link | Symlink, Object::Pair(_, new)) => vec![file(new, "made as a link")],
        (Sort::Written, Rename, Object::Pair(_, new)) => vec![file(new, "renamed to")],
        (Sort::Written, Rename, Object::Exchange(one, other)) => {
            vec![file(one, "exchanged"), file(other, "exchanged")]
        }
        (Sort::Removed, Remove, Object::File(path)) => vec![file(path, "removed")],
        (Sort::Removed, Rename, Object::Pair(old, _)) => vec![file(old, "renamed from")],
        (Sort::Run, Exec, Object::File(path)) => {
            iter::once(file(path, "executed")).chain(interpreter(path, call)).collect()
        }
        (Sort::Reached, Connect, Object::Unreadable) => peer(&None, "connected to"),
        (Sort::Reached, Send, Object::Unreadable) => peer(&None, "sent to"),
        (Sort::Reached, Connect, Object::Peer(peer)) => self::peer(peer, "connected to"),
        (Sort::Reached, Send, Object::Peer(peer)) => self::peer(peer, "sent to"),
        (Sort::Reached, Accept, Object::Peer(peer)) => self::peer(peer, "accepted from"),
        (Sort::Reached, Listen, Object::Peer(peer)) => self::peer(peer, "listened at"),
        _ => Vec::new(),
    }
}

fn file(path: &PathText, what: &'static str) -> (Value, &'static str) {
    let shown = place::shown(path).into_owned().into();
    // What was folded by text alone may be elsewhere.
    let folded = path.written.split(|&byte| byte == b'/').any(|part| part == b"..");
    let lost = path.resolved.is_none() && (folded || path.walked == Walked::Lost);
    (
        Value::Path(PathText {
            written: shown,
            truncated: path.truncated,
            base: None,
            root: None,
            raced: false,
            walked: if lost { Walked::Lost } else { Walked::Not },
            // A program has both names.
            resolved: path.resolved.clone().filter(|_| path.walked == Walked::Beside),
        }),
        what,
    )
}

/// What the kernel runs for a script. See "Interpreter scripts" in execve(2).
fn interpreter(script: &PathText, call: &Call) -> Option<(Value, &'static str)> {
    let note = call.raw().noted.files.iter().find(|note| note.fd == PROGRAM)?;
    let ran = file_named(note.link.clone())?;
    let led = script.resolved.as_deref().unwrap_or_default();
    let is_script = ![&place::shown(script), led].map(place::undeleted).contains(&&*ran.written);
    is_script.then(|| file(&ran, INTERPRETS))
}

/// Something was done, and nobody knows to what.
fn unread(call: &Call, what: &'static str) -> Vec<(Value, &'static str)> {
    let unread = |value: &Value| match value {
        Value::Address(address) => *address != 0,
        value => value.is_raced(),
    };
    let unknown = |value: &Value| matches!(value, Value::Fd(fd) if fd.number >= 0 && fd.link.is_none());
    let find = |is: &dyn Fn(&Value) -> bool| call.args().iter().map(|arg| &arg.value).find(|value| is(value));
    let value = find(&unread).or_else(|| find(&unknown));
    value.into_iter().map(|value| (value.clone(), what)).collect()
}

fn peer(peer: &Option<SocketAddress>, what: &'static str) -> Vec<(Value, &'static str)> {
    let unnamed = || SocketAddress::Other(0, Box::default());
    vec![(Value::Socket(peer.clone().unwrap_or_else(unnamed)), what)]
}
