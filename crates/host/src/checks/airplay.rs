//! Whether `AirPlay` Receiver is on, which listens on ports 5000 and 7000 of a Mac.

use super::place;
use super::preferences::Preferences;
use crate::{Os, Roots, plist_file};

/// Where the choice of a user is kept, one file for each Mac that the home folder was used on.
const FOLDER: &str = "Library/Preferences/ByHost";
const FILE: &str = "com.apple.controlcenter.";
const END: &str = ".plist";
/// Apple's own spelling.
const KEY: &str = "AirplayRecieverEnabled";
/// The macOS that brought it, turned on.
const FIRST: u32 = 12;
const SYSTEM_VERSION: &str = "System/Library/CoreServices/SystemVersion.plist";

/// Whether `AirPlay` Receiver is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AirPlay {
    /// The user turned it on, or left it on.
    On,
    /// Nothing was chosen: macOS turns it on by itself.
    OnByDefault,
    /// The user turned it off.
    Off,
    /// There is none: macOS before 12, and Linux.
    None,
    /// The choice cannot be read, or there are several.
    Unknown,
}

pub(super) fn read(roots: &Roots, os: Os) -> AirPlay {
    let version = plist_file::version(roots, &roots.known(SYSTEM_VERSION), "ProductVersion");
    match (os, version) {
        (Os::Linux, _) => AirPlay::None,
        (Os::MacOs, Some(version)) if !version.is_at_least(FIRST, 0) => AirPlay::None,
        (Os::MacOs, _) => chosen(roots),
    }
}

fn chosen(roots: &Roots) -> AirPlay {
    let folder = roots.home.join(FOLDER);
    let Ok(names) = place::names(&folder) else {
        return AirPlay::Unknown;
    };
    let is_choice = |name: &&String| {
        let lower = name.to_ascii_lowercase();
        lower.starts_with(FILE) && lower.ends_with(END)
    };
    let mut answer = AirPlay::OnByDefault;
    for name in names.iter().filter(is_choice) {
        let chosen = match Preferences::read(roots, &folder.join(name)) {
            Err(_) => return AirPlay::Unknown,
            Ok(list) => list.and_then(|list| list.switch(KEY)),
        };
        let chosen = match chosen {
            Some(true) => AirPlay::On,
            Some(false) => AirPlay::Off,
            None => continue,
        };
        if answer != AirPlay::OnByDefault && answer != chosen {
            return AirPlay::Unknown;
        }
        answer = chosen;
    }
    answer
}
