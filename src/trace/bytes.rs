//! Paths and strings as bytes. On Linux they are the same thing; elsewhere the crate has to compile.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// The bytes as a system string.
#[cfg(unix)]
pub(crate) fn os_str(bytes: &[u8]) -> Cow<'_, OsStr> {
    Cow::Borrowed(std::os::unix::ffi::OsStrExt::from_bytes(bytes))
}

/// The bytes as a system string, as well as that goes.
#[cfg(not(unix))]
pub(crate) fn os_str(bytes: &[u8]) -> Cow<'_, OsStr> {
    Cow::Owned(String::from_utf8_lossy(bytes).into_owned().into())
}

/// The bytes of a system string.
#[cfg(unix)]
pub(crate) fn of(text: &OsStr) -> Cow<'_, [u8]> {
    Cow::Borrowed(std::os::unix::ffi::OsStrExt::as_bytes(text))
}

/// The bytes of a system string, as well as that goes.
#[cfg(not(unix))]
pub(crate) fn of(text: &OsStr) -> Cow<'_, [u8]> {
    Cow::Owned(text.to_string_lossy().into_owned().into_bytes())
}

/// The status behind a wait status word. See wait(2).
pub(crate) fn exit_status(word: i32) -> ExitStatus {
    #[cfg(unix)]
    return std::os::unix::process::ExitStatusExt::from_raw(word);
    #[cfg(windows)]
    return std::os::windows::process::ExitStatusExt::from_raw((word >> 8) as u32);
}

pub(crate) fn path(bytes: &[u8]) -> Cow<'_, Path> {
    match os_str(bytes) {
        Cow::Borrowed(text) => Cow::Borrowed(Path::new(text)),
        Cow::Owned(text) => Cow::Owned(PathBuf::from(text)),
    }
}

/// `path` from `base` on, with `.`, `..`, `//` and a trailing `/` folded by text. `None` for a relative path
/// without a base.
pub(crate) fn absolute(base: Option<&[u8]>, path: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<&[u8]> = Vec::new();
    let base = if path.starts_with(b"/") { b"" } else { base.filter(|base| base.starts_with(b"/"))? };
    for part in base.split(is_slash).chain(path.split(is_slash)) {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        return Some(b"/".to_vec());
    }
    Some(parts.iter().flat_map(|part| [b"/".as_slice(), part].concat()).collect())
}

fn is_slash(byte: &u8) -> bool {
    *byte == b'/'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: Option<&str>, path: &str, expected: Option<&str>) {
        let actual = absolute(base.map(str::as_bytes), path.as_bytes());
        assert_eq!(actual.map(|bytes| String::from_utf8(bytes).unwrap()).as_deref(), expected);
    }

    #[test]
    fn paths_become_absolute_and_normal() {
        check(Some("/home/u"), "a/b", Some("/home/u/a/b"));
        check(Some("/home/u"), "../x/./y//z/", Some("/home/x/y/z"));
        check(Some("/home/u"), "/etc/../passwd", Some("/passwd"));
        check(Some("/home/u"), "", Some("/home/u"));
        check(Some("/"), "../..", Some("/"));
        check(None, "/etc", Some("/etc"));
        check(None, "etc", None);
        check(Some("pipe:[1]"), "x", None);
    }
}
