//! Blind spots in reports: what was met, and what to do about it.

use crate::abi::syscalls;
use crate::expect::report::{Row, Tone, cut_line};
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;

/// So many are shown of one kind.
const EACH: usize = 3;

/// The end of a headline: `none of 412 recorded calls matches, but ...`.
pub(crate) fn but(holes: &[Hole]) -> &'static str {
    let all = |spots: &[BlindSpot]| holes.iter().all(|hole| spots.contains(&hole.spot));
    if all(&[BlindSpot::Empty]) {
        "but there was nothing to look at"
    } else if all(&[BlindSpot::Status]) {
        "but the program failed, and may not have got that far"
    } else if all(&[BlindSpot::EarlyEnd, BlindSpot::Limit, BlindSpot::Running, BlindSpot::Status]) {
        "but the program did not get to its end"
    } else {
        "but such calls could have been made unseen"
    }
}

/// For each kind of blind spot: what was seen, the setting that removes it, and how it is accepted.
pub(crate) fn remedies(trace: &Trace, holes: &[Hole], matcher: Option<&CallMatcher>) -> Vec<Row> {
    let mut rows = Vec::new();
    for spot in spots(holes) {
        rows.extend(because("because", spot, holes));
        let accept = format!("t.allowing(BlindSpot::{spot:?}): accept it knowingly");
        match either(trace, spot, holes, matcher) {
            Some(remedy) => {
                rows.push(Row::new("either", cut_line(&remedy)).tone(Tone::Hint));
                rows.push(Row::new("or", accept).tone(Tone::Hint));
            }
            None => rows.push(Row::new("unless", accept).tone(Tone::Hint)),
        }
    }
    rows
}

/// For an assertion that is known not to hold: `what` may be besides what was seen.
pub(crate) fn unseen(what: &str, holes: &[Hole]) -> Vec<Row> {
    // How the program ended is told anyway, and an empty view by the line on what was searched.
    let told = |spot: &BlindSpot| !matches!(spot, BlindSpot::Status | BlindSpot::Empty);
    let spots = spots(holes).into_iter().filter(told);
    let mut rows: Vec<Row> = spots.flat_map(|spot| because("", spot, holes)).collect();
    if let Some(row) = rows.first_mut() {
        row.label = "unseen";
        row.text = format!("{what} unseen: {}", row.text);
    }
    rows
}

fn spots(holes: &[Hole]) -> Vec<BlindSpot> {
    let mut spots = Vec::new();
    for hole in holes {
        if !spots.contains(&hole.spot) {
            spots.push(hole.spot);
        }
    }
    spots
}

fn because(label: &'static str, spot: BlindSpot, holes: &[Hole]) -> Vec<Row> {
    let mut evidence: Vec<&str> = Vec::new();
    for hole in holes.iter().filter(|hole| hole.spot == spot) {
        if !evidence.contains(&hole.evidence.as_str()) {
            evidence.push(&hole.evidence);
        }
    }
    let mut rows = Vec::new();
    for seen in evidence.iter().take(EACH) {
        let label = if rows.is_empty() { label } else { "" };
        let text = format!("{}{seen}{}", title(spot), consequence(spot));
        rows.push(Row::new(label, cut_line(&text)));
    }
    if evidence.len() > EACH {
        rows.push(Row::new("", format!("... and {} more of this kind", evidence.len() - EACH)));
    }
    rows
}

/// Names the thing, where the evidence is a call alone.
fn title(spot: BlindSpot) -> &'static str {
    match spot {
        BlindSpot::IoUring => "io_uring: ",
        BlindSpot::Vdso => "vDSO: ",
        BlindSpot::Escaped => "a child outside: ",
        BlindSpot::Foreign => "another interface: ",
        BlindSpot::UnknownCall => "in no table: ",
        BlindSpot::Unreadable => "not readable: ",
        BlindSpot::Privileges => "without its privileges: ",
        _ => "",
    }
}

fn consequence(spot: BlindSpot) -> &'static str {
    match spot {
        BlindSpot::IoUring => "; requests in its ring are no system calls",
        BlindSpot::Escaped => "; what it did before it was found is missing",
        BlindSpot::Foreign => "; its arguments are not known",
        BlindSpot::UnknownCall => "; what it does is not known",
        _ => "",
    }
}

fn either(trace: &Trace, spot: BlindSpot, holes: &[Hole], matcher: Option<&CallMatcher>) -> Option<String> {
    let text = match spot {
        BlindSpot::EarlyEnd => "`.signal(..)` first, if it should end like this",
        BlindSpot::Status => {
            let code = trace.shared.status.map_or(0, |status| status >> 8 & 0xff);
            return Some(format!(
                "`.code({code})` first, if it should end like this; `.success()` first, if it should not"
            ));
        }
        BlindSpot::Limit => "a higher limit: Tracer::timeout, output_limit, call_limit, task_limit",
        BlindSpot::Running => "wait for the end of the program",
        BlindSpot::Filter => return Some(record_too(holes, matcher)),
        BlindSpot::IoUring => {
            "Tracer::new().io_uring(false): io_uring_setup fails with ENOSYS, and the program falls back to calls \
             that are seen"
        }
        BlindSpot::Unreadable => "Tracer::buffer_limit, where a buffer was cut",
        BlindSpot::Privileges => "run the test as the user whose privileges the program takes",
        BlindSpot::Empty
        | BlindSpot::Escaped
        | BlindSpot::Foreign
        | BlindSpot::UnknownCall
        | BlindSpot::Vdso => return None,
    };
    Some(text.to_owned())
}

/// The names that the filter of the recording lacks.
fn record_too(holes: &[Hole], matcher: Option<&CallMatcher>) -> String {
    let recorded = |number: &u32| {
        holes.iter().any(|hole| hole.spot == BlindSpot::Filter && hole.recorded.contains(number))
    };
    let missing = matcher.map(|matcher| {
        let mut numbers: Vec<u32> = matcher.numbers().filter(|number| !recorded(number)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        names(&numbers)
    });
    match missing {
        Some(names) if !names.is_empty() => format!("record these too: add {names} to Tracer::only(..)"),
        _ => "record all calls: leave out Tracer::only(..)".to_owned(),
    }
}

/// `connect, sendto, sendmsg, ... 18 calls`.
pub(crate) fn names(numbers: &[u32]) -> String {
    let name = |number: &u32| syscalls::by_number(*number).map(|row| row.name);
    let names: Vec<&str> = numbers.iter().filter_map(name).collect();
    match names.len() {
        0..=4 => names.join(", "),
        all => format!("{}, ... {all} calls", names[..3].join(", ")),
    }
}
