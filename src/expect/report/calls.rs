//! Calls in reports: `#71 main  openat(...) = 3`.

use crate::expect::report::{Row, Tone, cut};
use crate::trace::call::Call;
use crate::trace::format::Format;
use crate::trace::matcher::Difference;
use crate::trace::query::Trace;

/// The longest call.
const COLUMNS: usize = 200;

/// A call to be shown, by its place in the recording, and what is to be said under it.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) index: usize,
    pub(crate) notes: Vec<String>,
}

impl Shown {
    pub(crate) fn note(index: usize, note: impl Into<String>) -> Shown {
        Shown { index, notes: vec![note.into()] }
    }

    pub(crate) fn differing(index: usize, differences: &[Difference]) -> Shown {
        Shown { index, notes: differences.iter().map(difference).collect() }
    }
}

/// `path: wanted "/etc/app.conf", was "/etc/app/app.conf"`.
pub(crate) fn difference(it: &Difference) -> String {
    format!("{}: wanted {}, was {}", it.what, cut(&it.wanted, 80), cut(&it.was, 80))
}

/// A line for each, with numbers and threads in columns, `label` in front of the first.
pub(crate) fn block(trace: &Trace, label: &'static str, calls: &[Shown], tone: Tone) -> Vec<Row> {
    let call = |shown: &Shown| &trace.shared.calls[shown.index];
    let numbers = calls.iter().map(|shown| (shown.index + 1).to_string().len()).max().unwrap_or(0);
    let threads = calls.iter().map(|shown| call(shown).thread().chars().count()).max().unwrap_or(0);
    let mut rows = Vec::new();
    for shown in calls {
        let label = if rows.is_empty() { label } else { "" };
        let (number, thread) = (shown.index + 1, call(shown).thread());
        let text = format!("#{number:<numbers$} {thread:<threads$}  {}", text(call(shown)));
        rows.push(Row::new(label, text).tone(tone).call(shown.index));
        let indent = numbers + threads + 6;
        rows.extend(
            shown.notes.iter().map(|note| Row::new("", format!("{:indent$}{note}", "")).tone(Tone::Hint)),
        );
    }
    rows
}

/// As [`block`], the first `most` of them and how many more there are. Where not all are shown, those that the program
/// made itself are, rather than those of start-up.
pub(crate) fn first(
    trace: &Trace,
    label: &'static str,
    calls: &[usize],
    most: usize,
    tone: Tone,
) -> Vec<Row> {
    first_noted(trace, label, calls, most, tone, |_| Vec::new())
}

/// As [`first`], with something to be said under each.
pub(crate) fn first_noted(
    trace: &Trace,
    label: &'static str,
    calls: &[usize],
    most: usize,
    tone: Tone,
    notes: impl Fn(&Call) -> Vec<String>,
) -> Vec<Row> {
    let mut chosen = calls.to_vec();
    chosen.sort_by_key(|&index| trace.shared.calls[index].raw().startup);
    chosen.truncate(most);
    chosen.sort_unstable();
    let noted = |index: usize| Shown { index, notes: notes(&trace.shared.calls[index]) };
    let shown: Vec<Shown> = chosen.into_iter().map(noted).collect();
    let mut rows = block(trace, label, &shown, tone);
    rows.extend(more(calls.len(), most));
    rows
}

/// What helps where all of these calls were made before the program's own code.
pub(crate) fn in_startup(trace: &Trace, calls: &[usize]) -> Option<Row> {
    let all = !calls.is_empty() && calls.iter().all(|&index| trace.shared.calls[index].raw().startup);
    let which = if calls.len() == 1 { "it was" } else { "all of them were" };
    let text = format!("{which} made in start-up: t.after_startup() leaves that out");
    all.then(|| Row::new("hint", text).tone(Tone::Hint))
}

/// `... and 7 more`.
pub(crate) fn more(all: usize, shown: usize) -> Option<Row> {
    (all > shown).then(|| Row::new("", format!("... and {} more", all - shown)))
}

/// One call in one line: `#71 main  openat(...) = 3`.
pub(crate) fn one(trace: &Trace, index: usize) -> String {
    let call = &trace.shared.calls[index];
    format!("#{} {}  {}", index + 1, call.thread(), text(call))
}

/// The call with what its descriptors refer to. Where it is too long, the result stays.
pub(crate) fn text(call: &Call) -> String {
    let format = Format::new().fd_paths(true);
    let whole = call.display(&format).to_string();
    if whole.chars().count() <= COLUMNS {
        return whole;
    }
    let result = cut(&call.display_result(&format).to_string(), COLUMNS / 2);
    let room = COLUMNS - 3 - result.chars().count();
    format!("{} = {result}", cut(&call.display_call(&format).to_string(), room))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::fixture::made;

    #[test]
    fn a_long_call_is_cut_and_keeps_its_result() {
        let path = format!("/{}", "x".repeat(300));
        let trace = made(&format!("main openat(-100, \"{path}\", 0) = -36")).trace();
        let text = text(&trace.shared.calls[0]);
        assert_eq!(text.chars().count(), COLUMNS);
        assert!(text.starts_with("openat(AT_FDCWD, \"/xxx"), "{text}");
        assert!(text.ends_with("xxx... = -1 ENAMETOOLONG (File name too long)"), "{text}");
    }

    #[test]
    fn numbers_and_threads_stand_in_columns() {
        let trace = made("main getpid() = 1\nmain.t1 getpid() = 1").trace();
        let shown = [Shown { index: 0, notes: Vec::new() }, Shown::note(1, "why")];
        let rows = block(&trace, "made", &shown, Tone::Plain);
        let rows: Vec<String> = rows.iter().map(|row| format!("{}|{}", row.label, row.text)).collect();
        assert_eq!(
            rows,
            ["made|#1 main     getpid() = 1", "|#2 main.t1  getpid() = 1", "|              why"]
        );
    }

    #[test]
    fn what_the_program_did_itself_is_shown_rather_than_start_up() {
        let trace = made("main! getpid() = 1\nmain! getppid() = 1\nmain getuid() = 1").trace();
        let rows = first(&trace, "made", &[0, 1, 2], 2, Tone::Plain);
        let rows: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        assert_eq!(rows, ["#1 main  getpid() = 1", "#3 main  getuid() = 1", "... and 1 more"]);
        let hint = |calls: &[usize]| in_startup(&trace, calls).map(|row| row.text);
        assert_eq!(
            hint(&[0, 1]).as_deref(),
            Some("all of them were made in start-up: t.after_startup() leaves that out")
        );
        assert_eq!(hint(&[1]).as_deref(), Some("it was made in start-up: t.after_startup() leaves that out"));
        assert_eq!((hint(&[0, 2]), hint(&[])), (None, None));
    }

    #[test]
    fn a_list_is_cut_and_says_so() {
        let trace = made("main getpid() = 1\nmain getpid() = 1\nmain getpid() = 1").trace();
        let rows = first(&trace, "made", &[0, 1, 2], 2, Tone::Plain);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[2].text, "... and 1 more");
    }
}
