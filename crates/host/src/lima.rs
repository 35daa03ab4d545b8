//! Lima: its instances, in the schemas of both generations.

use std::path::{Path, PathBuf};

use crate::document::{Document, first_switch};
use crate::runtimes::Ground;
use crate::{
    Conflict, Folders, Found, HostError, Roots, Rosetta, Runtime, Source, State, Step, Version, Vmm, Why,
    homebrew, read,
};

/// More instances than anybody keeps.
const INSTANCES: usize = 256;
const SETTINGS: &str = "lima.yaml";
/// What wins over every instance's file, and what holds where that says nothing.
const OVERRIDE: &str = "_config/override.yaml";
const DEFAULT: &str = "_config/default.yaml";
/// The schema of 2.0 and newer first: where both stand, it is followed.
pub(crate) const ROSETTA: [&str; 2] = ["vmOpts.vz.rosetta.enabled", "rosetta.enabled"];
/// Whether programs are handed to Rosetta by themselves, likewise.
const BINFMT: [&str; 2] = ["vmOpts.vz.rosetta.binfmt", "rosetta.binfmt"];
const MACHINE: &str = "vmType";
const ARCHITECTURE: &str = "arch";
/// The version that made or last started the instance.
const VERSION: &str = "lima-version";
/// It holds a version and nothing else.
const VERSION_LIMIT: usize = 64;
/// Made when Apple's framework first ran the instance.
const RAN_IN_VZ: &str = "vz-identifier";
/// The first with Apple's framework and Rosetta.
const KNOWS_ROSETTA: (u32, u32, u32) = (0, 14, 0);
/// The first that reads the newer schema; it follows the older one where that stands alone.
const NEW_SCHEMA: (u32, u32, u32) = (2, 0, 0);
/// The first that takes Apple's framework by itself.
const VZ_BY_DEFAULT: (u32, u32, u32) = (1, 0, 0);

/// What Lima's files say of each instance; empty when there is none.
pub(crate) fn rosetta(ground: &Ground<'_>) -> Vec<Rosetta> {
    let home = folder(ground.roots, ground.folders);
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

/// Where Lima keeps its instances.
pub(crate) fn folder(roots: &Roots, folders: &Folders) -> PathBuf {
    let named = folders.lima.clone();
    named.unwrap_or_else(|| roots.home.join(".lima"))
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
pub(crate) fn version(roots: &Roots, folder: &Path) -> Option<Version> {
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

    /// A machine of the other architecture, which QEMU emulates as a whole.
    fn foreign(&self) -> Option<Found> {
        let words = self.documents.iter().filter_map(|it| it.word(ARCHITECTURE));
        let found = words.into_iter().find(|found| found.value != "default")?;
        matches!(found.value.as_str(), "x86_64" | "amd64").then_some(found)
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
    let asked = files.switch(read_by(version, &ROSETTA))?;
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
    } else if let Some(found) = files.foreign() {
        answer(
            State::Impossible,
            Source::SettingsFile,
            Why::ForeignMachine(found),
        )
    } else {
        match machine {
            Some((found, vmm)) if vmm != Vmm::AppleVirtualization => in_other_machine(found, vmm, asked),
            _ => by_keys(files, asked, version)?,
        }
    };
    rosetta = rosetta.in_machine(vmm);
    rosetta.steps = steps(&rosetta, name);
    Ok(rosetta)
}

/// Two switches have to be on, and each is off by itself: one shares Rosetta with the machine, the other hands programs to it.
fn by_keys(
    files: &Files,
    asked: Option<(bool, Found)>,
    version: Option<&Version>,
) -> Result<Rosetta, HostError> {
    let on = match asked {
        None => {
            return Ok(answer(
                State::Off,
                Source::Default,
                absent(files, read_by(version, &ROSETTA)[0]),
            ));
        }
        Some((false, found)) => return Ok(answer(State::Off, Source::SettingsFile, Why::Says(found))),
        Some((true, found)) => found,
    };
    // Both are read of one schema.
    let binfmt = BINFMT[usize::from(on.key != ROSETTA[0])];
    Ok(match files.switch(&[binfmt])? {
        Some((true, _)) => answer(State::On, Source::SettingsFile, Why::Says(on)),
        Some((false, off)) => answer(State::Off, Source::SettingsFile, Why::Says(off)),
        None => answer(State::Off, Source::Default, absent(files, binfmt)),
    })
}

/// Releases before the newer schema do not read it.
pub(crate) fn read_by<'k>(version: Option<&Version>, keys: &'k [&'static str; 2]) -> &'k [&'static str] {
    let is_old = version.is_some_and(|version| !version.is_from(NEW_SCHEMA));
    &keys[usize::from(is_old)..]
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

fn absent(files: &Files, key: &'static str) -> Why {
    Why::Absent {
        runtime: Runtime::Lima,
        file: Some(files.instance.clone()),
        key,
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
