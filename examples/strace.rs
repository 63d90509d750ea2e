//! A small strace on the public interface, with strace's own options.
//!
//! ```text
//! cargo run --example strace -- ls
//! cargo run --example strace -- -f -e trace=%file sh -c 'ls / | wc -l'
//! cargo run --example strace -- -o /tmp/trace -s 100 -v -y cat /etc/passwd
//! ```
//!
//! It prints while the program runs, and exits with the program's status.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitCode};
use std::time::Duration;

use expect_syscalls::{CallMatcher, Format, Record, Tracer};

const USAGE: &str =
    "usage: strace [-fqvy] [-o FILE] [-e trace=SET] [-s SIZE] [-a COLUMN] PROGRAM [ARGUMENT]...
  -f           the children of the program too
  -o FILE      write to FILE instead of stderr
  -e trace=SET only these calls: names and classes with commas, such as openat,%network; !SET: all but these
  -s SIZE      bytes of strings to show (32)
  -a COLUMN    where results stand (40)
  -v           all fields of structures
  -y           what descriptors refer to
  -q           no word about other processes; -qq: none about ends either";

fn main() -> ExitCode {
    let options = match Options::parse(env::args_os().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("strace: {why}\n{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    match trace(options) {
        Ok(code) => ExitCode::from(code),
        Err(why) => {
            eprintln!("strace: {why}");
            ExitCode::FAILURE
        }
    }
}

fn trace(options: Options) -> Result<u8, Box<dyn std::error::Error>> {
    let mut command = Command::new(&options.program);
    command.args(&options.arguments);
    let output: Box<dyn Write + Send> = match &options.output {
        Some(file) => Box::new(io::BufWriter::new(File::create(file)?)),
        None => Box::new(io::stderr()),
    };
    let mut printer = Printer { options, output, root: None, many: false };
    let tracer = Tracer::new().capture(false).aslr(true).timeout(Duration::MAX).call_limit(usize::MAX);
    let trace = tracer.stream(&mut command, move |record| printer.print(record))?;
    let status = trace.status();
    let code = status.code().or(status.signal().map(|signal| 128 + signal));
    Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

struct Printer {
    options: Options,
    output: Box<dyn Write + Send>,
    /// The thread that the program started with.
    root: Option<u32>,
    /// Another thread or process has been seen.
    many: bool,
}

impl Printer {
    fn print(&mut self, record: &Record) {
        let (tid, line) = match record {
            Record::Call(call) if self.options.shows(call) => (call.tid(), self.line(call)),
            Record::Call(call) => return self.note(call.tid()),
            Record::Mark(mark) if mark.is_end() && self.options.quiet > 1 => return self.note(mark.tid()),
            Record::Mark(mark) => (mark.tid(), mark.to_string()),
            _ => return,
        };
        self.note(tid);
        if !self.options.follow && self.root != Some(tid) {
            return;
        }
        let prefix = match (self.options.follow, &self.options.output) {
            (true, Some(_)) => format!("{tid:<5} "),
            (true, None) if self.many => format!("[pid {tid:>5}] "),
            _ => String::new(),
        };
        // Nobody to tell when this fails: the program goes on.
        let _ = writeln!(self.output, "{prefix}{line}");
    }

    fn note(&mut self, tid: u32) {
        let root = *self.root.get_or_insert(tid);
        if root != tid && !self.many {
            self.many = true;
            if self.options.follow && self.options.quiet == 0 {
                let _ = writeln!(self.output, "strace: other processes are marked with their number");
            }
        }
    }

    /// The result stands in its column, or behind a longer call.
    fn line(&self, call: &expect_syscalls::Call) -> String {
        let Options { format, column, .. } = &self.options;
        let text = call.display_call(format).to_string();
        let gap = if text.len() < *column { "" } else { " " };
        format!("{text:<column$}{gap}= {}", call.display_result(format))
    }
}

struct Options {
    follow: bool,
    quiet: u32,
    output: Option<OsString>,
    column: usize,
    format: Format,
    only: Vec<CallMatcher>,
    but: bool,
    program: OsString,
    arguments: Vec<OsString>,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = OsString>) -> Result<Options, String> {
        let mut options = Options {
            follow: false,
            quiet: 0,
            output: None,
            column: 40,
            format: Format::new(),
            only: Vec::new(),
            but: false,
            program: OsString::new(),
            arguments: Vec::new(),
        };
        loop {
            let arg = args.next().ok_or("no program is given")?;
            let text = arg.to_str().filter(|text| text.starts_with('-') && text.len() > 1).map(str::to_owned);
            match text.as_deref() {
                Some("--") => options.program = args.next().ok_or("no program is given")?,
                Some(text) => {
                    options.set(&text[1..], &mut args)?;
                    continue;
                }
                None => options.program = arg,
            }
            options.arguments = args.collect();
            return Ok(options);
        }
    }

    /// A cluster of letters, the last of which may take a value: `-fs100`, `-f -s 100`.
    fn set(&mut self, cluster: &str, args: &mut impl Iterator<Item = OsString>) -> Result<(), String> {
        for (index, letter) in cluster.char_indices() {
            let rest = &cluster[index + letter.len_utf8()..];
            let mut value = || match rest {
                "" => args.next().ok_or(format!("-{letter} wants a value")),
                rest => Ok(rest.into()),
            };
            match letter {
                'f' => self.follow = true,
                'q' => self.quiet += 1,
                'v' => self.format = self.format.clone().verbose(true),
                'y' => self.format = self.format.clone().fd_paths(true),
                'o' => self.output = Some(value()?),
                's' => self.format = self.format.clone().string_limit(number(letter, &value()?)?),
                'a' => self.column = number(letter, &value()?)?,
                'e' => self.trace(&value()?.to_string_lossy())?,
                _ => return Err(format!("there is no option -{letter}")),
            }
            if matches!(letter, 'o' | 's' | 'a' | 'e') {
                break;
            }
        }
        Ok(())
    }

    fn trace(&mut self, set: &str) -> Result<(), String> {
        let set = set.strip_prefix("trace=").unwrap_or(set);
        let set = match set.strip_prefix('!') {
            Some(set) => {
                self.but = true;
                set
            }
            None => set,
        };
        for name in set.split(',').filter(|name| *name != "all") {
            self.only.push(CallMatcher::parse(name)?);
        }
        Ok(())
    }

    fn shows(&self, call: &expect_syscalls::Call) -> bool {
        self.only.is_empty() || self.only.iter().any(|matcher| matcher.matches(call)) != self.but
    }
}

fn number(letter: char, value: &OsString) -> Result<usize, String> {
    let text = value.to_string_lossy();
    text.parse().map_err(|_| format!("-{letter} wants a number, not `{text}`"))
}
