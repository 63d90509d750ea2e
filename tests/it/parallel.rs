//! Many recordings at once, in one process, beside ordinary children: nobody takes what is another's.
#![allow(unsafe_code)]
#![allow(clippy::disallowed_methods, reason = "ordinary children are waited for")]

use std::collections::BTreeSet;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::vocabulary::*;

const RECORDERS: usize = 8;
const ROUNDS: usize = 25;

#[test]
fn recordings_and_ordinary_children_leave_each_other_alone() {
    let done = AtomicBool::new(false);
    let ordinary = AtomicUsize::new(0);
    let counts: Vec<[usize; 3]> = thread::scope(|scope| {
        for forks in [true, false, true, false] {
            let (done, ordinary) = (&done, &ordinary);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    wait_for_an_ordinary_child(forks);
                    ordinary.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let recorders: Vec<_> = (0..RECORDERS)
            .map(|_| scope.spawn(|| (0..ROUNDS).map(|_| four_programs()).collect::<Vec<_>>()))
            .collect();
        let counts = recorders.into_iter().map(|recorder| recorder.join()).collect::<Vec<_>>();
        done.store(true, Ordering::Relaxed);
        counts.into_iter().flat_map(|counts| counts.expect("no panic")).collect()
    });
    assert_eq!(counts.len(), RECORDERS * ROUNDS);
    let different: BTreeSet<_> = counts.iter().collect();
    assert_eq!(different.len(), 1, "the same programs made different numbers of calls: {different:?}");
    assert!(ordinary.load(Ordering::Relaxed) > 10);
}

/// A program, a small tree, a missing program, one that reads what does not fit into a pipe.
fn four_programs() -> [usize; 3] {
    let program_alone = record(Command::new("true"));
    assert!(program_alone.status().success());

    let tree = record(sh("(exit 3); echo $?; cat /dev/null; exit 4"));
    assert_eq!((tree.status().code(), tree.stdout()), (Some(4), &b"3\n"[..]));
    assert_eq!(tree.processes().count(), 3);

    let missing = tracer().try_run(Command::new("/no/such/program")).map(drop).expect_err("it is missing");
    assert!(missing.is_spawn_failure(), "{missing}");

    let input = vec![b'x'; 300_000];
    let reader = tracer().stdin(input).try_run(Command::new("wc").arg("-c")).expect("it runs");
    assert_eq!(stdout(&reader).trim(), "300000");
    // How many reads it takes depends on how fast the pipe is filled.
    let reads = reader.count("read");
    [program_alone.calls().count(), tree.calls().count(), reader.calls().count() - reads]
}

fn wait_for_an_ordinary_child(forks: bool) {
    let mut command = Command::new("sh");
    command.args(["-c", "exit 5"]);
    if forks {
        // SAFETY: the hook does nothing; with one, std forks and does not spawn.
        unsafe { command.pre_exec(|| Ok(())) };
    }
    let mut child = command.spawn().expect("it runs");
    let status = child.wait().expect("it is ours");
    assert_eq!(status.code(), Some(5));
}

#[test]
fn the_same_program_makes_the_same_calls_every_time() {
    let names =
        |_| record(sh("echo x | cat; ls / > /dev/null")).calls().map(|call| call.name().to_owned()).collect();
    let first: Vec<String> = names(0);
    for round in 1..30 {
        let next: Vec<String> = names(round);
        let (mut first, mut next) = (first.clone(), next);
        // Which of two processes is first is the scheduler's, and whether two of them end with one SIGCHLD or with two.
        for names in [&mut first, &mut next] {
            names.sort();
            names.retain(|name| name != "rt_sigreturn");
        }
        check(&next.join("\n"), &first.join("\n"));
    }
}
