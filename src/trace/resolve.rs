//! What the kinds of a row mean for the registers at hand: conditions, selectors, lengths.
//!
//! The engine asks before it copies memory, the decoder when it reads the copies: both must take the same turns.

use crate::abi::signature::{Condition, Dir, Kind, Layout, Len, Param, Shape, Signature, Struct};
use crate::trace::raw::RawOutcome;

/// The descriptor that stands for the working directory.
pub(crate) const AT_FDCWD: i32 = -100;

/// The arguments that exist under these registers, with selectors resolved: register number, name, shape.
pub(crate) fn arguments(
    row: &'static Signature,
    args: &[u64; 6],
) -> impl Iterator<Item = (usize, &'static str, Shape)> {
    let present = move |(register, param): (usize, &'static Param)| {
        argument(row, args, register, param).map(|shape| (register, param.name, shape))
    };
    row.params.iter().enumerate().filter_map(present)
}

/// What the result means under these registers.
pub(crate) fn result(row: &'static Signature, args: &[u64; 6]) -> Shape {
    match row.result.shape {
        Shape::By(name, selector) => {
            let value = value(row, args, name) & selector.mask;
            let case = selector.cases.iter().find(|case| case.value == value);
            case.and_then(|case| case.result).map_or(Shape::Int, |kind| kind.shape)
        }
        shape => shape,
    }
}

/// The descriptor of the directory in which the path in `register` starts: the one in front of it, or the working directory. The
/// target of a symbolic link starts nowhere: it is text.
pub(crate) fn start(row: &Signature, args: &[u64; 6], register: usize) -> Option<i32> {
    if row.params[register].name == "target" && row.name.starts_with("symlink") {
        return None;
    }
    let before =
        register.checked_sub(1).filter(|&before| matches!(row.params[before].kind.shape, Shape::DirFd));
    Some(before.map_or(AT_FDCWD, |before| args[before] as i32))
}

/// What a call does with the last component of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It follows it, if it is a link.
    Followed,
    /// It means the link itself.
    Itself,
    /// It makes or removes that name, which may be given with a `/` behind it.
    Made,
}

/// What the call does with the last component of the path `name`. See path_resolution(7), and the flags in the pages of the calls.
pub(crate) fn end(row: &Signature, args: &[u64; 6], name: &str) -> End {
    const AT_SYMLINK_NOFOLLOW: u64 = 0x100;
    const AT_SYMLINK_FOLLOW: u64 = 0x400;
    const IN_DONT_FOLLOW: u64 = 0x200_0000;
    const FAN_MARK_DONT_FOLLOW: u64 = 4;
    const MOVE_MOUNT_F_SYMLINKS: u64 = 1;
    const MOVE_MOUNT_T_SYMLINKS: u64 = 0x10;
    const UMOUNT_NOFOLLOW: u64 = 8;
    const O_NOFOLLOW: u64 = 0o400_000;
    const O_CREAT_EXCL: u64 = 0o300;
    let has = |argument: &str, bits: u64| value(row, args, argument) & bits == bits;
    let unless = |itself: bool| if itself { End::Itself } else { End::Followed };
    match (row.name, name) {
        ("unlink" | "unlinkat" | "rmdir" | "mkdir" | "mkdirat" | "mknod" | "mknodat", _) => End::Made,
        ("rename" | "renameat" | "renameat2" | "symlink" | "symlinkat", _) => End::Made,
        ("link" | "linkat", "newpath") => End::Made,
        ("linkat", _) => unless(!has("flags", AT_SYMLINK_FOLLOW)),
        ("link" | "lstat" | "lchown" | "readlink" | "readlinkat" | "openat2", _) => End::Itself,
        ("lsetxattr" | "lgetxattr" | "llistxattr" | "lremovexattr", _) => End::Itself,
        ("name_to_handle_at", _) => unless(!has("flags", AT_SYMLINK_FOLLOW)),
        ("inotify_add_watch", _) => unless(has("mask", IN_DONT_FOLLOW)),
        ("fanotify_mark", _) => unless(has("flags", FAN_MARK_DONT_FOLLOW)),
        ("move_mount", "from_path") => unless(!has("flags", MOVE_MOUNT_F_SYMLINKS)),
        ("move_mount", _) => unless(!has("flags", MOVE_MOUNT_T_SYMLINKS)),
        ("umount2", _) => unless(has("flags", UMOUNT_NOFOLLOW)),
        ("open" | "openat", _) => unless(has("flags", O_NOFOLLOW) || has("flags", O_CREAT_EXCL)),
        ("execveat" | "statx" | "newfstatat" | "fchownat" | "utimensat" | "faccessat2" | "fchmodat2", _)
        | ("mount_setattr" | "open_tree" | "open_tree_attr", _) => unless(has("flags", AT_SYMLINK_NOFOLLOW)),
        (
            "setxattrat" | "getxattrat" | "listxattrat" | "removexattrat" | "file_getattr" | "file_setattr",
            _,
        ) => unless(has("at_flags", AT_SYMLINK_NOFOLLOW)),
        _ => End::Followed,
    }
}

/// Whether the kernel has written what the output argument `name` points to.
pub(crate) fn is_written(row: &Signature, args: &[u64; 6], name: &str, outcome: RawOutcome) -> bool {
    const EINTR: i64 = -4;
    const ERESTART_RESTARTBLOCK: i64 = -516;
    const TIMER_ABSTIME: u64 = 1;
    let RawOutcome::Left(rax) = outcome else { return false };
    match (row.name, name) {
        // The time that was left when the sleep was interrupted. See nanosleep(2), clock_nanosleep(2).
        ("nanosleep", "rem") => matches!(rax, EINTR | ERESTART_RESTARTBLOCK),
        ("clock_nanosleep", "remain") => {
            value(row, args, "flags") & TIMER_ABSTIME == 0 && matches!(rax, EINTR | ERESTART_RESTARTBLOCK)
        }
        // With WNOHANG nobody may have been there to report. See wait(2).
        ("wait4", "wstatus" | "rusage") => rax > 0,
        _ => !(-4095..=-1).contains(&rax),
    }
}

/// Bytes that `count` structures take. Of a structure that grows, the argument `size` counts bytes, and there is one.
pub(crate) fn extent(of: &Struct, len: Len, count: u64) -> u64 {
    match of.layout {
        Layout::DirEntries | Layout::CpuSet => count,
        _ if in_bytes(len) => count.min(of.size as u64),
        _ => count.saturating_mul(of.size as u64),
    }
}

/// Whether the length of structures counts bytes: a structure that grows says its own size.
pub(crate) fn in_bytes(len: Len) -> bool {
    matches!(len, Len::Arg("size"))
}

/// Bytes of a scalar in memory.
pub(crate) fn size_of(shape: &Shape) -> u64 {
    match shape {
        Shape::Int | Shape::Uint | Shape::Fd | Shape::Uid | Shape::Gid | Shape::Pid | Shape::Signal => 4,
        // The hints of fcntl(2) are wider than others.
        Shape::OneOf(family) if family.name == "RWH" => 8,
        Shape::Bits(_) | Shape::OneOf(_) => 4,
        _ => 8,
    }
}

/// The value of the argument called `name`.
pub(crate) fn value(row: &Signature, args: &[u64; 6], name: &str) -> u64 {
    row.position(name).map_or(0, |register| args[register])
}

/// How many elements, or bytes, there are; `pointed` reads the 32-bit word at an address.
pub(crate) fn length(
    row: &Signature,
    args: &[u64; 6],
    len: Len,
    result: Option<i64>,
    pointed: impl Fn(u64) -> Option<u32>,
) -> u64 {
    const PAGE: u64 = 4096;
    let value = |name| value(row, args, name);
    let result = result.unwrap_or(0).max(0) as u64;
    match len {
        Len::Exactly(count) => count,
        Len::Arg(name) => sized(row, name, value(name)),
        Len::At(name) => pointed(value(name)).map_or(0, u64::from),
        Len::Ret => result,
        Len::RetUpTo(name) => result.min(sized(row, name, value(name))),
        Len::Pages(name) => value(name).div_ceil(PAGE),
        Len::BitWords(name) => sized(row, name, value(name)).div_ceil(64),
        Len::NodeWords(name) => value(name).saturating_sub(1).div_ceil(64),
        Len::CapVersion(name) => {
            const VERSION_1: u32 = 0x1998_0330;
            if pointed(value(name)) == Some(VERSION_1) { 1 } else { 2 }
        }
    }
}

/// The value as wide as its parameter: the upper half of a register that carries an `int` is not the kernel's to look at.
fn sized(row: &Signature, name: &str, value: u64) -> u64 {
    match row.position(name).map(|register| row.params[register].kind.shape) {
        Some(Shape::Int) => u64::try_from(value as i32).unwrap_or(0),
        Some(Shape::Uint) => u64::from(value as u32),
        _ => value,
    }
}

fn argument(row: &'static Signature, args: &[u64; 6], register: usize, param: &Param) -> Option<Shape> {
    let Kind { shape, condition } = decided(row, args, param)?;
    match condition {
        Condition::Always => Some(shape),
        Condition::OnlyIf(name, holds) => holds(value(row, args, name)).then_some(shape),
        Condition::ReadIf(name, holds) if holds(value(row, args, name)) => Some(shape),
        Condition::ReadIf(..) => Some(Shape::Ptr),
    }
    .filter(|_| register < 6)
}

/// The kind of an argument, once the selector has spoken. `None` where it does not exist in this case.
fn decided(row: &'static Signature, args: &[u64; 6], param: &Param) -> Option<Kind> {
    let (selector, by) = match param.kind.shape {
        Shape::By(name, selector) => (selector, value(row, args, name)),
        Shape::ByTwo(first, second, selector) => {
            (selector, value(row, args, first) << 32 | value(row, args, second) & 0xffff_ffff)
        }
        _ => return Some(param.kind),
    };
    let Some(case) = selector.cases.iter().find(|case| case.value == by & selector.mask) else {
        return Some(Kind { shape: undecided(row, param), condition: Condition::Always });
    };
    case.params.iter().find(|other| other.name == param.name).map(|other| other.kind)
}

/// What an argument means in a case that the selector does not know. An option of a socket has a length in any case; some are
/// addresses whatever the case is.
fn undecided(row: &Signature, param: &Param) -> Shape {
    match (row.name, param.name) {
        ("setsockopt", "optval") => Shape::Bytes(Dir::In, Len::Arg("optlen")),
        ("getsockopt", "optval") => Shape::Bytes(Dir::Out, Len::At("optlen")),
        ("setsockopt" | "getsockopt", "optname") | ("socket", "protocol") | ("futex", "val") => Shape::Int,
        ("shmctl" | "msgctl", "buf") | ("semctl" | "io_uring_register", "arg") | ("modify_ldt", "ptr") => {
            Shape::Ptr
        }
        ("bpf", "attr") | ("quotactl" | "quotactl_fd", "addr") | ("seccomp", "args") => Shape::Ptr,
        ("landlock_add_rule", "rule_attr") | ("fsconfig", "key" | "value") | ("ptrace", "data") => Shape::Ptr,
        _ => Shape::Hex,
    }
}
