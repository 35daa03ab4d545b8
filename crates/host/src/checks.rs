//! What else decides how containers run on this machine: facts for the set-up checklist.
//!
//! In: the roots, the machine, and what the process was told of folders. Out: one value for each
//! kind of fact, each read once and by itself, so that one broken file hides nothing else. Nothing
//! is judged here, and no other application's protected files are read.

mod airplay;
mod allotment;
mod builders;
mod credentials;
mod docker_config;
mod place;
mod ports;
mod preferences;
mod programs;
mod runtimes;
mod shell;
mod socket;
mod system;
mod terminals;

use std::path::{Path, PathBuf};

use crate::{HostError, Machine, Os, Roots, Runtime};

pub use airplay::AirPlay;
pub use allotment::Allotment;
pub use builders::{Builder, Builders, Chosen, Node};
pub use credentials::{Found, Helper};
pub use docker_config::{Context, DockerConfig};
pub use place::veiled;
pub use ports::{PORTS, Port, Taken};
pub use programs::{Program, Side};
pub use runtimes::Installed;
pub use shell::{At, Shell, ShellLine, Standing, Subject, User};
pub use socket::{Owner, SocketLink};
pub use system::System;
pub use terminals::Terminals;

/// Where the process was told that files lie, other than where they usually do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folders {
    /// `DOCKER_CONFIG`; `.docker` in the home folder without it.
    pub docker_config: Option<PathBuf>,
    /// `BUILDX_CONFIG`; `buildx` in Docker's folder without it.
    pub buildx: Option<PathBuf>,
    /// `ZDOTDIR`, where zsh looks for its files instead of the home folder.
    pub zsh: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`; `.config` in the home folder without it.
    pub config: Option<PathBuf>,
}

/// Everything that the checklist wants to know of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The system and its processor.
    pub system: System,
    /// The runtimes that are installed, as far as their usual places tell.
    pub runtimes: Vec<Installed>,
    /// What files of shells and of the session set for Docker.
    pub shell: Shell,
    /// What lies at `/var/run/docker.sock`.
    pub socket: SocketLink,
    /// Docker's `config.json`; `None` where there is none.
    pub docker: Result<Option<DockerConfig>, HostError>,
    /// The credential helpers that it names, and where they are.
    pub helpers: Vec<Helper>,
    /// What buildx keeps of its builders.
    pub builders: Result<Builders, HostError>,
    /// The ports that containers most often collide on.
    pub ports: Vec<Port>,
    /// Whether `AirPlay` Receiver, which takes those ports on a Mac, is on.
    pub airplay: AirPlay,
    /// The command line tools, with what they were built for.
    pub programs: Vec<Program>,
    /// What the runtimes' own settings give to their virtual machines.
    pub allotments: Vec<Allotment>,
    /// The terminals that macOS was told to open through Rosetta.
    pub terminals: Terminals,
}

/// Reads all facts. Every read is bounded, and nothing is kept open or asked twice.
pub fn facts(roots: &Roots, machine: &Machine, folders: &Folders) -> Facts {
    let folders = folders.for_roots(roots);
    let docker = docker_config::read(roots, &folders.docker(roots));
    let known = docker.as_ref().ok().and_then(Option::as_ref);
    Facts {
        system: system::read(roots, machine),
        runtimes: runtimes::find(roots, machine.os),
        shell: shell::read(roots, &folders),
        socket: socket::read(roots),
        helpers: known.map_or_else(Vec::new, |known| credentials::find(roots, machine.os, known)),
        builders: builders::read(roots, &folders.builders(roots)),
        ports: ports::read(roots, machine.os),
        airplay: airplay::read(roots, machine.os),
        programs: programs::find(roots, machine.os),
        allotments: allotment::read(roots, &folders),
        terminals: terminals::read(roots, machine.os),
        docker,
    }
}

/// What buildx keeps of its builders, alone.
pub fn builders(roots: &Roots, folders: &Folders) -> Result<Builders, HostError> {
    builders::read(roots, &folders.for_roots(roots).builders(roots))
}

impl Folders {
    /// The process's folders say nothing of another machine's files.
    fn for_roots(&self, roots: &Roots) -> Self {
        if roots.is_here() {
            self.clone()
        } else {
            Self::default()
        }
    }

    fn docker(&self, roots: &Roots) -> PathBuf {
        chosen(self.docker_config.as_deref(), || roots.home.join(".docker"))
    }

    fn builders(&self, roots: &Roots) -> PathBuf {
        chosen(self.buildx.as_deref(), || self.docker(roots).join("buildx"))
    }

    fn config(&self, roots: &Roots) -> PathBuf {
        chosen(self.config.as_deref(), || roots.home.join(".config"))
    }

    fn zsh(&self, roots: &Roots) -> PathBuf {
        chosen(self.zsh.as_deref(), || roots.home.clone())
    }
}

/// The runtimes that are installed in their usual places.
pub(crate) fn installed(roots: &Roots, os: Os) -> Vec<Runtime> {
    let found = runtimes::find(roots, os).into_iter();
    found.map(|it| it.runtime).collect()
}

/// Whether a command line tool in a usual place is for this architecture alone.
pub(crate) fn has_program_of(roots: &Roots, os: Os, architecture: &str) -> bool {
    let programs = programs::find(roots, os);
    let is_alone = |it: &Program| it.side != Side::Brew && it.architectures == [architecture];
    programs.iter().any(is_alone)
}

fn chosen(told: Option<&Path>, usual: impl FnOnce() -> PathBuf) -> PathBuf {
    let told = told.filter(|folder| folder.is_absolute());
    told.map_or_else(usual, Path::to_path_buf)
}
