//! Whether Rosetta runs amd64 programs: the answer of `rosetta`.

use serde::Serialize;
use specta::Type;

use super::Probed;

/// What the settings, the Mac and a probe say of translation.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct Rosetta {
    /// `on`, `off`, `impossible`, `not-needed` or `unknown`.
    pub state: String,
    /// `backend`, `settings-file`, `admin`, `default` or `probe`.
    pub source: String,
    /// How sure the state is: `certain`, `likely`, `unsure` or `unknown`.
    pub confidence: String,
    /// Which witness decided: `machine`, `settings`, `probe` or `nothing`.
    pub decides: String,
    /// Whether amd64 programs run, as a probe saw it; `None` without one.
    pub works: Option<bool>,
    /// The runtime that serves the engine, or that was found.
    pub runtime: String,
    /// Which of its machines or profiles, where it has several.
    pub instance: Option<String>,
    /// Its version.
    pub runtime_version: Option<String>,
    /// What runs its virtual machine.
    pub vmm: Option<String>,
    /// The file that says so.
    pub file: Option<String>,
    /// The key in it that says so, or that is absent.
    pub key: Option<String>,
    /// The key's value, `None` where it is absent.
    pub value: Option<String>,
    /// Where its engine listens, if it does.
    pub socket: Option<String>,
    /// Whether an administrator decides.
    pub locked: bool,
    /// One sentence on why.
    pub why: String,
    /// How to turn it on, or what to try, in order.
    pub steps: Vec<String>,
    /// Whether `rosetta on` would turn it on.
    pub turns_on_here: bool,
    /// What contradicts what.
    pub conflicts: Vec<String>,
    /// What could not be seen.
    pub unseen: Vec<String>,
    /// What a probe found out.
    pub probed: Option<Probed>,
    /// What the files of each runtime that was found say.
    pub runtimes: Vec<RuntimeRosetta>,
}

/// What the files of one runtime say, of one of its machines where it has several.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub struct RuntimeRosetta {
    /// `on`, `off`, `impossible`, `not-needed` or `unknown`.
    pub state: String,
    /// `backend`, `settings-file`, `admin` or `default`.
    pub source: String,
    /// How sure the state is: `certain`, `likely`, `unsure` or `unknown`.
    pub confidence: String,
    /// The runtime.
    pub runtime: String,
    /// Which of its machines or profiles.
    pub instance: Option<String>,
    /// Its version.
    pub runtime_version: Option<String>,
    /// What runs its virtual machine.
    pub vmm: Option<String>,
    /// The file that says so.
    pub file: Option<String>,
    /// The key in it that says so, or that is absent.
    pub key: Option<String>,
    /// The key's value, `None` where it is absent.
    pub value: Option<String>,
    /// Where its engine listens, if it does.
    pub socket: Option<String>,
    /// Whether an administrator decides.
    pub locked: bool,
    /// One sentence on why.
    pub why: String,
    /// How to turn it on, in order.
    pub steps: Vec<String>,
    /// What contradicts what.
    pub conflicts: Vec<String>,
}
