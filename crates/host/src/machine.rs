//! Which machine this is: its operating system, version and architecture.

use platform::Platform;

use crate::{Roots, Version, plist_file, processor};

/// Where macOS keeps its own version; no other system has this file.
const SYSTEM_VERSION: &str = "System/Library/CoreServices/SystemVersion.plist";

/// The operating system of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Os {
    /// A Mac.
    MacOs,
    /// Everything without macOS's version file.
    Linux,
}

impl Os {
    /// The word for it: `macos` or `linux`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MacOs => "macos",
            Self::Linux => "linux",
        }
    }
}

/// What the process itself knows, entered at `main`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessFacts {
    /// The architecture that the binary was compiled for; the compiler's and the containers'
    /// words are both understood.
    pub architecture: String,
    /// What macOS says of `sysctl.proc_translated`; false elsewhere.
    pub translated: bool,
}

/// The machine whose files are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its operating system.
    pub os: Os,
    /// The version of macOS; `None` where it cannot be read, and on Linux.
    pub os_version: Option<String>,
    /// Its architecture in the containers' words, such as `arm64`; `None` where neither the
    /// process nor the files can tell: what is said of Rosetta then is unsure, and says so.
    pub architecture: Option<String>,
    /// True when this very process is translated.
    pub translated_process: bool,
}

/// Which machine the files under `roots` belong to.
///
/// `/System/Library/CoreServices/SystemVersion.plist` under the root makes it macOS, whatever
/// machine runs this. The architecture is the process's own when the root is `/` (a translated
/// process runs on `arm64`). Under another root it is what only one kind of Mac has: its macOS, its model, an installed
/// Rosetta, Homebrew for Apple Silicon, programs, virtual machines that Apple's framework ran; without any it is unknown.
pub fn machine(roots: &Roots, facts: &ProcessFacts) -> Machine {
    let system_version = roots.known(SYSTEM_VERSION);
    let os = match system_version.symlink_metadata() {
        Ok(_) => Os::MacOs,
        Err(_) => Os::Linux,
    };
    let os_version = match os {
        Os::MacOs => plist_file::version(roots, &system_version, "ProductVersion"),
        Os::Linux => None,
    };
    Machine {
        os,
        architecture: architecture(roots, facts, os, os_version.as_ref()),
        os_version: os_version.map(|version| version.to_string()),
        translated_process: facts.translated,
    }
}

fn architecture(roots: &Roots, facts: &ProcessFacts, os: Os, macos: Option<&Version>) -> Option<String> {
    if !roots.is_here() {
        return match os {
            Os::MacOs => processor::of_files(roots, macos),
            Os::Linux => None,
        };
    }
    if facts.translated {
        return Some("arm64".to_owned());
    }
    let platform = Platform::from_fields(None, Some(&facts.architecture), None)?;
    Some(platform.architecture().to_owned())
}
