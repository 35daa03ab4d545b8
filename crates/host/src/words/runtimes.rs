//! The sentences that are of every runtime.

use crate::{Conflict, Cure, Found, Runtime, State, Step, Trouble, Vmm, Why};

/// Why Rosetta is as it is.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others are said in the file above"
)]
pub(super) fn why(why: &Why) -> String {
    match why {
        Why::Says(found) => says(found),
        Why::Locked(found) => format!("{}, locked by the administrator", says(found)),
        Why::Preset(found) => {
            let says = says(found);
            format!("{says}, the administrator's default for users who have not chosen")
        }
        Why::Absent {
            runtime,
            file,
            key,
            default,
        } => {
            let name = runtime.name();
            let absent = match file {
                Some(file) => format!("`{}` says nothing of `{key}`", file.display()),
                None => format!("{name} has written no settings file yet"),
            };
            let does = if *default == State::On {
                "turns Rosetta on"
            } else {
                "leaves Rosetta off"
            };
            format!("{absent}, and {name} {does} by default")
        }
        Why::Machine { found, runtime, vmm } => machine(found.as_ref(), *runtime, *vmm),
        Why::ForeignMachine(found) => format!(
            "{}, so the whole virtual machine is an Intel one, which QEMU emulates",
            says(found)
        ),
        Why::Masked { found, version } => {
            let says = found.as_ref().map_or("Rosetta is on by default".to_owned(), says);
            let version = version
                .as_ref()
                .map_or("5.6 to 5.8".to_owned(), ToString::to_string);
            format!(
                "{says}, but the machine of Podman {version} leaves Rosetta off unless it has the file \
                 `/etc/containers/enable-rosetta`, which is not seen from here"
            )
        }
        Why::ReleaseDecides { runtime, found } => {
            let name = runtime.name();
            let says = found
                .as_ref()
                .map_or("no file says whether Rosetta is used".to_owned(), says);
            format!("{says}, and what comes of it depends on {name}'s version, which is not known")
        }
        Why::TooOld {
            runtime,
            version,
            first,
        } => {
            format!(
                "{} {version} does not know Rosetta; {first} is the first",
                runtime.name()
            )
        }
        Why::NeedsMacOs {
            runtime,
            macos,
            first,
        } => format!(
            "{} runs a virtual machine with Rosetta on macOS {first} or newer only, and this is {macos}",
            runtime.name()
        ),
        Why::NoMachine(runtime) => format!("{} is installed and has no virtual machine yet", runtime.name()),
        Why::PerContainer => "each container has a virtual machine of its own, with Rosetta in it when the \
            container is for amd64"
            .to_owned(),
        Why::NotHere(runtime) => format!(
            "the engine is {}'s, and no file of it was found on this Mac",
            runtime.name()
        ),
        Why::Elsewhere { address } => {
            format!("the engine is at `{address}`, so that this Mac's settings say nothing of it")
        }
        _ => String::new(),
    }
}

fn machine(found: Option<&Found>, runtime: Runtime, vmm: Vmm) -> String {
    let machine = match vmm {
        Vmm::Qemu => "QEMU",
        Vmm::Krun => "libkrun",
        Vmm::DockerVmm => "Docker VMM",
        Vmm::AppleVirtualization => "Apple's framework",
    };
    match found {
        Some(found) => format!(
            "{}, and Rosetta needs Apple's Virtualization framework",
            says(found)
        ),
        None => format!(
            "{machine} runs the virtual machine of {}, and Rosetta needs Apple's Virtualization framework",
            runtime.name()
        ),
    }
}

/// What to do.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others are said in the file above"
)]
pub(super) fn step(step: &Step) -> String {
    match step {
        Step::Run(why, command) => format!("{why} `{command}`"),
        Step::RunBoth(first, second) => format!("Run `{first}`, then `{second}`"),
        Step::InWindow(Runtime::OrbStack) => {
            "In OrbStack, open Settings → System and turn on `Use Rosetta to run \
            Intel code`"
                .to_owned()
        }
        Step::InWindow(Runtime::RancherDesktop) => {
            "In Rancher Desktop, open Preferences → Virtual Machine → \
            Emulation, choose `VZ` and turn on `Enable Rosetta support`"
                .to_owned()
        }
        Step::InWindow(runtime) => format!("Turn Rosetta on in the settings of {}", runtime.name()),
        Step::SetKey { file, line } => format!("Write `{line}` into `{}`", file.display()),
        Step::MakeAnew { runtime, command } => format!(
            "Make the virtual machine of {} anew, since what runs it cannot be changed: keep what you need of its \
             images, containers and volumes, which `{command}` deletes",
            runtime.name()
        ),
        Step::UpdateMacOsTo(first) => format!("Update macOS to {first} or newer"),
        Step::Update(runtime) => format!("Update {}", runtime.name()),
        Step::InstallAppleBuild(runtime) => {
            format!("Install the {} that is built for Apple Silicon", runtime.name())
        }
        Step::LookIn(runtime) => format!("Look in the settings of {} whether Rosetta is on", runtime.name()),
        Step::Mend { runtime, file } => format!(
            "Stop {}, keep a copy of `{}`, and correct the file",
            runtime.name(),
            file.display()
        ),
        Step::Probe => "Find out with `archlight probe` what really runs amd64 programs".to_owned(),
        _ => String::new(),
    }
}

/// What speaks against it.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others are said in the file above"
)]
pub(super) fn conflict(conflict: &Conflict) -> String {
    match conflict {
        Conflict::FileLags { file, state } => format!(
            "`{}` alone would say `{}`, and the running Docker Desktop says otherwise",
            file.display(),
            state.as_str()
        ),
        Conflict::BackendUnasked(error) => format!("{error}, so that Docker Desktop's files are followed"),
        Conflict::FileAlone {
            file: Some(file),
            state,
        } => {
            format!("`{}` alone would say `{}`", file.display(), state.as_str())
        }
        Conflict::FileAlone { file: None, state } => {
            format!("Docker Desktop's default alone would be `{}`", state.as_str())
        }
        Conflict::IntelBuild(runtime) => format!(
            "{} is the build for Intel Macs, and this Mac has Apple Silicon",
            runtime.name()
        ),
        Conflict::StartedWith { found, runtime } if *runtime == Runtime::Finch => format!(
            "{}, with which its machine was made; the change counts once `finch vm init` makes it anew",
            says(found)
        ),
        Conflict::StartedWith { found, runtime } => format!(
            "{}, with which {} was last started; the change counts from the next start",
            says(found),
            runtime.name()
        ),
        Conflict::AskedInVain { found, vmm } => format!(
            "{}, which a virtual machine of kind `{}` cannot follow",
            says(found),
            vmm.as_str()
        ),
        Conflict::WantsInstalled(runtime) => format!(
            "{} looks for an installed Rosetta, although this macOS needs none",
            runtime.name()
        ),
        Conflict::NotForBuilds(found) => format!("{}, so that builds do not use Rosetta", says(found)),
        Conflict::Profile { file } => format!(
            "`{}` is an administrator's configuration profile; it can say who signs in, and nothing of Rosetta",
            file.display()
        ),
        Conflict::ProcessorAssumed => {
            "nothing here tells whether this Mac has Apple Silicon, which is assumed; on an \
            Intel Mac, Rosetta is neither there nor needed"
                .to_owned()
        }
        Conflict::LeftOver(runtime) => format!(
            "{0} is not installed where it is looked for, so that its files may be left over",
            runtime.name()
        ),
        Conflict::Unseen(error) => format!("{error}, and was left out"),
        Conflict::Known(trouble) => known(trouble),
        _ => String::new(),
    }
}

fn known(trouble: &Trouble) -> String {
    let cures: Vec<&str> = trouble.cures.iter().map(|cure| cure_words(*cure)).collect();
    format!(
        "with these versions it is known that {}; what helps: {} ({})",
        trouble.seen,
        cures.join(", or "),
        trouble.source
    )
}

fn cure_words(cure: Cure) -> &'static str {
    match cure {
        Cure::UpdateRuntime => "updating the runtime",
        Cure::UpdateMacOs => "updating macOS",
        Cure::TurnOff => "turning Rosetta off",
        Cure::TurnOn => "turning Rosetta on",
        Cure::OtherStore => "the other image store",
        Cure::InstallRosetta => "installing Rosetta on the Mac",
    }
}

fn says(found: &Found) -> String {
    let Found { file, key, value } = found;
    format!("`{}` says `{key}: {value}`", file.display())
}
