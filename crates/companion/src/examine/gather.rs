//! Gathers the facts: what it was started from, what it wrote, and what the engine remembers of its end.

use std::time::Duration;

use diagnosis::{Ending, Facts, Health, Hints, Known, Memory, State};
use engine::{End, Engine, EngineError, Inspection, Root, Runtime};
use host::Os;
use platform::{Asides, Link, Platform};

use super::{Here, deepen::deepen, is_final};

/// The facts of `inspection`, whose image claims `claimed`, and which ended as `ending` says.
pub(crate) async fn facts(
    engine: &Engine,
    inspection: &Inspection,
    claimed: Option<Platform>,
    ending: Ending,
    here: &Here,
) -> Result<Facts, EngineError> {
    let root = engine.root(inspection);
    let (chain, health, log, end) = tokio::join!(
        chain(&root, inspection),
        health(&root, inspection),
        log(engine, inspection, &ending),
        end(engine, inspection, &ending)
    );
    let Followed {
        chain,
        unfollowed,
        asides,
    } = chain?;
    let stop_requested = stop_requested(&end, &ending);
    let mut facts = Facts {
        container: inspection.name().to_owned(),
        image: inspection.image().to_owned(),
        engine: engine.identity().platform.clone(),
        claimed: claimed.map_or_else(
            || Known::Unknown("the engine does not say it".to_owned()),
            Known::Known,
        ),
        program: inspection.program().to_owned(),
        ending: Ending {
            out_of_memory: ending.out_of_memory || end.is_ok_and(|end| end.out_of_memory),
            ..ending
        },
        chain,
        unfollowed,
        asides,
        witness: None,
        health: health?,
        log: log?,
        stop_requested,
        user: inspection.user().to_owned(),
        missing_source: missing_source(engine, inspection, here),
        hints: hints(engine, &root, inspection, here),
    };
    deepen(&root, &mut facts).await?;
    Ok(facts)
}

/// The last health check of a container that is unhealthy, and what it was to start. That this cannot be read is no
/// matter for the rest.
async fn health(root: &Root<'_>, inspection: &Inspection) -> Result<Option<Health>, EngineError> {
    let Some(check) = inspection.failing_health() else {
        return Ok(None);
    };
    let chain = match root.health_chain().await {
        Ok(chain) => chain.links,
        Err(error) if is_final(&error) => return Err(error),
        Err(_) => Vec::new(),
    };
    Ok(Some(Health {
        output: check.output.lines().map(str::to_owned).collect(),
        exit_code: check.exit_code,
        chain,
    }))
}

/// What remedies need and nothing has to be read for.
fn hints(engine: &Engine, root: &Root<'_>, inspection: &Inspection, here: &Here) -> Hints {
    let (limit, with_swap) = inspection.memory_limits();
    let may_have_rosetta = match engine.identity().runtime {
        Runtime::DockerDesktop | Runtime::OrbStack => true,
        // These run on Linux too.
        Runtime::Colima | Runtime::Lima | Runtime::RancherDesktop | Runtime::Podman | Runtime::Finch => {
            here.os == Os::MacOs
        }
        Runtime::DockerEngine | Runtime::Unknown => false,
    };
    Hints {
        project_folder: root.compose_folder().map(str::to_owned),
        may_have_rosetta,
        memory: limit.map(|limit| Memory { limit, with_swap }),
        ..Hints::default()
    }
}

/// What was followed, or why nothing was.
struct Followed {
    chain: Known<Vec<Link>>,
    unfollowed: Vec<String>,
    asides: Asides,
}

/// An engine that is out of reach ends the diagnosis; one container's file that cannot be read is a fact.
async fn chain(root: &Root<'_>, inspection: &Inspection) -> Result<Followed, EngineError> {
    let unknown = |why: String| {
        Ok(Followed {
            chain: Known::Unknown(why),
            unfollowed: Vec::new(),
            asides: Asides::default(),
        })
    };
    if inspection.program().is_empty() {
        return unknown("the image names no command".to_owned());
    }
    match root.chain().await {
        Ok(chain) => Ok(Followed {
            chain: Known::Known(chain.links),
            unfollowed: chain.unfollowed,
            asides: chain.asides,
        }),
        Err(error) if is_final(&error) => Err(error),
        Err(error) => unknown(error.to_string()),
    }
}

/// What never ran wrote nothing.
async fn log(
    engine: &Engine,
    inspection: &Inspection,
    ending: &Ending,
) -> Result<Known<Vec<String>>, EngineError> {
    if ending.state == State::Image {
        return Ok(Known::Known(Vec::new()));
    }
    let mut tail = engine.log_tail(inspection.id()).await;
    let has_words = ending.state == State::Ended && CODES_WITH_WORDS.contains(&ending.exit_code);
    for _ in 0..LOOKS {
        if !has_words || tail.as_ref().map_or(true, |tail| !tail.lines.is_empty()) {
            break;
        }
        tokio::time::sleep(LATE).await;
        tail = engine.log_tail(inspection.id()).await;
    }
    match tail {
        Ok(tail) => Ok(Known::Known(
            tail.lines.into_iter().map(|line| line.text).collect(),
        )),
        Err(error) if is_final(&error) => Err(error),
        Err(error) => Ok(Known::Unknown(error.to_string())),
    }
}

/// How late the last words of a container may come into its log: on a busy machine they were seen to come after its end.
const LATE: Duration = Duration::from_millis(150);
const LOOKS: u32 = 4;

/// What ends with these codes has said why, as a rule: a runtime, a shell or a loader.
const CODES_WITH_WORDS: [i64; 3] = [126, 127, 255];

/// What the engine remembers of an end, or why it does not say.
async fn end(engine: &Engine, inspection: &Inspection, ending: &Ending) -> Result<End, String> {
    if ending.state != State::Ended {
        return Ok(End::default());
    }
    let told = engine.end(inspection).await;
    told.map_err(|error| error.to_string())
}

fn stop_requested(end: &Result<End, String>, ending: &Ending) -> Known<bool> {
    match end {
        _ if ending.state != State::Ended => Known::Known(false),
        Ok(End {
            requested: Some(asked),
            ..
        }) => Known::Known(*asked),
        Ok(End { requested: None, .. }) => Known::Unknown("the engine no longer remembers".to_owned()),
        Err(why) => Known::Unknown(why.clone()),
    }
}

/// What was to be mounted and is gone, where the engine's machine is this one. Engines keep no word of such a refusal.
fn missing_source(engine: &Engine, inspection: &Inspection, here: &Here) -> Option<String> {
    let is_here = engine.identity().runtime == Runtime::DockerEngine && engine.endpoint().socket().is_some();
    let is_gone = |source: &&str| {
        let asked = here.root.join(source.trim_start_matches('/')).symlink_metadata();
        asked.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    };
    let state = inspection.state();
    let never_began = state.status == "created" && is_here && here.os == Os::Linux;
    let sources = inspection.bind_sources();
    let gone = never_began.then(|| sources.into_iter().find(is_gone)).flatten();
    gone.map(str::to_owned)
}
