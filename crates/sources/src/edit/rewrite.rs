//! A Compose file of the user's, with another `platform:`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    alone::alone,
    lossless::{Changes, Edited, edited},
    replace::{Mode, replace},
};
use crate::{SourcesError, compose::ReadError, read, yaml::Fault};

/// More backups of one file than this are somebody's archive.
const BACKUPS: usize = 99;

/// A change of one file, that can be looked at and written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// As it was named.
    file: PathBuf,
    before: String,
    edited: Edited,
}

/// Where the text of before was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The text of just before.
    pub file: PathBuf,
    /// An earlier backup, which had to make room.
    pub earlier: Option<PathBuf>,
}

impl Rewrite {
    /// Works out what `file` is to say. Nothing is written.
    pub fn plan(file: &Path, changes: &Changes) -> Result<Self, ReadError> {
        let missing = || ReadError::Missing {
            path: file.to_owned(),
            from: None,
        };
        let before = read::any_text(file)?.ok_or_else(missing)?;
        let syntax = |fault: Fault| ReadError::syntax(file, fault);
        Ok(Self {
            edited: edited(&before, changes).map_err(syntax)?,
            file: file.to_owned(),
            before,
        })
    }

    /// The text as it is.
    pub fn before(&self) -> &str {
        &self.before
    }

    /// What comes of it.
    pub fn edited(&self) -> &Edited {
        &self.edited
    }

    /// Writes it, and keeps the text of before as `FILE.bak`. `None` where nothing is to be changed: then nothing is done.
    ///
    /// Refused when the file has changed since. What a link leads to is changed, and the link stays.
    pub fn write(&self) -> Result<Option<Backup>, SourcesError> {
        if self.edited.text == self.before {
            return Ok(None);
        }
        let failed = |error| SourcesError::failed("read", &self.file, &error);
        let target = self.file.canonicalize().map_err(failed)?;
        let _alone = alone(&target)?;
        if read::text(&target)?.as_ref() != Some(&self.before) {
            return Err(SourcesError::Changed {
                path: self.file.clone(),
            });
        }
        let backup = self.back_up(&target)?;
        replace(&target, Some(&self.before), &self.edited.text, Mode::Usual)?;
        Ok(Some(backup))
    }

    fn back_up(&self, target: &Path) -> Result<Backup, SourcesError> {
        let failed = |error| SourcesError::failed("read", target, &error);
        let file = with_end(&self.file, ".bak");
        let mut earlier = None;
        match read::text(&file)? {
            Some(text) if text == self.before => return Ok(Backup { file, earlier }),
            Some(_) => earlier = Some(make_room(&file)?),
            None => {}
        }
        let mode = fs::metadata(target).map_err(failed)?.permissions();
        replace(&file, None, &self.before, Mode::Of(mode))?;
        Ok(Backup { file, earlier })
    }
}

/// Moves a backup to the first name that is free.
fn make_room(file: &Path) -> Result<PathBuf, SourcesError> {
    let names = (1..=BACKUPS).map(|number| with_end(file, &format!(".{number}")));
    let free = |name: &PathBuf| name.symlink_metadata().is_err();
    let Some(free) = names.into_iter().find(free) else {
        return Err(SourcesError::NotOurs { path: file.into() });
    };
    // Not renamed onto it: that would replace what came there in between.
    fs::hard_link(file, &free)
        .and_then(|()| fs::remove_file(file))
        .map_err(|error| SourcesError::failed("written", &free, &error))?;
    Ok(free)
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::{super::To, *};

    fn set(platform: &str) -> Changes {
        let to = To::Platform(platform.parse().expect("a platform"));
        Changes::from([("web".to_owned(), to)])
    }

    const TEXT: &str = "services:\n  web:\n    image: acme/web\n";

    fn read(file: &Path) -> String {
        fs::read_to_string(file).expect("a file")
    }

    #[test]
    fn a_file_is_written_beside_its_backup_and_keeps_its_mode() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("compose.yaml");
        fs::write(&file, TEXT).expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("ours");
        let rewrite = Rewrite::plan(&file, &set("linux/amd64")).expect("a plan");
        assert_eq!(read(&file), TEXT, "a plan writes nothing");
        let backup = rewrite.write().expect("written").expect("changed");
        assert_eq!(read(&backup.file), TEXT);
        assert_eq!(backup.file, folder.path().join("compose.yaml.bak"));
        assert_eq!(read(&file), format!("{TEXT}    platform: linux/amd64\n"));
        for file in [&file, &backup.file] {
            let mode = fs::metadata(file).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o640, "{}", file.display());
        }
        let again = Rewrite::plan(&file, &set("linux/amd64")).expect("a plan");
        assert_eq!(again.write(), Ok(None));
        let other = Rewrite::plan(&file, &set("linux/arm64")).expect("a plan");
        let second = other.write().expect("written").expect("changed");
        let earlier = second.earlier.expect("it was in the way");
        assert_eq!(read(&earlier), TEXT, "no backup is lost");
        assert!(read(&second.file).contains("amd64"));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 3);
    }

    #[test]
    fn a_link_stays_and_what_it_leads_to_is_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (
            folder.path().join("real.yaml"),
            folder.path().join("compose.yaml"),
        );
        fs::write(&file, TEXT).expect("a file");
        symlink("real.yaml", &link).expect("a link");
        let rewrite = Rewrite::plan(&link, &set("linux/amd64")).expect("a plan");
        rewrite.write().expect("written").expect("changed");
        assert!(link.is_symlink() && read(&file).contains("amd64"));
    }

    #[test]
    fn what_changed_in_between_and_what_is_no_file_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("compose.yaml");
        fs::write(&file, TEXT).expect("a file");
        let rewrite = Rewrite::plan(&file, &set("linux/amd64")).expect("a plan");
        fs::write(&file, "services: {}\n").expect("a file");
        assert!(matches!(rewrite.write(), Err(SourcesError::Changed { .. })));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
        fs::write(&file, TEXT).expect("a file");
        symlink("/etc/passwd", folder.path().join("compose.yaml.bak")).expect("a link");
        assert!(matches!(rewrite.write(), Err(SourcesError::NotAFile { .. })));
        assert_eq!(read(&file), TEXT);
        let gone = Rewrite::plan(&folder.path().join("gone"), &set("linux/amd64"));
        assert!(matches!(gone, Err(ReadError::Missing { .. })));
    }
}
