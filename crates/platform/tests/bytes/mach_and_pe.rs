//! Programs of macOS and Windows, made by hand.

use platform::{Detail, Format, read_program};

use super::build::{mach_thin, mach_universal, pe};
use super::{platform_of, read};

const ARM64: u32 = 0x0100_000c;
const X86_64: u32 = 0x0100_0007;

#[test]
fn a_thin_mach_o_names_its_architecture() {
    for (machine, platform, description) in [
        (ARM64, Some("darwin/arm64"), "Mach-O arm64"),
        (X86_64, Some("darwin/amd64"), "Mach-O x86_64"),
        (7, Some("darwin/386"), "Mach-O i386"),
        (0x77, None, "Mach-O unknown machine"),
    ] {
        let program = read(&mach_thin(machine));
        assert_eq!(program.format.as_str(), "mach-o");
        assert_eq!(platform_of(&program).as_deref(), platform);
        assert_eq!(program.describe(), description);
    }
}

#[test]
fn a_big_endian_mach_o_is_read_in_its_own_order() {
    let program = read(b"\xfe\xed\xfa\xce\0\0\0\x12\0\0\0\0\0\0\0\x02");
    assert_eq!(platform_of(&program).as_deref(), Some("darwin/ppc"));
}

#[test]
fn a_universal_mach_o_lists_its_architectures() {
    let program = read(&mach_universal(&[X86_64, ARM64]));
    assert_eq!(program.describe(), "Mach-O universal (x86_64, arm64)");
    assert_eq!(platform_of(&program).as_deref(), Some("darwin/amd64"));
    let proof = program.proof().expect("a proof");
    assert_eq!(&proof.bytes[proof.from..proof.to], X86_64.to_be_bytes());
}

#[test]
fn a_universal_mach_o_with_wide_offsets_is_read_too() {
    let mut bytes = vec![0xca, 0xfe, 0xba, 0xbf, 0, 0, 0, 2];
    for machine in [ARM64, X86_64] {
        bytes.extend(machine.to_be_bytes());
        bytes.extend([0; 28]);
    }
    assert_eq!(read(&bytes).describe(), "Mach-O universal (arm64, x86_64)");
}

#[test]
fn a_list_that_the_prefix_cuts_keeps_what_was_seen() {
    let bytes = mach_universal(&[ARM64, X86_64]);
    let program = read_program(&bytes[..30], 0x8000);
    assert_eq!(program.describe(), "Mach-O universal (arm64)");
}

#[test]
fn a_java_class_is_no_mach_o() {
    assert_eq!(
        read(b"\xca\xfe\xba\xbe\0\0\0\x34\0\x1d\x0a\0").format,
        Format::Other
    );
    assert_eq!(read(b"\xca\xfe\xba\xbe\0\0\0\0").format, Format::Other);
}

#[test]
fn a_pe_names_its_machine() {
    for (machine, platform, description) in [
        (0x8664, Some("windows/amd64"), "PE x86-64"),
        (0xaa64, Some("windows/arm64"), "PE ARM64"),
        (0x014c, Some("windows/386"), "PE i386"),
        (0x01c4, Some("windows/arm/v7"), "PE ARM"),
        (0x1234, None, "PE unknown machine"),
    ] {
        let program = read(&pe(machine, 0x80));
        assert_eq!(program.format, Format::Pe);
        assert_eq!(platform_of(&program).as_deref(), platform);
        assert_eq!(program.describe(), description);
        let proof = program.proof().expect("a proof");
        assert_eq!(proof.bytes[proof.from..proof.to], machine.to_le_bytes());
    }
}

#[test]
fn a_pe_header_beyond_the_prefix_is_unknown() {
    let bytes = pe(0x8664, 0x200);
    let program = read_program(&bytes[..0x100], bytes.len() as u64);
    assert_eq!((program.format, program.platform.clone()), (Format::Pe, None));
    assert!(matches!(&program.detail, Detail::Pe(pe) if pe.machine.is_none()));
    assert_eq!(program.proof(), None);
}

#[test]
fn the_letters_mz_alone_are_no_pe() {
    assert_eq!(read(b"MZ is a comic strip\n").format, Format::Text);
    let text = format!("MZ{}", " text".repeat(50));
    assert_eq!(read(text.as_bytes()).format, Format::Text);
    assert_eq!(read(&pe(0x8664, 0x80)[..0x80]).format, Format::Other);
}
