//! One container, looked at closely: its facts from the engine, and what they say.

mod deepen;
mod gather;
mod running;

use std::{path::PathBuf, time::Duration};

use diagnosis::{Diagnosis, Ending, State};
use engine::{Engine, EngineError, Inspection};
use host::Os;
use platform::{Link, Platform};

use crate::{memory::Finding, present};

pub(crate) use gather::facts;
pub(crate) use running::{Seen, see};

/// Words of a command that are shown: nobody reads on after so many.
const WORDS: usize = 100;

/// Variables that reports are searched for: several times as many as the largest of environments has.
const VARIABLES: usize = 1000;

/// What diagnoses need to know of the machine that asks.
#[derive(Clone, Debug)]
pub(crate) struct Here {
    /// Where its file system is read from.
    pub(crate) root: PathBuf,
    pub(crate) os: Os,
}

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

/// An end has its own key: the same container may end for another cause the next time.
pub(crate) fn key(inspection: &Inspection) -> String {
    let state = inspection.state();
    format!("{}@{}#{}", inspection.id(), state.finished_at, state.exit_code)
}

/// Diagnoses the container and reduces the answer to what a list shows.
pub(crate) async fn examine(
    engine: &Engine,
    inspection: &Inspection,
    claimed: Option<Platform>,
    here: &Here,
) -> Result<Examined, EngineError> {
    let facts = facts(engine, inspection, claimed, ending(inspection), here).await?;
    Ok(examined(inspection, finding(&diagnosis::diagnose(&facts))))
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

fn is_final(error: &EngineError) -> bool {
    matches!(
        error,
        EngineError::Unreachable { .. } | EngineError::PermissionDenied { .. } | EngineError::NotThere { .. }
    )
}

/// How long, and how often, a container that is started over and over is waited for to end once more.
const BETWEEN: Duration = Duration::from_millis(150);
const LOOKS: u32 = 10;

/// The container, not in the short time between being started again and ending again.
async fn settled(engine: &Engine, id: &str) -> Result<Inspection, EngineError> {
    let mut inspection = engine.inspect(id).await?;
    for _ in 0..LOOKS {
        let is_between = inspection.restart_count() > 0 && inspection.state().status == "running";
        if !is_between {
            break;
        }
        tokio::time::sleep(BETWEEN).await;
        inspection = engine.inspect(id).await?;
    }
    Ok(inspection)
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

/// The names and values of its environment, which reports leave out.
pub(crate) fn environment(inspection: &Inspection) -> Vec<(String, String)> {
    let pairs = inspection.environment().into_iter().take(VARIABLES);
    pairs
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// The whole answer of `diagnose`, with the container's full id and what a list shows of it.
pub(crate) async fn diagnose(
    engine: &Engine,
    id: &str,
    claimed: impl AsyncFnOnce(&Inspection) -> Option<Platform>,
    here: &Here,
) -> Result<(String, Examined, crate::view::Diagnosis), EngineError> {
    let inspection = settled(engine, id).await?;
    let claimed = claimed(&inspection).await;
    let facts = facts(engine, &inspection, claimed, ending(&inspection), here).await?;
    let diagnosis = diagnosis::diagnose(&facts);
    let examined = examined(&inspection, finding(&diagnosis));
    Ok((
        inspection.id().to_owned(),
        examined,
        present::diagnosis(&facts, command(&inspection), environment(&inspection), diagnosis),
    ))
}
