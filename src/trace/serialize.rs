//! Feature `serde`: traces, calls and values as they are, for tools that read JSON. Written by hand, as a proc-macro would be built for
//! every user of the feature.

use serde::Serialize;
use serde::Serializer;
use serde::ser::SerializeMap as _;
use serde::ser::SerializeStruct as _;

use crate::abi::signals;
use crate::trace::call::{Argument, Call, Outcome};
use crate::trace::query::Trace;
use crate::trace::record::Mark;
use crate::trace::tree::Process;
use crate::trace::value::{
    Buffer, Descriptor, FieldValue, List, PathText, SocketAddress, Structure, Value, Word,
};

/// A trace, or a view, with everything that varies from run to run still in it. For text that does not vary, use
/// [`snapshot`](Trace::snapshot).
///
/// | field | holds |
/// |---|---|
/// | `status` | how the root ended: `{"exited": 0}` or `{"killed": 9}`; `null` while it runs |
/// | `processes` | of each its `label`, `pid`, `program`, `argv` and `status` |
/// | `calls` | the calls, in the order in which they were entered |
/// | `marks` | signals and ends: `tid`, `at` in seconds, `text` |
/// | `stdout`, `stderr` | what the program wrote |
/// | `blind_spots` | names of [`BlindSpot`](crate::BlindSpot)s |
///
/// Bytes (output, buffers, paths, arguments) are a string where they are UTF-8, and a list of numbers elsewhere. The names of fields
/// are part of the interface: one that is renamed is a breaking change, and new ones are not.
///
/// ```
/// # use expect_syscalls::expect_syscalls;
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("cat").arg("/etc/passwd"));
/// let json = serde_json::to_value(&trace).unwrap();
/// assert_eq!(json["status"], serde_json::json!({"exited": 0}));
/// assert_eq!(json["processes"][0]["argv"][1], "/etc/passwd");
/// ```
impl Serialize for Trace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Trace", 7)?;
        object.serialize_field("status", &self.shared.status.map(Ended))?;
        object.serialize_field("processes", &self.processes().collect::<Vec<_>>())?;
        object.serialize_field("calls", &self.calls().collect::<Vec<_>>())?;
        object.serialize_field("marks", &self.marks().collect::<Vec<_>>())?;
        object.serialize_field("stdout", &Bytes(self.stdout()))?;
        object.serialize_field("stderr", &Bytes(self.stderr()))?;
        let spots = self.blind_spots().into_iter().map(|spot| format!("{spot:?}"));
        object.serialize_field("blind_spots", &spots.collect::<Vec<_>>())?;
        object.end()
    }
}

/// A call: `name`, `number`, `process` and `thread` (names by creation path), `pid`, `tid`, `started` and `duration` in seconds,
/// `args` by their names, and `outcome`: `{"returned": value}`, `{"failed": "ENOENT"}` or `"unfinished"`.
///
/// ```
/// # use expect_syscalls::expect_syscalls;
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("cat").arg("/etc/passwd"));
/// let open = serde_json::to_value(trace.matching("openat").last().unwrap()).unwrap();
/// assert_eq!(open["name"], "openat");
/// assert_eq!(open["args"]["path"]["path"]["written"], "/etc/passwd");
/// assert_eq!(open["outcome"]["returned"]["fd"]["link"], "/etc/passwd");
/// ```
impl Serialize for Call {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Call", 10)?;
        object.serialize_field("name", self.name())?;
        object.serialize_field("number", &self.number())?;
        object.serialize_field("process", self.process().label())?;
        object.serialize_field("thread", self.thread())?;
        object.serialize_field("pid", &self.process().pid())?;
        object.serialize_field("tid", &self.tid())?;
        object.serialize_field("started", &self.started().as_secs_f64())?;
        object.serialize_field("duration", &self.duration().map(|duration| duration.as_secs_f64()))?;
        object.serialize_field("args", &Arguments(self.args()))?;
        object.serialize_field("outcome", self.outcome())?;
        object.end()
    }
}

/// See [`Call`].
impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Outcome::Returned(value) => serializer.serialize_newtype_variant("Outcome", 0, "returned", value),
            Outcome::Failed(errno) => {
                serializer.serialize_newtype_variant("Outcome", 1, "failed", &errno.to_string())
            }
            Outcome::Unfinished => serializer.serialize_unit_variant("Outcome", 2, "unfinished"),
        }
    }
}

/// A value: an object with one field, which is named for the kind.
///
/// | kind | holds |
/// |---|---|
/// | `int`, `uint`, `device` | a number |
/// | `mode` | a number: permission bits and file type |
/// | `hex`, `address` | a string such as `"0x7ffe00001000"`: such numbers are larger than what JavaScript reads exactly |
/// | `fd` | `number`, and `link`: the file, or `pipe:[4711]`; `null` where it is not known |
/// | `path` | `written`, `absolute` and `resolved`, the last two `null` where they are not known, and `truncated` |
/// | `text`, `bytes` | `bytes`, and `total`: how many there were, `null` for a string that was cut |
/// | `flags`, `enumeration` | `bits`, and the `names` of what is set |
/// | `signal` | a name: `"SIGTERM"` |
/// | `signal_set` | a list of such names |
/// | `wait_status` | a number as in wait(2) |
/// | `socket` | `{"inet": "127.0.0.1:80"}`, `{"unix": bytes}`, `{"netlink": {"pid": .., "groups": ..}}`, or `{"other": {"family": .., "bytes": ..}}` |
/// | `host` | a string: `"224.0.0.1"` |
/// | `netlink` | `bytes` and `total` as above, and the `messages` in them: each is a `struct`, or an `array` of it and what follows |
/// | `struct` | `name`, and `fields` by their names |
/// | `array`, `set` | `items`, and `whole`: whether all of them were recorded |
/// | `changed` | what it was `before` the call, and `after` |
/// | `counted` | its `address`, and the `count` of `what` is there |
///
/// ```
/// # use expect_syscalls::expect_syscalls;
/// # use std::process::Command;
/// let trace = expect_syscalls(Command::new("cat").arg("/etc/passwd"));
/// let open = trace.matching("openat").last().unwrap();
/// let flags = serde_json::to_string(open.arg("flags").unwrap()).unwrap();
/// assert_eq!(flags, r#"{"flags":{"bits":0,"names":["O_RDONLY"]}}"#);
/// ```
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = "Value";
        match self {
            Value::Int(number) => serializer.serialize_newtype_variant(name, 0, "int", number),
            Value::Uint(number) => serializer.serialize_newtype_variant(name, 1, "uint", number),
            Value::Hex(word) => serializer.serialize_newtype_variant(name, 2, "hex", &hex(*word)),
            Value::Address(word) => serializer.serialize_newtype_variant(name, 3, "address", &hex(*word)),
            Value::Fd(fd) => serializer.serialize_newtype_variant(name, 4, "fd", fd),
            Value::Path(path) => serializer.serialize_newtype_variant(name, 5, "path", path),
            Value::Text(buffer) => serializer.serialize_newtype_variant(name, 6, "text", buffer),
            Value::Bytes(buffer) => serializer.serialize_newtype_variant(name, 7, "bytes", buffer),
            Value::Flags(word) => serializer.serialize_newtype_variant(name, 8, "flags", word),
            Value::Enumeration(word) => serializer.serialize_newtype_variant(name, 9, "enumeration", word),
            Value::Mode(mode) => serializer.serialize_newtype_variant(name, 10, "mode", mode),
            Value::Device(number) => serializer.serialize_newtype_variant(name, 11, "device", number),
            Value::Signal(number) => {
                serializer.serialize_newtype_variant(name, 12, "signal", &signal(*number))
            }
            Value::SignalSet(set) => {
                let members = (1..=64).filter(|number| set & 1 << (number - 1) != 0);
                let names: Vec<String> = members.map(signal).collect();
                serializer.serialize_newtype_variant(name, 13, "signal_set", &names)
            }
            Value::WaitStatus(word) => serializer.serialize_newtype_variant(name, 14, "wait_status", word),
            Value::Socket(address) => serializer.serialize_newtype_variant(name, 15, "socket", address),
            Value::Host(address) => {
                serializer.serialize_newtype_variant(name, 21, "host", &address.to_string())
            }
            Value::Netlink(bytes, messages) => serializer.serialize_newtype_variant(
                name,
                22,
                "netlink",
                &Netlink { bytes, messages: &messages.items },
            ),
            Value::Struct(structure) => serializer.serialize_newtype_variant(name, 16, "struct", structure),
            Value::Array(list) => serializer.serialize_newtype_variant(name, 17, "array", list),
            Value::Set(list) => serializer.serialize_newtype_variant(name, 18, "set", list),
            Value::Changed(before, after) => {
                serializer.serialize_newtype_variant(name, 19, "changed", &Changed { before, after })
            }
            Value::Counted { address, count, what, list } => {
                let counted = Counted { address: *address, count: *count, what, items: &list.items };
                serializer.serialize_newtype_variant(name, 20, "counted", &counted)
            }
        }
    }
}

/// An object of named values.
macro_rules! object {
    ($(#[$doc:meta])* $ty:ty, $name:literal, $this:ident => { $($field:literal: $value:expr,)+ }) => {
        $(#[$doc])*
        impl Serialize for $ty {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let $this = self;
                let mut object = serializer.serialize_struct($name, [$($field),+].len())?;
                $(object.serialize_field($field, &$value)?;)+
                object.end()
            }
        }
    };
}

object!(
    /// See [`Trace`].
    Process, "Process", process => {
        "label": process.label(),
        "pid": process.pid(),
        "program": Bytes(process.program().as_os_str().as_encoded_bytes()),
        "argv": process.argv().iter().map(|word| Bytes(word.as_encoded_bytes())).collect::<Vec<_>>(),
        "status": process.status.map(Ended),
    }
);
object!(
    /// See [`Trace`].
    Mark, "Mark", mark => { "tid": mark.tid(), "at": mark.at().as_secs_f64(), "text": mark.to_string(), }
);
object!(
    /// See [`Value`].
    Descriptor, "Descriptor", fd => { "number": fd.number, "link": fd.link.as_deref().map(Bytes), }
);
object!(
    /// See [`Value`].
    PathText, "PathText", path => {
        "written": Bytes(&path.written),
        "absolute": path.absolute_bytes().as_deref().map(Bytes),
        "resolved": path.resolved.as_deref().map(Bytes),
        "truncated": path.truncated,
    }
);
object!(
    /// See [`Value`].
    Buffer, "Buffer", buffer => { "bytes": Bytes(&buffer.bytes), "total": buffer.total, }
);
object!(
    /// See [`Value`].
    Word, "Word", word => { "bits": word.bits(), "names": word.names(), }
);
object!(
    /// See [`Value`].
    Structure, "Structure", structure => { "name": structure.name, "fields": Fields(&structure.fields), }
);
object!(
    /// See [`Value`].
    List, "List", list => { "items": list.items, "whole": list.is_whole(), }
);

struct Changed<'a> {
    before: &'a Value,
    after: &'a Value,
}
object!(Changed<'_>, "Changed", changed => { "before": changed.before, "after": changed.after, });

struct Counted<'a> {
    address: u64,
    count: u64,
    what: &'a str,
    items: &'a [Value],
}
object!(
    Counted<'_>, "Counted", counted => {
        "address": hex(counted.address), "count": counted.count, "what": counted.what, "items": counted.items,
    }
);

struct Netlink<'a> {
    bytes: &'a Buffer,
    messages: &'a [Value],
}
object!(
    Netlink<'_>, "Netlink", netlink => {
        "bytes": Bytes(&netlink.bytes.bytes), "total": netlink.bytes.total, "messages": netlink.messages,
    }
);

struct NetlinkAddress {
    pid: u32,
    groups: u32,
}
object!(NetlinkAddress, "NetlinkAddress", address => { "pid": address.pid, "groups": address.groups, });

struct Other<'a> {
    family: u16,
    bytes: &'a [u8],
}
object!(Other<'_>, "Other", other => { "family": other.family, "bytes": Bytes(other.bytes), });

/// See [`Value`].
impl Serialize for SocketAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = "SocketAddress";
        match self {
            SocketAddress::Inet(inet) => {
                serializer.serialize_newtype_variant(name, 0, "inet", &inet.to_string())
            }
            SocketAddress::Unix(path) => serializer.serialize_newtype_variant(name, 1, "unix", &Bytes(path)),
            SocketAddress::Netlink { pid, groups, .. } => {
                let address = NetlinkAddress { pid: *pid, groups: *groups };
                serializer.serialize_newtype_variant(name, 3, "netlink", &address)
            }
            SocketAddress::Other(family, bytes) => {
                serializer.serialize_newtype_variant(name, 2, "other", &Other { family: *family, bytes })
            }
            SocketAddress::Raced(address) => address.serialize(serializer),
        }
    }
}

struct Arguments<'a>(&'a [Argument]);

impl Serialize for Arguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for argument in self.0 {
            object.serialize_entry(argument.name, &argument.value)?;
        }
        object.end()
    }
}

struct Fields<'a>(&'a [FieldValue]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for field in self.0 {
            object.serialize_entry(field.name, &field.value)?;
        }
        object.end()
    }
}

/// What the kernel takes for text, and that need not be UTF-8.
struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.collect_seq(self.0),
        }
    }
}

/// A wait status of a process that has ended. See wait(2).
struct Ended(i32);

impl Serialize for Ended {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 & 0x7f {
            0 => serializer.serialize_newtype_variant("Ended", 0, "exited", &(self.0 >> 8 & 0xff)),
            signal => serializer.serialize_newtype_variant("Ended", 1, "killed", &signal),
        }
    }
}

fn hex(word: u64) -> String {
    format!("{word:#x}")
}

fn signal(number: i32) -> String {
    signals::name(number).unwrap_or_else(|| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::constants::files::O;
    use crate::trace::value::ListEnd;
    use serde_json::json;

    #[track_caller]
    fn check(value: Value, expected: serde_json::Value) {
        assert_eq!(serde_json::to_value(&value).unwrap(), expected, "{value:?}");
    }

    #[test]
    fn values_are_objects_named_for_their_kind() {
        check(Value::Int(-1), json!({"int": -1}));
        check(Value::Uint(u64::MAX), json!({"uint": u64::MAX}));
        check(Value::Hex(255), json!({"hex": "0xff"}));
        check(Value::Address(0), json!({"address": "0x0"}));
        check(Value::Mode(0o644), json!({"mode": 420}));
        check(Value::Device(1), json!({"device": 1}));
        check(Value::Host([224, 0, 0, 1].into()), json!({"host": "224.0.0.1"}));
        let bytes = Buffer { bytes: (*b"x").into(), total: Some(1) };
        let messages = List { items: vec![Value::Int(1)], end: ListEnd::Whole };
        let netlink = json!({"netlink": {"bytes": "x", "total": 1, "messages": [{"int": 1}]}});
        check(Value::Netlink(bytes, messages), netlink);
        let address = SocketAddress::Netlink { pad: 0, pid: 7, groups: 1 };
        check(Value::Socket(address), json!({"socket": {"netlink": {"pid": 7, "groups": 1}}}));
        check(Value::Signal(15), json!({"signal": "SIGTERM"}));
        check(Value::SignalSet(1 << 1 | 1 << 63), json!({"signal_set": ["SIGINT", signal(64)]}));
        check(Value::WaitStatus(256), json!({"wait_status": 256}));
        let flags = Word { family: &O, value: 0x80001 };
        check(Value::Flags(flags), json!({"flags": {"bits": 0x80001, "names": ["O_WRONLY", "O_CLOEXEC"]}}));
        let fd = Descriptor { number: 3, link: Some((*b"/a").into()), socket: None, raced: false };
        check(Value::Fd(fd), json!({"fd": {"number": 3, "link": "/a"}}));
        let text = Buffer { bytes: (*b"a\xff").into(), total: None };
        check(Value::Text(text.clone()), json!({"text": {"bytes": [97, 255], "total": null}}));
        check(Value::Bytes(text), json!({"bytes": {"bytes": [97, 255], "total": null}}));
        let path = PathText {
            written: (*b"b").into(),
            truncated: false,
            base: Some((*b"/a").into()),
            root: None,
            raced: false,
            walked: crate::trace::value::Walked::Not,
            resolved: None,
        };
        let shown = json!({"written": "b", "absolute": "/a/b", "resolved": null, "truncated": false});
        check(Value::Path(path), json!({"path": shown}));
    }

    #[test]
    fn values_hold_values() {
        let items = vec![Value::Int(1), Value::Int(2)];
        let list = List { items, end: ListEnd::Truncated };
        let shown = json!({"items": [{"int": 1}, {"int": 2}], "whole": false});
        check(Value::Array(list.clone()), json!({"array": shown}));
        check(Value::Set(list), json!({"set": shown}));
        let field = FieldValue { name: "st_size", value: Value::Uint(5), verbose: false };
        let structure = Structure { name: "stat", fields: vec![field] };
        let shown = json!({"name": "stat", "fields": {"st_size": {"uint": 5}}});
        check(Value::Struct(structure), json!({"struct": shown}));
        let changed = Value::Changed(Box::new(Value::Int(1)), Box::new(Value::Int(2)));
        check(changed, json!({"changed": {"before": {"int": 1}, "after": {"int": 2}}}));
        let one = List { items: vec![Value::Int(1)], end: ListEnd::Truncated };
        let counted = Value::Counted { address: 16, count: 2, what: "entries", list: one };
        let shown = json!({"address": "0x10", "count": 2, "what": "entries", "items": [{"int": 1}]});
        check(counted, json!({"counted": shown}));
        let inet = SocketAddress::Inet(([127, 0, 0, 1], 80).into());
        check(Value::Socket(inet), json!({"socket": {"inet": "127.0.0.1:80"}}));
        let unix = SocketAddress::Unix((*b"\0a").into());
        check(Value::Socket(unix), json!({"socket": {"unix": "\u{0}a"}}));
        let other = SocketAddress::Other(16, (*b"x").into());
        check(Value::Socket(other), json!({"socket": {"other": {"family": 16, "bytes": "x"}}}));
    }

    #[test]
    fn ends_are_told_apart() {
        let shown = |status| serde_json::to_value(Ended(status)).unwrap();
        assert_eq!(shown(3 << 8), json!({"exited": 3}));
        assert_eq!(shown(9), json!({"killed": 9}));
        assert_eq!(shown(0x80 | 11), json!({"killed": 11}));
    }
}
