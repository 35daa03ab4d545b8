//! Why a registry gave no answer. No message has a token, a password, a URL's user or its query.

use std::time::Duration;

/// Why it is not known what a reference offers. Names of registries are as they stand in a full reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// The text is not a reference.
    #[error("`{reference}` is not an image's reference: {reason}")]
    BadReference {
        /// The text, cut, and without a URL's user and query.
        reference: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The registry answers, and has no such repository, tag or digest. Some registries say [`Self::Denied`] instead.
    #[error("`{registry}` has no `{what}`")]
    NotThere {
        /// The registry.
        registry: String,
        /// The full reference, or the digest of one part of it.
        what: String,
    },
    /// The registry does not let us read this, or, often, has no such repository.
    #[error("`{registry}` does not say, or has no such repository ({credentials})")]
    Denied {
        /// The registry.
        registry: String,
        /// With what it was asked.
        credentials: Credentials,
    },
    /// The registry wants fewer requests, and does not again in the time that can be waited.
    #[error("`{registry}` wants fewer requests")]
    RateLimited {
        /// The registry.
        registry: String,
        /// How long it wants to be left alone, when it says so.
        retry_after: Option<Duration>,
    },
    /// No answer can be had: no such host, nobody listens, a certificate is not trusted, or a server behind it fails.
    #[error("`{registry}` cannot be reached: {reason}")]
    Unreachable {
        /// The registry.
        registry: String,
        /// The innermost cause, in the system's words.
        reason: String,
    },
    /// The registry did not answer, or did not finish, in time.
    #[error("`{registry}` did not answer within {} s", after.as_secs())]
    TimedOut {
        /// The registry.
        registry: String,
        /// The limit.
        after: Duration,
    },
    /// The registry sent, or announced, more than can be sensible.
    #[error("`{registry}` sends {what} of more than {limit} {unit}")]
    TooLarge {
        /// The registry.
        registry: String,
        /// What is too large: `a manifest`.
        what: &'static str,
        /// The bound.
        limit: u64,
        /// What is counted.
        unit: &'static str,
    },
    /// What was received is not what a registry says: another kind of server, malformed data, a wrong digest.
    #[error("`{registry}` does not answer as a registry does: {reason}")]
    Invalid {
        /// The registry.
        registry: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A layer came, and cannot be followed to its end.
    #[error("the layer `{layer}` cannot be read: {reason}")]
    Unreadable {
        /// Its digest, shortened.
        layer: String,
        /// Why.
        reason: String,
    },
    /// The image is in the format of before 2016 (schema 1), which names no platform and which engines no longer read.
    #[error("`{reference}` is in the old format, schema 1, which engines no longer read")]
    TooOld {
        /// The full reference.
        reference: String,
    },
}

/// With what a registry was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Nobody is logged in there.
    None,
    /// What `docker login` left for it.
    Given,
    /// There are some, and they cannot be had.
    Unreadable {
        /// Why: a helper that is missing, fails, or takes too long.
        reason: String,
    },
}

impl std::fmt::Display for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("nobody is logged in there"),
            Self::Given => f.write_str("asked with the credentials that Docker has for it"),
            Self::Unreadable { reason } => write!(f, "the credentials for it cannot be read: {reason}"),
        }
    }
}
