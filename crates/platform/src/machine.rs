//! Which machine an ELF header means. One number does not say it: the class,
//! the byte order and the flags take part (x32 and amd64 share theirs).

use crate::elf::Class::{self, Bits32, Bits64};
use crate::elf::Endianness::{self, Big, Little};

/// The parts of a header that decide together. `flags` are absent when the
/// bytes end before them.
pub(crate) struct Traits {
    pub(crate) machine: u16,
    pub(crate) class: Option<Class>,
    pub(crate) endianness: Option<Endianness>,
    pub(crate) flags: Option<u32>,
}

/// A machine: its name for people, and its architecture and variant as Go names
/// them; no architecture where Go has no name, or the header does not decide.
#[derive(Clone, Copy)]
pub(crate) struct Machine {
    pub(crate) name: &'static str,
    pub(crate) architecture: Option<&'static str>,
    pub(crate) variant: &'static str,
}

struct Row(
    u16,
    Option<Class>,
    Option<Endianness>,
    &'static str,
    Option<&'static str>,
);

const ARM: u16 = 40;
const MIPS: u16 = 8;

/// The first row that fits decides; `None` in a column fits everything.
const MACHINES: &[Row] = &[
    Row(62, Some(Bits64), Some(Little), "x86-64", Some("amd64")),
    Row(62, Some(Bits32), Some(Little), "x86-64 (x32)", None),
    Row(183, Some(Bits64), Some(Little), "aarch64", Some("arm64")),
    Row(183, Some(Bits64), Some(Big), "aarch64", Some("arm64be")),
    Row(183, Some(Bits32), None, "aarch64 (ILP32)", None),
    Row(3, Some(Bits32), Some(Little), "i386", Some("386")),
    Row(6, Some(Bits32), Some(Little), "i386", Some("386")),
    Row(ARM, Some(Bits32), Some(Little), "ARM", Some("arm")),
    Row(ARM, Some(Bits32), Some(Big), "ARM", Some("armbe")),
    Row(243, Some(Bits64), Some(Little), "RISC-V", Some("riscv64")),
    Row(243, Some(Bits32), Some(Little), "RISC-V", Some("riscv")),
    Row(258, Some(Bits64), Some(Little), "LoongArch", Some("loong64")),
    Row(258, Some(Bits32), Some(Little), "LoongArch", None),
    Row(21, Some(Bits64), Some(Little), "ppc64le", Some("ppc64le")),
    Row(21, Some(Bits64), Some(Big), "ppc64", Some("ppc64")),
    Row(20, Some(Bits32), Some(Big), "PowerPC", Some("ppc")),
    Row(22, Some(Bits64), Some(Big), "s390x", Some("s390x")),
    Row(22, Some(Bits32), Some(Big), "s390", Some("s390")),
    Row(MIPS, Some(Bits32), Some(Big), "MIPS", Some("mips")),
    Row(MIPS, Some(Bits32), Some(Little), "MIPS", Some("mipsle")),
    Row(MIPS, Some(Bits64), Some(Big), "MIPS", Some("mips64")),
    Row(MIPS, Some(Bits64), Some(Little), "MIPS", Some("mips64le")),
    Row(2, Some(Bits32), Some(Big), "SPARC", Some("sparc")),
    Row(18, Some(Bits32), Some(Big), "SPARC", Some("sparc")),
    Row(43, Some(Bits64), Some(Big), "SPARC V9", Some("sparc64")),
    Row(0, None, None, "no machine", None),
    Row(4, None, None, "m68k", None),
    Row(15, None, None, "PA-RISC", None),
    Row(42, None, None, "SuperH", None),
    Row(50, None, None, "IA-64", None),
    Row(83, None, None, "AVR", None),
    Row(93, None, None, "ARC", None),
    Row(94, None, None, "Xtensa", None),
    Row(164, None, None, "Hexagon", None),
    Row(189, None, None, "MicroBlaze", None),
    Row(190, None, None, "NVIDIA CUDA", None),
    Row(195, None, None, "ARC v2", None),
    Row(224, None, None, "AMD GPU", None),
    Row(247, None, None, "BPF", None),
    Row(252, None, None, "C-SKY", None),
    Row(0x9026, None, None, "Alpha", None),
];

const UNKNOWN: Machine = Machine {
    name: "unknown machine",
    architecture: None,
    variant: "",
};

/// The machine that these traits mean.
pub(crate) fn decide(traits: &Traits) -> Machine {
    let Some(row) = MACHINES.iter().find(|row| fits(row, traits)) else {
        return UNKNOWN;
    };
    let machine = Machine {
        name: row.3,
        architecture: row.4,
        variant: "",
    };
    match row.0 {
        ARM => arm(machine, traits.flags),
        MIPS => mips(machine, traits),
        _ => machine,
    }
}

/// The system whose programs carry this OSABI: the loaders of Linux write 0 or
/// 3, and Arm's tools their own.
pub(crate) fn system(osabi: u8, machine: u16) -> Option<&'static str> {
    match osabi {
        0 | 3 => Some("linux"),
        64 | 65 | 97 if machine == ARM => Some("linux"),
        2 => Some("netbsd"),
        6 => Some("solaris"),
        7 => Some("aix"),
        9 => Some("freebsd"),
        12 => Some("openbsd"),
        _ => None,
    }
}

/// Whether no architecture that engines have names has programs of this machine, whatever else its header says.
pub(crate) fn is_nameless(machine: u16) -> bool {
    machine != 0 && !MACHINES.iter().any(|row| row.0 == machine && row.4.is_some())
}

fn fits(row: &Row, traits: &Traits) -> bool {
    row.0 == traits.machine
        && (row.1.is_none() || row.1 == traits.class)
        && (row.2.is_none() || row.2 == traits.endianness)
}

/// The flags say how floats are passed, from which the least processor follows.
/// Binaries of before the EABI run on no kernel of today.
fn arm(machine: Machine, flags: Option<u32>) -> Machine {
    const EABI_MASK: u32 = 0xff00_0000;
    const HARD_FLOAT: u32 = 0x400;
    match flags {
        None => Machine {
            architecture: None,
            ..machine
        },
        Some(flags) if flags & EABI_MASK == 0 => Machine {
            name: "ARM (before EABI)",
            architecture: None,
            ..machine
        },
        Some(_) if machine.architecture == Some("armbe") => machine,
        Some(flags) if flags & HARD_FLOAT != 0 => Machine {
            name: "ARM (hard float)",
            variant: "v7",
            ..machine
        },
        Some(_) => Machine {
            name: "ARM (soft float)",
            variant: "v5",
            ..machine
        },
    }
}

/// The flags tell n32 from o32, and release 6, which runs nothing older.
fn mips(machine: Machine, traits: &Traits) -> Machine {
    const N32: u32 = 0x20;
    const ISA_SHIFT: u32 = 28;
    const FIRST_RELEASE_6: u32 = 9;
    let name = match traits.flags {
        Some(flags) if flags >> ISA_SHIFT >= FIRST_RELEASE_6 => "MIPS release 6",
        Some(flags) if flags & N32 != 0 && traits.class == Some(Bits32) => "MIPS (n32)",
        Some(_) => return machine,
        None => machine.name,
    };
    Machine {
        name,
        architecture: None,
        variant: "",
    }
}
