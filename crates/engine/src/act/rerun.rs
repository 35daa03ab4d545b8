//! Carries out a plan, and takes every step back when one fails.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{
    difference::{Difference, differences},
    kept::{begun_name, kept_name},
    plan::{Plan, Source},
    steps::{no_restart, restart_policy},
};
use crate::{Engine, EngineError, Inspection};

/// Between two looks at a container that was just started.
const LOOK: Duration = Duration::from_millis(150);

/// What is being done.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Pulling, with how much is here, where that is known.
    Pulling(Option<f64>),
    /// Making the new container.
    Creating,
    /// Stopping the old one.
    Stopping,
    /// Starting the new one.
    Starting,
    /// Watching whether it stays.
    Watching,
    /// Taking everything back.
    RollingBack,
}

/// Who hears of progress.
pub type Report<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// What a re-run did.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// The new container's id.
    pub new_id: String,
    /// The name under which the old one is kept.
    pub kept_as: String,
    /// The new one's state after watching.
    pub state: String,
    /// How the two differ.
    pub differences: Vec<Difference>,
}

impl Engine {
    /// Carries out `plan`, and watches the new container for `wait`.
    ///
    /// On an error the old container is back under its name and in its state, except for
    /// [`EngineError::RollbackFailed`], which says where it is.
    pub async fn rerun(&self, plan: &Plan, wait: Duration, report: Report<'_>) -> Result<Done, EngineError> {
        if !plan.blockers.is_empty() {
            return Err(EngineError::NotPossible {
                message: "the plan has blockers".to_owned(),
            });
        }
        let new_id = self.make(plan, report).await?;
        match self.swap(plan, &new_id, wait, report).await {
            Ok(state) => Ok(self.done(plan, new_id, state).await),
            Err(failed) => {
                report(Progress::RollingBack);
                Err(self.roll_back(plan, &new_id, failed).await)
            }
        }
    }

    /// Everything up to here leaves the old container alone.
    async fn make(&self, plan: &Plan, report: Report<'_>) -> Result<String, EngineError> {
        let tagged = if plan.tag_moves {
            self.tagged(&plan.image).await?
        } else {
            None
        };
        let made = self.pull_and_create(plan, report).await;
        // The classic store moves the tag to the pulled platform; others who use it did not ask for that.
        let Some(id) = tagged else { return made };
        match (made, self.tag(&id, &plan.image).await) {
            (Ok(new_id), Err(error)) => {
                self.remove(&new_id).await?;
                Err(error)
            }
            (made, _) => made,
        }
    }

    async fn pull_and_create(&self, plan: &Plan, report: Report<'_>) -> Result<String, EngineError> {
        if plan.source == Source::Pull {
            report(Progress::Pulling(None));
            let pulling = |fraction| report(Progress::Pulling(Some(fraction)));
            let pulled = self.pull(&plan.image, &plan.to, &pulling).await;
            pulled.map_err(|error| pull_failed(plan, error))?;
        }
        report(Progress::Creating);
        self.create_and_join(plan).await
    }

    async fn tagged(&self, reference: &str) -> Result<Option<String>, EngineError> {
        match self.image_json(reference).await {
            Ok(json) => Ok(json.get("Id").and_then(Value::as_str).map(ToOwned::to_owned)),
            Err(EngineError::NotThere { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn create_and_join(&self, plan: &Plan) -> Result<String, EngineError> {
        let name = begun_name(plan.old.name(), plan.old.id());
        self.remove_begun(&name).await?;
        let id = self.create(&name, Some(&plan.to), &plan.body.create).await?;
        for (network, place) in &plan.body.connect {
            if let Err(error) = self.join_network(&id, network, place).await {
                self.remove(&id).await?;
                return Err(error);
            }
        }
        Ok(id)
    }

    /// A re-run that was killed leaves a container under this name that was never started: nothing is lost with it.
    async fn remove_begun(&self, name: &str) -> Result<(), EngineError> {
        match self.inspect(name).await {
            Ok(left) if left.state().status == "created" => self.remove(left.id()).await,
            Ok(_) | Err(EngineError::NotThere { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn swap(
        &self,
        plan: &Plan,
        new_id: &str,
        wait: Duration,
        report: Report<'_>,
    ) -> Result<String, EngineError> {
        let name = plan.old.name();
        if plan.stops() {
            report(Progress::Stopping);
            self.stop(&plan.old).await?;
        }
        self.change_restart_policy(&plan.old, &no_restart()).await?;
        self.rename(plan.old.id(), &kept_name(name, new_id)).await?;
        self.rename(new_id, name).await?;
        if !plan.starts() {
            return Ok("created".to_owned());
        }
        report(Progress::Starting);
        self.start(new_id).await?;
        report(Progress::Watching);
        self.watch(new_id, wait).await
    }

    /// Whether a container that was started stays: it runs, or ended with 0.
    async fn watch(&self, id: &str, wait: Duration) -> Result<String, EngineError> {
        let until = Instant::now() + wait;
        loop {
            let inspection = self.inspect(id).await?;
            if let Some(why) = failure(&inspection) {
                return Err(EngineError::NotPossible {
                    message: self.with_last_line(id, why).await,
                });
            }
            let state = inspection.state();
            let settled = state.status == "exited" || inspection.text("/State/Health/Status") == "healthy";
            if settled || Instant::now() >= until {
                return Ok(state.status);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn with_last_line(&self, id: &str, why: String) -> String {
        let tail = self.log_tail(id).await.unwrap_or_default();
        match tail.lines.last() {
            Some(line) => format!(
                "{why}; its last line is `{}`",
                line.text.chars().take(200).collect::<String>()
            ),
            None => why,
        }
    }

    /// The swap is done: that the new one cannot be compared any more makes it no failure.
    async fn done(&self, plan: &Plan, new_id: String, state: String) -> Done {
        let new = self.inspect(&new_id).await;
        Done {
            differences: new.map(|new| differences(&plan.old, &new)).unwrap_or_default(),
            kept_as: kept_name(plan.old.name(), &new_id),
            new_id,
            state,
        }
    }

    /// The old container back as it was. Returns what failed, with what failed on the way back.
    async fn roll_back(&self, plan: &Plan, new_id: &str, failed: EngineError) -> EngineError {
        match self.put_back(plan, new_id).await {
            Ok(()) => failed,
            Err(rollback) => EngineError::RollbackFailed {
                failed: Box::new(failed),
                rollback: Box::new(rollback),
                kept_as: self
                    .name_now(plan.old.id(), kept_name(plan.old.name(), new_id))
                    .await,
            },
        }
    }

    /// The old one first: that the new one cannot be removed must not keep it from coming back.
    async fn put_back(&self, plan: &Plan, new_id: &str) -> Result<(), EngineError> {
        let old = plan.old.id();
        let removed = self.remove(new_id).await;
        if removed.is_err() {
            let aside = begun_name(plan.old.name(), old);
            self.rename(new_id, &aside).await.ok();
        }
        if self.inspect(old).await?.name() != plan.old.name() {
            self.rename(old, plan.old.name()).await?;
        }
        let policy = restart_policy(&plan.old);
        if policy != no_restart() {
            self.set_restart_policy(old, &policy).await?;
        }
        if plan.stops() {
            self.start(old).await?;
        }
        removed
    }
}

/// The registry's refusals come in many forms; that the engine itself is out of reach is another matter.
fn pull_failed(plan: &Plan, error: EngineError) -> EngineError {
    if error.is_lost() {
        return error;
    }
    let (reference, platform) = (plan.image.clone(), plan.to.to_string());
    EngineError::PullFailed {
        reference,
        platform,
        message: error.to_string(),
    }
}

/// Why a container that was just started is no success.
fn failure(inspection: &Inspection) -> Option<String> {
    let state = inspection.state();
    match state.status.as_str() {
        "restarting" => Some(format!(
            "the new container ended with exit code {} and is restarted over and over",
            state.exit_code
        )),
        "exited" | "dead" if state.exit_code != 0 => Some(format!(
            "the new container ended with exit code {}",
            state.exit_code
        )),
        "running" if inspection.text("/State/Health/Status") == "unhealthy" => {
            Some("the new container runs, but its health check fails".to_owned())
        }
        _ => None,
    }
}
