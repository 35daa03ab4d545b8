//! Bounded reads: every answer has a limit in time and in bytes, and unknown fields are at hand when they are needed.
//!
//! bollard's typed calls drop fields that they do not know, read answers of any size, and ask without a version. It
//! also has calls that hand out an answer's bytes as they come, and lets a request be changed before it is sent: with
//! these two, any path can be read through bollard's own transports, versioned, bounded and verbatim.

use std::{future::Future, time::Duration};

use bollard::{BollardRequest, Docker};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use serde::de::DeserializeOwned;

use crate::{Endpoint, Engine, EngineError, identity::ApiVersion};

/// How long bollard waits for the head of an answer; the limits of single calls are shorter.
pub(crate) const TRANSPORT_LIMIT: Duration = Duration::from_mins(2);

/// One object: an inspect, a stat. The containerd store takes some 40 ms for one image; a busy disk takes longer.
pub(crate) const QUICK: Duration = Duration::from_secs(15);

/// A whole list: 570 containers and 358 images took 5.7 s on the containerd store, on a quiet machine.
pub(crate) const LIST: Duration = Duration::from_secs(90);

/// One container's inspection: megabytes only if somebody put megabytes into its labels or environment.
pub(crate) const OBJECT_BYTES: usize = 8 * 1024 * 1024;

/// A whole list: 570 containers are 0.95 MB; this is room for a hundred times as many.
pub(crate) const LIST_BYTES: usize = 128 * 1024 * 1024;

/// Puts the agreed version before the path of every request.
pub(crate) fn speaking(docker: Docker, api: ApiVersion) -> Docker {
    docker.with_request_modifier(move |request| {
        let target = path_and_query(&request);
        retarget(request, &format!("/v{api}{target}"))
    })
}

/// `future`, but not for longer than `limit`.
pub(crate) async fn within<T>(
    limit: Duration,
    what: &str,
    future: impl Future<Output = Result<T, EngineError>>,
) -> Result<T, EngineError> {
    let timed_out = || EngineError::TimedOut {
        what: what.to_owned(),
        seconds: limit.as_secs(),
    };
    tokio::time::timeout(limit, future)
        .await
        .unwrap_or_else(|_| Err(timed_out()))
}

/// The answer to `GET target` as JSON, at most `limit` bytes of it.
pub(crate) async fn json<T: DeserializeOwned>(
    docker: &Docker,
    endpoint: &Endpoint,
    target: &str,
    limit: usize,
) -> Result<T, EngineError> {
    let mut stream = std::pin::pin!(chunks(docker, endpoint, target));
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk?);
        if bytes.len() > limit {
            return Err(EngineError::TooLarge {
                what: target.to_owned(),
                limit,
            });
        }
    }
    serde_json::from_slice(&bytes).map_err(|error| EngineError::NotAnEngine {
        what: target.to_owned(),
        why: error.to_string(),
    })
}

/// The answer to `GET target` as it comes; dropping the stream ends the request.
pub(crate) fn chunks(
    docker: &Docker,
    endpoint: &Endpoint,
    target: &str,
) -> impl Stream<Item = Result<Bytes, EngineError>> + use<> {
    let (path, what, url) = (target.to_owned(), target.to_owned(), endpoint.url.clone());
    docker
        .clone()
        .with_request_modifier(move |request| retarget(request, &path))
        .export_container("any")
        .map(move |chunk| {
            chunk.map_err(|error| EngineError::of(error, &what, &url, TRANSPORT_LIMIT.as_secs()))
        })
}

impl Engine {
    /// `GET target` at the agreed version, as JSON, within the limits.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        target: &str,
        time: Duration,
        bytes: usize,
    ) -> Result<T, EngineError> {
        let versioned = self.versioned(target);
        within(
            time,
            target,
            json(&self.docker, &self.endpoint, &versioned, bytes),
        )
        .await
    }

    /// `GET target` at the agreed version, as a stream of bytes.
    pub(crate) fn stream(&self, target: &str) -> impl Stream<Item = Result<Bytes, EngineError>> + use<> {
        chunks(&self.docker, &self.endpoint, &self.versioned(target))
    }

    /// `POST target` at the agreed version with `body`, within the limit. Only [`crate::act`] calls this.
    pub(crate) async fn post(
        &self,
        target: &str,
        body: Option<&serde_json::Value>,
        time: Duration,
    ) -> Result<(), EngineError> {
        let send = async {
            let sent = self.sending(target, body).start_container("any", None).await;
            sent.map_err(|error| self.error(error, target))
        };
        within(time, target, send).await
    }

    /// bollard, but its next request goes to `target` with `body`, whatever the call itself would send.
    pub(crate) fn sending(&self, target: &str, body: Option<&serde_json::Value>) -> Docker {
        let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        let target = self.versioned(target);
        self.docker.clone().with_request_modifier(move |request| {
            let (parts, _) = retarget(request, &target).into_parts();
            BollardRequest::from_parts(parts, bollard::body_full(body.clone()))
        })
    }

    /// bollard's error with this engine's address.
    pub(crate) fn error(&self, error: bollard::errors::Error, what: &str) -> EngineError {
        EngineError::of(error, what, &self.endpoint.url, TRANSPORT_LIMIT.as_secs())
    }

    fn versioned(&self, target: &str) -> String {
        format!("/v{}{target}", self.api)
    }
}

fn path_and_query(request: &BollardRequest) -> String {
    request
        .uri()
        .path_and_query()
        .map_or_else(|| "/".to_owned(), ToString::to_string)
}

/// The same request for another path. A path that is no path leaves it as it was, and the engine answers 404.
fn retarget(mut request: BollardRequest, target: &str) -> BollardRequest {
    let mut parts = request.uri().clone().into_parts();
    if let Ok(path_and_query) = target.parse() {
        parts.path_and_query = Some(path_and_query);
    }
    if let Ok(uri) = parts.try_into() {
        *request.uri_mut() = uri;
    }
    request
}

/// `text` as it may stand in a query.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut escaped, byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                escaped.push(char::from(byte));
            } else {
                escaped.extend(['%', hex(byte >> 4), hex(byte & 15)]);
            }
            escaped
        })
}

/// One hexadecimal digit.
fn hex(value: u8) -> char {
    char::from_digit(value.into(), 16)
        .unwrap_or('0')
        .to_ascii_uppercase()
}

/// `id` when it can be a container's name or id: everything else could change the path of a request.
pub(crate) fn container_name(id: &str) -> Result<&str, EngineError> {
    let name = id.strip_prefix('/').unwrap_or(id);
    let fits = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    if !fits || !name.starts_with(|first: char| first.is_ascii_alphanumeric()) || name.len() > 512 {
        return Err(EngineError::BadName {
            name: id.chars().take(80).collect(),
        });
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_change_a_request_are_refused() {
        for name in [
            "",
            "..",
            "../images",
            "a/b",
            "a?x=1",
            "a b",
            "ä",
            ".hidden",
            "a%2f",
        ] {
            assert!(
                matches!(container_name(name), Err(EngineError::BadName { .. })),
                "{name:?}"
            );
        }
        assert_eq!(container_name("/web-1.kept_2").expect("a name"), "web-1.kept_2");
    }

    #[test]
    fn what_stands_in_a_query_cannot_end_it() {
        assert_eq!(
            escaped(r#"{"a":["b&c=d"]}"#),
            "%7B%22a%22%3A%5B%22b%26c%3Dd%22%5D%7D"
        );
    }
}
