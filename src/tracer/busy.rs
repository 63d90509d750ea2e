//! What a program was busy with when it passed a limit.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;

use crate::trace::query::Trace;
use crate::tracer::drive::command_line;

/// The calls that were made most often, and the process that made the most calls: a line each.
pub(crate) fn most_calls(trace: &Trace) -> Vec<String> {
    const TOP: usize = 5;
    let Some(first) = trace.calls().next() else { return Vec::new() };
    let names: Vec<String> = ranked(trace.calls().map(|call| call.name()))
        .into_iter()
        .take(TOP)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    let processes = ranked(trace.calls().map(|call| call.task().process));
    let (busiest, count) = processes[0];
    let process = &first.tree().processes[busiest as usize];
    let who = format!("{} ({})", process.label(), command_line(process.argv()));
    vec![
        format!("most calls: {}", names.join(", ")),
        format!("busiest: {who}, {count} of {} calls", trace.calls().count()),
    ]
}

/// The first of the lines, and how many there are besides.
pub(crate) fn some(lines: &[String]) -> Vec<String> {
    const SOME: usize = 8;
    let more = lines.len().saturating_sub(SOME);
    let rest = (more > 0).then(|| format!("... and {more} more"));
    lines.iter().take(SOME).cloned().chain(rest).collect()
}

/// Each with how often it comes; the most frequent first, the smaller first among equals.
fn ranked<T: Ord + Hash + Copy>(all: impl Iterator<Item = T>) -> Vec<(T, usize)> {
    let mut counts: HashMap<T, usize> = HashMap::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|&(one, count)| (Reverse(count), one));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::build::{call, trace};

    #[test]
    fn the_top_five_are_told_with_who_made_the_most() {
        let made = |name: &str, times: usize| (0..times).map(|_| call(name).returned(0)).collect::<Vec<_>>();
        let mut calls = made("write", 3);
        for name in ["read", "lseek", "fsync", "getpid", "getppid"] {
            calls.extend(made(name, 1 + usize::from(name == "read")));
        }
        calls.push(call("getpid").by("main.c1").returned(0));
        calls.push(call("fork").returned(101));
        let lines = most_calls(&trace(calls));
        assert_eq!(lines[0], "most calls: write 3, getpid 2, read 2, fork 1, fsync 1");
        assert!(lines[1].starts_with("busiest: main ("), "{}", lines[1]);
        assert!(lines[1].ends_with("), 10 of 11 calls"), "{}", lines[1]);
        assert_eq!(lines.len(), 2);
        assert_eq!(most_calls(&trace([])), [""; 0]);
    }

    #[test]
    fn who_is_left_out_is_counted() {
        let lines = |count: usize| (0..count).map(|task| format!("main.c{task}")).collect::<Vec<_>>();
        assert_eq!(some(&lines(8)), lines(8));
        let cut = some(&lines(10));
        assert_eq!((cut.len(), cut[8].as_str()), (9, "... and 2 more"));
    }
}
