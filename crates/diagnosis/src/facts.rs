//! What is known of a container that ended, and what is not.

use platform::{Platform, Program};

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
    /// The last lines of its log, oldest first.
    pub log: Known<Vec<String>>,
    /// Whether somebody asked the engine to end it.
    pub stop_requested: Known<bool>,
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
            State::Running => false,
            State::Restarting => true,
            State::Ended => self.exit_code != 0 || self.out_of_memory || !self.error.is_empty(),
        }
    }
}

/// The part that a link of the chain plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What was asked for, when it is nothing that can be executed.
    Command,
    /// A file with a `#!` line.
    Script,
    /// What a `#!` line names.
    Interpreter,
    /// What a program names as its loader.
    Loader,
    /// A binary.
    Program,
    /// What a program loads.
    Module,
}

/// A file, by its first bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What its bytes say.
    pub program: Program,
    /// Whether anybody may execute it.
    pub executable: bool,
}

/// What is at the end of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file.
    File(File),
    /// A folder.
    Directory,
    /// A device, pipe or socket.
    Special,
    /// Nothing.
    Missing,
    /// It is there, and could not be read, for this reason.
    Unreadable(String),
}

/// One step of what the kernel was to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its part.
    pub role: Role,
    /// As it was asked for.
    pub path: String,
    /// Where that led.
    pub resolved: Option<String>,
    /// What is there.
    pub target: Target,
}

impl Link {
    /// The platform that its bytes say.
    pub fn platform(&self) -> Option<&Platform> {
        self.program()?.platform.as_ref()
    }

    /// What its bytes say.
    pub fn program(&self) -> Option<&Program> {
        match &self.target {
            Target::File(file) => Some(&file.program),
            Target::Directory | Target::Special | Target::Missing | Target::Unreadable(_) => None,
        }
    }

    /// Where it is, as far as that is known.
    pub fn place(&self) -> &str {
        self.resolved.as_deref().unwrap_or(&self.path)
    }
}
