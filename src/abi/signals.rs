//! Signals by name. See signal(7).

use crate::abi::check;
use crate::abi::constants::process::SIGNALS;
use crate::abi::signature::Role;

/// The first real-time signal of the kernel. The C library keeps the first two for itself.
const FIRST_REAL_TIME: i32 = 32;
const LAST: i32 = 64;

/// `SIGTERM`; real-time signals count from the kernel's first: `SIGRT_2`. `None` for what is no signal.
pub(crate) fn name(signal: i32) -> Option<String> {
    match signal {
        1..FIRST_REAL_TIME => {
            let named =
                SIGNALS.members.iter().find(|it| it.value == signal as u64 && it.role != Role::Alias)?;
            Some(named.name.to_owned())
        }
        FIRST_REAL_TIME => Some("SIGRTMIN".to_owned()),
        33..=LAST => Some(format!("SIGRT_{}", signal - FIRST_REAL_TIME)),
        _ => None,
    }
}

/// As in a set: without `SIG`, real-time ones as `RT_2`.
pub(crate) fn short_name(signal: i32) -> Option<String> {
    name(signal).map(|name| name.trim_start_matches("SIG").to_owned())
}

/// The number of `SIGTERM`, `TERM`, `SIGRT_2` or `SIGRTMIN`.
pub(crate) fn from_name(text: &str) -> Option<i32> {
    let wanted = text.strip_prefix("SIG").unwrap_or(text);
    let is = |name: &str| name.strip_prefix("SIG") == Some(wanted);
    let named = SIGNALS.members.iter().find(|it| is(it.name)).map(|it| it.value as i32);
    named.or_else(|| (FIRST_REAL_TIME..=LAST).find(|&signal| name(signal).is_some_and(|name| is(&name))))
}

/// The number of a signal that a user names.
///
/// # Panics
///
/// When there is none, with the nearest.
#[track_caller]
pub(crate) fn number(text: &str) -> i32 {
    match (from_name(text), check::suggest(text, names())) {
        (Some(signal), _) => signal,
        (None, Some(near)) => panic!("no signal is called `{text}`; did you mean `{near}`?"),
        (None, None) => panic!("no signal is called `{text}`; see signal(7)"),
    }
}

/// The names of all signals, for *did you mean*.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SIGNALS.members.iter().map(|it| it.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_agree() {
        for signal in 1..=LAST {
            let name = name(signal).unwrap();
            assert_eq!(from_name(&name), Some(signal), "{name}");
        }
        assert_eq!(name(15).as_deref(), Some("SIGTERM"));
        assert_eq!(name(34).as_deref(), Some("SIGRT_2"));
        assert_eq!(short_name(34).as_deref(), Some("RT_2"));
        assert_eq!(from_name("CHLD"), Some(17));
        assert_eq!((name(0), name(65), from_name("SIGTREM")), (None, None, None));
    }
}
