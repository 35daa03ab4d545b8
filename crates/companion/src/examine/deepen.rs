//! What the first facts make worth reading.

use std::time::Duration;

use diagnosis::{Cause, Copied, Diagnosis, Facts, Hints, Known};
use engine::{EngineError, Root};
use platform::{Link, Native, Platform};

use super::is_final;

/// How long more is read: whoever waits for an answer is better off with what is known by then.
const LIMIT: Duration = Duration::from_secs(8);

/// Reads what words name, libraries, another binary, and how to mend what is wrong. What cannot be had in time, or at all, is
/// said not to have been followed.
pub(super) async fn deepen(root: &Root<'_>, facts: &mut Facts) -> Result<(), EngineError> {
    let read = tokio::time::timeout(LIMIT, read(root, facts)).await;
    match read {
        Ok(Err(error)) if is_final(&error) => return Err(error),
        Ok(Err(error)) => facts.unfollowed.push(format!("what comes behind it: {error}")),
        Err(_) => facts
            .unfollowed
            .push("what comes behind it: reading it takes too long".to_owned()),
        Ok(Ok(())) => {}
    }
    Ok(())
}

async fn read(root: &Root<'_>, facts: &mut Facts) -> Result<(), EngineError> {
    let Known::Known(mut links) = facts.chain.clone() else {
        return Ok(());
    };
    let words = [
        facts.log.as_known().cloned().unwrap_or_default(),
        facts
            .health
            .as_ref()
            .map(|health| health.output.clone())
            .unwrap_or_default(),
    ]
    .concat();
    for lead in diagnosis::leads(&words) {
        let found = root.seek(&lead.what, &links, &facts.asides).await?;
        add_all(&mut links, found);
        facts.chain = Known::Known(links.clone());
    }
    if diagnosis::may_miss_libraries(facts)
        && let Some(program) = links.iter().rfind(|link| link.loads_libraries()).cloned()
    {
        libraries(root, &program, &mut links, facts).await?;
        facts.chain = Known::Known(links.clone());
    }
    if links.iter().any(|link| is_stray(link, facts)) && !links.iter().any(|link| is_at_home(link, facts)) {
        facts.witness = root.witness(&links).await?;
    }
    facts.hints = hints(root, facts).await?;
    Ok(())
}

async fn libraries(
    root: &Root<'_>,
    program: &Link,
    links: &mut Vec<Link>,
    facts: &mut Facts,
) -> Result<(), EngineError> {
    let Some(libraries) = root.libraries(program).await? else {
        facts.unfollowed.push(format!(
            "the libraries that `{}` needs: what names them is too far behind its beginning",
            program.place()
        ));
        return Ok(());
    };
    if libraries.is_cut {
        facts.unfollowed.push(format!(
            "some libraries of `{}`: it needs too many",
            program.place()
        ));
    }
    libraries.links.into_iter().for_each(|link| add(links, link));
    Ok(())
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

/// A program that is there already is not added again, nor is what it leads to.
fn add_all(links: &mut Vec<Link>, found: Vec<Link>) {
    let before = links.len();
    let mut found = found.into_iter();
    let Some(first) = found.next() else { return };
    add(links, first);
    if links.len() > before {
        links.extend(found);
    }
}

/// What makes a remedy concrete; only what this cause's remedies speak of is read.
async fn hints(root: &Root<'_>, facts: &Facts) -> Result<Hints, EngineError> {
    let found = diagnosis::diagnose(facts);
    let mut hints = facts.hints.clone();
    match found.cause {
        Cause::MissingInterpreter | Cause::MissingLibrary | Cause::MissingLoader | Cause::CommandNotFound => {
            hints.package_tool = root.package_tool().await?.map(str::to_owned);
            hints.uncached = uncached(root, &found).await?;
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
                hints.copied_by = root.copied_by(judged.link.place()).await?.map(copied);
            }
        }
        Cause::WrongArchitecture
        | Cause::MislabelledImage
        | Cause::ForeignModule
        | Cause::IsADirectory
        | Cause::NoexecMount
        | Cause::IllegalInstruction
        | Cause::TranslatorFailure
        | Cause::PlatformUnavailable
        | Cause::OutOfMemory
        | Cause::PortInUse
        | Cause::MountSourceMissing
        | Cause::Stopped
        | Cause::ApplicationExit
        | Cause::Unknown => {}
    }
    Ok(hints)
}

/// The folder that has the library which is called missing.
async fn uncached(root: &Root<'_>, found: &Diagnosis) -> Result<Option<String>, EngineError> {
    let faulty = found.chain.iter().find(|judged| judged.fault.is_some());
    match faulty.filter(|_| found.cause == Cause::MissingLibrary) {
        Some(judged) => root.uncached_folder(&judged.link.path).await,
        None => Ok(None),
    }
}

fn copied(copied: engine::Copied) -> Copied {
    let engine::Copied {
        instruction,
        file,
        may_be_of_stage,
    } = copied;
    Copied {
        instruction,
        file,
        may_be_of_stage,
    }
}
