//! Predicates on calls, which can say why not.

pub mod value;
pub mod bind;
pub mod judge;
pub mod text;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::abi::check;
use crate::abi::errno::Errno;
use crate::abi::families::{self, CallFamily, When};
use crate::abi::other_abi;
use crate::abi::signature::Signature;
use crate::abi::syscalls;
use crate::trace::call::{Call, Outcome};
use crate::trace::matcher::value::Match;
use crate::trace::raw::Abi;
use crate::trace::value::Value;

/// Which calls are meant.
///
/// Wherever a matcher is taken, so is a call's name (`"connect"`), one of strace's classes (`"%network"`), what
/// [`call!`](crate::call) and the builders in [`calls`](crate::calls) make, and a [`family`](crate::family).
///
/// ```
/// use expect_syscalls::{call, CallMatcher, family};
///
/// let any_attempt = CallMatcher::from("connect");
/// let refused = call!("connect", addr = "127.0.0.1:80").fails("ECONNREFUSED");
/// let either = family::open().ok().or("execve");
/// assert_eq!(refused.to_string(), "connect(addr = \"127.0.0.1:80\") = ECONNREFUSED");
/// ```
///
/// # Panics
///
/// A name that is no call's panics where the matcher is made, with the nearest one. So does an unknown name of an
/// error, signal or flag.
///
/// ```should_panic
/// expect_syscalls::CallMatcher::from("conect"); // did you mean `connect`?
/// ```
#[derive(Clone, Debug)]
pub struct CallMatcher {
    branches: Vec<Branch>,
    /// The name, where the matcher is one bare name given as a string.
    plain: Option<&'static str>,
}

/// One alternative: all of it must hold.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) calls: Calls,
    /// Arguments by name.
    pub(crate) arguments: Vec<(&'static str, Match)>,
    /// What any path or descriptor of the call must refer to.
    pub(crate) on: Option<Match>,
    pub(crate) outcomes: Vec<Wanted>,
}

/// Which calls a branch is about.
#[derive(Clone, Debug)]
pub(crate) enum Calls {
    One(&'static Signature),
    Family(&'static CallFamily),
    /// One of strace's classes.
    Class(&'static str, &'static [&'static str]),
}

/// A condition on the outcome.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wanted {
    Ok,
    Fails(Errno),
    Returns(i64),
}

/// Whether a call is one of those meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Yes,
    No,
    /// Something the matcher asks about was not recorded: an unreadable or cut argument, an outcome that never came.
    Unknown,
}

/// Why a call is not one of those meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The argument's name, or `outcome`.
    pub(crate) what: String,
    pub(crate) wanted: String,
    pub(crate) was: String,
}

impl Verdict {
    /// Both must hold.
    pub(crate) fn and(self, other: Verdict) -> Verdict {
        match (self, other) {
            (Verdict::No, _) | (_, Verdict::No) => Verdict::No,
            (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
            _ => Verdict::Yes,
        }
    }

    /// One must hold.
    pub(crate) fn or(self, other: Verdict) -> Verdict {
        !(!self).and(!other)
    }
}

impl std::ops::Not for Verdict {
    type Output = Verdict;

    fn not(self) -> Verdict {
        match self {
            Verdict::Yes => Verdict::No,
            Verdict::No => Verdict::Yes,
            Verdict::Unknown => Verdict::Unknown,
        }
    }
}

impl From<bool> for Verdict {
    fn from(yes: bool) -> Verdict {
        if yes { Verdict::Yes } else { Verdict::No }
    }
}

impl CallMatcher {
    /// Only calls that returned and were no error. One that never ended is neither.
    ///
    /// A non-blocking `connect` fails with `EINPROGRESS`, and is not ok.
    #[must_use]
    pub fn ok(self) -> CallMatcher {
        self.wanting(Wanted::Ok)
    }

    /// Only calls that failed with this error, by its name in errno(3).
    ///
    /// # Panics
    ///
    /// When there is no such error.
    #[must_use]
    #[track_caller]
    pub fn fails(self, errno: &str) -> CallMatcher {
        match Errno::from_name(errno) {
            Some(errno) => self.wanting(Wanted::Fails(errno)),
            None => panic!("{}", unknown("error", errno, Errno::names())),
        }
    }

    /// Only calls that returned this.
    #[must_use]
    pub fn returns(self, value: i64) -> CallMatcher {
        self.wanting(Wanted::Returns(value))
    }

    /// These calls, or those of `other`. A condition that is written after it, such as [`ok`](CallMatcher::ok), holds for all
    /// alternatives so far; one inside `other` for that alternative.
    #[must_use]
    #[track_caller]
    pub fn or(mut self, other: impl Into<CallMatcher>) -> CallMatcher {
        self.branches.extend(other.into().branches);
        self.plain = None;
        self
    }

    /// Only calls of which some path, or some descriptor, refers to `path`.
    ///
    /// ```
    /// # use expect_syscalls::{expect_syscalls, family};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
    /// trace.contains(family::open().on("/etc/hostname").ok());
    /// ```
    #[must_use]
    #[track_caller]
    pub fn on(mut self, path: impl Into<PathBuf>) -> CallMatcher {
        let path = bind::path(&path.into());
        for branch in &mut self.branches {
            branch.on = Some(path.clone());
        }
        self.plain = None;
        self
    }

    /// The calls that a name or a class of strace's means; for names that a user types. A literal is better written as it
    /// stands: `"connect"` converts by itself.
    ///
    /// # Errors
    ///
    /// When there is no such call, with the nearest name.
    ///
    /// ```
    /// # use expect_syscalls::CallMatcher;
    /// let why = CallMatcher::parse("conect").unwrap_err();
    /// assert_eq!(why, "no x86_64 system call is called `conect`; did you mean `connect`?");
    /// ```
    pub fn parse(name: &str) -> Result<CallMatcher, String> {
        if let Some(class) = name.strip_prefix('%') {
            let Some((name, members)) = families::class(class) else {
                return Err(unknown("class", class, families::class_names()));
            };
            return Ok(CallMatcher::new(Calls::Class(name, members), Vec::new()));
        }
        let row = syscalls::lookup(name)?;
        let mut matcher = CallMatcher::new(Calls::One(row), Vec::new());
        matcher.plain = Some(row.name);
        Ok(matcher)
    }

    /// Whether `call` is surely one of those meant. Does not judge a trace: see [`Trace::contains`](crate::Trace::contains) and
    /// [`Trace::never`](crate::Trace::never).
    #[must_use]
    pub fn matches(&self, call: &Call) -> bool {
        self.judge(call) == Verdict::Yes
    }

    pub(crate) fn new(calls: Calls, arguments: Vec<(&'static str, Match)>) -> CallMatcher {
        let branch = Branch { calls, arguments, on: None, outcomes: Vec::new() };
        CallMatcher { branches: vec![branch], plain: None }
    }

    /// Whether `call` is one of those meant.
    pub(crate) fn judge(&self, call: &Call) -> Verdict {
        self.branches.iter().map(|branch| branch.judge(call)).fold(Verdict::No, Verdict::or)
    }

    /// Why [`judge`](Self::judge) does not say yes, by the branch that comes nearest; empty when it says yes.
    /// `None` when no branch is about a call of this name.
    pub(crate) fn differences(&self, call: &Call) -> Option<Vec<Difference>> {
        let about = self.branches.iter().filter(|branch| branch.calls.about(call) != Verdict::No);
        about.map(|branch| branch.differences(call)).min_by_key(Vec::len)
    }

    /// The numbers of the x86_64 calls it is about.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.branches.iter().flat_map(|branch| branch.calls.numbers())
    }

    /// The name, when the matcher is one bare name given as a string: `"open"`, not `call!("open")`.
    pub(crate) fn plain_name(&self) -> Option<&'static str> {
        self.plain
    }

    pub(crate) fn branches(&self) -> &[Branch] {
        &self.branches
    }

    fn wanting(mut self, wanted: Wanted) -> CallMatcher {
        for branch in &mut self.branches {
            branch.outcomes.push(wanted.clone());
        }
        self.plain = None;
        self
    }
}

impl From<&str> for CallMatcher {
    #[track_caller]
    fn from(name: &str) -> CallMatcher {
        match CallMatcher::parse(name) {
            Ok(matcher) => matcher,
            Err(why) => panic!("{why}"),
        }
    }
}

impl From<String> for CallMatcher {
    #[track_caller]
    fn from(name: String) -> CallMatcher {
        name.as_str().into()
    }
}

impl From<&String> for CallMatcher {
    #[track_caller]
    fn from(name: &String) -> CallMatcher {
        name.as_str().into()
    }
}

impl From<&CallMatcher> for CallMatcher {
    fn from(matcher: &CallMatcher) -> CallMatcher {
        matcher.clone()
    }
}

/// Words for a name that is in no list.
pub(crate) fn unknown<'a>(sort: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match check::suggest(name, known) {
        Some(near) => format!("no {sort} is called `{name}`; did you mean `{near}`?"),
        None => format!("no {sort} is called `{name}`"),
    }
}

impl Branch {
    fn judge(&self, call: &Call) -> Verdict {
        let mut verdict = self.calls.about(call);
        if verdict == Verdict::No {
            return verdict;
        }
        let native = call.raw().abi == Abi::X86_64;
        if !native && (!self.arguments.is_empty() || self.on.is_some()) {
            verdict = verdict.and(Verdict::Unknown);
        } else {
            for (name, wanted) in &self.arguments {
                verdict = verdict.and(argument(call, name, wanted));
            }
            if let Some(wanted) = &self.on {
                verdict = verdict.and(on(call, wanted));
            }
        }
        self.outcomes.iter().fold(verdict, |verdict, wanted| verdict.and(wanted.judge(call)))
    }

    fn differences(&self, call: &Call) -> Vec<Difference> {
        let mut differences = Vec::new();
        for (name, wanted) in &self.arguments {
            if argument(call, name, wanted) != Verdict::Yes {
                let was = call.arg(name).map_or_else(|| "absent".to_owned(), Value::to_string);
                differences.push(Difference { what: (*name).to_owned(), wanted: wanted.to_string(), was });
            }
        }
        if let Some(wanted) = self.on.as_ref().filter(|wanted| on(call, wanted) != Verdict::Yes) {
            let was = "no such argument".to_owned();
            differences.push(Difference { what: "on".to_owned(), wanted: wanted.to_string(), was });
        }
        for wanted in self.outcomes.iter().filter(|wanted| wanted.judge(call) != Verdict::Yes) {
            let was = match call.outcome() {
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

fn argument(call: &Call, name: &str, wanted: &Match) -> Verdict {
    call.arg(name).map_or(Verdict::No, |value| wanted.judge(value))
}

/// Whether some path or descriptor of the call is the one wanted.
fn on(call: &Call, wanted: &Match) -> Verdict {
    let named = |value: &&Value| matches!(value, Value::Path(_) | Value::Fd(_));
    let values = call.args().iter().map(|argument| &argument.value).filter(named);
    values.map(|value| wanted.judge(value)).fold(Verdict::No, Verdict::or)
}

impl Wanted {
    fn judge(&self, call: &Call) -> Verdict {
        let raw = call.raw();
        match (self, call.outcome()) {
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

impl Calls {
    /// Whether a call is one of these, by its name and, in a family with a condition, by its arguments.
    fn about(&self, call: &Call) -> Verdict {
        const ENOSYS: i32 = 38;
        let raw = call.raw();
        if raw.abi != Abi::X86_64 {
            return self.about_foreign(call);
        }
        match (self, call.signature()) {
            (Calls::One(row), Some(made)) => (row.number == made.number).into(),
            (Calls::Family(family), Some(made)) if family.members.contains(&made.name) => {
                judge::counts(family.condition, call)
            }
            (Calls::Class(_, members), Some(made)) => members.contains(&made.name).into(),
            // A number in no table belongs to whatever newer kernels have.
            (Calls::Family(_) | Calls::Class(..), None) if raw.errno() != Some(ENOSYS) => Verdict::Unknown,
            _ => Verdict::No,
        }
    }

    /// i386 and x32 calls are known by name. Two of i386 are doors to whole groups.
    fn about_foreign(&self, call: &Call) -> Verdict {
        let raw = call.raw();
        let name = match raw.abi {
            Abi::I386 => other_abi::i386_name(raw.number),
            _ => other_abi::x32_name(raw.number),
        };
        let Some(name) = name else {
            return if matches!(self, Calls::One(_)) { Verdict::No } else { Verdict::Unknown };
        };
        let group = match name {
            "socketcall" => families::class("network").map_or(&[][..], |class| class.1),
            "ipc" => families::class("ipc").map_or(&[][..], |class| class.1),
            _ => &[],
        };
        match self {
            Calls::One(row) if row.name == name => Verdict::Yes,
            Calls::One(row) if group.contains(&row.name) => Verdict::Unknown,
            Calls::One(_) => Verdict::No,
            Calls::Family(CallFamily { members, condition, .. }) if members.contains(&name) => {
                if *condition == When::Always { Verdict::Yes } else { Verdict::Unknown }
            }
            Calls::Family(CallFamily { members, .. }) | Calls::Class(_, members) => {
                (members.contains(&name) || group.iter().any(|member| members.contains(member))).into()
            }
        }
    }

    fn numbers(&self) -> Vec<u32> {
        let number = |name: &&str| syscalls::by_name(name).map(|row| row.number);
        match self {
            Calls::One(row) => vec![row.number],
            Calls::Family(CallFamily { members, .. }) | Calls::Class(_, members) => {
                members.iter().filter_map(number).collect()
            }
        }
    }
}

/// A shared closure over a value, with its place for the report.
pub(crate) type Closure = Arc<dyn Fn(&Value) -> bool + Send + Sync>;

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wanted::Ok => f.write_str("ok"),
            Wanted::Fails(errno) => write!(f, "{errno}"),
            Wanted::Returns(value) => write!(f, "{value}"),
        }
    }
}
