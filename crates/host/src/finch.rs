//! Finch: its settings, and the machine that was made by them.

use crate::document::{Document, first_switch};
use crate::runtimes::Ground;
use crate::{Conflict, Found, HostError, Rosetta, Runtime, Source, State, Step, Vmm, Why};

/// The user's settings, below the home folder.
const SETTINGS: &str = ".finch/finch.yaml";
const FOLDER: &str = ".finch";
/// Where it is installed.
const APP: &str = "Applications/Finch";
/// The machine as Lima keeps it for Finch.
const MADE: &str = "Applications/Finch/lima/data/finch/lima.yaml";
const SOCKET: &str = "Applications/Finch/lima/data/finch/sock/finch.sock";
const ROSETTA: &str = "rosetta";
const MACHINE: &str = "vmType";
/// As Lima's two generations write it.
const MADE_WITH: [&str; 2] = ["vmOpts.vz.rosetta.enabled", "rosetta.enabled"];

/// What Finch's files say; `None` when nothing of it is here.
pub(crate) fn rosetta(ground: &Ground<'_>) -> Option<Rosetta> {
    let home = &ground.roots.home;
    if !ground.roots.has(&home.join(FOLDER)) && !ground.roots.is_folder(&ground.roots.known(APP)) {
        return None;
    }
    let answer =
        Document::yaml(ground.roots, &home.join(SETTINGS)).and_then(|own| decide(own.as_ref(), ground));
    Some(Rosetta {
        socket: Some(ground.roots.known(SOCKET)),
        ..answer.unwrap_or_else(|error| Rosetta::unreadable(Runtime::Finch, error))
    })
}

/// The settings count when the machine is made; what it was made with is what holds.
fn decide(own: Option<&Document>, ground: &Ground<'_>) -> Result<Rosetta, HostError> {
    let asked = own.map(|own| own.switch(ROSETTA)).transpose()?.flatten();
    let made = Document::yaml(ground.roots, &ground.roots.known(MADE));
    let document = made.as_ref().ok().and_then(Option::as_ref);
    let was_made = match document {
        Some(document) => first_switch(&[document], &MADE_WITH)?,
        None => None,
    };
    let machine = document
        .and_then(|it| it.word(MACHINE))
        .or_else(|| own?.word(MACHINE));
    let vmm = match machine.as_ref().map(|found| found.value.as_str()) {
        Some("vz") | None => Some(Vmm::AppleVirtualization),
        Some("qemu") => Some(Vmm::Qemu),
        Some(_) => None,
    };
    let holds = was_made.clone().or_else(|| asked.clone());
    let mut rosetta = match (machine.filter(|_| vmm == Some(Vmm::Qemu)), holds) {
        (Some(found), _) => in_qemu(found, asked.as_ref()),
        (None, Some((is_on, found))) => answer(State::on_if(is_on), Source::SettingsFile, Why::Says(found)),
        (None, None) => {
            let (runtime, key, default) = (Runtime::Finch, ROSETTA, State::Off);
            let file = own.map(|own| own.path.clone());
            answer(
                State::Off,
                Source::Default,
                Why::Absent {
                    runtime,
                    file,
                    key,
                    default,
                },
            )
        }
    };
    rosetta.vmm = vmm;
    if let (Some((asked, _)), Some((made, found))) = (asked, was_made)
        && asked != made
    {
        let runtime = Runtime::Finch;
        rosetta.conflicts.push(Conflict::StartedWith { found, runtime });
    }
    rosetta.conflicts.extend(made.err().map(Conflict::Unseen));
    if matches!(rosetta.state, State::Off | State::Impossible) {
        rosetta.steps = steps(ground);
    }
    Ok(rosetta)
}

fn in_qemu(found: Found, asked: Option<&(bool, Found)>) -> Rosetta {
    let (found, runtime, vmm) = (Some(found), Runtime::Finch, Vmm::Qemu);
    let mut rosetta = answer(
        State::Impossible,
        Source::SettingsFile,
        Why::Machine { found, runtime, vmm },
    );
    if let Some((true, found)) = asked.cloned() {
        rosetta.conflicts.push(Conflict::AskedInVain { found, vmm });
    }
    rosetta
}

fn answer(state: State, source: Source, why: Why) -> Rosetta {
    Rosetta::new(Runtime::Finch, state, source, why)
}

fn steps(ground: &Ground<'_>) -> Vec<Step> {
    vec![
        Step::SetKey {
            file: ground.roots.home.join(SETTINGS),
            line: "rosetta: true".to_owned(),
        },
        Step::MakeAnew {
            runtime: Runtime::Finch,
            command: "finch vm remove --force".to_owned(),
        },
        Step::Run("Then make it with", "finch vm init".to_owned()),
    ]
}
