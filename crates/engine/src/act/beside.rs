//! What a re-run needs that another program carries out: what came of it, and tags that it moves.

use std::time::Duration;

use super::kept::short;
use crate::{Engine, EngineError, Inspection};

/// As much of a container's id as people see.
pub fn short_id(id: &str) -> &str {
    short(id)
}

impl Engine {
    /// The container, if there is one.
    pub async fn find_container(&self, id: &str) -> Result<Option<Inspection>, EngineError> {
        self.find(id).await
    }

    /// Watches container `id`, which was just started, for `wait`: its state, or why it is no success.
    pub async fn watch_started(&self, id: &str, wait: Duration) -> Result<String, EngineError> {
        self.watch(id, wait).await
    }

    /// The id of the image that `reference` names here, if it names one.
    pub async fn image_named(&self, reference: &str) -> Result<Option<String>, EngineError> {
        self.find_image_id(reference).await
    }

    /// Gives the image of this id the name `reference`, unless it has it already.
    pub async fn name_image(&self, id: &str, reference: &str) -> Result<(), EngineError> {
        if self.find_image_id(reference).await?.as_deref() == Some(id) {
            return Ok(());
        }
        self.tag(id, reference).await
    }
}
