//! Reading a stopped tracee: its memory, its links in /proc.

use std::io::{IoSliceMut, Read as _};
use std::os::unix::ffi::OsStringExt as _;
use std::sync::Arc;

use nix::errno::Errno;
use nix::sys::ptrace;
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;

use crate::engine::memory::{Link, Memory, Walk};
use crate::kernel::ptrace::Stopped;
use crate::kernel::{privileges, supplied, walk};

const PAGE: u64 = 4096;

impl Memory for Stopped {
    fn read(&self, address: u64, buf: &mut [u8]) -> Result<usize, i32> {
        let pid = Pid::from_raw(self.tid() as i32);
        let there =
            if self.is_supplied() { supplied::readable(self.tid(), address, buf.len()) } else { buf.len() };
        if there == 0 && !buf.is_empty() {
            return Err(libc::EFAULT);
        }
        let buf = &mut buf[..there];
        match read_pages(pid, address, buf) {
            Ok(read) if read == buf.len() => Ok(read),
            Ok(read) => Ok(read + peek(pid, address + read as u64, &mut buf[read..]).unwrap_or(0)),
            Err(errno) => peek(pid, address, buf).map_err(|_| errno as i32),
        }
    }

    fn link(&self, of: Link) -> Option<Arc<[u8]>> {
        let target = std::fs::read_link(walk::name(self.tid(), of)).ok()?;
        Some(target.into_os_string().into_vec().into())
    }

    fn look(&self, from: Link, path: &[u8]) -> Walk {
        walk::look(self.tid(), from, path)
    }

    fn walk(&self, path: &[u8]) -> Walk {
        walk::walk(self.tid(), path)
    }

    fn process(&self) -> Option<u32> {
        let name = format!("/proc/{}/status", self.tid());
        let mut status = [0; 1024];
        match std::fs::File::open(name).and_then(|mut file| file.read(&mut status)) {
            Ok(read) => {
                let text = String::from_utf8_lossy(&status[..read]);
                text.lines()
                    .find_map(|line| line.strip_prefix("Tgid:"))
                    .and_then(|pid| pid.trim().parse().ok())
            }
            Err(error) if is_gone(&error) => None,
            // It is alive, and nobody can say whose it is: without /proc, or out of descriptors. Its calls count.
            Err(_) => Some(self.tid()),
        }
    }

    fn descriptors(&self) -> Option<Vec<i32>> {
        let entries = std::fs::read_dir(format!("/proc/{}/fd", self.tid())).ok()?;
        entries.map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
    }

    fn has_no_loader(&self) -> bool {
        self.begins_at_entry_point()
    }

    fn lost_privileges(&self, kept_back: bool) -> bool {
        privileges::lost(self.tid(), kept_back)
    }
}

/// Whether a file of /proc cannot be read because its task is gone. See proc(5).
fn is_gone(error: &std::io::Error) -> bool {
    match error.raw_os_error() {
        Some(libc::ESRCH) => true,
        Some(libc::ENOENT) => std::path::Path::new("/proc/self").exists(),
        _ => false,
    }
}

/// A part of the remote memory for each page: a transfer that fails in the middle ends at a whole part, so
/// that what lies before an unmapped page is still read. See process_vm_readv(2).
fn read_pages(pid: Pid, address: u64, buf: &mut [u8]) -> Result<usize, Errno> {
    if buf.len() as u64 <= PAGE - address % PAGE {
        let part = RemoteIoVec { base: address as usize, len: buf.len() };
        return process_vm_readv(pid, &mut [IoSliceMut::new(buf)], &[part]);
    }
    let mut parts = Vec::with_capacity(buf.len() / PAGE as usize + 2);
    let mut base = address;
    let mut left = buf.len() as u64;
    while left > 0 {
        let len = left.min(PAGE - base % PAGE);
        parts.push(RemoteIoVec { base: base as usize, len: len as usize });
        let Some(next) = base.checked_add(len) else { break };
        base = next;
        left -= len;
    }
    process_vm_readv(pid, &mut [IoSliceMut::new(buf)], &parts)
}

/// The second way: word by word, as a debugger does. It also reads pages that are mapped for writing or
/// executing only, and works where process_vm_readv is forbidden.
fn peek(pid: Pid, address: u64, buf: &mut [u8]) -> Result<usize, Errno> {
    let mut done = 0;
    while done < buf.len() {
        let at = address.wrapping_add(done as u64);
        let (word_at, skip) = (at & !7, (at % 8) as usize);
        let word = match ptrace::read(pid, word_at as ptrace::AddressType) {
            Ok(word) => word.to_ne_bytes(),
            Err(errno) if done == 0 => return Err(errno),
            Err(_) => return Ok(done),
        };
        let len = (8 - skip).min(buf.len() - done);
        buf[done..done + len].copy_from_slice(&word[skip..skip + len]);
        done += len;
    }
    Ok(done)
}
