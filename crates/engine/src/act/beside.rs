//! What a re-run needs that another program carries out: who is at it, what came of it, and tags that it moves.

use std::time::Duration;

use super::{kept::short, maker::Maker};
use crate::{Engine, EngineError, Inspection};

/// A word for this process, to be written down: [`is_at_work`] tells later whether it has ended.
pub fn this_process() -> String {
    Maker::this().to_string()
}

/// The same for another process of this machine.
pub fn process(pid: u32) -> String {
    Maker::of(pid).to_string()
}

/// Whether the process of this word is still at it, as far as that is known from here.
pub fn is_at_work(word: &str) -> bool {
    Maker::parse(word).is_some_and(|maker| maker.is_at_work())
}

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
