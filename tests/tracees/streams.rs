//! What a program finds as its standard streams, and does with them.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::FileTypeExt as _;

unsafe extern "C" {
    fn close(fd: i32) -> i32;
    fn getpriority(which: i32, who: u32) -> i32;
    fn umask(mask: u32) -> u32;
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args[1].as_str() {
        "both" => both(args[2].parse().expect("a number of bytes")),
        "count" => println!("{} bytes", io::copy(&mut io::stdin().lock(), &mut io::sink()).expect("stdin")),
        "copy" => _ = io::copy(&mut io::stdin().lock(), &mut io::stdout().lock()).expect("both are open"),
        "ignore" => println!("nothing read"),
        "endless" => while io::stdout().write_all(&[b'x'; 4096]).is_ok() {},
        "close_all" => (0..1024).for_each(|fd| _ = unsafe { close(fd) }),
        "first_fd" => println!("{}", File::open("/dev/null").expect("it is readable").as_raw_fd()),
        "kinds" => kinds(),
        "surroundings" => surroundings(),
        other => panic!("no such case: {other:?}"),
    }
}

/// So many bytes to each output in turn; a pipe that nobody drained would stop it.
fn both(bytes: usize) {
    let chunk = [b'x'; 4096];
    for _ in 0..bytes.div_ceil(chunk.len()) {
        io::stdout().write_all(&chunk).expect("stdout");
        io::stdout().flush().expect("stdout");
        io::stderr().write_all(&chunk).expect("stderr");
    }
}

fn kinds() {
    let terminals = [io::stdin().is_terminal(), io::stdout().is_terminal(), io::stderr().is_terminal()];
    for (fd, terminal) in terminals.into_iter().enumerate() {
        match File::open(format!("/proc/self/fd/{fd}")).and_then(|file| file.metadata()) {
            _ if terminal => println!("{fd} terminal"),
            Ok(file) if file.file_type().is_fifo() => println!("{fd} pipe"),
            Ok(file) if file.file_type().is_char_device() => println!("{fd} device"),
            Ok(file) if file.is_file() => println!("{fd} file"),
            other => println!("{fd} {other:?}"),
        }
    }
}

/// Everything a process has from those who started it.
fn surroundings() {
    let mut environment: Vec<_> = std::env::vars_os().collect();
    environment.sort();
    environment.iter().for_each(|variable| println!("{variable:?}"));
    println!("{:?}", std::env::current_dir());
    println!("nice {} umask {:o}", unsafe { getpriority(0, 0) }, unsafe { umask(0) });
    let mut fds: Vec<_> = std::fs::read_dir("/proc/self/fd")
        .expect("it is there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    fds.sort();
    println!("descriptors {fds:?}");
    for file in ["limits", "cgroup", "cmdline", "oom_score_adj", "timerslack_ns"] {
        print(file);
    }
    let status = std::fs::read_to_string("/proc/self/status").expect("it is there");
    // What is the same in two runs of one program, and is no sign of a tracer.
    const SAME: [&str; 19] = [
        "Umask",
        "Uid",
        "Gid",
        "Groups",
        "NoNewPrivs",
        "Seccomp",
        "Seccomp_filters",
        "SigPnd",
        "ShdPnd",
        "SigBlk",
        "SigIgn",
        "SigCgt",
        "CapInh",
        "CapPrm",
        "CapEff",
        "CapBnd",
        "CapAmb",
        "Threads",
        "FDSize",
    ];
    for line in status.lines().filter(|line| SAME.iter().any(|key| line.split(':').next() == Some(key))) {
        println!("{}", without_signals_of_the_c_library(line));
    }
    println!("terminal {:?}", File::open("/dev/tty").map(drop).map_err(|error| error.kind()));
    let mut rest = Vec::new();
    println!("stdin {:?}", io::stdin().read_to_end(&mut rest));
}

/// 32 and 33 are glibc's: what becomes of them depends on whether it forks or spawns.
fn without_signals_of_the_c_library(line: &str) -> String {
    match line.strip_prefix("SigIgn:") {
        Some(mask) => {
            let mask = u64::from_str_radix(mask.trim(), 16).expect("a mask");
            format!("SigIgn: {:x}", mask & !(0b11 << 31))
        }
        None => line.to_owned(),
    }
}

fn print(file: &str) {
    let text = std::fs::read(format!("/proc/self/{file}")).unwrap_or_default();
    println!("{file}: {}", String::from_utf8_lossy(&text));
}
