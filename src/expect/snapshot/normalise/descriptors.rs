//! Descriptors by what they refer to. Files have paths; what has none is numbered by its creation within the
//! task that made it, as the numbers of descriptors and inodes depend on what else happens.

use std::collections::HashMap;
use std::sync::Arc;

use crate::expect::snapshot::normalise::history::History;
use crate::trace::call::{Call, Outcome};
use crate::trace::raw::Phase;
use crate::trace::value::{Descriptor, List, Value};

/// Names for pipes and sockets.
#[derive(Debug, Default)]
pub(crate) struct Descriptors {
    /// By the kernel's name, `pipe:[1234]`, and since when.
    names: HashMap<Arc<[u8]>, History<String>>,
    /// What a number referred to in a process, by the number and since when.
    last_known: LastKnown,
}

/// How a descriptor is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// In full: `pipe:1`, `epoll`.
    Name(String),
    /// A file, whose path is still to be redacted, and whether it has been removed.
    File(Vec<u8>, Removed),
    /// Nothing is known: the number.
    Number(i32),
}

/// Whether a file still had its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removed {
    No,
    Yes,
}

impl Descriptors {
    pub(crate) fn new(calls: &[&Call]) -> Descriptors {
        let mut numbering = Numbering::default();
        for call in calls {
            numbering.created(call);
        }
        for call in calls {
            numbering.inherited(call);
        }
        Descriptors { last_known: last_known(calls), ..numbering.finish() }
    }

    pub(crate) fn shown(&self, fd: &Descriptor, call: &Call) -> Shown {
        let Some(link) = &fd.link else { return Shown::Number(fd.number) };
        self.of_link(link, call)
    }

    /// A descriptor inside a structure, of which the kernel was not asked: what it referred to when it was last used.
    pub(crate) fn shown_inside(&self, fd: &Descriptor, call: &Call) -> Shown {
        let known = self.last_known.get(&(call.task().process, fd.number));
        let before = known.and_then(|known| known.at(call.raw().entered.order()));
        match fd.link.as_ref().or(before) {
            Some(link) => self.of_link(link, call),
            None => Shown::Number(fd.number),
        }
    }

    fn of_link(&self, link: &Arc<[u8]>, call: &Call) -> Shown {
        if let Some(name) = self.name(link, call) {
            return Shown::Name(name.to_owned());
        }
        if let Some(terminal) = terminal(link) {
            return Shown::Name(terminal.to_owned());
        }
        if let Some(kind) = anonymous(link) {
            return Shown::Name(kind);
        }
        match link.strip_suffix(b" (deleted)") {
            Some(path) => Shown::File(path.to_vec(), Removed::Yes),
            None => Shown::File(link.to_vec(), Removed::No),
        }
    }

    fn name(&self, link: &[u8], call: &Call) -> Option<&str> {
        let now = call.raw().left.unwrap_or(call.raw().entered).order();
        self.names.get(link)?.at_or_soon(now).map(String::as_str)
    }
}

/// By process and number.
type LastKnown = HashMap<(u32, i32), History<Arc<[u8]>>>;

fn last_known(calls: &[&Call]) -> LastKnown {
    let mut last_known = LastKnown::new();
    for call in calls {
        let raw = call.raw();
        for note in raw.noted.files.iter().filter(|note| note.fd >= 0 && note.phase != Phase::Again) {
            let moment =
                if note.phase == Phase::Entry { raw.entered } else { raw.left.unwrap_or(raw.entered) };
            let known = last_known.entry((call.task().process, note.fd)).or_default();
            known.add(moment.order(), note.link.clone());
        }
    }
    last_known
}

#[derive(Default)]
struct Numbering {
    names: HashMap<Arc<[u8]>, History<String>>,
    /// How many a task has made of a kind.
    made: HashMap<(String, &'static str), u32>,
    /// The lowest number under which each inherited one was seen, and the order of being seen.
    inherited: HashMap<Arc<[u8]>, (i32, usize)>,
}

impl Numbering {
    fn created(&mut self, call: &Call) {
        let kind = match call.name() {
            "pipe" | "pipe2" => "pipe",
            "socket" | "socketpair" | "accept" | "accept4" => "socket",
            _ => return,
        };
        if !call.succeeded() {
            return;
        }
        let since = call.raw().entered.order();
        let mut links: Vec<Arc<[u8]>> = Vec::new();
        let pair = call.arg("pipefd").or_else(|| call.arg("sv"));
        match (pair, call.outcome()) {
            (Some(Value::Array(List { items, .. })), _) => {
                links.extend(items.iter().filter_map(link_of));
                // Both ends of a pipe are one.
                links.dedup();
            }
            (_, Outcome::Returned(result)) => links.extend(link_of(result)),
            _ => {}
        }
        for link in links {
            let ordinal = self.made.entry((call.thread().to_owned(), kind)).or_default();
            *ordinal += 1;
            let name = numbered(kind, call.thread(), *ordinal);
            self.names.entry(link).or_default().add(since, name);
        }
    }

    fn inherited(&mut self, call: &Call) {
        let values = call.args().iter().map(|arg| arg.value());
        for value in values {
            let Value::Fd(fd) = value else { continue };
            let Some(link) = &fd.link else { continue };
            if !is_stream(link) || self.names.contains_key(link) {
                continue;
            }
            let order = self.inherited.len();
            let seen = self.inherited.entry(link.clone()).or_insert((fd.number, order));
            seen.0 = seen.0.min(fd.number);
        }
    }

    fn finish(mut self) -> Descriptors {
        let mut inherited: Vec<_> = self.inherited.into_iter().collect();
        inherited.sort_by_key(|(_, (_, order))| *order);
        let mut others = 0;
        for (link, (number, _)) in inherited {
            let name = match number {
                0 => "stdin".to_owned(),
                1 => "stdout".to_owned(),
                2 => "stderr".to_owned(),
                _ => {
                    others += 1;
                    format!("inherited:{others}")
                }
            };
            self.names.entry(link).or_default().add(0, name);
        }
        Descriptors { names: self.names, ..Descriptors::default() }
    }
}

/// `pipe:1` for the root's first pipe, `pipe:main.c1:1` for another task's.
pub(crate) fn numbered(kind: &str, label: &str, ordinal: u32) -> String {
    if label == "main" { format!("{kind}:{ordinal}") } else { format!("{kind}:{label}:{ordinal}") }
}

fn link_of(value: &Value) -> Option<Arc<[u8]>> {
    match value {
        Value::Fd(fd) => fd.link.clone(),
        _ => None,
    }
}

/// Whether it is a pipe or socket: what the kernel names by kind and inode. See proc_pid_fd(5).
fn is_stream(link: &[u8]) -> bool {
    link.starts_with(b"pipe:[") || link.starts_with(b"socket:[")
}

/// The number of a pseudo-terminal is whatever is free.
fn terminal(link: &[u8]) -> Option<&'static str> {
    (link.starts_with(b"/dev/pts/") || link == b"/dev/tty").then_some("tty")
}

/// `anon_inode:[eventpoll]`, `anon_inode:inotify`, `/memfd:name (deleted)`, and streams of unknown origin.
fn anonymous(link: &[u8]) -> Option<String> {
    if link.first() == Some(&b'/') && !link.starts_with(b"/memfd:") {
        return None;
    }
    let text = String::from_utf8_lossy(link);
    let text = text.trim_start_matches('/').trim_end_matches(" (deleted)");
    if let Some(kind) = text.strip_prefix("anon_inode:") {
        let kind = kind.trim_start_matches('[').trim_end_matches(']');
        return Some(if kind == "eventpoll" { "epoll".to_owned() } else { kind.to_owned() });
    }
    match text.split_once(":[") {
        Some((kind, _inode)) => Some(kind.to_owned()),
        None => Some(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_path_goes_by_its_kind() {
        let cases = [
            ("anon_inode:[eventpoll]", Some("epoll")),
            ("anon_inode:[eventfd]", Some("eventfd")),
            ("anon_inode:inotify", Some("inotify")),
            ("/memfd:x (deleted)", Some("memfd:x")),
            ("pipe:[123]", Some("pipe")),
            ("net:[4026531840]", Some("net")),
            ("/etc/passwd", None),
            ("/tmp/x (deleted)", None),
        ];
        for (link, name) in cases {
            assert_eq!(anonymous(link.as_bytes()).as_deref(), name, "{link}");
        }
        assert_eq!(terminal(b"/dev/pts/3"), Some("tty"));
    }

    #[test]
    fn the_maker_is_named_unless_it_is_the_root() {
        assert_eq!(numbered("pipe", "main", 2), "pipe:2");
        assert_eq!(numbered("pipe", "main.c1", 1), "pipe:main.c1:1");
    }
}
