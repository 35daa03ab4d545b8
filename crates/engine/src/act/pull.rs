//! Pulls one platform of an image, and tells how far it is.

use std::{collections::HashMap, fmt, time::Duration};

use bollard::{
    auth::DockerCredentials, models::CreateImageInfo, query_parameters::CreateImageOptionsBuilder,
};
use futures_util::StreamExt as _;
use platform::Platform;
use tokio::time::Instant;

use crate::{Engine, EngineError};

/// Before the first word of a pull: engines ask for a token and a manifest until then.
const FIRST_WORD: Duration = Duration::from_secs(30);

/// A pull has no time limit of its own, but one of which nothing comes for this long has hung. The checksum of a large layer
/// takes its time.
const SILENCE: Duration = Duration::from_mins(2);

/// More layers than any image has; further ones are pulled, but not counted.
const LAYERS: usize = 1024;

/// A name and a tag or digest, as the engine wants them apart.
pub(crate) struct Reference<'a> {
    pub(crate) name: &'a str,
    /// `latest` when nothing is said: without a tag some engines would pull all of them.
    pub(crate) tag: &'a str,
}

/// What an engine shows to a registry in our place. It is sent with a pull, and kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The registry, as Docker calls it.
    pub server: String,
    /// The secret.
    pub secret: Secret,
}

/// A name and a password, or a token in their place.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// A name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// A token that a token server gives others for.
    Identity(String),
    /// A token for the registry itself.
    Token(String),
}

impl fmt::Debug for Login {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

fn shown(login: &Login) -> DockerCredentials {
    let mut shown = DockerCredentials {
        serveraddress: Some(login.server.clone()),
        ..DockerCredentials::default()
    };
    match login.secret.clone() {
        Secret::Password { user, password } => {
            (shown.username, shown.password) = (Some(user), Some(password));
        }
        Secret::Identity(token) => shown.identitytoken = Some(token),
        Secret::Token(token) => shown.registrytoken = Some(token),
    }
    shown
}

/// Splits `reference` at its digest, else at its tag.
pub(crate) fn split(reference: &str) -> Reference<'_> {
    if let Some((name, digest)) = reference.split_once('@') {
        return Reference { name, tag: digest };
    }
    // A colon before the last slash belongs to the registry's port.
    match reference.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => Reference { name, tag },
        _ => Reference {
            name: reference,
            tag: "latest",
        },
    }
}

impl Engine {
    /// Pulls `reference` for `platform`; `report` hears a fraction between 0 and 1 as layers come in.
    pub(crate) async fn pull(
        &self,
        reference: &str,
        platform: &Platform,
        login: Option<&Login>,
        report: &(dyn Fn(f64) + Send + Sync),
    ) -> Result<(), EngineError> {
        let Reference { name, tag } = split(reference);
        let platform = platform.to_string();
        let hung = |limit: Duration| EngineError::PullFailed {
            reference: reference.to_owned(),
            platform: platform.clone(),
            message: format!(
                "nothing came for {} s; the registry does not answer",
                limit.as_secs()
            ),
        };
        let options = CreateImageOptionsBuilder::default()
            .from_image(name)
            .tag(tag)
            .platform(&platform)
            .build();
        let mut stream = self.docker.create_image(Some(options), None, login.map(shown));
        let mut layers = Layers::default();
        let (mut limit, mut since) = (FIRST_WORD, Instant::now());
        loop {
            let message = tokio::time::timeout_at(since + limit, stream.next())
                .await
                .map_err(|_| hung(limit))?;
            let Some(message) = message else { return Ok(()) };
            let message = message.map_err(|error| self.error(error, "pull"))?;
            if let Some(error) = message
                .error_detail
                .as_ref()
                .and_then(|detail| detail.message.clone())
            {
                return Err(EngineError::Refused {
                    status: 200,
                    message: error,
                });
            }
            if layers.is_news(&message) {
                (limit, since) = (SILENCE, Instant::now());
            }
            if let Some(fraction) = layers.take(message) {
                report(fraction);
            }
        }
    }
}

/// What has come of each layer. Downloading counts for most of the way, unpacking for the rest.
#[derive(Default)]
struct Layers {
    known: HashMap<String, Layer>,
    /// Of each, and of the whole, what was said last.
    said: HashMap<Option<String>, Said>,
}

/// What an engine says, and how far it is.
type Said = (Option<String>, Option<i64>);

#[derive(Default)]
struct Layer {
    total: f64,
    done: f64,
}

impl Layers {
    /// Whether `message` says anything that was not said before: engines repeat themselves while nothing comes.
    fn is_news(&mut self, message: &CreateImageInfo) -> bool {
        let current = message.progress_detail.as_ref().and_then(|detail| detail.current);
        let said = (message.status.clone(), current);
        if self.said.len() >= LAYERS && !self.said.contains_key(&message.id) {
            return true;
        }
        self.said.insert(message.id.clone(), said.clone()) != Some(said)
    }

    /// How far all of them are, when `message` says something about it.
    fn take(&mut self, message: CreateImageInfo) -> Option<f64> {
        let (id, detail) = (message.id?, message.progress_detail?);
        if self.known.len() >= LAYERS && !self.known.contains_key(&id) {
            return None;
        }
        let layer = self.known.entry(id).or_default();
        #[expect(clippy::cast_precision_loss, reason = "a fraction for people")]
        let bytes = |bytes: Option<i64>| bytes.unwrap_or_default().max(0) as f64;
        let share = if message.status.as_deref() == Some("Downloading") {
            0.8
        } else {
            1.0
        };
        layer.total = layer.total.max(bytes(detail.total));
        layer.done = layer.done.max(bytes(detail.current).min(layer.total) * share);
        let total: f64 = self.known.values().map(|layer| layer.total).sum();
        let done: f64 = self.known.values().map(|layer| layer.done).sum();
        (total > 0.0).then(|| (done / total).min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_split_where_the_engine_wants_it() {
        let cases = [
            ("nginx", "nginx", "latest"),
            ("nginx:1.29", "nginx", "1.29"),
            ("127.0.0.1:5000/acme/api", "127.0.0.1:5000/acme/api", "latest"),
            ("127.0.0.1:5000/acme/api:2", "127.0.0.1:5000/acme/api", "2"),
            ("acme/api@sha256:00", "acme/api", "sha256:00"),
        ];
        for (reference, name, tag) in cases {
            let split = split(reference);
            assert_eq!((split.name, split.tag), (name, tag), "{reference}");
        }
    }

    #[test]
    fn what_an_engine_repeats_is_no_news() {
        let mut layers = Layers::default();
        let mut is_news = |json: &str| layers.is_news(&serde_json::from_str(json).expect("a message"));
        assert!(is_news(r#"{"status":"Pulling from acme/api","id":"1"}"#));
        let half = r#"{"id":"a","status":"Downloading","progressDetail":{"current":50,"total":100}}"#;
        assert!(is_news(half));
        assert!(!is_news(half));
        assert!(is_news(&half.replace("50", "51")));
        assert!(is_news(&half.replace("Downloading", "Extracting")));
        assert!(is_news(&half.replace("\"a\"", "\"b\"")));
    }

    #[test]
    fn progress_never_goes_back_or_beyond_the_whole() {
        let mut layers = Layers::default();
        let mut last = 0.0;
        for (status, current) in [
            ("Downloading", 50),
            ("Downloading", 100),
            ("Extracting", 20),
            ("Extracting", 900),
        ] {
            let json = format!(
                r#"{{"id":"a","status":"{status}","progressDetail":{{"current":{current},"total":100}}}}"#
            );
            let fraction = layers
                .take(serde_json::from_str(&json).expect("a message"))
                .expect("a fraction");
            assert!((last..=1.0).contains(&fraction), "{fraction} after {last}");
            last = fraction;
        }
        assert!(last > 0.99);
    }
}
