//! `only`: every call is one of those allowed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::expect::count;
use crate::expect::mismatch::Mismatch;
use crate::expect::report::{Report, Row, Tone, are, blind, calls, number, program, searched};
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::call::Call;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::query::Trace;

/// So many calls are shown.
const OUTSIDE: usize = 10;

/// Whether all calls match, and there are any.
pub(crate) fn check(trace: &Trace, matcher: &CallMatcher) -> Result<(), Mismatch> {
    let Places { all, outside, unsure } = Places::new(trace, matcher);
    let holes = holes(trace, matcher);
    let (report, against) = if !outside.is_empty() {
        (violated(trace, matcher, &outside), outside)
    } else if !unsure.is_empty() {
        (undecided(trace, matcher, &unsure, &holes), unsure)
    } else if all == 0 && !trace.allowed.contains(&BlindSpot::Empty) {
        (vacuous(trace, matcher, &holes), Vec::new())
    } else if !holes.is_empty() {
        (unseen(trace, matcher, &holes, all), Vec::new())
    } else {
        return Ok(());
    };
    let foot = program::foot(trace, &against);
    Err(Mismatch::new(trace, report.foot(foot), against))
}

/// Where the calls stand.
#[derive(Default)]
struct Places {
    /// How many there are.
    all: usize,
    /// Those that are not allowed.
    outside: Vec<usize>,
    /// Those of which nobody can tell.
    unsure: Vec<usize>,
}

impl Places {
    fn new(trace: &Trace, matcher: &CallMatcher) -> Places {
        let accepted = |call: &Call| matcher.doubt(call).is_some_and(|spot| trace.allowed.contains(&spot));
        let mut places = Places::default();
        for (index, call) in trace.entries() {
            places.all += 1;
            match matcher.allows(call) {
                Verdict::Yes => {}
                Verdict::Unknown if accepted(call) => {}
                Verdict::Unknown => places.unsure.push(index),
                Verdict::No => places.outside.push(index),
            }
        }
        places
    }
}

fn violated(trace: &Trace, matcher: &CallMatcher, outside: &[usize]) -> Report {
    let all = trace.calls().count();
    Report::violated(format!(
        "{} of {} {} not allowed",
        outside.len(),
        number(all, "call"),
        are(outside.len())
    ))
    .row(asked(matcher))
    .rows(calls::first_noted(trace, "outside", outside, OUTSIDE, Tone::Against, |call| {
        differences(matcher, call)
    }))
    .rows(names(trace, outside))
    .row(searched::row(trace, None))
    .rows(calls::in_startup(trace, outside))
}

/// In what a call differs from the one that is allowed by its name.
fn differences(matcher: &CallMatcher, call: &Call) -> Vec<String> {
    match matcher.differences(call) {
        Some(all) if all.is_empty() => vec!["is meant as it is written, but led elsewhere".to_owned()],
        Some(all) => all.iter().map(calls::difference).collect(),
        None => Vec::new(),
    }
}

/// Where not all are shown: what a longer list would have to allow, the most frequent first.
fn names(trace: &Trace, outside: &[usize]) -> Option<Row> {
    const MOST: usize = 12;
    if outside.len() <= OUTSIDE {
        return None;
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for &index in outside {
        *counts.entry(trace.shared.calls[index].name()).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let shown: Vec<String> =
        counts.iter().take(MOST).map(|(name, count)| format!("{count} {name}")).collect();
    let more = if counts.len() > MOST { format!(", ... {} names", counts.len()) } else { String::new() };
    Some(Row::new("in all", format!("{}{more}", shown.join(", "))))
}

fn undecided(trace: &Trace, matcher: &CallMatcher, unsure: &[usize], holes: &[Hole]) -> Report {
    let why = format!("{} could be one that is not allowed", number(unsure.len(), "call"));
    Report::cannot_tell(&why)
        .row(asked(matcher))
        .rows(count::perhaps(trace, matcher, unsure))
        .row(searched::row(trace, None))
        .rows(blind::doubted(trace, matcher, unsure, "are allowed"))
        .rows(blind::remedies(trace, holes, None))
}

/// Where there is no call, each of them is allowed, whatever was asked.
fn vacuous(trace: &Trace, matcher: &CallMatcher, holes: &[Hole]) -> Report {
    let mut holes = holes.to_vec();
    if holes.iter().all(|hole| hole.spot != BlindSpot::Empty) {
        holes.push(Hole::new(BlindSpot::Empty, "the recording has no call"));
    }
    Report::cannot_tell("no call was recorded, so `only` says nothing")
        .row(asked(matcher))
        .row(searched::row(trace, None))
        .rows(blind::remedies(trace, &holes, None))
}

fn unseen(trace: &Trace, matcher: &CallMatcher, holes: &[Hole], all: usize) -> Report {
    let why = format!("{} {} allowed, {}", number(all, "recorded call"), are(all), blind::but(holes));
    Report::cannot_tell(&why)
        .row(asked(matcher))
        .row(searched::row(trace, None))
        .rows(blind::remedies(trace, holes, None))
}

fn asked(matcher: &CallMatcher) -> Row {
    Row::new("only", searched::asked(matcher)).tone(Tone::Asked)
}

/// Anything can hide a call that is *not* one of those allowed, so all blind spots count, not those of the matcher. The
/// vDSO is in nearly every program, and would leave no `only` that holds: what it answers changes nothing in the world.
/// Mounts hide no call: they matter where the matcher asks for files.
fn holes(trace: &Trace, matcher: &CallMatcher) -> Vec<Hole> {
    let mut holes = trace.holes();
    holes.retain(|hole| match hole.spot {
        BlindSpot::Vdso => false,
        BlindSpot::Mounts => hole.hides(matcher),
        _ => true,
    });
    holes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::fixture::{Made, cannot_tell, family, made, openat, violated};
    use crate::trace::matcher::value::under;

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
        // Whatever is mounted, no other call is made.
        let mounted = app().hole(BlindSpot::Mounts, "#9 main  umount2(\"/etc\", 0) = 0").trace();
        assert!(mounted.try_only(&all).is_ok());
        let files = family("open").on(under("/etc")).or("fsync").or("unlink");
        assert!(app().trace().try_only(&files).is_ok());
        assert!(mounted.try_only(&files).is_err_and(|it| it.is_inconclusive()));
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
  searched  the whole trace: 3 calls in 2 processes
  program   app, exited with 0
  tree      main     app  exited with 0  2 calls  <- 1 of them
            main.c1  app  exited with 0  1 call  <- 1 of them
"#,
        );
    }

    #[test]
    fn an_argument_that_is_not_allowed_is_shown() {
        violated(
            made("main openat(-100, \"/etc/a\", 0) = 3</etc/a>").trace().try_only(openat("/etc/b").ok()),
            r#"
1 of 1 call is not allowed
  only      openat(path = "/etc/b") = ok
  outside   #1 main  openat(AT_FDCWD, "/etc/a", O_RDONLY) = 3</etc/a>
                       path: wanted "/etc/b", was "/etc/a"
  searched  the whole trace: 1 call in 1 process
  program   app, exited with 0
"#,
        );
    }

    #[test]
    fn of_many_calls_the_names_are_told() {
        let lines = ["main getpid() = 1"; 11].join("\n") + "\nmain fsync(3</tmp/a>) = 0\nmain sync() = 0";
        let trace = made(&lines).trace();
        let names = names(&trace, &(0..13).collect::<Vec<_>>()).map(|row| row.text);
        assert_eq!(names.as_deref(), Some("11 getpid, 1 fsync, 1 sync"));
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
  unless    t.allowing(BlindSpot::Unreadable): take it that they are allowed
  program   app, exited with 0
"#,
        );
        assert!(trace.allowing(BlindSpot::Unreadable).try_only(openat("/etc/passwd")).is_ok());
        assert!(trace.allowing(BlindSpot::Foreign).try_only(openat("/etc/passwd")).is_err());
    }

    #[test]
    fn a_path_is_allowed_by_where_it_led() {
        let trace = made("main openat(-100, \"/tmp/d/link\", 0) = 3</etc/x>").trace();
        violated(
            trace.try_only(openat(under("/tmp/d"))),
            r#"
1 of 1 call is not allowed
  only      openat(path under "/tmp/d")
  outside   #1 main  openat(AT_FDCWD, "/tmp/d/link", O_RDONLY) = 3</etc/x>
                       is meant as it is written, but led elsewhere
  searched  the whole trace: 1 call in 1 process
  program   app, exited with 0
"#,
        );
        assert!(trace.try_only(openat(under("/etc"))).is_ok());
    }

    #[test]
    fn of_a_recording_without_a_call_only_says_nothing() {
        let trace = made("").filter(&["connect"]).trace().allowing(BlindSpot::Filter);
        cannot_tell(
            trace.try_only("connect"),
            r#"
cannot tell: no call was recorded, so `only` says nothing
  only      connect
  searched  the whole trace: 0 calls
  because   the recording has no call
  unless    t.allowing(BlindSpot::Empty): accept it knowingly
  program   app, exited with 0
  allowed   BlindSpot::Filter
"#,
        );
        assert!(trace.allowing(BlindSpot::Empty).try_only("connect").is_ok());
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
