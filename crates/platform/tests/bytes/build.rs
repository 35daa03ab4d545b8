//! Files made by hand, a field at a time.

/// A little ELF file: one header, its program headers, then a loader's name.
#[derive(Clone, Copy)]
pub(crate) struct ElfFile {
    pub(crate) machine: u16,
    pub(crate) class: u8,
    pub(crate) data: u8,
    pub(crate) osabi: u8,
    pub(crate) kind: u16,
    pub(crate) flags: u32,
    pub(crate) loader: &'static str,
}

/// A static 64-bit little-endian program for Linux, to be changed.
pub(crate) const STATIC: ElfFile = ElfFile {
    machine: 183,
    class: 2,
    data: 1,
    osabi: 0,
    kind: 2,
    flags: 0,
    loader: "",
};

impl ElfFile {
    /// The bytes of the file: a `PT_LOAD` of all of it, and a `PT_INTERP` if
    /// there is a loader.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let wide = self.class == 2;
        let (header, entry) = if wide { (64, 56) } else { (52, 32) };
        let segments = if self.loader.is_empty() { 1 } else { 2 };
        let name_at = header + segments * entry;
        let name_length = self.loader.len() as u64 + 1;
        let size = name_at + name_length;
        let mut bytes = Writer::of(self.data);
        bytes.raw(&[0x7f, b'E', b'L', b'F', self.class, self.data, 1, self.osabi]);
        bytes.raw(&[0; 8]);
        bytes.number(self.kind.into(), 2);
        bytes.number(self.machine.into(), 2);
        bytes.number(1, 4);
        let address = if wide { 8 } else { 4 };
        for value in [0, header, 0] {
            bytes.number(value, address);
        }
        bytes.number(self.flags.into(), 4);
        for value in [header, entry, segments, 0, 0, 0] {
            bytes.number(value, 2);
        }
        bytes.segment(wide, 1, 0, size);
        if !self.loader.is_empty() {
            bytes.segment(wide, 3, name_at, name_length);
        }
        bytes.raw(self.loader.as_bytes());
        bytes.raw(&[0]);
        bytes.out
    }
}

/// A thin Mach-O header of this machine, little-endian and 64 bits wide.
pub(crate) fn mach_thin(machine: u32) -> Vec<u8> {
    let mut bytes = Writer::of(1);
    for value in [0xfeed_facf, machine, 0, 2, 0, 0, 0, 0] {
        bytes.number(value.into(), 4);
    }
    bytes.out
}

/// The header of a universal Mach-O file of these machines, with 32-bit offsets.
pub(crate) fn mach_universal(machines: &[u32]) -> Vec<u8> {
    let mut bytes = Writer::of(2);
    bytes.number(0xcafe_babe, 4);
    bytes.number(machines.len() as u64, 4);
    for machine in machines {
        for value in [*machine, 0, 0x4000, 0x100, 14] {
            bytes.number(value.into(), 4);
        }
    }
    bytes.out
}

/// A PE file of this machine, whose signature stands at this byte.
pub(crate) fn pe(machine: u16, signature_at: u32) -> Vec<u8> {
    let mut bytes = Writer::of(1);
    bytes.raw(b"MZ");
    bytes.raw(&[0; 0x3a]);
    bytes.number(signature_at.into(), 4);
    bytes.out.resize(signature_at as usize, 0);
    bytes.raw(b"PE\0\0");
    bytes.number(machine.into(), 2);
    bytes.raw(&[0; 18]);
    bytes.out
}

/// Numbers in the byte order that `EI_DATA` names: 2 is big-endian.
struct Writer {
    out: Vec<u8>,
    big: bool,
}

impl Writer {
    fn of(data: u8) -> Self {
        Self {
            out: Vec::new(),
            big: data == 2,
        }
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn number(&mut self, value: u64, width: usize) {
        if self.big {
            self.raw(&value.to_be_bytes()[8 - width..]);
        } else {
            self.raw(&value.to_le_bytes()[..width]);
        }
    }

    fn segment(&mut self, wide: bool, kind: u64, offset: u64, length: u64) {
        self.number(kind, 4);
        if wide {
            self.number(5, 4);
            for value in [offset, 0, 0, length, length, 1] {
                self.number(value, 8);
            }
        } else {
            for value in [offset, 0, 0, length, length, 5, 1] {
                self.number(value, 4);
            }
        }
    }
}
