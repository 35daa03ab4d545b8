//! The files of an image as a chain is followed through them.

use std::time::Duration;

use engine::{Asked, EngineError, FileKind, FileSystem, Head, Share, Stat};
use registry::{Node, NodeKind, Tree};

/// Nothing is waited for: this is what the longest chain takes of a processor, with room.
const PATIENCE: Duration = Duration::from_secs(20);

/// An image's files, of which only the first bytes of programs and scripts are known.
pub(super) struct ImageFiles<'a>(pub(super) &'a Tree);

impl ImageFiles<'_> {
    fn found(&self, path: &str) -> Option<Stat> {
        let node = self.0.get(path)?;
        Some(Stat {
            kind: kind(node),
            size: size(node),
            executable: node.mode & 0o111 != 0,
            open_to_all: node.mode & 0o001 != 0,
            link_target: matches!(node.kind, NodeKind::Link(_))
                .then(|| self.0.end(path))
                .flatten(),
        })
    }

    fn beginning(&self, path: &str, limit: usize, share: &Share<'_>) -> Result<Head, EngineError> {
        let node = self.0.get(path).ok_or_else(|| EngineError::NotThere {
            message: format!("There is no {path}"),
        })?;
        let bytes = match &node.kind {
            NodeKind::File {
                head: Some(bytes), ..
            } => share.take(bytes.get(..limit).unwrap_or(bytes)).to_vec(),
            NodeKind::File { .. } if limit > 0 => return Err(not_kept(path)),
            NodeKind::File { .. } | NodeKind::Folder | NodeKind::Link(_) | NodeKind::Other => Vec::new(),
        };
        Ok(Head {
            bytes,
            size: size(node),
            mode: node.mode,
            kind: Some(kind(node)),
            user: node.user,
            group: node.group,
        })
    }
}

impl FileSystem for ImageFiles<'_> {
    fn stat<'a>(&'a self, path: &'a str) -> Asked<'a, Option<Stat>> {
        Box::pin(async move { Ok(self.found(path)) })
    }

    fn head<'a>(&'a self, path: &'a str, limit: usize, share: &'a Share<'a>) -> Asked<'a, Head> {
        Box::pin(async move { self.beginning(path, limit, share) })
    }

    fn texts<'a>(&'a self, folder: &'a str, _: &'a str, _: &'a Share<'a>) -> Asked<'a, Vec<String>> {
        Box::pin(async move { Err(not_kept(folder)) })
    }

    fn volume_forbids_execution<'a>(&'a self, _: &'a str) -> Asked<'a, Option<bool>> {
        Box::pin(async { Ok(None) })
    }

    fn readable<'a>(&'a self, _: &'a Share<'a>) -> Asked<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn history(&self) -> Asked<'_, Vec<String>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }
}

fn kind(node: &Node) -> FileKind {
    match node.kind {
        NodeKind::File { .. } => FileKind::Regular,
        NodeKind::Folder => FileKind::Directory,
        NodeKind::Link(_) => FileKind::Link,
        NodeKind::Other => FileKind::Other,
    }
}

fn size(node: &Node) -> u64 {
    match node.kind {
        NodeKind::File { size, .. } => size,
        NodeKind::Folder | NodeKind::Link(_) | NodeKind::Other => 0,
    }
}

fn not_kept(path: &str) -> EngineError {
    EngineError::BrokenOff {
        what: path.to_owned(),
        why: "only programs and scripts are kept of what streams by".to_owned(),
    }
}
