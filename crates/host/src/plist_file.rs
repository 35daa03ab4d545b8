//! One version out of an Apple property list.

use std::io::Cursor;
use std::path::Path;

use crate::{Version, read};

/// Apple's own and Docker's lists have less than 10 KiB.
const LIMIT: usize = 64 * 1024;

/// The version at the top-level `key` of the list at `path`; `None` for anything else.
///
/// Only the XML form is read: a small binary list can refer to itself so often that it unfolds
/// without end, and the lists asked for here are written as XML.
pub(crate) fn version(path: &Path, key: &str) -> Option<Version> {
    let bytes = read::whole(path, LIMIT).ok()?;
    let list = plist::Value::from_reader_xml(Cursor::new(bytes)).ok()?;
    Version::parse(list.as_dictionary()?.get(key)?.as_string()?)
}
