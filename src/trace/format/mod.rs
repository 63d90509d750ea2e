//! The text of calls, values and marks, in the notation of strace.

mod call;
mod argument;
mod mark;
mod netlink;
mod mode;
mod value;
mod word;
mod socket;
mod address;
mod quote;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use crate::trace::value::Descriptor;

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
#[derive(Clone)]
pub struct Format {
    pub(crate) string_limit: usize,
    pub(crate) verbose: bool,
    pub(crate) fd_paths: bool,
    pub(crate) fd_protocols: bool,
    pub(crate) fd_text: Option<FdText>,
    pub(crate) strings: Strings,
    pub(crate) constants: Constants,
}

/// What the caller knows of a descriptor.
type FdText = Arc<dyn Fn(&Descriptor) -> Option<String> + Send + Sync>;

/// How [`Format::strings`] writes strings, paths and buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strings {
    /// As in C: `"a\n\377"`.
    Escaped,
    /// In hexadecimal where a byte is neither printable nor white space: `"\x61\x0a\xff"`.
    HexUnprintable,
    /// All in hexadecimal.
    Hex,
}

/// How [`Format::constants`] writes what has a name: flags, enumerations, signals, modes, devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constants {
    /// `O_RDONLY|O_CLOEXEC`.
    Names,
    /// `0x80000`.
    Numbers,
    /// `0x80000 /* O_RDONLY|O_CLOEXEC */`.
    Both,
}

impl Format {
    /// As strace without options: strings are cut at 32 bytes, structures abbreviated, descriptors plain numbers.
    #[must_use]
    pub fn new() -> Format {
        Format {
            string_limit: 32,
            verbose: false,
            fd_paths: false,
            fd_protocols: false,
            fd_text: None,
            strings: Strings::Escaped,
            constants: Constants::Names,
        }
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

    /// With [`fd_paths`](Format::fd_paths), shows the protocols of sockets: `3<TCP:[4711]>`.
    #[must_use]
    pub fn fd_protocols(mut self, on: bool) -> Format {
        self.fd_protocols = on;
        self
    }

    /// With [`fd_paths`](Format::fd_paths), shows what `text` says of a descriptor, where it says something: what else is known of it
    /// than what it refers to.
    ///
    /// ```
    /// # use expect_syscalls::{call, expect_syscalls, file, Format};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
    /// let read = trace.matching(call!("read", fd = file("/etc/hostname"))).next().unwrap();
    /// let named = Format::new().fd_paths(true).fd_text(|fd| fd.path().map(|_| "the name".to_owned()));
    /// assert!(read.display_call(&named).to_string().starts_with("read(3<the name>, "));
    /// ```
    #[must_use]
    pub fn fd_text(mut self, text: impl Fn(&Descriptor) -> Option<String> + Send + Sync + 'static) -> Format {
        self.fd_text = Some(Arc::new(text));
        self
    }

    /// How strings, paths and buffers are written.
    ///
    /// ```
    /// # use expect_syscalls::{expect_syscalls, Format, Strings};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("printf").arg("\\001"));
    /// let write = trace.matching("write").next().unwrap();
    /// let hex = Format::new().strings(Strings::HexUnprintable);
    /// assert_eq!(write.display(&hex).to_string(), r#"write(1, "\x01", 1) = 1"#);
    /// ```
    #[must_use]
    pub fn strings(mut self, strings: Strings) -> Format {
        self.strings = strings;
        self
    }

    /// How that is written which has a name.
    ///
    /// ```
    /// # use expect_syscalls::{expect_syscalls, Constants, Format};
    /// # use std::process::Command;
    /// let trace = expect_syscalls(Command::new("cat").arg("/etc/hostname"));
    /// let open = trace.matching("openat").last().unwrap();
    /// let text = open.display_call(&Format::new().constants(Constants::Both)).to_string();
    /// assert_eq!(text, r#"openat(-100 /* AT_FDCWD */, "/etc/hostname", 0 /* O_RDONLY */)"#);
    /// ```
    #[must_use]
    pub fn constants(mut self, constants: Constants) -> Format {
        self.constants = constants;
        self
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Format")
            .field("string_limit", &self.string_limit)
            .field("verbose", &self.verbose)
            .field("fd_paths", &self.fd_paths)
            .field("fd_protocols", &self.fd_protocols)
            .field("fd_text", &self.fd_text.is_some())
            .field("strings", &self.strings)
            .field("constants", &self.constants)
            .finish()
    }
}

impl Default for Format {
    fn default() -> Format {
        Format::new()
    }
}
