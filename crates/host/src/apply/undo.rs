//! What taking the last change back would do, from wherever it stopped.

use super::{
    Aim, ApplyError, Change, Command, Ground, Journal, Plan, Refusal, Restart, Target, Texts, Want, Warning,
    Way,
    backend::{self, Running},
    docker_desktop, edit,
    journal::Record,
    place, planning, reading,
};
use crate::{HostError, Roots, Runtime, State, docker_desktop as desktop};

/// Changed keys that are named.
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
    match backend::running(&ground.roots.home) {
        Running::Backend(socket) => {
            let before = record.was_on.or(record.from).unwrap_or(!record.is_on);
            let plan = docker_desktop::plan(ground, Want::of(before));
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

fn by_file(roots: &Roots, record: &Record, runtime: Runtime) -> Result<Plan, ApplyError> {
    let file = record.file.clone().ok_or(ApplyError::NothingToUndo)?;
    let empty = planning::empty(Aim::Before, runtime);
    let (before, after) = (
        record.before.clone().map(String::into_bytes),
        record.after.clone().map(String::into_bytes),
    );
    let refusal = match place::text_in(roots, &file) {
        Ok(now) if now == before => return Ok(empty),
        Ok(now) if now == after => None,
        Ok(Some(now)) => changed(record, &now),
        Ok(None) => Some(Refusal::Unreadable(HostError::Missing { path: file.clone() })),
        Err(error) => Some(Refusal::Unreadable(error)),
    };
    if let Some(refusal) = refusal {
        return Ok(Plan {
            refusals: vec![refusal],
            ..empty
        });
    }
    let now = place::text_in(roots, &file).ok().flatten();
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
            diff: reading::diff(&file, &shown(&now), &shown(&before)),
            key: record.key.clone(),
            from: record.to,
            to: record.from,
            backup: record.backup.clone(),
            file: Some(file),
            texts: Some(Texts {
                before: now,
                after: before,
            }),
        }),
        restart,
        warnings: stops.then_some(Warning::StopsContainers).into_iter().collect(),
        ..empty
    })
}

/// That only the form changed, or our own key, is no loss: the runtime writes its file anew when it starts.
fn changed(record: &Record, now: &[u8]) -> Option<Refusal> {
    let after = record.after.as_deref().unwrap_or_default();
    let keys = edit::differences(after.as_bytes(), now, &record.key);
    match keys {
        Some(keys) if keys.is_empty() => None,
        keys => Some(Refusal::ChangedSince {
            file: record.file.clone()?,
            keys: keys.unwrap_or_default().into_iter().take(NAMED).collect(),
        }),
    }
}
