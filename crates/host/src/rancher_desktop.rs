//! Rancher Desktop: its settings in both generations, and the deployment profiles of administrators.

use std::path::Path;

use crate::document::Document;
use crate::runtimes::Ground;
use crate::{
    Conflict, Found, HostError, Rosetta, Runtime, Source, State, Step, Version, Vmm, Why, folders, plist_file,
};

/// The user's settings, below the home folder.
const SETTINGS: &str = "Library/Preferences/rancher-desktop/settings.json";
/// Folders of deployment profiles, the first with a profile being followed. The last is below the home folder.
const PROFILES: [&str; 3] = [
    "Library/Managed Preferences",
    "Library/Preferences",
    "Library/Preferences",
];
const DEFAULTS: &str = "io.rancherdesktop.profile.defaults.plist";
const LOCKED: &str = "io.rancherdesktop.profile.locked.plist";
/// The keys since 1.19, whose schema is 15, and those before.
const ROSETTA: [&str; 2] = [
    "virtualMachine.useRosetta",
    "experimental.virtualMachine.useRosetta",
];
const MACHINE: [&str; 2] = ["virtualMachine.type", "experimental.virtualMachine.type"];
/// The first schema in which the machine is no experiment any more.
const GRADUATED: u64 = 15;
/// The last schema that is known, of 1.24: what a later one means by a key would be guessed.
pub(crate) const LAST_SCHEMA: u64 = 19;
/// The first with Apple's framework and Rosetta.
const KNOWS_ROSETTA: (u32, u32, u32) = (1, 9, 0);
/// From this macOS on, new releases take Apple's framework by themselves.
const VZ_BY_DEFAULT: u32 = 14;

/// What Rancher Desktop's files say; `None` when nothing of it is here.
pub(crate) fn rosetta(ground: &Ground<'_>) -> Option<Rosetta> {
    let home = &ground.roots.home;
    let app = folders::bundle(ground.roots, "Rancher Desktop.app");
    let settings = home.join(SETTINGS);
    if app.is_none() && !ground.roots.has(&settings) && !ground.roots.has(&home.join(".rd")) {
        return None;
    }
    let list = app.map(|app| app.join("Contents/Info.plist"));
    let version =
        list.and_then(|list| plist_file::version(ground.roots, &list, "CFBundleShortVersionString"));
    let answer = Files::read(ground, &settings).and_then(|files| decide(&files, version.as_ref(), ground));
    Some(Rosetta {
        runtime_version: version.map(|version| version.to_string()),
        socket: Some(home.join(".rd/docker.sock")),
        ..answer.unwrap_or_else(|error| Rosetta::unreadable(Runtime::RancherDesktop, error))
    })
}

struct Files {
    own: Option<Document>,
    locked: Option<Document>,
    defaults: Option<Document>,
}

impl Files {
    fn read(ground: &Ground<'_>, settings: &Path) -> Result<Self, HostError> {
        let own = Document::json(ground.roots, settings)?;
        let [managed, system, user] = PROFILES;
        let folders = [
            ground.roots.known(managed),
            ground.roots.known(system),
            ground.roots.home.join(user),
        ];
        for folder in folders {
            let locked = Document::list(ground.roots, &folder.join(LOCKED))?;
            let defaults = Document::list(ground.roots, &folder.join(DEFAULTS))?;
            if locked.is_some() || defaults.is_some() {
                return Ok(Self {
                    own,
                    locked,
                    defaults,
                });
            }
        }
        let (locked, defaults) = (None, None);
        Ok(Self {
            own,
            locked,
            defaults,
        })
    }

    /// Locks win; the defaults of a profile count only until the user's file is written.
    fn in_order(&self) -> impl Iterator<Item = (&Document, From)> {
        let defaults = self.defaults.as_ref().filter(|_| self.own.is_none());
        let locked = self.locked.as_ref().map(|it| (it, From::Lock));
        let own = self.own.as_ref().map(|it| (it, From::User));
        let defaults = defaults.map(|it| (it, From::Preset));
        [locked, own, defaults].into_iter().flatten()
    }

    fn switch(&self) -> Result<Option<(bool, Found, From)>, HostError> {
        for (document, from) in self.in_order() {
            for key in document.keys(ROSETTA) {
                if let Some((is_on, found)) = document.switch(key)? {
                    return Ok(Some((is_on, found, from)));
                }
            }
        }
        Ok(None)
    }

    fn machine(&self) -> Option<(Found, From)> {
        self.in_order().find_map(|(document, from)| {
            let word = document
                .keys(MACHINE)
                .into_iter()
                .find_map(|key| document.word(key));
            Some((word?, from))
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Lock,
    User,
    Preset,
}

impl Document {
    /// The spellings that this file's schema knows: a key of the other generation is not read by the program.
    fn keys<'a>(&self, [new, old]: [&'a str; 2]) -> Vec<&'a str> {
        match self.number("version") {
            Some(schema) if schema >= GRADUATED => vec![new],
            Some(_) => vec![old],
            None => vec![new, old],
        }
    }
}

fn decide(files: &Files, version: Option<&Version>, ground: &Ground<'_>) -> Result<Rosetta, HostError> {
    if let Some(version) = version.filter(|it| !it.is_from(KNOWS_ROSETTA)).cloned() {
        let (runtime, first) = (Runtime::RancherDesktop, "1.9");
        let why = Why::TooOld {
            runtime,
            version,
            first,
        };
        let rosetta = Rosetta::new(runtime, State::Impossible, Source::Default, why);
        return Ok(rosetta.with_steps([Step::Update(runtime)]));
    }
    files.own.as_ref().map_or(Ok(()), has_known_schema)?;
    let asked = files.switch()?;
    let machine = files.machine();
    let vmm = vmm(files, machine.as_ref(), ground);
    let mut rosetta = match (&machine, vmm, &asked) {
        (Some((found, from)), Some(Vmm::Qemu), _) => {
            let mut rosetta = in_qemu(Some(found.clone()), *from);
            if let Some((true, found, _)) = asked.clone() {
                rosetta.conflicts.push(Conflict::AskedInVain {
                    found,
                    vmm: Vmm::Qemu,
                });
            }
            rosetta
        }
        (None, Some(Vmm::Qemu), Some((true, found, _))) => {
            let mut rosetta = in_qemu(None, From::User);
            let found = found.clone();
            rosetta.conflicts.push(Conflict::AskedInVain {
                found,
                vmm: Vmm::Qemu,
            });
            rosetta
        }
        (_, _, Some((is_on, found, from))) => said(*is_on, found.clone(), *from),
        (_, _, None) => answer(State::Off, Source::Default, absent(files)),
    };
    rosetta.vmm = vmm;
    let lock = files
        .locked
        .as_ref()
        .filter(|locked| ROSETTA.iter().any(|key| locked.has(key)));
    rosetta.locked =
        lock.is_some() || matches!(rosetta.why, Why::Machine { .. }) && is_locked(machine.as_ref());
    rosetta.steps = steps(&rosetta, files.locked.as_ref());
    Ok(rosetta)
}

fn has_known_schema(own: &Document) -> Result<(), HostError> {
    let version = match own.number("version") {
        Some(schema) if schema <= LAST_SCHEMA => return Ok(()),
        Some(schema) => format!("`version: {schema}`"),
        None => "it has no number as `version`".to_owned(),
    };
    let path = own.path.clone();
    Err(HostError::OtherForm { path, version })
}

fn is_locked(machine: Option<&(Found, From)>) -> bool {
    matches!(machine, Some((_, From::Lock)))
}

fn vmm(files: &Files, machine: Option<&(Found, From)>, ground: &Ground<'_>) -> Option<Vmm> {
    match machine.map(|(found, _)| found.value.as_str()) {
        Some("vz") => Some(Vmm::AppleVirtualization),
        Some("qemu") => Some(Vmm::Qemu),
        Some(_) => None,
        None => {
            let schema = files.own.as_ref().and_then(|own| own.number("version"));
            let is_new = schema.is_none_or(|schema| schema >= GRADUATED);
            let macos = ground.macos.as_ref()?;
            let is_vz = is_new && macos.is_at_least(VZ_BY_DEFAULT, 0);
            Some(if is_vz {
                Vmm::AppleVirtualization
            } else {
                Vmm::Qemu
            })
        }
    }
}

fn in_qemu(found: Option<Found>, from: From) -> Rosetta {
    let source = match (&found, from) {
        (None, _) => Source::Default,
        (Some(_), From::User) => Source::SettingsFile,
        (Some(_), From::Lock | From::Preset) => Source::Admin,
    };
    let (runtime, vmm) = (Runtime::RancherDesktop, Vmm::Qemu);
    answer(State::Off, source, Why::Machine { found, runtime, vmm })
}

fn said(is_on: bool, found: Found, from: From) -> Rosetta {
    let (source, why) = match from {
        From::Lock => (Source::Admin, Why::Locked(found)),
        From::User => (Source::SettingsFile, Why::Says(found)),
        From::Preset => (Source::Admin, Why::Preset(found)),
    };
    answer(State::on_if(is_on), source, why)
}

fn absent(files: &Files) -> Why {
    let key = files.own.as_ref().map_or(ROSETTA[0], |own| own.keys(ROSETTA)[0]);
    Why::Absent {
        runtime: Runtime::RancherDesktop,
        file: files.own.as_ref().map(|own| own.path.clone()),
        key,
        default: State::Off,
    }
}

fn answer(state: State, source: Source, why: Why) -> Rosetta {
    Rosetta::new(Runtime::RancherDesktop, state, source, why)
}

fn steps(rosetta: &Rosetta, locked: Option<&Document>) -> Vec<Step> {
    match rosetta.state {
        State::Off if rosetta.locked => locked
            .map(|locked| Step::AskAdministrator {
                file: locked.path.clone(),
            })
            .into_iter()
            .collect(),
        State::Off => vec![
            Step::InWindow(Runtime::RancherDesktop),
            Step::Run(
                "Or run",
                "rdctl set --virtual-machine.type=vz --virtual-machine.use-rosetta=true".to_owned(),
            ),
            Step::ExpectStoppedContainers,
        ],
        State::On | State::Impossible | State::NotNeeded | State::Unknown => Vec::new(),
    }
}
