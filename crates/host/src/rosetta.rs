//! Whether Rosetta runs foreign programs in this Mac's containers, and how to turn it on.

use std::path::PathBuf;

use crate::{Conflict, HostError, Runtime, Step, Vmm, Why};

/// What is known of Rosetta in one runtime, or in one of its machines, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rosetta {
    /// Whether it is on.
    pub state: State,
    /// What the state was taken from.
    pub source: Source,
    /// How sure the state is.
    pub confidence: Confidence,
    /// The runtime that was asked.
    pub runtime: Runtime,
    /// Which of its machines or profiles, where it has several.
    pub instance: Option<String>,
    /// The runtime's version, where its application or its files say one.
    pub runtime_version: Option<String>,
    /// The virtual machine manager, where it is known.
    pub vmm: Option<Vmm>,
    /// The file that decided, or that could not be read.
    pub file: Option<PathBuf>,
    /// The key that decided, in the file's own spelling; of an absent one, how it would be spelt.
    pub key: Option<String>,
    /// Its value, `None` where the key is absent.
    pub value: Option<String>,
    /// Where its engine listens, if it does.
    pub socket: Option<PathBuf>,
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

    /// On or off, as a switch says.
    pub(crate) fn on_if(is_on: bool) -> Self {
        if is_on { Self::On } else { Self::Off }
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

/// How sure a state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// It is not known.
    Unknown,
    /// It rests on an assumption that is said.
    Unsure,
    /// A file or a documented default says so; only a program that is run can prove it.
    Likely,
    /// The running runtime, the machine or a probe says so.
    Certain,
}

impl Confidence {
    /// The word for it, such as `likely`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Unsure => "unsure",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }

    /// How sure `state` is, taken from `source` for the reason `why`.
    pub(crate) fn of(state: State, source: Source, why: &Why) -> Self {
        if state == State::Unknown {
            return Self::Unknown;
        }
        if matches!(source, Source::Backend | Source::Probe) {
            return Self::Certain;
        }
        let is_certain = matches!(
            why,
            Why::LinuxHost
                | Why::IntelMac
                | Why::MacOsTooOld { .. }
                | Why::RuntimeTooOld { .. }
                | Why::TooOld { .. }
        );
        if is_certain {
            Self::Certain
        } else if matches!(why, Why::AssumedOnByDefault { .. }) {
            Self::Unsure
        } else {
            Self::Likely
        }
    }
}

impl Rosetta {
    /// An answer of `runtime` whose file, key and value are those that its reason names.
    pub(crate) fn new(runtime: Runtime, state: State, source: Source, why: Why) -> Self {
        let (file, key, value) = why.place();
        Self {
            state,
            source,
            confidence: Confidence::of(state, source, &why),
            runtime,
            instance: None,
            runtime_version: None,
            vmm: None,
            file,
            key,
            value,
            socket: None,
            locked: false,
            why,
            steps: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    /// The answer of a runtime whose file could not be understood: never off, and always with something to do.
    pub(crate) fn unreadable(runtime: Runtime, error: HostError) -> Self {
        let file = error.path().to_path_buf();
        let mend = if matches!(error, HostError::Denied { .. }) {
            Step::AllowReading { file }
        } else {
            Step::Mend { runtime, file }
        };
        let first = if matches!(error, HostError::OtherForm { .. }) {
            Step::Probe
        } else {
            mend
        };
        let (state, source) = (State::Unknown, Source::SettingsFile);
        Self::new(runtime, state, source, Why::Unreadable(error)).with_steps([first, Step::LookIn(runtime)])
    }

    /// The same, unsure where it is on in a machine of a kind that nothing tells.
    pub(crate) fn in_machine(self, vmm: Option<crate::Vmm>) -> Self {
        let is_doubtful = self.state == State::On && vmm.is_none();
        let confidence = if is_doubtful {
            Confidence::Unsure
        } else {
            self.confidence
        };
        Self {
            confidence,
            vmm,
            ..self
        }
    }

    /// The same with steps to take.
    pub(crate) fn with_steps(self, steps: impl IntoIterator<Item = Step>) -> Self {
        let steps = steps.into_iter().collect();
        Self { steps, ..self }
    }
}
