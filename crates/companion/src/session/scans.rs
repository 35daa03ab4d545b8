//! Scans: every file of a container, or of an image that a container is made of for it.

use std::sync::Arc;

use engine::{Engine, EngineError, Inspection, Reach};

use super::{
    Reply,
    actor::Actor,
    jobs::{Reporter, What},
    places::claimed,
};
use crate::{
    present_scan, scan_words,
    view::{self, Problem},
};

/// Who hears how far a scan is.
pub(super) type Heard = Arc<dyn Fn(view::Progress) + Send + Sync>;

/// So much of an id is what people copy; what is shorter is a name first of all.
const SHORT_ID: usize = 12;

impl Actor {
    /// Scans beside the actor, for as long as somebody waits for the answer.
    pub(super) fn scan(&mut self, subject: String, heard: Heard, mut reply: Reply<view::Scan>) {
        let reporter = self.reporter();
        self.with_engine(move |engine| match engine {
            Ok(engine) => drop(tokio::spawn(async move {
                let answer = tokio::select! {
                    answer = scan(&engine, &subject, &heard, &reporter) => answer,
                    () = reply.closed() => return,
                };
                reply.send(answer).ok();
            })),
            Err(problem) => drop(reply.send(Err(problem))),
        });
    }
}

/// What is scanned.
enum Subject {
    Container(Box<Inspection>),
    Image,
}

async fn scan(
    engine: &Engine,
    subject: &str,
    heard: &Heard,
    reporter: &Reporter,
) -> Result<view::Scan, Problem> {
    let report = |bytes: u64| {
        let progress = scan_words::progress(subject, bytes);
        heard(progress.clone());
        reporter.send(What::Progress(progress));
    };
    match find(engine, subject).await? {
        Subject::Container(inspection) => {
            let scan = walk(engine, &inspection, Reach::Container, &report).await?;
            Ok(present_scan::scan(inspection.name(), "container", scan))
        }
        Subject::Image => {
            let specimen = engine.specimen(subject, None).await?;
            let inspection = engine.inspect(specimen.id()).await?;
            let scan = walk(engine, &inspection, Reach::Image, &report).await;
            let removed = specimen.remove().await;
            let scan = present_scan::scan(subject, "image", scan?);
            removed.map(|()| scan).map_err(Problem::from)
        }
    }
}

async fn walk(
    engine: &Engine,
    inspection: &Inspection,
    reach: Reach,
    report: &(dyn Fn(u64) + Send + Sync),
) -> Result<engine::Scan, EngineError> {
    let claimed = claimed(engine, inspection).await;
    let of = claimed.unwrap_or_else(|| engine.identity().platform.clone());
    engine.scan(inspection, of, reach, report).await
}

/// A container's name or id wins over an image of the same name, and that over the first digits of an id.
async fn find(engine: &Engine, subject: &str) -> Result<Subject, EngineError> {
    let not_there = || EngineError::NotThere {
        message: format!("There is neither a container nor an image `{subject}`"),
    };
    if subject.is_empty() {
        return Err(not_there());
    }
    let container = there(engine.inspect(subject).await)?;
    let named = container.as_ref().is_some_and(|container| {
        let is_id = subject.len() >= SHORT_ID && container.id().starts_with(subject);
        is_id || container.name() == subject.trim_start_matches('/')
    });
    if !named && there(engine.image_json(subject).await)?.is_some() {
        return Ok(Subject::Image);
    }
    let found = container.map(|container| Subject::Container(Box::new(container)));
    found.ok_or_else(not_there)
}

/// Names that cannot be, and beginnings of several ids, are as good as none.
fn there<T>(answer: Result<T, EngineError>) -> Result<Option<T>, EngineError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(
            EngineError::NotThere { .. }
            | EngineError::BadName { .. }
            | EngineError::Refused { status: 400, .. },
        ) => Ok(None),
        Err(error) => Err(error),
    }
}
