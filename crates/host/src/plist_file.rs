//! Apple's property lists, XML or binary.

use std::io::Cursor;
use std::path::Path;

use serde_json::{Map, Number, Value};

use crate::{HostError, Roots, Version, binary_list, read};

/// Preferences of one application; those of launch services are the largest, with some ten kilobytes.
const LIMIT: usize = 1024 * 1024;
/// The XML form is unfolded by the crate, so that its depth must fit on any stack.
pub(crate) const XML_LIMIT: usize = 64 * 1024;
/// Preferences are nested five deep.
const DEPTH: usize = 32;

/// The version at the top-level `key` of the list at `path`; `None` for anything else.
pub(crate) fn version(roots: &Roots, path: &Path, key: &str) -> Option<Version> {
    Version::parse(dictionary(roots, path).ok()?.get(key)?.as_str()?)
}

/// The dictionary that the list at `path` is.
pub(crate) fn dictionary(roots: &Roots, path: &Path) -> Result<Map<String, Value>, HostError> {
    let bytes = read::whole(roots, path, LIMIT)?;
    let path = path.to_path_buf();
    if !bytes.starts_with(binary_list::MAGIC) && bytes.len() > XML_LIMIT {
        let limit = XML_LIMIT;
        return Err(HostError::TooLarge { path, limit });
    }
    // The crate's reader of the binary form lets a small list unfold without end.
    let value = if bytes.starts_with(binary_list::MAGIC) {
        binary_list::read(&bytes)
    } else {
        let list = plist::Value::from_reader_xml(Cursor::new(bytes)).ok();
        list.and_then(|list| plain(list, 0))
    };
    match value {
        Some(Value::Object(object)) => Ok(object),
        Some(_) | None => Err(HostError::NotAList { path }),
    }
}

/// The same as the other notations have it; dates and bytes become `null`.
fn plain(list: plist::Value, depth: usize) -> Option<Value> {
    if depth > DEPTH {
        return None;
    }
    Some(match list {
        plist::Value::Boolean(value) => Value::Bool(value),
        plist::Value::String(text) => Value::String(text),
        plist::Value::Integer(number) => number
            .as_signed()
            .map(Number::from)
            .or_else(|| number.as_unsigned().map(Number::from))
            .map_or(Value::Null, Value::Number),
        plist::Value::Real(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        plist::Value::Array(items) => {
            let items = items.into_iter().map(|item| plain(item, depth + 1));
            Value::Array(items.collect::<Option<_>>()?)
        }
        plist::Value::Dictionary(entries) => {
            let entries = entries.into_iter();
            let plain = entries.map(|(key, value)| Some((key, plain(value, depth + 1)?)));
            Value::Object(plain.collect::<Option<_>>()?)
        }
        plist::Value::Data(_) | plist::Value::Date(_) | plist::Value::Uid(_) | _ => Value::Null,
    })
}
