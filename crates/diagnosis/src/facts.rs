//! What is known of a container that ended, and what is not.

use platform::{Asides, Link, Platform};

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
    /// What was to be started, as it was configured; empty where nothing is.
    pub program: String,
    /// How it ended.
    pub ending: Ending,
    /// What the kernel was to start, in its order, each step read from its own bytes.
    pub chain: Known<Vec<Link>>,
    /// Where the chain goes on, and could not be followed: a reason each.
    pub unfollowed: Vec<String>,
    /// What the texts that its shells were given say beside it.
    pub asides: Asides,
    /// Another binary of the image, which tells a mislabelled image from one that holds a stray program.
    pub witness: Option<Link>,
    /// The last health check, where the container is unhealthy.
    pub health: Option<Health>,
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

/// A health check that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// What it printed, oldest line first, or why the engine could not execute it.
    pub output: Vec<String>,
    /// Its exit code; -1 when the engine could not execute it, or ended it.
    pub exit_code: i64,
    /// What the engine was to start for it.
    pub chain: Vec<Link>,
}

/// What makes a remedy concrete, as far as it was asked for; nothing of it decides a cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// The image's package tool: `apk`, `apt-get`, `dnf`, `microdnf`, `yum`, `zypper` or `pacman`.
    pub package_tool: Option<String>,
    /// The folder that has the missing library, where glibc's cache does not name it.
    pub uncached: Option<String>,
    /// The instruction of the image's history that brought the faulty file.
    pub copied_by: Option<Copied>,
    /// The folder of the Compose project, on the engine's machine.
    pub project_folder: Option<String>,
    /// Whether the engine's machine runs on a Mac, where Rosetta can be had.
    pub may_have_rosetta: bool,
    /// The container's own limits; `None` where it has none, or they are not known.
    pub memory: Option<Memory>,
}

/// An instruction of a Dockerfile that brought a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// As the image's history has it: `COPY start.sh /app/`.
    pub instruction: String,
    /// The file's path in the build context; `None` where it is not known.
    pub file: Option<String>,
    /// Whether it may come from an earlier stage of the build instead.
    pub may_be_of_stage: bool,
}

/// How much memory a container may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Bytes.
    pub limit: u64,
    /// Bytes of memory and swap together, where that has a limit.
    pub with_swap: Option<u64>,
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
    /// It is not the container itself, but its health check.
    HealthCheck,
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
            State::Ended | State::HealthCheck => self.exit_code != 0 || !self.error.is_empty(),
        }
    }
}
