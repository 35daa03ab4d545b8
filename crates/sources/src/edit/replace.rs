//! Puts a whole file in its place, or none.

use std::{
    fs::{self, File, Permissions},
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use crate::{SourcesError, read};

/// As files of other programs are; the user's own mask takes away from it.
const MODE: u32 = 0o666;

/// Who may read and write a file that was not there.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    /// Who may do so with other new files.
    Usual,
    /// These.
    Of(Permissions),
}

/// Writes `text` to `file`, where `expected` is now; `None` is no file. A file keeps its mode, a new one gets `mode`.
pub(super) fn replace(
    file: &Path,
    expected: Option<&str>,
    text: &str,
    mode: Mode,
) -> Result<(), SourcesError> {
    let failed = |error: &io::Error| SourcesError::failed("written", file, error);
    let folder = file.parent().unwrap_or(Path::new("/"));
    let mode = match fs::symlink_metadata(file) {
        Ok(metadata) => Mode::Of(metadata.permissions()),
        Err(_) => mode,
    };
    let beside = tempfile::Builder::new()
        .prefix(".compose.archlight.")
        .permissions(Permissions::from_mode(MODE))
        .tempfile_in(folder);
    let mut beside = beside.map_err(|error| failed(&error))?;
    if let Mode::Of(permissions) = mode {
        let set = beside.as_file().set_permissions(permissions);
        set.map_err(|error| failed(&error))?;
    }
    let written = beside.write_all(text.as_bytes());
    written
        .and_then(|()| beside.as_file().sync_all())
        .map_err(|error| failed(&error))?;
    if read::text(file)?.as_deref() != expected {
        return Err(SourcesError::Changed { path: file.into() });
    }
    let placed = match expected {
        Some(_) => beside.persist(file),
        None => beside.persist_noclobber(file),
    };
    placed.map_err(|error| failed(&error.error))?;
    // The name is to survive a loss of power too.
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| failed(&error))
}
