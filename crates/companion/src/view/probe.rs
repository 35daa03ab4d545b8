//! What a probe found out: the answer of `probe`.

use std::collections::BTreeMap;

use serde::Serialize;
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

/// One platform that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
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
    /// How fast it is, the engine's own platform being 1; not measured yet.
    pub relative_speed: Option<f64>,
}
