//! Reports: a headline, and labelled rows under it.

pub(crate) mod blind;
pub(crate) mod calls;
pub(crate) mod near;
pub(crate) mod program;
pub(crate) mod searched;

use crate::trace::blind::BlindSpot;

/// More lines than this nobody reads; the rest is in the file with all calls.
const LINES: usize = 60;

/// The longest line that is no call.
const COLUMNS: usize = 200;

/// What a failed assertion has to say, line by line.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) inconclusive: bool,
    headline: String,
    rows: Vec<Row>,
    /// What every report ends with: how the program ended, and the like.
    foot: Vec<Row>,
}

/// A line. The label stands in front of the first of those that belong together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) label: &'static str,
    pub(crate) text: String,
    pub(crate) tone: Tone,
    /// The call that it shows, by its place in the recording.
    pub(crate) call: Option<usize>,
    /// The blind spot that it is about.
    pub(crate) spot: Option<BlindSpot>,
}

/// What a line is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    /// What was asked.
    Asked,
    /// A call that speaks against it.
    Against,
    /// A call that speaks for it.
    For,
    /// Why, and what helps.
    Hint,
}

/// Whether a report is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Palette {
    Plain,
    /// With the colours of a terminal. See console_codes(4).
    Colour,
}

impl Row {
    pub(crate) fn new(label: &'static str, text: impl Into<String>) -> Row {
        Row { label, text: text.into(), tone: Tone::Plain, call: None, spot: None }
    }

    pub(crate) fn call(mut self, index: usize) -> Row {
        self.call = Some(index);
        self
    }

    pub(crate) fn spot(mut self, spot: BlindSpot) -> Row {
        self.spot = Some(spot);
        self
    }

    pub(crate) fn tone(mut self, tone: Tone) -> Row {
        self.tone = tone;
        self
    }
}

impl Report {
    /// The program did otherwise.
    pub(crate) fn violated(headline: String) -> Report {
        Report { inconclusive: false, headline, rows: Vec::new(), foot: Vec::new() }
    }

    /// Nobody can tell. The headline goes on after a colon.
    pub(crate) fn cannot_tell(why: &str) -> Report {
        Report { inconclusive: true, ..Report::violated(format!("cannot tell: {why}")) }
    }

    pub(crate) fn row(self, row: Row) -> Report {
        self.rows([row])
    }

    pub(crate) fn rows(mut self, rows: impl IntoIterator<Item = Row>) -> Report {
        self.rows.extend(rows);
        self
    }

    pub(crate) fn foot(mut self, rows: Vec<Row>) -> Report {
        self.foot = rows;
        self
    }

    /// The calls in the rows under these labels, by their places, in order.
    pub(crate) fn calls_under(&self, labels: &[&str]) -> Vec<usize> {
        let mut label = "";
        let mut calls = Vec::new();
        for row in &self.rows {
            if !row.label.is_empty() {
                label = row.label;
            }
            calls.extend(row.call.filter(|_| labels.contains(&label)));
        }
        calls
    }

    /// The blind spots that it tells of, once each.
    pub(crate) fn spots(&self) -> Vec<BlindSpot> {
        let mut spots = Vec::new();
        for spot in self.rows.iter().filter_map(|row| row.spot) {
            if !spots.contains(&spot) {
                spots.push(spot);
            }
        }
        spots
    }

    /// All of it, at most [`LINES`] lines: what is too much is left out of the middle.
    pub(crate) fn text(&self, palette: Palette, calls_file: Option<&str>) -> String {
        let tone = if self.inconclusive { "1;33" } else { "1;31" };
        let mut text = palette.paint(tone, &self.headline);
        let file = calls_file.map(|name| Row::new("all calls", name));
        let room = LINES.saturating_sub(1 + self.foot.len() + usize::from(file.is_some()));
        let shown = if self.rows.len() > room { room.saturating_sub(1) } else { self.rows.len() };
        for row in &self.rows[..shown] {
            line(&mut text, row, palette);
        }
        if shown < self.rows.len() {
            line(&mut text, &Row::new("", format!("... {} lines more", self.rows.len() - shown)), palette);
        }
        for row in self.foot.iter().chain(&file) {
            line(&mut text, row, palette);
        }
        text
    }
}

fn line(text: &mut String, row: &Row, palette: Palette) {
    text.push_str("\n  ");
    text.push_str(&palette.paint("2", &format!("{:<9} ", row.label)));
    text.push_str(&palette.paint(row.tone.codes(), &row.text));
}

impl Tone {
    fn codes(self) -> &'static str {
        match self {
            Tone::Plain => "",
            Tone::Asked => "1",
            Tone::Against => "31",
            Tone::For => "32",
            Tone::Hint => "33",
        }
    }
}

impl Palette {
    fn paint(self, codes: &str, text: &str) -> String {
        match self {
            Palette::Colour if !codes.is_empty() => format!("\x1b[{codes}m{text}\x1b[0m"),
            _ => text.to_owned(),
        }
    }
}

/// Cut to so many characters, dots included.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    let kept: String = text.chars().take(columns.saturating_sub(3)).collect();
    kept + "..."
}

/// Cut to the longest line that is no call.
pub(crate) fn cut_line(text: &str) -> String {
    cut(text, COLUMNS)
}

/// `1 call`, `2 calls`; `1 process`, `2 processes`.
pub(crate) fn number(number: usize, what: &str) -> String {
    match (number, what) {
        (1, _) => format!("1 {what}"),
        (_, "process") => format!("{number} processes"),
        _ => format!("{number} {what}s"),
    }
}

/// The verb for so many.
pub(crate) fn are(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report::violated("no call matches".to_owned())
            .row(Row::new("wanted", "connect").tone(Tone::Asked))
            .foot(vec![Row::new("program", "app, exited with 0")])
    }

    #[test]
    fn rows_are_labelled_and_the_file_comes_last() {
        assert_eq!(
            report().text(Palette::Plain, Some("target/x.trace")),
            "no call matches\n  wanted    connect\n  program   app, exited with 0\n  all calls target/x.trace"
        );
    }

    #[test]
    fn colour_is_added_by_the_palette_alone() {
        assert_eq!(
            report().text(Palette::Colour, None),
            "\x1b[1;31mno call matches\x1b[0m\n  \x1b[2mwanted    \x1b[0m\x1b[1mconnect\x1b[0m\n  \
             \x1b[2mprogram   \x1b[0mapp, exited with 0"
        );
    }

    #[test]
    fn a_report_has_sixty_lines_at_most_and_keeps_its_end() {
        let report = report().rows((0..100).map(|number| Row::new("", number.to_string())));
        let text = report.text(Palette::Plain, Some("file"));
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(lines.len(), 60);
        let end = ["54", "... 45 lines more", "program   app, exited with 0", "all calls file"];
        assert_eq!(lines[56..], end);
    }
}
