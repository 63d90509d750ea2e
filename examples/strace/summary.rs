//! The table of `-c`: how often each call was made, how often it failed, and how long it took.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use expect_syscalls::{Call, Outcome};

#[derive(Default)]
pub(crate) struct Summary(BTreeMap<String, Row>);

#[derive(Default)]
struct Row {
    calls: u32,
    errors: u32,
    time: Duration,
}

impl Summary {
    /// A call that never returns has taken no time.
    pub(crate) fn count(&mut self, call: &Call) {
        if let Outcome::Unfinished = call.outcome() {
            return;
        }
        let row = self.0.entry(call.name().to_owned()).or_default();
        row.calls += 1;
        row.errors += u32::from(matches!(call.outcome(), Outcome::Failed(_)));
        row.time += call.duration().unwrap_or_default();
    }

    /// The longest first.
    pub(crate) fn print(&self, output: &mut impl Write) -> io::Result<()> {
        let mut total = Row::default();
        for row in self.0.values() {
            total.calls += row.calls;
            total.errors += row.errors;
            total.time += row.time;
        }
        let mut rows: Vec<_> = self.0.iter().collect();
        rows.sort_by_key(|(_, row)| std::cmp::Reverse(row.time));
        const RULE: &str = "------ ----------- ----------- --------- --------- ----------------";
        writeln!(output, "% time     seconds  usecs/call     calls    errors syscall\n{RULE}")?;
        for (name, row) in rows {
            line(output, row, total.time, name)?;
        }
        writeln!(output, "{RULE}")?;
        line(output, &total, total.time, "total")
    }
}

fn line(output: &mut impl Write, row: &Row, whole: Duration, name: &str) -> io::Result<()> {
    let seconds = row.time.as_secs_f64();
    let share = if whole.is_zero() { 0.0 } else { 100.0 * seconds / whole.as_secs_f64() };
    let each = row.time.as_micros() / u128::from(row.calls.max(1));
    let errors = if row.errors == 0 { String::new() } else { row.errors.to_string() };
    writeln!(output, "{share:6.2} {seconds:11.6} {each:11} {:9} {errors:>9} {name}", row.calls)
}
