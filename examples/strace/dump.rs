//! `-e read=SET` and `-e write=SET`: the data behind the line, in hexadecimal and as text.

use expect_syscalls::{Call, Outcome, Value};

/// Those descriptors of which it is shown.
#[derive(Default)]
pub(crate) struct Descriptors {
    numbers: Vec<i32>,
    all_but: bool,
}

const READS: [&str; 6] = ["read", "pread64", "readv", "preadv", "preadv2", "recvfrom"];
const WRITES: [&str; 6] = ["write", "pwrite64", "writev", "pwritev", "pwritev2", "sendto"];

impl Descriptors {
    pub(crate) fn parse(names: &str, but: bool) -> Result<Descriptors, String> {
        let number = |name: &str| name.parse().map_err(|_| format!("there is no descriptor `{name}`"));
        match names {
            "all" | "none" => Ok(Descriptors { numbers: Vec::new(), all_but: (names == "all") != but }),
            names => {
                let numbers = names.split(',').map(number).collect::<Result<_, _>>()?;
                Ok(Descriptors { numbers, all_but: but })
            }
        }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.numbers.is_empty() && !self.all_but
    }

    fn has(&self, number: i32) -> bool {
        self.numbers.contains(&number) != self.all_but
    }
}

/// The lines for a call, each with its end: none for one that moves no data, or that has to do with other descriptors.
pub(crate) fn dump(call: &Call, read: &Descriptors, written: &Descriptors) -> String {
    let Some(fd) = call.args().first().and_then(|arg| arg.value().as_fd()) else { return String::new() };
    let is_shown = match call.name() {
        name if READS.contains(&name) || name == "recvmsg" => {
            read.has(fd.number()) && matches!(call.outcome(), Outcome::Returned(_))
        }
        name if WRITES.contains(&name) || name == "sendmsg" => written.has(fd.number()),
        _ => false,
    };
    if !is_shown {
        return String::new();
    }
    let plain = call.arg("buf").and_then(Value::as_bytes);
    let vectors = call.arg("iov").or_else(|| call.arg("msg").and_then(|message| message.field("msg_iov")));
    match (plain, vectors) {
        (Some(bytes), _) => lines(bytes),
        (None, Some(vectors)) => vectors.items().iter().enumerate().map(buffer).collect(),
        (None, None) => String::new(),
    }
}

fn buffer((index, vector): (usize, &Value)) -> String {
    match vector.field("iov_base").and_then(Value::as_bytes) {
        Some(bytes) if !bytes.is_empty() => {
            format!(" * {} bytes in buffer {index}\n{}", bytes.len(), lines(bytes))
        }
        _ => String::new(),
    }
}

/// Sixteen bytes each.
fn lines(bytes: &[u8]) -> String {
    const PER_LINE: usize = 16;
    let line = |(index, bytes): (usize, &[u8])| {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x} ")).collect::<String>();
        let (left, right) = bytes.split_at(bytes.len().min(PER_LINE / 2));
        let character = |byte: &u8| if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '.' };
        let text: String = bytes.iter().map(character).collect();
        let hex = format!("{:<24} {}", hex(left), hex(right));
        format!(" | {:05x}  {hex:<49} {text:<PER_LINE$} |\n", index * PER_LINE)
    };
    bytes.chunks(PER_LINE).enumerate().map(line).collect()
}
