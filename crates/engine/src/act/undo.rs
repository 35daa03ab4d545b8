//! Puts a kept container back in its place, or removes it.

use super::{
    journal::{Journal, refuse_others},
    kept::kept_for,
    maker::Maker,
    notes::Held,
    record::{Phase, Record},
    steps::restart_policy,
    take_back::is_removed_by_stopping,
};
use crate::{Engine, EngineError, Inspection, Scope};

/// What an undo or a discard did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The name.
    pub name: String,
    /// The container that has it now.
    pub id: String,
    /// The container that was removed, empty when there was none.
    pub removed_id: String,
    /// The state of the one that stays.
    pub state: String,
}

/// A re-run that neither ended nor was taken back: the process or the engine was stopped in the middle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interrupted {
    /// The container's name.
    pub name: String,
    /// The old container.
    pub old_id: String,
    /// The new one, where it was made.
    pub new_id: Option<String>,
    /// The platform that was asked for, as it was written.
    pub to: String,
    /// How far it was.
    pub phase: Phase,
    /// What there is to go on with.
    pub left: Left,
}

/// What an interrupted re-run left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// The old container, or all that it takes to make it again: it can be taken back, or finished.
    Old,
    /// Only the new one, because somebody removed the old one: a discard settles that.
    New,
}

impl Engine {
    /// Puts the container that was kept for `id`, or that is `id`, back under its name and as it was before the re-run;
    /// the newer one is removed, its volumes are not. Also takes back what was interrupted.
    pub async fn undo(&self, id: &str, journal: &Journal) -> Result<Restored, EngineError> {
        let (before, held) = self.hold_about(id, journal).await?;
        self.refuse_lost_networks(&before).await?;
        self.refuse_dependents(&before).await?;
        let mut record = before.clone().undone_here();
        // A disk that is full is no reason to leave somebody without their container: each step can be done again.
        if let Err(error @ EngineError::UnderWay { .. }) = journal.begin(&record, &held) {
            return Err(error);
        }
        let new = match &record.new_id {
            Some(id) => self.find(id).await?,
            None => None,
        };
        match self.take_back(&record).await {
            Ok(id) => {
                journal.forget(&record);
                let removed = new.map(|new| new.id().to_owned()).unwrap_or_default();
                self.restored(record.name(), &id, removed).await
            }
            Err(failed) if before.phase == Phase::Done => {
                let error = self.keep_new(&before, new.as_ref(), failed).await;
                journal.write(&before).ok();
                Err(error)
            }
            Err(failed) => {
                record.maker = None;
                journal.write(&record).ok();
                Err(failed)
            }
        }
    }

    /// What speaks against a re-run speaks against its way back, as long as the new one stands in its place.
    async fn refuse_dependents(&self, record: &Record) -> Result<(), EngineError> {
        let new = match &record.new_id {
            Some(id) if record.phase == Phase::Done => self.find(id).await?,
            _ => None,
        };
        let Some(new) = new else { return Ok(()) };
        let names = self.dependents(&new, &self.containers(Scope::All).await?).await?;
        if names.is_empty() {
            return Ok(());
        }
        Err(EngineError::Dependents {
            container: new.name().to_owned(),
            names,
        })
    }

    /// Removes the container that was kept for `id`, or that is `id`. Its volumes stay: the newer one uses them.
    pub async fn discard(&self, id: &str, journal: &Journal) -> Result<Restored, EngineError> {
        let (record, held) = self.hold_about(id, journal).await?;
        let not_possible = |message: String| EngineError::NotPossible { message };
        let name = record.name();
        refuse_others(&record, &held)?;
        if record.phase != Phase::Done {
            return self.settle_for_new(&record, journal).await;
        }
        let new = match &record.new_id {
            Some(id) => self.find(id).await?,
            None => None,
        };
        let Some(new) = new else {
            return Err(not_possible(format!(
                "`{name}` is all that is left: the container that took its place is gone"
            )));
        };
        let kept = record.stand_in.as_deref().unwrap_or(record.old_id());
        self.remove(kept).await?;
        journal.forget(&record);
        self.restored(new.name(), new.id(), kept.to_owned()).await
    }

    /// Ends what was interrupted where only the new container is left: somebody removed the old one, so that nothing can be
    /// taken back. It gets the name.
    async fn settle_for_new(&self, record: &Record, journal: &Journal) -> Result<Restored, EngineError> {
        let old = self.find(record.old_id()).await?;
        let new = self.new_of(record).await?;
        // What the engine removed as it stopped can be made again.
        let is_gone = old.is_none() && !is_removed_by_stopping(&record.old());
        let Some(new) = new.filter(|_| is_gone) else {
            return Err(EngineError::Unfinished {
                name: record.name().to_owned(),
            });
        };
        if record.new_id.is_none() {
            self.complete(record, &new).await?;
        }
        if new.name() != record.name() {
            self.rename(new.id(), record.name()).await?;
        }
        if record.old().is_running() && !new.is_running() {
            self.start(new.id()).await?;
        }
        journal.forget(record);
        self.restored(record.name(), new.id(), String::new()).await
    }

    /// The re-runs on this engine that were interrupted. What had only not been written down is no longer one.
    pub async fn interrupted(&self, journal: &Journal) -> Result<Vec<Interrupted>, EngineError> {
        let mut found = Vec::new();
        let (done, begun): (Vec<Record>, Vec<Record>) = journal
            .of(&self.identity.id)?
            .into_iter()
            .partition(|record| record.phase == Phase::Done);
        self.forget_what_is_gone(&done, journal).await?;
        for record in begun.into_iter().filter(|record| journal.is_interrupted(record)) {
            if self.is_complete(&record).await? {
                journal.settle(&record, |journal| journal.write(&record.clone().at(Phase::Done)))?;
            } else if self.is_over(&record).await? {
                journal.settle(&record, |journal| {
                    journal.forget(&record);
                    Ok(())
                })?;
            } else {
                found.push(Interrupted {
                    name: record.name().to_owned(),
                    old_id: record.old_id().to_owned(),
                    new_id: record.new_id.clone(),
                    to: record.to.clone(),
                    phase: record.phase,
                    left: self.left_of(&record).await?,
                });
            }
        }
        Ok(found)
    }

    /// Forgets re-runs of which nothing is kept any more: somebody removed it, or a discard was killed before its last word.
    async fn forget_what_is_gone(&self, done: &[Record], journal: &Journal) -> Result<(), EngineError> {
        if done.is_empty() {
            return Ok(());
        }
        let all = self.containers(Scope::All).await?;
        for record in done {
            let is_there = |id: &str| all.iter().any(|row| row.id == id);
            let kept = [Some(record.old_id()), record.stand_in.as_deref()];
            if kept.into_iter().flatten().any(is_there) {
                continue;
            }
            // An undo makes a container again that the engine removed, as long as the new one has its place.
            let can_be_made = record.stand_in.is_some() && record.new_id.as_deref().is_some_and(is_there);
            if !can_be_made {
                // What is being taken back may have no container for a moment.
                journal.settle(record, |journal| {
                    journal.forget(record);
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    /// The container that `id` means as it was before a re-run that was interrupted; `None` when none was.
    pub async fn before_interruption(
        &self,
        id: &str,
        journal: &Journal,
    ) -> Result<Option<Inspection>, EngineError> {
        let interrupted = self.interrupted(journal).await?;
        let records = journal.of(&self.identity.id)?;
        let listed = |record: &Record| interrupted.iter().find(|it| it.old_id == record.old_id());
        let mut found = records.iter().filter(|record| record.is_about(id));
        let Some((record, it)) = found.find_map(|record| Some((record, listed(record)?))) else {
            return Ok(None);
        };
        if it.left == Left::New {
            return Err(EngineError::OldIsGone {
                name: record.name().to_owned(),
            });
        }
        Ok(Some(record.old()))
    }

    async fn left_of(&self, record: &Record) -> Result<Left, EngineError> {
        let can_be_made = is_removed_by_stopping(&record.old());
        let has_old = can_be_made || self.find(record.old_id()).await?.is_some();
        Ok(if has_old { Left::Old } else { Left::New })
    }

    /// Whether everything was done but the last word: the new one runs in the old one's place, and is as healthy as it was
    /// to become.
    async fn is_complete(&self, record: &Record) -> Result<bool, EngineError> {
        let (Some(new), Phase::Swapping) = (&record.new_id, record.phase) else {
            return Ok(false);
        };
        let runs = |new: &Inspection| {
            let is_well = matches!(new.text("/State/Health/Status"), "" | "none" | "healthy");
            new.name() == record.name() && new.state().status == "running" && is_well
        };
        let kept = self.find(&record.kept_as()).await?;
        Ok(kept.is_some() && self.find(new).await?.is_some_and(|new| runs(&new)))
    }

    /// Whether nothing is left of it: somebody removed both containers, and none can be made again.
    async fn is_over(&self, record: &Record) -> Result<bool, EngineError> {
        if is_removed_by_stopping(&record.old()) || self.find(record.old_id()).await?.is_some() {
            return Ok(false);
        }
        Ok(self.new_of(record).await?.is_none())
    }

    /// The same, with all others kept from it: what was read before somebody else let go of it is read anew.
    async fn hold_about(&self, id: &str, journal: &Journal) -> Result<(Record, Vec<Held>), EngineError> {
        let read = self.record_about(id, journal).await?;
        let held = match journal.hold_soon(&read).await {
            Err(error @ EngineError::UnderWay { .. }) => return Err(error),
            // A disk that is full is no reason to leave somebody without their container.
            held => held.unwrap_or_default(),
        };
        let record = self.record_about(id, journal).await?;
        if record.old_id() != read.old_id() {
            let name = record.name().to_owned();
            return Err(EngineError::UnderWay { name });
        }
        Ok((record, held))
    }

    /// What is known of the re-run that `id` was part of: from the journal, else from the names that the engine keeps.
    async fn record_about(&self, id: &str, journal: &Journal) -> Result<Record, EngineError> {
        let records = journal.of(&self.identity.id)?;
        let about = |record: &&Record| record.is_about(id);
        let interrupted = records
            .iter()
            .filter(about)
            .find(|record| record.phase != Phase::Done);
        if let Some(record) = interrupted {
            return Ok(record.clone());
        }
        let pair = match self.pair(id).await {
            Ok(pair) => pair,
            Err(error) => {
                let found = self.record_without_pair(&records, id).await;
                return found.ok_or_else(|| told_gone(&records, id, error));
            }
        };
        let kept = pair.kept.id();
        let written = records
            .into_iter()
            .find(|record| record.old_id() == kept || record.stand_in.as_deref() == Some(kept));
        Ok(written.unwrap_or_else(|| Record::of_pair(&pair, &self.identity.id)))
    }

    /// An undo makes a container again that the engine removed, even after what was kept for it was removed as well. And
    /// somebody may have given the kept one another name.
    async fn record_without_pair(&self, records: &[Record], id: &str) -> Option<Record> {
        let asked = self.find(id).await.ok().flatten();
        let is_about = |record: &&Record| {
            let own = asked.as_ref().map(Inspection::id);
            record.is_about(id) || own == Some(record.old_id())
        };
        let record = records.iter().find(is_about)?;
        let new = self.find(record.new_id.as_deref()?).await.ok()??;
        let can_be_undone = record.stand_in.is_some() || self.find(record.old_id()).await.ok()?.is_some();
        (can_be_undone && new.name() == record.name()).then(|| record.clone())
    }

    async fn restored(&self, name: &str, id: &str, removed_id: String) -> Result<Restored, EngineError> {
        let state = self.inspect(id).await?.state().status;
        Ok(Restored {
            name: name.to_owned(),
            id: id.to_owned(),
            removed_id,
            state,
        })
    }

    /// Everything as it was before the undo. Returns what failed.
    async fn keep_new(&self, record: &Record, new: Option<&Inspection>, failed: EngineError) -> EngineError {
        match self.put_new_back(record, new).await {
            Ok(()) => failed,
            Err(rollback) => EngineError::RollbackFailed {
                failed: Box::new(failed),
                rollback: Box::new(rollback),
                kept_as: self.kept_name_now(record).await,
            },
        }
    }

    async fn put_new_back(&self, record: &Record, new: Option<&Inspection>) -> Result<(), EngineError> {
        let Some(new) = new else { return Ok(()) };
        if let Some(old) = self.find(record.old_id()).await? {
            if old.is_running() {
                self.keep_from_restarting(&old).await?;
                self.stop(&old).await?;
            }
            self.keep_from_restarting(&old).await?;
            if kept_for(old.name()).is_none() {
                self.rename(old.id(), &record.kept_as()).await?;
            }
        }
        if self.inspect(new.id()).await?.name() != record.name() {
            self.rename(new.id(), record.name()).await?;
        }
        self.change_restart_policy(&self.inspect(new.id()).await?, &restart_policy(new))
            .await?;
        if new.is_running() {
            self.start(new.id()).await?;
        }
        Ok(())
    }
}

/// What is written of a re-run that came to its end, when nothing is there any more that an undo could take.
fn told_gone(records: &[Record], id: &str, error: EngineError) -> EngineError {
    let is_nothing = matches!(
        error,
        EngineError::NothingKept { .. } | EngineError::NotThere { .. }
    );
    match records.iter().find(|record| record.is_about(id)) {
        Some(record) if is_nothing => EngineError::NothingKept {
            message: format!(
                "what was kept for `{}` is gone: it was removed by hand, or by `docker container prune`",
                record.name()
            ),
        },
        _ => error,
    }
}

impl Record {
    fn at(self, phase: Phase) -> Self {
        Self { phase, ..self }
    }

    fn undone_here(self) -> Self {
        Self {
            maker: Some(Maker::this().to_string()),
            ..self.at(Phase::Undoing)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::kept::Pair;
    use serde_json::json;

    fn was_running(finished: &str, created: &str) -> bool {
        let kept = json!({"Name": "/web.kept-for-0123456789ab", "State": {"FinishedAt": finished}});
        let new = json!({"Name": "/web", "Created": created});
        let pair = Pair {
            kept: Inspection::from_json(kept),
            new: Some(Inspection::from_json(new)),
            name: "web".to_owned(),
        };
        Record::of_pair(&pair, "engine").old().is_running()
    }

    #[test]
    fn without_a_journal_only_a_container_that_the_re_run_stopped_is_started_again() {
        assert!(was_running(
            "2026-11-23T07:19:09.371176995Z",
            "2026-11-23T07:19:08.003027158Z"
        ));
        assert!(!was_running("2026-11-23T07:19:07.9Z", "2026-11-23T07:19:08.003Z"));
        assert!(!was_running("0001-01-01T00:00:00Z", "2026-11-23T07:19:08.003Z"));
    }
}
