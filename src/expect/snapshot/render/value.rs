//! Arguments and results of one call, as far as a level shows them.

use crate::abi::signature::{Dir, Len, Shape};
use crate::expect::snapshot::level::Level;
use crate::expect::snapshot::normalise::Normaliser;
use crate::expect::snapshot::normalise::hidden;
use crate::trace::call::{Argument, Call, Outcome};
use crate::trace::raw::RawOutcome;
use crate::trace::resolve;
use crate::trace::value::{List, ListEnd, Structure, Value};

/// What strace puts where something is not shown.
const NOT_SHOWN: &str = "...";
const ADDRESS: &str = "[ADDR]";

/// No address is below: the lowest pages cannot be mapped. See mmap_min_addr in proc_sys_vm(5).
const LOWEST_ADDRESS: u64 = 0x1_0000;

/// Shows the calls of one recording at one level.
pub(crate) struct Renderer<'a> {
    pub(crate) normaliser: &'a Normaliser,
    /// [`Level::Calls`] or [`Level::Full`].
    pub(crate) level: Level,
}

impl Renderer<'_> {
    /// `openat(AT_FDCWD, "[DIR]/x", O_RDONLY) = <[DIR]/x>`
    pub(crate) fn call(&self, call: &Call) -> String {
        let shapes = Shapes::new(call);
        let arguments = call.args().iter().filter_map(|argument| self.argument(call, &shapes, argument));
        let arguments: Vec<String> = arguments.collect();
        format!("{}({}) = {}", call.name(), arguments.join(", "), self.outcome(call, &shapes))
    }

    fn outcome(&self, call: &Call, shapes: &Shapes) -> String {
        match call.outcome() {
            Outcome::Failed(errno) => errno.to_string(),
            Outcome::Unfinished => match call.raw().outcome {
                RawOutcome::Left(_) => "? interrupted".to_owned(),
                RawOutcome::Unfinished => "?".to_owned(),
            },
            Outcome::Returned(result) => self.result(call, shapes, result),
        }
    }

    fn result(&self, call: &Call, shapes: &Shapes, result: &Value) -> String {
        match (shapes.result, result) {
            (_, Value::Fd(_)) => self.value(call, result),
            (Some(Shape::Pid), Value::Int(id)) => self.normaliser.id(*id, call),
            (Some(Shape::Zero), _) => "ok".to_owned(),
            // What rt_sigreturn(2) seems to return is what the signal had interrupted.
            (Some(Shape::Never), _) => "?".to_owned(),
            (Some(Shape::Key | Shape::Ptr), Value::Address(address)) if *address != 0 => ADDRESS.to_owned(),
            // Times and counters that time decides.
            _ if self.level < Level::Full || matches!(call.name(), "time" | "times" | "alarm") => {
                "ok".to_owned()
            }
            _ => self.value(call, result),
        }
    }

    fn argument(&self, call: &Call, shapes: &Shapes, argument: &Argument) -> Option<String> {
        let shape = shapes.of(argument.name());
        let value = argument.value();
        let full = self.level == Level::Full;
        match (shape, value) {
            (Some(Shape::Hidden), _) => None,
            (Some(Shape::Size), _) if !full => None,
            _ if !full && shapes.is_length(argument.name()) => None,
            (Some(Shape::Bytes(..) | Shape::Iov(..)), value) => full.then(|| self.buffer(call, value)),
            // The environment is the machine's.
            (Some(Shape::StrVec), _) if argument.name() == "envp" => full.then(|| NOT_SHOWN.to_owned()),
            (Some(Shape::PathOut(_)), Value::Path(_)) => Some(self.value(call, value)),
            (Some(Shape::PathOut(_)), _) => full.then(|| self.value(call, value)),
            (Some(Shape::One(Dir::Out, _) | Shape::Many(Dir::Out, ..)), _) => {
                full.then(|| self.value(call, value))
            }
            (Some(Shape::Scalars(Dir::Out, of, _)), _) if !matches!(of.shape, Shape::Fd) => {
                full.then(|| NOT_SHOWN.to_owned())
            }
            (Some(Shape::Scalars(Dir::InOut, ..)), _) => full.then(|| NOT_SHOWN.to_owned()),
            (Some(Shape::Off | Shape::Int | Shape::Uint), _) if !full && hidden::transfers(call.name()) => {
                None
            }
            // Here the program asks for a number: what had it before does not matter.
            (_, Value::Fd(fd)) if is_wanted_number(call, argument.name()) => Some(fd.number.to_string()),
            (_, Value::Hex(word)) if shapes.is_opaque(argument.name()) => Some(hex(*word)),
            (Some(Shape::Pid), Value::Int(id)) => Some(self.normaliser.id(*id, call)),
            (Some(Shape::Int), Value::Int(timeout)) if argument.name() == "timeout" && *timeout > 0 => {
                Some(NOT_SHOWN.to_owned())
            }
            _ => Some(self.value(call, value)),
        }
    }

    /// A value whose kind is its own.
    fn value(&self, call: &Call, value: &Value) -> String {
        match value {
            Value::Address(0) => "NULL".to_owned(),
            Value::Address(_) => ADDRESS.to_owned(),
            // An argument that nobody decodes may be an address.
            Value::Hex(word) if *word >= LOWEST_ADDRESS => ADDRESS.to_owned(),
            Value::Fd(fd) => self.normaliser.descriptor(fd, call),
            Value::Path(path) => self.normaliser.path(path, call),
            Value::Text(text) if text.is_truncated() => format!("{}...", self.normaliser.text(&text.bytes)),
            Value::Text(text) => self.normaliser.text(&text.bytes),
            Value::Bytes(_) | Value::Netlink(..) => self.buffer(call, value),
            Value::Socket(address) => self.normaliser.address(address, call),
            Value::Struct(structure) => self.structure(call, structure),
            Value::Array(list) => self.list(call, list),
            Value::Changed(before, _) => self.value(call, before),
            Value::Counted { .. } => NOT_SHOWN.to_owned(),
            value => value.to_string(),
        }
    }

    /// Of a structure, the fields are shown that have names for values: flags, modes, files. Numbers in structures are
    /// sizes, times, inodes.
    fn structure(&self, call: &Call, structure: &Structure) -> String {
        let mut shown: Vec<String> = Vec::new();
        let mut left_out = false;
        // What poll(2) answers in the same structure is a matter of time.
        for field in structure.fields().iter().filter(|field| field.name() != "revents") {
            let value = field.value();
            if let Value::Fd(fd) = value {
                shown.push(format!("{}={}", field.name(), self.normaliser.descriptor_inside(fd, call)));
            } else if names_something(value) {
                shown.push(format!("{}={}", field.name(), self.value(call, value)));
            } else {
                left_out = true;
            }
        }
        shown.extend(left_out.then(|| NOT_SHOWN.to_owned()));
        format!("{{{}}}", shown.join(", "))
    }

    fn list(&self, call: &Call, list: &List) -> String {
        let mut items: Vec<String> = list.items().iter().map(|item| self.value(call, item)).collect();
        items.extend((list.end != ListEnd::Whole).then(|| NOT_SHOWN.to_owned()));
        format!("[{}]", items.join(", "))
    }

    fn buffer(&self, call: &Call, value: &Value) -> String {
        let source = call.args().iter().find_map(|argument| argument.value().as_fd());
        let source = source.and_then(|fd| fd.link.as_deref()).unwrap_or_default();
        let random = matches!(source, b"/dev/urandom" | b"/dev/random") || call.name() == "getrandom";
        // The files there hold addresses, times and counters.
        let volatile = source.starts_with(b"/proc/") || source.starts_with(b"/sys/");
        match value {
            Value::Bytes(_) if random => "[RANDOM]".to_owned(),
            Value::Bytes(_) if volatile => NOT_SHOWN.to_owned(),
            // Their sequence numbers are the time of day.
            Value::Netlink(..) => NOT_SHOWN.to_owned(),
            Value::Bytes(buffer) => self.normaliser.data(&buffer.bytes, buffer.total),
            Value::Array(list) => {
                let bytes = list.items().iter().filter_map(|item| item.field("iov_base"));
                let bytes: Vec<String> = bytes.map(|base| self.buffer(call, base)).collect();
                format!("[{}]", bytes.join(", "))
            }
            value => self.value(call, value),
        }
    }
}

/// Whether a descriptor's number is what the call is about, not what it refers to.
fn is_wanted_number(call: &Call, argument: &str) -> bool {
    matches!((call.name(), argument), ("dup2" | "dup3", "newfd") | ("fcntl", "arg"))
}

fn hex(word: u64) -> String {
    Value::Hex(word).to_string()
}

/// Whether a field says something that does not vary: not a number.
fn names_something(value: &Value) -> bool {
    match value {
        Value::Flags(_)
        | Value::Enumeration(_)
        | Value::Mode(_)
        | Value::Signal(_)
        | Value::SignalSet(_)
        | Value::Fd(_)
        | Value::Path(_)
        | Value::Text(_)
        | Value::Socket(_) => true,
        Value::Struct(structure) => structure.fields().iter().any(|field| names_something(field.value())),
        Value::Array(list) => list.items().iter().any(names_something),
        Value::Changed(before, _) => names_something(before),
        _ => false,
    }
}

/// What the arguments of a call mean.
struct Shapes {
    arguments: Vec<(&'static str, Shape)>,
    result: Option<Shape>,
    /// Those that the row itself gives as opaque words, in any case of a selector.
    opaque: Vec<&'static str>,
}

impl Shapes {
    fn new(call: &Call) -> Shapes {
        let Some(row) = call.signature() else {
            return Shapes { arguments: Vec::new(), result: None, opaque: Vec::new() };
        };
        let opaque = row.params.iter().filter(|param| matches!(param.kind.shape, Shape::Hex));
        let opaque = opaque.map(|param| param.name).collect();
        let arguments = resolve::arguments(row, call.raw().args());
        let arguments = arguments.map(|(_, name, shape)| (name, shape)).collect();
        Shapes { arguments, result: Some(resolve::result(row, call.raw().args())), opaque }
    }

    fn of(&self, name: &str) -> Option<Shape> {
        self.arguments.iter().find(|(known, _)| *known == name).map(|(_, shape)| *shape)
    }

    /// Whether an argument is a word that means something to somebody, and no address.
    fn is_opaque(&self, name: &str) -> bool {
        self.opaque.contains(&name)
    }

    /// Whether an argument says how long another one is.
    fn is_length(&self, name: &str) -> bool {
        let counts = |len: &Len| match len {
            Len::Arg(of) | Len::At(of) | Len::RetUpTo(of) | Len::Pages(of) => *of == name,
            Len::BitWords(of) | Len::NodeWords(of) => *of == name,
            Len::Exactly(_) | Len::Ret | Len::CapVersion(_) => false,
        };
        // The size of a buffer of which only the result says how much was filled. See readlink(2).
        let room = name == "bufsiz";
        room || self.arguments.iter().any(|(_, shape)| match shape {
            Shape::Bytes(_, len) | Shape::PathOut(len) | Shape::Many(_, _, len) => counts(len),
            Shape::Scalars(_, _, len) | Shape::SockAddr(_, len) => counts(len),
            Shape::Iov(_, count) => *count == name,
            _ => false,
        })
    }
}
