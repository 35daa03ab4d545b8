//! Where the environment says that runtimes keep their files.

use std::path::{Path, PathBuf};

use crate::Roots;

/// Folders that the user's environment names; `None` is each runtime's usual place.
///
/// They are those of the machine that runs this: for another machine's files, none is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folders {
    /// `COLIMA_HOME`.
    pub colima: Option<PathBuf>,
    /// `LIMA_HOME`.
    pub lima: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`.
    pub config: Option<PathBuf>,
    /// `TMPDIR`, where Podman makes its sockets.
    pub temporary: Option<PathBuf>,
    /// `CONTAINERS_CONF`, which takes the place of all of Podman's own files.
    pub containers_conf: Option<PathBuf>,
    /// `CONTAINERS_CONF_OVERRIDE`, which Podman reads after everything else.
    pub containers_conf_override: Option<PathBuf>,
}

impl Folders {
    /// Where programs keep their configuration.
    pub(crate) fn config(&self, home: &Path) -> PathBuf {
        self.config.clone().unwrap_or_else(|| home.join(".config"))
    }
}

/// The application bundle of this name, where one is installed.
///
/// An application lies in `/Applications` or in the folder of that name in the user's home.
pub(crate) fn bundle(roots: &Roots, name: &str) -> Option<PathBuf> {
    [roots.known("Applications"), roots.home.join("Applications")]
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|bundle| roots.is_folder(&bundle.join("Contents")))
}
