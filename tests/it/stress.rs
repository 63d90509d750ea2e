//! stress-ng, where it is installed: its stressors of processes, signals and threads do what they would untraced.

use std::time::Duration;

use expect_syscalls::Tracer;

use crate::vocabulary::*;

const STRESSORS: [&str; 15] = [
    "fork", "vfork", "clone", "kill", "sigrt", "sigq", "sigchld", "sigsegv", "wait", "zombie", "pthread",
    "seccomp", "session", "daemon", "pidfd",
];

#[test]
fn stressors_end_as_they_would() {
    if !has("stress-ng") {
        return;
    }
    for stressor in STRESSORS {
        let dir = tempdir();
        let command = || {
            let mut command = program("stress-ng", [format!("--{stressor}"), "1".to_owned()]);
            command.args([format!("--{stressor}-ops"), "30".to_owned(), "--quiet".to_owned()]);
            command.current_dir(dir.path());
            command
        };
        let untraced = command().output().expect("stress-ng runs").status;
        let tracer = Tracer::new().timeout(Duration::from_secs(300));
        let trace = tracer.try_run(command()).unwrap_or_else(|error| panic!("{stressor}: {error}"));
        assert_eq!(trace.status(), untraced, "{stressor}");
    }
}
