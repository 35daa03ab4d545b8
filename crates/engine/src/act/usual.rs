//! What a container has when nobody says anything, so that a command need not say it.

use serde_json::Value;

use super::wanted::Usual;
use crate::{Engine, read};

impl Engine {
    /// The defaults of the image, whose `Config` is given, and those of the engine, which is asked. What cannot be had is
    /// said in full then.
    pub(crate) async fn usual(&self, image: Option<Value>) -> Usual {
        Usual {
            image,
            engine: self.get("/info", read::QUICK, read::OBJECT_BYTES).await.ok(),
        }
    }
}
