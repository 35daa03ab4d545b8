//! The words of the verdict on Rosetta.

use host::{Cure, Runtime, State, Step};

use crate::verdict::{Contradiction, Finding, Remedy, Verdict};

/// The verdict in one sentence: what decided, and then why the settings say what they say.
pub(crate) fn why(verdict: &Verdict, settings: &host::Rosetta) -> String {
    let reason = settings.why.sentence();
    match (verdict.finding, verdict.contradiction) {
        (Finding::None, _) => reason,
        (_, _) if verdict.state == State::NotNeeded && settings.state == State::NotNeeded => reason,
        (Finding::Itself, _) => {
            format!("the engine is itself one for amd64 and runs such programs without Rosetta; {reason}")
        }
        (Finding::Unnamed, _) => {
            format!("a program for linux/amd64 ran, and what ran it did not show itself; {reason}")
        }
        (Finding::Rosetta, None) => {
            format!("a program for linux/amd64 ran, and Rosetta translated it; {reason}")
        }
        (Finding::Rosetta, Some(_)) => {
            "a program for linux/amd64 ran, and Rosetta translated it, whatever the settings say".to_owned()
        }
        (Finding::Qemu, None) => format!("a program for linux/amd64 ran, and QEMU translated it; {reason}"),
        (Finding::Qemu, Some(_)) => {
            "a program for linux/amd64 ran, and QEMU translated it and not Rosetta".to_owned()
        }
        (Finding::NothingRuns, None) => format!("a program for linux/amd64 did not run; {reason}"),
        (Finding::NothingRuns, Some(_)) => {
            "a program for linux/amd64 did not run, although Rosetta is on by the settings".to_owned()
        }
    }
}

/// What cannot both be right.
pub(crate) fn contradiction(contradiction: Contradiction, settings: &host::Rosetta) -> String {
    let reason = settings.why.sentence();
    match contradiction {
        Contradiction::OnButQemu => {
            format!("by the settings Rosetta is on, and QEMU ran the program: {reason}")
        }
        Contradiction::OnButNothingRuns => {
            format!("by the settings Rosetta is on, and nothing ran the program: {reason}")
        }
        Contradiction::NotOnButRosetta => format!(
            "by the settings Rosetta is `{}`, and it ran the program: {reason}",
            settings.state.as_str()
        ),
    }
}

/// Something to try, as a sentence in the imperative.
pub(crate) fn remedy(remedy: Remedy, settings: &host::Rosetta) -> String {
    let runtime = settings.runtime;
    let name = runtime.name();
    match remedy {
        Remedy::Restart => format!("Restart {name}: what was changed counts from then on"),
        Remedy::AskAdministrator => "Ask the administrator of this Mac to turn Rosetta off".to_owned(),
        Remedy::Cure(Cure::InstallRosetta) => Step::InstallHostRosetta.sentence(),
        Remedy::Cure(Cure::UpdateRuntime) => Step::Update(runtime).sentence(),
        Remedy::Cure(Cure::UpdateMacOs) => "Update macOS".to_owned(),
        Remedy::Cure(Cure::TurnOn) => format!("Turn Rosetta on in {name}"),
        Remedy::Cure(Cure::OtherStore) => format!(
            "Try the other image store: in {name}, open Settings → General and turn off `Use containerd for pulling \
             and storing images`; images of one store are not seen in the other"
        ),
        Remedy::Cure(Cure::TurnOff) => format!("Turn Rosetta off, so that QEMU translates: {}", off(runtime)),
    }
}

fn off(runtime: Runtime) -> &'static str {
    match runtime {
        Runtime::DockerDesktop => {
            "in Docker Desktop, open Settings → General and turn off `Use Rosetta for \
            x86_64/amd64 emulation on Apple Silicon`"
        }
        Runtime::OrbStack => "run `orb config set rosetta false`, then `orb restart`",
        Runtime::Colima => "stop the profile, set `rosetta: false` with `colima start --edit`",
        Runtime::Lima => "stop the instance, and set `rosetta.enabled` to `false` with `limactl edit`",
        Runtime::RancherDesktop => "run `rdctl set --virtual-machine.use-rosetta=false`",
        Runtime::Podman => {
            "write `rosetta = false` below `[machine]` in `containers.conf`, and restart the machine"
        }
        Runtime::Finch | Runtime::AppleContainer | Runtime::DockerEngine | Runtime::Unknown => {
            "in the runtime's settings"
        }
    }
}

/// Said where this very process is translated.
pub(crate) const TRANSLATED: &str = "Archlight itself is the build for Intel Macs and runs translated; containers are not \
    touched by that, and the build for Apple Silicon is faster";

/// What could not be seen.
pub(crate) fn unseen(unseen: Unseen) -> &'static str {
    match unseen {
        Unseen::Engine => "no engine answered, so what really runs amd64 programs is not known",
        Unseen::OtherMachine => "these are another machine's files, so no engine was asked",
        Unseen::Probe => "no program was run: `archlight rosetta --probe` does it",
    }
}

/// What there was no witness of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unseen {
    /// No engine answered.
    Engine,
    /// The files are not this machine's.
    OtherMachine,
    /// An engine answered, and nothing was run on it.
    Probe,
}
