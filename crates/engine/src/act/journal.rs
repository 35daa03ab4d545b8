//! Re-runs on disk, each in a file of its own, so that the next start can take back or finish what was interrupted.
//!
//! A file is complete or not there: it is written beside its place, flushed to the disk, and renamed. It holds the
//! container's environment, so nobody but its user may read it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use super::{kept::short, record::Record};
use crate::EngineError;

/// An inspection is at most half as large.
const FILE_LIMIT: u64 = 2 * crate::read::OBJECT_BYTES as u64;

/// Nobody re-runs so many containers without a discard; further files are not read.
const MOST: usize = 10_000;

/// The folder of all re-runs that can be taken back.
#[derive(Clone, Debug)]
pub struct Journal {
    folder: PathBuf,
}

impl Journal {
    /// In `folder`, which is made when something is to be written.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Writes the first word of a re-run. Refused while another process re-runs the same container.
    pub(crate) fn begin(&self, record: &Record) -> Result<(), EngineError> {
        let file = self.file(record);
        let known = read(&file).map_err(|error| failed(&file, &error))?;
        if known.is_some_and(|known| known.is_under_way()) {
            return Err(EngineError::UnderWay {
                name: record.name().to_owned(),
            });
        }
        self.write(record)
    }

    pub(crate) fn write(&self, record: &Record) -> Result<(), EngineError> {
        let file = self.file(record);
        write(&file, record).map_err(|error| failed(&file, &error))
    }

    /// Forgets it. What cannot be removed is found again as something that was taken back already.
    pub(crate) fn forget(&self, record: &Record) {
        fs::remove_file(self.file(record)).ok();
    }

    /// All re-runs on the engine of this id. One that cannot be read is left out: it is of no use to anybody.
    pub(crate) fn of(&self, engine: &str) -> Result<Vec<Record>, EngineError> {
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
        let records = files
            .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
            .filter_map(|file| read(&file).ok().flatten());
        Ok(records.filter(|record| record.engine == engine).collect())
    }

    fn folder_of(&self, engine: &str) -> PathBuf {
        // An engine names itself; what it says is not to lead elsewhere.
        let name: String = engine
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(64)
            .collect();
        self.folder.join(if name.is_empty() { "unnamed" } else { &name })
    }

    fn file(&self, record: &Record) -> PathBuf {
        let folder = self.folder_of(&record.engine);
        folder.join(format!("{}.json", short(record.old_id())))
    }
}

fn read(file: &Path) -> io::Result<Option<Record>> {
    let opened = match File::open(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    opened.take(FILE_LIMIT).read_to_end(&mut bytes)?;
    Ok(serde_json::from_slice(&bytes).ok())
}

fn write(file: &Path, record: &Record) -> io::Result<()> {
    let folder = file.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let beside = file.with_extension(format!("{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    let opened = options.write(true).create(true).truncate(true).mode(0o600);
    let written = opened.open(&beside).and_then(|mut new| {
        new.write_all(&serde_json::to_vec(record)?)?;
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
    use std::os::unix::fs::PermissionsExt as _;

    use serde_json::json;

    use super::*;
    use crate::act::{record::Phase, specimen::Maker};

    fn record(phase: Phase) -> Record {
        Record {
            engine: "AB:../CD".to_owned(),
            maker: Some(Maker::this().to_string()),
            phase,
            from: None,
            to: "linux/arm64".to_owned(),
            old: json!({"Id": "0123456789abcdef", "Name": "/web", "Config": {"Env": ["KEY=secret"]}}),
            new_id: None,
            stand_in: None,
            tag: None,
        }
    }

    #[test]
    fn what_was_written_is_read_back_and_only_its_user_can_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::at(folder.path().join("reruns"));
        assert_eq!(journal.of("AB:../CD").expect("nothing yet"), []);
        let record = record(Phase::Swapping);
        journal.begin(&record).expect("it can be written");
        assert_eq!(
            journal.of("AB:../CD").expect("records"),
            std::slice::from_ref(&record)
        );
        assert_eq!(journal.of("other").expect("records"), []);
        let file = folder.path().join("reruns/ABCD/0123456789ab.json");
        let mode = fs::metadata(file).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0);
        journal.forget(&record);
        assert_eq!(journal.of("AB:../CD").expect("nothing left"), []);
    }

    #[test]
    fn one_process_at_a_time_and_an_ended_one_makes_way() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::at(folder.path().to_owned());
        journal.begin(&record(Phase::Begun)).expect("the first");
        let second = journal.begin(&record(Phase::Begun));
        assert!(matches!(second, Err(EngineError::UnderWay { .. })));
        let given_up = Record {
            maker: None,
            ..record(Phase::Swapping)
        };
        journal.write(&given_up).expect("it can be written");
        journal.begin(&record(Phase::Begun)).expect("nobody is at it");
    }

    #[test]
    fn a_damaged_file_is_no_record_and_stops_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::at(folder.path().to_owned());
        journal.write(&record(Phase::Begun)).expect("it can be written");
        for bytes in ["", "{", "[]", "{\"engine\":1}"] {
            fs::write(folder.path().join("ABCD/0123456789ab.json"), bytes).expect("a file");
            assert_eq!(journal.of("AB:../CD").expect("records"), []);
            journal.begin(&record(Phase::Begun)).expect("it is written anew");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said_before_anything_is_done() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, "").expect("a file");
        let begun = Journal::at(file).begin(&record(Phase::Begun));
        assert!(matches!(begun, Err(EngineError::JournalFailed { .. })));
    }
}
