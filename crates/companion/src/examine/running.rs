//! What runs a container that runs, and what is wrong with it although it does.

use diagnosis::Cause;
use engine::{Engine, EngineError, Inspection, Translator};
use platform::Platform;

use super::{Here, actual, ending, finding, gather::facts, is_final};
use crate::memory::Finding;

/// What a running container's program turned out to be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// The translator that its processes show.
    pub(crate) translator: Option<Translator>,
    /// The platform of its program's bytes.
    pub(crate) actual: Option<Platform>,
    /// What is wrong although it runs.
    pub(crate) trouble: Option<Finding>,
}

/// What runs a container whose image claims a foreign platform, or whose health check fails, and what is wrong with it. Its
/// processes are asked before its bytes, because that is one question instead of several.
pub(crate) async fn see(
    engine: &Engine,
    id: &str,
    claimed: Option<Platform>,
    here: &Here,
) -> Result<Seen, EngineError> {
    let (translator, inspection) = tokio::try_join!(engine.translator_seen(id), engine.inspect(id))?;
    let suspect = inspection.failing_health().is_some() || hangs(engine, &inspection, translator).await?;
    if suspect {
        let facts = facts(engine, &inspection, claimed, ending(&inspection), here).await?;
        let found = diagnosis::diagnose(&facts);
        return Ok(Seen {
            translator,
            actual: found.actual.clone(),
            trouble: (found.cause != Cause::Unknown).then(|| finding(&found)),
        });
    }
    if translator.is_some() {
        return Ok(Seen {
            translator,
            ..Seen::default()
        });
    }
    let links = engine.chain(&inspection).await?.links;
    Ok(Seen {
        actual: actual(&links),
        ..Seen::default()
    })
}

/// Whether the last words of a translated program are its translator's, behind which it does nothing any more.
async fn hangs(
    engine: &Engine,
    inspection: &Inspection,
    translator: Option<Translator>,
) -> Result<bool, EngineError> {
    if translator.is_none() {
        return Ok(false);
    }
    let log = match engine.log_tail(inspection.id()).await {
        Ok(log) => log,
        Err(error) if is_final(&error) => return Err(error),
        Err(_) => return Ok(false),
    };
    let last = log.lines.iter().rev().find(|line| !line.text.trim().is_empty());
    Ok(last.is_some_and(|line| line.text.contains(diagnosis::FATAL)))
}
