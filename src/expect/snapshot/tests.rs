//! Snapshots of traces written by hand.

use pretty_assertions::assert_eq;

use super::*;
use crate::expect::fixture::made;
use crate::trace::blind::BlindSpot;

/// The text of these calls, on a machine on which no directory has a placeholder.
fn snapshot(lines: &str) -> Snapshot {
    let surroundings = Surroundings { temporary: vec![b"/tmp".to_vec()], ..Surroundings::default() };
    Snapshot { surroundings, ..made(lines).trace().snapshot() }
}

#[track_caller]
fn check(level: Level, lines: &str, expected: &str) {
    let expected: String = expected
        .trim_matches('\n')
        .lines()
        .map(|line| line.trim_start_matches("    ").to_owned() + "\n")
        .collect();
    assert_eq!(snapshot(lines).level(level).to_string(), expected);
}

/// What one call is shown as.
#[track_caller]
fn line(level: Level, call: &str) -> String {
    let text = snapshot(call).level(level).to_string();
    match level {
        Level::Calls => text.lines().skip(1).map(|line| line.trim_start().to_owned()).collect(),
        _ => text.lines().collect::<Vec<_>>().join("; "),
    }
}

const ATOMIC: &str = r#"
    main! execve("/bin/app") = 0
    main! openat(-100, "/lib/libc.so.6", 0x80000) = 3</lib/libc.so.6>
    main openat(-100, "/d/x.tmp", 0x80241, 438) = 3</d/x.tmp>
    main write(3</d/x.tmp>, 0x7ffe00001000, 100) = 60
    main write(3</d/x.tmp>, 0x7ffe0000103c, 40) = 40
    main fsync(3</d/x.tmp>) = 0
    main brk(0) = 0x555555559000
    main close(3</d/x.tmp>) = 0
    main rename("/d/x.tmp", "/d/x") = 0
    main exit_group(0) = ?
"#;

#[test]
fn calls_are_shown_below_their_program() {
    check(
        Level::Calls,
        ATOMIC,
        r#"
    main exec "[BIN]":
      openat(AT_FDCWD, "/d/x.tmp", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = </d/x.tmp>
      write(</d/x.tmp>) = ok x2
      fsync(</d/x.tmp>) = ok
      close(</d/x.tmp>) = ok
      rename("/d/x.tmp", "/d/x") = ok
      exit_group(0) = ?
"#,
    );
}

#[test]
fn effects_are_sorted_and_shown_once() {
    check(
        Level::Effects,
        ATOMIC,
        r#"
    create "/d/x.tmp" ok
    exec "[BIN]" ok
    rename "/d/x.tmp" -> "/d/x" ok
    resize "/d/x.tmp" ok
    write "/d/x.tmp" ok
"#,
    );
}

#[test]
fn names_are_operations_and_other_calls() {
    check(Level::Names, ATOMIC, "close\ncreate\nexec\nexit_group\nfsync\nrename\nresize\nwrite");
}

#[test]
fn everything_is_shown_in_full() {
    check(
        Level::Full,
        ATOMIC,
        r#"
    main execve("[BIN]", NULL, ...) = ok
    main openat(AT_FDCWD, "/lib/libc.so.6", O_RDONLY|O_CLOEXEC) = </lib/libc.so.6>
    main openat(AT_FDCWD, "/d/x.tmp", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = </d/x.tmp>
    main write(</d/x.tmp>, [ADDR], 100) = 60
    main write(</d/x.tmp>, [ADDR], 40) = 40
    main fsync(</d/x.tmp>) = ok
    main brk(NULL) = [ADDR]
    main close(</d/x.tmp>) = ok
    main rename("/d/x.tmp", "/d/x") = ok
    main exit_group(0) = ?
"#,
    );
}

/// What varies from run to run, and must not show.
#[test]
fn masked_values_do_not_change_the_text() {
    let same = [
        // Descriptor numbers, addresses, sizes.
        ("main write(3</d/x>, 0x7ffe00001000, 100) = 60", "main write(4</d/x>, 0x7ffe00002000, 10) = 10"),
        ("main fsync(3</d/x>) = 0", "main fsync(7</d/x>) = 0"),
        (
            "main pread64(3</d/x>, 0x7ffe00001000, 10, 5) = 5",
            "main pread64(3</d/x>, 0x7ffe00001000, 10, 8) = 2",
        ),
        ("main close(3<pipe:[10]>) = 0", "main close(3<pipe:[11]>) = 0"),
        (
            "main ioctl(3</d/x>, 0x5401, 0x7ffe00001000) = -25",
            "main ioctl(3</d/x>, 0x5401, 0x7ffe00002000) = -25",
        ),
        // Ids outside the tree.
        ("main kill(4711, 15) = 0", "main kill(4712, 15) = 0"),
        ("main getppid() = 4711", "main getppid() = 4712"),
        ("main openat(-100, \"/proc/4711/stat\", 0) = -2", "main openat(-100, \"/proc/4712/stat\", 0) = -2"),
        // Results.
        ("main getuid() = 0", "main getuid() = 1000"),
        ("main lseek(3</d/x>, 0, 2) = 10", "main lseek(3</d/x>, 0, 2) = 20"),
        // Retries.
        ("main fsync(3</d/x>) = 0", "main read(3</d/x>, 0, 0) = -4\nmain fsync(3</d/x>) = 0"),
        ("main fsync(3</d/x>) = 0", "main accept4(3<socket:[1]>, 0, 0, 0) = -11\nmain fsync(3</d/x>) = 0"),
        ("main fsync(3</d/x>) = 0", "main read(3</d/x>, 0, 0) = -512\nmain fsync(3</d/x>) = 0"),
        // Fallbacks of a newer library on an older kernel.
        ("main fsync(3</d/x>) = 0", "main statx(-100, \"/d\", 0, 0) = -38\nmain fsync(3</d/x>) = 0"),
        // Debug builds of Rust's standard library.
        ("main close(3</d/x>) = 0", "main fcntl(3</d/x>, 1) = 0\nmain close(3</d/x>) = 0"),
        ("main fsync(3</d/x>) = 0", "main gettid() = 100\nmain fsync(3</d/x>) = 0"),
        (
            "main fsync(3</d/x>) = 0",
            "main openat(-100, \"/proc/self/maps\", 0) = 3</proc/100/maps>\nmain fsync(3</d/x>) = 0",
        ),
        // Memory, scheduling, masks, clocks.
        (
            "main fsync(3</d/x>) = 0",
            "main mmap(0, 4096, 3, 0x22, -1, 0) = 0x7f0000000000\nmain fsync(3</d/x>) = 0",
        ),
        ("main fsync(3</d/x>) = 0", "main futex(0x7f0000000000, 0x81, 1) = 0\nmain fsync(3</d/x>) = 0"),
        ("main fsync(3</d/x>) = 0", "main rt_sigprocmask(2, 0, 0, 8) = 0\nmain fsync(3</d/x>) = 0"),
        ("main fsync(3</d/x>) = 0", "main clock_gettime(1, 0x7ffe00001000) = 0\nmain fsync(3</d/x>) = 0"),
        ("main fsync(3</d/x>) = 0", "main getrandom(0x7ffe00001000, 8, 1) = 8\nmain fsync(3</d/x>) = 0"),
        // What runtimes read for themselves.
        (
            "main fsync(3</d/x>) = 0",
            "main openat(-100, \"/etc/localtime\", 0) = 3</usr/share/zoneinfo/Etc/UTC>\nmain fsync(3</d/x>) = 0",
        ),
        // The search for a program.
        (
            "main execve(\"/bin/ls\") = 0",
            "main execve(\"/usr/local/bin/ls\") = -2\nmain execve(\"/bin/ls\") = 0",
        ),
        (
            "main execve(\"/bin/ls\") = 0",
            "main newfstatat(-100, \"/opt/ls\", 0x1000, 0) = -2\nmain execve(\"/bin/ls\") = 0",
        ),
    ];
    for (one, other) in same {
        for level in [Level::Names, Level::Effects, Level::Calls] {
            let text = |lines| snapshot(lines).level(level).to_string();
            assert_eq!(text(one), text(other), "{level}: {other}");
        }
    }
}

/// Everything else shows: each of these changes one value that is not listed as varying.
#[test]
fn unmasked_values_change_the_text() {
    let pairs = [
        // The name of the call.
        ("main fsync(3</d/x>) = 0", "main fdatasync(3</d/x>) = 0"),
        ("main rename(\"/d/a\", \"/d/b\") = 0", "main renameat(-100, \"/d/a\", -100, \"/d/b\") = 0"),
        // Paths.
        ("main openat(-100, \"/d/a\", 0) = -2", "main openat(-100, \"/d/b\", 0) = -2"),
        ("main openat(-100, \"/d/a\", 0) = -2", "main openat(-100, \"d/a\", 0) = -2"),
        ("main openat(-100</d>, \"a\", 0) = -2", "main openat(5</d>, \"a\", 0) = -2"),
        ("main openat(5</d>, \"a\", 0) = -2", "main openat(5</e>, \"a\", 0) = -2"),
        ("main rename(\"/d/a\", \"/d/b\") = 0", "main rename(\"/d/b\", \"/d/a\") = 0"),
        ("main openat(-100, \"/proc/self/stat\", 0) = -2", "main openat(-100, \"/proc/4711/stat\", 0) = -2"),
        // What a descriptor refers to.
        ("main fsync(3</d/x>) = 0", "main fsync(3</d/y>) = 0"),
        ("main fsync(3</d/x>) = 0", "main fsync(3</d/x (deleted)>) = 0"),
        ("main fsync(3</d/x>) = 0", "main fsync(3<pipe:[1]>) = 0"),
        ("main close(3<anon_inode:[eventpoll]>) = 0", "main close(3<anon_inode:[eventfd]>) = 0"),
        ("main dup2(3</d/x>, 1) = 1</d/x>", "main dup2(3</d/x>, 2) = 2</d/x>"),
        // Flags, modes, enumerations, numbers, signals.
        ("main openat(-100, \"/d/a\", 0) = -2", "main openat(-100, \"/d/a\", 0x80000) = -2"),
        ("main mkdir(\"/d/a\", 511) = 0", "main mkdir(\"/d/a\", 448) = 0"),
        ("main lseek(3</d/x>, 0, 0) = 0", "main lseek(3</d/x>, 0, 2) = 0"),
        ("main lseek(3</d/x>, 0, 0) = 0", "main lseek(3</d/x>, 5, 0) = 5"),
        ("main ftruncate(3</d/x>, 0) = 0", "main ftruncate(3</d/x>, 5) = 0"),
        ("main fcntl(3</d/x>, 3) = 0", "main fcntl(3</d/x>, 1) = 0"),
        ("main fcntl(3</d/x>, 2, 1) = 0", "main fcntl(3</d/x>, 2, 0) = 0"),
        (
            "main ioctl(3</d/x>, 0x5401, 0x7ffe00001000) = -25",
            "main ioctl(3</d/x>, 0x5413, 0x7ffe00001000) = -25",
        ),
        ("main setuid(1000) = 0", "main setuid(1001) = 0"),
        ("main umask(18) = 0", "main umask(63) = 0"),
        ("main kill(4711, 15) = 0", "main kill(4711, 9) = 0"),
        ("main kill(0, 15) = 0", "main kill(-1, 15) = 0"),
        ("main kill(4711, 15) = 0", "main kill(-4711, 15) = 0"),
        ("main kill(100, 15) = 0", "main kill(4711, 15) = 0"),
        ("main socket(1, 1, 0) = 3<socket:[1]>", "main socket(2, 1, 0) = 3<socket:[1]>"),
        ("main listen(3<socket:[1]>, 5) = 0", "main listen(3<socket:[1]>, 6) = 0"),
        ("main exit_group(0) = ?", "main exit_group(1) = ?"),
        ("main umount2(\"/d\", 0) = 0", "main umount2(\"/d\", 2) = 0"),
        ("main prctl(38, 1, 0, 0, 0) = 0", "main prctl(38, 0, 0, 0, 0) = 0"),
        // Outcomes.
        ("main openat(-100, \"/d/a\", 0) = -2", "main openat(-100, \"/d/a\", 0) = -13"),
        ("main fsync(3</d/x>) = 0", "main fsync(3</d/x>) = -5"),
        ("main fsync(3</d/x>) = 0", "main fsync(3</d/x>) = ?"),
        ("main flock(3</d/x>, 6) = 0", "main flock(3</d/x>, 6) = -11"),
        ("main connect(3<socket:[1]>, 0, 0) = 0", "main connect(3<socket:[1]>, 0, 0) = -111"),
        // Order, number, who.
        (
            "main fsync(3</d/x>) = 0\nmain fsync(3</d/y>) = 0",
            "main fsync(3</d/y>) = 0\nmain fsync(3</d/x>) = 0",
        ),
        ("main fsync(3</d/x>) = 0", "main fsync(3</d/x>) = 0\nmain fsync(3</d/x>) = 0"),
        ("main fsync(3</d/x>) = 0", "main.c1 fsync(3</d/x>) = 0"),
        ("main.c1 fsync(3</d/x>) = 0", "main.c2 fsync(3</d/x>) = 0"),
        // Programs.
        ("main execve(\"/bin/ls\") = 0", "main execve(\"/bin/rm\") = 0"),
        ("main execve(\"/bin/ls\") = -2", "main execve(\"/bin/ls\") = -13"),
        // No fallback followed, no `close` followed.
        ("main fsync(3</d/x>) = -38", "main fsync(3</d/x>) = 0"),
        ("main fcntl(3</d/x>, 1) = 0\nmain fsync(3</d/x>) = 0", "main fsync(3</d/x>) = 0"),
    ];
    for (one, other) in pairs {
        let text = |lines| snapshot(lines).level(Level::Calls).to_string();
        assert_ne!(text(one), text(other), "{one} and {other}");
        assert_ne!(
            snapshot(one).level(Level::Full).to_string(),
            snapshot(other).level(Level::Full).to_string()
        );
    }
}

#[test]
fn one_operation_has_one_text_whatever_the_call() {
    let same = [
        [
            "main openat(-100, \"/d/a\", 0x241, 438) = 3</d/a>",
            "main creat(\"/d/a\", 438) = 4</d/a>",
            "main open(\"/d/a\", 0x241, 438) = 3</d/a>",
        ],
        [
            "main rename(\"/d/a\", \"/d/b\") = 0",
            "main renameat(-100, \"/d/a\", -100, \"/d/b\") = 0",
            "main renameat2(5</d>, \"a\", 5</d>, \"b\", 0) = 0",
        ],
        ["main unlink(\"/d/a\") = 0", "main unlinkat(5</d>, \"a\", 0) = 0", "main rmdir(\"/d/x/../a\") = 0"],
        [
            "main mkdir(\"/d/a\", 511) = -17",
            "main mkdirat(5</d>, \"a\", 511) = -17",
            "main mkdirat(5</d>, \"./a/\", 448) = -17",
        ],
        [
            "main chmod(\"/d/a\", 420) = 0",
            "main fchmod(3</d/a>, 420) = 0",
            "main utimensat(3</d/a>, 0, 0, 0) = 0",
        ],
        [
            "main truncate(\"/d/a\", 0) = 0",
            "main ftruncate(3</d/a>, 0) = 0",
            "main fallocate(3</d/a>, 0, 0, 1) = 0",
        ],
        [
            "main read(3</d/a>, 0, 1) = 0",
            "main openat(-100, \"/d/a\", 0) = 3</d/a>",
            "main sendfile(1<pipe:[1]>, 3</d/a>, 0, 1) = 1",
        ],
    ];
    for [first, others @ ..] in same {
        let expected = line(Level::Effects, first);
        for other in others {
            assert_eq!(line(Level::Effects, other), expected, "{other}");
        }
    }
}

#[test]
fn operations_objects_and_outcomes_are_told_apart() {
    let effects = [
        ("main openat(-100, \"/d/a\", 0) = -2", "read \"/d/a\" ENOENT"),
        ("main openat(-100, \"/d/a\", 0x200000) = 3</d/a>", ""),
        ("main openat(-100, \"/d\", 0x10000) = 3</d>", ""),
        ("main openat(-100, \"/d\", 0x10000) = -2", "list \"/d\" ENOENT"),
        ("main getdents64(3</d>, 0, 100) = 0", "list \"/d\" ok"),
        ("main openat(-100, \"/d/a\", 1) = -13", "write \"/d/a\" EACCES"),
        ("main openat(-100, \"/d/a\", 2) = 3</d/a>", "read \"/d/a\" ok; write \"/d/a\" ok"),
        ("main openat(-100, \"/d/a\", 0x441, 420) = 3</d/a>", "create \"/d/a\" ok; write \"/d/a\" ok"),
        ("main openat(-100, \"/d/a\", 0x201) = 3</d/a>", "resize \"/d/a\" ok; write \"/d/a\" ok"),
        ("main openat(-100, \"/l/a\", 0) = 3</real/a>", "read \"/real/a\" ok"),
        ("main write(1<pipe:[1]>, 0, 1) = 1", ""),
        ("main write(1</dev/null>, 0, 1) = 1", ""),
        ("main write(1</d/out>, 0, 1) = -28", "write \"/d/out\" ENOSPC"),
        ("main link(\"/d/a\", \"/d/b\") = 0", "link \"/d/a\" -> \"/d/b\" ok"),
        ("main symlink(\"a\", \"/d/b\") = 0", "symlink \"a\" -> \"/d/b\" ok"),
        ("main renameat2(-100, \"/d/a\", -100, \"/d/b\", 2) = 0", "rename \"/d/a\" <-> \"/d/b\" ok"),
        ("main mknod(\"/d/f\", 4480, 0) = 0", "node \"/d/f\" ok"),
        ("main mount(\"/dev/sda\", \"/mnt\", \"ext4\", 0, 0) = -1", "mount \"/dev/sda\" -> \"/mnt\" EPERM"),
        ("main umount2(\"/mnt\", 0) = -22", "unmount \"/mnt\" EINVAL"),
        ("main kill(4711, 15) = -1", "kill [PID] SIGTERM EPERM"),
        ("main kill(4711, 0) = 0", ""),
        ("main tgkill(100, 100, 6) = 0", "kill main SIGABRT ok"),
        ("main openat(-100, 0, 0) = -14", "read ? EFAULT"),
        ("main stat(\"/d/a\", 0) = 0", ""),
    ];
    for (call, expected) in effects {
        assert_eq!(line(Level::Effects, call), expected, "{call}");
    }
}

#[test]
fn a_directory_that_is_opened_is_not_read() {
    let directory = "main openat(-100, \"/d/a\", 0x41, 420) = 3</d/a>\nmain openat(-100, \"/d\", 0) = 4</d>";
    assert_eq!(line(Level::Effects, directory), "create \"/d/a\" ok; write \"/d/a\" ok");
}

#[test]
fn descriptors_without_a_path_are_numbered_by_their_maker() {
    check(
        Level::Calls,
        r#"
    main socket(1, 1, 0) = 3<socket:[70]>
    main socket(1, 1, 0) = 4<socket:[60]>
    main.c1 socket(1, 1, 0) = 3<socket:[50]>
    main.c1 write(4<socket:[60]>, 0, 1) = 1
    main close(0<pipe:[1]>) = 0
    main dup(1<pipe:[2]>) = 5<pipe:[2]>
    main close(9<pipe:[3]>) = 0
    main close(8<anon_inode:[eventpoll]>) = 0
    main close(2</dev/pts/3>) = 0
    main close(77) = -9
"#,
        r#"
    main:
      socket(AF_UNIX, SOCK_STREAM, 0) = <socket:1>
      socket(AF_UNIX, SOCK_STREAM, 0) = <socket:2>
      close(<stdin>) = ok
      dup(<stdout>) = <stdout>
      close(<inherited:1>) = ok
      close(<epoll>) = ok
      close(<tty>) = ok
      close(77) = EBADF
    main.c1:
      socket(AF_UNIX, SOCK_STREAM, 0) = <socket:main.c1:1>
      write(<socket:2>) = ok
"#,
    );
}

#[test]
fn tasks_stand_in_the_order_of_their_numbers() {
    check(
        Level::Calls,
        "main.t10 fsync(3</d/a>) = 0\nmain.c1 getpid() = 102\nmain fsync(3</d/b>) = 0\nmain.t2 tgkill(100, 100, 15) = 0\nmain.c1 futex(0, 0x80) = 0",
        "main:\n  fsync(</d/b>) = ok\nmain.c1:\n  getpid() = main.c1\nmain.t2:\n  tgkill(main, main, SIGTERM) = ok\nmain.t10:\n  fsync(</d/a>) = ok",
    );
}

#[test]
fn creating_and_waiting_show_as_headings() {
    let lines = "main clone(17) = 101\nmain wait4(-1, 0, 0, 0) = 101\nmain.c1 execve(\"/bin/ls\") = 0\nmain clone(17) = -11";
    check(Level::Calls, lines, "main:\n  clone(SIGCHLD, NULL) = EAGAIN\nmain.c1 exec \"/bin/ls\":");
    check(Level::Names, lines, "clone\nexec\nwait4");
}

#[test]
fn own_entries_of_proc_are_self_and_others_have_labels() {
    check(
        Level::Effects,
        "main openat(-100, \"/proc/100/stat\", 0) = -2\nmain openat(-100, \"/proc/101/task/101/comm\", 0) = -2\n\
         main openat(-100, \"/proc/9/stat\", 0) = -2\nmain.c1 getpid() = 101\nmain openat(-100, \"/proc/sys/9\", 0) = -2",
        "read \"/proc/[PID]/stat\" ENOENT\nread \"/proc/main.c1/task/main.c1/comm\" ENOENT\nread \"/proc/self/stat\" ENOENT\nread \"/proc/sys/9\" ENOENT",
    );
}

#[test]
fn names_are_temporary_by_what_happened_to_them() {
    let created = |path: &str| format!("main openat(-100, \"{path}\", 0xc1, 384) = 3<{path}>\n");
    let effects = |lines: &str| line(Level::Effects, lines);
    // Directly in a directory for temporary files, and staying there.
    assert_eq!(effects(&created("/tmp/ccAbCd")), "create \"/tmp/[TMP 1]\" ok; write \"/tmp/[TMP 1]\" ok");
    assert_eq!(effects(&created("/d/ccAbCd")), "create \"/d/ccAbCd\" ok; write \"/d/ccAbCd\" ok");
    assert_eq!(effects("main mkdir(\"/tmp/x1\", 448) = 0"), "mkdir \"/tmp/[TMP 1]\" ok");
    // Renamed away, removed, or never there.
    let renamed = created("/d/ab") + "main rename(\"/d/ab\", \"/d/x\") = 0";
    assert_eq!(
        effects(&renamed),
        "create \"/d/[TMP 1]\" ok; rename \"/d/[TMP 1]\" -> \"/d/x\" ok; write \"/d/[TMP 1]\" ok"
    );
    let removed = "main mkdir(\"/d/ab\", 448) = 0\nmain rmdir(\"/d/ab\") = 0";
    assert_eq!(effects(removed), "mkdir \"/d/[TMP 1]\" ok; remove \"/d/[TMP 1]\" ok");
    assert_eq!(effects("main mkdir(\"/no/ab\", 448) = -2"), "mkdir \"/no/[TMP 1]\" ENOENT");
    // Not made exclusively; made anew; not made, as it was there.
    let plain =
        "main openat(-100, \"/d/x.tmp\", 0x41, 384) = 3</d/x.tmp>\nmain rename(\"/d/x.tmp\", \"/d/x\") = 0";
    assert!(effects(plain).contains("\"/d/x.tmp\" -> \"/d/x\""));
    let anew = created("/d/ab") + "main unlink(\"/d/ab\") = 0\n" + &created("/d/ab");
    assert!(effects(&anew).contains("create \"/d/ab\" ok"));
    assert_eq!(effects("main mkdir(\"/tmp/ab\", 448) = -17"), "mkdir \"/tmp/ab\" EEXIST");
}

#[test]
fn temporary_names_are_numbered_by_their_maker_and_found_everywhere() {
    check(
        Level::Calls,
        "main mkdir(\"/tmp/b2\", 448) = 0\nmain mkdir(\"/tmp/a1\", 448) = 0\nmain.c1 mkdir(\"/tmp/c3\", 448) = 0\n\
         main stat(\"/e/a1/x\", 0) = -2\nmain stat(\"/e/a1x\", 0) = -2\nmain.c1 fsync(3</tmp/a1/y>) = 0",
        "main:\n  mkdir(\"/tmp/[TMP 1]\", 0700) = ok\n  mkdir(\"/tmp/[TMP 2]\", 0700) = ok\n  \
         stat(\"/e/[TMP 2]/x\") = ENOENT\n  stat(\"/e/a1x\") = ENOENT\n\
         main.c1:\n  mkdir(\"/tmp/[TMP main.c1:1]\", 0700) = ok\n  fsync(</tmp/[TMP 2]/y>) = ok",
    );
}

#[test]
fn a_redacted_directory_holds_no_temporary_names_and_kept_ones_are_shown() {
    let text = snapshot("main mkdir(\"/tmp/dir/a\", 448) = 0").redact("/tmp/dir", "[DIR]").to_string();
    assert_eq!(text, "mkdir \"[DIR]/a\" ok\n");
    let text = snapshot("main mkdir(\"/tmp/a\", 448) = 0").redact("/tmp", "[DIR]").to_string();
    assert_eq!(text, "mkdir \"[DIR]/a\" ok\n");
    // What has a placeholder of our own may be the directory for temporary files.
    let surroundings = Surroundings {
        tmpdirs: vec!["/tmp".into()],
        home: Some("/tmp".into()),
        temporary: vec![b"/tmp".to_vec()],
        ..Surroundings::default()
    };
    let trace = made("main mkdir(\"/tmp/a\", 448) = 0").trace();
    let text = Snapshot { surroundings, ..trace.snapshot() }.to_string();
    assert_eq!(text, "mkdir \"[HOME]/[TMP 1]\" ok\n");
    let lock = "main mkdir(\"/d/index.lock\", 448) = 0\nmain rmdir(\"/d/index.lock\") = 0";
    assert_eq!(
        snapshot(lock).keep("index.lock").to_string(),
        "mkdir \"/d/index.lock\" ok\nremove \"/d/index.lock\" ok\n"
    );
}

#[test]
fn relative_paths_are_shown_as_written_where_that_says_the_same() {
    let shown = |call: &str| {
        let snapshot = snapshot(call).level(Level::Calls).redact("/d/r7", "[DIR]");
        (
            snapshot.to_string().lines().nth(1).map(|line| line.trim().to_owned()).unwrap_or_default(),
            snapshot.unused().len(),
        )
    };
    assert_eq!(
        shown("main unlinkat(-100</d/r7>, \"a/b\", 0) = 0"),
        ("unlinkat(AT_FDCWD, \"a/b\", 0) = ok".to_owned(), 0)
    );
    assert_eq!(
        shown("main unlinkat(-100</d/x>, \"../r7/b\", 0) = 0"),
        ("unlinkat(AT_FDCWD, \"[DIR]/b\", 0) = ok".to_owned(), 0)
    );
    assert_eq!(
        shown("main unlinkat(5</d/r7>, \"b\", 0) = 0"),
        ("unlinkat(<[DIR]>, \"b\", 0) = ok".to_owned(), 0)
    );
    assert_eq!(
        shown("main unlinkat(-100</d>, \"b\", 0) = 0"),
        ("unlinkat(AT_FDCWD, \"b\", 0) = ok".to_owned(), 1)
    );
    let link = "main openat(-100, \"/link/b\", 0) = 3</d/r7/b>";
    assert_eq!(shown(link), ("openat(AT_FDCWD, \"[DIR]/b\", O_RDONLY) = <[DIR]/b>".to_owned(), 0));
}

#[test]
fn the_machines_directories_have_placeholders() {
    let trace = made("main unlink(\"/h/u/x\") = 0\nmain unlink(\"/h/u/t/y\") = 0\nmain unlink(\"/h/u/t/tmp/z\") = 0\nmain unlink(\"/w/v\") = 0\nmain unlink(\"/tmp/a\") = 0\nmain unlink(\"/mine/b\") = 0").trace();
    let surroundings = Surroundings {
        home: Some("/h/u".into()),
        target: Some("/h/u/t".into()),
        current: Some("/w".into()),
        tmpdirs: vec!["/mine".into(), "/tmp".into()],
        temporary: Vec::new(),
    };
    let text = Snapshot { surroundings, ..trace.snapshot() }.to_string();
    assert_eq!(
        text,
        "remove \"[CWD]/v\" ok\nremove \"[HOME]/x\" ok\nremove \"[TARGET]/y\" ok\nremove \"[TARGET_TMP]/z\" ok\nremove \"[TMPDIR]/a\" ok\nremove \"[TMPDIR]/b\" ok\n"
    );
}

#[test]
fn the_working_directory_is_the_programs() {
    let surroundings = Surroundings { current: Some("/w".into()), ..Surroundings::default() };
    let trace = made("main unlinkat(-100</v>, \"a\", 0) = 0\nmain unlink(\"/w/b\") = 0").trace();
    let text = Snapshot { surroundings, ..trace.snapshot() }.to_string();
    assert_eq!(text, "remove \"/w/b\" ok\nremove \"[CWD]/a\" ok\n");
}

#[test]
fn calls_can_be_left_out() {
    let lines = "main fsync(3</d/x>) = 0\nmain stat(\"/d/a\", 0) = 0\nmain lstat(\"/d/a\", 0) = 0";
    let snapshot = snapshot(lines).level(Level::Calls).without("fsync").without(crate::trace::family::stat());
    assert_eq!(snapshot.to_string(), "");
    assert!(snapshot.unused().is_empty());
    assert_eq!(snapshot.without("connect").unused(), [".without(connect)"]);
}

#[test]
fn a_view_keeps_the_names_of_the_whole() {
    let trace = made("main mkdir(\"/tmp/a\", 448) = 0\nmain mkdir(\"/tmp/b\", 448) = 0").trace();
    assert_eq!(
        trace.only_calls(".select(..)", &[1]).snapshot().to_string(),
        "mkdir \"[TMPDIR]/[TMP 2]\" ok\n"
    );
}

#[test]
#[should_panic(expected = "no x86_64 system call is called `fsnyc`; did you mean `fsync`?")]
fn a_misspelt_call_cannot_be_left_out() {
    let _never = snapshot("").without("fsnyc");
}

#[test]
#[should_panic(expected = "is no placeholder")]
fn a_placeholder_must_look_like_one() {
    let _never = snapshot("").redact("/d", "DIR");
}

#[test]
fn a_blind_spot_is_refused_where_it_could_hide_what_the_level_shows() {
    let refused = |spot, level| {
        let trace = made("main fsync(3</d/x>) = 0").hole(spot, "#1 main  io_uring_setup() = 5").trace();
        let snapshot = trace.snapshot().level(level);
        let allowed = trace.allowing(spot).snapshot().level(level);
        assert_eq!(allowed.refusal(Palette::Plain), None);
        snapshot.refusal(Palette::Plain).is_some()
    };
    for level in Level::ALL {
        assert!(refused(BlindSpot::IoUring, level), "{level}");
        assert!(!refused(BlindSpot::Vdso, level), "{level}");
    }
    assert!(refused(BlindSpot::Foreign, Level::Effects), "it has no operation");
    assert!(!refused(BlindSpot::Foreign, Level::Calls), "it has a line");
}

#[test]
fn a_program_that_failed_is_refused_until_the_test_says_so() {
    let trace = made("main exit_group(2) = ?").ended(2 << 8).trace();
    let refusal = trace.snapshot().refusal(Palette::Plain).unwrap();
    assert!(refusal.starts_with("cannot tell: a snapshot at level effects claims that nothing else was done, but the program failed"), "{refusal}");
    assert!(refusal.contains("`.code(2)` first"), "{refusal}");
    assert_eq!(trace.code(2).snapshot().refusal(Palette::Plain), None);
}

#[test]
fn a_filter_is_refused_unless_what_it_lacks_is_left_out() {
    let trace = made("main fsync(3</d/x>) = 0").filter(&["fsync", "openat"]).trace();
    assert!(
        trace
            .snapshot()
            .level(Level::Calls)
            .refusal(Palette::Plain)
            .unwrap()
            .contains("Tracer::only(..) leaves calls out")
    );
}
