//! Builds and builders: beside the actor, and with an engine only if one answers quickly.

use std::sync::Arc;

use engine::Engine;
use platform::Platform;
use registry::Registry;
use tokio::{
    sync::{oneshot, watch},
    task::JoinSet,
    time::timeout,
};

use super::{
    Reply,
    actor::Actor,
    compose_files::{PATIENCE, registry},
};
use crate::{
    Refusal, Setup,
    build::{self, BOTH, BuildOptions, BuildOutput, BuildRequest, BuilderOptions, Ground},
    build_words as words,
    verify::{self, VerifyRequest},
    view::{self, Problem},
};

/// The builds that are under way; they end with the session.
#[derive(Default)]
pub(super) struct Building {
    tasks: JoinSet<()>,
    end: watch::Sender<bool>,
}

impl Building {
    /// Ends them, and gives what to wait for: each tells its builder to give up.
    pub(super) fn end(&mut self) -> impl Future<Output = ()> + use<> {
        self.end.send_replace(true);
        let tasks = std::mem::take(&mut self.tasks);
        async move { drop(tasks.join_all().await) }
    }
}

/// Who builds, and for whom.
struct Asked {
    engine: oneshot::Receiver<Option<Engine>>,
    setup: Setup,
}

impl Actor {
    fn builds(&mut self) -> Asked {
        Asked {
            engine: self.quick_engine(),
            setup: self.setup.clone(),
        }
    }

    pub(super) fn builders(&mut self, reply: Reply<view::Builders>) {
        let asked = self.builds();
        tokio::spawn(async move { reply.send(asked.builders().await).ok() });
    }

    pub(super) fn plan_build(&mut self, options: BuildOptions, reply: Reply<view::BuildPlan>) {
        let mut asked = self.builds();
        tokio::spawn(async move {
            let ground = asked.ground().await;
            reply
                .send(ground.map(|ground| words::plan(&ground.plan(&options))))
                .ok();
        });
    }

    pub(super) fn build(&mut self, request: BuildRequest, mut reply: Reply<view::BuildDone>) {
        let asked = self.builds();
        let mut end = self.building.end.subscribe();
        while self.building.tasks.try_join_next().is_some() {}
        self.building.tasks.spawn(async move {
            let stop = async {
                tokio::select! {
                    () = request.stop.notified() => {}
                    // Who asked is gone, or the session ends.
                    () = reply.closed() => {}
                    _ = end.wait_for(|ends| *ends) => {}
                }
            };
            let done = asked.build(&request, stop).await;
            reply.send(done).ok();
        });
    }

    pub(super) fn plan_builder(&mut self, options: BuilderOptions, reply: Reply<view::BuilderChange>) {
        let mut asked = self.builds();
        tokio::spawn(async move {
            let ground = asked.ground().await;
            reply
                .send(ground.map(|ground| words::change(&ground.change(&options))))
                .ok();
        });
    }

    pub(super) fn change_builder(
        &mut self,
        options: BuilderOptions,
        seal: Option<String>,
        reply: Reply<view::BuilderChange>,
    ) {
        let asked = self.builds();
        tokio::spawn(async move { reply.send(asked.change(options, seal).await).ok() });
    }
}

impl Asked {
    async fn ground(&mut self) -> Result<Ground, Problem> {
        let engine = timeout(PATIENCE, &mut self.engine)
            .await
            .ok()
            .and_then(Result::ok)
            .flatten();
        Ground::find(&self.setup, engine.as_ref())
            .await
            .map_err(|lack| words::lack(&lack))
    }

    async fn builders(mut self) -> Result<view::Builders, Problem> {
        let wanted: Vec<Platform> = BOTH.iter().filter_map(|name| name.parse().ok()).collect();
        Ok(words::builders(&self.ground().await?, &wanted))
    }

    async fn build(
        mut self,
        request: &BuildRequest,
        stop: impl Future<Output = ()>,
    ) -> Result<view::BuildDone, Problem> {
        let ground = self.ground().await?;
        let plan = ground.plan(&request.options);
        if let Some(problem) = words::refused(&plan) {
            return Err(problem);
        }
        let shown = words::plan(&plan);
        if request.seal.as_ref().is_some_and(|seal| *seal != shown.seal) {
            return Err(Refusal::OtherPlan.into());
        }
        let progress = Arc::clone(&request.progress);
        let tell = move |steps: Vec<build::Step>| progress(steps.into_iter().map(words::step).collect());
        let digest = build::run(&ground.buildx, &plan, &tell, stop).await;
        let digest = digest.map_err(|stopped| words::stopped(&stopped))?;
        let mut done = view::BuildDone {
            reference: shown.reference,
            digest,
            platforms: shown.platforms.into_iter().map(|one| one.platform).collect(),
            builder: shown.builder.unwrap_or_default(),
            verified: false,
            verification: None,
            unverified: None,
        };
        if request.options.output == BuildOutput::Push {
            let registry = registry(ground.engine.as_ref(), &self.setup);
            verify_pushed(&mut done, &registry).await;
        }
        Ok(done)
    }

    async fn change(
        mut self,
        options: BuilderOptions,
        seal: Option<String>,
    ) -> Result<view::BuilderChange, Problem> {
        let ground = self.ground().await?;
        let change = ground.change(&options);
        if let Some(problem) = words::change_refused(&change) {
            return Err(problem);
        }
        let shown = words::change(&change);
        if seal.is_some_and(|seal| seal != shown.seal) {
            return Err(Refusal::OtherPlan.into());
        }
        build::carry_out_change(&ground.buildx, &change)
            .await
            .map_err(|(command, failure)| words::not_changed(&command, &failure))?;
        Ok(view::BuilderChange { done: true, ..shown })
    }
}

/// Looks at what was pushed as whoever pulls it would: by the digest that buildx told, else by its name.
async fn verify_pushed(done: &mut view::BuildDone, registry: &Registry) {
    let reference = match &done.digest {
        Some(digest) => format!("{}@{digest}", done.reference),
        None => done.reference.clone(),
    };
    let request = VerifyRequest {
        reference,
        platforms: done.platforms.clone(),
        progress: Arc::new(|_| {}),
    };
    match verify::verify(request, registry).await {
        Ok(verification) => {
            done.unverified = words::unverified(&verification);
            done.verified = done.unverified.is_none();
            done.verification = Some(verification);
        }
        Err(problem) => done.unverified = Some(problem),
    }
}
