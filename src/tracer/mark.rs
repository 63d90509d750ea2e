//! Marks that a program makes for the test that records it.

/// Makes a mark for [`Trace::between`](crate::Trace::between): the call `write(-1, "expect-syscalls:a", 17)`, which fails and does
/// nothing. Untraced, it does as little; on other systems than Linux on x86_64 it makes no call at all.
///
/// A program needs this crate for no more than that, and a program in another language makes the same call itself.
///
/// ```
/// # use expect_syscalls::{expect_syscalls, family, mark};
/// # use std::process::Command;
/// # if std::env::var_os("MARKS").is_some() {
/// // in the program
/// mark("export");
/// std::fs::read("/etc/hostname").unwrap();
/// mark("done");
/// #     return;
/// # }
///
/// // in the test
/// # let program = std::env::current_exe().unwrap();
/// # let mut command = Command::new(program);
/// # command.args(std::env::args_os().skip(1)).env("MARKS", "1");
/// let trace = expect_syscalls(&mut command);
/// trace.success().between("export", "done").contains(family::open().on("/etc/hostname")).never(family::write());
/// ```
pub fn mark(name: &str) {
    #[cfg(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere)))]
    crate::kernel::mark::write_nowhere(format!("expect-syscalls:{name}").as_bytes());
    #[cfg(not(all(target_os = "linux", target_arch = "x86_64", not(expect_syscalls_elsewhere))))]
    let _ = name;
}
