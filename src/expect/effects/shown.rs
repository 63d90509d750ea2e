//! Effects in reports.

use std::collections::HashSet;

use crate::expect::report::calls::{self, Shown};
use crate::expect::report::{Row, Tone, cut, near};
use crate::trace::bytes;
use crate::trace::call::{Argument, Call};
use crate::trace::effects::list::{Effect, Effects, Sort};
use crate::trace::format::{Format, quoted};
use crate::trace::matcher::Verdict;
use crate::trace::matcher::value::Match;

/// So many things are shown.
const SHOWN: usize = 10;
/// The longest line.
const COLUMNS: usize = 240;
/// So many calls that were tried in vain, or made elsewhere.
const BESIDES: usize = 2;

impl Effects {
    /// For what is missing: where else it was done, that it was tried, and what was done instead, the most similar first.
    pub(super) fn near(&self, wanted: &Match) -> Vec<Row> {
        let mut rows = self.elsewhere(wanted);
        rows.extend(self.tried(wanted));
        let mut all: Vec<&Effect> = self.items.iter().collect();
        let wanted = wanted.to_string();
        all.sort_by_cached_key(|effect| near::likeness(&wanted, &effect.to_string()));
        rows.extend(shown("there", &all));
        rows
    }

    fn elsewhere(&self, wanted: &Match) -> Vec<Row> {
        if !self.trace.is_view() {
            return Vec::new();
        }
        let view: HashSet<usize> = self.trace.entries().map(|(index, _)| index).collect();
        let whole = self.of(&self.trace.whole());
        let found = whole.iter().filter(|it| !view.contains(&it.index) && it.judge(wanted) == Verdict::Yes);
        let notes =
            found.take(BESIDES).map(|it| Shown::note(it.index, near::where_else(&self.trace, it.call())));
        calls::block(&self.trace, "elsewhere", &notes.collect::<Vec<_>>(), Tone::For)
    }

    /// What failed was not done.
    fn tried(&self, wanted: &Match) -> Vec<Row> {
        if matches!(self.sort, Sort::Reached | Sort::Leaked) {
            return Vec::new();
        }
        let tries = self.sort.calls().about(wanted);
        let failed = |call: &Call| call.raw().errno().is_some() && tries.judge(call) == Verdict::Yes;
        let tried = self.trace.entries().filter(|(_, call)| failed(call)).map(|(index, _)| index);
        let notes: Vec<Shown> =
            tried.take(BESIDES).map(|index| Shown::note(index, "failed, and did nothing")).collect();
        calls::block(&self.trace, "tried", &notes, Tone::Plain)
    }
}

/// A thing a line: what was done to it, and by which call.
pub(super) fn shown(label: &'static str, effects: &[&Effect]) -> Vec<Row> {
    let format = Format::new().fd_paths(true);
    let first = &effects[..effects.len().min(SHOWN)];
    let width =
        |text: &dyn Fn(&Effect) -> String| first.iter().map(|it| text(it).chars().count()).max().unwrap_or(0);
    let (things, whats) = (width(&|it| it.to_string()), width(&|it| it.what().to_owned()));
    let mut rows = Vec::new();
    for effect in first {
        let label = if rows.is_empty() { label } else { "" };
        let call = effect.call();
        let text = format!(
            "{:<things$}  {:<whats$}  #{} {}  {}",
            effect.to_string(),
            effect.what(),
            effect.index + 1,
            call.thread(),
            call.display(&format)
        );
        rows.push(Row::new(label, cut(&text, COLUMNS)).tone(Tone::Against).call(effect.index));
        if let Some(written) = led_away(effect) {
            let link = format!("{:things$}  through a link: {written} is {effect}", "");
            rows.push(Row::new("", cut(&link, COLUMNS)).tone(Tone::Hint));
        }
    }
    if effects.len() > SHOWN {
        rows.push(Row::new("", format!("... {} more", effects.len() - SHOWN)));
    }
    rows
}

/// The name by which the call had it, where that is a link's.
fn led_away(effect: &Effect) -> Option<String> {
    let path = |arg: &Argument| arg.value().as_path_text().cloned();
    let file = effect.path()?;
    let path = effect
        .call()
        .args()
        .iter()
        .find_map(path)
        .filter(|path| path.resolved().is_some_and(|it| it == file))?;
    let absolute = path.absolute_bytes().filter(|absolute| bytes::path(absolute) != file)?;
    let mut text = String::new();
    quoted(&mut text, &absolute, false).expect("BUG: a string takes any text");
    Some(text)
}

#[cfg(test)]
mod tests {
    use crate::expect::fixture::{made, violated};
    use crate::trace::blind::BlindSpot;
    use crate::trace::matcher::value::under;

    #[test]
    fn what_is_missing_is_shown_with_what_comes_near() {
        let trace = made(
            r#"
            main    openat(-100, "/usr/lib/x", 0) = 3</usr/lib/x>
            main    openat(-100, "/etc/app.conf", 0) = -2
            main    openat(-100, "/etc/app/app.conf", 0) = 3</etc/app/app.conf>
            main    clone(0, 0, 0, 0, 0) = 101
            main.c1 openat(-100, "/etc/hosts", 0) = 3</etc/hosts>
            "#,
        );
        let trace = trace.hole(BlindSpot::IoUring, "#9 main  io_uring_setup(8, {...}) = 5").trace();
        violated(trace.root().files_read().try_contains("/etc/app.conf"), TRIED);
        violated(trace.root().files_read().try_contains("/etc/hosts"), ELSEWHERE);
        assert!(trace.files_read().try_contains("/etc/hosts").is_ok());
    }

    #[test]
    fn a_link_that_led_elsewhere_is_shown() {
        let trace = made(r#"main openat(-100, "/tmp/d/lock", 2) = 4</var/lib/app/lock>"#).trace();
        violated(trace.files_written().try_only(under("/tmp/d")), LINK);
        assert!(trace.files_written().try_only(under("/var/lib/app")).is_ok());
    }

    const TRIED: &str = r#"
none of 2 files read matches
  wanted    "/etc/app.conf"
  tried     #2 main  openat(AT_FDCWD, "/etc/app.conf", O_RDONLY) = -1 ENOENT (No such file or directory)
                       failed, and did nothing
  there     "/etc/app/app.conf"  opened for reading  #3 main  openat(AT_FDCWD, "/etc/app/app.conf", O_RDONLY) = 3</etc/app/app.conf>
            "/usr/lib/x"         opened for reading  #1 main  openat(AT_FDCWD, "/usr/lib/x", O_RDONLY) = 3</usr/lib/x>
  searched  .root(): 4 of 5 calls in 1 process
  unseen    it may have happened unseen: io_uring: #9 main  io_uring_setup(8, {...}) = 5; requests in its ring are no system calls
  program   app, exited with 0
  tree      main     app  exited with 0  4 calls
            main.c1  app  exited with 0  1 call
"#;
    const ELSEWHERE: &str = r#"
none of 2 files read matches
  wanted    "/etc/hosts"
  elsewhere #5 main.c1  openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 3</etc/hosts>
                          did happen, but outside of the view, in main.c1 (app)
  there     "/etc/app/app.conf"  opened for reading  #3 main  openat(AT_FDCWD, "/etc/app/app.conf", O_RDONLY) = 3</etc/app/app.conf>
            "/usr/lib/x"         opened for reading  #1 main  openat(AT_FDCWD, "/usr/lib/x", O_RDONLY) = 3</usr/lib/x>
  searched  .root(): 4 of 5 calls in 1 process
  unseen    it may have happened unseen: io_uring: #9 main  io_uring_setup(8, {...}) = 5; requests in its ring are no system calls
  program   app, exited with 0
  tree      main     app  exited with 0  4 calls
            main.c1  app  exited with 0  1 call
"#;
    const LINK: &str = r#"
1 of 1 written file is not allowed
  only      under "/tmp/d"
  outside   "/var/lib/app/lock"  opened for writing  #1 main  openat(AT_FDCWD, "/tmp/d/lock", O_RDWR) = 4</var/lib/app/lock>
                                 through a link: "/tmp/d/lock" is "/var/lib/app/lock"
  searched  the whole trace: 1 call in 1 process
  program   app, exited with 0
"#;
}
