//! The facts against this machine: installed headers, the kernel's own description of its types, the C library.
//!
//! A source that is absent is named and passed over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use crate::abi::constants;
use crate::abi::errno::Errno;
use crate::abi::other_abi;
use crate::abi::signature::{Family, Form, Kind, Layout, Role, Shape, Struct};
use crate::abi::syscalls;

/// Numbers by name, from `#define __NR_read 0` and `#define __NR_read (__X32_SYSCALL_BIT + 0)`.
fn header(name: &str) -> Option<BTreeMap<String, u32>> {
    let places = ["/usr/include/x86_64-linux-gnu/asm", "/usr/include/asm"];
    let text = places.iter().find_map(|place| fs::read_to_string(format!("{place}/{name}")).ok());
    let Some(text) = text else {
        skipped(name);
        return None;
    };
    let number = |line: &str| {
        let (name, value) = line.strip_prefix("#define __NR_")?.split_once(' ')?;
        let value = value.trim_start_matches("(__X32_SYSCALL_BIT + ").trim_end_matches(')').trim();
        Some((name.to_owned(), value.parse().ok()?))
    };
    Some(text.lines().filter_map(number).collect())
}

#[allow(clippy::print_stderr)] // Whoever reads the tests must know what they did not do.
fn skipped(what: &str) {
    eprintln!("NOT CHECKED: this machine has no {what}");
}

#[allow(clippy::print_stderr)]
fn report(what: &str) {
    eprintln!("{what}");
}

#[test]
fn numbers_are_those_of_the_header() {
    let Some(header) = header("unistd_64.h") else { return };
    assert!(header.len() > 300, "the header has {} calls", header.len());
    for (name, number) in &header {
        match syscalls::by_name(name) {
            Some(row) => assert_eq!(row.number, *number, "{name}"),
            None => report(&format!("the header has {name}, {number}, and the table has not")),
        }
        if let Some(row) = syscalls::by_number(*number) {
            assert_eq!(row.name, name, "{number}");
        }
    }
}

#[test]
fn numbers_of_the_other_interfaces_are_those_of_the_headers() {
    for (file, name_of) in [
        ("unistd_32.h", other_abi::i386_name as fn(u32) -> Option<&'static str>),
        ("unistd_x32.h", other_abi::x32_name),
    ] {
        let Some(header) = header(file) else { continue };
        assert!(header.len() > 300, "{file} has {} calls", header.len());
        for (name, number) in header {
            match name_of(number) {
                Some(ours) => assert_eq!(ours, name, "{file}, {number}"),
                None => report(&format!("{file} has {name}, {number}, and we have not")),
            }
        }
    }
}

#[test]
fn the_table_is_complete() {
    assert_eq!(syscalls::TABLE.len(), 385);
    let numbers = (0..=334).chain([335, 336]).chain(424..=471);
    assert!(syscalls::TABLE.iter().map(|row| row.number).eq(numbers));
    for row in syscalls::TABLE {
        assert_eq!(syscalls::by_number(row.number).map(|it| it.name), Some(row.name));
        assert_eq!(syscalls::lookup(row.name).map(|it| it.number), Ok(row.number));
    }
    for number in [337, 423, 472, 511, 512, u32::MAX] {
        assert!(syscalls::by_number(number).is_none(), "{number}");
    }
    assert_eq!(syscalls::lookup("send").unwrap_err(), "`send` is a C library function; it calls `sendto`");
}

/// Names that mean something on a builder of `call!`, so that no argument may have them. `ok`, `fails`, `returns`, `or` and `nth` end
/// or join the conditions; `type` cannot be a method.
#[test]
fn arguments_do_not_have_the_names_of_conditions() {
    let taken = ["ok", "fails", "returns", "or", "nth", "optional", "on", "type", "self"];
    for row in syscalls::TABLE {
        for param in row.params {
            assert!(!taken.contains(&param.name) && !param.name.starts_with("__"), "{}", row.name);
        }
    }
}

#[test]
fn the_names_of_a_family_are_different_and_so_are_its_values() {
    let mut names = BTreeSet::new();
    for family in constants::all() {
        assert!(names.insert(family.name), "{} is there twice", family.name);
        let mut members = BTreeSet::new();
        let mut values = BTreeMap::new();
        for member in family.members {
            assert!(members.insert(member.name), "{}: {} is there twice", family.name, member.name);
            let counts = matches!(member.role, Role::Plain | Role::Field) && family.name != "IOCTL";
            if counts {
                let value = member.value as u32 as u64 | high(family, member.value);
                let other = values.insert(value, member.name);
                assert_eq!(other, None, "{}: {} is {value:#x} too", family.name, member.name);
            }
        }
    }
    assert!(names.len() > 185, "{}", names.len());
}

/// The upper half counts in the families that are wider than 32 bits.
fn high(family: &Family, value: u64) -> u64 {
    if family.name == "CLONE" { value & !0xffff_ffff } else { 0 }
}

#[test]
fn the_values_of_a_field_are_in_its_bits_and_have_their_role() {
    for family in constants::all() {
        for member in family.members {
            let what = format!("{} of {}", member.name, family.name);
            match (family.form, member.role) {
                (Form::Field(mask), Role::Field) => assert_eq!(member.value & !mask, 0, "{what}"),
                (_, Role::Field) => panic!("{what}: there is no field"),
                (Form::Bits | Form::SignalLow, Role::Plain) => assert_ne!(member.value, 0, "{what}"),
                (_, Role::Zero | Role::SilentZero) => assert_eq!(member.value, 0, "{what}"),
                _ => {}
            }
        }
    }
}

/// The structures that the table leads to.
fn structures() -> BTreeMap<&'static str, &'static Struct> {
    fn follow(kind: &Kind, found: &mut BTreeMap<&'static str, &'static Struct>) {
        match kind.shape {
            Shape::One(_, of) | Shape::Many(_, of, _) => match of.layout {
                Layout::Fields(fields) if found.insert(of.name, of).is_none() => {
                    fields.iter().for_each(|field| follow(&field.kind, found));
                }
                _ => {
                    found.insert(of.name, of);
                }
            },
            Shape::By(_, selector) | Shape::ByTwo(_, _, selector) => {
                let params = selector.cases.iter().flat_map(|case| case.params);
                params.for_each(|param| follow(&param.kind, found));
            }
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    syscalls::TABLE.iter().flat_map(|row| row.params).for_each(|param| follow(&param.kind, &mut found));
    found
}

#[test]
fn fields_are_inside_their_structure_and_beside_each_other() {
    let structures = structures();
    assert!(structures.len() > 70, "{}", structures.len());
    for of in structures.values() {
        let Layout::Fields(fields) = of.layout else { continue };
        let mut names = BTreeSet::new();
        let mut ends: Vec<_> =
            fields.iter().map(|field| (field.offset, field.offset + field.size, field.name)).collect();
        ends.sort_unstable();
        for &(_, end, name) in &ends {
            assert!(end <= of.size && names.insert(name), "{name} of {}", of.name);
        }
        // The members of a union share their place.
        let overlaps = ends.windows(2).any(|pair| pair[1].0 < pair[0].1);
        assert_eq!(overlaps, of.name == "sigval", "{}", of.name);
        for field in fields {
            if let Shape::One(_, inner) = field.kind.shape {
                assert_eq!(inner.size, field.size, "{} of {}", field.name, of.name);
            }
        }
    }
}

/// Ours, the kernel's name, and whether it grows: then ours may be shorter.
const IN_THE_KERNEL: &[(&str, &str, bool)] = &[
    ("stat", "stat", false),
    ("statx", "statx", false),
    ("statfs", "statfs", false),
    ("timespec", "__kernel_timespec", false),
    ("timeval", "__kernel_old_timeval", false),
    ("timezone", "timezone", false),
    ("itimerspec", "__kernel_itimerspec", false),
    ("itimerval", "__kernel_old_itimerval", false),
    ("ksigaction", "sigaction", false),
    ("siginfo", "siginfo", false),
    ("stack_t", "sigaltstack", false),
    ("sigevent", "sigevent", false),
    ("rlimit", "rlimit64", false),
    ("rusage", "rusage", false),
    ("sysinfo", "sysinfo", false),
    ("utsname", "new_utsname", false),
    ("tms", "tms", false),
    ("utimbuf", "utimbuf", false),
    ("ustat", "ustat", false),
    ("pollfd", "pollfd", false),
    ("epoll_event", "epoll_event", false),
    ("iovec", "iovec", false),
    ("msghdr", "user_msghdr", false),
    ("mmsghdr", "mmsghdr", false),
    ("ucred", "ucred", false),
    ("linger", "linger", false),
    ("clone_args", "clone_args", true),
    ("open_how", "open_how", true),
    ("mount_attr", "mount_attr", true),
    ("file_handle", "file_handle", false),
    ("flock", "flock", false),
    ("f_owner_ex", "f_owner_ex", false),
    ("termios", "termios", false),
    ("termios2", "termios2", false),
    ("winsize", "winsize", false),
    ("io_uring_params", "io_uring_params", false),
    ("rseq", "rseq", true),
    ("futex_waitv", "futex_waitv", false),
    ("sched_attr", "sched_attr", true),
    ("sched_param", "sched_param", false),
    ("timex", "__kernel_timex", false),
    ("cap_header", "__user_cap_header_struct", false),
    ("cap_data", "__user_cap_data_struct", false),
    ("user_desc", "user_desc", false),
    ("iocb", "iocb", false),
    ("io_event", "io_event", false),
    ("mq_attr", "mq_attr", false),
    ("sembuf", "sembuf", false),
    ("semid_ds", "semid64_ds", false),
    ("shmid_ds", "shmid64_ds", false),
    ("msqid_ds", "msqid64_ds", false),
    ("ipc_perm", "ipc64_perm", false),
    ("landlock_ruleset_attr", "landlock_ruleset_attr", true),
    ("landlock_path_beneath_attr", "landlock_path_beneath_attr", false),
    ("landlock_net_port_attr", "landlock_net_port_attr", false),
    ("cachestat_range", "cachestat_range", false),
    ("cachestat", "cachestat", false),
    ("mnt_id_req", "mnt_id_req", true),
    ("statmount", "statmount", true),
    ("xattr_args", "xattr_args", true),
    ("file_attr", "file_attr", true),
    ("perf_event_attr", "perf_event_attr", true),
    ("sock_fprog", "sock_fprog", false),
    ("file_clone_range", "file_clone_range", false),
    ("kcmp_epoll_slot", "kcmp_epoll_slot", false),
    ("seccomp_notif_sizes", "seccomp_notif_sizes", false),
    ("sigset_argpack", "sigset_argpack", false),
    ("aio_sigset", "__aio_sigset", false),
];

#[test]
fn structures_are_those_of_the_running_kernel() {
    let Ok(bytes) = fs::read("/sys/kernel/btf/vmlinux") else {
        return skipped("/sys/kernel/btf/vmlinux");
    };
    let Some(types) = types(&bytes) else { panic!("/sys/kernel/btf/vmlinux is no BTF") };
    let ours = structures();
    let mut compared = 0;
    for (name, kernel, grows) in IN_THE_KERNEL {
        let ours = ours[name];
        let Some(theirs) = types.get(*kernel) else {
            report(&format!("NOT CHECKED: this kernel has no type {kernel}"));
            continue;
        };
        let size = ours.size;
        let fits = |it: &&Type| it.size == size || *grows && it.size > size;
        let Some(theirs) = theirs.iter().find(fits) else {
            panic!("{name} has {size} bytes, not {theirs:?}")
        };
        let Layout::Fields(fields) = ours.layout else { continue };
        for field in fields {
            if let Some(offset) = theirs.offsets.get(field.name) {
                assert_eq!(field.offset, *offset, "{} of {name}", field.name);
                compared += 1;
            }
        }
    }
    assert!(compared > 250, "{compared} fields");
}

/// A structure of the kernel.
#[derive(Debug)]
struct Type {
    size: usize,
    offsets: BTreeMap<String, usize>,
}

/// Structures by name, from the BTF of a kernel: a header, records of types, strings. A name may be there more than once.
/// See the kernel's Documentation/bpf/btf.rst.
fn types(btf: &[u8]) -> Option<BTreeMap<String, Vec<Type>>> {
    let word = |at: usize| Some(u32::from_le_bytes(*btf.get(at..)?.first_chunk()?) as usize);
    if word(0)? & 0xffff != 0xeb9f {
        return None;
    }
    let start = word(4)? + word(8)?;
    let (end, strings) = (start + word(12)?, word(4)? + word(16)?);
    let string = |at: usize| {
        let text = btf.get(strings + at..)?.split(|byte| *byte == 0).next()?;
        Some(String::from_utf8_lossy(text).into_owned())
    };
    let mut types = BTreeMap::<String, Vec<Type>>::new();
    let mut at = start;
    while at < end {
        let (name, about, size) = (word(at)?, word(at + 4)?, word(at + 8)?);
        let (count, kind) = (about & 0xffff, about >> 24 & 0x1f);
        at += 12;
        if kind == 4 && name != 0 {
            let mut offsets = BTreeMap::new();
            for member in (0..count).map(|member| at + 12 * member) {
                // In bits; the size of a bit field may stand above.
                offsets.insert(string(word(member)?)?, (word(member + 8)? & 0xff_ffff) / 8);
            }
            types.entry(string(name)?).or_default().push(Type { size, offsets });
        }
        at += match kind {
            1 | 14 | 17 => 4,
            3 => 12,
            4 | 5 | 15 | 19 => 12 * count,
            6 | 13 => 8 * count,
            _ => 0,
        };
    }
    Some(types)
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn errors_are_described_as_by_the_c_library() {
    for number in 1..=133 {
        let text = std::io::Error::from_raw_os_error(number).to_string();
        let text = text.split(" (os error").next().unwrap_or_default();
        match Errno(number).name() {
            Some(_) => assert_eq!(Errno(number).description(), text, "{number}"),
            None => assert!(text.starts_with("Unknown error"), "{number}: {text}"),
        }
    }
}

/// Headers of the kernel, and those of the C library for what the kernel's do not say. The two cannot be read together.
const KERNEL_HEADERS: &[&str] = &[
    "asm/ioctls.h",
    "asm/mman.h",
    "asm/prctl.h",
    "asm/signal.h",
    "asm/siginfo.h",
    "asm/termbits.h",
    "asm/unistd.h",
    "linux/aio_abi.h",
    "linux/bpf.h",
    "linux/capability.h",
    "linux/close_range.h",
    "linux/eventpoll.h",
    "linux/falloc.h",
    "linux/fanotify.h",
    "linux/fcntl.h",
    "linux/fs.h",
    "linux/fsmap.h",
    "linux/futex.h",
    "linux/if_ether.h",
    "linux/if_packet.h",
    "linux/if_xdp.h",
    "linux/in.h",
    "linux/in6.h",
    "linux/inotify.h",
    "linux/io_uring.h",
    "linux/ioprio.h",
    "linux/ipc.h",
    "linux/kcmp.h",
    "linux/kexec.h",
    "linux/keyctl.h",
    "linux/landlock.h",
    "linux/loop.h",
    "linux/lsm.h",
    "linux/magic.h",
    "linux/membarrier.h",
    "linux/memfd.h",
    "linux/mempolicy.h",
    "linux/mman.h",
    "linux/module.h",
    "linux/mount.h",
    "linux/mqueue.h",
    "linux/msg.h",
    "linux/netlink.h",
    "linux/nfc.h",
    "linux/nsfs.h",
    "linux/openat2.h",
    "linux/perf_event.h",
    "linux/personality.h",
    "linux/pidfd.h",
    "linux/prctl.h",
    "linux/ptrace.h",
    "linux/quota.h",
    "linux/dqblk_xfs.h",
    "linux/random.h",
    "linux/reboot.h",
    "linux/resource.h",
    "linux/rseq.h",
    "linux/sched.h",
    "linux/sched/types.h",
    "linux/seccomp.h",
    "linux/securebits.h",
    "linux/sem.h",
    "linux/shm.h",
    "linux/signalfd.h",
    "linux/sockios.h",
    "linux/stat.h",
    "linux/tcp.h",
    "linux/time.h",
    "linux/timerfd.h",
    "linux/timex.h",
    "linux/tipc.h",
    "linux/udp.h",
    "linux/userfaultfd.h",
    "linux/wait.h",
    "linux/xattr.h",
    "asm-generic/socket.h",
    "asm-generic/poll.h",
    "asm-generic/ioctls.h",
];
const LIBRARY_HEADERS: &[&str] = &[
    "dirent.h",
    "fcntl.h",
    "linux/if_arp.h",
    "linux/vm_sockets.h",
    "mqueue.h",
    "netinet/in.h",
    "netinet/tcp.h",
    "netinet/udp.h",
    "poll.h",
    "pthread.h",
    "sched.h",
    "signal.h",
    "sys/epoll.h",
    "sys/eventfd.h",
    "sys/fanotify.h",
    "sys/file.h",
    "sys/inotify.h",
    "sys/ioctl.h",
    "sys/ipc.h",
    "sys/klog.h",
    "sys/mman.h",
    "sys/mount.h",
    "sys/msg.h",
    "sys/personality.h",
    "sys/prctl.h",
    "sys/ptrace.h",
    "sys/quota.h",
    "sys/random.h",
    "sys/reboot.h",
    "sys/resource.h",
    "sys/sem.h",
    "sys/shm.h",
    "sys/signalfd.h",
    "sys/socket.h",
    "sys/stat.h",
    "sys/statvfs.h",
    "sys/swap.h",
    "sys/time.h",
    "sys/timerfd.h",
    "sys/timex.h",
    "sys/wait.h",
    "sys/xattr.h",
    "termios.h",
    "time.h",
    "unistd.h",
];

#[test]
fn constants_are_those_of_the_headers() {
    let mut names = BTreeMap::new();
    for family in constants::all().filter(|family| family.name != "HANDLER") {
        // These stand in the upper part of a word.
        let shift = match family.name {
            "QCMD" => 8,
            "IOPRIO" => 13,
            _ => 0,
        };
        names.extend(family.members.iter().map(|member| (member.name, (member.value >> shift) as u32)));
    }
    let all = names.len();
    let Some(left) = compare(KERNEL_HEADERS, names) else { return };
    let in_kernel = all - left.len();
    let Some(left) = compare(LIBRARY_HEADERS, left) else { return };
    report(&format!("{} of {all} names are in no header here", left.len()));
    assert!(in_kernel > 1000 && left.len() < 2000, "{in_kernel} of {all}, {} left", left.len());
}

/// The names that the headers do not have; the others have our value. One assertion each: what is wrong, the compiler says.
fn compare<'a>(headers: &[&str], names: BTreeMap<&'a str, u32>) -> Option<BTreeMap<&'a str, u32>> {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("names.c");
    let mut text = String::from("#define _GNU_SOURCE\n");
    for header in headers {
        text += &format!("#if __has_include(<{header}>)\n#include <{header}>\n#endif\n");
    }
    let run = |options: &[&str], text: &str| {
        fs::write(&file, text).expect("the file");
        Command::new("cc").args(options).arg(&file).env("LC_ALL", "C").output().ok()
    };
    let Some(all) = run(&["-E", "-dD", "-w"], &text) else {
        skipped("cc");
        return None;
    };
    let all = String::from_utf8_lossy(&all.stdout).into_owned();
    let words: BTreeSet<&str> = all.split(|it: char| !it.is_ascii_alphanumeric() && it != '_').collect();
    let (there, mut left): (BTreeMap<_, _>, BTreeMap<_, _>) =
        names.into_iter().partition(|(name, _)| words.contains(name));
    let there: Vec<_> = there.into_iter().collect();
    let first = text.lines().count() + 1;
    for (name, value) in &there {
        text += &format!("_Static_assert((unsigned)({name}) == {value}u, \"differs\");\n");
    }
    let options = ["-fsyntax-only", "-w", "-fmax-errors=0", "-ftrack-macro-expansion=0"];
    let errors = run(&options, &text).expect("it was there").stderr;
    for line in String::from_utf8_lossy(&errors).lines().filter(|line| line.contains("error:")) {
        let number =
            line.split("names.c:").nth(1).and_then(|rest| rest.split(':').next()?.parse::<usize>().ok());
        let Some((name, value)) = number.and_then(|number| there.get(number.checked_sub(first)?)) else {
            panic!("{line}");
        };
        assert!(!line.contains("differs"), "{name} is not {value:#x}");
        // A word of the headers, and no constant that the compiler knows.
        left.insert(*name, *value);
    }
    Some(left)
}
