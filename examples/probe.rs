fn main() {
    let mut args = std::env::args_os().skip(1);
    let mut c = std::process::Command::new(args.next().unwrap());
    c.args(args);
    let t = std::time::Instant::now();
    match expect_syscalls::Tracer::new().timeout(std::time::Duration::from_secs(5)).try_run(&mut c) {
        Ok(trace) => {
            if std::env::var_os("V").is_some() {
                for c in trace.calls() {
                    println!("{} {c}", c.thread());
                }
            }
            println!(
                "{} calls, status {:?}, stdout {} stderr {:?} {:?}",
                trace.calls().len(),
                trace.status(),
                trace.stdout().len(),
                String::from_utf8_lossy(trace.stderr()),
                t.elapsed()
            );
            for p in trace.processes() {
                println!("{} {} {:?}", p.label(), p.pid(), p.status());
            }
        }
        Err(e) => println!("ERR {e} {:?}", t.elapsed()),
    }
}
