//! What the examples print.

#[allow(dead_code, reason = "an example has a main function")]
#[path = "../../examples/golden.rs"]
mod golden;

use crate::vocabulary::{record, sh};

#[test]
fn golden_shows_the_levels_and_which_of_them_hold() {
    let sorted = || golden::sorted().expect("a directory");
    let shown = golden::levels(&sorted(), &sorted());
    let blocks: Vec<&str> = shown.split("level ").skip(1).collect();
    assert_eq!(blocks.len(), 4, "{shown}");
    for (block, name) in blocks.iter().zip(["names", "effects", "calls"]) {
        assert!(block.starts_with(name) && block.contains(" lines, the same in another run\n"), "{shown}");
        assert!(block.lines().count() <= 17, "{shown}");
    }
    assert!(blocks[1].contains("    read \"[DIR]/names\" ok\n"), "{shown}");
    assert!(blocks[1].contains("    rename \"[DIR]/sorted\" -> \"[DIR]/names\" ok\n"), "{shown}");
    assert!(blocks[2].contains("    main exec \"[BIN]\":\n"), "{shown}");
    assert!(blocks[3].contains("    main execve(\"[BIN]\", [\"sh\", \"-c\", "), "{shown}");
}

#[test]
fn golden_says_when_another_run_does_not_agree() {
    let shown =
        golden::levels(&golden::sorted().expect("a directory"), &record(sh("cat /etc/passwd")).snapshot());
    assert_eq!(shown.matches("different in another run").count(), 4, "{shown}");
}
