//! Re-runs, and what becomes of them.

use std::sync::Arc;

use engine::{
    Engine, Inspection,
    act::{self, Journal, Warning},
};
use platform::Platform;
use registry::{Access, Registry};

use super::{
    RerunRequest, builds,
    jobs::{Reporter, What},
    places::claimed,
};
use crate::{
    Refusal, Setup, board, examine, plan_words, present,
    view::{self, Problem},
};

/// The word for the engine's own platform.
const NATIVE: &str = "native";

/// An engine, and what is written down of re-runs on it.
pub(super) struct Reruns {
    engine: Engine,
    journal: Journal,
    access: Access,
    reporter: Reporter,
}

impl Reruns {
    pub(super) fn new(engine: Engine, setup: &Setup, reporter: Reporter) -> Self {
        Self {
            engine,
            journal: setup.journal(),
            access: setup.access(),
            reporter,
        }
    }

    /// What a re-run of container `id` would do. One that was interrupted is planned as if it had never begun.
    pub(super) async fn plan(&self, id: &str, platform: Option<String>) -> Result<act::Plan, Problem> {
        let engine = &self.engine;
        let before = engine.before_interruption(id, &self.journal).await?;
        let was_interrupted = before.is_some();
        let old = match before {
            Some(old) => old,
            None => engine.inspect(id).await?,
        };
        let from = claimed(engine, &old).await;
        let to = match platform {
            Some(text) => platform_of(engine, &text)?,
            None => self.suggested(&old, from.as_ref()).await?,
        };
        let build = if engine.has_image(&old, from.as_ref(), &to).await? {
            None
        } else {
            builds::build(&self.registry(), engine, &old, &to).await
        };
        let mut plan = engine.plan_rerun(old, from, to, build.as_ref()).await?;
        plan.warnings
            .extend(was_interrupted.then_some(Warning::Interrupted));
        Ok(plan)
    }

    fn registry(&self) -> Registry {
        let registries = &self.engine.identity().registries;
        Registry::new(Access {
            insecure: registries.insecure.clone(),
            mirrors: registries.mirrors.clone(),
            ..self.access.clone()
        })
    }

    /// Without a wish: the native build of a foreign image, the program's platform in a mislabelled one, else the same
    /// again.
    async fn suggested(&self, old: &Inspection, from: Option<&Platform>) -> Result<Platform, Problem> {
        let native = &self.engine.identity().platform;
        let actual = examine::actual(&self.engine.chain(old).await?.links);
        let suggested = board::default_platform(from, actual.as_ref(), native);
        Ok(suggested
            .or_else(|| from.cloned())
            .unwrap_or_else(|| native.clone()))
    }

    pub(super) async fn carry_out(&self, request: RerunRequest) -> Result<view::RerunDone, Problem> {
        let RerunRequest {
            container,
            platform,
            wait,
            progress: heard,
        } = request;
        let interrupted = self.engine.before_interruption(&container, &self.journal).await?;
        if let Some(old) = &interrupted {
            self.engine.undo(old.id(), &self.journal).await?;
        }
        let container = interrupted.map_or(container, |old| old.name().to_owned());
        let plan = self.plan(&container, platform).await?;
        if !plan.blockers.is_empty() {
            let reasons = plan.blockers.iter();
            let reasons = reasons.map(|blocker| plan_words::blocker(blocker, &plan).text);
            return Err(Refusal::Blocked(reasons.collect()).into());
        }
        let (name, reporter) = (plan.old.name().to_owned(), self.reporter.clone());
        let heard = Arc::clone(&heard);
        let report = move |progress: act::Progress| {
            let progress = plan_words::progress(&name, &progress);
            heard(progress.clone());
            reporter.send(What::Progress(progress));
        };
        let done = self.engine.rerun(&plan, &self.journal, wait, &report).await;
        self.tell_interrupted().await;
        Ok(present::done(&plan, done?))
    }

    pub(super) async fn undo(&self, id: &str) -> Result<view::Restored, Problem> {
        let restored = self.engine.undo(id, &self.journal).await;
        self.tell_interrupted().await;
        Ok(present::restored(restored?))
    }

    pub(super) async fn discard(&self, id: &str) -> Result<view::Restored, Problem> {
        Ok(present::restored(self.engine.discard(id, &self.journal).await?))
    }

    /// What was interrupted and waits to be finished or taken back.
    pub(super) async fn interrupted(&self) -> Result<Vec<view::Interrupted>, Problem> {
        let interrupted = self.engine.interrupted(&self.journal).await?;
        Ok(interrupted.into_iter().map(plan_words::interrupted).collect())
    }

    /// Tells everybody, also that it cannot be read.
    pub(super) async fn tell_interrupted(&self) {
        self.reporter
            .send(What::Interrupted(self.interrupted().await.ok()));
    }
}

/// `text` as a platform, `native` being the engine's own.
pub(super) fn platform_of(engine: &Engine, text: &str) -> Result<Platform, Problem> {
    if text == NATIVE {
        return Ok(engine.identity().platform.clone());
    }
    text.parse().map_err(|error: platform::PlatformError| {
        Refusal::BadPlatform(format!("`{text}` is not a platform: {error}")).into()
    })
}
