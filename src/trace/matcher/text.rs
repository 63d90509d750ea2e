//! Matchers in words, as reports show them: `openat(path = "/etc/app.conf", flags has O_RDONLY) = ok`.

use std::fmt::{self, Display, Formatter};

use crate::trace::format::quoted;
use crate::trace::matcher::value::{Match, Test};
use crate::trace::matcher::{Branch, CallMatcher, Calls};

impl Display for CallMatcher {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, branch) in self.branches().iter().enumerate() {
            if index > 0 {
                f.write_str(" or ")?;
            }
            branch.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Branch {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.calls {
            Calls::One(row) => f.write_str(row.name)?,
            Calls::Family(family) => write!(f, "family::{}()", family.name)?,
            Calls::Class(name, _) => write!(f, "%{name}")?,
        }
        if !self.arguments.is_empty() {
            f.write_str("(")?;
            for (index, (name, wanted)) in self.arguments.iter().enumerate() {
                let separator = if index > 0 { ", " } else { "" };
                write!(f, "{separator}{name} {}", Asked(wanted))?;
            }
            f.write_str(")")?;
        }
        if let Some(path) = &self.on {
            write!(f, " on {path}")?;
        }
        self.outcomes.iter().try_for_each(|wanted| write!(f, " = {wanted}"))
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
            Test::Under { .. } | Test::Closure(..) | Test::Field(..) | Test::Item(_) => self.0.fmt(f),
            Test::Not(inner) => write!(f, "not {}", Asked(inner)),
            _ => write!(f, "= {}", self.0),
        }
    }
}

fn is_set(family: &crate::abi::signature::Family) -> bool {
    family.form != crate::abi::signature::Form::One
}

impl Display for Match {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Test::Text(text) | Test::Bytes(text) => quoted(f, text, false),
            Test::Path { given, .. } => quoted(f, given, false),
            Test::ExactText(text) | Test::Written(text) => {
                f.write_str("exactly ")?;
                quoted(f, text, false)
            }
            Test::Number(number) => write!(f, "{number}"),
            Test::Under { given, .. } => {
                f.write_str("under ")?;
                quoted(f, given, false)
            }
            Test::File { given, .. } => {
                f.write_str("file ")?;
                quoted(f, given, false)
            }
            Test::Regex(regex) => write!(f, "re({:?})", regex.as_str()),
            Test::Flags { members, exact, .. } => {
                let names: Vec<_> = members.iter().map(|member| member.name).collect();
                write!(f, "{}{}", if *exact { "exactly " } else { "" }, names.join("|"))
            }
            Test::Peer(ip, Some(port)) => write!(f, "\"{}\"", std::net::SocketAddr::new(*ip, *port)),
            Test::Peer(ip, None) => write!(f, "\"{ip}\""),
            Test::Inet => f.write_str("an internet address"),
            Test::Unix(path) => {
                f.write_str("unix ")?;
                quoted(f, path, false)
            }
            Test::Named(name) => write!(f, "\"{name}\""),
            Test::Field(name, inner) => write!(f, "has field {name} {}", Asked(inner)),
            Test::Item(inner) => write!(f, "has item {inner}"),
            Test::Any(all) => {
                for (index, one) in all.iter().enumerate() {
                    write!(f, "{}{one}", if index > 0 { " or " } else { "" })?;
                }
                Ok(())
            }
            Test::Not(inner) => write!(f, "not {inner}"),
            Test::Closure(_, place) => write!(f, "passes the closure at {}:{}", place.file(), place.line()),
        }
    }
}
