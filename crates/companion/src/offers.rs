//! What registries offer under any number of references.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::{StreamExt as _, stream};
use registry::{Build, Kind, Offer, Registry, full_name};

use crate::{compose_files::Ground, native_build, offer_words as words, view};

/// References that are asked for at a time; each registry has a limit of its own.
const AT_ONCE: usize = 64;

/// Sizes that are asked for at a time, of one reference.
const SIZES_AT_ONCE: usize = 4;

/// Who hears how far it is.
type Heard = Arc<dyn Fn(view::Progress) + Send + Sync>;

/// What is asked.
#[derive(Clone)]
pub struct OffersRequest {
    /// The references, as the user wrote them; each is asked for once.
    pub references: Vec<String>,
    /// Whether sizes are asked for, which takes a request for each platform.
    pub sizes: Sizes,
    /// Whether a native build is looked for elsewhere where there is none.
    pub elsewhere: Elsewhere,
    /// Who hears how far it is.
    pub progress: Heard,
}

/// Whether sizes are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sizes {
    /// Of every platform.
    Asked,
    /// Only what is known without a request is told.
    #[default]
    Known,
}

/// Whether a native build is looked for under other names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Elsewhere {
    /// Where there is none under the own one.
    Looked,
    /// It is not.
    #[default]
    NotLooked,
}

/// Asks for all of them, each once.
pub(crate) async fn offers(request: OffersRequest, ground: &Ground) -> view::Offers {
    let counter = Counter {
        done: AtomicUsize::new(0),
        all: request.references.len(),
        heard: request.progress.clone(),
    };
    let mut same: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, reference) in request.references.iter().enumerate() {
        let name = full_name(reference).unwrap_or_else(|_| reference.clone());
        same.entry(name).or_default().push(at);
    }
    let ask = |places: Vec<usize>| async {
        let first = places.first().and_then(|at| request.references.get(*at));
        let reference = first.cloned().unwrap_or_default();
        let answer = one(&reference, &request, ground).await;
        counter.count(places.len(), &reference, &ground.registry);
        (places, answer)
    };
    let asked: Vec<_> = same.into_values().map(ask).collect();
    let answers: Vec<_> = stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
    let mut references: Vec<Option<view::ReferenceOffer>> = vec![None; request.references.len()];
    for (places, answer) in answers {
        for at in places {
            let asked_for = request.references.get(at).cloned().unwrap_or_default();
            if let Some(place) = references.get_mut(at) {
                *place = Some(view::ReferenceOffer {
                    reference: asked_for,
                    ..answer.clone()
                });
            }
        }
    }
    view::Offers {
        native: ground.native_here(),
        references: references.into_iter().flatten().collect(),
        requests: ground.registry.sent(),
    }
}

struct Counter {
    done: AtomicUsize,
    all: usize,
    heard: Heard,
}

impl Counter {
    fn count(&self, more: usize, reference: &str, registry: &Registry) {
        let done = self.done.fetch_add(more, Ordering::Relaxed) + more;
        let left = registry.allowance(reference).map(|allowance| allowance.remaining);
        (self.heard)(view::Progress {
            container: String::new(),
            step: words::progress(done, self.all, left, registry.rest(reference)),
            fraction: Some(fraction(done, self.all)),
        });
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of references are small")]
fn fraction(done: usize, all: usize) -> f64 {
    done as f64 / all.max(1) as f64
}

async fn one(reference: &str, request: &OffersRequest, ground: &Ground) -> view::ReferenceOffer {
    let registry = &ground.registry;
    let mut answer = view::ReferenceOffer {
        reference: reference.to_owned(),
        name: full_name(reference).ok(),
        digest: None,
        kind: None,
        platforms: Vec::new(),
        native: false,
        native_elsewhere: None,
        error: None,
    };
    let mut offer = match registry.offer(reference).await {
        Ok(offer) => offer,
        Err(error) => {
            answer.error = Some((&error).into());
            return answer;
        }
    };
    if request.sizes == Sizes::Asked {
        offer.builds = with_sizes(registry, reference, offer.builds).await;
    }
    let is_native = |build: &Build| {
        ground
            .native
            .as_ref()
            .is_some_and(|native| build.platform.satisfies(native))
    };
    answer.native = offer.builds.iter().any(is_native);
    if let (Elsewhere::Looked, false, Some(native)) = (request.elsewhere, answer.native, &ground.native) {
        answer.native_elsewhere = Some(native_build::look(registry, reference, native).await);
    }
    filled(answer, offer)
}

/// A size that cannot be had stays unknown: what is offered is known all the same.
async fn with_sizes(registry: &Registry, reference: &str, builds: Vec<Build>) -> Vec<Build> {
    let ask = |build: Build| async move {
        let size = match build.size {
            Some(size) => Some(size),
            None => registry.size(reference, &build.digest).await.ok(),
        };
        Build { size, ..build }
    };
    let asked: Vec<_> = builds.into_iter().map(ask).collect();
    stream::iter(asked).buffered(SIZES_AT_ONCE).collect().await
}

fn filled(answer: view::ReferenceOffer, offer: Offer) -> view::ReferenceOffer {
    let kind = match offer.kind {
        Kind::Index => "index",
        Kind::Manifest => "manifest",
    };
    let platform = |build: Build| view::OfferedPlatform {
        platform: build.platform.to_string(),
        digest: build.digest,
        size: build.size,
    };
    view::ReferenceOffer {
        name: Some(offer.reference),
        digest: Some(offer.digest),
        kind: Some(kind.to_owned()),
        platforms: offer.builds.into_iter().map(platform).collect(),
        ..answer
    }
}
