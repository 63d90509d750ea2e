//! Named values: flag sets and enumerations, in printing order.
//!
//! In a list, a plain name is a bit or a value; what others are stands behind them, see [`Role`](crate::abi::signature::Role).

// A family may be here before anything is shown by it.
#![allow(dead_code)]

pub(crate) mod names;
pub(crate) mod files;
pub(crate) mod memory;
pub(crate) mod process;
pub(crate) mod network;
pub(crate) mod addresses;
pub(crate) mod rtnetlink;
pub(crate) mod links;
pub(crate) mod diag;
pub(crate) mod system;
pub(crate) mod terminal;
pub(crate) mod ioctl;

use crate::abi::signature::Family;

/// All families: to say of which one a name is, or that there is none.
pub(crate) fn all() -> impl Iterator<Item = &'static Family> {
    const SUBJECTS: [&[&Family]; 11] = [
        files::FAMILIES,
        memory::FAMILIES,
        process::FAMILIES,
        network::FAMILIES,
        addresses::FAMILIES,
        rtnetlink::FAMILIES,
        links::FAMILIES,
        diag::FAMILIES,
        system::FAMILIES,
        terminal::FAMILIES,
        ioctl::FAMILIES,
    ];
    SUBJECTS.into_iter().flatten().copied()
}

/// Defines families: name, form, members. The values are the constants of [`names`], so a misspelt one does not compile;
/// `<< bits` behind the form says that they stand in the upper part of the word.
macro_rules! family {
    ($($family:ident : $form:ident $(($mask:literal))? $(<< $bits:literal)? { $($members:tt)* })*) => {
        $( #[doc = concat!("The constants of `", stringify!($family), "`.")]
        pub(crate) static $family: Family = Family {
            name: stringify!($family),
            form: Form::$form $(($mask))?,
            members: family!(@members { $($members)* } $(<< $bits)?),
        }; )*
        /// Those of this file.
        pub(crate) const FAMILIES: &[&Family] = &[ $( &$family ),* ];
    };
    (@members { $($members:tt)* }) => { family!(@members { $($members)* } << 0) };
    (@members { $($name:ident $(($role:ident))?),* $(,)? } << $bits:literal) => {
        &[$( Member {
            name: stringify!($name),
            value: (names::$name as u64) << $bits,
            role: family!(@role $($role)?),
        } ),*]
    };
    (@role) => { Role::Plain };
    (@role $role:ident) => { Role::$role };
}
pub(crate) use family;
