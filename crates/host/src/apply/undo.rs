//! What taking the last change back would do, from wherever it stopped.

use std::path::PathBuf;

use super::{
    Aim, ApplyError, Change, Command, Ground, Journal, Plan, Refusal, Restart, Target, Texts, Want, Warning,
    Way,
    backend::{self, Running},
    docker_desktop,
    edit::{self, Back},
    journal::Record,
    place, planning, reading,
};
use crate::{HostError, Roots, Runtime, State, docker_desktop as desktop};

/// Keys that would be lost and are named.
const NAMED: usize = 8;

/// What taking back the last change of `target`, or of all, would do.
pub fn plan_undo(
    ground: &Ground<'_>,
    journal: &Journal,
    target: Option<&Target>,
) -> Result<Plan, ApplyError> {
    let record = journal.last(target).ok_or(ApplyError::NothingToUndo)?;
    let runtime = planning::runtime_named(&record.runtime).ok_or(ApplyError::NothingToUndo)?;
    let plan = match (record.way.as_str(), runtime) {
        ("commands", _) => by_commands(ground, &record, runtime),
        (_, Runtime::DockerDesktop) => of_docker_desktop(ground, &record),
        _ => by_file(ground.roots, &record, runtime)?,
    };
    Ok(Plan {
        aim: Aim::Before,
        target: Target {
            runtime,
            machine: record.machine,
        },
        ..plan
    })
}

/// The commands of the opposite.
fn by_commands(ground: &Ground<'_>, record: &Record, runtime: Runtime) -> Plan {
    let target = Target {
        runtime,
        machine: record.machine.clone(),
    };
    planning::plan(ground, Want::of(!record.is_on), Some(&target), None)
}

/// While it runs it is told the value of before; its file would be written over.
fn of_docker_desktop(ground: &Ground<'_>, record: &Record) -> Plan {
    let empty = planning::empty(Aim::Before, Runtime::DockerDesktop);
    let refused = |refusal| Plan {
        refusals: vec![refusal],
        ..empty.clone()
    };
    match backend::running(ground.roots) {
        Running::Backend(socket) => {
            let before = record.was_on.or(record.from).unwrap_or(!record.is_on);
            let plan = docker_desktop::plan(ground, Want::of(before));
            let plan = if record.is_open && plan.is_done() {
                told_again(plan, record, socket.clone(), before)
            } else {
                plan
            };
            match plan.way {
                Some(Way::Backend { .. }) | None => plan,
                Some(Way::File | Way::Commands) => refused(Refusal::Runs { socket }),
            }
        }
        Running::EngineOnly(socket) => refused(Refusal::Runs { socket }),
        // Told while it ran, and what its file had then is not known: the opposite is what it was.
        Running::Nothing if record.after.is_none() => docker_desktop::plan(ground, Want::of(!record.is_on)),
        Running::Nothing => match by_file(ground.roots, record, Runtime::DockerDesktop) {
            Ok(plan) => {
                let found = desktop::of_files(ground.roots, planning::macos(ground));
                Plan {
                    restart: Restart::NextStart,
                    state: found.as_ref().map_or(State::Unknown, |found| found.state),
                    version: found.and_then(|found| found.runtime_version),
                    ..plan
                }
            }
            Err(_) => refused(Refusal::NotStartedYet {
                runtime: Runtime::DockerDesktop,
            }),
        },
    }
}

/// It was told, and may still follow: that it says the value of before proves nothing, so it is told that one too.
fn told_again(plan: Plan, record: &Record, socket: PathBuf, before: bool) -> Plan {
    Plan {
        way: Some(Way::Backend { socket }),
        change: Some(Change {
            file: None,
            key: record.key.clone(),
            from: Some(before),
            to: Some(before),
            diff: String::new(),
            backup: None,
            texts: None,
        }),
        warnings: vec![Warning::Undocumented],
        ..plan
    }
}

fn by_file(roots: &Roots, record: &Record, runtime: Runtime) -> Result<Plan, ApplyError> {
    let file = record.file.clone().ok_or(ApplyError::NothingToUndo)?;
    let empty = planning::empty(Aim::Before, runtime);
    let (before, after) = (
        record.before.clone().map(String::into_bytes),
        record.after.clone().map(String::into_bytes),
    );
    let refused = |refusal| {
        Ok(Plan {
            refusals: vec![refusal],
            ..empty.clone()
        })
    };
    let now = match place::text_in(roots, &file) {
        Ok(now) => now,
        Err(error) => return refused(Refusal::Unreadable(error)),
    };
    let then = match &now {
        _ if now == before => return Ok(empty),
        _ if now == after => before,
        None => return refused(Refusal::Unreadable(HostError::Missing { path: file })),
        Some(text) => match put_back(record, text) {
            Ok(Some(then)) => Some(then),
            Ok(None) => return Ok(empty),
            Err(keys) => return refused(Refusal::ChangedSince { file, keys }),
        },
    };
    let shown = |text: &Option<Vec<u8>>| text.clone().unwrap_or_default();
    let restart = match (runtime, &record.machine) {
        (Runtime::Podman, Some(machine)) => Restart::ByCommands(vec![
            Command::new(&["podman", "machine", "stop", machine]),
            Command::new(&["podman", "machine", "start", machine]),
        ]),
        _ => Restart::Included,
    };
    let stops = restart != Restart::Included;
    Ok(Plan {
        way: Some(Way::File),
        change: Some(Change {
            diff: reading::diff(&file, &shown(&now), &shown(&then)),
            key: record.key.clone(),
            from: record.to,
            to: record.from,
            backup: record.backup.clone(),
            file: Some(file),
            texts: Some(Texts {
                before: now,
                after: then,
            }),
        }),
        restart,
        warnings: stops.then_some(Warning::StopsContainers).into_iter().collect(),
        ..empty
    })
}

/// The text to write where the file was changed since, `None` where nothing is left to take back.
///
/// Where only the form changed, it is the one of before: the runtime writes its file anew when it starts. What the runtime or
/// its user changed otherwise stays, and our one key goes back, unless that was changed too.
fn put_back(record: &Record, now: &[u8]) -> Result<Option<Vec<u8>>, Vec<String>> {
    let (before, after) = (record.before.as_deref(), record.after.as_deref());
    let after = after.unwrap_or_default().as_bytes();
    let others = edit::differences(after, now, &record.key).ok_or_else(Vec::new)?;
    let is_text = |text: &str| Some(text.as_bytes().to_vec());
    let (Some(before), Some(written)) = (before, record.to) else {
        return if others.is_empty() {
            Ok(before.and_then(is_text))
        } else {
            Err(others.into_iter().take(NAMED).collect())
        };
    };
    match edit::take_back(now, before.as_bytes(), &record.key, written) {
        Back::Text(_) if others.is_empty() => Ok(is_text(before)),
        Back::Text(text) => Ok(Some(text)),
        Back::Already => Ok(None),
        Back::NotOurs => Err(vec![record.key.clone()]),
    }
}
