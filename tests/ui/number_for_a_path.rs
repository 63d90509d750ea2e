use expect_syscalls::call;

fn main() {
    call!("openat", path = 42);
}
