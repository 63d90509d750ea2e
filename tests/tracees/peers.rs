//! Sockets that are bound, connected and sent to. The argument is a directory.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;

fn main() {
    let dir = PathBuf::from(std::env::args_os().nth(1).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let _server = listener.accept().unwrap();
    assert!(TcpStream::connect("127.0.0.1:1").is_err());
    let local = UnixListener::bind(dir.join("socket")).unwrap();
    let _peer = UnixStream::connect(dir.join("socket")).unwrap();
    drop(local);
    assert!(UnixStream::connect(dir.join("none")).is_err());
    let datagrams = UdpSocket::bind("127.0.0.1:0").unwrap();
    datagrams.send_to(b"x", "127.0.0.1:9").unwrap();
}
