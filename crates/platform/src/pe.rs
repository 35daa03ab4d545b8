//! The header of a PE file.

use goblin::pe::header::{self, DosHeader};

use crate::platform::Platform;

/// The signature's four bytes and the machine's two.
const FIELD: usize = 6;

/// What a PE file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pe {
    /// `Machine` as it stands in the file; `None` when it lies beyond the bytes
    /// passed.
    pub machine: Option<u16>,
    /// Its name: `x86-64`, `ARM64`.
    pub machine_name: &'static str,
    /// The signature `PE\0\0` and the machine; empty when they were not seen.
    pub header: Vec<u8>,
}

/// Reads the machine of a PE file of `size` bytes that begins with `bytes`;
/// `None` when it is none.
pub(crate) fn read(bytes: &[u8], size: u64) -> Option<(Pe, Option<Platform>)> {
    if !bytes.starts_with(b"MZ") {
        return None;
    }
    let start = signature(bytes)?;
    let Some(header) = DosHeader::parse(bytes).ok().and_then(|_| field(bytes, start)) else {
        return beyond(bytes, start, size);
    };
    let machine = u16::from_le_bytes([header[4], header[5]]);
    let (machine_name, architecture) = name(machine);
    let pe = Pe {
        machine: Some(machine),
        machine_name,
        header: header.to_vec(),
    };
    let platform = architecture.map(|architecture| Platform::new("windows", architecture, ""));
    Some((pe, platform))
}

/// Where the PE signature should stand.
fn signature(bytes: &[u8]) -> Option<u64> {
    let at = header::PE_POINTER_OFFSET as usize;
    let field = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u64::from(u32::from_le_bytes(field)))
}

/// The signature and the machine behind it.
fn field(bytes: &[u8], start: u64) -> Option<&[u8; FIELD]> {
    let start = usize::try_from(start).ok()?;
    bytes.get(start..start.checked_add(FIELD)?)?.try_into().ok()
}

/// A file whose signature lies within the file and beyond the bytes passed.
fn beyond(bytes: &[u8], start: u64, size: u64) -> Option<(Pe, Option<Platform>)> {
    let end = start + FIELD as u64;
    if end <= bytes.len() as u64 || end > size {
        return None;
    }
    let pe = Pe {
        machine: None,
        machine_name: "unknown machine",
        header: Vec::new(),
    };
    Some((pe, None))
}

fn name(machine: u16) -> (&'static str, Option<&'static str>) {
    match machine {
        header::COFF_MACHINE_X86_64 => ("x86-64", Some("amd64")),
        header::COFF_MACHINE_ARM64 => ("ARM64", Some("arm64")),
        header::COFF_MACHINE_X86 => ("i386", Some("386")),
        header::COFF_MACHINE_ARMNT => ("ARM", Some("arm")),
        0xa641 => ("ARM64EC", Some("arm64")),
        _ => ("unknown machine", None),
    }
}
