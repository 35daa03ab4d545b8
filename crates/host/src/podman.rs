//! Podman's machines: what decides differs with Podman's version and with what runs the machine.

use std::path::{Path, PathBuf};

use crate::document::Document;
use crate::runtimes::Ground;
use crate::{
    Conflict, Folders, Found, HostError, Roots, Rosetta, Runtime, Source, State, Step, Version, Vmm, Why,
    homebrew, read,
};

/// More machines, or files of settings, than anybody keeps.
const FILES: usize = 256;
/// Where machines are described, below the folder for configuration, one folder for each kind of machine.
const MACHINES: &str = "containers/podman/machine";
const PROVIDERS: [(&str, Vmm); 3] = [
    ("applehv", Vmm::AppleVirtualization),
    ("libkrun", Vmm::Krun),
    ("qemu", Vmm::Qemu),
];
const CONF: &str = "containers/containers.conf";
const ROSETTA: &str = "machine.rosetta";
/// How a machine was last started.
const STARTED: [&str; 2] = ["AppleHypervisor.Vfkit.Rosetta", "Vfkit.Rosetta"];
/// The first that knows Rosetta.
const KNOWS_ROSETTA: (u32, u32, u32) = (5, 1, 0);
/// From here on the machine's own system leaves it off, unless it has a mark.
const MASKED: (u32, u32, u32) = (5, 6, 0);
/// From here on it is off by default, and followed when it is asked for.
const FOLLOWED: (u32, u32, u32) = (6, 0, 0);

/// What Podman's files say of each machine; empty when nothing of it is here.
pub(crate) fn rosetta(ground: &Ground<'_>) -> Vec<Rosetta> {
    let version = homebrew::version(ground.roots, "podman");
    let folder = machines(ground.roots, ground.folders);
    let mut found = Vec::new();
    for (provider, vmm) in PROVIDERS {
        let folder = folder.join(provider);
        match read::names(ground.roots, &folder, FILES) {
            Ok(names) => {
                let names = names.iter().filter_map(|name| name.strip_suffix(".json"));
                let machine = |name| of_machine(ground, &folder, name, vmm, version.as_ref());
                found.extend(names.map(machine));
            }
            Err(error) => found.push(Rosetta::unreadable(Runtime::Podman, error)),
        }
    }
    let is_installed =
        homebrew::has(ground.roots, "podman") || ground.roots.is_folder(&ground.roots.known("opt/podman"));
    if found.is_empty() && is_installed {
        let why = Why::NoMachine(Runtime::Podman);
        let make = Step::Run(
            "Make one with",
            "podman machine init --provider applehv --now".to_owned(),
        );
        found.push(answer(State::Unknown, Source::Default, why).with_steps([make]));
    }
    let version = version.map(|version| version.to_string());
    for rosetta in &mut found {
        rosetta.runtime_version.clone_from(&version);
    }
    found
}

fn of_machine(
    ground: &Ground<'_>,
    folder: &Path,
    name: &str,
    vmm: Vmm,
    version: Option<&Version>,
) -> Rosetta {
    let file = folder.join(format!("{name}.json"));
    let described = Document::json(ground.roots, &file);
    let rosetta = described.and_then(|described| {
        let asked = asked(ground)?;
        let started = match &described {
            Some(described) => crate::document::first_switch(&[described], &STARTED)?,
            None => None,
        };
        Ok(decide(asked, started, vmm, version, ground))
    });
    let temporary = ground.folders.temporary.as_ref();
    let rosetta = rosetta.unwrap_or_else(|error| Rosetta::unreadable(Runtime::Podman, error));
    Rosetta {
        instance: Some(name.to_owned()),
        vmm: Some(vmm),
        // Where no key decides, it is what the machine is.
        file: rosetta.file.clone().or(Some(file)),
        socket: temporary.map(|folder| folder.join("podman").join(format!("{name}-api.sock"))),
        ..rosetta
    }
}

/// Where machines are described.
pub(crate) fn machines(roots: &Roots, folders: &Folders) -> PathBuf {
    folders.config(&roots.home).join(MACHINES)
}

/// The user's file of settings.
pub(crate) fn conf(roots: &Roots, folders: &Folders) -> PathBuf {
    let named = folders.containers_conf.clone();
    named.unwrap_or_else(|| folders.config(&roots.home).join(CONF))
}

/// What the files of settings say.
fn asked(ground: &Ground<'_>) -> Result<Option<(bool, Found)>, HostError> {
    let paths = match &ground.folders.containers_conf {
        Some(file) => vec![file.clone()],
        None => settings(ground)?,
    };
    let last = ground.folders.containers_conf_override.clone();
    first_said(ground.roots, last.into_iter().chain(paths))
}

/// What the first of `paths` says that says anything of it.
pub(crate) fn first_said(
    roots: &Roots,
    paths: impl IntoIterator<Item = PathBuf>,
) -> Result<Option<(bool, Found)>, HostError> {
    for path in paths {
        let document = Document::toml(roots, &path)?;
        if let Some(found) = document.map(|it| it.switch(ROSETTA)).transpose()?.flatten() {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// Every file of settings, the last of Podman's own order first.
fn settings(ground: &Ground<'_>) -> Result<Vec<PathBuf>, HostError> {
    let user = conf(ground.roots, ground.folders);
    let system = ground.roots.known("etc/containers/containers.conf");
    let packaged = ["usr/share", "opt/homebrew/share"];
    let packaged = packaged.map(|folder| ground.roots.known(folder).join(CONF));
    let of_user = parts(ground.roots, &user)?.into_iter().chain([user]);
    let of_system = parts(ground.roots, &system)?.into_iter().chain([system]);
    Ok(of_user.chain(of_system).chain(packaged).collect())
}

/// The files beside a file of settings that are read after it, the last first.
fn parts(roots: &Roots, file: &Path) -> Result<Vec<PathBuf>, HostError> {
    let folder = file.with_extension("conf.d");
    let names = read::names(roots, &folder, FILES)?;
    let paths = names.iter().rev().map(|name| folder.join(name));
    Ok(paths
        .filter(|path| path.extension().is_some_and(|end| end == "conf"))
        .collect())
}

fn decide(
    asked: Option<(bool, Found)>,
    started: Option<(bool, Found)>,
    vmm: Vmm,
    version: Option<&Version>,
    ground: &Ground<'_>,
) -> Rosetta {
    let conf = conf(ground.roots, ground.folders);
    if vmm != Vmm::AppleVirtualization {
        return in_other_machine(asked, vmm);
    }
    let first = |it| version.map(|version| version.is_from(it));
    if let (Some(false), Some(version)) = (first(KNOWS_ROSETTA), version.cloned()) {
        let (runtime, first) = (Runtime::Podman, "5.1");
        let why = Why::TooOld {
            runtime,
            version,
            first,
        };
        return answer(State::Impossible, Source::Default, why).with_steps([Step::Update(runtime)]);
    }
    // The files of settings are read again at each start, and what the machine was started with is then written anew. What
    // a release with another default left there says nothing of the next start.
    let left = started.clone().filter(|_| first(FOLLOWED) != Some(true));
    let said = asked.clone().or(left);
    let is_masked = first(MASKED)
        .zip(first(FOLLOWED))
        .map(|(from, until)| from && !until);
    let mut rosetta = match (said, is_masked) {
        (Some((false, found)), _) => answer(State::Off, Source::SettingsFile, Why::Says(found)),
        (Some((true, found)), Some(false)) => answer(State::On, Source::SettingsFile, Why::Says(found)),
        (Some((true, found)), Some(true)) => masked(Some(found), version),
        (None, Some(true)) => masked(None, version),
        (Some((true, found)), None) => release_decides(Some(found)),
        (None, None) => release_decides(None),
        (None, Some(false)) => {
            let default = State::on_if(first(FOLLOWED) == Some(false));
            let (runtime, key) = (Runtime::Podman, ROSETTA);
            let file = Some(conf.clone()).filter(|file| ground.roots.is_file(file));
            answer(
                default,
                Source::Default,
                Why::Absent {
                    runtime,
                    file,
                    key,
                    default,
                },
            )
        }
    };
    if let (Some((is_on, _)), Some((was_on, found))) = (asked, started)
        && is_on != was_on
    {
        let runtime = Runtime::Podman;
        rosetta.conflicts.push(Conflict::StartedWith { found, runtime });
    }
    if rosetta.state == State::Off {
        let line = "rosetta = true".to_owned();
        rosetta.steps = vec![
            Step::SetKey { file: conf, line },
            Step::RunBoth(
                "podman machine stop".to_owned(),
                "podman machine start".to_owned(),
            ),
            Step::ExpectStoppedContainers,
        ];
    }
    rosetta
}

/// libkrun and QEMU have no Rosetta, and a machine cannot change what runs it.
fn in_other_machine(asked: Option<(bool, Found)>, vmm: Vmm) -> Rosetta {
    let (found, runtime) = (None, Runtime::Podman);
    let why = Why::Machine { found, runtime, vmm };
    let mut rosetta = answer(State::Impossible, Source::Default, why);
    if let Some((true, found)) = asked {
        rosetta.conflicts.push(Conflict::AskedInVain { found, vmm });
    }
    let command = "podman machine rm".to_owned();
    rosetta.with_steps([
        Step::MakeAnew { runtime, command },
        Step::Run(
            "Then make one with",
            "podman machine init --provider applehv --now".to_owned(),
        ),
    ])
}

fn masked(found: Option<Found>, version: Option<&Version>) -> Rosetta {
    let version = version.cloned();
    answer(
        State::Unknown,
        source(found.as_ref()),
        Why::Masked { found, version },
    )
    .with_steps([Step::Probe, Step::Update(Runtime::Podman)])
}

fn release_decides(found: Option<Found>) -> Rosetta {
    let (source, runtime) = (source(found.as_ref()), Runtime::Podman);
    answer(State::Unknown, source, Why::ReleaseDecides { runtime, found }).with_steps([Step::Probe])
}

fn source(found: Option<&Found>) -> Source {
    if found.is_some() {
        Source::SettingsFile
    } else {
        Source::Default
    }
}

fn answer(state: State, source: Source, why: Why) -> Rosetta {
    Rosetta::new(Runtime::Podman, state, source, why)
}
