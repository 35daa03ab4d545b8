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
    /// Probes of which something may be on the engine.
    under_way: usize,
    /// Whether they are to come to an end, and no other is to begin.
    ending: bool,
}

/// A probe that is under way, for as long as this lives.
pub(super) struct UnderWay(Remembered);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.send_modify(|seen| seen.under_way -= 1);
    }
}

impl Default for Remembered {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Seen::default())))
    }
}

impl Remembered {
    pub(super) fn begin(&self) -> UnderWay {
        self.0.send_modify(|seen| seen.under_way += 1);
        UnderWay(self.clone())
    }

    pub(super) fn end(&self) {
        self.0.send_modify(|seen| seen.ending = true);
    }

    pub(super) fn is_ending(&self) -> bool {
        self.0.borrow().ending
    }

    /// Waits until probes are to come to an end.
    pub(super) async fn ending(&self) {
        self.0.subscribe().wait_for(|seen| seen.ending).await.ok();
    }

    /// Waits until nothing is under way.
    pub(super) async fn ended(&self) {
        let mut seen = self.0.subscribe();
        seen.wait_for(|seen| seen.under_way == 0).await.ok();
    }

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
