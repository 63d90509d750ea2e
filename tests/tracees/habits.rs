//! Good habits and bad ones: each pair does the same, and one of the two does it right. `habits GOOD-OR-BAD DIRECTORY`.

use std::ffi::{c_char, c_int, c_long};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::fd::{AsRawFd as _, FromRawFd as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn sendfile(to: c_int, from: c_int, offset: *mut i64, len: usize) -> isize;
    fn _exit(status: c_int) -> !;
    fn mmap(address: *mut u8, len: usize, prot: c_int, flags: c_int, fd: c_int, offset: i64) -> *mut u8;
    fn write(fd: c_int, bytes: *const c_char, len: usize) -> isize;
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let dir = Path::new(&args[2]);
    match args[1].as_str() {
        "sendfile" => serve(dir, true),
        "read_and_write" => serve(dir, false),
        "publish" => publish(dir, true),
        "publish_unsynced" => publish(dir, false),
        "beneath" => open_beneath(dir, 8),
        "anywhere" => open_beneath(dir, 0),
        "marked" => marked(dir, true),
        "marked_writing" => marked(dir, false),
        "write_once" => _ = unsafe { write(1, c"contents\n".as_ptr(), 9) },
        "droppable" => map(8 | 0x20),
        "private" => map(2 | 0x20),
        "flip" => flip(true),
        "alternate" => flip(false),
        "chroot" => in_a_root(dir),
        "chroot_and_wait" => wait_in_a_root(dir),
        "tidy" => drop(File::open(dir.join("x")).unwrap()),
        "leak" => std::mem::forget(File::open(dir.join("x")).unwrap()),
        "leak_killed" => {
            std::mem::forget(File::open(dir.join("x")).unwrap());
            std::process::abort();
        }
        other => panic!("no habit {other}"),
    }
}

/// Sends a file through a socket.
fn serve(dir: &Path, by_sendfile: bool) {
    let (mut near, mut far) = UnixStream::pair().unwrap();
    let mut file = File::open(dir.join("x")).unwrap();
    if by_sendfile {
        let sent = unsafe { sendfile(near.as_raw_fd(), file.as_raw_fd(), std::ptr::null_mut(), 100) };
        assert_eq!(sent, 9);
    } else {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        near.write_all(&bytes).unwrap();
    }
    drop(near);
    far.read_to_end(&mut Vec::new()).unwrap();
}

/// A new name for a file, and then a line in the journal that says so.
fn publish(dir: &Path, synced: bool) {
    fs::hard_link(dir.join("x"), dir.join("y")).unwrap();
    if synced {
        File::open(dir).unwrap().sync_all().unwrap();
    }
    fs::write(dir.join("journal"), "y\n").unwrap();
    if !synced {
        File::open(dir).unwrap().sync_all().unwrap();
    }
}

/// openat2(2) with these bits of `resolve`.
fn open_beneath(dir: &Path, resolve: u64) {
    let how: [u64; 3] = [0, 0, resolve];
    let dir = File::open(dir).unwrap();
    let fd = dir.as_raw_fd();
    assert!(unsafe { syscall(437, fd, c"x".as_ptr(), how.as_ptr(), 24usize) } >= 0);
}

/// Between two marks it reads, or writes too.
fn marked(dir: &Path, only_reads: bool) {
    fs::write(dir.join("before"), "").unwrap();
    mark("start");
    fs::read(dir.join("x")).unwrap();
    if !only_reads {
        fs::write(dir.join("within"), "").unwrap();
    }
    mark("stop");
}

/// Opens what a buffer holds, which is now one path and now another: changed between the calls, or by another thread at any time.
fn flip(by_a_thread: bool) {
    let mut buffer = *b"/etc/hostname\0";
    let address = buffer.as_mut_ptr() as usize;
    let write = move |text: &[u8; 14]| unsafe { std::ptr::copy(text.as_ptr(), address as *mut u8, 14) };
    if by_a_thread {
        std::thread::spawn(move || {
            loop {
                write(b"/etc/hostname\0");
                write(b"/etc/nonexist\0");
            }
        });
    }
    for round in 0..1000 {
        if !by_a_thread {
            write(if round % 2 == 0 { b"/etc/hostname\0" } else { b"/etc/nonexist\0" });
        }
        let fd = unsafe { syscall(257, -100, address, 0, 0) };
        if fd >= 0 {
            drop(unsafe { std::os::fd::OwnedFd::from_raw_fd(fd as c_int) });
        }
    }
    unsafe { _exit(0) };
}

/// With the directory as its root: reads, writes, removes and misses files.
fn in_a_root(dir: &Path) {
    std::os::unix::fs::chroot(dir).unwrap();
    fs::read("/x").unwrap();
    fs::write("/y", "").unwrap();
    fs::rename("/y", "/z").unwrap();
    fs::remove_file("/z").unwrap();
    assert!(File::open("/etc/shadow").is_err());
    std::env::set_current_dir("/").unwrap();
    assert!(fs::read("x").unwrap() == b"contents\n");
    println!("it is there");
}

/// With the directory as its root: removes a file, and waits.
fn wait_in_a_root(dir: &Path) {
    std::os::unix::fs::chroot(dir).unwrap();
    fs::remove_file("/x").unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1000));
}

/// Memory with these flags, `MAP_DROPPABLE` among them where it is for random numbers. See mmap(2).
fn map(flags: c_int) {
    let address = unsafe { mmap(std::ptr::null_mut(), 4096, 3, flags, -1, 0) };
    println!("{}", if address as isize == -1 { "no such memory" } else { "mapped" });
}

fn mark(name: &str) {
    let text = format!("expect-syscalls:{name}");
    unsafe { write(-1, text.as_ptr().cast(), text.len()) };
}
