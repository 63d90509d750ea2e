//! A file system that the program serves itself: whoever waits for it while the program is stopped waits forever.

use std::path::Path;

use crate::vocabulary::*;

/// Serves a directory `d` with a file `x`, of which nothing may be kept in the cache, and removes the file from within. By the
/// protocol of fuse(4).
const SERVER: &str = r#"
import ctypes, os, struct, sys
libc = ctypes.CDLL(None)
where = sys.argv[1]
fd = os.open("/dev/fuse", os.O_RDWR)
if libc.mount(b"fuse", where.encode(), b"fuse", 0, b"fd=%d,rootmode=40000,user_id=0,group_id=0" % fd):
    sys.exit("cannot mount")
def attributes(node):
    mode = 0o100644 if node == 3 else 0o40755
    return struct.pack("<6Q10I", node, 0, 0, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)
def serve():
    while True:
        request = os.read(fd, 1 << 17)
        _, op, unique, node = struct.unpack_from("<IIQQ", request)
        name = request[40:].split(b"\0")[0]
        number = {b"d": 2, b"x": 3}.get(name)
        error, data = 0, b""
        if op in (2, 42): continue
        elif op == 26: data = struct.pack("<IIIIHHII", 7, 31, 0, 0, 1, 1, 65536, 1) + bytes(36)
        elif op == 1 and number: data = struct.pack("<4Q2I", number, 0, 0, 0, 0, 0) + attributes(number)
        elif op == 1: error = -2
        elif op == 3: data = struct.pack("<QII", 0, 0, 0) + attributes(node)
        elif op != 10: error = -38
        os.write(fd, struct.pack("<IiQ", 16 + len(data), error, unique) + data)
pid = os.fork()
if pid == 0: serve()
os.chdir(where)
os.unlink("d/x")
os.chdir("/")
libc.umount2(where.encode(), 2)
os.kill(pid, 9)
os.waitpid(pid, 0)
print("removed")
"#;

#[test]
fn where_a_path_leads_is_not_asked_of_the_program_itself() {
    let can_serve = Path::new("/dev/fuse").exists() && has("unshare") && has("python3");
    if !is_root() || !can_serve {
        return skipped("nobody can serve a file system here");
    }
    let dir = tempdir();
    let serves = || {
        program("unshare", ["-m".as_ref(), "python3".as_ref(), "-c".as_ref(), SERVER.as_ref(), dir.path()])
    };
    if !serves().output().is_ok_and(|served| served.status.success()) {
        return skipped("no file system can be served here");
    }
    let trace = record(serves());
    assert_eq!(stdout(trace.success()), "removed\n");
    assert_eq!(trace.calls().filter(|call| call.to_string().starts_with("unlink(\"d/x\")")).count(), 1);
}
