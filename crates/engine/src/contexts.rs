//! The Docker command line's contexts: `config.json` and `contexts/meta/<sha256 of the name>/meta.json`.

use std::{
    fs::File,
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::{EngineError, Surroundings};

/// A configuration file is some kilobytes; credentials and plugins make it larger, never this large.
const FILE_LIMIT: u64 = 1024 * 1024;

/// The folder in which contexts are kept.
pub(crate) struct ContextStore {
    folder: PathBuf,
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(rename = "currentContext")]
    current_context: Option<String>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "Endpoints", default)]
    endpoints: std::collections::BTreeMap<String, MetaEndpoint>,
}

#[derive(Deserialize)]
struct MetaEndpoint {
    #[serde(rename = "Host")]
    host: Option<String>,
}

impl ContextStore {
    /// `DOCKER_CONFIG`, or `.docker` in the home folder.
    pub(crate) fn of(surroundings: &Surroundings) -> Self {
        let folder = surroundings
            .docker_config
            .clone()
            .filter(|folder| !folder.as_os_str().is_empty());
        Self {
            folder: folder.unwrap_or_else(|| surroundings.home.join(".docker")),
        }
    }

    /// The context in use, `None` when it is the default one.
    pub(crate) fn current(&self) -> Result<Option<String>, EngineError> {
        let file = self.folder.join("config.json");
        let configuration: Option<Configuration> = read_json(&file)?;
        let name = configuration.and_then(|configuration| configuration.current_context);
        Ok(name.filter(|name| !name.is_empty() && name != "default"))
    }

    /// The engine's address in context `name`.
    pub(crate) fn host(&self, name: &str) -> Result<String, EngineError> {
        let file = self
            .folder
            .join("contexts/meta")
            .join(folder(name))
            .join("meta.json");
        let meta: Meta = read_json(&file)?.ok_or_else(|| EngineError::UnknownContext {
            name: name.to_owned(),
        })?;
        let host = meta
            .endpoints
            .get("docker")
            .and_then(|endpoint| endpoint.host.clone());
        host.ok_or_else(|| bad(&file, "it names no engine"))
    }
}

/// The folder of a context is named by the SHA-256 of its name.
pub(crate) fn folder(name: &str) -> String {
    Sha256::digest(name.as_bytes())
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// `None` when there is no such file.
fn read_json<T: serde::de::DeserializeOwned>(file: &Path) -> Result<Option<T>, EngineError> {
    // Asked before opening: opening a pipe waits until somebody writes to it.
    let opened = file.metadata().and_then(|it| {
        if it.is_file() {
            File::open(file)
        } else {
            Err(std::io::Error::other("it is not a regular file"))
        }
    });
    let open = match opened {
        Ok(open) => open,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(bad(file, &error.to_string())),
    };
    let mut text = Vec::new();
    open.take(FILE_LIMIT)
        .read_to_end(&mut text)
        .map_err(|error| bad(file, &error.to_string()))?;
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|error| bad(file, &error.to_string()))
}

fn bad(file: &Path, why: &str) -> EngineError {
    EngineError::BadContext {
        file: file.display().to_string(),
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_in_the_files_place_is_said_and_not_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("config.json");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("every system has it").success());
        let read = read_json::<serde_json::Value>(&pipe);
        let said = read.expect_err("it is no file").to_string();
        assert!(said.contains("not a regular file"), "{said}");
        assert!(matches!(
            read_json::<serde_json::Value>(&folder.path().join("none")),
            Ok(None)
        ));
    }

    #[test]
    fn folders_are_named_as_the_docker_command_line_names_them() {
        assert_eq!(
            folder("desktop-linux"),
            "fe9c6bd7a66301f49ca9b6a70b217107cd1284598bfc254700c989b916da791e"
        );
        assert_eq!(
            folder("colima"),
            "f24fd3749c1368328e2b149bec149cb6795619f244c5b584e844961215dadd16"
        );
    }
}
