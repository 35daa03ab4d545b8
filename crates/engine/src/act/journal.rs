//! Re-runs on disk, each in a file of its own, so that the next start can take back or finish what was interrupted.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use super::{
    kept::short,
    notes::{Held, Lock, Notes},
    record::{Phase, Record},
};
use crate::EngineError;

/// Who looks what was interrupted asks the engine a few things of each.
const LOOKING: Duration = Duration::from_secs(3);

/// Between two tries to hold one.
const LOOK: Duration = Duration::from_millis(50);

/// The folder of all re-runs that can be taken back.
#[derive(Clone, Debug)]
pub struct Journal {
    notes: Notes,
}

impl Journal {
    /// In `folder`, which is made when something is to be written.
    pub fn at(folder: PathBuf) -> Self {
        Self {
            notes: Notes::at(folder),
        }
    }

    /// Keeps all others from both containers of `record`, until the answer is dropped. What is read before may have changed
    /// by then.
    pub(crate) fn hold(&self, record: &Record) -> Result<Vec<Held>, EngineError> {
        let ids = [Some(record.old_id()), record.new_id.as_deref()];
        let hold = |id| self.notes.hold(&record.engine, short(id), record.name());
        ids.into_iter().flatten().map(hold).collect()
    }

    /// The same, but for a moment others are waited for: those who only look what was interrupted let go of it soon.
    pub(crate) async fn hold_soon(&self, record: &Record) -> Result<Vec<Held>, EngineError> {
        let end = Instant::now() + LOOKING;
        loop {
            match self.hold(record) {
                Err(EngineError::UnderWay { .. }) if Instant::now() < end => {
                    tokio::time::sleep(LOOK).await;
                }
                other => return other,
            }
        }
    }

    /// Writes the first word of a re-run or an undo. Refused while another process is at the same container, as far as
    /// `held` leaves that open.
    pub(crate) fn begin(&self, record: &Record, held: &[Held]) -> Result<(), EngineError> {
        if let Some(known) = self.known(record)? {
            refuse_others(&known, held)?;
        }
        self.write(record)
    }

    /// Whether it was begun, neither ended nor taken back, and nobody is at it.
    pub(crate) fn is_interrupted(&self, record: &Record) -> bool {
        record.phase != Phase::Done
            && match self.hold(record) {
                Ok(held) => refuse_others(record, &held).is_ok(),
                // Another one who looks holds it for a moment, too: then what is written decides.
                Err(_) => !record.is_under_way(),
            }
    }

    /// Does `deed` to what was read of `record`, unless somebody is at it, or was since: then that one has the last word.
    pub(crate) fn settle(
        &self,
        record: &Record,
        deed: impl FnOnce(&Self) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let Ok(_held) = self.hold(record) else {
            return Ok(());
        };
        if self.known(record)?.as_ref() != Some(record) {
            return Ok(());
        }
        deed(self)
    }

    /// What is written of the same re-run now.
    pub(crate) fn known(&self, record: &Record) -> Result<Option<Record>, EngineError> {
        self.notes.read(&record.engine, name(record))
    }

    pub(crate) fn write(&self, record: &Record) -> Result<(), EngineError> {
        self.notes.write(&record.engine, name(record), record)
    }

    /// Forgets it. What cannot be removed is found again as something that was taken back already.
    pub(crate) fn forget(&self, record: &Record) {
        self.notes.forget(&record.engine, name(record));
    }

    /// All re-runs on the engine of this id. One that cannot be read is left out: it is of no use to anybody.
    pub(crate) fn of(&self, engine: &str) -> Result<Vec<Record>, EngineError> {
        let mut records: Vec<Record> = self.notes.all(engine)?;
        records.retain(|record| record.engine == engine);
        Ok(records)
    }
}

/// Fails while somebody else is at it. What the system keeps is kept from whoever had begun it, too.
pub(crate) fn refuse_others(known: &Record, held: &[Held]) -> Result<(), EngineError> {
    let is_sure = !held.is_empty() && held.iter().all(|held| held.lock() == Lock::Kept);
    if is_sure || !known.is_under_way() {
        return Ok(());
    }
    Err(EngineError::UnderWay {
        name: known.name().to_owned(),
    })
}

fn name(record: &Record) -> &str {
    short(record.old_id())
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use serde_json::json;

    use super::*;
    use crate::act::maker::Maker;

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
            stopping: false,
            asked: None,
            tag: None,
        }
    }

    #[test]
    fn what_was_written_is_read_back_and_only_its_user_can_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::at(folder.path().join("reruns"));
        assert_eq!(journal.of("AB:../CD").expect("nothing yet"), []);
        let record = record(Phase::Swapping);
        journal.begin(&record, &[]).expect("it can be written");
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
        journal.begin(&record(Phase::Begun), &[]).expect("the first");
        let second = journal.begin(&record(Phase::Begun), &[]);
        assert!(matches!(second, Err(EngineError::UnderWay { .. })));
        let given_up = Record {
            maker: None,
            ..record(Phase::Swapping)
        };
        journal.write(&given_up).expect("it can be written");
        journal
            .begin(&record(Phase::Begun), &[])
            .expect("nobody is at it");
    }

    #[test]
    fn what_the_system_keeps_from_others_is_not_held_up_by_a_number_that_is_anothers_by_now() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::at(folder.path().to_owned());
        // Written by a process of this number, which ended: this one has it now.
        let left = record(Phase::Swapping);
        journal.write(&left).expect("it can be written");
        assert!(left.is_under_way() && journal.is_interrupted(&left));
        let held = journal.hold(&left).expect("nobody is at it");
        assert!(!journal.is_interrupted(&left), "somebody is");
        let ended = Record { maker: None, ..left };
        assert!(journal.is_interrupted(&ended), "somebody only looks");
        journal
            .begin(&record(Phase::Undoing), &held)
            .expect("it makes way");
    }

    #[test]
    fn of_two_that_begin_at_once_only_one_gets_the_container() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::at(folder.path().to_owned());
        let swapping = Record {
            new_id: Some("fedcba9876543210".to_owned()),
            ..record(Phase::Swapping)
        };
        let held = journal.hold(&swapping).expect("the first");
        let of_new = Record {
            old: json!({"Id": "fedcba9876543210", "Name": "/web"}),
            ..record(Phase::Begun)
        };
        for other in [&swapping, &record(Phase::Begun), &of_new] {
            assert!(matches!(journal.hold(other), Err(EngineError::UnderWay { .. })));
        }
        drop(held);
        let left = fs::read_dir(folder.path().join("ABCD")).expect("a folder");
        assert_eq!(left.count(), 0, "a lock is left behind");

        let at_it = std::sync::atomic::AtomicUsize::new(0);
        let at_it = &at_it;
        std::thread::scope(|scope| {
            for _ in 0..8 {
                let (journal, record) = (journal.clone(), swapping.clone());
                scope.spawn(move || {
                    for _ in 0..200 {
                        let Ok(_held) = journal.hold(&record) else {
                            continue;
                        };
                        assert_eq!(at_it.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                        at_it.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                    }
                });
            }
        });
    }

    #[test]
    fn a_damaged_file_is_no_record_and_stops_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::at(folder.path().to_owned());
        journal.write(&record(Phase::Begun)).expect("it can be written");
        for bytes in ["", "{", "[]", "{\"engine\":1}"] {
            fs::write(folder.path().join("ABCD/0123456789ab.json"), bytes).expect("a file");
            assert_eq!(journal.of("AB:../CD").expect("records"), []);
            journal
                .begin(&record(Phase::Begun), &[])
                .expect("it is written anew");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said_before_anything_is_done() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, "").expect("a file");
        let begun = Journal::at(file).begin(&record(Phase::Begun), &[]);
        assert!(matches!(begun, Err(EngineError::JournalFailed { .. })));
    }
}
