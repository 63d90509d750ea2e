use expect_syscalls::call;

fn main() {
    call!("lseek", offset = "10");
}
