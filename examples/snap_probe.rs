fn main() {
    let mut args = std::env::args_os().skip(1);
    let level = match args.next().unwrap().to_str().unwrap() {
        "names" => expect_syscalls::Level::Names,
        "effects" => expect_syscalls::Level::Effects,
        "calls" => expect_syscalls::Level::Calls,
        _ => expect_syscalls::Level::Full,
    };
    let mut c = std::process::Command::new(args.next().unwrap());
    c.args(args);
    match expect_syscalls::Tracer::new().try_run(&mut c) {
        Ok(trace) => print!("{}", trace.snapshot().level(level)),
        Err(e) => println!("ERR {e}"),
    }
}
