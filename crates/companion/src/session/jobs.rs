//! What is done beside the actor: each job has an engine of its own, and reports by events.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use engine::{Container, Engine, EngineError, Scope, Store};
use futures_util::{StreamExt as _, stream};
use platform::Platform;
use tokio::sync::mpsc;

use crate::{
    examine::{self, Examined, Seen},
    memory::{Finding, Memory},
    view,
};

/// Programs that are read at a time, where nothing else tells a container's platform.
const READS_AT_ONCE: usize = 16;

/// A start that fails leaves no event: a container that was just made is looked at again after these times.
const SECOND_LOOKS: [Duration; 3] = [
    Duration::from_millis(700),
    Duration::from_secs(3),
    Duration::from_secs(10),
];

/// What jobs report, with the link that they belong to: what comes from a link that was given up is ignored.
pub(super) struct Event {
    pub(super) epoch: u64,
    pub(super) what: What,
}

pub(super) enum What {
    Connected(Result<Engine, view::Problem>),
    Sample(Result<sample::Sample, view::Problem>),
    Listed(Listing),
    Images(Result<Vec<engine::Image>, EngineError>, HashMap<String, Platform>),
    Engine(engine::Event),
    StreamEnded(Option<EngineError>),
    SecondLook(String),
    Examined(String, Result<Examined, EngineError>),
    Seen(String, Option<Seen>),
    Progress(view::Progress),
    Rosetta(view::Rosetta),
}

/// A list of containers that came in.
pub(super) struct Listing {
    pub(super) scope: Scope,
    pub(super) rows: Result<Vec<(Container, Option<Platform>)>, EngineError>,
    /// Platforms of images that were not known before.
    pub(super) learned: HashMap<String, Platform>,
}

/// Where a job reports to.
#[derive(Clone)]
pub(super) struct Reporter {
    pub(super) epoch: u64,
    pub(super) events: mpsc::UnboundedSender<Event>,
}

impl Reporter {
    /// That nobody listens any more means that the session has ended.
    pub(super) fn send(&self, what: What) {
        self.events
            .send(Event {
                epoch: self.epoch,
                what,
            })
            .ok();
    }
}

/// How closely a container that ended is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// Its exit code only.
    Ending,
    /// The cause.
    Cause,
}

/// Lists containers; `known` are the platforms of images that need not be asked for.
pub(super) async fn list(engine: Engine, scope: Scope, known: Arc<Memory>, reporter: Reporter) {
    let mut learned = HashMap::new();
    let rows = match engine.containers(scope.clone()).await {
        Ok(rows) => place(&engine, rows, &known, &mut learned).await,
        Err(error) => Err(error),
    };
    reporter.send(What::Listed(Listing { scope, rows, learned }));
}

/// Finds each container's platform: in the list, by its image, or by its program's own bytes.
async fn place(
    engine: &Engine,
    rows: Vec<Container>,
    known: &Memory,
    learned: &mut HashMap<String, Platform>,
) -> Result<Vec<(Container, Option<Platform>)>, EngineError> {
    if engine.identity().store == Store::Classic {
        let unplaced = rows
            .iter()
            .filter(|row| row.platform.is_none())
            .map(|row| row.image_id.clone());
        learn(engine, unplaced.collect(), known, learned).await?;
    }
    let by_image = |row: &Container| {
        let listed = row
            .platform
            .clone()
            .or_else(|| learned.get(&row.image_id).cloned());
        listed.or_else(|| {
            known
                .image(&row.image_id)
                .filter(|_| engine.identity().store == Store::Classic)
        })
    };
    let placed: Vec<_> = rows.into_iter().map(|row| (by_image(&row), row)).collect();
    let read = |(platform, row): (Option<Platform>, Container)| async move {
        let platform = match platform {
            Some(platform) => Some(platform),
            None => by_bytes(engine, &row.id).await,
        };
        (row, platform)
    };
    Ok(stream::iter(placed)
        .map(read)
        .buffered(READS_AT_ONCE)
        .collect()
        .await)
}

/// Asks for the platforms of images that nobody knows yet. One that is gone is not learned; one lost engine ends it.
async fn learn(
    engine: &Engine,
    ids: HashSet<String>,
    known: &Memory,
    learned: &mut HashMap<String, Platform>,
) -> Result<(), EngineError> {
    let unknown = ids.into_iter().filter(|id| known.image(id).is_none()).collect();
    for (id, platform) in engine.image_platforms(unknown).await {
        match platform {
            Ok(Some(platform)) => {
                learned.insert(id, platform);
            }
            Ok(None) | Err(EngineError::NotThere { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A container that went away while it was read has no platform, and soon no row.
async fn by_bytes(engine: &Engine, id: &str) -> Option<Platform> {
    let inspection = engine.inspect(id).await.ok()?;
    match inspection.platform() {
        Some(platform) => Some(platform),
        None => examine::actual(&engine.chain(&inspection).await.ok()?),
    }
}

/// Lists images, with the platforms of those for which the list does not say them.
pub(super) async fn images(engine: Engine, known: Arc<Memory>, reporter: Reporter) {
    let mut learned = HashMap::new();
    let images = match engine.images().await {
        Ok(images) => place_images(&engine, images, &known, &mut learned).await,
        Err(error) => Err(error),
    };
    reporter.send(What::Images(images, learned));
}

async fn place_images(
    engine: &Engine,
    mut images: Vec<engine::Image>,
    known: &Memory,
    learned: &mut HashMap<String, Platform>,
) -> Result<Vec<engine::Image>, EngineError> {
    let unplaced = images
        .iter()
        .filter(|image| image.platforms.is_none())
        .map(|image| image.id.clone());
    learn(engine, unplaced.collect(), known, learned).await?;
    for image in images.iter_mut().filter(|image| image.platforms.is_none()) {
        let platform = learned.get(&image.id).cloned().or_else(|| known.image(&image.id));
        image.platforms = platform.map(|platform| {
            vec![engine::LocalPlatform {
                platform,
                local: true,
            }]
        });
    }
    Ok(images)
}

/// Follows the engine's events until the stream ends.
pub(super) async fn follow(engine: Engine, reporter: Reporter) {
    let mut stream = std::pin::pin!(engine.events());
    while let Some(event) = stream.next().await {
        match event {
            Ok(event) => reporter.send(What::Engine(event)),
            Err(error) => return reporter.send(What::StreamEnded(Some(error))),
        }
    }
    reporter.send(What::StreamEnded(None));
}

/// Looks again at a container that was just made.
pub(super) async fn look_again(id: String, reporter: Reporter) {
    for pause in SECOND_LOOKS {
        tokio::time::sleep(pause).await;
        reporter.send(What::SecondLook(id.clone()));
    }
}

/// Looks at a container that ended.
pub(super) async fn examine(
    engine: Engine,
    id: String,
    claimed: Option<Platform>,
    depth: Depth,
    known: Arc<Memory>,
    reporter: Reporter,
) {
    let examined = match engine.inspect(&id).await {
        Ok(inspection) => examine_inspected(&engine, &inspection, claimed, depth, &known).await,
        Err(error) => Err(error),
    };
    reporter.send(What::Examined(id, examined));
}

async fn examine_inspected(
    engine: &Engine,
    inspection: &engine::Inspection,
    claimed: Option<Platform>,
    depth: Depth,
    known: &Memory,
) -> Result<Examined, EngineError> {
    let key = examine::key(inspection);
    let ending = examine::ending(inspection);
    let finding = match known.finding(&key) {
        Some(finding) => finding.clone(),
        None if depth == Depth::Cause && ending.is_bad() => {
            return examine::examine(engine, inspection, claimed).await;
        }
        None => Finding {
            cause: String::new(),
            summary: String::new(),
            actual: None,
        },
    };
    Ok(Examined {
        key,
        exit_code: ending.exit_code,
        state: inspection.state().status,
        bad: ending.is_bad(),
        finding,
    })
}

/// Looks at what runs a foreign container. That it cannot be seen is no error: then nothing is known.
pub(super) async fn see(engine: Engine, id: String, reporter: Reporter) {
    let seen = examine::see(&engine, &id).await.ok();
    reporter.send(What::Seen(id, seen));
}
