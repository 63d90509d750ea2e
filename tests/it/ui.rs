//! What must not compile, and what the compiler says of it. The wording is that of one version of the compiler.

use std::process::Command;

const COMPILER: &str = "1.95.";

#[test]
fn what_cannot_be_meant_does_not_compile() {
    let rustc = Command::new("rustc").arg("--version").output().expect("rustc is there");
    let version = String::from_utf8_lossy(&rustc.stdout).into_owned();
    if !version.contains(COMPILER) {
        eprintln!("NOT CHECKED: the texts in tests/ui are those of rustc {COMPILER}x, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
