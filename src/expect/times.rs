//! [`Times`]: how often.

use std::fmt;
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

/// How often a call must be made: a number, or any range.
///
/// ```
/// use expect_syscalls::Times;
///
/// assert_eq!(Times::from(3).to_string(), "exactly 3 times");
/// assert_eq!(Times::from(1..=3).to_string(), "1 to 3 times");
/// assert_eq!(Times::from(2..).to_string(), "at least 2 times");
/// assert_eq!(Times::from(..=1).to_string(), "at most once");
/// ```
///
/// # Panics
///
/// A range that holds no number panics where it is made.
///
/// ```should_panic
/// expect_syscalls::Times::from(5..=3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    pub(crate) least: usize,
    /// `None` for a range without an upper end.
    pub(crate) most: Option<usize>,
}

impl Times {
    #[track_caller]
    fn new(least: usize, most: Option<usize>) -> Times {
        if let Some(most) = most.filter(|most| *most < least) {
            panic!("no number is in the range {least}..={most}");
        }
        Times { least, most }
    }

    /// The largest number in front of `end`.
    #[track_caller]
    fn before(least: usize, end: usize) -> Times {
        match end.checked_sub(1) {
            Some(most) if most >= least => Times::new(least, Some(most)),
            _ => panic!("no number is in the range {least}..{end}"),
        }
    }
}

impl From<usize> for Times {
    fn from(number: usize) -> Times {
        Times { least: number, most: Some(number) }
    }
}

impl From<RangeInclusive<usize>> for Times {
    #[track_caller]
    fn from(range: RangeInclusive<usize>) -> Times {
        Times::new(*range.start(), Some(*range.end()))
    }
}

impl From<Range<usize>> for Times {
    #[track_caller]
    fn from(range: Range<usize>) -> Times {
        Times::before(range.start, range.end)
    }
}

impl From<RangeFrom<usize>> for Times {
    fn from(range: RangeFrom<usize>) -> Times {
        Times { least: range.start, most: None }
    }
}

impl From<RangeTo<usize>> for Times {
    #[track_caller]
    fn from(range: RangeTo<usize>) -> Times {
        Times::before(0, range.end)
    }
}

impl From<RangeToInclusive<usize>> for Times {
    fn from(range: RangeToInclusive<usize>) -> Times {
        Times { least: 0, most: Some(range.end) }
    }
}

impl From<RangeFull> for Times {
    fn from(_: RangeFull) -> Times {
        Times { least: 0, most: None }
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (0, None) => f.write_str("any number of times"),
            (least, None) => write!(f, "at least {}", times(least)),
            (least, Some(most)) if least == most => write!(f, "exactly {}", times(most)),
            (0, Some(most)) => write!(f, "at most {}", times(most)),
            (least, Some(most)) => write!(f, "{least} to {}", times(most)),
        }
    }
}

/// `once`, `2 times`.
pub(crate) fn times(number: usize) -> String {
    if number == 1 { "once".to_owned() } else { format!("{number} times") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges_become_bounds() {
        let bounds = |times: Times| (times.least, times.most);
        assert_eq!(bounds(3.into()), (3, Some(3)));
        assert_eq!(bounds((1..=3).into()), (1, Some(3)));
        assert_eq!(bounds((1..3).into()), (1, Some(2)));
        assert_eq!(bounds((2..).into()), (2, None));
        assert_eq!(bounds((..3).into()), (0, Some(2)));
        assert_eq!(bounds((..=3).into()), (0, Some(3)));
        assert_eq!(bounds((..).into()), (0, None));
        assert_eq!(Times::from(1).to_string(), "exactly once");
        assert_eq!(Times::from(..).to_string(), "any number of times");
    }

    #[test]
    #[should_panic(expected = "no number is in the range 5..=3")]
    #[expect(clippy::reversed_empty_ranges, reason = "the mistake is what is tested")]
    fn a_reversed_range_is_refused() {
        let _ = Times::from(5..=3);
    }

    #[test]
    #[should_panic(expected = "no number is in the range 0..0")]
    fn an_empty_range_is_refused() {
        let _ = Times::from(..0);
    }
}
