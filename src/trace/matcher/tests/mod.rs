mod names;
mod outcomes;
mod paths;
mod descriptors;
mod flags;
mod decided;
mod numbers;
mod buffers;
mod addresses;
mod parts;
mod closures;
mod families;
mod words;
mod possible;
mod raced;
mod deleted;

use std::path::Path;

use super::*;
use crate::call;
use crate::trace::build::{MadeCall, call as made, numbered, trace};
use crate::trace::family;
use crate::trace::matcher::value::{any_of, exactly, field, file, has_item, inet, re, under, unix};
use crate::trace::raw::Abi;
use crate::trace::value::Value;
use Verdict::{No, Unknown, Yes};

#[track_caller]
fn check(matcher: impl Into<CallMatcher>, call: MadeCall, expected: Verdict) {
    let (matcher, call) = (matcher.into(), call.made());
    assert_eq!(matcher.judge(&call), expected, "{matcher}: {call}");
    // What says no says why, and what says yes has nothing to say.
    let differences = matcher.differences(&call);
    match expected {
        Yes => assert_eq!(differences, Some(Vec::new())),
        _ => assert!(differences.is_none_or(|all| !all.is_empty()), "{matcher}: {call}"),
    }
}

#[track_caller]
fn check_words(matcher: impl Into<CallMatcher>, expected: &str) {
    assert_eq!(matcher.into().to_string(), expected);
}

/// The text with which a matcher is refused.
fn refusal<T>(make: impl FnOnce() -> T + std::panic::UnwindSafe) -> String {
    match std::panic::catch_unwind(make) {
        Ok(_) => panic!("it was accepted"),
        Err(panic) => panic
            .downcast_ref::<String>()
            .cloned()
            .unwrap_or_else(|| (*panic.downcast_ref::<&str>().expect("a text")).to_owned()),
    }
}

fn openat(path: &str) -> MadeCall {
    made("openat").arg("dirfd", -100).path("path", path)
}

fn opened(path: &str) -> MadeCall {
    openat(path).opened(3, path)
}

fn flags(word: i64) -> MadeCall {
    openat("/a").arg("flags", word).returned(3)
}
