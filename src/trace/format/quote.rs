//! Bytes as C string literals, which read back to the same bytes and cannot disturb a terminal.

use std::fmt::{self, Write};

use crate::trace::format::Strings;

/// `"text"`, escaped, and `...` behind it where more followed.
pub(crate) fn quoted(f: &mut impl Write, bytes: &[u8], more: bool) -> fmt::Result {
    f.write_char('"')?;
    for (index, &byte) in bytes.iter().enumerate() {
        escaped(f, byte, bytes.get(index + 1))?;
    }
    f.write_str(if more { "\"..." } else { "\"" })
}

/// All bytes in hexadecimal: random ones look like nothing.
pub(crate) fn hex_quoted(f: &mut impl Write, bytes: &[u8], more: bool) -> fmt::Result {
    f.write_char('"')?;
    bytes.iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))?;
    f.write_str(if more { "\"..." } else { "\"" })
}

/// In the style that is asked for.
pub(crate) fn string(f: &mut impl Write, bytes: &[u8], more: bool, style: Strings) -> fmt::Result {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t'..=b'\r');
    match style {
        Strings::Hex => hex_quoted(f, bytes, more),
        Strings::HexUnprintable if !bytes.iter().all(plain) => hex_quoted(f, bytes, more),
        Strings::HexUnprintable | Strings::Escaped => quoted(f, bytes, more),
    }
}

fn escaped(f: &mut impl Write, byte: u8, next: Option<&u8>) -> fmt::Result {
    match byte {
        b'\n' => f.write_str("\\n"),
        b'\t' => f.write_str("\\t"),
        b'\r' => f.write_str("\\r"),
        0x0b => f.write_str("\\v"),
        0x0c => f.write_str("\\f"),
        b'"' => f.write_str("\\\""),
        b'\\' => f.write_str("\\\\"),
        b' '..=b'~' => f.write_char(byte.into()),
        // Three digits where an octal one follows, which would be read as one more of ours.
        _ if next.is_some_and(|next| matches!(next, b'0'..=b'7')) => write!(f, "\\{byte:03o}"),
        _ => write!(f, "\\{byte:o}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        let mut text = String::new();
        quoted(&mut text, bytes, false).unwrap();
        assert_eq!(text, expected);
    }

    #[test]
    fn bytes_are_escaped_as_in_c() {
        check(b"plain", r#""plain""#);
        check(b"a\n\t\r\"\\", r#""a\n\t\r\"\\""#);
        check(b"\0\x1b[31m\x7f", r#""\0\33[31m\177""#);
        check(b"\x001", r#""\0001""#);
        check(b"\x009", r#""\09""#);
        check("é".as_bytes(), r#""\303\251""#);
    }
}
