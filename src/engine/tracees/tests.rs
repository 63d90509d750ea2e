//! Scripts of stops, as the kernel may give them, in both orders of every race.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::engine::memory::Link;
use crate::engine::tracees::filtered::SIGSYS;
use crate::engine::tracees::restarts::RESTART_SYSCALL;

const GETPID: u32 = 39;
const READ: u32 = 0;
const SIGTRAP_BY_FILTER: i32 = 1;

/// A kernel that follows a script.
struct Script {
    tracees: Tracees,
    /// The pids of the tids that are threads of another process.
    threads: HashMap<u32, u32>,
    clock: u64,
}

/// The memory of a task of this process: nothing in it can be read.
struct Blank(Option<u32>);

impl Memory for Blank {
    fn read(&self, _address: u64, _buf: &mut [u8]) -> Result<usize, i32> {
        Err(14)
    }

    fn link(&self, _of: Link) -> Option<Arc<[u8]>> {
        None
    }

    fn process(&self) -> Option<u32> {
        self.0
    }
}

impl Script {
    /// A root with pid 10, in front of its exec.
    fn new() -> Script {
        let tracees = Tracees::new(Limits { buffer: 64, environment: false }, None, false);
        Script { tracees, threads: HashMap::new(), clock: 0 }
    }

    /// A root with pid 10 that runs its program.
    fn running() -> Script {
        let mut script = Script::new();
        script.stop(10, Stop::Trap, Resume::Run);
        script.exec(10, 10);
        script
    }

    fn stop(&mut self, tid: u32, stop: Stop, expected: Resume) -> &mut Script {
        self.clock += 1;
        let memory = Blank(Some(self.threads.get(&tid).copied().unwrap_or(tid)));
        let how = self.tracees.on_stop(tid, stop, Duration::from_micros(self.clock), &memory);
        assert_eq!(how, expected, "stop {} of task {tid}", self.clock);
        self
    }

    fn enter(&mut self, tid: u32, number: u32) -> &mut Script {
        self.stop(tid, entry(number), Resume::Run)
    }

    fn leave(&mut self, tid: u32, rax: i64) -> &mut Script {
        self.stop(tid, Stop::Exit(rax), Resume::Run)
    }

    fn call(&mut self, tid: u32, number: u32, rax: i64) -> &mut Script {
        self.enter(tid, number).leave(tid, rax)
    }

    fn exec(&mut self, tid: u32, former: u32) -> &mut Script {
        self.enter(former, EXECVE).stop(tid, Stop::Exec(former), Resume::Run).leave(tid, 0)
    }

    fn thread(&mut self, tid: u32, pid: u32) -> &mut Script {
        self.threads.insert(tid, pid);
        self
    }

    fn created(&mut self, creator: u32, how: Creation, child: u32) -> &mut Script {
        self.stop(creator, Stop::Created(how, child), Resume::Run)
    }

    fn first_stop(&mut self, tid: u32) -> &mut Script {
        self.stop(tid, Stop::Trap, Resume::Run)
    }

    fn end(&mut self, tid: u32, status: i32) -> &mut Script {
        self.clock += 1;
        self.tracees.on_end(tid, status, Duration::from_micros(self.clock));
        self
    }

    /// A line for each call, then one for each process.
    fn transcript(mut self) -> String {
        let (tree, recorded) = self.tracees.finish();
        let mut text = String::new();
        for call in &recorded.calls {
            let outcome = match call.outcome {
                RawOutcome::Left(rax) => rax.to_string(),
                RawOutcome::Unfinished => "?".to_owned(),
            };
            text += &format!("{} {} = {outcome}\n", tree.tasks[call.task.0 as usize].label, call.number);
        }
        for process in &tree.processes {
            let status = process.status.map_or("alive".to_owned(), |status| format!("{status:#x}"));
            text += &format!("[{}] {status}, {} programs\n", process.label, process.images.len());
        }
        text
    }
}

fn entry(number: u32) -> Stop {
    Stop::Entry(bare(number))
}

fn bare(number: u32) -> Entry {
    Entry { abi: Abi::X86_64, number, args: [0; 6], instruction_pointer: 1, stack_pointer: 2 }
}

#[track_caller]
fn check(script: &mut Script, expected: &str) {
    let script = std::mem::replace(script, Script::new());
    let actual = script.transcript();
    let expected: String = expected.lines().map(|line| line.trim().to_owned() + "\n").collect();
    assert_eq!(actual.trim(), expected.trim());
}

#[test]
fn the_roots_exec_is_the_first_call() {
    let mut script = Script::new();
    script.first_stop(10).enter(10, 202).leave(10, 0).exec(10, 10).call(10, GETPID, 10).end(10, 0);
    check(&mut script, "main 59 = 0\nmain 39 = 10\n[main] 0x0, 1 programs");
}

#[test]
fn the_search_in_path_is_no_part_of_the_trace() {
    let mut script = Script::new();
    script.first_stop(10).call(10, EXECVE, -2).call(10, EXECVE, -2).exec(10, 10).end(10, 0);
    assert_eq!(script.tracees.recorded().attempts.len(), 2);
    check(&mut script, "main 59 = 0\n[main] 0x0, 1 programs");
}

#[test]
fn a_program_that_is_not_found_is_let_go_before_std_waits_for_it() {
    let mut script = Script::new();
    script.first_stop(10).call(10, EXECVE, -2).stop(10, entry(3), Resume::Detach(0));
    assert_eq!(script.tracees.launch(), Launch::GivenUp);
}

#[test]
fn a_child_is_announced_before_it_stops() {
    let mut script = Script::running();
    script.enter(10, 57).created(10, Creation::Fork, 11).first_stop(11).leave(10, 11).call(11, GETPID, 11);
    script.end(11, 0x300).end(10, 0);
    check(
        &mut script,
        "main 59 = 0\nmain 57 = 11\nmain.c1 39 = 11\n[main] 0x0, 1 programs\n[main.c1] 0x300, 1 programs",
    );
}

#[test]
fn a_child_stops_and_calls_before_it_is_announced() {
    let mut script = Script::running();
    script.enter(10, 57).first_stop(11).call(11, GETPID, 11).created(10, Creation::Fork, 11).leave(10, 11);
    script.end(11, 0).end(10, 0);
    check(
        &mut script,
        "main 59 = 0\nmain 57 = 11\nmain.c1 39 = 11\n[main] 0x0, 1 programs\n[main.c1] 0x0, 1 programs",
    );
}

#[test]
fn a_child_killed_before_its_first_stop_is_known_in_both_orders() {
    let expected = "main 59 = 0\nmain 57 = 11\n[main] 0x0, 1 programs\n[main.c1] 0x9, 1 programs";
    let mut script = Script::running();
    script.enter(10, 57).created(10, Creation::Fork, 11).end(11, 9).leave(10, 11).end(10, 0);
    check(&mut script, expected);
    let mut script = Script::running();
    script.enter(10, 57).end(11, 9).created(10, Creation::Fork, 11).leave(10, 11).end(10, 0);
    check(&mut script, expected);
}

#[test]
fn a_number_that_comes_back_is_another_process() {
    let mut script = Script::running();
    for _ in 0..2 {
        script.enter(10, 57).created(10, Creation::Fork, 11).first_stop(11).leave(10, 11).end(11, 0);
    }
    check(
        &mut script,
        "main 59 = 0\nmain 57 = 11\nmain 57 = 11\n[main] alive, 1 programs\n[main.c1] 0x0, 1 programs\n[main.c2] 0x0, 1 programs",
    );
}

#[test]
fn labels_follow_the_creators_order_and_not_the_order_of_first_stops() {
    let mut script = Script::running();
    script.first_stop(12).first_stop(11).call(12, GETPID, 12).call(11, GETPID, 11);
    script.created(10, Creation::Fork, 11).created(10, Creation::Vfork, 12);
    check(
        &mut script,
        "main 59 = 0\nmain.c2 39 = 12\nmain.c1 39 = 11\n[main] alive, 1 programs\n[main.c2] alive, 1 programs\n[main.c1] alive, 1 programs",
    );
}

/// A busy machine lets children wait for their first stop while their creator makes more of them.
#[test]
fn labels_follow_the_creators_order_when_children_are_met_later() {
    let mut script = Script::running();
    script.created(10, Creation::Fork, 11).created(10, Creation::Fork, 12);
    script.first_stop(12).first_stop(11).call(12, GETPID, 12).call(11, GETPID, 11);
    check(
        &mut script,
        "main 59 = 0\nmain.c2 39 = 12\nmain.c1 39 = 11\n[main] alive, 1 programs\n[main.c2] alive, 1 programs\n[main.c1] alive, 1 programs",
    );
}

#[test]
fn a_child_that_is_met_late_keeps_its_place() {
    let mut script = Script::running();
    script.created(10, Creation::Fork, 11);
    script.first_stop(12).created(10, Creation::Fork, 12).first_stop(11);
    script.call(11, GETPID, 11).call(12, GETPID, 12);
    check(
        &mut script,
        "main 59 = 0\nmain.c1 39 = 11\nmain.c2 39 = 12\n[main] alive, 1 programs\n[main.c2] alive, 1 programs\n[main.c1] alive, 1 programs",
    );
}

#[test]
fn a_child_that_has_ended_before_it_is_announced_has_a_creator() {
    let mut script = Script::running();
    script.first_stop(11).call(11, GETPID, 11).end(11, 0x300).created(10, Creation::Fork, 11);
    check(&mut script, "main 59 = 0\nmain.c1 39 = 11\n[main] alive, 1 programs\n[main.c1] 0x300, 1 programs");
}

#[test]
fn a_thread_that_is_gone_before_its_first_stop_is_looked_at_is_no_process() {
    for announced_first in [true, false] {
        let mut script = Script::running();
        if announced_first {
            script.created(10, Creation::Clone, 12);
        }
        assert_eq!(script.tracees.on_stop(12, Stop::Trap, Duration::ZERO, &Blank(None)), Resume::Run);
        script.end(12, 9);
        if !announced_first {
            script.created(10, Creation::Clone, 12);
        }
        check(&mut script, "main 59 = 0\n[main] alive, 1 programs");
    }
}

#[test]
fn a_child_that_is_met_late_runs_what_its_creator_ran() {
    let mut script = Script::running();
    script.created(10, Creation::Fork, 11).exec(10, 10).first_stop(11);
    let (tree, _) = script.tracees.finish();
    let images: Vec<_> = tree.processes.iter().map(|process| process.images.len()).collect();
    assert_eq!(images, [2, 1]);
    assert_eq!(tree.processes[1].images[0].program, tree.processes[0].images[0].program);
}

#[test]
fn a_call_that_was_left_out_may_still_blind() {
    const CLONE: u32 = 56;
    let mut script = Script::running();
    script.tracees.only = Some(vec![READ]);
    let untraced = Entry { args: [0x80_0011, 0, 0, 0, 0, 0], ..bare(CLONE) };
    for (entry, rax) in [(bare(425), 3), (bare(425), -38), (bare(999), -38), (bare(999), 0), (untraced, 11)] {
        script.stop(10, Stop::Entry(entry), Resume::Run).leave(10, rax);
    }
    let (_, recorded) = script.tracees.finish();
    let spots: Vec<_> = recorded.blind_aside.iter().map(|(spot, _)| *spot).collect();
    assert_eq!(spots, [BlindSpot::IoUring, BlindSpot::Escaped]);
    // Its exec, and what is in no table.
    assert_eq!(recorded.calls.iter().map(|call| call.number).collect::<Vec<_>>(), [EXECVE, 999, 999]);
}

#[test]
fn requests_that_were_left_out_blind_once() {
    const IO_SUBMIT: u32 = 209;
    let mut script = Script::running();
    script.tracees.only = Some(vec![READ]);
    for rax in [0, -11, 1, 1] {
        script.call(10, IO_SUBMIT, rax);
    }
    let (_, recorded) = script.tracees.finish();
    let aside: Vec<_> = recorded.blind_aside.iter().map(|(spot, call)| (*spot, call.result())).collect();
    assert_eq!(aside, [(BlindSpot::Aio, Some(1))]);
}

#[test]
fn threads_share_the_process_and_count_apart() {
    let mut script = Script::running();
    script.thread(11, 10).created(10, Creation::Clone, 11).first_stop(11).call(11, GETPID, 10);
    script.created(11, Creation::Fork, 12).first_stop(12).call(12, GETPID, 12);
    script.end(11, 0).end(12, 0).end(10, 0x100);
    check(
        &mut script,
        "main 59 = 0\nmain.t1 39 = 10\nmain.t1.c1 39 = 12\n[main] 0x100, 1 programs\n[main.t1.c1] 0x0, 1 programs",
    );
}

#[test]
fn exec_by_a_thread_takes_the_leaders_place() {
    let mut script = Script::running();
    script.thread(11, 10).created(10, Creation::Clone, 11).first_stop(11);
    script.enter(10, READ).exec(10, 11).call(10, GETPID, 10).end(10, 0);
    check(&mut script, "main 59 = 0\nmain 0 = ?\nmain.t1 59 = 0\nmain 39 = 10\n[main] 0x0, 2 programs");
}

#[test]
fn exec_by_a_thread_whose_leader_is_a_zombie() {
    let mut script = Script::running();
    script.thread(11, 10).created(10, Creation::Clone, 11).first_stop(11);
    script.enter(10, 60).enter(11, EXECVE).stop(10, Stop::Exec(11), Resume::Run).leave(10, 0).end(10, 0);
    check(&mut script, "main 59 = 0\nmain 60 = ?\nmain.t1 59 = 0\n[main] 0x0, 2 programs");
}

#[test]
fn a_call_without_an_exit_is_unfinished() {
    let mut script = Script::running();
    script.enter(10, READ).end(10, 9);
    check(&mut script, "main 59 = 0\nmain 0 = ?\n[main] 0x9, 1 programs");
}

#[test]
fn calls_that_are_alike_share_what_is_noted() {
    let mut script = Script::running();
    let other = Stop::Entry(Entry { stack_pointer: 8, ..bare(GETPID) });
    script.call(10, GETPID, 10).call(10, GETPID, 11);
    script.stop(10, other, Resume::Run).leave(10, 12).call(10, GETPID, 13);
    let calls = &script.tracees.recorded().calls[1..];
    let shares: Vec<bool> =
        calls.windows(2).map(|two| std::ptr::eq(&*two[0].noted, &*two[1].noted)).collect();
    let stacks: Vec<u64> = calls.iter().map(|call| call.noted.registers.stack_pointer).collect();
    assert_eq!((shares, stacks), (vec![true, false, false], vec![2, 2, 8, 2]));
}

#[test]
fn signals_are_passed_on_and_group_stops_kept() {
    let mut script = Script::running();
    script.stop(10, Stop::Signal(34, None), Resume::Deliver(34));
    script.stop(10, Stop::Signal(19, None), Resume::Deliver(19));
    script.stop(10, Stop::Group(19), Resume::Listen);
    script.stop(10, Stop::Trap, Resume::Run);
    script.stop(10, Stop::Signal(18, None), Resume::Deliver(18));
    script.end(10, 0);
    check(&mut script, "main 59 = 0\n[main] 0x0, 1 programs");
}

#[test]
fn a_call_refused_by_the_programs_own_filter_is_no_success() {
    let mut info = [0_u8; 128];
    info[8..12].copy_from_slice(&SIGTRAP_BY_FILTER.to_ne_bytes());
    let mut script = Script::running();
    script.call(10, GETPID, 39).stop(10, Stop::Signal(SIGSYS, Some(info.into())), Resume::Deliver(SIGSYS));
    script.call(10, GETPID, 10).end(10, 0);
    check(&mut script, "main 59 = 0\nmain 39 = ?\nmain 39 = 10\n[main] 0x0, 1 programs");

    let mut script = Script::running();
    script.call(10, GETPID, 39).end(10, SIGSYS);
    check(&mut script, "main 59 = 0\nmain 39 = ?\n[main] 0x1f, 1 programs");

    // A real result that happens to be the number, and a SIGSYS that somebody sent.
    let mut script = Script::running();
    script.call(10, READ, 0).stop(10, Stop::Signal(SIGSYS, Some([0; 128].into())), Resume::Deliver(SIGSYS));
    script.end(10, 0);
    check(&mut script, "main 59 = 0\nmain 0 = 0\n[main] 0x0, 1 programs");
}

#[test]
fn a_call_and_its_restarts_are_one() {
    const NANOSLEEP: u32 = 35;
    // Interrupted by a signal that nobody handles, and made anew.
    let mut script = Script::running();
    script.call(10, READ, -512).stop(10, Stop::Signal(17, None), Resume::Deliver(17)).call(10, READ, 5);
    // By its restart block.
    script
        .call(10, NANOSLEEP, -516)
        .stop(10, Stop::Trap, Resume::Run)
        .call(10, RESTART_SYSCALL, 0)
        .end(10, 0);
    check(&mut script, "main 59 = 0\nmain 0 = 5\nmain 35 = 0\n[main] 0x0, 1 programs");
}

#[test]
fn an_interrupted_call_is_told_once_and_when_its_result_is_known() {
    let mut script = Script::running();
    script.tracees.recorded.news = Some(Vec::new());
    let told = |script: &mut Script| -> Vec<_> {
        let news = script.tracees.take_news();
        news.into_iter()
            .filter_map(|news| if let News::Call(index) = news { Some(index) } else { None })
            .collect()
    };
    script.call(10, READ, -512);
    assert_eq!(told(&mut script), [0_usize; 0]);
    script.call(10, READ, 5);
    assert_eq!(told(&mut script), [1]);
    script.call(10, READ, -512).call(10, GETPID, 10).call(10, RT_SIGRETURN, -4);
    assert_eq!(told(&mut script), [3, 2, 4]);
    // It never comes back from its handler: an exec, an end.
    script.call(10, READ, -512).call(10, GETPID, 10).exec(10, 10);
    assert_eq!(told(&mut script), [6, 5, 7]);
    script.call(10, READ, -512).call(10, GETPID, 10).end(10, 9);
    assert_eq!(told(&mut script), [9, 8]);
}

#[test]
fn a_handler_returns_to_the_call_or_to_the_error() {
    let mut script = Script::running();
    script.call(10, READ, -512).call(10, GETPID, 10).call(10, RT_SIGRETURN, 0).call(10, READ, 5).end(10, 0);
    check(&mut script, "main 59 = 0\nmain 0 = 5\nmain 39 = 10\nmain 15 = 0\n[main] 0x0, 1 programs");
    // The program sees EINTR, and asks again by itself.
    let mut script = Script::running();
    script.call(10, READ, -512).call(10, RT_SIGRETURN, -4).call(10, READ, 5).end(10, 0);
    check(&mut script, "main 59 = 0\nmain 0 = -4\nmain 15 = -4\nmain 0 = 5\n[main] 0x0, 1 programs");
    // Also where the return itself is left out.
    let mut script = Script::running();
    script.tracees.only = Some(vec![READ]);
    script.call(10, READ, -512).call(10, RT_SIGRETURN, 0).call(10, READ, 5);
    script.call(10, READ, -512).call(10, RT_SIGRETURN, -4).end(10, 0);
    check(&mut script, "main 59 = 0\nmain 0 = 5\nmain 0 = -4\n[main] 0x0, 1 programs");
}

#[test]
fn start_up_lasts_from_exec_to_the_entry_point() {
    let mut script = Script::running();
    script.call(10, READ, 0).stop(10, Stop::EntryPoint, Resume::Run).call(10, READ, 0);
    let (_, recorded) = script.tracees.finish();
    let startup: Vec<bool> = recorded.calls.iter().map(|call| call.startup).collect();
    assert_eq!(startup, [true, true, false]);
}

#[test]
fn what_is_left_out_is_followed_all_the_same() {
    let mut script = Script::new();
    script.tracees = Tracees::new(Limits { buffer: 64, environment: false }, Some(vec![GETPID]), false);
    script.first_stop(10).exec(10, 10).call(10, READ, 0).call(10, GETPID, 10).exec(10, 10).end(10, 0);
    check(&mut script, "main 39 = 10\n[main] 0x0, 2 programs");
}

/// Any sequence of stops and ends: no panic, and every task that made a call has a label.
#[test]
fn no_sequence_of_stops_is_too_much() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    for round in 0..500 {
        let mut script = Script::running();
        if round % 2 == 1 {
            script.tracees.filter_calls(round % 4 == 1);
        }
        for _ in 0..60 {
            let tid = 10 + random(6) as u32;
            let other = 10 + random(6) as u32;
            let pid = 10 + random(6) as u32;
            script.thread(tid, if pid < tid { pid } else { tid });
            let stop = match random(11) {
                0 => entry(EXECVE),
                1 => entry(READ),
                2 => Stop::Exit(random(50) as i64 - 5),
                3 => Stop::Signal(random(65) as i32, None),
                4 => Stop::Group(19),
                5 => Stop::Created(
                    [Creation::Fork, Creation::Vfork, Creation::Clone][random(3) as usize],
                    other,
                ),
                6 => Stop::Exec(other),
                7 => Stop::EntryPoint,
                8 => Stop::Reported(bare([EXECVE, READ, 157, 317, 435][random(5) as usize])),
                9 => Stop::Untraceable,
                _ => {
                    script.end(tid, random(3) as i32);
                    continue;
                }
            };
            let memory = Blank(Some(script.threads[&tid]));
            script.tracees.on_stop(tid, stop, Duration::ZERO, &memory);
        }
        let (tree, recorded) = script.tracees.finish();
        assert!(recorded.calls.iter().all(|call| !tree.tasks[call.task.0 as usize].label.is_empty()));
        let orders: Vec<u64> = recorded.calls.iter().map(|call| call.entered.order()).collect();
        assert!(orders.is_sorted());
    }
}
