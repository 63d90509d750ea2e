//! Calls whose arguments a command decides, and that change nothing: most are refused.

use std::ffi::c_long;

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
}

const IOCTL: c_long = 16;
const RT_SIGACTION: c_long = 13;
const SOCKET: c_long = 41;
const CONNECT: c_long = 42;
const SENDTO: c_long = 44;
const BIND: c_long = 49;
const SETSOCKOPT: c_long = 54;
const GETSOCKOPT: c_long = 55;
const UMASK: c_long = 95;
const CHMOD: c_long = 90;
const CAPGET: c_long = 125;
const MKNOD: c_long = 133;
const PRCTL: c_long = 157;
const MBIND: c_long = 237;
const SET_MEMPOLICY: c_long = 238;
const GET_MEMPOLICY: c_long = 239;
const MIGRATE_PAGES: c_long = 256;
const SECCOMP: c_long = 317;

/// No descriptor.
const NONE: c_long = -1;

macro_rules! call {
    ($number:expr $(, $arg:expr)*) => { unsafe { syscall($number $(, $arg)*) } };
}

fn main() {
    policies();
    files_and_terminals();
    processes();
    sockets();
    netlink();
    links();
    addresses();
}

fn policies() {
    let nodes = [5u64, 0, 1, 0];
    for maxnode in [0u64, 1, 8, 64, 65, 66, 256] {
        call!(MBIND, 0u64, 0u64, 99u64, &nodes, maxnode, 0u64);
        call!(SET_MEMPOLICY, 99u64, &nodes, maxnode);
    }
    call!(SET_MEMPOLICY, 0u64, 0u64, 0u64);
    call!(MIGRATE_PAGES, -5 as c_long, 65u64, &nodes, &nodes);
    let (mut mode, mut mask) = (7i32, [0u64; 16]);
    call!(GET_MEMPOLICY, &mut mode, &mut mask, 1024u64, 0u64, 0u64);
    call!(GET_MEMPOLICY, &mut mode, 0u64, 0u64, 0u64, 0u64);
    call!(GET_MEMPOLICY, &mut mode, 0u64, 0u64, 0u64, 0x10u64);
}

fn files_and_terminals() {
    for flags in [0u32, 0x80030, u32::MAX] {
        call!(IOCTL, NONE, 0x4008_6602u64, &flags);
    }
    call!(IOCTL, NONE, 0x401c_5820u64, &[2u32, 0, 1, 4, 0, 0, 0]);
    for modes in [[0u32, 0, 0xbf, 0], [0x100, 5, 0xbf, 0x8a3b], [0, 0x100_0001, 0xd, 0x4000_0000]] {
        let termios = [modes[0], modes[1], modes[2], modes[3], 0, 0, 0, 0, 0];
        for request in [0x5402u64, 0x5403, 0x5404] {
            call!(IOCTL, NONE, request, &termios);
        }
    }
    let path = c"/no/such/file";
    for mode in [0u64, 7, 0o644, 0o4755, 0o100_644, 0o104_755, 0x1234_5678] {
        call!(CHMOD, path.as_ptr(), mode);
        call!(MKNOD, path.as_ptr(), mode & 0o117_777, 0u64);
    }
    call!(UMASK, 0o100_022u64);
}

fn processes() {
    for (command, capability) in [(1u64, 13u64), (1, 0), (1, 99), (9, 3)] {
        call!(PRCTL, 47u64, command, capability, 0u64, 0u64);
        call!(PRCTL, 47u64, command, capability, 1u64, 2u64);
    }
    call!(PRCTL, 38u64, 5u64, 0u64, 16u64, 0u64);
    call!(RT_SIGACTION, 10u64, &[1u64, 0x3000_0000, 0, 0], 0u64, 8u64);
    for action in [0x8000_0000u32, 0x7fff_0000, 0x5_0005, 0x1234_5678] {
        call!(SECCOMP, 2u64, 0u64, &action);
    }
    call!(CAPGET, &mut [0x2008_0522u32, 0], 0u64);
    call!(CAPGET, &mut [0u32, 0], 0u64);
}

fn sockets() {
    let fd = call!(SOCKET, 2u64, 2u64, 0u64);
    let (mut error, mut len) = (0u32, 4u32);
    call!(GETSOCKOPT, fd, 1u64, 4u64, &mut error, &mut len);
    let group = [224u8, 0, 0, 5, 127, 0, 0, 1, 0, 0, 0, 0];
    for len in [0u64, 4, 8, 12] {
        call!(SETSOCKOPT, NONE, 0u64, 35u64, &group, len);
    }
    let mut group = [0u8; 24];
    group[..2].copy_from_slice(&[0xff, 2]);
    for len in [19u64, 20, 24] {
        call!(SETSOCKOPT, NONE, 41u64, 20u64, &group, len);
    }
}

fn netlink() {
    for address in [[16u32, 0, 0], [16, 77, 0x8000_0001], [16 | 5 << 16, 0, 1]] {
        call!(CONNECT, NONE, &address, 12u64);
        call!(CONNECT, NONE, &address, 2u64);
    }
    let fd = call!(SOCKET, 16u64, 3u64, 0u64);
    call!(BIND, fd, &[16u32, 0, 0], 12u64);
    let message = |ty: u32, flags: u32| [20u32, ty | flags << 16, 7, 0, 0];
    for message in [message(22, 0x301), message(26, 1), message(99, 5), message(9999, 0xffff), message(1, 0)] {
        call!(SENDTO, fd, &message, 20u64, 0u64, 0u64, 0u64);
        call!(SENDTO, fd, &message, 16u64, 0u64, 0u64, 0u64);
    }
}

/// Questions about no link, with attributes that only answers have.
fn links() {
    let fd = call!(SOCKET, 16u64, 3u64, 0u64);
    call!(BIND, fd, &[16u32, 0, 0], 12u64);
    let attribute = |ty: u16, value: &[u8]| {
        let mut bytes = (value.len() as u16 + 4).to_ne_bytes().to_vec();
        bytes.extend(ty.to_ne_bytes());
        bytes.extend(value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    };
    let words = |count: u32| (0..count).flat_map(u32::to_ne_bytes).collect::<Vec<u8>>();
    let four = attribute(2, &attribute(1, &words(33)));
    let six = [
        attribute(1, &0x8000_0010u32.to_ne_bytes()),
        attribute(2, &words(58)),
        attribute(5, &words(4)),
        attribute(8, &[2]),
        attribute(9, &1280u32.to_ne_bytes()),
    ];
    let attached =
        [attribute(1, &3u32.to_ne_bytes()), attribute(2, &[1]), attribute(3, &[2, 0, 0, 0]), attribute(4, &[9, 0, 0, 0])];
    let attributes = [
        attribute(26, &four),
        attribute(26, &attribute(10, &six.concat())),
        attribute(0x8000 | 26, &attribute(28, b"mpls")),
        attribute(18, &[attribute(1, b"dummy\0"), attribute(2, b"data"), attribute(4, b"bond\0")].concat()),
        attribute(43, &attached.concat()),
        attribute(14, &words(8)),
        attribute(23, &words(50)),
        attribute(23, &words(48)),
        attribute(23, &words(8)),
        attribute(7, &words(24)),
        attribute(7, &words(23)),
        attribute(0x4004, &[0, 0, 5, 0x78]),
    ];
    for attribute in attributes {
        let mut message: Vec<u8> = [32 + attribute.len() as u32, 18 | 1 << 16, 7, 0, 1 << 16, 0, 0, 0]
            .into_iter()
            .flat_map(u32::to_ne_bytes)
            .collect();
        message.extend(attribute);
        call!(SENDTO, fd, message.as_ptr(), message.len(), 0u64, 0u64, 0u64);
    }
    let fd = call!(SOCKET, 16u64, 3u64, 4u64);
    call!(BIND, fd, &[16u32, 0, 0], 12u64);
    // A family, a protocol and what is asked for; states, ports, addresses, an interface, a cookie.
    let inet = |first: u32, states: u32| {
        let [port, host, other] = [80u32.to_be() >> 16, 0x7f00_0001u32.to_be(), 0x0a00_0001u32.to_be()];
        [first, states, port, host, 0, 0, 0, other, 0, 0, 0, 0, !0, 5]
    };
    let unix = [1u32, 0xfff, 77, 0x25, 1, 2];
    let mut questions: Vec<Vec<u32>> = [(0x0602, 0x402), (0x03_110a, 0xfff), (0xff_0602, 1 << 31)]
        .map(|(first, states)| inet(first, states).to_vec())
        .to_vec();
    questions.extend([unix.to_vec(), unix[..3].to_vec(), vec![0x0602]]);
    for question in questions {
        let mut message = vec![16 + 4 * question.len() as u32, 20 | 1 << 16, 7, 0];
        message.extend(question);
        call!(SENDTO, fd, message.as_ptr(), 4 * message.len(), 0u64, 0u64, 0u64);
    }
    let events = call!(SOCKET, 16u64, 3u64, 15u64);
    call!(BIND, events, &[16u32, 0, 0], 12u64);
    let mut event = b"libudev\0\xfe\xed\xca\xfe".to_vec();
    event.extend([40u32, 40, 11].into_iter().flat_map(u32::to_ne_bytes));
    event.extend([0, 0, 0, 0x11, 0, 0, 0, 0x22, 0, 0, 0, 0, 0, 0, 0, 4]);
    event.extend(b"ACTION=add\0");
    for len in [event.len(), 40, 39] {
        call!(SENDTO, events, event.as_ptr(), len, 0u64, 0u64, 0u64);
    }
}

/// Those that no socket here has; the lengths are what the protocols of a family differ by.
fn addresses() {
    let packet = *b"\x11\0\0\x03\0\0\0\0\x01\0\x04\x06\x01\0\x03\x04\x05\xff\0\0";
    let mut odd = packet;
    odd[2..4].copy_from_slice(&[0x12, 0x34]);
    odd[8..12].copy_from_slice(&[0x61, 0x1e, 0x4d, 12]);
    let mut algorithm = *b"\x26\0hash\0\0\0\0\0\0\0\0\0\0\x03\0\0\0\0\x10\0\0sha256\0\0";
    let bluetooth = |psm: u16| {
        let [low, high] = psm.to_le_bytes();
        [31u8, 0, low, high, 1, 0xab, 3, 4, 5, 6, 0x80, 0, 1, 0]
    };
    let addresses: &[&[u8]] = &[
        &packet,
        &packet[..16],
        &odd,
        &algorithm.clone(),
        b"\x28\0\0\0\x50\0\0\0\x03\0\0\0\0\0\0\0",
        b"\x28\0\x05\0\xff\xff\xff\xff\xff\xff\xff\xff\x01\x07\0\0",
        b"\x2a\0\0\0\x01\0\0\0\x02\0\0\0",
        b"\x2c\0\x0a\0\0\0\0\0\x02\0\0\0\xff\xff\xff\xff",
        b"\x03\0\xac\x96\x64\x96\xa8\x94\x0a\0\0\0\0\0\0\0",
        b"\x09\x000123456789\0\0\0\0\0\0",
        b"\x04\0\x10\x20\x01\x02\x03\x04\x01\x02\x03\x04\x05\0\x04\0",
        b"\x27\0\0\0\0\0\0\0\x02\0\0\0\x03\0\0\0",
        b"\x1f\0\x01\0\x03\0",
    ];
    for address in addresses {
        call!(BIND, NONE, address.as_ptr(), address.len());
    }
    algorithm[16] = 0;
    call!(BIND, NONE, &algorithm, 30u64);
    for psm in [1, 0x81, 0x1002, 0x1100, 0x10ff, 0x1000] {
        for len in [4u64, 6, 8, 9, 10, 12, 14] {
            call!(BIND, NONE, &bluetooth(psm), len);
        }
    }
}
