//! One verdict on Rosetta out of three witnesses: the settings, the Mac, and a program that was run.
//!
//! A program that ran, or did not, is what is true; the settings and the Mac tell why, and what to do. What contradicts
//! what is said, and nothing is guessed: without a probe, the settings are believed and no more.

use host::{Combination, Confidence, Cure, HostRosetta, ImageStore, Shows, Source, State, Trouble};

use crate::view::Probed;

/// What is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Witnesses<'a> {
    /// What the files of the runtime say that serves the engine.
    pub(crate) settings: &'a host::Rosetta,
    /// Apple's part of it.
    pub(crate) host: &'a HostRosetta,
    /// The Mac, and whether Archlight itself is translated on it.
    pub(crate) machine: &'a host::Machine,
    /// The engine's image store, where one answers.
    pub(crate) store: Option<ImageStore>,
    /// The engine's kernel, where it says which.
    pub(crate) kernel: Option<&'a str>,
    /// What a probe of amd64 found out on this engine since it was started.
    pub(crate) probed: Option<&'a Probed>,
}

/// Which witness decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decides {
    /// The Mac, or that it is none.
    Machine,
    /// The settings.
    Settings,
    /// The program that was run.
    Probe,
    /// None of them.
    Nothing,
}

/// What the program that was run showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// No program was run, or nothing came of it.
    None,
    /// Rosetta ran it.
    Rosetta,
    /// QEMU ran it.
    Qemu,
    /// It ran, and what ran it did not show itself.
    Unnamed,
    /// The engine is itself an amd64 one.
    Itself,
    /// It did not run.
    NothingRuns,
}

/// Two witnesses that cannot both be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contradiction {
    /// On by the settings, and QEMU ran the program.
    OnButQemu,
    /// On by the settings, and the program did not run.
    OnButNothingRuns,
    /// Off or impossible by the settings, and Rosetta ran the program.
    NotOnButRosetta,
}

/// Something to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// What such versions are known to need.
    Cure(Cure),
    /// Settings that were changed count from the next start.
    Restart,
    /// An administrator decides.
    AskAdministrator,
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) decides: Decides,
    pub(crate) state: State,
    pub(crate) source: Source,
    pub(crate) confidence: Confidence,
    /// Whether amd64 programs run; `None` where no program tells.
    pub(crate) works: Option<bool>,
    pub(crate) finding: Finding,
    pub(crate) contradiction: Option<Contradiction>,
    /// What these versions are known for, where something is wrong.
    pub(crate) troubles: Vec<&'static Trouble>,
    /// What to try, the gentlest first; with none, the steps of the settings hold.
    pub(crate) remedies: Vec<Remedy>,
}

/// What the witnesses say together.
pub(crate) fn verdict(witnesses: &Witnesses<'_>) -> Verdict {
    let settings = witnesses.settings;
    let finding = finding(witnesses.probed);
    let contradiction = contradiction(settings.state, finding);
    let troubles = contradiction
        .map(|it| troubles(witnesses, it))
        .unwrap_or_default();
    let (decides, state) = decided(settings, finding);
    let by_probe = decides == Decides::Probe;
    Verdict {
        decides,
        state,
        source: if by_probe { Source::Probe } else { settings.source },
        confidence: if by_probe {
            Confidence::Certain
        } else {
            settings.confidence
        },
        works: match finding {
            Finding::None => None,
            Finding::NothingRuns => Some(false),
            Finding::Rosetta | Finding::Qemu | Finding::Unnamed | Finding::Itself => Some(true),
        },
        finding,
        contradiction,
        remedies: contradiction
            .map(|it| remedies(witnesses, it, &troubles))
            .unwrap_or_default(),
        troubles,
    }
}

fn finding(probed: Option<&Probed>) -> Finding {
    let Some(probed) = probed.filter(|probed| probed.known) else {
        return Finding::None;
    };
    match (probed.runs, probed.translator.as_str()) {
        (false, _) => Finding::NothingRuns,
        (true, "rosetta") => Finding::Rosetta,
        (true, "qemu") => Finding::Qemu,
        (true, "native") => Finding::Itself,
        (true, _) => Finding::Unnamed,
    }
}

fn decided(settings: &host::Rosetta, finding: Finding) -> (Decides, State) {
    let by_machine = matches!(
        settings.why,
        host::Why::LinuxHost | host::Why::IntelMac | host::Why::MacOsTooOld { .. }
    );
    match (finding, settings.state) {
        (_, State::NotNeeded) => (Decides::Machine, State::NotNeeded),
        (Finding::None | Finding::Unnamed, State::Unknown) => (Decides::Nothing, State::Unknown),
        (Finding::None | Finding::Unnamed, state) if by_machine => (Decides::Machine, state),
        (Finding::None | Finding::Unnamed, state) => (Decides::Settings, state),
        (Finding::Rosetta, _) => (Decides::Probe, State::On),
        (Finding::Itself, _) => (Decides::Probe, State::NotNeeded),
        // That it could not be on is a reason, and stays one.
        (Finding::Qemu | Finding::NothingRuns, State::Impossible) => (Decides::Probe, State::Impossible),
        (Finding::Qemu | Finding::NothingRuns, State::On | State::Off | State::Unknown) => {
            (Decides::Probe, State::Off)
        }
    }
}

fn contradiction(settings: State, finding: Finding) -> Option<Contradiction> {
    match (settings, finding) {
        (State::On, Finding::Qemu) => Some(Contradiction::OnButQemu),
        (State::On, Finding::NothingRuns) => Some(Contradiction::OnButNothingRuns),
        (State::Off | State::Impossible, Finding::Rosetta) => Some(Contradiction::NotOnButRosetta),
        (State::On | State::Off | State::Impossible | State::NotNeeded | State::Unknown, _) => None,
    }
}

fn troubles(witnesses: &Witnesses<'_>, contradiction: Contradiction) -> Vec<&'static Trouble> {
    let shown = match contradiction {
        Contradiction::OnButQemu => Shows::Qemu,
        Contradiction::OnButNothingRuns => Shows::NothingRuns,
        Contradiction::NotOnButRosetta => return Vec::new(),
    };
    let combination = Combination {
        runtime: Some(witnesses.settings.runtime),
        version: witnesses.settings.runtime_version.as_deref(),
        macos: witnesses.machine.os_version.as_deref(),
        kernel: witnesses.kernel,
        store: witnesses.store,
    };
    let is_installed = matches!(witnesses.host, HostRosetta::Installed { .. });
    let rows = host::known_trouble(&combination).into_iter();
    rows.filter(|row| row.shows == shown)
        .filter(|row| !(is_installed && row.cures.contains(&Cure::InstallRosetta)))
        .collect()
}

fn remedies(witnesses: &Witnesses<'_>, contradiction: Contradiction, troubles: &[&Trouble]) -> Vec<Remedy> {
    let missing = witnesses.host.missing().map(|_| Cure::InstallRosetta);
    let known = troubles.iter().flat_map(|row| row.cures.iter().copied());
    let usual: &[Cure] = match contradiction {
        Contradiction::NotOnButRosetta => return Vec::new(),
        Contradiction::OnButQemu => &[Cure::UpdateRuntime],
        Contradiction::OnButNothingRuns => &[Cure::UpdateRuntime, Cure::TurnOff, Cure::OtherStore],
    };
    let has_stores = witnesses.store == Some(ImageStore::Containerd)
        && witnesses.settings.runtime == host::Runtime::DockerDesktop;
    let is_locked = witnesses.settings.locked;
    let mut remedies = Vec::new();
    let restart = Remedy::Restart;
    let cures = missing.into_iter().chain(known).chain(usual.iter().copied());
    let cures = cures.filter(|cure| *cure != Cure::OtherStore || has_stores);
    // QEMU runs already: turning Rosetta off would change nothing.
    let cures =
        cures.filter(|cure| *cure != Cure::TurnOff || contradiction == Contradiction::OnButNothingRuns);
    let cures = cures.map(|cure| match cure {
        Cure::TurnOff if is_locked => Remedy::AskAdministrator,
        Cure::TurnOff
        | Cure::TurnOn
        | Cure::UpdateRuntime
        | Cure::UpdateMacOs
        | Cure::OtherStore
        | Cure::InstallRosetta => Remedy::Cure(cure),
    });
    let first = missing.is_none().then_some(restart);
    for remedy in first.into_iter().chain(cures) {
        if !remedies.contains(&remedy) {
            remedies.push(remedy);
        }
    }
    remedies
}

#[cfg(test)]
mod tests;
