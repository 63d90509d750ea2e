//! [`Pattern`]: a regular expression over bytes, with no type of the regex crate to be seen.

use std::ops::Range;

use regex::bytes::Regex;

/// A regular expression, unanchored, over the bytes of one value.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    regex: Regex,
}

impl Pattern {
    /// The error is what is wrong with the pattern.
    pub(crate) fn new(pattern: &str) -> Result<Pattern, String> {
        Regex::new(pattern).map(|regex| Pattern { regex }).map_err(|error| error.to_string())
    }

    pub(crate) fn is_match(&self, bytes: &[u8]) -> bool {
        self.regex.is_match(bytes)
    }

    /// The matches that do not overlap, from left to right, empty ones left out.
    pub(crate) fn find_all(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        self.regex.find_iter(bytes).map(|found| found.range()).filter(|range| !range.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_are_ranges_of_bytes() {
        let pattern = Pattern::new(r"\d+").unwrap();
        assert_eq!(pattern.find_all(b"a12b\xff345"), [1..3, 5..8]);
        assert!(!pattern.is_match(b"abc"));
        assert!(Pattern::new("(").is_err());
    }
}
