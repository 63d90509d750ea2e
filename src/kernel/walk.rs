//! Where a path of a stopped task leads: openat2(2) with `O_PATH`, which opens nothing.
//!
//! The walk must not wait. A file system in user space may be served by a task that is stopped, and would never answer. So it is kept to
//! what the kernel has in its cache, where the call that just went that way has left it; and where that does not do, because some file systems
//! read their links only when they may wait, to file systems that nobody serves.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};

use crate::engine::memory::{Link, Walk};

/// `RESOLVE_CACHED` of openat2(2).
const CACHED: ResolveFlag = ResolveFlag::from_bits_retain(0x20);

/// File systems that ask no process: on a disk, in memory, and the kernel's own. See filesystems(5).
const LOCAL: [&str; 37] = [
    "bcachefs",
    "binfmt_misc",
    "bpf",
    "btrfs",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "erofs",
    "exfat",
    "ext2",
    "ext3",
    "ext4",
    "f2fs",
    "fusectl",
    "hugetlbfs",
    "iso9660",
    "mqueue",
    "nsfs",
    "overlay",
    "proc",
    "pstore",
    "ramfs",
    "rootfs",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "squashfs",
    "sysfs",
    "tmpfs",
    "tracefs",
    "vfat",
    "xfs",
    "zfs",
];

/// The name of a link of a task.
pub(crate) fn name(tid: u32, of: Link) -> String {
    match of {
        Link::Fd(fd) => format!("/proc/{tid}/fd/{fd}"),
        Link::Cwd => format!("/proc/{tid}/cwd"),
        Link::Root => format!("/proc/{tid}/root"),
        Link::Exe => format!("/proc/{tid}/exe"),
    }
}

/// Whether nobody serves the file system where a link of a task leads.
pub(crate) fn asks_nobody(tid: u32, of: Link) -> bool {
    let told = || {
        let file = jump(tid, of).ok()?;
        is_on_local(&fs::read_to_string(format!("/proc/{tid}/mountinfo")).ok()?, &file)
    };
    told() == Some(true)
}

/// Whether there is a link on the way from a directory along a path.
pub(crate) fn look(tid: u32, from: Link, path: &[u8]) -> Walk {
    match open(tid, from, path, ResolveFlag::RESOLVE_NO_SYMLINKS) {
        Ok(_) => Walk::Straight,
        Err(Errno::ELOOP) => Walk::Linked,
        Err(errno) => failed(errno),
    }
}

/// Where a path leads from the root directory of a task. Links in it start there too.
pub(crate) fn walk(tid: u32, path: &[u8]) -> Walk {
    let file = match open(tid, Link::Root, path, ResolveFlag::RESOLVE_IN_ROOT) {
        Ok(file) => file,
        Err(errno) => return failed(errno),
    };
    match fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())) {
        Ok(link) => Walk::To(link.into_os_string().into_vec().into()),
        Err(_) => Walk::Lost,
    }
}

fn failed(errno: Errno) -> Walk {
    match errno {
        Errno::ENOENT | Errno::ENOTDIR => Walk::Nowhere,
        // EPERM is what filters of containers say to calls they do not know.
        Errno::ENOSYS | Errno::EINVAL | Errno::EPERM => Walk::Untold,
        _ => Walk::Lost,
    }
}

fn open(tid: u32, from: Link, path: &[u8], resolve: ResolveFlag) -> Result<OwnedFd, Errno> {
    // The task is gone, or we are out of descriptors: nobody knows.
    let start = jump(tid, from).map_err(|_| Errno::EAGAIN)?;
    let path = path.strip_prefix(b"/").unwrap_or(path);
    let path = Path::new(std::ffi::OsStr::from_bytes(if path.is_empty() { b"." } else { path }));
    let how = |resolve| OpenHow::new().flags(OFlag::O_PATH | OFlag::O_CLOEXEC).resolve(resolve);
    match openat2(&start, path, how(resolve | CACHED)) {
        Err(Errno::EAGAIN) => match may_wait(tid, &start) {
            Some(within) => openat2(&start, path, how(resolve | within)),
            None => Err(Errno::EAGAIN),
        },
        opened => opened,
    }
}

/// What a link of /proc leads to, to be named and not read: the jump there is no walk. See `O_PATH` in open(2).
fn jump(tid: u32, of: Link) -> io::Result<File> {
    File::options().read(true).custom_flags(libc::O_PATH).open(name(tid, of))
}

/// Where a walk may leave the cache: anywhere if nobody serves any of the file systems that the task sees, nor the one it starts in;
/// else in that one, unless it is served itself.
fn may_wait(tid: u32, start: &File) -> Option<ResolveFlag> {
    let mounts = fs::read_to_string(format!("/proc/{tid}/mountinfo")).ok()?;
    allowed(&mounts, is_on_local(&mounts, start))
}

/// Whether nobody serves the file system of a file, by the mounts that a task sees, or else by ours.
fn is_on_local(mounts: &str, file: &File) -> Option<bool> {
    // Its mount, by a file that is never asked of the file system. See proc_pid_fdinfo(5).
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", file.as_raw_fd())).ok()?;
    let mount = info.lines().find_map(|line| line.strip_prefix("mnt_id:"))?.trim();
    // A task in another root directory does not see where that lies. The numbers are the same for all.
    is_local(mounts, mount).or_else(|| {
        let ours = fs::read_to_string("/proc/self/mountinfo").ok()?;
        is_local(&ours, mount)
    })
}

/// Whether nobody serves the file system of this device, by the same text.
pub(crate) fn is_local_device(mounts: &str, device: &str) -> bool {
    let mut mounts = mounts.lines().filter(|mount| mount.split(' ').nth(2) == Some(device));
    mounts.next().is_some_and(has_local_kind)
}

/// Whether nobody serves the mount of this number, by the text of proc_pid_mountinfo(5).
fn is_local(mounts: &str, mount: &str) -> Option<bool> {
    mounts.lines().find(|line| line.split(' ').next() == Some(mount)).map(has_local_kind)
}

fn has_local_kind(mount: &str) -> bool {
    let kind = mount.split(" - ").nth(1).and_then(|rest| rest.split(' ').next());
    kind.is_some_and(|kind| LOCAL.contains(&kind))
}

fn allowed(mounts: &str, starts_local: Option<bool>) -> Option<ResolveFlag> {
    match starts_local {
        Some(true) if mounts.lines().all(has_local_kind) => Some(ResolveFlag::empty()),
        Some(true) => Some(ResolveFlag::RESOLVE_NO_XDEV),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> u32 {
        nix::unistd::gettid().as_raw() as u32
    }

    #[test]
    fn a_walk_says_where_it_leads() {
        let dir = tempfile::tempdir().expect("a directory");
        let dir = dir.path().canonicalize().expect("it is there");
        fs::create_dir(dir.join("real")).expect("a directory");
        fs::write(dir.join("real/file"), "").expect("a file");
        std::os::unix::fs::symlink("real", dir.join("link")).expect("a link");
        let bytes = |name: &str| dir.join(name).into_os_string().into_vec();
        let look = |name: &str| look(own(), Link::Root, &bytes(name));
        if look("real") == Walk::Untold {
            return;
        }
        assert_eq!(
            [look("real/file"), look("link/file"), look("link")],
            [Walk::Straight, Walk::Linked, Walk::Linked]
        );
        // Perhaps nothing of that name is in the cache either.
        assert!(matches!(look("real/nothing"), Walk::Nowhere | Walk::Lost));
        let to = |name: &str| walk(own(), &bytes(name));
        assert_eq!(to("link/file"), Walk::To(bytes("real/file").into()));
        assert_eq!(to("link/../real"), Walk::To(bytes("real").into()));
        let dir = File::open(dir.join("link")).expect("it is there");
        assert_eq!(super::look(own(), Link::Fd(dir.as_raw_fd()), b"file"), Walk::Straight);
    }

    #[test]
    fn a_walk_waits_for_nobody() {
        const ROOT: &str = "22 1 0:21 / / rw,relatime - overlay overlay rw,lowerdir=/a\n";
        const PROC: &str = "23 22 0:22 / /proc rw - proc proc rw\n";
        const FUSE: &str = "24 22 0:23 / /mnt rw shared:1 - fuse.sshfs host: rw\n";
        let allowed = |mounts: &[&str], start| {
            let mounts = mounts.concat();
            super::allowed(&mounts, is_local(&mounts, start))
        };
        assert_eq!(allowed(&[ROOT, PROC], "22"), Some(ResolveFlag::empty()));
        assert_eq!(allowed(&[ROOT, PROC, FUSE], "22"), Some(ResolveFlag::RESOLVE_NO_XDEV));
        assert_eq!(allowed(&[ROOT, PROC, FUSE], "23"), Some(ResolveFlag::RESOLVE_NO_XDEV));
        // It starts where somebody serves, or nobody knows where.
        assert_eq!(allowed(&[ROOT, PROC, FUSE], "24"), None);
        assert_eq!(allowed(&[ROOT, PROC], "2"), None);
        assert_eq!(allowed(&[], "22"), None);
    }
}
