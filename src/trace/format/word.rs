//! The text of flag sets and enumerations.

use std::fmt::{self, Write};

use crate::abi::signals;
use crate::abi::signature::Form;
use crate::trace::flags;
use crate::trace::format::value::hex;
use crate::trace::value::Word;

/// The names of a word, joined; bits without a name as one number.
pub(crate) fn word(f: &mut impl Write, word: &Word) -> fmt::Result {
    match word.family.name {
        "IOCTL" => request(f, word),
        "FUTEX" => futex(f, word),
        "CLONE_SIG" => clone_flags(f, word),
        "MAP" | "MFD" => huge_pages(f, word),
        "IPC_GET" | "SHM_GET" => permissions(f, word),
        "QCMD" => quota(f, word),
        "SWAP" if word.value != 0 => swap(f, word),
        "SYSLOG" => numbered(f, word),
        "C_OFLAG" => output_modes(f, word),
        "C_IFLAG" | "C_CFLAG" | "C_LFLAG" => terminal_modes(f, word),
        "E" if word.name().is_none() => write!(f, "{}", word.value as i32),
        "CAP_SET" => capabilities(f, word),
        // A code without a name is a number, whatever the signal.
        "SI" if flags::names(word.family, word.value).next().is_none() => hex(f, word.value),
        "HANDLER" if flags::names(word.family, word.value).next().is_none() => hex(f, word.value),
        _ => {
            let (names, left) = split(word);
            joined(f, word, &names, left)
        }
    }
}

/// What stands in a comment for the names that a value has not. Some differ from the name of the family.
fn unknown(family: &str) -> &str {
    const OTHERS: [(&str, &str); 53] = [
        ("ACCESS", "?_OK"),
        ("AT_ACCESS", "AT_???"),
        ("AT_HANDLE", "AT_???"),
        ("CAP_VERSION", "_LINUX_CAPABILITY_VERSION_???"),
        ("EPOLL_CREATE", "EPOLL_???"),
        ("FLOCK_TYPE", "F_???"),
        ("IFLA_XDP_ATTR", "IFLA_XDP_???"),
        ("IF_INET6", "IF_???"),
        ("IN_INIT", "IN_???"),
        ("IPC_MSG", "MSG_???"),
        ("KEXEC", "KEXEC_ARCH_???"),
        ("LANDLOCK_CREATE", "LANDLOCK_CREATE_RULESET_???"),
        ("MEMBARRIER", "MEMBARRIER_CMD_???"),
        ("MEMBARRIER_FLAG", "MEMBARRIER_CMD_FLAG_???"),
        ("MPOL_F", "MPOL_???"),
        ("MPOL_MF", "MPOL_???"),
        ("MSGCTL", "MSG_???"),
        ("MS_SYNC", "MS_???"),
        ("NETLINK_OPT", "NETLINK_???"),
        ("NLM_F_ANSWER", "NLM_F_???"),
        ("NLM_F_DELETE", "NLM_F_???"),
        ("NLM_F_GET", "NLM_F_???"),
        ("NLM_F_NEW", "NLM_F_???"),
        ("O_FLAGS", "O_???"),
        ("PACKET_TYPE", "PACKET_???"),
        ("PR_CAP_AMBIENT_ARG", "PR_CAP_AMBIENT_???"),
        ("PR_MCE_KILL_ARG", "PR_MCE_KILL_???"),
        ("PR_SCHED_CORE_ARG", "PR_SCHED_CORE_???"),
        ("PR_SCHED_CORE_SCOPE", "PIDTYPE_???"),
        ("PR_SET_MM_ARG", "PR_SET_MM_???"),
        ("PR_SET_VMA_ARG", "PR_SET_VMA_???"),
        ("REBOOT", "LINUX_REBOOT_CMD_???"),
        ("REBOOT_MAGIC", "LINUX_REBOOT_MAGIC_???"),
        ("RENAME", "RENAME_??"),
        ("SECCOMP_ACTION", "SECCOMP_RET_???"),
        ("SECCOMP", "SECCOMP_SET_MODE_???"),
        ("SEMCTL", "SEM_???"),
        ("SHM_AT", "SHM_???"),
        ("SHMCTL", "SHM_???"),
        ("SIG_HOW", "SIG_???"),
        ("SOCK_FLAGS", "SOCK_???"),
        ("SOL", "SOL_??"),
        ("SPLICE", "SPLICE_F_???"),
        ("TC_FLOW", "TC???"),
        ("TCP_STATE", "TCP_???"),
        ("TCP_STATES", "1<<TCP_???"),
        ("INET_DIAG_EXT", "1<<(INET_DIAG_???-1)"),
        ("TC_QUEUE", "TC???"),
        ("TFD_TIMER", "TFD_???"),
        ("TIPC_ADDR", "TIPC_???"),
        ("TIPC_SCOPE", "TIPC_???"),
        ("UMOUNT", "MNT_???"),
        ("XDP_BIND", "XDP_???"),
    ];
    OTHERS.iter().find(|(name, _)| *name == family).map_or("", |(_, text)| text)
}

fn split(word: &Word) -> (Vec<&'static str>, u64) {
    let (members, left) = flags::split(word.family, word.value);
    (members.iter().map(|member| member.name).collect(), left)
}

fn joined(f: &mut impl Write, word: &Word, names: &[&str], left: u64) -> fmt::Result {
    match (names, left) {
        ([], 0) if word.family.form != Form::One => f.write_char('0'),
        ([], left) => {
            hex(f, left)?;
            match unknown(word.family.name) {
                "" => write!(f, " /* {}_??? */", word.family.name),
                text => write!(f, " /* {text} */"),
            }
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
    let (mut names, left) = split(&Word { family: word.family, value: word.value & !MASK });
    // Of a mapping they mean something else, or nothing, without the flag.
    let is_huge = names.contains(&"MAP_HUGETLB") || word.family.name != "MAP";
    if size == 0 || !is_huge {
        let (names, left) = split(word);
        return joined(f, word, &names, left);
    }
    let shift = format!("{size}<<{}_HUGE_SHIFT", word.family.name);
    names.push(&shift);
    joined(f, word, &names, left)
}

/// Permissions stand in the low bits. See shmget(2).
fn permissions(f: &mut impl Write, word: &Word) -> fmt::Result {
    const MODE: u64 = 0o777;
    const HUGE_SHIFT: u32 = 26;
    const HUGE: u64 = 0x3f << HUGE_SHIFT;
    let huge = if word.family.name == "SHM_GET" { word.value & HUGE } else { 0 };
    let (names, left) = split(&Word { family: word.family, value: word.value & !MODE & !huge });
    for name in names {
        write!(f, "{name}|")?;
    }
    if left != 0 {
        write!(f, "{left:#x}|")?;
    }
    if huge != 0 {
        write!(f, "{}<<SHM_HUGE_SHIFT|", huge >> HUGE_SHIFT)?;
    }
    write!(f, "0{:02o}", word.value & MODE)
}

/// A command, and whose quota. See quotactl(2).
fn quota(f: &mut impl Write, word: &Word) -> fmt::Result {
    const TYPES: [&str; 3] = ["USRQUOTA", "GRPQUOTA", "PRJQUOTA"];
    let (command, of) = (word.value & 0xffff_ff00, word.value & 0xff);
    f.write_str("QCMD(")?;
    match flags::split(word.family, command).0.first() {
        Some(command) => f.write_str(command.name)?,
        None => {
            hex(f, command >> 8)?;
            f.write_str(" /* Q_??? */")?;
        }
    }
    match TYPES.get(of as usize) {
        Some(name) => write!(f, ", {name})"),
        None => write!(f, ", {of:#x} /* ???QUOTA */)"),
    }
}

/// A priority stands in the low bits. See swapon(2).
fn swap(f: &mut impl Write, word: &Word) -> fmt::Result {
    const PRIORITY: u64 = 0x7fff;
    let (names, left) = split(&Word { family: word.family, value: word.value & !PRIORITY });
    for name in names {
        write!(f, "{name}|")?;
    }
    if left != 0 {
        write!(f, "{left:#x}|")?;
    }
    write!(f, "{}", word.value & PRIORITY)
}

/// The number, and its name in a comment. See syslog(2).
fn numbered(f: &mut impl Write, word: &Word) -> fmt::Result {
    let (names, _) = split(word);
    write!(f, "{} /* {} */", word.value as i32, names.first().unwrap_or(&"SYSLOG_ACTION_???"))
}

/// Six fields of delays come first, and are shown when they are 0 too. See termios(3).
fn output_modes(f: &mut impl Write, word: &Word) -> fmt::Result {
    const DELAYS: [(u64, u32, &[&str]); 6] = [
        (0o400, 8, &["NL0", "NL1"]),
        (0o3000, 9, &["CR0", "CR1", "CR2", "CR3"]),
        (0o14000, 11, &["TAB0", "TAB1", "TAB2", "XTABS"]),
        (0o20000, 13, &["BS0", "BS1"]),
        (0o40000, 14, &["VT0", "VT1"]),
        (0o100000, 15, &["FF0", "FF1"]),
    ];
    let mut names: Vec<&str> = Vec::new();
    let mut value = word.value;
    for (mask, shift, delays) in DELAYS {
        names.push(delays[((word.value & mask) >> shift) as usize]);
        value &= !mask;
    }
    let (others, left) = split(&Word { family: word.family, value });
    // Where no flag is set, nothing stands behind the bar.
    f.write_str(&names.join("|"))?;
    f.write_char('|')?;
    named(f, &others, left)
}

/// A speed and the size of characters are shown when they are 0 too; of the flags, none is no text. See termios(3).
fn terminal_modes(f: &mut impl Write, word: &Word) -> fmt::Result {
    const SIZES: [(u64, &str); 4] = [(0, "CS5"), (0o20, "CS6"), (0o40, "CS7"), (0o60, "CS8")];
    if word.family.name != "C_CFLAG" {
        let (names, left) = split(word);
        return named(f, &names, left);
    }
    let (names, left) = split(&Word { family: word.family, value: word.value & !0o60 });
    let size = SIZES[(word.value >> 4 & 3) as usize].1;
    f.write_str(names[0])?;
    write!(f, "|{size}|")?;
    named(f, &names[1..], left)
}

fn named(f: &mut impl Write, names: &[&str], left: u64) -> fmt::Result {
    f.write_str(&names.join("|"))?;
    match (names, left) {
        (_, 0) => Ok(()),
        ([], left) => write!(f, "{left:#x}"),
        (_, left) => write!(f, "|{left:#x}"),
    }
}

/// The names are those of the bits' positions. See capabilities(7).
fn capabilities(f: &mut impl Write, word: &Word) -> fmt::Result {
    let (names, left) = split(word);
    let names: Vec<String> = names.into_iter().map(|name| format!("1<<{name}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    joined(f, word, &names, left)
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
