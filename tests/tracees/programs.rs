//! Executes programs of every kind, also some that cannot be executed.

use std::ffi::{CString, c_char, c_int};
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::ptr::null;

unsafe extern "C" {
    fn fork() -> c_int;
    fn _exit(status: c_int) -> !;
    fn waitpid(pid: c_int, status: *mut c_int, options: c_int) -> c_int;
    fn execv(path: *const c_char, argv: *const *const c_char) -> c_int;
    fn execvp(path: *const c_char, argv: *const *const c_char) -> c_int;
}

fn main() {
    let args: Vec<_> = std::env::args_os().collect();
    let dir = Path::new(&args[2]);
    let file = dir.join("program");
    match args[1].to_str() {
        Some("script") => {
            make(&file, b"#!/bin/sh -e\necho \"$# arguments, $(basename $0)\"\n");
            execute(&file);
        }
        Some("nested_script") => {
            let inner = dir.join("inner");
            make(&inner, b"#!/bin/sh\necho \"inner, $# arguments\"\n");
            make(&file, format!("#!{}\n", inner.display()).as_bytes());
            execute(&file);
        }
        Some("no_interpreter") => {
            make(&file, b"echo by the shell\n");
            execute_as_a_shell_would(&file);
        }
        Some("refused") => refused(&file),
        Some("dies") => {
            make(&file, &elf64_that_cannot_be_mapped());
            in_a_child(&file);
        }
        Some("i386") => {
            make(&file, &elf32());
            in_a_child(&file);
        }
        Some("open") => drop(File::open(&args[2]).expect("it is readable")),
        other => panic!("no such case: {other:?}"),
    }
}

fn make(file: &Path, bytes: &[u8]) {
    fs::write(file, bytes).expect("the directory is writable");
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("its mode is changed");
}

fn execute(file: &Path) {
    std::io::stdout().flush().expect("stdout");
    let path = CString::new(file.as_os_str().as_bytes()).expect("no NUL");
    let argv = [c"a name".as_ptr(), c"an argument".as_ptr(), null()];
    unsafe { execv(path.as_ptr(), argv.as_ptr()) };
    println!("{:?}", std::io::Error::last_os_error());
}

/// What has no interpreter is given to the shell, by the C library. See execvp(3).
fn execute_as_a_shell_would(file: &Path) {
    let path = CString::new(file.as_os_str().as_bytes()).expect("no NUL");
    let argv = [c"a name".as_ptr(), null()];
    unsafe { execvp(path.as_ptr(), argv.as_ptr()) };
}

/// The errors of execve(2) that leave the program running, and that other tests do not meet.
fn refused(file: &Path) {
    make(file, b"neither a program nor a script");
    execute(file);
    let open = File::options().write(true).open(file).expect("it is writable");
    execute(file);
    drop(open);
    make(file, b"#!/no/such/interpreter\n");
    execute(file);
}

fn in_a_child(file: &Path) {
    let pid = unsafe { fork() };
    if pid == 0 {
        execute(file);
        std::io::stdout().flush().expect("stdout");
        unsafe { _exit(99) }
    }
    let mut status = 0;
    assert_eq!(unsafe { waitpid(pid, &mut status, 0) }, pid);
    println!("status {status:#x}");
}

/// A program that the kernel takes for one, and whose only segment would be the kernel's own memory: it finds that
/// out when the old program is gone.
fn elf64_that_cannot_be_mapped() -> Vec<u8> {
    const ADDRESS: u64 = 0xffff_8000_0000_0000;
    let mut elf = Vec::new();
    elf.extend(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    elf.extend([2u16, 62].map(u16::to_le_bytes).concat());
    elf.extend(1u32.to_le_bytes());
    elf.extend([ADDRESS, 64, 0].map(u64::to_le_bytes).concat());
    elf.extend(0u32.to_le_bytes());
    elf.extend([64u16, 56, 1, 64, 0, 0].map(u16::to_le_bytes).concat());
    elf.extend([1u32, 5].map(u32::to_le_bytes).concat());
    elf.extend([0, ADDRESS, ADDRESS, 0x1000, 0x1000, 0x1000].map(u64::to_le_bytes).concat());
    elf.resize(0x1000, 0);
    elf
}

/// A 32-bit program that says something and exits with 7, by calls 4 and 1 of its own table.
fn elf32() -> Vec<u8> {
    const ADDRESS: u32 = 0x0804_8000;
    const HEADERS: u32 = 52 + 32;
    let text = b"32 bits\n";
    let mut code = Vec::new();
    let mut set = |opcode: u8, value: u32| {
        code.push(opcode);
        code.extend(value.to_le_bytes());
    };
    // eax, ebx, ecx, edx; then eax and ebx again. The text follows the code.
    const CODE: u32 = 4 * 5 + 2 + 2 * 5 + 2;
    set(0xb8, 4);
    set(0xbb, 1);
    set(0xb9, ADDRESS + HEADERS + CODE);
    set(0xba, text.len() as u32);
    code.extend([0xcd, 0x80]);
    let mut set = |opcode: u8, value: u32| {
        code.push(opcode);
        code.extend(value.to_le_bytes());
    };
    set(0xb8, 1);
    set(0xbb, 7);
    code.extend([0xcd, 0x80]);
    let size = HEADERS + code.len() as u32 + text.len() as u32;
    let mut elf = Vec::new();
    elf.extend(b"\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0");
    elf.extend([2u16, 3].map(u16::to_le_bytes).concat());
    elf.extend([1, ADDRESS + HEADERS, 52, 0, 0].map(u32::to_le_bytes).concat());
    elf.extend([52u16, 32, 1, 40, 0, 0].map(u16::to_le_bytes).concat());
    elf.extend([1, 0, ADDRESS, ADDRESS, size, size, 5, 0x1000].map(u32::to_le_bytes).concat());
    elf.extend(code);
    elf.extend(text);
    elf
}
