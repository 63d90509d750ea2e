//! What the compiler checks of the table, and the words for a name that is in no table.

use crate::abi::signature::{Condition, Family, Kind, Len, Selector, Shape, Signature};

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

/// Numbers ascend, six arguments at most, their names differ, every argument that a kind names exists, and a selector's cases are
/// arguments of the call and values of the argument that decides.
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
        Condition::OnlyIf(name, _) | Condition::ReadIf(name, _) => _ = must_have(row, name),
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
            | Len::NodeWords(name)
            | Len::CapVersion(name) => _ = must_have(row, name),
            Len::Exactly(_) | Len::Ret => {}
        },
        Shape::Iov(_, name) => _ = must_have(row, name),
        Shape::By(name, selector) => {
            validate_cases(row, selector);
            if let Some(family) = family_of(row, name) {
                validate_values(row, selector, selector.mask, 0, family);
            }
        }
        Shape::ByTwo(first, second, selector) => {
            must_have(row, second);
            validate_cases(row, selector);
            if let Some(family) = family_of(row, first) {
                validate_values(row, selector, selector.mask >> 32, 32, family);
            }
        }
        _ => {}
    }
}

/// The arguments of a case are arguments of the call, and so are those that they name.
const fn validate_cases(row: &Signature, selector: &Selector) {
    let mut case = 0;
    while case < selector.cases.len() {
        let params = selector.cases[case].params;
        let mut param = 0;
        while param < params.len() {
            must_have(row, params[param].name);
            validate_kind(row, &params[param].kind);
            param += 1;
        }
        case += 1;
    }
}

/// What a case stands for, from `shift` on, is a value of the family, or the absence of its bits.
const fn validate_values(row: &Signature, selector: &Selector, mask: u64, shift: u32, family: &Family) {
    let mut case = 0;
    while case < selector.cases.len() {
        let value = selector.cases[case].value >> shift;
        let mut member = 0;
        while value != 0 && family.members[member].value & mask != value {
            member += 1;
            if member == family.members.len() {
                fail(&[
                    "a selector of `",
                    row.name,
                    "` has a case that is not in the family `",
                    family.name,
                    "`",
                ]);
            }
        }
        case += 1;
    }
}

/// The family of an argument; `None` for one that has none.
const fn family_of<'a>(row: &'a Signature, name: &str) -> Option<&'a Family> {
    match row.params[must_have(row, name)].kind.shape {
        Shape::Bits(family) | Shape::OneOf(family) => Some(family),
        _ => None,
    }
}

/// The position of an argument.
const fn must_have(row: &Signature, name: &str) -> usize {
    let mut param = 0;
    while param < row.params.len() {
        if same(row.params[param].name, name) {
            return param;
        }
        param += 1;
    }
    fail(&["`", row.name, "` has no argument `", name, "`"])
}

/// The number of the call called `name`, looked up while the caller is compiled.
///
/// # Panics
///
/// When there is none, with the nearest name.
#[track_caller]
pub(crate) const fn find(names: &[(&'static str, u32)], name: &str) -> u32 {
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
pub(crate) fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
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
    // The three last rows of the table of distances.
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
        while index < bytes.len() && length + letter(bytes[index]) <= ROOM {
            text[length] = bytes[index];
            length += 1;
            index += 1;
        }
        part += 1;
    }
    let (text, _) = text.split_at(length);
    match std::str::from_utf8(text) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("BUG: letters are copied whole"),
    }
}

/// The length of the letter that begins with this byte of UTF-8; 1 inside of one.
const fn letter(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::constants::files::{F, O};
    use crate::abi::signature::*;
    use crate::abi::syscalls;

    /// What `work` panics with.
    #[track_caller]
    fn panic_of(work: impl FnOnce() + std::panic::UnwindSafe) -> String {
        let cause = std::panic::catch_unwind(work).expect_err("no panic");
        match cause.downcast::<String>() {
            Ok(text) => *text,
            Err(cause) => (*cause.downcast::<&str>().unwrap()).to_owned(),
        }
    }

    fn row(number: u32, name: &'static str, params: &'static [Param]) -> Signature {
        Signature { number, name, params, result: INT }
    }

    const fn param(name: &'static str, kind: Kind) -> Param {
        Param { name, kind }
    }

    #[track_caller]
    fn refuses(params: &'static [Param], expected: &str) {
        assert_eq!(panic_of(move || validate(&[row(0, "read", params)])), expected);
    }

    #[test]
    fn a_line_that_contradicts_itself_does_not_build() {
        validate(syscalls::TABLE);
        const FD_BUF: [Param; 2] = [param("fd", FD), param("buf", bytes_out(ret_up_to("count")))];
        refuses(&FD_BUF, "`read` has no argument `count`");
        const TWICE: [Param; 2] = [param("fd", FD), param("fd", FD)];
        refuses(&TWICE, "`read` has two arguments `fd`");
        const MANY: [Param; 7] = [
            param("a", INT),
            param("b", INT),
            param("c", INT),
            param("d", INT),
            param("e", INT),
            param("f", INT),
            param("g", INT),
        ];
        refuses(&MANY, "`read` has more than six arguments");
        const VECTOR: [Param; 1] = [param("iov", iov_in("n"))];
        refuses(&VECTOR, "`read` has no argument `n`");
        const CONDITION: [Param; 1] = [param("mode", MODE.only_if("flags", |_| true))];
        refuses(&CONDITION, "`read` has no argument `flags`");
        assert_eq!(
            panic_of(|| validate(&[row(1, "b", &[]), row(1, "a", &[])])),
            "`a` is not in its place: lines ascend by number"
        );
    }

    #[test]
    fn a_selector_that_is_not_the_arguments_does_not_build() {
        static STRANGE: Selector = Selector {
            mask: u64::MAX,
            cases: &[Case { value: 5, params: &[param("arg", INT)], result: None }],
        };
        static NAMELESS: Selector = Selector {
            mask: u64::MAX,
            cases: &[Case { value: 5, params: &[param("arg2", INT)], result: None }],
        };
        static LENGTH: Selector = Selector {
            mask: u64::MAX,
            cases: &[Case { value: 5, params: &[param("arg", bytes_in(len("size")))], result: None }],
        };
        const BY_CMD: [Param; 2] = [param("cmd", one_of(&F)), param("arg", by("cmd", &STRANGE))];
        validate(&[row(0, "read", &BY_CMD)]);
        const BY_FLAGS: [Param; 2] = [param("cmd", bits(&O)), param("arg", by("cmd", &STRANGE))];
        refuses(&BY_FLAGS, "a selector of `read` has a case that is not in the family `O`");
        const BY_NAMELESS: [Param; 2] = [param("cmd", one_of(&F)), param("arg", by("cmd", &NAMELESS))];
        refuses(&BY_NAMELESS, "`read` has no argument `arg2`");
        const BY_LENGTH: [Param; 2] = [param("cmd", one_of(&F)), param("arg", by("cmd", &LENGTH))];
        refuses(&BY_LENGTH, "`read` has no argument `size`");
    }

    #[test]
    fn a_name_is_found_or_its_neighbour_is_named() {
        for row in syscalls::TABLE {
            assert_eq!(syscalls::find(row.name), row.number, "{}", row.name);
        }
        let text = |name: &'static str| panic_of(move || _ = syscalls::find(name));
        assert_eq!(text("opnat"), "no x86_64 system call is called `opnat`; did you mean `openat`?");
        assert_eq!(text("conect"), "no x86_64 system call is called `conect`; did you mean `connect`?");
        assert_eq!(text("frobnicate"), "no x86_64 system call is called `frobnicate`");
        assert_eq!(text(""), "no x86_64 system call is called ``");
        // Longer than the room for the message: cut between letters.
        for long in ["é".repeat(300), format!("x{}", "é".repeat(300)), "€".repeat(99), "🦀".repeat(99)]
        {
            let text = panic_of(move || _ = syscalls::find(&long));
            assert!(text.len() > 252 && text.starts_with("no x86_64 system call is called `"), "{text}");
        }
    }

    #[test]
    fn suggestions_are_near() {
        let near = |name| suggest(name, ["path", "flags", "mode", "dirfd"]);
        assert_eq!((near("pth"), near("flgas"), near("dirdf")), (Some("path"), Some("flags"), Some("dirfd")));
        assert_eq!((near("whence"), near(""), near("pppppppp")), (None, None, None));
        assert_eq!((near("path"), suggest("x", [])), (Some("path"), None));
        assert_eq!((distance("openat", "openat"), distance("opneat", "openat")), (0, 1));
        assert_eq!((distance("", "abc"), distance("kitten", "sitting")), (3, 3));
    }
}
