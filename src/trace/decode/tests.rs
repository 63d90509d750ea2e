use super::*;
use crate::abi::signature::*;
use crate::trace::call::Call;
use crate::trace::raw::{Capture, CaptureEnd, FileNote, Moment, Noted, Registers, Socket, TaskId};
use crate::trace::tree::Tree;
use crate::trace::value::{ListEnd, SocketAddress};
use std::time::Duration;

/// A call made of literals.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) raw: RawCall,
}

/// A call that has not returned.
pub(crate) fn made(name: &str, args: &[u64]) -> Made {
    let row = syscalls::by_name(name).unwrap();
    numbered(Abi::X86_64, row.number, args)
}

pub(crate) fn numbered(abi: Abi, number: u32, args: &[u64]) -> Made {
    let mut all = [0; 6];
    all[..args.len()].copy_from_slice(args);
    let raw = RawCall {
        abi,
        number,
        task: TaskId(0),
        image: 0,
        startup: false,
        entered: Moment::new(0, Duration::ZERO),
        left: None,
        outcome: RawOutcome::Unfinished,
        noted: Noted::begin(Registers { args: all, ..Registers::default() }, None),
        injected: None,
    };
    Made { raw }
}

impl Made {
    /// What was at an address at entry.
    pub(crate) fn before(self, address: u64, bytes: &[u8]) -> Made {
        self.capture(Phase::Entry, address, bytes, CaptureEnd::Whole)
    }

    /// What was at an address at exit.
    pub(crate) fn after(self, address: u64, bytes: &[u8]) -> Made {
        self.capture(Phase::Exit, address, bytes, CaptureEnd::Whole)
    }

    pub(crate) fn capture(mut self, phase: Phase, address: u64, bytes: &[u8], end: CaptureEnd) -> Made {
        let capture = Capture { phase, address, bytes: bytes.into(), end };
        self.raw.noted.captures.push(capture);
        self
    }

    pub(crate) fn file(mut self, phase: Phase, fd: i32, link: &str) -> Made {
        let note = FileNote { phase, fd, link: link.as_bytes().into(), socket: None };
        self.raw.noted.files.push(note);
        self
    }

    /// How a socket was made.
    pub(crate) fn socket(self, fd: i32, domain: u32, protocol: u32) -> Made {
        let mut made = self.file(Phase::Entry, fd, "socket:[1]");
        let note = made.raw.noted.files.last_mut().unwrap();
        note.socket = Some(Socket { domain, ty: 3, protocol });
        made
    }

    /// What `rax` said at the exit.
    pub(crate) fn returned(mut self, rax: i64) -> Call {
        self.raw.outcome = RawOutcome::Left(rax);
        self.call()
    }

    pub(crate) fn call(self) -> Call {
        Call::new(self.raw, Arc::new(Tree::default()))
    }
}

pub(crate) fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

pub(crate) fn ints(ints: &[i32]) -> Vec<u8> {
    ints.iter().flat_map(|int| int.to_ne_bytes()).collect()
}

const CWD: u64 = AT_FDCWD as u64;
const AT_FDCWD: i32 = resolve::AT_FDCWD;

fn names(call: &Call) -> Vec<&'static str> {
    call.args().iter().map(Argument::name).collect()
}

#[test]
fn calls_have_the_name_of_their_interface() {
    let name = |abi, number| numbered(abi, number, &[]).call().name().to_owned();
    assert_eq!(name(Abi::X86_64, 257), "openat");
    assert_eq!(name(Abi::X86_64, 999), "syscall_0x3e7");
    assert_eq!(name(Abi::I386, 5), "i386:open");
    assert_eq!(name(Abi::I386, 9999), "i386:syscall_0x270f");
    assert_eq!(name(Abi::X32, 39), "x32:getpid");
    assert_eq!(name(Abi::X32, 520), "x32:execve");
}

#[test]
fn a_call_without_a_row_keeps_all_its_registers() {
    for call in [numbered(Abi::X86_64, 999, &[1, 2, 3]), numbered(Abi::I386, 5, &[1, 2, 3])] {
        let call = call.returned(-38);
        assert_eq!(names(&call), ["arg1", "arg2", "arg3", "arg4", "arg5", "arg6"]);
        assert_eq!(call.arg("arg3"), Some(&Value::Hex(3)));
        assert_eq!(call.signature().map(|row| row.name), None);
    }
}

#[test]
fn results_errors_and_restarts_are_told_apart() {
    let outcome = |rax| made("getpid", &[]).returned(rax).outcome().clone();
    assert_eq!(outcome(7), Outcome::Returned(Value::Int(7)));
    assert_eq!(outcome(-1), Outcome::Failed(Errno(1)));
    assert_eq!(outcome(-515), Outcome::Failed(Errno(515)));
    assert_eq!(outcome(-4095), Outcome::Failed(Errno(4095)));
    for restart in [-512, -513, -514, -516] {
        assert_eq!(outcome(restart), Outcome::Unfinished);
    }
    assert_eq!(made("getpid", &[]).call().outcome(), &Outcome::Unfinished);
    // An address in the upper half of the range is no error.
    assert_eq!(
        made("mmap", &[]).returned(-4096).outcome(),
        &Outcome::Returned(Value::Address(-4096i64 as u64))
    );
}

#[test]
fn conditions_hide_arguments() {
    let has_mode = |flags| made("openat", &[CWD, 0, flags, 0o644]).call().arg("mode").is_some();
    assert!(has_mode(0o100) && has_mode(0o20_200_000 | 0o2));
    // O_TMPFILE contains O_DIRECTORY.
    assert!(!has_mode(0) && !has_mode(0o200_000));
    let has_device = |mode| made("mknod", &[0, mode, 0x103]).call().arg("dev").is_some();
    assert!(has_device(0o020_644) && has_device(0o060_644) && !has_device(0o100_644));
    assert_eq!(names(&made("clone", &[17]).call()), ["flags", "stack"]);
    assert_eq!(names(&made("clone", &[0x0108_0011]).call()), ["flags", "stack", "child_tid", "tls"]);
    // There, and not looked at.
    let mount = |flags| made("mount", &[0, 0, 0x1000, flags]).before(0x1000, b"ext4").call();
    assert_eq!(mount(0).arg("filesystemtype").and_then(Value::as_str), Some("ext4"));
    assert_eq!(mount(0x1000).arg("filesystemtype"), Some(&Value::Address(0x1000)));
}

#[test]
fn selectors_decide_which_arguments_there_are() {
    assert_eq!(names(&made("fcntl", &[3, 3, 9]).call()), ["fd", "cmd"]);
    assert_eq!(names(&made("fcntl", &[3, 0, 9]).call()), ["fd", "cmd", "arg"]);
    assert_eq!(names(&made("futex", &[0x1000, 0x81, 1, 2, 3, 4]).call()), ["uaddr", "op", "val"]);
    let all = ["uaddr", "op", "val", "timeout", "uaddr2", "val3"];
    assert_eq!(names(&made("futex", &[0x1000, 99, 1, 2, 3, 4]).call()), all);
    assert!(matches!(made("fcntl", &[3, 0, 9]).returned(9).outcome(), Outcome::Returned(Value::Fd(_))));
    assert!(matches!(made("fcntl", &[3, 3]).returned(2).outcome(), Outcome::Returned(Value::Flags(_))));
    assert!(matches!(made("fcntl", &[3, 99]).returned(2).outcome(), Outcome::Returned(Value::Int(2))));
}

#[track_caller]
fn check_path(call: &Call, name: &str, written: &str, absolute: Option<&str>, resolved: Option<&str>) {
    let path = call.arg(name).and_then(Value::as_path_text).unwrap();
    assert_eq!(path.written().to_str(), Some(written));
    assert_eq!(path.absolute().as_deref().and_then(|path| path.to_str()), absolute);
    assert_eq!(path.resolved().as_deref().and_then(|path| path.to_str()), resolved);
}

#[test]
fn a_path_starts_in_its_directory_and_ends_where_the_kernel_says() {
    let open = |dirfd| {
        let call = made("openat", &[dirfd, 0x1000]).before(0x1000, b"../l");
        call.file(Phase::Entry, -100, "/home/u").file(Phase::Entry, 5, "/tmp/d").file(
            Phase::Exit,
            3,
            "/etc/passwd",
        )
    };
    check_path(&open(CWD).returned(3), "path", "../l", Some("/home/l"), Some("/etc/passwd"));
    check_path(&open(5).returned(3), "path", "../l", Some("/tmp/l"), Some("/etc/passwd"));
    check_path(&open(6).returned(-9), "path", "../l", None, None);
    check_path(&open(CWD).returned(-2), "path", "../l", Some("/home/l"), None);
    let rename = made("renameat", &[5, 0x1000, CWD, 0x2000]).before(0x1000, b"a").before(0x2000, b"b");
    let rename = rename.file(Phase::Entry, -100, "/home").file(Phase::Entry, 5, "/tmp").returned(0);
    check_path(&rename, "oldpath", "a", Some("/tmp/a"), None);
    check_path(&rename, "newpath", "b", Some("/home/b"), None);
    // The target of a link is text, and starts nowhere.
    let link = made("symlink", &[0x1000, 0x2000]).before(0x1000, b"a").before(0x2000, b"b");
    let link = link.file(Phase::Entry, -100, "/home").returned(0);
    check_path(&link, "target", "a", None, None);
    check_path(&link, "linkpath", "b", Some("/home/b"), None);
}

#[test]
fn a_path_that_was_cut_has_no_absolute_form() {
    let cut = made("chdir", &[0x1000]).capture(Phase::Entry, 0x1000, b"/a/b", CaptureEnd::Truncated).call();
    check_path(&cut, "path", "/a/b", None, None);
    let path = b"\xff\xfe".as_slice();
    let odd = made("chdir", &[0x1000]).before(0x1000, path).call();
    assert_eq!((odd.arg("path").unwrap().as_bytes(), odd.arg("path").unwrap().as_str()), (Some(path), None));
}

#[test]
fn a_pointer_that_could_not_be_followed_is_an_address() {
    let there = |call: Call, name: &str| !matches!(call.arg(name), Some(Value::Address(_)));
    let cut = CaptureEnd::Unreadable(14);
    assert!(!there(made("chdir", &[0x1000]).capture(Phase::Entry, 0x1000, b"", cut).call(), "path"));
    assert!(!there(made("chdir", &[0x1000]).capture(Phase::Entry, 0x1000, b"/a", cut).call(), "path"));
    assert!(!there(made("chdir", &[0]).call(), "path"));
    assert!(!there(made("write", &[1, 8, 5]).capture(Phase::Entry, 8, b"", cut).call(), "buf"));
    assert!(!there(made("read", &[1, 0x1000, 5]).returned(-9), "buf"));
    assert!(!there(made("fstat", &[1, 0x1000]).returned(-9), "statbuf"));
    assert!(!there(made("writev", &[1, 8, 1]).capture(Phase::Entry, 8, b"", cut).call(), "iov"));
    assert!(!there(made("writev", &[1, 0x1000, u64::MAX]).call(), "iov"));
    // A structure of which a part is missing.
    assert!(!there(made("fstat", &[1, 0x1000]).after(0x1000, &[0; 143]).returned(0), "statbuf"));
    assert!(there(made("fstat", &[1, 0x1000]).after(0x1000, &[0; 144]).returned(0), "statbuf"));
    // What two arguments lead to is read as each of them asks.
    let twice =
        made("setxattr", &[0x1000, 0x2000, 0x2000, 5, 0]).before(0x2000, b"user").before(0x2000, b"user\0");
    let twice = twice.call();
    assert_eq!(twice.arg("name").unwrap().as_bytes(), Some(b"user".as_slice()));
    assert_eq!(twice.arg("value").unwrap().as_bytes(), Some(b"user\0".as_slice()));
}

#[test]
fn buffers_know_how_much_there_was() {
    let write = |count, bytes: &[u8]| made("write", &[1, 0x1000, count]).before(0x1000, bytes).returned(1);
    let buffer = |call: &Call| match call.arg("buf") {
        Some(Value::Bytes(buffer)) => (buffer.bytes().to_vec(), buffer.total(), buffer.is_truncated()),
        other => panic!("{other:?}"),
    };
    assert_eq!(buffer(&write(3, b"abc")), (b"abc".to_vec(), Some(3), false));
    assert_eq!(buffer(&write(9, b"abc")), (b"abc".to_vec(), Some(9), true));
    assert_eq!(buffer(&made("write", &[1, 0x1000, 0]).returned(0)), (Vec::new(), Some(0), false));
    let read = made("read", &[1, 0x1000, 100]).after(0x1000, b"ab").returned(2);
    assert_eq!(buffer(&read), (b"ab".to_vec(), Some(2), false));
    assert_eq!(buffer(&made("read", &[1, 0x1000, 100]).returned(0)), (Vec::new(), Some(0), false));
}

#[test]
fn argv_says_where_it_ends() {
    let exec = |end, second: Option<&[u8]>| {
        let call = made("execve", &[0, 0x1000, 0x2000]).capture(
            Phase::Entry,
            0x1000,
            &words(&[0x3000, 0x4000]),
            end,
        );
        let call = call.before(0x2000, &words(&[1, 2, 3])).before(0x3000, b"ls");
        second.map_or(call.clone(), |second| call.before(0x4000, second)).call()
    };
    let list = |call: &Call| match call.arg("argv") {
        Some(Value::Array(list)) => (list.items().len(), list.end),
        other => panic!("{other:?}"),
    };
    assert_eq!(list(&exec(CaptureEnd::Whole, Some(b"-l"))), (2, ListEnd::Whole));
    assert_eq!(list(&exec(CaptureEnd::Whole, None)), (1, ListEnd::Truncated));
    assert_eq!(list(&exec(CaptureEnd::Unreadable(14), Some(b"-l"))), (2, ListEnd::Unreadable(0x1010)));
    let env = exec(CaptureEnd::Whole, None).arg("envp").cloned();
    let list = crate::trace::value::List { items: Vec::new(), end: ListEnd::Truncated };
    assert_eq!(env, Some(Value::Counted { address: 0x2000, count: 3, what: "vars", list }));
}

#[test]
fn the_longest_copy_of_a_string_is_shown_wherever_it_is_pointed_to() {
    let exec = made("execve", &[0, 0x1000, 0]).before(0x1000, &words(&[0x3000, 0x4000, 0x3000, 0x5000]));
    let exec = exec.before(0x3000, b"l").before(0x4000, b"-a").before(0x3000, b"long").before(0x3000, b"lo");
    let exec = exec.after(0x4000, b"-after").capture(Phase::Entry, 0x5000, b"", CaptureEnd::Unreadable(14));
    assert_eq!(exec.call().to_string(), "execve(NULL, [\"long\", \"-a\", \"long\", 0x5000], NULL) = ?");
    // Of two that are as long, the later.
    let exec = made("execve", &[0, 0x1000, 0]).before(0x1000, &words(&[0x3000]));
    let exec = exec.before(0x3000, b"a").before(0x3000, b"b");
    assert_eq!(exec.call().to_string(), "execve(NULL, [\"b\"], NULL) = ?");
}

#[test]
fn integers_are_as_wide_as_their_kind() {
    let call = made("lseek", &[0xdead_beef_0000_0003, u64::MAX, 0xdead_beef_0000_0002]).call();
    assert_eq!(call.arg("fd").and_then(Value::as_fd).unwrap().number(), 3);
    assert_eq!(call.arg("offset").and_then(Value::as_int), Some(-1));
    assert_eq!(call.arg("whence").and_then(Value::flags).unwrap().name(), Some("SEEK_END"));
    let open = made("openat", &[0xffff_ff9c, 0, 0xdead_beef_0008_0000]).call();
    assert_eq!(open.arg("dirfd").and_then(Value::as_fd).unwrap().number(), -100);
    assert_eq!(open.arg("flags").and_then(Value::flags).unwrap().bits(), 0x8_0000);
    let chown = made("chown", &[0, 0xffff_ffff, 5]).call();
    assert_eq!((chown.arg("owner"), chown.arg("group")), (Some(&Value::Int(-1)), Some(&Value::Uint(5))));
}

fn address_of(bytes: &[u8]) -> Option<SocketAddress> {
    let call = made("connect", &[3, 0x1000, bytes.len() as u64]).before(0x1000, bytes).call();
    match call.arg("addr") {
        Some(Value::Socket(address)) => Some(address.clone()),
        _ => None,
    }
}

#[test]
fn socket_addresses_are_read_by_their_family() {
    let inet = |text: &str| Some(SocketAddress::Inet(text.parse().unwrap()));
    assert_eq!(address_of(b"\x02\0\0\x50\x7f\0\0\x01\0\0\0\0\0\0\0\0"), inet("127.0.0.1:80"));
    let mut six = [0; 28];
    six[..4].copy_from_slice(b"\x0a\0\0\x35");
    six[8] = 0xfe;
    six[9] = 0x80;
    six[23] = 1;
    six[24] = 2;
    assert_eq!(address_of(&six), inet("[fe80::1%2]:53"));
    assert_eq!(address_of(b"\x01\0/run/x\0rest"), Some(SocketAddress::Unix(b"/run/x".as_slice().into())));
    assert_eq!(address_of(b"\x01\0\0name"), Some(SocketAddress::Unix(b"\0name".as_slice().into())));
    assert_eq!(address_of(b"\x01\0"), Some(SocketAddress::Unix(Box::default())));
    // Too short for its family, of another one, none at all.
    assert_eq!(address_of(b"\x02\0\0\x50"), Some(SocketAddress::Other(2, b"\0\x50".as_slice().into())));
    assert_eq!(address_of(b"\x10\0ab"), Some(SocketAddress::Other(16, b"ab".as_slice().into())));
    assert_eq!(address_of(b"\x02"), None);
}

#[test]
fn the_room_for_an_address_limits_what_is_there() {
    let call =
        made("getsockname", &[3, 0x1000, 0x2000]).before(0x2000, &ints(&[4])).after(0x2000, &ints(&[16]));
    let call = call.after(0x1000, b"\x02\0\x01\x02").returned(0);
    let short = SocketAddress::Other(2, b"\x01\x02".as_slice().into());
    assert_eq!(call.arg("addr"), Some(&Value::Socket(short)));
    assert!(matches!(call.arg("addrlen"), Some(Value::Changed(..))));
    assert_eq!(call.arg("addrlen").unwrap().items(), [Value::Uint(16)]);
}

#[test]
fn structures_leave_out_what_means_nothing() {
    let names = |call: &Call, name: &str| match call.arg(name) {
        Some(Value::Struct(structure)) => {
            structure.fields().iter().map(|field| field.name()).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let action = |flags| {
        let act = words(&[0x5555_5555_79d9, flags, 0x7f00, 1 << 14]);
        made("rt_sigaction", &[10, 0x1000, 0, 8]).before(0x1000, &act).returned(0)
    };
    assert_eq!(names(&action(0x0400_0000), "act"), ["sa_handler", "sa_mask", "sa_flags", "sa_restorer"]);
    assert_eq!(names(&action(0), "act"), ["sa_handler", "sa_mask", "sa_flags"]);
    assert_eq!(action(0).arg("act").unwrap().field("sa_handler"), Some(&Value::Address(0x5555_5555_79d9)));
    let how = |size, mode| {
        let how = words(&[0, mode, 4]);
        let call = made("openat2", &[5, 0, 0x1000, size]).before(0x1000, &how[..24.min(size as usize)]);
        names(&call.returned(3), "how")
    };
    assert_eq!(how(24, 0), ["flags", "resolve"]);
    assert_eq!(how(24, 0o644), ["flags", "mode", "resolve"]);
    // One from the future; one shorter than any there was.
    assert_eq!(how(100, 0), ["flags", "resolve"]);
    let short = made("openat2", &[5, 0, 0x1000, 8]).before(0x1000, &words(&[0])).returned(-22);
    assert_eq!(short.arg("how"), Some(&Value::Address(0x1000)));
    let thread = words(&[0x3d_0f00, 0, 0x10, 0x20, 0, 0x30, 0x40, 0x50, 0, 0, 0]);
    let clone = made("clone3", &[0x1000, 88]).before(0x1000, &thread).after(0x1000, &thread);
    let Some(Value::Changed(asked, got)) =
        clone.after(0x20, &ints(&[77])).returned(77).arg("cl_args").cloned()
    else {
        panic!("the thread's number is missing");
    };
    let Value::Struct(asked) = *asked else { panic!("{asked:?}") };
    let fields: Vec<_> = asked.fields().iter().map(|field| field.name()).collect();
    assert_eq!(fields, ["flags", "child_tid", "parent_tid", "exit_signal", "stack", "stack_size", "tls"]);
    assert_eq!(got.field("parent_tid").unwrap().items(), [Value::Int(77)]);
}

#[test]
fn sets_have_the_members_whose_bits_are_set() {
    let call =
        made("select", &[7, 0x1000, 0, 0, 0]).before(0x1000, &words(&[0b1010_1000])).after(0x1000, &[0; 8]);
    let call = call.returned(0);
    let Some(Value::Changed(before, after)) = call.arg("readfds") else { panic!("{call:?}") };
    let fds: Vec<_> = before.items().iter().filter_map(|it| it.as_fd()).map(|fd| fd.number()).collect();
    // The eighth bit is beyond nfds.
    assert_eq!((fds, after.items()), (vec![3, 5], [].as_slice()));
    let mask = made("sched_getaffinity", &[0, 128, 0x1000])
        .after(0x1000, &[0b11, 0, 0, 0, 0, 0, 0, 0x80])
        .returned(8);
    assert_eq!(mask.arg("mask").unwrap().items(), [Value::Uint(0), Value::Uint(1), Value::Uint(63)]);
}

#[test]
fn waiting_for_nobody_reports_nothing() {
    let wait = made("wait4", &[u64::MAX, 0x1000, 1, 0]);
    assert_eq!(wait.clone().returned(0).arg("wstatus"), Some(&Value::Address(0x1000)));
    let reaped = wait.after(0x1000, &ints(&[0x300])).returned(7);
    assert_eq!(reaped.arg("wstatus"), Some(&Value::WaitStatus(0x300)));
}

#[test]
fn the_fields_of_a_siginfo_are_those_of_its_signal_and_code() {
    let text = |ints_before: &[i32], words_after: &[u64]| {
        let mut bytes = ints(ints_before);
        bytes.extend(words(words_after));
        bytes.resize(128, 0);
        Value::Struct(siginfo(&bytes)).to_string()
    };
    let exited = text(&[17, 0, 1, 0, 7, 1000, 3, 0], &[5, 6]);
    assert_eq!(
        exited,
        "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=7, si_uid=1000, si_status=3, si_utime=5 /* 0.05 s */, \
         si_stime=6 /* 0.06 s */}"
    );
    assert!(
        text(&[17, 0, 2, 0, 7, 0, 9, 0], &[])
            .contains("si_code=CLD_KILLED, si_pid=7, si_uid=0, si_status=SIGKILL")
    );
    assert_eq!(text(&[10, 0, -6, 0, 7, 0], &[]), "{si_signo=SIGUSR1, si_code=SI_TKILL, si_pid=7, si_uid=0}");
    assert_eq!(
        text(&[14, 0, -1, 0, 7, 0], &[7]),
        "{si_signo=SIGALRM, si_code=SI_QUEUE, si_pid=7, si_uid=0, si_int=7, si_ptr=0x7}"
    );
    assert_eq!(text(&[14, 0, 0x80, 0], &[1]), "{si_signo=SIGALRM, si_code=SI_KERNEL}");
    assert_eq!(text(&[11, 0, 1, 0], &[0]), "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL}");
    assert_eq!(
        text(&[31, 0, 1, 0], &[0x1234, 0xc000_003e << 32 | 39]),
        "{si_signo=SIGSYS, si_code=SYS_SECCOMP, si_call_addr=0x1234, si_syscall=39, si_arch=0xc000003e}"
    );
    assert_eq!(
        Value::Struct(siginfo(&ints(&[17, 0, 1, 0, 7]))).to_string(),
        "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=7}"
    );
    assert_eq!(Value::Struct(siginfo(b"xyz")).to_string(), "{}");
}

/// The rows of the table, with the structures' layouts.
static MESSAGE: Struct = Struct { name: "msghdr", size: 56, layout: Layout::Message };
static SENDMSG: Signature = Signature {
    number: 46,
    name: "sendmsg",
    params: &[Param { name: "sockfd", kind: FD }, Param { name: "msg", kind: input(&MESSAGE) }],
    result: SIZE,
};
static RECVMSG: Signature = Signature {
    number: 47,
    name: "recvmsg",
    params: &[Param { name: "sockfd", kind: FD }, Param { name: "msg", kind: inout(&MESSAGE) }],
    result: SIZE,
};

fn message(row: &'static Signature, call: Made, rax: i64) -> String {
    let mut raw = call.raw;
    raw.outcome = RawOutcome::Left(rax);
    let decoded = Decoder { raw: &raw, row }.decode();
    decoded.args[1].value.to_string()
}

#[test]
fn messages_are_shown_with_what_they_point_to() {
    let header = |name_len, control_len| words(&[0x2000, name_len, 0x3000, 2, 0x5000, control_len, 0]);
    let rights = [words(&[24, 1 << 32 | 1]), ints(&[21, 22])].concat();
    let vector = words(&[0x4000, 3, 0x4100, 400]);
    let sent = made("sendmsg", &[3, 0x1000]).before(0x1000, &header(0, 24)).before(0x3000, &vector);
    let sent = sent.before(0x4000, b"abc").before(0x4100, b"defg").before(0x5000, &rights);
    assert_eq!(
        message(&SENDMSG, sent, 7),
        "{msg_name=0x2000, msg_namelen=0, msg_iov=[{iov_base=\"abc\", iov_len=3}, {iov_base=\"defg\"..., iov_len=400}], \
         msg_iovlen=2, msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[21, 22]}], \
         msg_controllen=24, msg_flags=0}"
    );
    let room = made("recvmsg", &[3, 0x1000]).before(0x1000, &header(100, 64)).before(0x3000, &vector);
    assert_eq!(message(&RECVMSG, room.clone(), -11), "{msg_namelen=100}");
    let received = room.after(0x1000, &header(16, 0)).after(0x4000, b"abc").after(0x4100, b"d");
    let received = received.after(0x2000, b"\x02\0\0\x50\x7f\0\0\x01\0\0\0\0\0\0\0\0");
    assert_eq!(
        message(&RECVMSG, received, 4),
        "{msg_name={sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, msg_namelen=100 => 16, \
         msg_iov=[{iov_base=\"abc\", iov_len=3}, {iov_base=\"d\", iov_len=400}], msg_iovlen=2, msg_controllen=0, msg_flags=0}"
    );
}

#[test]
fn a_control_message_that_lies_about_its_length_ends_the_list() {
    let header = words(&[0, 0, 0x3000, 0, 0x5000, 64, 0]);
    for len in [0, 1, 15, 65, u64::MAX] {
        let call = made("sendmsg", &[3, 0x1000])
            .before(0x1000, &header)
            .before(0x5000, &words(&[len, 1 << 32 | 1, 0]));
        assert!(message(&SENDMSG, call, 0).contains("msg_control=0x5000"), "{len}");
    }
}

/// A small generator: the same sequence on every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Registers that are likely to mean something.
    fn register(&mut self) -> u64 {
        match self.below(8) {
            0 => self.below(4),
            1 => self.below(0x200),
            2 => 0x1000 + 8 * self.below(8),
            3 => 1 << self.below(64),
            4 => u64::MAX - self.below(200),
            5 => self.below(1 << 32),
            6 => 0x1000,
            _ => self.next(),
        }
    }

    fn bytes(&mut self) -> Vec<u8> {
        let len = match self.below(4) {
            0 => self.below(16),
            1 => 8 * self.below(40),
            _ => self.below(600),
        };
        let dense = self.below(3);
        let byte = |numbers: &mut Numbers| match dense {
            0 => 0,
            1 => numbers.below(3) as u8,
            _ => numbers.next() as u8,
        };
        (0..len).map(|_| byte(self)).collect()
    }

    fn call(&mut self, number: u32) -> Call {
        let args: Vec<u64> = (0..6).map(|_| self.register()).collect();
        let abi = [Abi::X86_64, Abi::X86_64, Abi::X86_64, Abi::I386, Abi::X32][self.below(5) as usize];
        let mut call = numbered(abi, number, &args);
        for _ in 0..self.below(7) {
            let phase = if self.below(2) == 0 { Phase::Entry } else { Phase::Exit };
            let end = [CaptureEnd::Whole, CaptureEnd::Truncated, CaptureEnd::Unreadable(14)]
                [self.below(3) as usize];
            let address = if self.below(2) == 0 { args[self.below(6) as usize] } else { self.register() };
            let bytes = self.bytes();
            call = call.capture(phase, address, &bytes, end).file(phase, args[0] as i32, "/x");
        }
        match self.below(4) {
            0 => call.call(),
            1 => call.returned(-(self.below(5000) as i64)),
            2 => call.returned(self.below(600) as i64),
            _ => call.returned(self.next() as i64),
        }
    }
}

#[test]
fn every_row_decodes_whatever_the_registers_say() {
    for row in syscalls::TABLE {
        for register in [0, 1, 0x7fff_ffff, 0xffff_ffff, u64::MAX] {
            for rax in [0, -1, -4095, -4096, i64::MAX, i64::MIN] {
                let call = made(row.name, &[register; 6]).returned(rax);
                let text = call.to_string();
                assert!(text.starts_with(&format!("{}(", row.name)) && text.contains(") = "), "{text}");
                assert!(call.args().len() <= row.params.len());
            }
        }
    }
}

#[test]
fn nothing_that_a_program_says_is_too_much() {
    use crate::trace::format::Format;
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let verbose = Format::new().verbose(true).fd_paths(true).string_limit(1000);
    for round in 0..40_000u32 {
        let call = numbers.call(round % 475);
        for text in [call.to_string(), call.display(&verbose).to_string()] {
            assert!(text.contains(") = ") && text.len() < 1 << 16 && !text.contains('\n'), "{text}");
        }
        for argument in call.args() {
            let value = argument.value();
            assert!(value.items().len() < 1 << 13, "{}", call.name());
            let _ = (value.as_int(), value.as_path(), value.as_os_str(), value.field("flags"));
        }
    }
}

#[test]
fn nor_what_it_sends_to_the_kernel() {
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    for round in 0..20_000u32 {
        let mut bytes = numbers.bytes();
        // Likely types, and lengths that are nearly right.
        for (at, value) in [(0, numbers.below(3) + bytes.len() as u64), (4, numbers.below(30))] {
            if let Some(place) = bytes.get_mut(at..at + 2) {
                place.copy_from_slice(&(value as u16).to_ne_bytes());
            }
        }
        let protocol = [0, 4, 16][round as usize % 3];
        let call =
            made("sendto", &[3, 0x1000, bytes.len() as u64]).socket(3, 16, protocol).before(0x1000, &bytes);
        let text = call.returned(0).to_string();
        assert!(text.len() < 1 << 16 && text.starts_with("sendto(3, "), "{text}");
    }
    // An error about an error about an error.
    let error = ints(&[i32::MAX, 2, 0, 0, -1]).repeat(100_000);
    let call = made("sendto", &[3, 0x1000, error.len() as u64]).socket(3, 16, 0).before(0x1000, &error);
    assert!(call.returned(0).to_string().contains("{error=-EPERM, msg="));
}
