//! The text of messages of netlink(7).

use std::fmt::{self, Write};

use crate::trace::format::Format;
use crate::trace::format::value::{list, random, value};
use crate::trace::value::{List, ListEnd, Value};

/// A message, or an array of several.
pub(super) fn netlink(f: &mut impl Write, messages: &List, format: &Format) -> fmt::Result {
    match &messages.items[..] {
        [single] if messages.end == ListEnd::Whole => content(f, single, format),
        _ => list(f, messages, ", ", format, |f, message| content(f, message, format)),
    }
}

/// A message, or what one carries: its bytes are in hexadecimal.
pub(super) fn content(f: &mut impl Write, of: &Value, format: &Format) -> fmt::Result {
    match of {
        Value::Bytes(_) => random(f, of, format),
        Value::Array(parts) => array(f, &parts.items, format),
        // Negative, with its name.
        Value::Enumeration(error) if error.family.name == "E" && error.value != 0 => {
            f.write_char('-')?;
            value(f, of, format)
        }
        of => value(f, of, format),
    }
}

/// A message or an attribute with what it carries, or several attributes.
fn array(f: &mut impl Write, parts: &[Value], format: &Format) -> fmt::Result {
    match parts {
        [header, Value::Bytes(address)] if is_hardware_address(header) => {
            f.write_char('[')?;
            value(f, header, format)?;
            let text: Vec<String> = address.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            return write!(f, ", {}]", text.join(":"));
        }
        _ => {}
    }
    f.write_char('[')?;
    let shown = if format.verbose { parts.len() } else { parts.len().min(format.string_limit.max(3)) };
    for (index, part) in parts[..shown].iter().enumerate() {
        f.write_str(if index > 0 { ", " } else { "" })?;
        content(f, part, format)?;
    }
    f.write_str(if shown < parts.len() { ", ...]" } else { "]" })
}

/// `02:fc:00:00:00:01`. See rtnetlink(7).
fn is_hardware_address(header: &Value) -> bool {
    const ADDRESSES: [&str; 3] = ["IFLA_ADDRESS", "IFLA_BROADCAST", "IFLA_PERM_ADDRESS"];
    let name = header.field("nla_type").and_then(Value::flags).and_then(|ty| ty.name());
    name.is_some_and(|name| ADDRESSES.contains(&name))
}
