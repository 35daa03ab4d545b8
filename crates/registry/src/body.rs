//! A layer's bytes as they come from a registry.

use std::time::Duration;

use reqwest::{Response, StatusCode, header::CONTENT_RANGE};
use tokio::{sync::SemaphorePermit, time::timeout};

use crate::{RegistryError, ask::innermost, host::Host};

/// A layer has no time limit of its own, but a registry that sends nothing for this long has hung.
const SILENCE: Duration = Duration::from_mins(1);

/// What is being received. Dropping it ends the request: the registry sends no more.
pub(crate) struct Body<'a> {
    host: &'a Host,
    response: Response,
    /// Held as long as something comes.
    _place: SemaphorePermit<'a>,
    /// Bytes that come again, because the registry began at the start.
    again: u64,
}

impl<'a> Body<'a> {
    /// What `response` has, which was asked for from the byte `from` on.
    pub(crate) fn new(
        host: &'a Host,
        response: Response,
        place: SemaphorePermit<'a>,
        from: u64,
    ) -> Result<Self, RegistryError> {
        let again = match response.status() {
            StatusCode::PARTIAL_CONTENT if begins_at(&response) == Some(from) => 0,
            StatusCode::PARTIAL_CONTENT => {
                return Err(host.invalid("it sends another part than was asked for"));
            }
            _ => from,
        };
        Ok(Self {
            host,
            response,
            _place: place,
            again,
        })
    }

    /// The next bytes; `None` behind the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, RegistryError> {
        loop {
            let chunk =
                timeout(SILENCE, self.response.chunk())
                    .await
                    .map_err(|_| RegistryError::TimedOut {
                        registry: self.host.name().to_owned(),
                        after: SILENCE,
                    })?;
            let chunk = chunk.map_err(|error| RegistryError::Unreachable {
                registry: self.host.name().to_owned(),
                reason: innermost(&error.without_url()),
            })?;
            let Some(chunk) = chunk else {
                return Ok(None);
            };
            let known = usize::try_from(self.again)
                .unwrap_or(chunk.len())
                .min(chunk.len());
            self.again -= known as u64;
            if known < chunk.len() {
                return Ok(Some(chunk[known..].to_vec()));
            }
        }
    }
}

/// The first byte of `bytes 512-1023/4096`.
fn begins_at(response: &Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range
        .strip_prefix("bytes ")?
        .split('-')
        .next()?
        .trim()
        .parse()
        .ok()
}
