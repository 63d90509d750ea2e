//! What the C library, the dynamic loader and language runtimes do for themselves, by exact names. Never whole directories: a
//! plug-in read from `/usr/lib` is an effect.

use std::collections::HashSet;

use crate::trace::call::Call;
use crate::trace::effects::{arguments, place};
use crate::trace::value::{PathText, Value};

/// Files with one name.
const FILES: &[&str] = &[
    "/dev/null",
    "/dev/urandom",
    "/etc/ld-musl-x86_64.path",
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/etc/locale.alias",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/proc/self/auxv",
    "/proc/self/cgroup",
    "/proc/self/maps",
    "/proc/self/mountinfo",
    "/sys/devices/system/cpu/online",
    "/sys/devices/system/cpu/possible",
    "/usr/share/locale/locale.alias",
];

/// Directories that hold nothing but locale, conversion and zone files.
const DATA: &[&str] = &[
    "/usr/lib/locale/",
    "/usr/lib64/gconv/",
    "/usr/lib/gconv/",
    "/usr/lib/x86_64-linux-gnu/gconv/",
    "/usr/share/zoneinfo/",
];

/// Limits of the own control group.
const LIMITS: &[&str] =
    &["/cpu.max", "/memory.max", "/memory.high", "/cpu.cfs_quota_us", "/cpu.cfs_period_us"];

/// Whether a runtime opens a file of this name for itself. `pid` is the process that does.
pub(crate) fn is_name(path: &[u8], pid: u32) -> bool {
    let Ok(path) = std::str::from_utf8(path) else { return false };
    let own = format!("/proc/{pid}/");
    let path = path.strip_prefix(&own).map_or(path.to_owned(), |rest| format!("/proc/self/{rest}"));
    let catalogue = || path.starts_with("/usr/share/locale/") && path.ends_with(".mo");
    let limit = || path.starts_with("/sys/fs/cgroup/") && LIMITS.iter().any(|limit| path.ends_with(limit));
    FILES.binary_search(&path.as_str()).is_ok()
        || DATA.iter().any(|start| path.starts_with(start))
        || catalogue()
        || limit()
}

/// The shared objects that were mapped as code, and the names under which they were looked for.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    /// As the kernel names them.
    files: HashSet<Vec<u8>>,
    /// Their last components.
    names: HashSet<Vec<u8>>,
}

impl Objects {
    pub(crate) fn new(calls: &[&Call]) -> Objects {
        let mut objects = Objects::default();
        for call in calls.iter().filter(|call| call.name() == "mmap" && call.succeeded()) {
            const PROT_EXEC: u64 = 4;
            let executable =
                matches!(call.arg("prot"), Some(Value::Flags(word)) if word.value & PROT_EXEC != 0);
            let link = arguments::descriptor(call, "fd").and_then(|fd| fd.link.as_deref());
            if let (true, Some(file)) = (executable, link) {
                objects.files.insert(file.to_vec());
                objects.names.insert(last_component(file).to_vec());
            }
        }
        // A library is opened under a name that is often a link's.
        for path in calls.iter().filter_map(|call| call.arg("path").and_then(Value::as_path_text)) {
            if path.resolved.as_deref().is_some_and(|file| objects.files.contains(file)) {
                objects.names.insert(last_component(&path.written).to_vec());
            }
        }
        objects
    }

    pub(crate) fn contain(&self, file: &[u8]) -> bool {
        self.files.contains(file)
    }

    /// Whether `path` was tried while one of them was looked for.
    pub(crate) fn were_looked_for_as(&self, path: &PathText) -> bool {
        self.names.contains(last_component(&place::shown(path)))
    }
}

fn last_component(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        assert!(FILES.is_sorted());
        for name in [
            "/dev/null",
            "/proc/self/maps",
            "/proc/7/maps",
            "/usr/lib/locale/locale-archive",
            "/usr/share/zoneinfo/Etc/UTC",
            "/usr/share/locale/de/LC_MESSAGES/libc.mo",
            "/sys/fs/cgroup/a/cpu.max",
        ] {
            assert!(is_name(name.as_bytes(), 7), "{name}");
        }
        for name in [
            "/dev/zero",
            "/proc/8/maps",
            "/usr/lib/plugin.so",
            "/etc/passwd",
            "/usr/share/locale/x",
            "/sys/fs/cgroup/cpu.stat",
        ] {
            assert!(!is_name(name.as_bytes(), 7), "{name}");
        }
    }
}
