//! What a client asks: method, path, query and body, decoded.

use std::collections::BTreeMap;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::{Method, Request, StatusCode, body::Incoming};
use serde_json::Value;

use crate::answer::Refusal;

/// A container's configuration is a few kilobytes; nothing else that is taken here is larger.
const BODY: usize = 1024 * 1024;

/// The API that the recorded engine speaks, and the oldest that it takes.
pub(crate) const API: (u32, u32) = (1, 51);
const OLDEST: (u32, u32) = (1, 24);

/// One request.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    /// Decoded parts of the path, without the version.
    pub(crate) path: Vec<String>,
    query: BTreeMap<String, String>,
    /// `Null` when there was none.
    pub(crate) body: Value,
    /// What came instead of JSON, for the one request that has no JSON.
    pub(crate) archive: Bytes,
}

impl Ask {
    /// Reads a request to its end.
    pub(crate) async fn read(request: Request<Incoming>) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let mut path: Vec<String> = parts.uri.path().split('/').skip(1).map(decoded).collect();
        if let Some(version) = path.first().and_then(|part| version(part)) {
            check(version)?;
            path.remove(0);
        }
        let collected = Limited::new(body, BODY).collect().await;
        let bytes = collected
            .map_err(|_| Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "http: request body too large"))?
            .to_bytes();
        let (archive, bytes) = if path == ["images", "load"] {
            (bytes, Bytes::new())
        } else {
            (Bytes::new(), bytes)
        };
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).map_err(|error| Refusal::bad(format!("invalid JSON: {error}")))?
        };
        Ok(Self {
            method: parts.method,
            path,
            query: query(parts.uri.query().unwrap_or_default()),
            body,
            archive,
        })
    }

    /// A parameter, empty when it is not there.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// Whether a parameter is set, as the engine reads truth: everything but these words.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        let text = self.text(name).to_ascii_lowercase();
        !matches!(text.as_str(), "" | "0" | "no" | "false" | "none")
    }

    /// The filters, in either of the two forms in which clients write them.
    pub(crate) fn filters(&self) -> Result<Filters, Refusal> {
        let text = self.text("filters");
        if text.is_empty() {
            return Ok(Filters::default());
        }
        let json: BTreeMap<String, Value> =
            serde_json::from_str(text).map_err(|error| Refusal::bad(format!("invalid filter: {error}")))?;
        let wanted = |value: Value| match value {
            Value::Array(list) => list
                .iter()
                .filter_map(Value::as_str)
                .map(ToOwned::to_owned)
                .collect(),
            Value::Object(map) => map.keys().cloned().collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        Ok(Filters(
            json.into_iter()
                .map(|(name, value)| (name, wanted(value)))
                .collect(),
        ))
    }
}

/// For each filter, the values of which one has to fit.
#[derive(Debug, Default)]
pub(crate) struct Filters(BTreeMap<String, Vec<String>>);

impl Filters {
    /// Whether one value of filter `name` fits; a filter that is not there fits all.
    pub(crate) fn fits(&self, name: &str, fits: impl Fn(&str) -> bool) -> bool {
        self.0
            .get(name)
            .is_none_or(|values| values.iter().any(|value| fits(value)))
    }

    /// Whether all values of filter `name` fit, as for labels.
    pub(crate) fn all_fit(&self, name: &str, fits: impl Fn(&str) -> bool) -> bool {
        self.0
            .get(name)
            .is_none_or(|values| values.iter().all(|value| fits(value)))
    }

    /// Whether there is a filter `name`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// Whether labels fit a filter such as `name` or `name=value`.
pub(crate) fn label_fits(labels: Option<&Value>, filter: &str) -> bool {
    let (name, value) = filter
        .split_once('=')
        .map_or((filter, None), |(name, value)| (name, Some(value)));
    let label = labels.and_then(|labels| labels.get(name)).and_then(Value::as_str);
    label.is_some_and(|label| value.is_none_or(|value| value == label))
}

fn version(part: &str) -> Option<(u32, u32)> {
    let (major, minor) = part.strip_prefix('v')?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn check(asked: (u32, u32)) -> Result<(), Refusal> {
    let text = |version: (u32, u32)| format!("{}.{}", version.0, version.1);
    if asked > API {
        let message = format!(
            "client version {} is too new. Maximum supported API version is {}",
            text(asked),
            text(API)
        );
        return Err(Refusal::bad(message));
    }
    if asked < OLDEST {
        let message = format!(
            "client version {} is too old. Minimum supported API version is {}, please upgrade your client to a newer version",
            text(asked),
            text(OLDEST)
        );
        return Err(Refusal::bad(message));
    }
    Ok(())
}

fn query(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| {
            (
                decoded(&name.replace('+', " ")),
                decoded(&value.replace('+', " ")),
            )
        })
        .collect()
}

/// Undoes percent escapes; what is none stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| *first == b'%');
        let byte = escaped.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_and_broken_ones_stay() {
        assert_eq!(decoded("acme%2Fapi%3A2"), "acme/api:2");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%f"), "%zz%f");
        assert_eq!(query("a=1+2&b&c=%26")["c"], "&");
    }

    #[test]
    fn versions_outside_of_the_range_are_refused_in_the_engines_words() {
        assert_eq!(check((1, 51)), Ok(()));
        let refused = check((1, 60)).expect_err("too new");
        assert_eq!(
            refused.message,
            "client version 1.60 is too new. Maximum supported API version is 1.51"
        );
        assert!(
            check((1, 12))
                .expect_err("too old")
                .message
                .contains("Minimum supported API version is 1.24")
        );
        assert_eq!(version("volumes"), None);
    }
}
