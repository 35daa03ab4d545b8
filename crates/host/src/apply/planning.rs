//! What would be done: which runtime, and then what of it.

use super::{Aim, Ground, Plan, Refusal, Restart, Target, Want, Warning, docker_desktop, others, verdict};
use crate::{Conflict, Os, Runtime, State, Step, Version, Why, checks, docker_desktop as desktop, runtimes};

/// The macOS that first shared Rosetta with Linux virtual machines.
const FIRST_MACOS: u32 = 13;

/// All that can be named, in the order in which they are looked for.
const RUNTIMES: [Runtime; 7] = [
    Runtime::DockerDesktop,
    Runtime::OrbStack,
    Runtime::Colima,
    Runtime::Lima,
    Runtime::RancherDesktop,
    Runtime::Podman,
    Runtime::Finch,
];

/// The runtime of this name, as [`Runtime::as_str`] writes it.
pub fn runtime_named(name: &str) -> Option<Runtime> {
    let mut all = RUNTIMES.into_iter().chain([Runtime::AppleContainer]);
    all.find(|runtime| runtime.as_str() == name)
}

/// What turning Rosetta on or off would do.
///
/// Without a `wish`, the runtime is the one that is here, or `connected`, whose engine answers, where several are.
pub fn plan(ground: &Ground<'_>, want: Want, wish: Option<&Target>, connected: Option<Runtime>) -> Plan {
    let target = match wish {
        Some(target) => target.clone(),
        None => match only_here(ground, connected) {
            Ok(runtime) => Target {
                runtime,
                machine: None,
            },
            Err(refusal) => return machine_refusal(ground, want).unwrap_or_else(|| refused(want, refusal)),
        },
    };
    if let Some(plan) = machine_refusal(ground, want) {
        return Plan { target, ..plan };
    }
    let plan = match target.runtime {
        Runtime::DockerDesktop => docker_desktop::plan(ground, want),
        Runtime::DockerEngine | Runtime::Unknown => refused(want, Refusal::Unsupported(target.runtime)),
        Runtime::AppleContainer
        | Runtime::OrbStack
        | Runtime::Colima
        | Runtime::Lima
        | Runtime::RancherDesktop
        | Runtime::Podman
        | Runtime::Finch => others::plan(ground, want, &target),
    };
    let plan = warned(ground, plan);
    let needs_host = plan.refusals.is_empty() && !plan.is_done() && want.is_on();
    let missing = desktop::missing_host_rosetta(ground.roots, macos(ground).as_ref());
    match missing.filter(|_| needs_host) {
        Some(file) => Plan {
            refusals: vec![Refusal::HostRosettaMissing { file }],
            steps: vec![Step::InstallHostRosetta],
            ..plan
        },
        None => plan,
    }
}

/// What holds for Apple Silicon alone is said so where nothing tells the processor.
fn warned(ground: &Ground<'_>, mut plan: Plan) -> Plan {
    if runtimes::is_assumed(ground.machine) {
        let assumed = Warning::Contradicted(Conflict::ProcessorAssumed);
        plan.warnings.insert(0, assumed);
    }
    plan
}

/// A plan that only says why it is none.
pub(super) fn refused(want: Want, refusal: Refusal) -> Plan {
    Plan {
        refusals: vec![refusal],
        ..empty(want.aim(), Runtime::Unknown)
    }
}

/// A plan that does nothing.
pub(super) fn empty(aim: Aim, runtime: Runtime) -> Plan {
    Plan {
        aim,
        target: Target {
            runtime,
            machine: None,
        },
        version: None,
        state: State::Unknown,
        way: None,
        change: None,
        commands: Vec::new(),
        restart: Restart::Included,
        warnings: Vec::new(),
        refusals: Vec::new(),
        steps: Vec::new(),
    }
}

/// The version of macOS, where it is known.
pub(super) fn macos(ground: &Ground<'_>) -> Option<Version> {
    ground.machine.os_version.as_deref().and_then(Version::parse)
}

/// The refusal that the machine alone gives.
fn machine_refusal(ground: &Ground<'_>, want: Want) -> Option<Plan> {
    let machine = ground.machine;
    let why = if machine.os == Os::Linux {
        Why::LinuxHost
    } else if machine.architecture.as_deref().is_some_and(|it| it != "arm64") {
        Why::IntelMac
    } else {
        let version = macos(ground).filter(|it| !it.is_at_least(FIRST_MACOS, 0))?;
        Why::MacOsTooOld { version }
    };
    let is_old = matches!(why, Why::MacOsTooOld { .. });
    Some(Plan {
        state: if is_old {
            State::Impossible
        } else {
            State::NotNeeded
        },
        steps: is_old.then_some(Step::UpdateMacOs).into_iter().collect(),
        ..refused(want, Refusal::NotHere(why))
    })
}

/// The one runtime that is here; where there are several, the `connected` one if it is among them.
///
/// Apple's `container`, which has nothing to change, is meant only where it is alone.
fn only_here(ground: &Ground<'_>, connected: Option<Runtime>) -> Result<Runtime, Refusal> {
    let here: Vec<_> = RUNTIMES
        .into_iter()
        .filter(|runtime| is_here(ground, *runtime))
        .collect();
    match here.as_slice() {
        [] => {
            let apples = Target {
                runtime: Runtime::AppleContainer,
                machine: None,
            };
            let found = verdict::verdict(ground, &apples);
            found
                .map(|found| found.runtime)
                .ok_or(Refusal::NotHere(Why::NoRuntime))
        }
        [only] => Ok(*only),
        _ => connected
            .filter(|connected| here.contains(connected))
            .or_else(|| only_installed(ground, &here))
            .ok_or(Refusal::SeveralRuntimes(here)),
    }
}

/// The one of `here` that is installed, where the files of the others are left over.
fn only_installed(ground: &Ground<'_>, here: &[Runtime]) -> Option<Runtime> {
    let installed = checks::installed(ground.roots, ground.machine.os);
    let mut all = here.iter().filter(|it| installed.contains(it));
    let only = all.next().copied();
    only.filter(|_| all.next().is_none())
}

fn is_here(ground: &Ground<'_>, runtime: Runtime) -> bool {
    match runtime {
        Runtime::DockerDesktop => docker_desktop::is_here(ground.roots),
        Runtime::OrbStack
        | Runtime::Colima
        | Runtime::Lima
        | Runtime::RancherDesktop
        | Runtime::Podman
        | Runtime::Finch => others::is_here(ground, runtime),
        Runtime::AppleContainer | Runtime::DockerEngine | Runtime::Unknown => false,
    }
}
