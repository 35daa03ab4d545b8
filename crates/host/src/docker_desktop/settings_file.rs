//! The user's settings, in the files of both generations.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::{Map, Value};

use crate::{HostError, Roots, Setting, Source, read};

/// Where both generations lie, below the home folder.
pub(crate) const FOLDER: &str = "Library/Group Containers/group.com.docker";
/// The file of Docker Desktop 4.35 and newer, with keys like `UseLibkrun`.
pub(crate) const STORE: &str = "settings-store.json";
/// The file of older versions, with keys like `useLibkrun`; upgrades may keep it.
pub(crate) const LEGACY: &str = "settings.json";
/// The largest file seen has 6 KiB.
const LIMIT: usize = 1024 * 1024;
/// A file with all keys has more than a hundred, one with the changed ones about twenty.
const FULL_DUMP_KEYS: usize = 60;

/// The key of Rosetta.
pub(crate) const ROSETTA: &str = "UseVirtualizationFrameworkRosetta";
const FRAMEWORK: &str = "UseVirtualizationFramework";
const DOCKER_VMM: &str = "UseLibkrun";
const APP: &str = "DockerAppLaunchPath";

/// All switches that decide.
pub(super) const SWITCHES: [&str; 3] = [ROSETTA, FRAMEWORK, DOCKER_VMM];

/// Which versions write such a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Generation {
    /// 4.35 and newer.
    Store,
    /// Up to 4.34, and some that were upgraded from there.
    Legacy,
    /// No file at all: what the running program says.
    Backend,
}

/// What one settings file says; a key that is not there is `None`, never a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SettingsFile {
    pub(super) path: PathBuf,
    pub(super) generation: Generation,
    pub(super) modified: Option<SystemTime>,
    /// Whether Rosetta is used.
    pub(super) rosetta: Option<Setting>,
    /// Whether Apple's Virtualization framework is used.
    pub(super) framework: Option<Setting>,
    /// Whether Docker VMM is used.
    pub(super) docker_vmm: Option<Setting>,
    /// Where the application was last started from.
    pub(super) app: Option<PathBuf>,
    /// True when the file has all keys, so that a key's presence tells nothing.
    pub(super) is_full_dump: bool,
    twice: Option<[Setting; 2]>,
}

/// Reads `settings-store.json`.
pub(super) fn store(roots: &Roots) -> Result<SettingsFile, HostError> {
    read_file(roots, STORE, Generation::Store)
}

/// Reads `settings.json`.
pub(super) fn legacy(roots: &Roots) -> Result<SettingsFile, HostError> {
    read_file(roots, LEGACY, Generation::Legacy)
}

impl SettingsFile {
    /// What the running program said through `socket`, in the shape of a file.
    pub(super) fn of_backend(socket: &Path, object: &Map<String, Value>) -> Result<Self, HostError> {
        let generation = Generation::Backend;
        let path = socket;
        let entries: Vec<_> = object.clone().into_iter().collect();
        Keys {
            entries: &entries,
            path,
            generation,
        }
        .file(None)
    }

    /// True when it has one of the switches.
    pub(super) fn says_something(&self) -> bool {
        self.rosetta.is_some() || self.framework.is_some() || self.docker_vmm.is_some()
    }

    /// True when a switch is in both, with two values.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        let switches =
            |it: &Self| [&it.rosetta, &it.framework, &it.docker_vmm].map(|it| it.as_ref().map(|it| it.value));
        let pairs = switches(self).into_iter().zip(switches(other));
        pairs
            .into_iter()
            .any(|(one, other)| one.is_some() && other.is_some() && one != other)
    }

    /// What a verdict from it was taken from.
    pub(super) fn source(&self) -> Source {
        match self.generation {
            Generation::Backend => Source::Backend,
            Generation::Store | Generation::Legacy => Source::SettingsFile,
        }
    }

    /// Two values of one switch, when the file has it twice and not alike.
    pub(super) fn written_twice(&self) -> Option<[Setting; 2]> {
        self.twice.clone()
    }
}

fn read_file(roots: &Roots, name: &str, generation: Generation) -> Result<SettingsFile, HostError> {
    let path = roots.home.join(FOLDER).join(name);
    let read::Entries(entries) = read::json_entries(roots, &path, LIMIT)?;
    let modified = roots.resolve(&path).ok();
    let modified = modified.and_then(|place| place.metadata().ok()?.modified().ok());
    let keys = Keys {
        entries: &entries,
        path: &path,
        generation,
    };
    keys.file(modified)
}

struct Keys<'a> {
    entries: &'a [(String, Value)],
    path: &'a Path,
    generation: Generation,
}

impl<'a> Keys<'a> {
    fn file(&self, modified: Option<SystemTime>) -> Result<SettingsFile, HostError> {
        Ok(SettingsFile {
            generation: self.generation,
            modified,
            rosetta: self.switch(ROSETTA)?,
            framework: self.switch(FRAMEWORK)?,
            docker_vmm: self.switch(DOCKER_VMM)?,
            app: self
                .spellings(APP)
                .find_map(|(_, value)| value.as_str())
                .map(PathBuf::from),
            is_full_dump: self.entries.len() >= FULL_DUMP_KEYS,
            twice: SWITCHES
                .into_iter()
                .find_map(|key| self.twice(key).transpose())
                .transpose()?,
            path: self.path.into(),
        })
    }

    /// The key's value: the file's own spelling first, since users paste the other one.
    fn switch(&self, key: &'a str) -> Result<Option<Setting>, HostError> {
        self.settings(key).next().transpose()
    }

    fn twice(&self, key: &'a str) -> Result<Option<[Setting; 2]>, HostError> {
        let found = self.settings(key).collect::<Result<Vec<_>, _>>()?;
        let mut found = found.into_iter();
        let Some(used) = found.next() else {
            return Ok(None);
        };
        let other = found.find(|other| other.value != used.value);
        Ok(other.map(|other| [used, other]))
    }

    fn settings(&self, key: &'a str) -> impl Iterator<Item = Result<Setting, HostError>> {
        self.spellings(key).map(|(key, value)| match value.as_bool() {
            Some(value) => Ok(Setting {
                file: self.path.into(),
                key: key.clone(),
                value,
            }),
            None => Err(HostError::NotABoolean {
                path: self.path.into(),
                key: key.clone(),
            }),
        })
    }

    /// All spellings of the key with a value; `null` is how the older files write "not set".
    fn spellings(&self, key: &'a str) -> impl Iterator<Item = (&'a String, &'a Value)> {
        let own = self.generation.spelling(key);
        let found = self.entries.iter().map(|(name, value)| (name, value));
        let mut found: Vec<_> = found
            .filter(|(name, value)| name.eq_ignore_ascii_case(key) && !value.is_null())
            .collect();
        found.sort_by_key(|(name, _)| **name != own);
        found.into_iter()
    }
}

impl Generation {
    /// How this generation writes a key that is given in the newer spelling.
    fn spelling(self, key: &str) -> String {
        match (self, key.split_at_checked(1)) {
            (Self::Legacy | Self::Backend, Some((first, rest))) => first.to_ascii_lowercase() + rest,
            (Self::Store, _) | (Self::Legacy | Self::Backend, None) => key.to_owned(),
        }
    }
}
