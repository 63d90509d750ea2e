//! Which file a path leads to, as far as it is known.

use std::borrow::Cow;

use crate::trace::value::{Descriptor, PathText, Walked};

/// What the kernel appends to the name of a file that has been removed. See proc_pid_fd(5).
const DELETED: &[u8] = b" (deleted)";

/// The file a path leads to: as the kernel resolved it where it told, else in absolute normal form, else as written.
pub(crate) fn shown(path: &PathText) -> Cow<'_, [u8]> {
    let led = path.resolved.as_ref().filter(|_| path.walked != Walked::Beside);
    if let Some(resolved) = led.filter(|name| name.first() == Some(&b'/')) {
        return Cow::Borrowed(undeleted(resolved));
    }
    match path.absolute_bytes() {
        Some(absolute) => Cow::Owned(absolute),
        None => Cow::Borrowed(&path.written),
    }
}

/// The name of a file that may have been removed.
pub(crate) fn undeleted(link: &[u8]) -> &[u8] {
    link.strip_suffix(DELETED).filter(|name| !name.is_empty()).unwrap_or(link)
}

/// Whether a descriptor refers to a file on a file system, not to a device, pipe, socket or memory. Judged by
/// the name that the kernel gives it: see proc_pid_fd(5).
pub(crate) fn is_regular(fd: &Descriptor) -> bool {
    let Some(link) = fd.link.as_deref() else { return false };
    let elsewhere = [b"/dev/".as_slice(), b"/memfd:", b"/SYSV", b"/anon_hugepage", b"/dmabuf:", b"/[aio]"];
    link.first() == Some(&b'/')
        && (link.starts_with(b"/dev/shm/") || !elsewhere.iter().any(|start| link.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(written: &str, base: Option<&str>, resolved: Option<&str>) -> PathText {
        let link = |text: Option<&str>| text.map(|text| text.as_bytes().into());
        PathText {
            written: written.as_bytes().into(),
            truncated: false,
            base: link(base),
            root: None,
            raced: false,
            walked: crate::trace::value::Walked::Not,
            resolved: link(resolved),
        }
    }

    #[test]
    fn the_resolved_file_counts_before_the_absolute_path() {
        assert_eq!(shown(&path("a", Some("/d"), Some("/real/a"))).as_ref(), b"/real/a");
        assert_eq!(shown(&path("a", Some("/d"), Some("/d/a (deleted)"))).as_ref(), b"/d/a");
        assert_eq!(shown(&path("./a/../b//c/", Some("/d"), None)).as_ref(), b"/d/b/c");
        assert_eq!(shown(&path("/a/./b", Some("/d"), Some("pipe:[1]"))).as_ref(), b"/a/b");
        assert_eq!(shown(&path("../../..", Some("/d"), None)).as_ref(), b"/");
        assert_eq!(shown(&path("a", None, None)).as_ref(), b"a");
    }

    #[test]
    fn devices_pipes_and_memory_are_no_files() {
        let regular = |link: &str| {
            is_regular(&Descriptor {
                number: 3,
                link: Some(link.as_bytes().into()),
                socket: None,
                raced: false,
            })
        };
        assert!(regular("/etc/passwd") && regular("/dev/shm/x") && regular("/a (deleted)"));
        for link in [
            "/dev/null",
            "/dev/pts/0",
            "pipe:[1]",
            "socket:[1]",
            "anon_inode:[eventpoll]",
            "/memfd:x (deleted)",
        ] {
            assert!(!regular(link), "{link}");
        }
        assert!(!is_regular(&Descriptor { number: 3, link: None, socket: None, raced: false }));
    }
}
