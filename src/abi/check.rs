//! Names and numbers as the compiler looks them up, and the words for a name that is in no table.

use crate::abi::signature::Signature;

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

/// Sorts by name, over distances that become shorter: the compiler is slow at this, and every user waits for it.
pub(crate) const fn sorted<const N: usize>(mut names: [(&'static str, u32); N]) -> [(&'static str, u32); N] {
    let mut step = N / 2;
    while step > 0 {
        let mut end = step;
        while end < N {
            let mut at = end;
            while at >= step && less(names[at].0, names[at - step].0) {
                (names[at], names[at - step]) = (names[at - step], names[at]);
                at -= step;
            }
            end += 1;
        }
        step /= 2;
    }
    names
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

pub(crate) const fn same(a: &str, b: &str) -> bool {
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
pub(crate) const fn fail(parts: &[&str]) -> ! {
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
pub(crate) mod tests {
    use super::*;
    use crate::abi::syscalls;

    /// What `work` panics with.
    #[track_caller]
    pub(crate) fn panic_of(work: impl FnOnce() + std::panic::UnwindSafe) -> String {
        let cause = std::panic::catch_unwind(work).expect_err("no panic");
        match cause.downcast::<String>() {
            Ok(text) => *text,
            Err(cause) => (*cause.downcast::<&str>().unwrap()).to_owned(),
        }
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
