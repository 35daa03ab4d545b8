//! A health check whose own command cannot be started: what a start is diagnosed by, asked of that command.

use platform::{Asides, Link, Via};

use crate::{Cause, Diagnosis, Ending, Facts, Health, JudgedLink, Known, State, diagnose::of_facts};

/// The exit code that an engine gives a check that it could not execute.
const NOT_EXECUTED: i64 = -1;

/// What engines say of one that they could not execute.
const REFUSALS: [&str; 2] = ["exec failed", "executable file"];

/// What is wrong with the command of the failing health check, when something is.
pub(crate) fn of(facts: &Facts) -> Option<Diagnosis> {
    let health = facts.health.as_ref().filter(|health| !health.chain.is_empty())?;
    if facts.ending.state != State::Running {
        return None;
    }
    let found = of_facts(&own_facts(facts, health));
    is_about_its_start(found.cause).then_some(found)
}

/// The facts of the check as those of a container that ended.
fn own_facts(facts: &Facts, health: &Health) -> Facts {
    let output = health.output.join("\n");
    let is_refused = health.exit_code == NOT_EXECUTED && REFUSALS.iter().any(|words| output.contains(words));
    Facts {
        ending: Ending {
            state: State::HealthCheck,
            exit_code: health.exit_code,
            error: if is_refused { output } else { String::new() },
            out_of_memory: false,
        },
        program: health
            .chain
            .first()
            .map(|link| link.path.clone())
            .unwrap_or_default(),
        chain: Known::Known(health.chain.clone()),
        // What runs tells whether the image as a whole is foreign.
        witness: running(facts).cloned().or_else(|| facts.witness.clone()),
        log: Known::Known(health.output.clone()),
        stop_requested: Known::Known(false),
        health: None,
        missing_source: None,
        unfollowed: Vec::new(),
        asides: Asides::default(),
        ..facts.clone()
    }
}

/// The program that runs.
fn running(facts: &Facts) -> Option<&Link> {
    let links = facts.chain.as_known()?;
    links
        .iter()
        .find(|link| link.platform().is_some() && link.mount.is_none())
}

/// A check that ran and failed says something of the container, and nothing of its own command.
fn is_about_its_start(cause: Cause) -> bool {
    match cause {
        Cause::WrongArchitecture
        | Cause::MislabelledImage
        | Cause::ForeignBinary
        | Cause::NotLinuxBinary
        | Cause::CrlfLineEndings
        | Cause::ByteOrderMark
        | Cause::MissingShebang
        | Cause::MissingInterpreter
        | Cause::MissingLoader
        | Cause::EmptyProgram
        | Cause::TruncatedProgram
        | Cause::NotExecutable
        | Cause::IsADirectory
        | Cause::CommandNotFound
        | Cause::NoexecMount => true,
        Cause::MissingLibrary
        | Cause::ForeignModule
        | Cause::IllegalInstruction
        | Cause::TranslatorFailure
        | Cause::PlatformUnavailable
        | Cause::OutOfMemory
        | Cause::PortInUse
        | Cause::MountSourceMissing
        | Cause::Stopped
        | Cause::ApplicationExit
        | Cause::Unknown => false,
    }
}

/// The container's own chain, and behind it that of the check with all that was found of it.
pub(crate) fn joined(container: Diagnosis, check: Diagnosis) -> Diagnosis {
    // What the check's words name is in its own chain, by who asked for it.
    let is_there_again = |judged: &JudgedLink| {
        judged.link.via == Via::Words
            && check
                .chain
                .iter()
                .any(|other| other.link.place() == judged.link.place())
    };
    let own = container
        .chain
        .into_iter()
        .filter(|judged| !is_there_again(judged));
    Diagnosis {
        actual: container.actual,
        chain: own.chain(check.chain.iter().cloned()).collect(),
        ..check
    }
}
