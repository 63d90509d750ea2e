//! Which pages of a stopped task can be read without waiting for another task: see userfaultfd(2) and fuse(4).

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use crate::kernel::walk;

const PAGE: u64 = 4096;
/// Bits of an entry of pagemap. See proc_pid_pagemap(5).
const PRESENT: u64 = 1 << 63;
const SWAPPED: u64 = 1 << 62;
const WRITE_PROTECTED: u64 = 1 << 57;

/// How many bytes from `address` on wait for nobody, `len` at most: those of pages that are there, or come from nobody's hand.
pub(crate) fn readable(tid: u32, address: u64, len: usize) -> usize {
    let end = address.saturating_add(len as u64);
    // Where the kernel does not tell, it is tried.
    let Some(pages) = pages(tid, address / PAGE, end.div_ceil(PAGE)) else { return len };
    let missing = (address / PAGE..).zip(pages).filter(|(_, entry)| !is_there(*entry));
    let mut regions = None;
    let mut supplied = missing.map(|(page, _)| page * PAGE).filter(|start| {
        let regions = regions.get_or_insert_with(|| Regions::of(tid));
        regions.are_supplied(*start)
    });
    supplied.next().map_or(len, |start| start.saturating_sub(address) as usize)
}

/// Whether a page is in memory or in a swap area. Where a userfaultfd protects what is not there, it looks as if it were in the latter.
fn is_there(entry: u64) -> bool {
    entry & PRESENT != 0 || entry & (SWAPPED | WRITE_PROTECTED) == SWAPPED
}

/// The entries of some pages; those that no program can have read as 0.
fn pages(tid: u32, first: u64, end: u64) -> Option<Vec<u64>> {
    const ENTRY: u64 = size_of::<u64>() as u64;
    let file = File::open(format!("/proc/{tid}/pagemap")).ok()?;
    let mut bytes = vec![0; ((end - first) * ENTRY) as usize];
    file.read_at(&mut bytes, first * ENTRY).ok()?;
    Some(bytes.chunks_exact(8).filter_map(|entry| entry.try_into().ok().map(u64::from_ne_bytes)).collect())
}

/// What is mapped where, and what is mounted.
struct Regions {
    /// As proc_pid_smaps(5) has it.
    maps: String,
    /// As proc_pid_mountinfo(5) has it.
    mounts: String,
}

impl Regions {
    fn of(tid: u32) -> Regions {
        let read = |name| fs::read_to_string(format!("/proc/{tid}/{name}")).unwrap_or_default();
        Regions { maps: read("smaps"), mounts: read("mountinfo") }
    }

    /// Whether a page that is not there comes from somebody: it is of a file on a file system that somebody may serve, or
    /// registered with a userfaultfd. In a hole there is nothing to wait for.
    fn are_supplied(&self, address: u64) -> bool {
        let mut lines = self.maps.lines().skip_while(|line| !is_around(line, address));
        let Some(region) = lines.next() else { return false };
        let flags = lines.find_map(|line| line.strip_prefix("VmFlags:")).unwrap_or_default();
        let registered = flags.split_whitespace().any(|flag| matches!(flag, "um" | "ui"));
        registered || device(region).is_some_and(|device| !walk::is_local_device(&self.mounts, &device))
    }
}

/// Whether this line begins the region of an address.
fn is_around(line: &str, address: u64) -> bool {
    let range = line.split(' ').next().and_then(|range| range.split_once('-'));
    let bound = |text| u64::from_str_radix(text, 16).ok();
    let range = range.and_then(|(start, end)| Some(bound(start)?..bound(end)?));
    range.is_some_and(|range| range.contains(&address))
}

/// The device of a region's file, as mountinfo writes it; `None` where the region has no file.
fn device(region: &str) -> Option<String> {
    let mut words = region.split_whitespace().skip(3);
    let (major, minor) = words.next()?.split_once(':')?;
    let number = |text| u32::from_str_radix(text, 16).ok();
    (words.next()? != "0").then_some(format!("{}:{}", number(major)?, number(minor)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
1000-3000 r-xp 00000000 08:01 17                         /usr/bin/true
Size:                  8 kB
VmFlags: rd ex mr mw me
3000-4000 r--p 00002000 00:2f 2                          /mnt/f
VmFlags: rd mr mw me
4000-5000 rw-p 00000000 00:00 0
VmFlags: rd wr mr mw me ac um
5000-6000 rw-p 00000000 00:00 0                          [heap]
VmFlags: rd wr mr mw me ac
";
    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
24 22 0:47 / /mnt rw shared:1 - fuse.sshfs host: rw
";

    #[test]
    fn a_page_that_somebody_supplies_is_told_by_its_region() {
        let regions = Regions { maps: MAPS.to_owned(), mounts: MOUNTS.to_owned() };
        let supplied = [0x1000, 0x2fff, 0x3000, 0x4000, 0x5000, 0x6000].map(|at| regions.are_supplied(at));
        assert_eq!(supplied, [false, false, true, true, false, false]);
    }

    #[test]
    fn a_page_is_in_memory_or_swapped_out() {
        let all = [PRESENT, PRESENT | WRITE_PROTECTED, SWAPPED, SWAPPED | WRITE_PROTECTED, 0];
        assert_eq!(all.map(is_there), [true, true, true, false, false]);
    }

    #[test]
    fn what_is_there_is_readable() {
        let own = crate::kernel::rescue::own();
        let text = vec![1u8; 3 * PAGE as usize];
        assert_eq!(readable(own, text.as_ptr() as u64, text.len()), text.len());
        // Nobody supplies what is not there at all.
        assert_eq!(readable(own, 8, 16), 16);
        assert_eq!(readable(own, u64::MAX - 1, 16), 16);
    }
}
