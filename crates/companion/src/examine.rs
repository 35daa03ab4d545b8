//! Gathers the facts of one container from the engine, for a diagnosis.

use std::time::Duration;

use diagnosis::{Cause, Diagnosis, Ending, Facts, Hints, Known, State, Wanted};
use engine::{End, Engine, EngineError, Inspection, Root, Runtime, Sought, Translator};
use platform::{Link, Native, Platform, Role};

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
    /// What is wrong although it runs.
    pub(crate) trouble: Option<Finding>,
}

/// An end has its own key: the same container may end for another cause the next time.
pub(crate) fn key(inspection: &Inspection) -> String {
    let state = inspection.state();
    format!("{}@{}#{}", inspection.id(), state.finished_at, state.exit_code)
}

/// The facts of `inspection`, whose image claims `claimed`, and which ended as `ending` says.
pub(crate) async fn facts(
    engine: &Engine,
    inspection: &Inspection,
    claimed: Option<Platform>,
    ending: Ending,
) -> Result<Facts, EngineError> {
    let root = engine.root(inspection);
    let (chain, log, end) = tokio::join!(
        chain(&root, inspection),
        log(engine, inspection, &ending),
        end(engine, inspection, &ending)
    );
    let (chain, unfollowed) = chain?;
    let stop_requested = stop_requested(&end, &ending);
    let facts = Facts {
        container: inspection.name().to_owned(),
        image: inspection.image().to_owned(),
        engine: engine.identity().platform.clone(),
        claimed: claimed.map_or_else(
            || Known::Unknown("the engine does not say it".to_owned()),
            Known::Known,
        ),
        ending: Ending {
            out_of_memory: ending.out_of_memory || end.is_ok_and(|end| end.out_of_memory),
            ..ending
        },
        chain,
        unfollowed,
        witness: None,
        health: health(inspection),
        log: log?,
        stop_requested,
        missing_source: missing_source(engine, inspection),
        hints: Hints::default(),
    };
    deepened(&root, facts).await
}

/// Reads what the first facts make worth reading: what words name, libraries, another binary, and how to mend it.
async fn deepened(root: &Root<'_>, mut facts: Facts) -> Result<Facts, EngineError> {
    let Known::Known(mut links) = std::mem::replace(&mut facts.chain, Known::Known(Vec::new())) else {
        return Ok(facts);
    };
    let words = [
        facts.log.as_known().cloned().unwrap_or_default(),
        facts.health.clone(),
    ]
    .concat();
    for lead in diagnosis::leads(&words) {
        if let Some(link) = root.seek(&sought(lead.what), &links).await? {
            add(&mut links, link);
        }
    }
    facts.chain = Known::Known(links.clone());
    if diagnosis::may_miss_libraries(&facts)
        && let Some(program) = links.iter().rfind(|link| loads_libraries(link)).cloned()
    {
        match root.libraries(&program).await? {
            Some(libraries) => libraries.into_iter().for_each(|link| add(&mut links, link)),
            None => facts.unfollowed.push(format!(
                "the libraries that `{}` needs: what names them is too far behind its beginning",
                program.place()
            )),
        }
        facts.chain = Known::Known(links.clone());
    }
    if links.iter().any(|link| is_stray(link, &facts)) && !links.iter().any(|link| is_at_home(link, &facts)) {
        facts.witness = root.witness(&links).await?;
    }
    facts.hints = hints(root, &facts).await?;
    Ok(facts)
}

fn loads_libraries(link: &Link) -> bool {
    let elf = link.program().and_then(|program| program.elf());
    matches!(link.role, Role::Program | Role::Interpreter) && elf.is_some_and(|elf| elf.interpreter.is_some())
}

/// Whether this binary is not what the image, or the engine, is for.
fn is_stray(link: &Link, facts: &Facts) -> bool {
    let belongs = |to: &Platform| {
        link.platform()
            .is_none_or(|platform| platform.runs_on(to) != Native::No)
    };
    !belongs(&facts.engine) && !facts.claimed.as_known().is_some_and(belongs)
}

/// Whether this is the image's own binary for the engine: then the image is not foreign as a whole, whatever else is in it.
fn is_at_home(link: &Link, facts: &Facts) -> bool {
    let runs = |platform: &Platform| platform.runs_on(&facts.engine) == Native::Yes;
    link.mount.is_none() && link.platform().is_some_and(runs)
}

/// What is there already, by its place, is not added again.
fn add(links: &mut Vec<Link>, link: Link) {
    let same = |known: &Link| known.place() == link.place() && known.target == link.target;
    if !links.iter().any(same) {
        links.push(link);
    }
}

fn sought(wanted: Wanted) -> Sought {
    match wanted {
        Wanted::Module(path) => Sought::Module(path),
        Wanted::Library { name, needed_by } => Sought::Library { name, needed_by },
        Wanted::PythonModule { name, folders } => Sought::PythonModule { name, folders },
        Wanted::Program(path) => Sought::Program(path),
    }
}

/// What makes a remedy concrete; only what this cause's remedies speak of is read.
async fn hints(root: &Root<'_>, facts: &Facts) -> Result<Hints, EngineError> {
    let found = diagnosis::diagnose(facts);
    let mut hints = Hints::default();
    match found.cause {
        Cause::MissingInterpreter | Cause::MissingLibrary | Cause::MissingLoader => {
            hints.package_tool = root.package_tool().await?.map(str::to_owned);
        }
        Cause::CrlfLineEndings
        | Cause::ByteOrderMark
        | Cause::MissingShebang
        | Cause::NotExecutable
        | Cause::EmptyProgram
        | Cause::TruncatedProgram
        | Cause::NotLinuxBinary
        | Cause::ForeignBinary => {
            let faulty = found.chain.iter().find(|judged| judged.fault.is_some());
            if let Some(judged) = faulty.filter(|judged| judged.link.mount.is_none()) {
                hints.copied_by = root.copied_by(judged.link.place()).await?;
            }
        }
        _ => {}
    }
    hints.project_folder = root.compose_folder().map(str::to_owned);
    Ok(hints)
}

fn health(inspection: &Inspection) -> Vec<String> {
    inspection.failing_health().lines().map(str::to_owned).collect()
}

/// Diagnoses the container and reduces the answer to what a list shows.
pub(crate) async fn examine(
    engine: &Engine,
    inspection: &Inspection,
    claimed: Option<Platform>,
) -> Result<Examined, EngineError> {
    let facts = facts(engine, inspection, claimed, ending(inspection)).await?;
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

/// What runs a container whose image claims a foreign platform, or whose health check fails, and what is wrong with it. Its
/// processes are asked before its bytes, because that is one question instead of several.
pub(crate) async fn see(engine: &Engine, id: &str, claimed: Option<Platform>) -> Result<Seen, EngineError> {
    let (translator, inspection) = tokio::try_join!(engine.translator_seen(id), engine.inspect(id))?;
    let suspect = !inspection.failing_health().is_empty() || hangs(engine, &inspection, translator).await?;
    if suspect {
        let facts = facts(engine, &inspection, claimed, ending(&inspection)).await?;
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
async fn chain(
    root: &Root<'_>,
    inspection: &Inspection,
) -> Result<(Known<Vec<Link>>, Vec<String>), EngineError> {
    let unknown = |why: String| Ok((Known::Unknown(why), Vec::new()));
    if inspection.program().is_empty() {
        return unknown("the image names no command".to_owned());
    }
    match root.chain().await {
        Ok(chain) => Ok((Known::Known(chain.links), chain.unfollowed)),
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
    match engine.log_tail(inspection.id()).await {
        Ok(tail) => Ok(Known::Known(
            tail.lines.into_iter().map(|line| line.text).collect(),
        )),
        Err(error) if is_final(&error) => Err(error),
        Err(error) => Ok(Known::Unknown(error.to_string())),
    }
}

/// What the engine remembers of an end, or why it does not say.
async fn end(engine: &Engine, inspection: &Inspection, ending: &Ending) -> Result<End, String> {
    if ending.state != State::Ended {
        return Ok(End::default());
    }
    let told = engine.end(inspection.id(), &inspection.state()).await;
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
fn missing_source(engine: &Engine, inspection: &Inspection) -> Option<String> {
    let is_here = engine.identity().runtime == Runtime::DockerEngine && engine.endpoint().socket().is_some();
    let is_gone = |source: &&str| {
        let asked = std::fs::symlink_metadata(source);
        asked.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    };
    let state = inspection.state();
    let never_began = state.status == "created" && is_here && cfg!(target_os = "linux");
    let sources = inspection.bind_sources();
    let gone = never_began.then(|| sources.into_iter().find(is_gone)).flatten();
    gone.map(str::to_owned)
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

/// The whole answer of `diagnose`, with the container's full id and what a list shows of it.
pub(crate) async fn diagnose(
    engine: &Engine,
    id: &str,
    claimed: impl AsyncFnOnce(&Inspection) -> Option<Platform>,
) -> Result<(String, Examined, crate::view::Diagnosis), EngineError> {
    let inspection = settled(engine, id).await?;
    let claimed = claimed(&inspection).await;
    let facts = facts(engine, &inspection, claimed, ending(&inspection)).await?;
    let diagnosis = diagnosis::diagnose(&facts);
    let examined = examined(&inspection, finding(&diagnosis));
    Ok((
        inspection.id().to_owned(),
        examined,
        present::diagnosis(&facts, command(&inspection), diagnosis),
    ))
}
