//! Looks into an image that never ran, through a container that is made for it, read, and removed again.

use std::time::Duration;

use diagnosis::{Cause, Confidence, Ending, Facts, Hints, Known, State};
use engine::{Engine, EngineError, Inspection, act::Specimen};
use platform::{Asides, Platform};

use crate::{
    examine::{self, Here},
    memory::Finding,
    present, view,
};

/// A chain is some dozens of short questions. Where they take longer than this, the container is not kept for more.
const READING: Duration = Duration::from_mins(1);

/// What was found out about an image.
pub(crate) struct Looked {
    /// The image's id, as the engine gives it to the containers of it.
    pub(crate) id: String,
    /// What a list shows; without a cause when nothing is wrong.
    pub(crate) finding: Finding,
    pub(crate) diagnosis: view::Diagnosis,
}

/// Reads `specimen`, a container of the image that people call `name`, and removes it whatever comes of that.
pub(crate) async fn look(
    engine: &Engine,
    specimen: Specimen,
    name: &str,
    claimed: impl AsyncFnOnce(&Inspection) -> Option<Platform>,
    here: &Here,
) -> Result<Looked, EngineError> {
    let reading = tokio::time::timeout(READING, read(engine, &specimen, name, claimed, here)).await;
    let id = specimen.id().to_owned();
    let removed = specimen.remove().await;
    let timed_out = |_| EngineError::TimedOut {
        what: format!("reading {name}"),
        seconds: READING.as_secs(),
    };
    let mut looked = reading.map_err(timed_out)??;
    if let Err(error) = removed {
        looked.diagnosis.evidence.push(present::left_behind(&id, &error));
    }
    Ok(looked)
}

async fn read(
    engine: &Engine,
    specimen: &Specimen,
    name: &str,
    claimed: impl AsyncFnOnce(&Inspection) -> Option<Platform>,
    here: &Here,
) -> Result<Looked, EngineError> {
    let inspection = engine.inspect(specimen.id()).await?;
    let claimed = claimed(&inspection).await;
    let never_ran = Ending {
        state: State::Image,
        ..Ending::default()
    };
    let facts = examine::facts(engine, &inspection, claimed, never_ran, here).await?;
    // What was read of the container is the image's.
    let mut facts = Facts {
        container: name.to_owned(),
        image: name.to_owned(),
        ..facts
    };
    if !specimen.names_command() {
        facts.chain = Known::Unknown("the image names no command".to_owned());
        facts.unfollowed.clear();
    }
    let mut diagnosis = diagnosis::diagnose(&facts);
    let may_be_translated = matches!(
        diagnosis.cause,
        Cause::WrongArchitecture | Cause::ForeignBinary | Cause::MislabelledImage
    );
    if may_be_translated {
        // Only a start shows whether something translates it.
        diagnosis.confidence = Confidence::Likely;
    }
    let command = if specimen.names_command() {
        examine::command(&inspection)
    } else {
        Vec::new()
    };
    let diagnosis = present::diagnosis(&facts, command, examine::environment(&inspection), diagnosis);
    Ok(Looked {
        id: inspection.image_id().to_owned(),
        finding: finding(&diagnosis),
        diagnosis,
    })
}

/// What the engine's refusal to make a container of the image tells, when it is about the platform.
pub(crate) fn refused(engine: &Engine, name: &str, error: &EngineError) -> Option<view::Diagnosis> {
    let (EngineError::NotThere { message } | EngineError::Refused { message, .. }) = error else {
        return None;
    };
    let facts = Facts {
        container: name.to_owned(),
        image: name.to_owned(),
        engine: engine.identity().platform.clone(),
        claimed: Known::Unknown("the engine made no container of it".to_owned()),
        program: String::new(),
        ending: Ending {
            state: State::Image,
            error: message.clone(),
            ..Ending::default()
        },
        chain: Known::Unknown("the engine made no container of it".to_owned()),
        unfollowed: Vec::new(),
        asides: Asides::default(),
        witness: None,
        health: None,
        log: Known::Known(Vec::new()),
        stop_requested: Known::Known(false),
        user: String::new(),
        missing_source: None,
        hints: Hints::default(),
    };
    let diagnosis = diagnosis::diagnose(&facts);
    let is_about_platform = diagnosis.cause == Cause::PlatformUnavailable;
    is_about_platform.then(|| present::diagnosis(&facts, Vec::new(), Vec::new(), diagnosis))
}

fn finding(diagnosis: &view::Diagnosis) -> Finding {
    Finding {
        cause: diagnosis.cause.clone().unwrap_or_default(),
        summary: diagnosis.summary.clone(),
        actual: diagnosis.platform.actual.clone(),
    }
}

/// By which the finding for an image is remembered: what an engine makes of it depends on the platforms that are here.
pub(crate) fn key(image: &engine::Image, engine: &Platform) -> String {
    let local = image.platforms.iter().flatten().filter(|known| known.local);
    let local: Vec<String> = local.map(|known| known.platform.to_string()).collect();
    format!("{}@{engine}#{}", image.id, local.join(","))
}
