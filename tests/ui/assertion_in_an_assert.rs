use expect_syscalls::Trace;

fn check(trace: &Trace) {
    assert!(trace.contains("openat"));
}

fn main() {}
