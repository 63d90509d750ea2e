//! Near misses: calls that come close to what was asked.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::abi::families;
use crate::abi::syscalls;
use crate::expect::report::calls::{self, Shown};
use crate::expect::report::program;
use crate::expect::report::{Row, Tone};
use crate::trace::call::Call;
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

/// For a call that was not found: where else it happened, and what comes close.
pub(crate) fn rows(trace: &Trace, matcher: &CallMatcher) -> Vec<Row> {
    let elsewhere = elsewhere(trace, matcher);
    let mut rows = calls::block(trace, "elsewhere", &elsewhere, Tone::For);
    let near = nearest(trace, matcher);
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
    let outside = whole.filter(|(index, call)| !view.contains(index) && matcher.judge(call) == Verdict::Yes);
    outside.take(2).map(|(index, call)| Shown::note(index, where_else(call))).collect()
}

fn where_else(call: &Call) -> String {
    if call.raw().startup {
        return "did happen, but before the program's entry point".to_owned();
    }
    let process = call.process();
    format!("did happen, but outside of the view, in {} ({})", process.label(), program::name(process))
}

/// The order of near misses: the least is the nearest.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// The call itself, a variant, one of its family.
    relation: u8,
    /// Arguments that differ; a wrong outcome alone is nearest.
    arguments: usize,
    /// Components that the paths have in common.
    common: Reverse<usize>,
    distance: usize,
    /// Little of the path is the same.
    far: bool,
    startup: bool,
    outside: bool,
    outcome: bool,
    index: usize,
}

fn nearest(trace: &Trace, matcher: &CallMatcher) -> Vec<Shown> {
    let view: HashSet<usize> = trace.entries().map(|(index, _)| index).collect();
    let names: HashSet<&str> =
        matcher.numbers().filter_map(syscalls::by_number).map(|row| row.name).collect();
    let variants: HashSet<&str> = names.iter().copied().flat_map(families::variants).collect();
    let mut ranked: Vec<(Rank, Vec<String>)> = Vec::new();
    for (index, call) in trace.shared.calls.iter().enumerate() {
        if matcher.judge(call) == Verdict::Yes {
            continue;
        }
        let differences = matcher.differences(call);
        let Some(relation) = relation(&differences, call, &names, &variants) else { continue };
        let differences = differences.unwrap_or_default();
        let paths = differences.iter().filter(|it| it.wanted.contains('/'));
        let (common, distance) = paths.clone().map(path_distance).max().unwrap_or((0, Reverse(0)));
        let rank = Rank {
            relation,
            arguments: differences.iter().filter(|difference| difference.what != "outcome").count(),
            common: Reverse(common),
            distance: distance.0,
            far: paths.count() > 0 && common < 2,
            startup: call.raw().startup,
            outside: !view.contains(&index),
            outcome: differences.iter().any(|difference| difference.what == "outcome"),
            index,
        };
        ranked.push((rank, notes(&differences, call, !view.contains(&index))));
    }
    ranked.sort_by(|one, other| one.0.cmp(&other.0));
    choose(trace, ranked)
}

fn notes(differences: &[Difference], call: &Call, outside: bool) -> Vec<String> {
    let mut notes: Vec<String> = differences.iter().map(|it| calls::difference(call, it)).collect();
    if outside {
        let startup = if call.raw().startup { ", before the program's entry point" } else { "" };
        notes.push(format!("outside of the view{startup}"));
    }
    notes
}

fn relation(
    differences: &Option<Vec<Difference>>,
    call: &Call,
    names: &HashSet<&str>,
    variants: &HashSet<&str>,
) -> Option<u8> {
    // With all its arguments right it is no near miss, and has nothing to say for itself.
    match differences {
        Some(differences) if differences.is_empty() => None,
        Some(_) => Some(0),
        None if variants.contains(call.name()) => Some(1),
        None if names.len() == 1 => {
            names.iter().any(|name| families::related(name, call.name())).then_some(2)
        }
        None => None,
    }
}

/// The first ones, each text once.
fn choose(trace: &Trace, ranked: Vec<(Rank, Vec<String>)>) -> Vec<Shown> {
    let variants = ranked.iter().any(|(rank, _)| rank.relation == 1);
    let mut room = [if variants { OF_THE_NAME } else { MOST }, MOST, OF_THE_FAMILY];
    let mut far = FAR;
    let mut texts = HashSet::new();
    let mut chosen = Vec::new();
    for (rank, notes) in ranked {
        let room = &mut room[usize::from(rank.relation)];
        if chosen.len() == MOST || *room == 0 || rank.far && far == 0 {
            continue;
        }
        if texts.insert(calls::text(&trace.shared.calls[rank.index])) {
            *room -= 1;
            far -= usize::from(rank.far);
            chosen.push(Shown { index: rank.index, notes });
        }
    }
    chosen
}

/// How alike the paths of a difference are: components in common at both ends, and letters to change.
fn path_distance(difference: &Difference) -> (usize, Reverse<usize>) {
    let bare = |text: &str| text.split('"').nth(1).map(str::to_owned);
    let (Some(wanted), Some(was)) = (bare(&difference.wanted), bare(&difference.was)) else {
        return (0, Reverse(usize::MAX));
    };
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (wanted.split('/').collect(), was.split('/').collect());
    let front = ours.iter().zip(&theirs).take_while(|(one, other)| one == other).count();
    let shorter = ours.len().min(theirs.len());
    let back = ours.iter().rev().zip(theirs.iter().rev()).take_while(|(one, other)| one == other).count();
    ((front + back).min(shorter), Reverse(letters(&wanted, &was)))
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

    #[test]
    fn letters_are_counted() {
        assert_eq!((letters("", "abc"), letters("kitten", "sitting"), letters("a", "a")), (3, 3, 0));
    }

    #[test]
    fn a_path_with_the_same_ends_is_nearer() {
        let distance = |was: &str| {
            let (wanted, was) = ("\"/etc/app.conf\"".to_owned(), format!("\"{was}\""));
            path_distance(&Difference { what: "path".to_owned(), wanted, was })
        };
        assert!(distance("/etc/app/app.conf") > distance("/etc/apq.conf"));
        assert!(distance("/etc/apq.conf") > distance("/etc/ld.so.cache"));
        assert!(distance("/etc/ld.so.cache") > distance("relative"));
    }

    #[test]
    fn at_most_five_are_shown_each_text_once_and_two_that_are_quite_different() {
        let mut lines =
            "main openat(-100, \"/var/a\", 0) = 3\nmain openat(-100, \"/var/a\", 0) = 3\n".to_owned();
        lines += "main openat(-100, \"/srv/b\", 0) = 3\nmain openat(-100, \"/opt/c\", 0) = 3\n";
        let shown = |lines: &str| {
            let near = nearest(&made(lines).trace(), &openat("/etc/x"));
            near.iter().map(|shown| shown.index).collect::<Vec<_>>()
        };
        assert_eq!(shown(&lines), [0, 2]);
        for name in ["x1", "x12", "x123", "x1234", "x12345"] {
            lines += &format!("main openat(-100, \"/etc/{name}\", 0) = 3\n");
        }
        assert_eq!(shown(&lines), [4, 5, 6, 7, 8]);
    }

    #[test]
    fn variants_find_room_beside_the_call_itself() {
        let mut lines = String::new();
        for name in ["a", "b", "c", "d", "e"] {
            lines += &format!("main openat(-100, \"/etc/{name}\", 0) = 3\n");
        }
        lines += "main open(\"/etc/x\", 0) = 3\n";
        let near = nearest(&made(&lines).trace(), &openat("/etc/x"));
        assert_eq!(near.iter().map(|shown| shown.index).collect::<Vec<_>>(), [0, 1, 2, 5]);
    }
}
