//! Finds out what runs the programs of a platform, by running one: a few hundred bytes of our own.
//!
//! Settings say what should be; only a program that runs proves it. The program comes in an image that is packed here,
//! and runs without network, rights, or anything of the engine's machine. Container and image are removed at once, or at
//! the next start when nobody lived to do it.

pub(crate) mod image;
mod outcome;
mod remembered;
mod run;
mod said;

use std::time::Duration;

use platform::{Native, Platform};

use self::image::Image;
pub(crate) use self::remembered::Remembered;
use super::maker::{AT_ONCE, Maker, random};
use crate::{Container, Engine, EngineError, read};

/// What a probe's container is called, before a random number.
const PREFIX: &str = "archlight-probe-";

/// Says when and by whom it was made: on the image, and on the container.
const LABEL: &str = "io.archlight.probe";

/// Loading or removing an image of a few kilobytes: a busy engine has a queue.
const LOAD: Duration = Duration::from_mins(1);

/// Who the program runs as: nobody.
const NOBODY: &str = "65534:65534";

/// What was found out about a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Which.
    pub platform: Platform,
    /// Whether its programs run.
    pub runs: Runs,
    /// What runs them.
    pub translator: RunBy,
    /// What shows it, verbatim: a processor's name, or what was said instead. Foreign text; empty when there is none.
    pub evidence: String,
    /// What the processor, real or made up, offers; empty when nothing ran.
    pub features: Vec<Feature>,
}

/// Whether programs of a platform run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runs {
    /// One did.
    Yes,
    /// None can.
    No {
        /// For what reason.
        why: Why,
    },
    /// It could not be found out.
    Unknown {
        /// For what reason.
        why: Doubt,
    },
}

/// Why no program of a platform runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The kernel knows of nothing that could run it.
    NothingTranslates,
    /// A translator is registered, and is not to be found from inside of a container: without the flag `F`.
    TranslatorNotFound,
    /// A translator took it and gave up.
    TranslatorFailed,
}

/// Why it could not be found out whether programs of a platform run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// There is no program of ours for it.
    NoProgram,
    /// Programs for its architecture run, but not all that this variant asks for was seen to be offered.
    Variant,
    /// It started, said nothing, and did not end.
    TimedOut,
    /// It ended without saying anything that is known.
    Ended {
        /// With what.
        code: i64,
    },
    /// The engine would not have it.
    Refused {
        /// The engine's words.
        message: String,
    },
}

/// What runs a platform's programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunBy {
    /// The processor itself.
    Native,
    /// Apple's translator.
    Rosetta,
    /// QEMU's user mode.
    Qemu,
    /// Something that was not recognised.
    Unknown,
    /// Nothing.
    Nothing,
}

/// Something that a processor may offer to programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// As Linux and compilers call it.
    pub name: &'static str,
    /// Whether this one does.
    pub offered: bool,
}

impl Engine {
    /// Runs a program for `platform`, and says what ran it. An error only when the engine itself is out of reach.
    pub async fn probe(&self, platform: &Platform) -> Result<Probe, EngineError> {
        let (engine, asked) = (self.clone(), platform.clone());
        // In a task of its own: who stops waiting for it must not leave behind what is about to be made.
        let probing = tokio::spawn(async move { engine.probe_and_remove(&asked).await });
        let probe = probing.await.map_err(|error| EngineError::BrokenOff {
            what: "probe".to_owned(),
            why: error.to_string(),
        })??;
        self.remembered.note(&probe);
        Ok(probe)
    }

    /// Whether programs of `platform` run here: by a probe, unless one was seen to run within the last minute.
    pub async fn can_run(&self, platform: &Platform) -> Runs {
        if self.remembered.runs(platform) {
            return Runs::Yes;
        }
        match self.probe(platform).await {
            Ok(probe) => probe.runs,
            Err(error) => Runs::Unknown {
                why: Doubt::Refused {
                    message: error.to_string(),
                },
            },
        }
    }

    /// Removes the containers and images that probes left behind which are no longer there.
    pub async fn remove_probes(&self) -> Result<(), EngineError> {
        let filters = serde_json::json!({ "label": [LABEL] }).to_string();
        let target = format!("/containers/json?all=1&filters={}", read::escaped(&filters));
        let rows = self.listed(&target).await?;
        let left = rows.iter().filter(|row| row.is_probe());
        let left = left.filter(|row| Maker::is_gone(row.labels.get(LABEL).map_or("", String::as_str)));
        for row in left.take(AT_ONCE) {
            // It may run: a translator that crashed hangs.
            self.remove_with_volumes(&row.id).await?;
        }
        for name in self.images_left().await? {
            self.unload(&name).await?;
        }
        Ok(())
    }

    async fn probe_and_remove(&self, platform: &Platform) -> Result<Probe, EngineError> {
        let mark = format!("{}-{:08x}", Maker::this(), random());
        let base = Platform::new(platform.os(), platform.architecture(), "");
        let image = Image::new(platform.architecture(), &mark).ok().flatten();
        let Some(image) = image.filter(|_| platform.os() == "linux") else {
            return Ok(Probe::unknown(platform, Doubt::NoProgram));
        };
        let found = self.load_and_run(&image, &base, &mark).await;
        // What cannot be removed now is left to the next start.
        self.unload(&image.name).await.ok();
        let probe = match found {
            Ok(probe) => probe,
            Err(error) if error.is_lost() => return Err(error),
            Err(error) => Probe::unknown(platform, refused(&error)),
        };
        Ok(probe.of_variant(platform))
    }

    async fn load_and_run(
        &self,
        image: &Image,
        platform: &Platform,
        mark: &str,
    ) -> Result<Probe, EngineError> {
        self.load(image).await?;
        let ended = self.run_probe(image, platform, mark).await?;
        let mut probe = outcome::probe(platform, &ended);
        if platform.runs_on(&self.identity.platform) == Native::Yes && probe.runs == Runs::Yes {
            probe.translator = RunBy::Native;
        }
        if probe.runs == Runs::Yes && probe.translator == RunBy::Unknown {
            self.look_from_outside(image, mark, &mut probe).await?;
        }
        Ok(probe)
    }

    /// The processor's name told nothing: the engine's list of processes may.
    async fn look_from_outside(
        &self,
        image: &Image,
        mark: &str,
        probe: &mut Probe,
    ) -> Result<(), EngineError> {
        if let Some(seen) = self.translator_of_probe(image, &probe.platform, mark).await? {
            probe.translator = match seen {
                crate::Translator::Rosetta => RunBy::Rosetta,
                crate::Translator::Qemu => RunBy::Qemu,
            };
        }
        Ok(())
    }
}

impl Probe {
    fn unknown(platform: &Platform, why: Doubt) -> Self {
        Self {
            platform: platform.clone(),
            runs: Runs::Unknown { why },
            translator: RunBy::Unknown,
            evidence: String::new(),
            features: Vec::new(),
        }
    }

    /// What was found out for an architecture, as an answer for one variant of it.
    fn of_variant(mut self, platform: &Platform) -> Self {
        self.platform = platform.clone();
        let Some(variant) = platform.variant() else {
            return self;
        };
        let level = format!("x86-64-{variant}");
        let offered = |feature: &Feature| feature.offered && feature.name == level;
        if self.runs == Runs::Yes && !self.features.iter().any(offered) {
            self.runs = Runs::Unknown { why: Doubt::Variant };
        }
        self
    }
}

/// What is made of a program for `architecture` that wrote `lines` and ended with `code`, or did not end.
pub(crate) fn told(architecture: &str, code: Option<i64>, lines: Vec<String>) -> Probe {
    let ended = run::Ended {
        code,
        lines,
        refusal: None,
    };
    outcome::probe(&Platform::linux(architecture), &ended)
}

/// Whether a container of this name is there for a probe only, `has` telling of its labels: no list shows it.
pub(crate) fn is_probe(name: &str, has: impl FnOnce(&str) -> bool) -> bool {
    name.starts_with(PREFIX) && has(LABEL)
}

impl Container {
    pub(crate) fn is_probe(&self) -> bool {
        is_probe(&self.name, |label| self.labels.contains_key(label))
    }
}

fn refused(error: &EngineError) -> Doubt {
    Doubt::Refused {
        message: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(features: Vec<Feature>, platform: &str) -> Runs {
        let platform: Platform = platform.parse().expect("a platform");
        let mut probe = Probe::unknown(&platform, Doubt::NoProgram);
        (probe.runs, probe.features) = (Runs::Yes, features);
        probe.of_variant(&platform).runs
    }

    #[test]
    fn a_variant_runs_where_its_level_is_offered() {
        let level = |offered| {
            vec![Feature {
                name: "x86-64-v3",
                offered,
            }]
        };
        assert_eq!(found(level(true), "linux/amd64/v3"), Runs::Yes);
        let doubt = Runs::Unknown { why: Doubt::Variant };
        assert_eq!(found(level(false), "linux/amd64/v3"), doubt);
        assert_eq!(found(Vec::new(), "linux/arm64/v9"), doubt);
        assert_eq!(found(Vec::new(), "linux/arm64/v8"), Runs::Yes);
    }

    #[test]
    fn a_container_whose_image_only_has_the_label_is_none() {
        assert!(is_probe("archlight-probe-0", |label| label == LABEL));
        assert!(!is_probe("web", |_| true));
        assert!(!is_probe("archlight-probe-0", |_| false));
    }
}
