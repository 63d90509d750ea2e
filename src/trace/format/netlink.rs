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
        Value::Array(message) => {
            f.write_char('[')?;
            for (index, part) in message.items.iter().enumerate() {
                f.write_str(if index > 0 { ", " } else { "" })?;
                // Without recursion through `list`, whose closures would nest without end.
                match part {
                    Value::Bytes(_) => random(f, part, format)?,
                    part => value(f, part, format)?,
                }
            }
            f.write_char(']')
        }
        // Negative, with its name.
        Value::Enumeration(error) if error.family.name == "E" && error.value != 0 => {
            f.write_char('-')?;
            value(f, of, format)
        }
        of => value(f, of, format),
    }
}
