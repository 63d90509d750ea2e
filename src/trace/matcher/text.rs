//! Matchers in words, as reports show them: `openat(path = "/etc/app.conf", flags has O_RDONLY) = ok`.

use std::fmt::{self, Display, Formatter};

use crate::abi::signature::{Family, Form, Member};
use crate::trace::format::quoted;
use crate::trace::matcher::value::{Match, Place, Test};
use crate::trace::matcher::{Branch, CallMatcher, Calls};

impl Display for CallMatcher {
    /// Neighbours with the same conditions share them: `fsync or fdatasync = ok`; others stand behind a comma.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut branches = self.branches().iter().peekable();
        while let Some(branch) = branches.next() {
            write!(f, "{}", branch.calls)?;
            let conditions = Conditions(branch).to_string();
            match branches.peek() {
                Some(next) if Conditions(next).to_string() == conditions => f.write_str(" or ")?,
                Some(_) => write!(f, "{conditions}, or ")?,
                None => f.write_str(&conditions)?,
            }
        }
        Ok(())
    }
}

impl Display for Calls {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Calls::One(row) => f.write_str(row.name),
            Calls::Family(family) => write!(f, "family::{}()", family.name),
            Calls::Class(name, _) => write!(f, "%{name}"),
        }
    }
}

/// What is asked of the calls of a branch.
struct Conditions<'a>(&'a Branch);

impl Display for Conditions<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Branch { arguments, on, outcomes, .. } = self.0;
        if !arguments.is_empty() {
            f.write_str("(")?;
            for (index, (name, wanted)) in arguments.iter().enumerate() {
                let separator = if index > 0 { ", " } else { "" };
                write!(f, "{separator}{name} {}", Asked(wanted))?;
            }
            f.write_str(")")?;
        }
        on.iter().try_for_each(|path| write!(f, " on {path}"))?;
        outcomes.iter().try_for_each(|wanted| write!(f, " = {wanted}"))
    }
}

/// A question behind the name of its argument.
struct Asked<'a>(&'a Match);

impl Display for Asked<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0.0 {
            Test::Flags { exact: false, family, members } if members.len() > 1 || is_set(family) => {
                write!(f, "has {}", self.0)
            }
            Test::Mode(_) => write!(f, "has {}", self.0),
            Test::Under(_) | Test::Closure(..) | Test::Field(..) | Test::Item(_) => self.0.fmt(f),
            Test::Not(inner) => write!(f, "not {}", Asked(inner)),
            _ => write!(f, "= {}", self.0),
        }
    }
}

fn is_set(family: &Family) -> bool {
    family.form != Form::One
}

fn names(members: &[&Member]) -> String {
    let names: Vec<_> = members.iter().map(|member| member.name).collect();
    names.join("|")
}

impl Display for Match {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Test::Bytes(text) => quoted(f, text, false),
            Test::Text(place) | Test::Path(place) => quoted(f, &place.given, false),
            Test::Exact(Place { given: text, .. }) | Test::Written(text) => {
                f.write_str("exactly ")?;
                quoted(f, text, false)
            }
            Test::Number(number) => write!(f, "{number}"),
            Test::Worded(_, word) => f.write_str(word),
            Test::Under(place) => {
                f.write_str("under ")?;
                quoted(f, &place.given, false)
            }
            Test::File(inner) => write!(f, "file {inner}"),
            Test::Regex(regex) => write!(f, "re({:?})", regex.as_str()),
            Test::Flags { members, exact, .. } => {
                write!(f, "{}{}", if *exact { "exactly " } else { "" }, names(members))
            }
            Test::Peer(ip, Some(port)) => write!(f, "\"{}\"", std::net::SocketAddr::new(*ip, *port)),
            Test::Peer(ip, None) => write!(f, "\"{ip}\""),
            Test::Inet => f.write_str("inet()"),
            Test::Unix(inner) => write!(f, "unix {inner}"),
            Test::Mode(members) => f.write_str(&names(members)),
            Test::Field(name, inner) => write!(f, "has field {name} {}", Asked(inner)),
            Test::Item(inner) => write!(f, "has item {inner}"),
            Test::Any(all) => {
                for (index, one) in all.iter().enumerate() {
                    write!(f, "{}{one}", if index > 0 { " or " } else { "" })?;
                }
                Ok(())
            }
            Test::Not(inner) => write!(f, "not {inner}"),
            Test::Closure(_, place, _) => {
                write!(f, "passes the closure at {}:{}", place.file(), place.line())
            }
        }
    }
}
