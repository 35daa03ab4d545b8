//! Re-runs, and what becomes of them.

use std::time::Duration;

use engine::{
    Engine, Inspection,
    act::{self, Asked, Journal, Warning},
};
use platform::Platform;
use registry::{Access, Registry};

use super::{
    RerunOptions, RerunRequest, Volumes, builds,
    jobs::{Reporter, What},
    places::claimed,
    probes::tell_probes,
    ways::{By, Planned},
};
use crate::{
    Refusal, Setup, board,
    compose::{self, ByCompose, Notebook, Program},
    compose_words, examine, plan_words, present,
    view::{self, Problem},
};

/// The word for the engine's own platform.
const NATIVE: &str = "native";

/// Who hears how far a re-run is.
type Tell<'a> = &'a (dyn Fn(view::Progress) + Send + Sync);

/// An engine, and what is written down of re-runs on it.
pub(super) struct Reruns {
    engine: Engine,
    journal: Journal,
    /// What Compose did.
    notebook: Notebook,
    setup: Setup,
    registry: Registry,
    reporter: Reporter,
}

impl Reruns {
    pub(super) fn new(engine: Engine, setup: &Setup, reporter: Reporter) -> Self {
        Self {
            notebook: Notebook::new(setup.compose_notes(), &engine),
            registry: registry(&engine, setup),
            setup: setup.clone(),
            engine,
            journal: setup.journal(),
            reporter,
        }
    }

    /// What a re-run of container `id` would do. One that was interrupted is planned as if it had never begun.
    pub(super) async fn plan(&self, id: &str, options: RerunOptions) -> Result<Planned, Problem> {
        let mut plan = self.plan_by_hand(id, options.platform).await?;
        let name = plan.old.name().to_owned();
        let earlier = self.notebook.about(&name)?;
        let is_interrupted = earlier
            .as_ref()
            .is_some_and(|note| self.notebook.is_interrupted(note));
        plan.warnings
            .extend(is_interrupted.then_some(Warning::Interrupted));
        let mut planned = Planned::of(plan, options.way, &self.setup, &self.engine).await;
        if options.volumes == Volumes::Copied {
            planned.copy_volumes(&self.engine).await?;
        }
        let has_file = earlier.filter(|_| !is_interrupted);
        planned
            .more
            .extend(has_file.map(|note| compose_words::has_file(&name, &note)));
        Ok(planned)
    }

    async fn plan_by_hand(&self, id: &str, platform: Option<String>) -> Result<act::Plan, Problem> {
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
        let asked = if engine.has_image(&old, from.as_ref(), &to).await? {
            Asked::Nothing
        } else {
            builds::ask(&self.registry, engine, &old, &to).await
        };
        let planned = engine.plan_rerun(old, from, to, &asked).await;
        tell_probes(engine, &self.reporter);
        let mut plan = planned?;
        plan.login = self.login(&plan).await;
        plan.warnings
            .extend(was_interrupted.then_some(Warning::Interrupted));
        Ok(plan)
    }

    /// What `docker login` left for the registry that is pulled from. Without it, or where it cannot be read, the engine
    /// asks as anybody may.
    async fn login(&self, plan: &act::Plan) -> Option<act::Login> {
        let login = self.registry.login(plan.pull.as_deref()?).await.ok().flatten()?;
        let secret = match login.secret {
            registry::Secret::Password { user, password } => act::Secret::Password { user, password },
            registry::Secret::Identity(token) => act::Secret::Identity(token),
            registry::Secret::Token(token) => act::Secret::Token(token),
        };
        Some(act::Login {
            server: login.server,
            secret,
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
        let container = self.take_interrupted_back(&request).await?;
        let RerunRequest {
            options,
            wait,
            progress: heard,
            ..
        } = request;
        let planned = self.plan(&container, options).await?;
        let shown = planned.view();
        if !shown.blockers.is_empty() {
            let reasons = shown.blockers.into_iter().map(|blocker| blocker.text);
            return Err(Refusal::Blocked(reasons.collect()).into());
        }
        let reporter = self.reporter.clone();
        let tell = move |progress: view::Progress| {
            heard(progress.clone());
            reporter.send(What::Progress(progress));
        };
        let done = match &planned.by {
            By::Hand => self.by_hand(&planned.plan, wait, &tell).await,
            By::Compose(by) => self.by_compose(&planned, by, wait, &tell).await,
        };
        self.tell_interrupted().await;
        done
    }

    /// Gives the name of what was interrupted, since its ids may be others now.
    async fn take_interrupted_back(&self, request: &RerunRequest) -> Result<String, Problem> {
        let container = &request.container;
        let interrupted = self.engine.before_interruption(container, &self.journal).await?;
        if let Some(old) = &interrupted {
            self.engine.undo(old.id(), &self.journal).await?;
        }
        let by_compose = self.notebook.about(container)?;
        let by_compose = by_compose.filter(|note| self.notebook.is_interrupted(note));
        let name = by_compose.as_ref().map(|note| note.name.clone());
        if let Some(note) = by_compose {
            self.undo_by_compose(note).await?;
        }
        let name = name.or_else(|| interrupted.map(|old| old.name().to_owned()));
        Ok(name.unwrap_or_else(|| container.clone()))
    }

    async fn by_hand(
        &self,
        plan: &act::Plan,
        wait: Duration,
        tell: Tell<'_>,
    ) -> Result<view::RerunDone, Problem> {
        let name = plan.old.name().to_owned();
        let report = |progress: act::Progress| tell(plan_words::progress(&name, &progress));
        let done = self.engine.rerun(plan, &self.journal, wait, &report).await;
        Ok(present::done(plan, done?))
    }

    async fn by_compose(
        &self,
        planned: &Planned,
        by: &ByCompose,
        wait: Duration,
        tell: Tell<'_>,
    ) -> Result<view::RerunDone, Problem> {
        let plan = &planned.plan;
        let done = compose::carry_out(&self.engine, &self.notebook, plan, by, wait, tell).await?;
        Ok(view::RerunDone {
            plan: planned.view(),
            old_id: plan.old.id().to_owned(),
            new_id: done.new_id,
            kept_as: String::new(),
            state: done.state,
            differences: Vec::new(),
        })
    }

    pub(super) async fn undo(&self, id: &str) -> Result<view::Restored, Problem> {
        let restored = if let Some(note) = self.notebook.about(id)? {
            self.undo_by_compose(note).await
        } else {
            let restored = self.engine.undo(id, &self.journal).await;
            restored.map(present::restored).map_err(Problem::from)
        };
        self.tell_interrupted().await;
        restored
    }

    async fn undo_by_compose(&self, note: compose::Note) -> Result<view::Restored, Problem> {
        let host = &self.engine.endpoint().url;
        let program = Program::find(self.setup.path.as_deref(), host).await?;
        let reporter = self.reporter.clone();
        let tell = move |progress| reporter.send(What::Progress(progress));
        compose::undo(&self.engine, &self.notebook, &program, note, &tell).await
    }

    pub(super) async fn discard(&self, id: &str) -> Result<view::Restored, Problem> {
        let Some(note) = self.notebook.about(id)? else {
            return Ok(present::restored(self.engine.discard(id, &self.journal).await?));
        };
        let discarded = compose::discard(&self.engine, &self.notebook, note).await;
        self.tell_interrupted().await;
        discarded
    }

    /// What was interrupted and waits to be finished or taken back.
    pub(super) async fn interrupted(&self) -> Result<Vec<view::Interrupted>, Problem> {
        let by_hand = self.engine.interrupted(&self.journal).await?;
        let by_hand = by_hand.into_iter().map(plan_words::interrupted);
        let by_compose = self.notebook.interrupted()?;
        let by_compose = by_compose.into_iter().map(compose_words::interrupted);
        Ok(by_hand.chain(by_compose).collect())
    }

    /// Tells everybody, also that it cannot be read.
    pub(super) async fn tell_interrupted(&self) {
        let files = self.notebook.files().unwrap_or_default();
        self.reporter.send(What::UndoFiles(files));
        self.reporter
            .send(What::Interrupted(self.interrupted().await.ok()));
    }
}

/// Registries as the engine of a re-run reaches them. Nothing is asked yet.
fn registry(engine: &Engine, setup: &Setup) -> Registry {
    let known = &engine.identity().registries;
    Registry::new(Access {
        insecure: known.insecure.clone(),
        mirrors: known.mirrors.clone(),
        ..setup.access()
    })
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
