//! What stands for the values that vary from run to run. Kinds decide, and what happened; never how a text looks.

pub(crate) mod history;
pub(crate) mod labels;
pub(crate) mod hidden;
pub(crate) mod descriptors;
pub(crate) mod temporary;
pub(crate) mod addresses;

use std::net::SocketAddr;

use crate::expect::snapshot::normalise::addresses::Addresses;
use crate::expect::snapshot::normalise::descriptors::{Descriptors, Removed, Shown};
use crate::expect::snapshot::normalise::labels::Labels;
use crate::expect::snapshot::normalise::temporary::Temporaries;
use crate::expect::snapshot::pieces::Pieces;
use crate::expect::snapshot::redact::{Redactor, normal};
use crate::trace::call::Call;
use crate::trace::effects::place;
use crate::trace::format::quoted;
use crate::trace::tree::Tree;
use crate::trace::value::{Descriptor, PathText, SocketAddress};

pub(crate) const AT_FDCWD: i32 = -100;

/// Shows the values of one recording.
#[derive(Debug)]
pub(crate) struct Normaliser {
    redactor: Redactor,
    labels: Labels,
    descriptors: Descriptors,
    temporaries: Temporaries,
    addresses: Addresses,
}

impl Normaliser {
    /// `calls` are those of the whole recording, so that a name does not depend on what is shown.
    pub(crate) fn new(
        tree: &Tree,
        calls: &[&Call],
        redactor: Redactor,
        temporary_directories: &[Vec<u8>],
        kept: &[Vec<u8>],
    ) -> Normaliser {
        let temporaries = Temporaries::new(calls, &redactor, temporary_directories, kept);
        Normaliser {
            redactor,
            labels: Labels::new(tree, calls),
            descriptors: Descriptors::new(calls),
            temporaries,
            addresses: Addresses::new(calls),
        }
    }

    /// The file that a path leads to.
    pub(crate) fn file(&self, path: &PathText, call: &Call) -> String {
        self.bytes_of_path(&place::shown(path), call).quoted()
    }

    /// A path as the program wrote it, where that says the same in every run. Where only the file it leads to is
    /// redacted, because it goes through a link or `..`, that file.
    pub(crate) fn path(&self, path: &PathText, call: &Call) -> String {
        let mut text = self.written(path, call).quoted();
        if path.truncated {
            text.push_str("...");
        }
        text
    }

    fn written(&self, path: &PathText, call: &Call) -> Pieces {
        let written = self.bytes_of_path(&path.written, call);
        let relative = path.written.first() != Some(&b'/');
        if !written.is_untouched() || relative && !path.written.starts_with(b"..") {
            // Here the redaction has nothing to replace, and is not useless for that.
            let _used = relative && self.redactor.reaches(&place::shown(path));
            return written;
        }
        let absolute = path.absolute_bytes();
        let resolved =
            path.resolved.as_deref().filter(|link| link.first() == Some(&b'/')).map(place::undeleted);
        let others = absolute.as_deref().into_iter().chain(resolved);
        let redacted =
            others.filter(|other| self.redactor.covers(other)).map(|other| self.bytes_of_path(other, call));
        redacted.into_iter().next().unwrap_or(written)
    }

    fn bytes_of_path(&self, path: &[u8], call: &Call) -> Pieces {
        if let Some(process) = self.below_proc(path, call) {
            return process;
        }
        // `//` and `.` say nothing about the file.
        let mut pieces =
            Pieces::bytes(if path.first() == Some(&b'/') { normal(path) } else { path.to_vec() });
        self.redactor.path(&mut pieces);
        pieces.replace_components(|component| self.temporaries.placeholder(component));
        pieces
    }

    /// `/proc/PID` and what is below it.
    fn below_proc(&self, path: &[u8], call: &Call) -> Option<Pieces> {
        let rest = path.strip_prefix(b"/proc/")?;
        let mut shown = Pieces::bytes(*b"/proc");
        let mut owner = true;
        for component in rest.split(|&byte| byte == b'/') {
            let own = owner && component == call.process().pid().to_string().as_bytes();
            let label = if own { Some("self".to_owned()) } else { self.labels.component(component, call) };
            shown.push_bytes(b"/");
            match label.filter(|_| owner) {
                Some(label) => shown.push_placeholder(&label),
                None => shown.push_bytes(component),
            }
            owner = component == b"task";
        }
        Some(shown)
    }

    /// A string that is no path, such as an argument of a program.
    pub(crate) fn text(&self, text: &[u8]) -> String {
        let mut pieces = Pieces::bytes(text);
        self.redactor.text(&mut pieces);
        pieces.replace_components(|component| self.temporaries.placeholder(component));
        pieces.quoted()
    }

    /// Bytes that were read or written.
    pub(crate) fn data(&self, bytes: &[u8], total: Option<u64>) -> String {
        let mut text = String::new();
        quoted(&mut text, bytes, total != Some(bytes.len() as u64))
            .expect("BUG: a String takes whatever is written to it");
        text
    }

    /// A descriptor by what it refers to: `<[DIR]/x>`, `<pipe:1>`.
    pub(crate) fn descriptor(&self, fd: &Descriptor, call: &Call) -> String {
        if fd.number == AT_FDCWD {
            return "AT_FDCWD".to_owned();
        }
        self.shown(self.descriptors.shown(fd, call), call)
    }

    /// A descriptor inside a structure.
    pub(crate) fn descriptor_inside(&self, fd: &Descriptor, call: &Call) -> String {
        self.shown(self.descriptors.shown_inside(fd, call), call)
    }

    fn shown(&self, shown: Shown, call: &Call) -> String {
        match shown {
            Shown::Number(number) => number.to_string(),
            Shown::Name(name) => format!("<{name}>"),
            Shown::File(path, Removed::No) => format!("<{}>", self.bytes_of_path(&path, call).text()),
            Shown::File(path, Removed::Yes) => {
                format!("<{} (deleted)>", self.bytes_of_path(&path, call).text())
            }
        }
    }

    /// A process, group, session or thread id.
    pub(crate) fn id(&self, id: i64, call: &Call) -> String {
        self.labels.id(id, call)
    }

    /// A socket address, in the spelling that matchers take: `127.0.0.1:80`, `"/run/x"`, `"@name"`.
    pub(crate) fn address(&self, address: &SocketAddress, call: &Call) -> String {
        match address {
            SocketAddress::Inet(SocketAddr::V4(v4)) => {
                format!("{}:{}", v4.ip(), self.addresses.port(v4.port()))
            }
            SocketAddress::Inet(SocketAddr::V6(v6)) => {
                format!("[{}]:{}", v6.ip(), self.addresses.port(v6.port()))
            }
            SocketAddress::Unix(name) if name.is_empty() => "unnamed".to_owned(),
            SocketAddress::Unix(name) => match name.strip_prefix(b"\0") {
                None => self.bytes_of_path(name, call).quoted(),
                Some(text) => self.addresses.abstract_name(name).unwrap_or_else(|| {
                    let mut pieces = Pieces::bytes([b"@", text].concat());
                    self.redactor.text(&mut pieces);
                    pieces.quoted()
                }),
            },
            SocketAddress::Netlink { .. } => address_family(16),
            SocketAddress::Other(family, _) => address_family(*family),
            SocketAddress::Raced(address) => self.address(address, call),
        }
    }

    /// The user's redactions that have replaced nothing so far.
    pub(crate) fn unused(&self) -> Vec<String> {
        self.redactor.unused()
    }
}

fn address_family(family: u16) -> String {
    let families = crate::abi::constants::network::AF.members.iter();
    let named = families.clone().find(|member| member.value == u64::from(family));
    named.map_or_else(|| format!("AF_{family}"), |member| member.name.to_owned())
}
