//! What a file is, by its first bytes.

use crate::elf::{self, Elf};
use crate::mach::{self, MachO};
use crate::pe::{self, Pe};
use crate::platform::Platform;
use crate::proof::{self, Proof};
use crate::script::{self, Script};
use crate::text::{self, Text};

/// How many bytes of a file are worth passing to [`read_program`]: headers and
/// a loader's name stand in the first few kilobytes of what linkers write, and
/// the kernel itself reads at most 64 KiB of program headers.
pub const PREFIX_LIMIT: usize = 64 * 1024;

/// A file as its bytes describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// What sort of file it is.
    pub format: Format,
    /// What it is built for, where its bytes say so and the platform has a name.
    pub platform: Option<Platform>,
    /// What else its bytes say.
    pub detail: Detail,
    /// How long the whole file is, in bytes.
    pub size: u64,
}

/// The sorts of files that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// A program, library or object of Linux and most other systems.
    Elf,
    /// A text whose first two bytes are `#!`.
    Script,
    /// A program or library of macOS.
    MachO,
    /// A program or library of Windows.
    Pe,
    /// Any other text, also one with a byte order mark before `#!`.
    Text,
    /// No bytes at all.
    Empty,
    /// None of these, or nothing could be read.
    Other,
}

impl Format {
    /// The format's name in reports: `elf`, `script`, `mach-o`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Elf => "elf",
            Self::Script => "script",
            Self::MachO => "mach-o",
            Self::Pe => "pe",
            Self::Text => "text",
            Self::Empty => "empty",
            Self::Other => "other",
        }
    }
}

/// What the bytes of one format say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Of an ELF file.
    Elf(Elf),
    /// Of a script.
    Script(Script),
    /// Of a Mach-O file.
    MachO(MachO),
    /// Of a PE file.
    Pe(Pe),
    /// Of a text that is no script.
    Text(Text),
    /// Nothing that is understood here.
    Nothing,
}

/// Reads what a file is from its first bytes and its full size. A prefix is
/// enough; what lies beyond it is unknown, never guessed.
///
/// ```
/// use platform::{Format, read_program};
/// assert_eq!(read_program(b"", 0).describe(), "empty file");
/// assert_eq!(read_program(b"set -e\n", 7).format, Format::Text);
/// ```
pub fn read_program(prefix: &[u8], size: u64) -> Program {
    let length = usize::try_from(size).map_or(prefix.len(), |size| size.min(prefix.len()));
    let (detail, platform) = look(&prefix[..length], size);
    Program {
        format: format_of(&detail, size),
        platform,
        detail,
        size,
    }
}

impl Program {
    /// The ELF headers, if it has any.
    pub fn elf(&self) -> Option<&Elf> {
        if let Detail::Elf(elf) = &self.detail {
            return Some(elf);
        }
        None
    }

    /// The script's first line; also of a text whose `#!` stands behind a byte
    /// order mark, which the kernel does not run ([`Script::byte_order_mark`]).
    pub fn script(&self) -> Option<&Script> {
        if let Detail::Script(script) = &self.detail {
            return Some(script);
        }
        self.text()?.script.as_ref()
    }

    /// What is seen of a text that is no script.
    pub fn text(&self) -> Option<&Text> {
        if let Detail::Text(text) = &self.detail {
            return Some(text);
        }
        None
    }

    /// What it is, as one sentence for people: `ELF 64-bit aarch64, static`.
    /// Bytes from the file are escaped in it, and long names cut.
    pub fn describe(&self) -> String {
        crate::describe::describe(self)
    }

    /// The bytes that decide what it is; `None` where there are none to show.
    pub fn proof(&self) -> Option<Proof> {
        proof::of(self)
    }
}

fn look(bytes: &[u8], size: u64) -> (Detail, Option<Platform>) {
    if let Some((elf, platform)) = elf::read(bytes, size) {
        return (Detail::Elf(elf), platform);
    }
    if let Some(script) = script::read(bytes) {
        return (Detail::Script(script), None);
    }
    if let Some((mach, platform)) = mach::read(bytes) {
        return (Detail::MachO(mach), platform);
    }
    if let Some((pe, platform)) = pe::read(bytes, size) {
        return (Detail::Pe(pe), platform);
    }
    match text::read(bytes) {
        Some(text) => (Detail::Text(text), None),
        None => (Detail::Nothing, None),
    }
}

fn format_of(detail: &Detail, size: u64) -> Format {
    match detail {
        Detail::Elf(_) => Format::Elf,
        Detail::Script(_) => Format::Script,
        Detail::MachO(_) => Format::MachO,
        Detail::Pe(_) => Format::Pe,
        Detail::Text(_) => Format::Text,
        Detail::Nothing if size == 0 => Format::Empty,
        Detail::Nothing => Format::Other,
    }
}
