use super::*;
use crate::abi::signature::*;
use crate::abi::syscalls;
use crate::trace::raw::{Abi, Moment, Noted, Registers, TaskId};
use std::sync::Arc;
use std::time::Duration;

/// A task whose memory is a few pieces with nothing between them.
#[derive(Default)]
struct Task {
    pieces: Vec<(u64, Vec<u8>)>,
    links: Vec<(Link, &'static str)>,
}

impl Task {
    fn holding(pieces: &[(u64, &[u8])]) -> Task {
        let pieces = pieces.iter().map(|(at, bytes)| (*at, bytes.to_vec())).collect();
        Task { pieces, links: Vec::new() }
    }

    fn linking(mut self, of: Link, link: &'static str) -> Task {
        self.links.push((of, link));
        self
    }
}

impl Memory for Task {
    fn read(&self, address: u64, buf: &mut [u8]) -> Result<usize, i32> {
        let (at, bytes) =
            self.pieces.iter().find(|(at, it)| (*at..*at + it.len() as u64).contains(&address)).ok_or(14)?;
        let bytes = &bytes[(address - at) as usize..];
        let len = bytes.len().min(buf.len());
        buf[..len].copy_from_slice(&bytes[..len]);
        Ok(len)
    }

    fn link(&self, of: Link) -> Option<Arc<[u8]>> {
        let link = self.links.iter().find(|(it, _)| *it == of)?.1;
        Some(link.as_bytes().into())
    }

    fn process(&self) -> Option<u32> {
        Some(1)
    }
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

fn registers(args: &[u64]) -> [u64; 6] {
    let mut all = [0; 6];
    all[..args.len()].copy_from_slice(args);
    all
}

fn limits() -> Limits {
    Limits { buffer: 8, environment: false }
}

fn entered(row: &'static Signature, args: &[u64], task: &Task) -> RawCall {
    let moment = Moment::new(0, Duration::ZERO);
    let args = registers(args);
    let captured = at_entry(Some(row), &args, 0x7000, &limits(), task);
    let mut noted = Noted::begin(Registers { args, ..Registers::default() }, None);
    noted.add(captured.captures, captured.files, Vec::new());
    RawCall {
        abi: Abi::X86_64,
        number: row.number,
        task: TaskId(0),
        image: 0,
        startup: false,
        entered: moment,
        left: None,
        outcome: RawOutcome::Unfinished,
        noted,
        injected: None,
    }
}

fn left(call: &RawCall, rax: i64, task: &Task) -> Captured {
    let call = RawCall { outcome: RawOutcome::Left(rax), ..call.clone() };
    let row = syscalls::by_number(call.number);
    at_exit(row, &call, &limits(), task)
}

fn lines(captures: &[Capture], files: &[FileNote]) -> Vec<String> {
    let captures = captures.iter().map(|it| {
        let end = match it.end {
            CaptureEnd::Whole => String::new(),
            CaptureEnd::Truncated => "...".to_owned(),
            CaptureEnd::Unreadable(errno) => format!("!{errno}"),
        };
        format!("{:#x} {}{end}", it.address, it.bytes.escape_ascii())
    });
    let files = files.iter().map(|it| format!("{} -> {}", it.fd, String::from_utf8_lossy(&it.link)));
    captures.chain(files).collect()
}

#[track_caller]
fn check_entry(call: &str, args: &[u64], task: &Task, expected: &[&str]) {
    let call = entered(syscalls::by_name(call).unwrap(), args, task);
    assert_eq!(lines(&call.noted.captures, &call.noted.files), expected);
}

#[track_caller]
fn check_exit(call: &str, args: &[u64], rax: i64, before: &Task, after: &Task, expected: &[&str]) {
    let call = entered(syscalls::by_name(call).unwrap(), args, before);
    let captured = left(&call, rax, after);
    assert_eq!(lines(&captured.captures, &captured.files), expected);
}

#[test]
fn an_unknown_call_is_left_alone() {
    let task = Task::holding(&[(0x1000, b"x\0")]).linking(Link::Cwd, "/");
    let captured = at_entry(None, &registers(&[0x1000; 6]), 0x7000, &limits(), &task);
    assert_eq!(lines(&captured.captures, &captured.files), [""; 0]);
}

#[test]
fn strings_end_at_their_nul_at_a_limit_or_where_memory_does() {
    let nothing: &[&str] = &[];
    check_entry("unlink", &[0x1000], &Task::holding(&[(0x1000, b"/a\0b")]), &["0x1000 /a"]);
    check_entry("unlink", &[0x10fe], &Task::holding(&[(0x10fe, b"/a/b/c\0")]), &["0x10fe /a/b/c"]);
    check_entry("unlink", &[0x1000], &Task::holding(&[(0x1000, b"/a")]), &["0x1000 /a!14"]);
    check_entry("unlink", &[0x9000], &Task::holding(&[]), &["0x9000 !14"]);
    check_entry("unlink", &[0], &Task::holding(&[]), nothing);
    let endless = vec![b'/'; 2 * PATH_LIMIT];
    let call =
        entered(syscalls::by_name("unlink").unwrap(), &[0x1000], &Task::holding(&[(0x1000, &endless)]));
    assert_eq!(
        (call.noted.captures[0].bytes.len(), call.noted.captures[0].end),
        (PATH_LIMIT, CaptureEnd::Truncated)
    );
}

#[test]
fn the_working_directory_is_asked_for_where_a_path_starts_there() {
    let task = || Task::holding(&[(0x1000, b"/a\0"), (0x2000, b"b\0")]).linking(Link::Cwd, "/home");
    let cwd = AT_FDCWD as u64;
    check_entry("openat", &[cwd, 0x1000, 0], &task(), &["0x1000 /a"]);
    check_entry("openat", &[cwd, 0x2000, 0], &task(), &["0x2000 b", "-100 -> /home"]);
    check_entry("openat", &[cwd & 0xffff_ffff, 0x2000, 0], &task(), &["0x2000 b", "-100 -> /home"]);
    check_entry("openat", &[cwd, 0x9000, 0], &task(), &["0x9000 !14", "-100 -> /home"]);
    check_entry("rename", &[0x1000, 0x2000], &task(), &["0x1000 /a", "0x2000 b", "-100 -> /home"]);
    check_entry("rename", &[0x1000, 0x1000], &task(), &["0x1000 /a", "0x1000 /a"]);
    let task = || task().linking(Link::Fd(5), "/tmp");
    check_entry("openat", &[5, 0x2000, 0], &task(), &["0x2000 b", "5 -> /tmp"]);
    check_entry("renameat", &[5, 0x2000, cwd, 0x1000], &task(), &["0x2000 b", "0x1000 /a", "5 -> /tmp"]);
    // The target of a link is text.
    check_entry("symlink", &[0x2000, 0x1000], &task(), &["0x2000 b", "0x1000 /a"]);
}

#[test]
fn descriptors_are_asked_for_before_the_call_and_new_ones_after() {
    let task = || {
        let task = Task::holding(&[(0x1000, b"/a\0"), (0x2000, b"\x05\0\0\0\x06\0\0\0")]);
        task.linking(Link::Fd(5), "pipe:[1]").linking(Link::Fd(6), "pipe:[2]").linking(Link::Fd(3), "/A")
    };
    check_entry("close", &[5], &task(), &["5 -> pipe:[1]"]);
    check_entry("close", &[u64::MAX], &task(), &[]);
    check_entry("mmap", &[0, 1, 0, 0, u64::MAX, 0], &task(), &[]);
    check_exit("open", &[0x1000], 3, &task(), &task(), &["3 -> /A"]);
    check_exit("open", &[0x1000], -2, &task(), &task(), &[]);
    check_exit("fcntl", &[5, 0, 10], 6, &task(), &task(), &["6 -> pipe:[2]"]);
    check_exit("fcntl", &[5, 3], 3, &task(), &task(), &[]);
    let pipes = &["0x2000 \\x05\\x00\\x00\\x00\\x06\\x00\\x00\\x00", "5 -> pipe:[1]", "6 -> pipe:[2]"];
    check_exit("pipe2", &[0x2000, 0], 0, &task(), &task(), pipes);
}

#[test]
fn data_is_read_when_it_is_there_and_cut_at_the_limit() {
    let task = || Task::holding(&[(0x1000, b"0123456789")]);
    check_entry("write", &[1, 0x1000, 3], &task(), &["0x1000 012"]);
    check_entry("write", &[1, 0x1000, 10], &task(), &["0x1000 01234567..."]);
    check_entry("write", &[1, 0x1000, u64::MAX], &task(), &["0x1000 01234567..."]);
    check_entry("write", &[1, 0x1000, 0], &task(), &[]);
    check_entry("write", &[1, 0x1008, 5], &task(), &["0x1008 89!14"]);
    check_entry("write", &[1, 0x8, 5], &task(), &["0x8 !14"]);
    check_entry("read", &[1, 0x1000, 3], &task(), &[]);
    check_exit("write", &[1, 0x1000, 3], 3, &task(), &task(), &[]);
    check_exit("read", &[1, 0x1000, 9], 3, &task(), &task(), &["0x1000 012"]);
    check_exit("read", &[1, 0x1000, 9], -9, &task(), &task(), &[]);
    check_exit("read", &[1, 0x1000, 9], 0, &task(), &task(), &[]);
    // The size of a longer message is returned, and no more written than there was room for: MSG_TRUNC.
    check_exit("recvfrom", &[1, 0x1000, 4, 0x20, 0, 0], 9, &task(), &task(), &["0x1000 0123"]);
}

#[test]
fn argv_is_copied_and_the_environment_counted() {
    let (argv, envp) = (words(&[0x3000, 0x3002, 0]), words(&[0x3000, 0]));
    let task = Task::holding(&[(0x1000, b"/a\0"), (0x2000, &argv), (0x2100, &envp), (0x3000, b"x\0-y\0")]);
    let call = entered(syscalls::by_name("execve").unwrap(), &[0x1000, 0x2000, 0x2100], &task);
    let addresses: Vec<u64> = call.noted.captures.iter().map(|it| it.address).collect();
    assert_eq!(addresses, [0x1000, 0x2000, 0x3000, 0x3002, 0x2100]);
    assert_eq!(&call.noted.captures[1].bytes[..], &argv[..16]);
    assert_eq!(&call.noted.captures[3].bytes[..], b"-y");
    // Without an end: what could be read, and that no more could.
    let task = Task::holding(&[(0x1000, b"/a\0"), (0x20f8, &words(&[0x1000, 0x1000]))]);
    let call = entered(syscalls::by_name("execve").unwrap(), &[0x1000, 0x20f8, 0], &task);
    assert_eq!(
        (call.noted.captures[1].bytes.len(), call.noted.captures[1].end),
        (16, CaptureEnd::Unreadable(14))
    );
}

#[test]
fn no_program_makes_argv_long() {
    let pointers = words(&vec![0x8000; 3 * STRINGS]);
    let string = [b'x'; 9000];
    let task = Task::holding(&[(0x1_0000, &pointers), (0x8000, &string)]);
    let call = entered(syscalls::by_name("execve").unwrap(), &[0, 0x1_0000, 0], &task);
    assert!(
        call.noted.captures[0].end == CaptureEnd::Truncated
            && call.noted.captures[0].bytes.len() < 9 * STRINGS
    );
    let strings: usize = call.noted.captures[1..].iter().map(|it| it.bytes.len()).sum();
    assert!(strings <= STRING_BYTES, "{strings}");
}

#[test]
fn buffers_of_a_vector_are_followed_as_far_as_the_result() {
    let vector = words(&[0x2000, 3, 0x3000, 4]);
    let task = || Task::holding(&[(0x1000, &vector), (0x2000, b"abc"), (0x3000, b"defg")]);
    let array = format!("0x1000 {}", vector.escape_ascii());
    check_entry("writev", &[1, 0x1000, 2], &task(), &[&array, "0x2000 abc", "0x3000 defg"]);
    check_entry("readv", &[1, 0x1000, 2], &task(), &[&array]);
    check_entry("writev", &[1, 0x1000, u64::MAX], &task(), &[]);
    check_exit("readv", &[1, 0x1000, 2], 5, &task(), &task(), &["0x2000 abc", "0x3000 de"]);
    check_exit("readv", &[1, 0x1000, 2], 0, &task(), &task(), &[]);
    // The program has another thread write over the array meanwhile.
    let over = words(&[0x2001, 1, 0x3001, 1]);
    let after = Task::holding(&[(0x1000, &over), (0x2000, b"ABC"), (0x3000, b"DEFG")]);
    check_exit("readv", &[1, 0x1000, 2], 5, &task(), &after, &["0x2000 ABC", "0x3000 DE"]);
    let huge = vec![1; 1 << 20];
    let task = Task::holding(&[(0x1_0000, &huge)]);
    let call = entered(syscalls::by_name("writev").unwrap(), &[1, 0x1_0000, 0x7fff_ffff], &task);
    assert_eq!(
        (call.noted.captures[0].bytes.len(), call.noted.captures[0].end),
        (1024 * 16, CaptureEnd::Truncated)
    );
}

#[test]
fn a_socket_address_has_the_length_that_there_was_room_for() {
    let before = Task::holding(&[(0x1000, b"12345678"), (0x2000, &4u32.to_ne_bytes())]);
    let after = Task::holding(&[(0x1000, b"ABCDEFGH"), (0x2000, &16u32.to_ne_bytes())]);
    let length = "0x2000 \\x10\\x00\\x00\\x00";
    check_exit("getsockname", &[3, 0x1000, 0x2000], 0, &before, &after, &["0x1000 ABCD", length]);
    check_exit("getsockname", &[3, 0x1000, 0x2000], -9, &before, &after, &[]);
    check_entry("connect", &[3, 0x1000, 7], &before, &["0x1000 1234567"]);
    check_entry("connect", &[3, 0x1000, u64::MAX], &before, &["0x1000 12345678!14"]);
}

#[test]
fn a_structure_that_grows_is_as_long_as_it_says() {
    let task = Task::holding(&[(0x1000, b"/a\0"), (0x2000, &[7; 64])]);
    let how = |size| {
        let call = entered(syscalls::by_name("openat2").unwrap(), &[5, 0x1000, 0x2000, size], &task);
        call.noted.captures[1].bytes.len()
    };
    assert_eq!((how(8), how(24), how(64), how(u64::MAX)), (8, 24, 24, 24));
}

#[test]
fn what_is_left_of_a_sleep_is_there_when_it_was_interrupted() {
    let task = || Task::holding(&[(0x1000, &[1; 16]), (0x2000, &[2; 16])]);
    let left = format!("0x2000 {}", "\\x02".repeat(16));
    check_exit("nanosleep", &[0x1000, 0x2000], 0, &task(), &task(), &[]);
    check_exit("nanosleep", &[0x1000, 0x2000], -516, &task(), &task(), &[&left]);
    check_exit("clock_nanosleep", &[0, 1, 0x1000, 0x2000], -514, &task(), &task(), &[]);
    check_exit("clock_nanosleep", &[0, 0, 0x1000, 0x2000], -4, &task(), &task(), &[&left]);
    let status = "0x1000 \\x01\\x01\\x01\\x01";
    check_exit("wait4", &[7, 0x1000, 0, 0], 7, &task(), &task(), &[status]);
    check_exit("wait4", &[7, 0x1000, 1, 0], 0, &task(), &task(), &[]);
}

/// The table's row of sendmsg, with the structure's layout.
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

#[test]
fn messages_are_followed_to_what_they_point_to() {
    // Name and its length, vector and its length, control and its length, flags.
    let header = |name_len, control_len| words(&[0x2000, name_len, 0x3000, 1, 0x5000, control_len, 0]);
    let vector = words(&[0x4000, 4]);
    let task = |name_len, control_len| {
        Task::holding(&[
            (0x1000, &header(name_len, control_len)),
            (0x2000, b"address"),
            (0x3000, &vector),
            (0x4000, b"data"),
            (0x5000, b"control"),
        ])
    };
    let call = entered(&SENDMSG, &[3, 0x1000], &task(7, 7));
    let lines_of = |captures: &[Capture]| lines(captures, &[])[1..].to_vec();
    let vector = format!("0x3000 {}", vector.escape_ascii());
    assert_eq!(
        lines_of(&call.noted.captures),
        [vector.as_str(), "0x4000 data", "0x2000 address", "0x5000 control"]
    );
    let call = entered(&RECVMSG, &[3, 0x1000], &task(7, 7));
    assert_eq!(lines_of(&call.noted.captures), [vector.as_str()]);
    let call = RawCall { outcome: RawOutcome::Left(2), ..call };
    let captured = at_exit(Some(&RECVMSG), &call, &limits(), &task(100, 3));
    assert_eq!(lines_of(&captured.captures), ["0x4000 da", "0x2000 address", "0x5000 con"]);
}

#[test]
fn a_signal_set_is_read_where_a_structure_or_the_stack_leads_to_it() {
    let task = Task::holding(&[(0x1000, &words(&[0x2000, 8])), (0x2000, &[5; 8])]);
    let pack = format!("0x1000 {}", words(&[0x2000, 8]).escape_ascii());
    let set = format!("0x2000 {}", "\\x05".repeat(8));
    check_entry("pselect6", &[0, 0, 0, 0, 0, 0x1000], &task, &[&pack, &set]);
    let nowhere = Task::holding(&[(0x1000, &words(&[0, 8]))]);
    let pack = format!("0x1000 {}", words(&[0, 8]).escape_ascii());
    check_entry("pselect6", &[0, 0, 0, 0, 0, 0x1000], &nowhere, &[&pack]);
    let stack = Task::holding(&[(0x7000 + 296, &[6; 8])]);
    check_entry("rt_sigreturn", &[], &stack, &[&format!("0x7128 {}", "\\x06".repeat(8))]);
}

#[test]
fn what_clone3_leaves_is_copied_where_it_was_asked_for() {
    let arguments = |flags| words(&[flags, 0x2000, 0, 0x3000, 17, 0, 0, 0]);
    let leaves = |flags: u64, expected: &[&str]| {
        let task =
            Task::holding(&[(0x1000, &arguments(flags)), (0x2000, &[3, 0, 0, 0]), (0x3000, &[77, 0, 0, 0])]);
        let call = entered(syscalls::by_name("clone3").unwrap(), &[0x1000, 64], &task);
        let captured = left(&call, 77, &task);
        assert_eq!(lines(&captured.captures, &[])[1..], *expected);
    };
    let (pidfd, tid) = ("0x2000 \\x03\\x00\\x00\\x00", "0x3000 M\\x00\\x00\\x00");
    leaves(0, &[]);
    leaves(0x1000, &[pidfd]);
    leaves(0x10_1000, &[pidfd, tid]);
}

/// Whatever the registers and the memory are, there is an end, and it is near.
#[test]
fn every_row_bears_every_register() {
    let memory = vec![0xff; 1 << 16];
    let full = Task::holding(&[(0x1000, &memory)]);
    let zeros = vec![0; 1 << 16];
    let empty = Task::holding(&[(0x1000, &zeros)]);
    for row in syscalls::TABLE {
        for value in [0, 1, 0x1000, 0x1004, 0x7fff_ffff, 0xffff_ffff, 1 << 63, u64::MAX] {
            for task in [&full, &empty] {
                let call = entered(row, &[value; 6], task);
                for rax in [0, 1, -14, -516, i64::MAX, i64::MIN] {
                    let captured = left(&call, rax, task);
                    let bytes =
                        |captures: &[Capture]| captures.iter().map(|it| it.bytes.len()).sum::<usize>();
                    assert!(
                        bytes(&call.noted.captures) + bytes(&captured.captures) < 1 << 20,
                        "{}",
                        row.name
                    );
                }
            }
        }
    }
}

#[test]
fn a_list_of_requests_is_followed_to_what_they_ask_for() {
    let row = syscalls::by_name("io_submit").unwrap();
    let head = |operation: u64, fd: u64| words(&[0, 0, fd << 32 | operation, 0x666]);
    let list = words(&[0x2000, 0x3000, 0x4000]);
    let (first, second) = (head(1, 3), head(0, 3));
    let task = Task::holding(&[(0x1000, &list), (0x2000, &first), (0x3000, &second)]);
    let call = entered(row, &[0, 3, 0x1000], &task.linking(Link::Fd(3), "/d/f"));
    let captures: Vec<_> = call.noted.captures.iter().map(|it| (it.address, it.bytes.len())).collect();
    assert_eq!(captures, [(0x1000, 24), (0x2000, 24), (0x3000, 24), (0x4000, 0)]);
    assert_eq!(call.noted.files.len(), 1);
    // A number that the program gives is no number to allocate.
    assert!(entered(row, &[0, u64::MAX, 0x1000], &Task::default()).noted.captures[0].bytes.is_empty());
}

/// What is noted again at the exit of a call with this result.
#[track_caller]
fn check_again(call: &str, args: &[u64], rax: i64, before: &Task, after: &Task, expected: &[&str]) {
    let mut call = entered(syscalls::by_name(call).unwrap(), args, before);
    let written = left(&call, rax, after);
    call.noted.add(written.captures, written.files, Vec::new());
    call.outcome = RawOutcome::Left(rax);
    let again = super::again::at_exit_again(syscalls::by_number(call.number), &call, &limits(), after);
    assert!(again.captures.iter().all(|it| it.phase == Phase::Again));
    assert_eq!(lines(&again.captures, &again.files), expected);
}

#[test]
fn what_another_has_changed_is_kept_again() {
    let fd = |link| Task::holding(&[(0x1000, b"data")]).linking(Link::Fd(3), link);
    let write = |after: &Task, expected: &[&str]| {
        check_again("write", &[3, 0x1000, 4], 4, &fd("/a"), after, expected);
    };
    write(&fd("/b"), &["3 -> /b"]);
    write(&fd("/a"), &[]);
    write(&fd("/a (deleted)"), &[]);
    write(&Task::holding(&[(0x1000, b"else")]), &["3 -> "]);
    let path = |text: &[u8]| Task::holding(&[(0x1000, text)]);
    check_again("unlink", &[0x1000], 0, &path(b"/a\0"), &path(b"/ab\0"), &["0x1000 /ab"]);
    check_again("unlink", &[0x1000], 0, &path(b"/a\0"), &path(b"/a\0x"), &[]);
    check_again("connect", &[3, 0x1000, 2], 0, &path(b"\x02\x00"), &path(b"\x0a\x00"), &["0x1000 \\n\\x00"]);
    check_again(
        "nanosleep",
        &[0x1000, 0],
        0,
        &path(&[0; 16]),
        &path(&[1; 16]),
        &["0x1000 \\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01"],
    );
}

#[test]
fn structures_that_are_passed_are_looked_at_again_and_those_that_are_written_are_not() {
    let how = |flags: u64| Task::holding(&[(0x1000, &words(&[flags, 0, 0]))]);
    let (before, after) = (how(0), how(0x62));
    let changed = format!("0x1000 b{}", "\\x00".repeat(23));
    check_again("openat2", &[3, 0, 0x1000, 24], 4, &before, &after, &[&changed]);
    check_again("openat2", &[3, 0, 0x1000, 24], 4, &before, &before, &[]);
    // Those of poll(2) are written to.
    check_again("poll", &[0x1000, 3, 0], 1, &before, &after, &[]);
}

#[test]
fn the_address_of_a_message_is_looked_at_again() {
    let message = words(&[0x2000, 2, 0, 0, 0, 0, 0]);
    let holding = |name: &[u8]| Task::holding(&[(0x1000, &message), (0x2000, name)]);
    let several = [message.clone(), words(&[0])].concat();
    let sent = [message.clone(), words(&[7])].concat();
    let sending = |all: &[u8], name: &[u8]| Task::holding(&[(0x1000, all), (0x2000, name)]);
    check_again("sendmsg", &[3, 0x1000, 0], 1, &holding(b"ab"), &holding(b"cd"), &["0x2000 cd"]);
    // That a message was sent is noted by the kernel.
    let (before, after) = (sending(&several, b"ab"), sending(&sent, b"cd"));
    check_again("sendmmsg", &[3, 0x1000, 1, 0], 1, &before, &after, &["0x2000 cd"]);
    check_again("recvmsg", &[3, 0x1000, 0], 1, &holding(b"ab"), &holding(b"cd"), &[]);
}

#[test]
fn what_the_call_itself_changes_is_not_kept_again() {
    let open = |fd, link| Task::default().linking(Link::Fd(fd), link);
    check_again("close", &[3], 0, &open(3, "/a"), &Task::default(), &[]);
    check_again("dup2", &[3, 4], 4, &open(4, "/a"), &open(4, "/b"), &[]);
    check_again("dup3", &[3, 4, 0], 4, &open(3, "/a"), &open(3, "/b"), &["3 -> /b"]);
    // readlink(2), into the buffer with the path.
    let link = |text: &[u8]| Task::holding(&[(0x1000, text)]);
    check_again("readlink", &[0x1000, 0x1000, 8], 2, &link(b"/a\0"), &link(b"/b\0"), &[]);
    check_again("execve", &[0x1000, 0, 0], 0, &link(b"/a\0"), &Task::default(), &[]);
    check_again("execve", &[0x1000, 0, 0], -2, &link(b"/a\0"), &link(b"/b\0"), &["0x1000 /b"]);
}
