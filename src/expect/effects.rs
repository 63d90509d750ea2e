//! Assertions about effects.

mod shown;

use crate::expect::effects::shown::shown;
use crate::expect::mismatch::Mismatch;
use crate::expect::report::{Report, Row, Tone, are, blind, program, searched};
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::effects::list::{Done, Effect, Effects, Sort};
use crate::trace::family;
use crate::trace::matcher::value::Match;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::mounts;
use crate::trace::requests;

/// # Assertions
///
/// Each panics with a report and hands the effects on; its `try_` twin returns a [`Mismatch`] instead. They take absolute paths, or addresses
/// of [`Trace::connections`](crate::Trace::connections), and [`under`](crate::under), [`re`](crate::re), [`any_of`](crate::any_of) and their like.
impl Effects {
    /// Everything matches, and there is something. A path that leads elsewhere through a link does not match where it was written, but
    /// where it leads.
    ///
    /// # Panics
    ///
    /// When something else was done; and when it cannot be told, since nothing was done at all or a
    /// [`BlindSpot`](crate::BlindSpot) could have hidden it.
    #[track_caller]
    pub fn only(&self, allowed: impl Into<Match>) -> &Effects {
        let allowed = self.sort.bind(allowed.into());
        self.hold(self.check_only(&allowed))
    }

    /// As [`only`](Effects::only), without the panic.
    ///
    /// # Errors
    ///
    /// Where `only` panics.
    #[track_caller]
    pub fn try_only(&self, allowed: impl Into<Match>) -> Result<&Effects, Mismatch> {
        let allowed = self.sort.bind(allowed.into());
        self.check_only(&allowed).map(|()| self)
    }

    /// Nothing was done.
    ///
    /// # Panics
    ///
    /// When something was, and when it cannot be told.
    #[track_caller]
    pub fn none(&self) -> &Effects {
        self.hold(self.check_none())
    }

    /// As [`none`](Effects::none), without the panic.
    ///
    /// # Errors
    ///
    /// Where `none` panics.
    pub fn try_none(&self) -> Result<&Effects, Mismatch> {
        self.check_none().map(|()| self)
    }

    /// Something matches.
    ///
    /// # Panics
    ///
    /// When nothing does.
    #[track_caller]
    pub fn contains(&self, wanted: impl Into<Match>) -> &Effects {
        let wanted = self.sort.bind(wanted.into());
        self.hold(self.check_contains(&wanted))
    }

    /// As [`contains`](Effects::contains), without the panic.
    ///
    /// # Errors
    ///
    /// Where `contains` panics.
    #[track_caller]
    pub fn try_contains(&self, wanted: impl Into<Match>) -> Result<&Effects, Mismatch> {
        let wanted = self.sort.bind(wanted.into());
        self.check_contains(&wanted).map(|()| self)
    }

    /// Nothing matches.
    ///
    /// # Panics
    ///
    /// When something does, and when it cannot be told.
    #[track_caller]
    pub fn never(&self, forbidden: impl Into<Match>) -> &Effects {
        let forbidden = self.sort.bind(forbidden.into());
        self.hold(self.check_never(&forbidden))
    }

    /// As [`never`](Effects::never), without the panic.
    ///
    /// # Errors
    ///
    /// Where `never` panics.
    #[track_caller]
    pub fn try_never(&self, forbidden: impl Into<Match>) -> Result<&Effects, Mismatch> {
        let forbidden = self.sort.bind(forbidden.into());
        self.check_never(&forbidden).map(|()| self)
    }

    #[track_caller]
    fn hold(&self, result: Result<(), Mismatch>) -> &Effects {
        match result {
            Ok(()) => self,
            Err(mismatch) => mismatch.raise(),
        }
    }

    fn check_only(&self, allowed: &Match) -> Result<(), Mismatch> {
        let asked = Row::new("only", allowed.to_string()).tone(Tone::Asked);
        let mut outside = self.judged(allowed, |verdict| verdict == Verdict::No || self.doubts(verdict));
        outside.retain(|effect| !effect.is_implied());
        let sure = |effect: &Effect| effect.judge(allowed) == Verdict::No;
        self.refuse(&outside, sure, asked.clone(), |number| format!("{number} not allowed"), "outside")?;
        if self.items.is_empty() && !self.trace.allowed.contains(&BlindSpot::Empty) {
            let why = format!("there are no {}, so `only` says nothing", self.sort.noun(2));
            let hint = Row::new("either", "none(): assert that there are none").tone(Tone::Hint);
            let allow = Row::new("or", "t.allowing(BlindSpot::Empty): accept it knowingly").tone(Tone::Hint);
            return self.fail(Report::cannot_tell(&why).row(asked), vec![hint, allow], &[]);
        }
        self.unseen(asked, Some(allowed))
    }

    fn check_none(&self) -> Result<(), Mismatch> {
        let asked = Row::new("none", self.sort.noun(2)).tone(Tone::Asked);
        let all: Vec<&Effect> = self.items.iter().collect();
        self.refuse(
            &all,
            |_| true,
            asked.clone(),
            |number| format!("{number} there, where there must be none"),
            "there",
        )?;
        self.unseen(asked, None)
    }

    fn check_contains(&self, wanted: &Match) -> Result<(), Mismatch> {
        let found = self.judged(wanted, |verdict| verdict == Verdict::Yes);
        if found.iter().any(|effect| effect.done == Done::Yes) {
            return Ok(());
        }
        let headline = match self.items.len() {
            0 => format!("there are no {}", self.sort.noun(2)),
            number => format!("none of {number} {} matches", self.sort.noun(number)),
        };
        let asked = Row::new("wanted", wanted.to_string()).tone(Tone::Asked);
        let report = Report::violated(headline).row(asked).rows(self.near(wanted));
        self.fail(report, blind::unseen("it may have happened", &self.holes()), &[])
    }

    fn check_never(&self, forbidden: &Match) -> Result<(), Mismatch> {
        let asked = Row::new("never", forbidden.to_string()).tone(Tone::Asked);
        let done = self.judged(forbidden, |verdict| verdict == Verdict::Yes || self.doubts(verdict));
        let sure = |effect: &Effect| effect.judge(forbidden) == Verdict::Yes;
        self.refuse(
            &done,
            sure,
            asked.clone(),
            |number| format!("{number} among what must never be"),
            "there",
        )?;
        self.unseen(asked, Some(forbidden))
    }

    /// Fails where there is one of these: for sure where one was done for sure.
    fn refuse(
        &self,
        against: &[&Effect],
        is_sure: impl Fn(&Effect) -> bool,
        asked: Row,
        headline: impl Fn(String) -> String,
        label: &'static str,
    ) -> Result<(), Mismatch> {
        let done = |effect: &&Effect| effect.done == Done::Yes;
        let sure: Vec<&Effect> = against.iter().copied().filter(done).filter(|it| is_sure(it)).collect();
        if !sure.is_empty() {
            let report = Report::violated(headline(self.counted(sure.len()))).row(asked);
            return self.fail(report.rows(shown(label, &sure)), Vec::new(), &sure);
        }
        if !against.is_empty() {
            let why = match self.sort {
                Sort::Leaked => {
                    "what was held may have been closed: the process was killed, or closed it unseen"
                }
                Sort::Reached if against.iter().any(done) => {
                    "somebody whose address is not known may be who must not be"
                }
                _ if against.iter().any(done) => {
                    "what was done to a path that could not be read may be what must not be"
                }
                _ => "a call that has no end may have done what must not be",
            };
            let report = Report::cannot_tell(why).row(asked).rows(shown("perhaps", against));
            let mut hints = Vec::new();
            if self.sort != Sort::Leaked && against.iter().any(done) {
                let accept = "t.allowing(BlindSpot::Unreadable): take it that it may be";
                hints.push(Row::new("unless", accept).tone(Tone::Hint).spot(BlindSpot::Unreadable));
            }
            return self.fail(report, hints, against);
        }
        Ok(())
    }

    /// What is not there may have been hidden. Calls through another interface, and those in no table, do not say what they do.
    fn unseen(&self, asked: Row, wanted: Option<&Match>) -> Result<(), Mismatch> {
        let mut holes = self.holes();
        holes.extend(self.mounted(wanted));
        if holes.is_empty() {
            return Ok(());
        }
        let why = format!("what was recorded would do, {}", blind::but(&holes));
        let report = Report::cannot_tell(&why).row(asked);
        self.fail(report, blind::remedies(&self.trace, &holes, None), &[])
    }

    fn holes(&self) -> Vec<Hole> {
        let calls = self.sort.calls();
        let mut holes = requests::unopened(self.trace.holes_for(&calls), &self.trace, &calls);
        let dumb = |hole: &Hole| matches!(hole.spot, BlindSpot::Foreign | BlindSpot::UnknownCall);
        holes.extend(self.trace.holes().into_iter().filter(dumb));
        holes
    }

    /// What may make files others than the test means, where it asks for some, or leaves some out.
    fn mounted(&self, wanted: Option<&Match>) -> Vec<Hole> {
        let files = self.sort != Sort::Reached;
        let asks = wanted.is_some_and(|wanted| files || mounts::asks_of_a_path(wanted));
        if !asks && (!files || self.ignored == 0) {
            return Vec::new();
        }
        self.trace.holes().into_iter().filter(|hole| hole.spot == BlindSpot::Mounts).collect()
    }

    /// Whether that is an answer nobody can go by: what could not be read, where the test did not accept that.
    fn doubts(&self, verdict: Verdict) -> bool {
        verdict == Verdict::Unknown && !self.trace.allowed.contains(&BlindSpot::Unreadable)
    }

    fn judged(&self, wanted: &Match, keep: impl Fn(Verdict) -> bool) -> Vec<&Effect> {
        self.items.iter().filter(|item| keep(item.judge(wanted))).collect()
    }

    /// `2 of 7 written files are`.
    fn counted(&self, number: usize) -> String {
        let all = self.items.len();
        format!("{number} of {all} {} {}", self.sort.noun(all), are(number))
    }

    fn fail(&self, report: Report, hints: Vec<Row>, against: &[&Effect]) -> Result<(), Mismatch> {
        let against: Vec<usize> = against.iter().map(|effect| effect.index).collect();
        let mut report = report.row(searched::row(&self.trace, None));
        if self.ignored > 0 {
            report = report.row(Row::new(
                "ignored",
                format!("{} of the runtime's own (ignoring_runtime)", self.ignored),
            ));
        }
        let report = report.rows(hints).foot(program::foot(&self.trace, &against));
        Err(Mismatch::new(&self.trace, report, against))
    }
}

impl Sort {
    /// The calls that can do what this is about.
    fn calls(self) -> CallMatcher {
        match self {
            Sort::Read => family::open().or(family::read()).or(family::list()).or("mmap"),
            Sort::Written => family::open()
                .or(family::write())
                .or(family::create())
                .or(family::link())
                .or(family::rename())
                .or(family::resize())
                .or(family::attributes())
                .or(family::xattr())
                .or("mmap")
                .or("ioctl")
                .or("bind"),
            Sort::Removed => family::unlink().or(family::rename()),
            Sort::Run => family::exec(),
            Sort::Reached => family::network(),
            Sort::Leaked => {
                let calls = ["close", "close_range", "dup", "dup2", "dup3", "fcntl", "ioctl"];
                calls.into_iter().fold(family::open(), CallMatcher::or)
            }
        }
    }
}

#[cfg(test)]
mod doubt;
#[cfg(test)]
mod tests;
