//! The foot of a report: the program, how it ended, what it said, and the tree.

use std::ffi::OsStr;
use std::path::Path;

use crate::abi::signals;
use crate::expect::report::{Row, Tone, cut, number};
use crate::trace::format::quoted;
use crate::trace::query::Trace;
use crate::trace::tree::{Image, Process};

/// So many lines of stderr.
const STDERR: usize = 8;
/// So many processes.
const TREE: usize = 12;
/// The longest command line.
const COMMAND: usize = 80;

/// For every report. `found` are the places of the calls that it shows, for the tree.
pub(crate) fn foot(trace: &Trace, found: &[usize]) -> Vec<Row> {
    let mut rows = program(trace);
    if trace.shared.status.is_none_or(|status| status != 0) {
        rows.extend(stderr(&trace.shared.stderr));
        rows.extend(advice(&trace.shared.stderr));
    }
    rows.extend(tree(trace, found));
    if !trace.allowed.is_empty() {
        let allowed: Vec<String> = trace.allowed.iter().map(|spot| format!("BlindSpot::{spot:?}")).collect();
        rows.push(Row::new("allowed", allowed.join(", ")));
    }
    rows
}

/// The root: what it was started as, what it became by exec, and how it ended.
fn program(trace: &Trace) -> Vec<Row> {
    let end = ending(trace.shared.status);
    let text = match trace.shared.tree.processes.first().map(|root| &root.images[..]) {
        None | Some([]) => end,
        Some([only]) => format!("{}, {end}", command(only)),
        Some([first, .., last]) => format!("{}, which became {}, {end}", command(first), command(last)),
    };
    vec![Row::new("program", text)]
}

/// `exited with 0`, `killed by SIGKILL`. See wait(2).
pub(crate) fn ending(status: Option<i32>) -> String {
    match status {
        None => "end not seen".to_owned(),
        Some(status) => match status & 0x7f {
            0 => format!("exited with {}", status >> 8 & 0xff),
            signal => format!("killed by {}", signals::name(signal).unwrap_or_else(|| signal.to_string())),
        },
    }
}

/// The command line: `sh -c "curl -s $FONT"`. The program goes by its last name.
fn command(image: &Image) -> String {
    let mut words = vec![file_name(&image.program)];
    words.extend(image.argv.iter().skip(1).map(|word| argument(word)));
    cut(&words.join(" "), COMMAND)
}

/// The last part of the program's path.
pub(crate) fn file_name(program: &Path) -> String {
    argument(program.file_name().unwrap_or(program.as_os_str()))
}

fn argument(word: &OsStr) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
    match word.to_str() {
        Some(text) if !text.is_empty() && text.chars().all(plain) => text.to_owned(),
        _ => {
            let mut text = String::new();
            quoted(&mut text, word.as_encoded_bytes(), false).expect("BUG: a string takes any text");
            text
        }
    }
}

/// The end of what it wrote to its standard error.
fn stderr(bytes: &[u8]) -> Vec<Row> {
    let lines: Vec<&[u8]> = bytes.trim_ascii_end().split(|&byte| byte == b'\n').collect();
    let hidden = lines.len().saturating_sub(STDERR);
    let mut rows = Vec::new();
    if bytes.trim_ascii().is_empty() {
        return rows;
    }
    for line in &lines[hidden..] {
        let label = if rows.is_empty() { "stderr" } else { "" };
        rows.push(Row::new(label, cut(&escaped(line), COMMAND + 40)));
    }
    if hidden > 0 {
        rows[0].text = format!("[{} before] {}", number(hidden, "line"), rows[0].text);
    }
    rows
}

/// What to do about a program that fails because it is traced.
fn advice(stderr: &[u8]) -> Option<Row> {
    const LEAK_SANITIZER: &[u8] = b"LeakSanitizer does not work under ptrace";
    let stopped = stderr.windows(LEAK_SANITIZER.len()).any(|words| words == LEAK_SANITIZER);
    let advice = "LeakSanitizer needs ptrace for itself: run the program with LSAN_OPTIONS=detect_leaks=0";
    stopped.then(|| Row::new("hint", advice).tone(Tone::Hint))
}

/// What a terminal would obey is shown instead.
fn escaped(line: &[u8]) -> String {
    let shown =
        |c: char| if c.is_control() && c != '\t' { c.escape_debug().to_string() } else { c.to_string() };
    String::from_utf8_lossy(line).chars().map(shown).collect()
}

/// Who made what, when there is more than one process.
fn tree(trace: &Trace, found: &[usize]) -> Vec<Row> {
    let processes = &trace.shared.tree.processes;
    if processes.len() < 2 {
        return Vec::new();
    }
    let mut made = vec![0_usize; processes.len()];
    for call in &trace.shared.calls {
        made[call.task().process as usize] += 1;
    }
    let mut marked = vec![0_usize; processes.len()];
    for &index in found {
        marked[trace.shared.calls[index].task().process as usize] += 1;
    }
    // Those with a mark first, so that they are shown; then in the order of the tree again.
    let mut shown: Vec<usize> = (0..processes.len()).collect();
    shown.sort_by_key(|&process| marked[process] == 0);
    shown.truncate(TREE);
    shown.sort_unstable();
    let lines = shown.iter().map(|&process| Line::new(&processes[process], made[process], marked[process]));
    let mut rows = columns(&lines.collect::<Vec<_>>(), found.len());
    if processes.len() > TREE {
        rows.push(Row::new("", format!("... and {} more", number(processes.len() - TREE, "process"))));
    }
    rows
}

struct Line<'a> {
    label: &'a str,
    command: String,
    end: String,
    made: usize,
    marked: usize,
}

impl<'a> Line<'a> {
    fn new(process: &'a Process, made: usize, marked: usize) -> Line<'a> {
        let command = process.images.last().map_or_else(String::new, command);
        Line { label: process.label(), command, end: ending(process.status), made, marked }
    }
}

fn columns(lines: &[Line<'_>], found: usize) -> Vec<Row> {
    let width = |of: fn(&Line<'_>) -> usize| lines.iter().map(of).max().unwrap_or(0);
    let label = width(|line| line.label.len());
    let command = width(|line| line.command.chars().count());
    let end = width(|line| line.end.len());
    let mut rows = Vec::new();
    for line in lines {
        let mark = match line.marked {
            0 => String::new(),
            1 if found == 1 => "  <- it".to_owned(),
            marked if marked == found => "  <- all of them".to_owned(),
            marked => format!("  <- {marked} of them"),
        };
        let calls = number(line.made, "call");
        let text =
            format!("{:label$}  {:command$}  {:end$}  {calls}{mark}", line.label, line.command, line.end);
        rows.push(Row::new(if rows.is_empty() { "tree" } else { "" }, text));
    }
    rows
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::expect::fixture::made;

    fn text(rows: &[Row]) -> Vec<String> {
        rows.iter().map(|row| format!("{}|{}", row.label, row.text)).collect()
    }

    #[test]
    fn arguments_are_quoted_where_a_shell_would_need_it() {
        let trace = made("").program("main", &["sh", "-c", "a b", "", "--x=1", "\n"]).trace();
        assert_eq!(command(&trace.shared.tree.processes[0].images[0]), r#"sh -c "a b" "" --x=1 "\n""#);
        let trace = made("").program("main", &["a\x1b[0m"]).trace();
        assert_eq!(file_name(trace.shared.tree.processes[0].program()), r#""a\33[0m""#);
    }

    #[test]
    fn the_last_lines_of_stderr_are_shown_and_cannot_disturb_a_terminal() {
        let mut said = String::new();
        for line in 1..=10 {
            writeln!(said, "\x1b[31mline {line}").unwrap();
        }
        let rows = text(&stderr(said.as_bytes()));
        assert_eq!(rows.len(), STDERR);
        assert_eq!(rows[0], r"stderr|[2 lines before] \u{1b}[31mline 3");
        assert_eq!(rows[7], r"|\u{1b}[31mline 10");
        assert_eq!(stderr(b" \n"), []);
    }

    #[test]
    fn a_tree_keeps_those_that_made_the_calls() {
        let mut lines = "main getpid() = 1\n".to_owned();
        for child in 1..=20 {
            writeln!(lines, "main.c{child} getpid() = 1").unwrap();
        }
        let rows = text(&tree(&made(&lines).trace(), &[20, 0]));
        assert_eq!(rows.len(), TREE + 1);
        assert_eq!(rows[0], "tree|main      app  exited with 0  1 call  <- 1 of them");
        assert_eq!(rows[11], "|main.c20  app  exited with 0  1 call  <- 1 of them");
        assert_eq!(rows[12], "|... and 9 processes more");
    }

    #[test]
    fn a_root_that_became_another_program_is_shown_as_what_it_was_started() {
        let trace = made("").program("main", &["sh", "-c", "exec ls"]).becomes("main", &["ls"]).trace();
        assert_eq!(text(&foot(&trace, &[])), [r#"program|sh -c "exec ls", which became ls, exited with 0"#]);
    }

    #[test]
    fn what_was_allowed_is_said() {
        let mut trace = made("").trace();
        trace.allowed = [crate::trace::blind::BlindSpot::IoUring].into();
        assert_eq!(text(&foot(&trace, &[])), ["program|app, exited with 0", "allowed|BlindSpot::IoUring"]);
    }
}
