//! Recording on systems where there is nothing to record with.

use std::process::Command;

use crate::error::{Error, Reason};
use crate::trace::query::Trace;
use crate::tracer::{Observer, Tracer};

/// Says that Linux on x86_64 is needed.
pub(crate) fn record(_: &Tracer, _: &mut Command, _: Option<Observer>) -> Result<Trace, Error> {
    Err(Error::new(Reason::Unsupported))
}
