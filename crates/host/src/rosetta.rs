//! Whether Rosetta runs foreign programs in this Mac's containers, and how to turn it on.

use std::path::PathBuf;

use crate::{Conflict, Machine, Os, Roots, Runtime, Step, Version, Vmm, Why, docker_desktop};

/// The macOS that first shared Rosetta with Linux virtual machines.
const FIRST_MACOS: u32 = 13;

/// What is known of Rosetta, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rosetta {
    /// Whether it is on.
    pub state: State,
    /// What the state was taken from.
    pub source: Source,
    /// The runtime that was asked.
    pub runtime: Runtime,
    /// The runtime's version, where its application says one.
    pub runtime_version: Option<String>,
    /// The virtual machine manager, where it is known.
    pub vmm: Option<Vmm>,
    /// The file that decided, or that could not be read.
    pub file: Option<PathBuf>,
    /// True when an administrator's file forbids the user to change it.
    pub locked: bool,
    /// The reason for the state.
    pub why: Why,
    /// What to do to turn it on, or to find out; empty where nothing is to do.
    pub steps: Vec<Step>,
    /// What speaks against the state, or would change it.
    pub conflicts: Vec<Conflict>,
}

/// Whether Rosetta is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// By everything that was read, it is on.
    On,
    /// It is off and can be turned on.
    Off,
    /// It cannot be on with what is installed or chosen.
    Impossible,
    /// This machine has no use for it.
    NotNeeded,
    /// What was read does not decide it.
    Unknown,
}

impl State {
    /// The word for it, such as `not-needed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Impossible => "impossible",
            Self::NotNeeded => "not-needed",
            Self::Unknown => "unknown",
        }
    }
}

/// What a state was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The running runtime itself.
    Backend,
    /// The user's settings file.
    SettingsFile,
    /// The administrator's settings file.
    Admin,
    /// No file says anything, so what the runtime or the machine does by itself.
    Default,
    /// A program that was run in a container.
    Probe,
}

impl Source {
    /// The word for it, such as `settings-file`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Backend => "backend",
            Self::SettingsFile => "settings-file",
            Self::Admin => "admin",
            Self::Default => "default",
            Self::Probe => "probe",
        }
    }
}

/// What the files under `roots` say of Rosetta on `machine`.
///
/// Files that another application owns are read only where the answer needs them. `machine` is
/// what [`crate::machine`] made of the same roots.
pub fn rosetta(roots: &Roots, machine: &Machine) -> Rosetta {
    if machine.os == Os::Linux {
        return closed(State::NotNeeded, Runtime::DockerEngine, Why::LinuxHost);
    }
    let runtime = if docker_desktop::App::usual(roots).is_installed() {
        Runtime::DockerDesktop
    } else {
        Runtime::Unknown
    };
    if machine.architecture.as_deref().is_some_and(|it| it != "arm64") {
        return closed(State::NotNeeded, runtime, Why::IntelMac);
    }
    let macos = machine.os_version.as_deref().and_then(Version::parse);
    if let Some(version) = macos.clone().filter(|it| !it.is_at_least(FIRST_MACOS, 0)) {
        let mut rosetta = closed(State::Impossible, runtime, Why::MacOsTooOld { version });
        rosetta.steps.push(Step::UpdateMacOs);
        return rosetta;
    }
    docker_desktop::rosetta(roots, macos).unwrap_or_else(|| {
        let mut rosetta = closed(State::Unknown, Runtime::Unknown, Why::NoRuntime);
        rosetta.steps.push(Step::InstallRuntime);
        rosetta
    })
}

/// An answer that the machine alone gives, without any file of a runtime.
fn closed(state: State, runtime: Runtime, why: Why) -> Rosetta {
    Rosetta {
        state,
        source: Source::Default,
        runtime,
        runtime_version: None,
        vmm: None,
        file: None,
        locked: false,
        why,
        steps: Vec::new(),
        conflicts: Vec::new(),
    }
}
