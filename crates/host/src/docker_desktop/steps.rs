//! What to do to turn Rosetta on in Docker Desktop.

use super::admin::Managed;
use super::decide::{Installed, Verdict};
use crate::{HostError, State, Step, Vmm, Why};

/// Since then, settings are applied without a restart.
const APPLIES_WITHOUT_RESTART: (u32, u32) = (4, 43);

/// The steps from a verdict to Rosetta being on; `lock` is what an administrator locked.
pub(super) fn to_turn_on(verdict: &Verdict, lock: Option<&Managed>, installed: &Installed) -> Vec<Step> {
    match verdict.state {
        State::NotNeeded => Vec::new(),
        State::On => host_rosetta(installed).into_iter().collect(),
        State::Unknown => vec![Step::LookInSettings],
        State::Off | State::Impossible => match (&verdict.why, lock) {
            (Why::RuntimeTooOld { .. }, _) => vec![Step::UpdateDockerDesktop],
            (_, Some(lock)) if !lock.setting.value => {
                let file = lock.setting.file.clone();
                vec![Step::AskAdministrator { file }]
            }
            _ => in_settings(verdict, lock, installed),
        },
    }
}

/// What to do about a user's file that could not be understood.
pub(super) fn for_unreadable(error: &HostError) -> Vec<Step> {
    let file = error.path().to_path_buf();
    let step = match error {
        HostError::Denied { .. } => Step::AllowReading { file },
        HostError::Missing { .. }
        | HostError::Dangling { .. }
        | HostError::Outside { .. }
        | HostError::NotAFile { .. }
        | HostError::TooLarge { .. }
        | HostError::NotJson { .. }
        | HostError::NotValid { .. }
        | HostError::NotText { .. }
        | HostError::NotAList { .. }
        | HostError::NotAnObject { .. }
        | HostError::NotABoolean { .. }
        | HostError::NotAnEntry { .. }
        | HostError::Io { .. } => Step::MendFile { file },
        HostError::OtherForm { .. } | HostError::Silent { .. } | HostError::NotAnAnswer { .. } => {
            return vec![Step::LookInSettings];
        }
    };
    vec![Step::LookInSettings, step]
}

/// What to do about an administrator's file that could not be understood.
pub(super) fn for_unreadable_managed(error: &HostError) -> Vec<Step> {
    let file = error.path().to_path_buf();
    vec![Step::LookInSettings, Step::AskAdministrator { file }]
}

fn host_rosetta(installed: &Installed) -> Option<Step> {
    let missing = installed.host_rosetta_missing.is_some();
    missing.then_some(Step::InstallHostRosetta)
}

fn in_settings(verdict: &Verdict, lock: Option<&Managed>, installed: &Installed) -> Vec<Step> {
    let has_framework = verdict.vmm == Some(Vmm::AppleVirtualization);
    let apply = match installed.is_at_least(APPLIES_WITHOUT_RESTART) {
        Some(true) => Step::ApplyThenRestart,
        Some(false) => Step::ApplyAndRestart,
        None => Step::Apply,
    };
    [
        host_rosetta(installed),
        Some(Step::OpenGeneralSettings),
        (!has_framework).then_some(Step::ChooseAppleVirtualization),
        lock.is_none().then_some(Step::ChooseRosetta),
        Some(apply),
        Some(Step::ExpectStoppedContainers),
    ]
    .into_iter()
    .flatten()
    .collect()
}
