//! Redactions: what the user, and the built-in rules, replace in paths and strings before they are shown.

use std::cell::Cell;
use std::path::Path;

use crate::expect::snapshot::pieces::Pieces;
use crate::trace::bytes;
use crate::trace::pattern::Pattern;

/// The placeholders that the built-in rules use.
const BUILT_IN: &[&str] = &["[CWD]", "[HOME]", "[TARGET_TMP]", "[TARGET]", "[BIN]", "[TMPDIR]"];

/// The beginnings of placeholders with which normalising marks values: `[TMP 1]`.
const RESERVED: &[&str] = &["ADDR", "PID", "PORT", "TMP", "ABSTRACT", "RANDOM"];

/// A path, or a pattern, and what stands in its place.
#[derive(Clone, Debug)]
pub(crate) struct Redaction {
    what: What,
    placeholder: String,
    /// As the user wrote it, for the list of those that replaced nothing.
    written: String,
}

#[derive(Clone, Debug)]
enum What {
    /// A path in absolute normal form, and the file it leads to where that has another.
    Path(Vec<Vec<u8>>),
    Pattern(Pattern),
}

impl Redaction {
    /// `forms` are the path as the user gave it and, where it differs, the file it leads to.
    pub(crate) fn path(forms: &[&Path], placeholder: &str) -> Result<Redaction, String> {
        let written = format!(".redact({:?}, {placeholder:?})", forms[0]);
        check_placeholder(placeholder).map_err(|why| format!("{written}: {why}"))?;
        Ok(Redaction {
            what: What::Path(paths(forms, &written)?),
            placeholder: placeholder.to_owned(),
            written,
        })
    }

    pub(crate) fn pattern(pattern: &str, replacement: &str) -> Result<Redaction, String> {
        let written = format!(".redact_re({pattern:?}, {replacement:?})");
        let fail = |why: &str| Err(format!("{written}: {why}"));
        let placeholders: Vec<&str> = placeholders_in(replacement).collect();
        if placeholders.is_empty() {
            return fail(
                "the replacement has no placeholder such as [ID], which shows a reader that it is one",
            );
        }
        for placeholder in placeholders {
            check_placeholder(placeholder).map_err(|why| format!("{written}: {why}"))?;
        }
        let pattern = match Pattern::new(pattern) {
            Ok(pattern) => pattern,
            Err(why) => return fail(&why),
        };
        if pattern.is_match(b"") {
            return fail("the pattern matches the empty string, so it would match everywhere");
        }
        Ok(Redaction { what: What::Pattern(pattern), placeholder: replacement.to_owned(), written })
    }

    /// One of our own; `None` where the path is empty, relative or the root directory.
    pub(crate) fn built_in(forms: &[&Path], placeholder: &str) -> Option<Redaction> {
        let paths = paths(forms, "").ok()?;
        Some(Redaction {
            what: What::Path(paths),
            placeholder: placeholder.to_owned(),
            written: String::new(),
        })
    }
}

fn paths(forms: &[&Path], written: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut paths: Vec<Vec<u8>> = Vec::new();
    for form in forms {
        let form = normal(&bytes::of(form.as_os_str()));
        if form.is_empty() || form == b"/" {
            return Err(format!(
                "{written}: an empty path, or the root directory, would replace nothing or everything"
            ));
        }
        if form[0] != b'/' {
            return Err(format!(
                "{written}: a relative path means another file in every program; give an absolute one"
            ));
        }
        if !paths.contains(&form) {
            paths.push(form);
        }
    }
    Ok(paths)
}

/// Without doubled, trailing and `.` parts. `..` is left: what it means depends on links.
pub(crate) fn normal(path: &[u8]) -> Vec<u8> {
    let mut normal = Vec::new();
    for component in path.split(|&byte| byte == b'/') {
        if component.is_empty() || component == b"." {
            continue;
        }
        if !normal.is_empty() || path[0] == b'/' {
            normal.push(b'/');
        }
        normal.extend_from_slice(component);
    }
    if normal.is_empty() && path.first() == Some(&b'/') {
        normal.push(b'/');
    }
    normal
}

fn check_placeholder(placeholder: &str) -> Result<(), String> {
    let name = placeholder.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or_default();
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | ' ' | '-');
    if !name.starts_with(|c: char| c.is_ascii_uppercase()) || !name.chars().all(fits) {
        return Err(format!("`{placeholder}` is no placeholder: those look like [DIR]"));
    }
    let first = name.split(' ').next().unwrap_or_default();
    if BUILT_IN.contains(&placeholder) || RESERVED.contains(&first) {
        return Err(format!("`{placeholder}` has a meaning of its own; choose another word"));
    }
    Ok(())
}

/// What stands in brackets in a replacement: `[ID]` in `.[ID].rcgu`.
fn placeholders_in(replacement: &str) -> impl Iterator<Item = &str> {
    let starts = replacement.match_indices('[').map(|(at, _)| at);
    starts.filter_map(|start| {
        let end = replacement[start..].find(']')?;
        Some(&replacement[start..=start + end])
    })
}

/// Applies redactions, in the order in which they count, and remembers which of them replaced something.
#[derive(Debug)]
pub(crate) struct Redactor {
    rules: Vec<(Redaction, Cell<bool>)>,
}

impl Redactor {
    /// The user's paths come first, the longest before those that contain it; then the user's patterns, then our own paths.
    pub(crate) fn new(user: &[Redaction], built_in: &[Redaction]) -> Redactor {
        let is_path = |redaction: &&Redaction| matches!(redaction.what, What::Path(_));
        let by_length = |redactions: &[Redaction]| {
            let mut paths: Vec<Redaction> = redactions.iter().filter(is_path).cloned().collect();
            paths.sort_by_key(|redaction| std::cmp::Reverse(redaction.longest()));
            paths
        };
        let patterns = user.iter().filter(|redaction| !is_path(redaction)).cloned();
        let rules = by_length(user).into_iter().chain(patterns).chain(by_length(built_in));
        Redactor { rules: rules.map(|rule| (rule, Cell::new(false))).collect() }
    }

    /// Redacts a path: what is replaced are whole components at its start, and matches of patterns.
    pub(crate) fn path(&self, pieces: &mut Pieces) {
        for (rule, used) in &self.rules {
            let replaced = match &rule.what {
                What::Pattern(pattern) => replace_matches(pieces, pattern, &rule.placeholder),
                What::Path(forms) => {
                    let start = pieces.start();
                    let ends_here = pieces.is_untouched();
                    let length = forms.iter().find_map(|form| leading(start, form, ends_here));
                    length.inspect(|&length| pieces.replace_start(length, &rule.placeholder)).is_some()
                }
            };
            used.set(used.get() || replaced);
        }
    }

    /// Redacts a string that is no path but may contain some, such as an argument of a program.
    pub(crate) fn text(&self, pieces: &mut Pieces) {
        for (rule, used) in &self.rules {
            let before = pieces.clone();
            match &rule.what {
                What::Pattern(pattern) => {
                    replace_matches(pieces, pattern, &rule.placeholder);
                }
                What::Path(forms) => pieces.replace_each(|bytes| {
                    let found = contained_forms(bytes, forms).into_iter();
                    found.map(|range| (range, rule.placeholder.clone())).collect()
                }),
            }
            used.set(used.get() || *pieces != before);
        }
    }

    /// Whether a path rule replaces the beginning of `path`. Such a rule counts as used.
    pub(crate) fn reaches(&self, path: &[u8]) -> bool {
        let mut reached = false;
        for (rule, used) in &self.rules {
            let What::Path(forms) = &rule.what else { continue };
            if forms.iter().any(|form| leading(path, form, true).is_some()) {
                used.set(true);
                reached = true;
            }
        }
        reached
    }

    /// Whether `path` is below something that is redacted. Asking is no use.
    pub(crate) fn covers(&self, path: &[u8]) -> bool {
        self.rules.iter().any(|(rule, _)| rule.covers(path))
    }

    /// Whether `path` is below something that the user redacts.
    pub(crate) fn user_covers(&self, path: &[u8]) -> bool {
        self.rules.iter().any(|(rule, _)| !rule.written.is_empty() && rule.covers(path))
    }

    /// The user's redactions that have replaced nothing, as written.
    pub(crate) fn unused(&self) -> Vec<String> {
        let unused = self.rules.iter().filter(|(rule, used)| !used.get() && !rule.written.is_empty());
        unused.map(|(rule, _)| rule.written.clone()).collect()
    }
}

impl Redaction {
    fn covers(&self, path: &[u8]) -> bool {
        let covers = |form: &Vec<u8>| leading(path, form, true).is_some();
        matches!(&self.what, What::Path(forms) if forms.iter().any(covers))
    }

    fn longest(&self) -> usize {
        match &self.what {
            What::Path(forms) => forms.iter().map(Vec::len).max().unwrap_or(0),
            What::Pattern(_) => 0,
        }
    }
}

fn replace_matches(pieces: &mut Pieces, pattern: &Pattern, replacement: &str) -> bool {
    let before = pieces.clone();
    pieces.replace_each(|bytes| {
        pattern.find_all(bytes).into_iter().map(|range| (range, replacement.to_owned())).collect()
    });
    *pieces != before
}

/// The length of `form` at the beginning of `path`, where it ends with a component.
fn leading(path: &[u8], form: &[u8], may_end: bool) -> Option<usize> {
    let rest = path.strip_prefix(form)?;
    let whole = rest.first().map_or(may_end, |&next| next == b'/');
    whole.then_some(form.len())
}

fn contained_forms(text: &[u8], forms: &[Vec<u8>]) -> Vec<std::ops::Range<usize>> {
    let mut found: Vec<_> = forms.iter().flat_map(|form| contained(text, form)).collect();
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut taken = 0;
    found.retain(|range| {
        range.start >= taken && {
            taken = range.end;
            true
        }
    });
    found
}

/// Where `form` stands in a text as a path of its own: not the tail of a longer path, not a part of a name.
fn contained(text: &[u8], form: &[u8]) -> Vec<std::ops::Range<usize>> {
    let part_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].windows(form.len()).position(|window| window == form) {
        let (start, end) = (at + offset, at + offset + form.len());
        let opens = start == 0 || !(part_of_name(&text[start - 1]) || text[start - 1] == b'/');
        let closes = text.get(end).is_none_or(|next| !part_of_name(next));
        if opens && closes {
            found.push(start..end);
        }
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str, placeholder: &str) -> Redaction {
        Redaction::path(&[Path::new(path)], placeholder).unwrap()
    }

    fn shown(redactor: &Redactor, path: &str) -> String {
        let mut pieces = Pieces::bytes(path);
        redactor.path(&mut pieces);
        pieces.text()
    }

    #[test]
    fn paths_are_replaced_by_whole_components() {
        let redactor = Redactor::new(&[path("/tmp/a/", "[DIR]")], &[]);
        assert_eq!(shown(&redactor, "/tmp/a"), "[DIR]");
        assert_eq!(shown(&redactor, "/tmp/a/b"), "[DIR]/b");
        assert_eq!(shown(&redactor, "/tmp/ab"), "/tmp/ab");
        assert_eq!(shown(&redactor, "/x/tmp/a"), "/x/tmp/a");
        assert_eq!(shown(&redactor, "tmp/a"), "tmp/a");
    }

    #[test]
    fn the_longest_path_wins_whatever_the_order() {
        let both = [path("/t", "[T]"), path("/t/dir", "[DIR]")];
        assert_eq!(shown(&Redactor::new(&both, &[]), "/t/dir/x"), "[DIR]/x");
        assert_eq!(shown(&Redactor::new(&both, &[]), "/t/other"), "[T]/other");
    }

    #[test]
    fn the_users_come_before_ours() {
        let ours = [Redaction::built_in(&[Path::new("/home/u/project")], "[CWD]").unwrap()];
        let users = [path("/home/u", "[ME]")];
        assert_eq!(shown(&Redactor::new(&users, &ours), "/home/u/project/x"), "[ME]/project/x");
        assert_eq!(shown(&Redactor::new(&[], &ours), "/home/u/project/x"), "[CWD]/x");
    }

    #[test]
    fn a_file_behind_a_link_is_found_by_either_name() {
        let rule = Redaction::path(&[Path::new("/link"), Path::new("/real")], "[DIR]").unwrap();
        let redactor = Redactor::new(&[rule], &[]);
        assert_eq!(shown(&redactor, "/link/x"), "[DIR]/x");
        assert_eq!(shown(&redactor, "/real/x"), "[DIR]/x");
    }

    #[test]
    fn a_pattern_replaces_within_one_value() {
        let rule = Redaction::pattern(r"\.\d\w+\.rcgu", ".[ID].rcgu").unwrap();
        let redactor = Redactor::new(&[rule, path("/d", "[DIR]")], &[]);
        assert_eq!(shown(&redactor, "/d/x.05ab.rcgu.o"), "[DIR]/x.[ID].rcgu.o");
        assert_eq!(redactor.unused(), Vec::<String>::new());
    }

    #[test]
    fn texts_are_searched_for_paths_that_stand_alone() {
        let redactor = Redactor::new(&[path("/tmp/a", "[DIR]")], &[]);
        let shown = |text: &str| {
            let mut pieces = Pieces::bytes(text);
            redactor.text(&mut pieces);
            pieces.text()
        };
        assert_eq!(shown("--out=/tmp/a/x:/tmp/a"), "--out=[DIR]/x:[DIR]");
        assert_eq!(shown("echo > /tmp/a; cat /tmp/ab"), "echo > [DIR]; cat /tmp/ab");
        assert_eq!(shown("/root/tmp/a"), "/root/tmp/a");
    }

    #[test]
    fn what_replaced_nothing_is_listed() {
        let redactor = Redactor::new(&[path("/a", "[A]"), path("/b", "[B]")], &[]);
        shown(&redactor, "/a/x");
        assert_eq!(redactor.unused(), [r#".redact("/b", "[B]")"#]);
        assert!(redactor.reaches(b"/b/x") && !redactor.reaches(b"/bx"));
        assert!(redactor.unused().is_empty());
    }

    #[test]
    fn what_would_mislead_is_refused() {
        let refusal =
            |path: &str, placeholder: &str| Redaction::path(&[Path::new(path)], placeholder).unwrap_err();
        assert!(refusal("", "[DIR]").contains("empty path"));
        assert!(refusal("//", "[DIR]").contains("root directory"));
        assert!(refusal("a/b", "[DIR]").contains("relative"));
        for placeholder in ["DIR", "[dir]", "[]", "[D/R]", "<DIR>", "[1]", "[DIR"] {
            assert!(refusal("/a", placeholder).contains("is no placeholder"), "{placeholder}");
        }
        for placeholder in ["[CWD]", "[TMP 1]", "[PID]"] {
            assert!(refusal("/a", placeholder).contains("a meaning of its own"), "{placeholder}");
        }
        let refusal = |pattern: &str, with: &str| Redaction::pattern(pattern, with).unwrap_err();
        assert!(refusal("a*", "[A]").contains("empty string"));
        assert!(refusal("(", "[A]").contains("redact_re"));
        assert!(refusal("a", "b").contains("no placeholder"));
        assert!(refusal("a", "[TMP 1]").contains("a meaning of its own"));
    }

    #[test]
    fn normal_form_keeps_dot_dot() {
        assert_eq!(normal(b"/a//b/./c/"), b"/a/b/c");
        assert_eq!(normal(b"a/../b"), b"a/../b");
        assert_eq!(normal(b"//"), b"/");
        assert_eq!(normal(b"./"), b"");
    }
}
