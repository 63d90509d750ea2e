//! [`Pieces`]: a value on its way into a snapshot, partly bytes of the program, partly our own words.

/// A string in which parts have been replaced. What has been replaced is not looked at again, so that no
/// redaction eats another's placeholder, and only the program's own bytes are escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pieces(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// The program's.
    Bytes(Vec<u8>),
    /// Ours.
    Placeholder(String),
}

impl Pieces {
    pub(crate) fn bytes(bytes: impl Into<Vec<u8>>) -> Pieces {
        Pieces(vec![Piece::Bytes(bytes.into())])
    }

    pub(crate) fn push_bytes(&mut self, more: &[u8]) {
        match self.0.last_mut() {
            Some(Piece::Bytes(bytes)) => bytes.extend_from_slice(more),
            _ => self.0.push(Piece::Bytes(more.to_owned())),
        }
    }

    pub(crate) fn push_placeholder(&mut self, text: &str) {
        self.0.push(Piece::Placeholder(text.to_owned()));
    }

    /// Replaces the beginning, where it is the program's own and `length` bytes long at least.
    pub(crate) fn replace_start(&mut self, length: usize, placeholder: &str) {
        if let Some(Piece::Bytes(bytes)) = self.0.first_mut() {
            bytes.drain(..length);
            self.0.insert(0, Piece::Placeholder(placeholder.to_owned()));
            self.tidy();
        }
    }

    /// The program's own bytes that it begins with.
    pub(crate) fn start(&self) -> &[u8] {
        match self.0.first() {
            Some(Piece::Bytes(bytes)) => bytes,
            _ => &[],
        }
    }

    /// Whether the program's own bytes are all there is.
    pub(crate) fn is_untouched(&self) -> bool {
        self.0.iter().all(|piece| matches!(piece, Piece::Bytes(_)))
    }

    /// Replaces what `find` finds in the program's own bytes: a range of them and what comes in its place.
    pub(crate) fn replace_each(&mut self, find: impl Fn(&[u8]) -> Vec<(std::ops::Range<usize>, String)>) {
        let mut replaced = Vec::new();
        for piece in std::mem::take(&mut self.0) {
            let Piece::Bytes(bytes) = piece else {
                replaced.push(piece);
                continue;
            };
            let mut from = 0;
            for (range, placeholder) in find(&bytes) {
                replaced.push(Piece::Bytes(bytes[from..range.start].to_owned()));
                replaced.push(Piece::Placeholder(placeholder));
                from = range.end;
            }
            replaced.push(Piece::Bytes(bytes[from..].to_owned()));
        }
        self.0 = replaced;
        self.tidy();
    }

    /// Replaces whole components: what stands between two slashes, or a slash and an end.
    pub(crate) fn replace_components(&mut self, name_of: impl Fn(&[u8]) -> Option<String>) {
        let last = self.0.len().saturating_sub(1);
        for index in (0..self.0.len()).rev() {
            let Piece::Bytes(bytes) = &self.0[index] else { continue };
            let (opens, closes) = (index == 0, index == last);
            let found = components(bytes, opens, closes)
                .filter_map(|range| Some((range.clone(), name_of(&bytes[range])?)))
                .collect::<Vec<_>>();
            let mut piece = Pieces(vec![Piece::Bytes(bytes.clone())]);
            piece.replace_each(|_| found.clone());
            self.0.splice(index..=index, piece.0);
        }
        self.tidy();
    }

    /// As it stands in a snapshot, without quotes. The program's bytes are escaped as in strace's notation, and a bracket of its own that
    /// could be taken for a placeholder's has a backslash in front.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Placeholder(placeholder) => text.push_str(placeholder),
                Piece::Bytes(bytes) => escape(bytes, &mut text),
            }
        }
        text
    }

    /// The same in quotes.
    pub(crate) fn quoted(&self) -> String {
        format!("\"{}\"", self.text())
    }

    fn tidy(&mut self) {
        self.0.retain(|piece| !matches!(piece, Piece::Bytes(bytes) if bytes.is_empty()));
    }
}

/// The ranges between slashes. The first one counts if the piece `opens` the string, the last if it `closes` it.
fn components(bytes: &[u8], opens: bool, closes: bool) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut start = 0;
    let mut ranges = Vec::new();
    for end in (0..=bytes.len()).filter(|&at| at == bytes.len() || bytes[at] == b'/') {
        let bounded = (start > 0 || opens) && (end < bytes.len() || closes);
        if bounded && start < end {
            ranges.push(start..end);
        }
        start = end + 1;
    }
    ranges.into_iter()
}

fn escape(bytes: &[u8], text: &mut String) {
    for (at, &byte) in bytes.iter().enumerate() {
        let next = bytes.get(at + 1).copied().unwrap_or(0);
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\r' => text.push_str("\\r"),
            0x0b => text.push_str("\\v"),
            0x0c => text.push_str("\\f"),
            b'[' if next.is_ascii_uppercase() => text.push_str("\\["),
            b' '..=b'~' => text.push(byte.into()),
            // As few digits as the next byte allows.
            _ if next.is_ascii_digit() => text.push_str(&format!("\\{byte:03o}")),
            _ => text.push_str(&format!("\\{byte:o}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_escaped_and_placeholders_are_not() {
        let mut pieces = Pieces::bytes("/tmp/a/b\"\\\n\u{e4}\u{0}1\u{0}[DIR]x[dir]");
        pieces.replace_start(6, "[DIR]");
        assert_eq!(pieces.text(), r#"[DIR]/b\"\\\n\303\244\0001\0\[DIR]x[dir]"#);
        pieces.push_placeholder("[X]");
        assert!(pieces.quoted().ends_with("x[dir][X]\""));
    }

    #[test]
    fn what_was_replaced_is_not_looked_at_again() {
        let mut pieces = Pieces::bytes("aXbXc");
        let find = |needle: &'static [u8]| {
            move |bytes: &[u8]| {
                let at = bytes.windows(needle.len()).position(|window| window == needle);
                at.map(|at| (at..at + needle.len(), "[X]".to_owned())).into_iter().collect()
            }
        };
        pieces.replace_each(find(b"X"));
        assert_eq!(pieces.text(), "a[X]bXc");
        pieces.replace_each(find(b"X"));
        assert_eq!(pieces.text(), "a[X]b[X]c");
        pieces.replace_each(find(b"[X]"));
        assert_eq!(pieces.text(), "a[X]b[X]c");
        assert!(!pieces.is_untouched());
    }

    #[test]
    fn components_are_whole() {
        let name = |component: &[u8]| (component == b"tmpab").then(|| "[TMP 1]".to_owned());
        let shown = |path: &str| {
            let mut pieces = Pieces::bytes(path);
            pieces.replace_components(name);
            pieces.text()
        };
        assert_eq!(shown("/tmp/tmpab/x"), "/tmp/[TMP 1]/x");
        assert_eq!(shown("tmpab"), "[TMP 1]");
        assert_eq!(shown("tmpab/tmpab"), "[TMP 1]/[TMP 1]");
        assert_eq!(shown("/tmp/tmpabc/xtmpab"), "/tmp/tmpabc/xtmpab");
        let mut pieces = Pieces::bytes("/d/tmpab/tmpab");
        pieces.replace_start(2, "[DIR]");
        pieces.replace_components(name);
        assert_eq!(pieces.text(), "[DIR]/[TMP 1]/[TMP 1]");
        // Beside a placeholder, a part of a component is not a component.
        let mut pieces = Pieces::bytes("Ytmpab/tmpabY");
        pieces.replace_each(|bytes| {
            let all = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'Y');
            all.map(|(at, _)| (at..at + 1, "[Y]".to_owned())).collect()
        });
        pieces.replace_components(name);
        assert_eq!(pieces.text(), "[Y]tmpab/tmpab[Y]");
    }
}
