use super::*;
use crate::trace::raw::Phase;

const LINK: &str = "/d/x (deleted)";

fn write() -> MadeCall {
    made("write").fd("fd", 3, LINK).returned(1)
}

/// What is said of a write to the descriptor after these calls: to `/d/x`, to `/d/x (deleted)`, under `/d`, and to `/d/y`.
#[track_caller]
fn check_after(calls: Vec<MadeCall>, expected: [Verdict; 4]) {
    let trace = trace(calls.into_iter().chain([write()]));
    let call = trace.calls().last().expect("a write");
    let asked = [call!("write", fd = file("/d/x")), call!("write", fd = file(LINK))];
    let more = [call!("write", fd = file(under("/d"))), call!("write", fd = file("/d/y"))];
    let matchers = [asked, more].concat();
    let judged = |judge: fn(&CallMatcher, &Call) -> Verdict| -> Vec<Verdict> {
        matchers.iter().map(|matcher| judge(matcher, call)).collect()
    };
    assert_eq!(judged(CallMatcher::judge), expected);
    assert_eq!(judged(CallMatcher::allows), expected);
}

#[test]
fn a_name_that_the_program_never_gave_is_that_of_a_deleted_file() {
    let unlinked = || vec![opened("/d/x"), made("unlink").path("path", "/d/x").returned(0)];
    check_after(unlinked(), [Yes, No, Yes, No]);
    // Its descriptor is a name no more than that.
    let doubled = made("dup2").fd("oldfd", 3, LINK).opened(4, LINK);
    check_after([unlinked(), vec![doubled]].concat(), [Yes, No, Yes, No]);
    let again = openat("/proc/self/fd/3").opened(4, LINK);
    check_after([unlinked(), vec![again]].concat(), [Yes, No, Yes, No]);
    // A write to it is enough.
    check_after(vec![made("write").fd("fd", 3, "/d/x").returned(1)], [Yes, No, Yes, No]);
}

#[test]
fn a_name_that_the_program_gave_is_a_name() {
    check_after(vec![opened(LINK)], [No, Yes, Yes, No]);
    check_after(vec![openat("x (deleted)").opened(3, LINK)], [No, Yes, Yes, No]);
    // At the end of a link.
    check_after(vec![openat("/d/link").opened(3, LINK)], [No, Yes, Yes, No]);
    let renamed = made("rename").path("oldpath", "/d/y").path("newpath", LINK).returned(0);
    check_after(vec![renamed], [No, Yes, Yes, No]);
}

#[test]
fn nobody_knows_which_of_two_names_it_is() {
    check_after(vec![opened("/d/x"), opened(LINK)], [Unknown, Unknown, Yes, No]);
}

#[test]
fn what_came_from_outside_may_be_either() {
    check_after(Vec::new(), [Yes, Yes, Yes, No]);
}

#[test]
fn a_deleted_file_may_be_another_than_that_of_its_name() {
    let unlink = || made("unlink").path("path", "/d/x").returned(0);
    check_after(vec![opened("/d/x"), unlink(), opened("/d/x")], [Unknown, No, Yes, No]);
    for call in ["rename", "renameat", "renameat2", "link", "linkat"] {
        let given = |to| made(call).path("oldpath", "/d/t").path("newpath", to);
        check_after(vec![opened("/d/x"), given("/d/x").returned(0)], [Unknown, No, Yes, No]);
        check_after(vec![opened("/d/x"), given("/d/z").returned(0)], [Yes, No, Yes, No]);
        check_after(vec![opened("/d/x"), given("/d/x").failed("EXDEV")], [Yes, No, Yes, No]);
    }
    check_after(vec![opened("/d/x"), unlink(), opened("/e/x")], [Yes, No, Yes, No]);
    let within = || openat("f").note(Phase::Entry, 5, "/d/x").opened(6, "/d/x/f");
    check_after(vec![within(), within()], [Yes, No, Yes, No]);
    // What it came from is a name as well.
    let inherited = made("rename").path("oldpath", "/d/t").path("newpath", "/d/x").returned(0);
    check_after(vec![inherited], [Unknown, No, Yes, No]);
}
