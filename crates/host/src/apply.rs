//! Turns Rosetta on and off, and takes that back. Nothing else in this crate writes.
//!
//! A [`Plan`] is data that is shown first. [`write()`] carries out what of it is this crate's to do: a settings file, or a
//! word to the running runtime. The commands of a plan are the runtime's own, and are run by whoever showed it. What was
//! done is in the [`Journal`] before it is done, so that [`plan_undo()`] can take it back after a stop at any point.

mod backend;
mod carry_out;
mod docker_desktop;
mod edit;
mod error;
mod journal;
mod others;
mod place;
mod planning;
mod read_back;
mod reading;
mod undo;
mod verdict;

use std::path::PathBuf;

pub use carry_out::write;
pub use error::{ApplyError, BackendError};
pub use journal::Journal;
pub use planning::{plan, runtime_named};
pub use read_back::{ReadBack, read_back};
pub use undo::plan_undo;

use crate::{Conflict, Folders, Found, HostError, Machine, Roots, Runtime, Setting, State, Step, Why};

/// What somebody wants of Rosetta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// It is to be on.
    On,
    /// It is to be off.
    Off,
}

impl Want {
    pub(crate) fn of(is_on: bool) -> Self {
        if is_on { Self::On } else { Self::Off }
    }

    pub(crate) fn is_on(self) -> bool {
        self == Self::On
    }

    pub(crate) fn aim(self) -> Aim {
        match self {
            Self::On => Aim::On,
            Self::Off => Aim::Off,
        }
    }
}

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// Turned on.
    On,
    /// Turned off.
    Off,
    /// As it was before the last change that was made here.
    Before,
}

impl Aim {
    /// The word for it: `on`, `off` or `before`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Before => "before",
        }
    }
}

/// Which runtime, and which of its machines or profiles where it has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The runtime.
    pub runtime: Runtime,
    /// The name of its machine.
    pub machine: Option<String>,
}

/// Where files are read from and written to, and what machine they are of.
#[derive(Debug, Clone)]
pub struct Ground<'a> {
    /// The roots of everything that is read or written, but for the journal.
    pub roots: &'a Roots,
    /// The machine.
    pub machine: &'a Machine,
    /// Where the environment says that runtimes keep their files; the runtimes' own commands follow it too.
    pub folders: &'a Folders,
}

/// What would be done, and why not where it cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What it is for.
    pub aim: Aim,
    /// The runtime and its machine.
    pub target: Target,
    /// The runtime's version, where it is known.
    pub version: Option<String>,
    /// Whether Rosetta is on now.
    pub state: State,
    /// By which way; `None` where there is none.
    pub way: Option<Way>,
    /// The setting that changes; `None` where there is nothing to change, or a command does it.
    pub change: Option<Change>,
    /// The runtime's own commands that make the change, in order.
    pub commands: Vec<Command>,
    /// How the change takes effect.
    pub restart: Restart,
    /// What to know before.
    pub warnings: Vec<Warning>,
    /// Why it is not done; empty where it can be.
    pub refusals: Vec<Refusal>,
    /// What the user can do, where it is not done here.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Whether nothing has to be done.
    pub fn is_done(&self) -> bool {
        self.refusals.is_empty() && self.change.is_none() && self.commands.is_empty()
    }
}

/// By which way a setting is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// The running runtime is told, at this socket.
    Backend {
        /// The socket.
        socket: PathBuf,
    },
    /// Its settings file is written while it does not run.
    File,
    /// The runtime's own commands do it.
    Commands,
}

impl Way {
    /// The word for it: `backend`, `file` or `commands`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Backend { .. } => "backend",
            Self::File => "file",
            Self::Commands => "commands",
        }
    }
}

/// One setting that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file that holds it; `None` where the runtime keeps it as it likes.
    pub file: Option<PathBuf>,
    /// The key as it is spelled there.
    pub key: String,
    /// Its value now; `None` where it has none.
    pub from: Option<bool>,
    /// Its value then; `None` where it will have none.
    pub to: Option<bool>,
    /// The lines of the file that change, as a unified diff; empty where no file is written.
    pub diff: String,
    /// Where the file as it is now is kept.
    pub backup: Option<PathBuf>,
    /// The texts of the file; `None` where no file is written.
    pub(crate) texts: Option<Texts>,
}

/// A file's text as it was planned with, and as it is to be. `None` is no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(crate) before: Option<Vec<u8>>,
    pub(crate) after: Option<Vec<u8>>,
}

/// A command of a runtime, as a list of words; no shell reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The program's name, then its arguments.
    pub words: Vec<String>,
}

impl Command {
    pub(crate) fn new(words: &[&str]) -> Self {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Self { words }
    }
}

/// How a change takes effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restart {
    /// The commands of the plan restart what has to be, or nothing has to be.
    Included,
    /// At the next start of the runtime, which does not run.
    NextStart,
    /// After these commands, which are run only when somebody agrees to that too.
    ByCommands(Vec<Command>),
    /// After the user restarted it.
    ByHand,
}

/// What to know before; [`Warning::sentence`] says it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The restart stops running containers.
    StopsContainers,
    /// The machine does not run, and the commands start it.
    StartsMachine {
        /// Its name.
        machine: String,
    },
    /// The file begins with a byte order mark, which is left out.
    LeavesMarkOut,
    /// The way into the running runtime is documented nowhere.
    Undocumented,
    /// What speaks against the state that was read.
    Contradicted(Conflict),
    /// The runtime restarts its machine by itself.
    RestartsItself,
    /// A file of our own says it, beside the user's.
    OwnFile,
}

/// Why a change is not made; [`Refusal::sentence`] says it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// This machine, or what is installed on it, has no such setting.
    NotHere(Why),
    /// An administrator decides, by this file where one is known.
    Locked {
        /// The file.
        file: Option<PathBuf>,
    },
    /// Another virtual machine manager has to be chosen first.
    OtherMachineManager(Setting),
    /// The virtual machine would have to be deleted and made anew.
    NeedsNewMachine {
        /// The runtime.
        runtime: Runtime,
        /// The file that says what the machine is.
        file: PathBuf,
        /// What in it forbids the change, such as `vmType: qemu`.
        says: String,
    },
    /// The runtime follows this only when it makes its machine.
    OnlyWhenMade {
        /// The runtime.
        runtime: Runtime,
        /// The command that makes it.
        command: &'static str,
    },
    /// Another file says otherwise, and is read after the one that would be written.
    Overruled(Found),
    /// The environment names a file of settings that takes the place of the one that would be written.
    InPlaceOf {
        /// The variable.
        variable: &'static str,
        /// The file that it names.
        file: PathBuf,
    },
    /// A file does not have the form that is known.
    UnknownForm {
        /// The file.
        file: PathBuf,
        /// The setting that was looked for.
        key: String,
    },
    /// A file has the key more than once.
    WrittenTwice {
        /// The file.
        file: PathBuf,
        /// The key.
        key: String,
    },
    /// This macOS needs Apple's Rosetta installed first.
    HostRosettaMissing {
        /// The file that its installation brings.
        file: PathBuf,
    },
    /// The runtime runs, and only its file could be written, which it would write over.
    Runs {
        /// The socket that shows it.
        socket: PathBuf,
    },
    /// A file could not be read.
    Unreadable(HostError),
    /// The runtime has made no settings or machine yet.
    NotStartedYet {
        /// The runtime.
        runtime: Runtime,
    },
    /// Several runtimes are here.
    SeveralRuntimes(Vec<Runtime>),
    /// The runtime has several machines.
    SeveralMachines {
        /// The runtime.
        runtime: Runtime,
        /// Their names.
        names: Vec<String>,
    },
    /// The runtime has no machine of that name.
    NoSuchMachine {
        /// The runtime.
        runtime: Runtime,
        /// The name.
        name: String,
    },
    /// The running runtime did not answer as it is known to.
    Backend(BackendError),
    /// The file was changed otherwise since, and taking the change back would lose that.
    ChangedSince {
        /// The file.
        file: PathBuf,
        /// Keys that would be lost; empty where that cannot be told.
        keys: Vec<String>,
    },
    /// What to do about runtimes of this name is not known.
    Unsupported(Runtime),
}

impl Refusal {
    /// The word for it, such as `locked`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotHere(_) => "not-here",
            Self::Locked { .. } => "locked",
            Self::OtherMachineManager(_) => "other-machine-manager",
            Self::NeedsNewMachine { .. } | Self::OnlyWhenMade { .. } => "needs-new-machine",
            Self::Overruled(_) | Self::InPlaceOf { .. } => "overruled",
            Self::UnknownForm { .. } => "unknown-form",
            Self::WrittenTwice { .. } => "written-twice",
            Self::HostRosettaMissing { .. } => "host-rosetta-missing",
            Self::Runs { .. } => "runtime-runs",
            Self::Unreadable(_) => "unreadable",
            Self::NotStartedYet { .. } => "not-started-yet",
            Self::SeveralRuntimes(_) => "several-runtimes",
            Self::SeveralMachines { .. } => "several-machines",
            Self::NoSuchMachine { .. } => "no-such-machine",
            Self::Backend(_) => "backend",
            Self::ChangedSince { .. } => "changed-since",
            Self::Unsupported(_) => "unsupported",
        }
    }
}
