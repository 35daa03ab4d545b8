//! What speaks against an answer.

use std::path::PathBuf;

use crate::{Found, HostError, Runtime, Setting, State, Trouble, Vmm};

/// What speaks against a state; [`Conflict::sentence`] says it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// The settings files of two generations give different answers.
    FilesDiffer {
        /// The file that was followed.
        used: PathBuf,
        /// The other one.
        other: PathBuf,
        /// What the other one alone would say.
        other_state: State,
        /// Which was written last.
        newer: Newer,
    },
    /// The administrator's file changes the answer, which it does only for signed-in users.
    ManagedDiffers {
        /// What it says.
        managed: Setting,
        /// The answer without it.
        without: State,
    },
    /// The administrator's file asks for Rosetta, and the chosen machine manager has none.
    ManagedOverruled {
        /// What it says.
        managed: Setting,
        /// The user's key that forbids it.
        by: Setting,
    },
    /// One file has the key twice, in one spelling or in two, with two values.
    WrittenTwice {
        /// The spelling of the file's own generation, where it is one of them.
        one: Setting,
        /// The other.
        other: Setting,
    },
    /// The running Docker Desktop says something else than its file.
    FileLags {
        /// The file.
        file: PathBuf,
        /// What the file alone would say.
        state: State,
    },
    /// Its file looks as if trying Docker VMM had turned Rosetta off.
    LeftOff {
        /// The key of Rosetta.
        rosetta: Setting,
        /// The key of Docker VMM, which is there although it is off.
        docker_vmm: Setting,
    },
    /// The running Docker Desktop could not be asked, so that its file is believed.
    BackendUnasked(HostError),
    /// What the file alone would say, where the running Docker Desktop gives no usable answer.
    FileAlone {
        /// The file; `None` where there is none.
        file: Option<PathBuf>,
        /// What it would say.
        state: State,
    },
    /// The application was built for Intel Macs and runs translated on this one.
    IntelBuild(Runtime),
    /// Two files of one runtime differ; the other one is what the machine was started with.
    StartedWith {
        /// What it was started with.
        found: Found,
        /// The runtime.
        runtime: Runtime,
    },
    /// Rosetta is asked for, and the machine is of a kind without it.
    AskedInVain {
        /// What asks for it.
        found: Found,
        /// What runs the machine.
        vmm: Vmm,
    },
    /// A release that looks for an installed Rosetta even where macOS needs none.
    WantsInstalled(Runtime),
    /// Builds do not use it, containers do.
    NotForBuilds(Found),
    /// A configuration profile of an administrator is there; it says nothing of Rosetta.
    Profile {
        /// Its file.
        file: PathBuf,
    },
    /// A file beside the followed one could not be read.
    Unseen(HostError),
    /// A combination that is known to give trouble.
    Known(&'static Trouble),
    /// Nothing tells whether the Mac has Apple Silicon, which is assumed.
    ProcessorAssumed,
    /// The files are of a runtime that is not installed, while another one is.
    LeftOver(Runtime),
    /// Rosetta is on, and this macOS has not installed it.
    HostRosettaMissing {
        /// The file that its installation brings.
        file: PathBuf,
    },
}

/// Which of two files was written last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newer {
    /// The one that was followed.
    Used,
    /// The one that was not followed.
    Other,
    /// Their times are equal or cannot be read.
    Unknown,
}
