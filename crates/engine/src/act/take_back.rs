//! Everything as it was before a re-run, from wherever it stopped.
//!
//! Each step looks first whether it is still to be done, so that this can itself be killed, and be done again.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{
    body::{Body, body},
    kept::{begun_name, short},
    likeness,
    record::{Phase, Record},
    steps::{no_restart, restart_policy},
};
use crate::{Engine, EngineError, Inspection};

/// The engine removes a container with its writable layer: seconds, on a busy disk.
const REMOVAL: Duration = Duration::from_mins(1);

/// Between two looks at a container that is being removed.
const LOOK: Duration = Duration::from_millis(100);

/// How a container is removed, and when.
pub(super) fn is_removed_by_stopping(container: &Inspection) -> bool {
    container.flag("/HostConfig/AutoRemove")
}

impl Engine {
    /// Puts the old container of `record` back: under its name, with its restart policy, and running if it was. Its id
    /// comes back, which is another one if the engine had removed it. The new one is removed, its volumes are not.
    ///
    /// The old one first: that the new one cannot be removed must not keep it from coming back.
    pub(super) async fn take_back(&self, record: &Record) -> Result<String, EngineError> {
        if record.phase == Phase::Undoing {
            self.rejoin_first(record).await?;
        }
        let new = self.new_of(record).await?;
        if let Some(new) = &new {
            self.make_way(record, new).await?;
        }
        let old = self.old_of(record).await?;
        let placed = self.put_in_place(record, &old).await;
        if placed.is_err() && record.phase == Phase::Undoing {
            // The new one ran well: it may have to stay.
            return placed.map(|()| String::new());
        }
        let stand_in = self.stand_in_of(record).await?;
        let others = [new.as_ref().map(Inspection::id), stand_in.as_deref()];
        for id in others.into_iter().flatten() {
            self.remove(id).await?;
        }
        self.put_tag_back(record).await?;
        placed?;
        Ok(old.id().to_owned())
    }

    /// The new container, which may have been made just before its id could be written down.
    pub(super) async fn new_of(&self, record: &Record) -> Result<Option<Inspection>, EngineError> {
        match (&record.new_id, &record.asked) {
            (Some(id), _) => self.find(id).await,
            (None, Some(asked)) => self.find_begun(record, asked).await,
            (None, None) => Ok(None),
        }
    }

    /// What a re-run that was killed left under the name of one that is begun: it was never started, and nothing is lost
    /// with it.
    pub(super) async fn find_begun(
        &self,
        record: &Record,
        asked: &Value,
    ) -> Result<Option<Inspection>, EngineError> {
        let begun = self.find(&begun_name(record.name(), record.old_id())).await?;
        Ok(begun.filter(|begun| begun.state().status == "created" && likeness::is_like(begun, asked)))
    }

    async fn stand_in_of(&self, record: &Record) -> Result<Option<String>, EngineError> {
        if record.stand_in.is_some() || record.new_id.is_none() || !is_removed_by_stopping(&record.old()) {
            return Ok(record.stand_in.clone());
        }
        let asked = likeness::of_request(&self.stand_in_body(record).await?.create);
        let kept = self.find(&record.kept_as()).await?;
        let stands_in =
            kept.filter(|kept| kept.state().status == "created" && likeness::is_like(kept, &asked));
        Ok(stands_in.map(|kept| kept.id().to_owned()))
    }

    /// The container, if there is one.
    pub(super) async fn find(&self, id: &str) -> Result<Option<Inspection>, EngineError> {
        match self.inspect(id).await {
            Ok(inspection) => Ok(Some(inspection)),
            Err(EngineError::NotThere { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Stops the new one with its own signal and within its own time, and takes the name from it.
    async fn make_way(&self, record: &Record, new: &Inspection) -> Result<(), EngineError> {
        let goes_by_itself = is_removed_by_stopping(new);
        if new.is_running() {
            match self.stop_for_good(new).await {
                Err(EngineError::NotThere { .. }) if goes_by_itself => {}
                stopped => stopped?,
            }
        }
        // One that ended is on its way out; one that was never started stays.
        if goes_by_itself && new.state().status != "created" {
            return match self.until_removed(new.id()).await {
                // An engine that was killed meanwhile may have forgotten it.
                Err(EngineError::TimedOut { .. }) => self.remove(new.id()).await,
                removed => removed,
            };
        }
        if new.name() == record.name() {
            let aside = format!("{}.undone-{}", record.name(), short(new.id()));
            self.rename(new.id(), &aside).await?;
        }
        Ok(())
    }

    async fn stop_for_good(&self, container: &Inspection) -> Result<(), EngineError> {
        self.keep_from_restarting(container).await?;
        self.stop(container).await
    }

    /// The old one, made again when the engine removed it as it stopped.
    async fn old_of(&self, record: &Record) -> Result<Inspection, EngineError> {
        let old = record.old();
        if is_removed_by_stopping(&old)
            && record.stopping
            && let Some(old) = self.find(old.id()).await?
        {
            // It is on its way out, or will be in a moment.
            if old.is_running() {
                self.stop(&old).await?;
            }
            self.until_removed(old.id()).await?;
        }
        // Without the journal, what stands in for the old one is all that is known of it.
        let is_known = record.stand_in.as_deref() != Some(old.id());
        if is_known && let Some(old) = self.find(old.id()).await? {
            return Ok(old);
        }
        if !is_removed_by_stopping(&old) {
            return Err(EngineError::OldIsGone {
                name: record.name().to_owned(),
            });
        }
        self.make_again(record).await
    }

    async fn make_again(&self, record: &Record) -> Result<Inspection, EngineError> {
        let old = record.old();
        let named = self.find_image_id(old.image()).await?;
        let image = if named.as_deref() == Some(old.image_id()) {
            old.image()
        } else {
            old.image_id()
        };
        let body = body(&old, image, self.api, &self.around(&old).await?);
        // An earlier try may have come so far. Another's container may have the name as well.
        let made = self.find(record.name()).await?;
        let asked = likeness::of_request(&body.create);
        if let Some(made) = made.filter(|made| likeness::is_like(made, &asked)) {
            return Ok(made);
        }
        let id = self.make(record, record.name(), &body).await?;
        self.inspect(&id).await
    }

    /// A container that is kept in place of the old one, which the engine removes as soon as it stops: it holds the image
    /// and the volumes, and is never started.
    pub(super) async fn make_stand_in(&self, record: &Record) -> Result<String, EngineError> {
        let body = self.stand_in_body(record).await?;
        self.make(record, &record.kept_as(), &body).await
    }

    async fn stand_in_body(&self, record: &Record) -> Result<Body, EngineError> {
        let old = record.old();
        let mut body = body(&old, old.image_id(), self.api, &self.around(&old).await?);
        body.create["HostConfig"]["AutoRemove"] = Value::from(false);
        Ok(body)
    }

    /// A container for the platform that the old one was for.
    async fn make(&self, record: &Record, name: &str, body: &Body) -> Result<String, EngineError> {
        let platform = record.from.as_deref().and_then(|from| from.parse().ok());
        let id = self.create(name, platform.as_ref(), &body.to_send()).await?;
        self.place(&id, body).await?;
        Ok(id)
    }

    async fn put_in_place(&self, record: &Record, old: &Inspection) -> Result<(), EngineError> {
        if record.phase == Phase::Begun {
            // Nothing was done to it yet; what is different now is somebody else's doing.
            return Ok(());
        }
        let named = if old.name() == record.name() {
            Ok(())
        } else {
            self.rename(old.id(), record.name()).await
        };
        let before = record.old();
        let mut runs = old.is_running();
        if runs && record.stopping && record.phase != Phase::Done {
            // A stop that was asked for before goes on, whoever asked for it is gone: it is waited for, not overtaken.
            self.stop(old).await?;
            runs = false;
        }
        self.change_restart_policy(&self.inspect(old.id()).await?, &restart_policy(&before))
            .await?;
        if !runs {
            self.rejoin(record, old).await?;
        }
        if before.is_running() && !runs {
            self.start(old.id()).await?;
        }
        // Somebody took the name: better to run under another one than not at all.
        named
    }

    /// Whatever has the tag now: it was moved for a moment only, by the re-run itself.
    pub(super) async fn put_tag_back(&self, record: &Record) -> Result<(), EngineError> {
        let Some(tag) = &record.tag else { return Ok(()) };
        if self.find_image_id(&tag.reference).await?.as_deref() == Some(&tag.id) {
            return Ok(());
        }
        self.tag(&tag.id, &tag.reference).await
    }

    /// The id of the image that `reference` names, if it names one.
    pub(super) async fn find_image_id(&self, reference: &str) -> Result<Option<String>, EngineError> {
        match self.image_json(reference).await {
            Ok(json) => Ok(json.get("Id").and_then(Value::as_str).map(ToOwned::to_owned)),
            Err(EngineError::NotThere { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Engines refuse this for a container that they remove by themselves: that one never has a policy.
    pub(super) async fn keep_from_restarting(&self, container: &Inspection) -> Result<(), EngineError> {
        self.change_restart_policy(container, &no_restart()).await
    }

    pub(super) async fn until_removed(&self, id: &str) -> Result<(), EngineError> {
        let end = Instant::now() + REMOVAL;
        while self.find(id).await?.is_some() {
            if Instant::now() >= end {
                return Err(EngineError::TimedOut {
                    what: format!("remove {}", short(id)),
                    seconds: REMOVAL.as_secs(),
                });
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }
}
