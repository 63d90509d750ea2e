//! Calls that give no descriptor for their path, one for each argument: `links "unlink a/b" "rename a b"`. Says of each how it went.

use std::ffi::{CString, c_char, c_int, c_long};
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd as _, IntoRawFd as _};
use std::os::unix::fs as unix;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};

unsafe extern "C" {
    fn truncate(path: *const c_char, length: c_long) -> c_int;
    fn chmod(path: *const c_char, mode: u32) -> c_int;
    fn unlinkat(dirfd: c_int, path: *const c_char, flags: c_int) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    fn mmap(address: *mut u8, len: usize, prot: c_int, flags: c_int, fd: c_int, offset: i64) -> *mut u8;
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn ioctl(fd: c_int, request: u64, argument: *mut c_long) -> c_int;
    fn fchmod(fd: c_int, mode: u32) -> c_int;
    fn dup2(old: c_int, new: c_int) -> c_int;
    fn linkat(from: c_int, old: *const c_char, to: c_int, new: *const c_char, flags: c_int) -> c_int;
}

fn main() {
    for step in std::env::args().skip(1) {
        let words: Vec<&str> = step.split(' ').collect();
        match perform(&words) {
            Ok(()) => println!("{}: done", words[0]),
            Err(error) => println!("{}: {error}", words[0]),
        }
    }
}

fn perform(words: &[&str]) -> io::Result<()> {
    match *words {
        ["unlink", path] => fs::remove_file(path),
        ["rmdir", path] => fs::remove_dir(path),
        ["mkdir", path] => fs::create_dir(path),
        ["rename", from, to] => fs::rename(from, to),
        ["link", from, to] => fs::hard_link(from, to),
        ["symlink", target, path] => unix::symlink(target, path),
        ["truncate", path] => checked(unsafe { truncate(text(path).as_ptr(), 1) }),
        ["chmod", path] => checked(unsafe { chmod(text(path).as_ptr(), 0o600) }),
        ["stat", path] => fs::metadata(path).map(drop),
        ["lstat", path] => fs::symlink_metadata(path).map(drop),
        ["open", path] => File::open(path).map(drop),
        // As descriptor 9, which stays open.
        ["hold", path] => {
            let file = File::open(path)?;
            checked(unsafe { dup2(file.as_raw_fd(), 9) })
        }
        ["unlinkat", directory, path] => {
            let directory = File::open(directory)?;
            checked(unsafe { unlinkat(directory.as_raw_fd(), text(path).as_ptr(), 0) })
        }
        // Gives the file behind a link another name.
        ["linkat", from, to] => {
            checked(unsafe { linkat(-100, text(from).as_ptr(), -100, text(to).as_ptr(), 0x400) })
        }
        // What it has inherited as stdin.
        ["write_by_mapping"] => {
            let address = unsafe { mmap(std::ptr::null_mut(), 1, 3, 1, 0, 0) };
            checked(if address as isize == -1 { -1 } else { 0 })?;
            unsafe { address.write_volatile(b'X') };
            Ok(())
        }
        ["read_by_mapping"] => {
            let address = unsafe { mmap(std::ptr::null_mut(), 1, 1, 2, 0, 0) };
            checked(if address as isize == -1 { -1 } else { 0 })
        }
        ["copy_to_stdin"] => checked(unsafe { syscall(326, 9, 0usize, 0, 0usize, 4usize, 0) } as c_int),
        // What is opened for reading only, or not at all, is changed.
        ["empty", path] => checked(unsafe { open(text(path).as_ptr(), 0o1200) }),
        ["fchmod", path] => checked(unsafe { fchmod(File::open(path)?.as_raw_fd(), 0o640) }),
        ["flags", path] => {
            let (file, mut flags) = (File::open(path)?, 0);
            checked(unsafe { ioctl(file.as_raw_fd(), 0x8008_6601, &mut flags) })?;
            checked(unsafe { ioctl(file.as_raw_fd(), 0x4008_6602, &mut flags) })
        }
        ["create2", path] => {
            let how: [u64; 3] = [0o101, 0o600, 0];
            checked(unsafe { syscall(437, -100, text(path).as_ptr(), how.as_ptr(), 24usize) } as c_int)
        }
        ["exchange", one, other] => {
            let (one, other) = (text(one), text(other));
            checked(unsafe { syscall(316, -100, one.as_ptr(), -100, other.as_ptr(), 2) } as c_int)
        }
        // Without a name, and then with one.
        ["tmpfile", directory, path] => {
            let fd = unsafe { open(text(directory).as_ptr(), 0o20_200_001, 0o600) };
            checked(fd)?;
            let from = text(&format!("/proc/self/fd/{fd}"));
            checked(unsafe { linkat(-100, from.as_ptr(), -100, text(path).as_ptr(), 0x400) })
        }
        ["chdir", path] => std::env::set_current_dir(path),
        ["chroot", path] => unix::chroot(path),
        ["bind", path] => UnixListener::bind(path).map(|socket| _ = socket.into_raw_fd()),
        ["connect", path] => UnixStream::connect(path).map(drop),
        // To a socket that takes none: tried it is.
        ["sendmsg", path] => {
            let (socket, path) = (UnixDatagram::unbound()?, text(path));
            let address = [&1u16.to_ne_bytes()[..], path.as_bytes_with_nul()].concat();
            let message = [address.as_ptr() as usize, address.len(), 0, 0, 0, 0, 0];
            checked(unsafe { syscall(46, socket.as_raw_fd(), message.as_ptr(), 0) } as c_int)
        }
        _ => panic!("no such step: {words:?}"),
    }
}

fn text(path: &str) -> CString {
    CString::new(path).expect("no NUL")
}

fn checked(result: c_int) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
