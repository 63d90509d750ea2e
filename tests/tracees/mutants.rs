//! A program that replaces a file so that it is there as a whole or not at all, and its mutants.

use std::fs::{self, File};
use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (mutation, dir) = (args[1].as_str(), Path::new(&args[2]));
    let (temporary, target) = (dir.join("x.tmp"), dir.join("x"));
    if mutation == "opens one more file" {
        assert!(File::open(dir.join("extra")).is_err());
    }
    if mutation == "connects" {
        assert!(TcpStream::connect("127.0.0.1:1").is_err());
    }
    let mut file = File::create(&temporary).unwrap();
    file.write_all(b"one\n").unwrap();
    if mutation == "syncs too late" {
        fs::rename(&temporary, &target).unwrap();
        file.sync_all().unwrap();
        return;
    }
    file.sync_all().unwrap();
    if mutation != "does not rename" {
        fs::rename(&temporary, &target).unwrap();
    }
}
