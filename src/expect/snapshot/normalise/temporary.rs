//! Temporary names, known by what happened to them, never by how they look.

use std::collections::{HashMap, HashSet};

use crate::expect::snapshot::redact::Redactor;
use crate::trace::call::{Call, Outcome};
use crate::trace::effects::{arguments, place};
use crate::trace::value::{PathText, Value};

const ENOENT: i32 = 2;

/// The last components of temporary files and directories, and what they are shown as.
#[derive(Debug, Default)]
pub(crate) struct Temporaries {
    names: HashMap<Vec<u8>, String>,
}

impl Temporaries {
    /// A name is temporary when its file was made exclusively: in one of the `directories` for temporary files, unless that is below
    /// something that the user redacts; or anywhere, and it was gone in the end; or in vain, so that it never was. Those
    /// in `kept` are shown.
    pub(crate) fn new(
        calls: &[&Call],
        redactor: &Redactor,
        directories: &[Vec<u8>],
        kept: &[Vec<u8>],
    ) -> Temporaries {
        let gone = gone_in_the_end(calls);
        let mut temporaries = Temporaries::default();
        let mut counts: HashMap<String, u32> = HashMap::new();
        for call in calls.iter().filter(|call| !call.raw().startup) {
            let Some(file) = made(call) else { continue };
            let Some(slash) = file.iter().rposition(|&byte| byte == b'/') else { continue };
            let (directory, name) = (&file[..slash], &file[slash + 1..]);
            let in_vain = call.raw().errno() == Some(ENOENT);
            let temporary = arguments::creates_unnamed(call)
                || in_vain
                || gone.contains(&file)
                || directories.iter().any(|known| known == directory) && !redactor.user_covers(directory);
            if !temporary || name.is_empty() || kept.iter().any(|kept| kept == name) {
                continue;
            }
            if !temporaries.names.contains_key(name) {
                let count = counts.entry(call.thread().to_owned()).or_default();
                *count += 1;
                temporaries.names.insert(name.to_vec(), placeholder(call.thread(), *count));
            }
        }
        temporaries
    }

    /// What a component of a path is shown as, if it is one of them.
    pub(crate) fn placeholder(&self, component: &[u8]) -> Option<String> {
        self.names.get(component).cloned()
    }
}

fn placeholder(label: &str, count: u32) -> String {
    if label == "main" { format!("[TMP {count}]") } else { format!("[TMP {label}:{count}]") }
}

/// The file that a call makes exclusively, or would have made had there been the directory.
fn made(call: &Call) -> Option<Vec<u8>> {
    let exclusive = arguments::creates_exclusively(call);
    let unnamed = arguments::creates_unnamed(call) && call.succeeded();
    if !(exclusive && (call.succeeded() || call.raw().errno() == Some(ENOENT)) || unnamed) {
        return None;
    }
    match (unnamed, call.outcome(), call.arg("path")) {
        (true, Outcome::Returned(Value::Fd(fd)), _) => Some(place::undeleted(fd.link.as_deref()?).to_vec()),
        (_, _, Some(Value::Path(path))) => Some(place::shown(path).into_owned()),
        _ => None,
    }
}

/// The files that were removed, or renamed to another name, and not made again. A name that was renamed to is there.
fn gone_in_the_end(calls: &[&Call]) -> HashSet<Vec<u8>> {
    let mut gone = HashSet::new();
    for call in calls.iter().filter(|call| call.succeeded()) {
        let path = |name: &str| match call.arg(name) {
            Some(Value::Path(path)) => Some(file(path)),
            _ => None,
        };
        match call.name() {
            "unlink" | "unlinkat" | "rmdir" => gone.extend(path("path")),
            "rename" | "renameat" | "renameat2" => {
                gone.extend(path("oldpath"));
                path("newpath").map(|file| gone.remove(&file));
            }
            "open" | "openat" | "openat2" | "creat" | "mkdir" | "mkdirat" | "mknod" | "mknodat" => {
                path("path").map(|file| gone.remove(&file));
            }
            "link" | "linkat" => {
                path("newpath").map(|file| gone.remove(&file));
            }
            "symlink" | "symlinkat" => {
                path("linkpath").map(|file| gone.remove(&file));
            }
            _ => {}
        }
    }
    gone
}

fn file(path: &PathText) -> Vec<u8> {
    place::shown(path).into_owned()
}
