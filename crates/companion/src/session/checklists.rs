//! The set-up checklist, beside the actor: files take their time, and an engine may hang.

use std::time::Duration;

use engine::Identity;
use host::Serving;
use tokio::{sync::oneshot, time::timeout};

use super::{
    Reply,
    actor::Actor,
    jobs::{Reporter, What},
    rosettas::{self, Told},
};
use crate::{
    Protected, Refusal, Setup,
    checklist::{self, Seen},
    checklist_words,
    view::{self, Problem},
};

/// An engine that does not answer by then is not waited for: most checks do without. With the two seconds that a runtime's
/// own socket is given afterwards, the whole takes no more than five.
const ENGINE_LIMIT: Duration = Duration::from_secs(3);

/// What the session knew before it looked.
struct Known {
    setup: Setup,
    settings: Option<view::Rosetta>,
    reporter: Reporter,
}

impl Actor {
    /// Looks at everything, with the engine if one answers in time.
    pub(super) fn checklist(&mut self, protected: Protected, reply: Reply<view::Checklist>) {
        let (answer, engine) = oneshot::channel();
        self.with_engine(|engine| {
            answer.send(engine.map(|engine| engine.identity().clone())).ok();
        });
        let known = Known {
            setup: self.setup.clone(),
            settings: self.rosetta.clone(),
            reporter: self.reporter(),
        };
        tokio::spawn(async move { reply.send(known.look(protected, engine).await).ok() });
    }
}

impl Known {
    async fn look(
        self,
        protected: Protected,
        engine: oneshot::Receiver<Result<Identity, Problem>>,
    ) -> Result<view::Checklist, Problem> {
        let is_sample = self.setup.sample;
        let engine = match timeout(ENGINE_LIMIT, engine).await {
            Ok(Ok(_)) if is_sample => Err(checklist_words::only_sample()),
            Ok(Ok(engine)) => engine,
            Ok(Err(_)) => Err(Refusal::Ended.into()),
            Err(_) => Err(checklist_words::engine_too_slow(ENGINE_LIMIT.as_secs())),
        };
        let probe = match &engine {
            Ok(_) => self.kept_probe().await,
            Err(_) => None,
        };
        let endpoint = engine::locate(&self.setup.of_files()).await.ok();
        let serving = rosettas::serving(engine.as_ref().ok(), endpoint.as_ref());
        let files = tokio::task::spawn_blocking(move || self.seen(protected, engine, probe, &serving));
        files
            .await
            .map(|seen| checklist::checklist(&seen))
            .map_err(|_| Refusal::Ended.into())
    }

    /// Asked once the engine is known: before, nobody can say of which one.
    async fn kept_probe(&self) -> Option<view::ProbeReport> {
        let (answer, kept) = oneshot::channel();
        self.reporter.send(What::KeptProbe(answer));
        kept.await.ok().flatten()
    }

    /// Reads the files; a protected folder may wait for the user's answer.
    fn seen(
        self,
        protected: Protected,
        engine: Result<Identity, Problem>,
        probe: Option<view::ProbeReport>,
        serving: &Serving,
    ) -> Seen {
        let setup = &self.setup;
        let (roots, machine) = (setup.roots(), setup.machine());
        let folders = setup.variables.folders(setup.docker_config.clone());
        // What a probe found out is a check of its own here.
        let read = || rosettas::read_now(setup, serving, &Told::default(), None, &[]);
        let settings = match (protected, machine.os) {
            (Protected::Leave, host::Os::MacOs) => self.settings.clone(),
            (Protected::Leave, host::Os::Linux) => Some(read()),
            (Protected::Read, _) => {
                let settings = read();
                self.reporter.send(What::Rosetta(Box::new(settings.clone())));
                Some(settings)
            }
        };
        Seen {
            facts: host::checks::facts(&roots, &machine, &folders),
            handlers: checklist::read_handlers(&roots, machine.os),
            settings,
            probe,
            engine,
            variables: setup.variables.clone(),
            docker_host: setup.docker_host.clone(),
            docker_context: setup.docker_context.clone(),
            machine,
        }
    }
}
