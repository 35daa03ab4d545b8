//! How an image is built, as far as it tells: for remedies that name a command, a file and a line.

use futures_util::future::try_join_all;

use super::{
    copied::{self, Copied},
    root::{Found, Root},
};
use crate::{EngineError, FileKind};

/// The first ones of [`TOOLS`], of which almost every image has one: the others are asked for only where it has none.
const USUAL: usize = 2;

/// Package tools, the surest sign first.
const TOOLS: [(&str, &str); 8] = [
    ("/sbin/apk", "apk"),
    ("/usr/bin/apt-get", "apt-get"),
    ("/usr/bin/dnf", "dnf"),
    ("/usr/bin/microdnf", "microdnf"),
    ("/usr/bin/yum", "yum"),
    ("/usr/bin/zypper", "zypper"),
    ("/usr/bin/pacman", "pacman"),
    ("/bin/apk", "apk"),
];

impl Root<'_> {
    /// The image's own package tool.
    pub async fn package_tool(&self) -> Result<Option<&'static str>, EngineError> {
        let (usual, rare) = TOOLS.split_at(USUAL);
        for tools in [usual, rare] {
            let found = try_join_all(tools.iter().map(|(path, _)| self.find(path))).await?;
            let is_there = |found: &Option<Found>| {
                found
                    .as_ref()
                    .is_some_and(|found| found.stat.kind == FileKind::Regular)
            };
            if let Some(at) = found.iter().position(is_there) {
                return Ok(Some(tools[at].1));
            }
        }
        Ok(None)
    }

    /// The last instruction of the image's history that brought the file at `path`, such as `COPY start.sh /app/`.
    ///
    /// `None` when none does, or the engine has no history of the image any more.
    pub async fn copied_by(&self, path: &str) -> Result<Option<Copied>, EngineError> {
        let history = self.files.history().await?;
        Ok(copied::copied(&history, path))
    }

    /// The folder of the Compose project that the container belongs to.
    pub fn compose_folder(&self) -> Option<&str> {
        let folder = self
            .inspection
            .text("/Config/Labels/com.docker.compose.project.working_dir");
        Some(folder).filter(|folder| !folder.is_empty())
    }
}
