//! What probes found out, by engine and start: another start may have another translator, and knows of none of it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{read, write};
use crate::view::Probed;

/// The file's own version: another one is read as nothing.
const VERSION: u32 = 1;

/// Engines that are remembered: the newest of those that somebody goes back and forth between.
const ENGINES: usize = 32;

/// Platforms of an engine: two that can be tried, and their variants.
const PLATFORMS: usize = 16;

/// Which start of which engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// The engine's own word for itself.
    pub(crate) engine: String,
    /// What is of this start only.
    pub(crate) mark: String,
}

/// What is remembered of probes. The file is read whenever it is asked for: another face may have written it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Probes {
    file: Option<PathBuf>,
    kept: Kept,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kept {
    version: u32,
    engines: BTreeMap<String, OfStart>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct OfStart {
    mark: String,
    /// By platform.
    probed: BTreeMap<String, Probed>,
}

impl Probes {
    /// What is kept in folder `cache`; without one it is kept as long as this is.
    pub(crate) fn at(cache: Option<&Path>) -> Self {
        Self {
            file: cache.map(|folder| folder.join("probes.json")),
            kept: Kept::default(),
        }
    }

    /// What was found out since `start`, by platform.
    pub(crate) fn of(&mut self, start: &Start) -> Vec<Probed> {
        self.refresh();
        let of_engine = self.kept.engines.get(&start.engine);
        let probed = of_engine.filter(|of_start| of_start.mark == start.mark);
        probed
            .map(|known| known.probed.values().cloned().collect())
            .unwrap_or_default()
    }

    /// Keeps what was found out. That it cannot be written costs another probe, nothing else.
    pub(crate) fn learn(&mut self, start: &Start, probed: Vec<Probed>) {
        self.refresh();
        self.kept.version = VERSION;
        let known = self.kept.engines.entry(start.engine.clone()).or_default();
        if known.mark != start.mark {
            *known = OfStart {
                mark: start.mark.clone(),
                probed: BTreeMap::new(),
            };
        }
        for new in probed {
            let new = match known.probed.remove(&new.platform) {
                Some(old) => new.completed_by(old),
                None => new,
            };
            known.probed.insert(new.platform.clone(), new);
            forget_oldest(&mut known.probed, PLATFORMS, |probed| probed.at);
        }
        forget_oldest(&mut self.kept.engines, ENGINES, newest);
        if let Some(file) = &self.file {
            write(file, &self.kept).ok();
        }
    }

    fn refresh(&mut self) {
        let Some(file) = &self.file else { return };
        let kept = read::<Kept>(file).filter(|kept| kept.version == VERSION);
        self.kept = kept.unwrap_or_default();
    }
}

impl Probed {
    /// With what `old` measured, where this was not measured and the same runs it.
    fn completed_by(mut self, old: Self) -> Self {
        let is_same = self.runs == old.runs && self.translator == old.translator;
        if is_same && self.dynamic.is_none() && self.speed.is_none() {
            (self.dynamic, self.speed) = (old.dynamic, old.speed);
            (self.relative_speed, self.pace) = (old.relative_speed, old.pace);
        }
        self
    }
}

fn newest(of_start: &OfStart) -> u64 {
    let times = of_start.probed.values().map(|probed| probed.at);
    times.max().unwrap_or_default()
}

fn forget_oldest<T>(entries: &mut BTreeMap<String, T>, most: usize, at: impl Fn(&T) -> u64) {
    while entries.len() > most {
        let oldest = entries.iter().min_by_key(|(_, entry)| at(entry));
        let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
            return;
        };
        entries.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{ProbedSpeed, ProbedSpeeds};

    fn start(engine: &str, mark: &str) -> Start {
        Start {
            engine: engine.to_owned(),
            mark: mark.to_owned(),
        }
    }

    fn probed(platform: &str, at: u64) -> Probed {
        Probed {
            platform: platform.to_owned(),
            runs: true,
            known: true,
            why: String::new(),
            hint: None,
            translator: "qemu".to_owned(),
            evidence: String::new(),
            features: BTreeMap::new(),
            dynamic: None,
            relative_speed: None,
            speed: None,
            pace: None,
            at,
        }
    }

    #[test]
    fn what_was_found_out_holds_until_the_engine_starts_anew() {
        let cache = tempfile::tempdir().expect("a folder");
        let first = start("e", "1");
        let mut one = Probes::at(Some(cache.path()));
        let mut other = Probes::at(Some(cache.path()));
        one.learn(&first, vec![probed("linux/arm64", 1)]);
        assert_eq!(other.of(&first), [probed("linux/arm64", 1)]);
        assert_eq!(other.of(&start("e", "2")), []);
        assert_eq!(other.of(&start("f", "1")), []);
        other.learn(&start("e", "2"), vec![probed("linux/amd64", 2)]);
        assert_eq!(one.of(&start("e", "2")), [probed("linux/amd64", 2)]);
        assert_eq!(one.of(&first), []);
    }

    #[test]
    fn a_short_probe_keeps_what_a_long_one_measured_while_the_same_runs_it() {
        let mut probes = Probes::at(None);
        let start = start("e", "1");
        let speed = ProbedSpeed {
            relative: 0.2,
            low: 0.1,
            high: 0.3,
        };
        let long = Probed {
            relative_speed: Some(0.2),
            speed: Some(ProbedSpeeds {
                integer: Some(speed),
                memory: None,
                system_calls: None,
            }),
            ..probed("linux/arm64", 1)
        };
        probes.learn(&start, vec![long.clone()]);
        probes.learn(&start, vec![probed("linux/arm64", 2)]);
        assert_eq!(probes.of(&start), [Probed { at: 2, ..long }]);
        let other = Probed {
            translator: "rosetta".to_owned(),
            ..probed("linux/arm64", 3)
        };
        probes.learn(&start, vec![other.clone()]);
        assert_eq!(probes.of(&start), [other]);
    }

    #[test]
    fn only_so_much_is_kept_and_the_oldest_goes_first() {
        let mut probes = Probes::at(None);
        for number in 0..=ENGINES as u64 {
            let platforms = (0..=PLATFORMS as u64).map(|at| probed(&format!("linux/{at}"), number + at));
            probes.learn(&start(&number.to_string(), "1"), platforms.collect());
        }
        assert_eq!(probes.kept.engines.len(), ENGINES);
        assert_eq!(probes.of(&start("0", "1")), []);
        let last = probes.of(&start(&ENGINES.to_string(), "1"));
        assert_eq!(last.len(), PLATFORMS);
        assert!(last.iter().all(|probed| probed.platform != "linux/0"));
    }

    #[test]
    fn a_file_that_is_none_is_nothing() {
        let cache = tempfile::tempdir().expect("a folder");
        for text in [
            "",
            "[]",
            r#"{"version":9,"engines":{}}"#,
            r#"{"version":1,"engines":{"e":1}}"#,
        ] {
            std::fs::write(cache.path().join("probes.json"), text).expect("a file");
            let mut probes = Probes::at(Some(cache.path()));
            assert_eq!(probes.of(&start("e", "1")), [], "{text}");
            probes.learn(&start("e", "1"), vec![probed("linux/arm64", 1)]);
            assert_eq!(probes.of(&start("e", "1")).len(), 1, "{text}");
        }
    }
}
