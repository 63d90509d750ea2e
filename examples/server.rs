//! A server is started, waited for until it listens, talked to, and stopped; then it is known what it did.
//!
//! The server is this example itself, started again.
//!
//! ```text
//! cargo run --example server
//! ```

#![allow(clippy::print_stdout, reason = "a program prints")]

use std::env;
use std::error::Error;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use expect_syscalls::{SocketAddress, Tracer, Value, call, family, inet};

fn main() -> Result<(), Box<dyn Error>> {
    match env::args().nth(1).as_deref() {
        Some("serve") => Ok(serve()?),
        _ => check(),
    }
}

/// What a test of a real server would hold.
fn check() -> Result<(), Box<dyn Error>> {
    let soon = Duration::from_secs(10);
    let mut server = Tracer::new().spawn(Command::new(env::current_exe()?).arg("serve"))?;
    server.wait_for(call!("listen").ok(), soon)?;

    // Which port the kernel chose is in the call by which the server asked for it.
    let told = server.wait_for(call!("getsockname", addr = inet()).ok(), soon)?;
    println!("it listens: {told}");
    let port = told.arg("addr").and_then(port).ok_or("no port in the answer")?;
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;

    let sent = server.wait_for(call!("sendto", buf = "hello").ok(), soon)?;
    println!("it answered {answer:?}: {sent}");
    server.signal("SIGTERM")?;
    let trace = server.finish()?;
    trace.signal("SIGTERM").never("connect").never(family::spawn());
    println!("it made {} calls, connected to nobody and started nothing", trace.calls().count());
    Ok(())
}

/// Greets everybody.
fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let _own = listener.local_addr()?;
    for stream in listener.incoming() {
        stream?.write_all(b"hello")?;
    }
    Ok(())
}

fn port(address: &Value) -> Option<u16> {
    match address {
        Value::Socket(SocketAddress::Inet(address)) => Some(address.port()),
        Value::Changed(_, after) => port(after),
        _ => None,
    }
}
