//! Which machine this is: its operating system, version and architecture.

use platform::Platform;

use crate::docker_desktop::App;
use crate::{Roots, folders, homebrew, host_rosetta, plist_file};

/// Where macOS keeps its own version; no other system has this file.
const SYSTEM_VERSION: &str = "System/Library/CoreServices/SystemVersion.plist";

/// Runtimes with an application for each kind of Mac.
const OTHER_APPS: [&str; 2] = ["OrbStack.app", "Rancher Desktop.app"];

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
    /// process nor the files can tell. For Rosetta, a Mac without one counts as Apple Silicon.
    pub architecture: Option<String>,
    /// True when this very process is translated.
    pub translated_process: bool,
}

/// Which machine the files under `roots` belong to.
///
/// `/System/Library/CoreServices/SystemVersion.plist` under the root makes it macOS, whatever
/// machine runs this. The architecture is the process's own when the root is `/` (a translated
/// process runs on `arm64`). Under another root it is what only one kind of Mac has: an installed Rosetta, Homebrew for
/// Apple Silicon, an application for it; without any, it is that of Docker Desktop's programs.
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
        os_version: os_version.map(|version| version.to_string()),
        architecture: architecture(roots, facts, os),
        translated_process: facts.translated,
    }
}

fn architecture(roots: &Roots, facts: &ProcessFacts, os: Os) -> Option<String> {
    if !roots.is_here() {
        return match os {
            Os::MacOs => of_files(roots),
            Os::Linux => None,
        };
    }
    if facts.translated {
        return Some("arm64".to_owned());
    }
    let platform = Platform::from_fields(None, Some(&facts.architecture), None)?;
    Some(platform.architecture().to_owned())
}

/// Programs for Apple Silicon run there alone; those for Intel run on both.
fn of_files(roots: &Roots) -> Option<String> {
    let is_arm = |name: &str| {
        let bundle = folders::bundle(roots, name)?;
        App::at(bundle).architecture(roots).filter(|it| it == "arm64")
    };
    if host_rosetta::is_apple_silicon(roots) || homebrew::is_of_apple_silicon(roots) {
        return Some("arm64".to_owned());
    }
    OTHER_APPS
        .into_iter()
        .find_map(is_arm)
        .or_else(|| App::usual(roots).architecture(roots))
}
