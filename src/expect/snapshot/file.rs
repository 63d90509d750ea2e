//! The file: header and body as text, and putting it where it belongs in one piece.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use crate::expect::snapshot::level::Level;

const FORMAT: &str = "# expect-syscalls snapshot v";
const VERSION: &str = "1";

/// What a file says about itself, above the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// The test as cargo names it, the crate in front: `cli::writes_atomically`.
    pub(crate) test: String,
    /// The source file, from the package's directory on.
    pub(crate) source: String,
    pub(crate) level: Level,
    /// Whether a macro makes the test, so that its name is not to be found in the source.
    pub(crate) generated: bool,
    /// Whether no second recording has given the same text.
    pub(crate) once: bool,
}

/// A stored snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) level: Option<Level>,
    pub(crate) body: String,
    /// The number of the body's first line.
    pub(crate) first: usize,
    pub(crate) once: bool,
}

/// Why a file is no snapshot that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    NoSnapshot,
    Version(String),
    Level(String),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unreadable::NoSnapshot => write!(f, "it does not begin with {FORMAT:?}"),
            Unreadable::Version(version) => {
                write!(f, "it has format version {version}, and this expect-syscalls reads version {VERSION}")
            }
            Unreadable::Level(level) => {
                write!(f, "its header names the level {level:?}, which does not exist")
            }
        }
    }
}

/// The whole file.
pub(crate) fn compose(header: &Header, body: &str) -> String {
    let Header { test, source, level, generated, once } = header;
    let generated = if *generated { "# generated: by a macro\n" } else { "" };
    let once = if *once { "# recorded: once\n" } else { "" };
    format!(
        "{FORMAT}{VERSION}\n# test: {test}\n# source: {source}\n# level: {level}\n{generated}{once}\n{body}"
    )
}

/// Reads a file back. CRLF counts as LF; unknown header lines are skipped.
pub(crate) fn parse(text: &str) -> Result<Stored, Unreadable> {
    let text = text.replace("\r\n", "\n");
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let version = text.lines().next().and_then(|line| line.strip_prefix(FORMAT));
    let version = version.ok_or(Unreadable::NoSnapshot)?.trim_end();
    if version != VERSION {
        return Err(Unreadable::Version(version.to_owned()));
    }
    let (header, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let level = match said(text, "level") {
        None => None,
        Some(name) => Some(Level::named(&name).ok_or(Unreadable::Level(name))?),
    };
    let first = header.lines().count() + 2;
    Ok(Stored { level, body: body.to_owned(), first, once: said(text, "recorded").is_some() })
}

/// What the header of a file says under a name: `tests/cli.rs` for `source`.
pub(crate) fn said(text: &str, name: &str) -> Option<String> {
    let mut header = text.lines().map(str::trim_end).take_while(|line| !line.is_empty());
    let value =
        |line: &str| Some(line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(": ")?.to_owned());
    header.find_map(value)
}

/// Puts `text` at `path` in one step, so that nobody ever reads half of it.
pub(crate) fn put(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let mut builder = tempfile::Builder::new();
    // What `File::create` would ask for, and the umask takes its part; it would be its owner's alone otherwise.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            test: "cli::writes_atomically".to_owned(),
            source: "tests/cli.rs".to_owned(),
            level: Level::Calls,
            generated: false,
            once: false,
        }
    }

    #[test]
    fn a_file_is_header_blank_line_and_body() {
        let text = compose(&header(), "main exec \"[BIN]\":\n  sync() = ok\n");
        assert_eq!(
            text,
            "# expect-syscalls snapshot v1\n# test: cli::writes_atomically\n# source: tests/cli.rs\n\
             # level: calls\n\nmain exec \"[BIN]\":\n  sync() = ok\n"
        );
        let stored = parse(&text).unwrap();
        assert_eq!(stored.level, Some(Level::Calls));
        assert_eq!(stored.body, "main exec \"[BIN]\":\n  sync() = ok\n");
        assert_eq!(text.lines().nth(stored.first - 1), Some("main exec \"[BIN]\":"));
    }

    #[test]
    fn what_a_header_has_to_say_it_says() {
        let text = compose(&Header { generated: true, once: true, ..header() }, "# source: no header\n");
        assert!(text.contains("\n# level: calls\n# generated: by a macro\n# recorded: once\n\n"), "{text}");
        assert!(parse(&text).unwrap().once && !parse(&compose(&header(), "x\n")).unwrap().once);
        assert_eq!(said(&text, "source").as_deref(), Some("tests/cli.rs"));
        assert_eq!(said(&text, "sour"), None);
    }

    #[test]
    fn line_ends_of_other_systems_are_read_as_ours() {
        let text = compose(&header(), "read \"a\" ok\nread \"b\" ok\n");
        let stored = parse(&text.replace('\n', "\r\n")).unwrap();
        assert_eq!(stored, parse(&text).unwrap());
    }

    #[test]
    fn what_is_no_snapshot_is_refused() {
        assert_eq!(parse(""), Err(Unreadable::NoSnapshot));
        assert_eq!(parse("read \"a\" ok\n"), Err(Unreadable::NoSnapshot));
        assert_eq!(parse("# expect-syscalls snapshot v2\n\n"), Err(Unreadable::Version("2".to_owned())));
        let odd = compose(&header(), "x\n").replace("level: calls", "level: colls");
        assert_eq!(parse(&odd), Err(Unreadable::Level("colls".to_owned())));
    }

    #[test]
    fn a_file_is_put_with_its_directory_and_readable_by_others() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tests/syscalls/a.syscalls");
        put(&path, "one\n").unwrap();
        put(&path, "two\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two\n");
        let plain = dir.path().join("plain");
        fs::write(&plain, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&path), mode(&plain));
        let left = fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1, "the temporary file is gone");
    }
}
