//! What a registry has of a container's image for another platform.

use engine::{
    Engine, Inspection,
    act::{Build, Release},
};
use platform::Platform;
use registry::{Kind, Offer, Registry};

/// An image has one digest for each place that it was pulled from.
const DIGESTS: usize = 4;

/// The build for `to` of the release that `old` was made of, else of the one that its tag names now.
///
/// `None` where no registry that can be reached from here has one: the engine may reach others.
pub(super) async fn build(
    registry: &Registry,
    engine: &Engine,
    old: &Inspection,
    to: &Platform,
) -> Option<Build> {
    let names = engine.names(old).await.ok()?;
    for digest in names.digests.iter().take(DIGESTS) {
        let Ok(offer) = registry.offer(digest).await else {
            continue;
        };
        if offer.kind == Kind::Index
            && let Some(build) = of_offer(registry, &offer, to, Release::Same).await
        {
            return Some(build);
        }
    }
    let offer = registry.offer(names.tag.as_deref()?).await.ok()?;
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
    of_offer(registry, &offer, to, release).await
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
