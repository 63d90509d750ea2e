//! From a process that runs already to tracees.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

use crate::kernel::diagnosis;
use crate::kernel::ptrace::{self, Bond};

/// Why a process cannot be traced.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) request: &'static str,
    pub(crate) errno: i32,
    pub(crate) diagnosis: String,
}

/// Seizes all tasks of a process: those that are seized. What they start from then on is traced by itself.
pub(crate) fn seize_all(pid: u32, bond: Bond) -> Result<Vec<u32>, Refusal> {
    let refusal = |(request, errno)| {
        let diagnosis = diagnosis::refusal_to_attach(errno, pid);
        Refusal { request, errno, diagnosis }
    };
    let mut seized = Vec::new();
    let mut seen = HashSet::new();
    loop {
        let new: Vec<u32> = tasks(pid).into_iter().filter(|tid| seen.insert(*tid)).collect();
        if new.is_empty() {
            break;
        }
        for tid in new {
            match ptrace::seize(tid, bond, false) {
                Ok(()) => seized.push(tid),
                // One that a seized task has made is a tracee of this thread from its beginning.
                Err(_) if diagnosis::is_ours(tid) => {}
                // A leader that has ended while its threads go on cannot be seized, nor does it make calls.
                Err(_) if diagnosis::has_ended(tid) => {}
                Err(error) => return Err(refusal(error)),
            }
        }
    }
    if seized.is_empty() { Err(refusal(("PTRACE_SEIZE", libc::ESRCH))) } else { Ok(seized) }
}

/// The program that a process runs, and its arguments. See proc(5).
pub(crate) fn image(pid: u32) -> (PathBuf, Vec<OsString>) {
    let program = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let line = line.strip_suffix(&[0]).unwrap_or(&line);
    (program, line.split(|byte| *byte == 0).map(|arg| OsString::from_vec(arg.to_vec())).collect())
}

pub(crate) fn tasks(pid: u32) -> Vec<u32> {
    numbers(&format!("/proc/{pid}/task"))
}

/// The entries of a directory of /proc that are numbers of tasks.
pub(crate) fn numbers(dir: &str) -> Vec<u32> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}
