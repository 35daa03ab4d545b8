//! Docker Desktop: told through its backend while it runs, by its settings file while it does not.

use std::path::{Path, PathBuf};

use super::{
    Change, Command, Ground, Plan, Refusal, Restart, Texts, Want, Warning, Way,
    backend::{self, Running, Said},
    edit::{self, NotEdited},
    place, planning, reading,
};
use crate::{
    Conflict, HostError, Roots, Rosetta, Runtime, Setting, State, Step, Version, Why,
    docker_desktop::{self as desktop, FOLDER, LEGACY, ROSETTA, STORE},
};

/// The first whose own command line can restart it.
const RESTARTS_BY_COMMAND: (u32, u32) = (4, 37);

/// The keys, as the backend writes them.
const BACKEND_ROSETTA: &str = "useVirtualizationFrameworkRosetta";
const BACKEND_FRAMEWORK: &str = "useVirtualizationFramework";
const BACKEND_DOCKER_VMM: &str = "useLibkrun";

/// Whether anything of it is here. Nothing in its protected folder is read for that.
pub(super) fn is_here(roots: &Roots) -> bool {
    desktop::App::usual(roots).is_installed(roots)
        || [STORE, LEGACY].iter().any(|name| roots.has(&file(roots, name)))
}

/// Whether it runs now, so that it would write over its file.
pub(super) fn runs(roots: &Roots) -> bool {
    backend::running(roots) != Running::Nothing
}

/// What turning Rosetta on or off would do.
pub(super) fn plan(ground: &Ground<'_>, want: Want) -> Plan {
    let Some(found) = desktop::of_files(ground.roots, planning::macos(ground)) else {
        return Plan {
            steps: vec![Step::InstallRuntime],
            ..refused(want, None, Refusal::NotHere(Why::NoRuntime))
        };
    };
    let macos = planning::macos(ground);
    let found = crate::runtimes::on_macos(found, macos.as_ref());
    let is_too_old = matches!(found.why, Why::NeedsMacOs { .. }) && want.is_on();
    if is_too_old || matches!(found.why, Why::RuntimeTooOld { .. }) {
        return refused(want, Some(&found), Refusal::NotHere(found.why.clone()));
    }
    match backend::running(ground.roots) {
        Running::Backend(socket) => match backend::ask(&socket) {
            Ok(said) => by_backend(want, &found, socket, &said),
            Err(error) => refused(want, Some(&found), Refusal::Backend(error)),
        },
        Running::EngineOnly(socket) => match by_file(ground.roots, want, &found) {
            plan if plan.is_done() || !plan.refusals.is_empty() => plan,
            plan => Plan {
                way: None,
                change: None,
                refusals: vec![Refusal::Runs { socket }],
                ..plan
            },
        },
        Running::Nothing => by_file(ground.roots, want, &found),
    }
}

fn refused(want: Want, found: Option<&Rosetta>, refusal: Refusal) -> Plan {
    let empty = planning::empty(want.aim(), Runtime::DockerDesktop);
    let Some(found) = found else {
        return Plan {
            refusals: vec![refusal],
            ..empty
        };
    };
    // Its steps lead to Rosetta being on.
    let steps = found.steps.iter().filter(|_| want.is_on());
    Plan {
        refusals: vec![refusal],
        steps: steps.cloned().collect(),
        ..base(want, found)
    }
}

fn base(want: Want, found: &Rosetta) -> Plan {
    Plan {
        version: found.runtime_version.clone(),
        state: found.state,
        warnings: found.conflicts.iter().filter_map(contradiction).collect(),
        ..planning::empty(want.aim(), Runtime::DockerDesktop)
    }
}

/// That Apple's Rosetta is missing is a refusal of its own.
fn contradiction(conflict: &Conflict) -> Option<Warning> {
    let is_host = matches!(conflict, Conflict::HostRosettaMissing { .. });
    (!is_host).then(|| Warning::Contradicted(conflict.clone()))
}

/// What it says itself counts before what its files say.
fn by_backend(want: Want, found: &Rosetta, socket: PathBuf, said: &Said) -> Plan {
    let now = match (said.rosetta, said.framework, said.docker_vmm) {
        (_, _, Some(true)) => State::Impossible,
        (_, Some(false), _) | (Some(false), _, _) => State::Off,
        (Some(true), _, _) => State::On,
        (None, _, _) => State::Unknown,
    };
    let plan = Plan {
        state: now,
        warnings: Vec::new(),
        ..base(want, found)
    };
    if now == State::Off && !want.is_on()
        || now == State::Impossible && !want.is_on()
        || now == State::On && want.is_on()
    {
        return plan;
    }
    if said.is_locked == Some(true) || (said.is_locked.is_none() && found.locked) {
        let file = found.file.clone().filter(|_| found.locked);
        return refused(want, Some(found), Refusal::Locked { file });
    }
    if let Some(setting) = other_manager(said, &socket) {
        return refused(want, Some(found), Refusal::OtherMachineManager(setting));
    }
    Plan {
        way: Some(Way::Backend { socket }),
        change: Some(Change {
            file: None,
            key: BACKEND_ROSETTA.to_owned(),
            from: said.rosetta,
            to: Some(want.is_on()),
            diff: String::new(),
            backup: None,
            texts: None,
        }),
        restart: restart(found),
        warnings: vec![Warning::StopsContainers, Warning::Undocumented],
        ..plan
    }
}

fn other_manager(said: &Said, socket: &Path) -> Option<Setting> {
    let (key, value) = match (said.docker_vmm, said.framework) {
        (Some(true), _) => (BACKEND_DOCKER_VMM, true),
        (_, Some(false)) => (BACKEND_FRAMEWORK, false),
        _ => return None,
    };
    Some(Setting {
        file: socket.into(),
        key: key.to_owned(),
        value,
    })
}

/// Applied settings of the virtual machine wait for its next start.
pub(super) fn restart(found: &Rosetta) -> Restart {
    let (major, minor) = RESTARTS_BY_COMMAND;
    let version = found.runtime_version.as_deref().and_then(Version::parse);
    if version.is_some_and(|version| version.is_at_least(major, minor)) {
        Restart::ByCommands(vec![Command::new(&["docker", "desktop", "restart"])])
    } else {
        Restart::ByHand
    }
}

fn by_file(roots: &Roots, want: Want, found: &Rosetta) -> Plan {
    let is_already = match found.state {
        State::On => want.is_on(),
        State::Off | State::Impossible => !want.is_on(),
        State::NotNeeded | State::Unknown => false,
    };
    if is_already {
        return base(want, found);
    }
    match refusal(found) {
        Some(refusal) => refused(want, Some(found), refusal),
        None => match change(roots, want) {
            Ok((change, mark)) => Plan {
                way: Some(Way::File),
                restart: Restart::NextStart,
                warnings: base(want, found).warnings.into_iter().chain(mark).collect(),
                change: Some(change),
                ..base(want, found)
            },
            Err(refusal) => refused(want, Some(found), refusal),
        },
    }
}

/// What the verdict says against any writing.
fn refusal(found: &Rosetta) -> Option<Refusal> {
    if found.locked {
        let file = found.file.clone();
        return Some(Refusal::Locked { file });
    }
    match &found.why {
        Why::Unreadable(error) => Some(unreadable(error)),
        Why::OtherVmm(setting) => Some(Refusal::OtherMachineManager(setting.clone())),
        Why::LinuxHost
        | Why::IntelMac
        | Why::MacOsTooOld { .. }
        | Why::NeedsMacOs { .. }
        | Why::NoRuntime
        | Why::RuntimeTooOld { .. }
        | Why::TooOld { .. }
        | Why::NotHere(_)
        | Why::Elsewhere { .. }
        | Why::NoMachine(_)
        | Why::PerContainer
        | Why::Machine { .. }
        | Why::ForeignMachine(_) => Some(Refusal::NotHere(found.why.clone())),
        Why::Says(_)
        | Why::Locked(_)
        | Why::Preset(_)
        | Why::Absent { .. }
        | Why::Masked { .. }
        | Why::ReleaseDecides { .. }
        | Why::Chosen(_)
        | Why::LeftOff { .. }
        | Why::SaysBoth { .. }
        | Why::Managed(_)
        | Why::ManagedDefault(_)
        | Why::OnByDefault { .. }
        | Why::AssumedOnByDefault { .. }
        | Why::OffByDefault { .. }
        | Why::DefaultUnclear { .. } => None,
    }
}

/// What is no switch has another form than is known; the rest cannot be read.
pub(super) fn unreadable(error: &HostError) -> Refusal {
    if let HostError::NotABoolean { path, key } = error {
        let (file, key) = (path.clone(), key.clone());
        return Refusal::UnknownForm { file, key };
    }
    Refusal::Unreadable(error.clone())
}

/// The change of the file that is followed, which is the newer generation's where both are there.
fn change(roots: &Roots, want: Want) -> Result<(Change, Option<Warning>), Refusal> {
    let files = [STORE, LEGACY].map(|name| file(roots, name));
    let there = files
        .into_iter()
        .find_map(|path| match place::text_in(roots, &path) {
            Ok(None) => None,
            Ok(Some(text)) => Some(Ok((path, text))),
            Err(error) => Some(Err(Refusal::Unreadable(error))),
        });
    let runtime = Runtime::DockerDesktop;
    let (path, text) = there.ok_or(Refusal::NotStartedYet { runtime })??;
    let edited = edit::set(&text, ROSETTA, want.is_on()).map_err(|error| {
        let (file, key) = (path.clone(), ROSETTA.to_owned());
        match error {
            NotEdited::OtherForm => Refusal::UnknownForm { file, key },
            NotEdited::Twice => Refusal::WrittenTwice { file, key },
        }
    })?;
    let backup = place::resolved(roots, &path)
        .ok()
        .and_then(|real| place::backup(&real, &text));
    let change = Change {
        diff: reading::diff(&path, &text, &edited.text),
        file: Some(path),
        key: edited.key,
        from: edited.from,
        to: Some(want.is_on()),
        backup,
        texts: Some(Texts {
            before: Some(text),
            after: Some(edited.text),
        }),
    };
    Ok((change, edited.had_mark.then_some(Warning::LeavesMarkOut)))
}

fn file(roots: &Roots, name: &str) -> PathBuf {
    roots.home.join(FOLDER).join(name)
}
