//! Bounded reading: a path and a limit in, bytes or the reason out.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::{HostError, Roots};

/// Some programs, on Windows above all, put this before their JSON.
const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

/// All bytes of the regular file at `path`, or an error when there are more than `limit`.
pub(crate) fn whole(roots: &Roots, path: &Path, limit: usize) -> Result<Vec<u8>, HostError> {
    bounded(prefix(roots, path, limit.saturating_add(1))?, path, limit)
}

/// The first `limit` bytes of the regular file at `path`, fewer when it is shorter.
pub(crate) fn prefix(roots: &Roots, path: &Path, limit: usize) -> Result<Vec<u8>, HostError> {
    at(&roots.resolve(path)?, path, limit)
}

/// The first `limit` bytes of the regular file at `place`, which is free of links; errors are said of `path`.
fn at(place: &Path, path: &Path, limit: usize) -> Result<Vec<u8>, HostError> {
    let failed = |error| HostError::from_io(path, &error);
    // Asked before opening: opening a pipe waits until somebody writes to it.
    if !place.symlink_metadata().map_err(failed)?.is_file() {
        let path = path.to_path_buf();
        return Err(HostError::NotAFile { path });
    }
    let mut bytes = Vec::new();
    File::open(place)
        .map_err(failed)?
        .take(limit as u64)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}

/// All bytes of the regular file at `place`, where no link is followed.
pub(crate) fn whole_at(place: &Path, limit: usize) -> Result<Vec<u8>, HostError> {
    bounded(at(place, place, limit.saturating_add(1))?, place, limit)
}

fn bounded(bytes: Vec<u8>, path: &Path, limit: usize) -> Result<Vec<u8>, HostError> {
    if bytes.len() > limit {
        let path = path.to_path_buf();
        return Err(HostError::TooLarge { path, limit });
    }
    Ok(bytes)
}

/// The keys of one JSON object with their values, each as often as it stands there.
pub(crate) struct Entries(pub(crate) Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

/// As [`json_object`], with keys that stand there twice.
pub(crate) fn json_entries(roots: &Roots, path: &Path, limit: usize) -> Result<Entries, HostError> {
    // What is no object, or no JSON, is told as for every other file.
    json_object(roots, path, limit)?;
    let bytes = whole(roots, path, limit)?;
    let text = bytes.strip_prefix(UTF8_BOM).unwrap_or(&bytes);
    serde_json::from_slice(text).map_err(|error| HostError::NotJson {
        path: path.into(),
        line: error.line(),
        column: error.column(),
    })
}

/// The JSON object in the file at `path`, with a byte order mark or without.
pub(crate) fn json_object(roots: &Roots, path: &Path, limit: usize) -> Result<Map<String, Value>, HostError> {
    let bytes = whole(roots, path, limit)?;
    let text = bytes.strip_prefix(UTF8_BOM).unwrap_or(&bytes);
    match serde_json::from_slice(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(HostError::NotAnObject { path: path.into() }),
        Err(error) => Err(HostError::NotJson {
            path: path.into(),
            line: error.line(),
            column: error.column(),
        }),
    }
}

/// `None` for what is not there, so that a missing file is no failure.
pub(crate) fn optional<T>(result: Result<T, HostError>) -> Result<Option<T>, HostError> {
    match result {
        Err(HostError::Missing { .. }) => Ok(None),
        other => other.map(Some),
    }
}

/// The text of the file at `path`, without a byte order mark.
pub(crate) fn text(roots: &Roots, path: &Path, limit: usize) -> Result<String, HostError> {
    let bytes = whole(roots, path, limit)?;
    let text = bytes.strip_prefix(UTF8_BOM).unwrap_or(&bytes);
    String::from_utf8(text.to_vec()).map_err(|_| HostError::NotText { path: path.into() })
}

/// The names in the folder at `path`, sorted; none when nothing is there.
pub(crate) fn names(roots: &Roots, path: &Path, limit: usize) -> Result<Vec<String>, HostError> {
    let failed = |error| HostError::from_io(path, &error);
    let Some(place) = optional(roots.resolve(path))? else {
        return Ok(Vec::new());
    };
    let entries = std::fs::read_dir(place).map_err(failed)?;
    let mut names = Vec::new();
    for entry in entries {
        if names.len() == limit {
            let path = path.to_path_buf();
            return Err(HostError::TooLarge { path, limit });
        }
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
