//! What nobody can tell of an effect must not pass for none.

use crate::call;
use crate::expect::mismatch::Mismatch;
use crate::trace::blind::BlindSpot;
use crate::trace::build::{MadeCall, call as made, trace};
use crate::trace::matcher::value::under;

const AF_UNSPEC: u8 = 0;
const AF_INET: u8 = 2;
/// An address that nothing is known to be at.
const UNREADABLE: i64 = 0x7000;

fn cannot_tell<T>(result: Result<T, Mismatch>) -> bool {
    result.is_err_and(|it| it.is_inconclusive())
}

fn fails<T>(result: Result<T, Mismatch>) -> bool {
    result.is_err_and(|it| !it.is_inconclusive())
}

/// `struct sockaddr_in`.
fn address(family: u8, port: u16, ip: [u8; 4]) -> Vec<u8> {
    [&[family, 0], &port.to_be_bytes()[..], &ip, &[0; 8]].concat()
}

fn connecting() -> MadeCall {
    made("connect").fd("sockfd", 3, "socket:[1]").arg("addrlen", 16)
}

#[test]
fn an_address_that_could_not_be_read_may_be_any() {
    let unread = trace([connecting().arg("addr", UNREADABLE).returned(0)]);
    assert!(fails(unread.connections().try_none()));
    assert!(cannot_tell(unread.connections().try_never("127.0.0.1")));
    assert!(cannot_tell(unread.connections().try_only("127.0.0.1")));
    assert!(unread.allowing(BlindSpot::Unreadable).connections().try_never("127.0.0.1").is_ok());
    let report = unread.connections().try_never("127.0.0.1").unwrap_err().to_string();
    assert!(
        report.contains("perhaps   somebody of whom no call says the address  connected to  #1"),
        "{report}"
    );
    // The kernel could not read it either.
    let failed = trace([connecting().arg("addr", UNREADABLE).failed("EFAULT")]);
    assert!(failed.connections().try_none().is_ok());
    let bound = trace([made("bind").fd("sockfd", 3, "socket:[1]").arg("addr", UNREADABLE).returned(0)]);
    assert!(cannot_tell(bound.files_written().try_never("/run/app")));
}

#[test]
fn so_may_one_of_many_messages() {
    let message = |name: u64, length: u32| {
        let header = [&name.to_ne_bytes()[..], &length.to_ne_bytes(), &[0; 44], &[0; 8]].concat();
        trace([made("sendmmsg")
            .fd("sockfd", 3, "socket:[1]")
            .memory("msgvec", &header)
            .arg("vlen", 1)
            .returned(1)])
    };
    assert!(cannot_tell(message(UNREADABLE as u64, 16).connections().try_never("127.0.0.1")));
    assert!(message(UNREADABLE as u64, 0).connections().try_none().is_ok());
    assert!(message(0, 16).connections().try_none().is_ok());
    // The list was longer than what was kept of it.
    let cut = made("sendmmsg").fd("sockfd", 3, "socket:[1]").cut_bytes("msgvec", &[0; 64], 2).returned(2);
    assert!(cannot_tell(trace([cut]).connections().try_never("127.0.0.1")));
}

#[test]
fn a_datagram_to_no_family_goes_to_the_address_behind_it() {
    let sent = made("sendto").fd("sockfd", 3, "socket:[1]").arg("addrlen", 16);
    let sent = trace([sent.memory("dest_addr", &address(AF_UNSPEC, 9999, [127, 0, 0, 1])).returned(2)]);
    assert!(fails(sent.connections().try_none()));
    assert!(cannot_tell(sent.connections().try_never("127.0.0.1")));
    assert!(sent.connections().try_never("127.0.0.2").is_ok());
    assert!(cannot_tell(sent.try_never(call!("sendto", dest_addr = "127.0.0.1:9999"))));
    assert!(sent.try_never(call!("sendto", dest_addr = "127.0.0.1:80")).is_ok());
    let disconnect = trace([connecting().memory("addr", &address(AF_UNSPEC, 0, [0; 4])).returned(0)]);
    assert!(disconnect.connections().try_none().is_ok());
    assert!(disconnect.try_never(call!("connect", addr = crate::inet())).is_ok());
}

#[test]
fn who_comes_to_an_open_door_is_not_known() {
    let server = |ip| {
        let bound = made("bind").fd("sockfd", 3, "socket:[1]").arg("addrlen", 16);
        let accepted = made("accept").fd("sockfd", 3, "socket:[1]").returned(4);
        trace([bound.memory("addr", &address(AF_INET, 80, ip)).returned(0), accepted])
    };
    assert!(cannot_tell(server([0; 4]).connections().try_never("127.0.0.1")));
    assert!(cannot_tell(server([10, 0, 0, 1]).connections().try_never("10.0.0.2")));
    assert!(server([127, 0, 0, 1]).connections().try_only("127.0.0.1:80").is_ok());
}

#[test]
fn a_descriptor_that_nothing_is_known_of_may_be_any_file() {
    let changed = trace([made("fchmod").arg("fd", 3).returned(0)]);
    assert!(fails(changed.files_written().try_none()));
    assert!(cannot_tell(changed.files_written().try_never("/a")));
    assert!(cannot_tell(trace([made("getdents64").arg("fd", 3).returned(9)]).files_read().try_never("/a")));
    let mapped = |fd| made("mmap").arg("prot", 3).arg("flags", 1).arg("fd", fd).returned(0x7f00);
    assert!(cannot_tell(trace([mapped(3)]).files_written().try_never("/a")));
    // No file is mapped, and nothing is changed.
    assert!(trace([mapped(-1)]).files_written().try_none().is_ok());
    assert!(trace([made("fchmod").arg("fd", 3).failed("EBADF")]).files_written().try_none().is_ok());
}

#[test]
fn a_path_that_could_not_be_read_is_opened_as_the_flags_say() {
    const O_CREAT_TRUNC: i64 = 0o1100;
    let opened = |flags| trace([made("open").arg("path", UNREADABLE).arg("flags", flags).returned(3)]);
    assert!(cannot_tell(opened(O_CREAT_TRUNC).files_written().try_never("/a")));
    assert!(cannot_tell(opened(O_CREAT_TRUNC).files_read().try_never("/a")));
    assert!(opened(0).files_written().try_none().is_ok());
    let how = trace([made("openat2").path("path", "/a").arg("how", UNREADABLE).opened(3, "/a")]);
    assert!(cannot_tell(how.files_written().try_never("/a")));
    assert!(cannot_tell(how.files_read().try_never("/a")));
}

#[test]
fn a_link_that_leads_elsewhere_now_is_another_program() {
    let run = |place| made("execve").path("path", "/d/l").led("path", Some(place)).returned(0);
    let twice = trace([run("/bin/true"), run("/bin/false"), run("/bin/false")]);
    assert!(fails(twice.programs_run().try_never("/bin/false")));
    assert_eq!(twice.programs_run().iter().count(), 2);
}

#[test]
fn what_a_runtime_would_only_read_is_no_excuse_to_write() {
    const O_WRONLY: i64 = 1;
    let zone = "/usr/share/zoneinfo/x";
    let opened = |path, flags| made("open").path("path", path).arg("flags", flags).opened(3, path);
    let all = trace([
        opened(zone, O_WRONLY),
        made("unlink").path("path", zone).returned(0),
        opened("/dev/null", O_WRONLY),
        opened("/srv/x", O_WRONLY).startup(),
        opened(zone, 0),
    ]);
    let written: Vec<_> = all.files_written().ignoring_runtime().iter().map(|it| it.to_string()).collect();
    assert_eq!(written, [r#""/usr/share/zoneinfo/x""#, r#""/srv/x""#]);
    assert!(fails(all.files_removed().ignoring_runtime().try_none()));
    assert!(all.files_read().ignoring_runtime().try_none().is_ok());
    assert!(all.files_written().try_never(under("/etc")).is_ok());
}

#[test]
fn what_another_thread_was_changing_may_have_been_another() {
    let ours = address(AF_INET, 80, [127, 0, 0, 1]);
    let raced =
        trace([connecting().memory("addr", &ours).again("addr", &address(AF_INET, 80, [10; 4])).returned(0)]);
    assert!(cannot_tell(raced.connections().try_never("10.10.10.10")));
    assert!(cannot_tell(raced.connections().try_only("127.0.0.1")));
    let replaced = trace([made("fchmod").fd("fd", 3, "/a").replaced(3, "/b").returned(0)]);
    assert!(cannot_tell(replaced.files_written().try_never("/b")));
    assert!(cannot_tell(replaced.files_written().try_only("/a")));
    let kept = trace([made("fchmod").fd("fd", 3, "/a").returned(0)]);
    assert!(kept.files_written().try_only("/a").is_ok() && kept.files_written().try_never("/b").is_ok());
}
