//! One writer at a time in a folder: two processes may change what is said in the same file.

use std::{
    fs::{File, TryLockError},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use crate::SourcesError;

/// A file is written in milliseconds, on a slow disk in a second.
const LONGEST: Duration = Duration::from_secs(10);

/// Between two tries.
const TRY_AGAIN: Duration = Duration::from_millis(10);

/// Keeps others of this program from the folder of `file` until the answer is dropped, by whichever way this process
/// ends. Where the file system has no locks, nobody is kept away.
pub(super) fn alone(file: &Path) -> Result<File, SourcesError> {
    let folder = file.parent().unwrap_or(Path::new("/"));
    let opened = File::open(folder).map_err(|error| SourcesError::failed("written", file, &error))?;
    let end = Instant::now() + LONGEST;
    loop {
        match opened.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < end => thread::sleep(TRY_AGAIN),
            Err(TryLockError::WouldBlock) => return Err(SourcesError::Changed { path: file.into() }),
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(opened),
        }
    }
}
