//! Whether this macOS can translate Intel Linux programs in virtual machines, and whether something is missing for it.

use std::path::PathBuf;

use crate::{HostError, Machine, Os, Roots, Version};

/// What an installation of Rosetta shares with Linux, up to macOS 26.
const FOR_LINUX: &str = "Library/Apple/usr/libexec/oah/RosettaLinux/rosetta";
/// What an installation of Rosetta brings besides: with it alone, nothing is certain.
const BESIDES: [&str; 2] = [
    "Library/Apple/usr/libexec/oah/libRosettaRuntime",
    "Library/Apple/usr/share/rosetta/rosetta",
];
/// The macOS that first shared Rosetta with Linux virtual machines.
pub(crate) const FIRST_MACOS: u32 = 13;
/// The macOS that translates in virtual machines without an installed Rosetta.
pub(crate) const BUILT_IN: u32 = 27;

/// Apple's part of the translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostRosetta {
    /// macOS 27 and newer have it built in; nothing is to be installed.
    BuiltIn,
    /// It is installed.
    Installed {
        /// The file that shows it.
        file: PathBuf,
    },
    /// It is not installed, and this macOS needs it.
    Missing {
        /// The file that its installation brings.
        file: PathBuf,
    },
    /// Rosetta for Mac programs is there, and its part for Linux is not.
    WithoutLinux {
        /// The file that is missing.
        file: PathBuf,
    },
    /// This macOS is too old for it.
    TooOld,
    /// This is no Mac with Apple Silicon.
    NotNeeded,
    /// The version of macOS or the file could not be read.
    Unknown {
        /// What could not be read, where it was a file.
        error: Option<HostError>,
    },
}

impl HostRosetta {
    /// The file that is missing, where one is.
    pub fn missing(&self) -> Option<&PathBuf> {
        match self {
            Self::Missing { file } | Self::WithoutLinux { file } => Some(file),
            Self::BuiltIn
            | Self::Installed { .. }
            | Self::TooOld
            | Self::NotNeeded
            | Self::Unknown { .. } => None,
        }
    }
}

/// What the files under `roots` say of Apple's part on `machine`. No protected folder is read.
pub fn host_rosetta(roots: &Roots, machine: &Machine) -> HostRosetta {
    if machine.os != Os::MacOs || machine.architecture.as_deref().is_some_and(|it| it != "arm64") {
        return HostRosetta::NotNeeded;
    }
    let macos = machine.os_version.as_deref().and_then(Version::parse);
    on_apple_silicon(roots, macos.as_ref())
}

/// The same on Apple Silicon with this macOS.
pub(crate) fn on_apple_silicon(roots: &Roots, macos: Option<&Version>) -> HostRosetta {
    match macos {
        None => HostRosetta::Unknown { error: None },
        Some(version) if version.is_at_least(BUILT_IN, 0) => HostRosetta::BuiltIn,
        Some(version) if !version.is_at_least(FIRST_MACOS, 0) => HostRosetta::TooOld,
        Some(_) => installed(roots),
    }
}

fn installed(roots: &Roots) -> HostRosetta {
    let file = roots.known(FOR_LINUX);
    match roots.resolve(&file) {
        Ok(_) => HostRosetta::Installed { file },
        Err(HostError::Missing { .. })
            if BESIDES
                .iter()
                .any(|path| roots.resolve(&roots.known(path)).is_ok()) =>
        {
            HostRosetta::WithoutLinux { file }
        }
        Err(HostError::Missing { .. }) => HostRosetta::Missing { file },
        Err(error) => HostRosetta::Unknown { error: Some(error) },
    }
}

/// True where the part for Linux lies.
pub(crate) fn is_installed(roots: &Roots) -> bool {
    roots.resolve(&roots.known(FOR_LINUX)).is_ok()
}

/// True where any part of it is installed, which is so on no Intel Mac.
pub(crate) fn is_apple_silicon(roots: &Roots) -> bool {
    let parts = BESIDES.iter().chain([&FOR_LINUX]);
    parts
        .into_iter()
        .any(|path| roots.resolve(&roots.known(path)).is_ok())
}
