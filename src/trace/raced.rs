//! Paths and addresses that another thread changed while the kernel read them: where the kernel says so itself, by what it opened, and
//! where they were others when the call was over.

use std::collections::{HashMap, HashSet};

use crate::abi::signature::{Dir, Param, Shape};
use crate::trace::call::{Argument, Call, Outcome};
use crate::trace::decode;
use crate::trace::effects::place;
use crate::trace::raw::Phase;
use crate::trace::value::{PathText, SocketAddress, Value, Walked};

/// Buffers in which paths and addresses were changed under calls: the process, and the address.
#[derive(Debug, Default)]
pub(crate) struct Raced(HashSet<(u32, u64)>);

/// What one buffer was seen to hold, and what was opened by it.
#[derive(Default)]
struct Seen {
    texts: HashSet<Vec<u8>>,
    /// The text at entry, and the file that was opened, where that is another.
    opened: HashSet<(Vec<u8>, Vec<u8>)>,
    failed: HashSet<Vec<u8>>,
}

impl Raced {
    /// What the calls say. The text of a call is copied at its entry; the kernel reads it later, and names the file that it opened. A buffer
    /// was changed in between where one text opened a file whose name the buffer held at another time, or opened another
    /// file one time and nothing the other; and where it was read again at the exit, and had changed.
    pub(crate) fn replay(calls: &[Call]) -> Raced {
        let read_again = calls.iter().flat_map(|call| {
            let process = call.task().process;
            differing(call).map(move |address| (process, address))
        });
        let mut raced: HashSet<(u32, u64)> = read_again.collect();
        let mut seen: HashMap<(u32, u64), Seen> = HashMap::new();
        for call in calls.iter().filter(|call| opens(call) && in_company(call)) {
            let decoded = decode::decode(call.raw());
            for (address, path) in paths(call, &decoded.args) {
                let Some(text) = path.absolute_bytes() else { continue };
                let seen = seen.entry((call.task().process, address)).or_default();
                seen.texts.insert(text.clone());
                match (&decoded.outcome, path.resolved.as_deref().map(place::undeleted)) {
                    (Outcome::Returned(_), Some(file)) if file != text => {
                        seen.opened.insert((text, file.to_vec()));
                    }
                    (Outcome::Failed(_), _) => _ = seen.failed.insert(text),
                    _ => {}
                }
            }
        }
        raced.extend(seen.into_iter().filter(|(_, seen)| seen.was_changed()).map(|(buffer, _)| buffer));
        Raced(raced)
    }

    /// Marks the paths and addresses of a call that the kernel may have read otherwise.
    pub(crate) fn mark(&self, call: &Call, args: &mut [Argument]) {
        if self.0.is_empty() {
            return;
        }
        let Some(row) = call.signature() else { return };
        let (process, registers) = (call.task().process, call.registers());
        let was_changed = |register: usize| self.0.contains(&(process, registers[register]));
        for arg in args.iter_mut().filter(|arg| row.position(arg.name).is_some_and(was_changed)) {
            let is_passed = |param: &Param| {
                param.name == arg.name && matches!(param.kind.shape, Shape::SockAddr(Dir::In, _))
            };
            match &mut arg.value {
                Value::Path(path) if path.resolved.is_none() || path.walked != Walked::Not => {
                    path.raced = true;
                }
                Value::Socket(SocketAddress::Raced(_)) => {}
                Value::Socket(address) if row.params.iter().any(is_passed) => {
                    *address = SocketAddress::Raced(Box::new(address.clone()));
                }
                _ => {}
            }
        }
    }
}

impl Seen {
    fn was_changed(&self) -> bool {
        let name = |path: &[u8]| path.rsplit(|&byte| byte == b'/').next().map(<[u8]>::to_vec);
        // A directory that is a link leads to another file of the same name, and that may have been made since.
        let changed = |(text, file): &(Vec<u8>, Vec<u8>)| {
            name(text) != name(file) && (self.texts.contains(file) || self.failed.contains(text))
        };
        self.opened.iter().any(changed)
    }
}

/// Where the paths and addresses of a call are that were read again at its exit, and were others then.
fn differing(call: &Call) -> impl Iterator<Item = u64> {
    let again = call.raw().noted.captures.iter().filter(|it| it.phase == Phase::Again);
    again.map(|it| it.address)
}

/// Whether its process had other threads.
fn in_company(call: &Call) -> bool {
    let process = call.task().process;
    call.tree().tasks.iter().filter(|task| task.process == process).take(2).count() > 1
}

fn opens(call: &Call) -> bool {
    matches!(call.name(), "open" | "openat" | "openat2" | "creat")
}

/// The paths among the arguments, and where they are.
fn paths<'a>(call: &Call, args: &'a [Argument]) -> impl Iterator<Item = (u64, &'a PathText)> {
    let (row, registers) = (call.signature(), call.registers());
    args.iter().filter_map(move |arg| match (&arg.value, row?.position(arg.name)) {
        (Value::Path(path), Some(register)) => Some((registers[register], path)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::blind::BlindSpot;
    use crate::trace::build::{MadeCall, call, trace};
    use crate::trace::family;
    use crate::trace::matcher::Verdict;
    use crate::trace::matcher::value::{exactly, re, under};
    use crate::trace::query::Trace;

    fn open(path: &str) -> MadeCall {
        call("openat").path("path", path).arg("dirfd", -100)
    }

    /// With another thread, if there is one.
    fn with(thread: bool, calls: Vec<MadeCall>) -> Trace {
        let other = call("getpid").returned(1).by(if thread { "main.t1" } else { "main.c1" });
        trace(calls.into_iter().chain([other]))
    }

    fn raced(trace: &Trace) -> Vec<bool> {
        let path = |call: &Call| call.arg("path").and_then(Value::as_path_text).map(PathText::is_raced);
        trace.calls().filter_map(path).collect()
    }

    #[test]
    fn a_text_that_opened_what_the_buffer_held_at_another_time_was_changed() {
        let flipped =
            || vec![open("/a").opened(3, "/a"), open("/b").opened(3, "/a"), open("/b").failed("ENOENT")];
        assert_eq!(raced(&with(true, flipped())), [false, false, true]);
        assert_eq!(raced(&with(false, flipped())), [false, false, false]);
        let unlinks = || call("unlinkat").path("path", "/b").returned(0);
        assert_eq!(raced(&with(true, [flipped(), vec![unlinks()]].concat()))[3..], [true]);
        // Another buffer of the same process.
        let other = call("rename").path("oldpath", "/b").failed("ENOENT");
        let trace = with(true, [flipped(), vec![other]].concat());
        let renamed = trace.calls().find(|call| call.name() == "rename").expect("a rename");
        assert!(!renamed.arg("oldpath").and_then(Value::as_path_text).expect("a path").is_raced());
    }

    #[test]
    fn one_text_that_opens_another_file_and_then_nothing_was_changed() {
        let calls = vec![open("/b").opened(3, "/c"), open("/b").failed("ENOENT")];
        assert_eq!(raced(&with(true, calls)), [false, true]);
    }

    #[test]
    fn a_text_that_was_another_at_exit_was_changed() {
        let unlink = || call("unlink").path("path", "/a");
        let raced = |call: MadeCall| raced(&with(false, vec![call]))[0];
        assert!(raced(unlink().again("path", b"/b").failed("ENOENT")));
        assert!(raced(unlink().again("path", b"/b").returned(0)));
        // Also where that text led is known: it may not be the one that the kernel read.
        assert!(raced(unlink().led("path", Some("/real/a")).again("path", b"/b").returned(0)));
        // The file that was opened is known.
        assert!(!raced(open("/a").again("path", b"/b").opened(3, "/c")));
    }

    #[test]
    fn links_and_buffers_that_are_used_again_were_not_changed() {
        let link = vec![open("/l").opened(3, "/a"), open("/l").opened(3, "/a"), open("/x").failed("ENOENT")];
        assert_eq!(raced(&with(true, link)), [false, false, false]);
        // In a directory that is a link: made, and opened by its other name.
        let inside = vec![
            open("/l/a").failed("ENOENT"),
            open("/l/a").opened(3, "/d/a"),
            open("/d/a").opened(3, "/d/a"),
        ];
        assert_eq!(raced(&with(true, inside)), [false, false, false]);
        let made = vec![open("/a").failed("ENOENT"), open("/a").opened(3, "/a"), open("/b").failed("ENOENT")];
        assert_eq!(raced(&with(true, made)), [false, false, false]);
    }

    #[test]
    fn nobody_knows_what_a_raced_path_was() {
        let calls = vec![open("/a").opened(3, "/a"), open("/b").opened(3, "/a"), open("/b").failed("ENOENT")];
        let unlinks = call("unlinkat").path("path", "/b").returned(0);
        let trace = with(true, calls.into_iter().chain([unlinks]).collect());
        let failed = &trace.shared.calls[2];
        let judge = |matcher: crate::trace::matcher::CallMatcher| matcher.judge(failed);
        let opening = || family::open();
        assert_eq!(judge(opening()), Verdict::Yes);
        assert_eq!(judge(opening().on("/b")), Verdict::Unknown);
        assert_eq!(judge(opening().on("/elsewhere")), Verdict::Unknown);
        assert_eq!(judge(opening().on(under("/"))), Verdict::Unknown);
        assert_eq!(judge(opening().on(!re("b"))), Verdict::Unknown);
        assert_eq!(judge(crate::call!("openat", path = exactly("/b"))), Verdict::Unknown);
        assert_eq!(judge(crate::call!("openat", path = |_: &Value| true)), Verdict::Unknown);
        assert_eq!(judge(crate::call!("openat", path = "/x").ok()), Verdict::No);
        assert_eq!(opening().on("/x").doubt(failed), Some(BlindSpot::Unreadable));
        assert_eq!(opening().on("/x").judge(&trace.shared.calls[1]), Verdict::No);
    }
}
