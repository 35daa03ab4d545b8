//! What must not be lost, on disk: one file for each thing, in a folder for each engine.
//!
//! A file is complete or not there: it is written beside its place, flushed to the disk, and renamed. It may hold a
//! container's environment, so nobody but its user may read it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::EngineError;

/// An inspection is at most half as large.
const FILE_LIMIT: u64 = 2 * crate::read::OBJECT_BYTES as u64;

/// Nobody re-runs so many containers without a discard; further files are not read.
const MOST: usize = 10_000;

/// How often the one before may let go of a lock between two looks at it; then somebody is at it all the time.
const TRIES: usize = 100;

/// A folder of such files.
#[derive(Clone, Debug)]
pub struct Notes {
    folder: PathBuf,
}

impl Notes {
    /// In `folder`, which is made when something is to be written.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps all others from what the note `name` is about, which people call `who`, until the answer is dropped, by
    /// whichever way this process ends. [`EngineError::UnderWay`] while somebody else does.
    pub fn hold(&self, engine: &str, name: &str, who: &str) -> Result<Held, EngineError> {
        let path = self.folder_of(engine).join(format!("{}.lock", plain(name)));
        match hold(&path).map_err(|error| failed(&path, &error))? {
            Some(held) => Ok(held),
            None => Err(EngineError::UnderWay { name: who.to_owned() }),
        }
    }

    /// Writes the note `name` about something on `engine`.
    pub fn write(&self, engine: &str, name: &str, note: &impl Serialize) -> Result<(), EngineError> {
        let file = self.file(engine, name);
        let written = serde_json::to_vec(note).map_err(io::Error::from);
        written
            .and_then(|bytes| write(&file, &bytes))
            .map_err(|error| failed(&file, &error))
    }

    /// The note `name`; `None` when there is none, or none that can be understood.
    pub fn read<T: DeserializeOwned>(&self, engine: &str, name: &str) -> Result<Option<T>, EngineError> {
        let file = self.file(engine, name);
        read(&file).map_err(|error| failed(&file, &error))
    }

    /// Removes the note `name`, if it can be removed.
    pub fn forget(&self, engine: &str, name: &str) {
        fs::remove_file(self.file(engine, name)).ok();
    }

    /// All notes of the engine of this id. What cannot be understood is left out.
    pub fn all<T: DeserializeOwned>(&self, engine: &str) -> Result<Vec<T>, EngineError> {
        let folder = self.folder_of(engine);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(&folder, &error)),
        };
        let files = entries
            .take(MOST)
            .filter_map(Result::ok)
            .map(|entry| entry.path());
        let notes = files
            .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
            .filter_map(|file| read(&file).ok().flatten());
        Ok(notes.collect())
    }

    fn folder_of(&self, engine: &str) -> PathBuf {
        // An engine names itself; what it says is not to lead elsewhere.
        self.folder.join(plain(engine))
    }

    fn file(&self, engine: &str, name: &str) -> PathBuf {
        self.folder_of(engine).join(format!("{}.json", plain(name)))
    }
}

fn plain(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(64)
        .collect();
    if name.is_empty() {
        "unnamed".to_owned()
    } else {
        name
    }
}

fn read<T: DeserializeOwned>(file: &Path) -> io::Result<Option<T>> {
    let opened = match File::open(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    opened.take(FILE_LIMIT).read_to_end(&mut bytes)?;
    Ok(serde_json::from_slice(&bytes).ok())
}

/// What others are kept from. Its file is removed when it is dropped, unless a child still has it.
#[derive(Debug)]
pub struct Held {
    path: PathBuf,
    /// The system lets go of it when the last one who has it closes it.
    file: Option<File>,
    lock: Lock,
    is_shared: bool,
}

/// Whether the system keeps others away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// It does.
    Kept,
    /// The file system has no locks: what is written has to do.
    Unsupported,
}

impl Held {
    /// Whether the system keeps others away. Then nobody else is at it, whatever is written of them: a process's number may be
    /// another's by now.
    pub fn lock(&self) -> Lock {
        self.lock
    }

    /// The lock itself, to be given to a child: others are kept away until that one has ended, too. It reads as empty.
    pub fn shared(&mut self) -> io::Result<File> {
        self.is_shared = true;
        self.file.as_ref().ok_or(io::ErrorKind::NotFound)?.try_clone()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.is_shared {
            drop(self.file.take());
            // Removed only by who could have it: a file of the same name would be another lock.
            drop(hold(&self.path));
            return;
        }
        // Before it is let go of: who waits at it sees that it is there no more, and makes another.
        fs::remove_file(&self.path).ok();
    }
}

/// `None` while somebody else holds it.
fn hold(path: &Path) -> io::Result<Option<Held>> {
    make_folder_of(path)?;
    for _ in 0..TRIES {
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        let lock = match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            // Some file systems of other machines have no locks: then the note alone has to do.
            Err(TryLockError::Error(error)) if error.kind() != io::ErrorKind::Unsupported => {
                return Err(error);
            }
            Err(TryLockError::Error(_)) => Lock::Unsupported,
            Ok(()) => Lock::Kept,
        };
        let is_there =
            fs::metadata(path).is_ok_and(|it| file.metadata().is_ok_and(|own| it.ino() == own.ino()));
        if is_there {
            return Ok(Some(Held {
                path: path.to_owned(),
                file: Some(file),
                lock,
                is_shared: false,
            }));
        }
    }
    Ok(None)
}

fn make_folder_of(file: &Path) -> io::Result<&Path> {
    if !file.is_absolute() {
        // Without a home folder it would lie wherever the program was started.
        return Err(io::Error::other("there is no home folder for it"));
    }
    let folder = file.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    Ok(folder)
}

fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = make_folder_of(file)?;
    let beside = file.with_extension(format!("{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    let opened = options.write(true).create(true).truncate(true).mode(0o600);
    let written = opened.open(&beside).and_then(|mut new| {
        new.write_all(bytes)?;
        new.sync_all()
    });
    let placed = written.and_then(|()| fs::rename(&beside, file));
    if placed.is_err() {
        fs::remove_file(&beside).ok();
    }
    placed?;
    // The name is to survive a loss of power too.
    File::open(folder)?.sync_all()
}

fn failed(file: &Path, error: &io::Error) -> EngineError {
    EngineError::JournalFailed {
        file: file.display().to_string(),
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_a_child_was_given_stays_held_until_it_has_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        let notes = Notes::at(folder.path().to_owned());
        let ask = || notes.hold("engine", "project", "web");
        let mut held = ask().expect("the first");
        let lock = held.shared().expect("it is open");
        let read = Command::new("/bin/cat").stdin(lock).output();
        let read = read.expect("it can be run");
        assert!(read.status.success() && read.stdout.is_empty(), "{read:?}");
        let lock = held.shared().expect("it is open");
        let mut child = Command::new("/bin/sleep")
            .arg("1000")
            .stdin(lock)
            .spawn()
            .expect("it can be run");
        drop(held);
        assert!(matches!(ask(), Err(EngineError::UnderWay { .. })));
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        drop(ask().expect("nobody has it any more"));
        let left = fs::read_dir(folder.path().join("engine")).expect("a folder");
        assert_eq!(left.count(), 0, "a lock is left behind");
    }
}
