//! Near misses: calls that come close to what was asked.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::expect::report::calls::{self, Shown};
use crate::expect::report::program;
use crate::expect::report::{Row, Tone};
use crate::trace::call::Call;
use crate::trace::matcher::relation::{Relation, Relations};
use crate::trace::matcher::{CallMatcher, Difference, Verdict};
use crate::trace::query::Trace;

/// So many are shown.
const MOST: usize = 5;
/// So many of the very call, where a variant of it was made too.
const OF_THE_NAME: usize = 3;

/// So many that are merely of the same family.
const OF_THE_FAMILY: usize = 2;
/// So many whose path is quite another.
const FAR: usize = 2;

/// For a call that was not found: where else it happened, and what comes close but for those `told` of already, in order.
pub(crate) fn rows(trace: &Trace, matcher: &CallMatcher, told: &[usize]) -> Vec<Row> {
    let elsewhere = elsewhere(trace, matcher);
    let mut rows = calls::block(trace, "elsewhere", &elsewhere, Tone::For);
    let near = nearest(trace, matcher, told);
    rows.extend(calls::block(trace, "nearest", &near, Tone::Plain));
    rows
}

/// Outside the view that was asked.
fn elsewhere(trace: &Trace, matcher: &CallMatcher) -> Vec<Shown> {
    if trace.selection.is_none() {
        return Vec::new();
    }
    let view: HashSet<usize> = trace.entries().map(|(index, _)| index).collect();
    let whole = trace.shared.calls.iter().enumerate();
    let outside = whole.filter(|(index, call)| !view.contains(index) && matcher.allows(call) == Verdict::Yes);
    outside.take(2).map(|(index, call)| Shown::note(index, where_else(trace, call))).collect()
}

pub(crate) fn where_else(trace: &Trace, call: &Call) -> String {
    if call.raw().startup && trace.leaves_start_up_out() {
        return "did happen, but before the program's entry point".to_owned();
    }
    let program = call.image().map(|image| program::file_name(&image.program)).unwrap_or_default();
    format!("did happen, but outside of the view, in {} ({program})", call.thread())
}

/// A call that comes close.
struct Candidate<'a> {
    index: usize,
    call: &'a Call,
    relation: Relation,
    differences: Vec<Difference>,
    /// Components that the paths have in common, more than there can be where they do not differ.
    common: usize,
    /// Not in the view that was asked.
    outside: bool,
    /// Its path is meant as it was written, not where it led.
    led_away: bool,
}

impl Candidate<'_> {
    /// How near it is as far as that is quickly said: the least is the nearest. A wrong outcome alone is nearest of all.
    fn roughly(&self) -> (usize, Reverse<usize>) {
        let arguments = self.differences.iter().filter(|difference| difference.what != "outcome").count();
        (arguments, Reverse(self.common))
    }

    /// The order of those that are as near.
    fn closely(&self) -> (usize, bool, bool, bool, usize) {
        let letters = self.differences.iter().map(letters_between).min().unwrap_or(0);
        let outcome = self.differences.iter().any(|difference| difference.what == "outcome");
        (letters, self.call.raw().startup, self.outside, outcome, self.index)
    }

    /// Whether paths differ, and have nothing in common but the root.
    fn is_far(&self) -> bool {
        let is_path = |it: &&Difference| paths(it).is_some_and(|(wanted, _)| wanted.contains('/'));
        self.common < 2 && self.differences.iter().any(|it| is_path(&it))
    }

    fn shown(&self) -> Shown {
        let mut notes = Vec::new();
        if self.led_away {
            notes.push("is meant as it is written, but led elsewhere".to_owned());
        }
        notes.extend(self.differences.iter().map(calls::difference));
        if self.outside {
            let startup = if self.call.raw().startup { ", before the program's entry point" } else { "" };
            notes.push(format!("outside of the view{startup}"));
        }
        Shown { index: self.index, notes }
    }
}

fn nearest(trace: &Trace, matcher: &CallMatcher, told: &[usize]) -> Vec<Shown> {
    let view: HashSet<usize> = trace.entries().map(|(index, _)| index).collect();
    let relations = Relations::of(matcher);
    let mut candidates = [const { Vec::new() }; 3];
    for (index, call) in trace.shared.calls.iter().enumerate() {
        if matcher.allows(call) == Verdict::Yes || told.binary_search(&index).is_ok() {
            continue;
        }
        let Some((relation, differences)) = relations.to(call) else { continue };
        let led_away = differences.is_empty() && matcher.judge(call) == Verdict::Yes;
        // With all its arguments right it is no near miss, and has nothing to say for itself.
        if relation == Relation::Same && differences.is_empty() && !led_away {
            continue;
        }
        let common = differences.iter().filter_map(in_common).max().unwrap_or(usize::MAX);
        let outside = !view.contains(&index);
        let candidate = Candidate { index, call, relation, differences, common, outside, led_away };
        candidates[relation as usize].push(candidate);
    }
    choose(candidates.into_iter().flat_map(ranked))
}

/// The nearest first. Letters are compared for so many only, which is slow.
fn ranked(mut candidates: Vec<Candidate<'_>>) -> impl Iterator<Item = Candidate<'_>> {
    const COMPARED: usize = 1000;
    candidates.sort_by_key(Candidate::roughly);
    candidates.truncate(COMPARED);
    candidates.sort_by_cached_key(|it| (it.roughly(), it.closely()));
    candidates.into_iter()
}

/// The first ones, each text once. They come by relation: the call itself, variants, the family.
fn choose<'a>(candidates: impl Iterator<Item = Candidate<'a>>) -> Vec<Shown> {
    let candidates: Vec<Candidate<'_>> = candidates.collect();
    let variants = candidates.iter().any(|candidate| candidate.relation == Relation::Variant);
    let mut room = [if variants { OF_THE_NAME } else { MOST }, MOST, OF_THE_FAMILY];
    let mut far = FAR;
    let mut texts = HashSet::new();
    let mut chosen = Vec::new();
    for candidate in candidates {
        let room = &mut room[candidate.relation as usize];
        let far_off = candidate.is_far();
        if chosen.len() == MOST || *room == 0 || far_off && far == 0 {
            continue;
        }
        if texts.insert(calls::text(candidate.call)) {
            *room -= 1;
            far -= usize::from(far_off);
            chosen.push(candidate.shown());
        }
    }
    chosen
}

/// Components that the paths of a difference have in common, at both ends.
fn in_common(difference: &Difference) -> Option<usize> {
    let (wanted, was) = paths(difference)?;
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (wanted.split('/').collect(), was.split('/').collect());
    let front = ours.iter().zip(&theirs).take_while(|(one, other)| one == other).count();
    let shorter = ours.len().min(theirs.len());
    let back = ours.iter().rev().zip(theirs.iter().rev()).take_while(|(one, other)| one == other).count();
    Some((front + back).min(shorter))
}

/// How alike two paths are, as they are shown: the least is the nearest.
pub(crate) fn likeness(wanted: &str, was: &str) -> (Reverse<Option<usize>>, usize) {
    let (wanted, was) = (wanted.to_owned(), was.to_owned());
    let difference = Difference { what: String::new(), wanted, was };
    (Reverse(in_common(&difference)), letters_between(&difference))
}

fn letters_between(difference: &Difference) -> usize {
    paths(difference).map_or(usize::MAX, |(wanted, was)| letters(wanted, was))
}

/// What stands between quotes on both sides.
fn paths(difference: &Difference) -> Option<(&str, &str)> {
    Some((difference.wanted.split('"').nth(1)?, difference.was.split('"').nth(1)?))
}

/// Letters to insert, delete or replace.
fn letters(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(256).collect();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.chars().take(256).enumerate() {
        let mut current = vec![row + 1];
        for (column, &theirs) in other.iter().enumerate() {
            let replaced = above[column] + usize::from(letter != theirs);
            current.push(replaced.min(above[column + 1] + 1).min(current[column] + 1));
        }
        above = current;
    }
    above[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::fixture::{made, openat};

    /// The places of near misses, the nearest first.
    fn near(trace: &Trace, matcher: CallMatcher) -> Vec<usize> {
        nearest(trace, &matcher, &[]).iter().map(|shown| shown.index).collect()
    }

    #[test]
    fn the_call_itself_is_nearer_than_a_variant_and_that_than_one_of_its_family() {
        let trace = made(
            r#"
            main write(1, "", 0) = 0
            main pwrite64(1, "", 0, 0) = 0
            main sendfile(1, 2, 0, 0) = 0
            main close(1) = 0
            "#,
        )
        .trace();
        assert_eq!(near(&trace, CallMatcher::from("write").fails("EIO")), [0, 1, 2]);
    }

    #[test]
    fn of_the_same_call_the_most_similar_is_nearest() {
        let trace = made(
            r#"
            main  openat(-100, "/etc/app.conf", 0) = 3</etc/app.conf>
            main! openat(-100, "/etc/apq.conf", 0) = -2
            main  openat(-100, "/etc/ap.conf", 0) = -2
            main  openat(-100, "/usr/share/locale", 0) = -2
            main  openat(-100, "/etc/passwd", 0) = 4</etc/passwd>
            main  fsync(3</etc/app.conf>) = 0
            "#,
        )
        .trace();
        // A wrong outcome alone is nearest; start-up stands behind what the program does itself.
        let matcher = || openat("/etc/app.conf").fails("ENOENT");
        assert_eq!(near(&trace, matcher()), [0, 2, 1, 4, 3]);
        assert_eq!(nearest(&trace, &matcher(), &[0, 2]).len(), 3);
        // The view stands before what is outside of it, where both are as near.
        let view = trace.only_calls(".root()", &[2, 4]);
        assert_eq!(near(&view, openat("/etc/apx.conf")), [2, 0, 1, 4, 3]);
    }

    #[test]
    fn the_right_path_is_nearer_than_the_right_flags() {
        let trace = made(
            r#"
            main openat(-100, "/etc/app.comf", 0) = 3
            main openat(-100, "/etc/app.conf", 2) = 3
            main open("/etc/a", 0) = 3
            main open("/etc/app.conf", 2) = 3
            "#,
        )
        .trace();
        let matcher = crate::call!("openat", path = "/etc/app.conf", flags = crate::exactly("O_RDONLY"));
        let notes: Vec<_> =
            nearest(&trace, &matcher, &[]).into_iter().map(|it| (it.index, it.notes.join("; "))).collect();
        let expected = [
            (1, "flags: wanted exactly O_RDONLY, was O_RDWR"),
            (0, r#"path: wanted "/etc/app.conf", was "/etc/app.comf""#),
            (3, "call: wanted openat, was open; flags: wanted exactly O_RDONLY, was O_RDWR"),
            (2, r#"call: wanted openat, was open; path: wanted "/etc/app.conf", was "/etc/a""#),
        ];
        assert_eq!(notes, expected.map(|(index, note)| (index, note.to_owned())));
    }

    #[test]
    fn the_same_text_is_shown_once_and_five_at_most() {
        let lines: Vec<String> =
            (0..9).map(|it| format!("main openat(-100, \"/tmp/{it}\", 0) = -2")).collect();
        let trace = made(&format!("{0}\n{0}", lines.join("\n"))).trace();
        assert_eq!(near(&trace, openat("/tmp/x")), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn of_quite_other_paths_two_are_shown() {
        let mut lines = ["/var/a", "/srv/b", "/opt/c"].map(opened).join("\n");
        assert_eq!(near(&made(&lines).trace(), openat("/etc/x")), [0, 1]);
        lines += &["\n", &opened("/etc/x1"), "\n", &opened("/etc/x12")].concat();
        assert_eq!(near(&made(&lines).trace(), openat("/etc/x")), [3, 4, 0, 1]);
    }

    #[test]
    fn variants_find_room_beside_the_call_itself() {
        let mut lines = ["/etc/a", "/etc/b", "/etc/c", "/etc/d", "/etc/e"].map(opened).join("\n");
        lines += "\nmain open(\"/etc/x\", 0) = 3";
        assert_eq!(near(&made(&lines).trace(), openat("/etc/x")), [0, 1, 2, 5]);
    }

    fn opened(path: &str) -> String {
        format!("main openat(-100, \"{path}\", 0) = 3")
    }

    #[test]
    fn letters_are_counted() {
        assert_eq!((letters("", "abc"), letters("kitten", "sitting"), letters("a", "a")), (3, 3, 0));
    }

    #[test]
    fn a_path_with_the_same_ends_is_nearer() {
        let difference = |was: &str| {
            let (wanted, was) = ("\"/etc/app.conf\"".to_owned(), format!("\"{was}\""));
            Difference { what: "path".to_owned(), wanted, was }
        };
        let common = |was: &str| in_common(&difference(was)).expect("paths");
        assert_eq!(common("/etc/app/app.conf"), 3);
        assert_eq!((common("/etc/apq.conf"), common("/etc/ld.so.cache"), common("relative")), (2, 2, 0));
        let letters = |was: &str| letters_between(&difference(was));
        assert_eq!((letters("/etc/apq.conf"), letters("/etc/ld.so.cache")), (1, 9));
    }
}
