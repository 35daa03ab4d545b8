//! The header of a Mach-O file, thin or universal.

use goblin::mach;
use goblin::mach::constants::cputype;
use goblin::mach::fat::{FAT_MAGIC, FatArch, FatHeader, SIZEOF_FAT_ARCH, SIZEOF_FAT_HEADER};

use crate::platform::Platform;

/// Universal files with 64-bit offsets, which differ in the length of an entry.
const FAT_MAGIC_64: u32 = 0xcafe_babf;
const SIZEOF_FAT_ARCH_64: usize = 32;

/// The most architectures of a universal file. A class file of Java begins with
/// the same four bytes, and then has a version from 45 on where this count is.
const MAX_SLICES: u32 = 30;

/// What a Mach-O file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachO {
    /// Whether it holds a program for each of several architectures.
    pub universal: bool,
    /// The architectures that were seen, in the file's order; one if it is not
    /// universal.
    pub slices: Vec<Slice>,
    /// Its first 16 bytes, or as many as there are.
    pub header: Vec<u8>,
}

/// One architecture in a Mach-O file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// `cputype` as it stands in the file.
    pub machine: u32,
    /// Its name as macOS has it: `arm64`, `x86_64`.
    pub name: &'static str,
    /// The platform, where it has a name.
    pub platform: Option<Platform>,
}

/// Reads a Mach-O file's architectures, and the first of them that has a name as
/// its platform; `None` when it is no such file.
pub(crate) fn read(bytes: &[u8]) -> Option<(MachO, Option<Platform>)> {
    let (magic, context) = mach::parse_magic_and_ctx(bytes, 0).ok()?;
    let (universal, slices) = match (context, magic) {
        (Some(context), _) => (false, thin(bytes, context.is_little_endian())),
        (None, FAT_MAGIC) => (true, fat(bytes, SIZEOF_FAT_ARCH)?),
        (None, FAT_MAGIC_64) => (true, fat(bytes, SIZEOF_FAT_ARCH_64)?),
        (None, _) => return None,
    };
    let platform = slices.iter().find_map(|slice| slice.platform.clone());
    let header = bytes.iter().take(16).copied().collect();
    Some((
        MachO {
            universal,
            slices,
            header,
        },
        platform,
    ))
}

fn thin(bytes: &[u8], little: bool) -> Vec<Slice> {
    let number = bytes.get(4..8).and_then(|field| field.try_into().ok());
    let decode = if little {
        u32::from_le_bytes
    } else {
        u32::from_be_bytes
    };
    number.map(decode).map(slice).into_iter().collect()
}

/// Entries that lie beyond the prefix are left out.
fn fat(bytes: &[u8], entry: usize) -> Option<Vec<Slice>> {
    let count = FatHeader::parse(bytes).ok()?.nfat_arch;
    if count == 0 || count > MAX_SLICES {
        return None;
    }
    let slices = (0..count as usize)
        .map_while(|index| FatArch::parse(bytes, SIZEOF_FAT_HEADER + index * entry).ok())
        .map(|arch| slice(arch.cputype))
        .collect();
    Some(slices)
}

fn slice(machine: u32) -> Slice {
    let (name, architecture) = match machine {
        cputype::CPU_TYPE_ARM64 => ("arm64", Some("arm64")),
        cputype::CPU_TYPE_X86_64 => ("x86_64", Some("amd64")),
        cputype::CPU_TYPE_X86 => ("i386", Some("386")),
        cputype::CPU_TYPE_ARM => ("arm", Some("arm")),
        cputype::CPU_TYPE_ARM64_32 => ("arm64_32", None),
        cputype::CPU_TYPE_POWERPC => ("ppc", Some("ppc")),
        cputype::CPU_TYPE_POWERPC64 => ("ppc64", Some("ppc64")),
        _ => ("unknown machine", None),
    };
    Slice {
        machine,
        name,
        platform: architecture.map(|architecture| Platform::new("darwin", architecture, "")),
    }
}
