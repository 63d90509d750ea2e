//! Programs that do what they are told, line by line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::sync::mpsc::{self, Sender};
use std::thread;

fn main() {
    match std::env::args().nth(1).expect("a case").as_str() {
        "serve" => serve(),
        "obey" => obey(),
        other => panic!("no such case: {other:?}"),
    }
}

/// Answers each line of each connection, until one says `quit`.
fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    for stream in listener.incoming() {
        let stream = stream.unwrap();
        for line in BufReader::new(stream.try_clone().unwrap()).lines() {
            let line = line.unwrap();
            writeln!(&stream, "you said {line}").unwrap();
            if line == "quit" {
                return;
            }
        }
    }
}

/// Lines of stdin are `main DIRECTORY`, `thread DIRECTORY` and `child DIRECTORY`: who makes it. After each it says `done`.
fn obey() {
    let (answers, answered) = mpsc::channel();
    let thread = worker(answers);
    println!("ready");
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let (who, dir) = line.split_once(' ').unwrap();
        match who {
            "main" => std::fs::create_dir(dir).unwrap(),
            "thread" => {
                thread.send(dir.to_owned()).unwrap();
                answered.recv().unwrap();
            }
            "child" => assert!(Command::new("mkdir").arg(dir).status().unwrap().success()),
            other => panic!("nobody is called {other:?}"),
        }
        println!("done");
    }
}

fn worker(answers: Sender<()>) -> Sender<String> {
    let (sender, dirs) = mpsc::channel::<String>();
    thread::spawn(move || {
        for dir in dirs {
            std::fs::create_dir(dir).unwrap();
            answers.send(()).unwrap();
        }
    });
    sender
}
