//! Why Rosetta is as it is, what to do about it, and what speaks against it.

mod conflict;

use std::path::PathBuf;

pub use conflict::{Conflict, Newer};

use crate::{Found, HostError, Runtime, State, Version, Vmm};

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
    /// The runtime needs a newer macOS for it.
    NeedsMacOs {
        /// The runtime.
        runtime: Runtime,
        /// The macOS that is here.
        macos: Version,
        /// The first that will do.
        first: &'static str,
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
    /// The user's settings say both.
    SaysBoth {
        /// One key and its value.
        one: Setting,
        /// The same key, or another spelling of it.
        other: Setting,
    },
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
    /// The runtime's file says it.
    Says(Found),
    /// The administrator's profile says it; users cannot choose.
    Locked(Found),
    /// The administrator's profile gives the value for users who chose none.
    Preset(Found),
    /// No file has the key, and the runtime has a default.
    Absent {
        /// The runtime.
        runtime: Runtime,
        /// The file without the key; `None` when there is none yet.
        file: Option<PathBuf>,
        /// The key.
        key: &'static str,
        /// What the runtime does by itself: on or off.
        default: State,
    },
    /// The virtual machine is of a kind that has no Rosetta.
    Machine {
        /// What says so; `None` where it follows from the runtime's version.
        found: Option<Found>,
        /// The runtime.
        runtime: Runtime,
        /// What runs the machine.
        vmm: Vmm,
    },
    /// The virtual machine is itself an amd64 one, emulated as a whole.
    ForeignMachine(Found),
    /// The runtime's file says on, and its release leaves Rosetta off in the machine unless that has a mark.
    Masked {
        /// What says on; `None` where it is the default.
        found: Option<Found>,
        /// The release, where it is known to be one of these.
        version: Option<Version>,
    },
    /// What the file says counts in some releases only, and which one this is is not known.
    ReleaseDecides {
        /// The runtime.
        runtime: Runtime,
        /// What the file says; `None` where the key is absent.
        found: Option<Found>,
    },
    /// The runtime is older than its support for Rosetta.
    TooOld {
        /// The runtime.
        runtime: Runtime,
        /// Its version.
        version: Version,
        /// The first that has it.
        first: &'static str,
    },
    /// The runtime is there and has no virtual machine yet.
    NoMachine(Runtime),
    /// Each container has its own machine, with Rosetta where it is asked for.
    PerContainer,
    /// The engine in use is another one than those whose files are here.
    NotHere(Runtime),
    /// The engine in use is on another machine.
    Elsewhere {
        /// Its address.
        address: String,
    },
}

/// The key that says whether Docker Desktop uses Rosetta.
pub(crate) const DOCKER_KEY: &str = "UseVirtualizationFrameworkRosetta";

impl Why {
    /// The file, the key and the value that the reason names.
    pub(crate) fn place(&self) -> (Option<PathBuf>, Option<String>, Option<String>) {
        let of = |found: &Found| {
            let Found { file, key, value } = found.clone();
            (Some(file), Some(key), Some(value))
        };
        match self {
            Self::Chosen(setting)
            | Self::SaysBoth { one: setting, .. }
            | Self::LeftOff { rosetta: setting, .. }
            | Self::OtherVmm(setting)
            | Self::Managed(setting)
            | Self::ManagedDefault(setting) => {
                let Setting { file, key, value } = setting.clone();
                (Some(file), Some(key), Some(value.to_string()))
            }
            Self::OnByDefault { file }
            | Self::AssumedOnByDefault { file }
            | Self::OffByDefault { file, .. }
            | Self::DefaultUnclear { file, .. } => (file.clone(), Some(DOCKER_KEY.to_owned()), None),
            Self::Unreadable(error) => (Some(error.path().into()), None, None),
            Self::Says(found)
            | Self::Locked(found)
            | Self::Preset(found)
            | Self::ForeignMachine(found)
            | Self::Machine {
                found: Some(found), ..
            }
            | Self::Masked {
                found: Some(found), ..
            }
            | Self::ReleaseDecides {
                found: Some(found), ..
            } => of(found),
            Self::Absent { file, key, .. } => (file.clone(), Some((*key).to_owned()), None),
            Self::LinuxHost
            | Self::IntelMac
            | Self::MacOsTooOld { .. }
            | Self::NeedsMacOs { .. }
            | Self::NoRuntime
            | Self::RuntimeTooOld { .. }
            | Self::TooOld { .. }
            | Self::Machine { found: None, .. }
            | Self::Masked { found: None, .. }
            | Self::ReleaseDecides { found: None, .. }
            | Self::NoMachine(_)
            | Self::PerContainer
            | Self::NotHere(_)
            | Self::Elsewhere { .. } => (None, None, None),
        }
    }
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
    /// Install this macOS or a newer one.
    UpdateMacOsTo(&'static str),
    /// Install a newer Docker Desktop.
    UpdateDockerDesktop,
    /// Install Docker Desktop, or say where it lies.
    InstallRuntime,
    /// Run commands, in this order.
    Run(&'static str, String),
    /// Run a command, and then another.
    RunBoth(String, String),
    /// Turn it on in the runtime's own window.
    InWindow(Runtime),
    /// Write a key into a file.
    SetKey {
        /// The file.
        file: PathBuf,
        /// The key and its value, as the file writes them.
        line: String,
    },
    /// The machine is made anew for it, and what is in it is lost.
    MakeAnew {
        /// The runtime.
        runtime: Runtime,
        /// The command that removes the machine.
        command: String,
    },
    /// Install a newer release of the runtime.
    Update(Runtime),
    /// Install the runtime's application for Apple Silicon in place of the one for Intel Macs.
    InstallAppleBuild(Runtime),
    /// Look at the runtime's own settings.
    LookIn(Runtime),
    /// Mend a file of the runtime that is broken.
    Mend {
        /// The runtime.
        runtime: Runtime,
        /// The broken file.
        file: PathBuf,
    },
    /// Run the probe, which tells what the files cannot.
    Probe,
}
