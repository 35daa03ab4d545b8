//! Colima: its profiles.

use std::path::{Path, PathBuf};

use crate::document::Document;
use crate::host_rosetta::{self, HostRosetta};
use crate::runtimes::Ground;
use crate::{
    Confidence, Conflict, Folders, Found, HostError, Roots, Rosetta, Runtime, Source, State, Step, Version,
    Vmm, Why, homebrew, read,
};

/// More profiles than anybody keeps.
const PROFILES: usize = 256;
/// Colima's file in each profile's folder, and a copy of it beside the machine that was started with it.
const SETTINGS: &str = "colima.yaml";
const ROSETTA: &str = "rosetta";
const MACHINE: &str = "vmType";
const ARCHITECTURE: &str = "arch";
/// The first with a key for Rosetta.
const KNOWS_ROSETTA: (u32, u32, u32) = (0, 5, 3);

/// Later than the last release of which it is known that it looks for an installed Rosetta on every macOS.
const ASKS_MACOS: (u32, u32, u32) = (0, 10, 4);

/// What Colima's files say of each profile; empty when nothing of it is here.
pub(crate) fn rosetta(ground: &Ground<'_>) -> Vec<Rosetta> {
    let home = folder(ground.roots, ground.folders);
    let version = homebrew::version(ground.roots, "colima");
    let profiles = match read::names(ground.roots, &home, PROFILES) {
        Ok(names) => names,
        Err(error) => return vec![Rosetta::unreadable(Runtime::Colima, error)],
    };
    let mut found = Vec::new();
    for profile in profiles.iter().filter(|name| !name.starts_with(['_', '.'])) {
        let folder = home.join(profile);
        let is_profile = ground.roots.has(&folder.join(SETTINGS)) || profile == "default";
        if ground.roots.is_folder(&folder) && is_profile {
            found.push(of_profile(ground, &home, profile, version.as_ref()));
        }
    }
    if found.is_empty() && (homebrew::has(ground.roots, "colima") || ground.roots.is_folder(&home)) {
        let (state, why) = (State::Unknown, Why::NoMachine(Runtime::Colima));
        let start = Step::Run(
            "Start one with",
            "colima start --vm-type vz --vz-rosetta".to_owned(),
        );
        let none = Rosetta::new(Runtime::Colima, state, Source::Default, why).with_steps([start]);
        found.push(Rosetta {
            runtime_version: version.map(|version| version.to_string()),
            ..none
        });
    }
    found
}

/// As Colima itself looks for it: the usual folder before the one of XDG, and the first that is there.
pub(crate) fn folder(roots: &Roots, folders: &Folders) -> PathBuf {
    let home = &roots.home;
    if let Some(folder) = &folders.colima {
        return folder.clone();
    }
    let usual = home.join(".colima");
    let config = folders.config(home).join("colima");
    if !roots.has(&usual) && roots.is_folder(&config) {
        config
    } else {
        usual
    }
}

fn of_profile(ground: &Ground<'_>, home: &Path, profile: &str, version: Option<&Version>) -> Rosetta {
    let rosetta = match Document::yaml(ground.roots, &settings(ground.roots, home, profile)) {
        Ok(document) => {
            let started = started(ground, home, profile);
            decide(ground, document.as_ref(), &started, profile, version)
        }
        Err(error) => Err(error),
    };
    let rosetta = rosetta.unwrap_or_else(|error| Rosetta::unreadable(Runtime::Colima, error));
    Rosetta {
        instance: Some(profile.to_owned()),
        runtime_version: version.map(Version::to_string),
        socket: Some(home.join(profile).join("docker.sock")),
        ..rosetta
    }
}

/// The earliest versions kept the usual profile's file in Colima's own folder.
fn settings(roots: &Roots, home: &Path, profile: &str) -> PathBuf {
    let (own, early) = (home.join(profile).join(SETTINGS), home.join(SETTINGS));
    let is_early = profile == "default" && !roots.has(&own) && roots.is_file(&early);
    if is_early { early } else { own }
}

/// The copy of the settings with which the machine was last started. That it cannot be read is no reason to doubt the
/// settings themselves.
fn started(ground: &Ground<'_>, home: &Path, profile: &str) -> Result<Option<Document>, HostError> {
    let id = if profile == "default" {
        "colima".to_owned()
    } else {
        format!("colima-{profile}")
    };
    let lima = ground.folders.lima.clone().unwrap_or_else(|| home.join("_lima"));
    Document::yaml(ground.roots, &lima.join(id).join(SETTINGS))
}

/// Some releases look for a running Rosetta, which macOS 27 does not need, and go on without a word when there is none.
fn wants_installed(ground: &Ground<'_>, version: Option<&Version>) -> bool {
    let may_want = version.is_none_or(|version| !version.is_from(ASKS_MACOS));
    ground.host == HostRosetta::BuiltIn && may_want && !host_rosetta::is_installed(ground.roots)
}

fn decide(
    ground: &Ground<'_>,
    document: Option<&Document>,
    started: &Result<Option<Document>, HostError>,
    profile: &str,
    version: Option<&Version>,
) -> Result<Rosetta, HostError> {
    let copy = started.as_ref().ok().and_then(Option::as_ref);
    let own = document.or(copy);
    let asked = own.map(|own| own.switch(ROSETTA)).transpose()?.flatten();
    let machine = machine(own, copy);
    let mut rosetta = match (foreign(own), &machine) {
        (Some(found), _) => answer(
            State::Impossible,
            Source::SettingsFile,
            Why::ForeignMachine(found),
        ),
        (None, Some((found, vmm))) if *vmm != Vmm::AppleVirtualization => {
            in_other_machine(found, *vmm, asked.as_ref())
        }
        (None, _) => by_key(own, asked.clone(), version),
    };
    rosetta = rosetta.in_machine(machine.map(|(_, vmm)| vmm));
    rosetta.steps = steps(&rosetta, profile);
    if let (Some((is_on, _)), Some(copy)) = (&asked, copy.filter(|_| document.is_some()))
        && let Some((was_on, found)) = copy.switch(ROSETTA)?
        && was_on != *is_on
    {
        let runtime = Runtime::Colima;
        rosetta.conflicts.push(Conflict::StartedWith { found, runtime });
        rosetta
            .steps
            .push(Step::RunBoth(command("stop", profile), command("start", profile)));
    }
    if rosetta.state == State::On && wants_installed(ground, version) {
        rosetta.confidence = Confidence::Unsure;
        // Of a release that is known, the table of known trouble tells.
        let conflict = Conflict::WantsInstalled(Runtime::Colima);
        rosetta.conflicts.extend(version.is_none().then_some(conflict));
        rosetta
            .steps
            .extend([Step::Update(Runtime::Colima), Step::InstallHostRosetta]);
    }
    if rosetta.state == State::Off && wants_installed(ground, version) {
        let conflict = Conflict::WantsInstalled(Runtime::Colima);
        rosetta.conflicts.push(conflict);
        rosetta.steps.insert(0, Step::InstallHostRosetta);
    }
    if let Err(error) = started {
        rosetta.conflicts.push(Conflict::Unseen(error.clone()));
    }
    Ok(rosetta)
}

/// What runs the machine: as it was made, since that cannot be changed, or as it would be made.
fn machine(own: Option<&Document>, copy: Option<&Document>) -> Option<(Found, Vmm)> {
    let found = [copy, own]
        .into_iter()
        .flatten()
        .find_map(|document| document.word(MACHINE))?;
    let vmm = match found.value.as_str() {
        "vz" => Vmm::AppleVirtualization,
        "qemu" => Vmm::Qemu,
        "krunkit" => Vmm::Krun,
        _ => return None,
    };
    Some((found, vmm))
}

/// A machine of the other architecture, which QEMU emulates as a whole.
fn foreign(own: Option<&Document>) -> Option<Found> {
    let found = own?.word(ARCHITECTURE)?;
    matches!(found.value.as_str(), "x86_64" | "amd64").then_some(found)
}

fn in_other_machine(found: &Found, vmm: Vmm, asked: Option<&(bool, Found)>) -> Rosetta {
    let why = Why::Machine {
        found: Some(found.clone()),
        runtime: Runtime::Colima,
        vmm,
    };
    let mut rosetta = answer(State::Impossible, Source::SettingsFile, why);
    if let Some((true, found)) = asked.cloned() {
        rosetta.conflicts.push(Conflict::AskedInVain { found, vmm });
    }
    rosetta
}

fn by_key(own: Option<&Document>, asked: Option<(bool, Found)>, version: Option<&Version>) -> Rosetta {
    if let Some(version) = version.filter(|it| !it.is_from(KNOWS_ROSETTA)).cloned() {
        let (runtime, first) = (Runtime::Colima, "0.5.3");
        let why = Why::TooOld {
            runtime,
            version,
            first,
        };
        return answer(State::Impossible, Source::Default, why);
    }
    if let Some((is_on, found)) = asked {
        return answer(State::on_if(is_on), Source::SettingsFile, Why::Says(found));
    }
    let why = Why::Absent {
        runtime: Runtime::Colima,
        file: own.map(|own| own.path.clone()),
        key: ROSETTA,
        default: State::Off,
    };
    answer(State::Off, Source::Default, why)
}

fn answer(state: State, source: Source, why: Why) -> Rosetta {
    Rosetta::new(Runtime::Colima, state, source, why)
}

fn steps(rosetta: &Rosetta, profile: &str) -> Vec<Step> {
    let start = command("start", profile) + " --vm-type vz --vz-rosetta";
    match (rosetta.state, &rosetta.why) {
        (State::Impossible, Why::TooOld { .. }) => vec![Step::Update(Runtime::Colima)],
        (State::Impossible, _) => {
            let runtime = Runtime::Colima;
            let command = command("delete", profile);
            vec![
                Step::MakeAnew { runtime, command },
                Step::Run("Then make it with", start),
            ]
        }
        (State::Off, _) => vec![
            Step::RunBoth(command("stop", profile), start),
            Step::ExpectStoppedContainers,
        ],
        (State::On | State::NotNeeded | State::Unknown, _) => Vec::new(),
    }
}

fn command(verb: &str, profile: &str) -> String {
    if profile == "default" {
        return format!("colima {verb}");
    }
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let quoted = if profile.chars().all(is_plain) {
        profile.to_owned()
    } else {
        format!("'{}'", profile.replace('\'', r"'\''"))
    };
    format!("colima {verb} --profile {quoted}")
}
