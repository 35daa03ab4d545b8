//! Where the files are that a chain leads through: a container's, as the engine shows them, or somebody else's.

use std::{pin::Pin, time::Duration};

use crate::{
    Engine, EngineError, Inspection, Stat, chain, chain::budget::Share, files::Head, read, tar_head,
};

/// What is answered later.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, EngineError>> + Send + 'a>>;

/// The files of a container, or of an image that would be one's.
///
/// Paths are absolute; symbolic links among the folders of a path are followed, and its end is not.
pub trait FileSystem: Send + Sync {
    /// What `path` is; `None` when nothing is there.
    fn stat<'a>(&'a self, path: &'a str) -> Asked<'a, Option<Stat>>;

    /// At most `limit` bytes from the start of what is at `path`, which must not be a link; a folder has none. They count
    /// against `share`.
    fn head<'a>(&'a self, path: &'a str, limit: usize, share: &'a Share<'a>) -> Asked<'a, Head>;

    /// The texts of the files right in `folder` whose names end in `ending`, as far as there is room in `share`.
    fn texts<'a>(&'a self, folder: &'a str, ending: &'a str, share: &'a Share<'a>) -> Asked<'a, Vec<String>>;

    /// Whether the options of volume `name` forbid to execute what is on it; `None` where they say nothing.
    fn volume_forbids_execution<'a>(&'a self, name: &'a str) -> Asked<'a, Option<bool>>;

    /// Nothing, when files can be read at all: then what was not found is not there.
    fn readable<'a>(&'a self, share: &'a Share<'a>) -> Asked<'a, ()>;

    /// The instructions by which the image was built, the newest first; empty where nobody knows them.
    fn history(&self) -> Asked<'_, Vec<String>>;

    /// How long one chain is followed.
    fn patience(&self) -> Duration;
}

/// A container's files.
pub(crate) struct ContainerFiles<'a> {
    engine: &'a Engine,
    inspection: &'a Inspection,
}

impl<'a> ContainerFiles<'a> {
    pub(crate) fn new(engine: &'a Engine, inspection: &'a Inspection) -> Self {
        Self { engine, inspection }
    }
}

impl FileSystem for ContainerFiles<'_> {
    fn stat<'a>(&'a self, path: &'a str) -> Asked<'a, Option<Stat>> {
        Box::pin(self.engine.stat(self.inspection.id(), path))
    }

    fn head<'a>(&'a self, path: &'a str, limit: usize, share: &'a Share<'a>) -> Asked<'a, Head> {
        Box::pin(self.engine.head(self.inspection.id(), path, limit, share))
    }

    fn texts<'a>(&'a self, folder: &'a str, ending: &'a str, share: &'a Share<'a>) -> Asked<'a, Vec<String>> {
        Box::pin(async move {
            let archive = self.engine.archive(self.inspection.id(), folder, share).await?;
            Ok(tar_head::texts(&archive, ending))
        })
    }

    fn volume_forbids_execution<'a>(&'a self, name: &'a str) -> Asked<'a, Option<bool>> {
        Box::pin(self.engine.volume_forbids_execution(name))
    }

    fn readable<'a>(&'a self, share: &'a Share<'a>) -> Asked<'a, ()> {
        Box::pin(async move {
            self.engine.inspect(self.inspection.id()).await?;
            match self.engine.archive(self.inspection.id(), "/", share).await {
                Ok(_) => Ok(()),
                Err(EngineError::NotThere { .. }) => Err(EngineError::BrokenOff {
                    what: "the container's files".to_owned(),
                    why: "the engine finds none, as where something that is to be mounted is gone".to_owned(),
                }),
                Err(error) => Err(error),
            }
        })
    }

    fn history(&self) -> Asked<'_, Vec<String>> {
        Box::pin(self.engine.history(self.inspection.image_id()))
    }

    fn patience(&self) -> Duration {
        chain::LIMIT
    }
}

impl Engine {
    /// The instructions of image `id`; empty when the engine has no history of it any more.
    async fn history(&self, id: &str) -> Result<Vec<String>, EngineError> {
        if !id
            .strip_prefix("sha256:")
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            return Ok(Vec::new());
        }
        let asked = self
            .get::<Vec<Layer>>(&format!("/images/{id}/history"), read::QUICK, HISTORY_BYTES)
            .await;
        match asked {
            Ok(layers) => Ok(layers.into_iter().filter_map(|layer| layer.created_by).collect()),
            Err(error @ (EngineError::Unreachable { .. } | EngineError::PermissionDenied { .. })) => {
                Err(error)
            }
            Err(_) => Ok(Vec::new()),
        }
    }
}

/// The history of an image: instructions of a Dockerfile, some hundred at the most.
const HISTORY_BYTES: usize = 4 * 1024 * 1024;

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Layer {
    created_by: Option<String>,
}
