//! What the lines of the table must keep, checked by the compiler: of the tests, as it takes long and no user changes a line.

use crate::abi::check::{fail, same};
use crate::abi::signature::{Condition, Family, Kind, Len, Selector, Shape, Signature};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::check::tests::panic_of;
    use crate::abi::constants::files::{F, O};
    use crate::abi::signature::*;
    use crate::abi::syscalls;

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
}
