//! Order: which call precedes which, and `in_order`.

use crate::expect::mismatch::Mismatch;
use crate::expect::report::calls::{self, Shown};
use crate::expect::report::{Report, Row, Tone, blind, cut_line, near, program, searched};
use crate::trace::blind::Hole;
use crate::trace::call::Call;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::query::Trace;

/// Whether `earlier` had ended when `later` began. A call that makes a task precedes what the task does: `vfork(2)` returns
/// after the child has executed another program. A call without an end precedes nothing.
pub(crate) fn precedes(earlier: &Call, later: &Call) -> bool {
    let Some(left) = earlier.raw().left else { return false };
    left.order() < later.raw().entered.order() || makes(earlier, later)
}

/// Whether `maker` made the task that made `call`.
fn makes(maker: &Call, call: &Call) -> bool {
    let task = call.task();
    is_maker(maker)
        && task.creator == Some(maker.raw().task)
        && maker.raw().result() == Some(task.tid.into())
        && maker.raw().entered.order() < call.raw().entered.order()
}

fn is_maker(call: &Call) -> bool {
    matches!(call.name(), "fork" | "vfork" | "clone" | "clone3")
}

/// A longest chain of calls, each for the next step.
struct Chain {
    /// The places of the calls, as many as there are steps when the chain is complete.
    links: Vec<usize>,
}

/// A call that can stand for a step, and the one before it.
struct Link {
    index: usize,
    before: Option<usize>,
}

/// Looks at every candidate of every step, so that no early choice spoils a later one. Of the calls that can end a chain,
/// the one that ended first is best: whatever another precedes, it precedes, except what they themselves make.
fn chain(trace: &Trace, candidates: &[Vec<usize>]) -> Chain {
    let call = |index: usize| &trace.shared.calls[index];
    let mut steps: Vec<Vec<Link>> = Vec::new();
    for step in candidates {
        let links = match steps.last() {
            None => step.iter().map(|&index| Link { index, before: None }).collect(),
            Some(before) => reachable(trace, before, step),
        };
        if links.is_empty() {
            break;
        }
        steps.push(links);
    }
    let mut links = Vec::new();
    let mut next = steps.last().and_then(|last| ends_first(last, call));
    for step in steps.iter().rev() {
        let Some(at) = next else { break };
        links.push(step[at].index);
        next = step[at].before;
    }
    links.reverse();
    Chain { links }
}

fn reachable(trace: &Trace, before: &[Link], step: &[usize]) -> Vec<Link> {
    let call = |index: usize| &trace.shared.calls[index];
    let makers: Vec<usize> = (0..before.len()).filter(|&at| is_maker(call(before[at].index))).collect();
    let first = before.iter().enumerate().filter(|(_, link)| call(link.index).raw().left.is_some());
    let first = first.min_by_key(|(_, link)| call(link.index).raw().left.map(|left| left.order()));
    let first = first.map(|(at, _)| at);
    let mut links = Vec::new();
    for &index in step {
        let later = call(index);
        let predecessor = first
            .filter(|&at| precedes(call(before[at].index), later))
            .or_else(|| makers.iter().copied().find(|&at| precedes(call(before[at].index), later)));
        if predecessor.is_some() {
            links.push(Link { index, before: predecessor });
        }
    }
    links
}

/// The position of the link whose call ended first; those without an end come last.
fn ends_first<'a>(links: &[Link], call: impl Fn(usize) -> &'a Call) -> Option<usize> {
    let end = |link: &Link| call(link.index).raw().left.map_or(u64::MAX, |left| left.order());
    links.iter().enumerate().min_by_key(|(_, link)| end(link)).map(|(at, _)| at)
}

/// Whether there are calls, one for each step, of which each precedes the next.
///
/// # Panics
///
/// When there is no step.
#[track_caller]
pub(crate) fn check(trace: &Trace, steps: &[CallMatcher]) -> Result<(), Mismatch> {
    assert!(!steps.is_empty(), "in_order([]) asks for nothing: give it at least one step");
    let mut sure = vec![Vec::new(); steps.len()];
    let mut possible = vec![Vec::new(); steps.len()];
    for (index, call) in trace.entries() {
        for (step, matcher) in steps.iter().enumerate() {
            match matcher.allows(call) {
                Verdict::Yes => {
                    sure[step].push(index);
                    possible[step].push(index);
                }
                Verdict::Unknown => possible[step].push(index),
                Verdict::No => {}
            }
        }
    }
    let found = chain(trace, &sure).links;
    if found.len() == steps.len() {
        return Ok(());
    }
    let perhaps = chain(trace, &possible).links;
    let sequence = Sequence { trace, steps, sure: &sure, found: &found };
    Err(if perhaps.len() == steps.len() { sequence.unsure(&perhaps) } else { sequence.missed() })
}

struct Sequence<'a> {
    trace: &'a Trace,
    steps: &'a [CallMatcher],
    /// The calls that match for sure, for each step.
    sure: &'a [Vec<usize>],
    /// The witnesses of the steps that are there.
    found: &'a [usize],
}

impl Sequence<'_> {
    fn missed(&self) -> Mismatch {
        let step = self.found.len();
        let nowhere = self.sure[step].is_empty();
        let what = if nowhere { "no call for" } else { "wrong order at" };
        let matcher = &self.steps[step];
        let holes: Vec<Hole> =
            self.steps[step..].iter().flat_map(|step| self.trace.holes_for(step)).collect();
        let mut report = Report::violated(format!("{what} step {} of {}", step + 1, self.steps.len()))
            .rows(self.rows(self.found))
            .rows(self.but())
            .row(searched::row(self.trace, Some(matcher)))
            .rows(blind::empty(&holes));
        if nowhere {
            report = report.rows(near::rows(self.trace, matcher, &[]));
        }
        let report =
            report.rows(blind::unseen("it may have happened", &holes)).foot(program::foot(self.trace, &[]));
        Mismatch::new(self.trace, report, Vec::new())
    }

    fn unsure(&self, perhaps: &[usize]) -> Mismatch {
        let unsure: Vec<usize> = perhaps
            .iter()
            .zip(self.steps)
            .filter(|&(&index, step)| step.allows(&self.trace.shared.calls[index]) == Verdict::Unknown)
            .map(|(&index, _)| index)
            .collect();
        let report =
            Report::cannot_tell("the steps are in order only if the calls that could match do match")
                .rows(self.rows(perhaps))
                .row(searched::row(self.trace, None))
                .foot(program::foot(self.trace, &unsure));
        Mismatch::new(self.trace, report, unsure)
    }

    /// Each step: with its witness, missed, or not come to.
    fn rows(&self, witnesses: &[usize]) -> Vec<Row> {
        let mut rows = Vec::new();
        for (step, matcher) in self.steps.iter().enumerate() {
            let text = cut_line(&format!("{}. {matcher}", step + 1));
            match witnesses.get(step) {
                Some(&index) => {
                    let sure = matcher.allows(&self.trace.shared.calls[index]) == Verdict::Yes;
                    let (label, tone) = if sure { ("ok", Tone::For) } else { ("perhaps", Tone::Hint) };
                    rows.push(Row::new(label, text).tone(Tone::Asked));
                    rows.push(Row::new("", format!("   {}", calls::one(self.trace, index))).tone(tone));
                    rows.extend((!sure).then(|| self.unknown(matcher, index)).flatten());
                }
                None if step == witnesses.len() => rows.push(Row::new("MISS", text).tone(Tone::Against)),
                None => rows.push(Row::new("", text)),
            }
        }
        rows
    }

    fn unknown(&self, matcher: &CallMatcher, index: usize) -> Option<Row> {
        let call = &self.trace.shared.calls[index];
        let differences = matcher.differences(call)?;
        let first = differences.first()?;
        Some(Row::new("", format!("     {}", calls::difference(first))).tone(Tone::Hint))
    }

    /// Where the calls of the missed step are instead.
    fn but(&self) -> Vec<Row> {
        const MOST: usize = 3;
        let step = self.found.len();
        let Some(&previous) = self.found.last() else { return Vec::new() };
        let witness = &self.trace.shared.calls[previous];
        let notes = self.sure[step].iter().take(MOST).map(|&index| {
            let call = &self.trace.shared.calls[index];
            let note = if index == previous {
                format!("is the call of step {step} itself")
            } else if precedes(call, witness) {
                format!("did happen, but earlier than step {step}")
            } else if witness.raw().left.is_none() {
                format!("did happen, but step {step} has no end that anything could come after")
            } else {
                format!("did happen, but at the same time as step {step}, in {}", call.thread())
            };
            Shown::note(index, note)
        });
        let mut rows = calls::block(self.trace, "but", &notes.collect::<Vec<_>>(), Tone::Plain);
        rows.extend(calls::more(self.sure[step].len(), MOST));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::fixture::{Made, cannot_tell, made, openat, violated};
    use crate::trace::blind::BlindSpot;

    fn save() -> Made {
        made(
            r#"
            main openat(-100, "/tmp/db.tmp", 0x241, 0644) = 3</tmp/db.tmp>
            main fsync(3</tmp/db.tmp>) = 0
            main write(3</tmp/db.tmp>, "{}", 2) = 2
            main rename("/tmp/db.tmp", "/tmp/db") = 0
            "#,
        )
    }

    /// Two threads: the reads overlap, the sync comes later.
    fn overlapping() -> Made {
        made(
            r#"
            main    pipe(0) = 0 @0..1
            main    fsync(3</tmp/a>) = 0 @2..9
            main.t1 rename("/tmp/b", "/tmp/c") = 0 @3..8
            main.t1 unlink("/tmp/d") = 0 @10..11
            "#,
        )
    }

    #[test]
    fn others_may_lie_between() {
        assert!(save().trace().try_in_order(["openat", "rename"]).is_ok());
        assert!(save().trace().try_in_order(["openat", "fsync", "write", "rename"]).is_ok());
        assert!(save().trace().try_in_order([openat("/tmp/db.tmp").ok()]).is_ok());
    }

    #[test]
    fn one_call_is_no_two_steps() {
        violated(
            save().trace().try_in_order(["rename", "rename"]),
            r#"
wrong order at step 2 of 2
  ok        1. rename
               #4 main  rename("/tmp/db.tmp", "/tmp/db") = 0
  MISS      2. rename
  but       #4 main  rename("/tmp/db.tmp", "/tmp/db") = 0
                       is the call of step 1 itself
  searched  the whole trace: 4 calls in 1 process, 1 named rename
  program   app, exited with 0
"#,
        );
    }

    #[test]
    fn a_step_that_came_too_early_is_shown() {
        violated(
            save().trace().try_in_order(["write", "fsync", "rename"]),
            r#"
wrong order at step 2 of 3
  ok        1. write
               #3 main  write(3</tmp/db.tmp>, "{}", 2) = 2
  MISS      2. fsync
            3. rename
  but       #2 main  fsync(3</tmp/db.tmp>) = 0
                       did happen, but earlier than step 1
  searched  the whole trace: 4 calls in 1 process, 1 named fsync
  program   app, exited with 0
"#,
        );
    }

    #[test]
    fn a_step_that_never_came_is_shown_with_what_comes_near() {
        let trace = save().hole(BlindSpot::IoUring, "#1 main  io_uring_setup(256, 0x7ffe) = 5").trace();
        violated(
            trace.try_in_order(["write", "fdatasync", "rename"]),
            r#"
no call for step 2 of 3
  ok        1. write
               #3 main  write(3</tmp/db.tmp>, "{}", 2) = 2
  MISS      2. fdatasync
            3. rename
  searched  the whole trace: 4 calls in 1 process, 0 named fdatasync
  nearest   #2 main  fsync(3</tmp/db.tmp>) = 0
  unseen    it may have happened unseen: io_uring: #1 main  io_uring_setup(256, 0x7ffe) = 5; requests in its ring are no system calls
  program   app, exited with 0
"#,
        );
    }

    #[test]
    fn calls_that_overlap_are_in_no_order() {
        violated(
            overlapping().trace().try_in_order(["fsync", "rename"]),
            r#"
wrong order at step 2 of 2
  ok        1. fsync
               #2 main  fsync(3</tmp/a>) = 0
  MISS      2. rename
  but       #3 main.t1  rename("/tmp/b", "/tmp/c") = 0
                          did happen, but at the same time as step 1, in main.t1
  searched  the whole trace: 4 calls in 1 process, 1 named rename
  program   app, exited with 0
"#,
        );
        violated(
            overlapping().trace().try_in_order(["rename", "fsync"]),
            r#"
wrong order at step 2 of 2
  ok        1. rename
               #3 main.t1  rename("/tmp/b", "/tmp/c") = 0
  MISS      2. fsync
  but       #2 main  fsync(3</tmp/a>) = 0
                       did happen, but at the same time as step 1, in main
  searched  the whole trace: 4 calls in 1 process, 1 named fsync
  program   app, exited with 0
"#,
        );
        assert!(overlapping().trace().try_in_order(["fsync", "unlink"]).is_ok());
        assert!(overlapping().trace().try_in_order(["pipe", "rename", "unlink"]).is_ok());
    }

    #[test]
    fn no_early_choice_spoils_a_later_step() {
        // The first write ends after the sync has begun; the second, of another thread, does not.
        let trace = made(
            r#"
            main    write(3</tmp/a>, "x", 1) = 1 @0..9
            main.t1 write(3</tmp/a>, "y", 1) = 1 @1..2
            main.t2 fsync(3</tmp/a>) = 0 @3..4
            "#,
        );
        assert!(trace.trace().try_in_order(["write", "fsync"]).is_ok());
    }

    /// The longest chain by trying all: the definition.
    fn longest(trace: &Trace, steps: &[CallMatcher], before: Option<&Call>) -> usize {
        let Some((step, rest)) = steps.split_first() else { return 0 };
        let next = trace.calls().filter(|call| {
            step.allows(call) == Verdict::Yes && before.is_none_or(|before| precedes(before, call))
        });
        next.map(|call| 1 + longest(trace, rest, Some(call))).max().unwrap_or(0)
    }

    #[test]
    fn the_chain_is_as_long_as_trying_all_finds_it() {
        let mut seed: u64 = 1;
        let mut draw = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let names = ["fsync", "unlink", "vfork"];
        let mut lengths = [0; 4];
        for _ in 0..400 {
            let mut lines = Vec::new();
            let mut ended = [0; 3];
            for entered in 0..7 {
                let task = draw(3) as usize;
                if ended[task] > 2 * entered {
                    continue;
                }
                ended[task] = 2 * entered + 1 + 2 * draw(5);
                let task_name = ["main", "main.t1", "main.c1"][task];
                let result = if draw(6) == 0 { "?" } else { "102" };
                let name = names[draw(3) as usize];
                lines.push(format!("{task_name} {name}() = {result} @{}..{}", 2 * entered, ended[task]));
            }
            let trace = made(&lines.join("\n")).trace();
            let steps: Vec<CallMatcher> = (0..3).map(|_| names[draw(3) as usize].into()).collect();
            let expected = longest(&trace, &steps, None);
            let candidates: Vec<Vec<usize>> = steps
                .iter()
                .map(|step| {
                    let meant = trace.entries().filter(|(_, call)| step.allows(call) == Verdict::Yes);
                    meant.map(|(index, _)| index).collect()
                })
                .collect();
            assert_eq!(chain(&trace, &candidates).links.len(), expected, "{steps:?} in {lines:#?}");
            assert_eq!(trace.try_in_order(&steps).is_ok(), expected == 3);
            lengths[expected] += 1;
        }
        assert!(lengths.iter().all(|&count| count > 10), "{lengths:?}");
    }

    #[test]
    fn what_makes_a_task_precedes_what_the_task_does() {
        let trace = made(
            r#"
            main    vfork() = 101 @0..5
            main.c1 execve("/bin/true", 0, 0) = 0 @1..2
            main.c1 fsync(3</tmp/a>) = 0 @3..4
            "#,
        )
        .trace();
        assert!(trace.try_in_order(["vfork", "execve", "fsync"]).is_ok());
        violated(
            trace.try_in_order(["execve", "vfork"]),
            r#"
wrong order at step 2 of 2
  ok        1. execve
               #2 main.c1  execve("/bin/true", NULL, NULL) = 0
  MISS      2. vfork
  but       #1 main  vfork() = 101
                       did happen, but earlier than step 1
  searched  the whole trace: 3 calls in 2 processes, 1 named vfork
  program   app, exited with 0
  tree      main     app  exited with 0  1 call
            main.c1  app  exited with 0  2 calls
"#,
        );
    }

    #[test]
    fn a_call_without_an_end_precedes_nothing() {
        let trace = made("main fsync(3</tmp/a>) = ?\nmain.t1 fsync(4</tmp/b>) = 0").trace();
        violated(
            trace.try_in_order(["fsync", "fsync"]),
            r#"
wrong order at step 2 of 2
  ok        1. fsync
               #2 main.t1  fsync(4</tmp/b>) = 0
  MISS      2. fsync
  but       #1 main     fsync(3</tmp/a>) = ?
                          did happen, but at the same time as step 1, in main
            #2 main.t1  fsync(4</tmp/b>) = 0
                          is the call of step 1 itself
  searched  the whole trace: 2 calls in 1 process, 2 named fsync
  program   app, exited with 0
"#,
        );
    }

    #[test]
    fn nobody_can_tell_where_a_step_is_a_call_that_could_match() {
        let trace = made("main openat(-100, 0x7ffe, 0) = 3\nmain fsync(3</tmp/a>) = 0").trace();
        cannot_tell(
            trace.try_in_order([openat("/tmp/a"), "fsync".into()]),
            r#"
cannot tell: the steps are in order only if the calls that could match do match
  perhaps   1. openat(path = "/tmp/a")
               #1 main  openat(AT_FDCWD, 0x7ffe, O_RDONLY) = 3
                 path: wanted "/tmp/a", was 0x7ffe
  ok        2. fsync
               #2 main  fsync(3</tmp/a>) = 0
  searched  the whole trace: 2 calls in 1 process
  program   app, exited with 0
"#,
        );
    }

    #[test]
    #[should_panic(expected = "in_order([]) asks for nothing")]
    fn no_step_is_refused() {
        let _ = save().trace().try_in_order::<&str>([]);
    }
}
