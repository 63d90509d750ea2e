//! Names that end in ` (deleted)`: the kernel's word for a file without a name, or the program's own. See proc_pid_fd(5).

use std::collections::HashSet;

use crate::abi::signature::{Param, Shape};
use crate::trace::call::Call;
use crate::trace::matcher::Verdict;
use crate::trace::raw::{Capture, FileNote, Phase};

const MARK: &[u8] = b" (deleted)";

/// Calls that give a file a name, which another may have had until then.
const GIVE_NAMES: [&str; 5] = ["rename", "renameat", "renameat2", "link", "linkat"];

/// What the calls name, of all that links end with and that ends so: last components.
#[derive(Debug, Default)]
pub(crate) struct Deleted {
    /// Those that some path has, or some file that was opened: they are names.
    marked: HashSet<Vec<u8>>,
    /// Those that are named without the mark.
    bare: HashSet<Vec<u8>>,
    /// Whole names of deleted files that another file may have had as well: it was opened more than once, or given to one.
    reused: HashSet<Vec<u8>>,
}

/// What a link that ends so may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading<'a> {
    One(&'a [u8]),
    /// Nobody knows which of the two: there are both names.
    OneOf(&'a [u8], &'a [u8]),
    /// Neither was ever named: the file came from outside, and either counts.
    Any(&'a [u8], &'a [u8]),
}

impl Deleted {
    pub(crate) fn replay(calls: &[Call]) -> Deleted {
        let files = || calls.iter().flat_map(|call| &call.raw().noted.files);
        let marked = files().map(|note| last(&note.link)).filter(|name| name.ends_with(MARK));
        let all: HashSet<&[u8]> = marked.collect();
        let mut found = Deleted::default();
        if all.is_empty() {
            return found;
        }
        let bare: HashSet<&[u8]> = all.iter().filter_map(|name| name.strip_suffix(MARK)).collect();
        for call in calls {
            for name in names(call) {
                found.marked.extend(all.contains(name).then(|| name.to_vec()));
                found.bare.extend(bare.contains(name).then(|| name.to_vec()));
            }
        }
        found.reused = reused(calls);
        found
    }

    /// Whether a deleted file may be another one than the file of this name.
    pub(crate) fn is_reused(&self, link: &[u8]) -> bool {
        link.strip_suffix(MARK).is_some_and(|bare| self.reused.contains(bare))
    }

    fn read<'a>(&self, link: &'a [u8], bare: &'a [u8]) -> Reading<'a> {
        match (self.marked.contains(last(link)), self.bare.contains(last(bare))) {
            (true, true) => Reading::OneOf(link, bare),
            (true, false) => Reading::One(link),
            (false, true) => Reading::One(bare),
            (false, false) => Reading::Any(link, bare),
        }
    }
}

/// What a link means, where it ends so.
pub(crate) fn reading<'a>(known: Option<&Deleted>, link: &'a [u8]) -> Option<Reading<'a>> {
    let bare = link.strip_suffix(MARK)?;
    Some(known.map_or(Reading::Any(link, bare), |known| known.read(link, bare)))
}

impl Reading<'_> {
    pub(crate) fn judge(self, judge: impl Fn(&[u8]) -> Verdict) -> Verdict {
        match self {
            Reading::One(name) => judge(name),
            Reading::OneOf(one, other) => match (judge(one), judge(other)) {
                (one, other) if one == other => one,
                _ => Verdict::Unknown,
            },
            Reading::Any(one, other) => judge(one).or(judge(other)),
        }
    }
}

fn reused(calls: &[Call]) -> HashSet<Vec<u8>> {
    let notes = calls.iter().flat_map(|call| &call.raw().noted.files);
    let deleted: HashSet<&[u8]> = notes.filter_map(|note| note.link.strip_suffix(MARK)).collect();
    let (mut opened, mut reused) = (HashSet::new(), HashSet::new());
    for call in calls.iter().filter(|call| call.succeeded()) {
        if opens_by_name(call) {
            let files = call.raw().noted.files.iter().filter(|note| note.phase == Phase::Exit);
            let known = files.filter_map(|note| deleted.get(&*note.link)).copied();
            reused.extend(known.filter(|name| !opened.insert(*name)).map(<[u8]>::to_vec));
        } else if GIVE_NAMES.contains(&call.name()) {
            let given: Vec<&[u8]> = paths(call).map(last).collect();
            reused
                .extend(deleted.iter().filter(|name| given.contains(&last(name))).map(|name| name.to_vec()));
        }
    }
    reused
}

/// The last components of what a call names: in its paths, and by its descriptors where they lead to a file that has a name.
fn names(call: &Call) -> impl Iterator<Item = &[u8]> {
    let has_name = |note: &&FileNote| !note.link.ends_with(MARK) || opens_by_name(call);
    let files = call.raw().noted.files.iter().filter(has_name).map(|note| &*note.link);
    paths(call).chain(files).map(last)
}

fn paths(call: &Call) -> impl Iterator<Item = &[u8]> {
    let params = call.signature().map_or(&[][..], |row| row.params);
    let is_path = |(_, param): &(usize, &Param)| matches!(param.kind.shape, Shape::Path);
    let registers = params.iter().enumerate().filter(is_path).map(|(register, _)| call.registers()[register]);
    registers.filter_map(|address| text(call, address))
}

fn text(call: &Call, address: u64) -> Option<&[u8]> {
    let mut captures = call.raw().noted.captures.iter();
    captures.find(|it| it.phase == Phase::Entry && it.address == address).map(Capture::text)
}

/// Whether what a call opened had a name then, perhaps at the end of a link. What is opened through `/proc` may have none.
fn opens_by_name(call: &Call) -> bool {
    matches!(call.name(), "open" | "openat" | "openat2" | "creat")
        && paths(call).all(|path| !path.starts_with(b"/proc/") && !path.starts_with(b"/dev/fd/"))
}

fn last(path: &[u8]) -> &[u8] {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}
