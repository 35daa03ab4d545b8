//! What was found out a moment ago: a plan and the re-run that follows need not probe twice.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use platform::Platform;
use tokio::sync::watch;

use super::{Probe, Runs};

/// Long enough to read a plan and agree to it, and short enough that nobody has forgotten having changed something.
const MEMORY: Duration = Duration::from_mins(1);

/// The platforms whose programs were seen to run, and when. Of one connection to an engine: a restart of the engine ends it.
///
/// A platform whose programs did not run is none: somebody may just have turned a translator on.
#[derive(Clone, Debug)]
pub(crate) struct Remembered(Arc<watch::Sender<Vec<(Platform, Instant)>>>);

impl Default for Remembered {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Vec::new())))
    }
}

impl Remembered {
    pub(super) fn note(&self, probe: &Probe) {
        self.0.send_modify(|seen| {
            seen.retain(|(platform, at)| *platform != probe.platform && is_fresh(*at));
            if probe.runs == Runs::Yes {
                seen.push((probe.platform.clone(), Instant::now()));
            }
        });
    }

    /// Whether a program of `platform` was seen to run just now.
    pub(super) fn runs(&self, platform: &Platform) -> bool {
        let seen = self.0.borrow();
        seen.iter().any(|(known, at)| known == platform && is_fresh(*at))
    }
}

fn is_fresh(at: Instant) -> bool {
    at.elapsed() < MEMORY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::probe::{Doubt, Why};

    #[test]
    fn only_what_was_seen_to_run_last_is_remembered() {
        let remembered = Remembered::default();
        let platform = Platform::linux("amd64");
        let mut probe = Probe::unknown(&platform, Doubt::TimedOut);
        let no = Runs::No {
            why: Why::NothingTranslates,
        };
        for (runs, is_known) in [(Runs::Yes, true), (no, false), (Runs::Yes, true)] {
            probe.runs = runs;
            remembered.note(&probe);
            assert_eq!(remembered.clone().runs(&platform), is_known, "{:?}", probe.runs);
        }
        assert!(!remembered.runs(&Platform::linux("arm64")));
    }
}
