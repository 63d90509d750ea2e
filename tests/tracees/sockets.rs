//! Connections that are refused, and one that is not.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args[1].as_str() {
        "connect" => match args[2].strip_prefix("unix:") {
            Some(path) => report(UnixStream::connect(path)),
            None => report(TcpStream::connect(args[2].as_str())),
        },
        "pair" => {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
            let address = listener.local_addr().expect("it is bound");
            report(TcpStream::connect(address));
            report(listener.accept());
        }
        "send" => {
            report(UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.send_to(b"x", args[2].as_str())))
        }
        other => panic!("no such case: {other:?}"),
    }
}

fn report<T>(result: std::io::Result<T>) {
    match result {
        Ok(_) => println!("connected"),
        Err(error) => println!("{:?}", error.kind()),
    }
}
