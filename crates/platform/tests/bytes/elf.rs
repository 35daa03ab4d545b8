//! ELF headers made by hand: what decides, what is missing, what is cut.

use platform::{Class, Format, Kind, PREFIX_LIMIT, Reading, Truncation, read_program};

use super::build::{ElfFile, STATIC};
use super::{platform_of, read};

const HARD: u32 = 0x0500_0400;
const SOFT: u32 = 0x0500_0200;

/// Machine, class, data, OSABI, flags; the platform and the machine's name.
type Row = (u16, u8, u8, u8, u32, Option<&'static str>, &'static str);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    (62, 2, 1, 0, 0, Some("linux/amd64"), "x86-64"),
    (62, 2, 1, 3, 0, Some("linux/amd64"), "x86-64"),
    (62, 2, 1, 9, 0, Some("freebsd/amd64"), "x86-64"),
    (62, 2, 1, 2, 0, Some("netbsd/amd64"), "x86-64"),
    (62, 2, 1, 12, 0, Some("openbsd/amd64"), "x86-64"),
    (62, 2, 1, 255, 0, None, "x86-64"),
    (62, 2, 2, 0, 0, None, "unknown machine"),
    (62, 1, 1, 0, 0, None, "x86-64 (x32)"),
    (183, 2, 1, 0, 0, Some("linux/arm64"), "aarch64"),
    (183, 2, 2, 0, 0, Some("linux/arm64be"), "aarch64"),
    (183, 1, 1, 0, 0, None, "aarch64 (ILP32)"),
    (40, 1, 1, 0, HARD, Some("linux/arm/v7"), "ARM (hard float)"),
    (40, 1, 1, 0, SOFT, Some("linux/arm/v5"), "ARM (soft float)"),
    (40, 1, 1, 0, 0x0500_0000, Some("linux/arm/v5"), "ARM (soft float)"),
    (40, 1, 1, 97, HARD, Some("linux/arm/v7"), "ARM (hard float)"),
    (40, 1, 1, 0, 0x202, None, "ARM (before EABI)"),
    (40, 1, 2, 0, HARD, Some("linux/armbe"), "ARM"),
    (3, 1, 1, 0, 0, Some("linux/386"), "i386"),
    (3, 2, 1, 0, 0, None, "unknown machine"),
    (3, 1, 1, 97, 0, None, "i386"),
    (8, 1, 1, 0, 0x7000_1000, Some("linux/mipsle"), "MIPS"),
    (8, 1, 1, 0, 0x9000_1000, None, "MIPS release 6"),
    (8, 1, 1, 0, 0x2000_0020, None, "MIPS (n32)"),
    (243, 2, 1, 0, 5, Some("linux/riscv64"), "RISC-V"),
    (258, 2, 1, 0, 0x43, Some("linux/loong64"), "LoongArch"),
    (22, 2, 2, 0, 0, Some("linux/s390x"), "s390x"),
    (22, 1, 2, 0, 0, Some("linux/s390"), "s390"),
    (247, 2, 1, 0, 0, None, "BPF"),
    (0, 2, 1, 0, 0, None, "no machine"),
    (0xfefe, 2, 1, 0, 0, None, "unknown machine"),
];

#[test]
fn machine_class_order_system_and_flags_decide_together() {
    for (machine, class, data, osabi, flags, platform, name) in ROWS.iter().copied() {
        let file = ElfFile {
            machine,
            class,
            data,
            osabi,
            flags,
            ..STATIC
        };
        let program = read(&file.bytes());
        let elf = program.elf().expect("an ELF file");
        assert_eq!(
            platform_of(&program).as_deref(),
            platform,
            "{name} {class} {data}"
        );
        assert_eq!((elf.machine, elf.machine_name), (machine, name));
        assert_eq!((elf.osabi, elf.flags), (osabi, Some(flags)));
        assert_eq!(elf.truncation, Truncation::NotSeen);
        assert_eq!(elf.reading, Reading::Whole);
    }
}

#[test]
fn the_loader_is_named() {
    let loader = "/lib64/ld-linux-x86-64.so.2";
    let file = ElfFile {
        machine: 62,
        kind: 3,
        loader,
        ..STATIC
    };
    let program = read(&file.bytes());
    assert_eq!(program.describe(), format!("ELF 64-bit x86-64, needs {loader}"));
    let elf = program.elf().expect("an ELF file");
    assert_eq!(elf.interpreter.as_deref(), Some(loader));
    assert_eq!(elf.kind, Kind::Shared);
}

#[test]
fn a_loader_beyond_the_prefix_is_unknown_and_not_missing() {
    let file = ElfFile {
        loader: "/lib/ld-musl-aarch64.so.1",
        ..STATIC
    };
    let bytes = file.bytes();
    let program = read_program(&bytes[..bytes.len() - 5], bytes.len() as u64);
    let elf = program.elf().expect("an ELF file");
    assert_eq!((elf.interpreter.as_deref(), elf.reading), (None, Reading::Part));
    assert_eq!(elf.truncation, Truncation::NotSeen);
    assert_eq!(program.describe(), "ELF 64-bit aarch64");
}

#[test]
fn a_loader_beyond_the_file_is_cut_off() {
    let file = ElfFile {
        loader: "/lib/ld-musl-aarch64.so.1",
        ..STATIC
    };
    let bytes = file.bytes();
    let ends = bytes.len() as u64;
    let program = read(&bytes[..bytes.len() - 5]);
    let elf = program.elf().expect("an ELF file");
    assert_eq!(elf.truncation, Truncation::Segment { ends });
    let end = format!("cut short at byte {} of at least {ends}", ends - 5);
    assert!(program.describe().ends_with(&end), "{}", program.describe());
}

#[test]
fn a_file_that_ends_within_its_headers_says_where() {
    let bytes = STATIC.bytes();
    for (length, truncation) in [
        (63, Truncation::Header),
        (64, Truncation::ProgramHeaders { ends: 120 }),
        (119, Truncation::ProgramHeaders { ends: 120 }),
        (120, Truncation::Segment { ends: 121 }),
    ] {
        let program = read(&bytes[..length]);
        let elf = program.elf().expect("an ELF file");
        assert_eq!(elf.truncation, truncation, "{length}");
        assert_eq!(platform_of(&program).as_deref(), Some("linux/arm64"));
    }
}

#[test]
fn lost_section_headers_do_not_keep_a_program_from_running() {
    let mut bytes = STATIC.bytes();
    bytes[40..48].copy_from_slice(&5000_u64.to_le_bytes());
    bytes[60] = 2;
    let elf = read(&bytes).elf().cloned().expect("an ELF file");
    assert_eq!(elf.truncation, Truncation::Sections { ends: 5128 });
    assert!(!elf.truncation.is_fatal());
}

#[test]
fn offsets_at_the_end_of_the_number_line_do_not_overflow() {
    let mut bytes = ElfFile {
        loader: "/lib/ld.so",
        ..STATIC
    }
    .bytes();
    bytes[32..40].fill(0xff);
    assert!(read(&bytes).elf().is_some_and(|elf| elf.truncation.is_fatal()));
    let mut bytes = ElfFile {
        loader: "/lib/ld.so",
        ..STATIC
    }
    .bytes();
    bytes[64 + 56 + 8..64 + 56 + 16].fill(0xff);
    let ends = u64::MAX;
    let elf = read(&bytes).elf().cloned().expect("an ELF file");
    assert_eq!(elf.truncation, Truncation::Segment { ends });
}

#[test]
fn an_endless_loader_name_is_not_read() {
    let mut bytes = ElfFile {
        loader: "/lib/ld.so",
        ..STATIC
    }
    .bytes();
    let length = 64 + 56 + 32;
    bytes[length..length + 8].copy_from_slice(&5000_u64.to_le_bytes());
    bytes.resize(PREFIX_LIMIT, b'a');
    assert_eq!(read(&bytes).elf().and_then(|elf| elf.interpreter.clone()), None);
}

#[test]
fn a_loader_of_hostile_bytes_is_escaped_for_people() {
    let file = ElfFile {
        loader: "/\u{1b}[31m\u{202e}",
        ..STATIC
    };
    let described = read(&file.bytes()).describe();
    assert_eq!(described, r"ELF 64-bit aarch64, needs /\u{1b}[31m\u{202e}");
}

#[test]
fn a_class_that_does_not_exist_leaves_all_unknown() {
    for (class, data) in [(0, 1), (3, 1), (2, 0), (2, 3)] {
        let mut bytes = STATIC.bytes();
        (bytes[4], bytes[5]) = (class, data);
        let program = read(&bytes);
        let elf = program.elf().expect("an ELF file");
        assert_eq!(
            (elf.class, elf.machine, program.platform.clone()),
            (None, 0, None)
        );
        assert_eq!(program.proof().map(|proof| (proof.from, proof.to)), Some((4, 6)));
    }
}

#[test]
fn the_first_four_bytes_alone_are_a_truncated_program() {
    let program = read(b"\x7fELF");
    assert_eq!(program.format, Format::Elf);
    assert!(
        program
            .elf()
            .is_some_and(|elf| elf.truncation == Truncation::Header)
    );
    assert_eq!(program.proof(), None);
    assert_eq!(read(b"\x7fEL").format, Format::Other);
}

#[test]
fn the_proof_is_the_machine_in_the_first_twenty_bytes() {
    let proof = read(&STATIC.bytes()).proof().expect("a proof");
    assert_eq!(proof.bytes.len(), 20);
    assert_eq!(&proof.bytes[proof.from..proof.to], [0xb7, 0]);
    assert_eq!(proof.meaning, "e_machine = 0xb7, aarch64");
}

#[test]
fn the_proof_of_another_system_is_its_osabi() {
    let file = ElfFile {
        machine: 62,
        osabi: 9,
        ..STATIC
    };
    let proof = read(&file.bytes()).proof().expect("a proof");
    assert_eq!(&proof.bytes[proof.from..proof.to], [9]);
    assert_eq!(proof.meaning, "EI_OSABI = 9, not Linux");
}

#[test]
fn the_class_is_kept_where_it_changes_the_machine() {
    let file = ElfFile {
        machine: 62,
        class: 1,
        ..STATIC
    };
    let program = read(&file.bytes());
    assert_eq!(program.elf().and_then(|elf| elf.class), Some(Class::Bits32));
    let meaning = program.proof().map(|proof| proof.meaning);
    assert_eq!(meaning.as_deref(), Some("e_machine = 0x3e, x86-64 (x32), 32-bit"));
}
