//! Hands the kernel addresses that are hard to read, and says what the kernel made of them.

use std::ffi::{c_char, c_int, c_long, c_void};
use std::os::unix::ffi::OsStrExt as _;

unsafe extern "C" {
    fn mmap(address: *mut c_void, len: usize, prot: c_int, flags: c_int, fd: c_int, offset: i64) -> *mut u8;
    fn mprotect(address: *mut c_void, len: usize, prot: c_int) -> c_int;
    fn munmap(address: *mut c_void, len: usize) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    fn execve(path: *const c_char, argv: *const *const c_char, envp: *const *const c_char) -> c_int;
}

const PAGE: usize = 4096;
const PROT_READ: c_int = 1;
const PROT_WRITE: c_int = 2;
const PROT_EXEC: c_int = 4;
const SYS_WRITE: c_long = 1;
const SYS_WRITEV: c_long = 20;
const SYS_GETCWD: c_long = 79;
const SYS_READLINK: c_long = 89;
const SYS_OPENAT: c_long = 257;
const AT_FDCWD: c_int = -100;

fn main() {
    let args: Vec<_> = std::env::args_os().collect();
    let arg = |index: usize| args.get(index).cloned().unwrap_or_default();
    match arg(1).to_str().expect("a case") {
        "say" => {
            println!("{} arguments, {} bytes", args.len(), args.iter().map(|arg| arg.len()).sum::<usize>())
        }
        "paths" => paths(),
        "bytes" => open(&nul_terminated(arg(2).as_bytes())),
        "long_path" => open(&nul_terminated(&[b'x'; 5000])),
        "no_end" => open_at(ending_at_a_hole(&[b'x'; 2 * PAGE])),
        "huge" => huge(),
        "vectors" => vectors(),
        "overwritten" => overwritten(),
        "huge_argv" => huge_argv(),
        "beyond_the_end" => beyond_the_end(),
        "newer_structures" => newer_structures(),
        "changed_meanwhile" => changed_meanwhile(),
        "missed_meanwhile" => missed_beside_a_thread(true),
        "missed_unchanged" => missed_beside_a_thread(false),
        other => panic!("no such case: {other:?}"),
    }
}

fn paths() {
    let path = b"/etc/passwd\0";
    print!("at the end of a page: ");
    open_at(ending_at_a_hole(path));
    print!("over the end of a page: ");
    open_at(over_a_page_end(path));
    print!("into a hole: ");
    open_at(ending_at_a_hole(&path[..path.len() - 1]));
    print!("NULL: ");
    open_at(0);
    print!("8: ");
    open_at(8);
    print!("the last page: ");
    open_at(0x7fff_ffff_f000);
    print!("the kernel: ");
    open_at(0xffff_8000_0000_0000);
    print!("no address: ");
    open_at(0x8000_0000_0000_0000);
    print!("write-only: ");
    open_at(protected(path, PROT_WRITE));
    print!("execute-only: ");
    open_at(protected(path, PROT_EXEC));
    print!("inaccessible: ");
    open_at(protected(path, 0));
}

/// Far from the end of the address space, so that the kernel does not refuse the length for its address.
static LOW: [u8; PAGE] = [b'x'; PAGE];

/// How much the kernel takes of a length, of which there are a page's bytes.
fn huge() {
    let page = ending_at_a_hole(&[b'x'; PAGE]);
    let file = std::fs::File::create("/dev/null").expect("it is writable");
    let fd = std::os::fd::AsRawFd::as_raw_fd(&file);
    report(unsafe { syscall(SYS_WRITE, fd, LOW.as_ptr(), 1u64 << 40) });
    report(unsafe { syscall(SYS_WRITE, fd, page, u64::MAX) });
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let fd = std::os::fd::AsRawFd::as_raw_fd(&writer);
    report(unsafe { syscall(SYS_WRITE, fd, page, PAGE + 1) });
    drop(reader);
}

fn vectors() {
    let page = ending_at_a_hole(&[b'x'; PAGE]);
    let file = std::fs::File::create("/dev/null").expect("it is writable");
    let fd = std::os::fd::AsRawFd::as_raw_fd(&file);
    let vectors = vec![(page, 2u64); 1025];
    for count in [0i64, 1, 1024, 1025, 0x7fff_ffff, -1, i64::MIN] {
        print!("{count} vectors: ");
        report(unsafe { syscall(SYS_WRITEV, fd, vectors.as_ptr(), count) });
    }
    let lengths = [(page, u64::MAX), (LOW.as_ptr() as usize, 1u64 << 40), (8, 4), (0, 0)];
    for vector in lengths {
        print!("{:#x} bytes: ", vector.1);
        report(unsafe { syscall(SYS_WRITEV, fd, &vector, 1) });
    }
    print!("vectors in a hole: ");
    report(unsafe { syscall(SYS_WRITEV, fd, page + PAGE, 1) });
}

/// Calls whose result lands on their argument.
fn overwritten() {
    let mut path = nul_terminated(b"/proc/self/cwd");
    path.resize(PAGE, 0);
    let read = unsafe { syscall(SYS_READLINK, path.as_ptr(), path.as_mut_ptr(), PAGE) };
    report(read);
    println!("{}", String::from_utf8_lossy(&path[..read.max(0) as usize]));
    report(unsafe { syscall(SYS_GETCWD, 8, PAGE) });
    report(unsafe { syscall(SYS_GETCWD, path.as_mut_ptr(), 1) });
}

/// Arguments as long and as many as the kernel takes, and one that is longer. See execve(2).
fn huge_argv() {
    let program = c"/proc/self/exe";
    let say = c"say".as_ptr();
    let too_long = nul_terminated(&vec![b'x'; 32 * PAGE]);
    let argv = [c"memory".as_ptr(), say, too_long.as_ptr().cast(), std::ptr::null()];
    let envp = [std::ptr::null()];
    report(unsafe { execve(program.as_ptr(), argv.as_ptr(), envp.as_ptr()) }.into());
    let long = nul_terminated(&vec![b'x'; 32 * PAGE - 1]);
    let mut argv = vec![c"memory".as_ptr(), say];
    argv.extend([long.as_ptr().cast(); 3]);
    argv.extend([c"y".as_ptr(); 2000]);
    argv.push(std::ptr::null());
    std::io::Write::flush(&mut std::io::stdout()).expect("stdout");
    report(unsafe { execve(program.as_ptr(), argv.as_ptr(), envp.as_ptr()) }.into());
}

/// A page of a mapping that its file does not reach: touching it is SIGBUS. See mmap(2).
fn beyond_the_end() {
    use std::os::fd::AsRawFd as _;
    let file = std::fs::File::create_new("file").expect("the directory is empty");
    file.set_len(1).expect("it is writable");
    let file = std::fs::File::open("file").expect("it is readable");
    let start = unsafe { mmap(std::ptr::null_mut(), 2 * PAGE, PROT_READ, 2, file.as_raw_fd(), 0) };
    open_at(start as usize + PAGE);
    report(unsafe { syscall(SYS_WRITE, 1, start as usize + PAGE, 1) });
}

/// Structures that say their own size: as it is, larger and zero, larger and not zero, much larger, smaller. See openat2(2).
fn newer_structures() {
    const SYS_OPENAT2: c_long = 437;
    let zero = vec![0u64; PAGE / 8];
    let mut more = zero.clone();
    more[3] = 1;
    for (how, size) in [(&zero, 24), (&zero, 40), (&more, 32), (&zero, PAGE), (&zero, PAGE + 8), (&zero, 8)] {
        print!("{size} bytes: ");
        report(unsafe { syscall(SYS_OPENAT2, AT_FDCWD, c"/etc/passwd".as_ptr(), how.as_ptr(), size) });
    }
}

/// Opens a path that another thread changes all the time, and counts what it got.
fn changed_meanwhile() {
    use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
    static PATH: [AtomicU8; 10] = {
        let mut path = [const { AtomicU8::new(0) }; 10];
        let text = b"/dev/null";
        let mut index = 0;
        while index < text.len() {
            path[index] = AtomicU8::new(text[index]);
            index += 1;
        }
        path
    };
    static DONE: AtomicBool = AtomicBool::new(false);
    let flipping = std::thread::spawn(|| {
        while !DONE.load(Ordering::Relaxed) {
            // /dev/nulx, which is not there.
            for last in [b'x', b'l'] {
                PATH[8].store(last, Ordering::Relaxed);
                (0..200).for_each(|_| std::hint::spin_loop());
            }
        }
    });
    let mut opened = 0;
    for _ in 0..300 {
        let fd = unsafe { syscall(SYS_OPENAT, AT_FDCWD, PATH.as_ptr(), 0, 0) };
        if fd >= 0 {
            opened += 1;
            unsafe { syscall(3, fd) };
        }
    }
    DONE.store(true, Ordering::Relaxed);
    flipping.join().expect("it ends");
    println!("{opened}");
}

/// Removes what is not there, by a path that another thread may change all the time, until it has done so under a few calls.
fn missed_beside_a_thread(changes: bool) {
    use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
    const SYS_UNLINK: c_long = 87;
    static LAST: AtomicU8 = AtomicU8::new(b'a');
    static DONE: AtomicBool = AtomicBool::new(false);
    let path: &'static mut [u8] = nul_terminated(b"/nowhere/a").leak();
    let address = path.as_mut_ptr() as usize;
    let thread = std::thread::spawn(move || {
        while !DONE.load(Ordering::Relaxed) {
            if changes {
                let last = b'a' + (LAST.load(Ordering::Relaxed) - b'a' + 1) % 20;
                unsafe { ((address + 9) as *mut u8).write_volatile(last) };
                LAST.store(last, Ordering::Relaxed);
            }
            (0..200).for_each(|_| std::hint::spin_loop());
        }
    });
    let mut rounds = 0;
    while rounds < 20 {
        let before = LAST.load(Ordering::Relaxed);
        assert!(unsafe { syscall(SYS_UNLINK, address) } == -1);
        rounds += i32::from(!changes || before != LAST.load(Ordering::Relaxed));
    }
    DONE.store(true, Ordering::Relaxed);
    thread.join().expect("it ends");
}

fn open(path: &[u8]) {
    open_at(path.as_ptr() as usize);
}

fn open_at(address: usize) {
    report(unsafe { syscall(SYS_OPENAT, AT_FDCWD, address, 0, 0) });
}

fn report(result: c_long) {
    match result {
        -1 => println!("{}", std::io::Error::last_os_error()),
        result => println!("{result}"),
    }
}

fn nul_terminated(bytes: &[u8]) -> Vec<u8> {
    [bytes, b"\0"].concat()
}

/// Bytes of which the last is the last of its page, with nothing mapped behind it.
fn ending_at_a_hole(bytes: &[u8]) -> usize {
    let pages = bytes.len().div_ceil(PAGE);
    let start = map(pages + 1);
    let place = pages * PAGE - bytes.len();
    unsafe {
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), start.add(place), bytes.len());
        munmap(start.add(pages * PAGE).cast(), PAGE);
        start.add(place) as usize
    }
}

fn over_a_page_end(bytes: &[u8]) -> usize {
    let start = map(2);
    unsafe {
        let place = start.add(PAGE - bytes.len() / 2);
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len());
        place as usize
    }
}

fn protected(bytes: &[u8], prot: c_int) -> usize {
    let start = map(1);
    unsafe {
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), start, bytes.len());
        mprotect(start.cast(), PAGE, prot);
    }
    start as usize
}

fn map(pages: usize) -> *mut u8 {
    const PRIVATE_ANONYMOUS: c_int = 0x22;
    unsafe { mmap(std::ptr::null_mut(), pages * PAGE, PROT_READ | PROT_WRITE, PRIVATE_ANONYMOUS, -1, 0) }
}
