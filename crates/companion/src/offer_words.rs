//! The words for what registries offer, and for why it is not known.

use std::time::Duration;

use registry::{Credentials, RegistryError};

use crate::{
    problem::{capitalised, plain},
    view::Problem,
};

/// How far it is, and what the registry says of its limits.
pub(crate) fn progress(done: usize, all: usize, left: Option<u64>, rest: Option<Duration>) -> String {
    let mut text = format!("{done} of {all} asked");
    if let Some(left) = left {
        text = format!("{text}; {left} pulls left");
    }
    if let Some(rest) = rest {
        text = format!(
            "{text}; the registry wants a pause of {} s",
            rest.as_secs().max(1)
        );
    }
    text
}

impl From<&RegistryError> for Problem {
    fn from(error: &RegistryError) -> Self {
        let (kind, hint) = match error {
            RegistryError::BadReference { .. } => ("bad-reference", "Write it as `nginx:1.27` or `ghcr.io/owner/name:tag`".to_owned()),
            RegistryError::NotThere { .. } => ("not-found", "Look at the spelling of the name and the tag".to_owned()),
            RegistryError::Denied { credentials, .. } => ("registry-denied", denied(credentials).to_owned()),
            RegistryError::RateLimited { retry_after, .. } => ("rate-limited", limited(*retry_after)),
            RegistryError::Unreachable { .. } => (
                "registry-unreachable",
                "Look at the network, the proxy, and whether the registry's certificate is one that Docker trusts too".to_owned(),
            ),
            RegistryError::TimedOut { .. } => ("registry-timeout", "Try again; if it happens again, look at the network".to_owned()),
            RegistryError::TooLarge { .. } => ("answer-too-large", "Ask whoever runs the registry what it sends there".to_owned()),
            RegistryError::Invalid { .. } => ("not-a-registry", "Check the address: something else may answer there".to_owned()),
            RegistryError::Unreadable { .. } => ("unreadable-layer", "Push the image again; if it happens again, ask what packs its layers".to_owned()),
            RegistryError::TooOld { .. } => (
                "schema-1",
                "Ask its maker for a build of today: pushed again by any Docker since 2016, it has the new format".to_owned(),
            ),
        };
        Self {
            kind: kind.to_owned(),
            message: capitalised(&plain(&error.to_string())),
            hint,
        }
    }
}

fn denied(credentials: &Credentials) -> &'static str {
    match credentials {
        Credentials::None => "Look at the spelling, or sign in with `docker login` if it is private",
        Credentials::Given => {
            "Look at the spelling, and whether the account may read it; `docker login` signs in anew"
        }
        Credentials::Unreadable { .. } => {
            "Make the credential helper work, or sign in again with `docker login`"
        }
    }
}

fn limited(retry_after: Option<Duration>) -> String {
    match retry_after {
        Some(wait) => format!(
            "Try again in {} s; whoever is signed in with `docker login` may ask more often",
            wait.as_secs().max(1)
        ),
        None => "Try again later; whoever is signed in with `docker login` may ask more often".to_owned(),
    }
}
