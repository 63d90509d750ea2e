//! Faults that are injected: which calls they are for, and what becomes of those.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::stop::Resume;
use crate::engine::tracees::Tracees;
use crate::trace::call::Call;
use crate::trace::fault::{Action, Fault, Occurrences, Scope};
use crate::trace::matcher::Verdict;
use crate::trace::raw::{Abi, Injected};

/// A fault, the calls that it is for, and how often it has happened.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) occurrences: Occurrences,
    pub(crate) fault: Fault,
    /// The calls that matched, by the process or thread they were counted in.
    counts: HashMap<u32, usize>,
    /// How many calls it was done to.
    pub(crate) happened: usize,
}

/// What is still to be done to a call that has been entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Planned {
    /// It was not made, and this is its result.
    Result(i64),
    Delay(Duration),
}

impl Rule {
    pub(crate) fn new(occurrences: Occurrences, fault: Fault) -> Rule {
        Rule { occurrences, fault, counts: HashMap::new(), happened: 0 }
    }

    /// How many calls matched, whether it was their turn or not.
    pub(crate) fn matched(&self) -> usize {
        self.counts.values().sum()
    }

    fn asks_for(&self, abi: Abi, number: u32) -> bool {
        abi != Abi::X86_64 || self.occurrences.matcher.numbers().any(|asked| asked == number)
    }

    /// Counts a call that matches. Whether it is its turn.
    fn meets(&mut self, call: &Call) -> bool {
        let task = call.task();
        let place = match &self.occurrences.scope {
            Scope::Tree => 0,
            Scope::Process => task.process,
            Scope::Task(label) if *label == task.label => 0,
            Scope::Task(_) => return false,
        };
        if self.occurrences.matcher.judge(call) != Verdict::Yes {
            return false;
        }
        let count = self.counts.entry(place).or_default();
        *count += 1;
        self.occurrences.which.contains(*count)
    }
}

impl Tracees {
    pub(crate) fn inject(&mut self, rules: Vec<Rule>) {
        self.rules = rules;
    }

    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// What the rules say of the call at `index`, which is being entered: the first that is for it counts.
    pub(crate) fn judge_entry(&mut self, tid: u32, index: usize) -> Resume {
        let raw = &self.recorded.calls[index];
        if !self.rules.iter().any(|rule| rule.asks_for(raw.abi, raw.number)) {
            return Resume::Run;
        }
        let call = Call::new(raw.clone(), Arc::new(self.tree()));
        let mut chosen: Option<Action> = None;
        for rule in &mut self.rules {
            // Every rule counts, also one that comes too late.
            if rule.meets(&call) && chosen.is_none() {
                rule.happened += 1;
                chosen = Some(rule.fault.action);
            }
        }
        let Some(action) = chosen else { return Resume::Run };
        let raw = &mut self.recorded.calls[index];
        let (injected, planned, how) = match action {
            Action::Fail(errno) => {
                (Injected::Fault, Some(Planned::Result(-i64::from(errno.0))), Resume::Skip)
            }
            Action::Return(value) => (Injected::Fault, Some(Planned::Result(value)), Resume::Skip),
            Action::DelayBefore(time) => (Injected::Delay, None, Resume::Later(time)),
            Action::DelayAfter(time) => (Injected::Delay, Some(Planned::Delay(time)), Resume::Run),
            Action::Signal(signal) => (Injected::Fault, None, Resume::Deliver(signal)),
        };
        raw.injected = Some(injected);
        self.live_mut(tid).planned = planned;
        how
    }

    /// The result that the program will see, and how the task goes on from the exit of its call.
    pub(crate) fn judge_exit(&mut self, tid: u32, rax: i64) -> (i64, Resume) {
        match self.live_mut(tid).planned.take() {
            Some(Planned::Result(value)) => (value, Resume::Return(value)),
            Some(Planned::Delay(time)) => (rax, Resume::Later(time)),
            None => (rax, Resume::Run),
        }
    }
}
