//! What somebody else has to show to a registry in our place: an engine that is to pull.

use std::fmt;

use crate::{config_file, credentials::Credential};

/// What `docker login` left for one registry, in the form in which engines take it.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The registry, as Docker calls it.
    pub server: String,
    /// Name and password, or a token in their place.
    pub secret: Secret,
}

/// A secret. It is never shown.
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

impl Login {
    /// `None` where there is nothing to show, or nothing that can be read.
    pub(crate) fn of(registry: &str, credential: Credential) -> Option<Self> {
        let secret = match credential {
            Credential::Anonymous | Credential::Unreadable(_) => return None,
            Credential::Password { user, password } => Secret::Password { user, password },
            Credential::Identity(token) => Secret::Identity(token),
            Credential::Token(token) => Secret::Token(token),
        };
        Some(Self {
            server: config_file::server(registry).to_owned(),
            secret,
        })
    }
}

impl fmt::Debug for Login {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_names_the_server_as_docker_does_and_never_shows_its_secret() {
        let password = Credential::Password {
            user: "alice".to_owned(),
            password: "s3cret".to_owned(),
        };
        let login = Login::of("docker.io", password).unwrap();
        assert_eq!(login.server, "https://index.docker.io/v1/");
        let shown = format!("{login:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("alice"), "{shown}");
        assert_eq!(Login::of("ghcr.io", Credential::Anonymous), None);
    }
}
