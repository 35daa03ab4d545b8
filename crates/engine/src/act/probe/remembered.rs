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

/// What probes found out. Of one connection to an engine: a restart of the engine ends it.
#[derive(Clone, Debug)]
pub(crate) struct Remembered(Arc<watch::Sender<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    /// The platforms whose programs were seen to run, and when. One whose programs did not run is none: somebody may just
    /// have turned a translator on.
    ran: Vec<(Platform, Instant)>,
    /// What nobody has taken yet, the last of each platform.
    news: Vec<Probe>,
}

impl Default for Remembered {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Seen::default())))
    }
}

impl Remembered {
    pub(super) fn note(&self, probe: &Probe) {
        self.0.send_modify(|seen| {
            seen.ran
                .retain(|(platform, at)| *platform != probe.platform && is_fresh(*at));
            if probe.runs == Runs::Yes {
                seen.ran.push((probe.platform.clone(), Instant::now()));
            }
            seen.news.retain(|known| known.platform != probe.platform);
            seen.news.push(probe.clone());
        });
    }

    /// What was noted since the last time.
    pub(super) fn take(&self) -> Vec<Probe> {
        let mut news = Vec::new();
        self.0.send_modify(|seen| news = std::mem::take(&mut seen.news));
        news
    }

    /// Whether a program of `platform` was seen to run just now.
    pub(super) fn runs(&self, platform: &Platform) -> bool {
        let seen = self.0.borrow();
        let mut ran = seen.ran.iter();
        ran.any(|(known, at)| known == platform && is_fresh(*at))
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
        let news = remembered.take();
        assert_eq!(news, [probe]);
        assert!(remembered.take().is_empty());
    }
}
