//! Builders, what a build would do, how far one is, and what came of it.

use serde::Serialize;
use specta::Type;

use super::{Note, Problem, Translation, Verification};

/// The builders that buildx knows, and what each could do.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Builders {
    /// The version of buildx.
    pub buildx: String,
    /// Each builder, the chosen one first.
    pub builders: Vec<Builder>,
}

/// A builder.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Builder {
    /// Its name.
    pub name: String,
    /// `docker`, `docker-container`, `remote`, `kubernetes`; empty where that could not be found out.
    pub driver: String,
    /// Whether it is used when none is named.
    pub current: bool,
    /// Why it cannot be used.
    pub error: Option<String>,
    /// Its nodes.
    pub nodes: Vec<BuilderNode>,
    /// What it would do for each platform that was asked for.
    pub platforms: Vec<BuildPlatform>,
}

/// A node of a builder.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct BuilderNode {
    /// Its name.
    pub name: String,
    /// Where it is: a context or an address.
    pub endpoint: String,
    /// `running`, `inactive`, `stopped`, `error`, or `unknown`.
    pub status: String,
    /// The version of its `BuildKit`.
    pub version: Option<String>,
    /// Why it cannot be used.
    pub error: Option<String>,
    /// The platforms that it says it can run, and those that it was given.
    pub platforms: Vec<String>,
    /// Those that it was given: a build for one of them goes there.
    pub fixed: Vec<String>,
    /// Its own platform, `None` where that is not known.
    pub native: Option<String>,
}

/// Who builds for a platform, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct BuildPlatform {
    /// In normalised form.
    pub platform: String,
    /// The node that buildx would choose; `None` where there is none.
    pub node: Option<String>,
    /// How programs for it run there.
    pub how: Translation,
    /// In words.
    pub why: String,
}

/// Why a build or a builder is refused, and a way out.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct BuildBlocker {
    /// In kebab case.
    pub kind: String,
    /// One sentence.
    pub text: String,
    /// What can be done.
    pub hint: String,
}

/// What a build would do.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct BuildPlan {
    /// What the image will be called.
    pub reference: String,
    /// The folder that is built.
    pub context: String,
    /// The builder; `None` where there is none to choose.
    pub builder: Option<String>,
    /// Its driver.
    pub driver: Option<String>,
    /// Each platform.
    pub platforms: Vec<BuildPlatform>,
    /// `push` or `load`; `None` where the result would go nowhere.
    pub output: Option<String>,
    /// The registry that is pushed to.
    pub registry: Option<String>,
    /// The command, but for where buildx is to write its progress and its answer.
    pub command: String,
    /// What to know before.
    pub warnings: Vec<Note>,
    /// Why it is refused, empty where it is not.
    pub blockers: Vec<BuildBlocker>,
    /// What this plan is recognised by when it is agreed to.
    pub seal: String,
}

/// What a build came to: the answer of `build`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct BuildDone {
    /// What the image is called.
    pub reference: String,
    /// Its digest, where buildx told it.
    pub digest: Option<String>,
    /// The platforms that it was built for.
    pub platforms: Vec<String>,
    /// The builder.
    pub builder: String,
    /// Whether it was pushed, and every platform of it was looked at in the registry and is right.
    pub verified: bool,
    /// What was found in the registry; `None` where nothing was pushed, or it could not be looked at.
    pub verification: Option<Verification>,
    /// What is wrong with what was pushed, or why that could not be found out.
    pub unverified: Option<Problem>,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum BuildStepState {
    /// It has not begun.
    Waiting,
    /// It is under way.
    Running,
    /// It is done.
    Done,
    /// Nothing had to be done.
    Cached,
    /// It failed.
    Failed,
    /// It was given up because of another one, or by request.
    Canceled,
}

/// A step of a build.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct BuildStep {
    /// Its place among all.
    pub place: u32,
    /// What it does, as `BuildKit` says it.
    pub name: String,
    /// For which platform, where it is for one.
    pub platform: Option<String>,
    /// How programs of that platform run there.
    pub how: Translation,
    /// How it stands.
    pub state: BuildStepState,
    /// How far it is, as `BuildKit` says it.
    pub status: Option<String>,
    /// The last lines that it said.
    pub said: Vec<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// How long it took, in seconds, once it ended.
    pub seconds: Option<f64>,
}

/// What making or removing a builder would do, and whether it was done.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct BuilderChange {
    /// The builder's name.
    pub name: String,
    /// The commands, in order.
    pub commands: Vec<String>,
    /// The command that takes it back; `None` where nothing does.
    pub undo: Option<String>,
    /// What to know before.
    pub warnings: Vec<Note>,
    /// Why it is refused, empty where it is not.
    pub blockers: Vec<BuildBlocker>,
    /// Whether it was done.
    pub done: bool,
    /// What this plan is recognised by when it is agreed to.
    pub seal: String,
}
