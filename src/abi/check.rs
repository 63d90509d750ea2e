//! What the compiler checks of the table, and the words for a name that is in no table.

use crate::abi::signature::{Condition, Kind, Len, Shape, Signature};

/// More than the highest number.
pub(crate) const NUMBERS: usize = 512;

/// The index of the row of each number.
pub(crate) const fn index(rows: &[Signature]) -> [u16; NUMBERS] {
    let mut index = [u16::MAX; NUMBERS];
    let mut row = 0;
    while row < rows.len() {
        index[rows[row].number as usize] = row as u16;
        row += 1;
    }
    index
}

/// Sorts by name.
pub(crate) const fn sorted<const N: usize>(mut names: [(&'static str, u32); N]) -> [(&'static str, u32); N] {
    let mut end = 1;
    while end < N {
        let mut at = end;
        while at > 0 && less(names[at].0, names[at - 1].0) {
            let lower = names[at];
            names[at] = names[at - 1];
            names[at - 1] = lower;
            at -= 1;
        }
        end += 1;
    }
    names
}

/// Numbers ascend, six arguments at most, their names differ, and every argument that a kind names exists.
pub(crate) const fn validate(rows: &[Signature]) {
    let mut row = 0;
    while row < rows.len() {
        let signature = &rows[row];
        if row > 0 && rows[row - 1].number >= signature.number {
            fail(&["`", signature.name, "` is not in its place: lines ascend by number"]);
        }
        if signature.params.len() > 6 {
            fail(&["`", signature.name, "` has more than six arguments"]);
        }
        let mut param = 0;
        while param < signature.params.len() {
            let mut other = 0;
            while other < param {
                if same(signature.params[param].name, signature.params[other].name) {
                    fail(&["`", signature.name, "` has two arguments `", signature.params[param].name, "`"]);
                }
                other += 1;
            }
            validate_kind(signature, &signature.params[param].kind);
            param += 1;
        }
        validate_kind(signature, &signature.result);
        row += 1;
    }
}

const fn validate_kind(row: &Signature, kind: &Kind) {
    match kind.condition {
        Condition::Always => {}
        Condition::OnlyIf(name, _) | Condition::ReadIf(name, _) => must_have(row, name),
    }
    match kind.shape {
        Shape::Bytes(_, len)
        | Shape::PathOut(len)
        | Shape::Many(_, _, len)
        | Shape::Scalars(_, _, len)
        | Shape::SockAddr(_, len) => match len {
            Len::Arg(name)
            | Len::At(name)
            | Len::RetUpTo(name)
            | Len::Pages(name)
            | Len::BitWords(name)
            | Len::CapVersion(name) => must_have(row, name),
            Len::Exactly(_) | Len::Ret => {}
        },
        Shape::Iov(_, name) | Shape::By(name, _) => must_have(row, name),
        Shape::ByTwo(first, second, _) => {
            must_have(row, first);
            must_have(row, second);
        }
        _ => {}
    }
}

const fn must_have(row: &Signature, name: &str) {
    let mut param = 0;
    while param < row.params.len() {
        if same(row.params[param].name, name) {
            return;
        }
        param += 1;
    }
    fail(&["`", row.name, "` has no argument `", name, "`"]);
}

/// The number of the call called `name`, looked up while the caller is compiled.
///
/// # Panics
///
/// When there is none, with the nearest name.
#[track_caller]
pub const fn find(names: &[(&'static str, u32)], name: &str) -> u32 {
    let (mut low, mut high) = (0, names.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if same(names[middle].0, name) {
            return names[middle].1;
        }
        if less(names[middle].0, name) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    match nearest(names, name) {
        Some(near) => fail(&["no x86_64 system call is called `", name, "`; did you mean `", near, "`?"]),
        None => fail(&["no x86_64 system call is called `", name, "`"]),
    }
}

/// The name that differs least from `name`, if it differs by little.
const fn nearest(names: &[(&'static str, u32)], name: &str) -> Option<&'static str> {
    let mut best = None;
    let mut least = tolerance(name) + 1;
    let mut index = 0;
    while index < names.len() {
        let distance = distance(names[index].0, name);
        if distance < least {
            least = distance;
            best = Some(names[index].0);
        }
        index += 1;
    }
    best
}

/// The candidate that differs least from `name`, if it differs by little: for *did you mean*.
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(candidate, name), candidate))
        .filter(|(distance, _)| *distance <= tolerance(name))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters may differ in a misspelling.
const fn tolerance(name: &str) -> usize {
    if name.len() < 4 { 1 } else { 1 + name.len() / 4 }
}

/// Letters to insert, delete, replace or swap with their neighbour. Names are ASCII; longer ones than any name are far from all.
const fn distance(a: &str, b: &str) -> usize {
    const LONGEST: usize = 48;
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > LONGEST || b.len() > LONGEST {
        return usize::MAX;
    }
    let mut before;
    let mut above = [0; LONGEST + 1];
    let mut row = [0; LONGEST + 1];
    let mut j = 0;
    while j <= b.len() {
        row[j] = j;
        j += 1;
    }
    let mut i = 1;
    while i <= a.len() {
        before = std::mem::replace(&mut above, row);
        row[0] = i;
        j = 1;
        while j <= b.len() {
            let differ = (a[i - 1] != b[j - 1]) as usize;
            let mut least = least(above[j] + 1, least(row[j - 1] + 1, above[j - 1] + differ));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = self::least(least, before[j - 2] + 1);
            }
            row[j] = least;
            j += 1;
        }
        i += 1;
    }
    row[b.len()]
}

const fn least(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

const fn less(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut index = 0;
    while index < a.len() && index < b.len() {
        if a[index] != b[index] {
            return a[index] < b[index];
        }
        index += 1;
    }
    a.len() < b.len()
}

/// Panics with the parts put together: formatting is not available while a constant is evaluated.
#[track_caller]
const fn fail(parts: &[&str]) -> ! {
    const ROOM: usize = 256;
    let mut text = [b' '; ROOM];
    let mut length = 0;
    let mut part = 0;
    while part < parts.len() {
        let bytes = parts[part].as_bytes();
        let mut index = 0;
        while index < bytes.len() && length < ROOM {
            text[length] = bytes[index];
            length += 1;
            index += 1;
        }
        part += 1;
    }
    let (text, _) = text.split_at(length);
    match std::str::from_utf8(text) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("a name is cut in the middle of a letter"),
    }
}
