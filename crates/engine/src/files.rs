//! One file of a container, through the engine's archive: its kind, where its links lead, and its first bytes.

use bollard::query_parameters::ContainerArchiveInfoOptionsBuilder;
use futures_util::StreamExt as _;

use crate::{Engine, EngineError, chain::budget::Share, read, tar_head};

/// A tar entry starts with a header of 512 bytes, and with extended headers before it where the path is long.
pub(crate) const HEADERS: usize = 16 * 1024;

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A file with bytes in it.
    Regular,
    /// A folder.
    Directory,
    /// A symbolic link.
    Link,
    /// A device, pipe or socket.
    Other,
}

/// What is known of a path without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: FileKind,
    /// Bytes.
    pub size: u64,
    /// Whether anybody may execute it.
    pub executable: bool,
    /// Whether everybody may: of a folder, enter it.
    pub open_to_all: bool,
    /// Where a link leads in the end, absolute in the container.
    pub link_target: Option<String>,
}

/// The first bytes of a file, how many there are in all, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The first bytes.
    pub bytes: Vec<u8>,
    /// How many there are in all.
    pub size: u64,
    /// Permissions, as Unix has them.
    pub mode: u32,
    /// What it is, where the archive has it as itself; `None` where that is to be asked for.
    pub kind: Option<FileKind>,
    /// The owner's number; `None` when it is none that exists.
    pub user: Option<u32>,
    /// The group's.
    pub group: Option<u32>,
}

impl Engine {
    /// What `path` is in container `id`; `None` when nothing is there. Reads nothing and leaves no event.
    pub async fn stat(&self, id: &str, path: &str) -> Result<Option<Stat>, EngineError> {
        let id = read::container_name(id)?;
        let options = ContainerArchiveInfoOptionsBuilder::default().path(path).build();
        let ask = async {
            let answer = self.docker.get_container_archive_info(id, Some(options)).await;
            answer.map_err(|error| self.error(error, "stat"))
        };
        match read::within(read::QUICK, "stat", ask).await {
            Ok(answer) => Ok(Some(Stat::new(
                answer.file_mode.into(),
                answer.size,
                answer.link_target,
            ))),
            // A path that leads through a file is refused with other statuses than 404 by some engines.
            Err(
                EngineError::NotThere { .. }
                | EngineError::Refused {
                    status: 400 | 500, ..
                },
            ) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// At most `limit` bytes from the start of what is at `path`, which must not be a link; a folder has none. `share` is
    /// room for them and for [`HEADERS`].
    pub(crate) async fn head(
        &self,
        id: &str,
        path: &str,
        limit: usize,
        share: &Share<'_>,
    ) -> Result<Head, EngineError> {
        let bytes = self.archive(id, path, share).await?;
        tar_head::first_file(&bytes, limit).ok_or_else(|| EngineError::BrokenOff {
            what: format!("archive of {path}"),
            why: "the archive ends before the file does".to_owned(),
        })
    }

    /// The start of the tar archive of `path`, as far as there is room in `share`, or all of it when it is shorter.
    pub(crate) async fn archive(
        &self,
        id: &str,
        path: &str,
        share: &Share<'_>,
    ) -> Result<Vec<u8>, EngineError> {
        let id = read::container_name(id)?;
        let target = format!("/containers/{id}/archive?path={}", read::escaped(path));
        let collect = async {
            let mut stream = std::pin::pin!(self.stream(&target));
            let mut bytes = Vec::new();
            while let Some(chunk) = stream.next().await {
                bytes.extend_from_slice(share.take(&chunk?));
                // Dropping the stream here ends the request: the engine stops packing.
                if share.is_full() {
                    break;
                }
            }
            Ok(bytes)
        };
        read::within(read::QUICK, "archive", collect).await
    }
}

impl Head {
    /// What would be known of it without reading.
    pub(crate) fn stat(&self) -> Option<Stat> {
        Some(Stat {
            kind: self.kind?,
            size: self.size,
            executable: self.mode & 0o111 != 0,
            open_to_all: self.mode & 0o001 != 0,
            link_target: None,
        })
    }
}

impl Stat {
    /// From Go's `os.FileMode`, which is what the engine sends: not the system's `st_mode`.
    fn new(mode: u64, size: i64, link_target: String) -> Self {
        const DIRECTORY: u64 = 1 << 31;
        const LINK: u64 = 1 << 27;
        const OTHER: u64 = 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19;
        let kind = match mode {
            mode if mode & DIRECTORY != 0 => FileKind::Directory,
            mode if mode & LINK != 0 => FileKind::Link,
            mode if mode & OTHER != 0 => FileKind::Other,
            _ => FileKind::Regular,
        };
        Self {
            kind,
            size: u64::try_from(size).unwrap_or_default(),
            executable: mode & 0o111 != 0,
            open_to_all: mode & 0o001 != 0,
            link_target: Some(link_target).filter(|target| kind == FileKind::Link && !target.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read_as_go_writes_them() {
        let kind = |mode| Stat::new(mode, 0, String::new()).kind;
        assert_eq!(kind(0o755), FileKind::Regular);
        assert_eq!(kind(1 << 31 | 0o755), FileKind::Directory);
        assert_eq!(kind(1 << 27 | 0o777), FileKind::Link);
        assert_eq!(kind(1 << 26 | 1 << 21 | 0o666), FileKind::Other);
        assert!(Stat::new(0o100, 0, String::new()).executable);
        assert!(!Stat::new(0o644, -1, String::new()).executable);
    }
}
