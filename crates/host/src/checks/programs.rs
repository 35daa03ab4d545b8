//! Command line tools and what they were built for, by the headers of their own files.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use platform::{Detail, PREFIX_LIMIT};

use super::place::{self, Followed};
use crate::{Os, Roots, read};

/// Tools that people run beside containers.
const TOOLS: [&str; 20] = [
    "docker",
    "docker-compose",
    "docker-buildx",
    "docker-credential-osxkeychain",
    "docker-credential-desktop",
    "docker-credential-secretservice",
    "docker-credential-pass",
    "docker-credential-ecr-login",
    "docker-credential-gcloud",
    "kubectl",
    "helm",
    "kind",
    "colima",
    "limactl",
    "podman",
    "nerdctl",
    "finch",
    "orb",
    "rdctl",
    "container",
];

/// Folders of tools on a Mac, in the order in which a usual `PATH` has them. `~/` is the home.
const MAC_FOLDERS: [&str; 12] = [
    "opt/homebrew/bin",
    "usr/local/bin",
    "opt/local/bin",
    "opt/podman/bin",
    "~/.docker/bin",
    "~/.orbstack/bin",
    "~/.rd/bin",
    "Applications/Docker.app/Contents/Resources/bin",
    "~/.docker/cli-plugins",
    "opt/homebrew/lib/docker/cli-plugins",
    "usr/local/lib/docker/cli-plugins",
    "Applications/Docker.app/Contents/Resources/cli-plugins",
];
/// The same on Linux.
const LINUX_FOLDERS: [&str; 8] = [
    "usr/local/bin",
    "usr/bin",
    "home/linuxbrew/.linuxbrew/bin",
    "~/.docker/bin",
    "~/.docker/cli-plugins",
    "usr/local/lib/docker/cli-plugins",
    "usr/lib/docker/cli-plugins",
    "usr/libexec/docker/cli-plugins",
];

/// The Homebrew of Intel Macs, and that of Apple Silicon; a script each, so that the place tells.
const BREWS: [(&str, &str); 2] = [
    ("usr/local/Homebrew/bin/brew", "amd64"),
    ("opt/homebrew/bin/brew", "arm64"),
];
/// Where a package manager keeps what it installed.
const PACKAGES: [&str; 3] = ["Cellar", "Caskroom", "Homebrew"];

/// A tool that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Where it lies, as the user writes it.
    pub place: String,
    /// What it was built for, in the containers' words, none being the first; empty for a script.
    pub architectures: Vec<String>,
    /// Whether a package manager put it there.
    pub side: Side,
}

/// Who put a program where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Homebrew.
    Homebrew,
    /// Homebrew itself.
    Brew,
    /// A runtime, the system's own packages, or somebody by hand.
    Other,
}

/// The folders in which tools are looked for.
pub(super) fn folders(roots: &Roots, os: Os) -> Vec<PathBuf> {
    let names: &[&str] = match os {
        Os::MacOs => &MAC_FOLDERS,
        Os::Linux => &LINUX_FOLDERS,
    };
    let folder = |name: &&str| match name.strip_prefix("~/") {
        Some(rest) => roots.home.join(rest),
        None => roots.known(name),
    };
    names.iter().map(folder).collect()
}

pub(super) fn find(roots: &Roots, os: Os) -> Vec<Program> {
    let mut found = brews(roots, os);
    let mut seen = HashSet::new();
    for folder in folders(roots, os) {
        for tool in TOOLS {
            let link = folder.join(tool);
            let Followed::There(file) = place::follow(roots, &link) else {
                continue;
            };
            let Some(architectures) = architectures(roots, &file) else {
                continue;
            };
            // One program is often reached by several links.
            if seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())) {
                found.push(Program {
                    name: tool.to_owned(),
                    place: place::shown(roots, &link),
                    architectures,
                    side: side(&file),
                });
            }
        }
    }
    found
}

fn brews(roots: &Roots, os: Os) -> Vec<Program> {
    let brews = BREWS.into_iter().filter(|_| os == Os::MacOs);
    let there = brews.filter(|(place, _)| roots.known(place).symlink_metadata().is_ok());
    let brew = |(place, architecture): (&str, &str)| Program {
        name: "brew".to_owned(),
        place: format!("/{place}"),
        architectures: vec![architecture.to_owned()],
        side: Side::Brew,
    };
    there.map(brew).collect()
}

fn side(file: &Path) -> Side {
    let is_kept = |part: &std::ffi::OsStr| PACKAGES.iter().any(|name| part == *name);
    if file.iter().any(is_kept) {
        Side::Homebrew
    } else {
        Side::Other
    }
}

/// What the file at `path` was built for: several architectures of a universal one, none of a
/// script; `None` where it cannot be read.
pub(super) fn architectures(roots: &Roots, path: &Path) -> Option<Vec<String>> {
    let size = roots.resolve(path).ok()?.metadata().ok()?.len();
    let prefix = read::prefix(roots, path, PREFIX_LIMIT).ok()?;
    let program = platform::read_program(&prefix, size);
    let platforms = match program.detail {
        Detail::MachO(mach) => mach
            .slices
            .into_iter()
            .filter_map(|slice| slice.platform)
            .collect(),
        Detail::Elf(_) | Detail::Pe(_) | Detail::Script(_) | Detail::Text(_) | Detail::Nothing => {
            program.platform.into_iter().collect::<Vec<_>>()
        }
    };
    let names = platforms.iter().map(|it| it.architecture().to_owned());
    Some(names.collect())
}
