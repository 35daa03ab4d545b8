//! Small ELF files: a header, its program headers, the loader's path, and a few bytes of code.

/// An ELF64 header, and one program header.
const HEADER: usize = 64;
const SEGMENT: usize = 56;

/// Where the kernel finds what it decides by.
const MACHINE: usize = 18;
const SEGMENTS_AT: usize = 32;
const SEGMENT_COUNT: usize = 56;

const LOAD: u32 = 1;
const INTERPRETER: u32 = 3;

/// The kind of an ELF file that a program has, and a library or a module has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Executable,
    Shared,
}

/// What the kernel reads of an ELF file before it starts it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) machine: u16,
    pub(crate) loader: Option<String>,
}

/// A little-endian ELF64 file for `machine` that names `loader`.
pub(crate) fn build(kind: Kind, machine: u16, loader: Option<&str>) -> Vec<u8> {
    let loader = loader.map(|path| [path.as_bytes(), &[0]].concat());
    let count = if loader.is_some() { 2 } else { 1 };
    let after = HEADER + SEGMENT * count;
    let name = loader.unwrap_or_default();
    let size = after + name.len() + CODE.len();
    let mut bytes = header(kind, machine, count);
    if !name.is_empty() {
        bytes.extend(segment(INTERPRETER, after, name.len()));
    }
    bytes.extend(segment(LOAD, 0, size));
    bytes.extend(name);
    bytes.extend(CODE);
    bytes
}

/// What the kernel would read of `bytes`; `None` when they are no such file.
pub(crate) fn head(bytes: &[u8]) -> Option<Head> {
    if !bytes.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let first = usize::try_from(long(bytes, SEGMENTS_AT)?).ok()?;
    let count = usize::from(short(bytes, SEGMENT_COUNT)?);
    let loader = (0..count).find_map(|index| {
        let at = first.checked_add(index.checked_mul(SEGMENT)?)?;
        let kind = u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?);
        let start = usize::try_from(long(bytes, at.checked_add(8)?)?).ok()?;
        let length = usize::try_from(long(bytes, at.checked_add(32)?)?).ok()?;
        let text = bytes.get(start..start.checked_add(length)?)?;
        let text = String::from_utf8_lossy(text).trim_end_matches('\0').to_owned();
        (kind == INTERPRETER).then_some(text)
    });
    Some(Head {
        machine: short(bytes, MACHINE)?,
        loader,
    })
}

/// Never executed: programs of a sample do not run.
const CODE: [u8; 16] = [0; 16];

fn header(kind: Kind, machine: u16, count: usize) -> Vec<u8> {
    let kind: u16 = match kind {
        Kind::Executable => 2,
        Kind::Shared => 3,
    };
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    bytes.extend(kind.to_le_bytes());
    bytes.extend(machine.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend((0x0040_0000_u64 + 0x80).to_le_bytes());
    bytes.extend((HEADER as u64).to_le_bytes());
    bytes.extend(0_u64.to_le_bytes());
    bytes.extend(0_u32.to_le_bytes());
    let counts = [HEADER, SEGMENT, count, 64, 0, 0];
    bytes.extend(
        counts
            .iter()
            .flat_map(|count| u16::try_from(*count).unwrap_or_default().to_le_bytes()),
    );
    bytes
}

fn segment(kind: u32, at: usize, length: usize) -> Vec<u8> {
    let readable_and_executable = 5_u32;
    let mut bytes = [kind.to_le_bytes(), readable_and_executable.to_le_bytes()].concat();
    let place = at as u64;
    let (address, length) = (0x0040_0000 + place, length as u64);
    for field in [place, address, address, length, length, 0x1000] {
        bytes.extend(field.to_le_bytes());
    }
    bytes
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(
        bytes.get(at..at.checked_add(2)?)?.try_into().ok()?,
    ))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(
        bytes.get(at..at.checked_add(8)?)?.try_into().ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_is_read_back() {
        let dynamic = build(Kind::Executable, 62, Some("/lib64/ld-linux-x86-64.so.2"));
        let expected = Head {
            machine: 62,
            loader: Some("/lib64/ld-linux-x86-64.so.2".to_owned()),
        };
        assert_eq!(head(&dynamic), Some(expected));
        assert_eq!(
            head(&build(Kind::Shared, 183, None)),
            Some(Head {
                machine: 183,
                loader: None
            })
        );
    }

    #[test]
    fn what_is_no_program_is_none() {
        for bytes in [&b""[..], b"#!/bin/sh\n", b"\x7fELF\x02\x01", &[0x7f; 200]] {
            assert_eq!(head(bytes), None);
        }
    }
}
