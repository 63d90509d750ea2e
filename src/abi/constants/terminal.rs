//! Families about terminals.

use crate::abi::constants::{family, names};
use crate::abi::signature::{Family, Form, Member, Role};

family! {
    C_IFLAG: Bits {
        IGNBRK, BRKINT, IGNPAR, PARMRK, INPCK, ISTRIP, INLCR, IGNCR, ICRNL, IUCLC, IXON, IXANY,
        IXOFF, IMAXBEL, IUTF8,
    }
    C_OFLAG: Bits {
        NL0(SilentZero), CR0(SilentZero), TAB0(SilentZero), BS0(SilentZero), VT0(SilentZero),
        FF0(SilentZero), NL1, CR3, CR1, CR2, XTABS, TAB3(Alias), TAB1, TAB2, BS1, VT1, FF1, OPOST,
        OLCUC, ONLCR, OCRNL, ONOCR, ONLRET, OFILL, OFDEL,
    }
    C_CFLAG: Field(0x100f) {
        B0(Field), B50(Field), B75(Field), B110(Field), B134(Field), B150(Field), B200(Field),
        B300(Field), B600(Field), B1200(Field), B1800(Field), B2400(Field), B4800(Field),
        B9600(Field), B19200(Field), B38400(Field), BOTHER(Field), B57600(Field), B115200(Field),
        B230400(Field), B460800(Field), B500000(Field), B576000(Field), B921600(Field),
        B1000000(Field), B1152000(Field), B1500000(Field), B2000000(Field), B2500000(Field),
        B3000000(Field), B3500000(Field), B4000000(Field), CS5(SilentZero), CS8, CS6, CS7, CSTOPB,
        CREAD, PARENB, PARODD, HUPCL, CLOCAL, CMSPAR, CRTSCTS,
    }
    C_LFLAG: Bits {
        ISIG, ICANON, XCASE, ECHO, ECHOE, ECHOK, ECHONL, NOFLSH, IEXTEN, ECHOCTL, ECHOPRT, ECHOKE,
        FLUSHO, PENDIN, TOSTOP, EXTPROC,
    }
    TC_FLOW: One {
        TCOOFF, TCOON, TCIOFF, TCION,
    }
    TC_QUEUE: One {
        TCIFLUSH, TCOFLUSH, TCIOFLUSH,
    }
}
