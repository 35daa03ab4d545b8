//! Gathers the facts of one container from the engine, for a diagnosis.

use diagnosis::{Diagnosis, Ending, Facts, Known, State};
use engine::{Engine, EngineError, Inspection, Translator};
use platform::{Link, Platform};

use crate::{memory::Finding, present};

/// Words of a command that are shown: nobody reads on after so many.
const WORDS: usize = 100;

/// A container that was looked at, and what was found.
#[derive(Clone, Debug)]
pub(crate) struct Examined {
    /// By which the finding is remembered.
    pub(crate) key: String,
    pub(crate) exit_code: i64,
    /// The engine's word for its state at that moment, which may be newer than the list's.
    pub(crate) state: String,
    /// Whether it ended badly: a list alone does not show a start that failed.
    pub(crate) bad: bool,
    pub(crate) finding: Finding,
}

/// What a running container's program turned out to be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// The translator that its processes show.
    pub(crate) translator: Option<Translator>,
    /// The platform of its program's bytes.
    pub(crate) actual: Option<Platform>,
}

/// An end has its own key: the same container may end for another cause the next time.
pub(crate) fn key(inspection: &Inspection) -> String {
    let state = inspection.state();
    format!("{}@{}#{}", inspection.id(), state.finished_at, state.exit_code)
}

/// The facts of `inspection`, whose image claims `claimed`.
pub(crate) async fn facts(
    engine: &Engine,
    inspection: &Inspection,
    claimed: Option<Platform>,
) -> Result<Facts, EngineError> {
    let ending = ending(inspection);
    let (chain, log, stop_requested) = tokio::join!(
        chain(engine, inspection),
        log(engine, inspection),
        stop_requested(engine, inspection, &ending)
    );
    Ok(Facts {
        container: inspection.name().to_owned(),
        image: inspection.image().to_owned(),
        engine: engine.identity().platform.clone(),
        claimed: claimed.map_or_else(
            || Known::Unknown("the engine does not say it".to_owned()),
            Known::Known,
        ),
        ending,
        chain: chain?,
        unfollowed: Vec::new(),
        witness: None,
        health: Vec::new(),
        log: log?,
        stop_requested,
    })
}

/// Diagnoses the container and reduces the answer to what a list shows.
pub(crate) async fn examine(
    engine: &Engine,
    inspection: &Inspection,
    claimed: Option<Platform>,
) -> Result<Examined, EngineError> {
    let diagnosis = diagnosis::diagnose(&facts(engine, inspection, claimed).await?);
    Ok(examined(inspection, finding(&diagnosis)))
}

/// What a list shows of `inspection`, with `finding`.
pub(crate) fn examined(inspection: &Inspection, finding: Finding) -> Examined {
    let state = inspection.state();
    Examined {
        key: key(inspection),
        exit_code: state.exit_code,
        state: state.status,
        bad: ending(inspection).is_bad(),
        finding,
    }
}

pub(crate) fn finding(diagnosis: &Diagnosis) -> Finding {
    Finding {
        cause: diagnosis.cause.as_str().to_owned(),
        summary: diagnosis.summary.clone(),
        actual: diagnosis.actual.as_ref().map(ToString::to_string),
    }
}

/// What runs a container whose image claims a foreign platform. Its processes are asked before its bytes, because that
/// is one question instead of several.
pub(crate) async fn see(engine: &Engine, id: &str) -> Result<Seen, EngineError> {
    let translator = engine.translator_seen(id).await?;
    if translator.is_some() {
        return Ok(Seen {
            translator,
            actual: None,
        });
    }
    let inspection = engine.inspect(id).await?;
    let links = engine.chain(&inspection).await?;
    Ok(Seen {
        translator,
        actual: actual(&links),
    })
}

/// The platform of the program in `links`.
pub(crate) fn actual(links: &[Link]) -> Option<Platform> {
    links.iter().find_map(Link::platform).cloned()
}

pub(crate) fn ending(inspection: &Inspection) -> Ending {
    let state = inspection.state();
    Ending {
        state: match state.status.as_str() {
            "created" => State::Created,
            "running" | "paused" => State::Running,
            "restarting" => State::Restarting,
            _ => State::Ended,
        },
        exit_code: state.exit_code,
        error: state.error,
        out_of_memory: state.out_of_memory,
    }
}

/// An engine that is out of reach ends the diagnosis; one container's file that cannot be read is a fact.
async fn chain(engine: &Engine, inspection: &Inspection) -> Result<Known<Vec<Link>>, EngineError> {
    if inspection.program().is_empty() {
        return Ok(Known::Unknown("the image names no command".to_owned()));
    }
    match engine.chain(inspection).await {
        Ok(links) => Ok(Known::Known(links)),
        Err(error) if is_final(&error) => Err(error),
        Err(error) => Ok(Known::Unknown(error.to_string())),
    }
}

async fn log(engine: &Engine, inspection: &Inspection) -> Result<Known<Vec<String>>, EngineError> {
    match engine.log_tail(inspection.id()).await {
        Ok(tail) => Ok(Known::Known(
            tail.lines.into_iter().map(|line| line.text).collect(),
        )),
        Err(error) if is_final(&error) => Err(error),
        Err(error) => Ok(Known::Unknown(error.to_string())),
    }
}

async fn stop_requested(engine: &Engine, inspection: &Inspection, ending: &Ending) -> Known<bool> {
    if ending.state != State::Ended {
        return Known::Known(false);
    }
    match engine.stop_requested(inspection.id(), &inspection.state()).await {
        Ok(Some(asked)) => Known::Known(asked),
        Ok(None) => Known::Unknown("the engine no longer remembers".to_owned()),
        Err(error) => Known::Unknown(error.to_string()),
    }
}

fn is_final(error: &EngineError) -> bool {
    matches!(
        error,
        EngineError::Unreachable { .. } | EngineError::PermissionDenied { .. } | EngineError::NotThere { .. }
    )
}

/// The program and its arguments; nothing where neither the image nor the container names a program.
pub(crate) fn command(inspection: &Inspection) -> Vec<String> {
    let program = inspection.program();
    let words = std::iter::once(program).chain(inspection.arguments());
    words
        .filter(|_| !program.is_empty())
        .take(WORDS)
        .map(str::to_owned)
        .collect()
}

/// The whole answer of `diagnose`, with the container's full id and what a list shows of it.
pub(crate) async fn diagnose(
    engine: &Engine,
    id: &str,
    claimed: impl AsyncFnOnce(&Inspection) -> Option<Platform>,
) -> Result<(String, Examined, crate::view::Diagnosis), EngineError> {
    let inspection = engine.inspect(id).await?;
    let claimed = claimed(&inspection).await;
    let facts = facts(engine, &inspection, claimed).await?;
    let diagnosis = diagnosis::diagnose(&facts);
    let examined = examined(&inspection, finding(&diagnosis));
    Ok((
        inspection.id().to_owned(),
        examined,
        present::diagnosis(&facts, command(&inspection), diagnosis),
    ))
}
