use expect_syscalls::call;

fn main() {
    call!("openat", pth = "x");
}
