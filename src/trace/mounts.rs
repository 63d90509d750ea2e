//! Which questions depend on what is mounted where.

use crate::abi::signature::Shape;
use crate::abi::syscalls;
use crate::trace::matcher::value::{Match, Test};
use crate::trace::matcher::{Branch, CallMatcher};

/// Whether a matcher asks which file a path or a descriptor of a call is: by the name of the call alone, or the number of
/// a descriptor, nothing is asked of files.
pub(crate) fn asks_for_files(matcher: &CallMatcher) -> bool {
    matcher.branches().iter().any(|branch| {
        let argument = |(name, wanted): &(&str, Match)| asks(wanted, branch_has_files_in(branch, name));
        !branch.on.is_empty() || branch.arguments.iter().any(argument)
    })
}

/// Whether that is asked of a value, which may be a file's path.
pub(crate) fn asks_of_a_path(wanted: &Match) -> bool {
    asks(wanted, true)
}

/// Patterns and closures ask for files where there are some.
fn asks(wanted: &Match, of_a_file: bool) -> bool {
    match &wanted.0 {
        Test::Text(_) | Test::Path(_) | Test::Under(_) | Test::File(_) | Test::Unix(_) => true,
        Test::Regex(_) | Test::Closure(..) => of_a_file,
        Test::Not(inner) | Test::Field(_, inner) | Test::Item(inner) => asks(inner, of_a_file),
        Test::Any(all) => all.iter().any(|inner| asks(inner, of_a_file)),
        // As it is written, a path is a text.
        Test::Exact(_) | Test::Written(_) => false,
        Test::Number(_) | Test::Worded(..) | Test::Bytes(_) | Test::Flags { .. } | Test::Mode(_) => false,
        Test::Peer(..) | Test::Inet => false,
    }
}

fn branch_has_files_in(branch: &Branch, argument: &str) -> bool {
    let rows = branch.calls.numbers().into_iter().filter_map(syscalls::by_number);
    let shapes = rows.filter_map(|row| Some(row.params[row.position(argument)?].kind.shape));
    let is_file = |shape| matches!(shape, Shape::Path | Shape::PathOut(_) | Shape::Fd | Shape::DirFd);
    shapes.into_iter().any(is_file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::matcher::value::{exactly, file, inet, re, under, unix};
    use crate::trace::value::Value;

    #[track_caller]
    fn check(asks: bool, matcher: impl Into<CallMatcher>) {
        let matcher = matcher.into();
        assert_eq!(asks_for_files(&matcher), asks, "{matcher}");
    }

    #[test]
    fn paths_and_files_depend_on_mounts() {
        check(true, crate::call!("openat", path = "/x"));
        check(true, crate::call!("openat", path = under("/x")));
        check(true, crate::call!("openat", path = !under("/x")));
        check(true, crate::call!("openat", path = re("^/x")));
        check(true, crate::call!("openat", path = |value: &Value| value.as_path().is_some()));
        check(true, crate::call!("write", fd = file("/x")));
        check(true, crate::call!("connect", addr = unix("/x")));
        check(true, crate::trace::family::open().on("/x"));
        check(true, CallMatcher::from("connect").or(crate::call!("unlink", path = "/x")));
    }

    #[test]
    fn names_numbers_and_texts_do_not() {
        check(false, "connect");
        check(false, crate::trace::family::open());
        check(false, crate::call!("openat", flags = "O_CREAT").ok());
        check(false, crate::call!("openat", path = exactly("x")));
        check(false, crate::call!("write", fd = 1, buf = re("x")));
        check(false, crate::call!("connect", addr = inet()));
    }
}
