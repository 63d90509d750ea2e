//! The text of flag sets and enumerations.

use std::fmt::{self, Write};

use crate::abi::signals;
use crate::trace::flags;
use crate::trace::format::value::hex;
use crate::trace::value::Word;

/// The names of a word, joined; bits without a name as one number.
pub(crate) fn word(f: &mut impl Write, word: &Word) -> fmt::Result {
    match word.family.name {
        "IOCTL" => request(f, word),
        "FUTEX" => futex(f, word),
        "CLONE_SIG" => clone_flags(f, word),
        "MAP" | "MFD" | "SHM_GET" => huge_pages(f, word),
        "HANDLER" if flags::names(word.family, word.value).next().is_none() => hex(f, word.value),
        _ => {
            let (names, left) = split(word);
            joined(f, word, &names, left)
        }
    }
}

fn split(word: &Word) -> (Vec<&'static str>, u64) {
    let (members, left) = flags::split(word.family, word.value);
    (members.iter().map(|member| member.name).collect(), left)
}

fn joined(f: &mut impl Write, word: &Word, names: &[&str], left: u64) -> fmt::Result {
    match (names, left) {
        ([], 0) => f.write_char('0'),
        ([], left) => {
            hex(f, left)?;
            write!(f, " /* {}_??? */", word.family.name)
        }
        (names, 0) => f.write_str(&names.join("|")),
        (names, left) => write!(f, "{}|{left:#x}", names.join("|")),
    }
}

/// The private twin of a command has a name of its own.
fn futex(f: &mut impl Write, word: &Word) -> fmt::Result {
    const PRIVATE: &str = "FUTEX_PRIVATE_FLAG";
    let (mut names, left) = split(word);
    let twin;
    if names.contains(&PRIVATE) && names[0] != PRIVATE {
        twin = format!("{}_PRIVATE", names[0]);
        names.retain(|name| *name != PRIVATE);
        names[0] = &twin;
    }
    joined(f, word, &names, left)
}

/// The signal that the end of the new process sends comes last.
fn clone_flags(f: &mut impl Write, word: &Word) -> fmt::Result {
    let (mut names, left) = split(word);
    let signal = (word.value & 0xff) as i32;
    let signal = (signal != 0).then(|| signals::name(signal).unwrap_or_else(|| signal.to_string()));
    names.extend(signal.as_deref());
    joined(f, word, &names, left & !0xff)
}

/// The logarithm of a page's size stands in the upper bits. See mmap(2).
fn huge_pages(f: &mut impl Write, word: &Word) -> fmt::Result {
    const SHIFT: u32 = 26;
    const MASK: u64 = 0x3f << SHIFT;
    let size = (word.value & MASK) >> SHIFT;
    let is_huge = |name: &&&str| name.ends_with("_HUGETLB");
    let (names, left) = split(&Word { family: word.family, value: word.value & !MASK });
    match names.iter().find(is_huge) {
        Some(huge) if size != 0 => {
            let shift = format!("{size}<<{}", huge.replace("HUGETLB", "HUGE_SHIFT"));
            joined(f, word, &[names.as_slice(), &[shift.as_str()]].concat(), left)
        }
        _ => {
            let (names, left) = split(word);
            joined(f, word, &names, left)
        }
    }
}

/// A number may be a request of two devices; an unknown one says itself what it moves. See ioctl(2).
fn request(f: &mut impl Write, word: &Word) -> fmt::Result {
    const DIRECTIONS: [&str; 4] = ["_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE"];
    let names: Vec<&str> = flags::names(word.family, word.value).collect();
    if !names.is_empty() {
        return f.write_str(&names.join(" or "));
    }
    let number = word.value as u32;
    write!(f, "_IOC({}", DIRECTIONS[(number >> 30) as usize])?;
    for part in [number >> 8 & 0xff, number & 0xff, number >> 16 & 0x3fff] {
        f.write_str(", ")?;
        hex(f, part.into())?;
    }
    f.write_char(')')
}
