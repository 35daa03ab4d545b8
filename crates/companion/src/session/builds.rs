//! What a registry has of a container's image for another platform.

use std::time::Duration;

use engine::{
    Engine, Inspection,
    act::{Asked, Build, Names, Release},
};
use platform::Platform;
use registry::{Kind, Offer, Registry};

/// An image has one digest for each place that it was pulled from.
const DIGESTS: usize = 4;

/// A person waits for the plan. Registries answer in a second; one that is asked for a token and a few manifests may take
/// several.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is had for `to` of the release that `old` was made of, else of the one that its tag names now.
pub(super) async fn ask(registry: &Registry, engine: &Engine, old: &Inspection, to: &Platform) -> Asked {
    let Ok(names) = engine.names(old).await else {
        return Asked::Nothing;
    };
    let asking = ask_by(registry, &names, to);
    tokio::time::timeout(PATIENCE, asking)
        .await
        .unwrap_or_else(|_| Asked::Silent {
            why: format!("it did not answer within {} s", PATIENCE.as_secs()),
        })
}

async fn ask_by(registry: &Registry, names: &Names, to: &Platform) -> Asked {
    for digest in names.digests.iter().take(DIGESTS) {
        let Ok(offer) = registry.offer(digest).await else {
            continue;
        };
        if offer.kind == Kind::Index
            && let Some(build) = of_offer(registry, &offer, to, Release::Same).await
        {
            return Asked::Build(build);
        }
    }
    let Some(tag) = names.tag.as_deref() else {
        return Asked::Nothing;
    };
    let Ok(offer) = registry.offer(tag).await else {
        return Asked::Nothing;
    };
    let is_in_offer = |digest: &String| {
        let own = offer.builds.iter().map(|build| &build.digest);
        own.chain([&offer.digest])
            .any(|own| digest.ends_with(own.as_str()))
    };
    let release = if names.digests.iter().any(is_in_offer) {
        Release::Same
    } else {
        Release::Tag
    };
    match of_offer(registry, &offer, to, release).await {
        Some(build) => Asked::Build(build),
        None if offer.builds.is_empty() => Asked::Nothing,
        None => Asked::Others(offer.builds.into_iter().map(|build| build.platform).collect()),
    }
}

async fn of_offer(registry: &Registry, offer: &Offer, to: &Platform, release: Release) -> Option<Build> {
    let build = offer.builds.iter().find(|build| build.platform.satisfies(to))?;
    let size = match build.size {
        Some(size) => Some(size),
        None => registry.size(&offer.reference, &build.digest).await.ok(),
    };
    let config = registry.defaults(&offer.reference, &build.digest).await.ok();
    Some(Build {
        digest: build.digest.clone(),
        index: (offer.kind == Kind::Index).then(|| offer.digest.clone()),
        release,
        size,
        config: config.flatten(),
    })
}
