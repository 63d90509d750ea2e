//! Messages of netlink(7), and the addresses of its sockets.

use super::*;
use crate::trace::value::Value;

const ROUTE: u32 = 0;
const SOCK_DIAG: u32 = 4;

fn header(len: u32, ty: u16, flags: u16) -> Vec<u8> {
    let words = ints(&[len as i32, i32::from(ty) | i32::from(flags) << 16, 7, 0]);
    words.into_iter().collect()
}

fn with(header: Vec<u8>, content: &[u8]) -> Vec<u8> {
    [header, content.to_vec()].concat()
}

/// The call that sends `bytes`, up to their end.
#[track_caller]
fn sends(protocol: u32, bytes: &[u8], expected: &str) {
    let call = made("sendto", &[3, A, bytes.len() as u64]).socket(3, 16, protocol).before(A, bytes);
    let text = call.returned(0).display_call(&Format::new()).to_string();
    assert_eq!(text, format!("sendto(3, {expected}, {}, 0, NULL, 0)", bytes.len()));
}

#[test]
fn addresses() {
    let bind =
        |bytes: &[u8]| made("bind", &[3, A, bytes.len() as u64]).before(A, bytes).returned(0).to_string();
    assert_eq!(
        bind(&ints(&[16, 0, 0])),
        "bind(3, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 0"
    );
    assert_eq!(
        bind(&ints(&[16, 77, 1 << 31 | 1])),
        "bind(3, {sa_family=AF_NETLINK, nl_pid=77, nl_groups=0x80000001}, 12) = 0"
    );
    assert_eq!(
        bind(&ints(&[16, 0, 1])),
        "bind(3, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=0x000001}, 12) = 0"
    );
    assert_eq!(
        bind(&ints(&[16 | 5 << 16, 0, 0])),
        "bind(3, {sa_family=AF_NETLINK, nl_pad=0x5, nl_pid=0, nl_groups=00000000}, 12) = 0"
    );
    assert_eq!(bind(&ints(&[16])[..2]), "bind(3, {sa_family=AF_NETLINK}, 2) = 0");
    assert_eq!(bind(&ints(&[16, 1])), r#"bind(3, {sa_family=AF_NETLINK, sa_data="\0\0\1\0\0\0"}, 8) = 0"#);
}

#[test]
fn requests() {
    let dump = with(header(20, 22, 0x301), &[0; 4]);
    sends(
        ROUTE,
        &dump,
        "[{nlmsg_len=20, nlmsg_type=RTM_GETADDR, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, nlmsg_seq=7, nlmsg_pid=0}, \
         {ifa_family=AF_UNSPEC, ...}]",
    );
    // The same bit, of a message that makes something, and of one that nobody knows.
    sends(
        ROUTE,
        &header(16, 16, 0x605),
        "{nlmsg_len=16, nlmsg_type=RTM_NEWLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK|NLM_F_EXCL|NLM_F_CREATE, \
         nlmsg_seq=7, nlmsg_pid=0}",
    );
    sends(
        ROUTE,
        &with(header(20, 999, 0x301), b"\x02\0\x01\0"),
        "[{nlmsg_len=20, nlmsg_type=0x3e7 /* RTM_??? */, nlmsg_flags=NLM_F_REQUEST|0x300, nlmsg_seq=7, nlmsg_pid=0}, \
         {family=AF_INET, data=\"\\x00\\x01\\x00\"}]",
    );
    // The same number, of another protocol.
    sends(
        SOCK_DIAG,
        &with(header(20, 20, 0x301), &[2, 6, 0, 0]),
        "[{nlmsg_len=20, nlmsg_type=SOCK_DIAG_BY_FAMILY, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, nlmsg_seq=7, \
         nlmsg_pid=0}, {sdiag_family=AF_INET, ...}]",
    );
    let two = [with(header(18, 26, 1), &[0, 1]), vec![9, 9], header(16, 26, 1)].concat();
    sends(
        ROUTE,
        &two,
        "[[{nlmsg_len=18, nlmsg_type=RTM_GETROUTE, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=7, nlmsg_pid=0}, \
         {rtm_family=AF_UNSPEC, ...}], {nlmsg_len=16, nlmsg_type=RTM_GETROUTE, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=7, \
         nlmsg_pid=0}]",
    );
}

#[test]
fn lengths_that_lie() {
    let line = |bytes: &[u8]| {
        made("sendto", &[3, A, bytes.len() as u64]).socket(3, 16, ROUTE).before(A, bytes).returned(0)
    };
    for len in [0, 1, 15, 17, 400, u32::MAX] {
        let call = line(&with(header(len, 18, 1), &[0; 6]));
        assert!(call.to_string().contains(&format!("nlmsg_len={len}, nlmsg_type=RTM_GETLINK")), "{call}");
    }
    let ended = line(&[header(16, 18, 1), header(0, 0, 0), header(16, 18, 1)].concat());
    assert_eq!(ended.arg("buf").unwrap().items().len(), 2);
    // No header; a socket of which nobody knows how it was made; one of another family.
    assert!(line(b"\x05\0\0").to_string().contains(r#"(3, "\5\0\0", 3"#));
    let bytes = header(16, 18, 1);
    let unknown = made("sendto", &[3, A, 16]).before(A, &bytes).returned(0);
    let unix = made("sendto", &[3, A, 16]).socket(3, 1, 0).before(A, &bytes).returned(0);
    for call in [unknown, unix] {
        assert!(call.to_string().starts_with(r#"sendto(3, "\20\0\0\0\22"#), "{call}");
    }
}

#[test]
fn answers() {
    let done = with(header(20, 3, 2), &[0; 4]);
    let got = |bytes: &[u8]| {
        made("recvfrom", &[3, A, 4096]).socket(3, 16, ROUTE).after(A, bytes).returned(bytes.len() as i64)
    };
    check(
        &got(&done),
        "recvfrom(3, [{nlmsg_len=20, nlmsg_type=NLMSG_DONE, nlmsg_flags=NLM_F_MULTI, nlmsg_seq=7, nlmsg_pid=0}, 0], \
         4096, 0, NULL, NULL) = 20",
    );
    let refused = with(header(36, 2, 0x100), &[ints(&[-95]), header(20, 18, 5)].concat());
    let call = got(&refused);
    check(
        &call,
        "recvfrom(3, [{nlmsg_len=36, nlmsg_type=NLMSG_ERROR, nlmsg_flags=NLM_F_CAPPED, nlmsg_seq=7, nlmsg_pid=0}, \
         {error=-EOPNOTSUPP, msg={nlmsg_len=20, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK, \
         nlmsg_seq=7, nlmsg_pid=0}}], 4096, 0, NULL, NULL) = 36",
    );
    let buf = call.arg("buf").unwrap();
    assert_eq!(buf.as_bytes(), Some(&*refused));
    assert_eq!(buf.items()[0].items()[0].field("nlmsg_type").and_then(Value::as_int), Some(2));
    let vector = words(&[B, 64]);
    let message =
        made("recvmsg", &[3, A]).socket(3, 16, ROUTE).before(A, &words(&[0, 0, 0x3000, 1, 0, 0, 0]));
    let message =
        message.before(0x3000, &vector).after(A, &words(&[0, 0, 0x3000, 1, 0, 0, 0])).after(B, &done);
    assert!(message.returned(20).to_string().contains(
        "[{iov_base=[{nlmsg_len=20, nlmsg_type=NLMSG_DONE, nlmsg_flags=NLM_F_MULTI, nlmsg_seq=7, nlmsg_pid=0}, 0], \
         iov_len=64}]"
    ));
}

fn attribute(ty: u16, value: &[u8]) -> Vec<u8> {
    let len = (4 + value.len()) as u16;
    let mut bytes = [&len.to_ne_bytes()[..], &ty.to_ne_bytes(), value].concat();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

#[test]
fn links_addresses_and_routes() {
    let link = [
        &ints(&[772 << 16, 1, 0x1_0049, 0])[..],
        &attribute(3, b"lo\0"),
        &attribute(1, &[2, 0xfc, 0, 0, 0, 1]),
    ]
    .concat();
    let link = [link, attribute(16, &[6]), attribute(33, &[1])].concat();
    sends(
        ROUTE,
        &with(header(76, 16, 2), &link),
        "[{nlmsg_len=76, nlmsg_type=RTM_NEWLINK, nlmsg_flags=NLM_F_MULTI, nlmsg_seq=7, nlmsg_pid=0}, \
         {ifi_family=AF_UNSPEC, ifi_type=ARPHRD_LOOPBACK, ifi_index=1, ifi_flags=IFF_UP|IFF_LOOPBACK|IFF_RUNNING|IFF_LOWER_UP, \
         ifi_change=0}, [[{nla_len=7, nla_type=IFLA_IFNAME}, \"lo\"], [{nla_len=10, nla_type=IFLA_ADDRESS}, \
         02:fc:00:00:00:01], [{nla_len=5, nla_type=IFLA_OPERSTATE}, 6], [{nla_len=5, nla_type=IFLA_CARRIER}, 1]]]",
    );
    let address = [vec![2, 24, 128, 0, 2, 0, 0, 0], attribute(1, &[192, 0, 2, 2])].concat();
    sends(
        ROUTE,
        &with(header(32, 20, 0x600), &address),
        "[{nlmsg_len=32, nlmsg_type=RTM_NEWADDR, nlmsg_flags=NLM_F_EXCL|NLM_F_CREATE, nlmsg_seq=7, nlmsg_pid=0}, \
         {ifa_family=AF_INET, ifa_prefixlen=24, ifa_flags=IFA_F_PERMANENT, ifa_scope=RT_SCOPE_UNIVERSE, ifa_index=2}, \
         [{nla_len=8, nla_type=IFA_ADDRESS}, inet_addr(\"192.0.2.2\")]]",
    );
    let route = [
        vec![2, 24, 0, 0, 254, 2, 253, 1, 0, 0, 0, 0],
        attribute(15, &[254, 0, 0, 0]),
        attribute(1, &[192, 0, 2, 0]),
    ]
    .concat();
    sends(
        ROUTE,
        &with(header(44, 24, 2), &route),
        "[{nlmsg_len=44, nlmsg_type=RTM_NEWROUTE, nlmsg_flags=NLM_F_MULTI, nlmsg_seq=7, nlmsg_pid=0}, {rtm_family=AF_INET, \
         rtm_dst_len=24, rtm_src_len=0, rtm_tos=0, rtm_table=RT_TABLE_MAIN, rtm_protocol=RTPROT_KERNEL, \
         rtm_scope=RT_SCOPE_LINK, rtm_type=RTN_UNICAST, rtm_flags=0}, [[{nla_len=8, nla_type=RTA_TABLE}, RT_TABLE_MAIN], \
         [{nla_len=8, nla_type=RTA_DST}, inet_addr(\"192.0.2.0\")]]]",
    );
    // An attribute that lies about its length, and one that nobody knows.
    let odd = [&ints(&[0, 0, 0, 0])[..], &attribute(999, &[1]), &[200, 0, 3, 0]].concat();
    sends(
        ROUTE,
        &with(header(44, 19, 1), &odd),
        "[{nlmsg_len=44, nlmsg_type=RTM_SETLINK, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=7, nlmsg_pid=0}, {ifi_family=AF_UNSPEC, \
         ifi_type=ARPHRD_NETROM, ifi_index=0, ifi_flags=0, ifi_change=0}, [[{nla_len=5, nla_type=0x3e7 /* IFLA_??? */}, \
         \"\\x01\"], \"\\xc8\\x00\\x03\\x00\"]]",
    );
}

#[test]
fn what_a_link_has() {
    let about = |attribute: &[u8], expected: &str| {
        let link = [&ints(&[0, 0, 0, 0])[..], attribute].concat();
        let len = 16 + link.len();
        sends(
            ROUTE,
            &with(header(len as u32, 16, 1), &link),
            &format!(
                "[{{nlmsg_len={len}, nlmsg_type=RTM_NEWLINK, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=7, nlmsg_pid=0}}, \
                 {{ifi_family=AF_UNSPEC, ifi_type=ARPHRD_NETROM, ifi_index=0, ifi_flags=0, ifi_change=0}}, {expected}]"
            ),
        );
    };
    let settings = attribute(2, &attribute(1, &ints(&[0, 1, -5])));
    let shown = "[{nla_len=20, nla_type=AF_INET}, [{nla_len=16, nla_type=IFLA_INET_CONF}, [[IPV4_DEVCONF_FORWARDING-1]=0, \
                 [IPV4_DEVCONF_MC_FORWARDING-1]=1, [IPV4_DEVCONF_PROXY_ARP-1]=-5]]]";
    about(&attribute(26, &settings), &format!("[{{nla_len=24, nla_type=IFLA_AF_SPEC}}, {shown}]"));
    about(
        &attribute(0x8000 | 26, &settings),
        &format!("[{{nla_len=24, nla_type=NLA_F_NESTED|IFLA_AF_SPEC}}, {shown}]"),
    );
    about(
        &attribute(26, &attribute(10, &[attribute(3, &words(&[1, 2])), attribute(1, &ints(&[16]))].concat())),
        "[{nla_len=36, nla_type=IFLA_AF_SPEC}, [{nla_len=32, nla_type=AF_INET6}, [[{nla_len=20, nla_type=IFLA_INET6_STATS}, [1, 2]], \
         [{nla_len=8, nla_type=IFLA_INET6_FLAGS}, IF_RS_SENT]]]]",
    );
    let mut token = [0; 16];
    token[15] = 1;
    about(
        &attribute(26, &attribute(10, &attribute(7, &token))),
        "[{nla_len=28, nla_type=IFLA_AF_SPEC}, [{nla_len=24, nla_type=AF_INET6}, [{nla_len=20, nla_type=IFLA_INET6_TOKEN}, \
         inet_pton(AF_INET6, \"::1\")]]]",
    );
    about(
        &attribute(18, &attribute(1, b"veth\0")),
        "[{nla_len=16, nla_type=IFLA_LINKINFO}, [{nla_len=9, nla_type=IFLA_INFO_KIND}, \"veth\"]]",
    );
    about(
        &attribute(43, &attribute(2, &[0])),
        "[{nla_len=12, nla_type=IFLA_XDP}, [{nla_len=5, nla_type=IFLA_XDP_ATTACHED}, XDP_ATTACHED_NONE]]",
    );
    about(
        &attribute(14, &words(&[1, 0, 3, 0x0605_0004])),
        "[{nla_len=36, nla_type=IFLA_MAP}, {mem_start=0x1, mem_end=0, base_addr=0x3, irq=4, dma=5, port=6}]",
    );
    // Less than there ever was.
    about(&attribute(23, &[1]), "[{nla_len=5, nla_type=IFLA_STATS64}, \"\\x01\"]");
}

/// More settings than names, in numbers too.
#[test]
fn settings_without_a_name_have_their_place() {
    let settings: Vec<i32> = (0..62).collect();
    let link =
        [&ints(&[0, 0, 0, 0])[..], &attribute(26, &attribute(10, &attribute(2, &ints(&settings))))].concat();
    let bytes = with(header(16 + link.len() as u32, 16, 1), &link);
    let call = made("sendto", &[3, A, bytes.len() as u64]).socket(3, 16, ROUTE).before(A, &bytes).returned(0);
    assert!(
        call.display(&Format::new().verbose(true)).to_string().contains("[60 /* DEVCONF_??? */]=60, [61 /")
    );
    assert!(call.to_string().contains("[DEVCONF_MLDV2_UNSOLICITED_REPORT_INTERVAL]=31, ...]"));
    let numbers = Format::new().constants(Constants::Numbers);
    assert!(call.display(&numbers).to_string().contains("nla_type=0x2}, [[0]=0, [1]=1, "));
}

#[test]
fn events_of_devices() {
    const KOBJECT_UEVENT: u32 = 15;
    let words = ints(&[0xfeed_cafe_u32.swap_bytes() as i32, 40, 40, 11, 0x11 << 24, 0, 0, 0]);
    let header = [&b"libudev\0"[..], &words].concat();
    let shown = "{prefix=\"libudev\", magic=htonl(0xfeedcafe), header_size=40, properties_off=40, properties_len=11, \
                 filter_subsystem_hash=htonl(0x11), filter_devtype_hash=htonl(0), filter_tag_bloom_hi=htonl(0), \
                 filter_tag_bloom_lo=htonl(0)}";
    sends(KOBJECT_UEVENT, &with(header.clone(), b"ACTION=add\0"), &format!("[{shown}, \"ACTION=add\\0\"]"));
    sends(KOBJECT_UEVENT, &header, shown);
    sends(KOBJECT_UEVENT, b"add@/x\0ACTION=add\0", r#""add@/x\0ACTION=add\0""#);
}

#[test]
fn sockets_that_are_asked_about() {
    let id =
        [&[0, 80, 4, 210, 127, 0, 0, 1][..], &[0; 12], &[10, 0, 0, 1], &[0; 12], &ints(&[1, -1, 5])].concat();
    let shown = "id={idiag_sport=htons(80), idiag_dport=htons(1234), idiag_src=inet_addr(\"127.0.0.1\"), \
                 idiag_dst=inet_addr(\"10.0.0.1\"), idiag_if=1, idiag_cookie=[4294967295, 5]}";
    let about = |flags: u16, content: &[u8], expected: &str| {
        let len = 16 + content.len();
        let name = if flags == 1 { "NLM_F_REQUEST" } else { "NLM_F_MULTI" };
        sends(
            SOCK_DIAG,
            &with(header(len as u32, 20, flags), content),
            &format!(
                "[{{nlmsg_len={len}, nlmsg_type=SOCK_DIAG_BY_FAMILY, nlmsg_flags={name}, nlmsg_seq=7, nlmsg_pid=0}}, {expected}]"
            ),
        );
    };
    let question = [&ints(&[0x03_0602, 0x402])[..], &id].concat();
    about(
        1,
        &question,
        &format!(
            "{{sdiag_family=AF_INET, sdiag_protocol=IPPROTO_TCP, idiag_ext=1<<(INET_DIAG_MEMINFO-1)|1<<(INET_DIAG_INFO-1), \
             idiag_states=1<<TCP_ESTABLISHED|1<<TCP_LISTEN, {shown}}}"
        ),
    );
    about(1, &question[..20], "{sdiag_family=AF_INET, ...}");
    let answer = [&[2, 10, 0, 0][..], &id, &ints(&[0, 1, 2, 1000, 77]), &attribute(8, &[3])].concat();
    about(
        2,
        &answer,
        &format!(
            "{{idiag_family=AF_INET, idiag_state=TCP_LISTEN, idiag_timer=0, idiag_retrans=0, {shown}, idiag_expires=0, \
             idiag_rqueue=1, idiag_wqueue=2, idiag_uid=1000, idiag_inode=77}}, [{{nla_len=5, nla_type=INET_DIAG_SHUTDOWN}}, 3]"
        ),
    );
    about(
        1,
        &ints(&[1, 0x402, 77, 5, 1, 2]),
        "{sdiag_family=AF_UNIX, sdiag_protocol=0, udiag_states=1<<TCP_ESTABLISHED|1<<TCP_LISTEN, udiag_ino=77, \
         udiag_show=UDIAG_SHOW_NAME|UDIAG_SHOW_PEER, udiag_cookie=[1, 2]}",
    );
    about(
        2,
        &[
            &[1, 1, 1, 0][..],
            &ints(&[77, 1, 2]),
            &attribute(2, &[78, 0, 0, 0]),
            &attribute(4, &ints(&[3, 4])),
        ]
        .concat(),
        "{udiag_family=AF_UNIX, udiag_type=SOCK_STREAM, udiag_state=TCP_ESTABLISHED, udiag_ino=77, udiag_cookie=[1, 2]}, \
         [[{nla_len=8, nla_type=UNIX_DIAG_PEER}, 78], [{nla_len=12, nla_type=UNIX_DIAG_RQLEN}, {udiag_rqueue=3, udiag_wqueue=4}]]",
    );
}

#[test]
fn states_are_numbers_and_names() {
    let bytes = with(header(40, 20, 1), &ints(&[1, 0x402, 77, 5, 1, 2]));
    let call = made("sendto", &[3, A, 40]).socket(3, 16, SOCK_DIAG).before(A, &bytes).returned(0);
    let text = |constants| call.display(&Format::new().constants(constants)).to_string();
    assert!(text(Constants::Both).contains("udiag_states=0x402 /* 1<<TCP_ESTABLISHED|1<<TCP_LISTEN */, "));
    assert!(text(Constants::Numbers).contains("udiag_states=0x402, "));
}
