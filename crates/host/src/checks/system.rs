//! The system, its processor, and whether macOS can translate Linux programs at all.

use crate::{HostRosetta, Machine, Os, Roots, host_rosetta, read};

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

pub(super) fn read(roots: &Roots, machine: &Machine) -> System {
    match machine.os {
        Os::MacOs => System {
            distribution: None,
            processor: None,
            rosetta: Some(host_rosetta(roots, machine)),
        },
        Os::Linux => System {
            distribution: distribution(roots),
            processor: processor(roots),
            rosetta: None,
        },
    }
}

fn distribution(roots: &Roots) -> Option<String> {
    let text = RELEASES
        .into_iter()
        .find_map(|file| read::whole(roots, &roots.known(file), RELEASE_LIMIT).ok())?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name))?;
        let value = value.trim().trim_matches(['"', '\'']);
        (!value.is_empty()).then(|| super::place::tame(value))
    };
    field("PRETTY_NAME=").or_else(|| field("NAME="))
}

fn processor(roots: &Roots) -> Option<String> {
    let text = read::prefix(roots, &roots.known(PROCESSORS), PROCESSORS_LIMIT).ok()?;
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
