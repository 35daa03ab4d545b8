//! What the faces show: plain values, in the shapes of the command line's contract.
//!
//! Platforms are written in normalised form (`linux/arm64`); times are Unix seconds; sizes are bytes.

mod build;
mod checklist;
mod compose;
mod container;
mod diagnosis;
mod dockerfile;
mod engine;
mod image;
mod offers;
mod probe;
mod rerun;
mod rosetta;
mod scan;
mod setting;
mod several;
mod update;
mod verify;

use serde::Serialize;
use specta::Type;

pub use build::{
    BuildBlocker, BuildDone, BuildPlan, BuildPlatform, BuildStep, BuildStepState, Builder, BuilderChange,
    BuilderNode, Builders,
};
pub use checklist::{Check, CheckFix, CheckState, Checklist, FoundLine, Measured, Unseen};
pub use compose::{
    ComposeCheck, ComposeCure, ComposeFix, ComposeFixed, ComposeRefused, ComposeService, NativeElsewhere,
    NativeHere,
};
pub use container::{Container, Containers, LogLine};
pub use diagnosis::{ClaimedActual, Diagnosis, Evidence, Link, LinkVerdict, Mount, Proof, Remedy};
pub use dockerfile::{CheckedDigest, DockerfileFinding, DockerfileReport, DockerfileRule, Severity};
pub use engine::{Counts, Engine, EngineState, Host, Native, Status};
pub use image::{Image, ImagePlatform, Images};
pub use offers::{OfferedPlatform, Offers, ReferenceOffer};
pub use probe::{ProbeReport, Probed, ProbedDynamic, ProbedNative, ProbedSpeed, ProbedSpeeds, Translator};
pub use rerun::{ByCompose, Change, Difference, Interrupted, Note, Pull, RerunDone, RerunPlan, Restored};
pub use rosetta::{Rosetta, RuntimeRosetta};
pub use scan::{Fix, ForeignFile, ForeignPackage, Scan, ScannedMount};
pub use setting::{Restart, SettingChange};
pub use several::{Became, EachRerun, Several};
pub use update::{Progress, Snapshot, Update};
pub use verify::{Verdict, Verification, VerifiedModule, VerifiedPlatform};

/// Whether the processor runs a program itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum Translation {
    /// The engine's own architecture.
    Native,
    /// Foreign, and a translator was seen to run it, or the engine says so.
    Emulated,
    /// Foreign, and known that nothing here translates it.
    Impossible,
    /// Not known.
    #[default]
    Unknown,
}

/// What could not be done, and what to do about it.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Problem {
    /// What faces act on, in kebab case.
    pub kind: String,
    /// One sentence.
    pub message: String,
    /// Something that can be done.
    pub hint: String,
}
