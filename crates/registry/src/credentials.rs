//! Who we are to one registry.

use std::{ffi::OsString, fmt, fs, path::PathBuf, time::SystemTime};

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

/// When Docker's file was written, and how many bytes it has.
pub(crate) type Stamp = (SystemTime, u64);

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

    /// What tells one state of Docker's file from another: `docker login` writes it anew, with a helper too.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        let file = self.folder.as_ref()?.join("config.json");
        let metadata = fs::metadata(file).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
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
