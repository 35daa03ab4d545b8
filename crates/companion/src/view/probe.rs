//! What a probe found out: the answer of `probe`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

/// The engine's own platform, and what runs the others.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ProbeReport {
    /// The engine's own platform.
    pub native: ProbedNative,
    /// Other platforms that were tried.
    pub foreign: Vec<Probed>,
}

/// The engine's own platform.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct ProbedNative {
    /// In normalised form.
    pub platform: String,
    /// What a probe of it found out, when that was asked for.
    pub probed: Option<Probed>,
}

/// What was found out since the engine's last start, and is still so as far as anybody knows.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Translator {
    /// Each platform with the time at which it was probed.
    #[serde(flatten)]
    pub report: ProbeReport,
    /// What runs the first of the foreign ones: `rosetta`, `qemu`, `none` or `unknown`.
    pub translator: String,
}

/// One platform that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct Probed {
    /// In normalised form.
    pub platform: String,
    /// Whether a program for it was seen to run.
    pub runs: bool,
    /// Whether that was found out; otherwise `runs` means nothing.
    pub known: bool,
    /// One sentence: what runs it, why nothing does, or why that is not known.
    pub why: String,
    /// What can be done about it.
    pub hint: Option<String>,
    /// `native`, `rosetta`, `qemu`, `none` or `unknown`.
    pub translator: String,
    /// What shows it, as it was said.
    pub evidence: String,
    /// What the processor, real or made up, offers to programs.
    pub features: BTreeMap<String, bool>,
    /// Whether programs that name a loader run, as most do: `None` when that was not tried.
    pub dynamic: Option<ProbedDynamic>,
    /// How fast it is, the engine's own platform being 1: the geometric mean of what was measured of each kind of work.
    pub relative_speed: Option<f64>,
    /// The same of each kind.
    pub speed: Option<ProbedSpeeds>,
    /// It in words.
    pub pace: Option<String>,
    /// When this was found out, in Unix seconds.
    #[specta(type = u32)]
    pub at: u64,
}

/// Whether programs that name a loader run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProbedDynamic {
    /// Whether one was seen to run.
    pub runs: bool,
    /// Whether that was found out; otherwise `runs` means nothing.
    pub known: bool,
    /// One sentence.
    pub why: String,
}

/// How fast each kind of work is; `None` for one that was not measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProbedSpeeds {
    /// Computing with whole numbers.
    pub integer: Option<ProbedSpeed>,
    /// Copying memory.
    pub memory: Option<ProbedSpeed>,
    /// Asking the kernel.
    pub system_calls: Option<ProbedSpeed>,
}

/// How fast something is, the engine's own platform being 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ProbedSpeed {
    /// By the medians.
    pub relative: f64,
    /// By the quartiles that are furthest apart one way.
    pub low: f64,
    /// And the other way.
    pub high: f64,
}
