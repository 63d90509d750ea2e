//! Descriptors that come by other ways than opening. `passing CASE DIRECTORY`, where the directory has a file `x`.

use std::ffi::{c_int, c_long, c_void};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::UdpSocket;
use std::os::fd::{AsRawFd as _, FromRawFd as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn fork() -> c_int;
    fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn _exit(status: c_int) -> !;
    fn sendmsg(socket: c_int, message: *const Message, flags: c_int) -> isize;
    fn recvmsg(socket: c_int, message: *mut Message, flags: c_int) -> isize;
    fn send(socket: c_int, bytes: *const c_void, len: usize, flags: c_int) -> isize;
    fn fcntl(fd: c_int, command: c_int, ...) -> c_int;
    fn dup(fd: c_int) -> c_int;
    fn dup2(from: c_int, to: c_int) -> c_int;
    fn dup3(from: c_int, to: c_int, flags: c_int) -> c_int;
    fn close(fd: c_int) -> c_int;
}

const SYS_CLONE: c_long = 56;
const SYS_PIDFD_OPEN: c_long = 434;
const SYS_CLOSE_RANGE: c_long = 436;
const SYS_PIDFD_GETFD: c_long = 438;
const CLONE_FILES: c_long = 0x400;
const SIGCHLD: c_long = 17;
const F_DUPFD: c_int = 0;
const F_DUPFD_CLOEXEC: c_int = 1030;

/// `struct msghdr` of recvmsg(2).
#[repr(C)]
struct Message {
    name: *const c_void,
    name_len: u64,
    vectors: *const Vector,
    vectors_len: usize,
    control: *mut Control,
    control_len: usize,
    flags: c_int,
}

#[repr(C)]
struct Vector {
    base: *mut u8,
    len: usize,
}

/// A control message with one descriptor. See cmsg(3).
#[repr(C)]
struct Control {
    len: usize,
    level: c_int,
    kind: c_int,
    fd: c_int,
    padding: c_int,
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let dir = Path::new(&args[2]);
    match args[1].as_str() {
        // What is its stdout, over what is its stdin.
        "send" => pass(0, 1),
        "receive_and_read" => read(receive(0)),
        "receive_and_write" => File::write_all(&mut unsafe { File::from_raw_fd(receive(0)) }, b"x").unwrap(),
        "receive_and_send" => assert_eq!(unsafe { send(receive(0), b"x".as_ptr().cast(), 1, 0) }, 1),
        "receive" => drop(unsafe { File::from_raw_fd(receive(0)) }),
        "hand_over" => hand_over(dir),
        "hand_over_socket" => hand_over_socket(),
        "keep_at_exec" => exec_with(dir, 0),
        "close_at_exec" => exec_with(dir, 1),
        "fetch" => fetch(dir),
        "duplicate" => duplicate(dir),
        "close_range" => close_range(dir, 0),
        "close_range_at_exec" => close_range(dir, 4),
        "close_shared" => close_in_child(dir, CLONE_FILES),
        "close_copy" => close_in_child(dir, 0),
        "close_in_thread" => close_in_thread(dir),
        other => panic!("no such case: {other:?}"),
    }
}

fn pass(socket: c_int, fd: c_int) {
    let mut byte = 0;
    let vector = Vector { base: &mut byte, len: 1 };
    let mut control = Control { len: 20, level: 1, kind: 1, fd, padding: 0 };
    let message = message(&vector, &mut control);
    assert_eq!(unsafe { sendmsg(socket, &message, 0) }, 1);
}

fn receive(socket: c_int) -> c_int {
    let mut byte = 0;
    let vector = Vector { base: &mut byte, len: 1 };
    let mut control = Control { len: 0, level: 0, kind: 0, fd: -1, padding: 0 };
    let mut message = message(&vector, &mut control);
    assert_eq!(unsafe { recvmsg(socket, &mut message, 0) }, 1);
    assert!(control.fd >= 0);
    control.fd
}

fn message(vector: &Vector, control: &mut Control) -> Message {
    let control_len = size_of::<Control>();
    let name = std::ptr::null();
    Message { name, name_len: 0, vectors: vector, vectors_len: 1, control, control_len, flags: 0 }
}

fn read(fd: c_int) {
    let mut text = [0; 64];
    let count = unsafe { File::from_raw_fd(fd) }.read(&mut text).unwrap();
    println!("{}", String::from_utf8_lossy(&text[..count]).trim_end());
}

/// A child opens the file and hands it over.
fn hand_over(dir: &Path) {
    let (near, far) = UnixStream::pair().unwrap();
    in_child(0, || {
        let file = File::open(dir.join("x")).unwrap();
        pass(far.as_raw_fd(), file.as_raw_fd());
    });
    read(receive(near.as_raw_fd()));
}

/// A child makes a socket and hands it over.
fn hand_over_socket() {
    let (near, far) = UnixStream::pair().unwrap();
    in_child(0, || {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(socket.local_addr().unwrap()).unwrap();
        pass(far.as_raw_fd(), socket.as_raw_fd());
    });
    assert_eq!(unsafe { send(receive(near.as_raw_fd()), b"x".as_ptr().cast(), 1, 0) }, 1);
}

/// Runs another program with an open file, which has a duplicate that is closed then. The flag is FD_CLOEXEC.
fn exec_with(dir: &Path, flag: c_int) {
    use std::os::unix::process::CommandExt as _;
    let file = File::open(dir.join("x")).unwrap();
    unsafe { fcntl(file.as_raw_fd(), F_DUPFD_CLOEXEC, 20) };
    unsafe { fcntl(file.as_raw_fd(), 2, flag) };
    panic!("{}", std::process::Command::new("true").exec());
}

/// Takes a descriptor out of a child that has opened a file.
fn fetch(dir: &Path) {
    let (mut near, mut far) = UnixStream::pair().unwrap();
    let child = unsafe { fork() };
    if child == 0 {
        let file = File::open(dir.join("x")).unwrap();
        far.write_all(&[file.as_raw_fd() as u8]).unwrap();
        far.read_exact(&mut [0]).unwrap();
        unsafe { _exit(0) };
    }
    let mut number = [0];
    near.read_exact(&mut number).unwrap();
    let process = unsafe { syscall(SYS_PIDFD_OPEN, child, 0) };
    let fd = unsafe { syscall(SYS_PIDFD_GETFD, process, c_int::from(number[0]), 0) };
    assert!(fd >= 0, "{}", std::io::Error::last_os_error());
    read(fd as c_int);
    near.write_all(&[0]).unwrap();
    unsafe { waitpid(child, std::ptr::null_mut(), 0) };
}

/// Writes through every sort of duplicate, and closes all but one.
fn duplicate(dir: &Path) {
    let file = File::create(dir.join("out")).unwrap();
    let fd = file.as_raw_fd();
    let all = unsafe {
        [dup(fd), fcntl(fd, F_DUPFD, 20), fcntl(fd, F_DUPFD_CLOEXEC, 30), dup2(fd, 40), dup3(fd, 50, 0)]
    };
    for fd in all {
        assert_eq!(unsafe { syscall(1, fd, b"x".as_ptr(), 1usize) }, 1);
    }
    all[1..].iter().for_each(|fd| assert_eq!(unsafe { close(*fd) }, 0));
}

/// Leaves two files to close_range(2), and runs another program.
fn close_range(dir: &Path, flags: c_int) {
    for _ in 0..2 {
        let file = File::open(dir.join("x")).unwrap();
        unsafe { fcntl(file.as_raw_fd(), 2, 0) };
        std::mem::forget(file);
    }
    assert_eq!(unsafe { syscall(SYS_CLOSE_RANGE, 3, u32::MAX, flags) }, 0);
    use std::os::unix::process::CommandExt as _;
    panic!("{}", std::process::Command::new("true").exec());
}

/// A child closes the file: its parent's too where they share their table.
fn close_in_child(dir: &Path, flags: c_long) {
    let file = File::open(dir.join("x")).unwrap();
    let fd = file.as_raw_fd();
    std::mem::forget(file);
    in_child(flags, || assert_eq!(unsafe { close(fd) }, 0));
}

fn close_in_thread(dir: &Path) {
    let file = File::open(dir.join("x")).unwrap();
    std::thread::spawn(move || drop(file)).join().unwrap();
}

fn in_child(flags: c_long, act: impl FnOnce()) {
    let child = unsafe { syscall(SYS_CLONE, flags | SIGCHLD, 0, 0, 0, 0) };
    if child == 0 {
        act();
        unsafe { _exit(0) };
    }
    let mut status = 0;
    unsafe { waitpid(child as c_int, &mut status, 0) };
    assert_eq!(status, 0);
}
