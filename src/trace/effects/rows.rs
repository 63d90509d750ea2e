//! What each call does that always does the same: the operation, and the argument with its object.

use crate::trace::effects::operations::Operation;

/// Where a call has the object of an operation.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    /// In an argument that is a path. Where there is an argument `dirfd` and no path, it is that descriptor's file.
    Path(&'static str),
    /// In two of them.
    Pair(&'static str, &'static str),
    /// It is the regular file that this descriptor refers to.
    File(&'static str),
    /// It is whatever this descriptor refers to.
    Any(&'static str),
    /// The process or thread with this id, and the signal.
    Target(&'static str),
}

use At::{Any, File, Pair, Path, Target};
use Operation::{
    Attributes, Exec, Kill, Link, List, Mkdir, Mount, Node, Read, Remove, Rename, Resize, Symlink, Unmount,
    Write,
};

/// By name, sorted.
const ROWS: &[(&str, &[(Operation, At)])] = &[
    ("chmod", &[(Attributes, Path("path"))]),
    ("chown", &[(Attributes, Path("path"))]),
    ("copy_file_range", &[(Read, File("fd_in")), (Write, File("fd_out"))]),
    ("execve", &[(Exec, Path("path"))]),
    ("execveat", &[(Exec, Path("path"))]),
    ("fallocate", &[(Resize, Any("fd"))]),
    ("fchmod", &[(Attributes, Any("fd"))]),
    ("fchmodat", &[(Attributes, Path("path"))]),
    ("fchmodat2", &[(Attributes, Path("path"))]),
    ("fchown", &[(Attributes, Any("fd"))]),
    ("fchownat", &[(Attributes, Path("path"))]),
    ("file_setattr", &[(Attributes, Path("path"))]),
    ("fremovexattr", &[(Attributes, Any("fd"))]),
    ("fsetxattr", &[(Attributes, Any("fd"))]),
    ("ftruncate", &[(Resize, Any("fd"))]),
    ("futimesat", &[(Attributes, Path("path"))]),
    ("getdents", &[(List, Any("fd"))]),
    ("getdents64", &[(List, Any("fd"))]),
    ("kill", &[(Kill, Target("pid"))]),
    ("lchown", &[(Attributes, Path("path"))]),
    ("link", &[(Link, Pair("oldpath", "newpath"))]),
    ("linkat", &[(Link, Pair("oldpath", "newpath"))]),
    ("lremovexattr", &[(Attributes, Path("path"))]),
    ("lsetxattr", &[(Attributes, Path("path"))]),
    ("mkdir", &[(Mkdir, Path("path"))]),
    ("mkdirat", &[(Mkdir, Path("path"))]),
    ("mknod", &[(Node, Path("path"))]),
    ("mknodat", &[(Node, Path("path"))]),
    ("mount", &[(Mount, Pair("source", "target"))]),
    ("move_mount", &[(Mount, Pair("from_path", "to_path"))]),
    ("pidfd_send_signal", &[(Kill, Target("pidfd"))]),
    ("pivot_root", &[(Mount, Pair("new_root", "put_old"))]),
    ("pread64", &[(Read, File("fd"))]),
    ("preadv", &[(Read, File("fd"))]),
    ("preadv2", &[(Read, File("fd"))]),
    ("pwrite64", &[(Write, File("fd"))]),
    ("pwritev", &[(Write, File("fd"))]),
    ("pwritev2", &[(Write, File("fd"))]),
    ("read", &[(Read, File("fd"))]),
    ("readv", &[(Read, File("fd"))]),
    ("removexattr", &[(Attributes, Path("path"))]),
    ("removexattrat", &[(Attributes, Path("path"))]),
    ("rename", &[(Rename, Pair("oldpath", "newpath"))]),
    ("renameat", &[(Rename, Pair("oldpath", "newpath"))]),
    ("renameat2", &[(Rename, Pair("oldpath", "newpath"))]),
    ("rmdir", &[(Remove, Path("path"))]),
    ("rt_sigqueueinfo", &[(Kill, Target("tgid"))]),
    ("rt_tgsigqueueinfo", &[(Kill, Target("tid"))]),
    ("sendfile", &[(Read, File("in_fd")), (Write, File("out_fd"))]),
    ("setxattr", &[(Attributes, Path("path"))]),
    ("setxattrat", &[(Attributes, Path("path"))]),
    ("splice", &[(Read, File("fd_in")), (Write, File("fd_out"))]),
    ("symlink", &[(Symlink, Pair("target", "linkpath"))]),
    ("symlinkat", &[(Symlink, Pair("target", "linkpath"))]),
    ("tgkill", &[(Kill, Target("tid"))]),
    ("tkill", &[(Kill, Target("tid"))]),
    ("truncate", &[(Resize, Path("path"))]),
    ("umount2", &[(Unmount, Path("target"))]),
    ("unlink", &[(Remove, Path("path"))]),
    ("unlinkat", &[(Remove, Path("path"))]),
    ("utime", &[(Attributes, Path("path"))]),
    ("utimensat", &[(Attributes, Path("path"))]),
    ("utimes", &[(Attributes, Path("path"))]),
    ("write", &[(Write, File("fd"))]),
    ("writev", &[(Write, File("fd"))]),
];

pub(super) fn row(name: &str) -> Option<&'static [(Operation, At)]> {
    let found = ROWS.binary_search_by(|(row, _)| (*row).cmp(name)).ok()?;
    Some(ROWS[found].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_name_calls() {
        assert!(ROWS.is_sorted_by(|left, right| left.0 < right.0));
    }
}
