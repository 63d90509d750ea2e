//! A line for each call, signal and end.

use std::collections::HashMap;
use std::io::{self, Write};

use expect_syscalls::{Call, Mark, Record};

use crate::dump::dump;
use crate::options::{Form, Options};
use crate::summary::Summary;

pub(crate) struct Printer {
    options: Options,
    output: Box<dyn Write + Send>,
    /// The thread that the program started with.
    root: Option<u32>,
    /// Another thread or process has been seen.
    many: bool,
    /// The number of the call that a thread made last.
    last: HashMap<u32, u32>,
    summary: Summary,
}

impl Printer {
    pub(crate) fn new(options: Options, output: Box<dyn Write + Send>) -> Printer {
        let (last, summary) = (HashMap::new(), Summary::default());
        Printer { options, output, root: None, many: false, last, summary }
    }

    pub(crate) fn print(&mut self, record: &Record) {
        let (tid, shown) = match record {
            Record::Call(call) => {
                self.last.insert(call.tid(), call.number());
                (call.tid(), self.options.shows(call))
            }
            Record::Mark(mark) => (mark.tid(), self.options.shows_mark(mark)),
            _ => return,
        };
        self.note(tid);
        // Of a pair, the call that makes it says who is whose; what other calls tell holds after them.
        match record {
            Record::Call(call) if !shown || call.name() == "socketpair" => self.options.learn(call),
            _ => {}
        }
        if !shown || !self.options.follow && self.root != Some(tid) {
            return;
        }
        if let (Record::Call(call), true) = (record, self.options.counts()) {
            self.summary.count(call);
        }
        if let Some(line) = self.line(record, tid) {
            // Nobody to tell when this fails: the program goes on.
            let _ = writeln!(self.output, "{line}{}", self.data(record));
        }
    }

    /// What comes when the program has ended.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        if self.options.counts() {
            self.summary.print(&mut self.output)?;
        }
        self.output.flush()
    }

    fn note(&mut self, tid: u32) {
        let root = *self.root.get_or_insert(tid);
        if root != tid && !self.many {
            self.many = true;
            let silent =
                self.options.quiet > 0 || self.options.output.is_some() || self.options.form != Form::Lines;
            if self.options.follow && !silent {
                let _ = writeln!(self.output, "strace: other processes are marked with their number");
            }
        }
    }

    fn line(&self, record: &Record, tid: u32) -> Option<String> {
        match (self.options.form, record) {
            (Form::Summary, _) => None,
            (Form::Json, record) => json(record),
            (Form::Lines | Form::Both, Record::Call(call)) => Some(self.call(call)),
            (Form::Lines | Form::Both, Record::Mark(mark)) => Some(self.mark(mark, tid)),
            _ => None,
        }
    }

    /// The data that the call has moved, where it is asked for.
    fn data(&self, record: &Record) -> String {
        let Options { form, read, written, .. } = &self.options;
        match record {
            Record::Call(call) if *form != Form::Json => {
                let lines = dump(call, read, written);
                lines.strip_suffix('\n').map_or_else(String::new, |lines| format!("\n{lines}"))
            }
            _ => String::new(),
        }
    }

    /// The result stands in its column, or behind a longer call.
    fn call(&self, call: &Call) -> String {
        let Options { format, column, .. } = &self.options;
        let text = format!("{}{}", self.prefix(call.tid()), call.display_call(format));
        self.options.learn(call);
        let gap = if text.len() < *column { "" } else { " " };
        let time = call.duration().filter(|_| self.options.times);
        let time = time.map_or(String::new(), |time| format!(" <{:.6}>", time.as_secs_f64()));
        format!("{text:<column$}{gap}= {}{time}", call.display_result(format))
    }

    fn mark(&self, mark: &Mark, tid: u32) -> String {
        format!("{}{}", self.prefix(tid), mark.display(&self.options.format))
    }

    /// Whose line it is, and the number of the call.
    fn prefix(&self, tid: u32) -> String {
        let whose = match (self.options.follow, &self.options.output) {
            (true, Some(_)) => format!("{tid:<5} "),
            (true, None) if self.many => format!("[pid {tid:>5}] "),
            _ => String::new(),
        };
        match self.last.get(&tid).filter(|_| self.options.numbers) {
            Some(number) => format!("{whose}[{number:>4}] "),
            None => whose,
        }
    }
}

#[cfg(feature = "serde")]
fn json(record: &Record) -> Option<String> {
    match record {
        Record::Call(call) => serde_json::to_string(call).ok(),
        Record::Mark(mark) => serde_json::to_string(mark).ok(),
        _ => None,
    }
}

#[cfg(not(feature = "serde"))]
fn json(_: &Record) -> Option<String> {
    None
}
