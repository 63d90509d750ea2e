//! Where the paths of a call led, for which it gave no descriptor: asked at its exit, when the kernel has just gone that way.

use std::sync::Arc;

use crate::abi::signature::{Shape, Signature};
use crate::engine::memory::{Link, Memory, Walk};
use crate::trace::raw::{Capture, CaptureEnd, Phase, PlaceNote, RawCall};
use crate::trace::resolve::{self, AT_FDCWD, End};

/// The places that differ from what the text of the paths says, or may do so.
pub(crate) fn places(
    row: Option<&'static Signature>,
    call: &RawCall,
    memory: &impl Memory,
) -> Vec<PlaceNote> {
    let Some(row) = row else { return Vec::new() };
    let opened = call.result().is_some() && matches!(resolve::result(row, call.args()), Shape::Fd);
    if opened {
        return Vec::new();
    }
    let looker = Looker { row, call, memory };
    if let "bind" | "connect" | "sendto" | "sendmsg" = row.name {
        return looker.socket().into_iter().collect();
    }
    let arguments = resolve::arguments(row, call.args());
    let paths = arguments.filter(|(_, _, shape)| matches!(shape, Shape::Path));
    paths.filter_map(|(register, name, _)| looker.note(register, name)).collect()
}

struct Looker<'a, M> {
    row: &'static Signature,
    call: &'a RawCall,
    memory: &'a M,
}

/// A path, from where it starts.
struct Way<'a> {
    from: Link,
    /// The components, without empty ones and `.`.
    parts: Vec<&'a [u8]>,
    /// Whether its text alone cannot say where it leads: it has `..`, or starts at a link of the kernel's.
    winding: bool,
}

impl<M: Memory> Looker<'_, M> {
    fn note(&self, register: usize, name: &str) -> Option<PlaceNote> {
        let start = resolve::start(self.row, self.call.args(), register)?;
        let address = self.call.args()[register];
        let mut copies = self.call.noted.captures.iter();
        let copy = copies.find(|copy| copy.phase == Phase::Entry && copy.address == address)?;
        let path = copy.text();
        if path.is_empty() || copy.end != CaptureEnd::Whole {
            return None;
        }
        let place = match self.moved_to() {
            Some(link) => self.memory.link(link).map_or(Walk::Lost, Walk::To),
            None => self.place(start, path, resolve::end(self.row, self.call.args(), name)),
        };
        self.noted(register, place)
    }

    fn noted(&self, register: usize, place: Walk) -> Option<PlaceNote> {
        let place = match place {
            Walk::To(place) => Some(place),
            // Its descriptors may be closed by now, and its name is what it was given.
            _ if self.row.name.starts_with("execve") => return None,
            // What failed did nothing anywhere.
            Walk::Lost | Walk::Nowhere if self.is_done() => None,
            _ => return None,
        };
        Some(PlaceNote { register: register as u8, place })
    }

    /// The file of a unix socket. Its directory is not recorded, so that it is always asked where it is. See unix(7).
    fn socket(&self) -> Option<PlaceNote> {
        const AF_UNIX: u16 = 1;
        // The address of a message is the first thing in it. See sendmsg(2).
        let in_message = self.row.name == "sendmsg";
        let is_it =
            |shape| matches!(shape, Shape::SockAddr(..)) || in_message && matches!(shape, Shape::One(..));
        let register = self.row.params.iter().position(|param| is_it(param.kind.shape))?;
        let argument = self.call.args()[register];
        let address =
            if in_message { u64::from_ne_bytes(*self.copy(argument)?.first_chunk()?) } else { argument };
        let (family, path) = self.copy(address)?.split_first_chunk()?;
        let path = path.split(|&byte| byte == 0).next().unwrap_or_default();
        if u16::from_ne_bytes(*family) != AF_UNIX || path.is_empty() {
            return None;
        }
        let mut way = self.way(AT_FDCWD, path)?;
        way.winding |= way.from != Link::Root;
        let end = if self.row.name == "bind" { End::Made } else { End::Followed };
        self.noted(register, self.end(way, end, false))
    }

    /// The whole of what the call was given at this address.
    fn copy(&self, address: u64) -> Option<&[u8]> {
        let given = |copy: &&Capture| copy.phase == Phase::Entry && copy.address == address;
        let copy = self.call.noted.captures.iter().find(given)?;
        (copy.end == CaptureEnd::Whole).then_some(&copy.bytes)
    }

    /// A call that changes where paths start has done so.
    fn moved_to(&self) -> Option<Link> {
        match self.row.name {
            "chdir" if self.is_done() => Some(Link::Cwd),
            "chroot" if self.is_done() => Some(Link::Root),
            _ => None,
        }
    }

    fn is_done(&self) -> bool {
        self.call.result().is_some() && self.call.injected.is_none()
    }

    fn place(&self, start: i32, path: &[u8], end: End) -> Walk {
        let Some(way) = self.way(start, path) else { return Walk::Straight };
        let names_directory =
            path.ends_with(b"/") || matches!(path.rsplit(|&byte| byte == b'/').next(), Some(b"." | b".."));
        self.end(way, end, names_directory)
    }

    fn end(&self, way: Way<'_>, end: End, names_directory: bool) -> Walk {
        const ENOENT: i32 = 2;
        let whole = match end {
            End::Followed => true,
            End::Itself => names_directory,
            End::Made => way.parts.last() == Some(&b"..".as_slice()),
        };
        // Of a file that is not there, the directory may be.
        if whole && self.call.errno() != Some(ENOENT) {
            match self.walk(&way) {
                Walk::Nowhere => {}
                Walk::Lost if !self.is_done() => {}
                known => return known,
            }
        }
        self.parent(way)
    }

    /// Where the last component is: where its directory leads to.
    fn parent(&self, mut way: Way<'_>) -> Walk {
        match way.parts.pop() {
            Some(last) if !way.parts.is_empty() || way.winding => match self.walk(&way) {
                Walk::To(directory) => Walk::To(within(&directory, last)),
                other => other,
            },
            _ => Walk::Straight,
        }
    }

    /// `None` where the text says it all: below `/proc/self` there are no links but the kernel's.
    fn way<'p>(&self, start: i32, path: &'p [u8]) -> Option<Way<'p>> {
        let parts = path.split(|&byte| byte == b'/').filter(|part| !matches!(*part, b"" | b"."));
        let parts: Vec<&[u8]> = parts.collect();
        let winding = parts.contains(&b"..".as_slice());
        let from = match path.starts_with(b"/") {
            true => Link::Root,
            false if start == AT_FDCWD => Link::Cwd,
            false => Link::Fd(start),
        };
        let jump = |from, parts: &[&'p [u8]]| Some(Way { from, parts: parts.to_vec(), winding: true });
        let below = match (path.starts_with(b"/"), &parts[..]) {
            (true, [b"dev", b"fd", fd, rest @ ..]) => return jump(Link::Fd(number(fd)?), rest),
            (true, [b"dev", b"stdin"]) => return jump(Link::Fd(0), &[]),
            (true, [b"dev", b"stdout"]) => return jump(Link::Fd(1), &[]),
            (true, [b"dev", b"stderr"]) => return jump(Link::Fd(2), &[]),
            (true, [b"proc", b"self", b"task", _, rest @ ..]) => rest,
            (true, [b"proc", b"self" | b"thread-self", rest @ ..]) => rest,
            (true, [b"proc", pid, rest @ ..]) if self.is_own(pid) => rest,
            _ => return Some(Way { from, parts, winding }),
        };
        match below {
            [b"fd", fd, rest @ ..] => jump(Link::Fd(number(fd)?), rest),
            [b"cwd", rest @ ..] => jump(Link::Cwd, rest),
            [b"root", rest @ ..] => jump(Link::Root, rest),
            [b"exe"] => jump(Link::Exe, &[]),
            _ => None,
        }
    }

    fn is_own(&self, pid: &[u8]) -> bool {
        number(pid).is_some_and(|pid| self.memory.process() == Some(pid as u32))
    }

    fn walk(&self, way: &Way<'_>) -> Walk {
        if way.parts.is_empty() {
            return self.memory.link(way.from).map_or(Walk::Lost, Walk::To);
        }
        let path = way.parts.join(&b'/');
        if !way.winding {
            match self.memory.look(way.from, &path) {
                Walk::Linked => {}
                known => return known,
            }
        }
        match self.below_root(way.from) {
            Some(start) => self.memory.walk(&within(&start, &path)),
            None => Walk::Lost,
        }
    }

    /// A directory, as a path from the root directory of the task.
    fn below_root(&self, from: Link) -> Option<Arc<[u8]>> {
        if from == Link::Root {
            return Some(b"/".as_slice().into());
        }
        let (start, root) = (self.memory.link(from)?, self.memory.link(Link::Root)?);
        let below = start.strip_prefix(root.strip_suffix(b"/").unwrap_or(&root))?;
        match below {
            b"" => Some(b"/".as_slice().into()),
            _ => below.starts_with(b"/").then(|| below.into()),
        }
    }
}

fn within(directory: &[u8], name: &[u8]) -> Arc<[u8]> {
    [directory.strip_suffix(b"/").unwrap_or(directory), b"/", name].concat().into()
}

fn number(text: &[u8]) -> Option<i32> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::syscalls;
    use crate::trace::build::{MadeCall, call};

    /// What the kernel would say.
    struct Kernel {
        look: Walk,
        walk: Walk,
        /// What it was asked to walk.
        walked: std::cell::RefCell<Vec<String>>,
        root: &'static str,
    }

    impl Kernel {
        fn new(look: Walk, walk: Walk) -> Kernel {
            Kernel { look, walk, walked: std::cell::RefCell::default(), root: "/" }
        }

        fn note(&self, how: &str, path: &[u8]) {
            self.walked.borrow_mut().push(format!("{how} {}", String::from_utf8_lossy(path)));
        }
    }

    impl Memory for Kernel {
        fn read(&self, _address: u64, _buf: &mut [u8]) -> Result<usize, i32> {
            Err(14)
        }

        fn link(&self, of: Link) -> Option<Arc<[u8]>> {
            let link = match of {
                Link::Cwd => "/home",
                Link::Root => self.root,
                Link::Fd(3) => "/home/sub",
                Link::Fd(4) => "pipe:[1]",
                _ => return None,
            };
            Some(link.as_bytes().into())
        }

        fn look(&self, from: Link, path: &[u8]) -> Walk {
            self.note(&format!("look {from:?}"), path);
            self.look.clone()
        }

        fn walk(&self, path: &[u8]) -> Walk {
            self.note("walk", path);
            self.walk.clone()
        }

        fn process(&self) -> Option<u32> {
            Some(4711)
        }
    }

    fn to(path: &str) -> Walk {
        Walk::To(path.as_bytes().into())
    }

    /// The places, and what the kernel was asked.
    fn asked(kernel: Kernel, made: MadeCall) -> (Vec<Option<String>>, Vec<String>) {
        let made = made.made();
        let notes = places(syscalls::by_name(made.name()), made.raw(), &kernel);
        let text = |place: Arc<[u8]>| String::from_utf8_lossy(&place).into_owned();
        (notes.into_iter().map(|note| note.place.map(text)).collect(), kernel.walked.into_inner())
    }

    fn linked(made: MadeCall) -> (Vec<Option<String>>, Vec<String>) {
        asked(Kernel::new(Walk::Linked, to("/real")), made)
    }

    #[test]
    fn what_has_no_directory_is_not_asked_about() {
        assert_eq!(linked(call("unlink").path("path", "x").returned(0)), (vec![], vec![]));
        assert_eq!(linked(call("unlink").path("path", "/x").returned(0)), (vec![], vec![]));
        assert_eq!(linked(call("unlink").path("path", "").failed("ENOENT")), (vec![], vec![]));
        assert_eq!(linked(call("readlink").path("path", "/proc/self/exe").returned(3)), (vec![], vec![]));
        // The kernel names the file that is opened.
        assert_eq!(linked(call("open").path("path", "/a/b").returned(3)), (vec![], vec![]));
        // The target of a link is text.
        let link = call("symlink").path("target", "/a/b").path("linkpath", "l").returned(0);
        assert_eq!(linked(link), (vec![], vec![]));
    }

    #[test]
    fn a_path_without_links_is_asked_about_once() {
        let made = call("unlink").path("path", "/a//./b").returned(0);
        let (notes, walked) = asked(Kernel::new(Walk::Straight, Walk::Lost), made);
        assert_eq!((notes, walked), (vec![], vec!["look Root a".to_owned()]));
        let made = call("truncate").path("path", "a").returned(0);
        assert_eq!(asked(Kernel::new(Walk::Straight, Walk::Lost), made).1, ["look Cwd a"]);
    }

    #[test]
    fn a_link_is_followed_where_the_call_does() {
        let place = |made: MadeCall| linked(made.returned(0)).0.pop().flatten();
        let at = |made: MadeCall| place(made).expect("a place");
        assert_eq!(at(call("unlink").path("path", "/l/x")), "/real/x");
        assert_eq!(at(call("unlink").path("path", "l/x/")), "/real/x");
        assert_eq!(at(call("lstat").path("path", "l/x")), "/real/x");
        assert_eq!(at(call("lstat").path("path", "l/x/")), "/real");
        assert_eq!(at(call("stat").path("path", "l/x")), "/real");
        assert_eq!(at(call("stat").path("path", "l")), "/real");
        assert_eq!(at(call("lstat").path("path", "l/.")), "/real");
        assert_eq!(at(call("newfstatat").arg("dirfd", -100).path("path", "l/x").arg("flags", 0)), "/real");
        assert_eq!(
            at(call("newfstatat").arg("dirfd", -100).path("path", "l/x").arg("flags", 0x100)),
            "/real/x"
        );
        assert_eq!(
            at(call("linkat").arg("olddirfd", -100).path("oldpath", "l/x").arg("flags", 0x400)),
            "/real"
        );
        assert_eq!(
            at(call("linkat").arg("olddirfd", -100).path("oldpath", "l/x").arg("flags", 0)),
            "/real/x"
        );
        assert_eq!(place(call("lstat").path("path", "l")), None);
    }

    #[test]
    fn what_starts_elsewhere_is_walked_from_the_root() {
        let walked = |made: MadeCall| linked(made.returned(0)).1.pop().expect("a walk");
        assert_eq!(walked(call("unlink").path("path", "l/x")), "walk /home/l");
        assert_eq!(walked(call("unlinkat").arg("dirfd", 3).path("path", "l/x")), "walk /home/sub/l");
        assert_eq!(walked(call("unlinkat").arg("dirfd", 3).path("path", "/l/x")), "walk /l");
        assert_eq!(walked(call("unlink").path("path", "../x")), "walk /home/..");
        assert_eq!(walked(call("truncate").path("path", "/proc/self/fd/3/x")), "walk /home/sub/x");
        assert_eq!(walked(call("truncate").path("path", "/proc/self/task/4712/cwd/x")), "walk /home/x");
        assert_eq!(walked(call("truncate").path("path", "/proc/4711/cwd/x")), "walk /home/x");
        let chrooted = Kernel { root: "/home", ..Kernel::new(Walk::Linked, to("/home/real")) };
        let (notes, asked) =
            asked(chrooted, call("unlinkat").arg("dirfd", 3).path("path", "l/x").returned(0));
        assert_eq!((notes, &*asked[1]), (vec![Some("/home/real/x".to_owned())], "walk /sub/l"));
    }

    #[test]
    fn a_descriptor_is_what_it_refers_to() {
        let place = |path| linked(call("truncate").path("path", path).returned(0)).0.pop().flatten();
        assert_eq!(place("/proc/self/fd/3").as_deref(), Some("/home/sub"));
        assert_eq!(place("/dev/fd/4").as_deref(), Some("pipe:[1]"));
        assert_eq!(place("/proc/self/fd/9"), None);
    }

    #[test]
    fn what_cannot_be_found_out_is_said_of_what_was_done() {
        let lost = |look: Walk, made: MadeCall| asked(Kernel::new(look, Walk::Lost), made).0;
        let unlink = || call("unlink").path("path", "/l/x");
        assert_eq!(lost(Walk::Lost, unlink().returned(0)), [None]);
        assert_eq!(lost(Walk::Linked, unlink().returned(0)), [None]);
        assert_eq!(lost(Walk::Nowhere, unlink().returned(0)), [None]);
        assert_eq!(lost(Walk::Lost, unlink().failed("EACCES")), []);
        assert_eq!(lost(Walk::Lost, call("execve").path("path", "/l/x").returned(0)), []);
        assert_eq!(lost(Walk::Untold, unlink().returned(0)), []);
    }
}
