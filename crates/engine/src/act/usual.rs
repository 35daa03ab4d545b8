//! What a container has when nobody says anything: asked of the engine, so that a command need not say it.

use platform::Platform;
use serde_json::Value;

use super::wanted::Usual;
use crate::{Engine, read};

impl Engine {
    /// The defaults of image `reference` for `platform`, and of the engine. What cannot be had is said in full then.
    pub(crate) async fn usual(&self, reference: &str, platform: &Platform) -> Usual {
        let image = self.image_json(reference).await.ok();
        let is_it = |image: &Value| {
            let field = |name: &str| image.get(name).and_then(Value::as_str);
            let has = Platform::from_fields(field("Os"), field("Architecture"), field("Variant"));
            has.is_some_and(|has| has.satisfies(platform))
        };
        Usual {
            image: image
                .filter(is_it)
                .and_then(|mut image| image.get_mut("Config").map(Value::take)),
            engine: self.get("/info", read::QUICK, read::OBJECT_BYTES).await.ok(),
        }
    }
}
