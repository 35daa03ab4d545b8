//! What each service runs, what is offered, and what that makes of its `platform:`.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, stream};
use platform::Platform;
use registry::Registry;
use sources::{
    advice::{Counsel, Cure, Facts, Offered, advise},
    compose::{ReadError, Reading, Request, Service},
};

use super::{Ask, ComposeFiles, Ground};
use crate::{
    Refusal, compose_file_words as words, native_build,
    view::{self, Problem},
};

/// References that are asked for at a time; each registry has a limit of its own.
const AT_ONCE: usize = 32;

/// What Compose takes where a service says no platform.
const DEFAULT: &str = "DOCKER_DEFAULT_PLATFORM";

/// What is offered, by the names of images.
pub(super) type Offers = BTreeMap<String, Offered>;

/// Checks all services of a project.
pub(crate) async fn check(files: ComposeFiles, ground: &Ground) -> Result<view::ComposeCheck, Problem> {
    let ask = files.ask;
    let reading = read(files, ground).await?;
    let offers = offers(&reading, ask, &ground.registry).await;
    let elsewhere = elsewhere(&offers, ground).await;
    let services = reading.services.iter();
    let services = services.map(|service| {
        let counsel = counsel(service, &reading, &offers, ground);
        let elsewhere = image(service).and_then(|image| elsewhere.get(image));
        view::ComposeService {
            native_elsewhere: elsewhere.cloned().filter(|_| service.build.is_none()),
            ..present(service, &offers, &counsel)
        }
    });
    Ok(view::ComposeCheck {
        native: ground.native_here(),
        files: reading
            .files
            .iter()
            .map(|file| file.display().to_string())
            .collect(),
        services: services.collect(),
    })
}

/// Reads the project beside the session: a disk may be slow.
pub(super) async fn read(files: ComposeFiles, ground: &Ground) -> Result<Reading, Problem> {
    let request = Request {
        paths: files.paths,
        folder: files.folder,
        variables: ground.setup.environment.clone(),
    };
    let reading = tokio::task::spawn_blocking(move || sources::compose::read(&request));
    let reading: Result<Reading, ReadError> = reading.await.map_err(|_| Refusal::Ended)?;
    Ok(reading?)
}

/// Asks for all images that are run and not built, each once.
pub(super) async fn offers(reading: &Reading, ask: Ask, registry: &Registry) -> Offers {
    let runs = |service: &&Service| service.build.is_none();
    let images = reading.services.iter().filter(runs).filter_map(image);
    let images: BTreeSet<String> = images.map(ToOwned::to_owned).collect();
    let offer = |image: String| async move {
        let offered = match ask {
            Ask::Nobody => Offered::NotAsked,
            Ask::Registries => offered(registry, &image).await,
        };
        (image, offered)
    };
    stream::iter(images)
        .map(offer)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await
}

async fn offered(registry: &Registry, image: &str) -> Offered {
    match registry.offer(image).await {
        Ok(offer) => {
            let mut platforms: Vec<Platform> = Vec::new();
            for build in offer.builds {
                if !platforms.contains(&build.platform) {
                    platforms.push(build.platform);
                }
            }
            Offered::Known(platforms)
        }
        Err(error) => Offered::Unknown(error.to_string()),
    }
}

/// Where a native build is, of those images that have none under their own name.
async fn elsewhere(offers: &Offers, ground: &Ground) -> BTreeMap<String, view::NativeElsewhere> {
    let Some(native) = &ground.native else {
        return BTreeMap::new();
    };
    let has_none = |offered: &Offered| match offered {
        Offered::Known(builds) => !builds.is_empty() && !builds.iter().any(|build| build.satisfies(native)),
        Offered::Unknown(_) | Offered::NotAsked => false,
    };
    let images = offers.iter().filter(|(_, offered)| has_none(offered));
    let look = |image: String| async {
        let found = native_build::look(&ground.registry, &image, native).await;
        (image, found)
    };
    let asked: Vec<_> = images.map(|(image, _)| look(image.clone())).collect();
    stream::iter(asked).buffer_unordered(AT_ONCE).collect().await
}

fn image(service: &Service) -> Option<&str> {
    let image = service.image.as_ref().map(|image| image.value.as_str());
    image.filter(|image| !image.is_empty())
}

/// The advice for a service.
pub(super) fn counsel(service: &Service, reading: &Reading, offers: &Offers, ground: &Ground) -> Counsel {
    let offered = image(service).and_then(|image| offers.get(image));
    let unknown = Offered::Unknown(words::NATIVE_UNKNOWN.to_owned());
    let nowhere = Platform::new("", "", "");
    let (native, offered) = match (&ground.native, offered) {
        (Some(native), Some(offered)) => (native, offered),
        (Some(native), None) => (native, &Offered::NotAsked),
        (None, _) => (&nowhere, &unknown),
    };
    advise(&Facts {
        service,
        offered,
        native,
        default: reading.variables.get(DEFAULT),
    })
}

fn present(service: &Service, offers: &Offers, counsel: &Counsel) -> view::ComposeService {
    let offered = match image(service).and_then(|image| offers.get(image)) {
        Some(Offered::Known(platforms)) => Some(platforms.iter().map(ToString::to_string).collect()),
        Some(Offered::Unknown(_) | Offered::NotAsked) | None => None,
    };
    let spot = service
        .platform
        .as_ref()
        .map_or(&service.spot, |platform| &platform.spot);
    view::ComposeService {
        service: service.name.clone(),
        image: image(service).map(ToOwned::to_owned),
        platform: said(service),
        offered,
        native_elsewhere: None,
        advice: words::advice(counsel.advice).to_owned(),
        why: words::why(counsel),
        fix: counsel.cure.as_ref().map(|cure| view::ComposeCure {
            platform: match cure {
                Cure::Set(platform) => Some(platform.to_string()),
                Cure::Remove => None,
            },
        }),
        file: spot.file.display().to_string(),
        line: spot.line,
        builds: service.build.is_some(),
        profiles: service.profiles.clone(),
    }
}

/// The platform that the files say: normalised, where it is one.
pub(super) fn said(service: &Service) -> Option<String> {
    let said = service.platform.as_ref()?;
    let read = said.value.parse::<Platform>();
    Some(read.map_or_else(|_| said.value.clone(), |platform| platform.to_string()))
}
