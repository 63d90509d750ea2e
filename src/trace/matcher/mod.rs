//! Predicates on calls, which can say why not.

pub(crate) mod value;
pub(crate) mod bind;
mod possible;
pub(crate) mod judge;
pub(crate) mod text;
mod branch;
pub(crate) mod about;
pub(crate) mod relation;

use crate::abi::check;
use crate::abi::errno::Errno;
use crate::abi::families;
use crate::abi::signature::Shape;
use crate::abi::syscalls;
use crate::trace::blind::BlindSpot;
use crate::trace::call::Call;
use crate::trace::calls::{Matches, class};
use crate::trace::matcher::branch::Wanted;
use crate::trace::matcher::judge::Reading;
use crate::trace::matcher::value::Match;
use crate::trace::raw::Abi;

pub(crate) use about::Calls;
pub(crate) use branch::Branch;

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
    /// A non-blocking `connect` fails with `EINPROGRESS`, and is not ok. What `rt_sigreturn` seems to return is what a signal has
    /// interrupted: in a family, or after [`or`](CallMatcher::or), it is neither ok nor an error.
    ///
    /// # Panics
    ///
    /// When the call was to fail, and for `rt_sigreturn`.
    #[must_use]
    #[track_caller]
    pub fn ok(self) -> CallMatcher {
        self.wanting(Wanted::Ok)
    }

    /// Only calls that failed with this error, by its name in errno(3).
    ///
    /// # Panics
    ///
    /// When there is no such error, or none that a program sees, and when the call was to return or to fail with another.
    #[must_use]
    #[track_caller]
    pub fn fails(self, errno: &str) -> CallMatcher {
        let known = Errno::from_name(errno).ok_or_else(|| unknown("error", errno, Errno::names()));
        match known.and_then(possible::seen_by_programs) {
            Ok(errno) => self.wanting(Wanted::Fails(errno)),
            Err(why) => panic!("{why}"),
        }
    }

    /// Only calls that returned this.
    ///
    /// # Panics
    ///
    /// On a number that only a failed call could show, which is what [`fails`](CallMatcher::fails) asks for.
    #[must_use]
    #[track_caller]
    pub fn returns(self, value: i64) -> CallMatcher {
        if (-4095..=-1).contains(&value) {
            let errno = Errno(-value as i32);
            panic!("no call returns {value}: one that fails is asked for by its error, .fails(\"{errno}\")");
        }
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

    /// Only calls of which some path, or some descriptor, refers to this file, whichever argument it is. A directory that a
    /// relative path starts from does not count. Of a call that copies from one file to another, `family::read()` is about the
    /// first and `family::write()` about the second.
    ///
    /// ```
    /// # use expect_syscalls::{expect_syscalls, family, under};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
    /// trace
    ///     .contains(family::open().on("/etc/hostname").ok())
    ///     .contains(family::read().on("/etc/hostname"))
    ///     .never(family::write().on(under("/etc")));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn on(mut self, file: impl Matches<class::FilePath>) -> CallMatcher {
        let file = bind::bind_shape("on(..)", Shape::Path, file.into_match());
        for branch in &mut self.branches {
            branch.on.push(file.clone());
        }
        self.plain = None;
        self
    }

    /// As [`on`](CallMatcher::on), of what is bound already.
    pub(crate) fn about(mut self, file: &Match) -> CallMatcher {
        for branch in &mut self.branches {
            branch.on.push(file.clone());
        }
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
        let branch = Branch { calls, arguments, on: Vec::new(), outcomes: Vec::new() };
        CallMatcher { branches: vec![branch], plain: None }
    }

    /// Whether `call` is one of those meant, where every form that a path could have counts: to forbid, to find.
    pub(crate) fn judge(&self, call: &Call) -> Verdict {
        self.read(call, Reading::Forbid)
    }

    /// As [`judge`](Self::judge), where a path is the file it led to: to allow. Only `under` is read in two ways.
    pub(crate) fn allows(&self, call: &Call) -> Verdict {
        self.read(call, Reading::Allow)
    }

    fn read(&self, call: &Call, reading: Reading) -> Verdict {
        self.branches.iter().map(|branch| branch.judge(call, reading)).fold(Verdict::No, Verdict::or)
    }

    /// The blind spot for which [`judge`](Self::judge) says unknown. `None` where it does not, and where all that is
    /// missing is the end of the call.
    pub(crate) fn doubt(&self, call: &Call) -> Option<BlindSpot> {
        let arguments = |branch: &Branch| branch.judge_arguments(call, Reading::Forbid);
        if !self.branches.iter().any(|branch| arguments(branch) == Verdict::Unknown) {
            return None;
        }
        match (call.raw().abi, call.signature()) {
            (Abi::X86_64, Some(_)) => Some(BlindSpot::Unreadable),
            (Abi::X86_64, None) => Some(BlindSpot::UnknownCall),
            _ => Some(BlindSpot::Foreign),
        }
    }

    /// Why [`judge`](Self::judge) does not say yes, by the branch that comes nearest; empty when it says yes.
    /// `None` when no branch is about a call of this name.
    pub(crate) fn differences(&self, call: &Call) -> Option<Vec<Difference>> {
        let about = self.branches.iter().filter(|branch| branch.calls.about(call) != Verdict::No);
        about.map(|branch| branch.differences(call)).min_by_key(Vec::len)
    }

    /// As [`differences`](Self::differences), of a call by another name: in what they both have, and in the name where that is
    /// not all that is asked.
    fn differences_of_another(&self, call: &Call) -> Vec<Difference> {
        let row = call.signature();
        let both = |it: &Difference| {
            matches!(&*it.what, "on" | "outcome") || row.is_some_and(|row| row.position(&it.what).is_some())
        };
        let of = |branch: &Branch| {
            let (wanted, was) = (branch.calls.to_string(), call.name().to_owned());
            let name = (!branch.is_bare()).then(|| Difference { what: "call".to_owned(), wanted, was });
            name.into_iter().chain(branch.differences(call).into_iter().filter(both)).collect()
        };
        self.branches.iter().map(of).min_by_key(Vec::len).unwrap_or_default()
    }

    /// Whether it says how a call must go.
    pub(crate) fn asks_for_outcome(&self) -> bool {
        self.branches.iter().any(|branch| !branch.outcomes.is_empty())
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

    #[track_caller]
    fn wanting(mut self, wanted: Wanted) -> CallMatcher {
        for branch in &mut self.branches {
            if matches!(branch.calls, Calls::One(row) if row.name == "rt_sigreturn") {
                panic!("`rt_sigreturn` does not return to its caller, so no call of it is {wanted}");
            }
            if let Some(other) = branch.outcomes.iter().find(|other| other.excludes(&wanted)) {
                panic!("no call of {} is both {other} and {wanted}", branch.calls);
            }
            if !branch.outcomes.contains(&wanted) {
                branch.outcomes.push(wanted.clone());
            }
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

#[cfg(test)]
mod tests;
