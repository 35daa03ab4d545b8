//! What was found out once: causes by container and end, platforms by image, and what probes said. Kept on disk, and never
//! needed.

mod probes;

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub(crate) use self::probes::{Probes, Start};

/// The file's own version: another one is read as nothing.
const VERSION: u32 = 1;

/// Entries of each kind; beyond this the oldest are forgotten.
const ENTRIES: usize = 5_000;

/// Five thousand entries are some two megabytes.
const FILE_LIMIT: u64 = 16 * 1024 * 1024;

/// Why a container ended, as far as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finding {
    pub(crate) cause: String,
    pub(crate) summary: String,
    pub(crate) actual: Option<String>,
}

/// Everything that is remembered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    file: Option<PathBuf>,
    kept: Kept,
    changed: bool,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    version: u32,
    /// By container id and end.
    findings: BTreeMap<String, Entry<Finding>>,
    /// By image id: on the classic store an image never changes its platform.
    images: BTreeMap<String, Entry<String>>,
    /// Counts up, so that the oldest are known.
    clock: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry<T> {
    at: u64,
    value: T,
}

impl Memory {
    /// What the file in folder `cache` remembers; nothing when it is not there or is no such file.
    pub(crate) fn load(cache: Option<&Path>) -> Self {
        let file = cache.map(|folder| folder.join("memory.json"));
        let kept = file
            .as_deref()
            .and_then(read::<Kept>)
            .filter(|kept| kept.version == VERSION)
            .unwrap_or_default();
        Self {
            file,
            kept,
            changed: false,
        }
    }

    pub(crate) fn finding(&self, key: &str) -> Option<&Finding> {
        self.kept.findings.get(key).map(|entry| &entry.value)
    }

    pub(crate) fn image(&self, id: &str) -> Option<platform::Platform> {
        self.kept.images.get(id)?.value.parse().ok()
    }

    pub(crate) fn learn_finding(&mut self, key: String, finding: Finding) {
        if self.finding(&key) == Some(&finding) {
            return;
        }
        let at = self.tick();
        insert(&mut self.kept.findings, key, Entry { at, value: finding });
    }

    pub(crate) fn learn_image(&mut self, id: String, platform: &platform::Platform) {
        let at = self.tick();
        insert(
            &mut self.kept.images,
            id,
            Entry {
                at,
                value: platform.to_string(),
            },
        );
    }

    /// Writes what was learned since the last time. That it fails costs a little time at the next start, nothing else.
    pub(crate) fn save(&mut self) {
        let Some(file) = self.file.as_deref().filter(|_| self.changed) else {
            return;
        };
        self.kept.version = VERSION;
        self.changed = write(file, &self.kept).is_err();
    }

    fn tick(&mut self) -> u64 {
        self.changed = true;
        self.kept.clock += 1;
        self.kept.clock
    }
}

fn insert<T>(entries: &mut BTreeMap<String, Entry<T>>, key: String, entry: Entry<T>) {
    entries.insert(key, entry);
    if entries.len() > ENTRIES {
        let oldest = entries
            .iter()
            .min_by_key(|(_, entry)| entry.at)
            .map(|(key, _)| key.clone());
        oldest.and_then(|key| entries.remove(&key));
    }
}

fn read<T: DeserializeOwned>(file: &Path) -> Option<T> {
    let size = std::fs::metadata(file).ok()?.len();
    if size > FILE_LIMIT {
        return None;
    }
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

/// Beside the file first, so that nobody ever reads half of one.
fn write(file: &Path, kept: &impl Serialize) -> std::io::Result<()> {
    let folder = file.parent().ok_or(ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let beside = file.with_extension(format!("{}.new", std::process::id()));
    std::fs::write(&beside, serde_json::to_vec(kept)?)?;
    std::fs::rename(&beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(cause: &str) -> Finding {
        Finding {
            cause: cause.to_owned(),
            summary: "s".to_owned(),
            actual: None,
        }
    }

    #[test]
    fn what_was_learned_is_there_at_the_next_start() {
        let cache = tempfile::tempdir().expect("a folder");
        let mut memory = Memory::load(Some(cache.path()));
        memory.learn_finding("c@1".into(), finding("wrong-architecture"));
        memory.learn_image("sha256:1".into(), &platform::Platform::linux("arm64"));
        memory.save();
        let memory = Memory::load(Some(cache.path()));
        assert_eq!(memory.finding("c@1"), Some(&finding("wrong-architecture")));
        assert_eq!(memory.image("sha256:1"), Some(platform::Platform::linux("arm64")));
        assert_eq!(memory.finding("c@2"), None);
    }

    #[test]
    fn a_file_that_is_no_memory_is_nothing() {
        let cache = tempfile::tempdir().expect("a folder");
        for text in [
            "",
            "{",
            "[]",
            r#"{"version":99,"findings":{},"images":{},"clock":0}"#,
        ] {
            std::fs::write(cache.path().join("memory.json"), text).expect("a file");
            let mut memory = Memory::load(Some(cache.path()));
            assert_eq!(memory.finding("c@1"), None, "{text}");
            memory.learn_finding("c@1".into(), finding("unknown"));
            memory.save();
            assert!(
                Memory::load(Some(cache.path())).finding("c@1").is_some(),
                "{text}"
            );
        }
    }

    #[test]
    fn the_oldest_are_forgotten_first() {
        let mut memory = Memory::default();
        for number in 0..=ENTRIES {
            memory.learn_finding(format!("{number}"), finding("unknown"));
        }
        assert_eq!(memory.kept.findings.len(), ENTRIES);
        assert!(memory.finding("0").is_none() && memory.finding("1").is_some());
    }
}
