//! Pulling an image: nothing comes over a network, but it takes as many steps.

use std::{sync::Arc, time::Duration};

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use crate::{
    answer::{Answer, Refusal, Sender, line, stream},
    ask::Ask,
    clock::Moment,
    digest::{digest, short},
    engine::Engine,
    images::{Image, Platform, named},
    scenario::Fault,
    world::World,
};

/// Between two steps of progress; all of them take about a second.
const STEP: Duration = Duration::from_millis(80);

/// Steps of downloading, and of unpacking.
const DOWNLOADS: u64 = 8;
const EXTRACTIONS: u64 = 3;

/// What is pulled.
struct Pull {
    reference: String,
    repository: String,
    tag: String,
    /// Of the index.
    id: String,
    layer: String,
    /// Where the platform is in the world, and how large; `None` when everything is here.
    wanted: Option<(usize, usize)>,
    bytes: u64,
}

/// `POST /images/create`.
pub(crate) fn answer(engine: &Arc<Engine>, ask: &Ask) -> Result<Answer, Refusal> {
    if !ask.text("fromSrc").is_empty() {
        return Err(Refusal::new(
            StatusCode::NOT_IMPLEMENTED,
            "the sample engine imports no images",
        ));
    }
    let pull = plan(&engine.world(), ask)?;
    let (sender, answer) = stream("application/json");
    let engine = Arc::clone(engine);
    tokio::spawn(async move {
        // `None` only says that nobody listens any more; the pull ends then, as with a real engine.
        let _ = run(&engine, &pull, &sender).await;
    });
    Ok(answer)
}

fn plan(world: &World, ask: &Ask) -> Result<Pull, Refusal> {
    let asked = Platform::parse(ask.text("platform"))?;
    let reference = match ask.text("tag") {
        "" => named(ask.text("fromImage")),
        digest if digest.starts_with("sha256:") => format!("{}@{digest}", ask.text("fromImage")),
        tag => named(&format!("{}:{tag}", ask.text("fromImage"))),
    };
    let is_it = |image: &Image| {
        let name = || format!("{}@{}", image.repository(), image.id);
        !image.loaded && (image.origin == reference || name() == reference)
    };
    let index = world
        .images
        .iter()
        .position(is_it)
        .ok_or_else(|| not_found(&reference))?;
    let image = &world.images[index];
    let platform = asked.as_ref().unwrap_or(&world.kernel.native);
    let exact = image
        .variants
        .iter()
        .position(|variant| variant.platform.is(platform));
    let at = match (exact, image.variants.len()) {
        (Some(at), _) => at,
        // Without an index, the engine takes what there is, whatever platform was asked for.
        (None, 1) => 0,
        (None, _) => {
            return Err(Refusal::not_found(format!(
                "no matching manifest for {platform} in the manifest list entries: no match for platform in manifest: not found"
            )));
        }
    };
    let variant = &image.variants[at];
    let (repository, tag) = reference.rsplit_once(':').unwrap_or((&reference, "latest"));
    let here = variant.local && image.tags.contains(&image.origin);
    Ok(Pull {
        repository: repository.to_owned(),
        tag: tag.to_owned(),
        id: image.id.clone(),
        layer: short(&digest(&format!("layer {}", variant.digest))).to_owned(),
        wanted: (!here).then_some((index, at)),
        bytes: variant.bytes,
        reference,
    })
}

async fn run(engine: &Engine, pull: &Pull, sender: &Sender) -> Option<()> {
    tell(
        sender,
        json!({"status": format!("Pulling from {}", pull.repository), "id": pull.tag}),
    )
    .await?;
    let newer = pull.wanted.is_some();
    if let Some((image, variant)) = pull.wanted {
        progress(engine, pull, sender).await?;
        arrived(&mut engine.world(), image, variant);
    }
    tell(sender, json!({"status": format!("Digest: {}", pull.id)})).await?;
    let how = if newer {
        "Downloaded newer image"
    } else {
        "Image is up to date"
    };
    tell(
        sender,
        json!({"status": format!("Status: {how} for {}", pull.reference)}),
    )
    .await
}

/// The lines of one layer, in the words of a real engine with the containerd store.
async fn progress(engine: &Engine, pull: &Pull, sender: &Sender) -> Option<()> {
    let layer =
        |status: &str, detail: Value| json!({"status": status, "progressDetail": detail, "id": pull.layer});
    tell(sender, layer("Pulling fs layer", json!({}))).await?;
    for step in 1..=DOWNLOADS {
        tokio::time::sleep(STEP).await;
        if engine.fault == Some(Fault::PullFails) && step > DOWNLOADS / 2 {
            let message = format!(
                "failed to copy: httpReadSeeker: failed open: failed to do request: Get \"https://registry-1.docker.io/v2/{}/blobs/{}\": unexpected EOF",
                pull.repository, pull.id
            );
            tell(
                sender,
                json!({"errorDetail": {"message": message}, "error": message}),
            )
            .await?;
            return None;
        }
        let current = pull.bytes / DOWNLOADS * step;
        tell(
            sender,
            layer("Downloading", json!({"current": current, "total": pull.bytes})),
        )
        .await?;
    }
    tell(sender, layer("Download complete", json!({"hidecounts": true}))).await?;
    for second in 1..=EXTRACTIONS {
        tokio::time::sleep(STEP).await;
        tell(
            sender,
            layer("Extracting", json!({"current": second, "units": "s"})),
        )
        .await?;
    }
    tell(sender, layer("Pull complete", json!({"hidecounts": true}))).await
}

fn arrived(world: &mut World, image: usize, variant: usize) {
    let image = &mut world.images[image];
    image.variants[variant].local = true;
    if !image.tags.contains(&image.origin) {
        image.tags.push(image.origin.clone());
    }
    let name = image.origin.clone();
    let told = Map::from_iter([("name".to_owned(), json!(image.repository()))]);
    world.events.emit(Moment::now(), "image", "pull", &name, &told);
}

async fn tell(sender: &Sender, value: Value) -> Option<()> {
    line(sender, &value).await.then_some(())
}

fn not_found(reference: &str) -> Refusal {
    let name = format!("docker.io/{reference}");
    Refusal::not_found(format!(
        "failed to resolve reference \"{name}\": {name}: not found"
    ))
}
