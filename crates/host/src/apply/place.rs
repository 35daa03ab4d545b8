//! Puts a file in the place of another, whole: at every moment the old one or the new one is there.
//!
//! The new text is written beside its place under a name of ours, flushed to the disk, and renamed. What an ended process
//! left under such a name is removed by the next one; the journal's lock keeps a living one away.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown},
    path::{Path, PathBuf},
};

use super::ApplyError;
use crate::{HostError, Roots, read};

/// The largest settings file seen has 6 KiB.
pub(super) const LIMIT: usize = 1024 * 1024;
/// What the name of a file ends with that was being written when its process ended.
const UNFINISHED: &str = ".archlight-new";
/// What the name of a backup ends with.
const BACKUP: &str = ".archlight-backup";
/// Backups of one file, where those before are not known to be ours.
const BACKUPS: u32 = 100;
/// Who may read a file before it has the mode of the one that it replaces: settings can hold a proxy's password.
const PRIVATE: u32 = 0o600;
/// As files of other programs are; the user's own mask takes away from it.
const USUAL: u32 = 0o666;

/// The text of the file at `path`, which is free of links; `None` when nothing is there.
pub(super) fn text(path: &Path) -> Result<Option<Vec<u8>>, HostError> {
    if matches!(path.symlink_metadata(), Err(error) if error.kind() == io::ErrorKind::NotFound) {
        return Ok(None);
    }
    read::whole_at(path, LIMIT).map(Some)
}

/// The text of the file to which `path` leads on the machine of `roots`; `None` when nothing is there.
pub(super) fn text_in(roots: &Roots, path: &Path) -> Result<Option<Vec<u8>>, HostError> {
    read::optional(read::whole(roots, path, LIMIT))
}

/// Where the file at `path` really lies, or would be made: links are followed as the machine of `roots` would, so that
/// they stay links and nothing outside is written.
pub(super) fn resolved(roots: &Roots, path: &Path) -> Result<PathBuf, ApplyError> {
    let not_a_file = || ApplyError::NotAFile { path: path.into() };
    let real = roots.resolve_new(path).map_err(|_| not_a_file())?;
    match real.symlink_metadata() {
        Ok(there) if there.is_file() => Ok(real),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(real),
        Err(error) => Err(ApplyError::from_io(path, &error)),
        Ok(_) => Err(not_a_file()),
    }
}

/// Removes what an ended process left beside `path`.
pub(super) fn sweep(path: &Path) {
    fs::remove_file(unfinished(path)).ok();
}

/// The first name for a backup of `path` that is free, or holds `text` already.
pub(super) fn backup(path: &Path, text: &[u8]) -> Option<PathBuf> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let numbered = |number: u32| match number {
        1 => path.with_file_name(format!("{name}{BACKUP}")),
        number => path.with_file_name(format!("{name}{BACKUP}-{number}")),
    };
    (1..=BACKUPS).map(numbered).find(|place| match self::text(place) {
        Ok(None) => true,
        Ok(Some(there)) => there == text,
        Err(_) => false,
    })
}

/// Writes `new` beside `path`, complete and on the disk, with the mode and the owner of what is at `like`.
pub(super) fn beside(path: &Path, new: &[u8], like: Option<&Path>) -> Result<(), ApplyError> {
    let beside = unfinished(path);
    let written = write_beside(&beside, new, like);
    written.map_err(|error| {
        fs::remove_file(&beside).ok();
        ApplyError::from_io(path, &error)
    })
}

/// Gives what is beside `path` that name, unless the text at `path` is no longer `expected`.
pub(super) fn put(path: &Path, expected: Option<&[u8]>) -> Result<(), ApplyError> {
    let beside = unfinished(path);
    let put = match text(path) {
        Ok(there) if there.as_deref() == expected => {
            let renamed = fs::rename(&beside, path).and_then(|()| sync_folder(path));
            renamed.map_err(|error| ApplyError::from_io(path, &error))
        }
        Ok(_) | Err(_) => Err(ApplyError::Changed { path: path.into() }),
    };
    if put.is_err() {
        fs::remove_file(&beside).ok();
    }
    put
}

/// Removes the file at `path`, unless its text is no longer `expected`.
pub(super) fn remove(path: &Path, expected: &[u8]) -> Result<(), ApplyError> {
    match text(path) {
        Ok(None) => Ok(()),
        Ok(Some(there)) if there == expected => fs::remove_file(path)
            .and_then(|()| sync_folder(path))
            .map_err(|error| ApplyError::from_io(path, &error)),
        Ok(Some(_)) | Err(_) => Err(ApplyError::Changed { path: path.into() }),
    }
}

fn unfinished(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}{UNFINISHED}"))
}

fn write_beside(beside: &Path, new: &[u8], like: Option<&Path>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mode = if like.is_some() { PRIVATE } else { USUAL };
    // Never through a link that somebody put there.
    let mut file = options.write(true).create_new(true).mode(mode).open(beside)?;
    file.write_all(new)?;
    if let Some(like) = like {
        take_after(&file, like)?;
    }
    file.sync_all()
}

/// Gives `file` the owner and the mode of what is at `like`.
fn take_after(file: &File, like: &Path) -> io::Result<()> {
    let (old, new) = (like.metadata()?, file.metadata()?);
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        fchown(file, Some(old.uid()), Some(old.gid()))?;
    }
    file.set_permissions(fs::Permissions::from_mode(old.mode() & 0o7777))
}

/// The name is to survive a loss of power too.
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn the_new_file_has_the_mode_of_the_old_one_and_a_link_stays_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("real.json"), folder.path().join("link.json"));
        fs::write(&file, "old").expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("it is ours");
        symlink(&file, &link).expect("a link");
        let place = resolved(&Roots::here(folder.path()), &link).expect("it leads to a file");
        beside(&place, b"new", Some(&place)).expect("it can be written");
        assert_eq!(
            fs::read(&file).expect("a file"),
            b"old",
            "until it is put in its place"
        );
        put(&place, Some(b"old")).expect("it is as expected");
        assert_eq!(fs::read(&link).expect("a file"), b"new");
        assert!(link.symlink_metadata().expect("it is there").is_symlink());
        assert_eq!(file.metadata().expect("it is there").mode() & 0o777, 0o640);
        assert_eq!(
            fs::read_dir(folder.path()).expect("a folder").count(),
            2,
            "nothing is left"
        );
    }

    #[test]
    fn what_changed_meanwhile_is_left_alone_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.json");
        fs::write(&file, "theirs").expect("a file");
        beside(&file, b"new", Some(&file)).expect("it can be written");
        assert!(matches!(
            put(&file, Some(b"old")),
            Err(ApplyError::Changed { .. })
        ));
        assert!(matches!(remove(&file, b"old"), Err(ApplyError::Changed { .. })));
        assert_eq!(fs::read(&file).expect("a file"), b"theirs");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn a_backup_never_takes_the_name_of_another_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.json");
        let named = |name: &str| Some(folder.path().join(name));
        assert_eq!(backup(&file, b"x"), named("a.json.archlight-backup"));
        fs::write(folder.path().join("a.json.archlight-backup"), "y").expect("a file");
        assert_eq!(backup(&file, b"y"), named("a.json.archlight-backup"));
        assert_eq!(backup(&file, b"x"), named("a.json.archlight-backup-2"));
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("link");
        symlink("/nowhere/at/all", &link).expect("a link");
        for path in [link.as_path(), folder.path()] {
            assert!(matches!(
                resolved(&Roots::here(folder.path()), path),
                Err(ApplyError::NotAFile { .. })
            ));
        }
    }
}
