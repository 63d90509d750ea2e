//! [`Level::Calls`] and [`Level::Full`]: calls in order.

use std::collections::BTreeMap;

use crate::abi::signals;
use crate::expect::snapshot::level::Level;
use crate::expect::snapshot::normalise::Normaliser;
use crate::expect::snapshot::normalise::hidden::executes;
use crate::expect::snapshot::normalise::labels::SortKey;
use crate::expect::snapshot::render::value::Renderer;
use crate::trace::call::Call;
use crate::trace::record::{Mark, MarkKind};
use crate::trace::tree::Tree;
use crate::trace::value::{PathText, Value};

/// A part of the text: what one task did while it ran one program.
#[derive(Default)]
struct Section {
    /// The program, where it is the one that the task executed in the part of the recording that is shown.
    exec: Option<String>,
    lines: Vec<String>,
}

/// A heading for each task and program, and below it the calls in the order in which the task made them.
pub(crate) fn by_task(calls: &[&Call], normaliser: &Normaliser) -> Vec<String> {
    let renderer = Renderer { normaliser, level: Level::Calls };
    let mut sections: BTreeMap<(SortKey, u32), (String, Section)> = BTreeMap::new();
    for call in calls {
        let (label, image) = executed_as(call);
        let key = (SortKey::of(label), image);
        let (name, section) = sections.entry(key).or_default();
        label.clone_into(name);
        if executes(call.name()) && call.succeeded() {
            section.exec = Some(program(call, normaliser));
        } else {
            section.lines.push(renderer.call(call));
        }
    }
    let sections =
        sections.into_values().filter(|(_, section)| section.exec.is_some() || !section.lines.is_empty());
    sections.flat_map(|(label, section)| section.text(&label)).collect()
}

/// The task under whose heading a call stands, and the number of the program that it ran. A program that is
/// executed takes over the process, so it is the leader's, whichever thread asked for it. See execve(2).
fn executed_as(call: &Call) -> (&str, u32) {
    let image = call.raw().image;
    if !(executes(call.name()) && call.succeeded()) {
        return (call.thread(), image);
    }
    // The root's first program is the first of its images; a forked process begins with its creator's.
    let first_of_root = call.raw().startup;
    (call.process().label(), if first_of_root { image } else { image + 1 })
}

fn program(call: &Call, normaliser: &Normaliser) -> String {
    match call.arg("path") {
        Some(Value::Path(path)) if !path.written.is_empty() => normaliser.file(path, call),
        _ => {
            let fd =
                call.arg("dirfd").and_then(Value::as_fd).and_then(|fd| fd.link.clone()).unwrap_or_default();
            let path = PathText {
                written: fd[..].into(),
                truncated: false,
                base: None,
                root: None,
                raced: false,
                walked: crate::trace::value::Walked::Not,
                resolved: Some(fd),
            };
            normaliser.file(&path, call)
        }
    }
}

impl Section {
    fn text(self, label: &str) -> Vec<String> {
        let heading = match &self.exec {
            Some(program) => format!("{label} exec {program}:"),
            None => format!("{label}:"),
        };
        let lines = merged(self.lines).into_iter().map(|line| format!("  {line}"));
        std::iter::once(heading).chain(lines).collect()
    }
}

/// Neighbours that are equal become one line: how many of them there are depends on buffers.
fn merged(lines: Vec<String>) -> Vec<String> {
    let mut merged: Vec<(String, usize)> = Vec::new();
    for line in lines {
        match merged.last_mut() {
            Some((last, count)) if *last == line => *count += 1,
            _ => merged.push((line, 1)),
        }
    }
    let text = |(line, count)| if count == 1 { line } else { format!("{line} x{count}") };
    merged.into_iter().map(text).collect()
}

/// Every call, signal and end in the order of the recording, with the task in front.
pub(crate) fn in_order(calls: &[&Call], marks: &[Mark], tree: &Tree, normaliser: &Normaliser) -> Vec<String> {
    let renderer = Renderer { normaliser, level: Level::Full };
    let calls = calls.iter().map(|call| {
        let (label, _) = executed_as(call);
        (call.raw().entered.order(), format!("{label} {}", renderer.call(call)))
    });
    let marks = marks.iter().map(|mark| {
        let label = &tree.tasks[mark.task.0 as usize].label;
        (mark.at.order(), format!("{label} {}", shown(mark)))
    });
    let mut lines: Vec<(u64, String)> = calls.chain(marks).collect();
    lines.sort_by_key(|(order, _)| *order);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Without what a signal carries: ids, times, addresses.
fn shown(mark: &Mark) -> String {
    match &mark.what {
        MarkKind::Signal(signal, _) => {
            format!("--- {} ---", signals::name(*signal).unwrap_or_else(|| signal.to_string()))
        }
        _ => mark.to_string(),
    }
}
