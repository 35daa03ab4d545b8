//! Compose files: beside the actor, and with an engine only if one answers quickly.

use std::time::Duration;

use platform::Platform;
use registry::{Access, Registry};
use tokio::{sync::oneshot, time::timeout};

use super::{Reply, actor::Actor};
use crate::{
    Setup,
    compose_files::{self, ComposeChange, ComposeFiles, Ground},
    view,
};

/// A local engine answers within some milliseconds; nobody waits long for what is only asked which platform is native.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

impl Actor {
    pub(super) fn check_compose(&mut self, files: ComposeFiles, reply: Reply<view::ComposeCheck>) {
        let engine = self.quick_engine();
        let setup = self.setup.clone();
        tokio::spawn(async move {
            let ground = ground(engine, setup).await;
            reply.send(compose_files::check(files, &ground).await).ok();
        });
    }

    pub(super) fn fix_compose(&mut self, change: ComposeChange, reply: Reply<view::ComposeFix>) {
        let engine = self.quick_engine();
        let setup = self.setup.clone();
        tokio::spawn(async move {
            let ground = ground(engine, setup).await;
            reply.send(compose_files::fix(change, &ground).await).ok();
        });
    }

    pub(super) fn quick_engine(&mut self) -> oneshot::Receiver<Option<engine::Engine>> {
        let (sender, receiver) = oneshot::channel();
        self.with_engine(move |engine| drop(sender.send(engine.ok())));
        receiver
    }
}

pub(super) async fn ground(engine: oneshot::Receiver<Option<engine::Engine>>, setup: Setup) -> Ground {
    let engine = timeout(PATIENCE, engine)
        .await
        .ok()
        .and_then(Result::ok)
        .flatten();
    let machine = || setup.machine().architecture.map(|name| Platform::linux(&name));
    let identity = engine.as_ref().map(engine::Engine::identity);
    Ground {
        native: identity
            .map(|identity| identity.platform.clone())
            .or_else(machine),
        registry: registry(identity, &setup),
        engine: engine.map(|engine| engine.endpoint().url.clone()),
        setup,
    }
}

/// Registries, reached as the engine reaches them, where there is one.
pub(super) fn registry(engine: Option<&engine::Identity>, setup: &Setup) -> Registry {
    let access = setup.access();
    Registry::new(match engine {
        Some(identity) => Access {
            insecure: identity.registries.insecure.clone(),
            mirrors: identity.registries.mirrors.clone(),
            ..access
        },
        None => access,
    })
}
