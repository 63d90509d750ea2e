//! One alternative of a matcher: which calls, and what is asked of them.

use std::fmt;

use crate::abi::errno::Errno;
use crate::abi::signature::{Condition, Dir, Shape};
use crate::trace::call::{Argument, Call, Outcome};
use crate::trace::matcher::judge::{Around, Reading};
use crate::trace::matcher::value::Match;
use crate::trace::matcher::{Calls, Difference, Verdict};
use crate::trace::resolve;
use crate::trace::value::{Value, Walked};

/// One alternative: all of it must hold.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) calls: Calls,
    /// Arguments by name.
    pub(crate) arguments: Vec<(&'static str, Match)>,
    /// What any path or descriptor of the call must refer to.
    pub(crate) on: Vec<Match>,
    pub(crate) outcomes: Vec<Wanted>,
}

/// A condition on the outcome.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wanted {
    Ok,
    Fails(Errno),
    Returns(i64),
}

impl Branch {
    pub(crate) fn judge(&self, call: &Call, reading: Reading) -> Verdict {
        match self.judge_arguments(call, reading) {
            Verdict::No => Verdict::No,
            verdict => self.outcomes.iter().fold(verdict, |verdict, wanted| verdict.and(wanted.judge(call))),
        }
    }

    /// All but the outcome.
    pub(crate) fn judge_arguments(&self, call: &Call, reading: Reading) -> Verdict {
        let verdict = self.calls.about(call);
        let asks = !self.arguments.is_empty() || !self.on.is_empty();
        if verdict == Verdict::No || !asks {
            return verdict;
        }
        // Known by name at best.
        if call.signature().is_none() {
            return Verdict::Unknown;
        }
        let around = Around::call(call, reading);
        let arguments = self.arguments.iter().map(|(name, wanted)| argument(call, name, wanted, around));
        let files = self.on.iter().map(|wanted| on(&self.calls, call, wanted, around));
        arguments.chain(files).fold(verdict, Verdict::and)
    }

    /// Whether it asks for no more than the name.
    pub(crate) fn is_bare(&self) -> bool {
        self.arguments.is_empty() && self.on.is_empty() && self.outcomes.is_empty()
    }

    pub(crate) fn differences(&self, call: &Call) -> Vec<Difference> {
        let around = Around::call(call, Reading::Forbid);
        let mut differences = Vec::new();
        if self.judge_arguments(call, Reading::Forbid) == Verdict::Unknown
            && (call.signature().is_none() || self.calls.about(call) == Verdict::Unknown)
        {
            let was = format!("{}, of which that is not known", call.name());
            differences.push(Difference { what: "call".to_owned(), wanted: self.calls.to_string(), was });
        }
        let known = call.signature().is_some();
        for (name, wanted) in self.arguments.iter().filter(|_| known) {
            if argument(call, name, wanted, around) != Verdict::Yes {
                let was = call.arg(name).map_or_else(|| absent(call, name), shown);
                differences.push(Difference { what: (*name).to_owned(), wanted: wanted.to_string(), was });
            }
        }
        for wanted in
            self.on.iter().filter(|wanted| known && on(&self.calls, call, wanted, around) != Verdict::Yes)
        {
            let files: Vec<String> = files(&self.calls, call).into_iter().map(shown).collect();
            let was = if files.is_empty() { "a call without files".to_owned() } else { files.join(", ") };
            differences.push(Difference { what: "on".to_owned(), wanted: wanted.to_string(), was });
        }
        for wanted in self.outcomes.iter().filter(|wanted| wanted.judge(call) != Verdict::Yes) {
            let was = match call.outcome() {
                _ if restores(call) => "none: it does not return to its caller".to_owned(),
                Outcome::Returned(_) if *wanted != Wanted::Ok => call.raw().result().unwrap_or(0).to_string(),
                Outcome::Returned(_) => "ok".to_owned(),
                Outcome::Failed(errno) => errno.to_string(),
                Outcome::Unfinished => "unfinished".to_owned(),
            };
            differences.push(Difference { what: "outcome".to_owned(), wanted: wanted.to_string(), was });
        }
        differences
    }
}

/// The value, and what is wrong with it.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::Fd(fd) => fd.link().map_or_else(|| value.to_string(), |link| format!("{value}<{link}>")),
        Value::Path(path) if path.walked == Walked::Lost => {
            format!("{value}, and where that led could not be found out")
        }
        value => value.to_string(),
    };
    if value.is_raced() { format!("{text}, which another thread was changing") } else { text }
}

/// Why the call has no such argument: `absent: openat has no mode with flags O_RDONLY`.
fn absent(call: &Call, name: &str) -> String {
    let param = call.signature().and_then(|row| row.params.iter().find(|param| param.name == name));
    let decider = param.and_then(|param| match (param.kind.condition, param.kind.shape) {
        (Condition::OnlyIf(decider, _), _) | (_, Shape::By(decider, _) | Shape::ByTwo(decider, ..)) => {
            Some(decider)
        }
        _ => None,
    });
    match decider.and_then(|decider| Some((decider, call.arg(decider)?))) {
        Some((decider, value)) => format!("absent: {} has no {name} with {decider} {value}", call.name()),
        None => "absent".to_owned(),
    }
}

fn argument(call: &Call, name: &str, wanted: &Match, around: Around<'_>) -> Verdict {
    match call.arg(name) {
        None => Verdict::No,
        Some(Value::Address(0)) => match start_of(call, name) {
            // Without a path the descriptor itself is meant. See utimensat(2), statx(2).
            Some(dirfd) if call.succeeded() => wanted.judge_in(dirfd, around),
            _ => wanted.judge_in(&Value::Address(0), around),
        },
        Some(value) => match wanted.judge_in(value, around) {
            // What the kernel has not written is not there.
            Verdict::Unknown if is_unwritten(call, name, value) => Verdict::No,
            verdict => verdict,
        },
    }
}

/// Whether the call failed before the kernel wrote what the argument points to. One that fails with `EFAULT` may have written
/// a part of it.
fn is_unwritten(call: &Call, name: &str, value: &Value) -> bool {
    const EFAULT: i32 = 14;
    let (Outcome::Failed(errno), Value::Address(_), Some(row)) = (call.outcome(), value, call.signature())
    else {
        return false;
    };
    let raw = call.raw();
    let mut arguments = resolve::arguments(row, raw.args());
    let shape = arguments.find(|argument| argument.1 == name).map(|argument| argument.2);
    let is_output = match shape {
        Some(Shape::PathOut(_)) => true,
        Some(Shape::Bytes(dir, _) | Shape::Iov(dir, _) | Shape::SockAddr(dir, _)) => dir == Dir::Out,
        Some(Shape::One(dir, _) | Shape::Many(dir, ..) | Shape::Scalars(dir, ..)) => dir == Dir::Out,
        _ => false,
    };
    is_output && errno.number() != EFAULT && !resolve::is_written(row, raw.args(), name, raw.outcome)
}

/// The directory's descriptor in front of a path.
fn start_of<'a>(call: &'a Call, name: &str) -> Option<&'a Value> {
    let row = call.signature()?;
    let register = row.position(name)?;
    let before = row.params.get(register.checked_sub(1)?)?;
    let is_path = matches!(row.params[register].kind.shape, Shape::Path);
    (is_path && matches!(before.kind.shape, Shape::DirFd)).then(|| call.arg(before.name))?
}

/// Whether some path or descriptor of the call is the one wanted.
fn on(calls: &Calls, call: &Call, wanted: &Match, around: Around<'_>) -> Verdict {
    files(calls, call).into_iter().map(|value| wanted.judge_in(value, around)).fold(Verdict::No, Verdict::or)
}

/// The paths and descriptors that the call is about, the new descriptor among them: not those that a path starts from.
/// Of two files, the one that these calls are about.
fn files<'a>(calls: &Calls, call: &'a Call) -> Vec<&'a Value> {
    let Some(row) = call.signature() else { return Vec::new() };
    if let Some(side) = calls.side(row.name) {
        return call.arg(side).into_iter().collect();
    }
    let is_file = |argument: &&Argument| {
        let kind = row.position(argument.name).map(|register| row.params[register].kind.shape);
        match argument.value {
            Value::Fd(_) => !matches!(kind, Some(Shape::DirFd)),
            Value::Path(_) => true,
            // It could not be read.
            Value::Address(_) => matches!(kind, Some(Shape::Path)),
            _ => false,
        }
    };
    let mut files: Vec<&Value> = Vec::new();
    for argument in call.args().iter().filter(is_file) {
        match argument.value {
            Value::Address(0) => files.extend(start_of(call, argument.name)),
            _ => files.push(&argument.value),
        }
    }
    if let Outcome::Returned(value @ Value::Fd(_)) = call.outcome() {
        files.push(value);
    }
    files
}

impl Wanted {
    /// Whether no call is both.
    pub(crate) fn excludes(&self, other: &Wanted) -> bool {
        match (self, other) {
            (Wanted::Fails(one), Wanted::Fails(other)) => one != other,
            (Wanted::Returns(one), Wanted::Returns(other)) => one != other,
            (Wanted::Fails(_), _) | (_, Wanted::Fails(_)) => true,
            _ => false,
        }
    }

    fn judge(&self, call: &Call) -> Verdict {
        let raw = call.raw();
        match (self, call.outcome()) {
            _ if restores(call) => Verdict::No,
            (Wanted::Ok, Outcome::Returned(_)) => Verdict::Yes,
            (Wanted::Fails(wanted), Outcome::Failed(errno)) => (wanted == errno).into(),
            (Wanted::Returns(wanted), Outcome::Returned(_)) => (raw.result() == Some(*wanted)).into(),
            // Interrupted: the call is made anew, or the program sees EINTR.
            (Wanted::Ok | Wanted::Returns(_), Outcome::Unfinished) if raw.errno().is_some() => Verdict::No,
            (Wanted::Fails(wanted), Outcome::Unfinished) if raw.errno().is_some() => {
                if wanted.name() == Some("EINTR") { Verdict::Unknown } else { Verdict::No }
            }
            (_, Outcome::Unfinished) => Verdict::Unknown,
            _ => Verdict::No,
        }
    }
}

/// Whether the call has no outcome of its own: what is in the register then was there before the signal. See sigreturn(2).
fn restores(call: &Call) -> bool {
    call.name() == "rt_sigreturn"
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wanted::Ok => f.write_str("ok"),
            Wanted::Fails(errno) => write!(f, "{errno}"),
            Wanted::Returns(value) => write!(f, "{value}"),
        }
    }
}
