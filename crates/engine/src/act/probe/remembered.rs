//! What was found out a moment ago: a plan and the re-run that follows need not probe twice.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use platform::Platform;
use tokio::sync::watch;

use super::{Probe, Runs};

/// Long enough to read a plan and agree to it, short enough that a translator that was turned on since is seen.
const MEMORY: Duration = Duration::from_mins(1);

/// Of one connection to an engine: a restart of the engine ends it.
#[derive(Clone, Debug)]
pub(crate) struct Remembered(Arc<watch::Sender<Vec<Found>>>);

#[derive(Clone, Debug)]
struct Found {
    platform: Platform,
    runs: Runs,
    at: Instant,
}

impl Default for Remembered {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Vec::new())))
    }
}

impl Remembered {
    /// What could not be found out may be found out the next time.
    pub(super) fn note(&self, probe: &Probe) {
        self.0.send_modify(|found| {
            found.retain(|found| found.platform != probe.platform && found.is_fresh());
            if !matches!(probe.runs, Runs::Unknown { .. }) {
                found.push(Found {
                    platform: probe.platform.clone(),
                    runs: probe.runs.clone(),
                    at: Instant::now(),
                });
            }
        });
    }

    pub(super) fn of(&self, platform: &Platform) -> Option<Runs> {
        let found = self.0.borrow();
        let found = found.iter().find(|found| found.platform == *platform);
        found
            .filter(|found| found.is_fresh())
            .map(|found| found.runs.clone())
    }
}

impl Found {
    fn is_fresh(&self) -> bool {
        self.at.elapsed() < MEMORY
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::probe::{Doubt, Why};

    #[test]
    fn the_last_answer_counts_and_a_doubt_is_none() {
        let remembered = Remembered::default();
        let platform = Platform::linux("amd64");
        let mut probe = Probe::unknown(&platform, Doubt::TimedOut);
        remembered.note(&probe);
        assert_eq!(remembered.of(&platform), None);
        for runs in [
            Runs::Yes,
            Runs::No {
                why: Why::NothingTranslates,
            },
        ] {
            probe.runs = runs.clone();
            remembered.note(&probe);
            assert_eq!(remembered.clone().of(&platform), Some(runs));
        }
        assert_eq!(remembered.of(&Platform::linux("arm64")), None);
    }
}
