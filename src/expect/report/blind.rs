//! Blind spots in reports: what was met, and what to do about it.

use crate::abi::signals;
use crate::abi::syscalls;
use crate::expect::report::{Row, Tone, cut_line};
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::matcher::CallMatcher;
use crate::trace::query::Trace;
use crate::trace::value::Value;

/// So many are shown of one kind.
const EACH: usize = 3;

/// What helps where an argument is not known.
const CUT: &str = "Tracer::buffer_limit, where a buffer was cut";
const UNKEPT: &str = "Tracer::environment(true), which keeps the variables of environments";

/// The end of a headline: `none of 412 recorded calls matches, but ...`.
pub(crate) fn but(holes: &[Hole]) -> &'static str {
    let all = |spots: &[BlindSpot]| holes.iter().all(|hole| spots.contains(&hole.spot));
    if all(&[BlindSpot::Empty]) {
        "so there was nothing to look at"
    } else if all(&[BlindSpot::Mounts]) {
        "but paths may name other files than the test means"
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

/// How to accept that nobody can tell of the calls at these places, which are shown: as if they `do not match`.
pub(crate) fn doubted(trace: &Trace, matcher: &CallMatcher, unsure: &[usize], what: &str) -> Vec<Row> {
    let calls = || unsure.iter().map(|&index| &trace.shared.calls[index]);
    let mut spots = Vec::new();
    for spot in calls().filter_map(|call| matcher.doubt(call)) {
        if !spots.contains(&spot) {
            spots.push(spot);
        }
    }
    let mut rows = keeping_more(trace, unsure);
    for spot in spots {
        let accept = format!("t.allowing(BlindSpot::{spot:?}): take it that they {what}");
        let label = if rows.is_empty() { "unless" } else { "or" };
        rows.push(Row::new(label, accept).tone(Tone::Hint).spot(spot));
    }
    rows
}

/// The settings under which the recording would have kept what these calls lack.
pub(crate) fn keeping_more(trace: &Trace, unsure: &[usize]) -> Vec<Row> {
    let any = |is: fn(&Value) -> bool| {
        let mut calls = unsure.iter().map(|&index| &trace.shared.calls[index]);
        calls.any(|call| call.args().iter().any(|argument| is(argument.value())))
    };
    let settings = [(any(is_cut), CUT), (any(is_environment), UNKEPT)];
    let named = settings.into_iter().filter(|setting| setting.0);
    named.map(|(_, setting)| Row::new("either", setting).tone(Tone::Hint)).collect()
}

fn is_cut(value: &Value) -> bool {
    match value {
        Value::Bytes(buffer) | Value::Text(buffer) | Value::Netlink(buffer, _) => buffer.is_truncated(),
        _ => false,
    }
}

fn is_environment(value: &Value) -> bool {
    matches!(value, Value::Counted { what: "vars", list, .. } if !list.is_whole())
}

/// For an assertion that is known not to hold: `what` may be besides what was seen.
pub(crate) fn unseen(what: &str, holes: &[Hole]) -> Vec<Row> {
    // How the program ended is told anyway, and an empty view hides nothing.
    let hides = |spot: &BlindSpot| !matches!(spot, BlindSpot::Status | BlindSpot::Empty);
    let spots = spots(holes).into_iter().filter(hides);
    let mut rows: Vec<Row> = spots.flat_map(|spot| because("", spot, holes)).collect();
    if let Some(row) = rows.first_mut() {
        row.label = "unseen";
        row.text = format!("{what} unseen: {}", row.text);
    }
    rows
}

/// Why a view has no call.
pub(crate) fn empty(holes: &[Hole]) -> Vec<Row> {
    because("but", BlindSpot::Empty, holes)
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
        rows.push(Row::new(label, cut_line(&text)).spot(spot));
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
        BlindSpot::Aio => "asynchronous I/O: ",
        BlindSpot::Vdso => "vDSO: ",
        BlindSpot::PassedSocket => "a socket that no recorded call made: ",
        BlindSpot::Escaped => "a child outside: ",
        BlindSpot::Foreign => "another interface: ",
        BlindSpot::UnknownCall => "in no table: ",
        BlindSpot::Unreadable => "not readable: ",
        BlindSpot::Mounts => "other mounts: ",
        BlindSpot::Privileges => "without its privileges: ",
        _ => "",
    }
}

fn consequence(spot: BlindSpot) -> &'static str {
    match spot {
        BlindSpot::IoUring => "; requests in its ring are no system calls",
        BlindSpot::Aio => "; requests in its list are no system calls",
        BlindSpot::Escaped => "; what it did before it was found is missing",
        BlindSpot::Foreign => "; its arguments are not known",
        BlindSpot::UnknownCall => "; what it does is not known",
        BlindSpot::Mounts => "; a path may name another file than in the test",
        _ => "",
    }
}

fn either(trace: &Trace, spot: BlindSpot, holes: &[Hole], matcher: Option<&CallMatcher>) -> Option<String> {
    let text = match spot {
        BlindSpot::EarlyEnd => {
            // Nothing is stated of the end of another process than the root.
            let signal = trace.shared.status.map(|status| status & 0x7f).filter(|signal| *signal != 0)?;
            let signal = signals::name(signal).map_or_else(|| "..".to_owned(), |name| format!("\"{name}\""));
            return Some(format!("`.signal({signal})` first, if it should end like this"));
        }
        BlindSpot::Status => {
            let code = trace.shared.status.map_or(0, |status| status >> 8 & 0xff);
            return Some(format!(
                "`.code({code})` first, if it should end like this; `.success()` first, if it should not"
            ));
        }
        BlindSpot::Limit => {
            "a higher limit: Tracer::timeout, output_limit, call_limit, task_limit, trace_limit"
        }
        BlindSpot::Attached => "Tracer::spawn, and Running::finish: from the beginning to the end",
        BlindSpot::Running => "wait for the end of the program",
        BlindSpot::Filter => return Some(record_too(holes, matcher)),
        BlindSpot::IoUring => {
            "Tracer::new().io_uring(false): io_uring_setup fails with ENOSYS, and the program falls back to calls \
             that are seen"
        }
        BlindSpot::Aio => {
            "Tracer::new().inject(\"io_setup\", fail(\"ENOSYS\")): the program falls back to calls that are seen, if it can"
        }
        BlindSpot::Vdso => {
            "Tracer::new().vdso(false): the program finds no vDSO, and asks the kernel for the time"
        }
        BlindSpot::Unreadable => CUT,
        BlindSpot::Privileges => "run the test as the user whose privileges the program takes",
        BlindSpot::Empty
        | BlindSpot::Escaped
        | BlindSpot::Foreign
        | BlindSpot::UnknownCall
        | BlindSpot::Mounts
        | BlindSpot::PassedSocket => return None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::fixture::made;

    /// What a report says of one blind spot, after the end of its headline.
    #[track_caller]
    fn check(spot: BlindSpot, evidence: &str, expected: &str) {
        let trace = made("").ended(if spot == BlindSpot::EarlyEnd { 2 } else { 2 << 8 }).trace();
        let holes = [Hole::new(spot, evidence)];
        let mut text = but(&holes).to_owned();
        for row in remedies(&trace, &holes, None) {
            text += &format!("\n{:<9} {}", row.label, row.text);
        }
        assert_eq!(text, expected.trim_matches('\n'));
    }

    #[test]
    fn an_end_that_came_too_soon_asks_for_its_statement() {
        check(
            BlindSpot::Status,
            "the program exited with 2, and the test does not say that it should",
            r#"
but the program failed, and may not have got that far
because   the program exited with 2, and the test does not say that it should
either    `.code(2)` first, if it should end like this; `.success()` first, if it should not
or        t.allowing(BlindSpot::Status): accept it knowingly
"#,
        );
        check(
            BlindSpot::EarlyEnd,
            "the program was killed by SIGINT",
            r#"
but the program did not get to its end
because   the program was killed by SIGINT
either    `.signal("SIGINT")` first, if it should end like this
or        t.allowing(BlindSpot::EarlyEnd): accept it knowingly
"#,
        );
        check(
            BlindSpot::Running,
            "the program had not ended",
            r#"
but the program did not get to its end
because   the program had not ended
either    wait for the end of the program
or        t.allowing(BlindSpot::Running): accept it knowingly
"#,
        );
        check(
            BlindSpot::Limit,
            "the timeout of 60 s",
            r#"
but the program did not get to its end
because   the timeout of 60 s
either    a higher limit: Tracer::timeout, output_limit, call_limit, task_limit, trace_limit
or        t.allowing(BlindSpot::Limit): accept it knowingly
"#,
        );
    }

    #[test]
    fn what_can_be_switched_off_names_its_setting() {
        check(
            BlindSpot::Vdso,
            "the vDSO is mapped",
            r#"
but such calls could have been made unseen
because   vDSO: the vDSO is mapped
either    Tracer::new().vdso(false): the program finds no vDSO, and asks the kernel for the time
or        t.allowing(BlindSpot::Vdso): accept it knowingly
"#,
        );
        check(
            BlindSpot::Aio,
            "#7 main  io_submit(0x7f00, 1, 0x7ffe) = 1, asked for write",
            r#"
but such calls could have been made unseen
because   asynchronous I/O: #7 main  io_submit(0x7f00, 1, 0x7ffe) = 1, asked for write; requests in its list are no system calls
either    Tracer::new().inject("io_setup", fail("ENOSYS")): the program falls back to calls that are seen, if it can
or        t.allowing(BlindSpot::Aio): accept it knowingly
"#,
        );
        check(
            BlindSpot::Privileges,
            "#1 main  execve(\"/usr/bin/sudo\")",
            r#"
but such calls could have been made unseen
because   without its privileges: #1 main  execve("/usr/bin/sudo")
either    run the test as the user whose privileges the program takes
or        t.allowing(BlindSpot::Privileges): accept it knowingly
"#,
        );
        check(
            BlindSpot::Unreadable,
            "#1 main  write(1, \"a\"..., 9) = 9: it may belong to this view",
            r#"
but such calls could have been made unseen
because   not readable: #1 main  write(1, "a"..., 9) = 9: it may belong to this view
either    Tracer::buffer_limit, where a buffer was cut
or        t.allowing(BlindSpot::Unreadable): accept it knowingly
"#,
        );
    }

    #[test]
    fn what_nothing_helps_against_can_only_be_accepted() {
        check(
            BlindSpot::Escaped,
            "#1 main  clone(CLONE_UNTRACED) = 7",
            r#"
but such calls could have been made unseen
because   a child outside: #1 main  clone(CLONE_UNTRACED) = 7; what it did before it was found is missing
unless    t.allowing(BlindSpot::Escaped): accept it knowingly
"#,
        );
        check(
            BlindSpot::Foreign,
            "#1 main  i386:open() = 3",
            r#"
but such calls could have been made unseen
because   another interface: #1 main  i386:open() = 3; its arguments are not known
unless    t.allowing(BlindSpot::Foreign): accept it knowingly
"#,
        );
        check(
            BlindSpot::UnknownCall,
            "#1 main  syscall_0x3e7() = 0",
            r#"
but such calls could have been made unseen
because   in no table: #1 main  syscall_0x3e7() = 0; what it does is not known
unless    t.allowing(BlindSpot::UnknownCall): accept it knowingly
"#,
        );
        check(
            BlindSpot::Mounts,
            "#1 main  pivot_root(\"new\", \"old\") = 0",
            r#"
but paths may name other files than the test means
because   other mounts: #1 main  pivot_root("new", "old") = 0; a path may name another file than in the test
unless    t.allowing(BlindSpot::Mounts): accept it knowingly
"#,
        );
        check(
            BlindSpot::Empty,
            "there is no process named \"worker\"; there were: app",
            r#"
so there was nothing to look at
because   there is no process named "worker"; there were: app
unless    t.allowing(BlindSpot::Empty): accept it knowingly
"#,
        );
    }

    #[test]
    fn many_of_one_kind_are_counted() {
        let trace = made("").trace();
        let holes: Vec<Hole> =
            (1..=5).map(|child| Hole::new(BlindSpot::Escaped, format!("child {child}"))).collect();
        let rows = remedies(&trace, &holes, None);
        assert_eq!(rows.len(), 5);
        assert_eq!(rows[3].text, "... and 2 more of this kind");
        assert_eq!(rows[4].label, "unless");
    }
}
