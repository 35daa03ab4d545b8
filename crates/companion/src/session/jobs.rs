//! What is done beside the actor: each job has an engine of its own, and reports by events.

use std::{collections::HashMap, sync::Arc, time::Duration};

use engine::{Container, Engine, EngineError, Scope};
use futures_util::StreamExt as _;
use platform::Platform;
use tokio::sync::{mpsc, oneshot};

use super::places::Places;
use crate::{
    examine::{self, Examined, Here, Seen},
    memory::{Finding, Memory, Start},
    view,
};

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
    ImageLookedAt(String, Result<Finding, EngineError>),
    Interrupted(Option<Vec<view::Interrupted>>),
    /// The files by which Compose re-ran containers, by their names.
    UndoFiles(HashMap<String, String>),
    Progress(view::Progress),
    /// What became of one of several re-runs, by its place among them.
    OneOfSeveral(usize, Box<view::Became>),
    Probed(Start, Vec<view::Probed>),
    ProbeDone,
    /// Somebody wants to know what was found out of the engine in use.
    KeptProbe(oneshot::Sender<Option<view::ProbeReport>>),
    Rosetta(Box<view::Rosetta>),
    /// What was read of Rosetta is of before.
    SettingChanged,
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
    let mut places = Places::new(&engine, &known);
    let rows = match engine.containers(scope.clone()).await {
        Ok(rows) => places.of_rows(rows).await,
        Err(error) => Err(error),
    };
    let learned = places.learned;
    reporter.send(What::Listed(Listing { scope, rows, learned }));
}

/// Lists images, with the platforms of those for which the list does not say them.
pub(super) async fn images(engine: Engine, known: Arc<Memory>, reporter: Reporter) {
    let mut places = Places::new(&engine, &known);
    let images = match engine.images().await {
        Ok(images) => places.of_images(images).await,
        Err(error) => Err(error),
    };
    let learned = places.learned;
    reporter.send(What::Images(images, learned));
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
    here: Arc<Here>,
    reporter: Reporter,
) {
    let examined = match engine.inspect(&id).await {
        Ok(inspection) => examine_inspected(&engine, &inspection, claimed, depth, &known, &here).await,
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
    here: &Here,
) -> Result<Examined, EngineError> {
    let ending = examine::ending(inspection);
    let remembered = known.finding(&examine::key(inspection));
    let finding = match remembered.filter(|finding| !finding.cause.is_empty()) {
        Some(finding) => finding.clone(),
        None if depth == Depth::Cause && ending.is_bad() => {
            return examine::examine(engine, inspection, claimed, here).await;
        }
        None => Finding {
            cause: String::new(),
            summary: String::new(),
            actual: None,
        },
    };
    Ok(examine::examined(inspection, finding))
}

/// Looks at what runs a foreign container. That it cannot be seen is no error: then nothing is known.
pub(super) async fn see(
    engine: Engine,
    id: String,
    claimed: Option<Platform>,
    here: Arc<Here>,
    reporter: Reporter,
) {
    let seen = examine::see(&engine, &id, claimed, &here).await.ok();
    reporter.send(What::Seen(id, seen));
}

/// An engine ends the stream of its events only when it ends itself.
pub(super) fn stream_ended() -> EngineError {
    EngineError::BrokenOff {
        what: "events".to_owned(),
        why: "the engine ended the stream".to_owned(),
    }
}
