//! Programs that take privileges when they are executed, and do not get them from a tracer without CAP_SYS_PTRACE.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::sync::LazyLock;

use crate::engine::memory::Link;
use crate::kernel::diagnosis;
use crate::kernel::walk;

const S_ISUID: u32 = 0o4000;
const S_ISGID_AND_GROUP_EXECUTE: u32 = 0o2010;
/// Without asking a file system that somebody serves. See statx(2).
const AT_STATX_DONT_SYNC: i32 = 0x4000;
const STATX_BASIC_STATS: u32 = 0x7ff;
const CAP_SYS_PTRACE: u32 = 19;

/// At an exec stop: whether the program has a set-user-ID or set-group-ID bit for another id than its own, or file
/// capabilities, and the kernel did not honour them because this thread traces it. See "Effect on credentials" in execve(2).
///
/// A program under `no_new_privs`, unless we have `kept_back` privileges by it, or from a file system mounted with `nosuid`, gets none
/// untraced either; the mount is not looked at.
pub(crate) fn lost(tid: u32, kept_back: bool) -> bool {
    if has_ptrace_capability() {
        return false;
    }
    let Ok(file) = CString::new(walk::name(tid, Link::Exe)) else { return false };
    let Some(Attributes { mode, user: owner, group: owning_group, device }) = attributes(&file) else {
        return false;
    };
    let sets_user = mode & S_ISUID != 0;
    let sets_group = mode & S_ISGID_AND_GROUP_EXECUTE == S_ISGID_AND_GROUP_EXECUTE;
    // A file system that is served would ask its server, which may be stopped: its programs are taken to have none.
    let asks_nobody = Some(device) == *OWN_ROOT || walk::asks_nobody(tid, Link::Exe);
    let has_capabilities = asks_nobody && has_file_capabilities(&file);
    if !sets_user && !sets_group && !has_capabilities {
        return false;
    }
    let status = format!("/proc/{tid}/status");
    // Of the real, effective, saved and file system id, the second. See proc_pid_status(5).
    let effective =
        |name| diagnosis::status_field(&status, name)?.split_whitespace().nth(1)?.parse::<u32>().ok();
    // Bits for ids that the program's user namespace does not have are not honoured. See user_namespaces(7).
    let known = maps(tid, "uid_map", owner) && maps(tid, "gid_map", owning_group);
    let (sets_user, sets_group) = (sets_user && known, sets_group && known);
    let user = sets_user && effective("Uid:") != Some(owner);
    let group = sets_group && effective("Gid:") != Some(owning_group);
    let may_gain = kept_back || diagnosis::status_field(&status, "NoNewPrivs:").as_deref() != Some("1");
    may_gain && (user || group || has_capabilities)
}

/// Whether the id, as this process knows it, is one of the user namespace of the task, as far as that can be read.
fn maps(tid: u32, file: &str, id: u32) -> bool {
    let ranges = std::fs::read_to_string(format!("/proc/{tid}/{file}"));
    ranges.map_or(true, |ranges| is_in(&ranges, id))
}

/// The same, by the text of such a file: the first id inside, the first outside, and how many there are.
fn is_in(ranges: &str, id: u32) -> bool {
    ranges.lines().any(|line| {
        let mut words = line.split_whitespace().skip(1).map(str::parse::<u32>);
        match (words.next(), words.next()) {
            (Some(Ok(first)), Some(Ok(count))) => id.checked_sub(first).is_some_and(|above| above < count),
            _ => false,
        }
    })
}

/// Whose a file is, its mode, and where it is.
struct Attributes {
    mode: u32,
    user: u32,
    group: u32,
    device: [u32; 2],
}

/// Where our root directory is, if nobody serves that. Most programs are there too, and need no look at the mounts.
static OWN_ROOT: LazyLock<Option<[u32; 2]>> = LazyLock::new(|| {
    let root = attributes(c"/").filter(|_| walk::asks_nobody(std::process::id(), Link::Root));
    root.map(|root| root.device)
});

/// As the kernel has them in its cache, by which it has just executed the file.
fn attributes(file: &CStr) -> Option<Attributes> {
    // struct statx, for which not every C library has a type. See statx(2) and linux/stat.h.
    let mut statx = [0u32; 64];
    let (place, wanted) = (statx.as_mut_ptr(), STATX_BASIC_STATS);
    // SAFETY: the name ends with a NUL, and the structure has the 256 bytes that the kernel writes.
    let result = unsafe {
        libc::syscall(libc::SYS_statx, libc::AT_FDCWD, file.as_ptr(), AT_STATX_DONT_SYNC, wanted, place)
    };
    let device = [statx[34], statx[35]];
    (result == 0).then_some(Attributes { user: statx[5], group: statx[6], mode: statx[7] & 0xffff, device })
}

/// Whether the calling thread has CAP_SYS_PTRACE. See capabilities(7).
pub(crate) fn has_ptrace_capability() -> bool {
    // Version 3, and the calling thread; then effective, permitted and inheritable in two words each. See capget(2).
    let (mut header, mut sets) = ([0x2008_0522u32, 0], [[0u32; 3]; 2]);
    // SAFETY: both have the layout that the call expects.
    let result = unsafe { libc::syscall(libc::SYS_capget, header.as_mut_ptr(), sets.as_mut_ptr()) };
    result == 0 && sets[0][0] & 1 << CAP_SYS_PTRACE != 0
}

fn has_file_capabilities(file: &CStr) -> bool {
    // SAFETY: both names end with a NUL, and nothing is written where the size is 0. See getxattr(2).
    let size =
        unsafe { libc::getxattr(file.as_ptr(), c"security.capability".as_ptr(), std::ptr::null_mut(), 0) };
    size > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_in_a_namespace_or_not() {
        assert!(is_in("         0          0 4294967295\n", 0));
        let mapped = "         0      65534          1\n         1     100000      65536\n";
        let all = [0, 65533, 65534, 65535, 99_999, 100_000, 165_535, 165_536];
        assert_eq!(all.map(|id| is_in(mapped, id)), [false, false, true, false, false, true, true, false]);
        assert!(!is_in("", 0));
    }

    #[test]
    fn an_ordinary_program_loses_none() {
        assert!(!lost(std::process::id(), true));
    }
}
