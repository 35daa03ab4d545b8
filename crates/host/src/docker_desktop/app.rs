//! Docker Desktop's application bundle.

use std::path::PathBuf;

use super::settings_file::SettingsFile;
use crate::{HostError, Roots, Version, plist_file, read};

/// Where it is installed unless the user moved it.
const USUAL: &str = "Applications/Docker.app";
/// Programs in the bundle, or in that of another runtime, compiled for the Mac that the bundle is for.
const PROGRAMS: [&str; 4] = [
    "com.docker.backend",
    "Docker Desktop",
    "OrbStack",
    "Rancher Desktop",
];
/// Room for a Mach-O header and its load commands.
const PROGRAM_PREFIX: usize = 64 * 1024;

/// The place of an application bundle, which may be empty.
#[derive(Debug)]
pub(crate) struct App {
    bundle: PathBuf,
}

impl App {
    /// The bundle in `/Applications`.
    pub(crate) fn usual(roots: &Roots) -> Self {
        let bundle = roots.known(USUAL);
        Self { bundle }
    }

    /// This bundle.
    pub(crate) fn at(bundle: PathBuf) -> Self {
        Self { bundle }
    }

    /// The bundle that the first of the settings names and that is there, or the usual one.
    pub(super) fn find(roots: &Roots, settings: [&Result<SettingsFile, HostError>; 2]) -> Self {
        settings
            .into_iter()
            .filter_map(|settings| settings.as_ref().ok()?.app.as_ref())
            .filter_map(|path| roots.under(path))
            .map(|bundle| Self { bundle })
            .find(|app| app.is_installed(roots))
            .unwrap_or_else(|| Self::usual(roots))
    }

    /// True when a bundle is there.
    pub(crate) fn is_installed(&self, roots: &Roots) -> bool {
        roots.is_folder(&self.bundle.join("Contents"))
    }

    /// Its version, as `Info.plist` says.
    pub(super) fn version(&self, roots: &Roots) -> Option<Version> {
        let list = self.bundle.join("Contents/Info.plist");
        plist_file::version(roots, &list, "CFBundleShortVersionString")
    }

    /// The architecture of its programs, in the containers' words; `None` where they are for several, which tells nothing.
    pub(crate) fn architecture(&self, roots: &Roots) -> Option<String> {
        PROGRAMS.into_iter().find_map(|program| {
            let path = self.bundle.join("Contents/MacOS").join(program);
            let size = roots.resolve(&path).ok()?.metadata().ok()?.len();
            let prefix = read::prefix(roots, &path, PROGRAM_PREFIX).ok()?;
            let program = platform::read_program(&prefix, size);
            let is_for_several =
                matches!(&program.detail, platform::Detail::MachO(it) if it.slices.len() > 1);
            let platform = program.platform.filter(|_| !is_for_several)?;
            Some(platform.architecture().to_owned())
        })
    }
}
