//! The engine, this machine, and what is known of translation on them.

use serde::Serialize;
use specta::Type;

use super::{Interrupted, Translator};

/// The engine that answers.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Engine {
    /// Its name for people, for example `Docker Desktop`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The version of the API that was agreed on.
    pub api_version: String,
    /// Its platform.
    pub platform: String,
    /// `classic` or `containerd`.
    pub store: String,
    /// What runs it, a closed list in the contract.
    pub runtime: String,
    /// Whether it is the built-in sample.
    pub sample: bool,
}

/// This machine.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Host {
    /// `macos` or `linux`.
    pub os: String,
    /// In the words of platforms: `arm64`, `amd64`.
    pub architecture: String,
    /// Whether Archlight itself is being translated.
    pub translated_process: bool,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Type)]
pub struct Counts {
    /// All containers.
    pub containers: u32,
    /// Those that run.
    pub running: u32,
    /// Those that ended badly.
    pub crashed: u32,
    /// Those that a translator runs.
    pub emulated: u32,
    /// All images.
    pub images: u32,
}

/// Whether an engine answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum EngineState {
    /// Being looked for.
    Connecting,
    /// It answers, and its events are followed.
    Connected,
    /// It answered no more, or never did.
    Lost,
}

/// The answer of `status`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Status {
    /// The engine that answers.
    pub engine: Engine,
    /// This machine.
    pub host: Host,
    /// What probes found out since the engine's last start, `None` before one was made.
    pub translator: Option<Translator>,
    /// How many there are of each.
    pub counts: Counts,
    /// Re-runs that were interrupted, `None` where what was written down of them cannot be read.
    pub interrupted: Option<Vec<Interrupted>>,
}

/// The platform that containers are compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Native {
    /// In normalised form.
    pub platform: String,
}
