//! Has memory of which a page comes from another task: by userfaultfd(2), and from a file system that it serves itself, by the protocol of
//! fuse(4).

use std::ffi::{CString, c_char, c_int, c_long, c_ulong, c_void};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsRawFd as _, FromRawFd as _};
use std::process::{Command, exit};
use std::ptr::null_mut;

unsafe extern "C" {
    fn mmap(address: *mut c_void, len: usize, prot: c_int, flags: c_int, fd: c_int, offset: i64) -> *mut u8;
    fn madvise(address: *mut c_void, len: usize, advice: c_int) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    fn ioctl(fd: c_int, request: c_ulong, ...) -> c_int;
    fn fork() -> c_int;
    fn kill(pid: c_int, signal: c_int) -> c_int;
    fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn mount(
        from: *const c_char,
        to: *const c_char,
        kind: *const c_char,
        flags: c_ulong,
        data: *const c_char,
    ) -> c_int;
}

const PAGE: usize = 4096;
const MADV_RANDOM: c_int = 1;
const SYS_WRITE: c_long = 1;
const SYS_ACCESS: c_long = 21;
const SYS_USERFAULTFD: c_long = 323;
const USERFAULTFD_IOC_NEW: c_ulong = 0xaa00;
const UFFD_API: u64 = 0xaa;
const UFFDIO_API: c_ulong = 0xc018_aa3f;
const UFFDIO_REGISTER: c_ulong = 0xc020_aa00;
const UFFDIO_COPY: c_ulong = 0xc028_aa03;
const UFFDIO_REGISTER_MODE_MISSING: u64 = 1;
/// What the machine does not permit.
const IMPOSSIBLE: i32 = 77;

/// In the middle of what nobody else touches, so that the page is read when the call is made.
const ROOM: usize = 1 << 20;
static FAR: Far = Far { _before: [1; ROOM], path: *b"/etc/hostname\0", _after: [1; ROOM] };

#[repr(C, align(4096))]
struct Far {
    _before: [u8; ROOM],
    path: [u8; 14],
    _after: [u8; ROOM],
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args[1].as_str() {
        "fault" => fault(possible(unsafe { syscall(SYS_USERFAULTFD, 0) })),
        "fault_by_stdin" => fault(possible(c_long::from(unsafe { ioctl(0, USERFAULTFD_IOC_NEW, 0) }))),
        "exec" => executes(&args[2]),
        "map" => maps(&args[2]),
        "say" => say(),
        other => panic!("no such case: {other:?}"),
    }
}

fn possible(result: c_long) -> c_int {
    if result < 0 {
        eprintln!("{}", std::io::Error::last_os_error());
        exit(IMPOSSIBLE);
    }
    result as c_int
}

/// Writes a page that another process supplies.
fn fault(faults: c_int) {
    let page = unsafe { mmap(null_mut(), PAGE, 3, 0x22, -1, 0) };
    let mut api = [UFFD_API, 0, 0];
    possible(c_long::from(unsafe { ioctl(faults, UFFDIO_API, &mut api) }));
    let mut register = [page as u64, PAGE as u64, UFFDIO_REGISTER_MODE_MISSING, 0];
    possible(c_long::from(unsafe { ioctl(faults, UFFDIO_REGISTER, &mut register) }));
    let handler = unsafe { fork() };
    if handler == 0 {
        supply(unsafe { File::from_raw_fd(faults) }, page);
    }
    let written = unsafe { syscall(SYS_WRITE, 1, page, 9) };
    unsafe { waitpid(handler, null_mut(), 0) };
    exit(i32::from(written != 9));
}

/// What the page has, once somebody asks: struct uffd_msg is read.
fn supply(mut faults: File, page: *mut u8) -> ! {
    let mut supplied = [b'.'; PAGE];
    supplied[..9].copy_from_slice(b"supplied\n");
    let read = faults.read(&mut [0; 32]);
    let mut copy = [page as u64, supplied.as_ptr() as u64, PAGE as u64, 0, 0];
    unsafe { ioctl(faults.as_raw_fd(), UFFDIO_COPY, &mut copy) };
    exit(i32::from(read.is_err()))
}

/// Executes itself, from a file system that it serves.
fn executes(dir: &str) {
    let own = std::fs::read("/proc/self/exe").expect("the program");
    let server = serve(dir, own);
    let status = Command::new(format!("{dir}/f")).arg("say").status().expect("it runs");
    unsafe { kill(server, 9) };
    exit(status.code().unwrap_or(1));
}

fn say() {
    let found = unsafe { syscall(SYS_ACCESS, FAR.path.as_ptr(), 0) };
    println!("executed {found}");
}

/// Writes a page of a file that it serves.
fn maps(dir: &str) {
    const SIZE: usize = 8 << 20;
    let server = serve(dir, vec![b'h'; SIZE]);
    let file = File::open(format!("{dir}/f")).expect("the file");
    let map = unsafe { mmap(null_mut(), SIZE, 1, 1, file.as_raw_fd(), 0) };
    unsafe { madvise(map.cast(), SIZE, MADV_RANDOM) };
    let written = unsafe { syscall(SYS_WRITE, 1, map.add(SIZE / 2), 4) };
    unsafe { kill(server, 9) };
    exit(i32::from(written != 4));
}

/// Mounts a file system with one file `f`, of which nothing may be kept in the cache: the process that serves it.
fn serve(dir: &str, content: Vec<u8>) -> c_int {
    let device = File::options().read(true).write(true).open("/dev/fuse");
    let Ok(device) = device else { exit(IMPOSSIBLE) };
    let data = format!("fd={},rootmode=40000,user_id=0,group_id=0", device.as_raw_fd());
    let (dir, data) = (CString::new(dir).expect("no NUL"), CString::new(data).expect("no NUL"));
    let kind = c"fuse".as_ptr();
    possible(c_long::from(unsafe { mount(kind, dir.as_ptr(), kind, 0, data.as_ptr()) }));
    match unsafe { fork() } {
        0 => answer(device, &content),
        server => server,
    }
}

fn answer(mut device: File, content: &[u8]) -> ! {
    let mut request = vec![0; 1 << 17];
    while device.read(&mut request).is_ok() {
        let word = |at: usize| u64::from_ne_bytes(request[at..at + 8].try_into().expect("eight bytes"));
        let (operation, unique, node) = ((word(0) >> 32) as u32, word(8), word(16));
        let (error, body) = match operation {
            // FUSE_FORGET, FUSE_INTERRUPT and FUSE_BATCH_FORGET have no answer.
            2 | 36 | 42 => continue,
            // FUSE_LOOKUP
            1 if request[40..].starts_with(b"f\0") => {
                (0, [bytes(&[2, 0, 0, 0, 0]), attributes(2, content.len())].concat())
            }
            1 => (-2, Vec::new()),
            // FUSE_GETATTR
            3 => (0, [bytes(&[0, 0]), attributes(node, content.len())].concat()),
            // FUSE_OPEN
            14 => (0, bytes(&[0, 0])),
            // FUSE_READ
            15 => {
                let start = (word(48) as usize).min(content.len());
                let end = (start + word(56) as u32 as usize).min(content.len());
                (0, content[start..end].to_vec())
            }
            // FUSE_GETXATTR: there is none.
            22 => (-61, Vec::new()),
            // FUSE_RELEASE, FUSE_FLUSH
            18 | 25 => (0, Vec::new()),
            // FUSE_INIT: version 7.31, read ahead and write a page at a time.
            26 => (0, bytes(&[31 << 32 | 7, PAGE as u64, (PAGE as u64) << 32, 1, 0, 0, 0, 0])),
            _ => (-38, Vec::new()),
        };
        let head = (16 + body.len() as u64) | (i64::from(error) as u64) << 32;
        let answer = [bytes(&[head, unique]), body].concat();
        let _ = device.write(&answer);
    }
    exit(0)
}

/// struct fuse_attr: number, size, blocks, times, mode and links, and the size of a block.
fn attributes(node: u64, size: usize) -> Vec<u8> {
    let (mode, size) = if node == 1 { (0o40755, 0) } else { (0o100755, size as u64) };
    bytes(&[node, size, size / 512, 0, 0, 0, 0, mode << 32, 1, 0, PAGE as u64])
}

fn bytes(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}
