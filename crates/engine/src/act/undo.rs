//! Puts a kept container back in its place, or removes it.

use super::{
    kept::{Pair, kept_for, short},
    steps::{no_restart, restart_policy},
};
use crate::{Engine, EngineError, Inspection, inspect::instant};

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

impl Engine {
    /// Puts the container that was kept for `id`, or that is `id`, back under its name and as it was before the re-run;
    /// the newer one is removed, its volumes are not.
    pub async fn undo(&self, id: &str) -> Result<Restored, EngineError> {
        let pair = self.pair(id).await?;
        if let Err(failed) = self.bring_back(&pair).await {
            return Err(self.keep_new(&pair, failed).await);
        }
        let removed_id = pair
            .new
            .as_ref()
            .map(|new| new.id().to_owned())
            .unwrap_or_default();
        if !removed_id.is_empty() {
            self.remove(&removed_id).await?;
        }
        self.restored(&pair.name, pair.kept.id(), removed_id).await
    }

    /// Removes the container that was kept for `id`, or that is `id`. Its volumes stay: the newer one uses them.
    pub async fn discard(&self, id: &str) -> Result<Restored, EngineError> {
        let pair = self.pair(id).await?;
        let Some(new) = &pair.new else {
            let message = format!(
                "`{}` is all that is left: the container that took its place is gone",
                pair.name
            );
            return Err(EngineError::NotPossible { message });
        };
        self.remove(pair.kept.id()).await?;
        self.restored(&pair.name, new.id(), pair.kept.id().to_owned())
            .await
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

    async fn bring_back(&self, pair: &Pair) -> Result<(), EngineError> {
        if let Some(new) = &pair.new {
            if new.is_running() {
                self.set_restart_policy(new.id(), &no_restart()).await?;
                self.stop(new).await?;
            }
            self.rename(new.id(), &aside(pair, new)).await?;
        }
        self.rename(pair.kept.id(), &pair.name).await?;
        if let Some(new) = &pair.new {
            self.set_restart_policy(pair.kept.id(), &restart_policy(new))
                .await?;
        }
        if was_running(pair) {
            self.start(pair.kept.id()).await
        } else {
            Ok(())
        }
    }

    /// Everything as it was before the undo. Returns what failed.
    async fn keep_new(&self, pair: &Pair, failed: EngineError) -> EngineError {
        let back = async {
            if self.inspect(pair.kept.id()).await?.name() != pair.kept.name() {
                self.rename(pair.kept.id(), pair.kept.name()).await?;
                self.set_restart_policy(pair.kept.id(), &no_restart()).await?;
            }
            let Some(new) = &pair.new else { return Ok(()) };
            if self.inspect(new.id()).await?.name() != pair.name {
                self.rename(new.id(), &pair.name).await?;
            }
            self.set_restart_policy(new.id(), &restart_policy(new)).await?;
            if new.is_running() {
                self.start(new.id()).await
            } else {
                Ok(())
            }
        };
        match back.await {
            Ok(()) => failed,
            Err(rollback) => EngineError::RollbackFailed {
                failed: Box::new(failed),
                rollback: Box::new(rollback),
                kept_as: self.name_now(pair.kept.id(), pair.kept.name().to_owned()).await,
            },
        }
    }
}

/// A name for the newer one until it is removed.
fn aside(pair: &Pair, new: &Inspection) -> String {
    format!("{}.undone-{}", pair.name, short(new.id()))
}

/// A container that the re-run itself stopped ended after the newer one was made; all others had ended before.
fn was_running(pair: &Pair) -> bool {
    let Some(new) = &pair.new else { return false };
    let ended = instant(&pair.kept.state().finished_at);
    kept_for(pair.kept.name()).is_some() && ended > instant(new.created_at())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pair(finished: &str, created: &str) -> Pair {
        let kept = json!({"Name": "/web.kept-for-0123456789ab", "State": {"FinishedAt": finished}});
        let new = json!({"Name": "/web", "Created": created});
        let name = "web".to_owned();
        Pair {
            kept: Inspection::from_json(kept),
            new: Some(Inspection::from_json(new)),
            name,
        }
    }

    #[test]
    fn only_a_container_that_the_re_run_stopped_is_started_again() {
        assert!(was_running(&pair(
            "2026-11-23T07:19:09.371176995Z",
            "2026-11-23T07:19:08.003027158Z"
        )));
        assert!(!was_running(&pair(
            "2026-11-23T07:19:07.9Z",
            "2026-11-23T07:19:08.003Z"
        )));
        assert!(!was_running(&pair(
            "0001-01-01T00:00:00Z",
            "2026-11-23T07:19:08.003Z"
        )));
    }
}
