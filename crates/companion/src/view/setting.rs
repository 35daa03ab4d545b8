//! What changing the setting of Rosetta would do, and what it did.

use serde::Serialize;
use specta::Type;

use super::Note;

/// The answer of `rosetta on`, `off` and `undo`, planned or carried out.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct SettingChange {
    /// `on`, `off`, or `before` for an undo.
    pub aim: String,
    /// The runtime, a closed list in the contract.
    pub runtime: String,
    /// The runtime's name for people.
    pub title: String,
    /// Its machine or profile, where it has several.
    pub machine: Option<String>,
    /// Its version, where it is known.
    pub runtime_version: Option<String>,
    /// `on`, `off`, `impossible`, `not-needed` or `unknown`: how it was when this was planned.
    pub state: String,
    /// `backend`, `file` or `commands`; `None` where nothing is done.
    pub way: Option<String>,
    /// The file that holds the setting.
    pub file: Option<String>,
    /// The key as it is spelled there.
    pub key: Option<String>,
    /// Its value before, `None` where it has none.
    pub from: Option<bool>,
    /// Its value then, `None` where it will have none.
    pub to: Option<bool>,
    /// The lines of the file that change, as a unified diff; empty where no file is written.
    pub diff: String,
    /// The runtime's own commands that are run, in order.
    pub commands: Vec<String>,
    /// What to know before.
    pub warnings: Vec<Note>,
    /// Why it is not done, empty where it can be.
    pub refusals: Vec<Note>,
    /// What the user can do where it is not done here.
    pub steps: Vec<String>,
    /// How it takes effect, `None` where it needs no restart.
    pub restart: Option<Restart>,
    /// The running containers that a restart stops, by name; `None` where none is stopped, or it is not known which.
    pub stops: Option<Vec<String>>,
    /// Where the file as it was is kept.
    pub backup: Option<String>,
    /// True when nothing has to be done.
    pub already: bool,
    /// True once it was done.
    pub applied: bool,
    /// The state that was read afterwards, `None` before.
    pub state_after: Option<String>,
    /// What this plan is recognised by when it is agreed to.
    pub seal: String,
}

/// What a change waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Restart {
    /// `commands`, `by-hand` or `next-start`.
    pub how: String,
    /// The commands that restart the runtime, where there are some.
    pub commands: Vec<String>,
    /// In words.
    pub text: String,
    /// Whether it was done.
    pub done: bool,
}
