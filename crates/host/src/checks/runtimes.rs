//! Which runtimes are installed: their bundles and command line programs, versions and architectures.

use std::path::{Path, PathBuf};

use super::place::{self, Followed};
use super::programs;
use crate::{Os, Roots, Runtime, Version, plist_file};

/// Bundles on a Mac, with their executables in the order in which they are tried.
const BUNDLES: [(Runtime, &str, &[&str]); 5] = [
    (
        Runtime::DockerDesktop,
        "Docker.app",
        &["com.docker.backend", "Docker Desktop", "Docker"],
    ),
    (Runtime::OrbStack, "OrbStack.app", &["OrbStack"]),
    (
        Runtime::RancherDesktop,
        "Rancher Desktop.app",
        &["Rancher Desktop"],
    ),
    (Runtime::Podman, "Podman Desktop.app", &["Podman Desktop"]),
    (Runtime::Finch, "Finch.app", &["Finch"]),
];
/// Where bundles lie.
const BUNDLE_FOLDERS: [&str; 2] = ["Applications", "~/Applications"];

/// Runtimes that are a command line program, with its places.
const PROGRAMS: [(Runtime, &[&str]); 4] = [
    (
        Runtime::Colima,
        &[
            "opt/homebrew/bin/colima",
            "usr/local/bin/colima",
            "opt/local/bin/colima",
        ],
    ),
    (
        Runtime::Lima,
        &[
            "opt/homebrew/bin/limactl",
            "usr/local/bin/limactl",
            "opt/local/bin/limactl",
        ],
    ),
    (
        Runtime::Podman,
        &[
            "opt/podman/bin/podman",
            "opt/homebrew/bin/podman",
            "usr/local/bin/podman",
            "usr/bin/podman",
        ],
    ),
    (Runtime::Finch, &["usr/local/bin/finch", "opt/homebrew/bin/finch"]),
];
/// The engine's own program on Linux.
const ENGINES: [&str; 3] = ["usr/bin/dockerd", "usr/sbin/dockerd", "usr/local/bin/dockerd"];

/// A runtime that is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Which one.
    pub runtime: Runtime,
    /// Its bundle or program, as the user writes it.
    pub place: String,
    /// Its version, where its bundle or its folder in a package manager's cellar says one.
    pub version: Option<Version>,
    /// What its program was built for, in the containers' words; empty where that cannot be read.
    pub architectures: Vec<String>,
}

pub(super) fn find(roots: &Roots, os: Os) -> Vec<Installed> {
    let mut found = Vec::new();
    if os == Os::MacOs {
        let all = BUNDLES
            .iter()
            .filter_map(|(runtime, name, programs)| bundle(roots, *runtime, name, programs));
        found.extend(all);
    }
    for (runtime, places) in PROGRAMS {
        let known = found.iter().any(|it: &Installed| it.runtime == runtime);
        found.extend((!known).then(|| program(roots, runtime, places)).flatten());
    }
    if os == Os::Linux {
        found.extend(program(roots, Runtime::DockerEngine, &ENGINES));
    }
    found
}

fn bundle(roots: &Roots, runtime: Runtime, name: &str, programs: &[&str]) -> Option<Installed> {
    let folder = |folder: &str| match folder.strip_prefix("~/") {
        Some(rest) => roots.home.join(rest),
        None => roots.known(folder),
    };
    let bundle = BUNDLE_FOLDERS
        .into_iter()
        .map(|it| folder(it).join(name))
        .find(|it| it.join("Contents").is_dir())?;
    let contents = bundle.join("Contents");
    let architectures = programs
        .iter()
        .filter_map(|program| programs::architectures(roots, &contents.join("MacOS").join(program)))
        .find(|architectures| !architectures.is_empty());
    Some(Installed {
        runtime,
        place: place::shown(roots, &bundle),
        version: plist_file::version(roots, &contents.join("Info.plist"), "CFBundleShortVersionString"),
        architectures: architectures.unwrap_or_default(),
    })
}

fn program(roots: &Roots, runtime: Runtime, places: &[&str]) -> Option<Installed> {
    places.iter().map(|place| roots.known(place)).find_map(|link| {
        let Followed::There(program) = place::follow(roots, &link) else {
            return None;
        };
        Some(Installed {
            runtime,
            place: place::shown(roots, &link),
            version: version_in(&program),
            architectures: programs::architectures(roots, &program)?,
        })
    })
}

/// A cellar keeps `colima/0.8.1/bin/colima`.
fn version_in(program: &Path) -> Option<Version> {
    let folder: PathBuf = program.parent()?.parent()?.file_name()?.into();
    Version::parse(folder.to_str()?).filter(|_| folder.to_str().is_some_and(|it| it.contains('.')))
}
