//! What is known of a container that ended, and what is not.

use platform::{Link, Platform};

/// A fact, or why it is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<T> {
    /// It is known.
    Known(T),
    /// It is not, for this reason.
    Unknown(String),
}

impl<T> Known<T> {
    /// The fact, where it is known.
    pub fn as_known(&self) -> Option<&T> {
        match self {
            Self::Known(fact) => Some(fact),
            Self::Unknown(_) => None,
        }
    }
}

/// Everything that a diagnosis is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The container's name.
    pub container: String,
    /// Its image as it was asked for.
    pub image: String,
    /// The engine's platform.
    pub engine: Platform,
    /// What the image says that it is for.
    pub claimed: Known<Platform>,
    /// How it ended.
    pub ending: Ending,
    /// What the kernel was to start, in its order, each step read from its own bytes.
    pub chain: Known<Vec<Link>>,
    /// Where the chain goes on, and could not be followed: a reason each.
    pub unfollowed: Vec<String>,
    /// Another binary of the image, which tells a mislabelled image from one that holds a stray program.
    pub witness: Option<Link>,
    /// What the last failing health check printed, oldest line first; empty when none failed.
    pub health: Vec<String>,
    /// The last lines of its log, oldest first.
    pub log: Known<Vec<String>>,
    /// Whether somebody asked the engine to end it.
    pub stop_requested: Known<bool>,
    /// Who its programs run as, as it was configured; empty for root.
    pub user: String,
    /// What was to be mounted into a container that never began, and is not on the engine's machine.
    pub missing_source: Option<String>,
    /// What makes a remedy concrete.
    pub hints: Hints,
}

/// What is known of how the image is built, as far as it was asked for; nothing of it decides a cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// The image's package tool: `apk`, `apt-get`, `dnf`, `microdnf`, `yum`, `zypper` or `pacman`.
    pub package_tool: Option<String>,
    /// The instruction of the image's history that brought the faulty file: `COPY start.sh /app/`.
    pub copied_by: Option<String>,
    /// The folder of the Compose project, on the engine's machine.
    pub project_folder: Option<String>,
}

/// How a container stands, as far as it matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Made, and not started; or its start failed.
    #[default]
    Created,
    /// It runs.
    Running,
    /// It ends and is started again, over and over.
    Restarting,
    /// It ended.
    Ended,
    /// There is no container, only an image that never ran.
    Image,
}

/// How it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// How it stands.
    pub state: State,
    /// The exit code.
    pub exit_code: i64,
    /// Why the engine could not start it the last time; empty when it could.
    pub error: String,
    /// Whether the kernel ended it for want of memory.
    pub out_of_memory: bool,
}

impl Ending {
    /// Whether there is anything to diagnose.
    pub fn is_bad(&self) -> bool {
        match self.state {
            State::Created => !self.error.is_empty() || self.exit_code != 0,
            State::Running | State::Image => false,
            State::Restarting => true,
            State::Ended => self.exit_code != 0 || !self.error.is_empty(),
        }
    }
}
