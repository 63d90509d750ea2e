//! What a row of the table says: [`Signature`], its [`Param`]s and their [`Kind`]s.
//!
//! A kind says what an argument means: how it is read and shown. Every kind is a `const` or the
//! result of a `const fn` below, so that an editor jumps from a row to its explanation.

/// One row of the table: a call, its parameters, its result.
#[derive(Debug)]
pub(crate) struct Signature {
    /// The x86_64 system call number.
    pub number: u32,
    /// The kernel's name, such as `openat` or `newfstatat`.
    pub name: &'static str,
    /// At most six, in the order of the registers.
    pub params: &'static [Param],
    /// What a result that is no error means.
    pub result: Kind,
}

impl Signature {
    /// The position of the parameter called `name`.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.params.iter().position(|param| param.name == name)
    }
}

/// A parameter: the man page's name and what it means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    /// The name on the man page; a file name is always `path`, `type` is `ty`.
    pub name: &'static str,
    /// What it means.
    pub kind: Kind,
}

/// What an argument or a field means, and when it exists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// What it means.
    pub shape: Shape,
    /// When it is there, or looked at, at all.
    pub condition: Condition,
}

/// When an argument exists. The function judges the value of the named argument.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Condition {
    /// Always there.
    Always,
    /// Not printed, absent from [`Call::arg`](crate::Call::arg), unless the function holds.
    OnlyIf(&'static str, fn(u64) -> bool),
    /// A bare address unless the function holds: the kernel does not look at it.
    ReadIf(&'static str, fn(u64) -> bool),
}

/// The meaning of a register or of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// A C `int`: the low 32 bits, signed.
    Int,
    /// A C `unsigned int`: the low 32 bits.
    Uint,
    /// A C `long`.
    Long,
    /// A C `unsigned long`.
    Ulong,
    /// A `size_t` or, as a result, an `ssize_t`: a number of bytes.
    Size,
    /// A file offset, signed.
    Off,
    /// A word that is shown in hexadecimal.
    Hex,
    /// An address the kernel does not read through, or one nobody decodes yet.
    Ptr,
    /// A file descriptor.
    Fd,
    /// A file descriptor that names a directory to start from, or `AT_FDCWD`.
    DirFd,
    /// A user id; -1 leaves it unchanged.
    Uid,
    /// A group id; -1 leaves it unchanged.
    Gid,
    /// A process, process group, session or thread id.
    Pid,
    /// A signal number.
    Signal,
    /// Permission bits and, where it has them, the file type.
    Mode,
    /// A device number.
    Dev,
    /// A key or keyring serial number.
    Key,
    /// A System V IPC key.
    IpcKey,
    /// In a structure: the address of a host, of 4 or 16 bytes.
    Host,
    /// A NUL-terminated path.
    Path,
    /// A NUL-terminated string that is no path.
    Str,
    /// A NULL-terminated array of strings: argv, envp.
    StrVec,
    /// In a structure: a string in an array of characters, up to its NUL.
    Chars,
    /// A register that is not shown: the upper half of an offset.
    Hidden,
    /// A result that is 0 when the call succeeded.
    Zero,
    /// No result: the call does not return.
    Never,
    /// A set of flags.
    Bits(&'static Family),
    /// One value of an enumeration.
    OneOf(&'static Family),
    /// A data buffer.
    Bytes(Dir, Len),
    /// A path that the kernel writes, not always NUL-terminated.
    PathOut(Len),
    /// One structure.
    One(Dir, &'static Struct),
    /// An array of structures.
    Many(Dir, &'static Struct, Len),
    /// An array of scalars, or one that is pointed to.
    Scalars(Dir, &'static Kind, Len),
    /// An array of `struct iovec` and the buffers behind it; the argument that counts them.
    Iov(Dir, &'static str),
    /// A socket address.
    SockAddr(Dir, Len),
    /// Decided by the value of another argument.
    By(&'static str, &'static Selector),
    /// Decided by two: the first in the upper half of the deciding value, the second in the lower.
    ByTwo(&'static str, &'static str, &'static Selector),
}

/// Who fills the memory an argument points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dir {
    /// The program; read at entry.
    In,
    /// The kernel; read at exit, when the call succeeded.
    Out,
    /// Both; read at entry and at exit.
    InOut,
}

/// How much memory an argument points to: bytes of a buffer, elements of an array.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Len {
    /// A fixed number.
    Exactly(u64),
    /// The value of the named argument.
    Arg(&'static str),
    /// What the named argument points to, a 32-bit length: at exit the smaller of it and its value at entry.
    At(&'static str),
    /// The result.
    Ret,
    /// The result, but never more than the named argument: some calls return a count and write nothing.
    RetUpTo(&'static str),
    /// The pages covered by the named argument, which counts bytes.
    Pages(&'static str),
    /// One or two, by the version word the named argument points to.
    CapVersion(&'static str),
    /// 64-bit words that hold as many bits as the named argument says.
    BitWords(&'static str),
    /// 64-bit words of a mask of memory nodes: one bit less than the named argument says. See set_mempolicy(2).
    NodeWords(&'static str),
}

/// A set of named values: a flag set or an enumeration.
#[derive(Debug)]
pub(crate) struct Family {
    /// The common part of the names, such as `O` or `AF`.
    pub name: &'static str,
    /// How values are put together.
    pub form: Form,
    /// In printing order; names of several bits stand before their parts.
    pub members: &'static [Member],
}

/// How a word of a family is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Plain bits.
    Bits,
    /// One value.
    One,
    /// An enumeration in the bits of the mask, plain bits in the others: access mode, map type, futex command.
    Field(u64),
    /// A signal in the low byte, shown last; plain bits in the others.
    SignalLow,
}

/// A name and its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    /// The C name.
    pub name: &'static str,
    /// Its value.
    pub value: u64,
    /// How the name is used.
    pub role: Role,
}

/// How a member of a family is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A bit, or several, or a value of an enumeration.
    Plain,
    /// A second name: accepted in matchers, never printed.
    Alias,
    /// A value of the enumeration embedded in the family's field.
    Field,
    /// Printed when no bit is set.
    Zero,
    /// Names 0, which prints as `0`; accepted in matchers.
    SilentZero,
    /// A mask, a magic or reserved number: accepted in matchers, never printed.
    Other,
}

/// The layout of a structure: its fields by offset.
#[derive(Debug)]
pub(crate) struct Struct {
    /// The C name.
    pub name: &'static str,
    /// Bytes, as in the kernel; 0 where the size is somebody else's to say.
    pub size: usize,
    /// How the bytes are read.
    pub layout: Layout,
}

/// How the bytes of a structure are read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Layout {
    /// A table of fields.
    Fields(&'static [Field]),
    /// The kernel's signal set: 8 bytes, a bit for each signal.
    SignalSet,
    /// A set of descriptors: a bit for each, the length in bits given by the array's length.
    FdSet,
    /// A set of processors.
    CpuSet,
    /// Directory entries, each with its own length.
    DirEntries,
    /// The status word of wait4.
    WaitStatus,
    /// `struct msghdr`, with the address, the buffers and the control messages it points to.
    Message,
    /// `siginfo_t`: which fields there are is decided by the signal and its code.
    SignalInfo,
    /// No field table yet: the argument is shown as its address.
    Opaque,
}

/// A field of a structure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// The C name.
    pub name: &'static str,
    /// Bytes from the start of the structure.
    pub offset: usize,
    /// Bytes.
    pub size: usize,
    /// What it means.
    pub kind: Kind,
    /// Shown only in verbose text; otherwise it is part of the `...`.
    pub verbose: bool,
}

/// What arguments mean, decided by the value of another one.
#[derive(Debug)]
pub(crate) struct Selector {
    /// The bits of the deciding value that count.
    pub mask: u64,
    /// In any order; the first case that matches is taken.
    pub cases: &'static [Case],
}

/// One case of a [`Selector`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    /// The deciding value, under the selector's mask.
    pub value: u64,
    /// The arguments that exist in this case, by their names in the signature.
    pub params: &'static [Param],
    /// What the result means, where the case changes it.
    pub result: Option<Kind>,
}

const fn kind(shape: Shape) -> Kind {
    Kind { shape, condition: Condition::Always }
}

macro_rules! plain {
    ($($name:ident = $shape:ident, $doc:literal;)*) => {
        $( #[doc = $doc] pub(crate) const $name: Kind = kind(Shape::$shape); )*
    };
}

plain! {
    INT = Int, "A C `int`.";
    UINT = Uint, "A C `unsigned int`.";
    LONG = Long, "A C `long`.";
    ULONG = Ulong, "A C `unsigned long`.";
    SIZE = Size, "A number of bytes.";
    OFF = Off, "A file offset.";
    HEX = Hex, "A word shown in hexadecimal.";
    PTR = Ptr, "An address.";
    FD = Fd, "A file descriptor.";
    DIRFD = DirFd, "A directory's descriptor, or `AT_FDCWD`.";
    UID = Uid, "A user id.";
    GID = Gid, "A group id.";
    PID = Pid, "A process or thread id.";
    SIGNAL = Signal, "A signal number.";
    MODE = Mode, "Permission bits, in octal.";
    DEV = Dev, "A device number.";
    KEY = Key, "A key's serial number.";
    IPC_KEY = IpcKey, "A System V IPC key.";
    HOST = Host, "The address of a host.";
    PATH = Path, "A path, read at entry.";
    STR = Str, "A string, read at entry.";
    STRV = StrVec, "argv or envp, read at entry.";
    CHARS = Chars, "A string inside a structure.";
    HIDDEN = Hidden, "A register that is not shown.";
    ZERO = Zero, "0 on success.";
    NEVER = Never, "Does not return.";
}

/// A set of flags of `family`.
pub(crate) const fn bits(family: &'static Family) -> Kind {
    kind(Shape::Bits(family))
}

/// One value of the enumeration `family`.
pub(crate) const fn one_of(family: &'static Family) -> Kind {
    kind(Shape::OneOf(family))
}

/// Bytes that the program passes.
pub(crate) const fn bytes_in(len: Len) -> Kind {
    kind(Shape::Bytes(Dir::In, len))
}

/// Bytes that the kernel writes.
pub(crate) const fn bytes_out(len: Len) -> Kind {
    kind(Shape::Bytes(Dir::Out, len))
}

/// A path that the kernel writes.
pub(crate) const fn path_out(len: Len) -> Kind {
    kind(Shape::PathOut(len))
}

/// A structure that the program passes.
pub(crate) const fn input(of: &'static Struct) -> Kind {
    kind(Shape::One(Dir::In, of))
}

/// A structure that the kernel writes.
pub(crate) const fn output(of: &'static Struct) -> Kind {
    kind(Shape::One(Dir::Out, of))
}

/// A structure that the kernel reads and writes.
pub(crate) const fn inout(of: &'static Struct) -> Kind {
    kind(Shape::One(Dir::InOut, of))
}

/// Structures that the program passes.
pub(crate) const fn inputs(of: &'static Struct, len: Len) -> Kind {
    kind(Shape::Many(Dir::In, of, len))
}

/// Structures that the kernel writes.
pub(crate) const fn outputs(of: &'static Struct, len: Len) -> Kind {
    kind(Shape::Many(Dir::Out, of, len))
}

/// Structures that the kernel reads and writes.
pub(crate) const fn inouts(of: &'static Struct, len: Len) -> Kind {
    kind(Shape::Many(Dir::InOut, of, len))
}

/// Scalars that the program passes.
pub(crate) const fn scalar_input(of: &'static Kind, len: Len) -> Kind {
    kind(Shape::Scalars(Dir::In, of, len))
}

/// Scalars that the kernel writes.
pub(crate) const fn scalar_output(of: &'static Kind, len: Len) -> Kind {
    kind(Shape::Scalars(Dir::Out, of, len))
}

/// Scalars that the kernel reads and writes.
pub(crate) const fn scalar_inout(of: &'static Kind, len: Len) -> Kind {
    kind(Shape::Scalars(Dir::InOut, of, len))
}

/// An array of buffers that the program passes, counted by the argument `count`.
pub(crate) const fn iov_in(count: &'static str) -> Kind {
    kind(Shape::Iov(Dir::In, count))
}

/// An array of buffers that the kernel fills, in order, up to the result.
pub(crate) const fn iov_out(count: &'static str) -> Kind {
    kind(Shape::Iov(Dir::Out, count))
}

/// A socket address that the program passes.
pub(crate) const fn sockaddr_in(len: Len) -> Kind {
    kind(Shape::SockAddr(Dir::In, len))
}

/// A socket address that the kernel writes.
pub(crate) const fn sockaddr_out(len: Len) -> Kind {
    kind(Shape::SockAddr(Dir::Out, len))
}

/// Decided by `argument`.
pub(crate) const fn by(argument: &'static str, selector: &'static Selector) -> Kind {
    kind(Shape::By(argument, selector))
}

/// Decided by `first` and `second`.
pub(crate) const fn by_two(first: &'static str, second: &'static str, selector: &'static Selector) -> Kind {
    kind(Shape::ByTwo(first, second, selector))
}

/// The value of `argument`.
pub(crate) const fn len(argument: &'static str) -> Len {
    Len::Arg(argument)
}

/// The length that `argument` points to.
pub(crate) const fn at(argument: &'static str) -> Len {
    Len::At(argument)
}

/// The result, at most `argument`.
pub(crate) const fn ret_up_to(argument: &'static str) -> Len {
    Len::RetUpTo(argument)
}

/// The pages of `argument` bytes.
pub(crate) const fn pages(argument: &'static str) -> Len {
    Len::Pages(argument)
}

/// As many bits as `argument` says, in whole words.
pub(crate) const fn bit_words(argument: &'static str) -> Len {
    Len::BitWords(argument)
}

/// As many nodes as `argument` says, in whole words.
pub(crate) const fn node_words(argument: &'static str) -> Len {
    Len::NodeWords(argument)
}

/// One or two, by the version that `argument` points to.
pub(crate) const fn cap_version(argument: &'static str) -> Len {
    Len::CapVersion(argument)
}

/// Always `n`.
pub(crate) const fn exactly(n: u64) -> Len {
    Len::Exactly(n)
}

/// The result.
pub(crate) const RET: Len = Len::Ret;

/// A single one.
pub(crate) const ONE: Len = Len::Exactly(1);

impl Kind {
    /// The argument exists only when `holds` is true of the value of `argument`.
    pub(crate) const fn only_if(self, argument: &'static str, holds: fn(u64) -> bool) -> Kind {
        Kind { shape: self.shape, condition: Condition::OnlyIf(argument, holds) }
    }

    /// The kernel looks at the argument only when `holds` is true of the value of `argument`.
    pub(crate) const fn read_if(self, argument: &'static str, holds: fn(u64) -> bool) -> Kind {
        Kind { shape: self.shape, condition: Condition::ReadIf(argument, holds) }
    }
}
