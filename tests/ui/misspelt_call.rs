use expect_syscalls::call;

fn main() {
    call!(conect);
}
