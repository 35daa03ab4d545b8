//! Lima: its instances, in the schemas of both generations.

use std::path::{Path, PathBuf};

use crate::document::{Document, first_switch};
use crate::runtimes::Ground;
use crate::{
    Conflict, Found, HostError, Roots, Rosetta, Runtime, Source, State, Step, Version, Vmm, Why, homebrew,
    read,
};

/// More instances than anybody keeps.
const INSTANCES: usize = 256;
const SETTINGS: &str = "lima.yaml";
/// What wins over every instance's file, and what holds where that says nothing.
const OVERRIDE: &str = "_config/override.yaml";
const DEFAULT: &str = "_config/default.yaml";
/// The schema of 2.0 and newer first: where both stand, it is followed.
const ROSETTA: [&str; 2] = ["vmOpts.vz.rosetta.enabled", "rosetta.enabled"];
/// Whether programs are handed to Rosetta by themselves, likewise.
const BINFMT: [&str; 2] = ["vmOpts.vz.rosetta.binfmt", "rosetta.binfmt"];
const MACHINE: &str = "vmType";
/// The version that made or last started the instance.
const VERSION: &str = "lima-version";
/// It holds a version and nothing else.
const VERSION_LIMIT: usize = 64;
/// Made when Apple's framework first ran the instance.
const RAN_IN_VZ: &str = "vz-identifier";
/// The first with Apple's framework and Rosetta.
const KNOWS_ROSETTA: (u32, u32, u32) = (0, 14, 0);
/// The first that takes Apple's framework by itself.
const VZ_BY_DEFAULT: (u32, u32, u32) = (1, 0, 0);

/// What Lima's files say of each instance; empty when there is none.
pub(crate) fn rosetta(ground: &Ground<'_>) -> Vec<Rosetta> {
    let home = ground
        .folders
        .lima
        .clone()
        .unwrap_or_else(|| ground.roots.home.join(".lima"));
    let names = match read::names(ground.roots, &home, INSTANCES) {
        Ok(names) => names,
        Err(error) => return vec![Rosetta::unreadable(Runtime::Lima, error)],
    };
    let is_instance =
        |name: &&String| !name.starts_with(['_', '.']) && ground.roots.has(&home.join(name).join(SETTINGS));
    names
        .iter()
        .filter(is_instance)
        .map(|name| of_instance(ground, &home, name))
        .collect()
}

/// What an instance's own files say; `runtime` is whose instance it is.
fn of_instance(ground: &Ground<'_>, home: &Path, name: &str) -> Rosetta {
    let folder = home.join(name);
    let version = version(ground.roots, &folder).or_else(|| homebrew::version(ground.roots, "lima"));
    let rosetta =
        Files::read(ground.roots, home, &folder).and_then(|files| decide(&files, version.as_ref(), name));
    Rosetta {
        instance: Some(name.to_owned()),
        runtime_version: version.map(|version| version.to_string()),
        socket: Some(folder.join("sock/docker.sock")),
        ..rosetta.unwrap_or_else(|error| Rosetta::unreadable(Runtime::Lima, error))
    }
}

/// The version that an instance of Lima was made or last started with.
fn version(roots: &Roots, folder: &Path) -> Option<Version> {
    let text = read::text(roots, &folder.join(VERSION), VERSION_LIMIT).ok()?;
    let text = text.trim().trim_start_matches('v');
    // A build between two releases says `1.2.3-4-gabcdef`.
    Version::parse(text.split('-').next()?)
}

/// An instance's file, and the two for all instances.
struct Files {
    instance: PathBuf,
    ran_in_vz: bool,
    documents: Vec<Document>,
}

impl Files {
    fn read(roots: &Roots, home: &Path, folder: &Path) -> Result<Self, HostError> {
        let instance = folder.join(SETTINGS);
        let paths = [home.join(OVERRIDE), instance.clone(), home.join(DEFAULT)];
        let documents = paths.iter().map(|path| Document::yaml(roots, path));
        Ok(Self {
            ran_in_vz: roots.has(&folder.join(RAN_IN_VZ)),
            documents: documents
                .filter_map(Result::transpose)
                .collect::<Result<_, _>>()?,
            instance,
        })
    }

    fn switch(&self, keys: &[&str]) -> Result<Option<(bool, Found)>, HostError> {
        first_switch(&self.documents.iter().collect::<Vec<_>>(), keys)
    }

    /// What runs the machine, and what says so; `None` for a word that no Lima knows.
    fn machine(&self, version: Option<&Version>) -> Option<(Option<Found>, Vmm)> {
        let words = self
            .documents
            .iter()
            .filter_map(|document| document.word(MACHINE));
        let found = words.into_iter().find(|found| found.value != "default");
        if let Some(found) = found {
            let vmm = match found.value.as_str() {
                "vz" => Vmm::AppleVirtualization,
                "qemu" => Vmm::Qemu,
                "krunkit" => Vmm::Krun,
                _ => return None,
            };
            return Some((Some(found), vmm));
        }
        if self.ran_in_vz {
            return Some((None, Vmm::AppleVirtualization));
        }
        let is_new = version?.is_from(VZ_BY_DEFAULT);
        Some((
            None,
            if is_new {
                Vmm::AppleVirtualization
            } else {
                Vmm::Qemu
            },
        ))
    }
}

fn decide(files: &Files, version: Option<&Version>, name: &str) -> Result<Rosetta, HostError> {
    let asked = files.switch(&ROSETTA)?;
    let binfmt = files.switch(&BINFMT)?;
    let machine = files.machine(version);
    let vmm = machine.as_ref().map(|(_, vmm)| *vmm);
    let mut rosetta = if let Some(version) = version.filter(|it| !it.is_from(KNOWS_ROSETTA)).cloned() {
        let (runtime, first) = (Runtime::Lima, "0.14");
        let why = Why::TooOld {
            runtime,
            version,
            first,
        };
        answer(State::Impossible, Source::Default, why)
    } else {
        match (machine, asked) {
            (Some((found, vmm)), asked) if vmm != Vmm::AppleVirtualization => {
                in_other_machine(found, vmm, asked)
            }
            (_, Some((true, on))) => match binfmt {
                // The share is there, and nothing hands programs to it.
                Some((false, off)) => answer(State::Off, Source::SettingsFile, Why::Says(off)),
                // By default it is the same as the key above it, since 0.14.
                Some((true, _)) | None => answer(State::On, Source::SettingsFile, Why::Says(on)),
            },
            (_, Some((false, found))) => answer(State::Off, Source::SettingsFile, Why::Says(found)),
            (_, None) => answer(State::Off, Source::Default, absent(files, version)),
        }
    };
    rosetta = rosetta.in_machine(vmm);
    rosetta.steps = steps(&rosetta, name);
    Ok(rosetta)
}

fn in_other_machine(found: Option<Found>, vmm: Vmm, asked: Option<(bool, Found)>) -> Rosetta {
    let source = if found.is_some() {
        Source::SettingsFile
    } else {
        Source::Default
    };
    let runtime = Runtime::Lima;
    let mut rosetta = answer(State::Impossible, source, Why::Machine { found, runtime, vmm });
    if let Some((true, found)) = asked {
        rosetta.conflicts.push(Conflict::AskedInVain { found, vmm });
    }
    rosetta
}

/// The key is named as this generation writes it.
fn absent(files: &Files, version: Option<&Version>) -> Why {
    let is_new = version.is_none_or(|version| version.is_at_least(2, 0));
    Why::Absent {
        runtime: Runtime::Lima,
        file: Some(files.instance.clone()),
        key: ROSETTA[usize::from(!is_new)],
        default: State::Off,
    }
}

fn answer(state: State, source: Source, why: Why) -> Rosetta {
    Rosetta::new(Runtime::Lima, state, source, why)
}

fn steps(rosetta: &Rosetta, name: &str) -> Vec<Step> {
    match (rosetta.state, &rosetta.why) {
        (State::Impossible, Why::TooOld { .. }) => vec![Step::Update(Runtime::Lima)],
        (State::Impossible, _) => vec![
            Step::MakeAnew {
                runtime: Runtime::Lima,
                command: format!("limactl delete {name}"),
            },
            Step::Run(
                "Then make one with",
                "limactl start --vm-type=vz --rosetta template:docker".to_owned(),
            ),
        ],
        (State::Off, _) => vec![
            Step::RunBoth(
                format!("limactl stop {name}"),
                format!("limactl edit {name} --rosetta"),
            ),
            Step::Run("Then start it with", format!("limactl start {name}")),
            Step::ExpectStoppedContainers,
        ],
        (State::On | State::NotNeeded | State::Unknown, _) => Vec::new(),
    }
}
