//! Carries out a plan, and takes every step back when one fails.

use std::time::{Duration, Instant};

use platform::Platform;

use super::{
    body::{Body, body},
    copies,
    difference::{Difference, differences},
    journal::Journal,
    kept::begun_name,
    likeness,
    plan::{Plan, take_over},
    record::{Phase, Record, Tagged},
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
    /// Copying the volume that is mounted here.
    Copying(String),
    /// Starting the new one.
    Starting,
    /// Watching whether it stays.
    Watching,
    /// Taking everything back.
    RollingBack,
}

/// Who hears of progress.
pub type Report<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// What all steps need.
struct Rerun<'a> {
    plan: &'a Plan,
    journal: &'a Journal,
    /// What an earlier one left, which was killed.
    left: Option<&'a Record>,
    wait: Duration,
    report: Report<'a>,
}

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
    /// Carries out `plan`, and watches the new container for `wait`. Each step is in `journal` before it is done.
    ///
    /// On an error the old container is back under its name and in its state, except for
    /// [`EngineError::RollbackFailed`], which says where it is; then [`Engine::undo`] tries again.
    pub async fn rerun(
        &self,
        plan: &Plan,
        journal: &Journal,
        wait: Duration,
        report: Report<'_>,
    ) -> Result<Done, EngineError> {
        if !plan.blockers.is_empty() {
            return Err(EngineError::NotPossible {
                message: "the plan has blockers".to_owned(),
            });
        }
        let mut record = Record::begin(plan, &self.identity.id);
        let held = journal.hold_soon(&record).await?;
        let changed = self.refuse_what_changed(plan).await;
        let left = journal.known(&record)?;
        match changed {
            Err(EngineError::Conflict { .. }) if left.is_some() => {
                let name = plan.old.name().to_owned();
                return Err(EngineError::UnderWay { name });
            }
            changed => changed?,
        }
        journal.begin(&record, &held)?;
        let rerun = Rerun {
            plan,
            journal,
            left: left.as_ref(),
            wait,
            report,
        };
        match self.carry_out(&rerun, &mut record).await {
            Ok((state, announced)) => {
                record.phase = Phase::Done;
                // Everything is in its place: the next start sees that by itself.
                journal.write(&record).ok();
                Ok(self.done(plan, &record, &announced, state).await)
            }
            Err(failed) => {
                if record.phase != Phase::Begun {
                    report(Progress::RollingBack);
                }
                let error = self.roll_back(journal, record, failed).await;
                if !matches!(error, EngineError::RollbackFailed { .. }) {
                    self.remove_volumes(&plan.copies).await;
                }
                Err(error)
            }
        }
    }

    /// Somebody else may have been at the container since it was planned.
    async fn refuse_what_changed(&self, plan: &Plan) -> Result<(), EngineError> {
        let now = self.find(plan.old.id()).await?;
        if now.is_some_and(|now| now.name() == plan.old.name()) {
            return Ok(());
        }
        Err(EngineError::Conflict {
            message: format!(
                "`{}` was re-run, renamed or removed by somebody else since this was planned",
                plan.old.name()
            ),
        })
    }

    async fn carry_out(
        &self,
        rerun: &Rerun<'_>,
        record: &mut Record,
    ) -> Result<(String, Vec<String>), EngineError> {
        let Rerun {
            plan,
            journal,
            report,
            ..
        } = rerun;
        if let Some(pull) = &plan.pull {
            self.obtain(rerun, pull, record).await?;
        }
        let (body, announced) = self.body_of_what_came(plan).await?;
        report(Progress::Creating);
        self.make_volumes(&plan.copies).await?;
        let new_id = self.create_new(rerun, record, &body).await?;
        self.place(&new_id, &body).await?;
        // One who keeps other notes may have been at it meanwhile.
        self.refuse_what_changed(plan).await?;
        record.phase = Phase::Swapping;
        journal.write(record)?;
        if plan.is_removed_by_stopping() {
            record.stand_in = Some(self.make_stand_in(record).await?);
            journal.write(record)?;
        }
        // Others who use the tag did not ask for another platform.
        self.put_tag_back(record).await?;
        record.stopping = plan.stops();
        journal.write(record)?;
        let state = self.swap(rerun, record, &new_id).await?;
        Ok((state, announced))
    }

    /// Pulls, and looks at what came: an image of one platform only comes whatever platform is asked for.
    async fn obtain(&self, rerun: &Rerun<'_>, pull: &str, record: &mut Record) -> Result<(), EngineError> {
        let Rerun {
            plan,
            journal,
            report,
            ..
        } = rerun;
        if plan.tag_moves {
            let id = self.find_image_id(pull).await?;
            let reference = pull.to_owned();
            record.tag = id.map(|id| Tagged { reference, id });
            journal.write(record)?;
        }
        report(Progress::Pulling(None));
        let pulling = |fraction| report(Progress::Pulling(Some(fraction)));
        let pulled = self.pull(pull, &plan.to, plan.login.as_ref(), &pulling).await;
        pulled.map_err(|error| pull_failed(pull, &plan.to, error))?;
        let came = self.local_platforms(&plan.image).await?;
        if came.is_empty() || came.iter().any(|platform| platform.satisfies(&plan.to)) {
            return Ok(());
        }
        let came: Vec<String> = came.iter().map(ToString::to_string).collect();
        Err(EngineError::OtherPlatform {
            reference: pull.to_owned(),
            platform: plan.to.to_string(),
            came: came.join(", "),
        })
    }

    /// The request with the defaults of the image as it came, which the plan may not have known, and the fields that differ
    /// for a reason that is told.
    async fn body_of_what_came(&self, plan: &Plan) -> Result<(Body, Vec<String>), EngineError> {
        let around = self.around(&plan.old).await?;
        let mut body = body(&plan.old, &plan.image, self.api, &around);
        let new = self.image_config(&plan.image, Some(&plan.to)).await?;
        let defaults = take_over(&mut body, plan.old_config.as_ref(), new.as_ref());
        let mut announced: Vec<String> = defaults.into_iter().map(|change| change.path).collect();
        if !plan.copies.is_empty() {
            announced.extend(["HostConfig.Binds", "HostConfig.Mounts"].map(ToOwned::to_owned));
        }
        copies::apply(&mut body, &plan.copies);
        Ok((body, announced))
    }

    /// Makes the new container beside the old one. What it is recognised by is written down before, its id after.
    async fn create_new(
        &self,
        rerun: &Rerun<'_>,
        record: &mut Record,
        body: &Body,
    ) -> Result<String, EngineError> {
        let Rerun {
            plan, journal, left, ..
        } = rerun;
        let asked = left.and_then(|left| Some((left, left.asked.as_ref()?)));
        if let Some((left, asked)) = asked
            && let Some(begun) = self.find_begun(left, asked).await?
        {
            self.remove(begun.id()).await?;
        }
        record.asked = Some(likeness::of_request(&body.create));
        journal.write(record)?;
        let name = begun_name(plan.old.name(), plan.old.id());
        let made = self.create(&name, Some(&plan.to), &body.to_send()).await;
        if let Err(EngineError::Conflict { .. }) = &made {
            // What has the name is another's.
            record.asked = None;
        }
        let new_id = made?;
        record.new_id = Some(new_id.clone());
        Ok(new_id)
    }

    async fn swap(&self, rerun: &Rerun<'_>, record: &Record, new_id: &str) -> Result<String, EngineError> {
        let Rerun { plan, report, .. } = rerun;
        let (old, name) = (&plan.old, plan.old.name());
        // First: an engine that is started again would start it again.
        self.keep_from_restarting(old).await?;
        if plan.stops() {
            report(Progress::Stopping);
            self.stop(old).await?;
        }
        if record.stand_in.is_some() {
            self.until_removed(old.id()).await?;
        } else {
            self.rename(old.id(), &record.kept_as()).await?;
        }
        self.rename(new_id, name).await?;
        // What is stopped writes nothing any more.
        self.fill_volumes(plan, new_id, *report).await?;
        if !plan.starts() {
            return Ok("created".to_owned());
        }
        report(Progress::Starting);
        self.start(new_id).await?;
        report(Progress::Watching);
        self.watch(new_id, rerun.wait).await
    }

    /// Whether a container that was started stays: it runs, or ended with 0.
    pub(super) async fn watch(&self, id: &str, wait: Duration) -> Result<String, EngineError> {
        let until = Instant::now() + wait;
        loop {
            let Some(inspection) = self.find(id).await? else {
                return Err(self.ended_and_removed(id).await);
            };
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

    /// Of a container that the engine removed as it ended (`--rm`), or somebody by hand.
    async fn ended_and_removed(&self, id: &str) -> EngineError {
        let code = self.last_exit_code(id).await.ok().flatten();
        EngineError::NotPossible {
            message: match code {
                Some(code) => format!("the new container ended with exit code {code}, and was removed"),
                None => "the new container was removed".to_owned(),
            },
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
    async fn done(&self, plan: &Plan, record: &Record, announced: &[String], state: String) -> Done {
        let new_id = record.new_id.clone().unwrap_or_default();
        let new = self.inspect(&new_id).await;
        let compare = |new| differences(&plan.old, &new, announced);
        Done {
            differences: new.map(compare).unwrap_or_default(),
            kept_as: record.kept_as(),
            new_id,
            state,
        }
    }

    /// The old container back as it was. Returns what failed, with what failed on the way back.
    async fn roll_back(&self, journal: &Journal, mut record: Record, failed: EngineError) -> EngineError {
        match self.take_back(&record).await {
            Ok(_) => {
                journal.forget(&record);
                failed
            }
            Err(rollback) => {
                record.maker = None;
                journal.write(&record).ok();
                EngineError::RollbackFailed {
                    failed: Box::new(failed),
                    rollback: Box::new(rollback),
                    kept_as: self.kept_name_now(&record).await,
                }
            }
        }
    }
}

/// The registry's refusals come in many forms; that the engine itself is out of reach is another matter.
fn pull_failed(pull: &str, platform: &Platform, error: EngineError) -> EngineError {
    if error.is_lost() || matches!(error, EngineError::PullFailed { .. }) {
        return error;
    }
    let (reference, platform) = (pull.to_owned(), platform.to_string());
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
