//! The text of socket addresses that are kept as bytes.

use super::*;

/// An address as bind(2) is given it.
#[track_caller]
fn checked(bytes: &[u8], expected: &str) {
    let call = made("bind", &[0, A, bytes.len() as u64]).before(A, bytes).returned(0).to_string();
    assert_eq!(call, format!("bind(0, {{sa_family={expected}}}, {}) = 0", bytes.len()));
}

fn padded<const LEN: usize>(bytes: &[u8]) -> [u8; LEN] {
    let mut padded = [0; LEN];
    padded[..bytes.len()].copy_from_slice(bytes);
    padded
}

#[test]
fn packets() {
    let address = b"\x11\0\0\x03\x07\0\0\0\x01\0\x04\x06\x01\0\x03\x04\x05\xff\0\0";
    checked(
        address,
        "AF_PACKET, sll_protocol=htons(ETH_P_ALL), sll_ifindex=7, sll_hatype=ARPHRD_ETHER, \
         sll_pkttype=PACKET_OUTGOING, sll_halen=6, sll_addr=[0x1, 00, 0x3, 0x4, 0x5, 0xff]",
    );
    let mut long = *address;
    long[11] = 12;
    long[10] = 0x4d;
    checked(
        &long,
        "AF_PACKET, sll_protocol=htons(ETH_P_ALL), sll_ifindex=7, sll_hatype=ARPHRD_ETHER, \
         sll_pkttype=0x4d /* PACKET_??? */, sll_halen=12, sll_addr=[0x1, 00, 0x3, 0x4, 0x5, 0xff, 00, 00, ...]",
    );
    checked(&address[..8], r#"AF_PACKET, sa_data="\0\3\7\0\0\0""#);
    let one = |constants, expected: &str| {
        let call = made("bind", &[0, A, 20]).before(A, address).returned(0);
        let format = Format::new().constants(constants);
        check_in(&format, &call, &format!("bind(0, {{{expected}}}, 20) = 0"));
    };
    one(
        Constants::Numbers,
        r#"sa_family=0x11, sll_protocol="\x00\x03", sll_ifindex=7, sll_hatype=0x1, sll_pkttype=0x4, sll_halen=6, sll_addr=[0x1, 00, 0x3, 0x4, 0x5, 0xff]"#,
    );
    one(
        Constants::Both,
        r#"sa_family=0x11 /* AF_PACKET */, sll_protocol="\x00\x03" /* htons(ETH_P_ALL) */, sll_ifindex=7, sll_hatype=0x1 /* ARPHRD_ETHER */, sll_pkttype=0x4 /* PACKET_OUTGOING */, sll_halen=6, sll_addr=[0x1, 00, 0x3, 0x4, 0x5, 0xff]"#,
    );
}

#[test]
fn the_order_of_the_network_is_that_of_the_bytes() {
    let texts = |call: &Call| {
        [Constants::Numbers, Constants::Both].map(|it| call.display(&Format::new().constants(it)).to_string())
    };
    let four = b"\x02\0\0\x50\x7f\0\0\x01\0\0\0\0\0\0\0\0";
    assert_eq!(
        texts(&made("bind", &[0, A, 16]).before(A, four).returned(0)),
        [
            r#"bind(0, {sa_family=0x2, sin_port="\x00\x50", sin_addr="\x7f\x00\x00\x01"}, 16) = 0"#,
            r#"bind(0, {sa_family=0x2 /* AF_INET */, sin_port="\x00\x50" /* htons(80) */, sin_addr="\x7f\x00\x00\x01" /* inet_addr("127.0.0.1") */}, 16) = 0"#,
        ]
    );
    let mut six = padded::<28>(b"\x0a\0\0\x50\0\0\0\x05");
    six[23] = 1;
    let octets = format!("{}\\x01", "\\x00".repeat(15));
    assert_eq!(
        texts(&made("bind", &[0, A, 28]).before(A, &six).returned(0)),
        [
            format!(
                r#"bind(0, {{sa_family=0xa, sin6_port="\x00\x50", sin6_flowinfo="\x00\x00\x00\x05", sin6_addr="{octets}", sin6_scope_id=0}}, 28) = 0"#
            ),
            format!(
                r#"bind(0, {{sa_family=0xa /* AF_INET6 */, sin6_port="\x00\x50" /* htons(80) */, sin6_flowinfo="\x00\x00\x00\x05" /* htonl(5) */, sin6_addr="{octets}" /* inet_pton(AF_INET6, "::1") */, sin6_scope_id=0}}, 28) = 0"#
            ),
        ]
    );
    assert_eq!(
        texts(&made("socket", &[2, 0x8_0002, 0]).returned(3)),
        [
            "socket(0x2, 0x2|0x80000, 0) = 3",
            "socket(0x2 /* AF_INET */, 0x2 /* SOCK_DGRAM */|0x80000 /* SOCK_CLOEXEC */, 0 /* IPPROTO_IP */) = 3",
        ]
    );
}

#[test]
fn machines() {
    checked(&padded::<16>(b"\x28\0\0\0\x50\0\0\0\x03"), "AF_VSOCK, svm_cid=0x3, svm_port=0x50, svm_flags=0");
    checked(
        b"\x28\0\x05\0\xff\xff\xff\xff\x02\0\0\0\x01\x07\0\0",
        r#"AF_VSOCK, svm_reserved1=0x5, svm_cid=VMADDR_CID_HOST, svm_port=VMADDR_PORT_ANY, svm_flags=VMADDR_FLAG_TO_HOST, svm_zero="\x07\x00\x00""#,
    );
    checked(b"\x2a\0\0\0\x01\0\0\0\x02\0\0\0", "AF_QIPCRTR, sq_node=0x1, sq_port=0x2");
}

#[test]
fn algorithms() {
    let mut address = padded::<88>(b"\x26\0hash");
    address[24..30].copy_from_slice(b"sha256");
    checked(&address, r#"AF_ALG, salg_type="hash", salg_feat=0, salg_mask=0, salg_name="sha256""#);
    address[16] = 3;
    address[21] = 0x10;
    // Without its end, a name lacks the last character.
    checked(
        &address[..30],
        r#"AF_ALG, salg_type="hash", salg_feat=0x3 /* CRYPTO_ALG_??? */, salg_mask=0x1000 /* CRYPTO_ALG_KERN_DRIVER_ONLY */, salg_name="sha25"..."#,
    );
    checked(&address[..8], r#"AF_ALG, sa_data="hash\0\0""#);
}

#[test]
fn bluetooth_is_told_by_the_size() {
    let l2 = |psm: u16, cid: u16| {
        let [psm, cid] = [psm, cid].map(u16::to_le_bytes);
        [&b"\x1f\0"[..], &psm, &[1, 0xab, 3, 4, 5, 6], &cid, &[1, 0]].concat()
    };
    checked(
        &l2(1, 0x40),
        "AF_BLUETOOTH, l2_psm=htobs(L2CAP_PSM_SDP), l2_bdaddr=01:ab:03:04:05:06, \
         l2_cid=htobs(L2CAP_CID_DYN_START), l2_bdaddr_type=BDADDR_LE_PUBLIC",
    );
    for (psm, text) in [
        (0x1002, "L2CAP_PSM_DYN_START+1"),
        (0x81, "L2CAP_PSM_LE_DYN_START+1"),
        (0x10ff, "L2CAP_PSM_AUTO_END"),
        (0x1100, "L2CAP_PSM_DYN_START+255"),
        (0x1000, "0x1000 /* L2CAP_PSM_??? */"),
    ] {
        checked(
            &l2(psm, 0x80)[..12],
            &format!(
                "AF_BLUETOOTH, l2_psm=htobs({text}), l2_bdaddr=01:ab:03:04:05:06, l2_cid=htobs(L2CAP_CID_DYN_START+64)"
            ),
        );
    }
    checked(&l2(1, 0)[..10], "AF_BLUETOOTH, rc_bdaddr=01:00:01:ab:03:04, rc_channel=5");
    checked(&l2(1, 0)[..8], "AF_BLUETOOTH, sco_bdaddr=01:00:01:ab:03:04");
    checked(b"\x1f\0\x01\0\x03\0", "AF_BLUETOOTH, hci_dev=htobs(1), hci_channel=HCI_CHANNEL_CONTROL");
    checked(b"\x1f\0\x01\0", "AF_BLUETOOTH, hci_dev=htobs(1)");
    checked(b"\x1f\0\x01\0\x03", r#"AF_BLUETOOTH, sa_data="\1\0\3""#);
}

#[test]
fn services() {
    let tipc = |ty: u8, scope: u8| [&[30, 0, ty, scope][..], &ints(&[18888, 17, 18])].concat();
    checked(
        &tipc(1, 3),
        "AF_TIPC, addrtype=TIPC_SERVICE_RANGE, scope=TIPC_NODE_SCOPE, addr={nameseq={type=18888, lower=17, upper=18}}",
    );
    checked(
        &tipc(2, 0xff),
        "AF_TIPC, addrtype=TIPC_SERVICE_ADDR, scope=-1, addr={name={name={type=18888, instance=17}, domain=0x12}}",
    );
    checked(
        &tipc(3, 2),
        "AF_TIPC, addrtype=TIPC_SOCKET_ADDR, scope=TIPC_CLUSTER_SCOPE, addr={id={ref=18888, node=0x11}}",
    );
    checked(
        &tipc(9, 2),
        r#"AF_TIPC, addrtype=0x9 /* TIPC_??? */, scope=TIPC_CLUSTER_SCOPE, addr="\310I\0\0\21\0\0\0\22\0\0\0""#,
    );
}

#[test]
fn interfaces() {
    checked(
        &[&b"\x2c\0\x0a\0"[..], &ints(&[1, 2, -1])].concat(),
        "AF_XDP, sxdp_flags=XDP_COPY|XDP_USE_NEED_WAKEUP, sxdp_ifindex=1, sxdp_queue_id=2, sxdp_shared_umem_fd=0xffffffff",
    );
    checked(&padded::<16>(b"\x1d\0\0\0\x01"), "AF_CAN, can_ifindex=1");
    checked(
        &[&b"\x1d\0\0\0\x01\0\0\0"[..], &ints(&[0x123, 0x456])].concat(),
        r##"AF_CAN, can_ifindex=1, can_addr="#\1\0\0V\4\0\0""##,
    );
    checked(
        &[&b"\x27\0\0\0"[..], &ints(&[1, 2, 3])].concat(),
        "AF_NFC, dev_idx=1, target_idx=0x2, nfc_protocol=NFC_PROTO_FELICA",
    );
}

#[test]
fn radio_and_older_networks() {
    let mut radio = padded::<16>(b"\x03\0\xac\x96\x64\x96\xa8\x94\x0a");
    checked(&radio, "AF_AX25, sax25_call=VK2KTJ-5, sax25_ndigis=0");
    radio[2] = b'*' << 1;
    checked(&radio, r#"AF_AX25, sa_data="T\226d\226\250\224\n\0\0\0\0\0\0\0""#);
    checked(&padded::<18>(b"\x09\x000123456789"), r#"AF_X25, sx25_addr={x25_addr="0123456789"}"#);
    checked(
        b"\x04\0\x10\x20\x01\x02\x03\x04\x01\x02\x03\x04\x05\0\x04\0",
        "AF_IPX, sipx_port=htons(4128), sipx_network=htonl(0x1020304), sipx_node=[0x1, 0x2, 0x3, 0x4, 0x5, 00], sipx_type=0x4",
    );
}
