//! Families: documented lists of calls, so that a test says what a program does and not how its libc spells it.
//!
//! Each function returns a [`CallMatcher`], to be narrowed like any other: `family::open().on("/etc/passwd").ok()`. A
//! family has every variant of its calls, so that another libc, which takes `openat` where one took `open`, breaks no test. What
//! counts only under a condition says so; nothing else is hidden. A test of this crate holds that every call is in a
//! family or known to be in none.
//!
//! | family | calls |
//! |---|---|
//! | [`open`](open()) | open openat openat2 creat open_by_handle_at |
//! | [`read`](read()) | read pread64 readv preadv preadv2 sendfile splice tee copy_file_range |
//! | [`write`](write()) | write pwrite64 writev pwritev pwritev2 vmsplice sendfile splice tee copy_file_range |
//! | [`resize`](resize()) | truncate ftruncate fallocate |
//! | [`rename`](rename()) | rename renameat renameat2 |
//! | [`unlink`](unlink()) | unlink unlinkat rmdir |
//! | [`link`](link()) | link linkat symlink symlinkat |
//! | [`create`](create()) | mkdir mkdirat mknod mknodat |
//! | [`stat`](stat()) | stat lstat fstat newfstatat statx |
//! | [`access`](access()) | access faccessat faccessat2 |
//! | [`readlink`](readlink()) | readlink readlinkat |
//! | [`list`](list()) | getdents getdents64 |
//! | [`attributes`](attributes()) | chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat file_setattr |
//! | [`xattr`](xattr()) | setxattr lsetxattr fsetxattr setxattrat getxattr lgetxattr fgetxattr getxattrat listxattr llistxattr flistxattr listxattrat removexattr lremovexattr fremovexattr removexattrat |
//! | [`sync`](sync()) | sync syncfs fsync fdatasync msync sync_file_range |
//! | [`lock`](lock()) | flock fcntl; `fcntl` counts with `F_SETLK`, `F_SETLKW` and their `F_OFD_` twins. |
//! | [`network`](network()) | socket socketpair bind listen accept accept4 connect shutdown getsockname getpeername setsockopt getsockopt sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg; Not what fails with `ENOTSOCK`, as where a shell asks whether its stdin is a socket. |
//! | [`spawn`](spawn()) | fork vfork clone clone3; `clone` and `clone3` count without `CLONE_THREAD`. |
//! | [`threads`](threads()) | clone clone3; Only with `CLONE_THREAD`. |
//! | [`exec`](exec()) | execve execveat |
//! | [`privileges`](privileges()) | setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset prctl; `prctl` counts with `PR_SET_KEEPCAPS`, `PR_SET_SECUREBITS`, `PR_CAPBSET_DROP`, `PR_CAP_AMBIENT` and `PR_SET_NO_NEW_PRIVS`. |
//! | [`namespaces`](namespaces()) | unshare setns chroot pivot_root clone clone3; `clone` and `clone3` count with a `CLONE_NEW*` flag. |
//! | [`mount`](mount()) | mount umount2 pivot_root move_mount fsopen fsconfig fsmount fspick open_tree open_tree_attr mount_setattr |
//! | [`signal`](signal()) | kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal |
//! | [`clock`](clock()) | time gettimeofday clock_gettime clock_getres |
//! | [`set_clock`](set_clock()) | settimeofday clock_settime adjtimex clock_adjtime |
//! | [`randomness`](randomness()) | getrandom open openat openat2 creat open_by_handle_at; Opening counts for `/dev/random`, `/dev/urandom` and `/dev/hwrng`. `rdrand` and the random bytes at exec make no call. |
//! | [`memory`](memory()) | brk mmap munmap mremap mprotect pkey_mprotect madvise mlock mlock2 mlockall munlock munlockall mseal |

use crate::abi::families;
use crate::trace::matcher::{CallMatcher, Calls};

fn named(name: &str) -> CallMatcher {
    let family = families::by_name(name).expect("BUG: a function for a family that does not exist");
    CallMatcher::new(Calls::Family(family), Vec::new())
}

macro_rules! families {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $( $(#[$doc])*
        #[must_use]
        pub fn $name() -> CallMatcher {
            named(stringify!($name))
        } )*

        #[cfg(test)]
        static FUNCTIONS: &[(&str, fn() -> CallMatcher)] = &[ $( (stringify!($name), $name) ),* ];
    };
}

families! {
    /// Opens a file: `open`, `openat`, `openat2`, `creat`, `open_by_handle_at`.
    open
    /// Reads data: `read`, `pread64`, `readv`, `preadv`, `preadv2`, `sendfile`, `splice`, `tee`, `copy_file_range`.
    read
    /// Writes data: `write`, `pwrite64`, `writev`, `pwritev`, `pwritev2`, `vmsplice`, `sendfile`, `splice`, `tee`, `copy_file_range`.
    write
    /// Changes the size of a file: `truncate`, `ftruncate`, `fallocate`.
    resize
    /// Renames: `rename`, `renameat`, `renameat2`.
    rename
    /// Removes a name: `unlink`, `unlinkat`, `rmdir`.
    unlink
    /// Makes a link, hard or symbolic: `link`, `linkat`, `symlink`, `symlinkat`.
    link
    /// Makes a directory or a node: `mkdir`, `mkdirat`, `mknod`, `mknodat`.
    create
    /// Asks for a file's attributes: `stat`, `lstat`, `fstat`, `newfstatat`, `statx`.
    stat
    /// Asks for permission: `access`, `faccessat`, `faccessat2`.
    access
    /// Reads a symbolic link: `readlink`, `readlinkat`.
    readlink
    /// Lists a directory: `getdents`, `getdents64`.
    list
    /// Changes a file's attributes: `chmod`, `fchmod`, `fchmodat`, `fchmodat2`, `chown`, `fchown`, `lchown`, `fchownat`, `utime`, `utimes`, `futimesat`, `utimensat`, `file_setattr`.
    attributes
    /// Reads or changes extended attributes: `setxattr`, `lsetxattr`, `fsetxattr`, `setxattrat`, `getxattr`, `lgetxattr`, `fgetxattr`, `getxattrat`, `listxattr`, `llistxattr`, `flistxattr`, `listxattrat`, `removexattr`, `lremovexattr`, `fremovexattr`, `removexattrat`.
    xattr
    /// Brings data to the disk: `sync`, `syncfs`, `fsync`, `fdatasync`, `msync`, `sync_file_range`.
    sync
    /// Locks a file or a part of it: `flock`, `fcntl`.
    ///
    /// `fcntl` counts with `F_SETLK`, `F_SETLKW` and their `F_OFD_` twins.
    lock
    /// Does anything with sockets: `socket`, `socketpair`, `bind`, `listen`, `accept`, `accept4`, `connect`, `shutdown`, `getsockname`, `getpeername`, `setsockopt`, `getsockopt`, `sendto`, `recvfrom`, `sendmsg`, `recvmsg`, `sendmmsg`, `recvmmsg`.
    ///
    /// Not what fails with `ENOTSOCK`, as where a shell asks whether its stdin is a socket.
    network
    /// Makes a process: `fork`, `vfork`, `clone`, `clone3`.
    ///
    /// `clone` and `clone3` count without `CLONE_THREAD`.
    spawn
    /// Makes a thread: `clone`, `clone3`.
    ///
    /// Only with `CLONE_THREAD`.
    threads
    /// Executes a program: `execve`, `execveat`.
    exec
    /// Changes users, groups or capabilities: `setuid`, `setgid`, `setreuid`, `setregid`, `setresuid`, `setresgid`, `setfsuid`, `setfsgid`, `setgroups`, `capset`, `prctl`.
    ///
    /// `prctl` counts with `PR_SET_KEEPCAPS`, `PR_SET_SECUREBITS`, `PR_CAPBSET_DROP`, `PR_CAP_AMBIENT` and `PR_SET_NO_NEW_PRIVS`.
    privileges
    /// Enters or makes a namespace, or changes the root: `unshare`, `setns`, `chroot`, `pivot_root`, `clone`, `clone3`.
    ///
    /// `clone` and `clone3` count with a `CLONE_NEW*` flag.
    namespaces
    /// Changes what is mounted: `mount`, `umount2`, `pivot_root`, `move_mount`, `fsopen`, `fsconfig`, `fsmount`, `fspick`, `open_tree`, `open_tree_attr`, `mount_setattr`.
    mount
    /// Sends a signal: `kill`, `tkill`, `tgkill`, `rt_sigqueueinfo`, `rt_tgsigqueueinfo`, `pidfd_send_signal`.
    signal
    /// Reads a clock: `time`, `gettimeofday`, `clock_gettime`, `clock_getres`.
    clock
    /// Sets a clock: `settimeofday`, `clock_settime`, `adjtimex`, `clock_adjtime`.
    set_clock
    /// Asks for random bytes: `getrandom`, `open`, `openat`, `openat2`, `creat`, `open_by_handle_at`.
    ///
    /// Opening counts for `/dev/random`, `/dev/urandom` and `/dev/hwrng`. `rdrand` and the random bytes at exec make no call.
    randomness
    /// Maps, unmaps or protects memory: `brk`, `mmap`, `munmap`, `mremap`, `mprotect`, `pkey_mprotect`, `madvise`, `mlock`, `mlock2`, `mlockall`, `munlock`, `munlockall`, `mseal`.
    memory
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_its_function() {
        let functions: Vec<_> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
        let families: Vec<_> = families::FAMILIES.iter().map(|family| family.name).collect();
        assert_eq!(functions, families);
        for (name, function) in FUNCTIONS {
            assert_eq!(function().to_string(), format!("family::{name}()"));
        }
    }

    #[test]
    fn the_documents_list_the_members() {
        let source = include_str!("family.rs");
        for family in families::FAMILIES {
            let row = format!("//! | [`{0}`]({0}()) | {1}", family.name, family.members.join(" "));
            let is_row = |line: &str| {
                let rest = line.strip_prefix(&*row);
                rest.is_some_and(|rest| rest == " |" || rest.starts_with("; "))
            };
            assert!(source.lines().any(is_row), "{row}");
            let members =
                family.members.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            assert!(source.contains(&format!(": {members}.\n")), "{members}");
        }
    }
}
