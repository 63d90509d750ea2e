//! `only`: every call is one of those allowed.

use crate::expect::count::{self, Tally};
use crate::expect::mismatch::Mismatch;
use crate::expect::report::{Report, Row, Tone, are, blind, calls, number, program, searched};
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

/// So many calls are shown.
const OUTSIDE: usize = 10;

/// Whether all calls match, and there are any.
pub(crate) fn check(trace: &Trace, matcher: &CallMatcher) -> Result<(), Mismatch> {
    let tally = Tally::new(trace, matcher);
    let allowed: HashSet<usize> = tally.sure.iter().chain(&tally.unsure).copied().collect();
    let all: Vec<usize> = trace.entries().map(|(index, _)| index).collect();
    let outside: Vec<usize> = all.iter().copied().filter(|index| !allowed.contains(index)).collect();
    let holes = holes(trace);
    let (report, against) = if !outside.is_empty() {
        (violated(trace, matcher, &outside, &holes), outside)
    } else if !tally.unsure.is_empty() {
        let why = format!("{} could be one that is not allowed", number(tally.unsure.len(), "call"));
        let report = Report::cannot_tell(&why)
            .row(asked(matcher))
            .rows(count::perhaps(trace, matcher, &tally.unsure))
            .row(searched::row(trace, None))
            .rows(blind::remedies(trace, &holes, None));
        (report, tally.unsure)
    } else if !holes.is_empty() {
        (unseen(trace, matcher, &holes, all.len()), Vec::new())
    } else {
        return Ok(());
    };
    let foot = program::foot(trace, &against);
    Err(Mismatch::new(trace, report.foot(foot), against))
}

fn violated(trace: &Trace, matcher: &CallMatcher, outside: &[usize], holes: &[Hole]) -> Report {
    let (bad, all) = (outside.len(), number(trace.len(), "call"));
    Report::violated(format!("{bad} of {all} {} not allowed", are(bad)))
        .row(asked(matcher))
        .rows(calls::first(trace, "outside", outside, OUTSIDE, Tone::Against))
        .rows(calls::startup(trace, outside))
        .row(names(trace, outside))
        .row(searched::row(trace, None))
        .rows(blind::unseen("more may have been made", holes))
}

/// What a longer list would have to allow, the most frequent first.
fn names(trace: &Trace, outside: &[usize]) -> Row {
    const MOST: usize = 12;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for &index in outside {
        *counts.entry(trace.shared.calls[index].name()).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let shown = counts.iter().take(MOST).map(|(name, count)| format!("{count} {name}"));
    let more = if counts.len() > MOST { format!(", ... {} names", counts.len()) } else { String::new() };
    Row::new("in all", format!("{}{more}", shown.collect::<Vec<_>>().join(", ")))
}

fn unseen(trace: &Trace, matcher: &CallMatcher, holes: &[Hole], all: usize) -> Report {
    let why = match all {
        0 => "no call was recorded, so `only` says nothing".to_owned(),
        all => format!("{} {} allowed, {}", number(all, "recorded call"), are(all), blind::but(holes)),
    };
    Report::cannot_tell(&why)
        .row(asked(matcher))
        .row(searched::row(trace, None))
        .rows(blind::remedies(trace, holes, None))
}

fn asked(matcher: &CallMatcher) -> Row {
    Row::new("only", searched::asked(matcher)).tone(Tone::Asked)
}

/// Anything can hide a call that is *not* one of those allowed, so all blind spots count, not those of the matcher alone. But
/// the vDSO is in nearly every program, and would leave no `only` that holds; what it answers changes nothing in the world. And
/// calls that are not understood are in the trace: the matcher judges them.
fn holes(trace: &Trace) -> Vec<Hole> {
    let mut holes = trace.holes();
    holes.retain(|hole| {
        !matches!(
            hole.spot,
            BlindSpot::Vdso | BlindSpot::Foreign | BlindSpot::UnknownCall | BlindSpot::Unreadable
        )
    });
    holes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::fixture::{Made, cannot_tell, family, made, openat, violated};

    fn app() -> Made {
        made(
            r#"
            main    openat(-100, "/etc/app.conf", 0) = 3</etc/app.conf>
            main    fsync(3</etc/app.conf>) = 0
            main.c1 unlink("/etc/app.conf") = 0
            "#,
        )
    }

    #[test]
    fn all_calls_are_allowed() {
        let all = family("open").or("fsync").or("unlink");
        assert!(app().trace().try_only(&all).is_ok());
        // A clock that is read in user space is no call.
        assert!(app().hole(BlindSpot::Vdso, "the vDSO is mapped").trace().try_only(&all).is_ok());
    }

    #[test]
    fn those_that_are_not_allowed_are_shown() {
        violated(
            app().trace().try_only(openat("/etc/app.conf")),
            r#"
2 of 3 calls are not allowed
  only      openat(path = "/etc/app.conf")
  outside   #2 main     fsync(3</etc/app.conf>) = 0
            #3 main.c1  unlink("/etc/app.conf") = 0
  in all    1 fsync, 1 unlink
  searched  the whole trace: 3 calls in 2 processes
  program   app, exited with 0
  tree      main     app  exited with 0  2 calls  <- 1 of them
            main.c1  app  exited with 0  1 call  <- 1 of them
"#,
        );
    }

    #[test]
    fn any_blind_spot_could_hide_what_is_not_allowed() {
        let trace = made("main fsync(3</tmp/a>) = 0").filter(&["fsync"]).trace();
        cannot_tell(
            trace.try_only("fsync"),
            r#"
cannot tell: 1 recorded call is allowed, but such calls could have been made unseen
  only      fsync
  searched  the whole trace: 1 call in 1 process
  because   Tracer::only(..) leaves calls out
  either    record all calls: leave out Tracer::only(..)
  or        t.allowing(BlindSpot::Filter): accept it knowingly
  program   app, exited with 0
"#,
        );
    }

    #[test]
    fn nobody_can_tell_of_a_call_that_could_match() {
        let trace = made("main openat(-100, 0x7ffe, 0) = 3").trace();
        cannot_tell(
            trace.try_only(openat("/etc/passwd")),
            r#"
cannot tell: 1 call could be one that is not allowed
  only      openat(path = "/etc/passwd")
  perhaps   #1 main  openat(AT_FDCWD, 0x7ffe, O_RDONLY) = 3
                       path: wanted "/etc/passwd", was 0x7ffe
  searched  the whole trace: 1 call in 1 process
  program   app, exited with 0
"#,
        );
    }

    #[test]
    fn of_no_call_only_says_nothing() {
        let trace = app().trace().only_calls(".process(\"worker\")", &[]);
        cannot_tell(
            trace.try_only("fsync"),
            r#"
cannot tell: no call was recorded, so `only` says nothing
  only      fsync
  searched  .process("worker"): 0 of 3 calls
  because   .process("worker") selects no call; the programs are: app
  unless    t.allowing(BlindSpot::Empty): accept it knowingly
  program   app, exited with 0
  tree      main     app  exited with 0  2 calls
            main.c1  app  exited with 0  1 call
"#,
        );
    }
}
