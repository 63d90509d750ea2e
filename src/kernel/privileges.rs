//! Programs that take privileges when they are executed, and do not get them from a tracer without CAP_SYS_PTRACE.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::os::unix::fs::MetadataExt as _;

const S_ISUID: u32 = 0o4000;
const S_ISGID_AND_GROUP_EXECUTE: u32 = 0o2010;
/// See capabilities(7).
const CAP_SYS_PTRACE: u32 = 19;

/// At an exec stop: whether the program has a set-user-ID or set-group-ID bit for another id than its own, or file
/// capabilities, and the kernel did not honour them because this thread traces it. See "Effect on credentials" in execve(2).
///
/// A program under `no_new_privs`, or from a file system mounted with `nosuid`, gets none untraced either; the mount is not looked at.
pub(crate) fn lost(tid: u32) -> bool {
    let file = format!("/proc/{tid}/exe");
    let Ok(metadata) = std::fs::metadata(&file) else { return false };
    let mode = metadata.mode();
    let sets_user = mode & S_ISUID != 0;
    let sets_group = mode & S_ISGID_AND_GROUP_EXECUTE == S_ISGID_AND_GROUP_EXECUTE;
    let has_capabilities = has_file_capabilities(&file);
    if !sets_user && !sets_group && !has_capabilities {
        return false;
    }
    let (Some(program), Some(tracer)) =
        (status(&format!("/proc/{tid}/status")), status("/proc/thread-self/status"))
    else {
        return false;
    };
    let user = sets_user && effective(&program, "Uid:") != Some(metadata.uid());
    let group = sets_group && effective(&program, "Gid:") != Some(metadata.gid());
    let may_gain = field(&program, "NoNewPrivs:") != Some("1");
    may_gain && !may_trace_all(&tracer) && (user || group || has_capabilities)
}

fn status(file: &str) -> Option<String> {
    std::fs::read_to_string(file).ok()
}

/// The words behind a name. See proc_pid_status(5).
fn field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

/// Of the real, effective, saved and file system id, the second.
fn effective(status: &str, name: &str) -> Option<u32> {
    field(status, name)?.split_whitespace().nth(1)?.parse().ok()
}

fn may_trace_all(status: &str) -> bool {
    let capabilities = field(status, "CapEff:").and_then(|word| u64::from_str_radix(word, 16).ok());
    capabilities.is_some_and(|word| word >> CAP_SYS_PTRACE & 1 == 1)
}

fn has_file_capabilities(file: &str) -> bool {
    let Ok(file) = CString::new(file) else { return false };
    // SAFETY: both names end with a NUL, and nothing is written where the size is 0. See getxattr(2).
    let size =
        unsafe { libc::getxattr(file.as_ptr(), c"security.capability".as_ptr(), std::ptr::null_mut(), 0) };
    size > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_capabilities_are_found() {
        let status = "Name:\tcat\nUid:\t1000\t0\t0\t0\nNoNewPrivs:\t0\nCapEff:\t0000000000080000\n";
        assert_eq!(effective(status, "Uid:"), Some(0));
        assert_eq!((field(status, "NoNewPrivs:"), field(status, "Gid:")), (Some("0"), None));
        assert!(may_trace_all(status));
        assert!(!may_trace_all("CapEff:\t0000000000040000\n"));
    }

    #[test]
    fn an_ordinary_program_loses_none() {
        assert!(!lost(std::process::id()));
    }
}
