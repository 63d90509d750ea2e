//! The text of calls, values and marks, in the notation of strace.

mod call;
mod argument;
mod mark;
mod netlink;
mod value;
mod word;
mod socket;
mod quote;
#[cfg(test)]
mod tests;

pub(crate) use quote::quoted;

/// How much of a call its text shows.
///
/// ```
/// # use expect_syscalls::{call, expect_syscalls, file, Format};
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
/// let read = trace.matching(call!("read", fd = file("/etc/hostname"))).next().unwrap();
/// let text = read.display(&Format::new().fd_paths(true)).to_string();
/// assert!(text.contains("</etc/hostname>, "), "{text}");
/// ```
#[derive(Clone, Debug)]
pub struct Format {
    pub(crate) string_limit: usize,
    pub(crate) verbose: bool,
    pub(crate) fd_paths: bool,
}

impl Format {
    /// As strace without options: strings are cut at 32 bytes, structures abbreviated, descriptors plain numbers.
    #[must_use]
    pub fn new() -> Format {
        Format { string_limit: 32, verbose: false, fd_paths: false }
    }

    /// How many bytes of a string or buffer, and elements of an array, are shown. Paths are always whole.
    #[must_use]
    pub fn string_limit(mut self, limit: usize) -> Format {
        self.string_limit = limit;
        self
    }

    /// Shows all fields of structures, and the whole of arrays.
    #[must_use]
    pub fn verbose(mut self, on: bool) -> Format {
        self.verbose = on;
        self
    }

    /// Shows what descriptors refer to: `3</etc/passwd>`.
    #[must_use]
    pub fn fd_paths(mut self, on: bool) -> Format {
        self.fd_paths = on;
        self
    }
}

impl Default for Format {
    fn default() -> Format {
        Format::new()
    }
}
