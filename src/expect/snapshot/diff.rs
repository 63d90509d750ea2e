//! The difference of two texts, line by line, with the heading that a changed line stands under.

use crate::expect::report::Palette;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;
/// Lines of a difference that are shown.
const SHOWN: usize = 60;
/// Lines of a change that are compared letter by letter: more would take seconds.
const COMPARED: usize = 40;
/// Cells of the table of common lines: beyond it, the middle counts as replaced as a whole.
const CELLS: usize = 4_000_000;

/// Stands for unchanged lines.
const LEFT_OUT: &str = "  ...";

/// One line on the way from one text to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit<'a> {
    Keep(&'a str),
    Remove(&'a str),
    Add(&'a str),
}

/// How to get from `old` to `new`, line by line.
pub(crate) fn edits<'a>(old: &'a str, new: &'a str) -> Vec<Edit<'a>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let head = old.iter().zip(&new).take_while(same).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(same).count();
    let (old_middle, new_middle) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut edits: Vec<Edit<'_>> = old[..head].iter().map(|line| Edit::Keep(line)).collect();
    if old_middle.len() * new_middle.len() > CELLS {
        edits.extend(old_middle.iter().map(|line| Edit::Remove(line)));
        edits.extend(new_middle.iter().map(|line| Edit::Add(line)));
    } else {
        edits.extend(by_common_lines(old_middle, new_middle));
    }
    edits.extend(old[old.len() - tail..].iter().map(|line| Edit::Keep(line)));
    edits
}

/// Keeps as many lines as possible. In a change, what is removed stands before what is added.
fn by_common_lines<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Edit<'a>> {
    let width = new.len() + 1;
    let mut common = vec![0u32; (old.len() + 1) * width];
    for (i, left) in old.iter().enumerate().rev() {
        for (j, right) in new.iter().enumerate().rev() {
            common[i * width + j] = if left == right {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let (mut edits, mut added) = (Vec::new(), Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            edits.append(&mut added);
            edits.push(Edit::Keep(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]
        {
            edits.push(Edit::Remove(old[i]));
            i += 1;
        } else {
            added.push(Edit::Add(new[j]));
            j += 1;
        }
    }
    edits.append(&mut added);
    edits
}

/// The lines that differ, with `-` for `old` and `+` for `new`, and a little of what is around them.
pub(crate) fn show(old: &str, new: &str, palette: Palette) -> String {
    let edits = edits(old, new);
    let near = near_changes(&edits);
    let mut lines: Vec<String> = Vec::new();
    let mut shown_to = 0;
    let mut at = 0;
    while at < edits.len() {
        if !near[at] {
            at += 1;
            continue;
        }
        if at > shown_to {
            let heading = heading_above(&edits, at).filter(|heading| *heading >= shown_to);
            if shown_to > 0 && heading != Some(shown_to) {
                lines.push(LEFT_OUT.to_owned());
            }
            if let Some(heading) = heading {
                lines.push(shown(&edits[heading]));
                lines.extend((heading + 1 < at).then(|| LEFT_OUT.to_owned()));
            }
        }
        let end = at + changed_run(&edits[at..]).max(1);
        lines.extend(hunk(&edits[at..end], palette));
        (at, shown_to) = (end, end);
    }
    cap(lines)
}

fn near_changes(edits: &[Edit<'_>]) -> Vec<bool> {
    let mut near = vec![false; edits.len()];
    for (at, _) in edits.iter().enumerate().filter(|(_, edit)| !matches!(edit, Edit::Keep(_))) {
        let (from, to) = (at.saturating_sub(CONTEXT), (at + CONTEXT + 1).min(edits.len()));
        near[from..to].fill(true);
    }
    near
}

/// The index of the heading that the line at `at` stands under, if that line is not a heading itself.
fn heading_above(edits: &[Edit<'_>], at: usize) -> Option<usize> {
    let text = |edit: &Edit<'_>| match *edit {
        Edit::Keep(line) | Edit::Remove(line) | Edit::Add(line) => !line.starts_with(' '),
    };
    if text(&edits[at]) {
        return None;
    }
    (0..at).rev().find(|&index| text(&edits[index]))
}

fn changed_run(edits: &[Edit<'_>]) -> usize {
    edits.iter().take_while(|edit| !matches!(edit, Edit::Keep(_))).count()
}

fn shown(edit: &Edit<'_>) -> String {
    let (sign, line) = match *edit {
        Edit::Keep(line) => (' ', line),
        Edit::Remove(line) => ('-', line),
        Edit::Add(line) => ('+', line),
    };
    format!("{sign} {line}").trim_end().to_owned()
}

/// Lines that belong together: an unchanged one, or all of one change.
fn hunk(edits: &[Edit<'_>], palette: Palette) -> Vec<String> {
    if palette == Palette::Plain || matches!(edits, [Edit::Keep(_)]) || edits.len() > COMPARED {
        return edits.iter().map(shown).collect();
    }
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for edit in edits {
        match edit {
            Edit::Remove(line) => old.push(format!(" {line}")),
            Edit::Add(line) => new.push(format!(" {line}")),
            Edit::Keep(_) => {}
        }
    }
    let compared = pretty_assertions::StrComparison::new(&old.join("\n"), &new.join("\n")).to_string();
    compared.lines().skip(1).map(with_our_sign).collect()
}

/// pretty_assertions begins a line with `<` or `>`, after the colour.
fn with_our_sign(line: &str) -> String {
    let colour = if line.starts_with('\u{1b}') { line.find('m').map_or(0, |end| end + 1) } else { 0 };
    let sign = match &line[colour..].chars().next() {
        Some('<') => "-",
        Some('>') => "+",
        _ => return line.to_owned(),
    };
    format!("{}{sign}{}", &line[..colour], &line[colour + 1..])
}

fn cap(mut lines: Vec<String>) -> String {
    let more = lines.len().saturating_sub(SHOWN);
    if more > 0 {
        lines.truncate(SHOWN);
        lines.push(format!("  ... and {more} more lines"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_stands_in_its_surroundings() {
        let old = "main exec \"a\":\n  1\n  2\n  3\n  4\n  5\n  read(<x>) = ok\n  6\n  7\n  8\n  9\n";
        let new = old.replace("read(<x>) = ok", "read(<x>) = ok x3");
        assert_eq!(
            show(old, &new, Palette::Plain),
            "  main exec \"a\":\n  ...\n    3\n    4\n    5\n-   read(<x>) = ok\n+   read(<x>) = ok x3\n    6\n    7\n    8"
        );
    }

    #[test]
    fn distant_changes_are_apart() {
        let middle = (0..20).map(|n| format!("{n}\n")).collect::<String>();
        let diff = show(&format!("a\n{middle}b\n"), &format!("A\n{middle}B\n"), Palette::Plain);
        assert_eq!(diff, "- a\n+ A\n  0\n  1\n  2\n  ...\n  17\n  18\n  19\n- b\n+ B");
    }

    #[test]
    fn what_is_left_out_between_a_change_and_its_heading_is_marked() {
        let task =
            |name: &str| format!("{name}:\n{}", (0..9).map(|n| format!("  {n}\n")).collect::<String>());
        let old = format!("{}{}", task("main"), task("main.c1"));
        let new = old.replace("main:\n  0\n", "main:\n").replace("  8\n", "  9\n");
        assert_eq!(
            show(&old, &new, Palette::Plain),
            "  main:\n-   0\n    1\n    2\n    3\n  ...\n    5\n    6\n    7\n-   8\n+   9\n  main.c1:\n    0\n    1\n\
             \u{20} ...\n    5\n    6\n    7\n-   8\n+   9"
        );
        let apart = old.replace("main.c1:\n  0\n  1\n  2\n  3\n  4\n", "main.c1:\n  0\n  1\n  2\n  3\n  x\n");
        assert_eq!(
            show(&old, &apart, Palette::Plain),
            "  main.c1:\n  ...\n    1\n    2\n    3\n-   4\n+   x\n    5\n    6\n    7"
        );
    }

    #[test]
    fn edits_lead_from_one_text_to_the_other() {
        let texts = ["", "a\n", "a\nb\nc\n", "b\nc\na\n", "c\nc\nb\n", "a\nx\nc\nb\na\n"];
        for old in texts {
            for new in texts {
                let edits = edits(old, new);
                let side = |added: bool| -> String {
                    let lines = edits.iter().filter_map(|edit| match *edit {
                        Edit::Keep(line) => Some(line),
                        Edit::Remove(line) => (!added).then_some(line),
                        Edit::Add(line) => added.then_some(line),
                    });
                    lines.map(|line| format!("{line}\n")).collect()
                };
                assert_eq!((side(false).as_str(), side(true).as_str()), (old, new));
            }
        }
    }

    #[test]
    fn the_difference_is_no_longer_than_it_must_be() {
        let changes = |old, new| edits(old, new).iter().filter(|edit| !matches!(edit, Edit::Keep(_))).count();
        assert_eq!(changes("a\nb\nc\n", "b\nc\na\n"), 2);
        assert_eq!(changes("a\nb\n", "a\nb\n"), 0);
    }

    #[test]
    fn a_long_difference_is_cut_and_counted() {
        let old = (0..100).map(|n| format!("old {n}\n")).collect::<String>();
        let diff = show(&old, "", Palette::Plain);
        assert_eq!(diff.lines().count(), 61);
        assert!(diff.ends_with("- old 59\n  ... and 40 more lines"), "{diff}");
    }

    #[test]
    fn colour_shows_what_changed_inside_a_line() {
        let diff = show("read(<x>) = ok\n", "read(<y>) = ok\n", Palette::Colour);
        assert!(diff.contains("\u{1b}["), "{diff}");
        let mut plain = diff.clone();
        while let Some(start) = plain.find('\u{1b}') {
            let end = plain[start..].find('m').unwrap();
            plain.replace_range(start..=start + end, "");
        }
        assert_eq!(plain, "- read(<x>) = ok\n+ read(<y>) = ok");
    }

    #[test]
    fn twenty_thousand_changed_lines_take_no_time() {
        let old = (0..20_000).map(|n| format!("{n}\n")).collect::<String>();
        let new = (0..20_000).map(|n| format!("{}\n", n * 2)).collect::<String>();
        assert_eq!(show(&old, &new, Palette::Colour).lines().count(), 61);
    }
}
