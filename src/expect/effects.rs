//! Assertions about effects.

mod shown;

use crate::expect::effects::shown::shown;
use crate::expect::mismatch::Mismatch;
use crate::expect::report::{Report, Row, Tone, are, blind, program, searched};
use crate::trace::blind::{BlindSpot, Hole};
use crate::trace::effects::list::{Done, Effect, Effects, Sort};
use crate::trace::family;
use crate::trace::matcher::value::Match;
use crate::trace::matcher::{CallMatcher, Verdict};
use crate::trace::mounts;
use crate::trace::requests;

/// # Assertions
///
/// Each panics with a report and hands the effects on; its `try_` twin returns a [`Mismatch`] instead. They take absolute paths, or addresses
/// of [`Trace::connections`](crate::Trace::connections), and [`under`](crate::under), [`re`](crate::re), [`any_of`](crate::any_of) and their like.
impl Effects {
    /// Everything matches, and there is something. A path that leads elsewhere through a link does not match where it was written, but
    /// where it leads.
    ///
    /// # Panics
    ///
    /// When something else was done; and when it cannot be told, since nothing was done at all or a
    /// [`BlindSpot`](crate::BlindSpot) could have hidden it.
    #[track_caller]
    pub fn only(&self, allowed: impl Into<Match>) -> &Effects {
        let allowed = self.sort.bind(allowed.into());
        self.hold(self.check_only(&allowed))
    }

    /// As [`only`](Effects::only), without the panic.
    ///
    /// # Errors
    ///
    /// Where `only` panics.
    #[track_caller]
    pub fn try_only(&self, allowed: impl Into<Match>) -> Result<&Effects, Mismatch> {
        let allowed = self.sort.bind(allowed.into());
        self.check_only(&allowed).map(|()| self)
    }

    /// Nothing was done.
    ///
    /// # Panics
    ///
    /// When something was, and when it cannot be told.
    #[track_caller]
    pub fn none(&self) -> &Effects {
        self.hold(self.check_none())
    }

    /// As [`none`](Effects::none), without the panic.
    ///
    /// # Errors
    ///
    /// Where `none` panics.
    pub fn try_none(&self) -> Result<&Effects, Mismatch> {
        self.check_none().map(|()| self)
    }

    /// Something matches.
    ///
    /// # Panics
    ///
    /// When nothing does.
    #[track_caller]
    pub fn contains(&self, wanted: impl Into<Match>) -> &Effects {
        let wanted = self.sort.bind(wanted.into());
        self.hold(self.check_contains(&wanted))
    }

    /// As [`contains`](Effects::contains), without the panic.
    ///
    /// # Errors
    ///
    /// Where `contains` panics.
    #[track_caller]
    pub fn try_contains(&self, wanted: impl Into<Match>) -> Result<&Effects, Mismatch> {
        let wanted = self.sort.bind(wanted.into());
        self.check_contains(&wanted).map(|()| self)
    }

    /// Nothing matches.
    ///
    /// # Panics
    ///
    /// When something does, and when it cannot be told.
    #[track_caller]
    pub fn never(&self, forbidden: impl Into<Match>) -> &Effects {
        let forbidden = self.sort.bind(forbidden.into());
        self.hold(self.check_never(&forbidden))
    }

    /// As [`never`](Effects::never), without the panic.
    ///
    /// # Errors
    ///
    /// Where `never` panics.
    #[track_caller]
    pub fn try_never(&self, forbidden: impl Into<Match>) -> Result<&Effects, Mismatch> {
        let forbidden = self.sort.bind(forbidden.into());
        self.check_never(&forbidden).map(|()| self)
    }

    #[track_caller]
    fn hold(&self, result: Result<(), Mismatch>) -> &Effects {
        match result {
            Ok(()) => self,
            Err(mismatch) => mismatch.raise(),
        }
    }

    fn check_only(&self, allowed: &Match) -> Result<(), Mismatch> {
        let asked = Row::new("only", allowed.to_string()).tone(Tone::Asked);
        let mut outside = self.judged(allowed, |verdict| verdict == Verdict::No || self.doubts(verdict));
        outside.retain(|effect| !effect.is_implied());
        let sure = |effect: &Effect| effect.judge(allowed) == Verdict::No;
        self.refuse(&outside, sure, asked.clone(), |number| format!("{number} not allowed"), "outside")?;
        if self.items.is_empty() && !self.trace.allowed.contains(&BlindSpot::Empty) {
            let why = format!("there are no {}, so `only` says nothing", self.sort.noun(2));
            let hint = Row::new("either", "none(): assert that there are none").tone(Tone::Hint);
            let allow = Row::new("or", "t.allowing(BlindSpot::Empty): accept it knowingly").tone(Tone::Hint);
            return self.fail(Report::cannot_tell(&why).row(asked), vec![hint, allow], &[]);
        }
        self.unseen(asked, Some(allowed))
    }

    fn check_none(&self) -> Result<(), Mismatch> {
        let asked = Row::new("none", self.sort.noun(2)).tone(Tone::Asked);
        let all: Vec<&Effect> = self.items.iter().collect();
        self.refuse(
            &all,
            |_| true,
            asked.clone(),
            |number| format!("{number} there, where there must be none"),
            "there",
        )?;
        self.unseen(asked, None)
    }

    fn check_contains(&self, wanted: &Match) -> Result<(), Mismatch> {
        let found = self.judged(wanted, |verdict| verdict == Verdict::Yes);
        if found.iter().any(|effect| effect.done == Done::Yes) {
            return Ok(());
        }
        let headline = match self.items.len() {
            0 => format!("there are no {}", self.sort.noun(2)),
            number => format!("none of {number} {} matches", self.sort.noun(number)),
        };
        let asked = Row::new("wanted", wanted.to_string()).tone(Tone::Asked);
        let report = Report::violated(headline).row(asked).rows(self.near(wanted));
        self.fail(report, blind::unseen("it may have happened", &self.holes()), &[])
    }

    fn check_never(&self, forbidden: &Match) -> Result<(), Mismatch> {
        let asked = Row::new("never", forbidden.to_string()).tone(Tone::Asked);
        let done = self.judged(forbidden, |verdict| verdict == Verdict::Yes || self.doubts(verdict));
        let sure = |effect: &Effect| effect.judge(forbidden) == Verdict::Yes;
        self.refuse(
            &done,
            sure,
            asked.clone(),
            |number| format!("{number} among what must never be"),
            "there",
        )?;
        self.unseen(asked, Some(forbidden))
    }

    /// Fails where there is one of these: for sure where one was done for sure.
    fn refuse(
        &self,
        against: &[&Effect],
        is_sure: impl Fn(&Effect) -> bool,
        asked: Row,
        headline: impl Fn(String) -> String,
        label: &'static str,
    ) -> Result<(), Mismatch> {
        let done = |effect: &&Effect| effect.done == Done::Yes;
        let sure: Vec<&Effect> = against.iter().copied().filter(done).filter(|it| is_sure(it)).collect();
        if !sure.is_empty() {
            let report = Report::violated(headline(self.counted(sure.len()))).row(asked);
            return self.fail(report.rows(shown(label, &sure)), Vec::new(), &sure);
        }
        if !against.is_empty() {
            let why = match self.sort {
                Sort::Leaked => {
                    "what was held may have been closed: the process was killed, or closed it unseen"
                }
                Sort::Reached if against.iter().any(done) => {
                    "somebody whose address is not known may be who must not be"
                }
                _ if against.iter().any(done) => {
                    "what was done to a path that could not be read may be what must not be"
                }
                _ => "a call that has no end may have done what must not be",
            };
            let report = Report::cannot_tell(why).row(asked).rows(shown("perhaps", against));
            let mut hints = Vec::new();
            if self.sort != Sort::Leaked && against.iter().any(done) {
                let accept = "t.allowing(BlindSpot::Unreadable): take it that it may be";
                hints.push(Row::new("unless", accept).tone(Tone::Hint).spot(BlindSpot::Unreadable));
            }
            return self.fail(report, hints, against);
        }
        Ok(())
    }

    /// What is not there may have been hidden. Calls through another interface, and those in no table, do not say what they do.
    fn unseen(&self, asked: Row, wanted: Option<&Match>) -> Result<(), Mismatch> {
        let mut holes = self.holes();
        holes.extend(self.mounted(wanted));
        if holes.is_empty() {
            return Ok(());
        }
        let why = format!("what was recorded would do, {}", blind::but(&holes));
        let report = Report::cannot_tell(&why).row(asked);
        self.fail(report, blind::remedies(&self.trace, &holes, None), &[])
    }

    fn holes(&self) -> Vec<Hole> {
        let calls = self.sort.calls();
        let mut holes = requests::unopened(self.trace.holes_for(&calls), &self.trace, &calls);
        let dumb = |hole: &Hole| matches!(hole.spot, BlindSpot::Foreign | BlindSpot::UnknownCall);
        holes.extend(self.trace.holes().into_iter().filter(dumb));
        holes
    }

    /// What may make files others than the test means, where it asks for some, or leaves some out.
    fn mounted(&self, wanted: Option<&Match>) -> Vec<Hole> {
        let files = self.sort != Sort::Reached;
        let asks = wanted.is_some_and(|wanted| files || mounts::asks_of_a_path(wanted));
        if !asks && (!files || self.ignored == 0) {
            return Vec::new();
        }
        self.trace.holes().into_iter().filter(|hole| hole.spot == BlindSpot::Mounts).collect()
    }

    /// Whether that is an answer nobody can go by: what could not be read, where the test did not accept that.
    fn doubts(&self, verdict: Verdict) -> bool {
        verdict == Verdict::Unknown && !self.trace.allowed.contains(&BlindSpot::Unreadable)
    }

    fn judged(&self, wanted: &Match, keep: impl Fn(Verdict) -> bool) -> Vec<&Effect> {
        self.items.iter().filter(|item| keep(item.judge(wanted))).collect()
    }

    /// `2 of 7 written files are`.
    fn counted(&self, number: usize) -> String {
        let all = self.items.len();
        format!("{number} of {all} {} {}", self.sort.noun(all), are(number))
    }

    fn fail(&self, report: Report, hints: Vec<Row>, against: &[&Effect]) -> Result<(), Mismatch> {
        let against: Vec<usize> = against.iter().map(|effect| effect.index).collect();
        let mut report = report.row(searched::row(&self.trace, None));
        if self.ignored > 0 {
            report = report.row(Row::new(
                "ignored",
                format!("{} of the runtime's own (ignoring_runtime)", self.ignored),
            ));
        }
        let report = report.rows(hints).foot(program::foot(&self.trace, &against));
        Err(Mismatch::new(&self.trace, report, against))
    }
}

impl Sort {
    /// The calls that can do what this is about.
    fn calls(self) -> CallMatcher {
        match self {
            Sort::Read => family::open().or(family::read()).or(family::list()).or("mmap"),
            Sort::Written => family::open()
                .or(family::write())
                .or(family::create())
                .or(family::link())
                .or(family::rename())
                .or(family::resize())
                .or(family::attributes())
                .or(family::xattr())
                .or("mmap")
                .or("ioctl")
                .or("bind"),
            Sort::Removed => family::unlink().or(family::rename()),
            Sort::Run => family::exec(),
            Sort::Reached => family::network(),
            Sort::Leaked => {
                let calls = ["close", "close_range", "dup", "dup2", "dup3", "fcntl", "ioctl"];
                calls.into_iter().fold(family::open(), CallMatcher::or)
            }
        }
    }
}

#[cfg(test)]
mod doubt;
#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::fixture::{Made, cannot_tell, made, violated};
    use crate::trace::matcher::value::{any_of, under};

    /// It reads a file, makes one and renames it, and fails to open another.
    fn save() -> Made {
        made(
            r#"
            main openat(-100, "/etc/app.conf", 0) = 3</etc/app.conf>
            main openat(-100, "/srv/x.tmp", 0x241, 0x1b6) = 4</srv/x.tmp>
            main rename("/srv/x.tmp", "/srv/x") = 0
            main openat(-100, "/var/log/app", 0x401) = -13
            "#,
        )
    }

    #[test]
    fn what_was_done_is_compared() {
        let trace = save().trace();
        assert!(trace.files_written().try_only(under("/srv")).is_ok());
        assert!(trace.files_read().try_only("/etc/app.conf").is_ok());
        assert!(trace.files_removed().try_contains("/srv/x.tmp").is_ok());
        assert!(trace.files_written().try_never(under("/var")).is_ok());
        assert!(trace.connections().try_none().is_ok());
    }

    #[test]
    fn what_is_not_allowed_is_shown() {
        violated(save().trace().files_written().try_only("/srv/x"), ONLY);
        violated(save().trace().files_removed().try_none(), NONE);
        violated(save().trace().files_read().try_contains("/etc/passwd"), CONTAINS);
        violated(save().trace().files_written().try_never("/srv/x"), NEVER);
    }

    #[test]
    fn of_nothing_only_says_nothing() {
        let trace = made(r#"main openat(-100, "/a", 0) = 3</a>"#).trace();
        cannot_tell(trace.files_written().try_only(under("/srv")), NOTHING);
        assert!(trace.allowing(BlindSpot::Empty).files_written().try_only(under("/srv")).is_ok());
        assert!(trace.files_written().try_none().is_ok());
    }

    #[test]
    fn mounts_matter_to_those_who_ask_for_files() {
        let trace = save().hole(BlindSpot::Mounts, "#9 main  pivot_root(\"new\", \"old\") = 0").trace();
        for result in [trace.files_written().try_only(under("/srv")), trace.files_written().try_never("/no")]
        {
            assert!(result.is_err_and(|it| it.is_inconclusive() && it.to_string().contains("pivot_root")));
        }
        assert!(trace.allowing(BlindSpot::Mounts).files_written().try_only(under("/srv")).is_ok());
        assert!(trace.programs_run().try_none().is_ok());
    }

    #[test]
    fn what_may_have_been_hidden_cannot_be_told() {
        let trace = save().hole(BlindSpot::IoUring, "#9 main  io_uring_setup(8, {...}) = 5").trace();
        cannot_tell(trace.files_written().try_only(under("/srv")), RING);
        // No ring executes a program.
        assert!(trace.programs_run().try_none().is_ok());
        let trace = save().hole(BlindSpot::Foreign, "#9 main  i386:open(...) = 5").trace();
        assert!(trace.files_written().try_only(under("/srv")).is_err_and(|it| it.is_inconclusive()));
        assert!(trace.allowing(BlindSpot::Foreign).files_written().try_only(under("/srv")).is_ok());
    }

    #[test]
    fn a_call_without_an_end_may_have_done_it() {
        let trace = made(r#"main openat(-100, "/srv/x", 0x241, 0x1b6) = ?"#).trace();
        cannot_tell(trace.files_written().try_none(), PERHAPS);
        assert!(trace.files_written().try_never("/srv/x").is_err_and(|it| it.is_inconclusive()));
        assert!(trace.files_written().try_contains("/srv/x").is_err_and(|it| !it.is_inconclusive()));
        assert!(trace.files_written().try_never("/srv/y").is_ok());
    }

    #[test]
    fn what_led_nobody_knows_where_may_be_what_must_not_be() {
        use crate::trace::build::{call, trace};
        let unlink = |place| trace([call("unlink").path("path", "/l/x").returned(0).led("path", place)]);
        let lost = unlink(None);
        assert!(lost.files_removed().try_only(under("/l")).is_err_and(|it| it.is_inconclusive()));
        assert!(lost.files_removed().try_never(under("/real")).is_err_and(|it| it.is_inconclusive()));
        assert!(lost.files_removed().try_none().is_err_and(|it| !it.is_inconclusive()));
        let accepted = lost.allowing(BlindSpot::Unreadable);
        assert!(accepted.files_removed().try_only(under("/l")).is_ok());
        let led = unlink(Some("/real/x"));
        assert!(led.files_removed().try_only(under("/real")).is_ok());
        assert!(led.files_removed().try_only(under("/l")).is_err_and(|it| !it.is_inconclusive()));
        assert!(led.files_removed().try_never(under("/real")).is_err_and(|it| !it.is_inconclusive()));
        // What `..` leads back from may be a link.
        let folded = trace([call("unlink").path("path", "/l/../x").returned(0)]);
        assert!(folded.files_removed().try_never(under("/real")).is_err_and(|it| it.is_inconclusive()));
    }

    #[test]
    #[should_panic(expected = "connections cannot be \"example.org\"")]
    fn names_of_hosts_are_refused() {
        let _ = save().trace().connections().try_never("example.org");
    }

    #[test]
    #[should_panic(
        expected = "files read are known by absolute paths, and \"app.conf\" is relative: join it to a directory, or ask for \
                    any that ends like this by re(\"/app.conf$\")"
    )]
    fn a_relative_path_is_refused() {
        let _ = save().trace().files_read().try_never(any_of(["/etc/hosts", "app.conf"]));
    }

    const ONLY: &str = r#"
1 of 2 written files is not allowed
  only      "/srv/x"
  outside   "/srv/x.tmp"  opened for writing  #2 main  openat(AT_FDCWD, "/srv/x.tmp", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 4</srv/x.tmp>
  searched  the whole trace: 4 calls in 1 process
  program   app, exited with 0
"#;
    const NONE: &str = r#"
1 of 1 removed file is there, where there must be none
  none      removed files
  there     "/srv/x.tmp"  renamed from  #3 main  rename("/srv/x.tmp", "/srv/x") = 0
  searched  the whole trace: 4 calls in 1 process
  program   app, exited with 0
"#;
    const CONTAINS: &str = r#"
none of 1 file read matches
  wanted    "/etc/passwd"
  there     "/etc/app.conf"  opened for reading  #1 main  openat(AT_FDCWD, "/etc/app.conf", O_RDONLY) = 3</etc/app.conf>
  searched  the whole trace: 4 calls in 1 process
  program   app, exited with 0
"#;
    const NEVER: &str = r#"
1 of 2 written files is among what must never be
  never     "/srv/x"
  there     "/srv/x"  renamed to  #3 main  rename("/srv/x.tmp", "/srv/x") = 0
  searched  the whole trace: 4 calls in 1 process
  program   app, exited with 0
"#;
    const NOTHING: &str = r#"
cannot tell: there are no written files, so `only` says nothing
  only      under "/srv"
  searched  the whole trace: 1 call in 1 process
  either    none(): assert that there are none
  or        t.allowing(BlindSpot::Empty): accept it knowingly
  program   app, exited with 0
"#;
    const RING: &str = r#"
cannot tell: what was recorded would do, but such calls could have been made unseen
  only      under "/srv"
  searched  the whole trace: 4 calls in 1 process
  because   io_uring: #9 main  io_uring_setup(8, {...}) = 5; requests in its ring are no system calls
  either    Tracer::new().io_uring(false): io_uring_setup fails with ENOSYS, and the program falls back to calls that are seen
  or        t.allowing(BlindSpot::IoUring): accept it knowingly
  program   app, exited with 0
"#;
    const PERHAPS: &str = r#"
cannot tell: a call that has no end may have done what must not be
  none      written files
  perhaps   "/srv/x"  opened for writing  #1 main  openat(AT_FDCWD, "/srv/x", O_WRONLY|O_CREAT|O_TRUNC, 0666) = ?
  searched  the whole trace: 1 call in 1 process
  program   app, exited with 0
"#;

    #[test]
    fn what_was_done_to_what_could_not_be_read_was_done() {
        let trace = made(
            r#"
            main unlink(0x666) = 0
            main mkdir(0x666, 0x1ed) = 0
            main rmdir(0x666) = -14
            "#,
        )
        .trace();
        violated(
            trace.files_removed().try_none().map(drop),
            r#"
1 of 1 removed file is there, where there must be none
  none      removed files
  there     0x666  removed  #1 main  unlink(0x666) = 0
  searched  the whole trace: 3 calls in 1 process
  program   app, exited with 0
"#,
        );
        cannot_tell(
            trace.files_removed().try_never("/x").map(drop),
            r#"
cannot tell: what was done to a path that could not be read may be what must not be
  never     "/x"
  perhaps   0x666  removed  #1 main  unlink(0x666) = 0
  searched  the whole trace: 3 calls in 1 process
  unless    t.allowing(BlindSpot::Unreadable): take it that it may be
  program   app, exited with 0
"#,
        );
        let accepted = trace.allowing(BlindSpot::Unreadable).files_removed();
        assert!(accepted.try_never("/x").is_ok() && accepted.try_only("/x").is_ok());
        assert!(accepted.try_none().is_err());
        assert!(trace.files_removed().try_only(under("/srv")).is_err_and(|it| it.is_inconclusive()));
        assert!(trace.files_written().try_none().is_err_and(|it| !it.is_inconclusive()));
        assert!(trace.files_removed().try_contains("/x").is_err());
    }

    #[test]
    fn an_ioctl_that_was_left_out_may_have_kept_a_file_open() {
        let mut names = vec!["open", "openat", "openat2", "creat", "open_by_handle_at"];
        names.extend(["close", "close_range", "dup", "dup2", "dup3", "fcntl"]);
        let held = |names: &[&str]| {
            made("main close(3) = 0").filter(names).trace().leaked_files().try_none().map(drop)
        };
        assert!(held(&names).unwrap_err().is_inconclusive());
        names.push("ioctl");
        assert!(held(&names).is_ok());
    }
}
