//! A container, as a row, an answer and its log.

use serde::Serialize;
use specta::Type;

use super::{Native, Translation};

/// A container, as a row and as an object of `containers --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Container {
    /// The full id, 64 hexadecimal digits.
    pub id: String,
    /// The name, without its leading slash.
    pub name: String,
    /// The image as it was asked for.
    pub image: String,
    /// The platform that its image claims, `None` where nothing tells.
    pub platform: Option<String>,
    /// How that platform runs on this engine.
    pub translation: Translation,
    /// The engine's word: `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`.
    pub state: String,
    /// The exit code of a container that ended, or that could not be started.
    pub exit_code: Option<i32>,
    /// The compose project that it belongs to.
    pub compose_project: Option<String>,
    /// Why it ended badly: one of the contract's causes.
    pub cause: Option<String>,
    /// The cause in one line.
    pub summary: Option<String>,
    /// The platform of its program, read from the bytes, where that was done.
    pub actual: Option<String>,
    /// The engine's own words on its state, for example `Up 3 hours`.
    pub status: String,
    /// Whether it ended badly: a cause is known, or is being looked for.
    pub crashed: bool,
    /// What a re-run kept: the container that takes this one's place now.
    pub kept_for: Option<String>,
    /// What a re-run kept for this container, so that it can be undone.
    pub undo_to: Option<String>,
    /// The file by which Compose re-ran it, so that it can be undone.
    pub undo_file: Option<String>,
    /// The platform that a re-run would be offered for, where one is worth offering.
    pub rerun_platform: Option<String>,
}

/// A line that a container wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct LogLine {
    /// Whether it came by standard error.
    pub stderr: bool,
    /// When, as the engine writes it.
    pub time: String,
    /// The text as it was written, with whatever is in it.
    pub text: String,
}

/// The answer of `containers`.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Containers {
    /// The engine's own platform.
    pub host: Native,
    /// All of them, newest first.
    pub containers: Vec<Container>,
    /// How many ended badly without that the time was enough to find out why.
    pub undiagnosed: u32,
}
