//! Why Rosetta is as it is, what to do about it, and what speaks against it.

use std::path::PathBuf;

use crate::{HostError, State, Version};

/// One key of a settings file, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The file.
    pub file: PathBuf,
    /// The key in the file's own spelling.
    pub key: String,
    /// Its value.
    pub value: bool,
}

/// The reason for a state; [`Why::sentence`] says it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Linux has no Rosetta.
    LinuxHost,
    /// The Mac has an Intel processor.
    IntelMac,
    /// macOS is older than 13.
    MacOsTooOld {
        /// Its version.
        version: Version,
    },
    /// Neither an application nor a settings file of a known runtime was found.
    NoRuntime,
    /// The runtime is older than its support for Rosetta.
    RuntimeTooOld {
        /// Its version.
        version: Version,
    },
    /// The user's settings say it.
    Chosen(Setting),
    /// The user's settings say off, and look as if trying Docker VMM had turned it off.
    LeftOff {
        /// The key of Rosetta.
        rosetta: Setting,
        /// The key of Docker VMM, which is there although it is off.
        docker_vmm: Setting,
    },
    /// The chosen virtual machine manager has no Rosetta.
    OtherVmm(Setting),
    /// The administrator's file decides it for every user.
    Managed(Setting),
    /// The administrator's file gives the value for users who chose none.
    ManagedDefault(Setting),
    /// No file has the key, and this version turns Rosetta on by itself.
    OnByDefault {
        /// The file without the key; `None` when the runtime has none yet.
        file: Option<PathBuf>,
    },
    /// As [`Why::OnByDefault`], if the runtime is as new as must be assumed.
    AssumedOnByDefault {
        /// The file without the key; `None` when the runtime has none yet.
        file: Option<PathBuf>,
    },
    /// No file has the key, and this version leaves Rosetta off by itself.
    OffByDefault {
        /// The file without the key; `None` when the runtime has none yet.
        file: Option<PathBuf>,
        /// The runtime's version.
        version: Version,
    },
    /// No file has the key, and the default on this macOS is not known.
    DefaultUnclear {
        /// The file without the key; `None` when the runtime has none yet.
        file: Option<PathBuf>,
        /// The version of macOS, where it is known.
        macos: Option<Version>,
    },
    /// A settings file could not be understood.
    Unreadable(HostError),
}

/// One thing for the user to do; [`Step::sentence`] says it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Let Apple install Rosetta on macOS 26 or older.
    InstallHostRosetta,
    /// Have the administrator change the file that locks the choice.
    AskAdministrator {
        /// The administrator's file.
        file: PathBuf,
    },
    /// Find the page of the settings.
    OpenGeneralSettings,
    /// Choose Apple's Virtualization framework there.
    ChooseAppleVirtualization,
    /// Choose Rosetta there.
    ChooseRosetta,
    /// Apply with either button, where the version is not known.
    Apply,
    /// Apply with the button of Docker Desktop 4.43 and newer, then restart.
    ApplyThenRestart,
    /// Apply with the button of older versions, which restarts by itself.
    ApplyAndRestart,
    /// What the restart does to running containers.
    ExpectStoppedContainers,
    /// Look at what Docker Desktop itself shows.
    LookInSettings,
    /// Let this application read the file, or read it for it.
    AllowReading {
        /// The refused file.
        file: PathBuf,
    },
    /// Mend a file that is broken.
    MendFile {
        /// The broken file.
        file: PathBuf,
    },
    /// Install a newer macOS.
    UpdateMacOs,
    /// Install a newer Docker Desktop.
    UpdateDockerDesktop,
    /// Install Docker Desktop, or say where it lies.
    InstallRuntime,
}

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
    /// One file has the key twice, in two spellings, with two values.
    WrittenTwice {
        /// The spelling that was followed.
        used: Setting,
        /// The other spelling.
        other: Setting,
    },
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
