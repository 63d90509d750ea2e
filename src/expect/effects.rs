//! Assertions about effects.

use crate::expect::mismatch::Mismatch;
use crate::expect::report::{Report, Row, Tone, are, blind, program};
use crate::trace::blind::Hole;
use crate::trace::effects::list::{Effect, Effects, Sort};
use crate::trace::family;
use crate::trace::format::Format;
use crate::trace::matcher::value::Match;
use crate::trace::matcher::{CallMatcher, Verdict};

/// So many things are shown.
const SHOWN: usize = 10;

/// # Assertions
///
/// Each panics with a report and hands the effects on; its `try_` twin returns a [`Mismatch`] instead. They take paths, or addresses
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
        let outside = self.judged(allowed, |verdict| verdict != Verdict::Yes);
        if !outside.is_empty() {
            let headline = format!("{} not allowed", self.counted(outside.len()));
            let report = Report::violated(headline).row(asked).rows(shown("outside", &outside));
            return self.fail(report, &outside);
        }
        if self.items.is_empty() && !self.trace.allowed.contains(&crate::trace::blind::BlindSpot::Empty) {
            let why = format!("there are no {}, so `only` says nothing", self.sort.noun(2));
            let hint = Row::new("either", "none(): assert that there are none").tone(Tone::Hint);
            let allow = Row::new("or", "t.allowing(BlindSpot::Empty): accept it knowingly").tone(Tone::Hint);
            return self.fail(Report::cannot_tell(&why).row(asked).row(hint).row(allow), &[]);
        }
        self.unseen(asked)
    }

    fn check_none(&self) -> Result<(), Mismatch> {
        let asked = Row::new("none", self.sort.noun(2)).tone(Tone::Asked);
        if self.items.is_empty() {
            return self.unseen(asked);
        }
        let all: Vec<&Effect> = self.items.iter().collect();
        let headline = format!("{} {}, where there must be none", all.len(), self.sort.noun(all.len()));
        self.fail(Report::violated(headline).row(asked).rows(shown("there", &all)), &all)
    }

    fn check_contains(&self, wanted: &Match) -> Result<(), Mismatch> {
        if !self.judged(wanted, |verdict| verdict == Verdict::Yes).is_empty() {
            return Ok(());
        }
        let headline = match self.items.len() {
            0 => format!("there are no {}", self.sort.noun(2)),
            number => format!("none of {number} {} matches", self.sort.noun(number)),
        };
        let asked = Row::new("wanted", wanted.to_string()).tone(Tone::Asked);
        let all: Vec<&Effect> = self.items.iter().collect();
        self.fail(Report::violated(headline).row(asked).rows(shown("there", &all)), &[])
    }

    fn check_never(&self, forbidden: &Match) -> Result<(), Mismatch> {
        let asked = Row::new("never", forbidden.to_string()).tone(Tone::Asked);
        let done = self.judged(forbidden, |verdict| verdict != Verdict::No);
        if done.is_empty() {
            return self.unseen(asked);
        }
        let headline = format!("{} among what must never be", self.counted(done.len()));
        self.fail(Report::violated(headline).row(asked).rows(shown("there", &done)), &done)
    }

    /// What is not there may have been hidden.
    fn unseen(&self, asked: Row) -> Result<(), Mismatch> {
        let matcher = self.sort.calls();
        let holes: Vec<Hole> = self.trace.holes_for(&matcher);
        if holes.is_empty() {
            return Ok(());
        }
        let why = format!("what was recorded would do, {}", blind::but(&holes));
        let report = Report::cannot_tell(&why).row(asked).rows(blind::remedies(&self.trace, &holes, None));
        self.fail(report, &[])
    }

    fn judged(&self, wanted: &Match, keep: impl Fn(Verdict) -> bool) -> Vec<&Effect> {
        self.items.iter().filter(|item| keep(item.judge(wanted))).collect()
    }

    /// `2 of 7 written files are`.
    fn counted(&self, number: usize) -> String {
        let all = self.items.len();
        format!("{number} of {all} {} {}", self.sort.noun(all), are(number))
    }

    fn fail(&self, report: Report, against: &[&Effect]) -> Result<(), Mismatch> {
        let against: Vec<usize> = against.iter().map(|effect| effect.index).collect();
        let mut report = report;
        if self.ignored > 0 {
            report = report.row(Row::new(
                "ignored",
                format!("{} of the runtime's own (ignoring_runtime)", self.ignored),
            ));
        }
        let foot = program::foot(&self.trace, &against);
        Err(Mismatch::new(&self.trace, report.foot(foot), against))
    }
}

impl Sort {
    /// The calls that can do what this is about.
    fn calls(self) -> CallMatcher {
        match self {
            Sort::Read => family::open().or(family::read()).or(family::list()),
            Sort::Written => family::open()
                .or(family::write())
                .or(family::create())
                .or(family::link())
                .or(family::rename())
                .or(family::resize())
                .or(family::attributes())
                .or(family::xattr()),
            Sort::Removed => family::unlink().or(family::rename()),
            Sort::Run => family::exec(),
            Sort::Reached => family::network(),
        }
    }
}

/// A thing a line: what was done to it, and by which call.
fn shown(label: &'static str, effects: &[&Effect]) -> Vec<Row> {
    let format = Format::new().fd_paths(true);
    let first = &effects[..effects.len().min(SHOWN)];
    let width =
        |text: &dyn Fn(&Effect) -> String| first.iter().map(|it| text(it).chars().count()).max().unwrap_or(0);
    let (things, whats) = (width(&|it| it.to_string()), width(&|it| it.what().to_owned()));
    let mut rows = Vec::new();
    for effect in first {
        let label = if rows.is_empty() { label } else { "" };
        let call = effect.call();
        let text = format!(
            "{:<things$}  {:<whats$}  #{} {}  {}",
            effect.to_string(),
            effect.what(),
            effect.index + 1,
            call.thread(),
            call.display(&format)
        );
        rows.push(Row::new(label, crate::expect::report::cut(&text, 240)).tone(Tone::Against));
    }
    if effects.len() > SHOWN {
        rows.push(Row::new("", format!("... {} more", effects.len() - SHOWN)));
    }
    rows
}
