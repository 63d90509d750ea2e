//! How the program comes by the filter of `Tracer::only`.

use crate::engine::stop::Stop;
use crate::engine::tracees::{Launch, Tracees};
use crate::kernel::filter::{self, Filter, Installation, Progress};
use crate::kernel::ptrace::Stopped;
use crate::trace::raw::Abi;

/// A filter, and where it is.
#[derive(Debug, Default)]
pub(crate) enum Filtering {
    /// There is none, or it is where it belongs.
    #[default]
    Rests,
    /// It waits for the program's first call.
    Waits(Filter),
    /// That call waits for it.
    Installs(Box<Installation>),
}

/// Whose a stop was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The program's.
    Program,
    /// The filter's: the program has not come to its call yet.
    Filter,
}

impl Filtering {
    /// Where all calls are recorded, or a filter would not see all, there is none.
    pub(crate) fn of(tracees: &Tracees) -> Filtering {
        let quiet = tracees.quiet_numbers().filter(|_| filter::is_possible());
        quiet.map_or(Filtering::Rests, |quiet| Filtering::Waits(Filter::passing(&quiet)))
    }

    pub(crate) fn is_wanted(&self) -> bool {
        matches!(self, Filtering::Waits(_))
    }

    /// The root has stopped, at its own call or at one that is made for the filter.
    pub(crate) fn on_stop(&mut self, tracees: &mut Tracees, stopped: &Stopped, stop: &Stop) -> Stage {
        if tracees.launch() != Launch::Done {
            return Stage::Program;
        }
        match (std::mem::take(self), stop) {
            // The number of another interface's call is another call, and a program of another interface goes on without a filter.
            (Filtering::Waits(filter), Stop::Entry(entry)) => {
                let is_native = entry.abi == Abi::X86_64;
                match is_native.then(|| Installation::begin(stopped, &filter)).flatten() {
                    Some(installation) => {
                        *self = Filtering::Installs(Box::new(installation));
                        Stage::Filter
                    }
                    None => Stage::Program,
                }
            }
            (Filtering::Installs(mut installation), Stop::Exit(result)) => {
                match installation.after(stopped, *result) {
                    Progress::GoesOn => *self = Filtering::Installs(installation),
                    Progress::Over(true) => tracees.filter_calls(installation.took_privileges()),
                    Progress::Over(false) => {}
                }
                Stage::Filter
            }
            (Filtering::Installs(installation), stop) => {
                *self = Filtering::Installs(installation);
                if matches!(stop, Stop::Entry(_)) { Stage::Filter } else { Stage::Program }
            }
            (before, _) => {
                *self = before;
                Stage::Program
            }
        }
    }
}
