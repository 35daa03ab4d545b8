//! What `docker login` left in `config.json`.

use std::{collections::HashMap, fs::File, io::Read as _, path::Path};

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::Deserialize;

use crate::{credentials::Credential, target::DOCKER_HUB};

/// The most bytes of the file: it has a few lines for each registry.
const FILE_BYTES: u64 = 1024 * 1024;

/// What Docker calls Docker Hub in this file and towards helpers.
const HUB_SERVER: &str = "https://index.docker.io/v1/";

/// The other names of Docker Hub that are found in such files.
const HUB_HOSTS: [&str; 3] = [DOCKER_HUB, "index.docker.io", "registry-1.docker.io"];

/// The parts of the file that are about logging in.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfigFile {
    #[serde(default)]
    auths: HashMap<String, Auth>,
    #[serde(default)]
    creds_store: Option<String>,
    #[serde(default)]
    cred_helpers: HashMap<String, String>,
}

#[derive(Default, Deserialize)]
struct Auth {
    #[serde(rename = "auth")]
    both: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
    registrytoken: Option<String>,
}

impl ConfigFile {
    /// Reads the file of a folder. That there is none means that nobody is logged in.
    pub(crate) fn read(folder: &Path) -> Result<Self, &'static str> {
        let path = folder.join("config.json");
        let Ok(metadata) = path.metadata() else {
            return Ok(Self::default());
        };
        // Asked before opening: opening a pipe waits until somebody writes to it.
        if !metadata.is_file() {
            return Err("Docker's `config.json` is not a regular file");
        }
        let Ok(file) = File::open(path) else {
            return Ok(Self::default());
        };
        let mut bytes = Vec::new();
        file.take(FILE_BYTES)
            .read_to_end(&mut bytes)
            .map_err(|_| "Docker's `config.json` cannot be read")?;
        serde_json::from_slice(&bytes).map_err(|_| "Docker's `config.json` is malformed")
    }

    /// The helper to ask for a registry, by the end of its program's name.
    pub(crate) fn helper(&self, registry: &str) -> Option<&str> {
        let own = self.cred_helpers.iter().find(|(key, _)| is_named(key, registry));
        let own = own.map(|(_, helper)| helper.as_str());
        own.or(self.creds_store.as_deref())
            .filter(|helper| !helper.is_empty())
    }

    /// What the file itself has for a registry.
    pub(crate) fn inline(&self, registry: &str) -> Credential {
        let exact = self.auths.get(server(registry));
        let other = || self.auths.iter().find(|(key, _)| is_named(key, registry));
        exact
            .or_else(|| other().map(|(_, auth)| auth))
            .and_then(credential)
            .unwrap_or(Credential::Anonymous)
    }
}

/// What Docker calls a registry towards helpers.
pub(crate) fn server(registry: &str) -> &str {
    if registry == DOCKER_HUB {
        HUB_SERVER
    } else {
        registry
    }
}

/// Whether a key of the file, a host or a URL, is this registry's.
fn is_named(key: &str, registry: &str) -> bool {
    let host = key.split_once("://").map_or(key, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    host == registry || registry == DOCKER_HUB && HUB_HOSTS.contains(&host)
}

fn credential(auth: &Auth) -> Option<Credential> {
    let present = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    if let Some(token) = present(&auth.registrytoken) {
        return Some(Credential::Token(token));
    }
    if let Some(token) = present(&auth.identitytoken) {
        return Some(Credential::Identity(token));
    }
    if let Some((user, password)) = present(&auth.both).as_deref().and_then(decode) {
        return Some(Credential::Password { user, password });
    }
    let (user, password) = (present(&auth.username)?, present(&auth.password)?);
    Some(Credential::Password { user, password })
}

/// Reads a name and a password as Docker keeps them. Some tools leave out the padding.
fn decode(text: &str) -> Option<(String, String)> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = GeneralPurpose::new(&STANDARD, config).decode(text.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    // Docker for Windows ended passwords with a zero byte.
    Some((user.to_owned(), password.trim_end_matches('\0').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> ConfigFile {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_pipe_in_the_files_place_is_said_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(folder.path().join("config.json"))
            .status();
        assert!(made.unwrap().success());
        let read = ConfigFile::read(folder.path()).map(drop);
        assert_eq!(read, Err("Docker's `config.json` is not a regular file"));
    }

    fn ada() -> Credential {
        Credential::Password {
            user: "ada".to_owned(),
            password: "s3:cret".to_owned(),
        }
    }

    #[test]
    fn a_password_is_found_under_every_form_of_a_registrys_name() {
        // `ada:s3:cret`, with and without padding.
        let auth = r#"{"auth": "YWRhOnMzOmNyZXQ="}"#;
        let bare = r#"{"auth": "YWRhOnMzOmNyZXQ"}"#;
        let cases = [
            ("localhost:5000", "localhost:5000", auth),
            ("https://localhost:5000/v2/", "localhost:5000", bare),
            ("https://index.docker.io/v1/", "docker.io", auth),
            (
                "docker.io",
                "docker.io",
                r#"{"username": "ada", "password": "s3:cret"}"#,
            ),
        ];
        for (key, registry, auth) in cases {
            let config = config(&format!(r#"{{"auths": {{"{key}": {auth}}}}}"#));
            assert_eq!(config.inline(registry), ada(), "{key}");
            assert_eq!(config.inline("localhost:5001"), Credential::Anonymous);
        }
    }

    #[test]
    fn tokens_come_before_passwords() {
        let config = config(
            r#"{"auths": {
                "a": {"auth": "YWRhOnMzOmNyZXQ=", "identitytoken": "one"},
                "b": {"registrytoken": "two"},
                "c": {"auth": "!!", "username": ""},
                "d": {}
            }}"#,
        );
        assert_eq!(config.inline("a"), Credential::Identity("one".to_owned()));
        assert_eq!(config.inline("b"), Credential::Token("two".to_owned()));
        assert_eq!(config.inline("c"), Credential::Anonymous);
        assert_eq!(config.inline("d"), Credential::Anonymous);
    }

    #[test]
    fn a_registrys_own_helper_comes_before_the_store() {
        let config = config(r#"{"credsStore": "desktop", "credHelpers": {"ghcr.io": "gh"}}"#);
        assert_eq!(config.helper("ghcr.io"), Some("gh"));
        assert_eq!(config.helper("docker.io"), Some("desktop"));
        assert_eq!(ConfigFile::default().helper("docker.io"), None);
    }

    #[test]
    fn a_missing_file_is_no_login_and_a_broken_one_says_so() {
        let folder = tempfile::tempdir().unwrap();
        assert!(ConfigFile::read(folder.path()).is_ok());
        std::fs::write(folder.path().join("config.json"), "{").unwrap();
        assert!(ConfigFile::read(folder.path()).is_err());
    }
}
