//! What the verdict says of a machine whose setting is to be changed: both say one thing.

use super::{Ground, Plan, Refusal, Target, Want, planning};
use crate::{
    Rosetta, Runtime, State, apple_container, colima, docker_desktop, finch, host_rosetta, lima, orbstack,
    podman, rancher_desktop, runtimes,
};

/// What the files of the machine that is meant say; `None` where that is not one. No other runtime's files are read.
pub(super) fn verdict(ground: &Ground<'_>, target: &Target) -> Option<Rosetta> {
    let ground = runtimes::Ground {
        roots: ground.roots,
        folders: ground.folders,
        macos: planning::macos(ground),
        host: host_rosetta::host_rosetta(ground.roots, ground.machine),
    };
    let found: Vec<_> = match target.runtime {
        Runtime::DockerDesktop => docker_desktop::rosetta(&ground).into_iter().collect(),
        Runtime::OrbStack => orbstack::rosetta(&ground).into_iter().collect(),
        Runtime::Colima => colima::rosetta(&ground),
        Runtime::Lima => lima::rosetta(&ground),
        Runtime::RancherDesktop => rancher_desktop::rosetta(&ground).into_iter().collect(),
        Runtime::Podman => podman::rosetta(&ground),
        Runtime::Finch => finch::rosetta(&ground).into_iter().collect(),
        Runtime::AppleContainer => apple_container::rosetta(&ground).into_iter().collect(),
        Runtime::DockerEngine | Runtime::Unknown => Vec::new(),
    };
    let macos = ground.macos.as_ref();
    let found = found.into_iter().map(|it| runtimes::on_macos(it, macos));
    let is_meant = |it: &Rosetta| target.machine.is_none() || it.instance == target.machine;
    let meant: Vec<_> = found.filter(is_meant).collect();
    <[Rosetta; 1]>::try_from(meant).ok().map(|[only]| only)
}

/// `plan`, with what `found` says of the same machine: where Rosetta cannot be on, it is not turned on.
pub(super) fn agreed(plan: Plan, want: Want, found: Option<Rosetta>) -> Plan {
    let Some(found) = found else {
        return plan;
    };
    let is_refused = !plan.refusals.is_empty();
    if found.state == State::Impossible && !want.is_on() {
        return Plan {
            target: plan.target,
            version: plan.version.or(found.runtime_version),
            state: found.state,
            ..planning::empty(want.aim(), found.runtime)
        };
    }
    let is_said = |refusal: &Refusal| {
        matches!(
            refusal,
            Refusal::NeedsNewMachine { .. } | Refusal::OnlyWhenMade { .. } | Refusal::Locked { .. }
        )
    };
    if found.state == State::Impossible && !plan.refusals.iter().any(is_said) {
        return Plan {
            target: plan.target,
            version: plan.version.or(found.runtime_version),
            state: found.state,
            steps: found.steps,
            ..planning::refused(want, Refusal::NotHere(found.why))
        };
    }
    let is_known = plan.state != State::Unknown && !is_refused;
    // Its steps lead to Rosetta being on.
    let steps = if is_refused && want.is_on() {
        found.steps
    } else {
        Vec::new()
    };
    Plan {
        version: plan.version.or(found.runtime_version),
        state: if is_known { plan.state } else { found.state },
        steps: if plan.steps.is_empty() { steps } else { plan.steps },
        ..plan
    }
}

/// A runtime whose setting is not changed here: it is as wanted, or why that is left to the user.
pub(super) fn left(target: &Target, want: Want, found: Option<&Rosetta>, refusal: Refusal) -> Plan {
    let Some(found) = found else {
        let runtime = target.runtime;
        return Plan {
            target: target.clone(),
            ..planning::refused(want, Refusal::NotStartedYet { runtime })
        };
    };
    let is_wanted = match found.state {
        State::On => want.is_on(),
        State::Off | State::Impossible => !want.is_on(),
        State::NotNeeded | State::Unknown => false,
    };
    Plan {
        target: target.clone(),
        state: found.state,
        version: found.runtime_version.clone(),
        refusals: (!is_wanted).then_some(refusal).into_iter().collect(),
        ..planning::empty(want.aim(), target.runtime)
    }
}
