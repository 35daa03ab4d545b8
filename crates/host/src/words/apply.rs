//! The sentences for what is changed, and why it is not.

use std::path::Path;

use crate::{
    HostError, Runtime, Setting,
    apply::{Refusal, Warning},
};

impl Runtime {
    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::DockerDesktop => "Docker Desktop",
            Self::OrbStack => "OrbStack",
            Self::Colima => "Colima",
            Self::Lima => "Lima",
            Self::RancherDesktop => "Rancher Desktop",
            Self::Podman => "Podman",
            Self::Finch => "Finch",
            Self::AppleContainer => "Apple's container",
            Self::DockerEngine => "Docker Engine",
            Self::Unknown => "a runtime that is not known",
        }
    }
}

impl Warning {
    /// The word for it, such as `stops-containers`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::StopsContainers => "stops-containers",
            Self::StartsMachine { .. } => "starts-machine",
            Self::LeavesMarkOut => "byte-order-mark",
            Self::Undocumented => "undocumented",
            Self::Contradicted(_) => "contradicted",
            Self::RestartsItself => "restarts-itself",
            Self::OwnFile => "own-file",
        }
    }

    /// The warning as a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::StopsContainers => "the restart that it needs stops all running containers; those with a \
                restart policy may come back by themselves"
                .to_owned(),
            Self::StartsMachine { machine } => {
                format!("`{machine}` does not run, and the command starts it")
            }
            Self::LeavesMarkOut => "the file begins with a byte order mark, which is left out, since Docker \
                Desktop may refuse such a file"
                .to_owned(),
            Self::Undocumented => {
                "Docker Desktop runs, so it is told through its own socket, which its makers \
                document nowhere; the answer is read back and checked"
                    .to_owned()
            }
            Self::Contradicted(conflict) => conflict.sentence(),
            Self::RestartsItself => {
                "Rancher Desktop has to run for it, and restarts its machine by itself".to_owned()
            }
            Self::OwnFile => {
                "a file of its own says it, which counts before your `containers.conf`; that one \
                stays as it is"
                    .to_owned()
            }
        }
    }
}

impl Refusal {
    /// The reason as a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotHere(why) => why.sentence(),
            Self::Locked { file: Some(file) } => {
                format!("an administrator decides this, by `{}`", file.display())
            }
            Self::Locked { file: None } => {
                "an administrator decides this, as Docker Desktop itself says".to_owned()
            }
            Self::OtherMachineManager(setting) => other_manager(setting),
            Self::NeedsNewMachine { runtime, file, says } => format!(
                "`{}` says `{says}`, which {} cannot change after the machine is made: it would have to be \
                 deleted, with all images, containers and volumes in it",
                file.display(),
                runtime.title()
            ),
            Self::OnlyWhenMade { runtime, command } => format!(
                "{} follows this setting only when its virtual machine is made, by `{command}`: the one that is here \
                 would have to be deleted, with all images, containers and volumes in it",
                runtime.title()
            ),
            Self::Overruled(found) => format!(
                "`{}` says `{}: {}`, and it is read after the file that would be written",
                found.file.display(),
                found.key,
                found.value
            ),
            Self::InPlaceOf { variable, file } => format!(
                "`{variable}` names `{}`, which takes the place of the file that would be written",
                file.display()
            ),
            Self::UnknownForm { file, key } => format!(
                "`{}` does not have `{key}` in a form that is known, so it is left alone",
                file.display()
            ),
            Self::WrittenTwice { file, key } => format!(
                "`{}` has `{key}` more than once, and which of them counts is not known",
                file.display()
            ),
            Self::HostRosettaMissing { file } => format!(
                "Rosetta is not installed on this Mac, since `{}` does not exist; the runtime would stop at \
                 Apple's installer",
                file.display()
            ),
            Self::Runs { socket } => format!(
                "Docker Desktop runs, as `{}` shows, and takes no settings there; it would write over its file",
                socket.display()
            ),
            Self::Unreadable(error) => error.to_string(),
            Self::NotStartedYet { runtime } => {
                format!(
                    "{} has no settings or machine yet; start it once first",
                    runtime.title()
                )
            }
            Self::SeveralRuntimes(runtimes) => {
                let names = runtimes.iter().map(|runtime| format!("`{}`", runtime.as_str()));
                format!("several runtimes are here: {}; name one", listed(names))
            }
            Self::SeveralMachines { runtime, names } => {
                let names = names.iter().map(|name| format!("`{}:{name}`", runtime.as_str()));
                format!(
                    "{} has several machines: {}; name one",
                    runtime.title(),
                    listed(names)
                )
            }
            Self::NoSuchMachine { runtime, name } => {
                format!("{} has no machine `{name}`", runtime.title())
            }
            Self::Backend(error) => format!("Docker Desktop runs, and was asked for its settings: {error}"),
            Self::ChangedSince { file, keys } => changed_since(file, keys),
            Self::Unsupported(runtime) => {
                format!("how Rosetta is turned on in {} is not known", runtime.title())
            }
        }
    }
}

impl Refusal {
    /// What the user can do about it, as a sentence in the imperative.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotHere(_) | Self::Unsupported(_) => {
                "Look with `archlight probe` at what translates programs here"
            }
            Self::Locked { .. } => "Ask the administrator of this Mac",
            Self::OtherMachineManager(_) => {
                "Choose `Apple Virtualization framework` in Docker Desktop under Settings → General first"
            }
            Self::NeedsNewMachine { .. } => {
                "Make a second machine with Apple's framework and Rosetta, and move to it what is needed"
            }
            Self::OnlyWhenMade { .. } => {
                "Change its settings file, and make its machine anew once nothing in it is needed any more"
            }
            Self::Overruled(_) => "Change that file, or take the line out of it",
            Self::InPlaceOf { .. } => {
                "Write the setting into that file, or take the variable out of the environment"
            }
            Self::UnknownForm { .. } | Self::WrittenTwice { .. } => {
                "Change the setting in the runtime itself, or correct the file"
            }
            Self::HostRosettaMissing { .. } => {
                "Install Rosetta on the Mac with `softwareupdate --install-rosetta --agree-to-license`"
            }
            Self::Runs { .. } => "Quit Docker Desktop, from its menu in the menu bar, and try again",
            Self::Unreadable(HostError::Denied { .. }) => {
                "Allow it when macOS asks for access to data from other apps, or in System Settings → Privacy & \
                 Security"
            }
            Self::Unreadable(_) => "Correct what is named there, or quit the runtime and move the file away",
            Self::NotStartedYet { .. } => "Start the runtime once, and try again",
            Self::SeveralRuntimes(_) => "Name one with `--runtime`, such as `--runtime colima`",
            Self::SeveralMachines { .. } | Self::NoSuchMachine { .. } => {
                "Name one with `--runtime`, such as `--runtime colima:work`"
            }
            Self::Backend(_) => {
                "Change it in Docker Desktop under Settings → General, or quit Docker Desktop: then its file is written"
            }
            Self::ChangedSince { .. } => {
                "`archlight rosetta on` and `off` change that one key alone, and leave the rest as it is now"
            }
        }
    }
}

fn other_manager(setting: &Setting) -> String {
    let Setting { file, key, value } = setting;
    format!(
        "`{}` says `{key}: {value}`, so another virtual machine manager than Apple's runs the containers; \
         switching that is a choice of its own",
        file.display()
    )
}

fn changed_since(file: &Path, keys: &[String]) -> String {
    let file = file.display();
    if keys.is_empty() {
        return format!("`{file}` was changed since, and what would be lost cannot be told");
    }
    let keys = keys.iter().map(|key| format!("`{key}`"));
    format!(
        "`{file}` was changed since, and taking it back would lose what it says of {}",
        listed(keys)
    )
}

fn listed(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
