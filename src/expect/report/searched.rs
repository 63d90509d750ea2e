//! What was looked through: `the whole trace: 143 calls in 2 processes, 9 named openat`.

use std::collections::HashSet;

use crate::abi::syscalls;
use crate::expect::report::{Row, blind, cut_line, number};
use crate::trace::call::Call;
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;
use crate::trace::raw::Abi;

/// The view and its size; with a matcher, how many calls have a name that it asks about.
pub(crate) fn row(trace: &Trace, matcher: Option<&CallMatcher>) -> Row {
    let calls: Vec<&Call> = trace.calls().collect();
    let processes: HashSet<u32> = calls.iter().map(|call| call.task().process).collect();
    let mut text = match trace.view.as_ref() {
        "" => format!("the whole trace: {}", number(calls.len(), "call")),
        view => format!("{view}: {} of {}", calls.len(), number(trace.shared.calls.len(), "call")),
    };
    if !calls.is_empty() {
        text += &format!(" in {}", number(processes.len(), "process"));
    }
    if let Some(matcher) = matcher {
        text += &named(&calls, &numbers(matcher));
    }
    Row::new("searched", text)
}

/// The matcher's text, and what calls it is about where the text does not say.
pub(crate) fn asked(matcher: &CallMatcher) -> String {
    let numbers = numbers(matcher);
    let matcher = cut_line(&matcher.to_string());
    match numbers.len() {
        0..=2 => matcher,
        _ => format!("{matcher}  [{}]", blind::names(&numbers)),
    }
}

fn numbers(matcher: &CallMatcher) -> Vec<u32> {
    let mut numbers = Vec::new();
    for number in matcher.numbers() {
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}

fn named(calls: &[&Call], numbers: &[u32]) -> String {
    let meant = |call: &&&Call| call.raw().abi == Abi::X86_64 && numbers.contains(&call.number());
    let count = calls.iter().filter(meant).count();
    let startup = calls.iter().filter(meant).filter(|call| call.raw().startup).count();
    let named = match numbers {
        [number] => format!("named {}", syscalls::by_number(*number).map_or("so", |row| row.name)),
        _ => "with one of these names".to_owned(),
    };
    match startup {
        _ if calls.is_empty() => String::new(),
        0 => format!(", {count} {named}"),
        _ => format!(", {count} {named}, {startup} of these in start-up"),
    }
}
