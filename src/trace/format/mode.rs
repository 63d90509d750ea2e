//! The modes and numbers of files and devices.

use std::fmt::{self, Write};

use crate::trace::format::Format;
use crate::trace::format::value::{hex, named};

/// The type and the permissions of a file. See inode(7).
pub(super) fn mode(f: &mut impl Write, mode: u32) -> fmt::Result {
    const TYPES: [(u32, &str); 7] = [
        (0o140_000, "S_IFSOCK"),
        (0o120_000, "S_IFLNK"),
        (0o100_000, "S_IFREG"),
        (0o060_000, "S_IFBLK"),
        (0o040_000, "S_IFDIR"),
        (0o020_000, "S_IFCHR"),
        (0o010_000, "S_IFIFO"),
    ];
    let kind = TYPES.iter().find(|(bits, _)| mode & 0o170_000 == *bits);
    match kind {
        Some((bits, name)) => {
            f.write_str(name)?;
            node_bits(f, "|", mode & !bits)
        }
        None => permissions(f, mode),
    }
}

/// Without a name: `0644`.
pub(super) fn permissions(f: &mut impl Write, mode: u32) -> fmt::Result {
    write!(f, "0{mode:02o}")
}

/// The permissions of a new node. See mknod(2).
pub(super) fn node(f: &mut impl Write, mode: u32, format: &Format) -> fmt::Result {
    named(
        f,
        format,
        |f| permissions(f, mode),
        |text| match mode & 0o170_000 {
            0 => node_bits(text, "", mode),
            _ => self::mode(text, mode),
        },
    )
}

fn node_bits(f: &mut impl Write, mut separator: &str, mode: u32) -> fmt::Result {
    const SPECIAL: [(u32, &str); 3] = [(0o4000, "S_ISUID"), (0o2000, "S_ISGID"), (0o1000, "S_ISVTX")];
    let mut rest = mode;
    for (bit, name) in SPECIAL {
        if rest & bit != 0 {
            write!(f, "{separator}{name}")?;
            separator = "|";
            rest &= !bit;
        }
    }
    f.write_str(separator)?;
    permissions(f, rest)
}

/// See makedev(3).
pub(super) fn device(f: &mut impl Write, device: u64) -> fmt::Result {
    let major = device >> 8 & 0xfff | device >> 32 & !0xfff;
    let minor = device & 0xff | device >> 12 & 0xffff_ff00;
    f.write_str("makedev(")?;
    hex(f, major)?;
    f.write_str(", ")?;
    hex(f, minor)?;
    f.write_char(')')
}
