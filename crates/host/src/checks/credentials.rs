//! The programs that keep registries' credentials, and who finds them.

use std::path::Path;

use super::docker_config::DockerConfig;
use super::place::{self, Followed};
use super::programs;
use crate::{Os, Roots};

/// The `PATH` of programs that are not started from a terminal: launchd's, and a session's on Linux.
const MAC_PATH: [&str; 4] = ["usr/bin", "bin", "usr/sbin", "sbin"];
const LINUX_PATH: [&str; 5] = ["usr/local/bin", "usr/bin", "bin", "usr/local/sbin", "usr/sbin"];

/// A helper that `config.json` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helper {
    /// The end of its program's name: `osxkeychain`.
    pub name: String,
    /// The registries that it is for; empty for all.
    pub registries: Vec<String>,
    /// Where its program is.
    pub found: Found,
}

/// Where a helper's program is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Where every program finds it.
    Everywhere(String),
    /// Only where a terminal's `PATH` leads.
    TerminalOnly(String),
    /// In none of the folders that are looked into.
    Nowhere,
    /// Its name is none of a program.
    BadName,
}

pub(super) fn find(roots: &Roots, os: Os, config: &DockerConfig) -> Vec<Helper> {
    let all = config.store.iter().map(|name| (name, Vec::new()));
    let some = config.helpers.iter();
    let some = some.map(|(name, registries)| (name, registries.clone()));
    all.chain(some)
        .map(|(name, registries)| Helper {
            found: found(roots, os, name),
            name: name.clone(),
            registries,
        })
        .collect()
}

fn found(roots: &Roots, os: Os, name: &str) -> Found {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if !name.chars().all(plain) {
        return Found::BadName;
    }
    let program = format!("docker-credential-{name}");
    let path: &[&str] = match os {
        Os::MacOs => &MAC_PATH,
        Os::Linux => &LINUX_PATH,
    };
    let look = |folder: &Path| {
        let place = folder.join(&program);
        matches!(place::follow(roots, &place), Followed::There(_)).then(|| place::shown(roots, &place))
    };
    if let Some(place) = path.iter().find_map(|folder| look(&roots.known(folder))) {
        return Found::Everywhere(place);
    }
    let others = programs::folders(roots, os);
    match others.iter().find_map(|folder| look(folder)) {
        Some(place) => Found::TerminalOnly(place),
        None => Found::Nowhere,
    }
}
