//! How much one registry is asked at a time, and when it is left alone.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::StatusCode;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep},
};

use crate::{RegistryError, answer::Answer};

/// Requests to one registry at a time: what a browser and two pulls of an engine open together; more is taken for an
/// attack by some.
pub(crate) const AT_ONCE: usize = 16;

/// The waits after the first and the second refusal, where the registry says none.
const WAITS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// The longest wait that is waited for: after it a person would rather know.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// How long a registry is not asked at all after it refused for longer. It may have said hours, but a login can lift
/// that.
const REST: Duration = Duration::from_mins(1);

/// The requests of one registry, and until when there should be none.
pub(crate) struct Patience {
    slots: Semaphore,
    rest: Mutex<Option<Rest>>,
}

#[derive(Clone, Copy)]
struct Rest {
    until: Instant,
    retry_after: Option<Duration>,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Self {
            slots: Semaphore::new(AT_ONCE),
            rest: Mutex::new(None),
        }
    }

    /// Waits until the registry may be asked, and holds a place until the answer is there.
    pub(crate) async fn enter(&self, registry: &str) -> Result<SemaphorePermit<'_>, RegistryError> {
        loop {
            let permit = self.slots.acquire().await.expect("it is never closed");
            let Some(rest) = self.resting() else {
                return Ok(permit);
            };
            drop(permit);
            let left = rest.until.saturating_duration_since(Instant::now());
            if left > LONGEST_WAIT {
                return Err(refused(registry, rest.retry_after));
            }
            sleep(left).await;
        }
    }

    /// Takes note of an answer that was asked for the `attempt`th time, from 0. `Ok(true)` is to ask again, after
    /// [`Self::enter`] has waited.
    pub(crate) fn heed(
        &self,
        answer: &Answer,
        attempt: usize,
        registry: &str,
    ) -> Result<bool, RegistryError> {
        if !is_refusal(answer) {
            return Ok(false);
        }
        let retry_after = answer.retry_after();
        let wait = retry_after.or(WAITS.get(attempt).copied()).unwrap_or(REST);
        let is_last = attempt >= WAITS.len() || wait > LONGEST_WAIT;
        let until = Instant::now() + if is_last { wait.min(REST) } else { wait };
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = Some(Rest { until, retry_after });
        if is_last {
            Err(refused(registry, retry_after))
        } else {
            Ok(true)
        }
    }

    /// How long there are to be no requests; `None` when there may be some now.
    pub(crate) fn left(&self) -> Option<Duration> {
        let rest = self.resting()?;
        Some(rest.until.saturating_duration_since(Instant::now()))
    }

    fn resting(&self) -> Option<Rest> {
        let rest = *self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        rest.filter(|rest| rest.until > Instant::now())
    }
}

/// A registry that is overloaded and says until when is as good as one that counts.
fn is_refusal(answer: &Answer) -> bool {
    answer.status == StatusCode::TOO_MANY_REQUESTS
        || answer.status == StatusCode::SERVICE_UNAVAILABLE && answer.retry_after().is_some()
}

fn refused(registry: &str, retry_after: Option<Duration>) -> RegistryError {
    RegistryError::RateLimited {
        registry: registry.to_owned(),
        retry_after,
    }
}
