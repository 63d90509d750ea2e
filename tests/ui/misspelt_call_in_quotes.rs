use expect_syscalls::call;

fn main() {
    call!("opnat", path = "/etc/passwd");
}
