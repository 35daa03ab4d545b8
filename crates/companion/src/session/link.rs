//! The link to an engine: being made, up, or down, and when it is tried again.

use std::time::Duration;

use engine::{Endpoint, Engine};
use tokio::time::Instant;

use crate::{Refusal, Setup, view::Problem};

/// The first pause before an engine that was lost is looked for again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// An engine may stay away for days; looking for it costs one system call.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// A link that held for this long was a good one: when it breaks, the pauses start anew.
pub(super) const STEADY: Duration = LONGEST_PAUSE;

/// How it stands with the engine.
pub(super) enum Link {
    /// Nobody asked for it yet.
    Idle,
    /// Being made.
    Making,
    /// It answers.
    Up(Engine),
    /// It does not.
    Down {
        problem: Problem,
        again: Option<Instant>,
    },
}

impl Link {
    pub(super) fn engine(&self) -> Option<&Engine> {
        match self {
            Self::Up(engine) => Some(engine),
            Self::Idle | Self::Making | Self::Down { .. } => None,
        }
    }

    pub(super) fn again(&self) -> Option<Instant> {
        match self {
            Self::Down { again, .. } => *again,
            Self::Idle | Self::Making | Self::Up(_) => None,
        }
    }
}

/// How long to wait before the next try, after `failures` in a row.
pub(super) fn pause(failures: u32) -> Duration {
    FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(failures))
        .min(LONGEST_PAUSE)
}

/// Connects to the engine that `setup` leads to, or to `sample`.
pub(super) async fn connect(setup: Setup, sample: Option<String>) -> Result<Engine, Problem> {
    let endpoint = match sample {
        Some(url) => Endpoint {
            url,
            source: "sample".to_owned(),
        },
        None => engine::locate(&setup.surroundings()).await?,
    };
    Ok(Engine::connect(&endpoint).await?)
}

/// Starts the sample engine.
pub(super) async fn start_sample() -> Result<sample::Sample, Problem> {
    sample::start()
        .await
        .map_err(|error| Refusal::NoSample(error.to_string()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        assert_eq!(pause(0), FIRST_PAUSE);
        assert_eq!(pause(1), FIRST_PAUSE * 2);
        assert_eq!(pause(40), LONGEST_PAUSE);
    }
}
