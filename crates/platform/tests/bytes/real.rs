//! Programs of many machines, as their linkers wrote them (arch-test).

use platform::{Truncation, read_program};

use super::platform_of;

/// One real file: its first bytes, its full size, and what it is.
pub(crate) struct Real {
    pub(crate) bytes: &'static [u8],
    pub(crate) size: u64,
    platform: Option<&'static str>,
    description: &'static str,
}

macro_rules! real {
    ($name:literal, $size:literal, $platform:expr, $description:literal) => {
        Real {
            bytes: include_bytes!(concat!("../fixtures/arch-test/", $name)),
            size: $size,
            platform: $platform,
            description: $description,
        }
    };
}

#[rustfmt::skip]
pub(crate) const REAL: &[Real] = &[
    real!("alpha", 640, None, "ELF 64-bit Alpha, static"),
    real!("amd64", 8480, Some("linux/amd64"), "ELF 64-bit x86-64, static"),
    real!("arm64", 552, Some("linux/arm64"), "ELF 64-bit aarch64, static"),
    real!("arm64ilp32", 368, None, "ELF 32-bit aarch64 (ILP32), static"),
    real!("armel", 444, Some("linux/arm/v5"), "ELF 32-bit ARM (soft float), static"),
    real!("hppa", 4284, None, "ELF 32-bit PA-RISC big-endian, static"),
    real!("i386", 8380, Some("linux/386"), "ELF 32-bit i386, static"),
    real!("kfreebsd-amd64", 8480, Some("freebsd/amd64"), "ELF 64-bit x86-64 for FreeBSD, static"),
    real!("mips", 668, Some("linux/mips"), "ELF 32-bit MIPS big-endian, static"),
    real!("mips64", 920, Some("linux/mips64"), "ELF 64-bit MIPS big-endian, static"),
    real!("mips64el", 920, Some("linux/mips64le"), "ELF 64-bit MIPS, static"),
    real!("mipsel", 668, Some("linux/mipsle"), "ELF 32-bit MIPS, static"),
    real!("mipsn32", 668, None, "ELF 32-bit MIPS (n32) big-endian, static"),
    real!("powerpc", 344, Some("linux/ppc"), "ELF 32-bit PowerPC big-endian, static"),
    real!("ppc64", 65960, Some("linux/ppc64"), "ELF 64-bit ppc64 big-endian, static"),
    real!("ppc64el", 65960, Some("linux/ppc64le"), "ELF 64-bit ppc64le, static"),
    real!("riscv64", 696, Some("linux/riscv64"), "ELF 64-bit RISC-V, static"),
    real!("s390x", 544, Some("linux/s390x"), "ELF 64-bit s390x big-endian, static"),
    real!("sparc64", 552, Some("linux/sparc64"), "ELF 64-bit SPARC V9 big-endian, static"),
    real!("win32", 3072, Some("windows/386"), "PE i386"),
    real!("win64", 2560, Some("windows/amd64"), "PE x86-64"),
    real!("x32", 8380, None, "ELF 32-bit x86-64 (x32), static"),
];

#[test]
fn real_programs_say_what_they_are() {
    for real in REAL {
        let program = read_program(real.bytes, real.size);
        assert_eq!(program.describe(), real.description);
        assert_eq!(platform_of(&program).as_deref(), real.platform);
    }
}

#[test]
fn every_prefix_of_a_real_program_says_nothing_false() {
    for real in REAL {
        let whole = read_program(real.bytes, real.size);
        for length in 0..real.bytes.len() {
            let program = read_program(&real.bytes[..length], real.size);
            assert!(program.platform.is_none() || program.platform == whole.platform);
            let truncation = program.elf().map(|elf| elf.truncation);
            assert!(matches!(truncation, None | Some(Truncation::NotSeen)));
            let _ = (program.describe(), program.proof());
        }
    }
}

#[test]
fn twenty_bytes_decide_where_the_flags_do_not() {
    for real in REAL.iter().filter(|real| real.description.starts_with("ELF")) {
        let program = read_program(&real.bytes[..20], real.size);
        let needs_flags = ["ARM", "MIPS"].map(|name| real.description.contains(name));
        let expected = real.platform.filter(|_| needs_flags == [false, false]);
        assert_eq!(platform_of(&program).as_deref(), expected, "{}", real.description);
    }
}

#[test]
fn a_real_program_that_ends_before_its_code_does_is_truncated() {
    for real in REAL.iter().filter(|real| real.description.starts_with("ELF")) {
        let program = read_program(&real.bytes[..120], 120);
        let truncation = program.elf().map(|elf| elf.truncation);
        assert!(
            truncation.is_some_and(Truncation::is_fatal),
            "{}",
            real.description
        );
    }
}
