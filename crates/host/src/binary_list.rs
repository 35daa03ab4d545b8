//! Apple's binary property lists: bytes in, a value out.
//!
//! A list refers to its objects by number, so a small one can refer to itself, or to one object so often that it unfolds
//! without end. Here each reference counts.

use serde_json::{Map, Number, Value};

/// What every binary list begins with.
pub(crate) const MAGIC: &[u8] = b"bplist00";
/// Sizes and places, at the end.
const TRAILER: usize = 32;
/// Preferences have some hundred values.
const VALUES: usize = 20_000;
/// Preferences are nested five deep.
const DEPTH: usize = 32;

/// The list in `bytes`; `None` where they are none, or unfold too far. Dates and bytes become `null`.
pub(crate) fn read(bytes: &[u8]) -> Option<Value> {
    let body = bytes.len().checked_sub(TRAILER)?;
    let trailer = bytes.get(body..)?;
    let offset_size = usize::from(trailer[6]);
    let reference_size = usize::from(trailer[7]);
    let sizes = 1..=8;
    if !bytes.starts_with(MAGIC) || !sizes.contains(&offset_size) || !sizes.contains(&reference_size) {
        return None;
    }
    let mut list = List {
        bytes: &bytes[..body],
        offset_size,
        reference_size,
        objects: number(&trailer[8..16])?,
        offsets: number(&trailer[24..32])?,
        values: 0,
    };
    list.object(number(&trailer[16..24])?, 0)
}

struct List<'a> {
    bytes: &'a [u8],
    offset_size: usize,
    reference_size: usize,
    objects: usize,
    offsets: usize,
    values: usize,
}

impl List<'_> {
    fn object(&mut self, index: usize, depth: usize) -> Option<Value> {
        self.values += 1;
        if index >= self.objects || depth > DEPTH || self.values > VALUES {
            return None;
        }
        let offset = self.offsets.checked_add(index.checked_mul(self.offset_size)?)?;
        let at = number(self.slice(offset, self.offset_size)?)?;
        let marker = *self.bytes.get(at)?;
        let after = at.checked_add(1)?;
        let low = usize::from(marker & 0x0f);
        match marker >> 4 {
            0x0 => Some(match marker {
                0x08 => Value::Bool(false),
                0x09 => Value::Bool(true),
                _ => Value::Null,
            }),
            0x1 => integer(self.slice(after, 1 << low.min(4))?),
            0x2 => real(self.slice(after, 1 << low.min(4))?),
            // A date, and bytes.
            0x3 | 0x4 => Some(Value::Null),
            0x5 => {
                let (count, at) = self.count(low, after)?;
                Some(Value::String(
                    String::from_utf8_lossy(self.slice(at, count)?).into_owned(),
                ))
            }
            0x6 => {
                let (count, at) = self.count(low, after)?;
                let units = self.slice(at, count.checked_mul(2)?)?.chunks_exact(2);
                let units: Vec<u16> = units.map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                Some(Value::String(String::from_utf16_lossy(&units)))
            }
            0xa | 0xc => {
                let (count, at) = self.count(low, after)?;
                let items = (0..count).map(|n| self.referred(at, n, depth));
                Some(Value::Array(items.collect::<Option<_>>()?))
            }
            0xd => self.dictionary(low, after, depth),
            _ => None,
        }
    }

    fn dictionary(&mut self, low: usize, after: usize, depth: usize) -> Option<Value> {
        let (count, at) = self.count(low, after)?;
        let mut object = Map::new();
        for n in 0..count {
            let Value::String(key) = self.referred(at, n, depth)? else {
                return None;
            };
            let value = self.referred(at, count.checked_add(n)?, depth)?;
            object.insert(key, value);
        }
        Some(Value::Object(object))
    }

    /// The object to which the reference number `n` behind `at` leads.
    fn referred(&mut self, at: usize, n: usize, depth: usize) -> Option<Value> {
        let at = at.checked_add(n.checked_mul(self.reference_size)?)?;
        let index = number(self.slice(at, self.reference_size)?)?;
        self.object(index, depth + 1)
    }

    /// How many there are, and where they begin: fifteen and more stand in a number of their own.
    fn count(&self, low: usize, after: usize) -> Option<(usize, usize)> {
        if low < 0x0f {
            return Some((low, after));
        }
        let marker = *self.bytes.get(after)?;
        if marker >> 4 != 0x1 {
            return None;
        }
        let size = 1 << (marker & 0x0f).min(4);
        let at = after.checked_add(1)?;
        Some((number(self.slice(at, size)?)?, at.checked_add(size)?))
    }

    fn slice(&self, at: usize, length: usize) -> Option<&[u8]> {
        self.bytes.get(at..at.checked_add(length)?)
    }
}

fn number(bytes: &[u8]) -> Option<usize> {
    let fold = |sum: u64, byte: &u8| sum.checked_mul(256)?.checked_add(u64::from(*byte));
    usize::try_from(bytes.iter().try_fold(0, fold)?).ok()
}

fn integer(bytes: &[u8]) -> Option<Value> {
    let whole: [u8; 8] = match bytes.len() {
        8 => bytes.try_into().ok()?,
        // Sixteen bytes hold what is larger than any setting.
        16 => bytes[8..].try_into().ok()?,
        _ => return Some(Value::Number(Number::from(number(bytes)?))),
    };
    Some(Value::Number(Number::from(i64::from_be_bytes(whole))))
}

fn real(bytes: &[u8]) -> Option<Value> {
    let value = match bytes.len() {
        4 => f64::from(f32::from_be_bytes(bytes.try_into().ok()?)),
        8 => f64::from_be_bytes(bytes.try_into().ok()?),
        _ => return None,
    };
    Some(Number::from_f64(value).map_or(Value::Null, Value::Number))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// As `plist` writes it: the other side's word for the same list.
    fn written(value: &plist::Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        plist::to_writer_binary(&mut bytes, value).expect("it can be written");
        bytes
    }

    fn dictionary(entries: Vec<(&str, plist::Value)>) -> plist::Value {
        let mut dictionary = plist::Dictionary::new();
        for (key, value) in entries {
            dictionary.insert(key.to_owned(), value);
        }
        plist::Value::Dictionary(dictionary)
    }

    #[test]
    fn what_another_writer_wrote_is_read() {
        let many = (0..40).map(|n| plist::Value::Integer(n.into())).collect();
        let list = dictionary(vec![
            ("on", true.into()),
            (
                "machine",
                dictionary(vec![("type", "vz".into()), ("grösse", (-3_i64).into())]),
            ),
            ("many", plist::Value::Array(many)),
            ("data", plist::Value::Data(vec![1, 2])),
        ]);
        let read = read(&written(&list)).expect("a list");
        assert_eq!(read["on"], json!(true));
        assert_eq!(read["machine"], json!({"type": "vz", "grösse": -3}));
        assert_eq!(read["many"][39], json!(39));
        assert_eq!(read["data"], Value::Null);
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_survived() {
        let list = dictionary(vec![
            ("a", "text".into()),
            ("b", plist::Value::Array(vec![true.into()])),
        ]);
        let bytes = written(&list);
        for at in 0..bytes.len() {
            read(&bytes[..at]);
            for byte in [0x00, 0x0f, 0x7f, 0xdf, 0xff] {
                let mut changed = bytes.clone();
                changed[at] = byte;
                read(&changed);
            }
        }
    }

    #[test]
    fn a_list_that_holds_itself_is_none() {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([0xa1, 0x00, 0x08]);
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
        bytes.extend(1_u64.to_be_bytes());
        bytes.extend(0_u64.to_be_bytes());
        bytes.extend(10_u64.to_be_bytes());
        assert_eq!(read(&bytes), None);
    }
}
