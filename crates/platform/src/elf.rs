//! The headers of an ELF file, as far as a prefix of it shows them.

use goblin::container::{Container, Ctx};
use goblin::elf::header::{self, Header};
use goblin::elf::program_header::{PT_DYNAMIC, PT_INTERP, PT_LOAD, ProgramHeader};
use goblin::elf::section_header::SectionHeader;

use crate::machine::{self, Machine, Traits};
use crate::platform::Platform;

/// The longest loader's name: the kernel refuses what is longer than a path.
const MAX_INTERPRETER: u64 = 4096;

/// What an ELF file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elf {
    /// `e_machine` as it stands in the file, 0 when the bytes end before it.
    pub machine: u16,
    /// The machine's name, by all that decides it: `x86-64`, `x86-64 (x32)`.
    pub machine_name: &'static str,
    /// How wide its addresses are; `None` when the byte is none that exists.
    pub class: Option<Class>,
    /// Its byte order; `None` when the byte is none that exists.
    pub endianness: Option<Endianness>,
    /// `EI_OSABI` as it stands in the file.
    pub osabi: u8,
    /// What it is for.
    pub kind: Kind,
    /// `e_flags`; `None` when the bytes end before them.
    pub flags: Option<u32>,
    /// The loader that it asks for (`PT_INTERP`), decoded with loss.
    pub interpreter: Option<String>,
    /// Whether it has a dynamic section, that is, loads or is a library.
    pub is_dynamic: bool,
    /// Whether all that decides the fields above was within the prefix.
    pub reading: Reading,
    /// Whether its headers point past its end.
    pub truncation: Truncation,
    /// Its first 20 bytes, or as many as there are.
    pub header: Vec<u8>,
}

impl Elf {
    /// Whether it is for a machine that no engine runs on: its own have names.
    pub fn is_for_nameless_machine(&self) -> bool {
        crate::machine::is_nameless(self.machine)
    }
}

/// How wide addresses are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// 32-bit addresses.
    Bits32,
    /// 64-bit addresses.
    Bits64,
}

/// In which order the bytes of a number stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endianness {
    /// The least byte first.
    Little,
    /// The greatest byte first.
    Big,
}

/// What an ELF file is for (`e_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An object file, to be linked.
    Relocatable,
    /// A program with a fixed address.
    Executable,
    /// A library, or a program that can be loaded anywhere.
    Shared,
    /// The memory of a program that crashed.
    Core,
    /// Another number.
    Other(u16),
}

/// How much of what was asked lay within the bytes passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// All of it.
    Whole,
    /// Not all: an absent interpreter or dynamic section may still be there.
    Part,
}

/// Whether a file ends before its headers say that it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truncation {
    /// Nothing that was seen points past its end.
    NotSeen,
    /// It ends within its first header.
    Header,
    /// Its program headers would end at this byte.
    ProgramHeaders {
        /// Where they would end.
        ends: u64,
    },
    /// A part to be loaded would end at this byte.
    Segment {
        /// Where it would end.
        ends: u64,
    },
    /// Only its section headers, which running does not need, would end at this
    /// byte.
    Sections {
        /// Where they would end.
        ends: u64,
    },
}

impl Truncation {
    /// Whether what is missing keeps the program from running.
    pub fn is_fatal(self) -> bool {
        match self {
            Self::Header | Self::ProgramHeaders { .. } | Self::Segment { .. } => true,
            Self::NotSeen | Self::Sections { .. } => false,
        }
    }
}

/// Reads the headers of an ELF file of `size` bytes that begins with `bytes`;
/// `None` when it is none.
pub(crate) fn read(bytes: &[u8], size: u64) -> Option<(Elf, Option<Platform>)> {
    if !bytes.starts_with(header::ELFMAG) {
        return None;
    }
    let Some((header, context)) = parse_header(bytes) else {
        return Some((malformed(bytes, size), None));
    };
    let traits = traits(bytes, &header, context);
    let machine = machine::decide(&traits);
    let mut elf = Elf {
        machine: header.e_machine,
        machine_name: machine.name,
        class: traits.class,
        endianness: traits.endianness,
        osabi: header.e_ident[header::EI_OSABI],
        kind: kind(header.e_type),
        flags: traits.flags,
        interpreter: None,
        is_dynamic: false,
        reading: Reading::Whole,
        truncation: Truncation::NotSeen,
        header: first_bytes(bytes),
    };
    let whole_header = Header::size(context);
    if bytes.len() < whole_header {
        elf.reading = Reading::Part;
        elf.truncation = ends_within(whole_header, size);
    } else {
        read_segments(&mut elf, &header, context, bytes, size);
    }
    let platform = platform(&elf, &machine);
    Some((elf, platform))
}

/// Parses the first header; bytes that are not there read as zero, so that the
/// machine is known from the first 20.
fn parse_header(bytes: &[u8]) -> Option<(Header, Ctx)> {
    let mut padded = [0; header::header64::SIZEOF_EHDR];
    let length = bytes.len().min(padded.len());
    padded[..length].copy_from_slice(&bytes[..length]);
    let header = goblin::elf::Elf::parse_header(&padded).ok()?;
    let context = Ctx::new(header.container().ok()?, header.endianness().ok()?);
    Some((header, context))
}

/// The program headers of an ELF file that begins with `bytes`, and how its numbers are written; `None` when they are
/// not all there.
pub(crate) fn segments(bytes: &[u8]) -> Option<(Vec<ProgramHeader>, Ctx)> {
    if !bytes.starts_with(header::ELFMAG) {
        return None;
    }
    let (header, context) = parse_header(bytes)?;
    if bytes.len() < Header::size(context) {
        return None;
    }
    let entries = u64::from(header.e_phnum) * ProgramHeader::size(context) as u64;
    let ends = header.e_phoff.saturating_add(entries);
    let segments = program_headers(&header, context, bytes, ends)?;
    Some((segments, context))
}

fn traits(bytes: &[u8], header: &Header, context: Ctx) -> Traits {
    let (class, flags_end) = match context.container {
        Container::Little => (Class::Bits32, 40),
        Container::Big => (Class::Bits64, 52),
    };
    let endianness = if context.is_little_endian() {
        Endianness::Little
    } else {
        Endianness::Big
    };
    Traits {
        machine: header.e_machine,
        class: Some(class),
        endianness: Some(endianness),
        flags: (bytes.len() >= flags_end).then_some(header.e_flags),
    }
}

/// A file that begins as ELF does, and whose class or byte order is neither of
/// those that exist, or is not there.
fn malformed(bytes: &[u8], size: u64) -> Elf {
    Elf {
        machine: 0,
        machine_name: "unknown machine",
        class: None,
        endianness: None,
        osabi: bytes.get(header::EI_OSABI).copied().unwrap_or_default(),
        kind: Kind::Other(0),
        flags: None,
        interpreter: None,
        is_dynamic: false,
        reading: Reading::Part,
        truncation: ends_within(header::header32::SIZEOF_EHDR, size),
        header: first_bytes(bytes),
    }
}

fn ends_within(header: usize, size: u64) -> Truncation {
    if size < header as u64 {
        Truncation::Header
    } else {
        Truncation::NotSeen
    }
}

fn first_bytes(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().take(20).copied().collect()
}

fn kind(number: u16) -> Kind {
    match number {
        header::ET_REL => Kind::Relocatable,
        header::ET_EXEC => Kind::Executable,
        header::ET_DYN => Kind::Shared,
        header::ET_CORE => Kind::Core,
        other => Kind::Other(other),
    }
}

fn platform(elf: &Elf, machine: &Machine) -> Option<Platform> {
    let os = machine::system(elf.osabi, elf.machine)?;
    Some(Platform::new(os, machine.architecture?, machine.variant))
}

fn read_segments(elf: &mut Elf, header: &Header, context: Ctx, bytes: &[u8], size: u64) {
    let count = u64::from(header.e_phnum);
    let entry = ProgramHeader::size(context) as u64;
    let ends = header.e_phoff.saturating_add(count * entry);
    if count > 0 && ends > size {
        elf.truncation = Truncation::ProgramHeaders { ends };
        return;
    }
    match program_headers(header, context, bytes, ends) {
        Some(segments) => {
            elf.is_dynamic = segments.iter().any(|segment| segment.p_type == PT_DYNAMIC);
            (elf.interpreter, elf.reading) = interpreter(&segments, bytes, size);
            elf.truncation = truncation(&segments, header, context, size);
        }
        None => elf.reading = Reading::Part,
    }
}

/// The program headers; `None` when they lie beyond the prefix, or when their
/// entries are not as long as this class has them, which the kernel refuses.
fn program_headers(header: &Header, context: Ctx, bytes: &[u8], ends: u64) -> Option<Vec<ProgramHeader>> {
    let count = usize::from(header.e_phnum);
    if count == 0 {
        return Some(Vec::new());
    }
    let entry = usize::from(header.e_phentsize);
    if entry != ProgramHeader::size(context) || ends > bytes.len() as u64 {
        return None;
    }
    let offset = usize::try_from(header.e_phoff).ok()?;
    ProgramHeader::parse(bytes, offset, count, context).ok()
}

/// The loader's name in the first `PT_INTERP`, which is the one that counts.
fn interpreter(segments: &[ProgramHeader], bytes: &[u8], size: u64) -> (Option<String>, Reading) {
    let Some(segment) = segments.iter().find(|segment| segment.p_type == PT_INTERP) else {
        return (None, Reading::Whole);
    };
    let ends = segment.p_offset.saturating_add(segment.p_filesz);
    if segment.p_filesz > MAX_INTERPRETER || ends > size {
        return (None, Reading::Whole);
    }
    let start = usize::try_from(segment.p_offset).ok();
    let end = usize::try_from(ends).ok();
    let Some(name) = start.zip(end).and_then(|(start, end)| bytes.get(start..end)) else {
        return (None, Reading::Part);
    };
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let name = String::from_utf8_lossy(name).into_owned();
    (Some(name).filter(|name| !name.is_empty()), Reading::Whole)
}

fn truncation(segments: &[ProgramHeader], header: &Header, context: Ctx, size: u64) -> Truncation {
    let needed = segments
        .iter()
        .filter(|segment| matches!(segment.p_type, PT_LOAD | PT_INTERP) && segment.p_filesz > 0)
        .map(|segment| segment.p_offset.saturating_add(segment.p_filesz))
        .max()
        .unwrap_or_default();
    let sections = u64::from(header.e_shnum) * SectionHeader::size(context) as u64;
    let sections_end = header.e_shoff.saturating_add(sections);
    if needed > size {
        Truncation::Segment { ends: needed }
    } else if sections > 0 && sections_end > size {
        Truncation::Sections { ends: sections_end }
    } else {
        Truncation::NotSeen
    }
}
