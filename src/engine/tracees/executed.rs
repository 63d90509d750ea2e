//! Programs that are executed: what becomes of the tasks of the process, and of the launch.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::engine::memory::{Link, Memory};
use crate::engine::tracees::restarts::Interrupted;
use crate::engine::tracees::{Launch, Open, Tracees};
use crate::trace::blind::BlindSpot;
use crate::trace::decode;
use crate::trace::raw::{FileNote, PROGRAM, Phase, RawCall, RawOutcome};
use crate::trace::value::Value;

impl Tracees {
    /// The task with the tid `former` has executed a program, and goes by `tid` now: all others of its process
    /// are gone, and the leader, if it was another, never says so. See "execve(2) under ptrace" in ptrace(2).
    pub(crate) fn exec(&mut self, tid: u32, former: u32) {
        let open = if former == tid {
            self.live_mut(tid).open.take()
        } else {
            let former = self.live.remove(&former);
            let own_filter = former.as_ref().is_some_and(|live| live.own_filter);
            self.live_mut(tid).own_filter |= own_filter;
            let (open, interrupted) = former.map_or((None, None), |live| (live.open, live.interrupted));
            self.close(interrupted.map(Interrupted::into_open));
            let leaders = self.live_mut(tid).open.take();
            self.close(leaders);
            open
        };
        // A handler that executes a program does not return.
        let interrupted = self.live_mut(tid).interrupted.take();
        self.close(interrupted.map(Interrupted::into_open));
        let call = match &open {
            Some(Open::Recorded(index)) => Some(&self.recorded.calls[*index]),
            Some(Open::Aside(call)) => Some(&**call),
            Some(Open::Skipped) | None => None,
        };
        let (program, argv) = call.map(executed).unwrap_or_default();
        let task = self.live(tid).task;
        self.family.exec(task, program, argv);
        self.company.leave(tid);
        self.company.leave(former);
        self.forget_threads(tid);
        let open = open.map(|open| self.the_launch_is_over(open));
        self.live_mut(tid).open = open;
        self.starting.insert(self.family.task(task).process);
    }

    /// Which file runs now: of a script, that is its interpreter.
    pub(crate) fn note_program(&mut self, tid: u32, memory: &impl Memory) {
        let Some(Open::Recorded(index)) = self.live(tid).open else { return };
        if let Some(link) = memory.link(Link::Exe) {
            let call = &mut self.recorded.calls[index];
            call.noted.files.push(FileNote { phase: Phase::Exit, fd: PROGRAM, link, socket: None });
        }
    }

    /// The exec that is open has gone through, and gave less than it would have untraced. See ptrace(2).
    pub(crate) fn note_lost_privileges(&mut self, tid: u32) {
        match &self.live(tid).open {
            Some(Open::Recorded(index)) => {
                let index = *index;
                self.recorded.blind.push((BlindSpot::Privileges, index));
            }
            Some(Open::Aside(call)) => {
                let call = RawCall { outcome: RawOutcome::Left(0), ..(**call).clone() };
                self.recorded.blind_aside.push((BlindSpot::Privileges, call));
            }
            Some(Open::Skipped) | None => {}
        }
    }

    /// The root's own exec is the first call of the trace.
    fn the_launch_is_over(&mut self, open: Open) -> Open {
        if self.launch == Launch::Done {
            return open;
        }
        self.launch = Launch::Done;
        match open {
            Open::Aside(mut call) if self.only.as_ref().is_none_or(|only| only.contains(&call.number)) => {
                call.startup = true;
                call.image = 0;
                self.push_call(*call)
            }
            other => other,
        }
    }
}

/// The program and its arguments, of an exec.
fn executed(call: &RawCall) -> (PathBuf, Vec<OsString>) {
    let decoded = decode::decode(call);
    let value = |name| decoded.args.iter().find(|arg| arg.name == name).map(|arg| &arg.value);
    let path = value("path").and_then(Value::as_path_text);
    let program = path.and_then(|path| path.absolute().or_else(|| Some(path.written().into_owned())));
    let string = |value: &Value| value.as_os_str().map(|text| text.into_owned());
    let argv = value("argv").map(|argv| argv.items().iter().filter_map(string).collect());
    (program.unwrap_or_default(), argv.unwrap_or_default())
}
