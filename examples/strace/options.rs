//! The options, as strace has them.

use std::ffi::OsString;

use expect_syscalls::{Call, CallMatcher, Constants, Format, Mark, Outcome, Strings, Value};

use crate::dump::Descriptors;
use crate::peers::Peers;

pub(crate) const USAGE: &str = "usage: strace [OPTION]... PROGRAM [ARGUMENT]...
       strace [OPTION]... -p PID
  -p PID          a process that runs already
  -E VAR[=VAL]    set a variable of the program's environment, or remove it
  -u USER         run the program as this user
  -f              the children of the program too
which lines:
  -e trace=SET    only these calls: names and classes with commas, such as openat,%network; !SET: all but these
  -e signal=SET   only these signals, such as SIGCHLD,USR1; !SET, all, none
  -e status=SET   only calls that ended like this: successful, failed, unfinished
  -e read=SET     the data that is read from these descriptors, such as 3,5, behind the line; all, none, !SET
  -e write=SET    the data that is written to them
  -P PATH         only calls that have to do with this file; may be repeated
  -z, -Z          only successful calls, only failed ones
  -q, -qq         no word about other processes; none about ends either
what they look like:
  -o FILE         write to FILE instead of stderr
  -a COLUMN       where results stand (40)
  -s SIZE         bytes of strings to show (32)
  -v              all fields of structures
  -x, -xx         strings in hexadecimal: those that are not printable, all
  -X FORMAT       what has a name: raw numbers, abbrev for names, verbose for both
  -y, -yy         what descriptors refer to; of sockets and devices what else is known
  -n              the numbers of calls
  -T              how long calls took
  -c, -C          a table of counts and times instead of the lines, or behind them
  -j              JSON, an object a line (with the feature `serde`)";

/// What is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Lines,
    Summary,
    Both,
    Json,
}

pub(crate) struct Options {
    pub(crate) follow: bool,
    pub(crate) quiet: u32,
    pub(crate) numbers: bool,
    pub(crate) times: bool,
    pub(crate) verbose: bool,
    pub(crate) form: Form,
    pub(crate) output: Option<OsString>,
    pub(crate) column: usize,
    pub(crate) format: Format,
    pub(crate) attach: Option<u32>,
    pub(crate) user: Option<String>,
    pub(crate) environment: Vec<(OsString, Option<OsString>)>,
    pub(crate) program: OsString,
    pub(crate) arguments: Vec<OsString>,
    calls: Vec<CallMatcher>,
    but_calls: bool,
    paths: Vec<CallMatcher>,
    /// `None` is all.
    signals: Option<Vec<String>>,
    but_signals: bool,
    statuses: Vec<String>,
    /// How often these were given.
    hex: u32,
    descriptors: u32,
    peers: Option<Peers>,
    pub(crate) read: Descriptors,
    pub(crate) written: Descriptors,
}

impl Options {
    pub(crate) fn parse(mut args: impl Iterator<Item = OsString>) -> Result<Options, String> {
        let mut options = Options::new();
        loop {
            let Some(arg) = args.next() else {
                return if options.attach.is_some() {
                    Ok(options)
                } else {
                    Err("no program is given".to_owned())
                };
            };
            let text = arg.to_str().filter(|text| text.starts_with('-') && text.len() > 1).map(str::to_owned);
            match text.as_deref() {
                Some("--") => options.program = args.next().ok_or("no program is given")?,
                Some(text) => {
                    options.cluster(&text[1..], &mut args)?;
                    continue;
                }
                None => options.program = arg,
            }
            options.arguments = args.collect();
            return Ok(options);
        }
    }

    fn new() -> Options {
        Options {
            follow: false,
            quiet: 0,
            numbers: false,
            times: false,
            verbose: false,
            form: Form::Lines,
            output: None,
            column: 40,
            format: Format::new(),
            attach: None,
            user: None,
            environment: Vec::new(),
            program: OsString::new(),
            arguments: Vec::new(),
            calls: Vec::new(),
            but_calls: false,
            paths: Vec::new(),
            signals: None,
            but_signals: false,
            statuses: Vec::new(),
            hex: 0,
            descriptors: 0,
            peers: None,
            read: Descriptors::default(),
            written: Descriptors::default(),
        }
    }

    /// A cluster of letters, the last of which may take a value: `-fs100`, `-f -s 100`.
    fn cluster(&mut self, cluster: &str, args: &mut impl Iterator<Item = OsString>) -> Result<(), String> {
        const WITH_VALUE: &str = "aeopsuEPX";
        for (index, letter) in cluster.char_indices() {
            if WITH_VALUE.contains(letter) {
                let value = match &cluster[index + 1..] {
                    "" => args.next().ok_or(format!("-{letter} wants a value"))?,
                    rest => rest.into(),
                };
                return self.value(letter, value);
            }
            self.letter(letter)?;
        }
        Ok(())
    }

    fn letter(&mut self, letter: char) -> Result<(), String> {
        let format = self.format.clone();
        match letter {
            'f' => self.follow = true,
            'q' => self.quiet += 1,
            'n' => self.numbers = true,
            'T' => self.times = true,
            'c' => self.form = Form::Summary,
            'C' => self.form = Form::Both,
            'j' if cfg!(feature = "serde") => self.form = Form::Json,
            'j' => return Err("-j wants the feature `serde`".to_owned()),
            'z' => self.statuses.push("successful".to_owned()),
            'Z' => self.statuses.push("failed".to_owned()),
            'v' => {
                self.verbose = true;
                self.format = format.verbose(true);
            }
            'x' => {
                self.hex += 1;
                let strings = if self.hex == 1 { Strings::HexUnprintable } else { Strings::Hex };
                self.format = format.strings(strings);
            }
            'y' => {
                self.descriptors += 1;
                self.format = format.fd_paths(true);
                if self.descriptors > 1 {
                    let peers = self.peers.insert(Peers::default()).clone();
                    let format = self.format.clone().fd_protocols(true);
                    self.format = format.fd_text(move |fd| peers.text(fd));
                }
            }
            _ => return Err(format!("there is no option -{letter}")),
        }
        Ok(())
    }

    fn value(&mut self, letter: char, value: OsString) -> Result<(), String> {
        let text = value.to_string_lossy().into_owned();
        let number = || text.parse().map_err(|_| format!("-{letter} wants a number, not `{text}`"));
        match letter {
            'a' => self.column = number()?,
            's' => self.format = self.format.clone().string_limit(number()?),
            'p' => self.attach = Some(number()? as u32),
            'o' => self.output = Some(value),
            'u' => self.user = Some(text),
            'E' => self.environment.push(match text.split_once('=') {
                Some((name, value)) => (name.into(), Some(value.into())),
                None => (value, None),
            }),
            'P' => {
                let files = CallMatcher::parse("%file")?.or(CallMatcher::parse("%desc")?);
                self.paths.push(files.on(text.as_str()));
            }
            'X' => {
                let constants = match text.as_str() {
                    "raw" => Constants::Numbers,
                    "abbrev" => Constants::Names,
                    "verbose" => Constants::Both,
                    _ => return Err(format!("-X takes raw, abbrev or verbose, not `{text}`")),
                };
                self.format = self.format.clone().constants(constants);
            }
            _ => self.expression(&text)?,
        }
        Ok(())
    }

    /// `-e KIND=SET`, or `-e SET` for calls.
    fn expression(&mut self, text: &str) -> Result<(), String> {
        let (kind, set) = text.split_once('=').unwrap_or(("trace", text));
        let (but, names) = match set.strip_prefix('!') {
            Some(set) => (true, set),
            None => (false, set),
        };
        match (kind, names) {
            ("trace", "all") => {}
            ("trace", "none") => self.but_calls = !but,
            ("trace", names) => {
                self.but_calls = but;
                self.calls = names.split(',').map(CallMatcher::parse).collect::<Result<_, _>>()?;
            }
            ("read", names) => self.read = Descriptors::parse(names, but)?,
            ("write", names) => self.written = Descriptors::parse(names, but)?,
            ("signal", "all" | "none") => {
                self.signals = Some(Vec::new());
                self.but_signals = (names == "all") != but;
            }
            ("signal", names) => {
                self.signals = Some(names.split(',').map(signal).collect::<Result<_, _>>()?);
                self.but_signals = but;
            }
            ("status", names) => {
                const ALL: [&str; 5] = ["successful", "failed", "unfinished", "unavailable", "detached"];
                let names: Vec<&str> = names.split(',').collect();
                if let Some(other) = names.iter().find(|name| !ALL.contains(name)) {
                    return Err(format!("there is no status `{other}`"));
                }
                let meant = ALL.into_iter().filter(|status| names.contains(status) != but);
                self.statuses.extend(meant.map(str::to_owned));
            }
            _ => return Err(format!("-e takes trace=, signal=, status=, read= or write=, not `{kind}=`")),
        }
        Ok(())
    }

    /// For the lines that come: only `-yy` wants it.
    pub(crate) fn learn(&self, call: &Call) {
        if let Some(peers) = &self.peers {
            peers.learn(call);
        }
    }

    pub(crate) fn counts(&self) -> bool {
        matches!(self.form, Form::Summary | Form::Both)
    }

    pub(crate) fn shows(&self, call: &Call) -> bool {
        let matches = |all: &[CallMatcher]| all.iter().any(|matcher| matcher.matches(call));
        let asked = match self.calls.is_empty() {
            true => !self.but_calls,
            false => matches(&self.calls) != self.but_calls,
        };
        let status = match call.outcome() {
            Outcome::Returned(_) => "successful",
            Outcome::Failed(_) => "failed",
            _ => "unfinished",
        };
        let is_status = self.statuses.is_empty() || self.statuses.iter().any(|wanted| wanted == status);
        asked && is_status && (self.paths.is_empty() || matches(&self.paths))
    }

    pub(crate) fn shows_mark(&self, mark: &Mark) -> bool {
        let among = |signal| match &self.signals {
            Some(names) => names.contains(&Value::Signal(signal).to_string()) != self.but_signals,
            None => true,
        };
        mark.signal().is_none_or(among) && !(mark.is_end() && self.quiet > 1)
    }
}

/// The full name of a signal, which may be given without its beginning, or as a number.
fn signal(name: &str) -> Result<String, String> {
    let all = || (1..=64).map(|signal| (signal, Value::Signal(signal).to_string()));
    let is_it = |(number, full): &(i32, String)| {
        full == name || full.strip_prefix("SIG") == Some(name) || number.to_string() == name
    };
    let found = all().find(is_it);
    found.map(|(_, full)| full).ok_or_else(|| format!("there is no signal `{name}`"))
}
