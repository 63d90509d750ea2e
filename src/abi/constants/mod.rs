//! Named values: flag sets and enumerations, in printing order.
//!
//! In a list, a plain name is a bit or a value; what others are stands behind them, see [`Role`](crate::abi::signature::Role).

pub mod names;
pub mod files;
pub mod memory;
pub mod process;
pub mod network;
pub mod system;
pub mod ioctl;

/// Defines families: name, form, members. The values are the constants of [`names`], so a misspelt one does not compile.
macro_rules! family {
    ($($family:ident : $form:ident $(($mask:literal))? { $($name:ident $(($role:ident))?),* $(,)? })*) => {
        $( #[doc = concat!("The constants of `", stringify!($family), "`.")]
           pub static $family: Family = Family {
            name: stringify!($family),
            form: Form::$form $(($mask))?,
            members: &[$( family!(@member $name $($role)?) ),*],
        }; )*
    };
    (@member $name:ident) => { family!(@member $name Plain) };
    (@member $name:ident $role:ident) => { Member { name: stringify!($name), value: names::$name as u64, role: Role::$role } };
}
pub(crate) use family;
