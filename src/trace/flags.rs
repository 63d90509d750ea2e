//! Words of flag sets and enumerations: which names are in them.

use crate::abi::signature::{Family, Form, Member, Role};

/// Whether all of `member` is in `value`: a field's value as the field, bits as bits.
pub(crate) fn has(family: &Family, value: u64, member: &Member) -> bool {
    match (family.form, member.role) {
        (Form::One, _) => same(value, member.value),
        (Form::Field(mask), _) if is_field(family, member) => same(value & mask, member.value),
        (_, Role::Zero | Role::SilentZero) => value == 0,
        _ => member.value != 0 && value & member.value == member.value,
    }
}

/// Whether `member` is a value of the enumeration embedded in the word.
pub(crate) fn is_field(family: &Family, member: &Member) -> bool {
    match (family.form, member.role) {
        (Form::Field(_), Role::Field) => true,
        (Form::Field(mask), Role::Alias) => member.value & !mask == 0,
        _ => false,
    }
}

/// The members that `value` is made of, in printing order, and the bits that have no name.
pub(crate) fn split(family: &'static Family, value: u64) -> (Vec<&'static Member>, u64) {
    let members = family.members;
    let mut names = Vec::new();
    let mut left = value;
    match family.form {
        Form::One => {
            let is_it = |member: &&Member| shown(member) && same(value, member.value);
            names.extend(members.iter().find(is_it));
            return if names.is_empty() { (names, value) } else { (names, 0) };
        }
        Form::Field(mask) => {
            let is_it = |member: &&Member| member.role == Role::Field && same(value & mask, member.value);
            // All of the field's bits are a value of none, and have a name: `O_ACCMODE`.
            let is_all =
                |member: &&Member| member.role == Role::Other && value & mask == mask && member.value == mask;
            if let Some(field) = members.iter().find(is_it).or_else(|| members.iter().find(is_all)) {
                names.push(field);
                left &= !mask;
            }
        }
        Form::SignalLow => left &= !0xff,
        Form::Bits => {}
    }
    if value == 0 && names.is_empty() {
        names.extend(members.iter().find(|member| member.role == Role::Zero));
    }
    let bits = |member: &&Member| member.role == Role::Plain && member.value != 0;
    for member in members.iter().filter(bits) {
        // A name that says more, and holds too, is better wherever it stands.
        let more = |other: &Member| {
            other.value != member.value
                && other.value & member.value == member.value
                && left & other.value == other.value
        };
        if left & member.value == member.value && !members.iter().filter(bits).any(more) {
            names.push(member);
            left &= !member.value;
        }
    }
    (names, left)
}

/// All names of an enumeration's value: the same number may be a request of two devices.
pub(crate) fn names(family: &'static Family, value: u64) -> impl Iterator<Item = &'static str> {
    let is_it = move |member: &&Member| shown(member) && same(value, member.value);
    family.members.iter().filter(is_it).map(|member| member.name)
}

fn shown(member: &Member) -> bool {
    matches!(member.role, Role::Plain | Role::Field | Role::Zero)
}

/// Values of enumerations are 32 bits wide, whatever stands in the upper half of the register.
fn same(a: u64, b: u64) -> bool {
    a as u32 == b as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::constants::files::{O, SEEK, STATX};
    use crate::abi::constants::memory::MAP;
    use crate::abi::constants::process::FUTEX;

    #[track_caller]
    fn check(family: &'static Family, value: u64, expected: &str, unnamed: u64) {
        let (members, left) = split(family, value);
        let names: Vec<_> = members.iter().map(|member| member.name).collect();
        assert_eq!((names.join("|").as_str(), left), (expected, unnamed));
    }

    #[test]
    fn words_are_taken_apart() {
        check(&O, 0, "O_RDONLY", 0);
        check(&O, 0o2102 | 0x80000, "O_RDWR|O_CREAT|O_APPEND|O_CLOEXEC", 0);
        check(&O, 0x101000, "O_RDONLY|O_SYNC", 0);
        check(&O, 0x1000, "O_RDONLY|O_DSYNC", 0);
        check(&O, 0x410000, "O_RDONLY|O_TMPFILE", 0);
        check(&O, 3, "O_ACCMODE", 0);
        check(&STATX, 0x1fff, "STATX_ALL|STATX_MNT_ID", 0);
        check(&STATX, 0x7ff, "STATX_BASIC_STATS", 0);
        check(&O, 0x8000_0000, "O_RDONLY", 0x8000_0000);
        check(&SEEK, 2, "SEEK_END", 0);
        check(&SEEK, 9, "", 9);
        check(&MAP, 0x812, "MAP_PRIVATE|MAP_FIXED|MAP_DENYWRITE", 0);
        check(&FUTEX, 0x189, "FUTEX_WAIT_BITSET|FUTEX_PRIVATE_FLAG|FUTEX_CLOCK_REALTIME", 0);
    }

    #[test]
    fn the_access_mode_is_a_field_and_no_bit() {
        let member = |name| O.members.iter().find(|member| member.name == name).unwrap();
        assert!(has(&O, 0, member("O_RDONLY")));
        assert!(!has(&O, 1, member("O_RDONLY")));
        assert!(!has(&O, 2, member("O_WRONLY")));
        assert!(has(&O, 0x101000, member("O_DSYNC")));
        assert!(!has(&O, 0x10000, member("O_TMPFILE")));
        assert!(!has(&O, 0, member("O_CREAT")));
    }
}
