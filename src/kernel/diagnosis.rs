//! Why the kernel refuses to let us trace, and what helps.

use std::fs;

use crate::kernel::privileges;

/// Words for a refusal of `request` on `pid`.
pub(crate) fn refusal(errno: i32, pid: u32) -> String {
    match errno {
        libc::EPERM | libc::EACCES => permission(pid),
        libc::ENOSYS => {
            "ptrace is not implemented (emulated by qemu-user?): run the tests on a native x86_64 \
                         machine"
                .to_owned()
        }
        libc::EIO | libc::EINVAL => match read("/proc/sys/kernel/osrelease") {
            Some(release) if release.contains("Microsoft") && !release.contains("WSL2") => {
                "WSL1 has no PTRACE_SEIZE: use WSL2 (`wsl --set-version <distribution> 2`)".to_owned()
            }
            release => format!(
                "this kernel ({}) lacks a request of ptrace(2); Linux 5.3 or newer is needed",
                release.unwrap_or_default().trim()
            ),
        },
        _ => "ptrace(2) failed".to_owned(),
    }
}

/// Words for a refusal to trace the process `pid`, which was there before.
pub(crate) fn refusal_to_attach(errno: i32, pid: u32) -> String {
    let status = format!("/proc/{pid}/status");
    let field = |key| status_field(&status, key);
    let name = field("Name:").unwrap_or_default();
    match errno {
        libc::ESRCH => format!("there is no process {pid}, or it has ended"),
        _ if pid == std::process::id() => "a process cannot trace itself: attach to another".to_owned(),
        libc::EPERM | libc::EACCES => match tracer_of(pid) {
            Some(tracer) => {
                let by = read(&format!("/proc/{tracer}/comm")).unwrap_or_default();
                let by = by.trim();
                format!("`{name}` is traced already, by `{by}` (pid {tracer}), and a process has one tracer")
            }
            None if field("VmSize:").is_none() => format!("`{name}` is a thread of the kernel"),
            None if yama() == Some(1) && !privileges::has_ptrace_capability() => {
                "kernel.yama.ptrace_scope=1 allows attaching to descendants only: start the program with \
                 Tracer::spawn, or let it call prctl(PR_SET_PTRACER)"
                    .to_owned()
            }
            None if field("Uid:").is_some_and(|uids| uids != own_uids())
                && !privileges::has_ptrace_capability() =>
            {
                format!("`{name}` runs as another user, and this process lacks CAP_SYS_PTRACE")
            }
            None => permission(pid),
        },
        errno => refusal(errno, pid),
    }
}

/// Whether a task is traced by the calling thread.
pub(crate) fn is_ours(tid: u32) -> bool {
    // PTRACE_SEIZE of a tracee fails, and TracerPid is the number of the tracing thread. See proc_pid_status(5).
    let own = fs::read_link("/proc/thread-self").ok();
    let own = own.and_then(|link| link.file_name()?.to_str()?.parse::<u32>().ok());
    own.is_some() && tracer_of(tid) == own
}

/// The number of the thread that traces a task.
pub(crate) fn tracer_of(tid: u32) -> Option<u32> {
    let tracer = status_field(&format!("/proc/{tid}/status"), "TracerPid:")?;
    tracer.parse().ok().filter(|tracer| *tracer != 0)
}

fn yama() -> Option<u32> {
    read("/proc/sys/kernel/yama/ptrace_scope")?.trim().parse().ok()
}

/// Whether a child of ours that nobody has reaped is dead: then SEIZE fails with EPERM, as if it were forbidden.
pub(crate) fn has_ended(pid: u32) -> bool {
    status_field(&format!("/proc/{pid}/status"), "State:").is_none_or(|state| state.starts_with(['Z', 'X']))
}

/// Whether a task stands in a ptrace-stop.
pub(crate) fn is_in_a_stop(tid: u32) -> bool {
    status_field(&format!("/proc/{tid}/status"), "State:").is_some_and(|state| state.starts_with('t'))
}

/// Words for a test process in which `spawn` cannot work; `None` where all is well.
pub(crate) fn sigchld_ignored() -> Option<&'static str> {
    let ignored =
        status_field("/proc/self/status", "SigIgn:").and_then(|mask| u64::from_str_radix(&mask, 16).ok())?;
    (ignored & 1 << (libc::SIGCHLD - 1) != 0)
        .then_some("SIGCHLD is ignored in this process, and std::process needs it: set it to SIG_DFL")
}

/// Words for a `/proc` that belongs to another pid namespace, where our numbers are those of other processes; `None` where all
/// is well. See pid_namespaces(7).
pub(crate) fn foreign_proc() -> Option<String> {
    let own = std::process::id();
    let shown = match fs::read_link("/proc/self") {
        Ok(link) => link.to_str()?.parse::<u32>().ok(),
        // The link is there, and leads nowhere: we are in no namespace that it shows.
        Err(_) if fs::symlink_metadata("/proc/self").is_ok() => None,
        // Without /proc nothing is mistaken for something else.
        Err(_) => return None,
    };
    // Our numbers from the namespace of /proc down to our own. See proc_pid_status(5).
    let levels = status_field("/proc/self/status", "NSpid:").map_or(1, |all| all.split_whitespace().count());
    if shown == Some(own) && levels == 1 {
        return None;
    }
    let there = shown.map_or("is not there".to_owned(), |pid| format!("is pid {pid} there"));
    Some(format!(
        "expect-syscalls cannot trace here: /proc shows another pid namespace than that of this process, which is pid {own} \
         and {there}; mount a /proc of its own, as `unshare --mount-proc` or `mount -t proc proc /proc` does"
    ))
}

/// Why paths of the process `pid`, of which no call is recorded yet, may name other files than ours; `None` where they do not.
pub(crate) fn other_files(pid: u32) -> Option<&'static str> {
    // Those of the thread that was asked to record, which this one has from it.
    let differs = |name: &str| {
        let link = |of: &str| fs::read_link(format!("/proc/{of}/{name}")).ok();
        let (own, its) = (link("thread-self"), link(&pid.to_string()));
        own.is_some() && its.is_some() && own != its
    };
    if differs("ns/mnt") {
        return Some("the program was in another mount namespace from the beginning");
    }
    differs("root").then_some("the program had another root directory from the beginning")
}

fn permission(pid: u32) -> String {
    let child = format!("/proc/{pid}/status");
    if let Some(tracer) = tracer_of(pid).filter(|tracer| *tracer != std::process::id()) {
        let name = read(&format!("/proc/{tracer}/comm")).unwrap_or_default();
        return format!(
            "the test process runs under a tracer, `{}` (pid {tracer}), and a process has one tracer: run it \
             without; for cargo-tarpaulin that is `--engine llvm`",
            name.trim()
        );
    }
    let capable = privileges::has_ptrace_capability();
    match yama() {
        Some(3) => return "kernel.yama.ptrace_scope=3 forbids tracing until reboot".to_owned(),
        Some(2) if !capable => {
            return "kernel.yama.ptrace_scope=2 needs CAP_SYS_PTRACE: `sudo sysctl kernel.yama.ptrace_scope=1`"
                .to_owned();
        }
        _ => {}
    }
    if status_field(&child, "Uid:").is_some_and(|uids| uids != own_uids()) && !capable {
        return "the command changes its uid and this process lacks CAP_SYS_PTRACE: run the tests as that user, \
                or give the container `--cap-add=SYS_PTRACE`"
            .to_owned();
    }
    if read("/sys/fs/selinux/booleans/deny_ptrace").is_some_and(|state| state.starts_with('1')) {
        return "the SELinux boolean deny_ptrace is on: `sudo setsebool deny_ptrace 0`".to_owned();
    }
    if status_field("/proc/thread-self/status", "Seccomp:").as_deref() == Some("2") {
        return "the seccomp profile of this container blocks ptrace: `--cap-add=SYS_PTRACE`, \
                `--security-opt seccomp=unconfined`, or Docker 19.03 or newer on Linux 4.8 or newer"
            .to_owned();
    }
    let profile = read("/proc/self/attr/current").unwrap_or_default();
    match profile.trim_matches(['\n', '\0']) {
        "" | "unconfined" => "the kernel does not permit it".to_owned(),
        profile => format!("the security profile `{profile}` does not permit it"),
    }
}

fn own_uids() -> String {
    status_field("/proc/thread-self/status", "Uid:").unwrap_or_default()
}

/// The rest of the line that starts with `key`. See proc_pid_status(5).
pub(crate) fn status_field(file: &str, key: &str) -> Option<String> {
    let text = read(file)?;
    text.lines().find_map(|line| line.strip_prefix(key)).map(|rest| rest.trim().to_owned())
}

fn read(file: &str) -> Option<String> {
    fs::read(file).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
