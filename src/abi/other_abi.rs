//! The numbers of the other two interfaces of an x86_64 kernel: i386 (`int 0x80` and 32-bit programs) and x32.
//! Calls through them are named, and never read with the x86_64 table.

use crate::abi::syscalls;

/// The name of an i386 call, such as `socketcall`.
pub fn i386_name(number: u32) -> Option<&'static str> {
    ::syscalls::x86::Sysno::new(number as usize).map(|call| call.name())
}

/// The i386 call of this name.
pub fn i386_number(name: &str) -> Option<u32> {
    (0..512).find(|&number| i386_name(number) == Some(name))
}

/// The name of an x32 call, by its number without bit 30: mostly those of x86_64, and some of its own from 512 on.
pub fn x32_name(number: u32) -> Option<&'static str> {
    match number.checked_sub(FIRST_OWN) {
        Some(own) => X32.get(own as usize).copied(),
        None => syscalls::by_number(number).map(|row| row.name),
    }
}

const FIRST_OWN: u32 = 512;

/// From 512 on. See asm/unistd_x32.h.
#[rustfmt::skip]
static X32: &[&str] = &[
    "rt_sigaction", "rt_sigreturn", "ioctl", "readv", "writev", "recvfrom",
    "sendmsg", "recvmsg", "execve", "ptrace", "rt_sigpending", "rt_sigtimedwait",
    "rt_sigqueueinfo", "sigaltstack", "timer_create", "mq_notify", "kexec_load", "waitid",
    "set_robust_list", "get_robust_list", "vmsplice", "move_pages", "preadv", "pwritev",
    "rt_tgsigqueueinfo", "recvmmsg", "sendmmsg", "process_vm_readv", "process_vm_writev", "setsockopt",
    "getsockopt", "io_setup", "io_submit", "execveat", "preadv2", "pwritev2",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_is_another_call() {
        assert_eq!((i386_name(5), i386_name(102), i386_name(9999)), (Some("open"), Some("socketcall"), None));
        assert_eq!(i386_number("socketcall"), Some(102));
        assert_eq!((x32_name(39), x32_name(520), x32_name(600)), (Some("getpid"), Some("execve"), None));
    }
}
