//! What a probe found out.

use platform::Platform;

use super::Speeds;

/// What was found out about a platform.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Which.
    pub platform: Platform,
    /// Whether its programs run.
    pub runs: Runs,
    /// What runs them.
    pub translator: RunBy,
    /// What shows it from inside, verbatim: a processor's name, or what was said instead. Foreign text; empty when there is
    /// none.
    pub evidence: String,
    /// What shows it from outside: the command line that the engine's list of processes has. Foreign text.
    pub process: Option<String>,
    /// What the processor, real or made up, offers; empty when nothing ran.
    pub features: Vec<Feature>,
    /// Whether programs that name a loader run; `None` when that was not tried.
    pub dynamic: Option<Runs>,
    /// How fast it is; `None` when that was not measured.
    pub speeds: Option<Speeds>,
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
    /// The processor's name tells of one translator, and the list of processes of another.
    Contradicted,
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

impl Probe {
    pub(super) fn unknown(platform: &Platform, why: Doubt) -> Self {
        Self {
            platform: platform.clone(),
            runs: Runs::Unknown { why },
            translator: RunBy::Unknown,
            evidence: String::new(),
            process: None,
            features: Vec::new(),
            dynamic: None,
            speeds: None,
        }
    }

    /// What was found out for an architecture, as an answer for one variant of it.
    pub(super) fn of_variant(mut self, platform: &Platform) -> Self {
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
}
