//! The sentences for what was found: typed reasons in, English out.
//!
//! Each is one sentence without a full stop, so that it can stand in a list; what comes from
//! outside stands between back-quotes.

mod apply;
mod runtimes;

use std::path::Path;

use crate::reason::DOCKER_KEY;
use crate::{Conflict, Newer, Setting, Step, Version, Why};

impl Why {
    /// The reason as a sentence; it names the file, the key and the value that decided.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what is of every runtime is said in a file of its own"
    )]
    pub fn sentence(&self) -> String {
        match self {
            Self::LinuxHost => "Linux has no Rosetta; programs for other processors are \
                translated there by what is registered in `binfmt_misc`, usually QEMU"
                .to_owned(),
            Self::IntelMac => "this Mac has an Intel processor, which runs amd64 programs itself".to_owned(),
            Self::MacOsTooOld { version } => {
                format!("macOS {version} cannot share Rosetta with Linux; macOS 13 is the first")
            }
            Self::NoRuntime => {
                "neither Docker Desktop nor another runtime, nor a settings file of one, was found".to_owned()
            }
            Self::RuntimeTooOld { version } => {
                format!("Docker Desktop {version} does not know Rosetta; 4.16 is the first")
            }
            Self::Chosen(setting) => says(setting),
            Self::SaysBoth { one, other } => format!(
                "{} and `{}: {}`, and which of them Docker Desktop follows is not known",
                says(one),
                other.key,
                other.value
            ),
            Self::LeftOff { rosetta, docker_vmm } => left_off(rosetta, docker_vmm),
            Self::OtherVmm(setting) => other_vmm(setting),
            Self::Managed(setting) => format!("{}, locked by the administrator", says(setting)),
            Self::ManagedDefault(setting) => {
                let says = says(setting);
                format!("{says}, the administrator's default for users who have not chosen")
            }
            Self::OnByDefault { file } => {
                let absent = absent(file.as_deref());
                format!("{absent}, and Docker Desktop turns Rosetta on by default")
            }
            Self::AssumedOnByDefault { file } => {
                let absent = absent(file.as_deref());
                format!(
                    "{absent}, and Docker Desktop turns Rosetta on by default since 4.25; its \
                     version is not known and assumed to be newer"
                )
            }
            Self::OffByDefault { file, version } => {
                let absent = absent(file.as_deref());
                format!("{absent}, and Docker Desktop {version} leaves Rosetta off by default")
            }
            Self::DefaultUnclear { file, macos } => unclear(file.as_deref(), macos.as_ref()),
            Self::Unreadable(error) => format!("{error}, so Rosetta's state is not known"),
            _ => runtimes::why(self),
        }
    }
}

impl Step {
    /// The step as a sentence in the imperative.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what is of every runtime is said in a file of its own"
    )]
    pub fn sentence(&self) -> String {
        match self {
            Self::InstallHostRosetta => "Install Rosetta on the Mac with `softwareupdate \
                --install-rosetta --agree-to-license`"
                .to_owned(),
            Self::AskAdministrator { file } => {
                let file = file.display();
                format!("Ask the administrator of this Mac to change `{file}`")
            }
            Self::OpenGeneralSettings => "In Docker Desktop, open Settings → General".to_owned(),
            Self::ChooseAppleVirtualization => "Under `Virtual Machine Manager`, choose `Apple \
                Virtualization framework`"
                .to_owned(),
            Self::ChooseRosetta => "Below `Apple Virtualization framework`, turn on `Use Rosetta \
                for x86_64/amd64 emulation on Apple Silicon`"
                .to_owned(),
            Self::Apply => "Choose `Apply`, or `Apply & restart` before 4.43, and restart Docker \
                Desktop if it does not do so itself"
                .to_owned(),
            Self::ApplyThenRestart => "Choose `Apply`, then restart Docker Desktop".to_owned(),
            Self::ApplyAndRestart => "Choose `Apply & restart`".to_owned(),
            Self::ExpectStoppedContainers => "Expect the restart to stop running containers; \
                those with a restart policy may come back by themselves"
                .to_owned(),
            Self::LookInSettings => "Look in Docker Desktop under Settings → General whether `Use \
                Rosetta for x86_64/amd64 emulation on Apple Silicon` is on"
                .to_owned(),
            Self::AllowReading { file } => {
                let file = file.display();
                format!(
                    "To have `{file}` read here, allow it when macOS asks for access to data \
                     from other apps, or in System Settings → Privacy & Security"
                )
            }
            Self::MendFile { file } => {
                let file = file.display();
                format!("Quit Docker Desktop, keep a copy of `{file}`, and correct the file")
            }
            Self::UpdateMacOs => "Update macOS to 14.1 or newer".to_owned(),
            Self::UpdateDockerDesktop => "Update Docker Desktop".to_owned(),
            Self::InstallRuntime => {
                "Install Docker Desktop or another runtime and start it once, or give the home \
                folder that its settings are in"
                    .to_owned()
            }
            _ => runtimes::step(self),
        }
    }
}

impl Conflict {
    /// The conflict as a sentence.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "what is of every runtime is said in a file of its own"
    )]
    pub fn sentence(&self) -> String {
        match self {
            Self::FilesDiffer {
                used,
                other,
                other_state,
                newer,
            } => {
                let (used, other) = (used.display(), other.display());
                let (state, newer) = (other_state.as_str(), newer_phrase(*newer));
                format!("`{other}` alone would say `{state}`, while `{used}` is followed; {newer}")
            }
            Self::ManagedDiffers { managed, without } => format!(
                "{}, which counts only while a member of a Docker Business organisation is \
                 signed in; without it the answer would be `{}`",
                says(managed),
                without.as_str()
            ),
            Self::ManagedOverruled { managed, by } => format!(
                "{}, but {}, which leaves no room for Rosetta",
                says(managed),
                says(by)
            ),
            Self::LeftOff { rosetta, docker_vmm } => left_off(rosetta, docker_vmm),
            Self::WrittenTwice { one, other } => format!(
                "`{}` has one key twice: `{}: {}` and `{}: {}`",
                one.file.display(),
                one.key,
                one.value,
                other.key,
                other.value
            ),
            Self::HostRosettaMissing { file } => format!(
                "Rosetta is not installed on this Mac, since `{}` does not exist",
                file.display()
            ),
            _ => runtimes::conflict(self),
        }
    }
}

fn says(setting: &Setting) -> String {
    let Setting { file, key, value } = setting;
    format!("`{}` says `{key}: {value}`", file.display())
}

fn left_off(rosetta: &Setting, docker_vmm: &Setting) -> String {
    format!(
        "{} beside `{}: {}`, so Rosetta was probably left off when Docker VMM was tried and \
         switched back",
        says(rosetta),
        docker_vmm.key,
        docker_vmm.value
    )
}

fn other_vmm(setting: &Setting) -> String {
    let says = says(setting);
    if setting.value {
        format!("{says}, which is Docker VMM, and Docker VMM does not support Rosetta")
    } else {
        format!("{says}, and Rosetta needs Apple's Virtualization framework")
    }
}

fn absent(file: Option<&Path>) -> String {
    match file {
        Some(file) => format!("`{}` says nothing of `{DOCKER_KEY}`", file.display()),
        None => "Docker Desktop has written no settings file yet".to_owned(),
    }
}

fn unclear(file: Option<&Path>, macos: Option<&Version>) -> String {
    let absent = absent(file);
    match macos {
        Some(version) => format!("{absent}, and the default on macOS {version} is not certain"),
        None => format!("{absent}, and the default depends on macOS, whose version is not known"),
    }
}

fn newer_phrase(newer: Newer) -> &'static str {
    match newer {
        Newer::Used => "the followed one is newer",
        Newer::Other => "the other one is newer",
        Newer::Unknown => "which is newer is not known",
    }
}
