//! One header of a tar archive, in the dialects that engines and others write.

use super::{Broken, Entry, EntryKind};

/// Everything in an archive is a multiple of this long.
pub(super) const BLOCK: usize = 512;

/// No file system holds longer files; above it sums could overflow.
pub(super) const MAX_SIZE: u64 = i64::MAX as u64;

/// What follows a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The contents of a regular file.
    File,
    /// The same in the oldest dialect, where a folder is a file whose name ends in a slash.
    Old,
    /// The contents of a file with holes, in the old way of GNU.
    Holes,
    /// Nothing: another name for a file.
    Hard,
    /// Nothing: a symbolic link.
    Link,
    /// Nothing: a folder.
    Folder,
    /// Nothing: a device or pipe.
    Special,
    /// The name of the next entry, in the way of GNU.
    LongName,
    /// Where the next entry leads, in the way of GNU.
    LongLink,
    /// Facts about the next entry, in the way of POSIX.
    Pax,
    /// Facts about all that follows: nothing in them matters here.
    Global,
    /// Something that is skipped.
    Other,
}

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) size: u64,
}

impl Header {
    /// From `block`, which has [`BLOCK`] bytes; `None` for the empty one that ends an archive.
    pub(super) fn read(block: &[u8]) -> Result<Option<Self>, Broken> {
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let sum = number(field(block, 148, 8)).ok_or(Broken::Header)?;
        if !sums(block).contains(&sum) {
            return Err(Broken::Header);
        }
        let kind = kind(block);
        let size = match kind {
            Kind::Hard | Kind::Link | Kind::Folder | Kind::Special => 0,
            Kind::File
            | Kind::Old
            | Kind::Holes
            | Kind::LongName
            | Kind::LongLink
            | Kind::Pax
            | Kind::Global
            | Kind::Other => number(field(block, 124, 12)).ok_or(Broken::Size)?,
        };
        Ok(Some(Self { kind, size }))
    }
}

/// The name in a header, with the part before it where there is one.
pub(super) fn path(block: &[u8]) -> Vec<u8> {
    let name = text(field(block, 0, 100));
    let prefix = text(field(block, 345, 155));
    // GNU's own dialect has other things in the place of the prefix.
    if field(block, 257, 6) != b"ustar\0" || prefix.is_empty() {
        return name.to_vec();
    }
    [prefix, b"/", name].concat()
}

/// Where a link leads.
pub(super) fn leads(block: &[u8]) -> &[u8] {
    text(field(block, 157, 100))
}

/// Whose an entry is, and who may do what with it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Owned {
    mode: u32,
    user: Option<u32>,
    group: Option<u32>,
}

/// What a header says of that. Bits beyond permissions are some programs' own.
pub(super) fn owned(block: &[u8]) -> Owned {
    let read = |at, length| number(field(block, at, length)).and_then(|number| u32::try_from(number).ok());
    Owned {
        mode: read(100, 8).unwrap_or_default() & 0o7777,
        user: read(108, 8),
        group: read(116, 8),
    }
}

impl Owned {
    /// An entry that is so owned.
    pub(super) fn entry<'a>(
        self,
        path: &'a [u8],
        kind: EntryKind<'a>,
        size: u64,
        head: &'a [u8],
    ) -> Entry<'a> {
        Entry {
            path,
            kind,
            size,
            head,
            mode: self.mode,
            user: self.user,
            group: self.group,
        }
    }
}

/// Whether the list of a file's holes goes on behind its header.
pub(super) fn goes_on_behind_holes(block: &[u8]) -> bool {
    block.get(482).is_some_and(|byte| *byte != 0)
}

/// Whether it goes on behind one of the further headers.
pub(super) fn more_holes(block: &[u8]) -> bool {
    block.get(504).is_some_and(|byte| *byte != 0)
}

/// A number in octal, or in base 256 when its first bit is set; `None` for what is none, negative or too large.
pub(super) fn number(field: &[u8]) -> Option<u64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        let start = u64::from(first & 0x7f);
        let add = |sum: u64, byte: &u8| sum.checked_mul(256)?.checked_add(u64::from(*byte));
        return rest.iter().try_fold(start, add).filter(|sum| *sum <= MAX_SIZE);
    }
    let blank = |byte: &u8| matches!(byte, 0 | b' ');
    let start = field.iter().position(|byte| !blank(byte)).unwrap_or(field.len());
    let digits = field[start..].split(blank).next().unwrap_or_default();
    digits.iter().try_fold(0_u64, |sum, byte| match byte {
        b'0'..=b'7' => sum.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

fn kind(block: &[u8]) -> Kind {
    match block[156] {
        0 => Kind::Old,
        b'0' | b'7' => Kind::File,
        b'1' => Kind::Hard,
        b'2' => Kind::Link,
        b'5' => Kind::Folder,
        b'3'..=b'6' => Kind::Special,
        b'S' => Kind::Holes,
        b'L' => Kind::LongName,
        b'K' => Kind::LongLink,
        b'x' => Kind::Pax,
        b'g' => Kind::Global,
        _ => Kind::Other,
    }
}

/// The sum of all bytes, the field for it counting as blanks. Some old programs added them with their signs.
fn sums(block: &[u8]) -> [u64; 2] {
    let counted = || {
        [field(block, 0, 148), field(block, 156, BLOCK - 156)]
            .into_iter()
            .flatten()
    };
    let blanks = 8 * i32::from(b' ');
    let plain = counted().fold(blanks, |sum, byte| sum + i32::from(*byte));
    let signed = counted().fold(blanks, |sum, byte| sum + i32::from(byte.cast_signed()));
    [plain, signed].map(|sum| u64::try_from(sum).unwrap_or(u64::MAX))
}

fn field(block: &[u8], at: usize, length: usize) -> &[u8] {
    block.get(at..at + length).unwrap_or_default()
}

fn text(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_octal_and_in_base_256() {
        let cases: [(&[u8], Option<u64>); 9] = [
            (b"00000000017\0", Some(15)),
            (b"    17 \0", Some(15)),
            (b"\0\0\0\0", Some(0)),
            (b"77777777777 ", Some(8_589_934_591)),
            (b"\x80\0\0\0\0\0\0\x02\0\0\0\0", Some(8_589_934_592)),
            (b"0000000001x\0", None),
            (b"-1\0\0", None),
            (&[0xff; 12], None),
            (b"", None),
        ];
        for (field, value) in cases {
            assert_eq!(number(field), value, "{field:?}");
        }
    }
}
