//! The text of socket addresses that are kept as bytes: a family has its fields, and an address that is too short for them has none.

use crate::abi::constants::addresses::{
    BDADDR, CRYPTO_ALG, ETH_P, HCI_CHANNEL, L2CAP_CID, L2CAP_PSM, NFC_PROTO, PACKET_TYPE, TIPC_ADDR,
    TIPC_SCOPE, VMADDR_CID, VMADDR_FLAG, VMADDR_PORT, XDP_BIND,
};
use crate::abi::constants::rtnetlink::ARPHRD;
use crate::abi::signature::Family;
use crate::trace::format::quote::{hex_quoted, string};
use crate::trace::format::value::{octets, value};
use crate::trace::format::{Constants, Format};
use crate::trace::value::{Buffer, Value, Word};

/// Their names and texts, in order.
type Fields = Vec<(&'static str, String)>;

/// The fields of an address, `None` where it has none that we know.
pub(super) fn fields(family: u16, data: &[u8], format: &Format) -> Option<Fields> {
    let address = Address { bytes: [&family.to_le_bytes(), data].concat(), format };
    match (family, address.bytes.len()) {
        (3, 16) => address.ax25(),
        (4, 16..) => address.ipx(),
        (9, 18..) => address.x25(),
        (17, 20..) => address.packet(),
        (29, 8..) => address.can(),
        (30, 16..) => address.tipc(),
        (31, len) => address.bluetooth(len),
        (38, 25..) => address.algorithm(),
        (39, 16) => address.nfc(),
        (40, 16..) => address.vsock(),
        (42, 12..) => address.qrtr(),
        (44, 16..) => address.xdp(),
        _ => None,
    }
}

struct Address<'a> {
    /// The family in front.
    bytes: Vec<u8>,
    format: &'a Format,
}

impl Address<'_> {
    /// `struct sockaddr_ax25` without digipeaters.
    fn ax25(&self) -> Option<Fields> {
        let (call, id) = (&self.bytes[2..8], self.bytes[8] >> 1 & 0xf);
        let call: String = call.iter().map(|&shifted| char::from(shifted >> 1)).collect();
        let call = call.trim_end();
        let is_sign =
            !call.is_empty() && call.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if !is_sign || self.int(12, 4) != 0 {
            return None;
        }
        let octets = format!("{{ax25_call={}}}", hexadecimal(&self.bytes[2..9]));
        let call = match self.format.constants {
            Constants::Names => format!("{call}-{id}"),
            Constants::Numbers => octets,
            Constants::Both => format!("{octets} /* {call}-{id} */"),
        };
        Some(vec![("sax25_call", call), ("sax25_ndigis", "0".to_owned())])
    }

    /// See ipx(7).
    fn ipx(&self) -> Option<Fields> {
        let network = u32::from_be_bytes(*self.bytes[4..].first_chunk()?);
        Some(vec![
            ("sipx_port", self.octets(&self.bytes[2..4], &format!("htons({})", self.big(2)))),
            ("sipx_network", format!("htonl({})", self.hex(network.into()))),
            ("sipx_node", hardware(&self.bytes[8..14], false)),
            ("sipx_type", self.hex(self.bytes[14].into())),
        ])
    }

    /// See x25(7).
    fn x25(&self) -> Option<Fields> {
        let end = self.bytes[2..18].iter().position(|&byte| byte == 0)?;
        let digits = self.whole(&self.bytes[2..2 + end], false);
        Some(vec![("sx25_addr", format!("{{x25_addr={digits}}}"))])
    }

    /// See packet(7). A hardware address may be longer than the structure has room for.
    fn packet(&self) -> Option<Fields> {
        let protocol = Word { family: &ETH_P, value: self.big(2).into() };
        let protocol = format!("htons({})", Value::Enumeration(protocol));
        let len = usize::from(self.bytes[11]);
        let mut fields = vec![
            ("sll_protocol", self.octets(&self.bytes[2..4], &protocol)),
            ("sll_ifindex", self.int(4, 4).to_string()),
            ("sll_hatype", self.one_of(&ARPHRD, self.int(8, 2))),
            ("sll_pkttype", self.one_of(&PACKET_TYPE, self.int(10, 1))),
            ("sll_halen", len.to_string()),
        ];
        let there = &self.bytes[12..self.bytes.len().min(12 + len)];
        if len > 0 {
            fields.push(("sll_addr", hardware(there, there.len() < len)));
        }
        Some(fields)
    }

    /// The interface; what else there is depends on the protocol of the socket.
    fn can(&self) -> Option<Fields> {
        let mut fields = vec![("can_ifindex", self.int(4, 4).to_string())];
        let rest = &self.bytes[8..];
        if rest.iter().any(|&byte| byte != 0) {
            fields.push(("can_addr", self.bytes(rest)));
        }
        Some(fields)
    }

    fn tipc(&self) -> Option<Fields> {
        let word = |at| self.int(at, 4);
        let (ty, [first, second, third]) = (self.int(2, 1), [word(4), word(8), word(12)]);
        let scope = self.bytes[3] as i8;
        let scope = match scope {
            0.. => self.text(&Value::Enumeration(Word { family: &TIPC_SCOPE, value: scope as u64 })),
            _ => scope.to_string(),
        };
        let address = match ty {
            1 => format!("{{nameseq={{type={first}, lower={second}, upper={third}}}}}"),
            2 => format!("{{name={{name={{type={first}, instance={second}}}, domain={third:#x}}}}}"),
            3 => format!("{{id={{ref={first}, node={second:#x}}}}}"),
            _ => self.bytes(&self.bytes[4..16]),
        };
        Some(vec![("addrtype", self.one_of(&TIPC_ADDR, ty)), ("scope", scope), ("addr", address)])
    }

    /// Its protocols have addresses of different sizes.
    fn bluetooth(&self, len: usize) -> Option<Fields> {
        let device = |at: usize| {
            let octets = &self.bytes[at..at + 6];
            let name: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
            self.octets(octets, &name.join(":"))
        };
        let little = |text: String| format!("htobs({text})");
        let fields = match len {
            4 | 6 => {
                let mut fields = vec![("hci_dev", little(self.int(2, 2).to_string()))];
                fields.extend((len == 6).then(|| ("hci_channel", self.one_of(&HCI_CHANNEL, self.int(4, 2)))));
                fields
            }
            8 => vec![("sco_bdaddr", device(2))],
            10 => vec![("rc_bdaddr", device(2)), ("rc_channel", self.bytes[8].to_string())],
            12 | 14 => {
                let mut fields = vec![
                    ("l2_psm", little(self.dynamic(&L2CAP_PSM, self.int(2, 2)))),
                    ("l2_bdaddr", device(4)),
                    ("l2_cid", little(self.dynamic(&L2CAP_CID, self.int(10, 2)))),
                ];
                fields.extend((len == 14).then(|| ("l2_bdaddr_type", self.one_of(&BDADDR, self.int(12, 1)))));
                fields
            }
            _ => return None,
        };
        Some(fields)
    }

    /// The name is as long as the address says.
    fn algorithm(&self) -> Option<Fields> {
        let word = |at| {
            let text = self.text(&Value::Flags(Word { family: &CRYPTO_ALG, value: self.int(at, 4) }));
            match self.format.constants {
                Constants::Names if !text.starts_with('0') => {
                    format!("{:#x} /* {text} */", self.int(at, 4))
                }
                _ => text,
            }
        };
        // The last character of one without an end is taken for it.
        let chars = |bytes: &[u8]| {
            let end = bytes.iter().position(|&byte| byte == 0);
            self.whole(&bytes[..end.unwrap_or(bytes.len() - 1)], end.is_none())
        };
        Some(vec![
            ("salg_type", chars(&self.bytes[2..16])),
            ("salg_feat", word(16)),
            ("salg_mask", word(20)),
            ("salg_name", chars(&self.bytes[24..])),
        ])
    }

    fn nfc(&self) -> Option<Fields> {
        Some(vec![
            ("dev_idx", self.int(4, 4).to_string()),
            ("target_idx", self.hex(self.int(8, 4))),
            ("nfc_protocol", self.one_of(&NFC_PROTO, self.int(12, 4))),
        ])
    }

    /// See vsock(7).
    fn vsock(&self) -> Option<Fields> {
        let named = |family: &'static Family, value| match family.members.iter().any(|it| it.value == value) {
            true => self.one_of(family, value),
            false => self.hex(value),
        };
        let mut fields = Fields::new();
        let reserved = self.int(2, 2);
        if reserved != 0 {
            fields.push(("svm_reserved1", self.hex(reserved)));
        }
        fields.push(("svm_cid", named(&VMADDR_CID, self.int(8, 4))));
        fields.push(("svm_port", named(&VMADDR_PORT, self.int(4, 4))));
        let flags = Word { family: &VMADDR_FLAG, value: self.bytes[12].into() };
        fields.push(("svm_flags", self.text(&Value::Flags(flags))));
        let zero = &self.bytes[13..16];
        if zero != [0; 3] {
            fields.push(("svm_zero", hexadecimal(zero)));
        }
        Some(fields)
    }

    fn qrtr(&self) -> Option<Fields> {
        Some(vec![("sq_node", self.hex(self.int(4, 4))), ("sq_port", self.hex(self.int(8, 4)))])
    }

    fn xdp(&self) -> Option<Fields> {
        let flags = Word { family: &XDP_BIND, value: self.int(2, 2) };
        Some(vec![
            ("sxdp_flags", self.text(&Value::Flags(flags))),
            ("sxdp_ifindex", self.int(4, 4).to_string()),
            ("sxdp_queue_id", self.int(8, 4).to_string()),
            ("sxdp_shared_umem_fd", self.hex(self.int(12, 4))),
        ])
    }

    fn int(&self, at: usize, size: usize) -> u64 {
        self.bytes[at..at + size].iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    /// In the byte order of the network.
    fn big(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.bytes[at], self.bytes[at + 1]])
    }

    fn one_of(&self, family: &'static Family, value: u64) -> String {
        self.text(&Value::Enumeration(Word { family, value }))
    }

    /// A value of a range that has a name for its beginning.
    fn dynamic(&self, family: &'static Family, value: u64) -> String {
        let exact = family.members.iter().any(|member| member.value == value);
        let start = family.members.iter().filter(|member| member.name.ends_with("DYN_START"));
        let end = |start: &str| {
            let name = start.replace("START", "END");
            family.members.iter().find(|member| member.name == name).map_or(0, |member| member.value)
        };
        let range = start.rev().find(|start| (start.value..=end(start.name)).contains(&value));
        let Some(range) = range.filter(|_| !exact) else { return self.one_of(family, value) };
        let (start, past) = (self.one_of(family, range.value), value - range.value);
        match self.format.constants {
            Constants::Names => format!("{start}+{past}"),
            Constants::Numbers => self.hex(value),
            Constants::Both => format!("{value:#x} /* {start}+{past} */"),
        }
    }

    fn octets(&self, octets: &[u8], name: &str) -> String {
        let mut text = String::new();
        self::octets(&mut text, octets, self.format, format_args!("{name}"))
            .expect("BUG: a string takes all");
        text
    }

    fn hex(&self, value: u64) -> String {
        self.text(&Value::Hex(value))
    }

    /// A string that is not cut, as paths are not.
    fn whole(&self, bytes: &[u8], more: bool) -> String {
        let mut text = String::new();
        string(&mut text, bytes, more, self.format.strings).expect("BUG: a string takes all");
        text
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        self.text(&Value::Bytes(Buffer { bytes: bytes.into(), total: Some(bytes.len() as u64) }))
    }

    fn text(&self, value: &Value) -> String {
        let mut text = String::new();
        self::value(&mut text, value, self.format).expect("BUG: a string takes all");
        text
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::new();
    hex_quoted(&mut text, bytes, false).expect("BUG: a string takes all");
    text
}

/// The octets of a hardware address: `[0x1, 00]`.
fn hardware(bytes: &[u8], more: bool) -> String {
    let mut octets: Vec<String> =
        bytes.iter().map(|octet| if *octet == 0 { "00".to_owned() } else { format!("{octet:#x}") }).collect();
    octets.extend(more.then(|| "...".to_owned()));
    format!("[{}]", octets.join(", "))
}
