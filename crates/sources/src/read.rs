//! Bounded reading of plain files.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

use crate::SourcesError;

/// More than people write by hand into one file.
const LIMIT: u64 = 1024 * 1024;

/// The text of the file at `path`, or behind the links that it is; `None` where there is nothing.
pub(crate) fn any_text(path: &Path) -> Result<Option<String>, SourcesError> {
    match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(SourcesError::failed("read", path, &error)),
        // A pipe would wait for its writer.
        Ok(metadata) if !metadata.is_file() => return Err(SourcesError::NotAFile { path: path.into() }),
        Ok(_) => {}
    }
    String::from_utf8(bytes(path)?)
        .map(Some)
        .map_err(|_| SourcesError::NotText { path: path.into() })
}

/// The text of the plain file at `path`; `None` where there is nothing.
pub(crate) fn text(path: &Path) -> Result<Option<String>, SourcesError> {
    let failed = |error: &io::Error| SourcesError::failed("read", path, error);
    // Asked before opening: a pipe would wait for its writer. A link is not followed, since a rename would replace it.
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(&error)),
        Ok(metadata) if !metadata.is_file() => return Err(SourcesError::NotAFile { path: path.into() }),
        Ok(_) => {}
    }
    String::from_utf8(bytes(path)?)
        .map(Some)
        .map_err(|_| SourcesError::NotOurs { path: path.into() })
}

fn bytes(path: &Path) -> Result<Vec<u8>, SourcesError> {
    let failed = |error: &io::Error| SourcesError::failed("read", path, error);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| failed(&error))?;
    file.take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&error))?;
    if bytes.len() as u64 > LIMIT {
        return Err(SourcesError::TooLarge { path: path.into() });
    }
    Ok(bytes)
}
