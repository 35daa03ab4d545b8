//! Bounded reading: a path and a limit in, bytes or the reason out.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::{Map, Value};

use crate::HostError;

/// Some programs, on Windows above all, put this before their JSON.
const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

/// All bytes of the regular file at `path`, or an error when there are more than `limit`.
pub(crate) fn whole(path: &Path, limit: usize) -> Result<Vec<u8>, HostError> {
    let bytes = prefix(path, limit.saturating_add(1))?;
    if bytes.len() > limit {
        let path = path.to_path_buf();
        return Err(HostError::TooLarge { path, limit });
    }
    Ok(bytes)
}

/// The first `limit` bytes of the regular file at `path`, fewer when it is shorter.
pub(crate) fn prefix(path: &Path, limit: usize) -> Result<Vec<u8>, HostError> {
    let failed = |error| HostError::from_io(path, &error);
    // Asked before opening: opening a pipe waits until somebody writes to it.
    if !path.metadata().map_err(failed)?.is_file() {
        let path = path.to_path_buf();
        return Err(HostError::NotAFile { path });
    }
    let mut bytes = Vec::new();
    File::open(path)
        .map_err(failed)?
        .take(limit as u64)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}

/// The JSON object in the file at `path`, with a byte order mark or without.
pub(crate) fn json_object(path: &Path, limit: usize) -> Result<Map<String, Value>, HostError> {
    let bytes = whole(path, limit)?;
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
pub(crate) fn text(path: &Path, limit: usize) -> Result<String, HostError> {
    let bytes = whole(path, limit)?;
    let text = bytes.strip_prefix(UTF8_BOM).unwrap_or(&bytes);
    String::from_utf8(text.to_vec()).map_err(|_| HostError::NotText { path: path.into() })
}

/// The names in the folder at `path`, sorted; none when nothing is there.
pub(crate) fn names(path: &Path, limit: usize) -> Result<Vec<String>, HostError> {
    let failed = |error| HostError::from_io(path, &error);
    let entries = match std::fs::read_dir(path).map_err(failed) {
        Err(HostError::Missing { .. }) => return Ok(Vec::new()),
        entries => entries?,
    };
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
