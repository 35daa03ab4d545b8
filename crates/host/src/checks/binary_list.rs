//! A property list of either form, asked for single values.
//!
//! A binary list of some hundred bytes can refer to itself so often that it unfolds without end.
//! So nothing is unfolded: a path of keys is walked down, and each step reads one object.

use std::io::Cursor;
use std::path::Path;

use crate::{HostError, read};

/// Preferences of one application; those of launch services are the largest, with some ten kilobytes.
const LIMIT: usize = 1024 * 1024;
/// The XML form is unfolded, so that its depth must fit on any stack.
pub(super) const XML_LIMIT: usize = 64 * 1024;
/// How a binary list begins.
const BINARY: &[u8] = b"bplist00";
/// The table at its end, of which the sizes and the place of the offsets are read.
const TRAILER: usize = 32;
/// Letters of a text; longer ones are neither keys nor names that are looked for.
const LONGEST: usize = 1024;
/// Entries of one dictionary or array that are looked at.
const MOST_ENTRIES: usize = 4096;

/// A property list that was read.
#[derive(Debug)]
pub(super) enum PropertyList {
    Xml(Box<plist::Value>),
    Binary(Binary),
}

impl PropertyList {
    /// The list at `path`; `None` where there is none, or where it is damaged.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, HostError> {
        let Some(bytes) = read::optional(read::whole(path, LIMIT))? else {
            return Ok(None);
        };
        if bytes.starts_with(BINARY) {
            let damaged = || HostError::NotAnObject { path: path.into() };
            return Binary::new(bytes)
                .ok_or_else(damaged)
                .map(|list| Some(Self::Binary(list)));
        }
        if bytes.len() > XML_LIMIT {
            let (path, limit) = (path.into(), XML_LIMIT);
            return Err(HostError::TooLarge { path, limit });
        }
        let value = plist::Value::from_reader_xml(Cursor::new(bytes));
        let value = value.ok().filter(|value| value.as_dictionary().is_some());
        let value = value.ok_or_else(|| HostError::NotAnObject { path: path.into() })?;
        Ok(Some(Self::Xml(Box::new(value))))
    }

    /// The switch behind a key at the top; numbers count as the system counts them.
    pub(super) fn switch(&self, key: &str) -> Option<bool> {
        match self {
            Self::Xml(value) => {
                let value = value.as_dictionary()?.get(key)?;
                let number = || value.as_signed_integer().map(|it| it != 0);
                value.as_boolean().or_else(number)
            }
            Self::Binary(list) => list.switch(list.entry(list.top, key)?),
        }
    }

    /// The texts of the array behind these keys; `None` where there is no such array.
    pub(super) fn texts(&self, keys: [&str; 2]) -> Option<Vec<String>> {
        match self {
            Self::Xml(value) => {
                let mut value = &**value;
                for key in keys {
                    value = value.as_dictionary()?.get(key)?;
                }
                let items = value.as_array()?.iter().take(MOST_ENTRIES);
                Some(items.filter_map(|it| it.as_string().map(str::to_owned)).collect())
            }
            Self::Binary(list) => {
                let mut place = list.top;
                for key in keys {
                    place = list.entry(place, key)?;
                }
                let items = list.items(place, 0xa0, 1)?;
                Some(items.into_iter().filter_map(|item| list.text(item)).collect())
            }
        }
    }
}

/// A binary list: its bytes, and where its objects are.
#[derive(Debug)]
pub(super) struct Binary {
    bytes: Vec<u8>,
    offset_size: usize,
    reference_size: usize,
    objects: usize,
    top: usize,
    table: usize,
}

impl Binary {
    fn new(bytes: Vec<u8>) -> Option<Self> {
        let start = bytes.len().checked_sub(TRAILER)?;
        let trailer = &bytes[start..];
        let wide = |at: usize| number(trailer, at, 8);
        let (offset_size, reference_size) = (usize::from(trailer[6]), usize::from(trailer[7]));
        let list = Self {
            offset_size,
            reference_size,
            objects: wide(8)?,
            top: wide(16)?,
            table: wide(24)?,
            bytes,
        };
        let sane = (1..=8).contains(&offset_size) && (1..=8).contains(&reference_size);
        (sane && list.kind(list.top)? & 0xf0 == 0xd0).then_some(list)
    }

    /// Where object `index` begins.
    fn place(&self, index: usize) -> Option<usize> {
        if index >= self.objects {
            return None;
        }
        let at = index.checked_mul(self.offset_size)?.checked_add(self.table)?;
        number(&self.bytes, at, self.offset_size)
    }

    fn kind(&self, index: usize) -> Option<u8> {
        self.bytes.get(self.place(index)?).copied()
    }

    /// How many there are of what object `index` holds, and where the first is.
    fn count(&self, index: usize, kind: u8) -> Option<(usize, usize)> {
        let place = self.place(index)?;
        let marker = *self.bytes.get(place)?;
        if marker & 0xf0 != kind {
            return None;
        }
        let short = usize::from(marker & 0x0f);
        if short != 0x0f {
            return Some((short, place + 1));
        }
        let marker = *self.bytes.get(place + 1)?;
        let size = 1_usize
            .checked_shl(u32::from(marker & 0x0f))
            .filter(|it| *it <= 8)?;
        let count = (marker & 0xf0 == 0x10).then(|| number(&self.bytes, place + 2, size))??;
        Some((count, place + 2 + size))
    }

    /// The objects that object `index` refers to; a dictionary has twice as many as it counts.
    fn items(&self, index: usize, kind: u8, each: usize) -> Option<Vec<usize>> {
        let (count, start) = self.count(index, kind)?;
        if count > MOST_ENTRIES {
            return None;
        }
        (0..count * each)
            .map(|item| {
                let at = start.checked_add(item * self.reference_size)?;
                number(&self.bytes, at, self.reference_size)
            })
            .collect()
    }

    /// The value behind `key` of dictionary `index`.
    fn entry(&self, index: usize, key: &str) -> Option<usize> {
        let items = self.items(index, 0xd0, 2)?;
        let (keys, values) = items.split_at(items.len() / 2);
        let place = keys
            .iter()
            .position(|it| self.text(*it).as_deref() == Some(key))?;
        values.get(place).copied()
    }

    fn text(&self, index: usize) -> Option<String> {
        let short = |(length, _): &(usize, usize)| *length <= LONGEST;
        if let Some((length, start)) = self.count(index, 0x50).filter(short) {
            let bytes = self.bytes.get(start..start.checked_add(length)?)?;
            return String::from_utf8(bytes.to_vec()).ok();
        }
        let (length, start) = self.count(index, 0x60).filter(short)?;
        let bytes = self
            .bytes
            .get(start..start.checked_add(length.checked_mul(2)?)?)?;
        let units = bytes
            .chunks_exact(2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        String::from_utf16(&units.collect::<Vec<_>>()).ok()
    }

    fn switch(&self, index: usize) -> Option<bool> {
        match self.kind(index)? {
            0x08 => Some(false),
            0x09 => Some(true),
            marker @ 0x10..=0x13 => {
                let size = 1 << (marker & 0x0f);
                Some(number(&self.bytes, self.place(index)? + 1, size)? != 0)
            }
            _ => None,
        }
    }
}

/// A big-endian number of `size` bytes.
fn number(bytes: &[u8], at: usize, size: usize) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(size)?)?;
    let mut number = 0_usize;
    for byte in field {
        number = number.checked_mul(256)?.checked_add(usize::from(*byte))?;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &plist::Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        value.to_writer_binary(&mut bytes).expect("it can be written");
        bytes
    }

    fn list() -> plist::Value {
        let xml = "<plist version=\"1.0\"><dict>\
            <key>on</key><true/><key>off</key><false/><key>none</key><integer>0</integer>\
            <key>apps</key><dict>\
            <key>caf\u{e9}</key><array><data>AA==</data><string>x86_64</string></array>\
            </dict></dict></plist>";
        plist::Value::from_reader_xml(Cursor::new(xml)).expect("a list")
    }

    fn read(bytes: &[u8]) -> Result<Option<PropertyList>, HostError> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("x.plist");
        std::fs::write(&file, bytes).expect("a file");
        PropertyList::read(&file)
    }

    #[test]
    fn both_forms_give_the_same() {
        let mut xml = Vec::new();
        list().to_writer_xml(&mut xml).expect("it can be written");
        for bytes in [xml, written(&list())] {
            let list = read(&bytes).expect("read").expect("there");
            let switches = ["on", "off", "none", "apps", "absent"].map(|key| list.switch(key));
            assert_eq!(switches, [Some(true), Some(false), Some(false), None, None]);
            assert_eq!(list.texts(["apps", "caf\u{e9}"]), Some(vec!["x86_64".to_owned()]));
            assert_eq!(list.texts(["apps", "other"]), None);
        }
    }

    #[test]
    fn damage_at_any_byte_is_no_panic() {
        let whole = written(&list());
        for length in 0..whole.len() {
            read(&whole[..length]).ok();
        }
        for place in 8..whole.len() {
            for byte in [0, 0x0f, 0x7f, 0xd1, 0xff] {
                let mut bytes = whole.clone();
                bytes[place] = byte;
                if let Ok(Some(list)) = read(&bytes) {
                    list.switch("on");
                    list.texts(["apps", "caf\u{e9}"]);
                }
            }
        }
    }
}
