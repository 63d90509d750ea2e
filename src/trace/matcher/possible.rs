//! What is asked of one argument at once must be possible at once: otherwise no call is meant, and `never` holds by mistake.

use crate::abi::constants::files::S_IF;
use crate::abi::errno::Errno;
use crate::abi::signature::{Family, Member, Role, Shape};
use crate::trace::matcher::bind;
use crate::trace::matcher::judge::has;
use crate::trace::matcher::value::Test;

/// How questions about the name of a unix socket are called.
pub(crate) const UNIX: &str = "unix(..)";

/// Words for two of the members that no word has both of.
pub(crate) fn in_one_word(of: &str, family: &Family, members: &[&Member]) -> Result<(), String> {
    let both = |pair: &[&Member]| {
        let word = bind::word(family, pair);
        pair.iter().all(|member| has(family, word, member))
    };
    none_excludes_another(of, members, both)
}

/// As [`in_one_word`], where the members are all there is: one that is 0 says nothing then beside others, as in C.
pub(crate) fn in_exactly_one_word(of: &str, family: &Family, members: &[&Member]) -> Result<(), String> {
    let counts = |member: &&Member| !is_nothing(member);
    let members: Vec<&Member> = members.iter().copied().filter(counts).collect();
    in_one_word(of, family, &members)
}

/// As [`in_one_word`], of a mode: it has one file type.
pub(crate) fn in_one_mode(of: &str, members: &[&Member]) -> Result<(), String> {
    let is_type = |member: &&&Member| S_IF.members.iter().any(|it| it.name == member.name);
    none_excludes_another(of, members, |pair| {
        let types: Vec<u64> = pair.iter().filter(is_type).map(|member| member.value).collect();
        types.windows(2).all(|types| types[0] == types[1])
    })
}

/// Words for a text with a NUL where a string ends at the first.
pub(crate) fn ends_at_nul(of: &str, shape: Shape, test: &Test) -> Result<(), String> {
    let given = match test {
        Test::Text(place) | Test::Exact(place) | Test::Path(place) | Test::Under(place) => &place.given,
        Test::Written(bytes) | Test::Bytes(bytes) => bytes,
        _ => return Ok(()),
    };
    let is_string = match shape {
        Shape::Path | Shape::PathOut(_) => true,
        Shape::Fd | Shape::DirFd => !matches!(test, Test::Bytes(_)),
        Shape::Str | Shape::Chars => true,
        _ => false,
    };
    // See unix(7): any byte may be in an abstract name.
    let is_abstract = of == UNIX && given.starts_with(b"@");
    if is_string && !is_abstract && given.contains(&0) {
        return Err(format!("{of} cannot be {:?}: it ends at its first NUL", String::from_utf8_lossy(given)));
    }
    Ok(())
}

/// Words for an error that no program sees.
pub(crate) fn seen_by_programs(errno: Errno) -> Result<Errno, String> {
    if errno.is_restart() {
        return Err(format!(
            "no call fails with {errno}, which the kernel keeps to itself: the call is made anew, or fails with what \
             .fails(\"EINTR\") asks for"
        ));
    }
    Ok(errno)
}

fn none_excludes_another(
    of: &str,
    members: &[&Member],
    both: impl Fn(&[&Member]) -> bool,
) -> Result<(), String> {
    let later = |index: usize| members[index + 1..].iter().copied();
    let mut pairs =
        members.iter().enumerate().flat_map(|(index, one)| later(index).map(move |other| [*one, other]));
    match pairs.find(|pair| !both(pair)) {
        Some([one, other]) => Err(excluded(of, one, other)),
        None => Ok(()),
    }
}

fn excluded(of: &str, one: &Member, other: &Member) -> String {
    let (a, b) = (one.name, other.name);
    let nothing = [one, other].into_iter().find(|member| is_nothing(member));
    let why = nothing.map_or(String::new(), |it| format!(", for `{}` is a word of 0", it.name));
    format!("{of} cannot be both `{a}` and `{b}`{why}: any_of([\"{a}\", \"{b}\"]) asks for one or the other")
}

fn is_nothing(member: &Member) -> bool {
    matches!(member.role, Role::Zero | Role::SilentZero)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::constants::{self, process};
    use crate::abi::errno::ERRNO;
    use crate::abi::signature::Form;
    use crate::trace::matcher::judge::has_mode;

    /// The words that two members could make.
    fn words(family: &Family, a: u64, b: u64) -> [u64; 5] {
        let mask = match family.form {
            Form::Field(mask) => mask,
            Form::SignalLow => 0xff,
            _ => 0,
        };
        [a, b, a | b, a & !mask | b, b & !mask | a]
    }

    #[test]
    fn one_value_is_always_possible_and_two_are_where_a_word_has_both() {
        for family in constants::all().chain([&process::CAP_SET, &ERRNO]) {
            for one in family.members {
                assert_eq!(in_one_word("it", family, &[one]), Ok(()));
                assert!(has(family, one.value, one), "{}: {}", family.name, one.name);
                for other in family.members {
                    let word = words(family, one.value, other.value);
                    let there = word.into_iter().find(|it| has(family, *it, one) && has(family, *it, other));
                    let accepted = in_one_word("it", family, &[one, other]);
                    assert_eq!(accepted.is_ok(), there.is_some(), "{}: {accepted:?}", family.name);
                }
            }
        }
    }

    #[test]
    fn a_mode_has_one_file_type_and_any_bits() {
        let members = || S_IF.members.iter().chain(constants::files::S_MODE.members);
        for one in members() {
            assert_eq!(in_one_mode("it", &[one]), Ok(()));
            for other in members() {
                let word = (one.value | other.value) as u32;
                let accepted = in_one_mode("it", &[one, other]);
                assert_eq!(accepted.is_ok(), has_mode(word, one) && has_mode(word, other), "{accepted:?}");
            }
        }
    }
}
