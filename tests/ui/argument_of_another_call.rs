use expect_syscalls::call;

fn main() {
    call!(read, path = "/etc/passwd");
}
