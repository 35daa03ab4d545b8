//! Who we are to one registry.

use std::{ffi::OsString, fmt, path::PathBuf};

use crate::{Access, Credentials, config_file, config_file::ConfigFile, helper};

/// What there is to show to a registry.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// Nothing.
    Anonymous,
    /// A name and a password.
    Password { user: String, password: String },
    /// What a token server gives tokens for, in place of a password.
    Identity(String),
    /// A token for the registry itself.
    Token(String),
    /// There is something, and this is why it cannot be had.
    Unreadable(String),
}

impl Credential {
    /// What an error may say of it.
    pub(crate) fn told(&self) -> Credentials {
        match self {
            Self::Anonymous => Credentials::None,
            Self::Password { .. } | Self::Identity(_) | Self::Token(_) => Credentials::Given,
            Self::Unreadable(reason) => Credentials::Unreadable {
                reason: reason.clone(),
            },
        }
    }
}

impl fmt::Debug for Credential {
    /// Without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.told(), f)
    }
}

/// Where credentials are looked for.
pub(crate) struct Keys {
    folder: Option<PathBuf>,
    path: Option<OsString>,
}

impl Keys {
    pub(crate) fn new(access: &Access) -> Self {
        Self {
            folder: access.docker_config.clone(),
            path: access.path.clone(),
        }
    }

    /// What there is for a registry now, as Docker would find it: with its helper, else in the file itself.
    pub(crate) async fn find(&self, registry: &str) -> Credential {
        let Some(folder) = &self.folder else {
            return Credential::Anonymous;
        };
        let config = match ConfigFile::read(folder) {
            Ok(config) => config,
            Err(reason) => return Credential::Unreadable(reason.to_owned()),
        };
        let inline = config.inline(registry);
        let Some(name) = config.helper(registry) else {
            return inline;
        };
        let kept = helper::ask(name, config_file::server(registry), self.path.as_deref()).await;
        match (&kept, &inline) {
            (Credential::Anonymous | Credential::Unreadable(_), Credential::Anonymous) => kept,
            (Credential::Anonymous | Credential::Unreadable(_), _) => inline,
            _ => kept,
        }
    }
}
