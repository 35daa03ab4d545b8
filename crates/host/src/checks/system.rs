//! The system, its processor, and whether macOS can translate Linux programs at all.

use crate::{Machine, Os, Roots, Version, read};

/// What an installation of Apple's Rosetta brings for Linux, up to macOS 26.
const HOST_ROSETTA: &str = "Library/Apple/usr/libexec/oah/RosettaLinux/rosetta";
/// The macOS that translates in virtual machines without an installed Rosetta.
const TRANSLATES_BY_ITSELF: u32 = 27;
/// The macOS that first shared Rosetta with Linux virtual machines.
const FIRST_MACOS: u32 = 13;

/// Where distributions say what they are, the first that is there.
const RELEASES: [&str; 2] = ["etc/os-release", "usr/lib/os-release"];
/// A release file has some twenty lines.
const RELEASE_LIMIT: usize = 64 * 1024;
/// The kernel's text on its processors; the first of them stands in the first kilobytes.
const PROCESSORS: &str = "proc/cpuinfo";
const PROCESSORS_LIMIT: usize = 16 * 1024;

/// The system and its processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// The distribution with its version, such as `Debian GNU/Linux 12 (bookworm)`; not on a Mac.
    pub distribution: Option<String>,
    /// The processor's name, where the kernel's files have one.
    pub processor: Option<String>,
    /// Whether macOS can lend its translator to virtual machines; not on Linux.
    pub rosetta: Option<HostRosetta>,
}

/// Whether macOS can translate Intel Linux programs in virtual machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostRosetta {
    /// macOS 27 and newer bring it along.
    BuiltIn,
    /// Apple's Rosetta is installed, with its part for Linux.
    Installed,
    /// It is not installed.
    Missing,
    /// macOS is older than 13.
    TooOld,
    /// The version of macOS, or the file, cannot be read.
    Unknown,
}

pub(super) fn read(roots: &Roots, machine: &Machine) -> System {
    match machine.os {
        Os::MacOs => System {
            distribution: None,
            processor: None,
            rosetta: Some(rosetta(roots, machine)),
        },
        Os::Linux => System {
            distribution: distribution(roots),
            processor: processor(roots),
            rosetta: None,
        },
    }
}

fn rosetta(roots: &Roots, machine: &Machine) -> HostRosetta {
    let Some(version) = machine.os_version.as_deref().and_then(Version::parse) else {
        return HostRosetta::Unknown;
    };
    if version.is_at_least(TRANSLATES_BY_ITSELF, 0) {
        return HostRosetta::BuiltIn;
    }
    if !version.is_at_least(FIRST_MACOS, 0) {
        return HostRosetta::TooOld;
    }
    match roots.known(HOST_ROSETTA).try_exists() {
        Ok(true) => HostRosetta::Installed,
        Ok(false) => HostRosetta::Missing,
        Err(_) => HostRosetta::Unknown,
    }
}

fn distribution(roots: &Roots) -> Option<String> {
    let text = RELEASES
        .into_iter()
        .find_map(|file| read::whole(&roots.known(file), RELEASE_LIMIT).ok())?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name))?;
        let value = value.trim().trim_matches(['"', '\'']);
        (!value.is_empty()).then(|| super::place::tame(value))
    };
    field("PRETTY_NAME=").or_else(|| field("NAME="))
}

fn processor(roots: &Roots) -> Option<String> {
    let text = read::prefix(&roots.known(PROCESSORS), PROCESSORS_LIMIT).ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let field = |name: &str| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name && !value.trim().is_empty()).then(|| super::place::tame(value))
        })
    };
    field("model name")
        .or_else(|| field("Hardware"))
        .or_else(|| field("Model"))
}
