//! Calls that give no descriptor for their path, one for each argument: `links "unlink a/b" "rename a b"`. Says of each how it went.

use std::ffi::{CString, c_char, c_int, c_long};
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd as _, IntoRawFd as _};
use std::os::unix::fs as unix;
use std::os::unix::net::{UnixListener, UnixStream};

unsafe extern "C" {
    fn truncate(path: *const c_char, length: c_long) -> c_int;
    fn chmod(path: *const c_char, mode: u32) -> c_int;
    fn unlinkat(dirfd: c_int, path: *const c_char, flags: c_int) -> c_int;
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
            unsafe extern "C" {
                fn dup2(old: c_int, new: c_int) -> c_int;
            }
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
        ["chdir", path] => std::env::set_current_dir(path),
        ["chroot", path] => unix::chroot(path),
        ["bind", path] => UnixListener::bind(path).map(|socket| _ = socket.into_raw_fd()),
        ["connect", path] => UnixStream::connect(path).map(drop),
        _ => panic!("no such step: {words:?}"),
    }
}

fn text(path: &str) -> CString {
    CString::new(path).expect("no NUL")
}

fn checked(result: c_int) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
