//! Verifies a tag: each platform is there, and its program really is for it. Nothing is pulled, and no engine is needed.

mod files;
mod judge;
mod modules;

use std::{collections::BTreeSet, sync::Arc};

use futures_util::{StreamExt as _, stream};
use platform::Platform;
use registry::{Build, Kind, Layers, Offer, Outline, Registry, RegistryError};

use crate::{
    Refusal, verify_words as words,
    view::{self, Problem, Verdict},
};

/// Platforms whose layers are read at a time: each keeps its files in mind until it is judged.
const AT_ONCE: usize = 2;

/// Configurations that are asked for at a time.
const OUTLINES_AT_ONCE: usize = 8;

/// The most platforms of one tag that are looked into: the fullest official images have a dozen.
const PLATFORMS: usize = 64;

/// What is verified.
#[derive(Clone)]
pub struct VerifyRequest {
    /// The reference, as the user wrote it.
    pub reference: String,
    /// The platforms that have to be there, and no others are looked at; without any, all that it offers.
    pub platforms: Vec<String>,
    /// Who hears how far it is.
    pub progress: Arc<dyn Fn(view::Progress) + Send + Sync>,
}

/// One platform, before its layers are read.
struct Row {
    platform: Platform,
    build: Option<Build>,
    outline: Result<Option<Outline>, RegistryError>,
}

pub(crate) async fn verify(
    request: VerifyRequest,
    registry: &Registry,
) -> Result<view::Verification, Problem> {
    let reference = &request.reference;
    let wanted = wanted(&request.platforms)?;
    let offer = registry
        .offer(reference)
        .await
        .map_err(|error| Problem::from(&error))?;
    let builds = chosen(wanted, &offer);
    if builds.is_empty() {
        return Err(words::no_image(reference));
    }
    let all = builds.len();
    let asked = builds.into_iter().take(PLATFORMS).map(|(platform, build)| async {
        let outline = match &build {
            Some(build) => registry.outline(reference, &build.digest).await,
            None => Ok(None),
        };
        Row {
            platform,
            build,
            outline,
        }
    });
    let asked: Vec<_> = asked.collect();
    let rows: Vec<Row> = stream::iter(asked).buffered(OUTLINES_AT_ONCE).collect().await;
    if all > PLATFORMS {
        return Err(words::too_many(reference, PLATFORMS));
    }
    let outlines = rows.iter().filter_map(|row| row.outline.as_ref().ok()?.as_ref());
    let layers = registry
        .layers(reference, outlines)
        .map_err(|error| Problem::from(&error))?;
    let size = layers.size();
    let heard = |bytes| (request.progress)(words::progress(reference, bytes, size));
    let looked: Vec<_> = rows
        .into_iter()
        .map(|row| one(row, reference, &layers, &heard))
        .collect();
    let platforms: Vec<_> = stream::iter(looked).buffered(AT_ONCE).collect().await;
    let kind = match offer.kind {
        Kind::Index => "index",
        Kind::Manifest => "manifest",
    };
    Ok(view::Verification {
        reference: request.reference.clone(),
        name: offer.reference,
        digest: offer.digest,
        kind: kind.to_owned(),
        platforms,
        requests: registry.sent(),
    })
}

fn wanted(platforms: &[String]) -> Result<BTreeSet<Platform>, Problem> {
    let names = platforms.iter().flat_map(|names| names.split(','));
    let read = names.map(str::trim).filter(|name| !name.is_empty()).map(|name| {
        name.parse::<Platform>()
            .map_err(|error| Refusal::BadPlatform(error.to_string()).into())
    });
    read.collect()
}

/// The builds that are looked at: of those that satisfy what is wanted, the one that is just that comes first.
fn chosen(wanted: BTreeSet<Platform>, offer: &Offer) -> Vec<(Platform, Option<Build>)> {
    if wanted.is_empty() {
        let all = offer.builds.iter();
        return all
            .map(|build| (build.platform.clone(), Some(build.clone())))
            .collect();
    }
    let find = |wanted: &Platform| {
        let mut fitting: Vec<&Build> = offer.builds.iter().collect();
        fitting.retain(|build| build.platform.satisfies(wanted));
        fitting.sort_by_key(|build| build.platform != *wanted);
        fitting.first().map(|build| (*build).clone())
    };
    wanted
        .into_iter()
        .map(|wanted| {
            let build = find(&wanted);
            (wanted, build)
        })
        .collect()
}

async fn one(
    row: Row,
    reference: &str,
    layers: &Layers,
    heard: &(dyn Fn(u64) + Send + Sync),
) -> view::VerifiedPlatform {
    let Some(build) = row.build else {
        return judge::without(
            &row.platform,
            None,
            Verdict::Missing,
            words::not_offered(&row.platform),
        );
    };
    let digest = Some(build.digest.clone());
    let outline = match row.outline {
        Ok(Some(outline)) => outline,
        Ok(None) => return judge::without(&row.platform, digest, Verdict::Unknown, words::no_container()),
        Err(RegistryError::NotThere { .. }) => {
            let why = words::gone(&build.digest);
            return judge::without(&row.platform, digest, Verdict::Missing, why);
        }
        Err(error) => return judge::unread(&row.platform, build.digest, None, &error),
    };
    // What an index says for several, such as `linux/amd64`, may be wanted as one of them.
    let labelled = build.platform;
    if labelled.os() != "linux" {
        let why = words::not_linux(&labelled);
        return judge::without(&row.platform, digest, Verdict::Unknown, why);
    }
    let found = match layers.tree(&outline, heard).await {
        Ok(tree) => judge::judge(reference, &labelled, &outline, &tree).await,
        Err(error) => judge::unread(&labelled, build.digest.clone(), outline.platform.as_ref(), &error),
    };
    view::VerifiedPlatform {
        platform: row.platform.to_string(),
        digest,
        ..found
    }
}
