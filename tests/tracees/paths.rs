//! Reaches one file by many names, and does to files whatever can be done.

use std::ffi::{CString, c_char, c_int, c_long};
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

unsafe extern "C" {
    fn openat(dirfd: c_int, path: *const c_char, flags: c_int, ...) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
}

fn main() {
    let args: Vec<_> = std::env::args_os().collect();
    let dir = Path::new(&args[2]);
    match args[1].to_str() {
        Some("spellings") => spellings(dir),
        Some("effects") => effects(dir),
        Some("ring") => ring(),
        Some("copy") => copy(),
        Some("submit") => submit(Request { operation: 1, fd: 0, ..Request::default() }),
        Some("submit_reads") => submit(Request { operation: 0, fd: 0, ..Request::default() }),
        Some("save_by_requests") => save_by_requests(dir),
        other => panic!("no such case: {other:?}"),
    }
}

/// Ten ways to open DIR/file, which exists.
fn spellings(dir: &Path) {
    const AT_FDCWD: c_int = -100;
    let handle = File::open(dir).expect("the directory");
    let inner = dir.join("inner");
    fs::create_dir(&inner).expect("it is new");
    std::os::unix::fs::symlink("../file", inner.join("link")).expect("it is new");
    let fd = handle.as_raw_fd();
    let absolute = |tail: &str| dir.join(tail).into_os_string();
    open(AT_FDCWD, absolute("file").as_bytes());
    open(AT_FDCWD, absolute("inner/../file").as_bytes());
    open(AT_FDCWD, absolute("./file").as_bytes());
    open(AT_FDCWD, absolute(".//file").as_bytes());
    open(AT_FDCWD, absolute("inner/link").as_bytes());
    open(AT_FDCWD, format!("/proc/self/fd/{fd}/file").as_bytes());
    open(fd, b"file");
    open(fd, b"inner/link");
    std::env::set_current_dir(&inner).expect("it is there");
    open(AT_FDCWD, b"../file");
    open(AT_FDCWD, b"/proc/self/cwd/../file");
}

fn open(dirfd: c_int, path: &[u8]) {
    let path = CString::new(path).expect("no NUL");
    let fd = unsafe { openat(dirfd, path.as_ptr(), 0) };
    println!("{}", fd >= 0);
}

fn effects(dir: &Path) {
    let path = |name: &str| dir.join(name);
    let mut text = String::new();
    File::open(path("read")).and_then(|mut file| file.read_to_string(&mut text)).expect("it is there");
    fs::write(path("new"), "new").expect("written");
    OpenOptions::new()
        .append(true)
        .open(path("old"))
        .and_then(|mut file| file.write_all(b"more"))
        .expect("written");
    fs::rename(path("new"), path("renamed")).expect("renamed");
    fs::create_dir(path("directory")).expect("made");
    fs::remove_dir(path("directory")).expect("removed");
    fs::hard_link(path("old"), path("other name")).expect("linked");
    fs::remove_file(path("other name")).expect("removed");
    assert!(fs::remove_file(path("nothing")).is_err());
    println!("{text}");
}

/// Sets up an io_uring, if it may.
fn ring() {
    const SYS_IO_URING_SETUP: c_long = 425;
    let mut params = [0u32; 30];
    match unsafe { syscall(SYS_IO_URING_SETUP, 4, params.as_mut_ptr()) } {
        -1 => println!("{}", std::io::Error::last_os_error()),
        _ => println!("a ring"),
    }
}

/// `struct iocb` of io_submit(2).
#[repr(C)]
#[derive(Default)]
struct Request {
    data: u64,
    key: u32,
    flags: u32,
    operation: u16,
    priority: i16,
    fd: c_int,
    buffer: u64,
    len: u64,
    offset: i64,
    rest: [u64; 2],
}

/// Has the kernel do it, on eight bytes.
fn submit(mut request: Request) {
    const SYS_IO_SETUP: c_long = 206;
    const SYS_IO_GETEVENTS: c_long = 208;
    const SYS_IO_SUBMIT: c_long = 209;
    let (mut context, mut bytes, mut event) = (0_u64, *b"contents", [0_u64; 4]);
    if request.operation < 2 {
        (request.buffer, request.len) = (bytes.as_mut_ptr() as u64, 8);
    }
    let list = [&raw const request];
    unsafe {
        if syscall(SYS_IO_SETUP, 1, &raw mut context) != 0 {
            return println!("{}", std::io::Error::last_os_error());
        }
        assert_eq!(syscall(SYS_IO_SUBMIT, context, 1_u64, list.as_ptr()), 1);
        assert_eq!(syscall(SYS_IO_GETEVENTS, context, 1_u64, 1_u64, event.as_mut_ptr(), 0_u64), 1);
    }
    println!("{}", event[2] as i64);
}

/// Writes and syncs DIR/new, and renames it.
fn save_by_requests(dir: &Path) {
    let file = File::create(dir.join("new")).expect("made");
    submit(Request { operation: 1, fd: file.as_raw_fd(), ..Request::default() });
    submit(Request { operation: 2, fd: file.as_raw_fd(), ..Request::default() });
    fs::rename(dir.join("new"), dir.join("saved")).expect("renamed");
}

/// Copies stdin to stdout, whatever they are.
fn copy() {
    let mut bytes = [0; 64];
    let count = std::io::stdin().read(&mut bytes).expect("stdin");
    std::io::stdout().write_all(&bytes[..count]).expect("stdout");
}
