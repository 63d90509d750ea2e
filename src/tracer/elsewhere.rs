//! Recording on systems where there is nothing to record with.

/// As on Linux.
pub(crate) mod record {
    use std::process::Command;

    use crate::error::{Error, Reason};
    use crate::trace::query::Trace;
    use crate::tracer::{Observer, Tracer};

    /// Says that Linux on x86_64 is needed.
    pub(crate) fn record(_: &Tracer, _: &mut Command, _: Option<Observer>) -> Result<Trace, Error> {
        Err(Error::new(Reason::Unsupported))
    }
}

/// As on Linux.
pub(crate) mod program {
    use std::io;
    use std::process::Command;
    use std::time::Duration;

    use crate::error::{Error, Reason};
    use crate::trace::call::Call;
    use crate::trace::matcher::CallMatcher;
    use crate::trace::query::Trace;
    use crate::tracer::{Observer, Tracer};

    /// There is none.
    pub(crate) enum Program {}

    impl Program {
        pub(crate) fn spawn(_: &Tracer, _: &mut Command) -> Result<Program, Error> {
            Err(Error::new(Reason::Unsupported))
        }

        pub(crate) fn attach(_: &Tracer, _: u32, _: Option<Observer>) -> Result<Program, Error> {
            Err(Error::new(Reason::Unsupported))
        }

        pub(crate) fn pid(&self) -> u32 {
            match *self {}
        }

        pub(crate) fn wait_for(&mut self, _: &CallMatcher, _: Duration) -> Result<Call, Error> {
            match *self {}
        }

        pub(crate) fn signal(&self, _: i32) -> io::Result<()> {
            match *self {}
        }

        pub(crate) fn so_far(&self) -> Trace {
            match *self {}
        }

        pub(crate) fn finish(self) -> Result<Trace, Error> {
            match self {}
        }

        pub(crate) fn detach(self) -> Result<Trace, Error> {
            match self {}
        }
    }
}
