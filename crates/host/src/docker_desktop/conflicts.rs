//! What speaks against a verdict.

use std::cmp::Ordering;

use super::admin::Managed;
use super::decide::{Installed, Verdict, verdict};
use super::settings_file::SettingsFile;
use crate::{Conflict, Newer, Why};

/// All settings that a verdict was made from.
#[derive(Debug)]
pub(super) struct Settings {
    /// The user's file that is followed.
    pub(super) own: Option<SettingsFile>,
    /// The user's file of the other generation.
    pub(super) other: Option<SettingsFile>,
    /// What the administrator says.
    pub(super) managed: Option<Managed>,
}

impl Settings {
    /// What these settings mean on a Mac with this installed.
    pub(super) fn verdict(&self, installed: &Installed) -> Verdict {
        verdict(self.own.as_ref(), self.managed.as_ref(), installed)
    }

    /// What the administrator says, when users cannot choose.
    pub(super) fn lock(&self) -> Option<&Managed> {
        self.managed.as_ref().filter(|managed| managed.locked)
    }

    /// Everything in these settings that speaks against their verdict, or could change it.
    pub(super) fn conflicts(&self, verdict: &Verdict, installed: &Installed) -> Vec<Conflict> {
        [
            self.with_managed(verdict, installed),
            self.with_other_file(verdict, installed),
            self.written_twice(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn written_twice(&self) -> Option<Conflict> {
        let [one, other] = self.own.as_ref()?.written_twice()?;
        Some(Conflict::WrittenTwice { one, other })
    }

    fn with_managed(&self, with: &Verdict, installed: &Installed) -> Option<Conflict> {
        let managed = self.managed.as_ref()?.setting.clone();
        if let (Why::OtherVmm(by), true, Some(_)) = (&with.why, managed.value, self.lock()) {
            let by = by.clone();
            return Some(Conflict::ManagedOverruled { managed, by });
        }
        let without = verdict(self.own.as_ref(), None, installed).state;
        (without != with.state).then_some(Conflict::ManagedDiffers { managed, without })
    }

    fn with_other_file(&self, used: &Verdict, installed: &Installed) -> Option<Conflict> {
        let (own, other) = self.own.as_ref().zip(self.other.as_ref())?;
        let other_state = verdict(Some(other), self.managed.as_ref(), installed).state;
        (other_state != used.state).then(|| Conflict::FilesDiffer {
            used: own.path.clone(),
            other: other.path.clone(),
            other_state,
            newer: newer(own, other),
        })
    }
}

fn newer(own: &SettingsFile, other: &SettingsFile) -> Newer {
    let times = own.modified.zip(other.modified);
    match times.map(|(own, other)| own.cmp(&other)) {
        Some(Ordering::Greater) => Newer::Used,
        Some(Ordering::Less) => Newer::Other,
        Some(Ordering::Equal) | None => Newer::Unknown,
    }
}
