//! What was changed last for each runtime, on disk, so that it can be taken back.
//!
//! A record holds the settings file as it was, which may have a password of a proxy in it: only its user may read it.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Aim, ApplyError, Change, Plan, Target, Way};
use crate::read;

/// Two settings files of the largest size that is read, with every byte of them escaped.
const RECORD_LIMIT: usize = 16 * 1024 * 1024;
/// Nobody has so many runtimes and machines; further files are not read.
const MOST: usize = 256;
/// The form of a record; another one is not read.
const FORM: u32 = 1;
const LOCK: &str = "lock";

/// A folder of records, one for each machine of a runtime.
#[derive(Debug, Clone)]
pub struct Journal {
    folder: PathBuf,
}

/// Kept as long as one process changes settings.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "it is let go when it is dropped")] File);

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    form: u32,
    /// When it was made, in Unix seconds.
    pub(super) at: u64,
    pub(super) runtime: String,
    pub(super) machine: Option<String>,
    pub(super) is_on: bool,
    pub(super) way: String,
    pub(super) file: Option<PathBuf>,
    pub(super) key: String,
    pub(super) from: Option<bool>,
    pub(super) to: Option<bool>,
    pub(super) backup: Option<PathBuf>,
    /// The file before and after, where one was written. `None` is no file.
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    /// Whether Rosetta was on before, where that was known.
    pub(super) was_on: Option<bool>,
    /// Whether a running runtime is told, and was not seen to follow: it may still do.
    #[serde(default)]
    pub(super) is_open: bool,
    /// The change before, until this one is made.
    pub(super) earlier: Option<Box<Record>>,
}

impl Record {
    /// What `plan` is about to do.
    pub(super) fn of(plan: &Plan, at: u64) -> Self {
        let text = |text: &Option<Vec<u8>>| {
            let text = text.as_ref()?;
            Some(String::from_utf8_lossy(text).into_owned())
        };
        let change = plan.change.as_ref();
        let texts = change.and_then(|change| change.texts.as_ref());
        Self {
            form: FORM,
            at,
            runtime: plan.target.runtime.as_str().to_owned(),
            machine: plan.target.machine.clone(),
            is_on: plan.aim == Aim::On,
            way: plan.way.as_ref().map(Way::as_str).unwrap_or_default().to_owned(),
            file: change.and_then(|change| change.file.clone()),
            key: change.map(|change| change.key.clone()).unwrap_or_default(),
            from: change.and_then(|change| change.from),
            to: change.and_then(|change| change.to),
            backup: change.and_then(|change: &Change| change.backup.clone()),
            before: texts.and_then(|texts| text(&texts.before)),
            after: texts.and_then(|texts| text(&texts.after)),
            was_on: match plan.state {
                crate::State::On => Some(true),
                crate::State::Off | crate::State::Impossible => Some(false),
                crate::State::NotNeeded | crate::State::Unknown => None,
            },
            is_open: matches!(plan.way, Some(Way::Backend { .. })),
            earlier: None,
        }
    }

    /// The same, with the change that is taken back in its place as long as it is not made.
    pub(super) fn after(self, earlier: Option<Self>) -> Self {
        let earlier = earlier.map(|earlier| {
            Box::new(Self {
                earlier: None,
                ..earlier
            })
        });
        Self { earlier, ..self }
    }

    /// The same, seen to be made.
    pub(super) fn settled(self) -> Self {
        Self {
            is_open: false,
            earlier: None,
            ..self
        }
    }

    /// The change that was made: the one before, as long as the file is as this one found it.
    fn made(self) -> Self {
        let file = self
            .file
            .as_deref()
            .filter(|_| self.before.is_some() || self.after.is_some());
        let is_untouched = file.is_some_and(|file| {
            let before = self.before.as_deref().map(str::as_bytes);
            super::place::text(file).is_ok_and(|text| text.as_deref() == before)
        });
        match self.earlier {
            Some(earlier) if is_untouched => *earlier,
            earlier => Self { earlier, ..self },
        }
    }
}

impl Journal {
    /// In `folder`, which is made when something is to be written.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps other processes away until the lock is dropped, by which way ever this process ends.
    pub(super) fn lock(&self) -> Result<Lock, ApplyError> {
        let path = self.folder.join(LOCK);
        let failed = |error: io::Error| journal_failed(&path, &error);
        if !path.is_absolute() {
            // Without a home folder it would lie wherever the program was started.
            return Err(failed(io::Error::other("there is no home folder for it")));
        }
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .map_err(failed)?;
        let mut options = OpenOptions::new();
        let opened = options
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path);
        let file = opened.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(ApplyError::UnderWay),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Writes `record` in the place of the one before it.
    pub(super) fn write(&self, record: &Record) -> Result<(), ApplyError> {
        let path = self.path(&record.runtime, record.machine.as_deref());
        let written = serde_json::to_vec(record)
            .map_err(io::Error::from)
            .and_then(|bytes| write(&path, &bytes));
        written.map_err(|error| journal_failed(&path, &error))
    }

    /// Forgets `record`. One that cannot be removed is found again as something that was taken back already.
    pub(super) fn forget(&self, record: &Record) {
        fs::remove_file(self.path(&record.runtime, record.machine.as_deref())).ok();
    }

    /// The last change of `target`, or of all, the newest. What cannot be understood is no record.
    pub(super) fn last(&self, target: Option<&Target>) -> Option<Record> {
        let entries = fs::read_dir(&self.folder).ok()?;
        let paths = entries
            .take(MOST)
            .filter_map(Result::ok)
            .map(|entry| entry.path());
        let records = paths
            .filter(|path| path.extension().is_some_and(|it| it == "json"))
            .filter_map(|path| read::whole_at(&path, RECORD_LIMIT).ok())
            .filter_map(|bytes| serde_json::from_slice::<Record>(&bytes).ok())
            .filter(|record| record.form == FORM);
        let wanted = |record: &Record| {
            target.is_none_or(|target| {
                let same_machine = target.machine.is_none() || record.machine == target.machine;
                record.runtime == target.runtime.as_str() && same_machine
            })
        };
        records
            .filter(wanted)
            .max_by_key(|record| record.at)
            .map(Record::made)
    }

    fn path(&self, runtime: &str, machine: Option<&str>) -> PathBuf {
        // A machine names itself; what it says is not to lead elsewhere.
        let plain = |name: &str| -> String {
            let plain = name.chars().filter(|it| it.is_ascii_alphanumeric() || *it == '-');
            plain.take(64).collect()
        };
        let machine = machine
            .map(|name| format!("_{}", plain(name)))
            .unwrap_or_default();
        self.folder.join(format!("{}{machine}.json", plain(runtime)))
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    let opened = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside);
    let written = opened.and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| fs::rename(&beside, path));
    if placed.is_err() {
        fs::remove_file(&beside).ok();
    }
    placed?;
    // The name is to survive a loss of power too.
    File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()
}

fn journal_failed(path: &Path, error: &io::Error) -> ApplyError {
    ApplyError::JournalFailed {
        path: path.into(),
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Runtime;

    fn record(runtime: &str, at: u64) -> Record {
        Record {
            form: FORM,
            at,
            runtime: runtime.to_owned(),
            machine: None,
            is_on: true,
            way: "file".to_owned(),
            file: None,
            key: "k".to_owned(),
            from: None,
            to: Some(true),
            backup: None,
            before: None,
            after: None,
            was_on: None,
            is_open: false,
            earlier: None,
        }
    }

    #[test]
    fn the_newest_is_the_last_and_each_runtime_has_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::at(folder.path().join("settings"));
        assert_eq!(journal.last(None), None);
        let _lock = journal.lock().expect("nobody has it");
        journal.write(&record("colima", 5)).expect("it can be written");
        journal
            .write(&record("docker-desktop", 9))
            .expect("it can be written");
        assert_eq!(journal.last(None), Some(record("docker-desktop", 9)));
        let colima = Target {
            runtime: Runtime::Colima,
            machine: None,
        };
        assert_eq!(journal.last(Some(&colima)), Some(record("colima", 5)));
        journal.forget(&record("colima", 5));
        assert_eq!(journal.last(Some(&colima)), None);
    }

    #[test]
    fn one_at_a_time_and_a_damaged_record_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::at(folder.path().to_owned());
        let lock = journal.lock().expect("nobody has it");
        assert_eq!(journal.lock().err(), Some(ApplyError::UnderWay));
        drop(lock);
        journal.lock().expect("it was let go");
        for bytes in ["", "{", "{\"form\":2}"] {
            fs::write(folder.path().join("colima.json"), bytes).expect("a file");
            assert_eq!(journal.last(None), None);
        }
        let failed = Journal::at(folder.path().join("lock/x")).lock();
        assert!(matches!(failed, Err(ApplyError::JournalFailed { .. })));
    }
}
