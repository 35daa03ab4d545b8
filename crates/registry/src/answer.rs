//! What a registry answered, and what it says of its limits.

use std::time::Duration;

use reqwest::{
    Response, StatusCode,
    header::{HeaderMap, LINK, RETRY_AFTER},
};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use crate::digest::Digest;

/// One answer, whole and within its bound.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Empty unless the answer is a success.
    pub(crate) body: Vec<u8>,
}

/// How many images a registry still gives out, as Docker Hub counts them: one for each manifest that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many are allowed in the window, where it is said.
    pub limit: Option<u64>,
    /// How many are left.
    pub remaining: u64,
    /// How long the window is, where it is said.
    pub window: Option<Duration>,
}

impl Answer {
    /// The beginning of an answer, of which the body is not received yet.
    pub(crate) fn head(response: &Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            body: Vec::new(),
        }
    }

    /// The digest that the registry says it has sent, or would send; `None` when it says none that is well-formed.
    pub(crate) fn digest(&self) -> Option<Digest> {
        Digest::parse(self.header("docker-content-digest")?)
    }

    /// How long the registry wants to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let text = self.header(RETRY_AFTER.as_str())?.trim();
        if let Ok(seconds) = text.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let when = OffsetDateTime::parse(text, &Rfc2822).ok()?;
        Some(
            (when - OffsetDateTime::now_utc())
                .try_into()
                .unwrap_or(Duration::ZERO),
        )
    }

    /// What to ask for the next page, where there is one (RFC 8288, `rel="next"`): the query of its URL. Its host and path
    /// are those of this one, whatever it says.
    pub(crate) fn next_query(&self) -> Option<&str> {
        let (url, rest) = self
            .header(LINK.as_str())?
            .trim()
            .strip_prefix('<')?
            .split_once('>')?;
        let is_next = rest
            .split(';')
            .any(|word| word.trim().replace('"', "") == "rel=next");
        is_next.then(|| url.split_once('?').map_or("", |(_, query)| query))
    }

    /// What is left of the allowance, where the registry counts.
    pub(crate) fn allowance(&self) -> Option<Allowance> {
        let (remaining, window) = counted(self.header("ratelimit-remaining")?);
        let limit = self.header("ratelimit-limit").map(counted);
        Some(Allowance {
            limit: limit.and_then(|(limit, _)| limit),
            remaining: remaining?,
            window: window.or(limit.and_then(|(_, window)| window)),
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Reads `76;w=21600`: a number, and the seconds of its window.
fn counted(text: &str) -> (Option<u64>, Option<Duration>) {
    let (number, rest) = text.split_once(';').unwrap_or((text, ""));
    let window = rest
        .trim()
        .strip_prefix("w=")
        .and_then(|seconds| seconds.parse().ok());
    (number.trim().parse().ok(), window.map(Duration::from_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&'static str, &str)]) -> Answer {
        Answer {
            status: StatusCode::OK,
            headers: headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect(),
            body: Vec::new(),
        }
    }

    #[test]
    fn an_allowance_is_read_as_docker_hub_writes_it() {
        let answer = answer(&[
            ("ratelimit-limit", "100;w=21600"),
            ("ratelimit-remaining", "76;w=21600"),
        ]);
        let allowance = answer.allowance().unwrap();
        assert_eq!((allowance.limit, allowance.remaining), (Some(100), 76));
        assert_eq!(allowance.window, Some(Duration::from_hours(6)));
    }

    #[test]
    fn an_allowance_that_is_not_said_is_not_made_up() {
        assert_eq!(answer(&[]).allowance(), None);
        assert_eq!(answer(&[("ratelimit-remaining", "many")]).allowance(), None);
    }

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let wait = |text: &str| answer(&[("retry-after", text)]).retry_after();
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert!(wait("Thu, 06 Nov 2994 08:49:37 GMT").unwrap() > Duration::from_hours(24));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-1"), None);
    }
}
