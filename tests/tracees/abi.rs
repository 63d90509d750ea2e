//! Calls through other doors than the usual one, with numbers that nobody expects.

use std::arch::asm;
use std::ffi::{c_int, c_long, c_void};

unsafe extern "C" {
    fn mmap(address: *mut c_void, len: usize, prot: c_int, flags: c_int, fd: c_int, offset: i64) -> *mut u8;
    fn getpid() -> c_int;
    fn clock_gettime(clock: c_int, time: *mut [i64; 2]) -> c_int;
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("i386") => i386(),
        Some("numbers") => numbers(),
        Some("vdso") => vdso(),
        Some("vsyscall") => vsyscall(),
        Some("entry") => entry(),
        other => panic!("no such case: {other:?}"),
    }
}

/// `int 0x80`: 20 is getpid there and writev here, 5 is open there and fstat here.
fn i386() {
    const MAP_32BIT: c_int = 0x40;
    let path = unsafe { mmap(std::ptr::null_mut(), 4096, 3, 0x22 | MAP_32BIT, -1, 0) };
    unsafe { std::ptr::copy_nonoverlapping(c"/etc/passwd".as_ptr().cast(), path, 12) };
    println!("getpid {}", unsafe { int80(20, 0) == i64::from(getpid()) });
    println!("open {}", unsafe { int80(5, path as u64) });
    println!("nothing {}", unsafe { int80(4000, 0) });
}

fn numbers() {
    let pid = i64::from(unsafe { getpid() });
    let numbers = [
        ("x32 getpid", 0x4000_0027),
        ("x32 nothing", 0x4000_0000 + 9999),
        ("no row", 9999),
        ("a hole", 400),
        ("minus one", u64::MAX),
        ("minus two", u64::MAX - 1),
        ("the upper half does not count", 0x1_0000_0027),
        ("nor does its sign", 0xffff_ffff_0000_0027),
    ];
    for (what, number) in numbers {
        match unsafe { call(number) } {
            result if result == pid => println!("{what}: the pid"),
            result => println!("{what}: {result}"),
        }
    }
}

fn vdso() {
    let mut time = [0; 2];
    let answered = (0..100).filter(|_| unsafe { clock_gettime(1, &mut time) == 0 }).count();
    println!("{answered} answers");
}

/// time(2) at its old fixed address, where the kernel may still emulate it. See vsyscall in vdso(7).
fn vsyscall() {
    let time: unsafe extern "C" fn(*mut i64) -> i64 = unsafe { std::mem::transmute(0xffff_ffff_ff60_0400u64) };
    println!("{}", unsafe { time(std::ptr::null_mut()) } > 0);
}

unsafe fn call(number: u64) -> c_long {
    let result;
    unsafe {
        asm!("syscall", inlateout("rax") number => result, in("rdi") 0, in("rsi") 0, in("rdx") 0,
             lateout("rcx") _, lateout("r11") _)
    };
    result
}

unsafe fn int80(number: u64, first: u64) -> i64 {
    let result: u64;
    unsafe {
        asm!("push rbx", "mov ebx, {first:e}", "int 0x80", "pop rbx", first = in(reg) first,
             inlateout("rax") number => result, in("rcx") 0, in("rdx") 0, lateout("r8") _, lateout("r9") _,
             lateout("r10") _, lateout("r11") _)
    };
    i64::from(result as i32)
}

/// What the program finds as its entry point, on its stack and by the kernel.
fn entry() {
    unsafe extern "C" {
        fn getauxval(key: std::ffi::c_ulong) -> std::ffi::c_ulong;
    }
    const AT_ENTRY: u64 = 9;
    let found = unsafe { getauxval(AT_ENTRY) };
    let vector = std::fs::read("/proc/self/auxv").expect("it is readable");
    let word = |bytes: &[u8]| u64::from_ne_bytes(bytes.try_into().expect("eight bytes"));
    let entry = vector.chunks(16).find(|pair| word(&pair[..8]) == AT_ENTRY).map(|pair| word(&pair[8..]));
    println!("{}", entry == Some(found));
}
